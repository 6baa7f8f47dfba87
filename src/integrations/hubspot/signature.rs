//! What HubSpot sends us: the check that it was HubSpot (signature version 3 only), and the events as hints to re-read something.
//! Their words about values are not used: they come twice, late and out of order.

use serde::Deserialize;
use serde_json::Value;

use super::wire::loose_text;
use crate::signature::{is_id, is_signed};

/// The header with the signature. Versions 1 and 2 come in other headers and are not looked at: they carry no time.
pub const SIGNATURE_HEADER: &str = "x-hubspot-signature-v3";
/// The header with the milliseconds at which it was signed.
pub const TIMESTAMP_HEADER: &str = "x-hubspot-request-timestamp";

/// How old a request may be, and how far our clocks may be apart, in milliseconds.
const AGE_MAX_MS: i64 = 300_000;
const AHEAD_MAX_MS: i64 = 60_000;

/// Why a request is not taken for HubSpot's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("the signature or its timestamp is missing")]
    Missing,
    #[error("the timestamp is more than five minutes old or in the future")]
    OutOfTime,
    #[error("the signature is not right for this body, address and time")]
    Wrong,
}

/// Checks a request against any of the secrets: two are valid while one replaces the other.
///
/// `uri` is the whole public address that HubSpot was given, with its query; `raw_body` the bytes as they came.
///
/// # Errors
/// [`SignatureError`]; answer 401 and count it.
pub fn verify(
    secrets: &[&str],
    method: &str,
    uri: &str,
    raw_body: &[u8],
    timestamp_header: Option<&str>,
    signature_header: Option<&str>,
    now_ms: i64,
) -> Result<(), SignatureError> {
    let timestamp = timestamp_header.ok_or(SignatureError::Missing)?.trim();
    let signature = signature_header.ok_or(SignatureError::Missing)?;
    let signed_at_ms: i64 = timestamp.parse().map_err(|_| SignatureError::OutOfTime)?;
    let oldest_ms = now_ms.saturating_sub(AGE_MAX_MS);
    let newest_ms = now_ms.saturating_add(AHEAD_MAX_MS);
    if !(oldest_ms..=newest_ms).contains(&signed_at_ms) {
        return Err(SignatureError::OutOfTime);
    }
    let method = method.to_ascii_uppercase();
    let uri = decode_uri(uri);
    let parts = [
        method.as_bytes(),
        uri.as_bytes(),
        raw_body,
        timestamp.as_bytes(),
    ];
    // Every secret is tried, so that the time taken does not tell which one is near.
    let matches = secrets
        .iter()
        .filter(|secret| is_signed(secret, &parts, signature))
        .count();
    if matches == 0 {
        Err(SignatureError::Wrong)
    } else {
        Ok(())
    }
}

/// Decodes the twelve escapes that HubSpot decodes before it signs, and no other.
fn decode_uri(uri: &str) -> String {
    const DECODED: [(&str, char); 12] = [
        ("3A", ':'),
        ("2F", '/'),
        ("3F", '?'),
        ("40", '@'),
        ("21", '!'),
        ("24", '$'),
        ("27", '\''),
        ("28", '('),
        ("29", ')'),
        ("2A", '*'),
        ("2C", ','),
        ("3B", ';'),
    ];
    let mut decoded = String::with_capacity(uri.len());
    let mut rest = uri;
    while let Some(at) = rest.find('%') {
        decoded.push_str(&rest[..at]);
        let code = rest.get(at + 1..at + 3).unwrap_or_default();
        match DECODED
            .iter()
            .find(|(escape, _)| escape.eq_ignore_ascii_case(code))
        {
            Some((_, character)) => {
                decoded.push(*character);
                rest = &rest[at + 3..];
            }
            None => {
                decoded.push('%');
                rest = &rest[at + 1..];
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

/// One thing that happened, as far as it tells what to read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubSpotEvent {
    /// `deal`, `contact`, `company`, or HubSpot's own word for anything else.
    pub object_type: String,
    /// The object to read again; after a merge the new one.
    pub object_id: String,
    /// What happened: `creation`, `propertyChange`, `deletion`, `restore`, `merge`, `associationChange`, …
    pub kind: String,
    /// When, in milliseconds, by HubSpot's clock; 0 if it did not say.
    pub occurred_at_ms: i64,
    /// The same for the same event however often it is sent.
    pub dedupe_key: String,
    /// Other objects that it concerns: those merged away, or the other end of an association.
    pub other_ids: Vec<String>,
}

/// Why a body holds no events.
#[derive(Debug, thiserror::Error)]
#[error("the body is not a list of HubSpot events: {0}")]
pub struct EventsError(#[from] serde_json::Error);

/// Why one event of a list cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    #[error("the event is not one of HubSpot: {0}")]
    Malformed(#[from] serde_json::Error),
    #[error("the event `{0}` does not say what happened to which object")]
    Nameless(String),
}

/// Reads the events of a checked body, in the order of the body; what is wrong with one concerns no other.
///
/// # Errors
/// [`EventsError`] when the body is not JSON.
pub fn parse_events(raw_body: &[u8]) -> Result<Vec<Result<HubSpotEvent, EventError>>, EventsError> {
    let items = match serde_json::from_slice(raw_body)? {
        Value::Array(items) => items,
        single => vec![single],
    };
    Ok(items.into_iter().map(parse_event).collect())
}

/// When the first event of a body happened, in milliseconds in HubSpot's own digits; the same however often the body is sent.
pub fn first_at(raw_body: &[u8]) -> Option<String> {
    let dated: Vec<DatedEvent> = serde_json::from_slice(raw_body).ok()?;
    dated.into_iter().next().map(|event| event.occurred_at)
}

fn parse_event(item: Value) -> Result<HubSpotEvent, EventError> {
    let wire: WireEvent = serde_json::from_value(item)?;
    event_of(&wire)
        .filter(|event| is_id(&event.object_id) && event.other_ids.iter().all(|id| is_id(id)))
        .ok_or_else(|| EventError::Nameless(wire.kind().chars().take(100).collect()))
}

/// HubSpot's event. Ids are numbers in some samples and texts in others; the name of the type differs between the table and the samples of their manual.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WireEvent {
    #[serde(deserialize_with = "loose_text")]
    event_id: String,
    #[serde(deserialize_with = "loose_text")]
    portal_id: String,
    #[serde(deserialize_with = "loose_text")]
    object_id: String,
    #[serde(deserialize_with = "loose_text")]
    object_type_id: String,
    #[serde(deserialize_with = "loose_text")]
    occurred_at: String,
    subscription_type: Option<String>,
    event_type: Option<String>,
    property_name: Option<String>,
    association_type: Option<String>,
    #[serde(deserialize_with = "loose_text")]
    from_object_id: String,
    #[serde(deserialize_with = "loose_text")]
    to_object_id: String,
    #[serde(deserialize_with = "loose_text")]
    primary_object_id: String,
    #[serde(deserialize_with = "loose_text")]
    new_object_id: String,
    merged_object_ids: Option<Vec<Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DatedEvent {
    #[serde(default, deserialize_with = "loose_text")]
    occurred_at: String,
}

impl WireEvent {
    fn kind(&self) -> &str {
        self.subscription_type
            .as_deref()
            .or(self.event_type.as_deref())
            .unwrap_or_default()
    }

    fn merged_ids(&self) -> Vec<String> {
        let texts = self
            .merged_object_ids
            .iter()
            .flatten()
            .map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
        texts.collect()
    }
}

fn event_of(wire: &WireEvent) -> Option<HubSpotEvent> {
    let (prefix, kind) = wire.kind().rsplit_once('.')?;
    let object_type = match (prefix, wire.object_type_id.as_str()) {
        ("deal", _) | (_, "0-3") => "deal",
        ("company", _) | (_, "0-2") => "company",
        ("contact", _) | (_, "0-1") => "contact",
        (other, _) => other,
    };
    let mut ids = vec![wire.new_object_id.clone(), wire.object_id.clone()];
    // `COMPANY_TO_DEAL` is the same tie, told from its other end.
    let ends = [wire.from_object_id.clone(), wire.to_object_id.clone()];
    let is_from_other_end = wire
        .association_type
        .as_deref()
        .and_then(|ends| ends.split_once("_TO_"))
        .is_some_and(|(from, to)| {
            to.eq_ignore_ascii_case(object_type) && !from.eq_ignore_ascii_case(object_type)
        });
    if is_from_other_end {
        ids.extend(ends.into_iter().rev());
    } else {
        ids.extend(ends);
    }
    ids.push(wire.primary_object_id.clone());
    ids.extend(wire.merged_ids());
    ids.retain(|id| !id.is_empty());
    let object_id = ids.first()?.clone();
    let mut other_ids: Vec<String> = Vec::new();
    for id in ids {
        if id != object_id && !other_ids.contains(&id) {
            other_ids.push(id);
        }
    }
    let property = wire.property_name.as_deref().unwrap_or_default();
    Some(HubSpotEvent {
        object_type: object_type.to_owned(),
        kind: kind.to_owned(),
        occurred_at_ms: wire.occurred_at.parse().unwrap_or_default(),
        dedupe_key: [
            wire.portal_id.as_str(),
            wire.kind(),
            &object_id,
            &wire.event_id,
            &wire.occurred_at,
            property,
        ]
        .join("|"),
        object_id,
        other_ids,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy";
    const URI: &str = "https://www.example.com/webhook_uri";
    const BODY: &[u8] = b"{'example_field':'example_value'}";
    const SIGNED: &str = "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=";
    const AT: i64 = 1_693_657_560_000;

    fn check(
        uri: &str,
        body: &[u8],
        timestamp: &str,
        signature: &str,
        now_ms: i64,
    ) -> Result<(), SignatureError> {
        verify(
            &["another", SECRET],
            "POST",
            uri,
            body,
            Some(timestamp),
            Some(signature),
            now_ms,
        )
    }

    #[test]
    fn the_published_vectors_are_accepted() {
        assert_eq!(check(URI, BODY, "1693657560000", SIGNED, AT), Ok(()));
        let second = "RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw=";
        assert_eq!(
            check(URI, BODY, "1700000300000", second, 1_700_000_300_000),
            Ok(())
        );
    }

    #[test]
    fn a_changed_body_address_time_or_secret_is_refused() {
        let wrong = Err(SignatureError::Wrong);
        assert_eq!(
            check(
                URI,
                b"{'example_field':'example_valuf'}",
                "1693657560000",
                SIGNED,
                AT
            ),
            wrong
        );
        assert_eq!(
            check(
                "http://www.example.com/webhook_uri",
                BODY,
                "1693657560000",
                SIGNED,
                AT
            ),
            wrong
        );
        assert_eq!(check(URI, BODY, "1693657560001", SIGNED, AT), wrong);
        assert_eq!(
            verify(
                &["another"],
                "POST",
                URI,
                BODY,
                Some("1693657560000"),
                Some(SIGNED),
                AT
            ),
            wrong
        );
        assert_eq!(
            verify(
                &[SECRET],
                "GET",
                URI,
                BODY,
                Some("1693657560000"),
                Some(SIGNED),
                AT
            ),
            wrong
        );
        assert_eq!(
            verify(
                &[],
                "POST",
                URI,
                BODY,
                Some("1693657560000"),
                Some(SIGNED),
                AT
            ),
            wrong
        );
        assert_eq!(check(URI, BODY, "1693657560000", "not base64!", AT), wrong);
    }

    #[test]
    fn an_empty_secret_accepts_nothing() {
        let empty_key = "Hver05K6S9P9hKbVzaHgGE9xJ4N+KSvhB2lyRf8FXSQ=";
        assert_eq!(
            verify(
                &[""],
                "POST",
                URI,
                BODY,
                Some("1693657560000"),
                Some(empty_key),
                AT
            ),
            Err(SignatureError::Wrong)
        );
    }

    #[test]
    fn version_two_is_refused_and_so_is_a_missing_header() {
        let second_version = "9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900";
        assert_eq!(
            check(URI, BODY, "1693657560000", second_version, AT),
            Err(SignatureError::Wrong)
        );
        assert_eq!(
            verify(&[SECRET], "POST", URI, BODY, None, Some(SIGNED), AT),
            Err(SignatureError::Missing)
        );
        assert_eq!(
            verify(
                &[SECRET],
                "POST",
                URI,
                BODY,
                Some("1693657560000"),
                None,
                AT
            ),
            Err(SignatureError::Missing)
        );
    }

    #[test]
    fn five_minutes_old_is_the_edge_and_one_minute_ahead() {
        assert_eq!(
            check(URI, BODY, "1693657560000", SIGNED, AT + 300_000),
            Ok(())
        );
        assert_eq!(
            check(URI, BODY, "1693657560000", SIGNED, AT + 300_001),
            Err(SignatureError::OutOfTime)
        );
        assert_eq!(
            check(URI, BODY, "1693657560000", SIGNED, AT - 60_000),
            Ok(())
        );
        assert_eq!(
            check(URI, BODY, "1693657560000", SIGNED, AT - 60_001),
            Err(SignatureError::OutOfTime)
        );
        assert_eq!(
            check(URI, BODY, "now", SIGNED, AT),
            Err(SignatureError::OutOfTime)
        );
    }

    #[test]
    fn only_the_twelve_escapes_are_decoded() {
        assert_eq!(
            decode_uri("https://a.b/c?d=%3A%2f%3F%40%21%24%27%28%29%2A%2C%3B"),
            "https://a.b/c?d=:/?@!$'()*,;"
        );
        assert_eq!(decode_uri("/%20%25%3D%26%%3"), "/%20%25%3D%26%%3");
    }

    #[test]
    fn events_are_read_with_ids_as_numbers_or_texts_and_either_type_name() {
        let body = br#"[
            {"eventId":1,"subscriptionId":2,"portalId":3,"appId":4,"occurredAt":1700000000000,"subscriptionType":"deal.propertyChange","attemptNumber":0,"objectId":77,"propertyName":"dealstage","propertyValue":"closedwon"},
            {"eventId":"1","portalId":"3","occurredAt":"1700000000000","eventType":"object.creation","objectTypeId":"0-3","objectId":"78"},
            {"eventId":5,"portalId":3,"occurredAt":1,"subscriptionType":"deal.merge","objectId":90,"primaryObjectId":77,"mergedObjectIds":[77,"78"],"newObjectId":90},
            {"eventId":6,"portalId":3,"occurredAt":1,"subscriptionType":"deal.associationChange","associationType":"COMPANY_TO_DEAL","fromObjectId":5,"toObjectId":77,"associationRemoved":false},
            {"eventId":7,"subscriptionType":"deal.creation"}
        ]"#;
        let mut events = parse_events(body).unwrap();
        assert!(events.pop().unwrap().is_err(), "it names no deal");
        let events: Vec<HubSpotEvent> = events.into_iter().map(Result::unwrap).collect();
        let read: Vec<_> = events
            .iter()
            .map(|event| {
                (
                    event.object_type.as_str(),
                    event.object_id.as_str(),
                    event.kind.as_str(),
                    event.other_ids.join(","),
                )
            })
            .collect();
        assert_eq!(
            read,
            [
                ("deal", "77", "propertyChange", String::new()),
                ("deal", "78", "creation", String::new()),
                ("deal", "90", "merge", "77,78".to_owned()),
                ("deal", "77", "associationChange", "5".to_owned()),
            ]
        );
        assert_eq!(
            events[0].dedupe_key,
            "3|deal.propertyChange|77|1|1700000000000|dealstage"
        );
        assert_eq!(events[0].occurred_at_ms, 1_700_000_000_000);
        assert_eq!(first_at(body).as_deref(), Some("1700000000000"));
    }

    #[test]
    fn what_is_not_json_is_no_event() {
        assert!(parse_events(b"hello").is_err());
        assert!(parse_events(b"[]").unwrap().is_empty());
    }
}
