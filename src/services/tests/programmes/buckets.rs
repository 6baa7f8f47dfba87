//! The explorer by hand: what each month expects, and every client's columns by the sums of the documents.

use std::collections::{BTreeMap, BTreeSet};

use portal_domain::{buckets::Column, deal::DealState, ids::DealId, money::Currency};
use portal_services::explorer::{self, ClientMoney, Evidence, ExplorerFilter, RowKey};
use portal_store::{
    credits,
    invoices::{self, InvoiceLink},
    lines as line_rows,
};

use super::{
    coverage::{is_issued, part_by_hand},
    network::Network,
    pencil::Sheet,
    script::OWNERS,
    vendors::contact_id,
};
use crate::{oracle, reconciliation::assert_adds_up};

impl Network {
    /// What the explorer says that each month expects: what it still owes, and what was waived of it. Months before a start that moved expect nothing.
    pub async fn check_expected_by_hand(
        &self,
        sheet: &Sheet,
        months: &[i32],
        bases: &[i128],
        owed: &[i128],
    ) {
        let (mut sums, mut by_hand) = ([0; 2], BTreeMap::new());
        for ((month, base), owed) in months.iter().zip(bases).zip(owed) {
            let through = [sums[0] + owed, sums[1] + base - owed];
            let parts = [0, 1].map(|part| {
                oracle::nearest(through[part], oracle::MONTHLY)
                    - oracle::nearest(sums[part], oracle::MONTHLY)
            });
            by_hand.insert(*month, parts[0] + parts[1]);
            sums = through;
        }
        let explored = self.explore().await;
        let rows = explored.iter().flat_map(|money| &money.rows);
        let expected = rows.flat_map(|row| &row.expected);
        let of_deal = expected.filter(|(deal, _, minor)| *deal == sheet.id && *minor != 0);
        by_hand.retain(|_, minor| *minor != 0);
        let found = of_deal.map(|(_, month, minor)| (month.0, i128::from(*minor)));
        assert_eq!(
            found.collect::<BTreeMap<_, _>>(),
            by_hand,
            "deal {}",
            sheet.number
        );
    }

    async fn explore(&self) -> Vec<ClientMoney> {
        let (ctx, staff) = (&self.world.ctx, &self.world.staff);
        let found = explorer::explore(ctx, staff, &ExplorerFilter::default()).await;
        found.expect("explored").clients
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
