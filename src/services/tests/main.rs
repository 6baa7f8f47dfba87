//! What the use cases do to money on a real database, in one crate, so that it is compiled once.

mod approvals;
mod decisions;
mod derivation;
mod ledger;
mod money;
#[path = "../../domain/oracle.rs"]
mod oracle;
mod plans;
mod programmes;
mod proof;
mod reconciliation;
mod world;
