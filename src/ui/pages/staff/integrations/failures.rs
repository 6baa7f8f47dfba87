//! What failed, in the vendor's words, and trying it again.

use leptos::prelude::*;
use portal_domain::access::Action;
use portal_services::{operations::Failing, subject::Subject};
use portal_store::jobs::JobRecord;

use super::PATH;
use crate::{
    ui::{
        kit::{self, icons},
        pages::staff::{calls, may},
    },
    web::page::Page,
};

/// What failed anywhere, or that nothing did.
pub(super) fn all(page: &Page, failing: &[Failing]) -> AnyView {
    let words = &page.words;
    let title = words.text("integration-failed-title");
    list(page, failing.iter()).unwrap_or_else(|| {
        view! {
            <section class="card flush"><header><h2>{title}</h2></header>
                {kit::empty(icons::DONE, words.text("integration-failed-empty-title"), words.text("integration-failed-empty"), None)}
            </section>
        }
        .into_any()
    })
}

/// Nothing where nothing failed.
pub(super) fn list<'a>(page: &Page, failing: impl Iterator<Item = &'a Failing>) -> Option<AnyView> {
    let words = &page.words;
    let title = words.text("integration-failed-title");
    let rows: Vec<AnyView> = failing.map(|one| failure_row(page, one)).collect();
    if rows.is_empty() {
        return None;
    }
    let columns = ["what", "error", "attempts", "since"];
    let columns = columns.map(|column| view! { <th scope="col">{words.text(&format!("integration-failed-column-{column}"))}</th> });
    let table = view! {
        <section class="card flush">
            <header><h2>{title}</h2></header>
            <div class="table">
                <table class="cards">
                    <thead><tr>{columns.into_iter().collect_view()}<th scope="col"><span class="vh">{words.text("actions")}</span></th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    };
    Some(table.into_any())
}

fn failure_row(page: &Page, failing: &Failing) -> AnyView {
    let words = &page.words;
    let job = &failing.job;
    let name = words.text(&format!("job-{}", job.kind));
    let about = about(page, &failing.subject);
    let about = about.unwrap_or_else(|| words.text(&format!("integration-{}", job.lane)));
    let url = format!("{PATH}/jobs/{}", job.id);
    view! {
        <tr>
            <th class="main" scope="row"><a href=url>{name.clone()}</a><small>{about}</small></th>
            <td data-label=words.text("integration-failed-column-error")>{job.last_error.clone().unwrap_or_default()}</td>
            <td data-label=words.text("integration-failed-column-attempts")>{words.number(job.attempts)}</td>
            <td class="nowrap" data-label=words.text("integration-failed-column-since")>{kit::ago(page, job.created_at)}</td>
            <td class="act">{next(page, job, &name)}</td>
        </tr>
    }
    .into_any()
}

/// What a job is about, in few words.
pub(super) fn about(page: &Page, subject: &Subject) -> Option<String> {
    let text = match subject {
        Subject::Lead { client, .. } => client.clone(),
        Subject::Bill { number, .. } | Subject::Statement { number, .. } => number.clone(),
        Subject::Mail { recipient, subject } => format!("{subject} · {recipient}"),
        Subject::Message { channel, .. } => channel.clone(),
        Subject::Deal(id) | Subject::Invoice(id) | Subject::Credit(id) => id.clone(),
        Subject::Webhook { vendor, .. } => page.words.text(&format!("integration-{vendor}")),
        Subject::Nothing => return None,
    };
    Some(text)
}

/// When it is tried again, or the button that does.
pub(super) fn next(page: &Page, job: &JobRecord, name: &str) -> AnyView {
    let words = &page.words;
    if job.state == "dead" {
        return retry(page, job, name);
    }
    let text = if job.run_at > page.ctx.now() {
        let time = words.instant(job.run_at, page.ctx.programme.time_zone);
        words.with("integration-next-attempt", &[("time", time.into())])
    } else {
        words.text("integration-waits")
    };
    view! { <span class="muted small">{text}</span> }.into_any()
}

fn retry(page: &Page, job: &JobRecord, name: &str) -> AnyView {
    if !may(page, Action::Operate) {
        return ().into_any();
    }
    let label = page.words.text("integration-retry");
    view! {
        <form method="post" action=PATH>
            {calls("retry_job")}
            <input type="hidden" name="job" value=job.id.to_string() />
            <button class="btn sm" aria-label=format!("{label}: {name}")>{label.clone()}</button>
        </form>
    }
    .into_any()
}
