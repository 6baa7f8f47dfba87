//! The pages for whoever is not signed in: signing in, accepting an invitation, and the error pages.

use axum::{
    extract::{Path, Query},
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;
use portal_services::{
    access::{
        self, Choice,
        authenticator::{self, Setup},
        links::LINK_MINUTES,
        proofs::{self, Pending},
        sign_on,
    },
    company::{self, Invitation},
};
use portal_store::identity_providers::ProviderRecord;
use serde::Deserialize;

use super::proofs::{authenticator_form, card, code_form, passkey_form, passkey_sign_in};
use crate::{
    ui::{
        api::UiError,
        kit::{self, field, icon, icons},
    },
    web::page::{Page, inside},
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SignInQuery {
    next: String,
    sent: String,
    /// Where people of the address sign in that was typed.
    provider: String,
}

pub async fn sign_in(page: Page, Query(query): Query<SignInQuery>) -> Result<Response, UiError> {
    if page.session().is_some() {
        return Ok(Redirect::to(&inside(&query.next)).into_response());
    }
    if let Some(secret) = page.secret()
        && let Some(pending) = page.said(proofs::find_pending(&page.ctx, secret).await)?
    {
        let person = pending.person.id;
        let setup =
            page.said(authenticator::find_setup(&page.ctx, person, &page.browser()).await)?;
        let title = page.words.text("prove-title");
        return Ok(page.show(&title, move |page| second(page, &pending, setup.as_ref())));
    }
    if let Ok(id) = query.provider.parse() {
        let provider = page.said(sign_on::find(&page.ctx, id).await)?;
        let title = page.words.text("sign-in-title");
        return Ok(page.show(&title, move |page| elsewhere(page, &provider)));
    }
    let choices = page.said(access::list_choices(&page.ctx).await)?;
    let title = page.words.text("sign-in-title");
    Ok(page.show(&title, move |page| {
        let heading = page.words.text("sign-in-title");
        let link = if query.sent.is_empty() {
            link_form(page, false)
        } else {
            link_sent(page)
        };
        view! {
            <div class="head"><h1>{heading}</h1></div>
            {(!choices.is_empty()).then(|| people(page, &choices, &query.next))}
            {passkey_sign_in(page, &inside(&query.next))}
            {link}
        }
        .into_any()
    }))
}

/// People of the address that was typed sign in at their own company's provider.
fn elsewhere(page: &Page, provider: &ProviderRecord) -> AnyView {
    let words = &page.words;
    let said = &provider.sign_on;
    let named = [
        ("domain", said.domain.as_str().into()),
        ("name", said.name.as_str().into()),
    ];
    let id = [("provider", provider.id.to_string())];
    let go = words.with("sign-on-go", &named);
    view! {
        <div class="head"><h1>{words.text("sign-in-title")}</h1></div>
        <section class="card">
            <header><h2>{words.with("sign-on-here-title", &named)}</h2><p>{words.with("sign-on-here", &named)}</p></header>
            {kit::button_form("begin_sign_on", &id, go, "btn primary")}
        </section>
        {(!said.is_only_way).then(|| view! {
            {passkey_sign_in(page, "/")}
            {link_form(page, true)}
        })}
        <p><a class="btn quiet" href="/sign-in">{words.text("sign-in-again")}</a></p>
    }
    .into_any()
}

/// A link was used: what opens the portal is a second proof, and whoever has none yet sets one up.
fn second(page: &Page, pending: &Pending, setup: Option<&Setup>) -> AnyView {
    let words = &page.words;
    let email = pending.person.email.as_str();
    let steps = if pending.proofs.is_none() {
        view! {
            {card(page, "passkeys", passkey_form(page))}
            {card(page, "authenticator", authenticator_form(page, setup, "/sign-in"))}
        }
        .into_any()
    } else {
        let has_authenticator = pending.proofs.authenticator.is_some();
        view! {
            {passkey_sign_in(page, "/")}
            <section class="card">
                <header><h2>{words.text("prove-code-title")}</h2></header>
                {code_form(page, has_authenticator)}
            </section>
        }
        .into_any()
    };
    let lead = if pending.proofs.is_none() {
        "prove-first-lead"
    } else {
        "prove-lead"
    };
    view! {
        <div class="head"><div><h1>{words.text("prove-title")}</h1><p>{words.with(lead, &[("email", email.into())])}</p></div></div>
        {steps}
        <div class="row">{kit::button_form("sign_out", &[], words.text("prove-cancel"), "btn quiet")}</div>
    }
    .into_any()
}

/// The demo's people, company by company.
fn people(page: &Page, choices: &[Choice], next: &str) -> AnyView {
    let words = &page.words;
    let mut companies: Vec<&str> = Vec::new();
    for choice in choices {
        if !companies.contains(&choice.company.as_str()) {
            companies.push(&choice.company);
        }
    }
    let cards = companies
        .into_iter()
        .map(|company| {
            let buttons = choices
                .iter()
                .filter(|choice| choice.company == company)
                .map(|choice| person_button(page, choice))
                .collect_view();
            view! {
                <section class="card">
                    <h2>{company.to_owned()}</h2>
                    <form class="people" method="post">
                        <input type="hidden" name="do" value="sign_in_as" />
                        <input type="hidden" name="next" value=inside(next) />
                        {buttons}
                    </form>
                </section>
            }
        })
        .collect_view();
    view! {
        <div class="notice" data-tone="info">
            {icon(icons::INFO)}
            <div>
                <strong>{words.text("sign-in-demo")}</strong>
                <p>{words.text("sign-in-demo-hint")}</p>
                {page.app.sandbox_url.clone().map(|url| view! { <p><a href=url>{words.text("sandbox-open")}</a></p> })}
            </div>
        </div>
        <div class="grid">{cards}</div>
    }
    .into_any()
}

fn person_button(page: &Page, choice: &Choice) -> AnyView {
    let (value, role) = match choice.partner {
        Some(partner) => (
            format!("{}.{partner}", choice.person),
            format!("role-{}", choice.role),
        ),
        None => (
            choice.person.to_string(),
            format!("staff-role-{}", choice.role),
        ),
    };
    view! {
        <button name="person" value=value>
            <span class="avatar" aria-hidden="true">{kit::initials(&choice.name)}</span>
            <span>{choice.name.clone()}<small>{page.words.text(&role)}</small></span>
            {icon(icons::NEXT)}
        </button>
    }
    .into_any()
}

/// With `anyway` a link is mailed though there is a provider.
fn link_form(page: &Page, anyway: bool) -> AnyView {
    let words = &page.words;
    let anyway = anyway.then(|| view! { <input type="hidden" name="anyway" value="true" /> });
    view! {
        <section class="card">
            <header><h2>{words.text("sign-in-mail-title")}</h2></header>
            <form class="inline" method="post" novalidate>
                <input type="hidden" name="do" value="request_link" />
                {anyway}
                {field(page, "request_link", "email", "email", "sign-in-email").kind("email").autocomplete("email").input()}
                <button class="btn primary">{words.text("sign-in-send")}</button>
            </form>
            <p class="muted small">{words.with("sign-in-link-hint", &[("minutes", LINK_MINUTES.into())])}</p>
        </section>
    }
    .into_any()
}

fn link_sent(page: &Page) -> AnyView {
    let words = &page.words;
    view! {
        <section class="card">
            <header><h2>{words.text("sign-in-sent-title")}</h2></header>
            <p>{words.with("sign-in-sent", &[("minutes", LINK_MINUTES.into())])}</p>
            <p class="muted small">{words.text("sign-in-sent-hint")}</p>
            <p><a class="btn" href="/sign-in">{words.text("sign-in-again")}</a></p>
        </section>
    }
    .into_any()
}

/// A link that was mailed only shows a button: mail programs follow links, and one that signed in would be used up by them.
pub async fn use_link(page: Page, Path(token): Path<String>) -> Response {
    let title = page.words.text("sign-in-confirm-title");
    page.show(&title, move |page| {
        let words = &page.words;
        view! {
            <section class="card">
                <h1>{words.text("sign-in-confirm-title")}</h1>
                {kit::button_form("use_link", &[("token", token)], words.text("sign-in-confirm-button"), "btn primary")}
            </section>
        }
        .into_any()
    })
}

pub async fn invitation(page: Page, Path(token): Path<String>) -> Response {
    let found = company::find_invitation(&page.ctx, &token).await;
    match found {
        Ok(invitation) => {
            let title = page.words.with(
                "invitation-title",
                &[("partner", invitation.partner_name.as_str().into())],
            );
            page.show(&title.clone(), move |page| {
                invitation_form(page, &invitation, token, title)
            })
        }
        Err(_) => {
            let title = page.words.text("invitation-gone-title");
            page.show(&title, |page| {
                let words = &page.words;
                view! { <div class="oops"><h1>{words.text("invitation-gone-title")}</h1><p>{words.text("invitation-gone")}</p></div> }
                    .into_any()
            })
        }
    }
}

fn invitation_form(page: &Page, invitation: &Invitation, token: String, title: String) -> AnyView {
    let words = &page.words;
    let role = words.text(&format!("role-{}", invitation.role));
    let name = (!invitation.known).then(|| {
        field(page, "accept_invitation", "name", "name", "invitation-name")
            .hint("invitation-name-hint")
            .autocomplete("name")
            .maximum(120)
            .input()
    });
    view! {
        <form class="card form" method="post" novalidate>
            <h1>{title}</h1>
            <p>{words.with("invitation-role", &[("role", role.into())])}</p>
            <p class="muted">{words.with("invitation-email", &[("email", invitation.email.as_str().into())])}</p>
            <input type="hidden" name="do" value="accept_invitation" />
            <input type="hidden" name="token" value=token />
            {name}
            <div class="foot"><button class="btn primary">{words.text("invitation-submit")}</button></div>
        </form>
    }
    .into_any()
}

/// The page over which somebody leaves for a vendor's. No form leads there itself: pages of ours say to browsers that their forms end at ours (`form-action`), and
/// browsers hold that of redirects too.
pub fn leaving(page: Page, address: String) -> Response {
    let host = address
        .parse()
        .ok()
        .and_then(|uri: Uri| uri.host().map(str::to_owned))
        .unwrap_or_default();
    let title = page.words.with("leaving-title", &[("host", host.into())]);
    let heading = title.clone();
    let goes_on = HeaderValue::from_str(&format!("0;url={address}"));
    let mut response = page.show(&title, move |page| {
        let words = &page.words;
        view! {
            <div class="oops">
                <h1>{heading}</h1>
                <p>{words.text("leaving")}</p>
                <div class="row"><a class="btn primary" href=address>{words.text("leaving-go")}</a></div>
            </div>
        }
        .into_any()
    });
    if let Ok(goes_on) = goes_on {
        response.headers_mut().insert(header::REFRESH, goes_on);
    }
    response
}

/// The page of a status: what it means for the reader, and a way on.
pub fn error(page: Page, status: StatusCode, error: &UiError) -> Response {
    let key = match status {
        StatusCode::NOT_FOUND => "not-found",
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::TOO_MANY_REQUESTS => "too-many",
        _ => "unavailable",
    };
    let text = match status {
        // What is there contradicts itself: who reads that is told where.
        StatusCode::CONFLICT | StatusCode::TOO_MANY_REQUESTS => error.message.clone(),
        _ if key == "unavailable" => {
            // Where the cause was known it is in the log already, under this.
            let reference = match error.reference.as_str() {
                "" => page.log(status, &"whoever answered gave no cause"),
                reference => reference.to_owned(),
            };
            let named = [("reference", reference.as_str().into())];
            page.words.with("error-page-unavailable", &named)
        }
        _ => page.words.text(&format!("error-page-{key}")),
    };
    let title = page.words.text(&format!("error-page-{key}-title"));
    let heading = title.clone();
    let mut response = page.show(&title, move |page| {
        let words = &page.words;
        view! {
            <div class="oops">
                <p class="code">{status.as_u16()}</p>
                <h1>{heading}</h1>
                <p>{text}</p>
                <div class="row"><a class="btn primary" href="/">{words.text("error-page-home")}</a></div>
            </div>
        }
        .into_any()
    });
    *response.status_mut() = status;
    response
}
