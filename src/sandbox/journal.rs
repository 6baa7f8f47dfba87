//! What went over the wire lately, for the pages and the log. Only the last requests of each system are kept, and only
//! in memory. No header is kept, and what grants access is taken out of the bodies: no token must show up on a page.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

/// How many exchanges of each system are remembered.
const KEPT: usize = 100;

/// How much of a body is kept, in characters.
const BODY_LENGTH: usize = 20_000;

/// The fields whose values grant access, in JSON and in forms.
const SECRETS: [&str; 8] = [
    "signing_secret",
    "callback_secret",
    "access_token",
    "refresh_token",
    "id_token",
    "client_secret",
    "password",
    "token",
];

/// Those of forms alone: in JSON an error has a `code`, too.
const FORM_SECRETS: [&str; 2] = ["code", "code_verifier"];

/// Which way a request went, seen from the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// The portal (or a test) called the sandbox.
    Received,
    /// The sandbox called the portal.
    Sent,
}

/// One request with its outcome.
#[derive(Debug, Clone, Serialize)]
pub struct Exchange {
    /// The sandbox clock's time, in milliseconds.
    pub at_ms: i64,
    /// Which way.
    pub direction: Direction,
    /// `HubSpot`, `Xero`, `Slack`, `Mail` or `Test`.
    pub system: &'static str,
    /// The HTTP method, or the SMTP act.
    pub method: String,
    /// Path and query, or the mail's recipient.
    pub target: String,
    /// The status, when there was an answer.
    pub status: Option<u16>,
    /// Real time it took, in milliseconds.
    pub took_ms: u64,
    /// What was special: a fault, an attempt, an error's words.
    pub note: String,
    /// What was asked or told, as [`readable_body`] gives it.
    pub request: String,
    /// What was answered, as [`readable_body`] gives it.
    pub answer: String,
}

/// The last exchanges of each system.
#[derive(Debug, Default)]
pub struct Journal {
    counted: u64,
    by_system: BTreeMap<&'static str, VecDeque<(u64, Exchange)>>,
}

impl Journal {
    /// Remembers one and forgets the oldest of its system.
    pub fn add(&mut self, exchange: Exchange) {
        self.counted += 1;
        let kept = self.by_system.entry(exchange.system).or_default();
        kept.push_front((self.counted, exchange));
        kept.truncate(KEPT);
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.by_system.clear();
    }

    /// Those of one system or of all, the newest first.
    pub fn list(&self, system: Option<&str>) -> Vec<&Exchange> {
        let wanted = self
            .by_system
            .iter()
            .filter(|(name, _)| system.is_none_or(|system| system.eq_ignore_ascii_case(name)));
        let mut listed: Vec<&(u64, Exchange)> = wanted.flat_map(|(_, kept)| kept).collect();
        listed.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
        listed.into_iter().map(|(_, exchange)| exchange).collect()
    }
}

/// A body as the log shows it: its beginning, without what grants access. What is no text is only counted.
pub fn readable_body(body: &[u8]) -> String {
    let Ok(text) = std::str::from_utf8(body) else {
        return format!("({} bytes)", body.len());
    };
    let mut kept: String = text.chars().take(BODY_LENGTH).collect();
    for name in SECRETS {
        kept = without_json(&kept, &format!("\"{name}\""));
    }
    for name in SECRETS.iter().chain(&FORM_SECRETS) {
        kept = without_pair(&kept, name);
    }
    if kept.len() < text.len() && text.chars().count() > BODY_LENGTH {
        kept.push('…');
    }
    kept
}

/// Empties `"name": "value"` wherever it stands.
fn without_json(text: &str, name: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find(name) {
        let (before, after) = rest.split_at(place + name.len());
        out.push_str(before);
        rest = after;
        let value = rest.trim_start().strip_prefix(':').map(str::trim_start);
        if let Some(quoted) = value.and_then(|value| value.strip_prefix('"')) {
            out.push_str(":\"…\"");
            rest = quoted.find('"').map_or("", |end| &quoted[end + 1..]);
        }
    }
    out.push_str(rest);
    out
}

/// Empties `name=value` of a form.
fn without_pair(text: &str, name: &str) -> String {
    let is_form = !text.contains(['{', '<', '\n', ' ']) && text.contains('=');
    if !is_form {
        return text.to_owned();
    }
    let pairs = text.split('&').map(|pair| match pair.split_once('=') {
        Some((given, _)) if given == name => format!("{name}=…"),
        _ => pair.to_owned(),
    });
    pairs.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grants_access_is_taken_out_and_the_rest_stays() {
        let json = br#"{"access_token": "abc", "scope":"x", "refresh_token":"d\u00e9f"}"#;
        assert_eq!(
            readable_body(json),
            r#"{"access_token":"…", "scope":"x", "refresh_token":"…"}"#
        );
        let form = b"grant_type=refresh_token&refresh_token=abc&client_secret=def&client_id=me";
        assert_eq!(
            readable_body(form),
            "grant_type=refresh_token&refresh_token=…&client_secret=…&client_id=me"
        );
        assert_eq!(readable_body(&[0xff, 0xfe]), "(2 bytes)");
    }

    #[test]
    fn one_systems_noise_pushes_out_no_other_systems_exchanges() {
        let exchange = |system, target: &str| Exchange {
            at_ms: 0,
            direction: Direction::Received,
            system,
            method: "GET".to_owned(),
            target: target.to_owned(),
            status: Some(200),
            took_ms: 0,
            note: String::new(),
            request: String::new(),
            answer: String::new(),
        };
        let mut journal = Journal::default();
        journal.add(exchange("Xero", "/quiet"));
        for _ in 0..2 * KEPT {
            journal.add(exchange("HubSpot", "/loud"));
        }
        assert_eq!(journal.list(Some("xero")).len(), 1);
        assert_eq!(journal.list(None).len(), KEPT + 1);
        assert_eq!(journal.list(None)[0].target, "/loud");
    }
}
