//! HubSpot's failures, sorted: by status, by the words of its error bodies, and those that come inside a 200.

use serde::de::DeserializeOwned;

use super::wire;
use crate::{
    error::{CallError, ErrorKind, Vendor},
    http::Answer,
};

pub fn refused(message: &str) -> CallError {
    CallError::new(Vendor::HubSpot, ErrorKind::Refused, message)
}

/// The answer, if it is a success.
pub fn succeed(answer: Answer) -> Result<Answer, CallError> {
    if answer.is_success() {
        Ok(answer)
    } else {
        Err(failure_of(&answer))
    }
}

pub fn words_of(answer: &Answer) -> wire::Failure {
    serde_json::from_slice(&answer.body).unwrap_or_else(|_| wire::Failure {
        message: answer.text(),
        ..wire::Failure::default()
    })
}

/// Sorts an answer that is no success, by HubSpot's own rules on top of the usual ones.
pub fn failure_of(answer: &Answer) -> CallError {
    let words = words_of(answer);
    let mut message = words.message;
    for detail in &words.errors {
        let context = if detail.context.is_null() {
            String::new()
        } else {
            format!(" {}", detail.context)
        };
        message = format!("{message}; {}{context}", detail.message);
    }
    if !words.category.is_empty() {
        message = format!("{}: {message}", words.category);
    }
    let mut failure = answer.failure(&message);
    match answer.status {
        429 => {
            failure.retry_after_ms = failure
                .retry_after_ms
                .or(Some(policy_wait_ms(&words.policy_name)));
        }
        // Locked for about two seconds.
        423 => failure.retry_after_ms = failure.retry_after_ms.or(Some(2_000)),
        // The account is moving to another data centre; the header says how long.
        477 => failure.kind = ErrorKind::RateLimited,
        _ => {}
    }
    failure
}

/// How long each of HubSpot's limits lasts where no header says so, in milliseconds. The daily one ends at midnight of the account's time zone,
/// which the answer does not name: asking once an hour costs nothing.
fn policy_wait_ms(policy: &str) -> i64 {
    match policy {
        "SECONDLY" => 1_000,
        "DAILY" => 3_600_000,
        _ => 10_000,
    }
}

/// A batch of one that may be a 200 with the failure inside.
pub fn read_batch<T: DeserializeOwned>(answer: &Answer) -> Result<wire::Batch<T>, CallError> {
    let batch: wire::Batch<T> = answer.parse()?;
    if batch.errors_count == 0 && batch.errors.is_empty() {
        return Ok(batch);
    }
    let messages: Vec<&str> = batch
        .errors
        .iter()
        .map(|error| error.message.as_str())
        .collect();
    Err(refused(&messages.join("; ")))
}

/// The number in `Contact already exists. Existing ID: 37765128953`.
pub fn existing_id(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("Existing ID:")?;
    let id: String = rest
        .trim_start()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    (!id.is_empty()).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_existing_contact_is_read_from_the_conflict() {
        assert_eq!(
            existing_id("Contact already exists. Existing ID: 37765128953").as_deref(),
            Some("37765128953")
        );
        assert_eq!(existing_id("Contact already exists."), None);
    }
}
