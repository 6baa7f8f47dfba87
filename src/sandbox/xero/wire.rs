//! How the organisation's objects look on the wire.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::invoices::{AmountType, Invoice, Line};
use super::money::{money, number};
use super::payments::{Credit, CreditKind, Payment, PaymentTarget};
use super::{Account, Contact, InvoiceKind, TaxRate, Xero};
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
        for kind in [
            CreditKind::CreditNote,
            CreditKind::Prepayment,
            CreditKind::Overpayment,
        ] {
            wire[kind.plural()] = Value::Array(credits_on(xero, &invoice.id, kind));
        }
    }
    if detail == Detail::Full {
        wire["LineItems"] = Value::Array(invoice.lines.iter().map(line).collect());
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
    wire["Account"] = json!({"AccountID": account.map(|account| account.id.as_str()), "Code": payment.account_code});
    match &payment.target {
        PaymentTarget::Invoice(id) => {
            if let Some(invoice) = xero.invoices.get(id) {
                wire["PaymentType"] = json!(format!("{}PAYMENT", invoice.kind.wire()));
                wire["Invoice"] = json!({
                    "InvoiceID": id, "InvoiceNumber": invoice.number, "Type": invoice.kind.wire(), "CurrencyCode": invoice.currency,
                    "Contact": contact_stub(xero, &invoice.contact_id), "HasErrors": false, "IsDiscounted": false, "LineItems": [],
                });
            }
        }
        PaymentTarget::Credit(id) => {
            if let Some(credit) = xero.credits.get(id) {
                let side = if credit.side == InvoiceKind::Sale {
                    "AR"
                } else {
                    "AP"
                };
                let kind = match credit.kind {
                    CreditKind::CreditNote => "CREDIT",
                    CreditKind::Prepayment => "PREPAYMENT",
                    CreditKind::Overpayment => "OVERPAYMENT",
                };
                wire["PaymentType"] = json!(format!("{side}{kind}PAYMENT"));
                let singular = credit.kind.plural().trim_end_matches('s');
                let mut stub = json!({"Contact": contact_stub(xero, &credit.contact_id), "CreditNoteNumber": credit.number});
                stub[credit.kind.id_field()] = json!(id);
                wire[singular] = stub;
            }
        }
    }
    wire
}

/// A credit note, prepayment or overpayment.
pub fn credit(xero: &Xero, credit: &Credit) -> Value {
    let remaining = xero.remaining_credit(credit);
    let kind = match (credit.kind, credit.side) {
        (CreditKind::CreditNote, side) => format!("{}CREDIT", side.wire()),
        (CreditKind::Prepayment, InvoiceKind::Sale) => "RECEIVE-PREPAYMENT".to_owned(),
        (CreditKind::Prepayment, InvoiceKind::Bill) => "SPEND-PREPAYMENT".to_owned(),
        (CreditKind::Overpayment, InvoiceKind::Sale) => "RECEIVE-OVERPAYMENT".to_owned(),
        (CreditKind::Overpayment, InvoiceKind::Bill) => "SPEND-OVERPAYMENT".to_owned(),
    };
    let status = match (credit.voided, remaining) {
        (true, _) => "VOIDED",
        (false, 0) => "PAID",
        (false, _) => "AUTHORISED",
    };
    let allocations = xero
        .allocations
        .iter()
        .filter(|allocation| allocation.credit_id == credit.id);
    let allocations: Vec<Value> = allocations
        .map(|allocation| {
            let number = xero.invoices.get(&allocation.invoice_id).map_or("", |invoice| invoice.number.as_str());
            json!({
                "AllocationID": allocation.id, "Amount": money(allocation.amount), "Date": wire_day(allocation.date), "IsDeleted": false,
                "Invoice": {"InvoiceID": allocation.invoice_id, "InvoiceNumber": number},
            })
        })
        .collect();
    let refund = |payment: &&Payment| {
        !payment.deleted && matches!(&payment.target, PaymentTarget::Credit(id) if *id == credit.id)
    };
    let refunds: Vec<Value> = xero
        .payments
        .values()
        .filter(refund)
        .map(payment_stub)
        .collect();
    let mut wire = json!({
        "Type": kind, "Status": status, "Contact": contact_stub(xero, &credit.contact_id), "Reference": credit.reference,
        "Date": wire_day(credit.date), "DateString": day_string(credit.date), "CurrencyCode": credit.currency, "CurrencyRate": number(10_000, 4),
        "LineAmountTypes": "Exclusive", "SubTotal": money(credit.sub_total), "TotalTax": money(credit.total_tax), "Total": money(credit.total()),
        "RemainingCredit": money(remaining), "Allocations": allocations, "Payments": refunds, "LineItems": [],
        "UpdatedDateUTC": wire_date(credit.updated_ms), "HasAttachments": false, "HasErrors": false,
    });
    wire[credit.kind.id_field()] = json!(credit.id);
    if credit.kind == CreditKind::CreditNote {
        wire["CreditNoteNumber"] = json!(credit.number);
    }
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
    if let Some(day) = organisation.period_lock_date {
        wire["PeriodLockDate"] = wire_day(day);
    }
    wire
}

/// A ledger account.
pub fn account(account: &Account) -> Value {
    let class = match account.kind.as_str() {
        "REVENUE" => "REVENUE",
        "BANK" => "ASSET",
        _ => "EXPENSE",
    };
    json!({
        "AccountID": account.id, "Code": account.code, "Name": account.name, "Status": "ACTIVE", "Type": account.kind,
        "TaxType": account.tax_type, "Class": class, "EnablePaymentsToAccount": account.kind == "BANK",
        "ShowInExpenseClaims": false, "HasAttachments": false,
    })
}

/// A tax rate.
pub fn tax_rate(rate: &TaxRate) -> Value {
    let percent = number(rate.basis_points * 100, 4);
    json!({
        "Name": rate.name, "TaxType": rate.tax_type, "Status": "ACTIVE", "DisplayTaxRate": percent, "EffectiveRate": percent,
        "CanApplyToRevenue": rate.on_sales, "CanApplyToExpenses": rate.on_purchases, "CanApplyToAssets": false,
        "CanApplyToEquity": false, "CanApplyToLiabilities": false,
        "TaxComponents": [{"Name": "VAT", "Rate": percent, "IsCompound": false, "IsNonRecoverable": false}],
    })
}
