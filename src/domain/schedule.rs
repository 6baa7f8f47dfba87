//! The schedule: which lines a won deal has, and how much each is, by the rule
//! `amount of line k = round(rate·m·(k+1)) − round(rate·m·k)`, half to even. Where the terms change, the exact sum goes on: a line is the step between
//! two rounded sums of all months before and with it. The lines from the first one on add up to the exact total within half a minor unit, wherever one
//! stops and however often the terms changed; a run out of the middle, cut at both ends, within one.

use num_integer::Integer;
use num_traits::{WrappingAdd, WrappingSub};
use serde::{Deserialize, Serialize};

use crate::{
    calendar::Month,
    deal::{BillingPeriod, DealTerms, WonDeal},
    money::{
        CommonSum, Exact, MoneyError, add, common_divisor, div_floor, exact_text, multiply,
        quotient, to_minor,
    },
    plan::PlanTerms,
};

/// One line of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduledLine {
    /// k: months since the deal's start. Months without a line are left out, so the next line's k may be larger by more than one.
    pub index: u32,
    pub month: Month,
    /// m: what the client owes for this month, exact minor units (of the whole deal, for a one-off).
    #[serde(with = "exact_text")]
    pub base: Exact,
    /// The commission, in minor units of the terms' currency.
    pub amount_minor: i64,
}

/// All lines of a won deal up to and including `until`, oldest first. A plan with a number of months stops there whatever `until` says;
/// `until` bounds the plans that pay as long as the client does. A deal that ends on the day it starts, or before, has no lines.
///
/// A bonus counts towards the cap before the first line; it is a line of its own, [`PlanTerms::bonus_minor`].
/// One-off terms have one line, in the month from which they hold; one-off terms right after one-off terms have none,
/// for the deal has its line: what it lacks then is an adjustment.
///
/// # Errors
/// `TooLarge` where no amount holds a line.
pub fn schedule(
    plan: &PlanTerms,
    deal: &WonDeal,
    until: Month,
) -> Result<Vec<ScheduledLine>, MoneyError> {
    let start = Month::of(deal.start);
    let mut lines = Vec::new();
    each_amount(plan, deal, until, |index, terms, amount_minor| {
        lines.push(ScheduledLine {
            index,
            month: start.plus(index as i32),
            base: terms.monthly(),
            amount_minor,
        });
    })?;
    Ok(lines)
}

/// Their amounts alone, each with its index and its terms, and nothing kept: what recomputes millions of them.
///
/// # Errors
/// `TooLarge` where no amount holds a line; the lines before it were given.
pub fn each_amount(
    plan: &PlanTerms,
    deal: &WonDeal,
    until: Month,
    mut give: impl FnMut(u32, &DealTerms, i64),
) -> Result<(), MoneyError> {
    let start = Month::of(deal.start);
    let last = last_month(plan, deal, until);
    let mut given = deal.terms.first().map_or(0, |first| {
        i128::from(plan.bonus_minor(first.value.currency))
    });
    let mut sum = RunningSum::ZERO;
    for run in runs(&deal.terms, start, last) {
        let currency = run.terms.value.currency;
        let cap = plan.cap.filter(|cap| cap.currency == currency);
        let cap = cap.map(|cap| i128::from(cap.minor));
        let mut monthly = monthly_commission(plan, run.terms, deal.standing)?;
        if deal.terms.len() > 1 {
            // The parts of all of them must fit together.
            monthly = monthly.in_lowest_terms();
        }
        let mut index = (run.from.0 - start.0) as u32;
        sum.each_step(monthly, run.months(), |uncapped| {
            let amount = match cap {
                Some(cap) => {
                    let amount = uncapped.min((cap - given).max(0));
                    given += amount;
                    amount
                }
                None => uncapped,
            };
            give(index, run.terms, to_minor(amount)?);
            index += 1;
            Ok(())
        })?;
    }
    Ok(())
}

/// rate·m, exact; where the plan has tiers, each part of m times the rate of its tier. Not in lowest terms.
///
/// # Errors
/// `TooLarge` where 128 bits do not hold it.
pub(crate) fn monthly_commission(
    plan: &PlanTerms,
    terms: &DealTerms,
    standing: Exact,
) -> Result<CommonSum, MoneyError> {
    let is_one_off = terms.period == BillingPeriod::OneOff;
    plan.commission(terms.monthly(), terms.value.currency, standing, is_one_off)
}

/// The exact commission of all months of a deal up to and including `until`, whatever the cap: what is rounded for the line of that month.
///
/// # Errors
/// `TooLarge` where 128 bits do not hold it.
pub fn commission_through(
    plan: &PlanTerms,
    deal: &WonDeal,
    until: Month,
) -> Result<Exact, MoneyError> {
    let mut sum = Exact::from_integer(0);
    for run in runs(&deal.terms, Month::of(deal.start), until) {
        let months = i128::from(run.months());
        let monthly = monthly_commission(plan, run.terms, deal.standing)?.exact();
        sum = add(sum, multiply(monthly, Exact::from_integer(months))?)?;
    }
    Ok(sum)
}

/// Months in a row that have a line under the same terms.
struct Run<'a> {
    terms: &'a DealTerms,
    from: Month,
    until: Month,
}

impl Run<'_> {
    const fn months(&self) -> i32 {
        self.until.0 - self.from.0 + 1
    }
}

/// The runs of a deal, oldest first. The first terms hold from the deal's start, whatever month they name.
fn runs(terms: &[DealTerms], start: Month, last: Month) -> impl Iterator<Item = Run<'_>> {
    let mut month = start;
    let mut after_one_off = false;
    std::iter::from_fn(move || {
        while month <= last {
            let place = terms.iter().rposition(|terms| terms.from <= month);
            let place = place.unwrap_or(0);
            let held = terms.get(place)?;
            let later = terms[place + 1..].iter().map(|terms| terms.from);
            let next = later.filter(|from| *from > month).min();
            let ends = next.map_or(last, |next| last.min(next.plus(-1)));
            let from = std::mem::replace(&mut month, ends.plus(1));
            let is_one_off = held.period == BillingPeriod::OneOff;
            let has_its_line = is_one_off && after_one_off;
            after_one_off = is_one_off;
            if !has_its_line {
                return Some(Run {
                    terms: held,
                    from,
                    until: if is_one_off { from } else { ends },
                });
            }
        }
        None
    })
}

/// An exact sum that grows by the same step again and again: whole units, and a rest in parts of a unit that all its steps divide into. Adding and rounding
/// need no division.
#[derive(Clone, Copy)]
struct RunningSum<N> {
    whole: N,
    rest: N,
    parts: N,
}

/// A step in the parts of the sum that it was made for.
#[derive(Clone, Copy)]
struct Step<N> {
    whole: N,
    rest: N,
}

impl RunningSum<i128> {
    const ZERO: Self = Self {
        whole: 0,
        rest: 0,
        parts: 1,
    };

    /// Adds a step so many times, and gives each time by how much the rounded sum has grown.
    fn each_step(
        &mut self,
        step: CommonSum,
        times: i32,
        give: impl FnMut(i128) -> Result<(), MoneyError>,
    ) -> Result<(), MoneyError> {
        let step = self.step_of(step)?;
        let Some((mut sum, step)) = self.narrow(step, times) else {
            return self.each_growth(step, times, give);
        };
        sum.each_growth(step, times, give)?;
        self.whole = i128::from(sum.whole);
        self.rest = i128::from(sum.rest);
        Ok(())
    }

    /// Makes the parts fine enough for a step.
    fn step_of(&mut self, step: CommonSum) -> Result<Step<i128>, MoneyError> {
        let CommonSum { numer, denom } = step;
        let finer = |parts: i128, times: i128| parts.checked_mul(times).ok_or(MoneyError::TooLarge);
        let common = common_divisor(self.parts, denom);
        let times = quotient(denom, common);
        let (whole, of_step) = div_floor(numer, denom);
        let of_step = finer(of_step, quotient(self.parts, common))?;
        (self.parts, self.rest) = (finer(self.parts, times)?, finer(self.rest, times)?);
        Ok(Step {
            whole,
            rest: of_step,
        })
    }

    /// The same in 64 bits, if they hold all sums on the way: then a line costs a third.
    fn narrow(&self, step: Step<i128>, times: i32) -> Option<(RunningSum<i64>, Step<i64>)> {
        let narrow = |number: i128| i64::try_from(number).ok();
        // Each step adds a whole unit at most beside its own.
        let grown = step.whole.checked_add(1)?.checked_mul(i128::from(times))?;
        narrow(self.whole.checked_add(grown)?)?;
        narrow(
            step.whole
                .checked_mul(i128::from(times))?
                .checked_add(self.whole)?,
        )?;
        let sum = RunningSum {
            whole: narrow(self.whole)?,
            rest: narrow(self.rest)?,
            parts: narrow(self.parts)?,
        };
        let step = Step {
            whole: narrow(step.whole)?,
            rest: narrow(step.rest)?,
        };
        Some((sum, step))
    }
}

// Without branches: whether a step carries, and whether a sum is rounded up, nobody can foresee.
impl<N: Integer + Copy + From<bool> + Into<i128> + WrappingAdd + WrappingSub> RunningSum<N> {
    fn each_growth(
        &mut self,
        step: Step<N>,
        times: i32,
        mut give: impl FnMut(i128) -> Result<(), MoneyError>,
    ) -> Result<(), MoneyError> {
        let mut before = self.rounded();
        for _ in 0..times {
            self.add(step);
            let through = self.rounded();
            give((through - before).into())?;
            before = through;
        }
        Ok(())
    }

    #[inline]
    fn add(&mut self, step: Step<N>) {
        let carries = step.rest >= self.parts - self.rest;
        let carried = if carries { self.parts } else { N::zero() };
        self.whole = self.whole + step.whole + N::from(carries);
        // The sum of both rests may overflow, but what is left of it never does.
        self.rest = self.rest.wrapping_add(&step.rest).wrapping_sub(&carried);
    }

    /// Half to even.
    #[inline]
    fn rounded(&self) -> N {
        let lacking = self.parts - self.rest;
        let is_above = self.rest > lacking;
        let is_odd_half = (self.rest == lacking) & self.whole.is_odd();
        self.whole + N::from(is_above | is_odd_half)
    }
}

fn last_month(plan: &PlanTerms, deal: &WonDeal, until: Month) -> Month {
    let start = Month::of(deal.start);
    let by_plan = plan
        .months
        .map_or(until, |months| start.plus(i32::from(months) - 1));
    let by_partner = deal.paid_until.map_or(by_plan, |until| by_plan.min(until));
    match deal.end {
        Some(end) if end <= deal.start => start.plus(-1),
        Some(end) => by_partner.min(Month::of(end.pred_opt().unwrap_or(end))),
        None => by_partner,
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use proptest::prelude::*;

    use super::*;
    use crate::{
        money::{Currency, Money, add, round_half_even_wide},
        testing::{PERIODS, any_deal, any_plan, deal, euro, plan, terms, tiers},
    };

    const JANUARY: Month = Month::new(2026, 1);

    fn amounts(lines: &[ScheduledLine]) -> Vec<i64> {
        lines.iter().map(|line| line.amount_minor).collect()
    }

    fn amounts_until(plan: &PlanTerms, deal: &WonDeal, months: i32) -> Vec<i64> {
        amounts(&schedule(plan, deal, JANUARY.plus(months - 1)).expect("small"))
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect(text)
    }

    #[test]
    fn a_line_is_the_step_between_two_rounded_sums() {
        // 10 % of 33.35 a month is 3.335: 3.335, 6.670, 10.005, 13.340.
        let monthly = deal(3_335, BillingPeriod::Months(1));
        assert_eq!(
            amounts_until(&plan(100_000, None), &monthly, 4),
            [334, 333, 333, 334]
        );
        // Halves: 0.5, 1, 1.5, 2, 2.5, 3 round to 0, 1, 2, 2, 2, 3.
        let halves = deal(1, BillingPeriod::Months(1));
        assert_eq!(
            amounts_until(&plan(500_000, None), &halves, 6),
            [0, 1, 1, 0, 0, 1]
        );
        // A value below zero mirrors it.
        let below = deal(-1, BillingPeriod::Months(1));
        assert_eq!(
            amounts_until(&plan(500_000, None), &below, 6),
            [0, -1, -1, 0, 0, -1]
        );
    }

    #[test]
    fn lines_name_their_month_and_what_the_client_owes_for_it() {
        let annual = deal(100_000, BillingPeriod::Months(12));
        let lines = schedule(&plan(100_000, Some(14)), &annual, JANUARY).expect("small");
        assert_eq!(lines.len(), 14, "the plan's months count, not `until`");
        assert_eq!(
            (lines[13].index, lines[13].month),
            (13, Month::new(2027, 2))
        );
        assert_eq!(lines[0].base, Exact::new(25_000, 3));
    }

    #[test]
    fn a_one_off_deal_has_one_line() {
        let one_off = deal(99_995, BillingPeriod::OneOff);
        assert_eq!(amounts_until(&plan(100_000, None), &one_off, 24), [10_000]);
        assert_eq!(
            amounts_until(&plan(100_000, Some(36)), &one_off, 24),
            [10_000]
        );
    }

    #[test]
    fn one_off_terms_do_not_end_what_comes_after_them() {
        let mut deal = deal(1_000, BillingPeriod::OneOff);
        deal.terms
            .push(terms(JANUARY.plus(2), 2_000, BillingPeriod::OneOff));
        deal.terms
            .push(terms(JANUARY.plus(4), 300, BillingPeriod::Months(1)));
        deal.terms
            .push(terms(JANUARY.plus(6), 5_000, BillingPeriod::OneOff));
        let lines = schedule(&plan(1_000_000, None), &deal, JANUARY.plus(9)).expect("small");
        let rows: Vec<_> = lines
            .iter()
            .map(|line| (line.index, line.amount_minor))
            .collect();
        assert_eq!(rows, [(0, 1_000), (4, 300), (5, 300), (6, 5_000)]);
    }

    #[test]
    fn a_deal_pays_for_every_month_that_it_runs_in() {
        for (end, count) in [
            ("2026-01-14", 0),
            ("2026-01-15", 0),
            ("2026-01-16", 1),
            ("2026-02-01", 1),
            ("2026-02-02", 2),
            ("2027-01-01", 12),
            ("2027-01-15", 13),
        ] {
            for (plan, at_most) in [(plan(100_000, None), 24), (plan(100_000, Some(6)), 6)] {
                let mut deal = deal(1_000, BillingPeriod::Months(1));
                deal.end = Some(day(end));
                assert_eq!(
                    amounts_until(&plan, &deal, 24).len(),
                    count.min(at_most),
                    "{end}"
                );
            }
        }
    }

    #[test]
    fn the_first_terms_hold_from_the_start_whatever_month_they_name() {
        let usual = amounts_until(
            &plan(333_333, None),
            &deal(1_000, BillingPeriod::Months(3)),
            9,
        );
        for first in [-5, 3] {
            let mut deal = deal(1_000, BillingPeriod::Months(3));
            deal.terms[0].from = JANUARY.plus(first);
            assert_eq!(amounts_until(&plan(333_333, None), &deal, 9), usual);
        }
        let mut without_terms = deal(1_000, BillingPeriod::OneOff);
        without_terms.terms.clear();
        assert!(amounts_until(&plan(333_333, None), &without_terms, 9).is_empty());
    }

    #[test]
    fn a_cap_in_another_currency_does_not_hold() {
        let mut plan = plan(1_000_000, None);
        let deal = deal(100, BillingPeriod::Months(1));
        plan.cap = Some(euro(250));
        assert_eq!(amounts_until(&plan, &deal, 4), [100, 100, 50, 0]);
        plan.cap = Some(Money::new(250, Currency::USD));
        assert_eq!(amounts_until(&plan, &deal, 4), [100, 100, 100, 100]);
    }

    #[test]
    fn a_bonus_counts_towards_the_cap_before_the_first_line() {
        let mut plan = plan(1_000_000, None);
        let deal = deal(100, BillingPeriod::Months(1));
        plan.cap = Some(euro(250));
        plan.bonus = Some(euro(120));
        assert_eq!(amounts_until(&plan, &deal, 4), [100, 30, 0, 0]);
        plan.bonus = Some(euro(900));
        assert_eq!(amounts_until(&plan, &deal, 2), [0, 0]);
        plan.bonus = Some(Money::new(120, Currency::USD));
        assert_eq!(amounts_until(&plan, &deal, 4), [100, 100, 50, 0]);
    }

    #[test]
    fn tiers_price_every_line_from_where_the_partner_stood() {
        let mut plan = plan(0, None);
        plan.tiers = Some(tiers(Currency::EUR, &[(0, 50_000), (1_000, 100_000)]));
        let mut monthly = deal(900, BillingPeriod::Months(1));
        assert_eq!(amounts_until(&plan, &monthly, 2), [45, 45]);
        monthly.standing = Exact::from_integer(500);
        // 500 at 5 % and 400 at 10 %.
        assert_eq!(amounts_until(&plan, &monthly, 2), [65, 65]);
        monthly.terms[0].period = BillingPeriod::OneOff;
        assert_eq!(amounts_until(&plan, &monthly, 2), [45]);
        monthly.standing = Exact::from_integer(1_000);
        assert_eq!(amounts_until(&plan, &monthly, 2), [90]);
    }

    #[test]
    fn a_partner_that_left_is_paid_until_its_tail_ends() {
        let mut deal = deal(1_000, BillingPeriod::Months(1));
        for (paid_until, count) in [
            (JANUARY.plus(-1), 0),
            (JANUARY, 1),
            (JANUARY.plus(4), 5),
            (JANUARY.plus(90), 12),
        ] {
            deal.paid_until = Some(paid_until);
            assert_eq!(amounts_until(&plan(100_000, None), &deal, 12).len(), count);
            let five = amounts_until(&plan(100_000, Some(5)), &deal, 12).len();
            assert_eq!(five, count.min(5));
        }
    }

    #[test]
    fn a_line_that_no_amount_holds_is_an_error() {
        let mut largest = deal(i64::MIN, BillingPeriod::OneOff);
        let until = JANUARY;
        let result = schedule(&plan(1_000_000, None), &largest, until);
        assert_eq!(result, Err(MoneyError::TooLarge));
        largest.terms[0].value = euro(-i64::MAX);
        assert!(schedule(&plan(1_000_000, None), &largest, until).is_ok());
    }

    #[test]
    fn a_scheduled_line_survives_json() {
        let annual = deal(100_000, BillingPeriod::Months(12));
        let lines = schedule(&plan(100_000, Some(1)), &annual, JANUARY).expect("small");
        let json = serde_json::to_string(&lines[0]).expect("json");
        let expected = r#"{"index":0,"month":"2026-01","base":"25000/3","amount_minor":833}"#;
        assert_eq!(json, expected);
        let back: ScheduledLine = serde_json::from_str(&json).expect("a line");
        assert_eq!(back, lines[0]);
        for bad in ["25000", "1/0", "1/-3", "a/b", ""] {
            let json = json.replace("25000/3", bad);
            assert!(
                serde_json::from_str::<ScheduledLine>(&json).is_err(),
                "{bad:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn the_largest_deals_are_computed_exactly(
            minor in prop_oneof![Just(i64::MAX), 1..i64::MAX], ppm in 0_u32..=1_000_000, period in 1_u16..=120,
        ) {
            let plan = plan(ppm, Some(600));
            let deal = deal(minor, BillingPeriod::Months(period));
            let lines = schedule(&plan, &deal, JANUARY).expect("fits");
            prop_assert_eq!(lines.len(), 600);
            let sum: i128 = lines.iter().map(|line| i128::from(line.amount_minor)).sum();
            let exact = plan.rate.exact() * deal.terms[0].monthly() * Exact::from_integer(600);
            prop_assert_eq!(sum, round_half_even_wide(exact));
        }

        #[test]
        fn lines_from_the_first_are_within_half_a_unit_and_any_run_within_one(
            minor in 0_i64..100_000, ppm in 0_u32..=1_000_000, place in 0..PERIODS.len(), from in 0_usize..48, length in 0_usize..48,
        ) {
            let plan = plan(ppm, Some(96));
            let deal = deal(minor, BillingPeriod::Months(PERIODS[place]));
            let amounts = amounts(&schedule(&plan, &deal, JANUARY).expect("small"));
            let off_by = |from: usize, to: usize| {
                let sum: i64 = amounts[from..to].iter().sum();
                let months = Exact::from_integer((to - from) as i128);
                let exact = plan.rate.exact() * deal.terms[0].monthly() * months;
                let difference = Exact::from_integer(i128::from(sum)) - exact;
                difference.max(-difference)
            };
            prop_assert!(off_by(0, from + length) <= Exact::new(1, 2));
            prop_assert!(off_by(from, from + length) <= Exact::from_integer(1));
        }

        #[test]
        fn however_often_the_terms_change_the_lines_are_within_half_a_unit_of_the_exact_sum((plan, _) in any_plan(), deal in any_deal(), ahead in 0_i32..48) {
            let plan = PlanTerms { cap: None, bonus: None, ..plan };
            let until = Month::of(deal.start).plus(ahead);
            let lines = schedule(&plan, &deal, until).expect("small");
            let sum: i64 = lines.iter().map(|line| line.amount_minor).sum();
            let last = lines.last().map_or(Month::of(deal.start).plus(-1), |line| line.month);
            let exact = commission_through(&plan, &deal, last).expect("small");
            prop_assert_eq!(i128::from(sum), round_half_even_wide(exact));
        }

        #[test]
        fn twelve_lines_of_an_annual_deal_are_the_rate_of_its_value(minor in 0_i64..1_000_000_000, ppm in 0_u32..=1_000_000) {
            let plan = plan(ppm, Some(12));
            let lines = schedule(&plan, &deal(minor, BillingPeriod::Months(12)), JANUARY).expect("small");
            let value = Exact::from_integer(i128::from(minor));
            let sum: i64 = lines.iter().map(|line| line.amount_minor).sum();
            prop_assert_eq!(sum, crate::money::round_half_even(plan.rate.exact() * value).expect("small"));
        }

        #[test]
        fn a_longer_schedule_begins_like_a_shorter_one((plan, _) in any_plan(), deal in any_deal(), months in 1_u16..60) {
            let of = |months| {
                let plan = PlanTerms { months: Some(months), ..plan.clone() };
                schedule(&plan, &deal, JANUARY).expect("small")
            };
            let (shorter, longer) = (of(months), of(months + 1));
            prop_assert!(longer.starts_with(&shorter));
            prop_assert!(longer.len() <= shorter.len() + 1);
            let plan = PlanTerms { months: None, ..plan.clone() };
            let start = Month::of(deal.start);
            let open_ended = schedule(&plan, &deal, start.plus(i32::from(months) - 1)).expect("small");
            prop_assert_eq!(open_ended, shorter);
        }

        #[test]
        fn later_terms_leave_the_months_before_them_as_they_were(
            (plan, _) in any_plan(), deal in any_deal(), after in 0_i32..24, minor in 0_i64..3_000, ahead in 0_i32..48,
        ) {
            let until = Month::of(deal.start).plus(ahead);
            let change = deal.terms.last().expect("terms").from.max(Month::of(deal.start)).plus(after + 1);
            let mut changed = deal.clone();
            changed.terms.push(terms(change, minor, BillingPeriod::Months(1)));
            let before_change = |deal: &WonDeal| {
                let mut lines = schedule(&plan, deal, until).expect("small");
                lines.retain(|line| line.month < change);
                lines
            };
            prop_assert_eq!(before_change(&deal), before_change(&changed));
        }

        #[test]
        fn a_cap_is_never_exceeded_by_lines_and_bonus_and_reached_exactly((plan, _) in any_plan(), deal in any_deal(), cap in 1_i64..4_000) {
            let until = Month::of(deal.start).plus(40);
            let total = |cap| {
                let plan = PlanTerms { cap, ..plan.clone() };
                let lines = schedule(&plan, &deal, until).expect("small");
                assert!(lines.iter().all(|line| line.amount_minor >= 0));
                plan.bonus_minor(Currency::EUR) + lines.iter().map(|line| line.amount_minor).sum::<i64>()
            };
            prop_assert_eq!(total(Some(euro(cap))), total(None).min(cap));
        }

        #[test]
        fn bases_of_one_period_add_up_to_the_value(minor in 0_i64..i64::MAX, place in 0..PERIODS.len()) {
            let months = PERIODS[place];
            let lines = schedule(&plan(0, Some(months)), &deal(minor, BillingPeriod::Months(months)), JANUARY).expect("fits");
            let sum = lines.iter().try_fold(Exact::from_integer(0), |sum, line| add(sum, line.base));
            prop_assert_eq!(sum, Ok(Exact::from_integer(i128::from(minor))));
        }
    }
}
