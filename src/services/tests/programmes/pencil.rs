//! The books of a programme once more, as a person with a pencil finds them: each deal's lines by the second, naive implementation.

use std::collections::BTreeMap;

use chrono::{Days, Months};
use portal_domain::{
    deal::DealState,
    ids::{DealId, PartnerId},
    line::LineKind,
};
use portal_store::{
    Tx,
    deals::{self as deal_rows, DealRecord},
    lines::LineRecord,
};

use super::{
    coverage::Charged,
    network::{Network, day_of},
    script::{OWNERS, Terms},
    vendors::hubspot_id,
};
use crate::oracle;

/// A deal that was won, as a person has it on a sheet of paper.
pub struct Sheet {
    pub number: usize,
    pub id: DealId,
    pub is_won: bool,
    pub start: i32,
    /// Who has which part of a month, and until which month, if it has left.
    pub partners: Vec<(PartnerId, Option<i32>)>,
    /// All months that the plan grants as if the deal went on for ever, and which of them are due.
    pub granted: Vec<oracle::Row>,
    pub due: Vec<oracle::Row>,
    /// The parts of the bonus; none where there is none.
    pub bonus: Vec<i128>,
}

impl Sheet {
    /// What the plan grants a partner for a month; nothing where it grants none.
    pub fn granted(&self, kind: LineKind, month: i32, partner: PartnerId) -> i128 {
        let place = self.partners.iter().position(|other| other.0 == partner);
        let row = self.granted.iter().position(|row| row.month == month);
        match (place, row, kind) {
            (Some(place), Some(row), LineKind::Scheduled) => self.granted[row].parts[place],
            (Some(place), Some(0), LineKind::Bonus) => self.bonus.get(place).copied().unwrap_or(0),
            _ => 0,
        }
    }

    /// The lines that the plan grants for a month: each partner's part, and of the first month those of the bonus.
    pub fn lines_of(&self, month: i32) -> Vec<(LineKind, i32, PartnerId)> {
        let first = self.granted.first().filter(|row| row.month == month);
        let bonus = first.filter(|_| !self.bonus.is_empty());
        let kinds = std::iter::once(LineKind::Scheduled).chain(bonus.map(|_| LineKind::Bonus));
        kinds
            .flat_map(|kind| {
                self.partners
                    .iter()
                    .map(move |partner| (kind, month, partner.0))
            })
            .collect()
    }

    /// Whether a partner is paid for a month, as far as it hangs on whether it has left.
    fn is_paid(&self, month: i32, partner: PartnerId) -> bool {
        let mut until = self.partners.iter().filter(|other| other.0 == partner);
        until.any(|(_, until)| until.is_none_or(|until| month <= until))
    }
}

/// The adjustments of a line that stand, but for those that a clawback has.
pub fn adjustments_of<'a>(
    found: &'a [LineRecord],
    line: &'a LineRecord,
) -> impl Iterator<Item = &'a LineRecord> {
    found
        .iter()
        .filter(|other| other.kind == LineKind::Adjustment && other.corrects == Some(line.id))
}

impl Network {
    /// Every deal by the second, naive implementation.
    pub async fn check_by_hand(&self) {
        let mut earned = BTreeMap::new();
        for number in 0..OWNERS.len() {
            let found = self.lines(number).await;
            match self.sheet(number).await {
                Some(sheet) => {
                    let charged = self.check_coverage_by_hand(&sheet, &found).await;
                    self.check_lines_by_hand(&sheet, &found, &charged);
                    self.check_earned_by_hand(&sheet, &found, &charged, &mut earned);
                }
                None => assert!(found.is_empty(), "deal {number} earns nothing: {found:?}"),
            }
        }
        self.check_figures_by_hand(&earned).await;
        self.check_links_by_hand().await;
    }

    /// The partners who share a deal, each with the last month for which it is paid: so many after that of its last day as the plan's tail has.
    fn paid_until(&self, number: usize, shares: &[i128]) -> Vec<(usize, Option<i32>)> {
        let owner = OWNERS[number];
        let tail = self.script.plans[owner].tail;
        let until = |partner: usize| {
            let last_day = self.script.left_on(partner)? - Days::new(1);
            Some(day_of(last_day).0 + i32::from(tail?))
        };
        // Who has a share of nothing has no lines.
        let parts = [owner, 1 - owner].into_iter().zip(shares);
        let sharing = parts.filter(|(_, share)| **share != 0);
        sharing
            .map(|(partner, _)| (partner, until(partner)))
            .collect()
    }

    /// None of a deal that was never won, or that no plan is for.
    async fn sheet(&self, number: usize) -> Option<Sheet> {
        let told = self.told(number);
        let mut tx = self.world.ctx.store.read().await.unwrap();
        let id = hubspot_id(number);
        let found = deal_rows::find_by_hubspot(&mut tx, &id).await.unwrap();
        let is_won = found.as_ref().map(|deal| deal.state == DealState::Won);
        assert_eq!(told.is_won, is_won.unwrap_or(false), "deal {number}");
        // A deal that is won once its partner has left has no plan; one that has one keeps it, whenever the leaving is said.
        let has_plan = |deal: &DealRecord| deal.plan_version.is_some();
        let deal = found.filter(|deal| has_plan(deal) && !told.terms.is_empty())?;
        let mut plan = plan_by_hand(&self.script.plans[OWNERS[number]]);
        let partners = self.paid_until(number, &plan.shares);
        plan.shares.retain(|share| *share != 0);
        let untils: Option<Vec<i32>> = partners.iter().map(|(_, until)| *until).collect();
        let by_hand = oracle::Deal {
            start: deal.start.map(day_of).expect("a start"),
            end: told.end,
            terms: told.terms,
            standing: self.standing_by_hand(&mut tx, number, &deal).await,
            paid_until: untils.and_then(|untils| untils.into_iter().max()),
        };
        let horizon = self.world.ctx.this_month().plus(12).0;
        let unending = oracle::Deal {
            end: None,
            paid_until: None,
            ..by_hand.clone()
        };
        let bonus = Some(oracle::bonus(&plan)).filter(|bonus| *bonus != 0);
        Some(Sheet {
            number,
            id: deal.id,
            is_won: told.is_won,
            start: by_hand.start.0,
            partners: partners
                .iter()
                .map(|(partner, until)| (self.partners[*partner], *until))
                .collect(),
            granted: oracle::lines(&plan, &unending, horizon),
            due: oracle::lines(&plan, &by_hand, horizon),
            bonus: bonus.map_or_else(Vec::new, |bonus| oracle::parts_of(bonus, &plan.shares)),
        })
    }

    /// The monthly value, in 360ths, of what the partner won before in twelve months. Of deals that were won on one day the first lead's is the first.
    async fn standing_by_hand(&self, tx: &mut Tx, number: usize, mine: &DealRecord) -> i128 {
        let mut standing = 0;
        for other in (0..OWNERS.len()).filter(|other| OWNERS[*other] == OWNERS[number]) {
            let told = self.told(other);
            let found = deal_rows::find_by_hubspot(tx, &hubspot_id(other)).await;
            let days = found.unwrap().map(|deal| (deal.won_on, deal.start));
            let (Some((Some(theirs), Some(start))), Some(won_on)) = (days, mine.won_on) else {
                continue;
            };
            let is_before = (theirs, other) < (won_on, number);
            if told.is_won && is_before && theirs > won_on - Months::new(12) {
                let held = told.terms.iter().rev();
                let mut held = held.filter(|terms| terms.from <= day_of(start).0);
                let first = held.next().unwrap_or(&told.terms[0]);
                standing += first
                    .period
                    .map_or(0, |months| first.value * oracle::MONTHLY / months);
            }
        }
        standing
    }

    /// A line stands where it is due, and, of a deal that is not won any more, where the client's money reaches it; what is on a statement stays wherever
    /// it is. With what corrects it, it is what the plan grants.
    fn check_lines_by_hand(&self, sheet: &Sheet, found: &[LineRecord], charged: &[Charged]) {
        let number = sheet.number;
        let held: BTreeMap<(LineKind, i32, PartnerId), &LineRecord> = found
            .iter()
            .filter(|line| line.kind.is_of_schedule())
            .map(|line| ((line.kind, line.month.0, line.partner), line))
            .collect();
        let due = charged.iter().filter(|month| month.is_due);
        let due = due.flat_map(|month| sheet.lines_of(month.month));
        let due: Vec<_> = due
            .filter(|(_, month, partner)| sheet.is_paid(*month, *partner))
            .collect();
        for key in &due {
            assert!(held.contains_key(key), "deal {number}: {key:?} of {held:?}");
        }
        for (key, line) in held {
            assert!(
                due.contains(&key) || line.state.is_stated(),
                "deal {number} has {line:?}"
            );
            let corrected = adjustments_of(found, line).map(|other| other.money.minor);
            let worth = i128::from(line.money.minor + corrected.sum::<i64>());
            let granted = if key.1 < sheet.start {
                0
            } else {
                sheet.granted(key.0, key.1, key.2)
            };
            assert_eq!(worth, granted, "deal {number}: {line:?} of {found:?}");
        }
    }

    /// The deals that the portal knows of, by their numbers.
    pub async fn known_deals(&self, tx: &mut Tx) -> Vec<(usize, DealRecord)> {
        let mut known = Vec::new();
        for number in 0..OWNERS.len() {
            let found = deal_rows::find_by_hubspot(tx, &hubspot_id(number)).await;
            known.extend(found.unwrap().map(|deal| (number, deal)));
        }
        known
    }
}

fn plan_by_hand(terms: &Terms) -> oracle::Plan {
    let share = |rate: u32| i128::from(rate) * 10_000;
    let cents = |amount: u32| i128::from(amount) * 100;
    let others = share(terms.share.unwrap_or(0));
    oracle::Plan {
        rate: share(terms.rate),
        tiers: terms
            .tiers
            .iter()
            .map(|(from, rate)| (cents(*from), share(*rate)))
            .collect(),
        months: terms.months.map(i32::from),
        cap: terms.cap.map(cents),
        bonus: terms.bonus.map_or(0, cents),
        shares: vec![oracle::MILLION - others, others],
    }
}
