//! That `docs/relay.md` says what the code does: what it shows as sent is sent, and what it shows as called back is understood.

use portal_domain::{
    calendar::Timestamp,
    deal::DealState,
    money::{Currency, Money},
};
use serde_json::Value;

use super::{NewLead, RelayEvent, lead_created, parse_event, trial};

const GUIDE: &str = include_str!("../../../docs/relay.md");
const LEAD: &str = "01KWTXRG40G3SGB7CR1Q5V3E2M";
const CALLBACK: &str = "https://portal.example.com/webhooks/relay";
/// 2026-07-06T08:00:00Z.
const AT: Timestamp = Timestamp(1_783_324_800_000);

/// The example of an event.
#[track_caller]
fn example(kind: &str) -> Value {
    let fenced = GUIDE.split("```json\n").skip(1);
    let examples = fenced.map(|rest| rest.split("```").next().unwrap_or_default());
    let mut parsed = examples.map(|text| serde_json::from_str::<Value>(text).expect(text));
    parsed
        .find(|event| event["type"] == kind)
        .unwrap_or_else(|| panic!("the guide shows no {kind}"))
}

fn called_back(kind: &str) -> RelayEvent {
    parse_event(example(kind).to_string().as_bytes()).unwrap()
}

#[test]
fn what_the_guide_shows_as_sent_is_what_is_sent() {
    let lead = NewLead {
        id: LEAD.to_owned(),
        submitted_at: AT,
        company_name: "Harbour Logistics".to_owned(),
        company_domain: "harbour-logistics.com".to_owned(),
        company_id: None,
        contact_name: "Mia Novak".to_owned(),
        contact_email: "mia@harbour-logistics.com".to_owned(),
        contact_phone: "+442079460000".to_owned(),
        need: "Route planning for 40 vans; wants to start in autumn.".to_owned(),
        value: Some(Money::new(1_800_000, Currency::parse("GBP").unwrap())),
        partner_id: "01KWTXRG40A0B1C2D3E4F5G6H7".to_owned(),
        partner_name: "Brightside Partners".to_owned(),
        lead_url: format!("https://portal.example.com/staff/leads/{LEAD}"),
        callback_url: CALLBACK.to_owned(),
    };
    let sent: Value = serde_json::from_slice(&lead_created(&lead)).unwrap();
    assert_eq!(sent, example("lead.created"));
    let sent: Value = serde_json::from_slice(&trial(AT, CALLBACK)).unwrap();
    assert_eq!(sent, example("portal.test"));
}

#[test]
fn what_the_guide_shows_as_called_back_is_understood() {
    let registered = RelayEvent::Registered {
        lead: LEAD.parse().unwrap(),
        company: "37765128970".to_owned(),
        contact: "37765128987".to_owned(),
        deal: "37765129004".to_owned(),
    };
    assert_eq!(called_back("lead.registered"), registered);
    let RelayEvent::Failed { code, .. } = called_back("lead.failed") else {
        panic!("another event");
    };
    assert_eq!(code, "VALIDATION_ERROR");
    let RelayEvent::Changed(change) = called_back("deal.changed") else {
        panic!("another event");
    };
    let deal = change.deal.unwrap();
    assert_eq!(
        (deal.state, deal.id.as_str()),
        (DealState::Won, "37765129004")
    );
    assert_eq!(deal.billing_period.as_deref(), Some("12"));
    assert_eq!(change.stage_label.as_deref(), Some("Won"));
}
