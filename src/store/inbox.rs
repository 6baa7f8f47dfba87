//! What vendors sent: stored raw before anybody thinks about it, once for each note however often it is delivered.

use portal_domain::{calendar::Timestamp, ids::InboxId};

use crate::{
    StoreError, Tx,
    read::Read,
    sql::{execute, execute_one, row},
};

/// A note as it came.
#[derive(Clone, Debug)]
pub struct InboxRecord {
    pub id: InboxId,
    pub vendor: String,
    pub body: String,
    pub received_at: Timestamp,
    pub worked_at: Option<Timestamp>,
}

/// Stores a note; `false` if it was there already.
pub async fn add(
    tx: &mut Tx,
    id: InboxId,
    vendor: &str,
    dedupe_key: &str,
    body: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let added = execute!(
        tx,
        "INSERT INTO inbox (id, vendor, dedupe_key, body, received_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (dedupe_key) DO NOTHING",
        id,
        vendor,
        dedupe_key,
        body,
        now,
    )?;
    Ok(added == 1)
}

pub async fn find(tx: &mut Tx, id: InboxId) -> Result<Option<InboxRecord>, StoreError> {
    row!(
        tx,
        "SELECT id, vendor, body, received_at, worked_at FROM inbox WHERE id = $1",
        id,
    )?
    .map(|row| {
        Ok(InboxRecord {
            id: row.parsed("id")?,
            vendor: row.text("vendor")?,
            body: row.text("body")?,
            received_at: row.instant("received_at")?,
            worked_at: row.optional_instant("worked_at")?,
        })
    })
    .transpose()
}

pub async fn set_worked(tx: &mut Tx, id: InboxId, now: Timestamp) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "inbox",
        "UPDATE inbox SET worked_at = $2 WHERE id = $1",
        id,
        now
    )
}
