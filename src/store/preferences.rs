//! Which mails a person wants, and what waits for the daily one.

use portal_domain::{
    calendar::Timestamp,
    ids::PersonId,
    notice::{Delivery, MailKind},
};

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, row, rows},
};

/// Something that is told in the daily mail.
#[derive(Clone, Debug)]
pub struct DigestItem {
    pub subject: String,
    pub summary: String,
    /// Where in the portal it is.
    pub path: String,
}

/// When a person wants mails of a kind; `None` where they never said.
pub async fn find(
    tx: &mut Tx,
    person: PersonId,
    kind: MailKind,
) -> Result<Option<Delivery>, StoreError> {
    row!(
        tx,
        "SELECT delivery FROM mail_preferences WHERE person_id = $1 AND kind = $2",
        person,
        kind,
    )?
    .map(|row| row.word("delivery", Delivery::parse))
    .transpose()
}

/// Says when a person wants mails of a kind. What waited for the daily mail and is not wanted any more is dropped.
pub async fn set(
    tx: &mut Tx,
    person: PersonId,
    kind: MailKind,
    delivery: Delivery,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO mail_preferences (person_id, kind, delivery, changed_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (person_id, kind) DO UPDATE SET delivery = excluded.delivery, changed_at = excluded.changed_at",
        person,
        kind,
        delivery,
        now,
    )?;
    if delivery == Delivery::Never {
        execute!(
            tx,
            "DELETE FROM digest_items WHERE person_id = $1 AND kind = $2 AND sent_at IS NULL",
            person,
            kind,
        )?;
    }
    Ok(())
}

pub async fn add_item(
    tx: &mut Tx,
    id: &str,
    person: PersonId,
    kind: MailKind,
    item: &DigestItem,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO digest_items (id, person_id, kind, subject, summary, path, added_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        id,
        person,
        kind,
        item.subject,
        item.summary,
        item.path,
        now,
    )?;
    Ok(())
}

/// Everybody for whom something waits.
pub async fn list_waiting_people(tx: &mut Tx) -> Result<Vec<PersonId>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT DISTINCT person_id FROM digest_items WHERE sent_at IS NULL ORDER BY person_id"
    )?;
    all(&rows, |row| row.parsed("person_id"))
}

/// Takes what waits for a person, oldest first: each item is taken once, however many ask.
pub async fn take_items(
    tx: &mut Tx,
    person: PersonId,
    now: Timestamp,
) -> Result<Vec<DigestItem>, StoreError> {
    let rows = rows!(
        tx,
        "UPDATE digest_items SET sent_at = $2 WHERE person_id = $1 AND sent_at IS NULL RETURNING id, subject, summary, path",
        person,
        now,
    )?;
    let mut items = all(&rows, |row| {
        let item = DigestItem {
            subject: row.text("subject")?,
            summary: row.text("summary")?,
            path: row.text("path")?,
        };
        Ok((row.text("id")?, item))
    })?;
    items.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(items.into_iter().map(|(_, item)| item).collect())
}

/// Drops the items that were sent before an instant.
pub async fn remove_sent_items(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    execute!(tx, "DELETE FROM digest_items WHERE sent_at < $1", before)
}
