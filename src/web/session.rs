//! The browser's cookies: the session's secret, what a browser is known by, and how the pages look before anybody has signed in.

use axum::http::{HeaderMap, header};
use portal_services::{Ctx, access::known::KNOWN_DAYS};
use portal_words::Locale;

const SESSION: &str = "portal";
/// Of a browser that has asked for a link.
const ASKED: &str = "asked";
/// Of a browser in which somebody has signed in to the end.
const KNOWN: &str = "known";
const SESSION_SECONDS: u32 = 14 * 24 * 3_600;
const PREFERENCE_SECONDS: u32 = 365 * 24 * 3_600;
/// A little longer than the link is good.
const ASKED_SECONDS: u32 = 15 * 60;
const KNOWN_SECONDS: u32 = KNOWN_DAYS * 24 * 3_600;
const LOCALE: &str = "language";
const THEME: &str = "theme";

/// `__Host-` binds a cookie to this very host and to TLS; without TLS, on one's own machine, browsers would not take it.
fn name(ctx: &Ctx, cookie: &str) -> String {
    if is_tls(ctx) {
        format!("__Host-{cookie}")
    } else {
        cookie.to_owned()
    }
}

fn is_tls(ctx: &Ctx) -> bool {
    ctx.programme.portal_url.starts_with("https://")
}

fn secure(ctx: &Ctx) -> &'static str {
    if is_tls(ctx) { "; Secure" } else { "" }
}

pub fn read(headers: &HeaderMap, ctx: &Ctx) -> Option<String> {
    find(headers, &name(ctx, SESSION)).map(str::to_owned)
}

/// The cookie that signs a browser in.
pub fn issue(ctx: &Ctx, secret: &str) -> String {
    hidden(ctx, SESSION, secret, SESSION_SECONDS)
}

/// The cookie that signs it out.
pub fn clear(ctx: &Ctx) -> String {
    hidden(ctx, SESSION, "", 0)
}

/// What a browser that asked for a link holds.
pub fn read_asked(headers: &HeaderMap, ctx: &Ctx) -> Option<String> {
    find(headers, &name(ctx, ASKED)).map(str::to_owned)
}

pub fn issue_asked(ctx: &Ctx, secret: &str) -> String {
    hidden(ctx, ASKED, secret, ASKED_SECONDS)
}

/// What a browser holds since somebody has signed in there.
pub fn read_known(headers: &HeaderMap, ctx: &Ctx) -> Option<String> {
    find(headers, &name(ctx, KNOWN)).map(str::to_owned)
}

pub fn issue_known(ctx: &Ctx, secret: &str) -> String {
    hidden(ctx, KNOWN, secret, KNOWN_SECONDS)
}

/// A cookie that no script sees.
fn hidden(ctx: &Ctx, cookie: &str, secret: &str, seconds: u32) -> String {
    format!(
        "{}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{}",
        name(ctx, cookie),
        secure(ctx)
    )
}

/// The browser and its system, as a person would name them; empty for one that is not known.
pub fn read_device(headers: &HeaderMap) -> String {
    // The first that stands there: they all name those that they want to be taken for.
    const BROWSERS: [(&str, &str); 6] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let named = |names: &[(&str, &'static str)]| {
        let found = names.iter().find(|(mark, _)| agent.contains(mark));
        found.map(|(_, name)| *name)
    };
    let parts = [named(&BROWSERS), named(&SYSTEMS)];
    let parts: Vec<&str> = parts.into_iter().flatten().collect();
    parts.join(", ")
}

pub fn read_locale(headers: &HeaderMap, ctx: &Ctx) -> Option<Locale> {
    find(headers, &name(ctx, LOCALE)).and_then(Locale::parse)
}

pub fn issue_locale(ctx: &Ctx, locale: Locale) -> String {
    preference(ctx, LOCALE, locale.as_str())
}

/// `light` or `dark`; nothing is the system's choice.
pub fn read_theme(headers: &HeaderMap, ctx: &Ctx) -> Option<&'static str> {
    match find(headers, &name(ctx, THEME))? {
        "light" => Some("light"),
        "dark" => Some("dark"),
        _ => None,
    }
}

pub fn issue_theme(ctx: &Ctx, theme: &str) -> String {
    let theme = if matches!(theme, "light" | "dark") {
        theme
    } else {
        "auto"
    };
    preference(ctx, THEME, theme)
}

fn preference(ctx: &Ctx, cookie: &str, value: &str) -> String {
    hidden(ctx, cookie, value, PREFERENCE_SECONDS)
}

fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find_map(|(found, value)| (found == name && !value.is_empty()).then_some(value))
}
