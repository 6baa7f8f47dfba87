//! What the tests of several rules need: plans, deals and payments, typical ones and random ones. Tests only.

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use rust_decimal::Decimal;
use ulid::Ulid;

use crate::{
    calendar::Month,
    coverage::Collected,
    deal::{BillingPeriod, DealTerms, WonDeal},
    ids::PartnerId,
    money::{Currency, Exact, Money, Rate},
    oracle,
    plan::{PlanTerms, Share, Tier, Tiers},
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

/// The partner that brought the lead, and those that have a share of what it earns.
pub fn partner(number: u128) -> PartnerId {
    PartnerId::new(Ulid::from(number))
}

/// Tiers from pairs of border and millionths.
pub fn tiers(currency: Currency, steps: &[(i64, u32)]) -> Tiers {
    let tier = |&(from_minor, ppm): &(i64, u32)| Tier {
        from_minor,
        rate: rate(ppm),
    };
    Tiers::new(currency, steps.iter().map(tier).collect()).expect("rising")
}

/// Up to five tiers, the first from nothing.
fn any_steps() -> impl Strategy<Value = Vec<(i64, u32)>> {
    prop::collection::vec((1_i64..900, 0_u32..=1_000_000), 1..=5).prop_map(|steps| {
        let mut from_minor = -steps[0].0;
        let rising = steps.into_iter().map(|(step, ppm)| {
            from_minor += step;
            (from_minor, ppm)
        });
        rising.collect()
    })
}

/// Up to four shares in millionths, together the whole.
pub fn any_shares() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::btree_set(1_u32..1_000_000, 0..4).prop_map(|borders| {
        let mut given = 0;
        let borders = borders.into_iter().chain([1_000_000]);
        borders
            .map(|border| border - std::mem::replace(&mut given, border))
            .collect()
    })
}

/// A plan with any of what plans can have, and the same in whole numbers.
pub fn any_plan() -> impl Strategy<Value = (PlanTerms, oracle::Plan)> {
    let months = prop::option::of(1_u16..40);
    let cap = prop::option::of(1_i64..2_000);
    let bonus = prop::option::of(1_i64..300);
    let steps = prop::option::of(any_steps());
    // Whether tiers, cap and bonus are in the currency of the deals.
    let is_ours = prop::bool::weighted(0.8);
    (
        0_u32..=1_000_000,
        months,
        cap,
        bonus,
        steps,
        any_shares(),
        is_ours,
    )
        .prop_map(|(ppm, months, cap, bonus, steps, shares, is_ours)| {
            let currency = if is_ours {
                Currency::EUR
            } else {
                Currency::USD
            };
            let split = shares.iter().zip(1..).map(|(share, number)| Share {
                partner: (number > 1).then(|| partner(number)),
                share: rate(*share),
            });
            let plan = PlanTerms {
                tiers: steps.as_deref().map(|steps| tiers(currency, steps)),
                cap: cap.map(|cap| Money::new(cap, currency)),
                bonus: bonus.map(|bonus| Money::new(bonus, currency)),
                split: split.collect(),
                ..plan(ppm, months)
            };
            let ours = |minor: Option<i64>| minor.filter(|_| is_ours).map(i128::from);
            let by_hand = oracle::Plan {
                rate: i128::from(ppm),
                tiers: steps
                    .unwrap_or_default()
                    .iter()
                    .filter(|_| is_ours)
                    .map(|step| (i128::from(step.0), i128::from(step.1)))
                    .collect(),
                months: months.map(i32::from),
                cap: ours(cap),
                bonus: ours(bonus).unwrap_or(0),
                shares: shares.into_iter().map(i128::from).collect(),
            };
            (plan, by_hand)
        })
}

/// A deal of one to four terms, some of which take effect before it starts, with or without an end, and of a partner that stays or leaves.
pub fn any_deal() -> impl Strategy<Value = WonDeal> {
    let term = (0_i32..12, 0_i64..3_000, any_period());
    let terms_of_deal = prop::collection::vec(term, 1..=4);
    (
        0_u64..800,
        terms_of_deal,
        -3_i32..4,
        prop::option::of(0_u64..900),
        prop_oneof![Just(0_i128), 0..360 * 4_000_i128],
        prop::option::weighted(0.2, -2_i32..30),
    )
        .prop_map(|(start_day, steps, first, end_day, standing, paid_for)| {
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
                standing: Exact::new(standing, 360),
                paid_until: paid_for.map(|months| Month::of(start).plus(months)),
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
