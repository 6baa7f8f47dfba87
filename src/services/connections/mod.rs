//! How the portal is tied to each outside system: what operators see of it and change, what workers reach it with, and what becomes of it when the system
//! does not know us any more. Secrets go into the vault and come out for workers alone.
//!
//! What the environment says goes before everything; where neither it nor a person said anything the sandbox stands in, if it may. A connection that broke
//! is still the one that counts: what is to be sent waits, and never goes to the sandbox instead.

mod belonging;
mod change;
mod consent;
mod tokens;

use portal_domain::{
    access::{Action, Actor},
    calendar::Timestamp,
    connection::{ConnectionSecret, Origin, Place, System},
    secret::{Secret, SecretName},
};
use portal_store::{
    Tx,
    connections::{self, ConnectionRecord},
    jobs::{self, BacklogRecord},
    mirrored_accounts::{self, MirroredAccount},
    vendors::{self, Standing},
};

use crate::{Ctx, Programme, ServiceError, access::require_staff, vault};

pub use portal_store::mirrored_accounts::Account;

pub use belonging::{compare, find_mirrored, leave_books};
pub use change::{
    AppForm, Found, Tested, TokenForm, check_token, connect_app, connect_mail, connect_token,
    disconnect, set_webhook_secrets, tested,
};
pub use consent::{
    Asked, Granted, Organisation, begin, choices, choose_organisation, found, granted,
    may_be_consented, redirect_address, take,
};
pub use tokens::{
    Lease, Pair, Stored, broken, find_stored, give_back, list_idle, renewed, take_turn,
};

/// How a system is connected, as operators see it.
#[derive(Clone, Debug)]
pub struct ConnectionView {
    pub record: ConnectionRecord,
    pub origin: Origin,
    pub standing: Standing,
    /// Whose objects of it are mirrored.
    pub mirrored: Option<MirroredAccount>,
    /// How much waits for it.
    pub waiting: i64,
    /// Whether the vault keeps something that its webhooks are checked with.
    pub has_webhook_secret: bool,
}

/// All systems, in the order in which people know them.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<ConnectionView>, ServiceError> {
    require_staff(actor, Action::Connect)?;
    let mut tx = ctx.store.read().await?;
    let backlogs = jobs::list_backlogs(&mut tx).await?;
    let mut found = Vec::new();
    for system in System::ALL {
        found.push(view(ctx, &mut tx, *system, &backlogs).await?);
    }
    Ok(found)
}

/// One system.
pub async fn find(
    ctx: &Ctx,
    actor: &Actor,
    system: System,
) -> Result<ConnectionView, ServiceError> {
    require_staff(actor, Action::Connect)?;
    let mut tx = ctx.store.read().await?;
    let backlogs = jobs::list_backlogs(&mut tx).await?;
    view(ctx, &mut tx, system, &backlogs).await
}

async fn view(
    ctx: &Ctx,
    tx: &mut Tx,
    system: System,
    backlogs: &[BacklogRecord],
) -> Result<ConnectionView, ServiceError> {
    let record = connections::find(tx, system).await?;
    let backlog = backlogs
        .iter()
        .find(|backlog| backlog.lane == system.as_str());
    let webhook = secret_of(ctx, tx, system, ConnectionSecret::Webhook).await?;
    Ok(ConnectionView {
        origin: origin(&ctx.programme, &record),
        standing: vendors::find_standing(tx, system.as_str()).await?,
        mirrored: mirrored_accounts::find(tx, system).await?,
        waiting: backlog.map_or(0, |backlog| backlog.waiting),
        has_webhook_secret: webhook.is_some(),
        record,
    })
}

/// What a system is reached over. A connection to the sandbox is none outside the demo, even where the sandbox stands in for others.
pub fn origin(programme: &Programme, record: &ConnectionRecord) -> Origin {
    let parts = &record.parts;
    let is_usable = parts.place == Some(Place::Vendor) || programme.sandbox;
    if programme.environment.contains(&record.system) {
        Origin::Environment
    } else if parts.state.is_made() && is_usable {
        Origin::Connection
    } else if programme.stand_in {
        Origin::Sandbox
    } else {
        Origin::Nothing
    }
}

/// Whose systems are connected from now on: in the demo the sandbox's, so that the whole way can be walked there, and elsewhere the vendors'.
pub fn place(programme: &Programme) -> Place {
    match programme.sandbox {
        true => Place::Sandbox,
        false => Place::Vendor,
    }
}

/// Whether a system of a vendor's own is connected: then nothing of the demo may be open, whatever the settings of an instance say.
pub async fn is_any_real(ctx: &Ctx) -> Result<bool, ServiceError> {
    let mut tx = ctx.store.read().await?;
    Ok(connections::is_any_real(&mut tx).await?)
}

/// The portal is started as no demo: from now on nobody signs in to this database as somebody of a list, whatever a later start is told.
pub async fn leave_demo(ctx: &Ctx) -> Result<(), ServiceError> {
    if is_any_real(ctx).await? {
        return Ok(());
    }
    let mut tx = ctx.store.write().await?;
    connections::leave_demo(&mut tx, ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// The version of each connection: a cheap look for workers, who make their clients anew when one moved.
pub async fn list_versions(ctx: &Ctx) -> Result<Vec<(System, i64)>, ServiceError> {
    let mut tx = ctx.store.read().await?;
    Ok(connections::list_versions(&mut tx).await?)
}

/// The connection, if the actor may change it and the environment does not say otherwise.
async fn editable(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    system: System,
) -> Result<ConnectionRecord, ServiceError> {
    require_staff(actor, Action::Connect)?;
    let record = connections::find(tx, system).await?;
    match origin(&ctx.programme, &record) {
        Origin::Environment => Err(ServiceError::Conflict("connection-of-environment")),
        _ => Ok(record),
    }
}

/// Refuses an account that is not the one that a connection is to: what was sent there and read there would be taken for another's.
fn check_account(known: Option<&str>, found: Option<&str>) -> Result<(), ServiceError> {
    match (known, found) {
        (Some(known), Some(found)) if known != found => {
            Err(ServiceError::Conflict("connection-to-other-account"))
        }
        _ => Ok(()),
    }
}

async fn secret_of(
    ctx: &Ctx,
    tx: &mut Tx,
    system: System,
    part: ConnectionSecret,
) -> Result<Option<Secret>, ServiceError> {
    vault::find(ctx, tx, &SecretName::Connection(system, part)).await
}

/// A connection is as it should be: what waited goes out.
async fn release(tx: &mut Tx, system: System, now: Timestamp) -> Result<(), ServiceError> {
    vendors::release(tx, system.as_str()).await?;
    Ok(jobs::hurry(tx, system.as_str(), now).await?)
}
