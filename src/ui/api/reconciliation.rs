//! What people do where the client's money and a deal do not meet: splitting and unlinking invoices, waiving, chasing, deciding.

use leptos::prelude::*;
use portal_domain::ids::{DealId, ExceptionId};

use super::{Done, UiError};

/// Says which deal an invoice or credit note is for; `back` is the page to go on with.
#[server(endpoint = "link_document")]
pub async fn link_document(
    document: String,
    deal: DealId,
    #[server(default)] back: String,
) -> Result<Done, UiError> {
    use crate::ui::pages::staff::reconciliation::go_on;
    use portal_services::links;
    let page = crate::web::page::current().await?;
    page.said(links::link_document(&page.ctx, page.actor()?, &document, deal).await)?;
    Ok(go_on(&back, "exception-settled"))
}

/// Says that a document is for no deal.
#[server(endpoint = "say_no_deal")]
pub async fn say_no_deal(
    document: String,
    #[server(default)] back: String,
) -> Result<Done, UiError> {
    use crate::ui::pages::staff::reconciliation::go_on;
    use portal_services::links;
    let page = crate::web::page::current().await?;
    page.said(links::say_no_deal(&page.ctx, page.actor()?, &document).await)?;
    Ok(go_on(&back, "exception-settled"))
}

/// Says how much of a document is for which deal: the amounts in the order of the deals.
#[server(endpoint = "split_document")]
pub async fn split_document(
    document: String,
    #[server(default)] deals: Vec<String>,
    #[server(default)] amounts: Vec<String>,
    #[server(default)] back: String,
) -> Result<Done, UiError> {
    use crate::ui::pages::staff::reconciliation::go_on;
    use portal_services::links::{self, DocumentShareForm};
    let page = crate::web::page::current().await?;
    let rows = deals.into_iter().zip(amounts);
    let rows: Vec<DocumentShareForm> = rows
        .map(|(deal, amount)| DocumentShareForm { deal, amount })
        .collect();
    page.said(links::split_document(&page.ctx, page.actor()?, &document, &rows).await)?;
    Ok(go_on(&back, "exception-settled"))
}

/// Takes back what a person said of a document.
#[server(endpoint = "unlink_document")]
pub async fn unlink_document(
    document: String,
    #[server(default)] back: String,
) -> Result<Done, UiError> {
    use crate::ui::pages::staff::reconciliation::go_on;
    use portal_services::links;
    let page = crate::web::page::current().await?;
    page.said(links::unlink_document(&page.ctx, page.actor()?, &document).await)?;
    Ok(go_on(&back, "link-taken-back"))
}

/// Says that what a month lacks need not be collected; `month` as in `2026-07`.
#[server(endpoint = "waive_month")]
pub async fn waive_month(
    deal: DealId,
    #[server(default)] month: String,
    #[server(default)] reason: String,
) -> Result<Done, UiError> {
    use portal_domain::calendar::Month;
    use portal_services::{ServiceError, exceptions};
    let page = crate::web::page::current().await?;
    let actor = page.actor()?;
    let month = Month::parse(&month).map_err(|_| ServiceError::field("month", "choose-one"));
    let month = page.said(month)?;
    page.said(exceptions::waive(&page.ctx, actor, deal, month, &reason).await)?;
    Ok(Done::new("/staff/reconciliation", "month-waived"))
}

/// Takes back what was waived; `waiver` is the deal and the month with a point between.
#[server(endpoint = "take_back_waiver")]
pub async fn take_back_waiver(
    #[server(default)] waiver: String,
    #[server(default)] reason: String,
    #[server(default)] back: String,
) -> Result<Done, UiError> {
    use crate::ui::pages::staff::reconciliation::go_on;
    use portal_domain::calendar::Month;
    use portal_services::{ServiceError, exceptions};
    let page = crate::web::page::current().await?;
    let actor = page.actor()?;
    let parsed = waiver
        .split_once('.')
        .and_then(|(deal, month)| Some((deal.parse::<DealId>().ok()?, Month::parse(month).ok()?)));
    let (deal, month) =
        page.said(parsed.ok_or_else(|| ServiceError::field("waiver", "choose-one")))?;
    page.said(exceptions::take_back_waiver(&page.ctx, actor, deal, month, &reason).await)?;
    Ok(go_on(&back, "waiver-taken-back"))
}

/// Sends the mail that was drafted about an exception.
#[server(endpoint = "chase_exception")]
pub async fn chase_exception(
    exception: ExceptionId,
    #[server(default)] recipient: String,
    #[server(default)] subject: String,
    #[server(default)] text: String,
) -> Result<Done, UiError> {
    use portal_services::exceptions::{self, ChaseForm};
    let page = crate::web::page::current().await?;
    let form = ChaseForm {
        recipient,
        subject,
        text,
    };
    page.said(exceptions::chase(&page.ctx, page.actor()?, exception, &form).await)?;
    Ok(Done::new(
        format!("/staff/reconciliation/{exception}"),
        "exception-chased",
    ))
}

/// Lets an exception stand that nothing else settles.
#[server(endpoint = "dismiss_exception")]
pub async fn dismiss_exception(
    exception: ExceptionId,
    #[server(default)] reason: String,
) -> Result<Done, UiError> {
    use portal_services::exceptions;
    let page = crate::web::page::current().await?;
    page.said(exceptions::dismiss_exception(&page.ctx, page.actor()?, exception, &reason).await)?;
    Ok(Done::new("/staff/reconciliation", "exception-dismissed"))
}

/// Says that very many objects, which a system does not have any more, are gone.
#[server(endpoint = "confirm_gone")]
pub async fn confirm_gone(
    exception: ExceptionId,
    #[server(default)] reason: String,
) -> Result<Done, UiError> {
    use portal_services::missing;
    let page = crate::web::page::current().await?;
    page.said(missing::confirm(&page.ctx, page.actor()?, exception, &reason).await)?;
    Ok(Done::new("/staff/reconciliation", "gone-confirmed"))
}

/// Says which of two merged deals goes on: `survivor` or `other`.
#[server(endpoint = "decide_merger")]
pub async fn decide_merger(
    exception: ExceptionId,
    #[server(default)] decision: String,
    #[server(default)] reason: String,
) -> Result<Done, UiError> {
    use portal_services::{ServiceError, mergers};
    let page = crate::web::page::current().await?;
    let actor = page.actor()?;
    let decision = match decision.as_str() {
        "survivor" => Ok(mergers::MergerDecision::Survivor),
        "other" => Ok(mergers::MergerDecision::Other),
        _ => Err(ServiceError::field("decision", "choose-one")),
    };
    let decision = page.said(decision)?;
    let ctx = &page.ctx;
    page.said(mergers::decide_merger(ctx, actor, exception, decision, &reason).await)?;
    Ok(Done::new("/staff/reconciliation", "merger-decided"))
}

/// Says which partner a deal is from that came from no lead.
#[server(endpoint = "take_over_deal")]
pub async fn take_over_deal(
    exception: ExceptionId,
    #[server(default)] partner: String,
) -> Result<Done, UiError> {
    use portal_services::{ServiceError, renewals};
    let page = crate::web::page::current().await?;
    let actor = page.actor()?;
    let partner = partner.parse();
    let partner = page.said(partner.map_err(|_| ServiceError::field("partner", "choose-one")))?;
    page.said(renewals::take_over(&page.ctx, actor, exception, partner).await)?;
    Ok(Done::new("/staff/reconciliation", "deal-taken-over"))
}

/// Keeps the old start or currency although HubSpot has another.
#[server(endpoint = "keep_unchanged")]
pub async fn keep_unchanged(
    exception: ExceptionId,
    #[server(default)] reason: String,
) -> Result<Done, UiError> {
    use portal_services::mergers;
    let page = crate::web::page::current().await?;
    page.said(mergers::keep_unchanged(&page.ctx, page.actor()?, exception, &reason).await)?;
    Ok(Done::new("/staff/reconciliation", "change-kept"))
}

/// Has all lines of a deal follow the start or the currency that HubSpot has now.
#[server(endpoint = "follow_change")]
pub async fn follow_change(exception: ExceptionId) -> Result<Done, UiError> {
    use portal_services::mergers;
    let page = crate::web::page::current().await?;
    page.said(mergers::follow_change(&page.ctx, page.actor()?, exception).await)?;
    Ok(Done::new("/staff/reconciliation", "exception-settled"))
}
