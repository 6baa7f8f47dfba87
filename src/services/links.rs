//! Readings of Xero's invoices and credit notes, and what people say of them: which deals they are for. What that is where nobody says it is `verdicts`.

use std::collections::BTreeSet;

use portal_domain::{
    access::{Action, Actor},
    ids::DealId,
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
    let stored = find_credit(&mut tx, &remote.id).await?;
    judge_credit(ctx, &mut tx, stored).await?;
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

/// Says anew what is for a deal, of which something is known now that says until when it is open: another version of its plan.
pub async fn judge_deal(ctx: &Ctx, id: DealId) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    verdicts::lock(&mut tx).await?;
    if let Some(deal) = deals::find(&mut tx, id).await? {
        verdicts::follow_deal(ctx, &mut tx, &deal).await?;
    }
    Ok(tx.commit().await?)
}

/// Judges one credit note, and has the deals reconciled that it takes money from, or did until now.
async fn judge_credit(ctx: &Ctx, tx: &mut Tx, credit: CreditRecord) -> Result<(), ServiceError> {
    let id = credit.remote.id.clone();
    let mut touched: BTreeSet<DealId> = credit.links.iter().map(|link| link.deal).collect();
    touched.extend(verdicts::judge_credits(ctx, tx, vec![credit]).await?);
    let stored = find_credit(tx, &id).await?;
    touched.extend(stored.links.iter().map(|link| link.deal));
    verdicts::reconcile_again(ctx, tx, touched).await
}

/// A person says which deal an invoice is for; nothing overrules that.
pub async fn link_invoice(
    ctx: &Ctx,
    actor: &Actor,
    invoice_id: &str,
    deal: DealId,
) -> Result<(), ServiceError> {
    let links = [(deal, None)];
    set_links(ctx, actor, "link_invoice", invoice_id, &links).await
}

/// One row of the form that splits an invoice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InvoiceShareForm {
    pub deal: String,
    /// Net, in the invoice's currency.
    pub amount: String,
}

/// A person says how much of an invoice's net is for which of several deals; what is left over is for none of them.
///
/// # Errors
/// What is wrong with a row, by its number; `shares-beyond-invoice` where they are more than the invoice.
pub async fn split_invoice(
    ctx: &Ctx,
    actor: &Actor,
    invoice_id: &str,
    rows: &[InvoiceShareForm],
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Reconcile)?;
    let mut tx = ctx.store.read().await?;
    let invoice = find_sale(&mut tx, invoice_id).await?.remote;
    drop(tx);
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
        let amount = Money::parse_typed(&row.amount, invoice.total.currency)
            .map_err(|fault| ServiceError::field(&field("amount"), fault.code))?;
        if shares.iter().any(|share| share.0 == deal) {
            return Err(ServiceError::field(&field("deal"), "share-twice"));
        }
        sum += i128::from(amount.minor);
        if sum > i128::from(invoice.sub_total.minor) {
            return Err(ServiceError::field(
                &field("amount"),
                "shares-beyond-invoice",
            ));
        }
        shares.push((deal, Some(amount.minor)));
    }
    if shares.is_empty() {
        return Err(ServiceError::field("rows.0.amount", "required"));
    }
    set_links(ctx, actor, "split_invoice", invoice_id, &shares).await
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

async fn set_links(
    ctx: &Ctx,
    actor: &Actor,
    act: &str,
    invoice_id: &str,
    shares: &[(DealId, Option<i64>)],
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Reconcile)?;
    let mut tx = ctx.store.write().await?;
    verdicts::lock(&mut tx).await?;
    let before = find_sale(&mut tx, invoice_id).await?;
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
    invoices::set_no_deal(&mut tx, invoice_id, None).await?;
    invoices::replace_links(&mut tx, invoice_id, &said, Some(person), now).await?;
    let facts = json!({
        "number": before.remote.number,
        "deals": said.iter().map(|link| json!({ "deal": link.deal, "share_minor": link.share_minor })).collect::<Vec<_>>(),
        "deals_before": before.links.iter().map(|link| link.deal).collect::<Vec<_>>(),
    });
    judge_said(ctx, &mut tx, &before).await?;
    let facts = facts.to_string();
    audit::add(&mut tx, Some(person), act, invoice_id, &facts, now).await?;
    Ok(tx.commit().await?)
}

/// A person says that an invoice is for no deal; nothing overrules that.
pub async fn say_no_deal(ctx: &Ctx, actor: &Actor, invoice_id: &str) -> Result<(), ServiceError> {
    drop_links(ctx, actor, invoice_id, Instead::NoDeal).await
}

/// A person said something of an invoice, or took it back.
async fn judge_said(ctx: &Ctx, tx: &mut Tx, before: &InvoiceRecord) -> Result<(), ServiceError> {
    let mut again = Again {
        with_credits: true,
        ..Again::default()
    };
    again.left(tx, before).await?;
    let now = find_sale(tx, &before.remote.id).await?;
    again.invoice(tx, &now).await?;
    verdicts::judge_again(ctx, tx, again).await
}

/// A person takes back what people said of an invoice: the Reference and the contact decide again.
///
/// # Errors
/// `not-linked-by-person` where nobody said anything.
pub async fn unlink_invoice(
    ctx: &Ctx,
    actor: &Actor,
    invoice_id: &str,
) -> Result<(), ServiceError> {
    drop_links(ctx, actor, invoice_id, Instead::Nothing).await
}

/// What a person says of an invoice whose links end.
#[derive(Clone, Copy)]
enum Instead {
    NoDeal,
    Nothing,
}

async fn drop_links(
    ctx: &Ctx,
    actor: &Actor,
    invoice_id: &str,
    instead: Instead,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Reconcile)?;
    let mut tx = ctx.store.write().await?;
    verdicts::lock(&mut tx).await?;
    let before = find_sale(&mut tx, invoice_id).await?;
    let (person, now) = (actor.person(), ctx.now());
    let (act, said_by) = match instead {
        Instead::NoDeal => ("say_no_deal", Some(person)),
        Instead::Nothing if before.is_said_by_person() => ("unlink_invoice", None),
        Instead::Nothing => return Err(ServiceError::Conflict("not-linked-by-person")),
    };
    invoices::set_no_deal(&mut tx, invoice_id, said_by).await?;
    invoices::replace_links(&mut tx, invoice_id, &[], Some(person), now).await?;
    judge_said(ctx, &mut tx, &before).await?;
    let deals_before: BTreeSet<DealId> = before.links.iter().map(|link| link.deal).collect();
    let facts = json!({ "number": before.remote.number, "deals_before": deals_before }).to_string();
    audit::add(&mut tx, Some(person), act, invoice_id, &facts, now).await?;
    Ok(tx.commit().await?)
}

/// The same of a credit note.
///
/// # Errors
/// `not-linked-by-person` where nobody said anything.
pub async fn unlink_refund(ctx: &Ctx, actor: &Actor, credit_id: &str) -> Result<(), ServiceError> {
    require_staff(actor, Action::Reconcile)?;
    let mut tx = ctx.store.write().await?;
    verdicts::lock(&mut tx).await?;
    let before = find_credit(&mut tx, credit_id).await?;
    if !before.is_linked_by_person() {
        return Err(ServiceError::Conflict("not-linked-by-person"));
    }
    let (person, now) = (actor.person(), ctx.now());
    credits::replace_links(&mut tx, credit_id, &[], None, now).await?;
    let facts = json!({ "number": before.remote.number, "deal_before": before.deal() });
    let facts = facts.to_string();
    let unlinked = CreditRecord {
        links: Vec::new(),
        ..before.clone()
    };
    judge_credit(ctx, &mut tx, unlinked).await?;
    let deals_before = before.links.iter().map(|link| link.deal).collect();
    verdicts::reconcile_again(ctx, &mut tx, deals_before).await?;
    audit::add(
        &mut tx,
        Some(person),
        "unlink_refund",
        credit_id,
        &facts,
        now,
    )
    .await?;
    Ok(tx.commit().await?)
}

/// A person says which deal a credit note takes money from.
pub async fn link_refund(
    ctx: &Ctx,
    actor: &Actor,
    credit_id: &str,
    deal: DealId,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Reconcile)?;
    let mut tx = ctx.store.write().await?;
    verdicts::lock(&mut tx).await?;
    deals::find(&mut tx, deal)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let before = find_credit(&mut tx, credit_id).await?;
    let (person, now) = (actor.person(), ctx.now());
    let said = vec![InvoiceLink {
        deal,
        how: "person".to_owned(),
        share_minor: None,
    }];
    credits::replace_links(&mut tx, credit_id, &said, Some(person), now).await?;
    let facts =
        json!({ "number": before.remote.number, "deal": deal, "deal_before": before.deal() });
    let deals_before = before.links.iter().map(|link| link.deal).collect();
    let linked = CreditRecord {
        links: said,
        ..before
    };
    judge_credit(ctx, &mut tx, linked).await?;
    verdicts::reconcile_again(ctx, &mut tx, deals_before).await?;
    let facts = facts.to_string();
    audit::add(&mut tx, Some(person), "link_refund", credit_id, &facts, now).await?;
    Ok(tx.commit().await?)
}
