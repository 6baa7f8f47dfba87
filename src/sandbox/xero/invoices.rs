//! Sales invoices (ACCREC) and bills (ACCPAY): what may be written, what follows, what is owed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Xero;
use super::contacts::Mode;
use super::filter::wire_instant;
use super::money::{decimal, parse_wire, share};
use crate::clock::{day_of, parse_instant};
use crate::dice::Dice;

/// Which way the money goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum InvoiceKind {
    /// ACCREC: a client owes us.
    Sale,
    /// ACCPAY: we owe a supplier.
    Bill,
}

impl InvoiceKind {
    /// `ACCREC` or `ACCPAY`.
    pub fn wire(self) -> &'static str {
        match self {
            Self::Sale => "ACCREC",
            Self::Bill => "ACCPAY",
        }
    }
}

/// Where a document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    Draft,
    Submitted,
    Authorised,
    Paid,
    Voided,
    Deleted,
}

impl Status {
    /// `AUTHORISED`.
    pub fn wire(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Submitted => "SUBMITTED",
            Self::Authorised => "AUTHORISED",
            Self::Paid => "PAID",
            Self::Voided => "VOIDED",
            Self::Deleted => "DELETED",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [
            Self::Draft,
            Self::Submitted,
            Self::Authorised,
            Self::Paid,
            Self::Voided,
            Self::Deleted,
        ]
        .into_iter()
        .find(|status| status.wire() == text)
    }

    fn is_open_for_edits(self) -> bool {
        matches!(self, Self::Draft | Self::Submitted)
    }

    /// Whether all that a document needs must be there.
    fn is_final(self) -> bool {
        !self.is_open_for_edits() && self != Self::Deleted
    }
}

/// Whether line amounts hold the tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AmountType {
    Exclusive,
    Inclusive,
    NoTax,
}

/// One line. Amounts are minor units unless they say otherwise.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Line {
    pub id: String,
    pub description: String,
    /// Ten-thousandths.
    pub quantity_e4: i64,
    /// Ten-thousandths of the currency's unit.
    pub unit_amount_e4: i64,
    pub account_code: String,
    pub tax_type: String,
    pub tax_amount: i64,
    pub line_amount: i64,
}

/// A remark in a document's history.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Note {
    pub at_ms: i64,
    pub details: String,
}

/// A file that was put on a document.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Attachment {
    pub id: String,
    pub file_name: String,
    pub mime_type: String,
    pub length_bytes: usize,
    pub include_online: bool,
    /// Its bytes, in base64.
    pub content: String,
}

/// An invoice or a bill.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Invoice {
    pub id: String,
    pub kind: InvoiceKind,
    pub number: String,
    pub reference: String,
    pub contact_id: String,
    pub date: NaiveDate,
    pub due_date: Option<NaiveDate>,
    pub status: Status,
    pub amount_type: AmountType,
    pub currency: String,
    pub lines: Vec<Line>,
    pub created_ms: i64,
    pub updated_ms: i64,
    pub fully_paid_on: Option<NaiveDate>,
    pub notes: Vec<Note>,
    pub attachments: Vec<Attachment>,
}

impl Invoice {
    /// A draft that says nothing yet.
    pub fn blank(id: String, kind: InvoiceKind, date: NaiveDate, now_ms: i64) -> Self {
        Self {
            id,
            kind,
            number: String::new(),
            reference: String::new(),
            contact_id: String::new(),
            date,
            due_date: None,
            status: Status::Draft,
            amount_type: AmountType::Exclusive,
            currency: String::new(),
            lines: Vec::new(),
            created_ms: now_ms,
            updated_ms: now_ms,
            fully_paid_on: None,
            notes: Vec::new(),
            attachments: Vec::new(),
        }
    }

    /// The tax of all lines, in minor units.
    pub fn total_tax(&self) -> i64 {
        self.lines.iter().map(|line| line.tax_amount).sum()
    }

    /// What the lines come to without tax, in minor units.
    pub fn sub_total(&self) -> i64 {
        self.total() - self.total_tax()
    }

    /// What is to be paid in all, in minor units.
    pub fn total(&self) -> i64 {
        let lines: i64 = self.lines.iter().map(|line| line.line_amount).sum();
        match self.amount_type {
            AmountType::Inclusive => lines,
            AmountType::Exclusive | AmountType::NoTax => lines + self.total_tax(),
        }
    }
}

/// How a request wants unit amounts to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitDecimals {
    Two,
    Four,
}

impl Xero {
    /// What has been paid in cash on an invoice, in minor units.
    pub fn amount_paid(&self, invoice_id: &str) -> i64 {
        self.payments_of(invoice_id)
            .map(|payment| payment.amount)
            .sum()
    }

    /// What credits have taken off an invoice, in minor units.
    pub fn amount_credited(&self, invoice_id: &str) -> i64 {
        self.allocations
            .iter()
            .filter(|allocation| allocation.invoice_id == invoice_id)
            .map(|allocation| allocation.amount)
            .sum()
    }

    /// What is still owed, in minor units.
    pub fn amount_due(&self, invoice: &Invoice) -> i64 {
        match invoice.status {
            Status::Voided | Status::Deleted => 0,
            _ => {
                invoice.total() - self.amount_paid(&invoice.id) - self.amount_credited(&invoice.id)
            }
        }
    }

    /// An invoice by id or, for sales, by number.
    pub fn invoice(&self, key: &str) -> Option<&Invoice> {
        let by_number = || {
            self.invoices
                .values()
                .find(|invoice| invoice.kind == InvoiceKind::Sale && invoice.number == key)
        };
        self.invoices.get(&key.to_lowercase()).or_else(by_number)
    }

    /// Creates or updates one invoice; gives its id or what is wrong with it.
    pub fn save_invoice(
        &mut self,
        dice: &mut Dice,
        given: &Value,
        mode: Mode,
        decimals: UnitDecimals,
        now_ms: i64,
    ) -> Result<String, Vec<String>> {
        let existing = self.find_given_invoice(given, mode)?;
        let mut problems = Vec::new();
        let mut next = match &existing {
            Some(invoice) => invoice.clone(),
            None => self.blank_invoice(dice, given, now_ms)?,
        };
        self.fill(dice, &mut next, given, decimals, now_ms, &mut problems);
        let has_money = existing.as_ref().is_some_and(|before| {
            self.amount_paid(&before.id) != 0 || self.amount_credited(&before.id) != 0
        });
        let change = Change {
            noun: "Invoice",
            before: existing.as_ref(),
            next: &next,
            given,
            has_money,
        };
        check_change(&change, &mut problems);
        self.check_invoice(&next, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        if next.number.is_empty() && next.kind == InvoiceKind::Sale {
            next.number = self.take_invoice_number();
        }
        let id = next.id.clone();
        if has_money && is_silent(given) {
            self.invoices.insert(id.clone(), next);
            return Ok(id);
        }
        next.updated_ms = now_ms;
        let act = match existing {
            Some(_) => "UPDATE",
            None => "CREATE",
        };
        self.invoices.insert(id.clone(), next);
        self.event("INVOICE", &id, act, now_ms);
        self.settle(&id, day_of(now_ms));
        Ok(id)
    }

    fn find_given_invoice(
        &self,
        given: &Value,
        mode: Mode,
    ) -> Result<Option<Invoice>, Vec<String>> {
        if mode == Mode::Create {
            return Ok(None);
        }
        if let Some(id) = given["InvoiceID"].as_str() {
            let found = self.invoices.get(&id.to_lowercase()).cloned();
            return found
                .map(Some)
                .ok_or_else(|| vec!["Invoice ID not recognised.".to_owned()]);
        }
        // Bills have no unique number, so only sales are found by it.
        let number = given["InvoiceNumber"]
            .as_str()
            .filter(|number| !number.is_empty() && given["Type"] != "ACCPAY");
        Ok(number
            .and_then(|number| self.invoice(number))
            .filter(|invoice| invoice.status != Status::Deleted)
            .cloned())
    }

    fn blank_invoice(
        &self,
        dice: &mut Dice,
        given: &Value,
        now_ms: i64,
    ) -> Result<Invoice, Vec<String>> {
        let kind = match given["Type"].as_str() {
            Some("ACCREC") => InvoiceKind::Sale,
            Some("ACCPAY") => InvoiceKind::Bill,
            _ => {
                return Err(vec![
                    "Invoice Type must be one of ACCREC or ACCPAY".to_owned(),
                ]);
            }
        };
        Ok(self.blank_document(dice, kind, now_ms))
    }

    /// A new document of today in the base currency.
    pub(super) fn blank_document(
        &self,
        dice: &mut Dice,
        kind: InvoiceKind,
        now_ms: i64,
    ) -> Invoice {
        let mut blank = Invoice::blank(dice.uuid(), kind, day_of(now_ms), now_ms);
        blank.currency.clone_from(&self.organisation.base_currency);
        blank
    }

    /// Writes what is given into a document: what invoices, credit notes and bank transactions have in common.
    pub(super) fn fill(
        &mut self,
        dice: &mut Dice,
        next: &mut Invoice,
        given: &Value,
        decimals: UnitDecimals,
        now_ms: i64,
        problems: &mut Vec<String>,
    ) {
        if let Some(contact) = given.get("Contact") {
            match self.resolve_contact(dice, contact, now_ms) {
                Ok(id) => next.contact_id = id,
                Err(messages) => problems.extend(messages),
            }
        }
        if let Some(number) = given["InvoiceNumber"].as_str() {
            number.trim().clone_into(&mut next.number);
        }
        if let (Some(reference), InvoiceKind::Sale) = (given["Reference"].as_str(), next.kind) {
            reference.clone_into(&mut next.reference);
        }
        if let Some(currency) = given["CurrencyCode"].as_str() {
            currency.clone_into(&mut next.currency);
        }
        for field in ["Date", "DueDate"] {
            match (
                given[field].as_str(),
                given[field].as_str().and_then(parse_wire_day),
            ) {
                (Some(_), Some(day)) if field == "Date" => next.date = day,
                (Some(_), Some(day)) => next.due_date = Some(day),
                (Some(text), None) => problems.push(format!("{field} {text} is not a valid date")),
                (None, _) => {}
            }
        }
        match given["LineAmountTypes"].as_str() {
            Some("Inclusive") => next.amount_type = AmountType::Inclusive,
            Some("NoTax") => next.amount_type = AmountType::NoTax,
            Some("Exclusive") => next.amount_type = AmountType::Exclusive,
            Some(other) => problems.push(format!("LineAmountTypes {other} is not valid")),
            None => {}
        }
        if let Some(status) = given["Status"].as_str() {
            match Status::parse(status) {
                Some(status) => next.status = status,
                None => problems.push(format!("{status} is not a valid status for an invoice")),
            }
        }
        if let Some(lines) = given["LineItems"].as_array() {
            next.lines = self.read_lines(dice, next, lines, decimals, problems);
        }
    }

    /// The contact of a document: by id, number or name; a new name makes a new contact.
    fn resolve_contact(
        &mut self,
        dice: &mut Dice,
        given: &Value,
        now_ms: i64,
    ) -> Result<String, Vec<String>> {
        let none = || vec!["A Contact must be specified for this type of transaction".to_owned()];
        if let Some(id) = given["ContactID"].as_str() {
            return self
                .contacts
                .get(&id.to_lowercase())
                .map(|contact| contact.id.clone())
                .ok_or_else(none);
        }
        let by_number = given["ContactNumber"]
            .as_str()
            .and_then(|number| self.contact(number));
        let by_name = given["Name"]
            .as_str()
            .and_then(|name| self.contact_by_name(name));
        match by_number.or(by_name) {
            Some(contact) => Ok(contact.id.clone()),
            None if given["Name"].as_str().is_some() => {
                self.save_contact(dice, given, Mode::Create, now_ms)
            }
            None => Err(none()),
        }
    }

    fn read_lines(
        &self,
        dice: &mut Dice,
        next: &Invoice,
        lines: &[Value],
        decimals: UnitDecimals,
        problems: &mut Vec<String>,
    ) -> Vec<Line> {
        lines
            .iter()
            .filter_map(|given| {
                let line = self.read_line(dice, next, given, decimals);
                line.map_err(|problem| problems.push(problem)).ok()
            })
            .collect()
    }

    fn read_line(
        &self,
        dice: &mut Dice,
        next: &Invoice,
        given: &Value,
        decimals: UnitDecimals,
    ) -> Result<Line, String> {
        let amount = |field: &str, places| match &given[field] {
            Value::Null => Ok(None),
            value => parse_wire(value, places)
                .map(Some)
                .ok_or_else(|| format!("{field} {value} is not a valid number")),
        };
        let text = |field: &str| given[field].as_str().unwrap_or_default().to_owned();
        let quantity_e4 = amount("Quantity", 4)?.unwrap_or(10_000);
        let unit_amount_e4 = match decimals {
            UnitDecimals::Four => amount("UnitAmount", 4)?.unwrap_or_default(),
            UnitDecimals::Two => amount("UnitAmount", 2)?.unwrap_or_default() * 100,
        };
        let line_amount = share(quantity_e4, unit_amount_e4, 1_000_000);
        if let Some(stated) = amount("LineAmount", 2)?
            && (stated - line_amount).abs() > 1
            && !given["UnitAmount"].is_null()
        {
            return Err(format!(
                "The line total {} does not match the expected line total {}",
                decimal(stated, 2),
                decimal(line_amount, 2)
            ));
        }
        let account_code = text("AccountCode");
        let account = self
            .accounts
            .iter()
            .find(|account| account.code == account_code);
        if !account_code.is_empty() && account.is_none_or(|account| account.kind == "BANK") {
            return Err(format!(
                "Account code '{account_code}' is not a valid code for this document."
            ));
        }
        if account.is_some_and(|account| account.archived) {
            return Err(format!(
                "Account code '{account_code}' has been archived, or deleted. Accounts must be active in order to create a new transaction."
            ));
        }
        let tax_type = self.line_tax(
            next,
            &text("TaxType"),
            account.map(|account| account.tax_type.as_str()),
        )?;
        let points = self.tax_rate(&tax_type).map_or(0, |rate| rate.basis_points);
        let tax_amount = match (next.amount_type, amount("TaxAmount", 2)?) {
            (AmountType::NoTax, _) => 0,
            (_, Some(stated)) => stated,
            (AmountType::Exclusive, None) => share(line_amount, points, 10_000),
            (AmountType::Inclusive, None) => share(line_amount, points, 10_000 + points),
        };
        let id = given["LineItemID"]
            .as_str()
            .map_or_else(|| dice.uuid(), str::to_owned);
        Ok(Line {
            id,
            description: text("Description"),
            quantity_e4,
            unit_amount_e4,
            account_code,
            tax_type,
            tax_amount,
            line_amount,
        })
    }

    fn line_tax(
        &self,
        next: &Invoice,
        given: &str,
        of_account: Option<&str>,
    ) -> Result<String, String> {
        if next.amount_type == AmountType::NoTax {
            return Ok("NONE".to_owned());
        }
        if given.is_empty() {
            return Ok(of_account.unwrap_or("NONE").to_owned());
        }
        let fits = self.tax_rate(given).is_some_and(|rate| match next.kind {
            _ if rate.archived => false,
            InvoiceKind::Sale => rate.on_sales,
            InvoiceKind::Bill => rate.on_purchases,
        });
        if fits {
            Ok(given.to_owned())
        } else {
            Err(format!(
                "The TaxType code '{given}' does not exist or cannot be used for this document."
            ))
        }
    }

    /// What an invoice must be beyond what every document must.
    fn check_invoice(&self, next: &Invoice, problems: &mut Vec<String>) {
        self.check_document(next, problems);
        let same_number = |other: &&Invoice| {
            other.kind == InvoiceKind::Sale
                && other.id != next.id
                && other.number == next.number
                && other.status != Status::Deleted
        };
        let taken = next.kind == InvoiceKind::Sale
            && !next.number.is_empty()
            && self.invoices.values().any(|other| same_number(&other));
        unless(problems, !taken, "Invoice # must be unique.");
        unless(
            problems,
            next.number.chars().count() <= 255,
            "The Invoice Number is longer than 255 characters.",
        );
        unless(
            problems,
            !next.status.is_final() || next.due_date.is_some(),
            "DueDate is required",
        );
    }

    /// What must be said before a document counts, and what may never be.
    pub(super) fn check_document(&self, next: &Invoice, problems: &mut Vec<String>) {
        self.check_header(next, problems);
        let is_final = next.status.is_final();
        unless(
            problems,
            !is_final || !next.lines.is_empty(),
            "One or more line items must be specified",
        );
        unless(
            problems,
            !is_final || next.lines.iter().all(|line| !line.description.is_empty()),
            "Description must be at least 1 character",
        );
        unless(
            problems,
            !is_final || next.lines.iter().all(|line| !line.account_code.is_empty()),
            "Account code must be specified",
        );
        unless(
            problems,
            next.total() >= 0,
            "The document total must be greater than or equal to zero",
        );
    }

    /// Whose, in which currency and of which day a document is.
    pub(super) fn check_header(&self, next: &Invoice, problems: &mut Vec<String>) {
        unless(
            problems,
            !next.contact_id.is_empty(),
            "A Contact must be specified for this type of transaction",
        );
        let currency = format!(
            "Organisation is not subscribed to currency {}",
            next.currency
        );
        unless(
            problems,
            self.currencies.contains(&next.currency),
            &currency,
        );
        if let Some(lock) = self.organisation.lock_on(next.date) {
            let problem = format!("The document date cannot be before the {lock}.");
            unless(problems, false, &problem);
        }
    }

    fn take_invoice_number(&mut self) -> String {
        loop {
            let number = format!("INV-{:04}", self.next_invoice);
            self.next_invoice += 1;
            if self.invoice(&number).is_none() {
                return number;
            }
        }
    }

    /// Lets status and the day of full payment follow from what is owed.
    pub fn settle(&mut self, invoice_id: &str, day: NaiveDate) {
        let Some(due) = self
            .invoices
            .get(invoice_id)
            .map(|invoice| self.amount_due(invoice))
        else {
            return;
        };
        let Some(invoice) = self.invoices.get_mut(invoice_id) else {
            return;
        };
        match invoice.status {
            Status::Authorised if due == 0 => {
                invoice.status = Status::Paid;
                invoice.fully_paid_on = Some(day);
            }
            Status::Paid if due != 0 => {
                invoice.status = Status::Authorised;
                invoice.fully_paid_on = None;
            }
            _ => {}
        }
    }

    /// Marks a document as changed and tells about it.
    pub fn touch(&mut self, invoice_id: &str, now_ms: i64) {
        if let Some(invoice) = self.invoices.get_mut(invoice_id) {
            invoice.updated_ms = now_ms;
            self.event("INVOICE", invoice_id, "UPDATE", now_ms);
        }
    }
}

/// A change of what is no money, of a document that money has come in for: Xero neither moves `UpdatedDateUTC` for it
/// nor tells anybody.
fn is_silent(given: &Value) -> bool {
    let quiet = [
        "InvoiceID",
        "DueDate",
        "ExpectedPaymentDate",
        "SentToContact",
    ];
    let mut names = given
        .as_object()
        .into_iter()
        .flat_map(serde_json::Map::keys);
    names.all(|name| quiet.contains(&name.as_str()))
}

/// A document before and after what is asked for.
pub(super) struct Change<'a> {
    /// What it is, in words.
    pub noun: &'static str,
    /// `None` for a new one.
    pub before: Option<&'a Invoice>,
    pub next: &'a Invoice,
    pub given: &'a Value,
    /// Whether something was paid or put on it.
    pub has_money: bool,
}

/// Which change of status is allowed from where, and what may be edited meanwhile.
pub(super) fn check_change(change: &Change<'_>, problems: &mut Vec<String>) {
    let (next, noun) = (change.next, change.noun);
    let Some(before) = change.before else {
        if !matches!(
            next.status,
            Status::Draft | Status::Submitted | Status::Authorised
        ) {
            problems.push(format!("{noun} not of valid status for creation"));
        }
        return;
    };
    let allowed = match (before.status, next.status) {
        (from, to) if from == to => !matches!(from, Status::Voided | Status::Deleted),
        (Status::Draft, Status::Submitted) | (Status::Submitted, Status::Draft) => true,
        (from, Status::Authorised | Status::Deleted) => from.is_open_for_edits(),
        (Status::Authorised, Status::Voided) => {
            if change.has_money {
                problems.push("This document cannot be edited as it has a payment or credit note allocated to it.".to_owned());
            }
            true
        }
        _ => false,
    };
    let edits_money = ["LineItems", "CurrencyCode", "Contact", "Date"]
        .iter()
        .any(|field| change.given.get(field).is_some());
    if !allowed || (edits_money && (change.has_money || before.status == Status::Paid)) {
        problems.push(format!("{noun} not of valid status for modification"));
    }
}

/// Adds a problem once, unless what must hold does.
fn unless(problems: &mut Vec<String>, holds: bool, problem: &str) {
    if !holds && !problems.iter().any(|known| known == problem) {
        problems.push(problem.to_owned());
    }
}

/// A calendar day as the API takes it: `2026-11-23`, with a time behind it, or `/Date(…)/`.
pub fn parse_wire_day(text: &str) -> Option<NaiveDate> {
    wire_instant(text)
        .or_else(|| parse_instant(text))
        .map(day_of)
}
