//! Disputes: a partner's questions about its lines, and what either side says to them.

use leptos::prelude::*;
use portal_domain::ids::LineId;

use super::{Done, UiError};

/// A partner's question about one of its lines.
#[server(endpoint = "open_dispute")]
pub async fn open_dispute(
    line: LineId,
    #[server(default)] dispute: String,
) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    page.said(portal_services::disputes::open(&page.ctx, page.actor()?, line, &dispute).await)?;
    Ok(Done::new(
        crate::ui::pages::partner::dispute::line_url(line),
        "dispute-opened",
    ))
}

/// Either side writes into the thread.
#[server(endpoint = "answer_dispute")]
pub async fn answer_dispute(
    line: LineId,
    #[server(default)] answer: String,
) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    let actor = page.actor()?;
    page.said(portal_services::disputes::answer(&page.ctx, actor, line, &answer).await)?;
    Ok(Done::new(
        crate::ui::pages::staff::decisions::line_url_of(actor, line),
        "dispute-answered",
    ))
}

/// Staff settle it with an answer.
#[server(endpoint = "resolve_dispute")]
pub async fn resolve_dispute(
    line: LineId,
    #[server(default)] answer: String,
) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    page.said(portal_services::disputes::resolve(&page.ctx, page.actor()?, line, &answer).await)?;
    Ok(Done::new(
        crate::ui::pages::staff::lines::line_url(line),
        "dispute-resolved",
    ))
}

/// The partner has no question any more.
#[server(endpoint = "withdraw_dispute")]
pub async fn withdraw_dispute(line: LineId) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    page.said(portal_services::disputes::withdraw(&page.ctx, page.actor()?, line).await)?;
    Ok(Done::new(
        crate::ui::pages::partner::dispute::line_url(line),
        "dispute-withdrawn",
    ))
}
