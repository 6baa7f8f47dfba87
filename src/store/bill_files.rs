//! The PDFs that belong to bills: the partner's own as it was handed in, and of ours only whether Xero has it.

use portal_domain::{
    bill::BillFile,
    calendar::Timestamp,
    ids::{BillId, PersonId},
};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, execute_one, row, rows_of},
};

/// A file of a bill, without what is in it.
#[derive(Clone, Debug)]
pub struct BillFileRecord {
    pub bill: BillId,
    pub file: BillFile,
    /// When Xero was seen to have it.
    pub attached_at: Option<Timestamp>,
}

fn read_file(row: &AnyRow) -> Result<BillFileRecord, StoreError> {
    Ok(BillFileRecord {
        bill: row.parsed("bill_id")?,
        file: row.word("kind", BillFile::parse)?,
        attached_at: row.optional_instant("attached_at")?,
    })
}

/// Keeps a file of a bill that has none of its kind; of one that is made anew whenever it is needed the content is empty.
pub async fn add(
    tx: &mut Tx,
    bill: BillId,
    file: BillFile,
    content: &[u8],
    added_by: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO bill_files (bill_id, kind, content, added_by, added_at) VALUES ($1, $2, $3, $4, $5)",
        bill,
        file,
        content,
        added_by,
        now,
    )?;
    Ok(())
}

/// The files of some bills.
pub async fn list_of_bills(
    tx: &mut Tx,
    bills: &[BillId],
) -> Result<Vec<BillFileRecord>, StoreError> {
    let rows = rows_of(tx, bills, |list| {
        format!(
            "SELECT bill_id, kind, attached_at FROM bill_files WHERE bill_id IN {list} ORDER BY bill_id, kind DESC"
        )
    })
    .await?;
    all(&rows, read_file)
}

/// What is in a file as it was handed in.
pub async fn find_content(
    tx: &mut Tx,
    bill: BillId,
    file: BillFile,
) -> Result<Option<Vec<u8>>, StoreError> {
    let found = row!(
        tx,
        "SELECT content FROM bill_files WHERE bill_id = $1 AND kind = $2",
        bill,
        file
    )?;
    let content = found.map(|row| row.optional_bytes("content")).transpose()?;
    Ok(content.flatten())
}

/// Xero has it.
pub async fn set_attached(
    tx: &mut Tx,
    bill: BillId,
    file: BillFile,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "file of a bill",
        "UPDATE bill_files SET attached_at = $3 WHERE bill_id = $1 AND kind = $2",
        bill,
        file,
        now,
    )
}
