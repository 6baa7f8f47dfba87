//! Deals: what a fresh reading of a HubSpot deal means for its lead, its terms and its commission lines.
//! Deals that are merged, deleted, restored,
//! opened again or moved back are followed, not errors. Which invoices pay for a deal is decided in `reconcile`.

use chrono::NaiveDate;
use portal_domain::{
    calendar::{Month, Timestamp},
    deal::{BillingPeriod, DealState, DealTerms},
    ids::{DealId, LeadId},
    lead::LeadState,
    line_item::{ItemTerms, LineItem},
    money::{Currency, Money},
    remote::{RemoteDeal, RemoteOwner, UnreadableDeal},
};
use portal_store::{
    Tx, changes,
    deals::{self, DealRecord},
    exceptions::KnownException,
    leads::{self, LeadRecord},
    lines, owners, stages as store_stages, vendors,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    Ctx, ServiceError, account,
    books::{self, About},
    messages,
    outbox::{self, Job},
    relay,
    schedules::{
        cancel_open_lines, choose_plan, find_granted_version, resync_standing, sync_lines,
    },
    stages, verdicts,
};

/// A deal of ours that cannot be read in HubSpot.
const UNREADABLE: &str = "deal_unreadable";
/// A deal that readings say different things of is read again so much later: instances' clocks may be that far apart.
const READ_AGAIN_MS: i64 = 2_000;
/// When all owners were read last.
const OWNERS_CURSOR: &str = "hubspot.owners";
/// For how long an owner whom nobody knows is taken for one who is gone.
const OWNERS_FRESH_MS: i64 = 10 * 60_000;

/// HubSpot has the lead's deal: its id is kept, and the deal is read. Doing it again changes nothing.
/// Of a lead that was withdrawn meanwhile staff are told, so that they close the deal.
pub async fn apply_registration(
    ctx: &Ctx,
    lead: LeadId,
    hubspot_deal_id: &str,
) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    books::lock_lead(&mut tx, lead).await?;
    let mut found = leads::find(&mut tx, lead)
        .await?
        .ok_or(ServiceError::NotFound)?;
    if register(ctx, &mut tx, &mut found, hubspot_deal_id).await? {
        let job = Job::ReadDeal {
            hubspot_id: hubspot_deal_id.to_owned(),
        };
        outbox::add(ctx, &mut tx, &job).await?;
        changes::add(&mut tx, found.partner, ctx.now()).await?;
    } else if found.state == LeadState::Withdrawn {
        relay::made_in_vain(ctx, &mut tx, &found, hubspot_deal_id).await?;
    }
    Ok(tx.commit().await?)
}

/// Accepted becomes registered; `false` for a lead in any other state.
pub(crate) async fn register(
    ctx: &Ctx,
    tx: &mut Tx,
    lead: &mut LeadRecord,
    hubspot_deal_id: &str,
) -> Result<bool, ServiceError> {
    if lead.state != LeadState::Accepted {
        return Ok(false);
    }
    let now = ctx.now();
    leads::set_registered(tx, lead.id, hubspot_deal_id, now).await?;
    leads::set_state(
        tx,
        lead.id,
        LeadState::Accepted,
        LeadState::Registered,
        None,
        now,
    )
    .await?;
    let facts = json!({ "deal": hubspot_deal_id }).to_string();
    leads::add_event(tx, lead.id, "registered", &facts, None, now).await?;
    lead.state = LeadState::Registered;
    Ok(true)
}

/// What a fresh reading of a HubSpot deal means; `None`: there is no such deal any more. A deal that is no
/// lead of ours, and a reading that is older than
/// the last, change nothing.
pub async fn apply_reading(
    ctx: &Ctx,
    asked_id: &str,
    remote: Option<&RemoteDeal>,
) -> Result<(), ServiceError> {
    apply_reading_asked(ctx, asked_id, remote, ctx.now()).await
}

/// The same of a reading that was asked for at an instant. Two of one deal may overtake each other. That a deal is gone has no time of its own: where the deal
/// was confirmed after that was asked for, nobody can say which is true, and it is read once more.
pub async fn apply_reading_asked(
    ctx: &Ctx,
    asked_id: &str,
    remote: Option<&RemoteDeal>,
    asked_at: Timestamp,
) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    let remote = match remote {
        Some(remote) => Some(account::in_its_currency(&mut tx, remote).await?),
        None => None,
    };
    let remote = remote.as_ref();
    let Some(owner) = find_owner(&mut tx, asked_id, remote).await? else {
        tell_if_withdrawn(ctx, &mut tx, remote).await?;
        return Ok(tx.commit().await?);
    };
    books::lock_lead(&mut tx, owner.lead).await?;
    let read = remote.map_or(asked_id, |remote| &remote.id);
    books::settle(
        ctx,
        &mut tx,
        UNREADABLE,
        About::Reading(read, None),
        "fixed",
    )
    .await?;
    let Some(mut lead) = leads::find(&mut tx, owner.lead).await? else {
        return Ok(());
    };
    let before = lock_known(ctx, &mut tx, lead.id, remote).await?;
    if is_overtaken(remote, before.as_ref(), asked_at) {
        let hubspot_id = asked_id.to_owned();
        let again_at = ctx.now().plus_ms(READ_AGAIN_MS);
        outbox::add_at(ctx, &mut tx, &Job::ReadDeal { hubspot_id }, again_at).await?;
        return Ok(tx.commit().await?);
    }
    let Some(mut deal) = mirror(ctx, &lead, before.as_ref(), remote) else {
        return Ok(());
    };
    books::lock_deal(&mut tx, deal.id).await?;
    let stands_still = flag_merger(ctx, &mut tx, before.as_ref(), &owner.merged_away).await?;
    if let Some(before) = before
        .as_ref()
        .filter(|before| stands_still || is_older(remote, before))
    {
        let confirmed = DealRecord {
            confirmed_at: ctx.now(),
            ..before.clone()
        };
        deals::update(&mut tx, &confirmed).await?;
        return Ok(tx.commit().await?);
    }
    if before.is_none() {
        deals::add(&mut tx, &deal, ctx.now()).await?;
    }
    register(ctx, &mut tx, &mut lead, &deal.hubspot_id).await?;
    record_happening(ctx, &mut tx, &lead, before.as_ref(), &deal, remote).await?;
    if let Some(remote) = remote.filter(|remote| remote.state == DealState::Won) {
        apply_won(ctx, &mut tx, before.as_ref(), &mut deal, remote).await?;
    }
    deals::update(&mut tx, &deal).await?;
    stages::judge(ctx, &mut tx, &deal).await?;
    if let Some(remote) = remote {
        follow_owner(ctx, &mut tx, deal.id, remote.owner.as_deref()).await?;
    }
    let had_plan = before
        .as_ref()
        .is_some_and(|before| before.plan_version.is_some());
    if had_plan && deal.plan_version.is_none() {
        cancel_open_lines(ctx, &mut tx, deal.id).await?;
    }
    sync_lines(ctx, &mut tx, deal.id).await?;
    if before
        .as_ref()
        .is_none_or(|before| has_changed(before, &deal))
    {
        verdicts::follow_deal(ctx, &mut tx, &deal).await?;
    }
    if had_plan || deal.plan_version.is_some() {
        outbox::add(ctx, &mut tx, &Job::ReconcileDeal { deal: deal.id }).await?;
    }
    let was_won_on = before.as_ref().and_then(|before| before.won_on);
    resync_standing(ctx, &mut tx, &deal, was_won_on).await?;
    changes::add(&mut tx, deal.partner, ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// A deal may name a lead that was withdrawn while it was being made, by a worker that was killed before it could say so. One that is closed again is nobody's
/// concern.
async fn tell_if_withdrawn(
    ctx: &Ctx,
    tx: &mut Tx,
    remote: Option<&RemoteDeal>,
) -> Result<(), ServiceError> {
    let live = remote.filter(|deal| matches!(deal.state, DealState::Open | DealState::Won));
    let Some((deal, lead)) = live.and_then(|deal| Some((deal, lead_of(deal)?))) else {
        return Ok(());
    };
    books::lock_lead(tx, lead).await?;
    match leads::find(tx, lead).await? {
        Some(lead) if lead.state == LeadState::Withdrawn => {
            relay::made_in_vain(ctx, tx, &lead, &deal.id).await
        }
        _ => Ok(()),
    }
}

/// Those of some deals that are ours, and the others. Ours name a lead, or are known by their ids or by one that was merged into them.
pub async fn part_own(
    ctx: &Ctx,
    read: Vec<RemoteDeal>,
) -> Result<(Vec<RemoteDeal>, Vec<RemoteDeal>), ServiceError> {
    let ids: Vec<String> = read
        .iter()
        .flat_map(RemoteDeal::ids)
        .map(str::to_owned)
        .collect();
    let mut tx = ctx.store.read().await?;
    let known = deals::list_known(&mut tx, &ids).await?;
    let is_own =
        |deal: &RemoteDeal| deal.lead_key.is_some() || deal.ids().any(|id| known.contains(id));
    Ok(read.into_iter().partition(is_own))
}

/// Deals that HubSpot has and that cannot be read: each of ours is a case until it can, and stands as it was.
pub async fn not_readable(ctx: &Ctx, unreadable: &[UnreadableDeal]) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    for one in unreadable {
        let known = deals::find_by_hubspot(&mut tx, &one.id).await?;
        let named = one.lead_key.as_deref().and_then(|key| key.parse().ok());
        let registered = leads::find_by_deal(&mut tx, &one.id).await?;
        let lead = match known
            .as_ref()
            .map(|deal| deal.lead)
            .or(named)
            .or(registered)
        {
            Some(lead) => leads::find(&mut tx, lead).await?,
            None => None,
        };
        let Some(lead) = lead else { continue };
        let about = About::Reading(&one.id, known.map(|deal| deal.id));
        let facts = json!({
            "id": one.id,
            "client": lead.client_name,
            "partner": lead.partner_name,
            "message": one.why,
        });
        books::raise(ctx, &mut tx, UNREADABLE, about, facts).await?;
    }
    Ok(tx.commit().await?)
}

/// Keeps who owns a deal in HubSpot. One whom nobody knows may be new there, so that all are read again, but not for each deal: who was deactivated
/// stays unknown.
async fn follow_owner(
    ctx: &Ctx,
    tx: &mut Tx,
    deal: DealId,
    owner: Option<&str>,
) -> Result<(), ServiceError> {
    owners::set_of_deal(tx, deal, owner).await?;
    let Some(owner) = owner else { return Ok(()) };
    let read_at = vendors::find_cursor(tx, OWNERS_CURSOR).await?;
    let is_stale = read_at.is_none_or(|at| at.plus_ms(OWNERS_FRESH_MS) < ctx.now());
    if is_stale && !owners::is_known(tx, owner).await? {
        outbox::add(ctx, tx, &Job::ReadOwners).await?;
    }
    Ok(())
}

/// HubSpot's owners, all of them, as they are now.
pub async fn owners_read(ctx: &Ctx, read: &[RemoteOwner]) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    owners::replace_all(&mut tx, read, ctx.now()).await?;
    vendors::advance_cursor(&mut tx, OWNERS_CURSOR, ctx.now(), ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// The lead's deal, as it stands once nobody else can change it. Where the reading may choose its plan, no version is published meanwhile: that lock comes
/// before the deal's own, as it does for who publishes.
async fn lock_known(
    ctx: &Ctx,
    tx: &mut Tx,
    lead: LeadId,
    remote: Option<&RemoteDeal>,
) -> Result<Option<DealRecord>, ServiceError> {
    let known = deals::find_of_lead(tx, lead).await?;
    let won = remote.filter(|remote| remote.state == DealState::Won);
    let chooses = won.is_some_and(|remote| {
        known.as_ref().is_none_or(|known| {
            known.plan_version.is_none() || known.won_on != won_on(ctx, known.won_on, remote)
        })
    });
    if chooses {
        tx.lock("plans").await?;
    }
    let Some(known) = known else { return Ok(None) };
    books::lock_deal(tx, known.id).await?;
    Ok(deals::find(tx, known.id).await?)
}

/// The day on which a deal was won, by HubSpot or else by what is known.
fn won_on(ctx: &Ctx, known: Option<NaiveDate>, remote: &RemoteDeal) -> Option<NaiveDate> {
    let closed_on = remote.closed_at.map(|at| ctx.date_of(at));
    closed_on.or(known).or_else(|| Some(ctx.today()))
}

/// Has deals read one by one.
pub async fn read_again(ctx: &Ctx, hubspot_ids: Vec<String>) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    let read = hubspot_ids
        .into_iter()
        .map(|hubspot_id| Job::ReadDeal { hubspot_id });
    outbox::add_all(ctx, &mut tx, read).await?;
    Ok(tx.commit().await?)
}

/// Has the leads of some deals registered again, which ties their deals to company and contact where they are not.
pub async fn register_again(ctx: &Ctx, hubspot_ids: &[String]) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    let mut again = Vec::with_capacity(hubspot_ids.len());
    for id in hubspot_ids {
        let deal = deals::find_by_hubspot(&mut tx, id).await?;
        again.extend(deal.map(|deal| Job::RegisterLead { lead: deal.lead }));
    }
    outbox::add_all(ctx, &mut tx, again).await?;
    Ok(tx.commit().await?)
}

/// Whose deal a reading is about.
struct Owner {
    lead: LeadId,
    /// Deals of ours that HubSpot merged into it.
    merged_away: Vec<DealRecord>,
}

async fn find_owner(
    tx: &mut Tx,
    asked_id: &str,
    remote: Option<&RemoteDeal>,
) -> Result<Option<Owner>, ServiceError> {
    let mut found: Vec<DealRecord> = Vec::new();
    let mut ids = Vec::new();
    if let Some(remote) = remote {
        ids.extend(remote.ids());
        // Of several that were merged the one goes on whose lead HubSpot names, whichever was asked for; and before all the one that has the id already.
        found.extend(deals::find_by_hubspot(tx, &remote.id).await?);
        if let Some(lead) = lead_of(remote)
            && let Some(named) = deals::find_of_lead(tx, lead).await?
            && (named.hubspot_id == asked_id || remote.ids().any(|id| id == named.hubspot_id))
            && found.iter().all(|known| known.id != named.id)
        {
            found.push(named);
        }
    }
    ids.push(asked_id);
    for id in ids {
        if let Some(deal) = deals::find_by_hubspot(tx, id).await?
            && found.iter().all(|known| known.id != deal.id)
        {
            found.push(deal);
        }
    }
    if found.is_empty() {
        return find_owner_by_lead(tx, asked_id, remote).await;
    }
    let survivor = found.remove(0);
    Ok(Some(Owner {
        lead: survivor.lead,
        merged_away: found,
    }))
}

/// The lead that a deal names.
fn lead_of(remote: &RemoteDeal) -> Option<LeadId> {
    remote.lead_key.as_deref()?.parse().ok()
}

/// A deal that was never read before names its lead, or is known from its registration. A lead that has another deal already keeps that one.
async fn find_owner_by_lead(
    tx: &mut Tx,
    asked_id: &str,
    remote: Option<&RemoteDeal>,
) -> Result<Option<Owner>, ServiceError> {
    let Some(remote) = remote else {
        return Ok(None);
    };
    let ids: Vec<&str> = remote.ids().chain([asked_id]).collect();
    let mut leads: Vec<LeadId> = lead_of(remote).into_iter().collect();
    for id in &ids {
        leads.extend(leads::find_by_deal(tx, id).await?);
    }
    for lead in leads {
        if is_waiting_for(tx, lead, &ids).await? {
            return Ok(Some(Owner {
                lead,
                merged_away: Vec::new(),
            }));
        }
    }
    Ok(None)
}

/// Whether a lead has no deal yet, or one of these of which nothing but the id is known.
async fn is_waiting_for(tx: &mut Tx, lead: LeadId, ids: &[&str]) -> Result<bool, ServiceError> {
    let is_its_own = |known: &String| ids.contains(&known.as_str());
    let is_waiting = leads::find(tx, lead).await?.is_some_and(|lead| {
        matches!(lead.state, LeadState::Accepted | LeadState::Registered)
            && lead.hubspot_deal_id.as_ref().is_none_or(is_its_own)
    });
    Ok(is_waiting && deals::find_of_lead(tx, lead).await?.is_none())
}

/// Whose deal one is, and what is known of it; `None` for one that is no lead's.
pub(crate) async fn find_own(
    tx: &mut Tx,
    remote: &RemoteDeal,
) -> Result<Option<(LeadId, Option<DealRecord>)>, ServiceError> {
    let Some(owner) = find_owner(tx, &remote.id, Some(remote)).await? else {
        return Ok(None);
    };
    Ok(Some((
        owner.lead,
        deals::find_of_lead(tx, owner.lead).await?,
    )))
}

/// Two of our deals became one in HubSpot: finance decides, once. If they are of two partners, even the one that
/// survived stands still until then.
async fn flag_merger(
    ctx: &Ctx,
    tx: &mut Tx,
    survivor: Option<&DealRecord>,
    merged_away: &[DealRecord],
) -> Result<bool, ServiceError> {
    let Some(survivor) = survivor else {
        return Ok(false);
    };
    let undecided = || {
        merged_away
            .iter()
            .filter(|other| other.merge_decided_at.is_none())
    };
    for other in undecided() {
        let facts = json!({
            "into": survivor.name,
            "survivor": survivor.id,
            "partner": survivor.partner_name,
            "other_partner": other.partner_name,
        });
        books::raise(ctx, tx, "deals_merged", About::Deal(other.id), facts).await?;
    }
    Ok(undecided().any(|other| other.partner != survivor.partner))
}

/// Whether a reading says anything new of what documents are for: of a deal that was never won only whether it is open.
fn has_changed(before: &DealRecord, deal: &DealRecord) -> bool {
    let key = |deal: &DealRecord| {
        let modified_at = deal.won_on.map(|_| deal.hubspot_modified_at);
        (deal.state, modified_at, deal.won_on)
    };
    key(before) != key(deal)
}

/// Whether a deal that is gone by a reading was confirmed, gone or not, after that reading was asked for.
fn is_overtaken(
    remote: Option<&RemoteDeal>,
    before: Option<&DealRecord>,
    asked_at: Timestamp,
) -> bool {
    let is_gone = remote.is_none_or(|remote| remote.state == DealState::Removed);
    is_gone && before.is_some_and(|before| before.confirmed_at > asked_at)
}

/// Readings can overtake each other. A removal has no time of its own: see [`is_overtaken`].
fn is_older(remote: Option<&RemoteDeal>, before: &DealRecord) -> bool {
    remote.is_some_and(|remote| {
        remote.state != DealState::Removed && before.hubspot_modified_at > remote.modified_at
    })
}

/// The deal as the reading shows it; what it was won with is kept until `apply_won` looks at it. `None`
/// where there is nothing to keep.
fn mirror(
    ctx: &Ctx,
    lead: &LeadRecord,
    before: Option<&DealRecord>,
    remote: Option<&RemoteDeal>,
) -> Option<DealRecord> {
    let now = ctx.now();
    let Some(remote) = remote else {
        return before.map(|before| DealRecord {
            state: DealState::Removed,
            lost_at: before.lost_by(now),
            confirmed_at: now,
            ..before.clone()
        });
    };
    let known = before.cloned().unwrap_or_else(|| DealRecord {
        // Of deals that were won on one day the first decides where the tiers of the next begin: by their leads, not by which was read first.
        id: DealId::new(ctx.new_id_of(lead.created_at)),
        lead: lead.id,
        partner: lead.partner,
        partner_name: lead.partner_name.clone(),
        client: lead.client,
        client_name: lead.client_name.clone(),
        hubspot_id: String::new(),
        name: String::new(),
        pipeline: String::new(),
        stage: String::new(),
        state: DealState::Open,
        won_on: None,
        lost_at: None,
        start: None,
        origin: None,
        end: None,
        end_holds_from: None,
        currency: None,
        plan_version: None,
        merge_decided_at: None,
        hubspot_modified_at: remote.modified_at,
        confirmed_at: now,
    });
    Some(DealRecord {
        hubspot_id: remote.id.clone(),
        name: remote.name.clone(),
        pipeline: remote.pipeline.clone(),
        stage: remote.stage.clone(),
        state: remote.state,
        lost_at: match remote.state {
            DealState::Won => None,
            _ => known.lost_by(lost_at(ctx, &known, remote)),
        },
        hubspot_modified_at: remote.modified_at,
        confirmed_at: now,
        ..known
    })
}

/// Since when a deal is not won any more, by the first reading that says so: when HubSpot closed it, which it does anew as a won deal is lost. Where that is
/// still the day of the win, or there is no such time, it is when the deal was changed; a removal changes nothing, so that it may be now.
fn lost_at(ctx: &Ctx, known: &DealRecord, remote: &RemoteDeal) -> Timestamp {
    let is_after_win =
        |at: &Timestamp| known.won_on.is_some_and(|won_on| won_on < ctx.date_of(*at));
    let changed_at = match remote.state {
        DealState::Removed => ctx.now(),
        _ => remote.modified_at,
    };
    let closed_at = remote.closed_at.filter(is_after_win);
    closed_at.map_or(changed_at, |at| at.min(changed_at))
}

/// What the partner reads on the timeline, if anything moved.
fn happening(before: Option<&DealRecord>, after: &DealRecord) -> Option<&'static str> {
    use DealState as S;
    let moved = before
        .is_some_and(|before| (&before.pipeline, &before.stage) != (&after.pipeline, &after.stage));
    match (before.map(|before| before.state), after.state) {
        (Some(S::Removed), S::Removed) | (None, S::Open) => None,
        (Some(was), is) if was == is => moved.then_some("phase_changed"),
        (_, S::Removed) => Some("removed"),
        (Some(S::Removed), _) => Some("restored"),
        (_, S::Won) => Some("won"),
        (_, S::Lost) => Some("lost"),
        (Some(_), S::Open) => Some("reopened"),
    }
}

/// Keeps the move on the lead's timeline, and moves the lead and its claim with the deal.
async fn record_happening(
    ctx: &Ctx,
    tx: &mut Tx,
    lead: &LeadRecord,
    before: Option<&DealRecord>,
    deal: &DealRecord,
    remote: Option<&RemoteDeal>,
) -> Result<(), ServiceError> {
    let Some(kind) = happening(before, deal) else {
        return Ok(());
    };
    let from = match before {
        Some(before) => Some(phase_of(tx, before).await?),
        None => None,
    };
    let facts = json!({
        "from": from,
        "to": phase_of(tx, deal).await?,
        "hubspot_at": remote.map(|remote| remote.modified_at.0),
        "closed_at": remote.and_then(|remote| remote.closed_at).map(|at| at.0),
        "amount": remote.and_then(|remote| remote.amount.as_deref()),
        "currency": remote.and_then(|remote| remote.currency),
    });
    leads::add_event(tx, lead.id, kind, &facts.to_string(), None, ctx.now()).await?;
    if kind == "won" {
        messages::deal_won(ctx, tx, lead, remote.and_then(read_value)).await?;
    }
    if !matches!(kind, "removed" | "restored") {
        leads::set_actioned(tx, lead.id, ctx.now()).await?;
    }
    let next = match deal.state {
        DealState::Open => LeadState::Registered,
        DealState::Won => LeadState::Won,
        DealState::Lost => LeadState::Lost,
        DealState::Removed => LeadState::Removed,
    };
    if lead.state.may_become(next) {
        leads::set_state(tx, lead.id, lead.state, next, None, ctx.now()).await?;
    }
    follow_claim(ctx, tx, lead, next).await
}

/// The claim ends with the deal, and comes back with it until the day on which it was to expire, unless another partner protects the client by then.
async fn follow_claim(
    ctx: &Ctx,
    tx: &mut Tx,
    lead: &LeadRecord,
    state: LeadState,
) -> Result<(), ServiceError> {
    if matches!(state, LeadState::Lost | LeadState::Removed) {
        return Ok(leads::release_claim(tx, lead.id, ctx.now()).await?);
    }
    tx.lock(&format!("domain:{}", lead.client_domain)).await?;
    let (partner, domain) = (lead.partner, lead.client_domain.as_str());
    if !leads::is_claimed_by_another(tx, partner, domain, ctx.now()).await? {
        leads::take_claim_back(tx, lead.id).await?;
    }
    Ok(())
}

/// What partners read of a deal's stage, or its id until the pipelines were read.
async fn phase_of(tx: &mut Tx, deal: &DealRecord) -> Result<String, ServiceError> {
    let known = store_stages::find(tx, &deal.pipeline, &deal.stage).await?;
    Ok(known.map_or_else(|| deal.stage.clone(), |known| known.shown().to_owned()))
}

/// What commission rests on: the day, the plan's version of that day, and the terms. What is missing becomes
/// an exception that closes once it is there.
async fn apply_won(
    ctx: &Ctx,
    tx: &mut Tx,
    before: Option<&DealRecord>,
    deal: &mut DealRecord,
    remote: &RemoteDeal,
) -> Result<(), ServiceError> {
    let lines = lines::list_of_deal(tx, deal.id).await?;
    // What a person entered stands beside the schedule, and fixes nothing of it.
    let is_earned = lines
        .iter()
        .any(|line| line.kind.is_of_schedule() && line.state.is_earned());
    let known = deal.clone();
    // The same reading once more moves no day, whatever money came or went since.
    let is_news = before.is_none_or(|before| {
        before.start.is_none() || before.hubspot_modified_at != remote.modified_at
    });
    if is_news {
        follow_days(ctx, tx, deal, remote, is_earned).await?;
    }
    deal.end_holds_from = end_holds_from(ctx, &known, remote);
    deal.end = remote.end;
    if deal.won_on != known.won_on {
        deal.plan_version = find_granted_version(tx, deal, known.won_on).await?;
    }
    choose_plan(ctx, tx, deal).await?;
    apply_terms(ctx, tx, deal, remote, is_earned).await
}

/// The day on which a deal was won, and the one on which it starts. Lines count their months from the start, so both stay where they are once money was
/// earned by them, and of a start that moves a person is asked.
async fn follow_days(
    ctx: &Ctx,
    tx: &mut Tx,
    deal: &mut DealRecord,
    remote: &RemoteDeal,
    is_earned: bool,
) -> Result<(), ServiceError> {
    if deal.won_on.is_none() || !is_earned {
        deal.won_on = won_on(ctx, deal.won_on, remote);
    }
    let start = remote.start.or(deal.won_on).unwrap_or_else(|| ctx.today());
    let moved_from = deal.start.filter(|old| Month::of(*old) != Month::of(start));
    let moved = moved_from.map(|old| json!({ "from": old, "to": start }));
    if !ask(ctx, tx, "start_changed", deal.id, moved, is_earned).await? {
        deal.start = Some(start);
    }
    Ok(())
}

/// Asks a person about a change that lines do not follow by themselves, where something is fixed by what held before. Returns whether it is not to be
/// followed: nobody has decided yet, or somebody that it stays as it was, which holds even if the money that fixed it has gone away by now.
async fn ask(
    ctx: &Ctx,
    tx: &mut Tx,
    kind: &'static str,
    deal: DealId,
    change: Option<Value>,
    is_fixed: bool,
) -> Result<bool, ServiceError> {
    let about = About::Deal(deal);
    let facts = match change {
        Some(facts) if is_fixed => Some(facts),
        Some(facts) => {
            let known = books::find_known(tx, kind, about).await?;
            let told = facts.to_string();
            let is_kept = |known: &KnownException| known.stays && known.facts == told;
            let is_asked = known.is_some_and(|known| known.is_open || is_kept(&known));
            is_asked.then_some(facts)
        }
        None => None,
    };
    let stays = facts.is_some();
    books::raise_or_settle(ctx, tx, kind, about, facts).await?;
    Ok(stays)
}

async fn apply_terms(
    ctx: &Ctx,
    tx: &mut Tx,
    deal: &mut DealRecord,
    remote: &RemoteDeal,
    is_earned: bool,
) -> Result<(), ServiceError> {
    let (value, period) = find_charge(ctx, tx, deal.id, remote).await?;
    let (Some(value), Some(period), Some(start)) = (value, period, deal.start) else {
        return Ok(());
    };
    let known = deals::list_terms(tx, deal.id).await?;
    let changed = month_of_change(ctx, remote);
    // Whether there are lines yet or a plan at all: the client was charged by the terms that held.
    let has_ended = known
        .first()
        .is_some_and(|first| first.from.max(Month::of(start)) < changed);
    let is_fixed = is_earned || has_ended;
    let other_currency = known
        .last()
        .map(|last| last.value.currency)
        .filter(|old| *old != value.currency)
        .map(|from| CurrencyChange {
            from,
            to: value.currency,
            value_minor: value.minor,
            period,
        });
    let asked = other_currency.map(|change| json!(change));
    if ask(ctx, tx, "currency_changed", deal.id, asked, is_fixed).await? {
        return Ok(());
    }
    deal.currency = Some(value.currency);
    let first = DealTerms {
        from: Month::of(start),
        value,
        period,
    };
    let from = is_fixed.then_some(changed);
    put_terms(ctx, tx, deal.id, &known, first, from).await
}

/// What the client is charged, and how often: by the deal's own properties, or where it names no billing period by its line items. What is missing of either,
/// or unclear, is a case.
async fn find_charge(
    ctx: &Ctx,
    tx: &mut Tx,
    deal: DealId,
    remote: &RemoteDeal,
) -> Result<(Option<Money>, Option<BillingPeriod>), ServiceError> {
    let about = About::Deal(deal);
    let stated = remote.billing_period.as_deref();
    let by_items = match stated {
        Some(_) => ItemTerms::Nothing,
        None => ItemTerms::of(&remote.line_items, remote.currency),
    };
    let (value, period) = match by_items {
        ItemTerms::Agreed(value, period) => (Some(value), Some(period)),
        _ => {
            let period = stated.and_then(|text| BillingPeriod::parse(text).ok());
            (read_value(remote), period)
        }
    };
    let missing = value
        .is_none()
        .then(|| json!({ "amount": remote.amount, "currency": remote.currency }));
    books::raise_or_settle(ctx, tx, "deal_amount_missing", about, missing).await?;
    let is_unclear = by_items == ItemTerms::Unclear;
    let items = remote.line_items.iter().map(LineItem::summary);
    let unclear = is_unclear.then(|| json!({ "message": items.collect::<Vec<_>>().join("; ") }));
    books::raise_or_settle(ctx, tx, "line_items_unclear", about, unclear).await?;
    let missing = (period.is_none() && !is_unclear)
        .then(|| json!({ "billing_period": remote.billing_period }));
    books::raise_or_settle(ctx, tx, "billing_period_missing", about, missing).await?;
    Ok((value, period))
}

/// A deal in another currency, once months of it have ended or something was earned by it: what a person is asked about. One deal is in one currency, so
/// that its months and its invoices can be compared.
#[derive(Serialize, Deserialize)]
pub(crate) struct CurrencyChange {
    pub from: Currency,
    pub to: Currency,
    pub value_minor: i64,
    pub period: BillingPeriod,
}

/// From when on the deal's end holds, where it was said or moved while the deal ran: months that had ended by then stay, if they were due until then.
fn end_holds_from(ctx: &Ctx, known: &DealRecord, remote: &RemoteDeal) -> Option<Month> {
    if known.end == remote.end {
        return known.end_holds_from;
    }
    // What is said with the first reading holds from the start.
    known.won_on.and(remote.end)?;
    let (start, changed, ended_on) = (known.start?, month_of_change(ctx, remote), known.ends_on());
    let was_due_before = ended_on
        .and_then(|end| end.pred_opt())
        .map_or(changed, |last| Month::of(last).plus(1));
    let holds_from = changed.min(was_due_before);
    let was_due = Month::of(start) < holds_from && ended_on.is_none_or(|end| start < end);
    was_due.then_some(holds_from)
}

/// From when on a change counts: HubSpot's deal was changed in that month.
fn month_of_change(ctx: &Ctx, remote: &RemoteDeal) -> Month {
    Month::of(ctx.date_of(remote.modified_at)).min(ctx.this_month())
}

/// The value as an amount above zero, if HubSpot has one.
fn read_value(remote: &RemoteDeal) -> Option<Money> {
    let value = Money::parse_decimal(remote.amount.as_deref()?, remote.currency?).ok()?;
    (value.minor > 0).then_some(value)
}

/// Months that had ended when HubSpot's deal was changed keep the terms they had; the later ones, from `changed` on, follow the new terms. While nothing
/// has ended, there are only the new ones.
/// A one-off deal has one line, so its new value takes the place of the old one, and what the line lacks
/// becomes an adjustment.
async fn put_terms(
    ctx: &Ctx,
    tx: &mut Tx,
    deal: DealId,
    known: &[DealTerms],
    first: DealTerms,
    changed: Option<Month>,
) -> Result<(), ServiceError> {
    let is_same = |terms: &DealTerms| terms.value == first.value && terms.period == first.period;
    let (Some(last), Some(from)) = (known.last(), changed) else {
        if known.len() == 1 && is_same(&known[0]) {
            return Ok(());
        }
        deals::clear_terms(tx, deal).await?;
        return Ok(deals::put_terms(tx, deal, &first, ctx.now()).await?);
    };
    if is_same(last) {
        return Ok(());
    }
    deals::remove_terms_from(tx, deal, from).await?;
    let held = known.iter().rfind(|terms| terms.from < from);
    if held.is_some_and(is_same) {
        let again = DealTerms { from, ..first };
        return Ok(deals::add_reading(tx, deal, &again, ctx.now()).await?);
    }
    let is_one_off = |terms: &DealTerms| terms.period == BillingPeriod::OneOff;
    let held = held.filter(|held| is_one_off(held) && is_one_off(&first));
    let again = DealTerms {
        from: held.map_or(from, |held| held.from),
        ..first
    };
    Ok(deals::put_terms(tx, deal, &again, ctx.now()).await?)
}
