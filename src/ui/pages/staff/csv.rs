//! Tables of the staff's pages as files that a spreadsheet opens: UTF-8 with a mark at its head, every value quoted, and no text that is a formula.

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};

/// A file while it is written.
pub struct Csv(String);

impl Csv {
    /// A file with its heads.
    pub fn new(heads: impl IntoIterator<Item = String>) -> Self {
        Self(head(heads))
    }

    pub fn write(&mut self, values: impl IntoIterator<Item = String>) {
        self.0.push_str(&row(values));
    }

    /// The file as it is downloaded; `name` is its disposition.
    pub fn answer(self, name: &'static str) -> Response {
        let mut response = Response::new(Body::from(self.0));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(name));
        let kind = HeaderValue::from_static("text/csv; charset=utf-8");
        headers.insert(header::CONTENT_TYPE, kind);
        response
    }
}

/// The mark at the head of a file, and its heads.
pub fn head(heads: impl IntoIterator<Item = String>) -> String {
    format!("\u{feff}{}", row(heads))
}

/// A row of a file.
pub fn row(values: impl IntoIterator<Item = String>) -> String {
    let quoted = values
        .into_iter()
        .map(|value| format!("\"{}\"", value.replace('"', "\"\"")));
    format!("{}\r\n", quoted.collect::<Vec<_>>().join(","))
}

/// A text that somebody typed: spreadsheets take what begins like this for a formula, and pass over blanks before it.
pub fn harmless(text: &str) -> String {
    let first = text.chars().find(|c| !c.is_whitespace() && !c.is_control());
    let begins_with_control = text.starts_with(|c: char| c.is_control());
    let is_formula = first.is_some_and(|c| "=+-@＝＋－＠".contains(c)) || begins_with_control;
    if is_formula {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
