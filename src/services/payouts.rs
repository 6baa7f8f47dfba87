//! The payout calendar: the quarters ahead with their days, and what was closed when. Closing itself is in `statements`.

use portal_domain::{
    access::{Action, Actor},
    calendar::Timestamp,
    payout::PayoutDates,
};
use portal_store::statements as stored_statements;

use crate::{
    Ctx, ServiceError,
    access::{require_partner, require_staff},
    statements::{self, StatementView},
};

/// So many quarters after the running one.
const AHEAD: usize = 4;
/// So many quarters before it.
const PAST: usize = 4;

/// How far a quarter is that is not closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayoutPhase {
    /// It has ended and is not closed: what is paid and approved now is still on its statement.
    Closing,
    Running,
    Coming,
}

/// A quarter that is not closed.
#[derive(Clone, Copy, Debug)]
pub struct AheadView {
    pub dates: PayoutDates,
    pub phase: PayoutPhase,
    /// It should have been closed by now.
    pub late: bool,
}

/// A quarter that was closed, or that lies between two that were.
#[derive(Clone, Debug)]
pub struct PastView {
    pub dates: PayoutDates,
    /// `None` if nobody closed it: a later one took along what it left.
    pub closed_at: Option<Timestamp>,
    /// What the partner was told to invoice then; staff see those in their list.
    pub statements: Vec<StatementView>,
}

/// What a reader of the calendar sees.
#[derive(Clone, Debug)]
pub struct PayoutCalendar {
    /// Oldest first.
    pub ahead: Vec<AheadView>,
    /// Newest first.
    pub past: Vec<PastView>,
}

/// The calendar with the member's own statements.
pub async fn for_partner(ctx: &Ctx, actor: &Actor) -> Result<PayoutCalendar, ServiceError> {
    require_partner(actor, Action::ReadMoney)?;
    let mut calendar = read(ctx).await?;
    for view in statements::list_for_partner(ctx, actor).await? {
        let quarter = calendar
            .past
            .iter_mut()
            .find(|past| past.dates.quarter.to_string() == view.record.quarter);
        if let Some(quarter) = quarter {
            quarter.statements.push(view);
        }
    }
    Ok(calendar)
}

pub async fn for_staff(ctx: &Ctx, actor: &Actor) -> Result<PayoutCalendar, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    read(ctx).await
}

/// The quarter that closes next.
pub async fn find_next(ctx: &Ctx, actor: &Actor) -> Result<Option<AheadView>, ServiceError> {
    require_partner(actor, Action::ReadMoney)?;
    Ok(read(ctx).await?.ahead.first().copied())
}

async fn read(ctx: &Ctx) -> Result<PayoutCalendar, ServiceError> {
    let (rule, today) = (ctx.programme.payout_rule(), ctx.today());
    let mut tx = ctx.store.read().await?;
    let mut past = Vec::with_capacity(PAST);
    for dates in rule.past(today, PAST) {
        let close = stored_statements::find_close(&mut tx, &dates.quarter.to_string()).await?;
        past.push(PastView {
            dates,
            closed_at: close.flatten(),
            statements: Vec::new(),
        });
    }
    let mut ahead = Vec::with_capacity(AHEAD + 2);
    // An earlier one that nobody closed is not waited for: this one takes along what it left.
    if let Some(last) = past.first().filter(|last| last.closed_at.is_none()) {
        ahead.push(AheadView {
            dates: last.dates,
            phase: PayoutPhase::Closing,
            late: last.dates.closes_on < today,
        });
    }
    for (place, dates) in rule.ahead(today, AHEAD).into_iter().enumerate() {
        ahead.push(AheadView {
            dates,
            phase: if place == 0 {
                PayoutPhase::Running
            } else {
                PayoutPhase::Coming
            },
            late: false,
        });
    }
    let closed = past.iter().rposition(|view| view.closed_at.is_some());
    past.truncate(closed.map_or(0, |last| last + 1));
    past.retain(|view| {
        ahead
            .iter()
            .all(|open| open.dates.quarter != view.dates.quarter)
    });
    Ok(PayoutCalendar { ahead, past })
}
