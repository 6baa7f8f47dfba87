//! A text that must not be printed, and the names under which such texts are kept.

use std::fmt;

use crate::{
    connection::{ConnectionSecret, System},
    ids::{MailId, PartnerId, PersonId, ProviderId},
    relay::Side,
};

/// A secret. `Debug` shows nothing of it, and there is no `Display`; whoever needs it says so with [`Secret::reveal`].
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the one place that sends it or computes with it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// What a kept secret is; its spelling is its place in the vault, and a secret opens in its own place alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretName {
    /// The incoming webhook that a partner pasted.
    SlackWebhook(PartnerId),
    /// A part of a connection to an outside system.
    Connection(System, ConnectionSecret),
    /// What messages to or from the iPaaS are signed with.
    Relay(Side),
    /// The one before it, for as long as the other end has not changed over.
    RelayBefore(Side),
    /// The secret of the link in a mail that has not left yet.
    MailedLink(MailId),
    /// The portal's secret at a company's identity provider.
    SignOn(ProviderId),
    /// What a person's authenticator app makes its codes of.
    Authenticator(PersonId),
    /// A person's recovery codes, until the person says that they are kept elsewhere.
    RecoveryCodes(PersonId),
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SlackWebhook(partner) => write!(f, "slack_webhook/{partner}"),
            Self::Connection(system, part) => write!(f, "connection/{system}/{part}"),
            Self::Relay(side) => write!(f, "relay/{side}"),
            Self::RelayBefore(side) => write!(f, "relay/{side}/before"),
            Self::MailedLink(mail) => write!(f, "mailed_link/{mail}"),
            Self::SignOn(provider) => write!(f, "sign_on/{provider}"),
            Self::Authenticator(person) => write!(f, "authenticator/{person}"),
            Self::RecoveryCodes(person) => write!(f, "recovery_codes/{person}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_does_not_show_a_secret() {
        assert_eq!(
            format!("{:?}", Some(Secret::from("xoxb-1"))),
            "Some([secret])"
        );
    }
}
