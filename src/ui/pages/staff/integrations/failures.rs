//! What failed, in the vendor's words, what to do about it, trying it again, and setting it aside.

use leptos::prelude::*;
use portal_domain::{access::Action, calendar::Timestamp, ids::JobId};
use portal_services::{
    dead_letters::{self, DeadPage},
    operations::{Failing, Health},
    subject::Subject,
};
use portal_store::jobs::{BacklogRecord, Dead, DeadPlace, JobRecord};
use serde::Deserialize;

use super::{PATH, systems::LANES};
use crate::{
    ui::{
        api::UiError,
        kit::{self, icons},
        pages::staff::{Tab, address, calls, form_errors, may, paging, tabs},
    },
    web::page::Page,
};

/// What failed anywhere, the newest of each lane with the way to all of them; or that nothing did.
pub(super) fn all(page: &Page, health: &Health) -> AnyView {
    let words = &page.words;
    let title = words.text("integration-failed-title");
    if health.failing.is_empty() {
        return view! {
            <section class="card flush"><header><h2>{title}</h2></header>
                {kit::empty(icons::DONE, words.text("integration-failed-empty-title"), words.text("integration-failed-empty"), None)}
            </section>
        }
        .into_any();
    }
    let more = LANES.iter().filter_map(|lane| more_of(page, health, lane));
    let more: Vec<AnyView> = more.collect();
    let more = (!more.is_empty()).then(|| view! { <p class="row">{more}</p> });
    view! {
        <section class="card flush">
            <header><div><h2>{title}</h2>{more}</div></header>
            {table(page, &health.failing)}
        </section>
    }
    .into_any()
}

/// The way to all that was given up in a lane, where not all of it is here.
fn more_of(page: &Page, health: &Health, lane: &str) -> Option<AnyView> {
    let dead = health.backlog(lane).dead;
    let shown = health.failing.iter();
    let shown = shown.filter(|one| one.job.lane == lane && one.job.state == "dead");
    if dead <= i64::try_from(shown.count()).unwrap_or(i64::MAX) {
        return None;
    }
    let words = &page.words;
    let name = words.text(&format!("integration-{lane}"));
    let arguments = [("system", name.into()), ("count", dead.into())];
    let label = words.with("integration-failed-all", &arguments);
    Some(view! { <a href=format!("{PATH}/{lane}")>{label}</a> }.into_any())
}

/// Which of the dead jobs of a lane a page shows, and from where on.
#[derive(Default, Deserialize)]
pub struct DeadQuery {
    /// `aside`: those that were set aside.
    list: Option<String>,
    /// When the last one of the page before was given up, and which it was.
    at: Option<i64>,
    id: Option<JobId>,
}

impl DeadQuery {
    pub(super) fn which(&self) -> Dead {
        match self.list.as_deref() {
            Some("aside") => Dead::SetAside,
            _ => Dead::Waiting,
        }
    }

    pub(super) fn behind(&self) -> Option<DeadPlace> {
        let (at, id) = (self.at?, self.id?);
        let at = Timestamp(at);
        Some(DeadPlace { at, id })
    }
}

/// What failed in one lane.
pub(super) struct LaneFailures {
    lane: &'static str,
    which: Dead,
    is_first: bool,
    dead: DeadPage,
    retrying: Vec<Failing>,
}

impl LaneFailures {
    pub(super) async fn read(
        page: &Page,
        lane: &'static str,
        query: &DeadQuery,
    ) -> Result<Self, UiError> {
        let (ctx, actor) = (&page.ctx, page.actor()?);
        let (which, behind) = (query.which(), query.behind());
        Ok(Self {
            lane,
            which,
            is_first: behind.is_none(),
            dead: page.said(dead_letters::list(ctx, actor, lane, which, behind).await)?,
            retrying: page.said(dead_letters::list_retrying(ctx, actor, lane).await)?,
        })
    }

    fn url(&self, which: Dead, behind: Option<DeadPlace>) -> String {
        let list = (which == Dead::SetAside).then(|| ("list", "aside".to_owned()));
        let behind =
            behind.map(|place| [("at", place.at.0.to_string()), ("id", place.id.to_string())]);
        let query: Vec<(&str, String)> = list
            .into_iter()
            .chain(behind.into_iter().flatten())
            .collect();
        let query: Vec<(&str, &str)> = query
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        address(&format!("{PATH}/{}", self.lane), &query)
    }

    /// Nothing where nothing failed.
    pub(super) fn view(&self, page: &Page, health: &Health) -> AnyView {
        let backlog = health.backlog(self.lane);
        view! {
            {(backlog.dead + backlog.set_aside > 0).then(|| self.view_dead(page, &backlog))}
            {(!self.retrying.is_empty()).then(|| self.view_retrying(page))}
        }
        .into_any()
    }

    fn view_dead(&self, page: &Page, backlog: &BacklogRecord) -> AnyView {
        let words = &page.words;
        let title = words.text("integration-failed-title");
        let tab = |which: Dead, key: &str, count: i64| Tab {
            url: self.url(which, None),
            label: words.text(key),
            count: Some(count),
            is_current: self.which == which,
        };
        let lists = tabs(
            title.clone(),
            vec![
                tab(Dead::Waiting, "integration-failed-waiting", backlog.dead),
                tab(
                    Dead::SetAside,
                    "integration-failed-aside",
                    backlog.set_aside,
                ),
            ],
        );
        let table = match self.dead.jobs.as_slice() {
            [] => kit::empty(
                icons::DONE,
                words.text("integration-failed-none-title"),
                words.text("integration-failed-none"),
                None,
            ),
            jobs => table(page, jobs),
        };
        let first = (!self.is_first).then(|| self.url(self.which, None));
        let next = self.dead.next.map(|next| self.url(self.which, Some(next)));
        view! {
            <section class="card flush" id="failed">
                <header><h2>{title}</h2></header>
                {lists}
                {table}
                {paging(page, first, next)}
            </section>
        }
        .into_any()
    }

    fn view_retrying(&self, page: &Page) -> AnyView {
        let title = page.words.text("integration-retrying-title");
        view! { <section class="card flush"><header><h2>{title}</h2></header>{table(page, &self.retrying)}</section> }
            .into_any()
    }

    /// Setting all aside that is shown as failed; outside of what changes by itself, as somebody types into it.
    pub(super) fn set_aside_form(&self, page: &Page, health: &Health) -> Option<AnyView> {
        const ACTION: &str = "set_aside_jobs";
        if health.backlog(self.lane).dead == 0 || !may(page, Action::Operate) {
            return None;
        }
        let title = page.words.text("integration-aside-all");
        let values = [
            ("system", self.lane.to_owned()),
            ("seen_at", page.ctx.now().0.to_string()),
        ];
        Some(set_aside(page, ACTION, &values, title))
    }
}

/// A form that sets aside, with the reason for it.
pub(super) fn set_aside(
    page: &Page,
    action: &'static str,
    values: &[(&str, String)],
    title: String,
) -> AnyView {
    let words = &page.words;
    let values = values.iter().map(|(name, value)| view! { <input type="hidden" name=(*name).to_owned() value=value.clone() /> });
    view! {
        <section class="card" aria-label=title.clone()>
            <details class="more" open=page.refusal(action).is_some()>
                <summary class="btn">{title.clone()}</summary>
                <form class="form" method="post" novalidate>
                    {calls(action)}
                    {values.collect_view()}
                    {form_errors(page, action)}
                    {kit::field(page, action, "reason", "reason", "integration-pause-reason")
                        .hint("integration-aside-hint")
                        .maximum(200)
                        .full()
                        .input()}
                    <div class="foot"><button class="btn danger">{words.text("integration-aside-submit")}</button></div>
                </form>
            </details>
        </section>
    }
    .into_any()
}

fn table(page: &Page, failing: &[Failing]) -> AnyView {
    let words = &page.words;
    let columns = ["what", "error", "attempts", "since"];
    let columns = columns.map(|column| view! { <th scope="col">{words.text(&format!("integration-failed-column-{column}"))}</th> });
    let rows: Vec<AnyView> = failing.iter().map(|one| failure_row(page, one)).collect();
    view! {
        <div class="table">
            <table class="cards">
                <thead><tr>{columns.into_iter().collect_view()}<th scope="col"><span class="vh">{words.text("actions")}</span></th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
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
            <td data-label=words.text("integration-failed-column-error")>
                <div>{job.last_error.clone().unwrap_or_default()}{advice(page, job)}{why_aside(page, job)}</div>
            </td>
            <td data-label=words.text("integration-failed-column-attempts")>{words.number(job.attempts)}</td>
            <td class="nowrap" data-label=words.text("integration-failed-column-since")>{kit::ago(page, job.created_at)}</td>
            <td class="act">{next(page, job, &name)}</td>
        </tr>
    }
    .into_any()
}

/// What to do about a job that was given up: by what it was and how it failed, else by how it failed alone.
pub(super) fn advice(page: &Page, job: &JobRecord) -> Option<AnyView> {
    if job.state != "dead" || job.set_aside.is_some() {
        return None;
    }
    let words = &page.words;
    let failure = job.failure?;
    let of_kind = format!("advice-{failure}-{}", job.kind);
    let key = if words.has(&of_kind) {
        of_kind
    } else {
        format!("advice-{failure}")
    };
    let system = words.text(&format!("integration-{}", job.lane));
    let text = words.with(&key, &[("system", system.into())]);
    Some(view! { <p class="small">{text}</p> }.into_any())
}

/// Who set a job aside, when and why.
pub(super) fn why_aside(page: &Page, job: &JobRecord) -> Option<AnyView> {
    let words = &page.words;
    let aside = job.set_aside.as_ref()?;
    let when = words.instant(aside.at, page.ctx.programme.time_zone);
    let text = match &aside.by {
        Some(person) => {
            let arguments = [
                ("person", person.as_str().into()),
                ("when", when.into()),
                ("text", aside.reason.as_str().into()),
            ];
            words.with("integration-aside-said", &arguments)
        }
        None => words.with("integration-aside-replaced", &[("when", when.into())]),
    };
    Some(view! { <p class="muted small">{text}</p> }.into_any())
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
