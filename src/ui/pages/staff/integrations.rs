//! Integrations: how each outside system is doing, what waits for it, what failed and in which words; trying again, and reading everything anew.

use axum::response::Response;
use leptos::prelude::*;
use portal_domain::{access::Action, calendar::Timestamp};
use portal_services::operations::{self, Health};
use portal_store::{jobs::JobRecord, vendors::VendorRecord};

use super::{NOTHING, head, may};
use crate::{
    ui::{
        api::UiError,
        kit::{self, icons},
    },
    web::page::Page,
};

/// The lanes of work that go out; each is one system.
pub const SYSTEMS: [&str; 4] = ["hubspot", "xero", "slack", "mail"];

/// How a system is doing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum SystemState {
    Healthy,
    Retrying,
    Failing,
    Unused,
}

impl SystemState {
    /// The last part of its key in the catalogues.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Retrying => "retrying",
            Self::Failing => "failing",
            Self::Unused => "unused",
        }
    }

    /// Its colour.
    pub const fn pill(self) -> &'static str {
        match self {
            Self::Unused => "off",
            other => other.as_str(),
        }
    }
}

/// Failing: something was given up. Retrying: the last answer was a failure. Unused: there was none yet.
pub fn system_state(health: &Health, system: &str) -> SystemState {
    if count(health, system, "dead") > 0 {
        return SystemState::Failing;
    }
    let Some(vendor) = find(health, system) else {
        return SystemState::Unused;
    };
    let at = |instant: Option<Timestamp>| instant.map(|instant| instant.0);
    match (at(vendor.last_success_at), at(vendor.last_failure_at)) {
        (None, None) => SystemState::Unused,
        (success, failure) if failure > success => SystemState::Retrying,
        _ => SystemState::Healthy,
    }
}

fn find<'a>(health: &'a Health, system: &str) -> Option<&'a VendorRecord> {
    health.vendors.iter().find(|vendor| vendor.name == system)
}

fn count(health: &Health, lane: &str, state: &str) -> i64 {
    health
        .pending
        .iter()
        .filter(|(found, found_state, _)| found == lane && found_state == state)
        .map(|(_, _, count)| count)
        .sum()
}

pub async fn show(page: Page) -> Result<Response, UiError> {
    let health = page.said(operations::read_health(&page.ctx, page.actor()?).await)?;
    let title = page.words.text("integration-title");
    Ok(page.show(&title.clone(), move |page| {
        let words = &page.words;
        let sweep = may(page, Action::Operate)
            .then(|| kit::button_form("sweep_now", &[], words.text("integration-sweep"), "btn"));
        view! {
            {head(title, words.text("integration-lead"), sweep)}
            <div class="stack" id="systems" data-live="">
                {warnings(page, &health)}
                {systems(page, &health)}
                {failures(page, &health.failing)}
            </div>
        }
        .into_any()
    }))
}

/// One for each system that something was given up for.
fn warnings(page: &Page, health: &Health) -> AnyView {
    let words = &page.words;
    SYSTEMS
        .iter()
        .filter(|system| system_state(health, system) == SystemState::Failing)
        .map(|system| {
            let name = words.text(&format!("integration-{system}"));
            let title = words.with("integration-failing-title", &[("system", name.into())]);
            let text = words.with(
                "integration-failing",
                &[("count", count(health, system, "dead").into())],
            );
            view! {
                <div class="notice" data-tone="bad" role="alert">
                    {kit::icon(icons::ALERT)}<div><strong>{title}</strong><p>{text}</p></div>
                </div>
            }
        })
        .collect_view()
        .into_any()
}

fn systems(page: &Page, health: &Health) -> AnyView {
    let words = &page.words;
    let columns = [
        "system",
        "last-success",
        "last-failure",
        "last-webhook",
        "last-sweep",
    ];
    let columns = columns.map(|column| view! { <th scope="col">{words.text(&format!("integration-column-{column}"))}</th> });
    let rows = SYSTEMS
        .iter()
        .map(|system| system_row(page, health, system))
        .collect_view();
    view! {
        <section class="card flush" aria-label=words.text("today-systems")>
            <div class="table">
                <table class="cards">
                    <thead>
                        <tr>
                            {columns.into_iter().collect_view()}
                            <th scope="col" class="num">{words.text("integration-column-waiting")}</th>
                            <th scope="col" class="num">{words.text("integration-column-failed")}</th>
                            <th scope="col">{words.text("integration-column-state")}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}{books_row(page, health)}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn system_row(page: &Page, health: &Health, system: &str) -> AnyView {
    let words = &page.words;
    let vendor = find(health, system);
    let state = system_state(health, system);
    let cell = |key: &str, at: Option<Timestamp>| {
        let value = at.map_or_else(|| NOTHING.into_any(), |at| kit::ago(page, at));
        view! { <td data-label=words.text(&format!("integration-column-{key}"))>{value}</td> }
    };
    // In its own words, as long as it has not answered again.
    let failure = vendor
        .filter(|_| state != SystemState::Healthy)
        .and_then(|vendor| vendor.last_failure.clone())
        .map(|failure| view! { <small>{failure}</small> });
    view! {
        <tr>
            <th class="main" scope="row">{words.text(&format!("integration-{system}"))}{failure}</th>
            {cell("last-success", vendor.and_then(|vendor| vendor.last_success_at))}
            {cell("last-failure", vendor.and_then(|vendor| vendor.last_failure_at))}
            {cell("last-webhook", vendor.and_then(|vendor| vendor.last_webhook_at))}
            {cell("last-sweep", vendor.and_then(|vendor| vendor.last_sweep_at))}
            {backlog(page, health, system)}
            <td class="corner">{kit::pill(state.pill(), words.text(&format!("integration-state-{}", state.as_str())))}</td>
        </tr>
    }
    .into_any()
}

/// The portal's own work: nobody outside answers for it.
fn books_row(page: &Page, health: &Health) -> AnyView {
    let words = &page.words;
    let state = if count(health, "books", "dead") > 0 {
        SystemState::Failing
    } else {
        SystemState::Healthy
    };
    view! {
        <tr>
            <th class="main" scope="row" colspan="5">{words.text("integration-books")}</th>
            {backlog(page, health, "books")}
            <td class="corner">{kit::pill(state.pill(), words.text(&format!("integration-state-{}", state.as_str())))}</td>
        </tr>
    }
    .into_any()
}

fn backlog(page: &Page, health: &Health, lane: &str) -> AnyView {
    let words = &page.words;
    let waiting = count(health, lane, "waiting") + count(health, lane, "running");
    view! {
        <td class="num" data-label=words.text("integration-column-waiting")>{words.number(waiting)}</td>
        <td class="num" data-label=words.text("integration-column-failed")>{words.number(count(health, lane, "dead"))}</td>
    }
    .into_any()
}

fn failures(page: &Page, failing: &[JobRecord]) -> AnyView {
    let words = &page.words;
    let title = words.text("integration-failed-title");
    if failing.is_empty() {
        return view! {
            <section class="card flush"><header><h2>{title}</h2></header>
                {kit::empty(icons::DONE, words.text("integration-failed-empty-title"), words.text("integration-failed-empty"), None)}
            </section>
        }
        .into_any();
    }
    let columns = ["what", "error", "attempts", "since"];
    let columns = columns.map(|column| view! { <th scope="col">{words.text(&format!("integration-failed-column-{column}"))}</th> });
    let rows = failing
        .iter()
        .map(|job| failure_row(page, job))
        .collect_view();
    view! {
        <section class="card flush">
            <header><h2>{title}</h2></header>
            <div class="table">
                <table class="cards">
                    <thead><tr>{columns.into_iter().collect_view()}<th scope="col"><span class="vh">{words.text("actions")}</span></th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn failure_row(page: &Page, job: &JobRecord) -> AnyView {
    let words = &page.words;
    let name = words.text(&format!("job-{}", job.kind));
    let next = if job.state == "dead" {
        retry(page, job, &name)
    } else {
        let time = words.instant(job.run_at, page.ctx.programme.time_zone);
        view! { <span class="muted small">{words.with("integration-next-attempt", &[("time", time.into())])}</span> }.into_any()
    };
    view! {
        <tr>
            <th class="main" scope="row">{name}<small>{words.text(&format!("integration-{}", job.lane))}</small></th>
            <td data-label=words.text("integration-failed-column-error")>{job.last_error.clone().unwrap_or_default()}</td>
            <td data-label=words.text("integration-failed-column-attempts")>{words.number(job.attempts)}</td>
            <td data-label=words.text("integration-failed-column-since")>{kit::ago(page, job.created_at)}</td>
            <td class="act">{next}</td>
        </tr>
    }
    .into_any()
}

fn retry(page: &Page, job: &JobRecord, name: &str) -> AnyView {
    if !may(page, Action::Operate) {
        return ().into_any();
    }
    let label = page.words.text("integration-retry");
    view! {
        <form method="post">
            {super::calls("retry_job")}
            <input type="hidden" name="job" value=job.id.to_string() />
            <button class="btn sm" aria-label=format!("{label}: {name}")>{label.clone()}</button>
        </form>
    }
    .into_any()
}
