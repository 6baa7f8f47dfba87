//! The books of a programme once more, as a person with a pencil finds them: lines and coverage by the second, naive implementation, and the explorer's
//! buckets by the sums of the documents.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Months, NaiveDate};
use portal_domain::{
    buckets::Column,
    calendar::Month,
    deal::{BillingPeriod, DealState, held_from},
    ids::DealId,
    line::LineKind,
    money::Currency,
    remote::RemoteInvoice,
};
use portal_services::{
    explorer::{self, ClientMoney, Evidence, ExplorerFilter, RowKey},
    links,
};
use portal_store::{
    Tx, credits,
    deals::{self as deal_rows, DealRecord},
    invoices::{self, InvoiceLink},
    lines::{self as line_rows, LineRecord},
};

use super::{
    network::Network,
    script::{OWNERS, Terms},
    vendors::{contact_id, hubspot_id},
};
use crate::{oracle, reconciliation::assert_adds_up, world::sale};

impl Network {
    /// Every deal by the second, naive implementation.
    pub async fn check_by_hand(&self) {
        for deal in 0..OWNERS.len() {
            self.check_deal_by_hand(deal).await;
        }
        self.check_links_by_hand().await;
    }

    /// Where no person says it, an invoice is for the deal that its Reference names, if that is open or was won; else for one of its client's that had begun
    /// and was not lost by its day, or for none. A client's only deal has all of them from the win to its end or its loss.
    async fn check_links_by_hand(&self) {
        let mut tx = self.world.ctx.store.read().await.unwrap();
        let known = self.known_deals(&mut tx).await;
        let mut nameable = BTreeMap::new();
        for (number, deal) in &known {
            let lines = line_rows::list_of_deal(&mut tx, deal.id).await.unwrap();
            let is_live = matches!(deal.state, DealState::Open | DealState::Won);
            if is_live || !lines.is_empty() {
                let client = contact_id(self.script.clients[*number]);
                nameable.insert(deal.id, (format!("Deal {}", hubspot_id(*number)), client));
            }
        }
        let contacts: Vec<String> = (0..OWNERS.len()).map(contact_id).collect();
        for invoice in invoices::list_for(&mut tx, &[], &contacts).await.unwrap() {
            if invoice.is_said_by_person() {
                continue;
            }
            let (remote, links) = (&invoice.remote, &invoice.links);
            let is_named = |(reference, _): &&(String, String)| *reference == remote.reference;
            if let Some(named) = nameable.values().find(is_named) {
                assert_eq!(links.len(), 1, "{} names {}", remote.id, named.0);
                assert_eq!(nameable.get(&links[0].deal), Some(named), "{}", remote.id);
                continue;
            }
            if let Some(link) = links.first() {
                let client = nameable.get(&link.deal).map(|known| &known.1);
                assert_eq!(client, Some(&remote.contact_id), "{}", remote.id);
                assert_eq!((links.len(), link.share_minor), (1, None));
            }
            self.check_contact_by_hand(&known, remote, links);
        }
    }

    fn check_contact_by_hand(
        &self,
        known: &[(usize, DealRecord)],
        remote: &RemoteInvoice,
        links: &[InvoiceLink],
    ) {
        let day = remote.date.expect("a date");
        let of_client = known
            .iter()
            .filter(|(number, _)| contact_id(self.script.clients[*number]) == remote.contact_id);
        let deals: Vec<&DealRecord> = of_client.map(|(_, deal)| deal).collect();
        let lost_on = |deal: &DealRecord| deal.lost_at.map(|at| self.world.ctx.date_of(at));
        let is_lost = |deal: &DealRecord| lost_on(deal).is_some_and(|lost_on| lost_on <= day);
        for deal in deals
            .iter()
            .filter(|deal| links.iter().any(|link| link.deal == deal.id))
        {
            let begins = deal.start.or(deal.won_on).map(Month::of);
            assert!(
                begins.is_some_and(|begins| begins <= Month::of(day)),
                "{}",
                remote.id
            );
            assert!(!is_lost(deal), "{} came after the loss", remote.id);
        }
        if let [only] = deals[..]
            && only.won_on.is_some_and(|won_on| won_on <= day)
            && only
                .start
                .is_some_and(|start| Month::of(start) <= Month::of(day))
            && only.end.is_none_or(|end| day < end)
            && !is_lost(only)
        {
            assert_eq!(links.len(), 1, "{} came before the loss", remote.id);
        }
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

    /// How the client's money fills the months.
    async fn check_coverage_by_hand(
        &self,
        number: usize,
        id: DealId,
        start: i32,
        rows: &[oracle::Row],
    ) {
        let months: Vec<i32> = rows.iter().map(|row| row.month).collect();
        let scheduled = self.lines(number).await;
        let mut scheduled = scheduled
            .iter()
            .filter(|line| line.kind == LineKind::Scheduled);
        let mut tx = self.world.ctx.store.read().await.unwrap();
        let waived = portal_store::waivers::list_of_deal(&mut tx, id)
            .await
            .unwrap();
        let is_beyond = |month: i32| month >= start && !months.contains(&month);
        if scheduled.any(|line| is_beyond(line.month.0)) || !waived.is_empty() {
            // Months that are kept beyond the schedule's end take money too.
            return;
        }
        let (mut names, mut payments) = (Vec::new(), Vec::new());
        for invoice in invoices::list_for(&mut tx, &[id], &[]).await.unwrap() {
            let remote = &invoice.remote;
            if is_issued(&remote.status) && remote.total.currency == Currency::EUR {
                let money = (remote.sub_total.minor, remote.total.minor);
                let cash = remote.paid_minor + remote.prepaid_minor;
                payments.push(part_by_hand(id, money, cash, &invoice.links));
                names.push(remote.id.clone());
            }
        }
        for credit in credits::list_for(&mut tx, &[id], &[]).await.unwrap() {
            let remote = &credit.remote;
            if is_issued(&remote.status) {
                let money = (remote.sub_total.minor, remote.total.minor);
                payments.push(-part_by_hand(
                    id,
                    money,
                    remote.refunded_minor,
                    &credit.links,
                ));
                names.push(remote.id.clone());
            }
        }
        let bases: Vec<i128> = rows.iter().map(|row| row.base).collect();
        let (_, fills, _) = oracle::cover(&bases, &payments, 10_000);
        let mut by_hand: Vec<(i32, String, i128)> = fills
            .into_iter()
            .map(|(month, payment, amount)| (months[month], names[payment].clone(), amount))
            .collect();
        let found = invoices::list_fills(&mut tx, id).await.unwrap();
        let mut found: Vec<(i32, String, i128)> = found
            .into_iter()
            .map(|fill| (fill.month.0, fill.invoice, i128::from(fill.money.minor)))
            .collect();
        found.sort();
        by_hand.sort();
        assert_eq!(found, by_hand, "deal {number}");
        drop(tx);
        self.check_expected_by_hand(number, id, &months, &bases)
            .await;
    }

    /// What the explorer says that each month expects; those before a start that moved expect nothing.
    async fn check_expected_by_hand(
        &self,
        number: usize,
        id: DealId,
        months: &[i32],
        bases: &[i128],
    ) {
        let (mut sum, mut by_hand) = (0, BTreeMap::new());
        for (month, base) in months.iter().zip(bases) {
            let before = oracle::nearest(sum, oracle::MONTHLY);
            sum += base;
            by_hand.insert(*month, oracle::nearest(sum, oracle::MONTHLY) - before);
        }
        let explored = self.explore().await;
        let rows = explored.iter().flat_map(|money| &money.rows);
        let expected = rows.flat_map(|row| &row.expected);
        let of_deal = expected.filter(|(deal, month, minor)| {
            *deal == id && (*minor != 0 || by_hand.contains_key(&month.0))
        });
        let found = of_deal.map(|(_, month, minor)| (month.0, i128::from(*minor)));
        assert_eq!(found.collect::<BTreeMap<_, _>>(), by_hand, "deal {number}");
    }

    async fn explore(&self) -> Vec<ClientMoney> {
        let (ctx, staff) = (&self.world.ctx, &self.world.staff);
        let found = explorer::explore(ctx, staff, &ExplorerFilter::default()).await;
        found.expect("explored").clients
    }

    /// The deals that the portal knows of, by their numbers.
    async fn known_deals(&self, tx: &mut Tx) -> Vec<(usize, DealRecord)> {
        let mut known = Vec::new();
        for number in 0..OWNERS.len() {
            let found = deal_rows::find_by_hubspot(tx, &hubspot_id(number)).await;
            known.extend(found.unwrap().map(|deal| (number, deal)));
        }
        known
    }

    /// What the explorer shows adds up for every client and month; what was collected is what coverage says; and all clients together are all documents.
    pub async fn check_buckets(&self) {
        let explored = self.explore().await;
        let mut filled = BTreeMap::new();
        for money in &explored {
            assert_adds_up(money);
            for row in &money.rows {
                let amounts = row.amounts;
                let RowKey::Month(month) = row.key else {
                    assert_eq!(amounts.expected_minor, 0, "{:?}", row.key);
                    continue;
                };
                let parts = amounts.waived_minor + amounts.collected_minor + amounts.missing_minor;
                assert_eq!(amounts.expected_minor, parts, "{month}");
                let collected = |part: &&Evidence| part.column == Column::Collected;
                for part in row.evidence.iter().filter(collected) {
                    let key = (part.deal.expect("a deal"), month, part.document.clone());
                    *filled.entry(key).or_insert(0) += part.amount_minor;
                }
            }
        }
        let mut stored = BTreeMap::new();
        let mut tx = self.world.ctx.store.read().await.unwrap();
        for (_, deal) in self.known_deals(&mut tx).await {
            for fill in invoices::list_fills(&mut tx, deal.id).await.unwrap() {
                stored.insert((deal.id, fill.month, fill.invoice), fill.money.minor);
            }
        }
        drop(tx);
        assert_eq!(filled, stored);
        self.check_totals(&explored).await;
    }

    /// All that was invoiced, credited, collected and refunded is in some client's column, once.
    async fn check_totals(&self, explored: &[ClientMoney]) {
        let mut by_hand: BTreeMap<Currency, [i128; 4]> = BTreeMap::new();
        let mut tx = self.world.ctx.store.read().await.unwrap();
        let known = self.known_deals(&mut tx).await;
        let mut contacts = BTreeSet::new();
        for (number, deal) in &known {
            let lines = line_rows::list_of_deal(&mut tx, deal.id).await.unwrap();
            let invoices = invoices::list_for(&mut tx, &[deal.id], &[]).await.unwrap();
            let credits = credits::list_for(&mut tx, &[deal.id], &[]).await.unwrap();
            let is_of_no_money = lines.is_empty() && invoices.is_empty() && credits.is_empty();
            if deal.state == DealState::Won || !is_of_no_money {
                contacts.insert(contact_id(self.script.clients[*number]));
            }
        }
        let known: Vec<DealId> = known.into_iter().map(|(_, deal)| deal.id).collect();
        let all: Vec<String> = (0..OWNERS.len()).map(contact_id).collect();
        for invoice in invoices::list_for(&mut tx, &known, &all).await.unwrap() {
            let remote = &invoice.remote;
            if is_issued(&remote.status) {
                let money = (remote.sub_total.minor, remote.total.minor);
                let is_whole = contacts.contains(&remote.contact_id);
                let net = |gross| net_by_hand(is_whole, money, gross, &invoice.links);
                let cash = remote.paid_minor + remote.prepaid_minor;
                let sums = by_hand.entry(remote.total.currency).or_default();
                sums[0] += net(remote.total.minor);
                sums[1] += net(remote.credited_minor);
                sums[2] += net(cash);
            }
        }
        for credit in credits::list_for(&mut tx, &known, &all).await.unwrap() {
            let remote = &credit.remote;
            if is_issued(&remote.status) {
                let money = (remote.sub_total.minor, remote.total.minor);
                let is_whole = contacts.contains(&remote.contact_id);
                let sums = by_hand.entry(remote.total.currency).or_default();
                sums[3] += net_by_hand(is_whole, money, remote.refunded_minor, &credit.links);
            }
        }
        let mut found: BTreeMap<Currency, [i128; 4]> = BTreeMap::new();
        for money in explored {
            let total = &money.total;
            let cash = total.collected_minor + total.unallocated_minor + money.refunded_minor;
            let sums = found.entry(money.currency).or_default();
            let columns = [
                total.invoiced_minor,
                total.credited_minor,
                cash,
                money.refunded_minor,
            ];
            for (sum, minor) in sums.iter_mut().zip(columns) {
                *sum += i128::from(minor);
            }
        }
        let is_something = |sums: &[i128; 4]| *sums != [0; 4];
        found.retain(|_, sums| is_something(sums));
        by_hand.retain(|_, sums| is_something(sums));
        assert_eq!(found, by_hand);
    }

    /// The deals that the client's money reaches further with more of it, and none less far.
    pub async fn check_that_more_money_covers_no_less(&self) {
        let mut before = Vec::new();
        for deal in 0..OWNERS.len() {
            before.push(self.count_earned(deal).await);
        }
        for deal in 0..OWNERS.len() {
            let more = RemoteInvoice {
                reference: format!("Deal {}", hubspot_id(deal)),
                contact_id: "contact-more".to_owned(),
                contact_name: "More".to_owned(),
                // After all others, which are for the same deals as before.
                date: NaiveDate::from_ymd_opt(2099, 1, 1),
                ..sale(&format!("MORE-{deal}"), 30_000, 35_700, i64::MAX)
            };
            links::apply_invoice(&self.world.ctx, &more)
                .await
                .expect("more");
        }
        self.world.work_off().await;
        self.world.prove().await;
        for (deal, (covered, taken)) in before.into_iter().enumerate() {
            let after = self.count_earned(deal).await;
            assert!(after.0 >= covered, "deal {deal} was covered further");
            assert!(after.1 >= taken, "deal {deal} had less taken back");
        }
    }

    /// How many lines of the schedule are earned, and what is taken back.
    async fn count_earned(&self, deal: usize) -> (usize, i64) {
        let found = self.lines(deal).await;
        let of_schedule = found.iter().filter(|line| line.kind.is_of_schedule());
        let earned = of_schedule.filter(|line| line.state.is_earned()).count();
        let taken = found.iter().filter(|line| line.kind == LineKind::Clawback);
        (earned, taken.map(|line| line.money.minor).sum())
    }
}

fn is_issued(status: &str) -> bool {
    matches!(status, "AUTHORISED" | "PAID")
}

/// What of some of a document's total is a deal's, net.
fn part_by_hand(deal: DealId, (net, total): (i64, i64), gross: i64, links: &[InvoiceLink]) -> i128 {
    let shares = links.iter().map(|link| link.share_minor.unwrap_or(net));
    let shares: Vec<i128> = shares.map(i128::from).collect();
    let parts = oracle::collected(net.into(), gross.into(), total.into(), &shares);
    let place = links.iter().position(|link| link.deal == deal);
    place.map_or(0, |place| parts[place])
}

/// What of some of a document's total is some deal's, net; all of it where its contact is a client's.
fn net_by_hand(is_whole: bool, money: (i64, i64), gross: i64, links: &[InvoiceLink]) -> i128 {
    if is_whole {
        let (net, total) = (i128::from(money.0), i128::from(money.1));
        return oracle::collected(net, gross.into(), total, &[net])[0];
    }
    let parts = links
        .iter()
        .map(|link| part_by_hand(link.deal, money, gross, links));
    parts.sum()
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
