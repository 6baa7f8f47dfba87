//! The frame around every page: head, navigation, notices; and the overview.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::call::Call;
use crate::clock::readable;
use crate::faults::Faults;
use crate::hubspot::Kind;
use crate::server::Shared;

/// No scripts; styles only inline; frames only for mails.
pub const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data: http: https:; frame-src 'self'; \
                          form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const STYLE: &str = include_str!("style.css");

const PAGES: [(&str, &str); 8] = [
    ("/", "Overview"),
    ("/hubspot", "HubSpot"),
    ("/xero", "Xero"),
    ("/mail", "Mail"),
    ("/slack", "Slack"),
    ("/ipaas", "iPaaS"),
    ("/clock", "Clock & faults"),
    ("/log", "Log"),
];

/// A whole page.
pub fn frame(shared: &Shared, call: &Call, title: &str, content: &Markup) -> Markup {
    let here = call
        .segments
        .first()
        .map_or_else(|| "/".to_owned(), |part| format!("/{part}"));
    let faulty = shared.world().faults != Faults::default();
    html! {
        (DOCTYPE)
        html lang="en" {
            (head(title))
            body {
                a.skip href="#main" { "Skip to content" }
                header {
                    p.brand { span.mark aria-hidden="true" {} "Sandbox" }
                    nav aria-label="Systems" {
                        @for (path, name) in PAGES {
                            a href=(path) aria-current=[(path == here).then_some("page")] { (name) }
                        }
                    }
                    p.now { time { (readable(call.now_ms)) } " UTC" }
                }
                main id="main" {
                    h1 { (title) }
                    @if let Some(note) = call.query("note") { p.notice role="status" { (note) } }
                    @if let Some(problem) = call.query("problem") { p.notice.problem role="alert" { (problem) } }
                    @if faulty { p.notice.warning { "Faults are on. " a href="/clock" { "See which" } } }
                    (content)
                }
            }
        }
    }
}

/// The head of any page.
pub fn head(title: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (title) " · Sandbox" }
            // An empty one: a browser that finds none asks for /favicon.ico.
            link rel="icon" href="data:,";
            style { (PreEscaped(STYLE)) }
        }
    }
}

/// A hidden field that brings a form's user back to where the form is.
pub fn back_to(place: &str) -> Markup {
    html! { input type="hidden" name="back" value=(place); }
}

/// What is said where there is nothing.
pub fn nothing(words: &str) -> Markup {
    html! { p.empty { (words) } }
}

/// A labelled input. The id must be unique on the page.
pub fn field(id: &str, label: &str, input: &Markup) -> Markup {
    html! { div.field { label for=(id) { (label) } (input) } }
}

/// A labelled input whose label says, for those who only hear it, which of many like it this is.
pub fn field_of(id: &str, label: &str, of: &str, input: &Markup) -> Markup {
    html! {
        div.field {
            label for=(id) { (label) span.hidden { " " (of) } }
            (input)
        }
    }
}

/// The first page: what there is, and where.
pub fn overview(shared: &Shared, call: &Call) -> Option<Markup> {
    let content = {
        let world = shared.world();
        let count = |kind: Kind| world.hubspot.table(kind).all_live().count();
        let open = world
            .xero
            .invoices
            .values()
            .filter(|invoice| world.xero.amount_due(invoice) > 0)
            .count();
        let cards = [
            (
                "/hubspot",
                "HubSpot",
                format!(
                    "{} deals, {} companies, {} contacts",
                    count(Kind::Deals),
                    count(Kind::Companies),
                    count(Kind::Contacts)
                ),
            ),
            (
                "/xero",
                "Xero",
                format!(
                    "{} invoices and bills, {open} with something due",
                    world.xero.invoices.len()
                ),
            ),
            ("/mail", "Mail", format!("{} mails", world.mail.mails.len())),
            (
                "/slack",
                "Slack",
                format!(
                    "{} messages in {} channels",
                    world.slack.messages.len(),
                    world.slack.by_channel().len()
                ),
            ),
            (
                "/ipaas",
                "iPaaS",
                format!("{} messages received", world.ipaas.received.len()),
            ),
            (
                "/clock",
                "Clock & faults",
                "Move time on, let things fail, begin again".to_owned(),
            ),
            ("/log", "Log", "What was sent and received".to_owned()),
        ];
        html! {
            p.lead { "Stand-ins of the outside systems. They speak the vendors' formats on this address and keep what they are told." }
            ul.cards {
                @for (path, name, words) in &cards {
                    li { a.card href=(path) { strong { (name) } span { (words) } } }
                }
            }
            @if let Some(portal) = shared.portal_url() {
                p.small { "The portal is at " a href=(portal) { (portal) } ", which the webhooks go to." }
            }
        }
    };
    Some(frame(shared, call, "Overview", &content))
}
