//! What a version would change, were it published now: which deals get it, what each line was and would be, and the one form that does exactly that.

use std::collections::BTreeMap;

use leptos::prelude::*;
use portal_domain::{
    ids::PartnerId,
    money::{Currency, Money},
};
use portal_services::{
    books::AmountChange,
    plans::{PlanEdit, PlanTrial},
};

use super::{
    super::{address, calls},
    EDIT,
    edit::{ACTION, Draft},
};
use crate::{ui::kit, web::page::Page};

/// With more lines than these only one partner's are shown at a time.
const LINES_MAX: usize = 400;
/// Of so many deals each is named.
const DEALS_MAX: usize = 200;

/// A version as fields of a form.
pub fn pairs(edit: &PlanEdit) -> Vec<(String, String)> {
    let form = &edit.form;
    let single = [
        ("name", &form.name),
        ("rate", &form.rate),
        ("months", &form.months),
        ("currency", &form.currency),
        ("cap", &form.cap),
        ("bonus", &form.bonus),
        ("own_share", &form.own_share),
        ("tail_months", &form.tail_months),
        ("tolerance", &form.tolerance),
    ];
    let mut pairs: Vec<(String, String)> = single
        .into_iter()
        .map(|(name, value)| (format!("form[{name}]"), value.clone()))
        .collect();
    for (place, row) in form.tiers.iter().enumerate() {
        for (name, value) in [
            ("from", &row.from),
            ("until", &row.until),
            ("rate", &row.rate),
        ] {
            pairs.push((format!("form[tiers][{place}][{name}]"), value.clone()));
        }
    }
    for (place, row) in form.shares.iter().enumerate() {
        for (name, value) in [("partner", &row.partner), ("share", &row.share)] {
            pairs.push((format!("form[shares][{place}][{name}]"), value.clone()));
        }
    }
    pairs.push(("plan".to_owned(), edit.plan.clone()));
    pairs.push(("valid_from".to_owned(), edit.valid_from.clone()));
    if edit.all_deals {
        pairs.push(("all_deals".to_owned(), "true".to_owned()));
    }
    pairs
}

/// What lines were together, and would be.
#[derive(Clone, Copy, Default)]
struct Sum {
    old_minor: i64,
    new_minor: i64,
    lines: usize,
}

fn sums<'a>(amounts: impl IntoIterator<Item = &'a AmountChange>) -> BTreeMap<Currency, Sum> {
    let mut sums: BTreeMap<Currency, Sum> = BTreeMap::new();
    for amount in amounts {
        let sum = sums.entry(amount.currency).or_default();
        sum.old_minor = sum.old_minor.saturating_add(amount.old_minor);
        sum.new_minor = sum.new_minor.saturating_add(amount.new_minor);
        sum.lines += 1;
    }
    sums
}

pub fn section(page: &Page, draft: &Draft, trial: &PlanTrial) -> AnyView {
    let words = &page.words;
    let arguments = [
        ("name", trial.name.as_str().into()),
        ("version", trial.version.into()),
        ("date", words.date(trial.valid_from).into()),
    ];
    let mut by_partner: BTreeMap<(&str, PartnerId), Vec<&AmountChange>> = BTreeMap::new();
    for amount in &trial.amounts {
        let name = trial.partner_names.get(&amount.partner);
        let key = (name.map_or("", String::as_str), amount.partner);
        by_partner.entry(key).or_default().push(amount);
    }
    let totals = (!trial.amounts.is_empty()).then(|| totals(page, &trial.amounts));
    let partners = by_partner
        .iter()
        .map(|((name, id), amounts)| {
            let is_shown = trial.amounts.len() <= LINES_MAX || draft.partner == id.to_string();
            partner(page, draft, name, *id, amounts, is_shown)
        })
        .collect_view();
    view! {
        <section class="card" aria-label=words.text("plan-trial-title")>
            <header><h2>{words.text("plan-trial-title")}</h2><p>{words.with("plan-trial-lead", &arguments)}</p></header>
            {reach(page, draft, trial)}
            {totals}
            {deals(page, trial)}
        </section>
        {partners}
        {confirm(page, draft, trial)}
    }
    .into_any()
}

/// How much it touches, in a sentence.
fn reach(page: &Page, draft: &Draft, trial: &PlanTrial) -> AnyView {
    let words = &page.words;
    let key = match (trial.deals.is_empty(), trial.amounts.is_empty()) {
        (true, _) if draft.edit.all_deals => "plan-trial-no-deals-at-all",
        (true, _) => "plan-trial-no-deals",
        (false, true) => "plan-trial-no-lines",
        (false, false) => "plan-trial-reach",
    };
    let counts = [
        ("deals", trial.deals.len().into()),
        ("lines", trial.amounts.len().into()),
    ];
    let tone = if trial.amounts.is_empty() {
        "info"
    } else {
        "wait"
    };
    kit::notice(tone, words.with(key, &counts))
}

/// Three cells: what was, what would be, and by how much that differs.
fn cells(page: &Page, currency: Currency, old_minor: i64, new_minor: i64) -> AnyView {
    let words = &page.words;
    let money = |minor| Money::new(minor, currency);
    let difference = money(new_minor.saturating_sub(old_minor));
    let sign = if difference.minor > 0 { "+" } else { "" };
    let class = if difference.minor < 0 {
        "money minus"
    } else {
        "money"
    };
    view! {
        <td class="num" data-label=words.text("plan-trial-old")>{kit::money(page, money(old_minor))}</td>
        <td class="num" data-label=words.text("plan-trial-new")>{kit::money(page, money(new_minor))}</td>
        <td class="num corner" data-label=words.text("plan-trial-difference")><span class=class>{format!("{sign}{}", words.money(difference))}</span></td>
    }
    .into_any()
}

fn heads(page: &Page) -> AnyView {
    ["plan-trial-old", "plan-trial-new", "plan-trial-difference"]
        .map(|head| view! { <th scope="col" class="num">{page.words.text(head)}</th> })
        .into_iter()
        .collect_view()
        .into_any()
}

/// What it costs, by currency.
fn totals(page: &Page, amounts: &[AmountChange]) -> AnyView {
    let words = &page.words;
    let rows = sums(amounts)
        .into_iter()
        .map(|(currency, sum)| {
            view! {
                <tr>
                    <th class="main" scope="row">{currency.to_string()}</th>
                    {cells(page, currency, sum.old_minor, sum.new_minor)}
                </tr>
            }
        })
        .collect_view();
    view! {
        <h3>{words.text("plan-trial-total")}</h3>
        <div class="table">
            <table class="cards">
                <caption class="vh">{words.text("plan-trial-total")}</caption>
                <thead><tr><th scope="col">{words.text("plan-currency")}</th>{heads(page)}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Which deals change their version.
fn deals(page: &Page, trial: &PlanTrial) -> Option<AnyView> {
    let words = &page.words;
    if trial.deals.is_empty() {
        return None;
    }
    let columns = [
        "plan-trial-client",
        "plan-trial-partner",
        "plan-trial-won-on",
        "plan-column-version",
    ]
    .map(|column| view! { <th scope="col">{words.text(column)}</th> });
    let rows = trial.deals.iter().take(DEALS_MAX).map(|moved| {
        let deal = &moved.deal;
        let won_on = deal.won_on.map_or_else(String::new, |won_on| words.date(won_on));
        view! {
            <tr>
                <th class="main" scope="row"><a href=format!("/staff/leads/{}", deal.lead)>{deal.client_name.clone()}</a></th>
                <td data-label=words.text("plan-trial-partner")>{deal.partner_name.clone()}</td>
                <td class="nowrap" data-label=words.text("plan-trial-won-on")>{won_on}</td>
                <td class="nowrap" data-label=words.text("plan-column-version")>{format!("{} → {}", moved.old_version, trial.version)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let count = [("count", trial.deals.len().into())];
    let more = trial.deals.len().saturating_sub(DEALS_MAX);
    let more = (more > 0).then(|| {
        view! { <p class="hint">{words.with("plan-trial-more-deals", &[("count", more.into())])}</p> }
    });
    Some(
        view! {
            <details class="more">
                <summary>{words.with("plan-trial-deals", &count)}</summary>
                <div class="table">
                    <table class="cards">
                        <thead><tr>{columns.into_iter().collect_view()}</tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
                {more}
            </details>
        }
        .into_any(),
    )
}

/// One partner's sums, and its lines or the way to them.
fn partner(
    page: &Page,
    draft: &Draft,
    name: &str,
    id: PartnerId,
    amounts: &[&AmountChange],
    is_shown: bool,
) -> AnyView {
    let words = &page.words;
    let rows = is_shown.then(|| {
        amounts
            .iter()
            .map(|amount| line(page, amount))
            .collect_view()
    });
    let sums = sums(amounts.iter().copied())
        .into_iter()
        .map(|(currency, sum)| {
            let count = [("count", sum.lines.into())];
            view! {
                <tr class="sum">
                    <th class="main" scope="row" colspan="2">{words.text("total")}<small>{words.with("plan-trial-lines", &count)}</small></th>
                    {cells(page, currency, sum.old_minor, sum.new_minor)}
                </tr>
            }
        })
        .collect_view();
    let way = (!is_shown).then(|| {
        let mut query = pairs(&draft.edit);
        query.push(("trial".to_owned(), "true".to_owned()));
        query.push(("partner".to_owned(), id.to_string()));
        let query: Vec<(&str, &str)> = query
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let url = format!("{}#partner-{id}", address(EDIT, &query));
        view! { <a class="btn sm" href=url>{words.text("plan-trial-show-lines")}</a> }
    });
    view! {
        <section class="card flush" id=format!("partner-{id}")>
            <header><h3>{name.to_owned()}</h3>{way}</header>
            <div class="table">
                <table class="cards">
                    <caption class="vh">{name.to_owned()}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{words.text("plan-trial-client")}</th>
                            <th scope="col">{words.text("commission-column-month")}</th>
                            {heads(page)}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                    <tfoot>{sums}</tfoot>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn line(page: &Page, amount: &AmountChange) -> AnyView {
    let words = &page.words;
    view! {
        <tr>
            <th class="main" scope="row">{amount.client_name.clone()}{super::super::line_kind(page, amount.kind)}</th>
            <td class="nowrap" data-label=words.text("commission-column-month")>{words.month_short(amount.month)}</td>
            {cells(page, amount.currency, amount.old_minor, amount.new_minor)}
        </tr>
    }
    .into_any()
}

/// Publishes what was just looked at; if by then it would be anything else, the trial is shown again.
fn confirm(page: &Page, draft: &Draft, trial: &PlanTrial) -> AnyView {
    let words = &page.words;
    let mut hidden = pairs(&draft.edit);
    hidden.push(("trial".to_owned(), "true".to_owned()));
    hidden.push(("fingerprint".to_owned(), trial.fingerprint.clone()));
    let hidden = hidden
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect_view();
    let label = words.with(
        "plan-publish",
        &[
            ("version", trial.version.into()),
            ("lines", trial.amounts.len().into()),
        ],
    );
    view! {
        <form class="card form" method="post">
            {calls(ACTION)}
            {hidden}
            <p>{words.text("plan-publish-hint")}</p>
            <div class="foot"><button class="btn primary">{label}</button></div>
        </form>
    }
    .into_any()
}
