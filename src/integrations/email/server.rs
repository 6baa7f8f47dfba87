//! The way to a mail server. Of one that somebody typed the name is looked up for each mail, and the connection made to what was looked at.

use std::sync::{Arc, Mutex, PoisonError};
use std::{net::SocketAddr, time::Duration};

use lettre::{
    AsyncSmtpTransport, Tokio1Executor,
    transport::smtp::{
        AsyncSmtpTransportBuilder, SUBMISSION_PORT, SUBMISSIONS_PORT,
        authentication::Credentials,
        client::{Tls, TlsParameters},
        extension::ClientId,
    },
};
use percent_encoding::percent_decode_str;
use portal_domain::outward::is_listed;
use reqwest::Url;

use super::client::{MailObjection, MailReach, MailRules, MailSetupError};
use crate::{
    Secret,
    error::{CallError, ErrorKind, Vendor},
    guard::{self, Refusal},
};

/// How long one exchange with the mail server may take.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Where mail is handed over without encryption.
const PLAIN_PORT: u16 = 25;

pub(super) type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// A server, and how it is reached. A clone shares its connections.
#[derive(Clone)]
pub(super) enum Server {
    /// By its name, whatever that leads to.
    Named(Transport),
    /// By an address that its name leads to.
    Guarded(Arc<Guarded>),
    /// Not at all.
    Refused(MailObjection),
}

pub(super) struct Guarded {
    /// With the password in it.
    address: Secret,
    /// What was connected to last.
    pinned: Mutex<Option<(SocketAddr, Transport)>>,
}

impl Server {
    pub(super) fn new(address: &Secret, reach: &MailReach) -> Result<Self, MailSetupError> {
        let named = transport_of(address)?;
        if let MailReach::Typed(rules) = reach
            && let Some(objection) = rules.objection(address)
        {
            tracing::warn!("Mail waits: {objection}");
            return Ok(Self::Refused(objection));
        }
        let is_let_pass = match reach {
            MailReach::Anywhere => true,
            MailReach::Typed(rules) => {
                is_named(&server_address(address.reveal())?, &rules.internal)
            }
        };
        if is_let_pass {
            return Ok(Self::Named(named.timeout(Some(TIMEOUT)).build()));
        }
        Ok(Self::Guarded(Arc::new(Guarded {
            address: address.clone(),
            pinned: Mutex::new(None),
        })))
    }

    pub(super) async fn transport(&self) -> Result<Transport, CallError> {
        match self {
            Self::Named(transport) => Ok(transport.clone()),
            Self::Guarded(guarded) => guarded.transport().await,
            // It is not the mail's fault, which waits until somebody has changed the one or the other.
            Self::Refused(objection) => {
                let message = objection.to_string();
                Err(CallError::new(Vendor::Mail, ErrorKind::Retry, message).outage())
            }
        }
    }
}

impl MailRules {
    /// Why mail does not go to an address, whatever its name leads to. This very machine is nobody outside, and what cannot be read as an address has no host.
    pub fn objection(&self, address: &Secret) -> Option<MailObjection> {
        let url = server_address(address.reveal()).ok()?;
        let host = url.host_str().unwrap_or_default();
        if is_this_machine(host) {
            return None;
        }
        if !self.outward.allows(host) && !is_named(&url, &self.internal) {
            return Some(MailObjection::Unlisted(host.to_owned()));
        }
        if !is_certain(&url) && !is_named(&url, &self.plain) {
            return Some(MailObjection::Plain(host.to_owned()));
        }
        None
    }
}

impl Guarded {
    async fn transport(&self) -> Result<Transport, CallError> {
        let failure = |message: &str| CallError::new(Vendor::Mail, ErrorKind::Retry, message);
        let url = server_address(self.address.reveal())
            .map_err(|_| failure("the address is malformed"))?;
        let host = url.host_str().unwrap_or_default();
        let port = url.port().unwrap_or_else(|| usual_port(&url));
        let found = guard::pin(host, port).await.map_err(|refusal| {
            let message = match refusal {
                Refusal::Private => {
                    "the name leads to an address that is not of the internet; one in the own network stands in SMTP_INTERNAL_HOSTS"
                }
                Refusal::Unknown => "the name is not known",
            };
            failure(message).outage()
        })?;
        let mut pinned = self.pinned.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((address, transport)) = &*pinned
            && *address == found
        {
            return Ok(transport.clone());
        }
        let transport = pin(&url, found).ok_or_else(|| failure("the address is malformed"))?;
        *pinned = Some((found, transport.clone()));
        Ok(transport)
    }
}

/// The server of an address, connected to at one place and known by its own name.
fn pin(url: &Url, place: SocketAddr) -> Option<Transport> {
    let host = url.host_str()?.to_owned();
    let certified = || TlsParameters::new(host.clone()).ok();
    let tls = match (url.scheme(), tls_of(url).as_deref()) {
        ("smtps", _) => Tls::Wrapper(certified()?),
        (_, Some("required")) => Tls::Required(certified()?),
        (_, Some("opportunistic")) => Tls::Opportunistic(certified()?),
        _ => Tls::None,
    };
    let mut builder = Transport::builder_dangerous(place.ip().to_string())
        .port(place.port())
        .tls(tls)
        .timeout(Some(TIMEOUT));
    if url.path().len() > 1 {
        let name = url.path().trim_matches('/').to_owned();
        builder = builder.hello_name(ClientId::Domain(name));
    }
    if let Some(password) = url.password() {
        let decoded = |text: &str| {
            let decoded = percent_decode_str(text).decode_utf8().ok()?;
            Some(decoded.into_owned())
        };
        let credentials = Credentials::new(decoded(url.username())?, decoded(password)?);
        builder = builder.credentials(credentials);
    }
    Some(builder.build())
}

fn usual_port(url: &Url) -> u16 {
    match (url.scheme(), tls_of(url)) {
        ("smtps", _) => SUBMISSIONS_PORT,
        (_, Some(_)) => SUBMISSION_PORT,
        _ => PLAIN_PORT,
    }
}

fn tls_of(url: &Url) -> Option<String> {
    let mut pairs = url.query_pairs();
    let (_, value) = pairs.find(|(name, _)| name == "tls")?;
    Some(value.into_owned())
}

fn is_named(url: &Url, hosts: &[String]) -> bool {
    let port = url.port().unwrap_or_else(|| usual_port(url));
    is_listed(hosts, url.host_str().unwrap_or_default(), port)
}

/// Whether nothing is said to a server before it has shown a certificate that is its own.
fn is_certain(url: &Url) -> bool {
    url.scheme() == "smtps" || tls_of(url).as_deref() == Some("required")
}

pub(super) fn transport_of(address: &Secret) -> Result<AsyncSmtpTransportBuilder, MailSetupError> {
    let address = server_address(address.reveal())?;
    Transport::from_url(address.as_str()).map_err(|error| MailSetupError::Server(error.to_string()))
}

/// The configured address with the encryption made explicit. The password in it is not repeated in an error.
fn server_address(configured: &str) -> Result<Url, MailSetupError> {
    let mut url =
        Url::parse(configured).map_err(|error| MailSetupError::Server(error.to_string()))?;
    if url.scheme() != "smtp" {
        return Ok(url);
    }
    let tls = url
        .query_pairs()
        .find(|(name, _)| name == "tls")
        .map(|(_, value)| value.into_owned());
    let is_here = is_this_machine(url.host_str().unwrap_or_default());
    match tls.as_deref() {
        Some("none") => url.set_query(None),
        None if !is_here => url.set_query(Some("tls=required")),
        _ => {}
    }
    Ok(url)
}

fn is_this_machine(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "localhost" | "[::1]")
}

#[cfg(test)]
mod tests {
    use portal_domain::outward::OutwardHosts;

    use super::*;

    #[test]
    fn a_password_never_leaves_this_machine_unencrypted_by_oversight() {
        let address = |configured| server_address(configured).unwrap().to_string();
        assert_eq!(address("smtp://127.0.0.1:2525"), "smtp://127.0.0.1:2525");
        assert_eq!(
            address("smtp://u:p@mail.example.com:587"),
            "smtp://u:p@mail.example.com:587?tls=required"
        );
        assert_eq!(
            address("smtp://relay.internal:25?tls=none"),
            "smtp://relay.internal:25"
        );
        assert_eq!(
            address("smtps://u:p@mail.example.com"),
            "smtps://u:p@mail.example.com"
        );
    }

    fn owned(hosts: &[&str]) -> Vec<String> {
        hosts.iter().map(|&host| host.to_owned()).collect()
    }

    fn ruled(address: &str, rules: MailRules) -> Server {
        Server::new(&Secret::from(address), &MailReach::Typed(rules)).unwrap()
    }

    fn guarded(address: &str, internal: &[&str]) -> Server {
        let rules = MailRules {
            internal: owned(internal),
            ..MailRules::default()
        };
        ruled(address, rules)
    }

    #[tokio::test]
    async fn a_server_that_somebody_typed_is_on_the_internet_or_named_by_whoever_runs_the_portal() {
        for address in [
            "smtp://127.0.0.1:25",
            "smtps://name:word@localhost",
            "smtp://10.0.0.5:587",
            "smtp://[::1]:25",
            "smtp://2130706433:25",
            "smtp://169.254.169.254:80",
        ] {
            let refused = guarded(address, &["mail.internal", "127.0.0.1:26"]);
            let failure = refused.transport().await.expect_err(address);
            assert!(failure.message.contains("not of the internet"), "{failure}");
        }
        for (address, named) in [
            ("smtp://127.0.0.1:2525", "127.0.0.1:2525"),
            ("smtps://name:word@Mail.Internal", "mail.internal"),
            ("smtp://10.0.0.5", "10.0.0.5:587"),
        ] {
            let let_pass = guarded(address, &[named]);
            assert!(matches!(let_pass, Server::Named(_)), "{address}");
        }
        let pinned = guarded("smtps://name:word%2F@8.8.8.8/portal", &[]);
        assert!(pinned.transport().await.is_ok());
    }

    #[tokio::test]
    async fn where_hosts_are_named_no_other_server_is_spoken_to() {
        let rules = || MailRules {
            internal: owned(&["mail.internal:465"]),
            outward: OutwardHosts::parse(&owned(&["8.8.8.8", "*.example.com"])).unwrap(),
            ..MailRules::default()
        };
        for (address, host) in [
            ("smtps://mail.example.org", "mail.example.org"),
            ("smtps://name:mail.example.com@example.com", "example.com"),
            ("smtp://mail.internal:25", "mail.internal"),
            ("smtps://8.8.4.4", "8.8.4.4"),
            ("smtp://134744072", "134744072"),
        ] {
            let refused = ruled(address, rules()).transport().await;
            let said = refused.expect_err(address).message;
            assert!(
                said.contains(host) && said.contains("OUTWARD_HOSTS"),
                "{said}"
            );
        }
        for address in [
            "smtps://Mail.Example.com:465",
            "smtp://mail.internal:465",
            "smtp://127.0.0.1:25",
        ] {
            let objection = rules().objection(&Secret::from(address));
            assert_eq!(objection, None, "{address}");
        }
        assert!(ruled("smtps://8.8.8.8", rules()).transport().await.is_ok());
    }

    #[tokio::test]
    async fn mail_goes_without_certain_tls_only_where_whoever_runs_the_portal_says() {
        let rules = || MailRules {
            internal: owned(&["10.0.0.5"]),
            plain: owned(&["10.0.0.5:25", "old.example.com"]),
            ..MailRules::default()
        };
        for address in [
            "smtp://10.0.0.5:587?tls=none",
            "smtp://10.0.0.5:587?tls=opportunistic",
            "smtp://name:word@mail.example.com?tls=none",
            "smtp://mail.example.com:25?tls=opportunistic",
            "smtp://127.0.0.2:25?tls=none",
        ] {
            let refused = ruled(address, rules()).transport().await;
            let said = refused.expect_err(address).message;
            assert!(said.contains("PLAIN_INTERNAL_HOSTS"), "{said}");
            assert!(!said.contains("word"), "{said}");
        }
        for address in [
            "smtp://10.0.0.5:25?tls=none",
            "smtp://10.0.0.5?tls=none",
            "smtp://Old.Example.com:2525?tls=opportunistic",
            "smtp://10.0.0.5:587",
            "smtps://10.0.0.5",
            "smtp://mail.example.com:587?tls=required",
            "smtp://127.0.0.1:25",
            "smtp://localhost:25?tls=none",
        ] {
            let objection = rules().objection(&Secret::from(address));
            assert_eq!(objection, None, "{address}");
        }
    }
}
