//! Buckets: where all money of a deal is. What its months expect, what was invoiced, credited and collected for each of them, and in a last row what no
//! month needs. Every column adds up to what went in, and every amount says which documents it is made of.

use serde::{Deserialize, Serialize};

use crate::{
    access::words,
    calendar::Month,
    coverage::{Collected, cover},
    money::{Exact, MoneyError, Rate, add, round_half_even_wide, subtract, to_minor},
};

words! {
    /// What an amount of the explorer counts.
    Column {
        Expected = "expected",
        Invoiced = "invoiced",
        Credited = "credited",
        Collected = "collected",
        Unallocated = "unallocated",
        Waived = "waived",
        Missing = "missing",
    }
}

/// A month of a deal.
#[derive(Clone, Debug)]
pub struct BucketMonth {
    pub month: Month,
    /// m, exact minor units.
    pub base: Exact,
    /// What of it must still come: m less what a person waived.
    pub owed: Exact,
}

/// A deal's part of an invoice, in minor units net of tax.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BucketInvoice {
    pub id: String,
    pub issued: Option<Month>,
    pub invoiced_minor: i64,
    pub credited_minor: i64,
    pub collected_minor: i64,
}

/// Cash that went back to the client, net of tax.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BucketRefund {
    pub id: String,
    pub refunded_minor: i64,
}

/// What of a document is in an amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub column: Column,
    pub document: String,
    pub amount_minor: i64,
}

/// One amount for each column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amounts {
    pub expected_minor: i64,
    pub invoiced_minor: i64,
    pub credited_minor: i64,
    /// What filled months, after refunds.
    pub collected_minor: i64,
    /// What was collected, less refunds, and is needed by no month.
    pub unallocated_minor: i64,
    pub waived_minor: i64,
    /// What months lack: expected, and neither waived nor collected.
    pub missing_minor: i64,
}

impl Amounts {
    pub const fn of(&self, column: Column) -> i64 {
        match column {
            Column::Expected => self.expected_minor,
            Column::Invoiced => self.invoiced_minor,
            Column::Credited => self.credited_minor,
            Column::Collected => self.collected_minor,
            Column::Unallocated => self.unallocated_minor,
            Column::Waived => self.waived_minor,
            Column::Missing => self.missing_minor,
        }
    }

    const fn of_mut(&mut self, column: Column) -> &mut i64 {
        match column {
            Column::Expected => &mut self.expected_minor,
            Column::Invoiced => &mut self.invoiced_minor,
            Column::Credited => &mut self.credited_minor,
            Column::Collected => &mut self.collected_minor,
            Column::Unallocated => &mut self.unallocated_minor,
            Column::Waived => &mut self.waived_minor,
            Column::Missing => &mut self.missing_minor,
        }
    }

    /// Adds to one column.
    ///
    /// # Errors
    /// `TooLarge` where no amount holds the sum.
    pub fn add(&mut self, column: Column, amount_minor: i64) -> Result<(), MoneyError> {
        let sum = self.of_mut(column);
        *sum = sum.checked_add(amount_minor).ok_or(MoneyError::TooLarge)?;
        Ok(())
    }

    /// Adds column by column.
    ///
    /// # Errors
    /// `TooLarge` where no amount holds a sum.
    pub fn add_all(&mut self, other: &Self) -> Result<(), MoneyError> {
        for column in Column::ALL {
            self.add(*column, other.of(*column))?;
        }
        Ok(())
    }

    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// The amounts of a month, or of what no month needs, and what they are made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    pub month: Option<Month>,
    pub amounts: Amounts,
    pub parts: Vec<Part>,
}

impl Row {
    /// Adds a part of a document, and its amount.
    ///
    /// # Errors
    /// `TooLarge` where no amount holds the sum.
    pub fn add(
        &mut self,
        column: Column,
        document: &str,
        amount_minor: i64,
    ) -> Result<(), MoneyError> {
        if amount_minor == 0 {
            return Ok(());
        }
        self.amounts.add(column, amount_minor)?;
        self.parts.push(Part {
            column,
            document: document.to_owned(),
            amount_minor,
        });
        Ok(())
    }
}

/// All rows of a deal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Buckets {
    /// In order.
    pub months: Vec<Row>,
    /// What no month needs.
    pub rest: Row,
    /// The sum of all rows.
    pub total: Amounts,
    pub refunded_minor: i64,
    /// What was asked for, and neither credited nor collected.
    pub open_minor: i64,
}

/// Puts all that is known of a deal's money into its months, as coverage does: in order, oldest invoice first, refunds from the youngest money.
/// What was credited of an invoice stands where the invoice does: in the first month that it asks for, else in the month in which it was issued.
///
/// # Errors
/// `TooLarge` where the sums leave 64 bits.
pub fn fill_buckets(
    months: &[BucketMonth],
    invoices: &[BucketInvoice],
    refunds: &[BucketRefund],
) -> Result<Buckets, MoneyError> {
    let mut rows = expect(months)?;
    let mut rest = Row::default();
    let owed: Vec<Exact> = months.iter().map(|month| month.owed).collect();
    let mut asked = Vec::with_capacity(invoices.len());
    let mut collected = Vec::with_capacity(invoices.len() + refunds.len());
    for invoice in invoices {
        let asked_minor = i128::from(invoice.invoiced_minor) - i128::from(invoice.credited_minor);
        asked.push(item(&invoice.id, to_minor(asked_minor)?));
        collected.push(item(&invoice.id, invoice.collected_minor));
    }
    for refund in refunds {
        collected.push(item(
            &refund.id,
            to_minor(-i128::from(refund.refunded_minor))?,
        ));
    }
    let homes = pour(&owed, &asked, &mut rows, &mut rest, Column::Invoiced)?;
    pour(&owed, &collected, &mut rows, &mut rest, Column::Collected)?;
    for (invoice, home) in invoices.iter().zip(homes) {
        let home = home.or_else(|| {
            let issued = invoice.issued?;
            months.iter().position(|month| month.month == issued)
        });
        let row = home.map_or(&mut rest, |place| &mut rows[place]);
        row.add(Column::Invoiced, &invoice.id, invoice.credited_minor)?;
        row.add(Column::Credited, &invoice.id, invoice.credited_minor)?;
    }
    for row in &mut rows {
        let Amounts {
            expected_minor,
            waived_minor,
            collected_minor,
            ..
        } = row.amounts;
        let missing = expected_minor.checked_sub(waived_minor);
        let missing = missing.and_then(|missing| missing.checked_sub(collected_minor));
        row.amounts.missing_minor = missing.ok_or(MoneyError::TooLarge)?;
    }
    sum_up(rows, rest, invoices, refunds)
}

fn item(id: &str, amount_minor: i64) -> Collected {
    Collected {
        invoice: id.to_owned(),
        amount_minor,
    }
}

/// What each month expects, as differences of rounded running sums; what was waived of it in the same way, so that the rest is what coverage asks for.
fn expect(months: &[BucketMonth]) -> Result<Vec<Row>, MoneyError> {
    let (mut owed, mut waived) = (Exact::from_integer(0), Exact::from_integer(0));
    let (mut owed_before, mut waived_before) = (0, 0);
    let mut rows = Vec::with_capacity(months.len());
    for month in months {
        owed = add(owed, month.owed)?;
        waived = add(waived, subtract(month.base, month.owed)?)?;
        let (owed_through, waived_through) =
            (round_half_even_wide(owed), round_half_even_wide(waived));
        let waived_minor = waived_through - waived_before;
        rows.push(Row {
            month: Some(month.month),
            amounts: Amounts {
                expected_minor: to_minor(owed_through - owed_before + waived_minor)?,
                waived_minor: to_minor(waived_minor)?,
                ..Amounts::default()
            },
            parts: Vec::new(),
        });
        (owed_before, waived_before) = (owed_through, waived_through);
    }
    Ok(rows)
}

/// Pours amounts into the months; what is left of each document is in the last row. Returns the first month of each.
fn pour(
    owed: &[Exact],
    items: &[Collected],
    rows: &mut [Row],
    rest: &mut Row,
    column: Column,
) -> Result<Vec<Option<usize>>, MoneyError> {
    let coverage = cover(owed, items, Rate::ZERO)?;
    let mut homes = Vec::with_capacity(items.len());
    let left_in = match column {
        Column::Collected => Column::Unallocated,
        other => other,
    };
    let mut fills = coverage.fills.iter().peekable();
    for item in items {
        let (mut left, mut home) = (i128::from(item.amount_minor), None);
        // Fills are in the order of the documents.
        while let Some(fill) = fills.next_if(|fill| fill.invoice == item.invoice) {
            rows[fill.month_index].add(column, &fill.invoice, fill.amount_minor)?;
            left -= i128::from(fill.amount_minor);
            home.get_or_insert(fill.month_index);
        }
        rest.add(left_in, &item.invoice, to_minor(left)?)?;
        homes.push(home);
    }
    Ok(homes)
}

fn sum_up(
    months: Vec<Row>,
    rest: Row,
    invoices: &[BucketInvoice],
    refunds: &[BucketRefund],
) -> Result<Buckets, MoneyError> {
    let mut total = Amounts::default();
    for row in months.iter().chain([&rest]) {
        total.add_all(&row.amounts)?;
    }
    let refunded: i128 = refunds
        .iter()
        .map(|refund| i128::from(refund.refunded_minor))
        .sum();
    let open: i128 = invoices
        .iter()
        .map(|invoice| {
            i128::from(invoice.invoiced_minor)
                - i128::from(invoice.credited_minor)
                - i128::from(invoice.collected_minor)
        })
        .sum();
    Ok(Buckets {
        months,
        rest,
        total,
        refunded_minor: to_minor(refunded)?,
        open_minor: to_minor(open)?,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn month(number: u32, base: i128, waived: i128) -> BucketMonth {
        BucketMonth {
            month: Month::new(2026, number),
            base: Exact::from_integer(base),
            owed: Exact::from_integer((base - waived).max(0)),
        }
    }

    fn invoice(
        id: &str,
        invoiced_minor: i64,
        credited_minor: i64,
        collected_minor: i64,
    ) -> BucketInvoice {
        BucketInvoice {
            id: id.to_owned(),
            issued: Some(Month::new(2026, 2)),
            invoiced_minor,
            credited_minor,
            collected_minor,
        }
    }

    /// Expected, invoiced, credited, collected, unallocated, waived, missing.
    fn row(row: &Row) -> [i64; 7] {
        std::array::from_fn(|place| row.amounts.of(Column::ALL[place]))
    }

    #[test]
    fn a_months_money_stands_beside_what_it_expects_and_the_rest_in_a_row_of_its_own() {
        let months = [month(1, 1_000, 0), month(2, 1_000, 300), month(3, 1_000, 0)];
        let invoices = [
            invoice("A", 1_000, 0, 1_000),
            invoice("B", 700, 0, 400),
            invoice("C", 2_500, 500, 0),
        ];
        let filled = fill_buckets(&months, &invoices, &[]).expect("small");
        assert_eq!(row(&filled.months[0]), [1_000, 1_000, 0, 1_000, 0, 0, 0]);
        assert_eq!(row(&filled.months[1]), [1_000, 700, 0, 400, 0, 300, 300]);
        assert_eq!(row(&filled.months[2]), [1_000, 1_500, 500, 0, 0, 0, 1_000]);
        assert_eq!(row(&filled.rest), [0, 1_000, 0, 0, 0, 0, 0]);
        assert_eq!(filled.open_minor, 2_300);
    }

    #[test]
    fn an_invoice_that_was_credited_whole_stands_in_the_month_in_which_it_was_issued() {
        let months = [month(1, 1_000, 0), month(2, 1_000, 0)];
        let filled = fill_buckets(&months, &[invoice("A", 900, 900, 0)], &[]).expect("small");
        assert_eq!(row(&filled.months[0]), [1_000, 0, 0, 0, 0, 0, 1_000]);
        assert_eq!(row(&filled.months[1]), [1_000, 900, 900, 0, 0, 0, 1_000]);
        assert_eq!(filled.open_minor, 0);
    }

    #[test]
    fn a_refund_takes_the_youngest_money_and_is_said_where_nothing_is_left_to_take() {
        let months = [month(1, 1_000, 0)];
        let refunds = [BucketRefund {
            id: "R".to_owned(),
            refunded_minor: 1_500,
        }];
        let filled =
            fill_buckets(&months, &[invoice("A", 1_200, 0, 1_200)], &refunds).expect("small");
        assert_eq!(row(&filled.months[0]), [1_000, 1_000, 0, 0, 0, 0, 1_000]);
        assert_eq!(row(&filled.rest), [0, 200, 0, 0, -300, 0, 0]);
        assert_eq!(filled.refunded_minor, 1_500);
    }

    #[test]
    fn amounts_are_nothing_until_one_of_them_is_something() {
        for column in Column::ALL {
            let mut amounts = Amounts::default();
            assert!(amounts.is_nothing());
            amounts.add(*column, -1).expect("small");
            assert!(!amounts.is_nothing());
        }
    }

    fn any_months() -> impl Strategy<Value = Vec<BucketMonth>> {
        let month = (0_i64..30_000, 1_i64..13, 0_i64..3_000);
        prop::collection::vec(month, 0..8).prop_map(|months| {
            let numbered = months.into_iter().zip(1..);
            numbered
                .map(|((value, period, waived), number)| {
                    let base = Exact::new(i128::from(value), i128::from(period));
                    // Two of three months have no waiver.
                    let waived = Exact::from_integer(i128::from((waived - 2_000).max(0)));
                    BucketMonth {
                        month: Month::new(2026, number),
                        base,
                        owed: (base - waived).max(Exact::from_integer(0)),
                    }
                })
                .collect()
        })
    }

    fn any_invoices() -> impl Strategy<Value = Vec<BucketInvoice>> {
        let amounts = (0_i64..9_000, 0_i64..9_000, 0_i64..9_000, 0_u32..14);
        prop::collection::vec(amounts, 0..6).prop_map(|invoices| {
            let numbered = invoices.into_iter().enumerate();
            numbered
                .map(
                    |(number, (invoiced, credited, collected, issued))| BucketInvoice {
                        id: format!("INV-{number}"),
                        issued: (1..=12).contains(&issued).then(|| Month::new(2026, issued)),
                        invoiced_minor: invoiced,
                        // Often nothing, sometimes more than the invoice.
                        credited_minor: (credited - 5_000).max(0) * 3,
                        collected_minor: collected,
                    },
                )
                .collect()
        })
    }

    fn any_refunds() -> impl Strategy<Value = Vec<BucketRefund>> {
        prop::collection::vec(0_i64..6_000, 0..3).prop_map(|refunds| {
            let numbered = refunds.into_iter().enumerate();
            numbered
                .map(|(number, refunded_minor)| BucketRefund {
                    id: format!("CN-{number}"),
                    refunded_minor,
                })
                .collect()
        })
    }

    proptest! {
        #[test]
        fn the_buckets_always_add_up(months in any_months(), invoices in any_invoices(), refunds in any_refunds()) {
            let filled = fill_buckets(&months, &invoices, &refunds).expect("small");
            let rows = || filled.months.iter().chain([&filled.rest]);
            for column in Column::ALL {
                let sum: i64 = rows().map(|row| row.amounts.of(*column)).sum();
                prop_assert_eq!(sum, filled.total.of(*column), "{}", column);
            }
            let (total, sum) = (&filled.total, |of: fn(&BucketInvoice) -> i64| invoices.iter().map(of).sum::<i64>());
            let refunded: i64 = refunds.iter().map(|refund| refund.refunded_minor).sum();
            prop_assert_eq!(total.invoiced_minor, sum(|invoice| invoice.invoiced_minor));
            prop_assert_eq!(total.credited_minor, sum(|invoice| invoice.credited_minor));
            prop_assert_eq!(total.collected_minor + total.unallocated_minor + refunded, sum(|invoice| invoice.collected_minor));
            let money = total.collected_minor + total.unallocated_minor + filled.refunded_minor;
            prop_assert_eq!(total.invoiced_minor, total.credited_minor + money + filled.open_minor);
        }

        #[test]
        fn a_month_is_waived_collected_or_missing_and_nothing_else(months in any_months(), invoices in any_invoices(), refunds in any_refunds()) {
            let filled = fill_buckets(&months, &invoices, &refunds).expect("small");
            let mut expected_in_all = Exact::from_integer(0);
            for (row, month) in filled.months.iter().zip(&months) {
                let amounts = row.amounts;
                prop_assert_eq!(amounts.expected_minor, amounts.waived_minor + amounts.collected_minor + amounts.missing_minor);
                for column in Column::ALL {
                    prop_assert!(amounts.of(*column) >= 0, "{} of {:?}", column, row);
                }
                let asked = amounts.invoiced_minor - amounts.credited_minor;
                prop_assert!((0..=amounts.expected_minor - amounts.waived_minor).contains(&asked));
                expected_in_all += month.base;
            }
            let rounded = i64::try_from(round_half_even_wide(expected_in_all)).expect("small");
            let slack = i64::from(months.iter().any(|month| month.base != month.owed));
            prop_assert!((filled.total.expected_minor - rounded).abs() <= slack);
        }

        #[test]
        fn every_amount_is_made_of_documents_and_fills_are_those_of_coverage(
            months in any_months(), invoices in any_invoices(), refunds in any_refunds()
        ) {
            let filled = fill_buckets(&months, &invoices, &refunds).expect("small");
            for row in filled.months.iter().chain([&filled.rest]) {
                for column in [Column::Invoiced, Column::Credited, Column::Collected, Column::Unallocated] {
                    let parts: i64 = row.parts.iter().filter(|part| part.column == column).map(|part| part.amount_minor).sum();
                    prop_assert_eq!(parts, row.amounts.of(column));
                }
            }
            let owed: Vec<Exact> = months.iter().map(|month| month.owed).collect();
            let mut collected: Vec<Collected> = invoices.iter().map(|invoice| item(&invoice.id, invoice.collected_minor)).collect();
            collected.extend(refunds.iter().map(|refund| item(&refund.id, -refund.refunded_minor)));
            let covered = cover(&owed, &collected, Rate::ZERO).expect("small");
            let fills = filled.months.iter().enumerate().flat_map(|(place, row)| {
                let parts = row.parts.iter().filter(|part| part.column == Column::Collected);
                parts.map(move |part| (place, part.document.clone(), part.amount_minor))
            });
            let known: Vec<_> = covered.fills.into_iter().map(|fill| (fill.month_index, fill.invoice, fill.amount_minor)).collect();
            prop_assert_eq!(fills.collect::<Vec<_>>(), known);
        }
    }
}
