//! How a call to an outside system fails, sorted by what the caller can do about it.

use std::fmt;

/// The outside systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Vendor {
    HubSpot,
    Xero,
    Slack,
    Mail,
    Relay,
    Scanner,
    /// Of a company whose people sign in there.
    IdentityProvider,
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HubSpot => "HubSpot",
            Self::Xero => "Xero",
            Self::Slack => "Slack",
            Self::Mail => "The mail server",
            Self::Relay => "The iPaaS",
            Self::Scanner => "The virus scanner",
            Self::IdentityProvider => "The identity provider",
        })
    }
}

/// What the caller can do about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// Nothing was done and later it may work: no connection, a read that failed, a vendor that is down.
    Retry,
    /// Too many calls; `retry_after_ms` says when the next one is welcome.
    RateLimited,
    /// A write that may have been done: the answer was lost, or was a 5xx. Look before writing again.
    UnknownOutcome,
    /// The vendor will not do this however often it is asked.
    Refused,
    /// The token is wrong or expired, or the account is not ours any more: a person must act, and until then every call fails like this one.
    Unauthorised,
    /// The vendor knows us and lets us not do this: a person must give the app the scope. Other calls may go well.
    MissingScope,
    /// There is no token: a person must connect the system. Nobody was asked.
    Unconnected,
    /// Our credentials are to another account than the one whose objects we have. Nothing was asked for.
    OtherAccount,
    /// The thing that the call names is not there.
    NotFound,
    /// The thing is there, and has something that cannot be read: a person must put it right.
    Unreadable,
}

/// A failed call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{vendor} {}: {message}", .kind.verb())]
pub struct CallError {
    pub vendor: Vendor,
    pub kind: ErrorKind,
    /// The vendor's words, or ours where it said nothing; at most 500 characters, no secrets.
    pub message: String,
    /// How long the vendor asks us to wait, in milliseconds from now.
    pub retry_after_ms: Option<i64>,
    /// The account's calls of the day are used up; its day ends at midnight where the account is.
    pub lasts_all_day: bool,
    /// The vendor did not answer, or only with a failure of its own: any other call may fail like this one.
    pub is_outage: bool,
    /// The host that is none of those which may be spoken to: nobody was asked.
    pub unlisted: Option<String>,
}

/// The longest that a vendor is waited for, in milliseconds, whatever it asks: no limit of theirs lasts longer than a day.
const WAIT_MAX_MS: i64 = 24 * 3_600_000;
/// The same of an iPaaS, which anybody may have built: leads wait there.
const RELAY_WAIT_MAX_MS: i64 = 3_600_000;

/// The longest message kept, in characters.
const MESSAGE_LENGTH_MAX: usize = 500;

impl ErrorKind {
    const fn verb(self) -> &'static str {
        match self {
            Self::Retry => "could not be asked",
            Self::RateLimited => "asks us to slow down",
            Self::UnknownOutcome => "may or may not have done it",
            Self::Refused => "refused the request",
            Self::Unauthorised => "did not accept our credentials",
            Self::MissingScope => "does not permit this",
            Self::Unconnected => "cannot be asked",
            Self::OtherAccount => "lets us into another account",
            Self::NotFound => "does not have this",
            Self::Unreadable => "has something that cannot be read",
        }
    }
}

impl CallError {
    /// A failure without a wish how long to wait.
    pub fn new(vendor: Vendor, kind: ErrorKind, message: impl AsRef<str>) -> Self {
        Self {
            vendor,
            kind,
            message: message
                .as_ref()
                .trim()
                .chars()
                .take(MESSAGE_LENGTH_MAX)
                .collect(),
            retry_after_ms: None,
            lasts_all_day: false,
            is_outage: false,
            unlisted: None,
        }
    }

    /// Whoever runs the portal named the hosts that it may speak to, and this one is not among them; with what to do.
    pub fn unlisted(vendor: Vendor, host: &str) -> Self {
        let message = format!(
            "{host} may not be spoken to: whoever runs the portal can add it to OUTWARD_HOSTS"
        );
        Self {
            unlisted: Some(host.to_owned()),
            ..Self::new(vendor, ErrorKind::Refused, message)
        }
    }

    /// The app lacks a scope, named where the vendor or the call tells which; with what to do, as the vendor's own words never say it.
    pub fn missing_scope(vendor: Vendor, scope: Option<&str>, words: &str) -> Self {
        let lacked = scope.map_or_else(
            || "a scope that this needs".to_owned(),
            |scope| format!("the scope {scope}"),
        );
        let message = format!(
            "the app lacks {lacked}: give it that, connect it again, and try this again ({words})"
        );
        Self::new(vendor, ErrorKind::MissingScope, message)
    }

    /// The same failure, which is one of the vendor and not of this call.
    #[must_use]
    pub const fn outage(mut self) -> Self {
        self.is_outage = true;
        self
    }

    /// The same failure with the time that the vendor asks us to wait, as far as that is a time that anybody waits.
    #[must_use]
    pub fn after_ms(mut self, retry_after_ms: Option<i64>) -> Self {
        let most = match self.vendor {
            Vendor::Relay => RELAY_WAIT_MAX_MS,
            Vendor::HubSpot
            | Vendor::Xero
            | Vendor::Slack
            | Vendor::Mail
            | Vendor::Scanner
            | Vendor::IdentityProvider => WAIT_MAX_MS,
        };
        self.retry_after_ms = retry_after_ms.map(|after_ms| after_ms.min(most));
        self
    }

    /// Whether the whole step may be begun again later. After [`ErrorKind::UnknownOutcome`] it must begin with its look-up.
    pub const fn is_retryable(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::Retry | ErrorKind::RateLimited | ErrorKind::UnknownOutcome
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_reads_as_a_sentence_and_is_cut_to_500_characters() {
        let failure = CallError::new(Vendor::Xero, ErrorKind::Refused, "ä".repeat(600));
        assert_eq!(failure.message.chars().count(), 500);
        assert!(
            failure
                .to_string()
                .starts_with("Xero refused the request: ä")
        );
    }

    #[test]
    fn nobody_is_waited_for_longer_than_any_limit_lasts() {
        let wait = |vendor| {
            let failure = CallError::new(vendor, ErrorKind::RateLimited, "");
            failure.after_ms(Some(i64::MAX)).retry_after_ms
        };
        assert_eq!(wait(Vendor::Xero), Some(86_400_000));
        assert_eq!(wait(Vendor::Relay), Some(3_600_000));
    }

    #[test]
    fn only_what_may_work_later_is_retryable() {
        let retryable = |kind| CallError::new(Vendor::Slack, kind, "").is_retryable();
        assert!(
            retryable(ErrorKind::Retry)
                && retryable(ErrorKind::RateLimited)
                && retryable(ErrorKind::UnknownOutcome)
        );
        assert!(
            !retryable(ErrorKind::Refused)
                && !retryable(ErrorKind::Unauthorised)
                && !retryable(ErrorKind::MissingScope)
                && !retryable(ErrorKind::NotFound)
                && !retryable(ErrorKind::Unreadable)
        );
    }
}
