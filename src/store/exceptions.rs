//! Exceptions: what does not fit and waits for a person. One row for each kind and subject, opened again when it comes back.

use portal_domain::{
    calendar::Timestamp,
    ids::{DealId, ExceptionId, StatementId},
};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, row, rows, sql},
};

/// Something that does not fit.
#[derive(Clone, Debug)]
pub struct ExceptionRecord {
    pub id: ExceptionId,
    pub kind: String,
    pub subject: String,
    pub deal: Option<DealId>,
    pub invoice: Option<String>,
    pub statement: Option<StatementId>,
    /// The numbers side by side, as JSON.
    pub facts: String,
    pub opened_at: Timestamp,
    pub partner_name: Option<String>,
    pub client_name: Option<String>,
    pub invoice_number: Option<String>,
}

const EXCEPTION: &str = "SELECT exceptions.id, exceptions.kind, exceptions.subject, exceptions.deal_id, exceptions.invoice_id, exceptions.statement_id,
        exceptions.facts, exceptions.opened_at, partners.name AS partner_name,
        COALESCE(clients.name, invoices.contact_name) AS client_name, invoices.number AS invoice_number
    FROM exceptions
    LEFT JOIN deals ON deals.id = exceptions.deal_id
    LEFT JOIN partners ON partners.id = deals.partner_id
    LEFT JOIN clients ON clients.id = deals.client_id
    LEFT JOIN invoices ON invoices.id = exceptions.invoice_id
    WHERE exceptions.resolved_at IS NULL";

fn read_exception(row: &AnyRow) -> Result<ExceptionRecord, StoreError> {
    Ok(ExceptionRecord {
        id: row.parsed("id")?,
        kind: row.text("kind")?,
        subject: row.text("subject")?,
        deal: row.optional_parsed("deal_id")?,
        invoice: row.optional_text("invoice_id")?,
        statement: row.optional_parsed("statement_id")?,
        facts: row.text("facts")?,
        opened_at: row.instant("opened_at")?,
        partner_name: row.optional_text("partner_name")?,
        client_name: row.optional_text("client_name")?,
        invoice_number: row.optional_text("invoice_number")?,
    })
}

/// What is known of an exception when it is seen.
#[derive(Clone, Debug)]
pub struct NewException<'a> {
    pub id: ExceptionId,
    pub kind: &'a str,
    pub subject: &'a str,
    pub deal: Option<DealId>,
    pub invoice: Option<&'a str>,
    pub statement: Option<StatementId>,
    pub facts: &'a str,
}

/// Opens an exception, or brings the numbers of an open one up to date; one that was settled opens again.
pub async fn raise(
    tx: &mut Tx,
    exception: &NewException<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO exceptions (id, kind, subject, deal_id, invoice_id, statement_id, facts, opened_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (subject) DO UPDATE
         SET kind = excluded.kind, deal_id = excluded.deal_id, invoice_id = excluded.invoice_id, statement_id = excluded.statement_id,
             facts = excluded.facts,
             opened_at = CASE WHEN exceptions.resolved_at IS NULL THEN exceptions.opened_at ELSE excluded.opened_at END,
             resolved_at = NULL, resolution = NULL",
        exception.id,
        exception.kind,
        exception.subject,
        exception.deal,
        exception.invoice,
        exception.statement,
        exception.facts,
        now,
    )?;
    Ok(())
}

/// Closes an exception if it is open: what was wrong is right again, or a person settled it.
pub async fn settle(
    tx: &mut Tx,
    subject: &str,
    resolution: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE exceptions SET resolved_at = $3, resolution = $2 WHERE subject = $1 AND resolved_at IS NULL",
        subject,
        resolution,
        now,
    )?;
    Ok(())
}

/// Whether an exception with that subject is open.
pub async fn is_open(tx: &mut Tx, subject: &str) -> Result<bool, StoreError> {
    Ok(row!(
        tx,
        "SELECT 1 AS found FROM exceptions WHERE subject = $1 AND resolved_at IS NULL",
        subject,
    )?
    .is_some())
}

pub async fn find_open(
    tx: &mut Tx,
    id: ExceptionId,
) -> Result<Option<ExceptionRecord>, StoreError> {
    row!(tx, sql!(EXCEPTION, " AND exceptions.id = $1"), id)?
        .as_ref()
        .map(read_exception)
        .transpose()
}

/// Oldest first.
pub async fn list_open(tx: &mut Tx, limit: i64) -> Result<Vec<ExceptionRecord>, StoreError> {
    all(
        &rows!(
            tx,
            sql!(
                EXCEPTION,
                " ORDER BY exceptions.opened_at, exceptions.id LIMIT $1"
            ),
            limit
        )?,
        read_exception,
    )
}

/// The open exceptions of one deal: why its lines wait.
pub async fn list_open_of_deal(
    tx: &mut Tx,
    deal: DealId,
) -> Result<Vec<ExceptionRecord>, StoreError> {
    all(
        &rows!(
            tx,
            sql!(
                EXCEPTION,
                " AND exceptions.deal_id = $1 ORDER BY exceptions.id"
            ),
            deal
        )?,
        read_exception,
    )
}

pub async fn count_open(tx: &mut Tx) -> Result<i64, StoreError> {
    row!(
        tx,
        "SELECT COUNT(*) AS how_many FROM exceptions WHERE resolved_at IS NULL"
    )?
    .map_or(Ok(0), |row| row.integer("how_many"))
}
