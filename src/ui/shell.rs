//! The frame of every page: the document's head, the navigation, who is signed in, notices, and the islands' scripts.

use leptos::prelude::*;
use portal_domain::{access::Actor, scope};
use portal_services::access::Session;
use portal_words::Locale;

use crate::{
    ui::{
        islands::Awake,
        kit::{self, icon, icons},
    },
    web::page::Page,
};

/// An entry of the navigation: address, key of its name, icon.
type Entry = (&'static str, &'static str, &'static str);

const PARTNER: [Entry; 5] = [
    ("/", "nav-home", icons::HOME),
    ("/leads", "nav-leads", icons::LEADS),
    ("/commission", "nav-commission", icons::COINS),
    ("/statements", "nav-statements", icons::FILE),
    ("/company", "nav-company", icons::BUILDING),
];

const STAFF: [Entry; 12] = [
    ("/staff", "nav-today", icons::INBOX),
    ("/staff/leads", "nav-leads", icons::LEADS),
    ("/staff/partners", "nav-partners", icons::BUILDING),
    ("/staff/lines", "nav-lines", icons::LIST),
    ("/staff/reconciliation", "nav-reconciliation", icons::SCALE),
    ("/staff/statements", "nav-statements", icons::FILE),
    ("/staff/ledger", "nav-ledger", icons::LEDGER),
    ("/staff/plans", "nav-plans", icons::PLANS),
    ("/staff/integrations", "nav-integrations", icons::PLUG),
    ("/staff/messages", "nav-messages", icons::MAIL),
    ("/staff/people", "nav-people", icons::USERS),
    ("/staff/audit", "nav-audit", icons::AUDIT),
];

/// What of it is about the whole partner or the whole network: who sees its own leads or partners alone is not led there.
const WHOLE: [&str; 7] = [
    "/statements",
    "/staff/reconciliation",
    "/staff/ledger",
    "/staff/plans",
    "/staff/integrations",
    "/staff/messages",
    "/staff/audit",
];

/// The whole document: the head around a rendered body. `nonce` lets the page's own scripts run.
pub fn document(page: &Page, title: &str, nonce: &str, body: &str) -> String {
    let words = &page.words;
    let title = words.with("page-title", &[("title", title.into())]);
    let theme = page
        .theme
        .map_or_else(String::new, |theme| format!(" data-theme=\"{theme}\""));
    format!(
        "<!DOCTYPE html><html lang=\"{lang}\"{theme}><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"theme-color\" content=\"#0d5c50\">\
         <title>{title}</title><link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">{assets}</head>{body}</html>",
        lang = words.locale().as_str(),
        title = escape(&title),
        assets = page.app.assets.head(nonce),
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// A page's content in its frame.
pub fn body(page: &Page, content: AnyView) -> AnyView {
    // What changes from now on is told, even before the browser listens.
    let stream = page.session().map_or_else(String::new, |_| {
        format!("/events?since={}", page.asked_at.0)
    });
    let framed = match page.session() {
        Some(session) => signed_in(page, session, content),
        None => gate(page, content),
    };
    view! { <body>{framed}<Awake stream=stream /></body> }.into_any()
}

fn signed_in(page: &Page, session: &Session, content: AnyView) -> AnyView {
    let words = &page.words;
    let (entries, name): (&[Entry], _) = match session.actor {
        Actor::Member { .. } => (&PARTNER, "app-name"),
        Actor::Staff { .. } => (&STAFF, "app-name-staff"),
    };
    let sees_all = scope::sees_all(&session.actor);
    let shown = entries
        .iter()
        .filter(|(url, ..)| sees_all || !WHOLE.contains(url));
    view! {
        <a class="skip" href="#main">{words.text("skip-link")}</a>
        <div class="app">
            <header class="side">
                <a class="brand" href=entries[0].0>{kit::brand()}{words.text(name)}</a>
                <button class="btn quiet icon" popovertarget="nav" aria-label=words.text("menu-open")>{icon(icons::MENU)}</button>
                <div class="nav" id="nav" popover>
                    <button class="btn quiet icon" popovertarget="nav" popovertargetaction="hide" aria-label=words.text("menu-close")>
                        {icon(icons::X)}
                    </button>
                    <nav aria-label=words.text("nav-label")>
                        <ul>{shown.map(|entry| navigation_link(page, entry)).collect_view()}</ul>
                    </nav>
                    {who(page, session)}
                </div>
            </header>
            <main id="main" tabindex="-1">{said(page)}{content}</main>
        </div>
    }
    .into_any()
}

/// The current page's entry is the longest that its path begins with.
fn navigation_link(page: &Page, (url, name, path): &Entry) -> AnyView {
    let here = page.path();
    let root = *url == "/" || *url == "/staff";
    let current = here == *url
        || (!root
            && here
                .strip_prefix(url)
                .is_some_and(|rest| rest.starts_with('/')));
    view! { <li><a href=*url aria-current=current.then_some("page")>{icon(path)}{page.words.text(name)}</a></li> }.into_any()
}

fn who(page: &Page, session: &Session) -> AnyView {
    let words = &page.words;
    let role = match session.actor {
        Actor::Member { role, .. } => words.text(&format!("role-{role}")),
        Actor::Staff { role, .. } => words.text(&format!("staff-role-{role}")),
    };
    let company = session
        .partner_name
        .clone()
        .unwrap_or_else(|| page.ctx.programme.name.clone());
    view! {
        <div class="who">
            <div>
                <span class="avatar" aria-hidden="true">{kit::initials(&session.name)}</span>
                <span>{session.name.clone()}<small>{format!("{company} · {role}")}</small></span>
                <a class="btn quiet icon sm" href="/security" aria-label=words.text("security-link")>{icon(icons::KEY)}</a>
                <a class="btn quiet icon sm" href="/preferences" aria-label=words.text("preferences-link")>{icon(icons::MAIL)}</a>
            </div>
            <div class="prefs">
                {theme_switch(page)}
                {language_switch(page)}
                <form class="out" method="post">
                    <input type="hidden" name="do" value="sign_out" />
                    <button class="btn quiet icon sm" aria-label=words.text("sign-out")>{icon(icons::LOG_OUT)}</button>
                </form>
            </div>
        </div>
    }
    .into_any()
}

fn theme_switch(page: &Page) -> AnyView {
    let words = &page.words;
    let now = page.theme.unwrap_or("auto");
    let buttons = [
        ("auto", "theme-system", icons::AUTO),
        ("light", "theme-light", icons::SUN),
        ("dark", "theme-dark", icons::MOON),
    ]
    .map(|(theme, label, path)| {
        let pressed = if theme == now { "true" } else { "false" };
        view! { <button name="theme" value=theme aria-pressed=pressed aria-label=words.text(label)>{icon(path)}</button> }
    });
    view! {
        <form class="seg" method="post" aria-label=words.text("theme")>
            <input type="hidden" name="do" value="set_theme" />
            <input type="hidden" name="back" value=page.url.clone() />
            {buttons.into_iter().collect_view()}
        </form>
    }
    .into_any()
}

fn language_switch(page: &Page) -> AnyView {
    let words = &page.words;
    let buttons = Locale::ALL
        .iter()
        .map(|locale| {
            let pressed = if *locale == words.locale() { "true" } else { "false" };
            let tag = locale.as_str();
            view! {
                <button name="language" value=tag lang=tag aria-pressed=pressed title=locale.own_name()>{tag.to_uppercase()}</button>
            }
        })
        .collect_view();
    view! {
        <form class="seg" method="post" aria-label=words.text("language")>
            <input type="hidden" name="do" value="set_language" />
            <input type="hidden" name="back" value=page.url.clone() />
            {buttons}
        </form>
    }
    .into_any()
}

/// The frame of a page for whoever is not signed in.
fn gate(page: &Page, content: AnyView) -> AnyView {
    view! {
        <div class="gate">
            <header>
                <a class="brand" href="/">{kit::brand()}{page.words.text("app-name")}</a>
                {language_switch(page)}
            </header>
            <main id="main" class="wide">{said(page)}{content}</main>
        </div>
    }
    .into_any()
}

/// What the page before wants to be said (`?notice=`), and a refusal that is about no field of a form.
fn said(page: &Page) -> AnyView {
    let query = page.url.split_once('?').map_or("", |(_, query)| query);
    let notice = form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "notice")
        .map(|(_, key)| format!("notice-{key}"))
        .filter(|key| page.refused.is_none() && page.words.has(key))
        .map(|key| kit::notice("good", page.words.text(&key)));
    let refused = page
        .refused
        .as_ref()
        .filter(|refused| refused.error.fields.is_empty())
        .map(|refused| kit::notice("bad", refused.error.message.clone()));
    view! { {notice}{refused} }.into_any()
}
