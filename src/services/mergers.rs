//! Deals that HubSpot merged, and changes of a won deal that the lines cannot follow by themselves: what a person decides about them. Until then nothing of
//! merged deals is approved or stated; a deal whose start or currency is asked about goes on as it was, and a decision is followed with adjustments. What
//! raises them is `deals`.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use portal_domain::{
    access::{Action, Actor},
    calendar::Month,
    deal::{DealState, DealTerms},
    ids::{DealId, ExceptionId},
    lead::LeadState,
    money::Money,
};
use portal_store::{
    Across, Tx, audit, changes,
    deals::{self, DealRecord},
    exceptions::{self, ExceptionRecord},
    leads,
    lines::{self, LineRecord},
};
use serde_json::{Value, json};

use crate::{
    Ctx, ServiceError,
    access::require_staff,
    books,
    deals::CurrencyChange,
    decision::{self, OpenCase},
    outbox::{self, Job},
    schedules::{resync_standing, sync_lines},
    two_persons::note_hand,
    verdicts,
};

/// The changes of a won deal that lines follow only if a person says so.
const ASKED_ABOUT: [&str; 2] = ["start_changed", "currency_changed"];

/// Which of two merged deals goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MergerDecision {
    /// The one that HubSpot kept; the other ends.
    Survivor,
    /// The one that HubSpot merged away: it gets the kept one's id there, and the kept one's record ends here.
    Other,
}

/// Both sides of a merger that waits for a decision.
#[derive(Clone, Debug)]
pub struct Merger {
    pub survivor: DealRecord,
    pub other: DealRecord,
}

fn survivor_of(facts: &str) -> Option<DealId> {
    let facts: Value = serde_json::from_str(facts).ok()?;
    facts["survivor"].as_str()?.parse().ok()
}

/// The two deals of an exception `deals_merged`.
pub(crate) async fn find_merger(
    tx: &mut Tx,
    exception: &ExceptionRecord,
) -> Result<Option<Merger>, ServiceError> {
    let (Some(other), Some(survivor)) = (exception.deal, survivor_of(&exception.facts)) else {
        return Ok(None);
    };
    let other = deals::find(tx, other).await?;
    let survivor = deals::find(tx, survivor).await?;
    Ok(survivor
        .zip(other)
        .map(|(survivor, other)| Merger { survivor, other }))
}

/// The deals of two partners that became one and wait for a person: nothing of theirs is approved or stated.
pub(crate) async fn list_undecided(tx: &mut Tx) -> Result<BTreeSet<DealId>, ServiceError> {
    let mut undecided = BTreeSet::new();
    tx.across(Across::SharedDeals).await?;
    for exception in exceptions::list_open_of_kind(tx, "deals_merged").await? {
        if let Some(merger) = find_merger(tx, &exception).await?
            && merger.survivor.partner != merger.other.partner
        {
            undecided.extend([merger.survivor.id, merger.other.id]);
        }
    }
    tx.within().await?;
    Ok(undecided)
}

/// The exception, open and of that kind.
async fn find_decidable(
    tx: &mut Tx,
    id: ExceptionId,
    kinds: &[&str],
) -> Result<ExceptionRecord, ServiceError> {
    let open = decision::find_open(tx, id).await?;
    require_kind(&open, kinds)?;
    Ok(open)
}

fn require_kind(open: &ExceptionRecord, kinds: &[&str]) -> Result<(), ServiceError> {
    match kinds.contains(&open.kind.as_str()) {
        true => Ok(()),
        false => Err(ServiceError::NotFound),
    }
}

/// A person decides which of two merged deals goes on. What the client's money has covered of the other stays; its further months are cancelled.
///
/// # Errors
/// `exception-resolved` if somebody decided already; what is wrong with the reason.
pub async fn decide_merger(
    ctx: &Ctx,
    actor: &Actor,
    id: ExceptionId,
    decision: MergerDecision,
    reason: &str,
) -> Result<(), ServiceError> {
    let mut case = OpenCase::begin(ctx, actor, id, ("merge_reason", reason)).await?;
    require_kind(&case.record, &["deals_merged"])?;
    let OpenCase {
        tx, record: open, ..
    } = &mut case;
    let Merger { survivor, other } = find_merger(tx, open).await?.ok_or(ServiceError::NotFound)?;
    for lead in BTreeSet::from([survivor.lead, other.lead]) {
        books::lock_lead(tx, lead).await?;
    }
    books::lock_deals(tx, &BTreeSet::from([survivor.id, other.id])).await?;
    let Merger { survivor, other } = find_merger(tx, open).await?.ok_or(ServiceError::NotFound)?;
    let hubspot_id = survivor.hubspot_id.clone();
    let (goes_on, ends) = match decision {
        MergerDecision::Survivor => (survivor, other),
        MergerDecision::Other => {
            deals::swap_hubspot_ids(tx, &survivor, &other).await?;
            (
                DealRecord {
                    hubspot_id: survivor.hubspot_id.clone(),
                    ..other.clone()
                },
                DealRecord {
                    hubspot_id: other.hubspot_id,
                    ..survivor
                },
            )
        }
    };
    end(ctx, tx, &ends).await?;
    deals::set_merged_into(tx, ends.id, goes_on.id).await?;
    for deal in [&goes_on, &ends] {
        verdicts::follow_deal(ctx, tx, deal).await?;
    }
    for deal in [&goes_on, &ends] {
        resync_standing(ctx, tx, deal, deal.won_on).await?;
        outbox::add(ctx, tx, &Job::ReconcileDeal { deal: deal.id }).await?;
        changes::add(tx, deal.partner, ctx.now()).await?;
    }
    let both = BTreeSet::from([goes_on.id, ends.id]);
    note_hand(ctx, tx, actor.person(), &both).await?;
    // What the one that goes on missed meanwhile is read now.
    outbox::add(ctx, tx, &Job::ReadDeal { hubspot_id }).await?;
    let facts = json!({ "goes_on": goes_on.id, "ends": ends.id });
    case.end(ctx, actor, ("decide_merger", "decided"), facts)
        .await
}

/// A deal that goes on in another one is gone, and so is its lead.
async fn end(ctx: &Ctx, tx: &mut Tx, deal: &DealRecord) -> Result<(), ServiceError> {
    let now = ctx.now();
    let ended = DealRecord {
        state: DealState::Removed,
        lost_at: deal.lost_by(now),
        merge_decided_at: Some(now),
        ..deal.clone()
    };
    deals::update(tx, &ended).await?;
    sync_lines(ctx, tx, deal.id).await?;
    let lead = leads::find(tx, deal.lead).await?;
    let lead = lead.ok_or(ServiceError::NotFound)?;
    leads::add_event(tx, lead.id, "removed", "{}", None, now).await?;
    if lead.state.may_become(LeadState::Removed) {
        leads::set_state(tx, lead.id, lead.state, LeadState::Removed, None, now).await?;
    }
    Ok(leads::release_claim(tx, lead.id, now).await?)
}

async fn record(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    exception: &ExceptionRecord,
    facts: &str,
) -> Result<(), ServiceError> {
    let (person, subject) = (Some(actor.person()), exception.id.to_string());
    Ok(audit::add(tx, person, act, &subject, facts, ctx.now()).await?)
}

/// A person lets a change of HubSpot's stand unfollowed: the lines keep the old start or currency, and nobody is asked again until HubSpot's deal changes.
///
/// # Errors
/// `exception-resolved` if somebody decided already; what is wrong with the reason.
pub async fn keep_unchanged(
    ctx: &Ctx,
    actor: &Actor,
    id: ExceptionId,
    reason: &str,
) -> Result<(), ServiceError> {
    let case = OpenCase::begin(ctx, actor, id, ("keep_reason", reason)).await?;
    require_kind(&case.record, &ASKED_ABOUT)?;
    let facts = json!({ "subject": case.record.subject });
    case.end(ctx, actor, ("keep_unchanged", "kept"), facts)
        .await
}

/// A person has the lines follow HubSpot: to the new start, where those on a statement are corrected by adjustments, or into the new currency. Those on no
/// statement are made again, and what the client has paid covers the months anew.
///
/// # Errors
/// `exception-resolved` if somebody decided already; `currency-stated` where a statement shows lines in the old currency.
pub async fn follow_change(ctx: &Ctx, actor: &Actor, id: ExceptionId) -> Result<(), ServiceError> {
    require_staff(actor, Action::Reconcile)?;
    let mut tx = ctx.store.write().await?;
    let open = find_decidable(&mut tx, id, &ASKED_ABOUT).await?;
    let before = lock_deal_of(&mut tx, &open).await?;
    let followed = match open.kind.as_str() {
        "start_changed" => with_start(&mut tx, &before, &open).await?,
        _ => in_currency(ctx, &mut tx, &before, &open).await?,
    };
    deals::update(&mut tx, &followed).await?;
    sync_lines(ctx, &mut tx, followed.id).await?;
    note_hand(ctx, &mut tx, actor.person(), &BTreeSet::from([followed.id])).await?;
    // Other terms may hold now, and a later deal's tiers begin where those end.
    resync_standing(ctx, &mut tx, &followed, followed.won_on).await?;
    verdicts::follow_deal(ctx, &mut tx, &followed).await?;
    outbox::add(ctx, &mut tx, &Job::ReconcileDeal { deal: followed.id }).await?;
    changes::add(&mut tx, followed.partner, ctx.now()).await?;
    exceptions::settle(&mut tx, &open.subject, "followed", ctx.now()).await?;
    let facts = json!({ "deal": followed.id, "kind": open.kind, "change": facts_of(&open)? });
    record(
        ctx,
        &mut tx,
        actor,
        "follow_change",
        &open,
        &facts.to_string(),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// The deal that an exception is about, as it stands once nobody else can change it.
async fn lock_deal_of(
    tx: &mut Tx,
    exception: &ExceptionRecord,
) -> Result<DealRecord, ServiceError> {
    let id = exception.deal.ok_or(ServiceError::NotFound)?;
    let found = deals::find(tx, id).await?;
    let lead = found.ok_or(ServiceError::NotFound)?.lead;
    books::lock_lead(tx, lead).await?;
    books::lock_deal(tx, id).await?;
    let found = deals::find(tx, id).await?;
    found.ok_or(ServiceError::NotFound)
}

fn facts_of(exception: &ExceptionRecord) -> Result<Value, ServiceError> {
    serde_json::from_str(&exception.facts).map_err(|_| ServiceError::NotFound)
}

async fn with_start(
    tx: &mut Tx,
    deal: &DealRecord,
    exception: &ExceptionRecord,
) -> Result<DealRecord, ServiceError> {
    let facts = facts_of(exception)?;
    let start: Option<NaiveDate> = facts["to"].as_str().and_then(|start| start.parse().ok());
    Ok(DealRecord {
        start: Some(start.ok_or(ServiceError::NotFound)?),
        origin: find_origin(tx, deal).await?,
        ..deal.clone()
    })
}

/// The deal as if it had always been in its new currency. What is on a statement stays in the old one for good, and no deal is in two.
async fn in_currency(
    ctx: &Ctx,
    tx: &mut Tx,
    deal: &DealRecord,
    exception: &ExceptionRecord,
) -> Result<DealRecord, ServiceError> {
    let change: CurrencyChange =
        serde_json::from_value(facts_of(exception)?).map_err(|_| ServiceError::NotFound)?;
    let start = deal.start.ok_or(ServiceError::NotFound)?;
    if has_stated(&lines::list_of_deal(tx, deal.id).await?) {
        return Err(ServiceError::Conflict("currency-stated"));
    }
    let terms = DealTerms {
        from: Month::of(start),
        value: Money::new(change.value_minor, change.to),
        period: change.period,
    };
    deals::clear_terms(tx, deal.id).await?;
    deals::put_terms(tx, deal.id, &terms, ctx.now()).await?;
    Ok(DealRecord {
        currency: Some(change.to),
        ..deal.clone()
    })
}

/// Whether a line of the schedule is on a statement.
pub(crate) fn has_stated(lines: &[LineRecord]) -> bool {
    let mut of_schedule = lines.iter().filter(|line| line.kind.is_of_schedule());
    of_schedule.any(|line| line.state.is_stated())
}

/// Where the positions of a deal's lines are counted from once its start moves: a line that is on a statement stays in its month, and with it all others do.
/// Where none is, they move with the start.
async fn find_origin(tx: &mut Tx, deal: &DealRecord) -> Result<Option<Month>, ServiceError> {
    let is_stated = has_stated(&lines::list_of_deal(tx, deal.id).await?);
    Ok(deal
        .origin
        .or(deal.start.map(Month::of))
        .filter(|_| is_stated))
}
