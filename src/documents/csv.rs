//! A statement as CSV, for machines: RFC 4180 in UTF-8 without a mark at its head, stable English column names, plain decimals, ISO dates.

use ::csv::{Terminator, WriterBuilder};
use portal_domain::{
    money::Money,
    statement::{StatementBody, StatementLine},
};

use crate::DocumentError;

/// The names of the columns, in their order; programs rely on both.
const COLUMNS: [&str; 13] = [
    "statement_number",
    "quarter",
    "period_from",
    "period_to",
    "closed_on",
    "month",
    "client",
    "deal",
    "kind",
    "reason",
    "amount",
    "currency",
    "line_id",
];

/// All lines of a statement, in its order.
///
/// # Errors
/// `Csv`, which writing to memory does not give.
pub fn csv(body: &StatementBody) -> Result<Vec<u8>, DocumentError> {
    let failed = |error: ::csv::Error| DocumentError::Csv(error.to_string());
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(failed)?;
    for line in &body.lines {
        writer.write_record(record(body, line)).map_err(failed)?;
    }
    writer
        .into_inner()
        .map_err(|error| DocumentError::Csv(error.to_string()))
}

fn record(body: &StatementBody, line: &StatementLine) -> [String; 13] {
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    [
        body.number.clone(),
        body.quarter.clone(),
        day(body.from),
        day(body.to),
        body.closed_on.clone(),
        line.month.to_string(),
        harmless(&line.client_name),
        harmless(&line.deal_name),
        line.kind.clone(),
        harmless(&line.reason),
        Money::new(line.amount_minor, body.currency).to_decimal(),
        body.currency.to_string(),
        line.id.to_string(),
    ]
}

/// A text that somebody typed, so that no spreadsheet takes it for a formula: an apostrophe before whatever could begin one. Spreadsheets pass over
/// blanks and control characters at the start, and Excel knows the wide forms of the signs too.
fn harmless(text: &str) -> String {
    let first = text.chars().find(|c| !c.is_whitespace() && !c.is_control());
    let begins_with_control = text.starts_with(|c: char| c.is_control());
    let is_formula = first.is_some_and(|c| "=+-@＝＋－＠".contains(c)) || begins_with_control;
    if is_formula {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
