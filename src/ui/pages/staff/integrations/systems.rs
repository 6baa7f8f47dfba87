//! How each outside system is doing.

use leptos::prelude::*;
use portal_domain::calendar::Timestamp;
use portal_services::operations::Health;
use portal_store::vendors::VendorRecord;

use crate::{
    ui::{
        kit::{self, icons},
        pages::staff::NOTHING,
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

/// One for each system that something was given up for.
pub(super) fn warnings(page: &Page, health: &Health) -> AnyView {
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

pub(super) fn table(page: &Page, health: &Health) -> AnyView {
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
