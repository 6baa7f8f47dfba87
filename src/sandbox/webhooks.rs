//! Sends what HubSpot and Xero tell the portal: signed, at least once, with retries, and as badly as the faults say.
//! Which change makes which event is the vendors' own business (`hubspot`, `xero`).

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::faults::use_up;
use crate::ipaas::{self, CallBack};
use crate::journal::{Direction, Exchange, readable_body};
use crate::server::Shared;
use crate::world::World;

/// How long to wait before each further attempt.
const RETRY_AFTER: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(25),
    Duration::from_secs(60),
    Duration::from_secs(120),
];

/// HubSpot puts at most so many events into one body.
const HUBSPOT_BATCH: usize = 100;

/// One body on its way.
#[derive(Debug, Clone)]
enum Message {
    /// HubSpot's array of events.
    HubSpot(Vec<Value>),
    /// Xero's envelope, as the bytes that are signed.
    Xero(Vec<u8>),
    /// An event of the iPaaS.
    Ipaas(CallBack),
}

/// Takes the events that the last act caused out of the world and sends them in the background.
pub fn send_pending(shared: &Arc<Shared>, world: &mut World) {
    ipaas::hear(world, shared.now_ms());
    for call_back in std::mem::take(&mut world.ipaas.pending) {
        if use_up(&mut world.ipaas.moods.loses) {
            note_dropped(shared, &Message::Ipaas(call_back));
        } else {
            post(shared, world, Message::Ipaas(call_back));
        }
    }
    let hubspot = std::mem::take(&mut world.hubspot.pending);
    for batch in hubspot.chunks(HUBSPOT_BATCH) {
        post(shared, world, Message::HubSpot(batch.to_vec()));
    }
    let second = world.second_xero.as_mut();
    let organisations = std::iter::once(&mut world.xero).chain(second);
    let mut bodies = Vec::new();
    for xero in organisations.filter(|xero| !xero.pending.is_empty()) {
        let events = std::mem::take(&mut xero.pending);
        let entropy = world.dice.token("");
        let body = xero.envelope(&events, &entropy);
        bodies.push(body.to_string().into_bytes());
    }
    for body in bodies {
        post(shared, world, Message::Xero(body));
    }
}

/// Lets the faults decide how often and how late one body goes out.
fn post(shared: &Arc<Shared>, world: &mut World, message: Message) {
    if shared.portal_url().is_none() {
        return;
    }
    let faults = world.faults.webhooks.clone();
    if world.dice.hits(faults.drop_percent) {
        note_dropped(shared, &message);
        return;
    }
    let copies = if world.dice.hits(faults.double_percent) {
        2
    } else {
        1
    };
    for _ in 0..copies {
        let shuffle_ms = if faults.shuffle_ms > 0 {
            world.dice.roll() % faults.shuffle_ms
        } else {
            0
        };
        let delay = Duration::from_millis(faults.delay_ms + shuffle_ms);
        let counted = UnderWay::count(shared);
        tokio::spawn(deliver(counted, message.clone(), delay));
    }
}

/// Sends what Xero sends on set-up: bodies without events, two rightly and two wrongly signed. Gives a sentence that
/// says whether all four were answered as they must be.
pub async fn check_intent_to_receive(shared: Arc<Shared>) -> String {
    let mut wrong = Vec::new();
    for (number, rightly_signed) in [(1, true), (2, false), (3, true), (4, false)] {
        let entropy = format!("IntentToReceive{number}");
        let body = json!({"events": [], "firstEventSequence": 0, "lastEventSequence": 0, "entropy": entropy});
        let body = body.to_string().into_bytes();
        let key = if rightly_signed {
            shared.keys.xero_webhook_key.as_str()
        } else {
            "not the key"
        };
        let signature = sign_xero(key, &body);
        let wanted = if rightly_signed { 200 } else { 401 };
        let answered = attempt_xero(&shared, body, &signature, "intent to receive").await;
        if answered != Some(wanted) {
            wrong.push(format!(
                "number {number} should be {wanted} and was {}",
                answered.map_or("no answer".to_owned(), |status| status.to_string())
            ));
        }
    }
    match wrong.is_empty() {
        true => "Intent to receive: all four were answered rightly.".to_owned(),
        false => format!("Intent to receive failed: {}.", wrong.join("; ")),
    }
}

/// One webhook that has not arrived yet; counted from before it is spawned, so that nobody sees a gap.
struct UnderWay(Arc<Shared>);

impl UnderWay {
    fn count(shared: &Arc<Shared>) -> Self {
        shared.webhooks_under_way.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(shared))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.webhooks_under_way.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn deliver(counted: UnderWay, message: Message, delay: Duration) {
    let shared = &counted.0;
    tokio::time::sleep(delay).await;
    for attempt in 0..=RETRY_AFTER.len() {
        if attempt > 0 {
            tokio::time::sleep(RETRY_AFTER[attempt - 1]).await;
        }
        let status = match &message {
            Message::HubSpot(events) => attempt_hubspot(shared, events, attempt).await,
            Message::Ipaas(call_back) => attempt_ipaas(shared, call_back, attempt).await,
            Message::Xero(body) => {
                let signature = sign_xero(&shared.keys.xero_webhook_key, body);
                attempt_xero(
                    shared,
                    body.clone(),
                    &signature,
                    &format!("attempt {}", attempt + 1),
                )
                .await
            }
        };
        if status.is_some_and(|status| (200..300).contains(&status)) {
            return;
        }
    }
}

async fn attempt_hubspot(shared: &Shared, events: &[Value], attempt: usize) -> Option<u16> {
    let url = format!("{}/webhooks/hubspot", shared.portal_url()?);
    let mut events = events.to_vec();
    for event in &mut events {
        event["attemptNumber"] = json!(attempt);
    }
    let summary = summarise(&events);
    let body = Value::Array(events).to_string().into_bytes();
    let timestamp = shared.now_ms().to_string();
    let signature = sign_hubspot(
        &shared.keys.hubspot_client_secret,
        "POST",
        &url,
        &body,
        &timestamp,
    );
    let request = shared
        .sender
        .post(&url)
        .header("content-type", "application/json")
        .header("user-agent", "HubSpot Connect 2.0 (sandbox)")
        .header("x-hubspot-signature-v3", signature)
        .header("x-hubspot-signature-version", "v3")
        .header("x-hubspot-request-timestamp", timestamp);
    let note = format!("attempt {}: {summary}", attempt + 1);
    send(shared, "HubSpot", &url, request, body, note).await
}

/// Signed anew each time, under the same id.
async fn attempt_ipaas(shared: &Shared, call_back: &CallBack, attempt: usize) -> Option<u16> {
    let body = call_back.body.to_string().into_bytes();
    let timestamp = (shared.now_ms() / 1_000).to_string();
    let secret = shared.world().ipaas.secrets.callback.clone();
    let signature = ipaas::sign(&secret, &call_back.id, &timestamp, &body).unwrap_or_default();
    let request = shared
        .sender
        .post(&call_back.url)
        .header("content-type", "application/json")
        .header("webhook-id", &call_back.id)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", signature);
    let kind = call_back.body["type"].as_str().unwrap_or_default();
    let note = format!("attempt {}: {kind}", attempt + 1);
    send(shared, "iPaaS", &call_back.url, request, body, note).await
}

async fn attempt_xero(shared: &Shared, body: Vec<u8>, signature: &str, note: &str) -> Option<u16> {
    let url = format!("{}/webhooks/xero", shared.portal_url()?);
    let request = shared
        .sender
        .post(&url)
        .header("content-type", "application/json; charset=utf-8")
        .header("user-agent", "Xero/Webhook (sandbox)")
        .header("x-xero-signature", signature);
    send(shared, "Xero", &url, request, body, note.to_owned()).await
}

async fn send(
    shared: &Shared,
    system: &'static str,
    url: &str,
    request: reqwest::RequestBuilder,
    body: Vec<u8>,
    note: String,
) -> Option<u16> {
    let began = Instant::now();
    let told = readable_body(&body);
    let outcome = request.body(body).send().await;
    let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (status, note, answer) = match outcome {
        Ok(response) => {
            let status = response.status().as_u16();
            let answer = response.bytes().await.unwrap_or_default();
            (Some(status), note, readable_body(&answer))
        }
        Err(error) => (
            None,
            format!("{note}: {}", error.without_url()),
            String::new(),
        ),
    };
    let at_ms = shared.now_ms();
    let exchange = Exchange {
        at_ms,
        direction: Direction::Sent,
        system,
        method: "POST".to_owned(),
        target: url.to_owned(),
        status,
        took_ms,
        note,
        request: told,
        answer,
    };
    shared.journal().add(exchange);
    status
}

fn note_dropped(shared: &Shared, message: &Message) {
    let (system, path) = match message {
        Message::HubSpot(_) => ("HubSpot", "hubspot"),
        Message::Xero(_) => ("Xero", "xero"),
        Message::Ipaas(_) => ("iPaaS", "relay"),
    };
    shared.journal().add(Exchange {
        at_ms: shared.now_ms(),
        direction: Direction::Sent,
        system,
        method: "POST".to_owned(),
        target: format!(
            "{}/webhooks/{path}",
            shared.portal_url().unwrap_or_default()
        ),
        status: None,
        took_ms: 0,
        note: "fault: never sent".to_owned(),
        request: match message {
            Message::HubSpot(events) => readable_body(json!(events).to_string().as_bytes()),
            Message::Xero(body) => readable_body(body),
            Message::Ipaas(call_back) => readable_body(call_back.body.to_string().as_bytes()),
        },
        answer: String::new(),
    });
}

fn summarise(events: &[Value]) -> String {
    let kinds: Vec<String> = events
        .iter()
        .map(|event| match event["propertyName"].as_str() {
            Some(property) => format!("{property} of {}", event["objectId"]),
            None => format!(
                "{} {}",
                event["subscriptionType"].as_str().unwrap_or_default(),
                event["objectId"]
            ),
        })
        .collect();
    kinds.join(", ")
}

/// HubSpot's signature, version 3: over method, full address, raw body and timestamp (milliseconds).
pub fn sign_hubspot(secret: &str, method: &str, uri: &str, body: &[u8], timestamp: &str) -> String {
    authenticate(
        secret,
        &[
            method.as_bytes(),
            uri.as_bytes(),
            body,
            timestamp.as_bytes(),
        ],
    )
}

/// Xero's signature: over the raw body.
pub fn sign_xero(key: &str, body: &[u8]) -> String {
    authenticate(key, &[body])
}

fn authenticate(key: &str, parts: &[&[u8]]) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hubspot_signatures_match_the_documented_vectors() {
        let sign = |timestamp: &str| {
            let (secret, uri) = (
                "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy",
                "https://www.example.com/webhook_uri",
            );
            sign_hubspot(
                secret,
                "POST",
                uri,
                b"{'example_field':'example_value'}",
                timestamp,
            )
        };
        assert_eq!(
            sign("1693657560000"),
            "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="
        );
        assert_eq!(
            sign("1700000300000"),
            "RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw="
        );
    }

    #[test]
    fn xero_signatures_match_the_recorded_vector() {
        let body = br#"{"events":[],"firstEventSequence": 0,"lastEventSequence": 0, "entropy": "S0m3r4Nd0mt3xt"}"#;
        assert_eq!(
            sign_xero("s3cr3t", body),
            "9Kzha+JY6Xx3i0a6v2jPbewOkYn2HoOMjKr9ISsm+mw="
        );
    }
}
