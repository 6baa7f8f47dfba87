//! The payout calendar's parts that partners' and staff's pages share: the table of the quarters that are not closed, and the rule in words.

use chrono::NaiveDate;
use leptos::prelude::*;
use portal_domain::{calendar::Quarter, payout::PayoutDates};
use portal_services::payouts::{AheadView, PayoutPhase};
use portal_words::Words;

use crate::{
    ui::kit::{self, icons},
    web::page::Page,
};

/// The way to the calendar.
pub fn link(page: &Page, url: &'static str) -> AnyView {
    view! { <a class="btn" href=url>{page.words.text("payout-title")}</a> }.into_any()
}

/// The quarters that are not closed.
pub fn ahead(page: &Page, quarters: &[AheadView]) -> AnyView {
    let words = &page.words;
    view! {
        <section class="card flush" aria-labelledby="ahead-title">
            <header><h2 id="ahead-title">{words.text("payout-ahead-title")}</h2></header>
            <div class="table" id="ahead" data-live="">
                <table class="cards">
                    <thead>
                        <tr>
                            <th scope="col">{words.text("payout-column-quarter")}</th>
                            <th scope="col">{words.text("payout-column-until")}</th>
                            <th scope="col">{words.text("payout-column-close")}</th>
                            <th scope="col">{words.text("payout-column-paid")}</th>
                            <th scope="col">{words.text("statement-column-state")}</th>
                        </tr>
                    </thead>
                    <tbody>{quarters.iter().map(|view| row(page, view)).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn row(page: &Page, view: &AheadView) -> AnyView {
    let words = &page.words;
    let dates = &view.dates;
    let days = if view.late {
        let since = [("date", words.day(dates.closes_on).into())];
        let after = [("count", page.ctx.programme.payout_days.into())];
        [
            words.text("payout-late-until").into_any(),
            words.with("payout-late-close", &since).into_any(),
            words.with("payout-days-after", &after).into_any(),
        ]
    } else {
        [
            day(words, dates.closes_on),
            day(words, dates.closes_on),
            day(words, dates.paid_by),
        ]
    };
    let [until, close, paid] = days;
    let (state, label) = match view.phase {
        PayoutPhase::Closing => ("in_review", "payout-phase-closing"),
        PayoutPhase::Running => ("active", "payout-phase-running"),
        PayoutPhase::Coming => ("upcoming", "payout-phase-coming"),
    };
    view! {
        <tr>
            {quarter(words, dates)}
            <td data-label=words.text("payout-column-until")>{until}</td>
            <td data-label=words.text("payout-column-close")>{close}</td>
            <td class="sum" data-label=words.text("payout-column-paid")>{paid}</td>
            <td class="corner">{kit::pill(state, words.text(label))}</td>
        </tr>
    }
    .into_any()
}

/// A quarter's cell at the head of its row: its name, and the months it holds.
pub fn quarter(words: &Words, dates: &PayoutDates) -> AnyView {
    view! { <th class="main" scope="row">{words.quarter(dates.quarter)}<small>{months(words, dates.quarter)}</small></th> }
        .into_any()
}

/// A day that programs can read too.
pub fn day(words: &Words, date: NaiveDate) -> AnyView {
    view! { <time datetime=date.to_string()>{words.date(date)}</time> }.into_any()
}

/// `July, August, September 2026`, with the year wherever it changes.
fn months(words: &Words, quarter: Quarter) -> String {
    let names: Vec<String> = (0..3)
        .map(|place| {
            let month = quarter.first.plus(place);
            let is_last_of_year = place == 2 || month.year() != month.plus(1).year();
            if is_last_of_year {
                words.month(month)
            } else {
                words.text(&format!("month-{}", month.month()))
            }
        })
        .collect();
    names.join(", ")
}

/// Instead of the table of closed quarters, where there is none.
pub fn nothing_closed(page: &Page) -> AnyView {
    let words = &page.words;
    let (title, text) = (
        words.text("payout-past-empty-title"),
        words.text("payout-past-empty"),
    );
    view! { <section class="card flush">{kit::empty(icons::FILE, title, text, None)}</section> }
        .into_any()
}

/// The rule in words.
pub fn rules(page: &Page) -> AnyView {
    let words = &page.words;
    let programme = &page.ctx.programme;
    let close = [("count", programme.payout_close_days.into())];
    let paid = [("count", programme.payout_days.into())];
    let zone = [("zone", programme.time_zone.name().into())];
    view! {
        <section class="card" aria-labelledby="rules-title">
            <header><h2 id="rules-title">{words.text("payout-rules-title")}</h2></header>
            <ul class="points">
                <li>{words.with("payout-rule-close", &close)}</li>
                <li>{words.text("payout-rule-statement")}</li>
                <li>{words.with("payout-rule-paid", &paid)}</li>
                <li>{words.with("payout-rule-zone", &zone)}</li>
            </ul>
        </section>
    }
    .into_any()
}
