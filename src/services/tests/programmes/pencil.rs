//! The books of a programme once more, as a person with a pencil finds them: each deal's lines by the second, naive implementation.

use std::collections::BTreeMap;

use chrono::Months;
use portal_domain::{deal::DealState, line::LineKind};
use portal_store::{
    Tx,
    deals::{self as deal_rows, DealRecord},
    lines::LineRecord,
};

use super::{
    network::{Network, day_of},
    script::{OWNERS, Terms},
    vendors::hubspot_id,
};
use crate::oracle;

impl Network {
    /// Every deal by the second, naive implementation.
    pub async fn check_by_hand(&self) {
        for deal in 0..OWNERS.len() {
            self.check_deal_by_hand(deal).await;
        }
        self.check_links_by_hand().await;
    }

    async fn check_deal_by_hand(&self, number: usize) {
        let told = self.told(number);
        let mut tx = self.world.ctx.store.read().await.unwrap();
        let id = hubspot_id(number);
        let found = deal_rows::find_by_hubspot(&mut tx, &id).await.unwrap();
        let is_won = found.as_ref().map(|deal| deal.state == DealState::Won);
        assert_eq!(told.is_won, is_won.unwrap_or(false), "deal {number}");
        let Some(deal) = found.filter(|_| told.is_won) else {
            return;
        };
        let by_hand = oracle::Deal {
            start: deal.start.map(day_of).expect("a start"),
            end: told.end,
            terms: told.terms,
            standing: self.standing_by_hand(&mut tx, number, &deal).await,
            paid_until: None,
        };
        drop(tx);
        let plan = plan_by_hand(&self.script.plans[OWNERS[number]]);
        let horizon = self.world.ctx.this_month().plus(12);
        let rows = oracle::lines(&plan, &by_hand, horizon.0);
        let start = by_hand.start.0;
        self.compare(number, &plan, start, &rows).await;
        self.check_coverage_by_hand(number, deal.id, start, &rows)
            .await;
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

    /// What each partner has of each month, with what corrects it, is what the pencil says.
    async fn compare(&self, number: usize, plan: &oracle::Plan, start: i32, rows: &[oracle::Row]) {
        let found = self.lines(number).await;
        let owner = OWNERS[number];
        let others = |place: usize| if place == 0 { owner } else { 1 - owner };
        let with_adjustments = |line: &LineRecord| {
            let adjusts = |other: &&LineRecord| {
                other.kind == LineKind::Adjustment && other.corrects == Some(line.id)
            };
            let more: i64 = found
                .iter()
                .filter(adjusts)
                .map(|other| other.money.minor)
                .sum();
            i128::from(line.money.minor + more)
        };
        let held: BTreeMap<(LineKind, i32, usize), i128> = found
            .iter()
            .filter(|line| line.kind.is_of_schedule())
            .map(|line| {
                let key = (line.kind, line.month.0, self.number_of(line.partner));
                (key, with_adjustments(line))
            })
            .collect();
        let mut before_start = held.iter().filter(|(key, _)| key.1 < start);
        assert!(
            before_start.all(|(_, minor)| *minor == 0),
            "deal {number} starts in {start}: {held:?}"
        );
        for row in rows {
            for (place, part) in row.parts.iter().enumerate() {
                let key = (LineKind::Scheduled, row.month, others(place));
                assert_eq!(
                    held.get(&key),
                    Some(part),
                    "deal {number}: {row:?} of {held:?}"
                );
            }
        }
        let bonus = oracle::bonus(plan);
        if let Some(first) = rows.first().filter(|_| bonus != 0) {
            for (place, part) in oracle::parts_of(bonus, &plan.shares)
                .into_iter()
                .enumerate()
            {
                let key = (LineKind::Bonus, first.month, others(place));
                assert_eq!(
                    held.get(&key),
                    Some(&part),
                    "deal {number}: the bonus of {held:?}"
                );
            }
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
        shares: match others {
            0 => vec![oracle::MILLION],
            others => vec![oracle::MILLION - others, others],
        },
    }
}
