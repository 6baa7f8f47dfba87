//! Which way leads go, and who tells of their deals. It can be changed while leads are under way: what somebody outside may have goes no other way, and the rest
//! goes the new way.

use portal_domain::{
    access::{Action, Actor},
    error::Fault,
    relay::{RelayAddress, RelayChoice, RelayForm, Side, StandIn, Way},
};
use portal_store::{
    Tx, audit,
    deliveries::{self, ListedDelivery},
    settings,
};
use serde_json::{Value, json};

use super::{
    SYSTEM,
    deliveries::deliver,
    secrets::{self, KnownSecret},
    trial::{self, Trial},
};
use crate::{Ctx, ServiceError, access::require_staff, audit::differences};

const CHOICE: &str = "relay.choice";
/// How many deliveries a page lists.
const LISTED: i64 = 50;

/// The choice as it stands; the direct way until somebody chose.
pub(crate) async fn find(tx: &mut Tx) -> Result<RelayChoice, ServiceError> {
    let text = settings::find(tx, CHOICE).await?;
    let read = text.map(|text| serde_json::from_str(&text)).transpose();
    let read = read.map_err(|error| ServiceError::Inconsistent(error.to_string()))?;
    Ok(read.unwrap_or_default())
}

/// Whether HubSpot is called at all, or everything goes through the iPaaS.
pub async fn is_hubspot_used(ctx: &Ctx) -> Result<bool, ServiceError> {
    is_hubspot_used_in(&mut ctx.store.read().await?).await
}

pub(crate) async fn is_hubspot_used_in(tx: &mut Tx) -> Result<bool, ServiceError> {
    Ok(find(tx).await?.uses_hubspot())
}

/// Refuses what can only be asked of HubSpot while it is not asked.
///
/// # Errors
/// `hubspot-not-used`.
pub(crate) async fn require_hubspot(tx: &mut Tx) -> Result<(), ServiceError> {
    if is_hubspot_used_in(tx).await? {
        Ok(())
    } else {
        Err(ServiceError::Conflict("hubspot-not-used"))
    }
}

/// What staff see of the iPaaS.
#[derive(Clone, Debug)]
pub struct RelayView {
    pub choice: RelayChoice,
    pub secrets: Vec<KnownSecret>,
    /// How many accepted leads nobody outside has yet.
    pub unsent: usize,
    pub deliveries: Vec<ListedDelivery>,
    pub trial: Option<Trial>,
    /// Where the iPaaS calls back.
    pub callback_url: String,
}

pub async fn read(ctx: &Ctx, actor: &Actor) -> Result<RelayView, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    Ok(RelayView {
        choice: find(&mut tx).await?,
        secrets: secrets::list(ctx, &mut tx).await?,
        unsent: deliveries::list_unsent(&mut tx).await?.len(),
        deliveries: deliveries::list_newest(&mut tx, LISTED).await?,
        trial: trial::find(&mut tx).await?,
        callback_url: ctx.url(super::CALLBACK_PATH),
    })
}

/// Chooses the way. What nobody outside has yet goes the new one.
///
/// # Errors
/// What is wrong with the form; `host-unlisted`; `relay-without-secrets` where leads are to go to an iPaaS that nothing could be signed for.
pub async fn choose(ctx: &Ctx, actor: &Actor, form: &RelayForm) -> Result<(), ServiceError> {
    require_staff(actor, Action::Operate)?;
    let choice = form.parse(stand_in(ctx)).map_err(ServiceError::Invalid)?;
    let mut tx = ctx.store.write().await?;
    tx.lock(SYSTEM).await?;
    let before = find(&mut tx).await?;
    if choice.way == Way::Relay {
        for side in Side::ALL {
            if secrets::find(ctx, &mut tx, *side).await?.is_empty() {
                return Err(ServiceError::Conflict("relay-without-secrets"));
            }
        }
    }
    check_host(ctx, &choice, &before)?;
    if choice.address != before.address {
        trial::forget(ctx, &mut tx).await?;
    }
    let text = json!(choice).to_string();
    settings::set(&mut tx, CHOICE, &text, ctx.now()).await?;
    if choice.way != before.way {
        for lead in deliveries::list_unsent(&mut tx).await? {
            deliver(ctx, &mut tx, lead).await?;
        }
    }
    let person = Some(actor.person());
    let facts = differences(&facts(&before), &facts(&choice)).to_string();
    audit::add(&mut tx, person, "choose_relay", SYSTEM, &facts, ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// Refuses an address at a host that may not be spoken to. One that was there before, and that nothing goes to, may stay.
fn check_host(ctx: &Ctx, choice: &RelayChoice, before: &RelayChoice) -> Result<(), ServiceError> {
    let is_meant = choice.way == Way::Relay || choice.address != before.address;
    let host = choice.address.as_ref().and_then(RelayAddress::name);
    match host.filter(|host| is_meant && !ctx.programme.outward.allows(host)) {
        Some(host) => Err(ServiceError::fault(
            "address",
            Fault::with("host-unlisted", host),
        )),
        None => Ok(()),
    }
}

/// What the audit log keeps of a choice. Whoever knows the whole address can send there, so that only its host is kept.
fn facts(choice: &RelayChoice) -> Value {
    json!({
        "way": choice.way,
        "address": choice.address.as_ref().map(RelayAddress::host),
        "changes": choice.changes,
        "wait_minutes": choice.wait_minutes,
    })
}

/// The sandbox's own iPaaS may be called where everything is the sandbox.
fn stand_in(ctx: &Ctx) -> StandIn {
    if ctx.programme.sandbox {
        StandIn::Allowed
    } else {
        StandIn::Refused
    }
}
