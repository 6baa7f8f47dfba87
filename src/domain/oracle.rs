//! The commission rules once more, as a person with a pencil would work them out: small whole numbers, one unit at a time, nothing shared with the
//! real rules but the types that go in. Slow on purpose; tests only.

use chrono::Datelike;
use proptest::prelude::*;

use crate::{
    coverage::{Collected, cover},
    deal::{BillingPeriod, WonDeal},
    plan::PlanTerms,
    schedule::schedule,
    testing::{any_collected, any_deal, any_plan, rate},
};

/// Every period that the tests use divides it.
const COMMON: i128 = 360;

/// The nearest whole number to `top ÷ bottom`, found by walking; of two that are equally near, the even one.
fn nearest(top: i128, bottom: i128) -> i128 {
    let mut whole = top / bottom - 2;
    while (whole + 1) * bottom <= top {
        whole += 1;
    }
    let (below, above) = (top - whole * bottom, (whole + 1) * bottom - top);
    if above < below || (above == below && whole % 2 != 0) {
        return whole + 1;
    }
    whole
}

/// A line by hand: months since the start, m in 360ths, and the amount.
type Row = (u32, i128, i64);

fn lines_by_hand(plan: &PlanTerms, share_ppm: i128, deal: &WonDeal, horizon: i32) -> Vec<Row> {
    let start = deal.start.year() * 12 + deal.start.month0() as i32;
    let mut last = plan
        .months
        .map_or(horizon, |months| start + i32::from(months) - 1);
    if let Some(end) = deal.end {
        let reaches_into_its_month = i32::from(end.day() > 1);
        let by_end = end.year() * 12 + end.month0() as i32 - 1 + reaches_into_its_month;
        last = if end > deal.start {
            last.min(by_end)
        } else {
            start - 1
        };
    }
    let (mut rows, mut paid, mut run) = (Vec::new(), 0, 0);
    let mut charged_before: Option<(usize, bool)> = None;
    for month in start..=last {
        let mut place = 0;
        for (other, terms) in deal.terms.iter().enumerate() {
            if terms.from.0 <= month {
                place = other;
            }
        }
        run = match charged_before {
            Some((before, _)) if before == place => run + 1,
            _ => 0,
        };
        let terms = &deal.terms[place];
        let (period, once) = match terms.period {
            BillingPeriod::Months(months) => (i128::from(months), false),
            BillingPeriod::OneOff => (1, true),
        };
        let one_off_again = once && charged_before.is_some_and(|(_, once)| once);
        charged_before = Some((place, once));
        if one_off_again {
            continue;
        }
        let value = i128::from(terms.value.minor);
        let up_to = |months: i128| nearest(share_ppm * value * months, 1_000_000 * period);
        let mut amount = up_to(run + 1) - up_to(run);
        if let Some(cap) = plan.cap {
            while amount > 0 && paid + amount > i128::from(cap.minor) {
                amount -= 1;
            }
        }
        paid += amount;
        rows.push((
            (month - start) as u32,
            value * COMMON / period,
            amount as i64,
        ));
    }
    rows
}

/// How many months are covered, which unit of money went where (invoice by month), and how many units no month needs.
type Pouring = (usize, Vec<(usize, String, i64)>, i64);

fn cover_by_hand(rows: &[Row], collected: &[Collected], tolerance_ppm: i128) -> Pouring {
    let mut units: Vec<&str> = Vec::new();
    let mut owed = 0;
    for invoice in collected {
        units.extend((0..invoice.amount_minor).map(|_| invoice.invoice.as_str()));
        owed += (-invoice.amount_minor).max(0);
    }
    let total: i64 = collected.iter().map(|one| one.amount_minor).sum();
    units.truncate(units.len().saturating_sub(owed as usize));
    let mut units = units.into_iter().peekable();
    let (mut covered, mut all_before, mut sum, mut poured) = (0, true, 0, 0);
    let mut fills: Vec<(usize, String, i64)> = Vec::new();
    for (place, (_, monthly, _)) in rows.iter().enumerate() {
        sum += monthly;
        let needed_ppm = sum * 1_000_000 - tolerance_ppm * monthly;
        all_before &= i128::from(total) * COMMON * 1_000_000 >= needed_ppm;
        covered += usize::from(all_before);
        while poured < nearest(sum, COMMON) && units.peek().is_some() {
            let invoice = units.next().expect("peeked");
            match fills.last_mut() {
                Some(last) if last.0 == place && last.1 == invoice => last.2 += 1,
                _ => fills.push((place, invoice.to_owned(), 1)),
            }
            poured += 1;
        }
    }
    (covered, fills, units.count() as i64)
}

proptest! {
    #[test]
    fn a_pencil_finds_the_same_lines_and_the_same_coverage(
        (plan, share_ppm) in any_plan(), deal in any_deal(), ahead in 0_i32..40,
        collected in any_collected(), tolerance_ppm in 0_u32..200_000,
    ) {
        let horizon = crate::calendar::Month::of(deal.start).plus(ahead);
        let lines = schedule(&plan, &deal, horizon).expect("small");
        let rows = lines_by_hand(&plan, i128::from(share_ppm), &deal, horizon.0);
        let same: Vec<Row> = lines
            .iter()
            .map(|line| (line.index, (line.base * COMMON).to_integer(), line.amount_minor))
            .collect();
        prop_assert_eq!(same, rows.clone());
        let bases: Vec<_> = lines.iter().map(|line| line.base).collect();
        let coverage = cover(&bases, &collected, rate(tolerance_ppm)).expect("small");
        let fills: Vec<_> = coverage
            .fills
            .into_iter()
            .map(|fill| (fill.month_index, fill.invoice, fill.amount_minor))
            .collect();
        let by_hand = cover_by_hand(&rows, &collected, i128::from(tolerance_ppm));
        prop_assert_eq!((coverage.months_covered, fills, coverage.unallocated_minor), by_hand);
    }
}
