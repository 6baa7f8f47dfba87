//! The tests of the whole: the real site, the real worker, the real database and the sandbox's stand-ins, all in this process.
//! What one package can prove by itself is tested beside it. `PORTAL_TEST_POSTGRES_URL` names a server to run all of it on PostgreSQL instead of SQLite.

mod browser;
mod database;
mod portal;
mod routes;
mod story;

mod access;
mod accounts;
mod alerts;
mod bill_files;
mod budgets;
mod chasing;
mod connections;
mod consents;
mod disputes;
mod documents;
mod drift;
mod failure_modes;
mod forms;
mod front;
mod hubspot_deals;
mod isolation;
mod jobs;
mod kills;
mod leads;
mod limits;
mod matrix;
mod messages;
mod missing_scopes;
mod money;
mod operations;
mod other_accounts;
mod payloads;
mod plans;
mod registering;
mod relay;
mod removed_deals;
mod renewals;
mod settings;
mod stages;
mod store;
mod sweeps;
mod tidy;
mod vault;
mod webhooks;
mod xero_bills;
mod xero_changes;
mod xero_credit_notes;
mod xero_links;
mod xero_payments;

mod signing_in;
