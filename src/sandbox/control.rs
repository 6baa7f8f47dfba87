//! The test API below `/sandbox/`: what a person or a test does *inside* the vendors' systems, and the sandbox's own
//! truth about them. The page's forms post to the same addresses and are sent back to where they came from.
//!
//! A JSON object goes in (an empty body is `{}`; fields with `?` may be left out) and one comes out: 200, or 422 with
//! `{"error": sentence}`. What is given as an amount is a decimal text or a number in the document's currency
//! (`"1250.00"`); the amounts in answers are minor units (`125000`). Days are `2026-10-01`.
//!
//! | GET `/sandbox/…` | answers |
//! | --- | --- |
//! | `state` | everything, with `truth` |
//! | `truth` | what there really is for each of the portal's keys: `deals_by_lead`, `bills_by_number`, … |
//! | `faults`, `clock` | what is set to fail; `{"now"}` |
//! | `log?system=` | what was sent and received, with its bodies; of one system (`HubSpot`, `Xero`, `Slack`, `iPaaS`, `Mail`, `Test`) or of all |
//! | `mails?to=`, `slack/messages?channel=` | what arrived |
//!
//! | POST `/sandbox/…` | body |
//! | --- | --- |
//! | `reset` | `{}` |
//! | `clock` | `{"to": "2026-10-01T08:00:00Z"}` or `{"by": "day" \| "month_end"}` |
//! | `faults` | what of `GET faults` shall be otherwise, nested or as `{"xero.error_percent": 10}` |
//! | `faults/rules` | one more rule: `{"system": "hubspot" \| "xero" \| "slack" \| "ipaas", "mishap", "path"?: "/batch/upsert", "method"?: "POST", "times"?: 1}`; `mishap` is one of `drop_before`, `drop_after`, `garble`, `server_error`, `too_many`, `bad_gateway`, `bad_gateway_after`, `unavailable`, `html`, `locked`, `migrating`, `hang`, `hang_after`, `drip`, `raced` |
//! | `faults/rules/clear` | `{}` |
//! | `slack/hooks` | `{"hook": "B…", "refuses"?: "channel_is_archived"}`: how an incoming webhook answers; none takes messages |
//! | `ipaas/secrets` | `{"signing_secret"?, "callback_secret"?}`: what the portal's page showed |
//! | `ipaas/moods` | `{"refuses"?: 410, "retry_after"?: 60, "fails"?: "code", "loses"?: 1, "nameless"?: true, "sleeps"?: true}`: how the flow behaves; 0, `""` and false are well |
//! | `ipaas/send` | `{"type", "data"}`: an event of one's own, rightly signed, once a lead has said where to |
//! | `hubspot/{kind}` | properties of a new record; `kind` is `deals`, `companies`, `contacts`, …; tied to what `to_company`, `to_contact` or `to_deal` name |
//! | `hubspot/{kind}/{id}` | properties to change |
//! | `hubspot/{kind}/{id}/archive`, `…/restore` | `{}` |
//! | `hubspot/merge` | `{"kind"?: "deals", "primary": id, "other": id}` |
//! | `hubspot/deals/{id}/line_items` | `{"name", "price", "quantity"?, "recurringbillingfrequency"?, …}`: puts one on the deal |
//! | `hubspot/pipelines` | `{"label", "stages": [{"label", "probability"}]}`, or `{"label", "stage", "probability"}` for one of one stage |
//! | `hubspot/pipelines/{id}`, `…/archive` | `{"label"}`; `{}` |
//! | `hubspot/pipelines/{id}/stages` | `{"label", "probability", "closed"?, "place"?}`; `probability` is `1.0` where the deal is won, `0.0` where it is lost |
//! | `hubspot/pipelines/{id}/stages/{id}`, `…/archive` | `{"label"?, "probability"?, "closed"?}`; `{}` |
//! | `hubspot/consent/take-back` | `{}`: whoever let the OAuth app in takes that back |
//! | `hubspot/settings` | `{"required_deals"?: "amount closedate", "required_contacts"?, "required_companies"?, "companies_with_contacts"?: true}`: what an administrator wants |
//!
//! Below `xero/`, `{invoice}` is an id or a sales invoice's number (a bill goes by its id), `{credit}` an id or a credit
//! note's number, and a contact an id, a contact number or a name; `new_contact` names one that need not be there yet.
//! `amount` is with tax, `net` without. What is not said is as in most cases: of today, in the base currency (GBP),
//! with 20 % VAT, authorised, and over all that is open.
//!
//! | POST `/sandbox/xero/…` | body |
//! | --- | --- |
//! | `contacts` | `{"name", "email"?, "number"?}` |
//! | `contacts/merge` | `{"contact", "into"}`: the first is archived, and what was its own is the other's |
//! | `organisation` | `{"period_lock_date"?, "end_of_year_lock_date"?, "currencies"?: "EUR GBP"}`; a date that is not given unlocks |
//! | `accounts/{code}`, `tax-rates/{type}` | `{"archived": true \| false}` |
//! | `consent/take-back` | `{}`: whoever let the web app in takes that back |
//! | `connections` | `{"second": true \| false, "first"?: false}`: a second organisation, whose acts lie below `/sandbox/xero-second/`; and whether the custom connection is no longer to the first |
//! | `invoices` | `{"contact" or "new_contact", "net" or "lines", "type"?: "ACCREC" \| "ACCPAY", "number"?, "reference"?, "currency"?, "tax_rate"?: "20", "description"?, "account"?, "quantity"?, "line_amounts"?: "exclusive" \| "inclusive" \| "no_tax", "date"?, "due_date"?, "status"?: "DRAFT" \| "SUBMITTED" \| "AUTHORISED"}`, each of `lines` `{"unit_amount", "quantity"?, "tax_rate"?, "description"?, "account"?}` |
//! | `invoices/{invoice}` | what of the above shall change, such as `{"contact"}` or `{"reference": ""}`; not the type |
//! | `invoices/{invoice}/authorise`, `…/void`, `…/delete` | `{}` |
//! | `invoices/{invoice}/payments` | `{"amount"?, "date"?, "reference"?}`; answers `payment_id` too |
//! | `invoices/{invoice}/credit` | a credit note: `{"amount" or "net" or neither for the whole, "allocate"?: true \| false \| "amount", "number"?, "reference"?, "description"?, "date"?, "status"?}`; money before or beyond: `{"kind": "prepayment" \| "overpayment", "amount", "allocate"?, "reference"?, "date"?}`. Answers the invoice with `credit_id`, `allocation_id` and `credit` |
//! | `credits` | one for a contact: `{"kind"?: "credit_note" \| "prepayment" \| "overpayment", "contact" or "new_contact", "amount" or "net" or "lines", "type"?, "number"?, "reference"?, "currency"?, "tax_rate"?, "description"?, "date"?, "status"?}`; a prepayment has tax if a rate is named, an overpayment never |
//! | `credits/{credit}/allocations` | `{"invoice", "amount"?, "date"?}`; answers `allocation_id` too |
//! | `credits/{credit}/refund` | pays it out: `{"amount"?, "date"?, "reference"?}`; answers `payment_id` too |
//! | `credits/{credit}/void`, and of credit notes `…/authorise`, `…/delete` | `{}` |
//! | `allocations/{id}/delete` | `{"undated"?: true}`: what the credit was set against is open again; undated, and Xero neither dates that anew nor tells of it |
//! | `payments/{id}/delete` | `{}`: of an invoice, a bill or a refund |
//! | `intent-to-receive` | `{}`: Xero's test of the portal's webhook |
//!
//! An invoice is answered with `id`, `number`, `status`, `total`, `amount_due`, `amount_paid`, `amount_credited`, …; a
//! credit with `id`, `number`, `status`, `total`, `remaining`, `refunded`, `allocations`, …
//!
//! What may be done is the vendors' to say: what Xero refuses to a bookkeeper (voiding what was paid, paying too much,
//! a locked period, another contact on a paid invoice) is refused here too, in its words.

mod faults;
mod hubspot;
mod ipaas;
mod xero;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::{Method, StatusCode};
use chrono::{Datelike, NaiveDate};
use serde_json::{Map, Value, json};

use crate::call::{Call, Reply};
use crate::clock::{DAY_MS, day_of, iso_ms, midnight_ms, parse_day, parse_instant, readable};
use crate::hubspot::Kind;
use crate::server::Shared;
use crate::slack::hook_status;
use crate::webhooks;
use crate::world::World;
use crate::xero::money::parse_wire;
use crate::xero::{InvoiceKind, Status};

/// What an act gives back: something for a test, a sentence for a person.
struct Done {
    value: Value,
    sentence: String,
}

impl Done {
    fn new(value: Value, sentence: impl Into<String>) -> Self {
        Self {
            value,
            sentence: sentence.into(),
        }
    }
}

/// Answers one request to the test API.
pub fn answer(shared: &Arc<Shared>, call: &Call) -> Reply {
    let parts = call.parts();
    let parts = parts.get(1..).unwrap_or_default();
    match call.method {
        Method::GET => read(shared, parts, call),
        Method::POST if comes_from_elsewhere(call) => Reply::json(
            StatusCode::FORBIDDEN,
            &json!({"error": "Another site's page may not use the sandbox."}),
        ),
        Method::POST => post(shared, parts, call),
        _ => Reply::json(
            StatusCode::METHOD_NOT_ALLOWED,
            &json!({"error": "GET or POST only."}),
        ),
    }
}

/// A browser says which page a form comes from; other clients say nothing.
fn comes_from_elsewhere(call: &Call) -> bool {
    let origin = call.header("origin").filter(|origin| *origin != "null");
    let host = call.header("host").unwrap_or_default();
    origin.is_some_and(|origin| {
        origin
            .split_once("://")
            .is_none_or(|(_, from)| from != host)
    })
}

fn read(shared: &Shared, parts: &[&str], call: &Call) -> Reply {
    let body = match parts {
        ["state"] => whole_state(&shared.world()),
        ["truth"] => truth(&shared.world()),
        ["faults"] => json!(shared.world().faults),
        ["clock"] => json!({"now": iso_ms(call.now_ms)}),
        ["log"] => json!(shared.journal().list(call.query("system"))),
        ["mails"] => json!(shared.world().mail.to(call.query("to")).collect::<Vec<_>>()),
        ["slack", "messages"] => {
            let world = shared.world();
            let wanted = |channel: &str| call.query("channel").is_none_or(|asked| asked == channel);
            json!(
                world
                    .slack
                    .messages
                    .iter()
                    .filter(|message| wanted(&message.channel))
                    .collect::<Vec<_>>()
            )
        }
        _ => {
            return Reply::json(
                StatusCode::NOT_FOUND,
                &json!({"error": "There is nothing at this address."}),
            );
        }
    };
    Reply::json(StatusCode::OK, &body)
}

/// The whole state with the truth, without what only matters between requests.
pub fn whole_state(world: &World) -> Value {
    let mut state = serde_json::to_value(world).unwrap_or_default();
    for (system, hidden) in [
        ("hubspot", "tokens"),
        ("ipaas", "secrets"),
        ("xero", "tokens"),
        ("xero", "remembered"),
    ] {
        if let Some(fields) = state[system].as_object_mut() {
            fields.remove(hidden);
        }
    }
    state["truth"] = truth(world);
    state
}

/// How many objects there really are for each of the portal's keys.
fn truth(world: &World) -> Value {
    let by_property = |kind: Kind, name: &str| {
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for record in world
            .hubspot
            .table(kind)
            .all_live()
            .filter(|record| !record.value(name).is_empty())
        {
            found
                .entry(record.value(name).to_owned())
                .or_default()
                .push(record.id.to_string());
        }
        found
    };
    let by_number = |kind: InvoiceKind| {
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let counts = |status: Status| !matches!(status, Status::Voided | Status::Deleted);
        for invoice in world
            .xero
            .invoices
            .values()
            .filter(|invoice| invoice.kind == kind && counts(invoice.status))
        {
            found
                .entry(invoice.number.clone())
                .or_default()
                .push(invoice.id.clone());
        }
        found
    };
    json!({
        "deals_by_lead": by_property(Kind::Deals, "portal_lead_id"),
        "deals_of_ipaas": world.ipaas.deals,
        "companies_by_key": by_property(Kind::Companies, "portal_company_key"),
        "companies_by_domain": by_property(Kind::Companies, "domain"),
        "contacts_by_email": by_property(Kind::Contacts, "email"),
        "bills_by_number": by_number(InvoiceKind::Bill),
        "invoices_by_number": by_number(InvoiceKind::Sale),
        "mails": world.mail.mails.len(),
        "slack_messages": world.slack.messages.len(),
    })
}

fn post(shared: &Arc<Shared>, parts: &[&str], call: &Call) -> Reply {
    let outcome = fields(call).and_then(|fields| act(shared, parts, &fields, call.now_ms));
    shared.mark_changed();
    if call.is_form() {
        let form = call.form();
        let back = crate::call::find_pair(&form, "back")
            .filter(|back| back.starts_with('/') && !back.starts_with("//"));
        return Reply::see_other(with_notice(back.unwrap_or("/"), &outcome));
    }
    match outcome {
        Ok(done) => Reply::json(StatusCode::OK, &done.value),
        Err(problem) => Reply::json(StatusCode::UNPROCESSABLE_ENTITY, &json!({"error": problem})),
    }
}

/// The address to go back to, saying what happened.
fn with_notice(back: &str, outcome: &Result<Done, String>) -> String {
    let (page, fragment) = back.split_once('#').unwrap_or((back, ""));
    let (name, sentence) = match outcome {
        Ok(done) => ("note", done.sentence.as_str()),
        Err(problem) => ("problem", problem.as_str()),
    };
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair(name, sentence)
        .finish();
    let joint = if page.contains('?') { '&' } else { '?' };
    let fragment = if fragment.is_empty() {
        String::new()
    } else {
        format!("#{fragment}")
    };
    format!("{page}{joint}{query}{fragment}")
}

/// The body's fields, from JSON or from a form.
fn fields(call: &Call) -> Result<Map<String, Value>, String> {
    if call.is_form() {
        let pairs = call.form().into_iter().filter(|(name, _)| name != "back");
        return Ok(pairs
            .map(|(name, value)| (name, Value::String(value)))
            .collect());
    }
    if call.body.is_empty() {
        return Ok(Map::new());
    }
    match call.json() {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err("The body must be a JSON object.".to_owned()),
        Err(message) => Err(format!("The body is not JSON: {message}.")),
    }
}

fn act(
    shared: &Arc<Shared>,
    parts: &[&str],
    fields: &Map<String, Value>,
    now_ms: i64,
) -> Result<Done, String> {
    if let ["clock"] = parts {
        return move_clock(shared, fields, now_ms);
    }
    if let ["xero", "intent-to-receive"] = parts {
        let sender = Arc::clone(shared);
        tokio::spawn(async move {
            let sentence = webhooks::check_intent_to_receive(sender).await;
            tracing::info!(%sentence, "checked the portal's Xero webhook");
        });
        return Ok(Done::new(
            json!({"started": true}),
            "Sent four bodies without events; the log shows how they were answered.",
        ));
    }
    if let ["reset"] = parts {
        shared.journal().clear();
        shared.limits().reset();
    }
    let mut world = shared.world();
    let sizes_before = world.faults.limits.clone();
    let done = act_in_world(&mut world, parts, fields, now_ms);
    webhooks::send_pending(shared, &mut world);
    let are_sizes_others = world.faults.limits != sizes_before;
    drop(world);
    if are_sizes_others {
        // What was called before counts against nothing that is allowed from now on.
        shared.limits().reset();
    }
    done
}

/// The same acts on the books of the second organisation.
fn in_second_organisation(
    world: &mut World,
    parts: &[&str],
    fields: &Map<String, Value>,
    now_ms: i64,
) -> Result<Done, String> {
    let second = world
        .second_xero
        .take()
        .ok_or("There is no second organisation.")?;
    let first = std::mem::replace(&mut world.xero, second);
    let done = xero::act(world, parts, fields, now_ms);
    world.second_xero = Some(std::mem::replace(&mut world.xero, first));
    done
}

/// Lets an incoming webhook refuse with one of Slack's words, or take messages again.
fn answer_of_hook(world: &mut World, fields: &Map<String, Value>) -> Result<Done, String> {
    let hook = text(fields, "hook").ok_or("hook is missing.")?.to_owned();
    let hooks = &mut world.slack.refusing_hooks;
    match text(fields, "refuses") {
        None => {
            hooks.remove(&hook);
        }
        Some(word) if hook_status(word).is_some() => {
            hooks.insert(hook.clone(), word.to_owned());
        }
        Some(word) => return Err(format!("{word} is not a word that a hook refuses with.")),
    }
    Ok(Done::new(
        json!(hooks),
        format!("The hook {hook} answers so from now on."),
    ))
}

fn act_in_world(
    world: &mut World,
    parts: &[&str],
    fields: &Map<String, Value>,
    now_ms: i64,
) -> Result<Done, String> {
    match parts {
        ["reset"] => {
            world.reset();
            Ok(Done::new(
                json!({"reset": true}),
                "Everything is as in the beginning.",
            ))
        }
        ["faults", parts @ ..] => faults::act(world, parts, fields),
        ["hubspot", parts @ ..] => hubspot::act(world, parts, fields, now_ms),
        ["ipaas", parts @ ..] => ipaas::act(world, parts, fields, now_ms),
        ["slack", "hooks"] => answer_of_hook(world, fields),
        ["xero", parts @ ..] => xero::act(world, parts, fields, now_ms),
        ["xero-second", parts @ ..] => in_second_organisation(world, parts, fields, now_ms),
        _ => Err("There is nothing at this address.".to_owned()),
    }
}

fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    fields
        .get(name)
        .and_then(Value::as_str)
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

/// An amount in minor units; `None` when it is not given.
fn amount(fields: &Map<String, Value>, name: &str) -> Result<Option<i64>, String> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(empty)) if empty.trim().is_empty() => Ok(None),
        Some(given) => parse_wire(given, 2)
            .map(Some)
            .ok_or_else(|| format!("{name} is not an amount such as 1250.00.")),
    }
}

fn day(fields: &Map<String, Value>, name: &str) -> Result<Option<NaiveDate>, String> {
    let given = text(fields, name);
    given
        .map(|given| {
            parse_day(given).ok_or_else(|| format!("{name} is not a date such as 2026-10-01."))
        })
        .transpose()
}

fn move_clock(shared: &Shared, fields: &Map<String, Value>, now_ms: i64) -> Result<Done, String> {
    let to_ms = match (text(fields, "to"), text(fields, "by")) {
        (Some(to), _) => parse_instant(to)
            .ok_or_else(|| format!("{to} is not an instant such as 2026-10-01T08:00:00Z."))?,
        (None, Some("day")) => now_ms + DAY_MS,
        (None, Some("month_end")) => end_of_month(now_ms),
        (None, _) => {
            return Err("to is missing: an instant such as 2026-10-01T08:00:00Z.".to_owned());
        }
    };
    shared.clock.advance_to_ms(to_ms)?;
    let now_ms = shared.now_ms();
    Ok(Done::new(
        json!({"now": iso_ms(now_ms)}),
        format!("It is now {} UTC.", readable(now_ms)),
    ))
}

/// The last second of this month, or of the next one when that has come already.
fn end_of_month(now_ms: i64) -> i64 {
    let today = day_of(now_ms);
    let last_second = |day: NaiveDate| {
        let first = day.with_day(1).unwrap_or(day) + chrono::Months::new(1);
        midnight_ms(first) - 1_000
    };
    let end = last_second(today);
    if end > now_ms {
        end
    } else {
        last_second(today + chrono::Days::new(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_month_is_its_last_second() {
        let at = |text: &str| parse_instant(text).unwrap();
        assert_eq!(
            end_of_month(at("2026-10-01T08:00:00Z")),
            at("2026-10-31T23:59:59Z")
        );
        assert_eq!(
            end_of_month(at("2026-10-31T23:59:59Z")),
            at("2026-11-30T23:59:59Z")
        );
    }
}
