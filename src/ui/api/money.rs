//! A partner's money: raising the invoice for a statement, handing in its PDF, and withdrawing it.

use leptos::prelude::*;
use portal_domain::{ids::BillId, statement::InvoiceForm};

use super::{Done, UiError};

/// Raises the partner's invoice, with its PDF if one came with the form; the bill is made in Xero afterwards.
#[server(endpoint = "raise_invoice")]
pub async fn raise_invoice(form: InvoiceForm) -> Result<Done, UiError> {
    use crate::web::{page, uploads};
    use portal_services::bills::raise;
    let page = page::current().await?;
    let (actor, file) = (page.actor()?, uploads::take(&page).await?);
    page.said(raise(&page.ctx, actor, &form, file).await)?;
    Ok(Done::new(
        format!("/statements/{}", form.statement.trim()),
        "invoice-raised",
    ))
}

/// Hands in the PDF of an invoice that was raised without it.
#[server(endpoint = "add_bill_pdf")]
pub async fn add_bill_pdf(bill: BillId) -> Result<Done, UiError> {
    use crate::web::{page, uploads};
    use portal_services::bill_files::add;
    let page = page::current().await?;
    let (actor, file) = (page.actor()?, uploads::take(&page).await?);
    let statement = page.said(add(&page.ctx, actor, bill, file).await)?;
    Ok(Done::new(
        format!("/statements/{statement}"),
        "bill-pdf-added",
    ))
}

/// Takes back an invoice that is not in Xero yet.
#[server(endpoint = "withdraw_invoice")]
pub async fn withdraw_invoice(bill: BillId) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    let actor = page.actor()?;
    let statement = page.said(portal_services::bills::withdraw(&page.ctx, actor, bill).await)?;
    let url = match actor {
        portal_domain::access::Actor::Member { .. } => format!("/statements/{statement}"),
        portal_domain::access::Actor::Staff { .. } => format!("/staff/statements/{statement}"),
    };
    Ok(Done::new(url, "invoice-withdrawn"))
}
