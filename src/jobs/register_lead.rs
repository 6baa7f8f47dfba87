//! Registers an accepted lead in HubSpot: company, contact, deal, associations. Each step looks before it writes and stores what it found, so that
//! the job can be killed anywhere and repeated: there is one deal for each lead.

use portal_domain::ids::LeadId;
use portal_integrations::hubspot::{HubSpot, NewContact, NewDeal};
use portal_services::{
    account, deals,
    leads::{self, LeadToRegister},
};

use crate::{Desk, JobError, read_deals};

pub(crate) async fn run(desk: &Desk, id: LeadId) -> Result<(), JobError> {
    let hubspot = &desk.vendors.hubspot;
    let Some(mut to_register) = leads::for_registration(&desk.ctx, id).await? else {
        return Ok(());
    };
    let is_account_unknown = account::find_currencies(&desk.ctx).await?.is_none();
    if to_register.first_stage.is_none() || is_account_unknown {
        read_deals::read_stages(desk).await?;
        read_deals::try_currencies(desk).await?;
        match leads::for_registration(&desk.ctx, id).await? {
            Some(again) => to_register = again,
            None => return Ok(()),
        }
    }
    let company = find_or_make_company(desk, &to_register).await?;
    let contact = find_or_make_contact(desk, &to_register).await?;
    let deal = find_or_make_deal(hubspot, &to_register).await?;
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

/// The company by our own unique key; else an older one of that domain, adopted; else a new one.
async fn find_or_make_company(
    desk: &Desk,
    to_register: &LeadToRegister,
) -> Result<String, JobError> {
    let hubspot = &desk.vendors.hubspot;
    let client = &to_register.client;
    if let Some(known) = &client.hubspot_company_id {
        return Ok(known.clone());
    }
    let company = match hubspot.find_company_by_key(&client.domain).await? {
        Some(company) => company,
        None => match hubspot
            .search_companies_by_domain(&client.domain)
            .await?
            .into_iter()
            .next()
        {
            Some(oldest) => {
                hubspot.adopt_company(&oldest, &client.domain).await?;
                oldest
            }
            None => {
                hubspot
                    .upsert_company(&client.domain, &client.name, &client.domain)
                    .await?
            }
        },
    };
    leads::company_found(&desk.ctx, client.id, &company).await?;
    Ok(company)
}

/// HubSpot keeps one contact for each address; what sales wrote there is never overwritten.
async fn find_or_make_contact(
    desk: &Desk,
    to_register: &LeadToRegister,
) -> Result<String, JobError> {
    let hubspot = &desk.vendors.hubspot;
    let lead = &to_register.lead;
    if let Some(known) = &lead.hubspot_contact_id {
        return Ok(known.clone());
    }
    let new = NewContact {
        email: lead.contact_email.clone(),
        full_name: lead.contact_name.clone(),
        phone: (!lead.contact_phone.is_empty()).then(|| lead.contact_phone.clone()),
    };
    let contact = match hubspot.find_contact_by_email(&new.email).await? {
        Some(contact) => {
            hubspot.fill_contact_blanks(&contact, &new).await?;
            contact
        }
        None => hubspot.create_contact(&new).await?,
    };
    leads::contact_found(&desk.ctx, lead.id, &contact).await?;
    Ok(contact)
}

/// A deal that is there already is left as it is: sales may have moved it on, or thrown it away.
async fn find_or_make_deal(
    hubspot: &HubSpot,
    to_register: &LeadToRegister,
) -> Result<String, JobError> {
    let lead = &to_register.lead;
    if let Some(known) = &lead.hubspot_deal_id {
        return Ok(known.clone());
    }
    let lead_key = lead.id.to_string();
    if let Some(deal) = hubspot.find_deal_by_lead(&lead_key).await? {
        return Ok(deal);
    }
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
        lead_key,
    };
    Ok(hubspot.upsert_deal(&new).await?)
}
