//! What becomes of a job, and of its vendor's lane, after a try: done, tried again, given up, or put back because the vendor let nobody do it.
//!
//! Only what is the job's own counts as a try. A vendor that is down, does not accept our credentials or wants fewer calls closes its lane for all instances;
//! then one job a minute finds out whether that is over.

use std::sync::Arc;

use portal_domain::{calendar::Timestamp, failure::Failure};
use portal_services::{Ctx, account, outbox::Job};
use portal_store::{
    Tx, budgets,
    jobs::{self, ClaimedJob, Ending},
    vendors,
};

use crate::{JobError, error::Remedy, gate::JobGate};

/// 2 s, 4 s, 8 s, … up to 15 minutes: about an hour and a half in all before a person is needed.
const ATTEMPTS_MAX: i64 = 14;
const RETRY_FIRST_MS: i64 = 2_000;
const RETRY_MAX_MS: i64 = 15 * 60_000;
/// After so many workers in a row that went silent over a job it is the job that ends them.
const LOSSES_MAX: i64 = 5;
/// How often a closed lane is tried.
pub(crate) const PROBE_MS: i64 = 60_000;
/// What is said of a job whose worker never said anything.
const SILENT: &str = "the worker that had the job went silent";

/// What is written of a try that did not do the work.
struct Verdict {
    ending: Ending,
    /// `None`: never again.
    retry_at: Option<Timestamp>,
}

/// Takes back the jobs of workers that have gone silent. The first time such a job runs again at once: most likely it was the machine that ended. Later it waits
/// like one that failed, since most likely it is the job that ends its worker.
pub(crate) async fn take_back(ctx: &Ctx, lane: &str) -> Result<(), JobError> {
    let now = ctx.now();
    let mut tx = ctx.store.write().await?;
    let mut dead = Vec::new();
    for job in jobs::list_silent(&mut tx, lane, now).await? {
        let given_up = job.losses + 1 >= LOSSES_MAX || job.attempt >= ATTEMPTS_MAX;
        let wait_ms = match job.losses {
            0 => 0,
            _ => wait_ms(job.attempt),
        };
        let retry_at = (!given_up).then(|| now.plus_ms(wait_ms));
        let (ending, failure) = (Ending::Lost, Failure::Broke);
        jobs::end_try(&mut tx, &job, ending, failure, SILENT, retry_at, now).await?;
        tracing::warn!(job.kind = %job.kind, job.dead = given_up, "The worker of job `{}` went silent", job.kind);
        if given_up {
            jobs::replace_dead(&mut tx, lane, &job, now).await?;
            dead.push(job);
        }
    }
    tx.commit().await?;
    for job in dead {
        tell(ctx, &job, SILENT).await?;
    }
    Ok(())
}

/// How a try ended.
pub(crate) struct Ended {
    pub claimed: ClaimedJob,
    pub gate: Arc<JobGate>,
    pub outcome: Result<(), JobError>,
}

/// Writes how jobs of a lane ended. Of one that somebody else has by now it is theirs to say, and our word is none.
pub(crate) async fn write(ctx: &Ctx, lane: &str, ended: Vec<Ended>) -> Result<(), JobError> {
    if ended.is_empty() {
        return Ok(());
    }
    let now = ctx.now();
    let mut tx = ctx.store.write().await?;
    if let Some(told) = ended.iter().rev().find_map(|ended| ended.gate.told()) {
        budgets::tell(&mut tx, lane, &told, now).await?;
    }
    let (done, failed): (Vec<Ended>, Vec<Ended>) =
        ended.into_iter().partition(|ended| ended.outcome.is_ok());
    let claims: Vec<&ClaimedJob> = done.iter().map(|done| &done.claimed).collect();
    if jobs::finish(&mut tx, &claims, now).await? > 0 {
        let is_answered = done.iter().any(|done| done.gate.is_answered());
        note_answer(&mut tx, lane, is_answered, now).await?;
    }
    let mut dead = Vec::new();
    for Ended {
        claimed,
        gate,
        outcome,
    } in failed
    {
        let Err(error) = outcome else { continue };
        if write_failure(&mut tx, lane, &claimed, &error, &gate, now).await? {
            dead.push((claimed, error));
        }
    }
    tx.commit().await?;
    for (claimed, error) in dead {
        tell(ctx, &claimed, &error.message).await?;
    }
    Ok(())
}

/// Writes that a job failed; `true` if that was for the last time.
async fn write_failure(
    tx: &mut Tx,
    lane: &str,
    claimed: &ClaimedJob,
    error: &JobError,
    gate: &JobGate,
    now: Timestamp,
) -> Result<bool, JobError> {
    let Verdict { ending, retry_at } = judge(tx, lane, claimed, error, now).await?;
    let is_dead = retry_at.is_none();
    tracing::warn!(
        job.kind = %claimed.kind,
        job.attempt = claimed.attempt,
        job.dead = is_dead,
        "Job `{}` failed: {}",
        claimed.kind,
        error.logged()
    );
    let (failure, message) = (error.failure, &error.message);
    let ours = jobs::end_try(tx, claimed, ending, failure, message, retry_at, now).await?;
    if ours {
        note_failure(tx, lane, error, gate, retry_at, now).await?;
    }
    if ours && is_dead {
        jobs::replace_dead(tx, lane, claimed, now).await?;
    }
    Ok(ours && is_dead)
}

/// Whether a failure is a try, and when the job comes again.
async fn judge(
    tx: &mut Tx,
    lane: &str,
    claimed: &ClaimedJob,
    error: &JobError,
    now: Timestamp,
) -> Result<Verdict, JobError> {
    let failed = |after_ms: Option<i64>| Verdict {
        ending: Ending::Failed,
        retry_at: (claimed.attempt < ATTEMPTS_MAX)
            .then(|| now.plus_ms(wait_ms(claimed.attempt).max(after_ms.unwrap_or(0)))),
    };
    let waited = |wait_ms: i64| Verdict {
        ending: Ending::Waited,
        retry_at: Some(now.plus_ms(wait_ms)),
    };
    Ok(match error.remedy {
        // A person must act, and nobody else need wait for it.
        Remedy::Fail | Remedy::Permit => Verdict {
            ending: Ending::Failed,
            retry_at: None,
        },
        Remedy::Retry { after_ms } => failed(after_ms),
        Remedy::SlowDown { after_ms } => waited(after_ms),
        Remedy::NextDay => waited(account::ms_to_next_day(tx, now).await?),
        // After those of its lane that have waited longer: what finds out next is another one, which may be let through.
        Remedy::Reconnect => waited(PROBE_MS),
        Remedy::Recover { after_ms } => {
            if vendors::find_standing(tx, lane).await?.is_closed() {
                waited(PROBE_MS.max(after_ms.unwrap_or(0)))
            } else {
                failed(after_ms)
            }
        }
    })
}

/// What a failure says about the vendor.
async fn note_failure(
    tx: &mut Tx,
    lane: &str,
    error: &JobError,
    gate: &JobGate,
    retry_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), JobError> {
    let probe_at = now.plus_ms(PROBE_MS);
    match error.remedy {
        Remedy::Fail | Remedy::Retry { .. } => {
            note_answer(tx, lane, gate.is_answered(), now).await?;
        }
        Remedy::Permit => note_answer(tx, lane, true, now).await?,
        Remedy::Recover { .. } => vendors::add_outage(tx, lane, probe_at, now).await?,
        // As long as this job waits, all others do.
        Remedy::SlowDown { .. } | Remedy::NextDay => {
            vendors::wait(tx, lane, retry_at.unwrap_or(probe_at), now).await?;
        }
        Remedy::Reconnect => vendors::hold(tx, lane, probe_at, now).await?,
    }
    Ok(vendors::add_failure(tx, lane, &error.message, now).await?)
}

/// A vendor that answered is up and knows us. A job that asked nobody says nothing: if it was to find out, the next one may.
async fn note_answer(
    tx: &mut Tx,
    lane: &str,
    is_answered: bool,
    now: Timestamp,
) -> Result<(), JobError> {
    if is_answered {
        vendors::add_success(tx, lane, now).await?;
    } else {
        vendors::give_probe_back(tx, lane, now).await?;
    }
    Ok(())
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

/// Later each time, a little scattered so that a thousand jobs that failed together do not come back together.
fn wait_ms(attempt: i64) -> i64 {
    let doubled = RETRY_FIRST_MS
        .saturating_mul(1 << (attempt - 1).clamp(0, 20))
        .min(RETRY_MAX_MS);
    let mut random = [0_u8; 1];
    getrandom::fill(&mut random).expect("the operating system gives random bytes");
    doubled + doubled * i64::from(random[0]) / 1_024
}
