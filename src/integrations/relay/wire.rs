//! What goes to the iPaaS, as `docs/relay.md` has it.

use chrono::{DateTime, SecondsFormat};
use portal_domain::{calendar::Timestamp, money::Money};
use serde::Serialize;

use crate::http::json_bytes;

/// It counts up with every change that a receiver would have to know of.
const VERSION: u32 = 1;

/// A lead that is to become company, contact and deal.
#[derive(Clone, Debug)]
pub struct NewLead {
    pub id: String,
    pub submitted_at: Timestamp,
    pub company_name: String,
    /// The registrable domain: the key of the company, too.
    pub company_domain: String,
    /// HubSpot's id of the company, where it is known.
    pub company_id: Option<String>,
    pub contact_name: String,
    pub contact_email: String,
    /// Empty for none.
    pub contact_phone: String,
    pub need: String,
    pub value: Option<Money>,
    pub partner_id: String,
    pub partner_name: String,
    /// The lead's page for the vendor's own people.
    pub lead_url: String,
    pub callback_url: String,
}

#[derive(Serialize)]
struct Envelope<D> {
    #[serde(rename = "type")]
    kind: &'static str,
    version: u32,
    timestamp: String,
    data: D,
}

#[derive(Serialize)]
struct LeadData<'a> {
    lead_id: &'a str,
    portal_lead_id: &'a str,
    portal_company_key: &'a str,
    deal_name: String,
    company: Company<'a>,
    contact: Contact<'a>,
    need: &'a str,
    value: Option<Value>,
    partner: Partner<'a>,
    lead_url: &'a str,
    callback_url: &'a str,
}

#[derive(Serialize)]
struct Company<'a> {
    name: &'a str,
    domain: &'a str,
    hubspot_id: Option<&'a str>,
}

#[derive(Serialize)]
struct Contact<'a> {
    name: &'a str,
    email: &'a str,
    phone: Option<&'a str>,
}

#[derive(Serialize)]
struct Value {
    amount: String,
    currency: String,
}

#[derive(Serialize)]
struct Partner<'a> {
    id: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct TrialData<'a> {
    callback_url: &'a str,
}

/// `lead.created`: the same bytes each time, as a lead never changes.
pub fn lead_created(lead: &NewLead) -> Vec<u8> {
    let phone = lead.contact_phone.as_str();
    json_bytes(&Envelope {
        kind: "lead.created",
        version: VERSION,
        timestamp: instant(lead.submitted_at),
        data: LeadData {
            lead_id: &lead.id,
            portal_lead_id: &lead.id,
            portal_company_key: &lead.company_domain,
            deal_name: format!("{} ({})", lead.company_name, lead.partner_name),
            company: Company {
                name: &lead.company_name,
                domain: &lead.company_domain,
                hubspot_id: lead.company_id.as_deref(),
            },
            contact: Contact {
                name: &lead.contact_name,
                email: &lead.contact_email,
                phone: (!phone.is_empty()).then_some(phone),
            },
            need: &lead.need,
            value: lead.value.map(|value| Value {
                amount: value.to_decimal(),
                currency: value.currency.to_string(),
            }),
            partner: Partner {
                id: &lead.partner_id,
                name: &lead.partner_name,
            },
            lead_url: &lead.lead_url,
            callback_url: &lead.callback_url,
        },
    })
}

/// `portal.test`: nothing is to be done but to answer.
pub fn trial(at: Timestamp, callback_url: &str) -> Vec<u8> {
    json_bytes(&Envelope {
        kind: "portal.test",
        version: VERSION,
        timestamp: instant(at),
        data: TrialData { callback_url },
    })
}

fn instant(at: Timestamp) -> String {
    DateTime::from_timestamp_millis(at.0)
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::Millis, true)
}
