//! Properties and pipelines: what exists in the account, and which values are valid.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Kind;
use super::errors::Refusal;
use crate::clock::{DAY_MS, day_of, iso_ms, parse_instant};

/// The account's own currency.
pub const HOME_CURRENCY: &str = "GBP";
/// The currencies that deals may have.
pub const CURRENCIES: [&str; 3] = ["GBP", "EUR", "USD"];

/// One stage of a pipeline.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Stage {
    pub id: String,
    pub label: String,
    pub closed: bool,
    /// `0.0` to `1.0`, as text, as HubSpot has it.
    pub probability: String,
    /// No deal can be moved here any more; those that are here stay.
    pub archived: bool,
}

impl Stage {
    /// As the API gives it.
    pub fn wire(&self, display_order: usize) -> Value {
        json!({
            "id": self.id, "label": self.label, "displayOrder": display_order, "archived": self.archived,
            "metadata": {"isClosed": self.closed.to_string(), "probability": self.probability},
            "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
            "createdAt": "1970-01-01T00:00:00Z", "updatedAt": "1970-01-01T00:00:00Z",
        })
    }
}

/// A deal pipeline.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pipeline {
    pub id: String,
    pub label: String,
    /// Archived ones too.
    pub stages: Vec<Stage>,
    pub archived: bool,
}

impl Pipeline {
    /// The stages that a deal can be moved to.
    pub fn live_stages(&self) -> impl Iterator<Item = &Stage> {
        self.stages.iter().filter(|stage| !stage.archived)
    }

    /// As the API gives it: without the stages that were archived.
    pub fn wire(&self, display_order: usize) -> Value {
        let stages: Vec<Value> = self
            .live_stages()
            .enumerate()
            .map(|(order, stage)| stage.wire(order))
            .collect();
        json!({
            "id": self.id, "label": self.label, "displayOrder": display_order, "archived": self.archived, "stages": stages,
            "createdAt": "1970-01-01T00:00:00Z", "updatedAt": "1970-01-01T00:00:00Z",
        })
    }
}

/// The pipeline that the account begins with.
pub fn seed_pipeline() -> Pipeline {
    let stage = |id: &str, label: &str, closed, probability: &str| Stage {
        id: id.to_owned(),
        label: label.to_owned(),
        closed,
        probability: probability.to_owned(),
        archived: false,
    };
    Pipeline {
        id: "default".to_owned(),
        label: "Sales pipeline".to_owned(),
        archived: false,
        stages: vec![
            stage("pql", "PQL", false, "0.1"),
            stage("approved", "Approved", false, "0.2"),
            stage("client_pitch", "Client Pitch", false, "0.4"),
            stage("proposal", "Proposal", false, "0.6"),
            stage("contract", "Contract", false, "0.8"),
            stage("closedwon", "Won", true, "1.0"),
            stage("closedlost", "Lost", true, "0.0"),
        ],
    }
}

/// One choice of an enumeration.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

/// One property of a kind of object.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Property {
    pub name: String,
    pub label: String,
    pub group: String,
    /// `string`, `number`, `date`, `datetime`, `enumeration` or `bool`.
    pub data_type: String,
    pub field_type: String,
    pub unique: bool,
    pub read_only: bool,
    pub choices: Vec<Choice>,
    pub built_in: bool,
}

impl Property {
    fn built_in(name: &str, data_type: &str) -> Self {
        let field_type = match data_type {
            "number" => "number",
            "date" | "datetime" => "date",
            "enumeration" => "select",
            "bool" => "booleancheckbox",
            _ => "text",
        };
        Self {
            name: name.to_owned(),
            label: name.replace('_', " "),
            group: "information".to_owned(),
            data_type: data_type.to_owned(),
            field_type: field_type.to_owned(),
            unique: false,
            read_only: false,
            choices: Vec::new(),
            built_in: true,
        }
    }

    /// Takes a definition as the API is sent it.
    pub fn from_wire(body: &Value) -> Result<Self, Refusal> {
        let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
        for field in ["name", "label", "type", "fieldType", "groupName"] {
            if text(field).is_empty() {
                return Err(Refusal::Other(format!(
                    "Invalid input JSON: some required fields were not set: [{field}]"
                )));
            }
        }
        let name_is_valid = text("name")
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if !name_is_valid {
            return Err(Refusal::Other(format!(
                "Property name {} must be lowercase letters, digits and underscores",
                text("name")
            )));
        }
        let options = body["options"].as_array().cloned().unwrap_or_default();
        let choice = |option: &Value| Choice {
            value: option["value"].as_str().unwrap_or_default().to_owned(),
            label: option["label"].as_str().unwrap_or_default().to_owned(),
        };
        Ok(Self {
            name: text("name"),
            label: text("label"),
            group: text("groupName"),
            data_type: text("type"),
            field_type: text("fieldType"),
            unique: body["hasUniqueValue"].as_bool().unwrap_or(false),
            read_only: false,
            choices: options.iter().map(choice).collect(),
            built_in: false,
        })
    }

    /// As the API gives it.
    pub fn wire(&self) -> Value {
        let options: Vec<Value> = self
            .choices
            .iter()
            .enumerate()
            .map(|(order, choice)| json!({"value": choice.value, "label": choice.label, "displayOrder": order, "hidden": false}))
            .collect();
        json!({
            "name": self.name, "label": self.label, "type": self.data_type, "fieldType": self.field_type,
            "groupName": self.group, "description": "", "options": options, "displayOrder": -1,
            "calculated": self.read_only, "externalOptions": false, "archived": false, "hidden": false,
            "hasUniqueValue": self.unique, "hubspotDefined": self.built_in, "formField": !self.read_only,
            "modificationMetadata": {"archivable": !self.built_in, "readOnlyDefinition": self.built_in, "readOnlyValue": self.read_only},
        })
    }

    /// Checks a value and brings it into the form in which HubSpot keeps it. The empty value clears.
    pub fn normalise(&self, value: &str) -> Result<String, Refusal> {
        let refuse = |code, message: String| {
            Err(Refusal::InvalidValue {
                name: self.name.clone(),
                code,
                message,
            })
        };
        if self.read_only {
            return refuse(
                "READ_ONLY_VALUE",
                format!(
                    "\"{}\" is a read only property; its value cannot be set.",
                    self.name
                ),
            );
        }
        if value.is_empty() {
            return Ok(String::new());
        }
        match self.data_type.as_str() {
            "number" if scaled(value).is_none() => {
                refuse("INVALID_DOUBLE", format!("{value} was not a valid number."))
            }
            "bool" if !matches!(value, "true" | "false") => refuse(
                "INVALID_BOOLEAN",
                format!("{value} was not a valid boolean."),
            ),
            "datetime" => match parse_instant(value) {
                Some(ms) => Ok(iso_ms(ms)),
                None => refuse("INVALID_LONG", format!("{value} was not a valid long.")),
            },
            "date" => match parse_instant(value) {
                Some(ms) if ms.rem_euclid(DAY_MS) == 0 => Ok(day_of(ms).to_string()),
                Some(ms) => refuse(
                    "INVALID_DATE",
                    format!("{ms} is at {} UTC, not midnight!", iso_ms(ms)),
                ),
                None => refuse("INVALID_LONG", format!("{value} was not a valid long.")),
            },
            "enumeration"
                if !self.choices.is_empty()
                    && !self.choices.iter().any(|choice| choice.value == value) =>
            {
                let allowed: Vec<&str> = self
                    .choices
                    .iter()
                    .map(|choice| choice.value.as_str())
                    .collect();
                refuse(
                    "INVALID_OPTION",
                    format!(
                        "{value} was not one of the allowed options: [{}]",
                        allowed.join(", ")
                    ),
                )
            }
            _ if self.name == "email" && !looks_like_email(value) => {
                refuse("INVALID_EMAIL", format!("Email address {value} is invalid"))
            }
            _ if self.name == "email" => Ok(value.trim().to_lowercase()),
            _ => Ok(value.to_owned()),
        }
    }
}

fn looks_like_email(value: &str) -> bool {
    let Some((local, domain)) = value.trim().split_once('@') else {
        return false;
    };
    let odd = |part: &str| {
        part.is_empty() || part.contains(|c: char| c.is_whitespace() || c == '@' || c == ',')
    };
    !odd(local)
        && !odd(domain)
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
}

/// A decimal number times a million, for comparisons; `None` when it is none.
pub fn scaled(text: &str) -> Option<i128> {
    let text = text.trim();
    let (negative, digits) = text
        .strip_prefix('-')
        .map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty())
        || !all_digits(whole)
        || !all_digits(fraction)
        || whole.len() > 24
    {
        return None;
    }
    let fraction: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let number: i128 = format!("{whole}{fraction}").parse().ok()?;
    Some(if negative { -number } else { number })
}

/// Data type and names, separated by blanks.
type Columns = [(&'static str, &'static str)];

/// The properties that can be written.
fn writable(kind: Kind) -> &'static Columns {
    match kind {
        Kind::Contacts => &[(
            "string",
            "email hs_additional_emails firstname lastname phone mobilephone company jobtitle website country city message \
             lifecyclestage hs_lead_status hubspot_owner_id",
        )],
        Kind::Companies => &[
            (
                "string",
                "name domain website phone country city industry description lifecyclestage \
                 hubspot_owner_id",
            ),
            ("number", "numberofemployees"),
        ],
        Kind::Deals => &[
            (
                "string",
                "dealname pipeline dealstage dealtype description hubspot_owner_id hs_next_step \
                 closed_won_reason closed_lost_reason",
            ),
            ("number", "amount"),
            ("datetime", "closedate"),
        ],
        Kind::LineItems => &[
            (
                "string",
                "name description hs_product_id hs_line_item_currency_code \
                 recurringbillingfrequency hs_recurring_billing_period",
            ),
            ("number", "price quantity amount"),
            ("date", "hs_recurring_billing_start_date"),
        ],
    }
}

/// The properties that HubSpot calculates, beside when a record was made and changed.
fn calculated(kind: Kind) -> &'static Columns {
    match kind {
        Kind::Deals => &[
            ("bool", "hs_is_closed hs_is_closed_won hs_is_closed_lost"),
            ("datetime", "hs_closed_won_date"),
            (
                "number",
                "hs_deal_stage_probability amount_in_home_currency hs_acv hs_arr hs_mrr hs_tcv",
            ),
        ],
        Kind::Contacts | Kind::Companies | Kind::LineItems => &[],
    }
}

/// What each kind of object has from the beginning. The portal's own properties are for its set-up to make.
pub fn seed_properties(kind: Kind) -> Vec<Property> {
    let dates = format!("createdate {}", modified_property(kind));
    let common = [
        ("number", "hs_object_id"),
        ("string", "hs_merged_object_ids"),
        ("datetime", dates.as_str()),
    ];
    let mut all = Vec::new();
    for (data_type, names) in writable(kind) {
        let names = names.split_whitespace();
        all.extend(names.map(|name| Property::built_in(name, data_type)));
    }
    for (data_type, names) in calculated(kind).iter().chain(&common) {
        let names = names.split_whitespace();
        all.extend(names.map(|name| Property {
            read_only: true,
            ..Property::built_in(name, data_type)
        }));
    }
    if kind == Kind::Deals {
        all.push(deal_currency());
    }
    for property in &mut all {
        property.unique |= property.name == "email";
    }
    all
}

fn deal_currency() -> Property {
    let choices = CURRENCIES.iter().map(|code| Choice {
        value: (*code).to_owned(),
        label: (*code).to_owned(),
    });
    Property {
        choices: choices.collect(),
        ..Property::built_in("deal_currency_code", "enumeration")
    }
}

/// What is returned when no property is asked for by name.
pub fn default_properties(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Contacts => &[
            "createdate",
            "email",
            "firstname",
            "hs_object_id",
            "lastmodifieddate",
            "lastname",
        ],
        Kind::Companies => &[
            "createdate",
            "domain",
            "hs_lastmodifieddate",
            "hs_object_id",
            "name",
        ],
        Kind::Deals => &[
            "amount",
            "closedate",
            "createdate",
            "dealname",
            "dealstage",
            "hs_lastmodifieddate",
            "hs_object_id",
            "pipeline",
        ],
        Kind::LineItems => &[
            "createdate",
            "hs_lastmodifieddate",
            "hs_object_id",
            "name",
            "price",
            "quantity",
        ],
    }
}

/// The name of the property that holds when a record was last changed.
pub fn modified_property(kind: Kind) -> &'static str {
    match kind {
        Kind::Contacts => "lastmodifieddate",
        _ => "hs_lastmodifieddate",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_must_be_midnight_and_are_kept_as_days() {
        let property = Property::built_in("portal_start_date", "date");
        assert_eq!(
            property.normalise("2026-10-01").as_deref(),
            Ok("2026-10-01")
        );
        assert_eq!(
            property.normalise("1790812800000").as_deref(),
            Ok("2026-10-01")
        );
        assert!(property.normalise("1790812800001").is_err());
    }

    #[test]
    fn numbers_compare_as_decimals() {
        assert!(
            scaled("1500.00") == scaled("1500")
                && scaled("0.1") > scaled("0.09")
                && scaled("1e3").is_none()
        );
    }
}
