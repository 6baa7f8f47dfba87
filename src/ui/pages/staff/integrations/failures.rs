//! What failed, in the vendor's words, and trying it again.

use leptos::prelude::*;
use portal_domain::access::Action;
use portal_store::jobs::JobRecord;

use crate::{
    ui::{
        kit::{self, icons},
        pages::staff::{calls, may},
    },
    web::page::Page,
};

pub(super) fn list(page: &Page, failing: &[JobRecord]) -> AnyView {
    let words = &page.words;
    let title = words.text("integration-failed-title");
    if failing.is_empty() {
        return view! {
            <section class="card flush"><header><h2>{title}</h2></header>
                {kit::empty(icons::DONE, words.text("integration-failed-empty-title"), words.text("integration-failed-empty"), None)}
            </section>
        }
        .into_any();
    }
    let columns = ["what", "error", "attempts", "since"];
    let columns = columns.map(|column| view! { <th scope="col">{words.text(&format!("integration-failed-column-{column}"))}</th> });
    let rows = failing
        .iter()
        .map(|job| failure_row(page, job))
        .collect_view();
    view! {
        <section class="card flush">
            <header><h2>{title}</h2></header>
            <div class="table">
                <table class="cards">
                    <thead><tr>{columns.into_iter().collect_view()}<th scope="col"><span class="vh">{words.text("actions")}</span></th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn failure_row(page: &Page, job: &JobRecord) -> AnyView {
    let words = &page.words;
    let name = words.text(&format!("job-{}", job.kind));
    let next = if job.state == "dead" {
        retry(page, job, &name)
    } else {
        let time = words.instant(job.run_at, page.ctx.programme.time_zone);
        view! { <span class="muted small">{words.with("integration-next-attempt", &[("time", time.into())])}</span> }.into_any()
    };
    view! {
        <tr>
            <th class="main" scope="row">{name}<small>{words.text(&format!("integration-{}", job.lane))}</small></th>
            <td data-label=words.text("integration-failed-column-error")>{job.last_error.clone().unwrap_or_default()}</td>
            <td data-label=words.text("integration-failed-column-attempts")>{words.number(job.attempts)}</td>
            <td data-label=words.text("integration-failed-column-since")>{kit::ago(page, job.created_at)}</td>
            <td class="act">{next}</td>
        </tr>
    }
    .into_any()
}

fn retry(page: &Page, job: &JobRecord, name: &str) -> AnyView {
    if !may(page, Action::Operate) {
        return ().into_any();
    }
    let label = page.words.text("integration-retry");
    view! {
        <form method="post">
            {calls("retry_job")}
            <input type="hidden" name="job" value=job.id.to_string() />
            <button class="btn sm" aria-label=format!("{label}: {name}")>{label.clone()}</button>
        </form>
    }
    .into_any()
}
