//! The islands: the only code of ours that runs in the browser. They do not render; the server has. They wake what is there: the page itself
//! ([`Awake`]), the lead form ([`LeadFormIsland`]), and the button that asks for a passkey ([`PasskeyIsland`]), which no page can do without scripts.
//!
//! *Why so (2026-11-23):* a partner's page may load 92 kB, brotli, of WASM, JS and CSS. Islands that render their own view carried 118 kB
//! (`view!` for the lead form alone brought in most of it); islands that wake the server's HTML stay inside, and the same HTML is the form without WASM.

mod awake;
mod lead_form;
mod passkey;

pub use awake::Awake;
pub use lead_form::LeadFormIsland;
pub use passkey::PasskeyIsland;
