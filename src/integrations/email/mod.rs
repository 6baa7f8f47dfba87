//! Mail over SMTP: one message at a time, with a text and an HTML half. What it says is the caller's.

mod client;

pub use client::{MailConfig, MailSetupError, Mailer, OutgoingMail};
