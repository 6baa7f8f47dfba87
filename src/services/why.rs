//! Why a line has its amount, and where its money is: everything that it rests on, number by number, each computed again from what is stored. Whoever reads
//! it sees what is theirs: who has a share of a deal learns nothing of its owner's other deals.

use portal_domain::{
    access::{Action, Actor},
    calendar::{Month, Timestamp},
    deal::{BillingPeriod, DealTerms, held_from},
    ids::LineId,
    line::{LineKind, LineState},
    money::{Exact, Money, MoneyError, Rate, round_half_even},
    schedule::commission_through,
    scope::Scope,
};
use portal_store::{
    Across, Tx,
    bills::{self, BillRecord},
    credits::CreditRecord,
    deals::{self, DealRecord, WonBefore},
    disputes::{self, DisputeMessageRecord},
    invoices::{self, FillRecord, InvoiceRecord},
    journal::{self, JournalRecord},
    lines::{self, LineRecord},
    plans::{self, PlanVersionRecord},
    statements::{self, StatementRecord},
    waivers::WaiverRecord,
};

use crate::{
    Ctx, ServiceError,
    access::require_either_scope,
    books,
    lines::{LineView, view_all},
    reconcile::{DealMoney, clawbacks_of},
    schedules::{Basis, Wanted, adjustments_of},
};

/// `round(rate·m·months_through) − round(rate·m·months_before)`, each part named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arithmetic {
    /// How many months the terms have held before this one.
    pub months_before: u32,
    /// The monthly value that the owner of the deal had won in the twelve months before it: where its tiers begin. Only where the plan has tiers, and only
    /// for whoever may know it.
    pub standing: Option<Exact>,
    /// The parts of m with the rate of each: one, unless tiers part it.
    pub parts: Vec<(Exact, Rate)>,
    pub exact_through: Exact,
    pub exact_before: Exact,
    pub through_minor: i64,
    pub before_minor: i64,
}

impl Arithmetic {
    /// What the month is worth before a cap and before it is shared.
    ///
    /// # Errors
    /// `TooLarge` where no amount holds it.
    pub fn uncapped_minor(&self) -> Result<i64, MoneyError> {
        books::difference(self.through_minor, self.before_minor)
    }
}

/// The plan's most for a deal, where it left a line less than the rest of the arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cap {
    pub cap: Money,
    /// What the deal had earned before this line.
    pub used: Money,
}

/// A partner's part of a line that several share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineShare {
    pub rate: Rate,
    /// What is shared.
    pub whole: Money,
}

/// What an adjustment or a clawback takes from what to what: their difference is the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Correction {
    pub before: Money,
    pub after: Money,
}

/// How far the client's money reaches the month of a line, and what it must reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    pub is_reached: bool,
    pub collected: Money,
    pub needed: Money,
}

/// Terms of the deal, when they were read from HubSpot, and whether this line rests on them.
#[derive(Clone, Copy, Debug)]
pub struct SeenTerms {
    pub terms: DealTerms,
    pub seen_at: Timestamp,
    pub holds: bool,
}

/// Everything that a line rests on.
#[derive(Clone, Debug)]
pub struct LineExplanation {
    pub view: LineView,
    pub deal: DealRecord,
    /// The plan's name, version and terms.
    pub plan: PlanVersionRecord,
    /// Only a scheduled line is computed so; the others are a bonus, entered, or correct one. None for a month that the start has moved past.
    pub arithmetic: Option<Arithmetic>,
    /// The deal has come to start after the month of this line of the schedule, so that nothing is due for it.
    pub is_before_start: bool,
    pub cap: Option<Cap>,
    /// Where the plan splits the deal's lines.
    pub share: Option<LineShare>,
    /// Whether the deal gives the line's amount today. What changed after it was stated is a line of its own, and all this is as it was then.
    pub agrees: bool,
    pub correction: Option<Correction>,
    pub terms: Vec<SeenTerms>,
    /// `None` for what waits for no money.
    pub reached: Option<Reached>,
    /// Which invoice filled this month with how much.
    pub fills: Vec<FillRecord>,
    /// The invoices of `fills`.
    pub invoices: Vec<InvoiceRecord>,
    /// The deal's credit notes that took cash away.
    pub credits: Vec<CreditRecord>,
    /// Of this month; why somebody waived it is for staff alone.
    pub waivers: Vec<WaiverRecord>,
    /// The line that this one corrects.
    pub corrects: Option<LineRecord>,
    /// The lines that correct this one.
    pub corrected_by: Vec<LineRecord>,
    /// Where it is stated and billed; nothing for whoever sees its own leads alone, since both are of everybody's.
    pub statement: Option<StatementRecord>,
    pub bill: Option<BillRecord>,
    /// The deals that put the partner where its tiers begin.
    pub won_before: Vec<WonBefore>,
    pub thread: Vec<DisputeMessageRecord>,
    pub journal: Vec<JournalRecord>,
}

impl LineExplanation {
    /// Without the fields that are not for whoever reads it: `docs/fields.md`.
    fn for_reader(mut self, scope: Scope) -> Self {
        if scope.partner().is_some() {
            for waiver in &mut self.waivers {
                waiver.reason.clear();
            }
            self.journal.clear();
        }
        if scope.submitter().is_some() {
            self.statement = None;
            self.bill = None;
        }
        self
    }
}

/// Everything that a line rests on, for its partner and for staff.
pub async fn explain(
    ctx: &Ctx,
    actor: &Actor,
    id: LineId,
) -> Result<LineExplanation, ServiceError> {
    let scope = require_either_scope(actor, Action::ReadMoney, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let line = lines::find_in(&mut tx, scope, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    tx.across(Across::SharedDeals).await?;
    let deal = deals::find(&mut tx, line.deal)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let plan = plans::find_version(&mut tx, line.plan_version)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let terms = list_seen_terms(&mut tx, &line).await?;
    let basis = Basis::load_all(&mut tx, vec![(deal.clone(), plan.clone())])
        .await?
        .remove(&deal.id)
        .transpose()?;
    // Where its tiers begin names the owner's other deals.
    let knows_owner = scope.submitter().is_none()
        && scope
            .partner()
            .is_none_or(|partner| partner == deal.partner);
    let priced = match &basis {
        Some(basis) => Priced::of(&line, basis, &terms, knows_owner)?,
        None => Priced::default(),
    };
    let statement = match line.statement {
        Some(id) => statements::find(&mut tx, id).await?,
        None => None,
    };
    let as_stated = match (&basis, &statement) {
        (Some(basis), Some(statement)) if !priced.agrees => {
            let terms = list_terms_as_of(&mut tx, &line, statement.created_at).await?;
            price_by(&line, basis, terms, knows_owner)?
        }
        _ => None,
    };
    let agrees = priced.agrees;
    let (priced, terms) = as_stated.unwrap_or((priced, terms));
    let money = DealMoney::load(&mut tx, deal.clone()).await?;
    let mut fills = invoices::list_fills(&mut tx, line.deal).await?;
    fills.retain(|fill| fill.month == line.month);
    let bill = match line.bill {
        Some(id) => bills::find(&mut tx, id).await?,
        None => None,
    };
    let reached = find_reached(&money, &line, &fills)?;
    let correction = find_correction(&money.lines, &line)?;
    let won_before = basis.filter(|_| knows_owner).map(|basis| basis.won_before);
    let of_fills =
        |invoice: &InvoiceRecord| fills.iter().any(|fill| fill.invoice == invoice.remote.id);
    let siblings = || money.lines.iter();
    let corrected_by = siblings().filter(|other| other.corrects == Some(line.id));
    Ok(LineExplanation {
        arithmetic: priced.arithmetic,
        is_before_start: line.kind.is_of_schedule() && money.is_before_start(line.month),
        cap: priced.cap,
        share: priced.share,
        agrees,
        correction,
        terms,
        reached,
        corrects: siblings()
            .find(|other| Some(other.id) == line.corrects)
            .cloned(),
        corrected_by: corrected_by.cloned().collect(),
        invoices: money
            .invoices
            .iter()
            .filter(|known| of_fills(known))
            .cloned()
            .collect(),
        credits: money.refunded_credits().cloned().collect(),
        waivers: money
            .waivers
            .iter()
            .filter(|waiver| waiver.month == line.month)
            .cloned()
            .collect(),
        fills,
        statement,
        bill,
        won_before: won_before.unwrap_or_default(),
        thread: disputes::list_of_line(&mut tx, id).await?,
        journal: journal::list_of_line(&mut tx, id).await?,
        view: view_all(ctx, &mut tx, vec![line]).await?.remove(0),
        deal,
        plan,
    }
    .for_reader(scope))
}

async fn list_seen_terms(tx: &mut Tx, line: &LineRecord) -> Result<Vec<SeenTerms>, ServiceError> {
    let seen = deals::list_seen_terms(tx, line.deal).await?;
    Ok(mark_holding(line, seen))
}

/// The terms of a line's deal as they were known at an instant.
async fn list_terms_as_of(
    tx: &mut Tx,
    line: &LineRecord,
    at: Timestamp,
) -> Result<Vec<SeenTerms>, ServiceError> {
    let mut seen: Vec<(DealTerms, Timestamp)> = Vec::new();
    for (terms, seen_at) in deals::list_readings(tx, line.deal).await? {
        if seen_at <= at {
            seen.retain(|(known, _)| known.from < terms.from);
            seen.push((terms, seen_at));
        }
    }
    Ok(mark_holding(line, seen))
}

/// A line as it was priced by other terms, with these; none where they do not give its amount either.
fn price_by(
    line: &LineRecord,
    basis: &Basis,
    terms: Vec<SeenTerms>,
    knows_owner: bool,
) -> Result<Option<(Priced, Vec<SeenTerms>)>, MoneyError> {
    if terms.is_empty() {
        return Ok(None);
    }
    let known: Vec<DealTerms> = terms.iter().map(|seen| seen.terms).collect();
    let mut then = basis.clone();
    then.won.terms = held_from(&known, Month::of(basis.won.start)).to_vec();
    let priced = Priced::of(line, &then, &terms, knows_owner)?;
    Ok(priced.agrees.then_some((priced, terms)))
}

fn mark_holding(line: &LineRecord, seen: Vec<(DealTerms, Timestamp)>) -> Vec<SeenTerms> {
    let holding = seen
        .iter()
        .rposition(|(terms, _)| terms.from <= line.month)
        .unwrap_or(0);
    seen.into_iter()
        .enumerate()
        .map(|(place, (terms, seen_at))| SeenTerms {
            terms,
            seen_at,
            holds: place == holding,
        })
        .collect()
}

/// How a line of the schedule comes to its amount.
#[derive(Default)]
struct Priced {
    arithmetic: Option<Arithmetic>,
    cap: Option<Cap>,
    share: Option<LineShare>,
    agrees: bool,
}

impl Priced {
    fn of(
        line: &LineRecord,
        basis: &Basis,
        terms: &[SeenTerms],
        knows_owner: bool,
    ) -> Result<Self, MoneyError> {
        if !line.kind.is_of_schedule() || line.month < Month::of(basis.won.start) {
            return Ok(Self::default());
        }
        let arithmetic = compute(line, basis, terms, knows_owner)?;
        let wanted = basis.unending().wanted(line.month)?;
        let is_same =
            |wanted: &&Wanted| (wanted.kind, wanted.position) == (line.kind, line.position);
        let comes_before = |wanted: &&Wanted| {
            wanted.kind == LineKind::Bonus && line.kind == LineKind::Scheduled
                || wanted.kind == line.kind && wanted.position < line.position
        };
        let sum = |those: &dyn Fn(&&Wanted) -> bool| -> Result<Money, MoneyError> {
            let mut amounts = wanted.iter().filter(those).map(|wanted| wanted.price.money);
            let none = Money::zero(line.money.currency);
            amounts.try_fold(none, |sum, money| sum.plus(money))
        };
        let (whole, used) = (sum(&is_same)?, sum(&comes_before)?);
        let uncapped_minor = match (&arithmetic, line.kind) {
            (Some(arithmetic), _) => arithmetic.uncapped_minor()?,
            (None, _) => basis.version.terms.bonus.map_or(0, |bonus| bonus.minor),
        };
        let cap = basis
            .version
            .terms
            .cap
            .filter(|cap| cap.currency == line.money.currency && whole.minor < uncapped_minor);
        let own = wanted
            .iter()
            .find(|wanted| is_same(wanted) && wanted.partner == line.partner);
        let shares = basis.version.terms.shares(basis.deal.partner);
        let rate = shares.iter().find(|share| share.0 == line.partner);
        Ok(Self {
            arithmetic,
            cap: cap.map(|cap| Cap { cap, used }),
            share: rate
                .filter(|_| shares.len() > 1)
                .map(|(_, rate)| LineShare { rate: *rate, whole }),
            agrees: own
                .is_some_and(|own| own.price.money == line.money && own.price.base == line.base),
        })
    }
}

fn compute(
    line: &LineRecord,
    basis: &Basis,
    terms: &[SeenTerms],
    knows_owner: bool,
) -> Result<Option<Arithmetic>, MoneyError> {
    let holding = terms.iter().find(|seen| seen.holds);
    let (LineKind::Scheduled, Some(holding)) = (line.kind, holding) else {
        return Ok(None);
    };
    let is_one_off = holding.terms.period == BillingPeriod::OneOff;
    let (standing, currency) = (basis.won.standing, line.money.currency);
    let plan = &basis.version.terms;
    // Of all months of the deal, also of those before the terms changed: the exact sum goes on.
    let through = |month| commission_through(plan, &basis.won, month);
    let (exact_through, exact_before) = (through(line.month)?, through(line.month.plus(-1))?);
    Ok(Some(Arithmetic {
        months_before: u32::try_from(line.month.0 - Month::of(basis.won.start).0).unwrap_or(0),
        standing: (plan.tiers.is_some() && knows_owner).then_some(standing),
        parts: plan.parts(line.base, currency, standing, is_one_off)?,
        exact_through,
        exact_before,
        through_minor: round_half_even(exact_through)?,
        before_minor: round_half_even(exact_before)?,
    }))
}

/// How far the client's money reaches a line of the schedule, whose amount is stated or not.
fn find_reached(
    money: &DealMoney,
    line: &LineRecord,
    fills: &[FillRecord],
) -> Result<Option<Reached>, MoneyError> {
    let months = money.months()?;
    let of_line = |months: &[&LineRecord]| months.iter().any(|other| other.id == line.id);
    let Some(place) = months.iter().position(|month| of_line(&month.lines)) else {
        return Ok(None);
    };
    let none = Money::zero(line.money.currency);
    let collected = fills
        .iter()
        .try_fold(none, |sum, fill| sum.plus(fill.money))?;
    Ok(Some(Reached {
        is_reached: money.reach()?.reaches(place, line),
        collected,
        needed: Money::new(
            round_half_even(months[place].owed_now)?,
            line.money.currency,
        ),
    }))
}

/// From what to what an adjustment of the schedule, a clawback, or what gives one back takes the amount of the line that it corrects.
fn find_correction(
    all: &[LineRecord],
    line: &LineRecord,
) -> Result<Option<Correction>, MoneyError> {
    let Some(corrected) = all.iter().find(|other| Some(other.id) == line.corrects) else {
        return Ok(None);
    };
    if line.entered_by.is_some() || line.state == LineState::Cancelled {
        return Ok(None);
    }
    let is_earlier = |other: &&LineRecord| {
        if other.kind == line.kind {
            other.position < line.position
        } else {
            other.id < line.id
        }
    };
    let is_of_money = line.kind == LineKind::Clawback || corrected.kind == LineKind::Clawback;
    let first = match corrected.kind {
        LineKind::Clawback => all
            .iter()
            .find(|other| Some(other.id) == corrected.corrects),
        _ => Some(corrected),
    };
    let Some(first) = first else { return Ok(None) };
    let mut before = vec![first];
    before.extend(adjustments_of(all, first.id).into_iter().filter(is_earlier));
    if is_of_money {
        before.extend(clawbacks_of(all, first).into_iter().filter(is_earlier));
    }
    let before = Money::new(books::sum_minor(before)?, line.money.currency);
    Ok(Some(Correction {
        before,
        after: before.plus(line.money)?,
    }))
}
