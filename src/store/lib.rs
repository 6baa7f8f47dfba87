//! Every SQL statement of the product, and nothing else: no rule is decided here.
//!
//! One text serves SQLite and PostgreSQL (`migrations/README.md` says which types both understand); the few things they must say
//! differently are in [`dialect`]. Functions take a [`Tx`], and only services and jobs can make one. "Not there" is `Ok(None)`, never an error.
//!
//! To add a table: a migration, a module of its name here, and its story in `src/tests/store`.

mod dialect;
mod error;
mod migrations;
mod read;
mod rights;
mod sql;
mod wire;

pub mod accounts;
pub mod alerts;
pub mod audit;
pub mod bill_files;
pub mod bills;
pub mod bounces;
pub mod budgets;
pub mod changes;
pub mod clients;
pub mod connections;
pub mod consents;
pub mod contacts;
pub mod credits;
pub mod deals;
pub mod deliveries;
pub mod directory;
pub mod disputes;
pub mod drift;
pub mod exceptions;
pub mod factors;
pub mod hands;
pub mod identity_providers;
pub mod inbox;
pub mod invoices;
pub mod jobs;
pub mod journal;
pub mod known_browsers;
pub mod leads;
pub mod lines;
pub mod mails;
pub mod mirrored_accounts;
pub mod missing_objects;
pub mod money_on_account;
pub mod owners;
pub mod packs;
pub mod partners;
pub mod payment_details;
pub mod people;
pub mod personal;
pub mod plans;
pub mod preferences;
pub mod priced;
pub mod secrets;
pub mod sessions;
pub mod settings;
pub mod slack_messages;
pub mod slack_places;
pub mod slack_turns;
pub mod stages;
pub mod statements;
pub mod vendors;
pub mod waivers;

pub use dialect::{Across, Store, Tx};
pub use error::StoreError;
pub use migrations::MIGRATIONS;
pub use wire::{Wire, wire_to};
