//! Xero's accounts and tax types, as last read.

use portal_domain::{
    calendar::Timestamp,
    remote::{RemoteAccount, RemoteTaxType},
};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, row, rows},
};

/// Puts what was just read in the place of what was known: what is not among it is gone.
pub async fn replace_all(
    tx: &mut Tx,
    accounts: &[RemoteAccount],
    tax_types: &[RemoteTaxType],
    seen_at: Timestamp,
) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM xero_accounts")?;
    for account in accounts {
        execute!(
            tx,
            "INSERT INTO xero_accounts (code, name, kind, class, archived, seen_at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (code) DO NOTHING",
            account.code,
            account.name,
            account.kind,
            account.class,
            i64::from(account.is_archived),
            seen_at,
        )?;
    }
    execute!(tx, "DELETE FROM xero_tax_types")?;
    for tax_type in tax_types {
        execute!(
            tx,
            "INSERT INTO xero_tax_types (code, name, on_expenses, archived, seen_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (code) DO NOTHING",
            tax_type.code,
            tax_type.name,
            i64::from(tax_type.is_on_expenses),
            i64::from(tax_type.is_archived),
            seen_at,
        )?;
    }
    Ok(())
}

/// The accounts in the order of their codes.
pub async fn list_accounts(tx: &mut Tx) -> Result<Vec<RemoteAccount>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT code, name, kind, class, archived FROM xero_accounts ORDER BY code"
    )?;
    all(&rows, read_account)
}

fn read_account(row: &AnyRow) -> Result<RemoteAccount, StoreError> {
    Ok(RemoteAccount {
        code: row.text("code")?,
        name: row.text("name")?,
        kind: row.text("kind")?,
        class: row.text("class")?,
        is_archived: row.integer("archived")? != 0,
    })
}

/// The tax types in the order of their names.
pub async fn list_tax_types(tx: &mut Tx) -> Result<Vec<RemoteTaxType>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT code, name, on_expenses, archived FROM xero_tax_types ORDER BY name, code"
    )?;
    all(&rows, read_tax_type)
}

fn read_tax_type(row: &AnyRow) -> Result<RemoteTaxType, StoreError> {
    Ok(RemoteTaxType {
        code: row.text("code")?,
        name: row.text("name")?,
        is_on_expenses: row.integer("on_expenses")? != 0,
        is_archived: row.integer("archived")? != 0,
    })
}

/// When they were read; `None` if they never were.
pub async fn find_reading(tx: &mut Tx) -> Result<Option<Timestamp>, StoreError> {
    row!(tx, "SELECT MAX(seen_at) AS seen_at FROM xero_accounts")?
        .map_or(Ok(None), |row| row.optional_instant("seen_at"))
}
