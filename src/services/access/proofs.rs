//! The second proof: what a person can give, what opens the portal, and who may change with what a person proves itself.

use portal_domain::{
    access::Proof,
    calendar::Timestamp,
    ids::{PartnerId, PersonId, SessionId},
    secret::SecretName,
};
use portal_store::{
    Across, Tx, audit,
    factors::{self, PasskeyRecord},
    people::PersonRecord,
    sessions::{self as stored, SessionRecord},
};
use serde_json::{Value, json};

use super::{
    Browser, Opened, authenticator, complete_sign_in, find_held, find_live, known, recovery,
};
use crate::{Ctx, ServiceError, messages, vault};

/// So many wrong codes end the session: a link must be asked for anew.
const FAILURES_MAX: i64 = 5;
/// So many wrong codes of a person within a day, over however many links, and no app's code is taken any more: of a million codes nobody tries enough. What cannot be
/// guessed, a passkey or a recovery code, still opens.
const FAILURES_A_DAY: i64 = 20;
/// Whoever changes with what it proves itself has proved itself within so many minutes.
const FRESH_MINUTES: i64 = 15;

/// With what a person can prove itself.
#[derive(Clone, Debug, Default)]
pub struct Proofs {
    pub passkeys: Vec<PasskeyRecord>,
    /// Since when an authenticator app gives codes, and when one was used last.
    pub authenticator: Option<(Timestamp, Option<Timestamp>)>,
    /// How many recovery codes are left.
    pub codes: i64,
}

impl Proofs {
    /// Whether there is none yet: it is set up at the first sign-in.
    pub const fn is_none(&self) -> bool {
        self.passkeys.is_empty() && self.authenticator.is_none()
    }

    const fn count(&self) -> usize {
        self.passkeys.len() + self.authenticator.is_some() as usize
    }
}

/// Somebody who has used a link, and has not given a second proof yet.
#[derive(Clone, Debug)]
pub struct Pending {
    pub person: PersonRecord,
    pub proofs: Proofs,
    session: SessionId,
    partner: Option<PartnerId>,
}

/// With what somebody can prove itself.
pub async fn list(ctx: &Ctx, person: PersonId) -> Result<Proofs, ServiceError> {
    list_in(&mut ctx.store.across(Across::SignIn).read().await?, person).await
}

pub(super) async fn list_in(tx: &mut Tx, person: PersonId) -> Result<Proofs, ServiceError> {
    let authenticator = factors::find_authenticator(tx, person).await?;
    Ok(Proofs {
        passkeys: factors::list_passkeys(tx, person).await?,
        authenticator: authenticator.and_then(|found| Some((found.confirmed_at?, found.used_at))),
        codes: factors::count_codes(tx, person).await?,
    })
}

/// Drops everything with which a person could prove itself, and what of it lies in the vault.
pub(crate) async fn remove_all(tx: &mut Tx, person: PersonId) -> Result<(), ServiceError> {
    factors::remove_of(tx, person).await?;
    for name in [
        SecretName::Authenticator(person),
        SecretName::RecoveryCodes(person),
    ] {
        vault::remove(tx, &name).await?;
    }
    Ok(())
}

/// Who is about to sign in with this browser.
pub async fn find_pending(ctx: &Ctx, secret: &str) -> Result<Option<Pending>, ServiceError> {
    let mut tx = ctx.store.across(Across::SignIn).read().await?;
    let live = find_live(ctx, &mut tx, secret).await?;
    pending_in(&mut tx, live).await
}

/// Whose second proof a session waits for that is still good, if it waits for one.
async fn pending_in(
    tx: &mut Tx,
    live: Option<(SessionRecord, PersonRecord)>,
) -> Result<Option<Pending>, ServiceError> {
    let Some((session, person)) = live.filter(|(session, _)| !session.proof.opens()) else {
        return Ok(None);
    };
    Ok(Some(Pending {
        proofs: list_in(tx, person.id).await?,
        person,
        session: session.id,
        partner: session.partner,
    }))
}

/// Opens the portal with a code of the person's authenticator app, or with a recovery code.
pub async fn prove(ctx: &Ctx, code: &str, browser: &Browser) -> Result<Opened, ServiceError> {
    let secret = browser.secret.as_deref().unwrap_or_default();
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    let live = find_held(ctx, &mut tx, secret).await?;
    let pending = pending_in(&mut tx, live)
        .await?
        .ok_or(ServiceError::Conflict("link-used-or-expired"))?;
    let person = pending.person.id;
    let failures = stored::count_failures(&mut tx, person, ctx.now().plus_days(-1)).await?;
    let takes_codes = failures < FAILURES_A_DAY;
    let proof = if takes_codes
        && pending.proofs.authenticator.is_some()
        && authenticator::check(ctx, &mut tx, person, code).await?
    {
        Proof::Authenticator
    } else if recovery::use_up(ctx, &mut tx, &pending.person, code).await? {
        Proof::Recovery
    } else {
        let failures = stored::add_failure(&mut tx, pending.session).await?;
        let is_over = failures >= FAILURES_MAX;
        let facts = json!({ "failures": failures, "session_ended": is_over });
        if is_over {
            stored::revoke_own(&mut tx, person, pending.session, ctx.now()).await?;
            note_and_tell(ctx, &mut tx, &pending.person, "fail_sign_in", &facts).await?;
        } else {
            note(ctx, &mut tx, person, "fail_sign_in", &facts).await?;
        }
        tx.commit().await?;
        return Err(match (is_over, takes_codes) {
            (true, _) => ServiceError::Conflict("too-many-wrong-codes"),
            (false, true) => ServiceError::field("code", "wrong-code"),
            (false, false) => ServiceError::field("code", "no-codes-today"),
        });
    };
    let place = pending.partner;
    let opened = complete_sign_in(ctx, &mut tx, person, place, proof, browser).await?;
    tx.commit().await?;
    Ok(opened)
}

/// Whether somebody has just proved what that session rests on; in the demo nobody proves anything.
pub(super) fn is_fresh(ctx: &Ctx, session: &SessionRecord) -> bool {
    let proved_at = session.proved_at;
    let until = proved_at.map(|at| at.plus_ms(FRESH_MINUTES * 60_000));
    matches!(session.proof, Proof::Demo) || until.is_some_and(|until| ctx.now() < until)
}

/// Somebody who may change with what it proves itself: it has just done so, or has nothing to do so with yet.
pub(super) struct Changer {
    pub person: PersonRecord,
    pub proofs: Proofs,
    session: SessionRecord,
}

impl Changer {
    /// The one whose browser it is.
    pub(super) async fn find(
        ctx: &Ctx,
        tx: &mut Tx,
        browser: &Browser,
    ) -> Result<Self, ServiceError> {
        let secret = browser.secret.as_deref().unwrap_or_default();
        let live = find_held(ctx, tx, secret).await?;
        Self::of(ctx, tx, live).await
    }

    async fn of(
        ctx: &Ctx,
        tx: &mut Tx,
        live: Option<(SessionRecord, PersonRecord)>,
    ) -> Result<Self, ServiceError> {
        let (session, person) = live.ok_or(ServiceError::Unauthenticated)?;
        let proofs = list_in(tx, person.id).await?;
        let may = match session.proof {
            // Whoever reads the mailbox of somebody who has a second proof adds none of its own.
            Proof::Link => proofs.is_none(),
            // What it proved with would open the person's other companies too.
            Proof::SignOn => return Err(ServiceError::Conflict("sign-on-no-proofs")),
            Proof::Demo | Proof::Passkey | Proof::Authenticator | Proof::Recovery => {
                is_fresh(ctx, &session)
            }
        };
        if !may {
            return Err(ServiceError::Conflict("prove-again"));
        }
        Ok(Self {
            person,
            proofs,
            session,
        })
    }

    /// The same to look and not to change: to nobody else is shown again what opens the portal and is not kept yet.
    pub(super) async fn look(
        ctx: &Ctx,
        tx: &mut Tx,
        browser: &Browser,
    ) -> Result<Self, ServiceError> {
        let secret = browser.secret.as_deref().unwrap_or_default();
        let live = find_live(ctx, tx, secret).await?;
        Self::of(ctx, tx, live).await
    }

    /// Notes what was done; whoever had no second proof before has one now, and the portal opens. Recovery codes are made with the first one.
    pub(super) async fn added(
        self,
        ctx: &Ctx,
        tx: &mut Tx,
        proof: Proof,
        act: &str,
        name: &str,
        browser: &Browser,
    ) -> Result<Option<Opened>, ServiceError> {
        let person = self.person.id;
        let facts = json!({ "name": name, "first": self.proofs.is_none() });
        note_and_tell(ctx, tx, &self.person, act, &facts).await?;
        if self.proofs.is_none() {
            recovery::make(ctx, tx, person).await?;
        }
        if self.session.proof.opens() {
            return Ok(None);
        }
        let place = self.session.partner;
        let opened = complete_sign_in(ctx, tx, person, place, proof, browser).await?;
        Ok(Some(opened))
    }

    /// Notes that a proof was taken away, and ends what was begun with it elsewhere. The last one stays: nobody shuts itself out.
    pub(super) async fn removed(
        self,
        ctx: &Ctx,
        tx: &mut Tx,
        act: &str,
        name: &str,
        browser: &Browser,
    ) -> Result<(), ServiceError> {
        if self.proofs.count() <= 1 {
            return Err(ServiceError::Conflict("last-proof"));
        }
        let person = self.person.id;
        stored::revoke_of(tx, person, Some(self.session.id), ctx.now()).await?;
        known::forget_others(tx, person, browser).await?;
        note_and_tell(ctx, tx, &self.person, act, &json!({ "name": name })).await
    }
}

/// What a person did to get in, or to what it gets in with, is in the log.
pub(super) async fn note(
    ctx: &Ctx,
    tx: &mut Tx,
    person: PersonId,
    act: &str,
    facts: &Value,
) -> Result<(), ServiceError> {
    let (subject, facts) = (person.to_string(), facts.to_string());
    Ok(audit::add(tx, Some(person), act, &subject, &facts, ctx.now()).await?)
}

/// The same, and the person hears of it by mail: whoever did not do it learns so that somebody else did.
pub(super) async fn note_and_tell(
    ctx: &Ctx,
    tx: &mut Tx,
    person: &PersonRecord,
    act: &str,
    facts: &Value,
) -> Result<(), ServiceError> {
    note(ctx, tx, person.id, act, facts).await?;
    messages::proof_changed(ctx, tx, person, act).await
}
