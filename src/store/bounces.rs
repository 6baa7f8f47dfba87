//! Mail addresses that a server refused for good.

use portal_domain::{calendar::Timestamp, ids::MailId};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, row, rows, rows_of, sql},
};

/// An address that does not take mail.
#[derive(Clone, Debug)]
pub struct BounceRecord {
    pub address: String,
    /// The mail server's words.
    pub said: String,
    /// What the mail that came back was about.
    pub subject: String,
    pub bounced_at: Timestamp,
}

const BOUNCE: &str = "SELECT bounces.address, bounces.said, bounces.bounced_at, mails.subject
    FROM bounces
    JOIN mails ON mails.id = bounces.mail_id";

fn read_bounce(row: &AnyRow) -> Result<BounceRecord, StoreError> {
    Ok(BounceRecord {
        address: row.text("address")?,
        said: row.text("said")?,
        subject: row.text("subject")?,
        bounced_at: row.instant("bounced_at")?,
    })
}

pub async fn set(
    tx: &mut Tx,
    address: &str,
    said: &str,
    mail: MailId,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO bounces (address, said, mail_id, bounced_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (address) DO UPDATE SET said = excluded.said, mail_id = excluded.mail_id, bounced_at = excluded.bounced_at",
        address,
        said,
        mail,
        now,
    )?;
    Ok(())
}

/// The address takes mail again, or may be tried again. Whether it was there.
pub async fn remove(tx: &mut Tx, address: &str) -> Result<bool, StoreError> {
    Ok(execute!(tx, "DELETE FROM bounces WHERE address = $1", address)? > 0)
}

pub async fn find(tx: &mut Tx, address: &str) -> Result<Option<BounceRecord>, StoreError> {
    row!(tx, sql!(BOUNCE, " WHERE bounces.address = $1"), address)?
        .as_ref()
        .map(read_bounce)
        .transpose()
}

/// Those of several addresses.
pub async fn list_of(tx: &mut Tx, addresses: &[String]) -> Result<Vec<BounceRecord>, StoreError> {
    let rows = rows_of(tx, addresses, |list| {
        format!("{BOUNCE} WHERE bounces.address IN {list} ORDER BY bounces.address")
    })
    .await?;
    all(&rows, read_bounce)
}

/// Newest first.
pub async fn list(tx: &mut Tx, limit: i64) -> Result<Vec<BounceRecord>, StoreError> {
    let sql = sql!(
        BOUNCE,
        " ORDER BY bounces.bounced_at DESC, bounces.address LIMIT $1"
    );
    all(&rows!(tx, sql, limit)?, read_bounce)
}
