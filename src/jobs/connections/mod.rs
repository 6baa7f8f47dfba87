//! What the systems are reached with: a client for each, made of what the environment says, of a connection that a person made, or of the sandbox's stand-in; and
//! made anew once a connection's version moved, so that no instance must be started again. This is the one place that turns secrets into clients.

mod belonging;
mod connect;
mod reach;
mod tokens;

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use portal_domain::{
    connection::{Origin, System},
    relay,
};
use portal_integrations::{
    Http, NoToken, Secret, Vendor,
    email::{MailRules, MailSetupError, Mailer},
    hubspot::HubSpot,
    relay::Relay,
    scanner::VirusScanner,
    slack::Slack,
    xero::{BillStatus, Xero},
};
use portal_services::{Ctx, connections};
use tokio::sync::Mutex;

use crate::{BillSettings, JobError, Vendors};

pub use connect::{ConnectError, Consent};

/// For so long nobody asks the database again what webhooks are checked with.
const FRESH: Duration = Duration::from_secs(1);

/// Where the systems are.
#[derive(Clone, Debug)]
pub struct Addresses {
    pub hubspot: String,
    /// The page on which a person agrees.
    pub hubspot_authorize: String,
    pub xero: String,
    pub xero_identity: String,
    pub xero_authorize: String,
    pub slack: String,
}

/// Credentials that are there from the start: of the environment, or of the sandbox.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    pub hubspot: Option<HubSpotKeys>,
    pub xero: Option<XeroKeys>,
    pub slack: Option<Secret>,
    pub smtp_url: Option<Secret>,
}

#[derive(Clone, Debug)]
pub struct HubSpotKeys {
    pub token: Secret,
    pub client_secrets: Vec<Secret>,
}

#[derive(Clone, Debug)]
pub struct XeroKeys {
    pub client_id: String,
    pub client_secret: Secret,
    pub webhook_key: Secret,
}

/// The sandbox that stands in.
#[derive(Clone, Debug)]
pub struct StandIn {
    /// Its page.
    pub url: String,
    pub addresses: Addresses,
    pub credentials: Credentials,
}

/// What the program was started with, as far as the systems are concerned.
#[derive(Clone, Debug)]
pub struct Outside {
    pub addresses: Addresses,
    pub environment: Credentials,
    pub stand_in: Option<StandIn>,
    pub mail_from: String,
    /// Which mail servers an operator may connect.
    pub mail_rules: MailRules,
    /// `None`: a draft in Xero, and authorised in the sandbox, where no person finishes it.
    pub bill_status: Option<BillStatus>,
    pub bill_due_days: u64,
    /// The account that deals are linked in, where the settings name it.
    pub hubspot_account: Option<u64>,
    /// What looks at files before they are kept.
    pub virus_scanner: Option<VirusScanner>,
}

/// What webhooks may be signed with.
#[derive(Clone, Debug, Default)]
pub struct WebhookSecrets {
    pub hubspot: Vec<Secret>,
    pub xero: Vec<Secret>,
}

/// Whose pages show an object of a vendor.
#[derive(Clone, Debug, Default)]
pub struct Pages {
    /// The sandbox's address, while it stands for HubSpot.
    pub sandbox_hubspot: Option<String>,
    /// The same for Xero.
    pub sandbox_xero: Option<String>,
    /// HubSpot's account number.
    pub hubspot_account: Option<String>,
}

/// All that follows from the connections as they are.
#[derive(Clone)]
struct Current {
    versions: HashMap<System, i64>,
    vendors: Arc<Vendors>,
    webhooks: Arc<WebhookSecrets>,
    pages: Pages,
}

/// Hands out clients of today. Cheap to clone.
#[derive(Clone)]
pub struct Connector {
    inner: Arc<Inner>,
    /// As whoever connects something came.
    ctx: Ctx,
}

struct Inner {
    ctx: Ctx,
    http: Http,
    outside: Outside,
    current: RwLock<Arc<Current>>,
    /// When the versions were compared last.
    looked_at: std::sync::Mutex<Option<Instant>>,
    /// Held by whoever makes clients anew.
    making: Mutex<()>,
}

impl Connector {
    /// Looks at all connections for the first time.
    pub async fn open(ctx: Ctx, http: Http, outside: Outside) -> Result<Self, JobError> {
        let none = Current {
            versions: HashMap::new(),
            vendors: Arc::new(
                unconnected(&http, &outside, ctx.programme.sandbox).map_err(JobError::fail)?,
            ),
            webhooks: Arc::default(),
            pages: Pages::default(),
        };
        let inner = Inner {
            ctx: ctx.clone(),
            http,
            outside,
            current: RwLock::new(Arc::new(none)),
            looked_at: std::sync::Mutex::default(),
            making: Mutex::new(()),
        };
        let connector = Self {
            inner: Arc::new(inner),
            ctx,
        };
        connector.look().await?;
        Ok(connector)
    }

    /// The same for somebody who comes from somewhere: what is connected with it is audited so.
    #[must_use]
    pub fn in_the_name_of(&self, ctx: &Ctx) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            ctx: ctx.clone(),
        }
    }

    /// One on the same settings with clients of its own, as another instance has it.
    pub async fn another(&self) -> Result<Self, JobError> {
        let (ctx, outside) = (self.inner.ctx.clone(), self.inner.outside.clone());
        Self::open(ctx, self.inner.http.clone(), outside).await
    }

    /// The clients as the connections are now.
    pub(crate) async fn vendors(&self) -> Result<Arc<Vendors>, JobError> {
        Ok(Arc::clone(&self.look().await?.vendors))
    }

    /// The same as they were when they were last looked at, which costs nothing.
    pub(crate) fn known_vendors(&self) -> Arc<Vendors> {
        Arc::clone(&self.known().vendors)
    }

    /// What webhooks are checked with, as the connections were within the last second: thousands may come in one.
    pub async fn webhook_secrets(&self) -> Result<Arc<WebhookSecrets>, JobError> {
        let looked_at = *self.looked_at();
        let current = match looked_at {
            Some(at) if at.elapsed() < FRESH => self.known(),
            _ => self.look().await?,
        };
        Ok(Arc::clone(&current.webhooks))
    }

    /// Follows what was changed a moment ago.
    pub async fn follow(&self) -> Result<(), JobError> {
        self.look().await.map(|_| ())
    }

    fn looked_at(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        let looked_at = self.inner.looked_at.lock();
        looked_at.unwrap_or_else(PoisonError::into_inner)
    }

    /// Whose pages show an object, as far as this instance has seen.
    pub fn pages(&self) -> Pages {
        self.known().pages.clone()
    }

    /// What looks at files before they are kept, where the settings name it.
    pub fn scanner(&self) -> Option<&VirusScanner> {
        self.inner.outside.virus_scanner.as_ref()
    }

    fn known(&self) -> Arc<Current> {
        let current = self.inner.current.read();
        Arc::clone(&current.unwrap_or_else(PoisonError::into_inner))
    }

    /// One small query, as long as nothing has changed.
    async fn look(&self) -> Result<Arc<Current>, JobError> {
        let asked_at = Instant::now();
        let versions = self.versions().await?;
        let known = self.known();
        if known.versions == versions {
            *self.looked_at() = Some(asked_at);
            return Ok(known);
        }
        let _making = self.inner.making.lock().await;
        let versions = self.versions().await?;
        let mut current = Current::clone(&self.known());
        for (system, version) in versions {
            if current.versions.get(&system) != Some(&version) {
                self.remake(system, &mut current).await?;
            }
        }
        let current = Arc::new(current);
        let held = self.inner.current.write();
        *held.unwrap_or_else(PoisonError::into_inner) = Arc::clone(&current);
        *self.looked_at() = Some(asked_at);
        Ok(current)
    }

    async fn versions(&self) -> Result<HashMap<System, i64>, JobError> {
        let listed = connections::list_versions(&self.inner.ctx).await?;
        Ok(listed.into_iter().collect())
    }

    /// Makes what follows from one connection anew; the others keep their clients and the tokens in them.
    async fn remake(&self, system: System, current: &mut Current) -> Result<(), JobError> {
        let stored = connections::find_stored(&self.inner.ctx, system).await?;
        let origin = connections::origin(&self.inner.ctx.programme, &stored.record);
        let reach = self.reach(origin, &stored);
        let mut vendors = Vendors::clone(&current.vendors);
        let mut webhooks = WebhookSecrets::clone(&current.webhooks);
        match system {
            System::HubSpot => {
                vendors.hubspot = reach.hubspot();
                webhooks.hubspot = reach.hubspot_secrets();
                current.pages.sandbox_hubspot = reach.sandbox_page();
                current.pages.hubspot_account = reach.hubspot_account();
            }
            System::Xero => {
                vendors.xero = reach.xero();
                vendors.bills = reach.bills();
                webhooks.xero = reach.xero_keys();
                current.pages.sandbox_xero = reach.sandbox_page();
            }
            System::Slack => vendors.slack = reach.slack(),
            System::Mail => vendors.mailer = reach.mailer(),
        }
        if origin == Origin::Nothing {
            tracing::warn!(%system, "{system} is not connected: what is to be sent waits until an operator connects it");
        }
        current.vendors = Arc::new(vendors);
        current.webhooks = Arc::new(webhooks);
        current.versions.insert(system, stored.record.version);
        Ok(())
    }
}

/// What the clients call a system.
const fn vendor_of(system: System) -> Vendor {
    match system {
        System::HubSpot => Vendor::HubSpot,
        System::Xero => Vendor::Xero,
        System::Slack => Vendor::Slack,
        System::Mail => Vendor::Mail,
    }
}

/// Clients that reach nobody; but for the iPaaS, whose address comes with each message.
fn unconnected(
    http: &Http,
    outside: &Outside,
    is_sandbox: bool,
) -> Result<Vendors, MailSetupError> {
    let loopback = if is_sandbox {
        relay::StandIn::Allowed
    } else {
        relay::StandIn::Refused
    };
    let none = |vendor| Arc::new(NoToken::new(vendor, reach::NOT_CONNECTED));
    let address = &outside.addresses;
    Ok(Vendors {
        hubspot: HubSpot::with_tokens(http.clone(), &address.hubspot, none(Vendor::HubSpot)),
        relay: Relay::new(http.clone(), loopback),
        xero: Xero::with_tokens(http.clone(), address.xero.clone(), none(Vendor::Xero)),
        slack: Slack::with_tokens(http.clone(), &address.slack, none(Vendor::Slack)),
        mailer: Mailer::unconnected(&outside.mail_from)?,
        bills: BillSettings {
            status: outside.bill_status.unwrap_or(BillStatus::Draft),
            due_days: outside.bill_due_days,
        },
    })
}
