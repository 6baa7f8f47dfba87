//! What a use case answers when it does not do what was asked.

use portal_domain::{
    error::{Fault, FieldError, FieldErrors},
    money::MoneyError,
};
use portal_store::StoreError;

use crate::vault::VaultError;

/// Why not, for whoever must decide what to say: a page, the API, a job.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The input is wrong; each fault names its field.
    #[error("the input is not valid: {0:?}")]
    Invalid(FieldErrors),
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    Unauthenticated,
    /// Signed in, but not allowed.
    #[error("not allowed")]
    Forbidden,
    /// Not there, or not theirs: the two must look the same.
    #[error("not found")]
    NotFound,
    /// Somebody was faster, or the thing is in no state for it; the code is a key of the catalogues.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// Amounts that do not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A secret that does not open.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// What is stored does not make sense; the text says where.
    #[error("inconsistent: {0}")]
    Inconsistent(String),
}

/// The kinds that callers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    Invalid,
    Unauthenticated,
    Forbidden,
    NotFound,
    Conflict,
    Internal,
}

impl ServiceError {
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(_) => ErrorKind::Invalid,
            Self::Unauthenticated => ErrorKind::Unauthenticated,
            Self::Forbidden => ErrorKind::Forbidden,
            Self::NotFound => ErrorKind::NotFound,
            Self::Conflict(_) => ErrorKind::Conflict,
            Self::Money(_) | Self::Store(_) | Self::Vault(_) | Self::Inconsistent(_) => {
                ErrorKind::Internal
            }
        }
    }

    /// One wrong field.
    pub fn field(field: &str, code: &str) -> Self {
        Self::Invalid(FieldErrors::one(field, code))
    }

    /// The same with what the sentence needs.
    pub fn fault(field: &str, fault: Fault) -> Self {
        Self::Invalid(FieldErrors(vec![FieldError {
            field: field.to_owned(),
            code: fault.code.to_owned(),
            detail: fault.detail,
        }]))
    }
}
