//! The card of the next payout, as partners and staff read it: everything that may come on the next statement, by what it waits for, each part named.

use leptos::prelude::*;
use portal_services::forecast::{Forecast, Group, Part, PartState};

use crate::{ui::kit, web::page::Page};

/// `lines_url` leads from a group's word to its lines.
pub fn card(
    page: &Page,
    forecast: &Forecast,
    names_currency: bool,
    lines_url: impl Fn(&str) -> String,
) -> AnyView {
    let words = &page.words;
    let quarter = [("quarter", words.quarter(forecast.quarter).into())];
    let minimum = [("minimum", words.money(forecast.minimum).into())];
    let carried = forecast.is_below_minimum().then(
        || view! { <p class="muted small">{words.with("figure-upcoming-carried", &minimum)}</p> },
    );
    let bodies = |groups: &[Group]| {
        groups
            .iter()
            .map(|group| body(page, group, lines_url(group.word())))
            .collect_view()
    };
    let stopped = (!forecast.stopped.is_empty()).then(|| {
        view! {
            <div class="table">
                <table class="forecast">
                    <caption>{words.text("forecast-stopped")}</caption>
                    {bodies(&forecast.stopped)}
                </table>
            </div>
        }
    });
    let mut title = words.text("forecast-title");
    if names_currency {
        title = format!("{title} · {}", forecast.currency);
    }
    view! {
        <section class="card flush" data-forecast=forecast.currency.to_string()>
            <header>
                <div><h2>{title}</h2><p>{words.with("forecast-lead", &quarter)}</p>{carried}</div>
            </header>
            <div class="table">
                <table class="forecast">
                    {bodies(&forecast.groups)}
                    <tfoot>
                        <tr>
                            <th class="main" scope="row">{words.text("forecast-total")}</th>
                            <td class="num" data-total="">{kit::money(page, forecast.total)}</td>
                        </tr>
                    </tfoot>
                </table>
            </div>
            {stopped}
        </section>
    }
    .into_any()
}

fn body(page: &Page, group: &Group, url: String) -> AnyView {
    let word = group.word();
    let parts = group.parts.iter().map(|part| {
        let about = about_part(page, part).map(|about| view! { <small>{about}</small> });
        view! {
            <tr>
                <th scope="row">{part.client_name.clone()}{about}</th>
                <td class="num">{kit::money(page, part.money)}</td>
            </tr>
        }
    });
    view! {
        <tbody data-part=word>
            <tr>
                <th scope="rowgroup"><a href=url>{page.words.text(&format!("forecast-{word}"))}</a></th>
                <td class="num">{kit::money(page, group.money)}</td>
            </tr>
            {parts.collect_view()}
        </tbody>
    }
    .into_any()
}

/// Which invoice a part waits for, or why it is stopped.
fn about_part(page: &Page, part: &Part) -> Option<String> {
    let words = &page.words;
    match &part.state {
        PartState::Invoiced {
            due,
            invoice_number,
            days_late,
        } => {
            let invoice = ("invoice", invoice_number.into());
            Some(match due {
                Some(due) => {
                    let due = ("due", words.day(*due).into());
                    let days = ("days", (*days_late).into());
                    let key = match *days_late {
                        0 => "forecast-invoice-due",
                        _ => "forecast-invoice-late",
                    };
                    words.with(key, &[invoice, due, days])
                }
                None => words.with("forecast-invoice", &[invoice]),
            })
        }
        PartState::Held { reason } => Some(reason.clone()),
        _ => None,
    }
}
