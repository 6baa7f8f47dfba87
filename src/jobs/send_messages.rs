//! Sends mails and posts Slack messages. Neither can be taken back or be done at most once; a mail's fixed Message-ID lets receivers fold copies.

use portal_domain::{
    ids::{MailId, SlackMessageId},
    notice::SlackPlace,
};
use portal_integrations::{
    CallError, ErrorKind, Secret, email::OutgoingMail, gate, slack::OutgoingMessage,
};
use portal_services::{
    ServiceError,
    messages::{self, NotPosted, Post},
};

use crate::{Desk, JobError};

pub(crate) async fn send_mail(desk: &Desk, id: MailId) -> Result<(), JobError> {
    let Some(mail) = messages::find_unsent_mail(&desk.ctx, id).await? else {
        return Ok(());
    };
    let outgoing = OutgoingMail {
        to: mail.recipient.clone(),
        subject: mail.subject.clone(),
        text: mail.text.clone(),
        html: mail.html.clone(),
        message_id: format!("{id}@{}", host(&desk.ctx.programme.portal_url)),
        unsubscribe_url: mail.unsubscribe_url.clone(),
    };
    match desk.vendors.mailer.send(&outgoing).await {
        Ok(()) => Ok(messages::mail_sent(&desk.ctx, &mail).await?),
        // Trying again would help nobody: people are told, and the work is done.
        Err(error) if error.kind == ErrorKind::NotFound => {
            Ok(messages::mail_bounced(&desk.ctx, &mail, &error.message).await?)
        }
        Err(error) => Err(error.into()),
    }
}

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', ':']).next().unwrap_or(rest)
}

/// How long a channel is left alone whose Slack does not say how long.
const CHANNEL_FULL_MS: i64 = 1_000;

/// Posts a message once its channel takes it. One that is put off is a job of its own by then, so that its lane goes on with other channels.
pub(crate) async fn post_slack(desk: &Desk, id: SlackMessageId) -> Result<(), JobError> {
    let ctx = &desk.ctx;
    let Some(post) = messages::find_unposted(ctx, id).await? else {
        return Ok(());
    };
    if gate::holds_back() && !messages::take_turn(ctx, id, &post).await? {
        return Ok(());
    }
    match post_to_place(desk, &post).await {
        Ok((channel, ts)) => Ok(messages::slack_posted(ctx, id, &channel, ts.as_deref()).await?),
        Err(PostError::Call(error)) => {
            let how = match error.kind {
                // What Slack says in words that nobody knows may be that it did.
                ErrorKind::UnknownOutcome | ErrorKind::Unreadable => NotPosted::AnswerLost,
                _ => NotPosted::Refused,
            };
            messages::slack_not_posted(ctx, id, how, &error.message).await?;
            Err(error.into())
        }
        Err(PostError::Full { wait_ms }) => {
            Ok(messages::channel_full(ctx, id, &post, wait_ms).await?)
        }
        Err(PostError::Job(error)) => Err(error),
    }
}

/// Slack said no, or our own books did.
enum PostError {
    Call(CallError),
    /// Slack wants nothing more in this channel for so long.
    Full {
        wait_ms: i64,
    },
    Job(JobError),
}

impl From<CallError> for PostError {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl PostError {
    /// Of a call that says something in a channel.
    fn of_channel(error: CallError) -> Self {
        match error.kind {
            ErrorKind::RateLimited => Self::Full {
                wait_ms: error.retry_after_ms.unwrap_or(CHANNEL_FULL_MS),
            },
            _ => Self::Call(error),
        }
    }
}

impl From<ServiceError> for PostError {
    fn from(error: ServiceError) -> Self {
        Self::Job(error.into())
    }
}

/// Where it was posted, and by which name Slack knows it there.
async fn post_to_place(desk: &Desk, post: &Post) -> Result<(String, Option<String>), PostError> {
    let slack = &desk.vendors.slack;
    let mut message = OutgoingMessage {
        text: post.fallback.clone(),
        blocks: post.blocks.clone(),
        thread: None,
    };
    let channel = match &post.place {
        SlackPlace::Webhook(webhook) => {
            let secret = Secret::from(webhook.reveal());
            let posted = slack.post_to_webhook(&secret, &message).await;
            posted.map_err(PostError::of_channel)?;
            return Ok((webhook.shown(), None));
        }
        SlackPlace::Member(email) => slack.open_direct_messages(email).await?,
        place => place.shown(),
    };
    message.thread = messages::find_thread(&desk.ctx, post, &channel).await?;
    let posted = slack.post_message(&channel, &message).await;
    Ok((channel, Some(posted.map_err(PostError::of_channel)?)))
}
