//! Tokens that a vendor gives for a while: for a code that a person brought back, and again for the refresh token. What is kept of them, and who renews, is not
//! decided here.

use reqwest::{Method, Url};
use serde::Deserialize;

use crate::{
    Secret,
    error::{CallError, ErrorKind, Vendor},
    http::{Answer, Call, Effect, Http, Login, Payload},
};

/// An app of ours at a vendor.
#[derive(Clone, Debug)]
pub struct App {
    pub client_id: String,
    pub client_secret: Secret,
}

/// What a vendor gave.
#[derive(Clone, Debug)]
pub struct Tokens {
    pub access: Secret,
    pub refresh: Secret,
    pub lasts_ms: i64,
    /// With blanks between.
    pub scopes: String,
    /// HubSpot's number of the account.
    pub account: Option<String>,
}

#[derive(Deserialize)]
struct Issued {
    access_token: String,
    refresh_token: String,
    /// Seconds.
    expires_in: i64,
    #[serde(default)]
    scope: Option<String>,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    hub_id: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    error: String,
    error_description: String,
    message: String,
    /// HubSpot's word.
    status: String,
}

/// What says that a person must connect again. Anything else that is no success may be of a proxy on the way, or be over tomorrow.
const FINAL: [&str; 4] = [
    "invalid_grant",
    "invalid_client",
    "unauthorized_client",
    "invalid_scope",
];

impl Refusal {
    fn is_final(&self) -> bool {
        FINAL.contains(&self.error.as_str()) || self.status == "BAD_REFRESH_TOKEN"
    }
}

/// Where a person is sent to agree, with what the vendor wants to know.
pub fn authorize_address(
    vendor: Vendor,
    page: &str,
    query: &[(&str, &str)],
) -> Result<String, CallError> {
    let mut url = Url::parse(page).map_err(|_| {
        let message = "the configured address of its page is not an address";
        CallError::new(vendor, ErrorKind::Refused, message)
    })?;
    url.query_pairs_mut().extend_pairs(query);
    Ok(url.into())
}

/// What is asked for with a code that a person brought back.
pub(crate) fn code_form(code: &str, back: &str) -> Vec<(&'static str, String)> {
    vec![
        ("grant_type", "authorization_code".to_owned()),
        ("code", code.to_owned()),
        ("redirect_uri", back.to_owned()),
    ]
}

/// What is asked for with a refresh token.
pub(crate) fn refresh_form(refresh: &Secret) -> Vec<(&'static str, String)> {
    vec![
        ("grant_type", "refresh_token".to_owned()),
        ("refresh_token", refresh.reveal().to_owned()),
    ]
}

/// Asks a token endpoint. A token that got lost harms nobody, so an answer that got lost may be asked for again.
pub(crate) async fn ask(
    http: &Http,
    vendor: Vendor,
    url: Url,
    login: Login<'_>,
    form: Vec<(&'static str, String)>,
) -> Result<Tokens, CallError> {
    let answer = send(http, vendor, "fetch_tokens", url, login, form).await?;
    let issued: Issued = answer.parse().map_err(|mut failure: CallError| {
        // The parser's words may repeat what it read.
        "the answer is not understood".clone_into(&mut failure.message);
        failure
    })?;
    Ok(Tokens {
        access: issued.access_token.into(),
        refresh: issued.refresh_token.into(),
        lasts_ms: issued.expires_in.saturating_mul(1_000),
        scopes: issued.scope.unwrap_or_else(|| issued.scopes.join(" ")),
        account: issued.hub_id.map(|id| id.to_string()),
    })
}

/// Makes one call with a form that holds secrets, none of which is repeated in the words of a failure.
pub(crate) async fn send(
    http: &Http,
    vendor: Vendor,
    name: &'static str,
    url: Url,
    login: Login<'_>,
    form: Vec<(&'static str, String)>,
) -> Result<Answer, CallError> {
    let sent: Vec<String> = form
        .iter()
        .filter(|(name, _)| {
            !matches!(
                *name,
                "grant_type" | "client_id" | "redirect_uri" | "token_type_hint"
            )
        })
        .map(|(_, value)| value.clone())
        .collect();
    let call = Call {
        vendor,
        name,
        method: Method::POST,
        url,
        login,
        headers: Vec::new(),
        payload: Payload::Form(form),
        effect: Effect::Read,
    };
    let answer = http.send(call).await?;
    if answer.is_success() {
        return Ok(answer);
    }
    Err(failure_of(&answer, &sent))
}

fn failure_of(answer: &Answer, sent: &[String]) -> CallError {
    let refusal: Refusal = serde_json::from_slice(&answer.body).unwrap_or_default();
    let is_final = refusal.is_final();
    let mut words = match refusal.error.as_str() {
        "" => refusal.message,
        error if refusal.error_description.is_empty() => error.to_owned(),
        error => format!("{error}: {}", refusal.error_description),
    };
    for secret in sent.iter().filter(|secret| !secret.is_empty()) {
        words = words.replace(secret.as_str(), "…");
    }
    let mut failure = answer.failure(&words);
    match failure.kind {
        _ if is_final => failure.kind = ErrorKind::Unauthorised,
        ErrorKind::Unauthorised | ErrorKind::Refused | ErrorKind::NotFound => {
            failure.kind = ErrorKind::Retry;
            // Without a token every other call would fail like this one.
            failure = failure.outage();
        }
        _ => {}
    }
    failure
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderMap;

    use super::*;

    #[track_caller]
    fn check(status: u16, body: &str, kind: ErrorKind) {
        let answer = Answer {
            vendor: Vendor::HubSpot,
            status,
            headers: HeaderMap::new(),
            body: body.as_bytes().to_vec(),
            effect: Effect::Read,
        };
        let failure = failure_of(&answer, &["planted".to_owned()]);
        assert_eq!(failure.kind, kind, "{status} {body}");
        assert!(!failure.message.contains("planted"), "{failure}");
    }

    #[test]
    fn only_what_a_person_must_mend_breaks_a_connection() {
        for error in FINAL {
            let body = format!(r#"{{"error":"{error}","error_description":"planted"}}"#);
            check(400, &body, ErrorKind::Unauthorised);
            check(401, &body, ErrorKind::Unauthorised);
        }
        let body = r#"{"status":"BAD_REFRESH_TOKEN","message":"planted"}"#;
        check(400, body, ErrorKind::Unauthorised);
        check(400, r#"{"error":"invalid_request"}"#, ErrorKind::Retry);
        check(400, "", ErrorKind::Retry);
        check(403, "<html>Forbidden</html>", ErrorKind::Retry);
        check(404, "<html>Not found</html>", ErrorKind::Retry);
        check(429, "", ErrorKind::RateLimited);
        check(503, "", ErrorKind::Retry);
    }
}
