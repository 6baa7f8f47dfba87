//! The worker: claims due jobs lane by lane, has them done within their leases, and writes how they ended. A lease that is not prolonged runs out within
//! [`LEASE_MS`], and another worker takes the job back; the fence keeps the first from writing afterwards.

use std::{sync::Arc, time::Duration};

use portal_domain::calendar::Timestamp;
use portal_services::{
    Ctx,
    outbox::{Job, LANES},
};
use portal_store::{
    Tx,
    jobs::{self, ClaimedJob, Ending},
    vendors,
};
use tokio::{sync::watch, task::JoinSet, time::Instant};

use crate::{
    Desk, JobError, Vendors,
    error::Remedy,
    lease::{LEASE_MS, perform_leased},
    schedule,
};

/// How long a job added by another process may wait for us to look.
const LOOK: Duration = Duration::from_millis(400);
/// 2 s, 4 s, 8 s, … up to 15 minutes: about an hour and a half in all before a person is needed.
const ATTEMPTS_MAX: i64 = 14;
const RETRY_FIRST_MS: i64 = 2_000;
const RETRY_MAX_MS: i64 = 15 * 60_000;
/// After so many workers in a row that went silent over a job it is the job that ends them.
const LOSSES_MAX: i64 = 5;

/// Runs jobs; as many workers as one likes may share a database.
#[derive(Clone)]
pub struct Worker {
    desk: Arc<Desk>,
}

impl Worker {
    pub fn new(ctx: Ctx, vendors: Vendors) -> Self {
        Self {
            desk: Arc::new(Desk { ctx, vendors }),
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
        let since = Instant::now();
        let mut tx = ctx.store.write().await?;
        let dead = take_back(&mut tx, lane, now).await?;
        let claimed = jobs::claim(&mut tx, lane, now, now.plus_ms(LEASE_MS)).await?;
        tx.commit().await?;
        for job in dead {
            tell(ctx, &job, SILENT).await?;
        }
        let Some(claimed) = claimed else {
            return Ok(false);
        };
        match perform_leased(&self.desk, &claimed, since).await {
            Some(outcome) => self.write_outcome(lane, &claimed, outcome).await?,
            None => {
                tracing::warn!(job.kind = %claimed.kind, "The lease of job `{}` was lost", claimed.kind);
            }
        }
        Ok(true)
    }

    /// Writes how a job ended, unless somebody else has it by now: then it is theirs to say, and our word is none.
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
        let Err(error) = outcome else {
            if jobs::finish(&mut tx, claimed, now).await? && outside {
                vendors::add_success(&mut tx, lane, now).await?;
            }
            return Ok(tx.commit().await?);
        };
        let retry_at = retry_at(&error, claimed.attempt, now);
        tracing::warn!(
            job.kind = %claimed.kind,
            job.attempt = claimed.attempt,
            job.dead = retry_at.is_none(),
            "Job `{}` failed: {error}",
            claimed.kind
        );
        let message = &error.message;
        if !jobs::end_try(&mut tx, claimed, Ending::Failed, message, retry_at, now).await? {
            return Ok(());
        }
        if outside {
            vendors::add_failure(&mut tx, lane, message, now).await?;
        }
        tx.commit().await?;
        if retry_at.is_none() {
            tell(ctx, claimed, message).await?;
        }
        Ok(())
    }
}

/// What is said of a job whose worker never said anything.
const SILENT: &str = "the worker that had the job went silent";

/// Takes back the jobs of workers that have gone silent; answers those that are given up. The first time such a job runs again at once: most likely it was the
/// machine that ended. Later it waits like one that failed, since most likely it is the job that ends its worker.
async fn take_back(tx: &mut Tx, lane: &str, now: Timestamp) -> Result<Vec<ClaimedJob>, JobError> {
    let mut dead = Vec::new();
    for job in jobs::list_silent(tx, lane, now).await? {
        let given_up = job.losses + 1 >= LOSSES_MAX || job.attempt >= ATTEMPTS_MAX;
        let wait_ms = match job.losses {
            0 => 0,
            _ => wait_ms(job.attempt),
        };
        let retry_at = (!given_up).then(|| now.plus_ms(wait_ms));
        jobs::end_try(tx, &job, Ending::Lost, SILENT, retry_at, now).await?;
        tracing::warn!(job.kind = %job.kind, job.dead = given_up, "The worker of job `{}` went silent", job.kind);
        dead.extend(given_up.then_some(job));
    }
    Ok(dead)
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

/// When to try again; `None`: never.
fn retry_at(error: &JobError, attempt: i64, now: Timestamp) -> Option<Timestamp> {
    let Remedy::Retry { after_ms } = error.remedy else {
        return None;
    };
    (attempt < ATTEMPTS_MAX).then(|| now.plus_ms(wait_ms(attempt).max(after_ms.unwrap_or(0))))
}

/// Later each time, a little scattered so that a thousand jobs that failed together do not come back together.
fn wait_ms(attempt: i64) -> i64 {
    let doubled = RETRY_FIRST_MS
        .saturating_mul(1 << (attempt - 1).clamp(0, 20))
        .min(RETRY_MAX_MS);
    let mut random = [0_u8; 1];
    getrandom::fill(&mut random).expect("the operating system gives random bytes");
    doubled + doubled * i64::from(random[0]) / 1_024
}
