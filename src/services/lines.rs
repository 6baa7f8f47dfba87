//! Commission lines: what time does to them, what people decide about them, and what each waits for. Where
//! the client's money moves them is `reconcile`.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use portal_domain::{
    access::{Action, Actor},
    calendar::Month,
    ids::{DealId, LeadId, LineId, PartnerId, PersonId},
    line::{AnyLine, LineKind, LineState, Move, SeenLine},
    money::{Money, MoneyError},
    scope::Scope,
    text::parse_line,
};
use portal_store::{
    Across, Tx, audit, changes, deals, exceptions, invoices, jobs,
    lines::{self, LineFilter, LineRecord},
};
use serde_json::{Value, json};

use crate::{
    Ctx, ServiceError,
    access::{require_either_scope, require_member_scope, require_staff, require_staff_scope},
    books::{self, Books},
    mergers::list_undecided,
    outbox::{self, Job},
    reconcile::{DealMoney, gross_part_of, reconcile_all},
    schedules::{choose_missing_plans, extend_schedules},
    two_persons::Hands,
};

/// How many lines one transaction of accrual moves; as a deal has one of a month, it looks at about as many deals.
const BATCH: i64 = 200;
/// How many lines a partner's page shows at once.
const PAGE: i64 = 200;

/// What the calendar does: lines whose month has ended wait for the client's payment from now on, schedules without an end go on, and once a day
/// the deals are looked at whose invoices fell due.
/// Returns how many lines moved; doing it again moves none.
pub async fn accrue(ctx: &Ctx) -> Result<u64, ServiceError> {
    choose_missing_plans(ctx).await?;
    extend_schedules(ctx).await?;
    look_at_overdue(ctx).await?;
    let mut moved_in_all = 0;
    loop {
        let moved = accrue_batch(ctx).await?;
        moved_in_all += moved;
        if moved == 0 {
            return Ok(moved_in_all);
        }
    }
}

/// No reading tells that an invoice fell due, only the calendar does.
async fn look_at_overdue(ctx: &Ctx) -> Result<(), ServiceError> {
    const TURN: &str = "overdue_invoices";
    let (today, now) = (ctx.today(), ctx.now());
    let mut tx = ctx.store.read().await?;
    if !jobs::is_turn(&mut tx, TURN, now).await? {
        return Ok(());
    }
    drop(tx);
    let mut tx = ctx.store.write().await?;
    let tomorrow = ctx.start_of(today.succ_opt().unwrap_or(today));
    if jobs::take_turn(&mut tx, TURN, now, tomorrow).await? {
        let late = invoices::list_overdue_deals(&mut tx, today).await?;
        let look = late.into_iter().map(|deal| Job::ReconcileDeal { deal });
        outbox::add_all(ctx, &mut tx, look).await?;
    }
    Ok(tx.commit().await?)
}

/// Moves some lines, and has their deals' money looked at in the same transaction.
async fn accrue_batch(ctx: &Ctx) -> Result<u64, ServiceError> {
    let this_month = ctx.this_month();
    let mut tx = ctx.store.write().await?;
    let due = lines::list_ended_upcoming(&mut tx, this_month, BATCH).await?;
    let locked = books::deals_of(&due);
    books::lock_deals(&mut tx, &locked).await?;
    let due = lines::list_ended_upcoming(&mut tx, this_month, BATCH).await?;
    let mut moved = 0;
    let mut books = Books::new(ctx, None);
    for line in due.into_iter().filter(|line| locked.contains(&line.deal)) {
        if let AnyLine::Upcoming(upcoming) = line.in_state() {
            books.advance(&line, upcoming.end_month(), "month_ended");
            moved += 1;
        }
    }
    books.write(&mut tx).await?;
    reconcile_all(ctx, &mut tx, &locked).await?;
    tx.commit().await?;
    Ok(moved)
}

/// What became of lines that were to be approved together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Approved {
    pub approved: usize,
    /// Lines that were left as they are, and why: a key of the catalogues.
    pub skipped: Vec<(LineId, &'static str)>,
}

/// Approves lines that the client's money covers and that nobody stopped; the others are skipped, not refused. Nobody approves what they had a hand in
/// (`two_persons`), or an amount that they did not see.
pub async fn approve(
    ctx: &Ctx,
    actor: &Actor,
    seen: &[SeenLine],
) -> Result<Approved, ServiceError> {
    require_staff(actor, Action::ApproveLines)?;
    let person = actor.person();
    let mut tx = ctx.store.write().await?;
    let ids: Vec<LineId> = seen.iter().map(|seen| seen.line).collect();
    let mut found = lock_lines(&mut tx, &ids).await?;
    let undecided = list_undecided(&mut tx).await?;
    let hands = Hands::load(&mut tx, &ids).await?;
    let mut outcome = Approved::default();
    let mut books = Books::new(ctx, Some(person));
    let mut named = BTreeSet::new();
    // Named twice is meant once.
    for seen in seen.iter().filter(|seen| named.insert(seen.line)) {
        let checked = match found.remove(&seen.line) {
            None => Err("line-not-found"),
            Some(line) if undecided.contains(&line.deal) => Err("line-of-merged-deal"),
            Some(line) => check_approvable(line, seen, &hands, person),
        };
        match checked {
            Ok((line, step)) => {
                books.advance(&line, step, "approved");
                let is_alone = hands.is_alone(&line, person);
                record_approval(ctx, &mut tx, person, &line, is_alone).await?;
                outcome.approved += 1;
            }
            Err(code) => outcome.skipped.push((seen.line, code)),
        }
    }
    books.write(&mut tx).await?;
    tx.commit().await?;
    Ok(outcome)
}

/// Takes approvals back, all or none of them: the lines wait for somebody to approve them again. What is on a statement stays approved.
///
/// # Errors
/// `line-not-approved`.
pub async fn withdraw_approval(
    ctx: &Ctx,
    actor: &Actor,
    ids: &[LineId],
) -> Result<(), ServiceError> {
    require_staff(actor, Action::ApproveLines)?;
    let person = actor.person();
    let mut tx = ctx.store.write().await?;
    let mut books = Books::new(ctx, Some(person));
    for line in lock_known_lines(&mut tx, ids).await? {
        let AnyLine::Approved(approved) = line.in_state() else {
            return Err(ServiceError::Conflict("line-not-approved"));
        };
        books.advance(&line, approved.withdraw_approval(), "approval_withdrawn");
        let state = json!({ "before": line.state, "after": LineState::Covered });
        let facts = json!({ "state": state, "approved_by": line.approved_by });
        record(ctx, &mut tx, person, "withdraw_approval", line.id, &facts).await?;
    }
    books.write(&mut tx).await?;
    Ok(tx.commit().await?)
}

fn check_approvable(
    line: LineRecord,
    seen: &SeenLine,
    hands: &Hands,
    person: PersonId,
) -> Result<(LineRecord, Move), &'static str> {
    if line.held_reason.is_some() {
        return Err("line-held");
    }
    if line.disputed_at.is_some() {
        return Err("line-disputed");
    }
    hands.check_approver(&line, person)?;
    match line.in_state() {
        AnyLine::Covered(_) if line.money != seen.money => Err("line-changed"),
        AnyLine::Covered(covered) => Ok((line, covered.approve())),
        _ => Err("line-not-approvable"),
    }
}

/// `is_alone`: it approves its own work, which only one person alone may.
pub(crate) async fn record_approval(
    ctx: &Ctx,
    tx: &mut Tx,
    person: PersonId,
    line: &LineRecord,
    is_alone: bool,
) -> Result<(), ServiceError> {
    let state = json!({ "before": LineState::Covered, "after": LineState::Approved });
    let mut facts = json!({ "state": state, "month": line.month, "amount_minor": line.money.minor, "currency": line.money.currency });
    if is_alone {
        facts["alone"] = json!(true);
    }
    record(ctx, tx, person, "approve_line", line.id, &facts).await
}

async fn record(
    ctx: &Ctx,
    tx: &mut Tx,
    person: PersonId,
    act: &str,
    line: LineId,
    facts: &Value,
) -> Result<(), ServiceError> {
    let (subject, facts) = (line.to_string(), facts.to_string());
    Ok(audit::add(tx, Some(person), act, &subject, &facts, ctx.now()).await?)
}

/// Locks the deals of some lines, and reads those that are there.
pub(crate) async fn lock_lines(
    tx: &mut Tx,
    ids: &[LineId],
) -> Result<HashMap<LineId, LineRecord>, ServiceError> {
    let before = lines::list_by_ids(tx, ids).await?;
    books::lock_deals(tx, &books::deals_of(&before)).await?;
    let locked = lines::list_by_ids(tx, ids).await?;
    Ok(locked.into_iter().map(|line| (line.id, line)).collect())
}

/// A line that somebody may see, with its deal locked; of any other nothing is locked, and it is not there.
pub(crate) async fn lock_line(
    tx: &mut Tx,
    scope: Scope,
    id: LineId,
) -> Result<LineRecord, ServiceError> {
    let missing = || ServiceError::NotFound;
    let before = lines::find_in(tx, scope, id).await?.ok_or_else(missing)?;
    books::lock_deals(tx, &books::deals_of(&[before])).await?;
    lines::find_in(tx, scope, id).await?.ok_or_else(missing)
}

/// The same for lines that all must be there, each once.
async fn lock_known_lines(tx: &mut Tx, ids: &[LineId]) -> Result<Vec<LineRecord>, ServiceError> {
    let found = lock_lines(tx, ids).await?;
    if ids.iter().any(|id| !found.contains_key(id)) {
        return Err(ServiceError::NotFound);
    }
    Ok(found.into_values().collect())
}

/// Stops lines where they are, all or none of them, until they are released. What is on a statement can no longer be held, and what somebody holds keeps
/// the reason that it was given.
///
/// # Errors
/// `line-not-holdable`; `line-already-held` for one that is held for another reason.
pub async fn hold(
    ctx: &Ctx,
    actor: &Actor,
    ids: &[LineId],
    reason: &str,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::ApproveLines)?;
    let reason =
        parse_line(reason, 200).map_err(|fault| ServiceError::field("reason", fault.code))?;
    let mut tx = ctx.store.write().await?;
    let mut found = lock_known_lines(&mut tx, ids).await?;
    let cannot_be_held = |line: &LineRecord| !line.is_open();
    if found.iter().any(cannot_be_held) {
        return Err(ServiceError::Conflict("line-not-holdable"));
    }
    found.retain(|line| line.held_reason.as_ref() != Some(&reason));
    if found.iter().any(|line| line.held_reason.is_some()) {
        return Err(ServiceError::Conflict("line-already-held"));
    }
    let held: Vec<LineId> = found.iter().map(|line| line.id).collect();
    let (person, now) = (actor.person(), ctx.now());
    lines::hold(&mut tx, &held, &reason, person, now).await?;
    let facts = json!({ "reason": reason });
    for line in found {
        changes::add(&mut tx, line.partner, now).await?;
        record(ctx, &mut tx, person, "hold_line", line.id, &facts).await?;
    }
    Ok(tx.commit().await?)
}

/// Lets held lines go on, all or none of them.
///
/// # Errors
/// `line-not-held`.
pub async fn release(ctx: &Ctx, actor: &Actor, ids: &[LineId]) -> Result<(), ServiceError> {
    require_staff(actor, Action::ApproveLines)?;
    let mut tx = ctx.store.write().await?;
    let found = lock_known_lines(&mut tx, ids).await?;
    let released: Vec<LineId> = found.iter().map(|line| line.id).collect();
    let (person, now) = (actor.person(), ctx.now());
    lines::release(&mut tx, &released, now).await?;
    for line in found {
        let Some(reason) = line.held_reason else {
            return Err(ServiceError::Conflict("line-not-held"));
        };
        changes::add(&mut tx, line.partner, now).await?;
        let facts = json!({ "reason": reason });
        record(ctx, &mut tx, person, "release_line", line.id, &facts).await?;
    }
    Ok(tx.commit().await?)
}

/// What a line waits for before its money moves on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WaitsFor {
    MonthEnd,
    /// Nobody has invoiced the client for this month.
    Invoice,
    Payment {
        invoice_number: String,
        due: Option<NaiveDate>,
        /// Zero until the day after it was due.
        days_late: i64,
        /// What the invoice still asks for the deal, with tax: beside it, it may be for another partner's.
        open: Money,
    },
    Approval,
    QuarterClose,
    PartnerInvoice,
    BillPayment,
    Held {
        reason: String,
    },
    /// Its partner disputes it.
    Dispute,
    /// A person must decide on the deal's terms first.
    Terms,
    /// Its deal became one with another partner's, and a person must decide whose it is: it is neither approved nor stated before.
    Merger,
}

/// A line, and what it waits for; nothing, once it is paid or cancelled.
#[derive(Clone, Debug)]
pub struct LineView {
    pub line: LineRecord,
    pub waits_for: Option<WaitsFor>,
}

/// The member's own lines that it may see, oldest month first; whose they are is never the filter's to say.
pub async fn list_for_partner(
    ctx: &Ctx,
    actor: &Actor,
    filter: LineFilter,
) -> Result<Vec<LineView>, ServiceError> {
    let scope = require_member_scope(actor, Action::ReadMoney)?;
    let mut tx = ctx.store.read().await?;
    let found = lines::list(&mut tx, scope, &filter, PAGE).await?;
    view_all(ctx, &mut tx, found).await
}

/// What staff look for.
#[derive(Clone, Debug, Default)]
pub struct StaffLineFilter {
    pub state: Option<LineState>,
    /// Only what somebody holds or disputes.
    pub stopped: bool,
    pub disputed: bool,
    pub partner: Option<PartnerId>,
    /// Where the page before ended.
    pub after: Option<(Month, LineId)>,
}

/// Lines of all partners that somebody of the staff may see, oldest month first.
pub async fn list_for_staff(
    ctx: &Ctx,
    actor: &Actor,
    filter: StaffLineFilter,
    limit: i64,
) -> Result<Vec<LineView>, ServiceError> {
    let scope = require_staff_scope(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let filter = LineFilter {
        partner: filter.partner,
        state: filter.state,
        stopped_only: filter.stopped,
        disputed_only: filter.disputed,
        after: filter.after,
        ..LineFilter::default()
    };
    let found = lines::list(&mut tx, scope, &filter, limit).await?;
    view_all(ctx, &mut tx, found).await
}

/// The lines that a lead has earned or will, as far as somebody may see them: a split plan has lines of other partners on the same deal. Empty until it is won.
pub async fn list_of_lead(
    ctx: &Ctx,
    actor: &Actor,
    lead: LeadId,
) -> Result<Vec<LineView>, ServiceError> {
    let scope = require_either_scope(actor, Action::ReadMoney, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let found = lines::list_of_lead(&mut tx, scope, lead).await?;
    view_all(ctx, &mut tx, found).await
}

/// What was read once for all lines of a list.
pub(crate) struct Known {
    deals: HashMap<DealId, WaitingDeal>,
    /// Deals of two partners that became one, and that a person has not decided on.
    undecided: BTreeSet<DealId>,
}

#[derive(Default)]
struct WaitingDeal {
    /// What is not paid of the invoices for a month, oldest first.
    unpaid: Vec<(Month, Unpaid)>,
    /// The months that the client has paid for.
    covered: BTreeSet<Month>,
    /// A person must decide on the terms, or correct them.
    is_stuck: bool,
}

/// A deal's part of an invoice that is not paid.
struct Unpaid {
    number: String,
    due: Option<NaiveDate>,
    open: Money,
}

impl WaitingDeal {
    fn of(money: &DealMoney) -> Result<Self, MoneyError> {
        let reached = money.reach()?.adjusted_months;
        let months = money.months()?;
        let covered = months.iter().take(reached).map(|month| month.month);
        let mut unpaid = Vec::new();
        for (month, id, _) in money.issued()? {
            let invoice = money.find_invoice(&id);
            if let Some(invoice) = invoice.filter(|known| known.remote.due_minor > 0) {
                let remote = &invoice.remote;
                let open_minor = gross_part_of(invoice, money.deal.id, remote.due_minor)?;
                let found = Unpaid {
                    number: remote.number.clone(),
                    due: remote.due,
                    open: Money::new(open_minor, remote.total.currency),
                };
                unpaid.push((month, found));
            }
        }
        Ok(Self {
            unpaid,
            covered: covered.collect(),
            is_stuck: false,
        })
    }
}

impl Known {
    /// Reads what lines in some states wait for.
    pub async fn load(
        tx: &mut Tx,
        found: &[LineRecord],
        waiting: &[LineState],
    ) -> Result<Self, ServiceError> {
        let waiting = found.iter().filter(|line| waiting.contains(&line.state));
        let deals: Vec<DealId> = books::deals_of(waiting).into_iter().collect();
        tx.across(Across::SharedDeals).await?;
        let known = Self {
            deals: load_waiting(tx, &deals).await?,
            undecided: list_undecided(tx).await?,
        };
        tx.within().await?;
        Ok(known)
    }

    /// Whether the client has paid for the month of a line already.
    pub fn is_paid_for(&self, line: &LineRecord) -> bool {
        let deal = self.deals.get(&line.deal);
        deal.is_some_and(|deal| deal.covered.contains(&line.month))
    }

    /// What an open line waits for whatever its state: a person, not time and not the client.
    pub fn find_stop(&self, line: &LineRecord) -> Option<WaitsFor> {
        if line.disputed_at.is_some() {
            return Some(WaitsFor::Dispute);
        }
        if let Some(reason) = line.held_reason.clone() {
            return Some(WaitsFor::Held { reason });
        }
        self.undecided
            .contains(&line.deal)
            .then_some(WaitsFor::Merger)
    }

    /// The oldest invoice for that month that is not paid; none if the month is not invoiced, or not in full.
    pub fn find_payment(&self, ctx: &Ctx, line: &LineRecord) -> WaitsFor {
        let Some(deal) = self.deals.get(&line.deal) else {
            return WaitsFor::Invoice;
        };
        if deal.is_stuck {
            return WaitsFor::Terms;
        }
        let mut unpaid = deal.unpaid.iter();
        let of_month = unpaid.find(|(month, _)| *month == line.month);
        of_month.map_or(WaitsFor::Invoice, |(_, unpaid)| WaitsFor::Payment {
            invoice_number: unpaid.number.clone(),
            due: unpaid.due,
            days_late: unpaid
                .due
                .map_or(0, |due| (ctx.today() - due).num_days().max(0)),
            open: unpaid.open,
        })
    }
}

/// Adds to each line what it waits for.
pub(crate) async fn view_all(
    ctx: &Ctx,
    tx: &mut Tx,
    found: Vec<LineRecord>,
) -> Result<Vec<LineView>, ServiceError> {
    let known = Known::load(tx, &found, &[LineState::Awaiting]).await?;
    let views = found.into_iter().map(|line| LineView {
        waits_for: find_reason(ctx, &known, &line),
        line,
    });
    Ok(views.collect())
}

fn find_reason(ctx: &Ctx, known: &Known, line: &LineRecord) -> Option<WaitsFor> {
    if line.is_open()
        && let Some(stop) = known.find_stop(line)
    {
        return Some(stop);
    }
    match line.state {
        LineState::Upcoming => Some(WaitsFor::MonthEnd),
        LineState::Awaiting => Some(known.find_payment(ctx, line)),
        // The closing takes a clawback along.
        LineState::Covered if line.kind == LineKind::Clawback => Some(WaitsFor::QuarterClose),
        LineState::Covered => Some(WaitsFor::Approval),
        LineState::Approved => Some(WaitsFor::QuarterClose),
        LineState::Stated if line.bill.is_some() => Some(WaitsFor::BillPayment),
        LineState::Stated => Some(WaitsFor::PartnerInvoice),
        LineState::Invoiced => Some(WaitsFor::BillPayment),
        LineState::Paid | LineState::Cancelled => None,
    }
}

/// A deal of amounts that nothing holds waits until they are corrected, and keeps no other from being shown.
async fn load_waiting(
    tx: &mut Tx,
    ids: &[DealId],
) -> Result<HashMap<DealId, WaitingDeal>, ServiceError> {
    let open = exceptions::list_open_of_deals(tx, ids).await?;
    let stuck: BTreeSet<DealId> = open
        .into_iter()
        .filter(|(_, kind)| {
            matches!(
                kind.as_str(),
                "currency_changed" | "start_changed" | "deals_merged"
            )
        })
        .map(|(deal, _)| deal)
        .collect();
    let deals = deals::list_by_ids(tx, ids).await?;
    let mut waiting = HashMap::with_capacity(deals.len());
    for money in DealMoney::load_all(tx, deals).await? {
        let known = WaitingDeal::of(&money);
        let is_stuck = known.is_err() || stuck.contains(&money.deal.id);
        let known = WaitingDeal {
            is_stuck,
            ..known.unwrap_or_default()
        };
        waiting.insert(money.deal.id, known);
    }
    Ok(waiting)
}
