//! The stand-in of HubSpot: a CRM account with companies, contacts, deals and line items.
//! This file holds its state and its seed; what can be asked of it is in `api`, what changes it in `records`.

mod account;
mod api;
mod associations;
mod errors;
mod oauth;
mod pipelines;
pub mod records;
mod schema;
mod search;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::call::Call;
use crate::limits::LimitSizes;
use associations::Link;
use oauth::TokenDesk;
use records::Table;

pub use account::AccountSettings;
pub use api::answer;
pub use errors::{Refusal, locked, migrating, raced, server_error, too_many};
pub use records::Source;
pub use schema::{CURRENCIES, HOME_CURRENCY, Pipeline, Property, Stage};

/// The account's number, as webhooks and `account-info` tell it.
pub const PORTAL_ID: u64 = 48_151_623;
/// The app's number, as webhooks tell it.
const APP_ID: u64 = 7_001;
/// The number of the first record.
const FIRST_RECORD: u64 = 37_765_128_953;

/// The kinds of objects that the stand-in knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Contacts,
    Companies,
    Deals,
    LineItems,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Contacts,
        Self::Companies,
        Self::Deals,
        Self::LineItems,
    ];

    /// Reads `deals`, `deal` or `0-3`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "contacts" | "contact" | "0-1" => Some(Self::Contacts),
            "companies" | "company" | "0-2" => Some(Self::Companies),
            "deals" | "deal" | "0-3" => Some(Self::Deals),
            "line_items" | "line_item" | "0-8" => Some(Self::LineItems),
            _ => None,
        }
    }

    /// `deals`.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Companies => "companies",
            Self::Deals => "deals",
            Self::LineItems => "line_items",
        }
    }

    /// `deal`.
    pub fn singular(self) -> &'static str {
        match self {
            Self::Contacts => "contact",
            Self::Companies => "company",
            Self::Deals => "deal",
            Self::LineItems => "line_item",
        }
    }

    /// `Deal`, as error messages begin.
    pub fn title(self) -> &'static str {
        match self {
            Self::Contacts => "Contact",
            Self::Companies => "Company",
            Self::Deals => "Deal",
            Self::LineItems => "Line item",
        }
    }

    /// `0-3`.
    pub fn type_id(self) -> &'static str {
        match self {
            Self::Contacts => "0-1",
            Self::Companies => "0-2",
            Self::Deals => "0-3",
            Self::LineItems => "0-8",
        }
    }
}

/// A user who can own records.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Owner {
    pub id: u64,
    pub user_id: u64,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
}

/// The account.
#[derive(Debug, Serialize, Deserialize)]
pub struct HubSpot {
    pub tables: BTreeMap<Kind, Table>,
    pub pipelines: Vec<Pipeline>,
    pub owners: Vec<Owner>,
    pub links: BTreeSet<Link>,
    pub settings: AccountSettings,
    usage: account::DailyUsage,
    tokens: TokenDesk,
    next_record: u64,
    next_event: u64,
    /// Events that the last act caused and that have not been sent.
    #[serde(skip)]
    pub pending: Vec<Value>,
}

impl HubSpot {
    /// An account with pipeline, properties and owners, and no records.
    pub fn seed() -> Self {
        let owner = |id, user_id, email: &str, first: &str, last: &str| Owner {
            id,
            user_id,
            email: email.to_owned(),
            first_name: first.to_owned(),
            last_name: last.to_owned(),
        };
        Self {
            tables: Kind::ALL
                .into_iter()
                .map(|kind| (kind, Table::new(schema::seed_properties(kind))))
                .collect(),
            pipelines: vec![schema::seed_pipeline()],
            owners: vec![
                owner(
                    41_629_779,
                    9_586_504,
                    "maya.lindqvist@northwind.example",
                    "Maya",
                    "Lindqvist",
                ),
                owner(
                    41_629_780,
                    9_586_505,
                    "tom.okafor@northwind.example",
                    "Tom",
                    "Okafor",
                ),
            ],
            links: BTreeSet::new(),
            settings: AccountSettings::default(),
            usage: account::DailyUsage::default(),
            tokens: TokenDesk::default(),
            next_record: FIRST_RECORD,
            next_event: 1,
            pending: Vec::new(),
        }
    }

    /// The objects of one kind.
    pub fn table(&self, kind: Kind) -> &Table {
        self.tables
            .get(&kind)
            .expect("the seed makes a table for each kind")
    }

    /// The objects of one kind, to change.
    pub fn table_mut(&mut self, kind: Kind) -> &mut Table {
        self.tables
            .get_mut(&kind)
            .expect("the seed makes a table for each kind")
    }

    /// After a reset: gives out no number a second time, and knows the tokens of before.
    pub fn continue_from(&mut self, before: &mut Self) {
        self.next_record = before.next_record;
        self.next_event = before.next_event;
        self.tokens = std::mem::take(&mut before.tokens);
    }

    /// Whoever let the OAuth app in takes that back.
    pub fn take_consent_back(&mut self) {
        self.tokens.take_consent_back();
    }

    fn take_record_number(&mut self) -> u64 {
        // Real ids have gaps; a client that counts on the next number is wrong.
        self.next_record += 17;
        self.next_record
    }

    /// A stage of any deal pipeline, an archived one too.
    pub fn stage(&self, id: &str) -> Option<&Stage> {
        self.pipelines
            .iter()
            .flat_map(|pipeline| &pipeline.stages)
            .find(|stage| stage.id == id)
    }

    /// The pipelines that are not archived.
    pub fn live_pipelines(&self) -> impl Iterator<Item = &Pipeline> {
        self.pipelines.iter().filter(|pipeline| !pipeline.archived)
    }

    /// The stages that a deal can be moved to.
    pub fn live_stages(&self) -> impl Iterator<Item = &Stage> {
        self.live_pipelines().flat_map(Pipeline::live_stages)
    }
}

/// Whether a request may change records.
pub fn is_write(call: &Call) -> bool {
    let parts = call.parts();
    if parts.first() == Some(&"oauth") || call.method == "GET" {
        return false;
    }
    !matches!(parts.as_slice(), [.., "search"] | [.., "batch", "read"])
}

/// The headers that tell how much of the limits is left. Search answers carry none.
pub fn limit_headers(
    hubspot: &HubSpot,
    call: &Call,
    left: usize,
    sizes: &LimitSizes,
) -> Vec<(&'static str, String)> {
    if call.parts().last() == Some(&"search") {
        return Vec::new();
    }
    let left_today = account::DAILY_LIMIT.saturating_sub(hubspot.usage.of(call.now_ms));
    vec![
        (
            "x-hubspot-ratelimit-max",
            sizes.hubspot_ten_seconds.to_string(),
        ),
        ("x-hubspot-ratelimit-remaining", left.to_string()),
        (
            "x-hubspot-ratelimit-interval-milliseconds",
            sizes.hubspot_window_ms.to_string(),
        ),
        (
            "x-hubspot-ratelimit-daily",
            account::DAILY_LIMIT.to_string(),
        ),
        (
            "x-hubspot-ratelimit-daily-remaining",
            left_today.to_string(),
        ),
    ]
}
