//! Background work: the worker that claims jobs, the schedules, and what each job does. Jobs fetch from the vendors and hand plain values to the services;
//! they decide nothing.
//!
//! A job may run twice, late, or after it was believed dead: each begins by looking at what is true now.
//!
//! To add a job: a variant of `portal_services::outbox::Job` with its lane, name and priority, a file here that does it, and its line in `perform`.

mod budget;
mod connections;
mod error;
mod gate;
mod lease;
mod locks;
mod outcome;
mod perform;
mod schedule;
mod worker;

mod announce_statement;
mod attach_files;
mod check_messengers;
mod check_scanner;
mod create_bill;
mod read_accounts;
mod read_contacts;
mod read_deals;
mod read_invoices;
mod register_lead;
mod relay_lead;
mod send_messages;
mod work_inbox;

use std::sync::Arc;

use portal_domain::{money::MoneyError, origin::Origin};
use portal_integrations::{
    email::Mailer, hubspot::HubSpot, relay::Relay, slack::Slack, xero::Xero,
};
use portal_services::{
    Ctx, ServiceError,
    outbox::{self, Job},
};

use locks::Locks;

pub use budget::{Budgets, Rate};
pub use connections::{
    Addresses, ConnectError, Connector, Consent, Credentials, HubSpotKeys, Outside, Pages, StandIn,
    WebhookSecrets, XeroKeys,
};
pub use error::JobError;
pub use worker::Worker;

/// The outside systems, as the jobs call them.
#[derive(Clone)]
pub(crate) struct Vendors {
    pub hubspot: HubSpot,
    pub relay: Relay,
    pub xero: Xero,
    pub slack: Slack,
    pub mailer: Mailer,
    pub bills: BillSettings,
}

/// How bills are made in Xero.
#[derive(Clone, Debug)]
pub(crate) struct BillSettings {
    pub status: portal_integrations::xero::BillStatus,
    /// After how many days a bill is due.
    pub due_days: u64,
}

/// What every job has at hand: the clients as the connections were when it began.
#[derive(Clone)]
pub(crate) struct Desk {
    pub ctx: Ctx,
    pub connector: Connector,
    pub vendors: Arc<Vendors>,
    pub locks: Arc<Locks>,
}

impl Desk {
    /// The same for a job: what it does is audited as its doing.
    fn doing(self, job: &Job) -> Self {
        Self {
            ctx: self.ctx.from_origin(Origin::job(job.kind())),
            ..self
        }
    }
}

/// What one object of many that were read together came to. One that cannot be taken in stops none behind it: it is read by a job of its own, which is tried
/// again and shown to people where it fails.
pub(crate) async fn one_of_many(
    desk: &Desk,
    applied: Result<(), ServiceError>,
    alone: &Job,
) -> Result<(), JobError> {
    let Err(error) = applied else { return Ok(()) };
    tracing::warn!(%error, job.kind = alone.kind(), "One of many could not be taken in, and is read by itself");
    Ok(outbox::add_alone(&desk.ctx, alone).await?)
}

impl From<MoneyError> for JobError {
    fn from(error: MoneyError) -> Self {
        Self::fail(error)
    }
}
