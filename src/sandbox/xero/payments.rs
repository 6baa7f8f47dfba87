//! Payments: money that came in for an invoice or went out for a bill, what of a credit is paid out, and how either is undone.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::credits::CreditKind;
use super::invoices::{Status, parse_wire_day};
use super::money::parse_wire;
use super::{Account, Xero};
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

impl Xero {
    /// The payments that count on an invoice.
    pub fn payments_of(&self, invoice_id: &str) -> impl Iterator<Item = &Payment> {
        let is_for = move |payment: &&Payment| matches!(&payment.target, PaymentTarget::Invoice(id) if id == invoice_id);
        self.payments
            .values()
            .filter(|payment| !payment.deleted)
            .filter(is_for)
    }

    /// What was paid out of a credit and not taken back.
    pub fn refunds_of(&self, credit_id: &str) -> impl Iterator<Item = &Payment> {
        let is_for = move |payment: &&Payment| matches!(&payment.target, PaymentTarget::Credit(id) if id == credit_id);
        self.payments
            .values()
            .filter(|payment| !payment.deleted)
            .filter(is_for)
    }

    /// The account that a reference names, by code or id.
    pub fn account(&self, given: &Value) -> Option<&Account> {
        self.accounts.iter().find(|account| {
            given["Code"] == account.code.as_str() || given["AccountID"] == account.id.as_str()
        })
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
        let account_code = self
            .account(&given["Account"])
            .map(|account| account.code.clone())
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

    /// A credit note may be named by itself or in an invoice's place, as the answers show it.
    fn payment_target(&self, given: &Value) -> Result<PaymentTarget, Vec<String>> {
        for kind in CreditKind::ALL {
            let named = &given[kind.singular()];
            let number = (kind == CreditKind::CreditNote)
                .then(|| named["CreditNoteNumber"].as_str())
                .flatten();
            let Some(key) = named[kind.id_field()].as_str().or(number) else {
                continue;
            };
            return self
                .credit(key)
                .filter(|credit| credit.kind == kind)
                .map(|credit| PaymentTarget::Credit(credit.id.clone()))
                .ok_or_else(|| vec![format!("{} could not be found", kind.words())]);
        }
        let key = [
            &given["Invoice"]["InvoiceID"],
            &given["Invoice"]["InvoiceNumber"],
            &given["InvoiceNumber"],
            &given["CreditNoteNumber"],
        ]
        .into_iter()
        .find_map(Value::as_str)
        .unwrap_or_default();
        let invoice = || {
            let invoice = self.invoice(key)?;
            Some(PaymentTarget::Invoice(invoice.id.clone()))
        };
        let note = || {
            let credit = self
                .credit(key)
                .filter(|credit| credit.kind == CreditKind::CreditNote)?;
            Some(PaymentTarget::Credit(credit.id.clone()))
        };
        invoice()
            .or_else(note)
            .ok_or_else(|| vec!["Invoice could not be found".to_owned()])
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
                let credit = self.credits.get(id).ok_or("Credit could not be found")?;
                if credit.status != Status::Authorised {
                    return Err("Payments can only be made against Authorised documents".to_owned());
                }
                self.remaining_credit(credit)
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
        if let Some(lock) = self.organisation.lock_on(date) {
            return Err(format!("The payment date cannot be before the {lock}."));
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
            PaymentTarget::Credit(id) => self.touch_credit(id, now_ms),
        }
    }
}
