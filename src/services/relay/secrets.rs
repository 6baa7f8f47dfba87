//! The two signing secrets, each with the one before it for as long as the other side has not changed over. The portal makes them; they are shown once, on the
//! page on which they are made, and kept in the vault.

use base64::{Engine, engine::general_purpose::STANDARD};
use portal_domain::{
    access::{Action, Actor},
    relay::Side,
    secret::{Secret, SecretName},
};
use portal_store::{Tx, audit};
use serde_json::json;

use super::SYSTEM;
use crate::{Ctx, ServiceError, access::require_staff, context::random, vault};

/// How a secret of Standard Webhooks begins.
const PREFIX: &str = "whsec_";
const BYTES: usize = 32;
/// What the vault takes: as many bytes as Standard Webhooks wants.
const BYTES_LEAST: usize = 24;
const BYTES_MOST: usize = 64;
/// How many characters of a secret are shown.
const SHOWN: usize = 4;

/// What is shown of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownSecret {
    pub side: Side,
    /// The last characters of the one that holds; none where there is none.
    pub ending: Option<String>,
    /// The same of the one before it, while that is still valid.
    pub ending_before: Option<String>,
}

/// A secret that nobody has yet. It holds once somebody has it kept.
pub fn new_secret() -> Secret {
    Secret::from(format!("{PREFIX}{}", STANDARD.encode(random::<BYTES>())))
}

/// All that are valid, the newest first.
pub(super) async fn find(ctx: &Ctx, tx: &mut Tx, side: Side) -> Result<Vec<Secret>, ServiceError> {
    let now = vault::find(ctx, tx, &SecretName::Relay(side)).await?;
    let before = vault::find(ctx, tx, &SecretName::RelayBefore(side)).await?;
    Ok(now.into_iter().chain(before).collect())
}

/// What the iPaaS may sign with.
pub async fn find_inward(ctx: &Ctx) -> Result<Vec<Secret>, ServiceError> {
    find(ctx, &mut ctx.store.read().await?, Side::Inward).await
}

pub(super) async fn list(ctx: &Ctx, tx: &mut Tx) -> Result<Vec<KnownSecret>, ServiceError> {
    let mut known = Vec::new();
    for side in Side::ALL.iter().copied() {
        let now = vault::find(ctx, tx, &SecretName::Relay(side)).await?;
        let before = vault::find(ctx, tx, &SecretName::RelayBefore(side)).await?;
        known.push(KnownSecret {
            side,
            ending: now.as_ref().map(ending),
            ending_before: before.as_ref().map(ending),
        });
    }
    Ok(known)
}

fn ending(secret: &Secret) -> String {
    let text = secret.reveal();
    text.get(text.len().saturating_sub(SHOWN)..)
        .unwrap_or_default()
        .to_owned()
}

/// Keeps a secret that was made for a page. The one that held so far stays valid beside it until somebody drops it.
///
/// # Errors
/// `NotFound` for a side that is none; `relay-secret-invalid`; `relay-drop-old-secret` where the one before is valid still: whoever knows only that would be cut
/// off.
pub async fn keep_secret(
    ctx: &Ctx,
    actor: &Actor,
    side: &str,
    secret: &Secret,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Operate)?;
    let side = Side::parse(side).ok_or(ServiceError::NotFound)?;
    if !is_well_formed(secret) {
        return Err(ServiceError::field("secret", "relay-secret-invalid"));
    }
    let mut tx = ctx.store.write().await?;
    tx.lock(SYSTEM).await?;
    let held = vault::find(ctx, &mut tx, &SecretName::Relay(side)).await?;
    // The same form sent twice changes nothing.
    if held.as_ref() == Some(secret) {
        return Ok(());
    }
    let name = SecretName::RelayBefore(side);
    if vault::find(ctx, &mut tx, &name).await?.is_some() {
        return Err(ServiceError::Conflict("relay-drop-old-secret"));
    }
    if let Some(held) = &held {
        vault::put(ctx, &mut tx, &name, held).await?;
    }
    vault::put(ctx, &mut tx, &SecretName::Relay(side), secret).await?;
    record(ctx, &mut tx, actor, "keep_relay_secret", side).await?;
    Ok(tx.commit().await?)
}

/// From now on only the newest secret is valid.
///
/// # Errors
/// `NotFound` for a side that is none; `relay-no-old-secret`.
pub async fn drop_old_secret(ctx: &Ctx, actor: &Actor, side: &str) -> Result<(), ServiceError> {
    require_staff(actor, Action::Operate)?;
    let side = Side::parse(side).ok_or(ServiceError::NotFound)?;
    let mut tx = ctx.store.write().await?;
    tx.lock(SYSTEM).await?;
    let name = SecretName::RelayBefore(side);
    if vault::find(ctx, &mut tx, &name).await?.is_none() {
        return Err(ServiceError::Conflict("relay-no-old-secret"));
    }
    vault::remove(&mut tx, &name).await?;
    record(ctx, &mut tx, actor, "drop_relay_secret", side).await?;
    Ok(tx.commit().await?)
}

async fn record(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    side: Side,
) -> Result<(), ServiceError> {
    let facts = json!({ "side": side }).to_string();
    let person = Some(actor.person());
    Ok(audit::add(tx, person, act, SYSTEM, &facts, ctx.now()).await?)
}

fn is_well_formed(secret: &Secret) -> bool {
    let bytes = secret
        .reveal()
        .strip_prefix(PREFIX)
        .and_then(|text| STANDARD.decode(text).ok());
    bytes.is_some_and(|bytes| (BYTES_LEAST..=BYTES_MOST).contains(&bytes.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_new_secret_is_another_one_and_well_formed() {
        let (one, other) = (new_secret(), new_secret());
        assert!(one != other && is_well_formed(&one) && is_well_formed(&other));
        for wrong in ["", "whsec_", "whsec_c2hvcnQ=", "secret"] {
            assert!(!is_well_formed(&Secret::from(wrong)), "{wrong}");
        }
    }
}
