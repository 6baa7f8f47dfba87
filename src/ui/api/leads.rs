//! Leads: submitting one, taking one back.

use leptos::prelude::*;
use portal_domain::{ids::LeadId, lead::LeadForm};

use super::{Done, UiError};

/// Takes a lead in; the partner is the session's.
#[server(endpoint = "submit_lead")]
pub async fn submit_lead(form: LeadForm) -> Result<Done, UiError> {
    use portal_services::leads::{Submitted, submit};
    let page = crate::web::page::current().await?;
    let submitted = page.said(submit(&page.ctx, page.actor()?, &form).await)?;
    let notice = match submitted {
        Submitted::Accepted(_) => "lead-received",
        Submitted::InReview(_) => "lead-in-review",
        Submitted::Duplicate(_) => "lead-duplicate",
    };
    Ok(Done::new(format!("/leads/{}", submitted.lead()), notice))
}

#[server(endpoint = "withdraw_lead")]
pub async fn withdraw_lead(lead: LeadId) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    page.said(portal_services::leads::withdraw(&page.ctx, page.actor()?, lead).await)?;
    Ok(Done::new(format!("/leads/{lead}"), "lead-withdrawn"))
}
