//! The ways in which the stand-ins can be told to fail, and the decision for one request.
//! All are off in the beginning. Carrying a decision out (sleeping, cutting the wire) is the server's part.

use serde::{Deserialize, Serialize};

use crate::dice::Dice;

/// What one vendor's HTTP interface does wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VendorFaults {
    /// How many of a hundred requests are answered 500 without being worked off.
    pub error_percent: u8,
    /// How long each answer waits, in milliseconds.
    pub latency_ms: u64,
    /// So many writes go well before the ones that are dropped: to cut a sequence of calls at a certain place.
    pub spare_writes: u32,
    /// The next so many writes are worked off, then the connection is cut without an answer.
    pub drop_after: u32,
    /// The next so many writes are cut off before any work is done.
    pub drop_before: u32,
    /// The next so many answers to reads have half of their text, as if it were all.
    pub garbled: u32,
    /// The next so many requests are answered 429.
    pub too_many_requests: u32,
    /// Which limit those 429 name: `ten_secondly`, `secondly`, `daily` at HubSpot; `minute`, `day`, `concurrent` at Xero.
    pub too_many_kind: String,
    /// The token is refused, as after a revocation.
    pub token_revoked: bool,
    /// The vendor's documented rate limits are enforced.
    pub limits_enforced: bool,
    /// So many calls in [`Self::limit_window_ms`] instead of the documented ones; 0 for those.
    pub limit_calls: u32,
    /// See [`Self::limit_calls`].
    pub limit_window_ms: u64,
}

/// What the senders of webhooks do wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookFaults {
    /// How many of a hundred are never sent.
    pub drop_percent: u8,
    /// How many of a hundred are sent twice.
    pub double_percent: u8,
    /// How long each waits before it is sent, in milliseconds.
    pub delay_ms: u64,
    /// Each waits between nothing and this long more, so that they overtake one another, in milliseconds.
    pub shuffle_ms: u64,
}

/// What the SMTP inbox does wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MailFaults {
    /// The next so many mails are put off with a 451.
    pub refuse_for_now: u32,
    /// The next so many mails are refused for good with a 550.
    pub refuse_for_good: u32,
    /// How long each mail waits, in milliseconds.
    pub latency_ms: u64,
}

/// All faults.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// HubSpot's API.
    pub hubspot: VendorFaults,
    /// Xero's API.
    pub xero: VendorFaults,
    /// Slack's API.
    pub slack: VendorFaults,
    /// Both senders of webhooks.
    pub webhooks: WebhookFaults,
    /// The inbox.
    pub mail: MailFaults,
    /// How far HubSpot's search index lags behind its objects, in milliseconds.
    pub search_lag_ms: i64,
}

/// Whether a request changes something; only then does it matter whether the answer was lost before or after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It only reads.
    Read,
    /// It may change the world.
    Write,
}

/// What happens to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is worked off and answered.
    Answer,
    /// It is worked off, and the connection is cut.
    DropAfter,
    /// The connection is cut at once.
    DropBefore,
    /// Half of the answer is sent as if it were all of it.
    Garble,
    /// 500, nothing done.
    ServerError,
    /// 429, nothing done.
    TooMany,
}

impl VendorFaults {
    /// Decides for one request and uses up what is counted.
    pub fn decide(&mut self, effect: Effect, dice: &mut Dice) -> Verdict {
        if use_up(&mut self.too_many_requests) {
            return Verdict::TooMany;
        }
        if effect == Effect::Write && !use_up(&mut self.spare_writes) {
            if use_up(&mut self.drop_before) {
                return Verdict::DropBefore;
            }
            if use_up(&mut self.drop_after) {
                return Verdict::DropAfter;
            }
        }
        if dice.hits(self.error_percent) {
            return Verdict::ServerError;
        }
        if effect == Effect::Read && use_up(&mut self.garbled) {
            return Verdict::Garble;
        }
        Verdict::Answer
    }
}

/// Takes one off a count; false when nothing was left.
pub fn use_up(count: &mut u32) -> bool {
    let any = *count > 0;
    *count = count.saturating_sub(1);
    any
}
