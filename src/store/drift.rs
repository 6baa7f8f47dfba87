//! What was found when everything was read again: how much was compared, and what differed.

use portal_domain::calendar::Timestamp;
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, number, row, rows},
};

/// The last comparison with a system, or the one that goes on.
#[derive(Clone, Debug)]
pub struct ComparisonRecord {
    pub began_at: Timestamp,
    /// `None` while it goes on.
    pub ended_at: Option<Timestamp>,
    /// How many objects.
    pub compared: i64,
    /// How many of them differed.
    pub differed: i64,
}

/// Something that a system has otherwise than we do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The object's id there.
    pub remote_id: String,
    pub field: &'static str,
    /// Empty for nothing, as is the other.
    pub ours: String,
    pub theirs: String,
}

/// A difference that was found.
#[derive(Clone, Debug)]
pub struct DifferenceRecord {
    pub remote_id: String,
    /// What people know the object by; empty where it is not here.
    pub name: String,
    pub field: String,
    pub ours: String,
    pub theirs: String,
    /// The first of the comparisons in a row that found the same.
    pub first_found_at: Timestamp,
    pub found_at: Timestamp,
    /// When the object was read last.
    pub read_at: Option<Timestamp>,
}

impl DifferenceRecord {
    /// It was read again since.
    pub fn is_mended(&self) -> bool {
        self.read_at.is_some_and(|at| at >= self.found_at)
    }
}

pub async fn begin(tx: &mut Tx, system: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO comparisons (system, began_at, compared, differed) VALUES ($1, $2, 0, 0)
         ON CONFLICT (system) DO UPDATE SET began_at = excluded.began_at, ended_at = NULL, compared = 0, differed = 0",
        system,
        now,
    )?;
    Ok(())
}

/// Some objects were compared; of those, these differences were found.
pub async fn add(
    tx: &mut Tx,
    system: &str,
    compared: usize,
    found: &[Difference],
    now: Timestamp,
) -> Result<(), StoreError> {
    for one in found {
        execute!(
            tx,
            "INSERT INTO differences (system, remote_id, field, ours, theirs, first_found_at, found_at) VALUES ($1, $2, $3, $4, $5, $6, $6)
             ON CONFLICT (system, remote_id, field) DO UPDATE
             SET first_found_at = CASE WHEN differences.ours = excluded.ours AND differences.theirs = excluded.theirs THEN differences.first_found_at
                     ELSE excluded.first_found_at END,
                 ours = excluded.ours, theirs = excluded.theirs, found_at = excluded.found_at",
            system,
            one.remote_id,
            one.field,
            one.ours,
            one.theirs,
            now,
        )?;
    }
    let mut ids: Vec<&str> = found.iter().map(|one| one.remote_id.as_str()).collect();
    ids.dedup();
    execute!(
        tx,
        "UPDATE comparisons SET compared = compared + $2, differed = differed + $3 WHERE system = $1",
        system,
        i64::try_from(compared).unwrap_or(i64::MAX),
        i64::try_from(ids.len()).unwrap_or(i64::MAX),
    )?;
    Ok(())
}

/// Everything was compared: what this one did not find any more is over.
pub async fn end(tx: &mut Tx, system: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM differences WHERE system = $1 AND found_at < (SELECT began_at FROM comparisons WHERE system = $1)",
        system,
    )?;
    execute!(
        tx,
        "UPDATE comparisons SET ended_at = $2 WHERE system = $1",
        system,
        now,
    )?;
    Ok(())
}

pub async fn find(tx: &mut Tx, system: &str) -> Result<Option<ComparisonRecord>, StoreError> {
    row!(
        tx,
        "SELECT began_at, ended_at, compared, differed FROM comparisons WHERE system = $1",
        system
    )?
    .map(|row| {
        Ok(ComparisonRecord {
            began_at: row.instant("began_at")?,
            ended_at: row.optional_instant("ended_at")?,
            compared: row.integer("compared")?,
            differed: row.integer("differed")?,
        })
    })
    .transpose()
}

/// What differs or did, those first that were not read since, at most so many.
pub async fn list(
    tx: &mut Tx,
    system: &str,
    limit: i64,
) -> Result<Vec<DifferenceRecord>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT found.remote_id, found.field, found.ours, found.theirs, found.first_found_at, found.found_at,
             COALESCE(deals.name, invoices.number, '') AS name, COALESCE(deals.confirmed_at, invoices.seen_at) AS read_at
         FROM differences AS found
         LEFT JOIN deals ON found.system = 'hubspot' AND deals.hubspot_id = found.remote_id
         LEFT JOIN invoices ON found.system = 'xero' AND invoices.id = found.remote_id
         WHERE found.system = $1
         ORDER BY CASE WHEN COALESCE(deals.confirmed_at, invoices.seen_at) >= found.found_at THEN 1 ELSE 0 END, found.remote_id, found.field
         LIMIT $2",
        system,
        limit,
    )?;
    all(&rows, read_difference)
}

fn read_difference(row: &AnyRow) -> Result<DifferenceRecord, StoreError> {
    Ok(DifferenceRecord {
        remote_id: row.text("remote_id")?,
        name: row.text("name")?,
        field: row.text("field")?,
        ours: row.text("ours")?,
        theirs: row.text("theirs")?,
        first_found_at: row.instant("first_found_at")?,
        found_at: row.instant("found_at")?,
        read_at: row.optional_instant("read_at")?,
    })
}

/// How many objects of each system differ at this moment, as far as the last comparison and the readings since tell.
pub async fn count_open(tx: &mut Tx, system: &str) -> Result<i64, StoreError> {
    number!(
        tx,
        "SELECT COUNT(DISTINCT found.remote_id)
         FROM differences AS found
         LEFT JOIN deals ON found.system = 'hubspot' AND deals.hubspot_id = found.remote_id
         LEFT JOIN invoices ON found.system = 'xero' AND invoices.id = found.remote_id
         WHERE found.system = $1 AND NOT COALESCE(COALESCE(deals.confirmed_at, invoices.seen_at) >= found.found_at, FALSE)",
        system
    )
}
