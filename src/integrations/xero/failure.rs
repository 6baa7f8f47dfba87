//! Xero's failures, sorted: by status, by the limit that was hit, with its validation messages as the words.

use super::wire;
use crate::{
    error::{CallError, ErrorKind, Vendor},
    http::Answer,
};

pub fn refused(message: &str) -> CallError {
    CallError::new(Vendor::Xero, ErrorKind::Refused, message)
}

pub fn no_result() -> CallError {
    CallError::new(
        Vendor::Xero,
        ErrorKind::UnknownOutcome,
        "the answer holds neither a result nor an error",
    )
}

pub fn joined(errors: &[wire::ValidationError]) -> String {
    let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    messages.join("; ")
}

/// Xero's own words: its validation messages where there are some, else whatever it says.
pub fn words_of(answer: &Answer) -> String {
    let Ok(failure) = serde_json::from_slice::<wire::Failure>(&answer.body) else {
        return answer.text();
    };
    let validation: Vec<String> = failure
        .elements
        .iter()
        .map(|element| joined(&element.validation_errors))
        .filter(|messages| !messages.is_empty())
        .collect();
    if !validation.is_empty() {
        return validation.join("; ");
    }
    let words = [
        failure.message,
        failure.title,
        failure.detail,
        failure.error,
    ];
    words.into_iter().flatten().collect::<Vec<_>>().join(": ")
}

/// Whether the token is good and was not given what the call needs.
pub fn lacks_scope(answer: &Answer) -> bool {
    let said = answer.headers.get("www-authenticate");
    let said = said.and_then(|value| value.to_str().ok()).unwrap_or("");
    let words = words_of(answer);
    matches!(answer.status, 401 | 403)
        && (words.contains("AuthorizationUnsuccessful")
            || words.contains("insufficient_scope")
            || said.contains("insufficient_scope"))
}

/// That a scope is missing, which Xero does not name: which one it is shows the path.
pub fn missing_scope(answer: &Answer, path: &str) -> CallError {
    let scope = match path
        .split_once("/api.xro/2.0/")
        .map_or("", |(_, rest)| rest)
    {
        rest if rest.contains("/Attachments") => "accounting.attachments",
        rest if rest.starts_with("Invoices") || rest.starts_with("CreditNotes") => {
            "accounting.invoices"
        }
        rest if rest.starts_with("Contacts") => "accounting.contacts",
        rest if rest.contains("ayments") => "accounting.payments.read",
        _ => "accounting.settings.read",
    };
    let words = failure_of(answer).message;
    CallError::missing_scope(Vendor::Xero, Some(scope), &words)
}

/// Sorts an answer that is no success, by Xero's own rules on top of the usual ones.
pub fn failure_of(answer: &Answer) -> CallError {
    let header = |name: &str| {
        answer
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::to_lowercase)
    };
    let limit = header("x-rate-limit-problem").unwrap_or_default();
    let mut words = words_of(answer);
    if answer.status == 429 {
        words = format!(
            "{words} (limit: {})",
            if limit.is_empty() {
                "not named"
            } else {
                &limit
            }
        );
    }
    let mut failure = answer.failure(&words);
    if answer.status == 429 {
        failure.retry_after_ms = failure.retry_after_ms.or(Some(limit_wait_ms(&limit)));
    }
    failure
}

/// How long each limit lasts where no header says so, in milliseconds. The casing and the ends of the names vary.
fn limit_wait_ms(limit: &str) -> i64 {
    match limit {
        limit if limit.starts_with("concurrent") => 1_000,
        limit if limit.starts_with("day") => 3_600_000,
        _ => 60_000,
    }
}
