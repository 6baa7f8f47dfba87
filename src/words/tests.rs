//! What must hold for every catalogue: the languages say the same things with the same arguments, nothing is missing or said twice; and how figures and dates come out.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use chrono_tz::{Europe::Berlin, UTC};
use fluent_bundle::{FluentArgs, FluentValue};
use fluent_syntax::{ast, parser};
use portal_domain::{
    access::{Action, MemberRole, StaffRole},
    calendar::{Month, Quarter, Timestamp},
    claim::{RejectReason, ReviewReason},
    failure::Failure,
    lead::{LawfulBasis, LeadState},
    line::{LineKind, LineState},
    money::{Currency, Money, Rate},
    notice::{Delivery, MailKind, StaffEvent},
    origin::Means,
    statement::SettlementState,
};

use super::*;

/// The arguments of one message: by name, whether one of them chooses a plural.
type Arguments = BTreeMap<String, bool>;

/// All messages of a language in the order of the files.
fn messages(locale: Locale) -> Vec<(String, Arguments)> {
    let mut found = Vec::new();
    for source in locale.sources() {
        let resource = parser::parse(*source).expect("well-formed Fluent");
        for entry in resource.body {
            match entry {
                ast::Entry::Message(message) => {
                    assert!(
                        message.attributes.is_empty(),
                        "{}: a message has one text",
                        message.id.name
                    );
                    let pattern = message.value.expect(message.id.name);
                    let mut arguments = Arguments::new();
                    collect_arguments(&pattern, &mut arguments);
                    found.push((message.id.name.to_owned(), arguments));
                }
                ast::Entry::Term(term) => panic!("{}: terms are not used", term.id.name),
                ast::Entry::Junk { content } => panic!("no Fluent: {content}"),
                _ => {}
            }
        }
    }
    found
}

fn collect_arguments(pattern: &ast::Pattern<&str>, arguments: &mut Arguments) {
    for element in &pattern.elements {
        let ast::PatternElement::Placeable { expression } = element else {
            continue;
        };
        match expression {
            ast::Expression::Inline(inline) => collect_inline(inline, false, arguments),
            ast::Expression::Select { selector, variants } => {
                collect_inline(selector, true, arguments);
                for variant in variants {
                    collect_arguments(&variant.value, arguments);
                }
            }
        }
    }
}

fn collect_inline(inline: &ast::InlineExpression<&str>, chooses: bool, arguments: &mut Arguments) {
    match inline {
        ast::InlineExpression::VariableReference { id } => {
            *arguments.entry(id.name.to_owned()).or_default() |= chooses;
        }
        ast::InlineExpression::StringLiteral { .. } => {}
        other => panic!("only arguments are used: {other:?}"),
    }
}

#[test]
fn every_language_has_the_same_keys_with_the_same_arguments() {
    // Whether an argument chooses a plural is each language's own affair.
    let names = |locale| -> BTreeMap<String, Vec<String>> {
        let all = messages(locale).into_iter();
        all.map(|(key, arguments)| (key, arguments.into_keys().collect()))
            .collect()
    };
    let english = names(Locale::En);
    for locale in Locale::ALL {
        let theirs = names(*locale);
        for (key, arguments) in &english {
            assert_eq!(
                theirs.get(key),
                Some(arguments),
                "{key} in {}",
                locale.as_str()
            );
        }
        for key in theirs.keys() {
            assert!(english.contains_key(key), "{key} is not English");
        }
    }
}

#[test]
fn no_key_stands_twice_and_keys_are_kebab_case_with_a_word_of_the_domain_at_most() {
    for locale in Locale::ALL {
        let mut seen = BTreeSet::new();
        for (key, _) in messages(*locale) {
            let well_formed = key.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte)
            });
            assert!(well_formed, "{key}");
            assert!(seen.insert(key.clone()), "{key} in {}", locale.as_str());
        }
    }
}

#[test]
fn every_message_comes_out_whole_when_given_its_arguments() {
    for locale in Locale::ALL {
        let catalogue = locale.catalogue();
        for (key, arguments) in messages(*locale) {
            for count in [0, 1, 2, 5_000] {
                let mut values = FluentArgs::new();
                for (name, chooses) in &arguments {
                    let value = if *chooses {
                        FluentValue::from(count)
                    } else {
                        FluentValue::from(format!("<{name}>"))
                    };
                    values.set(name.clone(), value);
                }
                let (text, faults) = catalogue.format(&key, &values).expect(&key);
                assert_eq!(faults, 0, "{key}: {text}");
                assert!(!text.trim().is_empty(), "{key} says nothing");
                assert!(!text.contains(['{', '}']), "{key}: {text}");
                let typewriter = text.contains("...") || text.contains(['"', '\'']);
                assert!(!typewriter, "{key} has marks of a typewriter: {text}");
            }
        }
    }
}

#[test]
fn every_word_of_the_domain_has_its_text() {
    let mut keys: Vec<String> = Vec::new();
    let mut add = |prefix: &str, word: &str| keys.push(format!("{prefix}-{word}"));
    for state in LeadState::ALL {
        add("lead-state", state.as_str());
        add("lead-state-hint", state.as_str());
        add("lead-event", state.as_str());
    }
    for reason in RejectReason::ALL {
        add("lead-reason", reason.as_str());
    }
    for reason in ReviewReason::ALL {
        add("lead-review", reason.as_str());
    }
    for basis in LawfulBasis::ALL {
        add("basis", basis.as_str());
    }
    for means in Means::ALL {
        add("audit-means", means.as_str());
    }
    for role in MemberRole::ALL {
        add("role", role.as_str());
    }
    for role in StaffRole::ALL {
        add("staff-role", role.as_str());
    }
    for action in Action::ALL {
        add("action", action.as_str());
        add("action-what", action.as_str());
    }
    for state in LineState::ALL {
        add("line-state", state.as_str());
    }
    for kind in LineKind::ALL {
        add("line-kind", kind.as_str());
    }
    for state in SettlementState::ALL {
        add("settlement-state", state.as_str());
    }
    for event in StaffEvent::ALL {
        add("channel-event", event.as_str());
    }
    for kind in MailKind::OPTIONAL {
        add("mail-kind", kind.as_str());
    }
    for delivery in Delivery::ALL {
        add("delivery", delivery.as_str());
    }
    for failure in Failure::ALL {
        add("advice", failure.as_str());
    }
    for locale in Locale::ALL {
        for key in &keys {
            assert!(Words::of(*locale).has(key), "{key} in {}", locale.as_str());
        }
    }
}

#[test]
fn a_text_is_found_by_its_key_and_a_missing_one_is_answered_by_the_key() {
    let (english, german) = (Words::of(Locale::En), Words::of(Locale::De));
    assert_eq!(english.text("button-save"), "Save");
    assert_eq!(german.text("button-save"), "Speichern");
    assert!(english.has("button-save") && !english.has("button-of-nothing"));
    assert_eq!(english.text("button-of-nothing"), "button-of-nothing");
    assert_eq!(
        english.with("button-of-nothing", &[("a", 1_i64.into())]),
        "button-of-nothing"
    );
}

#[test]
fn numbers_choose_the_plural_and_are_written_as_the_language_does() {
    let (english, german) = (Words::of(Locale::En), Words::of(Locale::De));
    for (count, in_english, in_german) in [
        (1, "One lead", "Ein Lead"),
        (0, "0 leads", "0 Leads"),
        (12_345, "12,345 leads", "12.345 Leads"),
    ] {
        let arguments = [("count", Argument::from(count))];
        assert_eq!(english.with("lead-list-count", &arguments), in_english);
        assert_eq!(german.with("lead-list-count", &arguments), in_german);
    }
    let arguments = [
        ("query", Argument::from("<b>Acme</b>")),
        ("unused", Argument::from(3_usize)),
    ];
    assert_eq!(
        english.with("list-nothing-found", &arguments),
        "Nothing matches “<b>Acme</b>”."
    );
}

#[test]
fn a_group_is_what_begins_with_a_prefix_and_needs_no_arguments() {
    let states = Words::of(Locale::De).group("settlement-state-");
    let expected = [
        ("invoiced", "In Rechnung gestellt"),
        ("paid", "Ausgezahlt"),
        ("part_invoiced", "Teilweise berechnet"),
        ("part_paid", "Teilweise ausgezahlt"),
        ("stated", "Abgerechnet"),
    ];
    let found: Vec<(&str, &str)> = states
        .iter()
        .map(|(key, text)| (key.as_str(), text.as_str()))
        .collect();
    assert_eq!(found, expected);
    let hints = Words::of(Locale::En).group("settlement-hint-");
    assert_eq!(hints.keys().collect::<Vec<_>>(), ["paid", "stated"]);
    assert!(Words::of(Locale::En).group("nothing-").is_empty());
}

#[test]
fn a_language_is_read_from_tags_and_from_what_browsers_ask_for() {
    for locale in Locale::ALL {
        assert_eq!(Locale::parse(locale.as_str()), Some(*locale));
    }
    assert_eq!(Locale::parse("de-AT"), Some(Locale::De));
    assert_eq!(Locale::parse(" EN_gb "), Some(Locale::En));
    assert_eq!(Locale::parse("deutsch"), None);
    assert_eq!(Locale::De.own_name(), "Deutsch");
    for (header, locale) in [
        ("", Locale::En),
        ("fr", Locale::En),
        ("*", Locale::En),
        ("de", Locale::De),
        ("de-CH,de;q=0.9,en;q=0.8", Locale::De),
        ("en-GB,en;q=0.9,de;q=0.8", Locale::En),
        ("fr-FR, de; q=0.7, en; q=0.3", Locale::De),
        ("en;q=0.5,de;q=0.501", Locale::De),
        ("en;q=0,de;q=0.1", Locale::De),
        ("de;q=0", Locale::En),
        ("de;q=x,en;q=0.1", Locale::En),
    ] {
        assert_eq!(Locale::from_accept_language(header), locale, "{header:?}");
    }
}

#[test]
fn amounts_are_written_as_each_language_writes_them() {
    for (minor, currency, in_english, in_german) in [
        (123_450, "EUR", "€1,234.50", "1.234,50 €"),
        (0, "EUR", "€0.00", "0,00 €"),
        (7, "GBP", "£0.07", "0,07 £"),
        (-500, "EUR", "−€5.00", "−5,00 €"),
        (99_999, "USD", "$999.99", "999,99 $"),
        (123_456_789, "CHF", "CHF 1,234,567.89", "1.234.567,89 CHF"),
        (-1, "CHF", "−CHF 0.01", "−0,01 CHF"),
        (123_450, "AUD", "AUD 1,234.50", "1.234,50 AUD"),
        (1_234, "JPY", "¥1,234", "1.234 ¥"),
        (1_234_567, "KWD", "KWD 1,234.567", "1.234,567 KWD"),
        (
            i64::MIN,
            "EUR",
            "−€92,233,720,368,547,758.08",
            "−92.233.720.368.547.758,08 €",
        ),
    ] {
        let money = Money::new(minor, Currency::parse(currency).expect(currency));
        for (locale, expected) in [(Locale::En, in_english), (Locale::De, in_german)] {
            let expected = expected.replace(' ', "\u{a0}");
            assert_eq!(Words::of(locale).money(money), expected);
        }
    }
}

#[test]
fn numbers_and_shares_are_written_as_each_language_writes_them() {
    let (english, german) = (Words::of(Locale::En), Words::of(Locale::De));
    for (number, in_english, in_german) in [
        (0, "0", "0"),
        (999, "999", "999"),
        (1_000, "1,000", "1.000"),
        (-1_234_567, "−1,234,567", "−1.234.567"),
    ] {
        assert_eq!(english.number(number), in_english);
        assert_eq!(german.number(number), in_german);
    }
    for (typed, in_english, in_german) in [
        ("12.5", "12.5%", "12,5\u{a0}%"),
        ("10", "10%", "10\u{a0}%"),
        ("0.0625", "0.0625%", "0,0625\u{a0}%"),
    ] {
        let rate = Rate::parse_percent(typed).expect(typed);
        assert_eq!(english.percent(rate), in_english);
        assert_eq!(german.percent(rate), in_german);
    }
}

#[test]
fn days_months_and_quarters_are_written_as_each_language_writes_them() {
    let (english, german) = (Words::of(Locale::En), Words::of(Locale::De));
    let date = NaiveDate::from_ymd_opt(2026, 7, 3).expect("a day");
    assert_eq!(english.date(date), "3 Jul 2026");
    assert_eq!(german.date(date), "3. Juli 2026");
    assert_eq!(english.day(date), "3 Jul");
    assert_eq!(german.day(date), "3. Juli");
    let month = Month::new(2026, 9);
    assert_eq!(english.month(month), "September 2026");
    assert_eq!(german.month(month), "September 2026");
    assert_eq!(english.month_short(month), "Sep 2026");
    assert_eq!(german.month_short(month), "Sept. 2026");
    let quarter = Quarter::of(month, 1);
    assert_eq!(english.quarter(quarter), "Q3 2026");
    assert_eq!(german.quarter(quarter), "Q3 2026");
    // A fiscal year that starts in April: January still belongs to the year before.
    let quarter = Quarter::of(Month::new(2027, 1), 4);
    assert_eq!(english.quarter(quarter), "Q4 2026");
    for number in 1..=12 {
        let month = Month::new(2026, number);
        for words in [english, german] {
            assert!(!words.month(month).contains("month-"));
            assert!(!words.month_short(month).contains("month-"));
        }
    }
}

#[test]
fn instants_are_written_by_the_clocks_of_their_zone() {
    let (english, german) = (Words::of(Locale::En), Words::of(Locale::De));
    // 2026-07-03T22:05:00Z: the next day in Berlin.
    let instant = Timestamp(1_783_116_300_000);
    assert_eq!(english.instant(instant, UTC), "3 Jul 2026, 22:05");
    assert_eq!(english.instant(instant, Berlin), "4 Jul 2026, 00:05");
    assert_eq!(german.instant(instant, Berlin), "4. Juli 2026, 00:05");
    assert_eq!(german.date_of(instant, Berlin), "4. Juli 2026");
    assert_eq!(
        english.instant(Timestamp(i64::MAX), UTC),
        "1 Jan 1970, 00:00"
    );
}

#[test]
fn how_long_ago_is_said_in_the_largest_unit_that_fits() {
    let (english, german) = (Words::of(Locale::En), Words::of(Locale::De));
    let now = Timestamp(10_000_000_000);
    for (seconds, in_english, in_german) in [
        (-5, "just now", "gerade eben"),
        (0, "just now", "gerade eben"),
        (59, "just now", "gerade eben"),
        (60, "1 min ago", "vor 1 Min."),
        (3_599, "59 min ago", "vor 59 Min."),
        (3_600, "1 h ago", "vor 1 Std."),
        (86_399, "23 h ago", "vor 23 Std."),
        (86_400, "1 day ago", "vor einem Tag"),
        (172_800, "2 days ago", "vor 2 Tagen"),
    ] {
        let then = now.plus_ms(-seconds * 1_000);
        assert_eq!(english.ago(now, then), in_english, "{seconds}");
        assert_eq!(german.ago(now, then), in_german, "{seconds}");
    }
}
