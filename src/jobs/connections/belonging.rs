//! What stands before the tokens of HubSpot and Xero: nothing is called with them before it is known that they let us into the account whose objects we mirror.
//! It is asked once for each client that is made, and again when its tokens lead to another organisation, even in the middle of a job.

use std::{pin::Pin, sync::Arc};

use portal_domain::connection::System;
use portal_integrations::{
    Access, CallError, ErrorKind, Http, Secret, TokenSource, hubspot::HubSpot, token::Asked,
    xero::Xero,
};
use portal_services::{
    Ctx, ServiceError,
    connections::{self, Found},
};
use tokio::sync::Mutex;

use super::vendor_of;

/// Tokens that are given out only while they are to our own account.
pub(super) struct OwnAccount {
    ctx: Ctx,
    tokens: Arc<dyn TokenSource>,
    whose: Whose,
    /// The tenant that was found to be ours; empty at HubSpot, whose tokens never change their account.
    checked: Mutex<Option<String>>,
}

/// A client over the same tokens, which is asked whose they are.
enum Whose {
    HubSpot(HubSpot),
    Xero(Xero),
}

impl OwnAccount {
    pub(super) fn of_hubspot(
        ctx: Ctx,
        http: Http,
        base_url: &str,
        tokens: Arc<dyn TokenSource>,
    ) -> Arc<dyn TokenSource> {
        let client = HubSpot::with_tokens(http, base_url, Arc::clone(&tokens));
        Arc::new(Self::new(ctx, tokens, Whose::HubSpot(client)))
    }

    pub(super) fn of_xero(
        ctx: Ctx,
        http: Http,
        base_url: &str,
        tokens: Arc<dyn TokenSource>,
    ) -> Arc<dyn TokenSource> {
        let client = Xero::with_tokens(http, base_url.to_owned(), Arc::clone(&tokens));
        Arc::new(Self::new(ctx, tokens, Whose::Xero(client)))
    }

    fn new(ctx: Ctx, tokens: Arc<dyn TokenSource>, whose: Whose) -> Self {
        Self {
            ctx,
            tokens,
            whose,
            checked: Mutex::default(),
        }
    }

    const fn system(&self) -> System {
        match self.whose {
            Whose::HubSpot(_) => System::HubSpot,
            Whose::Xero(_) => System::Xero,
        }
    }

    async fn check(&self, access: &Access) -> Result<(), CallError> {
        let system = self.system();
        let known = connections::find_mirrored(&self.ctx, system).await;
        let known = known.map_err(|error| self.ours(&error))?;
        let is_known = |id: &str| {
            let undisputed = known.as_ref().filter(|known| known.other.is_none());
            undisputed.is_some_and(|known| known.account.id == id)
        };
        // Xero's tokens say themselves to whom they are; who that is by name is asked only where it matters.
        if is_known(&access.tenant) {
            return Ok(());
        }
        let found = self.ask(access).await?;
        if is_known(&found.id) {
            return Ok(());
        }
        let other_than = connections::compare(&self.ctx, system, &found).await;
        let Some(ours) = other_than.map_err(|error| self.ours(&error))? else {
            return Ok(());
        };
        // What the tokens lead to is looked at again by whoever asks next.
        self.tokens.shut_out().await;
        let message = format!(
            "{} ({}), and what the portal has is of {} ({}): an administrator decides under Connections",
            found.name, found.id, ours.name, ours.id
        );
        let kind = ErrorKind::OtherAccount;
        Err(CallError::new(vendor_of(system), kind, message))
    }

    async fn ask(&self, access: &Access) -> Result<Found, CallError> {
        match &self.whose {
            Whose::HubSpot(client) => {
                let account = client.read_account().await?;
                Ok(super::connect::numbered(account))
            }
            Whose::Xero(client) => Ok(Found {
                name: client.read_organisation().await?.name,
                id: access.tenant.clone(),
            }),
        }
    }

    /// It is our own database that fails, and never the vendor; its words are for the log.
    fn ours(&self, error: &ServiceError) -> CallError {
        let system = self.system();
        tracing::error!(%system, %error, "Could not compare whose objects are mirrored");
        let message = "it could not be looked up whose objects the portal has";
        CallError::new(vendor_of(system), ErrorKind::Retry, message)
    }
}

impl TokenSource for OwnAccount {
    fn access<'a>(&'a self, refused: Option<&'a Secret>) -> Asked<'a> {
        Box::pin(async move {
            let access = self.tokens.access(refused).await?;
            let mut checked = self.checked.lock().await;
            if checked.as_ref() != Some(&access.tenant) {
                // What was ours before is asked about again once it comes back, so that it is known to be over.
                *checked = None;
                self.check(&access).await?;
                *checked = Some(access.tenant.clone());
            }
            Ok(access)
        })
    }

    fn shut_out(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.tokens.shut_out()
    }
}
