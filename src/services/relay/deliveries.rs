//! Handing leads over. Before a lead leaves, it is written down which way it goes; what is known not to have arrived may still go the other way, and what may
//! have arrived may not.

use portal_domain::{
    access::{Action, Actor},
    calendar::Timestamp,
    ids::LeadId,
    lead::LeadState,
    relay::{DeliveryState, RelayAddress, Side, Way},
    secret::Secret,
};
use portal_store::{
    Tx, audit,
    clients::{self, ClientRecord},
    deliveries::{self, DeliveryRecord},
    leads::{self, LeadRecord},
};
use serde_json::json;

use super::{SYSTEM, choice, secrets};
use crate::{
    Ctx, ServiceError,
    access::{require_staff, require_staff_scope},
    books, messages,
    outbox::{self, Job},
};

/// Has an accepted lead delivered, the way that holds now.
pub(crate) async fn deliver(ctx: &Ctx, tx: &mut Tx, lead: LeadId) -> Result<(), ServiceError> {
    let job = match choice::find(tx).await?.way {
        Way::Direct => Job::RegisterLead { lead },
        Way::Relay => {
            lock(tx, lead).await?;
            let known = deliveries::find(tx, lead).await?;
            if let Some(known) = known.filter(is_open) {
                let due = DeliveryRecord {
                    is_due: true,
                    ..known
                };
                deliveries::put(tx, &due).await?;
            }
            Job::RelayLead { lead }
        }
    };
    outbox::add(ctx, tx, &job).await
}

/// Nobody outside has it: it goes whichever way holds when it goes.
const fn is_open(delivery: &DeliveryRecord) -> bool {
    matches!(
        delivery.state,
        DeliveryState::Waiting | DeliveryState::Failed
    )
}

/// A lead that is not accepted yet, or that somebody withdrew meanwhile, goes nowhere.
const fn is_wanted(lead: &LeadRecord) -> bool {
    !matches!(
        lead.state,
        LeadState::InReview | LeadState::Rejected | LeadState::Withdrawn
    )
}

async fn lock(tx: &mut Tx, lead: LeadId) -> Result<LeadRecord, ServiceError> {
    books::lock_lead(tx, lead).await?;
    leads::find(tx, lead).await?.ok_or(ServiceError::NotFound)
}

/// What is sent for a lead, where, and signed with what.
pub struct Sending {
    /// The same on every try.
    pub message_id: String,
    /// When this try began.
    pub begun_at: Timestamp,
    /// How far the delivery was, if nobody outside could have the lead before this try.
    pub open_before: Option<DeliveryState>,
    pub address: RelayAddress,
    pub secrets: Vec<Secret>,
    pub lead: LeadRecord,
    pub client: ClientRecord,
    pub lead_url: String,
    pub callback_url: String,
}

/// Begins to send a lead to the iPaaS; `None` if there is nothing to send. One that is to go the other way is handed over to it.
///
/// # Errors
/// `relay-no-address`.
pub async fn begin(ctx: &Ctx, id: LeadId) -> Result<Option<Sending>, ServiceError> {
    let mut tx = ctx.store.write().await?;
    let lead = lock(&mut tx, id).await?;
    if !is_wanted(&lead) {
        return Ok(None);
    }
    let chosen = choice::find(&mut tx).await?;
    let known = deliveries::find(&mut tx, id).await?;
    let mut delivery = match known {
        Some(known) if known.way == Way::Relay && !is_open(&known) => known,
        known if chosen.way == Way::Relay && lead.hubspot_deal_id.is_none() => match known {
            Some(known) if !is_open(&known) => return Ok(None),
            Some(known) => DeliveryRecord {
                way: Way::Relay,
                ..known
            },
            None => DeliveryRecord::new(id, Way::Relay, ctx.now()),
        },
        _ => {
            if lead.state == LeadState::Accepted {
                outbox::add(ctx, &mut tx, &Job::RegisterLead { lead: id }).await?;
            }
            tx.commit().await?;
            return Ok(None);
        }
    };
    if !delivery.is_due {
        return Ok(None);
    }
    let address = chosen
        .address
        .ok_or(ServiceError::Conflict("relay-no-address"))?;
    let open_before = is_open(&delivery).then_some(delivery.state);
    if open_before.is_some() {
        delivery.state = DeliveryState::Unsure;
    }
    deliveries::put(&mut tx, &delivery).await?;
    let client = clients::find(&mut tx, lead.client)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let secrets = secrets::find(ctx, &mut tx, Side::Outward).await?;
    tx.commit().await?;
    Ok(Some(Sending {
        message_id: format!("lead-{id}"),
        begun_at: ctx.now(),
        open_before,
        address,
        secrets,
        client,
        lead_url: ctx.url(&format!("/staff/leads/{id}")),
        callback_url: ctx.url(super::CALLBACK_PATH),
        lead,
    }))
}

/// The iPaaS took it, by the try that began then. It may have called back before its answer was here; what it said of an earlier try holds no more.
pub async fn taken(ctx: &Ctx, id: LeadId, begun_at: Timestamp) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    lock(&mut tx, id).await?;
    if let Some(mut delivery) = deliveries::find(&mut tx, id).await? {
        let is_of_before = delivery.answered_at.is_some_and(|at| at < begun_at);
        if delivery.state == DeliveryState::Unsure
            || (delivery.state == DeliveryState::Failed && is_of_before)
        {
            delivery.state = DeliveryState::Accepted;
        }
        delivery.is_due = false;
        delivery.sends += 1;
        delivery.accepted_at = Some(begun_at);
        deliveries::put(&mut tx, &delivery).await?;
    }
    Ok(tx.commit().await?)
}

/// The iPaaS certainly did not take it by its first try since nobody had it, so that it is open as before. Of any other try that says nothing: an earlier one
/// may have arrived.
pub async fn not_taken(ctx: &Ctx, id: LeadId, before: DeliveryState) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    lock(&mut tx, id).await?;
    if let Some(mut delivery) = deliveries::find(&mut tx, id).await?
        && delivery.state == DeliveryState::Unsure
    {
        delivery.state = before;
        deliveries::put(&mut tx, &delivery).await?;
    }
    Ok(tx.commit().await?)
}

/// Whether the portal itself is to register a lead. One that goes through the iPaaS is handed over to it.
pub async fn is_direct(ctx: &Ctx, id: LeadId) -> Result<bool, ServiceError> {
    let mut tx = ctx.store.read().await?;
    let lead = leads::find(&mut tx, id).await?;
    let lead = lead.ok_or(ServiceError::NotFound)?;
    let known = deliveries::find(&mut tx, id).await?;
    let is_direct = goes_direct(&mut tx, &lead, known.as_ref()).await?;
    drop(tx);
    if !is_direct && known.as_ref().is_none_or(is_open) {
        outbox::add_alone(ctx, &Job::RelayLead { lead: id }).await?;
    }
    Ok(is_direct)
}

/// Whether a lead goes the direct way: as was written down once somebody outside may have it, and as was chosen before.
async fn goes_direct(
    tx: &mut Tx,
    lead: &LeadRecord,
    known: Option<&DeliveryRecord>,
) -> Result<bool, ServiceError> {
    if let Some(known) = known.filter(|known| !is_open(known)) {
        return Ok(known.way == Way::Direct);
    }
    Ok(lead.hubspot_deal_id.is_some() || choice::find(tx).await?.way == Way::Direct)
}

/// The portal is about to make a lead's deal in HubSpot; `false` if it must not any more: the lead goes the other way by now, or was withdrawn.
pub async fn begin_direct(ctx: &Ctx, id: LeadId) -> Result<bool, ServiceError> {
    let mut tx = ctx.store.write().await?;
    let lead = lock(&mut tx, id).await?;
    let known = deliveries::find(&mut tx, id).await?;
    let is_direct = is_wanted(&lead) && goes_direct(&mut tx, &lead, known.as_ref()).await?;
    if is_direct {
        let begun = DeliveryRecord {
            way: Way::Direct,
            state: DeliveryState::Unsure,
            is_due: false,
            ..known.unwrap_or_else(|| DeliveryRecord::new(id, Way::Direct, ctx.now()))
        };
        deliveries::put(&mut tx, &begun).await?;
    }
    tx.commit().await?;
    Ok(is_direct)
}

/// HubSpot has a deal of a lead that was withdrawn while it was being made: staff are told, once, for nobody else knows of it.
pub(crate) async fn made_in_vain(
    ctx: &Ctx,
    tx: &mut Tx,
    lead: &LeadRecord,
    deal: &str,
) -> Result<(), ServiceError> {
    let known = deliveries::find(tx, lead.id).await?;
    if known
        .as_ref()
        .is_some_and(|known| known.state == DeliveryState::Registered)
    {
        return Ok(());
    }
    messages::deal_without_lead(ctx, tx, lead, deal).await?;
    let told = DeliveryRecord {
        state: DeliveryState::Registered,
        is_due: false,
        answered_at: Some(ctx.now()),
        ..known.unwrap_or_else(|| DeliveryRecord::new(lead.id, Way::Direct, ctx.now()))
    };
    Ok(deliveries::put(tx, &told).await?)
}

/// HubSpot certainly made no deal: the lead may still go the other way.
pub async fn not_begun(ctx: &Ctx, id: LeadId) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    lock(&mut tx, id).await?;
    if let Some(delivery) = deliveries::find(&mut tx, id).await?
        && delivery.way == Way::Direct
    {
        let open = DeliveryRecord {
            state: DeliveryState::Waiting,
            is_due: true,
            ..delivery
        };
        deliveries::put(&mut tx, &open).await?;
    }
    Ok(tx.commit().await?)
}

/// How far a lead is that goes through the iPaaS, and the company that was called back.
#[derive(Clone, Debug)]
pub struct LeadDelivery {
    pub delivery: DeliveryRecord,
    pub company: Option<String>,
}

/// The delivery of a lead that goes through the iPaaS; `None` for one that goes directly.
pub async fn find_delivery(
    ctx: &Ctx,
    actor: &Actor,
    lead: &LeadRecord,
) -> Result<Option<LeadDelivery>, ServiceError> {
    require_staff_scope(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let known = deliveries::find(&mut tx, lead.id).await?;
    let Some(delivery) = known.filter(|known| known.way == Way::Relay) else {
        return Ok(None);
    };
    let client = clients::find(&mut tx, lead.client).await?;
    Ok(Some(LeadDelivery {
        delivery,
        company: client.and_then(|client| client.hubspot_company_id),
    }))
}

/// Sends a lead to the iPaaS once more, under the same id.
///
/// # Errors
/// `relay-nothing-to-resend` for a lead that does not go that way, or that nobody waits for any more.
pub async fn resend(ctx: &Ctx, actor: &Actor, id: LeadId) -> Result<(), ServiceError> {
    require_staff(actor, Action::Operate)?;
    let mut tx = ctx.store.write().await?;
    if !send_again(ctx, &mut tx, id).await? {
        return Err(ServiceError::Conflict("relay-nothing-to-resend"));
    }
    let person = Some(actor.person());
    let subject = id.to_string();
    audit::add(&mut tx, person, "resend_lead", &subject, "{}", ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// The same of all that the iPaaS took between two days, both included.
///
/// # Errors
/// `date-invalid`; `relay-nothing-to-resend`.
pub async fn resend_taken(
    ctx: &Ctx,
    actor: &Actor,
    from: &str,
    until: &str,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Operate)?;
    let day = |field: &str, text: &str| {
        let day = text.trim().parse::<chrono::NaiveDate>();
        day.map_err(|_| ServiceError::field(field, "date-invalid"))
    };
    let (from, until) = (day("from", from)?, day("until", until)?);
    let after = until.succ_opt().unwrap_or(until);
    let mut tx = ctx.store.write().await?;
    let (begin, end) = (ctx.start_of(from), ctx.start_of(after));
    let mut count = 0;
    for lead in deliveries::list_taken_between(&mut tx, begin, end).await? {
        count += i32::from(send_again(ctx, &mut tx, lead).await?);
    }
    if count == 0 {
        return Err(ServiceError::Conflict("relay-nothing-to-resend"));
    }
    let facts = json!({ "from": from, "until": until, "count": count }).to_string();
    let person = Some(actor.person());
    audit::add(&mut tx, person, "resend_leads", SYSTEM, &facts, ctx.now()).await?;
    Ok(tx.commit().await?)
}

async fn send_again(ctx: &Ctx, tx: &mut Tx, id: LeadId) -> Result<bool, ServiceError> {
    let lead = lock(tx, id).await?;
    let known = deliveries::find(tx, id).await?;
    let known = known.filter(|known| known.way == Way::Relay);
    let (Some(known), false) = (known, lead.state == LeadState::Withdrawn) else {
        return Ok(false);
    };
    let due = DeliveryRecord {
        is_due: true,
        ..known
    };
    deliveries::put(tx, &due).await?;
    outbox::add(ctx, tx, &Job::RelayLead { lead: id }).await?;
    Ok(true)
}
