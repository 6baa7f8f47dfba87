//! Bills: the partner's invoice for a statement, from the number typed in the portal or the bill found in
//! Xero to the last payment. A bill must agree with
//! its statement in currency and net; where it does not, nothing moves and finance is told.

use portal_domain::{
    access::{Action, Actor},
    coverage::collected_net,
    ids::{BillId, PartnerId, StatementId},
    line::LineState,
    remote::{InvoiceType, RemoteInvoice},
    statement::{InvoiceForm, SettlementState, lines_paid},
};
use portal_store::{
    Tx, audit,
    bills::{self, BillRecord},
    changes, invoices, lines,
    partners::{self, PartnerRecord},
    statements::{self, StatementRecord},
};
use serde_json::json;

use crate::{
    Ctx, ServiceError,
    access::require_partner,
    books::{self, About, Books},
    messages,
    outbox::{self, Job},
};

/// The partner raises its invoice for a statement: the portal makes the bill in Xero. The lines stay stated
/// until Xero has it.
///
/// # Errors
/// `statement-already-invoiced`; `invoice-number-taken` on the number.
pub async fn raise(ctx: &Ctx, actor: &Actor, form: &InvoiceForm) -> Result<BillId, ServiceError> {
    let partner = require_partner(actor, Action::RaiseInvoices)?;
    let number = form.parse_number().map_err(ServiceError::Invalid)?;
    let statement: StatementId = form
        .statement
        .trim()
        .parse()
        .map_err(|_| ServiceError::NotFound)?;
    let now = ctx.now();
    let mut tx = ctx.store.write().await?;
    books::lock_statements(&mut tx, partner).await?;
    let statement = statements::find_of_partner(&mut tx, partner, statement)
        .await?
        .ok_or(ServiceError::NotFound)?;
    if bills::find_of_statement(&mut tx, statement.id)
        .await?
        .is_some()
    {
        return Err(ServiceError::Conflict("statement-already-invoiced"));
    }
    if bills::find_by_number(&mut tx, partner, &number)
        .await?
        .is_some()
    {
        return Err(ServiceError::field("number", "invoice-number-taken"));
    }
    let bill = new_bill(ctx, &statement, &number);
    bills::add(&mut tx, &bill, Some(actor.person())).await?;
    changes::add(&mut tx, partner, now).await?;
    let facts = json!({ "statement": statement.number, "number": number, "total_minor": bill.total.minor, "currency": bill.total.currency });
    audit::add(
        &mut tx,
        Some(actor.person()),
        "raise_invoice",
        &bill.id.to_string(),
        &facts.to_string(),
        now,
    )
    .await?;
    outbox::add(ctx, &mut tx, &Job::CreateBill { bill: bill.id }).await?;
    tx.commit().await?;
    Ok(bill.id)
}

fn new_bill(ctx: &Ctx, statement: &StatementRecord, number: &str) -> BillRecord {
    let id = BillId::new(ctx.new_id());
    BillRecord {
        id,
        statement: statement.id,
        statement_number: statement.number.clone(),
        partner: statement.partner,
        number: number.to_owned(),
        total: statement.total,
        paid_minor: 0,
        state: SettlementState::Stated,
        idempotency_key: format!("bill-{id}"),
        xero_invoice_id: None,
        created_at: ctx.now(),
    }
}

/// What the job needs to make a bill in Xero.
#[derive(Clone, Debug)]
pub struct BillToCreate {
    pub bill: BillRecord,
    pub partner: PartnerRecord,
    pub statement: StatementRecord,
}

/// # Errors
/// `NotFound` if the bill is gone, as after a bill of the same statement was voided.
pub async fn for_creation(ctx: &Ctx, id: BillId) -> Result<BillToCreate, ServiceError> {
    let mut tx = ctx.store.read().await?;
    let bill = bills::find(&mut tx, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let partner = partners::find(&mut tx, bill.partner)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let statement = statements::find(&mut tx, bill.statement)
        .await?
        .ok_or(ServiceError::NotFound)?;
    Ok(BillToCreate {
        bill,
        partner,
        statement,
    })
}

/// Xero knows the partner as this contact.
pub async fn partner_contact_found(
    ctx: &Ctx,
    partner: PartnerId,
    contact_id: &str,
) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    partners::set_xero_contact(&mut tx, partner, contact_id).await?;
    Ok(tx.commit().await?)
}

/// Xero has the bill. Hearing it twice changes nothing.
pub async fn created(ctx: &Ctx, id: BillId, remote: &RemoteInvoice) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    lock_invoice(&mut tx, remote).await?;
    let bill = bills::find(&mut tx, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    books::lock_statements(&mut tx, bill.partner).await?;
    let bill = bills::find(&mut tx, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    match bill.xero_invoice_id.as_deref() {
        None => bills::set_xero_invoice(&mut tx, id, &remote.id, ctx.now()).await?,
        Some(known) if known == remote.id => {}
        Some(known) => {
            let text = format!(
                "bill {id} is {known} in Xero and cannot be {} too",
                remote.id
            );
            return Err(ServiceError::Inconsistent(text));
        }
    }
    apply(ctx, &mut tx, remote).await?;
    Ok(tx.commit().await?)
}

/// What a fresh reading of a bill in Xero means: payments for one that we know, or one that finance entered
/// for a statement of ours.
/// All other bills are not ours to look at.
pub async fn apply_bill(ctx: &Ctx, remote: &RemoteInvoice) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    apply(ctx, &mut tx, remote).await?;
    Ok(tx.commit().await?)
}

async fn apply(ctx: &Ctx, tx: &mut Tx, remote: &RemoteInvoice) -> Result<(), ServiceError> {
    if remote.kind != InvoiceType::Bill {
        return Err(ServiceError::Inconsistent(format!(
            "{} is no bill",
            remote.id
        )));
    }
    lock_invoice(tx, remote).await?;
    invoices::put(tx, remote, ctx.now()).await?;
    let stored = invoices::find(tx, &remote.id)
        .await?
        .ok_or(ServiceError::NotFound)?
        .remote;
    let known = match bills::find_by_xero(tx, &stored.id).await? {
        Some(bill) => Some(bill),
        None if is_gone(&stored) => None,
        None => adopt(ctx, tx, &stored).await?,
    };
    let Some(bill) = known else { return Ok(()) };
    books::lock_statements(tx, bill.partner).await?;
    let bill = bills::find(tx, bill.id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    if is_gone(&stored) {
        return take_back(ctx, tx, &bill, &stored).await;
    }
    if check_conformity(ctx, tx, bill.statement, &stored).await? {
        settle(ctx, tx, &bill, &stored).await?;
    }
    Ok(())
}

/// Before the lock of the partner's statements, so that no two wait for each other.
async fn lock_invoice(tx: &mut Tx, remote: &RemoteInvoice) -> Result<(), ServiceError> {
    Ok(tx.lock(&format!("invoice:{}", remote.id)).await?)
}

fn is_gone(remote: &RemoteInvoice) -> bool {
    matches!(remote.status.as_str(), "VOIDED" | "DELETED")
}

/// A bill that we did not make, or whose making was never answered: it is ours if it names a statement, or
/// the number that its partner gave.
async fn adopt(
    ctx: &Ctx,
    tx: &mut Tx,
    remote: &RemoteInvoice,
) -> Result<Option<BillRecord>, ServiceError> {
    let partner = partners::find_by_xero_contact(tx, &remote.contact_id).await?;
    if let Some(partner) = &partner
        && let Some(bill) = bills::find_by_number(tx, partner.id, &remote.number).await?
        && bill.xero_invoice_id.is_none()
    {
        bills::set_xero_invoice(tx, bill.id, &remote.id, ctx.now()).await?;
        return Ok(Some(bill));
    }
    let Some(statement) = find_named_statement(tx, remote).await? else {
        return Ok(None);
    };
    // Somebody else's contact does not become this partner's by a number in a text.
    let owner = partners::find(tx, statement.partner)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let is_theirs = match owner.xero_contact_id.as_deref() {
        Some(contact) => contact == remote.contact_id,
        None => partner.is_none() && is_named(&owner, &remote.contact_name),
    };
    if !is_theirs || !check_conformity(ctx, tx, statement.id, remote).await? {
        return Ok(None);
    }
    books::lock_statements(tx, statement.partner).await?;
    if let Some(billed) = bills::find_of_statement(tx, statement.id).await? {
        let facts = conformity_facts(&statement, remote, Some(&billed.number));
        books::raise(
            ctx,
            tx,
            "bill_differs_from_statement",
            About::Bill(&remote.id, statement.id),
            &facts,
        )
        .await?;
        return Ok(None);
    }
    if owner.xero_contact_id.is_none() {
        partners::set_xero_contact(tx, owner.id, &remote.contact_id).await?;
    }
    let number = if remote.number.is_empty() {
        &statement.number
    } else {
        &remote.number
    };
    let bill = BillRecord {
        xero_invoice_id: Some(remote.id.clone()),
        ..new_bill(ctx, &statement, number)
    };
    bills::add(tx, &bill, None).await?;
    Ok(Some(bill))
}

fn is_named(partner: &PartnerRecord, contact_name: &str) -> bool {
    let name = contact_name.trim().to_lowercase();
    [&partner.company.name, &partner.company.legal_name]
        .iter()
        .any(|known| known.to_lowercase() == name)
}

/// The first statement whose number stands in the bill's number, reference or first line.
async fn find_named_statement(
    tx: &mut Tx,
    remote: &RemoteInvoice,
) -> Result<Option<StatementRecord>, ServiceError> {
    for text in [&remote.number, &remote.reference, &remote.description] {
        for word in text
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
            .filter(|word| word.starts_with("PS-"))
        {
            if let Some(statement) =
                statements::find_by_number(tx, word.trim_end_matches('-')).await?
            {
                return Ok(Some(statement));
            }
        }
    }
    Ok(None)
}

/// Whether a bill agrees with its statement in currency and net; if not, finance is told.
async fn check_conformity(
    ctx: &Ctx,
    tx: &mut Tx,
    statement: StatementId,
    remote: &RemoteInvoice,
) -> Result<bool, ServiceError> {
    let statement = statements::find(tx, statement)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let conforms = remote.sub_total == statement.total;
    let facts = (!conforms).then(|| conformity_facts(&statement, remote, None));
    let about = About::Bill(&remote.id, statement.id);
    books::raise_or_settle(ctx, tx, "bill_differs_from_statement", about, facts).await?;
    Ok(conforms)
}

fn conformity_facts(
    statement: &StatementRecord,
    remote: &RemoteInvoice,
    billed_as: Option<&str>,
) -> serde_json::Value {
    json!({
        "partner": statement.partner_name,
        "statement": statement.number,
        "expected_minor": statement.total.minor,
        "expected_currency": statement.total.currency,
        "bill": remote.number,
        "net_minor": remote.sub_total.minor,
        "currency": remote.sub_total.currency,
        // The bill that the statement has already, if it is that.
        "billed_as": billed_as,
    })
}

/// Payments reach the oldest lines first, each only as a whole; one that is undone takes the youngest back.
async fn settle(
    ctx: &Ctx,
    tx: &mut Tx,
    bill: &BillRecord,
    remote: &RemoteInvoice,
) -> Result<(), ServiceError> {
    let paid_minor = collected_net(
        remote.sub_total.minor,
        remote.cash_minor(),
        remote.total.minor,
    )?;
    let mut found = lines::list_of_statement(tx, bill.statement).await?;
    let amounts: Vec<i64> = found.iter().map(|line| line.money.minor).collect();
    let paid = lines_paid(&amounts, paid_minor);
    let mut books = Books::new(ctx, tx, None);
    for (place, line) in found.iter_mut().enumerate() {
        if line.state == LineState::Stated {
            books
                .advance(line, LineState::Invoiced, "bill_in_xero")
                .await?;
        }
        match (line.state, place < paid) {
            (LineState::Invoiced, true) => {
                books.advance(line, LineState::Paid, "bill_paid").await?
            }
            (LineState::Paid, false) => {
                books
                    .advance(line, LineState::Invoiced, "payment_undone")
                    .await?
            }
            _ => {}
        }
    }
    let state = match paid_minor {
        paid if paid >= bill.total.minor => SettlementState::Paid,
        paid if paid > 0 => SettlementState::PartPaid,
        _ => SettlementState::Invoiced,
    };
    if (paid_minor, state) == (bill.paid_minor, bill.state) {
        return Ok(());
    }
    bills::set_paid(tx, bill.id, paid_minor, state, ctx.now()).await?;
    changes::add(tx, bill.partner, ctx.now()).await?;
    if state == SettlementState::Paid && bill.state != SettlementState::Paid {
        let paid = BillRecord {
            paid_minor,
            state,
            ..bill.clone()
        };
        messages::bill_paid(ctx, tx, &paid).await?;
    }
    Ok(())
}

/// A bill that was voided or deleted: its lines are stated as before, and the statement can be invoiced again.
async fn take_back(
    ctx: &Ctx,
    tx: &mut Tx,
    bill: &BillRecord,
    remote: &RemoteInvoice,
) -> Result<(), ServiceError> {
    let found = lines::list_of_statement(tx, bill.statement).await?;
    let mut books = Books::new(ctx, tx, None);
    for mut line in found {
        if line.state == LineState::Paid {
            books
                .advance(&mut line, LineState::Invoiced, "bill_voided")
                .await?;
        }
        if line.state == LineState::Invoiced {
            books
                .advance(&mut line, LineState::Stated, "bill_voided")
                .await?;
        }
    }
    bills::remove(tx, bill.id).await?;
    let about = About::Bill(&remote.id, bill.statement);
    books::settle(ctx, tx, "bill_differs_from_statement", about, "bill_voided").await?;
    let partner = partners::find(tx, bill.partner)
        .await?
        .map(|partner| partner.company.name);
    let facts = json!({
        "partner": partner,
        "statement": bill.statement_number,
        "bill": bill.number,
        "status": remote.status,
        "net_minor": bill.total.minor,
        "currency": bill.total.currency,
    });
    books::raise(ctx, tx, "bill_voided", about, &facts).await?;
    changes::add(tx, bill.partner, ctx.now()).await?;
    Ok(())
}
