//! Reconciliation: where the client's money and the deal do not meet. Each case says what is wrong, shows the numbers side by side, and leads to what can
//! be done about it (`case`) and to all of the client's money (`explorer`).

use axum::{extract::Query, response::Response};
use chrono::NaiveDate;
use leptos::prelude::*;
use portal_domain::{
    access::Action,
    calendar::Month,
    money::{Currency, Money},
};
use portal_services::{
    documents::Proposal,
    exceptions::{self, CaseFilter, CasePage, ExceptionView},
    mismatch,
};
use portal_store::audit::AuditRecord;
use portal_words::Argument;
use serde::Deserialize;
use serde_json::Value;

use super::{NOTHING, Tab, address, document::deal_row, head, may, or_nothing, paging, tabs};
use crate::{
    ui::{
        api::{Done, UiError},
        kit::{self, icons},
    },
    web::page::{Page, inside},
};

pub const PATH: &str = "/staff/reconciliation";
/// For at least how many days a case can be asked to be open.
const AGES: [&str; 4] = ["", "7", "30", "90"];

#[derive(Deserialize)]
pub struct CaseQuery {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    partner: String,
    #[serde(default)]
    days: String,
    /// `settled` for those that are.
    #[serde(default)]
    list: String,
    /// The last case of the page before.
    #[serde(default)]
    after: String,
}

impl CaseQuery {
    fn filter(&self) -> CaseFilter {
        CaseFilter {
            kind: self.kind.clone(),
            partner: self.partner.clone(),
            days: self.days.parse().ok(),
            resolved: self.list == "settled",
            after: self.after.parse().ok(),
        }
    }

    fn url(&self, kind: &str, list: &str, after: &str) -> String {
        address(
            PATH,
            &[
                ("kind", kind),
                ("partner", &self.partner),
                ("days", &self.days),
                ("list", list),
                ("after", after),
            ],
        )
    }
}

/// After an act: the page that its form names, or that of all cases.
pub fn go_on(back: &str, notice: &str) -> Done {
    let next = if back.is_empty() { PATH } else { back };
    Done::new(inside(next), notice)
}

/// One case with everything that can be done about it.
pub fn case_url(case: &ExceptionView) -> String {
    format!("{PATH}/{}", case.record.id)
}

pub async fn list(page: Page, Query(query): Query<CaseQuery>) -> Result<Response, UiError> {
    let found =
        page.said(exceptions::list_cases(&page.ctx, page.actor()?, &query.filter()).await)?;
    let title = page.words.text("reconciliation-title");
    Ok(page.show(&title.clone(), move |page| {
        let words = &page.words;
        let sweep = may(page, Action::Operate).then(|| {
            kit::button_form("sweep_now", &[], words.text("reconciliation-read-again"), "btn")
        });
        let acts = view! { <a class="btn" href=super::explorer::PATH>{words.text("explorer-title")}</a>{sweep} };
        let cases = found.cases.iter().map(|case| list_case(page, case)).collect_view();
        let first = (!query.after.is_empty()).then(|| query.url(&query.kind, &query.list, ""));
        let next = found.next.map(|next| query.url(&query.kind, &query.list, &next.to_string()));
        let content = if found.cases.is_empty() {
            nothing(page, &query)
        } else {
            cases.into_any()
        };
        view! {
            {head(title, words.text("reconciliation-lead"), Some(acts.into_any()))}
            {kind_tabs(page, &found, &query)}
            {filters(page, &query)}
            <section class="card flush" aria-label=words.text("today-exceptions")>
                <div id="cases" data-live="">{content}</div>
                {paging(page, first, next)}
            </section>
        }
        .into_any()
    }))
}

fn nothing(page: &Page, query: &CaseQuery) -> AnyView {
    let words = &page.words;
    let is_filtered = !(query.kind.is_empty() && query.partner.is_empty() && query.days.is_empty());
    let (title, text) = match (is_filtered, query.list.as_str()) {
        (true, _) => ("reconciliation-none-title", "reconciliation-none"),
        (false, "settled") => (
            "reconciliation-settled-title",
            "reconciliation-settled-none",
        ),
        (false, _) => ("reconciliation-empty-title", "reconciliation-empty"),
    };
    kit::empty(icons::SCALE, words.text(title), words.text(text), None)
}

fn kind_tabs(page: &Page, found: &CasePage, query: &CaseQuery) -> AnyView {
    let words = &page.words;
    let all = Tab {
        url: query.url("", &query.list, ""),
        label: words.text("filter-all"),
        count: Some(found.counts.iter().map(|(_, count)| count).sum()),
        is_current: query.kind.is_empty(),
    };
    let by_kind = found.counts.iter().map(|(kind, count)| Tab {
        url: query.url(kind, &query.list, ""),
        label: words.text(&format!("exception-{kind}")),
        count: Some(*count),
        is_current: *kind == query.kind,
    });
    tabs(
        words.text("reconciliation-filter-label"),
        std::iter::once(all).chain(by_kind).collect(),
    )
}

/// By partner and age; open ones or settled ones.
fn filters(page: &Page, query: &CaseQuery) -> AnyView {
    let words = &page.words;
    let ages = AGES.map(|days| {
        let label = match days {
            "" => words.text("reconciliation-age-any"),
            days => words.with("reconciliation-age", &[("days", days.into())]),
        };
        view! { <option value=days selected=days == query.days>{label}</option> }
    });
    let lists = [
        ("", "reconciliation-open"),
        ("settled", "reconciliation-settled"),
    ]
    .map(|(list, label)| {
        view! { <option value=list selected=list == query.list>{words.text(label)}</option> }
    });
    view! {
        <form class="row filters">
            <input type="hidden" name="kind" value=query.kind.clone() />
            <input type="search" name="partner" value=query.partner.clone()
                aria-label=words.text("explorer-partner") placeholder=words.text("explorer-partner") />
            <select name="days" aria-label=words.text("reconciliation-age-label")>{ages.into_iter().collect_view()}</select>
            <select name="list" aria-label=words.text("reconciliation-list-label")>{lists.into_iter().collect_view()}</select>
            <button class="btn">{words.text("explorer-show")}</button>
        </form>
    }
    .into_any()
}

fn list_case(page: &Page, case: &ExceptionView) -> AnyView {
    let words = &page.words;
    let facts = Facts::of(page, case);
    let label = words.text("reconciliation-open-case");
    let whole = format!("{label}: {}", title(case, &facts));
    view! {
        <article class="case">
            <div class="row between">
                <h2><a href=case_url(case)>{title(case, &facts)}</a></h2>
                {marks(page, case)}
            </div>
            {what(page, case)}
            {proposals(page, case)}
            {acts(page, case)}
            <p class="row">
                <a class="btn sm" href=case_url(case) aria-label=whole>{label}</a>
                {client_link(page, case)}
            </p>
        </article>
    }
    .into_any()
}

/// Since when, and what kind of case it is.
pub fn marks(page: &Page, case: &ExceptionView) -> AnyView {
    let (words, record) = (&page.words, &case.record);
    let zone = page.ctx.programme.time_zone;
    let opened = words.date_of(record.opened_at, zone);
    let since = match record.resolved_at {
        None => words.with("reconciliation-since", &[("date", opened.into())]),
        Some(at) => {
            let settled = words.date_of(at, zone);
            words.with(
                "reconciliation-from-until",
                &[("from", opened.into()), ("until", settled.into())],
            )
        }
    };
    let kind = record.kind.as_str();
    view! {
        <span class="row">
            <small class="muted">{since}</small>
            <span class="pill plain" data-tone=tone(kind)>{words.text(&format!("exception-{kind}"))}</span>
        </span>
    }
    .into_any()
}

/// What is wrong, the numbers, and what to do.
pub fn what(page: &Page, case: &ExceptionView) -> AnyView {
    let (words, record) = (&page.words, &case.record);
    let kind = record.kind.as_str();
    let facts = Facts::of(page, case);
    let partner = record.partner_name.as_ref().map(|partner| {
        format!(
            " {}.",
            words.with("reconciliation-partner", &[("partner", partner.into())])
        )
    });
    let to_do = record.resolved_at.is_none().then(|| {
        view! { <p class="small">{words.text(&format!("exception-{kind}-do"))}</p> }
    });
    // Why a bill does not fit is said to finance and the partner in the same words.
    let why = case.facts["mismatch"].as_str();
    let why = why.map(|_| view! { <p>{mismatch::sentence(words, &case.facts)}</p> });
    view! {
        <p>{words.with(&format!("exception-{kind}-what"), &arguments(case, &facts))}{partner}</p>
        {why}
        {numbers(page, kind, &facts)}
        {to_do}
    }
    .into_any()
}

/// Who did what about it, and how it was settled.
pub fn acts(page: &Page, case: &ExceptionView) -> Option<AnyView> {
    let words = &page.words;
    let mut said: Vec<String> = case.acts.iter().map(|act| sentence(page, act)).collect();
    if let Some(resolution) = case
        .record
        .resolution
        .as_deref()
        .filter(|_| case.record.resolved_at.is_some())
    {
        said.push(words.text(&format!("exception-resolution-{resolution}")));
    }
    let rows = said
        .into_iter()
        .map(|text| view! { <li>{text}</li> })
        .collect::<Vec<_>>();
    (!rows.is_empty()).then(|| view! { <ul class="small muted">{rows}</ul> }.into_any())
}

fn sentence(page: &Page, act: &AuditRecord) -> String {
    let words = &page.words;
    let facts: Value = serde_json::from_str(&act.facts).unwrap_or(Value::Null);
    let text = |name: &str| facts[name].as_str().unwrap_or_default().to_owned();
    let arguments = [
        (
            "date",
            words
                .date_of(act.happened_at, page.ctx.programme.time_zone)
                .into(),
        ),
        (
            "person",
            act.person_name
                .clone()
                .unwrap_or_else(|| NOTHING.to_owned())
                .into(),
        ),
        ("recipient", text("recipient").into()),
    ];
    let sentence = words.with(&format!("exception-act-{}", act.act), &arguments);
    match text("reason") {
        reason if reason.is_empty() => sentence,
        reason => format!("{sentence} “{reason}”"),
    }
}

/// All of the client's money.
pub fn client_link(page: &Page, case: &ExceptionView) -> Option<AnyView> {
    let client = case.record.client?;
    let url = address(super::explorer::PATH, &[("client", &client.to_string())]);
    Some(view! { <a href=url>{page.words.text("explorer-of-client")}</a> }.into_any())
}

/// What a case is about, in the terms of its numbers. Every kind has its own; what it does not have reads as nothing.
pub struct Facts<'a> {
    page: &'a Page,
    facts: &'a Value,
}

impl<'a> Facts<'a> {
    pub fn of(page: &'a Page, case: &'a ExceptionView) -> Self {
        Self {
            page,
            facts: &case.facts,
        }
    }
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

/// Bad is what costs somebody money or stands still until a person acts.
fn tone(kind: &str) -> &'static str {
    match kind {
        "invoice_overdue"
        | "bill_differs_from_statement"
        | "bill_voided"
        | "bill_not_made"
        | "deals_merged"
        | "many_gone"
        | "currency_changed" => "bad",
        "several_deals_possible" | "invoice_without_deal" => "info",
        _ => "wait",
    }
}

/// Whom and what it is about: the client and the invoice, or the month.
pub fn title(case: &ExceptionView, facts: &Facts<'_>) -> String {
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
        facts.text("system"),
    ];
    let about = about.into_iter().find(|text| !text.is_empty());
    let parts: Vec<String> = [who]
        .into_iter()
        .chain(about)
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(" · ")
}

pub fn arguments(case: &ExceptionView, facts: &Facts<'_>) -> Vec<(&'static str, Argument)> {
    let record = &case.record;
    let first = |texts: [Option<String>; 3]| {
        texts
            .into_iter()
            .flatten()
            .find(|text| !text.is_empty())
            .unwrap_or_else(|| NOTHING.to_owned())
    };
    let text = |name: &str| Some(facts.text(name));
    let mut others = [text("bill"), text("credit")].into_iter().flatten();
    let bill_or_credit = others.find(|text| !text.is_empty());
    let invoice = first([
        text("invoice"),
        record.invoice_number.clone(),
        bill_or_credit,
    ]);
    vec![
        (
            "client",
            first([record.client_name.clone(), text("client"), text("contact")]).into(),
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
        ("lines", facts.minor("lines").unwrap_or(1).into()),
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
        ("credit", or_nothing(&facts.text("credit")).into()),
        ("contact", or_nothing(&facts.text("contact")).into()),
        ("message", or_nothing(&facts.text("message")).into()),
        ("why", or_nothing(&facts.text("why")).into()),
        ("system", or_nothing(&facts.text("system")).into()),
        ("count", facts.minor("count").unwrap_or(0).into()),
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
        "currency_changed" => vec![("amount", facts.money("value_minor", "to"))],
        "billing_period_missing" => vec![("billing-period", text("billing_period"))],
        "bill_differs_from_statement" => bill_numbers(facts),
        "refund_without_deal" => vec![("refunded", money("refunded_minor"))],
        "shares_beyond_document" => vec![
            ("net", money("net_minor")),
            ("shared", money("shared_minor")),
        ],
        "bill_voided" | "bill_not_made" => vec![("bill", money("net_minor"))],
        "lines_differ" => vec![("lines-difference", money("difference_minor"))],
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

/// A statement and a bill that do not agree: what there is to invoice, and what was asked for, its tax apart.
fn bill_numbers(facts: &Facts<'_>) -> Vec<(&'static str, Option<String>)> {
    let of_statement = |name: &str| facts.money(name, "expected_currency");
    let of_bill = |name: &str| facts.money(name, "currency");
    vec![
        ("statement", of_statement("expected_minor")),
        ("rest", of_statement("rest_minor")),
        ("bill", of_bill("net_minor")),
        ("tax", of_bill("tax_minor")),
        ("gross", of_bill("gross_minor")),
    ]
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

/// The deals that the invoice or credit note may be for, each with its button.
pub fn proposals(page: &Page, case: &ExceptionView) -> Option<AnyView> {
    let words = &page.words;
    if case.proposals.is_empty() {
        return None;
    }
    let rows = case
        .proposals
        .iter()
        .map(|proposal| proposal_row(page, case, proposal))
        .collect_view();
    Some(view! { <div><p class="small muted">{words.text("exception-act-link-choose")}</p><ul class="rows">{rows}</ul></div> }.into_any())
}

/// A deal with the button that links the case's invoice or credit note to it.
pub fn proposal_row(page: &Page, case: &ExceptionView, proposal: &Proposal) -> AnyView {
    let document = case.record.subject.split_once(':').map_or("", |(_, id)| id);
    deal_row(page, document, proposal, PATH)
}
