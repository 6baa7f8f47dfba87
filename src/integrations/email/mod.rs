//! Mail over SMTP: one message at a time, with a text and an HTML half. What it says is the caller's.

mod client;
mod server;

pub use client::{
    MailConfig, MailObjection, MailReach, MailRules, MailSetupError, Mailer, OutgoingMail,
};
