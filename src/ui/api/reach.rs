//! How far people see: a partner's sales people its leads, and partner managers the network.

use leptos::prelude::*;
use portal_domain::ids::PartnerId;

use super::{Done, UiError};

/// Which leads the sales people of the session's partner see.
#[server(endpoint = "set_sales_reach")]
pub async fn set_sales_reach(reach: String) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    page.said(portal_services::reach::set_of_sales(&page.ctx, page.actor()?, &reach).await)?;
    Ok(Done::new("/company", "reach-saved"))
}

/// Who looks after a partner.
#[server(endpoint = "set_partner_manager")]
pub async fn set_partner_manager(
    partner: PartnerId,
    #[server(default)] manager: String,
) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    let actor = page.actor()?;
    page.said(portal_services::reach::set_manager(&page.ctx, actor, partner, &manager).await)?;
    Ok(Done::new(
        format!("/staff/partners/{partner}"),
        "manager-saved",
    ))
}

/// Whether partner managers see all partners, or each its own.
#[server(endpoint = "set_manager_reach")]
pub async fn set_manager_reach(reach: String) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    page.said(portal_services::reach::set_of_managers(&page.ctx, page.actor()?, &reach).await)?;
    Ok(Done::new("/staff/partners", "reach-saved"))
}
