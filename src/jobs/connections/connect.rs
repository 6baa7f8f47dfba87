//! What a person waits for while connecting: the way to the vendor's page and back, one harmless call that shows whether a system lets us in, and giving back what
//! was given. What is kept of it, and who may, is the services'.

use portal_domain::{
    access::Actor,
    calendar::Timestamp,
    connection::{Origin, System},
};
use portal_integrations::{App, CallError, Tokens, hubspot, xero};
use portal_services::{
    ServiceError,
    connections::{self, Granted, Organisation, Pair, Stored, Tested},
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
        let ctx = &self.0.ctx;
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
        let place = connections::place(&self.0.ctx.programme);
        self.0.outside.addresses_of(Some(place))
    }

    /// Takes the tokens for a consent, and keeps them; of Xero's organisations the only one is meant, or a person chooses.
    pub async fn accept(
        &self,
        actor: &Actor,
        system: System,
        consent: &Consent<'_>,
    ) -> Result<(), ConnectError> {
        let ctx = &self.0.ctx;
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
                hubspot::oauth::exchange(&self.0.http, base_url, &app, consent.code, &back).await?
            }
            _ => {
                let url = &addresses.xero_identity;
                let code = consent.code;
                xero::oauth::exchange(&self.0.http, url, &app, code, &back, &verifier).await?
            }
        };
        let granted = granted(&tokens, asked_at.plus_ms(tokens.lasts_ms));
        connections::granted(ctx, actor, system, &granted).await?;
        if system != System::Xero {
            return Ok(());
        }
        let access = &granted.pair.access;
        let tenants = xero::oauth::list_tenants(&self.0.http, &addresses.xero, access).await?;
        let organisations: Vec<Organisation> = tenants.into_iter().map(organisation).collect();
        connections::found(ctx, actor, &organisations).await?;
        Ok(self.follow().await?)
    }

    /// Makes one harmless call and keeps what came back.
    pub async fn test(&self, actor: &Actor, system: System) -> Result<(), ConnectError> {
        let ctx = &self.0.ctx;
        let view = connections::find(ctx, actor, system).await?;
        let vendors = self.vendors().await?;
        let answered = match system {
            System::HubSpot => vendors.hubspot.read_account().await.map(|account| {
                let name = account.id.clone();
                (name.clone(), Some((account.id, name)))
            }),
            System::Xero => vendors.xero.read_organisation().await.map(|organisation| {
                let said = format!("{}, {}", organisation.name, organisation.base_currency);
                (said, None)
            }),
            System::Slack => vendors.slack.read_team().await.map(|team| {
                let name = team.name.clone();
                (name, Some((team.id, team.name)))
            }),
            System::Mail => vendors.mailer.greet().await.map(|()| (String::new(), None)),
        };
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
        let version = connections::find(ctx, actor, system).await?.record.version;
        connections::tested(ctx, actor, system, version, &tested).await?;
        Ok(self.follow().await?)
    }

    /// Gives back what was given, as far as the vendor can be told, and forgets the connection.
    pub async fn disconnect(&self, actor: &Actor, system: System) -> Result<(), ConnectError> {
        let ctx = &self.0.ctx;
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
        let addresses = self.0.outside.addresses_of(parts.place);
        let http = &self.0.http;
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

    /// Uses the tokens that nobody has used for days, before the vendor forgets them. One that is refused is a broken connection, which is noted already.
    pub(crate) async fn renew_idle(&self) -> Result<(), JobError> {
        for system in connections::list_idle(&self.0.ctx).await? {
            let stored = connections::find_stored(&self.0.ctx, system).await?;
            let origin = connections::origin(&self.0.ctx.programme, &stored.record);
            let Some(pair) = stored
                .tokens
                .clone()
                .filter(|_| origin == Origin::Connection)
            else {
                continue;
            };
            let tokens = self.reach(origin, &stored).tokens(vendor_of(system));
            match tokens.access(Some(&pair.access)).await {
                Err(failure) if failure.is_retryable() => return Err(failure.into()),
                _ => {}
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
