//! Starting the program: store, clock, sandbox, clients, worker and site, and ending them in order.

use std::{net::SocketAddr, sync::Arc};

use leptos::{config::get_config_from_str, prelude::LeptosOptions};
use portal_domain::relay::StandIn;
use portal_integrations::{
    Http, Secret,
    email::{MailConfig, Mailer},
    hubspot::{HubSpot, HubSpotConfig},
    relay::Relay,
    slack::{Slack, SlackConfig},
    xero::{Xero, XeroConfig},
};
use portal_jobs::{BillSettings, Budgets, Vendors, Worker};
use portal_sandbox::{Sandbox, SandboxConfig};
use portal_services::{Clock, Ctx, Programme, messages, operations, vault};
use portal_store::Store;
use tokio::{
    net::TcpListener,
    sync::{broadcast, watch},
    task::JoinSet,
};

use crate::{
    clock::PortalClock,
    config::{HubSpotSettings, Settings, SlackSettings, XeroSettings},
    master_key::open_vault,
    web::{self, AppState, Assets, Intake, VendorPages, WebhookSecrets},
};

/// Why the program could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("{0}")]
    Settings(#[from] crate::config::SettingsError),
    #[error("{0}")]
    Store(#[from] portal_store::StoreError),
    #[error("{0}")]
    Service(#[from] portal_services::ServiceError),
    #[error("the sandbox could not start: {0}")]
    Sandbox(#[from] portal_sandbox::SandboxError),
    #[error(
        "cannot listen on {address}: {source}. Set PORTAL_ADDR to another one, or end the program that listens there."
    )]
    Listen {
        address: SocketAddr,
        source: std::io::Error,
    },
    #[error("{0}")]
    Other(String),
}

/// Only the books, for commands that talk to nobody outside.
pub async fn open_books(settings: &Settings) -> Result<Ctx, StartError> {
    Ok(open_with_clock(settings).await?.0)
}

/// The sandbox's clock goes on where it was when the program ended.
async fn open_with_clock(settings: &Settings) -> Result<(Ctx, Arc<PortalClock>), StartError> {
    let store = Store::open(&settings.database_url).await?;
    let clock = Arc::new(
        settings
            .clock_start
            .map_or_else(PortalClock::real, PortalClock::starting_at),
    );
    let vault = open_vault(settings, &store).await?;
    let ctx = Ctx {
        store,
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        programme: Arc::new(programme(settings)),
        vault: Arc::new(vault),
    };
    vault::check(&ctx).await?;
    messages::seal_webhooks(&ctx).await?;
    if settings.is_sandbox() {
        let kept = operations::find_clock_offset(&ctx).await?;
        if kept != 0 {
            clock.set_offset(kept);
        } else if settings.clock_start.is_some() {
            operations::set_clock_offset(&ctx, clock.offset()).await?;
        }
    }
    Ok((ctx, clock))
}

/// Everything that a command works with: no port is open yet but the sandbox's.
pub struct Portal {
    pub ctx: Ctx,
    pub worker: Worker,
    pub sandbox: Option<Sandbox>,
    webhooks: WebhookSecrets,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

/// The settings of the outside systems, real or sandbox.
struct Outside {
    hubspot: HubSpotSettings,
    xero: XeroSettings,
    slack: SlackSettings,
    smtp_url: Secret,
}

impl Portal {
    /// Opens the database, starts the sandbox where something outside is missing, and sets up the clients.
    pub async fn open(settings: &Settings) -> Result<Self, StartError> {
        // Somebody else may have chosen a provider for this process already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        if !settings.is_sandbox() && settings.vendor.address.is_empty() {
            tracing::warn!(
                "Statements will name no address of yours: set VENDOR_ADDRESS, VENDOR_COUNTRY and VENDOR_VAT_NUMBER before a quarter is closed"
            );
        }
        let (ctx, clock) = open_with_clock(settings).await?;
        let stop = watch::Sender::new(false);
        let mut tasks = JoinSet::new();
        if settings.is_sandbox() {
            tasks.spawn(keep_clock(ctx.clone(), clock.subscribe(), stop.subscribe()));
        }
        let sandbox = if settings.needs_sandbox() {
            Some(start_sandbox(settings, clock).await?)
        } else {
            None
        };
        let outside = outside(settings, sandbox.as_ref())?;
        let webhooks = WebhookSecrets {
            hubspot: outside
                .hubspot
                .client_secrets
                .iter()
                .map(|secret| secret.reveal().to_owned())
                .collect(),
            xero: outside.xero.webhook_key.reveal().to_owned(),
        };
        let mut worker = Worker::new(ctx.clone(), vendors(settings, outside)?);
        if !settings.is_sandbox() {
            worker = worker.with_budgets(Budgets::default());
        }
        Ok(Self {
            ctx,
            worker,
            sandbox,
            webhooks,
            stop,
            tasks,
        })
    }

    /// Starts working off jobs.
    pub fn start_worker(&mut self) {
        self.tasks
            .spawn(self.worker.clone().run(self.stop.subscribe()));
    }

    fn vendor_pages(&self, settings: &Settings) -> VendorPages {
        let sandbox = || self.sandbox.as_ref().map(Sandbox::http_url);
        VendorPages {
            sandbox_hubspot: sandbox().filter(|_| settings.hubspot.is_none()),
            sandbox_xero: sandbox().filter(|_| settings.xero.is_none()),
            hubspot_account: settings.hubspot_account,
        }
    }

    /// Opens the site; answers where it listens.
    pub async fn start_site(&mut self, settings: &Settings) -> Result<SocketAddr, StartError> {
        let listener = TcpListener::bind(settings.portal_addr)
            .await
            .map_err(|source| StartError::Listen {
                address: settings.portal_addr,
                source,
            })?;
        let address = listener
            .local_addr()
            .map_err(|error| StartError::Other(error.to_string()))?;
        if let Some(sandbox) = &self.sandbox {
            sandbox.set_portal_url(&settings.portal_url);
        }
        let app = AppState {
            ctx: self.ctx.clone(),
            assets: Arc::new(Assets::new(leptos_options()?)),
            webhooks: Arc::new(std::mem::replace(
                &mut self.webhooks,
                WebhookSecrets {
                    hubspot: Vec::new(),
                    xero: String::new(),
                },
            )),
            intake: Intake::start(self.ctx.clone()),
            changes: broadcast::Sender::new(256),
            vendors: self.vendor_pages(settings),
            sandbox_url: self.sandbox.as_ref().map(Sandbox::http_url),
            stop: self.stop.subscribe(),
        };
        self.tasks.spawn(web::watch_changes(app.clone()));
        let mut stop = self.stop.subscribe();
        let router = web::router(app);
        self.tasks.spawn(async move {
            let stopped = async move {
                // The sender lives as long as the program; either way it is over.
                let _ = stop.wait_for(|stop| *stop).await;
            };
            if let Err(error) = axum::serve(listener, router)
                .with_graceful_shutdown(stopped)
                .await
            {
                tracing::error!("The site stopped: {error}");
            }
        });
        Ok(address)
    }

    /// Finishes what is under way and closes everything.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        let finish = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(std::time::Duration::from_secs(4), finish)
            .await
            .is_err()
        {
            tracing::warn!(
                "Something was still under way after 4 seconds: its job runs again at the next start"
            );
            self.tasks.shutdown().await;
        }
        if let Some(sandbox) = self.sandbox {
            sandbox.stop().await;
        }
        self.ctx.store.close().await;
    }
}

fn programme(settings: &Settings) -> Programme {
    Programme {
        name: settings.portal_name.clone(),
        portal_url: settings.portal_url.clone(),
        time_zone: settings.time_zone,
        fiscal_start: settings.fiscal_start,
        claim: settings.claim,
        review: settings.review,
        minimum_payout: settings.minimum_payout.clone(),
        payout_close_days: settings.payout_close_days,
        payout_days: settings.payout_days,
        vendor: settings.vendor.clone(),
        staff_channel: settings.staff_channel.clone(),
        sandbox: settings.is_sandbox(),
    }
}

/// What the sandbox's page moves the clock to is kept over a restart.
async fn keep_clock(ctx: Ctx, mut moved: watch::Receiver<i64>, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            changed = moved.changed() => {
                if changed.is_err() {
                    return;
                }
                let offset_ms = *moved.borrow_and_update();
                if let Err(error) = operations::set_clock_offset(&ctx, offset_ms).await {
                    tracing::error!("Could not keep the sandbox's clock: {error}");
                }
            }
            _ = stop.changed() => return,
        }
    }
}

const SANDBOX_HUBSPOT_TOKEN: &str = "sandbox-hubspot-token";
const SANDBOX_HUBSPOT_SECRET: &str = "sandbox-hubspot-secret";
const SANDBOX_XERO_ID: &str = "sandbox-xero-client";
const SANDBOX_XERO_SECRET: &str = "sandbox-xero-secret";
pub(crate) const SANDBOX_XERO_KEY: &str = "sandbox-xero-webhook-key";
const SANDBOX_SLACK_TOKEN: &str = "xoxb-sandbox";

/// Starts the stand-ins of everything outside.
pub async fn start_sandbox(
    settings: &Settings,
    clock: Arc<PortalClock>,
) -> Result<Sandbox, StartError> {
    std::fs::create_dir_all(&settings.data).map_err(|error| {
        StartError::Other(format!(
            "PORTAL_DATA: cannot make {}: {error}",
            settings.data.display()
        ))
    })?;
    let config = SandboxConfig {
        http_addr: settings.sandbox_addr,
        smtp_addr: settings.sandbox_smtp_addr,
        state_file: Some(settings.data.join("sandbox.json")),
        clock,
        hubspot_token: SANDBOX_HUBSPOT_TOKEN.to_owned(),
        hubspot_client_secret: SANDBOX_HUBSPOT_SECRET.to_owned(),
        xero_client_id: SANDBOX_XERO_ID.to_owned(),
        xero_client_secret: SANDBOX_XERO_SECRET.to_owned(),
        xero_webhook_key: SANDBOX_XERO_KEY.to_owned(),
        slack_token: SANDBOX_SLACK_TOKEN.to_owned(),
    };
    Ok(portal_sandbox::start(config).await?)
}

/// Where the stand-ins are and what they want to be shown, by the names that the portal's settings have: for another
/// portal, or a vendor's own SDK, that is to use them.
pub fn sandbox_settings(sandbox: &Sandbox) -> Vec<(&'static str, String)> {
    let url = sandbox.http_url();
    vec![
        ("HUBSPOT_URL", url.clone()),
        ("HUBSPOT_TOKEN", SANDBOX_HUBSPOT_TOKEN.to_owned()),
        ("HUBSPOT_CLIENT_SECRET", SANDBOX_HUBSPOT_SECRET.to_owned()),
        ("XERO_URL", url.clone()),
        ("XERO_IDENTITY_URL", url.clone()),
        ("XERO_CLIENT_ID", SANDBOX_XERO_ID.to_owned()),
        ("XERO_CLIENT_SECRET", SANDBOX_XERO_SECRET.to_owned()),
        ("XERO_WEBHOOK_KEY", SANDBOX_XERO_KEY.to_owned()),
        ("SLACK_URL", format!("{url}/api")),
        ("SLACK_TOKEN", SANDBOX_SLACK_TOKEN.to_owned()),
        ("SMTP_URL", format!("smtp://{}", sandbox.smtp_addr())),
    ]
}

/// Each real system where there are credentials, and the sandbox for the rest.
fn outside(settings: &Settings, sandbox: Option<&Sandbox>) -> Result<Outside, StartError> {
    let missing =
        || StartError::Other("a system is missing and the sandbox does not run".to_owned());
    let url = || sandbox.map(Sandbox::http_url).ok_or_else(missing);
    Ok(Outside {
        hubspot: match &settings.hubspot {
            Some(real) => real.clone(),
            None => HubSpotSettings {
                url: url()?,
                token: SANDBOX_HUBSPOT_TOKEN.into(),
                client_secrets: vec![SANDBOX_HUBSPOT_SECRET.into()],
            },
        },
        xero: match &settings.xero {
            Some(real) => real.clone(),
            None => XeroSettings {
                url: url()?,
                identity_url: url()?,
                client_id: SANDBOX_XERO_ID.to_owned(),
                client_secret: SANDBOX_XERO_SECRET.into(),
                webhook_key: SANDBOX_XERO_KEY.into(),
            },
        },
        slack: match &settings.slack {
            Some(real) => real.clone(),
            None => SlackSettings {
                url: format!("{}/api", url()?),
                token: SANDBOX_SLACK_TOKEN.into(),
            },
        },
        smtp_url: match (&settings.smtp_url, sandbox) {
            (Some(real), _) => real.clone(),
            (None, Some(sandbox)) => format!("smtp://{}", sandbox.smtp_addr()).into(),
            (None, None) => return Err(missing()),
        },
    })
}

fn vendors(settings: &Settings, outside: Outside) -> Result<Vendors, StartError> {
    let http = Http::new().map_err(|error| StartError::Other(error.to_string()))?;
    let mail = MailConfig {
        smtp_url: outside.smtp_url,
        from: settings.mail_from.clone(),
    };
    Ok(Vendors {
        hubspot: HubSpot::new(
            http.clone(),
            HubSpotConfig {
                base_url: outside.hubspot.url,
                token: outside.hubspot.token,
            },
        ),
        xero: Xero::new(
            http.clone(),
            XeroConfig {
                base_url: outside.xero.url,
                identity_url: outside.xero.identity_url,
                client_id: outside.xero.client_id,
                client_secret: outside.xero.client_secret,
            },
        ),
        relay: Relay::new(
            http.clone(),
            match settings.is_sandbox() {
                true => StandIn::Allowed,
                false => StandIn::Refused,
            },
        ),
        slack: Slack::new(
            http,
            SlackConfig {
                base_url: outside.slack.url,
                token: outside.slack.token,
            },
        ),
        mailer: Mailer::new(&mail)
            .map_err(|error| StartError::Other(format!("SMTP_URL or MAIL_FROM: {error}")))?,
        bills: BillSettings {
            account_code: settings.bill_account.clone(),
            status: settings.bill_status,
            due_days: u64::from(settings.payout_days),
        },
    })
}

/// What a built site looks like: `Leptos.toml`, compiled in, and `LEPTOS_*` of the environment over it.
fn leptos_options() -> Result<LeptosOptions, StartError> {
    get_config_from_str(include_str!("../Leptos.toml"))
        .map_err(|error| StartError::Other(format!("LEPTOS_*: {error}")))
}
