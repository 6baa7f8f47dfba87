//! What staff do beside the schedule: lines that they enter or refuse, and a partner whose time in the programme they end.

use leptos::prelude::*;
use portal_domain::{
    correction::EntryForm,
    ids::{LineId, PartnerId},
};

use super::{Done, UiError};

/// A line for a deal of a partner, entered by hand.
#[server(endpoint = "enter_line")]
pub async fn enter_line(
    partner: PartnerId,
    #[server(default)] deal: String,
    form: EntryForm,
) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    let entry =
        portal_services::corrections::enter_line(&page.ctx, page.actor()?, partner, &deal, &form)
            .await;
    Ok(crate::ui::pages::staff::decisions::entered(
        page.said(entry)?,
    ))
}

/// A line that corrects another, entered by hand.
#[server(endpoint = "adjust_line")]
pub async fn adjust_line(line: LineId, form: EntryForm) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    let entry =
        portal_services::corrections::adjust_line(&page.ctx, page.actor()?, line, &form).await;
    Ok(crate::ui::pages::staff::decisions::entered(
        page.said(entry)?,
    ))
}

/// The partner reads the reason.
#[server(endpoint = "refuse_line")]
pub async fn refuse_line(
    line: LineId,
    #[server(default)] refusal: String,
) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    page.said(
        portal_services::corrections::refuse(&page.ctx, page.actor()?, line, &refusal).await,
    )?;
    Ok(Done::new(
        crate::ui::pages::staff::lines::line_url(line),
        "line-refused",
    ))
}

/// Takes a refusal back.
#[server(endpoint = "let_line_stand")]
pub async fn let_line_stand(line: LineId) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    page.said(portal_services::corrections::let_stand(&page.ctx, page.actor()?, line).await)?;
    Ok(Done::new(
        crate::ui::pages::staff::lines::line_url(line),
        "line-stands",
    ))
}

/// Ends a partner's time in the programme on a day.
#[server(endpoint = "partner_leaves")]
pub async fn partner_leaves(
    partner: PartnerId,
    #[server(default)] left_on: String,
) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    page.said(portal_services::partners::leave(&page.ctx, page.actor()?, partner, &left_on).await)?;
    Ok(Done::new(
        format!("/staff/partners/{partner}"),
        "partner-leaves",
    ))
}
