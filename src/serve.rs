//! Starting the program: store, clock, sandbox, clients, worker and site, and ending them in order.

use std::{net::SocketAddr, sync::Arc};

use leptos::{config::get_config_from_str, prelude::LeptosOptions};
use portal_domain::connection::{System, Way};
use portal_integrations::{
    Http,
    email::{MailConfig, MailReach, Mailer},
    sign_on::Providers,
};
use portal_jobs::{
    Addresses, Budgets, Connector, Credentials, HubSpotKeys, Outside, StandIn, Worker, XeroKeys,
};
use portal_sandbox::{Sandbox, SandboxConfig};
use portal_services::{Clock, Ctx, Programme, connections, messages, operations, vault};
use portal_store::Store;
use tokio::{
    net::TcpListener,
    sync::{broadcast, watch},
    task::JoinSet,
};

use crate::{
    clock::PortalClock,
    config::Settings,
    master_key::open_vault,
    web::{
        self, AppState, Assets, Intake, Refusals, Streams,
        limits::Limits,
        listen::{self, Patience},
    },
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

/// The database of the settings, with its schema up to date.
pub async fn open_store(settings: &Settings) -> Result<Store, StartError> {
    let url = settings.database_url.reveal();
    Ok(match &settings.database_owner_url {
        Some(owner_url) => Store::open_beside_owner(url, owner_url.reveal()).await?,
        None => Store::open(url).await?,
    })
}

/// Only the books, for commands that talk to nobody outside.
pub async fn open_books(settings: &Settings) -> Result<Ctx, StartError> {
    Ok(open_with_clock(settings).await?.0)
}

/// The sandbox's clock goes on where it was when the program ended.
async fn open_with_clock(settings: &Settings) -> Result<(Ctx, Arc<PortalClock>), StartError> {
    let store = open_store(settings).await?;
    let clock = Arc::new(
        settings
            .clock_start
            .map_or_else(PortalClock::real, PortalClock::starting_at),
    );
    if store.has_open_wall().await? {
        tracing::warn!(
            "The database does not keep partners apart by itself: its user is a superuser or has BYPASSRLS, so row-level security does nothing"
        );
    }
    if !settings.plain_hosts.is_empty() {
        tracing::warn!(
            "Others may read along: without TLS, or without a certificate that was checked, the portal may speak to {} (PLAIN_INTERNAL_HOSTS)",
            settings.plain_hosts.join(", ")
        );
    }
    if store.may_change_schema().await? {
        tracing::warn!(
            "The database's user may change the schema, and so take away what keeps the books from being changed: DATABASE_OWNER_URL gives the schema to another one (docs/operating.md)"
        );
    }
    if settings.has_unknown_proxy() {
        tracing::warn!(
            "PORTAL_URL is https, and no proxy is named in PORTAL_TRUSTED_PROXIES: nobody's address is known, so nothing is limited by it, and the audit log has the proxy's"
        );
    }
    let vault = open_vault(settings, &store).await?;
    let ctx = Ctx {
        store,
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        programme: Arc::new(programme(settings)),
        vault: Arc::new(vault),
    };
    vault::check(&ctx).await?;
    if settings.is_sandbox() && connections::is_any_real(&ctx).await? {
        return Err(StartError::Other(
            "PORTAL_SANDBOX: this database is, or was, connected to real systems, and with these settings the portal would be the demo, in which anybody signs in as anybody: set PORTAL_SANDBOX=off, and give it the credentials that it had".to_owned(),
        ));
    }
    if settings.needs_sandbox()
        && !settings.is_sandbox()
        && !settings.sandbox_addr.ip().is_loopback()
    {
        return Err(StartError::Other(
            "SANDBOX_ADDR: beside a real system the sandbox holds what is meant for nobody else, mails with links to sign in among it, and its pages ask nobody who they are: give it an address of this machine alone, such as 127.0.0.1:3001, or set PORTAL_SANDBOX=off".to_owned(),
        ));
    }
    if !settings.is_sandbox() {
        connections::leave_demo(&ctx).await?;
    }
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
    pub connector: Connector,
    pub sandbox: Option<Sandbox>,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
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
        if !settings.is_sandbox() && settings.virus_scanner.is_none() {
            tracing::warn!(
                "Nothing looks for viruses in the files that partners hand in: set PORTAL_VIRUS_SCANNER"
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
        let connector = connector(settings, ctx.clone(), sandbox.as_ref()).await?;
        let mut worker = Worker::new(ctx.clone(), connector.clone());
        if !settings.is_sandbox() {
            worker = worker.with_budgets(Budgets::default());
        }
        Ok(Self {
            ctx,
            worker,
            connector,
            sandbox,
            stop,
            tasks,
        })
    }

    /// Starts working off jobs.
    pub fn start_worker(&mut self) {
        self.tasks
            .spawn(self.worker.clone().run(self.stop.subscribe()));
    }

    /// Opens the site; answers where it listens.
    pub async fn start_site(&mut self, settings: &Settings) -> Result<SocketAddr, StartError> {
        let tls = settings.tls.as_ref().map(listen::tls).transpose();
        let tls = tls.map_err(StartError::Other)?;
        if settings.has_plain_port() {
            tracing::warn!(
                "PORTAL_ADDR is reached from other machines, and without TLS: that is as it should be only where nobody but the proxy is on that network. Otherwise set PORTAL_TLS_CERTIFICATE and PORTAL_TLS_KEY"
            );
        }
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
            connector: self.connector.clone(),
            providers: Providers::new(&settings.sign_on_hosts, settings.outward.clone())
                .map_err(|error| StartError::Other(error.to_string()))?,
            intake: Intake::start(self.ctx.clone()),
            changes: broadcast::Sender::new(256),
            streams: Streams::default(),
            limits: Arc::new(Limits::new(
                settings.requests_per_minute,
                settings.trusted_proxies.clone(),
            )),
            refusals: Refusals::default(),
            sandbox_url: self.sandbox.as_ref().map(Sandbox::http_url),
            stop: self.stop.subscribe(),
        };
        self.tasks.spawn(web::watch_changes(app.clone()));
        self.tasks.spawn(web::watch_sessions(app.clone()));
        self.tasks
            .spawn(app.refusals.clone().watch(self.stop.subscribe()));
        let site = listen::serve(
            listener,
            tls,
            web::router(app),
            Patience::default(),
            self.stop.subscribe(),
        );
        self.tasks.spawn(site);
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
        leads_per_day: settings.leads_per_day,
        review: settings.review,
        minimum_payout: settings.minimum_payout.clone(),
        payout_close_days: settings.payout_close_days,
        payout_days: settings.payout_days,
        bill_account: settings.bill_account.clone(),
        vendor: settings.vendor.clone(),
        staff_channel: settings.staff_channel.clone(),
        sandbox: settings.is_sandbox(),
        stand_in: settings.stand_in,
        environment: settings.environment(),
        outward: settings.outward.clone(),
        plain_hosts: settings.plain_hosts.clone(),
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
/// HubSpot's stand-in takes any app that knows the secret.
const SANDBOX_HUBSPOT_ID: &str = "sandbox-hubspot-app";
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

/// What the sandbox takes of somebody who connects it in a way, for whoever walks the demo.
pub fn sandbox_credentials(system: System, way: Way) -> Option<Vec<&'static str>> {
    match (system, way) {
        (System::HubSpot, Way::Token) => Some(vec![SANDBOX_HUBSPOT_TOKEN, SANDBOX_HUBSPOT_SECRET]),
        (System::HubSpot, _) => Some(vec![SANDBOX_HUBSPOT_ID, SANDBOX_HUBSPOT_SECRET]),
        (System::Xero, _) => Some(vec![SANDBOX_XERO_ID, SANDBOX_XERO_SECRET, SANDBOX_XERO_KEY]),
        (System::Slack, _) => Some(vec![SANDBOX_SLACK_TOKEN]),
        (System::Mail, _) => None,
    }
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

/// What the systems are reached with: settings, the sandbox where it runs, and whatever operators connect.
async fn connector(
    settings: &Settings,
    ctx: Ctx,
    sandbox: Option<&Sandbox>,
) -> Result<Connector, StartError> {
    let http = Http::new().map_err(|error| StartError::Other(error.to_string()))?;
    let http = http.restricted_to(settings.outward.clone());
    check_mail(settings)?;
    let outside = Outside {
        addresses: settings.addresses.clone(),
        environment: Credentials {
            hubspot: settings.hubspot.clone(),
            xero: settings.xero.clone(),
            slack: settings.slack.clone(),
            smtp_url: settings.smtp_url.clone(),
        },
        stand_in: sandbox.map(stand_in),
        mail_from: settings.mail_from.clone(),
        mail_rules: settings.mail_rules(),
        bill_status: settings.bill_status,
        bill_due_days: u64::from(settings.payout_days),
        hubspot_account: settings.hubspot_account,
        virus_scanner: settings.virus_scanner.clone(),
    };
    Connector::open(ctx, http, outside)
        .await
        .map_err(|error| StartError::Other(error.to_string()))
}

/// What is wrong with these two shows now, and not with the first mail.
fn check_mail(settings: &Settings) -> Result<(), StartError> {
    let checked = match &settings.smtp_url {
        Some(smtp_url) => Mailer::new(&MailConfig {
            smtp_url: smtp_url.clone(),
            from: settings.mail_from.clone(),
            reach: MailReach::Anywhere,
        }),
        None => Mailer::unconnected(&settings.mail_from),
    };
    checked
        .map(|_| ())
        .map_err(|error| StartError::Other(format!("SMTP_URL or MAIL_FROM: {error}")))
}

fn stand_in(sandbox: &Sandbox) -> StandIn {
    let url = sandbox.http_url();
    StandIn {
        addresses: Addresses {
            hubspot: url.clone(),
            hubspot_authorize: format!("{url}/oauth/authorize"),
            xero: url.clone(),
            xero_identity: url.clone(),
            xero_authorize: format!("{url}/identity/connect/authorize"),
            slack: format!("{url}/api"),
        },
        credentials: Credentials {
            hubspot: Some(HubSpotKeys {
                token: SANDBOX_HUBSPOT_TOKEN.into(),
                client_secrets: vec![SANDBOX_HUBSPOT_SECRET.into()],
            }),
            xero: Some(XeroKeys {
                client_id: SANDBOX_XERO_ID.to_owned(),
                client_secret: SANDBOX_XERO_SECRET.into(),
                webhook_key: SANDBOX_XERO_KEY.into(),
            }),
            slack: Some(SANDBOX_SLACK_TOKEN.into()),
            smtp_url: Some(format!("smtp://{}", sandbox.smtp_addr()).into()),
        },
        url,
    }
}

/// What a built site looks like: `Leptos.toml`, compiled in, and `LEPTOS_*` of the environment over it.
fn leptos_options() -> Result<LeptosOptions, StartError> {
    get_config_from_str(include_str!("../Leptos.toml"))
        .map_err(|error| StartError::Other(format!("LEPTOS_*: {error}")))
}
