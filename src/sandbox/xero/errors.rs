//! Xero's error bodies.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::money::print;
use crate::call::Reply;

/// A JSON answer in which money is exact.
pub fn reply(status: StatusCode, body: &Value) -> Reply {
    Reply::bytes(status, "application/json; charset=utf-8", print(body))
}

/// 400 with the elements that were refused and why.
pub fn validation(elements: Vec<Value>) -> Reply {
    let body = json!({
        "ErrorNumber": 10, "Type": "ValidationException", "Message": "A validation exception occurred", "Elements": elements,
    });
    reply(StatusCode::BAD_REQUEST, &body)
}

/// 400 for one thing that is wrong with the whole request.
pub fn bad_request(message: &str) -> Reply {
    reply(
        StatusCode::BAD_REQUEST,
        &json!({"ErrorNumber": 16, "Type": "QueryParseException", "Message": message}),
    )
}

/// 400 for a body that cannot be read.
pub fn unreadable(message: &str) -> Reply {
    reply(
        StatusCode::BAD_REQUEST,
        &json!({"ErrorNumber": 14, "Type": "PostDataInvalidException", "Message": message}),
    )
}

/// 401 or 403 with a detail such as `TokenExpired`.
pub fn refused(status: StatusCode, detail: &str) -> Reply {
    let title = if status == StatusCode::FORBIDDEN {
        "Forbidden"
    } else {
        "Unauthorized"
    };
    let body = json!({
        "Type": null, "Title": title, "Status": status.as_u16(), "Detail": detail,
        "Instance": "2f7a1c9e-0000-4000-a000-73616e64626f", "Extensions": {},
    });
    Reply::json(status, &body)
}

/// 404, plain text, as Xero has it.
pub fn not_found() -> Reply {
    Reply::text(
        StatusCode::NOT_FOUND,
        "The resource you're looking for cannot be found",
    )
}

/// 500.
pub fn server_error() -> Reply {
    reply(
        StatusCode::INTERNAL_SERVER_ERROR,
        &json!({"ErrorNumber": 500, "Type": "Unknown", "Message": "An error occurred in Xero. Check the API Status page."}),
    )
}

/// 429, naming the limit.
pub fn too_many(kind: &str, wait: Duration) -> Reply {
    let kind = match kind {
        "day" | "concurrent" | "appminute" => kind,
        _ => "minute",
    };
    let answer = Reply::text(
        StatusCode::TOO_MANY_REQUESTS,
        "The organisation has exceeded the rate limit.",
    );
    let answer = answer.with_header("x-rate-limit-problem", kind.to_owned());
    match kind {
        "concurrent" => answer,
        _ => answer.with_header("retry-after", wait.as_secs().max(1).to_string()),
    }
}
