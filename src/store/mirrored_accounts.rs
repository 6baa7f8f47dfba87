//! Whose objects the mirrored ones are, apart from how the systems are connected; and which of them were left with an account that is meant no more.

use portal_domain::{calendar::Timestamp, connection::System};
use sqlx::{AssertSqlSafe, any::AnyRow};

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, execute_one, row, rows, sql},
};

/// An account of HubSpot's or an organisation of Xero's, as it is numbered and named there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: String,
    pub name: String,
}

/// Whose objects a system's mirrored ones are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirroredAccount {
    pub system: System,
    pub account: Account,
    /// Another one, which our credentials let us into by now.
    pub other: Option<Account>,
}

const MIRRORED: &str =
    "SELECT system, account, account_name, other, other_name FROM mirrored_accounts";

fn read_mirrored(row: &AnyRow) -> Result<MirroredAccount, StoreError> {
    let other = row
        .optional_text("other")?
        .zip(row.optional_text("other_name")?);
    Ok(MirroredAccount {
        system: row.word("system", System::parse)?,
        account: Account {
            id: row.text("account")?,
            name: row.text("account_name")?,
        },
        other: other.map(|(id, name)| Account { id, name }),
    })
}

pub async fn find(tx: &mut Tx, system: System) -> Result<Option<MirroredAccount>, StoreError> {
    row!(tx, sql!(MIRRORED, " WHERE system = $1"), system)?
        .as_ref()
        .map(read_mirrored)
        .transpose()
}

pub async fn list(tx: &mut Tx) -> Result<Vec<MirroredAccount>, StoreError> {
    all(&rows!(tx, MIRRORED)?, read_mirrored)
}

/// What is mirrored from now on is this account's.
pub async fn put(
    tx: &mut Tx,
    system: System,
    account: &Account,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO mirrored_accounts (system, account, account_name, recorded_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (system) DO UPDATE
         SET account = excluded.account, account_name = excluded.account_name, recorded_at = excluded.recorded_at,
             other = NULL, other_name = NULL, other_at = NULL",
        system,
        account.id,
        account.name,
        now,
    )?;
    Ok(())
}

/// Our credentials let us into another account; `false` if that is known.
pub async fn set_other(
    tx: &mut Tx,
    system: System,
    other: &Account,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let met = execute!(
        tx,
        "UPDATE mirrored_accounts SET other = $2, other_name = $3, other_at = $4 WHERE system = $1 AND COALESCE(other, '') <> $2",
        system,
        other.id,
        other.name,
        now,
    )?;
    Ok(met == 1)
}

/// Our credentials let us into the account that the objects are of.
pub async fn clear_other(tx: &mut Tx, system: System) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "mirrored account",
        "UPDATE mirrored_accounts SET other = NULL, other_name = NULL, other_at = NULL WHERE system = $1",
        system,
    )
}

/// Whether anything of a system is mirrored that was not left with an account.
pub async fn is_anything_mirrored(tx: &mut Tx, system: System) -> Result<bool, StoreError> {
    let found = match system {
        System::HubSpot => row!(
            tx,
            "SELECT id FROM deals WHERE left_with IS NULL
             UNION ALL SELECT id FROM leads WHERE state = 'accepted' AND hubspot_deal_id IS NOT NULL LIMIT 1"
        )?,
        _ => row!(
            tx,
            "SELECT id FROM invoices WHERE left_with IS NULL
             UNION ALL SELECT id FROM credits WHERE left_with IS NULL
             UNION ALL SELECT id FROM partners WHERE xero_contact_id IS NOT NULL LIMIT 1"
        )?,
    };
    Ok(found.is_some())
}

/// Leaves what is mirrored of a system with its account. What was left before with the account that is meant from now on counts again.
pub async fn leave(tx: &mut Tx, system: System, old: &str, new: &str) -> Result<(), StoreError> {
    let tables: &[&str] = match system {
        System::HubSpot => &["deals"],
        _ => &["invoices", "credits"],
    };
    for table in tables {
        let leave = format!("UPDATE {table} SET left_with = $1 WHERE left_with IS NULL");
        execute!(tx, AssertSqlSafe(leave), old)?;
        let take_back = format!("UPDATE {table} SET left_with = NULL WHERE left_with = $1");
        execute!(tx, AssertSqlSafe(take_back), new)?;
    }
    match system {
        System::HubSpot => {
            execute!(tx, "UPDATE clients SET hubspot_company_id = NULL")?;
            execute!(
                tx,
                "UPDATE leads SET hubspot_contact_id = NULL, hubspot_deal_id = NULL WHERE state IN ('in_review', 'accepted')"
            )?;
        }
        _ => {
            execute!(tx, "UPDATE partners SET xero_contact_id = NULL")?;
        }
    }
    Ok(())
}
