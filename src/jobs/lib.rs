//! Background work: the worker that claims jobs, the schedules, and what each job does. Jobs fetch from the vendors and hand plain values to the services;
//! they decide nothing.
//!
//! A job may run twice, late, or after it was believed dead: each begins by looking at what is true now.
//!
//! To add a job: a variant of `portal_services::outbox::Job` with its lane, name and priority, a file here that does it, and its line in `perform`.

mod budget;
mod error;
mod gate;
mod lease;
mod outcome;
mod perform;
mod schedule;
mod worker;

mod announce_statement;
mod create_bill;
mod read_deals;
mod read_invoices;
mod register_lead;
mod send_messages;
mod work_inbox;

use std::sync::Arc;

use portal_domain::money::MoneyError;
use portal_integrations::{email::Mailer, hubspot::HubSpot, slack::Slack, xero::Xero};
use portal_services::Ctx;

pub use budget::{Budgets, Rate};
pub use error::JobError;
pub use worker::Worker;

/// The outside systems, as the jobs call them.
#[derive(Clone)]
pub struct Vendors {
    pub hubspot: HubSpot,
    pub xero: Xero,
    pub slack: Slack,
    pub mailer: Mailer,
    pub bills: BillSettings,
}

/// How bills are made in Xero.
#[derive(Clone, Debug)]
pub struct BillSettings {
    pub account_code: String,
    pub status: portal_integrations::xero::BillStatus,
    /// After how many days a bill is due.
    pub due_days: u64,
}

/// What every job has at hand.
#[derive(Clone)]
pub(crate) struct Desk {
    pub ctx: Ctx,
    pub vendors: Vendors,
    /// Where nobody counts calls there are none.
    pub buckets: Option<Arc<budget::Buckets>>,
}

impl From<MoneyError> for JobError {
    fn from(error: MoneyError) -> Self {
        Self::fail(error)
    }
}
