//! Statements as files: PDF, CSV and JSON, for the partner whose statement it is and for staff who may read the books; and the PDF that a partner handed in as
//! its invoice, for the same people. Somebody else's is not there.

use axum::{
    extract::Path,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use portal_documents::DocumentError;
use portal_domain::ids::{BillId, StatementId};
use portal_services::{
    ServiceError, audit,
    bill_files::{self, Download},
    statements::{self, StatementView},
};

use serde_json::{Value, json};

use crate::{ui::api::UiError, web::page::Page};

/// The hash of the statement's JSON, in hex, on all three files.
const HASH: HeaderName = HeaderName::from_static("x-statement-sha256");

#[derive(Clone, Copy)]
enum Format {
    Pdf,
    Csv,
    Json,
}

impl Format {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "pdf" => Some(Self::Pdf),
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    const fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Json => "application/json",
        }
    }
}

/// `/statements/{id}/pdf`, `csv` and `json`.
pub async fn for_partner(
    page: Page,
    Path((id, format)): Path<(String, String)>,
) -> Result<Response, UiError> {
    let (id, format) = parse(&page, &id, &format)?;
    let view = page.said(statements::find_for_partner(&page.ctx, page.actor()?, id).await)?;
    answer(&page, view, format).await
}

/// `/staff/statements/{id}/pdf`, `csv` and `json`.
pub async fn for_staff(
    page: Page,
    Path((id, format)): Path<(String, String)>,
) -> Result<Response, UiError> {
    let (id, format) = parse(&page, &id, &format)?;
    let view = page.said(statements::find_for_staff(&page.ctx, page.actor()?, id).await)?;
    answer(&page, view, format).await
}

/// `/bills/{id}/pdf`.
pub async fn bill_for_partner(page: Page, Path(id): Path<String>) -> Result<Response, UiError> {
    let id = parse_bill(&page, &id)?;
    let found = bill_files::find_for_partner(&page.ctx, page.actor()?, id).await;
    let file = page.said(found)?;
    took(&page, "download_bill", &id.to_string(), &json!({})).await?;
    Ok(handed_in(file))
}

/// `/staff/bills/{id}/pdf`.
pub async fn bill_for_staff(page: Page, Path(id): Path<String>) -> Result<Response, UiError> {
    let id = parse_bill(&page, &id)?;
    let found = bill_files::find_for_staff(&page.ctx, page.actor()?, id).await;
    let file = page.said(found)?;
    took(&page, "download_bill", &id.to_string(), &json!({})).await?;
    Ok(handed_in(file))
}

/// Who took which file is in the audit log.
async fn took(page: &Page, act: &str, subject: &str, facts: &Value) -> Result<(), UiError> {
    let person = page.actor()?.person();
    page.said(audit::note(&page.ctx, person, act, subject, facts).await)
}

fn parse_bill(page: &Page, id: &str) -> Result<BillId, UiError> {
    page.actor()?;
    page.said(id.parse().map_err(|_| ServiceError::NotFound))
}

/// What somebody else made is saved and never shown among our pages, whatever a browser thinks that it is: like every answer that is no page it runs nothing
/// (`guard::headers`).
fn handed_in(file: Download) -> Response {
    let disposition = format!("attachment; filename=\"{}\"", file.name);
    (
        [
            (header::CONTENT_TYPE, value(Format::Pdf.content_type())),
            (header::CONTENT_DISPOSITION, value(&disposition)),
        ],
        file.content,
    )
        .into_response()
}

fn parse(page: &Page, id: &str, format: &str) -> Result<(StatementId, Format), UiError> {
    // Whoever is not signed in is asked to, whatever the address says.
    page.actor()?;
    let id = id.parse().ok();
    page.said(id.zip(Format::parse(format)).ok_or(ServiceError::NotFound))
}

async fn answer(page: &Page, view: StatementView, format: Format) -> Result<Response, UiError> {
    let record = view.record;
    let facts = json!({ "number": record.number, "format": format.ending() });
    took(page, "download_statement", &record.id.to_string(), &facts).await?;
    let name = format!("{}.{}", record.number, format.ending());
    let hash = record.hash.clone();
    let content = match format {
        // The very bytes that the hash is over: nothing is read and written again on the way.
        Format::Json => record.body.into_bytes(),
        Format::Csv => page.said(made(portal_documents::csv(&view.body)))?,
        Format::Pdf => {
            let words = page.words;
            let (body, hash) = (view.body, record.hash);
            // Hundreds of lines take a while, and others are waiting for this thread.
            let pdf =
                tokio::task::spawn_blocking(move || portal_documents::pdf(&body, &hash, &words));
            let pdf = pdf
                .await
                .map_err(|error| ServiceError::Inconsistent(error.to_string()));
            page.said(pdf.and_then(made))?
        }
    };
    let disposition = format!("attachment; filename=\"{name}\"");
    Ok((
        [
            (header::CONTENT_TYPE, value(format.content_type())),
            (header::CONTENT_DISPOSITION, value(&disposition)),
            (HASH, value(&hash)),
        ],
        content,
    )
        .into_response())
}

fn made<T>(document: Result<T, DocumentError>) -> Result<T, ServiceError> {
    document.map_err(|error| ServiceError::Inconsistent(error.to_string()))
}

/// A statement's number and hash are ours, as are the names of files, and plain ASCII.
fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}
