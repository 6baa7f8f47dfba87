//! Reads deals from HubSpot: one that somebody says has changed, or all that changed since the last sweep. A hint is never believed, only followed.

use std::collections::HashSet;

use portal_domain::{
    calendar::Timestamp,
    connection::System,
    deal::DealState,
    remote::{RemoteDeal, UnreadableDeal},
};
use portal_integrations::hubspot::{ASSOCIATIONS_MAX, BATCH_MAX};
use portal_services::{
    ServiceError, account, deals, drift, leads,
    missing::{self, Asked},
    operations,
    outbox::Job,
    renewals::{self, Stranger},
    stages,
};

use crate::{Desk, JobError, error::Remedy, one_of_many};

const CURSOR: &str = "hubspot.deals";
/// HubSpot's search lags behind its objects, so each sweep reads the last minutes again.
const OVERLAP_MS: i64 = 10 * 60_000;
/// Where the very first sweep begins.
const FIRST_DAYS: i64 = -30;

pub(crate) async fn read_one(desk: &Desk, hubspot_id: &str) -> Result<(), JobError> {
    let asked_at = desk.ctx.now();
    match desk.vendors.hubspot.read_deal(hubspot_id).await? {
        Some(Ok(deal)) => apply(desk, hubspot_id, deal, asked_at).await??,
        Some(Err(unreadable)) => deals::not_readable(&desk.ctx, &[unreadable]).await?,
        None => deals::apply_reading_asked(&desk.ctx, hubspot_id, None, asked_at).await?,
    }
    Ok(missing::settle_one(&desk.ctx, System::HubSpot, hubspot_id).await?)
}

/// What a reading comes to, unless HubSpot fails first.
async fn apply(
    desk: &Desk,
    asked_id: &str,
    mut deal: RemoteDeal,
    asked_at: Timestamp,
) -> Result<Result<(), ServiceError>, JobError> {
    let (pipeline, stage) = (&deal.pipeline, &deal.stage);
    if !stages::is_stage_known(&desk.ctx, pipeline, stage).await? {
        read_stages(desk).await?;
        stages::stage_missing(&desk.ctx, pipeline, stage).await?;
    }
    if deal.currency.is_none() && account::find_currencies(&desk.ctx).await?.is_none() {
        try_account(desk).await?;
    }
    if deal.state == DealState::Won && deal.billing_period.is_none() {
        deal.line_items = desk.vendors.hubspot.list_line_items(&deal.id).await?;
    }
    Ok(deals::apply_reading_asked(&desk.ctx, asked_id, Some(&deal), asked_at).await)
}

pub(crate) async fn sweep(desk: &Desk) -> Result<(), JobError> {
    let cursor = operations::find_cursor(&desk.ctx, CURSOR).await?;
    let since = cursor
        .unwrap_or_else(|| desk.ctx.now().plus_days(FIRST_DAYS))
        .plus_ms(-OVERLAP_MS);
    let mut newest = cursor.unwrap_or(since);
    let mut seen = HashSet::new();
    let mut after = None;
    loop {
        let page = desk
            .vendors
            .hubspot
            .list_deals_modified_since(since.0, after)
            .await?;
        let changes = page.deals.iter().map(|deal| deal.modified_at);
        newest = changes.fold(newest, Timestamp::max);
        let mut fresh = page.deals;
        fresh.retain(|deal| seen.insert((deal.id.clone(), deal.modified_at)));
        apply_all(desk, fresh, &page.unreadable).await?;
        // A sweep that is stopped goes on from here.
        operations::swept_until(&desk.ctx, CURSOR, newest).await?;
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    Ok(operations::sweep_ended(&desk.ctx, "hubspot").await?)
}

async fn apply_all(
    desk: &Desk,
    listed: Vec<RemoteDeal>,
    unreadable: &[UnreadableDeal],
) -> Result<(), JobError> {
    let asked_at = desk.ctx.now();
    let (own, others) = deals::part_own(&desk.ctx, listed).await?;
    drift::deals_swept(&desk.ctx, &own).await?;
    for deal in own {
        let id = deal.id.clone();
        let applied = apply(desk, &id, deal, asked_at).await?;
        let alone = Job::ReadDeal { hubspot_id: id };
        one_of_many(desk, applied, &alone).await?;
    }
    deals::not_readable(&desk.ctx, unreadable).await?;
    look_at_strangers(desk, others).await
}

/// Deals that came from no lead: whether they are with clients of ours.
async fn look_at_strangers(desk: &Desk, others: Vec<RemoteDeal>) -> Result<(), JobError> {
    for some in others.chunks(ASSOCIATIONS_MAX) {
        let ids: Vec<String> = some.iter().map(|deal| deal.id.clone()).collect();
        let mut companies = desk.vendors.hubspot.list_companies_of(&ids).await?;
        let seen = some.iter().map(|deal| Stranger {
            deal: deal.clone(),
            companies: companies.remove(&deal.id).unwrap_or_default(),
        });
        let seen: Vec<Stranger> = seen.collect();
        renewals::strangers_seen(&desk.ctx, &seen).await?;
    }
    Ok(())
}

/// Compares all open and won deals, once a day, and for a while those that were lost or removed: neither a deletion nor a restoration shows in every sweep, so
/// a lost webhook of one would never be noticed. What is not as it was known is read by itself; where very many are missing, a person says whether they are gone.
pub(crate) async fn check_all(desk: &Desk) -> Result<(), JobError> {
    drift::begin(&desk.ctx, "hubspot").await?;
    let mut last = String::new();
    let mut asked = Asked::default();
    loop {
        let known = drift::list_deals_after(&desk.ctx, &last, BATCH_MAX).await?;
        let Some(newest) = known.last() else { break };
        last.clone_from(&newest.hubspot_id);
        let ids: Vec<String> = known.iter().map(|deal| deal.hubspot_id.clone()).collect();
        let there = desk.vendors.hubspot.list_deals_there(&ids).await?;
        let stale = drift::deals_compared(&desk.ctx, &known, &there).await?;
        let live = known.into_iter().filter(|deal| {
            matches!(deal.state, DealState::Open | DealState::Won)
                && !stale.contains(&deal.hubspot_id)
        });
        let live: Vec<String> = live.map(|deal| deal.hubspot_id).collect();
        tie_again(desk, &live).await?;
        let (missing, changed): (Vec<String>, Vec<String>) =
            stale.into_iter().partition(|id| !is_there(&there, id));
        if !changed.is_empty() {
            deals::read_again(&desk.ctx, changed).await?;
        }
        asked
            .found
            .extend(ids.into_iter().filter(|id| is_there(&there, id)));
        asked.missing.extend(missing);
    }
    let gone = missing::judge(&desk.ctx, System::HubSpot, &asked).await?;
    if !gone.is_empty() {
        deals::read_again(&desk.ctx, gone).await?;
    }
    drift::end(&desk.ctx, "hubspot").await?;
    Ok(leads::check_twins_again(&desk.ctx).await?)
}

fn is_there(there: &[Result<RemoteDeal, UnreadableDeal>], id: &str) -> bool {
    there.iter().any(|found| match found {
        Ok(deal) => deal.id == id,
        Err(unreadable) => unreadable.id == id,
    })
}

/// Somebody may have taken a deal's company or contact away, or its registration was cut off before them.
async fn tie_again(desk: &Desk, live: &[String]) -> Result<(), JobError> {
    if live.is_empty() {
        return Ok(());
    }
    let untied = desk.vendors.hubspot.list_untied(live).await?;
    Ok(deals::register_again(&desk.ctx, &untied).await?)
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

/// What must be known of the account: when its day ends, and its currencies, which deals are in that name none, and which a new deal may be in.
async fn read_account(desk: &Desk) -> Result<(), JobError> {
    let hubspot = &desk.vendors.hubspot;
    let details = hubspot.read_account().await?;
    account::time_zone_read(&desk.ctx, &details.time_zone).await?;
    let currencies = hubspot.read_currencies().await?;
    Ok(account::currencies_read(&desk.ctx, &currencies).await?)
}

/// The same where a deal waits for it. That the app may not read them, or that there are none to read, is told by the job that sets HubSpot up every day, and
/// stops no deal; what time or new credentials mend does.
pub(crate) async fn try_account(desk: &Desk) -> Result<(), JobError> {
    match read_account(desk).await {
        Err(error) if matches!(error.remedy, Remedy::Fail | Remedy::Permit) => {
            tracing::warn!(%error, "The account's own data cannot be read");
            Ok(())
        }
        read => read,
    }
}

/// All that HubSpot must have before a lead can be registered, and what we must know of it: our own properties, its pipelines and its currencies.
pub(crate) async fn set_up(desk: &Desk) -> Result<(), JobError> {
    desk.vendors.hubspot.ensure_properties().await?;
    read_stages(desk).await?;
    read_account(desk).await
}

/// The pipelines as they are today.
pub(crate) async fn read_stages(desk: &Desk) -> Result<(), JobError> {
    let stages = desk.vendors.hubspot.list_stages().await?;
    Ok(stages::stages_read(&desk.ctx, &stages).await?)
}
