//! Settlement: what a statement's bills and their payments come to, computed from them alone: what Xero says of a bill, how far the statement is, and where
//! each of its lines stands.

use portal_domain::{
    bill::{BillState, lines_paid},
    coverage::collected_net,
    ids::StatementId,
    line::LineState,
    money::{Money, MoneyError},
    remote::RemoteInvoice,
    statement::SettlementState,
};
use portal_store::{
    Tx,
    bills::BillRecord,
    lines::{self, LineRecord},
};

use crate::{ServiceError, books};

/// How far a statement's bills are, taken together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settlement {
    pub state: SettlementState,
    /// What no bill is for yet.
    pub rest: Money,
    /// What was paid of the bills, net.
    pub paid: Money,
}

impl Settlement {
    /// # Errors
    /// `TooLarge` where no amount holds a sum.
    pub fn of(bills: &[BillRecord], total: Money) -> Result<Self, MoneyError> {
        let zero = Money::zero(total.currency);
        let billed = bills
            .iter()
            .try_fold(zero, |sum, bill| sum.plus(bill.total))?;
        let paid = bills.iter().try_fold(zero, |sum, bill| {
            sum.plus(Money::new(bill.paid_minor, total.currency))
        })?;
        let is_booked = bills.iter().all(|bill| bill.state.is_booked());
        let state = match (bills.is_empty(), paid.minor >= total.minor, paid.minor > 0) {
            (true, _, _) => SettlementState::Stated,
            (_, true, _) => SettlementState::Paid,
            (_, _, true) => SettlementState::PartPaid,
            _ if !is_booked => SettlementState::Stated,
            _ if billed.minor < total.minor => SettlementState::PartInvoiced,
            _ => SettlementState::Invoiced,
        };
        let rest = Money::new(
            books::difference(total.minor, billed.minor)?,
            total.currency,
        );
        Ok(Self { state, rest, paid })
    }
}

/// A bill with what Xero says of it: its tax, and what was paid of it, net.
///
/// # Errors
/// `TooLarge` where no amount holds it.
pub(crate) fn settled(bill: &BillRecord, remote: &RemoteInvoice) -> Result<BillRecord, MoneyError> {
    let paid_minor = collected_net(
        remote.sub_total.minor,
        remote.cash_minor()?,
        remote.total.minor,
    )?;
    Ok(BillRecord {
        tax_minor: books::difference(remote.total.minor, remote.sub_total.minor)?,
        paid_minor,
        state: BillState::of_paid(paid_minor, bill.total.minor),
        ..bill.clone()
    })
}

/// Where each line of a statement stands, line by line: stated as long as Xero has no bill that it is on, and paid as far as the payments of that very bill
/// reach, the oldest lines first and each only as a whole. What another bill was paid reaches no line of this one.
pub(crate) fn standings(bills: &[BillRecord], lines: &[LineRecord]) -> Vec<LineState> {
    let mut standings = vec![LineState::Stated; lines.len()];
    for bill in bills.iter().filter(|bill| bill.state.is_booked()) {
        let on_it = lines.iter().enumerate();
        let on_it = on_it.filter(|(_, line)| line.bill == Some(bill.id));
        let (places, amounts): (Vec<usize>, Vec<i64>) =
            on_it.map(|(place, line)| (place, line.money.minor)).unzip();
        let paid = lines_paid(&amounts, bill.paid_minor);
        for (count, place) in places.into_iter().enumerate() {
            standings[place] = if count < paid {
                LineState::Paid
            } else {
                LineState::Invoiced
            };
        }
    }
    standings
}

/// The lines of a statement that are on none of its bills, in the order in which bills take them.
pub(crate) async fn list_unbilled(
    tx: &mut Tx,
    statement: StatementId,
) -> Result<Vec<LineRecord>, ServiceError> {
    let mut found = lines::list_of_statement(tx, statement).await?;
    found.retain(|line| line.bill.is_none());
    Ok(found)
}

/// What each of some lines is worth, as the domain asks for it.
pub(crate) fn amounts_of(lines: &[LineRecord]) -> Vec<i64> {
    lines.iter().map(|line| line.money.minor).collect()
}
