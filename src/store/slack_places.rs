//! Where messages to Slack go: the staff's channels.

use portal_domain::{calendar::Timestamp, ids::PartnerId, notice::StaffEvent};

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, row, rows},
};

/// The channel that was chosen for an event; empty for none, `None` where nobody chose.
pub async fn find_channel(tx: &mut Tx, event: StaffEvent) -> Result<Option<String>, StoreError> {
    row!(
        tx,
        "SELECT channel FROM slack_channels WHERE event = $1",
        event
    )?
    .map(|row| row.text("channel"))
    .transpose()
}

pub async fn set_channel(
    tx: &mut Tx,
    event: StaffEvent,
    channel: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO slack_channels (event, channel, changed_at) VALUES ($1, $2, $3)
         ON CONFLICT (event) DO UPDATE SET channel = excluded.channel, changed_at = excluded.changed_at",
        event,
        channel,
        now,
    )?;
    Ok(())
}

/// Whether any webhook is still kept in clear.
pub async fn has_webhooks(tx: &mut Tx) -> Result<bool, StoreError> {
    Ok(row!(tx, "SELECT partner_id FROM slack_webhooks LIMIT 1")?.is_some())
}

/// Takes out the webhooks that were kept in clear before the vault was there: for each its partner and its address.
pub async fn take_webhooks(tx: &mut Tx) -> Result<Vec<(PartnerId, String)>, StoreError> {
    let rows = rows!(tx, "DELETE FROM slack_webhooks RETURNING partner_id, url")?;
    all(&rows, |row| {
        Ok((row.parsed("partner_id")?, row.text("url")?))
    })
}
