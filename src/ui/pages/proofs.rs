//! With what people prove themselves, as parts of the page on which they sign in and of that on which they look after it.

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use leptos::prelude::*;
use portal_services::access::{authenticator::Setup, passkeys};

use crate::{
    ui::{
        islands::PasskeyIsland,
        kit::{self, field},
    },
    web::page::Page,
};

const CONFIRM: &str = "confirm_authenticator";
const PROVE: &str = "prove";

/// What a kind of proof is (`<kind>-title`, `<kind>-what`), around what can be done with it.
pub fn card(page: &Page, kind: &str, body: AnyView) -> AnyView {
    let [title, what] = ["title", "what"].map(|part| page.words.text(&format!("{kind}-{part}")));
    view! { <section class="card"><header><h2>{title}</h2><p>{what}</p></header>{body}</section> }
        .into_any()
}

/// A button that asks the browser for a passkey. It is there where scripts run and the browser knows what a passkey is.
pub fn passkey_sign_in(page: &Page, next: &str) -> Option<AnyView> {
    if !passkeys::are_possible(&page.ctx) {
        return None;
    }
    let words = &page.words;
    let card = view! {
        <section class="card" id="passkey-card" hidden>
            <header><h2>{words.text("passkey-sign-in-title")}</h2></header>
            {kit::errors(page, None)}
            <form id="passkey" method="post">
                {passkey_fields()}
                <input type="hidden" name="next" value=next.to_owned() />
                <button class="btn primary">{words.text("passkey-sign-in")}</button>
            </form>
            <p class="muted small">{words.text("passkey-sign-in-hint")}</p>
        </section>
    };
    let words = island_words(page);
    Some(
        view! { <PasskeyIsland adds=false words=words>{card.into_any()}</PasskeyIsland> }
            .into_any(),
    )
}

/// A form that has the browser make a passkey.
pub fn passkey_form(page: &Page) -> AnyView {
    let words = &page.words;
    if !passkeys::are_possible(&page.ctx) {
        return view! { <p class="muted small">{words.text("passkey-impossible")}</p> }.into_any();
    }
    let form = view! {
        <div id="passkey-card" hidden>
            {kit::errors(page, None)}
            <form id="passkey" class="inline" method="post" novalidate>
                {passkey_fields()}
                {field(page, "answer_with_passkey", "name", "name", "passkey-name").hint("passkey-name-hint").maximum(passkeys::NAME_MAX as u32).input()}
                <button class="btn primary">{words.text("passkey-add")}</button>
            </form>
        </div>
    };
    let hint = words.text("passkey-needs-scripts");
    let words = island_words(page);
    view! {
        <PasskeyIsland adds=true words=words>{form.into_any()}</PasskeyIsland>
        <p class="muted small instead">{hint}</p>
    }
    .into_any()
}

/// What the browser's answer is sent with.
fn passkey_fields() -> AnyView {
    view! {
        <input type="hidden" name="do" value="answer_with_passkey" />
        <input type="hidden" name="token" />
        <input type="hidden" name="answer" />
    }
    .into_any()
}

fn island_words(page: &Page) -> BTreeMap<String, String> {
    let of = |name: &str, key: &str| (name.to_owned(), page.words.text(key));
    BTreeMap::from([
        of("asking", "passkey-asking"),
        of("failed", "passkey-failed"),
    ])
}

/// A button that begins to set up an authenticator app; once it was pressed, what the app needs, and a field for its first code.
pub fn authenticator_form(page: &Page, setup: Option<&Setup>, back: &'static str) -> AnyView {
    let words = &page.words;
    let begin = |label: &str, class: &'static str| {
        let back = [("back", back.to_owned())];
        kit::button_form("begin_authenticator", &back, words.text(label), class)
    };
    let Some(setup) = setup else {
        return begin("authenticator-begin", "btn");
    };
    let picture = BASE64_STANDARD.encode(&setup.picture);
    view! {
        <ol class="setup">
            <li>
                <p>{words.text("authenticator-scan")}</p>
                <img class="code" width="200" height="200" alt=words.text("authenticator-picture") src=format!("data:image/svg+xml;base64,{picture}") />
                <p class="small"><a href=setup.url.clone()>{words.text("authenticator-open")}</a></p>
                <p class="small muted">{words.text("authenticator-type")}" "<code>{setup.seed.clone()}</code></p>
            </li>
            <li>
                <form class="inline" method="post" novalidate>
                    <input type="hidden" name="do" value=CONFIRM />
                    {field(page, CONFIRM, "code", "code", "authenticator-first-code").autocomplete("one-time-code").maximum(10).input()}
                    <button class="btn primary">{words.text("authenticator-confirm")}</button>
                </form>
            </li>
        </ol>
        {begin("authenticator-again", "btn quiet sm")}
    }
    .into_any()
}

/// A field for a code of the app, or for a recovery code.
pub fn code_form(page: &Page, has_authenticator: bool) -> AnyView {
    let words = &page.words;
    let label = if has_authenticator {
        "prove-code"
    } else {
        "prove-recovery-code"
    };
    let hint = format!("{label}-hint");
    view! {
        <form class="inline" method="post" novalidate>
            <input type="hidden" name="do" value=PROVE />
            {field(page, PROVE, "code", "code", label).hint(&hint).autocomplete("one-time-code").maximum(40).input()}
            <button class="btn primary">{words.text("prove-submit")}</button>
        </form>
        <p class="muted small">{words.text("prove-lost")}</p>
    }
    .into_any()
}
