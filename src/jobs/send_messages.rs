//! Sends mails and posts Slack messages. Neither can be taken back or be done at most once; a mail's fixed Message-ID lets receivers fold copies.

use portal_domain::ids::MailId;
use portal_integrations::email::OutgoingMail;
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

pub(crate) async fn post_slack(
    desk: &Desk,
    channel: &str,
    text: &str,
    blocks: &str,
) -> Result<(), JobError> {
    let blocks = serde_json::from_str(blocks).map_err(JobError::fail)?;
    desk.vendors
        .slack
        .post_message(channel, text, blocks)
        .await?;
    Ok(())
}
