//! What can be asked of credit notes, prepayments and overpayments: they are read and listed, made, put on invoices and taken off again.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Xero;
use super::api::{elements, filtered, ok, write_each};
use super::contacts::Mode;
use super::credits::{Credit, CreditKind};
use super::errors::{not_found, refused, reply, validation};
use super::invoices::{UnitDecimals, parse_wire_day};
use super::money::parse_wire;
use super::wire::{self, Detail};
use crate::call::{Call, Reply};
use crate::clock::day_of;
use crate::dice::Dice;

const BANK_TRANSACTIONS: &str = "BankTransactions";

/// Answers a GET.
pub fn read(xero: &Xero, rest: &[&str], call: &Call) -> Reply {
    // As with invoices, only a page shows the lines.
    let detail = match call.query("page") {
        Some(_) => Detail::Full,
        None => Detail::WithoutLines,
    };
    match rest {
        [BANK_TRANSACTIONS] => {
            let all = xero.credits.values();
            let listed = all.filter_map(|credit| bank_transaction(xero, credit, detail));
            filtered(BANK_TRANSACTIONS, listed.collect(), call)
        }
        [BANK_TRANSACTIONS, id] => {
            let found = xero.bank_transaction(id);
            match found.and_then(|credit| bank_transaction(xero, credit, Detail::Full)) {
                Some(wire) => ok(BANK_TRANSACTIONS, vec![wire], call),
                None => not_found(),
            }
        }
        [plural] => match kind_of(plural) {
            Some(kind) => {
                let credits = xero.credits.values().filter(|credit| credit.kind == kind);
                let listed = credits.map(|credit| wire::credit(xero, credit, detail));
                filtered(plural, listed.collect(), call)
            }
            None => not_found(),
        },
        [plural, key] => match find(xero, plural, key) {
            Some(credit) => ok(plural, vec![wire::credit(xero, credit, Detail::Full)], call),
            None => not_found(),
        },
        _ => not_found(),
    }
}

fn bank_transaction(xero: &Xero, credit: &Credit, detail: Detail) -> Option<Value> {
    let bank = credit.bank.as_ref()?;
    Some(wire::bank_transaction(xero, credit, bank, detail))
}

fn kind_of(plural: &str) -> Option<CreditKind> {
    CreditKind::ALL
        .into_iter()
        .find(|kind| kind.plural() == plural)
}

/// The credit of a path such as `CreditNotes/CN-0001`.
fn find<'a>(xero: &'a Xero, plural: &str, key: &str) -> Option<&'a Credit> {
    let kind = kind_of(plural)?;
    xero.credit(key).filter(|credit| credit.kind == kind)
}

/// Answers a PUT or a POST.
pub fn write(
    xero: &mut Xero,
    dice: &mut Dice,
    rest: &[&str],
    body: &Value,
    (mode, decimals): (Mode, UnitDecimals),
    call: &Call,
) -> Reply {
    match rest {
        ["CreditNotes"] | ["CreditNotes", _] => {
            let id = rest.get(1).map(|id| ("CreditNoteID", *id));
            let elements = elements(body, "CreditNotes", id);
            write_each("CreditNotes", &elements, call, |given| {
                let id = xero.save_credit_note(dice, given, mode, decimals, call.now_ms)?;
                Ok(xero.credits.get(&id).map_or(Value::Null, |credit| {
                    wire::credit(xero, credit, Detail::Full)
                }))
            })
        }
        [BANK_TRANSACTIONS] | [BANK_TRANSACTIONS, _] => {
            let id = rest.get(1).map(|id| ("BankTransactionID", *id));
            let elements = elements(body, BANK_TRANSACTIONS, id);
            write_each(BANK_TRANSACTIONS, &elements, call, |given| {
                let id = xero.save_bank_transaction(dice, given, decimals, call.now_ms)?;
                let saved = xero.credits.get(&id);
                Ok(saved
                    .and_then(|credit| bank_transaction(xero, credit, Detail::Full))
                    .unwrap_or_default())
            })
        }
        [plural, key, "Allocations"] => match find(xero, plural, key) {
            Some(credit) => {
                let (kind, id) = (credit.kind, credit.id.clone());
                allocate(xero, dice, (kind, &id), body, call)
            }
            None => not_found(),
        },
        _ => refused(
            StatusCode::NOT_FOUND,
            "The sandbox does not know this resource",
        ),
    }
}

fn allocate(
    xero: &mut Xero,
    dice: &mut Dice,
    (kind, credit_id): (CreditKind, &str),
    body: &Value,
    call: &Call,
) -> Reply {
    let elements = elements(body, "Allocations", None);
    write_each("Allocations", &elements, call, |given| {
        let amount =
            parse_wire(&given["Amount"], 2).ok_or_else(|| vec!["Amount is required".to_owned()])?;
        let date = match given["Date"].as_str() {
            Some(text) => parse_wire_day(text)
                .ok_or_else(|| vec![format!("Date {text} is not a valid date")])?,
            None => day_of(call.now_ms),
        };
        let key = given["Invoice"]["InvoiceID"]
            .as_str()
            .or_else(|| given["Invoice"]["InvoiceNumber"].as_str())
            .unwrap_or_default();
        let invoice = xero
            .invoice(key)
            .map(|invoice| invoice.id.clone())
            .ok_or_else(|| vec!["Invoice could not be found".to_owned()])?;
        let allocation = xero
            .allocate(dice, credit_id, &invoice, amount, date, call.now_ms)
            .map_err(|problem| vec![problem])?;
        let mut wire = wire::new_allocation(&allocation, &invoice, amount, date);
        wire[kind.singular()] = json!({"ID": credit_id, "LineItems": []});
        wire[kind.singular()][kind.id_field()] = json!(credit_id);
        Ok(wire)
    })
}

/// Answers a DELETE: only what was put on an invoice can be deleted.
pub fn delete(xero: &mut Xero, rest: &[&str], call: &Call) -> Reply {
    let [plural, key, "Allocations", id] = rest else {
        return not_found();
    };
    let id = id.to_lowercase();
    let is_there = find(xero, plural, key).is_some_and(|credit| {
        xero.allocations_of(&credit.id)
            .any(|allocation| allocation.id == id)
    });
    if !is_there {
        return not_found();
    }
    match xero.remove_allocation(&id, call.now_ms) {
        Ok(removed) => reply(
            StatusCode::OK,
            &json!({
                "AllocationId": removed.id, "Date": wire::wire_date(call.now_ms),
                "Invoice": [{"InvoiceID": removed.invoice_id}], "IsDeleted": true,
            }),
        ),
        Err(problem) => validation(vec![
            json!({"AllocationID": id, "ValidationErrors": [{"Message": problem}]}),
        ]),
    }
}
