//! The way through an iPaaS: where leads go, who tells of their deals, at which address it may be called, and how far a delivery has come.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    access::words,
    error::{Fault, FieldErrors},
    outward::is_host_name,
};

words! {
    /// How a lead comes to HubSpot: the portal makes company, contact and deal itself, or an iPaaS is told, makes them and calls back.
    Way { Direct = "direct", Relay = "relay" }
}

words! {
    /// Who tells of what becomes of deals.
    Changes { HubSpot = "hubspot", Relay = "relay" }
}

words! {
    /// How far the delivery of a lead has come. `Waiting`: nobody has taken it. `Unsure`: a try is under way or its answer was lost, so that it may have
    /// been taken. `Accepted`: it was taken, and nobody has called back. `Registered`: HubSpot has its deal. `Failed`: the iPaaS said that it cannot.
    DeliveryState {
        Waiting = "waiting",
        Unsure = "unsure",
        Accepted = "accepted",
        Registered = "registered",
        Failed = "failed",
    }
}

words! {
    /// What a signing secret is for: what the portal sends to the iPaaS, or what the iPaaS calls back.
    Side { Outward = "outward", Inward = "inward" }
}

/// The longest address, in characters.
const ADDRESS_MAX: usize = 500;
/// The stand-in on this machine.
const STAND_IN: &str = "http://127.0.0.1:";

/// Whether the sandbox's stand-in may be called beside what is on the internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StandIn {
    Allowed,
    Refused,
}

/// Where an iPaaS takes leads: https and a name of the internet's, never a number. What the name leads to is looked at when it is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RelayAddress(String);

impl RelayAddress {
    /// Reads an address.
    ///
    /// # Errors
    /// `required`, `too-long`, `relay-address-invalid`.
    pub fn parse(text: &str, stand_in: StandIn) -> Result<Self, Fault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Fault::new("required"));
        }
        if text.len() > ADDRESS_MAX {
            return Err(Fault::with("too-long", ADDRESS_MAX));
        }
        let is_taken = match text.strip_prefix("https://") {
            Some(rest) => is_of_internet(rest),
            None => stand_in == StandIn::Allowed && is_stand_in(text),
        };
        if is_taken {
            Ok(Self(text.to_owned()))
        } else {
            Err(Fault::new("relay-address-invalid"))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its host, with the port where there is one: what those may see who may not send there.
    pub fn host(&self) -> &str {
        let place = self.0.split_once("://").map_or("", |(_, place)| place);
        place.split(['/', '?']).next().unwrap_or_default()
    }

    /// The name that it leads to; the stand-in on this machine has none.
    pub fn name(&self) -> Option<&str> {
        let is_outside = self.0.starts_with("https://");
        self.host().split(':').next().filter(|_| is_outside)
    }
}

impl fmt::Display for RelayAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What stands behind `https://`.
fn is_of_internet(rest: &str) -> bool {
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (place, path) = rest.split_at(end);
    let (host, port) = match place.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (place, None),
    };
    is_name(host) && port.is_none_or(is_port) && is_path(path)
}

fn is_stand_in(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(STAND_IN) else {
        return false;
    };
    let end = rest.find('/').unwrap_or(rest.len());
    let (port, path) = rest.split_at(end);
    is_port(port) && is_path(path)
}

/// A name with a dot that is none of a network of one's own.
fn is_name(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_private = ["local", "localhost", "internal", "lan", "home", "arpa"]
        .iter()
        .any(|word| last.eq_ignore_ascii_case(word));
    host.contains('.') && is_host_name(host) && !is_private
}

fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok_and(|port| port > 0) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Nothing that reads as something else elsewhere: no backslash, blank, fragment or sign that is not ASCII.
fn is_path(path: &str) -> bool {
    path.bytes()
        .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'#' | b'"' | b'<' | b'>'))
}

/// The choice as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RelayForm {
    pub way: String,
    pub address: String,
    pub changes: String,
    pub wait_minutes: String,
}

/// How leads come to HubSpot, and what becomes of them comes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelayChoice {
    pub way: Way,
    /// Known beside the direct way too: nobody types it twice.
    pub address: Option<RelayAddress>,
    pub changes: Changes,
    /// After so many minutes without a call-back staff are told.
    pub wait_minutes: u32,
}

impl Default for RelayChoice {
    fn default() -> Self {
        Self {
            way: Way::Direct,
            address: None,
            changes: Changes::HubSpot,
            wait_minutes: 60,
        }
    }
}

impl RelayChoice {
    /// Whether HubSpot is called at all.
    pub fn uses_hubspot(&self) -> bool {
        self.way == Way::Direct || self.changes == Changes::HubSpot
    }
}

/// A day: whoever waits longer has forgotten it.
const WAIT_MAX: u32 = 24 * 60;

impl RelayForm {
    /// All faults at once, each with its field.
    ///
    /// # Errors
    /// `choose-one`, `number-invalid`, and what is wrong with the address.
    pub fn parse(&self, stand_in: StandIn) -> Result<RelayChoice, FieldErrors> {
        let mut errors = FieldErrors::default();
        let choose = || Fault::new("choose-one");
        let way = errors.take("way", Way::parse(&self.way).ok_or_else(choose));
        let changes = errors.take("changes", Changes::parse(&self.changes).ok_or_else(choose));
        let wait = self.wait_minutes.trim().parse().ok();
        let wait = wait.filter(|minutes| (1..=WAIT_MAX).contains(minutes));
        let wait = wait.ok_or_else(|| Fault::with("relay-wait-invalid", WAIT_MAX));
        let wait = errors.take("wait_minutes", wait);
        let address = match (way, self.address.trim()) {
            (Some(Way::Direct), "") => None,
            (_, typed) => errors.take("address", RelayAddress::parse(typed, stand_in)),
        };
        match (way, changes, wait) {
            (Some(way), Some(changes), Some(wait_minutes)) if errors.is_empty() => {
                Ok(RelayChoice {
                    way,
                    address,
                    changes,
                    wait_minutes,
                })
            }
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<RelayAddress, Fault> {
        RelayAddress::parse(text, StandIn::Refused)
    }

    #[test]
    fn an_address_is_https_and_a_name_of_the_internets() {
        for taken in [
            "https://hooks.example.com/portal",
            "https://hooks.example.com",
            "https://hooks.zapier.com/hooks/catch/123/abc/?silent=1",
            " https://n8n.example.co.uk:8443/webhook/7f0c-1 ",
            "https://xn--bcher-kva.de/in",
        ] {
            assert_eq!(
                check(taken).map(|address| address.as_str().to_owned()),
                Ok(taken.trim().to_owned())
            );
        }
    }

    #[test]
    fn whatever_leads_into_our_own_house_is_refused() {
        let refused = [
            "http://hooks.example.com/",
            "ftp://hooks.example.com/",
            "HTTPS://hooks.example.com/",
            "https://",
            "https:///path",
            "https://localhost/",
            "https://localhost:3000/",
            "https://portal.localhost/",
            "https://printer.local/",
            "https://db.internal/",
            "https://metadata.google.internal/",
            "https://router.lan/",
            "https://1.0.0.127.in-addr.arpa/",
            "https://intranet/",
            "https://127.0.0.1/",
            "https://127.1/",
            "https://127.0.0.1:8443/hook",
            "https://0.0.0.0/",
            "https://0/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0x7f.0.0.1/",
            "https://127.0.0.0x1/",
            "https://017700000001/",
            "https://0177.0.0.01/",
            "https://10.0.0.1/",
            "https://172.16.0.1/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://100.64.0.1/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://8.8.8.8/",
            "https://[::1]/",
            "https://[::]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[fe80::1]/",
            "https://[fc00::1]/",
            "https://[fd12:3456::1]/",
            "https://[2001:db8::1]/",
            "https://user@hooks.example.com/",
            "https://user:password@hooks.example.com/",
            "https://hooks.example.com@127.0.0.1/",
            "https://127.0.0.1#@hooks.example.com/",
            "https://hooks.example.com\\@127.0.0.1/",
            "https://hooks.example.com:0/",
            "https://hooks.example.com:99999/",
            "https://hooks.example.com:+443/",
            "https://hooks.example.com:443:80/",
            "https://hooks.example.com./",
            "https://.example.com/",
            "https://hooks..example.com/",
            "https://-hooks.example.com/",
            "https://hooks_example.com/",
            "https://hooks.example.com/a b",
            "https://hooks.example.com/#part",
            "https://%6c%6f%63alhost.com/",
            "https://ⓛocalhost.com/",
            "https://127。0。0。1/",
            "//hooks.example.com/",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "gopher://hooks.example.com/",
        ];
        assert!(refused.len() > 60);
        for text in refused {
            assert!(check(text).is_err(), "{text}");
        }
        assert_eq!(check(" ").unwrap_err().code, "required");
    }

    #[test]
    fn the_host_of_an_address_tells_nothing_of_its_path() {
        for (address, host) in [
            (
                "https://hooks.example.com/catch/123/secret",
                "hooks.example.com",
            ),
            (
                "https://n8n.example.com:8443?key=secret",
                "n8n.example.com:8443",
            ),
            ("https://hooks.example.com", "hooks.example.com"),
        ] {
            let address = check(address).unwrap();
            assert_eq!(address.host(), host);
            assert_eq!(address.name(), host.split(':').next());
        }
    }

    #[test]
    fn the_stand_in_on_this_machine_is_called_where_it_may_be_and_nothing_else_there() {
        let stand_in = "http://127.0.0.1:3001/ipaas/hooks/portal";
        let address = RelayAddress::parse(stand_in, StandIn::Allowed).unwrap();
        assert_eq!(address.name(), None);
        assert!(RelayAddress::parse(stand_in, StandIn::Refused).is_err());
        for refused in [
            "http://127.0.0.1/ipaas",
            "http://127.0.0.1:3001@example.com/",
            "http://localhost:3001/ipaas",
            "http://127.0.0.2:3001/",
            "https://127.0.0.1:3001/",
        ] {
            assert!(
                RelayAddress::parse(refused, StandIn::Allowed).is_err(),
                "{refused}"
            );
        }
    }

    #[test]
    fn a_choice_needs_its_address_only_where_leads_go_there() {
        let form = |way: &str, address: &str| RelayForm {
            way: way.to_owned(),
            address: address.to_owned(),
            changes: "relay".to_owned(),
            wait_minutes: "60".to_owned(),
        };
        let direct = form("direct", "").parse(StandIn::Refused).unwrap();
        assert!(direct.uses_hubspot() && direct.address.is_none());
        let relay = form("relay", "https://hooks.example.com/in");
        assert!(!relay.parse(StandIn::Refused).unwrap().uses_hubspot());
        let errors = form("relay", "").parse(StandIn::Refused).unwrap_err();
        assert_eq!(errors.of("address").count(), 1);
        let errors = form("pigeon", "").parse(StandIn::Refused).unwrap_err();
        assert_eq!(errors.of("way").count(), 1);
        let long = RelayForm {
            wait_minutes: "1441".to_owned(),
            ..form("direct", "")
        };
        assert_eq!(
            long.parse(StandIn::Refused)
                .unwrap_err()
                .of("wait_minutes")
                .count(),
            1
        );
    }
}
