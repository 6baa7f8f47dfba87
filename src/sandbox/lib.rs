//! The sandbox: stand-ins of HubSpot, Xero, Slack, an iPaaS and an SMTP inbox that speak the vendors' wire formats over
//! loopback, keep their state, and can be told to fail.
//!
//! It deliberately shares no type with the portal's own clients: what both sides agree on is the wire. It holds no
//! rule of the portal either; it only knows what the vendors document.

mod call;
mod clock;
mod control;
mod dice;
mod faults;
mod hubspot;
mod ipaas;
mod journal;
mod limits;
mod mail;
mod page;
mod persistence;
mod server;
mod slack;
mod smtp;
mod webhooks;
mod world;
mod xero;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use clock::SandboxClock;

use server::Shared;

/// What the sandbox is started with. The keys are those that the portal is configured with too.
pub struct SandboxConfig {
    /// Where all three vendors, the page and the test API listen; port 0 takes a free one.
    pub http_addr: SocketAddr,
    /// Where the SMTP inbox listens; port 0 takes a free one.
    pub smtp_addr: SocketAddr,
    /// Where the state is kept between runs; `None` forgets it at the end.
    pub state_file: Option<PathBuf>,
    /// The portal's clock, which the page can move on.
    pub clock: Arc<dyn SandboxClock>,
    /// The static token that HubSpot calls must bear.
    pub hubspot_token: String,
    /// Signs HubSpot's webhooks, and is the secret of its OAuth app.
    pub hubspot_client_secret: String,
    /// The Xero app's id.
    pub xero_client_id: String,
    /// The Xero app's secret.
    pub xero_client_secret: String,
    /// Signs Xero's webhooks.
    pub xero_webhook_key: String,
    /// The bot token that Slack calls must bear.
    pub slack_token: String,
}

/// Why the sandbox could not start or could not keep its state.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// An address is taken or not allowed.
    #[error("the sandbox cannot listen on {addr}: {source}")]
    Bind {
        /// The address that was asked for.
        addr: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The state file can be neither read nor set aside.
    #[error("the sandbox cannot use its state file {path}: {source}")]
    StateFile {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The client that sends the webhooks cannot be built.
    #[error("the sandbox cannot set up its webhook sender: {0}")]
    Sender(#[from] reqwest::Error),
}

/// A running sandbox. It runs on when this is dropped, until the runtime ends; [`Sandbox::stop`] ends it in order.
pub struct Sandbox {
    shared: Arc<Shared>,
    http_addr: SocketAddr,
    smtp_addr: SocketAddr,
    shutdown: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

/// Binds both ports, loads or seeds the state and serves in the background.
///
/// # Errors
/// [`SandboxError`] when a port cannot be bound or the state file cannot be used.
pub async fn start(config: SandboxConfig) -> Result<Sandbox, SandboxError> {
    let http = bind(config.http_addr).await?;
    let smtp = bind(config.smtp_addr).await?;
    let (http_addr, smtp_addr) = (
        local_addr(&http, config.http_addr)?,
        local_addr(&smtp, config.smtp_addr)?,
    );
    let shared = Arc::new(Shared::open(config)?);
    let (shutdown, ended) = watch::channel(false);
    let tasks = vec![
        tokio::spawn(server::serve(Arc::clone(&shared), http, ended.clone())),
        tokio::spawn(smtp::serve(Arc::clone(&shared), smtp, ended.clone())),
        tokio::spawn(persistence::keep_saved(Arc::clone(&shared), ended)),
    ];
    Ok(Sandbox {
        shared,
        http_addr,
        smtp_addr,
        shutdown,
        tasks,
    })
}

async fn bind(addr: SocketAddr) -> Result<TcpListener, SandboxError> {
    TcpListener::bind(addr)
        .await
        .map_err(|source| SandboxError::Bind { addr, source })
}

fn local_addr(listener: &TcpListener, asked: SocketAddr) -> Result<SocketAddr, SandboxError> {
    listener.local_addr().map_err(|source| SandboxError::Bind {
        addr: asked,
        source,
    })
}

impl Sandbox {
    /// Where HTTP is served.
    pub fn http_addr(&self) -> SocketAddr {
        self.http_addr
    }

    /// Where SMTP is served.
    pub fn smtp_addr(&self) -> SocketAddr {
        self.smtp_addr
    }

    /// The base address of the page and of all vendors, without a slash at its end.
    pub fn http_url(&self) -> String {
        format!("http://{}", self.http_addr)
    }

    /// Where webhooks go from now on: `{url}/webhooks/hubspot` and `{url}/webhooks/xero`. Until this is called they
    /// are not sent; a lost webhook is something that the portal must survive anyway.
    pub fn set_portal_url(&self, url: &str) {
        self.shared.set_portal_url(url);
    }

    /// The whole state with the sandbox's own truth, as `GET /sandbox/state` gives it.
    pub fn state(&self) -> serde_json::Value {
        control::whole_state(&self.shared.world())
    }

    /// How many webhooks have not arrived yet: those that wait, are being sent, or will be tried again. None left
    /// means that the portal has heard of everything that was not dropped.
    pub fn webhooks_under_way(&self) -> usize {
        self.shared.webhooks_under_way.load(Ordering::SeqCst)
    }

    /// Stops listening, saves the state and returns when that is done.
    pub async fn stop(self) {
        // Nobody listening any more means that the tasks have ended already.
        let _ = self.shutdown.send(true);
        for task in self.tasks {
            let abort = task.abort_handle();
            if tokio::time::timeout(Duration::from_secs(3), task)
                .await
                .is_err()
            {
                abort.abort();
            }
        }
        persistence::save_now(&self.shared).await;
    }
}
