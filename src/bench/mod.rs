//! Benches: the portal against others, in one run, on made-up books of its own. Each prints a ratio for every round and their median; none judges.

pub mod accrual;
mod books;
pub mod jobs;
mod rounds;
pub mod webhooks;
