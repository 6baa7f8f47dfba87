//! A person's consent at the vendor: asked for in a session, answered there once within ten minutes, and kept before it is used.
//!
//! Why (2026-11): PKCE's verifier is derived from the session's secret and the state, so that it need not be kept: the one never leaves the browser's cookie, and
//! the database holds only the other's hash.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use portal_domain::{
    access::{Action, Actor},
    calendar::Timestamp,
    connection::{ConnectionSecret, ConnectionState, System, Way},
    secret::SecretName,
};
use portal_store::{
    Tx, audit,
    connections::{self, ConnectionRecord, Parts},
    consents,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Pair, check_account, editable, place, release};
use crate::{
    Ctx, Programme, ServiceError,
    access::{hash_token, new_token, require_staff},
    outbox::{self, Job},
    vault,
};

const CONSENT_MINUTES: i64 = 10;

/// What is asked of the vendor's page.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The app's public name.
    pub app: String,
    pub state: String,
    /// PKCE's, of the verifier that [`take`] answers.
    pub challenge: String,
}

/// An organisation of Xero that a consent is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    pub tie: String,
    pub id: String,
    pub name: String,
}

/// What a vendor gave for a consent.
#[derive(Clone, Debug)]
pub struct Granted {
    pub pair: Pair,
    pub expires_at: Timestamp,
    pub scopes: String,
    /// HubSpot's number of the account.
    pub account: Option<String>,
}

/// Where the vendor sends people back to.
pub fn redirect_address(ctx: &Ctx, system: System) -> String {
    ctx.url(&format!("/staff/connections/{system}/callback"))
}

/// Begins to ask for a consent in a session.
pub async fn begin(
    ctx: &Ctx,
    actor: &Actor,
    session: &str,
    system: System,
) -> Result<Asked, ServiceError> {
    let mut tx = ctx.store.write().await?;
    let record = editable(ctx, &mut tx, actor, system).await?;
    let app = record.parts.app.clone();
    let app = app.filter(|_| may_be_consented(&ctx.programme, &record));
    let app = app.ok_or(ServiceError::Conflict("connection-without-app"))?;
    let state = new_token();
    let (now, session_hash) = (ctx.now(), hash_token(session));
    let expires_at = now.plus_ms(CONSENT_MINUTES * 60_000);
    consents::add(&mut tx, &state.hash, system, &session_hash, expires_at, now).await?;
    tx.commit().await?;
    let verifier = verifier(session, &state.secret);
    Ok(Asked {
        app,
        state: state.secret,
        challenge: URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)),
    })
}

/// Whether a person can let its app in: one of the sandbox's is none of the vendor's.
pub fn may_be_consented(programme: &Programme, record: &ConnectionRecord) -> bool {
    let parts = &record.parts;
    parts.way.is_some_and(Way::is_granted) && parts.place == Some(place(programme))
}

/// Uses a consent up that came back, and answers PKCE's verifier.
pub async fn take(
    ctx: &Ctx,
    actor: &Actor,
    session: &str,
    system: System,
    state: &str,
) -> Result<String, ServiceError> {
    require_staff(actor, Action::Connect)?;
    let mut tx = ctx.store.write().await?;
    let (state_hash, session_hash) = (hash_token(state), hash_token(session));
    if !consents::take(&mut tx, &state_hash, system, &session_hash, ctx.now()).await? {
        return Err(ServiceError::Conflict("consent-unknown"));
    }
    tx.commit().await?;
    Ok(verifier(session, state))
}

fn verifier(session: &str, state: &str) -> String {
    let text = format!("consent:{session}:{state}");
    URL_SAFE_NO_PAD.encode(Sha256::digest(text))
}

/// Keeps what the vendor gave for the app of one version of a connection, before anything is done with it. HubSpot is connected then; of Xero it must be said
/// which organisation is meant.
pub async fn granted(
    ctx: &Ctx,
    actor: &Actor,
    system: System,
    version: i64,
    granted: &Granted,
) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    let before = editable(ctx, &mut tx, actor, system).await?;
    if before.version != version {
        return Err(ServiceError::Conflict("connection-changed"));
    }
    let before = before.parts;
    check_account(before.account.as_deref(), granted.account.as_deref())?;
    let state = match system {
        System::Xero => ConnectionState::Choosing,
        _ => ConnectionState::Connected,
    };
    let parts = Parts {
        state,
        place: Some(place(&ctx.programme)),
        // Which organisation was meant before is kept, so that connecting again need not ask.
        account: granted.account.clone().or(before.account),
        choices: None,
        scopes: Some(granted.scopes.clone()),
        expires_at: Some(granted.expires_at),
        said: None,
        ..before
    };
    let name = SecretName::Connection(system, ConnectionSecret::Tokens);
    vault::put(ctx, &mut tx, &name, &granted.pair.write()).await?;
    connections::set(&mut tx, system, &parts, actor.person(), ctx.now()).await?;
    if state == ConnectionState::Connected {
        release(&mut tx, system, ctx.now()).await?;
    }
    let facts = json!({ "way": parts.way.map(Way::as_str), "account": parts.account, "scopes": parts.scopes });
    audit::add(
        &mut tx,
        Some(actor.person()),
        "connect_system",
        system.as_str(),
        &facts.to_string(),
        ctx.now(),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// The organisations that the consent of one version of a connection is for. The one that was meant before, or the only one of a first consent, is connected;
/// else a person chooses.
pub async fn found(
    ctx: &Ctx,
    actor: &Actor,
    version: i64,
    organisations: &[Organisation],
) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    let record = editable(ctx, &mut tx, actor, System::Xero).await?;
    if record.version != version || record.parts.state != ConnectionState::Choosing {
        return Err(ServiceError::Conflict("connection-changed"));
    }
    let before = record.parts.account.as_deref();
    let meant = match (before, organisations) {
        (None, [only]) => Some(only),
        (None, _) => None,
        (Some(before), all) => all.iter().find(|one| one.id == before),
    };
    if let Some(meant) = meant {
        connect_to(ctx, &mut tx, actor, record.parts, meant).await?;
        return Ok(tx.commit().await?);
    }
    let choices = serde_json::to_string(organisations)
        .map_err(|error| ServiceError::Inconsistent(error.to_string()))?;
    let parts = Parts {
        choices: Some(choices),
        ..record.parts
    };
    connections::set(&mut tx, System::Xero, &parts, actor.person(), ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// The organisations of which one is to be chosen.
pub fn choices(parts: &Parts) -> Vec<Organisation> {
    let listed = parts.choices.as_deref().unwrap_or("[]");
    // Only `found` writes it.
    serde_json::from_str(listed).unwrap_or_default()
}

/// Says which organisation of Xero's is meant.
pub async fn choose_organisation(
    ctx: &Ctx,
    actor: &Actor,
    organisation: &str,
) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    let parts = editable(ctx, &mut tx, actor, System::Xero).await?.parts;
    if parts.state != ConnectionState::Choosing {
        return Err(ServiceError::Conflict("connection-changed"));
    }
    let chosen = choices(&parts)
        .into_iter()
        .find(|one| one.id == organisation);
    let chosen = chosen.ok_or_else(|| ServiceError::field("organisation", "choose-one"))?;
    connect_to(ctx, &mut tx, actor, parts, &chosen).await?;
    Ok(tx.commit().await?)
}

async fn connect_to(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    before: Parts,
    chosen: &Organisation,
) -> Result<(), ServiceError> {
    let parts = Parts {
        state: ConnectionState::Connected,
        account: Some(chosen.id.clone()),
        account_name: Some(chosen.name.clone()),
        tie: Some(chosen.tie.clone()),
        choices: None,
        ..before
    };
    let (system, now) = (System::Xero, ctx.now());
    connections::set(tx, system, &parts, actor.person(), now).await?;
    release(tx, system, now).await?;
    // Another organisation has other accounts.
    outbox::add(ctx, tx, &Job::ReadAccounts).await?;
    let facts = json!({ "organisation": chosen.name }).to_string();
    let (person, act) = (Some(actor.person()), "choose_organisation");
    Ok(audit::add(tx, person, act, system.as_str(), &facts, now).await?)
}
