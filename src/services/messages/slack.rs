//! Messages in Slack: a sentence, rows, and a link into the portal.

use portal_store::Tx;
use portal_words::{Argument, Locale, Words};

use crate::{
    Ctx, ServiceError,
    outbox::{self, Job},
};

/// Slack reads `<!channel>` and links out of these three characters.
fn escape_slack(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Says something in the staff's channel of Slack, with the page where something can be done about it. What people typed is escaped here.
pub(crate) async fn tell_staff(
    ctx: &Ctx,
    tx: &mut Tx,
    key: &str,
    arguments: &[(&str, Argument)],
    path: &str,
) -> Result<(), ServiceError> {
    let escaped: Vec<(&str, Argument)> = arguments
        .iter()
        .map(|(name, argument)| {
            let argument = match argument {
                Argument::Text(text) => escape_slack(text).into(),
                number @ Argument::Number(_) => number.clone(),
            };
            (*name, argument)
        })
        .collect();
    let text = Words::of(Locale::En).with(key, &escaped);
    let url = ctx.url(path);
    post_slack(
        ctx,
        tx,
        &ctx.programme.staff_channel,
        &text,
        &[],
        Some(&url),
    )
    .await
}

/// A message of one sentence, its rows, and a link into the portal. The sentence is escaped by the caller, who knows which part of it a person typed.
pub(super) async fn post_slack(
    ctx: &Ctx,
    tx: &mut Tx,
    channel: &str,
    text: &str,
    rows: &[(String, String)],
    url: Option<&str>,
) -> Result<(), ServiceError> {
    let section = |text: String| serde_json::json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } });
    let mut blocks = vec![section(text.to_owned())];
    // Slack takes at most 3,000 characters a section and 50 blocks a message; what does not fit is behind the link.
    for chunk in rows.chunks(20).take(20) {
        let lines: Vec<String> = chunk
            .iter()
            .map(|(label, value)| format!("• {}: *{}*", escape_slack(label), escape_slack(value)))
            .collect();
        blocks.push(section(lines.join("\n")));
    }
    if let Some(url) = url {
        let link = Words::of(Locale::En).text("slack-open-portal");
        blocks.push(section(format!("<{url}|{link}>")));
    }
    let job = Job::PostSlack {
        channel: channel.to_owned(),
        text: text.to_owned(),
        blocks: serde_json::Value::Array(blocks).to_string(),
    };
    outbox::add(ctx, tx, &job).await
}
