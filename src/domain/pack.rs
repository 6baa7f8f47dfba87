//! Packs: the deals that a partner won, with all that their lines are computed from, beside the amounts that their lines have, in little more than a bit a
//! line. Millions of lines are computed again from them by the rules of the schedule, to see whether the rules of today still say what was stored.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    calendar::Month,
    deal::{BillingPeriod, DealTerms, WonDeal, counts_after, standing},
    ids::{PartnerId, PlanVersionId},
    line::LineKind,
    money::{Currency, Exact, Money, MoneyError, Rate},
    plan::{PlanTerms, divide},
    schedule::each_amount,
};

/// A deal that is, or was, won, with the lines of its schedule.
#[derive(Clone, Debug)]
pub struct DealToPack {
    pub owner: PartnerId,
    /// The version of the plan that its lines follow.
    pub version: PlanVersionId,
    pub won_on: NaiveDate,
    /// Won still: it counts towards the standing of later ones.
    pub is_won: bool,
    pub start: Month,
    /// Oldest first, not empty.
    pub terms: Vec<DealTerms>,
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
struct PackedDeal {
    /// The place of its plan's version among those of the bundle.
    version: u32,
    is_won: bool,
    /// Days since the common era began.
    won_on: i32,
    start: i32,
    /// The last month that has a line.
    last: i32,
    terms: u32,
    runs: u32,
}

#[derive(Serialize, Deserialize)]
struct PackedTerms {
    from: i32,
    value_minor: i64,
    currency: [u8; 3],
    /// Months, or 0 for a one-off.
    period: u16,
}

/// The amounts of lines in a row: of one kind and partner, without a gap between their months. The lines of one rate differ by a unit at most, so each is a bit.
#[derive(Serialize, Deserialize)]
struct PackedRun<'a> {
    is_bonus: bool,
    /// Whose they are, if not the partner's that brought the deal.
    partner: Option<u128>,
    first: i32,
    lines: u32,
    least_minor: i64,
    /// Eight lines a byte, the first in the lowest bit: whether a line is a unit more than the least.
    more: &'a [u8],
}

/// The packs of many partners, each with the version of the partner's changes that it was made at, and the versions of plans that their deals follow. Deals
/// are named by their places: their ids would be half of it, and are asked for where something differs alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    plans: Vec<PlanVersionId>,
    packs: Vec<u8>,
}

/// The first byte of a bundle: raised when what follows is written in another way.
const FORMAT: u8 = 3;

/// A partner's pack as it lies in a bundle: its deals in the order in which they were won, those of one day by their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundled<'a> {
    partner: &'a [u8],
    pub version: i64,
    pub pack: &'a [u8],
}

impl Bundle {
    /// Adds a pack of a partner's deals, in its order.
    ///
    /// # Errors
    /// `BadPack` where it cannot be written; it always can.
    pub fn add(
        &mut self,
        partner: PartnerId,
        version: i64,
        deals: Vec<DealToPack>,
    ) -> Result<(), BadPack> {
        let mut pack = Vec::new();
        for deal in deals {
            let place = self.place_of(deal.version);
            write_deal(&mut pack, place, deal)?;
        }
        self.keep(&Bundled {
            partner: &partner.bits().to_le_bytes(),
            version,
            pack: &pack,
        })
    }

    /// Adds a pack as it lies in the bundle that this one was made [like](OpenBundle::like).
    ///
    /// # Errors
    /// `BadPack` where it cannot be written; it always can.
    pub fn keep(&mut self, bundled: &Bundled<'_>) -> Result<(), BadPack> {
        write(&mut self.packs, bundled)
    }

    fn place_of(&mut self, version: PlanVersionId) -> u32 {
        let known = self.plans.iter().position(|known| *known == version);
        let place = known.unwrap_or_else(|| {
            self.plans.push(version);
            self.plans.len() - 1
        });
        u32::try_from(place).unwrap_or(u32::MAX)
    }

    /// As it is stored.
    ///
    /// # Errors
    /// `BadPack` where it cannot be written; it always can.
    pub fn into_bytes(self) -> Result<Vec<u8>, BadPack> {
        let plans: Vec<u128> = self.plans.iter().map(|plan| plan.bits()).collect();
        let mut bytes = vec![FORMAT];
        write(&mut bytes, &plans)?;
        bytes.extend(self.packs);
        Ok(bytes)
    }
}

/// A bundle that is read where its bytes lie.
#[derive(Clone, Debug)]
pub struct OpenBundle<'a> {
    /// The versions of plans that its deals name by their places.
    pub plans: Vec<PlanVersionId>,
    packs: &'a [u8],
}

impl<'a> OpenBundle<'a> {
    /// None where bytes are no bundle that today's portal reads.
    pub fn open(bytes: &'a [u8]) -> Option<Self> {
        let mut packs = bytes.strip_prefix(&[FORMAT])?;
        let plans: Vec<u128> = take(&mut packs).ok()?;
        let plans = plans.into_iter().map(PlanVersionId::of_bits).collect();
        Some(Self { plans, packs })
    }

    /// An empty bundle that packs of this one can be kept in.
    pub fn like(&self) -> Bundle {
        Bundle {
            plans: self.plans.clone(),
            packs: Vec::new(),
        }
    }

    /// What it holds; one that cannot be read is the last.
    pub fn packs(&self) -> impl Iterator<Item = Result<Bundled<'a>, BadPack>> + use<'a> {
        let mut rest = self.packs;
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
        let bits = self.partner.try_into().map_err(|_| BadPack)?;
        Ok(PartnerId::of_bits(u128::from_le_bytes(bits)))
    }
}

/// The bytes are no pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are no pack")]
pub struct BadPack;

fn write_deal(bytes: &mut Vec<u8>, version: u32, mut deal: DealToPack) -> Result<(), BadPack> {
    deal.lines.sort_unstable();
    let last = deal.lines.iter().map(|line| line.index).max();
    let runs = runs_of(&deal.lines);
    let head = PackedDeal {
        version,
        is_won: deal.is_won,
        won_on: days_of(deal.won_on),
        start: deal.start.0,
        last: deal.start.0.saturating_add(last.unwrap_or(-1)),
        terms: count(&deal.terms),
        runs: count(&runs),
    };
    write(bytes, &head)?;
    for terms in &deal.terms {
        write(bytes, &PackedTerms::new(terms))?;
    }
    for run in runs {
        let first = run[0];
        let least_minor = run.iter().map(|line| line.amount_minor).min();
        let least_minor = least_minor.unwrap_or(first.amount_minor);
        let mut more = vec![0_u8; run.len().div_ceil(8)];
        for (place, line) in run.iter().enumerate() {
            more[place / 8] |= u8::from(line.amount_minor != least_minor) << (place % 8);
        }
        let run = PackedRun {
            is_bonus: first.kind == LineKind::Bonus,
            partner: (first.partner != deal.owner).then(|| first.partner.bits()),
            first: first.index,
            lines: count(run),
            least_minor,
            more: &more,
        };
        write(bytes, &run)?;
    }
    Ok(())
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

fn count<T>(several: &[T]) -> u32 {
    u32::try_from(several.len()).unwrap_or(u32::MAX)
}

fn days_of(date: NaiveDate) -> i32 {
    use chrono::Datelike as _;
    date.num_days_from_ce()
}

/// Lines in a row that one run holds.
fn runs_of(mut lines: &[HeldLine]) -> Vec<&[HeldLine]> {
    let mut runs = Vec::new();
    while let Some(first) = lines.first() {
        let (mut least, mut most) = (first.amount_minor, first.amount_minor);
        let pairs = lines.iter().zip(&lines[1..]);
        let further = pairs.take_while(|(line, next)| {
            (least, most) = (least.min(next.amount_minor), most.max(next.amount_minor));
            (line.kind, line.partner) == (next.kind, next.partner)
                && line.index.checked_add(1) == Some(next.index)
                && most.abs_diff(least) <= 1
        });
        let (run, rest) = lines.split_at(1 + further.count());
        runs.push(run);
        lines = rest;
    }
    runs
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

/// A deal in a bundle: whose it is, and which of the partner's, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DealPlace {
    pub owner: PartnerId,
    pub place: u32,
}

/// What computing lines again came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recomputed<D> {
    pub deals: u64,
    pub lines: u64,
    /// What all of them are worth together, as it was stored, over all currencies: a check sum.
    pub sum_minor: i128,
    pub differing: Vec<Differing<D>>,
}

impl<D> Default for Recomputed<D> {
    fn default() -> Self {
        Self {
            deals: 0,
            lines: 0,
            sum_minor: 0,
            differing: Vec::new(),
        }
    }
}

/// A line that is not what the rules say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Differing<D> {
    pub deal: D,
    pub held: HeldLine,
    /// None where the rules know no such line.
    pub computed_minor: Option<i64>,
}

impl<D> Recomputed<D> {
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
    recomputed: Recomputed<DealPlace>,
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
    /// Every line of a partner's deals. `plan_of` finds the terms of a version by its place in the bundle; a deal of a version that it does not know has no
    /// lines by the rules.
    ///
    /// # Errors
    /// Where the bytes are not those of a pack; what came before is counted.
    pub fn recompute<'a>(
        &mut self,
        owner: PartnerId,
        pack: &[u8],
        plan_of: impl Fn(u32) -> Option<&'a PlanTerms>,
    ) -> Result<(), BadPack> {
        let mut rest = pack;
        let mut at = DealPlace { owner, place: 0 };
        self.won.clear();
        while !rest.is_empty() {
            let deal: PackedDeal = take(&mut rest)?;
            let plan = plan_of(deal.version);
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
                self.compare(at, &run, rules.as_ref())?;
            }
            if deal.is_won {
                self.won.push((deal.won_on, first));
            }
            at.place += 1;
        }
        Ok(())
    }

    /// What it all came to.
    pub fn finish(self) -> Recomputed<DealPlace> {
        self.recomputed
    }

    /// Fills `computed`.
    fn compute(
        &mut self,
        plan: &PlanTerms,
        deal: &PackedDeal,
        currency: Currency,
    ) -> Result<(), MoneyError> {
        self.deal.standing = match plan.tiers {
            Some(_) if !self.won.is_empty() => {
                let won_on = NaiveDate::from_num_days_from_ce_opt(deal.won_on);
                let after = days_of(counts_after(won_on.unwrap_or_default()));
                let first = self.won.partition_point(|(won_on, _)| *won_on <= after);
                let before = self.won[first..].iter().map(|(_, terms)| terms);
                standing(before, currency)?
            }
            _ => Exact::ZERO,
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
        deal: DealPlace,
        run: &PackedRun<'_>,
        rules: Option<&Rules>,
    ) -> Result<(), BadPack> {
        let into = &mut self.recomputed;
        run.count(into)?;
        let is_whole = |rules: &Rules| rules.shares.is_none() && run.partner.is_none();
        let is_scheduled = rules.is_some_and(is_whole) && !run.is_bonus;
        if is_scheduled && run.is_as(&self.computed) {
            return Ok(());
        }
        let partner = run.partner.map_or(deal.owner, PartnerId::of_bits);
        let scheduled = |index: i32| {
            let place = usize::try_from(index).ok()?;
            self.computed.get(place).copied().flatten()
        };
        run.compare(deal, partner, into, |index| {
            let rules = rules?;
            let whole = match run.is_bonus {
                // It comes with the first month.
                true => Some(rules.bonus_minor).filter(|_| index == 0),
                false => scheduled(index),
            };
            rules.part_of(whole?, partner, deal.owner)
        });
        Ok(())
    }
}

impl PackedRun<'_> {
    /// Takes in how many lines they are, and what they come to.
    fn count(&self, into: &mut Recomputed<DealPlace>) -> Result<(), BadPack> {
        let lines = self.lines as usize;
        if self.more.len() != lines.div_ceil(8) {
            return Err(BadPack);
        }
        let more: u32 = self.more.iter().map(|eight| eight.count_ones()).sum();
        into.lines += u64::from(self.lines);
        into.sum_minor += i128::from(self.least_minor) * i128::from(self.lines) + i128::from(more);
        Ok(())
    }

    /// The amount of a line that is, or is not, a unit more than the least.
    fn amount(&self, eight: u8, bit: usize) -> i64 {
        self.least_minor.saturating_add(i64::from(eight >> bit & 1))
    }

    /// Whether the lines of their months are worth just that.
    fn is_as(&self, computed: &[Option<i64>]) -> bool {
        let first = usize::try_from(self.first).ok();
        let those = first.and_then(|first| computed.get(first..first + self.lines as usize));
        those.is_some_and(|those| {
            let mut eights = those.chunks(8).zip(self.more);
            eights.all(|(computed, eight)| {
                let mut lines = computed.iter().enumerate();
                lines.all(|(bit, computed)| *computed == Some(self.amount(*eight, bit)))
            })
        })
    }

    /// Compares each line with what the rules say of its index.
    fn compare(
        &self,
        deal: DealPlace,
        partner: PartnerId,
        into: &mut Recomputed<DealPlace>,
        computed: impl Fn(i32) -> Option<i64>,
    ) {
        let kind = if self.is_bonus {
            LineKind::Bonus
        } else {
            LineKind::Scheduled
        };
        for place in 0..self.lines as usize {
            let amount_minor = self.amount(self.more[place / 8], place % 8);
            let index = self.first.saturating_add_unsigned(place as u32);
            let computed_minor = computed(index);
            // What the plan grants no more was taken back, down to nothing.
            if computed_minor.unwrap_or(0) != amount_minor {
                into.differing.push(Differing {
                    deal,
                    held: HeldLine {
                        kind,
                        partner,
                        index,
                        amount_minor,
                    },
                    computed_minor,
                });
            }
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

    /// The deals of one partner on a version of a plan.
    fn bundle_of(version: u128, deals: &[(&WonDeal, &[HeldLine])]) -> Vec<u8> {
        let deals = deals.iter().map(|(won, lines)| DealToPack {
            owner: partner(1),
            version: PlanVersionId::of_bits(version),
            won_on: won.start,
            is_won: true,
            start: Month::of(won.start),
            terms: won.terms.clone(),
            lines: lines.to_vec(),
        });
        bundle(deals.collect())
    }

    fn bundle(deals: Vec<DealToPack>) -> Vec<u8> {
        let mut bundle = Bundle::default();
        bundle.add(partner(1), 1, deals).expect("room");
        bundle.into_bytes().expect("room")
    }

    /// By [`FIRST`]'s plan, and no other.
    fn recompute(bundle: &[u8], plan: &PlanTerms) -> Recomputed<DealPlace> {
        let mut recomputer = Recomputer::default();
        let open = OpenBundle::open(bundle).expect("a bundle");
        let is_known = |place: u32| open.plans[place as usize] == PlanVersionId::of_bits(FIRST);
        for bundled in open.packs() {
            let bundled = bundled.expect("a pack");
            let plan_of = |place| is_known(place).then_some(plan);
            let partner = bundled.partner().expect("an id");
            recomputer
                .recompute(partner, bundled.pack, plan_of)
                .expect("a pack");
        }
        recomputer.finish()
    }

    fn second_deal() -> DealPlace {
        DealPlace {
            owner: partner(1),
            place: 1,
        }
    }

    proptest! {
        #[test]
        fn what_the_schedule_made_is_found_again_and_a_unit_more_or_less_is_not(
            (mut plan, _) in any_plan(), is_split: bool, mut first in any_deal(), mut second in any_deal(), ahead in 0_i32..30,
            place in any::<prop::sample::Index>(), more in prop::sample::select(&[1, -1, 200, -5_000_000_000_i64][..]),
        ) {
            if !is_split {
                plan.split.clear();
            }
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
            let recomputed = recompute(&bundle_of(FIRST, &[(&first, &of_first), (&second, &of_second)]), &plan);
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
            let recomputed = recompute(&bundle_of(FIRST, &[(&first, &of_first), (&second, &of_second)]), &plan);
            let expected = Differing { deal: second_deal(), held: of_second[spoiled], computed_minor: Some(computed_minor) };
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
            let deal = |won_on, start, is_won, terms: &[DealTerms], line| DealToPack {
                owner: partner(1),
                version: PlanVersionId::of_bits(FIRST),
                won_on,
                is_won,
                start,
                terms: terms.to_vec(),
                lines: vec![line],
            };
            let its_start = Month::of(first.start);
            let deals = vec![
                deal(
                    first.start,
                    its_start,
                    first_is_won,
                    &first.terms,
                    line(100),
                ),
                deal(won_on, start, true, &of_second, line(amount_minor)),
            ];
            let differing = recompute(&bundle(deals), &plan).differing;
            assert_eq!(differing, [], "{second_won_on} {first_is_won}");
        }
    }

    #[test]
    fn a_bonus_is_compared_with_the_plans() {
        let mut plan = crate::testing::plan(100_000, None);
        plan.bonus = Some(crate::testing::euro(500));
        let won = crate::testing::deal(1_000, BillingPeriod::Months(1));
        let mut lines = lines_of(&plan, &won, Month::of(won.start).plus(2));
        for (bonus_minor, differing) in [(500, 0), (499, 1), (100, 1)] {
            lines.push(HeldLine {
                kind: LineKind::Bonus,
                amount_minor: bonus_minor,
                ..lines[0]
            });
            let recomputed = recompute(&bundle_of(FIRST, &[(&won, &lines)]), &plan);
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
        let differing = recompute(&bundle_of(FIRST + 1, &[(&won, &lines)]), &plan).differing;
        let found: Vec<_> = differing
            .iter()
            .map(|line| (line.held.index, line.held.amount_minor, line.computed_minor))
            .collect();
        assert_eq!(found, [(0, 100, None), (1, 100, None)]);
        for line in &mut lines {
            line.amount_minor = 0;
        }
        let recomputed = recompute(&bundle_of(FIRST + 1, &[(&won, &lines)]), &plan);
        assert_eq!(recomputed.differing, []);
    }

    #[test]
    fn a_line_more_is_a_bit_more() {
        let plan = crate::testing::plan(100_000, None);
        let won = crate::testing::deal(1_005, BillingPeriod::Months(1));
        let bytes = |months| {
            let lines = lines_of(&plan, &won, Month::of(won.start).plus(months - 1));
            bundle_of(FIRST, &[(&won, &lines)]).len()
        };
        assert_eq!(bytes(64), bytes(8) + 7);
    }

    #[test]
    fn parts_that_were_computed_apart_add_up() {
        let plan = crate::testing::plan(100_000, None);
        let won = crate::testing::deal(1_000, BillingPeriod::Months(1));
        let lines = lines_of(&plan, &won, Month::of(won.start).plus(2));
        let good = recompute(&bundle_of(FIRST, &[(&won, &lines)]), &plan);
        let bad = recompute(&bundle_of(FIRST + 1, &[(&won, &lines)]), &plan);
        let mut both = good.clone();
        both.merge(good);
        both.merge(bad);
        assert_eq!((both.deals, both.lines, both.sum_minor), (3, 9, 900));
        assert_eq!(both.differing.len(), 3);
    }

    #[test]
    fn bytes_that_were_cut_or_are_others_are_no_pack() {
        let plan = crate::testing::plan(100_000, None);
        let won = crate::testing::deal(1_000, BillingPeriod::Months(1));
        let lines = lines_of(&plan, &won, Month::of(won.start).plus(9));
        let bundle = bundle_of(FIRST, &[(&won, &lines)]);
        let open = OpenBundle::open(&bundle).expect("a bundle");
        let pack = open.packs().next().expect("one").expect("a pack").pack;
        let read =
            |bytes: &[u8]| Recomputer::default().recompute(partner(1), bytes, |_| Some(&plan));
        assert_eq!(read(pack), Ok(()));
        for length in 1..pack.len() {
            assert_eq!(read(&pack[..length]), Err(BadPack), "{length}");
        }
        assert_eq!(read(&[0xff; 64]), Err(BadPack));
        for length in 0..bundle.len() {
            let open = OpenBundle::open(&bundle[..length]);
            let packs: Vec<_> = open.iter().flat_map(OpenBundle::packs).collect();
            assert!(packs.iter().all(Result::is_err), "{length}");
        }
    }

    #[test]
    fn a_pack_that_is_kept_in_another_bundle_follows_the_same_versions() {
        let plan = crate::testing::plan(100_000, None);
        let won = crate::testing::deal(1_000, BillingPeriod::Months(1));
        let lines = lines_of(&plan, &won, Month::of(won.start).plus(1));
        let before = bundle_of(FIRST, &[(&won, &lines)]);
        let open = OpenBundle::open(&before).expect("a bundle");
        let mut after = open.like();
        let other = DealToPack {
            owner: partner(2),
            version: PlanVersionId::of_bits(FIRST + 1),
            won_on: won.start,
            is_won: true,
            start: Month::of(won.start),
            terms: won.terms.clone(),
            lines: lines.clone(),
        };
        after.add(partner(2), 5, vec![other]).expect("room");
        for bundled in open.packs() {
            after.keep(&bundled.expect("a pack")).expect("room");
        }
        let recomputed = recompute(&after.into_bytes().expect("room"), &plan);
        assert_eq!((recomputed.deals, recomputed.lines), (2, 4));
        let of_other = |line: &Differing<DealPlace>| line.deal.owner == partner(2);
        assert_eq!(recomputed.differing.len(), 2, "nobody knows its version");
        assert!(recomputed.differing.iter().all(of_other));
    }
}
