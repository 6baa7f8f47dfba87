//! The books of a programme once more, as a person with a pencil finds them: each deal's lines by the second, naive implementation.

use std::collections::BTreeMap;

use chrono::{Datelike, Months, NaiveDate};
use portal_domain::{
    calendar::Month,
    deal::{BillingPeriod, DealState, held_from},
    line::LineKind,
};
use portal_store::{
    Tx,
    deals::{self as deal_rows, DealRecord},
    lines::LineRecord,
};

use super::{
    network::Network,
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
        let mut tx = self.world.ctx.store.read().await.unwrap();
        let id = hubspot_id(number);
        let Some(deal) = deal_rows::find_by_hubspot(&mut tx, &id).await.unwrap() else {
            return;
        };
        let terms = deal_rows::list_terms(&mut tx, deal.id).await.unwrap();
        let (DealState::Won, Some(start), false) = (deal.state, deal.start, terms.is_empty())
        else {
            return;
        };
        let day = |date: NaiveDate| (Month::of(date).0, date.day());
        let by_hand = oracle::Deal {
            start: day(start),
            end: deal.ends_on().map(day),
            terms: terms
                .iter()
                .map(|terms| oracle::Terms {
                    from: terms.from.0,
                    value: i128::from(terms.value.minor),
                    period: match terms.period {
                        BillingPeriod::Months(months) => Some(i128::from(months)),
                        BillingPeriod::OneOff => None,
                    },
                })
                .collect(),
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

    /// The monthly value, in 360ths, of what the partner won before in twelve months.
    async fn standing_by_hand(&self, tx: &mut Tx, number: usize, mine: &DealRecord) -> i128 {
        let mut standing = 0;
        for other in (0..OWNERS.len()).filter(|other| OWNERS[*other] == OWNERS[number]) {
            let found = deal_rows::find_by_hubspot(tx, &hubspot_id(other)).await;
            let Some(deal) = found.unwrap().filter(|deal| deal.id != mine.id) else {
                continue;
            };
            let (Some(theirs), Some(won_on)) = (deal.won_on, mine.won_on) else {
                continue;
            };
            let is_before =
                (theirs, deal.id) < (won_on, mine.id) && theirs > won_on - Months::new(12);
            if deal.state == DealState::Won && is_before {
                let terms = deal_rows::list_terms(tx, deal.id).await.unwrap();
                let start = Month::of(deal.start.expect("a start"));
                standing += match held_from(&terms, start)
                    .first()
                    .map(|terms| (terms.value.minor, terms.period))
                {
                    Some((minor, BillingPeriod::Months(months))) => {
                        i128::from(minor) * oracle::MONTHLY / i128::from(months)
                    }
                    _ => 0,
                };
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
