//! Figures: what a partner has earned, is owed, was paid and can expect, and what needs staff now. Sums
//! only; each line behind them is in `lines`.

use std::collections::{BTreeMap, BTreeSet};

use portal_domain::{
    access::{Action, Actor},
    calendar::{Month, Quarter},
    ids::PartnerId,
    lead::LeadState,
    line::LineState,
    money::{Currency, Money},
    scope::Own,
};
use portal_store::{
    Tx, bills, exceptions, jobs, leads,
    lines::{self, LineSum},
};

use crate::{
    Ctx, ServiceError,
    access::{require_partner, require_staff_scope},
    closing,
    partners::enter,
    quarters,
};

/// One month of a partner's money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthFigures {
    pub month: Month,
    pub paid: Money,
    pub owed: Money,
    pub expected: Money,
}

/// A partner's money in one currency: earned is what is owed and what is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    pub currency: Currency,
    /// The client has paid for it, whatever has become of it since.
    pub earned: Money,
    /// Earned and not paid.
    pub owed: Money,
    pub paid: Money,
    /// What the next statement would hold if the quarter closed today; a part of what is owed.
    pub upcoming: Money,
    /// The rest of the schedule: not earned yet.
    pub expected: Money,
    /// What somebody has stopped; a part of the others.
    pub held: Money,
    /// The least that a statement is made for: less than that is carried over. Nothing for the last statement of a partner that has left.
    pub minimum: Money,
    /// Oldest first; months with nothing are left out.
    pub by_month: Vec<MonthFigures>,
}

impl Figures {
    /// Whether the next statement would be carried over, for there is too little on it.
    pub const fn is_carried_over(&self) -> bool {
        self.upcoming.minor != 0 && self.upcoming.minor < self.minimum.minor
    }

    fn new(minimum: Money) -> Self {
        let currency = minimum.currency;
        let zero = Money::zero(currency);
        Self {
            currency,
            earned: zero,
            owed: zero,
            paid: zero,
            upcoming: zero,
            expected: zero,
            held: zero,
            minimum,
            by_month: Vec::new(),
        }
    }

    fn add(&mut self, sum: &LineSum) -> Result<(), ServiceError> {
        if sum.state == LineState::Cancelled {
            return Ok(());
        }
        if self
            .by_month
            .last()
            .is_none_or(|last| last.month != sum.month)
        {
            let zero = Money::zero(self.currency);
            self.by_month.push(MonthFigures {
                month: sum.month,
                paid: zero,
                owed: zero,
                expected: zero,
            });
        }
        let month = self.by_month.last_mut().expect("a month was just added");
        let (of_all, of_month) = match sum.state {
            LineState::Paid => (&mut self.paid, &mut month.paid),
            state if state.is_earned() => (&mut self.owed, &mut month.owed),
            _ => (&mut self.expected, &mut month.expected),
        };
        *of_all = of_all.plus(sum.money)?;
        *of_month = of_month.plus(sum.money)?;
        if sum.state.is_earned() {
            self.earned = self.earned.plus(sum.money)?;
        }
        if sum.stopped && !sum.state.is_stated() {
            self.held = self.held.plus(sum.money)?;
        }
        Ok(())
    }
}

/// The member's partner, one for each currency that it has lines in.
pub async fn for_partner(ctx: &Ctx, actor: &Actor) -> Result<Vec<Figures>, ServiceError> {
    let own = require_partner(actor, Action::ReadMoney)?;
    read(ctx, &mut ctx.store.read().await?, own).await
}

/// Any partner's, for staff.
pub async fn of_partner(
    ctx: &Ctx,
    actor: &Actor,
    partner: PartnerId,
) -> Result<Vec<Figures>, ServiceError> {
    let scope = require_staff_scope(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let (own, _) = enter(&mut tx, scope, partner).await?;
    read(ctx, &mut tx, own).await
}

async fn read(ctx: &Ctx, tx: &mut Tx, own: Own) -> Result<Vec<Figures>, ServiceError> {
    let partner = own.partner();
    let mut figures: BTreeMap<Currency, Figures> = BTreeMap::new();
    // By month within each currency.
    for sum in lines::sum_by_state(tx, own).await? {
        let currency = sum.money.currency;
        figures
            .entry(currency)
            .or_insert_with(|| Figures::new(ctx.programme.minimum_payout.of(currency)))
            .add(&sum)?;
    }
    let quarter = quarters::find_next_close(ctx, tx, partner).await?;
    let partners = BTreeSet::from([partner]);
    for found in closing::list_statable(ctx, tx, &partners, quarter).await? {
        if let Some(figures) = figures.get_mut(&found.currency) {
            figures.upcoming = found.total()?;
        }
    }
    for (currency, figures) in &mut figures {
        if closing::is_last(ctx, tx, partner, *currency, quarter).await? {
            figures.minimum = Money::zero(*currency);
        }
    }
    Ok(figures.into_values().collect())
}

/// What needs staff now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaffCounts {
    /// Leads that a person must decide on.
    pub in_review: i64,
    /// Covered lines that nobody holds.
    pub covered_to_approve: i64,
    pub held: i64,
    /// Lines that their partners dispute, wherever they stand.
    pub disputed: i64,
    pub exceptions: i64,
    pub failing_jobs: i64,
    /// Bills that are not paid in full.
    pub bills_open: i64,
    /// The quarter that has ended and is not closed.
    pub closable_quarter: Option<Quarter>,
}

/// The first screen of staff.
pub async fn for_staff(ctx: &Ctx, actor: &Actor) -> Result<StaffCounts, ServiceError> {
    let scope = require_staff_scope(actor, Action::ReadBooks)?;
    let closable_quarter = quarters::closable_quarter(ctx).await?;
    let mut tx = ctx.store.read().await?;
    let in_review = leads::count_by_state(&mut tx, scope).await?;
    let states = lines::count_by_state(&mut tx, scope, Month(i32::MAX)).await?;
    // What does not fit and what fails is about no partner alone: who sees its own partners is not told how much of it there is.
    let (exceptions, failing_jobs) = match scope.manager() {
        Some(_) => (0, 0),
        None => (
            exceptions::count_open(&mut tx).await?,
            jobs::count_failing(&mut tx).await?,
        ),
    };
    let count = |wanted: &dyn Fn(LineState, bool) -> bool| -> i64 {
        states
            .iter()
            .filter(|(state, held, _)| wanted(*state, *held))
            .map(|(_, _, count)| count)
            .sum()
    };
    Ok(StaffCounts {
        in_review: in_review
            .iter()
            .filter(|(state, _)| *state == LeadState::InReview)
            .map(|(_, count)| count)
            .sum(),
        covered_to_approve: count(&|state, held| state == LineState::Covered && !held),
        held: count(&|state, held| held && !state.is_stated() && state != LineState::Cancelled),
        disputed: lines::count_disputed(&mut tx, scope).await?,
        exceptions,
        failing_jobs,
        bills_open: bills::count_open(&mut tx, scope).await?,
        closable_quarter,
    })
}
