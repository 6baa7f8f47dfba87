//! The stages of HubSpot's pipelines, those too that are gone.

use portal_domain::{calendar::Timestamp, remote::RemoteStage};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, execute_one, row, rows, sql},
};

/// A stage, and what the portal makes of it.
#[derive(Clone, Debug)]
pub struct StageRecord {
    pub stage: RemoteStage,
    /// What partners read instead of its label.
    pub phase: Option<String>,
    /// HubSpot's pipelines have it no more.
    pub is_archived: bool,
    /// It came after the others, and nobody has said what partners read of it.
    pub is_new: bool,
}

impl StageRecord {
    /// What partners read.
    pub fn shown(&self) -> &str {
        self.phase.as_deref().unwrap_or(&self.stage.label)
    }
}

const STAGE: &str = "SELECT pipeline, pipeline_label, id, label, display_order, closed, won, phase, archived_at, is_new FROM stages";

fn read_stage(row: &AnyRow) -> Result<StageRecord, StoreError> {
    Ok(StageRecord {
        stage: RemoteStage {
            pipeline: row.text("pipeline")?,
            pipeline_label: row.text("pipeline_label")?,
            id: row.text("id")?,
            label: row.text("label")?,
            display_order: row.integer("display_order")?,
            closed: row.integer("closed")? != 0,
            won: row.integer("won")? != 0,
        },
        phase: row.optional_text("phase")?,
        is_archived: row.optional_instant("archived_at")?.is_some(),
        is_new: row.integer("is_new")? != 0,
    })
}

/// Writes a stage that was read just now; one that was gone is back. `is_new` is what is said of it if it was not known.
pub async fn put(
    tx: &mut Tx,
    stage: &RemoteStage,
    is_new: bool,
    seen_at: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO stages (pipeline, id, label, display_order, closed, won, seen_at, pipeline_label, is_new) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (pipeline, id) DO UPDATE
         SET pipeline_label = CASE excluded.pipeline_label WHEN '' THEN stages.pipeline_label ELSE excluded.pipeline_label END,
             label = excluded.label, display_order = excluded.display_order, closed = excluded.closed, won = excluded.won,
             seen_at = excluded.seen_at, archived_at = NULL",
        stage.pipeline,
        stage.id,
        stage.label,
        stage.display_order,
        i64::from(stage.closed),
        i64::from(stage.won),
        seen_at,
        stage.pipeline_label,
        i64::from(is_new),
    )?;
    Ok(())
}

pub async fn archive(tx: &mut Tx, stage: &RemoteStage, now: Timestamp) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "stage",
        "UPDATE stages SET archived_at = $3 WHERE pipeline = $1 AND id = $2",
        stage.pipeline,
        stage.id,
        now,
    )
}

/// Says what partners read of a stage, HubSpot's own name if nothing: either way somebody has said it.
pub async fn set_phase(
    tx: &mut Tx,
    stage: &RemoteStage,
    phase: Option<&str>,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "stage",
        "UPDATE stages SET phase = $3, is_new = 0 WHERE pipeline = $1 AND id = $2",
        stage.pipeline,
        stage.id,
        phase,
    )
}

pub async fn find(
    tx: &mut Tx,
    pipeline: &str,
    id: &str,
) -> Result<Option<StageRecord>, StoreError> {
    row!(
        tx,
        sql!(STAGE, " WHERE pipeline = $1 AND id = $2"),
        pipeline,
        id
    )?
    .as_ref()
    .map(read_stage)
    .transpose()
}

/// The stages of all pipelines, in HubSpot's order.
pub async fn list(tx: &mut Tx) -> Result<Vec<StageRecord>, StoreError> {
    let rows = rows!(tx, sql!(STAGE, " ORDER BY pipeline, display_order, id"))?;
    all(&rows, read_stage)
}
