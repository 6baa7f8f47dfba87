//! What is done again and again, once however many instances there are: the row of a schedule is advanced by whoever comes first.

use chrono::{NaiveTime, TimeZone};
use portal_domain::calendar::Timestamp;
use portal_services::{
    Ctx,
    outbox::{self, Job},
    relay,
};
use portal_store::jobs;

use crate::JobError;

const MINUTE_MS: i64 = 60_000;

/// When a schedule's turn comes.
#[derive(Clone, Copy)]
enum Turn {
    /// So many minutes after the last one.
    Minutes(i64),
    /// Every night at this hour and minute in the programme's time zone, when nobody waits for the vendors or the books; at once if no instance ran then.
    Nightly(u32, u32),
}

/// Name, when, and what. The sweeps are the backstop for lost webhooks: what one costs is these minutes, or the
/// day for a deletion, which no sweep sees.
const SCHEDULES: &[(&str, Turn, Job)] = &[
    ("read_stages", Turn::Minutes(60), Job::ReadStages),
    ("set_up_hubspot", Turn::Nightly(1, 50), Job::SetUpHubSpot),
    ("read_owners", Turn::Minutes(60), Job::ReadOwners),
    ("sweep_deals", Turn::Minutes(5), Job::SweepDeals),
    ("check_deals", Turn::Nightly(2, 10), Job::CheckDeals),
    ("sweep_invoices", Turn::Minutes(5), Job::SweepInvoices),
    ("read_accounts", Turn::Nightly(2, 20), Job::ReadAccounts),
    // Three calls, of which most find nothing: a day of Xero's has few, and its webhooks tell of most of it.
    ("sweep_money", Turn::Minutes(10), Job::SweepMoney),
    ("check_invoices", Turn::Nightly(2, 30), Job::CheckInvoices),
    ("check_contacts", Turn::Nightly(2, 50), Job::CheckContacts),
    ("accrue_lines", Turn::Minutes(10), Job::AccrueLines),
    // It takes its own turn at an hour of the day; this is how late it may be.
    ("begin_digests", Turn::Minutes(10), Job::BeginDigests),
    ("check_slack", Turn::Minutes(60), Job::CheckSlack),
    ("check_mail", Turn::Minutes(60), Job::CheckMail),
    ("check_scanner", Turn::Minutes(10), Job::CheckScanner),
    // Only tokens that nobody used for days.
    ("renew_tokens", Turn::Minutes(60), Job::RenewTokens),
    ("watch_over", Turn::Minutes(1), Job::WatchOver),
    ("tell_exceptions", Turn::Minutes(3), Job::TellExceptions),
    ("recompute_lines", Turn::Nightly(3, 10), Job::RecomputeLines),
    ("clean_up", Turn::Nightly(4, 10), Job::CleanUp),
    (
        "enforce_retention",
        Turn::Nightly(4, 30),
        Job::EnforceRetention,
    ),
];

/// Adds the jobs whose turn has come.
pub(crate) async fn run_due(ctx: &Ctx) -> Result<(), JobError> {
    for (name, turn, job) in SCHEDULES {
        let now = ctx.now();
        if !jobs::is_turn(&mut ctx.store.read().await?, name, now).await? {
            continue;
        }
        // Its turn is not taken: it comes at once when HubSpot is used again.
        if job.asks_hubspot() && !relay::is_hubspot_used(ctx).await? {
            continue;
        }
        let mut tx = ctx.store.write().await?;
        if jobs::take_turn(&mut tx, name, now, next_turn(ctx, *turn, now)).await? {
            outbox::add(ctx, &mut tx, job).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

fn next_turn(ctx: &Ctx, turn: Turn, now: Timestamp) -> Timestamp {
    match turn {
        Turn::Minutes(minutes) => now.plus_ms(minutes * MINUTE_MS),
        Turn::Nightly(hour, minute) => {
            let today = ctx.date_of(now);
            // One of the two is still to come, wherever the clocks are changed.
            let nights = [Some(today), today.succ_opt()];
            let next = nights
                .into_iter()
                .flatten()
                .map(|night| at_local_time(ctx, night, hour, minute))
                .find(|at| *at > now);
            next.unwrap_or_else(|| now.plus_days(1))
        }
    }
}

/// In the night in which the clocks skip that time, so long after midnight.
fn at_local_time(ctx: &Ctx, night: chrono::NaiveDate, hour: u32, minute: u32) -> Timestamp {
    let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
    let local = ctx
        .programme
        .time_zone
        .from_local_datetime(&night.and_time(time))
        .earliest();
    local.map_or_else(
        || {
            ctx.start_of(night)
                .plus_ms(i64::from(hour * 60 + minute) * MINUTE_MS)
        },
        |local| Timestamp(local.timestamp_millis()),
    )
}
