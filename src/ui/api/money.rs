//! A partner's money: raising the invoice for a statement.

use leptos::prelude::*;
use portal_domain::statement::InvoiceForm;

use super::{Done, UiError};

/// Raises the partner's invoice; the bill is made in Xero afterwards.
#[server(endpoint = "raise_invoice")]
pub async fn raise_invoice(form: InvoiceForm) -> Result<Done, UiError> {
    let page = crate::web::page::current().await?;
    page.said(portal_services::bills::raise(&page.ctx, page.actor()?, &form).await)?;
    Ok(Done::new(
        format!("/statements/{}", form.statement.trim()),
        "invoice-raised",
    ))
}
