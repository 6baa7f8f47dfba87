//! Reconciliation: where the client's money and the deal do not meet. Each case says what is wrong, shows the numbers side by side, and what can be done.

use std::collections::BTreeMap;

use axum::{extract::Query, response::Response};
use chrono::NaiveDate;
use leptos::prelude::*;
use portal_domain::{
    access::Action,
    calendar::Month,
    money::{Currency, Money},
};
use portal_services::exceptions::{self, ExceptionView, Proposal};
use portal_words::Argument;
use serde::Deserialize;
use serde_json::Value;

use super::{NOTHING, Tab, address, head, may, or_nothing, tabs};
use crate::{
    ui::{
        api::UiError,
        kit::{self, icons},
    },
    web::page::Page,
};

const PATH: &str = "/staff/reconciliation";
/// More than a person can look at; what is settled makes room for the rest.
const CASES: i64 = 200;

#[derive(Deserialize)]
pub struct CaseQuery {
    #[serde(default)]
    kind: String,
}

pub async fn list(page: Page, Query(query): Query<CaseQuery>) -> Result<Response, UiError> {
    let found = page.said(exceptions::list_exceptions(&page.ctx, page.actor()?, CASES).await)?;
    let title = page.words.text("reconciliation-title");
    Ok(page.show(&title.clone(), move |page| {
        let words = &page.words;
        let sweep = may(page, Action::Operate)
            .then(|| kit::button_form("sweep_now", &[], words.text("reconciliation-read-again"), "btn"));
        let shown = found.iter().filter(|case| query.kind.is_empty() || case.record.kind == query.kind);
        let cases = shown.map(|case| view_case(page, case)).collect::<Vec<_>>();
        let content = if cases.is_empty() {
            kit::empty(icons::SCALE, words.text("reconciliation-empty-title"), words.text("reconciliation-empty"), None)
        } else {
            cases.collect_view().into_any()
        };
        view! {
            {head(title, words.text("reconciliation-lead"), sweep)}
            {kind_tabs(page, &found, &query.kind)}
            <section class="card flush" aria-label=words.text("today-exceptions") id="cases" data-live="">{content}</section>
        }
        .into_any()
    }))
}

fn kind_tabs(page: &Page, found: &[ExceptionView], chosen: &str) -> AnyView {
    let words = &page.words;
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    for case in found {
        *counts.entry(case.record.kind.as_str()).or_default() += 1;
    }
    let all = Tab {
        url: PATH.to_owned(),
        label: words.text("filter-all"),
        count: i64::try_from(found.len()).ok(),
        is_current: chosen.is_empty(),
    };
    let by_kind = counts.into_iter().map(|(kind, count)| Tab {
        url: address(PATH, &[("kind", kind)]),
        label: words.text(&format!("exception-{kind}")),
        count: Some(count),
        is_current: kind == chosen,
    });
    tabs(
        words.text("reconciliation-filter-label"),
        std::iter::once(all).chain(by_kind).collect(),
    )
}

/// What a case is about, in the terms of its numbers. Every kind has its own; what it does not have reads as nothing.
struct Facts<'a> {
    page: &'a Page,
    facts: &'a Value,
}

impl Facts<'_> {
    fn text(&self, name: &str) -> String {
        self.facts[name].as_str().unwrap_or_default().to_owned()
    }

    fn date(&self, name: &str) -> Option<String> {
        let date: NaiveDate = self.facts[name].as_str()?.parse().ok()?;
        Some(self.page.words.date(date))
    }

    fn month(&self) -> Option<String> {
        let month = Month::parse(self.facts["month"].as_str()?).ok()?;
        Some(self.page.words.month(month))
    }

    fn minor(&self, name: &str) -> Option<i64> {
        self.facts[name].as_i64()
    }

    fn money(&self, name: &str, currency: &str) -> Option<String> {
        let currency: Currency = self.facts[currency].as_str()?.parse().ok()?;
        Some(
            self.page
                .words
                .money(Money::new(self.minor(name)?, currency)),
        )
    }

    /// The first less the second.
    fn difference(&self, more: &str, less: &str) -> Option<String> {
        let currency: Currency = self.facts["currency"].as_str()?.parse().ok()?;
        let minor = self.minor(more)?.checked_sub(self.minor(less)?)?;
        Some(self.page.words.money(Money::new(minor, currency)))
    }
}

fn view_case(page: &Page, case: &ExceptionView) -> AnyView {
    let (words, record) = (&page.words, &case.record);
    let kind = record.kind.as_str();
    let facts = Facts {
        page,
        facts: &case.facts,
    };
    let opened = words.date_of(record.opened_at, page.ctx.programme.time_zone);
    let partner = record.partner_name.as_ref().map(|partner| {
        format!(
            " {}.",
            words.with("reconciliation-partner", &[("partner", partner.into())])
        )
    });
    view! {
        <article class="case">
            <div class="row between">
                <h2>{title(case, &facts)}</h2>
                <span class="row">
                    <small class="muted">{words.with("reconciliation-since", &[("date", opened.into())])}</small>
                    <span class="pill plain" data-tone=tone(kind)>{words.text(&format!("exception-{kind}"))}</span>
                </span>
            </div>
            <p>{words.with(&format!("exception-{kind}-what"), &arguments(case, &facts))}{partner}</p>
            {numbers(page, kind, &facts)}
            <p class="small">{words.text(&format!("exception-{kind}-do"))}</p>
            {proposals(page, case)}
        </article>
    }
    .into_any()
}

/// Bad is what costs somebody money or stands still until a person acts.
fn tone(kind: &str) -> &'static str {
    match kind {
        "invoice_overdue"
        | "bill_differs_from_statement"
        | "bill_voided"
        | "deals_merged"
        | "currency_changed" => "bad",
        "several_deals_possible" | "invoice_without_deal" => "info",
        _ => "wait",
    }
}

/// Whom and what it is about: the client and the invoice, or the month.
fn title(case: &ExceptionView, facts: &Facts<'_>) -> String {
    let record = &case.record;
    let statement = facts.text("statement");
    let who = record
        .client_name
        .clone()
        .filter(|_| statement.is_empty())
        .unwrap_or_else(|| facts.text("partner"));
    let about = [
        facts.text("invoice"),
        record.invoice_number.clone().unwrap_or_default(),
        statement,
        facts.month().unwrap_or_default(),
    ];
    let about = about.into_iter().find(|text| !text.is_empty());
    let parts: Vec<String> = [who]
        .into_iter()
        .chain(about)
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(" · ")
}

fn arguments(case: &ExceptionView, facts: &Facts<'_>) -> Vec<(&'static str, Argument)> {
    let record = &case.record;
    let first = |texts: [Option<String>; 3]| {
        texts
            .into_iter()
            .flatten()
            .find(|text| !text.is_empty())
            .unwrap_or_else(|| NOTHING.to_owned())
    };
    let text = |name: &str| Some(facts.text(name));
    let invoice = first([text("invoice"), record.invoice_number.clone(), text("bill")]);
    vec![
        (
            "client",
            first([record.client_name.clone(), text("contact"), None]).into(),
        ),
        (
            "partner",
            first([text("partner"), record.partner_name.clone(), None]).into(),
        ),
        ("other", or_nothing(&facts.text("other_partner")).into()),
        ("invoice", invoice.into()),
        ("statement", or_nothing(&facts.text("statement")).into()),
        (
            "month",
            facts.month().unwrap_or_else(|| NOTHING.to_owned()).into(),
        ),
        ("months", facts.minor("months").unwrap_or(1).into()),
        (
            "date",
            facts
                .date("won_on")
                .unwrap_or_else(|| NOTHING.to_owned())
                .into(),
        ),
        ("days", facts.minor("days_late").unwrap_or(0).into()),
        (
            "from",
            first([facts.date("from"), text("from"), None]).into(),
        ),
        ("to", first([facts.date("to"), text("to"), None]).into()),
        ("into", or_nothing(&facts.text("into")).into()),
    ]
}

/// The numbers side by side.
fn numbers(page: &Page, kind: &str, facts: &Facts<'_>) -> Option<AnyView> {
    let words = &page.words;
    let money = |name: &str| facts.money(name, "currency");
    let text = |name: &str| Some(or_nothing(&facts.text(name)));
    let pairs = match kind {
        "no_invoice_yet" => vec![
            ("month", money("expected_minor")),
            (
                "months",
                facts.minor("months").map(|months| words.number(months)),
            ),
        ],
        "underpaid" => vec![
            ("needed", money("expected_minor")),
            ("collected", money("collected_minor")),
            (
                "missing",
                facts.difference("expected_minor", "collected_minor"),
            ),
        ],
        "invoice_overdue" => vec![("due", facts.date("due")), ("open", money("open_minor"))],
        "differs_from_deal" => vec![
            ("deal", money("expected_minor")),
            ("invoiced", money("invoiced_minor")),
            (
                "difference",
                facts.difference("invoiced_minor", "expected_minor"),
            ),
        ],
        "other_currency" => vec![
            ("invoice", money("net_minor")),
            ("deal-currency", text("deal_currency")),
        ],
        "invoice_without_deal" | "several_deals_possible" => vec![
            ("invoice", money("net_minor")),
            ("reference", text("reference")),
        ],
        "deal_amount_missing" => vec![
            ("amount", text("amount")),
            ("deal-currency", text("currency")),
        ],
        "billing_period_missing" => vec![("billing-period", text("billing_period"))],
        "bill_differs_from_statement" => vec![
            (
                "statement",
                facts.money("expected_minor", "expected_currency"),
            ),
            ("bill", money("net_minor")),
        ],
        "bill_voided" => vec![("bill", money("net_minor"))],
        _ => Vec::new(),
    };
    let pairs: Vec<_> = pairs
        .into_iter()
        .map(|(label, value)| {
            let is_off = is_off(kind, label);
            view! {
                <div class=is_off.then_some("off") data-tone=is_off.then_some(tone(kind))>
                    <dt>{words.text(&format!("exception-number-{label}"))}</dt><dd>{value.unwrap_or_else(|| NOTHING.to_owned())}</dd>
                </div>
            }
        })
        .collect();
    (!pairs.is_empty()).then(|| view! { <dl class="compare">{pairs}</dl> }.into_any())
}

/// Whether a number is the one that does not fit.
fn is_off(kind: &str, label: &str) -> bool {
    match label {
        "missing" | "difference" | "open" => true,
        "bill" => kind == "bill_differs_from_statement",
        "deal-currency" => kind == "other_currency",
        _ => false,
    }
}

/// The deals that the invoice may be for, each with its button.
fn proposals(page: &Page, case: &ExceptionView) -> Option<AnyView> {
    let words = &page.words;
    let invoice = case.record.invoice.as_ref()?;
    if case.proposals.is_empty() {
        return None;
    }
    let rows = case
        .proposals
        .iter()
        .map(|proposal| proposal_row(page, invoice, proposal))
        .collect_view();
    Some(view! { <div><p class="small muted">{words.text("exception-act-link-choose")}</p><ul class="rows">{rows}</ul></div> }.into_any())
}

fn proposal_row(page: &Page, invoice: &str, proposal: &Proposal) -> AnyView {
    let words = &page.words;
    let about = format!(
        "{} · {} · {}",
        proposal.client_name, proposal.partner_name, proposal.hubspot_id
    );
    let label = words.text("exception-act-link");
    let link = may(page, Action::Reconcile).then(|| {
        view! {
            <form method="post">
                {super::calls("link_invoice")}
                <input type="hidden" name="invoice" value=invoice.to_owned() />
                <input type="hidden" name="deal" value=proposal.deal.to_string() />
                <button class="btn sm" aria-label=format!("{label}: {}", proposal.deal_name)>{label.clone()}</button>
            </form>
        }
    });
    view! { <li><div><span class="t">{proposal.deal_name.clone()}</span><p>{about}</p></div>{link}</li> }.into_any()
}
