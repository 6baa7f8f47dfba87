//! Plans: every version with its terms, who made it and when; and the page on which the next one is made.

mod edit;
mod example;
mod trial;

use std::collections::BTreeMap;

use axum::response::Response;
use leptos::prelude::*;
use portal_domain::{access::Action, ids::PartnerId};
use portal_services::plans;
use portal_store::plans::PlanVersionRecord;

pub use edit::edit;

use super::{NOTHING, head, may};
use crate::{
    ui::{
        api::UiError,
        kit::{self, icons},
        pages::plan_terms::{self, Reader},
    },
    web::page::Page,
};

const EDIT: &str = "/staff/plans/edit";

pub async fn list(page: Page) -> Result<Response, UiError> {
    let versions = page.said(plans::list(&page.ctx, page.actor()?).await)?;
    let names = page.said(plans::list_partner_names(&page.ctx, page.actor()?).await)?;
    let names: BTreeMap<_, _> = names.into_iter().collect();
    let title = page.words.text("plan-list-title");
    Ok(page.show(&title.clone(), move |page| {
        let words = &page.words;
        let add = may(page, Action::EditPlans).then(|| {
            view! { <a class="btn primary" href=EDIT>{kit::icon(icons::PLUS)}{words.text("plan-add-title")}</a> }
                .into_any()
        });
        let plans: Vec<AnyView> = versions
            .chunk_by(|one, other| one.plan == other.plan)
            .map(|versions| plan(page, versions, &names))
            .collect();
        let empty = plans.is_empty().then(|| {
            let (title, text) = (words.text("plan-empty-title"), words.text("plan-empty"));
            view! { <section class="card flush">{kit::empty(icons::PLANS, title, text, None)}</section> }
        });
        view! {
            {head(title, words.text("plan-list-lead"), add)}
            {empty}
            {plans}
        }
        .into_any()
    }))
}

/// One plan: the newest version first.
fn plan(
    page: &Page,
    versions: &[PlanVersionRecord],
    names: &BTreeMap<PartnerId, String>,
) -> AnyView {
    let words = &page.words;
    let newest = &versions[0];
    let next = may(page, Action::EditPlans).then(|| {
        let url = format!("{EDIT}?plan={}", newest.plan);
        view! { <a class="btn sm" href=url>{words.text("plan-edit")}</a> }
    });
    let heads = ["plan-terms", "plan-valid-from", "plan-made-by"]
        .map(|head| view! { <th scope="col">{words.text(head)}</th> });
    let rows = versions
        .iter()
        .map(|version| row(page, version, version.id == newest.id, names))
        .collect_view();
    view! {
        <section class="card flush">
            <header><h2>{newest.name.clone()}</h2>{next}</header>
            <div class="table">
                <table class="cards">
                    <caption class="vh">{words.text("plan-versions")}</caption>
                    <thead><tr><th scope="col">{words.text("plan-column-version")}</th>{heads.into_iter().collect_view()}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn row(
    page: &Page,
    version: &PlanVersionRecord,
    is_newest: bool,
    names: &BTreeMap<PartnerId, String>,
) -> AnyView {
    let words = &page.words;
    let number = words.with("plan-version", &[("version", version.version.into())]);
    let author = version.created_by_name.clone();
    view! {
        <tr class=(!is_newest).then_some("muted")>
            <th class="main nowrap" scope="row">{number}</th>
            <td data-label=words.text("plan-terms")>{plan_terms::terms(page, &version.terms, &Reader::Staff(names))}</td>
            <td data-label=words.text("plan-valid-from") class="nowrap">{words.date(version.valid_from)}</td>
            <td data-label=words.text("plan-made-by")>
                {author.unwrap_or_else(|| NOTHING.to_owned())}<small>{kit::instant(page, version.created_at)}</small>
            </td>
        </tr>
    }
    .into_any()
}
