//! Commission lines as staff decide on them: approving, holding, and taking either back.

use leptos::prelude::*;
use portal_domain::line::SeenLine;

use super::{Done, UiError};

/// Approves the lines that were ticked, at the amounts that the page showed.
#[server(endpoint = "approve_lines")]
pub async fn approve_lines(
    #[server(default)] lines: Vec<SeenLine>,
    #[server(default)] list: String,
) -> Result<Done, UiError> {
    crate::ui::pages::staff::decisions::approve(&lines, &list).await
}

/// Approves the lines that the page showed, and no others: what became covered since is for somebody to look at first.
#[server(endpoint = "approve_shown_lines")]
pub async fn approve_shown_lines(
    #[server(default)] shown: Vec<SeenLine>,
    #[server(default)] list: String,
) -> Result<Done, UiError> {
    crate::ui::pages::staff::decisions::approve(&shown, &list).await
}

/// Takes the approval of the lines that were ticked back.
#[server(endpoint = "withdraw_approvals")]
pub async fn withdraw_approvals(
    #[server(default)] lines: Vec<SeenLine>,
    #[server(default)] list: String,
) -> Result<Done, UiError> {
    crate::ui::pages::staff::decisions::withdraw_approval(&lines, &list).await
}

/// Stops the lines that were ticked, with a reason that the partner reads.
#[server(endpoint = "hold_lines")]
pub async fn hold_lines(
    #[server(default)] lines: Vec<SeenLine>,
    #[server(default)] reason: String,
    #[server(default)] list: String,
) -> Result<Done, UiError> {
    crate::ui::pages::staff::decisions::hold(&lines, &reason, &list).await
}

/// Lets the lines that were ticked go on.
#[server(endpoint = "release_lines")]
pub async fn release_lines(
    #[server(default)] lines: Vec<SeenLine>,
    #[server(default)] list: String,
) -> Result<Done, UiError> {
    crate::ui::pages::staff::decisions::release(&lines, &list).await
}
