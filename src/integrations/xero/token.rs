//! The access token of a custom connection and the organisation behind it. Both are kept in memory: either can be asked for again at any time.

use std::{
    pin::Pin,
    time::{Duration, Instant},
};

use reqwest::Method;
use tokio::sync::Mutex;

use super::{client::XeroConfig, failure::failure_of, oauth, wire};
use crate::{
    Secret,
    error::{CallError, ErrorKind, Vendor},
    http::{self, Call, Effect, Http, Login, Payload},
    token::{Access, Asked, TokenSource},
};

/// A token is renewed this long before it ends, so that it does not end on the way.
const RENEWED_BEFORE: Duration = Duration::from_secs(60);

struct Held {
    access: Access,
    /// By the process's own clock: it measures how long the token was held, not what time it is.
    renewed_at: Instant,
}

/// A custom connection. Whoever finds its token missing fetches it while the others wait for that one.
pub struct CustomConnection {
    http: Http,
    config: XeroConfig,
    held: Mutex<Option<Held>>,
}

impl CustomConnection {
    pub fn new(http: Http, config: XeroConfig) -> Self {
        Self {
            http,
            config,
            held: Mutex::default(),
        }
    }
}

impl TokenSource for CustomConnection {
    /// The current access; fetched if there is none, if it ends soon, or if it is the one that was just refused.
    fn access<'a>(&'a self, refused: Option<&'a Secret>) -> Asked<'a> {
        Box::pin(async move {
            let mut held = self.held.lock().await;
            if let Some(held) = held.as_ref() {
                let is_refused = refused.is_some_and(|token| *token == held.access.token);
                if Instant::now() < held.renewed_at && !is_refused {
                    return Ok(held.access.clone());
                }
            }
            *held = None;
            let asked_at = Instant::now();
            let token = fetch_token(&self.http, &self.config).await?;
            let access_token = Secret::from(token.access_token);
            let tenant = fetch_tenant(&self.http, &self.config, &access_token).await?;
            let access = Access {
                token: access_token,
                tenant,
            };
            let lasts = Duration::from_secs(token.expires_in).saturating_sub(RENEWED_BEFORE);
            *held = Some(Held {
                access: access.clone(),
                renewed_at: asked_at + lasts,
            });
            Ok(access)
        })
    }

    /// Forgets token and organisation, as the connection may have become another one.
    fn shut_out(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            *self.held.lock().await = None;
        })
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
            ("scope", oauth::SCOPES.to_owned()),
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

/// The organisation that is meant, if the app is connected to it; else the first. Whether that one may be used is not for us to say.
async fn fetch_tenant(
    http: &Http,
    config: &XeroConfig,
    token: &Secret,
) -> Result<String, CallError> {
    let tenants = oauth::list_tenants(http, &config.base_url, token).await?;
    let is_meant = |tenant: &&oauth::Tenant| config.meant.as_ref() == Some(&tenant.id);
    let chosen = tenants.iter().find(is_meant).or_else(|| tenants.first());
    chosen.map(|tenant| tenant.id.clone()).ok_or_else(|| {
        CallError::new(
            Vendor::Xero,
            ErrorKind::Unauthorised,
            "the app is connected to no organisation",
        )
    })
}
