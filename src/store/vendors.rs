//! How each outside system is doing, and how far we have read there.

use portal_domain::calendar::Timestamp;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, row, rows},
};

/// The health of one outside system.
#[derive(Clone, Debug)]
pub struct VendorRecord {
    pub name: String,
    pub last_success_at: Option<Timestamp>,
    pub last_failure_at: Option<Timestamp>,
    pub last_failure: Option<String>,
    pub last_webhook_at: Option<Timestamp>,
    pub last_sweep_at: Option<Timestamp>,
}

pub async fn add_success(tx: &mut Tx, name: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO vendors (name, last_success_at) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET last_success_at = excluded.last_success_at",
        name,
        now,
    )?;
    Ok(())
}

pub async fn add_failure(
    tx: &mut Tx,
    name: &str,
    failure: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO vendors (name, last_failure_at, last_failure) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET last_failure_at = excluded.last_failure_at, last_failure = excluded.last_failure",
        name,
        now,
        failure,
    )?;
    Ok(())
}

pub async fn add_webhook(tx: &mut Tx, name: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO vendors (name, last_webhook_at) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET last_webhook_at = excluded.last_webhook_at",
        name,
        now,
    )?;
    Ok(())
}

pub async fn add_sweep(tx: &mut Tx, name: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO vendors (name, last_sweep_at) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET last_sweep_at = excluded.last_sweep_at",
        name,
        now,
    )?;
    Ok(())
}

pub async fn list(tx: &mut Tx) -> Result<Vec<VendorRecord>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT name, last_success_at, last_failure_at, last_failure, last_webhook_at, last_sweep_at FROM vendors ORDER BY name",
    )?;
    all(&rows, |row| {
        Ok(VendorRecord {
            name: row.text("name")?,
            last_success_at: row.optional_instant("last_success_at")?,
            last_failure_at: row.optional_instant("last_failure_at")?,
            last_failure: row.optional_text("last_failure")?,
            last_webhook_at: row.optional_instant("last_webhook_at")?,
            last_sweep_at: row.optional_instant("last_sweep_at")?,
        })
    })
}

/// How far a sweep has read: the vendor's time of the newest change seen.
pub async fn find_cursor(tx: &mut Tx, name: &str) -> Result<Option<Timestamp>, StoreError> {
    row!(tx, "SELECT value FROM cursors WHERE name = $1", name)?
        .map(|row| row.instant("value"))
        .transpose()
}

/// Moves a cursor on; it never moves back.
pub async fn advance_cursor(
    tx: &mut Tx,
    name: &str,
    value: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO cursors (name, value, updated_at) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
         WHERE cursors.value < excluded.value",
        name,
        value,
        now,
    )?;
    Ok(())
}
