//! By whose hands lines came to be worth what they are: an account of its own, only ever added to, so that saying who did it never waits for whoever writes the lines.

use std::collections::HashMap;

use portal_domain::{
    calendar::{Month, Timestamp},
    ids::{DealId, LineId, PersonId},
};

use sqlx::AssertSqlSafe;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{Bind, ROWS_AT_ONCE, execute_many, number, places, rows_many, rows_of, values},
};

/// Who moved a line last.
#[derive(Clone, Debug)]
pub struct HandRecord {
    pub person: PersonId,
    pub name: String,
    pub moved_at: Timestamp,
}

/// Somebody moved these lines.
pub async fn add_to_lines(
    tx: &mut Tx,
    lines: &[LineId],
    person: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    for some in lines.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::from(values![person, now]);
        bound.extend(some.iter().map(Bind::value));
        let text = format!(
            "INSERT INTO hands (deal_id, line_id, from_month, person_id, moved_at)
             SELECT deal_id, id, 0, CAST($1 AS TEXT), CAST($2 AS BIGINT) FROM lines WHERE id IN {}",
            places(1, some.len(), 3)
        );
        execute_many(tx, text, bound).await?;
    }
    Ok(())
}

/// Somebody moved what some deals have on no statement, from a month on.
pub async fn add_to_deals(
    tx: &mut Tx,
    deals: &[DealId],
    from: Month,
    person: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    for some in deals.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::with_capacity(some.len() * 4);
        for deal in some {
            bound.extend(values![deal, from, person, now]);
        }
        let text = format!(
            "INSERT INTO hands (deal_id, from_month, person_id, moved_at) VALUES {}",
            places(some.len(), 4, 1)
        );
        execute_many(tx, text, bound).await?;
    }
    Ok(())
}

/// Which hands are a line's: a hand in a deal is in the lines that it had then.
const IN_LINE: &str =
    "hands.deal_id = lines.deal_id AND (hands.line_id IS NULL OR hands.line_id = lines.id)
                 AND hands.from_month <= lines.month AND hands.moved_at >= lines.created_at";

/// Of somebody else, and before the line was approved.
const OTHER_BEFORE: &str = "hands.person_id <> $1 AND hands.moved_at <= lines.approved_at";

/// The last hand in each of some lines.
pub async fn list_last(
    tx: &mut Tx,
    lines: &[LineId],
) -> Result<HashMap<LineId, HandRecord>, StoreError> {
    let found = rows_of(tx, lines, |lines| {
        format!(
            "SELECT lines.id, hands.person_id, people.name, hands.moved_at
             FROM lines JOIN hands ON {IN_LINE} JOIN people ON people.id = hands.person_id
             WHERE lines.id IN {lines} ORDER BY hands.moved_at"
        )
    });
    let found = all(&found.await?, |row| {
        let hand = HandRecord {
            person: row.parsed("person_id")?,
            name: row.text("name")?,
            moved_at: row.instant("moved_at")?,
        };
        Ok((row.parsed("id")?, hand))
    })?;
    // Of a line's hands the last one stays.
    Ok(found.into_iter().collect())
}

/// Who brought the leads of some lines.
pub async fn list_brought(
    tx: &mut Tx,
    lines: &[LineId],
) -> Result<HashMap<LineId, PersonId>, StoreError> {
    let found = rows_of(tx, lines, |lines| {
        format!(
            "SELECT lines.id, leads.submitted_by
             FROM lines JOIN deals ON deals.id = lines.deal_id JOIN leads ON leads.id = deals.lead_id
             WHERE lines.id IN {lines}"
        )
    });
    let found = all(&found.await?, |row| {
        Ok((row.parsed("id")?, row.parsed("submitted_by")?))
    })?;
    Ok(found.into_iter().collect())
}

/// Approved by one person, and in nobody else's hand before: one person's work, if that person states it.
const ALONE: &str =
    "lines.state = 'approved' AND lines.statement_id IS NULL AND lines.approved_by = $1";

/// How many lines up to a month would be one person's work alone.
pub async fn count_alone(tx: &mut Tx, person: PersonId, until: Month) -> Result<i64, StoreError> {
    let text = format!(
        "SELECT COUNT(*) FROM lines
         WHERE {ALONE} AND lines.month <= $2 AND lines.held_reason IS NULL AND lines.disputed_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM hands WHERE {IN_LINE} AND {OTHER_BEFORE})"
    );
    number!(tx, AssertSqlSafe(text), person, until)
}

/// Whether any of these lines would be one person's work alone.
pub async fn is_any_alone(
    tx: &mut Tx,
    person: PersonId,
    lines: &[LineId],
) -> Result<bool, StoreError> {
    for some in lines.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::from(values![person]);
        bound.extend(some.iter().map(Bind::value));
        let text = format!(
            "SELECT lines.id FROM lines
             WHERE {ALONE} AND lines.id IN {}
               AND NOT EXISTS (SELECT 1 FROM hands WHERE {IN_LINE} AND {OTHER_BEFORE})
             LIMIT 1",
            places(1, some.len(), 2)
        );
        if !rows_many(tx, text, bound).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}
