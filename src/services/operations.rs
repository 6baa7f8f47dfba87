//! Looking after the machinery: how the outside systems are doing, what failed, and trying it again.

use portal_domain::{
    access::{Action, Actor},
    calendar::Timestamp,
    ids::JobId,
    remote::RemoteStage,
};
use portal_store::{
    audit::{self, AuditRecord},
    deals,
    jobs::{self, JobRecord},
    settings,
    vendors::{self, VendorRecord},
};

use crate::{
    Ctx, ServiceError,
    access::require_staff,
    outbox::{self, Job},
};

/// What the integrations page shows.
#[derive(Clone, Debug)]
pub struct Health {
    pub vendors: Vec<VendorRecord>,
    /// Lane, state, how many.
    pub pending: Vec<(String, String, i64)>,
    pub failing: Vec<JobRecord>,
}

pub async fn read_health(ctx: &Ctx, actor: &Actor) -> Result<Health, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    Ok(Health {
        vendors: vendors::list(&mut tx).await?,
        pending: jobs::count_pending(&mut tx).await?,
        failing: jobs::list_failing(&mut tx, 50).await?,
    })
}

/// Tries a dead job again.
pub async fn retry_job(ctx: &Ctx, actor: &Actor, id: JobId) -> Result<(), ServiceError> {
    require_staff(actor, Action::Operate)?;
    let mut tx = ctx.store.write().await?;
    jobs::revive(&mut tx, id, ctx.now())
        .await
        .map_err(|_| ServiceError::Conflict("job-not-dead"))?;
    audit::add(
        &mut tx,
        Some(actor.person()),
        "retry_job",
        &id.to_string(),
        "{}",
        ctx.now(),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Reads everything anew from both vendors, now.
pub async fn sweep_now(ctx: &Ctx, actor: &Actor) -> Result<(), ServiceError> {
    require_staff(actor, Action::Operate)?;
    let mut tx = ctx.store.write().await?;
    for job in [Job::ReadStages, Job::SweepDeals, Job::SweepInvoices] {
        outbox::add(ctx, &mut tx, &job).await?;
    }
    audit::add(
        &mut tx,
        Some(actor.person()),
        "sweep_now",
        "vendors",
        "{}",
        ctx.now(),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// The newest audit records before a position.
pub async fn list_audit(
    ctx: &Ctx,
    actor: &Actor,
    before: Option<i64>,
) -> Result<Vec<AuditRecord>, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    Ok(audit::list_before(&mut tx, before.unwrap_or(i64::MAX), 50).await?)
}

/// The stages of HubSpot's pipelines, as just read.
pub async fn stages_read(ctx: &Ctx, stages: &[RemoteStage]) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    for stage in stages {
        deals::put_stage(&mut tx, stage, ctx.now()).await?;
    }
    Ok(tx.commit().await?)
}

/// Whether a stage is one that we have read; an unknown one means that somebody edited the pipeline.
pub async fn is_stage_known(ctx: &Ctx, pipeline: &str, stage: &str) -> Result<bool, ServiceError> {
    let mut tx = ctx.store.read().await?;
    let stages = deals::list_stages(&mut tx).await?;
    Ok(stages
        .iter()
        .any(|known| known.pipeline == pipeline && known.id == stage))
}

/// Drops the rows of work that was done more than a week ago; history lives in timelines and the audit log.
pub async fn clean_up(ctx: &Ctx) -> Result<u64, ServiceError> {
    let mut tx = ctx.store.write().await?;
    let removed = jobs::remove_done(&mut tx, ctx.now().plus_days(-7)).await?;
    tx.commit().await?;
    Ok(removed)
}

/// How far a sweep has read; `None` before the first.
pub async fn find_cursor(ctx: &Ctx, name: &str) -> Result<Option<Timestamp>, ServiceError> {
    let mut tx = ctx.store.read().await?;
    Ok(vendors::find_cursor(&mut tx, name).await?)
}

/// A sweep read everything up to an instant, and what it found has its jobs.
pub async fn sweep_read(
    ctx: &Ctx,
    vendor: &str,
    cursor: &str,
    until: Timestamp,
    found: &[Job],
) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    for job in found {
        outbox::add(ctx, &mut tx, job).await?;
    }
    vendors::advance_cursor(&mut tx, cursor, until, ctx.now()).await?;
    vendors::add_sweep(&mut tx, vendor, ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// Ids of Xero invoices that can still change: what the backstop reads again.
pub async fn list_open_invoices(ctx: &Ctx, limit: i64) -> Result<Vec<String>, ServiceError> {
    let mut tx = ctx.store.read().await?;
    Ok(portal_store::invoices::list_open_ids(&mut tx, limit).await?)
}

/// How far the sandbox's clock was moved on, so that time does not run back when the program starts again.
pub async fn find_clock_offset(ctx: &Ctx) -> Result<i64, ServiceError> {
    let mut tx = ctx.store.read().await?;
    Ok(settings::find(&mut tx, CLOCK_OFFSET)
        .await?
        .and_then(|value| value.parse().ok())
        .unwrap_or(0))
}

pub async fn set_clock_offset(ctx: &Ctx, offset_ms: i64) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    settings::set(&mut tx, CLOCK_OFFSET, &offset_ms.to_string(), ctx.now()).await?;
    Ok(tx.commit().await?)
}

const CLOCK_OFFSET: &str = "sandbox.clock_offset_ms";
