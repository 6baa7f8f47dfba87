//! A partner's commission, line by line: what each waits for, and on request why it has its amount.

use axum::{extract::Query, response::Response};
use leptos::prelude::*;
use portal_domain::{calendar::Month, ids::LineId, line::LineState};
use portal_services::{
    lines::{self, LineView},
    why::LineExplanation,
};
use portal_store::lines::LineFilter;
use serde::Deserialize;

use super::{
    address, line_kind, line_pill, next_page, parse_id, tab,
    waits::{self, Around},
    why,
};
use crate::{
    ui::{
        api::UiError,
        kit::{self, icons},
    },
    web::page::Page,
};

const SHOWN: usize = 50;

/// The groups of states that the list can be narrowed to: the word in the address, the key of its name.
const GROUPS: [(&str, &str, &[LineState]); 3] = [
    (
        "waiting",
        "commission-filter-waiting",
        &[LineState::Upcoming, LineState::Awaiting],
    ),
    (
        "owed",
        "commission-filter-owed",
        &[
            LineState::Covered,
            LineState::Approved,
            LineState::Stated,
            LineState::Invoiced,
        ],
    ),
    ("paid", "commission-filter-paid", &[LineState::Paid]),
];
const HELD: &str = "held";
const DISPUTED: &str = "disputed";

/// What the list's address may say.
#[derive(Default, Deserialize)]
pub struct LinesQuery {
    #[serde(default)]
    state: String,
    /// The last line of the page before: `2026-07.` and its id.
    #[serde(default)]
    after: String,
    /// The line whose amount is explained.
    #[serde(default)]
    line: String,
}

struct Lines {
    query: LinesQuery,
    lines: Vec<LineView>,
    around: Around,
    why: Option<LineExplanation>,
    next: Option<String>,
}

/// `/commission`.
pub async fn list(page: Page, Query(query): Query<LinesQuery>) -> Result<Response, UiError> {
    let mut found = find(&page, &query).await?;
    let next = (found.len() > SHOWN).then(|| {
        found.truncate(SHOWN);
        let last = found.last().map_or_else(String::new, |view| {
            format!("{}.{}", view.line.month, view.line.id)
        });
        address("/commission", &[("state", &query.state), ("after", &last)])
    });
    let why = if query.line.is_empty() {
        None
    } else {
        let id: LineId = parse_id(&query.line)?;
        Some(page.said(portal_services::why::explain(&page.ctx, page.actor()?, id).await)?)
    };
    let explained = why.iter().map(|why| why.view.clone());
    let named: Vec<LineView> = found.iter().cloned().chain(explained).collect();
    let lines = Lines {
        around: Around::load(&page, &named).await?,
        query,
        lines: found,
        why,
        next,
    };
    let title = page.words.text("commission-title");
    Ok(page.show(&title, move |page| view(page, &lines)))
}

/// More lines than are shown, oldest month first. A group of states is as many lists laid into one another.
async fn find(page: &Page, query: &LinesQuery) -> Result<Vec<LineView>, UiError> {
    let after = query
        .after
        .split_once('.')
        .and_then(|(month, id)| Some((Month::parse(month).ok()?, id.parse().ok()?)));
    let filter = LineFilter {
        stopped_only: query.state == HELD,
        disputed_only: query.state == DISPUTED,
        after,
        ..LineFilter::default()
    };
    let group = GROUPS.iter().find(|(word, _, _)| *word == query.state);
    let states: Vec<Option<LineState>> = match group {
        Some((_, _, states)) => states.iter().copied().map(Some).collect(),
        None => vec![None],
    };
    let mut found = Vec::new();
    for state in states {
        let filter = LineFilter {
            state,
            ..filter.clone()
        };
        found.extend(page.said(lines::list_for_partner(&page.ctx, page.actor()?, filter).await)?);
    }
    found.sort_by_key(|view| (view.line.month, view.line.id));
    Ok(found)
}

fn view(page: &Page, lines: &Lines) -> AnyView {
    let words = &page.words;
    view! {
        <div class="head">
            <div><h1>{words.text("commission-title")}</h1><p>{words.text("commission-lead")}</p></div>
            <p class="live on" data-tone="good">{words.text("live-connected")}</p>
        </div>
        {lines.why.as_ref().map(|explained| why::card(page, &lines.around, explained, plain_address(&lines.query)))}
        {tabs(page, &lines.query)}
        <section class="card flush" aria-label=words.text("commission-table-label")>
            <div id="lines" data-live="">{body(page, lines)}</div>
        </section>
    }
    .into_any()
}

/// The same list without an explanation.
fn plain_address(query: &LinesQuery) -> String {
    address(
        "/commission",
        &[("state", &query.state), ("after", &query.after)],
    )
}

fn tabs(page: &Page, query: &LinesQuery) -> AnyView {
    let words = &page.words;
    let stopped = [
        (HELD, "commission-filter-held"),
        (DISPUTED, "commission-filter-disputed"),
    ];
    let groups = GROUPS
        .iter()
        .map(|(word, key, _)| (*word, *key))
        .chain(stopped)
        .collect::<Vec<_>>();
    let known = groups.iter().any(|(word, _)| *word == query.state);
    let all = tab(
        words.text("filter-all"),
        "/commission".to_owned(),
        None,
        !known,
    );
    let groups = groups
        .into_iter()
        .map(|(word, key)| {
            tab(
                words.text(key),
                address("/commission", &[("state", word)]),
                None,
                word == query.state,
            )
        })
        .collect_view();
    view! { <nav class="tabs" aria-label=words.text("commission-filter-label")>{all}{groups}</nav> }
        .into_any()
}

fn body(page: &Page, lines: &Lines) -> AnyView {
    let words = &page.words;
    if lines.lines.is_empty() {
        return nothing(page, &lines.query);
    }
    let bodies = lines
        .lines
        .iter()
        .map(|view| line(page, lines, view))
        .collect_view();
    view! {
        <div class="table">
            <table class="cards lines">
                <thead>
                    <tr>
                        <th scope="col">{words.text("commission-column-client")}</th>
                        <th scope="col">{words.text("commission-column-month")}</th>
                        <th scope="col" class="num">{words.text("commission-column-amount")}</th>
                        <th scope="col">{words.text("commission-column-state")}</th>
                    </tr>
                </thead>
                {bodies}
            </table>
        </div>
        {next_page(page, lines.next.clone())}
    }
    .into_any()
}

fn line(page: &Page, lines: &Lines, view: &LineView) -> AnyView {
    let words = &page.words;
    let line = &view.line;
    let id = line.id.to_string();
    let why = address(
        "/commission",
        &[
            ("state", &lines.query.state),
            ("after", &lines.query.after),
            ("line", &id),
        ],
    );
    let label = words.with(
        "line-why-open-label",
        &[
            ("client", line.client_name.as_str().into()),
            ("month", words.month(line.month).into()),
        ],
    );
    view! {
        <tbody>
            <tr>
                <th class="main" scope="row">
                    <a href=format!("/leads/{}", line.lead)>{line.client_name.clone()}</a>
                    {line_kind(page, line.kind)}
                </th>
                <td class="nowrap" data-label=words.text("commission-column-month")>{words.month_short(line.month)}</td>
                <td class="num sum" data-label=words.text("commission-column-amount")>{kit::money(page, line.money)}</td>
                <td class="corner">{line_pill(page, line)}</td>
            </tr>
            <tr class="why">
                <td colspan="4">
                    <div class="row between small muted">
                        <span>{waits::sentence(page, &lines.around, view)}</span>
                        <a href=format!("{why}#why") aria-label=label>{words.text("line-why-open")}</a>
                    </div>
                </td>
            </tr>
        </tbody>
    }
    .into_any()
}

fn nothing(page: &Page, query: &LinesQuery) -> AnyView {
    let words = &page.words;
    if query.state.is_empty() && query.after.is_empty() {
        return kit::empty(
            icons::COINS,
            words.text("commission-empty-title"),
            words.text("commission-empty"),
            None,
        );
    }
    let way_out = Some(("/commission".to_owned(), words.text("filter-reset")));
    kit::empty(
        icons::COINS,
        words.text("commission-none-title"),
        words.text("commission-none"),
        way_out,
    )
}
