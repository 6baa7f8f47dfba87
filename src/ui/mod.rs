//! What people see. Pages are HTML from the server; `islands` is all that runs in the browser, and `api` is how it asks for something.

pub mod api;
pub mod islands;

#[cfg(feature = "hydrate")]
pub mod browser;

#[cfg(feature = "ssr")]
pub mod kit;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod shell;
