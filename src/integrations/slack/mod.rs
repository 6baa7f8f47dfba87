//! Slack: messages to channels, and the blocks that they are built of.

pub mod blocks;
mod client;
mod wire;

pub use blocks::escape;
pub use client::{Slack, SlackConfig};
