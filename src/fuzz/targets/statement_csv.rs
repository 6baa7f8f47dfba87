//! A statement as CSV, whatever people called their clients and deals: another program reads every text back, and no cell begins a formula.

#![no_main]

use libfuzzer_sys::fuzz_target;
use portal_domain::{
    calendar::Month,
    ids::{LineId, StatementId},
    money::{Currency, Money},
    statement::{StatementBody, StatementLine},
};

fuzz_target!(|texts: (String, String, String, i64)| {
    let (client_name, deal_name, reason, amount_minor) = texts;
    let currency = Currency::parse("EUR").expect("a currency");
    // The one number without an opposite is no amount: nothing that is read gives it.
    let amount_minor = amount_minor.max(-i64::MAX);
    let line = StatementLine {
        id: LineId::of_bits(1),
        month: Month::parse("2026-07").expect("a month"),
        client_name: client_name.clone(),
        kind: "month".to_owned(),
        amount_minor,
        deal_name: deal_name.clone(),
        reason: reason.clone(),
        corrects: None,
    };
    let body = StatementBody {
        id: StatementId::of_bits(1),
        number: "S-1".to_owned(),
        partner_name: String::new(),
        quarter: "2026Q3".to_owned(),
        currency,
        lines: vec![line],
        total: Money::new(amount_minor, currency),
        closed_on: "2026-10-01".to_owned(),
        previous_hash: String::new(),
        place: 1,
        vendor: Default::default(),
        partner: Default::default(),
        from: None,
        to: None,
        payment_days: 0,
        url: String::new(),
    };
    let file = portal_documents::csv(&body).expect("a file");
    let mut reader = csv::Reader::from_reader(file.as_slice());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 1, "one line is one row");
    for (column, typed) in [(6, &client_name), (7, &deal_name), (9, &reason)] {
        let cell = &rows[0][column];
        assert!(cell == typed || *cell == format!("'{typed}"), "{cell:?} for {typed:?}");
        let first = cell.trim_start().chars().next();
        assert!(!first.is_some_and(|first| "=+-@".contains(first)), "{cell:?} is a formula");
    }
    let amount = Money::parse_decimal(&rows[0][10], currency).expect("an amount");
    assert_eq!(amount.minor, amount_minor);
});
