//! The tokens of a connection that a person consented to: the access token while it is good, and else the next one, which one worker of all fetches while the
//! others wait for it. The services keep the new pair before it is used here.

use std::{
    pin::Pin,
    time::{Duration, Instant},
};

use portal_domain::{
    calendar::Timestamp,
    connection::{ConnectionState, System},
};
use portal_integrations::{
    Access, App, CallError, ErrorKind, Http, Secret, TokenSource, Tokens, hubspot, token::Asked,
    xero,
};
use portal_services::{
    Ctx, ServiceError,
    connections::{self, Lease, Pair, Stored},
};
use portal_store::connections::ConnectionRecord;
use tokio::sync::Mutex;

use super::{Addresses, vendor_of};

/// A token is renewed this long before it ends, so that it does not end on the way.
const RENEWED_BEFORE_MS: i64 = 60_000;
/// How long one waits for another worker's renewal; longer than the turn of one that ended over it.
const PATIENCE: Duration = Duration::from_secs(40);
const LOOK: Duration = Duration::from_millis(50);

/// Tokens of one version of a connection.
pub(super) struct StoredTokens {
    ctx: Ctx,
    http: Http,
    addresses: Addresses,
    app: App,
    system: System,
    version: i64,
    held: Mutex<Option<Held>>,
}

struct Held {
    access: Access,
    ends_at: Timestamp,
}

impl StoredTokens {
    pub(super) fn new(
        ctx: Ctx,
        http: Http,
        addresses: Addresses,
        app: App,
        record: &ConnectionRecord,
    ) -> Self {
        Self {
            ctx,
            http,
            addresses,
            app,
            system: record.system,
            version: record.version,
            held: Mutex::default(),
        }
    }

    /// What is stored, if it is good; else the next pair, by whoever of all workers comes first.
    async fn next(&self, refused: Option<&Secret>) -> Result<Held, CallError> {
        let begun = Instant::now();
        loop {
            let stored = self.read().await?;
            let (pair, ends_at) = self.pair_of(&stored)?;
            let is_refused = refused.is_some_and(|token| *token == pair.access);
            if ends_at.plus_ms(-RENEWED_BEFORE_MS) > self.ctx.now() && !is_refused {
                return Ok(held(&stored, pair.access, ends_at));
            }
            let turn = connections::take_turn(&self.ctx, &stored.record).await;
            if let Some(lease) = turn.map_err(|error| self.ours(&error))?
                && let Some(held) = self.renew(&stored, &pair, &lease).await?
            {
                return Ok(held);
            }
            if begun.elapsed() > PATIENCE {
                let message = "another worker renews the token and does not come to an end";
                return Err(CallError::new(
                    vendor_of(self.system),
                    ErrorKind::Retry,
                    message,
                ));
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Fetches the next pair and has it kept. `None`: it took so long that somebody else has the turn by now, and what is stored is read again.
    async fn renew(
        &self,
        stored: &Stored,
        pair: &Pair,
        lease: &Lease,
    ) -> Result<Option<Held>, CallError> {
        let asked_at = self.ctx.now();
        let fetched = match self.fetch(&pair.refresh).await {
            Ok(fetched) => fetched,
            Err(failure) if failure.kind == ErrorKind::Unauthorised => {
                let noted = self.broken(&stored.record, Some(lease), &failure.message);
                return if noted.await? { Err(failure) } else { Ok(None) };
            }
            Err(failure) => {
                let back = connections::give_back(&self.ctx, lease).await;
                back.map_err(|error| self.ours(&error))?;
                return Err(failure);
            }
        };
        let ends_at = asked_at.plus_ms(fetched.lasts_ms);
        let next = Pair {
            access: fetched.access,
            refresh: fetched.refresh,
        };
        let kept = connections::renewed(&self.ctx, lease, &next, ends_at).await;
        let kept = kept.map_err(|error| self.ours(&error))?;
        Ok(kept.then(|| held(stored, next.access, ends_at)))
    }

    async fn fetch(&self, refresh: &Secret) -> Result<Tokens, CallError> {
        let (http, app) = (&self.http, &self.app);
        match self.system {
            System::HubSpot => {
                hubspot::oauth::refresh(http, &self.addresses.hubspot, app, refresh).await
            }
            _ => xero::oauth::refresh(http, &self.addresses.xero_identity, app, refresh).await,
        }
    }

    async fn read(&self) -> Result<Stored, CallError> {
        let stored = connections::find_stored(&self.ctx, self.system).await;
        stored.map_err(|error| self.ours(&error))
    }

    /// The pair, if the connection is still the one that this client was made for.
    fn pair_of(&self, stored: &Stored) -> Result<(Pair, Timestamp), CallError> {
        let parts = &stored.record.parts;
        let is_same = stored.record.version == self.version;
        match (is_same, &stored.tokens, parts.expires_at) {
            (true, Some(pair), Some(ends_at)) if is_consented(parts.state) => {
                Ok((pair.clone(), ends_at))
            }
            _ => {
                let message = "its connection was changed meanwhile";
                Err(CallError::new(
                    vendor_of(self.system),
                    ErrorKind::Retry,
                    message,
                ))
            }
        }
    }

    async fn broken(
        &self,
        known: &ConnectionRecord,
        lease: Option<&Lease>,
        said: &str,
    ) -> Result<bool, CallError> {
        let noted = connections::broken(&self.ctx, known, lease, said).await;
        noted.map_err(|error| self.ours(&error))
    }

    /// It is our own database that fails, and never the vendor; its words are for the log.
    fn ours(&self, error: &ServiceError) -> CallError {
        tracing::error!(system = %self.system, %error, "Could not read or keep the tokens of a connection");
        let message = "our own tokens could not be read or kept";
        CallError::new(vendor_of(self.system), ErrorKind::Retry, message)
    }

    /// Whether the organisation is still one that the app is connected to; that is asked only after it let us in no longer.
    async fn look_for_tenant(&self) -> Result<(), CallError> {
        let stored = self.read().await?;
        let (pair, _) = self.pair_of(&stored)?;
        let tenants =
            xero::oauth::list_tenants(&self.http, &self.addresses.xero, &pair.access).await?;
        let parts = &stored.record.parts;
        let meant = parts.account.as_deref().unwrap_or_default();
        if tenants.iter().any(|tenant| tenant.id == meant) {
            return Ok(());
        }
        let name = parts.account_name.as_deref().unwrap_or(meant);
        let said = format!("The organisation {name} is no longer connected to the app.");
        self.broken(&stored.record, None, &said).await?;
        Ok(())
    }
}

/// Whether the pair is of use: while a person chooses, it lists the organisations.
const fn is_consented(state: ConnectionState) -> bool {
    matches!(
        state,
        ConnectionState::Connected | ConnectionState::Choosing
    )
}

fn held(stored: &Stored, token: Secret, ends_at: Timestamp) -> Held {
    let tenant = stored.record.parts.account.clone().unwrap_or_default();
    Held {
        access: Access { token, tenant },
        ends_at,
    }
}

impl TokenSource for StoredTokens {
    fn access<'a>(&'a self, refused: Option<&'a Secret>) -> Asked<'a> {
        Box::pin(async move {
            // Whoever of this process comes second waits here, and not at the database.
            let mut known = self.held.lock().await;
            if let Some(known) = known.as_ref() {
                let is_refused = refused.is_some_and(|token| *token == known.access.token);
                let is_good = known.ends_at.plus_ms(-RENEWED_BEFORE_MS) > self.ctx.now();
                if is_good && !is_refused {
                    return Ok(known.access.clone());
                }
            }
            let next = self.next(refused).await?;
            let access = next.access.clone();
            *known = Some(next);
            Ok(access)
        })
    }

    fn shut_out(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            if let Err(error) = self.look_for_tenant().await {
                tracing::warn!(system = %self.system, %error, "Could not see whether the organisation is still connected");
            }
        })
    }
}
