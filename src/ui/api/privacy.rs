//! What an administrator does about people's data: how long it is kept, and erasing it.

use leptos::prelude::*;

use super::{Done, UiError};

const PATH: &str = "/staff/privacy";

/// For how long what names people is kept: months, and days for what webhooks said.
#[server(endpoint = "set_retention")]
pub async fn set_retention(
    #[server(default)] lead_months: String,
    #[server(default)] mail_months: String,
    #[server(default)] dead_letter_months: String,
    #[server(default)] note_days: String,
) -> Result<Done, UiError> {
    use portal_domain::retention::RetentionForm;
    let page = crate::web::page::current().await?;
    let form = RetentionForm {
        lead_months,
        mail_months,
        dead_letter_months,
        note_days,
    };
    page.said(portal_services::privacy::retention::set(&page.ctx, page.actor()?, &form).await)?;
    Ok(Done::new(PATH, "retention-set"))
}

/// Erases whoever has an address of mail; `typed` is the address once more.
#[server(endpoint = "erase_person")]
pub async fn erase_person(
    email: String,
    #[server(default)] typed: String,
) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    let (ctx, actor) = (&page.ctx, page.actor()?);
    page.said(portal_services::privacy::erasure::erase(ctx, actor, &email, &typed).await)?;
    Ok(Done::new(PATH, "person-erased"))
}
