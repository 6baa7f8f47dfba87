//! Which of a client's deals an invoice or credit note can be for when nothing but its contact says so: those that were open on its day. A function of what
//! is known of the deals and of the invoices before it, never of the order in which the portal heard of them. Who asks, and what follows, is `links`.

use chrono::NaiveDate;
use portal_domain::{
    calendar::Month,
    coverage::needed,
    ids::DealId,
    money::{Exact, MoneyError},
};
use portal_store::{
    Tx,
    deals::DealRecord,
    invoices::{InvoiceLink, InvoiceRecord},
};

use crate::{
    Ctx, ServiceError,
    reconcile::{list_versions, part_of},
    schedules::Basis,
};

/// A client's deals, and what was asked for each of them so far.
pub(crate) struct Candidates(Vec<Candidate>);

struct Candidate {
    deal: DealRecord,
    /// Before it, what the client is asked for is for something else.
    begins: NaiveDate,
    /// From that day on, too.
    lost_on: Option<NaiveDate>,
    /// The last month that its plan pays; none for a plan that pays as long as the client does.
    last_month: Option<Month>,
    /// What all of its months ask for, less what may be missing; none for a deal without a last month, or of amounts that nothing holds.
    total: Option<Exact>,
    asked_minor: i128,
}

/// What the contact alone says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    One(DealId),
    /// One of these, for a person to say.
    Several(Vec<DealId>),
    /// All of the client's deals are over, or lost.
    AllOver,
    /// None of the client's deals had begun.
    NoneYet,
}

impl Candidates {
    pub async fn load(
        ctx: &Ctx,
        tx: &mut Tx,
        deals: Vec<DealRecord>,
    ) -> Result<Self, ServiceError> {
        let versions = list_versions(tx).await?;
        let with_version = deals.iter().filter_map(|deal| {
            let version = versions.get(&deal.plan_version?)?;
            Some((deal.clone(), version.clone()))
        });
        let bases = Basis::load_all(tx, with_version.collect()).await?;
        let candidates = deals.into_iter().filter_map(|deal| {
            let basis = bases.get(&deal.id).and_then(|basis| basis.as_ref().ok());
            Candidate::of(ctx, deal, basis)
        });
        Ok(Self(candidates.collect()))
    }

    /// What an invoice asks for counts from now on, whoever said which deal it is for. Amounts that nothing holds do not: its deal's reconciliation tells of
    /// them.
    pub fn ask(&mut self, invoice: &InvoiceRecord, links: &[InvoiceLink]) {
        let remote = &invoice.remote;
        if !remote.counts() {
            return;
        }
        let linked = InvoiceRecord {
            links: links.to_vec(),
            ..invoice.clone()
        };
        for candidate in &mut self.0 {
            if candidate.deal.currency == Some(remote.total.currency) {
                let part = |minor| part_of(&linked, candidate.deal.id, minor);
                if let (Ok(asked), Ok(credited)) =
                    (part(remote.total.minor), part(remote.credited_minor))
                {
                    candidate.asked_minor += i128::from(asked) - i128::from(credited);
                }
            }
        }
    }

    /// The deals that an invoice of that day can be for: those that were open on it; where none was, those that lacked an invoice still, as the last one often
    /// comes after the last month; where none did, the youngest that only its plan had ended, whose months all have their invoices, so that this one makes none
    /// due. What was lost later was open like any other: what the client paid for it until then stays its own. From the day of the loss on, nothing is a deal's
    /// by the contact alone, or what the client buys next would pay for months that are cancelled: a person says so.
    pub fn choose(&self, day: NaiveDate) -> Choice {
        let begun = || self.0.iter().filter(|one| one.begins <= day);
        let won: Vec<&Candidate> = begun().filter(|one| !one.is_lost(day)).collect();
        let ids = |is_one: &dyn Fn(&Candidate) -> bool| -> Vec<DealId> {
            let chosen = won.iter().filter(|one| is_one(one));
            chosen.map(|one| one.deal.id).collect()
        };
        let open = ids(&|one| one.is_running(day) && !one.is_over(day));
        let lacking = ids(&|one| !one.is_asked_for());
        let running = won.iter().filter(|one| one.is_running(day));
        let running = running.max_by_key(|one| (one.begins, one.deal.id));
        let running: Vec<DealId> = running.map(|one| one.deal.id).into_iter().collect();
        let tiers = [open, lacking, running];
        match tiers.into_iter().find(|tier| !tier.is_empty()) {
            Some(tier) if tier.len() == 1 => Choice::One(tier[0]),
            Some(tier) => Choice::Several(tier),
            None if begun().next().is_none() => Choice::NoneYet,
            None => Choice::AllOver,
        }
    }
}

impl Candidate {
    /// A deal that was never won is none.
    fn of(ctx: &Ctx, deal: DealRecord, basis: Option<&Basis>) -> Option<Self> {
        let first = Month::of(deal.start.or(deal.won_on)?);
        let plan_months = basis.and_then(|basis| basis.version.terms.months);
        Some(Self {
            begins: first.first_day(),
            lost_on: deal.lost_at.map(|at| ctx.date_of(at)),
            last_month: plan_months.map(|months| first.plus(i32::from(months) - 1)),
            total: basis.and_then(|basis| total_of(basis).ok().flatten()),
            asked_minor: 0,
            deal,
        })
    }

    fn is_lost(&self, day: NaiveDate) -> bool {
        self.lost_on.is_some_and(|lost_on| lost_on <= day)
    }

    /// Won by that day, and not ended.
    fn is_running(&self, day: NaiveDate) -> bool {
        self.deal.won_on.is_none_or(|won_on| won_on <= day)
            && self.deal.end.is_none_or(|end| day < end)
    }

    /// Nothing more is due for it: its plan's months have ended, or all of it was asked for.
    fn is_over(&self, day: NaiveDate) -> bool {
        self.last_month.is_some_and(|last| last < Month::of(day)) || self.is_asked_for()
    }

    fn is_asked_for(&self) -> bool {
        let asked = Exact::from_integer(self.asked_minor);
        self.total.is_some_and(|total| asked >= total)
    }
}

fn total_of(basis: &Basis) -> Result<Option<Exact>, MoneyError> {
    let tolerance = basis.version.terms.tolerance;
    let months = basis.months_of_client()?;
    months.map(|months| needed(&months, tolerance)).transpose()
}
