//! Waivers: what a person said need not be collected of a month. Only ever added to.

use portal_domain::{
    calendar::{Month, Timestamp},
    ids::{DealId, PersonId},
    money::Money,
};

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, rows_of},
};

/// One waiver; a later one of the same month adds to it, one below zero takes it back.
#[derive(Clone, Debug)]
pub struct WaiverRecord {
    pub month: Month,
    pub money: Money,
    pub reason: String,
    pub by_name: String,
    pub waived_at: Timestamp,
}

pub async fn add(
    tx: &mut Tx,
    deal: DealId,
    month: Month,
    money: Money,
    reason: &str,
    by: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO waivers (deal_id, month, position, amount_minor, currency, reason, waived_by, waived_at)
         SELECT $1, $2, COALESCE(MAX(position), 0) + 1, $3, $4, $5, $6, $7 FROM waivers WHERE deal_id = $1 AND month = $2",
        deal,
        month,
        money.minor,
        money.currency,
        reason,
        by,
        now,
    )?;
    Ok(())
}

const WAIVER: &str =
    "SELECT waivers.deal_id, waivers.month, waivers.amount_minor, COALESCE(waivers.currency, deals.currency) AS currency, waivers.reason, people.name,
         waivers.waived_at
     FROM waivers JOIN people ON people.id = waivers.waived_by JOIN deals ON deals.id = waivers.deal_id";

/// By month, oldest first.
pub async fn list_of_deal(tx: &mut Tx, deal: DealId) -> Result<Vec<WaiverRecord>, StoreError> {
    let found = list_of_deals(tx, &[deal]).await?;
    Ok(found.into_iter().map(|(_, waiver)| waiver).collect())
}

/// The same of several deals.
pub async fn list_of_deals(
    tx: &mut Tx,
    deals: &[DealId],
) -> Result<Vec<(DealId, WaiverRecord)>, StoreError> {
    let rows = rows_of(tx, deals, |list| {
        format!("{WAIVER} WHERE waivers.deal_id IN {list} ORDER BY waivers.deal_id, waivers.month, waivers.position")
    })
    .await?;
    all(&rows, |row| {
        let waiver = WaiverRecord {
            month: row.month("month")?,
            money: row.money("amount_minor")?,
            reason: row.text("reason")?,
            by_name: row.text("name")?,
            waived_at: row.instant("waived_at")?,
        };
        Ok((row.parsed("deal_id")?, waiver))
    })
}
