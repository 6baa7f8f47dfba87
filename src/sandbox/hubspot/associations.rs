//! Associations between records: typed, kept in both directions, the primary one implying the plain one.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::errors::{invalid, not_found};
use super::records::Source;
use super::{HubSpot, Kind};
use crate::call::Reply;
use crate::clock::iso_ms;

/// One direction of one association of one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Link {
    pub from_kind: Kind,
    pub from: u64,
    pub to_kind: Kind,
    pub to: u64,
    pub type_id: u32,
}

/// (from, to, plain type, primary type), HubSpot's own numbers.
const TYPES: [(Kind, Kind, u32, Option<u32>); 8] = [
    (Kind::Contacts, Kind::Companies, 279, Some(1)),
    (Kind::Companies, Kind::Contacts, 280, Some(2)),
    (Kind::Deals, Kind::Contacts, 3, None),
    (Kind::Contacts, Kind::Deals, 4, None),
    (Kind::Deals, Kind::Companies, 341, Some(5)),
    (Kind::Companies, Kind::Deals, 342, Some(6)),
    (Kind::Deals, Kind::LineItems, 19, None),
    (Kind::LineItems, Kind::Deals, 20, None),
];

fn types(from: Kind, to: Kind) -> Option<(u32, Option<u32>)> {
    TYPES
        .iter()
        .find(|(a, b, ..)| (*a, *b) == (from, to))
        .map(|(_, _, plain, primary)| (*plain, *primary))
}

fn is_primary(type_id: u32) -> bool {
    TYPES.iter().any(|(.., primary)| *primary == Some(type_id))
}

impl HubSpot {
    /// The links from a record to all records of a kind.
    pub fn links_from(
        &self,
        from_kind: Kind,
        from: u64,
        to_kind: Kind,
    ) -> impl Iterator<Item = &Link> {
        let lowest = Link {
            from_kind,
            from,
            to_kind,
            to: 0,
            type_id: 0,
        };
        let highest = Link {
            from_kind,
            from,
            to_kind,
            to: u64::MAX,
            type_id: u32::MAX,
        };
        self.links.range(lowest..=highest)
    }

    /// The live records of a kind that a record is associated with, each once.
    pub fn associated(&self, from_kind: Kind, from: u64, to_kind: Kind) -> Vec<u64> {
        let mut ids: Vec<u64> = self
            .links_from(from_kind, from, to_kind)
            .map(|link| link.to)
            .collect();
        ids.dedup();
        ids.retain(|id| self.table(to_kind).live(*id).is_some());
        ids
    }

    /// Makes a company the one that a record belongs to.
    pub fn link_primary(
        &mut self,
        from: (Kind, u64),
        to: (Kind, u64),
        source: Source,
        now_ms: i64,
    ) {
        self.link(from, to, true, source, now_ms);
    }

    /// Associates two records, plainly or as primary; telling nothing when they were already.
    pub fn link(
        &mut self,
        from: (Kind, u64),
        to: (Kind, u64),
        primary: bool,
        source: Source,
        now_ms: i64,
    ) -> bool {
        let (Some(there), Some(back)) = (types(from.0, to.0), types(to.0, from.0)) else {
            return false;
        };
        if primary {
            self.drop_primary(from, to.0);
            if let (Some(there), Some(back)) = (there.1, back.1) {
                self.put(from, to, there, source, now_ms);
                self.put(to, from, back, source, now_ms);
            }
        }
        self.put(from, to, there.0, source, now_ms);
        self.put(to, from, back.0, source, now_ms);
        true
    }

    fn put(
        &mut self,
        from: (Kind, u64),
        to: (Kind, u64),
        type_id: u32,
        source: Source,
        now_ms: i64,
    ) {
        let link = Link {
            from_kind: from.0,
            from: from.1,
            to_kind: to.0,
            to: to.1,
            type_id,
        };
        if self.links.insert(link) {
            let name = |kind: Kind| kind.singular().to_uppercase();
            let details = json!({
                "associationType": format!("{}_TO_{}", name(from.0), name(to.0)), "fromObjectId": from.1, "toObjectId": to.1,
                "associationRemoved": false, "isPrimaryAssociation": is_primary(type_id),
            });
            self.event(from.0, from.1, "associationChange", source, now_ms, details);
        }
    }

    /// A record has one primary company at most.
    fn drop_primary(&mut self, from: (Kind, u64), to_kind: Kind) {
        let old: Vec<Link> = self
            .links_from(from.0, from.1, to_kind)
            .filter(|link| is_primary(link.type_id))
            .copied()
            .collect();
        for link in old {
            self.links.remove(&link);
            let back = types(to_kind, from.0).and_then(|(_, primary)| primary);
            self.links.retain(|other| {
                !((other.from_kind, other.from, other.to_kind, other.to)
                    == (to_kind, link.to, from.0, from.1)
                    && Some(other.type_id) == back)
            });
        }
    }

    /// After a merge: what the old records were associated with belongs to the new one.
    pub fn move_links(&mut self, kind: Kind, old: &[u64], new: u64) {
        let moved = |link: &Link| {
            let mut link = *link;
            if link.from_kind == kind && old.contains(&link.from) {
                link.from = new;
            }
            if link.to_kind == kind && old.contains(&link.to) {
                link.to = new;
            }
            link
        };
        self.links = self.links.iter().map(moved).collect();
    }

    /// The `associations` of a create request: `[{to:{id},types:[{associationCategory,associationTypeId}]}]`.
    pub fn link_all(
        &mut self,
        kind: Kind,
        id: u64,
        wanted: &Value,
        now_ms: i64,
    ) -> Result<(), String> {
        for entry in wanted.as_array().into_iter().flatten() {
            let to = parse_id(&entry["to"]["id"]).ok_or("associations: to.id is missing")?;
            for given in entry["types"].as_array().into_iter().flatten() {
                let type_id = given["associationTypeId"].as_u64().unwrap_or_default();
                let to_kind = target_kind(kind, type_id)
                    .ok_or_else(|| format!("invalid association type {type_id}"))?;
                let to = self
                    .table(to_kind)
                    .live(to)
                    .ok_or("associations: one or more objects do not exist")?
                    .id;
                self.link(
                    (kind, id),
                    (to_kind, to),
                    is_primary_wire(type_id),
                    Source::Integration,
                    now_ms,
                );
            }
        }
        Ok(())
    }

    /// `associations` of a single object: `{companies:{results:[{id,type}]}}`.
    pub fn associations_wire(&self, kind: Kind, id: u64, asked: &[String]) -> Value {
        let mut wire = serde_json::Map::new();
        for to_kind in asked.iter().filter_map(|name| Kind::parse(name)) {
            let mut results = Vec::new();
            for link in self.links_from(kind, id, to_kind) {
                if self.table(to_kind).live(link.to).is_some() {
                    let name = format!("{}_to_{}", kind.singular(), to_kind.singular());
                    let plain = types(kind, to_kind)
                        .is_some_and(|(plain, primary)| plain == link.type_id && primary.is_some());
                    let name = if plain {
                        format!("{name}_unlabeled")
                    } else {
                        name
                    };
                    results.push(json!({"id": link.to.to_string(), "type": name}));
                }
            }
            if !results.is_empty() {
                wire.insert(
                    to_kind.plural().replace('_', " "),
                    json!({"results": results}),
                );
            }
        }
        Value::Object(wire)
    }
}

fn target_kind(from: Kind, type_id: u64) -> Option<Kind> {
    let matches = |plain: u32, primary: Option<u32>| {
        u64::from(plain) == type_id || primary.map(u64::from) == Some(type_id)
    };
    TYPES
        .iter()
        .find(|(kind, _, plain, primary)| *kind == from && matches(*plain, *primary))
        .map(|(_, to, ..)| *to)
}

fn is_primary_wire(type_id: u64) -> bool {
    u32::try_from(type_id).is_ok_and(is_primary)
}

/// Ids come as text or as numbers.
pub fn parse_id(value: &Value) -> Option<u64> {
    value
        .as_u64()
        .or_else(|| value.as_str()?.trim().parse().ok())
}

/// Two records that a path names.
struct Pair {
    from: (Kind, u64),
    to: (Kind, u64),
}

fn find_pair(hubspot: &HubSpot, from: (Kind, &str), to: (&str, &str)) -> Result<Pair, Box<Reply>> {
    let to_kind = Kind::parse(to.0)
        .ok_or_else(|| invalid(&format!("Unable to infer object type from: {}", to.0)))?;
    let live = |kind: Kind, text: &str| {
        let id = text.parse().ok()?;
        hubspot.table(kind).live(id).map(|record| (kind, record.id))
    };
    match (live(from.0, from.1), live(to_kind, to.1)) {
        (Some(from), Some(to)) => Ok(Pair { from, to }),
        _ => Err(Box::new(not_found())),
    }
}

fn spec(type_id: u32) -> Value {
    json!({"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id})
}

/// `PUT …/{id}/associations/default/{toType}/{toId}`.
pub fn put_default(
    hubspot: &mut HubSpot,
    from: (Kind, &str),
    to: (&str, &str),
    now_ms: i64,
) -> Reply {
    let pair = match find_pair(hubspot, from, to) {
        Ok(pair) => pair,
        Err(reply) => return *reply,
    };
    hubspot.link(pair.from, pair.to, false, Source::Integration, now_ms);
    Reply::json(StatusCode::OK, &completed(default_results(&pair), now_ms))
}

fn default_results(pair: &Pair) -> Vec<Value> {
    let one = |from: (Kind, u64), to: (Kind, u64)| {
        let type_id = types(from.0, to.0).map_or(0, |(plain, _)| plain);
        json!({"from": {"id": from.1.to_string()}, "to": {"id": to.1.to_string()}, "associationSpec": spec(type_id)})
    };
    vec![one(pair.from, pair.to), one(pair.to, pair.from)]
}

fn completed(results: Vec<Value>, now_ms: i64) -> Value {
    json!({"status": "COMPLETE", "results": results, "startedAt": iso_ms(now_ms), "completedAt": iso_ms(now_ms)})
}

/// `PUT …/{id}/associations/{toType}/{toId}` with `[{associationCategory,associationTypeId}]`.
pub fn put_labelled(
    hubspot: &mut HubSpot,
    from: (Kind, &str),
    to: (&str, &str),
    body: &Value,
    now_ms: i64,
) -> Reply {
    let pair = match find_pair(hubspot, from, to) {
        Ok(pair) => pair,
        Err(reply) => return *reply,
    };
    let given: Vec<u64> = body
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|entry| entry["associationTypeId"].as_u64())
        .collect();
    let fits = |type_id: &u64| target_kind(pair.from.0, *type_id) == Some(pair.to.0);
    if given.is_empty() || !given.iter().all(fits) {
        return invalid("One or more association types are not valid between these objects.");
    }
    for type_id in &given {
        hubspot.link(
            pair.from,
            pair.to,
            is_primary_wire(*type_id),
            Source::Integration,
            now_ms,
        );
    }
    let wire = json!({
        "fromObjectTypeId": pair.from.0.type_id(), "fromObjectId": pair.from.1.to_string(),
        "toObjectTypeId": pair.to.0.type_id(), "toObjectId": pair.to.1.to_string(), "labels": [],
    });
    Reply::json(StatusCode::CREATED, &wire)
}

/// `DELETE …/{id}/associations/{toType}/{toId}`: all types, both directions.
pub fn remove(hubspot: &mut HubSpot, from: (Kind, &str), to: (&str, &str), now_ms: i64) -> Reply {
    let pair = match find_pair(hubspot, from, to) {
        Ok(pair) => pair,
        Err(reply) => return *reply,
    };
    let ends = |link: &Link| ((link.from_kind, link.from), (link.to_kind, link.to));
    hubspot
        .links
        .retain(|link| ends(link) != (pair.from, pair.to) && ends(link) != (pair.to, pair.from));
    let details = json!({
        "associationType": format!("{}_TO_{}", pair.from.0.singular().to_uppercase(), pair.to.0.singular().to_uppercase()),
        "fromObjectId": pair.from.1, "toObjectId": pair.to.1, "associationRemoved": true, "isPrimaryAssociation": false,
    });
    hubspot.event(
        pair.from.0,
        pair.from.1,
        "associationChange",
        Source::Integration,
        now_ms,
        details,
    );
    Reply::empty(StatusCode::NO_CONTENT)
}

/// `GET …/{id}/associations/{toType}`.
pub fn list(hubspot: &HubSpot, kind: Kind, id: &str, to_kind: &str) -> Reply {
    let (Some(to_kind), Ok(id)) = (Kind::parse(to_kind), id.parse()) else {
        return not_found();
    };
    Reply::json(
        StatusCode::OK,
        &json!({"results": targets(hubspot, kind, id, to_kind)}),
    )
}

fn targets(hubspot: &HubSpot, kind: Kind, id: u64, to_kind: Kind) -> Vec<Value> {
    let associated = hubspot.associated(kind, id, to_kind);
    associated
        .into_iter()
        .map(|to| {
            let links = hubspot
                .links_from(kind, id, to_kind)
                .filter(|link| link.to == to);
            let types: Vec<Value> = links
                .map(|link| {
                    let label = is_primary(link.type_id).then_some("Primary");
                    json!({"category": "HUBSPOT_DEFINED", "typeId": link.type_id, "label": label})
                })
                .collect();
            json!({"toObjectId": to.to_string(), "associationTypes": types})
        })
        .collect()
}

/// `POST /crm/associations/…/{fromType}/{toType}/batch/…`.
pub fn batch(
    hubspot: &mut HubSpot,
    from: Kind,
    to: Kind,
    act: &[&str],
    body: &Value,
    now_ms: i64,
) -> Reply {
    let Some(inputs) = body["inputs"].as_array() else {
        return invalid("Invalid input JSON: inputs is missing");
    };
    match act {
        ["read"] => batch_read(hubspot, from, to, inputs, now_ms),
        ["associate", "default"] | ["create"] => batch_create(hubspot, from, to, inputs, now_ms),
        _ => super::errors::no_such_path(),
    }
}

fn batch_read(hubspot: &HubSpot, from: Kind, to: Kind, inputs: &[Value], now_ms: i64) -> Reply {
    if inputs.len() > 1_000 {
        return invalid("The number of inputs is limited to 1000.");
    }
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    for id in inputs.iter().filter_map(|input| parse_id(&input["id"])) {
        let found = targets(hubspot, from, id, to);
        if found.is_empty() {
            let message = format!(
                "No {} is associated with {} {id}.",
                to.singular(),
                from.singular()
            );
            errors.push(json!({
                "status": "error", "category": "OBJECT_NOT_FOUND", "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
                "message": message, "context": {"fromObjectId": [id.to_string()]},
            }));
        } else {
            results.push(json!({"from": {"id": id.to_string()}, "to": found}));
        }
    }
    let mut wire = completed(results, now_ms);
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::MULTI_STATUS
    };
    if !errors.is_empty() {
        wire["numErrors"] = json!(errors.len());
        wire["errors"] = json!(errors);
    }
    Reply::json(status, &wire)
}

fn batch_create(
    hubspot: &mut HubSpot,
    from: Kind,
    to: Kind,
    inputs: &[Value],
    now_ms: i64,
) -> Reply {
    if inputs.len() > 2_000 {
        return invalid("The number of inputs is limited to 2000.");
    }
    let mut results = Vec::new();
    for input in inputs {
        let text = |end: &str| parse_id(&input[end]["id"]).unwrap_or_default().to_string();
        let (from_id, to_id) = (text("from"), text("to"));
        let Ok(pair) = find_pair(hubspot, (from, &from_id), (to.plural(), &to_id)) else {
            return not_found();
        };
        let types = input["types"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|given| given["associationTypeId"].as_u64());
        let primary = types.into_iter().any(is_primary_wire);
        hubspot.link(pair.from, pair.to, primary, Source::Integration, now_ms);
        results.extend(default_results(&pair));
    }
    Reply::json(StatusCode::OK, &completed(results, now_ms))
}
