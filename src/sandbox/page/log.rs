//! The last requests, received and sent, with what was in them: on a page of their own, and beside each system's records.

use maud::{Markup, html};

use super::layout::{frame, nothing};
use crate::call::Call;
use crate::clock::readable;
use crate::journal::{Direction, Exchange};
use crate::server::Shared;

/// How many exchanges stand beside a system's records.
const BESIDE_RECORDS: usize = 20;

const SYSTEMS: [&str; 6] = ["HubSpot", "Xero", "Slack", "iPaaS", "Mail", "Test"];

/// `/log`, or `/log?system=Xero`.
pub fn render(shared: &Shared, call: &Call) -> Option<Markup> {
    let asked = call.query("system").filter(|name| !name.is_empty());
    let exchanges = listed(shared, asked);
    let content = html! {
        p.lead { "The last " (exchanges.len()) " requests, the newest first." }
        ul.board aria-label="Systems" {
            li { a.pill href="/log" aria-current=[asked.is_none().then_some("true")] { "All" } }
            @for name in SYSTEMS {
                li { a.pill href={ "/log?system=" (name) } aria-current=[(asked == Some(name)).then_some("true")] { (name) } }
            }
        }
        (table(&exchanges))
    };
    Some(frame(shared, call, "Log", &content))
}

/// What went to and from one system, below its records.
pub fn beside(shared: &Shared, system: &str) -> Markup {
    let mut exchanges = listed(shared, Some(system));
    exchanges.truncate(BESIDE_RECORDS);
    html! {
        section aria-labelledby="exchanges" {
            h2 id="exchanges" { "Sent and received" }
            (table(&exchanges))
            p.small { a href={ "/log?system=" (system) } { "All of the last requests" } }
        }
    }
}

fn listed(shared: &Shared, system: Option<&str>) -> Vec<Exchange> {
    let journal = shared.journal();
    journal.list(system).into_iter().cloned().collect()
}

fn table(exchanges: &[Exchange]) -> Markup {
    html! {
        @if exchanges.is_empty() { (nothing("Nothing was sent or received yet.")) } @else {
            div.scroll tabindex="0" role="group" aria-label="Requests, table" {
                table {
                    thead { tr { @for name in ["When", "Way", "System", "Request", "Status", "Took", "Note"] { th scope="col" { (name) } } } }
                    tbody { @for exchange in exchanges { (row(exchange)) } }
                }
            }
        }
    }
}

fn row(exchange: &Exchange) -> Markup {
    let tone = match exchange.status {
        Some(200..400) => "pill good",
        Some(400..500) => "pill warn",
        _ => "pill bad",
    };
    let way = match exchange.direction {
        Direction::Received => "received",
        Direction::Sent => "sent",
    };
    html! {
        tr {
            td { (readable(exchange.at_ms)) }
            td { (way) }
            td { (exchange.system) }
            td.long {
                (exchange.method) " " (exchange.target)
                (body("What was asked", &exchange.request))
                (body("What was answered", &exchange.answer))
            }
            td { span class=(tone) { (exchange.status.map_or("none".to_owned(), |status| status.to_string())) } }
            td.number { (exchange.took_ms) " ms" }
            td.long { (exchange.note) }
        }
    }
}

fn body(words: &str, text: &str) -> Markup {
    html! { @if !text.is_empty() { details { summary { (words) } pre { (text) } } } }
}
