//! The stages of HubSpot's pipelines: what partners read of each, where new deals start, and what is said of a stage that the pipelines do not have.

use portal_domain::{
    access::{Action, Actor},
    deal::DealState,
    remote::{RemoteDeal, RemoteStage},
    text::parse_line,
};
use portal_store::{
    Tx, audit,
    deals::{self, DealRecord},
    exceptions, settings,
    stages::{self, StageRecord},
};
use serde_json::json;

use crate::{
    Ctx, ServiceError,
    access::require_staff,
    audit::changes,
    books::{self, About},
    outbox::{self, Job},
    relay,
};

/// A deal in a stage that HubSpot's pipelines do not have.
const UNKNOWN: &str = "stage_unknown";
/// A deal in a stage of which nothing but its id is known: nobody reads the pipelines, and the iPaaS did not say.
const UNNAMED: &str = "stage_unnamed";
/// A deal in a stage that somebody added to HubSpot's pipelines, and of which nobody has said what partners read.
const NEW: &str = "stage_new";
/// Where new deals start, as pipeline and stage with a slash between them.
const FIRST: &str = "hubspot.first_stage";
/// That the pipelines were read before.
const READ: &str = "hubspot.stages_read";
/// The longest name of a phase, in characters.
const PHASE_LENGTH_MAX: usize = 60;

/// The stages of HubSpot's pipelines, as just read: all of them, so that what is not among them is gone. One that was not there when they were read before is
/// new, until somebody says what partners read of it.
pub async fn stages_read(ctx: &Ctx, read: &[RemoteStage]) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    tx.lock("stages").await?;
    let is_read_again = settings::find(&mut tx, READ).await?.is_some();
    for stage in read {
        stages::put(&mut tx, stage, is_read_again, ctx.now()).await?;
    }
    if !is_read_again {
        settings::set(&mut tx, READ, "yes", ctx.now()).await?;
    }
    for known in stages::list(&mut tx).await? {
        let is_there = |stage: &RemoteStage| {
            (&stage.pipeline, &stage.id) == (&known.stage.pipeline, &known.stage.id)
        };
        if !known.is_archived && !read.iter().any(is_there) {
            stages::archive(&mut tx, &known.stage, ctx.now()).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// Whether a stage is one that we have heard of; an unknown one means that somebody edited the pipeline.
pub async fn is_stage_known(ctx: &Ctx, pipeline: &str, stage: &str) -> Result<bool, ServiceError> {
    let mut tx = ctx.store.read().await?;
    Ok(stages::find(&mut tx, pipeline, stage).await?.is_some())
}

/// A deal is in a stage that the pipelines do not have even when they are read anew: from now on it is known as one that is gone.
pub async fn stage_missing(ctx: &Ctx, pipeline: &str, stage: &str) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    tx.lock("stages").await?;
    if stages::find(&mut tx, pipeline, stage).await?.is_none() {
        let gone = RemoteStage {
            pipeline: pipeline.to_owned(),
            pipeline_label: String::new(),
            id: stage.to_owned(),
            label: stage.to_owned(),
            display_order: i64::from(i32::MAX),
            closed: false,
            won: false,
        };
        // Should the pipelines have it one day, nobody has said what partners read of it.
        stages::put(&mut tx, &gone, true, ctx.now()).await?;
        stages::archive(&mut tx, &gone, ctx.now()).await?;
    }
    Ok(tx.commit().await?)
}

/// The stage of a deal that the iPaaS told of, as far as that says something new. Where nobody reads the pipelines, stages are known as they are met.
pub(crate) async fn seen_by_relay(
    ctx: &Ctx,
    deal: &RemoteDeal,
    label: Option<&str>,
) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    tx.lock("stages").await?;
    let known = stages::find(&mut tx, &deal.pipeline, &deal.stage).await?;
    let is_news = match (&known, label) {
        (Some(known), Some(label)) => known.stage.label != label,
        (Some(_), None) => false,
        (None, _) => !deal.stage.is_empty(),
    };
    if is_news {
        let all = stages::list(&mut tx).await?;
        let others = all.iter().filter(|one| one.stage.pipeline == deal.pipeline);
        let met = RemoteStage {
            pipeline: deal.pipeline.clone(),
            pipeline_label: String::new(),
            id: deal.stage.clone(),
            label: label.unwrap_or(&deal.stage).to_owned(),
            display_order: known.map_or_else(
                || i64::try_from(others.count()).unwrap_or(i64::MAX),
                |known| known.stage.display_order,
            ),
            closed: matches!(deal.state, DealState::Won | DealState::Lost),
            won: deal.state == DealState::Won,
        };
        stages::put(&mut tx, &met, false, ctx.now()).await?;
    }
    Ok(tx.commit().await?)
}

/// A deal in a stage that is gone, that is new, or that nobody has named, is a case, and followed all the same.
pub(crate) async fn judge(ctx: &Ctx, tx: &mut Tx, deal: &DealRecord) -> Result<(), ServiceError> {
    let about = About::Deal(deal.id);
    let known = stages::find(tx, &deal.pipeline, &deal.stage).await?;
    let gone = known.as_ref().filter(|known| known.is_archived);
    let facts = gone.map(|gone| json!({ "message": gone.stage.label }));
    books::raise_or_settle(ctx, tx, UNKNOWN, about, facts).await?;
    let new = known
        .as_ref()
        .filter(|known| known.is_new && !known.is_archived);
    let facts = new.map(|new| json!({ "message": new.stage.label }));
    books::raise_or_settle(ctx, tx, NEW, about, facts).await?;
    let is_unnamed = |known: &StageRecord| {
        known.phase.is_none() && !known.is_archived && known.stage.label == known.stage.id
    };
    let unnamed = match known.filter(is_unnamed) {
        Some(known) if !relay::is_hubspot_used_in(tx).await? => {
            Some(json!({ "message": known.stage.id }))
        }
        _ => None,
    };
    books::raise_or_settle(ctx, tx, UNNAMED, about, unnamed).await
}

/// What partners read of a stage was said: the deals in it are no case of this kind any more.
async fn settle(
    ctx: &Ctx,
    tx: &mut Tx,
    kind: &'static str,
    stage: &RemoteStage,
) -> Result<(), ServiceError> {
    let open = exceptions::list_open_of_kind(tx, kind).await?;
    let ids: Vec<_> = open.into_iter().filter_map(|open| open.deal).collect();
    for deal in deals::list_by_ids(tx, &ids).await? {
        if (&deal.pipeline, &deal.stage) == (&stage.pipeline, &stage.id) {
            books::settle(ctx, tx, kind, About::Deal(deal.id), "fixed").await?;
        }
    }
    Ok(())
}

/// The pipeline that every account of HubSpot begins with.
const DEFAULT_PIPELINE: &str = "default";

/// Where new deals start: where a person said, as long as that stage is there, else in the first one that is open. What came into HubSpot later takes no deals
/// by itself, as long as there is another.
pub(crate) async fn find_first(tx: &mut Tx) -> Result<Option<RemoteStage>, ServiceError> {
    let chosen = settings::find(tx, FIRST).await?;
    let mut live = stages::list(tx).await?;
    live.retain(|known| !known.is_archived && !known.stage.closed);
    let rank = |known: &StageRecord| {
        let is_chosen = Some(key(&known.stage)) == chosen;
        (
            !is_chosen,
            known.is_new,
            known.stage.pipeline != DEFAULT_PIPELINE,
        )
    };
    Ok(live.into_iter().min_by_key(rank).map(|known| known.stage))
}

fn key(stage: &RemoteStage) -> String {
    format!("{}/{}", stage.pipeline, stage.id)
}

/// The stages as staff look after them.
#[derive(Clone, Debug)]
pub struct StagesView {
    pub stages: Vec<StageRecord>,
    /// Where new deals start.
    pub first: Option<RemoteStage>,
}

pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<StagesView, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    Ok(StagesView {
        stages: stages::list(&mut tx).await?,
        first: find_first(&mut tx).await?,
    })
}

/// Says what partners read of a stage; nothing: what HubSpot calls it.
///
/// # Errors
/// What is wrong with the name; `NotFound` for a stage that is none.
pub async fn name_phase(
    ctx: &Ctx,
    actor: &Actor,
    pipeline: &str,
    stage: &str,
    phase: &str,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Operate)?;
    let phase = match phase.trim() {
        "" => None,
        typed => Some(
            parse_line(typed, PHASE_LENGTH_MAX)
                .map_err(|fault| ServiceError::field("phase", fault.code))?,
        ),
    };
    let mut tx = ctx.store.write().await?;
    let known = stages::find(&mut tx, pipeline, stage).await?;
    let known = known.ok_or(ServiceError::NotFound)?;
    let facts = changes([("phase", json!(known.phase), json!(phase))]).to_string();
    let known = known.stage;
    stages::set_phase(&mut tx, &known, phase.as_deref()).await?;
    settle(ctx, &mut tx, NEW, &known).await?;
    if phase.is_some() {
        settle(ctx, &mut tx, UNNAMED, &known).await?;
    }
    record(ctx, &mut tx, actor, "name_phase", &key(&known), &facts).await?;
    Ok(tx.commit().await?)
}

/// Says where new deals start.
///
/// # Errors
/// `NotFound` for a stage that is closed, gone, or none.
pub async fn choose_first(
    ctx: &Ctx,
    actor: &Actor,
    pipeline: &str,
    stage: &str,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Operate)?;
    let mut tx = ctx.store.write().await?;
    let known = stages::find(&mut tx, pipeline, stage).await?;
    let known = known.filter(|known| !known.is_archived && !known.stage.closed);
    let chosen = key(&known.ok_or(ServiceError::NotFound)?.stage);
    let before = settings::find(&mut tx, FIRST).await?;
    settings::set(&mut tx, FIRST, &chosen, ctx.now()).await?;
    let facts = changes([("stage", json!(before), json!(chosen))]).to_string();
    record(ctx, &mut tx, actor, "choose_first_stage", &chosen, &facts).await?;
    Ok(tx.commit().await?)
}

/// Has the portal's own properties made in HubSpot where they are missing, and its pipelines and currencies read.
///
/// # Errors
/// `hubspot-not-used`.
pub async fn set_up(ctx: &Ctx, actor: &Actor) -> Result<(), ServiceError> {
    require_staff(actor, Action::Operate)?;
    let mut tx = ctx.store.write().await?;
    relay::require_hubspot(&mut tx).await?;
    outbox::add(ctx, &mut tx, &Job::SetUpHubSpot).await?;
    record(ctx, &mut tx, actor, "set_up_hubspot", "hubspot", "{}").await?;
    Ok(tx.commit().await?)
}

async fn record(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    subject: &str,
    facts: &str,
) -> Result<(), ServiceError> {
    let person = Some(actor.person());
    Ok(audit::add(tx, person, act, subject, facts, ctx.now()).await?)
}
