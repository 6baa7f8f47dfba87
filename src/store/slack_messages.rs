//! Messages to Slack, and by which name Slack knows those that were posted.

use portal_domain::{
    calendar::Timestamp,
    ids::{PartnerId, SlackMessageId},
};

use crate::{
    StoreError, Tx,
    read::Read,
    sql::{execute, execute_one, row},
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
    /// Slack's answer to an earlier try was lost.
    pub maybe_posted: bool,
    pub posted_at: Option<Timestamp>,
}

pub async fn add(
    tx: &mut Tx,
    message: &SlackMessageRecord,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO slack_messages (id, partner_id, channel, thread, locale, fallback, blocks, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        message.id,
        message.partner,
        message.channel,
        message.thread,
        message.locale,
        message.fallback,
        message.blocks,
        now,
    )?;
    Ok(())
}

pub async fn find(
    tx: &mut Tx,
    id: SlackMessageId,
) -> Result<Option<SlackMessageRecord>, StoreError> {
    row!(
        tx,
        "SELECT id, partner_id, channel, thread, locale, fallback, blocks, maybe_posted, posted_at FROM slack_messages WHERE id = $1",
        id,
    )?
    .map(|row| {
        Ok(SlackMessageRecord {
            id: row.parsed("id")?,
            partner: row.optional_parsed("partner_id")?,
            channel: row.text("channel")?,
            thread: row.text("thread")?,
            locale: row.text("locale")?,
            fallback: row.text("fallback")?,
            blocks: row.text("blocks")?,
            maybe_posted: row.integer("maybe_posted")? != 0,
            posted_at: row.optional_instant("posted_at")?,
        })
    })
    .transpose()
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

/// Slack's answer was lost: the next try may be a second copy.
pub async fn set_maybe_posted(tx: &mut Tx, id: SlackMessageId) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "Slack message",
        "UPDATE slack_messages SET maybe_posted = 1 WHERE id = $1",
        id
    )
}
