//! Reads invoices, bills and credit notes from Xero: one that somebody says has changed, all that changed since the last sweep, and the invoices that
//! are open still. Xero does not tell of every change, so the last is not a luxury.

use portal_domain::calendar::Timestamp;
use portal_integrations::xero::{CreditQuery, INVOICE_IDS_MAX, INVOICES_PER_PAGE, InvoiceQuery};
use portal_services::{links, operations};

use crate::{Desk, JobError};

const INVOICES_CURSOR: &str = "xero.invoices";
const CREDITS_CURSOR: &str = "xero.credits";
const OVERLAP_MS: i64 = 10 * 60_000;
const FIRST_DAYS: i64 = -400;

pub(crate) async fn read_one(desk: &Desk, invoice: &str) -> Result<(), JobError> {
    if let Some(remote) = desk.vendors.xero.read_invoice(invoice).await? {
        links::apply_invoice(&desk.ctx, &remote).await?;
    }
    Ok(())
}

pub(crate) async fn read_one_credit(desk: &Desk, credit: &str) -> Result<(), JobError> {
    if let Some(remote) = desk.vendors.xero.read_credit(credit).await? {
        links::apply_credit(&desk.ctx, &remote).await?;
    }
    Ok(())
}

/// Invoices come first, so that a credit note finds the invoices that it was set against.
pub(crate) async fn sweep(desk: &Desk) -> Result<(), JobError> {
    sweep_invoices(desk).await?;
    sweep_credits(desk).await
}

async fn sweep_invoices(desk: &Desk) -> Result<(), JobError> {
    let reading = Reading::begin(desk, INVOICES_CURSOR).await?;
    let mut newest = reading.newest;
    for page in 1.. {
        let query = InvoiceQuery {
            ids: Vec::new(),
            modified_since: Some(reading.since),
            page,
        };
        let invoices = desk.vendors.xero.list_invoices(&query).await?;
        for invoice in &invoices {
            links::apply_invoice(&desk.ctx, invoice).await?;
            newest = newest.max(invoice.updated_at);
        }
        if invoices.len() < INVOICES_PER_PAGE {
            break;
        }
    }
    read_open(desk).await?;
    Ok(operations::sweep_read(&desk.ctx, "xero", INVOICES_CURSOR, newest, &[]).await?)
}

async fn sweep_credits(desk: &Desk) -> Result<(), JobError> {
    let reading = Reading::begin(desk, CREDITS_CURSOR).await?;
    let mut newest = reading.newest;
    let mut next = Some(1);
    while let Some(page) = next {
        let query = CreditQuery {
            modified_since: Some(reading.since),
            page,
        };
        let listed = desk.vendors.xero.list_credits(&query).await?;
        for credit in &listed.credits {
            links::apply_credit(&desk.ctx, credit).await?;
            newest = newest.max(credit.updated_at);
        }
        next = listed.next;
    }
    Ok(operations::sweep_read(&desk.ctx, "xero", CREDITS_CURSOR, newest, &[]).await?)
}

/// From where a sweep reads, and the newest change that it knows of before it begins.
struct Reading {
    since: Timestamp,
    newest: Timestamp,
}

impl Reading {
    async fn begin(desk: &Desk, cursor: &str) -> Result<Self, JobError> {
        let cursor = operations::find_cursor(&desk.ctx, cursor).await?;
        let since = cursor
            .unwrap_or_else(|| desk.ctx.now().plus_days(FIRST_DAYS))
            .plus_ms(-OVERLAP_MS);
        Ok(Self {
            since,
            newest: cursor.unwrap_or(since),
        })
    }
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
        links::apply_invoice(&desk.ctx, &invoice).await?;
    }
    Ok(())
}
