//! The map of the portal's own package: what the browser runs, what it shares with the server, and the server's rooms.
//! The only place where a room is opened for one half or the other; the rules, the database, the vendors and the sandbox are packages below `src`.

/// The rules that are true on paper; shared by both halves.
pub use portal_domain as domain;

pub mod ui;

#[cfg(feature = "ssr")]
pub mod bench;
#[cfg(feature = "ssr")]
pub mod clock;
#[cfg(feature = "ssr")]
pub mod config;
#[cfg(feature = "ssr")]
pub mod demo;
#[cfg(feature = "ssr")]
pub mod log;
#[cfg(feature = "ssr")]
pub mod login;
#[cfg(feature = "ssr")]
mod master_key;
#[cfg(feature = "ssr")]
pub mod serve;
#[cfg(feature = "ssr")]
pub mod web;

/// Wakes the islands of the page that has just been loaded.
#[cfg(feature = "hydrate")]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
