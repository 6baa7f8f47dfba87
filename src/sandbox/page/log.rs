//! The last requests, received and sent.

use maud::{Markup, html};

use super::layout::{frame, nothing};
use crate::call::Call;
use crate::clock::readable;
use crate::journal::{Direction, Exchange};
use crate::server::Shared;

/// `/log`.
pub fn render(shared: &Shared, call: &Call) -> Option<Markup> {
    let exchanges: Vec<Exchange> = shared.journal().list().cloned().collect();
    let content = html! {
        p.lead { "The last " (exchanges.len()) " requests, the newest first." }
        @if exchanges.is_empty() { (nothing("Nothing was sent or received yet.")) } @else {
            div.scroll tabindex="0" role="group" aria-label="Requests, table" {
                table {
                    thead { tr { @for name in ["When", "Way", "System", "Request", "Status", "Took", "Note"] { th scope="col" { (name) } } } }
                    tbody { @for exchange in &exchanges { (row(exchange)) } }
                }
            }
        }
    };
    Some(frame(shared, call, "Log", &content))
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
            td.long { (exchange.method) " " (exchange.target) }
            td { span class=(tone) { (exchange.status.map_or("none".to_owned(), |status| status.to_string())) } }
            td.number { (exchange.took_ms) " ms" }
            td.long { (exchange.note) }
        }
    }
}
