//! Which invoices Xero's prepayments and overpayments were set against when they were read last, all by their ids there; and which documents were not read since
//! money of theirs moved.

use portal_domain::{calendar::Timestamp, remote::RemoteMoney};

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{Bind, ROWS_AT_ONCE, Value, execute_many, places, rows_many, rows_of, values},
};

/// Each invoice that any of these was set against, beside which of them.
pub async fn list(tx: &mut Tx, money: &[&str]) -> Result<Vec<(String, String)>, StoreError> {
    let rows = rows_of(tx, money, |list| {
        format!("SELECT money, invoice FROM money_on_account WHERE money IN {list} ORDER BY money, invoice")
    })
    .await?;
    all(&rows, |row| Ok((row.text("money")?, row.text("invoice")?)))
}

/// Keeps what these are set against now, instead of whatever was kept before.
pub async fn replace_all(tx: &mut Tx, money: &[RemoteMoney]) -> Result<(), StoreError> {
    for some in money.chunks(ROWS_AT_ONCE) {
        let ids: Vec<Value> = some.iter().map(|one| one.id.value()).collect();
        let text = format!(
            "DELETE FROM money_on_account WHERE money IN {}",
            places(1, ids.len(), 1)
        );
        execute_many(tx, text, ids).await?;
    }
    let pairs = money.iter().flat_map(|one| {
        let invoices = one.set_against.iter();
        invoices.map(|invoice| (one.id.as_str(), invoice.as_str()))
    });
    let pairs: Vec<(&str, &str)> = pairs.collect();
    for some in pairs.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::with_capacity(some.len() * 2);
        for (money, invoice) in some {
            bound.extend(values![money, invoice]);
        }
        let text = format!(
            "INSERT INTO money_on_account (money, invoice) VALUES {} ON CONFLICT (money, invoice) DO NOTHING",
            places(some.len(), 2, 1)
        );
        execute_many(tx, text, bound).await?;
    }
    Ok(())
}

/// The invoices and bills of some ids that are known, each with when it was read last.
pub async fn list_invoices_read(
    tx: &mut Tx,
    ids: &[String],
) -> Result<Vec<(String, Timestamp)>, StoreError> {
    list_read(tx, "invoices", ids).await
}

/// The same of credit notes.
pub async fn list_credits_read(
    tx: &mut Tx,
    ids: &[String],
) -> Result<Vec<(String, Timestamp)>, StoreError> {
    list_read(tx, "credits", ids).await
}

async fn list_read(
    tx: &mut Tx,
    table: &str,
    ids: &[String],
) -> Result<Vec<(String, Timestamp)>, StoreError> {
    let mut found = Vec::new();
    for some in ids.chunks(ROWS_AT_ONCE) {
        let text = format!(
            "SELECT id, seen_at FROM {table} WHERE left_with IS NULL AND id IN {}",
            places(1, some.len(), 1)
        );
        let bound = some.iter().map(Bind::value).collect();
        let rows = rows_many(tx, text, bound).await?;
        found.extend(all(&rows, |row| {
            Ok((row.text("id")?, row.instant("seen_at")?))
        })?);
    }
    Ok(found)
}
