//! The use cases: one file for each noun, one verb for each function, and the only code that opens a transaction.
//!
//! A change, its audit record, its ledger entries, its timeline and the jobs that follow from it are written in one transaction.
//! Services never call a vendor: jobs fetch, convert to `portal_domain::remote`, and hand plain values over.

mod context;
mod error;

pub mod access;
pub mod account;
pub mod books;
pub mod company;
pub mod leads;
pub mod messages;
pub mod outbox;
pub mod partners;
pub mod people;
pub mod plans;
pub mod reach;

pub mod accounts;
pub mod bill_files;
pub mod bills;
mod candidates;
pub mod closing;
pub mod contacts;
pub mod corrections;
pub mod deals;
mod decision;
pub mod disputes;
pub mod documents;
pub mod exceptions;
pub mod explorer;
pub mod figures;
pub mod forecast;
pub mod ledger;
pub mod lines;
pub mod links;
pub mod mergers;
pub mod mismatch;
pub mod missing;
pub mod money_on_account;
pub mod payouts;
pub mod quarters;
pub mod recompute;
pub mod reconcile;
pub mod renewals;
pub mod schedules;
pub mod settlement;
pub mod statements;
pub mod two_persons;
mod verdicts;
pub mod why;

pub mod alerts;
pub mod audit;
pub mod connections;
pub mod dead_letters;
pub mod drift;
pub mod inbox;
pub mod operations;
pub mod privacy;
pub mod relay;
pub mod stages;
pub mod subject;
pub mod vault;
pub mod verify;

pub use context::{Clock, Ctx, Programme};
pub use error::{ErrorKind, ServiceError};
