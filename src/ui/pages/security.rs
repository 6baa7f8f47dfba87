//! `/security`: with what a person proves itself, and where it is signed in.

use axum::response::Response;
use leptos::prelude::*;
use portal_domain::{access::Proof, calendar::Timestamp};
use portal_services::access::{
    self, authenticator,
    proofs::{self, Proofs},
    recovery::{self, NotKept},
    sessions::{self, SignedIn},
    sign_on,
};
use portal_store::{
    factors::PasskeyRecord, identity_providers::ProviderRecord, people::MemberRecord,
};

use super::proofs::{authenticator_form, card, passkey_form};
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
    codes: Option<NotKept>,
    places: Vec<SignedIn>,
    /// Where the person can prove itself once more, if that is where it did.
    provider: Option<ProviderRecord>,
    memberships: Vec<MemberRecord>,
}

pub async fn show(page: Page) -> Result<Response, UiError> {
    let session = page.signed_in()?;
    let (ctx, person, browser) = (&page.ctx, session.actor.person(), page.browser());
    let places = page.said(sessions::list(ctx, session).await)?;
    let is_by_provider = |place: &SignedIn| place.is_this && place.proof == Proof::SignOn;
    let provider = match places.iter().any(is_by_provider) {
        true => page.said(sign_on::find_for(ctx, &session.email).await)?,
        false => None,
    };
    let shown = Shown {
        proofs: page.said(proofs::list(ctx, person).await)?,
        setup: page.said(authenticator::find_setup(ctx, person, &browser).await)?,
        codes: page.said(recovery::find(ctx, person, &browser).await)?,
        places,
        provider,
        memberships: page.said(access::list_memberships(ctx, &session.actor).await)?,
    };
    let title = page.words.text("security-title");
    Ok(page.show(&title, move |page| view(page, &shown)))
}

fn view(page: &Page, shown: &Shown) -> AnyView {
    let words = &page.words;
    view! {
        <div class="head"><div><h1>{words.text("security-title")}</h1><p>{words.text("security-lead")}</p></div></div>
        {shown.codes.as_ref().map(|codes| new_codes(page, codes))}
        <div class="split">
            <div class="stack">
                {passkey_card(page, &shown.proofs.passkeys)}
                {authenticator_card(page, shown)}
                {codes_card(page, &shown.proofs)}
            </div>
            <div class="stack">
                {places(page, &shown.places, shown.provider.as_ref())}
                {(shown.memberships.len() > 1).then(|| companies(page, &shown.memberships))}
            </div>
        </div>
    }
    .into_any()
}

/// Codes that can be read for the last time, or how to read them.
fn new_codes(page: &Page, codes: &NotKept) -> AnyView {
    let words = &page.words;
    let NotKept::Readable(codes) = codes else {
        return view! {
            <section class="card" data-tone="wait">
                <header><h2>{words.text("recovery-hidden-title")}</h2><p>{words.text("recovery-hidden")}</p></header>
            </section>
        }
        .into_any();
    };
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
    let rows = passkeys.iter().map(|passkey| {
        let id = [("passkey", passkey.id.clone())];
        let added = (passkey.created_at, passkey.used_at);
        proof_row(page, passkey.name.clone(), added, "remove_passkey", &id)
    });
    let rows = rows.collect_view();
    let body = view! {
        {(!passkeys.is_empty()).then(|| view! { <ul class="rows">{rows}</ul> })}
        {passkey_form(page)}
    };
    card(page, "passkeys", body.into_any())
}

fn authenticator_card(page: &Page, shown: &Shown) -> AnyView {
    let body = match shown.proofs.authenticator {
        None => authenticator_form(page, shown.setup.as_ref(), PATH),
        Some(added) => {
            let name = page.words.text("authenticator-there");
            let row = proof_row(page, name, added, "remove_authenticator", &[]);
            view! { <ul class="rows">{row}</ul> }.into_any()
        }
    };
    card(page, "authenticator", body)
}

/// With what a person proves itself, since when or when last, and a button that takes it away.
fn proof_row(
    page: &Page,
    name: String,
    (added_at, used_at): (Timestamp, Option<Timestamp>),
    remove: &'static str,
    values: &[(&str, String)],
) -> AnyView {
    let words = &page.words;
    let (label, at) = match used_at {
        Some(at) => ("proof-used", at),
        None => ("proof-added", added_at),
    };
    view! {
        <li>
            <div><span class="t">{name}</span><small>{words.text(label)}" "{kit::ago(page, at)}</small></div>
            {kit::button_form(remove, values, words.text("proof-remove"), "btn sm")}
        </li>
    }
    .into_any()
}

fn codes_card(page: &Page, proofs: &Proofs) -> Option<AnyView> {
    if proofs.is_none() {
        return None;
    }
    let words = &page.words;
    let left = words.with("recovery-left", &[("count", proofs.codes.into())]);
    let body = view! {
        <p>{left}</p>
        {kit::button_form("renew_recovery_codes", &[], words.text("recovery-renew"), "btn")}
    };
    Some(card(page, "recovery", body.into_any()))
}

fn places(page: &Page, places: &[SignedIn], provider: Option<&ProviderRecord>) -> AnyView {
    let rows = places
        .iter()
        .map(|place| place_row(page, place))
        .collect_view();
    let end_others = (places.len() > 1).then(|| {
        let label = page.words.text("session-end-others");
        kit::button_form("end_other_sessions", &[], label, "btn")
    });
    let prove_again = provider.map(|provider| prove_again(page, provider));
    let foot = (end_others.is_some() || prove_again.is_some())
        .then(|| view! { <div class="foot">{end_others}{prove_again}</div> });
    card(
        page,
        "sessions",
        view! { <ul class="rows">{rows}</ul>{foot} }.into_any(),
    )
}

/// Leads to the provider that signed the person in, which asks it anew who it is.
fn prove_again(page: &Page, provider: &ProviderRecord) -> AnyView {
    let values = [
        ("provider", provider.id.to_string()),
        ("again", "true".to_owned()),
    ];
    let name = [("name", provider.sign_on.name.as_str().into())];
    let label = page.words.with("sign-on-again", &name);
    kit::button_form("begin_sign_on", &values, label, "btn")
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
