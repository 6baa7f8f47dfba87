//! Statements and the closing of quarters. A statement is written once; the database refuses to change it.

use portal_domain::{
    calendar::Timestamp,
    ids::{PartnerId, PersonId, StatementId},
    money::{Currency, Money},
    scope::{Own, Scope},
};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{
        Bind, ROWS_AT_ONCE, execute, execute_many, execute_one, places, row, rows, rows_of, sql,
        values,
    },
};

/// A frozen statement.
#[derive(Clone, Debug)]
pub struct StatementRecord {
    pub id: StatementId,
    pub number: String,
    pub partner: PartnerId,
    pub partner_name: String,
    pub quarter: String,
    pub total: Money,
    /// The JSON that the hash is over.
    pub body: String,
    pub hash: String,
    pub previous_hash: String,
    /// Which of the partner's it is, counted from 1; none of one from when each currency had a chain of its own.
    pub place: Option<i64>,
    pub created_at: Timestamp,
}

const STATEMENT: &str = "SELECT statements.id, statements.number, statements.partner_id, partners.name AS partner_name, statements.quarter,
        statements.currency, statements.total_minor, statements.body, statements.hash, statements.previous_hash, statements.place,
        statements.created_at
    FROM statements JOIN partners ON partners.id = statements.partner_id";

fn read_statement(row: &AnyRow) -> Result<StatementRecord, StoreError> {
    Ok(StatementRecord {
        id: row.parsed("id")?,
        number: row.text("number")?,
        partner: row.parsed("partner_id")?,
        partner_name: row.text("partner_name")?,
        quarter: row.text("quarter")?,
        total: row.money("total_minor")?,
        body: row.text("body")?,
        hash: row.text("hash")?,
        previous_hash: row.text("previous_hash")?,
        place: row.optional_integer("place")?,
        created_at: row.instant("created_at")?,
    })
}

/// Adds statements that are new.
pub async fn add_all(
    tx: &mut Tx,
    statements: &[StatementRecord],
    closed_by: PersonId,
) -> Result<(), StoreError> {
    for some in statements.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::with_capacity(some.len() * 12);
        for statement in some {
            bound.extend(values![
                statement.id,
                statement.number,
                statement.partner,
                statement.quarter,
                statement.total.currency,
                statement.total.minor,
                statement.body,
                statement.hash,
                statement.previous_hash,
                statement.place,
                closed_by,
                statement.created_at,
            ]);
        }
        let text = format!(
            "INSERT INTO statements (id, number, partner_id, quarter, currency, total_minor, body, hash, previous_hash, place, closed_by, created_at)
             VALUES {}",
            places(some.len(), 12, 1)
        );
        execute_many(tx, text, bound).await?;
    }
    Ok(())
}

pub async fn find(tx: &mut Tx, id: StatementId) -> Result<Option<StatementRecord>, StoreError> {
    row!(tx, sql!(STATEMENT, " WHERE statements.id = $1"), id)?
        .as_ref()
        .map(read_statement)
        .transpose()
}

/// A statement that somebody may see; any other is not there.
pub async fn find_in(
    tx: &mut Tx,
    scope: Scope,
    id: StatementId,
) -> Result<Option<StatementRecord>, StoreError> {
    row!(
        tx,
        sql!(
            STATEMENT,
            " WHERE statements.id = $1
                AND ($2 IS NULL OR statements.partner_id = $2)
                AND ($3 IS NULL OR partners.manager_id = $3)"
        ),
        id,
        scope.partner(),
        scope.manager(),
    )?
    .as_ref()
    .map(read_statement)
    .transpose()
}

pub async fn find_by_number(
    tx: &mut Tx,
    number: &str,
) -> Result<Option<StatementRecord>, StoreError> {
    row!(tx, sql!(STATEMENT, " WHERE statements.number = $1"), number)?
        .as_ref()
        .map(read_statement)
        .transpose()
}

/// A statement as the next one carries it on.
#[derive(Clone, Debug)]
pub struct StatedBefore {
    pub partner: PartnerId,
    pub currency: Currency,
    pub quarter: String,
    pub hash: String,
}

/// All statements of some partners, each partner's in the order of its chain: those that have no place in it come first.
pub async fn list_of_partners(
    tx: &mut Tx,
    partners: &[PartnerId],
) -> Result<Vec<StatedBefore>, StoreError> {
    let rows = rows_of(tx, partners, |list| {
        format!("SELECT partner_id, currency, quarter, hash FROM statements WHERE partner_id IN {list} ORDER BY partner_id, COALESCE(place, 0), created_at, number")
    })
    .await?;
    all(&rows, |row| {
        Ok(StatedBefore {
            partner: row.parsed("partner_id")?,
            currency: row.parsed("currency")?,
            quarter: row.text("quarter")?,
            hash: row.text("hash")?,
        })
    })
}

/// Those of somebody's scope, newest first, before an id.
pub async fn list(
    tx: &mut Tx,
    scope: Scope,
    before: Option<StatementId>,
    limit: i64,
) -> Result<Vec<StatementRecord>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            STATEMENT,
            " WHERE ($1 IS NULL OR statements.partner_id = $1)
                AND ($2 IS NULL OR statements.id < $2)
                AND ($4 IS NULL OR partners.manager_id = $4)
              ORDER BY statements.id DESC LIMIT $3"
        ),
        scope.partner(),
        before,
        limit,
        scope.manager(),
    )?;
    all(&rows, read_statement)
}

/// All statements after an id, oldest first.
pub async fn list_after(
    tx: &mut Tx,
    after: Option<StatementId>,
    limit: i64,
) -> Result<Vec<StatementRecord>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            STATEMENT,
            " WHERE ($1 IS NULL OR statements.id > $1) ORDER BY statements.id LIMIT $2"
        ),
        after,
        limit,
    )?;
    all(&rows, read_statement)
}

/// All statements of a quarter, by number.
pub async fn list_of_quarter(
    tx: &mut Tx,
    quarter: &str,
) -> Result<Vec<StatementRecord>, StoreError> {
    all(
        &rows!(
            tx,
            sql!(
                STATEMENT,
                " WHERE statements.quarter = $1 ORDER BY statements.number"
            ),
            quarter
        )?,
        read_statement,
    )
}

/// What a closing made no statement of, although it was approved.
#[derive(Clone, Debug)]
pub struct CarryRecord {
    pub quarter: String,
    pub partner: PartnerId,
    pub partner_name: String,
    pub money: Money,
    /// Why.
    pub code: String,
    pub created_at: Timestamp,
}

const CARRY: &str = "SELECT quarter_carries.quarter, quarter_carries.partner_id, partners.name AS partner_name, quarter_carries.currency,
        quarter_carries.amount_minor, quarter_carries.code, quarter_carries.created_at
    FROM quarter_carries JOIN partners ON partners.id = quarter_carries.partner_id";

fn read_carry(row: &AnyRow) -> Result<CarryRecord, StoreError> {
    Ok(CarryRecord {
        quarter: row.text("quarter")?,
        partner: row.parsed("partner_id")?,
        partner_name: row.text("partner_name")?,
        money: row.money("amount_minor")?,
        code: row.text("code")?,
        created_at: row.instant("created_at")?,
    })
}

/// Writes what a quarter's closing carries over of some partners, in place of what an interrupted one did before.
pub async fn replace_carries(
    tx: &mut Tx,
    quarter: &str,
    partners: &[PartnerId],
    carries: &[CarryRecord],
) -> Result<(), StoreError> {
    for some in partners.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::from(values![quarter]);
        bound.extend(some.iter().map(Bind::value));
        let list = places(1, some.len(), 2);
        let text =
            format!("DELETE FROM quarter_carries WHERE quarter = $1 AND partner_id IN {list}");
        execute_many(tx, text, bound).await?;
    }
    for some in carries.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::with_capacity(some.len() * 6);
        for carry in some {
            bound.extend(values![
                carry.quarter,
                carry.partner,
                carry.money.currency,
                carry.money.minor,
                carry.code,
                carry.created_at,
            ]);
        }
        let text = format!(
            "INSERT INTO quarter_carries (quarter, partner_id, currency, amount_minor, code, created_at) VALUES {}",
            places(some.len(), 6, 1)
        );
        execute_many(tx, text, bound).await?;
    }
    Ok(())
}

/// What a quarter's closing carried over, by partner.
pub async fn list_carries(tx: &mut Tx, quarter: &str) -> Result<Vec<CarryRecord>, StoreError> {
    all(
        &rows!(
            tx,
            sql!(
                CARRY,
                " WHERE quarter_carries.quarter = $1 ORDER BY partners.name, quarter_carries.partner_id, quarter_carries.currency"
            ),
            quarter
        )?,
        read_carry,
    )
}

/// What was carried over of a partner, newest first.
pub async fn list_carries_of(
    tx: &mut Tx,
    own: Own,
    limit: i64,
) -> Result<Vec<CarryRecord>, StoreError> {
    all(
        &rows!(
            tx,
            sql!(
                CARRY,
                " WHERE quarter_carries.partner_id = $1 ORDER BY quarter_carries.created_at DESC, quarter_carries.currency LIMIT $2"
            ),
            own.partner(),
            limit
        )?,
        read_carry,
    )
}

/// Whether a quarter's closing has finished; `None` if it never began.
pub async fn find_close(
    tx: &mut Tx,
    quarter: &str,
) -> Result<Option<Option<Timestamp>>, StoreError> {
    row!(
        tx,
        "SELECT finished_at FROM quarter_closes WHERE quarter = $1",
        quarter
    )?
    .map(|row| row.optional_instant("finished_at"))
    .transpose()
}

/// Begins closing a quarter; nothing happens if it began before.
pub async fn begin_close(
    tx: &mut Tx,
    quarter: &str,
    closed_by: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO quarter_closes (quarter, closed_by, started_at) VALUES ($1, $2, $3) ON CONFLICT (quarter) DO NOTHING",
        quarter,
        closed_by,
        now,
    )?;
    Ok(())
}

pub async fn finish_close(tx: &mut Tx, quarter: &str, now: Timestamp) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "quarter",
        "UPDATE quarter_closes SET finished_at = $2 WHERE quarter = $1 AND finished_at IS NULL",
        quarter,
        now,
    )
}
