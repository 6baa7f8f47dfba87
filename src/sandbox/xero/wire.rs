//! How the organisation's objects look on the wire.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::credits::{Allocation, BankEntry, Credit, CreditKind};
use super::invoices::{AmountType, Invoice, Line};
use super::money::{money, number};
use super::payments::{Payment, PaymentTarget};
use super::{Account, Contact, InvoiceKind, Status, TaxRate, Xero};
use crate::clock::{iso_without_zone, midnight_ms};

/// How much of a document is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Everything.
    Full,
    /// As in unpaged lists: without line items.
    WithoutLines,
    /// `summaryOnly=true`: without payments, credits and lines.
    Summary,
}

/// `/Date(1539993600000+0000)/`.
pub fn wire_date(ms: i64) -> Value {
    json!(format!("/Date({ms}+0000)/"))
}

fn wire_day(day: NaiveDate) -> Value {
    wire_date(midnight_ms(day))
}

fn day_string(day: NaiveDate) -> Value {
    json!(iso_without_zone(midnight_ms(day)))
}

/// The twin of `UpdatedDateUTC` that credits and payments have.
fn utc_string(ms: i64) -> Value {
    json!(format!("{}Z", iso_without_zone(ms)))
}

/// A contact.
pub fn contact(xero: &Xero, contact: &Contact) -> Value {
    let has = |kind: InvoiceKind| {
        xero.invoices
            .values()
            .any(|invoice| invoice.contact_id == contact.id && invoice.kind == kind)
    };
    let mut wire = json!({
        "ContactID": contact.id, "ContactStatus": if contact.archived { "ARCHIVED" } else { "ACTIVE" }, "Name": contact.name,
        "FirstName": contact.first_name, "LastName": contact.last_name, "EmailAddress": contact.email, "TaxNumber": contact.tax_number,
        "BankAccountDetails": contact.bank_account, "Addresses": [], "Phones": [], "ContactGroups": [],
        "IsSupplier": has(InvoiceKind::Bill), "IsCustomer": has(InvoiceKind::Sale), "UpdatedDateUTC": wire_date(contact.updated_ms),
        "HasAttachments": false, "HasValidationErrors": false,
    });
    if !contact.number.is_empty() {
        wire["ContactNumber"] = json!(contact.number);
    }
    if let Some(survivor) = &contact.merged_to {
        wire["MergedToContactID"] = json!(survivor);
    }
    wire
}

fn contact_stub(xero: &Xero, id: &str) -> Value {
    let name = xero
        .contacts
        .get(id)
        .map_or("", |contact| contact.name.as_str());
    json!({"ContactID": id, "Name": name, "HasValidationErrors": false})
}

/// An invoice or a bill.
pub fn invoice(xero: &Xero, invoice: &Invoice, detail: Detail) -> Value {
    let mut wire = json!({
        "Type": invoice.kind.wire(), "InvoiceID": invoice.id, "InvoiceNumber": invoice.number, "Status": invoice.status.wire(),
        "Contact": contact_stub(xero, &invoice.contact_id), "Date": wire_day(invoice.date), "DateString": day_string(invoice.date),
        "LineAmountTypes": amount_type(invoice.amount_type), "CurrencyCode": invoice.currency, "CurrencyRate": number(10_000, 4),
        "SubTotal": money(invoice.sub_total()), "TotalTax": money(invoice.total_tax()), "Total": money(invoice.total()),
        "AmountDue": money(xero.amount_due(invoice)), "AmountPaid": money(xero.amount_paid(&invoice.id)),
        "AmountCredited": money(xero.amount_credited(&invoice.id)), "UpdatedDateUTC": wire_date(invoice.updated_ms),
        "UpdatedDateUTCString": iso_without_zone(invoice.updated_ms), "HasAttachments": !invoice.attachments.is_empty(),
        "HasErrors": false, "IsDiscounted": false, "SentToContact": false,
    });
    if let Some(due) = invoice.due_date {
        wire["DueDate"] = wire_day(due);
        wire["DueDateString"] = day_string(due);
    }
    if invoice.kind == InvoiceKind::Sale {
        wire["Reference"] = json!(invoice.reference);
    }
    if let Some(day) = invoice.fully_paid_on {
        wire["FullyPaidOnDate"] = wire_day(day);
    }
    if detail != Detail::Summary {
        wire["Payments"] = Value::Array(xero.payments_of(&invoice.id).map(payment_stub).collect());
        for kind in CreditKind::ALL {
            wire[kind.plural()] = Value::Array(credits_on(xero, &invoice.id, kind));
        }
    }
    if detail == Detail::Full {
        wire["LineItems"] = Value::Array(lines(&invoice.lines, detail));
    }
    wire
}

fn amount_type(amount_type: AmountType) -> &'static str {
    match amount_type {
        AmountType::Exclusive => "Exclusive",
        AmountType::Inclusive => "Inclusive",
        AmountType::NoTax => "NoTax",
    }
}

fn payment_stub(payment: &Payment) -> Value {
    json!({
        "PaymentID": payment.id, "Date": wire_day(payment.date), "Amount": money(payment.amount), "Reference": payment.reference,
        "CurrencyRate": number(10_000, 4), "HasAccount": true, "HasValidationErrors": false,
    })
}

fn credits_on(xero: &Xero, invoice_id: &str, kind: CreditKind) -> Vec<Value> {
    let here = xero
        .allocations
        .iter()
        .filter(|allocation| allocation.invoice_id == invoice_id);
    here.filter_map(|allocation| {
        let credit = xero.credits.get(&allocation.credit_id).filter(|credit| credit.kind == kind)?;
        let mut wire = json!({
            "ID": credit.id, "AppliedAmount": money(allocation.amount), "Date": wire_day(allocation.date),
            "DateString": day_string(allocation.date), "Total": money(credit.total()), "LineItems": [], "HasErrors": false,
        });
        wire[kind.id_field()] = json!(credit.id);
        if kind == CreditKind::CreditNote {
            wire["CreditNoteNumber"] = json!(credit.number);
        }
        Some(wire)
    })
    .collect()
}

fn line(line: &Line) -> Value {
    json!({
        "LineItemID": line.id, "Description": line.description, "Quantity": number(line.quantity_e4, 4),
        "UnitAmount": number(line.unit_amount_e4, 4), "AccountCode": line.account_code, "TaxType": line.tax_type,
        "TaxAmount": money(line.tax_amount), "LineAmount": money(line.line_amount), "Tracking": [], "ValidationErrors": [],
    })
}

/// A payment with what it is for.
pub fn payment(xero: &Xero, payment: &Payment) -> Value {
    let account = xero
        .accounts
        .iter()
        .find(|account| account.code == payment.account_code);
    let mut wire = payment_stub(payment);
    wire["Status"] = json!(if payment.deleted {
        "DELETED"
    } else {
        "AUTHORISED"
    });
    wire["BankAmount"] = money(payment.amount);
    wire["IsReconciled"] = json!(false);
    wire["UpdatedDateUTC"] = wire_date(payment.updated_ms);
    wire["UpdatedDateUTCString"] = utc_string(payment.updated_ms);
    wire["Account"] = json!({"AccountID": account.map(|account| account.id.as_str()), "Code": payment.account_code});
    match &payment.target {
        PaymentTarget::Invoice(id) => {
            if let Some(invoice) = xero.invoices.get(id) {
                let kind = invoice.kind.wire();
                wire["PaymentType"] = json!(format!("{kind}PAYMENT"));
                wire["Invoice"] = paid_document(
                    xero,
                    (kind, id, &invoice.number),
                    &invoice.contact_id,
                    &invoice.currency,
                );
            }
        }
        PaymentTarget::Credit(id) => {
            if let Some(credit) = xero.credits.get(id) {
                refund(xero, credit, &mut wire);
            }
        }
    }
    wire
}

/// What a payment is on, given its type, id and number.
fn paid_document(
    xero: &Xero,
    (kind, id, number): (&str, &str, &str),
    contact_id: &str,
    currency: &str,
) -> Value {
    json!({
        "InvoiceID": id, "InvoiceNumber": number, "Type": kind, "CurrencyCode": currency,
        "Contact": contact_stub(xero, contact_id), "Payments": [], "CreditNotes": [], "Prepayments": [], "Overpayments": [],
        "HasErrors": false, "IsDiscounted": false, "LineItems": [],
    })
}

/// What a payment out of a credit says; Xero shows the credit note in an invoice's place.
fn refund(xero: &Xero, credit: &Credit, wire: &mut Value) {
    let side = match credit.side {
        InvoiceKind::Sale => "AR",
        InvoiceKind::Bill => "AP",
    };
    let kind = match credit.kind {
        CreditKind::CreditNote => "CREDIT",
        CreditKind::Prepayment => "PREPAYMENT",
        CreditKind::Overpayment => "OVERPAYMENT",
    };
    wire["PaymentType"] = json!(format!("{side}{kind}PAYMENT"));
    if credit.kind == CreditKind::CreditNote {
        wire["Invoice"] = paid_document(
            xero,
            (&credit.wire_type(), &credit.id, &credit.number),
            &credit.contact_id,
            &credit.currency,
        );
        return;
    }
    let mut stub = json!({"ID": credit.id, "Contact": contact_stub(xero, &credit.contact_id)});
    stub[credit.kind.id_field()] = json!(credit.id);
    wire[credit.kind.singular()] = stub;
}

/// A credit note, prepayment or overpayment.
pub fn credit(xero: &Xero, credit: &Credit, detail: Detail) -> Value {
    let allocations: Vec<Value> = xero
        .allocations_of(&credit.id)
        .map(|part| allocation(xero, part))
        .collect();
    let refunds: Vec<Value> = xero.refunds_of(&credit.id).map(payment_stub).collect();
    let mut wire = json!({
        "ID": credit.id, "Type": credit.wire_type(), "Status": xero.credit_status(credit).wire(),
        "Contact": contact_stub(xero, &credit.contact_id), "Reference": credit.reference,
        "Date": wire_day(credit.date), "DateString": day_string(credit.date), "CurrencyCode": credit.currency, "CurrencyRate": number(10_000, 4),
        "LineAmountTypes": amount_type(credit.amount_type), "SubTotal": money(credit.sub_total), "TotalTax": money(credit.total_tax),
        "Total": money(credit.total()), "RemainingCredit": money(xero.remaining_credit(credit)),
        "Allocations": allocations, "Payments": refunds, "LineItems": lines(&credit.lines, detail),
        "UpdatedDateUTC": wire_date(credit.updated_ms), "UpdatedDateUTCString": utc_string(credit.updated_ms),
        "HasAttachments": false, "HasErrors": false,
    });
    wire[credit.kind.id_field()] = json!(credit.id);
    if credit.kind == CreditKind::CreditNote {
        wire["CreditNoteNumber"] = json!(credit.number);
        if let Some(day) = xero.credit_used_on(credit) {
            wire["FullyPaidOnDate"] = wire_day(day);
        }
    }
    wire
}

fn lines(lines: &[Line], detail: Detail) -> Vec<Value> {
    match detail {
        Detail::Full => lines.iter().map(line).collect(),
        Detail::WithoutLines | Detail::Summary => Vec::new(),
    }
}

/// A part of a credit that was put on an invoice, as its credit shows it.
fn allocation(xero: &Xero, allocation: &Allocation) -> Value {
    let number = xero
        .invoices
        .get(&allocation.invoice_id)
        .map_or("", |invoice| invoice.number.as_str());
    json!({
        "AllocationID": allocation.id, "Amount": money(allocation.amount), "Date": wire_day(allocation.date), "IsDeleted": false,
        "Invoice": {"InvoiceID": allocation.invoice_id, "InvoiceNumber": number},
    })
}

/// A part of a credit that was just put on an invoice, but for the credit.
pub fn new_allocation(id: &str, invoice_id: &str, amount: i64, date: NaiveDate) -> Value {
    json!({
        "AllocationID": id, "Amount": money(amount), "Date": wire_day(date), "ValidationErrors": [],
        "Invoice": {
            "InvoiceID": invoice_id, "Payments": [], "CreditNotes": [], "Prepayments": [], "Overpayments": [],
            "HasErrors": false, "IsDiscounted": false, "LineItems": [], "ValidationErrors": [],
        },
    })
}

/// The bank transaction that a pre- or overpayment came in by.
pub fn bank_transaction(xero: &Xero, credit: &Credit, bank: &BankEntry, detail: Detail) -> Value {
    let account = xero
        .accounts
        .iter()
        .find(|account| account.code == bank.account_code);
    let status = match credit.status {
        Status::Voided | Status::Deleted => "DELETED",
        _ => "AUTHORISED",
    };
    let mut wire = json!({
        "BankTransactionID": bank.id, "Type": credit.wire_type(), "Status": status, "Contact": contact_stub(xero, &credit.contact_id),
        "BankAccount": {
            "AccountID": account.map(|account| account.id.as_str()), "Code": bank.account_code,
            "Name": account.map(|account| account.name.as_str()),
        },
        "Date": wire_day(credit.date), "DateString": day_string(credit.date), "CurrencyCode": credit.currency,
        "LineAmountTypes": amount_type(credit.amount_type), "SubTotal": money(credit.sub_total), "TotalTax": money(credit.total_tax),
        "Total": money(credit.total()), "LineItems": lines(&credit.lines, detail), "IsReconciled": false,
        "UpdatedDateUTC": wire_date(credit.updated_ms), "HasAttachments": false,
    });
    wire[credit.kind.id_field()] = json!(credit.id);
    wire
}

/// The organisation.
pub fn organisation(xero: &Xero) -> Value {
    let organisation = &xero.organisation;
    let mut wire = json!({
        "OrganisationID": organisation.tenant_id, "Name": organisation.name, "LegalName": organisation.name, "PaysTax": true,
        "Version": "UK", "OrganisationType": "COMPANY", "BaseCurrency": organisation.base_currency, "CountryCode": "GB",
        "IsDemoCompany": false, "OrganisationStatus": "ACTIVE", "FinancialYearEndDay": 31, "FinancialYearEndMonth": 12,
        "Timezone": "GMTSTANDARDTIME", "ShortCode": organisation.short_code, "Edition": "BUSINESS", "Class": "PREMIUM",
        "Addresses": [], "Phones": [], "ExternalLinks": [], "PaymentTerms": {},
    });
    let locks = [
        ("PeriodLockDate", organisation.period_lock_date),
        ("EndOfYearLockDate", organisation.end_of_year_lock_date),
    ];
    for (name, lock) in locks {
        if let Some(day) = lock {
            wire[name] = wire_day(day);
        }
    }
    wire
}

const fn status(archived: bool) -> &'static str {
    if archived { "ARCHIVED" } else { "ACTIVE" }
}

/// A ledger account.
pub fn account(account: &Account) -> Value {
    let class = match account.kind.as_str() {
        "REVENUE" => "REVENUE",
        "BANK" => "ASSET",
        _ => "EXPENSE",
    };
    json!({
        "AccountID": account.id, "Code": account.code, "Name": account.name, "Status": status(account.archived), "Type": account.kind,
        "TaxType": account.tax_type, "Class": class, "EnablePaymentsToAccount": account.kind == "BANK",
        "ShowInExpenseClaims": false, "HasAttachments": false,
    })
}

/// A tax rate.
pub fn tax_rate(rate: &TaxRate) -> Value {
    let percent = number(rate.basis_points * 100, 4);
    json!({
        "Name": rate.name, "TaxType": rate.tax_type, "Status": status(rate.archived), "DisplayTaxRate": percent, "EffectiveRate": percent,
        "CanApplyToRevenue": rate.on_sales, "CanApplyToExpenses": rate.on_purchases, "CanApplyToAssets": false,
        "CanApplyToEquity": false, "CanApplyToLiabilities": false,
        "TaxComponents": [{"Name": "VAT", "Rate": percent, "IsCompound": false, "IsNonRecoverable": false}],
    })
}
