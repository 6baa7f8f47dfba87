//! Single sign-on: which companies' people sign in at their own identity provider, the vendor's first. One form adds one, and each has a form of its own.

use axum::{extract::Query, response::Response};
use leptos::prelude::*;
use portal_domain::ids::PartnerId;
use portal_services::{access::sign_on, partners};
use portal_store::identity_providers::ProviderRecord;
use serde::Deserialize;

use super::{calls, crumbs, form_errors, head};
use crate::{
    ui::{
        api::UiError,
        kit::{self, field, icons},
    },
    web::page::Page,
};

pub const PATH: &str = "/staff/sign-on";
const SAVE: &str = "save_sign_on";

#[derive(Deserialize)]
pub struct SignOnQuery {
    /// For whose people one is added; none: the vendor's own.
    partner: Option<PartnerId>,
}

/// What the page shows.
struct Shown {
    providers: Vec<ProviderRecord>,
    /// The one that one is added for, and its domain.
    partner: Option<(PartnerId, String, String)>,
}

pub async fn show(page: Page, Query(query): Query<SignOnQuery>) -> Result<Response, UiError> {
    let (ctx, actor) = (&page.ctx, page.actor()?);
    let providers = page.said(sign_on::list(ctx, actor).await)?;
    let partner = match query.partner {
        Some(id) => {
            let (view, _) = page.said(partners::find(ctx, actor, id).await)?;
            let company = view.partner.company;
            Some((id, company.name, company.domain.to_string()))
        }
        None => None,
    };
    let shown = Shown { providers, partner };
    let title = page.words.text("sign-on-title");
    Ok(page.show(&title.clone(), move |page| {
        view! {
            {crumbs(page, super::connections::PATH, "connections-title", title.clone())}
            {head(title, page.words.text("sign-on-lead"), None)}
            <div class="stack">
                {add(page, &shown)}
                {list(page, &shown.providers)}
            </div>
        }
        .into_any()
    }))
}

/// Whose people they are.
fn company(page: &Page, provider: &ProviderRecord) -> String {
    let partner = provider.partner.as_ref();
    partner.map_or_else(|| page.ctx.programme.name.clone(), |(_, name)| name.clone())
}

fn add(page: &Page, shown: &Shown) -> AnyView {
    let words = &page.words;
    let name = match &shown.partner {
        Some((_, name, _)) => name.clone(),
        None => page.ctx.programme.name.clone(),
    };
    let title = words.with("sign-on-add-title", &[("company", name.as_str().into())]);
    let partner = shown.partner.as_ref().map(|(id, ..)| {
        view! { <input type="hidden" name="partner" value=id.to_string() /> }
    });
    let domain = shown.partner.as_ref().map_or("", |(.., domain)| domain);
    let is_refused = page.refusal(SAVE).is_some() && page.typed(SAVE, "provider", "").is_empty();
    view! {
        <details class="more" open=is_refused || shown.partner.is_some()>
            <summary class="btn primary">{kit::icon(icons::PLUS)}{title}</summary>
            <form class="card form" method="post" novalidate>
                {calls(SAVE)}
                {partner}
                {is_refused.then(|| form_errors(page, SAVE))}
                <p class="muted">{words.text("sign-on-add-lead")}</p>
                {back(page)}
                {fields(page, is_refused, &First { domain, name: &name, ..First::default() })}
                <div class="foot"><button class="btn primary">{words.text("sign-on-add-submit")}</button></div>
            </form>
        </details>
    }
    .into_any()
}

/// The address that the provider must know.
fn back(page: &Page) -> AnyView {
    view! {
        <dl class="facts"><div><dt>{page.words.text("sign-on-back")}</dt><dd><code>{sign_on::back_address(&page.ctx)}</code></dd></div></dl>
    }
    .into_any()
}

/// What stands in a form at first.
#[derive(Default)]
struct First<'a> {
    name: &'a str,
    domain: &'a str,
    issuer: &'a str,
    client: &'a str,
    strength: &'a str,
    is_only_way: bool,
    is_there: bool,
}

/// Several forms call the same function: only the one that was refused shows what was typed.
fn fields(page: &Page, is_refused: bool, first: &First<'_>) -> AnyView {
    let words = &page.words;
    let action = if is_refused { SAVE } else { "" };
    let one = |name: &str, label: &str, first: &str| {
        field(page, action, name, &format!("form[{name}]"), label).first(first)
    };
    let secret = one("secret", "sign-on-secret", "").hidden().maximum(1_000);
    let secret = if first.is_there {
        secret.hint("sign-on-secret-kept").optional()
    } else {
        secret
    };
    let typed_only = !page.typed(action, "form[only]", "").is_empty();
    view! {
        <div class="fields">
            {one("name", "sign-on-name", first.name).hint("sign-on-name-hint").maximum(60).input()}
            {one("domain", "sign-on-domain", first.domain).hint("sign-on-domain-hint").input()}
            {one("issuer", "sign-on-issuer", first.issuer).hint("sign-on-issuer-hint").maximum(500).full().input()}
            {one("client", "sign-on-client", first.client).maximum(300).input()}
            {secret.input()}
            {one("strength", "sign-on-strength", first.strength).hint("sign-on-strength-hint").maximum(200).optional().full().input()}
        </div>
        <label class="check">
            <input type="checkbox" name="form[only]" value="on" checked=first.is_only_way || typed_only />
            <span>{words.text("sign-on-only")}<small>{words.text("sign-on-only-hint")}</small></span>
        </label>
    }
    .into_any()
}

fn list(page: &Page, providers: &[ProviderRecord]) -> AnyView {
    let words = &page.words;
    if providers.is_empty() {
        return view! {
            <section class="card flush">
                {kit::empty(icons::USERS, words.text("sign-on-none-title"), words.text("sign-on-none"), None)}
            </section>
        }
        .into_any();
    }
    providers
        .iter()
        .map(|provider| card(page, provider))
        .collect_view()
        .into_any()
}

fn card(page: &Page, provider: &ProviderRecord) -> AnyView {
    let words = &page.words;
    let (id, said) = (provider.id.to_string(), &provider.sign_on);
    let is_refused = page.refusal(SAVE).is_some() && page.typed(SAVE, "provider", "") == id;
    let strength = said.strength.join(" ");
    let first = First {
        name: &said.name,
        domain: said.domain.as_str(),
        issuer: &said.issuer,
        client: &said.client,
        strength: &strength,
        is_only_way: said.is_only_way,
        is_there: true,
    };
    let pill = match said.is_only_way {
        true => kit::pill("active", words.text("sign-on-state-only")),
        false => kit::pill("healthy", words.text("sign-on-state-offered")),
    };
    let asked = match strength.as_str() {
        "" => words.text("sign-on-strength-none"),
        asked => words.with("sign-on-strength-asked", &[("words", asked.into())]),
    };
    view! {
        <section class="card" aria-label=said.domain.to_string()>
            <header><h2>{company(page, provider)}" "{pill}</h2><p>{said.domain.to_string()}" · "{said.name.clone()}" · "{said.issuer.clone()}</p></header>
            <p>{asked}</p>
            <p class="muted small">{words.text("sign-on-changed")}" "{kit::ago(page, provider.changed_at)}</p>
            <details class="more" open=is_refused>
                <summary class="btn sm">{words.text("sign-on-change")}</summary>
                <form class="form" method="post" novalidate>
                    {calls(SAVE)}
                    <input type="hidden" name="provider" value=id.clone() />
                    {is_refused.then(|| form_errors(page, SAVE))}
                    {back(page)}
                    {fields(page, is_refused, &first)}
                    <div class="foot"><button class="btn primary">{words.text("sign-on-save")}</button></div>
                </form>
                {kit::button_form("remove_sign_on", &[("provider", id)], words.text("sign-on-remove"), "btn sm danger")}
            </details>
        </section>
    }
    .into_any()
}
