//! What the tests stand on: a fresh sandbox, clients that know its keys, and hands to move things there as a person or a vendor would.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use portal_integrations::{
    Http, HttpLimits, Secret,
    email::{MailConfig, MailReach, Mailer},
    hubspot::{HubSpot, HubSpotConfig},
    slack::{Slack, SlackConfig},
    xero::{Xero, XeroConfig},
};
use portal_sandbox::{Sandbox, SandboxClock, SandboxConfig};
use reqwest::Method;
use serde_json::{Value, json};

/// 1 October 2026, 08:00 UTC.
pub const START_MS: i64 = 1_790_841_600_000;

/// The sandbox's one organisation in Xero.
const TENANT: &str = "5f1c2a90-7b6e-4d3c-a8f2-90cbd41e7a55";

/// A clock that only tests move.
pub struct StoppedClock(AtomicI64);

impl StoppedClock {
    pub fn advance_ms(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }

    pub fn read_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

impl SandboxClock for StoppedClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    fn advance_to_ms(&self, to_ms: i64) -> Result<(), String> {
        self.0.store(to_ms, Ordering::SeqCst);
        Ok(())
    }
}

pub struct Stage {
    pub sandbox: Sandbox,
    pub clock: Arc<StoppedClock>,
    pub http: Http,
    raw: reqwest::Client,
}

impl Stage {
    /// A sandbox in which the portal's own properties have been made.
    pub async fn open() -> Self {
        let stage = Self::open_bare().await;
        stage.hubspot().ensure_properties().await.unwrap();
        stage
    }

    /// A sandbox as nobody has touched it.
    pub async fn open_bare() -> Self {
        // Another test of this process may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let clock = Arc::new(StoppedClock(AtomicI64::new(START_MS)));
        let free_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let sandbox = portal_sandbox::start(SandboxConfig {
            http_addr: free_port,
            smtp_addr: free_port,
            state_file: None,
            clock: clock.clone(),
            hubspot_token: "hubspot-token".to_owned(),
            hubspot_client_secret: "hubspot-secret".to_owned(),
            xero_client_id: "xero-id".to_owned(),
            xero_client_secret: "xero-secret".to_owned(),
            xero_webhook_key: "xero-key".to_owned(),
            slack_token: "slack-token".to_owned(),
        })
        .await
        .unwrap();
        let limits = HttpLimits {
            call_timeout_ms: 3_000,
            ..HttpLimits::default()
        };
        let http = Http::with_limits(limits).unwrap();
        let raw = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            sandbox,
            clock,
            http,
            raw,
        }
    }

    pub fn hubspot(&self) -> HubSpot {
        self.hubspot_with("hubspot-token")
    }

    pub fn hubspot_with(&self, token: &str) -> HubSpot {
        let config = HubSpotConfig {
            base_url: self.sandbox.http_url(),
            token: Secret::from(token),
        };
        HubSpot::new(self.http.clone(), config)
    }

    pub fn xero(&self) -> Xero {
        self.xero_with("xero-secret")
    }

    pub fn xero_with(&self, client_secret: &str) -> Xero {
        let config = XeroConfig {
            base_url: self.sandbox.http_url(),
            identity_url: self.sandbox.http_url(),
            client_id: "xero-id".to_owned(),
            client_secret: Secret::from(client_secret),
            meant: None,
        };
        Xero::new(self.http.clone(), config)
    }

    pub fn slack(&self) -> Slack {
        let config = SlackConfig {
            base_url: format!("{}/api", self.sandbox.http_url()),
            token: Secret::from("slack-token"),
        };
        Slack::new(self.http.clone(), config)
    }

    pub fn mailer(&self) -> Mailer {
        let config = MailConfig {
            reach: MailReach::Anywhere,
            smtp_url: Secret::new(format!("smtp://{}", self.sandbox.smtp_addr())),
            from: "Partner portal <portal@example.com>".to_owned(),
        };
        Mailer::new(&config).unwrap()
    }

    /// Tells the sandbox how to fail; what is not named stays as it was.
    pub async fn fail(&self, faults: Value) {
        self.act("faults", faults).await;
    }

    /// Does something inside the vendors' systems, as a person there would.
    pub async fn act(&self, path: &str, body: Value) -> Value {
        self.request(Method::POST, &format!("/sandbox/{path}"), None, Some(body))
            .await
    }

    /// What the sandbox remembers of the calls to one system, the newest first.
    pub async fn log(&self, system: &str) -> Value {
        self.request(
            Method::GET,
            &format!("/sandbox/log?system={system}"),
            None,
            None,
        )
        .await
    }

    /// What the sandbox says when it refuses that.
    pub async fn refusal(&self, path: &str, body: Value) -> String {
        let url = format!("{}/sandbox/{path}", self.sandbox.http_url());
        let answer = self.raw.post(url).json(&body).send().await.unwrap();
        let status = answer.status();
        let body: Value = answer.json().await.unwrap();
        assert_eq!(status, 422, "{path}: {body}");
        body["error"].as_str().unwrap().to_owned()
    }

    /// A call to HubSpot as somebody else makes it.
    pub async fn hubspot_call(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        self.request(method, path, Some("hubspot-token"), body)
            .await
    }

    /// A call to Xero as somebody else makes it.
    pub async fn xero_call(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", "xero-id"),
            ("client_secret", "xero-secret"),
        ];
        let url = format!("{}/connect/token", self.sandbox.http_url());
        let answer = self.raw.post(url).form(&form).send().await.unwrap();
        let token: Value = answer.json().await.unwrap();
        let token = token["access_token"].as_str().unwrap().to_owned();
        self.request(method, path, Some(&token), body).await
    }

    async fn request(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> Value {
        let url = format!("{}{path}", self.sandbox.http_url());
        let mut request = self
            .raw
            .request(method, url)
            .header("accept", "application/json")
            .header("xero-tenant-id", TENANT);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(json!(null))
    }
}
