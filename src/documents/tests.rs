//! Documents are read again as whoever gets them would: the PDF by a reader of PDFs, the CSV by a reader of CSV.

use portal_domain::{
    ids::LineId,
    money::{Currency, Money},
    statement::{Party, StatementBody, StatementLine},
};
use portal_words::{Locale, Words};
use proptest::prelude::*;

use super::*;
use crate::text::{Style, printable};

const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// What partners and clients may be called, kindly or not.
fn hostile_names() -> Vec<String> {
    vec![
        "W".repeat(200),
        "Sehr lange Firma ".repeat(12),
        "שלום עולם בע״מ مرحبا".to_owned(),
        "🎉 Party \u{1f469}\u{200d}\u{1f4bb} Ltd".to_owned(),
        "a\u{0}b\u{7}c\r\nd\te\u{1b}[31m".to_owned(),
        "=cmd|'/c calc'!A0".to_owned(),
        "\u{202e}gro.live\u{202c}".to_owned(),
        "漢字会社".to_owned(),
        "\u{e000}\u{10fffd}\u{fffe}\u{ffff}\u{feff}".to_owned(),
        "e\u{301}\u{302}\u{303}\u{304}\u{305}".repeat(30),
        "ﷺ﷽ ﬁﬂ".to_owned(),
        "</title><script>alert(1)</script>".to_owned(),
        "\"quoted\", with; a comma".to_owned(),
        String::new(),
    ]
}

fn party(legal_name: &str) -> Party {
    Party {
        legal_name: legal_name.to_owned(),
        address: vec!["48 Quay Street".to_owned(), "Bristol BS1 4XE".to_owned()],
        country: "GB".to_owned(),
        vat_number: "GB987654321".to_owned(),
        email: "invoices@vendor.example".to_owned(),
    }
}

fn line(place: usize, client: &str, kind: &str, amount_minor: i64) -> StatementLine {
    let id: LineId = format!("01ARZ3NDEKTSV4RRFFQ69{place:05}")
        .parse()
        .expect("an id");
    StatementLine {
        id,
        month: "2026-08".to_owned().try_into().expect("a month"),
        client_name: client.to_owned(),
        kind: kind.to_owned(),
        amount_minor,
        deal_name: format!("Deal {place}"),
        reason: String::new(),
        corrects: None,
    }
}

fn statement(lines: Vec<StatementLine>) -> StatementBody {
    let total = lines.iter().map(|line| line.amount_minor).sum();
    StatementBody {
        id: "01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().expect("an id"),
        number: "PS-2026Q3-000042".to_owned(),
        partner_name: "Aster".to_owned(),
        quarter: "2026Q3".to_owned(),
        currency: Currency::GBP,
        lines,
        total: Money::new(total, Currency::GBP),
        closed_on: "2026-10-10".to_owned(),
        previous_hash: String::new(),
        place: 1,
        vendor: party("Vendor Software Ltd"),
        partner: party("Aster Consulting Ltd"),
        from: "2026-07-01".parse().ok(),
        to: "2026-09-30".parse().ok(),
        payment_days: 30,
        url: "https://portal.example.com/statements/01ARZ3NDEKTSV4RRFFQ69G5FAV".to_owned(),
    }
}

fn of_length(count: usize) -> StatementBody {
    let lines = (0..count)
        .map(|place| {
            let kind = ["scheduled", "scheduled", "adjustment", "clawback", "manual"][place % 5];
            let amount = if kind == "clawback" { -1_000 } else { 123_456 };
            line(place, &format!("Client {place} GmbH"), kind, amount)
        })
        .collect();
    statement(lines)
}

fn words(locale: Locale) -> Words {
    Words::of(locale)
}

fn make(body: &StatementBody, locale: Locale) -> Vec<u8> {
    pdf(body, HASH, &words(locale)).expect("a PDF that keeps to its standards")
}

/// What a reader finds on each page, without blanks: where they fall is the layout's.
fn read(file: &[u8]) -> Vec<String> {
    let document = lopdf::Document::load_mem(file).expect("a PDF");
    let pages = document.get_pages();
    pages
        .keys()
        .map(|page| {
            let text = document.extract_text(&[*page]).expect("text");
            text.chars().filter(|c| !c.is_whitespace()).collect()
        })
        .collect()
}

#[track_caller]
fn assert_holds(text: &str, expected: &str) {
    let expected: String = expected.chars().filter(|c| !c.is_whitespace()).collect();
    assert!(text.contains(&expected), "{expected} is not in {text}");
}

#[test]
fn a_statement_of_any_length_says_everything_and_numbers_its_pages() {
    for (count, at_least) in [(1, 1), (40, 2), (500, 20)] {
        let body = of_length(count);
        let pages = read(&make(&body, Locale::En));
        assert!(
            pages.len() >= at_least,
            "{count} lines on {} pages",
            pages.len()
        );
        let whole = pages.concat();
        for line in &body.lines {
            assert_holds(&whole, &line.client_name);
            assert_holds(&whole, &line.deal_name);
        }
        assert_holds(&pages[0], "Vendor Software Ltd");
        assert_holds(&pages[0], "Aster Consulting Ltd");
        assert_holds(&pages[0], "1 Jul 2026 to 30 Sep 2026");
        assert_holds(&whole, &words(Locale::En).money(body.total));
        for (place, page) in pages.iter().enumerate() {
            assert_holds(page, "PS-2026Q3-000042");
            assert_holds(page, &format!("Page {} of {}", place + 1, pages.len()));
            assert_holds(page, HASH);
            if page.contains("Commission") {
                assert_holds(page, "Month Client Kind Amount");
            }
        }
        let last = pages.last().expect("a page");
        assert_holds(last, "What to do now");
        assert_holds(last, "within 30 days of your invoice");
        assert_holds(last, "invoices@vendor.example");
    }
}

#[test]
fn a_german_reader_gets_a_german_statement() {
    let body = of_length(5);
    let file = make(&body, Locale::De);
    let text = read(&file).concat();
    for expected in [
        "Provisionsabrechnung",
        "1. Juli 2026 bis 30. September 2026",
        "Vereinigtes Königreich",
        "Rückbelastung",
        "1.234,56 £",
        "Seite 1 von 1",
        "innerhalb von 30 Tagen",
    ] {
        assert_holds(&text, expected);
    }
    let document = lopdf::Document::load_mem(&file).expect("a PDF");
    let catalogue = document.catalog().expect("a catalogue");
    let language = catalogue.get(b"Lang").expect("a language");
    assert_eq!(language.as_str().expect("a text"), b"de");
    assert!(
        catalogue.has(b"StructTreeRoot"),
        "tagged for screen readers"
    );
}

#[test]
fn the_same_statement_gives_the_same_bytes() {
    let body = of_length(60);
    assert_eq!(make(&body, Locale::En), make(&body, Locale::En));
    assert_ne!(make(&body, Locale::En), make(&body, Locale::De));
}

#[test]
fn hostile_names_print_and_nothing_but_the_name_suffers() {
    let names = hostile_names();
    let lines = names
        .iter()
        .enumerate()
        .map(|(place, name)| StatementLine {
            deal_name: name.clone(),
            reason: name.clone(),
            ..line(place, name, "manual", 123_456)
        })
        .collect();
    for name in &names {
        let body = StatementBody {
            partner: party(name),
            partner_name: name.clone(),
            vendor: Party {
                address: vec![name.clone(); 5],
                country: name.clone(),
                vat_number: name.clone(),
                email: name.clone(),
                ..party(name)
            },
            url: name.clone(),
            number: name.clone(),
            quarter: name.clone(),
            closed_on: name.clone(),
            ..statement(vec![line(0, name, name, i64::MAX)])
        };
        make(&body, Locale::De);
    }
    let text = read(&make(&statement(lines), Locale::En)).concat();
    assert_eq!(text.matches("£1,234.56").count(), names.len());
    assert_holds(&text, "a b c d e [31m");
    assert_holds(&text, "=cmd|'/c calc'!A0");
    assert_holds(&text, "\u{fffd} Party \u{fffd}\u{fffd} Ltd");
    assert_holds(&text, "</title><script>alert(1)</script>");
}

#[test]
fn names_in_latin_greek_and_cyrillic_print_as_they_are() {
    let names = [
        "Zażółć Gęślą Jaźń Sp. z o.o.",
        "Łódź Şirketi İstanbul A.Ş.",
        "Ελληνική Εταιρεία Ά.Ε.",
        "ООО «Ромашка» Їжак Ђорђе",
        "Việt Nam Thương mại",
        "Æther & Œuvre ß ẞ",
    ];
    let lines = names
        .iter()
        .enumerate()
        .map(|(place, name)| line(place, name, "scheduled", 100))
        .collect();
    let text = read(&make(&statement(lines), Locale::En)).concat();
    for name in names {
        assert_holds(&text, name);
    }
    assert!(!text.contains('\u{fffd}'));
}

#[test]
fn a_statement_from_before_it_named_its_parties_is_a_document_too() {
    let body = StatementBody {
        vendor: Party::default(),
        partner: Party::default(),
        from: None,
        to: None,
        payment_days: 0,
        url: String::new(),
        ..of_length(3)
    };
    let text = read(&make(&body, Locale::En)).concat();
    assert_holds(&text, "Aster");
    assert_holds(&text, "net to us");
    assert!(!text.contains("Payment"), "nothing was said of it");
    let none = read(&make(&statement(Vec::new()), Locale::En));
    assert_eq!(none.len(), 1);
}

#[test]
fn csv_read_back_is_the_lines() {
    let mut body = of_length(40);
    body.lines[3].reason = "Two\r\nlines, \"quoted\"".to_owned();
    let file = csv(&body).expect("CSV");
    assert!(
        file.starts_with(b"statement_number,quarter,period_from,period_to,closed_on,month,client,deal,kind,reason,amount,currency,line_id\r\n")
    );
    let mut reader = ::csv::Reader::from_reader(file.as_slice());
    let rows: Vec<::csv::StringRecord> = reader
        .records()
        .collect::<Result<_, _>>()
        .expect("well formed");
    assert_eq!(rows.len(), body.lines.len());
    let mut total = 0;
    for (row, line) in rows.iter().zip(&body.lines) {
        let cells: Vec<&str> = row.iter().collect();
        let amount = Money::parse_decimal(cells[10], Currency::GBP).expect("a plain decimal");
        assert_eq!(amount.minor, line.amount_minor);
        assert_eq!(
            cells,
            [
                "PS-2026Q3-000042",
                "2026Q3",
                "2026-07-01",
                "2026-09-30",
                "2026-10-10",
                "2026-08",
                &line.client_name,
                &line.deal_name,
                &line.kind,
                &line.reason,
                cells[10],
                "GBP",
                &line.id.to_string(),
            ]
        );
        total += amount.minor;
    }
    assert_eq!(total, body.total.minor);
}

#[test]
fn no_spreadsheet_takes_a_name_for_a_formula() {
    for (name, cell) in [
        ("=1+1", "'=1+1"),
        ("+49 30 1234", "'+49 30 1234"),
        ("-Minus-", "'-Minus-"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (" \t=1+1", "' \t=1+1"),
        ("\t1", "'\t1"),
        ("\r=1", "'\r=1"),
        ("＝1+1", "'＝1+1"),
        ("\u{a0}=1+1", "'\u{a0}=1+1"),
        ("Acme = Co", "Acme = Co"),
        ("O'Brien", "O'Brien"),
        ("", ""),
    ] {
        let mut body = statement(vec![line(0, name, "manual", -500)]);
        body.lines[0].deal_name = name.to_owned();
        body.lines[0].reason = name.to_owned();
        let file = csv(&body).expect("CSV");
        let mut reader = ::csv::Reader::from_reader(file.as_slice());
        let row = reader
            .records()
            .next()
            .expect("a line")
            .expect("well formed");
        for column in [6, 7, 9] {
            assert_eq!(&row[column], cell, "{name:?}");
        }
        assert_eq!(
            &row[10],
            "-500".replace("500", "5.00"),
            "a number stays one"
        );
    }
}

#[test]
fn what_nobody_sees_is_left_out_and_blanks_are_spaces() {
    for (text, expected) in [
        ("  a \r\n\t b  ", "a b"),
        ("a\u{200b}b\u{202e}c\u{feff}", "abc"),
        ("1\u{a0}234 €", "1\u{a0}234 €"),
        ("\u{0}", ""),
        ("\u{e000}x", "\u{fffd}x"),
        ("−5", "–5"),
    ] {
        assert_eq!(printable(text), expected, "{text:?}");
    }
    assert_eq!(printable(&"x".repeat(5_000)).len(), 1_000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_text_is_wider_than_its_place_and_none_stops_the_document(
        characters in prop::collection::vec(any::<char>(), 0..80), width in 40_f32..300.0,
    ) {
        let text: String = characters.into_iter().collect();
        let style = Style::regular(9.0);
        for lines_max in [1, 2, 4] {
            let lines = style.wrap(&text, width, lines_max);
            prop_assert!(lines.len() <= lines_max);
            for run in lines {
                // A blank at the end of a line is not seen.
                let seen = style.line(run.text.trim_end(), f32::MAX);
                prop_assert!(seen.width <= width + 0.01, "{} in {width}: {:?}", seen.width, run.text);
            }
        }
        prop_assert!(style.whole(&text, width).width <= width + 0.01);
        let body = statement(vec![line(0, &text, "scheduled", 100)]);
        prop_assert!(pdf(&body, HASH, &words(Locale::En)).is_ok());
    }

    #[test]
    fn wrapping_loses_no_word(words in prop::collection::vec("[a-zäß]{1,12}", 1..30)) {
        let text = words.join(" ");
        let lines = Style::regular(9.0).wrap(&text, 120.0, 1_000);
        let again: String = lines.iter().map(|run| run.text.as_str()).collect();
        prop_assert_eq!(again, text);
    }
}
