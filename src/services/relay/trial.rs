//! A test event, and what came back: the way is tried before a lead takes it.

use portal_domain::{
    access::{Action, Actor},
    calendar::Timestamp,
    relay::{RelayAddress, Side},
    secret::Secret,
};
use portal_store::{Tx, audit, settings};
use serde::{Deserialize, Serialize};

use super::{SYSTEM, choice, secrets};
use crate::{
    Ctx, ServiceError,
    access::require_staff,
    outbox::{self, Job},
};

const TRIAL: &str = "relay.trial";

/// What became of the last test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trial {
    /// It is on its way.
    Asked { at: Timestamp },
    /// It was taken, with these words.
    Taken {
        at: Timestamp,
        status: u16,
        text: String,
    },
    /// It was not, and this is why.
    NotTaken { at: Timestamp, why: String },
}

/// What a test is sent with.
pub struct TrialToSend {
    pub address: RelayAddress,
    pub secrets: Vec<Secret>,
    pub asked_at: Timestamp,
    pub callback_url: String,
}

pub(super) async fn find(tx: &mut Tx) -> Result<Option<Trial>, ServiceError> {
    let text = settings::find(tx, TRIAL).await?.unwrap_or_default();
    Ok(serde_json::from_str(&text).ok())
}

async fn keep(ctx: &Ctx, tx: &mut Tx, trial: &Trial) -> Result<(), ServiceError> {
    let text = serde_json::to_string(trial)
        .map_err(|error| ServiceError::Inconsistent(error.to_string()))?;
    Ok(settings::set(tx, TRIAL, &text, ctx.now()).await?)
}

/// Of another address the last test says nothing.
pub(super) async fn forget(ctx: &Ctx, tx: &mut Tx) -> Result<(), ServiceError> {
    Ok(settings::set(tx, TRIAL, "", ctx.now()).await?)
}

/// Has a test event sent.
///
/// # Errors
/// `relay-no-address`, `relay-without-secrets`.
pub async fn ask_trial(ctx: &Ctx, actor: &Actor) -> Result<(), ServiceError> {
    require_staff(actor, Action::Operate)?;
    let mut tx = ctx.store.write().await?;
    if choice::find(&mut tx).await?.address.is_none() {
        return Err(ServiceError::Conflict("relay-no-address"));
    }
    if secrets::find(ctx, &mut tx, Side::Outward).await?.is_empty() {
        return Err(ServiceError::Conflict("relay-without-secrets"));
    }
    keep(ctx, &mut tx, &Trial::Asked { at: ctx.now() }).await?;
    outbox::add(ctx, &mut tx, &Job::TestRelay).await?;
    let person = Some(actor.person());
    audit::add(&mut tx, person, "test_relay", SYSTEM, "{}", ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// The test that waits to be sent, if one does.
pub async fn find_trial_to_send(ctx: &Ctx) -> Result<Option<TrialToSend>, ServiceError> {
    let mut tx = ctx.store.read().await?;
    let (Some(Trial::Asked { at }), Some(address)) =
        (find(&mut tx).await?, choice::find(&mut tx).await?.address)
    else {
        return Ok(None);
    };
    Ok(Some(TrialToSend {
        address,
        secrets: secrets::find(ctx, &mut tx, Side::Outward).await?,
        asked_at: at,
        callback_url: ctx.url(super::CALLBACK_PATH),
    }))
}

/// What came back: a status and the beginning of the answer, or why there is none.
pub async fn trial_answered(
    ctx: &Ctx,
    answer: Result<(u16, String), String>,
) -> Result<(), ServiceError> {
    let at = ctx.now();
    let trial = match answer {
        Ok((status, text)) => Trial::Taken { at, status, text },
        Err(why) => Trial::NotTaken { at, why },
    };
    let mut tx = ctx.store.write().await?;
    keep(ctx, &mut tx, &trial).await?;
    Ok(tx.commit().await?)
}
