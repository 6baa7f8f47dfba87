//! How a job fails: for now, or for good.

use portal_domain::failure::Failure;
use portal_integrations::{CallError, ErrorKind as CallErrorKind};
use portal_services::{ErrorKind, ServiceError};

/// Why a job did not do its work.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct JobError {
    pub message: String,
    pub remedy: Remedy,
    pub failure: Failure,
    /// The message is for staff, and not for the log.
    is_unlogged: bool,
}

/// What helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Time; at least so many milliseconds if the vendor said so.
    Retry { after_ms: Option<i64> },
    /// Only a person.
    Fail,
    /// That the vendor is up again: it did not answer, or only with a failure of its own.
    Recover { after_ms: Option<i64> },
    /// Fewer calls: nobody should call the vendor for so many milliseconds.
    SlowDown { after_ms: i64 },
    /// The next day of the vendor's account: its calls of this one are used up.
    NextDay,
    /// Only other credentials, or a person's word on whose they are: what was asked for may be right.
    Reconnect,
    /// Only a scope that a person gives the app: the vendor knows us, and other calls may go well.
    Permit,
}

/// How long a vendor is left alone that asks for fewer calls and does not say how long.
const SLOW_DOWN_MS: i64 = 10_000;

impl JobError {
    pub fn retry(error: impl ToString) -> Self {
        Self {
            message: error.to_string(),
            remedy: Remedy::Retry { after_ms: None },
            failure: Failure::Ours,
            is_unlogged: false,
        }
    }

    pub fn fail(error: impl ToString) -> Self {
        Self {
            message: error.to_string(),
            remedy: Remedy::Fail,
            failure: Failure::Ours,
            is_unlogged: false,
        }
    }

    /// The same failure, of another kind than one of our own books.
    #[must_use]
    pub(crate) fn of(self, failure: Failure) -> Self {
        Self { failure, ..self }
    }

    /// The same failure, whose message may hold what somebody wrote: staff read it, and the log does not have it.
    #[must_use]
    pub fn unlogged(self) -> Self {
        Self {
            is_unlogged: true,
            ..self
        }
    }

    /// What the log says of it.
    pub(crate) fn logged(&self) -> &str {
        if self.is_unlogged {
            "staff can read why"
        } else {
            &self.message
        }
    }
}

impl From<CallError> for JobError {
    fn from(error: CallError) -> Self {
        let after_ms = error.retry_after_ms;
        let remedy = match error.kind {
            CallErrorKind::RateLimited if error.lasts_all_day => Remedy::NextDay,
            CallErrorKind::RateLimited => Remedy::SlowDown {
                after_ms: after_ms.unwrap_or(SLOW_DOWN_MS),
            },
            _ if error.is_retryable() && error.is_outage => Remedy::Recover { after_ms },
            _ if error.is_retryable() => Remedy::Retry { after_ms },
            CallErrorKind::Unauthorised
            | CallErrorKind::Unconnected
            | CallErrorKind::OtherAccount => Remedy::Reconnect,
            CallErrorKind::MissingScope => Remedy::Permit,
            _ => Remedy::Fail,
        };
        Self {
            message: error.to_string(),
            remedy,
            failure: failure_of(error.kind),
            is_unlogged: false,
        }
    }
}

const fn failure_of(kind: CallErrorKind) -> Failure {
    match kind {
        CallErrorKind::Retry => Failure::NoAnswer,
        CallErrorKind::RateLimited => Failure::TooMany,
        CallErrorKind::UnknownOutcome => Failure::Unsure,
        CallErrorKind::Refused => Failure::Refused,
        CallErrorKind::Unauthorised | CallErrorKind::Unconnected | CallErrorKind::OtherAccount => {
            Failure::Credentials
        }
        CallErrorKind::MissingScope => Failure::MissingScope,
        CallErrorKind::NotFound => Failure::NotFound,
        CallErrorKind::Unreadable => Failure::Unreadable,
    }
}

impl From<ServiceError> for JobError {
    fn from(error: ServiceError) -> Self {
        match error.kind() {
            // The database was busy, or what is stored must be looked at: time helps the one, and the dead letters show the other.
            ErrorKind::Internal => Self::retry(error),
            _ => Self::fail(error),
        }
    }
}

impl From<portal_store::StoreError> for JobError {
    fn from(error: portal_store::StoreError) -> Self {
        Self::retry(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_may_have_written_is_read_by_staff_and_not_logged() {
        let failed = JobError::fail("mia@harbour-logistics.com is no address").unlogged();
        assert!(failed.to_string().contains("mia@") && !failed.logged().contains("mia@"));
        assert_eq!(JobError::fail("down").logged(), "down");
    }
}
