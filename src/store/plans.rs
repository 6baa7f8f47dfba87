//! Plans and their versions. A version is never changed, only followed by another.

use chrono::NaiveDate;
use portal_domain::{
    calendar::Timestamp,
    ids::{PersonId, PlanId, PlanVersionId},
    plan::PlanTerms,
};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, row, rows, sql},
};

/// One version of a plan.
#[derive(Clone, Debug)]
pub struct PlanVersionRecord {
    pub id: PlanVersionId,
    pub plan: PlanId,
    pub name: String,
    pub version: i64,
    pub valid_from: NaiveDate,
    pub terms: PlanTerms,
    /// Who made it; nobody where the portal itself did.
    pub created_by_name: Option<String>,
    pub created_at: Timestamp,
}

const VERSION: &str = "SELECT plan_versions.id, plan_versions.plan_id, plans.name, plan_versions.version, plan_versions.valid_from, plan_versions.terms,
        people.name AS created_by_name, plan_versions.created_at
    FROM plan_versions
    JOIN plans ON plans.id = plan_versions.plan_id
    LEFT JOIN people ON people.id = plan_versions.created_by";

fn read_version(row: &AnyRow) -> Result<PlanVersionRecord, StoreError> {
    let terms = row.text("terms")?;
    Ok(PlanVersionRecord {
        id: row.parsed("id")?,
        plan: row.parsed("plan_id")?,
        name: row.text("name")?,
        version: row.integer("version")?,
        valid_from: row.parsed("valid_from")?,
        terms: serde_json::from_str(&terms).map_err(|_| StoreError::Inconsistent {
            column: "terms",
            value: terms,
        })?,
        created_by_name: row.optional_text("created_by_name")?,
        created_at: row.instant("created_at")?,
    })
}

pub async fn add(tx: &mut Tx, id: PlanId, name: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO plans (id, name, created_at) VALUES ($1, $2, $3)",
        id,
        name,
        now
    )?;
    Ok(())
}

pub async fn add_version(
    tx: &mut Tx,
    version: &PlanVersionRecord,
    created_by: Option<PersonId>,
) -> Result<(), StoreError> {
    let terms =
        serde_json::to_string(&version.terms).map_err(|error| StoreError::Inconsistent {
            column: "terms",
            value: error.to_string(),
        })?;
    execute!(
        tx,
        "INSERT INTO plan_versions (id, plan_id, version, valid_from, terms, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        version.id,
        version.plan,
        version.version,
        version.valid_from,
        terms,
        created_by,
        version.created_at,
    )?;
    Ok(())
}

pub async fn find_version(
    tx: &mut Tx,
    id: PlanVersionId,
) -> Result<Option<PlanVersionRecord>, StoreError> {
    row!(tx, sql!(VERSION, " WHERE plan_versions.id = $1"), id)?
        .as_ref()
        .map(read_version)
        .transpose()
}

/// The version of a plan that holds on a day: the latest that is valid by then.
pub async fn find_version_on(
    tx: &mut Tx,
    plan: PlanId,
    on: NaiveDate,
) -> Result<Option<PlanVersionRecord>, StoreError> {
    row!(
        tx,
        sql!(
            VERSION,
            " WHERE plan_versions.plan_id = $1 AND plan_versions.valid_from <= $2
              ORDER BY plan_versions.valid_from DESC, plan_versions.version DESC LIMIT 1"
        ),
        plan,
        on,
    )?
    .as_ref()
    .map(read_version)
    .transpose()
}

/// All versions of all plans: by name, newest version first.
pub async fn list_versions(tx: &mut Tx) -> Result<Vec<PlanVersionRecord>, StoreError> {
    all(
        &rows!(
            tx,
            sql!(VERSION, " ORDER BY plans.name, plan_versions.version DESC")
        )?,
        read_version,
    )
}
