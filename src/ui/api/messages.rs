//! What the portal says by itself, and where.

use leptos::prelude::*;
use portal_domain::ids::PartnerId;

use super::{Done, UiError};

const CHANNELS: &str = "/staff/messages";

/// Chooses the Slack channel in which staff read of an event; empty for none.
#[server(endpoint = "set_channel")]
pub async fn set_channel(
    event: String,
    #[server(default)] channel: String,
) -> Result<Done, UiError> {
    use portal_services::messages::set_channel;
    let page = crate::web::page::current().await?;
    page.said(set_channel(&page.ctx, page.actor()?, &event, &channel).await)?;
    Ok(Done::new(CHANNELS, "channel-saved"))
}

/// Chooses the language of the staff's channels.
#[server(endpoint = "set_channel_language")]
pub async fn set_channel_language(language: String) -> Result<Done, UiError> {
    use portal_services::messages::set_channel_language;
    let page = crate::web::page::current().await?;
    page.said(set_channel_language(&page.ctx, page.actor()?, &language).await)?;
    Ok(Done::new(CHANNELS, "channel-saved"))
}

/// Has a test sent to the channel of an event.
#[server(endpoint = "test_channel")]
pub async fn test_channel(event: String) -> Result<Done, UiError> {
    use portal_services::messages::test_channel;
    let page = crate::web::page::current().await?;
    page.said(test_channel(&page.ctx, page.actor()?, &event).await)?;
    Ok(Done::new(CHANNELS, "test-asked"))
}

/// Has a test sent to where the session's partner wants its messages.
#[server(endpoint = "test_slack")]
pub async fn test_slack() -> Result<Done, UiError> {
    use portal_services::messages::test_own_place;
    let page = crate::web::page::current().await?;
    page.said(test_own_place(&page.ctx, page.actor()?).await)?;
    Ok(Done::new("/company", "test-asked"))
}

/// Has a test sent to where a partner wants its messages.
#[server(endpoint = "test_partner_slack")]
pub async fn test_partner_slack(partner: PartnerId) -> Result<Done, UiError> {
    use portal_services::messages::test_place_of;
    let page = crate::web::page::current().await?;
    page.said(test_place_of(&page.ctx, page.actor()?, partner).await)?;
    Ok(Done::new(
        format!("/staff/partners/{partner}"),
        "test-asked",
    ))
}

/// Has an address written to again that a mail server had refused.
#[server(endpoint = "try_address_again")]
pub async fn try_address_again(
    address: String,
    #[server(default)] back: String,
) -> Result<Done, UiError> {
    use portal_services::messages::try_address_again;
    let page = crate::web::page::current().await?;
    page.said(try_address_again(&page.ctx, page.actor()?, &address).await)?;
    Ok(Done::new(crate::web::page::inside(&back), "address-good"))
}
