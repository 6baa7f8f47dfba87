//! Which address a request comes from. Behind a proxy that is the address that the proxy names, and only a proxy that the settings trust is believed: anybody can
//! write any address into a header.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::HeaderMap;
use ipnet::IpNet;

const FORWARDED: &str = "x-forwarded-for";

/// Who is at the other end of the connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// The address of whoever asks: of those that the request passed through, the last one that is no proxy of ours. `None` is this very machine without a proxy that
/// is named: the demo, or a proxy that somebody forgot to name, behind which everybody would look like one.
pub fn find(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Option<IpAddr> {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let peer = peer.to_canonical();
    if !is_trusted(&peer) {
        return (!peer.is_loopback()).then_some(peer);
    }
    let mut nearest = peer;
    let said = headers.get_all(FORWARDED).iter().rev();
    for said in said.filter_map(|value| value.to_str().ok()) {
        for address in said.rsplit(',') {
            // What a proxy of ours wrote is an address; what is before that anybody may have written.
            let Some(address) = parse(address.trim()) else {
                return Some(nearest);
            };
            nearest = address;
            if !is_trusted(&address) {
                return Some(address);
            }
        }
    }
    Some(nearest)
}

/// With or without a port.
fn parse(text: &str) -> Option<IpAddr> {
    let address = text.parse().ok().or_else(|| {
        let with_port: std::net::SocketAddr = text.parse().ok()?;
        Some(with_port.ip())
    })?;
    Some(address.to_canonical())
}

/// Whom an address is counted as: of the newer kind, a whole network of which everybody has one.
pub fn counted(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [one, two, three, four, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(one, two, three, four, 0, 0, 0, 0))
        }
    }
}
