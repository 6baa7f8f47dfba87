//! Coverage: which months of a deal the client's money reaches. Months fill in order, oldest invoice first; what fills a month is kept as evidence.
//! Which invoices belong to a deal, and whether their money counts, is decided before.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::money::{
    Exact, MoneyError, Rate, add, multiply, round_half_even, round_half_even_wide, subtract,
    to_minor,
};

/// What one invoice has collected for a deal, in minor units net of tax; below zero for a credit that was refunded in cash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collected {
    pub invoice: String,
    pub amount_minor: i64,
}

/// How much of one invoice's money went to which month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fill {
    /// The month's place in the `bases` that were covered.
    pub month_index: usize,
    pub invoice: String,
    /// Always above zero.
    pub amount_minor: i64,
}

/// How far the money reaches. All fills and the rest together are C, or nothing where C is below zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Months `0 .. months_covered` are covered.
    pub months_covered: usize,
    pub fills: Vec<Fill>,
    /// Money of the deal's invoices that no month needs.
    pub unallocated_minor: i64,
}

/// `SubTotal × cash ÷ Total`, rounded half to even: what an invoice has collected, net of tax. Zero for an invoice of nothing.
/// For a credit note refunded in cash, the caller gives the refund as cash below zero.
///
/// # Errors
/// `TooLarge` where no amount holds the result.
pub fn collected_net(
    sub_total_minor: i64,
    cash_minor: i64,
    total_minor: i64,
) -> Result<i64, MoneyError> {
    if total_minor == 0 {
        return Ok(0);
    }
    round_half_even(Exact::new(
        i128::from(sub_total_minor) * i128::from(cash_minor),
        i128::from(total_minor),
    ))
}

/// What each of several deals gets of what one invoice has collected: `shares_minor` says how much of its SubTotal is whose, in a fixed order. The borders
/// between the shares are rounded like the whole, so that the deals together never get more than was collected. Shares beyond the SubTotal get nothing.
///
/// # Errors
/// `TooLarge` where no amount holds a part.
pub fn collected_by_share(
    sub_total_minor: i64,
    cash_minor: i64,
    total_minor: i64,
    shares_minor: &[i64],
) -> Result<Vec<i64>, MoneyError> {
    let mut through = 0_i128;
    let mut given = 0;
    let mut parts = Vec::with_capacity(shares_minor.len());
    for share in shares_minor {
        through = (through + i128::from((*share).max(0))).min(i128::from(sub_total_minor));
        let border = collected_net(to_minor(through)?, cash_minor, total_minor)?;
        parts.push(border - given);
        given = border;
    }
    Ok(parts)
}

/// Month k is covered when `C ≥ m₀ + … + m_k − t·m_k`. `bases` are the m of each month in order; `collected` the invoices, oldest first.
///
/// # Errors
/// `TooLarge` where the exact sums leave 128 bits, or the money that is left over leaves 64.
pub fn cover(
    bases: &[Exact],
    collected: &[Collected],
    tolerance: Rate,
) -> Result<Coverage, MoneyError> {
    let total: i128 = collected
        .iter()
        .map(|invoice| i128::from(invoice.amount_minor))
        .sum();
    let total = Exact::from_integer(total);
    let mut months_covered = 0;
    let mut needed = Exact::from_integer(0);
    let mut borders = Vec::with_capacity(bases.len());
    let mut reached = true;
    for base in bases {
        needed = add(needed, *base)?;
        borders.push(round_half_even_wide(needed));
        reached = reached && total >= subtract(needed, multiply(tolerance.exact(), *base)?)?;
        months_covered += usize::from(reached);
    }
    let (fills, unallocated_minor) = pour(&borders, &net_of_credits(collected))?;
    Ok(Coverage {
        months_covered,
        fills,
        unallocated_minor,
    })
}

/// C from which on all of some months are covered, exact: nothing where there are none.
///
/// # Errors
/// `TooLarge` where 128 bits do not hold it.
pub fn needed(bases: &[Exact], tolerance: Rate) -> Result<Exact, MoneyError> {
    let nothing = Exact::from_integer(0);
    let sum = bases
        .iter()
        .try_fold(nothing, |sum, base| add(sum, *base))?;
    let last = bases.last().copied().unwrap_or(nothing);
    subtract(sum, multiply(tolerance.exact(), last)?)
}

/// What of each month must still come once something was waived, by the months' places. A waiver lowers its own month first; what exceeds that lowers the months
/// before it, the nearest first: what they lack of a unit, or were forgiven by the tolerance, would be asked of its month otherwise.
///
/// # Errors
/// `TooLarge` where 128 bits do not hold a difference.
pub fn less_waived(
    bases: &[Exact],
    waived_minor: &BTreeMap<usize, i128>,
) -> Result<Vec<Exact>, MoneyError> {
    let mut owed = bases.to_vec();
    for (place, waived_minor) in waived_minor {
        let mut left = Exact::from_integer((*waived_minor).max(0));
        for month in owed.iter_mut().take(place + 1).rev() {
            let taken = left.min(*month).max(Exact::from_integer(0));
            *month = subtract(*month, taken)?;
            left = subtract(left, taken)?;
        }
    }
    Ok(owed)
}

/// What a month lacks: waived of it, it is covered as soon as all before it are. In whole units, so that no fraction is left; of the first month that is not
/// covered also what those before it lack and were forgiven.
///
/// # Errors
/// `TooLarge` where the exact sums leave 128 bits, or what is missing 64.
pub fn missing(
    owed: &[Exact],
    collected: &[Collected],
    tolerance: Rate,
    place: usize,
) -> Result<i64, MoneyError> {
    let first = cover(owed, collected, tolerance)?.months_covered;
    if place < first || place >= owed.len() {
        return Ok(0);
    }
    if place > first {
        return to_minor(owed[place].ceil().to_integer());
    }
    let mut needed = Exact::from_integer(0);
    for month in &owed[..=place] {
        needed = add(needed, *month)?;
    }
    let collected = collected.iter();
    let total: i128 = collected.map(|part| i128::from(part.amount_minor)).sum();
    to_minor(needed.ceil().to_integer() - total)
}

/// What each invoice still has to give once the amounts below zero are taken away, from the youngest money first:
/// what filled the old months stays where it was for as long as it can.
fn net_of_credits(collected: &[Collected]) -> Vec<(&str, i64)> {
    let mut owed: i128 = collected
        .iter()
        .map(|invoice| -i128::from(invoice.amount_minor.min(0)))
        .sum();
    let mut net: Vec<(&str, i64)> = collected
        .iter()
        .map(|invoice| (invoice.invoice.as_str(), invoice.amount_minor.max(0)))
        .collect();
    for (_, amount_minor) in net.iter_mut().rev() {
        let taken_minor = i64::try_from(owed).unwrap_or(i64::MAX).min(*amount_minor);
        *amount_minor -= taken_minor;
        owed -= i128::from(taken_minor);
    }
    net
}

/// Pours the invoices into the months in order. Month borders are the rounded running sums, so that fills are whole and add up.
fn pour(borders: &[i128], invoices: &[(&str, i64)]) -> Result<(Vec<Fill>, i64), MoneyError> {
    let mut fills = Vec::new();
    let mut poured = 0_i128;
    let mut month_index = 0;
    let mut unallocated = 0_i128;
    for (invoice, amount_minor) in invoices {
        let mut rest = i128::from(*amount_minor);
        while rest > 0 && month_index < borders.len() {
            let amount = rest.min(borders[month_index] - poured);
            if amount <= 0 {
                month_index += 1;
                continue;
            }
            fills.push(Fill {
                month_index,
                invoice: (*invoice).to_owned(),
                amount_minor: to_minor(amount)?,
            });
            poured += amount;
            rest -= amount;
        }
        unallocated += rest;
    }
    Ok((fills, to_minor(unallocated)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{any_collected, rate};

    fn invoices(amounts_minor: &[i64]) -> Vec<Collected> {
        let numbered = amounts_minor.iter().enumerate();
        numbered
            .map(|(number, amount_minor)| Collected {
                invoice: format!("INV-{number}"),
                amount_minor: *amount_minor,
            })
            .collect()
    }

    fn whole(bases: &[i128]) -> Vec<Exact> {
        bases.iter().copied().map(Exact::from_integer).collect()
    }

    /// Months covered, the fills as (month, invoice, amount), and what is left over.
    fn pouring(
        bases: &[Exact],
        amounts_minor: &[i64],
    ) -> (usize, Vec<(usize, &'static str, i64)>, i64) {
        const NAMES: [&str; 4] = ["INV-0", "INV-1", "INV-2", "INV-3"];
        let coverage = cover(bases, &invoices(amounts_minor), rate(10_000)).expect("small");
        let name = |text: &str| NAMES.into_iter().find(|name| *name == text).expect("named");
        let fills = coverage.fills.iter();
        let fills = fills
            .map(|fill| (fill.month_index, name(&fill.invoice), fill.amount_minor))
            .collect();
        (coverage.months_covered, fills, coverage.unallocated_minor)
    }

    #[test]
    fn an_invoices_money_counts_without_its_tax() {
        for (sub_total, cash, total, collected) in [
            (10_000, 11_900, 11_900, 10_000),
            (10_000, 5_950, 11_900, 5_000),
            (10_000, 0, 11_900, 0),
            (10_000, 1, 11_900, 1),
            (1, 1, 2, 0),
            (3, 1, 2, 2),
            (10_000, -5_950, 11_900, -5_000),
            (0, 0, 0, 0),
            (10_000, 500, 0, 0),
            (i64::MAX, i64::MAX, i64::MAX, i64::MAX),
        ] {
            assert_eq!(
                collected_net(sub_total, cash, total),
                Ok(collected),
                "{sub_total} {cash} {total}"
            );
        }
        assert_eq!(
            collected_net(i64::MAX, i64::MAX, 1),
            Err(MoneyError::TooLarge)
        );
        assert_eq!(collected_net(i64::MIN, -1, 1), Err(MoneyError::TooLarge));
    }

    #[test]
    fn the_deals_of_one_invoice_share_what_it_collected_to_the_last_unit() {
        for (cash, shares, parts) in [
            (11_900, &[6_000, 4_000][..], &[6_000, 4_000][..]),
            (5_950, &[6_000, 4_000], &[3_000, 2_000]),
            (1, &[5_000, 5_000], &[0, 1]),
            (11_900, &[3_333, 3_333, 3_334], &[3_333, 3_333, 3_334]),
            (4_001, &[3_333, 3_333, 3_334], &[1_121, 1_120, 1_121]),
            // A rest that is nobody's, and shares that are more than there is.
            (11_900, &[6_000], &[6_000]),
            (11_900, &[6_000, 6_000, 1], &[6_000, 4_000, 0]),
            (-11_900, &[6_000, 4_000], &[-6_000, -4_000]),
            (11_900, &[-5, 10_000], &[0, 10_000]),
            (0, &[6_000, 4_000], &[0, 0]),
        ] {
            let collected = collected_by_share(10_000, cash, 11_900, shares);
            assert_eq!(collected.as_deref(), Ok(parts), "{cash} {shares:?}");
        }
        assert_eq!(
            collected_by_share(i64::MAX, i64::MAX, 1, &[i64::MAX]),
            Err(MoneyError::TooLarge)
        );
    }

    #[test]
    fn months_fill_in_order_from_the_oldest_invoice() {
        let months = whole(&[100, 100, 100]);
        assert_eq!(pouring(&months, &[]), (0, vec![], 0));
        assert_eq!(
            pouring(&months, &[150, 70]),
            (
                2,
                vec![
                    (0, "INV-0", 100),
                    (1, "INV-0", 50),
                    (1, "INV-1", 50),
                    (2, "INV-1", 20)
                ],
                0
            )
        );
        assert_eq!(
            pouring(&months, &[300, 25, 5]),
            (
                3,
                vec![(0, "INV-0", 100), (1, "INV-0", 100), (2, "INV-0", 100)],
                30
            )
        );
    }

    #[test]
    fn an_annual_payment_covers_twelve_months_to_the_last_unit() {
        let months = vec![Exact::new(100_000, 12); 13];
        let (covered, fills, unallocated) = pouring(&months, &[100_000]);
        assert_eq!((covered, unallocated), (12, 0));
        let amounts: Vec<i64> = fills.iter().map(|fill| fill.2).collect();
        assert_eq!(amounts.iter().sum::<i64>(), 100_000);
        assert_eq!(amounts[..3], [8_333, 8_334, 8_333]);
    }

    #[test]
    fn all_months_need_their_sum_less_what_may_be_missing_of_the_last() {
        let thirds = [Exact::new(25_000, 3); 3];
        assert_eq!(needed(&thirds, rate(0)), Ok(Exact::from_integer(25_000)));
        assert_eq!(needed(&[], rate(10_000)), Ok(Exact::from_integer(0)));
        let months = whole(&[10_000, 20_000]);
        let least = needed(&months, rate(10_000)).expect("small");
        assert_eq!(least, Exact::from_integer(29_800));
        assert_eq!(pouring(&months, &[29_800]).0, 2);
        assert_eq!(pouring(&months, &[29_799]).0, 1);
    }

    #[test]
    fn money_that_goes_back_is_taken_from_the_youngest() {
        let months = whole(&[100, 100]);
        assert_eq!(
            pouring(&months, &[100, 80, -90, 20]),
            (1, vec![(0, "INV-0", 100), (1, "INV-1", 10)], 0)
        );
        assert_eq!(
            pouring(&months, &[-50, 120]),
            (0, vec![(0, "INV-1", 70)], 0)
        );
        assert_eq!(pouring(&months, &[50, -80]), (0, vec![], 0));
    }

    #[test]
    fn a_month_without_value_needs_no_money_but_waits_for_those_before_it() {
        assert_eq!(pouring(&whole(&[0, 0]), &[]).0, 2);
        assert_eq!(pouring(&whole(&[0, 100, 0]), &[50]).0, 1);
        assert_eq!(pouring(&whole(&[0, 100, 0]), &[100]).0, 3);
        assert_eq!(pouring(&whole(&[0]), &[-1]).0, 0);
        assert_eq!(pouring(&whole(&[100, -150]), &[]).0, 0);
    }

    #[test]
    fn a_month_lacks_also_what_those_before_it_were_forgiven() {
        let lacks = |bases: &[Exact], collected: i64, place| {
            missing(bases, &invoices(&[collected]), rate(10_000), place).expect("small")
        };
        // A fraction of a unit.
        let thirds = vec![Exact::new(25_000, 3); 3];
        assert_eq!(lacks(&thirds, 8_333, 0), 0);
        assert_eq!(lacks(&thirds, 8_333, 1), 8_334);
        assert_eq!(lacks(&thirds, 8_333, 2), 8_334);
        // What the tolerance forgave.
        let months = whole(&[100_000, 100_000, 100_000]);
        assert_eq!(lacks(&months, 99_500, 1), 100_500);
        assert_eq!(lacks(&months, 99_500, 2), 100_000);
        assert_eq!(lacks(&months, 99_500, 3), 0, "no such month");
        let waived = BTreeMap::from([(1, 100_500)]);
        assert_eq!(
            less_waived(&months, &waived),
            Ok(whole(&[99_500, 0, 100_000]))
        );
    }

    #[test]
    fn sums_over_terms_of_many_periods_are_exact_for_the_largest_values() {
        let periods = [1_i128, 2, 3, 5, 6, 7, 8, 9, 11, 12, 13, 24, 36, 60, 120];
        let bases: Vec<Exact> = (0..600)
            .map(|month| Exact::new(i128::from(i64::MAX), periods[month / 40]))
            .collect();
        let all = vec![i64::MAX; 600];
        let coverage = cover(&bases, &invoices(&all[..90]), rate(123_457)).expect("fits");
        assert!(coverage.months_covered > 0 && coverage.months_covered < 600);
        let result = cover(&bases[..1], &invoices(&all), rate(0));
        assert_eq!(
            result,
            Err(MoneyError::TooLarge),
            "what is left over fits no amount"
        );
    }

    #[test]
    fn sums_that_leave_128_bits_are_an_error_and_never_a_wrong_answer() {
        let primes = [
            113, 109, 107, 103, 101, 97, 89, 83, 79, 73, 71, 67, 61, 59, 53, 47,
        ];
        let bases = primes.map(|prime| Exact::new(i128::from(i64::MAX), prime));
        assert_eq!(
            cover(&bases, &invoices(&[1]), rate(10_000)),
            Err(MoneyError::TooLarge)
        );
    }

    fn any_bases() -> impl Strategy<Value = Vec<Exact>> {
        let base = (
            0_i128..5_000,
            prop::sample::select(&crate::testing::PERIODS[..]),
        );
        let base = base.prop_map(|(value, months)| Exact::new(value, i128::from(months)));
        prop::collection::vec(base, 0..30)
    }

    proptest! {
        #[test]
        fn every_unit_collected_is_in_a_fill_or_left_over(bases in any_bases(), collected in any_collected()) {
            let coverage = cover(&bases, &collected, rate(10_000)).expect("small");
            let total: i64 = collected.iter().map(|invoice| invoice.amount_minor).sum();
            let filled: i64 = coverage.fills.iter().map(|fill| fill.amount_minor).sum();
            prop_assert_eq!(filled + coverage.unallocated_minor, total.max(0));
            prop_assert!(coverage.fills.iter().all(|fill| fill.amount_minor > 0));
            prop_assert!(coverage.fills.is_sorted_by_key(|fill| (fill.month_index, fill.invoice.clone())));
            for invoice in &collected {
                let fills = coverage.fills.iter().filter(|fill| fill.invoice == invoice.invoice);
                let given: i64 = fills.map(|fill| fill.amount_minor).sum();
                prop_assert!(given <= invoice.amount_minor.max(0));
            }
        }

        #[test]
        fn more_money_never_covers_less(bases in any_bases(), collected in any_collected(), place in 0_usize..6, more in 0_i64..3_000) {
            let before = cover(&bases, &collected, rate(10_000)).expect("small");
            let mut richer = collected.clone();
            match richer.get_mut(place) {
                Some(invoice) => invoice.amount_minor += more,
                None => richer.push(Collected { invoice: "INV-9".to_owned(), amount_minor: more }),
            }
            let after = cover(&bases, &richer, rate(10_000)).expect("small");
            prop_assert!(after.months_covered >= before.months_covered);
        }

        #[test]
        fn the_tolerance_covers_exactly_at_its_border(
            hundreds in prop::collection::vec(1_i64..1_000, 1..20), per_cent in 0_u32..=99, last in 0_usize..20,
        ) {
            let values: Vec<i64> = hundreds.iter().map(|hundred| hundred * 100).collect();
            let bases: Vec<Exact> = values.iter().map(|value| Exact::from_integer(i128::from(*value))).collect();
            let last = last % values.len();
            let missing = values[last] / 100 * i64::from(per_cent);
            let border = values[..=last].iter().sum::<i64>() - missing;
            let covered = |collected| {
                cover(&bases, &invoices(&[collected]), rate(per_cent * 10_000)).expect("small").months_covered
            };
            prop_assert_eq!(covered(border), last + 1);
            prop_assert_eq!(covered(border - 1), last);
        }

        #[test]
        fn what_a_month_lacks_covers_it_once_it_is_waived(
            bases in any_bases(), collected in any_collected(), per_cent in 0_u32..=20, waivers in 1_usize..8,
        ) {
            let tolerance = rate(per_cent * 10_000);
            let total: i64 = collected.iter().map(|invoice| invoice.amount_minor).sum();
            let mut waived = BTreeMap::new();
            for _ in 0..waivers {
                let owed = less_waived(&bases, &waived).expect("small");
                let covered = cover(&owed, &collected, tolerance).expect("small").months_covered;
                if total < 0 || covered == bases.len() {
                    break;
                }
                let lacks = missing(&owed, &collected, tolerance, covered).expect("small");
                prop_assert!(lacks > 0);
                *waived.entry(covered).or_default() += i128::from(lacks);
                let owed = less_waived(&bases, &waived).expect("small");
                prop_assert!(owed.iter().all(|month| *month >= Exact::from_integer(0)));
                let after = cover(&owed, &collected, tolerance).expect("small").months_covered;
                prop_assert!(after > covered, "{lacks} of {owed:?} covers month {covered}");
            }
        }

        #[test]
        fn all_that_months_lack_covers_every_one_of_them_whatever_the_order(
            bases in any_bases(), collected in any_collected(), per_cent in 0_u32..=20,
        ) {
            let tolerance = rate(per_cent * 10_000);
            let total: i64 = collected.iter().map(|invoice| invoice.amount_minor).sum();
            let lacking = (0..bases.len()).map(|place| (place, missing(&bases, &collected, tolerance, place).expect("small")));
            let waived = lacking.map(|(place, lacks)| (place, i128::from(lacks))).collect();
            let owed = less_waived(&bases, &waived).expect("small");
            let covered = cover(&owed, &collected, tolerance).expect("small").months_covered;
            prop_assert!(total < 0 || covered == bases.len());
        }

        #[test]
        fn fills_reach_the_same_months_as_coverage_without_tolerance(bases in any_bases(), collected in any_collected()) {
            let coverage = cover(&bases, &collected, rate(0)).expect("small");
            let mut needed = Exact::from_integer(0);
            let mut filled = 0;
            for (index, base) in bases.iter().enumerate() {
                needed += *base;
                let of_month = coverage.fills.iter().filter(|fill| fill.month_index == index);
                filled += of_month.map(|fill| fill.amount_minor).sum::<i64>();
                if index < coverage.months_covered {
                    prop_assert_eq!(Ok(filled), round_half_even(needed));
                }
            }
        }
    }
}
