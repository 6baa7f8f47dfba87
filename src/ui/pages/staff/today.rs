//! Today: what needs staff now, in counts that lead on; the newest leads; the quarter that closes next; and whether everything outside answers.

use axum::response::Response;
use leptos::prelude::*;
use portal_domain::{calendar::Quarter, lead::LeadState, line::LineState};
use portal_services::{
    figures::{self, StaffCounts},
    leads,
    lines::{self, LineView, StaffLineFilter},
    operations::{self, Health, SYSTEMS},
    quarters::{self, ClosePreview},
};
use portal_store::leads::{LeadFilter, LeadRecord};

use super::{address, fact, head, integrations::system_state, lines::line_url, write_sum};
use crate::{
    ui::{
        api::UiError,
        kit::{self, icons},
        pages::parts::{lead_pill, sees_all},
    },
    web::page::Page,
};

/// How many lines are added up; beyond that only their number is told.
const SUM_LINES: i64 = 200;
/// How many leads of each kind are shown.
const LEADS: usize = 6;
/// How many disputed lines are shown.
const DISPUTES: i64 = 6;

/// Everything on the page.
struct Today {
    counts: StaffCounts,
    in_review: Vec<LeadRecord>,
    newest: Vec<LeadRecord>,
    covered: Vec<LineView>,
    disputed: Vec<LineView>,
    /// Of the whole network, as the health of what is outside.
    whole: Option<Whole>,
}

/// What whoever sees its own partners alone is not told.
struct Whole {
    health: Health,
    preview: ClosePreview,
}

pub async fn show(page: Page) -> Result<Response, UiError> {
    let today = read(&page).await?;
    let title = page.words.text("today-title");
    Ok(page.show(&title.clone(), move |page| {
        view! {
            <div class="stack" id="today" data-live="">
                {head(title, sentence(page, &today.counts), None)}
                {worklist(page, &today)}
                <div class="split">
                    <div class="stack">{disputes(page, &today.disputed)}{reviews(page, &today.in_review)}{newest(page, &today.newest)}</div>
                    <div class="stack">{today.whole.as_ref().map(|whole| view! { {quarter(page, &whole.preview)}{systems(page, &whole.health)} })}</div>
                </div>
            </div>
        }
        .into_any()
    }))
}

async fn read(page: &Page) -> Result<Today, UiError> {
    let (ctx, actor) = (&page.ctx, page.actor()?);
    let counts = page.said(figures::for_staff(ctx, actor).await)?;
    let review = LeadFilter {
        state: Some(LeadState::InReview),
        ..LeadFilter::default()
    };
    let covered = StaffLineFilter {
        state: Some(LineState::Covered),
        ..StaffLineFilter::default()
    };
    let disputed = StaffLineFilter {
        disputed: true,
        ..StaffLineFilter::default()
    };
    let quarter = counts
        .closable_quarter
        .unwrap_or_else(|| ctx.this_quarter());
    let whole = if sees_all(page) {
        Some(Whole {
            health: page.said(operations::read_health(ctx, actor).await)?,
            preview: page.said(quarters::preview(ctx, actor, quarter).await)?,
        })
    } else {
        None
    };
    Ok(Today {
        whole,
        counts,
        in_review: page.said(leads::list_for_staff(ctx, actor, review).await)?,
        newest: page.said(leads::list_for_staff(ctx, actor, LeadFilter::default()).await)?,
        covered: page.said(lines::list_for_staff(ctx, actor, covered, SUM_LINES).await)?,
        disputed: page.said(lines::list_for_staff(ctx, actor, disputed, DISPUTES).await)?,
    })
}

fn sentence(page: &Page, counts: &StaffCounts) -> String {
    let waiting = counts.in_review
        + counts.covered_to_approve
        + counts.disputed
        + counts.exceptions
        + counts.failing_jobs;
    let date = page.words.date(page.ctx.today());
    page.words.with(
        "today-lead",
        &[("count", waiting.into()), ("date", date.into())],
    )
}

fn worklist(page: &Page, today: &Today) -> AnyView {
    let (words, counts) = (&page.words, &today.counts);
    let now = page.ctx.now();
    let overdue = today
        .in_review
        .iter()
        .filter(|lead| lead.review_due_at.is_some_and(|due| due.0 < now.0))
        .count();
    let overdue_text =
        (overdue > 0).then(|| words.with("today-overdue", &[("count", overdue.into())]));
    let held =
        (counts.held > 0).then(|| words.with("today-held", &[("count", counts.held.into())]));
    let lines_text = if counts.covered_to_approve > 0 {
        Some(lines_sum(page, &today.covered))
    } else {
        held
    };
    let of_all = sees_all(page).then(|| {
        view! {
            {item(page, counts.exceptions, ("/staff/reconciliation", "today-exceptions"), None, "")}
            {item(page, counts.failing_jobs, ("/staff/integrations", "today-failed"), None, "")}
        }
    });
    view! {
        <ul class="work">
            {item(page, counts.in_review, ("/staff/leads?state=in_review", "today-leads"), overdue_text, "bad")}
            {item(page, counts.covered_to_approve, ("/staff/lines", "today-lines"), lines_text, "")}
            {item(page, counts.disputed, ("/staff/lines?list=disputed", "today-disputes"), None, "")}
            {item(page, counts.bills_open, ("/staff/statements", "today-bills-open"), None, "")}
            {of_all}
        </ul>
    }
    .into_any()
}

fn item(
    page: &Page,
    count: i64,
    (url, label): (&'static str, &str),
    text: Option<String>,
    tone: &'static str,
) -> AnyView {
    let tone = text.as_ref().map(|_| tone).filter(|tone| !tone.is_empty());
    let text = text.or_else(|| (count == 0).then(|| page.words.text("today-nothing-waits")));
    let text = text.map(|text| view! { <p class=tone.map(|_| "due") data-tone=tone>{text}</p> });
    view! {
        <li class=(count == 0).then_some("zero")>
            <span class="n">{page.words.number(count)}</span>
            <a href=url>{page.words.text(label)}</a>
            {text}
        </li>
    }
    .into_any()
}

fn lines_sum(page: &Page, covered: &[LineView]) -> String {
    let approvable: Vec<&LineView> = covered
        .iter()
        .filter(|view| !view.line.is_stopped())
        .collect();
    let mut partners: Vec<_> = approvable.iter().map(|view| view.line.partner).collect();
    partners.sort_unstable();
    partners.dedup();
    let amount = write_sum(page, approvable.iter().map(|view| view.line.money));
    page.words.with(
        "today-lines-sum",
        &[
            ("amount", amount.into()),
            ("partners", partners.len().into()),
        ],
    )
}

/// The lines whose partners wait for an answer, oldest month first.
fn disputes(page: &Page, lines: &[LineView]) -> Option<AnyView> {
    let words = &page.words;
    let rows = lines
        .iter()
        .map(|view| {
            let line = &view.line;
            let url = line_url(line.id);
            let from = words.with(
                "today-dispute-from",
                &[("partner", (&line.partner_name).into()), ("month", words.month_short(line.month).into())],
            );
            let label = words.with(
                "today-dispute-label",
                &[("client", (&line.client_name).into()), ("month", words.month(line.month).into())],
            );
            let since = line.disputed_at.map(|at| kit::ago(page, at));
            view! {
                <li>
                    <div><a class="t" href=url.clone()>{line.client_name.clone()}</a><p>{from}" · "{since}</p></div>
                    {kit::money(page, line.money)}
                    <a class="btn sm" href=url aria-label=label>{words.text("today-dispute-answer")}</a>
                </li>
            }
        })
        .collect_view();
    (!lines.is_empty()).then(|| {
        view! {
            <section class="card">
                <header><h2>{words.text("today-disputes")}</h2><a href="/staff/lines?list=disputed">{words.text("today-all-disputes")}</a></header>
                <ul class="rows">{rows}</ul>
            </section>
        }
        .into_any()
    })
}

fn reviews(page: &Page, leads: &[LeadRecord]) -> Option<AnyView> {
    let words = &page.words;
    let rows = leads
        .iter()
        .take(LEADS)
        .map(|lead| {
            let url = format!("/staff/leads/{}", lead.id);
            let why = lead.reason.as_ref().map(|reason| words.text(&format!("lead-review-{reason}"))).unwrap_or_default();
            let from = words.with("review-from", &[("partner", (&lead.partner_name).into())]);
            view! {
                <li>
                    <div><a class="t" href=url.clone()>{lead.client_name.clone()}</a><p>{from}" · "{why}</p></div>
                    {due_pill(page, lead)}
                    <a class="btn sm" href=url aria-label=words.with("today-review-label", &[("client", (&lead.client_name).into())])>
                        {words.text("today-review")}
                    </a>
                </li>
            }
        })
        .collect_view();
    (!leads.is_empty()).then(|| {
        view! {
            <section class="card">
                <header><h2>{words.text("today-leads")}</h2><a href="/staff/leads?state=in_review">{words.text("today-all-leads")}</a></header>
                <ul class="rows">{rows}</ul>
            </section>
        }
        .into_any()
    })
}

/// By when somebody must decide on a lead; nothing for one that is not in review.
pub fn due_pill(page: &Page, lead: &LeadRecord) -> Option<AnyView> {
    let due = lead
        .review_due_at
        .filter(|_| lead.state == LeadState::InReview)?;
    let (tone, key) = if due.0 < page.ctx.now().0 {
        ("bad", "review-overdue")
    } else {
        ("info", "review-due")
    };
    let date = page.words.date_of(due, page.ctx.programme.time_zone);
    let text = page.words.with(key, &[("date", date.into())]);
    Some(view! { <span class="pill plain" data-tone=tone>{text}</span> }.into_any())
}

fn newest(page: &Page, leads: &[LeadRecord]) -> AnyView {
    let words = &page.words;
    let rows = leads
        .iter()
        .take(LEADS)
        .map(|lead| {
            view! {
                <li>
                    <div>
                        <a class="t" href=format!("/staff/leads/{}", lead.id)>{lead.client_name.clone()}</a>
                        <p>{words.with("review-from", &[("partner", (&lead.partner_name).into())])}" · "{kit::ago(page, lead.created_at)}</p>
                    </div>
                    {lead_pill(page, lead)}
                </li>
            }
        })
        .collect_view();
    let content = if leads.is_empty() {
        kit::empty(
            icons::LEADS,
            words.text("staff-leads-empty-title"),
            words.text("staff-leads-empty"),
            None,
        )
    } else {
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    view! {
        <section class="card">
            <header><h2>{words.text("today-newest")}</h2><a href="/staff/leads">{words.text("today-all-leads")}</a></header>
            {content}
        </section>
    }
    .into_any()
}

fn quarter(page: &Page, preview: &ClosePreview) -> AnyView {
    let words = &page.words;
    let url = address(
        "/staff/statements",
        &[("quarter", &preview.quarter.to_string())],
    );
    let stated = write_sum(
        page,
        preview.statements.iter().map(|statement| statement.money),
    );
    let carried = write_sum(page, preview.carried.iter().map(|carried| carried.money));
    view! {
        <section class="card">
            <header><h2>{words.quarter(preview.quarter)}</h2><a href=url>{words.text("today-preview")}</a></header>
            <p class="muted small">{quarter_end(page, preview.quarter, preview.ended)}</p>
            <dl class="facts">
                {fact(words.text("today-to-state"), view! { <span class="money">{stated}</span> }.into_any())}
                {fact(words.text("today-carried-over"), view! { <span class="money">{carried}</span> }.into_any())}
                {fact(words.text("today-not-approved"), words.number(preview.covered_not_approved).into_any())}
                {fact(words.text("today-held-lines"), words.number(preview.held).into_any())}
            </dl>
        </section>
    }
    .into_any()
}

fn quarter_end(page: &Page, quarter: Quarter, ended: bool) -> String {
    let last = quarter.last().last_day();
    if ended {
        return page.words.with(
            "today-quarter-ended",
            &[("date", page.words.date(last).into())],
        );
    }
    let days = (last - page.ctx.today()).num_days();
    page.words
        .with("today-quarter-ends", &[("days", days.into())])
}

fn systems(page: &Page, health: &Health) -> AnyView {
    let words = &page.words;
    let rows = SYSTEMS
        .iter()
        .map(|system| {
            let state = system_state(page, health, system);
            let name = words.text(&format!("integration-{system}"));
            let label = words.text(&format!("integration-state-{}", state.as_str()));
            view! { <li><div class="t">{name}</div>{kit::pill(state.pill(), label)}</li> }
        })
        .collect_view();
    view! {
        <section class="card">
            <header><h2>{words.text("today-systems")}</h2><a href="/staff/integrations">{words.text("integration-title")}</a></header>
            <ul class="rows">{rows}</ul>
        </section>
    }
    .into_any()
}
