//! The mirror of Xero's credit notes to clients, and which deal each takes money from when it is refunded.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use portal_domain::{
    calendar::Timestamp,
    ids::{DealId, PersonId},
    remote::RemoteCredit,
    text::without_case,
};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    invoices::{InvoiceLink, list_links},
    read::{Read, all},
    sql::{
        Bind, ROWS_AT_ONCE, Value, execute, execute_one, pattern, places, row, rows, rows_many, sql,
    },
};

/// A credit note as last read, and the deals that it takes money from.
#[derive(Clone, Debug)]
pub struct CreditRecord {
    pub remote: RemoteCredit,
    /// In the order of the deals' ids, in which they share what is refunded; `how` may be `invoice` too.
    pub links: Vec<InvoiceLink>,
    /// A person said that it takes money from no deal; it has no links then.
    pub is_of_no_deal: bool,
    pub seen_at: Timestamp,
}

impl CreditRecord {
    /// A person said what it is for, or that it is for nothing of ours.
    pub fn is_said_by_person(&self) -> bool {
        self.is_of_no_deal || self.links.iter().any(|link| link.how == "person")
    }
}

const CREDIT: &str = "SELECT id, number, reference, contact_id, contact_name, status, issued_on, currency, sub_total_minor, total_minor,
        refunded_minor, allocations, xero_updated_at, no_deal_said_by, seen_at
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
        links: Vec::new(),
        is_of_no_deal: row.optional_text("no_deal_said_by")?.is_some(),
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
             refunded_minor, allocations, xero_updated_at, seen_at, contact_key)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         ON CONFLICT (id) DO UPDATE
         SET number = excluded.number, reference = excluded.reference, contact_id = excluded.contact_id, contact_name = excluded.contact_name,
             status = excluded.status, issued_on = excluded.issued_on, currency = excluded.currency,
             sub_total_minor = excluded.sub_total_minor, total_minor = excluded.total_minor, refunded_minor = excluded.refunded_minor,
             allocations = excluded.allocations, xero_updated_at = excluded.xero_updated_at, seen_at = excluded.seen_at,
             contact_key = excluded.contact_key
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
        without_case(&credit.contact_name),
    )?;
    Ok(())
}

/// Says which deals a credit note takes money from, instead of whatever was said before.
pub async fn replace_links(
    tx: &mut Tx,
    credit: &str,
    links: &[InvoiceLink],
    linked_by: Option<PersonId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM credit_links WHERE credit_id = $1", credit)?;
    for link in links {
        execute!(
            tx,
            "INSERT INTO credit_links (credit_id, deal_id, how, share_minor, linked_by, linked_at) VALUES ($1, $2, $3, $4, $5, $6)",
            credit,
            link.deal,
            link.how,
            link.share_minor,
            linked_by,
            now,
        )?;
    }
    Ok(())
}

/// Keeps who said that a credit note takes money from no deal, or forgets it.
pub async fn set_no_deal(
    tx: &mut Tx,
    credit: &str,
    said_by: Option<PersonId>,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "credit note",
        "UPDATE credits SET no_deal_said_by = $2 WHERE id = $1",
        credit,
        said_by,
    )
}

async fn with_links(
    tx: &mut Tx,
    mut found: Vec<CreditRecord>,
) -> Result<Vec<CreditRecord>, StoreError> {
    let ids: Vec<String> = found
        .iter()
        .map(|credit| credit.remote.id.clone())
        .collect();
    let mut links = list_links(tx, &ids, |list| {
        format!("SELECT credit_id AS document_id, deal_id, how, share_minor FROM credit_links WHERE credit_id IN {list} ORDER BY credit_id, deal_id")
    })
    .await?;
    for credit in &mut found {
        credit.links = links.remove(&credit.remote.id).unwrap_or_default();
    }
    Ok(found)
}

pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<CreditRecord>, StoreError> {
    let row = row!(tx, sql!(CREDIT, " WHERE id = $1"), id)?;
    let found = row.as_ref().map(read_credit).transpose()?;
    let found = with_links(tx, found.into_iter().collect()).await?;
    Ok(found.into_iter().next())
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
        let linked =
            "id IN (SELECT credit_links.credit_id FROM credit_links WHERE credit_links.deal_id IN ";
        (linked, ")", values)
    });
    let of_contacts = contacts.chunks(ROWS_AT_ONCE).map(|some| {
        let values: Vec<Value> = some.iter().map(Bind::value).collect();
        ("contact_id IN ", "", values)
    });
    for (condition, end, values) in of_deals.chain(of_contacts) {
        let text = format!(
            "{CREDIT} WHERE {condition}{}{end}",
            places(1, values.len(), 1)
        );
        for credit in all(&rows_many(tx, text, values).await?, read_credit)? {
            found.insert(credit.remote.id.clone(), credit);
        }
    }
    let mut found: Vec<CreditRecord> = found.into_values().collect();
    found.sort_by(|left, right| {
        let key = |credit: &CreditRecord| credit.remote.date.unwrap_or(NaiveDate::MAX);
        (key(left), &left.remote.id).cmp(&(key(right), &right.remote.id))
    });
    with_links(tx, found).await
}

/// Credit notes of some contacts that were refunded in cash, oldest first.
pub async fn list_refunded_of_contacts(
    tx: &mut Tx,
    contacts: &[String],
) -> Result<Vec<CreditRecord>, StoreError> {
    let mut found = list_for(tx, &[], contacts).await?;
    found.retain(|credit| credit.remote.refunded_minor != 0);
    Ok(found)
}

/// Contacts of the credit notes refunded in cash whose Reference holds a text.
pub async fn list_contacts_naming(tx: &mut Tx, text: &str) -> Result<Vec<String>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT DISTINCT contact_id FROM credits WHERE refunded_minor <> 0 AND LOWER(reference) LIKE $1 ESCAPE '!' ORDER BY contact_id",
        pattern(text),
    )?;
    all(&rows, |row| row.text("contact_id"))
}

/// Contacts of that name, whatever its case, that credit notes are to.
pub async fn list_contacts_named(tx: &mut Tx, name: &str) -> Result<Vec<String>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT DISTINCT contact_id FROM credits WHERE contact_key = $1 ORDER BY contact_id",
        without_case(name),
    )?;
    all(&rows, |row| row.text("contact_id"))
}

/// The refund of a deal that was not read since an instant, and for longest.
pub async fn find_oldest_refund(
    tx: &mut Tx,
    before: Timestamp,
) -> Result<Option<String>, StoreError> {
    let row = row!(
        tx,
        "SELECT id FROM credits
         WHERE refunded_minor <> 0 AND status IN ('AUTHORISED', 'PAID') AND left_with IS NULL AND seen_at < $1
           AND EXISTS (SELECT 1 FROM credit_links WHERE credit_links.credit_id = credits.id)
         ORDER BY seen_at, id LIMIT 1",
        before,
    )?;
    row.as_ref().map(|row| row.text("id")).transpose()
}

/// It was asked for, whatever came of it.
pub async fn set_seen(tx: &mut Tx, id: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(tx, "UPDATE credits SET seen_at = $2 WHERE id = $1", id, now)?;
    Ok(())
}

/// All credit notes of a contact are another one's.
pub async fn move_contact(tx: &mut Tx, from: &str, into: &str) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE credits SET contact_id = $2 WHERE contact_id = $1",
        from,
        into
    )?;
    Ok(())
}
