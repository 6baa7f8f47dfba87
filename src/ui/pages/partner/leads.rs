//! A partner's leads: the list with its filter, and the form for a new one. One lead by itself is `lead_detail`.

use std::{cmp::Reverse, collections::BTreeMap};

use axum::{extract::Query, response::Response};
use leptos::prelude::*;
use portal_domain::{
    access::Action,
    lead::{LawfulBasis, LeadState},
    money::OFFERED_CURRENCIES,
};
use portal_services::leads::{self, PAGE};
use portal_store::leads::{LeadFilter, LeadRecord};
use serde::Deserialize;

pub use super::lead_detail::show;
use super::{address, crumbs, form_errors, lead_pill, may, next_page, tab};
use crate::{
    ui::{
        api::UiError,
        islands::LeadFormIsland,
        kit::{self, field, icon, icons},
    },
    web::page::Page,
};

const SUBMIT: &str = "submit_lead";

/// The groups of states that the list can be narrowed to: the word in the address, the key of its name.
const GROUPS: [(&str, &str, &[LeadState]); 4] = [
    (
        "open",
        "lead-list-filter-open",
        &[
            LeadState::InReview,
            LeadState::Accepted,
            LeadState::Registered,
        ],
    ),
    (
        "in_review",
        "lead-list-filter-in-review",
        &[LeadState::InReview],
    ),
    ("won", "lead-list-filter-won", &[LeadState::Won]),
    (
        "closed",
        "lead-list-filter-closed",
        &[
            LeadState::Lost,
            LeadState::Removed,
            LeadState::Rejected,
            LeadState::Withdrawn,
        ],
    ),
];

/// What the list's address may say.
#[derive(Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    state: String,
    #[serde(default)]
    q: String,
    /// The last lead of the page before.
    #[serde(default)]
    before: String,
}

struct List {
    query: ListQuery,
    counts: Vec<(LeadState, i64)>,
    leads: Vec<LeadRecord>,
    next: Option<String>,
}

/// `/leads`.
pub async fn list(page: Page, Query(query): Query<ListQuery>) -> Result<Response, UiError> {
    let counts = page.said(leads::count_for_partner(&page.ctx, page.actor()?).await)?;
    let mut found = find(&page, &query).await?;
    let shown = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let next = (found.len() > shown).then(|| {
        found.truncate(shown);
        let last = found
            .last()
            .map_or_else(String::new, |lead| lead.id.to_string());
        address(
            "/leads",
            &[("state", &query.state), ("q", &query.q), ("before", &last)],
        )
    });
    let list = List {
        query,
        counts,
        leads: found,
        next,
    };
    let title = page.words.text("lead-list-title");
    Ok(page.show(&title, move |page| list_view(page, &list)))
}

/// One page of the list and one lead more. A group of states is as many lists, each newest first, laid into one another.
async fn find(page: &Page, query: &ListQuery) -> Result<Vec<LeadRecord>, UiError> {
    let group = GROUPS.iter().find(|(word, _, _)| *word == query.state);
    let states: Vec<Option<LeadState>> = match group {
        Some((_, _, states)) => states.iter().copied().map(Some).collect(),
        None => vec![None],
    };
    let mut found = Vec::new();
    for state in states {
        let filter = LeadFilter {
            state,
            search: query.q.clone(),
            before: query.before.parse().ok(),
        };
        found.extend(page.said(leads::list_for_partner(&page.ctx, page.actor()?, filter).await)?);
    }
    found.sort_by_key(|lead| Reverse(lead.id));
    Ok(found)
}

fn list_view(page: &Page, list: &List) -> AnyView {
    let words = &page.words;
    let new_lead = may(page, Action::SubmitLeads).then(|| {
        view! { <a class="btn primary" href="/leads/new">{icon(icons::PLUS)}{words.text("lead-list-new")}</a> }
    });
    view! {
        <div class="head">
            <div><h1>{words.text("lead-list-title")}</h1><p>{words.text("lead-list-lead")}</p></div>
            <div class="row">{new_lead}</div>
        </div>
        <div id="lead-tabs" data-live="">{tabs(page, list)}</div>
        <div class="row between">
            {search(page, &list.query)}
            <p class="live on" data-tone="good">{words.text("live-connected")}</p>
        </div>
        <section class="card flush" aria-label=words.text("lead-list-title")>
            <div id="lead-list" data-live="">{body(page, list)}</div>
        </section>
    }
    .into_any()
}

fn tabs(page: &Page, list: &List) -> AnyView {
    let words = &page.words;
    let known = GROUPS.iter().any(|(word, _, _)| *word == list.query.state);
    let all = list.counts.iter().map(|(_, count)| count).sum();
    let all = tab(
        words.text("filter-all"),
        address("/leads", &[("q", &list.query.q)]),
        Some(all),
        !known,
    );
    let groups = GROUPS
        .iter()
        .map(|(word, key, states)| {
            let members = list
                .counts
                .iter()
                .filter(|(state, _)| states.contains(state));
            let count = members.map(|(_, count)| count).sum();
            let url = address("/leads", &[("state", word), ("q", &list.query.q)]);
            tab(words.text(key), url, Some(count), *word == list.query.state)
        })
        .collect_view();
    view! { <nav class="tabs" aria-label=words.text("lead-list-filter-label")>{all}{groups}</nav> }
        .into_any()
}

fn search(page: &Page, query: &ListQuery) -> AnyView {
    let words = &page.words;
    let state = (!query.state.is_empty())
        .then(|| view! { <input type="hidden" name="state" value=query.state.clone() /> });
    view! {
        <form class="search" role="search" action="/leads">
            {state}
            {icon(icons::SEARCH)}
            <input
                type="search"
                name="q"
                value=query.q.clone()
                maxlength="120"
                aria-label=words.text("lead-list-search-label")
                placeholder=words.text("lead-list-search-placeholder")
            />
        </form>
    }
    .into_any()
}

fn body(page: &Page, list: &List) -> AnyView {
    if list.leads.is_empty() {
        return nothing(page, list);
    }
    let words = &page.words;
    let rows = list.leads.iter().map(|lead| row(page, lead)).collect_view();
    view! {
        <div class="table">
            <table class="cards">
                <thead>
                    <tr>
                        <th scope="col">{words.text("lead-list-column-client")}</th>
                        <th scope="col">{words.text("lead-list-column-contact")}</th>
                        <th scope="col" class="num">{words.text("lead-list-column-value")}</th>
                        <th scope="col">{words.text("lead-list-column-submitted")}</th>
                        <th scope="col">{words.text("lead-list-column-state")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {next_page(page, list.next.clone())}
    }
    .into_any()
}

fn row(page: &Page, lead: &LeadRecord) -> AnyView {
    let words = &page.words;
    let value = lead
        .value
        .map_or_else(|| view! { "–" }.into_any(), |value| kit::money(page, value));
    let due = lead
        .review_due_at
        .filter(|_| lead.state == LeadState::InReview)
        .map(|due| {
            let date = words.day(page.ctx.date_of(due));
            view! { <small>{words.with("lead-list-decided-by", &[("date", date.into())])}</small> }
        });
    view! {
        <tr>
            <th class="main" scope="row">
                <a href=format!("/leads/{}", lead.id)>{lead.client_name.clone()}</a>
                <small>{lead.client_domain.clone()}</small>
            </th>
            <td data-label=words.text("lead-list-column-contact")>{lead.contact_name.clone()}</td>
            <td class="num" data-label=words.text("lead-list-column-value")>{value}</td>
            <td class="nowrap" data-label=words.text("lead-list-column-submitted")>{words.date(page.ctx.date_of(lead.created_at))}</td>
            <td class="corner">{lead_pill(page, lead)}{due}</td>
        </tr>
    }
    .into_any()
}

/// Nothing was found, or nothing is there yet.
fn nothing(page: &Page, list: &List) -> AnyView {
    let words = &page.words;
    let searched = !list.query.q.trim().is_empty();
    if searched || list.counts.iter().any(|(_, count)| *count > 0) {
        let title = if searched {
            words.with(
                "list-nothing-found",
                &[("query", list.query.q.trim().into())],
            )
        } else {
            words.text("lead-list-none-of-these")
        };
        let way_out = Some(("/leads".to_owned(), words.text("filter-reset")));
        let hint = if searched {
            "list-nothing-found-hint"
        } else {
            "lead-list-none-of-these-hint"
        };
        return kit::empty(icons::SEARCH, title, words.text(hint), way_out);
    }
    let way_out = may(page, Action::SubmitLeads)
        .then(|| ("/leads/new".to_owned(), words.text("lead-form-submit")));
    kit::empty(
        icons::LEADS,
        words.text("lead-list-empty-title"),
        words.text("lead-list-empty"),
        way_out,
    )
}

/// `/leads/new`.
pub async fn new(page: Page) -> Result<Response, UiError> {
    page.actor()?;
    if !may(&page, Action::SubmitLeads) {
        return Err(UiError {
            status: 403,
            ..UiError::default()
        });
    }
    let title = page.words.text("lead-form-title");
    let key = page.ctx.new_id().to_string();
    Ok(page.show(&title, move |page| new_view(page, &key)))
}

fn new_view(page: &Page, key: &str) -> AnyView {
    let words = &page.words;
    let form = form(page, key);
    view! {
        {crumbs(page, "/leads", "lead-list-title", words.text("lead-form-title"))}
        <div class="head"><div><h1>{words.text("lead-form-title")}</h1><p>{words.text("lead-form-lead")}</p></div></div>
        <div class="split">
            <div>
                <LeadFormIsland form="lead-form".to_owned() words=island_words(page)>{form}</LeadFormIsland>
            </div>
            {what_follows(page)}
        </div>
    }
    .into_any()
}

/// What the island says: what is wrong with an answer, and what becomes of the sending.
fn island_words(page: &Page) -> BTreeMap<String, String> {
    let words = &page.words;
    let errors = words
        .group("error-")
        .into_iter()
        .map(|(code, text)| (format!("error-{code}"), text));
    let others = ["sending", "errors", "unreachable"]
        .map(|word| (word.to_owned(), words.text(&format!("lead-form-{word}"))));
    errors.chain(others).collect()
}

fn form(page: &Page, key: &str) -> AnyView {
    let words = &page.words;
    view! {
        <form class="card form" id="lead-form" method="post" novalidate>
            {kit::errors(page, form_errors(page, SUBMIT))}
            <input type="hidden" name="do" value=SUBMIT />
            <input type="hidden" id="submission_key" name="form[submission_key]" value=page.typed(SUBMIT, "form[submission_key]", key) />
            {client_fields(page)}
            {contact_fields(page)}
            {basis_fields(page)}
            {need_fields(page)}
            <div class="foot">
                <button class="btn primary">{words.text("lead-form-submit")}</button>
                <a class="btn quiet" href="/leads">{words.text("lead-form-cancel")}</a>
                <span class="hint">{words.text("lead-form-required")}</span>
            </div>
        </form>
    }
    .into_any()
}

fn client_fields(page: &Page) -> AnyView {
    view! {
        <fieldset>
            <legend>{page.words.text("lead-form-client")}</legend>
            <div class="cols">
                {field(page, SUBMIT, "client_name", "form[client_name]", "lead-form-client_name")
                    .hint("lead-form-client_name-hint")
                    .maximum(120)
                    .input()}
                {field(page, SUBMIT, "client_domain", "form[client_domain]", "lead-form-client_domain")
                    .hint("lead-form-client_domain-hint")
                    .input()}
            </div>
        </fieldset>
    }
    .into_any()
}

fn contact_fields(page: &Page) -> AnyView {
    view! {
        <fieldset>
            <legend>{page.words.text("lead-form-contact")}</legend>
            <div class="cols">
                {field(page, SUBMIT, "contact_name", "form[contact_name]", "lead-form-contact_name")
                    .hint("lead-form-contact_name-hint")
                    .maximum(120)
                    .input()}
                {field(page, SUBMIT, "contact_email", "form[contact_email]", "lead-form-contact_email")
                    .hint("lead-form-contact_email-hint")
                    .kind("email")
                    .input()}
                {field(page, SUBMIT, "contact_phone", "form[contact_phone]", "lead-form-contact_phone")
                    .hint("lead-form-contact_phone-hint")
                    .kind("tel")
                    .optional()
                    .maximum(40)
                    .input()}
            </div>
        </fieldset>
    }
    .into_any()
}

/// Why the contact's details may be passed on; the day and the wording only where somebody consented.
fn basis_fields(page: &Page) -> AnyView {
    let words = &page.words;
    let nothing = (String::new(), words.text("lead-form-lawful_basis-choose"));
    let bases = LawfulBasis::ALL.iter().map(|basis| {
        let label = words.text(&format!("basis-{basis}"));
        (basis.to_string(), label)
    });
    view! {
        <fieldset>
            <legend>{words.text("lead-form-basis")}</legend>
            <div class="cols">
                {field(page, SUBMIT, "lawful_basis", "form[lawful_basis]", "lead-form-lawful_basis")
                    .hint("lead-form-lawful_basis-hint")
                    .full()
                    .select(std::iter::once(nothing).chain(bases).collect())}
                {field(page, SUBMIT, "consent_on", "form[consent_on]", "lead-form-consent_on")
                    .hint("lead-form-consent_on-hint")
                    .kind("date")
                    .optional()
                    .input()}
                {field(page, SUBMIT, "consent_source", "form[consent_source]", "lead-form-consent_source")
                    .hint("lead-form-consent_source-hint")
                    .optional()
                    .maximum(200)
                    .input()}
            </div>
        </fieldset>
    }
    .into_any()
}

fn need_fields(page: &Page) -> AnyView {
    let value = field(page, SUBMIT, "value", "form[value]", "lead-form-value")
        .hint("lead-form-value-hint")
        .optional();
    let described_by = value.described_by();
    view! {
        <fieldset>
            <legend>{page.words.text("lead-form-need-legend")}</legend>
            <div class="cols">
                {field(page, SUBMIT, "need", "form[need]", "lead-form-need")
                    .hint("lead-form-need-hint")
                    .maximum(2_000)
                    .full()
                    .text_area()}
                {value.around(value_and_currency(page, described_by))}
                <span class="wrong full" id="currency-error">{page.wrong(SUBMIT, "currency")}</span>
            </div>
        </fieldset>
    }
    .into_any()
}

fn value_and_currency(page: &Page, described_by: String) -> AnyView {
    let chosen = page.typed(SUBMIT, "form[currency]", OFFERED_CURRENCIES[0]);
    let options = OFFERED_CURRENCIES
        .iter()
        .map(|currency| view! { <option value=*currency selected=*currency == chosen>{*currency}</option> })
        .collect_view();
    let invalid = |name: &str| page.wrong(SUBMIT, name).map(|_| "true");
    view! {
        <div class="join">
            <select
                id="currency"
                name="form[currency]"
                aria-label=page.words.text("lead-form-currency")
                aria-invalid=invalid("currency")
                aria-describedby="currency-error"
            >
                {options}
            </select>
            <input
                id="value"
                name="form[value]"
                inputmode="decimal"
                autocomplete="off"
                maxlength="30"
                value=page.typed(SUBMIT, "form[value]", "")
                aria-invalid=invalid("value")
                aria-describedby=described_by
            />
        </div>
    }
    .into_any()
}

/// What happens to a lead once it is sent.
fn what_follows(page: &Page) -> AnyView {
    let words = &page.words;
    let steps = ["checked", "registered", "followed", "earned"].map(|step| {
        view! {
            <li>
                <span><b>{words.text(&format!("lead-form-then-{step}"))}</b></span>
                <p>{words.text(&format!("lead-form-then-{step}-note"))}</p>
            </li>
        }
    });
    view! {
        <aside class="card" aria-labelledby="then">
            <header><h2 id="then">{words.text("lead-form-then")}</h2></header>
            <ol class="timeline">{steps.into_iter().collect_view()}</ol>
            <p class="small muted">{words.text("lead-form-privacy")}</p>
        </aside>
    }
    .into_any()
}
