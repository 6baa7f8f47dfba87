//! The page on which a person works in the vendors' systems: plain server-rendered HTML, forms only, no script.
//! It reads the world and never changes it; the forms post to the test API.

mod account;
mod clock;
pub mod consent;
mod hubspot;
mod ipaas;
mod layout;
mod log;
mod mail;
mod slack;
mod xero;

use axum::http::{Method, StatusCode};

use crate::call::{Call, Reply};
use crate::server::Shared;

/// Answers one request for a page.
pub fn answer(shared: &Shared, call: &Call) -> Reply {
    if call.method != Method::GET && call.method != Method::HEAD {
        return Reply::text(
            StatusCode::METHOD_NOT_ALLOWED,
            "This page can only be read.",
        );
    }
    let parts = call.parts();
    if let ["xero", "attachments", id] = parts.as_slice() {
        return xero::download(shared, id);
    }
    let page = match parts.as_slice() {
        [] => layout::overview(shared, call),
        ["hubspot"] => hubspot::render(shared, call),
        ["xero"] => xero::render(shared, call),
        ["mail"] => mail::render_list(shared, call),
        ["mail", id] => mail::render_one(shared, call, id),
        ["slack"] => slack::render(shared, call),
        ["ipaas"] => ipaas::render(shared, call),
        ["clock"] => clock::render(shared, call),
        ["log"] => log::render(shared, call),
        _ => None,
    };
    match page {
        Some(page) => Reply::html(page.into_string())
            .with_header("content-security-policy", layout::POLICY.to_owned())
            .with_header("referrer-policy", "same-origin".to_owned())
            .with_header("cache-control", "no-store".to_owned()),
        None => Reply::text(StatusCode::NOT_FOUND, "There is no such page."),
    }
}
