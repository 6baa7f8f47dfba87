//! Binding domain values as the column types that both databases share, text, 64-bit integers and bytes, and short ways to run a statement.

use chrono::NaiveDate;
use portal_domain::{
    calendar::{Month, Timestamp},
    money::Currency,
};
use sqlx::{
    Any, AssertSqlSafe,
    any::{AnyArguments, AnyRow},
    query::Query,
};

use crate::{StoreError, Tx, dialect::Dialect};

/// A value as a column holds it.
#[derive(Clone)]
pub(crate) enum Value {
    Text(Option<String>),
    Integer(Option<i64>),
    Bytes(Vec<u8>),
}

impl Value {
    fn text(text: &str) -> Self {
        Self::Text(Some(kept(text)))
    }
}

/// A text as both databases hold it. PostgreSQL has no place for the character zero, which vendors' texts may hold: like all that cannot be shown it
/// becomes the sign for that.
pub(crate) fn kept(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// What can be bound to a statement.
pub(crate) trait Bind {
    fn value(&self) -> Value;
}

/// The type of an absent value matters to PostgreSQL, so `None` must know whether it is a text or a number.
pub(crate) trait Null {
    const NULL: Value;
}

macro_rules! bind_as_text {
    ($($type:ty),+ $(,)?) => {$(
        impl Bind for $type {
            fn value(&self) -> Value {
                Value::text(&self.to_string())
            }
        }
        impl Null for $type {
            const NULL: Value = Value::Text(None);
        }
    )+};
}

bind_as_text!(
    String,
    Currency,
    NaiveDate,
    portal_domain::access::MemberRole,
    portal_domain::access::StaffRole,
    portal_domain::access::Proof,
    portal_domain::access::Reach,
    portal_domain::connection::ConnectionState,
    portal_domain::connection::Place,
    portal_domain::connection::System,
    portal_domain::connection::Way,
    portal_domain::deal::BillingPeriod,
    portal_domain::deal::DealState,
    portal_domain::lead::LawfulBasis,
    portal_domain::lead::LeadState,
    portal_domain::ledger::Account,
    portal_domain::line::DisputeStep,
    portal_domain::line::LineKind,
    portal_domain::line::LineState,
    portal_domain::bill::BillFile,
    portal_domain::bill::BillState,
    portal_domain::notice::Delivery,
    portal_domain::notice::MailKind,
    portal_domain::notice::StaffEvent,
    portal_domain::origin::Means,
    portal_domain::relay::DeliveryState,
    portal_domain::relay::Way,
    portal_domain::secret::SecretName,
    portal_domain::ids::PersonId,
    portal_domain::ids::PartnerId,
    portal_domain::ids::LeadId,
    portal_domain::ids::ClientId,
    portal_domain::ids::DealId,
    portal_domain::ids::PlanId,
    portal_domain::ids::PlanVersionId,
    portal_domain::ids::LineId,
    portal_domain::ids::StatementId,
    portal_domain::ids::BillId,
    portal_domain::ids::ExceptionId,
    portal_domain::ids::JobId,
    portal_domain::ids::MailId,
    portal_domain::ids::SlackMessageId,
    portal_domain::ids::InboxId,
    portal_domain::ids::InvitationId,
    portal_domain::ids::SessionId,
    portal_domain::ids::ProviderId,
);

impl Bind for str {
    fn value(&self) -> Value {
        Value::text(self)
    }
}

impl Null for &str {
    const NULL: Value = Value::Text(None);
}

impl Bind for [u8] {
    fn value(&self) -> Value {
        Value::Bytes(self.to_vec())
    }
}

impl Bind for i64 {
    fn value(&self) -> Value {
        Value::Integer(Some(*self))
    }
}

impl Null for i64 {
    const NULL: Value = Value::Integer(None);
}

impl Bind for Timestamp {
    fn value(&self) -> Value {
        Value::Integer(Some(self.0))
    }
}

impl Null for Timestamp {
    const NULL: Value = Value::Integer(None);
}

impl Bind for Month {
    fn value(&self) -> Value {
        Value::Integer(Some(i64::from(self.0)))
    }
}

impl Null for Month {
    const NULL: Value = Value::Integer(None);
}

impl<T: Bind + ?Sized> Bind for &T {
    fn value(&self) -> Value {
        (*self).value()
    }
}

impl<T: Bind + Null> Bind for Option<T> {
    fn value(&self) -> Value {
        self.as_ref().map_or(T::NULL, Bind::value)
    }
}

pub(crate) fn bind<'q>(
    query: Query<'q, Any, AnyArguments>,
    value: &impl Bind,
) -> Query<'q, Any, AnyArguments> {
    bind_value(query, value.value())
}

fn bind_value(query: Query<'_, Any, AnyArguments>, value: Value) -> Query<'_, Any, AnyArguments> {
    match value {
        Value::Text(text) => query.bind(text),
        Value::Integer(integer) => query.bind(integer),
        Value::Bytes(bytes) => query.bind(bytes),
    }
}

/// `rows!(tx, "SELECT …", a, b)`: all rows.
macro_rules! rows {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {{
        let query = sqlx::query($sql);
        $(let query = $crate::sql::bind(query, &$value);)*
        query.fetch_all($tx.connection()).await.map_err($crate::StoreError::from)
    }};
}

/// `row!(tx, "SELECT …", a, b)`: the first row, if there is one.
macro_rules! row {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {{
        let query = sqlx::query($sql);
        $(let query = $crate::sql::bind(query, &$value);)*
        query.fetch_optional($tx.connection()).await.map_err($crate::StoreError::from)
    }};
}

/// `number!(tx, "SELECT COUNT(*) …", a, b)`: the number in the first row, none if there is no row.
macro_rules! number {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        $crate::sql::row!($tx, $sql $(, $value)*).and_then(|row| match row {
            Some(row) => Ok(sqlx::Row::try_get(&row, 0)?),
            None => Ok(0),
        })
    };
}

/// `execute!(tx, "UPDATE …", a, b)`: how many rows it met.
macro_rules! execute {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {{
        let query = sqlx::query($sql);
        $(let query = $crate::sql::bind(query, &$value);)*
        query
            .execute($tx.connection())
            .await
            .map(|done| done.rows_affected())
            .map_err($crate::StoreError::from)
    }};
}

/// For updates that must meet exactly one row.
macro_rules! execute_one {
    ($tx:expr, $what:literal, $sql:expr $(, $value:expr)* $(,)?) => {{
        match $crate::sql::execute!($tx, $sql $(, $value)*)? {
            1 => Ok(()),
            actual => Err($crate::StoreError::RowsAffected { what: $what, actual }),
        }
    }};
}

/// `sql!(COLUMNS, " WHERE id = $1")`: one constant text of several, so that the columns of a record stand once and no text is built at run time.
macro_rules! sql {
    ($($part:expr),+ $(,)?) => {{
        const PARTS: &[&str] = &[$($part),+];
        const LENGTH: usize = $crate::sql::total_length(PARTS);
        const BYTES: [u8; LENGTH] = $crate::sql::join(PARTS);
        const TEXT: &str = match std::str::from_utf8(&BYTES) {
            Ok(text) => text,
            Err(_) => panic!("texts joined are a text"),
        };
        TEXT
    }};
}

pub(crate) const fn total_length(parts: &[&str]) -> usize {
    let (mut length, mut index) = (0, 0);
    while index < parts.len() {
        length += parts[index].len();
        index += 1;
    }
    length
}

pub(crate) const fn join<const LENGTH: usize>(parts: &[&str]) -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    let (mut at, mut index) = (0, 0);
    while index < parts.len() {
        let part = parts[index].as_bytes();
        let mut offset = 0;
        while offset < part.len() {
            bytes[at] = part[offset];
            at += 1;
            offset += 1;
        }
        index += 1;
    }
    bytes
}

/// How many rows one statement writes: well below what either database binds at once, and few enough shapes to keep prepared.
pub(crate) const ROWS_AT_ONCE: usize = 400;

/// `($1, $2), ($3, $4)`: as many rows of as many places, from place `first` on.
pub(crate) fn places(rows: usize, columns: usize, first: usize) -> String {
    let mut text = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            let separator = if column == 0 { "$" } else { ", $" };
            text.push_str(separator);
            text.push_str(&(first + row * columns + column).to_string());
        }
        text.push(')');
    }
    text
}

/// SQLite and its driver look for each numbered place among all others, so thousands of them would cost their square. There each place is a bare `?`, and
/// its value stands as often as it is used.
fn spell(tx: &Tx, text: String, values: Vec<Value>) -> (String, Vec<Value>) {
    if tx.dialect() == Dialect::Postgres {
        return (text, values);
    }
    let mut parts = text.split('$');
    let mut bare = parts.next().unwrap_or_default().to_owned();
    let mut used = Vec::with_capacity(values.len());
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        let place: usize = number.parse().expect("a place is a number");
        used.push(values[place - 1].clone());
        bare.push('?');
        bare.push_str(rest);
    }
    (bare, used)
}

/// Runs a statement whose number of places is known at run time only; its text is made of constants and [`places`].
pub(crate) async fn execute_many(
    tx: &mut Tx,
    text: String,
    values: Vec<Value>,
) -> Result<u64, StoreError> {
    let (text, values) = spell(tx, text, values);
    let mut query = sqlx::query(AssertSqlSafe(text));
    for value in values {
        query = bind_value(query, value);
    }
    Ok(query.execute(tx.connection()).await?.rows_affected())
}

/// Reads with a statement whose number of places is known at run time only; its text is made of constants and [`places`].
pub(crate) async fn rows_many(
    tx: &mut Tx,
    text: String,
    values: Vec<Value>,
) -> Result<Vec<AnyRow>, StoreError> {
    let (text, values) = spell(tx, text, values);
    let mut query = sqlx::query(AssertSqlSafe(text));
    for value in values {
        query = bind_value(query, value);
    }
    Ok(query.fetch_all(tx.connection()).await?)
}

/// Reads what belongs to any of many keys, some keys at a time: `text` makes the statement out of the list of their places.
pub(crate) async fn rows_of<K: Bind>(
    tx: &mut Tx,
    keys: &[K],
    text: impl Fn(&str) -> String,
) -> Result<Vec<AnyRow>, StoreError> {
    let mut found = Vec::new();
    for some in keys.chunks(ROWS_AT_ONCE) {
        let list = places(1, some.len(), 1);
        let values = some.iter().map(Bind::value).collect();
        found.extend(rows_many(tx, text(&list), values).await?);
    }
    Ok(found)
}

/// What a person typed to search for, as a pattern for `LIKE … ESCAPE '!'`; nothing where nothing was typed.
pub(crate) fn pattern(search: &str) -> Option<String> {
    let search = search.trim().to_lowercase();
    let escaped = search
        .replace('!', "!!")
        .replace('%', "!%")
        .replace('_', "!_");
    (!search.is_empty()).then(|| format!("%{escaped}%"))
}

/// `values![a, b]`: what [`execute_many`] binds.
macro_rules! values {
    ($($value:expr),+ $(,)?) => {
        [$($crate::sql::Bind::value(&$value)),+]
    };
}

/// The sum of a column, which [`crate::read::Read::sum`] reads: in two halves, which no database finds too large, however many rows there are.
macro_rules! sum {
    ($column:literal) => {
        concat!(
            "CAST(SUM(",
            $column,
            " / 4294967296) AS BIGINT) AS sum_high, CAST(SUM(",
            $column,
            " % 4294967296) AS BIGINT) AS sum_low"
        )
    };
}

pub(crate) use {execute, execute_one, number, row, rows, sql, sum, values};
