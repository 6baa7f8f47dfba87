//! Reads Xero's accounts and tax types, so that finance chooses among what is there, and hears of what is not before a bill fails on it.

use portal_services::accounts;

use crate::{Desk, JobError};

pub(crate) async fn run(desk: &Desk) -> Result<(), JobError> {
    let xero = &desk.vendors.xero;
    let found = xero.list_accounts().await?;
    let tax_types = xero.list_tax_types().await?;
    Ok(accounts::lists_read(&desk.ctx, &found, &tax_types).await?)
}
