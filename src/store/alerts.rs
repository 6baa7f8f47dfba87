//! What somebody must know of the machinery: one row for each cause, which says whether it was told, and whether it is over.

use portal_domain::calendar::Timestamp;

use crate::{
    StoreError, Tx,
    read::Read,
    sql::{execute, row, rows},
};

/// The causes that were told and are not over.
pub async fn list_open(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT cause FROM alerts WHERE over_at IS NULL ORDER BY cause"
    )?;
    rows.iter().map(|row| row.text("cause")).collect()
}

/// A cause is told; `false` if it was already and is not over.
pub async fn open(tx: &mut Tx, cause: &str, now: Timestamp) -> Result<bool, StoreError> {
    let met = execute!(
        tx,
        "INSERT INTO alerts (cause, told_at) VALUES ($1, $2)
         ON CONFLICT (cause) DO UPDATE SET told_at = excluded.told_at, over_at = NULL WHERE alerts.over_at IS NOT NULL",
        cause,
        now,
    )?;
    Ok(met == 1)
}

/// A cause is over; `false` if it was already.
pub async fn close(tx: &mut Tx, cause: &str, now: Timestamp) -> Result<bool, StoreError> {
    let met = execute!(
        tx,
        "UPDATE alerts SET over_at = $2 WHERE cause = $1 AND over_at IS NULL",
        cause,
        now,
    )?;
    Ok(met == 1)
}

/// When a cause was told last, if it is not over.
pub async fn find_told(tx: &mut Tx, cause: &str) -> Result<Option<Timestamp>, StoreError> {
    row!(
        tx,
        "SELECT told_at FROM alerts WHERE cause = $1 AND over_at IS NULL",
        cause,
    )?
    .map(|row| row.instant("told_at"))
    .transpose()
}

/// A cause that is not over is told again.
pub async fn tell_again(tx: &mut Tx, cause: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE alerts SET told_at = $2 WHERE cause = $1 AND over_at IS NULL",
        cause,
        now,
    )?;
    Ok(())
}
