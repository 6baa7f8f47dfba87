//! What stands in the body of a webhook: whatever it is, it is read or refused, and no event of it is lost on the way.

#![no_main]

use libfuzzer_sys::fuzz_target;
use portal_integrations::{hubspot, relay, xero};

fuzz_target!(|body: &[u8]| {
    if let Ok(events) = hubspot::signature::parse_events(body) {
        for event in events.into_iter().flatten() {
            assert!(!event.object_id.is_empty(), "an event about nothing");
        }
    }
    if let Ok(events) = xero::signature::parse_events(body) {
        for event in events.into_iter().flatten() {
            assert!(!event.resource_id.is_empty(), "an event about nothing");
        }
    }
    let _ = relay::parse_event(body);
});
