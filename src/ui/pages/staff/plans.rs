//! Plans: every version with its terms, a form for the next one, and what a rate comes to in an example, reckoned by the rules that make the real lines.

use axum::response::Response;
use leptos::prelude::*;
use portal_domain::{
    access::Action,
    calendar::Month,
    deal::{BillingPeriod, DealTerms, WonDeal},
    money::{Currency, Exact, Money, OFFERED_CURRENCIES, Rate},
    plan::{PlanForm, PlanTerms},
    schedule::schedule,
};
use portal_services::plans;
use portal_store::plans::PlanVersionRecord;

use super::{calls, form_errors, head, may};
use crate::{
    ui::{
        api::UiError,
        kit::{self, icons},
    },
    web::page::Page,
};

const ACTION: &str = "add_plan_version";
/// The example's deal: so much a year, in minor units.
const EXAMPLE_MINOR: i64 = 1_000_000;

pub async fn list(page: Page) -> Result<Response, UiError> {
    let versions = page.said(plans::list(&page.ctx, page.actor()?).await)?;
    let title = page.words.text("plan-list-title");
    Ok(page.show(&title.clone(), move |page| {
        let may_edit = may(page, Action::EditPlans);
        view! {
            {head(title, page.words.text("plan-list-lead"), None)}
            <div class=if may_edit { "split" } else { "stack" }>
                <div class="stack">
                    <section class="card flush" aria-label=page.words.text("plan-list-title")>{table(page, &versions)}</section>
                    {example(page)}
                </div>
                {may_edit.then(|| form(page))}
            </div>
        }
        .into_any()
    }))
}

fn table(page: &Page, versions: &[PlanVersionRecord]) -> AnyView {
    let words = &page.words;
    if versions.is_empty() {
        return kit::empty(
            icons::PLANS,
            words.text("plan-empty-title"),
            words.text("plan-empty"),
            None,
        );
    }
    let heads = [
        "plan-valid-from",
        "plan-months",
        "plan-cap",
        "plan-tolerance",
    ];
    let heads = heads.map(|head| view! { <th scope="col">{words.text(head)}</th> });
    let rows = versions
        .iter()
        .enumerate()
        .map(|(place, version)| {
            // The newest first: the versions of one plan stand together.
            let is_newest = place == 0 || versions[place - 1].plan != version.plan;
            row(page, version, is_newest)
        })
        .collect_view();
    view! {
        <div class="table">
            <table class="cards">
                <thead>
                    <tr>
                        <th scope="col">{words.text("plan-name")}</th>
                        <th scope="col" class="num">{words.text("plan-rate")}</th>
                        {heads.into_iter().collect_view()}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(page: &Page, version: &PlanVersionRecord, is_newest: bool) -> AnyView {
    let (words, terms) = (&page.words, &version.terms);
    let months = match terms.months {
        Some(months) => words.with("plan-months-count", &[("count", u32::from(months).into())]),
        None => words.text("plan-months-none"),
    };
    let cap = terms
        .cap
        .map_or_else(|| words.text("plan-cap-none"), |cap| words.money(cap));
    view! {
        <tr class=(!is_newest).then_some("muted")>
            <th class="main" scope="row">
                {version.name.clone()}<small>{words.with("plan-version", &[("version", version.version.into())])}</small>
            </th>
            <td class="num corner">{words.percent(terms.rate)}</td>
            <td data-label=words.text("plan-valid-from") class="nowrap">{words.date(version.valid_from)}</td>
            <td data-label=words.text("plan-months")>{months}</td>
            <td data-label=words.text("plan-cap")>{cap}</td>
            <td data-label=words.text("plan-tolerance")>{words.percent(terms.tolerance)}</td>
        </tr>
    }
    .into_any()
}

fn form(page: &Page) -> AnyView {
    let words = &page.words;
    let field = |name: &'static str, label: &str| {
        kit::field(page, ACTION, name, &format!("form[{name}]"), label)
    };
    let currencies = OFFERED_CURRENCIES.map(|currency| (currency.to_owned(), currency.to_owned()));
    let today = page.ctx.today().to_string();
    view! {
        <form class="card form" method="post" novalidate>
            <header><h2>{words.text("plan-add-title")}</h2><p>{words.text("plan-new-version-hint")}</p></header>
            {calls(ACTION)}
            {form_errors(page, ACTION)}
            {field("name", "plan-name").hint("plan-name-hint").maximum(80).input()}
            {field("rate", "plan-rate").hint("plan-rate-hint").maximum(12).input()}
            {field("months", "plan-months").hint("plan-months-hint").optional().maximum(3).input()}
            <div class="cols">
                {field("cap", "plan-cap").optional().maximum(20).input()}
                {field("currency", "plan-cap-currency").optional().select(currencies.into())}
            </div>
            {field("tolerance", "plan-tolerance").hint("plan-tolerance-hint").optional().maximum(12).input()}
            {kit::field(page, ACTION, "valid_from", "valid_from", "plan-valid-from").kind("date").first(&today).input()}
            <button class="btn primary wide">{words.text("plan-submit")}</button>
        </form>
    }
    .into_any()
}

/// What was typed, if it makes sense; else the plainest plan.
fn example_terms(page: &Page) -> Option<PlanTerms> {
    let typed = |name: &str| page.typed(ACTION, &format!("form[{name}]"), "");
    let form = PlanForm {
        name: typed("name"),
        rate: typed("rate"),
        months: typed("months"),
        cap: typed("cap"),
        currency: typed("currency"),
        tolerance: typed("tolerance"),
        ..PlanForm::default()
    };
    let plain = || {
        let rate = Rate::parse_percent("10").ok()?;
        let tolerance = Rate::parse_percent("1").ok()?;
        Some(PlanTerms {
            rate,
            tiers: None,
            months: None,
            cap: None,
            bonus: None,
            split: Vec::new(),
            tail_months: None,
            tolerance,
        })
    };
    form.parse().ok().map(|(_, terms)| terms).or_else(plain)
}

/// The first year of one deal.
fn example(page: &Page) -> Option<AnyView> {
    let words = &page.words;
    let terms = example_terms(page)?;
    let start = Month::new(page.ctx.this_month().year(), 1);
    let value = Money::new(EXAMPLE_MINOR, Currency::EUR);
    let deal = WonDeal {
        start: start.first_day(),
        end: None,
        terms: vec![DealTerms {
            from: start,
            value,
            period: BillingPeriod::Months(12),
        }],
        standing: Exact::from_integer(0),
        paid_until: None,
    };
    let lines = schedule(&terms, &deal, start.plus(11)).ok()?;
    let sum: i64 = lines.iter().map(|line| line.amount_minor).sum();
    let rows = lines
        .iter()
        .map(|line| {
            let amount = words.money(Money::new(line.amount_minor, value.currency));
            view! { <tr><th scope="row">{words.month_short(line.month)}</th><td class="num">{amount}</td></tr> }
        })
        .collect_view();
    let sentence = [
        ("rate", words.percent(terms.rate).into()),
        ("value", words.money(value).into()),
    ];
    let total = words.money(Money::new(sum, value.currency));
    Some(
        view! {
            <section class="card">
                <header><h2>{words.text("plan-example-title")}</h2><p>{words.with("plan-example", &sentence)}</p></header>
                <div class="table">
                    <table>
                        <thead>
                            <tr><th scope="col">{words.text("commission-column-month")}</th><th scope="col" class="num">{words.text("commission-column-amount")}</th></tr>
                        </thead>
                        <tbody>{rows}</tbody>
                        <tfoot><tr><th scope="row">{words.text("total")}</th><td class="num">{total}</td></tr></tfoot>
                    </table>
                </div>
            </section>
        }
        .into_any(),
    )
}
