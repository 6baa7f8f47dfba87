//! When each channel of Slack's takes its next message, for all workers of all instances.

use portal_domain::{calendar::Timestamp, ids::SlackMessageId};

use crate::{
    StoreError, Tx,
    read::Read,
    sql::{execute, row},
};

/// Takes the channel's turn, if it is free, for a message that stood in its line; whoever has not stays behind those who do. The next one may come so much later.
pub async fn take(
    tx: &mut Tx,
    place: &str,
    has_stood: bool,
    now: Timestamp,
    apart_ms: i64,
) -> Result<bool, StoreError> {
    let met = execute!(
        tx,
        "INSERT INTO slack_turns (place, free_at, line_until) VALUES ($1, $3, $3)
         ON CONFLICT (place) DO UPDATE
         SET free_at = excluded.free_at,
             line_until = CASE WHEN slack_turns.line_until > excluded.line_until THEN slack_turns.line_until ELSE excluded.line_until END
         WHERE slack_turns.free_at <= $2 AND ($4 = 1 OR slack_turns.line_until <= $2)",
        place,
        now,
        now.plus_ms(apart_ms),
        i64::from(has_stood),
    )?;
    Ok(met == 1)
}

/// Puts a message at the end of a channel's line; answers when its turn is.
pub async fn stand_in_line(
    tx: &mut Tx,
    place: &str,
    message: SlackMessageId,
    now: Timestamp,
    apart_ms: i64,
) -> Result<Timestamp, StoreError> {
    let line = row!(
        tx,
        "INSERT INTO slack_turns (place, free_at, line_until) VALUES ($1, $2, $2 + $3)
         ON CONFLICT (place) DO UPDATE
         SET line_until = $3 + CASE WHEN slack_turns.line_until < $2 THEN $2 ELSE slack_turns.line_until END
         RETURNING line_until",
        place,
        now,
        apart_ms,
    )?;
    let until = line.map_or(Ok(now.plus_ms(apart_ms)), |row| row.instant("line_until"))?;
    let turn_at = until.plus_ms(-apart_ms);
    execute!(
        tx,
        "UPDATE slack_messages SET turn_at = $2 WHERE id = $1",
        message,
        turn_at,
    )?;
    Ok(turn_at)
}

/// Whether a message has a place in a line, or had one.
pub async fn has_stood(tx: &mut Tx, message: SlackMessageId) -> Result<bool, StoreError> {
    Ok(row!(
        tx,
        "SELECT id FROM slack_messages WHERE id = $1 AND turn_at IS NOT NULL",
        message,
    )?
    .is_some())
}

/// When a channel takes the next message.
pub async fn find_free(tx: &mut Tx, place: &str) -> Result<Option<Timestamp>, StoreError> {
    row!(
        tx,
        "SELECT free_at FROM slack_turns WHERE place = $1",
        place
    )?
    .map(|row| row.instant("free_at"))
    .transpose()
}

/// Slack wants no message in a channel until then.
pub async fn close(tx: &mut Tx, place: &str, until: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO slack_turns (place, free_at, line_until) VALUES ($1, $2, $2)
         ON CONFLICT (place) DO UPDATE
         SET free_at = CASE WHEN slack_turns.free_at > $2 THEN slack_turns.free_at ELSE $2 END,
             line_until = CASE WHEN slack_turns.line_until > $2 THEN slack_turns.line_until ELSE $2 END",
        place,
        until,
    )?;
    Ok(())
}

/// Forgets the channels that nothing has been posted in since, whose line is over.
pub async fn remove_idle(tx: &mut Tx, since: Timestamp) -> Result<u64, StoreError> {
    execute!(
        tx,
        "DELETE FROM slack_turns WHERE free_at < $1 AND line_until < $1",
        since,
    )
}
