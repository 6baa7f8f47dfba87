//! A partner's first screen: how much came, how much is coming, and what it waits for, part by part.

use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::*;
use portal_domain::{
    access::{Action, Actor},
    lead::LeadState,
    money::{Currency, Money},
};
use portal_services::{
    figures::{self, Figures},
    forecast::{Forecast, for_partner},
    leads,
    payouts::{self, AheadView},
    statements::{self, StatementView},
};
use portal_store::leads::{LeadFilter, LeadRecord};

use super::{chart, lead_pill, may};
use crate::{
    ui::{
        api::UiError,
        kit::{self, icon, icons},
        pages::{forecast, parts::sees_all},
    },
    web::page::Page,
};

const RECENT: usize = 5;

#[derive(Default)]
struct Home {
    figures: Vec<Figures>,
    leads: Vec<LeadRecord>,
    forecasts: Vec<Forecast>,
    statements: Vec<StatementView>,
    next_close: Option<AheadView>,
}

/// Staff have a first screen of their own.
pub async fn show(page: Page) -> Result<Response, UiError> {
    let actor = page.actor()?;
    if matches!(actor, Actor::Staff { .. }) {
        return Ok(Redirect::to("/staff").into_response());
    }
    let leads =
        page.said(leads::list_for_partner(&page.ctx, actor, LeadFilter::default()).await)?;
    let home = if sees_all(&page) {
        Home {
            figures: page.said(figures::for_partner(&page.ctx, actor).await)?,
            leads,
            forecasts: page.said(for_partner(&page.ctx, actor).await)?,
            statements: page.said(statements::list_for_partner(&page.ctx, actor).await)?,
            next_close: page.said(payouts::find_next(&page.ctx, actor).await)?,
        }
    } else {
        Home {
            leads,
            ..Home::default()
        }
    };
    let title = page.words.text("nav-home");
    Ok(page.show(&title, move |page| view(page, &home)))
}

fn view(page: &Page, home: &Home) -> AnyView {
    view! {
        {head(page)}
        <div class="stack" id="home" data-live="">{content(page, home)}</div>
    }
    .into_any()
}

fn head(page: &Page) -> AnyView {
    let words = &page.words;
    let name = page.session().map_or("", |session| session.name.as_str());
    let first_name = name.split_whitespace().next().unwrap_or(name);
    let new_lead = may(page, Action::SubmitLeads).then(|| {
        view! { <a class="btn primary" href="/leads/new">{icon(icons::PLUS)}{words.text("lead-list-new")}</a> }
    });
    let statements = sees_all(page)
        .then(|| view! { <a class="btn" href="/statements">{words.text("nav-statements")}</a> });
    view! {
        <div class="head">
            <div>
                <h1>{words.with("figure-greeting", &[("name", first_name.into())])}</h1>
                <p>{words.with("figure-as-of", &[("date", words.date(page.ctx.today()).into())])}</p>
            </div>
            <div class="row">{statements}{new_lead}</div>
        </div>
    }
    .into_any()
}

fn content(page: &Page, home: &Home) -> AnyView {
    if home.figures.is_empty() && home.leads.is_empty() {
        return beginning(page);
    }
    if home.figures.is_empty() {
        return before_money(page, home);
    }
    let figures = home
        .figures
        .iter()
        .map(|figures| five_figures(page, home, figures))
        .collect_view();
    let charts = home
        .figures
        .iter()
        .map(|figures| month_chart(page, figures, home.figures.len()))
        .collect_view();
    let forecasts = home
        .forecasts
        .iter()
        .map(|forecast| forecast::card(page, forecast, home.forecasts.len() > 1, lines_url))
        .collect_view();
    view! {
        {figures}
        <div class="split beside">
            <div class="stack">{charts}</div>
            <div class="stack">{forecasts}{open_statements(page, home)}</div>
            <div class="stack">{recent_leads(page, &home.leads)}</div>
        </div>
    }
    .into_any()
}

/// Leads are on their way, and none of them is won, or what they come to is not for the reader.
fn before_money(page: &Page, home: &Home) -> AnyView {
    let why = if sees_all(page) {
        "commission-empty"
    } else {
        "figure-own-leads"
    };
    view! {
        <div class="split">
            {recent_leads(page, &home.leads)}
            <section class="card">
                <header><h2>{page.words.text("figure-title")}</h2></header>
                <p class="muted small">{page.words.text(why)}</p>
            </section>
        </div>
    }
    .into_any()
}

/// What somebody sees who has just joined.
fn beginning(page: &Page) -> AnyView {
    let words = &page.words;
    let way_out = may(page, Action::SubmitLeads)
        .then(|| ("/leads/new".to_owned(), words.text("lead-form-submit")));
    let empty = kit::empty(
        icons::LEADS,
        words.text("figure-empty-title"),
        words.text("figure-empty"),
        way_out,
    );
    view! { <section class="card flush">{empty}</section> }.into_any()
}

/// A heading that names the currency only where there are several.
fn title(page: &Page, key: &str, currency: Currency, how_many: usize) -> String {
    let text = page.words.text(key);
    if how_many > 1 {
        format!("{text} · {currency}")
    } else {
        text
    }
}

fn five_figures(page: &Page, home: &Home, figures: &Figures) -> AnyView {
    let how_many = home.figures.len();
    let words = &page.words;
    let upcoming_hint = if figures.is_carried_over() {
        words.with(
            "figure-upcoming-carried",
            &[("minimum", words.money(figures.minimum).into())],
        )
    } else {
        words.text("figure-upcoming-hint")
    };
    let rows = [
        ("earned", figures.earned, words.text("figure-earned-hint")),
        ("owed", figures.owed, words.text("figure-owed-hint")),
        ("paid", figures.paid, words.text("figure-paid-hint")),
        ("upcoming", figures.upcoming, upcoming_hint),
        (
            "expected",
            figures.expected,
            words.text("figure-expected-hint"),
        ),
    ]
    .map(|(kind, money, hint)| {
        let class = if money.minor < 0 {
            "money minus"
        } else {
            "money"
        };
        let when = (kind == "upcoming").then(|| next_statement(page, home.next_close.as_ref()));
        view! {
            <div data-figure=kind>
                <dt><i class=format!("k-{kind}")></i>{words.text(&format!("figure-{kind}"))}</dt>
                <dd class=class>{words.money(money)}</dd>
                <dd class="hint">{hint}" "{when}</dd>
            </div>
        }
    });
    view! {
        <section class="figures" aria-label=title(page, "figure-title", figures.currency, how_many)>
            {chart::track(figures)}
            <dl>{rows.into_iter().collect_view()}</dl>
        </section>
    }
    .into_any()
}

/// When the next statement is expected, and the way to the calendar.
fn next_statement(page: &Page, next: Option<&AheadView>) -> AnyView {
    let words = &page.words;
    let label = match next {
        Some(view) if view.late => words.text("payout-next-late"),
        Some(view) => {
            let date = [("date", words.date(view.dates.closes_on).into())];
            words.with("payout-next", &date)
        }
        None => words.text("payout-title"),
    };
    view! { <a href="/statements/calendar">{label}</a> }.into_any()
}

fn month_chart(page: &Page, figures: &Figures, how_many: usize) -> AnyView {
    view! {
        <section class="card">
            <header>
                <h2>{title(page, "figure-by-month", figures.currency, how_many)}</h2>
                <a href="/commission">{page.words.text("figure-all-lines")}</a>
            </header>
            {chart::by_month(page, figures)}
        </section>
    }
    .into_any()
}

/// The lines of one group of the forecast.
fn lines_url(group: &str) -> String {
    let state = match group {
        "approved" | "covered" => "owed",
        "held" | "disputed" => group,
        _ => "waiting",
    };
    format!("/commission?state={state}")
}

/// What was stated and is not paid: the partner's turn, and the vendor's.
fn open_statements(page: &Page, home: &Home) -> Option<AnyView> {
    let words = &page.words;
    let mut rows = Vec::new();
    for view in &home.statements {
        let url = format!("/statements/{}", view.record.id);
        let statement = || ("statement", view.record.number.as_str().into());
        let mut add = |key: &str, about: String, money: Money| {
            let title = words.text(key);
            rows.push(view! {
                <li>
                    <div><a class="t" href=url.clone()>{title}</a><p>{about}</p></div>
                    <span class="end">{kit::money(page, money)}</span>
                </li>
            });
        };
        if view.rest.minor > 0 {
            let about = words.with("waits-about-statement", &[statement()]);
            add("waits-group-partner-invoice", about, view.rest);
        }
        for bill in &view.bills {
            let open_minor = bill.total.minor - bill.paid_minor;
            if open_minor > 0 {
                let invoice = ("invoice", bill.number.as_str().into());
                let about = words.with("waits-about-bill", &[invoice, statement()]);
                let open = Money::new(open_minor, bill.total.currency);
                add("waits-group-bill-payment", about, open);
            }
        }
    }
    if rows.is_empty() {
        return None;
    }
    Some(
        view! {
            <section class="card" id="open-statements">
                <header><h2>{words.text("figure-open-statements")}</h2><a href="/statements">{words.text("nav-statements")}</a></header>
                <ul class="rows">{rows}</ul>
            </section>
        }
        .into_any(),
    )
}

fn recent_leads(page: &Page, leads: &[LeadRecord]) -> AnyView {
    let words = &page.words;
    let rows = leads
        .iter()
        .take(RECENT)
        .map(|lead| {
            view! {
                <li>
                    <span class="avatar" aria-hidden="true">{kit::initials(&lead.client_name)}</span>
                    <div>
                        <a class="t" href=format!("/leads/{}", lead.id)>{lead.client_name.clone()}</a>
                        <p>{format!("{} · {}", lead.client_domain, whereabouts(page, lead))}</p>
                    </div>
                    <span class="end">{lead_pill(page, lead)}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="card">
            <header><h2>{words.text("figure-recent-leads")}</h2><a href="/leads">{words.text("figure-all-leads")}</a></header>
            <ul class="rows">{rows}</ul>
        </section>
    }
    .into_any()
}

/// When a review is decided; else how old the lead is.
fn whereabouts(page: &Page, lead: &LeadRecord) -> String {
    let words = &page.words;
    match lead.review_due_at {
        Some(due) if lead.state == LeadState::InReview => words.with(
            "lead-list-decided-by",
            &[("date", words.day(page.ctx.date_of(due)).into())],
        ),
        _ => words.ago(page.ctx.now(), lead.created_at),
    }
}
