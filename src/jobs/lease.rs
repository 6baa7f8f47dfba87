//! Jobs in our hands: done one after another, while their leases are prolonged; the work ends with the lease, whatever becomes of the database.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use portal_domain::{calendar::Timestamp, failure::Failure};
use portal_integrations::gate::through;
use portal_services::{Ctx, outbox::Job};
use portal_store::jobs::{self, ClaimedJob};
use tokio::{task::JoinSet, time::Instant};

use crate::{
    Desk, JobError,
    budget::Buckets,
    gate::JobGate,
    outcome::{self, Ended},
    perform::Work,
};

/// A worker that is silent for so long has lost its jobs to others.
pub(crate) const LEASE_MS: i64 = 8_000;
/// From before the claim or the last heartbeat on: the work is ended while nobody else can have the job yet.
const HELD_MS: u32 = 7_000;
const HELD: Duration = Duration::from_millis(HELD_MS as u64);
const HEARTBEAT: Duration = Duration::from_secs(2);

/// Until when jobs are ours, by both clocks: the one that others look at may be set, and the other stands still while the machine sleeps.
#[derive(Debug)]
pub(crate) struct Lease(Mutex<Held>);

#[derive(Clone, Copy, Debug)]
struct Held {
    until: Timestamp,
    ends_at: Instant,
}

impl Held {
    fn from_now(ctx: &Ctx) -> Self {
        Self {
            until: ctx.now().plus_ms(i64::from(HELD_MS)),
            ends_at: Instant::now() + HELD,
        }
    }
}

impl Lease {
    /// Of what is claimed after this.
    pub(crate) fn before_claim(ctx: &Ctx) -> Self {
        Self(Mutex::new(Held::from_now(ctx)))
    }

    /// Whoever has slept over it does nothing more: somebody else may be at it.
    pub(crate) fn is_over(&self, ctx: &Ctx) -> bool {
        let held = self.held();
        Instant::now() >= held.ends_at || ctx.now() >= held.until
    }

    fn held(&self) -> Held {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn prolong(&self, held: Held) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = held;
    }
}

/// Jobs that were claimed together.
pub(crate) struct Armful<'a> {
    lane: &'a str,
    /// Not begun yet.
    waiting: VecDeque<ClaimedJob>,
    ended: Vec<Ended>,
    lease: Arc<Lease>,
    /// When it must be prolonged.
    beat_at: Instant,
}

/// What jobs are done with.
pub(crate) struct Tools<'a> {
    pub desk: &'a Desk,
    pub buckets: Option<&'a Arc<Buckets>>,
    pub work: &'a Work,
}

impl<'a> Armful<'a> {
    /// Jobs of a lane, and until when they are ours.
    pub(crate) fn new(lane: &'a str, claimed: Vec<ClaimedJob>, lease: Lease) -> Self {
        Self {
            lane,
            waiting: claimed.into(),
            ended: Vec::new(),
            lease: Arc::new(lease),
            beat_at: Instant::now() + HEARTBEAT,
        }
    }

    /// Does what the jobs ask for; answers how those ended that are still ours and not written down yet. What was not begun by the first heartbeat is put back,
    /// for workers that have nothing to do.
    pub(crate) async fn perform(mut self, tools: &Tools<'_>) -> Vec<Ended> {
        while let Some(claimed) = self.waiting.pop_front() {
            let gate = Arc::new(JobGate::new(
                tools.desk.ctx.clone(),
                tools.buckets.cloned(),
                Arc::clone(&self.lease),
            ));
            let Some(outcome) = self.perform_one(tools, &claimed, &gate).await else {
                tracing::warn!(job.kind = %claimed.kind, "The lease of job `{}` was lost", claimed.kind);
                break;
            };
            self.ended.push(Ended {
                claimed,
                gate,
                outcome,
            });
        }
        self.ended
    }

    /// Does one job within its lease; a panic is a failure like any other. `None`: the lease was lost, the work was stopped where it stood, and how the job ends
    /// is for others to say.
    async fn perform_one(
        &mut self,
        tools: &Tools<'_>,
        claimed: &ClaimedJob,
        gate: &Arc<JobGate>,
    ) -> Option<Result<(), JobError>> {
        let job: Job = match serde_json::from_str(&claimed.payload) {
            Ok(job) => job,
            // A newer instance may have added it, and know how to do it.
            Err(error) => return Some(Err(JobError::retry(error))),
        };
        let gate: Arc<JobGate> = Arc::clone(gate);
        // However this function is left, what is in the set does not outlive it.
        let mut work = JoinSet::new();
        work.spawn(through(gate, (tools.work)(tools.desk.clone(), job)));
        let ended = loop {
            tokio::select! {
                Some(done) = work.join_next() => break Some(done),
                () = tokio::time::sleep_until(self.beat_at.min(self.lease.held().ends_at)) => {}
            }
            // Never broken off by the work's end: whoever does not know whether jobs were put back may do none of them.
            if !self.beat(&tools.desk.ctx, claimed).await {
                break work.try_join_next();
            }
        };
        work.shutdown().await;
        ended.map(|done| {
            done.unwrap_or_else(|panic| {
                let broke = JobError::retry(format!("the job panicked: {panic}"));
                Err(broke.of(Failure::Broke))
            })
        })
    }

    /// Prolongs the lease of the job that is being done; `false` once it is over. A database that does not answer is asked again until then.
    async fn beat(&mut self, ctx: &Ctx, running: &ClaimedJob) -> bool {
        if self.lease.is_over(ctx) {
            return false;
        }
        let prolonged = Held::from_now(ctx);
        let unbegun = std::mem::take(&mut self.waiting);
        let ended = std::mem::take(&mut self.ended);
        self.beat_at = Instant::now() + HEARTBEAT;
        let kept = keep(ctx, self.lane, running, unbegun.into(), ended);
        match tokio::time::timeout_at(self.lease.held().ends_at, kept).await {
            Ok(Ok(true)) => {
                self.lease.prolong(prolonged);
                true
            }
            Ok(Err(error)) => {
                tracing::warn!(job.id = %running.id, %error, "Could not prolong the lease of a job");
                true
            }
            Ok(Ok(false)) | Err(_) => false,
        }
    }
}

/// Prolongs one job's lease, puts back what was not begun and writes how those before it ended; `false` if somebody else has the job by now.
async fn keep(
    ctx: &Ctx,
    lane: &str,
    running: &ClaimedJob,
    unbegun: Vec<ClaimedJob>,
    ended: Vec<Ended>,
) -> Result<bool, JobError> {
    let mut tx = ctx.store.write().await?;
    let ours = jobs::prolong(&mut tx, running, ctx.now().plus_ms(LEASE_MS)).await?;
    if !unbegun.is_empty() {
        let unbegun: Vec<&ClaimedJob> = unbegun.iter().collect();
        jobs::put_back(&mut tx, lane, &unbegun).await?;
    }
    tx.commit().await?;
    outcome::write(ctx, lane, ended).await?;
    Ok(ours)
}
