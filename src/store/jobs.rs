//! The outbox: background work, written in the transaction that caused it. Leases are fenced: a worker that stalled and lost its lease can no longer write.

use std::collections::{BTreeMap, HashSet};

use portal_domain::{
    calendar::Timestamp,
    failure::Failure,
    ids::{JobId, PersonId},
};
use sqlx::{AssertSqlSafe, any::AnyRow};

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{
        Bind as _, ROWS_AT_ONCE, Value, execute, execute_many, number, places, row, rows, sql,
        values,
    },
};

/// A job as a worker claimed it.
#[derive(Clone, Debug)]
pub struct ClaimedJob {
    pub id: JobId,
    pub kind: String,
    pub payload: String,
    /// This attempt's number, from 1.
    pub attempt: i64,
    /// This claim's number: it only ever grows.
    pub fence: i64,
    /// How many workers in a row went silent over it before.
    pub losses: i64,
}

/// How a try ended that did not do the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It counts.
    Failed,
    /// The vendor let nobody do it: it does not count.
    Waited,
    /// The worker went silent, so that nobody knows why. It counts.
    Lost,
}

impl Ending {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Waited => "waited",
            Self::Lost => "lost",
        }
    }
}

/// A job as people look at it.
#[derive(Clone, Debug)]
pub struct JobRecord {
    pub id: JobId,
    pub lane: String,
    pub kind: String,
    pub payload: String,
    pub state: String,
    pub run_at: Timestamp,
    pub attempts: i64,
    pub last_error: Option<String>,
    /// What kind of failure that was.
    pub failure: Option<Failure>,
    pub created_at: Timestamp,
    /// When it was done or given up.
    pub finished_at: Option<Timestamp>,
    pub set_aside: Option<SetAside>,
}

/// That a person expects nothing more of a dead job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    pub at: Timestamp,
    /// The name of who said so; `None`: a later job, which asked for the same, took its place.
    pub by: Option<String>,
    pub reason: String,
}

/// The dead jobs that people look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dead {
    /// They wait for a person.
    Waiting,
    /// A person set them aside.
    SetAside,
}

/// A job that is to be done.
#[derive(Clone, Debug)]
pub struct NewJob {
    pub id: JobId,
    pub lane: &'static str,
    pub kind: &'static str,
    pub payload: String,
    pub dedupe_key: Option<String>,
    pub priority: Priority,
    pub run_at: Timestamp,
}

/// What comes first in a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// A person waits for it.
    First,
    Usual,
    /// Whenever there is time: what a sweep finds would be found by the next one too.
    Last,
}

impl Priority {
    const ALL: [Self; 3] = [Self::First, Self::Usual, Self::Last];

    const fn number(self) -> i64 {
        match self {
            Self::First => 0,
            Self::Usual => 1,
            Self::Last => 2,
        }
    }
}

/// Which of the due jobs is claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The most urgent, and of those the one that waits longest.
    Priority,
    /// The same, but nothing that can wait for another day.
    Urgent,
    /// The one that waits longest, so that nothing waits for ever.
    Age,
}

/// What a transaction adds, each with when: by their keys, in the order in which everybody writes them, and what has none.
#[derive(Debug, Default)]
pub(crate) struct Added {
    keyed: BTreeMap<String, (NewJob, Timestamp)>,
    others: Vec<(NewJob, Timestamp)>,
}

/// Adds jobs. A waiting job with the same key is enough: then nothing is added. They are written when the transaction commits.
pub async fn add_all(tx: &mut Tx, jobs: &[NewJob], now: Timestamp) -> Result<(), StoreError> {
    for job in jobs {
        tx.wake_one_on_commit(job.lane);
        let (added, new) = (tx.added(), (job.clone(), now));
        match &job.dedupe_key {
            Some(key) => {
                added.keyed.entry(key.clone()).or_insert(new);
            }
            None => added.others.push(new),
        }
    }
    Ok(())
}

/// Writes what was added. A job that waits already is locked until the transaction has committed, so that on PostgreSQL nobody does it before what caused it
/// this time can be seen: it would be done in vain, and never again. One that was claimed before has no key any more, and a new one is written.
pub(crate) async fn write(tx: &mut Tx, added: Added) -> Result<(), StoreError> {
    let jobs: Vec<(NewJob, Timestamp)> = added.keyed.into_values().chain(added.others).collect();
    for some in jobs.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::with_capacity(some.len() * 11);
        for (job, now) in some {
            bound.extend(values![
                job.id,
                job.lane,
                job.kind,
                job.payload,
                job.dedupe_key,
                "waiting",
                job.priority.number(),
                job.run_at,
                0_i64,
                0_i64,
                now,
            ]);
        }
        let text = format!(
            "INSERT INTO jobs (id, lane, kind, payload, dedupe_key, state, priority, run_at, attempts, fence, created_at) VALUES {}
             ON CONFLICT (dedupe_key) DO UPDATE SET dedupe_key = excluded.dedupe_key",
            places(some.len(), 11, 1)
        );
        execute_many(tx, text, bound).await?;
    }
    Ok(())
}

/// What a look at a lane shows, before anything is claimed: looking costs no writer.
#[derive(Clone, Copy, Debug)]
pub struct Glance {
    /// It has something to claim.
    pub is_due: bool,
    /// A worker of it has gone silent: what it had is found by [`list_silent`].
    pub is_silent: bool,
}

/// The first of each priority: there is no index of all waiting jobs by their age, as each one makes every claim dearer.
const OLDEST: &str = "SELECT (SELECT run_at FROM jobs WHERE lane = $1 AND state = 'waiting' AND priority = 0 ORDER BY run_at, id LIMIT 1) AS first_at,
     (SELECT run_at FROM jobs WHERE lane = $1 AND state = 'waiting' AND priority = 1 ORDER BY run_at, id LIMIT 1) AS usual_at,
     (SELECT run_at FROM jobs WHERE lane = $1 AND state = 'waiting' AND priority = 2 ORDER BY run_at, id LIMIT 1) AS last_at";

pub async fn glance(tx: &mut Tx, lane: &str, now: Timestamp) -> Result<Glance, StoreError> {
    let row = row!(
        tx,
        sql!(
            OLDEST,
            ", (SELECT id FROM jobs WHERE lane = $1 AND state = 'running' AND lease_until < $2 LIMIT 1) AS silent"
        ),
        lane,
        now,
    )?
    .ok_or(sqlx::Error::RowNotFound)?;
    Ok(Glance {
        is_due: longest(&row, now)?.is_some(),
        is_silent: row.optional_text("silent")?.is_some(),
    })
}

/// What priority the due job of a lane has that waits longest.
async fn longest_waiting(
    tx: &mut Tx,
    lane: &str,
    now: Timestamp,
) -> Result<Option<Priority>, StoreError> {
    match row!(tx, OLDEST, lane)? {
        Some(row) => longest(&row, now),
        None => Ok(None),
    }
}

fn longest(row: &AnyRow, now: Timestamp) -> Result<Option<Priority>, StoreError> {
    let mut longest: Option<(Timestamp, Priority)> = None;
    let columns = ["first_at", "usual_at", "last_at"];
    for (priority, column) in Priority::ALL.into_iter().zip(columns) {
        if let Some(at) = row.optional_instant(column)?
            && at <= now
            && longest.is_none_or(|(before, _)| at <= before)
        {
            longest = Some((at, priority));
        }
    }
    Ok(longest.map(|(_, priority)| priority))
}

/// How many jobs of a lane are being done.
pub async fn count_running(tx: &mut Tx, lane: &str, now: Timestamp) -> Result<i64, StoreError> {
    number!(
        tx,
        "SELECT COUNT(*) FROM jobs WHERE lane = $1 AND state = 'running' AND lease_until >= $2",
        lane,
        now,
    )
}

/// Claims the next due jobs of a lane, so many at most; first what comes first. From then on a job's key is free again: what happens while it runs is a new job.
/// A job over which a worker went silent is claimed by itself only: if it is the job that ends its worker, it takes no other one along.
pub async fn claim(
    tx: &mut Tx,
    lane: &str,
    order: Order,
    most: i64,
    now: Timestamp,
    lease_until: Timestamp,
) -> Result<Vec<ClaimedJob>, StoreError> {
    let lease = (now, lease_until);
    // One look into the index for each: a single one would walk past all urgent jobs that are not due yet.
    let priorities = match order {
        Order::Age => return claim_longest_waiting(tx, lane, lease).await,
        Order::Urgent => &Priority::ALL[..2],
        Order::Priority => &Priority::ALL[..],
    };
    let mut claimed = Vec::new();
    for priority in priorities {
        let left = most - i64::try_from(claimed.len()).unwrap_or(most);
        if left > 0 {
            claimed.extend(claim_oldest(tx, lane, *priority, left, lease).await?);
        }
    }
    if claimed.is_empty() && most > 1 {
        return claim_longest_waiting(tx, lane, lease).await;
    }
    Ok(claimed)
}

async fn claim_longest_waiting(
    tx: &mut Tx,
    lane: &str,
    lease: (Timestamp, Timestamp),
) -> Result<Vec<ClaimedJob>, StoreError> {
    match longest_waiting(tx, lane, lease.0).await? {
        Some(priority) => claim_oldest(tx, lane, priority, 1, lease).await,
        None => Ok(Vec::new()),
    }
}

async fn claim_oldest(
    tx: &mut Tx,
    lane: &str,
    priority: Priority,
    most: i64,
    (now, lease_until): (Timestamp, Timestamp),
) -> Result<Vec<ClaimedJob>, StoreError> {
    let unsuspected = if most > 1 { "AND losses = 0" } else { "" };
    let sql = format!(
        "WITH due AS MATERIALIZED (
             SELECT id FROM jobs
             WHERE lane = $1 AND state = 'waiting' AND priority = {} {unsuspected} AND run_at <= $2
             ORDER BY run_at, id
             LIMIT $4 {}
         )
         UPDATE jobs SET state = 'running', attempts = attempts + 1, fence = fence + 1, lease_until = $3, dedupe_key = NULL
         WHERE id IN (SELECT id FROM due)
         RETURNING id, kind, payload, attempts, fence, losses, run_at",
        priority.number(),
        tx.skip_locked(),
    );
    let rows = rows!(tx, AssertSqlSafe(sql), lane, now, lease_until, most)?;
    // They come back in no order.
    let mut claimed = all(&rows, |row| {
        Ok((row.instant("run_at")?, read_claimed(row)?))
    })?;
    claimed.sort_by_key(|(run_at, job)| (*run_at, job.id));
    Ok(claimed.into_iter().map(|(_, job)| job).collect())
}

fn read_claimed(row: &AnyRow) -> Result<ClaimedJob, StoreError> {
    Ok(ClaimedJob {
        id: row.parsed("id")?,
        kind: row.text("kind")?,
        payload: row.text("payload")?,
        attempt: row.integer("attempts")?,
        fence: row.integer("fence")?,
        losses: row.integer("losses")?,
    })
}

/// The jobs of a lane whose workers have gone silent, for [`end_try`]; what another worker is just taking back is passed over.
pub async fn list_silent(
    tx: &mut Tx,
    lane: &str,
    now: Timestamp,
) -> Result<Vec<ClaimedJob>, StoreError> {
    let sql = format!(
        "SELECT id, kind, payload, attempts, fence, losses FROM jobs
         WHERE lane = $1 AND state = 'running' AND lease_until < $2 ORDER BY id {}",
        tx.skip_locked(),
    );
    all(&rows!(tx, AssertSqlSafe(sql), lane, now)?, read_claimed)
}

/// Prolongs a lease; `false` if somebody else has the job by now.
pub async fn prolong(
    tx: &mut Tx,
    job: &ClaimedJob,
    lease_until: Timestamp,
) -> Result<bool, StoreError> {
    let met = execute!(
        tx,
        "UPDATE jobs SET lease_until = $3 WHERE id = $1 AND fence = $2 AND state = 'running'",
        job.id,
        job.fence,
        lease_until,
    )?;
    Ok(met == 1)
}

/// Ends jobs that were done, but for those that somebody else has by now; answers how many were ours. What was done at its first claim leaves nothing behind: the
/// work itself is the record. What was tried before stays for a week with its tries, for whoever comes to see what became of it.
pub async fn finish(tx: &mut Tx, jobs: &[&ClaimedJob], now: Timestamp) -> Result<u64, StoreError> {
    let (first, again): (Vec<_>, Vec<_>) = jobs.iter().copied().partition(|job| job.fence == 1);
    let set = "state = 'done', finished_at = $1, lease_until = NULL, last_error = NULL";
    Ok(remove_held(tx, &first).await? + update_held(tx, &again, set, &values![now]).await?)
}

/// Removes those of some jobs that are still held by their first claims.
async fn remove_held(tx: &mut Tx, jobs: &[&ClaimedJob]) -> Result<u64, StoreError> {
    let mut met = 0;
    for some in jobs.chunks(ROWS_AT_ONCE) {
        let bound = some.iter().map(|job| job.id.value()).collect();
        let text = format!(
            "DELETE FROM jobs WHERE id IN (VALUES {}) AND fence = 1 AND lease_until IS NOT NULL",
            places(some.len(), 1, 1)
        );
        met += execute_many(tx, text, bound).await?;
    }
    Ok(met)
}

/// Puts jobs back that were claimed and not begun, as if they had not been claimed; but for those that somebody else has by now.
pub async fn put_back(tx: &mut Tx, lane: &str, jobs: &[&ClaimedJob]) -> Result<(), StoreError> {
    let set = "state = 'waiting', attempts = attempts - 1, lease_until = NULL";
    update_held(tx, jobs, set, &[]).await?;
    tx.wake_on_commit(lane);
    Ok(())
}

/// Writes the same into all of some jobs that are still held by the claims that are named.
async fn update_held(
    tx: &mut Tx,
    jobs: &[&ClaimedJob],
    set: &str,
    values: &[Value],
) -> Result<u64, StoreError> {
    let mut met = 0;
    for some in jobs.chunks(ROWS_AT_ONCE) {
        let mut bound = values.to_vec();
        for job in some {
            bound.extend(values![job.id, job.fence]);
        }
        // Both databases name the columns of such a list so. What runs has a lease; asked for by its state, PostgreSQL would look through the index of all that
        // runs, with all that ran lately, in place of these by their ids.
        let text = format!(
            "UPDATE jobs SET {set} FROM (VALUES {}) AS held
             WHERE jobs.id = held.column1 AND jobs.fence = held.column2 AND jobs.lease_until IS NOT NULL",
            places(some.len(), 2, values.len() + 1)
        );
        met += execute_many(tx, text, bound).await?;
    }
    Ok(met)
}

/// Puts a job back for later, or with the dead where a person finds it; the try is kept either way. `false` if somebody else has the job by now.
pub async fn end_try(
    tx: &mut Tx,
    job: &ClaimedJob,
    ending: Ending,
    failure: Failure,
    error: &str,
    retry_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let state = if retry_at.is_some() {
        "waiting"
    } else {
        "dead"
    };
    let losses = match ending {
        Ending::Failed | Ending::Waited => 0,
        Ending::Lost => job.losses + 1,
    };
    let attempts = match ending {
        Ending::Waited => job.attempt - 1,
        Ending::Failed | Ending::Lost => job.attempt,
    };
    // No text of PostgreSQL's holds this character, and a vendor's words may: a failure that cannot be written down would come again for ever.
    let error = error.replace('\0', "\u{fffd}");
    let met = execute!(
        tx,
        "UPDATE jobs SET state = $3, run_at = $4, last_error = CASE WHEN $8 = 'waited' THEN last_error ELSE $5 END, losses = $6,
             attempts = $9, failure = $10, lease_until = NULL, finished_at = CASE WHEN $3 = 'dead' THEN $7 ELSE NULL END
         WHERE id = $1 AND fence = $2 AND state = 'running'",
        job.id,
        job.fence,
        state,
        retry_at.unwrap_or(now),
        error,
        losses,
        now,
        ending.as_str(),
        attempts,
        failure.as_str(),
    )?;
    if met == 0 {
        return Ok(false);
    }
    execute!(
        tx,
        "INSERT INTO job_tries (job_id, fence, ending, error, ended_at) VALUES ($1, $2, $3, $4, $5)",
        job.id,
        job.fence,
        ending.as_str(),
        error,
        now,
    )?;
    Ok(true)
}

/// A person tries a dead job again, one that was set aside too: its tries are counted from the beginning, and the history of those before stays.
pub async fn revive(tx: &mut Tx, id: JobId, now: Timestamp) -> Result<(), StoreError> {
    let revived = row!(
        tx,
        "UPDATE jobs SET state = 'waiting', run_at = $2, attempts = 0, losses = 0, finished_at = NULL,
             set_aside_at = NULL, set_aside_by = NULL, set_aside_reason = NULL
         WHERE id = $1 AND state = 'dead'
         RETURNING lane",
        id,
        now,
    )?;
    let Some(revived) = revived else {
        return Err(StoreError::RowsAffected {
            what: "dead job",
            actual: 0,
        });
    };
    tx.wake_on_commit(&revived.text("lane")?);
    Ok(())
}

/// The same of all dead jobs of a lane that nobody set aside; answers how many those were.
pub async fn revive_all(tx: &mut Tx, lane: &str, now: Timestamp) -> Result<u64, StoreError> {
    let revived = execute!(
        tx,
        "UPDATE jobs SET state = 'waiting', run_at = $2, attempts = 0, losses = 0, finished_at = NULL
         WHERE lane = $1 AND state = 'dead' AND set_aside_at IS NULL",
        lane,
        now,
    )?;
    tx.wake_on_commit(lane);
    Ok(revived)
}

/// A person expects nothing more of a dead job; `false` if it is none that waits for somebody.
pub async fn set_aside(
    tx: &mut Tx,
    id: JobId,
    by: PersonId,
    reason: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let met = execute!(
        tx,
        "UPDATE jobs SET set_aside_at = $2, set_aside_by = $3, set_aside_reason = $4
         WHERE id = $1 AND state = 'dead' AND set_aside_at IS NULL",
        id,
        now,
        by,
        reason,
    )?;
    Ok(met == 1)
}

/// The same of all of a lane that were given up by an instant, so that nobody sets aside what nobody saw; answers how many those were.
pub async fn set_all_aside(
    tx: &mut Tx,
    lane: &str,
    until: Timestamp,
    by: PersonId,
    reason: &str,
    now: Timestamp,
) -> Result<u64, StoreError> {
    execute!(
        tx,
        "UPDATE jobs SET set_aside_at = $3, set_aside_by = $4, set_aside_reason = $5
         WHERE lane = $1 AND state = 'dead' AND set_aside_at IS NULL AND finished_at <= $2",
        lane,
        until,
        now,
        by,
        reason,
    )
}

/// A job has just been given up: older ones that asked for the same and were given up too are no work of their own any more. A schedule that fails every night
/// is one thing that is wrong, and not thirty.
pub async fn replace_dead(
    tx: &mut Tx,
    lane: &str,
    job: &ClaimedJob,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE jobs SET set_aside_at = $4, set_aside_reason = ''
         WHERE lane = $1 AND state = 'dead' AND payload = $2 AND id <> $3 AND set_aside_at IS NULL",
        lane,
        job.payload,
        job.id,
        now,
    )?;
    Ok(())
}

/// Whether a lane has a dead job that was given up after an instant, and was not among the dead then.
pub async fn has_new_dead(tx: &mut Tx, lane: &str, after: Timestamp) -> Result<bool, StoreError> {
    Ok(row!(
        tx,
        "SELECT id FROM jobs
         WHERE lane = $1 AND state = 'dead' AND set_aside_at IS NULL AND finished_at > $2
             AND NOT EXISTS (
                 SELECT 1 FROM jobs AS older
                 WHERE older.lane = $1 AND older.state = 'dead' AND older.finished_at <= $2 AND older.payload = jobs.payload
             )
         LIMIT 1",
        lane,
        after,
    )?
    .is_some())
}

/// What was put off in a lane, for whatever reason, is due now. What nobody has begun yet has a time of its own, and keeps it.
pub async fn hurry(tx: &mut Tx, lane: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE jobs SET run_at = $2 WHERE lane = $1 AND state = 'waiting' AND run_at > $2 AND fence > 0",
        lane,
        now,
    )?;
    tx.wake_on_commit(lane);
    Ok(())
}

/// Drops what was done before an instant, and how it was tried: history lives in the audit log and the timelines.
pub async fn remove_done(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    execute!(
        tx,
        "DELETE FROM job_tries WHERE job_id IN (SELECT id FROM jobs WHERE state = 'done' AND finished_at < $1)",
        before,
    )?;
    execute!(
        tx,
        "DELETE FROM jobs WHERE state = 'done' AND finished_at < $1",
        before
    )
}

/// Work that was given up, and that a person set aside before an instant. What brings a lead or a bill on its way stays: that it never left must be seen.
const SET_ASIDE: &str = " FROM jobs WHERE state = 'dead' AND set_aside_at < $1 AND kind NOT IN ('register_lead', 'relay_lead', 'create_bill')";

pub async fn count_set_aside_before(tx: &mut Tx, before: Timestamp) -> Result<i64, StoreError> {
    let sql = sql!("SELECT COUNT(*)", SET_ASIDE);
    number!(tx, sql, before)
}

/// Drops it, and how it was tried.
pub async fn remove_set_aside(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    let sql = sql!(
        "DELETE FROM job_tries WHERE job_id IN (SELECT id",
        SET_ASIDE,
        ")"
    );
    execute!(tx, sql, before)?;
    execute!(tx, sql!("DELETE", SET_ASIDE), before)
}

/// What is still to be done in one lane.
#[derive(Clone, Debug, Default)]
pub struct BacklogRecord {
    pub lane: String,
    /// Waiting or running.
    pub waiting: i64,
    /// Since when the oldest of them waits.
    pub oldest_at: Option<Timestamp>,
    /// Given up: a person must look.
    pub dead: i64,
    /// Given up, and a person has looked.
    pub set_aside: i64,
}

/// What is still to be done, by lane.
pub async fn list_backlogs(tx: &mut Tx) -> Result<Vec<BacklogRecord>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT lane, COUNT(*) AS left_over, CAST(SUM(CASE WHEN state = 'dead' THEN 1 ELSE 0 END) AS BIGINT) AS dead,
             CAST(SUM(CASE WHEN set_aside_at IS NULL THEN 0 ELSE 1 END) AS BIGINT) AS set_aside,
             MIN(CASE WHEN state = 'dead' THEN NULL ELSE created_at END) AS oldest_at
         FROM jobs WHERE state <> 'done' GROUP BY lane ORDER BY lane",
    )?;
    all(&rows, |row| {
        let (dead, set_aside) = (row.integer("dead")?, row.integer("set_aside")?);
        Ok(BacklogRecord {
            lane: row.text("lane")?,
            waiting: row.integer("left_over")? - dead,
            oldest_at: row.optional_instant("oldest_at")?,
            dead: dead - set_aside,
            set_aside,
        })
    })
}

const JOBS: &str = "SELECT jobs.id, lane, kind, payload, state, run_at, attempts, last_error, failure, jobs.created_at, finished_at,
        set_aside_at, set_aside_reason, people.name AS set_aside_by
    FROM jobs LEFT JOIN people ON people.id = jobs.set_aside_by";

fn read_job(row: &AnyRow) -> Result<JobRecord, StoreError> {
    let set_aside = match row.optional_instant("set_aside_at")? {
        Some(at) => Some(SetAside {
            at,
            by: row.optional_text("set_aside_by")?,
            reason: row.optional_text("set_aside_reason")?.unwrap_or_default(),
        }),
        None => None,
    };
    Ok(JobRecord {
        id: row.parsed("id")?,
        lane: row.text("lane")?,
        kind: row.text("kind")?,
        payload: row.text("payload")?,
        state: row.text("state")?,
        run_at: row.instant("run_at")?,
        attempts: row.integer("attempts")?,
        last_error: row.optional_text("last_error")?,
        failure: row
            .optional_text("failure")?
            .and_then(|word| Failure::parse(&word)),
        created_at: row.instant("created_at")?,
        finished_at: row.optional_instant("finished_at")?,
        set_aside,
    })
}

/// What needs a person's eye: so many of each lane at most, the newest dead first, then those that failed at least once and are tried again.
pub async fn list_failing(tx: &mut Tx, of_each_lane: i64) -> Result<Vec<JobRecord>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            JOBS,
            " WHERE jobs.id IN (
                 SELECT id FROM (
                     SELECT id, ROW_NUMBER() OVER (
                         PARTITION BY lane ORDER BY CASE WHEN state = 'dead' THEN 0 ELSE 1 END, finished_at DESC, id DESC
                     ) AS place
                     FROM jobs WHERE state <> 'done' AND set_aside_at IS NULL AND (state = 'dead' OR last_error IS NOT NULL)
                 ) AS ranked
                 WHERE place <= $1
             )
             ORDER BY lane, CASE WHEN state = 'dead' THEN 0 ELSE 1 END, finished_at DESC, jobs.id DESC"
        ),
        of_each_lane,
    )?;
    all(&rows, read_job)
}

/// A place in a list of dead jobs, newest first: behind the job that was given up then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeadPlace {
    pub at: Timestamp,
    pub id: JobId,
}

/// The dead jobs of a lane behind a place, those that were given up last first.
pub async fn list_dead(
    tx: &mut Tx,
    lane: &str,
    which: Dead,
    behind: Option<DeadPlace>,
    limit: i64,
) -> Result<Vec<JobRecord>, StoreError> {
    let set_aside = match which {
        Dead::Waiting => 0_i64,
        Dead::SetAside => 1,
    };
    let at = behind.map_or(Timestamp(i64::MAX), |place| place.at);
    let id = behind.map(|place| place.id);
    let rows = rows!(
        tx,
        sql!(
            JOBS,
            " WHERE lane = $1 AND state = 'dead' AND CASE WHEN set_aside_at IS NULL THEN 0 ELSE 1 END = $2
                 AND (finished_at < $3 OR (finished_at = $3 AND jobs.id < $4))
             ORDER BY finished_at DESC, jobs.id DESC LIMIT $5"
        ),
        lane,
        set_aside,
        at,
        id,
        limit,
    )?;
    all(&rows, read_job)
}

/// Those of a lane that failed at least once and are tried again, the newest first.
pub async fn list_retrying(
    tx: &mut Tx,
    lane: &str,
    limit: i64,
) -> Result<Vec<JobRecord>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            JOBS,
            " WHERE lane = $1 AND state IN ('waiting', 'running') AND last_error IS NOT NULL ORDER BY jobs.id DESC LIMIT $2"
        ),
        lane,
        limit,
    )?;
    all(&rows, read_job)
}

/// One job, whatever became of it.
pub async fn find(tx: &mut Tx, id: JobId) -> Result<Option<JobRecord>, StoreError> {
    row!(tx, sql!(JOBS, " WHERE jobs.id = $1"), id)?
        .map(|row| read_job(&row))
        .transpose()
}

/// A try that did not do the work.
#[derive(Clone, Debug)]
pub struct TryRecord {
    /// `failed`, `waited` or `lost`.
    pub ending: String,
    pub error: String,
    pub ended_at: Timestamp,
}

/// The last tries of a job, newest first.
pub async fn list_tries(tx: &mut Tx, id: JobId, limit: i64) -> Result<Vec<TryRecord>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT ending, error, ended_at FROM job_tries WHERE job_id = $1 ORDER BY fence DESC LIMIT $2",
        id,
        limit,
    )?;
    all(&rows, |row| {
        Ok(TryRecord {
            ending: row.text("ending")?,
            error: row.text("error")?,
            ended_at: row.instant("ended_at")?,
        })
    })
}

/// The payloads of the jobs of a kind that are known: to be done, given up, or done lately after they had failed.
pub async fn list_payloads(tx: &mut Tx, kind: &str) -> Result<HashSet<String>, StoreError> {
    let rows = rows!(tx, "SELECT payload FROM jobs WHERE kind = $1", kind)?;
    rows.iter().map(|row| row.text("payload")).collect()
}

/// The payloads of the jobs of a kind that are still to be done.
pub async fn list_pending_payloads(tx: &mut Tx, kind: &str) -> Result<HashSet<String>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT payload FROM jobs WHERE kind = $1 AND state IN ('waiting', 'running')",
        kind,
    )?;
    rows.iter().map(|row| row.text("payload")).collect()
}

/// Whether a schedule's turn has come, or it was never taken: asked first, as looking costs no writer.
pub async fn is_turn(tx: &mut Tx, name: &str, now: Timestamp) -> Result<bool, StoreError> {
    let next_at = row!(tx, "SELECT next_at FROM schedules WHERE name = $1", name)?
        .map(|row| row.instant("next_at"))
        .transpose()?;
    Ok(next_at.is_none_or(|next_at| next_at <= now))
}

/// How many jobs need a person's eye: the dead, and those that failed at least once.
pub async fn count_failing(tx: &mut Tx) -> Result<i64, StoreError> {
    number!(
        tx,
        "SELECT COUNT(*) FROM jobs
         WHERE state <> 'done' AND set_aside_at IS NULL AND (state = 'dead' OR last_error IS NOT NULL)",
    )
}

/// Takes a schedule's turn, if it is due: `true` for exactly one of all instances that ask.
pub async fn take_turn(
    tx: &mut Tx,
    name: &str,
    now: Timestamp,
    next_at: Timestamp,
) -> Result<bool, StoreError> {
    execute!(
        tx,
        "INSERT INTO schedules (name, next_at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        name,
        now,
    )?;
    let met = execute!(
        tx,
        "UPDATE schedules SET next_at = $3 WHERE name = $1 AND next_at <= $2",
        name,
        now,
        next_at,
    )?;
    Ok(met == 1)
}
