//! Partners' bills for their statements. One that was withdrawn or voided stays for who looks back, and nothing here but [`list_ended_of_statements`] knows
//! of it: its number and Xero's bill may be taken anew.

use portal_domain::{
    bill::{BillState, MovedDate},
    calendar::Timestamp,
    ids::{BillId, PartnerId, PersonId, StatementId},
    money::Money,
    scope::Scope,
    text::without_case,
};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, execute_one, number, row, rows, rows_of, sql},
};

/// A partner's bill.
#[derive(Clone, Debug)]
pub struct BillRecord {
    pub id: BillId,
    pub statement: StatementId,
    pub statement_number: String,
    pub partner: PartnerId,
    /// The partner's own invoice number.
    pub number: String,
    /// Net: the statement's total, or the part of it that this bill is for.
    pub total: Money,
    /// The tax that Xero has on it, shown apart.
    pub tax_minor: i64,
    /// What was paid of it, net, in minor units.
    pub paid_minor: i64,
    /// What was paid, net, and then taken back and not paid again.
    pub undone_minor: i64,
    pub state: BillState,
    pub idempotency_key: String,
    pub xero_invoice_id: Option<String>,
    /// The organisation that was asked for it, never answered, and was left for another one.
    pub left_with: Option<String>,
    /// Its date in Xero, where the books were locked on the day itself.
    pub moved: Option<MovedDate>,
    pub created_at: Timestamp,
    /// When anything of it changed last; it has ended then, if it has.
    pub updated_at: Timestamp,
}

impl BillRecord {
    /// Whether Xero has certainly not got it.
    pub fn can_be_withdrawn(&self) -> bool {
        self.state == BillState::Raised && self.xero_invoice_id.is_none() && !self.is_left()
    }

    /// The same for finance, who can look for it where nobody else can.
    pub fn can_be_withdrawn_by_staff(&self) -> bool {
        self.can_be_withdrawn() || self.is_left() && self.xero_invoice_id.is_none()
    }

    /// Whether an organisation may have it that is asked no more.
    pub const fn is_left(&self) -> bool {
        self.left_with.is_some()
    }
}

const BILL: &str = "SELECT bills.id, bills.statement_id, statements.number AS statement_number, bills.partner_id, bills.number, bills.currency,
        bills.total_minor, bills.tax_minor, bills.paid_minor, bills.undone_minor, bills.state, bills.idempotency_key, bills.xero_invoice_id, bills.left_with,
        bills.dated_on, bills.locked_until, bills.created_at, bills.updated_at
    FROM bills JOIN statements ON statements.id = bills.statement_id";

const STANDS: &str = "bills.state NOT IN ('voided', 'withdrawn')";

fn read_bill(row: &AnyRow) -> Result<BillRecord, StoreError> {
    let dated_on = row.optional_parsed("dated_on")?;
    let locked_until = row.optional_parsed("locked_until")?;
    Ok(BillRecord {
        id: row.parsed("id")?,
        statement: row.parsed("statement_id")?,
        statement_number: row.text("statement_number")?,
        partner: row.parsed("partner_id")?,
        number: row.text("number")?,
        total: row.money("total_minor")?,
        tax_minor: row.integer("tax_minor")?,
        paid_minor: row.integer("paid_minor")?,
        undone_minor: row.integer("undone_minor")?,
        state: row.word("state", BillState::parse)?,
        idempotency_key: row.text("idempotency_key")?,
        xero_invoice_id: row.optional_text("xero_invoice_id")?,
        left_with: row.optional_text("left_with")?,
        moved: dated_on
            .zip(locked_until)
            .map(|(dated_on, locked_until)| MovedDate {
                dated_on,
                locked_until,
            }),
        created_at: row.instant("created_at")?,
        updated_at: row.instant("updated_at")?,
    })
}

pub async fn add(
    tx: &mut Tx,
    bill: &BillRecord,
    raised_by: Option<PersonId>,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO bills (id, statement_id, partner_id, number, currency, total_minor, tax_minor, paid_minor, undone_minor, state, idempotency_key,
             xero_invoice_id, raised_by, created_at, updated_at, number_key)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15)",
        bill.id,
        bill.statement,
        bill.partner,
        bill.number,
        bill.total.currency,
        bill.total.minor,
        bill.tax_minor,
        bill.paid_minor,
        bill.undone_minor,
        bill.state,
        bill.idempotency_key,
        bill.xero_invoice_id,
        raised_by,
        bill.created_at,
        without_case(&bill.number),
    )?;
    Ok(())
}

pub async fn set_xero_invoice(
    tx: &mut Tx,
    id: BillId,
    invoice: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "bill",
        "UPDATE bills SET xero_invoice_id = $2, updated_at = $3 WHERE id = $1",
        id,
        invoice,
        now,
    )
}

/// The key under which Xero is asked to make a bill.
pub async fn set_idempotency_key(tx: &mut Tx, id: BillId, key: &str) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "bill",
        "UPDATE bills SET idempotency_key = $2 WHERE id = $1",
        id,
        key
    )
}

/// Where its date was moved to, or that it was not.
pub async fn set_moved(
    tx: &mut Tx,
    id: BillId,
    moved: Option<MovedDate>,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "bill",
        "UPDATE bills SET dated_on = $2, locked_until = $3 WHERE id = $1",
        id,
        moved.map(|moved| moved.dated_on),
        moved.map(|moved| moved.locked_until),
    )
}

/// What Xero says of a bill now.
pub async fn set_settled(tx: &mut Tx, bill: &BillRecord, now: Timestamp) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "bill",
        "UPDATE bills SET tax_minor = $2, paid_minor = $3, state = $4, updated_at = $5, undone_minor = $6 WHERE id = $1",
        bill.id,
        bill.tax_minor,
        bill.paid_minor,
        bill.state,
        now,
        bill.undone_minor,
    )
}

/// Moves a bill on that is where the caller saw it.
pub async fn set_state(
    tx: &mut Tx,
    bill: &BillRecord,
    state: BillState,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "bill in its state",
        "UPDATE bills SET state = $3, updated_at = $4 WHERE id = $1 AND state = $2",
        bill.id,
        bill.state,
        state,
        now,
    )
}

/// Leaves what an organisation was asked for and did not answer with that organisation; answers these bills. What was left before with the organisation that is
/// meant from now on is asked for there again.
pub async fn leave_asked(tx: &mut Tx, old: &str, new: &str) -> Result<Vec<BillRecord>, StoreError> {
    execute!(
        tx,
        "UPDATE bills SET left_with = NULL WHERE left_with = $1",
        new
    )?;
    execute!(
        tx,
        "UPDATE bills SET left_with = $1 WHERE state = 'asked' AND xero_invoice_id IS NULL AND left_with IS NULL",
        old,
    )?;
    let left = rows!(
        tx,
        sql!(
            BILL,
            " WHERE bills.left_with = $1 AND bills.xero_invoice_id IS NULL AND ",
            STANDS,
            " ORDER BY bills.id"
        ),
        old,
    )?;
    all(&left, read_bill)
}

pub async fn find(tx: &mut Tx, id: BillId) -> Result<Option<BillRecord>, StoreError> {
    row!(tx, sql!(BILL, " WHERE bills.id = $1 AND ", STANDS), id)?
        .as_ref()
        .map(read_bill)
        .transpose()
}

/// What of the bills somebody may see, whose partner is $1, and whose partner is managed by $2.
const IN_SCOPE: &str = "($1 IS NULL OR bills.partner_id = $1)
    AND ($2 IS NULL OR bills.partner_id IN (SELECT id FROM partners WHERE manager_id = $2))";

/// A bill that somebody may see; any other is not there.
pub async fn find_in(
    tx: &mut Tx,
    scope: Scope,
    id: BillId,
) -> Result<Option<BillRecord>, StoreError> {
    row!(
        tx,
        sql!(BILL, " WHERE bills.id = $3 AND ", STANDS, " AND ", IN_SCOPE),
        scope.partner(),
        scope.manager(),
        id,
    )?
    .as_ref()
    .map(read_bill)
    .transpose()
}

/// The bills of a statement, oldest first.
pub async fn list_of_statement(
    tx: &mut Tx,
    statement: StatementId,
) -> Result<Vec<BillRecord>, StoreError> {
    list_of_statements(tx, &[statement]).await
}

/// The same of several statements.
pub async fn list_of_statements(
    tx: &mut Tx,
    statements: &[StatementId],
) -> Result<Vec<BillRecord>, StoreError> {
    let rows = rows_of(tx, statements, |list| {
        format!("{BILL} WHERE bills.statement_id IN {list} AND {STANDS} ORDER BY bills.id")
    })
    .await?;
    all(&rows, read_bill)
}

/// Those that were withdrawn or voided, oldest first.
pub async fn list_ended_of_statements(
    tx: &mut Tx,
    statements: &[StatementId],
) -> Result<Vec<BillRecord>, StoreError> {
    let rows = rows_of(tx, statements, |list| {
        format!("{BILL} WHERE bills.statement_id IN {list} AND NOT ({STANDS}) ORDER BY bills.id")
    })
    .await?;
    all(&rows, read_bill)
}

pub async fn find_by_xero(
    tx: &mut Tx,
    xero_invoice_id: &str,
) -> Result<Option<BillRecord>, StoreError> {
    row!(
        tx,
        sql!(BILL, " WHERE bills.xero_invoice_id = $1 AND ", STANDS),
        xero_invoice_id
    )?
    .as_ref()
    .map(read_bill)
    .transpose()
}

/// The bill to which the partner gave that number, in capitals or not.
pub async fn find_by_number(
    tx: &mut Tx,
    partner: PartnerId,
    number: &str,
) -> Result<Option<BillRecord>, StoreError> {
    row!(
        tx,
        sql!(
            BILL,
            " WHERE bills.partner_id = $1 AND bills.number_key = $2 AND ",
            STANDS
        ),
        partner,
        without_case(number),
    )?
    .as_ref()
    .map(read_bill)
    .transpose()
}

/// How many bills of somebody's scope are not paid in full.
pub async fn count_open(tx: &mut Tx, scope: Scope) -> Result<i64, StoreError> {
    number!(
        tx,
        sql!(
            "SELECT COUNT(*) FROM bills WHERE bills.state <> 'paid' AND ",
            IN_SCOPE,
            " AND ",
            STANDS
        ),
        scope.partner(),
        scope.manager(),
    )
}
