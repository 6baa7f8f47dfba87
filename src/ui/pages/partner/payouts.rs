//! A partner's payout calendar: when the next quarters close and pay, and what came of the last ones.

use axum::response::Response;
use leptos::prelude::*;
use portal_services::{
    payouts::{self, PastView, PayoutCalendar},
    statements::StatementView,
};

use super::{calendar, crumbs};
use crate::{
    ui::{api::UiError, kit},
    web::page::Page,
};

/// `/statements/calendar`.
pub async fn show(page: Page) -> Result<Response, UiError> {
    let calendar = page.said(payouts::for_partner(&page.ctx, page.actor()?).await)?;
    let title = page.words.text("payout-title");
    Ok(page.show(&title, move |page| view(page, &calendar)))
}

fn view(page: &Page, calendar: &PayoutCalendar) -> AnyView {
    let words = &page.words;
    let title = words.text("payout-title");
    view! {
        {crumbs(page, "/statements", "statement-list-title", title.clone())}
        <div class="head"><div><h1>{title}</h1><p>{words.text("payout-lead")}</p></div></div>
        {calendar::ahead(page, &calendar.ahead)}
        {past(page, &calendar.past)}
        {calendar::rules(page)}
    }
    .into_any()
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
                            <th scope="col">{words.text("payout-column-closed")}</th>
                            <th scope="col">{words.text("payout-column-your-statement")}</th>
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
    let statements = if view.statements.is_empty() {
        view! { <span class="muted">{words.text("payout-no-statement")}</span> }.into_any()
    } else {
        let statements = view.statements.iter().map(|view| statement(page, view));
        view! { <div class="stack">{statements.collect_view()}</div> }.into_any()
    };
    view! {
        <tr>
            {calendar::quarter(words, &view.dates)}
            <td data-label=words.text("payout-column-closed")>{closed}</td>
            <td data-label=words.text("payout-column-your-statement")>{statements}</td>
        </tr>
    }
    .into_any()
}

fn statement(page: &Page, view: &StatementView) -> AnyView {
    let (record, state) = (&view.record, view.settlement);
    let label = page.words.text(&format!("settlement-state-{state}"));
    view! {
        <div class="row">
            <a href=format!("/statements/{}", record.id)>{record.number.clone()}</a>
            {kit::money(page, record.total)}
            {kit::pill(state.as_str(), label)}
        </div>
    }
    .into_any()
}
