//! HubSpot: companies, contacts and deals over its dated API, and the check of its webhooks. Calls are made with a static token or an
//! app's.

mod client;
pub(crate) mod convert;
mod cursor;
mod failure;
pub mod oauth;
mod properties;
pub mod signature;
pub(crate) mod wire;

pub use client::{
    ASSOCIATIONS_MAX, Account, BATCH_MAX, DealPage, HubSpot, HubSpotConfig, NewContact, NewDeal,
    VERSION,
};
pub use signature::{EventsError, HubSpotEvent, SignatureError};
