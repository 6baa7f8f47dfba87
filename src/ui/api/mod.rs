//! The server functions: the public API of the UI. Each is four steps (page, actor, input, call) and decides nothing; permissions are the services'.
//!
//! A form posts to its own page and names its function in the field `do` (`web/forms.rs`), so every one of them works without WASM;
//! an island calls the same function directly.

pub mod access;
pub mod company;
pub mod connections;
pub mod corrections;
pub mod disputes;
pub mod leads;
pub mod lines;
pub mod messages;
pub mod money;
pub mod operations;
pub mod people;
pub mod preferences;
pub mod privacy;
pub mod reach;
pub mod reconciliation;
pub mod relay;
pub mod staff;

use leptos::{
    prelude::{FromServerFnError, ServerFnErrorErr},
    server_fn::codec::JsonEncoding,
};
use serde::{Deserialize, Serialize};

/// What was done, and where to go now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// A path of the portal, or a vendor's page.
    pub go: String,
    /// A key of the catalogues (`notice-<key>`) that the next page says; empty for none.
    pub notice: String,
}

impl Done {
    pub fn new(go: impl Into<String>, notice: &str) -> Self {
        Self {
            go: go.into(),
            notice: notice.to_owned(),
        }
    }

    /// The address with its notice.
    pub fn url(&self) -> String {
        if self.notice.is_empty() {
            return self.go.clone();
        }
        let join = if self.go.contains('?') { '&' } else { '?' };
        format!("{}{join}notice={}", self.go, self.notice)
    }
}

/// Why not, in words for whoever asked; never the cause.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UiError {
    /// An HTTP status.
    pub status: u16,
    /// What is wrong as a whole, and what to do.
    pub message: String,
    /// What is wrong with which field.
    pub fields: Vec<FieldMessage>,
    /// What leads to the cause in the log, if it is ours; else empty.
    #[serde(default)]
    pub reference: String,
    /// When it makes sense to try again, if that is known; else none.
    #[serde(default)]
    pub wait_seconds: u32,
}

/// What is wrong with a field, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldMessage {
    pub field: String,
    pub message: String,
}

impl std::fmt::Display for UiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl FromServerFnError for UiError {
    type Encoder = JsonEncoding;

    /// The call itself failed: the network, or something that is no form of ours. Whoever has the words for it adds them.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let is_ours = matches!(
            error,
            ServerFnErrorErr::ServerError(_)
                | ServerFnErrorErr::MiddlewareError(_)
                | ServerFnErrorErr::Serialization(_)
                | ServerFnErrorErr::Response(_)
        );
        Self {
            status: if is_ours { 500 } else { 400 },
            ..Self::default()
        }
    }
}
