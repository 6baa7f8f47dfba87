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
    changes, invoices,
    lines::{self, LineRecord},
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
/// `statement-already-invoiced`; `invoice-number-taken` on the number; `amount-above-rest` on the amount.
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
    let statement = find_statement(tx, bill.statement).await?;
    let mismatch = (stored.sub_total != bill.total).then(|| {
        if stored.sub_total.currency == bill.total.currency {
            Mismatch::Net
        } else {
            Mismatch::Currency
        }
    });
    if flag_mismatch(ctx, tx, &statement, &stored, mismatch).await? {
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
    if !is_theirs {
        return Ok(None);
    }
    books::lock_statements(tx, statement.partner).await?;
    let mismatch = find_mismatch(tx, &statement, remote).await?;
    if !flag_mismatch(ctx, tx, &statement, remote, mismatch).await? {
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
            number_of(remote, &statement),
            remote.sub_total,
        )
    };
    bills::add(tx, &bill, None).await?;
    Ok(Some(bill))
}

/// A bill without a number goes by its statement's.
fn number_of<'a>(remote: &'a RemoteInvoice, statement: &'a StatementRecord) -> &'a str {
    match remote.number.as_str() {
        "" => &statement.number,
        number => number,
    }
}

/// Why a bill that names a statement is not taken for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mismatch {
    Currency,
    /// It asks for another net amount than was agreed.
    Net,
    /// It asks for nothing, or less.
    NotPositive,
    /// With the statement's other bills it asks for more than the statement.
    AboveRest,
    /// All of the statement has its bills.
    AlreadyInvoiced,
    /// The partner used that number for another bill.
    NumberUsed,
}

impl Mismatch {
    const fn word(self) -> &'static str {
        match self {
            Self::Currency => "currency",
            Self::Net => "net",
            Self::NotPositive => "not_positive",
            Self::AboveRest => "above_rest",
            Self::AlreadyInvoiced => "already_invoiced",
            Self::NumberUsed => "number_used",
        }
    }
}

/// Whether a sum is that of the first lines, however many. A bill for a part of a statement is for whole lines; any other amount is a slip.
fn ends_with_a_line(lines: &[LineRecord], sum: i128) -> bool {
    let mut through = 0_i128;
    lines.iter().any(|line| {
        through += i128::from(line.money.minor);
        through == sum
    })
}

/// What keeps a bill that we did not make from being one of its statement's.
async fn find_mismatch(
    tx: &mut Tx,
    statement: &StatementRecord,
    remote: &RemoteInvoice,
) -> Result<Option<Mismatch>, ServiceError> {
    let known = bills::list_of_statement(tx, statement.id).await?;
    let rest = Settlement::of(&known, statement.total)?.rest;
    let number = number_of(remote, statement);
    let same_number = bills::find_by_number(tx, statement.partner, number).await?;
    let billed_minor = books::difference(statement.total.minor, rest.minor)?;
    let through = i128::from(billed_minor) + i128::from(remote.sub_total.minor);
    let lines = lines::list_of_statement(tx, statement.id).await?;
    Ok(if remote.sub_total.currency != statement.total.currency {
        Some(Mismatch::Currency)
    } else if remote.sub_total.minor <= 0 {
        Some(Mismatch::NotPositive)
    } else if rest.minor <= 0 {
        Some(Mismatch::AlreadyInvoiced)
    } else if remote.sub_total.minor > rest.minor {
        Some(Mismatch::AboveRest)
    } else if !ends_with_a_line(&lines, through) {
        Some(Mismatch::Net)
    } else if same_number.is_some() {
        Some(Mismatch::NumberUsed)
    } else {
        None
    })
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

/// Tells finance, and once the partner, why a bill is not taken, or that it is all right by now. Returns whether it is.
async fn flag_mismatch(
    ctx: &Ctx,
    tx: &mut Tx,
    statement: &StatementRecord,
    remote: &RemoteInvoice,
    mismatch: Option<Mismatch>,
) -> Result<bool, ServiceError> {
    let about = About::Bill(&remote.id, statement.id);
    let kind = "bill_differs_from_statement";
    let known = bills::list_of_statement(tx, statement.id).await?;
    let rest = Settlement::of(&known, statement.total)?.rest;
    let facts = mismatch.map(|mismatch| {
        json!({
            "mismatch": mismatch.word(),
            "partner": statement.partner_name,
            "statement": statement.number,
            "expected_minor": statement.total.minor,
            "expected_currency": statement.total.currency,
            "rest_minor": rest.minor,
            "bill": remote.number,
            "net_minor": remote.sub_total.minor,
            "currency": remote.sub_total.currency,
            // The bills that the statement has already.
            "billed_as": known.iter().map(|bill| bill.number.as_str()).collect::<Vec<_>>().join(", "),
        })
    });
    if mismatch.is_some() && !books::is_open(tx, kind, about).await? {
        messages::bill_differs(ctx, tx, statement, remote).await?;
    }
    books::raise_or_settle(ctx, tx, kind, about, facts).await?;
    Ok(mismatch.is_none())
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
    let tax_minor = books::difference(remote.total.minor, remote.sub_total.minor)?;
    let state = match paid_minor {
        paid if paid >= bill.total.minor => SettlementState::Paid,
        paid if paid > 0 => SettlementState::PartPaid,
        _ => SettlementState::Invoiced,
    };
    if (tax_minor, paid_minor, state) != (bill.tax_minor, bill.paid_minor, bill.state) {
        bills::set_settled(tx, bill.id, tax_minor, paid_minor, state, ctx.now()).await?;
        changes::add(tx, bill.partner, ctx.now()).await?;
    }
    follow_bills(ctx, tx, bill.statement, "bill_in_xero").await?;
    if state == SettlementState::Paid && bill.state != SettlementState::Paid {
        let paid = BillRecord {
            tax_minor,
            paid_minor,
            state,
            ..bill.clone()
        };
        messages::bill_paid(ctx, tx, &paid).await?;
    }
    Ok(())
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
    books::raise(ctx, tx, "bill_voided", about, facts).await?;
    changes::add(tx, bill.partner, ctx.now()).await?;
    Ok(())
}
