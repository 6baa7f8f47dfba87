//! Sends mails and posts Slack messages. Neither can be taken back or be done at most once; a mail's fixed Message-ID lets receivers fold copies.

use portal_domain::ids::{MailId, SlackMessageId};
use portal_integrations::{ErrorKind, email::OutgoingMail, slack::OutgoingMessage};
use portal_services::messages;

use crate::{Desk, JobError};

pub(crate) async fn send_mail(desk: &Desk, id: MailId) -> Result<(), JobError> {
    let Some(mail) = messages::find_unsent_mail(&desk.ctx, id).await? else {
        return Ok(());
    };
    let outgoing = OutgoingMail {
        to: mail.recipient,
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        message_id: format!("{id}@{}", host(&desk.ctx.programme.portal_url)),
    };
    desk.vendors.mailer.send(&outgoing).await?;
    Ok(messages::mail_sent(&desk.ctx, id).await?)
}

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', ':']).next().unwrap_or(rest)
}

pub(crate) async fn post_slack(desk: &Desk, id: SlackMessageId) -> Result<(), JobError> {
    let ctx = &desk.ctx;
    let Some(post) = messages::find_unposted(ctx, id).await? else {
        return Ok(());
    };
    let thread = messages::find_thread(ctx, &post, &post.channel).await?;
    let outgoing = OutgoingMessage {
        text: post.fallback.clone(),
        blocks: post.blocks.clone(),
        thread,
    };
    let posted = desk.vendors.slack.post_message(&post.channel, &outgoing);
    match posted.await {
        Ok(ts) => Ok(messages::slack_posted(ctx, id, &post.channel, Some(&ts)).await?),
        Err(error) => {
            if error.kind == ErrorKind::UnknownOutcome {
                messages::slack_answer_lost(ctx, id).await?;
            }
            Err(error.into())
        }
    }
}
