//! Statements and the closing of quarters. A statement is written once; the database refuses to change it.

use portal_domain::{
    calendar::Timestamp,
    ids::{PartnerId, PersonId, StatementId},
    money::{Currency, Money},
};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, execute_one, row, rows, sql},
};

/// A frozen statement.
#[derive(Clone, Debug)]
pub struct StatementRecord {
    pub id: StatementId,
    pub number: String,
    pub partner: PartnerId,
    pub partner_name: String,
    pub quarter: String,
    pub total: Money,
    /// The JSON that the hash is over.
    pub body: String,
    pub hash: String,
    pub previous_hash: String,
    pub created_at: Timestamp,
}

const STATEMENT: &str = "SELECT statements.id, statements.number, statements.partner_id, partners.name AS partner_name, statements.quarter,
        statements.currency, statements.total_minor, statements.body, statements.hash, statements.previous_hash, statements.created_at
    FROM statements JOIN partners ON partners.id = statements.partner_id";

fn read_statement(row: &AnyRow) -> Result<StatementRecord, StoreError> {
    Ok(StatementRecord {
        id: row.parsed("id")?,
        number: row.text("number")?,
        partner: row.parsed("partner_id")?,
        partner_name: row.text("partner_name")?,
        quarter: row.text("quarter")?,
        total: row.money("total_minor")?,
        body: row.text("body")?,
        hash: row.text("hash")?,
        previous_hash: row.text("previous_hash")?,
        created_at: row.instant("created_at")?,
    })
}

pub async fn add(
    tx: &mut Tx,
    statement: &StatementRecord,
    closed_by: PersonId,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO statements (id, number, partner_id, quarter, currency, total_minor, body, hash, previous_hash, closed_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        statement.id,
        statement.number,
        statement.partner,
        statement.quarter,
        statement.total.currency,
        statement.total.minor,
        statement.body,
        statement.hash,
        statement.previous_hash,
        closed_by,
        statement.created_at,
    )?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: StatementId) -> Result<Option<StatementRecord>, StoreError> {
    row!(tx, sql!(STATEMENT, " WHERE statements.id = $1"), id)?
        .as_ref()
        .map(read_statement)
        .transpose()
}

/// A partner's own statement; somebody else's is not there.
pub async fn find_of_partner(
    tx: &mut Tx,
    partner: PartnerId,
    id: StatementId,
) -> Result<Option<StatementRecord>, StoreError> {
    row!(
        tx,
        sql!(
            STATEMENT,
            " WHERE statements.id = $1 AND statements.partner_id = $2"
        ),
        id,
        partner,
    )?
    .as_ref()
    .map(read_statement)
    .transpose()
}

pub async fn find_by_number(
    tx: &mut Tx,
    number: &str,
) -> Result<Option<StatementRecord>, StoreError> {
    row!(tx, sql!(STATEMENT, " WHERE statements.number = $1"), number)?
        .as_ref()
        .map(read_statement)
        .transpose()
}

/// The statement that a quarter's closing made for a partner and currency.
pub async fn find_of_quarter(
    tx: &mut Tx,
    partner: PartnerId,
    currency: Currency,
    quarter: &str,
) -> Result<Option<StatementRecord>, StoreError> {
    row!(
        tx,
        sql!(
            STATEMENT,
            " WHERE statements.partner_id = $1 AND statements.currency = $2 AND statements.quarter = $3"
        ),
        partner,
        currency,
        quarter,
    )?
    .as_ref()
    .map(read_statement)
    .transpose()
}

/// The hash that the partner's next statement in that currency carries on; empty before the first.
pub async fn find_last_hash(
    tx: &mut Tx,
    partner: PartnerId,
    currency: Currency,
) -> Result<String, StoreError> {
    row!(
        tx,
        "SELECT hash FROM statements WHERE partner_id = $1 AND currency = $2 ORDER BY id DESC LIMIT 1",
        partner,
        currency,
    )?
    .map_or(Ok(String::new()), |row| row.text("hash"))
}

/// Newest first, of one partner or of all, before an id.
pub async fn list(
    tx: &mut Tx,
    partner: Option<PartnerId>,
    before: Option<StatementId>,
    limit: i64,
) -> Result<Vec<StatementRecord>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            STATEMENT,
            " WHERE ($1 IS NULL OR statements.partner_id = $1) AND ($2 IS NULL OR statements.id < $2)
              ORDER BY statements.id DESC LIMIT $3"
        ),
        partner,
        before,
        limit,
    )?;
    all(&rows, read_statement)
}

/// Whether a quarter's closing has finished; `None` if it never began.
pub async fn find_close(
    tx: &mut Tx,
    quarter: &str,
) -> Result<Option<Option<Timestamp>>, StoreError> {
    row!(
        tx,
        "SELECT finished_at FROM quarter_closes WHERE quarter = $1",
        quarter
    )?
    .map(|row| row.optional_instant("finished_at"))
    .transpose()
}

/// Begins closing a quarter; nothing happens if it began before.
pub async fn begin_close(
    tx: &mut Tx,
    quarter: &str,
    closed_by: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO quarter_closes (quarter, closed_by, started_at) VALUES ($1, $2, $3) ON CONFLICT (quarter) DO NOTHING",
        quarter,
        closed_by,
        now,
    )?;
    Ok(())
}

pub async fn finish_close(tx: &mut Tx, quarter: &str, now: Timestamp) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "quarter",
        "UPDATE quarter_closes SET finished_at = $2 WHERE quarter = $1 AND finished_at IS NULL",
        quarter,
        now,
    )
}
