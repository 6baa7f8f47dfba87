//! Reads invoices, bills and credit notes from Xero: one that somebody says has changed, all that changed since the last sweep or whose money did, and slowly
//! those that can still change. Xero does not tell of every change, so the last is not a luxury.

use std::collections::{BTreeSet, HashSet};

use portal_domain::{
    calendar::Timestamp,
    connection::System,
    remote::{RemoteCredit, RemoteInvoice, RemoteMoney},
};
use portal_integrations::{
    CallError, ErrorKind,
    xero::{
        CreditQuery, INVOICE_IDS_MAX, InvoicePage, InvoiceQuery, MoneyKind, MoneyQuery, Unreadable,
    },
};
use portal_services::{
    drift, links,
    missing::{self, Asked},
    money_on_account, operations,
    outbox::Job,
};

use crate::{Desk, JobError, one_of_many};

const INVOICES_CURSOR: &str = "xero.invoices";
const CREDITS_CURSOR: &str = "xero.credits";
const OVERLAP_MS: i64 = 10 * 60_000;
const FIRST_DAYS: i64 = -400;

pub(crate) async fn read_one(desk: &Desk, invoice: &str) -> Result<(), JobError> {
    match desk.vendors.xero.read_invoice(invoice).await {
        Ok(Some(remote)) => {
            links::apply_invoice(&desk.ctx, &remote).await?;
            missing::settle_one(&desk.ctx, System::Xero, invoice).await?;
            Ok(operations::documents_read(&desk.ctx, &[remote.id], &[]).await?)
        }
        Ok(None) => follow_confirmed(desk, invoice).await,
        Err(error) => tell_if_unreadable(desk, invoice, error).await,
    }
}

/// That Xero does not have what somebody asked it for says nothing, unless a person said that it is gone.
async fn follow_confirmed(desk: &Desk, invoice: &str) -> Result<(), JobError> {
    if missing::is_confirmed(&desk.ctx, System::Xero, invoice).await? {
        links::invoice_gone(&desk.ctx, invoice).await?;
        missing::settle_one(&desk.ctx, System::Xero, invoice).await?;
    }
    Ok(())
}

pub(crate) async fn read_one_credit(desk: &Desk, credit: &str) -> Result<(), JobError> {
    match desk.vendors.xero.read_credit(credit).await {
        Ok(Some(remote)) => {
            links::apply_credit(&desk.ctx, &remote).await?;
            Ok(operations::documents_read(&desk.ctx, &[remote.id], &[]).await?)
        }
        Ok(None) => Ok(()),
        Err(error) => tell_if_unreadable(desk, credit, error).await,
    }
}

/// Invoices come first, so that a credit note finds the invoices that it was set against.
pub(crate) async fn sweep(desk: &Desk) -> Result<(), JobError> {
    sweep_invoices(desk).await?;
    sweep_credits(desk).await
}

async fn sweep_invoices(desk: &Desk) -> Result<(), JobError> {
    let mut reading = Reading::begin(desk, INVOICES_CURSOR).await?;
    let mut next = Some(InvoiceQuery {
        ids: Vec::new(),
        modified_since: Some(reading.since),
        page: 1,
    });
    while let Some(query) = next {
        let listed = desk.vendors.xero.list_invoices(&query).await?;
        let fresh = listed.invoices.iter();
        let fresh = fresh.filter(|invoice| reading.is_fresh(&invoice.id, invoice.updated_at));
        let fresh: Vec<&RemoteInvoice> = fresh.collect();
        drift::invoices_swept(&desk.ctx, &fresh).await?;
        apply_invoices(desk, &fresh, &listed.unreadable).await?;
        reading.reached(desk, INVOICES_CURSOR).await?;
        next = listed.next;
    }
    read_again(desk).await?;
    Ok(operations::sweep_ended(&desk.ctx, "xero").await?)
}

async fn sweep_credits(desk: &Desk) -> Result<(), JobError> {
    let mut reading = Reading::begin(desk, CREDITS_CURSOR).await?;
    let mut next = Some(CreditQuery {
        modified_since: Some(reading.since),
        page: 1,
    });
    while let Some(query) = next {
        let listed = desk.vendors.xero.list_credits(&query).await?;
        let fresh = listed.credits.iter();
        let fresh = fresh.filter(|credit| reading.is_fresh(&credit.id, credit.updated_at));
        let fresh: Vec<&RemoteCredit> = fresh.collect();
        apply_credits(desk, &fresh, &listed.unreadable).await?;
        reading.reached(desk, CREDITS_CURSOR).await?;
        next = listed.next;
    }
    read_refund_again(desk).await?;
    Ok(operations::sweep_ended(&desk.ctx, "xero").await?)
}

/// Payments, prepayments and overpayments: the invoices and credit notes that they are for, or were set against before, are read again where that was not done
/// since. Xero dates not each of them anew when money is taken off it.
pub(crate) async fn sweep_money(desk: &Desk) -> Result<(), JobError> {
    for kind in MoneyKind::ALL {
        let cursor = money_cursor(kind);
        let mut reading = Reading::begin(desk, cursor).await?;
        let mut next = Some(MoneyQuery {
            kind,
            modified_since: Some(reading.since),
            page: 1,
        });
        while let Some(query) = next {
            let listed = desk.vendors.xero.list_money(&query).await?;
            let fresh = listed.money.into_iter();
            let fresh = fresh.filter(|one| reading.is_fresh(&one.id, one.updated_at));
            let fresh: Vec<RemoteMoney> = fresh.collect();
            follow_money(desk, &fresh).await?;
            reading.reached(desk, cursor).await?;
            next = listed.next;
        }
    }
    Ok(())
}

const fn money_cursor(kind: MoneyKind) -> &'static str {
    match kind {
        MoneyKind::Payments => "xero.payments",
        MoneyKind::Prepayments => "xero.prepayments",
        MoneyKind::Overpayments => "xero.overpayments",
    }
}

async fn follow_money(desk: &Desk, moved: &[RemoteMoney]) -> Result<(), JobError> {
    let stale = money_on_account::list_stale(&desk.ctx, moved).await?;
    for ids in stale.invoices.chunks(INVOICE_IDS_MAX) {
        let listed = list_by_ids(desk, ids).await?;
        let invoices: Vec<&RemoteInvoice> = listed.invoices.iter().collect();
        apply_invoices(desk, &invoices, &listed.unreadable).await?;
        operations::invoices_looked_at(&desk.ctx, ids).await?;
    }
    for credit in &stale.credits {
        read_one_credit(desk, credit).await?;
    }
    Ok(money_on_account::followed(&desk.ctx, moved).await?)
}

/// From where a sweep reads, and how far it has come.
struct Reading {
    since: Timestamp,
    newest: Timestamp,
    /// What was read before: pages overlap.
    seen: HashSet<(String, Timestamp)>,
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
            seen: HashSet::new(),
        })
    }

    fn is_fresh(&mut self, id: &str, updated_at: Timestamp) -> bool {
        self.newest = self.newest.max(updated_at);
        self.seen.insert((id.to_owned(), updated_at))
    }

    /// A page was read: a sweep that is stopped goes on from here.
    async fn reached(&self, desk: &Desk, cursor: &str) -> Result<(), JobError> {
        Ok(operations::swept_until(&desk.ctx, cursor, self.newest).await?)
    }
}

async fn apply_invoices(
    desk: &Desk,
    invoices: &[&RemoteInvoice],
    unreadable: &[Unreadable],
) -> Result<(), JobError> {
    for invoice in invoices {
        let applied = links::apply_invoice(&desk.ctx, invoice).await;
        let alone = Job::ReadInvoice {
            invoice: invoice.id.clone(),
        };
        one_of_many(desk, applied, &alone).await?;
    }
    let read: Vec<String> = invoices.iter().map(|one| one.id.clone()).collect();
    tell_unreadable(desk, &read, unreadable).await
}

async fn apply_credits(
    desk: &Desk,
    credits: &[&RemoteCredit],
    unreadable: &[Unreadable],
) -> Result<(), JobError> {
    for credit in credits {
        let applied = links::apply_credit(&desk.ctx, credit).await;
        let alone = Job::ReadCredit {
            credit: credit.id.clone(),
        };
        one_of_many(desk, applied, &alone).await?;
    }
    let read: Vec<String> = credits.iter().map(|one| one.id.clone()).collect();
    tell_unreadable(desk, &read, unreadable).await
}

/// One document that cannot be read stops no other: a person is told.
pub(crate) async fn tell_unreadable(
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

/// The same of one that was asked for alone; any other failure is the job's.
async fn tell_if_unreadable(desk: &Desk, id: &str, error: CallError) -> Result<(), JobError> {
    if error.kind != ErrorKind::Unreadable {
        return Err(error.into());
    }
    let found = Unreadable {
        id: id.to_owned(),
        message: error.message,
    };
    tell_unreadable(desk, &[], &[found]).await
}

/// The backstop, one request's worth: open ones that were not read for longest, and more slowly the paid ones of deals, whose money may go back.
async fn read_again(desk: &Desk) -> Result<(), JobError> {
    let ids = operations::list_invoices_to_read(&desk.ctx, INVOICE_IDS_MAX).await?;
    if ids.is_empty() {
        return Ok(());
    }
    let listed = list_by_ids(desk, &ids).await?;
    let invoices: Vec<&RemoteInvoice> = listed.invoices.iter().collect();
    apply_invoices(desk, &invoices, &listed.unreadable).await?;
    let mut asked = Asked::default();
    sort_out(&mut asked, &ids, &listed);
    read_missing(desk, &asked).await?;
    Ok(operations::invoices_looked_at(&desk.ctx, &ids).await?)
}

/// Compares all invoices and bills that can still change, once a day, and for a while those that were closed: Xero neither tells of every change nor dates
/// each one anew. What is not as it was known is taken in.
pub(crate) async fn check_all(desk: &Desk) -> Result<(), JobError> {
    drift::begin(&desk.ctx, "xero").await?;
    let mut last = String::new();
    let mut asked = Asked::default();
    loop {
        let known = drift::list_invoices_after(&desk.ctx, &last, INVOICE_IDS_MAX).await?;
        let Some(newest) = known.last() else { break };
        last.clone_from(&newest.id);
        let ids: Vec<String> = known.iter().map(|invoice| invoice.id.clone()).collect();
        let listed = list_by_ids(desk, &ids).await?;
        let stale = drift::invoices_compared(&desk.ctx, &known, &listed.invoices).await?;
        let fresh = listed.invoices.iter();
        let fresh: Vec<&RemoteInvoice> = fresh.filter(|one| stale.contains(&one.id)).collect();
        apply_invoices(desk, &fresh, &listed.unreadable).await?;
        // One that was gone already is neither stale nor there.
        let known_gone = known.iter().filter(|invoice| invoice.status == "DELETED");
        let known_gone: BTreeSet<&str> = known_gone.map(|invoice| invoice.id.as_str()).collect();
        let live = ids.iter().filter(|id| !known_gone.contains(id.as_str()));
        sort_out(&mut asked, live, &listed);
        operations::invoices_looked_at(&desk.ctx, &ids).await?;
    }
    read_missing(desk, &asked).await?;
    Ok(drift::end(&desk.ctx, "xero").await?)
}

async fn list_by_ids(desk: &Desk, ids: &[String]) -> Result<InvoicePage, JobError> {
    let query = InvoiceQuery {
        ids: ids.to_vec(),
        modified_since: None,
        page: 1,
    };
    Ok(desk.vendors.xero.list_invoices(&query).await?)
}

/// Puts ids that were asked for with those that are there, whether they can be read or not, or with those that are missing.
fn sort_out<'a>(
    asked: &mut Asked,
    ids: impl IntoIterator<Item = &'a String>,
    listed: &InvoicePage,
) {
    let listed: BTreeSet<&str> = listed
        .invoices
        .iter()
        .map(|invoice| invoice.id.as_str())
        .chain(listed.unreadable.iter().map(|one| one.id.as_str()))
        .collect();
    let ids = ids.into_iter().cloned();
    let (found, missing): (Vec<String>, Vec<String>) =
        ids.partition(|id| listed.contains(id.as_str()));
    asked.found.extend(found);
    asked.missing.extend(missing);
}

/// Those that were asked for and not listed: each alone, as it may be gone. What Xero does not have any more counts no longer; of very many a person says so.
async fn read_missing(desk: &Desk, asked: &Asked) -> Result<(), JobError> {
    for id in missing::judge(&desk.ctx, System::Xero, asked).await? {
        let applied = match desk.vendors.xero.read_invoice(&id).await {
            Ok(Some(invoice)) => links::apply_invoice(&desk.ctx, &invoice).await,
            Ok(None) => links::invoice_gone(&desk.ctx, &id).await,
            Err(error) => {
                tell_if_unreadable(desk, &id, error).await?;
                continue;
            }
        };
        let alone = Job::ReadInvoice { invoice: id };
        one_of_many(desk, applied, &alone).await?;
    }
    Ok(())
}

/// The refund that was not read for longest: its credit note may be taken back.
async fn read_refund_again(desk: &Desk) -> Result<(), JobError> {
    let Some(id) = operations::find_refund_to_read(&desk.ctx).await? else {
        return Ok(());
    };
    match desk.vendors.xero.read_credit(&id).await {
        Ok(Some(credit)) => links::apply_credit(&desk.ctx, &credit).await?,
        // While very many others are missing, this one is not believed to be gone either.
        Ok(None) if missing::is_held_back(&desk.ctx, System::Xero).await? => {}
        Ok(None) => links::credit_gone(&desk.ctx, &id).await?,
        Err(error) => tell_if_unreadable(desk, &id, error).await?,
    }
    Ok(operations::credit_looked_at(&desk.ctx, &id).await?)
}
