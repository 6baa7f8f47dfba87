//! The worker: claims due jobs lane by lane, keeps their leases alive while they run, and writes how they ended. A lease that is not renewed
//! runs out within [`LEASE_MS`], and another worker takes the job over; the fence keeps the first from writing afterwards.

use std::{sync::Arc, time::Duration};

use portal_domain::calendar::Timestamp;
use portal_services::{
    Ctx,
    outbox::{Job, LANES},
};
use portal_store::{
    jobs::{self, ClaimedJob},
    vendors,
};
use tokio::{sync::watch, task::JoinSet};

use crate::{Desk, JobError, Vendors, error::Remedy, locks::Locks, perform::perform, schedule};

const LEASE_MS: i64 = 8_000;
const HEARTBEAT: Duration = Duration::from_secs(2);
/// How long a job added by another process may wait for us to look.
const LOOK: Duration = Duration::from_millis(400);
/// 2 s, 4 s, 8 s, … up to 15 minutes: about an hour and a half in all before a person is needed.
const ATTEMPTS_MAX: i64 = 14;
const RETRY_FIRST_MS: i64 = 2_000;
const RETRY_MAX_MS: i64 = 15 * 60_000;

/// Runs jobs; as many workers as one likes may share a database.
#[derive(Clone)]
pub struct Worker {
    desk: Arc<Desk>,
}

impl Worker {
    pub fn new(ctx: Ctx, vendors: Vendors) -> Self {
        Self {
            desk: Arc::new(Desk {
                ctx,
                vendors,
                locks: Locks::default(),
            }),
        }
    }

    /// Works until `stop` says so; what is under way is finished first.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let mut tasks = JoinSet::new();
        for lane in LANES {
            for _ in 0..hands(lane) {
                tasks.spawn(self.clone().work_lane(lane, stop.clone()));
            }
        }
        tasks.spawn(self.clone().keep_schedules(stop));
        while tasks.join_next().await.is_some() {}
    }

    /// Makes in HubSpot what must be there before a lead can be registered, now, and says why where it cannot.
    pub async fn set_up_hubspot(&self) -> Result<(), JobError> {
        crate::read_deals::set_up(&self.desk).await
    }

    async fn work_lane(self, lane: &'static str, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            match self.run_next(lane).await {
                Ok(true) => {}
                Ok(false) => {
                    tokio::select! {
                        () = self.desk.ctx.store.job_added() => {}
                        () = tokio::time::sleep(LOOK) => {}
                        _ = stop.changed() => {}
                    }
                }
                Err(error) => {
                    tracing::error!(lane, %error, "Could not look for work in lane `{lane}`");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    async fn keep_schedules(self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            if let Err(error) = schedule::run_due(&self.desk.ctx).await {
                tracing::error!(%error, "Could not keep the schedules");
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Runs everything that is due now, schedules included, one after another until nothing is left: for tests and for commands. Answers how many jobs ran.
    pub async fn run_due(&self) -> Result<usize, JobError> {
        schedule::run_due(&self.desk.ctx).await?;
        let mut ran = 0;
        loop {
            let before = ran;
            for lane in LANES {
                while self.run_next(lane).await? {
                    ran += 1;
                }
            }
            if ran == before {
                return Ok(ran);
            }
        }
    }

    /// Claims and runs one job of a lane; `false` if none is due.
    async fn run_next(&self, lane: &str) -> Result<bool, JobError> {
        let ctx = &self.desk.ctx;
        let now = ctx.now();
        if !jobs::is_due(&mut ctx.store.read().await?, lane, now).await? {
            return Ok(false);
        }
        let mut tx = ctx.store.write().await?;
        let claimed = jobs::claim(&mut tx, lane, now, now.plus_ms(LEASE_MS)).await?;
        tx.commit().await?;
        let Some(claimed) = claimed else {
            return Ok(false);
        };
        let outcome = self.run_leased(&claimed).await;
        self.write_outcome(lane, &claimed, outcome).await?;
        Ok(true)
    }

    /// Runs a job while its lease is renewed; a panic is a failure like any other.
    async fn run_leased(&self, claimed: &ClaimedJob) -> Result<(), JobError> {
        let job: Job = serde_json::from_str(&claimed.payload).map_err(JobError::fail)?;
        let desk = Arc::clone(&self.desk);
        let mut work = tokio::task::spawn(async move { perform(&desk, &job).await });
        loop {
            tokio::select! {
                done = &mut work => {
                    return done.unwrap_or_else(|panic| Err(JobError::retry(format!("the job panicked: {panic}"))));
                }
                () = tokio::time::sleep(HEARTBEAT) => {
                    let ctx = &self.desk.ctx;
                    let mut tx = ctx.store.write().await?;
                    let ours = jobs::prolong(&mut tx, claimed, ctx.now().plus_ms(LEASE_MS)).await?;
                    tx.commit().await?;
                    if !ours {
                        work.abort();
                        return Err(JobError::retry("another worker took the job over"));
                    }
                }
            }
        }
    }

    async fn write_outcome(
        &self,
        lane: &str,
        claimed: &ClaimedJob,
        outcome: Result<(), JobError>,
    ) -> Result<(), JobError> {
        let ctx = &self.desk.ctx;
        let now = ctx.now();
        let outside = lane != "books";
        let mut tx = ctx.store.write().await?;
        match outcome {
            Ok(()) => {
                jobs::finish(&mut tx, claimed, now).await?;
                if outside {
                    vendors::add_success(&mut tx, lane, now).await?;
                }
            }
            Err(error) => {
                let retry_at = retry_at(&error, claimed.attempt, now);
                tracing::warn!(
                    job.kind = %claimed.kind,
                    job.attempt = claimed.attempt,
                    job.dead = retry_at.is_none(),
                    "Job `{}` failed: {error}",
                    claimed.kind
                );
                jobs::fail(&mut tx, claimed, &error.message, retry_at, now).await?;
                if outside {
                    vendors::add_failure(&mut tx, lane, &error.message, now).await?;
                }
                if retry_at.is_none() {
                    tx.commit().await?;
                    return tell(ctx, claimed, &error.message).await;
                }
            }
        }
        Ok(tx.commit().await?)
    }
}

/// A bill that was tried for the last time waits for a person: finance and the partner hear of it, and not the operator alone.
async fn tell(ctx: &Ctx, claimed: &ClaimedJob, why: &str) -> Result<(), JobError> {
    match serde_json::from_str(&claimed.payload) {
        Ok(Job::CreateBill { bill }) => {
            Ok(portal_services::bills::cannot_be_made(ctx, bill, why).await?)
        }
        _ => Ok(()),
    }
}

/// How many jobs of a lane run side by side; Xero allows five calls in flight, and our own books have one writer.
const fn hands(lane: &str) -> usize {
    match lane.as_bytes() {
        b"hubspot" => 4,
        b"xero" | b"mail" => 2,
        _ => 1,
    }
}

/// When to try again: later each time, a little scattered so that a thousand jobs that failed together do not come back together. `None`: never.
fn retry_at(error: &JobError, attempt: i64, now: Timestamp) -> Option<Timestamp> {
    let Remedy::Retry { after_ms } = error.remedy else {
        return None;
    };
    if attempt >= ATTEMPTS_MAX {
        return None;
    }
    let doubled = RETRY_FIRST_MS
        .saturating_mul(1 << (attempt - 1).clamp(0, 20))
        .min(RETRY_MAX_MS);
    let mut random = [0_u8; 1];
    getrandom::fill(&mut random).expect("the operating system gives random bytes");
    let scattered = doubled + doubled * i64::from(random[0]) / 1_024;
    Some(now.plus_ms(scattered.max(after_ms.unwrap_or(0))))
}
