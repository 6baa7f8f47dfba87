//! Exceptions: what does not fit and waits for a person, and what a person can do about it. What raises and settles them is `links`, `reconcile`, `deals`
//! and `bills`.

use portal_domain::{
    access::{Action, Actor},
    calendar::Month,
    ids::{DealId, ExceptionId},
    text::parse_line,
};
use portal_store::{
    audit,
    deals::{self, DealRecord},
    exceptions::{self, ExceptionRecord},
    waivers,
};
use serde_json::{Value, json};

use crate::{
    Ctx, ServiceError,
    access::require_staff,
    books,
    outbox::{self, Job},
    reconcile::DealMoney,
};

/// A deal that an invoice may be for.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub deal: DealId,
    pub deal_name: String,
    pub client_name: String,
    pub partner_name: String,
    pub hubspot_id: String,
}

/// An exception as finance sees it.
#[derive(Clone, Debug)]
pub struct ExceptionView {
    pub record: ExceptionRecord,
    /// The numbers side by side.
    pub facts: Value,
    /// The deals that the invoice can be linked to; empty where there is nothing to link.
    pub proposals: Vec<Proposal>,
}

/// The open exceptions, oldest first.
pub async fn list_exceptions(
    ctx: &Ctx,
    actor: &Actor,
    limit: i64,
) -> Result<Vec<ExceptionView>, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let records = exceptions::list_open(&mut tx, limit).await?;
    let without_invoice: Vec<DealId> = records
        .iter()
        .filter(|record| record.kind == "no_invoice_yet")
        .filter_map(|record| record.deal)
        .collect();
    let mut views = Vec::with_capacity(records.len());
    for record in records {
        let facts: Value = serde_json::from_str(&record.facts).unwrap_or(Value::Null);
        let candidates = match record.kind.as_str() {
            "several_deals_possible" | "refund_without_deal" => {
                serde_json::from_value(facts["deals"].clone()).unwrap_or_default()
            }
            // The deals that miss one, in its currency.
            "invoice_without_deal" => without_invoice.clone(),
            _ => Vec::new(),
        };
        let mut proposals = Vec::with_capacity(candidates.len());
        for id in candidates {
            let deal = deals::find(&mut tx, id).await?;
            let fits = |deal: &DealRecord| {
                deal.currency
                    .is_some_and(|currency| facts["currency"].as_str() == Some(currency.as_str()))
                    || record.kind != "invoice_without_deal"
            };
            proposals.extend(deal.filter(fits).map(|deal| Proposal {
                deal: deal.id,
                deal_name: deal.name,
                client_name: deal.client_name,
                partner_name: deal.partner_name,
                hubspot_id: deal.hubspot_id,
            }));
        }
        views.push(ExceptionView {
            record,
            facts,
            proposals,
        });
    }
    Ok(views)
}

/// A person has seen to an exception that no reading settles. It opens again if the same is seen again.
///
/// # Errors
/// `exception-resolved` if it is not open any more.
pub async fn dismiss_exception(
    ctx: &Ctx,
    actor: &Actor,
    id: ExceptionId,
    reason: &str,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Reconcile)?;
    let reason =
        parse_line(reason, 200).map_err(|fault| ServiceError::field("reason", fault.code))?;
    let mut tx = ctx.store.write().await?;
    let open = exceptions::find_open(&mut tx, id).await?;
    let open = open.ok_or(ServiceError::Conflict("exception-resolved"))?;
    exceptions::settle(&mut tx, &open.subject, &reason, ctx.now()).await?;
    let facts = json!({ "subject": open.subject, "reason": reason }).to_string();
    audit::add(
        &mut tx,
        Some(actor.person()),
        "dismiss_exception",
        &id.to_string(),
        &facts,
        ctx.now(),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// A person says that what a month lacks need not be collected: the line is covered without it.
///
/// # Errors
/// `nothing-to-waive` where the month lacks nothing.
pub async fn waive(
    ctx: &Ctx,
    actor: &Actor,
    deal: DealId,
    month: Month,
    reason: &str,
) -> Result<(), ServiceError> {
    require_staff(actor, Action::Reconcile)?;
    let reason =
        parse_line(reason, 200).map_err(|fault| ServiceError::field("reason", fault.code))?;
    let mut tx = ctx.store.write().await?;
    books::lock_deal(&mut tx, deal).await?;
    let found = deals::find(&mut tx, deal)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let currency = found.currency.ok_or(ServiceError::NotFound)?;
    let money = DealMoney::load(&mut tx, found).await?;
    let missing_minor = money.missing(month)?;
    if missing_minor <= 0 {
        return Err(ServiceError::Conflict("nothing-to-waive"));
    }
    let (person, now) = (actor.person(), ctx.now());
    waivers::add(&mut tx, deal, month, missing_minor, &reason, person, now).await?;
    outbox::add(ctx, &mut tx, &Job::ReconcileDeal { deal }).await?;
    let facts = json!({ "month": month, "amount_minor": missing_minor, "currency": currency, "reason": reason });
    let facts = facts.to_string();
    audit::add(
        &mut tx,
        Some(person),
        "waive",
        &deal.to_string(),
        &facts,
        now,
    )
    .await?;
    Ok(tx.commit().await?)
}
