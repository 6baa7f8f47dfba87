//! Connecting the outside systems: credentials that are typed, the organisation that is meant, testing and disconnecting. What is typed is never shown again.

use leptos::prelude::*;

use super::{Done, UiError};

const PATH: &str = "/staff/connections";

/// Connects a system with a token, and tries it.
#[server(endpoint = "connect_token")]
pub async fn connect_token(
    system: String,
    #[server(default)] token: String,
    #[server(default)] webhook: String,
) -> Result<Done, UiError> {
    use portal_services::connections::TokenForm;
    let page = crate::web::page::current().await?;
    let known = page.said(crate::web::connections::parse(&system))?;
    let form = TokenForm {
        token: token.into(),
        webhook: webhook.into(),
    };
    crate::web::connections::connect_token(&page, known, &form).await?;
    Ok(Done::new(format!("{PATH}/{system}"), "credentials-saved"))
}

/// Connects mail over a server, and greets it.
#[server(endpoint = "connect_mail")]
pub async fn connect_mail(#[server(default)] address: String) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    crate::web::connections::connect_mail(&page, &address.into()).await?;
    Ok(Done::new(format!("{PATH}/mail"), "credentials-saved"))
}

/// Names the app that a system knows the portal as.
#[server(endpoint = "connect_app")]
pub async fn connect_app(
    system: String,
    way: String,
    #[server(default)] client_id: String,
    #[server(default)] client_secret: String,
    #[server(default)] webhook: String,
) -> Result<Done, UiError> {
    use portal_services::{
        ServiceError,
        connections::{AppForm, connect_app},
    };
    let page = crate::web::page::current().await?;
    let known = page.said(crate::web::connections::parse(&system))?;
    let way = portal_domain::connection::Way::parse(&way).ok_or(ServiceError::NotFound);
    let form = AppForm {
        way: page.said(way)?,
        client_id,
        client_secret: client_secret.into(),
        webhook: webhook.into(),
    };
    page.said(connect_app(&page.ctx, page.actor()?, known, &form).await)?;
    let go = format!("{PATH}/{system}");
    if form.way.is_granted() {
        return Ok(Done::new(go, "app-named"));
    }
    crate::web::connections::test(&page, known).await?;
    Ok(Done::new(go, "credentials-saved"))
}

/// Begins to ask a person for consent; what follows is the vendor's page.
#[server(endpoint = "begin_consent")]
pub async fn begin_consent(system: String) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    let known = page.said(crate::web::connections::parse(&system))?;
    let address = crate::web::connections::begin_consent(&page, known).await?;
    Ok(Done::new(address, ""))
}

/// Says what a system's webhooks are signed with.
#[server(endpoint = "set_webhook_secrets")]
pub async fn set_webhook_secrets(
    system: String,
    #[server(default)] secrets: String,
) -> Result<Done, UiError> {
    use portal_services::connections::set_webhook_secrets;
    let page = crate::web::page::current().await?;
    let known = page.said(crate::web::connections::parse(&system))?;
    page.said(set_webhook_secrets(&page.ctx, page.actor()?, known, &secrets.into()).await)?;
    crate::web::connections::follow(&page).await?;
    Ok(Done::new(format!("{PATH}/{system}"), "credentials-saved"))
}

/// Says which organisation of Xero's is meant.
#[server(endpoint = "choose_organisation")]
pub async fn choose_organisation(#[server(default)] organisation: String) -> Result<Done, UiError> {
    use portal_services::connections::choose_organisation;
    let page = crate::web::page::current().await?;
    page.said(choose_organisation(&page.ctx, page.actor()?, &organisation).await)?;
    Ok(Done::new(format!("{PATH}/xero"), "consent-given"))
}

/// Makes one harmless call to a system.
#[server(endpoint = "test_connection")]
pub async fn test_connection(system: String) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    let known = page.said(crate::web::connections::parse(&system))?;
    crate::web::connections::test(&page, known).await?;
    Ok(Done::new(format!("{PATH}/{system}"), "connection-tested"))
}

/// Says that the account which a system lets us into by now is meant, and leaves what is mirrored of the old one.
#[server(endpoint = "leave_books")]
pub async fn leave_books(system: String, account: String) -> Result<Done, UiError> {
    use portal_services::connections::leave_books;
    let page = crate::web::page::current().await?;
    let known = page.said(crate::web::connections::parse(&system))?;
    page.said(leave_books(&page.ctx, page.actor()?, known, &account).await)?;
    crate::web::connections::follow(&page).await?;
    Ok(Done::new(format!("{PATH}/{system}"), "books-left"))
}

/// Gives back what a vendor gave, and forgets the connection.
#[server(endpoint = "disconnect_system")]
pub async fn disconnect_system(system: String) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    let known = page.said(crate::web::connections::parse(&system))?;
    crate::web::connections::disconnect(&page, known).await?;
    Ok(Done::new(format!("{PATH}/{system}"), "system-disconnected"))
}
