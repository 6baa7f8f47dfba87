//! Where messages to Slack go: the staff's channels, and the webhooks that partners pasted.

use portal_domain::{
    calendar::Timestamp,
    ids::PartnerId,
    notice::{SlackWebhook, StaffEvent},
};

use crate::{
    StoreError, Tx,
    read::Read,
    sql::{execute, row},
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

pub async fn find_webhook(
    tx: &mut Tx,
    partner: PartnerId,
) -> Result<Option<SlackWebhook>, StoreError> {
    row!(
        tx,
        "SELECT url FROM slack_webhooks WHERE partner_id = $1",
        partner
    )?
    .map(|row| {
        SlackWebhook::parse(&row.text("url")?).ok_or_else(|| StoreError::Inconsistent {
            column: "url",
            // It is a secret, however spoilt.
            value: String::new(),
        })
    })
    .transpose()
}

pub async fn set_webhook(
    tx: &mut Tx,
    partner: PartnerId,
    webhook: &SlackWebhook,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO slack_webhooks (partner_id, url, changed_at) VALUES ($1, $2, $3)
         ON CONFLICT (partner_id) DO UPDATE SET url = excluded.url, changed_at = excluded.changed_at",
        partner,
        webhook.reveal(),
        now,
    )?;
    Ok(())
}

pub async fn remove_webhook(tx: &mut Tx, partner: PartnerId) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM slack_webhooks WHERE partner_id = $1",
        partner
    )?;
    Ok(())
}
