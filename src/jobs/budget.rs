//! How fast the vendors are called: one budget for each account, shared by all workers of all instances through the database. A call waits for its turn;
//! turns are evenly spread, so that no window of the vendor's holds more calls than it allows, wherever that window begins.

use std::{
    collections::VecDeque,
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use portal_domain::connection::{Origin, System, Way};
use portal_integrations::Vendor;
use portal_services::{Ctx, connections::origin};
use portal_store::{
    StoreError, Tx,
    budgets::{self, BudgetRecord, Told},
    connections,
};
use tokio::sync::Mutex;

/// So many calls in so many milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub calls: i64,
    pub window_ms: i64,
}

/// What the accounts allow, as long as the vendors say nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Budgets {
    pub hubspot: Rate,
    /// The same over an app that somebody let in: such an app has limits of its own.
    pub hubspot_app: Rate,
    /// HubSpot counts searches by themselves.
    pub hubspot_search: Rate,
    pub xero: Rate,
}

impl Default for Budgets {
    /// The smallest that each vendor documents.
    fn default() -> Self {
        let rate = |calls, window_ms| Rate { calls, window_ms };
        Self {
            hubspot: rate(100, 10_000),
            hubspot_app: rate(110, 10_000),
            hubspot_search: rate(5, 1_000),
            xero: rate(60, 60_000),
        }
    }
}

/// How far the times that calls are under way may differ at least: two that began apart may arrive together.
const JITTER_MS: i64 = 50;
/// In a longer window more is given away for that, one part in so many: a machine that is busy holds calls up for longer.
const JITTER_PART: i64 = 40;
/// One call in so many may follow the one before at once, after a pause.
const BURST_PART: i64 = 40;
/// How many turns a worker takes at once, if so many of its calls wait: the fewer, the fairer; the more, the less the database is asked.
const BITE_MAX: i64 = 8;
/// From this part of the day's calls on, what a sweep would find waits: what is left is for writes and for what the vendor tells of.
const RESERVE_PART: i64 = 10;
/// What Xero allows a day, which it says nowhere.
const DAY_MOST: i64 = 5_000;
/// What a vendor said about its day is true for so long: then one call finds out anew.
const TOLD_MS: i64 = 3_600_000;

impl Rate {
    /// How far apart turns are, and how far back they may begin after a pause, in microseconds. Of a burst and those that follow it one more than a window
    /// allows takes the window and the jitter: 5 in a second are 210 ms apart, which is 95 % of what is allowed, and 60 in a minute 1,025 ms.
    fn pace(self) -> (i64, i64) {
        let burst = (self.calls / BURST_PART).max(1);
        let jitter_ms = JITTER_MS.max(self.window_ms / JITTER_PART);
        let spread_us = self
            .window_ms
            .saturating_add(jitter_ms)
            .saturating_mul(1_000);
        let gaps = (self.calls - burst + 1).max(1);
        let apart_us = spread_us / gaps + 1;
        (apart_us, (burst - 1) * apart_us)
    }
}

/// The budgets as one worker draws on them.
#[derive(Debug)]
pub(crate) struct Buckets {
    hubspot: Bucket,
    hubspot_search: Bucket,
    xero: Bucket,
}

impl Buckets {
    pub(crate) fn new(budgets: Budgets) -> Self {
        Self {
            hubspot: Bucket {
                app_rate: Some(budgets.hubspot_app),
                ..Bucket::new("hubspot", budgets.hubspot)
            },
            hubspot_search: Bucket::new("hubspot.search", budgets.hubspot_search),
            xero: Bucket::new("xero", budgets.xero),
        }
    }

    /// Waits until the account takes this call.
    pub(crate) async fn wait(
        &self,
        ctx: &Ctx,
        vendor: Vendor,
        path: &str,
    ) -> Result<(), StoreError> {
        match vendor {
            Vendor::HubSpot if path.ends_with("/search") => self.hubspot_search.wait(ctx).await,
            Vendor::HubSpot => self.hubspot.wait(ctx).await,
            // Its tokens come from elsewhere, and are not counted.
            Vendor::Xero if path.contains("/api.xro/") => self.xero.wait(ctx).await,
            Vendor::Xero
            | Vendor::Slack
            | Vendor::Mail
            | Vendor::Relay
            | Vendor::Scanner
            | Vendor::IdentityProvider => Ok(()),
        }
    }
}

/// Turns that were taken and not used yet.
#[derive(Debug)]
struct Bucket {
    name: &'static str,
    rate: Rate,
    /// What HubSpot allows instead where an app is let in.
    app_rate: Option<Rate>,
    waiting: AtomicI64,
    turns_us: Mutex<VecDeque<i64>>,
}

impl Bucket {
    fn new(name: &'static str, rate: Rate) -> Self {
        Self {
            name,
            rate,
            app_rate: None,
            waiting: AtomicI64::new(0),
            turns_us: Mutex::default(),
        }
    }

    async fn wait(&self, ctx: &Ctx) -> Result<(), StoreError> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let turn = self.next_turn_us(ctx).await;
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        let wait_us = turn? - now_us(ctx);
        tokio::time::sleep(Duration::from_micros(u64::try_from(wait_us).unwrap_or(0))).await;
        Ok(())
    }

    /// As many turns are taken at once as calls of this worker wait. A turn that nobody used in time is lost: used late it would crowd a later one.
    async fn next_turn_us(&self, ctx: &Ctx) -> Result<i64, StoreError> {
        let mut turns = self.turns_us.lock().await;
        let asked_us = now_us(ctx);
        turns.retain(|turn| *turn >= asked_us);
        if let Some(turn) = turns.pop_front() {
            return Ok(turn);
        }
        let bite = self.waiting.load(Ordering::Relaxed).clamp(1, BITE_MAX);
        let mut tx = ctx.store.write().await?;
        let known = budgets::find(&mut tx, self.name).await?;
        let rate = match known.and_then(|known| rate_of(&known.told)) {
            Some(told) => told,
            None => self.documented_rate(ctx, &mut tx).await?,
        };
        let (apart_us, back_us) = rate.pace();
        // The writer was waited for: a turn that was over by now would be used late, and crowd the next one.
        let earliest_us = now_us(ctx) - back_us;
        let first = budgets::take(&mut tx, self.name, earliest_us, bite, apart_us).await?;
        tx.commit().await?;
        turns.extend((1..bite).map(|turn| first + turn * apart_us));
        Ok(first)
    }

    /// What the account allows in the way in which it is connected now, as long as the vendor itself has said nothing.
    async fn documented_rate(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Rate, StoreError> {
        let Some(app_rate) = self.app_rate else {
            return Ok(self.rate);
        };
        let connection = connections::find(tx, System::HubSpot).await?;
        let is_made = origin(&ctx.programme, &connection) == Origin::Connection;
        let is_app = is_made && connection.parts.way == Some(Way::OAuth);
        Ok(if is_app { app_rate } else { self.rate })
    }
}

/// What the vendor said that it allows.
fn rate_of(told: &Told) -> Option<Rate> {
    let (calls, window_ms) = (told.calls?, told.window_ms?);
    (calls > 0 && window_ms > 0).then_some(Rate { calls, window_ms })
}

/// Whether so little is left of the day that only what matters is called for.
pub(crate) fn is_scarce(budget: &BudgetRecord, ctx: &Ctx) -> bool {
    let is_true = budget
        .told_at
        .is_some_and(|at| at.plus_ms(TOLD_MS) > ctx.now());
    let most = budget.told.day_most.unwrap_or(DAY_MOST);
    let left = budget.told.day_left;
    is_true && left.is_some_and(|left| left < most / RESERVE_PART)
}

fn now_us(ctx: &Ctx) -> i64 {
    ctx.now().0.saturating_mul(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_vendor_allows_is_used_to_95_percent_and_no_window_holds_more_after_a_pause_either() {
        let usual = Budgets::default();
        let all = [
            usual.hubspot,
            usual.hubspot_app,
            usual.hubspot_search,
            usual.xero,
        ];
        for rate in all {
            let (apart_us, back_us) = rate.pace();
            let window_us = rate.window_ms * 1_000;
            assert!(
                window_us * 100 / apart_us >= rate.calls * 95,
                "{rate:?}: a call in {apart_us} µs"
            );
            // Of a window and what jitter squeezes into it, from the first call after a pause on.
            let squeezed_us = window_us + JITTER_MS * 1_000;
            let most = (squeezed_us + back_us) / apart_us + 1;
            assert!(most <= rate.calls, "{rate:?}: {most} in a window");
        }
    }
}
