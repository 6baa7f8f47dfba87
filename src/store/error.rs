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
    /// The user that owns the schema was not let in.
    #[error("the database failed for the user of DATABASE_OWNER_URL: {0}")]
    Owner(#[source] sqlx::Error),
    /// The two users are in two databases.
    #[error(
        "DATABASE_OWNER_URL names the database {owner}, and DATABASE_URL the database {portal}: name the same one in both"
    )]
    OtherDatabase { owner: String, portal: String },
    /// The two users are one.
    #[error(
        "DATABASE_OWNER_URL and DATABASE_URL name the same user, {0}: let DATABASE_URL name one that owns nothing, or leave DATABASE_OWNER_URL out (docs/operating.md)"
    )]
    SameUser(String),
    /// Whoever is to bring the schema up to date may not.
    #[error(
        "the user of DATABASE_OWNER_URL does not own the schema, and may not make it: name the user as which the portal ran before, or the one that owns the database (docs/operating.md)"
    )]
    NotOwner,
    /// The schema is to be brought up to date by somebody else.
    #[error(
        "the database has {applied} of the {known} migrations that this version of the portal needs, and the user of DATABASE_URL may not run the others: run `portal migrate` with DATABASE_OWNER_URL naming the user that owns the schema, then start again (docs/operating.md)"
    )]
    Behind { applied: usize, known: usize },
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
