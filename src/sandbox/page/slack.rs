//! Slack: what was said, channel by channel, blocks read as lines.

use maud::{Markup, html};

use super::layout::{back_to, field, frame, nothing};
use super::log;
use crate::call::Call;
use crate::clock::readable;
use crate::server::Shared;
use crate::slack::{HOOK_REFUSALS, Message, Slack, readable as lines_of};

/// `/slack`.
pub fn render(shared: &Shared, call: &Call) -> Option<Markup> {
    let exchanges = log::beside(shared, "Slack");
    let content = {
        let world = shared.world();
        let channels = world.slack.by_channel();
        html! {
            @if channels.is_empty() { (nothing("Nothing was said yet.")) }
            @for (channel, messages) in &channels {
                section aria-label=(world.slack.channel_name(channel)) data-channel=(channel) {
                    h2 { (world.slack.channel_name(channel)) }
                    div.stack { @for message in messages.iter().rev() { (message_card(message)) } }
                }
            }
            (hooks(&world.slack))
            (exchanges)
        }
    };
    Some(frame(shared, call, "Slack", &content))
}

/// Incoming webhooks that refuse, and a form to let one do so.
fn hooks(slack: &Slack) -> Markup {
    html! {
        section aria-labelledby="hooks" {
            h2 id="hooks" { "Incoming webhooks" }
            @for (hook, word) in &slack.refusing_hooks { p { (hook) " answers " strong { (word) } } }
            form.item method="post" action="/sandbox/slack/hooks" {
                (back_to("/slack#hooks"))
                div.fields {
                    (field("hook", "Webhook (B…)", &html! { input id="hook" name="hook" required; }))
                    (field("refuses", "Answers", &html! {
                        select id="refuses" name="refuses" {
                            option value="" { "ok" }
                            @for (word, status) in HOOK_REFUSALS { option value=(word) { (status) " " (word) } }
                        }
                    }))
                    button { "Save webhook" }
                }
            }
        }
    }
}

fn message_card(message: &Message) -> Markup {
    html! {
        article.item data-slack-ts=(message.ts) {
            div.top {
                strong { "Partner portal" }
                span.soft.small { (readable(message.at_ms)) @if message.edited { " (edited)" } }
            }
            @for line in lines_of(message) { p { (with_bold(&line)) } }
        }
    }
}

/// Slack's `*bold*` as such; everything else as it stands.
fn with_bold(line: &str) -> Markup {
    let parts: Vec<&str> = line.split('*').collect();
    // An odd number of stars is not mark-up.
    if parts.len().is_multiple_of(2) {
        return html! { (line) };
    }
    html! { @for (index, part) in parts.iter().enumerate() { @if index % 2 == 1 { strong { (part) } } @else { (part) } } }
}
