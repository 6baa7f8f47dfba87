//! What stands between the portal and a system: since when, why in the system's own words, and what to do about it.

use leptos::prelude::*;
use portal_domain::{access::Action, calendar::Timestamp};
use portal_services::operations::Health;
use portal_store::vendors::VendorRecord;
use portal_words::Argument;

use super::systems::{SystemState, system_state};
use crate::{
    ui::{
        kit::{self, icons},
        pages::staff::{connections, may},
    },
    web::page::Page,
};

/// Nothing where nothing stands in the way.
pub(super) fn notice(page: &Page, health: &Health, system: &str) -> Option<AnyView> {
    let vendor = health.vendor(system)?;
    let state = system_state(page, health, system);
    let standing = &vendor.standing;
    let (tone, at) = match state {
        SystemState::Held => ("bad", standing.held_at),
        SystemState::Down => ("bad", standing.down_at),
        SystemState::Paused => ("wait", standing.paused.as_ref().map(|paused| paused.at)),
        SystemState::Waiting => ("wait", standing.wait_until),
        _ => return None,
    };
    let words = &page.words;
    let key = format!("integration-{}", state.as_str());
    let arguments = arguments(page, health, vendor, at?);
    // What helps may be something else with one of them.
    let own = |key: String| {
        let own = format!("{key}-{system}");
        if words.has(&own) { own } else { key }
    };
    let title = words.with(&own(format!("{key}-title")), &arguments);
    let text = words.with(&own(key), &arguments);
    let role = if tone == "bad" { "alert" } else { "status" };
    Some(
        view! {
            <div class="notice" data-tone=tone role=role>
                {kit::icon(icons::ALERT)}
                <div><h2>{title}</h2><p>{text}</p>{said(page, state, vendor)}{connect(page, state, system)}</div>
                {resume(page, system)}
            </div>
        }
        .into_any(),
    )
}

fn arguments(
    page: &Page,
    health: &Health,
    vendor: &VendorRecord,
    at: Timestamp,
) -> [(&'static str, Argument); 5] {
    let words = &page.words;
    let paused = vendor.standing.paused.as_ref();
    let instant = words.instant(at, page.ctx.programme.time_zone);
    let by = paused.and_then(|paused| paused.by.clone());
    [
        (
            "system",
            words.text(&format!("integration-{}", vendor.name)).into(),
        ),
        ("since", instant.as_str().into()),
        ("until", instant.into()),
        ("count", health.backlog(&vendor.name).waiting.into()),
        ("person", by.unwrap_or_default().into()),
    ]
}

/// The system's own words, or the person's.
fn said(page: &Page, state: SystemState, vendor: &VendorRecord) -> Option<AnyView> {
    let (key, text) = match &vendor.standing.paused {
        Some(paused) if state == SystemState::Paused => {
            ("integration-paused-reason", paused.reason.clone())
        }
        _ => ("integration-said", vendor.last_failure.clone()?),
    };
    let text = page.words.with(key, &[("text", text.into())]);
    Some(view! { <p>{text}</p> }.into_any())
}

fn resume(page: &Page, system: &str) -> Option<AnyView> {
    may(page, Action::Operate).then(|| {
        let values = [("system", system.to_owned())];
        let label = page.words.text("integration-resume");
        kit::button_form("resume_system", &values, label, "btn sm")
    })
}

/// The way to where credentials are changed.
fn connect(page: &Page, state: SystemState, system: &str) -> Option<AnyView> {
    (state == SystemState::Held && may(page, Action::Connect)).then(|| {
        let url = format!("{}/{system}", connections::PATH);
        let label = page.words.text("alert-button-connect");
        view! { <p><a href=url>{label}</a></p> }.into_any()
    })
}
