//! Settings that are changed while the program runs, and running numbers.

use portal_domain::calendar::Timestamp;

use crate::{
    StoreError, Tx,
    read::Read,
    sql::{execute, row},
};

pub async fn find(tx: &mut Tx, key: &str) -> Result<Option<String>, StoreError> {
    row!(tx, "SELECT value FROM settings WHERE key = $1", key)?
        .map(|row| row.text("value"))
        .transpose()
}

pub async fn set(tx: &mut Tx, key: &str, value: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO settings (key, value, updated_at) VALUES ($1, $2, $3)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
        key,
        value,
        now,
    )?;
    Ok(())
}

/// The next number of a series, without gaps: the row stays locked until the transaction ends.
pub async fn next_number(tx: &mut Tx, series: &str) -> Result<i64, StoreError> {
    take_numbers(tx, series, 1).await
}

/// The number of a series that was taken last; nothing before the first.
pub async fn find_last_number(tx: &mut Tx, series: &str) -> Result<Option<i64>, StoreError> {
    row!(tx, "SELECT value FROM counters WHERE name = $1", series)?
        .map(|row| row.integer("value"))
        .transpose()
}

/// The first of the next `count` numbers of a series.
pub async fn take_numbers(tx: &mut Tx, series: &str, count: usize) -> Result<i64, StoreError> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let row = row!(
        tx,
        "INSERT INTO counters (name, value) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value
         RETURNING value",
        series,
        count,
    )?;
    let last = row
        .ok_or(StoreError::RowsAffected {
            what: "counter",
            actual: 0,
        })?
        .integer("value")?;
    Ok(last - count + 1)
}
