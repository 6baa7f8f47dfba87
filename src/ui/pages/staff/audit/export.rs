//! The audit log as files, all that is looked for, oldest first, with the hashes that chain it: written while it is read, so that the longest log needs no more memory
//! than a short one. Each file is itself in the log.

use axum::{
    body::Body,
    extract::Query,
    http::{HeaderValue, header},
    response::Response,
};
use futures::stream;
use portal_domain::access::Actor;
use portal_services::{Ctx, ServiceError, audit};
use portal_store::audit::{AuditFilter, AuditRecord};
use serde_json::{Value, json};

use super::AuditQuery;
use crate::{
    ui::{api::UiError, pages::staff::csv},
    web::page::Page,
};

pub const CSV: &str = "/staff/audit.csv";
pub const JSON_LINES: &str = "/staff/audit.jsonl";

/// Stable English heads: programs read it too. `seal.rs` of the store says how the hash is computed of the columns before it.
const HEADS: [&str; 16] = [
    "position",
    "person_id",
    "person",
    "act",
    "subject",
    "facts",
    "happened_at",
    "means",
    "task",
    "address",
    "session",
    "login",
    "hash",
    "salt",
    "subject_hash",
    "facts_hash",
];

#[derive(Clone, Copy)]
enum Format {
    Csv,
    JsonLines,
}

pub async fn csv(page: Page, Query(query): Query<AuditQuery>) -> Result<Response, UiError> {
    export(&page, &query, Format::Csv).await
}

pub async fn json_lines(page: Page, Query(query): Query<AuditQuery>) -> Result<Response, UiError> {
    export(&page, &query, Format::JsonLines).await
}

async fn export(page: &Page, query: &AuditQuery, format: Format) -> Result<Response, UiError> {
    let actor = *page.actor()?;
    let filter = query.filter(page).await?;
    let filter = page.said(filter.ok_or(ServiceError::NotFound))?;
    // Whoever may not read the log is told so before a file begins, and is not in the log for it.
    page.said(audit::require_reader(&actor))?;
    let facts = json!({
        "format": format.ending(),
        "person": filter.person,
        "act": filter.act,
        "subject": filter.subject,
        "address": filter.address,
        "from": query.from,
        "until": query.until,
    });
    page.said(audit::note(&page.ctx, actor.person(), "export_audit", "audit", &facts).await)?;
    Ok(answer(page.ctx.clone(), actor, filter, format))
}

fn answer(ctx: Ctx, actor: Actor, filter: AuditFilter, format: Format) -> Response {
    let rows = stream::try_unfold(Some(0), move |after| {
        let (ctx, filter) = (ctx.clone(), filter.clone());
        async move {
            let Some(after) = after else { return Ok(None) };
            let records = audit::list_after(&ctx, &actor, &filter, after).await?;
            let next = records.last().map(|last| last.position);
            let head = if after == 0 {
                format.head()
            } else {
                String::new()
            };
            let written: String = records.iter().map(|record| format.row(record)).collect();
            Ok::<_, ServiceError>(Some((format!("{head}{written}"), next)))
        }
    });
    let mut response = Response::new(Body::from_stream(rows));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static(format.disposition()),
    );
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(format.content_type()),
    );
    response
}

impl Format {
    const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    const fn disposition(self) -> &'static str {
        match self {
            Self::Csv => "attachment; filename=\"audit.csv\"",
            Self::JsonLines => "attachment; filename=\"audit.jsonl\"",
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::JsonLines => "application/jsonl",
        }
    }

    fn head(self) -> String {
        match self {
            Self::Csv => csv::head(HEADS.map(str::to_owned)),
            Self::JsonLines => String::new(),
        }
    }

    fn row(self, record: &AuditRecord) -> String {
        match self {
            Self::Csv => csv::row(columns(record).map(|value| match value {
                Value::Null => String::new(),
                Value::String(text) => csv::harmless(&text),
                other => other.to_string(),
            })),
            Self::JsonLines => {
                let named = HEADS.map(str::to_owned).into_iter().zip(columns(record));
                format!("{}\n", Value::Object(named.collect()))
            }
        }
    }
}

/// As they stand in the log, so that whoever has the file can compute the hashes again.
fn columns(record: &AuditRecord) -> [Value; 16] {
    [
        json!(record.position),
        json!(record.person),
        json!(record.person_name),
        json!(record.act),
        json!(record.subject),
        json!(record.facts),
        json!(record.happened_at.0),
        json!(record.means),
        json!(record.task),
        json!(record.address),
        json!(record.session),
        json!(record.login),
        json!(record.hash),
        json!(record.salt),
        json!(record.subject_hash),
        json!(record.facts_hash),
    ]
}
