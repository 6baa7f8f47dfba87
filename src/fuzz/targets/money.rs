//! Amounts, as people type them and as vendors write them: what is read is written back as the same, and never as more than was there.

#![no_main]

use libfuzzer_sys::fuzz_target;
use portal_domain::money::{Currency, Money, Rate};

fuzz_target!(|parts: (&str, &str)| {
    let (text, code) = parts;
    let euro = Currency::parse("EUR").expect("a currency");
    for currency in [Currency::parse(code).unwrap_or(euro), euro, Currency::parse("JPY").expect("a currency")] {
        if let Ok(read) = Money::parse_decimal(text, currency) {
            assert_eq!(Money::parse_decimal(&read.to_decimal(), currency), Ok(read));
        }
        if let Ok(read) = Money::parse_typed(text, currency) {
            assert!(read.minor > 0, "{text:?} is not positive");
            assert_eq!(Money::parse_typed(&read.to_decimal(), currency), Ok(read), "{text:?}");
            let digits = |text: &str| -> String {
                let digits = text.chars().filter(char::is_ascii_digit);
                digits.collect::<String>().trim_start_matches('0').to_owned()
            };
            let (typed, written) = (digits(text), digits(&read.to_decimal()));
            assert!(written.starts_with(typed.as_str()), "{text:?} became {read:?}");
        }
    }
    let _ = Rate::parse_percent(text);
});
