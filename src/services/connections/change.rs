//! What a person does to a connection: typing credentials, naming an app, putting in what webhooks are signed with, testing, disconnecting.

use portal_domain::{
    access::{Action, Actor},
    connection::{ConnectionSecret, ConnectionState, Origin, System, Way, webhook_secrets},
    error::FieldErrors,
    secret::{Secret, SecretName},
};
use portal_store::{
    Tx, audit,
    connections::{self, ConnectionRecord, Parts, Test},
};
use serde_json::json;

use super::{origin, place, release};
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

/// What came back from the one call of a test.
#[derive(Clone, Debug)]
pub struct Tested {
    pub went_well: bool,
    pub said: String,
    /// The account that it found, and its name.
    pub account: Option<(String, String)>,
}

/// Connects a system with a token that was typed, or puts a new token in the old one's place.
pub async fn connect_token(
    ctx: &Ctx,
    actor: &Actor,
    system: System,
    token: &Secret,
    webhook: &Secret,
) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    let before = changeable(ctx, &mut tx, actor, system, Way::Token).await?;
    let mut errors = FieldErrors::default();
    check_secret(&mut errors, "token", token);
    refuse(errors)?;
    put(ctx, &mut tx, system, ConnectionSecret::Token, token).await?;
    put_webhook(ctx, &mut tx, system, webhook).await?;
    let parts = Parts {
        state: ConnectionState::Connected,
        way: Some(Way::Token),
        place: Some(place(&ctx.programme)),
        said: None,
        ..before.parts
    };
    connect(ctx, &mut tx, actor, system, &parts).await?;
    Ok(tx.commit().await?)
}

/// Connects mail over the server at an address.
pub async fn connect_mail(ctx: &Ctx, actor: &Actor, address: &Secret) -> Result<(), ServiceError> {
    let system = System::Mail;
    let mut tx = ctx.store.write().await?;
    changeable(ctx, &mut tx, actor, system, Way::Address).await?;
    let is_one = |scheme: &str| address.reveal().trim().starts_with(scheme);
    let host = host_of(address.reveal());
    if (!is_one("smtp://") && !is_one("smtps://")) || host.is_none() {
        return Err(ServiceError::field("address", "mail-server-address"));
    }
    put(ctx, &mut tx, system, ConnectionSecret::Address, address).await?;
    let parts = Parts {
        state: ConnectionState::Connected,
        way: Some(Way::Address),
        place: Some(place(&ctx.programme)),
        account_name: host,
        ..Parts::NONE
    };
    connect(ctx, &mut tx, actor, system, &parts).await?;
    Ok(tx.commit().await?)
}

/// The public part of a mail server's address: its host, without whoever signs in there.
fn host_of(address: &str) -> Option<String> {
    let (_, rest) = address.trim().split_once("://")?;
    let authority = rest.split(['/', '?']).next()?;
    let host = authority.rsplit('@').next()?;
    (!host.is_empty()).then(|| host.to_owned())
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
    if is_made && before.parts.app.as_deref() != Some(client_id) {
        return Err(ServiceError::Conflict("connection-has-app"));
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
    if !system.sends() || !record.parts.state.is_made() {
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
    for part in ConnectionSecret::ALL {
        vault::remove(&mut tx, &SecretName::Connection(system, *part)).await?;
    }
    connections::set(&mut tx, system, &Parts::NONE, actor.person(), ctx.now()).await?;
    if origin(&ctx.programme, &connections::find(&mut tx, system).await?) == Origin::Sandbox {
        release(&mut tx, system, ctx.now()).await?;
    }
    let facts = json!({ "account": record.parts.account_name });
    note(ctx, &mut tx, actor, "disconnect_system", system, &facts).await?;
    Ok(tx.commit().await?)
}

/// Keeps what a test of one version of a connection came to.
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
    let account = tested.account.as_ref();
    let account = account.map(|(id, name)| (id.as_str(), name.as_str()));
    connections::set_tested(&mut tx, system, version, &test, account).await?;
    if tested.went_well {
        release(&mut tx, system, ctx.now()).await?;
    }
    let facts = json!({ "went_well": tested.went_well, "said": tested.said });
    note(ctx, &mut tx, actor, "test_connection", system, &facts).await?;
    Ok(tx.commit().await?)
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

/// The same for connecting in a way: one that is made in another way is disconnected first.
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
    // Of the sandbox's stand-in there may be a connection that leads nowhere in this place.
    let is_made = origin(&ctx.programme, &record) == Origin::Connection;
    match record.parts.way {
        Some(other) if is_made && other != way => {
            Err(ServiceError::Conflict("connection-in-another-way"))
        }
        _ if is_made => Ok(record),
        _ => Ok(ConnectionRecord {
            parts: Parts::NONE,
            ..record
        }),
    }
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
    release(tx, system, ctx.now()).await?;
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
