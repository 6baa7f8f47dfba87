//! The audit log: who did what to what, from where and as whom, newest first. Nothing in it can be changed.

mod export;

use axum::{extract::Query, response::Response};
use chrono::{Days, NaiveDate};
use leptos::prelude::*;
use portal_domain::access::Action;
use portal_services::audit::{self, PAGE};
use portal_store::audit::{AuditFilter, AuditRecord};
use serde::Deserialize;
use serde_json::Value;

use super::{address, head, may, paging, privacy};
use crate::{
    ui::{
        api::UiError,
        kit::{self, icons},
    },
    web::page::Page,
};

pub use export::{csv, json_lines};

const PATH: &str = "/staff/audit";

#[derive(Default, Deserialize)]
pub struct AuditQuery {
    /// The last position of the page before.
    #[serde(default)]
    before: String,
    /// The e-mail address of whoever acted.
    #[serde(default)]
    person: String,
    #[serde(default)]
    act: String,
    #[serde(default)]
    subject: String,
    /// From which address of the network.
    #[serde(default)]
    address: String,
    /// The first and the last day of it, as in `2026-06-30`.
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
}

impl AuditQuery {
    /// What is looked for; nothing if it is the acts of somebody whom nobody knows.
    async fn filter(&self, page: &Page) -> Result<Option<AuditFilter>, UiError> {
        let person = match self.person.trim() {
            "" => None,
            email => match page.said(audit::find_person(&page.ctx, page.actor()?, email).await)? {
                None => return Ok(None),
                known => known,
            },
        };
        let text = |typed: &str| Some(typed.trim().to_owned()).filter(|typed| !typed.is_empty());
        let day = |typed: &str| typed.parse::<NaiveDate>().ok();
        let until = day(&self.until).and_then(|day| day.checked_add_days(Days::new(1)));
        Ok(Some(AuditFilter {
            person,
            act: text(&self.act),
            subject: text(&self.subject),
            address: text(&self.address),
            from: day(&self.from).map(|day| page.ctx.start_of(day)),
            until: until.map(|day| page.ctx.start_of(day)),
        }))
    }

    fn pairs(&self) -> [(&'static str, &str); 6] {
        [
            ("person", &self.person),
            ("act", &self.act),
            ("subject", &self.subject),
            ("address", &self.address),
            ("from", &self.from),
            ("until", &self.until),
        ]
    }

    fn url(&self, path: &str, before: &str) -> String {
        let mut pairs = self.pairs().to_vec();
        pairs.push(("before", before));
        address(path, &pairs)
    }
}

pub async fn list(page: Page, Query(query): Query<AuditQuery>) -> Result<Response, UiError> {
    let (ctx, actor) = (&page.ctx, page.actor()?);
    let acts = page.said(audit::list_acts(ctx, actor).await)?;
    let records = match query.filter(&page).await? {
        Some(filter) => {
            page.said(audit::list(ctx, actor, &filter, query.before.parse().ok()).await)?
        }
        None => Vec::new(),
    };
    let title = page.words.text("audit-title");
    Ok(page.show(&title.clone(), move |page| {
        let first = (!query.before.is_empty()).then(|| query.url(PATH, ""));
        let next = records
            .last()
            .filter(|_| records.len() as i64 == PAGE)
            .map(|last| query.url(PATH, &last.position.to_string()));
        view! {
            {head(title, page.words.text("audit-lead"), Some(exports(page, &query)))}
            {filters(page, &query, &acts)}
            <section class="card flush" aria-label=page.words.text("audit-title")>
                {table(page, &records)}
                {paging(page, first, next)}
            </section>
        }
        .into_any()
    }))
}

/// All that is looked for, as files.
fn exports(page: &Page, query: &AuditQuery) -> AnyView {
    let links = [
        (export::CSV, "audit-export-csv"),
        (export::JSON_LINES, "audit-export-json"),
    ];
    let link = |(path, key)| {
        let (url, label) = (query.url(path, ""), page.words.text(key));
        view! { <a class="btn" href=url download="">{kit::icon(icons::DOWNLOAD)}{label}</a> }
    };
    let privacy = may(page, Action::ManagePrivacy).then(|| {
        view! { <a class="btn" href=privacy::PATH>{page.words.text("privacy-open")}</a> }
    });
    view! { {links.map(link).into_iter().collect_view()}{privacy} }.into_any()
}

fn filters(page: &Page, query: &AuditQuery, acts: &[String]) -> AnyView {
    let words = &page.words;
    let chosen = |act: &str| act == query.act;
    let acts = acts.iter().map(|act| {
        view! { <option value=act.clone() selected=chosen(act)>{act_name(page, act)}</option> }
    });
    let text = |name: &'static str, typed: &str| {
        let label = words.text(&format!("audit-filter-{name}"));
        view! { <input type="search" name=name value=typed.to_owned() aria-label=label.clone() placeholder=label /> }
    };
    let day = |name: &'static str, typed: &str| {
        let label = words.text(&format!("audit-filter-{name}"));
        view! { <label class="row small">{label}<input type="date" name=name value=typed.to_owned() /></label> }
    };
    view! {
        <form class="row filters" role="search">
            <select name="act" aria-label=words.text("audit-column-act")>
                <option value="">{words.text("audit-filter-any")}</option>
                {acts.collect_view()}
            </select>
            {text("person", &query.person)}
            {text("subject", &query.subject)}
            {text("address", &query.address)}
            {day("from", &query.from)}
            {day("until", &query.until)}
            <button class="btn">{words.text("audit-filter-show")}</button>
        </form>
    }
    .into_any()
}

/// What an act is called; one that a newer instance did is called as it is stored.
fn act_name(page: &Page, act: &str) -> String {
    let key = format!("audit-act-{act}");
    if page.words.has(&key) {
        page.words.text(&key)
    } else {
        act.to_owned()
    }
}

fn table(page: &Page, records: &[AuditRecord]) -> AnyView {
    let words = &page.words;
    if records.is_empty() {
        return kit::empty(
            icons::AUDIT,
            words.text("audit-empty-title"),
            words.text("audit-empty"),
            None,
        );
    }
    let columns = ["act", "person", "origin", "time", "facts"];
    let columns = columns.map(
        |column| view! { <th scope="col">{words.text(&format!("audit-column-{column}"))}</th> },
    );
    view! {
        <div class="table">
            <table class="cards">
                <thead><tr>{columns.into_iter().collect_view()}</tr></thead>
                <tbody>{records.iter().map(|record| row(page, record)).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(page: &Page, record: &AuditRecord) -> AnyView {
    let words = &page.words;
    view! {
        <tr>
            <th class="main" scope="row">{act_name(page, &record.act)}<small>{subject(record)}</small></th>
            <td data-label=words.text("audit-column-person")>{who(page, record)}</td>
            <td data-label=words.text("audit-column-origin")>{origin(page, record)}</td>
            <td data-label=words.text("audit-column-time") class="nowrap">{kit::instant(page, record.happened_at)}</td>
            <td data-label=words.text("audit-column-facts")>{facts(page, &record.facts)}</td>
        </tr>
    }
    .into_any()
}

/// In whose name, and who was logged in where that is somebody else.
fn who(page: &Page, record: &AuditRecord) -> AnyView {
    let words = &page.words;
    let person = record.person_name.clone();
    let person = person.unwrap_or_else(|| words.text("audit-portal"));
    let login = record.login.as_deref();
    let login = login.map(|login| {
        let said = words.with("audit-login", &[("login", login.into())]);
        view! { <small>{said}</small> }
    });
    view! { {person}{login} }.into_any()
}

/// How, by what, and from which address.
fn origin(page: &Page, record: &AuditRecord) -> AnyView {
    let Some(means) = record.means else {
        return super::NOTHING.into_any();
    };
    let means = page.words.text(&format!("audit-means-{means}"));
    let task = record.task.clone();
    let task = task.map(|task| view! { <small><code>{task}</code></small> });
    let address = record.address.clone();
    let address = address.map(|address| view! { <small>{address}</small> });
    view! { {means}{task}{address} }.into_any()
}

/// What was acted on, with the way there where it has a page.
fn subject(record: &AuditRecord) -> AnyView {
    let id = record.subject.clone();
    let path = match record.act.as_str() {
        "accept_lead" | "reject_lead" | "withdraw_lead" => "/staff/leads/",
        "add_partner" | "enrol_partner" | "partner_leaves" | "update_company"
        | "change_member_role" | "confirm_details" => "/staff/partners/",
        "add_person" | "change_role" | "disable_person" | "enable_person" | "reset_person" => {
            "/staff/people/"
        }
        "approve_line" | "withdraw_approval" | "hold_line" | "release_line" | "enter_line"
        | "refuse_line" | "let_line_stand" | "open_dispute" | "answer_dispute"
        | "resolve_dispute" | "withdraw_dispute" => "/staff/lines?list=all&line=",
        "make_statement" => "/staff/statements/",
        "close_quarter" => "/staff/statements?quarter=",
        _ => return view! { <code>{id}</code> }.into_any(),
    };
    view! { <a href=format!("{path}{id}")><code>{id.clone()}</code></a> }.into_any()
}

/// What changed, one name and value after the other: what was before struck out.
fn facts(page: &Page, facts: &str) -> AnyView {
    let facts = match serde_json::from_str(facts) {
        Ok(Value::Object(facts)) if !facts.is_empty() => facts,
        _ => return super::NOTHING.into_any(),
    };
    let rows = facts.into_iter().map(|(name, value)| {
        view! { <div><dt><code>{name}</code></dt><dd>{difference(&value)}</dd></div> }
    });
    view! {
        <details class="more"><summary>{page.words.text("audit-facts")}</summary><dl class="facts">{rows.collect_view()}</dl></details>
    }
    .into_any()
}

fn difference(value: &Value) -> AnyView {
    match (value.get("before"), value.get("after")) {
        (Some(before), Some(after)) => {
            view! { <del>{written(before)}</del>" → "<ins>{written(after)}</ins> }.into_any()
        }
        _ => written(value).into_any(),
    }
}

fn written(value: &Value) -> String {
    match value {
        Value::Null => super::NOTHING.to_owned(),
        Value::String(text) => super::or_nothing(text),
        other => other.to_string(),
    }
}
