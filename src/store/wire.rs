//! The wire to a PostgreSQL on the network, as the driver reads its address and the environment: where it ends, and whether anybody on the way can read along.

use sqlx::postgres::{PgConnectOptions, PgSslMode};

/// Where an address leads over the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wire {
    pub host: String,
    pub port: u16,
    /// Nothing is said before the other end has shown a certificate that is this host's.
    pub is_certain: bool,
}

/// The wire to a database; a file and a socket have none, and over an address that the driver cannot read nothing is opened.
pub fn wire_to(url: &str) -> Option<Wire> {
    let (scheme, _) = url.split_once("://")?;
    if !matches!(scheme, "postgres" | "postgresql") {
        return None;
    }
    let options: PgConnectOptions = url.parse().ok()?;
    let host = options.get_host();
    if options.get_socket().is_some() || host.starts_with('/') {
        return None;
    }
    Some(Wire {
        host: host.to_owned(),
        port: options.get_port(),
        is_certain: matches!(options.get_ssl_mode(), PgSslMode::VerifyFull),
    })
}
