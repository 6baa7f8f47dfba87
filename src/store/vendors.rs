//! How each outside system is doing, and how far we have read there.

use portal_domain::{calendar::Timestamp, ids::PersonId};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, row, rows, sql},
};

/// The health of one outside system.
#[derive(Clone, Debug)]
pub struct VendorRecord {
    pub name: String,
    pub last_success_at: Option<Timestamp>,
    pub last_failure_at: Option<Timestamp>,
    pub last_failure: Option<String>,
    pub last_webhook_at: Option<Timestamp>,
    pub last_sweep_at: Option<Timestamp>,
    /// The first change after the last webhook that a sweep found and no webhook had told of.
    pub unheard_at: Option<Timestamp>,
    /// The first request under its name that was refused since the last one that was accepted.
    pub refused_at: Option<Timestamp>,
    pub standing: Standing,
}

/// What an outside system lets us do, and what a person does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// How often in a row it did not answer, or only with its own failure.
    pub outages: i64,
    /// From then on it is taken to be down.
    pub down_at: Option<Timestamp>,
    /// From then on it has not accepted our credentials.
    pub held_at: Option<Timestamp>,
    /// When the next job may find out whether either is over.
    pub probe_at: Option<Timestamp>,
    /// Until then it wants no calls.
    pub wait_until: Option<Timestamp>,
    /// Since then it has wanted none, but for those that found out that it still wants none.
    pub limited_at: Option<Timestamp>,
    pub paused: Option<Paused>,
}

/// That a person wants nothing sent to a system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paused {
    pub at: Timestamp,
    /// The name of who said so.
    pub by: Option<String>,
    pub reason: String,
}

/// Whether a job may call a system now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    All,
    /// One that finds out, if [`take_probe`] gives it the turn.
    Probe,
    None,
}

impl Standing {
    pub fn admits(&self, now: Timestamp) -> Admission {
        let is_ahead = |at: Option<Timestamp>| at.is_some_and(|at| at > now);
        if self.paused.is_some() || is_ahead(self.wait_until) {
            return Admission::None;
        }
        match (self.is_closed(), is_ahead(self.probe_at)) {
            (false, _) => Admission::All,
            (true, false) => Admission::Probe,
            (true, true) => Admission::None,
        }
    }

    /// It is down, or does not accept our credentials.
    pub const fn is_closed(&self) -> bool {
        self.down_at.is_some() || self.held_at.is_some()
    }
}

/// How many outages in a row are one of the system's and none of a single call's.
const OUTAGES_MAX: i64 = 5;

/// It worked: whatever was wrong is over, but for a limit that was told meanwhile. Written once a second at most, as every job that ends comes by here.
pub async fn add_success(tx: &mut Tx, name: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE vendors SET last_success_at = $2, outages = 0, down_at = NULL, held_at = NULL, probe_at = NULL,
             limited_at = CASE WHEN wait_until > $2 THEN limited_at ELSE NULL END
         WHERE name = $1
             AND (last_success_at IS NULL OR last_success_at < $3 OR outages > 0 OR down_at IS NOT NULL OR held_at IS NOT NULL)",
        name,
        now,
        now.plus_ms(-1_000),
    )?;
    Ok(())
}

/// A call failed, in these words.
pub async fn add_failure(
    tx: &mut Tx,
    name: &str,
    failure: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE vendors SET last_failure_at = $2, last_failure = $3 WHERE name = $1",
        name,
        now,
        failure.replace('\0', "\u{fffd}"),
    )?;
    Ok(())
}

/// It did not answer, or only with a failure of its own. After some in a row it is down until a probe says otherwise.
pub async fn add_outage(
    tx: &mut Tx,
    name: &str,
    probe_at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE vendors SET outages = outages + 1,
             down_at = CASE WHEN down_at IS NULL AND outages + 1 >= $4 THEN $2 ELSE down_at END,
             probe_at = CASE WHEN outages + 1 >= $4 THEN $3 ELSE probe_at END
         WHERE name = $1",
        name,
        now,
        probe_at,
        OUTAGES_MAX,
    )?;
    Ok(())
}

/// It does not accept our credentials: nothing more is sent until a probe does better or a person resumes.
pub async fn hold(
    tx: &mut Tx,
    name: &str,
    probe_at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE vendors SET held_at = COALESCE(held_at, $2), probe_at = $3 WHERE name = $1",
        name,
        now,
        probe_at,
    )?;
    Ok(())
}

/// It wants no calls until then.
pub async fn wait(
    tx: &mut Tx,
    name: &str,
    until: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE vendors SET wait_until = $2, limited_at = COALESCE(limited_at, $3)
         WHERE name = $1 AND (wait_until IS NULL OR wait_until < $2)",
        name,
        until,
        now,
    )?;
    Ok(())
}

/// Takes the turn to find out whether a system works again: `true` for one of all who ask, until `next_at`.
pub async fn take_probe(
    tx: &mut Tx,
    name: &str,
    now: Timestamp,
    next_at: Timestamp,
) -> Result<bool, StoreError> {
    let met = execute!(
        tx,
        "UPDATE vendors SET probe_at = $3 WHERE name = $1 AND (probe_at IS NULL OR probe_at <= $2)",
        name,
        now,
        next_at,
    )?;
    Ok(met == 1)
}

/// Who had the turn found out nothing: the next one may try at once.
pub async fn give_probe_back(tx: &mut Tx, name: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE vendors SET probe_at = $2 WHERE name = $1 AND probe_at > $2",
        name,
        now,
    )?;
    Ok(())
}

/// A person wants nothing sent; `false` if one wanted that already.
pub async fn pause(
    tx: &mut Tx,
    name: &str,
    by: PersonId,
    reason: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let met = execute!(
        tx,
        "UPDATE vendors SET paused_at = $2, paused_by = $3, paused_reason = $4 WHERE name = $1 AND paused_at IS NULL",
        name,
        now,
        by,
        reason,
    )?;
    Ok(met == 1)
}

/// Its connection was made or mended: what was found out about the old one is of no matter. What a person paused stays so.
pub async fn release(tx: &mut Tx, name: &str) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE vendors SET outages = 0, down_at = NULL, held_at = NULL, probe_at = NULL, wait_until = NULL, limited_at = NULL WHERE name = $1",
        name,
    )?;
    tx.wake_on_commit(name);
    Ok(())
}

/// A person wants everything sent, now, whatever was found out before; `false` if nothing stood in the way.
pub async fn resume(tx: &mut Tx, name: &str) -> Result<bool, StoreError> {
    let met = execute!(
        tx,
        "UPDATE vendors SET outages = 0, down_at = NULL, held_at = NULL, probe_at = NULL, wait_until = NULL, limited_at = NULL,
             paused_at = NULL, paused_by = NULL, paused_reason = NULL
         WHERE name = $1
             AND (down_at IS NOT NULL OR held_at IS NOT NULL OR wait_until IS NOT NULL OR paused_at IS NOT NULL)",
        name,
    )?;
    tx.wake_on_commit(name);
    Ok(met == 1)
}

pub async fn add_webhook(tx: &mut Tx, name: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE vendors SET last_webhook_at = $2 WHERE name = $1",
        name,
        now,
    )?;
    Ok(())
}

/// Requests that are refused so soon after one that was accepted are a vendor's own trial of our check, and not the end of what it sends: Xero signs some of them
/// wrong on purpose.
pub const TRIAL_MS: i64 = 60_000;

/// A request under its name was refused.
pub async fn add_refused(tx: &mut Tx, name: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE vendors SET refused_at = $2
         WHERE name = $1 AND (refused_at IS NULL OR refused_at < last_webhook_at + $3)",
        name,
        now,
        TRIAL_MS,
    )?;
    Ok(())
}

/// A sweep found a change that no webhook had told of; before the first sweep there was nobody to be told.
pub async fn add_unheard(tx: &mut Tx, name: &str, changed_at: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE vendors SET unheard_at = $2
         WHERE name = $1 AND last_sweep_at IS NOT NULL AND (last_webhook_at IS NULL OR last_webhook_at < $2)
             AND (unheard_at IS NULL OR unheard_at <= last_webhook_at)",
        name,
        changed_at,
    )?;
    Ok(())
}

pub async fn add_sweep(tx: &mut Tx, name: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE vendors SET last_sweep_at = $2 WHERE name = $1",
        name,
        now,
    )?;
    Ok(())
}

const VENDORS: &str = "SELECT vendors.name, last_success_at, last_failure_at, last_failure, last_webhook_at, last_sweep_at, unheard_at, refused_at, outages, down_at, held_at,
        probe_at, wait_until, limited_at, paused_at, paused_reason, people.name AS paused_by
    FROM vendors LEFT JOIN people ON people.id = vendors.paused_by";

pub async fn list(tx: &mut Tx) -> Result<Vec<VendorRecord>, StoreError> {
    all(
        &rows!(tx, sql!(VENDORS, " ORDER BY vendors.name"))?,
        read_vendor,
    )
}

/// How a system stands; the portal's own lanes always stand well.
pub async fn find_standing(tx: &mut Tx, name: &str) -> Result<Standing, StoreError> {
    let found = row!(tx, sql!(VENDORS, " WHERE vendors.name = $1"), name)?;
    found.map_or_else(
        || Ok(Standing::default()),
        |row| read_vendor(&row).map(|vendor| vendor.standing),
    )
}

fn read_vendor(row: &AnyRow) -> Result<VendorRecord, StoreError> {
    let paused = match row.optional_instant("paused_at")? {
        Some(at) => Some(Paused {
            at,
            by: row.optional_text("paused_by")?,
            reason: row.optional_text("paused_reason")?.unwrap_or_default(),
        }),
        None => None,
    };
    Ok(VendorRecord {
        name: row.text("name")?,
        last_success_at: row.optional_instant("last_success_at")?,
        last_failure_at: row.optional_instant("last_failure_at")?,
        last_failure: row.optional_text("last_failure")?,
        last_webhook_at: row.optional_instant("last_webhook_at")?,
        last_sweep_at: row.optional_instant("last_sweep_at")?,
        unheard_at: row.optional_instant("unheard_at")?,
        refused_at: row.optional_instant("refused_at")?,
        standing: Standing {
            outages: row.integer("outages")?,
            down_at: row.optional_instant("down_at")?,
            held_at: row.optional_instant("held_at")?,
            probe_at: row.optional_instant("probe_at")?,
            wait_until: row.optional_instant("wait_until")?,
            limited_at: row.optional_instant("limited_at")?,
            paused,
        },
    })
}

/// How far a sweep has read: the vendor's time of the newest change seen.
pub async fn find_cursor(tx: &mut Tx, name: &str) -> Result<Option<Timestamp>, StoreError> {
    row!(tx, "SELECT value FROM cursors WHERE name = $1", name)?
        .map(|row| row.instant("value"))
        .transpose()
}

/// Everything of a system is to be read from the beginning.
pub async fn forget_cursors(tx: &mut Tx, system: &str) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM cursors WHERE name LIKE $1",
        format!("{system}.%")
    )?;
    Ok(())
}

/// Moves a cursor on; it never moves back.
pub async fn advance_cursor(
    tx: &mut Tx,
    name: &str,
    value: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO cursors (name, value, updated_at) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
         WHERE cursors.value < excluded.value",
        name,
        value,
        now,
    )?;
    Ok(())
}
