//! Single sign-on: people of a mail domain sign in at their own company's identity provider. What stands between a provider and the portal's people is here: it is
//! believed for addresses of its own domain, and for one place alone, the vendor's or its partner's.
//!
//! Why (2026-11): a partner looks after its provider itself, and could have it say anything. So what is begun there opens nothing of another company, adds no proof
//! that would, and lasts half a day.
//!
//! How people proved themselves there, and when, only the provider knows. Where an administrator asks it to vouch for that, nobody comes in for whom it does not. What
//! it does not say counts as the least: one factor, given nobody knows when.

use portal_domain::{
    access::{Action, Actor, Proof},
    ids::{PartnerId, PersonId, ProviderId},
    secret::{Secret, SecretName},
    sign_on::{SignOn, SignOnForm},
    text::Email,
};
use portal_store::{
    Across, Tx, audit,
    identity_providers::{self as stored, ProviderRecord},
    partners,
    people::{self, PersonRecord},
};
use serde_json::json;

use super::{Browser, Proved, begin_session_after, hash_token, new_token, require_staff};
use crate::{Ctx, ServiceError, audit::record, vault};

/// How long somebody may take at the provider.
const TRIP_MINUTES: i64 = 10;
/// So much is kept of what a provider vouched for in vain; any that means well says less.
const WORDS_MAX: usize = 20;
const WORD_LENGTH_MAX: usize = 200;

/// Somebody on the way to a provider or back.
#[derive(Clone, Debug)]
pub struct Trip {
    pub provider: ProviderRecord,
    pub secret: Secret,
    pub state: String,
    /// What makes this trip different from all others: of the browser's own secret and the state, so that it need not be kept.
    pub own: Secret,
}

/// Who came back, as the provider says.
#[derive(Clone, Debug)]
pub struct Who {
    pub subject: String,
    pub email: Option<String>,
    pub email_verified: Option<bool>,
    /// How it proved itself there: `acr` and `amr`.
    pub acr: Option<String>,
    pub amr: Vec<String>,
    /// How long ago that is, where the provider says so.
    pub proved_ms_ago: Option<i64>,
}

/// Where a provider sends people back to.
pub fn back_address(ctx: &Ctx) -> String {
    ctx.url("/sign-in/provider/back")
}

/// The provider at which somebody with this address signs in. An address that is none has none.
pub async fn find_for(ctx: &Ctx, email: &str) -> Result<Option<ProviderRecord>, ServiceError> {
    let Ok(email) = Email::parse(email) else {
        return Ok(None);
    };
    let mut tx = ctx.store.across(Across::SignIn).read().await?;
    Ok(stored::find_of_domain(&mut tx, email.host()).await?)
}

/// A provider as whoever wants to sign in there sees it.
pub async fn find(ctx: &Ctx, id: ProviderId) -> Result<ProviderRecord, ServiceError> {
    let mut tx = ctx.store.across(Across::SignIn).read().await?;
    stored::find(&mut tx, id)
        .await?
        .ok_or(ServiceError::NotFound)
}

/// Sends a browser, which holds `asked_with`, to a provider.
pub async fn begin(ctx: &Ctx, id: ProviderId, asked_with: &str) -> Result<Trip, ServiceError> {
    let state = new_token();
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    let trip = trip(ctx, &mut tx, id, asked_with, &state.secret).await?;
    let (now, browser) = (ctx.now(), hash_token(asked_with));
    let expires_at = now.plus_ms(TRIP_MINUTES * 60_000);
    stored::ask(&mut tx, &state.hash, id, &browser, expires_at, now).await?;
    tx.commit().await?;
    Ok(trip)
}

/// A browser is back: uses up what it was sent with.
pub async fn come_back(ctx: &Ctx, state: &str, asked_with: &str) -> Result<Trip, ServiceError> {
    let (state_hash, browser) = (hash_token(state), hash_token(asked_with));
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    let id = stored::take_question(&mut tx, &state_hash, &browser, ctx.now())
        .await?
        .ok_or(ServiceError::Conflict("sign-on-unknown"))?;
    let trip = trip(ctx, &mut tx, id, asked_with, state).await?;
    tx.commit().await?;
    Ok(trip)
}

async fn trip(
    ctx: &Ctx,
    tx: &mut Tx,
    id: ProviderId,
    asked_with: &str,
    state: &str,
) -> Result<Trip, ServiceError> {
    let provider = stored::find(tx, id).await?;
    Ok(Trip {
        provider: provider.ok_or(ServiceError::NotFound)?,
        secret: secret_of(ctx, tx, id).await?,
        state: state.to_owned(),
        own: Secret::new(format!("{asked_with}:{state}")),
    })
}

async fn secret_of(ctx: &Ctx, tx: &mut Tx, id: ProviderId) -> Result<Secret, ServiceError> {
    vault::find(ctx, tx, &SecretName::SignOn(id))
        .await?
        .ok_or_else(|| ServiceError::Inconsistent(format!("no secret for the provider {id}")))
}

/// Signs in whom a provider names; answers the new session's secret. Somebody is known by the provider's own name for that person, and by the mail address the first
/// time alone.
pub async fn sign_in(
    ctx: &Ctx,
    id: ProviderId,
    who: &Who,
    browser: &Browser,
) -> Result<String, ServiceError> {
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    let provider = stored::find(&mut tx, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let known = stored::find_person(&mut tx, id, &who.subject).await?;
    if !provider
        .sign_on
        .is_vouched_for(who.acr.as_deref(), &who.amr)
    {
        note_weakness(ctx, &mut tx, &provider, known, who).await?;
        tx.commit().await?;
        return Err(ServiceError::Conflict("sign-on-weak"));
    }
    let person = match known {
        Some(person) => {
            stored::touch_identity(&mut tx, id, &who.subject, ctx.now()).await?;
            people::find(&mut tx, person).await?
        }
        None => meet(ctx, &mut tx, &provider, who).await?,
    };
    let person = person.filter(|person| person.disabled_at.is_none());
    let person = person.ok_or(ServiceError::Conflict("sign-on-nobody"))?;
    let place = provider.partner.as_ref().map(|(partner, _)| *partner);
    if !belongs(&mut tx, &person, place).await? {
        return Err(ServiceError::Conflict("sign-on-nobody"));
    }
    let proved = Proved {
        proof: Proof::SignOn,
        at: who.proved_ms_ago.map(|ago| ctx.now().plus_ms(-ago)),
    };
    let secret = begin_session_after(ctx, &mut tx, person.id, place, proved, browser).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Writes down what a provider vouched for where that was too little: whoever looks after it sees there which words it has.
async fn note_weakness(
    ctx: &Ctx,
    tx: &mut Tx,
    provider: &ProviderRecord,
    known: Option<PersonId>,
    who: &Who,
) -> Result<(), ServiceError> {
    let cut = |word: &String| -> String { word.chars().take(WORD_LENGTH_MAX).collect() };
    let facts = json!({
        "asked": provider.sign_on.strength,
        "acr": who.acr.as_ref().map(cut),
        "amr": who.amr.iter().take(WORDS_MAX).map(cut).collect::<Vec<_>>(),
    })
    .to_string();
    let subject = provider.id.to_string();
    audit::add(tx, known, "refuse_sign_on", &subject, &facts, ctx.now()).await?;
    Ok(())
}

/// Finds whom a provider names for the first time, and keeps it. Nobody becomes somebody else by getting that person's address later: a person is one subject only.
async fn meet(
    ctx: &Ctx,
    tx: &mut Tx,
    provider: &ProviderRecord,
    who: &Who,
) -> Result<Option<PersonRecord>, ServiceError> {
    let email = who.email.as_deref().map(Email::parse);
    let Some(Ok(email)) = email else {
        return Err(ServiceError::Conflict("sign-on-without-address"));
    };
    if who.email_verified == Some(false) || email.host() != provider.sign_on.domain.as_str() {
        return Err(ServiceError::Conflict("sign-on-other-domain"));
    }
    let Some(person) = people::find_by_email(tx, email.as_str()).await? else {
        return Ok(None);
    };
    let added = stored::add_identity(tx, provider.id, &who.subject, person.id, ctx.now());
    match added.await {
        Err(error) if error.is_duplicate() => Err(ServiceError::Conflict("sign-on-other-subject")),
        other => {
            other?;
            let facts = json!({ "provider": provider.id, "subject": who.subject }).to_string();
            let subject = person.id.to_string();
            audit::add(
                tx,
                Some(person.id),
                "first_sign_on",
                &subject,
                &facts,
                ctx.now(),
            )
            .await?;
            Ok(Some(person))
        }
    }
}

async fn belongs(
    tx: &mut Tx,
    person: &PersonRecord,
    place: Option<PartnerId>,
) -> Result<bool, ServiceError> {
    Ok(match place {
        None => person.staff_role.is_some(),
        Some(partner) => people::find_member(tx, partner, person.id).await?.is_some(),
    })
}

/// Whether somebody with this address signs in at a provider alone where that place is.
pub(crate) async fn is_only_way(
    tx: &mut Tx,
    email: &str,
    place: Option<PartnerId>,
) -> Result<bool, ServiceError> {
    let Ok(email) = Email::parse(email) else {
        return Ok(false);
    };
    let provider = stored::find_of_domain(tx, email.host()).await?;
    Ok(provider.is_some_and(|provider| {
        provider.sign_on.is_only_way && provider.partner.map(|(partner, _)| partner) == place
    }))
}

/// Refuses a session that was begun in another way where a provider is the only one.
pub(super) async fn check_way(
    tx: &mut Tx,
    person: PersonId,
    place: Option<PartnerId>,
    proof: Proof,
) -> Result<(), ServiceError> {
    if matches!(proof, Proof::SignOn | Proof::Demo) {
        return Ok(());
    }
    let person = people::find(tx, person)
        .await?
        .ok_or(ServiceError::NotFound)?;
    if is_only_way(tx, &person.email, place).await? {
        return Err(ServiceError::Conflict("sign-on-only"));
    }
    Ok(())
}

/// All providers, for whoever looks after them.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<ProviderRecord>, ServiceError> {
    require_staff(actor, Action::ManageSignOn)?;
    let mut tx = ctx.store.read().await?;
    Ok(stored::list(&mut tx).await?)
}

/// What is to be kept of a provider, checked so far as it can be without asking it.
pub fn check(actor: &Actor, form: &SignOnForm) -> Result<SignOn, ServiceError> {
    require_staff(actor, Action::ManageSignOn)?;
    form.parse().map_err(ServiceError::Invalid)
}

/// The secret to ask a provider with: the one that was typed, else the one that is kept.
pub async fn find_secret(
    ctx: &Ctx,
    actor: &Actor,
    id: Option<ProviderId>,
    typed: &str,
) -> Result<Secret, ServiceError> {
    require_staff(actor, Action::ManageSignOn)?;
    let typed = typed.trim();
    match id {
        _ if !typed.is_empty() => Ok(Secret::from(typed)),
        Some(id) => secret_of(ctx, &mut ctx.store.read().await?, id).await,
        None => Err(ServiceError::field("secret", "required")),
    }
}

/// Keeps a provider: a new one of the vendor's or of a partner's, or another reading of one that is there.
pub async fn save(
    ctx: &Ctx,
    actor: &Actor,
    which: Which,
    sign_on: &SignOn,
    secret: &Secret,
) -> Result<ProviderId, ServiceError> {
    require_staff(actor, Action::ManageSignOn)?;
    let mut tx = ctx.store.write().await?;
    let (id, partner, before) = match which {
        Which::There(id) => {
            let before = stored::find(&mut tx, id)
                .await?
                .ok_or(ServiceError::NotFound)?;
            let partner = before.partner.map(|(partner, _)| partner);
            (id, partner, Some(before.sign_on))
        }
        Which::Vendors => (ProviderId::new(ctx.new_id()), None, None),
        Which::Partners(partner) => {
            partners::find(&mut tx, partner)
                .await?
                .ok_or(ServiceError::NotFound)?;
            (ProviderId::new(ctx.new_id()), Some(partner), None)
        }
    };
    match stored::put(&mut tx, id, partner, sign_on, ctx.now()).await {
        Err(error) if error.is_duplicate() => {
            return Err(ServiceError::field("domain", "sign-on-domain-taken"));
        }
        other => other?,
    }
    vault::put(ctx, &mut tx, &SecretName::SignOn(id), secret).await?;
    let facts = json!({ "partner": partner, "before": before, "after": sign_on });
    record(ctx, &mut tx, actor, "save_sign_on", id, &facts).await?;
    tx.commit().await?;
    Ok(id)
}

/// Which provider is saved.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    There(ProviderId),
    Vendors,
    Partners(PartnerId),
}

/// Forgets a provider. What was begun there goes on until it ends by itself.
pub async fn remove(ctx: &Ctx, actor: &Actor, id: ProviderId) -> Result<(), ServiceError> {
    require_staff(actor, Action::ManageSignOn)?;
    let mut tx = ctx.store.write().await?;
    let before = stored::find(&mut tx, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    stored::remove(&mut tx, id).await?;
    vault::remove(&mut tx, &SecretName::SignOn(id)).await?;
    let facts = json!({ "before": before.sign_on });
    record(ctx, &mut tx, actor, "remove_sign_on", id, &facts).await?;
    Ok(tx.commit().await?)
}

/// Lets people of a domain sign in in other ways again: for whoever has the command line, on the day on which the provider is not there.
pub async fn release(ctx: &Ctx, domain: &str) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    let provider = stored::find_of_domain(&mut tx, &domain.trim().to_lowercase())
        .await?
        .ok_or(ServiceError::NotFound)?;
    let partner = provider.partner.as_ref().map(|(partner, _)| *partner);
    let after = SignOn {
        is_only_way: false,
        ..provider.sign_on.clone()
    };
    stored::put(&mut tx, provider.id, partner, &after, ctx.now()).await?;
    let facts = json!({ "before": provider.sign_on, "after": after }).to_string();
    let subject = provider.id.to_string();
    audit::add(
        &mut tx,
        None,
        "release_sign_on",
        &subject,
        &facts,
        ctx.now(),
    )
    .await?;
    Ok(tx.commit().await?)
}
