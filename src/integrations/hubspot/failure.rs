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
    if !words.correlation_id.is_empty() {
        message = format!("{message} [correlation {}]", words.correlation_id);
    }
    let mut failure = answer.failure(&message);
    match answer.status {
        403 if lacks_scope(&words.category, &words.errors) => {
            return missing_scope(&words.errors, &failure.message);
        }
        429 if failure.retry_after_ms.is_none() => {
            failure.retry_after_ms = policy_wait_ms(&words.policy_name);
            failure.lasts_all_day = failure.retry_after_ms.is_none();
        }
        // Locked for about two seconds.
        423 => failure.retry_after_ms = failure.retry_after_ms.or(Some(2_000)),
        // The account is moving to another data centre; the header says how long.
        477 => failure.kind = ErrorKind::RateLimited,
        _ => {}
    }
    failure
}

/// Whether a refusal is about what the app or its user may do, and not about who it is.
fn lacks_scope(category: &str, details: &[wire::FailureDetail]) -> bool {
    let is_named = |category: &str| category.contains("SCOPE") || category.contains("PERMISSION");
    is_named(category)
        || details
            .iter()
            .any(|detail| is_named(&detail.category) || !scopes_of(detail).is_empty())
}

/// The scopes that a detail says are needed.
fn scopes_of(detail: &wire::FailureDetail) -> Vec<&str> {
    let named = ["requiredGranularScopes", "requiredScopes"].into_iter();
    let listed = named.filter_map(|name| detail.context[name].as_array());
    listed
        .flatten()
        .filter_map(|scope| scope.as_str())
        .collect()
}

fn missing_scope(details: &[wire::FailureDetail], words: &str) -> CallError {
    let scopes: Vec<&str> = details.iter().flat_map(scopes_of).collect();
    let named = (!scopes.is_empty()).then(|| scopes.join(", "));
    CallError::missing_scope(Vendor::HubSpot, named.as_deref(), words)
}

/// How long each of HubSpot's limits lasts where no header says so, in milliseconds. `None`: until midnight of the account's time zone, which the answer
/// does not name.
fn policy_wait_ms(policy: &str) -> Option<i64> {
    match policy {
        "SECONDLY" => Some(1_000),
        "DAILY" => None,
        _ => Some(10_000),
    }
}

/// What is wrong with an object itself, and so tomorrow too. Whatever else fails inside a batch may go well the next time.
const FOR_GOOD: [&str; 3] = ["VALIDATION_ERROR", "CONFLICT", "OBJECT_NOT_FOUND"];

/// A batch that may be a 200 with failures inside: each word of them counts.
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
    if lacks_scope("", &batch.errors) {
        return Err(missing_scope(&batch.errors, &messages.join("; ")));
    }
    let is_for_good = batch
        .errors
        .iter()
        .any(|error| FOR_GOOD.contains(&error.category.as_str()));
    let kind = match is_for_good {
        true => ErrorKind::Refused,
        // Some of it may have been done.
        false => ErrorKind::UnknownOutcome,
    };
    Err(CallError::new(Vendor::HubSpot, kind, messages.join("; ")))
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
    use reqwest::header::HeaderMap;

    use super::*;
    use crate::http::Effect;

    #[test]
    fn a_failure_inside_a_batch_is_tried_again_unless_the_object_itself_is_wrong() {
        let kind = |category: &str| {
            let body = serde_json::json!({
                "status": "COMPLETE", "results": [], "numErrors": 1,
                "errors": [{ "status": "error", "category": category, "message": "it failed" }],
            });
            let answer = Answer {
                vendor: Vendor::HubSpot,
                status: 207,
                headers: HeaderMap::new(),
                body: body.to_string().into_bytes(),
                effect: Effect::Write,
            };
            read_batch::<wire::Object>(&answer).unwrap_err().kind
        };
        assert_eq!(kind("VALIDATION_ERROR"), ErrorKind::Refused);
        assert_eq!(kind("MISSING_SCOPES"), ErrorKind::MissingScope);
        assert_eq!(kind("RATE_LIMITS"), ErrorKind::UnknownOutcome);
        assert_eq!(kind(""), ErrorKind::UnknownOutcome);
    }

    #[test]
    fn the_existing_contact_is_read_from_the_conflict() {
        assert_eq!(
            existing_id("Contact already exists. Existing ID: 37765128953").as_deref(),
            Some("37765128953")
        );
        assert_eq!(existing_id("Contact already exists."), None);
    }
}
