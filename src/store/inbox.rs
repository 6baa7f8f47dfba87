//! What vendors sent: stored raw before anybody thinks about it, once for each note however often it is delivered.

use std::collections::{BTreeMap, HashMap};

use portal_domain::{calendar::Timestamp, ids::InboxId};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{
        Bind, ROWS_AT_ONCE, execute, execute_many, execute_one, number, places, row, rows, rows_of,
        sql, values,
    },
};

/// A note as it came.
#[derive(Clone, Debug)]
pub struct InboxRecord {
    pub id: InboxId,
    pub vendor: String,
    pub body: Vec<u8>,
    /// JSON, name to value.
    pub headers: String,
    pub received_at: Timestamp,
    pub worked_at: Option<Timestamp>,
    /// How many events were found in it, and how many of them cannot be read.
    pub found: Option<Found>,
    /// When a person had it worked off again.
    pub replayed_at: Option<Timestamp>,
}

/// What was found in a note.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub events: i64,
    pub faults: i64,
}

/// A note that has just come.
#[derive(Clone, Debug)]
pub struct NewNote<'a> {
    pub id: InboxId,
    pub vendor: &'a str,
    /// The same for the same note however often it is delivered.
    pub dedupe_key: String,
    pub body: &'a [u8],
    pub headers: &'a str,
}

/// Stores notes; answers how many were not there already.
pub async fn add_all(
    tx: &mut Tx,
    notes: &[NewNote<'_>],
    now: Timestamp,
) -> Result<u64, StoreError> {
    // In an order that everybody keeps: instances that are told the same at once wait, and neither for ever.
    let mut ordered: Vec<&NewNote<'_>> = notes.iter().collect();
    ordered.sort_by(|one, other| one.dedupe_key.cmp(&other.dedupe_key));
    let mut added = 0;
    for some in ordered.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::with_capacity(some.len() * 6);
        for note in some {
            bound.extend(values![
                note.id,
                note.vendor,
                note.dedupe_key,
                note.body,
                note.headers,
                now,
            ]);
        }
        let text = format!(
            "INSERT INTO inbox (id, vendor, dedupe_key, body, headers, received_at) VALUES {} ON CONFLICT (dedupe_key) DO NOTHING",
            places(some.len(), 6, 1)
        );
        added += execute_many(tx, text, bound).await?;
    }
    Ok(added)
}

/// How many notes are kept.
pub async fn count(tx: &mut Tx) -> Result<i64, StoreError> {
    number!(tx, "SELECT COUNT(*) FROM inbox")
}

const NOTE: &str = "SELECT id, vendor, body, headers, received_at, worked_at, events, faults, replayed_at FROM inbox";

pub async fn find(tx: &mut Tx, id: InboxId) -> Result<Option<InboxRecord>, StoreError> {
    row!(tx, sql!(NOTE, " WHERE id = $1"), id)?
        .map(|row| read_note(&row))
        .transpose()
}

/// A note as a list shows it.
#[derive(Clone, Debug)]
pub struct NoteRecord {
    pub id: InboxId,
    pub bytes: i64,
    pub received_at: Timestamp,
    pub worked_at: Option<Timestamp>,
    pub found: Option<Found>,
    pub replayed_at: Option<Timestamp>,
}

/// The newest notes of a vendor.
pub async fn list_newest(
    tx: &mut Tx,
    vendor: &str,
    limit: i64,
) -> Result<Vec<NoteRecord>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT id, CAST(LENGTH(body) AS BIGINT) AS bytes, received_at, worked_at, events, faults, replayed_at FROM inbox
         WHERE vendor = $1 ORDER BY received_at DESC, id DESC LIMIT $2",
        vendor,
        limit
    )?;
    all(&rows, |row| {
        Ok(NoteRecord {
            id: row.parsed("id")?,
            bytes: row.integer("bytes")?,
            received_at: row.instant("received_at")?,
            worked_at: row.optional_instant("worked_at")?,
            found: read_found(row)?,
            replayed_at: row.optional_instant("replayed_at")?,
        })
    })
}

fn read_found(row: &AnyRow) -> Result<Option<Found>, StoreError> {
    let (events, faults) = (
        row.optional_integer("events")?,
        row.optional_integer("faults")?,
    );
    Ok(events
        .zip(faults)
        .map(|(events, faults)| Found { events, faults }))
}

fn read_note(row: &AnyRow) -> Result<InboxRecord, StoreError> {
    Ok(InboxRecord {
        id: row.parsed("id")?,
        vendor: row.text("vendor")?,
        body: row.optional_bytes("body")?.unwrap_or_default(),
        headers: row.text("headers")?,
        received_at: row.instant("received_at")?,
        worked_at: row.optional_instant("worked_at")?,
        found: read_found(row)?,
        replayed_at: row.optional_instant("replayed_at")?,
    })
}

/// The oldest notes that are still to be worked off together.
pub async fn list_waiting(tx: &mut Tx, limit: i64) -> Result<Vec<InboxRecord>, StoreError> {
    let sql = sql!(
        NOTE,
        " WHERE worked_at IS NULL AND apart_at IS NULL ORDER BY id LIMIT $1"
    );
    all(&rows!(tx, sql, limit)?, read_note)
}

/// Each of these notes is worked off by itself from now on.
pub async fn set_apart(tx: &mut Tx, notes: &[InboxId], now: Timestamp) -> Result<(), StoreError> {
    for some in notes.chunks(ROWS_AT_ONCE) {
        let text = format!(
            "UPDATE inbox SET apart_at = $1 WHERE id IN {}",
            places(1, some.len(), 2)
        );
        let bound = std::iter::once(now.value()).chain(some.iter().map(Bind::value));
        execute_many(tx, text, bound.collect()).await?;
    }
    Ok(())
}

/// Notes were worked off, and this was found in them.
pub async fn set_worked(
    tx: &mut Tx,
    notes: &[(InboxId, Found)],
    now: Timestamp,
) -> Result<(), StoreError> {
    for some in notes.chunks(ROWS_AT_ONCE) {
        let mut bound = values![now].to_vec();
        for (id, found) in some {
            bound.extend(values![id, found.events, found.faults]);
        }
        // Both databases name the columns of such a list so.
        let text = format!(
            "UPDATE inbox SET worked_at = $1, events = seen.column2, faults = seen.column3
             FROM (VALUES {}) AS seen WHERE inbox.id = seen.column1",
            places(some.len(), 3, 2)
        );
        execute_many(tx, text, bound).await?;
    }
    Ok(())
}

/// A person wants the note worked off again, by itself.
pub async fn set_replayed(tx: &mut Tx, id: InboxId, now: Timestamp) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "inbox",
        "UPDATE inbox SET worked_at = NULL, apart_at = $2, replayed_at = $2 WHERE id = $1",
        id,
        now,
    )
}

/// Keeps keys of events with the notes that tell of them; answers for each key which note told of it first. Each key is there once, in an order that everybody
/// keeps: whoever adds the same at the same time waits, and neither for ever.
pub async fn add_events(
    tx: &mut Tx,
    told: &BTreeMap<String, InboxId>,
    now: Timestamp,
) -> Result<HashMap<String, InboxId>, StoreError> {
    let keys: Vec<&String> = told.keys().collect();
    for some in keys.chunks(ROWS_AT_ONCE) {
        let bound = some.iter().flat_map(|key| values![key, told[*key], now]);
        let text = format!(
            "INSERT INTO inbox_events (event_key, inbox_id, seen_at) VALUES {} ON CONFLICT (event_key) DO NOTHING",
            places(some.len(), 3, 1)
        );
        execute_many(tx, text, bound.collect()).await?;
    }
    let found = rows_of(tx, &keys, |list| {
        format!("SELECT event_key, inbox_id FROM inbox_events WHERE event_key IN {list}")
    })
    .await?;
    let found = found
        .iter()
        .map(|row| Ok((row.text("event_key")?, row.parsed("inbox_id")?)));
    found.collect()
}

/// Drops notes that were worked off, and keys of events, from before an instant: no vendor sends anything again after so long. A note that a job has still to
/// read stays, be that job dead or set aside: it can be tried again.
pub async fn remove_before(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    execute!(tx, "DELETE FROM inbox_events WHERE seen_at < $1", before)?;
    execute!(
        tx,
        "DELETE FROM inbox
         WHERE worked_at IS NOT NULL AND received_at < $1
             AND NOT EXISTS (
                 SELECT 1 FROM jobs WHERE lane = 'inbox' AND state <> 'done' AND payload LIKE '%' || inbox.id || '%'
             )",
        before
    )
}

/// Notes that were worked off and came before an instant.
pub async fn count_before(tx: &mut Tx, before: Timestamp) -> Result<i64, StoreError> {
    number!(
        tx,
        "SELECT COUNT(*) FROM inbox WHERE worked_at IS NOT NULL AND received_at < $1",
        before
    )
}

/// Requests to a vendor's address that were not the vendor's.
#[derive(Clone, Debug)]
pub struct RefusalRecord {
    pub vendor: String,
    pub reason: String,
    pub requests: i64,
    pub last_at: Timestamp,
}

/// Counts requests that were refused, on their day.
pub async fn add_refusals(
    tx: &mut Tx,
    vendor: &str,
    reason: &str,
    requests: i64,
    day: chrono::NaiveDate,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO refusals (vendor, reason, day, requests, last_at) VALUES ($1, $2, $3, $5, $4)
         ON CONFLICT (vendor, reason, day) DO UPDATE SET requests = refusals.requests + excluded.requests, last_at = excluded.last_at",
        vendor,
        reason,
        day,
        now,
        requests,
    )?;
    Ok(())
}

/// What was refused from a day on, by vendor and reason.
pub async fn list_refusals(
    tx: &mut Tx,
    from: chrono::NaiveDate,
) -> Result<Vec<RefusalRecord>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT vendor, reason, CAST(SUM(requests) AS BIGINT) AS requests, MAX(last_at) AS last_at FROM refusals
         WHERE day >= $1 GROUP BY vendor, reason ORDER BY vendor, reason",
        from,
    )?;
    all(&rows, |row| {
        Ok(RefusalRecord {
            vendor: row.text("vendor")?,
            reason: row.text("reason")?,
            requests: row.integer("requests")?,
            last_at: row.instant("last_at")?,
        })
    })
}
