//! The payout calendar as staff see it: when quarters are to be closed, and when the last ones were.

use axum::response::Response;
use leptos::prelude::*;
use portal_services::payouts::{self, PastView};

use super::{address, calendar, crumbs, head};
use crate::{ui::api::UiError, web::page::Page};

const STATEMENTS: &str = "/staff/statements";

pub async fn show(page: Page) -> Result<Response, UiError> {
    let found = page.said(payouts::for_staff(&page.ctx, page.actor()?).await)?;
    let title = page.words.text("payout-title");
    Ok(page.show(&title.clone(), move |page| {
        view! {
            {crumbs(page, STATEMENTS, "statement-list-title", title.clone())}
            {head(title, page.words.text("payout-lead"), None)}
            {calendar::ahead(page, &found.ahead)}
            {past(page, &found.past)}
            {calendar::rules(page)}
        }
        .into_any()
    }))
}

fn past(page: &Page, quarters: &[PastView]) -> AnyView {
    if quarters.is_empty() {
        return calendar::nothing_closed(page);
    }
    let words = &page.words;
    view! {
        <section class="card flush" aria-labelledby="past-title">
            <header><h2 id="past-title">{words.text("payout-past-title")}</h2></header>
            <div class="table" id="past" data-live="">
                <table class="cards">
                    <thead>
                        <tr>
                            <th scope="col">{words.text("payout-column-quarter")}</th>
                            <th scope="col">{words.text("payout-column-planned")}</th>
                            <th scope="col">{words.text("payout-column-closed")}</th>
                            <th scope="col"><span class="vh">{words.text("payout-to-quarter")}</span></th>
                        </tr>
                    </thead>
                    <tbody>{quarters.iter().map(|view| row(page, view)).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn row(page: &Page, view: &PastView) -> AnyView {
    let words = &page.words;
    let closed = match view.closed_at {
        Some(at) => calendar::day(words, page.ctx.date_of(at)),
        None => view! { <span class="muted">{words.text("payout-not-closed")}</span> }.into_any(),
    };
    let open = words.text("payout-to-quarter");
    let label = format!("{}: {open}", words.quarter(view.dates.quarter));
    let url = address(STATEMENTS, &[("quarter", &view.dates.quarter.to_string())]);
    view! {
        <tr>
            {calendar::quarter(words, &view.dates)}
            <td data-label=words.text("payout-column-planned")>{calendar::day(words, view.dates.closes_on)}</td>
            <td data-label=words.text("payout-column-closed")>{closed}</td>
            <td class="act"><a href=url aria-label=label>{open}</a></td>
        </tr>
    }
    .into_any()
}
