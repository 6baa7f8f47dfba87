//! A partner's own house: its details and its team.

use leptos::prelude::*;
use portal_domain::{
    ids::{InvitationId, PersonId},
    partner::{CompanyForm, InvitationForm},
};

use super::{Done, UiError};

/// Changes the details of the session's partner.
#[server(endpoint = "update_company")]
pub async fn update_company(form: CompanyForm) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    page.said(portal_services::company::update(&page.ctx, page.actor()?, &form).await)?;
    Ok(Done::new("/company", "company-saved"))
}

/// Invites a colleague by mail.
#[server(endpoint = "invite_member")]
pub async fn invite_member(form: InvitationForm) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    page.said(portal_services::company::invite(&page.ctx, page.actor()?, &form).await)?;
    Ok(Done::new("/company", "member-invited"))
}

/// Takes an invitation back that nobody has accepted yet.
#[server(endpoint = "revoke_invitation")]
pub async fn revoke_invitation(invitation: InvitationId) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    page.said(
        portal_services::company::revoke_invitation(&page.ctx, page.actor()?, invitation).await,
    )?;
    Ok(Done::new("/company", "invitation-revoked"))
}

/// Gives a colleague another role.
#[server(endpoint = "change_member_role")]
pub async fn change_member_role(person: PersonId, role: String) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    let actor = page.actor()?;
    page.said(portal_services::company::change_role(&page.ctx, actor, person, &role).await)?;
    Ok(Done::new("/company", "role-changed"))
}

/// Ends a colleague's access.
#[server(endpoint = "remove_member")]
pub async fn remove_member(person: PersonId) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    page.said(portal_services::company::remove_member(&page.ctx, page.actor()?, person).await)?;
    Ok(Done::new("/company", "member-removed"))
}

/// Takes away everything that a colleague signs in with; `loss` says what of it was lost, and how it was made sure who asks.
#[server(endpoint = "reset_member")]
pub async fn reset_member(
    #[server(default)] person: String,
    #[server(default)] loss: String,
) -> Result<Done, UiError> {
    use portal_services::{ServiceError, access::reset};
    let page = crate::web::page::current().await?;
    let person = person.parse();
    let person = page.said(person.map_err(|_| ServiceError::field("person", "choose-one")))?;
    page.said(reset::reset_member(&page.ctx, page.signed_in()?, person, &loss).await)?;
    Ok(Done::new("/company", "proofs-reset"))
}
