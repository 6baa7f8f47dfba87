//! Privacy, for administrators: how long what names people is kept, and what would go tonight; what there is of one person, as a file; and erasing it.

use axum::{
    body::Body,
    extract::Query,
    http::{HeaderValue, header},
    response::Response,
};
use leptos::prelude::*;
use portal_domain::{ids::LeadId, retention::Retention};
use portal_services::privacy::{
    about::{self, Found},
    retention::{self, Preview},
};
use serde::Deserialize;

use super::{address, calls, fact, form_errors, head};
use crate::{
    ui::{
        api::UiError,
        kit::{self, icons},
    },
    web::page::Page,
};

pub const PATH: &str = "/staff/privacy";
const FILE: &str = "/staff/privacy/person.json";
const RETENTION: &str = "set_retention";
const ERASE: &str = "erase_person";
/// How many of the leads that would go are named.
const SHOWN: usize = 10;

#[derive(Default, Deserialize)]
pub struct PrivacyQuery {
    /// The address of mail of whoever is looked for.
    #[serde(default)]
    email: String,
}

pub async fn show(page: Page, Query(query): Query<PrivacyQuery>) -> Result<Response, UiError> {
    let (ctx, actor) = (&page.ctx, page.actor()?);
    let preview = page.said(retention::preview(ctx, actor).await)?;
    let found = match query.email.trim() {
        "" => None,
        email => Some(about::find(ctx, actor, email).await),
    };
    // What is no address is nobody's.
    let found = found.and_then(Result::ok);
    let title = page.words.text("privacy-title");
    Ok(page.show(&title.clone(), move |page| {
        view! {
            {head(title, page.words.text("privacy-lead"), None)}
            <div class="split">
                <div class="stack">
                    {search(page, &query)}
                    {(!query.email.trim().is_empty()).then(|| of_person(page, &query, found.as_ref()))}
                </div>
                <div class="stack">
                    {retention_form(page, &preview.retention)}
                    {tonight(page, &preview)}
                </div>
            </div>
        }
        .into_any()
    }))
}

/// Everything about a person.
pub async fn download(page: Page, Query(query): Query<PrivacyQuery>) -> Result<Response, UiError> {
    let exported = page.said(about::export(&page.ctx, page.actor()?, &query.email).await)?;
    let text = serde_json::to_string_pretty(&exported).unwrap_or_default();
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    let name = HeaderValue::from_static("attachment; filename=\"person.json\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    let kind = HeaderValue::from_static("application/json");
    headers.insert(header::CONTENT_TYPE, kind);
    Ok(response)
}

fn search(page: &Page, query: &PrivacyQuery) -> AnyView {
    let words = &page.words;
    let label = words.text("privacy-search");
    view! {
        <section class="card" aria-labelledby="person">
            <header><h2 id="person">{words.text("privacy-person")}</h2><p>{words.text("privacy-person-lead")}</p></header>
            <form class="row filters" role="search">
                <input type="email" name="email" value=query.email.clone() aria-label=label.clone() placeholder=label />
                <button class="btn">{words.text("privacy-look")}</button>
            </form>
        </section>
    }
    .into_any()
}

fn of_person(page: &Page, query: &PrivacyQuery, found: Option<&Found>) -> AnyView {
    let words = &page.words;
    let Some(found) = found.filter(|found| !found.tables.is_empty()) else {
        return kit::notice("wait", words.text("privacy-nobody"));
    };
    let person = found.subject.person.as_ref();
    let person =
        person.map(|person| fact(words.text("privacy-access"), person.name.clone().into_any()));
    let leads = found
        .subject
        .leads
        .iter()
        .map(|lead| lead_link(lead.id, lead.client_name.clone()));
    let leads = leads.collect_view();
    let leads = (!found.subject.leads.is_empty()).then(|| {
        fact(
            words.text("privacy-leads"),
            view! { <ul>{leads}</ul> }.into_any(),
        )
    });
    let tables = found.tables.iter().map(|(table, count)| {
        let count = words.with("privacy-rows", &[("count", (*count).into())]);
        view! { <div><dt><code>{table.clone()}</code></dt><dd>{count}</dd></div> }
    });
    let file = address(FILE, &[("email", &found.subject.email)]);
    view! {
        <section class="card" aria-labelledby="found">
            <header><h2 id="found">{words.text("privacy-found")}</h2></header>
            <dl class="facts">{person}{leads}{tables.collect_view()}</dl>
            <p><a class="btn" href=file download="">{kit::icon(icons::DOWNLOAD)}{words.text("privacy-export")}</a></p>
            <p class="muted small">{words.text("privacy-export-note")}</p>
            {erase_form(page, query)}
        </section>
    }
    .into_any()
}

fn lead_link(id: LeadId, name: String) -> AnyView {
    view! { <li><a href=format!("/staff/leads/{id}")>{name}</a></li> }.into_any()
}

fn erase_form(page: &Page, query: &PrivacyQuery) -> AnyView {
    let words = &page.words;
    view! {
        <details class="more" open=page.refusal(ERASE).is_some()>
            <summary class="btn danger">{words.text("privacy-erase")}</summary>
            <form class="form" method="post" novalidate>
                {calls(ERASE)}
                <input type="hidden" name="email" value=query.email.clone() />
                {form_errors(page, ERASE)}
                <p class="muted">{words.text("privacy-erase-lead")}</p>
                {kit::field(page, ERASE, "typed", "typed", "privacy-erase-typed")
                    .kind("email")
                    .autocomplete("off")
                    .input()}
                <button class="btn danger wide">{words.text("privacy-erase-submit")}</button>
            </form>
        </details>
    }
    .into_any()
}

fn retention_form(page: &Page, retention: &Retention) -> AnyView {
    let words = &page.words;
    let number = |name: &'static str, key: &'static str, first: u32| {
        kit::field(page, RETENTION, name, name, key)
            .kind("number")
            .first(&first.to_string())
            .input()
    };
    view! {
        <section class="card" aria-labelledby="retention">
            <header><h2 id="retention">{words.text("retention-title")}</h2><p>{words.text("retention-lead")}</p></header>
            <form class="form" method="post" novalidate>
                {calls(RETENTION)}
                {form_errors(page, RETENTION)}
                {number("lead_months", "retention-lead_months", retention.lead_months)}
                {number("mail_months", "retention-mail_months", retention.mail_months)}
                {number("dead_letter_months", "retention-dead_letter_months", retention.dead_letter_months)}
                {number("note_days", "retention-note_days", retention.note_days)}
                <button class="btn primary">{words.text("retention-save")}</button>
            </form>
        </section>
    }
    .into_any()
}

/// What the next night takes.
fn tonight(page: &Page, preview: &Preview) -> AnyView {
    let words = &page.words;
    let row = |key: &str, count: i64| {
        fact(
            words.text(key),
            words
                .with("privacy-rows", &[("count", count.into())])
                .into_any(),
        )
    };
    let leads = preview.shown.iter().take(SHOWN);
    let leads = leads.map(|lead| {
        lead_link(
            lead.id,
            format!("{}, {}", lead.client_name, lead.contact_name),
        )
    });
    view! {
        <section class="card" aria-labelledby="tonight">
            <header><h2 id="tonight">{words.text("retention-tonight")}</h2></header>
            <dl class="facts">
                {row("retention-tonight-leads", preview.leads)}
                {row("retention-tonight-mails", preview.mails)}
                {row("retention-tonight-dead_letters", preview.dead_letters)}
                {row("retention-tonight-notes", preview.notes)}
            </dl>
            {(!preview.shown.is_empty()).then(|| view! { <ul>{leads.collect_view()}</ul> })}
        </section>
    }
    .into_any()
}
