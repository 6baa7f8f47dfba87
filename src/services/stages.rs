//! The stages of HubSpot's pipelines.

use portal_domain::remote::RemoteStage;
use portal_store::deals;

use crate::{Ctx, ServiceError};

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
