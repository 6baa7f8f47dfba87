//! What Xero sends us: the check that it was Xero, and the events as hints to re-read something. A body without events is its test of the check.

use serde::Deserialize;

use crate::signature::is_signed;

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
    /// The same for the same event however often it is sent.
    pub dedupe_key: String,
}

/// Why a body holds no events.
#[derive(Debug, thiserror::Error)]
#[error("the body is not a list of Xero events: {0}")]
pub struct EventsError(#[from] serde_json::Error);

/// Reads the events of a checked body, in the order of the body; none for Xero's test.
///
/// # Errors
/// [`EventsError`] when the body is not what Xero sends.
pub fn parse_events(raw_body: &[u8]) -> Result<Vec<XeroEvent>, EventsError> {
    let delivery: Delivery = serde_json::from_slice(raw_body)?;
    let mut events = Vec::with_capacity(delivery.events.len());
    for wire in delivery.events {
        if wire.resource_id.is_empty() {
            tracing::warn!(
                category = wire.event_category,
                "a Xero event names no object"
            );
            continue;
        }
        let key = [
            &wire.tenant_id,
            &wire.event_category,
            &wire.event_type,
            &wire.resource_id,
            &wire.event_date_utc,
        ];
        events.push(XeroEvent {
            dedupe_key: key.map(String::as_str).join("|"),
            resource_id: wire.resource_id,
            category: wire.event_category,
            event_type: wire.event_type,
            tenant_id: wire.tenant_id,
        });
    }
    Ok(events)
}

#[derive(Deserialize)]
struct Delivery {
    events: Vec<WireEvent>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WireEvent {
    resource_id: String,
    event_date_utc: String,
    event_type: String,
    event_category: String,
    tenant_id: String,
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
        assert_eq!(parse_events(BODY).unwrap(), []);
    }

    #[test]
    fn an_event_names_what_to_read_again() {
        let body = br#"{"events":[{"resourceUrl":"https://api.xero.com/api.xro/2.0/Invoices/i-1","resourceId":"i-1","eventDateUtc":"2026-10-01T08:00:00.123",
            "eventType":"UPDATE","eventCategory":"INVOICE","tenantId":"t-1","tenantType":"ORGANISATION"}],"firstEventSequence":1,"lastEventSequence":1,"entropy":"x"}"#;
        let events = parse_events(body).unwrap();
        assert_eq!(events.len(), 1);
        assert_eq!(
            (events[0].resource_id.as_str(), events[0].category.as_str()),
            ("i-1", "INVOICE")
        );
        assert_eq!(
            events[0].dedupe_key,
            "t-1|INVOICE|UPDATE|i-1|2026-10-01T08:00:00.123"
        );
        assert!(parse_events(b"[]").is_err());
    }
}
