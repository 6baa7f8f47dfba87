//! The iPaaS: the choice between it and the portal's own way, its secrets, what was sent there and what it called back.

mod deliveries;
mod secrets;

use axum::{
    extract::Query,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use leptos::prelude::*;
use portal_domain::{
    access::{Action, Actor, can},
    relay::{Changes, RelayAddress, Side, Way},
};
use portal_services::{
    ServiceError, inbox,
    operations::{self, Health},
    relay::{self, RelayView, Trial},
};
use serde::Deserialize;

use super::{
    NOTES, PATH,
    failures::{DeadQuery, LaneFailures},
    system, trouble, webhooks,
};
use crate::{
    ui::{
        api::UiError,
        kit,
        pages::staff::{calls, crumbs, fact, form_errors, may, or_nothing},
    },
    web::page::Page,
};

pub use deliveries::of_lead;

pub const RELAY_PATH: &str = "/staff/integrations/relay";
pub const GUIDE_PATH: &str = "/staff/integrations/relay/guide";
const SYSTEM: &str = "relay";
const CHOOSE: &str = "choose_relay";
/// What whoever builds the other end reads.
const GUIDE: &str = include_str!("../../../../../docs/relay.md");

/// The guide's example of what is sent or called back under a name: a test holds that it is what the portal sends.
pub fn example_of(kind: &str) -> Option<&'static str> {
    let named = format!("\"type\": \"{kind}\"");
    let fenced = GUIDE.split("```json\n").skip(1);
    let mut examples = fenced.filter_map(|rest| rest.split("```").next());
    examples.find(|example| example.contains(&named))
}

/// Which side a new secret is to be made for, if any.
#[derive(Deserialize)]
pub struct Asked {
    new: Option<String>,
}

pub async fn show_relay(
    page: Page,
    Query(asked): Query<Asked>,
    Query(query): Query<DeadQuery>,
) -> Result<Response, UiError> {
    let (ctx, actor) = (&page.ctx, page.actor()?);
    let view = page.said(relay::read(ctx, actor).await)?;
    let health = page.said(operations::read_health(ctx, actor).await)?;
    let notes = page.said(inbox::list_newest(ctx, actor, SYSTEM, NOTES).await)?;
    let refusals = page.said(inbox::list_refusals(ctx, actor).await)?;
    let failed = LaneFailures::read(&page, SYSTEM, &query).await?;
    let side = asked.new.and_then(|side| Side::parse(&side));
    let title = page.words.text("integration-relay");
    Ok(page.show(&title.clone(), move |page| {
        let operates = may(page, Action::Operate);
        view! {
            {crumbs(page, PATH, "integration-title", title.clone())}
            {system::head(page, &health, SYSTEM, title)}
            <p>
                {page.words.with("relay-callback", &[("url", view.callback_url.as_str().into())])}" "
                <a href=GUIDE_PATH>{page.words.text("relay-guide")}</a>
            </p>
            <div class="stack" id="trouble" data-live="">{trouble::notice(page, &health, SYSTEM)}</div>
            <div class="stack">
                {operates.then(|| side.map(|side| secrets::new(page, side)))}
                {choice(page, &view, operates)}
                {secrets::table(page, &view, operates)}
                {trial(page, &view, operates)}
            </div>
            {live(page, &view, &health)}
            <div class="stack">
                {deliveries::resend_form(page, operates)}
                {failed.view(page, &health)}
                {webhooks::list(page, SYSTEM, &notes, &refusals)}
            </div>
            {failed.set_aside_form(page, &health)}
            {system::pause_form(page, &health, SYSTEM)}
        }
        .into_any()
    }))
}

/// What changes by itself.
fn live(page: &Page, view: &RelayView, health: &Health) -> AnyView {
    view! {
        <div class="stack" id="system" data-live="">
            {system::facts(page, health, SYSTEM)}
            {deliveries::table(page, view)}
        </div>
    }
    .into_any()
}

/// The guide as it is written.
pub async fn show_guide(page: Page) -> Result<Response, UiError> {
    let actor: &Actor = page.actor()?;
    if !can(actor, Action::ReadBooks) {
        return page.said(Err(ServiceError::Forbidden));
    }
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, plain)], GUIDE).into_response())
}

/// Which way leads go: a form for those who may choose.
fn choice(page: &Page, view: &RelayView, operates: bool) -> AnyView {
    let words = &page.words;
    let chosen = &view.choice;
    let waiting = words.with("relay-unsent", &[("count", view.unsent.into())]);
    let address = chosen.address.as_ref();
    // Whoever knows the whole of it can send there.
    let host = address.map_or("", RelayAddress::host);
    let address = address.map_or("", RelayAddress::as_str);
    let head =
        view! { <header><div><h2>{words.text("relay-choice")}</h2><p>{waiting}</p></div></header> };
    if !operates {
        let said = [
            (
                "relay-way",
                words.text(&format!("relay-way-{}", chosen.way)),
            ),
            ("relay-address", or_nothing(host)),
            (
                "relay-changes",
                words.text(&format!("relay-changes-{}", chosen.changes)),
            ),
            ("relay-wait", words.number(i64::from(chosen.wait_minutes))),
        ];
        let facts = said.map(|(key, value)| fact(words.text(key), value.into_any()));
        return view! { <section class="card">{head}<dl class="facts">{facts.into_iter().collect_view()}</dl></section> }.into_any();
    }
    let option = |key: String, word: &str| (word.to_owned(), words.text(&key));
    let ways = Way::ALL.iter();
    let ways = ways.map(|way| option(format!("relay-way-{way}"), way.as_str()));
    let changes = Changes::ALL.iter();
    let changes = changes.map(|who| option(format!("relay-changes-{who}"), who.as_str()));
    view! {
        <form class="card form" method="post" action=RELAY_PATH novalidate>
            {head}
            {calls(CHOOSE)}
            {form_errors(page, CHOOSE)}
            {kit::field(page, CHOOSE, "way", "form[way]", "relay-way")
                .hint("relay-way-hint").first(chosen.way.as_str()).unmarked().select(ways.collect())}
            {kit::field(page, CHOOSE, "address", "form[address]", "relay-address")
                .hint("relay-address-hint").first(address).kind("url").unmarked().maximum(500).full().input()}
            {kit::field(page, CHOOSE, "changes", "form[changes]", "relay-changes")
                .hint("relay-changes-hint").first(chosen.changes.as_str()).unmarked().select(changes.collect())}
            {kit::field(page, CHOOSE, "wait_minutes", "form[wait_minutes]", "relay-wait")
                .hint("relay-wait-hint").first(&chosen.wait_minutes.to_string()).unmarked().maximum(4).input()}
            <div class="foot"><button class="btn primary">{words.text("relay-save")}</button></div>
        </form>
    }
    .into_any()
}

/// The last test and what came back, and the button for another one.
fn trial(page: &Page, view: &RelayView, operates: bool) -> AnyView {
    let words = &page.words;
    let ask = (operates && view.choice.address.is_some()).then(|| {
        view! {
            <form method="post" action=RELAY_PATH>
                {calls("test_relay")}
                <button class="btn">{words.text("relay-test-send")}</button>
            </form>
        }
    });
    view! {
        <section class="card" id="trial" data-live="">
            <header><div><h2>{words.text("relay-test")}</h2><p>{words.text("relay-test-what")}</p></div>{ask}</header>
            {said(page, view.trial.as_ref())}
        </section>
    }
    .into_any()
}

fn said(page: &Page, trial: Option<&Trial>) -> AnyView {
    let words = &page.words;
    match trial {
        None => view! { <p class="muted">{words.text("relay-test-none")}</p> }.into_any(),
        Some(Trial::Asked { at }) => {
            view! { <p role="status">{words.text("relay-test-asked")}" "{kit::ago(page, *at)}</p> }.into_any()
        }
        Some(Trial::Taken { at, status, text }) => view! {
            <p>{kit::pill("healthy", words.with("relay-test-taken", &[("status", status.to_string().into())]))}" "{kit::ago(page, *at)}</p>
            {(!text.is_empty()).then(|| view! { <p><code>{text.clone()}</code></p> })}
        }
        .into_any(),
        Some(Trial::NotTaken { at, why }) => view! {
            <p>{kit::pill("failing", words.text("relay-test-not-taken"))}" "{kit::ago(page, *at)}</p>
            <p>{why.clone()}</p>
        }
        .into_any(),
    }
}
