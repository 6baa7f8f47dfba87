//! The stand-in of Xero: one organisation with contacts, invoices, bills, payments and credits.
//! This file holds its state and its seed; what can be asked of it is in `api`.

mod api;
mod api_credits;
mod auth;
pub mod contacts;
pub mod credits;
mod errors;
mod filter;
pub mod invoices;
pub mod money;
pub mod payments;
mod wire;
mod xml;

use std::collections::{BTreeMap, VecDeque};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::call::Call;
use crate::clock::iso_without_zone;
use crate::dice::Dice;
use crate::limits::XeroAllowance;

pub use api::answer;
pub use contacts::Contact;
pub use credits::{Allocation, Credit, CreditKind};
pub use errors::{server_error, too_many};
pub use invoices::{Invoice, InvoiceKind, Status};
pub use payments::{Payment, PaymentTarget};

/// The organisation itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Organisation {
    pub tenant_id: String,
    pub connection_id: String,
    pub name: String,
    pub short_code: String,
    pub base_currency: String,
    /// Nothing may be written on or before this day.
    pub period_lock_date: Option<NaiveDate>,
    /// Nor on or before this one, not even by an adviser.
    pub end_of_year_lock_date: Option<NaiveDate>,
}

impl Organisation {
    /// Which lock a day lies behind, in Xero's words.
    pub fn lock_on(&self, day: NaiveDate) -> Option<&'static str> {
        let is_behind = |lock: Option<NaiveDate>| lock.is_some_and(|lock| day <= lock);
        if is_behind(self.end_of_year_lock_date) {
            return Some("end of year lock date");
        }
        is_behind(self.period_lock_date).then_some("period lock date")
    }
}

/// A ledger account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Account {
    pub id: String,
    pub code: String,
    pub name: String,
    /// `REVENUE`, `EXPENSE`, `DIRECTCOSTS` or `BANK`.
    pub kind: String,
    pub tax_type: String,
    /// Nothing new is booked under it.
    #[serde(default)]
    pub archived: bool,
}

/// A tax rate.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TaxRate {
    pub tax_type: String,
    pub name: String,
    /// Hundredths of a percent: 20 % is 2000.
    pub basis_points: i64,
    pub on_sales: bool,
    pub on_purchases: bool,
    /// Nothing new has it.
    #[serde(default)]
    pub archived: bool,
}

/// A remembered answer to a request with an `Idempotency-Key`.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Remembered {
    key: String,
    request_hash: String,
    at_ms: i64,
    status: u16,
    body: Vec<u8>,
}

/// The organisation with all that it holds.
#[derive(Debug, Serialize, Deserialize)]
pub struct Xero {
    pub organisation: Organisation,
    pub accounts: Vec<Account>,
    pub tax_rates: Vec<TaxRate>,
    pub currencies: Vec<String>,
    pub contacts: BTreeMap<String, Contact>,
    pub invoices: BTreeMap<String, Invoice>,
    pub payments: BTreeMap<String, Payment>,
    pub credits: BTreeMap<String, Credit>,
    pub allocations: Vec<Allocation>,
    tokens: auth::TokenDesk,
    remembered: VecDeque<Remembered>,
    next_invoice: u64,
    next_credit_note: u64,
    next_event: u64,
    /// Events that the last act caused and that have not been sent.
    #[serde(skip)]
    pub pending: Vec<Value>,
}

impl Xero {
    /// An organisation with accounts, tax rates and currencies, and no business yet.
    pub fn seed(dice: &mut Dice) -> Self {
        let software = Organisation {
            tenant_id: "5f1c2a90-7b6e-4d3c-a8f2-90cbd41e7a55".to_owned(),
            connection_id: "c3a7e8d1-2f40-4b9a-9d56-18e0b7c4f2aa".to_owned(),
            name: "Northwind Software Ltd".to_owned(),
            short_code: "!nW4xZ".to_owned(),
            base_currency: "GBP".to_owned(),
            period_lock_date: None,
            end_of_year_lock_date: None,
        };
        Self::books_of(software, dice)
    }

    /// A second organisation of the same owner, with books of its own: which one is meant must be chosen.
    pub fn seed_second(dice: &mut Dice) -> Self {
        let trading = Organisation {
            tenant_id: "8d2e6b14-3c5f-4a7d-9e01-b2f6c8a93d70".to_owned(),
            connection_id: "e41b9c27-6d08-4f3a-8b75-2a90d7e6c1f3".to_owned(),
            name: "Northwind Trading Ltd".to_owned(),
            short_code: "!tR8dQ".to_owned(),
            base_currency: "EUR".to_owned(),
            period_lock_date: None,
            end_of_year_lock_date: None,
        };
        Self::books_of(trading, dice)
    }

    fn books_of(organisation: Organisation, dice: &mut Dice) -> Self {
        Self {
            organisation,
            accounts: seed_accounts(dice),
            tax_rates: seed_tax_rates(),
            currencies: ["EUR", "GBP", "JPY", "USD"].map(str::to_owned).to_vec(),
            contacts: BTreeMap::new(),
            invoices: BTreeMap::new(),
            payments: BTreeMap::new(),
            credits: BTreeMap::new(),
            allocations: Vec::new(),
            tokens: auth::TokenDesk::default(),
            remembered: VecDeque::new(),
            next_invoice: 1,
            next_credit_note: 1,
            next_event: 1,
            pending: Vec::new(),
        }
    }

    /// After a reset: tokens that were given before are good as long as they were.
    pub fn keep_tokens_of(&mut self, before: &mut Self) {
        self.tokens = std::mem::take(&mut before.tokens);
        self.tokens.connect();
    }

    /// The custom connection is to this organisation, if it was not.
    pub fn connect(&mut self) {
        self.tokens.connect();
    }

    /// The custom connection is to this organisation no longer.
    pub fn disconnect(&mut self) {
        self.tokens.disconnect();
    }

    /// Whoever let the web app in takes that back.
    pub fn take_consent_back(&mut self) {
        self.tokens.take_consent_back();
    }

    /// Whether a person let the web app in.
    pub fn has_consent(&self) -> bool {
        self.tokens.has_consent()
    }

    /// Leaves an event for the sender. `category` is `INVOICE` or `CONTACT`.
    pub fn event(&mut self, category: &str, id: &str, act: &str, now_ms: i64) {
        self.event_with(category, id, act, None, now_ms);
    }

    /// Leaves an event that may say more than what to read again. `category` may be a credit's as well.
    fn event_with(
        &mut self,
        category: &str,
        id: &str,
        act: &str,
        data: Option<Value>,
        now_ms: i64,
    ) {
        let credit = CreditKind::ALL
            .into_iter()
            .find(|kind| kind.category() == category);
        let folder = match credit {
            Some(kind) => kind.plural(),
            None if category == "CONTACT" => "Contacts",
            None => "Invoices",
        };
        let mut event = json!({
            "resourceUrl": format!("https://api.xero.com/api.xro/2.0/{folder}/{id}"), "resourceId": id,
            "eventDateUtc": iso_without_zone(now_ms), "eventType": act, "eventCategory": category,
            "tenantId": self.organisation.tenant_id, "tenantType": "ORGANISATION",
        });
        if let Some(data) = data {
            event["data"] = data;
        }
        self.next_event += 1;
        self.pending.push(event);
    }

    /// The body that carries these events, which must be the last that were made.
    pub fn envelope(&self, events: &[Value], entropy: &str) -> Value {
        let last = self.next_event - 1;
        let first = self
            .next_event
            .saturating_sub(u64::try_from(events.len()).unwrap_or_default());
        json!({"events": events, "firstEventSequence": first, "lastEventSequence": last, "entropy": entropy})
    }

    /// A tax rate by its type.
    pub fn tax_rate(&self, tax_type: &str) -> Option<&TaxRate> {
        self.tax_rates.iter().find(|rate| rate.tax_type == tax_type)
    }

    /// The account that payments go through when nobody names one.
    pub fn bank_account(&self) -> Option<&Account> {
        self.accounts.iter().find(|account| account.kind == "BANK")
    }
}

fn seed_accounts(dice: &mut Dice) -> Vec<Account> {
    let rows = [
        ("090", "Business Bank Account", "BANK", "NONE"),
        ("200", "Sales", "REVENUE", "OUTPUT2"),
        ("400", "Advertising", "EXPENSE", "INPUT2"),
        ("404", "Partner commission", "EXPENSE", "INPUT2"),
        ("429", "General expenses", "EXPENSE", "INPUT2"),
    ];
    rows.into_iter()
        .map(|(code, name, kind, tax_type)| Account {
            id: dice.uuid(),
            code: code.to_owned(),
            name: name.to_owned(),
            kind: kind.to_owned(),
            tax_type: tax_type.to_owned(),
            archived: false,
        })
        .collect()
}

fn seed_tax_rates() -> Vec<TaxRate> {
    let rate = |tax_type: &str, name: &str, basis_points, on_sales, on_purchases| TaxRate {
        tax_type: tax_type.to_owned(),
        name: name.to_owned(),
        basis_points,
        on_sales,
        on_purchases,
        archived: false,
    };
    vec![
        rate("OUTPUT2", "20% (VAT on Income)", 2_000, true, false),
        rate("INPUT2", "20% (VAT on Expenses)", 2_000, false, true),
        rate("TAX001", "19% (EU VAT)", 1_900, true, true),
        rate("RROUTPUT", "5% (VAT on Income)", 500, true, false),
        rate("RRINPUT", "5% (VAT on Expenses)", 500, false, true),
        rate("ZERORATEDOUTPUT", "Zero Rated Income", 0, true, false),
        rate("ZERORATEDINPUT", "Zero Rated Expenses", 0, false, true),
        rate("NONE", "No VAT", 0, true, true),
    ]
}

/// Whether a request may change the books.
pub fn is_write(call: &Call) -> bool {
    call.method != "GET" && call.segments.first().is_some_and(|part| part == "api.xro")
}

/// The headers that tell how much of the limits is left.
pub fn limit_headers(allowance: XeroAllowance) -> Vec<(&'static str, String)> {
    vec![
        ("x-minlimit-remaining", allowance.minute.to_string()),
        ("x-daylimit-remaining", allowance.day.to_string()),
        ("x-appminlimit-remaining", "9999".to_owned()),
    ]
}
