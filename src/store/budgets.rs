//! How many calls the account of an outside system still takes, for all workers of all instances.

use portal_domain::calendar::Timestamp;
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, row, rows, sql},
};

/// What is known of one budget.
#[derive(Clone, Debug)]
pub struct BudgetRecord {
    pub name: String,
    pub told: Told,
    pub told_at: Option<Timestamp>,
}

/// What a system said with an answer, as far as it said anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// So many calls …
    pub calls: Option<i64>,
    /// … in so many milliseconds.
    pub window_ms: Option<i64>,
    /// So many are left for the day …
    pub day_left: Option<i64>,
    /// … of so many.
    pub day_most: Option<i64>,
}

/// Takes some turns in a row: answers the first one's instant, in microseconds. They are so far apart, and the first is not before `earliest_us`.
pub async fn take(
    tx: &mut Tx,
    name: &str,
    earliest_us: i64,
    turns: i64,
    apart_us: i64,
) -> Result<i64, StoreError> {
    let all_us = turns.saturating_mul(apart_us);
    let next = row!(
        tx,
        "INSERT INTO budgets (name, next_us) VALUES ($1, $2 + $3)
         ON CONFLICT (name) DO UPDATE SET next_us = $3 + CASE WHEN budgets.next_us < $2 THEN $2 ELSE budgets.next_us END
         RETURNING next_us",
        name,
        earliest_us,
        all_us,
    )?;
    let next_us = next.map_or(Ok(earliest_us + all_us), |row| row.integer("next_us"))?;
    Ok(next_us - all_us)
}

/// Keeps what a system said: every answer says it, so what is left is written every few seconds, and other limits at once.
pub async fn tell(tx: &mut Tx, name: &str, told: &Told, now: Timestamp) -> Result<(), StoreError> {
    let written = execute!(
        tx,
        "UPDATE budgets SET calls = $2, window_ms = $3, day_left = $4, day_most = $5, told_at = $6
         WHERE name = $1 AND (told_at IS NULL OR told_at < $7 OR COALESCE(calls, 0) <> COALESCE($2, 0)
             OR COALESCE(window_ms, 0) <> COALESCE($3, 0))",
        name,
        told.calls,
        told.window_ms,
        told.day_left,
        told.day_most,
        now,
        now.plus_ms(-5_000),
    )?;
    if written == 0 {
        // Nothing where it is known, and nobody waits for anybody.
        execute!(
            tx,
            "INSERT INTO budgets (name, next_us, calls, window_ms, day_left, day_most, told_at) VALUES ($1, 0, $2, $3, $4, $5, $6)
             ON CONFLICT (name) DO NOTHING",
            name,
            told.calls,
            told.window_ms,
            told.day_left,
            told.day_most,
            now,
        )?;
    }
    Ok(())
}

const BUDGET: &str = "SELECT name, calls, window_ms, day_left, day_most, told_at FROM budgets";

pub async fn find(tx: &mut Tx, name: &str) -> Result<Option<BudgetRecord>, StoreError> {
    row!(tx, sql!(BUDGET, " WHERE name = $1"), name)?
        .map(|row| read_budget(&row))
        .transpose()
}

pub async fn list(tx: &mut Tx) -> Result<Vec<BudgetRecord>, StoreError> {
    all(&rows!(tx, sql!(BUDGET, " ORDER BY name"))?, read_budget)
}

fn read_budget(row: &AnyRow) -> Result<BudgetRecord, StoreError> {
    Ok(BudgetRecord {
        name: row.text("name")?,
        told: Told {
            calls: row.optional_integer("calls")?,
            window_ms: row.optional_integer("window_ms")?,
            day_left: row.optional_integer("day_left")?,
            day_most: row.optional_integer("day_most")?,
        },
        told_at: row.optional_instant("told_at")?,
    })
}
