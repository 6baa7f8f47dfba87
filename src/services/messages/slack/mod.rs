//! Messages in Slack: composed in the reader's language, stored in the transaction of what they tell, and posted later by a job.

mod blocks;

use portal_domain::{
    access::MemberRole,
    ids::{PartnerId, SlackMessageId},
    notice::StaffEvent,
};
use portal_store::{
    Tx, partners, people, settings,
    slack_messages::{self, SlackMessageRecord},
};
use portal_words::{Locale, Words};
use serde_json::Value;

use super::compose::words_of;
use crate::{
    Ctx, ServiceError,
    outbox::{self, Job},
};

pub(crate) use blocks::Message;

/// A message that is ready to be posted.
#[derive(Clone, Debug)]
pub struct Post {
    pub channel: String,
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
    let _ = event;
    let channel = ctx.programme.staff_channel.clone();
    if channel.is_empty() {
        return Ok(());
    }
    add(ctx, tx, None, channel, thread, message).await
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
    add(ctx, tx, Some(partner), String::new(), thread, message).await
}

async fn add(
    ctx: &Ctx,
    tx: &mut Tx,
    partner: Option<PartnerId>,
    channel: String,
    thread: &str,
    message: &Message,
) -> Result<(), ServiceError> {
    let record = SlackMessageRecord {
        id: SlackMessageId::new(ctx.new_id()),
        partner,
        channel,
        thread: thread.to_owned(),
        locale: message.words.locale().as_str().to_owned(),
        fallback: message.fallback(),
        blocks: Value::Array(message.blocks(&ctx.url(&message.path))).to_string(),
        maybe_posted: false,
        posted_at: None,
    };
    slack_messages::add(tx, &record, ctx.now()).await?;
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
    let channel = match message.partner {
        Some(partner) if message.channel.is_empty() => {
            let found = partners::find(&mut tx, partner).await?;
            found
                .ok_or(ServiceError::NotFound)?
                .company
                .slack_channel
                .clone()
        }
        _ => message.channel.clone(),
    };
    Ok((!channel.is_empty()).then(|| Post {
        channel,
        blocks: blocks_of(&message),
        fallback: message.fallback,
        thread: message.thread,
    }))
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

/// The message stands in a channel; Slack knows it by `ts`.
pub async fn slack_posted(
    ctx: &Ctx,
    id: SlackMessageId,
    channel: &str,
    ts: Option<&str>,
) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    slack_messages::set_posted(&mut tx, id, channel, ts, ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// Slack's answer was lost.
pub async fn slack_answer_lost(ctx: &Ctx, id: SlackMessageId) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    slack_messages::set_maybe_posted(&mut tx, id).await?;
    Ok(tx.commit().await?)
}
