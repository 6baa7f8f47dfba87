//! Packs: the deals that a partner won, with all that their lines are computed from, beside the amounts that their lines have, in little more than a byte a
//! line. Millions of lines are computed again from them by the rules of the schedule, to see whether the rules of today still say what was stored.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    calendar::Month,
    deal::{BillingPeriod, DealTerms, WonDeal, counts_after, standing},
    ids::{DealId, PartnerId, PlanVersionId},
    line::LineKind,
    money::{Currency, Exact, Money, MoneyError, Rate},
    plan::{PlanTerms, divide},
    schedule::each_amount,
};

/// One partner's deals, in the order in which they were won, those of one day by their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pack(Vec<u8>);

/// A deal that is, or was, won, with the lines of its schedule.
#[derive(Clone, Debug)]
pub struct DealToPack<'a> {
    pub id: DealId,
    pub owner: PartnerId,
    /// The version of the plan that its lines follow.
    pub version: PlanVersionId,
    pub won_on: NaiveDate,
    /// Won still: it counts towards the standing of later ones.
    pub is_won: bool,
    pub start: Month,
    /// Oldest first, not empty.
    pub terms: &'a [DealTerms],
    /// In any order.
    pub lines: Vec<HeldLine>,
}

/// What a line of a schedule is worth, its corrections by the schedule included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeldLine {
    pub kind: LineKind,
    pub partner: PartnerId,
    /// Months since the deal's start; below 0 for what was paid for before the start moved on.
    pub index: i32,
    pub amount_minor: i64,
}

/// What a pack begins each deal with; its terms and then its runs follow.
#[derive(Serialize, Deserialize)]
struct PackedDeal<'a> {
    #[serde(borrow)]
    id: PackedId<'a>,
    #[serde(borrow)]
    version: PackedId<'a>,
    is_won: bool,
    /// Days since the common era began.
    won_on: i32,
    start: i32,
    /// The last month that has a line.
    last: i32,
    terms: u32,
    runs: u32,
}

/// The 128 bits of an id. Borrowed, as most are never looked at.
type PackedId<'a> = &'a [u8];

#[derive(Serialize, Deserialize)]
struct PackedTerms {
    from: i32,
    value_minor: i64,
    currency: [u8; 3],
    /// Months, or 0 for a one-off.
    period: u16,
}

/// The amounts of lines in a row: of one kind and partner, without a gap between their months, and none far from the one before.
#[derive(Serialize, Deserialize)]
struct PackedRun<'a> {
    is_bonus: bool,
    /// Whose they are, if not the partner's that brought the deal.
    partner: Option<u128>,
    first: i32,
    amount_minor: i64,
    /// What each further line is more than the one before it, as a signed byte.
    steps: &'a [u8],
}

/// The packs of many partners, each with the version of the partner's changes that it was made at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle(Vec<u8>);

/// The first byte of a bundle: raised when what follows is written in another way.
const FORMAT: u8 = 2;

/// A partner's pack as it lies in a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundled<'a> {
    #[serde(borrow)]
    partner: PackedId<'a>,
    pub version: i64,
    pub pack: &'a [u8],
}

impl Default for Bundle {
    fn default() -> Self {
        Self(vec![FORMAT])
    }
}

impl Bundle {
    /// Adds a partner's pack: the bytes of a [`Pack`].
    ///
    /// # Errors
    /// `BadPack` where it cannot be written; it always can.
    pub fn add(&mut self, partner: PartnerId, version: i64, pack: &[u8]) -> Result<(), BadPack> {
        let partner = &partner.bits().to_le_bytes();
        let bundled = Bundled {
            partner,
            version,
            pack,
        };
        write(&mut self.0, &bundled)
    }

    /// As it is stored.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Whether bytes are a bundle that today's portal reads.
    pub fn is_of_today(bytes: &[u8]) -> bool {
        bytes.first() == Some(&FORMAT)
    }

    /// What bytes hold; one that cannot be read is the last. Nothing where they are not of today's format.
    pub fn read(bytes: &[u8]) -> impl Iterator<Item = Result<Bundled<'_>, BadPack>> {
        let mut rest = bytes.strip_prefix(&[FORMAT]).unwrap_or_default();
        std::iter::from_fn(move || {
            let next = (!rest.is_empty()).then(|| take(&mut rest))?;
            if next.is_err() {
                rest = &[];
            }
            Some(next)
        })
    }
}

impl Bundled<'_> {
    /// Whose deals they are.
    ///
    /// # Errors
    /// Where it is no id.
    pub fn partner(&self) -> Result<PartnerId, BadPack> {
        bits_of(self.partner).map(PartnerId::of_bits)
    }
}

/// The bytes are no pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are no pack")]
pub struct BadPack;

impl Pack {
    /// Adds a deal that was won later than those before it.
    ///
    /// # Errors
    /// `BadPack` where it cannot be written; it always can.
    pub fn add(&mut self, mut deal: DealToPack<'_>) -> Result<(), BadPack> {
        deal.lines.sort_unstable();
        let last = deal.lines.iter().map(|line| line.index).max();
        let runs: Vec<&[HeldLine]> = deal.lines.chunk_by(are_of_one_run).collect();
        let bytes = &mut self.0;
        let head = PackedDeal {
            id: &deal.id.bits().to_le_bytes(),
            version: &deal.version.bits().to_le_bytes(),
            is_won: deal.is_won,
            won_on: days_of(deal.won_on),
            start: deal.start.0,
            last: deal.start.0.saturating_add(last.unwrap_or(-1)),
            terms: count(deal.terms),
            runs: count(&runs),
        };
        write(bytes, &head)?;
        for terms in deal.terms {
            write(bytes, &PackedTerms::new(terms))?;
        }
        for run in runs {
            let steps = run.windows(2).map(|two| step_between(&two[0], &two[1]));
            let steps: Vec<u8> = steps
                .map(|step| step.unwrap_or(0).cast_unsigned())
                .collect();
            let first = run[0];
            let run = PackedRun {
                is_bonus: first.kind == LineKind::Bonus,
                partner: (first.partner != deal.owner).then(|| first.partner.bits()),
                first: first.index,
                amount_minor: first.amount_minor,
                steps: &steps,
            };
            write(bytes, &run)?;
        }
        Ok(())
    }

    /// As it is stored.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

fn write(bytes: &mut Vec<u8>, part: &impl Serialize) -> Result<(), BadPack> {
    let so_far = std::mem::take(bytes);
    *bytes = postcard::to_extend(part, so_far).map_err(|_| BadPack)?;
    Ok(())
}

fn take<'a, T: Deserialize<'a>>(rest: &mut &'a [u8]) -> Result<T, BadPack> {
    let (part, after) = postcard::take_from_bytes(rest).map_err(|_| BadPack)?;
    *rest = after;
    Ok(part)
}

fn bits_of(id: PackedId<'_>) -> Result<u128, BadPack> {
    id.try_into().map(u128::from_le_bytes).map_err(|_| BadPack)
}

fn count<T>(several: &[T]) -> u32 {
    u32::try_from(several.len()).unwrap_or(u32::MAX)
}

fn days_of(date: NaiveDate) -> i32 {
    use chrono::Datelike as _;
    date.num_days_from_ce()
}

fn are_of_one_run(one: &HeldLine, next: &HeldLine) -> bool {
    (one.kind, one.partner) == (next.kind, next.partner)
        && one.index.checked_add(1) == Some(next.index)
        && step_between(one, next).is_some()
}

fn step_between(one: &HeldLine, next: &HeldLine) -> Option<i8> {
    let step = next.amount_minor.checked_sub(one.amount_minor)?;
    i8::try_from(step).ok()
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

    const fn unpack(&self) -> DealTerms {
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
pub struct Recomputer {
    recomputed: Recomputed,
    /// The deals of the partner so far that are won still: when, and on which first terms.
    won: Vec<(i32, DealTerms)>,
    deal: WonDeal,
    /// The lines of a deal by the rules, by their index.
    computed: Vec<Option<i64>>,
}

impl Default for Recomputer {
    fn default() -> Self {
        Self {
            recomputed: Recomputed::default(),
            won: Vec::new(),
            deal: WonDeal {
                start: NaiveDate::default(),
                // What was earned before a deal ended earlier, or its partner left, is worth what it was.
                end: None,
                terms: Vec::new(),
                standing: Exact::ZERO,
                paid_until: None,
            },
            computed: Vec::new(),
        }
    }
}

impl Recomputer {
    /// Every line of a partner's deals. `plan_of` finds the terms of a version; a deal of a version that it does not know has no lines by the rules.
    ///
    /// # Errors
    /// Where the bytes are not those of a pack; what came before is counted.
    pub fn recompute<'a>(
        &mut self,
        owner: PartnerId,
        pack: &[u8],
        plan_of: impl Fn(PlanVersionId) -> Option<&'a PlanTerms>,
    ) -> Result<(), BadPack> {
        let mut rest = pack;
        self.won.clear();
        while !rest.is_empty() {
            let deal: PackedDeal<'_> = take(&mut rest)?;
            let plan = plan_of(PlanVersionId::of_bits(bits_of(deal.version)?));
            self.deal.start = Month(deal.start).first_day();
            self.deal.terms.clear();
            for _ in 0..deal.terms {
                self.deal
                    .terms
                    .push(take::<PackedTerms>(&mut rest)?.unpack());
            }
            let first = *self.deal.terms.first().ok_or(BadPack)?;
            let currency = first.value.currency;
            let is_computed = plan.is_some_and(|plan| self.compute(plan, &deal, currency).is_ok());
            // What no amount holds is no line.
            let rules = plan.filter(|_| is_computed);
            let rules = rules.map(|plan| Rules {
                bonus_minor: plan.bonus_minor(currency),
                shares: match plan.split[..] {
                    [] => None,
                    _ => Some(plan.shares(owner)),
                },
            });
            self.recomputed.deals += 1;
            for _ in 0..deal.runs {
                let run = take(&mut rest)?;
                self.compare(
                    DealId::of_bits(bits_of(deal.id)?),
                    owner,
                    &run,
                    rules.as_ref(),
                );
            }
            if deal.is_won {
                self.won.push((deal.won_on, first));
            }
        }
        Ok(())
    }

    /// What it all came to.
    pub fn finish(self) -> Recomputed {
        self.recomputed
    }

    /// Fills `computed`.
    fn compute(
        &mut self,
        plan: &PlanTerms,
        deal: &PackedDeal<'_>,
        currency: Currency,
    ) -> Result<(), MoneyError> {
        self.deal.standing = match plan.tiers {
            None => Exact::ZERO,
            Some(_) => {
                let won_on = NaiveDate::from_num_days_from_ce_opt(deal.won_on);
                let after = days_of(counts_after(won_on.unwrap_or_default()));
                let first = self.won.partition_point(|(won_on, _)| *won_on <= after);
                let before = self.won[first..].iter().map(|(_, terms)| terms);
                standing(before, currency)?
            }
        };
        let computed = &mut self.computed;
        computed.clear();
        each_amount(
            plan,
            &self.deal,
            Month(deal.last),
            |index, _, amount_minor| {
                if computed.len() < index as usize {
                    computed.resize(index as usize, None);
                }
                computed.push(Some(amount_minor));
            },
        )
    }

    fn compare(
        &mut self,
        deal: DealId,
        owner: PartnerId,
        run: &PackedRun<'_>,
        rules: Option<&Rules>,
    ) {
        let partner = run.partner.map_or(owner, PartnerId::of_bits);
        let computed = &self.computed;
        let scheduled = |index: i32| {
            let place = usize::try_from(index).ok()?;
            computed.get(place).copied().flatten()
        };
        let into = &mut self.recomputed;
        match rules {
            None => run.compare(deal, partner, into, |_| None),
            Some(rules) if run.is_bonus => {
                let part = rules.part_of(rules.bonus_minor, partner, owner);
                // It comes with the first month.
                run.compare(deal, partner, into, |index| part.filter(|_| index == 0));
            }
            Some(rules) if rules.shares.is_none() && partner == owner => {
                run.compare(deal, partner, into, scheduled);
            }
            Some(rules) => run.compare(deal, partner, into, |index| {
                rules.part_of(scheduled(index)?, partner, owner)
            }),
        }
    }
}

impl PackedRun<'_> {
    /// Compares each line with what the rules say of its index.
    fn compare(
        &self,
        deal: DealId,
        partner: PartnerId,
        into: &mut Recomputed,
        computed: impl Fn(i32) -> Option<i64>,
    ) {
        let mut held = HeldLine {
            kind: if self.is_bonus {
                LineKind::Bonus
            } else {
                LineKind::Scheduled
            },
            partner,
            index: self.first,
            amount_minor: self.amount_minor,
        };
        let mut steps = self.steps.iter();
        loop {
            let computed_minor = computed(held.index);
            into.lines += 1;
            into.sum_minor += i128::from(held.amount_minor);
            // What the plan grants no more was taken back, down to nothing.
            if computed_minor.unwrap_or(0) != held.amount_minor {
                into.differing.push(Differing {
                    deal,
                    held,
                    computed_minor,
                });
            }
            let Some(step) = steps.next() else { break };
            held.index = held.index.saturating_add(1);
            held.amount_minor = held
                .amount_minor
                .saturating_add(i64::from(step.cast_signed()));
        }
    }
}

/// What the plan of a deal says of its lines, beside the schedule.
struct Rules {
    bonus_minor: i64,
    /// None: all of it is the owner's.
    shares: Option<Vec<(PartnerId, Rate)>>,
}

impl Rules {
    /// What of a line is one partner's.
    fn part_of(&self, whole: i64, partner: PartnerId, owner: PartnerId) -> Option<i64> {
        let Some(shares) = &self.shares else {
            return (partner == owner).then_some(whole);
        };
        let place = shares.iter().position(|share| share.0 == partner)?;
        let rates: Vec<Rate> = shares.iter().map(|share| share.1).collect();
        divide(whole, &rates).ok()?.get(place).copied()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        schedule::schedule,
        testing::{any_deal, any_plan, partner, terms},
    };

    const FIRST: u128 = 7;

    /// The lines that the schedule gives a deal.
    fn lines_of(plan: &PlanTerms, won: &WonDeal, until: Month) -> Vec<HeldLine> {
        let shares = plan.shares(partner(1));
        let rates: Vec<Rate> = shares.iter().map(|share| share.1).collect();
        let mut lines = Vec::new();
        for line in schedule(plan, won, until).expect("small") {
            let parts = divide(line.amount_minor, &rates).expect("small");
            let of_partners = parts.into_iter().zip(&shares);
            lines.extend(of_partners.map(|(amount_minor, share)| HeldLine {
                kind: LineKind::Scheduled,
                partner: share.0,
                index: line.index as i32,
                amount_minor,
            }));
        }
        lines
    }

    /// The deals of one partner, the first of [`FIRST`]'s plan.
    fn pack_of(version: u128, deals: &[(&WonDeal, &[HeldLine])]) -> Pack {
        let mut pack = Pack::default();
        for (number, (won, lines)) in deals.iter().enumerate() {
            let deal = DealToPack {
                id: DealId::of_bits(number as u128),
                owner: partner(1),
                version: PlanVersionId::of_bits(version),
                won_on: won.start,
                is_won: true,
                start: Month::of(won.start),
                terms: &won.terms,
                lines: lines.to_vec(),
            };
            pack.add(deal).expect("room");
        }
        pack
    }

    fn recompute(pack: &Pack, plan: &PlanTerms) -> Recomputed {
        let mut recomputer = Recomputer::default();
        let is_known = |version| version == PlanVersionId::of_bits(FIRST);
        recomputer
            .recompute(partner(1), pack.bytes(), |version| {
                is_known(version).then_some(plan)
            })
            .expect("a pack");
        recomputer.finish()
    }

    proptest! {
        #[test]
        fn what_the_schedule_made_is_found_again_and_a_unit_more_or_less_is_not(
            (plan, _) in any_plan(), mut first in any_deal(), mut second in any_deal(), ahead in 0_i32..30,
            place in any::<prop::sample::Index>(), more in prop::sample::select(&[1, -1, 200, -5_000_000_000_i64][..]),
        ) {
            (first.end, first.paid_until, second.end, second.paid_until) = (None, None, None, None);
            first.standing = Exact::ZERO;
            let counts = counts_after(second.start) < first.start && first.start <= second.start;
            let currency = second.terms[0].value.currency;
            second.standing = standing(counts.then(|| &first.terms[0]), currency).expect("small");
            let until = Month::of(first.start.max(second.start)).plus(ahead);
            let of_first = lines_of(&plan, &first, until);
            let mut of_second = lines_of(&plan, &second, until);
            if first.start > second.start {
                return Ok(());
            }
            let recomputed = recompute(&pack_of(FIRST, &[(&first, &of_first), (&second, &of_second)]), &plan);
            prop_assert_eq!(&recomputed.differing, &[]);
            prop_assert_eq!(recomputed.deals, 2);
            prop_assert_eq!(recomputed.lines, (of_first.len() + of_second.len()) as u64);
            let held = of_first.iter().chain(&of_second);
            prop_assert_eq!(recomputed.sum_minor, held.map(|line| i128::from(line.amount_minor)).sum::<i128>());
            if of_second.is_empty() {
                return Ok(());
            }
            let spoiled = place.index(of_second.len());
            let computed_minor = of_second[spoiled].amount_minor;
            of_second[spoiled].amount_minor += more;
            let recomputed = recompute(&pack_of(FIRST, &[(&first, &of_first), (&second, &of_second)]), &plan);
            let expected = Differing { deal: DealId::of_bits(1), held: of_second[spoiled], computed_minor: Some(computed_minor) };
            prop_assert_eq!(recomputed.differing, [expected]);
        }
    }

    #[test]
    fn only_what_is_won_still_and_was_won_within_a_year_counts_towards_the_standing() {
        let mut plan = crate::testing::plan(0, None);
        plan.tiers = Some(crate::testing::tiers(
            Currency::EUR,
            &[(0, 100_000), (1_000, 200_000)],
        ));
        let first = crate::testing::deal(1_000, BillingPeriod::Months(1));
        let line = |amount_minor| HeldLine {
            kind: LineKind::Scheduled,
            partner: partner(1),
            index: 0,
            amount_minor,
        };
        for (second_won_on, first_is_won, amount_minor) in [
            ("2026-01-15", true, 200),
            ("2027-01-14", true, 200),
            ("2027-01-15", true, 100),
            ("2026-01-15", false, 100),
        ] {
            let won_on: NaiveDate = second_won_on.parse().expect("a day");
            let start = Month::of(won_on);
            let of_second = [terms(start, 1_000, BillingPeriod::Months(1))];
            let deal = |id, won_on, start, is_won, terms, line| DealToPack {
                id: DealId::of_bits(id),
                owner: partner(1),
                version: PlanVersionId::of_bits(FIRST),
                won_on,
                is_won,
                start,
                terms,
                lines: vec![line],
            };
            let mut pack = Pack::default();
            let its_start = Month::of(first.start);
            let deals = [
                deal(
                    1,
                    first.start,
                    its_start,
                    first_is_won,
                    &first.terms[..],
                    line(100),
                ),
                deal(2, won_on, start, true, &of_second[..], line(amount_minor)),
            ];
            for deal in deals {
                pack.add(deal).expect("room");
            }
            let differing = recompute(&pack, &plan).differing;
            assert_eq!(differing, [], "{second_won_on} {first_is_won}");
        }
    }

    #[test]
    fn a_bonus_is_compared_with_the_plans() {
        let mut plan = crate::testing::plan(100_000, None);
        plan.bonus = Some(crate::testing::euro(500));
        let won = crate::testing::deal(1_000, BillingPeriod::Months(1));
        let mut lines = lines_of(&plan, &won, Month::of(won.start).plus(2));
        for (bonus_minor, differing) in [(500, 0), (499, 1)] {
            lines.push(HeldLine {
                kind: LineKind::Bonus,
                amount_minor: bonus_minor,
                ..lines[0]
            });
            let recomputed = recompute(&pack_of(FIRST, &[(&won, &lines)]), &plan);
            assert_eq!(
                (recomputed.lines, recomputed.differing.len()),
                (4, differing)
            );
            lines.pop();
        }
    }

    #[test]
    fn a_line_of_a_version_that_is_not_known_differs_unless_it_was_taken_back() {
        let plan = crate::testing::plan(100_000, None);
        let won = crate::testing::deal(1_000, BillingPeriod::Months(1));
        let mut lines = lines_of(&plan, &won, Month::of(won.start).plus(1));
        let differing = recompute(&pack_of(FIRST + 1, &[(&won, &lines)]), &plan).differing;
        let found: Vec<_> = differing
            .iter()
            .map(|line| (line.held.index, line.held.amount_minor, line.computed_minor))
            .collect();
        assert_eq!(found, [(0, 100, None), (1, 100, None)]);
        for line in &mut lines {
            line.amount_minor = 0;
        }
        let recomputed = recompute(&pack_of(FIRST + 1, &[(&won, &lines)]), &plan);
        assert_eq!(recomputed.differing, []);
    }

    #[test]
    fn bytes_that_were_cut_or_are_others_are_no_pack() {
        let plan = crate::testing::plan(100_000, None);
        let won = crate::testing::deal(1_000, BillingPeriod::Months(1));
        let lines = lines_of(&plan, &won, Month::of(won.start).plus(9));
        let pack = pack_of(FIRST, &[(&won, &lines)]);
        let read =
            |bytes: &[u8]| Recomputer::default().recompute(partner(1), bytes, |_| Some(&plan));
        assert_eq!(read(pack.bytes()), Ok(()));
        for length in 1..pack.bytes().len() {
            assert_eq!(read(&pack.bytes()[..length]), Err(BadPack), "{length}");
        }
        assert_eq!(read(&[0xff; 64]), Err(BadPack));
    }
}
