//! Packs: the deals that a partner won, with all that their lines are computed from, beside the amounts that their lines have, in a few bytes a line.
//! Millions of lines are computed again from them by the rules of the schedule, to see whether the rules of today still say what was stored.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    calendar::Month,
    deal::{BillingPeriod, DealTerms, WonDeal, counts_for, standing},
    ids::{DealId, PartnerId, PlanVersionId},
    line::LineKind,
    money::{Currency, Money, MoneyError, Rate},
    plan::{PlanTerms, divide},
    schedule::each_line,
};

/// One partner's deals, in the order in which they were won, those of one day by their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pack {
    pub deals: Vec<PackedDeal>,
}

/// A deal that was won once, with the lines of its schedule. Ids are their 128 bits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackedDeal {
    id: u128,
    version: u128,
    /// Won still: it counts towards the standing of later ones.
    is_won: bool,
    /// Days since the common era began.
    won_on: i32,
    /// The month in which it starts.
    start: i32,
    /// Oldest first, never empty.
    terms: Vec<PackedTerms>,
    runs: Vec<PackedRun>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct PackedTerms {
    from: i32,
    value_minor: i64,
    currency: [u8; 3],
    /// Months, or 0 for a one-off.
    period: u16,
}

/// The amounts of lines in a row: of one kind and partner, without a gap between their positions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct PackedRun {
    is_bonus: bool,
    /// Whose they are, if not the partner's that brought the deal.
    partner: Option<u128>,
    first: u32,
    amounts_minor: Vec<i64>,
}

/// What a line of a schedule is worth, its corrections by the schedule included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeldLine {
    pub kind: LineKind,
    pub partner: PartnerId,
    pub position: u32,
    pub amount_minor: i64,
}

impl PackedDeal {
    /// Packs a deal that is, or was, won. `terms` are oldest first and not empty; lines may come in any order.
    pub fn new(
        id: DealId,
        owner: PartnerId,
        version: PlanVersionId,
        (won_on, is_won): (NaiveDate, bool),
        start: Month,
        terms: &[DealTerms],
        mut lines: Vec<HeldLine>,
    ) -> Self {
        lines.sort_unstable();
        let mut runs: Vec<PackedRun> = Vec::new();
        for line in lines {
            let is_bonus = line.kind == LineKind::Bonus;
            let partner = (line.partner != owner).then(|| line.partner.bits());
            match runs.last_mut() {
                Some(run)
                    if (run.is_bonus, run.partner) == (is_bonus, partner)
                        && run.next() == line.position =>
                {
                    run.amounts_minor.push(line.amount_minor);
                }
                _ => runs.push(PackedRun {
                    is_bonus,
                    partner,
                    first: line.position,
                    amounts_minor: vec![line.amount_minor],
                }),
            }
        }
        Self {
            id: id.bits(),
            version: version.bits(),
            is_won,
            won_on: days_of(won_on),
            start: start.0,
            terms: terms.iter().map(PackedTerms::new).collect(),
            runs,
        }
    }

    /// The version of the plan that its lines follow.
    pub const fn version(&self) -> PlanVersionId {
        PlanVersionId::of_bits(self.version)
    }

    /// The last month that has a line.
    fn last_month(&self) -> Month {
        let last = self.runs.iter().map(PackedRun::next).max().unwrap_or(0);
        Month(self.start + i32::try_from(last).unwrap_or(i32::MAX - self.start) - 1)
    }

    fn won_on(&self) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(self.won_on).unwrap_or_default()
    }
}

fn days_of(date: NaiveDate) -> i32 {
    use chrono::Datelike as _;
    date.num_days_from_ce()
}

impl PackedRun {
    /// The position after its last.
    fn next(&self) -> u32 {
        self.first + u32::try_from(self.amounts_minor.len()).unwrap_or(u32::MAX)
    }
}

impl PackedTerms {
    fn new(terms: &DealTerms) -> Self {
        Self {
            from: terms.from.0,
            value_minor: terms.value.minor,
            currency: terms.value.currency.letters(),
            period: match terms.period {
                BillingPeriod::Months(months) => months,
                BillingPeriod::OneOff => 0,
            },
        }
    }

    fn unpack(&self) -> DealTerms {
        DealTerms {
            from: Month(self.from),
            value: Money::new(self.value_minor, Currency::of_letters(self.currency)),
            period: match self.period {
                0 => BillingPeriod::OneOff,
                months => BillingPeriod::Months(months),
            },
        }
    }
}

/// What computing lines again came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recomputed {
    pub deals: u64,
    pub lines: u64,
    /// What all of them are worth together, as it was stored, over all currencies: a check sum.
    pub sum_minor: i128,
    pub differing: Vec<Differing>,
}

/// A line that is not what the rules say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Differing {
    pub deal: DealId,
    pub held: HeldLine,
    /// None where the rules know no such line.
    pub computed_minor: Option<i64>,
}

impl Recomputed {
    /// Takes in what another part came to.
    pub fn merge(&mut self, other: Self) {
        self.deals += other.deals;
        self.lines += other.lines;
        self.sum_minor += other.sum_minor;
        self.differing.extend(other.differing);
    }
}

/// Computes lines again; keeps its working space from pack to pack.
#[derive(Default)]
pub struct Recomputer {
    recomputed: Recomputed,
    computed: Vec<Option<i64>>,
}

impl Recomputer {
    /// Every line of a partner's deals. `plan_of` finds the terms of a version; a deal of a version that it does not know has no lines by the rules.
    pub fn recompute<'a>(
        &mut self,
        owner: PartnerId,
        pack: &Pack,
        plan_of: impl Fn(PlanVersionId) -> Option<&'a PlanTerms>,
    ) {
        let first_terms: Vec<DealTerms> = pack
            .deals
            .iter()
            .map(|deal| deal.terms[0].unpack())
            .collect();
        for (place, deal) in pack.deals.iter().enumerate() {
            self.recomputed.deals += 1;
            let plan = plan_of(deal.version());
            let won = || {
                let won_on = deal.won_on();
                let before = pack.deals[..place].iter().zip(&first_terms);
                let before =
                    before.filter(|(other, _)| other.is_won && counts_for(other.won_on(), won_on));
                standing(
                    before.map(|(_, terms)| terms),
                    first_terms[place].value.currency,
                )
            };
            let shares = match plan.map(|plan| self.compute(plan, deal, won)) {
                Some(Ok(())) => plan.map(|plan| plan.shares(owner)),
                // What no amount holds is no line.
                _ => None,
            };
            for run in &deal.runs {
                self.compare(owner, deal, run, plan, shares.as_deref());
            }
        }
    }

    /// What it all came to.
    pub fn finish(self) -> Recomputed {
        self.recomputed
    }

    /// Fills `computed` by position.
    fn compute(
        &mut self,
        plan: &PlanTerms,
        deal: &PackedDeal,
        standing: impl FnOnce() -> Result<crate::money::Exact, MoneyError>,
    ) -> Result<(), MoneyError> {
        self.computed.clear();
        let won = WonDeal {
            start: Month(deal.start).first_day(),
            // What was earned before a deal ended earlier, or its partner left, is worth what it was.
            end: None,
            terms: deal.terms.iter().map(PackedTerms::unpack).collect(),
            standing: match plan.tiers {
                Some(_) => standing()?,
                None => Default::default(),
            },
            paid_until: None,
        };
        let computed = &mut self.computed;
        each_line(plan, &won, deal.last_month(), |line| {
            computed.resize(line.index as usize, None);
            computed.push(Some(line.amount_minor));
        })
    }

    fn compare(
        &mut self,
        owner: PartnerId,
        deal: &PackedDeal,
        run: &PackedRun,
        plan: Option<&PlanTerms>,
        shares: Option<&[(PartnerId, Rate)]>,
    ) {
        let partner = run.partner.map_or(owner, PartnerId::of_bits);
        let bonus = plan.map(|plan| {
            let currency = Currency::of_letters(deal.terms[0].currency);
            plan.bonus_minor(currency)
        });
        self.recomputed.lines += run.amounts_minor.len() as u64;
        for (offset, held_minor) in run.amounts_minor.iter().enumerate() {
            self.recomputed.sum_minor += i128::from(*held_minor);
            let position = run.first as usize + offset;
            let whole = match shares {
                None => None,
                Some(_) if run.is_bonus => bonus,
                Some(_) => self.computed.get(position).copied().flatten(),
            };
            let computed_minor =
                whole.and_then(|whole| part_of(whole, partner, shares.unwrap_or_default()));
            // What the plan grants no more was taken back, down to nothing.
            if computed_minor.unwrap_or(0) != *held_minor {
                self.recomputed.differing.push(Differing {
                    deal: DealId::of_bits(deal.id),
                    held: HeldLine {
                        kind: if run.is_bonus {
                            LineKind::Bonus
                        } else {
                            LineKind::Scheduled
                        },
                        partner,
                        position: run.first + u32::try_from(offset).unwrap_or(u32::MAX),
                        amount_minor: *held_minor,
                    },
                    computed_minor,
                });
            }
        }
    }
}

/// What of a line is one partner's.
fn part_of(whole: i64, partner: PartnerId, shares: &[(PartnerId, Rate)]) -> Option<i64> {
    match shares {
        [(only, _)] => (*only == partner).then_some(whole),
        _ => {
            let place = shares.iter().position(|share| share.0 == partner)?;
            let rates: Vec<Rate> = shares.iter().map(|share| share.1).collect();
            divide(whole, &rates).ok()?.get(place).copied()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        money::Exact,
        schedule::schedule,
        testing::{any_deal, any_plan, partner},
    };

    const FIRST: u128 = 7;

    /// A won deal with the lines that the schedule gives it.
    fn packed(number: u128, plan: &PlanTerms, won: &WonDeal, until: Month) -> PackedDeal {
        let shares = plan.shares(partner(1));
        let rates: Vec<Rate> = shares.iter().map(|share| share.1).collect();
        let mut lines = Vec::new();
        for line in schedule(plan, won, until).expect("small") {
            let parts = divide(line.amount_minor, &rates).expect("small");
            lines.extend(
                parts
                    .into_iter()
                    .zip(&shares)
                    .map(|(amount_minor, share)| HeldLine {
                        kind: LineKind::Scheduled,
                        partner: share.0,
                        position: line.index,
                        amount_minor,
                    }),
            );
        }
        let id = DealId::of_bits(number);
        let version = PlanVersionId::of_bits(FIRST);
        let start = Month::of(won.start);
        PackedDeal::new(
            id,
            partner(1),
            version,
            (won.start, true),
            start,
            &won.terms,
            lines,
        )
    }

    fn recompute(pack: &Pack, plan: &PlanTerms) -> Recomputed {
        let mut recomputer = Recomputer::default();
        recomputer.recompute(partner(1), pack, |version| {
            (version == PlanVersionId::of_bits(FIRST)).then_some(plan)
        });
        recomputer.finish()
    }

    proptest! {
        #[test]
        fn what_the_schedule_made_is_found_again_and_a_unit_more_or_less_is_not(
            (plan, _) in any_plan(), mut first in any_deal(), mut second in any_deal(), ahead in 0_i32..30, place in any::<prop::sample::Index>(),
        ) {
            (first.end, first.paid_until, second.end, second.paid_until) = (None, None, None, None);
            first.standing = Exact::from_integer(0);
            let counts = counts_for(first.start, second.start) && first.start <= second.start;
            let currency = second.terms[0].value.currency;
            let before = counts.then(|| &first.terms[0]);
            second.standing = standing(before, currency).expect("small");
            let until = Month::of(first.start.max(second.start)).plus(ahead);
            let mut deals = vec![packed(1, &plan, &first, until)];
            if first.start <= second.start {
                deals.push(packed(2, &plan, &second, until));
            }
            let mut pack = Pack { deals };
            let recomputed = recompute(&pack, &plan);
            prop_assert_eq!(&recomputed.differing, &[]);
            let amounts: Vec<&mut i64> = pack.deals.iter_mut().flat_map(|deal| &mut deal.runs).flat_map(|run| &mut run.amounts_minor).collect();
            prop_assert_eq!(recomputed.lines, amounts.len() as u64);
            prop_assert_eq!(recomputed.sum_minor, amounts.iter().map(|minor| i128::from(**minor)).sum::<i128>());
            if amounts.is_empty() {
                return Ok(());
            }
            let spoiled = place.index(amounts.len());
            let mut amounts = amounts;
            *amounts[spoiled] += 1;
            prop_assert_eq!(recompute(&pack, &plan).differing.len(), 1);
        }
    }

    #[test]
    fn a_line_of_a_version_that_is_not_known_differs_unless_it_was_taken_back() {
        let plan = crate::testing::plan(100_000, None);
        let won = crate::testing::deal(1_000, BillingPeriod::Months(1));
        let mut pack = Pack {
            deals: vec![packed(1, &plan, &won, Month::of(won.start).plus(1))],
        };
        pack.deals[0].version = FIRST + 1;
        let differing = recompute(&pack, &plan).differing;
        let found: Vec<_> = differing
            .iter()
            .map(|line| {
                (
                    line.held.position,
                    line.held.amount_minor,
                    line.computed_minor,
                )
            })
            .collect();
        assert_eq!(found, [(0, 100, None), (1, 100, None)]);
        pack.deals[0].runs[0].amounts_minor.fill(0);
        assert_eq!(recompute(&pack, &plan).differing, []);
    }
}
