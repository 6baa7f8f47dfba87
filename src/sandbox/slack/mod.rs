//! The stand-in of Slack: a workspace in which everybody has an account, its Web API and its incoming webhooks.

mod blocks;

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::call::{Call, Reply, form_pairs};
use crate::dice::hex;
use crate::server::Keys;
use crate::world::World;

const TEAM_ID: &str = "T0NORTHWIND";
/// Slack cuts a longer text without a word, in characters.
const TEXT_KEPT: usize = 40_000;
const BOT_USER: &str = "U0PORTALBOT";

/// A message in a channel.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Message {
    pub channel: String,
    pub ts: String,
    pub at_ms: i64,
    pub text: String,
    pub blocks: Vec<Value>,
    pub thread_ts: Option<String>,
    pub edited: bool,
}

/// The workspace.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Slack {
    pub messages: Vec<Message>,
    /// User id → e-mail address, of those that were looked up.
    pub users: BTreeMap<String, String>,
    /// Incoming webhook → the word with which it refuses.
    pub refusing_hooks: BTreeMap<String, String>,
    next_message: u32,
}

impl Slack {
    /// All channels in which something was said, with their messages in order.
    pub fn by_channel(&self) -> BTreeMap<&str, Vec<&Message>> {
        let mut channels: BTreeMap<&str, Vec<&Message>> = BTreeMap::new();
        for message in &self.messages {
            channels.entry(&message.channel).or_default().push(message);
        }
        channels
    }

    fn add(&mut self, channel: &str, given: &Given, now_ms: i64) -> Message {
        self.next_message = (self.next_message + 1) % 1_000_000;
        let message = Message {
            channel: channel.to_owned(),
            ts: format!("{}.{:06}", now_ms.div_euclid(1_000), self.next_message),
            at_ms: now_ms,
            text: given.text("text").chars().take(TEXT_KEPT).collect(),
            blocks: given.list("blocks"),
            thread_ts: Some(given.text("thread_ts")).filter(|ts| !ts.is_empty()),
            edited: false,
        };
        self.messages.push(message.clone());
        message
    }

    /// A channel's readable name: `D…` channels are named after the person.
    pub fn channel_name(&self, channel: &str) -> String {
        let person = channel
            .strip_prefix('D')
            .and_then(|rest| self.users.get(&format!("U{rest}")));
        match (person, channel.strip_prefix("webhook ")) {
            (Some(email), _) => format!("Direct message to {email}"),
            (None, Some(rest)) => format!("Incoming webhook {rest}"),
            (None, None) => channel.to_owned(),
        }
    }
}

/// The arguments of a call, from JSON or from a form, in which lists are JSON texts.
struct Given(Map<String, Value>);

impl Given {
    fn read(call: &Call) -> Option<Self> {
        let is_json = call
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("application/json"));
        let mut fields = match is_json {
            true => call.json().ok()?.as_object()?.clone(),
            false => as_fields(form_pairs(&call.body)),
        };
        for (name, value) in &call.query {
            fields.entry(name.clone()).or_insert_with(|| json!(value));
        }
        Some(Self(fields))
    }

    fn text(&self, name: &str) -> String {
        self.0
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    }

    fn list(&self, name: &str) -> Vec<Value> {
        match self.0.get(name) {
            Some(Value::Array(list)) => list.clone(),
            Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    /// Whether `blocks` was given and is no list of blocks.
    fn has_bad_blocks(&self) -> bool {
        match self.0.get("blocks") {
            None | Some(Value::Null) => false,
            Some(Value::String(text)) if text.is_empty() => false,
            Some(_) => {
                self.list("blocks")
                    .iter()
                    .any(|block| block["type"].as_str().is_none())
                    || self.list("blocks").is_empty()
            }
        }
    }
}

fn as_fields(pairs: Vec<(String, String)>) -> Map<String, Value> {
    pairs
        .into_iter()
        .map(|(name, value)| (name, Value::String(value)))
        .collect()
}

/// Why Slack says no, and what it says beside the word.
struct No {
    error: &'static str,
    more: Value,
}

impl From<&'static str> for No {
    fn from(error: &'static str) -> Self {
        Self {
            error,
            more: json!({}),
        }
    }
}

impl No {
    fn wire(self) -> Value {
        let mut wire = json!({"ok": false, "error": self.error});
        if let (Some(wire), Value::Object(more)) = (wire.as_object_mut(), self.more) {
            wire.extend(more);
        }
        wire
    }
}

/// The channel that a request posts to: each has a limit of its own.
pub fn channel_of(call: &Call) -> Option<String> {
    match call.parts().as_slice() {
        ["api", "chat.postMessage"] => Some(Given::read(call)?.text("channel")),
        ["services", _, hook, _] => Some(hook_channel(hook)),
        _ => None,
    }
}

/// The secret part of a hook's address must not show up on the page.
fn hook_channel(hook: &str) -> String {
    format!("webhook {hook}")
}

/// Whether a request says something in a channel.
pub fn is_write(call: &Call) -> bool {
    matches!(
        call.parts().as_slice(),
        ["services", ..] | ["api", "chat.postMessage" | "chat.update"]
    )
}

/// 500.
pub fn server_error() -> Reply {
    Reply::json(
        StatusCode::INTERNAL_SERVER_ERROR,
        &json!({"ok": false, "error": "internal_error"}),
    )
}

/// 429.
pub fn too_many(wait: Duration) -> Reply {
    let body = json!({"ok": false, "error": "ratelimited"});
    Reply::json(StatusCode::TOO_MANY_REQUESTS, &body)
        .with_header("retry-after", wait.as_secs().max(1).to_string())
}

/// Answers one request.
pub fn answer(world: &mut World, keys: &Keys, call: &Call) -> Reply {
    match call.parts().as_slice() {
        ["services", rest @ ..] => incoming_webhook(&mut world.slack, rest, call),
        ["api", method] => {
            let given = Given::read(call);
            let outcome = match given {
                Some(given) => web_api(world, keys, method, &given, call),
                None => Err("invalid_json".into()),
            };
            let body = outcome.unwrap_or_else(No::wire);
            Reply::json(StatusCode::OK, &body)
        }
        _ => Reply::json(
            StatusCode::OK,
            &json!({"ok": false, "error": "unknown_method"}),
        ),
    }
}

fn web_api(
    world: &mut World,
    keys: &Keys,
    method: &str,
    given: &Given,
    call: &Call,
) -> Result<Value, No> {
    let in_body = given.text("token");
    match call
        .bearer()
        .or(Some(in_body.as_str()).filter(|token| !token.is_empty()))
    {
        None => return Err("not_authed".into()),
        Some(_) if world.faults.slack.token_revoked => return Err("token_revoked".into()),
        Some(token) if token != keys.slack_token => return Err("invalid_auth".into()),
        Some(_) => {}
    }
    check_scope(&world.faults.missing_scopes, method)?;
    let slack = &mut world.slack;
    match method {
        "auth.test" => Ok(json!({
            "ok": true, "url": "https://northwind.slack.com/", "team": "Northwind Software", "user": "partner-portal",
            "team_id": TEAM_ID, "user_id": BOT_USER, "bot_id": "B0PORTALBOT", "is_enterprise_install": false,
        })),
        "chat.postMessage" => post_message(slack, given, call.now_ms),
        "chat.update" => update_message(slack, given),
        "users.lookupByEmail" => look_up(slack, &given.text("email")),
        "conversations.open" => open_conversation(slack, &given.text("users")),
        "conversations.list" => {
            let channels: Vec<Value> = slack
                .by_channel()
                .keys()
                .map(|id| json!({"id": id, "name": id.trim_start_matches('#')}))
                .collect();
            Ok(json!({"ok": true, "channels": channels, "response_metadata": {"next_cursor": ""}}))
        }
        _ => Err("unknown_method".into()),
    }
}

/// What the app was given, and which of it a method needs.
const SCOPES: [(&str, &str); 5] = [
    ("chat.postMessage", "chat:write"),
    ("chat.update", "chat:write"),
    ("users.lookupByEmail", "users:read.email"),
    ("conversations.open", "im:write"),
    ("conversations.list", "channels:read"),
];

fn check_scope(missing: &str, method: &str) -> Result<(), No> {
    let is_missing = |scope: &str| missing.split([',', ' ']).any(|name| name == scope);
    let needed = SCOPES.iter().find(|(name, _)| *name == method);
    let Some((_, needed)) = needed.filter(|(_, scope)| is_missing(scope)) else {
        return Ok(());
    };
    let provided = SCOPES.iter().map(|(_, scope)| *scope);
    let provided: Vec<&str> = provided.filter(|scope| !is_missing(scope)).collect();
    Err(No {
        error: "missing_scope",
        more: json!({"needed": needed, "provided": provided.join(",")}),
    })
}

/// Any channel that looks like one exists; `…archived` is archived, `…closed` does not have the bot in it.
fn check_channel(channel: &str) -> Result<(), &'static str> {
    if !channel.starts_with(['C', 'D', 'G', '#']) || channel.len() < 2 {
        return Err("channel_not_found");
    }
    if channel.ends_with("archived") {
        return Err("is_archived");
    }
    if channel.ends_with("closed") {
        return Err("not_in_channel");
    }
    Ok(())
}

fn post_message(slack: &mut Slack, given: &Given, now_ms: i64) -> Result<Value, No> {
    let channel = given.text("channel");
    check_channel(&channel)?;
    check_content(given)?;
    let message = slack.add(&channel, given, now_ms);
    Ok(json!({"ok": true, "channel": channel, "ts": message.ts, "message": wire(&message)}))
}

fn check_content(given: &Given) -> Result<(), No> {
    if given.has_bad_blocks() {
        return Err("invalid_blocks_format".into());
    }
    let blocks = given.list("blocks");
    let problems = blocks::problems(&blocks);
    if !problems.is_empty() {
        let messages: Vec<String> = problems
            .iter()
            .map(|problem| format!("[ERROR] {problem}"))
            .collect();
        return Err(No {
            error: "invalid_blocks",
            more: json!({"errors": problems, "response_metadata": {"messages": messages}}),
        });
    }
    if given.text("text").is_empty() && blocks.is_empty() {
        return Err("no_text".into());
    }
    Ok(())
}

fn update_message(slack: &mut Slack, given: &Given) -> Result<Value, No> {
    check_content(given)?;
    let (channel, ts) = (given.text("channel"), given.text("ts"));
    let message = slack
        .messages
        .iter_mut()
        .find(|message| message.channel == channel && message.ts == ts);
    let message = message.ok_or(No::from("message_not_found"))?;
    message.text = given.text("text");
    message.blocks = given.list("blocks");
    message.edited = true;
    Ok(
        json!({"ok": true, "channel": channel, "ts": ts, "text": message.text, "message": wire(message)}),
    )
}

fn wire(message: &Message) -> Value {
    json!({
        "type": "message", "subtype": "bot_message", "text": message.text, "ts": message.ts, "user": BOT_USER, "bot_id": "B0PORTALBOT",
        "team": TEAM_ID, "blocks": message.blocks, "thread_ts": message.thread_ts,
    })
}

fn look_up(slack: &mut Slack, email: &str) -> Result<Value, No> {
    let email = email.trim().to_lowercase();
    if !email.contains('@') || email.starts_with("nobody") {
        return Err("users_not_found".into());
    }
    let id = format!("U{}", hex(&Sha256::digest(&email))[..10].to_uppercase());
    slack.users.insert(id.clone(), email.clone());
    let name = email.split('@').next().unwrap_or_default();
    Ok(
        json!({"ok": true, "user": {"id": id, "team_id": TEAM_ID, "name": name, "deleted": false, "profile": {"email": email}}}),
    )
}

fn open_conversation(slack: &Slack, users: &str) -> Result<Value, No> {
    match users.strip_prefix('U') {
        Some(rest) if slack.users.contains_key(users) => Ok(
            json!({"ok": true, "no_op": false, "already_open": false, "channel": {"id": format!("D{rest}")}}),
        ),
        _ => Err("user_not_found".into()),
    }
}

/// `POST /services/T…/B…/secret`: plain text answers, a fixed channel, no timestamp back.
fn incoming_webhook(slack: &mut Slack, rest: &[&str], call: &Call) -> Reply {
    let text = |status: u16, words: &str| {
        Reply::text(
            StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST),
            words,
        )
    };
    let [_team, hook, _secret] = rest else {
        return text(404, "no_service");
    };
    if let Some(word) = slack.refusing_hooks.get(*hook) {
        return text(hook_status(word).unwrap_or(400), word);
    }
    let given = match Given::read(call) {
        Some(given) if given.0.contains_key("payload") => {
            match serde_json::from_str(&given.text("payload")) {
                Ok(fields) => Given(fields),
                Err(_) => return text(400, "invalid_payload"),
            }
        }
        Some(given) => given,
        None => return text(400, "invalid_payload"),
    };
    if given.has_bad_blocks() || !blocks::problems(&given.list("blocks")).is_empty() {
        return text(400, "invalid_blocks");
    }
    if given.text("text").is_empty() && given.list("blocks").is_empty() {
        return text(400, "no_text");
    }
    slack.add(&hook_channel(hook), &given, call.now_ms);
    text(200, "ok")
}

/// The words with which an incoming webhook refuses, and their statuses.
pub const HOOK_REFUSALS: [(&str, u16); 7] = [
    ("action_prohibited", 403),
    ("posting_to_general_channel_denied", 403),
    ("no_service", 404),
    ("no_active_hooks", 404),
    ("channel_not_found", 404),
    ("user_not_found", 404),
    ("channel_is_archived", 410),
];

/// The status of a word with which a hook can refuse.
pub fn hook_status(word: &str) -> Option<u16> {
    let mut known = HOOK_REFUSALS.iter();
    known
        .find(|(known, _)| *known == word)
        .map(|(_, status)| *status)
}

/// A message as a person reads it: its blocks as lines of text, or its text.
pub fn readable(message: &Message) -> Vec<String> {
    let lines: Vec<String> = message
        .blocks
        .iter()
        .flat_map(block_lines)
        .filter(|line| !line.is_empty())
        .collect();
    let lines = if lines.is_empty() {
        message.text.lines().map(str::to_owned).collect()
    } else {
        lines
    };
    lines.iter().map(|line| unescape(line)).collect()
}

fn block_lines(block: &Value) -> Vec<String> {
    let text = |value: &Value| value["text"].as_str().unwrap_or_default().to_owned();
    match block["type"].as_str().unwrap_or_default() {
        "divider" => vec!["———".to_owned()],
        "context" | "actions" => {
            let elements = block["elements"].as_array().into_iter().flatten();
            let words: Vec<String> = elements
                .map(|element| match &element["text"] {
                    Value::Object(_) => linked(&text(&element["text"]), element["url"].as_str()),
                    _ => text(element),
                })
                .collect();
            vec![words.join(" · ")]
        }
        _ => {
            let mut lines: Vec<String> = text(&block["text"]).lines().map(str::to_owned).collect();
            lines.extend(
                block["fields"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|field| text(field).replace('\n', " ")),
            );
            if let Some(url) = block["accessory"]["url"].as_str() {
                lines.push(linked(&text(&block["accessory"]["text"]), Some(url)));
            }
            lines
        }
    }
}

fn linked(words: &str, url: Option<&str>) -> String {
    url.map_or_else(|| words.to_owned(), |url| format!("<{url}|{words}>"))
}

/// Undoes Slack's escaping; the page escapes in its own way.
fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let Some(end) = rest[start..].find('>') else {
            break;
        };
        out.push_str(&rest[..start]);
        let inner = &rest[start + 1..start + end];
        match inner.split_once('|') {
            Some((url, words)) => out.push_str(&format!("{words} ({url})")),
            None => out.push_str(inner),
        }
        rest = &rest[start + end + 1..];
    }
    out.push_str(rest);
    out.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_read_as_lines_of_text() {
        let message = Message {
            channel: "C1".to_owned(),
            ts: "1.000001".to_owned(),
            at_ms: 0,
            text: "fallback".to_owned(),
            blocks: vec![
                json!({"type": "header", "text": {"type": "plain_text", "text": "New lead"}}),
                json!({"type": "section", "text": {"type": "mrkdwn", "text": "*Acme &amp; Co*\n<http://x/1|Open>"}, "fields": [{"type": "mrkdwn", "text": "Value\n100"}]}),
            ],
            thread_ts: None,
            edited: false,
        };
        assert_eq!(
            readable(&message),
            ["New lead", "*Acme & Co*", "Open (http://x/1)", "Value 100"]
        );
    }

    #[test]
    fn channels_with_an_unknown_prefix_do_not_exist() {
        assert_eq!(check_channel("X123"), Err("channel_not_found"));
        assert_eq!(check_channel("#partners-internal"), Ok(()));
    }
}
