//! Objects that a system did not have any more when very many were missing at once, by their ids there.

use std::collections::BTreeSet;

use portal_domain::{calendar::Timestamp, connection::System};

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{Bind, ROWS_AT_ONCE, execute, execute_many, places, row, rows, values},
};

/// Those that wait for a person's word.
pub async fn list_held(tx: &mut Tx, system: System) -> Result<BTreeSet<String>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT remote_id FROM missing_objects WHERE system = $1 AND confirmed_at IS NULL",
        system,
    )?;
    rows.iter().map(|row| row.text("remote_id")).collect()
}

/// When the newest of them was found missing; `None` if there are none.
pub async fn find_newest(tx: &mut Tx, system: System) -> Result<Option<Timestamp>, StoreError> {
    row!(
        tx,
        "SELECT MAX(found_at) AS newest FROM missing_objects WHERE system = $1 AND confirmed_at IS NULL",
        system,
    )?
    .map_or(Ok(None), |row| row.optional_instant("newest"))
}

/// These are missing; one that was before keeps its day, and has to be confirmed anew.
pub async fn add_all(
    tx: &mut Tx,
    system: System,
    ids: &[String],
    now: Timestamp,
) -> Result<(), StoreError> {
    for some in ids.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::with_capacity(some.len() * 3);
        for id in some {
            bound.extend(values![system, id, now]);
        }
        let text = format!(
            "INSERT INTO missing_objects (system, remote_id, found_at) VALUES {}
             ON CONFLICT (system, remote_id) DO UPDATE SET confirmed_at = NULL",
            places(some.len(), 3, 1)
        );
        execute_many(tx, text, bound).await?;
    }
    Ok(())
}

/// These are there again, or it was followed that they are not.
pub async fn remove_all(tx: &mut Tx, system: System, ids: &[String]) -> Result<(), StoreError> {
    for some in ids.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::from(values![system]);
        bound.extend(some.iter().map(Bind::value));
        let text = format!(
            "DELETE FROM missing_objects WHERE system = $1 AND remote_id IN {}",
            places(1, some.len(), 2)
        );
        execute_many(tx, text, bound).await?;
    }
    Ok(())
}

/// A person says that those that wait are gone; answers which.
pub async fn confirm_all(
    tx: &mut Tx,
    system: System,
    now: Timestamp,
) -> Result<Vec<String>, StoreError> {
    let rows = rows!(
        tx,
        "UPDATE missing_objects SET confirmed_at = $2 WHERE system = $1 AND confirmed_at IS NULL RETURNING remote_id",
        system,
        now,
    )?;
    all(&rows, |row| row.text("remote_id"))
}

/// All of a system are forgotten: they are asked for no more.
pub async fn forget(tx: &mut Tx, system: System) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM missing_objects WHERE system = $1", system)?;
    Ok(())
}

/// Whether one is known to have been missing, and whether a person said that it is gone.
pub async fn find(tx: &mut Tx, system: System, id: &str) -> Result<Option<bool>, StoreError> {
    row!(
        tx,
        "SELECT confirmed_at FROM missing_objects WHERE system = $1 AND remote_id = $2",
        system,
        id,
    )?
    .map(|row| Ok(row.optional_instant("confirmed_at")?.is_some()))
    .transpose()
}
