//! What the flow does: a lead becomes company, contact and deal in HubSpot, each found by its key before it is made; and what changes there is told.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::CallBack;
use crate::clock::iso_ms;
use crate::hubspot::records::Record;
use crate::hubspot::{CURRENCIES, HubSpot, Kind, Property, Refusal, Source};
use crate::world::World;

/// What is told of a deal, as HubSpot names it.
const TOLD: [&str; 15] = [
    "dealname",
    "pipeline",
    "dealstage",
    "amount",
    "deal_currency_code",
    "closedate",
    "hs_is_closed_won",
    "hs_is_closed_lost",
    "hs_lastmodifieddate",
    "hs_merged_object_ids",
    "hubspot_owner_id",
    "portal_lead_id",
    "portal_billing_period",
    "portal_start_date",
    "portal_end_date",
];

/// The properties that a flow needs in HubSpot: kind, name, type, whether it is unique.
const NEEDED: [(Kind, &str, &str, bool); 5] = [
    (Kind::Companies, "portal_company_key", "string", true),
    (Kind::Deals, "portal_lead_id", "string", true),
    (Kind::Deals, "portal_billing_period", "string", false),
    (Kind::Deals, "portal_start_date", "date", false),
    (Kind::Deals, "portal_end_date", "date", false),
];

/// Works a lead off; says what became of it.
pub fn take(world: &mut World, event: &Value, now_ms: i64) -> String {
    let data = &event["data"];
    world.ipaas.callback_url = data["callback_url"].as_str().map(str::to_owned);
    let lead = text(&data["portal_lead_id"]);
    if world.ipaas.moods.sleeps {
        return "taken, and left lying".to_owned();
    }
    let fails = world.ipaas.moods.fails.clone();
    let made = match fails.as_str() {
        "" => upsert(&mut world.hubspot, data, now_ms)
            .map_err(|words| ("hubspot_refused".to_owned(), words)),
        code => Err((code.to_owned(), "The flow is told to fail.".to_owned())),
    };
    match made {
        Ok([company, contact, deal]) => {
            world
                .ipaas
                .deals
                .entry(lead.clone())
                .or_default()
                .insert(deal);
            let ids = json!({
                "lead_id": lead, "hubspot_company_id": company.to_string(), "hubspot_contact_id": contact.to_string(),
                "hubspot_deal_id": deal.to_string(),
            });
            call_back(world, "lead.registered", ids, now_ms);
            format!("deal {deal}")
        }
        Err((code, words)) => {
            let said = json!({"lead_id": lead, "code": code, "message": words});
            call_back(world, "lead.failed", said, now_ms);
            format!("failed: {code}")
        }
    }
}

/// Puts an event on its way to the portal, if we know where that is.
pub fn call_back(world: &mut World, kind: &str, data: Value, now_ms: i64) {
    let Some(url) = world.ipaas.callback_url.clone() else {
        return;
    };
    let id = world.dice.token("msg_");
    let body = json!({"type": kind, "version": 1, "timestamp": iso_ms(now_ms), "data": data});
    world.ipaas.pending.push(CallBack { id, url, body });
}

/// Tells of the deals that HubSpot just told of, as they are now. Before anything was connected there is nobody to tell.
pub fn hear(world: &mut World, now_ms: i64) {
    if world.ipaas.secrets.callback.is_empty() {
        return;
    }
    let mut deals: Vec<u64> = Vec::new();
    for event in &world.hubspot.pending {
        let deal = event["objectId"].as_u64();
        deals.extend(deal.filter(|deal| !deals.contains(deal)));
    }
    for deal in deals {
        if let Some(data) = told(&world.hubspot, deal, world.ipaas.moods.nameless) {
            call_back(world, "deal.changed", data, now_ms);
        }
    }
}

fn told(hubspot: &HubSpot, deal: u64, is_nameless: bool) -> Option<Value> {
    let record = hubspot.table(Kind::Deals).records.get(&deal)?;
    let asked: Vec<String> = TOLD.iter().map(|name| (*name).to_owned()).collect();
    let items = hubspot.associated(Kind::Deals, deal, Kind::LineItems);
    let items = items.into_iter();
    let items = items.filter_map(|item| hubspot.table(Kind::LineItems).live(item));
    let items: Vec<Value> = items.map(Record::wire_in_full).collect();
    let mut data = json!({"deal": record.wire(Kind::Deals, &asked), "line_items": items});
    let stage = hubspot.stage(record.value("dealstage"));
    if let Some(stage) = stage.filter(|_| !is_nameless) {
        data["stage_label"] = json!(stage.label);
    }
    Some(data)
}

/// The ids of company, contact and deal, found or made.
fn upsert(hubspot: &mut HubSpot, data: &Value, now_ms: i64) -> Result<[u64; 3], String> {
    make_properties(hubspot);
    let company = company(hubspot, data, now_ms)?;
    let contact = contact(hubspot, data, now_ms)?;
    let deal = deal(hubspot, data, now_ms)?;
    let mut tie =
        |from, to, is_primary| hubspot.link(from, to, is_primary, Source::Integration, now_ms);
    tie((Kind::Contacts, contact), (Kind::Companies, company), true);
    tie((Kind::Deals, deal), (Kind::Companies, company), true);
    tie((Kind::Deals, deal), (Kind::Contacts, contact), false);
    Ok([company, contact, deal])
}

fn make_properties(hubspot: &mut HubSpot) {
    for (kind, name, data_type, is_unique) in NEEDED {
        let field_type = if data_type == "date" { "date" } else { "text" };
        let wire = json!({
            "name": name, "label": name, "groupName": "information", "type": data_type, "fieldType": field_type, "hasUniqueValue": is_unique,
        });
        let properties = &mut hubspot.table_mut(kind).properties;
        if let (false, Ok(property)) = (properties.contains_key(name), Property::from_wire(&wire)) {
            properties.insert(name.to_owned(), property);
        }
    }
}

fn company(hubspot: &mut HubSpot, data: &Value, now_ms: i64) -> Result<u64, String> {
    let (name, domain) = (
        text(&data["company"]["name"]),
        text(&data["company"]["domain"]),
    );
    let key = text(&data["portal_company_key"]);
    let table = hubspot.table(Kind::Companies);
    if let Some(known) = table.by_unique("portal_company_key", &key) {
        return Ok(known);
    }
    let is_it = |company: &&Record| company.value("domain") == domain;
    let older = table.all_live().find(is_it).map(|company| company.id);
    let key = [("portal_company_key", key)];
    match older {
        Some(older) => {
            let values = values(hubspot, Kind::Companies, Some(older), &key)?;
            hubspot.write(Kind::Companies, older, values, Source::Integration, now_ms);
            Ok(older)
        }
        None => {
            let [key] = key;
            create(
                hubspot,
                Kind::Companies,
                &[key, ("name", name), ("domain", domain)],
                now_ms,
            )
        }
    }
}

fn contact(hubspot: &mut HubSpot, data: &Value, now_ms: i64) -> Result<u64, String> {
    let contact = &data["contact"];
    let email = text(&contact["email"]);
    if let Some(known) = hubspot.table(Kind::Contacts).by_unique("email", &email) {
        return Ok(known);
    }
    let name = text(&contact["name"]);
    let (first, last) = name.rsplit_once(' ').unwrap_or(("", &name));
    let fields = [
        ("email", email),
        ("firstname", first.to_owned()),
        ("lastname", last.to_owned()),
        ("phone", text(&contact["phone"])),
    ];
    create(hubspot, Kind::Contacts, &fields, now_ms)
}

fn deal(hubspot: &mut HubSpot, data: &Value, now_ms: i64) -> Result<u64, String> {
    let lead = text(&data["portal_lead_id"]);
    if let Some(known) = hubspot
        .table(Kind::Deals)
        .by_unique("portal_lead_id", &lead)
    {
        return Ok(known);
    }
    let pipeline = hubspot
        .live_pipelines()
        .next()
        .ok_or("There is no pipeline.")?;
    let stage = pipeline.live_stages().find(|stage| !stage.closed);
    let stage = stage.ok_or("There is no open stage.")?.id.clone();
    let mut fields = vec![
        ("pipeline", pipeline.id.clone()),
        ("dealname", text(&data["deal_name"])),
        ("dealstage", stage),
        ("portal_lead_id", lead),
    ];
    let currency = text(&data["value"]["currency"]);
    if CURRENCIES.contains(&currency.as_str()) {
        fields.push(("amount", text(&data["value"]["amount"])));
        fields.push(("deal_currency_code", currency));
    }
    create(hubspot, Kind::Deals, &fields, now_ms)
}

fn create(
    hubspot: &mut HubSpot,
    kind: Kind,
    fields: &[(&str, String)],
    now_ms: i64,
) -> Result<u64, String> {
    let values = values(hubspot, kind, None, fields)?;
    hubspot
        .create(kind, values, Source::Integration, now_ms)
        .map_err(|refusal| words(&refusal))
}

fn values(
    hubspot: &HubSpot,
    kind: Kind,
    existing: Option<u64>,
    fields: &[(&str, String)],
) -> Result<BTreeMap<String, String>, String> {
    let filled = fields.iter().filter(|(_, value)| !value.is_empty());
    let wire: serde_json::Map<String, Value> = filled
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    hubspot
        .check(kind, existing, &Value::Object(wire))
        .map_err(|refusal| words(&refusal))
}

/// What HubSpot would have answered.
fn words(refusal: &Refusal) -> String {
    let body: Value = serde_json::from_slice(&refusal.reply().body).unwrap_or_default();
    text(&body["message"])
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
