//! The search: filters, one sort, paging, the documented caps, and an index that may lag behind.

use std::cmp::Ordering;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::associations::parse_id;
use super::errors::invalid;
use super::records::Record;
use super::schema::scaled;
use super::{HubSpot, Kind};
use crate::call::Reply;
use crate::clock::parse_instant;

const PAGE_MAX: u64 = 200;
const RESULTS_MAX: u64 = 10_000;
const BODY_MAX: usize = 3_000;

/// `POST /crm/objects/…/{type}/search`; what changed after `as_of_ms` is not in the index yet.
pub fn search(
    hubspot: &HubSpot,
    kind: Kind,
    body: &Value,
    body_length: usize,
    as_of_ms: i64,
) -> Reply {
    match find(hubspot, kind, body, body_length, as_of_ms) {
        Ok(wire) => Reply::json(StatusCode::OK, &wire),
        Err(message) => invalid(&message),
    }
}

fn find(
    hubspot: &HubSpot,
    kind: Kind,
    body: &Value,
    body_length: usize,
    as_of_ms: i64,
) -> Result<Value, String> {
    if body_length > BODY_MAX {
        return Err(format!(
            "The request is too long: at most {BODY_MAX} characters are allowed."
        ));
    }
    let groups = body["filterGroups"].as_array().cloned().unwrap_or_default();
    check_size(&groups)?;
    let limit = body["limit"].as_u64().unwrap_or(10);
    if limit > PAGE_MAX {
        return Err(format!("The limit may be at most {PAGE_MAX}."));
    }
    let after = match &body["after"] {
        Value::Null => 0,
        given => parse_id(given).ok_or("Invalid paging offset")?,
    };
    if after + limit > RESULTS_MAX {
        return Err(format!(
            "Paging beyond {RESULTS_MAX} results is not supported."
        ));
    }
    let index = Index {
        hubspot,
        kind,
        as_of_ms,
    };
    let mut found = Vec::new();
    for record in hubspot
        .table(kind)
        .all_live()
        .filter(|record| record.created_at_ms <= as_of_ms)
    {
        if index.matches_any(record, &groups)? && index.contains(record, body["query"].as_str()) {
            found.push(record);
        }
    }
    index.sort(&mut found, &body["sorts"])?;
    let total = found.len();
    let asked = properties(body);
    let (skip, take) = (
        usize::try_from(after).unwrap_or(usize::MAX),
        usize::try_from(limit).unwrap_or_default(),
    );
    let page: Vec<Value> = found
        .iter()
        .skip(skip)
        .take(take)
        .map(|record| index.wire(record, &asked))
        .collect();
    let mut wire = json!({"total": total, "results": page});
    if skip + take < total {
        wire["paging"] = json!({"next": {"after": (skip + take).to_string()}});
    }
    Ok(wire)
}

fn check_size(groups: &[Value]) -> Result<(), String> {
    let sizes: Vec<usize> = groups
        .iter()
        .map(|group| group["filters"].as_array().map_or(0, Vec::len))
        .collect();
    if groups.len() > 5 || sizes.iter().any(|size| *size > 6) || sizes.iter().sum::<usize>() > 18 {
        return Err(
            "At most 5 filter groups of 6 filters, and 18 filters in all, are allowed.".to_owned(),
        );
    }
    Ok(())
}

/// The names in a body's `properties`.
pub fn properties(body: &Value) -> Vec<String> {
    body["properties"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect()
}

/// The objects of one kind as the index saw them last.
struct Index<'a> {
    hubspot: &'a HubSpot,
    kind: Kind,
    as_of_ms: i64,
}

impl Index<'_> {
    fn value<'r>(&self, record: &'r Record, name: &str) -> &'r str {
        record.value_as_of(name, self.kind, self.as_of_ms)
    }

    fn wire(&self, record: &Record, asked: &[String]) -> Value {
        let mut wire = record.wire(self.kind, asked);
        if let Some(properties) = wire["properties"].as_object_mut() {
            for (name, value) in properties {
                let seen = self.value(record, name);
                *value = if seen.is_empty() {
                    Value::Null
                } else {
                    json!(seen)
                };
            }
        }
        wire
    }

    fn contains(&self, record: &Record, query: Option<&str>) -> bool {
        let Some(query) = query
            .map(str::to_lowercase)
            .filter(|query| !query.is_empty())
        else {
            return true;
        };
        [
            "dealname",
            "name",
            "domain",
            "email",
            "firstname",
            "lastname",
            "phone",
        ]
        .iter()
        .any(|name| self.value(record, name).to_lowercase().contains(&query))
    }

    fn matches_any(&self, record: &Record, groups: &[Value]) -> Result<bool, String> {
        let mut matched = groups.is_empty();
        for group in groups {
            let mut all = true;
            for filter in group["filters"].as_array().into_iter().flatten() {
                all &= self.matches(record, filter)?;
            }
            matched |= all;
        }
        Ok(matched)
    }

    fn matches(&self, record: &Record, filter: &Value) -> Result<bool, String> {
        let name = filter["propertyName"]
            .as_str()
            .ok_or("A filter needs a propertyName.")?;
        let wanted = text(&filter["value"]);
        if let Some(other) = name.strip_prefix("associations.") {
            let kind =
                Kind::parse(other).ok_or_else(|| format!("There is no object type {other}."))?;
            let linked = self.hubspot.associated(self.kind, record.id, kind);
            return Ok(linked.iter().any(|id| id.to_string() == wanted));
        }
        let property = self
            .hubspot
            .table(self.kind)
            .properties
            .get(name)
            .ok_or_else(|| {
                format!("There was a problem with the request: property {name} does not exist.")
            })?;
        let actual = self.value(record, name);
        let has = !actual.is_empty();
        let order = |wanted: &str| compare(&property.data_type, actual, wanted);
        let list = || {
            filter["values"]
                .as_array()
                .into_iter()
                .flatten()
                .map(text)
                .collect::<Vec<_>>()
        };
        Ok(match filter["operator"].as_str().unwrap_or_default() {
            "EQ" => has && order(&wanted) == Some(Ordering::Equal),
            "NEQ" => !has || order(&wanted) != Some(Ordering::Equal),
            "LT" => has && order(&wanted) == Some(Ordering::Less),
            "LTE" => has && matches!(order(&wanted), Some(Ordering::Less | Ordering::Equal)),
            "GT" => has && order(&wanted) == Some(Ordering::Greater),
            "GTE" => has && matches!(order(&wanted), Some(Ordering::Greater | Ordering::Equal)),
            "BETWEEN" => {
                let low = matches!(order(&wanted), Some(Ordering::Greater | Ordering::Equal));
                has && low
                    && matches!(
                        order(&text(&filter["highValue"])),
                        Some(Ordering::Less | Ordering::Equal)
                    )
            }
            "IN" => {
                has && list()
                    .iter()
                    .any(|wanted| order(wanted) == Some(Ordering::Equal))
            }
            "NOT_IN" => !list()
                .iter()
                .any(|wanted| order(wanted) == Some(Ordering::Equal)),
            "HAS_PROPERTY" => has,
            "NOT_HAS_PROPERTY" => !has,
            "CONTAINS_TOKEN" => has_token(actual, &wanted),
            "NOT_CONTAINS_TOKEN" => !has_token(actual, &wanted),
            other => return Err(format!("{other} is not a valid operator.")),
        })
    }

    fn sort(&self, found: &mut [&Record], sorts: &Value) -> Result<(), String> {
        let Some(sort) = sorts.as_array().and_then(|sorts| sorts.first()) else {
            return Ok(());
        };
        // Old clients send the bare name, with a minus for descending.
        let (name, descending) = match sort {
            Value::String(name) => (
                name.trim_start_matches('-').to_owned(),
                name.starts_with('-'),
            ),
            _ => (
                text(&sort["propertyName"]),
                sort["direction"].as_str() == Some("DESCENDING"),
            ),
        };
        let property = self
            .hubspot
            .table(self.kind)
            .properties
            .get(&name)
            .ok_or_else(|| format!("Cannot sort by {name}."))?;
        found.sort_by(|a, b| {
            let order = compare(
                &property.data_type,
                self.value(a, &name),
                self.value(b, &name),
            )
            .unwrap_or(Ordering::Equal);
            if descending { order.reverse() } else { order }
        });
        Ok(())
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn compare(data_type: &str, actual: &str, wanted: &str) -> Option<Ordering> {
    match data_type {
        "number" => Some(scaled(actual)?.cmp(&scaled(wanted)?)),
        "date" | "datetime" => Some(parse_instant(actual)?.cmp(&parse_instant(wanted)?)),
        "enumeration" => Some(actual.cmp(wanted)),
        _ => Some(actual.to_lowercase().cmp(&wanted.to_lowercase())),
    }
}

fn has_token(actual: &str, wanted: &str) -> bool {
    let wanted = wanted.to_lowercase();
    let wanted = wanted.trim_matches('*');
    let actual = actual.to_lowercase();
    actual
        .split(|c: char| !c.is_alphanumeric())
        .any(|token| token.contains(wanted))
        || actual.contains(wanted)
}
