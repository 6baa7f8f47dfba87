//! How each outside system is connected: one row each, with a version that every change raises. No secret is in it.

use portal_domain::{
    calendar::Timestamp,
    connection::{ConnectionState, Place, System, Way},
    ids::PersonId,
};
use sqlx::any::AnyRow;

use crate::{
    StoreError, Tx,
    read::{Read, all},
    settings,
    sql::{execute, execute_one, row, rows, sql},
};

/// A connection as it stands.
#[derive(Clone, Debug)]
pub struct ConnectionRecord {
    pub system: System,
    pub version: i64,
    pub parts: Parts,
    pub renewals: i64,
    pub renewed_at: Option<Timestamp>,
    pub changed_at: Option<Timestamp>,
    /// The name of who changed it last; `None`: the portal itself, or nobody yet.
    pub changed_by: Option<String>,
    pub test: Option<Test>,
}

/// What of a connection is said by whoever changes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    pub state: ConnectionState,
    pub way: Option<Way>,
    pub place: Option<Place>,
    /// The app's public name.
    pub app: Option<String>,
    /// The account, organisation or workspace, as the vendor numbers it …
    pub account: Option<String>,
    /// … and names it.
    pub account_name: Option<String>,
    /// Xero's name for the tie between app and organisation.
    pub tie: Option<String>,
    /// The organisations of which one is to be chosen, as JSON.
    pub choices: Option<String>,
    pub scopes: Option<String>,
    /// When the access token ends.
    pub expires_at: Option<Timestamp>,
    /// Why it broke, in the vendor's words.
    pub said: Option<String>,
}

impl Parts {
    /// Of a system that nobody has connected.
    pub const NONE: Self = Self {
        state: ConnectionState::None,
        way: None,
        place: None,
        app: None,
        account: None,
        account_name: None,
        tie: None,
        choices: None,
        scopes: None,
        expires_at: None,
        said: None,
    };
}

/// One harmless call that was made to see whether a system lets us in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    pub at: Timestamp,
    pub went_well: bool,
    pub said: String,
}

const CONNECTIONS: &str = "SELECT connections.system, connections.state, connections.version, way, place, app, account, account_name, tie, choices, scopes,
        expires_at, renewed_at, renewals, said, changed_at, people.name AS changed_by, tested_at, test_went_well, test_said
    FROM connections LEFT JOIN people ON people.id = connections.changed_by";

fn read_connection(row: &AnyRow) -> Result<ConnectionRecord, StoreError> {
    let test = match row.optional_instant("tested_at")? {
        Some(at) => Some(Test {
            at,
            went_well: row.integer("test_went_well")? == 1,
            said: row.text("test_said")?,
        }),
        None => None,
    };
    Ok(ConnectionRecord {
        system: row.word("system", System::parse)?,
        version: row.integer("version")?,
        parts: Parts {
            state: row.word("state", ConnectionState::parse)?,
            way: row.optional_word("way", Way::parse)?,
            place: row.optional_word("place", Place::parse)?,
            app: row.optional_text("app")?,
            account: row.optional_text("account")?,
            account_name: row.optional_text("account_name")?,
            tie: row.optional_text("tie")?,
            choices: row.optional_text("choices")?,
            scopes: row.optional_text("scopes")?,
            expires_at: row.optional_instant("expires_at")?,
            said: row.optional_text("said")?,
        },
        renewals: row.integer("renewals")?,
        renewed_at: row.optional_instant("renewed_at")?,
        changed_at: row.optional_instant("changed_at")?,
        changed_by: row.optional_text("changed_by")?,
        test,
    })
}

pub async fn list(tx: &mut Tx) -> Result<Vec<ConnectionRecord>, StoreError> {
    all(&rows!(tx, CONNECTIONS)?, read_connection)
}

pub async fn find(tx: &mut Tx, system: System) -> Result<ConnectionRecord, StoreError> {
    let found = row!(
        tx,
        sql!(CONNECTIONS, " WHERE connections.system = $1"),
        system
    )?;
    let row = found.ok_or(StoreError::RowsAffected {
        what: "connection",
        actual: 0,
    })?;
    read_connection(&row)
}

/// The version of each system's connection.
pub async fn list_versions(tx: &mut Tx) -> Result<Vec<(System, i64)>, StoreError> {
    let rows = rows!(tx, "SELECT system, version FROM connections")?;
    rows.iter()
        .map(|row| Ok((row.word("system", System::parse)?, row.integer("version")?)))
        .collect()
}

/// What follows from a connection is made anew by every instance, although nothing of it changed.
pub async fn raise_version(tx: &mut Tx, system: System) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "connection",
        "UPDATE connections SET version = version + 1 WHERE system = $1",
        system,
    )
}

/// The setting that says that the portal was started as no demo.
const DEMO_LEFT: &str = "demo_left";

/// Whether this database is no demo's: a system of a vendor's own is connected or once was, rather than the sandbox's stand-in, or the portal was started with
/// credentials or without a sandbox before.
pub async fn is_any_real(tx: &mut Tx) -> Result<bool, StoreError> {
    let found = row!(
        tx,
        "SELECT system FROM connections WHERE place = $1 AND state <> $2
         UNION ALL SELECT key FROM settings WHERE key = $3
         LIMIT 1",
        Place::Vendor,
        ConnectionState::None,
        DEMO_LEFT,
    )?;
    Ok(found.is_some())
}

/// From now on this database is no demo's, whatever a later start is told.
pub async fn leave_demo(tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
    settings::set(tx, DEMO_LEFT, "", now).await
}

/// Changes a connection; whoever renews it at the moment has lost it. Its last test is about what it was before.
pub async fn set(
    tx: &mut Tx,
    system: System,
    parts: &Parts,
    by: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    if parts.place == Some(Place::Vendor) && parts.state != ConnectionState::None {
        leave_demo(tx, now).await?;
    }
    execute_one!(
        tx,
        "connection",
        "UPDATE connections SET version = version + 1, state = $2, way = $3, place = $4, app = $5, account = $6, account_name = $7, tie = $8,
             choices = $9, scopes = $10, expires_at = $11, said = $12, changed_by = $13, changed_at = $14, renewed_at = $14,
             renewals = renewals + 1, lease = NULL, lease_ends_at = NULL, tested_at = NULL, test_went_well = NULL, test_said = NULL
         WHERE system = $1",
        system,
        parts.state,
        parts.way,
        parts.place,
        parts.app,
        parts.account,
        parts.account_name,
        parts.tie,
        parts.choices,
        parts.scopes,
        parts.expires_at,
        parts.said,
        by,
        now,
    )
}

/// The system does not know us any more; `false` if the connection is another one by now, was renewed meanwhile, or if the turn that found it out is over.
pub async fn set_broken(
    tx: &mut Tx,
    known: &ConnectionRecord,
    lease: Option<&str>,
    said: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let met = execute!(
        tx,
        "UPDATE connections SET version = version + 1, state = $5, said = $6, changed_by = NULL, changed_at = $7, lease = NULL, lease_ends_at = NULL
         WHERE system = $1 AND version = $2 AND renewals = $3 AND COALESCE(lease, '') = COALESCE($4, lease, '') AND state IN ($8, $9)",
        known.system,
        known.version,
        known.renewals,
        lease,
        ConnectionState::Broken,
        said,
        now,
        ConnectionState::Connected,
        ConnectionState::Choosing,
    )?;
    Ok(met == 1)
}

/// Takes the turn to renew the tokens of a connection: `true` for one of all who ask, until `ends_at`.
pub async fn take_lease(
    tx: &mut Tx,
    known: &ConnectionRecord,
    lease: &str,
    ends_at: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let met = execute!(
        tx,
        "UPDATE connections SET lease = $4, lease_ends_at = $5
         WHERE system = $1 AND version = $2 AND renewals = $3 AND (lease IS NULL OR lease_ends_at <= $6)",
        known.system,
        known.version,
        known.renewals,
        lease,
        ends_at,
        now,
    )?;
    Ok(met == 1)
}

/// Whoever had the turn could not renew: the next one may try at once.
pub async fn give_lease_back(tx: &mut Tx, system: System, lease: &str) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE connections SET lease = NULL, lease_ends_at = NULL WHERE system = $1 AND lease = $2",
        system,
        lease,
    )?;
    Ok(())
}

/// The tokens were renewed by whoever has the turn; `false` if somebody else has it by now.
pub async fn set_renewed(
    tx: &mut Tx,
    system: System,
    lease: &str,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let met = execute!(
        tx,
        "UPDATE connections SET expires_at = $3, renewed_at = $4, renewals = renewals + 1, lease = NULL, lease_ends_at = NULL
         WHERE system = $1 AND lease = $2",
        system,
        lease,
        expires_at,
        now,
    )?;
    Ok(met == 1)
}

/// What a test came to, and whose account it found; `false` if it was of another version than that, of which it says nothing.
pub async fn set_tested(
    tx: &mut Tx,
    system: System,
    version: i64,
    test: &Test,
    account: Option<(&str, &str)>,
) -> Result<bool, StoreError> {
    let met = execute!(
        tx,
        "UPDATE connections SET tested_at = $3, test_went_well = $4, test_said = $5,
             version = version + CASE WHEN COALESCE($6, account) <> COALESCE(account, '') THEN 1 ELSE 0 END,
             account = COALESCE($6, account), account_name = COALESCE($7, account_name)
         WHERE system = $1 AND version = $2",
        system,
        version,
        test.at,
        i64::from(test.went_well),
        test.said,
        account.map(|(id, _)| id),
        account.map(|(_, name)| name),
    )?;
    Ok(met == 1)
}
