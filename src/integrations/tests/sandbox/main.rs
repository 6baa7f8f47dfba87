//! Every call of the clients over loopback against the stand-ins, which share no code with them: what both agree on is the wire.

mod credits;
mod email;
mod hubspot;
mod misfortune;
mod openapi;
mod properties;
mod slack;
mod stage;
mod webhooks;
mod xero;
