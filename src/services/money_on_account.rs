//! What moves of a client's money beside its invoices: payments, prepayments and overpayments. They are not mirrored themselves; they say which invoices and credit
//! notes must be read again, since Xero does not date each of those anew when money is taken off it.

use std::collections::BTreeMap;

use portal_domain::{calendar::Timestamp, remote::RemoteMoney};
use portal_store::money_on_account;

use crate::{Ctx, ServiceError};

/// Xero's clock and ours may be so far apart: what was read that shortly after a change may not show it.
const CLOCKS_APART_MS: i64 = 60_000;

/// The documents that must be read again, by their ids in Xero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stale {
    pub invoices: Vec<String>,
    pub credits: Vec<String>,
}

/// Which documents of ours were not read since this money moved: those that it is for now, and those that it was set against before.
pub async fn list_stale(ctx: &Ctx, moved: &[RemoteMoney]) -> Result<Stale, ServiceError> {
    let mut tx = ctx.store.read().await?;
    let moved_at: BTreeMap<&str, Timestamp> = moved
        .iter()
        .map(|one| (one.id.as_str(), one.updated_at))
        .collect();
    let ids: Vec<&str> = moved_at.keys().copied().collect();
    let mut touched: BTreeMap<String, Timestamp> = BTreeMap::new();
    let mut touch = |document: &str, at: Timestamp| {
        let known = touched.entry(document.to_owned()).or_insert(at);
        *known = (*known).max(at);
    };
    for one in moved {
        let documents = one.documents.iter().chain(&one.set_against);
        documents.for_each(|document| touch(document, one.updated_at));
    }
    for (money, invoice) in money_on_account::list(&mut tx, &ids).await? {
        touch(&invoice, moved_at[money.as_str()]);
    }
    let ids: Vec<String> = touched.keys().cloned().collect();
    let stale = |read: Vec<(String, Timestamp)>| {
        let read = read.into_iter();
        let stale = read.filter(|(id, read_at)| *read_at <= touched[id].plus_ms(CLOCKS_APART_MS));
        stale.map(|(id, _)| id).collect()
    };
    Ok(Stale {
        invoices: stale(money_on_account::list_invoices_read(&mut tx, &ids).await?),
        credits: stale(money_on_account::list_credits_read(&mut tx, &ids).await?),
    })
}

/// Keeps what this money is set against, once the documents were read that it was set against before.
pub async fn followed(ctx: &Ctx, moved: &[RemoteMoney]) -> Result<(), ServiceError> {
    let on_account = moved.iter().filter(|one| one.is_on_account);
    let on_account: Vec<RemoteMoney> = on_account.cloned().collect();
    if on_account.is_empty() {
        return Ok(());
    }
    let mut tx = ctx.store.write().await?;
    money_on_account::replace_all(&mut tx, &on_account).await?;
    Ok(tx.commit().await?)
}
