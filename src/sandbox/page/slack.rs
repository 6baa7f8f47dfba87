//! Slack: what was said, channel by channel, blocks read as lines.

use maud::{Markup, html};

use super::layout::{frame, nothing};
use crate::call::Call;
use crate::clock::readable;
use crate::server::Shared;
use crate::slack::{Message, readable as lines_of};

/// `/slack`.
pub fn render(shared: &Shared, call: &Call) -> Option<Markup> {
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
        }
    };
    Some(frame(shared, call, "Slack", &content))
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
