//! The mirror of Xero's invoices and bills, which deal each invoice is for, and which months it filled.

use portal_domain::{
    calendar::{Month, Timestamp},
    ids::{DealId, PersonId},
    money::Money,
    remote::{InvoiceType, RemoteInvoice},
};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, row, rows, sql},
};

/// An invoice as last read, and the deal it is for.
#[derive(Clone, Debug)]
pub struct InvoiceRecord {
    pub remote: RemoteInvoice,
    pub deal: Option<DealId>,
    /// person, reference or contact.
    pub linked_how: Option<String>,
    pub seen_at: Timestamp,
}

/// Which invoice filled a month with how much.
#[derive(Clone, Debug)]
pub struct FillRecord {
    pub deal: DealId,
    pub month: Month,
    pub invoice: String,
    pub invoice_number: String,
    pub money: Money,
}

const INVOICE: &str = "SELECT invoices.id, invoices.kind, invoices.number, invoices.reference, invoices.description, invoices.contact_id,
        invoices.contact_name, invoices.status, invoices.issued_on, invoices.due_on, invoices.currency, invoices.sub_total_minor,
        invoices.total_minor, invoices.paid_minor, invoices.prepaid_minor, invoices.credited_minor, invoices.due_minor,
        invoices.xero_updated_at, invoices.seen_at, invoice_links.deal_id, invoice_links.how
    FROM invoices LEFT JOIN invoice_links ON invoice_links.invoice_id = invoices.id";

fn read_invoice(row: &AnyRow) -> Result<InvoiceRecord, StoreError> {
    Ok(InvoiceRecord {
        remote: RemoteInvoice {
            id: row.text("id")?,
            kind: row.word("kind", parse_kind)?,
            number: row.text("number")?,
            reference: row.text("reference")?,
            contact_id: row.text("contact_id")?,
            contact_name: row.text("contact_name")?,
            status: row.text("status")?,
            date: row.optional_parsed("issued_on")?,
            due: row.optional_parsed("due_on")?,
            sub_total: row.money("sub_total_minor")?,
            total: row.money("total_minor")?,
            paid_minor: row.integer("paid_minor")?,
            prepaid_minor: row.integer("prepaid_minor")?,
            credited_minor: row.integer("credited_minor")?,
            due_minor: row.integer("due_minor")?,
            updated_at: row.instant("xero_updated_at")?,
            description: row.text("description")?,
        },
        deal: row.optional_parsed("deal_id")?,
        linked_how: row.optional_text("how")?,
        seen_at: row.instant("seen_at")?,
    })
}

fn parse_kind(word: &str) -> Option<InvoiceType> {
    match word {
        "sale" => Some(InvoiceType::Sale),
        "bill" => Some(InvoiceType::Bill),
        _ => None,
    }
}

const fn kind_word(kind: InvoiceType) -> &'static str {
    match kind {
        InvoiceType::Sale => "sale",
        InvoiceType::Bill => "bill",
    }
}

/// Writes a fresh reading, unless a newer one is there already.
pub async fn put(
    tx: &mut Tx,
    invoice: &RemoteInvoice,
    seen_at: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO invoices (id, kind, number, reference, description, contact_id, contact_name, status, issued_on, due_on, currency,
             sub_total_minor, total_minor, paid_minor, prepaid_minor, credited_minor, due_minor, xero_updated_at, seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
         ON CONFLICT (id) DO UPDATE
         SET number = excluded.number, reference = excluded.reference, description = excluded.description, contact_id = excluded.contact_id,
             contact_name = excluded.contact_name, status = excluded.status, issued_on = excluded.issued_on, due_on = excluded.due_on,
             currency = excluded.currency, sub_total_minor = excluded.sub_total_minor, total_minor = excluded.total_minor,
             paid_minor = excluded.paid_minor, prepaid_minor = excluded.prepaid_minor, credited_minor = excluded.credited_minor,
             due_minor = excluded.due_minor, xero_updated_at = excluded.xero_updated_at, seen_at = excluded.seen_at
         WHERE invoices.xero_updated_at <= excluded.xero_updated_at",
        invoice.id,
        kind_word(invoice.kind),
        invoice.number,
        invoice.reference,
        invoice.description,
        invoice.contact_id,
        invoice.contact_name,
        invoice.status,
        invoice.date,
        invoice.due,
        invoice.total.currency,
        invoice.sub_total.minor,
        invoice.total.minor,
        invoice.paid_minor,
        invoice.prepaid_minor,
        invoice.credited_minor,
        invoice.due_minor,
        invoice.updated_at,
        seen_at,
    )?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<InvoiceRecord>, StoreError> {
    row!(tx, sql!(INVOICE, " WHERE invoices.id = $1"), id)?
        .as_ref()
        .map(read_invoice)
        .transpose()
}

/// The invoices of a deal, oldest first.
pub async fn list_of_deal(tx: &mut Tx, deal: DealId) -> Result<Vec<InvoiceRecord>, StoreError> {
    all(
        &rows!(
            tx,
            sql!(
                INVOICE,
                " WHERE invoice_links.deal_id = $1 ORDER BY COALESCE(invoices.issued_on, '9999-12-31'), invoices.id"
            ),
            deal,
        )?,
        read_invoice,
    )
}

/// Sales invoices of a contact, or that nobody knows the deal of.
pub async fn list_unlinked_of_contact(
    tx: &mut Tx,
    contact: &str,
) -> Result<Vec<InvoiceRecord>, StoreError> {
    all(
        &rows!(
            tx,
            sql!(
                INVOICE,
                " WHERE invoices.contact_id = $1 AND invoices.kind = 'sale' AND invoice_links.deal_id IS NULL
                  ORDER BY COALESCE(invoices.issued_on, '9999-12-31'), invoices.id"
            ),
            contact,
        )?,
        read_invoice,
    )
}

/// Ids of invoices and bills that can still change, oldest reading first: what the backstop reads again.
pub async fn list_open_ids(tx: &mut Tx, limit: i64) -> Result<Vec<String>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT id FROM invoices WHERE status IN ('DRAFT', 'SUBMITTED', 'AUTHORISED') ORDER BY seen_at, id LIMIT $1",
        limit,
    )?;
    all(&rows, |row| row.text("id"))
}

/// Says which deal an invoice is for; a person's word is never overwritten by the portal's.
pub async fn put_link(
    tx: &mut Tx,
    invoice: &str,
    deal: DealId,
    how: &str,
    linked_by: Option<PersonId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO invoice_links (invoice_id, deal_id, how, linked_by, linked_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (invoice_id) DO UPDATE
         SET deal_id = excluded.deal_id, how = excluded.how, linked_by = excluded.linked_by, linked_at = excluded.linked_at
         WHERE invoice_links.how <> 'person' OR excluded.how = 'person'",
        invoice,
        deal,
        how,
        linked_by,
        now,
    )?;
    Ok(())
}

/// Takes back a link that the portal had guessed.
pub async fn remove_guessed_link(tx: &mut Tx, invoice: &str) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM invoice_links WHERE invoice_id = $1 AND how <> 'person'",
        invoice,
    )?;
    Ok(())
}

/// Replaces the evidence of a deal's coverage.
pub async fn replace_fills(
    tx: &mut Tx,
    deal: DealId,
    fills: &[(Month, String, i64)],
) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM fills WHERE deal_id = $1", deal)?;
    for (month, invoice, amount_minor) in fills {
        execute!(
            tx,
            "INSERT INTO fills (deal_id, month, invoice_id, amount_minor) VALUES ($1, $2, $3, $4)",
            deal,
            month,
            invoice,
            amount_minor,
        )?;
    }
    Ok(())
}

/// By month, oldest invoice first.
pub async fn list_fills(tx: &mut Tx, deal: DealId) -> Result<Vec<FillRecord>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT fills.deal_id, fills.month, fills.invoice_id, invoices.number, fills.amount_minor, invoices.currency
         FROM fills JOIN invoices ON invoices.id = fills.invoice_id
         WHERE fills.deal_id = $1
         ORDER BY fills.month, COALESCE(invoices.issued_on, '9999-12-31'), invoices.id",
        deal,
    )?;
    all(&rows, |row| {
        Ok(FillRecord {
            deal: row.parsed("deal_id")?,
            month: row.month("month")?,
            invoice: row.text("invoice_id")?,
            invoice_number: row.text("number")?,
            money: row.money("amount_minor")?,
        })
    })
}
