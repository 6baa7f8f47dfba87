//! The journal: the double-entry ledger of all lines. Only ever added to; the database refuses anything else.

use portal_domain::{
    calendar::Timestamp,
    ids::{DealId, LineId, PartnerId, PersonId},
    ledger::{Account, Entry},
    money::{Currency, Money},
};

use crate::{
    StoreError, Tx,
    read::{Read, all},
    settings::take_numbers,
    sql::{ROWS_AT_ONCE, execute_many, places, row, rows, rows_of, values},
};

/// The balance of one account of one partner, in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    pub partner: PartnerId,
    pub account: Account,
    pub money: Money,
}

/// An entry as posted.
#[derive(Clone, Debug)]
pub struct JournalRecord {
    pub position: i64,
    pub entry: Entry,
    pub partner: PartnerId,
    pub cause: String,
    pub posted_at: Timestamp,
}

/// An entry that is to be posted.
#[derive(Clone, Copy, Debug)]
pub struct NewEntry {
    pub partner: PartnerId,
    pub entry: Entry,
    /// A word of the journal.
    pub cause: &'static str,
}

/// Posts entries in their order.
pub async fn add_all(
    tx: &mut Tx,
    entries: &[NewEntry],
    person: Option<PersonId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut position = take_numbers(tx, "journal", entries.len()).await?;
    for some in entries.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::with_capacity(some.len() * 10);
        for new in some {
            bound.extend(values![
                position,
                new.entry.line,
                new.partner,
                new.entry.money.currency,
                new.entry.from,
                new.entry.to,
                new.entry.money.minor,
                new.cause,
                person,
                now,
            ]);
            position += 1;
        }
        let text = format!(
            "INSERT INTO journal (position, line_id, partner_id, currency, from_account, to_account, amount_minor, cause, person_id, posted_at)
             VALUES {}",
            places(some.len(), 10, 1)
        );
        execute_many(tx, text, bound).await?;
    }
    Ok(())
}

/// What stands in each account after all entries posted until an instant.
pub async fn list_balances(
    tx: &mut Tx,
    partner: Option<PartnerId>,
    until: Timestamp,
) -> Result<Vec<Balance>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT partner_id, currency, account, CAST(SUM(amount_minor) AS BIGINT) AS amount_minor
         FROM (
             SELECT partner_id, currency, to_account AS account, amount_minor FROM journal
             WHERE posted_at <= $2 AND ($1 IS NULL OR partner_id = $1)
             UNION ALL
             SELECT partner_id, currency, from_account AS account, -amount_minor FROM journal
             WHERE posted_at <= $2 AND ($1 IS NULL OR partner_id = $1)
         ) AS postings
         GROUP BY partner_id, currency, account
         ORDER BY partner_id, currency, account",
        partner,
        until,
    )?;
    all(&rows, |row| {
        Ok(Balance {
            partner: row.parsed("partner_id")?,
            account: row.word("account", Account::parse)?,
            money: row.money("amount_minor")?,
        })
    })
}

/// How many entries there are, and how many of them move nothing from one account to another.
pub async fn count(tx: &mut Tx) -> Result<(i64, i64), StoreError> {
    let row = row!(
        tx,
        "SELECT COUNT(*) AS how_many, CAST(COALESCE(SUM(CASE WHEN from_account = to_account THEN 1 ELSE 0 END), 0) AS BIGINT) AS idle
         FROM journal",
    )?;
    row.map_or(Ok((0, 0)), |row| {
        Ok((row.integer("how_many")?, row.integer("idle")?))
    })
}

/// The history of one line's money, oldest first.
pub async fn list_of_line(tx: &mut Tx, line: LineId) -> Result<Vec<JournalRecord>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT position, line_id, partner_id, currency, from_account, to_account, amount_minor, cause, posted_at
         FROM journal WHERE line_id = $1 ORDER BY position",
        line,
    )?;
    all(&rows, |row| {
        Ok(JournalRecord {
            position: row.integer("position")?,
            entry: Entry {
                line: row.parsed("line_id")?,
                from: row.word("from_account", Account::parse)?,
                to: row.word("to_account", Account::parse)?,
                money: row.money("amount_minor")?,
            },
            partner: row.parsed("partner_id")?,
            cause: row.text("cause")?,
            posted_at: row.instant("posted_at")?,
        })
    })
}

/// What the entries of each line of some deals leave in each account, for every line whose balance there is not zero.
pub async fn list_line_balances(
    tx: &mut Tx,
    deals: &[DealId],
) -> Result<Vec<(LineId, Account, Currency, i64)>, StoreError> {
    let rows = rows_of(tx, deals, |list| {
        format!(
            "SELECT line_id, currency, account, CAST(SUM(amount_minor) AS BIGINT) AS amount_minor
             FROM (
                 SELECT journal.line_id, journal.currency, journal.to_account AS account, journal.amount_minor
                 FROM lines JOIN journal ON journal.line_id = lines.id WHERE lines.deal_id IN {list}
                 UNION ALL
                 SELECT journal.line_id, journal.currency, journal.from_account AS account, -journal.amount_minor
                 FROM lines JOIN journal ON journal.line_id = lines.id WHERE lines.deal_id IN {list}
             ) AS postings
             GROUP BY line_id, currency, account
             HAVING SUM(amount_minor) <> 0
             ORDER BY line_id, account"
        )
    })
    .await?;
    all(&rows, |row| {
        Ok((
            row.parsed("line_id")?,
            row.word("account", Account::parse)?,
            row.parsed("currency")?,
            row.integer("amount_minor")?,
        ))
    })
}

/// Entries of lines that are not there; the database refuses them, so whoever made one got round it.
pub async fn list_stray(tx: &mut Tx) -> Result<Vec<(i64, LineId)>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT journal.position, journal.line_id FROM journal LEFT JOIN lines ON lines.id = journal.line_id
         WHERE lines.id IS NULL ORDER BY journal.position",
    )?;
    all(&rows, |row| {
        Ok((row.integer("position")?, row.parsed("line_id")?))
    })
}
