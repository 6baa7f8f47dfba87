//! The audit log: who did what to what, newest first. Nothing in it can be changed.

use axum::{extract::Query, response::Response};
use leptos::prelude::*;
use portal_services::operations;
use portal_store::audit::AuditRecord;
use serde::Deserialize;
use serde_json::Value;

use super::{address, head, paging};
use crate::{
    ui::{
        api::UiError,
        kit::{self, icons},
    },
    web::page::Page,
};

/// As many as the service lists at once; fewer means that the log ends there.
const PAGE: usize = 50;

#[derive(Deserialize)]
pub struct AuditQuery {
    /// The last position of the page before.
    before: Option<i64>,
}

pub async fn list(page: Page, Query(query): Query<AuditQuery>) -> Result<Response, UiError> {
    let records =
        page.said(operations::list_audit(&page.ctx, page.actor()?, query.before).await)?;
    let title = page.words.text("audit-title");
    Ok(page.show(&title.clone(), move |page| {
        let first = query.before.map(|_| "/staff/audit".to_owned());
        let next = records
            .last()
            .filter(|_| records.len() == PAGE)
            .map(|last| address("/staff/audit", &[("before", &last.position.to_string())]));
        view! {
            {head(title, page.words.text("audit-lead"), None)}
            <section class="card flush" aria-label=page.words.text("audit-title")>
                {table(page, &records)}
                {paging(page, first, next)}
            </section>
        }
        .into_any()
    }))
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
    let columns = ["act", "person", "time", "facts"];
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
    let person = record
        .person_name
        .clone()
        .unwrap_or_else(|| words.text("audit-portal"));
    view! {
        <tr>
            <th class="main" scope="row">{words.text(&format!("audit-act-{}", record.act))}<small>{subject(record)}</small></th>
            <td data-label=words.text("audit-column-person")>{person}</td>
            <td data-label=words.text("audit-column-time") class="nowrap">{kit::instant(page, record.happened_at)}</td>
            <td data-label=words.text("audit-column-facts")>{facts(page, &record.facts)}</td>
        </tr>
    }
    .into_any()
}

/// What was acted on, with the way there where it has a page.
fn subject(record: &AuditRecord) -> AnyView {
    let id = record.subject.clone();
    let path = match record.act.as_str() {
        "accept_lead" | "reject_lead" | "withdraw_lead" => "/staff/leads/",
        "add_partner" | "enrol_partner" | "partner_leaves" | "update_company"
        | "change_member_role" | "confirm_details" => "/staff/partners/",
        "add_person" | "change_role" | "disable_person" | "enable_person" => "/staff/people/",
        "approve_line" | "withdraw_approval" | "hold_line" | "release_line" | "enter_line"
        | "refuse_line" | "let_line_stand" | "open_dispute" | "answer_dispute"
        | "resolve_dispute" | "withdraw_dispute" => "/staff/lines?list=all&line=",
        "make_statement" => "/staff/statements/",
        "close_quarter" => "/staff/statements?quarter=",
        _ => return view! { <code>{id}</code> }.into_any(),
    };
    view! { <a href=format!("{path}{id}")><code>{id.clone()}</code></a> }.into_any()
}

/// What changed, one name and value after the other, as it was written down.
fn facts(page: &Page, facts: &str) -> AnyView {
    let rows: Vec<(String, String)> = match serde_json::from_str(facts) {
        Ok(Value::Object(facts)) => facts
            .into_iter()
            .map(|(name, value)| {
                (
                    name,
                    value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned),
                )
            })
            .collect(),
        _ => Vec::new(),
    };
    if rows.is_empty() {
        return super::NOTHING.into_any();
    }
    let rows = rows
        .into_iter()
        .map(|(name, value)| view! { <div><dt><code>{name}</code></dt><dd>{value}</dd></div> })
        .collect_view();
    view! {
        <details class="more"><summary>{page.words.text("audit-facts")}</summary><dl class="facts">{rows}</dl></details>
    }
    .into_any()
}
