//! What the iPaaS calls back, as `docs/relay.md` has it. A deal comes as HubSpot's own object, and is read as one that the portal asked for itself.

use portal_domain::{
    calendar::Timestamp,
    ids::LeadId,
    remote::{RemoteDeal, UnreadableDeal},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    hubspot::{
        convert,
        wire::{Object, loose_text},
    },
    signature::is_id,
};

/// What one call says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RelayEvent {
    /// HubSpot has the lead: the ids of its company, contact and deal there.
    Registered {
        lead: LeadId,
        company: String,
        contact: String,
        deal: String,
    },
    /// It could not be done.
    Failed {
        lead: LeadId,
        code: String,
        said: String,
        /// When that was, if it was told.
        at: Option<Timestamp>,
    },
    /// A deal is like this now.
    Changed(Box<Change>),
}

/// A deal as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub deal: Result<RemoteDeal, UnreadableDeal>,
    /// What HubSpot calls the deal's stage, if that was said.
    pub stage_label: Option<String>,
}

/// Why an event cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    #[error("the body is no event: {0}")]
    NoEvent(String),
    #[error("the portal knows version 1 of events, and not {0}")]
    Version(u32),
    #[error("the portal knows no event `{0}`")]
    Kind(String),
    #[error("`{kind}` is not as it must be: {why}")]
    Data { kind: String, why: String },
    #[error("the deal lacks the property `{0}`: each must be there, and null where it is empty")]
    Property(&'static str),
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default = "first_version")]
    version: u32,
    #[serde(default)]
    timestamp: Option<String>,
    data: Value,
}

fn first_version() -> u32 {
    1
}

#[derive(Deserialize)]
struct Registered {
    lead_id: String,
    #[serde(deserialize_with = "loose_text")]
    hubspot_company_id: String,
    #[serde(deserialize_with = "loose_text")]
    hubspot_contact_id: String,
    #[serde(deserialize_with = "loose_text")]
    hubspot_deal_id: String,
}

#[derive(Deserialize)]
struct Failed {
    lead_id: String,
    #[serde(deserialize_with = "loose_text")]
    code: String,
    #[serde(default, deserialize_with = "loose_text")]
    message: String,
}

#[derive(Deserialize)]
struct Changed {
    deal: Object,
    #[serde(default)]
    line_items: Vec<Object>,
    #[serde(default)]
    stage_label: Option<String>,
}

/// What must be said of a deal, be it that it is empty: what is left out cannot be told from what is not known.
const REQUIRED: [&str; 10] = [
    "dealname",
    "pipeline",
    "dealstage",
    "amount",
    "deal_currency_code",
    "closedate",
    "hs_is_closed_won",
    "hs_is_closed_lost",
    "hs_lastmodifieddate",
    "portal_billing_period",
];
/// The longest code and text of a failure that are kept, in characters.
const CODE_MAX: usize = 60;
const SAID_MAX: usize = 500;

/// Reads the one event of a call.
///
/// # Errors
/// Why it cannot be read.
pub fn parse_event(body: &[u8]) -> Result<RelayEvent, EventError> {
    let envelope: Envelope =
        serde_json::from_slice(body).map_err(|error| EventError::NoEvent(error.to_string()))?;
    if envelope.version != 1 {
        return Err(EventError::Version(envelope.version));
    }
    match envelope.kind.as_str() {
        "lead.registered" => registered(read(envelope)?),
        "lead.failed" => {
            let at = envelope.timestamp.as_deref().and_then(convert::instant);
            failed(read(envelope)?, at)
        }
        "deal.changed" => changed(read(envelope)?),
        _ => Err(EventError::Kind(cut(&envelope.kind, CODE_MAX))),
    }
}

fn read<T: DeserializeOwned>(envelope: Envelope) -> Result<T, EventError> {
    let kind = envelope.kind;
    serde_json::from_value(envelope.data).map_err(|error| EventError::Data {
        kind,
        why: error.to_string(),
    })
}

fn registered(data: Registered) -> Result<RelayEvent, EventError> {
    let ids = [
        ("hubspot_company_id", &data.hubspot_company_id),
        ("hubspot_contact_id", &data.hubspot_contact_id),
        ("hubspot_deal_id", &data.hubspot_deal_id),
    ];
    for (name, id) in ids {
        if !is_id(id) {
            return Err(wrong("lead.registered", format!("{name} is no id")));
        }
    }
    Ok(RelayEvent::Registered {
        lead: lead_of("lead.registered", &data.lead_id)?,
        company: data.hubspot_company_id,
        contact: data.hubspot_contact_id,
        deal: data.hubspot_deal_id,
    })
}

fn failed(data: Failed, at: Option<Timestamp>) -> Result<RelayEvent, EventError> {
    Ok(RelayEvent::Failed {
        lead: lead_of("lead.failed", &data.lead_id)?,
        code: cut(&data.code, CODE_MAX),
        said: cut(&data.message, SAID_MAX),
        at,
    })
}

fn changed(data: Changed) -> Result<RelayEvent, EventError> {
    let mut object = data.deal;
    if !is_id(&object.id) {
        return Err(wrong("deal.changed", "the deal has no id".to_owned()));
    }
    let is_said = |name: &&str| object.properties.contains_key(*name);
    // Of a deal in the bin nothing else matters.
    if let Some(missing) = REQUIRED.into_iter().find(|name| !is_said(name))
        && !object.archived
    {
        return Err(EventError::Property(missing));
    }
    let is = |name: &str| {
        object
            .property(name)
            .is_some_and(|word| word.eq_ignore_ascii_case("true"))
    };
    // HubSpot computes the one from the two others; who builds an event by hand leaves it out.
    let is_closed = is("hs_is_closed") || is("hs_is_closed_won") || is("hs_is_closed_lost");
    object
        .properties
        .insert("hs_is_closed".to_owned(), is_closed.to_string());
    if object.archived && object.updated_at.is_empty() {
        object.updated_at.clone_from(&object.archived_at);
    }
    let mut deal = convert::deal(&object);
    if let Ok(deal) = &mut deal {
        deal.line_items = data.line_items.iter().map(convert::line_item).collect();
        if object.archived {
            // To throw a deal away changes none of its properties. What was said of it before must not bring it back.
            let thrown_at = deal.closed_at.unwrap_or(deal.modified_at);
            deal.modified_at = deal.modified_at.max(thrown_at);
        }
    }
    let stage_label = data.stage_label.map(|label| cut(&label, CODE_MAX));
    Ok(RelayEvent::Changed(Box::new(Change {
        deal,
        stage_label: stage_label.filter(|label| !label.is_empty()),
    })))
}

fn lead_of(kind: &str, id: &str) -> Result<LeadId, EventError> {
    id.parse()
        .map_err(|_| wrong(kind, "lead_id is no lead".to_owned()))
}

fn wrong(kind: &str, why: String) -> EventError {
    EventError::Data {
        kind: kind.to_owned(),
        why,
    }
}

/// Texts of others are kept short, and hold nothing that is no text.
fn cut(text: &str, length_max: usize) -> String {
    let plain = text.trim().chars().filter(|c| !c.is_control());
    plain.take(length_max).collect()
}

#[cfg(test)]
mod tests {
    use portal_domain::deal::DealState;
    use serde_json::json;

    use super::*;

    const LEAD: &str = "01KWJJ3S40T28XJ5K5YJ4W2P6C";

    fn parse(event: &Value) -> Result<RelayEvent, EventError> {
        parse_event(event.to_string().as_bytes())
    }

    fn change(properties: &Value) -> Value {
        let mut all = json!({
            "dealname": "Harbour", "pipeline": "default", "dealstage": "approved", "amount": null, "deal_currency_code": "GBP",
            "closedate": null, "hs_is_closed_won": "false", "hs_is_closed_lost": "false",
            "hs_lastmodifieddate": "2026-07-06T09:30:00.000Z", "portal_billing_period": "",
        });
        for (name, value) in properties.as_object().unwrap() {
            all[name] = value.clone();
        }
        json!({ "type": "deal.changed", "version": 1, "data": { "deal": { "id": "9001", "properties": all } } })
    }

    fn deal(event: &Value) -> RemoteDeal {
        match parse(event).unwrap() {
            RelayEvent::Changed(change) => change.deal.unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn ids_come_as_texts_or_numbers_and_must_be_ids() {
        let event = |deal: Value| {
            json!({ "type": "lead.registered", "data": {
                "lead_id": LEAD, "hubspot_company_id": 7, "hubspot_contact_id": "8", "hubspot_deal_id": deal,
            } })
        };
        let expected = RelayEvent::Registered {
            lead: LEAD.parse().unwrap(),
            company: "7".to_owned(),
            contact: "8".to_owned(),
            deal: "9".to_owned(),
        };
        assert_eq!(parse(&event(json!(9))), Ok(expected));
        for wrong in [json!(null), json!(""), json!("a b"), json!([9])] {
            assert!(parse(&event(wrong)).is_err());
        }
    }

    #[test]
    fn a_failure_is_kept_in_the_others_words_cut_to_what_is_read() {
        let event = json!({ "type": "lead.failed", "timestamp": "2026-07-06T10:00:00Z", "data": {
            "lead_id": LEAD, "code": 422, "message": "x".repeat(600),
        } });
        match parse(&event).unwrap() {
            RelayEvent::Failed { code, said, at, .. } => {
                assert_eq!((code.as_str(), said.len()), ("422", SAID_MAX));
                assert_eq!(at, Some(Timestamp(1_783_332_000_000)));
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_deal_is_read_as_hubspot_names_it() {
        let open = deal(&change(&json!({ "portal_lead_id": LEAD })));
        assert_eq!(
            (open.state, open.stage.as_str()),
            (DealState::Open, "approved")
        );
        assert_eq!(open.lead_key.as_deref(), Some(LEAD));
        let won = change(
            &json!({ "hs_is_closed_won": true, "amount": "1500.00", "closedate": "2026-07-06T09:00:00Z" }),
        );
        assert_eq!(deal(&won).state, DealState::Won);
        let lost = change(&json!({ "hs_is_closed_lost": "true" }));
        assert_eq!(deal(&lost).state, DealState::Lost);
    }

    #[test]
    fn a_property_that_is_left_out_is_not_taken_for_an_empty_one() {
        for name in REQUIRED {
            let mut event = change(&json!({}));
            let properties = &mut event["data"]["deal"]["properties"];
            properties.as_object_mut().unwrap().remove(name);
            assert_eq!(parse(&event), Err(EventError::Property(name)));
        }
    }

    #[test]
    fn a_deal_in_the_bin_is_as_old_as_that() {
        let event = json!({ "type": "deal.changed", "data": { "deal": {
            "id": "9001", "archived": true, "archivedAt": "2026-07-06T10:00:00Z",
            "properties": { "hs_lastmodifieddate": "2026-07-06T09:30:00.000Z" },
        } } });
        let gone = deal(&event);
        assert_eq!(gone.state, DealState::Removed);
        assert_eq!(gone.modified_at, Timestamp(1_783_332_000_000));
        let mut bare = event;
        bare["data"]["deal"]["properties"] = json!({});
        assert_eq!(deal(&bare).modified_at, gone.modified_at);
    }

    #[test]
    fn a_value_that_cannot_be_read_names_the_deal() {
        let event = change(&json!({ "deal_currency_code": "moon" }));
        match parse(&event).unwrap() {
            RelayEvent::Changed(change) => assert_eq!(change.deal.unwrap_err().id, "9001"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_no_event_says_why() {
        for (body, said) in [
            (&b"hello"[..], "the body is no event"),
            (b"[]", "the body is no event"),
            (
                br#"{"type":"deal.danced","data":{}}"#,
                "knows no event `deal.danced`",
            ),
            (
                br#"{"type":"deal.changed","version":2,"data":{}}"#,
                "and not 2",
            ),
            (
                br#"{"type":"deal.changed","data":{"deal":{"id":""}}}"#,
                "no id",
            ),
            (
                br#"{"type":"lead.failed","data":{"lead_id":"x","code":"y"}}"#,
                "no lead",
            ),
        ] {
            let error = parse_event(body).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }
}
