//! The rules of the portal that are true on paper: what a lead, a deal, a commission line and a statement are, and how one becomes another.
//!
//! Pure on purpose: no async, no clock, no randomness, no SQL, no HTTP. Time, ids and everything that was read elsewhere are arguments,
//! so every rule can be computed again, in the browser as on the server, and a stranger with a pencil gets the same minor units.

pub mod error;

pub mod calendar;
pub mod ids;
pub mod money;
pub mod secret;
pub mod text;

pub mod access;
pub mod address;
pub mod colleague;
pub mod origin;
pub mod partner;
pub mod personal;
pub mod retention;
pub mod scope;

pub mod claim;
pub mod connection;
pub mod deal;
pub mod failure;
pub mod lead;
pub mod notice;
pub mod outward;
pub mod relay;
pub mod sign_on;
pub mod version;

pub mod bill;
pub mod buckets;
pub mod correction;
pub mod coverage;
pub mod ledger;
pub mod line;
pub mod line_item;
pub mod pack;
pub mod payout;
pub mod pdf;
pub mod plan;
pub mod schedule;
pub mod statement;
pub mod two_persons;

pub mod remote;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
