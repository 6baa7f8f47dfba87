//! What ties the portal to an outside system: in which way, whose system it is, and how it stands.

use crate::access::words;

words! {
    /// An outside system.
    System { HubSpot = "hubspot", Xero = "xero", Slack = "slack", Mail = "mail" }
}

words! {
    /// How the portal shows a system who it is.
    Way {
        Token = "token",
        OAuth = "oauth",
        ClientCredentials = "client_credentials",
        AuthorizationCode = "authorization_code",
        Address = "address",
    }
}

words! {
    /// Whose system a connection leads to: the vendor's own, or the sandbox's stand-in. A connection to the one is none to the other.
    Place { Vendor = "vendor", Sandbox = "sandbox" }
}

words! {
    /// How a connection that was made in the portal stands.
    ConnectionState {
        None = "none",
        // An app is known, and nobody has agreed yet.
        Begun = "begun",
        // Somebody agreed, and must say which organisation is meant.
        Choosing = "choosing",
        Connected = "connected",
        // The system does not know us any more: somebody must connect again.
        Broken = "broken",
    }
}

words! {
    /// A part of a connection that nobody but the vault keeps.
    ConnectionSecret {
        // A token that a person typed.
        Token = "token",
        // The secret of an app.
        AppSecret = "app_secret",
        // The access and refresh token that the system gave last.
        Tokens = "tokens",
        // What the system signs its webhooks with.
        Webhook = "webhook",
        // The address of a mail server, with its password.
        Address = "address",
    }
}

/// What a system is reached over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Credentials of the environment, which go before everything else.
    Environment,
    /// A connection that was made in the portal, whether it works or not.
    Connection,
    /// The sandbox stands in.
    Sandbox,
    /// Nothing: what is to be sent waits.
    Nothing,
}

impl System {
    /// The ways in which it can be connected, the usual one first.
    pub const fn ways(self) -> &'static [Way] {
        match self {
            Self::HubSpot => &[Way::Token, Way::OAuth],
            Self::Xero => &[Way::AuthorizationCode, Way::ClientCredentials],
            Self::Slack => &[Way::Token],
            Self::Mail => &[Way::Address],
        }
    }

    /// Whether it sends webhooks.
    pub const fn sends(self) -> bool {
        matches!(self, Self::HubSpot | Self::Xero)
    }
}

impl Way {
    /// Whether a person agrees at the vendor, and tokens are renewed from then on.
    pub const fn is_granted(self) -> bool {
        matches!(self, Self::OAuth | Self::AuthorizationCode)
    }
}

impl ConnectionState {
    /// Whether it was made: the system is reached over it or not at all, however it stands now.
    pub const fn is_made(self) -> bool {
        matches!(self, Self::Choosing | Self::Connected | Self::Broken)
    }
}

/// What webhooks may be signed with: one secret, or two with a comma between while it is rotated.
pub fn webhook_secrets(text: &str) -> Vec<&str> {
    let secrets = text.split(',').map(str::trim);
    secrets.filter(|secret| !secret.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ways_with_a_persons_consent_are_renewed() {
        let granted: Vec<Way> = Way::ALL
            .iter()
            .copied()
            .filter(|way| way.is_granted())
            .collect();
        assert_eq!(granted, [Way::OAuth, Way::AuthorizationCode]);
        for system in System::ALL {
            assert!(!system.ways().is_empty(), "{system}");
        }
    }

    #[test]
    fn a_connection_that_broke_is_still_the_one_that_counts() {
        use ConnectionState as S;
        let made = S::ALL.iter().filter(|state| state.is_made());
        assert_eq!(
            made.collect::<Vec<_>>(),
            [&S::Choosing, &S::Connected, &S::Broken]
        );
    }

    #[test]
    fn two_secrets_are_good_while_one_is_rotated() {
        assert_eq!(webhook_secrets(" old , new ,"), ["old", "new"]);
        assert!(webhook_secrets(" , ").is_empty());
    }
}
