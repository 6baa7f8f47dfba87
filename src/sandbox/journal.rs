//! What went over the wire lately, for the page's log. Only the last requests are kept, and only in memory.
//! No header and no body is kept: a token must not show up on the page.

use std::collections::VecDeque;

use serde::Serialize;

/// How many exchanges are remembered.
const KEPT: usize = 200;

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
}

/// The last exchanges, the newest first.
#[derive(Debug, Default)]
pub struct Journal {
    exchanges: VecDeque<Exchange>,
}

impl Journal {
    /// Remembers one and forgets the oldest.
    pub fn add(&mut self, exchange: Exchange) {
        self.exchanges.push_front(exchange);
        self.exchanges.truncate(KEPT);
    }

    /// The newest first.
    pub fn list(&self) -> impl Iterator<Item = &Exchange> {
        self.exchanges.iter()
    }
}
