//! What the decisions on lines have in common: approving, and the way back to the list. Called by the server functions in `ui::api::lines`.

use portal_domain::{access::Actor, ids::LineId, line::SeenLine};
use portal_services::corrections::Entry;

use super::lines::{line_url, list_url};
use crate::ui::{
    api::{Done, UiError},
    pages::partner::dispute,
};

/// Why somebody else approves a line.
const OWN: [&str; 3] = [
    "line-entered-by-you",
    "line-brought-by-you",
    "line-moved-by-you",
];

/// Approves what can be; the notice says whether that was all of it, and what a person must look at again.
pub async fn approve(lines: &[SeenLine], list: &str) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    let outcome =
        page.said(portal_services::lines::approve(&page.ctx, page.actor()?, lines).await)?;
    let mut skipped = outcome.skipped.iter();
    let is_changed = skipped.any(|(_, code)| *code == "line-changed");
    let mut skipped = outcome.skipped.iter();
    let is_own = skipped.any(|(_, code)| OWN.contains(code));
    let notice = match (outcome.approved, outcome.skipped.len()) {
        (0, 0) => "nothing-selected",
        (0, _) if is_changed => "lines-changed",
        _ if is_changed => "lines-partly-changed",
        (0, _) if is_own => "lines-for-others",
        _ if is_own => "lines-partly-for-others",
        (0, _) => "lines-not-approved",
        (_, 0) => "lines-approved",
        _ => "lines-partly-approved",
    };
    Ok(back(list, notice))
}

/// Takes approvals back, all or none.
pub async fn withdraw_approval(lines: &[SeenLine], list: &str) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    let ids: Vec<LineId> = lines.iter().map(|seen| seen.line).collect();
    let withdrawn = portal_services::lines::withdraw_approval(&page.ctx, page.actor()?, &ids).await;
    page.said(withdrawn)?;
    Ok(back_from(&ids, list, "approvals-withdrawn"))
}

/// Stops lines, all or none.
pub async fn hold(lines: &[SeenLine], reason: &str, list: &str) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    let ids: Vec<LineId> = lines.iter().map(|seen| seen.line).collect();
    page.said(portal_services::lines::hold(&page.ctx, page.actor()?, &ids, reason).await)?;
    Ok(back_from(&ids, list, "lines-held"))
}

/// Lets lines go on, all or none.
pub async fn release(lines: &[SeenLine], list: &str) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    let ids: Vec<LineId> = lines.iter().map(|seen| seen.line).collect();
    page.said(portal_services::lines::release(&page.ctx, page.actor()?, &ids).await)?;
    Ok(back_from(&ids, list, "lines-released"))
}

fn back_from(ids: &[LineId], list: &str, notice: &str) -> Done {
    let notice = if ids.is_empty() {
        "nothing-selected"
    } else {
        notice
    };
    back(list, notice)
}

/// Where a line that was entered by hand waits for somebody else.
pub fn entered(entry: Entry) -> Done {
    match entry {
        Entry::Made(line) => Done::new(line_url(line), "line-entered"),
        Entry::Known(line) => Done::new(line_url(line), "nothing-changed"),
    }
}

/// Where whoever it is reads everything about a line.
pub fn line_url_of(actor: &Actor, line: LineId) -> String {
    match actor {
        Actor::Member { .. } => dispute::line_url(line),
        Actor::Staff { .. } => line_url(line),
    }
}

/// The list that the form stood on.
pub fn back(list: &str, notice: &str) -> Done {
    Done::new(list_url(list), notice)
}
