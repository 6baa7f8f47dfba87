//! Whom the portal may speak to where somebody types an address: the hosts that whoever runs it names, or, where none are named, anybody on the internet; and lists of
//! hosts in its own network.

use std::{net::IpAddr, sync::Arc};

/// The hosts that are named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutwardHosts(Option<Arc<[Named]>>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Named {
    Number(IpAddr),
    Host(String),
    /// Every name below this one, and not this one itself.
    Below(String),
}

impl OutwardHosts {
    /// Reads names, each a host or `*.` and a name that others are below; no names let everybody be spoken to.
    ///
    /// # Errors
    /// The first that names no host.
    pub fn parse(names: &[String]) -> Result<Self, String> {
        if names.is_empty() {
            return Ok(Self::default());
        }
        let named: Result<Vec<Named>, String> = names
            .iter()
            .map(|name| Named::parse(name).ok_or_else(|| name.clone()))
            .collect();
        Ok(Self(Some(named?.into())))
    }

    /// Whether a host may be spoken to, written as it stands in an address, without its port.
    pub fn allows(&self, host: &str) -> bool {
        let Some(named) = &self.0 else {
            return true;
        };
        let host = one_spelling(host);
        let number: Option<IpAddr> = host.parse().ok();
        named.iter().any(|named| match named {
            Named::Number(address) => number == Some(*address),
            Named::Host(name) => *name == host,
            Named::Below(name) => host
                .strip_suffix(name.as_str())
                .is_some_and(|below| below.len() > 1 && below.ends_with('.')),
        })
    }
}

impl Named {
    fn parse(text: &str) -> Option<Self> {
        let text = one_spelling(text);
        if let Ok(address) = text.parse() {
            return Some(Self::Number(address));
        }
        match text.strip_prefix("*.") {
            // All names of a country are nobody's in particular.
            Some(name) => {
                (name.contains('.') && is_host_name(name)).then(|| Self::Below(name.to_owned()))
            }
            None => is_host_name(&text).then_some(Self::Host(text)),
        }
    }
}

/// Whether a host stands in a list of hosts in the own network, there with its port or without.
pub fn is_listed(list: &[String], host: &str, port: u16) -> bool {
    let with_port = format!("{host}:{port}");
    list.iter()
        .any(|named| named.eq_ignore_ascii_case(host) || named.eq_ignore_ascii_case(&with_port))
}

/// Names are the same in capitals and with a dot at their end; an address of the newer kind stands between brackets in a longer one.
fn one_spelling(host: &str) -> String {
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    bare.strip_suffix('.').unwrap_or(bare).to_ascii_lowercase()
}

/// A name of letters, digits and dashes, as the network has it, whose last part is none of the ways to write a number: `0x7f.1` is an address of this very machine.
pub(crate) fn is_host_name(host: &str) -> bool {
    let is_part = |part: &str| {
        (1..=63).contains(&part.len())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.len() <= 253
        && host.split('.').all(is_part)
        && last.starts_with(|first: char| first.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(names: &[&str]) -> Result<OutwardHosts, String> {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        OutwardHosts::parse(&names)
    }

    #[test]
    fn where_nobody_is_named_everybody_may_be_spoken_to() {
        let anybody = read(&[]).unwrap();
        assert!(anybody.allows("hooks.example.com") && anybody.allows("8.8.8.8"));
    }

    #[test]
    fn a_host_is_spoken_to_only_where_it_is_named_however_it_is_written() {
        for (named, host, may_be) in [
            ("hooks.example.com", "hooks.example.com", true),
            ("hooks.example.com", "HOOKS.Example.COM", true),
            ("Hooks.Example.com", "hooks.example.com", true),
            ("hooks.example.com", "hooks.example.com.", true),
            ("hooks.example.com.", "hooks.example.com", true),
            ("hooks.example.com", "example.com", false),
            ("hooks.example.com", "a.hooks.example.com", false),
            ("hooks.example.com", "hooks.example.com.evil.example", false),
            ("hooks.example.com", "hooks.example.com..", false),
            ("hooks.example.com", "", false),
            ("*.example.com", "hooks.example.com", true),
            ("*.example.com", "eu.hooks.example.com", true),
            ("*.Example.com", "Hooks.example.com.", true),
            ("*.example.com", "example.com", false),
            ("*.example.com", ".example.com", false),
            ("*.example.com", "badexample.com", false),
            ("*.example.com", "example.com.evil.example", false),
            // An international name is named as the network has it, and stands so in every address that is called.
            ("xn--mnchen-3ya.example", "XN--mnchen-3ya.example", true),
            ("*.xn--mnchen-3ya.example", "a.xn--mnchen-3ya.example", true),
            ("xn--mnchen-3ya.example", "munchen.example", false),
            ("203.0.113.7", "203.0.113.7", true),
            ("203.0.113.7", "203.0.113.70", false),
            ("203.0.113.7", "3405803783", false),
            ("2606:4700::1111", "[2606:4700:0::1111]", true),
            ("[2606:4700::1111]", "2606:4700::1111", true),
            ("2606:4700::1111", "[2606:4700::1112]", false),
        ] {
            let hosts = read(&["other.example", named]).expect(named);
            assert_eq!(hosts.allows(host), may_be, "{named}: {host}");
        }
    }

    #[test]
    fn a_host_of_the_own_network_is_listed_with_every_port_or_with_one() {
        let list = ["mail.internal", "10.0.0.5:25", "[fd00::5]"].map(str::to_owned);
        for (host, port, is_there) in [
            ("Mail.Internal", 25, true),
            ("mail.internal", 587, true),
            ("10.0.0.5", 25, true),
            ("10.0.0.5", 587, false),
            ("[fd00::5]", 5_432, true),
            ("a.mail.internal", 25, false),
        ] {
            assert_eq!(is_listed(&list, host, port), is_there, "{host}:{port}");
        }
    }

    #[test]
    fn what_names_no_host_is_told_to_whoever_wrote_it() {
        for wrong in [
            "*",
            "*.",
            "*.com",
            "*.*.example.com",
            "hooks.*.example.com",
            "*hooks.example.com",
            ".example.com",
            "*.0.0.1",
            "hooks.example.com:8443",
            "https://hooks.example.com",
            "hooks.example.com/portal",
            "user@hooks.example.com",
            "hooks example.com",
            "münchen.example",
            "-hooks.example.com",
            "10.0.0.0/8",
            "0x7f.1",
            "2130706433",
        ] {
            assert_eq!(read(&["hooks.example.com", wrong]), Err(wrong.to_owned()));
        }
    }
}
