//! Registers an accepted lead in HubSpot: company, contact, deal, associations. Each step looks before it writes and stores what it found, so that
//! the job can be killed anywhere and repeated: there is one deal for each lead.

use portal_domain::{
    failure::Failure,
    ids::{ClientId, LeadId},
};
use portal_integrations::{
    ErrorKind,
    hubspot::{HubSpot, NewContact, NewDeal},
};
use portal_services::{
    account, deals,
    leads::{self, LeadToRegister},
    relay,
};

use crate::{Desk, JobError, read_deals};

pub(crate) async fn run(desk: &Desk, id: LeadId) -> Result<(), JobError> {
    let hubspot = &desk.vendors.hubspot;
    let Some(mut to_register) = leads::for_registration(&desk.ctx, id).await? else {
        return Ok(());
    };
    if !relay::is_direct(&desk.ctx, id).await? {
        return Ok(());
    }
    let is_account_unknown = account::find_currencies(&desk.ctx).await?.is_none();
    if to_register.first_stage.is_none() || is_account_unknown {
        hubspot.ensure_properties().await?;
        read_deals::read_stages(desk).await?;
        read_deals::try_account(desk).await?;
        match leads::for_registration(&desk.ctx, id).await? {
            Some(again) => to_register = again,
            None => return Ok(()),
        }
    }
    // Two leads of one client side by side would each look for its company before the other has made it.
    let _alone = desk.locks.take(to_register.client.domain.as_str()).await;
    let company = find_or_make_company(desk, &to_register).await?;
    let contact = find_or_make_contact(desk, &to_register).await?;
    let deal = match find_or_make_deal(desk, &to_register).await? {
        Found::There(deal) => deal,
        // That is followed as what becomes of any deal.
        Found::ThrownAway(deal) => {
            return Ok(deals::apply_registration(&desk.ctx, id, &deal).await?);
        }
        Found::NotOurs => return Ok(()),
    };
    hubspot.associate_deal(&deal, &company, &contact).await?;
    if !hubspot
        .verify_deal_associations(&deal, &company, &contact)
        .await?
    {
        return Err(JobError::retry(
            "HubSpot does not show the deal's company and contact yet",
        ));
    }
    Ok(deals::apply_registration(&desk.ctx, id, &deal).await?)
}

/// The company that the client is known by, wherever it went; else by our own unique key; else an older one of that domain, adopted; else a new one.
async fn find_or_make_company(
    desk: &Desk,
    to_register: &LeadToRegister,
) -> Result<String, JobError> {
    let hubspot = &desk.vendors.hubspot;
    let client = &to_register.client;
    let known = match &client.hubspot_company_id {
        Some(known) => hubspot.find_company(known).await?,
        None => None,
    };
    if known.is_some() && known == client.hubspot_company_id {
        return Ok(known.unwrap_or_default());
    }
    let found = match known {
        Some(merged) => Some(merged),
        None => hubspot.find_company_by_key(&client.domain).await?,
    };
    let company = match found {
        Some(company) => company,
        None => adopt_or_make_company(desk, &client.domain, &client.name).await?,
    };
    leads::company_found(&desk.ctx, client.id, &company).await?;
    Ok(company)
}

/// The oldest company of the domain, or a new one.
async fn adopt_or_make_company(desk: &Desk, domain: &str, name: &str) -> Result<String, JobError> {
    let hubspot = &desk.vendors.hubspot;
    let older = hubspot.search_companies_by_domain(domain).await?;
    Ok(match older.first() {
        Some(oldest) => hubspot.adopt_company(oldest, domain).await?,
        None => hubspot.upsert_company(domain, name, domain).await?,
    })
}

/// HubSpot keeps one contact for each address; what sales wrote there is never overwritten.
async fn find_or_make_contact(
    desk: &Desk,
    to_register: &LeadToRegister,
) -> Result<String, JobError> {
    let hubspot = &desk.vendors.hubspot;
    let lead = &to_register.lead;
    let known = match &lead.hubspot_contact_id {
        Some(known) => hubspot.find_contact(known).await?,
        None => None,
    };
    if known.is_some() && known == lead.hubspot_contact_id {
        return Ok(known.unwrap_or_default());
    }
    let contact = match known {
        Some(merged) => merged,
        None => make_contact(hubspot, to_register).await?,
    };
    leads::contact_found(&desk.ctx, lead.id, &contact).await?;
    Ok(contact)
}

async fn make_contact(
    hubspot: &HubSpot,
    LeadToRegister { lead, .. }: &LeadToRegister,
) -> Result<String, JobError> {
    let new = NewContact {
        email: lead.contact_email.clone(),
        full_name: lead.contact_name.clone(),
        phone: (!lead.contact_phone.is_empty()).then(|| lead.contact_phone.clone()),
    };
    Ok(match hubspot.find_contact_by_email(&new.email).await? {
        Some(contact) => {
            hubspot.fill_contact_blanks(&contact, &new).await?;
            contact
        }
        None => hubspot.create_contact(&new).await?,
    })
}

/// A lead's deal, by its id.
enum Found {
    There(String),
    ThrownAway(String),
    /// The lead was withdrawn, or it is an iPaaS that makes its deal, since a moment ago.
    NotOurs,
}

/// A deal that is there already is left as it is: sales may have moved it on.
async fn find_or_make_deal(desk: &Desk, to_register: &LeadToRegister) -> Result<Found, JobError> {
    let hubspot = &desk.vendors.hubspot;
    let lead = &to_register.lead;
    if let Some(known) = &lead.hubspot_deal_id {
        let there = hubspot.find_deal(known).await?;
        return Ok(there.map_or_else(|| Found::ThrownAway(known.clone()), Found::There));
    }
    let deal = match hubspot.find_deal_by_lead(&lead.id.to_string()).await? {
        Some(deal) => deal,
        None => match make_deal(desk, to_register).await? {
            Some(deal) => deal,
            None => return Ok(Found::NotOurs),
        },
    };
    // At once: whatever fails from here on, the lead knows its deal.
    leads::deal_found(&desk.ctx, lead.id, &deal).await?;
    Ok(Found::There(deal))
}

/// Makes the deal, or tries to a second time where its stage vanished since the pipelines were read; `None` if an iPaaS makes it, since a moment ago.
async fn make_deal(desk: &Desk, to_register: &LeadToRegister) -> Result<Option<String>, JobError> {
    match try_deal(desk, to_register).await {
        Err(error) if error.failure == Failure::Refused => {
            read_deals::read_stages(desk).await?;
            let again = leads::for_registration(&desk.ctx, to_register.lead.id).await?;
            let moved = again.filter(|again| again.first_stage != to_register.first_stage);
            match moved {
                Some(moved) => try_deal(desk, &moved).await,
                None => Err(error),
            }
        }
        made => made,
    }
}

async fn try_deal(desk: &Desk, to_register: &LeadToRegister) -> Result<Option<String>, JobError> {
    let lead = &to_register.lead;
    let stage = to_register
        .first_stage
        .as_ref()
        .ok_or_else(|| JobError::fail("HubSpot has no deal pipeline with a stage"))?;
    let new = NewDeal {
        name: format!("{} ({})", lead.client_name, lead.partner_name),
        pipeline: stage.pipeline.clone(),
        stage: stage.id.clone(),
        amount: to_register.amount,
        description: to_register.description.clone(),
        lead_key: lead.id.to_string(),
    };
    if !relay::begin_direct(&desk.ctx, lead.id).await? {
        return Ok(None);
    }
    match desk.vendors.hubspot.upsert_deal(&new).await {
        Ok(deal) => Ok(Some(deal)),
        Err(error) => {
            if error.kind != ErrorKind::UnknownOutcome {
                relay::not_begun(&desk.ctx, lead.id).await?;
            }
            Err(error.into())
        }
    }
}

/// Puts a lead's key on the deal that a person said is its own, and reads it.
pub(crate) async fn take_over(desk: &Desk, id: LeadId) -> Result<(), JobError> {
    let taken = leads::for_registration(&desk.ctx, id).await?;
    let Some(deal) = taken.and_then(|taken| taken.lead.hubspot_deal_id) else {
        return Ok(());
    };
    let hubspot = &desk.vendors.hubspot;
    hubspot.adopt_deal(&deal, &id.to_string()).await?;
    read_deals::read_one(desk, &deal).await
}

/// Whether a client has several companies in HubSpot. The search that adopts an older one may not have seen it yet, and HubSpot may make one with a contact.
pub(crate) async fn check_company(desk: &Desk, client: ClientId) -> Result<(), JobError> {
    let Some(client) = leads::find_client(&desk.ctx, client).await? else {
        return Ok(());
    };
    let hubspot = &desk.vendors.hubspot;
    let companies = hubspot.search_companies_by_domain(&client.domain).await?;
    Ok(leads::companies_seen(&desk.ctx, &client, &companies).await?)
}
