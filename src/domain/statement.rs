//! Statements: the lines of one partner, in one currency, that it may invoice after a quarter closed. Frozen; each carries the hash of the partner's last.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    access::words,
    bill::{lines_billed, oldest_minor},
    calendar::{Month, Quarter},
    error::FieldErrors,
    ids::{LineId, StatementId},
    money::{Currency, Money},
    text::parse_line,
};

words! {
    /// How far a statement's bill is.
    SettlementState { Stated = "stated", PartInvoiced = "part_invoiced", Invoiced = "invoiced", PartPaid = "part_paid", Paid = "paid" }
}

/// `PS-2026Q3-000042`.
pub fn statement_number(quarter: Quarter, sequence: i64) -> String {
    format!("PS-{quarter}-{sequence:06}")
}

/// A company as it stands on a document. What it does not have is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Party {
    pub legal_name: String,
    /// Line by line, without the country.
    pub address: Vec<String>,
    /// ISO 3166 alpha-2 in capitals.
    pub country: String,
    pub vat_number: String,
    /// Where mail about invoices goes.
    pub email: String,
}

/// What a statement says; its JSON in this order of fields is what is hashed. A field that was added later has a default, so that a body from before
/// is still read; it is never written again, so its hash holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementBody {
    pub id: StatementId,
    pub number: String,
    pub partner_name: String,
    pub quarter: String,
    pub currency: Currency,
    pub lines: Vec<StatementLine>,
    pub total: Money,
    pub closed_on: String,
    /// The hash of the partner's last statement, whatever its currency; empty for the first.
    pub previous_hash: String,
    /// Which of the partner's statements it is, counted from 1; 0 for one from before, whose chain was that of its currency.
    #[serde(default)]
    pub place: i64,
    /// Who owes the amount, and is invoiced.
    #[serde(default)]
    pub vendor: Party,
    /// Who may invoice it.
    #[serde(default)]
    pub partner: Party,
    /// The quarter's first day.
    #[serde(default)]
    pub from: Option<NaiveDate>,
    /// The quarter's last day.
    #[serde(default)]
    pub to: Option<NaiveDate>,
    /// Within how many days of the partner's invoice the vendor pays; 0 where nothing was said.
    #[serde(default)]
    pub payment_days: u32,
    /// Where the partner raises its invoice.
    #[serde(default)]
    pub url: String,
}

/// A line as it stands on a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementLine {
    pub id: LineId,
    pub month: Month,
    pub client_name: String,
    pub kind: String,
    pub amount_minor: i64,
    /// The deal as HubSpot called it when the statement was frozen.
    #[serde(default)]
    pub deal_name: String,
    /// Why a person entered the line; empty for what the rules make.
    #[serde(default)]
    pub reason: String,
    /// The line that an adjustment or a clawback corrects.
    #[serde(default)]
    pub corrects: Option<LineId>,
}

/// The partner's invoice for a statement, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceForm {
    pub statement: String,
    /// The partner's own invoice number.
    pub number: String,
    /// Net; empty for all that is not invoiced yet.
    #[serde(default)]
    pub amount: String,
}

impl InvoiceForm {
    /// What the invoice is for: the rest of the statement, or the oldest lines of it. `unbilled_minor` are the lines that no bill is for yet, oldest first.
    ///
    /// # Errors
    /// What is wrong, under `amount`; `amount-above-rest` where it is more than is left, `amount-not-whole-lines` with the amount of the oldest line.
    pub fn parse_amount(&self, rest: Money, unbilled_minor: &[i64]) -> Result<Money, FieldErrors> {
        if self.amount.trim().is_empty() {
            return Ok(rest);
        }
        let mut errors = FieldErrors::default();
        let typed = errors.take("amount", Money::parse_typed(&self.amount, rest.currency));
        if let Some(typed) = typed {
            if typed.minor > rest.minor {
                errors.add_with("amount", "amount-above-rest", &rest.to_decimal());
            } else if lines_billed(unbilled_minor, typed.minor).is_none() {
                let oldest = Money::new(oldest_minor(unbilled_minor), rest.currency);
                errors.add_with("amount", "amount-not-whole-lines", &oldest.to_decimal());
            }
        }
        typed.filter(|_| errors.is_empty()).ok_or(errors)
    }

    /// The partner's own number, one line of at most 60 characters; Xero cannot be asked for one with a quotation mark or a backslash.
    ///
    /// # Errors
    /// What is wrong, under `number`.
    pub fn parse_number(&self) -> Result<String, FieldErrors> {
        let mut errors = FieldErrors::default();
        let number = errors.take("number", parse_line(&self.number, 60));
        if let Some(number) = number.as_deref()
            && let Some(mark) = number.chars().find(|mark| ['"', '\\'].contains(mark))
        {
            errors.add_with("number", "number-characters", &mark.to_string());
        }
        number.filter(|_| errors.is_empty()).ok_or(errors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statements_number_names_its_quarter() {
        for (month, fiscal_start, sequence, number) in [
            (Month::new(2026, 9), 1, 42, "PS-2026Q3-000042"),
            (Month::new(2027, 2), 4, 1, "PS-2026Q4-000001"),
            (Month::new(2026, 1), 1, 1_234_567, "PS-2026Q1-1234567"),
        ] {
            let quarter = Quarter::of(month, fiscal_start);
            assert_eq!(statement_number(quarter, sequence), number);
        }
    }

    #[test]
    fn a_statement_is_json_that_a_stranger_can_read() {
        let line = StatementLine {
            id: "01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().expect("an id"),
            month: Month::new(2026, 7),
            client_name: "Acme".to_owned(),
            kind: "scheduled".to_owned(),
            amount_minor: 5,
            deal_name: "Acme (Aster)".to_owned(),
            reason: String::new(),
            corrects: None,
        };
        let json = r#"{"id":"01ARZ3NDEKTSV4RRFFQ69G5FAV","month":"2026-07","client_name":"Acme","kind":"scheduled","amount_minor":5,"deal_name":"Acme (Aster)","reason":"","corrects":null}"#;
        assert_eq!(serde_json::to_string(&line).expect("json"), json);
    }

    #[test]
    fn a_statement_from_before_it_named_its_parties_is_still_read() {
        let json = r#"{"id":"01ARZ3NDEKTSV4RRFFQ69G5FAV","number":"PS-2026Q3-000001","partner_name":"Aster","quarter":"2026Q3","currency":"EUR",
            "lines":[{"id":"01ARZ3NDEKTSV4RRFFQ69G5FAV","month":"2026-07","client_name":"Acme","kind":"scheduled","amount_minor":5}],
            "total":{"minor":5,"currency":"EUR"},"closed_on":"2026-10-01","previous_hash":""}"#;
        let body: StatementBody = serde_json::from_str(json).expect("an old body");
        assert_eq!(
            (&body.vendor, &body.partner),
            (&Party::default(), &Party::default())
        );
        assert_eq!((body.from, body.to, body.payment_days), (None, None, 0));
        assert_eq!(body.place, 0);
        assert_eq!(
            (
                body.lines[0].deal_name.as_str(),
                body.lines[0].reason.as_str()
            ),
            ("", "")
        );
        let again = serde_json::to_string(&body).expect("json");
        assert_eq!(
            serde_json::from_str::<StatementBody>(&again).expect("what was written"),
            body
        );
    }

    #[test]
    fn the_partners_invoice_number_is_one_short_line() {
        let number = |text: &str| {
            let form = InvoiceForm {
                number: text.to_owned(),
                ..InvoiceForm::default()
            };
            form.parse_number()
        };
        assert_eq!(number(" 2026/17 "), Ok("2026/17".to_owned()));
        assert_eq!(number(""), Err(FieldErrors::one("number", "required")));
        for (text, code) in [
            ("1".repeat(61).as_str(), "too-long"),
            ("RE \"17\"", "number-characters"),
            ("2026\\17", "number-characters"),
        ] {
            assert_eq!(number(text).expect_err(text).0[0].code, code);
        }
    }

    #[test]
    fn an_invoice_is_for_the_rest_of_a_statement_or_whole_lines_of_it() {
        let rest = Money::new(123_450, Currency::EUR);
        let amount = |text: &str| {
            let form = InvoiceForm {
                amount: text.to_owned(),
                ..InvoiceForm::default()
            };
            form.parse_amount(rest, &[-1_000, 100_000, 24_450])
        };
        assert_eq!(amount(" "), Ok(rest));
        assert_eq!(amount("1.234,50"), Ok(rest));
        assert_eq!(amount("990"), Ok(Money::new(99_000, Currency::EUR)));
        for (text, code, detail) in [
            ("1234.51", "amount-above-rest", "1234.50"),
            ("989.99", "amount-not-whole-lines", "990.00"),
            ("1000", "amount-not-whole-lines", "990.00"),
            ("0", "amount-not-positive", ""),
            ("-5", "amount-invalid", ""),
            ("12.3456", "amount-invalid", ""),
        ] {
            let mut expected = FieldErrors::default();
            expected.add_with("amount", code, detail);
            assert_eq!(amount(text), Err(expected), "{text:?}");
        }
    }
}
