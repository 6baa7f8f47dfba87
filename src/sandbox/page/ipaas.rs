//! The iPaaS: what was pasted from the portal, how it behaves, which leads came and what was called back.

use maud::{Markup, html};

use super::layout::{back_to, field, frame, nothing};
use super::log;
use crate::call::Call;
use crate::clock::readable;
use crate::ipaas::{Ipaas, Received};
use crate::server::Shared;

/// The statuses with which it can be told to refuse.
const REFUSALS: [(u16, &str); 7] = [
    (0, "takes everything"),
    (401, "401, another secret"),
    (404, "404, no such flow"),
    (410, "410, switched off"),
    (422, "422, not understood"),
    (429, "429, too many"),
    (503, "503, out of order"),
];

/// `/ipaas`.
pub fn render(shared: &Shared, call: &Call) -> Option<Markup> {
    let exchanges = log::beside(shared, "iPaaS");
    let address = call.header("host").unwrap_or_default();
    let content = {
        let world = shared.world();
        html! {
            p.lead { "A flow that makes company, contact and deal in HubSpot out of the portal's leads. Its address is "
                code { "http://" (address) "/ipaas/hooks/portal" } }
            (secrets(&world.ipaas))
            (moods(&world.ipaas))
            section aria-labelledby="received" {
                h2 id="received" { "Received" }
                @if world.ipaas.received.is_empty() { (nothing("Nothing was received yet.")) }
                div.stack { @for received in world.ipaas.received.iter().rev() { (card(received)) } }
            }
            (exchanges)
        }
    };
    Some(frame(shared, call, "iPaaS", &content))
}

/// Neither is shown again: a page of ours is as public as this machine.
fn secrets(ipaas: &Ipaas) -> Markup {
    let secret = |name: &str, label: &str, known: &str| {
        let hint = if known.is_empty() {
            "none yet"
        } else {
            "saved; leave empty to keep it"
        };
        field(
            name,
            label,
            &html! { input id=(name) name=(name) autocomplete="off" placeholder=(hint); },
        )
    };
    html! {
        section aria-labelledby="secrets" {
            h2 id="secrets" { "Secrets" }
            form.item method="post" action="/sandbox/ipaas/secrets" {
                (back_to("/ipaas#secrets"))
                div.fields {
                    (secret("signing_secret", "The portal signs with", &ipaas.secrets.signing))
                    (secret("callback_secret", "Call-backs are signed with", &ipaas.secrets.callback))
                    button { "Save secrets" }
                }
            }
        }
    }
}

fn moods(ipaas: &Ipaas) -> Markup {
    let moods = &ipaas.moods;
    let switch = |name: &str, label: &str, on: bool| {
        field(
            name,
            label,
            &html! {
                select id=(name) name=(name) { option value="false" selected[!on] { "no" } option value="true" selected[on] { "yes" } }
            },
        )
    };
    html! {
        section aria-labelledby="moods" {
            h2 id="moods" { "How it behaves" }
            form.item method="post" action="/sandbox/ipaas/moods" {
                (back_to("/ipaas#moods"))
                div.fields {
                    (field("refuses", "Answers", &html! {
                        select id="refuses" name="refuses" {
                            @for (status, words) in REFUSALS { option value=(status) selected[status == moods.refuses] { (words) } }
                        }
                    }))
                    (field("fails", "Its flow fails with", &html! { input id="fails" name="fails" value=(moods.fails); }))
                    (field("loses", "Loses the next call-backs", &html! { input id="loses" name="loses" type="number" min="0" value=(moods.loses); }))
                    (switch("nameless", "Leaves out stages' names", moods.nameless))
                    (switch("sleeps", "Takes leads and does nothing", moods.sleeps))
                    button { "Save behaviour" }
                }
            }
        }
    }
}

fn card(received: &Received) -> Markup {
    html! {
        article.item data-message-id=(received.id) data-client=(received.client) {
            div.top {
                strong { (received.kind) }
                span.soft.small { (readable(received.at_ms)) }
            }
            p { (received.client) " " span.soft { (received.id) } }
            p { (received.outcome) }
        }
    }
}
