//! How amounts, figures, days and instants are written in each language. Only what differs by rule stands here: names of months and the like are in the catalogues. Nothing is rounded or converted.

use chrono::{DateTime, Datelike, NaiveDate};
use chrono_tz::Tz;
use fluent_bundle::FluentValue;
use portal_domain::{
    calendar::{Month, Quarter, Timestamp},
    money::{Currency, Money, Rate},
};

use crate::{Locale, Words};

const NO_BREAK_SPACE: char = '\u{a0}';
const MINUS: char = '−';

/// The marks of a language's figures.
struct Marks {
    group: char,
    decimal: char,
}

const fn marks(locale: Locale) -> Marks {
    match locale {
        Locale::En => Marks {
            group: ',',
            decimal: '.',
        },
        Locale::De => Marks {
            group: '.',
            decimal: ',',
        },
    }
}

/// What a bundle formats the figures within a sentence with.
pub(crate) const fn formatter<M>(locale: Locale) -> fn(&FluentValue<'_>, &M) -> Option<String> {
    match locale {
        Locale::En => |value, _| whole_number(value, Locale::En),
        Locale::De => |value, _| whole_number(value, Locale::De),
    }
}

/// Only whole numbers are passed to messages: an amount is a text by then.
fn whole_number(value: &FluentValue<'_>, locale: Locale) -> Option<String> {
    match value {
        FluentValue::Number(number) => number
            .as_string()
            .parse()
            .ok()
            .map(|number| Words::of(locale).number(number)),
        _ => None,
    }
}

/// Digits in groups of three.
fn group_digits(digits: &str, mark: char) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(mark);
        }
        grouped.push(digit);
    }
    grouped
}

/// The sign that everybody knows, else the code: "AUD" cannot be mistaken for "$".
fn currency_sign(currency: Currency) -> Option<&'static str> {
    match currency.as_str() {
        "EUR" => Some("€"),
        "GBP" => Some("£"),
        "USD" => Some("$"),
        "JPY" => Some("¥"),
        _ => None,
    }
}

impl Words {
    /// An amount with its currency: `€1,234.50`, `CHF 1,234.50`, `−€5.00`; `1.234,50 €`, `−5,00 €`. As many decimals as the currency has.
    pub fn money(&self, money: Money) -> String {
        let marks = marks(self.locale());
        let minor_digits = money.currency.minor_digits() as usize;
        let width = minor_digits + 1;
        let digits = format!("{:0width$}", money.minor.unsigned_abs());
        let (whole, decimals) = digits.split_at(digits.len() - minor_digits);
        let mut amount = group_digits(whole, marks.group);
        if minor_digits > 0 {
            amount.push(marks.decimal);
            amount.push_str(decimals);
        }
        let sign = if money.minor < 0 {
            String::from(MINUS)
        } else {
            String::new()
        };
        let code = money.currency.as_str();
        match (self.locale(), currency_sign(money.currency)) {
            (Locale::En, Some(symbol)) => format!("{sign}{symbol}{amount}"),
            (Locale::En, None) => format!("{sign}{code}{NO_BREAK_SPACE}{amount}"),
            (Locale::De, symbol) => {
                format!("{sign}{amount}{NO_BREAK_SPACE}{}", symbol.unwrap_or(code))
            }
        }
    }

    /// A count: `12,345`, `12.345`.
    pub fn number(&self, number: i64) -> String {
        let digits = number.unsigned_abs().to_string();
        let grouped = group_digits(&digits, marks(self.locale()).group);
        if number < 0 {
            format!("{MINUS}{grouped}")
        } else {
            grouped
        }
    }

    /// A share: `12.5%`, `12,5 %`.
    pub fn percent(&self, rate: Rate) -> String {
        let percent = rate.to_percent();
        match self.locale() {
            Locale::En => format!("{percent}%"),
            Locale::De => format!("{}{NO_BREAK_SPACE}%", percent.replace('.', ",")),
        }
    }

    /// A day: `3 Jul 2026`, `3. Juli 2026`.
    pub fn date(&self, date: NaiveDate) -> String {
        match self.locale() {
            Locale::En => {
                let month = self.month_name("month-short", date.month());
                format!("{} {month} {}", date.day(), date.year())
            }
            Locale::De => {
                let month = self.month_name("month", date.month());
                format!("{}. {month} {}", date.day(), date.year())
            }
        }
    }

    /// A day of a year that is plain from where it stands: `3 Jul`, `3. Juli`.
    pub fn day(&self, date: NaiveDate) -> String {
        let month = self.month_name("month-short", date.month());
        match self.locale() {
            Locale::En => format!("{} {month}", date.day()),
            Locale::De => format!("{}. {month}", date.day()),
        }
    }

    /// `July 2026`, `Juli 2026`.
    pub fn month(&self, month: Month) -> String {
        format!(
            "{} {}",
            self.month_name("month", month.month()),
            month.year()
        )
    }

    /// For narrow columns: `Sep 2026`, `Sept. 2026`.
    pub fn month_short(&self, month: Month) -> String {
        format!(
            "{} {}",
            self.month_name("month-short", month.month()),
            month.year()
        )
    }

    /// A country of an address by its two letters; one that the catalogues do not have is answered by them.
    pub fn country(&self, code: &str) -> String {
        let key = format!("country-{}", code.to_ascii_lowercase());
        if self.has(&key) {
            self.text(&key)
        } else {
            code.to_owned()
        }
    }

    /// `Q3 2026`, of the fiscal year that the quarter lies in.
    pub fn quarter(&self, quarter: Quarter) -> String {
        let name = quarter.to_string();
        match name.split_once('Q') {
            Some((year, number)) => format!("Q{number} {year}"),
            None => name,
        }
    }

    /// A day and a minute on the clocks of a time zone: `3 Jul 2026, 14:05`.
    pub fn instant(&self, instant: Timestamp, zone: Tz) -> String {
        let local = local_time(instant, zone);
        format!(
            "{}, {}",
            self.date(local.date_naive()),
            local.format("%H:%M")
        )
    }

    /// The day of an instant in a time zone, written as [`Words::date`] does.
    pub fn date_of(&self, instant: Timestamp, zone: Tz) -> String {
        self.date(local_time(instant, zone).date_naive())
    }

    /// How long something is past: `just now`, `2 min ago`, `3 h ago`, `12 days ago`. What lies ahead, by a clock that is slow, is just now.
    pub fn ago(&self, now: Timestamp, then: Timestamp) -> String {
        let seconds = now.0.saturating_sub(then.0) / 1_000;
        let (key, count) = match seconds {
            ..60 => return self.text("ago-now"),
            60..3_600 => ("ago-minutes", seconds / 60),
            3_600..86_400 => ("ago-hours", seconds / 3_600),
            86_400.. => ("ago-days", seconds / 86_400),
        };
        self.with(key, &[("count", count.into())])
    }

    /// `number` counts from 1.
    fn month_name(&self, prefix: &str, number: u32) -> String {
        self.text(&format!("{prefix}-{number}"))
    }
}

/// An instant beyond what the calendar can count is shown as the epoch.
fn local_time(instant: Timestamp, zone: Tz) -> DateTime<Tz> {
    DateTime::from_timestamp_millis(instant.0)
        .unwrap_or_default()
        .with_timezone(&zone)
}
