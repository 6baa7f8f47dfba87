//! A partner's first screen: how much came, how much is coming, and what it waits for.

use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::*;
use portal_domain::{
    access::{Action, Actor},
    lead::LeadState,
    money::Currency,
};
use portal_services::{
    figures::{self, Figures},
    leads,
    lines::LineView,
    payouts::{self, AheadView},
};
use portal_store::leads::{LeadFilter, LeadRecord};

use super::{
    chart, lead_pill, may,
    waits::{self, Around},
};
use crate::{
    ui::{
        api::UiError,
        kit::{self, icon, icons},
        pages::parts::write_large,
    },
    web::page::Page,
};

/// So many waiting lines are summed up; whoever has more sees groups without their sum.
const WAITING: i64 = 1_000;
const RECENT: usize = 5;
/// A group beyond these is on the page Commission.
const GROUPS: usize = 8;

struct Home {
    figures: Vec<Figures>,
    leads: Vec<LeadRecord>,
    waiting: Vec<LineView>,
    around: Around,
    next_close: Option<AheadView>,
}

/// Staff have a first screen of their own.
pub async fn show(page: Page) -> Result<Response, UiError> {
    let actor = page.actor()?;
    if matches!(actor, Actor::Staff { .. }) {
        return Ok(Redirect::to("/staff").into_response());
    }
    let waiting = page.said(figures::waiting(&page.ctx, actor, WAITING).await)?;
    let home = Home {
        figures: page.said(figures::for_partner(&page.ctx, actor).await)?,
        leads: page.said(leads::list_for_partner(&page.ctx, actor, LeadFilter::default()).await)?,
        around: Around::load(&page, &waiting).await?,
        next_close: page.said(payouts::find_next(&page.ctx, actor).await)?,
        waiting,
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
    view! {
        <div class="head">
            <div>
                <h1>{words.with("figure-greeting", &[("name", first_name.into())])}</h1>
                <p>{words.with("figure-as-of", &[("date", words.date(page.ctx.today()).into())])}</p>
            </div>
            <div class="row"><a class="btn" href="/statements">{words.text("nav-statements")}</a>{new_lead}</div>
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
    view! {
        {figures}
        <div class="split">
            <div class="stack">{charts}{recent_leads(page, &home.leads)}</div>
            {waiting(page, home)}
        </div>
    }
    .into_any()
}

/// Leads are on their way, and none of them is won.
fn before_money(page: &Page, home: &Home) -> AnyView {
    view! {
        <div class="split">
            {recent_leads(page, &home.leads)}
            <section class="card">
                <header><h2>{page.words.text("figure-title")}</h2></header>
                <p class="muted small">{page.words.text("commission-empty")}</p>
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

fn waiting(page: &Page, home: &Home) -> AnyView {
    let words = &page.words;
    let groups = waits::group(page, &home.around, &home.waiting);
    if groups.is_empty() {
        return view! {
            <section class="card">
                <header><h2>{words.text("figure-waiting-title")}</h2></header>
                <p class="muted small">{words.text("figure-nothing-waits")}</p>
            </section>
        }
        .into_any();
    }
    let rows = groups
        .into_iter()
        .take(GROUPS)
        .map(|group| {
            let count = words.with("waits-group-lines", &[("count", group.count.into())]);
            view! {
                <li>
                    <div><a class="t" href=group.url>{words.text(&group.title)}</a><p>{group.about}</p></div>
                    <span class="end"><span class="money">{group.amount}</span><small>{count}</small></span>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="card">
            <header><h2>{words.text("figure-waiting-title")}</h2>{waiting_sum(page, &home.waiting)}</header>
            <ul class="rows">{rows}</ul>
        </section>
    }
    .into_any()
}

/// Only where it is a sum of everything, and of one currency.
fn waiting_sum(page: &Page, waiting: &[LineView]) -> Option<AnyView> {
    let currency = waiting.first()?.line.money.currency;
    let complete = i64::try_from(waiting.len()).is_ok_and(|count| count < WAITING);
    if !complete
        || waiting
            .iter()
            .any(|view| view.line.money.currency != currency)
    {
        return None;
    }
    let amounts = waiting.iter().map(|view| i128::from(view.line.money.minor));
    let arguments = [
        ("amount", write_large(page, amounts.sum(), currency).into()),
        ("count", waiting.len().into()),
    ];
    Some(view! { <p>{page.words.with("figure-waiting-sum", &arguments)}</p> }.into_any())
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
