//! The payout calendar: when a quarter closes, when its statement comes and when its money. Dates only; which day it is where the programme is, the
//! caller knows.
//!
//! A quarter closes so many days after its end. What its clients have paid and somebody has approved by then is on its statement; the rest waits for the
//! next one. The statement comes as the quarter closes, and the money so many days after the partner's invoice.

use std::{collections::BTreeMap, str::FromStr};

use chrono::{Days, NaiveDate};

use crate::{
    calendar::{Month, Quarter},
    error::Fault,
    money::{Currency, Money},
};

/// The least that a statement is made for. A minor unit is worth another amount in each currency, so each may have its own least.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MinimumPayout {
    /// Minor units of every currency that has none of its own.
    pub default_minor: i64,
    pub by_currency: MinimumByCurrency,
}

impl MinimumPayout {
    /// The least of one currency.
    pub fn of(&self, currency: Currency) -> Money {
        let own = self.by_currency.0.get(&currency);
        Money::new(*own.unwrap_or(&self.default_minor), currency)
    }
}

/// Minor units by currency, as in `GBP=5000,JPY=10000`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MinimumByCurrency(BTreeMap<Currency, i64>);

impl FromStr for MinimumByCurrency {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let invalid = || Fault::with("amount-invalid", text);
        let mut minimums = BTreeMap::new();
        for part in text.split(',').filter(|_| !text.trim().is_empty()) {
            let (currency, minor) = part.split_once('=').ok_or_else(invalid)?;
            let currency = Currency::parse(currency)?;
            let minor: i64 = minor.trim().parse().map_err(|_| invalid())?;
            if minor < 0 || minimums.insert(currency, minor).is_some() {
                return Err(invalid());
            }
        }
        Ok(Self(minimums))
    }
}

/// The programme's rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayoutRule {
    /// First month of the fiscal year, 1 to 12.
    pub fiscal_start: u32,
    /// So many days after a quarter's last day it closes.
    pub close_days: u32,
    /// Within so many days of the partner's invoice the vendor pays.
    pub payment_days: u32,
}

/// The days that matter of one quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayoutDates {
    pub quarter: Quarter,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    /// The last day for clients' payments and approvals, and the day on which the statement is expected.
    pub closes_on: NaiveDate,
    /// When the money is there at the latest, if the partner invoices on the day of its statement.
    pub paid_by: NaiveDate,
}

impl PayoutRule {
    /// The days of a quarter.
    pub fn dates(&self, quarter: Quarter) -> PayoutDates {
        let ends_on = quarter.last().last_day();
        let closes_on = later(ends_on, self.close_days);
        PayoutDates {
            quarter,
            starts_on: quarter.first.first_day(),
            ends_on,
            closes_on,
            paid_by: self.paid_by(closes_on),
        }
    }

    /// When an invoice of that day is paid at the latest.
    pub fn paid_by(&self, invoiced_on: NaiveDate) -> NaiveDate {
        later(invoiced_on, self.payment_days)
    }

    /// The quarter that a day lies in, and so many after it.
    pub fn ahead(&self, today: NaiveDate, after: usize) -> Vec<PayoutDates> {
        let running = Quarter::of(Month::of(today), self.fiscal_start);
        std::iter::successors(Some(running), |quarter| {
            Some(quarter.next(self.fiscal_start))
        })
        .take(after + 1)
        .map(|quarter| self.dates(quarter))
        .collect()
    }

    /// So many quarters before the one that a day lies in, newest first.
    pub fn past(&self, today: NaiveDate, count: usize) -> Vec<PayoutDates> {
        let running = Quarter::of(Month::of(today), self.fiscal_start);
        std::iter::successors(Some(running), |quarter| {
            Some(quarter.previous(self.fiscal_start))
        })
        .skip(1)
        .take(count)
        .map(|quarter| self.dates(quarter))
        .collect()
    }
}

/// The calendar ends long after any quarter that people plan for; a day beyond it is its last.
fn later(day: NaiveDate, days: u32) -> NaiveDate {
    day.checked_add_days(Days::new(u64::from(days)))
        .unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect(text)
    }

    fn rule(fiscal_start: u32, close_days: u32, payment_days: u32) -> PayoutRule {
        PayoutRule {
            fiscal_start,
            close_days,
            payment_days,
        }
    }

    #[test]
    fn a_quarter_closes_after_its_end_and_is_paid_after_the_invoice() {
        for (rule, quarter, starts_on, ends_on, closes_on, paid_by) in [
            (
                rule(1, 10, 30),
                "2026Q3",
                "2026-07-01",
                "2026-09-30",
                "2026-10-10",
                "2026-11-09",
            ),
            (
                rule(1, 10, 30),
                "2026Q4",
                "2026-10-01",
                "2026-12-31",
                "2027-01-10",
                "2027-02-09",
            ),
            (
                rule(1, 10, 30),
                "2028Q1",
                "2028-01-01",
                "2028-03-31",
                "2028-04-10",
                "2028-05-10",
            ),
            (
                rule(1, 60, 14),
                "2027Q4",
                "2027-10-01",
                "2027-12-31",
                "2028-02-29",
                "2028-03-14",
            ),
            (
                rule(4, 10, 30),
                "2026Q1",
                "2026-04-01",
                "2026-06-30",
                "2026-07-10",
                "2026-08-09",
            ),
            (
                rule(4, 5, 0),
                "2026Q4",
                "2027-01-01",
                "2027-03-31",
                "2027-04-05",
                "2027-04-05",
            ),
            (
                rule(2, 1, 1),
                "2026Q4",
                "2026-11-01",
                "2027-01-31",
                "2027-02-01",
                "2027-02-02",
            ),
        ] {
            let parsed = Quarter::parse(quarter, rule.fiscal_start).expect(quarter);
            let dates = rule.dates(parsed);
            assert_eq!(
                dates,
                PayoutDates {
                    quarter: parsed,
                    starts_on: day(starts_on),
                    ends_on: day(ends_on),
                    closes_on: day(closes_on),
                    paid_by: day(paid_by),
                },
                "{quarter} {rule:?}"
            );
        }
    }

    #[test]
    fn the_calendar_runs_over_the_ends_of_years() {
        let names = |dates: Vec<PayoutDates>| -> Vec<String> {
            dates
                .iter()
                .map(|dates| dates.quarter.to_string())
                .collect()
        };
        let calendar = rule(1, 10, 30);
        assert_eq!(
            names(calendar.ahead(day("2026-11-24"), 4)),
            ["2026Q4", "2027Q1", "2027Q2", "2027Q3", "2027Q4"]
        );
        assert_eq!(
            names(calendar.past(day("2026-02-01"), 4)),
            ["2025Q4", "2025Q3", "2025Q2", "2025Q1"]
        );
        // The fiscal year starts in April: January to March is the last quarter of the year before.
        let april = rule(4, 10, 30);
        assert_eq!(
            names(april.ahead(day("2027-03-31"), 2)),
            ["2026Q4", "2027Q1", "2027Q2"]
        );
        assert_eq!(
            names(april.ahead(day("2027-04-01"), 0)),
            ["2027Q1"],
            "a new quarter begins with its first day"
        );
        assert_eq!(names(april.past(day("2027-04-01"), 1)), ["2026Q4"]);
        assert!(april.past(day("2027-04-01"), 0).is_empty());
    }

    #[test]
    fn a_day_beyond_the_calendar_is_its_last() {
        assert_eq!(
            rule(1, 10, u32::MAX).paid_by(NaiveDate::MAX),
            NaiveDate::MAX
        );
    }

    #[test]
    fn each_currency_may_have_its_own_minimum() {
        let by_currency = |text: &str| text.parse::<MinimumByCurrency>();
        let minimum = MinimumPayout {
            default_minor: 5_000,
            by_currency: by_currency("GBP=4000, jpy = 10000").expect("minimums"),
        };
        for (currency, minor) in [("GBP", 4_000), ("JPY", 10_000), ("EUR", 5_000)] {
            let currency = Currency::parse(currency).expect(currency);
            assert_eq!(minimum.of(currency), Money::new(minor, currency));
        }
        assert_eq!(by_currency(" "), Ok(MinimumByCurrency::default()));
        assert!(by_currency("GBP=0").is_ok(), "everything is paid out");
        for wrong in [
            "GBP",
            "5000",
            "GBP=50.00",
            "GBP=-1",
            "GBP=1,GBP=2",
            "POUND=1",
            "GBP=1,",
        ] {
            assert!(by_currency(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn every_day_lies_in_the_first_quarter_ahead_and_quarters_follow_without_a_gap(
            days in 0_u64..20_000, fiscal_start in 1_u32..=12, close_days in 1_u32..=90, payment_days in 1_u32..=180,
        ) {
            let today = day("2000-01-01") + Days::new(days);
            let rule = rule(fiscal_start, close_days, payment_days);
            let ahead = rule.ahead(today, 4);
            prop_assert!(ahead[0].starts_on <= today && today <= ahead[0].ends_on);
            let mut all = rule.past(today, 4);
            all.reverse();
            all.extend(ahead);
            prop_assert_eq!(all.len(), 9);
            for pair in all.windows(2) {
                prop_assert_eq!(pair[0].ends_on + Days::new(1), pair[1].starts_on);
            }
            for dates in &all {
                prop_assert!(dates.ends_on < dates.closes_on && dates.closes_on < dates.paid_by);
            }
        }
    }
}
