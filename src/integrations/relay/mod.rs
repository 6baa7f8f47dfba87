//! The iPaaS: leads that go there as signed webhooks, and the check and the reading of what it calls back. `docs/relay.md` says the same to whoever builds the
//! other end; a test holds the two together.

mod client;
mod event;
#[cfg(test)]
mod guide;
pub mod signature;
mod wire;

pub use client::{Outgoing, Relay, Taken};
pub use event::{Change, EventError, RelayEvent, parse_event};
pub use signature::SignatureError;
pub use wire::{NewLead, lead_created, trial};
