//! The client's money by hand: which months it fills, and that more of it covers no less.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use portal_domain::{
    ids::{DealId, PartnerId},
    line::LineKind,
    money::Currency,
    remote::RemoteInvoice,
};
use portal_services::{figures, links};
use portal_store::{
    credits,
    invoices::{self, InvoiceLink},
    lines::LineRecord,
    waivers,
};

use super::{
    network::Network,
    pencil::{Sheet, adjustments_of},
    script::OWNERS,
    vendors::hubspot_id,
};
use crate::{oracle, world::sale};

/// A month that the client is charged for, in 360ths of a unit.
#[derive(Clone, Debug)]
pub struct Charged {
    pub month: i32,
    /// Whether its lines stand even where they are on no statement.
    pub is_due: bool,
    /// By what the deal says now.
    pub base: i128,
    /// The least of that and of what its lines on statements say.
    pub least: i128,
    /// Whether the client's money covers the one and the other.
    pub is_covered: bool,
    pub is_covered_at_least: bool,
}

/// The money of a deal: of which document how much, oldest first, and what was waived of which month.
struct Money {
    documents: Vec<String>,
    payments: Vec<i128>,
    waived: BTreeMap<i32, i128>,
}

/// How far money reaches, and how much of which payment goes to which month, by their places.
type Reach = (usize, Vec<(usize, usize, i128)>);

impl Money {
    /// What months still owe: what is waived is taken from its month, and what goes beyond that from the months before it, the nearest first.
    fn owed(&self, months: &[i32], mut bases: Vec<i128>) -> Vec<i128> {
        for (month, minor) in &self.waived {
            let mut left = (minor * oracle::MONTHLY).max(0);
            let through = months.iter().position(|other| other == month);
            let through = through.map_or(0, |place| place + 1);
            for base in bases[..through].iter_mut().rev() {
                let taken = left.min(*base).max(0);
                *base -= taken;
                left -= taken;
            }
        }
        bases
    }

    fn cover(&self, owed: &[i128]) -> Reach {
        let (covered, fills, _) = oracle::cover(owed, &self.payments, 10_000);
        (covered, fills)
    }
}

impl Network {
    /// How the client's money fills the months that it is charged for. Returns these.
    pub async fn check_coverage_by_hand(
        &self,
        sheet: &Sheet,
        found: &[LineRecord],
    ) -> Vec<Charged> {
        let money = self.money_by_hand(sheet.id).await;
        let mut charged = charged(sheet, found, &money, self.world.ctx.this_month().0);
        let months: Vec<i32> = charged.iter().map(|month| month.month).collect();
        let bases: Vec<i128> = charged.iter().map(|month| month.base).collect();
        let owed = money.owed(&months, bases.clone());
        let (covered, fills) = money.cover(&owed);
        let least = charged.iter().map(|month| month.least).collect();
        let (covered_at_least, _) = money.cover(&money.owed(&months, least));
        for (place, month) in charged.iter_mut().enumerate() {
            month.is_covered = place < covered;
            month.is_covered_at_least = place < covered_at_least;
        }
        let fills = fills.into_iter();
        let mut by_hand: Vec<(i32, String, i128)> = fills
            .map(|(month, payment, amount)| {
                (months[month], money.documents[payment].clone(), amount)
            })
            .collect();
        let mut tx = self.world.ctx.store.read().await.unwrap();
        let stored = invoices::list_fills(&mut tx, sheet.id).await.unwrap();
        let mut stored: Vec<(i32, String, i128)> = stored
            .into_iter()
            .map(|fill| (fill.month.0, fill.invoice, i128::from(fill.money.minor)))
            .collect();
        drop(tx);
        stored.sort();
        by_hand.sort();
        assert_eq!(stored, by_hand, "deal {} of {charged:?}", sheet.number);
        if sheet.is_won {
            self.check_expected_by_hand(sheet, &months, &bases, &owed)
                .await;
        }
        charged
    }

    async fn money_by_hand(&self, id: DealId) -> Money {
        let mut money = Money {
            documents: Vec::new(),
            payments: Vec::new(),
            waived: BTreeMap::new(),
        };
        let mut tx = self.world.ctx.store.read().await.unwrap();
        for invoice in invoices::list_for(&mut tx, &[id], &[]).await.unwrap() {
            let remote = &invoice.remote;
            if is_issued(&remote.status) && remote.total.currency == Currency::EUR {
                let net = (remote.sub_total.minor, remote.total.minor);
                let cash = remote.paid_minor + remote.prepaid_minor;
                let collected = part_by_hand(id, net, cash, &invoice.links);
                money.payments.push(collected);
                money.documents.push(remote.id.clone());
            }
        }
        for credit in credits::list_for(&mut tx, &[id], &[]).await.unwrap() {
            let remote = &credit.remote;
            if is_issued(&remote.status) {
                let net = (remote.sub_total.minor, remote.total.minor);
                let refunded = part_by_hand(id, net, remote.refunded_minor, &credit.links);
                money.payments.push(-refunded);
                money.documents.push(remote.id.clone());
            }
        }
        for waiver in waivers::list_of_deal(&mut tx, id).await.unwrap() {
            *money.waived.entry(waiver.month.0).or_default() += i128::from(waiver.money.minor);
        }
        money
    }

    /// What each partner has earned of each month is what the plan grants of those that the client's money covers, and nothing of any other. Where the money
    /// reaches only what a statement says, and not what the deal says by now, a partner keeps what its statements say.
    pub fn check_earned_by_hand(
        &self,
        sheet: &Sheet,
        found: &[LineRecord],
        charged: &[Charged],
        earned: &mut BTreeMap<PartnerId, [i128; 2]>,
    ) {
        let this_month = self.world.ctx.this_month().0;
        let mut by_hand: BTreeMap<(i32, PartnerId), [i128; 2]> = BTreeMap::new();
        for month in charged.iter().filter(|month| month.month < this_month) {
            for (kind, _, partner) in sheet.lines_of(month.month) {
                let line = found.iter().find(|line| {
                    (line.kind, line.month.0, line.partner) == (kind, month.month, partner)
                });
                let stated = line.filter(|line| line.state.is_stated());
                let [least, most] = match (line, stated) {
                    (Some(_), _) if month.is_covered => {
                        [sheet.granted(kind, month.month, partner); 2]
                    }
                    (_, Some(line)) if month.is_covered_at_least => said_by_statements(found, line),
                    _ => [0; 2],
                };
                let sums = by_hand.entry((month.month, partner)).or_default();
                *sums = [sums[0] + least, sums[1] + most];
            }
        }
        let mut held: BTreeMap<(i32, PartnerId), i128> =
            by_hand.keys().map(|key| (*key, 0)).collect();
        for line in found.iter().filter(|line| line.state.is_earned()) {
            *held.entry((line.month.0, line.partner)).or_default() += i128::from(line.money.minor);
        }
        for (key, minor) in held {
            let [least, most] = by_hand.get(&key).copied().unwrap_or_default();
            assert!(
                least <= minor && minor <= most,
                "deal {} has {minor} and not {least} to {most} of {key:?}: {found:?}, {charged:?}",
                sheet.number
            );
            let sums = earned.entry(key.1).or_default();
            *sums = [sums[0] + least, sums[1] + most];
        }
    }

    /// What a partner is told that it has earned is what it has of all deals.
    pub async fn check_figures_by_hand(&self, earned: &BTreeMap<PartnerId, [i128; 2]>) {
        let (ctx, staff) = (&self.world.ctx, &self.world.staff);
        for partner in self.partners {
            let found = figures::of_partner(ctx, staff, partner).await;
            let found = found
                .expect("figures")
                .into_iter()
                .map(|one| i128::from(one.earned.minor));
            let found: i128 = found.sum();
            let [least, most] = earned.get(&partner).copied().unwrap_or_default();
            assert!(
                least <= found && found <= most,
                "{found} and not {least} to {most}"
            );
        }
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

/// Which months the client is charged for: those that are due, and those that are on a statement, for nothing where the plan grants none. Of a deal that is
/// not won any more, the months that are due and that the money does not reach are cancelled, so that it is not charged for them.
fn charged(sheet: &Sheet, found: &[LineRecord], money: &Money, this_month: i32) -> Vec<Charged> {
    let of_schedule = || found.iter().filter(|line| line.kind.is_of_schedule());
    // How far ahead the lines of a lost deal were made is not said.
    let is_made = |month: i32| {
        sheet.is_won || month < this_month || of_schedule().any(|line| line.month.0 == month)
    };
    let stated = |month: i32| {
        of_schedule().filter(move |line| line.month.0 == month && line.state.is_stated())
    };
    let months: Vec<i32> = sheet.due.iter().map(|row| row.month).collect();
    let bases = sheet.due.iter().map(|row| row.base).collect();
    let reached = if sheet.is_won {
        months.len()
    } else {
        money.cover(&money.owed(&months, bases)).0
    };
    let mut charged = Vec::new();
    let granted = sheet.granted.iter().map(|row| (row.month, row.base));
    let mut bases: BTreeMap<i32, i128> = of_schedule().map(|line| (line.month.0, 0)).collect();
    bases.extend(granted);
    for (month, base) in bases {
        let mut due = months.iter().take(reached);
        let is_due = due.any(|other| *other == month) && is_made(month);
        if !is_due && stated(month).next().is_none() {
            continue;
        }
        let said = stated(month).flat_map(|line| {
            let stated = adjustments_of(found, line).filter(|other| other.state.is_stated());
            let last = stated.max_by_key(|other| other.position);
            std::iter::once(line).chain(last)
        });
        let said = said
            .filter(|line| line.kind != LineKind::Bonus)
            .map(|line| line.base.numer() * oracle::MONTHLY / line.base.denom());
        charged.push(Charged {
            month,
            is_due,
            base,
            least: said.fold(base, i128::min),
            is_covered: false,
            is_covered_at_least: false,
        });
    }
    charged
}

/// What a line on a statement is with its adjustments that are on one too, and what it is without what they raised it by.
fn said_by_statements(found: &[LineRecord], line: &LineRecord) -> [i128; 2] {
    let stated = adjustments_of(found, line).filter(|other| other.state.is_stated());
    let adjusted: i64 = stated.map(|other| other.money.minor).sum();
    [adjusted.min(0), adjusted].map(|adjusted| i128::from(line.money.minor + adjusted))
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
