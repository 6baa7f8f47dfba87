//! Where a person is signed in, as that person sees it.

use portal_domain::{access::Proof, calendar::Timestamp, ids::SessionId};
use portal_store::{
    Across, Tx,
    sessions::{self as stored, SessionRecord},
};
use serde_json::json;

use super::{
    Browser, Session, hold, known,
    proofs::{is_fresh, note},
};
use crate::{Ctx, ServiceError};

/// A browser in which somebody is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub id: SessionId,
    /// The browser and its system, in a few words; empty where it said nothing.
    pub device: String,
    pub since: Timestamp,
    pub seen_at: Timestamp,
    /// What it rests on.
    pub proof: Proof,
    /// The one that asks.
    pub is_this: bool,
}

/// Where the person is signed in, as far as the session reaches, the place that was used last first.
pub async fn list(ctx: &Ctx, session: &Session) -> Result<Vec<SignedIn>, ServiceError> {
    let mut tx = ctx.store.across(Across::SignIn).read().await?;
    let (_, records) = list_from(ctx, &mut tx, session).await?;
    let open = records.into_iter().filter(|record| record.proof.opens());
    Ok(open
        .map(|record| SignedIn {
            is_this: record.id == session.id,
            id: record.id,
            proof: record.proof,
            device: record.device,
            since: record.created_at,
            seen_at: record.seen_at,
        })
        .collect())
}

/// The session itself, and all of its person's that it reaches: what a provider says is believed for one company alone, so from there no other is seen or ended.
async fn list_from(
    ctx: &Ctx,
    tx: &mut Tx,
    session: &Session,
) -> Result<(SessionRecord, Vec<SessionRecord>), ServiceError> {
    let mut records = stored::list_of(tx, session.actor.person(), ctx.now()).await?;
    let this = records.iter().find(|record| record.id == session.id);
    let this = this.cloned().ok_or(ServiceError::Unauthenticated)?;
    records.retain(|other| this.proof != Proof::SignOn || other.partner == this.partner);
    Ok((this, records))
}

/// Signs the person out in one place, if it has just proved itself here.
pub async fn end(ctx: &Ctx, session: &Session, id: SessionId) -> Result<(), ServiceError> {
    let person = session.actor.person();
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    let (_, records) = require_fresh(ctx, &mut tx, session).await?;
    let is_there = records.iter().any(|record| record.id == id);
    if !is_there || !stored::revoke_own(&mut tx, person, id, ctx.now()).await? {
        return Err(ServiceError::NotFound);
    }
    let facts = json!({ "session": id });
    note(ctx, &mut tx, person, "end_session", &facts).await?;
    Ok(tx.commit().await?)
}

/// Whoever finds a browser open shuts nobody out with it. Answers the session and those that it reaches.
pub(super) async fn require_fresh(
    ctx: &Ctx,
    tx: &mut Tx,
    session: &Session,
) -> Result<(SessionRecord, Vec<SessionRecord>), ServiceError> {
    let (this, records) = list_from(ctx, tx, session).await?;
    if is_fresh(ctx, &this) {
        return Ok((this, records));
    }
    Err(ServiceError::Conflict(match this.proof {
        // Whoever signs out here and in again may come back without having been asked anything there.
        Proof::SignOn => "sign-on-prove-again",
        _ => "prove-again",
    }))
}

/// Signs the person out everywhere but here, if it has just proved itself here; no other browser is known for it any more. From a provider's session only where that
/// reaches, and what is known of browsers stays.
pub async fn end_others(
    ctx: &Ctx,
    session: &Session,
    browser: &Browser,
) -> Result<(), ServiceError> {
    let person = session.actor.person();
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    hold(&mut tx, person).await?;
    let (this, records) = require_fresh(ctx, &mut tx, session).await?;
    if this.proof == Proof::SignOn {
        for other in records.iter().filter(|other| other.id != this.id) {
            stored::revoke_own(&mut tx, person, other.id, ctx.now()).await?;
        }
    } else {
        stored::revoke_of(&mut tx, person, Some(this.id), ctx.now()).await?;
        known::forget_others(&mut tx, person, browser).await?;
    }
    note(ctx, &mut tx, person, "end_sessions", &json!({})).await?;
    Ok(tx.commit().await?)
}
