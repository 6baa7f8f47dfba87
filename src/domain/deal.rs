//! Deals: the portal's mirror of what a lead became in HubSpot, and the terms on which commission rests.

use std::fmt;

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::{
    access::words,
    calendar::Month,
    error::Fault,
    money::{CommonSum, Currency, Exact, Money, MoneyError, exact_text, fraction},
};

words! {
    /// What HubSpot says of a deal.
    DealState { Open = "open", Won = "won", Lost = "lost", Removed = "removed" }
}

/// How often a deal's value is charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum BillingPeriod {
    /// Every so many months: 1, 3, 6, 12, …, at most 120.
    Months(u16),
    OneOff,
}

impl BillingPeriod {
    /// Reads what the CRM or a form says: a number of months, `one_off`, or the usual words. Weeks are no months and refused.
    ///
    /// # Errors
    /// `billing-period-invalid`, with the text.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        match text.trim().to_ascii_lowercase().as_str() {
            "one_off" | "one-off" | "once" => Ok(Self::OneOff),
            "monthly" => Ok(Self::Months(1)),
            "quarterly" => Ok(Self::Months(3)),
            "per_six_months" | "semiannually" => Ok(Self::Months(6)),
            "annually" | "annual" | "yearly" => Ok(Self::Months(12)),
            "per_two_years" => Ok(Self::Months(24)),
            "per_three_years" => Ok(Self::Months(36)),
            "per_four_years" => Ok(Self::Months(48)),
            "per_five_years" => Ok(Self::Months(60)),
            number => match number.parse() {
                Ok(months) if (1..=120).contains(&months) => Ok(Self::Months(months)),
                _ => Err(Fault::with("billing-period-invalid", text)),
            },
        }
    }
}

impl fmt::Display for BillingPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Months(months) => months.fmt(f),
            Self::OneOff => f.write_str("one_off"),
        }
    }
}

impl TryFrom<String> for BillingPeriod {
    type Error = Fault;

    fn try_from(text: String) -> Result<Self, Fault> {
        Self::parse(&text)
    }
}

impl From<BillingPeriod> for String {
    fn from(period: BillingPeriod) -> Self {
        period.to_string()
    }
}

/// What the client is charged from one month on, until the next terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DealTerms {
    /// The month from which these hold; the first terms hold from the deal's start.
    pub from: Month,
    pub value: Money,
    pub period: BillingPeriod,
}

impl DealTerms {
    /// What these terms add to the partner's won monthly value, over how many months: nothing for a one-off deal, which is won once and not every month.
    const fn monthly_won(&self) -> (i64, u16) {
        match self.period {
            BillingPeriod::OneOff => (0, 1),
            BillingPeriod::Months(months) => (self.value.minor, whole_period(months)),
        }
    }

    /// m: the value of one month (of the whole, for a one-off deal), exact.
    pub fn monthly(&self) -> Exact {
        let months = match self.period {
            BillingPeriod::Months(months) => whole_period(months),
            BillingPeriod::OneOff => 1,
        };
        fraction(i128::from(self.value.minor), i128::from(months))
    }
}

/// `parse` lets no zero through; a file or a database could.
const fn whole_period(months: u16) -> u16 {
    if months == 0 { 1 } else { months }
}

/// The terms that hold at a start, and all after them. What was said of months that the start has moved past holds for nothing; it is kept, for the start
/// may move back.
pub fn held_from(terms: &[DealTerms], start: Month) -> &[DealTerms] {
    let first = terms.iter().rposition(|terms| terms.from <= start);
    &terms[first.unwrap_or(0)..]
}

/// A partner's standing: the monthly value, in one currency, of deals that it won on these terms.
///
/// # Errors
/// `TooLarge` where 128 bits do not hold the sum.
pub fn standing<'a>(
    won: impl IntoIterator<Item = &'a DealTerms>,
    currency: Currency,
) -> Result<Exact, MoneyError> {
    let mut sum = CommonSum::ZERO;
    for terms in won {
        if terms.value.currency == currency {
            let (value_minor, months) = terms.monthly_won();
            sum.add(i128::from(value_minor), i128::from(months))?;
        }
    }
    Ok(sum.exact())
}

/// How far back a partner's standing looks.
pub const STANDING_MONTHS: u32 = 12;

/// Whether a deal that was won earlier, on `other`, counts towards the standing of one won on `won_on`.
pub fn counts_for(other: NaiveDate, won_on: NaiveDate) -> bool {
    other > counts_after(won_on)
}

/// The day after which a deal must have been won to count towards the standing of one won on `won_on`: what was won on that day a year ago is over.
pub fn counts_after(won_on: NaiveDate) -> NaiveDate {
    won_on - Months::new(STANDING_MONTHS)
}

/// A won deal as the schedule needs it. All terms are in one currency, sorted by month, and not empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WonDeal {
    pub start: NaiveDate,
    /// The first day on which it no longer runs.
    pub end: Option<NaiveDate>,
    pub terms: Vec<DealTerms>,
    /// The monthly value that the partner had won in the twelve months before this deal, in its currency: where its tiers begin.
    #[serde(with = "exact_text")]
    pub standing: Exact,
    /// The last month for which its partner is paid, if the partner has left.
    pub paid_until: Option<Month>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_won_a_year_ago_to_the_day_counts_no_more() {
        let day = |text: &str| text.parse::<NaiveDate>().expect(text);
        for (other, counts) in [
            ("2025-03-14", false),
            ("2025-03-15", false),
            ("2025-03-16", true),
        ] {
            assert_eq!(counts_for(day(other), day("2026-03-15")), counts, "{other}");
        }
    }

    #[test]
    fn a_billing_period_is_read_from_words_and_numbers() {
        for (text, period) in [
            ("monthly", BillingPeriod::Months(1)),
            (" Quarterly ", BillingPeriod::Months(3)),
            ("per_six_months", BillingPeriod::Months(6)),
            ("annually", BillingPeriod::Months(12)),
            ("per_two_years", BillingPeriod::Months(24)),
            ("per_five_years", BillingPeriod::Months(60)),
            ("1", BillingPeriod::Months(1)),
            ("120", BillingPeriod::Months(120)),
            ("one_off", BillingPeriod::OneOff),
            ("once", BillingPeriod::OneOff),
        ] {
            assert_eq!(BillingPeriod::parse(text), Ok(period), "{text:?}");
            assert_eq!(BillingPeriod::parse(&period.to_string()), Ok(period));
            let json = serde_json::to_string(&period).expect("json");
            assert_eq!(
                serde_json::from_str::<BillingPeriod>(&json).expect("a period"),
                period
            );
        }
        for text in ["", "0", "121", "-1", "1.5", "weekly", "P12M", "99999"] {
            let fault = BillingPeriod::parse(text).expect_err(text);
            assert_eq!(
                (fault.code, fault.detail.as_str()),
                ("billing-period-invalid", text)
            );
        }
    }

    #[test]
    fn terms_of_months_before_the_start_hold_for_nothing_but_the_last_of_them() {
        let (march, may) = (Month::new(2026, 3), Month::new(2026, 5));
        let terms = [march, may].map(|from| DealTerms {
            from,
            value: Money::new(100, Currency::EUR),
            period: BillingPeriod::Months(1),
        });
        for (start, held) in [
            (march.plus(-1), &terms[..]),
            (march, &terms[..]),
            (may.plus(-1), &terms[..]),
            (may, &terms[1..]),
            (may.plus(9), &terms[1..]),
        ] {
            assert_eq!(held_from(&terms, start), held, "{start}");
        }
        assert_eq!(held_from(&[], march), []);
    }

    #[test]
    fn the_monthly_equivalent_is_an_exact_fraction() {
        let monthly = |minor, period| {
            let terms = DealTerms {
                from: Month::new(2026, 1),
                value: Money::new(minor, Currency::EUR),
                period,
            };
            terms.monthly()
        };
        assert_eq!(
            monthly(100_000, BillingPeriod::Months(12)),
            Exact::new(25_000, 3)
        );
        assert_eq!(
            monthly(100_000, BillingPeriod::Months(1)),
            Exact::from_integer(100_000)
        );
        assert_eq!(
            monthly(100_000, BillingPeriod::OneOff),
            Exact::from_integer(100_000)
        );
        assert_eq!(monthly(-1, BillingPeriod::Months(3)), Exact::new(-1, 3));
    }
}
