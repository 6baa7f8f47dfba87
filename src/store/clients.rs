//! Clients: the companies that leads are about, known by their registrable domain.

use portal_domain::{calendar::Timestamp, ids::ClientId, text::without_case};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, execute_one, pattern, row, rows, rows_of, sql},
};

/// The company that a lead is about.
#[derive(Clone, Debug)]
pub struct ClientRecord {
    pub id: ClientId,
    pub domain: String,
    pub name: String,
    pub hubspot_company_id: Option<String>,
    pub xero_contact_id: Option<String>,
}

const CLIENT: &str = "SELECT id, domain, name, hubspot_company_id, xero_contact_id FROM clients";

fn read_client(row: &AnyRow) -> Result<ClientRecord, StoreError> {
    Ok(ClientRecord {
        id: row.parsed("id")?,
        domain: row.text("domain")?,
        name: row.text("name")?,
        hubspot_company_id: row.optional_text("hubspot_company_id")?,
        xero_contact_id: row.optional_text("xero_contact_id")?,
    })
}

/// The client with that domain, made now if it is new.
pub async fn add_or_find(
    tx: &mut Tx,
    id: ClientId,
    domain: &str,
    name: &str,
    now: Timestamp,
) -> Result<ClientRecord, StoreError> {
    execute!(
        tx,
        "INSERT INTO clients (id, domain, name, name_key, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (domain) DO NOTHING",
        id,
        domain,
        name,
        without_case(name),
        now,
    )?;
    let row = row!(tx, sql!(CLIENT, " WHERE domain = $1"), domain)?;
    row.as_ref()
        .map(read_client)
        .transpose()?
        .ok_or(StoreError::RowsAffected {
            what: "client",
            actual: 0,
        })
}

pub async fn find(tx: &mut Tx, id: ClientId) -> Result<Option<ClientRecord>, StoreError> {
    row!(tx, sql!(CLIENT, " WHERE id = $1"), id)?
        .as_ref()
        .map(read_client)
        .transpose()
}

/// The client of a Xero contact: by the contact's id, else by exactly its name, without regard to case.
pub async fn find_by_contact(
    tx: &mut Tx,
    contact_id: &str,
    contact_name: &str,
) -> Result<Option<ClientRecord>, StoreError> {
    row!(
        tx,
        sql!(
            CLIENT,
            " WHERE xero_contact_id = $1 OR (xero_contact_id IS NULL AND name_key = $2)
              ORDER BY CASE WHEN xero_contact_id = $1 THEN 0 ELSE 1 END, id LIMIT 1"
        ),
        contact_id,
        without_case(contact_name),
    )?
    .as_ref()
    .map(read_client)
    .transpose()
}

/// The client whose contact in Xero this is, whatever it is called.
pub async fn find_of_contact(
    tx: &mut Tx,
    contact: &str,
) -> Result<Option<ClientRecord>, StoreError> {
    row!(
        tx,
        sql!(CLIENT, " WHERE xero_contact_id = $1 ORDER BY id LIMIT 1"),
        contact
    )?
    .as_ref()
    .map(read_client)
    .transpose()
}

/// A client that HubSpot knows as one of some companies.
pub async fn find_by_companies(
    tx: &mut Tx,
    companies: &[String],
) -> Result<Option<ClientRecord>, StoreError> {
    let rows = rows_of(tx, companies, |list| {
        format!("{CLIENT} WHERE hubspot_company_id IN {list} ORDER BY id")
    })
    .await?;
    rows.first().map(read_client).transpose()
}

/// Which clients the explorer looks at.
#[derive(Clone, Debug, Default)]
pub struct ClientFilter {
    /// Only this one.
    pub client: Option<ClientId>,
    /// A part of the name of a partner that has a deal with them.
    pub partner: String,
    /// A part of the name or the domain.
    pub search: String,
    /// The last one of the page before.
    pub after: Option<ClientId>,
}

/// Clients of whom money is expected, was, or came, by name: those with a deal that is won, has lines, or is what a document is for.
pub async fn list_with_deals(
    tx: &mut Tx,
    filter: &ClientFilter,
    limit: i64,
) -> Result<Vec<ClientRecord>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            CLIENT,
            " WHERE EXISTS (
                  SELECT 1 FROM deals JOIN partners ON partners.id = deals.partner_id
                  WHERE deals.client_id = clients.id AND ($1 IS NULL OR LOWER(partners.name) LIKE $1 ESCAPE '!')
                    AND (deals.state = 'won' OR EXISTS (SELECT 1 FROM lines WHERE lines.deal_id = deals.id)
                         OR EXISTS (SELECT 1 FROM invoice_links WHERE invoice_links.deal_id = deals.id)
                         OR EXISTS (SELECT 1 FROM credit_links WHERE credit_links.deal_id = deals.id)))
                AND ($2 IS NULL OR clients.name_key LIKE $2 ESCAPE '!' OR clients.domain LIKE $2 ESCAPE '!')
                AND ($3 IS NULL
                     OR clients.name_key > (SELECT last.name_key FROM clients AS last WHERE last.id = $3)
                     OR (clients.name_key = (SELECT last.name_key FROM clients AS last WHERE last.id = $3) AND clients.id > $3))
                AND ($4 IS NULL OR clients.id = $4)
              ORDER BY clients.name_key, clients.id
              LIMIT $5"
        ),
        pattern(&filter.partner),
        pattern(&filter.search),
        filter.after,
        filter.client,
        limit,
    )?;
    all(&rows, read_client)
}

pub async fn set_hubspot_company(
    tx: &mut Tx,
    id: ClientId,
    company: &str,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "client",
        "UPDATE clients SET hubspot_company_id = $2 WHERE id = $1",
        id,
        company
    )
}

pub async fn set_xero_contact(tx: &mut Tx, id: ClientId, contact: &str) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "client",
        "UPDATE clients SET xero_contact_id = $2 WHERE id = $1",
        id,
        contact
    )
}
