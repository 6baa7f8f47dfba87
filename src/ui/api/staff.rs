//! What staff do besides commission lines: leads in review, partners, plans, and the quarter's close.

use leptos::prelude::*;
use portal_domain::{
    ids::{LeadId, PartnerId},
    partner::{CompanyForm, InvitationForm},
    plan::PlanForm,
};

use super::{Done, UiError};

#[server(endpoint = "accept_lead")]
pub async fn accept_lead(lead: LeadId) -> Result<Done, UiError> {
    use portal_services::leads::{Decision, decide};
    let page = crate::web::page::current().await?;
    page.said(decide(&page.ctx, page.actor()?, lead, &Decision::Accept).await)?;
    Ok(Done::new(format!("/staff/leads/{lead}"), "lead-accepted"))
}

/// The partner reads the reason.
#[server(endpoint = "reject_lead")]
pub async fn reject_lead(lead: LeadId, #[server(default)] reason: String) -> Result<Done, UiError> {
    use portal_services::leads::{Decision, decide};
    let page = crate::web::page::current().await?;
    page.said(decide(&page.ctx, page.actor()?, lead, &Decision::Reject { reason }).await)?;
    Ok(Done::new(format!("/staff/leads/{lead}"), "lead-rejected"))
}

/// Changes the details of a partner's company.
#[server(endpoint = "update_partner")]
pub async fn update_partner(partner: PartnerId, form: CompanyForm) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    let actor = page.actor()?;
    page.said(portal_services::partners::update(&page.ctx, actor, partner, &form).await)?;
    Ok(Done::new(
        format!("/staff/partners/{partner}"),
        "company-saved",
    ))
}

/// A second person says that what somebody changed of a partner's details is right.
#[server(endpoint = "confirm_details")]
pub async fn confirm_details(partner: PartnerId) -> Result<Done, UiError> {
    use portal_services::two_persons;
    let page = crate::web::page::current().await?;
    page.said(two_persons::confirm_details(&page.ctx, page.actor()?, partner).await)?;
    let path = format!("/staff/partners/{partner}");
    Ok(Done::new(path, "details-confirmed"))
}

#[server(endpoint = "add_partner")]
pub async fn add_partner(form: CompanyForm) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    let partner =
        page.said(portal_services::partners::add(&page.ctx, page.actor()?, &form).await)?;
    Ok(Done::new(
        format!("/staff/partners/{partner}"),
        "partner-added",
    ))
}

/// Puts a partner on a plan from a day on.
#[server(endpoint = "enrol_partner")]
pub async fn enrol_partner(
    partner: PartnerId,
    #[server(default)] plan: String,
    #[server(default)] valid_from: String,
) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    page.said(
        portal_services::partners::enrol(&page.ctx, page.actor()?, partner, &plan, &valid_from)
            .await,
    )?;
    Ok(Done::new(
        format!("/staff/partners/{partner}"),
        "partner-enrolled",
    ))
}

/// Invites somebody to a partner's team, on its behalf.
#[server(endpoint = "invite_for_partner")]
pub async fn invite_for_partner(partner: PartnerId, form: InvitationForm) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    page.said(portal_services::partners::invite(&page.ctx, page.actor()?, partner, &form).await)?;
    Ok(Done::new(
        format!("/staff/partners/{partner}"),
        "member-invited",
    ))
}

/// A new plan, or the next version of the one of that name, as its trial of that fingerprint showed it.
#[server(endpoint = "add_plan_version")]
pub async fn add_plan_version(
    #[server(default)] plan: String,
    form: PlanForm,
    #[server(default)] valid_from: String,
    #[server(default)] all_deals: bool,
    #[server(default)] fingerprint: String,
) -> Result<Done, UiError> {
    use portal_services::plans::{PlanEdit, publish_version};
    let page = crate::web::page::current().await?;
    let edit = PlanEdit {
        plan,
        form,
        valid_from,
        all_deals,
    };
    page.said(publish_version(&page.ctx, page.actor()?, &edit, &fingerprint).await)?;
    Ok(Done::new("/staff/plans", "plan-published"))
}

/// `quarter` as in `2026Q3`.
#[server(endpoint = "close_quarter")]
pub async fn close_quarter(quarter: String) -> Result<Done, UiError> {
    use portal_domain::calendar::Quarter;
    use portal_services::{ServiceError, closing};
    let page = crate::web::page::current().await?;
    let parsed = Quarter::parse(&quarter, page.ctx.programme.fiscal_start);
    let quarter = page.said(parsed.map_err(|fault| ServiceError::field("quarter", fault.code)))?;
    let closed = page.said(closing::close_quarter(&page.ctx, page.actor()?, quarter).await)?;
    let notice = if closed.already {
        "nothing-changed"
    } else {
        "quarter-closed"
    };
    Ok(Done::new(
        format!("/staff/statements?quarter={quarter}"),
        notice,
    ))
}

/// Says what partners read of a stage of HubSpot's; nothing for what HubSpot calls it.
#[server(endpoint = "name_phase")]
pub async fn name_phase(
    pipeline: String,
    stage: String,
    #[server(default)] phase: String,
) -> Result<Done, UiError> {
    use portal_services::stages;
    let page = crate::web::page::current().await?;
    page.said(stages::name_phase(&page.ctx, page.actor()?, &pipeline, &stage, &phase).await)?;
    Ok(Done::new("/staff/integrations/stages", "phase-named"))
}

/// Says in which stage new deals start.
#[server(endpoint = "choose_first_stage")]
pub async fn choose_first_stage(pipeline: String, stage: String) -> Result<Done, UiError> {
    use portal_services::stages;
    let page = crate::web::page::current().await?;
    page.said(stages::choose_first(&page.ctx, page.actor()?, &pipeline, &stage).await)?;
    Ok(Done::new(
        "/staff/integrations/stages",
        "first-stage-chosen",
    ))
}

/// Has the portal's properties made in HubSpot.
#[server(endpoint = "set_up_hubspot")]
pub async fn set_up_hubspot() -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    page.said(portal_services::stages::set_up(&page.ctx, page.actor()?).await)?;
    Ok(Done::new("/staff/integrations/stages", "set-up-started"))
}

/// Says what the bills of partners are booked under.
#[server(endpoint = "choose_bill_accounts")]
pub async fn choose_bill_accounts(account: String, tax_type: String) -> Result<Done, UiError> {
    use portal_services::accounts;
    let page = crate::web::page::current().await?;
    page.said(accounts::choose(&page.ctx, page.actor()?, &account, &tax_type).await)?;
    Ok(Done::new("/staff/statements/accounts", "accounts-chosen"))
}

/// Has Xero asked for its accounts and tax types.
#[server(endpoint = "read_accounts")]
pub async fn read_accounts() -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    page.said(portal_services::accounts::read_now(&page.ctx, page.actor()?).await)?;
    Ok(Done::new("/staff/statements/accounts", "accounts-asked"))
}
