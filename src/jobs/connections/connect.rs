//! What a person waits for while connecting: the way to the vendor's page and back, one harmless call that shows whether a system lets us in, and giving back what
//! was given. What is kept of it, and who may, is the services'.

use portal_domain::{
    access::Actor,
    calendar::Timestamp,
    connection::{ConnectionState, Origin, System},
    error::Fault,
};
use portal_integrations::{
    App, CallError, Secret, Tokens,
    email::{MailObjection, Mailer},
    hubspot::{self, Account, HubSpot, HubSpotConfig},
    slack::{Slack, SlackConfig, Team},
    xero,
};
use portal_services::{
    ServiceError,
    connections::{
        self, ConnectionView, Found, Granted, Organisation, Pair, Stored, Tested, TokenForm,
    },
};

use super::{Addresses, Connector, vendor_of};
use crate::JobError;

/// Why connecting went no further.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// It is not allowed, or not the time for it.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The vendor said no, or nothing.
    #[error(transparent)]
    Vendor(#[from] CallError),
    #[error(transparent)]
    Clients(#[from] JobError),
}

/// What a person brought back from the vendor's page.
pub struct Consent<'a> {
    /// The secret of the browser's session.
    pub session: &'a str,
    pub state: &'a str,
    pub code: &'a str,
}

impl Connector {
    /// The vendor's page on which a person agrees.
    pub async fn authorize_address(
        &self,
        actor: &Actor,
        session: &str,
        system: System,
    ) -> Result<String, ConnectError> {
        let ctx = &self.ctx;
        let asked = connections::begin(ctx, actor, session, system).await?;
        let back = connections::redirect_address(ctx, system);
        let addresses = self.addresses_to_connect();
        Ok(match system {
            System::HubSpot => {
                let page = &addresses.hubspot_authorize;
                hubspot::oauth::authorize_address(page, &asked.app, &back, &asked.state)?
            }
            _ => {
                let page = &addresses.xero_authorize;
                let (state, challenge) = (&asked.state, &asked.challenge);
                xero::oauth::authorize_address(page, &asked.app, &back, state, challenge)?
            }
        })
    }

    fn addresses_to_connect(&self) -> &Addresses {
        let place = connections::place(&self.ctx.programme);
        self.inner.outside.addresses_of(Some(place))
    }

    /// Takes the tokens for a consent, and keeps them; of Xero's organisations the only one is meant, or a person chooses.
    pub async fn accept(
        &self,
        actor: &Actor,
        system: System,
        consent: &Consent<'_>,
    ) -> Result<(), ConnectError> {
        let ctx = &self.ctx;
        let (session, state) = (consent.session, consent.state);
        let verifier = connections::take(ctx, actor, session, system, state).await?;
        let stored = connections::find_stored(ctx, system).await?;
        let app = app_of(&stored)?;
        let back = connections::redirect_address(ctx, system);
        let addresses = self.addresses_to_connect();
        let asked_at = ctx.now();
        let tokens = match system {
            System::HubSpot => {
                let base_url = &addresses.hubspot;
                hubspot::oauth::exchange(&self.inner.http, base_url, &app, consent.code, &back)
                    .await?
            }
            _ => {
                let url = &addresses.xero_identity;
                let code = consent.code;
                xero::oauth::exchange(&self.inner.http, url, &app, code, &back, &verifier).await?
            }
        };
        let granted = granted(&tokens, asked_at.plus_ms(tokens.lasts_ms));
        let version = stored.record.version;
        connections::granted(ctx, actor, system, version, &granted).await?;
        if system == System::Xero {
            self.list_organisations(actor).await?;
        }
        Ok(self.follow().await?)
    }

    /// Lists the organisations of a consent to Xero, with the pair that is kept of it.
    async fn list_organisations(&self, actor: &Actor) -> Result<(), ConnectError> {
        let ctx = &self.ctx;
        let stored = connections::find_stored(ctx, System::Xero).await?;
        let reach = self.reach(Origin::Connection, &stored);
        let tokens = reach.tokens_of_consent(vendor_of(System::Xero));
        let access = tokens.access(None).await?.token;
        let base_url = &reach.addresses().xero;
        let tenants = xero::oauth::list_tenants(&self.inner.http, base_url, &access).await?;
        let organisations: Vec<Organisation> = tenants.into_iter().map(organisation).collect();
        let version = stored.record.version;
        Ok(connections::found(ctx, actor, version, &organisations).await?)
    }

    /// Connects a system with a token that a person typed, once it was asked whose the token is. One that tells nothing is kept only where it takes no
    /// account's place.
    pub async fn connect_token(
        &self,
        actor: &Actor,
        system: System,
        form: &TokenForm,
    ) -> Result<(), ConnectError> {
        let ctx = &self.ctx;
        let before = connections::check_token(ctx, actor, system, &form.token).await?;
        let found = match self.account_of(system, &form.token).await {
            Ok(found) => Some(found),
            Err(failure) if before.parts.account.is_some() => return Err(failure.into()),
            Err(_) => None,
        };
        connections::connect_token(ctx, actor, system, form, found.as_ref()).await?;
        self.test(actor, system).await
    }

    /// Whose a token is.
    async fn account_of(&self, system: System, token: &Secret) -> Result<Found, CallError> {
        let (http, addresses) = (self.inner.http.clone(), self.addresses_to_connect());
        let token = Secret::from(token.reveal().trim());
        if system == System::Slack {
            let base_url = addresses.slack.clone();
            let team = Slack::new(http, SlackConfig { base_url, token });
            return team.read_team().await.map(workspace);
        }
        let base_url = addresses.hubspot.clone();
        let account = HubSpot::new(http, HubSpotConfig { base_url, token });
        account.read_account().await.map(numbered)
    }

    /// Connects mail over the server at an address, and greets it.
    pub async fn connect_mail(&self, actor: &Actor, address: &Secret) -> Result<(), ConnectError> {
        let address = Secret::from(address.reveal().trim());
        let host = self.host_of_mail(&address);
        connections::connect_mail(&self.ctx, actor, &address, host).await?;
        self.test(actor, System::Mail).await
    }

    /// The host of a mail server, if mail may go there.
    fn host_of_mail(&self, address: &Secret) -> Result<String, Fault> {
        let host = Mailer::host_of(address).map_err(|_| Fault::new("mail-server-address"))?;
        let is_sandbox = self.ctx.programme.sandbox;
        let rules = self.inner.outside.rules_of_typed(is_sandbox);
        match rules.objection(address) {
            None => Ok(host),
            Some(MailObjection::Unlisted(host)) => Err(Fault::with("host-unlisted", host)),
            Some(MailObjection::Plain(host)) => Err(Fault::with("mail-server-plain", host)),
        }
    }

    /// Makes one harmless call and keeps what came back.
    pub async fn test(&self, actor: &Actor, system: System) -> Result<(), ConnectError> {
        let ctx = &self.ctx;
        let mut view = connections::find(ctx, actor, system).await?;
        if view.origin == Origin::Connection && view.record.parts.state == ConnectionState::Choosing
        {
            match self.list_organisations(actor).await {
                Ok(()) => view = connections::find(ctx, actor, system).await?,
                Err(ConnectError::Vendor(failure)) => {
                    return self.keep_test(actor, &view, Err(failure)).await;
                }
                Err(failure) => return Err(failure),
            }
            if view.record.parts.state == ConnectionState::Choosing {
                return Ok(self.follow().await?);
            }
        }
        let vendors = self.vendors().await?;
        let answered = match system {
            System::HubSpot => vendors.hubspot.read_account().await.map(|account| {
                let found = numbered(account);
                (found.name.clone(), Some(found))
            }),
            System::Xero => vendors.xero.read_organisation().await.map(|organisation| {
                let said = format!("{}, {}", organisation.name, organisation.base_currency);
                (said, None)
            }),
            System::Slack => vendors.slack.read_team().await.map(|team| {
                let found = workspace(team);
                (found.name.clone(), Some(found))
            }),
            System::Mail => vendors.mailer.greet().await.map(|()| (String::new(), None)),
        };
        self.keep_test(actor, &view, answered).await
    }

    /// Keeps what came back from the connection as it was when it was asked.
    async fn keep_test(
        &self,
        actor: &Actor,
        view: &ConnectionView,
        answered: Result<(String, Option<Found>), CallError>,
    ) -> Result<(), ConnectError> {
        let tested = match answered {
            Ok((said, account)) => Tested {
                went_well: true,
                said,
                // Only what a person connected is described in its row.
                account: account.filter(|_| view.origin == Origin::Connection),
            },
            Err(failure) => Tested {
                went_well: false,
                said: failure.to_string(),
                account: None,
            },
        };
        let (system, version) = (view.record.system, view.record.version);
        connections::tested(&self.ctx, actor, system, version, &tested).await?;
        Ok(self.follow().await?)
    }

    /// Gives back what was given, as far as the vendor can be told, and forgets the connection.
    pub async fn disconnect(&self, actor: &Actor, system: System) -> Result<(), ConnectError> {
        let ctx = &self.ctx;
        let view = connections::find(ctx, actor, system).await?;
        if view.origin == Origin::Connection {
            let stored = connections::find_stored(ctx, system).await?;
            if let Err(error) = self.give_back(&stored).await {
                tracing::warn!(%system, %error, "Could not tell {system} that its connection is not wanted any more");
            }
        }
        connections::disconnect(ctx, actor, system).await?;
        Ok(self.follow().await?)
    }

    async fn give_back(&self, stored: &Stored) -> Result<(), ConnectError> {
        let parts = &stored.record.parts;
        let addresses = self.inner.outside.addresses_of(parts.place);
        let http = &self.inner.http;
        let Some(pair) = &stored.tokens else {
            return Ok(());
        };
        let app = app_of(stored)?;
        if stored.record.system == System::HubSpot {
            let base_url = &addresses.hubspot;
            return Ok(hubspot::oauth::revoke(http, base_url, &app, &pair.refresh).await?);
        }
        if let Some(tie) = &parts.tie
            && let Err(error) = xero::oauth::untie(http, &addresses.xero, &pair.access, tie).await
        {
            tracing::warn!(%error, "Could not untie the app from Xero's organisation; its tokens are given back all the same");
        }
        let identity = &addresses.xero_identity;
        Ok(xero::oauth::revoke(http, identity, &app, &pair.refresh).await?)
    }

    /// Uses the tokens that nobody has used for days, before the vendor forgets them. One that is refused is a broken connection, which is noted already; one that
    /// got no answer has its turn again within the hour.
    pub(crate) async fn renew_idle(&self) -> Result<(), JobError> {
        for system in connections::list_idle(&self.ctx).await? {
            let stored = connections::find_stored(&self.ctx, system).await?;
            let origin = connections::origin(&self.ctx.programme, &stored.record);
            let Some(pair) = stored
                .tokens
                .clone()
                .filter(|_| origin == Origin::Connection)
            else {
                continue;
            };
            let tokens = self.reach(origin, &stored).tokens(vendor_of(system));
            if let Err(failure) = tokens.access(Some(&pair.access)).await
                && failure.is_retryable()
            {
                tracing::warn!(%system, %failure, "Could not renew the tokens that nobody used");
            }
        }
        Ok(())
    }
}

fn app_of(stored: &Stored) -> Result<App, ConnectError> {
    let named = stored.record.parts.app.clone();
    match named.zip(stored.app_secret.clone()) {
        Some((client_id, client_secret)) => Ok(App {
            client_id,
            client_secret,
        }),
        None => Err(ServiceError::Conflict("connection-without-app").into()),
    }
}

pub(super) fn numbered(account: Account) -> Found {
    Found {
        name: account.id.clone(),
        id: account.id,
    }
}

fn workspace(team: Team) -> Found {
    Found {
        id: team.id,
        name: team.name,
    }
}

fn granted(tokens: &Tokens, expires_at: Timestamp) -> Granted {
    Granted {
        pair: Pair {
            access: tokens.access.clone(),
            refresh: tokens.refresh.clone(),
        },
        expires_at,
        scopes: tokens.scopes.clone(),
        account: tokens.account.clone(),
    }
}

fn organisation(tenant: xero::oauth::Tenant) -> Organisation {
    Organisation {
        tie: tenant.connection,
        id: tenant.id,
        name: tenant.name,
    }
}
