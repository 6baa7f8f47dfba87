//! Exceptions: what does not fit and waits for a person. One row for each kind and subject, opened again when it comes back.

use portal_domain::{
    calendar::Timestamp,
    ids::{ClientId, DealId, ExceptionId, StatementId},
};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::{
        Bind, ROWS_AT_ONCE, execute_many, number, pattern, places, row, rows, rows_of, sql, values,
    },
};

/// Something that does not fit.
#[derive(Clone, Debug)]
pub struct ExceptionRecord {
    pub id: ExceptionId,
    pub kind: String,
    pub subject: String,
    pub deal: Option<DealId>,
    pub invoice: Option<String>,
    pub statement: Option<StatementId>,
    /// The numbers side by side, as JSON.
    pub facts: String,
    pub opened_at: Timestamp,
    pub resolved_at: Option<Timestamp>,
    /// `fixed`, another word of the portal's, or one of [`STAYS`].
    pub resolution: Option<String>,
    pub partner_name: Option<String>,
    pub client: Option<ClientId>,
    pub client_name: Option<String>,
    pub invoice_number: Option<String>,
}

/// What a person said of an exception that is not to be raised again until something changes.
pub const STAYS: [&str; 2] = ["dismissed", "kept"];

const EXCEPTION: &str = "SELECT exceptions.id, exceptions.kind, exceptions.subject, exceptions.deal_id, exceptions.invoice_id, exceptions.statement_id,
        exceptions.facts, exceptions.opened_at, exceptions.resolved_at, exceptions.resolution, partners.name AS partner_name,
        deals.client_id, COALESCE(clients.name, invoices.contact_name) AS client_name, invoices.number AS invoice_number
    FROM exceptions
    LEFT JOIN deals ON deals.id = exceptions.deal_id
    LEFT JOIN partners ON partners.id = deals.partner_id
    LEFT JOIN clients ON clients.id = deals.client_id
    LEFT JOIN invoices ON invoices.id = exceptions.invoice_id";

/// Whose an exception is: the partner of its deal or statement, or of a deal with the client of its invoice.
const OF_PARTNER: &str = "($1 IS NULL OR LOWER(partners.name) LIKE $1 ESCAPE '!'
      OR EXISTS (SELECT 1 FROM statements JOIN partners AS stated ON stated.id = statements.partner_id
                 WHERE statements.id = exceptions.statement_id AND LOWER(stated.name) LIKE $1 ESCAPE '!')
      OR EXISTS (SELECT 1 FROM clients AS paying JOIN deals AS theirs ON theirs.client_id = paying.id
                 JOIN partners AS bringing ON bringing.id = theirs.partner_id
                 WHERE paying.xero_contact_id = invoices.contact_id AND LOWER(bringing.name) LIKE $1 ESCAPE '!'))
    AND exceptions.opened_at <= $2";

fn read_exception(row: &AnyRow) -> Result<ExceptionRecord, StoreError> {
    Ok(ExceptionRecord {
        id: row.parsed("id")?,
        kind: row.text("kind")?,
        subject: row.text("subject")?,
        deal: row.optional_parsed("deal_id")?,
        invoice: row.optional_text("invoice_id")?,
        statement: row.optional_parsed("statement_id")?,
        facts: row.text("facts")?,
        opened_at: row.instant("opened_at")?,
        resolved_at: row.optional_instant("resolved_at")?,
        resolution: row.optional_text("resolution")?,
        partner_name: row.optional_text("partner_name")?,
        client: row.optional_parsed("client_id")?,
        client_name: row.optional_text("client_name")?,
        invoice_number: row.optional_text("invoice_number")?,
    })
}

/// What is known of an exception when it is seen.
#[derive(Clone, Debug)]
pub struct NewException<'a> {
    pub id: ExceptionId,
    pub kind: &'a str,
    pub subject: &'a str,
    pub deal: Option<DealId>,
    pub invoice: Option<&'a str>,
    pub statement: Option<StatementId>,
    pub facts: &'a str,
}

/// What stands of an exception when the same is seen again.
#[derive(Clone, Debug)]
pub struct KnownException {
    pub subject: String,
    pub facts: String,
    pub is_open: bool,
    /// A person let it stand: it is not raised for as long as its numbers are the same.
    pub stays: bool,
}

/// Those that were ever raised for some subjects.
pub async fn list_known(
    tx: &mut Tx,
    subjects: &[String],
) -> Result<Vec<KnownException>, StoreError> {
    let rows = rows_of(tx, subjects, |list| {
        format!(
            "SELECT subject, facts, resolved_at, resolution FROM exceptions WHERE subject IN {list}"
        )
    })
    .await?;
    all(&rows, |row| {
        let is_open = row.optional_instant("resolved_at")?.is_none();
        let resolution = row.optional_text("resolution")?;
        Ok(KnownException {
            subject: row.text("subject")?,
            facts: row.text("facts")?,
            is_open,
            stays: !is_open && resolution.is_some_and(|word| STAYS.contains(&word.as_str())),
        })
    })
}

/// Opens exceptions, each of another subject, or brings the numbers of open ones up to date; one that was settled opens again. What a person let stand
/// stays settled for as long as the same is seen.
pub async fn raise_all(
    tx: &mut Tx,
    raised: &[NewException<'_>],
    now: Timestamp,
) -> Result<(), StoreError> {
    for some in raised.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::with_capacity(some.len() * 8);
        for exception in some {
            bound.extend(values![
                exception.id,
                exception.kind,
                exception.subject,
                exception.deal,
                exception.invoice,
                exception.statement,
                exception.facts,
                now,
            ]);
        }
        let text = format!(
            "INSERT INTO exceptions (id, kind, subject, deal_id, invoice_id, statement_id, facts, opened_at)
             VALUES {}
             ON CONFLICT (subject) DO UPDATE
             SET kind = excluded.kind, deal_id = excluded.deal_id, invoice_id = excluded.invoice_id, statement_id = excluded.statement_id,
                 facts = excluded.facts,
                 opened_at = CASE WHEN exceptions.resolved_at IS NULL THEN exceptions.opened_at ELSE excluded.opened_at END,
                 told_at = CASE WHEN exceptions.resolved_at IS NULL THEN exceptions.told_at ELSE NULL END,
                 resolved_at = NULL, resolution = NULL
             WHERE exceptions.resolved_at IS NULL OR exceptions.resolution NOT IN ('dismissed', 'kept') OR exceptions.facts <> excluded.facts",
            places(some.len(), 8, 1)
        );
        execute_many(tx, text, bound).await?;
    }
    Ok(())
}

/// Closes exceptions that are open: what was wrong is right again, or a person settled it. What a person let stand is right now too, so that it is
/// raised when it comes back.
pub async fn settle_all(
    tx: &mut Tx,
    subjects: &[String],
    resolution: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    for some in subjects.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::from(values![resolution, now]);
        bound.extend(some.iter().map(Bind::value));
        let text = format!(
            "UPDATE exceptions SET resolved_at = COALESCE(resolved_at, $2), resolution = $1
             WHERE (resolved_at IS NULL OR resolution IN ('dismissed', 'kept')) AND subject IN {}",
            places(1, some.len(), 3)
        );
        execute_many(tx, text, bound).await?;
    }
    Ok(())
}

/// Closes one.
pub async fn settle(
    tx: &mut Tx,
    subject: &str,
    resolution: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    settle_all(tx, &[subject.to_owned()], resolution, now).await
}

pub async fn find_open(
    tx: &mut Tx,
    id: ExceptionId,
) -> Result<Option<ExceptionRecord>, StoreError> {
    row!(
        tx,
        sql!(
            EXCEPTION,
            " WHERE exceptions.resolved_at IS NULL AND exceptions.id = $1"
        ),
        id
    )?
    .as_ref()
    .map(read_exception)
    .transpose()
}

/// An exception, open or not.
pub async fn find(tx: &mut Tx, id: ExceptionId) -> Result<Option<ExceptionRecord>, StoreError> {
    row!(tx, sql!(EXCEPTION, " WHERE exceptions.id = $1"), id)?
        .as_ref()
        .map(read_exception)
        .transpose()
}

/// Which exceptions to show.
#[derive(Clone, Debug)]
pub struct ExceptionFilter {
    pub kind: Option<String>,
    /// A part of the name of its partner.
    pub partner: String,
    pub opened_until: Timestamp,
    /// Those that are settled instead of those that are open.
    pub resolved: bool,
    /// The last one of the page before.
    pub after: Option<ExceptionId>,
}

/// Open ones oldest first, settled ones newest first.
pub async fn list(
    tx: &mut Tx,
    filter: &ExceptionFilter,
    limit: i64,
) -> Result<Vec<ExceptionRecord>, StoreError> {
    let text = if filter.resolved {
        sql!(
            EXCEPTION,
            " WHERE exceptions.resolved_at IS NOT NULL AND ",
            OF_PARTNER,
            " AND ($3 IS NULL OR exceptions.kind = $3)
              AND ($4 IS NULL OR exceptions.resolved_at < (SELECT last.resolved_at FROM exceptions AS last WHERE last.id = $4)
                   OR (exceptions.resolved_at = (SELECT last.resolved_at FROM exceptions AS last WHERE last.id = $4) AND exceptions.id < $4))
              ORDER BY exceptions.resolved_at DESC, exceptions.id DESC LIMIT $5"
        )
    } else {
        sql!(
            EXCEPTION,
            " WHERE exceptions.resolved_at IS NULL AND ",
            OF_PARTNER,
            " AND ($3 IS NULL OR exceptions.kind = $3)
              AND ($4 IS NULL OR exceptions.opened_at > (SELECT last.opened_at FROM exceptions AS last WHERE last.id = $4)
                   OR (exceptions.opened_at = (SELECT last.opened_at FROM exceptions AS last WHERE last.id = $4) AND exceptions.id > $4))
              ORDER BY exceptions.opened_at, exceptions.id LIMIT $5"
        )
    };
    let rows = rows!(
        tx,
        text,
        pattern(&filter.partner),
        filter.opened_until,
        filter.kind.as_deref(),
        filter.after,
        limit,
    )?;
    all(&rows, read_exception)
}

/// How many there are of each kind, whatever kind the filter asks for.
pub async fn count_by_kind(
    tx: &mut Tx,
    filter: &ExceptionFilter,
) -> Result<Vec<(String, i64)>, StoreError> {
    let rows = rows!(
        tx,
        sql!(
            "SELECT exceptions.kind, COUNT(*) AS how_many
             FROM exceptions
             LEFT JOIN deals ON deals.id = exceptions.deal_id
             LEFT JOIN partners ON partners.id = deals.partner_id
             LEFT JOIN invoices ON invoices.id = exceptions.invoice_id
             WHERE ((exceptions.resolved_at IS NULL AND $3 = 0) OR (exceptions.resolved_at IS NOT NULL AND $3 = 1)) AND ",
            OF_PARTNER,
            " GROUP BY exceptions.kind ORDER BY exceptions.kind"
        ),
        pattern(&filter.partner),
        filter.opened_until,
        i64::from(filter.resolved),
    )?;
    all(&rows, |row| {
        Ok((row.text("kind")?, row.integer("how_many")?))
    })
}

/// The open exceptions of one kind, oldest first.
pub async fn list_open_of_kind(
    tx: &mut Tx,
    kind: &str,
) -> Result<Vec<ExceptionRecord>, StoreError> {
    all(
        &rows!(
            tx,
            sql!(
                EXCEPTION,
                " WHERE exceptions.resolved_at IS NULL AND exceptions.kind = $1 ORDER BY exceptions.opened_at, exceptions.id"
            ),
            kind
        )?,
        read_exception,
    )
}

/// Oldest first.
pub async fn list_open(tx: &mut Tx, limit: i64) -> Result<Vec<ExceptionRecord>, StoreError> {
    all(
        &rows!(
            tx,
            sql!(
                EXCEPTION,
                " WHERE exceptions.resolved_at IS NULL ORDER BY exceptions.opened_at, exceptions.id LIMIT $1"
            ),
            limit
        )?,
        read_exception,
    )
}

/// The open exceptions of a kind of several statements, oldest first.
pub async fn list_open_of_statements(
    tx: &mut Tx,
    kind: &str,
    statements: &[StatementId],
) -> Result<Vec<ExceptionRecord>, StoreError> {
    let rows = rows_of(tx, statements, |list| {
        format!("{EXCEPTION} WHERE exceptions.resolved_at IS NULL AND exceptions.statement_id IN {list} ORDER BY exceptions.id")
    })
    .await?;
    let mut found = all(&rows, read_exception)?;
    found.retain(|exception| exception.kind == kind);
    Ok(found)
}

/// The kinds of the open exceptions of several deals: why their lines wait.
pub async fn list_open_of_deals(
    tx: &mut Tx,
    deals: &[DealId],
) -> Result<Vec<(DealId, String)>, StoreError> {
    let rows = rows_of(tx, deals, |list| {
        format!(
            "SELECT deal_id, kind FROM exceptions WHERE resolved_at IS NULL AND deal_id IN {list}"
        )
    })
    .await?;
    all(&rows, |row| Ok((row.parsed("deal_id")?, row.text("kind")?)))
}

pub async fn count_open(tx: &mut Tx) -> Result<i64, StoreError> {
    number!(
        tx,
        "SELECT COUNT(*) FROM exceptions WHERE resolved_at IS NULL"
    )
}

/// Takes what staff were not told of yet, other than of one kind, which is told of on its own: each is taken once, however many ask. The ids by kind.
pub async fn take_untold(
    tx: &mut Tx,
    kind_told_elsewhere: &str,
    now: Timestamp,
) -> Result<Vec<(String, ExceptionId)>, StoreError> {
    let rows = rows!(
        tx,
        "UPDATE exceptions SET told_at = $2 WHERE told_at IS NULL AND resolved_at IS NULL AND kind <> $1 RETURNING kind, id",
        kind_told_elsewhere,
        now,
    )?;
    let mut taken = all(&rows, |row| Ok((row.text("kind")?, row.parsed("id")?)))?;
    taken.sort();
    Ok(taken)
}

/// Whether there is anything that [`take_untold`] would take: asked first, as looking costs no writer.
pub async fn has_untold(tx: &mut Tx, kind_told_elsewhere: &str) -> Result<bool, StoreError> {
    let found = row!(
        tx,
        "SELECT id FROM exceptions WHERE told_at IS NULL AND resolved_at IS NULL AND kind <> $1 LIMIT 1",
        kind_told_elsewhere,
    )?;
    Ok(found.is_some())
}
