//! The one HTTP client: time limits, a limit on what is read, no redirects, Retry-After, and a span per call that holds no secret.
//! It makes each call once and knows no vendor's words; the vendors' folders sort the answers that are not 2xx.

use std::{sync::Arc, time::Duration};

use portal_domain::outward::{OutwardHosts, is_listed};
use reqwest::{
    Client, Method, Response, Url,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, RETRY_AFTER},
    redirect::Policy,
};
use serde::{Serialize, de::DeserializeOwned};
use tracing::Instrument;

use crate::{
    Secret,
    error::{CallError, ErrorKind, Vendor},
    gate::{self, Allowance, CallEnding},
    guard::{self, InternetOnly, Objection},
};

/// For how long a connection is kept that nobody uses.
const POOL_IDLE: Duration = Duration::from_secs(4);

/// How long a call may take and how much of an answer is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpLimits {
    pub connect_timeout_ms: u64,
    /// From the first byte sent to the last one read.
    pub call_timeout_ms: u64,
    pub answer_bytes_max: usize,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            connect_timeout_ms: 5_000,
            call_timeout_ms: 20_000,
            answer_bytes_max: 5_000_000,
        }
    }
}

/// Why there is no HTTP client: its TLS half could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be set up: {0}")]
pub struct HttpSetupError(#[from] reqwest::Error);

/// The HTTP client. A clone shares its connections.
#[derive(Clone, Debug)]
pub struct Http {
    client: Client,
    /// For stand-ins on this machine, which the machine's proxy could not reach.
    loopback: Client,
    /// For addresses that people type: by no proxy, which would look names up for us, and never into a private network.
    internet: Client,
    /// Which hosts those may name.
    outward: OutwardHosts,
    limits: HttpLimits,
}

/// Whether a call changes something; only then does a lost answer leave an unknown outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Read,
    Write,
}

/// What a call carries.
#[derive(Clone)]
pub(crate) enum Payload {
    Nothing,
    Json(Vec<u8>),
    Form(Vec<(&'static str, String)>),
    /// A file as it is.
    Pdf(Vec<u8>),
}

/// Who we are to the vendor.
pub(crate) enum Login<'a> {
    /// The address alone says it.
    Nobody,
    Bearer(&'a str),
    Basic(&'a str, &'a Secret),
}

/// One call, ready to be made.
pub(crate) struct Call<'a> {
    pub vendor: Vendor,
    /// What the call is called in logs, such as `read_deal`.
    pub name: &'static str,
    pub method: Method,
    pub url: Url,
    pub login: Login<'a>,
    pub headers: Vec<(&'static str, String)>,
    pub payload: Payload,
    pub effect: Effect,
}

/// An answer of any status, read whole.
pub(crate) struct Answer {
    pub vendor: Vendor,
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    pub effect: Effect,
}

impl Http {
    /// A client with the usual limits. A rustls provider must have been installed for the process.
    ///
    /// # Errors
    /// [`HttpSetupError`] when the TLS half cannot be set up.
    pub fn new() -> Result<Self, HttpSetupError> {
        Self::with_limits(HttpLimits::default())
    }

    /// A client with limits of one's own.
    ///
    /// # Errors
    /// [`HttpSetupError`] when the TLS half cannot be set up.
    pub fn with_limits(limits: HttpLimits) -> Result<Self, HttpSetupError> {
        let builder = || {
            Client::builder()
                .connect_timeout(Duration::from_millis(limits.connect_timeout_ms))
                .timeout(Duration::from_millis(limits.call_timeout_ms))
                .redirect(Policy::none())
                // Many servers end a connection that was not used for five seconds, and what is sent over it then is lost.
                .pool_idle_timeout(POOL_IDLE)
                .user_agent(concat!("partner-portal/", env!("CARGO_PKG_VERSION")))
        };
        let loopback = builder().no_proxy().tls_certs_only([]).build()?;
        let internet = || builder().no_proxy().dns_resolver(Arc::new(InternetOnly));
        let client = builder().build().or_else(|error| {
            // A bare container has no authorities to trust; the sandbox on loopback must run there all the same.
            tracing::warn!(%error, "no certificate authorities found: calls over https will fail");
            builder().tls_certs_only([]).build()
        })?;
        let internet = internet()
            .build()
            .or_else(|_| internet().tls_certs_only([]).build())?;
        Ok(Self {
            client,
            loopback,
            internet,
            outward: OutwardHosts::default(),
            limits,
        })
    }

    /// The same for addresses that people type on these hosts alone.
    #[must_use]
    pub fn restricted_to(self, outward: OutwardHosts) -> Self {
        Self { outward, ..self }
    }

    /// Makes the call once. An answer of any status is `Ok`.
    pub(crate) async fn send(&self, call: Call<'_>) -> Result<Answer, CallError> {
        self.send_over(&self.client, call).await
    }

    /// The same to an address that somebody typed below a host that is always the same: one of the internet, or of a stand-in that whoever calls has let pass.
    pub(crate) async fn send_to_internet(&self, call: Call<'_>) -> Result<Answer, CallError> {
        self.send_guarded(call, &OutwardHosts::default()).await
    }

    /// The same to any address that somebody typed: where hosts are named it must be at one of them.
    pub(crate) async fn send_to_typed(&self, call: Call<'_>) -> Result<Answer, CallError> {
        self.send_guarded(call, &self.outward).await
    }

    async fn send_guarded(
        &self,
        call: Call<'_>,
        outward: &OutwardHosts,
    ) -> Result<Answer, CallError> {
        if !is_loopback(&call.url) {
            check(call.vendor, &call.url, outward)?;
        }
        self.send_over(&self.internet, call).await
    }

    /// Passes a request of another library on as it is, to an address of the internet or of one of these hosts.
    pub(crate) async fn pass(
        &self,
        request: http::Request<Vec<u8>>,
        internal: &[String],
    ) -> Result<http::Response<Vec<u8>>, CallError> {
        let (vendor, effect) = (Vendor::IdentityProvider, Effect::Read);
        let request = reqwest::Request::try_from(request)
            .map_err(|error| transport_failure(vendor, effect, &error))?;
        let response = self
            .client_of_provider(request.url(), internal)?
            .execute(request)
            .await
            .map_err(|error| transport_failure(vendor, effect, &error))?;
        let mut answer = http::Response::new(Vec::new());
        *answer.status_mut() = response.status();
        *answer.headers_mut() = response.headers().clone();
        *answer.body_mut() = self.read_limited(vendor, effect, response).await?;
        Ok(answer)
    }

    /// Whether an address that a provider names is one that it may name.
    pub(crate) fn check_provider(&self, url: &Url, internal: &[String]) -> Result<(), CallError> {
        self.client_of_provider(url, internal).map(|_| ())
    }

    /// What an identity provider's address is called with, if it may be called: over TLS, but where it is on this very machine, and is meant to be.
    fn client_of_provider(&self, url: &Url, internal: &[String]) -> Result<&Client, CallError> {
        let vendor = Vendor::IdentityProvider;
        let port = url.port_or_known_default().unwrap_or_default();
        let is_named = is_listed(internal, url.host_str().unwrap_or_default(), port);
        if is_named && is_loopback(url) {
            return Ok(&self.loopback);
        }
        if url.scheme() != "https" {
            let message = "it names an address that is not https";
            return Err(CallError::new(vendor, ErrorKind::Refused, message));
        }
        if is_named {
            return Ok(&self.client);
        }
        check(vendor, url, &self.outward)?;
        Ok(&self.internet)
    }

    async fn send_over(&self, client: &Client, call: Call<'_>) -> Result<Answer, CallError> {
        let span = tracing::info_span!("vendor_call", vendor = ?call.vendor, call = call.name, status = tracing::field::Empty);
        let entered = span.clone();
        async move {
            let vendor = call.vendor;
            gate::admit(vendor, call.url.path()).await?;
            let outcome = self.send_once(client, call).await;
            let ending = match &outcome {
                Ok(answer) => {
                    entered.record("status", answer.status);
                    tracing::debug!("answered");
                    CallEnding::Answered {
                        status: answer.status,
                        allowance: Allowance::of(&answer.headers),
                    }
                }
                Err(failure) => {
                    tracing::debug!(%failure, "no answer");
                    CallEnding::Unanswered
                }
            };
            gate::tell(vendor, ending);
            outcome
        }
        .instrument(span)
        .await
    }

    async fn send_once(&self, client: &Client, call: Call<'_>) -> Result<Answer, CallError> {
        let (vendor, effect) = (call.vendor, call.effect);
        let client = match is_loopback(&call.url) {
            true => &self.loopback,
            false => client,
        };
        let mut request = client
            .request(call.method, call.url)
            .header(ACCEPT, "application/json");
        request = match call.login {
            Login::Nobody => request,
            Login::Bearer(token) => request.bearer_auth(token),
            Login::Basic(name, password) => request.basic_auth(name, Some(password.reveal())),
        };
        for (name, value) in call.headers {
            request = request.header(name, value);
        }
        request = match call.payload {
            Payload::Nothing => request,
            Payload::Json(body) => request
                .header(CONTENT_TYPE, "application/json; charset=utf-8")
                .body(body),
            Payload::Form(pairs) => request.form(&pairs),
            Payload::Pdf(content) => request
                .header(CONTENT_TYPE, "application/pdf")
                .body(content),
        };
        let response = request
            .send()
            .await
            .map_err(|error| transport_failure(vendor, effect, &error))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = self.read_limited(vendor, effect, response).await?;
        Ok(Answer {
            vendor,
            status,
            headers,
            body,
            effect,
        })
    }

    async fn read_limited(
        &self,
        vendor: Vendor,
        effect: Effect,
        mut response: Response,
    ) -> Result<Vec<u8>, CallError> {
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| transport_failure(vendor, effect, &error))?
        {
            if body.len() + chunk.len() > self.limits.answer_bytes_max {
                let kind = match effect {
                    Effect::Read => ErrorKind::Refused,
                    Effect::Write => ErrorKind::UnknownOutcome,
                };
                let message = format!(
                    "the answer is larger than {} bytes",
                    self.limits.answer_bytes_max
                );
                return Err(CallError::new(vendor, kind, message));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

/// Sorts a call that got no whole answer. The error's own text is not used: it holds the address.
fn transport_failure(vendor: Vendor, effect: Effect, error: &reqwest::Error) -> CallError {
    if error.is_builder() {
        return CallError::new(
            vendor,
            ErrorKind::Refused,
            "the request could not be written: a header or the address is malformed",
        );
    }
    if guard::is_refused(error) {
        return not_of_internet(vendor);
    }
    if error.is_connect() {
        return CallError::new(vendor, ErrorKind::Retry, "no connection could be made").outage();
    }
    let message = if error.is_timeout() {
        "no answer in time"
    } else {
        "the connection broke before the answer was complete"
    };
    CallError::new(vendor, lost(effect), message).outage()
}

/// Holds an address that somebody typed, or that what was typed led to, against what may be called.
fn check(vendor: Vendor, url: &Url, outward: &OutwardHosts) -> Result<(), CallError> {
    match guard::objection(url, outward) {
        None => Ok(()),
        Some(Objection::Private) => Err(not_of_internet(vendor)),
        Some(Objection::Unlisted) => {
            let host = url.host_str().unwrap_or_default();
            Err(CallError::unlisted(vendor, host))
        }
    }
}

fn not_of_internet(vendor: Vendor) -> CallError {
    let message = "the name leads to an address that is not of the internet";
    CallError::new(vendor, ErrorKind::Refused, message)
}

/// What a failure means that may have come after the work was done.
pub(crate) const fn lost(effect: Effect) -> ErrorKind {
    match effect {
        Effect::Read => ErrorKind::Retry,
        Effect::Write => ErrorKind::UnknownOutcome,
    }
}

impl Answer {
    pub(crate) const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// Reads the body of a success.
    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, CallError> {
        serde_json::from_slice(&self.body).map_err(|error| {
            // What was done was done; only we do not understand the answer. The next one may be whole again.
            let message = format!("the answer is not understood: {error}");
            CallError::new(self.vendor, lost(self.effect), message)
        })
    }

    /// `Retry-After` in milliseconds, where it is a number of seconds; a date is not used by these vendors.
    pub(crate) fn retry_after_ms(&self) -> Option<i64> {
        let seconds: i64 = self
            .headers
            .get(RETRY_AFTER)?
            .to_str()
            .ok()?
            .trim()
            .parse()
            .ok()?;
        (seconds >= 0).then(|| seconds.saturating_mul(1_000))
    }

    /// A failure of the kind that the status alone tells, with the vendor's words.
    pub(crate) fn failure(&self, words: &str) -> CallError {
        let kind = match self.status {
            401 | 403 => ErrorKind::Unauthorised,
            404 | 410 => ErrorKind::NotFound,
            429 => ErrorKind::RateLimited,
            408 | 423 | 425 => ErrorKind::Retry,
            500.. => lost(self.effect),
            _ => ErrorKind::Refused,
        };
        let message = match words.trim() {
            "" => format!("status {}", self.status),
            words => format!("{words} (status {})", self.status),
        };
        let failure = CallError::new(self.vendor, kind, message).after_ms(self.retry_after_ms());
        if self.status >= 500 {
            failure.outage()
        } else {
            failure
        }
    }

    /// The first characters of a body that is not JSON, for a message.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body)
            .chars()
            .take(300)
            .collect()
    }
}

/// Plain HTTP to this very machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    url.scheme() == "http" && matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"))
}

/// The address of `segments` below a base address; each segment is encoded.
pub(crate) fn address(vendor: Vendor, base_url: &str, segments: &[&str]) -> Result<Url, CallError> {
    let malformed = || {
        CallError::new(
            vendor,
            ErrorKind::Refused,
            "the configured base address is not an http address",
        )
    };
    let mut url = Url::parse(base_url).map_err(|_| malformed())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(malformed());
    }
    // Dot segments would be folded away and name another resource; an empty one would name the list.
    if segments
        .iter()
        .any(|segment| matches!(*segment, "" | "." | ".."))
    {
        return Err(CallError::new(
            vendor,
            ErrorKind::NotFound,
            "an empty id names nothing",
        ));
    }
    url.path_segments_mut()
        .map_err(|()| malformed())?
        .pop_if_empty()
        .extend(segments);
    Ok(url)
}

/// The JSON of one of our own wire types.
pub(crate) fn json<T: Serialize>(value: &T) -> Payload {
    Payload::Json(json_bytes(value))
}

pub(crate) fn json_bytes<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("our wire types are maps with text keys and always serialise")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_encoded_and_never_leave_their_place_in_the_path() {
        let url = address(
            Vendor::HubSpot,
            "http://127.0.0.1:9/base/",
            &["contacts", "a+b/c@x.de"],
        )
        .unwrap();
        assert_eq!(
            url.as_str(),
            "http://127.0.0.1:9/base/contacts/a+b%2Fc@x.de"
        );
        assert_eq!(
            address(Vendor::Xero, "http://h/", &["Invoices", ".."])
                .unwrap_err()
                .kind,
            ErrorKind::NotFound
        );
        assert_eq!(
            address(Vendor::Xero, "ftp://h/", &["Invoices"])
                .unwrap_err()
                .kind,
            ErrorKind::Refused
        );
    }

    async fn refused(http: &Http, url: &str) -> CallError {
        let call = Call {
            vendor: Vendor::Relay,
            name: "post",
            method: Method::POST,
            url: Url::parse(url).unwrap(),
            login: Login::Nobody,
            headers: Vec::new(),
            payload: Payload::Nothing,
            effect: Effect::Write,
        };
        let refused = http.send_to_typed(call).await.err().unwrap();
        assert_eq!(refused.kind, ErrorKind::Refused, "{url}");
        refused
    }

    #[tokio::test]
    async fn a_name_that_leads_into_our_own_house_is_not_called_where_people_type_it() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Http::new().unwrap();
        for url in ["https://localhost:9/hook", "https://127.0.0.1:9/hook"] {
            let refused = refused(&http, url).await;
            assert!(refused.message.contains("not of the internet"), "{refused}");
        }
    }

    #[tokio::test]
    async fn a_host_that_is_not_named_is_not_called_where_some_are() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let names = ["hooks.example.com".to_owned()];
        let http = Http::new().unwrap();
        let http = http.restricted_to(OutwardHosts::parse(&names).unwrap());
        let refused = refused(&http, "https://other.example.com/hook").await;
        assert_eq!(refused.unlisted.as_deref(), Some("other.example.com"));
        assert!(refused.message.contains("OUTWARD_HOSTS"), "{refused}");
    }

    #[test]
    fn a_provider_is_called_over_tls_where_it_is_named_or_on_the_internet() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let internal = ["127.0.0.1:9", "login.internal"].map(str::to_owned);
        let names = ["login.example.com".to_owned()];
        let http = Http::new().unwrap();
        let http = http.restricted_to(OutwardHosts::parse(&names).unwrap());
        let said = |url| {
            let checked = http.check_provider(&Url::parse(url).unwrap(), &internal);
            checked.err().map(|refused| refused.message)
        };
        for url in [
            "https://login.example.com/token",
            "https://login.internal/token",
            "http://127.0.0.1:9/token",
        ] {
            assert_eq!(said(url), None, "{url}");
        }
        for (url, why) in [
            ("https://other.example.com/token", "OUTWARD_HOSTS"),
            ("https://10.0.0.1/token", "not of the internet"),
            ("http://login.internal/token", "not https"),
            ("http://login.example.com/token", "not https"),
            ("http://127.0.0.1:10/token", "not https"),
        ] {
            let said = said(url).expect(url);
            assert!(said.contains(why), "{url}: {said}");
        }
    }

    #[test]
    fn a_server_error_is_an_unknown_outcome_for_writes_only() {
        let answer = |effect| Answer {
            vendor: Vendor::Xero,
            status: 503,
            headers: HeaderMap::new(),
            body: Vec::new(),
            effect,
        };
        assert_eq!(answer(Effect::Read).failure("").kind, ErrorKind::Retry);
        assert_eq!(
            answer(Effect::Write).failure("").kind,
            ErrorKind::UnknownOutcome
        );
    }
}
