//! The books: the only way a commission line is made or changed. Each change checks that the way is open,
//! writes the line and its double entry in the
//! caller's transaction, and tells the partner's open pages. What should change is decided by the callers;
//! here is only how.
//! Beside it, what the money files share: locks, and raising or settling what does not fit.

use std::{collections::BTreeSet, fmt::Display};

use portal_domain::{
    calendar::Month,
    ids::{DealId, ExceptionId, LineId, PartnerId, PersonId, PlanVersionId, StatementId},
    ledger::{Account, Entry},
    line::{LineKind, LineState},
    money::{Exact, Money, MoneyError},
};
use portal_store::{
    Tx, changes,
    deals::DealRecord,
    exceptions::{self, NewException},
    journal,
    lines::{self, LineRecord},
};
use serde_json::Value;

use crate::{Ctx, ServiceError};

/// A line's amount, and what it rests on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Price {
    pub month: Month,
    pub money: Money,
    /// m, exact minor units.
    pub base: Exact,
}

/// A line that is to be made.
pub(crate) struct NewLine {
    pub kind: LineKind,
    pub position: i64,
    pub price: Price,
    pub plan_version: PlanVersionId,
    pub state: LineState,
    pub corrects: Option<LineId>,
    pub reason: Option<String>,
}

/// Writes lines within one transaction, for a person or for the portal itself.
pub(crate) struct Books<'a> {
    ctx: &'a Ctx,
    pub tx: &'a mut Tx,
    person: Option<PersonId>,
    touched: BTreeSet<PartnerId>,
}

impl<'a> Books<'a> {
    pub fn new(ctx: &'a Ctx, tx: &'a mut Tx, person: Option<PersonId>) -> Self {
        Self {
            ctx,
            tx,
            person,
            touched: BTreeSet::new(),
        }
    }

    /// Makes a line of a deal; `cause` is a word of the journal.
    pub async fn add(
        &mut self,
        deal: &DealRecord,
        new: NewLine,
        cause: &str,
    ) -> Result<LineRecord, ServiceError> {
        let line = LineRecord {
            id: LineId::new(self.ctx.new_id()),
            partner: deal.partner,
            partner_name: deal.partner_name.clone(),
            deal: deal.id,
            lead: deal.lead,
            client_name: deal.client_name.clone(),
            kind: new.kind,
            position: new.position,
            month: new.price.month,
            money: new.price.money,
            base: new.price.base,
            plan_version: new.plan_version,
            state: new.state,
            held_reason: None,
            approved_by_name: None,
            approved_at: None,
            statement: None,
            corrects: new.corrects,
            reason: new.reason,
            updated_at: self.ctx.now(),
        };
        lines::add(self.tx, &line).await?;
        let entry = match line.kind {
            LineKind::Clawback => Entry::claw_back(line.id, line.state, line.money),
            _ => Entry::open(line.id, line.state, line.money),
        };
        self.post(&line, Some(entry), cause).await?;
        Ok(line)
    }

    /// Moves a line to its next state. An approval does not outlive the state it was given for.
    ///
    /// # Errors
    /// `Inconsistent` where the domain knows no such way.
    pub async fn advance(
        &mut self,
        line: &mut LineRecord,
        after: LineState,
        cause: &str,
    ) -> Result<(), ServiceError> {
        let before = line.state;
        if !before.may_become(after) {
            return Err(ServiceError::Inconsistent(format!(
                "line {} cannot go from {before} to {after}",
                line.id
            )));
        }
        lines::set_state(self.tx, line.id, before, after, self.ctx.now()).await?;
        if before == LineState::Approved && after != LineState::Stated {
            lines::set_approval(self.tx, line.id, None, None).await?;
        }
        line.state = after;
        let entry = Entry::moved(line.id, before, after, line.money).map(|entry| {
            match (line.kind, entry.to) {
                // What was never taken back after all leaves no balance in what is clawed back.
                (LineKind::Clawback, Account::Programme) => Entry {
                    to: Account::ClawedBack,
                    ..entry
                },
                _ => entry,
            }
        });
        self.post(line, entry, cause).await
    }

    /// Makes a line again with another amount, or a cancelled one anew: the old amount goes back to the
    /// programme, the new one comes from there.
    /// `state` is `Upcoming` or `Awaiting`.
    pub async fn reprice(
        &mut self,
        line: &mut LineRecord,
        price: &Price,
        state: LineState,
        cause: &str,
    ) -> Result<(), ServiceError> {
        let way_back =
            line.state == LineState::Cancelled || line.state.may_become(LineState::Cancelled);
        if !way_back || !LineState::Cancelled.may_become(state) {
            return Err(ServiceError::Inconsistent(format!(
                "line {} cannot be made again as {state}",
                line.id
            )));
        }
        lines::reprice(
            self.tx,
            line.id,
            price.month,
            price.money,
            &price.base,
            state,
            self.ctx.now(),
        )
        .await?;
        let back = Entry::moved(line.id, line.state, LineState::Cancelled, line.money);
        self.post(line, back, cause).await?;
        (line.month, line.money, line.base, line.state) =
            (price.month, price.money, price.base, state);
        self.post(line, Some(Entry::open(line.id, state, line.money)), cause)
            .await
    }

    async fn post(
        &mut self,
        line: &LineRecord,
        entry: Option<Entry>,
        cause: &str,
    ) -> Result<(), ServiceError> {
        if let Some(entry) = entry.filter(|entry| entry.money.minor != 0) {
            journal::add(
                self.tx,
                line.partner,
                &entry,
                cause,
                self.person,
                self.ctx.now(),
            )
            .await?;
        }
        if self.touched.insert(line.partner) {
            changes::add(self.tx, line.partner, self.ctx.now()).await?;
        }
        Ok(())
    }
}

/// What lines are worth together, in minor units of the one currency that they share.
///
/// # Errors
/// `TooLarge` where no amount holds the sum.
pub(crate) fn sum_minor<'a>(
    lines: impl IntoIterator<Item = &'a LineRecord>,
) -> Result<i64, MoneyError> {
    let sum: i128 = lines
        .into_iter()
        .map(|line| i128::from(line.money.minor))
        .sum();
    i64::try_from(sum).map_err(|_| MoneyError::TooLarge)
}

/// What an amount lacks to another.
///
/// # Errors
/// `TooLarge` where no amount holds the difference.
pub(crate) fn difference(wanted_minor: i64, held_minor: i64) -> Result<i64, MoneyError> {
    wanted_minor
        .checked_sub(held_minor)
        .ok_or(MoneyError::TooLarge)
}

/// First in every transaction that writes lines of a deal.
pub(crate) async fn lock_deal(tx: &mut Tx, deal: DealId) -> Result<(), ServiceError> {
    Ok(tx.lock(&format!("deal:{deal}")).await?)
}

/// The same for many, in an order that everybody keeps, so that no two wait for each other. Returns what is locked.
pub(crate) async fn lock_deals(
    tx: &mut Tx,
    lines: &[LineRecord],
) -> Result<BTreeSet<DealId>, ServiceError> {
    let deals: BTreeSet<DealId> = lines.iter().map(|line| line.deal).collect();
    for deal in &deals {
        lock_deal(tx, *deal).await?;
    }
    Ok(deals)
}

/// First in every transaction about a partner's statements and bills.
pub(crate) async fn lock_statements(tx: &mut Tx, partner: PartnerId) -> Result<(), ServiceError> {
    Ok(tx.lock(&format!("statements:{partner}")).await?)
}

/// What an exception is about: one subject has one exception of a kind.
#[derive(Clone, Copy, Debug)]
pub(crate) enum About<'a> {
    Deal(DealId),
    Invoice(&'a str),
    /// A bill in Xero that names a statement.
    Bill(&'a str, StatementId),
}

impl About<'_> {
    fn subject(&self, kind: &str) -> String {
        let of = |id: &dyn Display| format!("{kind}:{id}");
        match self {
            Self::Deal(id) => of(id),
            Self::Invoice(id) | Self::Bill(id, _) => of(id),
        }
    }
}

/// Opens an exception, or brings its numbers up to date.
pub(crate) async fn raise(
    ctx: &Ctx,
    tx: &mut Tx,
    kind: &str,
    about: About<'_>,
    facts: &Value,
) -> Result<(), ServiceError> {
    let (deal, invoice, statement) = match about {
        About::Deal(deal) => (Some(deal), None, None),
        About::Invoice(invoice) => (None, Some(invoice), None),
        About::Bill(invoice, statement) => (None, Some(invoice), Some(statement)),
    };
    let exception = NewException {
        id: ExceptionId::new(ctx.new_id()),
        kind,
        subject: &about.subject(kind),
        deal,
        invoice,
        statement,
        facts: &facts.to_string(),
    };
    Ok(exceptions::raise(tx, &exception, ctx.now()).await?)
}

/// Closes an exception, if it is open: what was wrong is right again.
pub(crate) async fn settle(
    ctx: &Ctx,
    tx: &mut Tx,
    kind: &str,
    about: About<'_>,
    resolution: &str,
) -> Result<(), ServiceError> {
    Ok(exceptions::settle(tx, &about.subject(kind), resolution, ctx.now()).await?)
}

/// Opens the exception where there are facts, and closes it where there are none.
pub(crate) async fn raise_or_settle(
    ctx: &Ctx,
    tx: &mut Tx,
    kind: &str,
    about: About<'_>,
    facts: Option<Value>,
) -> Result<(), ServiceError> {
    match facts {
        Some(facts) => raise(ctx, tx, kind, about, &facts).await,
        None => settle(ctx, tx, kind, about, "fixed").await,
    }
}
