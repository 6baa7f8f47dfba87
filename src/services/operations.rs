//! Looking after the machinery: how the outside systems are doing, what failed, and trying it again.

use portal_domain::{
    access::{Action, Actor},
    calendar::Timestamp,
    ids::JobId,
};
use portal_store::{
    audit,
    budgets::{self, BudgetRecord},
    credits, factors, invoices,
    jobs::{self, BacklogRecord, JobRecord, TryRecord},
    known_browsers, preferences, sessions, settings, slack_messages, slack_turns,
    vendors::{self, VendorRecord},
};

use serde_json::json;

use crate::{
    Ctx, ServiceError,
    access::{known::KNOWN_DAYS, require_staff},
    books::{self, About, Finding},
    dead_letters, inbox,
    outbox::{self, Job},
    relay,
    subject::{self, Subject},
};

/// How everything outside is doing, and the work for it.
#[derive(Clone, Debug)]
pub struct Health {
    pub vendors: Vec<VendorRecord>,
    pub backlogs: Vec<BacklogRecord>,
    pub budgets: Vec<BudgetRecord>,
    /// Some of each lane, the newest dead first.
    pub failing: Vec<Failing>,
    /// The database keeps no partner from another's rows: its user may walk through the wall.
    pub has_open_wall: bool,
    /// The database's user may take away what only the database keeps.
    pub may_change_schema: bool,
}

/// A job that failed, and what it is about.
#[derive(Clone, Debug)]
pub struct Failing {
    pub job: JobRecord,
    pub subject: Subject,
}

impl Health {
    pub fn vendor(&self, system: &str) -> Option<&VendorRecord> {
        self.vendors.iter().find(|vendor| vendor.name == system)
    }

    /// What a system said about its limits.
    pub fn budget(&self, system: &str) -> Option<&BudgetRecord> {
        self.budgets.iter().find(|budget| budget.name == system)
    }

    /// What is still to be done in a lane.
    pub fn backlog(&self, lane: &str) -> BacklogRecord {
        let found = self.backlogs.iter().find(|backlog| backlog.lane == lane);
        found.cloned().unwrap_or_default()
    }
}

/// How many failed jobs of each lane are shown beside those of the others: none is hidden by another lane's.
const FAILING_MAX: i64 = 10;

pub async fn read_health(ctx: &Ctx, actor: &Actor) -> Result<Health, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let failing = jobs::list_failing(&mut tx, FAILING_MAX).await?;
    let failing = dead_letters::with_subjects(&mut tx, failing).await?;
    let has_open_wall = ctx.store.has_open_wall().await?;
    let may_change_schema = ctx.store.may_change_schema().await?;
    Ok(Health {
        has_open_wall,
        may_change_schema,
        vendors: vendors::list(&mut tx).await?,
        backlogs: jobs::list_backlogs(&mut tx).await?,
        budgets: budgets::list(&mut tx).await?,
        failing,
    })
}

/// A job with its history.
#[derive(Clone, Debug)]
pub struct JobView {
    pub failing: Failing,
    /// The tries that did not do the work, newest first.
    pub tries: Vec<TryRecord>,
}

/// How many tries of a job are shown.
const TRIES_MAX: i64 = 100;

pub async fn find_job(ctx: &Ctx, actor: &Actor, id: JobId) -> Result<JobView, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let job = jobs::find(&mut tx, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let subject = subject::find(&mut tx, &job).await?;
    Ok(JobView {
        failing: Failing { job, subject },
        tries: jobs::list_tries(&mut tx, id, TRIES_MAX).await?,
    })
}

/// Tries all dead jobs of a lane again.
pub async fn retry_all(ctx: &Ctx, actor: &Actor, lane: &str) -> Result<(), ServiceError> {
    require_staff(actor, Action::Operate)?;
    let mut tx = ctx.store.write().await?;
    let revived = jobs::revive_all(&mut tx, lane, ctx.now()).await?;
    if revived == 0 {
        return Err(ServiceError::Conflict("nothing-failed"));
    }
    let facts = json!({ "count": revived }).to_string();
    audit::add(
        &mut tx,
        Some(actor.person()),
        "retry_all_jobs",
        lane,
        &facts,
        ctx.now(),
    )
    .await?;
    Ok(tx.commit().await?)
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

/// Sends nothing to a system until somebody resumes: what is to be sent waits, and loses none of its tries.
pub async fn pause(
    ctx: &Ctx,
    actor: &Actor,
    system: &str,
    reason: &str,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Operate)?;
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(ServiceError::field("reason", "required"));
    }
    let system = known(system)?;
    if !can_be_paused(system) {
        return Err(ServiceError::NotFound);
    }
    let mut tx = ctx.store.write().await?;
    if !vendors::pause(&mut tx, system, actor.person(), reason, ctx.now()).await? {
        return Err(ServiceError::Conflict("system-paused"));
    }
    let facts = json!({ "reason": reason }).to_string();
    audit::add(
        &mut tx,
        Some(actor.person()),
        "pause_system",
        system,
        &facts,
        ctx.now(),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Sends again, now: whether a person had paused it, or the portal waits for it to come back.
pub async fn resume(ctx: &Ctx, actor: &Actor, system: &str) -> Result<(), ServiceError> {
    require_staff(actor, Action::Operate)?;
    let system = known(system)?;
    let mut tx = ctx.store.write().await?;
    if !vendors::resume(&mut tx, system).await? {
        return Err(ServiceError::Conflict("system-runs"));
    }
    jobs::hurry(&mut tx, system, ctx.now()).await?;
    audit::add(
        &mut tx,
        Some(actor.person()),
        "resume_system",
        system,
        "{}",
        ctx.now(),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// What looks at files before they are kept.
pub const SCANNER: &str = "scanner";
/// The outside systems; each has a lane of its own.
pub const SYSTEMS: [&str; 6] = ["hubspot", "relay", "xero", "slack", "mail", SCANNER];

/// Whether a person may pause a system: what is handed in does not wait, and is not to go unseen.
pub fn can_be_paused(system: &str) -> bool {
    system != SCANNER
}

fn known(system: &str) -> Result<&'static str, ServiceError> {
    let found = SYSTEMS.iter().find(|known| **known == system);
    found.copied().ok_or(ServiceError::NotFound)
}

/// What is read anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swept {
    Both,
    /// HubSpot is asked nothing, as the iPaaS tells of deals.
    XeroAlone,
}

/// Reads everything anew, now, from the vendors that are asked at all.
pub async fn sweep_now(ctx: &Ctx, actor: &Actor) -> Result<Swept, ServiceError> {
    require_staff(actor, Action::Operate)?;
    let mut tx = ctx.store.write().await?;
    let swept = match relay::is_hubspot_used_in(&mut tx).await? {
        true => Swept::Both,
        false => Swept::XeroAlone,
    };
    for job in [
        Job::ReadStages,
        Job::SweepDeals,
        Job::SweepInvoices,
        Job::SweepMoney,
    ] {
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
    tx.commit().await?;
    Ok(swept)
}

/// Work that was done: people look at it for as long as they wonder about something of the last days.
const DONE_DAYS: i64 = 7;
/// Items of daily mails that were sent, which stand in the mails themselves; and sessions and sign-in links that ended, of which the audit log has the rest.
const ENDED_DAYS: i64 = 30;
/// Messages that stand in Slack: what follows hangs below the first of its thread, and a deal may be won a year after its lead came.
const POSTED_DAYS: i64 = 400;
/// When channels of Slack's take their next message, which is a matter of seconds.
const TURN_DAYS: i64 = 1;

/// Drops what only grows and is nobody's history, each after the days that are said above, and notes after those of the inbox.
///
/// History stays, and lives in the timelines, the ledger, the audit log and the mails, which say what a person was told. What a page shows stays too: work that was
/// given up, addresses that refuse mail, leads that went to the iPaaS, and what Slack answered to the last test of each place. So does a message that Slack never
/// took.
pub async fn clean_up(ctx: &Ctx) -> Result<u64, ServiceError> {
    let before = |days: i64| ctx.now().plus_days(-days);
    let mut tx = ctx.store.write().await?;
    let removed = jobs::remove_done(&mut tx, before(DONE_DAYS)).await?
        + preferences::remove_sent_items(&mut tx, before(ENDED_DAYS)).await?
        + sessions::remove_ended(&mut tx, before(ENDED_DAYS)).await?
        + known_browsers::remove_unused(&mut tx, before(i64::from(KNOWN_DAYS))).await?
        + factors::remove_old_questions(&mut tx, ctx.now()).await?
        + slack_messages::remove_posted(&mut tx, before(POSTED_DAYS)).await?
        + slack_turns::remove_idle(&mut tx, before(TURN_DAYS)).await?;
    tx.commit().await?;
    Ok(removed + inbox::clean_up(ctx).await?)
}

/// How far a sweep has read; `None` before the first.
pub async fn find_cursor(ctx: &Ctx, name: &str) -> Result<Option<Timestamp>, ServiceError> {
    let mut tx = ctx.store.read().await?;
    Ok(vendors::find_cursor(&mut tx, name).await?)
}

/// A sweep has read everything up to an instant.
pub async fn swept_until(ctx: &Ctx, cursor: &str, until: Timestamp) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    vendors::advance_cursor(&mut tx, cursor, until, ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// A sweep has come to its end.
pub async fn sweep_ended(ctx: &Ctx, vendor: &str) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    vendors::add_sweep(&mut tx, vendor, ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// How many of the invoices that are read again may be paid ones.
const PAID_AT_ONCE: usize = 10;
/// How long nobody looks at a paid invoice or a refund again.
const SETTLED_DAYS: i64 = 1;

/// Ids of Xero invoices that can still change: open ones, and a few paid ones of deals.
pub async fn list_invoices_to_read(ctx: &Ctx, limit: usize) -> Result<Vec<String>, ServiceError> {
    let mut tx = ctx.store.read().await?;
    let before = ctx.now().plus_days(-SETTLED_DAYS);
    let most = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let paid = invoices::list_paid_ids(&mut tx, before, most(PAID_AT_ONCE.min(limit))).await?;
    let room = most(limit.saturating_sub(paid.len()));
    let mut ids = invoices::list_open_ids(&mut tx, room).await?;
    ids.extend(paid);
    Ok(ids)
}

/// The refund of a deal that was not looked at for longest.
pub async fn find_refund_to_read(ctx: &Ctx) -> Result<Option<String>, ServiceError> {
    let mut tx = ctx.store.read().await?;
    let before = ctx.now().plus_days(-SETTLED_DAYS);
    Ok(credits::find_oldest_refund(&mut tx, before).await?)
}

/// These were looked at, whatever came of it: others are next.
pub async fn invoices_looked_at(ctx: &Ctx, ids: &[String]) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    invoices::set_seen(&mut tx, ids, ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// The same of a credit note.
pub async fn credit_looked_at(ctx: &Ctx, id: &str) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    credits::set_seen(&mut tx, id, ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// Which documents of Xero's were read, and which could not be, with what is wrong: each of those is a case until it is read.
pub async fn documents_read(
    ctx: &Ctx,
    read: &[String],
    unreadable: &[(String, String)],
) -> Result<(), ServiceError> {
    let kind = "document_unreadable";
    let well = read
        .iter()
        .map(|id| Finding::new(kind, About::Document(id), None));
    let badly = unreadable.iter().map(|(id, message)| {
        let facts = json!({ "id": id, "message": message });
        Finding::new(kind, About::Document(id), Some(facts))
    });
    let findings: Vec<Finding<'_>> = well.chain(badly).collect();
    let mut tx = ctx.store.write().await?;
    books::settle_findings(ctx, &mut tx, &findings).await?;
    Ok(tx.commit().await?)
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
