//! What can be asked of Xero: paths, lists with filters and pages, writes with idempotency keys.

use std::cmp::Reverse;

use axum::http::{Method, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::contacts::Mode;
use super::errors::{bad_request, not_found, reply, unreadable, validation};
use super::filter::{Filter, wire_instant};
use super::invoices::{Attachment, Note, UnitDecimals};
use super::wire::{self, Detail};
use super::{Remembered, Xero, api_credits, auth, xml};
use crate::call::{Call, Reply};
use crate::clock::{iso_without_zone, parse_instant};
use crate::dice::{Dice, hex};
use crate::server::Keys;
use crate::world::World;

const IDEMPOTENCY_MS: i64 = 6 * 60_000;
/// Files beside one document, and how large one may be.
const FILES_MAX: usize = 10;
const FILE_BYTES_MAX: usize = 10_000_000;
const PAGE_SIZE: usize = 100;
const PAGE_SIZE_MAX: usize = 1_000;

/// Answers one request.
pub fn answer(world: &mut World, keys: &Keys, call: &Call) -> Reply {
    let parts = call.parts();
    let (xero, dice) = (&mut world.xero, &mut world.dice);
    let second = world.second_xero.as_mut();
    match (&call.method, parts.as_slice()) {
        (&Method::POST, ["connect", "token"]) => auth::token(&mut xero.tokens, dice, keys, call),
        (&Method::GET | &Method::POST, ["identity", "connect", "authorize"]) => {
            auth::authorize(xero, second, dice, keys, call)
        }
        (&Method::GET, [".well-known", "openid-configuration"]) => auth::discovery(call),
        (&Method::POST, ["connect", "revocation"]) => auth::revoke(xero, second, keys, call),
        (_, ["connections", rest @ ..]) => auth::connections(xero, second, rest, call),
        (_, ["api.xro", "2.0", rest @ ..]) => {
            let checked = auth::check_token(&xero.tokens, call, world.faults.xero.token_revoked);
            let missing = &world.faults.missing_scopes;
            let checked = checked
                .and_then(|()| auth::check_scope(&xero.tokens, rest, missing, call))
                .and_then(|()| auth::chosen(xero, second, call));
            match checked {
                Ok(books) => in_the_form_asked_for(accounting(books, dice, rest, call), call),
                Err(reply) => *reply,
            }
        }
        _ => not_found(),
    }
}

/// XML, unless the client says that it wants JSON.
fn in_the_form_asked_for(reply: Reply, call: &Call) -> Reply {
    let accepts = call.header("accept").unwrap_or_default();
    if accepts.contains("json") {
        reply
    } else {
        xml::translate(reply)
    }
}

fn accounting(xero: &mut Xero, dice: &mut Dice, rest: &[&str], call: &Call) -> Reply {
    if call.method == Method::GET {
        return read(xero, rest, call);
    }
    let Some(key) = call.header("idempotency-key").map(str::to_owned) else {
        return write(xero, dice, rest, call);
    };
    if key.is_empty() || key.len() > 128 {
        return bad_request("The Idempotency-Key must have 1 to 128 characters.");
    }
    xero.remembered
        .retain(|remembered| remembered.at_ms + IDEMPOTENCY_MS > call.now_ms);
    let request_hash = hash_request(call);
    if let Some(known) = xero
        .remembered
        .iter()
        .find(|remembered| remembered.key == key)
    {
        if known.request_hash != request_hash {
            return bad_request("The Idempotency-Key was used for another request.");
        }
        let status = StatusCode::from_u16(known.status).unwrap_or(StatusCode::OK);
        return Reply::bytes(
            status,
            "application/json; charset=utf-8",
            known.body.clone(),
        );
    }
    let answer = write(xero, dice, rest, call);
    let (status, body) = (answer.status.as_u16(), answer.body.clone());
    xero.remembered.push_back(Remembered {
        key,
        request_hash,
        at_ms: call.now_ms,
        status,
        body,
    });
    answer
}

fn hash_request(call: &Call) -> String {
    let mut hash = Sha256::new();
    hash.update(format!("{} {} {:?}\n", call.method, call.path, call.query));
    hash.update(&call.body);
    hex(&hash.finalize())
}

fn envelope(name: &str, list: Vec<Value>, now_ms: i64) -> Value {
    let mut body = json!({
        "Id": "9d1b7c1e-0000-4000-a000-73616e64626f", "Status": "OK", "ProviderName": "Portal sandbox", "DateTimeUTC": wire::wire_date(now_ms),
    });
    body[name] = Value::Array(list);
    body
}

pub(super) fn ok(name: &str, list: Vec<Value>, call: &Call) -> Reply {
    reply(StatusCode::OK, &envelope(name, list, call.now_ms))
}

fn read(xero: &Xero, rest: &[&str], call: &Call) -> Reply {
    match rest {
        ["Organisation" | "Organisations"] => {
            ok("Organisations", vec![wire::organisation(xero)], call)
        }
        ["Accounts"] => filtered(
            "Accounts",
            xero.accounts.iter().map(wire::account).collect(),
            call,
        ),
        ["TaxRates"] => filtered(
            "TaxRates",
            xero.tax_rates.iter().map(wire::tax_rate).collect(),
            call,
        ),
        ["Currencies"] => {
            let list = xero
                .currencies
                .iter()
                .map(|code| json!({"Code": code, "Description": code}))
                .collect();
            ok("Currencies", list, call)
        }
        ["BrandingThemes"] => ok("BrandingThemes", Vec::new(), call),
        ["Contacts"] => filtered("Contacts", list_contacts(xero, call), call),
        ["Contacts", key] => match xero.contact(key) {
            Some(contact) => ok("Contacts", vec![wire::contact(xero, contact)], call),
            None => not_found(),
        },
        ["Invoices"] => filtered("Invoices", list_invoices(xero, call), call),
        ["Invoices", key] => match xero.invoice(key) {
            Some(invoice) => ok(
                "Invoices",
                vec![wire::invoice(xero, invoice, Detail::Full)],
                call,
            ),
            None => not_found(),
        },
        ["Invoices", key, folder @ ("History" | "Attachments")] => {
            invoice_folder(xero, key, folder, call)
        }
        ["Invoices", key, "Attachments", file] => download(xero, key, file),
        ["Payments"] => filtered(
            "Payments",
            xero.payments
                .values()
                .map(|payment| wire::payment(xero, payment))
                .collect(),
            call,
        ),
        ["Payments", id] => match xero.payments.get(&id.to_lowercase()) {
            Some(payment) => ok("Payments", vec![wire::payment(xero, payment)], call),
            None => not_found(),
        },
        _ => api_credits::read(xero, rest, call),
    }
}

fn list_contacts(xero: &Xero, call: &Call) -> Vec<Value> {
    let ids = lowercase_list(call, "IDs");
    let term = call.query("searchTerm").map(str::to_lowercase);
    let with_archived = call.query("includeArchived") == Some("true");
    let wanted = |contact: &&super::Contact| {
        let texts = [
            &contact.name,
            &contact.email,
            &contact.number,
            &contact.first_name,
            &contact.last_name,
        ];
        let found = term
            .as_ref()
            .is_none_or(|term| texts.iter().any(|text| text.to_lowercase().contains(term)));
        found
            && (ids.is_empty() || ids.contains(&contact.id))
            && (with_archived || !contact.archived)
    };
    xero.contacts
        .values()
        .filter(wanted)
        .map(|contact| wire::contact(xero, contact))
        .collect()
}

fn lowercase_list(call: &Call, name: &str) -> Vec<String> {
    call.query_list(name)
        .iter()
        .map(|id| id.to_lowercase())
        .collect()
}

fn list_invoices(xero: &Xero, call: &Call) -> Vec<Value> {
    let (ids, contact_ids) = (
        lowercase_list(call, "IDs"),
        lowercase_list(call, "ContactIDs"),
    );
    let (numbers, statuses) = (
        call.query_list("InvoiceNumbers"),
        call.query_list("Statuses"),
    );
    let term = call.query("searchTerm").map(str::to_lowercase);
    let detail = match (
        call.query("summaryOnly") == Some("true"),
        call.query("page").is_some(),
    ) {
        (true, _) => Detail::Summary,
        (false, true) => Detail::Full,
        (false, false) => Detail::WithoutLines,
    };
    let any =
        |list: &[String], value: &str| list.is_empty() || list.iter().any(|wanted| wanted == value);
    let wanted = |invoice: &&super::Invoice| {
        let found = term.as_ref().is_none_or(|term| {
            invoice.number.to_lowercase().contains(term)
                || invoice.reference.to_lowercase().contains(term)
        });
        found
            && any(&ids, &invoice.id)
            && any(&contact_ids, &invoice.contact_id)
            && any(&numbers, &invoice.number)
            && any(&statuses, invoice.status.wire())
    };
    xero.invoices
        .values()
        .filter(wanted)
        .map(|invoice| wire::invoice(xero, invoice, detail))
        .collect()
}

fn invoice_folder(xero: &Xero, key: &str, folder: &str, call: &Call) -> Reply {
    let Some(invoice) = xero.invoice(key) else {
        return not_found();
    };
    if folder == "Attachments" {
        let files = invoice.attachments.iter();
        let files = files.map(|file| attachment_wire(&invoice.id, file));
        return ok("Attachments", files.collect(), call);
    }
    let note = |note: &Note| json!({"Details": note.details, "Changes": "Note", "User": "System Generated", "DateUTC": wire::wire_date(note.at_ms), "DateUTCString": iso_without_zone(note.at_ms)});
    ok(
        "HistoryRecords",
        invoice.notes.iter().map(note).collect(),
        call,
    )
}

fn attachment_wire(invoice_id: &str, attachment: &Attachment) -> Value {
    let file = utf8_percent_encode(&attachment.file_name, NON_ALPHANUMERIC);
    json!({
        "AttachmentID": attachment.id, "FileName": attachment.file_name, "MimeType": attachment.mime_type,
        "Url": format!("https://api.xero.com/api.xro/2.0/Invoices/{invoice_id}/Attachments/{file}"),
        "ContentLength": attachment.length_bytes, "IncludeOnline": attachment.include_online,
    })
}

/// The bytes of a file, by its name or its id.
fn download(xero: &Xero, key: &str, file: &str) -> Reply {
    let attachments = xero.invoice(key).map(|invoice| &invoice.attachments);
    let named = |attachment: &&Attachment| attachment.file_name == file || attachment.id == file;
    let found = attachments.and_then(|attachments| attachments.iter().find(named));
    let bytes = found.and_then(|attachment| STANDARD.decode(&attachment.content).ok());
    match (found, bytes) {
        (Some(attachment), Some(bytes)) => Reply::bytes(StatusCode::OK, "", bytes)
            .with_header("content-type", attachment.mime_type.clone()),
        _ => not_found(),
    }
}

/// What all lists have in common: `where`, `If-Modified-Since`, `order`, `page`.
pub(super) fn filtered(name: &str, list: Vec<Value>, call: &Call) -> Reply {
    match filter_list(list, call) {
        Ok((list, None)) => ok(name, list, call),
        Ok((list, Some(pagination))) => {
            let mut body = envelope(name, list, call.now_ms);
            body["pagination"] = pagination;
            reply(StatusCode::OK, &body)
        }
        Err(message) => bad_request(&message),
    }
}

fn filter_list(mut list: Vec<Value>, call: &Call) -> Result<(Vec<Value>, Option<Value>), String> {
    let updated = |wire: &Value| {
        wire["UpdatedDateUTC"]
            .as_str()
            .and_then(wire_instant)
            .unwrap_or_default()
    };
    if let Some(since) = call.header("if-modified-since") {
        let since = parse_instant(since)
            .ok_or_else(|| format!("If-Modified-Since {since} is not a date"))?;
        // Second precision, as HTTP dates have it.
        list.retain(|wire| updated(wire) / 1_000 >= since / 1_000);
    }
    if let Some(text) = call.query("where").filter(|text| !text.is_empty()) {
        let filter = Filter::parse(text)?;
        let mut kept = Vec::new();
        for wire in list {
            if filter.matches(&wire)? {
                kept.push(wire);
            }
        }
        list = kept;
    }
    sort(&mut list, call.query("order").unwrap_or("UpdatedDateUTC"));
    let Some(page) = call.query("page") else {
        return Ok((list, None));
    };
    let page = page
        .parse::<usize>()
        .ok()
        .filter(|page| *page > 0)
        .ok_or("The page must be 1 or more")?;
    let size = call
        .query("pageSize")
        .and_then(|size| size.parse().ok())
        .unwrap_or(PAGE_SIZE)
        .clamp(1, PAGE_SIZE_MAX);
    let count = list.len();
    let list: Vec<Value> = list
        .into_iter()
        .skip((page - 1) * size)
        .take(size)
        .collect();
    let pagination = json!({"page": page, "pageSize": size, "pageCount": count.div_ceil(size), "itemCount": count});
    Ok((list, Some(pagination)))
}

fn sort(list: &mut [Value], order: &str) {
    let (field, direction) = order.split_once(' ').unwrap_or((order, "ASC"));
    let key = |wire: &Value| {
        let text = wire[field].as_str().unwrap_or_default();
        (wire_instant(text), text.to_lowercase())
    };
    match direction.eq_ignore_ascii_case("desc") {
        true => list.sort_by_key(|wire| Reverse(key(wire))),
        false => list.sort_by_key(key),
    }
}

fn write(xero: &mut Xero, dice: &mut Dice, rest: &[&str], call: &Call) -> Reply {
    let mode = if call.method == Method::PUT {
        Mode::Create
    } else {
        Mode::CreateOrUpdate
    };
    if call.method == Method::DELETE {
        return api_credits::delete(xero, rest, call);
    }
    if let ["Invoices", key, "Attachments", file_name] = rest {
        return attach(xero, dice, key, file_name, call);
    }
    let body = match call.json() {
        Ok(body) => body,
        Err(message) => return unreadable(&message),
    };
    let decimals = match call.query("unitdp") {
        Some("4") => UnitDecimals::Four,
        _ => UnitDecimals::Two,
    };
    match rest {
        ["Contacts"] | ["Contacts", _] => {
            let elements = elements(&body, "Contacts", rest.get(1).map(|id| ("ContactID", *id)));
            write_each("Contacts", &elements, call, |given| {
                let id = xero.save_contact(dice, given, mode, call.now_ms)?;
                Ok(xero
                    .contacts
                    .get(&id)
                    .map_or(Value::Null, |contact| wire::contact(xero, contact)))
            })
        }
        ["Invoices"] | ["Invoices", _] => {
            let elements = elements(&body, "Invoices", rest.get(1).map(|id| ("InvoiceID", *id)));
            write_each("Invoices", &elements, call, |given| {
                let id = xero.save_invoice(dice, given, mode, decimals, call.now_ms)?;
                Ok(xero.invoices.get(&id).map_or(Value::Null, |invoice| {
                    wire::invoice(xero, invoice, Detail::Full)
                }))
            })
        }
        ["Invoices", key, "History"] => add_history(xero, key, &body, call),
        ["Payments"] | ["Payments", _] => {
            let elements = elements(&body, "Payments", rest.get(1).map(|id| ("PaymentID", *id)));
            write_each("Payments", &elements, call, |given| {
                let id = match given["PaymentID"].as_str() {
                    Some(id) => remove_payment(xero, id, given, call)?,
                    None => xero.save_payment(dice, given, call.now_ms)?,
                };
                let saved = xero.payments.get(&id);
                Ok(saved.map_or(Value::Null, |payment| wire::payment(xero, payment)))
            })
        }
        _ => api_credits::write(xero, dice, rest, &body, (mode, decimals), call),
    }
}

/// The elements of a body: in an envelope, as an array, or one by itself. An id in the path belongs to the first.
pub(super) fn elements(body: &Value, name: &str, id: Option<(&str, &str)>) -> Vec<Value> {
    let mut elements = match (&body[name], body) {
        (Value::Array(elements), _) | (_, Value::Array(elements)) => elements.clone(),
        (_, single) => vec![single.clone()],
    };
    if let (Some((field, id)), Some(Value::Object(first))) = (id, elements.first_mut()) {
        first.insert(field.to_owned(), json!(id));
    }
    elements
}

/// Saves one element after the other. With `summarizeErrors=false` a failed element is told about inside a 200.
pub(super) fn write_each(
    name: &str,
    elements: &[Value],
    call: &Call,
    mut save: impl FnMut(&Value) -> Result<Value, Vec<String>>,
) -> Reply {
    let summarise = call.query("summarizeErrors") != Some("false");
    let (mut saved, mut failed) = (Vec::new(), Vec::new());
    for given in elements {
        match save(given) {
            Ok(mut wire) => {
                if !summarise {
                    wire["StatusAttributeString"] = json!("OK");
                }
                saved.push(wire);
            }
            Err(messages) => {
                let mut element = given.clone();
                let messages: Vec<Value> = messages
                    .into_iter()
                    .map(|message| json!({"Message": message}))
                    .collect();
                if let Some(fields) = element.as_object_mut() {
                    fields.insert("HasErrors".to_owned(), json!(true));
                    fields.insert("StatusAttributeString".to_owned(), json!("ERROR"));
                    fields.insert("ValidationErrors".to_owned(), Value::Array(messages));
                }
                if !summarise {
                    saved.push(element.clone());
                }
                failed.push(element);
            }
        }
    }
    if failed.is_empty() || !summarise {
        ok(name, saved, call)
    } else {
        validation(failed)
    }
}

fn remove_payment(
    xero: &mut Xero,
    id: &str,
    given: &Value,
    call: &Call,
) -> Result<String, Vec<String>> {
    if given["Status"] != "DELETED" {
        return Err(vec![
            "A payment can only be updated to status DELETED".to_owned(),
        ]);
    }
    xero.delete_payment(id, call.now_ms)
        .map_err(|problem| vec![problem])?;
    Ok(id.to_lowercase())
}

fn add_history(xero: &mut Xero, key: &str, body: &Value, call: &Call) -> Reply {
    let Some(id) = xero.invoice(key).map(|invoice| invoice.id.clone()) else {
        return not_found();
    };
    let records = elements(body, "HistoryRecords", None);
    let details: Vec<&str> = records
        .iter()
        .filter_map(|record| record["Details"].as_str())
        .collect();
    if let Some(invoice) = xero.invoices.get_mut(&id) {
        invoice.notes.extend(details.iter().map(|details| Note {
            at_ms: call.now_ms,
            details: (*details).to_owned(),
        }));
    }
    ok(
        "HistoryRecords",
        details
            .iter()
            .map(|details| json!({"Details": details}))
            .collect(),
        call,
    )
}

/// What is wrong with a file that is to be put beside a document, in words like Xero's.
fn refuse_file(known: &[Attachment], file_name: &str, body: &[u8]) -> Option<&'static str> {
    let is_new = known.iter().all(|known| known.file_name != file_name);
    let is_named = file_name
        .rsplit_once('.')
        .is_some_and(|(name, ending)| !name.is_empty() && !ending.is_empty());
    if !is_named || file_name.contains(['<', '>', ':', '"', '/', '\\', '|', '?', '*']) {
        return Some("The file name must have an ending and none of < > : \" / \\ | ? *");
    }
    if body.is_empty() {
        return Some("The file has no content.");
    }
    if body.len() > FILE_BYTES_MAX {
        return Some("The file is larger than 10 MB.");
    }
    (is_new && known.len() >= FILES_MAX).then_some("A document can have at most 10 files.")
}

fn attach(xero: &mut Xero, dice: &mut Dice, key: &str, file_name: &str, call: &Call) -> Reply {
    let Some(invoice) = xero.invoice(key) else {
        return not_found();
    };
    let id = invoice.id.clone();
    if let Some(message) = refuse_file(&invoice.attachments, file_name, &call.body) {
        let errors = json!([{ "Message": message }]);
        return validation(vec![json!({ "ValidationErrors": errors })]);
    }
    let attachment = Attachment {
        id: dice.uuid(),
        file_name: file_name.to_owned(),
        mime_type: call
            .header("content-type")
            .unwrap_or("application/octet-stream")
            .to_owned(),
        length_bytes: call.body.len(),
        include_online: call.query("IncludeOnline") == Some("true"),
        content: STANDARD.encode(&call.body),
    };
    let wire = attachment_wire(&id, &attachment);
    if let Some(invoice) = xero.invoices.get_mut(&id) {
        invoice
            .attachments
            .retain(|known| known.file_name != file_name);
        invoice.attachments.push(attachment);
    }
    xero.touch(&id, call.now_ms);
    ok("Attachments", vec![wire], call)
}
