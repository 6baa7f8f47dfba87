//! What is done again and again, once however many instances there are: the row of a schedule is advanced by whoever comes first.

use portal_services::{
    Ctx,
    outbox::{self, Job},
};
use portal_store::jobs;

use crate::JobError;

const MINUTE_MS: i64 = 60_000;

/// Name, how often, and what. The sweeps are the backstop for lost webhooks: what one costs is these minutes, or the
/// day for a deletion, which no sweep sees.
fn schedules() -> [(&'static str, i64, Job); 9] {
    [
        ("read_stages", 60 * MINUTE_MS, Job::ReadStages),
        ("set_up_hubspot", 24 * 60 * MINUTE_MS, Job::SetUpHubSpot),
        ("read_owners", 60 * MINUTE_MS, Job::ReadOwners),
        ("sweep_deals", 5 * MINUTE_MS, Job::SweepDeals),
        ("check_deals", 24 * 60 * MINUTE_MS, Job::CheckDeals),
        ("sweep_invoices", 5 * MINUTE_MS, Job::SweepInvoices),
        ("accrue_lines", 10 * MINUTE_MS, Job::AccrueLines),
        ("recompute_lines", 24 * 60 * MINUTE_MS, Job::RecomputeLines),
        ("clean_up", 24 * 60 * MINUTE_MS, Job::CleanUp),
    ]
}

/// Adds the jobs whose turn has come.
pub(crate) async fn run_due(ctx: &Ctx) -> Result<(), JobError> {
    for (name, every_ms, job) in schedules() {
        let now = ctx.now();
        if !jobs::is_turn(&mut ctx.store.read().await?, name, now).await? {
            continue;
        }
        let mut tx = ctx.store.write().await?;
        if jobs::take_turn(&mut tx, name, now, now.plus_ms(every_ms)).await? {
            outbox::add(ctx, &mut tx, &job).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}
