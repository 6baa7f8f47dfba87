//! The signing secrets: that they are there, by their last characters; and a new one, which is seen once, here.

use leptos::prelude::*;
use portal_domain::relay::Side;
use portal_services::relay::{KnownSecret, RelayView, new_secret};

use super::RELAY_PATH;
use crate::{
    ui::{
        kit,
        pages::staff::{NOTHING, calls, form_errors},
    },
    web::page::Page,
};

const KEEP: &str = "keep_relay_secret";

/// A secret that nobody has yet: it is copied first, and holds once the button is pressed.
pub(super) fn new(page: &Page, side: Side) -> AnyView {
    let words = &page.words;
    let secret = new_secret();
    let text = secret.reveal().to_owned();
    let title = words.text(&format!("relay-secret-new-{side}"));
    view! {
        <form class="card form" method="post" action=RELAY_PATH>
            <header><div><h2>{title.clone()}</h2><p>{words.text(&format!("relay-secret-new-{side}-what"))}</p></div></header>
            {calls(KEEP)}
            {form_errors(page, KEEP)}
            <input type="hidden" name="side" value=side.as_str() />
            <div class="field full">
                <label for="secret">{title}</label>
                <input id="secret" name="secret" readonly value=text autocomplete="off" spellcheck="false" />
            </div>
            <div class="foot">
                <button class="btn primary">{words.text("relay-secret-keep")}</button>
                <a class="btn" href=RELAY_PATH>{words.text("relay-secret-leave")}</a>
            </div>
        </form>
    }
    .into_any()
}

pub(super) fn table(page: &Page, view: &RelayView, operates: bool) -> AnyView {
    let words = &page.words;
    let columns = [
        "relay-secret-for",
        "relay-secret-now",
        "relay-secret-before",
    ];
    let columns = columns.map(|key| view! { <th scope="col">{words.text(key)}</th> });
    let rows = view.secrets.iter().map(|known| row(page, known, operates));
    view! {
        <section class="card flush" id="secrets">
            <header><div><h2>{words.text("relay-secrets")}</h2><p>{words.text("relay-secrets-what")}</p></div></header>
            <div class="table">
                <table class="cards">
                    <thead><tr>{columns.into_iter().collect_view()}<th scope="col"><span class="vh">{words.text("actions")}</span></th></tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn row(page: &Page, known: &KnownSecret, operates: bool) -> AnyView {
    let words = &page.words;
    let side = known.side;
    let name = words.text(&format!("relay-secret-{side}"));
    let shown = |ending: &Option<String>| {
        let ending = ending.as_ref();
        ending.map_or_else(|| NOTHING.to_owned(), |ending| format!("…{ending}"))
    };
    let acts = operates.then(|| {
        let label = words.text("relay-secret-new");
        // A third one has no place: the old one is dropped first.
        let new = known.ending_before.is_none().then(|| {
            let href = format!("{RELAY_PATH}?new={side}");
            view! { <a class="btn sm" href=href aria-label=format!("{label}: {name}")>{label.clone()}</a> }
        });
        let drop = known.ending_before.as_ref().map(|_| {
            let values = [("side", side.as_str().to_owned())];
            kit::button_form(
                "drop_relay_secret",
                &values,
                words.text("relay-secret-drop"),
                "btn sm",
            )
        });
        view! {
            <div class="row">
                {new}
                {drop}
            </div>
        }
    });
    view! {
        <tr data-side=side.as_str()>
            <th class="main" scope="row">{name.clone()}</th>
            <td data-label=words.text("relay-secret-now")>{shown(&known.ending)}</td>
            <td data-label=words.text("relay-secret-before")>{shown(&known.ending_before)}</td>
            <td class="act">{acts}</td>
        </tr>
    }
    .into_any()
}
