//! Which deals an invoice is for, and which a credit note takes money from: by a person's word, else by the Reference, else by the contact.
//! How far the money then reaches is `reconcile`.

use std::collections::BTreeSet;

use portal_domain::{
    access::{Action, Actor},
    deal::DealState,
    ids::DealId,
    money::Money,
    remote::{InvoiceType, RemoteCredit, RemoteInvoice},
};
use portal_store::{
    Tx, audit, changes, clients,
    credits::{self, CreditRecord},
    deals::{self, DealRecord},
    invoices::{self, InvoiceLink, InvoiceRecord},
    lines,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    Ctx, ServiceError,
    access::require_staff,
    bills,
    books::{self, About},
    outbox::{self, Job},
};

/// What a fresh reading of a Xero invoice or bill means. A reading that is older than the last changes nothing.
pub async fn apply_invoice(ctx: &Ctx, remote: &RemoteInvoice) -> Result<(), ServiceError> {
    if remote.kind == InvoiceType::Bill {
        return bills::apply_bill(ctx, remote).await;
    }
    let mut tx = ctx.store.write().await?;
    lock_contact(&mut tx, &remote.contact_id).await?;
    invoices::put(&mut tx, remote, ctx.now()).await?;
    let stored = invoices::find(&mut tx, &remote.id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    link(ctx, &mut tx, &stored).await?;
    Ok(tx.commit().await?)
}

/// What a fresh reading of a Xero credit note means: a refund in cash takes its share away from the deal that it is for.
pub async fn apply_credit(ctx: &Ctx, remote: &RemoteCredit) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    lock_contact(&mut tx, &remote.contact_id).await?;
    credits::put(&mut tx, remote, ctx.now()).await?;
    let stored = credits::find(&mut tx, &remote.id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    link_credit(ctx, &mut tx, &stored).await?;
    Ok(tx.commit().await?)
}

/// What one contact's invoices and credit notes are for is decided one after the other.
async fn lock_contact(tx: &mut Tx, contact: &str) -> Result<(), ServiceError> {
    Ok(tx.lock(&format!("contact:{contact}")).await?)
}

/// What an invoice or credit note is for, or why nobody knows.
enum Verdict {
    For(Vec<InvoiceLink>),
    /// One of these, for a person to say.
    Several(Vec<DealId>),
    /// The client of a deal of ours, but no deal that it can be for.
    None,
    /// Nothing of ours: the vendor has other customers too.
    Foreign,
}

impl Verdict {
    fn one(deal: DealId, how: &str) -> Self {
        Self::For(vec![InvoiceLink {
            deal,
            how: how.to_owned(),
            share_minor: None,
        }])
    }

    fn links(&self) -> &[InvoiceLink] {
        match self {
            Self::For(links) => links,
            _ => &[],
        }
    }
}

/// Finds the deals of a sales invoice, and has the deals reconciled that it belongs to, or did until now.
pub(crate) async fn link(
    ctx: &Ctx,
    tx: &mut Tx,
    invoice: &InvoiceRecord,
) -> Result<(), ServiceError> {
    let verdict = if invoice.is_linked_by_person() {
        Verdict::For(invoice.links.clone())
    } else {
        find_deal(tx, invoice).await?
    };
    let id = invoice.remote.id.as_str();
    if !invoice.is_linked_by_person() && verdict.links() != invoice.links {
        invoices::replace_links(tx, id, verdict.links(), None, ctx.now()).await?;
    }
    flag_link(ctx, tx, &invoice.remote, &verdict).await?;
    let links = invoice.links.iter().chain(verdict.links());
    let touched: BTreeSet<DealId> = links.map(|link| link.deal).collect();
    reconcile_again(ctx, tx, touched).await?;
    // What was set against it is for the same deal.
    let contact = &invoice.remote.contact_id;
    for credit in credits::list_refunded_of_contact(tx, contact).await? {
        link_credit(ctx, tx, &credit).await?;
    }
    Ok(())
}

/// Invoices and credit notes that came before the deal was won may be for it.
pub(crate) async fn link_waiting(
    ctx: &Ctx,
    tx: &mut Tx,
    deal: &DealRecord,
) -> Result<(), ServiceError> {
    let client = clients::find(tx, deal.client)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let contact = client.xero_contact_id.unwrap_or_default();
    for id in invoices::list_waiting_ids(tx, &contact, &client.name, &deal.hubspot_id).await? {
        if let Some(invoice) = invoices::find(tx, &id).await? {
            link(ctx, tx, &invoice).await?;
        }
    }
    for credit in credits::list_refunded_like(tx, &contact, &client.name, &deal.hubspot_id).await? {
        link_credit(ctx, tx, &credit).await?;
    }
    Ok(())
}

async fn reconcile_again(
    ctx: &Ctx,
    tx: &mut Tx,
    touched: BTreeSet<DealId>,
) -> Result<(), ServiceError> {
    for deal in touched {
        outbox::add(ctx, tx, &Job::ReconcileDeal { deal }).await?;
        if let Some(deal) = deals::find(tx, deal).await? {
            changes::add(tx, deal.partner, ctx.now()).await?;
        }
    }
    Ok(())
}

/// Whose an invoice or credit note can be by its contact: the deals of that client, or nothing of ours.
async fn list_candidates(
    tx: &mut Tx,
    contact_id: &str,
    contact_name: &str,
) -> Result<Option<Vec<DealRecord>>, ServiceError> {
    let Some(client) = clients::find_by_contact(tx, contact_id, contact_name).await? else {
        return Ok(None);
    };
    if client.xero_contact_id.is_none() && !contact_id.is_empty() {
        clients::set_xero_contact(tx, client.id, contact_id).await?;
    }
    Ok(Some(deals::list_of_client(tx, client.id).await?))
}

/// By the Reference, else by the contact. A deal that was found once is kept even if the client has more deals by now: nothing has been said against it.
async fn find_deal(tx: &mut Tx, invoice: &InvoiceRecord) -> Result<Verdict, ServiceError> {
    let remote = &invoice.remote;
    let known = list_candidates(tx, &remote.contact_id, &remote.contact_name).await?;
    let is_ours = known.as_ref().is_some_and(|deals| !deals.is_empty());
    let candidates = known.unwrap_or_default();
    let named = find_named(tx, &remote.reference, &candidates).await?;
    match named.as_slice() {
        [deal] => return Ok(Verdict::one(*deal, "reference")),
        [] => {}
        _ => return Ok(Verdict::Several(named)),
    }
    if let [link] = invoice.links.as_slice()
        && link.how == "contact"
        && candidates.iter().any(|candidate| candidate.id == link.deal)
    {
        return Ok(Verdict::For(invoice.links.clone()));
    }
    let open = open_deals(&candidates);
    Ok(match open.as_slice() {
        [deal] => Verdict::one(*deal, "contact"),
        [] if is_ours => Verdict::None,
        [] => Verdict::Foreign,
        _ => Verdict::Several(open),
    })
}

/// The deals that are won; where none is, those that once were: a last invoice, or a refund, may come after the loss.
fn open_deals(candidates: &[DealRecord]) -> Vec<DealId> {
    let ids = |is_open: fn(&&DealRecord) -> bool| -> Vec<DealId> {
        let open = candidates.iter().filter(is_open);
        open.map(|deal| deal.id).collect()
    };
    let won = ids(|deal| deal.state == DealState::Won);
    if won.is_empty() {
        return ids(|deal| deal.won_on.is_some());
    }
    won
}

/// The deals whose HubSpot id or name stands in the Reference.
async fn find_named(
    tx: &mut Tx,
    reference: &str,
    candidates: &[DealRecord],
) -> Result<Vec<DealId>, ServiceError> {
    let mut named = BTreeSet::new();
    for word in reference
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| word.len() > 2)
    {
        if let Some(deal) = deals::find_by_hubspot(tx, word).await?
            && (deal.state == DealState::Won || !lines::list_of_deal(tx, deal.id).await?.is_empty())
        {
            named.insert(deal.id);
        }
    }
    if named.is_empty() {
        let reference = reference.to_lowercase();
        let by_name = candidates.iter().filter(|deal| {
            !deal.name.trim().is_empty() && reference.contains(&deal.name.trim().to_lowercase())
        });
        named.extend(by_name.map(|deal| deal.id));
    }
    Ok(named.into_iter().collect())
}

/// Finds the deal that a credit note takes money from: that of the invoices it was set against, else the one its Reference or contact names.
async fn link_credit(ctx: &Ctx, tx: &mut Tx, credit: &CreditRecord) -> Result<(), ServiceError> {
    let verdict = match (credit.deal, credit.how.as_deref()) {
        (Some(deal), Some("person")) => Verdict::one(deal, "person"),
        _ => find_deal_of_credit(tx, credit).await?,
    };
    let (deal, how) = match verdict.links() {
        [link] => (Some(link.deal), Some(link.how.as_str())),
        _ => (None, None),
    };
    if how != Some("person") && (deal, how) != (credit.deal, credit.how.as_deref()) {
        credits::set_link(tx, &credit.remote.id, deal, how, None).await?;
    }
    let takes_money = credit.remote.counts() && credit.remote.refunded_minor != 0;
    let candidates = match &verdict {
        Verdict::Several(deals) => Some(deals.clone()),
        Verdict::None => Some(Vec::new()),
        Verdict::For(_) | Verdict::Foreign => None,
    };
    let facts = candidates.filter(|_| takes_money).map(|deals| {
        json!({
            "credit": credit.remote.number,
            "refunded_minor": credit.remote.refunded_minor,
            "currency": credit.remote.total.currency,
            "contact": credit.remote.contact_name,
            "deals": deals,
        })
    });
    let about = About::Credit(&credit.remote.id, deal);
    books::raise_or_settle(ctx, tx, "refund_without_deal", about, facts).await?;
    reconcile_again(ctx, tx, deal.into_iter().chain(credit.deal).collect()).await
}

async fn find_deal_of_credit(tx: &mut Tx, credit: &CreditRecord) -> Result<Verdict, ServiceError> {
    let remote = &credit.remote;
    let mut by_invoice = BTreeSet::new();
    for allocation in &remote.allocations {
        if let Some(invoice) = invoices::find(tx, &allocation.invoice).await? {
            by_invoice.extend(invoice.links.iter().map(|link| link.deal));
        }
    }
    let by_invoice: Vec<DealId> = by_invoice.into_iter().collect();
    match by_invoice.as_slice() {
        [deal] => return Ok(Verdict::one(*deal, "invoice")),
        [] => {}
        _ => return Ok(Verdict::Several(by_invoice)),
    }
    let known = list_candidates(tx, &remote.contact_id, &remote.contact_name).await?;
    let is_ours = known.as_ref().is_some_and(|deals| !deals.is_empty());
    let candidates = known.unwrap_or_default();
    let named = find_named(tx, &remote.reference, &candidates).await?;
    let open = match named.len() {
        0 => open_deals(&candidates),
        _ => named.clone(),
    };
    let how = if named.is_empty() {
        "contact"
    } else {
        "reference"
    };
    Ok(match open.as_slice() {
        [deal] => Verdict::one(*deal, how),
        [] if is_ours => Verdict::None,
        [] => Verdict::Foreign,
        _ => Verdict::Several(open),
    })
}

/// Raises what keeps an issued invoice from counting, and settles what does not any more.
async fn flag_link(
    ctx: &Ctx,
    tx: &mut Tx,
    invoice: &RemoteInvoice,
    verdict: &Verdict,
) -> Result<(), ServiceError> {
    let about = About::Invoice(&invoice.id);
    let facts = |more: Value| {
        let mut facts = json!({
            "net_minor": invoice.sub_total.minor,
            "currency": invoice.total.currency,
            "contact": invoice.contact_name,
            "reference": invoice.reference,
        });
        if let (Some(facts), Value::Object(more)) = (facts.as_object_mut(), more) {
            facts.extend(more);
        }
        facts
    };
    let is_issued = invoice.counts();
    let several = match verdict {
        Verdict::Several(deals) if is_issued => Some(facts(json!({ "deals": deals }))),
        _ => None,
    };
    books::raise_or_settle(ctx, tx, "several_deals_possible", about, several).await?;
    let without = (is_issued && matches!(verdict, Verdict::None)).then(|| facts(json!({})));
    books::raise_or_settle(ctx, tx, "invoice_without_deal", about, without).await?;
    let mut other = None;
    for link in verdict.links() {
        let deal = deals::find(tx, link.deal).await?;
        let currency = deal.and_then(|deal| deal.currency);
        other = other.or(currency.filter(|currency| *currency != invoice.total.currency));
    }
    let other = other.filter(|_| is_issued);
    let other = other.map(|currency| facts(json!({ "deal_currency": currency })));
    books::raise_or_settle(ctx, tx, "other_currency", about, other).await?;
    let shares = verdict.links().iter().filter_map(|link| link.share_minor);
    let shared: i128 = shares.map(i128::from).sum();
    let beyond = is_issued && shared > i128::from(invoice.sub_total.minor);
    let beyond =
        beyond.then(|| facts(json!({ "shared_minor": i64::try_from(shared).unwrap_or(i64::MAX) })));
    books::raise_or_settle(ctx, tx, "shares_beyond_invoice", about, beyond).await
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

async fn set_links(
    ctx: &Ctx,
    actor: &Actor,
    act: &str,
    invoice_id: &str,
    shares: &[(DealId, Option<i64>)],
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Reconcile)?;
    let mut tx = ctx.store.write().await?;
    let contact = find_sale(&mut tx, invoice_id).await?.remote.contact_id;
    lock_contact(&mut tx, &contact).await?;
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
    invoices::replace_links(&mut tx, invoice_id, &said, Some(person), now).await?;
    let facts = json!({
        "number": before.remote.number,
        "deals": said.iter().map(|link| json!({ "deal": link.deal, "share_minor": link.share_minor })).collect::<Vec<_>>(),
        "deals_before": before.links.iter().map(|link| link.deal).collect::<Vec<_>>(),
    });
    let linked = InvoiceRecord {
        links: said,
        ..before.clone()
    };
    link(ctx, &mut tx, &linked).await?;
    let before: BTreeSet<DealId> = before.links.iter().map(|link| link.deal).collect();
    reconcile_again(ctx, &mut tx, before).await?;
    let facts = facts.to_string();
    audit::add(&mut tx, Some(person), act, invoice_id, &facts, now).await?;
    Ok(tx.commit().await?)
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
    require_staff(actor, Action::Reconcile)?;
    let mut tx = ctx.store.write().await?;
    let contact = find_sale(&mut tx, invoice_id).await?.remote.contact_id;
    lock_contact(&mut tx, &contact).await?;
    let before = find_sale(&mut tx, invoice_id).await?;
    if !before.is_linked_by_person() {
        return Err(ServiceError::Conflict("not-linked-by-person"));
    }
    let (person, now) = (actor.person(), ctx.now());
    invoices::replace_links(&mut tx, invoice_id, &[], Some(person), now).await?;
    let unlinked = InvoiceRecord {
        links: Vec::new(),
        ..before.clone()
    };
    link(ctx, &mut tx, &unlinked).await?;
    let deals_before: BTreeSet<DealId> = before.links.iter().map(|link| link.deal).collect();
    let facts = json!({ "number": before.remote.number, "deals_before": deals_before }).to_string();
    reconcile_again(ctx, &mut tx, deals_before).await?;
    audit::add(
        &mut tx,
        Some(person),
        "unlink_invoice",
        invoice_id,
        &facts,
        now,
    )
    .await?;
    Ok(tx.commit().await?)
}

/// The same of a credit note.
///
/// # Errors
/// `not-linked-by-person` where nobody said anything.
pub async fn unlink_refund(ctx: &Ctx, actor: &Actor, credit_id: &str) -> Result<(), ServiceError> {
    require_staff(actor, Action::Reconcile)?;
    let mut tx = ctx.store.write().await?;
    let found = credits::find(&mut tx, credit_id).await?;
    let contact = found.ok_or(ServiceError::NotFound)?.remote.contact_id;
    lock_contact(&mut tx, &contact).await?;
    let found = credits::find(&mut tx, credit_id).await?;
    let before = found.ok_or(ServiceError::NotFound)?;
    if before.how.as_deref() != Some("person") {
        return Err(ServiceError::Conflict("not-linked-by-person"));
    }
    let (person, now) = (actor.person(), ctx.now());
    credits::set_link(&mut tx, credit_id, None, None, None).await?;
    let unlinked = CreditRecord {
        deal: None,
        how: None,
        ..before.clone()
    };
    link_credit(ctx, &mut tx, &unlinked).await?;
    reconcile_again(ctx, &mut tx, before.deal.into_iter().collect()).await?;
    let facts = json!({ "number": before.remote.number, "deal_before": before.deal }).to_string();
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
    let found = credits::find(&mut tx, credit_id).await?;
    let contact = found.ok_or(ServiceError::NotFound)?.remote.contact_id;
    lock_contact(&mut tx, &contact).await?;
    deals::find(&mut tx, deal)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let found = credits::find(&mut tx, credit_id).await?;
    let before = found.ok_or(ServiceError::NotFound)?;
    let (person, now) = (actor.person(), ctx.now());
    credits::set_link(&mut tx, credit_id, Some(deal), Some("person"), Some(person)).await?;
    let linked = CreditRecord {
        deal: Some(deal),
        how: Some("person".to_owned()),
        ..before.clone()
    };
    link_credit(ctx, &mut tx, &linked).await?;
    reconcile_again(ctx, &mut tx, before.deal.into_iter().collect()).await?;
    let facts = json!({ "number": before.remote.number, "deal": deal, "deal_before": before.deal });
    let facts = facts.to_string();
    audit::add(&mut tx, Some(person), "link_refund", credit_id, &facts, now).await?;
    Ok(tx.commit().await?)
}
