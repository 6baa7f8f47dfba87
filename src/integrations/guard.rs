//! Which hosts may be called where somebody types an address: those that whoever runs the portal names, where it names any, and of them those of the internet alone. The
//! name is looked up once, every address is looked at, and the connection is made to what was looked at, so that a name cannot lead elsewhere a moment later.

use std::{
    error::Error,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use portal_domain::outward::OutwardHosts;
use reqwest::{
    Url,
    dns::{Addrs, Name, Resolve, Resolving},
};

/// A name leads into a private network, or nowhere.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to an address that is not of the internet")]
struct NotOfInternet;

/// Looks names up and refuses those that lead into a private network, even if only one of their addresses does.
pub(crate) struct InternetOnly;

impl Resolve for InternetOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Addrs = Box::new(look_up(name.as_str(), 0).await?.into_iter());
            Ok(found)
        })
    }
}

/// The addresses of a host, if all of them are of the internet.
async fn look_up(host: &str, port: u16) -> Result<Vec<SocketAddr>, Box<dyn Error + Send + Sync>> {
    let found = tokio::net::lookup_host((host, port)).await?;
    let found: Vec<SocketAddr> = found.collect();
    if found.is_empty() || !found.iter().all(|one| is_of_internet(one.ip())) {
        return Err(NotOfInternet.into());
    }
    Ok(found)
}

/// Why a host is not connected to.
pub(crate) enum Refusal {
    /// Its name leads into a private network, or to nobody.
    Private,
    /// Its name could not be looked up now.
    Unknown,
}

/// What speaks against an address before its name is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Objection {
    /// A number that is not of the internet.
    Private,
    /// Whoever runs the portal named other hosts.
    Unlisted,
}

/// What speaks against an address that somebody typed, or that what was typed led to.
pub(crate) fn objection(url: &Url, outward: &OutwardHosts) -> Option<Objection> {
    if is_private(url) {
        return Some(Objection::Private);
    }
    let is_named = outward.allows(url.host_str().unwrap_or_default());
    (!is_named).then_some(Objection::Unlisted)
}

/// The one address of a host to connect to. Of two kinds the older one is taken, to which there is a way from everywhere.
pub(crate) async fn pin(host: &str, port: u16) -> Result<SocketAddr, Refusal> {
    // An address of the newer kind stands between brackets where a port follows.
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let found = match look_up(host, port).await {
        Ok(found) => found,
        Err(error) if error.is::<NotOfInternet>() => return Err(Refusal::Private),
        Err(_) => return Err(Refusal::Unknown),
    };
    let older = found.iter().find(|address| address.is_ipv4());
    older.or(found.first()).copied().ok_or(Refusal::Private)
}

/// Whether an address names a host by number that is not of the internet: numbers are not looked up, so the guard of names does not see them.
fn is_private(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.parse().is_ok_and(|address| !is_of_internet(address))
}

/// Whether a call failed for where its name leads.
pub(crate) fn is_refused(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        if error.is::<NotOfInternet>() {
            return true;
        }
        cause = error.source();
    }
    false
}

fn is_of_internet(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_of_internet_v4(address),
        IpAddr::V6(address) => is_of_internet_v6(address),
    }
}

/// All but what IANA keeps for special purposes.
fn is_of_internet_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || matches!(
            (first, second, third),
            (0 | 224.., _, _)
                | (100, 64..=127, _)
                | (192, 0, 0)
                | (192, 88, 99)
                | (198, 18 | 19, _)
        );
    !is_special
}

/// Global unicast alone, without the ranges in which an address of the other kind, or of nobody, is hidden.
fn is_of_internet_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let is_global = (0x2000..0x4000).contains(&first);
    let is_special = matches!(
        (first, second),
        (0x2001, 0..0x200 | 0x0db8) | (0x2002, _) | (0x3fff, 0..0x1000)
    );
    is_global && !is_special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: &str) -> bool {
        is_of_internet(address.parse().expect(address))
    }

    #[test]
    fn addresses_of_the_internet_are_called() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "223.255.255.255",
            "11.0.0.0",
            "126.255.255.255",
            "128.0.0.1",
            "169.253.255.255",
            "169.255.0.1",
            "192.167.255.255",
            "192.169.0.1",
            "2606:4700::1111",
            "2a00:1450:4001::200e",
            "2001:4860:4860::8888",
            "2620:fe::fe",
        ] {
            assert!(check(address), "{address}");
        }
    }

    #[test]
    fn addresses_of_private_networks_and_of_nobody_are_not() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "169.254.170.2",
            "100.100.100.200",
            "192.0.0.192",
            "192.168.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:0:127.0.0.1",
            "64:ff9b:1::a00:1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "100::1",
            "2001::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!check(address), "{address}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_refused() {
        let name = "localhost".parse().unwrap();
        let refused = InternetOnly.resolve(name).await.err().expect("refused");
        assert!(refused.is::<NotOfInternet>(), "{refused}");
    }

    #[tokio::test]
    async fn a_server_of_mail_is_pinned_to_an_address_of_the_internet_alone() {
        // However somebody writes this machine, the system reads it as this machine.
        for host in [
            "localhost",
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "0.0.0.0",
            "10.0.0.1",
            "169.254.169.254",
            "[fe80::1]",
        ] {
            let refused = pin(host, 25).await;
            assert!(matches!(refused, Err(Refusal::Private)), "{host}");
        }
        let pinned = pin("8.8.8.8", 25).await.ok();
        assert_eq!(pinned, "8.8.8.8:25".parse().ok());
        let pinned = pin("[2606:4700::1111]", 25).await.ok();
        assert_eq!(pinned, "[2606:4700::1111]:25".parse().ok());
    }

    #[test]
    fn an_address_by_number_is_looked_at_where_no_name_is_looked_up() {
        for url in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "https://10.0.0.1/x",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://169.254.169.254/latest",
        ] {
            assert!(is_private(&Url::parse(url).unwrap()), "{url}");
        }
        for url in ["https://8.8.8.8/", "https://hooks.slack.com/x"] {
            assert!(!is_private(&Url::parse(url).unwrap()), "{url}");
        }
    }

    #[test]
    fn of_hosts_that_are_named_the_others_are_refused_whatever_stands_around_them() {
        let names = [
            "*.example.com",
            "xn--mnchen-3ya.example",
            "8.8.8.8",
            "10.0.0.1",
        ];
        let outward = OutwardHosts::parse(&names.map(str::to_owned)).unwrap();
        let against = |url| objection(&Url::parse(url).unwrap(), &outward);
        for url in [
            "https://hooks.example.com/in",
            "https://Hooks.Example.com.:8443/in?key=1",
            "https://user@hooks.example.com/in",
            "https://MÜNCHEN.example/",
            "https://134744072/",
        ] {
            assert_eq!(against(url), None, "{url}");
        }
        for url in [
            "https://example.com/",
            "https://other.example/hooks.example.com",
            "https://hooks.example.com@other.example/",
            "https://munchen.example/",
            "https://8.8.4.4/",
        ] {
            assert_eq!(against(url), Some(Objection::Unlisted), "{url}");
        }
        assert_eq!(against("https://10.0.0.1/"), Some(Objection::Private));
    }
}
