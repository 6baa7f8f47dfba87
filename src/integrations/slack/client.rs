//! Slack's calls. Slack knows no keys against doubles: a message whose answer was lost may be posted twice.

use std::{fmt, sync::Arc};

use reqwest::{Method, Url};
use serde_json::{Value, json};

use super::wire;
use crate::{
    Secret,
    error::{CallError, ErrorKind, Vendor},
    http::{self, Call, Effect, Http, Login, Payload},
    token::{FixedToken, TokenSource},
};

/// How long to wait where Slack says that it is too much but not for how long, in milliseconds.
const LIMIT_WAIT_MS: i64 = 1_000;

/// Where incoming webhooks are; no other host is ever called by an address that somebody pasted.
const WEBHOOK_HOST: &str = "hooks.slack.com";

/// Where Slack is and which bot we are.
#[derive(Clone, Debug)]
pub struct SlackConfig {
    /// `https://slack.com/api`, or a stand-in.
    pub base_url: String,
    /// The bot's token.
    pub token: Secret,
}

/// A message, laid out and within Slack's limits already.
#[derive(Clone, Debug, PartialEq)]
pub struct OutgoingMessage {
    /// What notifications and old clients show.
    pub text: String,
    /// A list of blocks: what is seen in the channel.
    pub blocks: Value,
    /// The `ts` of the message that it hangs below.
    pub thread: Option<String>,
}

/// The client. A clone shares its connections.
#[derive(Clone)]
pub struct Slack {
    http: Http,
    base_url: Arc<str>,
    tokens: Arc<dyn TokenSource>,
}

impl fmt::Debug for Slack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slack")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

/// The workspace that a token belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    pub id: String,
    pub name: String,
}

impl Slack {
    /// With a bot's token.
    pub fn new(http: Http, config: SlackConfig) -> Self {
        let tokens = Arc::new(FixedToken::new(config.token));
        Self::with_tokens(http, &config.base_url, tokens)
    }

    /// With a token from anywhere.
    pub fn with_tokens(http: Http, base_url: &str, tokens: Arc<dyn TokenSource>) -> Self {
        Self {
            http,
            base_url: base_url.into(),
            tokens,
        }
    }

    /// The workspace that we are let into.
    pub async fn read_team(&self) -> Result<Team, CallError> {
        let answered = self
            .ask("auth.test", Payload::Nothing, Effect::Read)
            .await?;
        Ok(Team {
            id: named(answered.team_id)?,
            name: named(answered.team)?,
        })
    }

    /// Posts a message and gives its `ts`, by which Slack knows it.
    pub async fn post_message(
        &self,
        channel: &str,
        message: &OutgoingMessage,
    ) -> Result<String, CallError> {
        let mut body = json!({
            "channel": channel,
            "text": message.text,
            "blocks": message.blocks,
            "unfurl_links": false,
        });
        if let Some(thread) = &message.thread {
            body["thread_ts"] = json!(thread);
        }
        let payload = http::json(&body);
        let answered = self.ask("chat.postMessage", payload, Effect::Write).await?;
        answered.ts.ok_or_else(|| {
            let message = "the answer does not name the message";
            CallError::new(Vendor::Slack, ErrorKind::UnknownOutcome, message)
        })
    }

    /// The channel of the direct messages to the member with a mail address; opening it twice does no harm.
    pub async fn open_direct_messages(&self, email: &str) -> Result<String, CallError> {
        let payload = Payload::Form(vec![("email", email.to_owned())]);
        let found = self
            .ask("users.lookupByEmail", payload, Effect::Read)
            .await?;
        let payload = Payload::Form(vec![("users", named(found.user.map(wire::Entity::id))?)]);
        let opened = self
            .ask("conversations.open", payload, Effect::Read)
            .await?;
        named(opened.channel.map(wire::Entity::id))
    }

    /// Posts to an incoming webhook: only where Slack's own are, or where our stand-in is. Slack does not say how it calls the message.
    pub async fn post_to_webhook(
        &self,
        webhook: &Secret,
        message: &OutgoingMessage,
    ) -> Result<(), CallError> {
        let url = self.webhook_address(webhook)?;
        let body = json!({ "text": message.text, "blocks": message.blocks });
        let call = Call {
            vendor: Vendor::Slack,
            name: "post_to_webhook",
            method: Method::POST,
            url,
            login: Login::Nobody,
            headers: Vec::new(),
            payload: http::json(&body),
            effect: Effect::Write,
        };
        let answer = self.http.send_to_internet(call).await?;
        let text = answer.text();
        if answer.is_success() {
            return match text.trim() {
                "ok" => Ok(()),
                // Nobody knows what else it says, and whether somebody reads the message.
                other => {
                    let message = format!("answered `{other}` in place of `ok`");
                    let kind = ErrorKind::Unreadable;
                    Err(CallError::new(Vendor::Slack, kind, message))
                }
            };
        }
        let mut failure = answer.failure(&text);
        if matches!(failure.kind, ErrorKind::Unauthorised | ErrorKind::NotFound) {
            // It is this partner's address that is wrong, and not our credentials.
            failure.kind = ErrorKind::Refused;
        }
        Err(failure)
    }

    fn webhook_address(&self, webhook: &Secret) -> Result<Url, CallError> {
        let url = Url::parse(webhook.reveal()).ok();
        let is_slacks = |url: &Url| {
            url.scheme() == "https" && url.host_str() == Some(WEBHOOK_HOST) && url.port().is_none()
        };
        let is_stand_in = |url: &Url| {
            let base = Url::parse(&self.base_url).ok();
            base.is_some_and(|base| http::is_loopback(&base) && base.origin() == url.origin())
        };
        url.filter(|url| is_slacks(url) || is_stand_in(url))
            .ok_or_else(|| {
                let message = "the webhook is not an address of Slack's";
                CallError::new(Vendor::Slack, ErrorKind::Refused, message)
            })
    }

    /// One call of the Web API, whose failures are a 200 as well.
    async fn ask(
        &self,
        method: &'static str,
        payload: Payload,
        effect: Effect,
    ) -> Result<wire::Answered, CallError> {
        let access = self.tokens.access(None).await?;
        let call = Call {
            vendor: Vendor::Slack,
            name: method,
            method: Method::POST,
            url: http::address(Vendor::Slack, &self.base_url, &[method])?,
            login: Login::Bearer(access.token.reveal()),
            headers: Vec::new(),
            payload,
            effect,
        };
        let answer = self.http.send(call).await?;
        if !answer.is_success() {
            let word = serde_json::from_slice::<wire::Answered>(&answer.body)
                .ok()
                .and_then(|answered| answered.error);
            if let Some(word) = word.as_deref().filter(|word| lacks_scope(word)) {
                return Err(said_no(word, None));
            }
            let mut failure = answer.failure(&word.unwrap_or_else(|| answer.text()));
            if failure.kind == ErrorKind::RateLimited {
                failure.retry_after_ms = failure.retry_after_ms.or(Some(LIMIT_WAIT_MS));
            }
            return Err(failure);
        }
        let answered: wire::Answered = answer.parse()?;
        if answered.ok {
            return Ok(answered);
        }
        Err(said_no(
            answered.error.as_deref().unwrap_or("no reason given"),
            answered.needed.as_deref(),
        ))
    }
}

fn named(id: Option<String>) -> Result<String, CallError> {
    id.ok_or_else(|| {
        let message = "the answer names nobody";
        CallError::new(Vendor::Slack, ErrorKind::Refused, message)
    })
}

/// Whether a word says that the bot may not do this, whoever it is.
fn lacks_scope(word: &str) -> bool {
    matches!(word, "missing_scope" | "no_permission")
}

/// Sorts the word of an answer that is `ok: false`. A word that we do not know is taken as final, so that it is seen and not repeated for ever.
fn said_no(word: &str, needed: Option<&str>) -> CallError {
    if lacks_scope(word) {
        return CallError::missing_scope(Vendor::Slack, needed, word);
    }
    let kind = match word {
        "ratelimited" | "rate_limited" => ErrorKind::RateLimited,
        "internal_error" | "fatal_error" | "request_timeout" | "service_unavailable" => {
            ErrorKind::UnknownOutcome
        }
        "invalid_auth"
        | "not_authed"
        | "account_inactive"
        | "token_revoked"
        | "token_expired"
        | "team_access_not_granted" => ErrorKind::Unauthorised,
        "channel_not_found" | "users_not_found" | "user_not_found" => ErrorKind::NotFound,
        _ => ErrorKind::Refused,
    };
    let wait_ms = (kind == ErrorKind::RateLimited).then_some(LIMIT_WAIT_MS);
    CallError::new(Vendor::Slack, kind, word).after_ms(wait_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_no_are_sorted_and_an_unknown_one_is_final() {
        let kind = |word| said_no(word, None).kind;
        assert_eq!(kind("ratelimited"), ErrorKind::RateLimited);
        assert_eq!(kind("fatal_error"), ErrorKind::UnknownOutcome);
        assert_eq!(kind("token_revoked"), ErrorKind::Unauthorised);
        assert_eq!(kind("is_archived"), ErrorKind::Refused);
        assert_eq!(kind("something_new"), ErrorKind::Refused);
        assert_eq!(kind("no_permission"), ErrorKind::MissingScope);
        let lacking = said_no("missing_scope", Some("chat:write"));
        assert_eq!(lacking.kind, ErrorKind::MissingScope);
        assert!(lacking.to_string().contains("the scope chat:write"));
    }
}
