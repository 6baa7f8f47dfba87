//! Which mails a person wants.

use std::collections::BTreeMap;

use leptos::prelude::*;

use super::{Done, UiError};

/// Chooses when the person who is signed in gets mails of which kind.
#[server(endpoint = "choose_mails")]
pub async fn choose_mails(
    #[server(default)] form: BTreeMap<String, String>,
) -> Result<Done, UiError> {
    use portal_services::messages::choose_mails;
    let page = crate::web::page::current().await?;
    page.said(choose_mails(&page.ctx, page.actor()?, &form).await)?;
    Ok(Done::new("/preferences", "mails-chosen"))
}
