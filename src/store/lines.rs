//! Commission lines.

use portal_domain::{
    calendar::{Month, Timestamp},
    ids::{BillId, DealId, LeadId, LineId, PartnerId, PersonId, PlanVersionId, StatementId},
    line::{AnyLine, LineKind, LineState, SeenLine},
    money::{Currency, Exact, Money},
    scope::{Own, Scope},
};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{
        Bind, ROWS_AT_ONCE, execute, execute_many, execute_one, number, places, row, rows,
        rows_many, rows_of, sql, sum, values,
    },
};

/// One partner's commission for one deal and month.
#[derive(Clone, Debug)]
pub struct LineRecord {
    pub id: LineId,
    pub partner: PartnerId,
    pub partner_name: String,
    pub deal: DealId,
    pub deal_name: String,
    pub lead: LeadId,
    pub client_name: String,
    pub kind: LineKind,
    /// k for a scheduled line; a running number for the others.
    pub position: i64,
    pub month: Month,
    pub money: Money,
    /// m, exact minor units.
    pub base: Exact,
    /// What the client is charged for its month by now, once that was something else than m while the line is on a statement.
    pub charged: Option<Exact>,
    pub plan_version: PlanVersionId,
    pub state: LineState,
    pub held_reason: Option<String>,
    pub approved_by: Option<PersonId>,
    pub approved_by_name: Option<String>,
    pub approved_at: Option<Timestamp>,
    pub statement: Option<StatementId>,
    /// Which of its statement's bills it is on, in Xero or not.
    pub bill: Option<BillId>,
    pub corrects: Option<LineId>,
    pub reason: Option<String>,
    /// Who entered a manual line or adjustment.
    pub entered_by: Option<PersonId>,
    pub entered_by_name: Option<String>,
    /// Since when its partner disputes it.
    pub disputed_at: Option<Timestamp>,
    /// A person refused it: it stays cancelled whatever the schedule says.
    pub is_refused: bool,
    pub updated_at: Timestamp,
}

impl LineRecord {
    /// The line in its state, with the moves that are open to it.
    pub const fn in_state(&self) -> AnyLine {
        AnyLine::new(self.id, self.kind, self.money, self.state)
    }

    /// As a person sees it now who decides on it.
    pub const fn seen(&self) -> SeenLine {
        SeenLine {
            line: self.id,
            money: self.money,
        }
    }

    /// On no statement, and not cancelled: something can still become of it.
    pub const fn is_open(&self) -> bool {
        !self.state.is_stated() && !matches!(self.state, LineState::Cancelled)
    }

    /// Held or disputed: it goes no further by itself or in bulk.
    pub const fn is_stopped(&self) -> bool {
        self.held_reason.is_some() || self.disputed_at.is_some()
    }
}

const LINE: &str = "SELECT lines.id, lines.partner_id, partners.name AS partner_name, lines.deal_id, deals.name AS deal_name, deals.lead_id,
        clients.name AS client_name, lines.kind, lines.position, lines.month, lines.amount_minor, lines.currency, lines.base_numerator, lines.base_denominator,
        lines.charged_numerator, lines.charged_denominator, lines.plan_version_id, lines.state, lines.held_reason, lines.approved_by, people.name AS approved_by_name, lines.approved_at,
        lines.statement_id, lines.bill_id, lines.corrects_line_id, lines.reason, lines.entered_by, entering.name AS entered_by_name,
        lines.disputed_at, lines.refused_by, lines.updated_at
    FROM lines
    JOIN partners ON partners.id = lines.partner_id
    JOIN deals ON deals.id = lines.deal_id
    JOIN clients ON clients.id = deals.client_id
    LEFT JOIN people ON people.id = lines.approved_by
    LEFT JOIN people AS entering ON entering.id = lines.entered_by";

/// The order of lines on a statement, in which payments reach them: oldest month first, and within a month by what they are for and not by when they were
/// made, so that it does not depend on what came to the portal first.
const PAYMENT_ORDER: &str = "lines.month, lines.deal_id, lines.kind, lines.position, lines.id";

fn read_line(row: &AnyRow) -> Result<LineRecord, StoreError> {
    let charged = match row.optional_integer("charged_denominator")? {
        Some(_) => Some(read_exact(row, "charged_numerator", "charged_denominator")?),
        None => None,
    };
    Ok(LineRecord {
        id: row.parsed("id")?,
        partner: row.parsed("partner_id")?,
        partner_name: row.text("partner_name")?,
        deal: row.parsed("deal_id")?,
        deal_name: row.text("deal_name")?,
        lead: row.parsed("lead_id")?,
        client_name: row.text("client_name")?,
        kind: row.word("kind", LineKind::parse)?,
        position: row.integer("position")?,
        month: row.month("month")?,
        money: row.money("amount_minor")?,
        base: read_exact(row, "base_numerator", "base_denominator")?,
        charged,
        plan_version: row.parsed("plan_version_id")?,
        state: row.word("state", LineState::parse)?,
        held_reason: row.optional_text("held_reason")?,
        approved_by: row.optional_parsed("approved_by")?,
        approved_by_name: row.optional_text("approved_by_name")?,
        approved_at: row.optional_instant("approved_at")?,
        statement: row.optional_parsed("statement_id")?,
        bill: row.optional_parsed("bill_id")?,
        corrects: row.optional_parsed("corrects_line_id")?,
        reason: row.optional_text("reason")?,
        entered_by: row.optional_parsed("entered_by")?,
        entered_by_name: row.optional_text("entered_by_name")?,
        disputed_at: row.optional_instant("disputed_at")?,
        is_refused: row.optional_text("refused_by")?.is_some(),
        updated_at: row.instant("updated_at")?,
    })
}

fn read_exact(
    row: &AnyRow,
    numerator: &'static str,
    denominator: &'static str,
) -> Result<Exact, StoreError> {
    let (above, below) = (row.integer(numerator)?, row.integer(denominator)?);
    if below <= 0 {
        return Err(StoreError::Inconsistent {
            column: denominator,
            value: below.to_string(),
        });
    }
    Ok(Exact::new(i128::from(above), i128::from(below)))
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

/// Adds lines that are new.
pub async fn add_all(tx: &mut Tx, lines: &[LineRecord]) -> Result<(), StoreError> {
    for some in lines.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::with_capacity(some.len() * 17);
        for line in some {
            let (numerator, denominator) = halves(&line.base)?;
            bound.extend(values![
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
                line.entered_by,
                line.updated_at,
                line.updated_at,
            ]);
        }
        let text = format!(
            "INSERT INTO lines (id, partner_id, deal_id, kind, position, month, amount_minor, currency, base_numerator, base_denominator,
                 plan_version_id, state, corrects_line_id, reason, entered_by, created_at, updated_at)
             VALUES {}",
            places(some.len(), 17, 1)
        );
        execute_many(tx, text, bound).await?;
    }
    Ok(())
}

/// A line that is made again: what becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repriced {
    pub id: LineId,
    pub month: Month,
    pub money: Money,
    pub base: Exact,
    pub plan_version: PlanVersionId,
    pub state: LineState,
}

/// Makes lines again, of months that nobody has been told to invoice.
pub async fn reprice_all(
    tx: &mut Tx,
    lines: &[Repriced],
    now: Timestamp,
) -> Result<(), StoreError> {
    for some in lines.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::from(values![now]);
        for line in some {
            let (numerator, denominator) = halves(&line.base)?;
            bound.extend(values![
                line.id,
                line.month,
                line.money.minor,
                line.money.currency,
                numerator,
                denominator,
                line.plan_version,
                line.state,
            ]);
        }
        let text = format!(
            "WITH again (id, month, amount_minor, currency, base_numerator, base_denominator, plan_version_id, state) AS (VALUES {})
             UPDATE lines SET month = again.month, amount_minor = again.amount_minor, currency = again.currency,
                 base_numerator = again.base_numerator, base_denominator = again.base_denominator, plan_version_id = again.plan_version_id,
                 state = again.state, approved_by = NULL, approved_at = NULL, updated_at = $1
             FROM again WHERE lines.id = again.id AND lines.statement_id IS NULL",
            places(some.len(), 8, 2)
        );
        let actual = execute_many(tx, text, bound).await?;
        if actual != some.len() as u64 {
            return Err(StoreError::RowsAffected {
                what: "lines that are on no statement",
                actual,
            });
        }
    }
    Ok(())
}

/// Keeps what the client is charged by now for the month of a line on a statement, which is not edited.
pub async fn set_charged(tx: &mut Tx, id: LineId, charged: &Exact) -> Result<(), StoreError> {
    let (numerator, denominator) = halves(charged)?;
    execute_one!(
        tx,
        "line on a statement",
        "UPDATE lines SET charged_numerator = $2, charged_denominator = $3 WHERE id = $1 AND statement_id IS NOT NULL",
        id,
        numerator,
        denominator
    )
}

/// Names another version of the plan as what lines rest on, which are worth the same by it.
pub async fn set_plan_version(
    tx: &mut Tx,
    ids: &[LineId],
    version: PlanVersionId,
) -> Result<(), StoreError> {
    for some in ids.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::from(values![version]);
        bound.extend(some.iter().map(Bind::value));
        let text = format!(
            "UPDATE lines SET plan_version_id = $1 WHERE id IN {} AND statement_id IS NULL",
            places(1, some.len(), 2)
        );
        let actual = execute_many(tx, text, bound).await?;
        if actual != some.len() as u64 {
            return Err(StoreError::RowsAffected {
                what: "lines that are on no statement",
                actual,
            });
        }
    }
    Ok(())
}

/// What a change of state writes beside the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    Nothing,
    /// Who approved it.
    Approval(PersonId),
    /// An approval does not outlive the state that it was given for.
    NoApproval,
    /// Which statement it is on.
    Statement(StatementId),
}

/// Moves lines on together, if each is still where the caller saw it.
pub async fn set_states(
    tx: &mut Tx,
    ids: &[LineId],
    before: LineState,
    after: LineState,
    beside: Beside,
    now: Timestamp,
) -> Result<(), StoreError> {
    let nobody: Option<PersonId> = None;
    let never: Option<Timestamp> = None;
    for some in ids.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::from(values![before, after, now]);
        let assignment = match beside {
            Beside::Nothing => "",
            Beside::Approval(person) => {
                bound.extend(values![Some(person), Some(now)]);
                ", approved_by = $4, approved_at = $5"
            }
            Beside::NoApproval => {
                bound.extend(values![nobody, never]);
                ", approved_by = $4, approved_at = $5"
            }
            Beside::Statement(statement) => {
                bound.extend(values![statement]);
                ", statement_id = $4"
            }
        };
        let list = places(1, some.len(), bound.len() + 1);
        bound.extend(some.iter().map(Bind::value));
        let unstated = match beside {
            Beside::Statement(_) => " AND statement_id IS NULL",
            _ => "",
        };
        let text = format!(
            "UPDATE lines SET state = $2, updated_at = $3{assignment} WHERE state = $1{unstated} AND id IN {list}"
        );
        let moved = execute_many(tx, text, bound).await?;
        if moved != some.len() as u64 {
            return Err(StoreError::RowsAffected {
                what: "lines in their state",
                actual: moved,
            });
        }
    }
    Ok(())
}

/// A person refuses a line: it stays cancelled whatever the schedule says.
pub async fn refuse(tx: &mut Tx, id: LineId, by: PersonId, reason: &str) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "line",
        "UPDATE lines SET refused_by = $2, reason = $3 WHERE id = $1",
        id,
        by,
        reason,
    )
}

/// What a person refused may stand again; whether it does, the schedule says.
pub async fn let_stand(tx: &mut Tx, id: LineId) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "line that was refused",
        "UPDATE lines SET refused_by = NULL, reason = NULL WHERE id = $1 AND refused_by IS NOT NULL",
        id,
    )
}

/// Its partner disputes a line from now on, or no more.
pub async fn set_disputed(
    tx: &mut Tx,
    id: LineId,
    disputed_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "line",
        "UPDATE lines SET disputed_at = $2, updated_at = $3 WHERE id = $1",
        id,
        disputed_at,
        now,
    )
}

/// Stops lines where they are.
pub async fn hold(
    tx: &mut Tx,
    ids: &[LineId],
    reason: &str,
    by: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    set_hold(tx, ids, Some((reason, by)), now).await
}

/// Lets lines go on.
pub async fn release(tx: &mut Tx, ids: &[LineId], now: Timestamp) -> Result<(), StoreError> {
    set_hold(tx, ids, None, now).await
}

async fn set_hold(
    tx: &mut Tx,
    ids: &[LineId],
    hold: Option<(&str, PersonId)>,
    now: Timestamp,
) -> Result<(), StoreError> {
    for some in ids.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::from(values![
            hold.map(|(reason, _)| reason),
            hold.map(|(_, by)| by),
            hold.map(|_| now),
            now,
        ]);
        let list = places(1, some.len(), bound.len() + 1);
        bound.extend(some.iter().map(Bind::value));
        let text = format!(
            "UPDATE lines SET held_reason = $1, held_by = $2, held_at = $3, updated_at = $4 WHERE id IN {list}"
        );
        let met = execute_many(tx, text, bound).await?;
        if met != some.len() as u64 {
            return Err(StoreError::RowsAffected {
                what: "lines to hold or release",
                actual: met,
            });
        }
    }
    Ok(())
}

/// Those of some lines that are there, in no order.
pub async fn list_by_ids(tx: &mut Tx, ids: &[LineId]) -> Result<Vec<LineRecord>, StoreError> {
    let rows = rows_of(tx, ids, |list| format!("{LINE} WHERE lines.id IN {list}")).await?;
    all(&rows, read_line)
}

/// What of the lines somebody may see, whose partner is $1, whose leads are of $2, and whose partner is managed by $3.
const IN_SCOPE: &str = "($1 IS NULL OR lines.partner_id = $1)
    AND ($2 IS NULL OR EXISTS (SELECT 1 FROM leads WHERE leads.id = deals.lead_id AND leads.submitted_by = $2))
    AND ($3 IS NULL OR partners.manager_id = $3)";

/// A line that somebody may see; any other is not there.
pub async fn find_in(
    tx: &mut Tx,
    scope: Scope,
    id: LineId,
) -> Result<Option<LineRecord>, StoreError> {
    row!(
        tx,
        sql!(LINE, " WHERE lines.id = $4 AND ", IN_SCOPE),
        scope.partner(),
        scope.submitter(),
        scope.manager(),
        id,
    )?
    .as_ref()
    .map(read_line)
    .transpose()
}

/// The lines of a lead that somebody may see, oldest month first.
pub async fn list_of_lead(
    tx: &mut Tx,
    scope: Scope,
    lead: LeadId,
) -> Result<Vec<LineRecord>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            LINE,
            " WHERE deals.lead_id = $4 AND ",
            IN_SCOPE,
            " ORDER BY lines.month, lines.id"
        ),
        scope.partner(),
        scope.submitter(),
        scope.manager(),
        lead,
    )?;
    all(&rows, read_line)
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

/// The same of several deals, deal by deal.
pub async fn list_of_deals(tx: &mut Tx, deals: &[DealId]) -> Result<Vec<LineRecord>, StoreError> {
    let rows = rows_of(tx, deals, |list| {
        format!("{LINE} WHERE lines.deal_id IN {list} ORDER BY lines.deal_id, lines.kind, lines.position")
    })
    .await?;
    all(&rows, read_line)
}

/// The lines on several statements, oldest month first.
pub async fn list_of_statements(
    tx: &mut Tx,
    statements: &[StatementId],
) -> Result<Vec<LineRecord>, StoreError> {
    let rows = rows_of(tx, statements, |list| {
        format!("{LINE} WHERE lines.statement_id IN {list} ORDER BY {PAYMENT_ORDER}")
    })
    .await?;
    all(&rows, read_line)
}

/// The lines of a statement, oldest month first: the order in which payments reach them.
pub async fn list_of_statement(
    tx: &mut Tx,
    statement: StatementId,
) -> Result<Vec<LineRecord>, StoreError> {
    list_of_statements(tx, &[statement]).await
}

/// Puts lines that are on no bill onto one.
pub async fn set_bill(
    tx: &mut Tx,
    ids: &[LineId],
    bill: BillId,
    now: Timestamp,
) -> Result<(), StoreError> {
    for some in ids.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::from(values![bill, now]);
        bound.extend(some.iter().map(Bind::value));
        let text = format!(
            "UPDATE lines SET bill_id = $1, updated_at = $2 WHERE bill_id IS NULL AND id IN {}",
            places(1, some.len(), 3)
        );
        let put = execute_many(tx, text, bound).await?;
        if put != some.len() as u64 {
            return Err(StoreError::RowsAffected {
                what: "lines on no bill",
                actual: put,
            });
        }
    }
    Ok(())
}

/// Takes the lines of a bill that ended off it.
pub async fn clear_bill(
    tx: &mut Tx,
    statement: StatementId,
    bill: BillId,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE lines SET bill_id = NULL, updated_at = $3 WHERE statement_id = $1 AND bill_id = $2",
        statement,
        bill,
        now,
    )?;
    Ok(())
}

/// What a list shows. `after` is where the page before ended.
#[derive(Clone, Debug, Default)]
pub struct LineFilter {
    /// One partner of those that may be seen.
    pub partner: Option<PartnerId>,
    pub state: Option<LineState>,
    /// Held or disputed.
    pub stopped_only: bool,
    pub disputed_only: bool,
    /// No line of a later month.
    pub until: Option<Month>,
    pub after: Option<(Month, LineId)>,
}

/// Those of somebody's scope, oldest month first.
pub async fn list(
    tx: &mut Tx,
    scope: Scope,
    filter: &LineFilter,
    limit: i64,
) -> Result<Vec<LineRecord>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            LINE,
            " WHERE ",
            IN_SCOPE,
            "   AND ($4 IS NULL OR lines.partner_id = $4)
                AND ($5 IS NULL OR lines.state = $5)
                AND ($6 = 0 OR lines.held_reason IS NOT NULL OR lines.disputed_at IS NOT NULL)
                AND ($7 = 0 OR lines.disputed_at IS NOT NULL)
                AND ($8 IS NULL OR lines.month <= $8)
                AND ($9 IS NULL OR lines.month > $9 OR (lines.month = $9 AND lines.id > $10))
              ORDER BY lines.month, lines.id
              LIMIT $11"
        ),
        scope.partner(),
        scope.submitter(),
        scope.manager(),
        filter.partner,
        filter.state,
        i64::from(filter.stopped_only),
        i64::from(filter.disputed_only),
        filter.until,
        filter.after.map(|(month, _)| month),
        filter.after.map(|(_, id)| id),
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

/// What a closing puts on a statement: what somebody approved and nobody stopped, and whatever was clawed back, which waits for nobody's approval.
const STATABLE: &str =
    "(lines.state = 'approved' OR (lines.state = 'covered' AND lines.kind = 'clawback'))
    AND lines.held_reason IS NULL AND lines.disputed_at IS NULL AND lines.statement_id IS NULL";

/// What statements for some partners would hold, of months up to the quarter's end. Oldest month first.
pub async fn list_statable(
    tx: &mut Tx,
    partners: &[PartnerId],
    until: Month,
) -> Result<Vec<LineRecord>, StoreError> {
    // A month is a whole number, so it can stand in the text. As a condition of its own, SQLite would read what everybody can state, for some partners alone.
    let rows = rows_of(tx, partners, |list| {
        format!(
            "{LINE} WHERE lines.partner_id IN {list} AND CASE WHEN {STATABLE} THEN 1 ELSE 0 END = 1 AND lines.month <= {}
              ORDER BY {PAYMENT_ORDER}",
            until.0
        )
    })
    .await?;
    all(&rows, read_line)
}

/// What of a partner's may still come on a statement, of months up to one: not stated, and not cancelled. Oldest month first.
pub async fn list_unstated(
    tx: &mut Tx,
    own: Own,
    until: Month,
) -> Result<Vec<LineRecord>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            LINE,
            " WHERE lines.partner_id = $1 AND lines.statement_id IS NULL AND lines.month <= $2
                AND lines.state IN ('upcoming', 'awaiting', 'covered', 'approved')
              ORDER BY ",
            PAYMENT_ORDER
        ),
        own.partner(),
        until,
    )?;
    all(&rows, read_line)
}

/// Whether there is any of them.
pub async fn has_unstated(
    tx: &mut Tx,
    partner: PartnerId,
    until: Month,
) -> Result<bool, StoreError> {
    Ok(row!(
        tx,
        "SELECT id FROM lines
         WHERE partner_id = $1 AND statement_id IS NULL AND month <= $2 AND state IN ('upcoming', 'awaiting', 'covered', 'approved')
         LIMIT 1",
        partner,
        until,
    )?
    .is_some())
}

/// What keeps lines off a statement, and what they come to.
#[derive(Clone, Debug)]
pub struct BlockedSum {
    pub partner: PartnerId,
    pub partner_name: String,
    pub state: LineState,
    pub is_held: bool,
    pub is_disputed: bool,
    /// Of one of the deals that were asked for.
    pub is_of_deals: bool,
    pub currency: Currency,
    pub sum_minor: i128,
    pub count: i64,
}

/// Lines of months up to one that may come on a statement and are not free for it: not approved, stopped, or of some deals. By partner.
pub async fn sum_blocked(
    tx: &mut Tx,
    until: Month,
    deals: &[DealId],
) -> Result<Vec<BlockedSum>, StoreError> {
    let mut bound = Vec::from(values![until]);
    bound.extend(deals.iter().map(Bind::value));
    let of_deals = match deals {
        [] => "0".to_owned(),
        deals => format!(
            "CASE WHEN lines.deal_id IN {} THEN 1 ELSE 0 END",
            places(1, deals.len(), 2)
        ),
    };
    let text = format!(
        // The closing takes a covered clawback along, like an approved line.
        "SELECT partner_id, partner_name, state, currency, is_held, is_disputed, is_of_deals,
             {}, COUNT(*) AS how_many
         FROM (SELECT lines.partner_id, partners.name AS partner_name, lines.currency, lines.amount_minor,
                   CASE WHEN lines.kind = 'clawback' AND lines.state = 'covered' THEN 'approved' ELSE lines.state END AS state,
                   CASE WHEN lines.held_reason IS NULL THEN 0 ELSE 1 END AS is_held,
                   CASE WHEN lines.disputed_at IS NULL THEN 0 ELSE 1 END AS is_disputed, {of_deals} AS is_of_deals
               FROM lines JOIN partners ON partners.id = lines.partner_id
               WHERE lines.statement_id IS NULL AND lines.month <= $1 AND lines.state IN ('awaiting', 'covered', 'approved')) AS open_lines
         WHERE state <> 'approved' OR is_held = 1 OR is_disputed = 1 OR is_of_deals = 1
         GROUP BY partner_id, partner_name, state, currency, is_held, is_disputed, is_of_deals
         ORDER BY partner_name, partner_id, currency, state, is_held, is_disputed, is_of_deals",
        sum!("amount_minor"),
    );
    let rows = rows_many(tx, text, bound).await?;
    all(&rows, |row| {
        Ok(BlockedSum {
            partner: row.parsed("partner_id")?,
            partner_name: row.text("partner_name")?,
            state: row.word("state", LineState::parse)?,
            is_held: row.integer("is_held")? != 0,
            is_disputed: row.integer("is_disputed")? != 0,
            is_of_deals: row.integer("is_of_deals")? != 0,
            currency: row.parsed("currency")?,
            sum_minor: row.sum()?,
            count: row.integer("how_many")?,
        })
    })
}

/// Partners that have something to state up to a month.
pub async fn list_statable_partners(
    tx: &mut Tx,
    until: Month,
) -> Result<Vec<PartnerId>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            "SELECT DISTINCT partner_id FROM lines WHERE lines.month <= $1 AND ",
            STATABLE,
            " ORDER BY partner_id"
        ),
        until,
    )?;
    all(&rows, |row| row.parsed("partner_id"))
}

/// The sum of a group of lines.
#[derive(Clone, Copy, Debug)]
pub struct LineSum {
    pub partner: PartnerId,
    pub state: LineState,
    pub month: Month,
    /// Held or disputed.
    pub stopped: bool,
    pub money: Money,
    pub count: i64,
}

/// Sums of one partner's lines by state, month and hold.
pub async fn sum_by_state(tx: &mut Tx, own: Own) -> Result<Vec<LineSum>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            "SELECT partner_id, currency, state, month, CASE WHEN held_reason IS NULL AND disputed_at IS NULL THEN 0 ELSE 1 END AS stopped,
                 COUNT(*) AS how_many, ",
            sum!("amount_minor"),
            " FROM lines
             WHERE partner_id = $1
             GROUP BY partner_id, currency, state, month, CASE WHEN held_reason IS NULL AND disputed_at IS NULL THEN 0 ELSE 1 END
             ORDER BY partner_id, currency, month, state"
        ),
        own.partner(),
    )?;
    all(&rows, |row| {
        let (partner, currency) = (row.parsed("partner_id")?, row.parsed("currency")?);
        let minor = i64::try_from(row.sum()?);
        let minor = minor.map_err(|_| StoreError::TooLarge { partner, currency })?;
        Ok(LineSum {
            partner,
            state: row.word("state", LineState::parse)?,
            month: row.month("month")?,
            stopped: row.integer("stopped")? != 0,
            money: Money::new(minor, currency),
            count: row.integer("how_many")?,
        })
    })
}

/// What of the lines somebody may see who sees all leads of a partner, where nothing stands beside the lines: as [`IN_SCOPE`] has it, without $2 of that.
const OF_PARTNERS: &str = "($1 IS NULL OR partner_id = $1)
    AND ($2 IS NULL OR partner_id IN (SELECT id FROM partners WHERE manager_id = $2))";

/// How many lines of somebody's scope there are in each state, held and not, up to a month.
pub async fn count_by_state(
    tx: &mut Tx,
    scope: Scope,
    until: Month,
) -> Result<Vec<(LineState, bool, i64)>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            "SELECT state, CASE WHEN held_reason IS NULL AND disputed_at IS NULL THEN 0 ELSE 1 END AS stopped, COUNT(*) AS how_many
             FROM lines WHERE month <= $3 AND ",
            OF_PARTNERS,
            " GROUP BY state, CASE WHEN held_reason IS NULL AND disputed_at IS NULL THEN 0 ELSE 1 END
             ORDER BY state, stopped"
        ),
        scope.partner(),
        scope.manager(),
        until,
    )?;
    all(&rows, |row| {
        Ok((
            row.word("state", LineState::parse)?,
            row.integer("stopped")? != 0,
            row.integer("how_many")?,
        ))
    })
}

/// How many lines of somebody's scope are disputed now, wherever they stand.
pub async fn count_disputed(tx: &mut Tx, scope: Scope) -> Result<i64, StoreError> {
    number!(
        tx,
        sql!(
            "SELECT COUNT(*) FROM lines WHERE disputed_at IS NOT NULL AND ",
            OF_PARTNERS
        ),
        scope.partner(),
        scope.manager(),
    )
}

/// Whether a partner has lines of later months that may still come onto a statement.
pub async fn has_later(
    tx: &mut Tx,
    partner: PartnerId,
    currency: Currency,
    after: Month,
) -> Result<bool, StoreError> {
    Ok(row!(
        tx,
        "SELECT id FROM lines
         WHERE partner_id = $1 AND currency = $2 AND month > $3 AND state IN ('upcoming', 'awaiting', 'covered', 'approved')
         LIMIT 1",
        partner,
        currency,
        after,
    )?
    .is_some())
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
