//! What the tests of several rules need: plans, deals and payments, typical ones and random ones. Tests only.

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::{
    calendar::Month,
    coverage::Collected,
    deal::{BillingPeriod, DealTerms, WonDeal},
    money::{Currency, Exact, Money, Rate},
    plan::PlanTerms,
};

/// Periods that deals have; all divide 360.
pub const PERIODS: [u16; 10] = [1, 2, 3, 4, 6, 12, 24, 36, 60, 120];

pub fn rate(ppm: u32) -> Rate {
    Rate::try_from(Decimal::new(i64::from(ppm), 6)).expect("a share")
}

pub fn euro(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

/// A plan without a cap and with 1 % tolerance.
pub fn plan(share_ppm: u32, months: Option<u16>) -> PlanTerms {
    PlanTerms {
        rate: rate(share_ppm),
        tiers: None,
        months,
        cap: None,
        bonus: None,
        split: Vec::new(),
        tail_months: None,
        tolerance: rate(10_000),
    }
}

pub fn terms(from: Month, minor: i64, period: BillingPeriod) -> DealTerms {
    DealTerms {
        from,
        value: euro(minor),
        period,
    }
}

/// A deal under the same terms for as long as it runs, from 2026-01-15.
pub fn deal(minor: i64, period: BillingPeriod) -> WonDeal {
    let start = NaiveDate::from_ymd_opt(2026, 1, 15).expect("a day");
    WonDeal {
        start,
        end: None,
        terms: vec![terms(Month::of(start), minor, period)],
        standing: Exact::from_integer(0),
        paid_until: None,
    }
}

pub fn any_period() -> impl Strategy<Value = BillingPeriod> {
    prop_oneof![
        5 => prop::sample::select(&PERIODS[..]).prop_map(BillingPeriod::Months),
        1 => Just(BillingPeriod::OneOff),
    ]
}

/// A plan, and its rate in millionths.
pub fn any_plan() -> impl Strategy<Value = (PlanTerms, u32)> {
    let months = prop::option::of(1_u16..40);
    let cap = prop::option::of((1_i64..2_000).prop_map(euro));
    (0_u32..=1_000_000, months, cap).prop_map(|(ppm, months, cap)| {
        let plan = PlanTerms {
            cap,
            ..plan(ppm, months)
        };
        (plan, ppm)
    })
}

/// A deal of one to four terms, some of which take effect before it starts, with or without an end.
pub fn any_deal() -> impl Strategy<Value = WonDeal> {
    let term = (0_i32..12, 0_i64..3_000, any_period());
    let terms_of_deal = prop::collection::vec(term, 1..=4);
    (
        0_u64..800,
        terms_of_deal,
        -3_i32..4,
        prop::option::of(0_u64..900),
    )
        .prop_map(|(start_day, steps, first, end_day)| {
            let start = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day") + Days::new(start_day);
            let mut from = Month::of(start).plus(first);
            let mut all = Vec::new();
            for (step, minor, period) in steps {
                all.push(terms(from, minor, period));
                from = from.plus(step);
            }
            WonDeal {
                start,
                end: end_day.map(|day| start - Days::new(10) + Days::new(day)),
                terms: all,
                standing: Exact::from_integer(0),
                paid_until: None,
            }
        })
}

/// Up to six invoices, oldest first, one in four of them a refund.
pub fn any_collected() -> impl Strategy<Value = Vec<Collected>> {
    let amount = prop_oneof![3 => 0_i64..4_000, 1 => -3_000_i64..0];
    prop::collection::vec(amount, 0..6).prop_map(|amounts| {
        let numbered = amounts.into_iter().enumerate();
        numbered
            .map(|(number, amount_minor)| Collected {
                invoice: format!("INV-{number}"),
                amount_minor,
            })
            .collect()
    })
}
