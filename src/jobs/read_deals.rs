//! Reads deals from HubSpot: one that somebody says has changed, or all that changed since the last sweep. A hint is never believed, only followed.

use std::collections::HashMap;

use portal_domain::{
    calendar::Timestamp,
    remote::{DealTrace, RemoteDeal},
};
use portal_integrations::hubspot::BATCH_MAX;
use portal_services::{deals, operations, stages};

use crate::{Desk, JobError};

const CURSOR: &str = "hubspot.deals";
/// HubSpot's search lags behind its objects, so each sweep reads the last minutes again.
const OVERLAP_MS: i64 = 10 * 60_000;
/// Where the very first sweep begins.
const FIRST_DAYS: i64 = -30;

pub(crate) async fn read_one(desk: &Desk, hubspot_id: &str) -> Result<(), JobError> {
    let remote = desk.vendors.hubspot.read_deal(hubspot_id).await?;
    apply(desk, hubspot_id, remote.as_ref()).await
}

async fn apply(desk: &Desk, asked_id: &str, remote: Option<&RemoteDeal>) -> Result<(), JobError> {
    if let Some(deal) = remote
        && !stages::is_stage_known(&desk.ctx, &deal.pipeline, &deal.stage).await?
    {
        read_stages(desk).await?;
    }
    Ok(deals::apply_reading(&desk.ctx, asked_id, remote).await?)
}

pub(crate) async fn sweep(desk: &Desk) -> Result<(), JobError> {
    let cursor = operations::find_cursor(&desk.ctx, CURSOR).await?;
    let since = cursor
        .unwrap_or_else(|| desk.ctx.now().plus_days(FIRST_DAYS))
        .plus_ms(-OVERLAP_MS);
    let mut newest = cursor.unwrap_or(since);
    let mut after = None;
    loop {
        let page = desk
            .vendors
            .hubspot
            .list_deals_modified_since(since.0, after)
            .await?;
        for deal in page.deals.iter().filter(|deal| deal.lead_key.is_some()) {
            apply(desk, &deal.id, Some(deal)).await?;
        }
        newest = page
            .deals
            .iter()
            .map(|deal| deal.modified_at)
            .fold(newest, Timestamp::max);
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    Ok(operations::sweep_read(&desk.ctx, "hubspot", CURSOR, newest, &[]).await?)
}

/// Asks after all open and won deals by their ids, once a day: a deletion shows in no sweep, so a lost webhook of one would never be noticed. What is not
/// there any more, or was changed since it was read, is read by itself.
pub(crate) async fn check_all(desk: &Desk) -> Result<(), JobError> {
    let mut last = String::new();
    loop {
        let known = deals::list_live_after(&desk.ctx, &last, BATCH_MAX as i64).await?;
        let Some(newest) = known.last() else {
            return Ok(());
        };
        last.clone_from(&newest.id);
        let ids: Vec<String> = known.iter().map(|deal| deal.id.clone()).collect();
        let there = desk.vendors.hubspot.list_deals_there(&ids).await?;
        let there: HashMap<&str, &DealTrace> =
            there.iter().map(|deal| (deal.id.as_str(), deal)).collect();
        let is_as_known = |known: &DealTrace| {
            let found = there.get(known.id.as_str());
            found.is_some_and(|deal| {
                deal.modified_at <= known.modified_at && deal.owner == known.owner
            })
        };
        let stale = known.into_iter().filter(|known| !is_as_known(known));
        let stale: Vec<String> = stale.map(|deal| deal.id).collect();
        if !stale.is_empty() {
            deals::read_again(&desk.ctx, stale).await?;
        }
    }
}

/// Everybody who can own a deal: all at once and once an hour, so that no deal costs a call for its owner.
pub(crate) async fn read_owners(desk: &Desk) -> Result<(), JobError> {
    let mut owners = Vec::new();
    let mut after = None;
    loop {
        let page = desk.vendors.hubspot.list_owners(after).await?;
        owners.extend(page.owners);
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    Ok(deals::owners_read(&desk.ctx, &owners).await?)
}

/// The pipelines as they are today, and the properties that we keep our keys in.
pub(crate) async fn read_stages(desk: &Desk) -> Result<(), JobError> {
    desk.vendors.hubspot.ensure_properties().await?;
    let stages = desk.vendors.hubspot.list_stages().await?;
    Ok(stages::stages_read(&desk.ctx, &stages).await?)
}
