//! Objects that a system does not have any more. One that was deleted is followed: it counts no longer. Of very many at once that is not believed: the system
//! may be wrong, or it may be another one than we think, and money would move by it. They stay as they were until a person says what is so.

use std::collections::BTreeSet;

use portal_domain::{access::Actor, connection::System, ids::ExceptionId};
use portal_store::{Tx, missing_objects};
use serde_json::json;

use crate::{
    Ctx, ServiceError,
    books::{self, About},
    decision::OpenCase,
    outbox::{self, Job},
};

/// The kind of the case.
pub const MANY_GONE: &str = "many_gone";
/// So many may be missing in one run, however few were asked for …
const FEW: usize = 5;
/// … and of more one in so many.
const ONE_IN: usize = 5;

/// What of some objects that a run asked for was there, by their ids.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub found: Vec<String>,
    pub missing: Vec<String>,
}

impl Asked {
    const fn is_much_missing(&self) -> bool {
        let asked = self.found.len() + self.missing.len();
        self.missing.len() > FEW && self.missing.len() * ONE_IN > asked
    }
}

/// Answers which of those that are missing are to be followed now. The others wait for a person: all of them where very many are missing or a case of such ones
/// is open, and for good those that a person let stand.
pub async fn judge(ctx: &Ctx, system: System, asked: &Asked) -> Result<Vec<String>, ServiceError> {
    let mut tx = ctx.store.write().await?;
    lock(&mut tx, system).await?;
    let held = missing_objects::list_held(&mut tx, system).await?;
    let is_held_back = asked.is_much_missing() || is_open(&mut tx, system).await?;
    let missing = asked.missing.iter().cloned();
    let (kept, followed): (Vec<String>, Vec<String>) =
        missing.partition(|id| is_held_back || held.contains(id));
    let back: Vec<String> = asked
        .found
        .iter()
        .filter(|id| held.contains(*id))
        .cloned()
        .collect();
    let new: Vec<String> = kept.into_iter().filter(|id| !held.contains(id)).collect();
    if back.is_empty() && new.is_empty() {
        return Ok(followed);
    }
    missing_objects::remove_all(&mut tx, system, &back).await?;
    missing_objects::add_all(&mut tx, system, &new, ctx.now()).await?;
    say(ctx, &mut tx, system).await?;
    tx.commit().await?;
    Ok(followed)
}

/// Whether what is missing of a system waits for a person.
pub async fn is_held_back(ctx: &Ctx, system: System) -> Result<bool, ServiceError> {
    is_open(&mut ctx.store.read().await?, system).await
}

/// One that was asked for by itself is not there: whether that is to be followed because a person said so.
pub async fn is_confirmed(ctx: &Ctx, system: System, id: &str) -> Result<bool, ServiceError> {
    let mut tx = ctx.store.read().await?;
    let known = missing_objects::find(&mut tx, system, id).await?;
    Ok(known == Some(true))
}

/// One that was missing is there again, or it was followed that it is not.
pub async fn settle_one(ctx: &Ctx, system: System, id: &str) -> Result<(), ServiceError> {
    let known = missing_objects::find(&mut ctx.store.read().await?, system, id).await?;
    if known.is_none() {
        return Ok(());
    }
    let mut tx = ctx.store.write().await?;
    lock(&mut tx, system).await?;
    missing_objects::remove_all(&mut tx, system, &[id.to_owned()]).await?;
    say(ctx, &mut tx, system).await?;
    Ok(tx.commit().await?)
}

/// A person says that everything that is missing of a case is gone. Each is asked for once more, and followed if it is still not there.
///
/// # Errors
/// `exception-resolved` if somebody decided already; what is wrong with the reason.
pub async fn confirm(
    ctx: &Ctx,
    actor: &Actor,
    id: ExceptionId,
    reason: &str,
) -> Result<(), ServiceError> {
    let mut case = OpenCase::begin(ctx, actor, id, ("gone_reason", reason)).await?;
    let system = case.record.subject.strip_prefix(MANY_GONE);
    let system = system.and_then(|rest| System::parse(rest.strip_prefix(':')?));
    let system = system.ok_or(ServiceError::NotFound)?;
    lock(&mut case.tx, system).await?;
    let gone = missing_objects::confirm_all(&mut case.tx, system, ctx.now()).await?;
    let facts = json!({ "system": system, "count": gone.len() });
    let read = gone.into_iter().map(|id| read_again(system, id));
    outbox::add_all(ctx, &mut case.tx, read).await?;
    case.end(ctx, actor, ("confirm_gone", "decided"), facts)
        .await
}

fn read_again(system: System, id: String) -> Job {
    match system {
        System::HubSpot => Job::ReadDeal { hubspot_id: id },
        _ => Job::ReadInvoice { invoice: id },
    }
}

/// What a system was asked for is left with its account: nothing of it is missing any more.
pub(crate) async fn forget(ctx: &Ctx, tx: &mut Tx, system: System) -> Result<(), ServiceError> {
    lock(tx, system).await?;
    missing_objects::forget(tx, system).await?;
    say(ctx, tx, system).await
}

async fn lock(tx: &mut Tx, system: System) -> Result<(), ServiceError> {
    Ok(tx.lock(&format!("missing objects: {system}")).await?)
}

async fn is_open(tx: &mut Tx, system: System) -> Result<bool, ServiceError> {
    let known = books::find_known(tx, MANY_GONE, About::System(system)).await?;
    Ok(known.is_some_and(|known| known.is_open))
}

/// Brings the case up to date. One that a person let stand is raised again only once more are missing.
async fn say(ctx: &Ctx, tx: &mut Tx, system: System) -> Result<(), ServiceError> {
    let held: BTreeSet<String> = missing_objects::list_held(tx, system).await?;
    let facts = match missing_objects::find_newest(tx, system).await? {
        Some(newest) => {
            let name = match system {
                System::HubSpot => "HubSpot",
                _ => "Xero",
            };
            Some(json!({ "system": name, "count": held.len(), "newest_at": newest.0 }))
        }
        None => None,
    };
    books::raise_or_settle(ctx, tx, MANY_GONE, About::System(system), facts).await
}
