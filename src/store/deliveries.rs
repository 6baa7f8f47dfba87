//! The deliveries of leads to HubSpot, as far as it matters by which way they went: those through an iPaaS, and those that the portal may have made itself.

use std::collections::HashSet;

use portal_domain::{
    calendar::Timestamp,
    ids::LeadId,
    lead::LeadState,
    relay::{DeliveryState, Way},
};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, number, row, rows, sql},
};

/// The delivery of a lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryRecord {
    pub lead: LeadId,
    pub way: Way,
    pub state: DeliveryState,
    /// It is to be sent, for the first time or again.
    pub is_due: bool,
    /// How often the iPaaS took it.
    pub sends: i64,
    pub accepted_at: Option<Timestamp>,
    pub answered_at: Option<Timestamp>,
    /// What the iPaaS said when it could not.
    pub code: Option<String>,
    pub said: Option<String>,
    pub created_at: Timestamp,
}

impl DeliveryRecord {
    /// One that nobody has taken yet.
    pub const fn new(lead: LeadId, way: Way, now: Timestamp) -> Self {
        Self {
            lead,
            way,
            state: DeliveryState::Waiting,
            is_due: true,
            sends: 0,
            accepted_at: None,
            answered_at: None,
            code: None,
            said: None,
            created_at: now,
        }
    }
}

const COLUMNS: &str = "deliveries.lead_id, deliveries.way, deliveries.state, deliveries.due, deliveries.sends, deliveries.accepted_at,
    deliveries.answered_at, deliveries.code, deliveries.said, deliveries.created_at";

fn read_delivery(row: &AnyRow) -> Result<DeliveryRecord, StoreError> {
    Ok(DeliveryRecord {
        lead: row.parsed("lead_id")?,
        way: row.word("way", Way::parse)?,
        state: row.word("state", DeliveryState::parse)?,
        is_due: row.integer("due")? != 0,
        sends: row.integer("sends")?,
        accepted_at: row.optional_instant("accepted_at")?,
        answered_at: row.optional_instant("answered_at")?,
        code: row.optional_text("code")?,
        said: row.optional_text("said")?,
        created_at: row.instant("created_at")?,
    })
}

pub async fn find(tx: &mut Tx, lead: LeadId) -> Result<Option<DeliveryRecord>, StoreError> {
    row!(
        tx,
        sql!("SELECT ", COLUMNS, " FROM deliveries WHERE lead_id = $1"),
        lead
    )?
    .as_ref()
    .map(read_delivery)
    .transpose()
}

/// Writes a delivery as it is now.
pub async fn put(tx: &mut Tx, delivery: &DeliveryRecord) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO deliveries (lead_id, way, state, due, sends, accepted_at, answered_at, code, said, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (lead_id) DO UPDATE
         SET way = excluded.way, state = excluded.state, due = excluded.due, sends = excluded.sends, accepted_at = excluded.accepted_at,
             answered_at = excluded.answered_at, code = excluded.code, said = excluded.said",
        delivery.lead,
        delivery.way,
        delivery.state,
        i64::from(delivery.is_due),
        delivery.sends,
        delivery.accepted_at,
        delivery.answered_at,
        delivery.code,
        delivery.said,
        delivery.created_at,
    )?;
    Ok(())
}

/// A delivery as a list shows it.
#[derive(Clone, Debug)]
pub struct ListedDelivery {
    pub delivery: DeliveryRecord,
    pub client_name: String,
    pub partner_name: String,
    pub lead_state: LeadState,
}

/// The deliveries through an iPaaS: those that wait for it or failed there, then the others; newest first.
pub async fn list_newest(tx: &mut Tx, limit: i64) -> Result<Vec<ListedDelivery>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            "SELECT ",
            COLUMNS,
            ", leads.client_name, leads.state AS lead_state, partners.name AS partner_name
             FROM deliveries JOIN leads ON leads.id = deliveries.lead_id JOIN partners ON partners.id = leads.partner_id
             WHERE deliveries.way = 'relay'
             ORDER BY CASE WHEN deliveries.state = 'registered' THEN 1 ELSE 0 END, deliveries.lead_id DESC LIMIT $1"
        ),
        limit,
    )?;
    all(&rows, |row| {
        Ok(ListedDelivery {
            delivery: read_delivery(row)?,
            client_name: row.text("client_name")?,
            partner_name: row.text("partner_name")?,
            lead_state: row.word("lead_state", LeadState::parse)?,
        })
    })
}

/// Leads whose delivery an iPaaS took in a span of time.
pub async fn list_taken_between(
    tx: &mut Tx,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<LeadId>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT lead_id FROM deliveries WHERE way = 'relay' AND accepted_at >= $1 AND accepted_at < $2 ORDER BY lead_id",
        from,
        until,
    )?;
    all(&rows, |row| row.parsed("lead_id"))
}

/// Accepted leads that nobody outside has, whichever way they are to go.
pub async fn list_unsent(tx: &mut Tx) -> Result<Vec<LeadId>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT leads.id FROM leads LEFT JOIN deliveries ON deliveries.lead_id = leads.id
         WHERE leads.state = 'accepted' AND leads.hubspot_deal_id IS NULL
             AND (deliveries.state IS NULL OR deliveries.state IN ('waiting', 'failed'))
         ORDER BY leads.id",
    )?;
    all(&rows, |row| row.parsed("id"))
}

/// How many deliveries an iPaaS took before an instant and has not answered.
pub async fn count_late(tx: &mut Tx, before: Timestamp) -> Result<i64, StoreError> {
    number!(
        tx,
        "SELECT COUNT(*) FROM deliveries JOIN leads ON leads.id = deliveries.lead_id
         WHERE deliveries.way = 'relay' AND deliveries.state = 'accepted' AND deliveries.accepted_at <= $1 AND leads.state = 'accepted'",
        before,
    )
}

/// How many deliveries an iPaaS said that it cannot make.
pub async fn count_failed(tx: &mut Tx) -> Result<i64, StoreError> {
    number!(
        tx,
        "SELECT COUNT(*) FROM deliveries JOIN leads ON leads.id = deliveries.lead_id
         WHERE deliveries.way = 'relay' AND deliveries.state = 'failed' AND leads.state = 'accepted'",
    )
}

/// The accepted leads that go through an iPaaS.
pub async fn list_relayed(tx: &mut Tx) -> Result<HashSet<LeadId>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT deliveries.lead_id FROM deliveries JOIN leads ON leads.id = deliveries.lead_id
         WHERE deliveries.way = 'relay' AND leads.state = 'accepted'",
    )?;
    rows.iter().map(|row| row.parsed("lead_id")).collect()
}
