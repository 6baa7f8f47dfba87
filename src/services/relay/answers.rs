//! What the iPaaS calls back. It is believed as far as nothing stands against it: a deal never moves from one lead to another, and a lead that has a deal gets no
//! second one.

use portal_domain::{
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

use super::choice;
use crate::{
    Ctx, ServiceError,
    deals::{apply_reading, not_readable, register},
    messages,
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
    tx.lock(&format!("lead:{lead}")).await?;
    let found = leads::find(tx, lead).await?;
    found.ok_or_else(|| NotTaken::UnknownLead(lead.to_string()))
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
    check_deal(&mut tx, &lead, &[deal.to_owned()]).await?;
    let client = clients::find(&mut tx, lead.client).await?;
    let client = client.ok_or(ServiceError::NotFound)?;
    let owner = clients::find_by_companies(&mut tx, &[company.to_owned()]).await?;
    if owner.is_some_and(|owner| owner.id != client.id) {
        return Err(NotTaken::CompanyOfAnother(company.to_owned()));
    }
    if client.hubspot_company_id.as_deref() != Some(company) {
        clients::set_hubspot_company(&mut tx, client.id, company).await?;
    }
    leads::set_hubspot_contact(&mut tx, id, contact).await?;
    if register(ctx, &mut tx, &mut lead, deal).await? {
        changes::add(&mut tx, lead.partner, ctx.now()).await?;
    } else if lead.state == LeadState::Withdrawn {
        messages::deal_without_lead(ctx, &mut tx, &lead, deal).await?;
    }
    answered(ctx, &mut tx, id, DeliveryState::Registered, None).await?;
    if choice::is_hubspot_used_in(&mut tx).await? {
        let hubspot_id = deal.to_owned();
        outbox::add(ctx, &mut tx, &Job::ReadDeal { hubspot_id }).await?;
    }
    Ok(tx.commit().await?)
}

/// The iPaaS could not do it, for this reason. Of a lead that HubSpot has by now it says nothing new.
///
/// # Errors
/// Why that cannot be.
pub async fn failed(ctx: &Ctx, id: LeadId, code: &str, said: &str) -> Result<(), NotTaken> {
    let mut tx = ctx.store.write().await?;
    let lead = lock(&mut tx, id).await?;
    let known = deliveries::find(&mut tx, id).await?;
    if known.is_none_or(|known| known.way != Way::Relay) {
        return Err(NotTaken::NotSent(id));
    }
    if lead.state == LeadState::Accepted {
        let words = Some((code, said));
        answered(ctx, &mut tx, id, DeliveryState::Failed, words).await?;
    }
    Ok(tx.commit().await?)
}

async fn answered(
    ctx: &Ctx,
    tx: &mut Tx,
    id: LeadId,
    state: DeliveryState,
    words: Option<(&str, &str)>,
) -> Result<(), ServiceError> {
    let known = deliveries::find(tx, id).await?;
    let known = known.unwrap_or_else(|| DeliveryRecord::new(id, Way::Relay, ctx.now()));
    let answered = DeliveryRecord {
        state,
        is_due: false,
        answered_at: Some(ctx.now()),
        code: words.map(|(code, _)| code.to_owned()),
        said: words.map(|(_, said)| said.to_owned()),
        ..known
    };
    Ok(deliveries::put(tx, &answered).await?)
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
    let known = deals::find_by_hubspot(&mut tx, &deal.id).await?;
    drop(tx);
    let mut deal = deal.clone();
    if deal.state == DealState::Removed {
        match known {
            // It was restored since, and nobody asks anew, which would show that.
            Some(known) if known.hubspot_modified_at > deal.modified_at => return Ok(()),
            // Of a deal in the bin less need be said.
            Some(known) => {
                (deal.name, deal.pipeline, deal.stage) = (known.name, known.pipeline, known.stage)
            }
            None => return Ok(()),
        }
    }
    stages::seen_by_relay(ctx, &deal, stage_label).await?;
    Ok(apply_reading(ctx, &deal.id, Some(&deal)).await?)
}
