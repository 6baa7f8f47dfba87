//! A job in our hands: its lease is prolonged while the work goes on, and the work ends with the lease, whatever becomes of the database.

use std::{sync::Arc, time::Duration};

use portal_integrations::gate::through;
use portal_services::{Ctx, outbox::Job};
use portal_store::jobs::{self, ClaimedJob};
use tokio::{task::JoinSet, time::Instant};

use crate::{Desk, JobError, gate::JobGate, perform::perform};

/// A worker that is silent for so long has lost its job to others.
pub(crate) const LEASE_MS: i64 = 8_000;
/// By our own clock, from before the claim or the last heartbeat on: the work is ended while nobody else can have the job yet.
const HELD: Duration = Duration::from_secs(7);
const HEARTBEAT: Duration = Duration::from_secs(2);

/// Does what a job asks for, within its lease; a panic is a failure like any other. `None`: the lease was lost, the work was stopped where it stood, and how the
/// job ends is for others to say.
pub(crate) async fn perform_leased(
    desk: &Desk,
    claimed: &ClaimedJob,
    since: Instant,
    gate: &Arc<JobGate>,
) -> Option<Result<(), JobError>> {
    let job: Job = match serde_json::from_str(&claimed.payload) {
        Ok(job) => job,
        Err(error) => return Some(Err(JobError::fail(error))),
    };
    let own_desk = desk.clone();
    let gate: Arc<JobGate> = Arc::clone(gate);
    // However this function is left, what is in the set does not outlive it.
    let mut work = JoinSet::new();
    work.spawn(through(gate, async move { perform(&own_desk, &job).await }));
    let ended = tokio::select! {
        Some(done) = work.join_next() => Some(
            done.unwrap_or_else(|panic| Err(JobError::retry(format!("the job panicked: {panic}")))),
        ),
        () = keep(&desk.ctx, claimed, since) => None,
    };
    work.shutdown().await;
    ended
}

/// Prolongs the lease for as long as the job is ours; a database that does not answer is asked again until the lease is over.
async fn keep(ctx: &Ctx, claimed: &ClaimedJob, since: Instant) {
    let mut ends = since + HELD;
    loop {
        tokio::time::sleep_until(ends.min(Instant::now() + HEARTBEAT)).await;
        let asked = Instant::now();
        match tokio::time::timeout_at(ends, prolong(ctx, claimed)).await {
            Ok(Ok(true)) => ends = asked + HELD,
            Ok(Err(error)) if asked < ends => {
                tracing::warn!(job.id = %claimed.id, %error, "Could not prolong the lease of a job");
            }
            _ => return,
        }
    }
}

async fn prolong(ctx: &Ctx, claimed: &ClaimedJob) -> Result<bool, JobError> {
    let mut tx = ctx.store.write().await?;
    let ours = jobs::prolong(&mut tx, claimed, ctx.now().plus_ms(LEASE_MS)).await?;
    tx.commit().await?;
    Ok(ours)
}
