//! HubSpot's error bodies.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Kind;
use crate::call::Reply;

const CORRELATION_ID: &str = "5a4bd3c2-0000-4000-a000-73616e64626f";

/// The general shape.
pub fn error(status: StatusCode, category: &str, message: &str) -> Reply {
    error_with(status, category, message, json!([]))
}

/// The general shape with details.
pub fn error_with(status: StatusCode, category: &str, message: &str, errors: Value) -> Reply {
    let mut body = json!({"status": "error", "message": message, "correlationId": CORRELATION_ID, "category": category});
    if errors.as_array().is_some_and(|list| !list.is_empty()) {
        body["errors"] = errors;
    }
    Reply::json(status, &body)
}

/// 400 for a request that is not understood.
pub fn invalid(message: &str) -> Reply {
    error(StatusCode::BAD_REQUEST, "VALIDATION_ERROR", message)
}

/// 404 for an object.
pub fn not_found() -> Reply {
    error(
        StatusCode::NOT_FOUND,
        "OBJECT_NOT_FOUND",
        "Object not found.  objectId are usually numeric.",
    )
}

/// 404 for a path that does not exist.
pub fn no_such_path() -> Reply {
    error(
        StatusCode::NOT_FOUND,
        "OBJECT_NOT_FOUND",
        "resource not found",
    )
}

/// 403 for what the app was not given.
pub fn missing_scope(scope: &str) -> Reply {
    let message = "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes.";
    let detail = json!([{"message": "One or more of the following scopes are required.", "context": {"requiredGranularScopes": [scope]}}]);
    error_with(StatusCode::FORBIDDEN, "MISSING_SCOPES", message, detail)
}

/// 423: somebody else is at it; gone after about two seconds.
pub fn locked() -> Reply {
    let message = "The resource is locked by another operation. Try again in about two seconds.";
    error(StatusCode::LOCKED, "RESOURCE_LOCKED", message)
}

/// 400 for a value of a unique property that another object has got since the caller looked.
pub fn raced() -> Reply {
    let taken = Refusal::UniqueValueTaken {
        name: "a unique property".to_owned(),
        value: "its value".to_owned(),
        id: 0,
    };
    taken.reply()
}

/// 477: the account is being moved to another data centre, which takes so many seconds.
pub fn migrating(seconds: u64) -> Reply {
    let status = StatusCode::from_u16(477).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    error(
        status,
        "MIGRATION_IN_PROGRESS",
        "This account is being migrated between data centres.",
    )
    .with_header("retry-after", seconds.to_string())
}

/// 401.
pub fn unauthenticated(category: &str) -> Reply {
    let message = match category {
        "EXPIRED_AUTHENTICATION" => "The OAuth token used to make this call expired.",
        _ => "Authentication credentials not found. This API supports OAuth 2.0 authentication.",
    };
    error(StatusCode::UNAUTHORIZED, category, message)
}

/// 500.
pub fn server_error() -> Reply {
    error(
        StatusCode::INTERNAL_SERVER_ERROR,
        "INTERNAL_ERROR",
        "There was a problem with the request.",
    )
}

/// 429 with the policy that `kind` names.
pub fn too_many(kind: &str) -> Reply {
    let (policy, limit) = match kind {
        "daily" => ("DAILY", "daily"),
        "secondly" => ("SECONDLY", "secondly"),
        _ => ("TEN_SECONDLY_ROLLING", "ten_secondly_rolling"),
    };
    let message = format!("You have reached your {limit} limit.");
    let body = json!({
        "status": "error", "message": message, "errorType": "RATE_LIMIT",
        "correlationId": CORRELATION_ID, "policyName": policy,
    });
    Reply::json(StatusCode::TOO_MANY_REQUESTS, &body)
}

/// The category of what may go well the next time.
pub const TRANSIENT: &str = "INTERNAL_ERROR";

/// Why a write is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such property.
    UnknownProperty { kind: Kind, name: String },
    /// The value does not fit the property.
    InvalidValue {
        name: String,
        code: &'static str,
        message: String,
    },
    /// Another contact has the e-mail address.
    ContactExists { id: u64 },
    /// Another record has the unique value.
    UniqueValueTaken {
        name: String,
        value: String,
        id: u64,
    },
    /// An administrator wants these to be set on every new record.
    Required { kind: Kind, names: Vec<String> },
    /// For no reason that lasts.
    Transient,
    /// The record does not exist.
    NotFound,
    /// Something else, in words.
    Other(String),
}

impl Refusal {
    /// The answer to a request for one record.
    pub fn reply(&self) -> Reply {
        match self {
            Self::ContactExists { id } => {
                let message = format!("Contact already exists. Existing ID: {id}");
                error(StatusCode::CONFLICT, "CONFLICT", &message)
            }
            Self::NotFound => not_found(),
            _ => error_with(
                StatusCode::BAD_REQUEST,
                "VALIDATION_ERROR",
                &self.message(),
                json!([self.detail()]),
            ),
        }
    }

    /// The entry among a batch's errors.
    pub fn batch_entry(&self, input: &str) -> Value {
        let category = match self {
            Self::ContactExists { .. } => "CONFLICT",
            Self::NotFound => "OBJECT_NOT_FOUND",
            Self::Transient => TRANSIENT,
            _ => "VALIDATION_ERROR",
        };
        json!({"status": "error", "category": category, "message": self.message(), "context": {"ids": [input]}, "errors": [self.detail()]})
    }

    fn message(&self) -> String {
        match self {
            Self::UnknownProperty { kind, name } => {
                let plain = format!("Property \"{name}\" does not exist");
                format!("Property values were not valid: {}", json!([{"isValid": false, "message": plain, "error": "PROPERTY_DOESNT_EXIST", "name": name, "objectType": kind.singular()}]))
            }
            Self::InvalidValue { name, code, message } => {
                format!("Property values were not valid: {}", json!([{"isValid": false, "message": message, "error": code, "name": name}]))
            }
            Self::ContactExists { id } => format!("Contact already exists. Existing ID: {id}"),
            Self::UniqueValueTaken { name, value, id } => {
                format!("Property values were not valid: A record with the value {value} for the unique property {name} already exists: {id}")
            }
            Self::Required { kind, names } => {
                let noun = kind.singular().to_uppercase();
                format!("Error creating {noun}. Some required properties were not set: [{}]", names.join(", "))
            }
            Self::Transient => "There was a problem with the request.".to_owned(),
            Self::NotFound => "Could not get some objects, they may be deleted or not exist. Check that ids are valid.".to_owned(),
            Self::Other(message) => message.clone(),
        }
    }

    fn detail(&self) -> Value {
        match self {
            Self::UnknownProperty { name, .. } => json!({
                "message": format!("Property \"{name}\" does not exist"), "code": "PROPERTY_DOESNT_EXIST", "context": {"propertyName": [name]},
            }),
            Self::InvalidValue {
                name,
                code,
                message,
            } => {
                json!({"message": message, "code": code, "context": {"propertyName": [name]}})
            }
            Self::UniqueValueTaken { name, value, id } => json!({
                "message": format!("{value} is already taken by {id}"), "code": "CONFLICTING_UNIQUE_VALUE",
                "context": {"propertyName": [name], "existingObjectId": [id.to_string()]},
            }),
            Self::Required { names, .. } => json!({
                "message": self.message(), "code": "REQUIRED_PROPERTY_MISSING", "context": {"properties": names},
            }),
            other => json!({"message": other.message()}),
        }
    }
}
