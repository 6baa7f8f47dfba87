//! Readings of Xero's invoices and credit notes, and what people say of them: which deals they are for. What that is where nobody says it is `verdicts`.

use std::collections::BTreeSet;

use portal_domain::{
    access::{Action, Actor},
    ids::{DealId, PersonId},
    money::Money,
    remote::{InvoiceType, RemoteCredit, RemoteInvoice},
};
use portal_store::{
    Tx, audit,
    credits::{self, CreditRecord},
    deals,
    invoices::{self, InvoiceLink, InvoiceRecord},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    Ctx, ServiceError,
    access::require_staff,
    bills,
    documents::{Document, DocumentKind},
    two_persons,
    verdicts::{self, Again},
};

/// What a fresh reading of a Xero invoice or bill means. A reading that is older than the last changes nothing.
pub async fn apply_invoice(ctx: &Ctx, remote: &RemoteInvoice) -> Result<(), ServiceError> {
    if remote.kind == InvoiceType::Bill {
        return bills::apply_bill(ctx, remote).await;
    }
    let mut tx = ctx.store.write().await?;
    verdicts::lock(&mut tx).await?;
    let mut again = Again::default();
    if let Some(before) = invoices::find(&mut tx, &remote.id).await? {
        again.left(&mut tx, &before).await?;
    }
    invoices::put(&mut tx, remote, ctx.now()).await?;
    let stored = find_sale(&mut tx, &remote.id).await?;
    again.invoice(&mut tx, &stored).await?;
    verdicts::judge_again(ctx, &mut tx, again).await?;
    Ok(tx.commit().await?)
}

/// What a fresh reading of a Xero credit note means: a refund in cash takes its share away from the deals that it is for.
pub async fn apply_credit(ctx: &Ctx, remote: &RemoteCredit) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    verdicts::lock(&mut tx).await?;
    credits::put(&mut tx, remote, ctx.now()).await?;
    judge_credit(ctx, &mut tx, &remote.id, BTreeSet::new()).await?;
    Ok(tx.commit().await?)
}

/// Xero does not have an invoice or bill any more: it counts no longer.
pub async fn invoice_gone(ctx: &Ctx, id: &str) -> Result<(), ServiceError> {
    let mut tx = ctx.store.read().await?;
    let known = invoices::find(&mut tx, id).await?;
    drop(tx);
    let Some(known) = known else { return Ok(()) };
    let gone = RemoteInvoice {
        status: "DELETED".to_owned(),
        ..known.remote
    };
    apply_invoice(ctx, &gone).await
}

/// The same of a credit note.
pub async fn credit_gone(ctx: &Ctx, id: &str) -> Result<(), ServiceError> {
    let mut tx = ctx.store.read().await?;
    let known = credits::find(&mut tx, id).await?;
    drop(tx);
    let Some(known) = known else { return Ok(()) };
    let gone = RemoteCredit {
        status: "DELETED".to_owned(),
        ..known.remote
    };
    apply_credit(ctx, &gone).await
}

/// Judges one credit note, and has the deals reconciled that it takes money from, or did until now.
async fn judge_credit(
    ctx: &Ctx,
    tx: &mut Tx,
    id: &str,
    deals_before: BTreeSet<DealId>,
) -> Result<(), ServiceError> {
    let mut touched = deals_before;
    let credit = find_credit(tx, id).await?;
    touched.extend(credit.links.iter().map(|link| link.deal));
    touched.extend(verdicts::judge_credits(ctx, tx, vec![credit]).await?);
    verdicts::reconcile_again(ctx, tx, touched).await
}

async fn find_sale(tx: &mut Tx, id: &str) -> Result<InvoiceRecord, ServiceError> {
    invoices::find(tx, id)
        .await?
        .filter(|invoice| invoice.remote.kind == InvoiceType::Sale)
        .ok_or(ServiceError::NotFound)
}

async fn find_credit(tx: &mut Tx, id: &str) -> Result<CreditRecord, ServiceError> {
    let found = credits::find(tx, id).await?;
    found.ok_or(ServiceError::NotFound)
}

async fn find_document(tx: &mut Tx, id: &str) -> Result<Document, ServiceError> {
    let found = Document::find(tx, id).await?;
    found.ok_or(ServiceError::NotFound)
}

/// A person says which deal an invoice or a credit note is for; nothing overrules that.
pub async fn link_document(
    ctx: &Ctx,
    actor: &Actor,
    id: &str,
    deal: DealId,
) -> Result<(), ServiceError> {
    set_links(ctx, actor, "link_document", id, &[(deal, None)]).await
}

/// One row of the form that splits a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DocumentShareForm {
    pub deal: String,
    /// Net, in the document's currency.
    pub amount: String,
}

/// A person says how much of a document's net is for which of several deals; what is left over is for none of them.
///
/// # Errors
/// What is wrong with a row, by its number; `shares-beyond-document` where they are more than the document.
pub async fn split_document(
    ctx: &Ctx,
    actor: &Actor,
    id: &str,
    rows: &[DocumentShareForm],
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Reconcile)?;
    let mut tx = ctx.store.read().await?;
    let net = find_document(&mut tx, id).await?.net;
    drop(tx);
    let shares = parse_shares(net, rows)?;
    set_links(ctx, actor, "split_document", id, &shares).await
}

fn parse_shares(
    net: Money,
    rows: &[DocumentShareForm],
) -> Result<Vec<(DealId, Option<i64>)>, ServiceError> {
    let mut shares: Vec<(DealId, Option<i64>)> = Vec::new();
    let mut sum = 0_i128;
    let typed = rows.iter().enumerate();
    for (place, row) in typed.filter(|(_, row)| !row.amount.trim().is_empty()) {
        let field = |name: &str| format!("rows.{place}.{name}");
        let deal: DealId = row
            .deal
            .trim()
            .parse()
            .map_err(|_| ServiceError::field(&field("deal"), "choose-one"))?;
        let amount = Money::parse_typed(&row.amount, net.currency)
            .map_err(|fault| ServiceError::field(&field("amount"), fault.code))?;
        if shares.iter().any(|share| share.0 == deal) {
            return Err(ServiceError::field(&field("deal"), "share-twice"));
        }
        sum += i128::from(amount.minor);
        if sum > i128::from(net.minor) {
            return Err(ServiceError::field(
                &field("amount"),
                "shares-beyond-document",
            ));
        }
        shares.push((deal, Some(amount.minor)));
    }
    if shares.is_empty() {
        return Err(ServiceError::field("rows.0.amount", "required"));
    }
    Ok(shares)
}

async fn set_links(
    ctx: &Ctx,
    actor: &Actor,
    act: &str,
    id: &str,
    shares: &[(DealId, Option<i64>)],
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Reconcile)?;
    let mut tx = ctx.store.write().await?;
    verdicts::lock(&mut tx).await?;
    let before = find_document(&mut tx, id).await?;
    let mut said = Vec::with_capacity(shares.len());
    for (deal, share_minor) in shares {
        deals::find(&mut tx, *deal)
            .await?
            .ok_or(ServiceError::NotFound)?;
        said.push(InvoiceLink {
            deal: *deal,
            how: "person".to_owned(),
            share_minor: *share_minor,
        });
    }
    said.sort_by_key(|link| link.deal);
    let (person, now) = (actor.person(), ctx.now());
    before.put_said(&mut tx, &said, None, person, now).await?;
    let facts = json!({
        "number": before.number,
        "deals": said.iter().map(|link| json!({ "deal": link.deal, "share_minor": link.share_minor })).collect::<Vec<_>>(),
        "deals_before": before.deals(),
    });
    judge_said(ctx, &mut tx, &before).await?;
    note_hand_in(ctx, &mut tx, person, &before).await?;
    let facts = facts.to_string();
    audit::add(&mut tx, Some(person), act, id, &facts, now).await?;
    Ok(tx.commit().await?)
}

/// A person says that a document is for no deal; nothing overrules that.
pub async fn say_no_deal(ctx: &Ctx, actor: &Actor, id: &str) -> Result<(), ServiceError> {
    drop_links(ctx, actor, id, Instead::NoDeal).await
}

/// A person takes back what people said of a document: its Reference and its contact decide again, and of a credit note first the invoices that it was set
/// against.
///
/// # Errors
/// `not-linked-by-person` where nobody said anything.
pub async fn unlink_document(ctx: &Ctx, actor: &Actor, id: &str) -> Result<(), ServiceError> {
    drop_links(ctx, actor, id, Instead::Nothing).await
}

/// What a person says of a document whose links end.
#[derive(Clone, Copy)]
enum Instead {
    NoDeal,
    Nothing,
}

async fn drop_links(
    ctx: &Ctx,
    actor: &Actor,
    id: &str,
    instead: Instead,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Reconcile)?;
    let mut tx = ctx.store.write().await?;
    verdicts::lock(&mut tx).await?;
    let before = find_document(&mut tx, id).await?;
    let (person, now) = (actor.person(), ctx.now());
    let (act, said_by) = match instead {
        Instead::NoDeal => ("say_no_deal", Some(person)),
        Instead::Nothing if before.is_said_by_person => ("unlink_document", None),
        Instead::Nothing => return Err(ServiceError::Conflict("not-linked-by-person")),
    };
    before.put_said(&mut tx, &[], said_by, person, now).await?;
    judge_said(ctx, &mut tx, &before).await?;
    note_hand_in(ctx, &mut tx, person, &before).await?;
    let facts = json!({ "number": before.number, "deals_before": before.deals() }).to_string();
    audit::add(&mut tx, Some(person), act, id, &facts, now).await?;
    Ok(tx.commit().await?)
}

/// What a person said of a document moved the deals that it was for, and those that it is for now.
async fn note_hand_in(
    ctx: &Ctx,
    tx: &mut Tx,
    person: PersonId,
    before: &Document,
) -> Result<(), ServiceError> {
    let mut deals: BTreeSet<DealId> = before.deals();
    deals.extend(find_document(tx, &before.id).await?.deals());
    two_persons::note_hand(ctx, tx, person, &deals).await
}

/// A person said something of a document, or took it back.
async fn judge_said(ctx: &Ctx, tx: &mut Tx, before: &Document) -> Result<(), ServiceError> {
    if before.kind == DocumentKind::Credit {
        return judge_credit(ctx, tx, &before.id, before.deals()).await;
    }
    let mut again = Again {
        with_credits: true,
        deals: before.deals(),
        ..Again::default()
    };
    let now = find_sale(tx, &before.id).await?;
    again.invoice(tx, &now).await?;
    verdicts::judge_again(ctx, tx, again).await?;
    Ok(())
}
