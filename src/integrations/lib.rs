//! Clients of the outside systems: one folder for each of HubSpot, Xero, Slack, mail and the iPaaS, over one HTTP client; and of the virus scanner.
//!
//! What comes out is plain values of `portal_domain::remote`; the vendors' JSON stays inside its folder. Nothing here decides, repeats, stores or knows the
//! outbox: a call is made once, and its [`CallError`] says whether it may be made again. The one repetition is an access token that has run out.

pub mod error;
pub mod gate;
mod guard;
pub mod http;
pub mod oauth;
pub mod token;

pub mod email;
pub mod hubspot;
pub mod relay;
pub mod scanner;
pub mod sign_on;
pub mod slack;
pub mod xero;

mod signature;

pub use error::{CallError, ErrorKind, Vendor};
pub use http::{Http, HttpLimits};
pub use oauth::{App, Tokens};
pub use portal_domain::secret::Secret;
pub use token::{Access, NoToken, TokenSource};
