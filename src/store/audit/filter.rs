//! Reading the log by what somebody looks for.

use portal_domain::{calendar::Timestamp, ids::PersonId};

use super::{AUDIT, AuditRecord, read_record};
use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{Bind, pattern, rows, rows_many, sql},
};

/// What narrows the log; what is not said does not.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    pub person: Option<PersonId>,
    pub act: Option<String>,
    pub subject: Option<String>,
    pub address: Option<String>,
    /// The first instant of it.
    pub from: Option<Timestamp>,
    /// The first instant after it.
    pub until: Option<Timestamp>,
}

macro_rules! matching {
    ($tx:expr, $filter:expr, $rest:literal, $position:expr, $limit:expr) => {
        rows!(
            $tx,
            sql!(
                AUDIT,
                " WHERE ($1 IS NULL OR audit.person_id = $1)
                    AND ($2 IS NULL OR audit.act = $2)
                    AND ($3 IS NULL OR audit.subject = $3)
                    AND ($4 IS NULL OR audit.address = $4)
                    AND ($5 IS NULL OR audit.happened_at >= $5)
                    AND ($6 IS NULL OR audit.happened_at < $6)",
                $rest
            ),
            $filter.person,
            $filter.act,
            $filter.subject,
            $filter.address,
            $filter.from,
            $filter.until,
            $position,
            $limit,
        )
    };
}

/// The newest that match before a position, newest first.
pub async fn list(
    tx: &mut Tx,
    filter: &AuditFilter,
    before: i64,
    limit: i64,
) -> Result<Vec<AuditRecord>, StoreError> {
    let rows = matching!(
        tx,
        filter,
        " AND audit.position < $7 ORDER BY audit.position DESC LIMIT $8",
        before,
        limit
    )?;
    all(&rows, read_record)
}

/// The oldest that match after a position, oldest first: what an export reads, some at a time.
pub async fn list_after(
    tx: &mut Tx,
    filter: &AuditFilter,
    after: i64,
    limit: i64,
) -> Result<Vec<AuditRecord>, StoreError> {
    let rows = matching!(
        tx,
        filter,
        " AND audit.position > $7 ORDER BY audit.position LIMIT $8",
        after,
        limit
    )?;
    all(&rows, read_record)
}

/// Every kind of act that was ever done.
pub async fn list_acts(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    let rows = rows!(tx, "SELECT DISTINCT act FROM audit ORDER BY act")?;
    all(&rows, |row| row.text("act"))
}

/// The acts in whose subject or facts any of some texts stands, written large or small, oldest first.
pub async fn list_naming(tx: &mut Tx, texts: &[String]) -> Result<Vec<AuditRecord>, StoreError> {
    let conditions: Vec<String> = (1..=texts.len())
        .map(|place| {
            format!("LOWER(audit.facts) LIKE ${place} ESCAPE '!' OR LOWER(audit.subject) LIKE ${place} ESCAPE '!'")
        })
        .collect();
    let patterns = texts.iter().filter_map(|text| pattern(text));
    let patterns = patterns.map(|pattern| pattern.value()).collect();
    let text = format!(
        "{AUDIT} WHERE audit.facts_hash IS NULL AND ({}) ORDER BY audit.position",
        conditions.join(" OR ")
    );
    all(&rows_many(tx, text, patterns).await?, read_record)
}
