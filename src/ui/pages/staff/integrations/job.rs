//! One job: what it is about, how each try ended, and what happens next.

use leptos::prelude::*;
use portal_domain::access::Action;
use portal_services::{operations::JobView, subject::Subject};
use portal_store::jobs::{JobRecord, TryRecord};

use super::failures::{about, advice, next, set_aside, why_aside};
use crate::{
    ui::{
        kit,
        pages::staff::{NOTHING, fact, may},
    },
    web::page::Page,
};

pub(super) fn view(page: &Page, view: &JobView, title: String) -> AnyView {
    let words = &page.words;
    let (job, subject) = (&view.failing.job, &view.failing.subject);
    let (state, pill) = match job.state.as_str() {
        "dead" if job.set_aside.is_some() => ("aside", "off"),
        "dead" => ("dead", "failing"),
        "done" => ("done", "healthy"),
        state => (state, "retrying"),
    };
    let state = words.text(&format!("integration-job-{state}"));
    let act = (job.state != "done").then(|| next(page, job, &title));
    view! {
        <div class="head"><div><h1>{title.clone()}" "{kit::pill(pill, state)}</h1></div><div class="row">{act}</div></div>
        <div class="stack" id="job" data-live="">
            <section class="card" aria-label=words.text("integration-facts")>
                <dl class="facts">
                    {fact(words.text("integration-job-about"), linked(page, subject))}
                    {fact(words.text("integration-column-system"), words.text(&format!("integration-{}", job.lane)).into_any())}
                    {fact(words.text("integration-failed-column-since"), kit::instant(page, job.created_at))}
                    {fact(words.text("integration-failed-column-attempts"), words.number(job.attempts).into_any())}
                </dl>
                {job.last_error.clone().map(|said| view! { <p>{words.with("integration-said", &[("text", said.into())])}</p> })}
                {advice(page, job)}
                {why_aside(page, job)}
                {body(page, subject)}
            </section>
            {tries(page, &view.tries)}
        </div>
        {set_aside_form(page, job)}
    }
    .into_any()
}

/// For what was given up, and waits for somebody.
fn set_aside_form(page: &Page, job: &JobRecord) -> Option<AnyView> {
    const ACTION: &str = "set_aside_job";
    if job.state != "dead" || job.set_aside.is_some() || !may(page, Action::Operate) {
        return None;
    }
    let title = page.words.text("integration-aside");
    Some(set_aside(
        page,
        ACTION,
        &[("job", job.id.to_string())],
        title,
    ))
}

/// What it is about, with the way there.
fn linked(page: &Page, subject: &Subject) -> AnyView {
    let Some(text) = about(page, subject) else {
        return NOTHING.into_any();
    };
    let vendors = page.app.vendors();
    let url = match subject {
        Subject::Lead { id, .. } => Some(format!("/staff/leads/{id}")),
        Subject::Bill { statement, .. } => Some(format!("/staff/statements/{statement}")),
        Subject::Statement { id, .. } => Some(format!("/staff/statements/{id}")),
        Subject::Deal(id) => vendors.deal(id),
        Subject::Invoice(id) => Some(vendors.invoice(id)),
        Subject::Credit(id) => Some(vendors.credit(id)),
        _ => None,
    };
    match url {
        Some(url) => view! { <a href=url rel="noreferrer">{text}</a> }.into_any(),
        None => text.into_any(),
    }
}

/// What a vendor sent, or what is to be posted.
fn body(page: &Page, subject: &Subject) -> Option<AnyView> {
    let (key, text) = match subject {
        Subject::Webhook { text, .. } => ("integration-job-webhook", text),
        Subject::Message { text, .. } => ("integration-job-message", text),
        _ => return None,
    };
    let title = page.words.text(key);
    Some(
        view! { <details class="more"><summary>{title}</summary><pre class="raw">{text.clone()}</pre></details> }
            .into_any(),
    )
}

fn tries(page: &Page, tries: &[TryRecord]) -> AnyView {
    let words = &page.words;
    let title = words.text("integration-tries-title");
    let rows = tries.iter().map(|one| {
        let ending = words.text(&format!("integration-try-{}", one.ending));
        view! {
            <li>
                <div><div class="t">{ending}</div><p class="muted small">{one.error.clone()}</p></div>
                <span class="nowrap small">{kit::instant(page, one.ended_at)}</span>
            </li>
        }
    });
    let list = if tries.is_empty() {
        view! { <p class="muted">{words.text("integration-tries-empty")}</p> }.into_any()
    } else {
        view! { <ol class="rows">{rows.collect_view()}</ol> }.into_any()
    };
    view! { <section class="card"><header><h2>{title}</h2></header>{list}</section> }.into_any()
}
