//! How each outside system is doing, at a glance.

use leptos::prelude::*;
use portal_domain::calendar::Timestamp;
use portal_services::operations::{Health, SCANNER, SYSTEMS};
use portal_store::vendors::Standing;

use super::PATH;
use crate::{
    ui::{kit, pages::staff::NOTHING},
    web::page::Page,
};

/// The lanes that have a page of their own: the systems, what they send, and the portal's own work.
pub(super) const LANES: [&str; 8] = [
    "hubspot", "relay", "xero", "slack", "mail", SCANNER, "inbox", "books",
];

/// How a system is doing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum SystemState {
    Healthy,
    /// It did not answer the last call.
    Retrying,
    /// It asked for fewer calls.
    Waiting,
    /// It does not answer.
    Down,
    /// It does not accept our credentials.
    Held,
    /// A person wants nothing sent.
    Paused,
    /// Nothing was sent yet.
    Unused,
}

impl SystemState {
    /// The last part of its key in the catalogues.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Retrying => "retrying",
            Self::Waiting => "waiting",
            Self::Down => "down",
            Self::Held => "held",
            Self::Paused => "paused",
            Self::Unused => "unused",
        }
    }

    /// Its colour.
    pub const fn pill(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Retrying | Self::Waiting => "retrying",
            Self::Down | Self::Held => "failing",
            Self::Paused => "held",
            Self::Unused => "off",
        }
    }
}

/// What stands in the way comes first. What was refused or given up is a matter of that delivery alone, and counted beside the state.
pub fn system_state(page: &Page, health: &Health, system: &str) -> SystemState {
    // One that no setting names any more looks at nothing, however it did before.
    if system == SCANNER && !page.app.scans_files() {
        return SystemState::Unused;
    }
    let Some(vendor) = health.vendor(system) else {
        return SystemState::Unused;
    };
    match &vendor.standing {
        Standing {
            paused: Some(_), ..
        } => SystemState::Paused,
        Standing {
            held_at: Some(_), ..
        } => SystemState::Held,
        Standing {
            down_at: Some(_), ..
        } => SystemState::Down,
        Standing {
            wait_until: Some(until),
            ..
        } if *until > page.ctx.now() => SystemState::Waiting,
        Standing { outages: 1.., .. } => SystemState::Retrying,
        _ if vendor.last_success_at.is_none() => SystemState::Unused,
        _ => SystemState::Healthy,
    }
}

pub(super) fn table(page: &Page, health: &Health) -> AnyView {
    let words = &page.words;
    let columns = ["system", "last-success", "last-webhook", "last-sweep"];
    let columns = columns.map(|column| view! { <th scope="col">{words.text(&format!("integration-column-{column}"))}</th> });
    let rows = SYSTEMS
        .iter()
        .map(|system| system_row(page, health, system))
        .collect_view();
    let own = ["inbox", "books"].map(|lane| own_row(page, health, lane));
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
                    <tbody>{rows}{own.into_iter().collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn link(page: &Page, lane: &str) -> AnyView {
    let name = page.words.text(&format!("integration-{lane}"));
    view! { <a href=format!("{PATH}/{lane}")>{name}</a> }.into_any()
}

fn system_row(page: &Page, health: &Health, system: &'static str) -> AnyView {
    let words = &page.words;
    let vendor = health.vendor(system);
    let state = system_state(page, health, system);
    let cell = |key: &str, at: Option<Timestamp>| {
        let value = at.map_or_else(|| NOTHING.into_any(), |at| kit::ago(page, at));
        view! { <td data-label=words.text(&format!("integration-column-{key}"))>{value}</td> }
    };
    view! {
        <tr>
            <th class="main" scope="row">{link(page, system)}</th>
            {cell("last-success", vendor.and_then(|vendor| vendor.last_success_at))}
            {cell("last-webhook", vendor.and_then(|vendor| vendor.last_webhook_at))}
            {cell("last-sweep", vendor.and_then(|vendor| vendor.last_sweep_at))}
            {backlog(page, health, system)}
            <td class="corner">{state_pill(page, state)}</td>
        </tr>
    }
    .into_any()
}

pub(super) fn state_pill(page: &Page, state: SystemState) -> AnyView {
    let label = page
        .words
        .text(&format!("integration-state-{}", state.as_str()));
    kit::pill(state.pill(), label)
}

/// The portal's own work: nobody outside answers for it.
fn own_row(page: &Page, health: &Health, lane: &'static str) -> AnyView {
    view! {
        <tr>
            <th class="main" scope="row" colspan="4">{link(page, lane)}</th>
            {backlog(page, health, lane)}
            <td class="corner"></td>
        </tr>
    }
    .into_any()
}

fn backlog(page: &Page, health: &Health, lane: &str) -> AnyView {
    let words = &page.words;
    let backlog = health.backlog(lane);
    let oldest = backlog
        .oldest_at
        .map(|at| view! { <small>{oldest(page, at)}</small> });
    view! {
        <td class="num" data-label=words.text("integration-column-waiting")><span>{words.number(backlog.waiting)}{oldest}</span></td>
        <td class="num" data-label=words.text("integration-column-failed")>{words.number(backlog.dead)}</td>
    }
    .into_any()
}

/// Since when the oldest one waits.
pub(super) fn oldest(page: &Page, at: Timestamp) -> String {
    let ago = page.words.ago(page.ctx.now(), at);
    page.words
        .with("integration-oldest", &[("ago", ago.into())])
}
