//! Why a line has its amount: how it is computed step by step, what it has passed, and what each number in that rests on. The arithmetic is the services';
//! here it is put into words.

use leptos::prelude::*;
use portal_domain::{
    deal::BillingPeriod,
    line::LineKind,
    money::{Currency, Exact, Money},
};
use portal_services::why::{Arithmetic, Correction, LineExplanation, SeenTerms};

use super::{
    super::parts::{period, write_large},
    dispute, line_pill,
    waits::{self, Around},
    why_evidence, why_gates,
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
                {fact(words.text("commission-column-amount"), kit::money(page, line.money))}
                {fact(words.text("commission-column-state"), line_pill(page, line))}
                {fact(words.text("line-why-next"), waits::sentence(page, around, &why.view).into_any())}
            </dl>
            {proof(page, why)}
            {dispute::section(page, why)}
        </section>
    }
    .into_any()
}

/// The steps, the gates, and what they rest on; staff read the same.
pub fn proof(page: &Page, why: &LineExplanation) -> AnyView {
    let words = &page.words;
    let rows = steps(page, why)
        .into_iter()
        .map(|(label, value)| fact(label, value));
    view! {
        <div class="proof">
            <section>
                <h3>{words.text("line-why-computation")}</h3>
                <dl class="facts">{rows.collect::<Vec<_>>()}</dl>
            </section>
            {why_gates::list(page, why)}
            {why_evidence::table(page, why)}
        </div>
    }
    .into_any()
}

pub fn fact(label: String, value: AnyView) -> AnyView {
    view! { <div><dt>{label}</dt><dd>{value}</dd></div> }.into_any()
}

/// The terms that the line rests on.
fn holding(why: &LineExplanation) -> Option<&SeenTerms> {
    why.terms.iter().find(|seen| seen.holds)
}

/// An exact amount: whole minor units, and the fraction of one that is left.
fn write_exact(page: &Page, exact: Exact, currency: Currency) -> String {
    let whole = write_large(page, exact.to_integer(), currency);
    let fraction = exact.fract();
    if *fraction.numer() == 0 {
        return whole;
    }
    let arguments = [
        ("money", whole.into()),
        ("fraction", fraction.to_string().into()),
    ];
    page.words.with("line-why-exact", &arguments)
}

type Step = (String, AnyView);

fn step(page: &Page, key: &str, value: String) -> Step {
    (
        page.words.text(&format!("line-why-row-{key}")),
        value.into_any(),
    )
}

fn steps(page: &Page, why: &LineExplanation) -> Vec<Step> {
    let words = &page.words;
    let line = &why.view.line;
    let mut steps = Vec::new();
    if line.kind.is_of_schedule() {
        let plan = [
            ("plan", why.plan.name.as_str().into()),
            ("version", why.plan.version.into()),
            ("date", words.date(why.plan.valid_from).into()),
        ];
        steps.push(step(page, "plan", words.with("line-why-plan-since", &plan)));
    }
    match (line.kind, &why.arithmetic) {
        _ if why.is_before_start => steps.push(before_start(page, why)),
        (LineKind::Scheduled, Some(arithmetic)) => {
            steps.extend(base(page, why));
            steps.extend(standing(page, why, arithmetic));
            steps.extend(rates(page, why, arithmetic));
            steps.extend(rounding(page, why, arithmetic));
        }
        (LineKind::Bonus, _) => {
            let bonus = why.plan.terms.bonus.map(|bonus| words.money(bonus));
            steps.push(step(page, "bonus", bonus.unwrap_or_default()));
        }
        _ => steps.push(step(page, "reason", reason(page, why))),
    }
    steps.extend(
        why.correction
            .map(|correction| difference(page, why, correction)),
    );
    steps.extend(limits(page, why));
    for later in &why.corrected_by {
        let arguments = [
            ("amount", words.money(later.money).into()),
            (
                "kind",
                words.text(&format!("line-kind-{}", later.kind)).into(),
            ),
        ];
        let text = words.with("line-why-corrected", &arguments);
        steps.push(step(page, "corrected", text));
    }
    steps
}

/// A month that the start has moved past.
fn before_start(page: &Page, why: &LineExplanation) -> Step {
    let words = &page.words;
    let start = why.deal.start.map(|start| words.date(start));
    let start = [("start", start.unwrap_or_default().into())];
    step(
        page,
        "before-start",
        words.with("line-why-before-start", &start),
    )
}

/// m, and how it comes from the deal's value and period.
fn base(page: &Page, why: &LineExplanation) -> Option<Step> {
    let words = &page.words;
    let line = &why.view.line;
    let exact = write_exact(page, line.base, line.money.currency);
    let terms = holding(why)?.terms;
    Some(match terms.period {
        BillingPeriod::OneOff => step(page, "base-once", exact),
        // What was stated keeps the value that it was stated at.
        BillingPeriod::Months(months) if terms.monthly() == line.base && months > 1 => {
            let arguments = [
                ("value", words.money(terms.value).into()),
                ("months", u32::from(months).into()),
                ("base", exact.into()),
            ];
            step(page, "base", words.with("line-why-base-months", &arguments))
        }
        BillingPeriod::Months(_) => step(page, "base", exact),
    })
}

/// What the partner had won before, where its tiers begin.
fn standing(page: &Page, why: &LineExplanation, arithmetic: &Arithmetic) -> Option<Step> {
    let words = &page.words;
    let amount = write_exact(page, arithmetic.standing?, why.view.line.money.currency);
    let deals = why.won_before.iter().map(|won| {
        let arguments = [
            ("deal", won.name.as_str().into()),
            ("date", words.date(won.won_on).into()),
            ("value", words.money(won.terms.value).into()),
            ("period", period(page, won.terms.period).into()),
        ];
        view! { <li>{words.with("line-why-won", &arguments)}</li> }
    });
    let deals = deals.collect::<Vec<_>>();
    let deals = (!deals.is_empty()).then(|| view! { <ul>{deals}</ul> });
    let text = words.with("line-why-standing", &[("amount", amount.into())]);
    Some((
        words.text("line-why-row-standing"),
        view! { {text}{deals} }.into_any(),
    ))
}

/// Each part of m with its rate: one, unless tiers part it.
fn rates(page: &Page, why: &LineExplanation, arithmetic: &Arithmetic) -> Vec<Step> {
    let words = &page.words;
    let is_one_off = holding(why).is_some_and(|seen| seen.terms.period == BillingPeriod::OneOff);
    let key = if is_one_off {
        "line-why-rate-one-off"
    } else {
        "line-why-rate"
    };
    let currency = why.view.line.money.currency;
    let parts = arithmetic.parts.iter().map(|(part, rate)| {
        let arguments = [
            ("rate", words.percent(*rate).into()),
            ("base", write_exact(page, *part, currency).into()),
        ];
        step(page, "rate", words.with(key, &arguments))
    });
    parts.collect()
}

/// The exact sums before and through this month, each rounded, and what lies between them.
fn rounding(page: &Page, why: &LineExplanation, arithmetic: &Arithmetic) -> Vec<Step> {
    let words = &page.words;
    let currency = why.view.line.money.currency;
    let money = |minor: i64| words.money(Money::new(minor, currency));
    let rounded = |key: &str, exact: Exact, minor: i64, months: u32| {
        let arguments = [
            ("months", months.into()),
            ("exact", write_exact(page, exact, currency).into()),
            ("rounded", money(minor).into()),
        ];
        step(page, key, words.with("line-why-rounded", &arguments))
    };
    let months = arithmetic.months_before;
    let amount = i128::from(arithmetic.through_minor) - i128::from(arithmetic.before_minor);
    let arguments = [
        ("through", money(arithmetic.through_minor).into()),
        ("before", money(arithmetic.before_minor).into()),
        ("amount", write_large(page, amount, currency).into()),
    ];
    let text = format!(
        "{} {}",
        words.with("line-why-arithmetic", &arguments),
        words.text("line-why-rounding")
    );
    vec![
        rounded(
            "through",
            arithmetic.exact_through,
            arithmetic.through_minor,
            months + 1,
        ),
        rounded(
            "before",
            arithmetic.exact_before,
            arithmetic.before_minor,
            months,
        ),
        step(page, "amount", text),
    ]
}

/// What a cap leaves, whose share it is, and that a statement keeps what it said.
fn limits(page: &Page, why: &LineExplanation) -> Vec<Step> {
    let words = &page.words;
    let line = &why.view.line;
    let cap = why.cap.map(|cap| {
        let arguments = [
            ("cap", words.money(cap.cap).into()),
            ("used", words.money(cap.used).into()),
        ];
        step(page, "cap", words.with("line-why-cap-left", &arguments))
    });
    let share = why.share.map(|share| {
        let arguments = [
            ("rate", words.percent(share.rate).into()),
            ("whole", words.money(share.whole).into()),
            ("amount", words.money(line.money).into()),
        ];
        step(page, "share", words.with("line-why-share", &arguments))
    });
    let is_frozen = line.kind.is_of_schedule() && line.state.is_stated() && !why.agrees;
    let frozen = is_frozen.then(|| step(page, "frozen", words.text("line-why-frozen")));
    cap.into_iter().chain(share).chain(frozen).collect()
}

/// From what to what a line takes the amount of the one that it corrects.
fn difference(page: &Page, why: &LineExplanation, correction: Correction) -> Step {
    let words = &page.words;
    let line = &why.view.line;
    let is_of_clawback = why
        .corrects
        .as_ref()
        .is_some_and(|corrected| corrected.kind == LineKind::Clawback);
    let key = match line.kind {
        LineKind::Clawback => "line-why-clawed",
        _ if is_of_clawback => "line-why-given-back",
        _ => "line-why-adjusted",
    };
    let arguments = [
        ("before", words.money(correction.before).into()),
        ("after", words.money(correction.after).into()),
        ("amount", words.money(line.money).into()),
    ];
    step(page, "difference", words.with(key, &arguments))
}

/// What a line that is not of the schedule is for.
fn reason(page: &Page, why: &LineExplanation) -> String {
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
    let key = if line.kind == LineKind::Adjustment && line.entered_by.is_some() {
        "line-kind-hint-adjustment-entered".to_owned()
    } else {
        format!("line-kind-hint-{}", line.kind)
    };
    let text = words.with(&key, &arguments);
    match &line.entered_by_name {
        Some(person) => {
            let person = [("person", person.as_str().into())];
            format!("{text} · {}", words.with("line-why-entered-by", &person))
        }
        None => text,
    }
}
