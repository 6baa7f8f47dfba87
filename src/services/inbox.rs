//! What vendors send: stored raw and answered at once, worked off later. A note is only a hint to look again, never the truth.

use portal_domain::ids::InboxId;
use portal_store::{inbox, vendors};
use sha2::{Digest, Sha256};

use crate::{
    Ctx, ServiceError,
    outbox::{self, Job},
};

/// Stores a note whose signature was checked, and the job that works it off. The same body again is the same note.
pub async fn receive(ctx: &Ctx, vendor: &str, body: &[u8]) -> Result<(), ServiceError> {
    let dedupe_key = format!("{vendor}:{}", hex::encode(Sha256::digest(body)));
    let text = String::from_utf8_lossy(body);
    let mut tx = ctx.store.write().await?;
    vendors::add_webhook(&mut tx, vendor, ctx.now()).await?;
    let id = InboxId::new(ctx.new_id());
    if inbox::add(&mut tx, id, vendor, &dedupe_key, &text, ctx.now()).await? {
        outbox::add(ctx, &mut tx, &Job::WorkInbox { inbox: id }).await?;
    }
    Ok(tx.commit().await?)
}

/// A note to work off.
pub async fn find(ctx: &Ctx, id: InboxId) -> Result<inbox::InboxRecord, ServiceError> {
    let mut tx = ctx.store.read().await?;
    inbox::find(&mut tx, id)
        .await?
        .ok_or(ServiceError::NotFound)
}

/// Adds what a note asks for and marks it as worked off, together.
pub async fn work_off(ctx: &Ctx, id: InboxId, jobs: &[Job]) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    for job in jobs {
        outbox::add(ctx, &mut tx, job).await?;
    }
    inbox::set_worked(&mut tx, id, ctx.now()).await?;
    Ok(tx.commit().await?)
}
