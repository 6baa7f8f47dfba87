//! Calendar months and fiscal quarters, and the instant in milliseconds. Which month an instant lies in is the caller's to know: it depends on the programme's time zone.

use std::fmt;

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::error::Fault;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Later by so many milliseconds, earlier if negative; stops at the ends of time instead of wrapping.
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Later by so many days of 24 hours, whatever the clocks do.
    pub const fn plus_days(self, days: i64) -> Self {
        self.plus_ms(days.saturating_mul(86_400_000))
    }
}

/// A calendar month, counted from January of year 0. In JSON it is the text `2026-07`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month(pub i32);

impl Month {
    /// The month that a day lies in.
    pub fn of(date: NaiveDate) -> Self {
        Self::new(date.year(), date.month())
    }

    /// `month` counts from 1.
    pub const fn new(year: i32, month: u32) -> Self {
        Self(year * 12 + month as i32 - 1)
    }

    /// Reads `2026-07`, years 0000 to 9999.
    ///
    /// # Errors
    /// `month-invalid`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let parsed = text.split_once('-').and_then(|(year, month)| {
            let (year, month) = (parse_digits(year, 4)?, parse_digits(month, 2)?);
            (1..=12)
                .contains(&month)
                .then(|| Self::new(year as i32, month))
        });
        parsed.ok_or(Fault::new("month-invalid"))
    }

    /// The calendar year.
    pub const fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// 1 to 12.
    pub const fn month(self) -> u32 {
        self.0.rem_euclid(12) as u32 + 1
    }

    /// So many months later, earlier if negative.
    pub const fn plus(self, months: i32) -> Self {
        Self(self.0 + months)
    }

    /// The first day of the month.
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year(), self.month(), 1).expect("every month has a first day")
    }

    /// The last day of the month.
    pub fn last_day(self) -> NaiveDate {
        self.plus(1).first_day() - Days::new(1)
    }
}

/// Exactly so many digits, and nothing else.
fn parse_digits(text: &str, length: usize) -> Option<u32> {
    let digits_only = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    digits_only.then(|| text.parse().ok()).flatten()
}

impl TryFrom<String> for Month {
    type Error = Fault;

    fn try_from(text: String) -> Result<Self, Fault> {
        Self::parse(&text)
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

impl fmt::Debug for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Three months of a fiscal year; named by the calendar year in which the fiscal year starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Quarter {
    /// Its first month.
    pub first: Month,
    /// 1 to 4 within the fiscal year.
    pub number: u32,
}

impl Quarter {
    /// The quarter that a month lies in, where `fiscal_start` (1 to 12) is the first month of the fiscal year.
    pub const fn of(month: Month, fiscal_start: u32) -> Self {
        let since_start = (month.0 - (fiscal_start as i32 - 1)).rem_euclid(12);
        Self {
            first: Month(month.0 - since_start % 3),
            number: since_start as u32 / 3 + 1,
        }
    }

    /// Its last month.
    pub const fn last(self) -> Month {
        self.first.plus(2)
    }

    /// The quarter before this one.
    pub const fn previous(self, fiscal_start: u32) -> Self {
        Self::of(self.first.plus(-1), fiscal_start)
    }

    /// The quarter after this one.
    pub const fn next(self, fiscal_start: u32) -> Self {
        Self::of(self.first.plus(3), fiscal_start)
    }

    const fn fiscal_year(self) -> i32 {
        self.first.plus(-(self.number as i32 - 1) * 3).year()
    }

    /// Reads `2026Q3`, years 2000 to 9999.
    ///
    /// # Errors
    /// `quarter-invalid`.
    pub fn parse(text: &str, fiscal_start: u32) -> Result<Self, Fault> {
        let parsed = text.split_once('Q').and_then(|(year, number)| {
            let (year, number) = (parse_digits(year, 4)?, parse_digits(number, 1)?);
            let first = Month::new(year as i32, fiscal_start).plus((number as i32 - 1) * 3);
            let in_range = year >= 2000 && (1..=4).contains(&number);
            in_range.then(|| Self::of(first, fiscal_start))
        });
        parsed.ok_or(Fault::new("quarter-invalid"))
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}Q{}", self.fiscal_year(), self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect(text)
    }

    #[test]
    fn a_month_knows_its_days_and_its_neighbours() {
        for (date, text, first, last) in [
            ("2026-01-31", "2026-01", "2026-01-01", "2026-01-31"),
            ("2026-12-01", "2026-12", "2026-12-01", "2026-12-31"),
            ("2028-02-10", "2028-02", "2028-02-01", "2028-02-29"),
            ("2100-02-28", "2100-02", "2100-02-01", "2100-02-28"),
        ] {
            let month = Month::of(day(date));
            assert_eq!(month.to_string(), text);
            assert_eq!(
                (month.first_day(), month.last_day()),
                (day(first), day(last))
            );
            assert_eq!(Month::parse(text), Ok(month));
            assert_eq!(Month::new(month.year(), month.month()), month);
        }
        assert_eq!(Month::new(2026, 12).plus(1), Month::new(2027, 1));
        assert_eq!(Month::new(2026, 1).plus(-1), Month::new(2025, 12));
    }

    #[test]
    fn a_month_is_json_text_that_a_person_can_read() {
        let month = Month::new(2026, 7);
        assert_eq!(serde_json::to_string(&month).expect("json"), "\"2026-07\"");
        assert_eq!(format!("{month} {month:?}"), "2026-07 2026-07");
        assert_eq!(
            serde_json::from_str::<Month>("\"2026-07\"").expect("a month"),
            month
        );
        for text in [
            "",
            "2026",
            "2026-7",
            "2026-13",
            "2026-00",
            "26-07",
            "+026-07",
            "2026-07-01",
        ] {
            assert!(Month::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn quarters_follow_the_start_of_the_fiscal_year() {
        for (fiscal_start, month, name, first) in [
            (1, (2026, 1), "2026Q1", (2026, 1)),
            (1, (2026, 9), "2026Q3", (2026, 7)),
            (1, (2026, 12), "2026Q4", (2026, 10)),
            (4, (2026, 4), "2026Q1", (2026, 4)),
            (4, (2026, 9), "2026Q2", (2026, 7)),
            (4, (2027, 3), "2026Q4", (2027, 1)),
            (7, (2026, 7), "2026Q1", (2026, 7)),
            (7, (2026, 6), "2025Q4", (2026, 4)),
            (7, (2027, 1), "2026Q3", (2027, 1)),
            (10, (2026, 10), "2026Q1", (2026, 10)),
            (10, (2026, 9), "2025Q4", (2026, 7)),
            (10, (2027, 2), "2026Q2", (2027, 1)),
        ] {
            let quarter = Quarter::of(Month::new(month.0, month.1), fiscal_start);
            assert_eq!(quarter.to_string(), name, "{month:?} from {fiscal_start}");
            assert_eq!(quarter.first, Month::new(first.0, first.1));
            assert_eq!(quarter.last(), quarter.first.plus(2));
            assert_eq!(Quarter::parse(name, fiscal_start), Ok(quarter));
        }
    }

    #[test]
    fn every_month_lies_in_its_quarter_and_quarters_follow_each_other() {
        for fiscal_start in 1..=12 {
            for number in 0..36 {
                let month = Month::new(2026, 1).plus(number);
                let quarter = Quarter::of(month, fiscal_start);
                assert!(quarter.first <= month && month <= quarter.last());
                assert!((1..=4).contains(&quarter.number));
                assert_eq!(quarter.next(fiscal_start).first, quarter.last().plus(1));
                assert_eq!(quarter.next(fiscal_start).previous(fiscal_start), quarter);
                let in_fiscal_year = (quarter.first.month() + 12 - fiscal_start) % 12;
                assert_eq!(in_fiscal_year / 3 + 1, quarter.number);
            }
        }
    }

    #[test]
    fn a_quarter_that_is_none_is_refused() {
        for text in [
            "", "2026", "2026Q0", "2026Q5", "Q3", "2026q3", "1999Q1", "+026Q3", "2026Q+3",
        ] {
            assert!(Quarter::parse(text, 1).is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_instant_never_wraps() {
        assert_eq!(Timestamp(5).plus_days(90), Timestamp(90 * 86_400_000 + 5));
        assert_eq!(Timestamp(5).plus_days(i64::MAX), Timestamp(i64::MAX));
        assert_eq!(Timestamp(-5).plus_ms(i64::MIN), Timestamp(i64::MIN));
    }
}
