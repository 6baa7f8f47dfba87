//! The pages, one file for each: a handler that asks the services, and the view of what they answer. Rendered on the server only.

mod calendar;
mod company_fields;
mod forecast;
mod parts;
mod permissions;
mod plan_terms;
mod proofs;
mod reach;
mod reset;
mod slack_trial;

pub mod partner;
pub mod preferences;
pub mod public;
pub mod security;
pub mod staff;
