//! The journal: the double-entry ledger of all lines. Only ever added to; the database refuses anything else.

use std::collections::BTreeMap;

use portal_domain::{
    calendar::Timestamp,
    ids::{DealId, LineId, PartnerId, PersonId},
    ledger::{Account, Entry},
    money::Currency,
};

use crate::{
    StoreError, Tx,
    read::{Read, all},
    settings::take_numbers,
    sql::{
        ROWS_AT_ONCE, execute_many, pattern, places, row, rows, rows_many, rows_of, sum, values,
    },
};

/// The balance of one account of one partner, in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    pub partner: PartnerId,
    pub account: Account,
    pub currency: Currency,
    /// More than one amount can hold, if need be.
    pub minor: i128,
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

/// The partners whose balances are asked for.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    Everybody,
    Some(&'a [PartnerId]),
}

/// The two sides of each posting: which account, and what it gained.
const SIDES: [(&str, &str); 2] = [("to_account", ""), ("from_account", "-")];

/// What stands in each account after all entries posted until an instant.
pub async fn list_balances(
    tx: &mut Tx,
    whose: Whose<'_>,
    until: Timestamp,
) -> Result<Vec<Balance>, StoreError> {
    // An instant is a whole number, so it can stand in the text.
    let text = |list: Option<&str>| {
        let those = list.map_or_else(String::new, |list| format!(" AND partner_id IN {list}"));
        let sides = SIDES.map(|(account, sign)| {
            format!(
                "SELECT partner_id, currency, {account} AS account, {sign}amount_minor AS amount_minor FROM journal WHERE posted_at <= {}{those}",
                until.0
            )
        });
        format!(
            "SELECT partner_id, currency, account, {} FROM ({}) AS postings
             GROUP BY partner_id, currency, account ORDER BY partner_id, currency, account",
            sum!("amount_minor"),
            sides.join(" UNION ALL ")
        )
    };
    let rows = match whose {
        Whose::Everybody => rows_many(tx, text(None), Vec::new()).await?,
        Whose::Some(partners) => rows_of(tx, partners, |list| text(Some(list))).await?,
    };
    all(&rows, |row| {
        Ok(Balance {
            partner: row.parsed("partner_id")?,
            account: row.word("account", Account::parse)?,
            currency: row.parsed("currency")?,
            minor: row.sum()?,
        })
    })
}

/// Partners that something was posted for until an instant, by name: a part of it is searched for, and `after` is where the page before ended.
pub async fn list_partners(
    tx: &mut Tx,
    search: &str,
    until: Timestamp,
    after: Option<(&str, PartnerId)>,
    limit: i64,
) -> Result<Vec<(PartnerId, String)>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT partners.id, partners.name FROM partners
         WHERE ($1 IS NULL OR LOWER(partners.name) LIKE $1 ESCAPE '!')
           AND ($2 IS NULL OR partners.name > $2 OR (partners.name = $2 AND partners.id > $3))
           AND EXISTS (SELECT 1 FROM journal WHERE journal.partner_id = partners.id AND journal.posted_at <= $4)
         ORDER BY partners.name, partners.id
         LIMIT $5",
        pattern(search),
        after.map(|(name, _)| name),
        after.map(|(_, id)| id),
        until,
        limit,
    )?;
    all(&rows, |row| Ok((row.parsed("id")?, row.text("name")?)))
}

/// What stands in each account of all partners together, by currency.
pub async fn list_totals(
    tx: &mut Tx,
    until: Timestamp,
) -> Result<Vec<(Currency, Account, i128)>, StoreError> {
    let mut totals: BTreeMap<(Currency, Account), i128> = BTreeMap::new();
    for (account, sign) in SIDES {
        let text = format!(
            "SELECT currency, {account} AS account, {} FROM journal WHERE posted_at <= {} GROUP BY currency, {account}",
            sum!("amount_minor"),
            until.0
        );
        let is_gain = sign.is_empty();
        for row in rows_many(tx, text, Vec::new()).await? {
            let key = (
                row.parsed("currency")?,
                row.word("account", Account::parse)?,
            );
            let minor = row.sum()?;
            *totals.entry(key).or_default() += if is_gain { minor } else { -minor };
        }
    }
    Ok(totals
        .into_iter()
        .map(|((currency, account), minor)| (currency, account, minor))
        .collect())
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
) -> Result<Vec<(LineId, Account, Currency, i128)>, StoreError> {
    let rows = rows_of(tx, deals, |list| {
        format!(
            "SELECT line_id, currency, account, {}
             FROM (
                 SELECT journal.line_id, journal.currency, journal.to_account AS account, journal.amount_minor
                 FROM lines JOIN journal ON journal.line_id = lines.id WHERE lines.deal_id IN {list}
                 UNION ALL
                 SELECT journal.line_id, journal.currency, journal.from_account AS account, -journal.amount_minor
                 FROM lines JOIN journal ON journal.line_id = lines.id WHERE lines.deal_id IN {list}
             ) AS postings
             GROUP BY line_id, currency, account
             ORDER BY line_id, account",
            sum!("amount_minor")
        )
    })
    .await?;
    let mut found = all(&rows, |row| {
        Ok((
            row.parsed("line_id")?,
            row.word("account", Account::parse)?,
            row.parsed("currency")?,
            row.sum()?,
        ))
    })?;
    found.retain(|balance| balance.3 != 0);
    Ok(found)
}

/// Entries of lines that are not there, which the database refuses, so that whoever made one got round it; and of lines of another partner.
pub async fn list_stray(tx: &mut Tx) -> Result<Vec<(i64, LineId)>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT journal.position, journal.line_id FROM journal LEFT JOIN lines ON lines.id = journal.line_id AND lines.partner_id = journal.partner_id
         WHERE lines.id IS NULL ORDER BY journal.position",
    )?;
    all(&rows, |row| {
        Ok((row.integer("position")?, row.parsed("line_id")?))
    })
}
