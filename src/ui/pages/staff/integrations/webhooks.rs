//! What a vendor sent last, what was refused at its address, and working a note off again.

use leptos::prelude::*;
use portal_domain::access::Action;
use portal_store::inbox::{NoteRecord, RefusalRecord};

use crate::{
    ui::{
        kit::{self, icons},
        pages::staff::may,
    },
    web::page::Page,
};

/// Nothing for those who send nothing.
pub(super) fn list(
    page: &Page,
    system: &'static str,
    notes: &[NoteRecord],
    refusals: &[RefusalRecord],
) -> Option<AnyView> {
    if !matches!(system, "hubspot" | "relay" | "xero") {
        return None;
    }
    let words = &page.words;
    let title = words.text("integration-webhooks-title");
    let table = if notes.is_empty() {
        let (title, text) = (
            words.text("integration-webhooks-empty-title"),
            words.text("integration-webhooks-empty"),
        );
        kit::empty(icons::INFO, title, text, None)
    } else {
        table(page, system, notes)
    };
    Some(
        view! {
            <section class="card flush">
                <header><div><h2>{title}</h2>{refused(page, system, refusals)}</div></header>
                {table}
            </section>
        }
        .into_any(),
    )
}

/// What was refused of late, by reason: an attack, or a secret that only one side has changed.
fn refused(page: &Page, system: &str, refusals: &[RefusalRecord]) -> Option<AnyView> {
    let words = &page.words;
    let own = refusals.iter().filter(|one| one.vendor == system);
    let texts: Vec<String> = own
        .map(|one| {
            let ago = words.ago(page.ctx.now(), one.last_at);
            let arguments = [("count", one.requests.into()), ("ago", ago.into())];
            words.with(&format!("integration-refused-{}", one.reason), &arguments)
        })
        .collect();
    (!texts.is_empty()).then(|| view! { <p>{texts.join(" ")}</p> }.into_any())
}

fn table(page: &Page, system: &'static str, notes: &[NoteRecord]) -> AnyView {
    let words = &page.words;
    let columns = ["received", "events", "state"];
    let columns = columns.map(|column| view! { <th scope="col">{words.text(&format!("integration-webhooks-column-{column}"))}</th> });
    let rows = notes.iter().map(|note| row(page, system, note));
    view! {
        <div class="table">
            <table class="cards">
                <thead><tr>{columns.into_iter().collect_view()}<th scope="col"><span class="vh">{words.text("actions")}</span></th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(page: &Page, system: &'static str, note: &NoteRecord) -> AnyView {
    let words = &page.words;
    let (key, pill) = match (note.worked_at, note.found) {
        (None, _) => ("waiting", "retrying"),
        (Some(_), Some(found)) if found.faults > 0 => ("faults", "failing"),
        _ => ("worked", "healthy"),
    };
    let events = note.found.map_or_else(
        || words.with("integration-bytes", &[("bytes", note.bytes.into())]),
        |found| {
            let count = [
                ("count", found.events.into()),
                ("faults", found.faults.into()),
            ];
            words.with("integration-events", &count)
        },
    );
    let replayed = note.replayed_at.map(|at| {
        let ago = words.ago(page.ctx.now(), at);
        view! { <small>{words.with("integration-replayed", &[("ago", ago.into())])}</small> }
    });
    let replay = (note.worked_at.is_some() && may(page, Action::Operate)).then(|| {
        let values = [("note", note.id.to_string()), ("system", system.to_owned())];
        kit::button_form(
            "replay_webhook",
            &values,
            words.text("integration-replay"),
            "btn sm",
        )
    });
    view! {
        <tr>
            <th class="main" scope="row">{kit::instant(page, note.received_at)}{replayed}</th>
            <td data-label=words.text("integration-webhooks-column-events")>{events}</td>
            <td data-label=words.text("integration-webhooks-column-state")>{kit::pill(pill, words.text(&format!("integration-note-{key}")))}</td>
            <td class="act">{replay}</td>
        </tr>
    }
    .into_any()
}
