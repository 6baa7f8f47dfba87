//! Commission lines.

use portal_domain::{
    calendar::{Month, Timestamp},
    ids::{DealId, LeadId, LineId, PartnerId, PersonId, PlanVersionId, StatementId},
    line::{LineKind, LineState},
    money::{Currency, Exact, Money},
};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{execute, execute_one, row, rows, sql},
};

/// One partner's commission for one deal and month.
#[derive(Clone, Debug)]
pub struct LineRecord {
    pub id: LineId,
    pub partner: PartnerId,
    pub partner_name: String,
    pub deal: DealId,
    pub lead: LeadId,
    pub client_name: String,
    pub kind: LineKind,
    /// k for a scheduled line; a running number for the others.
    pub position: i64,
    pub month: Month,
    pub money: Money,
    /// m, exact minor units.
    pub base: Exact,
    pub plan_version: PlanVersionId,
    pub state: LineState,
    pub held_reason: Option<String>,
    pub approved_by_name: Option<String>,
    pub approved_at: Option<Timestamp>,
    pub statement: Option<StatementId>,
    pub corrects: Option<LineId>,
    pub reason: Option<String>,
    pub updated_at: Timestamp,
}

const LINE: &str = "SELECT lines.id, lines.partner_id, partners.name AS partner_name, lines.deal_id, deals.lead_id, clients.name AS client_name,
        lines.kind, lines.position, lines.month, lines.amount_minor, lines.currency, lines.base_numerator, lines.base_denominator,
        lines.plan_version_id, lines.state, lines.held_reason, people.name AS approved_by_name, lines.approved_at,
        lines.statement_id, lines.corrects_line_id, lines.reason, lines.updated_at
    FROM lines
    JOIN partners ON partners.id = lines.partner_id
    JOIN deals ON deals.id = lines.deal_id
    JOIN clients ON clients.id = deals.client_id
    LEFT JOIN people ON people.id = lines.approved_by";

fn read_line(row: &AnyRow) -> Result<LineRecord, StoreError> {
    let denominator = row.integer("base_denominator")?;
    if denominator <= 0 {
        return Err(StoreError::Inconsistent {
            column: "base_denominator",
            value: denominator.to_string(),
        });
    }
    Ok(LineRecord {
        id: row.parsed("id")?,
        partner: row.parsed("partner_id")?,
        partner_name: row.text("partner_name")?,
        deal: row.parsed("deal_id")?,
        lead: row.parsed("lead_id")?,
        client_name: row.text("client_name")?,
        kind: row.word("kind", LineKind::parse)?,
        position: row.integer("position")?,
        month: row.month("month")?,
        money: row.money("amount_minor")?,
        base: Exact::new(
            i128::from(row.integer("base_numerator")?),
            i128::from(denominator),
        ),
        plan_version: row.parsed("plan_version_id")?,
        state: row.word("state", LineState::parse)?,
        held_reason: row.optional_text("held_reason")?,
        approved_by_name: row.optional_text("approved_by_name")?,
        approved_at: row.optional_instant("approved_at")?,
        statement: row.optional_parsed("statement_id")?,
        corrects: row.optional_parsed("corrects_line_id")?,
        reason: row.optional_text("reason")?,
        updated_at: row.instant("updated_at")?,
    })
}

/// m is the value over whole months, so both halves fit in 64 bits.
fn halves(base: &Exact) -> Result<(i64, i64), StoreError> {
    let too_large = |_| StoreError::Inconsistent {
        column: "base_numerator",
        value: base.to_string(),
    };
    Ok((
        i64::try_from(*base.numer()).map_err(too_large)?,
        i64::try_from(*base.denom()).map_err(too_large)?,
    ))
}

pub async fn add(tx: &mut Tx, line: &LineRecord) -> Result<(), StoreError> {
    let (numerator, denominator) = halves(&line.base)?;
    execute!(
        tx,
        "INSERT INTO lines (id, partner_id, deal_id, kind, position, month, amount_minor, currency, base_numerator, base_denominator,
             plan_version_id, state, corrects_line_id, reason, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)",
        line.id,
        line.partner,
        line.deal,
        line.kind,
        line.position,
        line.month,
        line.money.minor,
        line.money.currency,
        numerator,
        denominator,
        line.plan_version,
        line.state,
        line.corrects,
        line.reason,
        line.updated_at,
    )?;
    Ok(())
}

/// Makes a line again, of a month that nobody has been told to invoice.
pub async fn reprice(
    tx: &mut Tx,
    id: LineId,
    month: Month,
    money: Money,
    base: &Exact,
    state: LineState,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (numerator, denominator) = halves(base)?;
    execute_one!(
        tx,
        "line that is on no statement",
        "UPDATE lines SET month = $8, amount_minor = $2, currency = $3, base_numerator = $4, base_denominator = $5, state = $6,
             approved_by = NULL, approved_at = NULL, updated_at = $7
         WHERE id = $1 AND statement_id IS NULL",
        id,
        money.minor,
        money.currency,
        numerator,
        denominator,
        state,
        now,
        month,
    )
}

/// Moves a line on, if it is still where the caller saw it.
pub async fn set_state(
    tx: &mut Tx,
    id: LineId,
    before: LineState,
    after: LineState,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "line in its state",
        "UPDATE lines SET state = $3, updated_at = $4 WHERE id = $1 AND state = $2",
        id,
        before,
        after,
        now,
    )
}

pub async fn set_approval(
    tx: &mut Tx,
    id: LineId,
    approved_by: Option<PersonId>,
    at: Option<Timestamp>,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "line",
        "UPDATE lines SET approved_by = $2, approved_at = $3 WHERE id = $1",
        id,
        approved_by,
        at,
    )
}

pub async fn hold(
    tx: &mut Tx,
    id: LineId,
    reason: &str,
    by: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "line",
        "UPDATE lines SET held_reason = $2, held_by = $3, held_at = $4, updated_at = $4 WHERE id = $1",
        id,
        reason,
        by,
        now,
    )
}

pub async fn release(tx: &mut Tx, id: LineId, now: Timestamp) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "line",
        "UPDATE lines SET held_reason = NULL, held_by = NULL, held_at = NULL, updated_at = $2 WHERE id = $1",
        id,
        now,
    )
}

pub async fn set_statement(
    tx: &mut Tx,
    id: LineId,
    statement: StatementId,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "line that is on no statement",
        "UPDATE lines SET statement_id = $2 WHERE id = $1 AND statement_id IS NULL",
        id,
        statement,
    )
}

pub async fn find(tx: &mut Tx, id: LineId) -> Result<Option<LineRecord>, StoreError> {
    row!(tx, sql!(LINE, " WHERE lines.id = $1"), id)?
        .as_ref()
        .map(read_line)
        .transpose()
}

/// All lines of a deal, by kind and position.
pub async fn list_of_deal(tx: &mut Tx, deal: DealId) -> Result<Vec<LineRecord>, StoreError> {
    all(
        &rows!(
            tx,
            sql!(
                LINE,
                " WHERE lines.deal_id = $1 ORDER BY lines.kind, lines.position"
            ),
            deal,
        )?,
        read_line,
    )
}

/// The lines of a statement, oldest month first: the order in which payments reach them.
pub async fn list_of_statement(
    tx: &mut Tx,
    statement: StatementId,
) -> Result<Vec<LineRecord>, StoreError> {
    all(
        &rows!(
            tx,
            sql!(
                LINE,
                " WHERE lines.statement_id = $1 ORDER BY lines.month, lines.id"
            ),
            statement,
        )?,
        read_line,
    )
}

/// What a list shows. `after` is where the page before ended.
#[derive(Clone, Debug, Default)]
pub struct LineFilter {
    pub partner: Option<PartnerId>,
    pub state: Option<LineState>,
    pub held_only: bool,
    /// Neither paid nor cancelled.
    pub unpaid_only: bool,
    /// No line of a later month.
    pub until: Option<Month>,
    pub after: Option<(Month, LineId)>,
}

/// Oldest month first.
pub async fn list(
    tx: &mut Tx,
    filter: &LineFilter,
    limit: i64,
) -> Result<Vec<LineRecord>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            LINE,
            " WHERE ($1 IS NULL OR lines.partner_id = $1)
                AND ($2 IS NULL OR lines.state = $2)
                AND ($3 = 0 OR lines.held_reason IS NOT NULL)
                AND ($4 IS NULL OR lines.month <= $4)
                AND ($5 IS NULL OR lines.month > $5 OR (lines.month = $5 AND lines.id > $6))
                AND ($7 = 0 OR lines.state NOT IN ('paid', 'cancelled'))
              ORDER BY lines.month, lines.id
              LIMIT $8"
        ),
        filter.partner,
        filter.state,
        i64::from(filter.held_only),
        filter.until,
        filter.after.map(|(month, _)| month),
        filter.after.map(|(_, id)| id),
        i64::from(filter.unpaid_only),
        limit,
    )?;
    all(&rows, read_line)
}

/// Lines whose month has ended but that are still upcoming.
pub async fn list_ended_upcoming(
    tx: &mut Tx,
    before: Month,
    limit: i64,
) -> Result<Vec<LineRecord>, StoreError> {
    all(
        &rows!(
            tx,
            sql!(
                LINE,
                " WHERE lines.state = 'upcoming' AND lines.month < $1 ORDER BY lines.month, lines.id LIMIT $2"
            ),
            before,
            limit,
        )?,
        read_line,
    )
}

/// What a statement for a partner and currency would hold: approved, not held, on no statement, of months up to the quarter's end.
pub async fn list_statable(
    tx: &mut Tx,
    partner: PartnerId,
    currency: Currency,
    until: Month,
) -> Result<Vec<LineRecord>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            LINE,
            " WHERE lines.partner_id = $1 AND lines.currency = $2 AND lines.state = 'approved' AND lines.held_reason IS NULL
                AND lines.statement_id IS NULL AND lines.month <= $3
              ORDER BY lines.month, lines.id"
        ),
        partner,
        currency,
        until,
    )?;
    all(&rows, read_line)
}

/// Partners and currencies that have something to state up to a month.
pub async fn list_statable_partners(
    tx: &mut Tx,
    until: Month,
) -> Result<Vec<(PartnerId, Currency)>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT DISTINCT partner_id, currency FROM lines
         WHERE state = 'approved' AND held_reason IS NULL AND statement_id IS NULL AND month <= $1
         ORDER BY partner_id, currency",
        until,
    )?;
    all(&rows, |row| {
        Ok((row.parsed("partner_id")?, row.parsed("currency")?))
    })
}

/// The sum of a group of lines.
#[derive(Clone, Copy, Debug)]
pub struct LineSum {
    pub partner: PartnerId,
    pub state: LineState,
    pub month: Month,
    pub held: bool,
    pub money: Money,
    pub count: i64,
}

/// Sums by state, month and hold, of one partner or of all.
pub async fn sum_by_state(
    tx: &mut Tx,
    partner: Option<PartnerId>,
) -> Result<Vec<LineSum>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT partner_id, currency, state, month, CASE WHEN held_reason IS NULL THEN 0 ELSE 1 END AS held,
             CAST(SUM(amount_minor) AS BIGINT) AS amount_minor, COUNT(*) AS how_many
         FROM lines
         WHERE ($1 IS NULL OR partner_id = $1)
         GROUP BY partner_id, currency, state, month, CASE WHEN held_reason IS NULL THEN 0 ELSE 1 END
         ORDER BY partner_id, currency, month, state",
        partner,
    )?;
    all(&rows, |row| {
        Ok(LineSum {
            partner: row.parsed("partner_id")?,
            state: row.word("state", LineState::parse)?,
            month: row.month("month")?,
            held: row.integer("held")? != 0,
            money: row.money("amount_minor")?,
            count: row.integer("how_many")?,
        })
    })
}

/// How many lines there are in each state, held and not, up to a month.
pub async fn count_by_state(
    tx: &mut Tx,
    until: Month,
) -> Result<Vec<(LineState, bool, i64)>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT state, CASE WHEN held_reason IS NULL THEN 0 ELSE 1 END AS held, COUNT(*) AS how_many
         FROM lines WHERE month <= $1
         GROUP BY state, CASE WHEN held_reason IS NULL THEN 0 ELSE 1 END
         ORDER BY state, held",
        until,
    )?;
    all(&rows, |row| {
        Ok((
            row.word("state", LineState::parse)?,
            row.integer("held")? != 0,
            row.integer("how_many")?,
        ))
    })
}

/// The last month of each deal's schedule, of deals whose schedule ends before a month.
pub async fn list_last_months(
    tx: &mut Tx,
    before: Month,
) -> Result<Vec<(DealId, Month)>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT deal_id, MAX(month) AS month FROM lines WHERE kind = 'scheduled' AND state <> 'cancelled'
         GROUP BY deal_id HAVING MAX(month) < $1 ORDER BY deal_id",
        before,
    )?;
    all(&rows, |row| {
        Ok((row.parsed("deal_id")?, row.month("month")?))
    })
}

/// The number of the next adjustment, clawback or manual line of a deal.
pub async fn next_position(tx: &mut Tx, deal: DealId, kind: LineKind) -> Result<i64, StoreError> {
    row!(
        tx,
        "SELECT COALESCE(MAX(position), -1) + 1 AS position FROM lines WHERE deal_id = $1 AND kind = $2",
        deal,
        kind,
    )?
    .ok_or(StoreError::RowsAffected {
        what: "position",
        actual: 0,
    })?
    .integer("position")
}
