//! The real rules against those worked out by hand (`oracle`), and at the ends of what numbers hold.

use chrono::Datelike;
use num_traits::{CheckedAdd, CheckedMul, CheckedSub};
use proptest::prelude::*;

use crate::{
    calendar::Month,
    coverage::{Collected, Coverage, collected_by_share, collected_net, cover},
    deal::{BillingPeriod, DealTerms, WonDeal, standing},
    money::{Currency, Exact, Money, MoneyError, Rate, add, multiply, subtract},
    oracle::{self, MILLION, MONTHLY},
    plan::divide,
    schedule::{ScheduledLine, monthly_commission, schedule},
    testing::{
        PERIODS, any_collected, any_deal, any_period, any_plan, any_shares, deal, euro, partner,
        plan, rate, terms, tiers,
    },
};

const JANUARY: Month = Month::new(2026, 1);

/// A deal in whole numbers.
fn by_hand(deal: &WonDeal) -> oracle::Deal {
    let day = |date: chrono::NaiveDate| (date.year() * 12 + date.month0() as i32, date.day());
    let terms = deal.terms.iter().map(|terms| oracle::Terms {
        from: terms.from.0,
        value: i128::from(terms.value.minor),
        period: match terms.period {
            BillingPeriod::Months(months) => Some(i128::from(months)),
            BillingPeriod::OneOff => None,
        },
    });
    oracle::Deal {
        start: day(deal.start),
        end: deal.end.map(day),
        terms: terms.collect(),
        standing: *deal.standing.numer() * (MONTHLY / *deal.standing.denom()),
        paid_until: deal.paid_until.map(|month| month.0),
    }
}

/// A line in whole numbers, with the parts of those who share it.
fn row(line: &ScheduledLine, shares: &[Rate]) -> oracle::Row {
    let parts = divide(line.amount_minor, shares).expect("small");
    oracle::Row {
        month: line.month.0,
        base: *line.base.numer() * (MONTHLY / *line.base.denom()),
        amount: i128::from(line.amount_minor),
        parts: parts.into_iter().map(i128::from).collect(),
    }
}

/// Months covered, fills as month, invoice and amount, and what is left over.
fn pouring(
    coverage: Coverage,
    collected: &[Collected],
) -> (usize, Vec<(usize, usize, i128)>, i128) {
    let place = |name: &str| {
        let same = |one: &Collected| one.invoice == name;
        collected.iter().position(same).expect("one of these")
    };
    let fills = coverage.fills.iter().map(|fill| {
        let amount = i128::from(fill.amount_minor);
        (fill.month_index, place(&fill.invoice), amount)
    });
    let left = i128::from(coverage.unallocated_minor);
    (coverage.months_covered, fills.collect(), left)
}

proptest! {
    #[test]
    fn exact_amounts_are_worked_out_in_lowest_terms_whatever_their_size(
        tops in prop::array::uniform2(any::<i64>()), bottoms in prop::array::uniform2(1..=i64::MAX), narrower in prop::array::uniform2(0_u32..63),
    ) {
        let [left, right] = [0, 1].map(|place| {
            let bottom = (bottoms[place] >> narrower[place]).max(1);
            Exact::new(i128::from(tops[place] >> narrower[place]), i128::from(bottom))
        });
        prop_assert_eq!(add(left, right).ok(), left.checked_add(&right));
        prop_assert_eq!(subtract(left, right).ok(), left.checked_sub(&right));
        prop_assert_eq!(multiply(left, right).ok(), left.checked_mul(&right));
    }

    #[test]
    fn a_pencil_finds_the_same_lines_and_the_same_coverage(
        (plan, plan_by_hand) in any_plan(), deal in any_deal(), ahead in 0_i32..40, collected in any_collected(), tolerance in 0_u32..200_000,
    ) {
        let horizon = Month::of(deal.start).plus(ahead);
        let lines = schedule(&plan, &deal, horizon).expect("small");
        let shares: Vec<Rate> = plan.shares(partner(1)).iter().map(|share| share.1).collect();
        let rows = oracle::lines(&plan_by_hand, &by_hand(&deal), horizon.0);
        prop_assert_eq!(lines.iter().map(|line| row(line, &shares)).collect::<Vec<_>>(), rows.clone());
        prop_assert_eq!(i128::from(plan.bonus_minor(Currency::EUR)), oracle::bonus(&plan_by_hand));
        let bases: Vec<Exact> = lines.iter().map(|line| line.base).collect();
        let found = pouring(cover(&bases, &collected, rate(tolerance)).expect("small"), &collected);
        let bases: Vec<i128> = rows.iter().map(|row| row.base).collect();
        let payments: Vec<i128> = collected.iter().map(|one| i128::from(one.amount_minor)).collect();
        prop_assert_eq!(found, oracle::cover(&bases, &payments, i128::from(tolerance)));
    }

    #[test]
    fn a_pencil_finds_the_same_tiers((mut plan, plan_by_hand) in any_plan(), minor in 0_i64..3_000, period in any_period(), won in 0..360 * 4_000_i128) {
        plan.cap = None;
        let mut deal = deal(minor, period);
        deal.standing = Exact::new(won, 360);
        let monthly = monthly_commission(&plan, &deal.terms[0], deal.standing).expect("small").exact();
        let year_by_hand = oracle::lines(&oracle::Plan { cap: None, months: Some(1), ..plan_by_hand }, &by_hand(&deal), JANUARY.0);
        prop_assert_eq!(i128::from(crate::money::round_half_even(monthly).expect("small")), year_by_hand[0].amount);
    }

    #[test]
    fn a_pencil_shares_an_invoice_out_the_same(net in 1_i64..3_000, tax in 0_i64..600, cash in -500_i64..4_000, shares in prop::collection::vec(-200_i64..2_000, 0..5)) {
        let parts = collected_by_share(net, cash, net + tax, &shares).expect("small");
        let wide: Vec<i128> = shares.iter().copied().map(i128::from).collect();
        let expected = oracle::collected(i128::from(net), i128::from(cash), i128::from(net + tax), &wide);
        prop_assert_eq!(parts.iter().copied().map(i128::from).collect::<Vec<_>>(), expected);
        let whole = collected_net(net, cash, net + tax).expect("small");
        let sum: i64 = parts.iter().sum();
        prop_assert!(sum.abs() <= whole.abs(), "the deals together never get more than was collected");
        if shares.iter().map(|share| share.max(&0)).sum::<i64>() >= net {
            prop_assert_eq!(sum, whole);
        }
    }

    #[test]
    fn the_parts_of_a_split_add_up_and_none_is_off_by_a_unit(amount in -i64::MAX..=i64::MAX, shares in any_shares()) {
        let rates: Vec<Rate> = shares.iter().map(|ppm| rate(*ppm)).collect();
        let parts = divide(amount, &rates).expect("no part is more than the whole");
        prop_assert_eq!(parts.iter().copied().map(i128::from).sum::<i128>(), i128::from(amount));
        for (part, share) in parts.iter().zip(&shares) {
            prop_assert!(part.signum() * amount.signum() >= 0);
            let off = i128::from(*part) * MILLION - i128::from(amount) * i128::from(*share);
            prop_assert!(off.abs() < MILLION + 1);
        }
    }

    #[test]
    fn the_largest_deals_in_tiers_are_computed_exactly_or_refused(
        minor in prop_oneof![Just(i64::MAX), Just(i64::MIN), any::<i64>()], period in 1_u16..=120, won in any::<i64>(), won_period in 1_u16..=120,
        ppm in prop::collection::vec(0_u32..=1_000_000, 3), borders in (1..i64::MAX / 2, 1..i64::MAX / 2), cap in prop::option::of(1..=i64::MAX),
        paid in prop::collection::vec(any::<i64>(), 0..4),
    ) {
        let mut plan = plan(ppm[0], Some(120));
        plan.tiers = Some(tiers(Currency::EUR, &[(0, ppm[0]), (borders.0, ppm[1]), (borders.0 + borders.1, ppm[2])]));
        plan.cap = cap.map(euro);
        plan.bonus = cap.map(euro);
        let mut deal = deal(minor, BillingPeriod::Months(period));
        let before = terms(JANUARY, won, BillingPeriod::Months(won_period));
        deal.standing = standing([&before], Currency::EUR).expect("one value fits");
        let Ok(lines) = schedule(&plan, &deal, JANUARY) else {
            prop_assert_eq!(minor, i64::MIN, "only the one amount without an opposite is refused");
            return Ok(());
        };
        let sum: i128 = lines.iter().map(|line| i128::from(line.amount_minor)).sum();
        let whole = i128::from(minor) * 120 / i128::from(period);
        prop_assert!(sum.abs() <= whole.abs() + 1, "no more than all of the money");
        if let Some(cap) = cap {
            prop_assert!(sum.max(0) + i128::from(plan.bonus_minor(Currency::EUR)) <= i128::from(cap));
        }
        let collected: Vec<Collected> = paid.iter().enumerate().map(|(place, amount_minor)| Collected {
            invoice: place.to_string(),
            amount_minor: *amount_minor,
        }).collect();
        let bases: Vec<Exact> = lines.iter().map(|line| line.base).collect();
        if let Ok(coverage) = cover(&bases, &collected, rate(999_999)) {
            let all: i128 = paid.iter().copied().map(i128::from).sum();
            let filled: i128 = coverage.fills.iter().map(|fill| i128::from(fill.amount_minor)).sum();
            prop_assert_eq!(filled + i128::from(coverage.unallocated_minor), all.max(0));
        }
    }

    #[test]
    fn what_an_invoice_collected_is_exact_or_refused_for_any_amounts(
        net in any::<i64>(), cash in any::<i64>(), total in any::<i64>(), shares in prop::collection::vec(any::<i64>(), 0..4),
    ) {
        if total != 0 && let Ok(collected) = collected_net(net, cash, total) {
            let off = i128::from(collected) * i128::from(total) - i128::from(net) * i128::from(cash);
            prop_assert!(off.abs() * 2 <= i128::from(total).abs());
        }
        // Whatever it says, it says it: nothing wraps, nothing panics.
        if let Ok(parts) = collected_by_share(net, cash, total, &shares) {
            prop_assert_eq!(parts.len(), shares.len());
        }
    }
}

#[test]
fn the_finest_rate_of_the_largest_deal_is_exact_to_the_unit() {
    // 9_223_372_036_854_775_807 · 0.000001 ÷ 120 · 120 months = 9_223_372_036_854.775807
    let largest = deal(i64::MAX, BillingPeriod::Months(120));
    let lines = schedule(&plan(1, Some(120)), &largest, JANUARY).expect("fits");
    let sum: i64 = lines.iter().map(|line| line.amount_minor).sum();
    assert_eq!((lines.len(), sum), (120, 9_223_372_036_855));
}

#[test]
fn a_standing_is_the_sum_of_what_was_won_every_month_in_that_currency() {
    let won = |minor, period, currency| DealTerms {
        from: JANUARY,
        value: Money::new(minor, currency),
        period,
    };
    let all = [
        won(1_200, BillingPeriod::Months(12), Currency::EUR),
        won(500, BillingPeriod::Months(3), Currency::EUR),
        won(9_000, BillingPeriod::OneOff, Currency::EUR),
        won(7_000, BillingPeriod::Months(1), Currency::USD),
    ];
    let found = |currency| standing(&all, currency);
    assert_eq!(found(Currency::EUR), Ok(Exact::new(800, 3)));
    assert_eq!(found(Currency::USD), Ok(Exact::from_integer(7_000)));
    assert_eq!(found(Currency::GBP), Ok(Exact::from_integer(0)));
}

#[test]
fn a_standing_that_128_bits_do_not_hold_is_refused() {
    let primes = [
        113, 109, 107, 103, 101, 97, 89, 83, 79, 73, 71, 67, 61, 59, 53, 47,
    ];
    let won: Vec<DealTerms> = primes
        .iter()
        .map(|period| terms(JANUARY, i64::MAX, BillingPeriod::Months(*period)))
        .collect();
    assert_eq!(standing(&won, Currency::EUR), Err(MoneyError::TooLarge));
    assert!(
        PERIODS
            .iter()
            .all(|period| MONTHLY % i128::from(*period) == 0)
    );
}
