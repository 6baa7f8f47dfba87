//! The ways in which the stand-ins can be told to fail, and the decision for one request.
//! All are off in the beginning. Carrying a decision out (sleeping, cutting the wire) is the server's part.

use serde::{Deserialize, Serialize};

use crate::dice::Dice;
use crate::limits::LimitSizes;

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
    /// How many of a hundred writes are among those that are dropped; at 0 each one is.
    pub drop_percent: u8,
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
    /// It talks to nobody: 421, whoever comes.
    pub closed: bool,
    /// The next so many mails are put off with a 451.
    pub refuse_for_now: u32,
    /// The next so many mails are refused for good with a 550: there is no such address.
    pub refuse_for_good: u32,
    /// The next so many mails are refused for good with a 554, whoever they are for.
    pub refuse_content: u32,
    /// How long each mail waits, in milliseconds.
    pub latency_ms: u64,
}

/// What goes wrong with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mishap {
    /// The connection is cut at once.
    DropBefore,
    /// It is worked off, and the connection is cut.
    DropAfter,
    /// Half of the answer is sent as if it were all of it.
    Garble,
    /// 500, nothing done.
    ServerError,
    /// 429, nothing done.
    TooMany,
    /// 502 with the HTML page of a proxy, nothing done.
    BadGateway,
    /// It is worked off; then a proxy says 502 with an HTML page.
    BadGatewayAfter,
    /// 503, nothing done.
    Unavailable,
    /// 200 with an HTML page, nothing done: something else answers in the vendor's place.
    Html,
    /// 423, nothing done: somebody else has it locked.
    Locked,
    /// 477 with a Retry-After, nothing done: the account is moving to another data centre.
    Migrating,
    /// It is never answered, nothing done.
    Hang,
    /// It is worked off and never answered.
    HangAfter,
    /// It is worked off, and the answer comes a few bytes at a time.
    Drip,
    /// It is worked off and refused: HubSpot says that somebody else has just taken the unique value.
    Raced,
}

impl Mishap {
    /// All of them, with words for people.
    pub const ALL: [(Self, &'static str); 15] = [
        (Self::DropBefore, "cut before the work"),
        (Self::DropAfter, "cut after the work"),
        (Self::Garble, "half of the answer"),
        (Self::ServerError, "500"),
        (Self::TooMany, "429"),
        (Self::BadGateway, "502, an HTML page"),
        (Self::BadGatewayAfter, "502, an HTML page after the work"),
        (Self::Unavailable, "503"),
        (Self::Html, "200, an HTML page"),
        (Self::Locked, "423 locked"),
        (Self::Migrating, "477 migrating"),
        (Self::Hang, "no answer"),
        (Self::HangAfter, "no answer after the work"),
        (Self::Drip, "an answer drop by drop"),
        (Self::Raced, "refused, as another did it first"),
    ];

    /// As it is named on the wire of the test API.
    pub fn name(self) -> String {
        let wire = serde_json::to_value(self).unwrap_or_default();
        wire.as_str().unwrap_or_default().to_owned()
    }

    /// What the log says of it.
    pub fn words(self) -> &'static str {
        let found = Self::ALL.iter().find(|(mishap, _)| *mishap == self);
        found.map_or("", |(_, words)| *words)
    }

    /// Whether the request is worked off all the same.
    pub fn works_off(self) -> bool {
        matches!(
            self,
            Self::DropAfter
                | Self::Garble
                | Self::BadGatewayAfter
                | Self::HangAfter
                | Self::Drip
                | Self::Raced
        )
    }
}

/// What goes wrong with the next requests to certain paths of one vendor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathRule {
    /// `hubspot`, `xero`, `slack` or `ipaas`.
    pub system: String,
    /// A part of the path, such as `/batch/upsert`; empty for every path.
    #[serde(default)]
    pub path: String,
    /// The HTTP method; empty for every one.
    #[serde(default)]
    pub method: String,
    pub mishap: Mishap,
    /// So many requests that it fits go well before.
    #[serde(default)]
    pub after: u32,
    /// How often; it is gone then.
    #[serde(default = "once")]
    pub times: u32,
}

fn once() -> u32 {
    1
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
    /// The iPaaS.
    pub ipaas: VendorFaults,
    /// Both senders of webhooks.
    pub webhooks: WebhookFaults,
    /// The inbox.
    pub mail: MailFaults,
    /// What goes wrong on certain paths, the first that fits first.
    pub rules: Vec<PathRule>,
    /// How far HubSpot's search index lags behind its objects, in milliseconds.
    pub search_lag_ms: i64,
    /// The next so many of HubSpot's batches that write have their last input fail, for no reason that lasts.
    pub batch_inputs_failing: u32,
    /// Scopes that the apps lack, such as `crm.objects.deals.write`, with blanks or commas between.
    pub missing_scopes: String,
    /// How much the enforced limits allow.
    pub limits: LimitSizes,
}

impl Faults {
    /// Uses up a rule that fits a request.
    pub fn take_rule(&mut self, system: &str, method: &str, path: &str) -> Option<Mishap> {
        let fits = |rule: &PathRule| {
            rule.system == system
                && path.contains(&rule.path)
                && (rule.method.is_empty() || rule.method.eq_ignore_ascii_case(method))
        };
        let rule = self.rules.iter_mut().find(|rule| fits(rule))?;
        if use_up(&mut rule.after) {
            return None;
        }
        let mishap = rule.mishap;
        rule.times = rule.times.saturating_sub(1);
        self.rules.retain(|rule| rule.times > 0);
        Some(mishap)
    }
}

/// Whether a request changes something; only then does it matter whether the answer was lost before or after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It only reads.
    Read,
    /// It may change the world.
    Write,
}

impl VendorFaults {
    /// Decides for one request and uses up what is counted.
    pub fn decide(&mut self, effect: Effect, dice: &mut Dice) -> Option<Mishap> {
        if use_up(&mut self.too_many_requests) {
            return Some(Mishap::TooMany);
        }
        if effect == Effect::Write
            && !use_up(&mut self.spare_writes)
            && (self.drop_percent == 0 || dice.hits(self.drop_percent))
        {
            if use_up(&mut self.drop_before) {
                return Some(Mishap::DropBefore);
            }
            if use_up(&mut self.drop_after) {
                return Some(Mishap::DropAfter);
            }
        }
        if dice.hits(self.error_percent) {
            return Some(Mishap::ServerError);
        }
        let garbles = effect == Effect::Read && use_up(&mut self.garbled);
        garbles.then_some(Mishap::Garble)
    }
}

/// Takes one off a count; false when nothing was left.
pub fn use_up(count: &mut u32) -> bool {
    let any = *count > 0;
    *count = count.saturating_sub(1);
    any
}
