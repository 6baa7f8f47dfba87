//! `/security`: with what a person proves itself, and where it is signed in.

use axum::response::Response;
use leptos::prelude::*;
use portal_services::access::{
    self, authenticator,
    proofs::{self, Proofs},
    recovery,
    sessions::{self, SignedIn},
};
use portal_store::{factors::PasskeyRecord, people::MemberRecord};

use super::proofs::{authenticator_form, passkey_form};
use crate::{
    ui::{
        api::UiError,
        kit::{self, icon, icons},
    },
    web::page::Page,
};

const PATH: &str = "/security";

/// What the page shows.
struct Shown {
    proofs: Proofs,
    setup: Option<authenticator::Setup>,
    /// Recovery codes that the person has not kept yet.
    codes: Vec<String>,
    places: Vec<SignedIn>,
    memberships: Vec<MemberRecord>,
}

pub async fn show(page: Page) -> Result<Response, UiError> {
    let session = page.signed_in()?;
    let (ctx, person) = (&page.ctx, session.actor.person());
    let shown = Shown {
        proofs: page.said(proofs::list(ctx, person).await)?,
        setup: page.said(authenticator::find_setup(ctx, person).await)?,
        codes: page.said(recovery::find(ctx, person).await)?,
        places: page.said(sessions::list(ctx, session).await)?,
        memberships: page.said(access::list_memberships(ctx, &session.actor).await)?,
    };
    let title = page.words.text("security-title");
    Ok(page.show(&title, move |page| view(page, &shown)))
}

fn view(page: &Page, shown: &Shown) -> AnyView {
    let words = &page.words;
    view! {
        <div class="head"><div><h1>{words.text("security-title")}</h1><p>{words.text("security-lead")}</p></div></div>
        {(!shown.codes.is_empty()).then(|| new_codes(page, &shown.codes))}
        <div class="split">
            <div class="stack">
                {passkey_card(page, &shown.proofs.passkeys)}
                {authenticator_card(page, shown)}
                {codes_card(page, &shown.proofs)}
            </div>
            <div class="stack">
                {places(page, &shown.places)}
                {(shown.memberships.len() > 1).then(|| companies(page, &shown.memberships))}
            </div>
        </div>
    }
    .into_any()
}

/// Codes that can be read for the last time.
fn new_codes(page: &Page, codes: &[String]) -> AnyView {
    let words = &page.words;
    let items = codes
        .iter()
        .map(|code| view! { <li><code>{code.clone()}</code></li> })
        .collect_view();
    view! {
        <section class="card" data-tone="wait">
            <header><h2>{words.text("recovery-new-title")}</h2><p>{words.text("recovery-new")}</p></header>
            <ul class="codes">{items}</ul>
            {kit::button_form("keep_recovery_codes", &[], words.text("recovery-kept"), "btn primary")}
        </section>
    }
    .into_any()
}

fn passkey_card(page: &Page, passkeys: &[PasskeyRecord]) -> AnyView {
    let words = &page.words;
    let rows = passkeys
        .iter()
        .map(|passkey| passkey_row(page, passkey))
        .collect_view();
    view! {
        <section class="card">
            <header><h2>{words.text("passkeys-title")}</h2><p>{words.text("passkeys-what")}</p></header>
            {(!passkeys.is_empty()).then(|| view! { <ul class="rows">{rows}</ul> })}
            {passkey_form(page)}
        </section>
    }
    .into_any()
}

fn passkey_row(page: &Page, passkey: &PasskeyRecord) -> AnyView {
    let words = &page.words;
    let used = match passkey.used_at {
        Some(at) => view! { {words.text("proof-used")}" "{kit::ago(page, at)} }.into_any(),
        None => {
            view! { {words.text("proof-added")}" "{kit::ago(page, passkey.created_at)} }.into_any()
        }
    };
    let remove = kit::button_form(
        "remove_passkey",
        &[("passkey", passkey.id.clone())],
        words.text("proof-remove"),
        "btn sm",
    );
    view! {
        <li>
            <div><span class="t">{passkey.name.clone()}</span><small>{used}</small></div>
            {remove}
        </li>
    }
    .into_any()
}

fn authenticator_card(page: &Page, shown: &Shown) -> AnyView {
    let words = &page.words;
    let body = match shown.proofs.authenticator {
        None => authenticator_form(page, shown.setup.as_ref(), PATH),
        Some((since, used)) => {
            let label = if used.is_some() {
                "proof-used"
            } else {
                "proof-added"
            };
            let at = used.unwrap_or(since);
            view! {
                <ul class="rows">
                    <li>
                        <div><span class="t">{words.text("authenticator-there")}</span><small>{words.text(label)}" "{kit::ago(page, at)}</small></div>
                        {kit::button_form("remove_authenticator", &[], words.text("proof-remove"), "btn sm")}
                    </li>
                </ul>
            }
            .into_any()
        }
    };
    view! {
        <section class="card">
            <header><h2>{words.text("authenticator-title")}</h2><p>{words.text("authenticator-what")}</p></header>
            {body}
        </section>
    }
    .into_any()
}

fn codes_card(page: &Page, proofs: &Proofs) -> Option<AnyView> {
    if proofs.is_none() {
        return None;
    }
    let words = &page.words;
    let left = words.with("recovery-left", &[("count", proofs.codes.into())]);
    Some(
        view! {
            <section class="card">
                <header><h2>{words.text("recovery-title")}</h2><p>{words.text("recovery-what")}</p></header>
                <p>{left}</p>
                {kit::button_form("renew_recovery_codes", &[], words.text("recovery-renew"), "btn")}
            </section>
        }
        .into_any(),
    )
}

fn places(page: &Page, places: &[SignedIn]) -> AnyView {
    let words = &page.words;
    let rows = places
        .iter()
        .map(|place| place_row(page, place))
        .collect_view();
    let end_others = (places.len() > 1).then(|| {
        let label = words.text("session-end-others");
        view! { <div class="foot">{kit::button_form("end_other_sessions", &[], label, "btn")}</div> }
    });
    view! {
        <section class="card">
            <header><h2>{words.text("sessions-title")}</h2><p>{words.text("sessions-what")}</p></header>
            <ul class="rows">{rows}</ul>
            {end_others}
        </section>
    }
    .into_any()
}

fn place_row(page: &Page, place: &SignedIn) -> AnyView {
    let words = &page.words;
    let device = if place.device.is_empty() {
        words.text("session-unknown")
    } else {
        place.device.clone()
    };
    let end = if place.is_this {
        view! { <span class="end">{kit::pill("good", words.text("session-this"))}</span> }
            .into_any()
    } else {
        let id = [("session", place.id.to_string())];
        kit::button_form("end_session", &id, words.text("session-end"), "btn sm")
    };
    view! {
        <li>
            <div>
                <span class="t">{device}</span>
                <small>{words.text("session-since")}" "{kit::instant(page, place.since)}" · "{words.text("session-seen")}" "{kit::ago(page, place.seen_at)}</small>
            </div>
            {end}
        </li>
    }
    .into_any()
}

/// The companies whose portals the person may open.
fn companies(page: &Page, memberships: &[MemberRecord]) -> AnyView {
    let words = &page.words;
    let buttons = memberships
        .iter()
        .map(|member| {
            view! {
                <button name="partner" value=member.partner.to_string()>
                    <span class="avatar" aria-hidden="true">{kit::initials(&member.partner_name)}</span>
                    <span>{member.partner_name.clone()}<small>{words.text(&format!("role-{}", member.role))}</small></span>
                    {icon(icons::NEXT)}
                </button>
            }
        })
        .collect_view();
    view! {
        <section class="card">
            <header><h2>{words.text("companies-title")}</h2></header>
            <form class="people" method="post">
                <input type="hidden" name="do" value="switch_partner" />
                {buttons}
            </form>
        </section>
    }
    .into_any()
}
