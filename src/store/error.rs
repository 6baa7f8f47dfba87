//! What can go wrong between us and the database, in the store's words.

use portal_domain::{ids::PartnerId, money::Currency};

/// A statement failed, or a row does not make sense.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or was not reachable.
    #[error("the database failed: {0}")]
    Driver(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the database could not be migrated: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A value in the database is not one that the portal writes.
    #[error("column {column} holds {value:?}, which the portal never writes")]
    Inconsistent { column: &'static str, value: String },
    /// An update met another number of rows than it must.
    #[error("{what}: {actual} rows instead of one")]
    RowsAffected { what: &'static str, actual: u64 },
    /// Amounts of a partner add up to more than an amount can hold.
    #[error(
        "the amounts of partner {partner} in {currency} add up to more than one amount can hold"
    )]
    TooLarge {
        partner: PartnerId,
        currency: Currency,
    },
    /// The address of the database is of no known kind.
    #[error("DATABASE_URL must start with sqlite:// or postgres://")]
    UnknownDatabase,
}

impl StoreError {
    /// A unique index says that the row is there already.
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Driver(sqlx::Error::Database(error)) if error.is_unique_violation())
    }
}
