//! One system's client, of whatever the system is reached over.

use std::sync::Arc;

use portal_domain::connection::{ConnectionState, Origin, Place, Way, webhook_secrets};
use portal_integrations::{
    App, Http, NoToken, Secret, TokenSource, Vendor,
    email::{MailConfig, MailReach, MailRules, Mailer},
    hubspot::HubSpot,
    slack::{Slack, SlackConfig},
    token::FixedToken,
    xero::{BillStatus, CustomConnection, Xero, XeroConfig},
};
use portal_services::{Ctx, connections::Stored};

use super::{
    Addresses, Connector, Credentials, Outside, belonging::OwnAccount, tokens::StoredTokens,
};
use crate::BillSettings;

/// Why nothing is sent. People read these words with what waits.
pub(super) const NOT_CONNECTED: &str =
    "nobody has connected it yet: an operator does so under Connections";
const BROKEN: &str = "it must be connected again: an operator does so under Connections";
const CHOOSING: &str =
    "somebody must choose the organisation: an operator does so under Connections";

/// What one system is reached over, and with.
pub(super) struct Reach<'a> {
    ctx: &'a Ctx,
    http: &'a Http,
    outside: &'a Outside,
    origin: Origin,
    stored: &'a Stored,
}

impl Connector {
    pub(super) fn reach<'a>(&'a self, origin: Origin, stored: &'a Stored) -> Reach<'a> {
        Reach {
            ctx: &self.inner.ctx,
            http: &self.inner.http,
            outside: &self.inner.outside,
            origin,
            stored,
        }
    }
}

impl Outside {
    /// Where the systems of a place are; of a sandbox that does not run there is nothing to reach.
    pub(super) fn addresses_of(&self, place: Option<Place>) -> &Addresses {
        match (place, &self.stand_in) {
            (Some(Place::Sandbox), Some(stand_in)) => &stand_in.addresses,
            _ => &self.addresses,
        }
    }

    /// Which mail servers somebody may type: those that whoever runs the portal lets be, and in the demo the sandbox's.
    pub(super) fn rules_of_typed(&self, is_sandbox: bool) -> MailRules {
        let mut rules = self.mail_rules.clone();
        let stand_in = self.stand_in.as_ref().filter(|_| is_sandbox);
        let of_stand_in = stand_in.and_then(|stand_in| stand_in.credentials.smtp_url.as_ref());
        if let Some(address) = of_stand_in {
            let address = address.reveal();
            let host = address.strip_prefix("smtp://").unwrap_or(address);
            rules.internal.push(host.to_owned());
        }
        rules
    }
}

impl Reach<'_> {
    pub(super) fn addresses(&self) -> &Addresses {
        let place = match self.origin {
            Origin::Environment | Origin::Nothing => Some(Place::Vendor),
            Origin::Sandbox => Some(Place::Sandbox),
            Origin::Connection => self.stored.record.parts.place,
        };
        self.outside.addresses_of(place)
    }

    /// What was there from the start, if that is what counts.
    fn given(&self) -> Option<&Credentials> {
        match self.origin {
            Origin::Environment => Some(&self.outside.environment),
            Origin::Sandbox => Some(&self.outside.stand_in.as_ref()?.credentials),
            Origin::Connection | Origin::Nothing => None,
        }
    }

    /// Why a system that is not given cannot be reached, if it cannot.
    fn obstacle(&self) -> Option<&'static str> {
        match (self.origin, self.stored.record.parts.state) {
            (Origin::Connection, ConnectionState::Connected) => None,
            (Origin::Connection, ConnectionState::Choosing) => Some(CHOOSING),
            (Origin::Connection, _) => Some(BROKEN),
            _ => Some(NOT_CONNECTED),
        }
    }

    /// Where the tokens of a connection come from that is not made of fixed ones.
    pub(super) fn tokens(&self, vendor: Vendor) -> Arc<dyn TokenSource> {
        match self.obstacle() {
            None => self.tokens_of_consent(vendor),
            Some(obstacle) => Arc::new(NoToken::new(vendor, obstacle)),
        }
    }

    /// The same, whether anything may be sent or not: while the organisation is not chosen, they list those that there are.
    pub(super) fn tokens_of_consent(&self, vendor: Vendor) -> Arc<dyn TokenSource> {
        let parts = &self.stored.record.parts;
        let app = parts.app.clone().zip(self.stored.app_secret.clone());
        match app {
            Some((client_id, client_secret)) => Arc::new(StoredTokens::new(
                self.ctx.clone(),
                self.http.clone(),
                self.addresses().clone(),
                App {
                    client_id,
                    client_secret,
                },
                &self.stored.record,
            )),
            None => Arc::new(NoToken::new(vendor, BROKEN)),
        }
    }

    /// A typed token, while the connection is as it should be.
    fn typed(&self) -> Option<Secret> {
        let token = self.stored.token.clone();
        token.filter(|_| self.obstacle().is_none() && self.is_over(Way::Token))
    }

    pub(super) fn hubspot(&self) -> HubSpot {
        let base_url = &self.addresses().hubspot;
        let given = self.given().and_then(|given| given.hubspot.as_ref());
        let token = given.map(|keys| keys.token.clone());
        let tokens = match token.or_else(|| self.typed()) {
            Some(token) => Arc::new(FixedToken::new(token)),
            None => self.tokens(Vendor::HubSpot),
        };
        let (ctx, http) = (self.ctx.clone(), self.http.clone());
        let own = OwnAccount::of_hubspot(ctx, http, base_url, tokens);
        HubSpot::with_tokens(self.http.clone(), base_url, own)
    }

    pub(super) fn xero(&self) -> Xero {
        let addresses = self.addresses();
        let given = self.given().and_then(|given| given.xero.as_ref());
        let given = given.map(|keys| (keys.client_id.clone(), keys.client_secret.clone()));
        let parts = &self.stored.record.parts;
        let custom = parts.app.clone().zip(self.stored.app_secret.clone());
        let custom =
            custom.filter(|_| self.obstacle().is_none() && self.is_over(Way::ClientCredentials));
        let tokens = match given.or(custom) {
            Some((client_id, client_secret)) => {
                let config = XeroConfig {
                    base_url: addresses.xero.clone(),
                    identity_url: addresses.xero_identity.clone(),
                    client_id,
                    client_secret,
                    meant: self.stored.mirrored.clone(),
                };
                Arc::new(CustomConnection::new(self.http.clone(), config))
            }
            None => self.tokens(Vendor::Xero),
        };
        let (ctx, http) = (self.ctx.clone(), self.http.clone());
        let own = OwnAccount::of_xero(ctx, http, &addresses.xero, tokens);
        Xero::with_tokens(self.http.clone(), addresses.xero.clone(), own)
    }

    pub(super) fn slack(&self) -> Slack {
        let base_url = &self.addresses().slack;
        let given = self.given().and_then(|given| given.slack.clone());
        match given.or_else(|| self.typed()) {
            Some(token) => {
                let base_url = base_url.clone();
                Slack::new(self.http.clone(), SlackConfig { base_url, token })
            }
            None => {
                let tokens = self.tokens(Vendor::Slack);
                Slack::with_tokens(self.http.clone(), base_url, tokens)
            }
        }
    }

    pub(super) fn mailer(&self) -> Mailer {
        let from = &self.outside.mail_from;
        let given = self.given().and_then(|given| given.smtp_url.clone());
        let reach = match given {
            Some(_) => MailReach::Anywhere,
            None => MailReach::Typed(self.outside.rules_of_typed(self.ctx.programme.sandbox)),
        };
        let typed = self.stored.address.clone();
        let smtp_url = given.or_else(|| typed.filter(|_| self.obstacle().is_none()));
        let made = smtp_url.map(|smtp_url| {
            Mailer::new(&MailConfig {
                smtp_url,
                from: from.clone(),
                reach,
            })
        });
        match made {
            Some(Ok(mailer)) => mailer,
            Some(Err(error)) => {
                tracing::error!(%error, "Mail cannot be sent");
                unconnected_mailer(from)
            }
            None => unconnected_mailer(from),
        }
    }

    pub(super) fn bills(&self) -> BillSettings {
        let usual = match self.is_sandbox() {
            true => BillStatus::Authorised,
            false => BillStatus::Draft,
        };
        BillSettings {
            status: self.outside.bill_status.unwrap_or(usual),
            due_days: self.outside.bill_due_days,
        }
    }

    pub(super) fn hubspot_secrets(&self) -> Vec<Secret> {
        let given = self.given().and_then(|given| given.hubspot.as_ref());
        match given {
            Some(keys) => keys.client_secrets.clone(),
            // An app's own secret signs its webhooks too.
            None => self
                .typed_secrets()
                .or_else(|| self.signing_app_secret())
                .map_or_else(Vec::new, |secrets| listed(&secrets)),
        }
    }

    pub(super) fn xero_keys(&self) -> Vec<Secret> {
        let given = self.given().and_then(|given| given.xero.as_ref());
        match given {
            Some(keys) => vec![keys.webhook_key.clone()],
            None => self
                .typed_secrets()
                .map_or_else(Vec::new, |secrets| listed(&secrets)),
        }
    }

    /// What a person said that webhooks are signed with; a connection that broke still hears of changes.
    fn typed_secrets(&self) -> Option<Secret> {
        let secrets = self.stored.webhook.clone();
        secrets.filter(|_| self.origin == Origin::Connection)
    }

    fn signing_app_secret(&self) -> Option<Secret> {
        let secret = self.stored.app_secret.clone();
        secret.filter(|_| self.origin == Origin::Connection && self.is_over(Way::OAuth))
    }

    fn is_over(&self, way: Way) -> bool {
        self.stored.record.parts.way == Some(way)
    }

    fn is_sandbox(&self) -> bool {
        let place = self.stored.record.parts.place;
        match self.origin {
            Origin::Sandbox => true,
            Origin::Connection => place == Some(Place::Sandbox),
            Origin::Environment | Origin::Nothing => false,
        }
    }

    /// Where the sandbox shows what it holds, while it stands for this system.
    pub(super) fn sandbox_page(&self) -> Option<String> {
        let stand_in = self.outside.stand_in.as_ref();
        stand_in
            .filter(|_| self.is_sandbox())
            .map(|stand_in| stand_in.url.clone())
    }

    /// HubSpot's account: as the settings name it, else as HubSpot does.
    pub(super) fn hubspot_account(&self) -> Option<String> {
        let named = self.outside.hubspot_account.map(|id| id.to_string());
        let known = self.stored.record.parts.account.clone();
        named.or_else(|| known.filter(|_| self.origin == Origin::Connection))
    }
}

fn listed(secrets: &Secret) -> Vec<Secret> {
    let secrets = webhook_secrets(secrets.reveal());
    secrets.into_iter().map(Secret::from).collect()
}

fn unconnected_mailer(from: &str) -> Mailer {
    Mailer::unconnected(from).expect("the sender was read when the program started")
}
