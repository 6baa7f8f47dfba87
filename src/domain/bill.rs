//! Bills: a partner's invoices for a statement. Each is for whole lines of it, the oldest that were on no other when it was taken, and keeps them for as long
//! as it stands: its payments pay them and no others, whatever becomes of the bills before it.

use chrono::NaiveDate;

use crate::access::words;

words! {
    /// How far a bill is. It is `raised` as long as Xero has certainly not got it, and `asked` from before Xero is asked to make it until it says whether it
    /// did. The last two are how a bill ends without being paid: it is none of its statement's any more.
    BillState {
        Raised = "raised",
        Asked = "asked",
        Booked = "booked",
        PartPaid = "part_paid",
        Paid = "paid",
        Voided = "voided",
        Withdrawn = "withdrawn",
    }
}

words! {
    /// A PDF that belongs to a bill: our statement that it is for, and the partner's own invoice.
    BillFile { Statement = "statement", Invoice = "invoice" }
}

impl BillFile {
    /// What it is called wherever it is kept: letters, figures, hyphens and underscores, which no system reads as anything else. `number` is the statement's or
    /// the partner's own.
    pub fn name(self, number: &str) -> String {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let plain = number
            .chars()
            .map(|c| if is_plain(c) { c } else { '-' })
            .collect::<String>();
        match self {
            Self::Statement => format!("{plain}.pdf"),
            // Whatever the partner's number is, it is no name of a statement's.
            Self::Invoice => format!("invoice-{plain}.pdf"),
        }
    }
}

impl BillState {
    /// What was paid says how far a bill is that Xero has.
    pub const fn of_paid(paid_minor: i64, total_minor: i64) -> Self {
        match paid_minor {
            paid if paid >= total_minor => Self::Paid,
            paid if paid > 0 => Self::PartPaid,
            _ => Self::Booked,
        }
    }

    /// Xero has it, and it is what its partner raised.
    pub const fn is_booked(self) -> bool {
        matches!(self, Self::Booked | Self::PartPaid | Self::Paid)
    }

    /// Voided or withdrawn.
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Voided | Self::Withdrawn)
    }
}

/// A bill whose date is not the day on which it was made, as the books of that day were locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MovedDate {
    pub dated_on: NaiveDate,
    pub locked_until: NaiveDate,
}

impl MovedDate {
    /// The first open day, if the books are locked on the day itself.
    pub fn of(today: NaiveDate, locked_until: Option<NaiveDate>) -> Option<Self> {
        let locked_until = locked_until.filter(|until| *until >= today)?;
        Some(Self {
            dated_on: locked_until.succ_opt().unwrap_or(locked_until),
            locked_until,
        })
    }
}

/// How many of the lines that are on no bill yet, taken in order, a bill over this amount is for: the most whose sum is exactly that, so that lines of
/// nothing, and such that cancel each other, are not left behind. `None` if it is not for whole lines.
pub fn lines_billed(unbilled_minor: &[i64], bill_minor: i64) -> Option<usize> {
    let matching = (1..)
        .zip(sums(unbilled_minor))
        .filter(|(_, sum)| *sum == i128::from(bill_minor));
    matching.last().map(|(count, _)| count)
}

/// The least that a bill can be for: the oldest line, or as many of them as come to something.
pub fn oldest_minor(unbilled_minor: &[i64]) -> i64 {
    let oldest = sums(unbilled_minor).find(|sum| *sum > 0).unwrap_or(0);
    i64::try_from(oldest).unwrap_or(i64::MAX)
}

/// The sums of the first lines, however many.
fn sums(amounts_minor: &[i64]) -> impl Iterator<Item = i128> {
    amounts_minor.iter().scan(0_i128, |sum, amount_minor| {
        *sum += i128::from(*amount_minor);
        Some(*sum)
    })
}

/// How many of a bill's lines, taken in order, a paid amount covers wholly: the most whose sum it reaches.
/// A clawback counts against the lines before it, so that the whole bill paid is every line paid.
pub fn lines_paid(amounts_minor: &[i64], paid_minor: i64) -> usize {
    if paid_minor <= 0 {
        return 0;
    }
    let mut sum = 0_i128;
    let mut covered = 0;
    for (index, amount_minor) in amounts_minor.iter().enumerate() {
        sum += i128::from(*amount_minor);
        if sum <= i128::from(paid_minor) {
            covered = index + 1;
        }
    }
    covered
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_bill_is_for_the_most_whole_lines_that_come_to_its_amount() {
        for (lines, bill, count) in [
            (&[100, 50, 25][..], 100, Some(1)),
            (&[100, 50, 25], 175, Some(3)),
            (&[100, 50, 25], 50, None),
            (&[100, 50, 25], 0, None),
            (&[100, 50, 25], 176, None),
            (&[100, 0, -10, 10, 5], 100, Some(4)),
            (&[100, -50, 30], 50, Some(2)),
            (&[-10, 50], 40, Some(2)),
            (&[], 5, None),
            (&[i64::MAX, 1], i64::MAX, Some(1)),
        ] {
            assert_eq!(lines_billed(lines, bill), count, "{lines:?} {bill}");
        }
    }

    #[test]
    fn the_least_that_a_bill_can_be_for_is_something() {
        for (lines, least) in [
            (&[100, 50][..], 100),
            (&[0, 50], 50),
            (&[-100, 30, 80], 10),
            (&[-100], 0),
            (&[], 0),
        ] {
            assert_eq!(oldest_minor(lines), least, "{lines:?}");
        }
    }

    #[test]
    fn a_bill_is_dated_today_or_where_the_books_are_locked_on_the_first_open_day() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        let today = day("2026-10-03");
        for (locked_until, dated_on) in [
            (None, None),
            (Some("2026-10-02"), None),
            (Some("2026-10-03"), Some("2026-10-04")),
            (Some("2026-12-31"), Some("2027-01-01")),
        ] {
            let moved = MovedDate::of(today, locked_until.map(day));
            assert_eq!(moved.map(|moved| moved.dated_on), dated_on.map(day));
        }
    }

    #[test]
    fn a_file_has_a_plain_name_whatever_its_number_is() {
        for (file, number, name) in [
            (
                BillFile::Statement,
                "PS-2026Q3-000042",
                "PS-2026Q3-000042.pdf",
            ),
            (BillFile::Invoice, "2026/17", "invoice-2026-17.pdf"),
            (BillFile::Invoice, "../Ü 1?", "invoice------1-.pdf"),
            (
                BillFile::Invoice,
                "PS-2026Q3-000042",
                "invoice-PS-2026Q3-000042.pdf",
            ),
        ] {
            assert_eq!(file.name(number), name);
        }
    }

    #[test]
    fn what_was_paid_of_a_bill_says_how_far_it_is() {
        use BillState::{Booked, Paid, PartPaid};
        for (paid, state) in [
            (-1, Booked),
            (0, Booked),
            (1, PartPaid),
            (9, PartPaid),
            (10, Paid),
            (11, Paid),
        ] {
            assert_eq!(BillState::of_paid(paid, 10), state, "{paid}");
        }
    }

    #[test]
    fn a_bill_is_booked_once_xero_has_it_and_until_it_ends() {
        use BillState::{Asked, Booked, Paid, PartPaid, Raised, Voided, Withdrawn};
        for (state, is_booked, has_ended) in [
            (Raised, false, false),
            (Asked, false, false),
            (Booked, true, false),
            (PartPaid, true, false),
            (Paid, true, false),
            (Voided, false, true),
            (Withdrawn, false, true),
        ] {
            assert_eq!(
                (state.is_booked(), state.has_ended()),
                (is_booked, has_ended)
            );
        }
    }

    #[test]
    fn a_part_payment_pays_the_oldest_lines_that_it_covers_wholly() {
        for (amounts, paid, count) in [
            (&[100, 50, 25][..], 0, 0),
            (&[100, 50, 25], 99, 0),
            (&[100, 50, 25], 100, 1),
            (&[100, 50, 25], 149, 1),
            (&[100, 50, 25], 174, 2),
            (&[100, 50, 25], 175, 3),
            (&[100, 50, 25], 1_000, 3),
            (&[100, 50, 25], -5, 0),
            (&[-10, 50, 60], 40, 2),
            (&[50, -10], 39, 0),
            (&[50, -10], 40, 2),
            (&[50, -10, 20], 45, 2),
            (&[50, -10, 20], 60, 3),
            (&[0, 0, 5], 1, 2),
            (&[], 5, 0),
            (&[i64::MAX, i64::MAX], i64::MAX, 1),
        ] {
            assert_eq!(lines_paid(amounts, paid), count, "{amounts:?} {paid}");
        }
    }

    proptest! {
        #[test]
        fn bills_one_after_the_other_are_for_each_line_once(
            amounts in prop::collection::vec(-50_i64..100, 1..20), sizes in prop::collection::vec(1_usize..5, 20),
        ) {
            let (mut rest, mut billed) = (&amounts[..], 0);
            for size in sizes {
                let bill: i64 = rest[..size.min(rest.len())].iter().sum();
                let Some(count) = lines_billed(rest, bill) else { continue };
                prop_assert!(count >= size.min(rest.len()));
                prop_assert_eq!(rest[..count].iter().sum::<i64>(), bill);
                prop_assert_eq!(lines_paid(&rest[..count], bill), if bill > 0 { count } else { 0 });
                (rest, billed) = (&rest[count..], billed + bill);
            }
            prop_assert_eq!(billed + rest.iter().sum::<i64>(), amounts.iter().sum::<i64>());
        }

        #[test]
        fn lines_are_never_paid_beyond_the_money_and_all_of_them_by_all_of_it(
            amounts in prop::collection::vec(-500_i64..1_000, 0..20), paid in 1_i64..10_000, more in 0_i64..1_000,
        ) {
            let count = lines_paid(&amounts, paid);
            prop_assert!(amounts[..count].iter().sum::<i64>() <= paid);
            prop_assert!(lines_paid(&amounts, paid + more) >= count);
            if amounts.iter().sum::<i64>() <= paid {
                prop_assert_eq!(count, amounts.len());
            }
        }
    }
}
