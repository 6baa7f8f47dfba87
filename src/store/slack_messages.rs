//! Messages to Slack, and by which name Slack knows those that were posted.

use portal_domain::{
    calendar::Timestamp,
    ids::{PartnerId, SlackMessageId},
};

use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::Read,
    sql::{execute, execute_one, row, sql},
};

/// A message as it was composed.
#[derive(Clone, Debug)]
pub struct SlackMessageRecord {
    pub id: SlackMessageId,
    pub partner: Option<PartnerId>,
    /// A channel's id; empty: the partner's, whichever that is when it is posted.
    pub channel: String,
    /// What it hangs together with; empty where it stands alone.
    pub thread: String,
    pub locale: String,
    /// What notifications and old clients show.
    pub fallback: String,
    pub blocks: String,
    /// What it only tries out.
    pub trial_of: Option<String>,
    /// Slack's answer to an earlier try was lost.
    pub maybe_posted: bool,
    /// Slack's word for why it did not take it.
    pub refusal: Option<String>,
    pub posted_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

const MESSAGE: &str = "SELECT id, partner_id, channel, thread, locale, fallback, blocks, trial_of, maybe_posted, refusal, posted_at, created_at
    FROM slack_messages";

fn read_message(row: &AnyRow) -> Result<SlackMessageRecord, StoreError> {
    Ok(SlackMessageRecord {
        id: row.parsed("id")?,
        partner: row.optional_parsed("partner_id")?,
        channel: row.text("channel")?,
        thread: row.text("thread")?,
        locale: row.text("locale")?,
        fallback: row.text("fallback")?,
        blocks: row.text("blocks")?,
        trial_of: row.optional_text("trial_of")?,
        maybe_posted: row.integer("maybe_posted")? != 0,
        refusal: row.optional_text("refusal")?,
        posted_at: row.optional_instant("posted_at")?,
        created_at: row.instant("created_at")?,
    })
}

pub async fn add(tx: &mut Tx, message: &SlackMessageRecord) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO slack_messages (id, partner_id, channel, thread, locale, fallback, blocks, trial_of, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        message.id,
        message.partner,
        message.channel,
        message.thread,
        message.locale,
        message.fallback,
        message.blocks,
        message.trial_of.as_deref(),
        message.created_at,
    )?;
    Ok(())
}

pub async fn find(
    tx: &mut Tx,
    id: SlackMessageId,
) -> Result<Option<SlackMessageRecord>, StoreError> {
    row!(tx, sql!(MESSAGE, " WHERE id = $1"), id)?
        .as_ref()
        .map(read_message)
        .transpose()
}

/// The last message that tried something out.
pub async fn find_last_trial(
    tx: &mut Tx,
    of: &str,
) -> Result<Option<SlackMessageRecord>, StoreError> {
    let sql = sql!(MESSAGE, " WHERE trial_of = $1 ORDER BY id DESC LIMIT 1");
    row!(tx, sql, of)?.as_ref().map(read_message).transpose()
}

/// What was tried out is another thing by now.
pub async fn forget_trials(tx: &mut Tx, of: &str) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE slack_messages SET trial_of = '' WHERE trial_of = $1",
        of
    )?;
    Ok(())
}

/// The first message of a thread that stands in a channel, as Slack knows it.
pub async fn find_first_of_thread(
    tx: &mut Tx,
    thread: &str,
    channel: &str,
) -> Result<Option<String>, StoreError> {
    row!(
        tx,
        "SELECT ts FROM slack_messages WHERE thread = $1 AND posted_in = $2 AND ts IS NOT NULL ORDER BY posted_at, id LIMIT 1",
        thread,
        channel,
    )?
    .map(|row| row.text("ts"))
    .transpose()
}

/// It stands there. An incoming webhook does not say by which name.
pub async fn set_posted(
    tx: &mut Tx,
    id: SlackMessageId,
    channel: &str,
    ts: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "Slack message",
        "UPDATE slack_messages SET posted_at = $2, posted_in = $3, ts = $4 WHERE id = $1",
        id,
        now,
        channel,
        ts,
    )
}

/// It could not be posted; where Slack's answer was lost, the next try may be a second copy.
pub async fn set_not_posted(
    tx: &mut Tx,
    id: SlackMessageId,
    answer_lost: bool,
    said: &str,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "Slack message",
        "UPDATE slack_messages SET refusal = $2, maybe_posted = CASE WHEN $3 = 1 THEN 1 ELSE maybe_posted END WHERE id = $1",
        id,
        said,
        i64::from(answer_lost),
    )
}

/// Drops what was posted before an instant, but for the last message that tried something out.
pub async fn remove_posted(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    execute!(
        tx,
        "DELETE FROM slack_messages
         WHERE posted_at < $1
             AND (COALESCE(trial_of, '') = ''
                 OR EXISTS (SELECT 1 FROM slack_messages AS later WHERE later.trial_of = slack_messages.trial_of AND later.id > slack_messages.id))",
        before,
    )
}
