//! Payments and credits: money that came in or went out, what it is put on, and how that is undone.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Xero;
use super::invoices::{Invoice, InvoiceKind, Status, parse_wire_day};
use super::money::{parse_wire, share};
use crate::clock::day_of;
use crate::dice::Dice;

/// What a payment is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaymentTarget {
    /// An invoice or a bill is paid.
    Invoice(String),
    /// A credit is paid out in cash.
    Credit(String),
}

/// A payment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Payment {
    pub id: String,
    pub target: PaymentTarget,
    /// Minor units of the document's currency.
    pub amount: i64,
    pub date: NaiveDate,
    pub reference: String,
    pub account_code: String,
    pub deleted: bool,
    pub updated_ms: i64,
}

/// The kinds of credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CreditKind {
    CreditNote,
    Prepayment,
    Overpayment,
}

impl CreditKind {
    /// `CreditNotes`, as in paths and envelopes.
    pub fn plural(self) -> &'static str {
        match self {
            Self::CreditNote => "CreditNotes",
            Self::Prepayment => "Prepayments",
            Self::Overpayment => "Overpayments",
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

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::CreditNote => "Credit note",
            Self::Prepayment => "Prepayment",
            Self::Overpayment => "Overpayment",
        }
    }
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
    pub voided: bool,
    /// Minor units.
    pub sub_total: i64,
    /// Minor units.
    pub total_tax: i64,
    pub updated_ms: i64,
}

impl Credit {
    /// With tax, in minor units.
    pub fn total(&self) -> i64 {
        self.sub_total + self.total_tax
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

impl Xero {
    /// The payments that count on an invoice.
    pub fn payments_of(&self, invoice_id: &str) -> impl Iterator<Item = &Payment> {
        let is_for = move |payment: &&Payment| matches!(&payment.target, PaymentTarget::Invoice(id) if id == invoice_id);
        self.payments
            .values()
            .filter(|payment| !payment.deleted)
            .filter(is_for)
    }

    /// What of a credit is neither put on invoices nor paid out, in minor units.
    pub fn remaining_credit(&self, credit: &Credit) -> i64 {
        let allocated: i64 = self
            .allocations
            .iter()
            .filter(|allocation| allocation.credit_id == credit.id)
            .map(|allocation| allocation.amount)
            .sum();
        let is_refund = |payment: &&Payment| {
            !payment.deleted
                && matches!(&payment.target, PaymentTarget::Credit(id) if *id == credit.id)
        };
        let refunded: i64 = self
            .payments
            .values()
            .filter(is_refund)
            .map(|payment| payment.amount)
            .sum();
        credit.total() - allocated - refunded
    }

    /// `PUT /Payments`, one element.
    pub fn save_payment(
        &mut self,
        dice: &mut Dice,
        given: &Value,
        now_ms: i64,
    ) -> Result<String, Vec<String>> {
        let amount = parse_wire(&given["Amount"], 2).filter(|amount| *amount > 0);
        let amount =
            amount.ok_or_else(|| vec!["Payment amount must be greater than zero".to_owned()])?;
        let account = |account: &&super::Account| {
            given["Account"]["Code"] == account.code.as_str()
                || given["Account"]["AccountID"] == account.id.as_str()
        };
        let account_code = self
            .accounts
            .iter()
            .find(account)
            .map(|account| account.code.clone());
        let account_code = account_code
            .ok_or_else(|| vec!["Account must be specified and valid for payments".to_owned()])?;
        let date = match given["Date"].as_str() {
            Some(text) => parse_wire_day(text)
                .ok_or_else(|| vec![format!("Date {text} is not a valid date")])?,
            None => day_of(now_ms),
        };
        let target = self.payment_target(given)?;
        let reference = given["Reference"].as_str().unwrap_or_default().to_owned();
        self.pay(
            dice,
            target,
            amount,
            date,
            &reference,
            &account_code,
            now_ms,
        )
        .map_err(|problem| vec![problem])
    }

    fn payment_target(&self, given: &Value) -> Result<PaymentTarget, Vec<String>> {
        let credit = ["CreditNote", "Prepayment", "Overpayment"]
            .iter()
            .find_map(|field| {
                let given = &given[*field];
                given.as_object().and_then(|fields| {
                    fields
                        .values()
                        .filter_map(Value::as_str)
                        .find_map(|key| self.credit(key))
                })
            });
        if let Some(credit) = credit {
            return Ok(PaymentTarget::Credit(credit.id.clone()));
        }
        let key = given["Invoice"]["InvoiceID"]
            .as_str()
            .or_else(|| given["Invoice"]["InvoiceNumber"].as_str());
        let invoice = key.and_then(|key| self.invoice(key));
        invoice
            .map(|invoice| PaymentTarget::Invoice(invoice.id.clone()))
            .ok_or_else(|| vec!["Invoice could not be found".to_owned()])
    }

    /// A credit by id or number.
    pub fn credit(&self, key: &str) -> Option<&Credit> {
        let by_number = || {
            self.credits
                .values()
                .find(|credit| !credit.number.is_empty() && credit.number == key)
        };
        self.credits.get(&key.to_lowercase()).or_else(by_number)
    }

    /// Pays an invoice or pays out a credit. The amount is in minor units and positive.
    #[expect(
        clippy::too_many_arguments,
        reason = "a payment has as many facts, and each is given by both callers"
    )]
    pub fn pay(
        &mut self,
        dice: &mut Dice,
        target: PaymentTarget,
        amount: i64,
        date: NaiveDate,
        reference: &str,
        account_code: &str,
        now_ms: i64,
    ) -> Result<String, String> {
        let open = match &target {
            PaymentTarget::Invoice(id) => {
                let invoice = self.invoices.get(id).ok_or("Invoice could not be found")?;
                if invoice.status != Status::Authorised {
                    return Err("Payments can only be made against Authorised documents".to_owned());
                }
                self.amount_due(invoice)
            }
            PaymentTarget::Credit(id) => {
                self.remaining_credit(self.credits.get(id).ok_or("Credit could not be found")?)
            }
        };
        if amount <= 0 {
            return Err("Payment amount must be greater than zero".to_owned());
        }
        if amount > open {
            return Err(
                "Payment amount exceeds the amount outstanding on this document".to_owned(),
            );
        }
        if self
            .organisation
            .period_lock_date
            .is_some_and(|lock| date <= lock)
        {
            return Err("The payment date cannot be before the period lock date.".to_owned());
        }
        let id = dice.uuid();
        let payment = Payment {
            id: id.clone(),
            target: target.clone(),
            amount,
            date,
            reference: reference.to_owned(),
            account_code: account_code.to_owned(),
            deleted: false,
            updated_ms: now_ms,
        };
        self.payments.insert(id.clone(), payment);
        self.follow(&target, date, now_ms);
        Ok(id)
    }

    /// Undoes a payment; what it paid is open again.
    pub fn delete_payment(&mut self, payment_id: &str, now_ms: i64) -> Result<(), String> {
        let payment = self
            .payments
            .get_mut(&payment_id.to_lowercase())
            .ok_or("Payment could not be found")?;
        if payment.deleted {
            return Err("Payment has already been deleted".to_owned());
        }
        payment.deleted = true;
        payment.updated_ms = now_ms;
        let target = payment.target.clone();
        self.follow(&target, day_of(now_ms), now_ms);
        Ok(())
    }

    /// What a payment or its removal means for what it is for.
    fn follow(&mut self, target: &PaymentTarget, day: NaiveDate, now_ms: i64) {
        match target {
            PaymentTarget::Invoice(id) => {
                self.settle(id, day);
                self.touch(id, now_ms);
            }
            PaymentTarget::Credit(id) => {
                if let Some(credit) = self.credits.get_mut(id) {
                    credit.updated_ms = now_ms;
                    let is_note = credit.kind == CreditKind::CreditNote;
                    if is_note {
                        self.event("CREDITNOTE", id, "UPDATE", now_ms);
                    }
                }
            }
        }
    }

    /// Makes a credit for an invoice's contact over a net amount (the tax in the invoice's proportion), or over a
    /// gross amount for pre- and overpayments, and puts as much of it on the invoice as is still owed.
    pub fn credit_invoice(
        &mut self,
        dice: &mut Dice,
        invoice_id: &str,
        kind: CreditKind,
        amount: i64,
        now_ms: i64,
    ) -> Result<String, String> {
        let invoice = self
            .invoices
            .get(invoice_id)
            .ok_or("Invoice could not be found")?
            .clone();
        if !matches!(invoice.status, Status::Authorised | Status::Paid) {
            return Err("Only authorised and paid invoices can be credited".to_owned());
        }
        if amount <= 0 || invoice.total() <= 0 {
            return Err("The amount must be greater than zero".to_owned());
        }
        let total_tax = match kind {
            CreditKind::CreditNote if amount > invoice.sub_total() => {
                return Err("The credit is more than the invoice".to_owned());
            }
            CreditKind::CreditNote => share(amount, invoice.total_tax(), invoice.sub_total()),
            CreditKind::Prepayment | CreditKind::Overpayment => 0,
        };
        let id = self.add_credit(dice, &invoice, kind, (amount, total_tax), now_ms);
        let due = self.amount_due(&invoice);
        if due > 0 {
            let part = due.min(amount + total_tax);
            self.allocate(dice, &id, &invoice.id, part, day_of(now_ms), now_ms)?;
        }
        Ok(id)
    }

    /// Keeps a credit over (net, tax) for an invoice's contact.
    fn add_credit(
        &mut self,
        dice: &mut Dice,
        invoice: &Invoice,
        kind: CreditKind,
        (sub_total, total_tax): (i64, i64),
        now_ms: i64,
    ) -> String {
        let id = dice.uuid();
        let reference = match invoice.reference.as_str() {
            "" => &invoice.number,
            reference => reference,
        };
        let mut credit = Credit {
            id: id.clone(),
            kind,
            side: invoice.kind,
            number: String::new(),
            reference: reference.to_owned(),
            contact_id: invoice.contact_id.clone(),
            currency: invoice.currency.clone(),
            date: day_of(now_ms),
            voided: false,
            sub_total,
            total_tax,
            updated_ms: now_ms,
        };
        if kind == CreditKind::CreditNote {
            credit.number = self.take_credit_number();
            self.event("CREDITNOTE", &id, "CREATE", now_ms);
        }
        self.credits.insert(id.clone(), credit);
        id
    }

    fn take_credit_number(&mut self) -> String {
        let number = format!("CN-{:04}", self.next_credit_note);
        self.next_credit_note += 1;
        number
    }

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
        if !fits || invoice.status != Status::Authorised {
            return Err("This credit cannot be allocated to this invoice".to_owned());
        }
        if amount <= 0
            || amount > self.amount_due(invoice)
            || amount > self.remaining_credit(credit)
        {
            return Err("The amount to allocate is more than what is outstanding".to_owned());
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
        if let Some(credit) = self.credits.get_mut(&credit_id) {
            credit.updated_ms = now_ms;
        }
        self.settle(&invoice_id, date);
        self.touch(&invoice_id, now_ms);
        Ok(id)
    }
}
