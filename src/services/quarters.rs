//! Quarters: which are closed, and what closing one would do now, or carried over when it was. It writes nothing; closing itself is `closing`.

use chrono::NaiveDate;
use portal_domain::{
    access::{Action, Actor},
    calendar::Quarter,
    ids::{DealId, PartnerId},
    line::LineState,
    money::{Currency, Money},
    scope::Scope,
};
use portal_store::{
    Tx,
    lines::{self, BlockedSum, LineRecord},
    statements::{self, CarryRecord, StatementRecord},
};

use crate::{
    Ctx, ServiceError,
    access::{require_partner, require_staff},
    closing::{StatedBefore, carried_code, list_partners, list_statable},
    mergers::list_undecided,
};

/// How many quarters staff can look back to.
const QUARTERS: usize = 8;
/// As many currencies as a partner's lines may have.
const CARRIES: i64 = 20;
/// How many of a partner's statements may have taken along what was carried over.
const STATED: i64 = 50;

/// A quarter, and how far its closing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuarterView {
    pub quarter: Quarter,
    /// Its last month has ended.
    pub ended: bool,
    pub closed: bool,
}

/// The last quarter that has ended, if it is not closed. It takes along what earlier ones left over.
pub async fn closable_quarter(ctx: &Ctx) -> Result<Option<Quarter>, ServiceError> {
    let mut tx = ctx.store.read().await?;
    find_closable(ctx, &mut tx).await
}

async fn find_closable(ctx: &Ctx, tx: &mut Tx) -> Result<Option<Quarter>, ServiceError> {
    let quarter = ctx.this_quarter().previous(ctx.programme.fiscal_start);
    Ok((!is_closed(tx, quarter).await?).then_some(quarter))
}

/// The quarter whose closing makes a partner's next statement: the last one that has ended, if it is open and something of the partner's may come on its
/// statement; else the running one.
pub(crate) async fn find_next_close(
    ctx: &Ctx,
    tx: &mut Tx,
    partner: PartnerId,
) -> Result<Quarter, ServiceError> {
    if let Some(closable) = find_closable(ctx, tx).await?
        && lines::has_unstated(tx, partner, closable.last()).await?
    {
        return Ok(closable);
    }
    Ok(ctx.this_quarter())
}

pub(crate) async fn is_closed(tx: &mut Tx, quarter: Quarter) -> Result<bool, ServiceError> {
    let close = statements::find_close(tx, &quarter.to_string()).await?;
    Ok(close.is_some_and(|finished_at| finished_at.is_some()))
}

pub(crate) fn has_ended(ctx: &Ctx, quarter: Quarter) -> bool {
    quarter.last() < ctx.this_month()
}

/// The running quarter and those before it, newest first.
pub async fn list_quarters(ctx: &Ctx, actor: &Actor) -> Result<Vec<QuarterView>, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let mut views = Vec::with_capacity(QUARTERS);
    let mut quarter = ctx.this_quarter();
    for _ in 0..QUARTERS {
        let closed = is_closed(&mut tx, quarter).await?;
        views.push(QuarterView {
            quarter,
            ended: has_ended(ctx, quarter),
            closed,
        });
        quarter = quarter.previous(ctx.programme.fiscal_start);
    }
    Ok(views)
}

/// A statement that closing would make.
#[derive(Clone, Debug)]
pub struct StatementPreview {
    pub partner: PartnerId,
    pub name: String,
    pub money: Money,
    pub lines: usize,
    /// The partner has left, and nothing of a later quarter is to come.
    pub is_last: bool,
}

/// What closing would leave for the next quarter, or left.
#[derive(Clone, Debug)]
pub struct Carried {
    pub partner: PartnerId,
    pub name: String,
    pub money: Money,
    /// `below_minimum`, `negative`, `nothing_to_invoice`, or `already_stated` by a closing that was interrupted.
    pub code: String,
}

impl From<CarryRecord> for Carried {
    fn from(carry: CarryRecord) -> Self {
        Self {
            partner: carry.partner,
            name: carry.partner_name,
            money: carry.money,
            code: carry.code,
        }
    }
}

/// Why lines up to a quarter's end would not be on its statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blocked {
    NotApproved,
    Held,
    Disputed,
    /// Deals of two partners became one, and a person must decide.
    Merged,
    AwaitingPayment,
}

impl Blocked {
    const fn of(sum: &BlockedSum) -> Self {
        if sum.is_disputed {
            Self::Disputed
        } else if sum.is_held {
            Self::Held
        } else if sum.is_of_deals {
            Self::Merged
        } else if matches!(sum.state, LineState::Awaiting) {
            Self::AwaitingPayment
        } else {
            Self::NotApproved
        }
    }

    /// The end of a key of the catalogues.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotApproved => "not-approved",
            Self::Held => "held",
            Self::Disputed => "disputed",
            Self::Merged => "merged",
            Self::AwaitingPayment => "awaiting-payment",
        }
    }
}

/// What one partner's lines come to that the same thing keeps off its statement.
#[derive(Clone, Debug)]
pub struct BlockedPreview {
    pub partner: PartnerId,
    pub name: String,
    pub reason: Blocked,
    pub currency: Currency,
    pub sum_minor: i128,
    pub lines: i64,
}

/// What closing a quarter would do now, or did.
#[derive(Clone, Debug)]
pub struct ClosePreview {
    pub quarter: Quarter,
    pub ended: bool,
    pub already_closed: bool,
    /// A closing began and did not end: closing again goes on with it.
    pub interrupted: bool,
    /// The day on which partners were told that it closes, if that is still to come.
    pub early_until: Option<NaiveDate>,
    pub statements: Vec<StatementPreview>,
    pub carried: Vec<Carried>,
    /// What a closing that was interrupted has stated already.
    pub stated: Vec<StatementRecord>,
    /// By partner.
    pub blocked: Vec<BlockedPreview>,
    /// Clawbacks that nobody approved: the closing does.
    pub clawbacks: Vec<LineRecord>,
    /// Lines up to the quarter's end that are covered, but that nobody has approved.
    pub covered_not_approved: i64,
    /// Lines up to the quarter's end that somebody holds.
    pub held: i64,
}

/// What closing a quarter would do now, or, once it is closed, what it carried over; writes nothing.
pub async fn preview(
    ctx: &Ctx,
    actor: &Actor,
    quarter: Quarter,
) -> Result<ClosePreview, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let name = quarter.to_string();
    let mut tx = ctx.store.read().await?;
    let close = statements::find_close(&mut tx, &name).await?;
    let closes_on = ctx.programme.payout_rule().dates(quarter).closes_on;
    let mut preview = ClosePreview {
        quarter,
        ended: has_ended(ctx, quarter),
        already_closed: close.is_some_and(|finished_at| finished_at.is_some()),
        interrupted: close.is_some_and(|finished_at| finished_at.is_none()),
        early_until: Some(closes_on).filter(|closes_on| *closes_on > ctx.today()),
        statements: Vec::new(),
        carried: Vec::new(),
        stated: Vec::new(),
        blocked: list_blocked(&mut tx, quarter).await?,
        clawbacks: Vec::new(),
        covered_not_approved: 0,
        held: 0,
    };
    if preview.already_closed {
        let carries = statements::list_carries(&mut tx, &name).await?;
        preview.carried = carries.into_iter().map(Carried::from).collect();
        return Ok(preview);
    }
    if preview.interrupted {
        preview.stated = statements::list_of_quarter(&mut tx, &name).await?;
    }
    for blocked in &preview.blocked {
        match blocked.reason {
            Blocked::NotApproved => preview.covered_not_approved += blocked.lines,
            Blocked::Held | Blocked::Disputed => preview.held += blocked.lines,
            Blocked::Merged | Blocked::AwaitingPayment => {}
        }
    }
    foresee(ctx, &mut tx, &mut preview).await?;
    Ok(preview)
}

/// The statements that closing would make, and what it would carry over.
async fn foresee(ctx: &Ctx, tx: &mut Tx, preview: &mut ClosePreview) -> Result<(), ServiceError> {
    let quarter = preview.quarter;
    for some in list_partners(tx, quarter).await? {
        let before = StatedBefore::load(tx, &some, quarter).await?;
        for found in list_statable(ctx, tx, &some, quarter).await? {
            let (partner, name, money) = (found.partner, found.name.clone(), found.total()?);
            let clawbacks = found.lines.iter();
            let clawbacks = clawbacks.filter(|line| line.state == LineState::Covered);
            preview.clawbacks.extend(clawbacks.cloned());
            let code = match before.is_stated(&found) {
                true => Some("already_stated"),
                false => carried_code(ctx, money, found.is_last),
            };
            match code {
                Some(code) => preview.carried.push(Carried {
                    partner,
                    name,
                    money,
                    code: code.to_owned(),
                }),
                None => preview.statements.push(StatementPreview {
                    partner,
                    name,
                    money,
                    lines: found.lines.len(),
                    is_last: found.is_last,
                }),
            }
        }
    }
    Ok(())
}

/// What keeps lines off the statements of a quarter.
async fn list_blocked(tx: &mut Tx, quarter: Quarter) -> Result<Vec<BlockedPreview>, ServiceError> {
    let undecided: Vec<DealId> = list_undecided(tx).await?.into_iter().collect();
    let mut sums: Vec<BlockedPreview> = Vec::new();
    for sum in lines::sum_blocked(tx, quarter.last(), &undecided).await? {
        let reason = Blocked::of(&sum);
        let same = sums
            .iter_mut()
            .rev()
            .take_while(|known| known.partner == sum.partner);
        let mut same = same.filter(|known| known.reason == reason);
        match same.find(|known| known.currency == sum.currency) {
            Some(known) => {
                known.sum_minor += sum.sum_minor;
                known.lines += sum.count;
            }
            None => sums.push(BlockedPreview {
                partner: sum.partner,
                name: sum.partner_name,
                reason,
                currency: sum.currency,
                sum_minor: sum.sum_minor,
                lines: sum.count,
            }),
        }
    }
    Ok(sums)
}

/// What was carried over of the member's partner at the last closing; nothing once a later one stated it.
pub async fn last_carried(ctx: &Ctx, actor: &Actor) -> Result<Vec<CarryRecord>, ServiceError> {
    let own = require_partner(actor, Action::ReadMoney)?;
    let mut tx = ctx.store.read().await?;
    let mut found = statements::list_carries_of(&mut tx, own, CARRIES).await?;
    let newest = found.first().map(|carry| carry.quarter.clone());
    found.retain(|carry| Some(&carry.quarter) == newest.as_ref());
    let stated = statements::list(&mut tx, Scope::of(actor), None, STATED).await?;
    found.retain(|carry| {
        let mut later = stated
            .iter()
            .filter(|one| one.created_at > carry.created_at);
        !later.any(|one| one.total.currency == carry.money.currency)
    });
    Ok(found)
}
