//! The iPaaS leg: whether leads go to HubSpot through an iPaaS, what is sent there and what is called back. A lead goes one way; `docs/relay.md` is what whoever
//! builds the other end reads.

mod answers;
mod choice;
mod deliveries;
mod secrets;
mod trial;

pub use answers::{NotTaken, deal_changed, failed, registered};
pub use choice::{RelayView, choose, is_hubspot_used, read};
pub(crate) use choice::{find as find_choice, is_hubspot_used_in, require_hubspot};
pub use deliveries::{
    LeadDelivery, Sending, begin, begin_direct, find_delivery, is_direct, not_begun, not_taken,
    resend, resend_taken, taken,
};
pub(crate) use deliveries::{deliver, made_in_vain};
pub use secrets::{KnownSecret, drop_old_secret, find_inward, keep_secret, new_secret};
pub use trial::{Trial, TrialToSend, ask_trial, find_trial_to_send, trial_answered};

/// Where the iPaaS calls back.
pub const CALLBACK_PATH: &str = "/webhooks/relay";
/// The system's name in the books.
const SYSTEM: &str = "relay";
