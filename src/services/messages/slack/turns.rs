//! When a message's turn is. Slack takes about one message a second in each channel, whatever goes to the others: so a message whose channel is full waits by
//! itself, as a job that is due at its turn, and holds up none of another channel.

use portal_domain::{calendar::Timestamp, ids::SlackMessageId};
use portal_store::{Tx, slack_turns};

use super::Post;
use crate::{
    Ctx, ServiceError,
    outbox::{self, Job},
};

/// How far apart the messages of a channel are: the second that Slack wants, and what two may differ in on their way.
const APART_MS: i64 = 1_050;

/// Whether a message may be posted now. If others are before it in its channel it is put off, and this job has done what it can.
pub async fn take_turn(ctx: &Ctx, id: SlackMessageId, post: &Post) -> Result<bool, ServiceError> {
    let (place, now) = (post.place.shown(), ctx.now());
    let mut tx = ctx.store.write().await?;
    let has_stood = slack_turns::has_stood(&mut tx, id).await?;
    if slack_turns::take(&mut tx, &place, has_stood, now, APART_MS).await? {
        tx.commit().await?;
        return Ok(true);
    }
    // The one before it may have come late; it stays the next one then.
    let turn_at = match has_stood {
        true => slack_turns::find_free(&mut tx, &place).await?,
        false => None,
    };
    let turn_at = match turn_at {
        Some(free_at) => free_at,
        None => slack_turns::stand_in_line(&mut tx, &place, id, now, APART_MS).await?,
    };
    put_off(ctx, &mut tx, id, turn_at).await?;
    tx.commit().await?;
    Ok(false)
}

/// Slack wants no message in this one's channel for so long. It does not say whether it is the channel or the whole workspace that is full; where it is the
/// workspace, it says so of each channel.
pub async fn channel_full(
    ctx: &Ctx,
    id: SlackMessageId,
    post: &Post,
    wait_ms: i64,
) -> Result<(), ServiceError> {
    let (place, now) = (post.place.shown(), ctx.now());
    let until = now.plus_ms(wait_ms);
    let mut tx = ctx.store.write().await?;
    if !slack_turns::has_stood(&mut tx, id).await? {
        // It is before all that come later.
        slack_turns::stand_in_line(&mut tx, &place, id, now, APART_MS).await?;
    }
    slack_turns::close(&mut tx, &place, until).await?;
    put_off(ctx, &mut tx, id, until).await?;
    Ok(tx.commit().await?)
}

async fn put_off(
    ctx: &Ctx,
    tx: &mut Tx,
    id: SlackMessageId,
    until: Timestamp,
) -> Result<(), ServiceError> {
    outbox::add_at(ctx, tx, &Job::PostSlack { message: id }, until).await
}
