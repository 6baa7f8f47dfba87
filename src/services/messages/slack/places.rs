//! Where messages go: the staff's channels, one for each event, and each partner's own place. A person can have a test sent there, and reads what Slack said.

use portal_domain::{
    access::{Action, Actor},
    calendar::Timestamp,
    ids::PartnerId,
    notice::{SlackPlace, StaffEvent, parse_staff_channel},
    partner::Company,
    scope::Own,
    secret::SecretName,
};
use portal_store::{Tx, audit, partners, settings, slack_messages, slack_places};
use portal_words::{Locale, Words};
use serde_json::json;

use super::{Message, STAFF_LOCALE, add, partner_words, staff_words};
use crate::{
    Ctx, ServiceError,
    access::{require_partner, require_staff, require_staff_scope},
    audit::changes,
    partners::enter,
    vault,
};

/// What became of the last test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trial {
    /// It is on its way.
    Asked(Timestamp),
    Posted(Timestamp),
    /// Slack's word for why not, as it gave it.
    Refused(String),
}

/// Where one event is told.
#[derive(Clone, Debug)]
pub struct StaffChannel {
    pub event: StaffEvent,
    /// Empty: nowhere.
    pub channel: String,
    pub trial: Option<Trial>,
}

/// What the page of channels shows.
#[derive(Clone, Debug)]
pub struct Channels {
    pub channels: Vec<StaffChannel>,
    pub language: Locale,
}

pub async fn list_channels(ctx: &Ctx, actor: &Actor) -> Result<Channels, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let mut channels = Vec::new();
    for event in StaffEvent::ALL.iter().copied() {
        channels.push(StaffChannel {
            event,
            channel: staff_channel(ctx, &mut tx, event).await?,
            trial: find_trial(&mut tx, event.as_str()).await?,
        });
    }
    let language = staff_words(&mut tx).await?.locale();
    Ok(Channels { channels, language })
}

/// The channel for an event: the one that was chosen, or that of the setting.
pub(super) async fn staff_channel(
    ctx: &Ctx,
    tx: &mut Tx,
    event: StaffEvent,
) -> Result<String, ServiceError> {
    let chosen = slack_places::find_channel(tx, event).await?;
    Ok(chosen.unwrap_or_else(|| ctx.programme.staff_channel.clone()))
}

pub async fn set_channel(
    ctx: &Ctx,
    actor: &Actor,
    event: &str,
    channel: &str,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Operate)?;
    let event = StaffEvent::parse(event).ok_or(ServiceError::NotFound)?;
    let channel = parse_staff_channel(channel)
        .ok_or_else(|| ServiceError::field(&format!("channel-{event}"), "staff-channel-invalid"))?;
    let mut tx = ctx.store.write().await?;
    let before = staff_channel(ctx, &mut tx, event).await?;
    slack_places::set_channel(&mut tx, event, &channel, ctx.now()).await?;
    let facts = changes([("channel", json!(before), json!(channel))]).to_string();
    audit::add(
        &mut tx,
        Some(actor.person()),
        "set_channel",
        event.as_str(),
        &facts,
        ctx.now(),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// In which language the staff's channels are told.
pub async fn set_channel_language(
    ctx: &Ctx,
    actor: &Actor,
    language: &str,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Operate)?;
    let locale = Locale::parse(language).ok_or(ServiceError::NotFound)?;
    let mut tx = ctx.store.write().await?;
    let before = staff_words(&mut tx).await?.locale();
    settings::set(&mut tx, STAFF_LOCALE, locale.as_str(), ctx.now()).await?;
    let (before, after) = (json!(before.as_str()), json!(locale.as_str()));
    let facts = changes([("language", before, after)]).to_string();
    audit::add(
        &mut tx,
        Some(actor.person()),
        "set_channel_language",
        "slack",
        &facts,
        ctx.now(),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Sends a test to the channel of an event.
///
/// # Errors
/// `no-channel`.
pub async fn test_channel(ctx: &Ctx, actor: &Actor, event: &str) -> Result<(), ServiceError> {
    require_staff(actor, Action::Operate)?;
    let event = StaffEvent::parse(event).ok_or(ServiceError::NotFound)?;
    let mut tx = ctx.store.write().await?;
    let channel = staff_channel(ctx, &mut tx, event).await?;
    if channel.is_empty() {
        return Err(ServiceError::Conflict("no-channel"));
    }
    let words = staff_words(&mut tx).await?;
    let what = words.text(&format!("channel-event-{event}"));
    let message = about_trial(words, what);
    add(
        ctx,
        &mut tx,
        None,
        channel,
        Hangs::Trial(event.as_str()),
        &message,
    )
    .await?;
    Ok(tx.commit().await?)
}

/// What a message belongs to.
#[derive(Clone, Copy)]
pub(super) enum Hangs<'a> {
    /// A thread; empty: it stands alone.
    Thread(&'a str),
    /// It only tries out a place.
    Trial(&'a str),
}

/// A test of the staff's channel for messages of a kind.
pub(in crate::messages) fn about_trial(words: Words, what: String) -> Message {
    let text = words.with("slack-test-text", &[("what", what.into())]);
    trial(words, text, "/staff/messages")
}

fn trial(words: Words, text: String, path: &str) -> Message {
    Message {
        words,
        headline: words.text("slack-test"),
        text,
        fields: Vec::new(),
        rows: Vec::new(),
        path: path.to_owned(),
    }
}

/// An owner has a test sent to where its partner's messages go.
pub async fn test_own_place(ctx: &Ctx, actor: &Actor) -> Result<(), ServiceError> {
    let own = require_partner(actor, Action::EditCompany)?;
    test_place(ctx, ctx.store.write().await?, own).await
}

/// Staff have a test sent there.
pub async fn test_place_of(
    ctx: &Ctx,
    actor: &Actor,
    partner: PartnerId,
) -> Result<(), ServiceError> {
    let scope = require_staff_scope(actor, Action::ManagePartners)?;
    let mut tx = ctx.store.write().await?;
    let (own, _) = enter(&mut tx, scope, partner).await?;
    test_place(ctx, tx, own).await
}

async fn test_place(ctx: &Ctx, mut tx: Tx, own: Own) -> Result<(), ServiceError> {
    let partner = own.partner();
    let company = partners::find_own(&mut tx, own)
        .await?
        .ok_or(ServiceError::NotFound)?
        .company;
    if company.slack_channel.is_empty() {
        return Err(ServiceError::Conflict("no-channel"));
    }
    let words = partner_words(&mut tx, partner).await?;
    let text = words.with("slack-test-partner", &[("partner", company.name.into())]);
    let message = trial(words, text, "/company");
    let of = partner.to_string();
    let channel = String::new();
    add(
        ctx,
        &mut tx,
        Some(partner),
        channel,
        Hangs::Trial(&of),
        &message,
    )
    .await?;
    Ok(tx.commit().await?)
}

/// What became of the last test of the place that a partner has now.
pub(crate) async fn find_trial_of(
    tx: &mut Tx,
    partner: PartnerId,
) -> Result<Option<Trial>, ServiceError> {
    find_trial(tx, &partner.to_string()).await
}

async fn find_trial(tx: &mut Tx, of: &str) -> Result<Option<Trial>, ServiceError> {
    let last = slack_messages::find_last_trial(tx, of).await?;
    Ok(last.map(|last| match (last.posted_at, last.refusal) {
        (Some(at), _) => Trial::Posted(at),
        (None, Some(words)) => Trial::Refused(words),
        (None, None) => Trial::Asked(last.created_at),
    }))
}

/// Keeps the webhook that a company's details bring, apart from them, and drops one that is not wanted any more. `before`: what was shown of it.
pub(crate) async fn keep_place(
    ctx: &Ctx,
    tx: &mut Tx,
    partner: PartnerId,
    company: &Company,
    before: &str,
) -> Result<(), ServiceError> {
    let refused = || ServiceError::field("slack_channel", "slack-channel-invalid");
    let place = SlackPlace::parse(&company.slack_channel).ok_or_else(refused)?;
    match (&company.slack_webhook, place) {
        (Some(webhook), _) if webhook.is_on_this_machine() && !ctx.programme.sandbox => {
            return Err(refused());
        }
        (Some(webhook), _) => {
            let name = SecretName::SlackWebhook(partner);
            vault::put(ctx, tx, &name, &webhook.reveal().into()).await?;
        }
        (None, SlackPlace::KnownWebhook(shown)) if shown == before => {}
        (None, SlackPlace::KnownWebhook(_)) => return Err(refused()),
        (None, _) => vault::remove(tx, &SecretName::SlackWebhook(partner)).await?,
    }
    if company.slack_channel != before {
        slack_messages::forget_trials(tx, &partner.to_string()).await?;
    }
    Ok(())
}

/// Seals what was kept in clear before there was a vault.
pub async fn seal_webhooks(ctx: &Ctx) -> Result<(), ServiceError> {
    // Every command comes by here, and waits for no writer where nothing is left to seal.
    if !slack_places::has_webhooks(&mut ctx.store.read().await?).await? {
        return Ok(());
    }
    let mut tx = ctx.store.write().await?;
    for (partner, url) in slack_places::take_webhooks(&mut tx).await? {
        let name = SecretName::SlackWebhook(partner);
        vault::put(ctx, &mut tx, &name, &url.into()).await?;
    }
    Ok(tx.commit().await?)
}
