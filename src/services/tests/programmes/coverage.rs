//! The client's money by hand: which months it fills, and that more of it covers no less.

use chrono::NaiveDate;
use portal_domain::{ids::DealId, line::LineKind, money::Currency, remote::RemoteInvoice};
use portal_services::links;
use portal_store::{
    credits,
    invoices::{self, InvoiceLink},
};

use super::{network::Network, script::OWNERS, vendors::hubspot_id};
use crate::{oracle, world::sale};

impl Network {
    /// How the client's money fills the months.
    pub async fn check_coverage_by_hand(
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

pub fn is_issued(status: &str) -> bool {
    matches!(status, "AUTHORISED" | "PAID")
}

/// What of some of a document's total is a deal's, net.
pub fn part_by_hand(
    deal: DealId,
    (net, total): (i64, i64),
    gross: i64,
    links: &[InvoiceLink],
) -> i128 {
    let shares = links.iter().map(|link| link.share_minor.unwrap_or(net));
    let shares: Vec<i128> = shares.map(i128::from).collect();
    let parts = oracle::collected(net.into(), gross.into(), total.into(), &shares);
    let place = links.iter().position(|link| link.deal == deal);
    place.map_or(0, |place| parts[place])
}
