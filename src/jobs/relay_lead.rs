//! Hands an accepted lead to the iPaaS: a signed webhook under an id that is the same on every try, so that whoever gets it twice does it once. What became of the
//! lead is called back.

use portal_domain::ids::LeadId;
use portal_integrations::{
    CallError, ErrorKind,
    relay::{NewLead, Outgoing, lead_created, trial},
};
use portal_services::relay::{self, Sending};

use crate::{Desk, JobError};

pub(crate) async fn run(desk: &Desk, id: LeadId) -> Result<(), JobError> {
    let Some(sending) = relay::begin(&desk.ctx, id).await? else {
        return Ok(());
    };
    let outgoing = Outgoing {
        address: &sending.address,
        id: &sending.message_id,
        secrets: &sending.secrets,
        body: lead_created(&new_lead(&sending)),
    };
    match desk.vendors.relay.post(outgoing, desk.ctx.now()).await {
        Ok(_) => Ok(relay::taken(&desk.ctx, id, sending.begun_at).await?),
        Err(error) => {
            // An answer that was lost may have said yes.
            if error.kind != ErrorKind::UnknownOutcome
                && let Some(before) = sending.open_before
            {
                relay::not_taken(&desk.ctx, id, before).await?;
            }
            // It may repeat what the lead holds.
            Err(JobError::from(error).unlogged())
        }
    }
}

fn new_lead(sending: &Sending) -> NewLead {
    let Sending { lead, client, .. } = sending;
    NewLead {
        id: lead.id.to_string(),
        submitted_at: lead.created_at,
        company_name: lead.client_name.clone(),
        company_domain: lead.client_domain.clone(),
        company_id: client.hubspot_company_id.clone(),
        contact_name: lead.contact_name.clone(),
        contact_email: lead.contact_email.clone(),
        contact_phone: lead.contact_phone.clone(),
        need: lead.need.clone(),
        value: lead.value,
        partner_id: lead.partner.to_string(),
        partner_name: lead.partner_name.clone(),
        lead_url: sending.lead_url.clone(),
        callback_url: sending.callback_url.clone(),
    }
}

/// Sends the test that somebody asked for, once: what came back is what they want to read, be it good or bad.
pub(crate) async fn run_trial(desk: &Desk) -> Result<(), JobError> {
    let ctx = &desk.ctx;
    let Some(to_send) = relay::find_trial_to_send(ctx).await? else {
        return Ok(());
    };
    let id = format!("test-{}", to_send.asked_at.0);
    let outgoing = Outgoing {
        address: &to_send.address,
        id: &id,
        secrets: &to_send.secrets,
        body: trial(to_send.asked_at, &to_send.callback_url),
    };
    let answer = desk.vendors.relay.post(outgoing, ctx.now()).await;
    let said = answer
        .map(|taken| (taken.status, taken.text))
        .map_err(|error: CallError| error.to_string());
    Ok(relay::trial_answered(ctx, said).await?)
}
