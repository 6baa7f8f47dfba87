//! Integrations: how each outside system is doing, what waits for it, what failed and in which words, what it sent; trying again, pausing, and reading anew.
//! One page for all, one for each system, and one for each job that failed.

mod drift;
mod failures;
mod job;
mod relay;
mod system;
mod systems;
mod trouble;
mod webhooks;

use axum::{
    extract::{Path, Query},
    response::Response,
};
use leptos::prelude::*;
use portal_domain::{access::Action, ids::JobId};
use portal_services::{
    ServiceError, drift as drifts, inbox,
    operations::{self, SYSTEMS},
};

use failures::{DeadQuery, LaneFailures};

use super::{crumbs, head, may};
use crate::{
    ui::{api::UiError, kit},
    web::page::Page,
};

pub use relay::{
    GUIDE_PATH, RELAY_PATH, example_of, of_lead as delivery_of_lead, show_guide, show_relay,
};
pub use systems::system_state;

const PATH: &str = "/staff/integrations";
/// How many of the last webhooks are shown.
const NOTES: i64 = 20;

pub async fn show(page: Page) -> Result<Response, UiError> {
    let health = page.said(operations::read_health(&page.ctx, page.actor()?).await)?;
    let title = page.words.text("integration-title");
    Ok(page.show(&title.clone(), move |page| {
        let words = &page.words;
        let sweep = may(page, Action::Operate)
            .then(|| kit::button_form("sweep_now", &[], words.text("integration-sweep"), "btn"));
        let plain = &page.ctx.programme.plain_hosts;
        view! {
            {head(title, words.text("integration-lead"), sweep)}
            <p>
                <a href=super::stages::PATH>{words.text("stages-open")}</a>
                {may(page, Action::Connect).then(|| view! { " · "<a href=super::connections::PATH>{words.text("connections-open")}</a> })}
            </p>
            <div class="stack" id="systems" data-live="">
                {health.has_open_wall.then(|| kit::notice("wait", words.text("integration-open-wall")))}
                {(!plain.is_empty()).then(|| kit::notice("wait", words.with("integration-plain-hosts", &[("hosts", plain.join(", ").into())])))}
                {health.may_change_schema.then(|| kit::notice("wait", words.text("integration-open-schema")))}
                {SYSTEMS.iter().map(|system| trouble::notice(page, &health, system)).collect_view()}
                {systems::table(page, &health)}
                {failures::all(page, &health)}
            </div>
        }
        .into_any()
    }))
}

/// One system, or the portal's own background work: the same of it alone, and what can be done.
pub async fn show_system(
    page: Page,
    Path(name): Path<String>,
    Query(query): Query<DeadQuery>,
) -> Result<Response, UiError> {
    let (ctx, actor) = (&page.ctx, page.actor()?);
    let known = systems::LANES.iter().find(|known| **known == name);
    let name = *page.said(known.ok_or(ServiceError::NotFound))?;
    let health = page.said(operations::read_health(ctx, actor).await)?;
    let failed = LaneFailures::read(&page, name, &query).await?;
    let notes = page.said(inbox::list_newest(ctx, actor, name, NOTES).await)?;
    let refusals = page.said(inbox::list_refusals(ctx, actor).await)?;
    let meter = page.said(drifts::read_meter(ctx, actor, name).await)?;
    let title = page.words.text(&format!("integration-{name}"));
    Ok(page.show(&title.clone(), move |page| {
        view! {
            {crumbs(page, PATH, "integration-title", title.clone())}
            {system::head(page, &health, name, title)}
            <div class="stack" id="system" data-live="">
                {trouble::notice(page, &health, name)}
                {system::facts(page, &health, name)}
                {meter.as_ref().map(|meter| drift::card(page, name, meter))}
                {failed.view(page, &health)}
                {webhooks::list(page, name, &notes, &refusals)}
            </div>
            {failed.set_aside_form(page, &health)}
            {system::pause_form(page, &health, name)}
        }
        .into_any()
    }))
}

/// One job with the history of its tries.
pub async fn show_job(page: Page, Path(id): Path<String>) -> Result<Response, UiError> {
    let id: JobId = page.said(id.parse().map_err(|_| ServiceError::NotFound))?;
    let job = page.said(operations::find_job(&page.ctx, page.actor()?, id).await)?;
    let title = page.words.text(&format!("job-{}", job.failing.job.kind));
    Ok(page.show(&title.clone(), move |page| {
        view! {
            {crumbs(page, PATH, "integration-title", title.clone())}
            {job::view(page, &job, title)}
        }
        .into_any()
    }))
}
