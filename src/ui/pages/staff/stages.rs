//! HubSpot's pipelines: what partners read of each stage, where new deals start, and having the portal's properties made there.

use axum::response::Response;
use leptos::prelude::*;
use portal_domain::access::Action;
use portal_services::stages::{self, StagesView};
use portal_store::stages::StageRecord;

use super::{calls, crumbs, head, may};
use crate::{
    ui::{api::UiError, kit},
    web::page::Page,
};

pub const PATH: &str = "/staff/integrations/stages";
/// The deal properties whose changes the portal follows.
const WATCHED: &str = "dealstage, pipeline, amount, closedate, deal_currency_code, hubspot_owner_id, portal_billing_period, portal_start_date, portal_end_date";

pub async fn show(page: Page) -> Result<Response, UiError> {
    let view = page.said(stages::list(&page.ctx, page.actor()?).await)?;
    let title = page.words.text("stages-title");
    Ok(page.show(&title.clone(), move |page| {
        let words = &page.words;
        let set_up = may(page, Action::Operate)
            .then(|| kit::button_form("set_up_hubspot", &[], words.text("stages-set-up"), "btn"));
        view! {
            {crumbs(page, "/staff/integrations", "integration-title", title.clone())}
            {head(title, words.text("stages-lead"), set_up)}
            <section class="card flush" aria-label=words.text("stages-title")>
                {table(page, &view)}
            </section>
            <p class="small muted">{words.with("stages-webhooks", &[("properties", WATCHED.into())])}</p>
        }
        .into_any()
    }))
}

fn table(page: &Page, view: &StagesView) -> AnyView {
    let words = &page.words;
    let columns = [
        "stages-column-stage",
        "stages-column-phase",
        "stages-column-first",
    ];
    let columns = columns.map(|key| view! { <th scope="col">{words.text(key)}</th> });
    let rows = view.stages.iter().map(|known| row(page, view, known));
    view! {
        <div class="table">
            <table class="cards">
                <thead><tr>{columns.into_iter().collect_view()}</tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(page: &Page, view: &StagesView, known: &StageRecord) -> AnyView {
    let words = &page.words;
    let stage = &known.stage;
    let is_first = view.first.as_ref() == Some(stage);
    let sign = if known.is_archived {
        Some(kit::pill("off", words.text("stages-gone")))
    } else {
        known
            .is_new
            .then(|| kit::pill("waiting", words.text("stages-new")))
    };
    let pipeline = has_several_pipelines(view)
        .then(|| view! { <span class="muted small">{pipeline_of(known)}</span> });
    let names = [
        ("pipeline", stage.pipeline.clone()),
        ("stage", stage.id.clone()),
    ];
    let first = if is_first {
        kit::pill("active", words.text("stages-first"))
    } else if known.is_archived || stage.closed || !may(page, Action::Operate) {
        ().into_any()
    } else {
        let label = words.text("stages-start-here");
        kit::button_form("choose_first_stage", &names, label, "btn small")
    };
    view! {
        <tr>
            <th scope="row" data-label=words.text("stages-column-stage")><span>{stage.label.clone()}" "{sign}" "{pipeline}</span></th>
            <td data-label=words.text("stages-column-phase")>{phase(page, view, known)}</td>
            <td data-label=words.text("stages-column-first")>{first}</td>
        </tr>
    }
    .into_any()
}

/// What people call a stage's pipeline, or its id where nobody has said.
fn pipeline_of(known: &StageRecord) -> String {
    let stage = &known.stage;
    let names = [&stage.pipeline_label, &stage.pipeline];
    let named = names.into_iter().find(|name| !name.is_empty());
    named.cloned().unwrap_or_default()
}

/// Then the name of a stage alone does not say which one it is.
fn has_several_pipelines(view: &StagesView) -> bool {
    let mut stages = view.stages.iter().map(|known| &known.stage.pipeline);
    let first = stages.next();
    stages.any(|other| Some(other) != first)
}

/// What partners read, and the field in which it is changed.
fn phase(page: &Page, view: &StagesView, known: &StageRecord) -> AnyView {
    let words = &page.words;
    if !may(page, Action::Operate) {
        return known.shown().to_owned().into_any();
    }
    let stage = &known.stage;
    let name = if has_several_pipelines(view) {
        format!("{} ({})", stage.label, pipeline_of(known))
    } else {
        stage.label.clone()
    };
    let of = [("stage", name.into())];
    let label = words.with("stages-phase-of", &of);
    view! {
        <form method="post" class="row">
            {calls("name_phase")}
            <input type="hidden" name="pipeline" value=known.stage.pipeline.clone() />
            <input type="hidden" name="stage" value=known.stage.id.clone() />
            <input name="phase" maxlength="60" aria-label=label placeholder=known.stage.label.clone()
                value=known.phase.clone().unwrap_or_default() />
            <button class="btn small">{words.text("stages-save")}</button>
        </form>
    }
    .into_any()
}
