//! The stand-in of an iPaaS: takes signed webhooks of new leads, makes company, contact and deal in the stand-in of HubSpot, calls back with their ids, and tells of
//! every change of a deal. It knows Standard Webhooks and the guide that the portal gives to whoever builds such a thing, and nothing else of the portal.

mod flow;
mod signature;

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::call::{Call, Reply};
use crate::world::World;

pub use flow::{call_back, hear};
pub use signature::sign;

/// How many received messages are remembered.
const KEPT: usize = 200;
/// How far a message's time may be from ours, in milliseconds.
const WINDOW_MS: i64 = 5 * 60_000;

/// The iPaaS with its one flow.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Ipaas {
    pub secrets: Secrets,
    pub moods: Moods,
    /// The newest last.
    pub received: Vec<Received>,
    /// Which deals it has made, or found, for each lead.
    pub deals: BTreeMap<String, BTreeSet<u64>>,
    /// Where the last lead said that it wants to be called back.
    callback_url: Option<String>,
    /// What the last act caused and has not been sent.
    #[serde(skip)]
    pub pending: Vec<CallBack>,
}

/// What was pasted from the portal.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Secrets {
    /// The portal signs with it.
    pub signing: String,
    /// We sign with it.
    pub callback: String,
}

/// How it behaves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Moods {
    /// The status with which it refuses everything; 0 for none.
    pub refuses: u16,
    /// The `Retry-After` beside that, in seconds; 0 for none.
    pub retry_after: u32,
    /// The code with which its flow fails; empty: it does not.
    pub fails: String,
    /// The next so many call-backs are never sent.
    pub loses: u32,
    /// It leaves out what HubSpot calls a stage.
    pub nameless: bool,
    /// It takes leads and does nothing with them.
    pub sleeps: bool,
}

/// One message that came.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Received {
    pub at_ms: i64,
    pub id: String,
    pub kind: String,
    pub client: String,
    /// What became of it, for people.
    pub outcome: String,
}

/// One message to the portal.
#[derive(Debug, Clone)]
pub struct CallBack {
    pub id: String,
    pub url: String,
    pub body: Value,
}

impl Ipaas {
    /// After a reset: what was pasted stays, so that nobody needs to connect anew.
    pub fn keep_connection_of(&mut self, before: &mut Self) {
        self.secrets = std::mem::take(&mut before.secrets);
        self.callback_url = before.callback_url.take();
    }

    fn remember(&mut self, received: Received) {
        self.received.push(received);
        let spare = self.received.len().saturating_sub(KEPT);
        self.received.drain(..spare);
    }
}

/// Whether a request hands something over.
pub fn is_write(call: &Call) -> bool {
    call.method == "POST"
}

/// Answers a message to the flow's address.
pub fn answer(world: &mut World, call: &Call) -> Reply {
    let refused = |status: StatusCode, words: &str| Reply::json(status, &json!({"error": words}));
    if call.method != "POST" {
        return refused(StatusCode::METHOD_NOT_ALLOWED, "send messages here");
    }
    let moods = &world.ipaas.moods;
    if let Some(status) = StatusCode::from_u16(moods.refuses)
        .ok()
        .filter(|_| moods.refuses >= 400)
    {
        let reply = refused(status, "this flow is told to refuse");
        return match moods.retry_after {
            0 => reply,
            seconds => reply.with_header("retry-after", seconds.to_string()),
        };
    }
    let header = |name: &str| call.header(name).unwrap_or_default();
    let (id, timestamp) = (header("webhook-id"), header("webhook-timestamp"));
    let sent_ms = timestamp.parse::<i64>().map(|seconds| seconds * 1_000);
    let is_in_time = sent_ms.is_ok_and(|sent| (call.now_ms - sent).abs() <= WINDOW_MS);
    let given = header("webhook-signature");
    let is_signed = sign(&world.ipaas.secrets.signing, id, timestamp, &call.body)
        .is_some_and(|ours| given.split(' ').any(|theirs| theirs == ours));
    if !is_in_time || !is_signed {
        return refused(
            StatusCode::UNAUTHORIZED,
            "the signature is not the portal's",
        );
    }
    let Ok(event) = call.json() else {
        return refused(StatusCode::BAD_REQUEST, "the body is not JSON");
    };
    let id = id.to_owned();
    match event["type"].as_str() {
        Some("portal.test") => {
            note(world, call.now_ms, &id, &event, "answered");
            Reply::json(
                StatusCode::OK,
                &json!({"ok": true, "flow": "portal to HubSpot"}),
            )
        }
        Some("lead.created") => {
            let outcome = flow::take(world, &event, call.now_ms);
            note(world, call.now_ms, &id, &event, &outcome);
            Reply::json(StatusCode::ACCEPTED, &json!({"accepted": true}))
        }
        _ => refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            "no flow takes such an event",
        ),
    }
}

fn note(world: &mut World, at_ms: i64, id: &str, event: &Value, outcome: &str) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    world.ipaas.remember(Received {
        at_ms,
        id: id.to_owned(),
        kind: text(&event["type"]),
        client: text(&event["data"]["company"]["name"]),
        outcome: outcome.to_owned(),
    });
}
