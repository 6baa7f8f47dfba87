//! Bills: the partner's invoices for a statement, from the number typed in the portal or the bill found in Xero to the last payment. A bill must agree with
//! its statement in currency and net, and several are together never above it; where one does not fit, nothing moves, and finance and the partner are told why.

use portal_domain::{
    access::{Action, Actor},
    coverage::collected_net,
    ids::{BillId, PartnerId, StatementId},
    line::{AnyLine, Move},
    money::{Money, MoneyError},
    remote::{InvoiceType, RemoteInvoice},
    statement::{InvoiceForm, SettlementState, lines_paid},
};
use portal_store::{
    Tx, audit,
    bills::{self, BillRecord},
    changes, exceptions, invoices,
    lines::{self, LineRecord},
    partners::{self, PartnerRecord},
    statements::{self, StatementRecord},
};
use serde_json::json;

use crate::{
    Ctx, ServiceError,
    access::{require_partner, require_staff},
    books::{self, About, Books},
    messages::{self, BillNews},
    mismatch::{self, Mismatch},
    outbox::{self, Job},
};

/// A bill that the portal cannot make in Xero.
pub(crate) const NOT_MADE: &str = "bill_not_made";
/// A bill that was voided or deleted in Xero.
pub(crate) const VOIDED: &str = "bill_voided";

/// The partner raises its invoice for a statement: the portal makes the bill in Xero. The lines stay stated
/// until Xero has it.
///
/// # Errors
/// `statement-already-invoiced`; `invoice-number-taken` or `invoice-number-in-xero` on the number; `amount-above-rest` on the amount.
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
    let known = bills::list_of_statement(&mut tx, statement.id).await?;
    let rest = Settlement::of(&known, statement.total)?.rest;
    if rest.minor <= 0 {
        return Err(ServiceError::Conflict("statement-already-invoiced"));
    }
    let total = form.parse_amount(rest).map_err(ServiceError::Invalid)?;
    if bills::find_by_number(&mut tx, partner, &number)
        .await?
        .is_some()
    {
        return Err(ServiceError::field("number", "invoice-number-taken"));
    }
    let bill = new_bill(ctx, &statement, &number, total);
    refuse_used_number(ctx, &mut tx, &bill, &statement).await?;
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

/// Xero may have another bill of the partner's with that number, and would be asked in vain for this one.
async fn refuse_used_number(
    ctx: &Ctx,
    tx: &mut Tx,
    bill: &BillRecord,
    statement: &StatementRecord,
) -> Result<(), ServiceError> {
    let partner = partners::find(tx, bill.partner).await?;
    let Some(contact) = partner.and_then(|partner| partner.xero_contact_id) else {
        return Ok(());
    };
    let known = invoices::list_live_bills(tx, &contact, &bill.number).await?;
    match known
        .iter()
        .all(|known| is_for(ctx, bill, statement, &known.remote))
    {
        true => Ok(()),
        false => Err(ServiceError::field("number", "invoice-number-in-xero")),
    }
}

/// Takes back an invoice that is not in Xero yet, by its partner or by finance: it can be raised again, under another number too. Answers its statement.
///
/// # Errors
/// `bill-in-xero` once Xero has it.
pub async fn withdraw(ctx: &Ctx, actor: &Actor, id: BillId) -> Result<StatementId, ServiceError> {
    let mut tx = ctx.store.write().await?;
    let missing = || ServiceError::NotFound;
    let bill = bills::find(&mut tx, id).await?.ok_or_else(missing)?;
    match actor {
        Actor::Member { partner, .. } => {
            require_partner(actor, Action::RaiseInvoices)?;
            if *partner != bill.partner {
                return Err(missing());
            }
        }
        Actor::Staff { .. } => require_staff(actor, Action::Reconcile)?,
    }
    books::lock_statements(&mut tx, bill.partner).await?;
    let bill = bills::find(&mut tx, id).await?.ok_or_else(missing)?;
    if bill.xero_invoice_id.is_some() {
        return Err(ServiceError::Conflict("bill-in-xero"));
    }
    bills::remove(&mut tx, id).await?;
    let about = About::Raised(id, bill.statement);
    books::settle(ctx, &mut tx, NOT_MADE, about, "withdrawn").await?;
    changes::add(&mut tx, bill.partner, ctx.now()).await?;
    let facts = json!({ "statement": bill.statement_number, "number": bill.number }).to_string();
    let (person, subject, now) = (Some(actor.person()), id.to_string(), ctx.now());
    audit::add(&mut tx, person, "withdraw_invoice", &subject, &facts, now).await?;
    tx.commit().await?;
    Ok(bill.statement)
}

/// A bill cannot be made in Xero, and trying again helps nothing: finance has a case, and the partner is told, once.
pub async fn cannot_be_made(ctx: &Ctx, id: BillId, why: &str) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    let Some(bill) = bills::find(&mut tx, id).await? else {
        return Ok(());
    };
    let statement = find_statement(&mut tx, bill.statement).await?;
    let about = About::Raised(id, bill.statement);
    let known = books::find_known(&mut tx, NOT_MADE, about).await?;
    let facts = json!({
        "partner": statement.partner_name,
        "statement": bill.statement_number,
        "bill": bill.number,
        "net_minor": bill.total.minor,
        "currency": bill.total.currency,
        "why": why,
    });
    books::raise(ctx, &mut tx, NOT_MADE, about, facts).await?;
    if !known.is_some_and(|known| known.is_open) {
        messages::about_bill(ctx, &mut tx, &bill, BillNews::NotMade).await?;
    }
    changes::add(&mut tx, bill.partner, ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// How far a statement's bills are, taken together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settlement {
    pub state: SettlementState,
    /// What no bill is for yet.
    pub rest: Money,
    /// What was paid of the bills, net.
    pub paid: Money,
}

impl Settlement {
    /// # Errors
    /// `TooLarge` where no amount holds a sum.
    pub fn of(bills: &[BillRecord], total: Money) -> Result<Self, MoneyError> {
        let zero = Money::zero(total.currency);
        let billed = bills
            .iter()
            .try_fold(zero, |sum, bill| sum.plus(bill.total))?;
        let paid = bills.iter().try_fold(zero, |sum, bill| {
            sum.plus(Money::new(bill.paid_minor, total.currency))
        })?;
        let in_xero = bills
            .iter()
            .all(|bill| bill.state != SettlementState::Stated);
        let state = match (bills.is_empty(), paid.minor >= total.minor, paid.minor > 0) {
            (true, _, _) => SettlementState::Stated,
            (_, true, _) => SettlementState::Paid,
            (_, _, true) => SettlementState::PartPaid,
            _ if !in_xero => SettlementState::Stated,
            _ if billed.minor < total.minor => SettlementState::PartInvoiced,
            _ => SettlementState::Invoiced,
        };
        let rest = Money::new(
            books::difference(total.minor, billed.minor)?,
            total.currency,
        );
        Ok(Self { state, rest, paid })
    }
}

fn new_bill(ctx: &Ctx, statement: &StatementRecord, number: &str, total: Money) -> BillRecord {
    let id = BillId::new(ctx.new_id());
    BillRecord {
        id,
        statement: statement.id,
        statement_number: statement.number.clone(),
        partner: statement.partner,
        number: number.to_owned(),
        total,
        tax_minor: 0,
        paid_minor: 0,
        undone_minor: 0,
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
        None => found_in_xero(ctx, &mut tx, &bill, remote).await?,
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

async fn found_in_xero(
    ctx: &Ctx,
    tx: &mut Tx,
    bill: &BillRecord,
    remote: &RemoteInvoice,
) -> Result<(), ServiceError> {
    bills::set_xero_invoice(tx, bill.id, &remote.id, ctx.now()).await?;
    let about = About::Raised(bill.id, bill.statement);
    books::settle(ctx, tx, NOT_MADE, about, "bill_made").await
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
        None if is_gone(&stored) => {
            mismatch::forget(ctx, tx, &stored, "bill_voided").await?;
            None
        }
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
    let statement = find_statement(tx, bill.statement).await?;
    let mismatch = Mismatch::of_known(&bill, &stored);
    if mismatch::flag(ctx, tx, &statement, &stored, mismatch).await? {
        settle(ctx, tx, &bill, &stored).await?;
    }
    Ok(())
}

async fn find_statement(tx: &mut Tx, id: StatementId) -> Result<StatementRecord, ServiceError> {
    statements::find(tx, id)
        .await?
        .ok_or(ServiceError::NotFound)
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
        && is_for(
            ctx,
            &bill,
            &find_statement(tx, bill.statement).await?,
            remote,
        )
    {
        found_in_xero(ctx, tx, &bill, remote).await?;
        return Ok(Some(bill));
    }
    let Some(statement) = find_named_statement(tx, remote).await? else {
        mismatch::forget(ctx, tx, remote, "bill_unnamed").await?;
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
    if !is_theirs {
        let other = Some(Mismatch::WrongContact);
        mismatch::flag(ctx, tx, &statement, remote, other).await?;
        return Ok(None);
    }
    books::lock_statements(tx, statement.partner).await?;
    let mismatch = mismatch::find(tx, &statement, remote).await?;
    if !mismatch::flag(ctx, tx, &statement, remote, mismatch).await? {
        return Ok(None);
    }
    if owner.xero_contact_id.is_none() {
        partners::set_xero_contact(tx, owner.id, &remote.contact_id).await?;
    }
    let bill = BillRecord {
        xero_invoice_id: Some(remote.id.clone()),
        ..new_bill(
            ctx,
            &statement,
            mismatch::number_of(remote, &statement),
            remote.sub_total,
        )
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

/// What may be the number of a statement in the bill's number, reference or lines.
fn statement_numbers(remote: &RemoteInvoice) -> impl Iterator<Item = String> {
    [&remote.number, &remote.reference, &remote.description]
        .into_iter()
        .flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-'))
        .map(|word| word.trim_end_matches('-').to_ascii_uppercase())
        .filter(|word| word.starts_with("PS-"))
}

/// The first statement that a bill names.
async fn find_named_statement(
    tx: &mut Tx,
    remote: &RemoteInvoice,
) -> Result<Option<StatementRecord>, ServiceError> {
    for number in statement_numbers(remote) {
        if let Some(statement) = statements::find_by_number(tx, &number).await? {
            return Ok(Some(statement));
        }
    }
    Ok(None)
}

/// Whether a bill in Xero that has the partner's number is the one that the partner raised: it names the statement, or is over the same amount and no older
/// than the statement. A number alone says little, for it may have been used before there was a portal.
pub fn is_for(
    ctx: &Ctx,
    bill: &BillRecord,
    statement: &StatementRecord,
    remote: &RemoteInvoice,
) -> bool {
    let is_named = statement_numbers(remote).any(|number| number == statement.number);
    let stated_on = ctx.date_of(statement.created_at);
    let is_new = remote.date.is_some_and(|date| date >= stated_on);
    is_named || remote.sub_total == bill.total && is_new
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
        remote.cash_minor()?,
        remote.total.minor,
    )?;
    let tax_minor = books::difference(remote.total.minor, remote.sub_total.minor)?;
    let state = match paid_minor {
        paid if paid >= bill.total.minor => SettlementState::Paid,
        paid if paid > 0 => SettlementState::PartPaid,
        _ => SettlementState::Invoiced,
    };
    let taken_minor = books::difference(bill.paid_minor, paid_minor)?;
    let undone_minor = i128::from(bill.undone_minor) + i128::from(taken_minor);
    let settled = BillRecord {
        tax_minor,
        paid_minor,
        state,
        undone_minor: i64::try_from(undone_minor.max(0)).map_err(|_| MoneyError::TooLarge)?,
        ..bill.clone()
    };
    if (tax_minor, paid_minor, state) != (bill.tax_minor, bill.paid_minor, bill.state) {
        bills::set_settled(tx, &settled, ctx.now()).await?;
        changes::add(tx, bill.partner, ctx.now()).await?;
    }
    follow_bills(ctx, tx, bill.statement, "bill_in_xero").await?;
    settle_voided(ctx, tx, bill.statement).await?;
    if taken_minor > 0 {
        let taken = Money::new(taken_minor, bill.total.currency);
        messages::about_bill(ctx, tx, &settled, BillNews::PaymentUndone(taken)).await?;
    }
    if state == SettlementState::Paid && bill.state != SettlementState::Paid {
        messages::about_bill(ctx, tx, &settled, BillNews::Paid).await?;
    }
    Ok(())
}

/// Once all of a statement is billed again, nobody waits any more for what was voided.
async fn settle_voided(ctx: &Ctx, tx: &mut Tx, statement: StatementId) -> Result<(), ServiceError> {
    let total = find_statement(tx, statement).await?.total;
    let known = bills::list_of_statement(tx, statement).await?;
    if Settlement::of(&known, total)?.rest.minor > 0 {
        return Ok(());
    }
    let open = exceptions::list_open_of_statements(tx, VOIDED, &[statement]).await?;
    let subjects: Vec<String> = open.into_iter().map(|open| open.subject).collect();
    Ok(exceptions::settle_all(tx, &subjects, "invoiced_again", ctx.now()).await?)
}

/// Moves a statement's lines to where its bills and their payments are, the oldest first. `cause` is why a line is or is not on a bill.
async fn follow_bills(
    ctx: &Ctx,
    tx: &mut Tx,
    statement: StatementId,
    cause: &'static str,
) -> Result<(), ServiceError> {
    let in_xero = bills::list_of_statement(tx, statement)
        .await?
        .into_iter()
        .filter(|bill| bill.state != SettlementState::Stated);
    let (mut billed, mut paid) = (0_i128, 0_i128);
    for bill in in_xero {
        billed += i128::from(bill.total.minor);
        paid += i128::from(bill.paid_minor);
    }
    let found = lines::list_of_statement(tx, statement).await?;
    let amounts: Vec<i64> = found.iter().map(|line| line.money.minor).collect();
    let reached = |sum: i128| lines_paid(&amounts, i64::try_from(sum).unwrap_or(i64::MAX));
    let (billed, paid) = (reached(billed), reached(paid));
    let mut books = Books::new(ctx, None);
    for (place, mut line) in found.into_iter().enumerate() {
        let (is_billed, is_paid) = (place < billed, place < paid);
        let mut advance = |line: &mut LineRecord, step: Move, cause| {
            books.advance(line, step, cause);
            line.state = step.after();
        };
        if let (AnyLine::Paid(paid), false) = (line.in_state(), is_paid) {
            advance(&mut line, paid.unpay(), "payment_undone");
        }
        match (line.in_state(), is_billed) {
            (AnyLine::Stated(stated), true) => advance(&mut line, stated.bill(), cause),
            (AnyLine::Invoiced(invoiced), false) => advance(&mut line, invoiced.unbill(), cause),
            _ => {}
        }
        if let (AnyLine::Invoiced(invoiced), true) = (line.in_state(), is_paid) {
            advance(&mut line, invoiced.pay(), "bill_paid");
        }
    }
    books.write(tx).await
}

/// A bill that was voided or deleted: its lines are stated as before, and what it was for can be invoiced again.
async fn take_back(
    ctx: &Ctx,
    tx: &mut Tx,
    bill: &BillRecord,
    remote: &RemoteInvoice,
) -> Result<(), ServiceError> {
    bills::remove(tx, bill.id).await?;
    follow_bills(ctx, tx, bill.statement, "bill_voided").await?;
    let about = About::Bill(&remote.id, bill.statement);
    mismatch::forget(ctx, tx, remote, "bill_voided").await?;
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
    books::raise(ctx, tx, VOIDED, about, facts).await?;
    messages::about_bill(ctx, tx, bill, BillNews::Voided).await?;
    changes::add(tx, bill.partner, ctx.now()).await?;
    Ok(())
}
