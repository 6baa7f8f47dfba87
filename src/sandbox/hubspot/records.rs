//! Records and every act that changes them: create, write, archive, restore, merge. Each act keeps the calculated
//! properties right and leaves the events that it causes for the webhook sender.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::errors::Refusal;
use super::schema::{HOME_CURRENCY, Property, default_properties, modified_property};
use super::{APP_ID, HubSpot, Kind, PORTAL_ID};
use crate::clock::iso_ms;

/// Who made a change, as webhooks tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// A call of the API.
    Integration,
    /// A person in HubSpot.
    CrmUi,
}

impl Source {
    fn wire(self) -> &'static str {
        match self {
            Self::Integration => "INTEGRATION",
            Self::CrmUi => "CRM_UI",
        }
    }

    /// In words for the page.
    pub fn words(self) -> &'static str {
        match self {
            Self::Integration => "by API",
            Self::CrmUi => "by a person",
        }
    }
}

/// One change of one property.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Change {
    pub at_ms: i64,
    pub source: Source,
    pub name: String,
    pub value: String,
}

/// One object.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    pub id: u64,
    pub created_at_ms: i64,
    pub updated_at_ms: i64,
    pub archived_at_ms: Option<i64>,
    pub properties: BTreeMap<String, String>,
    pub history: Vec<Change>,
}

impl Record {
    /// A property's value; absent and empty are the same to a reader.
    pub fn value(&self, name: &str) -> &str {
        self.properties.get(name).map_or("", String::as_str)
    }

    /// A property's value as an index that lags saw it last.
    pub fn value_as_of(&self, name: &str, kind: Kind, as_of_ms: i64) -> &str {
        if as_of_ms >= self.updated_at_ms || name == modified_property(kind) {
            return self.value(name);
        }
        let mut changes = self
            .history
            .iter()
            .rev()
            .filter(|change| change.name == name)
            .peekable();
        if changes.peek().is_none() {
            return self.value(name);
        }
        changes
            .find(|change| change.at_ms <= as_of_ms)
            .map_or("", |change| change.value.as_str())
    }

    /// As the API gives it, with the properties asked for, or the usual ones.
    pub fn wire(&self, kind: Kind, asked: &[String]) -> Value {
        let mut properties = serde_json::Map::new();
        let usual = default_properties(kind)
            .iter()
            .map(|name| (*name).to_owned());
        let always = ["createdate", modified_property(kind), "hs_object_id"].map(str::to_owned);
        let names: Vec<String> = match asked {
            [] => usual.collect(),
            _ => asked.iter().cloned().chain(always).collect(),
        };
        for name in names {
            let value = self.properties.get(&name).filter(|value| !value.is_empty());
            properties.insert(name, value.map_or(Value::Null, |value| json!(value)));
        }
        self.envelope(properties)
    }

    /// As the API gives it after a write: with all that is set.
    pub fn wire_in_full(&self) -> Value {
        let set = self
            .properties
            .iter()
            .filter(|(_, value)| !value.is_empty());
        self.envelope(
            set.map(|(name, value)| (name.clone(), json!(value)))
                .collect(),
        )
    }

    fn envelope(&self, properties: serde_json::Map<String, Value>) -> Value {
        let mut wire = json!({
            "id": self.id.to_string(), "properties": properties, "createdAt": iso_ms(self.created_at_ms),
            "updatedAt": iso_ms(self.updated_at_ms), "archived": self.archived_at_ms.is_some(),
        });
        if let Some(at_ms) = self.archived_at_ms {
            wire["archivedAt"] = json!(iso_ms(at_ms));
        }
        wire
    }
}

/// All objects of one kind, archived ones too.
#[derive(Debug, Serialize, Deserialize)]
pub struct Table {
    pub properties: BTreeMap<String, Property>,
    pub records: BTreeMap<u64, Record>,
    /// Merged away → what they became.
    pub redirects: BTreeMap<u64, u64>,
    /// Unique property → value (lower case) → live record.
    unique: BTreeMap<String, BTreeMap<String, u64>>,
}

impl Table {
    /// An empty table with these properties.
    pub fn new(properties: Vec<Property>) -> Self {
        let properties = properties
            .into_iter()
            .map(|property| (property.name.clone(), property))
            .collect();
        Self {
            properties,
            records: BTreeMap::new(),
            redirects: BTreeMap::new(),
            unique: BTreeMap::new(),
        }
    }

    /// Follows merges to the record that a number means now.
    pub fn current_id(&self, mut id: u64) -> u64 {
        while let Some(next) = self.redirects.get(&id) {
            id = *next;
        }
        id
    }

    /// A live record.
    pub fn live(&self, id: u64) -> Option<&Record> {
        self.records
            .get(&self.current_id(id))
            .filter(|record| record.archived_at_ms.is_none())
    }

    /// All live records by number.
    pub fn all_live(&self) -> impl DoubleEndedIterator<Item = &Record> {
        self.records
            .values()
            .filter(|record| record.archived_at_ms.is_none())
    }

    /// The live record with a value of a unique property.
    pub fn by_unique(&self, name: &str, value: &str) -> Option<u64> {
        self.unique
            .get(name)?
            .get(&value.trim().to_lowercase())
            .copied()
    }

    /// Whether a property is unique (and so can be an `idProperty`).
    pub fn is_unique(&self, name: &str) -> bool {
        self.properties
            .get(name)
            .is_some_and(|property| property.unique)
    }

    fn unique_values(&self, id: u64) -> Vec<(String, String)> {
        let Some(record) = self.records.get(&id) else {
            return Vec::new();
        };
        let set = record
            .properties
            .iter()
            .filter(|(name, value)| !value.is_empty() && self.is_unique(name));
        set.map(|(name, value)| (name.clone(), value.to_lowercase()))
            .collect()
    }

    fn index(&mut self, id: u64) {
        for (name, value) in self.unique_values(id) {
            self.unique.entry(name).or_default().insert(value, id);
        }
    }

    fn unindex(&mut self, id: u64) {
        for (name, value) in self.unique_values(id) {
            if let Some(values) = self.unique.get_mut(&name) {
                values.remove(&value);
            }
        }
    }
}

/// The pipeline of a deal that names none.
const DEFAULT_PIPELINE: &str = "default";

/// Domains that belong to no company.
const FREE_MAIL: [&str; 5] = [
    "gmail.com",
    "googlemail.com",
    "hotmail.com",
    "outlook.com",
    "yahoo.com",
];

/// The deal properties whose changes are told by webhook.
const WATCHED: [&str; 9] = [
    "dealstage",
    "pipeline",
    "amount",
    "closedate",
    "deal_currency_code",
    "hubspot_owner_id",
    "portal_billing_period",
    "portal_start_date",
    "portal_end_date",
];

impl HubSpot {
    /// Reads `properties:{…}` and checks each value: known, well formed, unique.
    pub fn check(
        &self,
        kind: Kind,
        existing: Option<u64>,
        wire: &Value,
    ) -> Result<BTreeMap<String, String>, Refusal> {
        let given = wire.as_object().ok_or_else(|| {
            Refusal::Other("Invalid input JSON: properties is missing".to_owned())
        })?;
        let table = self.table(kind);
        let mut checked = BTreeMap::new();
        for (name, value) in given {
            let property = table
                .properties
                .get(name)
                .ok_or_else(|| Refusal::UnknownProperty {
                    kind,
                    name: name.clone(),
                })?;
            let text = match value {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let value = property.normalise(&text)?;
            self.check_stage(kind, name, &value)?;
            self.check_unique(kind, existing, property, &value)?;
            checked.insert(name.clone(), value);
        }
        self.check_pipeline(kind, existing, &checked)?;
        Ok(checked)
    }

    /// A stage counts only within its own pipeline.
    fn check_pipeline(
        &self,
        kind: Kind,
        existing: Option<u64>,
        values: &BTreeMap<String, String>,
    ) -> Result<(), Refusal> {
        let (Kind::Deals, Some(stage)) = (kind, values.get("dealstage")) else {
            return Ok(());
        };
        let before = existing.and_then(|id| self.table(kind).live(id));
        let pipeline = match (values.get("pipeline"), before) {
            (Some(given), _) => given.as_str(),
            (None, Some(deal)) => deal.value("pipeline"),
            (None, None) => DEFAULT_PIPELINE,
        };
        let mut pipelines = self.live_pipelines().filter(|known| known.id == pipeline);
        if pipelines.any(|known| known.live_stages().any(|known| known.id == *stage)) {
            return Ok(());
        }
        Err(Refusal::InvalidValue {
            name: "dealstage".to_owned(),
            code: "INVALID_OPTION",
            message: format!("{stage} is not a valid stage in pipeline {pipeline}"),
        })
    }

    fn check_stage(&self, kind: Kind, name: &str, value: &str) -> Result<(), Refusal> {
        let known = match (kind, name) {
            (Kind::Deals, "dealstage") => self.live_stages().any(|stage| stage.id == value),
            (Kind::Deals, "pipeline") => self.live_pipelines().any(|pipeline| pipeline.id == value),
            (_, "hubspot_owner_id") => {
                value.is_empty()
                    || self
                        .owners
                        .iter()
                        .any(|owner| owner.id.to_string() == value)
            }
            _ => true,
        };
        if known {
            return Ok(());
        }
        let message = format!("{value} was not one of the allowed options for {name}");
        Err(Refusal::InvalidValue {
            name: name.to_owned(),
            code: "INVALID_OPTION",
            message,
        })
    }

    fn check_unique(
        &self,
        kind: Kind,
        existing: Option<u64>,
        property: &Property,
        value: &str,
    ) -> Result<(), Refusal> {
        if !property.unique || value.is_empty() {
            return Ok(());
        }
        match self.table(kind).by_unique(&property.name, value) {
            Some(id) if Some(id) == existing => Ok(()),
            None if property.name == "email" => self.check_secondary(existing, value),
            None => Ok(()),
            Some(id) if property.name == "email" => Err(Refusal::ContactExists { id }),
            Some(id) => Err(Refusal::UniqueValueTaken {
                name: property.name.clone(),
                value: value.to_owned(),
                id,
            }),
        }
    }

    /// A contact's further addresses are taken as well; but it is not found by them.
    fn check_secondary(&self, existing: Option<u64>, email: &str) -> Result<(), Refusal> {
        let has = |contact: &&Record| {
            let mut further = contact.value("hs_additional_emails").split(';');
            Some(contact.id) != existing
                && further.any(|known| known.trim().eq_ignore_ascii_case(email))
        };
        match self.table(Kind::Contacts).all_live().find(has) {
            Some(contact) => Err(Refusal::ContactExists { id: contact.id }),
            None => Ok(()),
        }
    }

    /// What HubSpot itself and the account's administrator want of every new record.
    fn check_required(&self, kind: Kind, values: &BTreeMap<String, String>) -> Result<(), Refusal> {
        let own: &[&str] = if kind == Kind::Deals {
            &["dealstage"]
        } else {
            &[]
        };
        let of_account = self.settings.required.get(&kind).into_iter().flatten();
        let names = own.iter().copied().chain(of_account.map(String::as_str));
        let missing = names.filter(|name| values.get(*name).is_none_or(String::is_empty));
        let names: Vec<String> = missing.map(str::to_owned).collect();
        if names.is_empty() {
            Ok(())
        } else {
            Err(Refusal::Required { kind, names })
        }
    }

    /// Makes a record from checked values.
    pub fn create(
        &mut self,
        kind: Kind,
        mut values: BTreeMap<String, String>,
        source: Source,
        now_ms: i64,
    ) -> Result<u64, Refusal> {
        self.check_required(kind, &values)?;
        if kind == Kind::Deals {
            values
                .entry("pipeline".to_owned())
                .or_insert_with(|| DEFAULT_PIPELINE.to_owned());
        }
        let id = self.take_record_number();
        let record = Record {
            id,
            created_at_ms: now_ms,
            updated_at_ms: now_ms,
            archived_at_ms: None,
            properties: BTreeMap::from([
                ("hs_object_id".to_owned(), id.to_string()),
                ("createdate".to_owned(), iso_ms(now_ms)),
                (modified_property(kind).to_owned(), iso_ms(now_ms)),
            ]),
            history: Vec::new(),
        };
        self.table_mut(kind).records.insert(id, record);
        self.apply(kind, id, values, source, now_ms);
        self.event(kind, id, "creation", source, now_ms, json!({}));
        if kind == Kind::Contacts && self.settings.companies_with_contacts {
            self.bring_company(id, source, now_ms);
        }
        Ok(id)
    }

    /// Ties a new contact to the company of its address's domain, which is made where there is none.
    fn bring_company(&mut self, contact: u64, source: Source, now_ms: i64) {
        let email = self
            .table(Kind::Contacts)
            .live(contact)
            .map(|record| record.value("email"));
        let domain = email
            .and_then(|email| email.split_once('@'))
            .map(|(_, domain)| domain.to_owned());
        let Some(domain) = domain.filter(|domain| !FREE_MAIL.contains(&domain.as_str())) else {
            return;
        };
        let is_it = |company: &&Record| company.value("domain") == domain;
        let known = self.table(Kind::Companies).all_live().find(is_it);
        let known = known.map(|company| company.id);
        let company = match known {
            Some(id) => id,
            None => {
                let name = domain.split('.').next().unwrap_or_default().to_owned();
                let values =
                    BTreeMap::from([("domain".to_owned(), domain), ("name".to_owned(), name)]);
                match self.create(Kind::Companies, values, source, now_ms) {
                    Ok(id) => id,
                    // An administrator wants more of a company than its domain.
                    Err(_) => return,
                }
            }
        };
        self.link_primary(
            (Kind::Contacts, contact),
            (Kind::Companies, company),
            source,
            now_ms,
        );
    }

    /// Writes checked values to a record and tells about those that are watched.
    pub fn write(
        &mut self,
        kind: Kind,
        id: u64,
        values: BTreeMap<String, String>,
        source: Source,
        now_ms: i64,
    ) {
        for (name, value) in self.apply(kind, id, values, source, now_ms) {
            if kind == Kind::Deals && WATCHED.contains(&name.as_str()) {
                self.event(
                    kind,
                    id,
                    "propertyChange",
                    source,
                    now_ms,
                    json!({"propertyName": name, "propertyValue": value}),
                );
            }
        }
    }

    /// Sets values and what follows from them; gives what has really changed.
    fn apply(
        &mut self,
        kind: Kind,
        id: u64,
        values: BTreeMap<String, String>,
        source: Source,
        now_ms: i64,
    ) -> Vec<(String, String)> {
        let mut values = values;
        if kind == Kind::Deals {
            self.calculate(id, &mut values, now_ms);
        }
        let table = self.table_mut(kind);
        table.unindex(id);
        let Some(record) = table.records.get_mut(&id) else {
            return Vec::new();
        };
        let changed: Vec<(String, String)> = values
            .into_iter()
            .filter(|(name, value)| record.value(name) != value)
            .collect();
        if !changed.is_empty() {
            // Strictly growing, so that two changes within one millisecond can be told apart.
            record.updated_at_ms = if record.history.is_empty() {
                now_ms
            } else {
                now_ms.max(record.updated_at_ms + 1)
            };
            let at_ms = record.updated_at_ms;
            record
                .properties
                .insert(modified_property(kind).to_owned(), iso_ms(at_ms));
            for (name, value) in &changed {
                record.properties.insert(name.clone(), value.clone());
                record.history.push(Change {
                    at_ms,
                    source,
                    name: name.clone(),
                    value: value.clone(),
                });
            }
        }
        table.index(id);
        changed
    }

    /// Adds what follows from a deal's stage and amount.
    fn calculate(&self, id: u64, values: &mut BTreeMap<String, String>, now_ms: i64) {
        let Some(record) = self.table(Kind::Deals).records.get(&id) else {
            return;
        };
        let after = |name: &str| {
            values
                .get(name)
                .map_or_else(|| record.value(name), String::as_str)
                .to_owned()
        };
        let (amount, currency) = (after("amount"), after("deal_currency_code"));
        if currency.is_empty() || currency == HOME_CURRENCY {
            values.insert("amount_in_home_currency".to_owned(), amount);
        }
        let Some(stage) = values.get("dealstage").and_then(|stage| self.stage(stage)) else {
            return;
        };
        let (won, lost) = (
            stage.closed && stage.probability == "1.0",
            stage.closed && stage.probability != "1.0",
        );
        let was_closed = record.value("hs_is_closed") == "true";
        let mut set = |name: &str, value: String| values.insert(name.to_owned(), value);
        set("hs_is_closed", stage.closed.to_string());
        set("hs_is_closed_won", won.to_string());
        set("hs_is_closed_lost", lost.to_string());
        set("hs_deal_stage_probability", stage.probability.clone());
        let was_won = record.value("hs_is_closed_won") == "true";
        if won && !was_won {
            set("hs_closed_won_date", iso_ms(now_ms));
        }
        // A won deal that is lost is closed anew, and the other way round.
        let is_closed_anew = stage.closed && (!was_closed || won != was_won);
        if is_closed_anew && !values.contains_key("closedate") {
            values.insert("closedate".to_owned(), iso_ms(now_ms));
        }
    }

    /// Puts a record into the bin, from which it can be restored.
    pub fn archive(&mut self, kind: Kind, id: u64, source: Source, now_ms: i64) -> bool {
        let table = self.table_mut(kind);
        if table.live(id).is_none_or(|record| record.id != id) {
            return false;
        }
        table.unindex(id);
        if let Some(record) = table.records.get_mut(&id) {
            record.archived_at_ms = Some(now_ms);
        }
        self.event(
            kind,
            id,
            "deletion",
            source,
            now_ms,
            json!({"changeFlag": "DELETED"}),
        );
        true
    }

    /// Takes a record out of the bin.
    pub fn restore(
        &mut self,
        kind: Kind,
        id: u64,
        source: Source,
        now_ms: i64,
    ) -> Result<(), Refusal> {
        let table = self.table_mut(kind);
        let taken = table
            .unique_values(id)
            .into_iter()
            .find_map(|(name, value)| {
                table
                    .by_unique(&name, &value)
                    .map(|other| (name, value, other))
            });
        let record = table
            .records
            .get_mut(&id)
            .filter(|record| record.archived_at_ms.is_some())
            .ok_or(Refusal::NotFound)?;
        if let Some((name, value, other)) = taken {
            return Err(Refusal::UniqueValueTaken {
                name,
                value,
                id: other,
            });
        }
        record.archived_at_ms = None;
        record.updated_at_ms = now_ms.max(record.updated_at_ms + 1);
        let modified = iso_ms(record.updated_at_ms);
        record
            .properties
            .insert(modified_property(kind).to_owned(), modified);
        table.index(id);
        self.event(
            kind,
            id,
            "restore",
            source,
            now_ms,
            json!({"changeFlag": "RESTORED"}),
        );
        Ok(())
    }

    /// Merges two records into a new one: the primary's values win, the other fills what is empty.
    pub fn merge(
        &mut self,
        kind: Kind,
        primary: u64,
        other: u64,
        source: Source,
        now_ms: i64,
    ) -> Result<u64, Refusal> {
        let table = self.table_mut(kind);
        let (primary, other) = (table.current_id(primary), table.current_id(other));
        if primary == other {
            return Err(Refusal::Other(
                "Cannot merge an object with itself".to_owned(),
            ));
        }
        let first = table.live(primary).ok_or(Refusal::NotFound)?.clone();
        let second = table.live(other).ok_or(Refusal::NotFound)?.clone();
        table.unindex(primary);
        table.unindex(other);
        table.records.remove(&primary);
        table.records.remove(&other);
        let mut properties = second.properties.clone();
        let winning = first
            .properties
            .iter()
            .filter(|(_, value)| !value.is_empty());
        properties.extend(winning.map(|(name, value)| (name.clone(), value.clone())));
        let moved = properties
            .iter()
            .filter(|(name, value)| first.value(name) != value.as_str())
            .count();
        let id = self.take_record_number();
        properties.insert("hs_object_id".to_owned(), id.to_string());
        properties.insert(
            "hs_merged_object_ids".to_owned(),
            merged_ids(&first, &second),
        );
        properties.insert(modified_property(kind).to_owned(), iso_ms(now_ms));
        let mut history = [second.history, first.history].concat();
        history.sort_by_key(|change| change.at_ms);
        let created_at_ms = first.created_at_ms.min(second.created_at_ms);
        let record = Record {
            id,
            created_at_ms,
            updated_at_ms: now_ms,
            archived_at_ms: None,
            properties,
            history,
        };
        let table = self.table_mut(kind);
        table.records.insert(id, record);
        table.redirects.extend([(primary, id), (other, id)]);
        table.index(id);
        self.move_links(kind, &[primary, other], id);
        let details = json!({
            "primaryObjectId": primary, "mergedObjectIds": [other], "newObjectId": id, "numberOfPropertiesMoved": moved,
        });
        self.event(kind, id, "merge", source, now_ms, details);
        Ok(id)
    }

    /// Leaves an event for the sender. Only deals are subscribed to.
    pub fn event(
        &mut self,
        kind: Kind,
        id: u64,
        act: &str,
        source: Source,
        now_ms: i64,
        details: Value,
    ) {
        if kind != Kind::Deals {
            return;
        }
        let mut event = json!({
            "eventId": self.next_event, "subscriptionId": 2_000 + act.len(), "portalId": PORTAL_ID, "appId": APP_ID,
            "occurredAt": now_ms, "subscriptionType": format!("{}.{act}", kind.singular()), "attemptNumber": 0,
            "objectId": id, "changeSource": source.wire(), "sourceId": format!("appId:{APP_ID}"),
        });
        self.next_event += 1;
        if let (Some(event), Value::Object(details)) = (event.as_object_mut(), details) {
            if act == "creation" {
                event.insert("changeFlag".to_owned(), json!("NEW"));
            }
            event.extend(details);
        }
        self.pending.push(event);
    }
}

fn merged_ids(first: &Record, second: &Record) -> String {
    let mut ids = Vec::new();
    for record in [first, second] {
        ids.extend(
            record
                .value("hs_merged_object_ids")
                .split(';')
                .filter(|id| !id.is_empty())
                .map(str::to_owned),
        );
        ids.push(record.id.to_string());
    }
    ids.join(";")
}
