//! Signing in and out, and how the pages look.

use leptos::prelude::*;

use super::{Done, UiError};

/// Signs in as one of the demo's people; refused wherever a real system is connected. `person` is a person's id, or that and a partner's with a dot between.
#[server(endpoint = "sign_in_as")]
pub async fn sign_in_as(person: String, #[server(default)] next: String) -> Result<Done, UiError> {
    use crate::web::page;
    let page = page::current().await?;
    let secret = page.said(page::sign_in_as(&page, &person).await)?;
    page::sign_in(&page, &secret);
    Ok(Done::new(page::inside(&next), ""))
}

/// Mails a link; whether the address is known, the answer does not tell.
#[server(endpoint = "request_link")]
pub async fn request_link(email: String) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    crate::web::limits::count_link(&page, &email)?;
    page.said(portal_services::access::request_link(&page.ctx, &email).await)?;
    Ok(Done::new("/sign-in?sent=1", ""))
}

#[server(endpoint = "use_link")]
pub async fn use_link(token: String) -> Result<Done, UiError> {
    use crate::web::page;
    let page = page::current().await?;
    let secret = page.said(portal_services::access::use_link(&page.ctx, &token).await)?;
    page::sign_in(&page, &secret);
    Ok(Done::new("/", "signed-in"))
}

#[server(endpoint = "accept_invitation")]
pub async fn accept_invitation(
    token: String,
    #[server(default)] name: String,
) -> Result<Done, UiError> {
    use crate::web::page;
    let page = page::current().await?;
    let accepted =
        portal_services::company::accept_invitation(&page.ctx, &token, &name, page.words.locale())
            .await;
    let secret = page.said(accepted)?;
    page::sign_in(&page, &secret);
    Ok(Done::new("/", "invitation-accepted"))
}

#[server(endpoint = "sign_out")]
pub async fn sign_out() -> Result<Done, UiError> {
    use crate::web::page;
    let page = page::current().await?;
    page.said(
        portal_services::access::sign_out(&page.ctx, page.secret().unwrap_or_default()).await,
    )?;
    page::sign_out(&page);
    Ok(Done::new("/sign-in", "signed-out"))
}

#[server(endpoint = "set_language")]
pub async fn set_language(
    language: String,
    #[server(default)] back: String,
) -> Result<Done, UiError> {
    use crate::web::page;
    let page = page::current().await?;
    page.said(page::set_language(&page, &language).await)?;
    Ok(Done::new(page::inside(&back), ""))
}

#[server(endpoint = "set_theme")]
pub async fn set_theme(theme: String, #[server(default)] back: String) -> Result<Done, UiError> {
    use crate::web::page;
    let page = page::current().await?;
    page::set_theme(&page, &theme);
    Ok(Done::new(page::inside(&back), ""))
}
