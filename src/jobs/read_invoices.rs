//! Reads invoices, bills and credit notes from Xero: one that somebody says has changed, all that changed since the last sweep, and slowly those
//! that can still change. Xero does not tell of every change, so the last is not a luxury.

use std::collections::BTreeSet;

use portal_domain::calendar::Timestamp;
use portal_integrations::{
    ErrorKind,
    xero::{CreditQuery, INVOICE_IDS_MAX, InvoicePage, InvoiceQuery, Unreadable},
};
use portal_services::{links, operations};

use crate::{Desk, JobError};

const INVOICES_CURSOR: &str = "xero.invoices";
const CREDITS_CURSOR: &str = "xero.credits";
const OVERLAP_MS: i64 = 10 * 60_000;
const FIRST_DAYS: i64 = -400;

pub(crate) async fn read_one(desk: &Desk, invoice: &str) -> Result<(), JobError> {
    if let Some(remote) = desk.vendors.xero.read_invoice(invoice).await? {
        links::apply_invoice(&desk.ctx, &remote).await?;
        operations::documents_read(&desk.ctx, &[remote.id], &[]).await?;
    }
    Ok(())
}

pub(crate) async fn read_one_credit(desk: &Desk, credit: &str) -> Result<(), JobError> {
    if let Some(remote) = desk.vendors.xero.read_credit(credit).await? {
        links::apply_credit(&desk.ctx, &remote).await?;
        operations::documents_read(&desk.ctx, &[remote.id], &[]).await?;
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
    let mut next = Some(1);
    while let Some(page) = next {
        let query = InvoiceQuery {
            ids: Vec::new(),
            modified_since: Some(reading.since),
            page,
        };
        let listed = desk.vendors.xero.list_invoices(&query).await?;
        apply_invoices(desk, &listed).await?;
        let updated = listed.invoices.iter().map(|invoice| invoice.updated_at);
        newest = updated.fold(newest, Timestamp::max);
        next = listed.next;
    }
    read_again(desk).await?;
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
        let read: Vec<String> = listed.credits.into_iter().map(|one| one.id).collect();
        tell_unreadable(desk, &read, &listed.unreadable).await?;
        next = listed.next;
    }
    read_refund_again(desk).await?;
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

async fn apply_invoices(desk: &Desk, page: &InvoicePage) -> Result<(), JobError> {
    for invoice in &page.invoices {
        links::apply_invoice(&desk.ctx, invoice).await?;
    }
    let invoices = page.invoices.iter();
    let read: Vec<String> = invoices.map(|invoice| invoice.id.clone()).collect();
    tell_unreadable(desk, &read, &page.unreadable).await
}

/// One document that cannot be read stops no other: a person is told.
async fn tell_unreadable(
    desk: &Desk,
    read: &[String],
    unreadable: &[Unreadable],
) -> Result<(), JobError> {
    let unreadable: Vec<(String, String)> = unreadable
        .iter()
        .map(|one| (one.id.clone(), one.message.clone()))
        .collect();
    Ok(operations::documents_read(&desk.ctx, read, &unreadable).await?)
}

/// The backstop, one request's worth: open ones that were not read for longest, and more slowly the paid ones of deals, whose money may go back. What Xero does not
/// have any more counts no longer.
async fn read_again(desk: &Desk) -> Result<(), JobError> {
    let ids = operations::list_invoices_to_read(&desk.ctx, INVOICE_IDS_MAX).await?;
    if ids.is_empty() {
        return Ok(());
    }
    let query = InvoiceQuery {
        ids: ids.clone(),
        modified_since: None,
        page: 1,
    };
    let listed = desk.vendors.xero.list_invoices(&query).await?;
    apply_invoices(desk, &listed).await?;
    let known: BTreeSet<&str> = listed
        .invoices
        .iter()
        .map(|invoice| invoice.id.as_str())
        .chain(listed.unreadable.iter().map(|one| one.id.as_str()))
        .collect();
    for id in ids.iter().filter(|id| !known.contains(id.as_str())) {
        match desk.vendors.xero.read_invoice(id).await? {
            Some(invoice) => links::apply_invoice(&desk.ctx, &invoice).await?,
            None => links::invoice_gone(&desk.ctx, id).await?,
        }
    }
    Ok(operations::invoices_looked_at(&desk.ctx, &ids).await?)
}

/// The refund that was not read for longest: its credit note may be taken back.
async fn read_refund_again(desk: &Desk) -> Result<(), JobError> {
    let Some(id) = operations::find_refund_to_read(&desk.ctx).await? else {
        return Ok(());
    };
    match desk.vendors.xero.read_credit(&id).await {
        Ok(Some(credit)) => links::apply_credit(&desk.ctx, &credit).await?,
        Ok(None) => links::credit_gone(&desk.ctx, &id).await?,
        Err(error) if error.kind == ErrorKind::Refused => {
            tell_unreadable(
                desk,
                &[],
                &[Unreadable {
                    id: id.clone(),
                    message: error.message,
                }],
            )
            .await?;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(operations::credit_looked_at(&desk.ctx, &id).await?)
}
