//! Work that was given up, and what an operator makes of it: try it again, or set it aside with a reason, where nothing will come of it. What is set aside is kept
//! with its tries, is counted nowhere, and can still be tried again.

use portal_domain::{
    access::{Action, Actor},
    calendar::Timestamp,
    ids::JobId,
};
use portal_store::{
    Tx,
    jobs::{self, Dead, DeadPlace, JobRecord},
};
use serde_json::json;

use crate::{
    Ctx, ServiceError, access::require_staff, audit::record, operations::Failing, subject,
};

/// How many are on one page.
const PAGE: usize = 25;
/// How many of those that are tried again by themselves are shown.
const RETRYING_MAX: i64 = 25;

/// Some dead jobs of a lane, the newest first.
#[derive(Clone, Debug, Default)]
pub struct DeadPage {
    pub jobs: Vec<Failing>,
    /// Where the next page begins, if there is one.
    pub next: Option<DeadPlace>,
}

/// The dead jobs of a lane behind a place.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    lane: &str,
    which: Dead,
    behind: Option<DeadPlace>,
) -> Result<DeadPage, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut found = jobs::list_dead(&mut tx, lane, which, behind, limit).await?;
    let goes_on = found.len() > PAGE;
    found.truncate(PAGE);
    let last = found.last().filter(|_| goes_on);
    let next = last.and_then(|last| {
        let at = last.finished_at?;
        Some(DeadPlace { at, id: last.id })
    });
    Ok(DeadPage {
        jobs: with_subjects(&mut tx, found).await?,
        next,
    })
}

/// What failed in a lane and is tried again by itself, the newest first.
pub async fn list_retrying(
    ctx: &Ctx,
    actor: &Actor,
    lane: &str,
) -> Result<Vec<Failing>, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let found = jobs::list_retrying(&mut tx, lane, RETRYING_MAX).await?;
    with_subjects(&mut tx, found).await
}

pub(crate) async fn with_subjects(
    tx: &mut Tx,
    jobs: Vec<JobRecord>,
) -> Result<Vec<Failing>, ServiceError> {
    let mut failing = Vec::with_capacity(jobs.len());
    for job in jobs {
        let subject = subject::find(tx, &job).await?;
        failing.push(Failing { job, subject });
    }
    Ok(failing)
}

/// Sets one dead job aside.
pub async fn set_aside(
    ctx: &Ctx,
    actor: &Actor,
    id: JobId,
    reason: &str,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Operate)?;
    let reason = given(reason)?;
    let mut tx = ctx.store.write().await?;
    if !jobs::set_aside(&mut tx, id, actor.person(), reason, ctx.now()).await? {
        return Err(ServiceError::Conflict("job-not-failed"));
    }
    let facts = json!({ "reason": reason });
    record(ctx, &mut tx, actor, "set_aside_job", id, &facts).await?;
    Ok(tx.commit().await?)
}

/// Sets aside all of a lane that were given up by an instant: when the person who says so saw them.
pub async fn set_all_aside(
    ctx: &Ctx,
    actor: &Actor,
    lane: &str,
    seen_at: Timestamp,
    reason: &str,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Operate)?;
    let reason = given(reason)?;
    let mut tx = ctx.store.write().await?;
    let (by, now) = (actor.person(), ctx.now());
    let count = jobs::set_all_aside(&mut tx, lane, seen_at, by, reason, now).await?;
    if count == 0 {
        return Err(ServiceError::Conflict("nothing-failed"));
    }
    let facts = json!({ "reason": reason, "count": count });
    record(ctx, &mut tx, actor, "set_aside_jobs", lane, &facts).await?;
    Ok(tx.commit().await?)
}

fn given(reason: &str) -> Result<&str, ServiceError> {
    match reason.trim() {
        "" => Err(ServiceError::field("reason", "required")),
        reason => Ok(reason),
    }
}
