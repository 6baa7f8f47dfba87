//! What a version would change, were it published now: which deals get it, what each line was and would be, and the one form that does exactly that.

use std::collections::BTreeMap;

use leptos::prelude::*;
use portal_domain::{ids::PartnerId, money::Currency};
use portal_services::{
    books::LineChange,
    plans::{PlanEdit, PlanTrial},
};

use super::{
    super::{
        address, calls,
        parts::{large_money, write_large},
    },
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
    old_minor: i128,
    new_minor: i128,
    /// The same of what is earned.
    old_earned_minor: i128,
    new_earned_minor: i128,
    lines: usize,
}

fn sums<'a>(changes: impl IntoIterator<Item = &'a LineChange>) -> BTreeMap<Currency, Sum> {
    let mut sums: BTreeMap<Currency, Sum> = BTreeMap::new();
    for LineChange {
        currency, old, new, ..
    } in changes
    {
        let sum = sums.entry(*currency).or_default();
        sum.old_minor += i128::from(old.minor);
        sum.new_minor += i128::from(new.minor);
        sum.old_earned_minor += i128::from(old.earned_minor);
        sum.new_earned_minor += i128::from(new.earned_minor);
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
    let mut by_partner: BTreeMap<(&str, PartnerId), Vec<&LineChange>> = BTreeMap::new();
    for change in &trial.lines {
        let name = trial.partner_names.get(&change.partner);
        let key = (name.map_or("", String::as_str), change.partner);
        by_partner.entry(key).or_default().push(change);
    }
    let totals = (!trial.lines.is_empty()).then(|| totals(page, &trial.lines));
    let partners = by_partner
        .iter()
        .map(|((name, id), changes)| {
            let is_shown = trial.lines.len() <= LINES_MAX || draft.partner == id.to_string();
            partner(page, draft, name, *id, changes, is_shown)
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
    let key = match (trial.deals.is_empty(), trial.lines.is_empty()) {
        (true, _) if draft.edit.all_deals => "plan-trial-no-deals-at-all",
        (true, _) => "plan-trial-no-deals",
        (false, true) => "plan-trial-no-lines",
        (false, false) => "plan-trial-reach",
    };
    let counts = [
        ("deals", trial.deals.len().into()),
        ("lines", trial.lines.len().into()),
    ];
    let tone = if trial.lines.is_empty() {
        "info"
    } else {
        "wait"
    };
    kit::notice(tone, words.with(key, &counts))
}

/// Three cells: what was, what would be, and by how much that differs.
fn cells(page: &Page, currency: Currency, old_minor: i128, new_minor: i128) -> AnyView {
    let words = &page.words;
    let difference = new_minor - old_minor;
    let (class, sign) = match difference {
        ..0 => ("money minus", ""),
        0 => ("money", ""),
        1.. => ("money", "+"),
    };
    let difference = format!("{sign}{}", write_large(page, difference, currency));
    view! {
        <td class="num" data-label=words.text("plan-trial-old")>{large_money(page, old_minor, currency)}</td>
        <td class="num" data-label=words.text("plan-trial-new")>{large_money(page, new_minor, currency)}</td>
        <td class="num corner" data-label=words.text("plan-trial-difference")><span class=class>{difference}</span></td>
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
fn totals(page: &Page, changes: &[LineChange]) -> AnyView {
    let words = &page.words;
    let rows = sums(changes)
        .into_iter()
        .map(|(currency, sum)| {
            let (old, new) = (sum.old_earned_minor, sum.new_earned_minor);
            let earned = (old != new).then(|| {
                view! {
                    <tr>
                        <th class="main" scope="row">{words.with("plan-trial-earned", &[("currency", currency.to_string().into())])}</th>
                        {cells(page, currency, old, new)}
                    </tr>
                }
            });
            view! {
                <tr>
                    <th class="main" scope="row">{currency.to_string()}</th>
                    {cells(page, currency, sum.old_minor, sum.new_minor)}
                </tr>
                {earned}
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
    changes: &[&LineChange],
    is_shown: bool,
) -> AnyView {
    let words = &page.words;
    let rows = is_shown.then(|| {
        changes
            .iter()
            .map(|change| line(page, change))
            .collect_view()
    });
    let sums = sums(changes.iter().copied())
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

fn line(page: &Page, change: &LineChange) -> AnyView {
    let words = &page.words;
    let earned = earned_word(change).map(|key| view! { <small>{words.text(key)}</small> });
    let (old, new) = (i128::from(change.old.minor), i128::from(change.new.minor));
    view! {
        <tr>
            <th class="main" scope="row">{change.client_name.clone()}{super::super::line_kind(page, change.kind)}{earned}</th>
            <td class="nowrap" data-label=words.text("commission-column-month")>{words.month_short(change.month)}</td>
            {cells(page, change.currency, old, new)}
        </tr>
    }
    .into_any()
}

/// What is to be said of a line that stays and is earned no more, or only now. What is taken back waits for nobody.
fn earned_word(change: &LineChange) -> Option<&'static str> {
    let (old, new) = (change.old, change.new);
    match (old.earned_minor > 0, new.earned_minor > 0) {
        (true, false) if new.minor > 0 => Some("plan-trial-earned-no-more"),
        (false, true) => Some("plan-trial-earned-now"),
        _ => None,
    }
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
            ("lines", trial.lines.len().into()),
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
