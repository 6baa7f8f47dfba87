//! What the iPaaS calls back. It is believed as far as nothing stands against it: a deal never moves from one lead to another, and a lead that has a deal gets no
//! second one.

use portal_domain::{
    calendar::Timestamp,
    deal::DealState,
    ids::LeadId,
    lead::LeadState,
    relay::{DeliveryState, Way},
    remote::{RemoteDeal, UnreadableDeal},
};
use portal_store::{
    Tx, changes, clients, deals,
    deliveries::{self, DeliveryRecord},
    leads::{self, LeadRecord},
};

use super::{choice, deliveries::made_in_vain};
use crate::{
    Ctx, ServiceError, books,
    deals::{apply_reading, find_own, not_readable, register},
    outbox::{self, Job},
    stages,
};

/// Why what was called back is not followed: a person must look.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    #[error("the portal has no lead {0}")]
    UnknownLead(String),
    #[error("lead {0} was not accepted, so that it can have no deal")]
    NotAccepted(LeadId),
    #[error("lead {lead} has the deal {known} already, and gets no second one ({other})")]
    SecondDeal {
        lead: LeadId,
        known: String,
        other: String,
    },
    #[error("deal {0} is another lead's")]
    DealOfAnother(String),
    #[error("company {0} is another client's")]
    CompanyOfAnother(String),
    #[error("the client of lead {lead} is known as company {known}, and not as {other}")]
    OtherCompany {
        lead: LeadId,
        known: String,
        other: String,
    },
    #[error("the contact of lead {lead} is known as {known}, and not as {other}")]
    OtherContact {
        lead: LeadId,
        known: String,
        other: String,
    },
    #[error("lead {0} was not sent to the iPaaS")]
    NotSent(LeadId),
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<portal_store::StoreError> for NotTaken {
    fn from(error: portal_store::StoreError) -> Self {
        Self::Service(error.into())
    }
}

async fn lock(tx: &mut Tx, lead: LeadId) -> Result<LeadRecord, NotTaken> {
    books::lock_lead(tx, lead).await?;
    let found = leads::find(tx, lead).await?;
    found.ok_or_else(|| NotTaken::UnknownLead(lead.to_string()))
}

/// The lead's delivery, if it went through the iPaaS.
async fn find_relayed(tx: &mut Tx, lead: LeadId) -> Result<DeliveryRecord, NotTaken> {
    let known = deliveries::find(tx, lead).await?;
    known
        .filter(|known| known.way == Way::Relay)
        .ok_or(NotTaken::NotSent(lead))
}

/// HubSpot has a lead. Saying so again changes nothing.
///
/// # Errors
/// Why that cannot be: nothing is written then.
pub async fn registered(
    ctx: &Ctx,
    id: LeadId,
    company: &str,
    contact: &str,
    deal: &str,
) -> Result<(), NotTaken> {
    let mut tx = ctx.store.write().await?;
    let mut lead = lock(&mut tx, id).await?;
    if matches!(lead.state, LeadState::InReview | LeadState::Rejected) {
        return Err(NotTaken::NotAccepted(id));
    }
    let delivery = find_relayed(&mut tx, id).await?;
    check_deal(&mut tx, &lead, &[deal.to_owned()]).await?;
    keep_company(&mut tx, &lead, company).await?;
    keep_contact(&mut tx, &lead, contact).await?;
    if register(ctx, &mut tx, &mut lead, deal).await? {
        changes::add(&mut tx, lead.partner, ctx.now()).await?;
    } else if lead.state == LeadState::Withdrawn {
        made_in_vain(ctx, &mut tx, &lead, deal).await?;
    }
    let answered = DeliveryRecord {
        state: DeliveryState::Registered,
        is_due: false,
        answered_at: Some(ctx.now()),
        code: None,
        said: None,
        ..delivery
    };
    deliveries::put(&mut tx, &answered).await?;
    let hubspot_id = deal.to_owned();
    outbox::add(ctx, &mut tx, &Job::ReadDeal { hubspot_id }).await?;
    Ok(tx.commit().await?)
}

/// Keeps the company of a client that has none yet.
async fn keep_company(tx: &mut Tx, lead: &LeadRecord, company: &str) -> Result<(), NotTaken> {
    let client = clients::find(tx, lead.client).await?;
    let client = client.ok_or(ServiceError::NotFound)?;
    let owner = clients::find_by_companies(tx, &[company.to_owned()]).await?;
    if owner.is_some_and(|owner| owner.id != client.id) {
        return Err(NotTaken::CompanyOfAnother(company.to_owned()));
    }
    match client.hubspot_company_id {
        Some(known) if known != company => Err(NotTaken::OtherCompany {
            lead: lead.id,
            known,
            other: company.to_owned(),
        }),
        Some(_) => Ok(()),
        None => Ok(clients::set_hubspot_company(tx, client.id, company).await?),
    }
}

/// Keeps the contact of a lead that has none yet.
async fn keep_contact(tx: &mut Tx, lead: &LeadRecord, contact: &str) -> Result<(), NotTaken> {
    match &lead.hubspot_contact_id {
        Some(known) if known != contact => Err(NotTaken::OtherContact {
            lead: lead.id,
            known: known.clone(),
            other: contact.to_owned(),
        }),
        Some(_) => Ok(()),
        None => Ok(leads::set_hubspot_contact(tx, lead.id, contact).await?),
    }
}

/// The iPaaS could not do it, for this reason, as it said at that time. Of a lead that HubSpot has by now that says nothing new; neither does one that was said
/// before, or from before the iPaaS took the lead once more.
///
/// # Errors
/// Why that cannot be.
pub async fn failed(
    ctx: &Ctx,
    id: LeadId,
    code: &str,
    said: &str,
    said_at: Timestamp,
) -> Result<(), NotTaken> {
    let mut tx = ctx.store.write().await?;
    let lead = lock(&mut tx, id).await?;
    let known = find_relayed(&mut tx, id).await?;
    let is_old = known.accepted_at.is_some_and(|at| said_at < at)
        || known.answered_at.is_some_and(|at| said_at <= at);
    if lead.state != LeadState::Accepted || is_old {
        return Ok(());
    }
    let failed = DeliveryRecord {
        state: DeliveryState::Failed,
        answered_at: Some(said_at),
        code: Some(code.to_owned()),
        said: Some(said.to_owned()),
        ..known
    };
    deliveries::put(&mut tx, &failed).await?;
    Ok(tx.commit().await?)
}

/// That a deal, by any of its ids, is nobody else's, and that the lead has no other one.
async fn check_deal(tx: &mut Tx, lead: &LeadRecord, ids: &[String]) -> Result<(), NotTaken> {
    let mirror = deals::find_of_lead(tx, lead.id).await?;
    let known = [
        lead.hubspot_deal_id.clone(),
        mirror.map(|mirror| mirror.hubspot_id),
    ];
    let known: Vec<String> = known.into_iter().flatten().collect();
    let [deal, ..] = ids else { return Ok(()) };
    if let Some(first) = known.first()
        && !ids.iter().any(|id| known.contains(id))
    {
        return Err(NotTaken::SecondDeal {
            lead: lead.id,
            known: first.clone(),
            other: deal.clone(),
        });
    }
    let mirror = deals::find_by_hubspot(tx, deal).await?;
    let owner = leads::find_by_deal(tx, deal).await?;
    let is_anothers = mirror.is_some_and(|mirror| mirror.lead != lead.id)
        || owner.is_some_and(|owner| owner != lead.id);
    if is_anothers {
        return Err(NotTaken::DealOfAnother(deal.clone()));
    }
    Ok(())
}

/// A deal is like this now. Where HubSpot is asked as well that is a hint to ask it; else it is followed as a reading of the portal's own.
///
/// # Errors
/// Why that cannot be. A deal that came from no lead is nobody's concern, and no error.
pub async fn deal_changed(
    ctx: &Ctx,
    deal: &Result<RemoteDeal, UnreadableDeal>,
    stage_label: Option<&str>,
) -> Result<(), NotTaken> {
    if choice::is_hubspot_used(ctx).await? {
        let hubspot_id = match deal {
            Ok(deal) => deal.id.clone(),
            Err(unreadable) => unreadable.id.clone(),
        };
        return Ok(outbox::add_alone(ctx, &Job::ReadDeal { hubspot_id }).await?);
    }
    let deal = match deal {
        Ok(deal) => deal,
        Err(unreadable) => return Ok(not_readable(ctx, std::slice::from_ref(unreadable)).await?),
    };
    let mut tx = ctx.store.read().await?;
    if let Some(key) = &deal.lead_key {
        let unknown = || NotTaken::UnknownLead(key.clone());
        let named = key.parse().map_err(|_| unknown())?;
        let lead = leads::find(&mut tx, named).await?.ok_or_else(unknown)?;
        let ids: Vec<String> = deal.ids().map(str::to_owned).collect();
        check_deal(&mut tx, &lead, &ids).await?;
    }
    let Some((_, known)) = find_own(&mut tx, deal).await? else {
        return Ok(());
    };
    drop(tx);
    let is_older = known
        .as_ref()
        .is_some_and(|known| known.hubspot_modified_at > deal.modified_at);
    let mut deal = deal.clone();
    match known {
        _ if deal.state != DealState::Removed => {}
        // It was restored since, and nobody asks anew, which would show that.
        Some(_) if is_older => return Ok(()),
        // Of a deal in the bin less need be said.
        Some(known) => {
            (deal.name, deal.pipeline, deal.stage) = (known.name, known.pipeline, known.stage);
        }
        None => {}
    }
    // Neither what is in the bin nor what is told late says how a stage is called now.
    if deal.state != DealState::Removed && !is_older {
        stages::seen_by_relay(ctx, &deal, stage_label).await?;
    }
    Ok(apply_reading(ctx, &deal.id, Some(&deal)).await?)
}
