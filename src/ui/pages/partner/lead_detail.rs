//! One lead: where it is, what happened, and what the partner can still do. All of it but the way to withdraw keeps itself up to date.

use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use portal_domain::{
    access::Action,
    calendar::Timestamp,
    ids::LeadId,
    lead::LeadState,
    money::{Currency, Money},
};
use portal_services::{
    leads::{self, LeadView},
    lines::{self, LineView},
};
use portal_store::leads::{LeadEventRecord, LeadRecord};
use serde_json::Value;

use super::{crumbs, lead_pill, line_pill, may, parse_id, parts};
use crate::{
    ui::{api::UiError, kit},
    web::page::Page,
};

const WITHDRAW: &str = "withdraw_lead";
/// A lead's page shows so many of its lines; all of them are on the page Commission.
const LINES: usize = 12;

/// `/leads/{id}`.
pub async fn show(page: Page, Path(id): Path<String>) -> Result<Response, UiError> {
    let id: LeadId = parse_id(&id)?;
    let lead = page.said(leads::find_for_partner(&page.ctx, page.actor()?, id).await)?;
    let lines = page.said(lines::list_of_lead(&page.ctx, page.actor()?, id).await)?;
    let title = lead.lead.client_name.clone();
    Ok(page.show(&title, move |page| view(page, &lead, &lines)))
}

fn view(page: &Page, lead: &LeadView, lines: &[LineView]) -> AnyView {
    let record = &lead.lead;
    let left = !lines.is_empty();
    view! {
        {crumbs(page, "/leads", "lead-list-title", record.client_name.clone())}
        <div class="head">
            <div id="lead-head" data-live="">
                <h1>{record.client_name.clone()}" "{lead_pill(page, record)}</h1>
                {freshness(page, record)}
            </div>
            {withdrawal(page, record)}
        </div>
        <div class="stack" id="lead" data-live="">
            <section class="card" aria-label=page.words.text("progress")>{steps(page, lead)}</section>
            <div class="split">
                <div class="stack">{left.then(|| commission(page, lines))}{timeline(page, lead)}</div>
                <div class="stack">{facts(page, lead)}{need(page, record)}</div>
            </div>
        </div>
    }
    .into_any()
}

/// When HubSpot last said what stands here; before that, what the lead's state means.
fn freshness(page: &Page, lead: &LeadRecord) -> AnyView {
    let words = &page.words;
    if let Some(confirmed_at) = lead.confirmed_at {
        let ago = words.ago(page.ctx.now(), confirmed_at);
        let title = words.instant(confirmed_at, page.ctx.programme.time_zone);
        let text = words.with("lead-detail-confirmed", &[("ago", ago.into())]);
        return view! { <p class="live on" data-tone="good" title=title>{text}</p> }.into_any();
    }
    let hint = words.text(&format!("lead-state-hint-{}", lead.state));
    if lead.state == LeadState::Accepted {
        return view! { <p class="live on" data-tone="wait">{hint}</p> }.into_any();
    }
    let due = lead
        .review_due_at
        .filter(|_| lead.state == LeadState::InReview)
        .map(|due| {
            let due = words.instant(due, page.ctx.programme.time_zone);
            words.with("lead-detail-review-due", &[("due", due.into())])
        });
    view! { <p>{hint}" "{due}</p> }.into_any()
}

/// Asked once more before it is done, in a box that opens without a script.
fn withdrawal(page: &Page, lead: &LeadRecord) -> Option<AnyView> {
    let possible = lead.state.may_become(LeadState::Withdrawn) && lead.hubspot_deal_id.is_none();
    if !possible || !may(page, Action::SubmitLeads) {
        return None;
    }
    let words = &page.words;
    Some(
        view! {
            <div class="row">
                <button class="btn danger" type="button" popovertarget="withdraw">{words.text("lead-withdraw")}</button>
                <form class="dialog" id="withdraw" popover role="dialog" aria-labelledby="withdraw-title" method="post">
                    <h2 id="withdraw-title">{words.text("lead-withdraw-title")}</h2>
                    <p>{words.text("lead-withdraw-confirm")}</p>
                    <input type="hidden" name="do" value=WITHDRAW />
                    <input type="hidden" name="lead" value=lead.id.to_string() />
                    <div class="foot">
                        <button class="btn quiet" type="button" popovertarget="withdraw" popovertargetaction="hide">
                            {words.text("button-cancel")}
                        </button>
                        <button class="btn danger">{words.text("lead-withdraw")}</button>
                    </div>
                </form>
            </div>
        }
        .into_any(),
    )
}

/// A step of the lead's way: its name, when it was reached, and how it stands to the present.
struct Step {
    label: String,
    at: Option<Timestamp>,
    place: Place,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Done,
    Now,
    /// The end of the way, and not the one that was hoped for.
    Bad,
    Ahead,
}

/// The lead's way and where it is on it; staff see the same.
pub fn steps(page: &Page, view: &LeadView) -> AnyView {
    let items = way(page, view)
        .into_iter()
        .map(|step| {
            let class = match step.place {
                Place::Done => Some("done"),
                Place::Bad => Some("bad"),
                Place::Now | Place::Ahead => None,
            };
            let current = matches!(step.place, Place::Now | Place::Bad).then_some("step");
            let at = step
                .at
                .map(|at| view! { <small>{page.words.day(page.ctx.date_of(at))}</small> });
            view! { <li class=class aria-current=current>{step.label}{at}</li> }
        })
        .collect_view();
    view! { <ol class="steps" aria-label=page.words.text("progress")>{items}</ol> }.into_any()
}

/// The whole way: what the portal does, then the pipeline of its deal as far as it is open, then how it ended or is hoped to end.
fn way(page: &Page, view: &LeadView) -> Vec<Step> {
    let lead = &view.lead;
    let name = |state: LeadState| page.words.text(&format!("lead-state-{state}"));
    let registered_at = reached(view, "registered", None);
    let mut steps = vec![Step {
        label: name(LeadState::Accepted),
        at: Some(lead.created_at),
        place: Place::Done,
    }];
    if lead.state == LeadState::InReview {
        steps.push(Step {
            label: name(LeadState::InReview),
            at: reached(view, "in_review", None),
            place: Place::Now,
        });
    } else if lead.state == LeadState::Accepted {
        steps[0].place = Place::Now;
    }
    if matches!(lead.state, LeadState::Rejected | LeadState::Withdrawn) {
        let at = reached(view, lead.state.as_str(), None);
        steps.push(Step {
            label: name(lead.state),
            at,
            place: Place::Bad,
        });
        return steps;
    }
    let place = if registered_at.is_some() {
        Place::Done
    } else {
        Place::Ahead
    };
    steps.push(Step {
        label: name(LeadState::Registered),
        at: registered_at,
        place,
    });
    steps.extend(phases(view));
    let (state, place) = match lead.state {
        LeadState::Lost | LeadState::Removed => (lead.state, Place::Bad),
        LeadState::Won => (LeadState::Won, Place::Now),
        _ => (LeadState::Won, Place::Ahead),
    };
    let at = if place == Place::Ahead {
        None
    } else {
        reached(view, state.as_str(), None)
    };
    steps.push(Step {
        label: name(state),
        at,
        place,
    });
    steps
}

/// The open stages of the deal's pipeline; it begins in the first. A deal that is closed shows those that it has been in.
fn phases(view: &LeadView) -> Vec<Step> {
    let stages = view.stages.iter().filter(|stage| !stage.closed);
    let here = view
        .stages
        .iter()
        .find(|stage| Some(&stage.id) == view.stage.as_ref());
    stages
        .enumerate()
        .filter_map(|(index, stage)| {
            let begun = if index == 0 {
                reached(view, "registered", None)
            } else {
                None
            };
            let at = reached(view, "phase_changed", Some(&stage.label)).or(begun);
            let place = match view.lead.state {
                LeadState::Registered if here.is_some_and(|here| here.id == stage.id) => Place::Now,
                LeadState::Registered
                    if here.is_some_and(|here| stage.display_order < here.display_order) =>
                {
                    Place::Done
                }
                LeadState::Won | LeadState::Lost | LeadState::Removed if at.is_some() => {
                    Place::Done
                }
                LeadState::Won | LeadState::Lost | LeadState::Removed => return None,
                _ => Place::Ahead,
            };
            let at = at.filter(|_| place != Place::Ahead);
            Some(Step {
                label: stage.label.clone(),
                at,
                place,
            })
        })
        .collect()
}

/// When something last happened; a phase is told by its name.
fn reached(view: &LeadView, kind: &str, phase: Option<&str>) -> Option<Timestamp> {
    let event = view.events.iter().rfind(|event| {
        let same_phase = phase.is_none() || read(event).get("to").and_then(Value::as_str) == phase;
        event.kind == kind && same_phase
    })?;
    Some(event.happened_at)
}

/// What an event tells; nothing, if it cannot be read.
fn read(event: &LeadEventRecord) -> Value {
    serde_json::from_str(&event.facts).unwrap_or(Value::Null)
}

/// What happened, newest first; staff read the same.
pub fn timeline(page: &Page, view: &LeadView) -> AnyView {
    let first_move = view
        .events
        .iter()
        .find(|event| is_move(&event.kind))
        .map(|event| event.position);
    let items = view
        .events
        .iter()
        .rev()
        .map(|event| {
            let actioned = (Some(event.position) == first_move)
                .then(|| first_action(page, view, event))
                .flatten();
            happening(page, view, event, actioned)
        })
        .collect_view();
    view! {
        <section class="card">
            <header><h2>{page.words.text("lead-timeline-title")}</h2></header>
            <ol class="timeline">{items}</ol>
        </section>
    }
    .into_any()
}

/// What only our sales team does.
fn is_move(kind: &str) -> bool {
    matches!(kind, "phase_changed" | "won" | "lost" | "reopened")
}

fn first_action(page: &Page, view: &LeadView, event: &LeadEventRecord) -> Option<String> {
    let registered_at = reached(view, "registered", None)?;
    let days = (page.ctx.date_of(event.happened_at) - page.ctx.date_of(registered_at)).num_days();
    Some(
        page.words
            .with("lead-event-actioned-note", &[("days", days.max(0).into())]),
    )
}

fn happening(
    page: &Page,
    view: &LeadView,
    event: &LeadEventRecord,
    actioned: Option<String>,
) -> AnyView {
    let words = &page.words;
    let source = if is_move(&event.kind) || matches!(event.kind.as_str(), "removed" | "restored") {
        words.text("lead-timeline-source-hubspot")
    } else if let Some(person) = &event.person_name {
        words.with("lead-timeline-by", &[("person", person.into())])
    } else {
        words.text("lead-timeline-source-portal")
    };
    let note = note(page, view, event).map(|note| view! { <p>{note}</p> });
    let actioned = actioned.map(|note| view! { <p>{note}</p> });
    view! {
        <li data-tone=tone(&event.kind)>
            <span><b>{sentence(page, event)}</b></span>
            {note}
            {actioned}
            <small>{kit::instant(page, event.happened_at)}" · "{source}</small>
        </li>
    }
    .into_any()
}

fn tone(kind: &str) -> Option<&'static str> {
    match kind {
        "won" | "restored" => Some("good"),
        "phase_changed" | "reopened" => Some("accent"),
        "accepted" | "registered" => Some("info"),
        "in_review" => Some("wait"),
        "rejected" | "lost" | "removed" => Some("bad"),
        _ => None,
    }
}

fn sentence(page: &Page, event: &LeadEventRecord) -> String {
    let words = &page.words;
    let facts = read(event);
    let text = |name: &str| facts.get(name).and_then(Value::as_str);
    match (event.kind.as_str(), text("from"), text("to")) {
        ("registered", _, _) => words.with(
            "lead-event-registered",
            &[("deal", text("deal").unwrap_or_default().into())],
        ),
        ("phase_changed", Some(from), Some(to)) => words.with(
            "lead-event-phase_changed",
            &[("from", from.into()), ("to", to.into())],
        ),
        ("phase_changed", _, to) => words.with(
            "lead-event-phase_entered",
            &[("to", to.unwrap_or_default().into())],
        ),
        ("won", _, _) => match amount(&facts) {
            Some(value) => words.with(
                "lead-event-won-with-value",
                &[("value", words.money(value).into())],
            ),
            None => words.text("lead-event-won"),
        },
        (kind, _, _) => words.text(&format!("lead-event-{kind}")),
    }
}

/// The deal's value as HubSpot wrote it.
fn amount(facts: &Value) -> Option<Money> {
    let currency = Currency::parse(facts.get("currency")?.as_str()?).ok()?;
    Money::parse_decimal(facts.get("amount")?.as_str()?, currency).ok()
}

/// What follows from it, where that is not plain.
fn note(page: &Page, view: &LeadView, event: &LeadEventRecord) -> Option<String> {
    let words = &page.words;
    let facts = read(event);
    let zone = page.ctx.programme.time_zone;
    match event.kind.as_str() {
        "submitted" => Some(words.text("lead-event-submitted-note")),
        "accepted" => {
            let until = view.claim_expires_at?;
            Some(words.with(
                "lead-event-accepted-note",
                &[("until", words.date_of(until, zone).into())],
            ))
        }
        "in_review" => {
            let due = view.lead.review_due_at?;
            Some(words.with(
                "lead-event-in_review-note",
                &[("due", words.date_of(due, zone).into())],
            ))
        }
        "rejected" => {
            let reason = facts.get("reason")?.as_str()?;
            Some(words.with("lead-event-rejected-note", &[("reason", reason.into())]))
        }
        "reopened" => {
            let to = facts.get("to")?.as_str()?;
            Some(words.with("lead-event-reopened-note", &[("to", to.into())]))
        }
        kind @ ("registered" | "won" | "removed") => {
            Some(words.text(&format!("lead-event-{kind}-note")))
        }
        _ => None,
    }
}

fn facts(page: &Page, view: &LeadView) -> AnyView {
    let words = &page.words;
    let lead = &view.lead;
    let fact = |key: &str, value: AnyView| {
        view! { <div><dt>{words.text(key)}</dt><dd>{value}</dd></div> }.into_any()
    };
    let day = |at: Timestamp| words.date(page.ctx.date_of(at)).into_any();
    let mut rows = vec![
        fact("lead-detail-domain", lead.client_domain.clone().into_any()),
        fact("lead-detail-contact", contact(lead)),
        fact("lead-detail-basis", parts::basis(page, lead)),
    ];
    if let Some(value) = lead.value {
        rows.push(fact("lead-detail-value", kit::money(page, value)));
    }
    rows.push(fact("lead-detail-submitted", day(lead.created_at)));
    if let Some(protection) = protection(page, view) {
        rows.push(fact("lead-detail-protected-until", protection));
    }
    if let Some(deal) = &lead.hubspot_deal_id {
        rows.push(fact(
            "lead-detail-deal",
            view! { <code>{deal.clone()}</code> }.into_any(),
        ));
    }
    if let Some(actioned_at) = lead.actioned_at {
        rows.push(fact("lead-detail-actioned", day(actioned_at)));
    }
    view! {
        <section class="card">
            <header><h2>{words.text("lead-detail-facts")}</h2></header>
            <dl class="facts">{rows}</dl>
        </section>
    }
    .into_any()
}

fn contact(lead: &LeadRecord) -> AnyView {
    let (before, after) = lead
        .contact_email
        .split_once('@')
        .unwrap_or((&lead.contact_email, ""));
    let phone =
        (!lead.contact_phone.is_empty()).then(|| view! { <br />{lead.contact_phone.clone()} });
    view! {
        {lead.contact_name.clone()}<br />
        <a href=parts::mailto(&lead.contact_email)>{before.to_owned()}"@"<wbr />{after.to_owned()}</a>
        {phone}
    }
    .into_any()
}

/// Until when no other partner can take the client; nothing, while nobody has decided whether it is protected.
fn protection(page: &Page, view: &LeadView) -> Option<AnyView> {
    let words = &page.words;
    match view.claim_expires_at {
        Some(until) if until > page.ctx.now() => Some(
            view! {
                {words.date(page.ctx.date_of(until))}
                <br />
                <span class="small muted">{words.text("lead-detail-protected-hint")}</span>
            }
            .into_any(),
        ),
        Some(_) => Some(words.text("lead-detail-not-protected").into_any()),
        None => None,
    }
}

fn need(page: &Page, lead: &LeadRecord) -> AnyView {
    let paragraphs = lead
        .need
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(str::to_owned);
    let paragraphs = paragraphs
        .map(|line| view! { <p>{line}</p> })
        .collect_view();
    view! {
        <section class="card"><header><h2>{page.words.text("lead-detail-need")}</h2></header>{paragraphs}</section>
    }
    .into_any()
}

/// What the lead has brought and will bring, from the month that matters now.
fn commission(page: &Page, lines: &[LineView]) -> AnyView {
    let words = &page.words;
    let now = page.ctx.this_month();
    let unpaid = lines
        .iter()
        .position(|view| view.waits_for.is_some() || view.line.month >= now)
        .unwrap_or(0);
    let from = unpaid.min(lines.len().saturating_sub(LINES));
    let rows = lines
        .iter()
        .skip(from)
        .take(LINES)
        .map(|view| {
            let line = &view.line;
            view! {
                <tr>
                    <th class="main nowrap" scope="row">
                        <a href=format!("/commission?line={}#why", line.id)>{words.month_short(line.month)}</a>
                        {super::line_kind(page, line.kind)}
                    </th>
                    <td class="corner">{line_pill(page, line)}</td>
                    <td class="num" data-label=words.text("commission-column-amount")>{kit::money(page, line.money)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="card flush">
            <header><h2>{words.text("lead-detail-commission")}</h2><a href="/commission">{words.text("figure-all-lines")}</a></header>
            <div class="table">
                <table class="cards">
                    <thead>
                        <tr>
                            <th scope="col">{words.text("commission-column-month")}</th>
                            <th scope="col">{words.text("commission-column-state")}</th>
                            <th scope="col" class="num">{words.text("commission-column-amount")}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}
