//! Settings: from the environment, then from the files of a key store, then from `portal.toml`, then the defaults. One that is unknown or malformed stops the start with a sentence that names it.

use std::{
    collections::BTreeMap,
    fs, io,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use axum::http::uri::Authority;
use chrono::DateTime;
use chrono_tz::Tz;
use ipnet::IpNet;
use portal_domain::{
    calendar::Timestamp,
    connection::System,
    outward::{OutwardHosts, is_listed},
    payout::MinimumPayout,
    statement::Party,
    text::Email,
};
use portal_integrations::{
    Secret,
    email::{MailRules, Mailer},
    scanner::VirusScanner,
    xero::BillStatus,
};
use portal_jobs::{Addresses, HubSpotKeys, XeroKeys};
use portal_store::wire_to;

/// The demo's vendor.
const DEMO_NAME: &str = "Northwind Software";

/// Every setting: its name in the environment, its default, and what it is. In `portal.toml` the same names in lower case.
pub const SETTINGS: &[(&str, &str, &str)] = &[
    (
        "DATABASE_URL",
        "sqlite://data/portal.db",
        "Where the data is: sqlite://path or postgres://user:password@host/database",
    ),
    (
        "DATABASE_OWNER_URL",
        "",
        "PostgreSQL only: the same database as the user that owns its schema. Migrations run as that one, and the user of DATABASE_URL, which then owns nothing, is given the rights that the portal needs (docs/operating.md)",
    ),
    (
        "PORTAL_ADDR",
        "127.0.0.1:3000",
        "Address and port to listen on",
    ),
    (
        "PORTAL_TLS_CERTIFICATE",
        "",
        "For a proxy on another machine: the file in PEM with the certificate that the portal's own port shows, and those that vouch for it. Read at the start",
    ),
    (
        "PORTAL_TLS_KEY",
        "",
        "The file in PEM with that certificate's private key",
    ),
    (
        "PORTAL_URL",
        "http://127.0.0.1:3000",
        "Public address, for links and webhooks",
    ),
    (
        "PORTAL_TRUSTED_PROXIES",
        "",
        "The proxies in front of the portal, as addresses or networks with a comma between, such as 127.0.0.1,10.0.0.0/8: what they write into X-Forwarded-For is believed",
    ),
    (
        "PORTAL_REQUESTS_PER_MINUTE",
        "600",
        "How many requests a minute one person may make of one instance; what is allowed to an address, a partner, forms and downloads follows from it (src/web/limits.rs)",
    ),
    (
        "PORTAL_NAME",
        DEMO_NAME,
        "The vendor's name, as partners know it",
    ),
    (
        "PORTAL_DATA",
        "data",
        "Folder for what is not in the database (the sandbox's state)",
    ),
    (
        "PORTAL_SECRETS",
        "",
        "A folder in which a key store puts settings, each as a file of its name in lower case, such as portal_key or xero_client_secret (docs/operating.md)",
    ),
    (
        "PORTAL_KEY",
        "",
        "What seals secrets in the database: 32 random bytes in base64; two with a comma between while one takes the other's place (`portal rotate-key`)",
    ),
    (
        "PORTAL_KEY_FILE",
        "",
        "Without PORTAL_KEY: the file that holds it. Not set: portal.key in PORTAL_DATA, which the first start makes. Keep a copy apart from the database's",
    ),
    (
        "PORTAL_VIRUS_SCANNER",
        "",
        "The ClamAV daemon on this machine that looks at every file that is handed in before it is kept: unix:/run/clamav/clamd.ctl or tcp://127.0.0.1:3310; while it does not answer none is taken. Not set: nothing looks for viruses",
    ),
    (
        "PORTAL_TIME_ZONE",
        "Europe/London",
        "The programme's time zone: months and quarters end there",
    ),
    (
        "PORTAL_FISCAL_START",
        "1",
        "First month of the fiscal year, 1 to 12",
    ),
    (
        "PORTAL_CLAIM_DAYS",
        "90",
        "For how many days an accepted lead protects its client",
    ),
    (
        "PORTAL_LEADS_PER_DAY",
        "200",
        "How many leads of one partner are taken within a day: each keeps its client from all other partners",
    ),
    (
        "PORTAL_REVIEW_HOURS",
        "48",
        "Within how many hours a lead in review is decided",
    ),
    (
        "PORTAL_MINIMUM_PAYOUT_MINOR",
        "5000",
        "Least total of a statement, in minor units of its currency; less is carried over",
    ),
    (
        "PORTAL_MINIMUM_PAYOUT_BY_CURRENCY",
        "",
        "The same for currencies that have their own least, such as GBP=4000,JPY=10000",
    ),
    (
        "PAYOUT_CLOSE_DAYS",
        "10",
        "So many days after its end a quarter closes: until then clients may pay and lines be approved",
    ),
    (
        "PAYOUT_DAYS",
        "30",
        "Within so many days of a partner's invoice it is paid: what statements say, and when its bill is due",
    ),
    (
        "VENDOR_LEGAL_NAME",
        "",
        "The vendor's legal name, for statements; without it PORTAL_NAME, or the demo's in the sandbox",
    ),
    (
        "VENDOR_ADDRESS",
        "",
        "The vendor's address, for statements, with semicolons between its lines; the sandbox has the demo's",
    ),
    (
        "VENDOR_COUNTRY",
        "",
        "The vendor's country, for statements: two letters, such as GB; the sandbox has the demo's",
    ),
    (
        "VENDOR_VAT_NUMBER",
        "",
        "The vendor's VAT number, for statements; the sandbox has the demo's",
    ),
    (
        "VENDOR_INVOICE_EMAIL",
        "",
        "Where partners send their invoices, as statements say; the sandbox has the demo's",
    ),
    (
        "PORTAL_CLOCK",
        "",
        "Sandbox only: the instant at which the clock starts, such as 2026-10-01T08:00:00Z",
    ),
    (
        "PORTAL_SANDBOX",
        "auto",
        "auto: the sandbox stands in for what neither a setting nor an operator has connected; off: nothing stands in, and what is to be sent waits until an operator connects it",
    ),
    ("HUBSPOT_URL", "https://api.hubapi.com", "HubSpot's address"),
    (
        "HUBSPOT_AUTHORIZE_URL",
        "https://app.hubspot.com/oauth/authorize",
        "HubSpot's page on which a person lets the portal in",
    ),
    (
        "HUBSPOT_TOKEN",
        "",
        "HubSpot's access token; without it an operator connects HubSpot, or the sandbox stands in",
    ),
    (
        "HUBSPOT_CLIENT_SECRET",
        "",
        "What HubSpot signs its webhooks with; two with a comma between while it is rotated",
    ),
    (
        "HUBSPOT_ACCOUNT",
        "",
        "HubSpot's account number (Hub ID), for links to its deals; without it there are none",
    ),
    ("XERO_URL", "https://api.xero.com", "Xero's address"),
    (
        "XERO_IDENTITY_URL",
        "https://identity.xero.com",
        "Where Xero gives tokens",
    ),
    (
        "XERO_AUTHORIZE_URL",
        "https://login.xero.com/identity/connect/authorize",
        "Xero's page on which a person lets the portal in",
    ),
    (
        "XERO_CLIENT_ID",
        "",
        "The custom connection's client id; without it an operator connects Xero, or the sandbox stands in",
    ),
    (
        "XERO_CLIENT_SECRET",
        "",
        "The custom connection's client secret",
    ),
    ("XERO_WEBHOOK_KEY", "", "What Xero signs its webhooks with"),
    (
        "XERO_BILL_ACCOUNT",
        "404",
        "Account code of the bills that the portal makes, as long as finance has chosen no other in the portal",
    ),
    (
        "XERO_BILL_STATUS",
        "",
        "How bills are made: draft, submitted or authorised. Not set: draft in Xero, authorised in the sandbox",
    ),
    ("SLACK_URL", "https://slack.com/api", "Slack's address"),
    (
        "SLACK_TOKEN",
        "",
        "Slack's bot token; without it an operator connects Slack, or the sandbox stands in",
    ),
    (
        "SLACK_STAFF_CHANNEL",
        "#partners-internal",
        "Where the vendor's own people read",
    ),
    (
        "SMTP_URL",
        "",
        "Mail server: smtps://user:password@host:465; without it an operator connects one, or the sandbox's inbox stands in",
    ),
    (
        "SMTP_INTERNAL_HOSTS",
        "",
        "Mail servers in the own network that an operator may connect, as names or addresses with a comma between, such as mail.internal,10.0.0.5:25; all others must be on the internet",
    ),
    (
        "SIGN_ON_INTERNAL_HOSTS",
        "",
        "Identity providers in the own network, as names or addresses with a comma between, such as login.internal,10.0.0.6:8443; all others must be on the internet",
    ),
    (
        "OUTWARD_HOSTS",
        "",
        "The hosts that the portal may speak to where people type an address (iPaaS, identity providers, mail servers), and in SMTP_URL: with a comma between, `*.` before a name for all names below it, such as hooks.example.com,*.n8n.cloud. Not set: any on the internet. What stands in SMTP_INTERNAL_HOSTS or SIGN_ON_INTERNAL_HOSTS need not stand here",
    ),
    (
        "PLAIN_INTERNAL_HOSTS",
        "",
        "Databases and mail servers in the own network that may be spoken to without TLS, or without a certificate that was checked, as names or addresses with a comma between, such as db.internal,10.0.0.5:25: whoever is on that network can read along. This machine need not stand here",
    ),
    (
        "MAIL_FROM",
        "Partner portal <portal@example.com>",
        "Sender of mails",
    ),
    (
        "SANDBOX_ADDR",
        "127.0.0.1:3001",
        "Where the sandbox listens",
    ),
    (
        "SANDBOX_SMTP_ADDR",
        "127.0.0.1:3025",
        "Where the sandbox's mail server listens",
    ),
];

/// What the program is started with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// With the password in it, where there is one.
    pub database_url: Secret,
    /// The same as the user that owns the schema, where that is another one.
    pub database_owner_url: Option<Secret>,
    pub portal_addr: SocketAddr,
    /// `None`: the port speaks http.
    pub tls: Option<TlsFiles>,
    pub portal_url: String,
    /// Whose word is taken for where a request comes from.
    pub trusted_proxies: Vec<IpNet>,
    pub requests_per_minute: u32,
    pub portal_name: String,
    pub data: PathBuf,
    pub key: Option<Secret>,
    pub key_file: PathBuf,
    /// What looks at files before they are kept.
    pub virus_scanner: Option<VirusScanner>,
    pub time_zone: Tz,
    pub fiscal_start: u32,
    pub claim: Duration,
    pub leads_per_day: u32,
    pub review: Duration,
    pub minimum_payout: MinimumPayout,
    pub payout_close_days: u32,
    pub payout_days: u32,
    pub vendor: Party,
    pub clock_start: Option<Timestamp>,
    /// Where the systems are, whoever connects them.
    pub addresses: Addresses,
    /// The sandbox stands in for what nobody has connected.
    pub stand_in: bool,
    pub hubspot: Option<HubSpotKeys>,
    /// The number that stands in the addresses of HubSpot's own pages.
    pub hubspot_account: Option<u64>,
    pub xero: Option<XeroKeys>,
    pub slack: Option<Secret>,
    pub smtp_url: Option<Secret>,
    pub mail_hosts: Vec<String>,
    /// Identity providers that may be called though they are not on the internet.
    pub sign_on_hosts: Vec<String>,
    /// Whom the portal may speak to where somebody types an address.
    pub outward: OutwardHosts,
    /// Databases and mail servers that may be spoken to though others could read along.
    pub plain_hosts: Vec<String>,
    pub mail_from: String,
    pub staff_channel: String,
    pub bill_account: String,
    /// `None`: a draft in Xero, authorised in the sandbox.
    pub bill_status: Option<BillStatus>,
    pub sandbox_addr: SocketAddr,
    pub sandbox_smtp_addr: SocketAddr,
}

/// Files in PEM of what the port shows of itself over TLS.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// Why the program does not start.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {problem}")]
pub struct SettingsError {
    name: String,
    problem: String,
}

impl SettingsError {
    fn new(name: &str, problem: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            problem: problem.into(),
        }
    }
}

impl Settings {
    /// From this process's environment and the `portal.toml` in its folder.
    pub fn load() -> Result<Self, SettingsError> {
        let file = match fs::read_to_string("portal.toml") {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(SettingsError::new("portal.toml", error.to_string())),
        };
        #[expect(
            clippy::disallowed_methods,
            reason = "settings are read here and nowhere else"
        )]
        Self::read(|name| std::env::var(name).ok(), &file)
    }

    /// From any source: `environment` by name, `file` as TOML.
    pub fn read(
        environment: impl Fn(&str) -> Option<String>,
        file: &str,
    ) -> Result<Self, SettingsError> {
        let file = read_file(file)?;
        let folder = "PORTAL_SECRETS";
        let folder = environment(folder).or_else(|| file.get(&folder.to_lowercase()).cloned());
        let secrets = read_secrets(folder.as_deref().map_or("", str::trim))?;
        let values: BTreeMap<&str, String> = SETTINGS
            .iter()
            .map(|(name, default, _)| {
                let lower = name.to_lowercase();
                // A variable that is set to nothing hides no file.
                let value = environment(name)
                    .filter(|value| !value.is_empty() || !secrets.contains_key(&lower))
                    .or_else(|| secrets.get(&lower).cloned())
                    .or_else(|| file.get(&lower).cloned())
                    .unwrap_or_else(|| (*default).to_owned());
                (*name, value.trim().to_owned())
            })
            .collect();
        let values = Values(values);
        let mut settings = Self {
            database_url: values.text("DATABASE_URL").into(),
            database_owner_url: values.database_owner_url()?,
            portal_addr: values.parsed(
                "PORTAL_ADDR",
                "an address and a port, such as 127.0.0.1:3000",
            )?,
            tls: values.tls()?,
            portal_url: values.url("PORTAL_URL")?,
            trusted_proxies: values.networks("PORTAL_TRUSTED_PROXIES")?,
            requests_per_minute: values.between("PORTAL_REQUESTS_PER_MINUTE", 60, 1_000_000)?,
            portal_name: values.text("PORTAL_NAME"),
            data: PathBuf::from(values.text("PORTAL_DATA")),
            key: values.optional("PORTAL_KEY").map(Secret::from),
            key_file: values.optional("PORTAL_KEY_FILE").map_or_else(
                || PathBuf::from(values.text("PORTAL_DATA")).join("portal.key"),
                PathBuf::from,
            ),
            virus_scanner: values.virus_scanner("PORTAL_VIRUS_SCANNER")?,
            time_zone: values.parsed("PORTAL_TIME_ZONE", "a time zone, such as Europe/Berlin")?,
            fiscal_start: values.between("PORTAL_FISCAL_START", 1, 12)?,
            claim: Duration::from_secs(
                u64::from(values.between("PORTAL_CLAIM_DAYS", 1, 3_650)?) * 86_400,
            ),
            leads_per_day: values.between("PORTAL_LEADS_PER_DAY", 1, 1_000_000)?,
            review: Duration::from_secs(
                u64::from(values.between("PORTAL_REVIEW_HOURS", 1, 10_000)?) * 3_600,
            ),
            minimum_payout: values.minimum_payout()?,
            payout_close_days: values.between("PAYOUT_CLOSE_DAYS", 1, 90)?,
            payout_days: values.between("PAYOUT_DAYS", 1, 180)?,
            vendor: values.vendor()?,
            clock_start: values.instant("PORTAL_CLOCK")?,
            addresses: values.addresses()?,
            stand_in: values.stand_in()?,
            hubspot: values.hubspot(),
            hubspot_account: match values.optional("HUBSPOT_ACCOUNT") {
                Some(_) => Some(values.parsed("HUBSPOT_ACCOUNT", "a whole number")?),
                None => None,
            },
            xero: values.xero(),
            slack: values.optional("SLACK_TOKEN").map(Secret::from),
            smtp_url: values.optional("SMTP_URL").map(Secret::from),
            mail_hosts: values.list("SMTP_INTERNAL_HOSTS"),
            sign_on_hosts: values.list("SIGN_ON_INTERNAL_HOSTS"),
            outward: values.outward("OUTWARD_HOSTS")?,
            plain_hosts: values.list("PLAIN_INTERNAL_HOSTS"),
            mail_from: values.text("MAIL_FROM"),
            staff_channel: values.text("SLACK_STAFF_CHANNEL"),
            bill_account: values.text("XERO_BILL_ACCOUNT"),
            bill_status: values.bill_status("XERO_BILL_STATUS")?,
            sandbox_addr: values.parsed("SANDBOX_ADDR", "an address and a port")?,
            sandbox_smtp_addr: values.parsed("SANDBOX_SMTP_ADDR", "an address and a port")?,
        };
        if settings.clock_start.is_some() && !settings.is_sandbox() {
            return Err(SettingsError::new(
                "PORTAL_CLOCK",
                "only the sandbox has a clock of its own: remove it, or the credentials of the real systems and PORTAL_SANDBOX=off",
            ));
        }
        if !settings.is_sandbox() && is_plain(&settings.portal_url) {
            let url = &settings.portal_url;
            return Err(SettingsError::new(
                "PORTAL_URL",
                format!(
                    "with `{url}` sessions and links to sign in with would cross the network in clear: put a proxy that speaks TLS in front of the portal, name it in PORTAL_TRUSTED_PROXIES, and set PORTAL_URL to its address with https://"
                ),
            ));
        }
        settings.check_databases()?;
        settings.check_mail()?;
        let sandbox = settings.is_sandbox();
        complete_vendor(&mut settings.vendor, &settings.portal_name, sandbox);
        Ok(settings)
    }

    /// Everything outside is the sandbox; one real credential ends that, and so does saying that nothing stands in.
    pub fn is_sandbox(&self) -> bool {
        self.stand_in && self.environment().is_empty()
    }

    /// With real data nobody between the portal and its database reads along, or answers in its place. The sandbox's is made up.
    fn check_databases(&self) -> Result<(), SettingsError> {
        let databases = [
            ("DATABASE_URL", Some(&self.database_url)),
            ("DATABASE_OWNER_URL", self.database_owner_url.as_ref()),
        ];
        for (name, url) in databases {
            let Some(wire) = url.and_then(|url| wire_to(url.reveal())) else {
                continue;
            };
            let is_let_be = wire.is_certain
                || is_here(&wire.host)
                || is_listed(&self.plain_hosts, &wire.host, wire.port);
            if !self.is_sandbox() && !is_let_be {
                return Err(SettingsError::new(
                    name,
                    "the database is on another machine, and others could read along on the way to it, or answer in its place: add ?sslmode=verify-full (and &sslrootcert=… where its certificate is not a public one's), or add its host to PLAIN_INTERNAL_HOSTS where nobody else is on that network",
                ));
            }
        }
        Ok(())
    }

    /// The operator's own mail server is held to the same as one that somebody types.
    fn check_mail(&self) -> Result<(), SettingsError> {
        let Some(smtp_url) = &self.smtp_url else {
            return Ok(());
        };
        let wrong = |problem: String| SettingsError::new("SMTP_URL", problem);
        Mailer::host_of(smtp_url).map_err(|error| wrong(error.to_string()))?;
        match self.mail_rules().objection(smtp_url) {
            Some(objection) => Err(wrong(objection.to_string())),
            None => Ok(()),
        }
    }

    /// Which mail servers there may be.
    pub fn mail_rules(&self) -> MailRules {
        MailRules {
            internal: self.mail_hosts.clone(),
            outward: self.outward.clone(),
            plain: self.plain_hosts.clone(),
        }
    }

    /// Something speaks TLS in the portal's place, and what it says of who asks is not believed.
    pub fn has_unknown_proxy(&self) -> bool {
        self.portal_url.starts_with("https://") && self.trusted_proxies.is_empty()
    }

    /// Other machines reach the port, and whoever is between them and the portal reads along.
    pub fn has_plain_port(&self) -> bool {
        !self.is_sandbox() && self.tls.is_none() && !self.portal_addr.ip().is_loopback()
    }

    /// Something outside may be the sandbox.
    pub fn needs_sandbox(&self) -> bool {
        self.stand_in && self.environment().len() < System::ALL.len()
    }

    /// The systems whose credentials are settings.
    pub fn environment(&self) -> Vec<System> {
        let given = [
            (System::HubSpot, self.hubspot.is_some()),
            (System::Xero, self.xero.is_some()),
            (System::Slack, self.slack.is_some()),
            (System::Mail, self.smtp_url.is_some()),
        ];
        let given = given.into_iter().filter(|(_, is_given)| *is_given);
        given.map(|(system, _)| system).collect()
    }
}

/// Whether whoever is between a browser and the portal reads along: not on this very machine, and not over TLS.
fn is_plain(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://") else {
        return false;
    };
    let authority: Option<Authority> = rest.split('/').next().and_then(|host| host.parse().ok());
    !is_here(authority.as_ref().map_or("", Authority::host))
}

/// Whether a host is this very machine.
fn is_here(host: &str) -> bool {
    let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    host == "localhost" || address.is_some_and(|address| address.is_loopback())
}

/// What of a database's address follows the name of PostgreSQL; nothing where it is another one's.
fn on_postgres(database_url: &str) -> Option<&str> {
    ["postgres://", "postgresql://"]
        .iter()
        .find_map(|scheme| database_url.strip_prefix(scheme))
}

/// Statements of the sandbox look like real ones. Elsewhere nothing is made up: a wrong address on a document is worse than none.
fn complete_vendor(vendor: &mut Party, portal_name: &str, sandbox: bool) {
    let complete = |value: &mut String, demo: &str| {
        if sandbox && value.is_empty() {
            demo.clone_into(value);
        }
    };
    if portal_name == DEMO_NAME {
        complete(&mut vendor.legal_name, "Northwind Software Ltd");
    }
    if sandbox && vendor.address.is_empty() {
        vendor.address = vec!["48 Quay Street".to_owned(), "Bristol BS1 4XE".to_owned()];
    }
    complete(&mut vendor.country, "GB");
    complete(&mut vendor.vat_number, "GB987654321");
    complete(&mut vendor.email, "invoices@northwind.example");
    if vendor.legal_name.is_empty() {
        portal_name.clone_into(&mut vendor.legal_name);
    }
}

/// `name = value` lines of known names; tables are not used.
fn read_file(file: &str) -> Result<BTreeMap<String, String>, SettingsError> {
    let table: toml::Table = file
        .parse()
        .map_err(|error: toml::de::Error| SettingsError::new("portal.toml", error.to_string()))?;
    let mut values = BTreeMap::new();
    for (name, value) in table {
        if !is_setting(&name) {
            return Err(SettingsError::new(
                "portal.toml",
                format!("there is no setting `{name}`; `portal settings` lists them all"),
            ));
        }
        let value = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            _ => {
                return Err(SettingsError::new(
                    &name,
                    "must be a text or a whole number",
                ));
            }
        };
        values.insert(name, value);
    }
    Ok(values)
}

/// What a key store put into a folder: a file for each setting. What begins with a dot is the store's own.
fn read_secrets(folder: &str) -> Result<BTreeMap<String, String>, SettingsError> {
    let mut values = BTreeMap::new();
    if folder.is_empty() {
        return Ok(values);
    }
    let unreadable = |path: &Path, error: &io::Error| {
        SettingsError::new("PORTAL_SECRETS", format!("{}: {error}", path.display()))
    };
    let path = Path::new(folder);
    let entries = fs::read_dir(path).map_err(|error| unreadable(path, &error))?;
    for entry in entries {
        let file = entry.map_err(|error| unreadable(path, &error))?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        if !is_setting(&name) {
            return Err(SettingsError::new(
                "PORTAL_SECRETS",
                format!(
                    "there is no setting for the file `{name}`; `portal settings` lists them all"
                ),
            ));
        }
        let value = fs::read_to_string(&file).map_err(|error| unreadable(&file, &error))?;
        values.insert(name.into_owned(), value);
    }
    Ok(values)
}

/// Whether a setting is named so in lower case.
fn is_setting(name: &str) -> bool {
    let mut known = SETTINGS.iter().map(|(known, _, _)| known.to_lowercase());
    known.any(|known| known == name)
}

struct Values(BTreeMap<&'static str, String>);

impl Values {
    fn text(&self, name: &str) -> String {
        self.0.get(name).cloned().unwrap_or_default()
    }

    /// What stands between commas.
    fn list(&self, name: &str) -> Vec<String> {
        let value = self.text(name);
        let parts = value.split(',').map(str::trim);
        parts
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    }

    fn optional(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|value| !value.is_empty())
    }

    fn database_owner_url(&self) -> Result<Option<Secret>, SettingsError> {
        let name = "DATABASE_OWNER_URL";
        let Some(url) = self.optional(name) else {
            return Ok(None);
        };
        if on_postgres(&self.text("DATABASE_URL")).is_none() {
            return Err(SettingsError::new(
                name,
                "only PostgreSQL has users, and DATABASE_URL names another database: leave this one out, or set DATABASE_URL to postgres://user:password@host/database",
            ));
        }
        if on_postgres(&url).is_none() {
            return Err(SettingsError::new(
                name,
                "must be postgres://user:password@host/database, the database of DATABASE_URL as another user",
            ));
        }
        Ok(Some(url.into()))
    }

    fn parsed<T: std::str::FromStr>(&self, name: &str, expected: &str) -> Result<T, SettingsError> {
        let value = self.text(name);
        value
            .parse()
            .map_err(|_| SettingsError::new(name, format!("`{value}` is not {expected}")))
    }

    fn between(&self, name: &str, least: u32, most: u32) -> Result<u32, SettingsError> {
        let expected = format!("a whole number from {least} to {most}");
        let value: u32 = self.parsed(name, &expected)?;
        if (least..=most).contains(&value) {
            Ok(value)
        } else {
            Err(SettingsError::new(
                name,
                format!("`{value}` is not {expected}"),
            ))
        }
    }

    fn minimum_payout(&self) -> Result<MinimumPayout, SettingsError> {
        let name = "PORTAL_MINIMUM_PAYOUT_MINOR";
        let expected = "a whole number of minor units";
        let default: u32 = self.parsed(name, expected)?;
        Ok(MinimumPayout {
            default_minor: i64::from(default),
            by_currency: self.parsed(
                "PORTAL_MINIMUM_PAYOUT_BY_CURRENCY",
                "a list of currencies with minor units, such as GBP=4000,JPY=10000",
            )?,
        })
    }

    fn outward(&self, name: &str) -> Result<OutwardHosts, SettingsError> {
        OutwardHosts::parse(&self.list(name)).map_err(|wrong| {
            let expected = "a host without a port, such as hooks.example.com, *.example.com or 203.0.113.7; an international name is written as xn--…";
            SettingsError::new(name, format!("`{wrong}` is not {expected}"))
        })
    }

    /// Addresses, each a network of its own, and networks.
    fn networks(&self, name: &str) -> Result<Vec<IpNet>, SettingsError> {
        self.list(name)
            .iter()
            .map(|part| {
                let network = part.parse().ok();
                let address = || part.parse().ok().map(|address: IpAddr| address.into());
                network.or_else(address).ok_or_else(|| {
                    let expected = "an address or a network, such as 127.0.0.1 or 10.0.0.0/8";
                    SettingsError::new(name, format!("`{part}` is not {expected}"))
                })
            })
            .collect()
    }

    fn url(&self, name: &str) -> Result<String, SettingsError> {
        let value = self.text(name);
        let url = value.trim_end_matches('/');
        if url.starts_with("http://") || url.starts_with("https://") {
            Ok(url.to_owned())
        } else {
            Err(SettingsError::new(
                name,
                format!("`{value}` must start with http:// or https://"),
            ))
        }
    }

    /// A certificate and its key, or neither.
    fn tls(&self) -> Result<Option<TlsFiles>, SettingsError> {
        let names = ["PORTAL_TLS_CERTIFICATE", "PORTAL_TLS_KEY"];
        match names.map(|name| self.optional(name).map(PathBuf::from)) {
            [Some(certificate), Some(key)] => Ok(Some(TlsFiles { certificate, key })),
            [None, None] => Ok(None),
            [None, Some(_)] => Err(SettingsError::new(
                names[0],
                format!("set it, or remove {}", names[1]),
            )),
            [Some(_), None] => Err(SettingsError::new(
                names[1],
                format!("set it, or remove {}", names[0]),
            )),
        }
    }

    fn instant(&self, name: &str) -> Result<Option<Timestamp>, SettingsError> {
        self.optional(name)
            .map(|value| {
                DateTime::parse_from_rfc3339(&value)
                    .map(|at| Timestamp(at.timestamp_millis()))
                    .map_err(|_| {
                        SettingsError::new(
                            name,
                            format!("`{value}` is not an instant such as 2026-10-01T08:00:00Z"),
                        )
                    })
            })
            .transpose()
    }

    fn vendor(&self) -> Result<Party, SettingsError> {
        let country = self.text("VENDOR_COUNTRY");
        if !country.is_empty()
            && (country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()))
        {
            return Err(SettingsError::new(
                "VENDOR_COUNTRY",
                format!("`{country}` is not a country's two capital letters, such as GB"),
            ));
        }
        let email = self.text("VENDOR_INVOICE_EMAIL");
        if !email.is_empty() && Email::parse(&email).is_err() {
            return Err(SettingsError::new(
                "VENDOR_INVOICE_EMAIL",
                format!("`{email}` is not a mail address"),
            ));
        }
        Ok(Party {
            legal_name: self.line("VENDOR_LEGAL_NAME", 200)?,
            address: self.address("VENDOR_ADDRESS")?,
            country,
            vat_number: self.line("VENDOR_VAT_NUMBER", 20)?,
            email,
        })
    }

    /// One line of a document.
    fn line(&self, name: &str, characters_max: usize) -> Result<String, SettingsError> {
        let value = self.text(name);
        if value.chars().count() > characters_max || value.chars().any(char::is_control) {
            return Err(SettingsError::new(
                name,
                format!("`{value}` is not one line of at most {characters_max} characters"),
            ));
        }
        Ok(value)
    }

    /// What fits into the head of a document.
    fn address(&self, name: &str) -> Result<Vec<String>, SettingsError> {
        let value = self.line(name, 400)?;
        let lines: Vec<String> = value
            .split(';')
            .map(|line| line.trim().to_owned())
            .filter(|line| !line.is_empty())
            .collect();
        if lines.len() > 5 {
            return Err(SettingsError::new(
                name,
                format!("`{value}` has more than five lines"),
            ));
        }
        Ok(lines)
    }

    fn addresses(&self) -> Result<Addresses, SettingsError> {
        Ok(Addresses {
            hubspot: self.vendor_url("HUBSPOT_URL")?,
            hubspot_authorize: self.vendor_url("HUBSPOT_AUTHORIZE_URL")?,
            xero: self.vendor_url("XERO_URL")?,
            xero_identity: self.vendor_url("XERO_IDENTITY_URL")?,
            xero_authorize: self.vendor_url("XERO_AUTHORIZE_URL")?,
            slack: self.vendor_url("SLACK_URL")?,
        })
    }

    /// What goes there carries keys, and is not to be read on the way.
    fn vendor_url(&self, name: &str) -> Result<String, SettingsError> {
        let url = self.url(name)?;
        if is_plain(&url) {
            return Err(SettingsError::new(
                name,
                format!("with `{url}` keys would cross the network in clear: use https://"),
            ));
        }
        Ok(url)
    }

    /// What people hand in goes there as it is, and the daemon speaks no TLS.
    fn virus_scanner(&self, name: &str) -> Result<Option<VirusScanner>, SettingsError> {
        let Some(address) = self.optional(name) else {
            return Ok(None);
        };
        let expected = "an address such as unix:/run/clamav/clamd.ctl or tcp://127.0.0.1:3310";
        let scanner: VirusScanner = self.parsed(name, expected)?;
        if scanner.host().is_some_and(|host| !is_here(host)) {
            return Err(SettingsError::new(
                name,
                format!(
                    "with `{address}` files would cross the network in clear: run the daemon on this machine, or bring it here through a tunnel"
                ),
            ));
        }
        Ok(Some(scanner))
    }

    fn stand_in(&self) -> Result<bool, SettingsError> {
        match self.text("PORTAL_SANDBOX").as_str() {
            "auto" => Ok(true),
            "off" => Ok(false),
            other => Err(SettingsError::new(
                "PORTAL_SANDBOX",
                format!("`{other}` is not auto or off"),
            )),
        }
    }

    fn hubspot(&self) -> Option<HubSpotKeys> {
        Some(HubSpotKeys {
            token: self.optional("HUBSPOT_TOKEN")?.into(),
            client_secrets: self
                .text("HUBSPOT_CLIENT_SECRET")
                .split(',')
                .map(|secret| Secret::from(secret.trim()))
                .collect(),
        })
    }

    fn xero(&self) -> Option<XeroKeys> {
        Some(XeroKeys {
            client_id: self.optional("XERO_CLIENT_ID")?,
            client_secret: self.text("XERO_CLIENT_SECRET").into(),
            webhook_key: self.text("XERO_WEBHOOK_KEY").into(),
        })
    }

    fn bill_status(&self, name: &str) -> Result<Option<BillStatus>, SettingsError> {
        match self.text(name).as_str() {
            "draft" => Ok(Some(BillStatus::Draft)),
            "submitted" => Ok(Some(BillStatus::Submitted)),
            "authorised" => Ok(Some(BillStatus::Authorised)),
            "" => Ok(None),
            other => Err(SettingsError::new(
                name,
                format!("`{other}` is not draft, submitted or authorised"),
            )),
        }
    }
}
