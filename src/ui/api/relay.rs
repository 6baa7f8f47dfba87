//! The way through an iPaaS: choosing it, its secrets, trying it out, and sending once more.

use leptos::prelude::*;
use portal_domain::{ids::LeadId, relay::RelayForm};

use super::{Done, UiError};

const PATH: &str = "/staff/integrations/relay";

/// Chooses which way leads go.
#[server(endpoint = "choose_relay")]
pub async fn choose_relay(#[server(default)] form: RelayForm) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    page.said(portal_services::relay::choose(&page.ctx, page.actor()?, &form).await)?;
    Ok(Done::new(PATH, "relay-chosen"))
}

/// Keeps a signing secret that a page has just shown.
#[server(endpoint = "keep_relay_secret")]
pub async fn keep_relay_secret(
    side: String,
    #[server(default)] secret: String,
) -> Result<Done, UiError> {
    use portal_services::relay::keep_secret;
    let page = crate::web::page::current().await?;
    page.said(keep_secret(&page.ctx, page.actor()?, &side, &secret.into()).await)?;
    Ok(Done::new(PATH, "relay-secret-kept"))
}

/// Ends the time in which the secret before the newest is valid too.
#[server(endpoint = "drop_relay_secret")]
pub async fn drop_relay_secret(side: String) -> Result<Done, UiError> {
    use portal_services::relay::drop_old_secret;
    let page = crate::web::page::current().await?;
    page.said(drop_old_secret(&page.ctx, page.actor()?, &side).await)?;
    Ok(Done::new(PATH, "relay-secret-dropped"))
}

/// Has a test event sent.
#[server(endpoint = "test_relay")]
pub async fn test_relay() -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    page.said(portal_services::relay::ask_trial(&page.ctx, page.actor()?).await)?;
    Ok(Done::new(PATH, "test-asked"))
}

/// Sends a lead once more.
#[server(endpoint = "resend_lead")]
pub async fn resend_lead(lead: LeadId) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    page.said(portal_services::relay::resend(&page.ctx, page.actor()?, lead).await)?;
    Ok(Done::new(PATH, "relay-resent"))
}

/// Sends all leads of a span of days once more.
#[server(endpoint = "resend_leads")]
pub async fn resend_leads(
    #[server(default)] from: String,
    #[server(default)] until: String,
) -> Result<Done, UiError> {
    use portal_services::relay::resend_taken;
    let page = crate::web::page::current().await?;
    page.said(resend_taken(&page.ctx, page.actor()?, &from, &until).await)?;
    Ok(Done::new(PATH, "relay-resent"))
}
