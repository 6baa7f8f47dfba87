//! Mails that left or will leave, as they were written.

use portal_domain::{
    calendar::Timestamp,
    ids::{MailId, PartnerId, PersonId},
    notice::MailKind,
    personal::{ERASED, ERASED_ADDRESS},
};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::Read,
    sql::{execute, execute_one, number, row, sql},
};

/// A mail.
#[derive(Clone, Debug)]
pub struct MailRecord {
    pub id: MailId,
    pub kind: MailKind,
    /// Whom it is for, where that is one person and not an address that a company shares.
    pub person: Option<PersonId>,
    pub partner: Option<PartnerId>,
    pub recipient: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Where one click stops mails of this kind.
    pub unsubscribe_url: Option<String>,
    pub sent_at: Option<Timestamp>,
    /// Why it will never leave, or never reached anybody.
    pub refusal: Option<String>,
}

const MAIL: &str = "SELECT id, kind, person_id, partner_id, recipient, subject, body_text, body_html, unsubscribe_url, sent_at, refusal FROM mails";

fn read_mail(row: &AnyRow) -> Result<MailRecord, StoreError> {
    Ok(MailRecord {
        id: row.parsed("id")?,
        kind: row.word("kind", MailKind::parse)?,
        person: row.optional_parsed("person_id")?,
        partner: row.optional_parsed("partner_id")?,
        recipient: row.text("recipient")?,
        subject: row.text("subject")?,
        text: row.text("body_text")?,
        html: row.text("body_html")?,
        unsubscribe_url: row.optional_text("unsubscribe_url")?,
        sent_at: row.optional_instant("sent_at")?,
        refusal: row.optional_text("refusal")?,
    })
}

/// `unsubscribe_hash`: of the secret in the mail's `unsubscribe_url`.
pub async fn add(
    tx: &mut Tx,
    mail: &MailRecord,
    unsubscribe_hash: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO mails (id, kind, person_id, partner_id, recipient, subject, body_text, body_html, unsubscribe_url, unsubscribe_hash, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        mail.id,
        mail.kind,
        mail.person,
        mail.partner,
        mail.recipient,
        mail.subject,
        mail.text,
        mail.html,
        mail.unsubscribe_url.as_deref(),
        unsubscribe_hash,
        now,
    )?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: MailId) -> Result<Option<MailRecord>, StoreError> {
    row!(tx, sql!(MAIL, " WHERE id = $1"), id)?
        .as_ref()
        .map(read_mail)
        .transpose()
}

/// The mail in which a secret for stopping its kind stood.
pub async fn find_by_unsubscribe_hash(
    tx: &mut Tx,
    hash: &str,
) -> Result<Option<MailRecord>, StoreError> {
    row!(tx, sql!(MAIL, " WHERE unsubscribe_hash = $1"), hash)?
        .as_ref()
        .map(read_mail)
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

pub async fn set_refused(tx: &mut Tx, id: MailId, why: &str) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "mail",
        "UPDATE mails SET refusal = $2 WHERE id = $1",
        id,
        why
    )
}

/// Mails that left, or never will, and of which something is still there.
const OLD: &str =
    " WHERE created_at < $1 AND (sent_at IS NOT NULL OR refusal IS NOT NULL) AND body_text <> ''";

pub async fn count_before(tx: &mut Tx, before: Timestamp) -> Result<i64, StoreError> {
    let sql = sql!("SELECT COUNT(*) FROM mails", OLD);
    number!(tx, sql, before)
}

/// Takes out what stood in old mails, and to whom they went: that there was one stays.
pub async fn blank_before(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    let sql = sql!(
        "UPDATE mails SET recipient = $2, subject = '', body_text = '', body_html = '', unsubscribe_url = NULL",
        OLD
    );
    execute!(tx, sql, before, ERASED_ADDRESS)
}

/// The same of all mails to one address; what has not left does not leave.
pub async fn blank_of(tx: &mut Tx, recipient: &str) -> Result<u64, StoreError> {
    execute!(
        tx,
        "UPDATE mails SET recipient = $2, subject = '', body_text = '', body_html = '', unsubscribe_url = NULL,
             refusal = CASE WHEN sent_at IS NULL THEN COALESCE(refusal, $3) ELSE refusal END
         WHERE LOWER(recipient) = $1",
        recipient,
        ERASED_ADDRESS,
        ERASED,
    )
}
