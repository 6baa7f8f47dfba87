//! One request and one answer, as plain data: the stand-ins are functions from the first to the second.
//! Nothing here knows sockets or a vendor.

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// A request as it came in, with the time at which it did.
#[derive(Debug, Clone)]
pub struct Call {
    /// The HTTP method.
    pub method: Method,
    /// The path as sent, still encoded.
    pub path: String,
    /// The path's parts, decoded, without empty ones (so a slash at the end does not matter).
    pub segments: Vec<String>,
    /// The query's pairs, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The headers.
    pub headers: HeaderMap,
    /// The raw body.
    pub body: Bytes,
    /// The sandbox clock's time at arrival, in milliseconds.
    pub now_ms: i64,
}

impl Call {
    /// Takes a request apart.
    pub fn new(
        method: Method,
        path: &str,
        query: &str,
        headers: HeaderMap,
        body: Bytes,
        now_ms: i64,
    ) -> Self {
        let segments = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
            .collect();
        let query = form_pairs(query.as_bytes());
        Self {
            method,
            path: path.to_owned(),
            segments,
            query,
            headers,
            body,
            now_ms,
        }
    }

    /// The first value of a query parameter.
    pub fn query(&self, name: &str) -> Option<&str> {
        find_pair(&self.query, name)
    }

    /// All values of a list parameter, given once with commas, several times, or as `name[]` by Xero's own SDK.
    pub fn query_list(&self, name: &str) -> Vec<String> {
        let is_it = |key: &str| key.strip_suffix("[]").unwrap_or(key) == name;
        let given = self.query.iter().filter(|(key, _)| is_it(key));
        given
            .flat_map(|(_, value)| value.split(','))
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// A header's text, when it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The token of `Authorization: Bearer …`.
    pub fn bearer(&self) -> Option<&str> {
        self.header("authorization")?
            .strip_prefix("Bearer ")
            .map(str::trim)
    }

    /// The body as JSON; the parser's words when it is none.
    pub fn json(&self) -> Result<Value, String> {
        serde_json::from_slice(&self.body).map_err(|error| error.to_string())
    }

    /// The body's pairs when it is a form.
    pub fn form(&self) -> Vec<(String, String)> {
        form_pairs(&self.body)
    }

    /// Whether the body is a form as browsers and the OAuth clients send it.
    pub fn is_form(&self) -> bool {
        self.header("content-type")
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
    }

    /// The path's parts as `&str`, ready to be matched on.
    pub fn parts(&self) -> Vec<&str> {
        self.segments.iter().map(String::as_str).collect()
    }
}

/// Decodes `a=1&b=2`.
pub fn form_pairs(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text).into_owned().collect()
}

/// The first value of `name`.
pub fn find_pair<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

/// An answer, before it meets the faults.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: StatusCode,
    /// Headers beside the content type.
    pub headers: Vec<(&'static str, String)>,
    /// The content type; empty for none.
    pub content_type: &'static str,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A JSON answer.
    pub fn json(status: StatusCode, body: &Value) -> Self {
        Self::bytes(
            status,
            "application/json;charset=utf-8",
            body.to_string().into_bytes(),
        )
    }

    /// A plain text answer.
    pub fn text(status: StatusCode, body: &str) -> Self {
        Self::bytes(
            status,
            "text/plain; charset=utf-8",
            body.as_bytes().to_vec(),
        )
    }

    /// A page.
    pub fn html(body: String) -> Self {
        Self::bytes(
            StatusCode::OK,
            "text/html; charset=utf-8",
            body.into_bytes(),
        )
    }

    /// An answer with a body of any type.
    pub fn bytes(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            content_type,
            body,
        }
    }

    /// An answer without a body.
    pub fn empty(status: StatusCode) -> Self {
        Self::bytes(status, "", Vec::new())
    }

    /// Sends the browser elsewhere with a GET.
    pub fn see_other(location: String) -> Self {
        Self::empty(StatusCode::SEE_OTHER).with_header("location", location)
    }

    /// The same answer with one more header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}
