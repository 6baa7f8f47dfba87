//! The way back for whoever has lost its passkeys, its app and its recovery codes: somebody who knows that person takes all of them away, and the person enrols by a
//! mailed link, as it did when it was invited.
//!
//! Why (2026-11): until then the mailbox alone opens. So an owner resets nobody who gets in elsewhere too: whoever reads that mail would, with the word of somebody
//! who has no say there. The vendor's administrators have it everywhere.

use portal_domain::{
    access::Action, colleague::REASON_LENGTH_MAX, ids::PersonId, text::parse_line,
};
use portal_store::{
    Across, Tx,
    people::{self, PersonRecord},
    sessions as stored,
};
use serde_json::json;

use super::{
    Session, hold, proofs, require_partner, require_staff, sessions::require_fresh, sign_on,
};
use crate::{
    Ctx, ServiceError,
    audit::record,
    company::{lock_member, lock_team},
    messages,
    people::lock as lock_staff,
};

/// Resets a colleague, for an owner of its company.
///
/// # Errors
/// `reset-yourself`; `prove-again`; `NotFound` for whoever is none of the company's people; `reset-by-vendor` for whoever gets in elsewhere too; what is wrong with
/// the reason, or with resetting that person.
pub async fn reset_member(
    ctx: &Ctx,
    session: &Session,
    person: PersonId,
    reason: &str,
) -> Result<(), ServiceError> {
    let own = require_partner(&session.actor, Action::ManageTeam)?;
    let reason = check(session, person, reason)?;
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    // Whoever is reset meanwhile resets nobody any more.
    lock_team(&mut tx, own).await?;
    require_fresh(ctx, &mut tx, session).await?;
    let member = lock_member(&mut tx, own, person).await?;
    hold(&mut tx, person).await?;
    let record = find(&mut tx, person).await?;
    let places = people::list_memberships(&mut tx, person).await?;
    if record.staff_role.is_some() || places.len() > 1 {
        return Err(ServiceError::Conflict("reset-by-vendor"));
    }
    let place = &member.partner_name;
    reset(ctx, &mut tx, session, &record, place, &reason).await?;
    Ok(tx.commit().await?)
}

/// Resets anybody else, for an administrator.
///
/// # Errors
/// `reset-yourself`; `prove-again`; what is wrong with the reason, or with resetting that person.
pub async fn reset_person(
    ctx: &Ctx,
    session: &Session,
    person: PersonId,
    reason: &str,
) -> Result<(), ServiceError> {
    require_staff(&session.actor, Action::ManagePeople)?;
    let reason = check(session, person, reason)?;
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    lock_staff(&mut tx).await?;
    require_fresh(ctx, &mut tx, session).await?;
    hold(&mut tx, person).await?;
    let record = find(&mut tx, person).await?;
    if record.disabled_at.is_some() {
        return Err(ServiceError::field("person", "reset-disabled"));
    }
    let vendor = &ctx.programme.name;
    reset(ctx, &mut tx, session, &record, vendor, &reason).await?;
    Ok(tx.commit().await?)
}

/// Whoever can still sign in looks after itself, with what it has; answers the reason, well formed.
fn check(session: &Session, person: PersonId, reason: &str) -> Result<String, ServiceError> {
    let reason = parse_line(reason, REASON_LENGTH_MAX)
        .map_err(|fault| ServiceError::field("loss", fault.code))?;
    if person == session.actor.person() {
        return Err(ServiceError::Conflict("reset-yourself"));
    }
    Ok(reason)
}

async fn find(tx: &mut Tx, person: PersonId) -> Result<PersonRecord, ServiceError> {
    let found = people::find(tx, person).await?;
    found.ok_or(ServiceError::NotFound)
}

/// Takes everything away, once nobody signs in as that person; `place` is whose the one is that does it.
async fn reset(
    ctx: &Ctx,
    tx: &mut Tx,
    session: &Session,
    lost: &PersonRecord,
    place: &str,
    reason: &str,
) -> Result<(), ServiceError> {
    let (person, now) = (lost.id, ctx.now());
    let places = people::list_memberships(tx, person).await?;
    let first = places.first().map(|place| place.partner);
    // Where a link would lead it.
    let begins_in = first.filter(|_| lost.staff_role.is_none());
    if sign_on::is_only_way(tx, &lost.email, begins_in).await? {
        return Err(ServiceError::field("person", "reset-sign-on"));
    }
    let had = proofs::list_in(tx, person).await?;
    if had.is_none() {
        return Err(ServiceError::field("person", "reset-nothing"));
    }
    // Links first: one that is just being used is waited for, and the session that it begins ends with the others.
    stored::spend_links(tx, person, now).await?;
    stored::revoke_of(tx, person, None, now).await?;
    // The wrong codes were those of an app that it has no more.
    stored::forget_failures(tx, person).await?;
    proofs::remove_all(tx, person).await?;
    let facts = json!({
        "email": lost.email,
        "reason": reason,
        "passkeys": had.passkeys.len(),
        "app": had.authenticator.is_some(),
        "codes": had.codes,
    });
    record(ctx, tx, &session.actor, "reset_person", person, &facts).await?;
    messages::proofs_reset(ctx, tx, lost, (session.name.as_str(), place)).await
}
