//! Messages in Slack: composed in the reader's language, stored in the transaction of what they tell, and posted later by a job.

mod blocks;
mod places;
mod turns;

use portal_domain::{
    access::MemberRole,
    ids::{PartnerId, SlackMessageId},
    notice::{SlackPlace, SlackWebhook, StaffEvent},
    secret::SecretName,
};
use portal_store::{
    Tx, changes, partners, people, settings,
    slack_messages::{self, SlackMessageRecord},
};
use portal_words::{Locale, Words};
use serde_json::Value;

use super::compose::words_of;
use crate::{
    Ctx, ServiceError,
    outbox::{self, Job},
    vault,
};

pub(crate) use blocks::Message;
use places::Hangs;
pub(super) use places::about_trial;
pub use places::{
    Channels, StaffChannel, Trial, list_channels, seal_webhooks, set_channel, set_channel_language,
    test_channel, test_own_place, test_place_of,
};
pub(crate) use places::{find_trial_of, keep_place};
pub use turns::{channel_full, take_turn};

/// A message that is ready to be posted.
#[derive(Clone, Debug)]
pub struct Post {
    pub place: SlackPlace,
    pub fallback: String,
    pub blocks: Value,
    thread: String,
}

/// Tells the vendor's own people something, in their channel for such things.
pub(crate) async fn tell_staff(
    ctx: &Ctx,
    tx: &mut Tx,
    event: StaffEvent,
    thread: &str,
    message: &Message,
) -> Result<(), ServiceError> {
    let channel = places::staff_channel(ctx, tx, event).await?;
    if channel.is_empty() {
        return Ok(());
    }
    add(ctx, tx, None, channel, Hangs::Thread(thread), message).await
}

/// Tells a partner something in its channel, if it has one.
pub(crate) async fn tell_partner(
    ctx: &Ctx,
    tx: &mut Tx,
    partner: PartnerId,
    thread: &str,
    message: &Message,
) -> Result<(), ServiceError> {
    let company = partners::find(tx, partner)
        .await?
        .ok_or(ServiceError::NotFound)?
        .company;
    if company.slack_channel.is_empty() {
        return Ok(());
    }
    let channel = String::new();
    add(
        ctx,
        tx,
        Some(partner),
        channel,
        Hangs::Thread(thread),
        message,
    )
    .await
}

async fn add(
    ctx: &Ctx,
    tx: &mut Tx,
    partner: Option<PartnerId>,
    channel: String,
    hangs: Hangs<'_>,
    message: &Message,
) -> Result<(), ServiceError> {
    let (thread, trial_of) = match hangs {
        Hangs::Thread(thread) => (thread, None),
        Hangs::Trial(of) => ("", Some(of)),
    };
    let record = SlackMessageRecord {
        id: SlackMessageId::new(ctx.new_id()),
        partner,
        channel,
        thread: thread.to_owned(),
        locale: message.words.locale().as_str().to_owned(),
        fallback: message.fallback(),
        blocks: Value::Array(message.blocks(&ctx.url(&message.path))).to_string(),
        trial_of: trial_of.map(str::to_owned),
        maybe_posted: false,
        refusal: None,
        posted_at: None,
        created_at: ctx.now(),
    };
    slack_messages::add(tx, &record).await?;
    outbox::add(ctx, tx, &Job::PostSlack { message: record.id }).await
}

/// The language of the staff's channels.
pub(crate) async fn staff_words(tx: &mut Tx) -> Result<Words, ServiceError> {
    let locale = settings::find(tx, STAFF_LOCALE).await?;
    Ok(words_of(locale.as_deref().unwrap_or_default()))
}

const STAFF_LOCALE: &str = "slack.staff_locale";

/// The language of a partner's channel: that of the owner who joined first.
pub(crate) async fn partner_words(tx: &mut Tx, partner: PartnerId) -> Result<Words, ServiceError> {
    let members = people::list_members(tx, partner).await?;
    let owner = members
        .iter()
        .filter(|member| member.role == MemberRole::Owner)
        .min_by_key(|member| (member.joined_at, member.person));
    Ok(owner.map_or(Words::of(Locale::En), |owner| words_of(&owner.locale)))
}

/// A message that is still to be posted; `None` if it stands there already, or if its partner wants none by now.
pub async fn find_unposted(ctx: &Ctx, id: SlackMessageId) -> Result<Option<Post>, ServiceError> {
    let mut tx = ctx.store.read().await?;
    let message = slack_messages::find(&mut tx, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    if message.posted_at.is_some() {
        return Ok(None);
    }
    let place = match message.partner {
        Some(partner) if message.channel.is_empty() => place_of(ctx, &mut tx, partner).await?,
        _ => SlackPlace::Channel(message.channel.clone()),
    };
    Ok((place != SlackPlace::Nowhere).then(|| Post {
        place,
        blocks: blocks_of(&message),
        fallback: message.fallback,
        thread: message.thread,
    }))
}

/// Where a partner wants its messages now, with the secret of its webhook.
async fn place_of(ctx: &Ctx, tx: &mut Tx, partner: PartnerId) -> Result<SlackPlace, ServiceError> {
    let company = partners::find(tx, partner)
        .await?
        .ok_or(ServiceError::NotFound)?
        .company;
    Ok(match SlackPlace::parse(&company.slack_channel) {
        Some(SlackPlace::KnownWebhook(_)) => {
            vault::find(ctx, tx, &SecretName::SlackWebhook(partner))
                .await?
                .and_then(|url| SlackWebhook::parse(url.reveal()))
                .map_or(SlackPlace::Nowhere, SlackPlace::Webhook)
        }
        Some(place) => place,
        None => SlackPlace::Nowhere,
    })
}

/// Slack has no keys against doubles, so a repeat says that it may be one.
fn blocks_of(message: &SlackMessageRecord) -> Value {
    let mut blocks: Vec<Value> = serde_json::from_str(&message.blocks).unwrap_or_default();
    if message.maybe_posted {
        let note = words_of(&message.locale).text("slack-maybe-twice");
        blocks.push(blocks::small_print(&note));
    }
    Value::Array(blocks)
}

/// What a message hangs below in a channel, as Slack knows it.
pub async fn find_thread(
    ctx: &Ctx,
    post: &Post,
    channel: &str,
) -> Result<Option<String>, ServiceError> {
    if post.thread.is_empty() {
        return Ok(None);
    }
    let mut tx = ctx.store.read().await?;
    Ok(slack_messages::find_first_of_thread(&mut tx, &post.thread, channel).await?)
}

/// The message stands in a channel; Slack knows it by `ts`, of which a webhook says nothing.
pub async fn slack_posted(
    ctx: &Ctx,
    id: SlackMessageId,
    channel: &str,
    ts: Option<&str>,
) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    slack_messages::set_posted(&mut tx, id, channel, ts, ctx.now()).await?;
    tell_of_trial(ctx, &mut tx, id).await?;
    Ok(tx.commit().await?)
}

/// How a try to post went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotPosted {
    /// Slack did not take it.
    Refused,
    /// Its answer was lost: it may stand there.
    AnswerLost,
}

/// The message could not be posted; `said` is Slack's word for why.
pub async fn slack_not_posted(
    ctx: &Ctx,
    id: SlackMessageId,
    how: NotPosted,
    said: &str,
) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    slack_messages::set_not_posted(&mut tx, id, how == NotPosted::AnswerLost, said).await?;
    tell_of_trial(ctx, &mut tx, id).await?;
    Ok(tx.commit().await?)
}

/// A partner's page that waits for the answer of a test follows by itself.
async fn tell_of_trial(ctx: &Ctx, tx: &mut Tx, id: SlackMessageId) -> Result<(), ServiceError> {
    let message = slack_messages::find(tx, id).await?;
    let waiting = message.filter(|message| message.trial_of.is_some());
    if let Some(partner) = waiting.and_then(|message| message.partner) {
        changes::add(tx, partner, ctx.now()).await?;
    }
    Ok(())
}
