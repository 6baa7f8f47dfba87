//! What the use cases do to money on a real database, in one crate, so that it is compiled once.

mod approvals;
mod bills;
mod decisions;
mod derivation;
mod ledger;
mod linking;
mod midterm;
mod money;
#[path = "../../domain/oracle.rs"]
mod oracle;
mod plans;
mod programmes;
mod proof;
mod reconciliation;
mod starts;
mod statements;
mod two_persons;
mod world;
