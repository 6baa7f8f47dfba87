//! What Xero sends us: the check that it was Xero, and the events as hints to re-read something. A body without events is its test of the check.

use serde::Deserialize;
use serde_json::Value;

use crate::signature::{is_id, is_signed};

/// The header with the signature.
pub const SIGNATURE_HEADER: &str = "x-xero-signature";

/// Why a request is not taken for Xero's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("the signature is missing")]
    Missing,
    #[error("the signature is not right for this body")]
    Wrong,
}

/// Checks the bytes as they came against the webhook key.
///
/// # Errors
/// [`SignatureError`]; answer 401 with an empty body, which Xero's test expects.
pub fn verify(
    key: &str,
    raw_body: &[u8],
    signature_header: Option<&str>,
) -> Result<(), SignatureError> {
    let signature = signature_header.ok_or(SignatureError::Missing)?;
    if is_signed(key, &[raw_body], signature) {
        Ok(())
    } else {
        Err(SignatureError::Wrong)
    }
}

/// One thing that happened, as far as it tells what to read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XeroEvent {
    pub resource_id: String,
    /// `INVOICE` (sales invoices and bills alike), `CONTACT`, `CREDITNOTE`, …
    pub category: String,
    /// `CREATE` or `UPDATE`.
    pub event_type: String,
    /// The organisation that it happened in.
    pub tenant_id: String,
}

/// Why a body holds no events.
#[derive(Debug, thiserror::Error)]
#[error("the body is not a list of Xero events: {0}")]
pub struct EventsError(#[from] serde_json::Error);

/// Why one event of a list cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    #[error("the event is not one of Xero: {0}")]
    Malformed(#[from] serde_json::Error),
    #[error("the event of category `{0}` names no object")]
    Nameless(String),
}

/// Reads the events of a checked body, in the order of the body; none for Xero's test. What is wrong with one concerns no other.
///
/// # Errors
/// [`EventsError`] when the body is not what Xero sends.
pub fn parse_events(raw_body: &[u8]) -> Result<Vec<Result<XeroEvent, EventError>>, EventsError> {
    let delivery: Delivery = serde_json::from_slice(raw_body)?;
    Ok(delivery.events.into_iter().map(parse_event).collect())
}

/// When the first event of a body happened, in Xero's words; the same however often the body is sent.
pub fn first_at(raw_body: &[u8]) -> Option<String> {
    let dated: Dated = serde_json::from_slice(raw_body).ok()?;
    dated.events.into_iter().next()?.event_date_utc
}

fn parse_event(item: Value) -> Result<XeroEvent, EventError> {
    let wire: WireEvent = serde_json::from_value(item)?;
    if !is_id(&wire.resource_id) {
        let category = wire.event_category.chars().take(100).collect();
        return Err(EventError::Nameless(category));
    }
    Ok(XeroEvent {
        resource_id: wire.resource_id,
        category: wire.event_category,
        event_type: wire.event_type,
        tenant_id: wire.tenant_id,
    })
}

#[derive(Deserialize)]
struct Delivery {
    events: Vec<Value>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WireEvent {
    resource_id: String,
    event_type: String,
    event_category: String,
    tenant_id: String,
}

#[derive(Deserialize)]
struct Dated {
    events: Vec<DatedEvent>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DatedEvent {
    event_date_utc: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"events":[],"firstEventSequence": 0,"lastEventSequence": 0, "entropy": "S0m3r4Nd0mt3xt"}"#;
    const SIGNED: &str = "9Kzha+JY6Xx3i0a6v2jPbewOkYn2HoOMjKr9ISsm+mw=";

    #[test]
    fn the_vector_is_accepted_and_every_change_refused() {
        assert_eq!(verify("s3cr3t", BODY, Some(SIGNED)), Ok(()));
        assert_eq!(
            verify("s3cr3T", BODY, Some(SIGNED)),
            Err(SignatureError::Wrong)
        );
        assert_eq!(verify("", BODY, Some(SIGNED)), Err(SignatureError::Wrong));
        let spaced = [BODY, b" "].concat();
        assert_eq!(
            verify("s3cr3t", &spaced, Some(SIGNED)),
            Err(SignatureError::Wrong)
        );
        assert_eq!(
            verify("s3cr3t", BODY, Some("9Kzh")),
            Err(SignatureError::Wrong)
        );
        assert_eq!(verify("s3cr3t", BODY, None), Err(SignatureError::Missing));
    }

    #[test]
    fn the_test_of_the_check_holds_no_events() {
        assert!(parse_events(BODY).unwrap().is_empty());
    }

    #[test]
    fn an_event_names_what_to_read_again() {
        let body = br#"{"events":[{"resourceUrl":"https://api.xero.com/api.xro/2.0/Invoices/i-1","resourceId":"i-1","eventDateUtc":"2026-10-01T08:00:00.123",
            "eventType":"UPDATE","eventCategory":"INVOICE","tenantId":"t-1","tenantType":"ORGANISATION"}],"firstEventSequence":1,"lastEventSequence":1,"entropy":"x"}"#;
        let events = parse_events(body).unwrap();
        assert_eq!(events.len(), 1);
        let event = events[0].as_ref().unwrap();
        assert_eq!(
            (event.resource_id.as_str(), event.category.as_str()),
            ("i-1", "INVOICE")
        );
        assert_eq!(first_at(body).as_deref(), Some("2026-10-01T08:00:00.123"));
        assert_eq!(first_at(BODY), None, "nothing happened");
        assert!(parse_events(b"[]").is_err());
    }
}
