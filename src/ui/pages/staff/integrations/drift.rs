//! How near the portal's mirror of a system is to it: what was compared, what differs, and comparing it now.

use leptos::prelude::*;
use portal_domain::access::Action;
use portal_services::drift::Meter;
use portal_store::drift::DifferenceRecord;

use crate::{
    ui::{
        kit,
        pages::staff::{may, or_nothing},
    },
    web::page::Page,
};

pub(super) fn card(page: &Page, system: &'static str, meter: &Meter) -> AnyView {
    let words = &page.words;
    let compare = may(page, Action::Operate).then(|| {
        let values = [("system", system.to_owned())];
        kit::button_form(
            "compare_now",
            &values,
            words.text("drift-compare"),
            "btn sm",
        )
    });
    view! {
        <section class="card flush">
            <header><div><h2>{words.text("drift-title")}" "{state(page, meter)}</h2><p>{words.text(&format!("drift-lead-{system}"))}</p>{facts(page, meter)}</div>{compare}</header>
            {table(page, system, meter)}
        </section>
    }
    .into_any()
}

fn state(page: &Page, meter: &Meter) -> Option<AnyView> {
    let words = &page.words;
    meter.comparison.as_ref()?;
    let pill = match meter.open {
        0 => kit::pill("healthy", words.text("drift-none")),
        open => kit::pill(
            "failing",
            words.with("drift-open", &[("count", open.into())]),
        ),
    };
    Some(pill)
}

/// When it was compared, what came of it, and what waits for longest to be read.
fn facts(page: &Page, meter: &Meter) -> AnyView {
    let words = &page.words;
    let compared = meter.comparison.as_ref().map(|last| {
        let at = match last.ended_at {
            Some(at) => kit::ago(page, at),
            None => words.text("drift-goes-on").into_any(),
        };
        let counts = [
            ("compared", last.compared.into()),
            ("differed", last.differed.into()),
        ];
        view! { {words.text("drift-compared")}": "{at}" · "{words.with("drift-counts", &counts)} }
    });
    let oldest = meter.oldest_at.map(|at| {
        let before = compared.is_some().then_some(" · ");
        view! { {before}{words.text("drift-oldest")}": "{kit::ago(page, at)} }
    });
    view! { <p class="muted small">{compared}{oldest}</p> }.into_any()
}

fn table(page: &Page, system: &'static str, meter: &Meter) -> Option<AnyView> {
    if meter.differences.is_empty() {
        return None;
    }
    let words = &page.words;
    let columns = ["what", "field", "ours", "theirs", "state"];
    let columns = columns.map(
        |column| view! { <th scope="col">{words.text(&format!("drift-column-{column}"))}</th> },
    );
    let differences = meter.differences.iter();
    let rows = differences.map(|one| row(page, system, one));
    Some(
        view! {
            <div class="table">
                <table class="cards">
                    <thead><tr>{columns.into_iter().collect_view()}</tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any(),
    )
}

fn row(page: &Page, system: &str, found: &DifferenceRecord) -> AnyView {
    let words = &page.words;
    let name = match found.name.as_str() {
        "" => found.remote_id.clone(),
        name => name.to_owned(),
    };
    let vendors = page.app.vendors();
    let theirs = match system {
        "hubspot" => vendors.deal(&found.remote_id),
        _ => Some(vendors.invoice(&found.remote_id)),
    };
    let name = match theirs {
        Some(url) => view! { <a href=url rel="noreferrer">{name}</a> }.into_any(),
        None => name.into_any(),
    };
    let state = match (found.is_mended(), found.first_found_at < found.found_at) {
        (true, false) => kit::pill("healthy", words.text("drift-mended")),
        // Reading it again has not helped before.
        (_, true) => kit::pill("failing", words.text("drift-stays")),
        (false, false) => kit::pill("retrying", words.text("drift-found")),
    };
    view! {
        <tr>
            <th class="main" scope="row">{name}</th>
            <td data-label=words.text("drift-column-field")>{words.text(&format!("drift-field-{}", found.field))}</td>
            <td data-label=words.text("drift-column-ours")>{or_nothing(&found.ours)}</td>
            <td data-label=words.text("drift-column-theirs")>{or_nothing(&found.theirs)}</td>
            <td class="corner">{state}" "<small>{kit::ago(page, found.first_found_at)}</small></td>
        </tr>
    }
    .into_any()
}
