//! The HubSpot account itself: the currencies that it has, and when its day ends. A deal that names no currency is in the account's own.

use chrono_tz::Tz;
use portal_domain::{
    calendar::Timestamp,
    remote::{AccountCurrencies, RemoteDeal},
};
use portal_store::{Tx, deals, exceptions, settings};

use crate::{
    Ctx, ServiceError,
    context::next_midnight,
    outbox::{self, Job},
};

const CURRENCIES: &str = "hubspot.currencies";
/// Where the account is, by whose midnight HubSpot counts the calls of a day.
const TIME_ZONE: &str = "hubspot.time_zone";
/// How long is waited for the next day where nobody has said when it begins, and in the first hour of one: HubSpot's may begin a little after ours.
const UNKNOWN_DAY_MS: i64 = 3_600_000;
/// No two clocks are the same.
const AFTER_MIDNIGHT_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;

/// The account's time zone, as just read; one that nobody knows is as good as none.
pub async fn time_zone_read(ctx: &Ctx, name: &str) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    settings::set(&mut tx, TIME_ZONE, name, ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// How long the account's day still lasts.
pub async fn ms_to_next_day(tx: &mut Tx, now: Timestamp) -> Result<i64, ServiceError> {
    let zone = settings::find(tx, TIME_ZONE).await?;
    let zone: Option<Tz> = zone.and_then(|name| name.parse().ok());
    let next = zone.and_then(|zone| next_midnight(now, zone));
    Ok(next.map_or(UNKNOWN_DAY_MS, |next| match next.0 - now.0 {
        left if left > DAY_MS - UNKNOWN_DAY_MS => UNKNOWN_DAY_MS,
        left => left.max(0) + AFTER_MIDNIGHT_MS,
    }))
}

/// The account's currencies, as just read.
pub async fn currencies_read(ctx: &Ctx, read: &AccountCurrencies) -> Result<(), ServiceError> {
    let text = serde_json::to_string(read)
        .map_err(|error| ServiceError::Inconsistent(error.to_string()))?;
    let mut tx = ctx.store.write().await?;
    let known = find(&mut tx).await?;
    if known.is_none_or(|known| known.home != read.home) {
        read_waiting(ctx, &mut tx).await?;
    }
    settings::set(&mut tx, CURRENCIES, &text, ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// The deals that lack an amount or its currency are read again: they may only have waited for the account's.
async fn read_waiting(ctx: &Ctx, tx: &mut Tx) -> Result<(), ServiceError> {
    let open = exceptions::list_open_of_kind(tx, "deal_amount_missing").await?;
    let waiting: Vec<_> = open.into_iter().filter_map(|open| open.deal).collect();
    let waiting = deals::list_by_ids(tx, &waiting).await?.into_iter();
    let read = waiting.map(|deal| Job::ReadDeal {
        hubspot_id: deal.hubspot_id,
    });
    outbox::add_all(ctx, tx, read).await
}

/// The account's currencies, once they were read.
pub async fn find_currencies(ctx: &Ctx) -> Result<Option<AccountCurrencies>, ServiceError> {
    let mut tx = ctx.store.read().await?;
    find(&mut tx).await
}

pub(crate) async fn find(tx: &mut Tx) -> Result<Option<AccountCurrencies>, ServiceError> {
    let text = settings::find(tx, CURRENCIES).await?;
    let read = text.map(|text| serde_json::from_str(&text)).transpose();
    read.map_err(|error| ServiceError::Inconsistent(error.to_string()))
}

/// The deal with the currency that it is in: an empty `deal_currency_code` means the account's.
pub(crate) async fn in_its_currency(
    tx: &mut Tx,
    remote: &RemoteDeal,
) -> Result<RemoteDeal, ServiceError> {
    let mut remote = remote.clone();
    if remote.currency.is_none() {
        remote.currency = find(tx).await?.map(|account| account.home);
    }
    Ok(remote)
}
