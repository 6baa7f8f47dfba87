//! One system: what is known of it, and pausing it.

use leptos::prelude::*;
use portal_domain::{access::Action, calendar::Timestamp, version};
use portal_services::operations::{Health, SYSTEMS, can_be_paused};

use super::systems::{oldest, state_pill, system_state};
use crate::{
    ui::{
        kit,
        pages::staff::{NOTHING, calls, fact, form_errors, may},
    },
    web::page::Page,
};

/// Its name and state, and trying again all that was given up.
pub(super) fn head(page: &Page, health: &Health, name: &'static str, title: String) -> AnyView {
    let words = &page.words;
    let state = SYSTEMS
        .contains(&name)
        .then(|| state_pill(page, system_state(page, health, name)));
    let retry = (health.backlog(name).dead > 0 && may(page, Action::Operate)).then(|| {
        let values = [("system", name.to_owned())];
        let label = words.text("integration-retry-all");
        view! { <div class="row">{kit::button_form("retry_all_jobs", &values, label, "btn")}</div> }
    });
    let lead = words.text(&format!("integration-{name}-lead"));
    view! { <div class="head"><div><h1>{title}" "{state}</h1><p>{lead}</p></div>{retry}</div> }
        .into_any()
}

pub(super) fn facts(page: &Page, health: &Health, name: &'static str) -> AnyView {
    let words = &page.words;
    let backlog = health.backlog(name);
    let at = |key: &str, at: Option<Timestamp>| {
        let value = at.map_or_else(|| NOTHING.into_any(), |at| kit::ago(page, at));
        fact(words.text(&format!("integration-column-{key}")), value)
    };
    let times = SYSTEMS.contains(&name).then(|| {
        let vendor = health.vendor(name);
        let sends = matches!(name, "hubspot" | "relay" | "xero");
        let webhook = sends.then(|| {
            at(
                "last-webhook",
                vendor.and_then(|vendor| vendor.last_webhook_at),
            )
        });
        let is_asked = matches!(name, "hubspot" | "xero");
        let sweep =
            is_asked.then(|| at("last-sweep", vendor.and_then(|vendor| vendor.last_sweep_at)));
        view! {
            {at("last-success", vendor.and_then(|vendor| vendor.last_success_at))}
            {at("last-failure", vendor.and_then(|vendor| vendor.last_failure_at))}
            {webhook}
            {sweep}
        }
    });
    let oldest = backlog
        .oldest_at
        .map(|at| view! { " "<small>{oldest(page, at)}</small> });
    let waiting = view! { {words.number(backlog.waiting)}{oldest} }.into_any();
    view! {
        <section class="card" aria-label=words.text("integration-facts")>
            <dl class="facts">
                {times}
                {fact(words.text("integration-column-waiting"), waiting)}
                {fact(words.text("integration-column-failed"), words.number(backlog.dead).into_any())}
                {budget(page, health, name)}
                {version_of(page, name)}
            </dl>
        </section>
    }
    .into_any()
}

/// The version that the portal speaks, and until when that is answered.
fn version_of(page: &Page, name: &str) -> Option<AnyView> {
    if name != "hubspot" {
        return None;
    }
    let words = &page.words;
    let ends = words.date(version::hubspot_ends_on());
    let until = words.with("integration-version-until", &[("date", ends.into())]);
    let soon = version::hubspot_ends_soon(page.ctx.today());
    let pill = soon.then(|| kit::pill("failing", words.text("integration-version-soon")));
    let value = view! { {version::HUBSPOT}" · "{until}" "{pill} }.into_any();
    Some(fact(words.text("integration-version"), value))
}

/// How many calls are left for today, as the system said with its last answers.
fn budget(page: &Page, health: &Health, name: &str) -> Option<AnyView> {
    let words = &page.words;
    let known = health.budget(name)?;
    let (left, at) = (known.told.day_left?, known.told_at?);
    let of = known.told.day_most.map(|most| {
        let most = words.number(most);
        words.with("integration-budget-of", &[("most", most.into())])
    });
    let ago = words.ago(page.ctx.now(), at);
    let value = view! { {words.number(left)}" "{of}" · "<small>{ago}</small> }.into_any();
    Some(fact(words.text("integration-budget"), value))
}

/// Only for what is not paused yet; resuming stands with what is said about the pause.
pub(super) fn pause_form(page: &Page, health: &Health, name: &'static str) -> Option<AnyView> {
    const ACTION: &str = "pause_system";
    let words = &page.words;
    let vendor = health.vendor(name)?;
    if !can_be_paused(name) || vendor.standing.paused.is_some() || !may(page, Action::Operate) {
        return None;
    }
    let system = words.text(&format!("integration-{name}"));
    let title = words.with("integration-pause-title", &[("system", system.into())]);
    Some(
        view! {
            <section class="card" aria-label=title.clone()>
                <details class="more" open=page.refusal(ACTION).is_some()>
                    <summary class="btn">{title.clone()}</summary>
                    <form class="form" method="post" novalidate>
                        {calls(ACTION)}
                        <input type="hidden" name="system" value=name />
                        {form_errors(page, ACTION)}
                        {kit::field(page, ACTION, "reason", "reason", "integration-pause-reason")
                            .hint("integration-pause-hint")
                            .maximum(200)
                            .full()
                            .input()}
                        <div class="foot"><button class="btn danger">{words.text("integration-pause-submit")}</button></div>
                    </form>
                </details>
            </section>
        }
        .into_any(),
    )
}
