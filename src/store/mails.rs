//! Mails that left or will leave, as they were written.

use portal_domain::{
    calendar::Timestamp,
    ids::{MailId, PartnerId},
};

use crate::{
    StoreError, Tx,
    read::Read,
    sql::{execute, execute_one, row},
};

/// A mail.
#[derive(Clone, Debug)]
pub struct MailRecord {
    pub id: MailId,
    pub partner: Option<PartnerId>,
    pub recipient: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub sent_at: Option<Timestamp>,
}

pub async fn add(tx: &mut Tx, mail: &MailRecord, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO mails (id, partner_id, recipient, subject, body_text, body_html, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        mail.id,
        mail.partner,
        mail.recipient,
        mail.subject,
        mail.text,
        mail.html,
        now,
    )?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: MailId) -> Result<Option<MailRecord>, StoreError> {
    row!(
        tx,
        "SELECT id, partner_id, recipient, subject, body_text, body_html, sent_at FROM mails WHERE id = $1",
        id,
    )?
    .map(|row| {
        Ok(MailRecord {
            id: row.parsed("id")?,
            partner: row.optional_parsed("partner_id")?,
            recipient: row.text("recipient")?,
            subject: row.text("subject")?,
            text: row.text("body_text")?,
            html: row.text("body_html")?,
            sent_at: row.optional_instant("sent_at")?,
        })
    })
    .transpose()
}

pub async fn set_sent(tx: &mut Tx, id: MailId, now: Timestamp) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "mail",
        "UPDATE mails SET sent_at = $2 WHERE id = $1",
        id,
        now
    )
}
