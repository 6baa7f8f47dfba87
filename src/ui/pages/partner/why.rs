//! Why a line has its amount, and what each number in that rests on. The arithmetic is the services'; here it is put into words.

use leptos::prelude::*;
use portal_domain::{
    calendar::Timestamp,
    deal::BillingPeriod,
    line::{LineKind, LineState},
    money::{Money, round_half_even},
};
use portal_services::lines::{Arithmetic, LineExplanation, SeenTerms};

use super::{
    super::parts::period,
    dispute, line_pill,
    waits::{self, Around},
};
use crate::{
    ui::kit::{self, icon, icons},
    web::page::Page,
};

/// One explanation, with the way back to the list without it.
pub fn card(page: &Page, around: &Around, why: &LineExplanation, back: String) -> AnyView {
    let words = &page.words;
    let line = &why.view.line;
    view! {
        <section class="card" id="why" aria-labelledby="why-title">
            <header>
                <div>
                    <h2 id="why-title">{words.text("line-why-title")}</h2>
                    <p>{format!("{} · {}", line.client_name, words.month(line.month))}</p>
                </div>
                <a class="btn quiet icon sm" href=back aria-label=words.text("button-close")>{icon(icons::X)}</a>
            </header>
            <dl class="facts wide">
                {fact(page, "commission-column-amount", kit::money(page, line.money))}
                {fact(page, "commission-column-state", line_pill(page, line))}
                {fact(page, "line-why-next", waits::sentence(page, around, &why.view).into_any())}
            </dl>
            {proof(page, why)}
            {dispute::section(page, why)}
        </section>
    }
    .into_any()
}

/// The sentences, and what they rest on; staff read the same.
pub fn proof(page: &Page, why: &LineExplanation) -> AnyView {
    view! {
        <div class="proof">
            {sentences(page, why).into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}
            {evidence(page, why)}
        </div>
    }
    .into_any()
}

fn fact(page: &Page, key: &str, value: AnyView) -> AnyView {
    view! { <div><dt>{page.words.text(key)}</dt><dd>{value}</dd></div> }.into_any()
}

fn holding(why: &LineExplanation) -> Option<&SeenTerms> {
    why.terms.iter().find(|seen| seen.holds)
}

fn is_one_off(why: &LineExplanation) -> bool {
    holding(why).is_some_and(|seen| seen.terms.period == BillingPeriod::OneOff)
}

/// What the client pays for the month, to the minor unit.
fn month_worth(why: &LineExplanation) -> Option<Money> {
    let line = &why.view.line;
    Some(Money::new(
        round_half_even(line.base).ok()?,
        line.money.currency,
    ))
}

fn sentences(page: &Page, why: &LineExplanation) -> Vec<String> {
    let mut said = Vec::new();
    if why.view.line.kind == LineKind::Scheduled {
        said.push(derivation(page, why));
        said.extend(
            why.arithmetic
                .as_ref()
                .map(|arithmetic| computed(page, why, arithmetic)),
        );
        said.extend(coverage(page, why));
    } else {
        said.push(correction(page, why));
    }
    for later in &why.corrected_by {
        let arguments = [
            ("amount", page.words.money(later.money).into()),
            (
                "kind",
                page.words.text(&format!("line-kind-{}", later.kind)).into(),
            ),
        ];
        said.push(page.words.with("line-why-corrected", &arguments));
    }
    said
}

/// The rate, the deal and the plan.
fn derivation(page: &Page, why: &LineExplanation) -> String {
    let words = &page.words;
    let rate = words.percent(why.plan.terms.rate);
    let base = month_worth(why).map_or_else(String::new, |worth| words.money(worth));
    let key = if is_one_off(why) {
        "line-why-rate-one-off"
    } else {
        "line-why-rate"
    };
    let mut text = words.with(key, &[("rate", rate.into()), ("base", base.into())]);
    text.push_str(". ");
    if let (Some(seen), Some(won_on)) = (holding(why), why.deal.won_on) {
        let arguments = [
            ("deal", why.deal.hubspot_id.as_str().into()),
            ("date", words.date(won_on).into()),
            ("value", words.money(seen.terms.value).into()),
            ("period", period(page, seen.terms.period).into()),
        ];
        text.push_str(&words.with("line-why-deal", &arguments));
        text.push(' ');
    }
    let plan = [
        ("plan", why.plan.name.as_str().into()),
        ("version", why.plan.version.into()),
    ];
    text.push_str(&words.with("line-why-plan", &plan));
    text
}

/// Where the last minor unit comes from, and what a cap has left.
fn computed(page: &Page, why: &LineExplanation, arithmetic: &Arithmetic) -> String {
    let words = &page.words;
    let currency = why.view.line.money.currency;
    let amount_minor = arithmetic.through_minor - arithmetic.before_minor;
    let money = |minor: i64| words.money(Money::new(minor, currency));
    let arguments = [
        ("through", money(arithmetic.through_minor).into()),
        ("before", money(arithmetic.before_minor).into()),
        ("amount", money(amount_minor).into()),
    ];
    let position = words.with(
        "line-why-position",
        &[("number", (why.view.line.position + 1).into())],
    );
    let mut text = format!(
        "{position} {} {}",
        words.with("line-why-arithmetic", &arguments),
        words.text("line-why-rounding")
    );
    if let Some(cap) = why.plan.terms.cap
        && amount_minor != why.view.line.money.minor
    {
        text.push(' ');
        text.push_str(&words.with("line-why-cap", &[("cap", words.money(cap).into())]));
    }
    text
}

fn coverage(page: &Page, why: &LineExplanation) -> Option<String> {
    let words = &page.words;
    let line = &why.view.line;
    if matches!(line.state, LineState::Upcoming | LineState::Cancelled) {
        return None;
    }
    if why.fills.is_empty() && !line.state.is_earned() {
        return Some(words.text("line-why-no-invoice"));
    }
    let key = if line.state.is_earned() {
        "line-why-coverage"
    } else {
        "line-why-not-covered"
    };
    let arguments = [
        ("collected", words.money(why.collected).into()),
        ("needed", words.money(month_worth(why)?).into()),
    ];
    let tolerance = words.percent(why.plan.terms.tolerance);
    let tolerance = words.with("line-why-tolerance", &[("tolerance", tolerance.into())]);
    Some(format!("{} {tolerance}", words.with(key, &arguments)))
}

/// What a line that is not of the schedule is for.
fn correction(page: &Page, why: &LineExplanation) -> String {
    let words = &page.words;
    let line = &why.view.line;
    let corrected = why
        .corrects
        .as_ref()
        .map_or(line.month, |corrected| corrected.month);
    let reason = line.reason.clone().unwrap_or_default();
    let arguments = [
        ("month", words.month(corrected).into()),
        ("reason", reason.into()),
    ];
    if line.kind == LineKind::Adjustment && line.entered_by.is_some() {
        return words.with("line-kind-hint-adjustment-entered", &arguments);
    }
    words.with(&format!("line-kind-hint-{}", line.kind), &arguments)
}

/// One reading that a number rests on.
struct Reading {
    source: String,
    object: String,
    property: String,
    value: String,
    seen_at: Option<Timestamp>,
}

fn readings(page: &Page, why: &LineExplanation) -> Vec<Reading> {
    let words = &page.words;
    let mut readings = Vec::new();
    let deal = words.with(
        "line-why-object-deal",
        &[("number", why.deal.hubspot_id.as_str().into())],
    );
    if let Some(seen) = holding(why) {
        for (property, value) in [
            ("line-why-property-value", words.money(seen.terms.value)),
            ("line-why-property-period", period(page, seen.terms.period)),
        ] {
            readings.push(Reading {
                source: words.text("lead-timeline-source-hubspot"),
                object: deal.clone(),
                property: words.text(property),
                value,
                seen_at: Some(seen.seen_at),
            });
        }
    }
    let plan = [
        ("name", why.plan.name.as_str().into()),
        ("version", why.plan.version.into()),
    ];
    readings.push(Reading {
        source: words.text("lead-timeline-source-portal"),
        object: words.with("line-why-object-plan", &plan),
        property: words.text("line-why-property-rate"),
        value: words.percent(why.plan.terms.rate),
        seen_at: None,
    });
    for fill in &why.fills {
        readings.push(Reading {
            source: words.text("line-why-source-xero"),
            object: words.with(
                "line-why-object-invoice",
                &[("number", fill.invoice_number.as_str().into())],
            ),
            property: words.with(
                "line-why-property-fill",
                &[("month", words.month_short(fill.month).into())],
            ),
            value: words.money(fill.money),
            seen_at: None,
        });
    }
    readings
}

fn evidence(page: &Page, why: &LineExplanation) -> AnyView {
    let words = &page.words;
    let rows = readings(page, why)
        .into_iter()
        .map(|reading| {
            let seen = reading
                .seen_at
                .map_or_else(|| "–".into_any(), |at| kit::ago(page, at));
            view! {
                <tr>
                    <th scope="row" class="main">{reading.source}</th>
                    <td data-label=words.text("line-why-column-object")>{reading.object}</td>
                    <td data-label=words.text("line-why-column-property")>{reading.property}</td>
                    <td class="num corner">{reading.value}</td>
                    <td data-label=words.text("line-why-column-seen")>{seen}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table">
            <table class="cards" aria-label=words.text("line-why-evidence")>
                <thead>
                    <tr>
                        <th scope="col">{words.text("line-why-column-source")}</th>
                        <th scope="col">{words.text("line-why-column-object")}</th>
                        <th scope="col">{words.text("line-why-column-property")}</th>
                        <th scope="col" class="num">{words.text("line-why-column-value")}</th>
                        <th scope="col">{words.text("line-why-column-seen")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
