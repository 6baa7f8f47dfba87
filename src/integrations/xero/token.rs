//! The access token of a custom connection and the organisation behind it. Both are kept in memory: either can be asked for again at any time.

use std::time::{Duration, Instant};

use reqwest::Method;
use tokio::sync::Mutex;

use super::{client::XeroConfig, failure::failure_of, wire};
use crate::{
    error::{CallError, ErrorKind, Vendor},
    http::{self, Call, Effect, Http, Login, Payload},
};

/// What the portal may do there: read sales invoices, credit notes, payments, settings; read and write bills and contacts. Credit notes are under the
/// scope of invoices.
const SCOPES: &str =
    "accounting.invoices accounting.payments.read accounting.contacts accounting.settings.read";

/// A token is renewed this long before it ends, so that it does not end on the way.
const RENEWED_BEFORE: Duration = Duration::from_secs(60);

/// What a call to the accounting API needs.
#[derive(Clone)]
pub struct Access {
    pub token: String,
    pub tenant_id: String,
}

struct Held {
    access: Access,
    /// By the process's own clock: it measures how long the token was held, not what time it is.
    renewed_at: Instant,
}

/// The held token. Whoever finds it missing fetches it while the others wait for that one.
#[derive(Default)]
pub struct TokenKeeper {
    held: Mutex<Option<Held>>,
}

impl TokenKeeper {
    /// The current access; fetched if there is none, if it ends soon, or if it is the one that was just refused.
    pub async fn access(
        &self,
        http: &Http,
        config: &XeroConfig,
        refused: Option<&str>,
    ) -> Result<Access, CallError> {
        let mut held = self.held.lock().await;
        if let Some(held) = held.as_ref() {
            let is_refused = refused.is_some_and(|token| token == held.access.token);
            if Instant::now() < held.renewed_at && !is_refused {
                return Ok(held.access.clone());
            }
        }
        *held = None;
        let asked_at = Instant::now();
        let token = fetch_token(http, config).await?;
        let tenant_id = fetch_tenant(http, config, &token.access_token).await?;
        let access = Access {
            token: token.access_token,
            tenant_id,
        };
        let lasts = Duration::from_secs(token.expires_in).saturating_sub(RENEWED_BEFORE);
        *held = Some(Held {
            access: access.clone(),
            renewed_at: asked_at + lasts,
        });
        Ok(access)
    }

    /// Forgets token and organisation, as the connection may have become another one.
    pub async fn forget(&self) {
        *self.held.lock().await = None;
    }
}

async fn fetch_token(http: &Http, config: &XeroConfig) -> Result<wire::Token, CallError> {
    let call = Call {
        vendor: Vendor::Xero,
        name: "fetch_token",
        method: Method::POST,
        url: http::address(Vendor::Xero, &config.identity_url, &["connect", "token"])?,
        login: Login::Basic(&config.client_id, &config.client_secret),
        headers: Vec::new(),
        payload: Payload::Form(vec![
            ("grant_type", "client_credentials".to_owned()),
            ("scope", SCOPES.to_owned()),
        ]),
        // A token that got lost harms nobody.
        effect: Effect::Read,
    };
    let answer = http.send(call).await?;
    if answer.is_success() {
        return answer.parse();
    }
    let mut failure = failure_of(&answer);
    if answer.status == 400 {
        // `invalid_client`, `invalid_scope` and the like: a person must look at the app.
        failure.kind = ErrorKind::Unauthorised;
    }
    Err(failure)
}

async fn fetch_tenant(http: &Http, config: &XeroConfig, token: &str) -> Result<String, CallError> {
    let call = Call {
        vendor: Vendor::Xero,
        name: "list_connections",
        method: Method::GET,
        url: http::address(Vendor::Xero, &config.base_url, &["connections"])?,
        login: Login::Bearer(token),
        headers: Vec::new(),
        payload: Payload::Nothing,
        effect: Effect::Read,
    };
    let answer = http.send(call).await?;
    if !answer.is_success() {
        return Err(failure_of(&answer));
    }
    let connections: Vec<wire::Connection> = answer.parse()?;
    let first = connections.into_iter().next();
    first.map(|connection| connection.tenant_id).ok_or_else(|| {
        CallError::new(
            Vendor::Xero,
            ErrorKind::Unauthorised,
            "the app is connected to no organisation",
        )
    })
}
