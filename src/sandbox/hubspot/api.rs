//! What can be asked of HubSpot: which path means what, in both families of paths (dated and v3/v4).

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::associations::{self, parse_id};
use super::errors::{Refusal, TRANSIENT, error, invalid, no_such_path, not_found, unauthenticated};
use super::oauth::TokenState;
use super::records::Source;
use super::schema::Property;
use super::search::{self, properties};
use super::{HubSpot, Kind, account, pipelines};
use crate::call::{Call, Reply};
use crate::clock::iso_ms;
use crate::faults::use_up;
use crate::server::Keys;
use crate::world::World;

const BATCH_MAX: usize = 100;
/// How many owners an answer holds that asks for no number, and at most.
const OWNERS_PAGE: u64 = 100;
const OWNERS_PAGE_MAX: u64 = 500;

/// Answers one request.
pub fn answer(world: &mut World, keys: &Keys, call: &Call) -> Reply {
    let parts = call.parts();
    let hubspot = &mut world.hubspot;
    match (&call.method, parts.as_slice()) {
        (&Method::GET | &Method::POST, ["oauth", "authorize"]) => {
            return hubspot.tokens.authorize(&mut world.dice, call);
        }
        (_, ["oauth", version, rest @ ..]) if is_version(version) => {
            return hubspot.tokens.answer(&mut world.dice, keys, rest, call);
        }
        _ => {}
    }
    if let Err(reply) = check_bearer(hubspot, keys, call, world.faults.hubspot.token_revoked) {
        return *reply;
    }
    hubspot.usage.count(call.now_ms);
    if let Some(reply) = check_scopes(&world.faults.missing_scopes, &parts, call) {
        return reply;
    }
    let mut mood = Mood {
        as_of_ms: call.now_ms - world.faults.search_lag_ms,
        batch_inputs_failing: &mut world.faults.batch_inputs_failing,
    };
    // The version may stand before or behind the resource: `crm/v3/objects/…`, `crm/objects/2026-09/…`.
    match parts.as_slice() {
        ["crm", version, resource, rest @ ..] if is_version(version) => {
            crm(hubspot, resource, rest, call, &mut mood)
        }
        ["crm", resource, version, rest @ ..] if is_version(version) => {
            let mut reply = crm(hubspot, resource, rest, call, &mut mood);
            // The dated versions tell of partial failure in the body alone.
            if reply.status == StatusCode::MULTI_STATUS {
                reply.status = StatusCode::OK;
            }
            reply
        }
        ["account-info", version, rest @ ..] if is_version(version) => {
            account::account_info(hubspot, rest, call.now_ms)
        }
        ["settings", "currencies", version, rest @ ..]
        | ["settings", version, "currencies", rest @ ..]
            if is_version(version) =>
        {
            account::currencies(rest)
        }
        _ => no_such_path(),
    }
}

/// What is told to go badly, as far as it matters in here.
struct Mood<'a> {
    /// What changed after this instant is not in the search's index yet.
    as_of_ms: i64,
    /// So many batches still have an input that fails for now.
    batch_inputs_failing: &'a mut u32,
}

fn is_version(part: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    part.strip_prefix('v').is_some_and(digits)
        || part
            .split_once('-')
            .is_some_and(|(year, month)| digits(year) && digits(month))
}

fn check_bearer(
    hubspot: &HubSpot,
    keys: &Keys,
    call: &Call,
    revoked: bool,
) -> Result<(), Box<Reply>> {
    let token = call.bearer().unwrap_or_default();
    let state = match token == keys.hubspot_token {
        true => TokenState::Good,
        false => hubspot.tokens.state(token, call.now_ms),
    };
    match state {
        TokenState::Good if !revoked => Ok(()),
        TokenState::Expired => Err(Box::new(unauthenticated("EXPIRED_AUTHENTICATION"))),
        _ => Err(Box::new(unauthenticated("INVALID_AUTHENTICATION"))),
    }
}

/// The scope that a call needs, where it is one that can be taken away for a test.
fn scope_of(parts: &[&str], call: &Call) -> Option<String> {
    let named = parts.iter().skip(1).filter(|part| !is_version(part));
    let (resource, kind) = match named.copied().collect::<Vec<_>>().as_slice() {
        [
            resource @ ("objects" | "properties" | "pipelines" | "associations"),
            kind,
            ..,
        ] => (*resource, Kind::parse(kind)?),
        ["owners", ..] => return Some("crm.objects.owners.read".to_owned()),
        ["currencies", ..] => return Some("settings.currencies.read".to_owned()),
        _ => return None,
    };
    let access = if super::is_write(call) {
        "write"
    } else {
        "read"
    };
    let family = if resource == "properties" {
        "schemas"
    } else {
        "objects"
    };
    Some(format!("crm.{family}.{}.{access}", kind.plural()))
}

/// 403 where the app lacks what the call needs.
fn check_scopes(missing: &str, parts: &[&str], call: &Call) -> Option<Reply> {
    let needed = scope_of(parts, call)?;
    let is_missing = missing.split([',', ' ']).any(|scope| scope == needed);
    is_missing.then(|| super::errors::missing_scope(&needed))
}

fn crm(
    hubspot: &mut HubSpot,
    resource: &str,
    rest: &[&str],
    call: &Call,
    mood: &mut Mood<'_>,
) -> Reply {
    match (resource, rest) {
        ("owners", rest) => owners(hubspot, rest, call),
        ("pipelines", [kind, rest @ ..]) if Kind::parse(kind) == Some(Kind::Deals) => {
            pipelines::answer(hubspot, rest, call)
        }
        ("properties", [kind, rest @ ..]) => match Kind::parse(kind) {
            Some(kind) => property_routes(hubspot, kind, rest, call),
            None => unknown_kind(kind),
        },
        ("associations", [from, to, "batch", act @ ..]) if call.method == Method::POST => {
            let (Some(from), Some(to)) = (Kind::parse(from), Kind::parse(to)) else {
                return unknown_kind(from);
            };
            match call.json() {
                Ok(body) => associations::batch(hubspot, from, to, act, &body, call.now_ms),
                Err(message) => invalid(&message),
            }
        }
        ("objects", [kind, rest @ ..]) => match Kind::parse(kind) {
            Some(kind) => objects(hubspot, kind, rest, call, mood),
            None => unknown_kind(kind),
        },
        _ => no_such_path(),
    }
}

fn unknown_kind(kind: &str) -> Reply {
    invalid(&format!("Unable to infer object type from: {kind}"))
}

fn objects(
    hubspot: &mut HubSpot,
    kind: Kind,
    rest: &[&str],
    call: &Call,
    mood: &mut Mood<'_>,
) -> Reply {
    let now_ms = call.now_ms;
    match (call.method.as_str(), rest) {
        ("GET", []) => list(hubspot, kind, call),
        ("GET", [id]) => get(hubspot, kind, id, call),
        ("GET", [id, "associations", to]) => associations::list(hubspot, kind, id, to),
        ("DELETE", [id]) => delete(hubspot, kind, id, now_ms),
        ("DELETE", [id, "associations", to_kind, to]) => {
            associations::remove(hubspot, (kind, id), (to_kind, to), now_ms)
        }
        ("PUT", [id, "associations", "default", to_kind, to]) => {
            associations::put_default(hubspot, (kind, id), (to_kind, to), now_ms)
        }
        _ => match call.json() {
            Ok(body) => objects_with_body(hubspot, kind, rest, call, &body, mood),
            Err(message) => invalid(&format!("Invalid input JSON: {message}")),
        },
    }
}

fn objects_with_body(
    hubspot: &mut HubSpot,
    kind: Kind,
    rest: &[&str],
    call: &Call,
    body: &Value,
    mood: &mut Mood<'_>,
) -> Reply {
    let now_ms = call.now_ms;
    match (call.method.as_str(), rest) {
        ("POST", []) => match create(hubspot, kind, body, now_ms) {
            Ok(id) => Reply::json(StatusCode::CREATED, &in_full(hubspot, kind, id)),
            Err(refusal) => refusal.reply(),
        },
        ("POST", ["search"]) => search::search(hubspot, kind, body, call.body.len(), mood.as_of_ms),
        ("POST", ["merge"]) => merge(hubspot, kind, body, now_ms),
        ("POST", ["batch", act]) => batch(hubspot, kind, act, body, now_ms, mood),
        ("PATCH", [id]) => match update(
            hubspot,
            kind,
            id,
            call.query("idProperty"),
            &body["properties"],
            now_ms,
        ) {
            Ok(id) => Reply::json(StatusCode::OK, &in_full(hubspot, kind, id)),
            Err(refusal) => refusal.reply(),
        },
        ("PUT", [id, "associations", to_kind, to]) => {
            associations::put_labelled(hubspot, (kind, id), (to_kind, to), body, now_ms)
        }
        _ => error(
            StatusCode::METHOD_NOT_ALLOWED,
            "VALIDATION_ERROR",
            "HTTP 405 Method Not Allowed",
        ),
    }
}

fn in_full(hubspot: &HubSpot, kind: Kind, id: u64) -> Value {
    hubspot
        .table(kind)
        .live(id)
        .map_or(Value::Null, super::records::Record::wire_in_full)
}

/// Finds the record that an id, or the value of a unique property, means now.
fn resolve(
    hubspot: &HubSpot,
    kind: Kind,
    id: &str,
    id_property: Option<&str>,
) -> Result<u64, Refusal> {
    let table = hubspot.table(kind);
    match id_property {
        None | Some("hs_object_id" | "") => {
            let id = id.parse().map_err(|_| Refusal::NotFound)?;
            table
                .live(id)
                .map(|record| record.id)
                .ok_or(Refusal::NotFound)
        }
        Some(name) if table.is_unique(name) => table.by_unique(name, id).ok_or(Refusal::NotFound),
        Some(name) => Err(Refusal::Other(format!(
            "The property {name} is not unique and cannot be used as idProperty."
        ))),
    }
}

fn get(hubspot: &HubSpot, kind: Kind, id: &str, call: &Call) -> Reply {
    let asked = call.query_list("properties");
    if call.query("archived") == Some("true") {
        let record = id
            .parse()
            .ok()
            .and_then(|id: u64| hubspot.table(kind).records.get(&id));
        let archived = record.filter(|record| record.archived_at_ms.is_some());
        return archived.map_or_else(not_found, |record| {
            Reply::json(StatusCode::OK, &record.wire(kind, &asked))
        });
    }
    let found = resolve(hubspot, kind, id, call.query("idProperty"));
    let record = match found {
        Ok(id) => hubspot.table(kind).live(id),
        Err(Refusal::NotFound) => None,
        Err(refusal) => return refusal.reply(),
    };
    let Some(record) = record else {
        return not_found();
    };
    let mut wire = record.wire(kind, &asked);
    let associated = call.query_list("associations");
    if !associated.is_empty() {
        let associations = hubspot.associations_wire(kind, record.id, &associated);
        if associations.as_object().is_some_and(|map| !map.is_empty()) {
            wire["associations"] = associations;
        }
    }
    Reply::json(StatusCode::OK, &wire)
}

fn list(hubspot: &HubSpot, kind: Kind, call: &Call) -> Reply {
    let limit: usize = call
        .query("limit")
        .and_then(|text| text.parse().ok())
        .unwrap_or(10);
    if limit > 100 {
        return invalid("The limit may be at most 100.");
    }
    let after: u64 = call
        .query("after")
        .and_then(|text| text.parse().ok())
        .unwrap_or_default();
    let archived = call.query("archived") == Some("true");
    let (asked, associated) = (
        call.query_list("properties"),
        call.query_list("associations"),
    );
    let wanted = hubspot
        .table(kind)
        .records
        .range(after..)
        .map(|(_, record)| record);
    let mut wanted = wanted.filter(|record| record.archived_at_ms.is_some() == archived);
    let page: Vec<Value> = wanted
        .by_ref()
        .take(limit)
        .map(|record| {
            let mut wire = record.wire(kind, &asked);
            if !associated.is_empty() {
                wire["associations"] = hubspot.associations_wire(kind, record.id, &associated);
            }
            wire
        })
        .collect();
    let mut wire = json!({"results": page});
    if let Some(next) = wanted.next() {
        wire["paging"] = json!({"next": {"after": next.id.to_string()}});
    }
    Reply::json(StatusCode::OK, &wire)
}

fn create(hubspot: &mut HubSpot, kind: Kind, body: &Value, now_ms: i64) -> Result<u64, Refusal> {
    let values = hubspot.check(kind, None, &body["properties"])?;
    let id = hubspot.create(kind, values, Source::Integration, now_ms)?;
    hubspot
        .link_all(kind, id, &body["associations"], now_ms)
        .map_err(Refusal::Other)?;
    Ok(id)
}

fn update(
    hubspot: &mut HubSpot,
    kind: Kind,
    id: &str,
    id_property: Option<&str>,
    wire: &Value,
    now_ms: i64,
) -> Result<u64, Refusal> {
    let id = resolve(hubspot, kind, id, id_property)?;
    let values = hubspot.check(kind, Some(id), wire)?;
    hubspot.write(kind, id, values, Source::Integration, now_ms);
    Ok(id)
}

fn delete(hubspot: &mut HubSpot, kind: Kind, id: &str, now_ms: i64) -> Reply {
    // Deleting what is not there succeeds, as at HubSpot.
    if let Ok(id) = resolve(hubspot, kind, id, None) {
        hubspot.archive(kind, id, Source::Integration, now_ms);
    }
    Reply::empty(StatusCode::NO_CONTENT)
}

fn merge(hubspot: &mut HubSpot, kind: Kind, body: &Value, now_ms: i64) -> Reply {
    let (Some(primary), Some(other)) = (
        parse_id(&body["primaryObjectId"]),
        parse_id(&body["objectIdToMerge"]),
    ) else {
        return invalid("Invalid input JSON: primaryObjectId and objectIdToMerge are required");
    };
    match hubspot.merge(kind, primary, other, Source::Integration, now_ms) {
        Ok(id) => Reply::json(StatusCode::OK, &in_full(hubspot, kind, id)),
        Err(refusal) => refusal.reply(),
    }
}

fn batch(
    hubspot: &mut HubSpot,
    kind: Kind,
    act: &str,
    body: &Value,
    now_ms: i64,
    mood: &mut Mood<'_>,
) -> Reply {
    let inputs = body["inputs"]
        .as_array()
        .filter(|inputs| !inputs.is_empty());
    let Some(inputs) = inputs else {
        return invalid("Invalid input JSON: inputs is missing");
    };
    if inputs.len() > BATCH_MAX {
        return invalid(&format!("The number of inputs is limited to {BATCH_MAX}."));
    }
    let mut ids = BTreeSet::new();
    let distinct = inputs
        .iter()
        .all(|input| input["id"].is_null() || ids.insert(input["id"].to_string()));
    if !distinct {
        return invalid("Duplicate IDs found in batch input.");
    }
    let asked = properties(body);
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    // The last one: those before it are done, as in a batch that breaks off.
    let failing = (act != "read" && use_up(mood.batch_inputs_failing)).then(|| inputs.len() - 1);
    for (place, input) in inputs.iter().enumerate() {
        let outcome = match act {
            _ if failing == Some(place) => Err(Refusal::Transient),
            "read" => read_one(hubspot, kind, body, input, &asked),
            "create" => {
                create(hubspot, kind, input, now_ms).map(|id| Some(in_full(hubspot, kind, id)))
            }
            "update" => update_exactly(hubspot, kind, input, now_ms).map(Some),
            "upsert" => upsert_one(hubspot, kind, input, now_ms).map(Some),
            "archive" => archive_one(hubspot, kind, input, now_ms),
            _ => return no_such_path(),
        };
        match outcome {
            Ok(result) => results.extend(result),
            Err(refusal) => {
                errors.push(refusal.batch_entry(input["id"].as_str().unwrap_or_default()))
            }
        }
    }
    batch_reply(act, results, errors, now_ms)
}

/// With errors inside: 207 with both. A batch of which nothing succeeded for another reason than absence is refused.
fn batch_reply(act: &str, results: Vec<Value>, errors: Vec<Value>, now_ms: i64) -> Reply {
    if act == "archive" {
        return Reply::empty(StatusCode::NO_CONTENT);
    }
    if let ([], [first, ..]) = (results.as_slice(), errors.as_slice())
        && act != "read"
        && first["category"] != TRANSIENT
    {
        let status = if first["category"] == "CONFLICT" {
            StatusCode::CONFLICT
        } else {
            StatusCode::BAD_REQUEST
        };
        let (category, message) = (
            first["category"].as_str().unwrap_or_default(),
            first["message"].as_str().unwrap_or_default(),
        );
        return super::errors::error_with(status, category, message, first["errors"].clone());
    }
    let mut wire = json!({"status": "COMPLETE", "results": results, "startedAt": iso_ms(now_ms), "completedAt": iso_ms(now_ms)});
    let clean = errors.is_empty();
    if !clean {
        wire["numErrors"] = json!(errors.len());
        wire["errors"] = json!(errors);
    }
    let status = match (clean, act) {
        (false, _) => StatusCode::MULTI_STATUS,
        (true, "create") => StatusCode::CREATED,
        (true, _) => StatusCode::OK,
    };
    Reply::json(status, &wire)
}

fn input_id(input: &Value) -> String {
    match &input["id"] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn read_one(
    hubspot: &HubSpot,
    kind: Kind,
    body: &Value,
    input: &Value,
    asked: &[String],
) -> Result<Option<Value>, Refusal> {
    let id = resolve(hubspot, kind, &input_id(input), body["idProperty"].as_str())?;
    Ok(hubspot
        .table(kind)
        .live(id)
        .map(|record| record.wire(kind, asked)))
}

/// Unlike a single PATCH, a batch does not follow merged ids.
fn update_exactly(
    hubspot: &mut HubSpot,
    kind: Kind,
    input: &Value,
    now_ms: i64,
) -> Result<Value, Refusal> {
    let given = input_id(input);
    let id_property = input["idProperty"].as_str();
    if id_property.is_none()
        && !given
            .parse()
            .is_ok_and(|id: u64| hubspot.table(kind).records.contains_key(&id))
    {
        return Err(Refusal::NotFound);
    }
    let id = update(
        hubspot,
        kind,
        &given,
        id_property,
        &input["properties"],
        now_ms,
    )?;
    Ok(in_full(hubspot, kind, id))
}

fn upsert_one(
    hubspot: &mut HubSpot,
    kind: Kind,
    input: &Value,
    now_ms: i64,
) -> Result<Value, Refusal> {
    let name = input["idProperty"].as_str().unwrap_or_default();
    if !hubspot.table(kind).is_unique(name) {
        return Err(Refusal::Other(format!(
            "The property {name} is not unique and cannot be used as idProperty."
        )));
    }
    let given = input_id(input);
    let mut wire = input["properties"].clone();
    if wire[name].is_null() {
        wire[name] = json!(given);
    }
    let existing = hubspot.table(kind).by_unique(name, &given);
    let values = hubspot.check(kind, existing, &wire)?;
    let id = match existing {
        Some(id) => {
            hubspot.write(kind, id, values, Source::Integration, now_ms);
            id
        }
        None => hubspot.create(kind, values, Source::Integration, now_ms)?,
    };
    let mut result = in_full(hubspot, kind, id);
    result["new"] = json!(existing.is_none());
    if let Some(trace) = input["objectWriteTraceId"].as_str() {
        result["objectWriteTraceId"] = json!(trace);
    }
    Ok(result)
}

fn archive_one(
    hubspot: &mut HubSpot,
    kind: Kind,
    input: &Value,
    now_ms: i64,
) -> Result<Option<Value>, Refusal> {
    let id = resolve(hubspot, kind, &input_id(input), None)?;
    hubspot.archive(kind, id, Source::Integration, now_ms);
    Ok(None)
}

fn owners(hubspot: &HubSpot, rest: &[&str], call: &Call) -> Reply {
    let wire = |owner: &super::Owner| {
        json!({
            "id": owner.id.to_string(), "userId": owner.user_id, "email": owner.email, "firstName": owner.first_name,
            "lastName": owner.last_name, "type": "PERSON", "archived": false, "teams": [],
            "createdAt": "2025-01-06T09:00:00.000Z", "updatedAt": "2025-01-06T09:00:00.000Z",
        })
    };
    match rest {
        [] => {
            let wanted = |owner: &&super::Owner| {
                call.query("email")
                    .is_none_or(|email| owner.email.eq_ignore_ascii_case(email))
            };
            // Nobody here was ever deactivated.
            let is_archive = call.query("archived") == Some("true");
            let wanted = hubspot.owners.iter().filter(wanted);
            let mut found: Vec<&super::Owner> = wanted.filter(|_| !is_archive).collect();
            found.sort_by_key(|owner| owner.id);
            let number = |name: &str| call.query(name).and_then(|text| text.parse::<u64>().ok());
            let after = number("after").unwrap_or(0);
            found.retain(|owner| owner.id > after);
            let limit = number("limit")
                .unwrap_or(OWNERS_PAGE)
                .clamp(1, OWNERS_PAGE_MAX);
            let page = found
                .len()
                .min(usize::try_from(limit).unwrap_or(usize::MAX));
            let results: Vec<Value> = found[..page].iter().copied().map(wire).collect();
            let mut body = json!({"results": results});
            if let Some(last) = found[..page].last().filter(|_| page < found.len()) {
                let after = last.id.to_string();
                body["paging"] =
                    json!({"next": {"after": after, "link": format!("?after={after}")}});
            }
            Reply::json(StatusCode::OK, &body)
        }
        [id] => {
            let found = hubspot
                .owners
                .iter()
                .find(|owner| owner.id.to_string() == *id);
            found.map_or_else(not_found, |owner| Reply::json(StatusCode::OK, &wire(owner)))
        }
        _ => no_such_path(),
    }
}

fn property_routes(hubspot: &mut HubSpot, kind: Kind, rest: &[&str], call: &Call) -> Reply {
    let table = hubspot.table_mut(kind);
    match (call.method.as_str(), rest) {
        ("GET", []) => {
            let results: Vec<Value> = table.properties.values().map(Property::wire).collect();
            Reply::json(StatusCode::OK, &json!({"results": results}))
        }
        ("GET", [name]) => match table.properties.get(*name) {
            Some(property) => Reply::json(StatusCode::OK, &property.wire()),
            None => error(
                StatusCode::NOT_FOUND,
                "OBJECT_NOT_FOUND",
                &format!("Property {name} does not exist"),
            ),
        },
        ("POST", []) => {
            let property = call
                .json()
                .map_err(Refusal::Other)
                .and_then(|body| Property::from_wire(&body));
            let property = match property {
                Ok(property) => property,
                Err(refusal) => return refusal.reply(),
            };
            if table.properties.contains_key(&property.name) {
                let message = format!("A property named '{}' already exists.", property.name);
                return error(StatusCode::CONFLICT, "OBJECT_ALREADY_EXISTS", &message);
            }
            let wire = property.wire();
            table.properties.insert(property.name.clone(), property);
            Reply::json(StatusCode::CREATED, &wire)
        }
        _ => no_such_path(),
    }
}
