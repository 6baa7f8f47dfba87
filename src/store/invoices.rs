//! The mirror of Xero's invoices and bills, which deal each invoice is for, and which months it filled.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use portal_domain::{
    calendar::{Month, Timestamp},
    ids::{DealId, PersonId},
    money::{Currency, Money},
    remote::{InvoiceType, RemoteInvoice},
    text::without_case,
};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{
        Bind, ROWS_AT_ONCE, Value, execute, execute_many, execute_one, pattern, places, row, rows,
        rows_many, rows_of, sql, values,
    },
};

/// An invoice as last read, and the deals it is for.
#[derive(Clone, Debug)]
pub struct InvoiceRecord {
    pub remote: RemoteInvoice,
    /// In the order of the deals' ids, in which they share what it collects.
    pub links: Vec<InvoiceLink>,
    /// A person said that it is for no deal; it has no links then.
    pub is_of_no_deal: bool,
    pub seen_at: Timestamp,
}

/// That an invoice or credit note is for a deal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceLink {
    pub deal: DealId,
    /// person, reference or contact; of a credit note invoice too.
    pub how: String,
    /// Which part of the SubTotal; `None`: all of it.
    pub share_minor: Option<i64>,
}

impl InvoiceRecord {
    /// A person said what it is for, or that it is for nothing of ours.
    pub fn is_said_by_person(&self) -> bool {
        self.is_of_no_deal || self.links.iter().any(|link| link.how == "person")
    }
}

/// How much of an invoice's money goes to which month of a deal.
#[derive(Clone, Debug)]
pub struct NewFill {
    pub deal: DealId,
    pub month: Month,
    pub invoice: String,
    pub amount_minor: i64,
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
        invoices.xero_updated_at, invoices.no_deal_said_by, invoices.seen_at
    FROM invoices";

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
        links: Vec::new(),
        is_of_no_deal: row.optional_text("no_deal_said_by")?.is_some(),
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
             sub_total_minor, total_minor, paid_minor, prepaid_minor, credited_minor, due_minor, xero_updated_at, seen_at, contact_key)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
         ON CONFLICT (id) DO UPDATE
         SET number = excluded.number, reference = excluded.reference, description = excluded.description, contact_id = excluded.contact_id,
             contact_name = excluded.contact_name, status = excluded.status, issued_on = excluded.issued_on, due_on = excluded.due_on,
             currency = excluded.currency, sub_total_minor = excluded.sub_total_minor, total_minor = excluded.total_minor,
             paid_minor = excluded.paid_minor, prepaid_minor = excluded.prepaid_minor, credited_minor = excluded.credited_minor,
             due_minor = excluded.due_minor, xero_updated_at = excluded.xero_updated_at, seen_at = excluded.seen_at,
             contact_key = excluded.contact_key
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
        without_case(&invoice.contact_name),
    )?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<InvoiceRecord>, StoreError> {
    let row = row!(tx, sql!(INVOICE, " WHERE invoices.id = $1"), id)?;
    let found = row.as_ref().map(read_invoice).transpose()?;
    let found = with_links(tx, found.into_iter().collect()).await?;
    Ok(found.into_iter().next())
}

fn read_link(row: &AnyRow) -> Result<InvoiceLink, StoreError> {
    Ok(InvoiceLink {
        deal: row.parsed("deal_id")?,
        how: row.text("how")?,
        share_minor: row.optional_integer("share_minor")?,
    })
}

/// The deals of invoices, or of credit notes, in the order of the statement that reads them: `document_id`, `deal_id`, `how` and `share_minor`.
pub(crate) async fn list_links(
    tx: &mut Tx,
    documents: &[String],
    text: impl Fn(&str) -> String,
) -> Result<HashMap<String, Vec<InvoiceLink>>, StoreError> {
    let mut links: HashMap<String, Vec<InvoiceLink>> = HashMap::new();
    for row in &rows_of(tx, documents, text).await? {
        let of_document = links.entry(row.text("document_id")?).or_default();
        of_document.push(read_link(row)?);
    }
    Ok(links)
}

async fn with_links(
    tx: &mut Tx,
    mut found: Vec<InvoiceRecord>,
) -> Result<Vec<InvoiceRecord>, StoreError> {
    let ids: Vec<String> = found
        .iter()
        .map(|invoice| invoice.remote.id.clone())
        .collect();
    let mut links = list_links(tx, &ids, |list| {
        format!("SELECT invoice_id AS document_id, deal_id, how, share_minor FROM invoice_links WHERE invoice_id IN {list} ORDER BY invoice_id, deal_id")
    })
    .await?;
    for invoice in &mut found {
        invoice.links = links.remove(&invoice.remote.id).unwrap_or_default();
    }
    Ok(found)
}

/// The bills of a contact that were neither voided nor deleted.
pub async fn list_live_bills(tx: &mut Tx, contact: &str) -> Result<Vec<InvoiceRecord>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            INVOICE,
            " WHERE invoices.contact_id = $1 AND invoices.kind = 'bill' AND invoices.status NOT IN ('VOIDED', 'DELETED') ORDER BY invoices.id"
        ),
        contact,
    )?;
    all(&rows, read_invoice)
}

/// Invoices by their ids, with their deals.
pub async fn list_by_ids(tx: &mut Tx, ids: &[String]) -> Result<Vec<InvoiceRecord>, StoreError> {
    let rows = rows_of(tx, ids, |list| {
        format!("{INVOICE} WHERE invoices.id IN {list} ORDER BY invoices.id")
    })
    .await?;
    with_links(tx, all(&rows, read_invoice)?).await
}

/// The sales invoices whose Reference holds a text, and that no person said anything of.
pub async fn list_naming(tx: &mut Tx, text: &str) -> Result<Vec<InvoiceRecord>, StoreError> {
    let found = all(
        &rows!(
            tx,
            sql!(
                INVOICE,
                " WHERE invoices.kind = 'sale' AND LOWER(invoices.reference) LIKE $1 ESCAPE '!'
                    AND NOT EXISTS (SELECT 1 FROM invoice_links AS said WHERE said.invoice_id = invoices.id AND said.how = 'person')
                  ORDER BY COALESCE(invoices.issued_on, '9999-12-31'), invoices.id"
            ),
            pattern(text),
        )?,
        read_invoice,
    )?;
    with_links(tx, found).await
}

/// Contacts of that name, whatever its case, that sales invoices are to.
pub async fn list_contacts_named(tx: &mut Tx, name: &str) -> Result<Vec<String>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT DISTINCT contact_id FROM invoices WHERE kind = 'sale' AND contact_key = $1 ORDER BY contact_id",
        without_case(name),
    )?;
    all(&rows, |row| row.text("contact_id"))
}

/// The sales invoices of several deals, and those of several contacts, oldest first.
pub async fn list_for(
    tx: &mut Tx,
    deals: &[DealId],
    contacts: &[String],
) -> Result<Vec<InvoiceRecord>, StoreError> {
    let mut found: BTreeMap<String, InvoiceRecord> = BTreeMap::new();
    let of_deals = deals.chunks(ROWS_AT_ONCE).map(|some| {
        let linked = "invoices.id IN (SELECT invoice_links.invoice_id FROM invoice_links WHERE invoice_links.deal_id IN ";
        let values: Vec<Value> = some.iter().map(Bind::value).collect();
        (linked, ")", values)
    });
    let of_contacts = contacts.chunks(ROWS_AT_ONCE).map(|some| {
        let values: Vec<Value> = some.iter().map(Bind::value).collect();
        ("invoices.contact_id IN ", "", values)
    });
    for (condition, end, values) in of_deals.chain(of_contacts) {
        let text = format!(
            "{INVOICE} WHERE invoices.kind = 'sale' AND {condition}{}{end}",
            places(1, values.len(), 1)
        );
        for invoice in all(&rows_many(tx, text, values).await?, read_invoice)? {
            found.insert(invoice.remote.id.clone(), invoice);
        }
    }
    let mut found: Vec<InvoiceRecord> = found.into_values().collect();
    found.sort_by(|left, right| {
        let key = |invoice: &InvoiceRecord| invoice.remote.date.unwrap_or(NaiveDate::MAX);
        (key(left), &left.remote.id).cmp(&(key(right), &right.remote.id))
    });
    with_links(tx, found).await
}

/// Sales invoices that were issued and are for no deal, by a part of the number, the contact or the reference, or by exactly one of the net amounts.
pub async fn search_unlinked(
    tx: &mut Tx,
    search: &str,
    nets_minor: &[i64],
    currency: Currency,
    limit: i64,
) -> Result<Vec<InvoiceRecord>, StoreError> {
    let mut values = Vec::from(values![pattern(search), currency, limit]);
    values.extend(nets_minor.iter().map(Bind::value));
    let nets = if nets_minor.is_empty() {
        "(NULL)".to_owned()
    } else {
        places(1, nets_minor.len(), 4)
    };
    let text = format!(
        "{INVOICE} WHERE invoices.kind = 'sale' AND invoices.status IN ('AUTHORISED', 'PAID') AND invoices.currency = $2
            AND NOT EXISTS (SELECT 1 FROM invoice_links WHERE invoice_links.invoice_id = invoices.id)
            AND (LOWER(invoices.number) LIKE $1 ESCAPE '!' OR invoices.contact_key LIKE $1 ESCAPE '!'
                 OR LOWER(invoices.reference) LIKE $1 ESCAPE '!' OR invoices.sub_total_minor IN {nets})
          ORDER BY COALESCE(invoices.issued_on, '9999-12-31') DESC, invoices.id LIMIT $3"
    );
    all(&rows_many(tx, text, values).await?, read_invoice)
}

/// Ids of invoices and bills that can still change, oldest reading first: what the backstop reads again.
pub async fn list_open_ids(tx: &mut Tx, limit: i64) -> Result<Vec<String>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT id FROM invoices WHERE status IN ('DRAFT', 'SUBMITTED', 'AUTHORISED') AND left_with IS NULL ORDER BY seen_at, id LIMIT $1",
        limit,
    )?;
    all(&rows, |row| row.text("id"))
}

/// Those of some ids that are known.
pub async fn list_known_ids(tx: &mut Tx, ids: &[String]) -> Result<BTreeSet<String>, StoreError> {
    let rows = rows_of(tx, ids, |list| {
        format!("SELECT id FROM invoices WHERE id IN {list}")
    })
    .await?;
    rows.iter().map(|row| row.text("id")).collect()
}

/// Invoices and bills after one, by their ids: the open ones, and those of the others that changed since an instant. Without their links.
pub async fn list_changeable_after(
    tx: &mut Tx,
    id: &str,
    changed_since: Timestamp,
    limit: i64,
) -> Result<Vec<InvoiceRecord>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            INVOICE,
            " WHERE (status IN ('DRAFT', 'SUBMITTED', 'AUTHORISED') OR xero_updated_at >= $2) AND left_with IS NULL AND id > $1
              ORDER BY id LIMIT $3"
        ),
        id,
        changed_since,
        limit,
    )?;
    all(&rows, read_invoice)
}

/// Ids of paid invoices of deals that were not read since an instant, oldest reading first: their money may go back.
pub async fn list_paid_ids(
    tx: &mut Tx,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT id FROM invoices
         WHERE status = 'PAID' AND left_with IS NULL AND seen_at < $1
             AND EXISTS (SELECT 1 FROM invoice_links WHERE invoice_links.invoice_id = invoices.id)
         ORDER BY seen_at, id LIMIT $2",
        before,
        limit,
    )?;
    all(&rows, |row| row.text("id"))
}

/// All invoices and bills of a contact are another one's.
pub async fn move_contact(tx: &mut Tx, from: &str, into: &str) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE invoices SET contact_id = $2 WHERE contact_id = $1",
        from,
        into
    )?;
    Ok(())
}

/// They were asked for, whatever came of it.
pub async fn set_seen(tx: &mut Tx, ids: &[String], now: Timestamp) -> Result<(), StoreError> {
    for some in ids.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::from(values![now]);
        bound.extend(some.iter().map(Bind::value));
        let text = format!(
            "UPDATE invoices SET seen_at = $1 WHERE id IN {}",
            places(1, some.len(), 2)
        );
        execute_many(tx, text, bound).await?;
    }
    Ok(())
}

/// The won deals that have an invoice which was due before a day, and is not paid.
pub async fn list_overdue_deals(tx: &mut Tx, today: NaiveDate) -> Result<Vec<DealId>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT DISTINCT invoice_links.deal_id
         FROM invoices JOIN invoice_links ON invoice_links.invoice_id = invoices.id JOIN deals ON deals.id = invoice_links.deal_id
         WHERE deals.state = 'won' AND invoices.status IN ('AUTHORISED', 'PAID') AND invoices.due_minor > 0 AND invoices.due_on < $1
         ORDER BY invoice_links.deal_id",
        today,
    )?;
    all(&rows, |row| row.parsed("deal_id"))
}

/// Says which deals an invoice is for, instead of whatever was said before.
pub async fn replace_links(
    tx: &mut Tx,
    invoice: &str,
    links: &[InvoiceLink],
    linked_by: Option<PersonId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM invoice_links WHERE invoice_id = $1",
        invoice
    )?;
    for link in links {
        execute!(
            tx,
            "INSERT INTO invoice_links (invoice_id, deal_id, how, share_minor, linked_by, linked_at) VALUES ($1, $2, $3, $4, $5, $6)",
            invoice,
            link.deal,
            link.how,
            link.share_minor,
            linked_by,
            now,
        )?;
    }
    Ok(())
}

/// Keeps who said that an invoice is for no deal, or forgets it.
pub async fn set_no_deal(
    tx: &mut Tx,
    invoice: &str,
    said_by: Option<PersonId>,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "invoice",
        "UPDATE invoices SET no_deal_said_by = $2 WHERE id = $1",
        invoice,
        said_by,
    )
}

/// Replaces the evidence of the coverage of some deals.
pub async fn replace_fills(
    tx: &mut Tx,
    deals: &[DealId],
    fills: &[NewFill],
) -> Result<(), StoreError> {
    for some in deals.chunks(ROWS_AT_ONCE) {
        let text = format!(
            "DELETE FROM fills WHERE deal_id IN {}",
            places(1, some.len(), 1)
        );
        execute_many(tx, text, some.iter().map(Bind::value).collect()).await?;
    }
    for some in fills.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::with_capacity(some.len() * 4);
        for fill in some {
            bound.extend(values![
                fill.deal,
                fill.month,
                fill.invoice,
                fill.amount_minor
            ]);
        }
        let text = format!(
            "INSERT INTO fills (deal_id, month, invoice_id, amount_minor) VALUES {}",
            places(some.len(), 4, 1)
        );
        execute_many(tx, text, bound).await?;
    }
    Ok(())
}

/// By month, oldest invoice first.
pub async fn list_fills(tx: &mut Tx, deal: DealId) -> Result<Vec<FillRecord>, StoreError> {
    list_fills_of_deals(tx, &[deal]).await
}

/// The same of several deals, deal by deal.
pub async fn list_fills_of_deals(
    tx: &mut Tx,
    deals: &[DealId],
) -> Result<Vec<FillRecord>, StoreError> {
    let rows = rows_of(tx, deals, |list| {
        format!(
            "SELECT fills.deal_id, fills.month, fills.invoice_id, invoices.number, fills.amount_minor, invoices.currency
             FROM fills JOIN invoices ON invoices.id = fills.invoice_id
             WHERE fills.deal_id IN {list}
             ORDER BY fills.deal_id, fills.month, COALESCE(invoices.issued_on, '9999-12-31'), invoices.id"
        )
    })
    .await?;
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

/// When the invoice or bill was looked at, of those that can still change, that waits for longest.
pub async fn find_oldest_reading(tx: &mut Tx) -> Result<Option<Timestamp>, StoreError> {
    row!(
        tx,
        "SELECT MIN(seen_at) AS oldest FROM invoices WHERE status IN ('DRAFT', 'SUBMITTED', 'AUTHORISED') AND left_with IS NULL"
    )?
    .map_or(Ok(None), |row| row.optional_instant("oldest"))
}
