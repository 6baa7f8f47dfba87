//! What a person does to a connection: typing credentials, naming an app, putting in what webhooks are signed with, testing, disconnecting.

use portal_domain::{
    access::{Action, Actor},
    connection::{ConnectionSecret, ConnectionState, Origin, System, Way, webhook_secrets},
    error::{Fault, FieldErrors},
    secret::{Secret, SecretName},
};
use portal_store::{
    Tx, audit,
    connections::{self, ConnectionRecord, Parts, Test},
};
use serde_json::json;

use super::{check_account, editable, origin, place, release};
use crate::{Ctx, ServiceError, access::require_staff, vault};

/// The longest secret that any of the systems gives out, with room.
const SECRET_LENGTH_MAX: usize = 2_000;

/// An app of ours at a vendor, as a person typed it.
#[derive(Clone)]
pub struct AppForm {
    pub way: Way,
    pub client_id: String,
    pub client_secret: Secret,
    /// Empty: what is known already stays.
    pub webhook: Secret,
}

/// A token that a person typed.
#[derive(Clone)]
pub struct TokenForm {
    pub token: Secret,
    /// Empty: what is known already stays.
    pub webhook: Secret,
}

/// An account, organisation or workspace that a system let us into.
#[derive(Clone, Debug)]
pub struct Found {
    pub id: String,
    pub name: String,
}

/// What came back from the one call of a test.
#[derive(Clone, Debug)]
pub struct Tested {
    pub went_well: bool,
    pub said: String,
    pub account: Option<Found>,
}

/// What a token that a person types would take the place of, if it may be typed here: for whoever asks the system whose it is, before it is kept.
pub async fn check_token(
    ctx: &Ctx,
    actor: &Actor,
    system: System,
    token: &Secret,
) -> Result<ConnectionRecord, ServiceError> {
    let mut tx = ctx.store.read().await?;
    let before = changeable(ctx, &mut tx, actor, system, Way::Token).await?;
    let mut errors = FieldErrors::default();
    check_secret(&mut errors, "token", token);
    refuse(errors)?;
    Ok(before)
}

/// Connects a system with a token that was typed, or puts a new token in the old one's place. What waits goes out once the system has said whose it is; where
/// an account is known it must be that one.
pub async fn connect_token(
    ctx: &Ctx,
    actor: &Actor,
    system: System,
    form: &TokenForm,
    found: Option<&Found>,
) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    let before = changeable(ctx, &mut tx, actor, system, Way::Token).await?;
    let mut errors = FieldErrors::default();
    check_secret(&mut errors, "token", &form.token);
    refuse(errors)?;
    let known = before.parts.account.as_deref();
    check_account(known, found.map(|found| found.id.as_str()))?;
    if known.is_some() && found.is_none() {
        return Err(ServiceError::Conflict("connection-changed"));
    }
    clear_for(&mut tx, &before).await?;
    put(ctx, &mut tx, system, ConnectionSecret::Token, &form.token).await?;
    put_webhook(ctx, &mut tx, system, &form.webhook).await?;
    let parts = Parts {
        state: ConnectionState::Connected,
        way: Some(Way::Token),
        place: Some(place(&ctx.programme)),
        account: found.map(|found| found.id.clone()),
        account_name: found.map(|found| found.name.clone()),
        said: None,
        ..before.parts
    };
    connect(ctx, &mut tx, actor, system, &parts).await?;
    if found.is_some() {
        release(&mut tx, system, ctx.now()).await?;
    }
    Ok(tx.commit().await?)
}

/// Connects mail over the server at an address. Its host is the public part, as whoever sends mail there reads it, or what keeps mail from going there.
pub async fn connect_mail(
    ctx: &Ctx,
    actor: &Actor,
    address: &Secret,
    host: Result<String, Fault>,
) -> Result<(), ServiceError> {
    let system = System::Mail;
    let mut tx = ctx.store.write().await?;
    let before = changeable(ctx, &mut tx, actor, system, Way::Address).await?;
    let host = host.map_err(|fault| ServiceError::fault("address", fault))?;
    if address.reveal().len() > SECRET_LENGTH_MAX {
        return Err(ServiceError::field("address", "mail-server-address"));
    }
    clear_for(&mut tx, &before).await?;
    put(ctx, &mut tx, system, ConnectionSecret::Address, address).await?;
    let parts = Parts {
        state: ConnectionState::Connected,
        way: Some(Way::Address),
        place: Some(place(&ctx.programme)),
        account_name: Some(host),
        ..Parts::NONE
    };
    connect(ctx, &mut tx, actor, system, &parts).await?;
    release(&mut tx, system, ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// Names the app that a system knows the portal as. A custom connection is connected by that alone; for the other ways a person must agree next.
/// A connection that works keeps its app: another one is another connection, and only the secret of the same one is put anew.
pub async fn connect_app(
    ctx: &Ctx,
    actor: &Actor,
    system: System,
    form: &AppForm,
) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    let before = changeable(ctx, &mut tx, actor, system, form.way).await?;
    let client_id = form.client_id.trim();
    let mut errors = FieldErrors::default();
    if client_id.is_empty() || client_id.len() > 200 || client_id.chars().any(char::is_control) {
        errors.add("client_id", "required");
    }
    check_secret(&mut errors, "client_secret", &form.client_secret);
    refuse(errors)?;
    let is_made = before.parts.state.is_made();
    let is_same_app = before.parts.app.as_deref() == Some(client_id);
    if is_made && !is_same_app {
        return Err(ServiceError::Conflict("connection-has-app"));
    }
    if !is_same_app {
        clear(&mut tx, system).await?;
    }
    put(
        ctx,
        &mut tx,
        system,
        ConnectionSecret::AppSecret,
        &form.client_secret,
    )
    .await?;
    put_webhook(ctx, &mut tx, system, &form.webhook).await?;
    let state = match form.way {
        Way::ClientCredentials => ConnectionState::Connected,
        _ if is_made => before.parts.state,
        _ => ConnectionState::Begun,
    };
    let parts = Parts {
        state,
        way: Some(form.way),
        place: Some(place(&ctx.programme)),
        app: Some(client_id.to_owned()),
        ..before.parts
    };
    if state == ConnectionState::Connected {
        connect(ctx, &mut tx, actor, system, &parts).await?;
        release(&mut tx, system, ctx.now()).await?;
    } else {
        connections::set(&mut tx, system, &parts, actor.person(), ctx.now()).await?;
        let facts = json!({ "way": form.way.as_str(), "app": client_id });
        note(ctx, &mut tx, actor, "name_app", system, &facts).await?;
    }
    Ok(tx.commit().await?)
}

/// Says what a system's webhooks are signed with: one secret, or two while it is rotated there.
pub async fn set_webhook_secrets(
    ctx: &Ctx,
    actor: &Actor,
    system: System,
    secrets: &Secret,
) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    let record = editable(ctx, &mut tx, actor, system).await?;
    if !system.sends() || origin(&ctx.programme, &record) != Origin::Connection {
        return Err(ServiceError::Conflict("connection-changed"));
    }
    let how_many = webhook_secrets(secrets.reveal()).len();
    if !(1..=2).contains(&how_many) || secrets.reveal().len() > SECRET_LENGTH_MAX {
        return Err(ServiceError::field("secrets", "webhook-secrets"));
    }
    put_webhook(ctx, &mut tx, system, secrets).await?;
    connections::set(&mut tx, system, &record.parts, actor.person(), ctx.now()).await?;
    let facts = json!({ "secrets": how_many });
    note(ctx, &mut tx, actor, "set_webhook_secrets", system, &facts).await?;
    Ok(tx.commit().await?)
}

/// Forgets a connection with all its secrets.
pub async fn disconnect(ctx: &Ctx, actor: &Actor, system: System) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    let record = editable(ctx, &mut tx, actor, system).await?;
    if record.parts.state == ConnectionState::None {
        return Err(ServiceError::Conflict("connection-changed"));
    }
    clear(&mut tx, system).await?;
    connections::set(&mut tx, system, &Parts::NONE, actor.person(), ctx.now()).await?;
    if origin(&ctx.programme, &connections::find(&mut tx, system).await?) == Origin::Sandbox {
        release(&mut tx, system, ctx.now()).await?;
    }
    let facts = json!({ "account": record.parts.account_name });
    note(ctx, &mut tx, actor, "disconnect_system", system, &facts).await?;
    Ok(tx.commit().await?)
}

/// Keeps what a test of one version of a connection came to; what waits goes out where that is still the connection, and works.
pub async fn tested(
    ctx: &Ctx,
    actor: &Actor,
    system: System,
    version: i64,
    tested: &Tested,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Connect)?;
    let mut tx = ctx.store.write().await?;
    let test = Test {
        at: ctx.now(),
        went_well: tested.went_well,
        said: tested.said.clone(),
    };
    let known = connections::find(&mut tx, system).await?.parts.account;
    let account = tested.account.as_ref();
    let account = account.map(|found| (found.id.as_str(), found.name.as_str()));
    check_account(known.as_deref(), account.map(|(id, _)| id))?;
    let met = connections::set_tested(&mut tx, system, version, &test, account).await?;
    if met && tested.went_well {
        release(&mut tx, system, ctx.now()).await?;
    }
    let facts = json!({ "went_well": tested.went_well, "said": tested.said });
    note(ctx, &mut tx, actor, "test_connection", system, &facts).await?;
    Ok(tx.commit().await?)
}

/// The connection, if it may be made in a way: one that is made in another way is disconnected first. One of another place is none.
async fn changeable(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    system: System,
    way: Way,
) -> Result<ConnectionRecord, ServiceError> {
    let record = editable(ctx, tx, actor, system).await?;
    if !system.ways().contains(&way) {
        return Err(ServiceError::NotFound);
    }
    let is_made = origin(&ctx.programme, &record) == Origin::Connection;
    let is_begun = record.parts.state == ConnectionState::Begun
        && record.parts.place == Some(place(&ctx.programme));
    match record.parts.way {
        Some(other) if is_made && other != way => {
            Err(ServiceError::Conflict("connection-in-another-way"))
        }
        Some(known) if is_made || (is_begun && known == way) => Ok(record),
        _ => Ok(ConnectionRecord {
            parts: Parts::NONE,
            ..record
        }),
    }
}

/// Where nothing is to be kept of what was before, no secret is either: the sandbox's are known to everybody.
async fn clear_for(tx: &mut Tx, before: &ConnectionRecord) -> Result<(), ServiceError> {
    if before.parts == Parts::NONE {
        clear(tx, before.system).await?;
    }
    Ok(())
}

/// Forgets every secret of a system.
async fn clear(tx: &mut Tx, system: System) -> Result<(), ServiceError> {
    for part in ConnectionSecret::ALL {
        vault::remove(tx, &SecretName::Connection(system, *part)).await?;
    }
    Ok(())
}

fn refuse(errors: FieldErrors) -> Result<(), ServiceError> {
    if errors.is_empty() {
        Ok(())
    } else {
        Err(ServiceError::Invalid(errors))
    }
}

fn check_secret(errors: &mut FieldErrors, field: &str, secret: &Secret) {
    let text = secret.reveal().trim();
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    if text.is_empty() {
        errors.add(field, "required");
    } else if !is_plain || text.len() > SECRET_LENGTH_MAX {
        errors.add(field, "secret-malformed");
    }
}

async fn put(
    ctx: &Ctx,
    tx: &mut Tx,
    system: System,
    part: ConnectionSecret,
    secret: &Secret,
) -> Result<(), ServiceError> {
    let trimmed = Secret::from(secret.reveal().trim());
    vault::put(ctx, tx, &SecretName::Connection(system, part), &trimmed).await
}

/// Nothing typed: what is known already stays.
async fn put_webhook(
    ctx: &Ctx,
    tx: &mut Tx,
    system: System,
    secrets: &Secret,
) -> Result<(), ServiceError> {
    if webhook_secrets(secrets.reveal()).is_empty() {
        return Ok(());
    }
    put(ctx, tx, system, ConnectionSecret::Webhook, secrets).await
}

async fn connect(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    system: System,
    parts: &Parts,
) -> Result<(), ServiceError> {
    connections::set(tx, system, parts, actor.person(), ctx.now()).await?;
    let facts = json!({ "way": parts.way.map(Way::as_str), "app": parts.app });
    note(ctx, tx, actor, "connect_system", system, &facts).await
}

async fn note(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    system: System,
    facts: &serde_json::Value,
) -> Result<(), ServiceError> {
    let (person, facts) = (Some(actor.person()), facts.to_string());
    Ok(audit::add(tx, person, act, system.as_str(), &facts, ctx.now()).await?)
}
