//! Xero's JSON, as far as we read and write it. An amount keeps the digits that it has in the text: it never becomes a float.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A number as written, in quotes or not.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Amount(Box<RawValue>);

impl Amount {
    /// The digits; `None` for null and for an empty text.
    pub fn digits(&self) -> Option<&str> {
        let text = self.0.get().trim_matches('"').trim();
        (!text.is_empty() && text != "null").then_some(text)
    }
}

/// Invoices and bills, each read by itself: one of a shape that we do not know must not hide the others. An answer without the list is not an empty one.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Invoices {
    pub invoices: Vec<Box<RawValue>>,
}

/// The same of credit notes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreditNotes {
    pub credit_notes: Vec<Box<RawValue>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Contacts {
    pub contacts: Vec<Contact>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Organisations {
    pub organisations: Vec<OrganisationData>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Accounts {
    pub accounts: Vec<Account>,
}

/// An account; one of a bank may have no code.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Account {
    pub code: Option<String>,
    pub name: String,
    pub status: String,
    #[serde(rename = "Type")]
    pub kind: String,
    pub class: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TaxRates {
    pub tax_rates: Vec<TaxRate>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct TaxRate {
    pub name: String,
    pub tax_type: String,
    pub status: String,
    pub can_apply_to_expenses: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Attachments {
    pub attachments: Vec<Attachment>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Attachment {
    pub file_name: String,
}

/// What is said of a document that has a shape which we do not know.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Named {
    #[serde(rename = "InvoiceID", alias = "CreditNoteID")]
    pub id: String,
    #[serde(rename = "InvoiceNumber", alias = "CreditNoteNumber")]
    pub number: Option<String>,
    #[serde(rename = "UpdatedDateUTC")]
    pub updated: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Invoice {
    #[serde(rename = "InvoiceID")]
    pub id: String,
    #[serde(rename = "Type")]
    pub kind: String,
    #[serde(rename = "InvoiceNumber")]
    pub number: Option<String>,
    #[serde(rename = "Reference")]
    pub reference: Option<String>,
    #[serde(rename = "Contact")]
    pub contact: Contact,
    #[serde(rename = "Status")]
    pub status: String,
    #[serde(rename = "Date")]
    pub date: Option<String>,
    #[serde(rename = "DateString")]
    pub date_text: Option<String>,
    #[serde(rename = "DueDate")]
    pub due: Option<String>,
    #[serde(rename = "DueDateString")]
    pub due_text: Option<String>,
    #[serde(rename = "UpdatedDateUTC")]
    pub updated: String,
    #[serde(rename = "CurrencyCode")]
    pub currency: String,
    #[serde(rename = "SubTotal")]
    pub sub_total: Option<Amount>,
    #[serde(rename = "Total")]
    pub total: Option<Amount>,
    #[serde(rename = "AmountDue")]
    pub amount_due: Option<Amount>,
    #[serde(rename = "AmountPaid")]
    pub amount_paid: Option<Amount>,
    #[serde(rename = "AmountCredited")]
    pub amount_credited: Option<Amount>,
    #[serde(rename = "Prepayments")]
    pub prepayments: Vec<Applied>,
    #[serde(rename = "Overpayments")]
    pub overpayments: Vec<Applied>,
    #[serde(rename = "LineItems")]
    pub lines: Vec<Line>,
}

/// Why an invoice was not made.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct InvoiceErrors {
    pub has_errors: bool,
    pub validation_errors: Vec<ValidationError>,
}

/// A pre- or overpayment, as far as it was applied to the invoice that holds it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Applied {
    #[serde(default)]
    pub applied_amount: Option<Amount>,
}

/// A credit note, to a client or from a supplier.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct CreditNote {
    #[serde(rename = "CreditNoteID")]
    pub id: String,
    #[serde(rename = "Type")]
    pub kind: String,
    #[serde(rename = "CreditNoteNumber")]
    pub number: Option<String>,
    #[serde(rename = "Reference")]
    pub reference: Option<String>,
    #[serde(rename = "Contact")]
    pub contact: Contact,
    #[serde(rename = "Status")]
    pub status: String,
    #[serde(rename = "Date")]
    pub date: Option<String>,
    #[serde(rename = "DateString")]
    pub date_text: Option<String>,
    #[serde(rename = "UpdatedDateUTC")]
    pub updated: String,
    #[serde(rename = "CurrencyCode")]
    pub currency: String,
    #[serde(rename = "SubTotal")]
    pub sub_total: Option<Amount>,
    #[serde(rename = "Total")]
    pub total: Option<Amount>,
    #[serde(rename = "RemainingCredit")]
    pub remaining_credit: Option<Amount>,
    #[serde(rename = "Payments")]
    pub payments: Vec<Refund>,
    #[serde(rename = "Allocations")]
    pub allocations: Vec<Allocation>,
}

impl CreditNote {
    pub fn is_to_client(&self) -> bool {
        self.kind == "ACCRECCREDIT"
    }
}

/// A payment on a credit note: cash that went back.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Refund {
    pub amount: Option<Amount>,
    /// Within a credit note mostly left out.
    pub status: Option<String>,
}

/// A payment, a prepayment or an overpayment, as far as it says what it is for.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Money {
    #[serde(rename = "PaymentID")]
    pub payment: Option<String>,
    #[serde(rename = "PrepaymentID")]
    pub prepayment: Option<String>,
    #[serde(rename = "OverpaymentID")]
    pub overpayment: Option<String>,
    #[serde(rename = "UpdatedDateUTC")]
    pub updated: String,
    /// What a payment is on; a credit note may stand in an invoice's place.
    pub invoice: Option<InvoiceReference>,
    pub credit_note: Option<CreditReference>,
    pub allocations: Vec<Allocation>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct CreditReference {
    #[serde(rename = "CreditNoteID")]
    pub id: String,
}

/// A page of one of the three lists.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct MoneyList {
    pub payments: Vec<Box<RawValue>>,
    pub prepayments: Vec<Box<RawValue>>,
    pub overpayments: Vec<Box<RawValue>>,
}

/// A part of a credit that was set against an invoice.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Allocation {
    pub amount: Option<Amount>,
    pub invoice: InvoiceReference,
    pub is_deleted: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct InvoiceReference {
    #[serde(rename = "InvoiceID")]
    pub id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Line {
    #[serde(default)]
    pub description: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Contact {
    #[serde(rename = "ContactID")]
    pub id: String,
    #[serde(rename = "ContactNumber")]
    pub number: Option<String>,
    #[serde(rename = "Name")]
    pub name: Option<String>,
    #[serde(rename = "EmailAddress")]
    pub email: Option<String>,
    #[serde(rename = "ContactStatus")]
    pub status: Option<String>,
    #[serde(rename = "MergedToContactID")]
    pub merged_into: Option<String>,
    #[serde(rename = "HasValidationErrors")]
    pub has_validation_errors: bool,
    #[serde(rename = "ValidationErrors")]
    pub validation_errors: Vec<ValidationError>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct OrganisationData {
    pub name: String,
    pub base_currency: String,
    pub timezone: String,
    pub short_code: String,
    pub period_lock_date: Option<String>,
    pub end_of_year_lock_date: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ValidationError {
    pub message: String,
}

/// A failure: the first form is the accounting API's, the second its gateway's, the third the token service's.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Failure {
    #[serde(rename = "Message")]
    pub message: Option<String>,
    #[serde(rename = "Elements")]
    pub elements: Vec<FailedElement>,
    #[serde(rename = "Title")]
    pub title: Option<String>,
    #[serde(rename = "Detail")]
    pub detail: Option<String>,
    pub error: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct FailedElement {
    pub validation_errors: Vec<ValidationError>,
}

#[derive(Deserialize)]
pub struct Token {
    pub access_token: String,
    /// Seconds.
    pub expires_in: u64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    #[serde(default)]
    pub id: String,
    pub tenant_id: String,
    #[serde(default)]
    pub tenant_name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct InvoicesBody<'a> {
    pub invoices: [BillBody<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct BillBody<'a> {
    #[serde(rename = "Type")]
    pub kind: &'static str,
    pub contact: ContactReference<'a>,
    pub invoice_number: &'a str,
    pub date: String,
    pub due_date: String,
    pub currency_code: &'a str,
    pub line_amount_types: &'static str,
    pub status: &'static str,
    pub line_items: [LineBody<'a>; 1],
}

/// Only the id: with any other field Xero would change the contact.
#[derive(Serialize)]
pub struct ContactReference<'a> {
    #[serde(rename = "ContactID")]
    pub id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LineBody<'a> {
    pub description: &'a str,
    pub quantity: u32,
    pub unit_amount: Box<RawValue>,
    pub account_code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_type: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContactsBody<'a> {
    pub contacts: [ContactBody<'a>; 1],
}

#[derive(Serialize)]
pub struct ContactNumbersBody<'a> {
    #[serde(rename = "Contacts")]
    pub contacts: [ContactNumberBody<'a>; 1],
}

#[derive(Serialize)]
pub struct ContactNumberBody<'a> {
    #[serde(rename = "ContactID")]
    pub id: &'a str,
    #[serde(rename = "ContactNumber")]
    pub number: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContactBody<'a> {
    pub contact_number: &'a str,
    pub name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub email_address: &'a str,
}
