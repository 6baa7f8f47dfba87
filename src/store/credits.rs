//! The mirror of Xero's credit notes to clients, and which deal each takes money from when it is refunded.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use portal_domain::{
    calendar::Timestamp,
    ids::{DealId, PersonId},
    remote::RemoteCredit,
};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{Bind, ROWS_AT_ONCE, Value, execute, execute_one, places, row, rows, rows_many, sql},
};

/// A credit note as last read, and the deal it is for.
#[derive(Clone, Debug)]
pub struct CreditRecord {
    pub remote: RemoteCredit,
    pub deal: Option<DealId>,
    /// person, invoice, reference or contact.
    pub how: Option<String>,
    pub seen_at: Timestamp,
}

const CREDIT: &str = "SELECT id, number, reference, contact_id, contact_name, status, issued_on, currency, sub_total_minor, total_minor,
        refunded_minor, allocations, deal_id, how, xero_updated_at, seen_at
    FROM credits";

fn read_credit(row: &AnyRow) -> Result<CreditRecord, StoreError> {
    let allocations = row.text("allocations")?;
    Ok(CreditRecord {
        remote: RemoteCredit {
            id: row.text("id")?,
            number: row.text("number")?,
            reference: row.text("reference")?,
            contact_id: row.text("contact_id")?,
            contact_name: row.text("contact_name")?,
            status: row.text("status")?,
            date: row.optional_parsed("issued_on")?,
            sub_total: row.money("sub_total_minor")?,
            total: row.money("total_minor")?,
            refunded_minor: row.integer("refunded_minor")?,
            allocations: serde_json::from_str(&allocations).map_err(|_| {
                StoreError::Inconsistent {
                    column: "allocations",
                    value: allocations,
                }
            })?,
            updated_at: row.instant("xero_updated_at")?,
        },
        deal: row.optional_parsed("deal_id")?,
        how: row.optional_text("how")?,
        seen_at: row.instant("seen_at")?,
    })
}

/// Writes a fresh reading, unless a newer one is there already.
pub async fn put(tx: &mut Tx, credit: &RemoteCredit, seen_at: Timestamp) -> Result<(), StoreError> {
    let allocations =
        serde_json::to_string(&credit.allocations).map_err(|error| StoreError::Inconsistent {
            column: "allocations",
            value: error.to_string(),
        })?;
    execute!(
        tx,
        "INSERT INTO credits (id, number, reference, contact_id, contact_name, status, issued_on, currency, sub_total_minor, total_minor,
             refunded_minor, allocations, xero_updated_at, seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         ON CONFLICT (id) DO UPDATE
         SET number = excluded.number, reference = excluded.reference, contact_id = excluded.contact_id, contact_name = excluded.contact_name,
             status = excluded.status, issued_on = excluded.issued_on, currency = excluded.currency,
             sub_total_minor = excluded.sub_total_minor, total_minor = excluded.total_minor, refunded_minor = excluded.refunded_minor,
             allocations = excluded.allocations, xero_updated_at = excluded.xero_updated_at, seen_at = excluded.seen_at
         WHERE credits.xero_updated_at <= excluded.xero_updated_at",
        credit.id,
        credit.number,
        credit.reference,
        credit.contact_id,
        credit.contact_name,
        credit.status,
        credit.date,
        credit.total.currency,
        credit.sub_total.minor,
        credit.total.minor,
        credit.refunded_minor,
        allocations,
        credit.updated_at,
        seen_at,
    )?;
    Ok(())
}

/// Says which deal a credit note is for, or that nobody knows.
pub async fn set_link(
    tx: &mut Tx,
    id: &str,
    deal: Option<DealId>,
    how: Option<&str>,
    linked_by: Option<PersonId>,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "credit note",
        "UPDATE credits SET deal_id = $2, how = $3, linked_by = $4 WHERE id = $1",
        id,
        deal,
        how,
        linked_by,
    )
}

pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<CreditRecord>, StoreError> {
    row!(tx, sql!(CREDIT, " WHERE id = $1"), id)?
        .as_ref()
        .map(read_credit)
        .transpose()
}

/// The credit notes of several deals, and those of several contacts, oldest first.
pub async fn list_for(
    tx: &mut Tx,
    deals: &[DealId],
    contacts: &[String],
) -> Result<Vec<CreditRecord>, StoreError> {
    let mut found: BTreeMap<String, CreditRecord> = BTreeMap::new();
    let of_deals = deals.chunks(ROWS_AT_ONCE).map(|some| {
        let values: Vec<Value> = some.iter().map(Bind::value).collect();
        ("deal_id", values)
    });
    let of_contacts = contacts.chunks(ROWS_AT_ONCE).map(|some| {
        let values: Vec<Value> = some.iter().map(Bind::value).collect();
        ("contact_id", values)
    });
    for (column, values) in of_deals.chain(of_contacts) {
        let text = format!("{CREDIT} WHERE {column} IN {}", places(1, values.len(), 1));
        for credit in all(&rows_many(tx, text, values).await?, read_credit)? {
            found.insert(credit.remote.id.clone(), credit);
        }
    }
    let mut found: Vec<CreditRecord> = found.into_values().collect();
    found.sort_by(|left, right| {
        let key = |credit: &CreditRecord| credit.remote.date.unwrap_or(NaiveDate::MAX);
        (key(left), &left.remote.id).cmp(&(key(right), &right.remote.id))
    });
    Ok(found)
}

/// The credit notes of a contact that were refunded in cash, oldest first.
pub async fn list_refunded_of_contact(
    tx: &mut Tx,
    contact: &str,
) -> Result<Vec<CreditRecord>, StoreError> {
    all(
        &rows!(
            tx,
            sql!(
                CREDIT,
                " WHERE contact_id = $1 AND refunded_minor <> 0 ORDER BY COALESCE(issued_on, '9999-12-31'), id"
            ),
            contact,
        )?,
        read_credit,
    )
}

/// The credit notes refunded in cash that may be for a deal which was won just now: by the client's contact, its name, or the deal's id in the Reference.
pub async fn list_refunded_like(
    tx: &mut Tx,
    contact: &str,
    contact_name: &str,
    hubspot_id: &str,
) -> Result<Vec<CreditRecord>, StoreError> {
    all(
        &rows!(
            tx,
            sql!(
                CREDIT,
                " WHERE refunded_minor <> 0
                    AND (contact_id = $1 OR LOWER(contact_name) = LOWER($2) OR reference LIKE '%' || $3 || '%')
                  ORDER BY COALESCE(issued_on, '9999-12-31'), id"
            ),
            contact,
            contact_name,
            hubspot_id,
        )?,
        read_credit,
    )
}
