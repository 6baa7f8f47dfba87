//! What the use cases do to money on a real database, in one crate, so that it is compiled once.

mod bills;
mod decisions;
mod money;
#[path = "../../domain/oracle.rs"]
mod oracle;
mod plans;
mod programmes;
mod reconciliation;
mod statements;
mod world;
