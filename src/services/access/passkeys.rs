//! Passkeys: keys that a device keeps and uses only for its verified person (WebAuthn), so one proof is two. Nobody types who it is.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use portal_domain::{access::Proof, ids::PersonId, text::parse_line};
use portal_store::{
    Across, Tx,
    factors::{self, PasskeyRecord},
    people,
};
use serde::{Serialize, de::DeserializeOwned};
use webauthn_rs::{
    Webauthn, WebauthnBuilder,
    prelude::{
        Credential, DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
        RegisterPublicKeyCredential, Url, Uuid,
    },
};
use webauthn_rs_proto::ResidentKeyRequirement;

use super::{
    Browser, Opened, complete_sign_in, first_place, hash_token, hold, new_token, proofs::Changer,
};
use crate::{Ctx, ServiceError};

/// How long a browser may take to answer.
const ANSWER_MINUTES: i64 = 5;
/// Characters of what a passkey is called.
pub const NAME_MAX: usize = 60;

/// What a browser is asked for.
#[derive(Clone, Debug)]
pub struct Question {
    /// To be sent along with the answer.
    pub token: String,
    /// What the browser's own function takes, JSON.
    pub options: String,
}

/// Whether there can be passkeys here: they belong to a host's name, and an address is none.
pub fn are_possible(ctx: &Ctx) -> bool {
    webauthn(ctx).is_ok()
}

fn webauthn(ctx: &Ctx) -> Result<Webauthn, ServiceError> {
    let none = ServiceError::Conflict("passkeys-need-a-name");
    let Ok(origin) = Url::parse(&ctx.programme.portal_url) else {
        return Err(none);
    };
    let Some(name) = origin.domain() else {
        return Err(none);
    };
    let built = WebauthnBuilder::new(name, &origin)
        .and_then(|builder| builder.rp_name(&ctx.programme.name).build());
    built.map_err(|_| none)
}

/// A person as devices know it.
const fn handle(person: PersonId) -> Uuid {
    Uuid::from_u128(person.bits())
}

/// Asks the browser for a new passkey of whoever uses it.
pub async fn ask_for_new(ctx: &Ctx, browser: &Browser) -> Result<Question, ServiceError> {
    let webauthn = webauthn(ctx)?;
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    let changer = Changer::find(ctx, &mut tx, browser).await?;
    let known = changer.proofs.passkeys.iter();
    let known = known.map(|known| Ok(read::<Passkey>(&known.credential)?.cred_id().clone()));
    let known = known.collect::<Result<Vec<_>, ServiceError>>()?;
    let person = &changer.person;
    let (mut options, state) = webauthn
        .start_passkey_registration(handle(person.id), &person.email, &person.name, Some(known))
        .map_err(inconsistent)?;
    // So that it is found without anybody saying who it is.
    if let Some(selection) = &mut options.public_key.authenticator_selection {
        selection.resident_key = Some(ResidentKeyRequirement::Preferred);
    }
    let question = keep_question(ctx, &mut tx, Some(person.id), &state, &options).await?;
    tx.commit().await?;
    Ok(question)
}

/// Keeps what a browser is asked for until it answers.
async fn keep_question(
    ctx: &Ctx,
    tx: &mut Tx,
    person: Option<PersonId>,
    state: &impl Serialize,
    options: &impl Serialize,
) -> Result<Question, ServiceError> {
    let token = new_token();
    let expires_at = ctx.now().plus_ms(ANSWER_MINUTES * 60_000);
    factors::add_question(tx, &token.hash, person, &write(state)?, expires_at).await?;
    Ok(Question {
        token: token.secret,
        options: write(options)?,
    })
}

/// Adds the passkey that the browser made. Whoever had no second proof before is signed in.
pub async fn add(
    ctx: &Ctx,
    token: &str,
    name: &str,
    answer: &str,
    browser: &Browser,
) -> Result<Option<Opened>, ServiceError> {
    let webauthn = webauthn(ctx)?;
    let name =
        parse_line(name, NAME_MAX).map_err(|fault| ServiceError::field("name", fault.code))?;
    let answer: RegisterPublicKeyCredential = read_answer(answer)?;
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    let changer = Changer::find(ctx, &mut tx, browser).await?;
    let person = changer.person.id;
    let state = factors::take_question(&mut tx, &hash_token(token), Some(person), ctx.now())
        .await?
        .ok_or(ServiceError::Conflict("passkey-not-taken"))?;
    let state: PasskeyRegistration = read(&state)?;
    let passkey = webauthn
        .finish_passkey_registration(&answer, &state)
        .map_err(|error| refused(&error))?;
    let record = PasskeyRecord {
        id: BASE64_URL_SAFE_NO_PAD.encode(passkey.cred_id()),
        person,
        name,
        credential: write(&passkey)?,
        created_at: ctx.now(),
        used_at: None,
    };
    if !factors::add_passkey(&mut tx, &record).await? {
        return Err(ServiceError::Conflict("passkey-there"));
    }
    let opened = changer
        .added(
            ctx,
            &mut tx,
            Proof::Passkey,
            "add_passkey",
            &record.name,
            browser,
        )
        .await?;
    tx.commit().await?;
    Ok(opened)
}

/// Takes a passkey away.
pub async fn remove(ctx: &Ctx, id: &str, browser: &Browser) -> Result<(), ServiceError> {
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    let changer = Changer::find(ctx, &mut tx, browser).await?;
    let known = changer.proofs.passkeys.iter().find(|known| known.id == id);
    let name = known.ok_or(ServiceError::NotFound)?.name.clone();
    factors::remove_passkey(&mut tx, changer.person.id, id).await?;
    changer
        .removed(ctx, &mut tx, "remove_passkey", &name, browser)
        .await?;
    Ok(tx.commit().await?)
}

/// Asks the browser for whatever passkey it has of ours.
pub async fn ask_who(ctx: &Ctx) -> Result<Question, ServiceError> {
    let (options, state) = webauthn(ctx)?
        .start_discoverable_authentication()
        .map_err(inconsistent)?;
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    let question = keep_question(ctx, &mut tx, None, &state, &options).await?;
    tx.commit().await?;
    Ok(question)
}

/// Signs in whose passkey it is.
pub async fn sign_in(
    ctx: &Ctx,
    token: &str,
    answer: &str,
    browser: &Browser,
) -> Result<Opened, ServiceError> {
    let webauthn = webauthn(ctx)?;
    let unknown = ServiceError::Conflict("passkey-not-taken");
    let answer: PublicKeyCredential = read_answer(answer)?;
    let mut tx = ctx.store.across(Across::SignIn).write().await?;
    let Some(state) = factors::take_question(&mut tx, &hash_token(token), None, ctx.now()).await?
    else {
        return Err(unknown);
    };
    let state: DiscoverableAuthentication = read(&state)?;
    let Ok((uuid, id)) = webauthn.identify_discoverable_authentication(&answer) else {
        return Err(unknown);
    };
    let id = BASE64_URL_SAFE_NO_PAD.encode(id);
    let Some(record) = factors::find_passkey(&mut tx, &id).await? else {
        return Err(unknown);
    };
    hold(&mut tx, record.person).await?;
    let person = people::find(&mut tx, record.person).await?;
    let Some(person) =
        person.filter(|person| handle(person.id) == uuid && person.disabled_at.is_none())
    else {
        return Err(unknown);
    };
    let mut passkey: Passkey = read(&record.credential)?;
    let proved = webauthn
        .finish_discoverable_authentication_v2(&answer, state, Credential::from(passkey.clone()))
        .map_err(|error| refused(&error))?;
    passkey.update_credential(&proved);
    if !factors::use_passkey(&mut tx, &id, &write(&passkey)?, ctx.now()).await? {
        return Err(unknown);
    }
    let place = first_place(&mut tx, &person).await?;
    let proof = Proof::Passkey;
    let opened = complete_sign_in(ctx, &mut tx, person.id, place, proof, browser).await?;
    tx.commit().await?;
    Ok(opened)
}

/// What the browser sent is not what it was asked for; the log says why.
fn refused(error: &webauthn_rs::prelude::WebauthnError) -> ServiceError {
    tracing::warn!(%error, "Refused a passkey");
    ServiceError::Conflict("passkey-not-taken")
}

fn read_answer<T: DeserializeOwned>(answer: &str) -> Result<T, ServiceError> {
    serde_json::from_str(answer).map_err(|_| ServiceError::Conflict("passkey-not-taken"))
}

fn read<T: DeserializeOwned>(kept: &str) -> Result<T, ServiceError> {
    serde_json::from_str(kept).map_err(inconsistent)
}

fn write(value: &impl Serialize) -> Result<String, ServiceError> {
    serde_json::to_string(value).map_err(inconsistent)
}

fn inconsistent(error: impl std::fmt::Display) -> ServiceError {
    ServiceError::Inconsistent(format!("a passkey: {error}"))
}
