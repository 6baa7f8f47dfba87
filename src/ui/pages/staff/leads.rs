//! Leads of all partners: the list with its filters, and one lead with everything that is known of it, and the decision where one is due.

use axum::{
    extract::{Path, Query},
    response::Response,
};
use leptos::prelude::*;
use portal_domain::{access::Action, ids::LeadId, lead::LeadState};
use portal_services::{
    ServiceError,
    leads::{self, LeadView},
    lines::{self, LineView},
    relay,
};
use portal_store::leads::{LeadFilter, LeadRecord};
use serde::Deserialize;

use super::{
    Tab, address, breakable, calls, crumbs, fact, form_errors, head,
    integrations::delivery_of_lead, line_kind, line_pill, may, paging, tabs, today::due_pill,
};
use crate::{
    ui::{
        api::UiError,
        kit::{self, icons},
        pages::{
            partner::lead_detail::{steps, timeline},
            parts::{self, lead_pill, mailto},
        },
    },
    web::page::Page,
};

const LIST: &str = "/staff/leads";

#[derive(Deserialize)]
pub struct LeadQuery {
    #[serde(default)]
    state: String,
    #[serde(default)]
    q: String,
    /// The last id of the page before.
    #[serde(default)]
    before: String,
}

pub async fn list(page: Page, Query(query): Query<LeadQuery>) -> Result<Response, UiError> {
    let filter = LeadFilter {
        state: LeadState::parse(&query.state),
        search: query.q.clone(),
        before: query.before.parse().ok(),
    };
    let mut found = page.said(leads::list_for_staff(&page.ctx, page.actor()?, filter).await)?;
    let page_length = usize::try_from(leads::PAGE).unwrap_or(usize::MAX);
    let has_more = found.len() > page_length;
    found.truncate(page_length);
    let title = page.words.text("review-title");
    Ok(page.show(&title.clone(), move |page| {
        let here = |before: &str| {
            address(
                LIST,
                &[("state", &query.state), ("q", &query.q), ("before", before)],
            )
        };
        let first = (!query.before.is_empty()).then(|| here(""));
        let next = found
            .last()
            .filter(|_| has_more)
            .map(|last| here(&last.id.to_string()));
        view! {
            {head(title, page.words.text("staff-leads-lead"), None)}
            {state_tabs(page, &query)}
            <div class="row">{search(page, &query)}</div>
            <section class="card flush" aria-label=page.words.text("review-title")>
                <div id="leads" data-live="">{table(page, &found, &query)}</div>
                {paging(page, first, next)}
            </section>
        }
        .into_any()
    }))
}

fn state_tabs(page: &Page, query: &LeadQuery) -> AnyView {
    let words = &page.words;
    let states = [
        LeadState::InReview,
        LeadState::Accepted,
        LeadState::Registered,
        LeadState::Won,
        LeadState::Lost,
        LeadState::Removed,
        LeadState::Rejected,
    ];
    let tab = |state: &str, label: String| Tab {
        url: address(LIST, &[("state", state), ("q", &query.q)]),
        label,
        count: None,
        is_current: query.state == state,
    };
    let all = [tab("", words.text("review-tab-all"))];
    let by_state = states
        .iter()
        .map(|state| tab(state.as_str(), words.text(&format!("lead-state-{state}"))));
    tabs(
        words.text("lead-list-filter-label"),
        all.into_iter().chain(by_state).collect(),
    )
}

fn search(page: &Page, query: &LeadQuery) -> AnyView {
    let words = &page.words;
    let state = (!query.state.is_empty())
        .then(|| view! { <input type="hidden" name="state" value=query.state.clone() /> });
    view! {
        <form class="search" role="search">
            {state}
            {kit::icon(icons::SEARCH)}
            <input
                type="search"
                name="q"
                value=query.q.clone()
                aria-label=words.text("lead-list-search-label")
                placeholder=words.text("lead-list-search-placeholder")
            />
        </form>
    }
    .into_any()
}

fn table(page: &Page, found: &[LeadRecord], query: &LeadQuery) -> AnyView {
    let words = &page.words;
    if found.is_empty() {
        let (title, text) = match (query.q.is_empty(), query.state.as_str()) {
            (false, _) => (
                words.with("list-nothing-found", &[("query", (&query.q).into())]),
                words.text("list-nothing-found-hint"),
            ),
            (true, "in_review") => (words.text("review-empty-title"), words.text("review-empty")),
            _ => (
                words.text("staff-leads-empty-title"),
                words.text("staff-leads-empty"),
            ),
        };
        return kit::empty(icons::LEADS, title, text, None);
    }
    let columns = [
        "lead-list-column-client",
        "review-column-partner",
        "lead-list-column-contact",
    ];
    let columns = columns.map(|column| view! { <th scope="col">{words.text(column)}</th> });
    view! {
        <div class="table">
            <table class="cards">
                <thead>
                    <tr>
                        {columns.into_iter().collect_view()}
                        <th scope="col" class="num">{words.text("lead-list-column-value")}</th>
                        <th scope="col">{words.text("lead-list-column-submitted")}</th>
                        <th scope="col">{words.text("lead-list-column-state")}</th>
                    </tr>
                </thead>
                <tbody>{found.iter().map(|lead| row(page, lead)).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(page: &Page, lead: &LeadRecord) -> AnyView {
    let words = &page.words;
    let value = lead.value.map_or_else(
        || super::NOTHING.into_any(),
        |value| kit::money(page, value),
    );
    view! {
        <tr>
            <th class="main" scope="row">
                <a href=format!("{LIST}/{}", lead.id)>{lead.client_name.clone()}</a><small>{lead.client_domain.clone()}</small>
            </th>
            <td data-label=words.text("review-column-partner")>
                <a href=format!("/staff/partners/{}", lead.partner)>{lead.partner_name.clone()}</a>
            </td>
            <td data-label=words.text("lead-list-column-contact")>{lead.contact_name.clone()}</td>
            <td class="num" data-label=words.text("lead-list-column-value")>{value}</td>
            <td data-label=words.text("lead-list-column-submitted")>{kit::ago(page, lead.created_at)}</td>
            <td class="corner">{lead_pill(page, lead)}" "{due_pill(page, lead)}</td>
        </tr>
    }
    .into_any()
}

pub async fn show(page: Page, Path(id): Path<String>) -> Result<Response, UiError> {
    let id: LeadId = page.said(id.parse().map_err(|_| ServiceError::NotFound))?;
    let view = page.said(leads::find_for_staff(&page.ctx, page.actor()?, id).await)?;
    let lines = page.said(lines::list_of_lead(&page.ctx, page.actor()?, id).await)?;
    let delivery = relay::find_delivery(&page.ctx, page.actor()?, &view.lead).await;
    let delivery = page.said(delivery)?;
    let title = view.lead.client_name.clone();
    Ok(page.show(&title.clone(), move |page| {
        let lead = &view.lead;
        view! {
            {crumbs(page, LIST, "review-title", title)}
            <div id="head" class="stack" data-live="">
                <div class="head">
                    <div><h1>{lead.client_name.clone()}" "{lead_pill(page, lead)}</h1>{freshness(page, lead)}</div>
                </div>
                <section class="card" aria-label=page.words.text("progress")>{steps(page, &view)}</section>
            </div>
            <div class="split">
                <div class="stack">
                    {decision(page, lead)}
                    <section class="card"><header><h2>{page.words.text("lead-detail-need")}</h2></header><p>{lead.need.clone()}</p></section>
                    {commission(page, &lines)}
                    <div id="timeline" data-live="">{timeline(page, &view)}</div>
                </div>
                <div class="stack">
                    {facts(page, &view)}
                    {delivery.map(|found| delivery_of_lead(page, lead, &found))}
                </div>
            </div>
        }
        .into_any()
    }))
}

fn freshness(page: &Page, lead: &LeadRecord) -> AnyView {
    let words = &page.words;
    let text = match lead.confirmed_at {
        Some(at) => words.with("lead-detail-confirmed", &[("ago", words.ago(page.ctx.now(), at).into())]),
        None if lead.state == LeadState::Accepted => words.text("lead-detail-not-confirmed"),
        None => return view! { <p>{words.with("review-from", &[("partner", (&lead.partner_name).into())])}</p> }.into_any(),
    };
    let tone = if lead.confirmed_at.is_some() {
        "good"
    } else {
        "wait"
    };
    view! { <p><span class="live on" data-tone=tone>{text}</span></p> }.into_any()
}

/// Accepting or rejecting, while the lead is in review.
fn decision(page: &Page, lead: &LeadRecord) -> Option<AnyView> {
    let words = &page.words;
    if lead.state != LeadState::InReview {
        return None;
    }
    let why = lead
        .reason
        .as_ref()
        .map(|reason| words.text(&format!("lead-review-{reason}")));
    let acts = may(page, Action::DecideLeads).then(|| decision_forms(page, lead));
    Some(
        view! {
            <section class="card">
                <header><h2>{words.text("review-reason")}</h2>{due_pill(page, lead)}</header>
                <p>{why}</p>
                {acts}
            </section>
        }
        .into_any(),
    )
}

fn decision_forms(page: &Page, lead: &LeadRecord) -> AnyView {
    let words = &page.words;
    let id = lead.id.to_string();
    let reason = kit::field(
        page,
        "reject_lead",
        "reason",
        "reason",
        "review-reject-reason",
    )
    .hint("review-reject-reason-hint")
    .maximum(500)
    .full()
    .text_area();
    view! {
        {form_errors(page, "reject_lead")}
        <form method="post" class="stack">
            {calls("accept_lead")}
            <input type="hidden" name="lead" value=id.clone() />
            <div class="row">
                <button class="btn primary">{kit::icon(icons::CHECK)}{words.text("review-accept")}</button>
                <span class="hint">{words.text("review-accept-hint")}</span>
            </div>
        </form>
        <details class="more" open=page.refusal("reject_lead").is_some()>
            <summary class="btn">{words.text("review-reject")}</summary>
            <form method="post" class="form" novalidate>
                {calls("reject_lead")}
                <input type="hidden" name="lead" value=id />
                {reason}
                <div class="foot"><button class="btn danger">{words.text("review-reject-submit")}</button></div>
            </form>
        </details>
    }
    .into_any()
}

fn facts(page: &Page, view: &LeadView) -> AnyView {
    let (words, lead) = (&page.words, &view.lead);
    let zone = page.ctx.programme.time_zone;
    let partner = view! { <a href=format!("/staff/partners/{}", lead.partner)>{lead.partner_name.clone()}</a> };
    let value = lead.value.map_or_else(
        || super::NOTHING.into_any(),
        |value| kit::money(page, value),
    );
    let protected = match view.claim_expires_at {
        Some(until) => words.date_of(until, zone),
        None if lead.state == LeadState::InReview => super::NOTHING.to_owned(),
        None => words.text("lead-detail-not-protected"),
    };
    let actioned = lead
        .actioned_at
        .map_or_else(|| super::NOTHING.into_any(), |at| kit::instant(page, at));
    let code = |id: &Option<String>| match id {
        Some(id) => view! { <code>{id.clone()}</code> }.into_any(),
        None => super::NOTHING.into_any(),
    };
    view! {
        <section class="card">
            <header><h2>{words.text("lead-detail-facts")}</h2></header>
            <dl class="facts">
                {fact(words.text("review-column-partner"), partner.into_any())}
                {fact(words.text("lead-detail-domain"), lead.client_domain.clone().into_any())}
                {fact(words.text("lead-detail-contact"), contact(lead))}
                {fact(words.text("lead-detail-basis"), parts::basis(page, lead))}
                {fact(words.text("lead-detail-value"), value)}
                {fact(words.text("lead-detail-submitted"), kit::instant(page, lead.created_at))}
                {fact(words.text("lead-detail-protected-until"), protected.into_any())}
                {fact(words.text("lead-detail-actioned"), actioned)}
                {fact(words.text("staff-lead-hubspot-deal"), code(&lead.hubspot_deal_id))}
                {fact(words.text("staff-lead-hubspot-contact"), code(&lead.hubspot_contact_id))}
                {fact(words.text("lead-detail-reference"), view! { <code>{lead.id.to_string()}</code> }.into_any())}
            </dl>
        </section>
    }
    .into_any()
}

fn contact(lead: &LeadRecord) -> AnyView {
    let phone =
        (!lead.contact_phone.is_empty()).then(|| view! { <br />{lead.contact_phone.clone()} });
    view! {
        {lead.contact_name.clone()}<br />
        <a href=mailto(&lead.contact_email)>{breakable(&lead.contact_email)}</a>
        {phone}
    }
    .into_any()
}

/// What the lead's deal has brought so far, and will.
fn commission(page: &Page, lines: &[LineView]) -> Option<AnyView> {
    let words = &page.words;
    let rows = lines
        .iter()
        .map(|view| {
            let line = &view.line;
            view! {
                <li>
                    <div>
                        <a class="t" href=super::lines::line_url(line.id)>{words.month(line.month)}</a>
                        {line_kind(page, line.kind)}
                    </div>
                    <span class="end">{kit::money(page, line.money)}</span>
                    {line_pill(page, line)}
                </li>
            }
        })
        .collect_view();
    (!lines.is_empty()).then(|| {
        view! {
            <section class="card">
                <header><h2>{words.text("lead-detail-commission")}</h2></header>
                <ul class="rows" id="commission" data-live="">{rows}</ul>
            </section>
        }
        .into_any()
    })
}
