//! Slack: posting messages. What they say and how they are laid out is the services'.

mod client;
mod wire;

pub use client::{OutgoingMessage, Slack, SlackConfig, Team};
