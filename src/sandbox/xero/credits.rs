//! Credits: credit notes, prepayments and overpayments; how they come about, what they are put on, and how that is
//! undone. What is paid out of them in cash is in `payments`.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::contacts::Mode;
use super::invoices::{
    AmountType, Change, Invoice, InvoiceKind, Line, Status, UnitDecimals, check_change,
};
use super::{Account, Xero};
use crate::dice::Dice;

/// The kinds of credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CreditKind {
    CreditNote,
    Prepayment,
    Overpayment,
}

impl CreditKind {
    pub const ALL: [Self; 3] = [Self::CreditNote, Self::Prepayment, Self::Overpayment];

    /// `CreditNotes`, as in paths and envelopes.
    pub fn plural(self) -> &'static str {
        match self {
            Self::CreditNote => "CreditNotes",
            Self::Prepayment => "Prepayments",
            Self::Overpayment => "Overpayments",
        }
    }

    /// `CreditNote`, as where another object holds one.
    pub fn singular(self) -> &'static str {
        match self {
            Self::CreditNote => "CreditNote",
            Self::Prepayment => "Prepayment",
            Self::Overpayment => "Overpayment",
        }
    }

    /// `CreditNoteID`.
    pub fn id_field(self) -> &'static str {
        match self {
            Self::CreditNote => "CreditNoteID",
            Self::Prepayment => "PrepaymentID",
            Self::Overpayment => "OverpaymentID",
        }
    }

    /// The category of its webhooks.
    pub fn category(self) -> &'static str {
        match self {
            Self::CreditNote => "CREDITNOTE",
            Self::Prepayment => "PREPAYMENT",
            Self::Overpayment => "OVERPAYMENT",
        }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::CreditNote => "Credit note",
            Self::Prepayment => "Prepayment",
            Self::Overpayment => "Overpayment",
        }
    }
}

/// Where the money of a pre- or overpayment came in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BankEntry {
    /// Of the bank transaction, which has no other life here.
    pub id: String,
    pub account_code: String,
}

/// A credit note, a prepayment or an overpayment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Credit {
    pub id: String,
    pub kind: CreditKind,
    /// Whose documents it can be put on.
    pub side: InvoiceKind,
    pub number: String,
    pub reference: String,
    pub contact_id: String,
    pub currency: String,
    pub date: NaiveDate,
    /// As it was written: that it is used up ([`Status::Paid`]) follows from its uses.
    #[serde(default = "authorised")]
    pub status: Status,
    /// Minor units.
    pub sub_total: i64,
    /// Minor units.
    pub total_tax: i64,
    #[serde(default = "exclusive")]
    pub amount_type: AmountType,
    #[serde(default)]
    pub lines: Vec<Line>,
    /// `None` for credit notes, which no money came in for.
    #[serde(default)]
    pub bank: Option<BankEntry>,
    pub updated_ms: i64,
}

/// What a state file that knows no statuses of credits means.
fn authorised() -> Status {
    Status::Authorised
}

fn exclusive() -> AmountType {
    AmountType::Exclusive
}

impl Credit {
    /// With tax, in minor units.
    pub fn total(&self) -> i64 {
        self.sub_total + self.total_tax
    }

    /// `ACCRECCREDIT`, `RECEIVE-PREPAYMENT`, …
    pub fn wire_type(&self) -> String {
        let way = match self.side {
            InvoiceKind::Sale => "RECEIVE",
            InvoiceKind::Bill => "SPEND",
        };
        match self.kind {
            CreditKind::CreditNote => format!("{}CREDIT", self.side.wire()),
            CreditKind::Prepayment => format!("{way}-PREPAYMENT"),
            CreditKind::Overpayment => format!("{way}-OVERPAYMENT"),
        }
    }

    /// The document with the rules of invoices, which credits are written by too.
    fn document(&self) -> Invoice {
        let mut document = Invoice::blank(self.id.clone(), self.side, self.date, self.updated_ms);
        document.number.clone_from(&self.number);
        document.reference.clone_from(&self.reference);
        document.contact_id.clone_from(&self.contact_id);
        document.currency.clone_from(&self.currency);
        document.status = self.status;
        document.amount_type = self.amount_type;
        document.lines.clone_from(&self.lines);
        document
    }

    fn of_document(document: Invoice, kind: CreditKind, bank: Option<BankEntry>) -> Self {
        Self {
            kind,
            side: document.kind,
            sub_total: document.sub_total(),
            total_tax: document.total_tax(),
            id: document.id,
            number: document.number,
            reference: document.reference,
            contact_id: document.contact_id,
            currency: document.currency,
            date: document.date,
            status: document.status,
            amount_type: document.amount_type,
            lines: document.lines,
            bank,
            updated_ms: document.updated_ms,
        }
    }
}

/// A part of a credit that was put on an invoice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Allocation {
    pub id: String,
    pub credit_id: String,
    pub invoice_id: String,
    /// Minor units.
    pub amount: i64,
    pub date: NaiveDate,
}

/// What is looked at and what follows.
impl Xero {
    /// A credit by id or number.
    pub fn credit(&self, key: &str) -> Option<&Credit> {
        let by_number = || {
            self.credits
                .values()
                .find(|credit| !credit.number.is_empty() && credit.number == key)
        };
        self.credits.get(&key.to_lowercase()).or_else(by_number)
    }

    /// The parts of a credit that were put on invoices, oldest first.
    pub fn allocations_of(&self, credit_id: &str) -> impl Iterator<Item = &Allocation> {
        self.allocations
            .iter()
            .filter(move |allocation| allocation.credit_id == credit_id)
    }

    /// What of a credit is neither put on invoices nor paid out, in minor units.
    pub fn remaining_credit(&self, credit: &Credit) -> i64 {
        match credit.status {
            Status::Voided | Status::Deleted => 0,
            _ => credit.total() - self.used_credit(&credit.id),
        }
    }

    fn used_credit(&self, credit_id: &str) -> i64 {
        let allocated = self.allocations_of(credit_id).map(|part| part.amount);
        let refunded = self.refunds_of(credit_id).map(|payment| payment.amount);
        allocated.chain(refunded).sum()
    }

    /// The status as the API tells it: paid when nothing remains.
    pub fn credit_status(&self, credit: &Credit) -> Status {
        match credit.status {
            Status::Authorised if self.remaining_credit(credit) == 0 => Status::Paid,
            status => status,
        }
    }

    /// The day on which the last of a credit was used; `None` while something remains.
    pub fn credit_used_on(&self, credit: &Credit) -> Option<NaiveDate> {
        if self.credit_status(credit) != Status::Paid {
            return None;
        }
        let allocated = self.allocations_of(&credit.id).map(|part| part.date);
        let refunded = self.refunds_of(&credit.id).map(|payment| payment.date);
        allocated.chain(refunded).max()
    }

    /// Marks a credit as changed and tells about it.
    pub fn touch_credit(&mut self, credit_id: &str, now_ms: i64) {
        if let Some(credit) = self.credits.get_mut(credit_id) {
            credit.updated_ms = now_ms;
            self.tell_of_credit(credit_id, "UPDATE", now_ms);
        }
    }

    /// Credit notes' events alone say what they are about.
    fn tell_of_credit(&mut self, credit_id: &str, act: &str, now_ms: i64) {
        let Some(credit) = self.credits.get(credit_id) else {
            return;
        };
        let data = (credit.kind == CreditKind::CreditNote).then(
            || json!({"Type": credit.wire_type(), "Status": self.credit_status(credit).wire()}),
        );
        self.event_with(credit.kind.category(), credit_id, act, data, now_ms);
    }
}

/// How credits come about and are taken back.
impl Xero {
    /// `PUT /CreditNotes` or `POST`, one element; gives its id or what is wrong with it.
    pub fn save_credit_note(
        &mut self,
        dice: &mut Dice,
        given: &Value,
        mode: Mode,
        decimals: UnitDecimals,
        now_ms: i64,
    ) -> Result<String, Vec<String>> {
        let existing = self.find_given_credit_note(given, mode)?;
        let mut next = match &existing {
            Some(credit) => credit.document(),
            None => {
                let side = match given["Type"].as_str() {
                    Some("ACCRECCREDIT") => InvoiceKind::Sale,
                    Some("ACCPAYCREDIT") => InvoiceKind::Bill,
                    _ => {
                        return Err(vec![
                            "Credit note Type must be one of ACCRECCREDIT or ACCPAYCREDIT"
                                .to_owned(),
                        ]);
                    }
                };
                self.blank_document(dice, side, now_ms)
            }
        };
        let mut problems = Vec::new();
        self.fill(dice, &mut next, given, decimals, now_ms, &mut problems);
        if let Some(number) = given["CreditNoteNumber"].as_str() {
            number.trim().clone_into(&mut next.number);
        }
        let before = existing.as_ref().map(Credit::document);
        let change = Change {
            noun: "Credit note",
            before: before.as_ref(),
            next: &next,
            given,
            has_money: before
                .as_ref()
                .is_some_and(|before| self.used_credit(&before.id) != 0),
        };
        check_change(&change, &mut problems);
        self.check_document(&next, &mut problems);
        self.check_credit_number(&next, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        if next.number.is_empty() && next.kind == InvoiceKind::Sale {
            next.number = self.take_credit_number();
        }
        next.updated_ms = now_ms;
        let act = if existing.is_some() {
            "UPDATE"
        } else {
            "CREATE"
        };
        Ok(self.keep(next, CreditKind::CreditNote, None, act))
    }

    fn find_given_credit_note(
        &self,
        given: &Value,
        mode: Mode,
    ) -> Result<Option<Credit>, Vec<String>> {
        let note = |key: &str| {
            self.credit(key)
                .filter(|credit| credit.kind == CreditKind::CreditNote)
                .cloned()
        };
        match (mode, given["CreditNoteID"].as_str()) {
            (Mode::Create, _) => Ok(None),
            (Mode::CreateOrUpdate, Some(id)) => note(id).map(Some).ok_or_else(|| {
                vec![
                    "An existing Credit Note with the specified CreditNoteID could not be found"
                        .to_owned(),
                ]
            }),
            (Mode::CreateOrUpdate, None) => Ok(given["CreditNoteNumber"]
                .as_str()
                .filter(|_| given["Type"] != "ACCPAYCREDIT")
                .and_then(note)),
        }
    }

    fn check_credit_number(&self, next: &Invoice, problems: &mut Vec<String>) {
        let taken = |other: &Credit| {
            other.kind == CreditKind::CreditNote
                && other.side == InvoiceKind::Sale
                && other.id != next.id
                && other.number == next.number
                && other.status != Status::Deleted
        };
        if next.kind == InvoiceKind::Sale
            && !next.number.is_empty()
            && self.credits.values().any(taken)
        {
            problems.push("Credit note # must be unique.".to_owned());
        }
    }

    fn take_credit_number(&mut self) -> String {
        loop {
            let number = format!("CN-{:04}", self.next_credit_note);
            self.next_credit_note += 1;
            if self.credit(&number).is_none() {
                return number;
            }
        }
    }

    /// `PUT /BankTransactions` or `POST`, one element: takes a pre- or overpayment, or takes one back. Gives the
    /// credit's id or what is wrong.
    pub fn save_bank_transaction(
        &mut self,
        dice: &mut Dice,
        given: &Value,
        decimals: UnitDecimals,
        now_ms: i64,
    ) -> Result<String, Vec<String>> {
        if let Some(id) = given["BankTransactionID"].as_str() {
            return self
                .remove_bank_transaction(id, given, now_ms)
                .map_err(|problem| vec![problem]);
        }
        let (kind, side) = match given["Type"].as_str() {
            Some("RECEIVE-PREPAYMENT") => (CreditKind::Prepayment, InvoiceKind::Sale),
            Some("RECEIVE-OVERPAYMENT") => (CreditKind::Overpayment, InvoiceKind::Sale),
            Some("SPEND-PREPAYMENT") => (CreditKind::Prepayment, InvoiceKind::Bill),
            Some("SPEND-OVERPAYMENT") => (CreditKind::Overpayment, InvoiceKind::Bill),
            _ => {
                return Err(vec![
                    "The sandbox books prepayments and overpayments only.".to_owned(),
                ]);
            }
        };
        let is_bank = |account: &&Account| account.kind == "BANK";
        let bank = self.account(&given["BankAccount"]).filter(is_bank);
        let account_code = bank.map(|account| account.code.clone()).ok_or_else(|| {
            vec!["BankAccount must be specified and be a bank account".to_owned()]
        })?;
        let mut next = self.blank_document(dice, side, now_ms);
        next.status = Status::Authorised;
        if kind == CreditKind::Overpayment {
            next.amount_type = AmountType::NoTax;
        }
        let mut problems = Vec::new();
        self.fill(dice, &mut next, given, decimals, now_ms, &mut problems);
        if next.status != Status::Authorised {
            problems.push("A bank transaction is created with status AUTHORISED".to_owned());
        }
        match kind {
            CreditKind::Overpayment if next.amount_type != AmountType::NoTax => {
                problems.push("LineAmountTypes of an overpayment must be NoTax".to_owned());
            }
            // Its one line goes to the account of what is owed, which nobody names.
            CreditKind::Overpayment => self.check_header(&next, &mut problems),
            _ => self.check_document(&next, &mut problems),
        }
        if next.total() <= 0 {
            problems.push("The total must be greater than zero".to_owned());
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let bank = BankEntry {
            id: dice.uuid(),
            account_code,
        };
        Ok(self.keep(next, kind, Some(bank), "CREATE"))
    }

    fn remove_bank_transaction(
        &mut self,
        id: &str,
        given: &Value,
        now_ms: i64,
    ) -> Result<String, String> {
        let credit = self
            .bank_transaction(id)
            .ok_or("Bank transaction could not be found")?;
        if !matches!(given["Status"].as_str(), Some("DELETED" | "VOIDED")) {
            return Err("The sandbox changes a bank transaction only to status DELETED".to_owned());
        }
        let id = credit.id.clone();
        self.void_credit(&id, now_ms)?;
        Ok(id)
    }

    /// The credit of a bank transaction.
    pub fn bank_transaction(&self, id: &str) -> Option<&Credit> {
        let is_it = |bank: &BankEntry| bank.id.eq_ignore_ascii_case(id);
        self.credits
            .values()
            .find(|credit| credit.bank.as_ref().is_some_and(is_it))
    }

    /// Takes a credit back that nothing was used of.
    pub fn void_credit(&mut self, credit_id: &str, now_ms: i64) -> Result<(), String> {
        let is_used = self.used_credit(credit_id) != 0;
        let credit = self
            .credits
            .get_mut(credit_id)
            .ok_or("Credit could not be found")?;
        if credit.status != Status::Authorised {
            return Err("Only an authorised credit can be voided".to_owned());
        }
        if is_used {
            return Err(
                "This document cannot be edited as it has a payment or credit note allocated to it."
                    .to_owned(),
            );
        }
        credit.status = Status::Voided;
        self.touch_credit(credit_id, now_ms);
        Ok(())
    }

    fn keep(
        &mut self,
        document: Invoice,
        kind: CreditKind,
        bank: Option<BankEntry>,
        act: &str,
    ) -> String {
        let (id, now_ms) = (document.id.clone(), document.updated_ms);
        let credit = Credit::of_document(document, kind, bank);
        self.credits.insert(id.clone(), credit);
        self.tell_of_credit(&id, act, now_ms);
        id
    }
}

/// What credits are put on.
impl Xero {
    /// Puts a part of a credit on an invoice. The amount is in minor units.
    pub fn allocate(
        &mut self,
        dice: &mut Dice,
        credit_id: &str,
        invoice_id: &str,
        amount: i64,
        date: NaiveDate,
        now_ms: i64,
    ) -> Result<String, String> {
        let credit = self
            .credits
            .get(credit_id)
            .ok_or("Credit could not be found")?;
        let invoice = self
            .invoices
            .get(invoice_id)
            .ok_or("Invoice could not be found")?;
        let fits = credit.side == invoice.kind
            && credit.currency == invoice.currency
            && credit.contact_id == invoice.contact_id;
        let are_open = credit.status == Status::Authorised && invoice.status == Status::Authorised;
        if !fits || !are_open {
            return Err("This credit cannot be allocated to this invoice".to_owned());
        }
        if amount <= 0
            || amount > self.amount_due(invoice)
            || amount > self.remaining_credit(credit)
        {
            return Err("The amount to allocate is more than what is outstanding".to_owned());
        }
        if let Some(lock) = self.organisation.lock_on(date) {
            return Err(format!("The allocation date cannot be before the {lock}."));
        }
        let id = dice.uuid();
        let (credit_id, invoice_id) = (credit_id.to_owned(), invoice_id.to_owned());
        self.allocations.push(Allocation {
            id: id.clone(),
            credit_id: credit_id.clone(),
            invoice_id: invoice_id.clone(),
            amount,
            date,
        });
        self.settle(&invoice_id, date);
        self.touch(&invoice_id, now_ms);
        self.touch_credit(&credit_id, now_ms);
        Ok(id)
    }

    /// Takes a part of a credit off its invoice again; gives what it was.
    pub fn remove_allocation(
        &mut self,
        allocation_id: &str,
        now_ms: i64,
    ) -> Result<Allocation, String> {
        let removed = self.remove_allocation_undated(allocation_id, now_ms)?;
        self.touch(&removed.invoice_id, now_ms);
        Ok(removed)
    }

    /// The same, where Xero neither dates the invoice anew nor tells of it.
    pub fn remove_allocation_undated(
        &mut self,
        allocation_id: &str,
        now_ms: i64,
    ) -> Result<Allocation, String> {
        let place = self
            .allocations
            .iter()
            .position(|allocation| allocation.id.eq_ignore_ascii_case(allocation_id))
            .ok_or("Allocation could not be found")?;
        if let Some(lock) = self.organisation.lock_on(self.allocations[place].date) {
            return Err(format!("The allocation date cannot be before the {lock}."));
        }
        let removed = self.allocations.remove(place);
        self.settle(&removed.invoice_id, removed.date);
        self.touch_credit(&removed.credit_id, now_ms);
        Ok(removed)
    }
}
