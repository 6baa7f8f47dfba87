//! Schedules: which lines a deal should have by its plan, and making them so. What should change is computed from what was read, without writing, so that
//! an edit of a plan can be tried first; which months the client's money reaches is `reconcile`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Days, Months, NaiveDate};
use itertools::Itertools as _;
use portal_domain::{
    calendar::Month,
    deal::{
        BillingPeriod, DealState, DealTerms, STANDING_MONTHS, WonDeal, counts_for, held_from,
        standing,
    },
    ids::{DealId, LineId, PartnerId, PlanVersionId},
    line::{FirstState, LineKind, LineState},
    money::{Currency, Exact, Money, MoneyError, Rate},
    plan::divide,
    schedule::schedule,
};
use portal_store::{
    Tx,
    deals::{self, DealRecord, WonBefore},
    lines::{self, LineRecord},
    partners,
    plans::{self, PlanVersionRecord},
};
use serde_json::json;

use crate::{
    Ctx, ServiceError,
    books::{self, About, Books, NewLine, Price},
    outbox::{self, Job},
    reconcile::{DealMoney, KnownDeal},
    verdicts,
};

/// How far ahead lines exist for plans that pay as long as the client does.
const HORIZON_MONTHS: i32 = 12;
/// How many deals one transaction works on: enough that no query is for one alone, and few enough that nobody waits long for the writer.
pub(crate) const DEALS_AT_ONCE: usize = 200;

/// All that a deal's lines are computed from.
#[derive(Clone)]
pub(crate) struct Basis {
    pub deal: DealRecord,
    pub version: PlanVersionRecord,
    pub won: WonDeal,
    /// The deals that put the partner where its tiers begin; none where the plan has no tiers.
    pub won_before: Vec<WonBefore>,
    shares: Vec<PaidShare>,
    currency: Currency,
}

/// Who gets which part of each line, and until when.
#[derive(Clone, Copy)]
struct PaidShare {
    partner: PartnerId,
    share: Rate,
    /// The last month for which it is paid, if it has left. Its part of later months lapses.
    until: Option<Month>,
}

/// A line as it should be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    pub partner: PartnerId,
    pub kind: LineKind,
    pub position: i64,
    pub price: Price,
}

impl Wanted {
    /// What a deal has one line of.
    pub const fn key(&self) -> (LineKind, i64, PartnerId) {
        (self.kind, self.position, self.partner)
    }
}

impl Basis {
    /// Reads what the lines of some deals rest on, by a version of a plan for each, kind by kind and not deal by deal. A deal of which something is missing is
    /// left out, and one whose standing no amount holds keeps its error to itself.
    pub async fn load_all(
        tx: &mut Tx,
        deals: Vec<(DealRecord, PlanVersionRecord)>,
    ) -> Result<HashMap<DealId, Result<Self, MoneyError>>, ServiceError> {
        let ids: Vec<DealId> = deals.iter().map(|(deal, _)| deal.id).collect();
        let terms = deals::list_terms_of_deals(tx, &ids).await?;
        let mut terms = terms.into_iter().into_group_map();
        let tiered: BTreeSet<PartnerId> = deals
            .iter()
            .filter(|(_, version)| version.terms.tiers.is_some())
            .map(|(deal, _)| deal.partner)
            .collect();
        let tiered: Vec<PartnerId> = tiered.into_iter().collect();
        let won = deals::list_won_of_partners(tx, &tiered).await?;
        let won = won.into_iter().into_group_map();
        let left = list_left(tx, &deals).await?;
        let mut found = HashMap::with_capacity(deals.len());
        for (deal, version) in deals {
            let Some(terms) = terms.remove(&deal.id) else {
                continue;
            };
            let won = won.get(&deal.partner).map_or(&[][..], Vec::as_slice);
            let shares = paid_shares(&deal, &version, &left);
            let id = deal.id;
            if let Some(basis) = Self::of(deal, version, terms, won, shares).transpose() {
                found.insert(id, basis);
            }
        }
        Ok(found)
    }

    /// `won` are all won deals of the deal's partner, in their order.
    fn of(
        deal: DealRecord,
        version: PlanVersionRecord,
        terms: Vec<DealTerms>,
        won: &[WonBefore],
        shares: Vec<PaidShare>,
    ) -> Result<Option<Self>, MoneyError> {
        let (Some(start), Some(currency)) = (deal.start, deal.currency) else {
            return Ok(None);
        };
        let won_before = match (&version.terms.tiers, deal.won_on) {
            (Some(_), Some(won_on)) => won_before(won, &deal, won_on),
            _ => Vec::new(),
        };
        Ok(Some(Self {
            won: WonDeal {
                start,
                end: deal.ends_on(),
                terms: held_from(&terms, Month::of(start)).to_vec(),
                standing: standing(won_before.iter().map(|won| &won.terms), currency)?,
                paid_until: last_paid(&shares),
            },
            deal,
            version,
            won_before,
            shares,
            currency,
        }))
    }

    /// The lines up to a month, each share of a split its own: bonus first, then month by month.
    pub fn wanted(&self, until: Month) -> Result<Vec<Wanted>, MoneyError> {
        let terms = &self.version.terms;
        let months = schedule(terms, &self.won, until)?;
        let first_position = self.deal.first_position();
        let bonus_minor = terms.bonus_minor(self.currency);
        let bonus = months.first().filter(|_| bonus_minor != 0);
        let bonus = bonus.map(|first| {
            let kind = LineKind::Bonus;
            (kind, first_position, first.month, first.base, bonus_minor)
        });
        let scheduled = months.iter().map(|line| {
            let position = first_position + i64::from(line.index);
            let kind = LineKind::Scheduled;
            (kind, position, line.month, line.base, line.amount_minor)
        });
        let rates: Vec<Rate> = self.shares.iter().map(|share| share.share).collect();
        let mut wanted = Vec::with_capacity(months.len() * rates.len());
        for (kind, position, month, base, amount_minor) in bonus.into_iter().chain(scheduled) {
            let parts = divide(amount_minor, &rates)?;
            let parts = self.shares.iter().zip(parts);
            for (share, minor) in parts.filter(|(share, _)| share.pays(month)) {
                wanted.push(Wanted {
                    partner: share.partner,
                    kind,
                    position,
                    price: Price {
                        month,
                        money: Money::new(minor, self.currency),
                        base,
                    },
                });
            }
        }
        Ok(wanted)
    }

    /// The same deal as if it went on for ever and its partners had stayed: all that its plan grants.
    pub fn unending(&self) -> Self {
        let mut unending = self.clone();
        (unending.won.end, unending.won.paid_until) = (None, None);
        for share in &mut unending.shares {
            share.until = None;
        }
        unending
    }

    /// m of every month for which the client owes something that commission rests on, whether its partner stays or not; none for a deal that neither ends nor
    /// is limited by its plan.
    pub fn months_of_client(&self) -> Result<Option<Vec<Exact>>, MoneyError> {
        let terms = &self.won.terms;
        let is_finite =
            self.is_one_off() || self.won.end.is_some() || self.version.terms.months.is_some();
        if !is_finite {
            return Ok(None);
        }
        let won = WonDeal {
            paid_until: None,
            ..self.won.clone()
        };
        let last_term = terms
            .last()
            .map_or(won.start, |terms| terms.from.first_day());
        let until = won.end.unwrap_or(won.start).max(last_term);
        let until = match self.version.terms.months {
            Some(months) => Month::of(won.start).plus(i32::from(months)),
            None => Month::of(until),
        };
        let months = schedule(&self.version.terms, &won, until)?;
        Ok(Some(months.iter().map(|line| line.base).collect()))
    }

    /// Whether the client is never charged again and again.
    pub fn is_one_off(&self) -> bool {
        let mut terms = self.won.terms.iter();
        terms.all(|terms| terms.period == BillingPeriod::OneOff)
    }

    /// Why its lines change: another version of the plan, or what HubSpot says of the deal.
    fn cause(&self) -> &'static str {
        if self.deal.plan_version == Some(self.version.id) {
            "deal_changed"
        } else {
            "plan_changed"
        }
    }
}

/// What a partner won in the twelve months before a deal: on an earlier day, or on the same with a lower id.
fn won_before(won: &[WonBefore], deal: &DealRecord, won_on: NaiveDate) -> Vec<WonBefore> {
    won.iter()
        .filter(|other| (other.won_on, other.deal) < (won_on, deal.id))
        .filter(|other| counts_for(other.won_on, won_on))
        .cloned()
        .collect()
}

impl PaidShare {
    fn pays(&self, month: Month) -> bool {
        self.until.is_none_or(|until| month <= until)
    }
}

/// Until when all have been paid; no end while one goes on.
fn last_paid(shares: &[PaidShare]) -> Option<Month> {
    let untils: Option<Vec<Month>> = shares.iter().map(|share| share.until).collect();
    untils?.into_iter().max()
}

/// The shares of a deal's lines; whoever has left is paid for as many more months as the plan's tail has.
fn paid_shares(
    deal: &DealRecord,
    version: &PlanVersionRecord,
    left: &HashMap<PartnerId, NaiveDate>,
) -> Vec<PaidShare> {
    let shares = version.terms.shares(deal.partner).into_iter();
    let until = |partner: &PartnerId| {
        let (left_on, tail) = (left.get(partner)?, version.terms.tail_months?);
        let last_day = left_on.pred_opt().unwrap_or(*left_on);
        Some(Month::of(last_day).plus(i32::from(tail)))
    };
    shares
        .map(|(partner, share)| PaidShare {
            partner,
            share,
            until: until(&partner),
        })
        .collect()
}

/// When those left the programme who share the lines of some deals; whoever is in it is left out.
async fn list_left(
    tx: &mut Tx,
    deals: &[(DealRecord, PlanVersionRecord)],
) -> Result<HashMap<PartnerId, NaiveDate>, ServiceError> {
    let owners = deals.iter().map(|(deal, _)| deal.partner);
    let sharing = deals.iter().flat_map(|(_, version)| &version.terms.split);
    let sharing = sharing.filter_map(|share| share.partner);
    let ids: BTreeSet<PartnerId> = owners.chain(sharing).collect();
    let ids: Vec<PartnerId> = ids.into_iter().collect();
    let found = partners::list_by_ids(tx, &ids).await?.into_iter();
    Ok(found
        .filter_map(|partner| Some((partner.id, partner.left_on?)))
        .collect())
}

/// How far lines are made now.
pub(crate) fn horizon(ctx: &Ctx) -> Month {
    ctx.this_month().plus(HORIZON_MONTHS)
}

/// Makes the lines of a deal what its schedule says. Twice changes nothing.
pub async fn sync_lines(ctx: &Ctx, tx: &mut Tx, id: DealId) -> Result<(), ServiceError> {
    sync_all(ctx, tx, &BTreeSet::from([id])).await
}

/// The same for many deals: so many queries for all of them as for one.
pub(crate) async fn sync_all(
    ctx: &Ctx,
    tx: &mut Tx,
    ids: &BTreeSet<DealId>,
) -> Result<(), ServiceError> {
    books::lock_deals(tx, ids).await?;
    let ids: Vec<DealId> = ids.iter().copied().collect();
    let found = deals::list_by_ids(tx, &ids).await?;
    let mut books = Books::new(ctx, None);
    for KnownDeal { basis, mut money } in KnownDeal::load_all(tx, found).await? {
        let mark = books.mark();
        let followed = match basis {
            Ok(Some(basis)) => follow_schedule(ctx, &mut books, &basis, &mut money),
            Ok(None) => Ok(()),
            Err(error) => Err(error.into()),
        };
        match followed {
            // Lines of amounts that nothing holds stay as they were; its reconciliation says so, and the others go on.
            Err(ServiceError::Money(_)) => books.forget(mark),
            followed => followed?,
        }
    }
    books.write(tx).await
}

/// Gathers what makes the lines of a deal what its schedule says; they are then as they will be once it is written.
pub(crate) fn follow_schedule(
    ctx: &Ctx,
    books: &mut Books<'_>,
    basis: &Basis,
    money: &mut DealMoney,
) -> Result<(), ServiceError> {
    let mark = books.mark();
    if money.deal.state == DealState::Won {
        change_lines(ctx, books, basis, &money.lines)?;
    } else {
        keep_reached(ctx, books, basis, money.clone())?;
    }
    books.apply(mark, &mut money.lines);
    Ok(())
}

/// What must change for a won deal's lines to be what its schedule says: adds, makes again what nobody was told to invoice, adjusts what is on a
/// statement, and cancels what is no longer due and that no money reaches. What the plan itself grants no more is taken back whatever it has reached.
fn change_lines(
    ctx: &Ctx,
    books: &mut Books<'_>,
    basis: &Basis,
    existing: &[LineRecord],
) -> Result<(), ServiceError> {
    let of_schedule = existing.iter().filter(|line| line.kind.is_of_schedule());
    let mut of_schedule: BTreeMap<(LineKind, i64, PartnerId), &LineRecord> =
        of_schedule.map(|line| (key(line), line)).collect();
    let until = last_kept(ctx, of_schedule.values().copied());
    let mut adjustments = Adjustments::new(existing);
    for wanted in basis.wanted(until)? {
        match of_schedule.remove(&wanted.key()) {
            Some(line) => follow_price(ctx, books, &mut adjustments, basis, line, &wanted.price)?,
            None => {
                let new = NewLine {
                    partner: wanted.partner,
                    kind: wanted.kind,
                    position: wanted.position,
                    price: wanted.price,
                    plan_version: basis.version.id,
                    state: first_state(ctx, wanted.price.month),
                    corrects: None,
                    reason: None,
                    entered_by: None,
                };
                books.add(&basis.deal, new, "scheduled");
            }
        }
    }
    if of_schedule.is_empty() {
        return Ok(());
    }
    let granted = prices(&basis.unending(), until)?;
    for line in of_schedule.into_values() {
        end_line(books, &mut adjustments, basis, line, &granted)?;
    }
    Ok(())
}

/// What each line should be, by what a deal has one of.
type Prices = BTreeMap<(LineKind, i64, PartnerId), Price>;

/// How far a deal's lines are looked at: as far as they are made, or as they already go.
fn last_kept<'a>(ctx: &Ctx, lines: impl IntoIterator<Item = &'a LineRecord>) -> Month {
    let kept = lines
        .into_iter()
        .filter(|line| line.state != LineState::Cancelled);
    kept.fold(horizon(ctx), |until, line| until.max(line.month))
}

/// What a deal has one line of.
const fn key(line: &LineRecord) -> (LineKind, i64, PartnerId) {
    (line.kind, line.position, line.partner)
}

fn prices(basis: &Basis, until: Month) -> Result<Prices, MoneyError> {
    let wanted = basis.wanted(until)?.into_iter();
    Ok(wanted.map(|wanted| (wanted.key(), wanted.price)).collect())
}

/// A line that is due gets its price: made again, or adjusted where it is on a statement.
fn follow_price(
    ctx: &Ctx,
    books: &mut Books<'_>,
    adjustments: &mut Adjustments<'_>,
    basis: &Basis,
    line: &LineRecord,
    price: &Price,
) -> Result<(), ServiceError> {
    if line.state.is_stated() {
        return adjustments.adjust(books, basis, line, price);
    }
    make_again(ctx, books, basis, line, price)
}

/// A line that is due no more, because the deal has ended before it or its partner has left. What is on a statement stays, at what the plan grants for it;
/// anything else is cancelled whatever the client has paid, so that it does not matter which of the two came first.
fn end_line(
    books: &mut Books<'_>,
    adjustments: &mut Adjustments<'_>,
    basis: &Basis,
    line: &LineRecord,
    granted: &Prices,
) -> Result<(), ServiceError> {
    let Some(price) = granted.get(&key(line)) else {
        return take_back(books, adjustments, basis, line, granted);
    };
    if line.state.is_stated() {
        return adjustments.adjust(books, basis, line, price);
    }
    if let Some(step) = line.in_state().cancel() {
        books.advance(line, step, "no_longer_due");
    }
    Ok(())
}

/// A line that the plan does not grant: to another partner, or not for that month, which then takes none of the client's money either.
fn take_back(
    books: &mut Books<'_>,
    adjustments: &mut Adjustments<'_>,
    basis: &Basis,
    line: &LineRecord,
    granted: &Prices,
) -> Result<(), ServiceError> {
    if line.state.is_stated() {
        let mut of_month = granted.values().filter(|price| price.month == line.month);
        let nothing = Price {
            month: line.month,
            money: Money::zero(line.money.currency),
            base: of_month
                .next()
                .map_or(Exact::from_integer(0), |price| price.base),
        };
        return adjustments.adjust(books, basis, line, &nothing);
    }
    if let Some(step) = line.in_state().cancel() {
        books.advance(line, step, basis.cause());
    }
    Ok(())
}

fn first_state(ctx: &Ctx, month: Month) -> FirstState {
    if month < ctx.this_month() {
        FirstState::Awaiting
    } else {
        FirstState::Upcoming
    }
}

/// A line that is due, and on no statement. What a person refused stays refused, whatever it would be worth.
fn make_again(
    ctx: &Ctx,
    books: &mut Books<'_>,
    basis: &Basis,
    line: &LineRecord,
    price: &Price,
) -> Result<(), ServiceError> {
    let version = basis.version.id;
    let is_same = (line.month, line.money, line.base) == (price.month, price.money, price.base);
    let state = first_state(ctx, price.month);
    match line.state {
        state if is_same && (line.is_refused || state != LineState::Cancelled) => {
            if line.plan_version != version {
                books.follow_version(line, version);
            }
            Ok(())
        }
        _ if line.is_refused => {
            books.reprice_refused(line, price, version);
            Ok(())
        }
        LineState::Cancelled => books.reprice(line, price, version, state, "due_again"),
        _ => books.reprice(line, price, version, state, basis.cause()),
    }
}

/// The adjustments of a deal's stated lines, and the number of the next one.
struct Adjustments<'a> {
    lines: &'a [LineRecord],
    next: i64,
}

impl<'a> Adjustments<'a> {
    fn new(lines: &'a [LineRecord]) -> Self {
        Self {
            next: books::next_position(lines, LineKind::Adjustment),
            lines,
        }
    }

    /// What is on a statement is never edited: the difference is a line of its own, which a person approves once the client's money reaches it.
    fn adjust(
        &mut self,
        books: &mut Books<'_>,
        basis: &Basis,
        line: &LineRecord,
        price: &Price,
    ) -> Result<(), ServiceError> {
        let existing = adjustments_of(self.lines, line.id);
        // Also where it is worth the same, as once a cap is reached.
        if line.kind == LineKind::Scheduled && line.charged.unwrap_or(line.base) != price.base {
            books.charge(line, price.base);
        }
        let priced = existing.iter().copied().chain([line]);
        if books::sum_minor(priced)? == price.money.minor {
            return Ok(());
        }
        let (stated, open): (Vec<_>, Vec<_>) = existing
            .into_iter()
            .partition(|other| other.state.is_stated());
        for other in open {
            if let Some(step) = other.in_state().cancel() {
                books.advance(other, step, basis.cause());
            }
        }
        let stated = books::sum_minor(stated.into_iter().chain([line]))?;
        let difference = books::difference(price.money.minor, stated)?;
        if difference == 0 {
            return Ok(());
        }
        let new = NewLine {
            partner: line.partner,
            kind: LineKind::Adjustment,
            position: self.next,
            price: Price {
                month: line.month,
                money: Money::new(difference, line.money.currency),
                base: price.base,
            },
            plan_version: basis.version.id,
            state: FirstState::Awaiting,
            corrects: Some(line.id),
            reason: None,
            entered_by: None,
        };
        self.next += 1;
        books.add(&basis.deal, new, basis.cause());
        Ok(())
    }
}

/// The adjustments that the schedule made of a line and that still hold; what a person entered stands beside the schedule.
pub(crate) fn adjustments_of(lines: &[LineRecord], line: LineId) -> Vec<&LineRecord> {
    lines
        .iter()
        .filter(|other| {
            other.kind == LineKind::Adjustment
                && other.entered_by.is_none()
                && other.corrects == Some(line)
                && other.state != LineState::Cancelled
        })
        .collect()
}

/// What is earned stays: only the client's money can take it away.
fn cancel<'a>(books: &mut Books<'_>, lines: impl IntoIterator<Item = &'a LineRecord>) {
    for line in lines {
        if matches!(line.state, LineState::Upcoming | LineState::Awaiting)
            && let Some(step) = line.in_state().cancel()
        {
            books.advance(line, step, "no_longer_due");
        }
    }
}

/// A deal that is not won any more is due for the months that the client's money reaches, whether it came before the loss was read or after, and for no
/// other.
fn keep_reached(
    ctx: &Ctx,
    books: &mut Books<'_>,
    basis: &Basis,
    mut money: DealMoney,
) -> Result<(), ServiceError> {
    let until = last_kept(ctx, &money.lines);
    let due = prices(basis, until)?;
    let granted = prices(&basis.unending(), until)?;
    let mut cancelled: BTreeMap<LineId, LineRecord> = BTreeMap::new();
    for line in &mut money.lines {
        let due = due.get(&key(line));
        if let (LineState::Cancelled, false, Some(due)) = (line.state, line.is_refused, due) {
            cancelled.insert(line.id, line.clone());
            // As if it were due still, to see how far the money reaches.
            line.state = LineState::Awaiting;
            (line.month, line.money, line.base) = (due.month, due.money, due.base);
        }
    }
    let reached = money.reach()?.adjusted_months;
    let mut adjustments = Adjustments::new(&money.lines);
    for (place, month) in money.months()?.into_iter().enumerate() {
        for line in month.lines {
            let is_kept = place < reached || line.state.is_stated();
            match (cancelled.remove(&line.id), due.get(&key(line))) {
                (Some(before), Some(price)) if is_kept => {
                    make_again(ctx, books, basis, &before, price)?;
                }
                (Some(_), _) => {}
                (None, Some(price)) if is_kept => {
                    follow_price(ctx, books, &mut adjustments, basis, line, price)?;
                }
                (None, Some(_)) => cancel(books, [line]),
                (None, None) => end_line(books, &mut adjustments, basis, line, &granted)?,
            }
        }
    }
    Ok(())
}

/// Cancels the lines of a deal that has no plan any more; nothing of them was earned.
pub(crate) async fn cancel_open_lines(
    ctx: &Ctx,
    tx: &mut Tx,
    deal: DealId,
) -> Result<(), ServiceError> {
    let mut books = Books::new(ctx, None);
    let found = lines::list_of_deal(tx, deal).await?;
    let of_schedule = found.iter().filter(|line| line.kind.is_of_schedule());
    cancel(&mut books, of_schedule);
    books.write(tx).await
}

/// The version that a deal keeps although it is won on another day now: one that all deals of the plan were given, and not for its day. Any other gives way
/// to that of the new day.
pub(crate) async fn find_granted_version(
    tx: &mut Tx,
    deal: &DealRecord,
    was_won_on: Option<NaiveDate>,
) -> Result<Option<PlanVersionId>, ServiceError> {
    let (Some(id), Some(was_won_on), Some(won_on)) = (deal.plan_version, was_won_on, deal.won_on)
    else {
        return Ok(None);
    };
    let Some(given) = plans::find_version(tx, id).await? else {
        return Ok(None);
    };
    let is_on_plan = partners::find_enrolment(tx, deal.partner, won_on)
        .await?
        .is_some_and(|enrolment| enrolment.plan == given.plan);
    let is_for_all = given.valid_from > was_won_on && given.valid_from > won_on;
    Ok((is_on_plan && is_for_all).then_some(id))
}

/// The version of the partner's plan on the day the deal was won; a deal that has one keeps it. The caller has the lock of all plans before the deal's:
/// a version that is just being published holds for this deal, or is not there yet, and nothing between.
pub(crate) async fn choose_plan(
    ctx: &Ctx,
    tx: &mut Tx,
    deal: &mut DealRecord,
) -> Result<(), ServiceError> {
    if let (None, Some(won_on)) = (deal.plan_version, deal.won_on)
        && let Some(enrolment) = partners::find_enrolment(tx, deal.partner, won_on).await?
    {
        let version = plans::find_version_on(tx, enrolment.plan, won_on).await?;
        deal.plan_version = version.map(|version| version.id);
    }
    let facts = deal
        .plan_version
        .is_none()
        .then(|| json!({ "won_on": deal.won_on }));
    let about = About::Deal(deal.id);
    books::raise_or_settle(ctx, tx, "not_enrolled_when_won", about, facts).await
}

/// Gives won deals the plan of a partner that was enrolled only afterwards, but for that day.
pub(crate) async fn choose_missing_plans(ctx: &Ctx) -> Result<(), ServiceError> {
    let mut tx = ctx.store.read().await?;
    let without = deals::list_won_without_plan(&mut tx).await?;
    drop(tx);
    for deal in without {
        let mut tx = ctx.store.write().await?;
        books::lock_lead(&mut tx, deal.lead).await?;
        tx.lock("plans").await?;
        books::lock_deal(&mut tx, deal.id).await?;
        let Some(mut deal) = deals::find(&mut tx, deal.id)
            .await?
            .filter(|deal| deal.state == DealState::Won)
        else {
            continue;
        };
        choose_plan(ctx, &mut tx, &mut deal).await?;
        deals::update(&mut tx, &deal).await?;
        sync_lines(ctx, &mut tx, deal.id).await?;
        verdicts::follow_deal(ctx, &mut tx, &deal).await?;
        outbox::add(ctx, &mut tx, &Job::ReconcileDeal { deal: deal.id }).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Has the later deals of the same partner looked at again whose tiers begin where this one left off, or did while it was won on another day.
pub(crate) async fn resync_standing(
    ctx: &Ctx,
    tx: &mut Tx,
    deal: &DealRecord,
    was_won_on: Option<NaiveDate>,
) -> Result<(), ServiceError> {
    let days = || was_won_on.into_iter().chain(deal.won_on);
    let (Some(from), Some(last)) = (days().min(), days().max()) else {
        return Ok(());
    };
    // A day more, because months are of different lengths.
    let until = last + Months::new(STANDING_MONTHS) + Days::new(1);
    let tiered: BTreeSet<_> = plans::list_versions(tx)
        .await?
        .into_iter()
        .filter(|version| version.terms.tiers.is_some())
        .map(|version| version.id)
        .collect();
    if tiered.is_empty() {
        return Ok(());
    }
    let later = deals::list_won_between(tx, deal.partner, from, until).await?;
    let has_tiers = |other: &DealRecord| {
        other
            .plan_version
            .is_some_and(|version| tiered.contains(&version))
    };
    let later = later
        .iter()
        .filter(|other| other.id != deal.id && has_tiers(other));
    let look = later.map(|other| Job::ReconcileDeal { deal: other.id });
    outbox::add_all(ctx, tx, look).await
}

/// Makes the further lines of deals whose plan pays as long as the client does.
pub(crate) async fn extend_schedules(ctx: &Ctx) -> Result<(), ServiceError> {
    let mut tx = ctx.store.read().await?;
    let ending: BTreeSet<DealId> = lines::list_last_months(&mut tx, horizon(ctx))
        .await?
        .into_iter()
        .map(|(deal, _)| deal)
        .collect();
    let open_ended: BTreeSet<_> = plans::list_versions(&mut tx)
        .await?
        .into_iter()
        .filter(|version| version.terms.months.is_none())
        .map(|version| version.id)
        .collect();
    let won = deals::list_won(&mut tx).await?;
    drop(tx);
    let running_on = won.iter().filter(|deal| {
        let has_open_plan = |version| open_ended.contains(&version);
        deal.ends_on().is_none_or(|end| end > ctx.today())
            && deal.plan_version.is_some_and(has_open_plan)
            && ending.contains(&deal.id)
    });
    let running_on: Vec<DealId> = running_on.map(|deal| deal.id).collect();
    for some in running_on.chunks(DEALS_AT_ONCE) {
        let mut tx = ctx.store.write().await?;
        sync_all(ctx, &mut tx, &some.iter().copied().collect()).await?;
        tx.commit().await?;
    }
    Ok(())
}
