//! What staff do to single lines beside the schedule: lines and adjustments that they enter by hand, which somebody else approves, and lines that they refuse.

use portal_domain::{
    access::{Action, Actor},
    calendar::Month,
    correction::{self, EntryForm, REASON_LENGTH_MAX},
    error::FieldErrors,
    ids::{DealId, LineId, PartnerId, PlanVersionId},
    line::{FirstState, LineKind, LineState},
    money::Exact,
    text::parse_line,
};
use portal_store::{
    Tx, audit,
    deals::{self, DealRecord},
    hands,
    lines::{self, LineRecord},
};
use serde_json::json;

use crate::{
    Ctx, ServiceError,
    access::require_staff,
    books::{self, Books, NewLine, Price},
    lines::lock_lines,
    outbox::{self, Job},
    schedules::sync_lines,
};

/// What became of a line that was entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    Made(LineId),
    /// The same person entered just this already.
    Known(LineId),
}

impl Entry {
    pub const fn line(self) -> LineId {
        match self {
            Self::Made(id) | Self::Known(id) => id,
        }
    }
}

/// The deals that a line of a partner can be entered for, its own or shared: once won, so that they have a plan and a currency.
pub async fn list_deals(
    ctx: &Ctx,
    actor: &Actor,
    partner: PartnerId,
) -> Result<Vec<DealRecord>, ServiceError> {
    require_staff(actor, Action::ApproveLines)?;
    let mut tx = ctx.store.read().await?;
    let mut found = deals::list_earning(&mut tx, partner).await?;
    found.retain(|deal| deal.plan_version.is_some() && deal.currency.is_some());
    Ok(found)
}

/// Enters a line for a deal that a partner earns from. It waits for somebody else's approval, and follows nobody's money.
///
/// # Errors
/// `deal-without-plan` for a deal that the partner has nothing of, or one that was never won; what is wrong with the form.
pub async fn enter_line(
    ctx: &Ctx,
    actor: &Actor,
    partner: PartnerId,
    deal: &str,
    form: &EntryForm,
) -> Result<Entry, ServiceError> {
    require_staff(actor, Action::ApproveLines)?;
    let no_such_deal = || ServiceError::field("deal", "deal-without-plan");
    let deal: DealId = deal.parse().map_err(|_| no_such_deal())?;
    let mut tx = ctx.store.write().await?;
    books::lock_deal(&mut tx, deal).await?;
    let deal = deals::list_earning(&mut tx, partner)
        .await?
        .into_iter()
        .find(|known| known.id == deal)
        .ok_or_else(no_such_deal)?;
    let (Some(plan_version), Some(currency)) = (deal.plan_version, deal.currency) else {
        return Err(no_such_deal());
    };
    let first = deal.start.or(deal.won_on).map(Month::of);
    let entered = form
        .parse(currency, first.unwrap_or(Month(0)), ctx.this_month())
        .map_err(ServiceError::Invalid)?;
    let new = NewEntry {
        partner,
        kind: LineKind::Manual,
        plan_version,
        corrects: None,
        entered,
    };
    enter(ctx, actor, tx, &deal, new).await
}

/// Enters a line that corrects another of the same partner and month.
///
/// # Errors
/// `line-not-correctable` for a line that is cancelled; what is wrong with the form.
pub async fn adjust_line(
    ctx: &Ctx,
    actor: &Actor,
    id: LineId,
    form: &EntryForm,
) -> Result<Entry, ServiceError> {
    require_staff(actor, Action::ApproveLines)?;
    let mut tx = ctx.store.write().await?;
    let line = lock_line(&mut tx, id).await?;
    if line.state == LineState::Cancelled {
        return Err(ServiceError::Conflict("line-not-correctable"));
    }
    let deal = deals::find(&mut tx, line.deal)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let new = NewEntry {
        partner: line.partner,
        kind: LineKind::Adjustment,
        plan_version: line.plan_version,
        corrects: Some(id),
        entered: form
            .parse_for(line.money.currency, line.month)
            .map_err(ServiceError::Invalid)?,
    };
    enter(ctx, actor, tx, &deal, new).await
}

struct NewEntry {
    partner: PartnerId,
    kind: LineKind,
    plan_version: PlanVersionId,
    corrects: Option<LineId>,
    entered: correction::Entered,
}

async fn enter(
    ctx: &Ctx,
    actor: &Actor,
    mut tx: Tx,
    deal: &DealRecord,
    new: NewEntry,
) -> Result<Entry, ServiceError> {
    let person = actor.person();
    let existing = lines::list_of_deal(&mut tx, deal.id).await?;
    let entered = &new.entered;
    // Whoever means it twice says why: with the same reason it is the same form, sent twice.
    let known = existing.iter().find(|line| {
        line.state != LineState::Cancelled
            && line.entered_by == Some(person)
            && (line.partner, line.kind, line.corrects) == (new.partner, new.kind, new.corrects)
            && (line.month, line.money) == (entered.month, entered.money)
            && line.reason.as_ref() == Some(&entered.reason)
    });
    if let Some(known) = known {
        return Ok(Entry::Known(known.id));
    }
    let mut books = Books::new(ctx, Some(person));
    let line = NewLine {
        partner: new.partner,
        kind: new.kind,
        position: books::next_position(&existing, new.kind),
        price: Price {
            month: entered.month,
            money: entered.money,
            // It takes none of the client's money.
            base: Exact::from_integer(0),
        },
        plan_version: new.plan_version,
        state: FirstState::Covered,
        corrects: new.corrects,
        reason: Some(entered.reason.clone()),
        entered_by: Some(person),
    };
    let line = books.add(deal, line, "entered");
    books.write(&mut tx).await?;
    let facts = json!({
        "month": line.month,
        "amount_minor": line.money.minor,
        "currency": line.money.currency,
        "reason": line.reason,
        "corrects": line.corrects,
    });
    record(ctx, &mut tx, actor, "enter_line", line.id, &facts).await?;
    tx.commit().await?;
    Ok(Entry::Made(line.id))
}

/// Refuses a line that is on no statement: it stays cancelled, whatever the schedule says, and its month still takes the client's money.
///
/// # Errors
/// `line-not-refusable` for what is on a statement or cancelled already; `line-follows-another` for a clawback, or an adjustment that the deal asks for.
pub async fn refuse(
    ctx: &Ctx,
    actor: &Actor,
    id: LineId,
    reason: &str,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::ApproveLines)?;
    let mut errors = FieldErrors::default();
    let reason = errors
        .take("refusal", parse_line(reason, REASON_LENGTH_MAX))
        .ok_or(ServiceError::Invalid(errors))?;
    let mut tx = ctx.store.write().await?;
    let line = lock_line(&mut tx, id).await?;
    if line.is_refused && line.reason.as_ref() == Some(&reason) {
        return Ok(());
    }
    if !line.kind.is_of_schedule() && line.entered_by.is_none() {
        return Err(ServiceError::Conflict("line-follows-another"));
    }
    let Some(step) = line.in_state().cancel() else {
        return Err(ServiceError::Conflict("line-not-refusable"));
    };
    let before = line.state;
    let mut books = Books::new(ctx, Some(actor.person()));
    books.advance(&line, step, "refused");
    books.write(&mut tx).await?;
    lines::refuse(&mut tx, id, actor.person(), &reason).await?;
    // What does not fit may have been about this line alone.
    outbox::add(ctx, &mut tx, &Job::ReconcileDeal { deal: line.deal }).await?;
    let facts = json!({ "reason": reason, "state": before, "entered_for": line.reason });
    record(ctx, &mut tx, actor, "refuse_line", id, &facts).await?;
    Ok(tx.commit().await?)
}

/// Takes a refusal back: the line is made again as the schedule and the client's money say.
///
/// # Errors
/// `line-not-refused`; `line-entered-by-hand` for what no schedule makes again.
pub async fn let_stand(ctx: &Ctx, actor: &Actor, id: LineId) -> Result<(), ServiceError> {
    require_staff(actor, Action::ApproveLines)?;
    let mut tx = ctx.store.write().await?;
    let line = lock_line(&mut tx, id).await?;
    if !line.is_refused {
        return Err(ServiceError::Conflict("line-not-refused"));
    }
    if line.entered_by.is_some() {
        return Err(ServiceError::Conflict("line-entered-by-hand"));
    }
    lines::let_stand(&mut tx, id).await?;
    sync_lines(ctx, &mut tx, line.deal).await?;
    hands::add_to_lines(&mut tx, &[id], actor.person(), ctx.now()).await?;
    outbox::add(ctx, &mut tx, &Job::ReconcileDeal { deal: line.deal }).await?;
    let facts = json!({ "refused_for": line.reason });
    record(ctx, &mut tx, actor, "let_line_stand", id, &facts).await?;
    Ok(tx.commit().await?)
}

async fn lock_line(tx: &mut Tx, id: LineId) -> Result<LineRecord, ServiceError> {
    let mut locked = lock_lines(tx, &[id]).await?;
    locked.remove(&id).ok_or(ServiceError::NotFound)
}

async fn record(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    id: LineId,
    facts: &serde_json::Value,
) -> Result<(), ServiceError> {
    let (person, subject, facts) = (actor.person(), id.to_string(), facts.to_string());
    Ok(audit::add(tx, Some(person), act, &subject, &facts, ctx.now()).await?)
}
