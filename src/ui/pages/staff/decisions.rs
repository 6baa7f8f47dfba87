//! What the decisions on lines have in common: approving, and the way back to the list. Called by the server functions in `ui::api::lines`.

use portal_domain::ids::LineId;

use super::lines::list_url;
use crate::ui::api::{Done, UiError};

/// Approves what can be; the notice says whether that was all of it.
pub async fn approve(lines: &[LineId], list: &str) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    let outcome =
        page.said(portal_services::lines::approve(&page.ctx, page.actor()?, lines).await)?;
    let notice = match (outcome.approved, outcome.skipped.len()) {
        (0, 0) => "nothing-selected",
        (0, _) => "lines-not-approved",
        (_, 0) => "lines-approved",
        _ => "lines-partly-approved",
    };
    Ok(back(list, notice))
}

/// The list that the form stood on.
pub fn back(list: &str, notice: &str) -> Done {
    Done::new(list_url(list), notice)
}
