//! HubSpot's JSON, as far as we read and write it. Property values are texts there; a number or a truth value is taken as its text.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

/// A text, or a number or truth value as its text; null and anything nested is nothing.
pub fn loose_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(text_of(&Value::deserialize(deserializer)?))
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
    }
}

fn loose_texts<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, String>, D::Error> {
    let values = Option::<BTreeMap<String, Value>>::deserialize(deserializer)?.unwrap_or_default();
    Ok(values
        .iter()
        .map(|(name, value)| (name.clone(), text_of(value)))
        .collect())
}

#[derive(Debug, Deserialize)]
pub struct Object {
    #[serde(deserialize_with = "loose_text")]
    pub id: String,
    #[serde(default, deserialize_with = "loose_texts")]
    pub properties: BTreeMap<String, String>,
    #[serde(default)]
    pub archived: bool,
    #[serde(default, rename = "updatedAt", deserialize_with = "loose_text")]
    pub updated_at: String,
    #[serde(default, rename = "archivedAt", deserialize_with = "loose_text")]
    pub archived_at: String,
}

impl Object {
    /// A property's value, if it has one: HubSpot's empty is null, absent or an empty text.
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties
            .get(name)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountDetails {
    #[serde(deserialize_with = "loose_text")]
    pub portal_id: String,
    #[serde(default)]
    pub time_zone: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Failure {
    pub message: String,
    pub category: String,
    pub policy_name: String,
    /// What HubSpot's support finds the call by.
    pub correlation_id: String,
    pub errors: Vec<FailureDetail>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct FailureDetail {
    pub category: String,
    pub message: String,
    pub context: Value,
}

#[derive(Debug, Deserialize)]
pub struct Batch<T> {
    #[serde(default = "Vec::new")]
    pub results: Vec<T>,
    #[serde(default)]
    pub errors: Vec<FailureDetail>,
    #[serde(default, rename = "numErrors")]
    pub errors_count: u64,
}

#[derive(Debug, Deserialize)]
pub struct Found {
    pub results: Vec<Object>,
    pub paging: Option<Paging>,
}

#[derive(Debug, Deserialize)]
pub struct Paging {
    pub next: Option<Next>,
}

#[derive(Debug, Deserialize)]
pub struct Next {
    #[serde(deserialize_with = "loose_text")]
    pub after: String,
}

#[derive(Debug, Deserialize)]
pub struct Owners {
    pub results: Vec<Owner>,
    pub paging: Option<Paging>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Owner {
    #[serde(deserialize_with = "loose_text")]
    pub id: String,
    #[serde(deserialize_with = "loose_text")]
    pub email: String,
    #[serde(deserialize_with = "loose_text")]
    pub first_name: String,
    #[serde(deserialize_with = "loose_text")]
    pub last_name: String,
}

#[derive(Debug, Deserialize)]
pub struct Pipelines {
    pub results: Vec<Pipeline>,
}

#[derive(Debug, Deserialize)]
pub struct Pipeline {
    #[serde(deserialize_with = "loose_text")]
    pub id: String,
    #[serde(default)]
    pub label: String,
    #[serde(default)]
    pub archived: bool,
    pub stages: Vec<Stage>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stage {
    #[serde(deserialize_with = "loose_text")]
    pub id: String,
    pub label: String,
    #[serde(default)]
    pub display_order: i64,
    #[serde(default)]
    pub archived: bool,
    #[serde(default, deserialize_with = "loose_texts")]
    pub metadata: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Property {
    #[serde(default)]
    pub has_unique_value: bool,
}

#[derive(Debug, Deserialize)]
pub struct CompanyCurrency {
    #[serde(rename = "currencyCode")]
    pub code: String,
}

#[derive(Debug, Deserialize)]
pub struct ExchangeRates {
    pub results: Vec<ExchangeRate>,
}

#[derive(Debug, Deserialize)]
pub struct ExchangeRate {
    #[serde(rename = "fromCurrencyCode")]
    pub from_code: String,
    /// Whether it can be chosen.
    #[serde(default = "yes", rename = "visibleInUI")]
    pub is_visible: bool,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Deserialize)]
pub struct Association {
    pub from: AssociationEnd,
    #[serde(default)]
    pub to: Vec<AssociationTo>,
}

#[derive(Debug, Deserialize)]
pub struct AssociationEnd {
    #[serde(deserialize_with = "loose_text")]
    pub id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociationTo {
    #[serde(deserialize_with = "loose_text")]
    pub to_object_id: String,
    #[serde(default)]
    pub association_types: Vec<AssociationType>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociationType {
    pub type_id: u32,
}

/// A property of ours, as it is made at install.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewProperty {
    pub group_name: &'static str,
    pub name: &'static str,
    pub label: &'static str,
    pub description: &'static str,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub field_type: &'static str,
    pub has_unique_value: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<PropertyOption>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PropertyOption {
    pub label: &'static str,
    pub value: &'static str,
    pub display_order: u32,
    pub hidden: bool,
}

/// Names and values, as create, patch and upsert take them.
pub type Properties = BTreeMap<&'static str, String>;

pub fn create_body(properties: &Properties) -> Value {
    json!({ "properties": properties, "associations": [] })
}

pub fn patch_body(properties: &Properties) -> Value {
    json!({ "properties": properties })
}

/// A batch of one: the property named `id_property` must be among the properties.
pub fn upsert_body(id_property: &str, id: &str, properties: &Properties) -> Value {
    json!({ "inputs": [{ "idProperty": id_property, "id": id, "properties": properties }] })
}

/// One filter, one ascending sort, as search takes them.
pub fn search_body(
    filter: &Value,
    properties: &[&str],
    sort_by: &str,
    limit: u32,
    after: Option<&str>,
) -> Value {
    let mut body = json!({
        "filterGroups": [{ "filters": [filter] }],
        "properties": properties,
        "sorts": [{ "propertyName": sort_by, "direction": "ASCENDING" }],
        "limit": limit,
    });
    if let Some(after) = after {
        body["after"] = json!(after);
    }
    body
}
