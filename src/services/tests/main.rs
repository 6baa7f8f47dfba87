//! What the use cases do to money on a real database, in one crate, so that it is compiled once.

mod money;
#[path = "../../domain/oracle.rs"]
mod oracle;
mod programmes;
mod world;
