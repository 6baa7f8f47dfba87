//! Bills: the partner's invoices for a statement, from the number typed in the portal or the bill found in Xero to the last payment. A bill must agree with
//! its statement in currency and net, and several are together never above it; where one does not fit, nothing moves, and finance and the partner are told why.
//!
//! A statement is never paid twice: a bill is marked before Xero is asked to make it, cannot be withdrawn while Xero may have it, and is not made beside
//! another that leaves it nothing. What the portal does to bills by itself is in the audit log like what people do.

use chrono::NaiveDate;
use portal_domain::{
    access::{Action, Actor},
    bill::{BillState, MovedDate, lines_billed},
    ids::{BillId, LineId, PartnerId, PersonId, StatementId},
    line::{LineState, Move},
    money::{Money, MoneyError},
    remote::{InvoiceType, RemoteContact, RemoteInvoice},
    scope::Scope,
    statement::InvoiceForm,
    text::without_case,
};
use portal_store::{
    Tx, audit,
    bills::{self, BillRecord},
    changes, exceptions, invoices, lines,
    partners::{self, PartnerRecord},
    statements::{self, StatementRecord},
};
use serde_json::{Value, json};

use crate::{
    Ctx, ServiceError,
    access::{require_either_scope, require_partner},
    accounts::{self, Booking},
    bill_files,
    books::{self, About, Books},
    messages::{self, BillNews},
    mismatch::{self, Mismatch},
    outbox::{self, Job},
    settlement::{self, Settlement},
};

/// A bill that the portal cannot make in Xero.
pub(crate) const NOT_MADE: &str = "bill_not_made";
/// Why a bill is not asked for in an organisation after another one was asked for it, in a sentence for finance.
const LEFT: &str = "the organisation that was left was asked for it and did not answer, so it may be there. Look there, void it if it is there, and withdraw the invoice: it can then be raised again";
/// A bill that was voided or deleted in Xero.
pub(crate) const VOIDED: &str = "bill_voided";

/// The partner raises its invoice for a statement: the portal makes the bill in Xero. The lines stay stated
/// until Xero has it.
///
/// # Errors
/// `statement-already-invoiced`; `invoice-number-taken` or `invoice-number-in-xero` on the number; what [`InvoiceForm::parse_amount`]
/// says on the amount; what is wrong with the PDF that was handed in with it.
pub async fn raise(
    ctx: &Ctx,
    actor: &Actor,
    form: &InvoiceForm,
    pdf: Option<&[u8]>,
) -> Result<BillId, ServiceError> {
    let partner = require_partner(actor, Action::RaiseInvoices)?.partner();
    let number = form.parse_number().map_err(ServiceError::Invalid)?;
    let pdf = pdf
        .map(|content| bill_files::parse("pdf", content))
        .transpose()?;
    let statement: StatementId = form
        .statement
        .trim()
        .parse()
        .map_err(|_| ServiceError::NotFound)?;
    let mut tx = ctx.store.write().await?;
    books::lock_statements(&mut tx, partner).await?;
    let statement = statements::find_in(&mut tx, Scope::of(actor), statement)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let known = bills::list_of_statement(&mut tx, statement.id).await?;
    let rest = Settlement::of(&known, statement.total)?.rest;
    if rest.minor <= 0 {
        return Err(ServiceError::Conflict("statement-already-invoiced"));
    }
    let unbilled = settlement::list_unbilled(&mut tx, statement.id).await?;
    let total = form
        .parse_amount(rest, &settlement::amounts_of(&unbilled))
        .map_err(ServiceError::Invalid)?;
    if bills::find_by_number(&mut tx, partner, &number)
        .await?
        .is_some()
    {
        return Err(ServiceError::field("number", "invoice-number-taken"));
    }
    let bill = new_bill(ctx, &statement, &number, total);
    refuse_used_number(ctx, &mut tx, &bill, &statement).await?;
    take(ctx, &mut tx, &bill, Some(actor.person())).await?;
    bill_files::begin(ctx, &mut tx, bill.id, pdf.as_ref(), actor.person()).await?;
    changes::add(&mut tx, partner, ctx.now()).await?;
    let act = (Some(actor.person()), "raise_invoice");
    record(ctx, &mut tx, act, &bill, json!({})).await?;
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
    let known = invoices::list_live_bills(tx, &contact).await?;
    let mut same = known
        .iter()
        .map(|known| &known.remote)
        .filter(|known| is_number(&known.number, &bill.number));
    match same.all(|known| is_for(ctx, bill, statement, known)) {
        true => Ok(()),
        false => Err(ServiceError::field("number", "invoice-number-in-xero")),
    }
}

/// Numbers are the same in capitals or not.
pub fn is_number(one: &str, other: &str) -> bool {
    without_case(one) == without_case(other)
}

/// Puts a bill beside its statement's others, for the oldest lines that are on none of them. It keeps them for as long as it stands: when one before it is
/// voided, that one's own lines are free, and the next bill that is taken is for them.
async fn take(
    ctx: &Ctx,
    tx: &mut Tx,
    bill: &BillRecord,
    raised_by: Option<PersonId>,
) -> Result<(), ServiceError> {
    let unbilled = settlement::list_unbilled(tx, bill.statement).await?;
    let amounts = settlement::amounts_of(&unbilled);
    let Some(count) = lines_billed(&amounts, bill.total.minor) else {
        let text = format!("bill {} is not for whole lines", bill.id);
        return Err(ServiceError::Inconsistent(text));
    };
    bills::add(tx, bill, raised_by).await?;
    let ids: Vec<LineId> = unbilled[..count].iter().map(|line| line.id).collect();
    Ok(lines::set_bill(tx, &ids, bill.id, ctx.now()).await?)
}

/// The bill is none of its statement's any more, and its lines can be invoiced again. Its row stays, and its number is free, as it is in Xero.
async fn end(
    ctx: &Ctx,
    tx: &mut Tx,
    bill: &BillRecord,
    state: BillState,
) -> Result<(), ServiceError> {
    bills::set_state(tx, bill, state, ctx.now()).await?;
    lines::clear_bill(tx, bill.statement, bill.id, ctx.now()).await?;
    Ok(changes::add(tx, bill.partner, ctx.now()).await?)
}

/// Writes down what somebody did to a bill, or the portal itself, with what there is to say beside the bill.
async fn record(
    ctx: &Ctx,
    tx: &mut Tx,
    (person, act): (Option<PersonId>, &str),
    bill: &BillRecord,
    beside: Value,
) -> Result<(), ServiceError> {
    let mut facts = json!({
        "statement": bill.statement_number,
        "number": bill.number,
        "total_minor": bill.total.minor,
        "currency": bill.total.currency,
    });
    for (name, value) in beside.as_object().into_iter().flatten() {
        facts[name] = value.clone();
    }
    let (subject, facts) = (bill.id.to_string(), facts.to_string());
    Ok(audit::add(tx, person, act, &subject, &facts, ctx.now()).await?)
}

/// Takes back an invoice that is not in Xero, by its partner or by finance: it can be raised again, under another number too. Answers its statement.
///
/// # Errors
/// `bill-in-xero` once Xero has it; `bill-being-made` as long as Xero may have it and has not said so; finance says of what was left with an organisation
/// that it is not there.
pub async fn withdraw(ctx: &Ctx, actor: &Actor, id: BillId) -> Result<StatementId, ServiceError> {
    let scope = require_either_scope(actor, Action::RaiseInvoices, Action::Reconcile)?;
    let is_allowed: fn(&BillRecord) -> bool = match actor {
        Actor::Member { .. } => BillRecord::can_be_withdrawn,
        Actor::Staff { .. } => BillRecord::can_be_withdrawn_by_staff,
    };
    let mut tx = ctx.store.write().await?;
    let missing = || ServiceError::NotFound;
    let bill = bills::find_in(&mut tx, scope, id)
        .await?
        .ok_or_else(missing)?;
    books::lock_statements(&mut tx, bill.partner).await?;
    let bill = bills::find_in(&mut tx, scope, id)
        .await?
        .ok_or_else(missing)?;
    if bill.xero_invoice_id.is_some() {
        return Err(ServiceError::Conflict("bill-in-xero"));
    }
    if !is_allowed(&bill) {
        return Err(ServiceError::Conflict("bill-being-made"));
    }
    end(ctx, &mut tx, &bill, BillState::Withdrawn).await?;
    let about = About::Raised(id, bill.statement);
    books::settle(ctx, &mut tx, NOT_MADE, about, "withdrawn").await?;
    let act = (Some(actor.person()), "withdraw_invoice");
    record(ctx, &mut tx, act, &bill, json!({})).await?;
    tx.commit().await?;
    Ok(bill.statement)
}

/// What becomes of a bill before Xero is asked to make it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asking {
    /// It is marked, and Xero is to be asked now.
    Now,
    /// It was withdrawn, or found in Xero meanwhile.
    Never,
    /// Another bill in Xero leaves too little of the statement for it, or it may be in books that were left: why, in a sentence for finance.
    Refused(String),
}

/// Marks a bill before Xero is asked to make it, for good: from now on Xero may have it, whatever becomes of the answer and of who waits for it. Xero must
/// have been looked through for it, and for other bills that name its statement, in the same run.
pub async fn ask(ctx: &Ctx, id: BillId) -> Result<Asking, ServiceError> {
    let mut tx = ctx.store.write().await?;
    let Some(bill) = lock_unbooked(&mut tx, id).await? else {
        return Ok(Asking::Never);
    };
    if bill.is_left() {
        return Ok(Asking::Refused(LEFT.to_owned()));
    }
    let rivals = list_rivals(&mut tx, &bill).await?;
    let (state, asking) = if rivals.is_empty() {
        (BillState::Asked, Asking::Now)
    } else {
        let why = format!(
            "Xero has {} for statement {} already, which leaves too little for this invoice: withdraw it, or void what is wrong in Xero",
            rivals.join(", "),
            bill.statement_number
        );
        (BillState::Raised, Asking::Refused(why))
    };
    bills::set_state(&mut tx, &bill, state, ctx.now()).await?;
    tx.commit().await?;
    Ok(asking)
}

/// Xero has certainly not got the bill: it was looked through in vain, or said no. It can be withdrawn.
pub async fn not_in_xero(ctx: &Ctx, id: BillId) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    if let Some(bill) = lock_unbooked(&mut tx, id).await? {
        bills::set_state(&mut tx, &bill, BillState::Raised, ctx.now()).await?;
    }
    Ok(tx.commit().await?)
}

/// Xero said no to the bill: it has certainly not got it, and is asked under another key the next time.
pub async fn refused(ctx: &Ctx, id: BillId) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    if let Some(bill) = lock_unbooked(&mut tx, id).await? {
        bills::set_state(&mut tx, &bill, BillState::Raised, ctx.now()).await?;
        let key = format!("bill-{id}-{}", ctx.new_id());
        bills::set_idempotency_key(&mut tx, id, &key).await?;
    }
    Ok(tx.commit().await?)
}

/// The day on which a bill is dated: today, or where Xero's books are locked by then the first day that is open. That is kept, for whoever wonders.
pub async fn choose_date(
    ctx: &Ctx,
    id: BillId,
    locked_until: Option<NaiveDate>,
) -> Result<NaiveDate, ServiceError> {
    let today = ctx.today();
    let moved = MovedDate::of(today, locked_until);
    let mut tx = ctx.store.write().await?;
    if let Some(bill) = lock_unbooked(&mut tx, id).await?
        && bill.moved != moved
    {
        bills::set_moved(&mut tx, id, moved).await?;
        if let Some(moved) = moved {
            let beside = json!({ "date": moved.dated_on, "locked_until": moved.locked_until });
            record(ctx, &mut tx, (None, "date_bill"), &bill, beside).await?;
        }
    }
    tx.commit().await?;
    Ok(moved.map_or(today, |moved| moved.dated_on))
}

/// A bill that Xero is not known to have, under the lock of its partner's statements; `None` once it was withdrawn, or found there meanwhile.
async fn lock_unbooked(tx: &mut Tx, id: BillId) -> Result<Option<BillRecord>, ServiceError> {
    let Some(bill) = bills::find(tx, id).await? else {
        return Ok(None);
    };
    books::lock_statements(tx, bill.partner).await?;
    let bill = bills::find(tx, id).await?;
    Ok(bill.filter(|bill| bill.xero_invoice_id.is_none()))
}

/// The bills of the partner in Xero that name the bill's statement and are none of ours, number and amount, if they and ours are together above the
/// statement: whoever paid all of them would pay twice.
async fn list_rivals(tx: &mut Tx, bill: &BillRecord) -> Result<Vec<String>, ServiceError> {
    let partner = partners::find(tx, bill.partner).await?;
    let Some(contact) = partner.and_then(|partner| partner.xero_contact_id) else {
        return Ok(Vec::new());
    };
    let statement = find_statement(tx, bill.statement).await?;
    let known = bills::list_of_statement(tx, statement.id).await?;
    let rest = Settlement::of(&known, statement.total)?.rest;
    let (mut rivals, mut asked_minor) = (Vec::new(), 0_i128);
    for found in invoices::list_live_bills(tx, &contact).await? {
        let (remote, net) = (&found.remote, found.remote.sub_total);
        let is_rival = is_named(remote, &statement) && net.currency == rest.currency;
        if is_rival && bills::find_by_xero(tx, &remote.id).await?.is_none() {
            let number = mismatch::number_of(remote, &statement);
            rivals.push(format!(
                "{number} over {} {}",
                net.to_decimal(),
                net.currency
            ));
            asked_minor += i128::from(net.minor);
        }
    }
    if asked_minor <= i128::from(rest.minor) {
        rivals.clear();
    }
    Ok(rivals)
}

/// A bill cannot be made in Xero, and trying again helps nothing: finance has a case, and the partner is told, once. Nobody is if it was found in Xero, or
/// withdrawn, before that could be said.
pub async fn cannot_be_made(ctx: &Ctx, id: BillId, why: &str) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    if let Some(bill) = lock_unbooked(&mut tx, id).await? {
        tell_not_made(ctx, &mut tx, &bill, why).await?;
    }
    Ok(tx.commit().await?)
}

/// What Xero's old organisation was asked for and did not answer waits for a person once another one is meant: each bill that is asked for in two organisations
/// may be paid in both.
pub(crate) async fn leave(
    ctx: &Ctx,
    tx: &mut Tx,
    old: &str,
    new: &str,
) -> Result<(), ServiceError> {
    for bill in bills::leave_asked(tx, old, new).await? {
        tell_not_made(ctx, tx, &bill, LEFT).await?;
    }
    Ok(())
}

async fn tell_not_made(
    ctx: &Ctx,
    tx: &mut Tx,
    bill: &BillRecord,
    why: &str,
) -> Result<(), ServiceError> {
    let statement = find_statement(tx, bill.statement).await?;
    let about = About::Raised(bill.id, bill.statement);
    let known = books::find_known(tx, NOT_MADE, about).await?;
    let facts = json!({
        "partner": statement.partner_name,
        "statement": bill.statement_number,
        "bill": bill.number,
        "net_minor": bill.total.minor,
        "currency": bill.total.currency,
        "why": why,
    });
    books::raise(ctx, tx, NOT_MADE, about, facts).await?;
    if !known.is_some_and(|known| known.is_open) {
        messages::about_bill(ctx, tx, bill, BillNews::NotMade).await?;
    }
    Ok(changes::add(tx, bill.partner, ctx.now()).await?)
}

fn new_bill(ctx: &Ctx, statement: &StatementRecord, number: &str, total: Money) -> BillRecord {
    let (id, now) = (BillId::new(ctx.new_id()), ctx.now());
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
        state: BillState::Raised,
        idempotency_key: format!("bill-{id}"),
        xero_invoice_id: None,
        left_with: None,
        moved: None,
        created_at: now,
        updated_at: now,
    }
}

/// What the job needs to make a bill in Xero.
#[derive(Clone, Debug)]
pub struct BillToCreate {
    pub bill: BillRecord,
    pub partner: PartnerRecord,
    pub statement: StatementRecord,
    pub booking: Booking,
}

/// # Errors
/// `NotFound` if the bill was withdrawn or voided.
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
        booking: accounts::find_booking(ctx, &mut tx).await?,
    })
}

/// What a partner's contact is numbered in Xero.
pub fn contact_number(partner: PartnerId) -> String {
    format!("{CONTACT_NUMBER}{partner}")
}

/// What all numbers of partners' contacts begin with.
const CONTACT_NUMBER: &str = "partner-";

/// Whether a contact of Xero's may be taken for a partner's: it is no other partner's, neither by what is known nor by the number that it carries. Whoever's it
/// is gets the money.
pub async fn is_contact_free(
    ctx: &Ctx,
    partner: PartnerId,
    contact: &RemoteContact,
) -> Result<bool, ServiceError> {
    let numbered = contact.number.strip_prefix(CONTACT_NUMBER);
    let numbered: Option<PartnerId> = numbered.and_then(|id| id.parse().ok());
    if numbered.is_some_and(|owner| owner != partner) {
        return Ok(false);
    }
    is_known_free(&mut ctx.store.read().await?, partner, &contact.id).await
}

async fn is_known_free(
    tx: &mut Tx,
    partner: PartnerId,
    contact_id: &str,
) -> Result<bool, ServiceError> {
    let known = partners::find_by_xero_contact(tx, contact_id).await?;
    Ok(known.is_none_or(|known| known.id == partner))
}

/// Xero knows the partner as this contact.
///
/// # Errors
/// `contact-of-another-partner`.
pub async fn partner_contact_found(
    ctx: &Ctx,
    partner: PartnerId,
    contact_id: &str,
) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    if !is_known_free(&mut tx, partner, contact_id).await? {
        return Err(ServiceError::Conflict("contact-of-another-partner"));
    }
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
    let beside = json!({ "xero_invoice": remote.id });
    record(ctx, tx, (None, "book_bill"), bill, beside).await?;
    bill_files::attach(ctx, tx, bill.id).await?;
    // What somebody else entered has the date that they gave it.
    let is_dated_so = |moved: MovedDate| remote.date == Some(moved.dated_on);
    if !bill.moved.is_none_or(is_dated_so) {
        bills::set_moved(tx, bill.id, None).await?;
    }
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
        None if stored.is_gone() => {
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
    if stored.is_gone() {
        return take_back(ctx, tx, &bill, &stored).await;
    }
    let statement = find_statement(tx, bill.statement).await?;
    let mismatch = Mismatch::of_known(&bill, &stored);
    mismatch::flag(ctx, tx, &statement, &stored, mismatch).await?;
    // One that asks for another amount than it was taken for pays nothing until it is put right.
    if stored.sub_total == bill.total {
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

/// A bill that we did not make, or whose making was never answered: it is ours if it names a statement, or
/// the number that its partner gave.
async fn adopt(
    ctx: &Ctx,
    tx: &mut Tx,
    remote: &RemoteInvoice,
) -> Result<Option<BillRecord>, ServiceError> {
    let partner = partners::find_by_xero_contact(tx, &remote.contact_id).await?;
    if let Some(partner) = &partner {
        // Before the bill is looked at: the job that makes it looks and marks under the same lock.
        books::lock_statements(tx, partner.id).await?;
    }
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
        None => partner.is_none() && is_called(&owner, &remote.contact_name),
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
    take(ctx, tx, &bill, None).await?;
    let beside = json!({ "xero_invoice": remote.id });
    record(ctx, tx, (None, "find_bill"), &bill, beside).await?;
    Ok(Some(bill))
}

fn is_called(partner: &PartnerRecord, contact_name: &str) -> bool {
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

/// Whether a bill in Xero names a statement.
pub fn is_named(remote: &RemoteInvoice, statement: &StatementRecord) -> bool {
    statement_numbers(remote).any(|number| number == statement.number)
}

/// Whether a bill in Xero that has the partner's number is the one that the partner raised: it names the statement, or is over the same amount and no older
/// than the statement. A number alone says little, for it may have been used before there was a portal.
pub fn is_for(
    ctx: &Ctx,
    bill: &BillRecord,
    statement: &StatementRecord,
    remote: &RemoteInvoice,
) -> bool {
    let stated_on = ctx.date_of(statement.created_at);
    let is_new = remote.date.is_some_and(|date| date >= stated_on);
    is_named(remote, statement) || remote.sub_total == bill.total && is_new
}

/// Payments of a bill reach its own lines, the oldest first and each only as a whole; one that is undone takes the youngest back.
async fn settle(
    ctx: &Ctx,
    tx: &mut Tx,
    bill: &BillRecord,
    remote: &RemoteInvoice,
) -> Result<(), ServiceError> {
    let settled = settlement::settled(bill, remote)?;
    let taken_minor = books::difference(bill.paid_minor, settled.paid_minor)?;
    let undone_minor = i128::from(bill.undone_minor) + i128::from(taken_minor);
    let settled = BillRecord {
        undone_minor: i64::try_from(undone_minor.max(0)).map_err(|_| MoneyError::TooLarge)?,
        ..settled
    };
    let known = |bill: &BillRecord| (bill.tax_minor, bill.paid_minor, bill.state);
    if known(&settled) != known(bill) {
        bills::set_settled(tx, &settled, ctx.now()).await?;
        changes::add(tx, bill.partner, ctx.now()).await?;
    }
    if taken_minor != 0 {
        let beside = json!({ "paid_minor": settled.paid_minor, "before_minor": bill.paid_minor });
        record(ctx, tx, (None, "settle_bill"), bill, beside).await?;
    }
    follow_bills(ctx, tx, bill.statement).await?;
    settle_voided(ctx, tx, bill.statement).await?;
    if taken_minor > 0 {
        let taken = Money::new(taken_minor, bill.total.currency);
        messages::about_bill(ctx, tx, &settled, BillNews::PaymentUndone(taken)).await?;
    }
    if settled.state == BillState::Paid && bill.state != BillState::Paid {
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

/// Moves a statement's lines to where their bills and the payments of those are.
async fn follow_bills(ctx: &Ctx, tx: &mut Tx, statement: StatementId) -> Result<(), ServiceError> {
    let known = bills::list_of_statement(tx, statement).await?;
    let found = lines::list_of_statement(tx, statement).await?;
    let standings = settlement::standings(&known, &found);
    let mut books = Books::new(ctx, None);
    for (mut line, standing) in found.into_iter().zip(standings) {
        while let Some(step) = line.in_state().settle(standing) {
            books.advance(&line, step, cause_of(&step));
            line.state = step.after();
        }
    }
    books.write(tx).await
}

/// Why a stated line moves, as a word of the journal.
const fn cause_of(step: &Move) -> &'static str {
    match (step.before(), step.after()) {
        (LineState::Paid, _) => "payment_undone",
        (_, LineState::Paid) => "bill_paid",
        (_, LineState::Stated) => "bill_voided",
        _ => "bill_in_xero",
    }
}

/// A bill that was voided or deleted: its lines are stated as before, and what it was for can be invoiced again.
async fn take_back(
    ctx: &Ctx,
    tx: &mut Tx,
    bill: &BillRecord,
    remote: &RemoteInvoice,
) -> Result<(), ServiceError> {
    end(ctx, tx, bill, BillState::Voided).await?;
    follow_bills(ctx, tx, bill.statement).await?;
    let beside = json!({ "status": remote.status, "paid_minor": bill.paid_minor, "undone_minor": bill.undone_minor });
    record(ctx, tx, (None, "void_bill"), bill, beside).await?;
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
    messages::about_bill(ctx, tx, bill, BillNews::Voided).await
}
