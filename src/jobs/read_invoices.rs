//! Reads invoices and bills from Xero: one that somebody says has changed, all that changed since the last sweep, and those that are open still.
//! Xero does not tell of every change, so the last is not a luxury.

use portal_domain::calendar::Timestamp;
use portal_integrations::xero::{INVOICE_IDS_MAX, INVOICES_PER_PAGE, InvoiceQuery};
use portal_services::{operations, reconcile};

use crate::{Desk, JobError};

const CURSOR: &str = "xero.invoices";
const OVERLAP_MS: i64 = 10 * 60_000;
const FIRST_DAYS: i64 = -400;

pub(crate) async fn read_one(desk: &Desk, invoice: &str) -> Result<(), JobError> {
    if let Some(remote) = desk.vendors.xero.read_invoice(invoice).await? {
        reconcile::apply_invoice(&desk.ctx, &remote).await?;
    }
    Ok(())
}

pub(crate) async fn sweep(desk: &Desk) -> Result<(), JobError> {
    let cursor = operations::find_cursor(&desk.ctx, CURSOR).await?;
    let since = cursor
        .unwrap_or_else(|| desk.ctx.now().plus_days(FIRST_DAYS))
        .plus_ms(-OVERLAP_MS);
    let mut newest = cursor.unwrap_or(since);
    for page in 1.. {
        let query = InvoiceQuery {
            ids: Vec::new(),
            modified_since: Some(since),
            page,
        };
        let invoices = desk.vendors.xero.list_invoices(&query).await?;
        for invoice in &invoices {
            reconcile::apply_invoice(&desk.ctx, invoice).await?;
            newest = newest.max(invoice.updated_at);
        }
        if invoices.len() < INVOICES_PER_PAGE {
            break;
        }
    }
    read_open(desk).await?;
    Ok(operations::sweep_read(
        &desk.ctx,
        "xero",
        CURSOR,
        Timestamp::max(newest, since),
        &[],
    )
    .await?)
}

/// The open ones that were not read for longest, one request's worth.
async fn read_open(desk: &Desk) -> Result<(), JobError> {
    let limit = i64::try_from(INVOICE_IDS_MAX).unwrap_or(i64::MAX);
    let ids = operations::list_open_invoices(&desk.ctx, limit).await?;
    if ids.is_empty() {
        return Ok(());
    }
    let query = InvoiceQuery {
        ids,
        modified_since: None,
        page: 1,
    };
    for invoice in desk.vendors.xero.list_invoices(&query).await? {
        reconcile::apply_invoice(&desk.ctx, &invoice).await?;
    }
    Ok(())
}
