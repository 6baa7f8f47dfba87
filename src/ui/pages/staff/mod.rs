//! The staff's pages, and the small parts that only they share. Each page asks the services, which say who may see and do what; a button that a role
//! may not use is not shown.

pub mod accounts;
pub mod audit;
pub mod bounces;
pub mod case;
pub mod channels;
pub mod chase;
pub mod connections;
mod csv;
pub mod decisions;
pub mod document;
pub mod explorer;
pub mod integrations;
pub mod leads;
mod leaving;
pub mod ledger;
mod line_acts;
mod line_proof;
pub mod lines;
pub mod partners;
pub mod payouts;
pub mod people;
pub mod plans;
pub mod privacy;
pub mod reconciliation;
pub mod sign_on;
pub mod stages;
pub mod statements;
pub mod templates;
pub mod today;
mod two_persons;

use std::collections::BTreeMap;

use leptos::prelude::*;
use portal_domain::money::{Currency, Money};

use super::{
    calendar,
    parts::{self, address, crumbs, line_kind, line_pill, may},
};
use crate::{ui::kit, web::page::Page};

/// What a fact that is not there is written as.
const NOTHING: &str = "—";

/// The head of a page: its name, one sentence, and what can be done.
fn head(title: String, sentence: String, acts: Option<AnyView>) -> AnyView {
    let acts = acts.map(|acts| view! { <div class="row">{acts}</div> });
    view! { <div class="head"><div><h1>{title}</h1><p>{sentence}</p></div>{acts}</div> }.into_any()
}

/// One of several lists that a page can show.
struct Tab {
    url: String,
    label: String,
    count: Option<i64>,
    is_current: bool,
}

fn tabs(label: String, tabs: Vec<Tab>) -> AnyView {
    let tabs = tabs
        .into_iter()
        .map(|tab| parts::tab(tab.label, tab.url, tab.count, tab.is_current))
        .collect_view();
    view! { <nav class="tabs" aria-label=label id="tabs" data-live="">{tabs}</nav> }.into_any()
}

/// The way through a long list: to its start, and on. Nothing where the list is short.
fn paging(page: &Page, first: Option<String>, next: Option<String>) -> Option<AnyView> {
    if first.is_none() && next.is_none() {
        return None;
    }
    let link = |url: Option<String>, label: &str| {
        let label = page.words.text(label);
        url.map(|url| view! { <li><a class="btn sm" href=url>{label}</a></li> })
    };
    Some(
        view! {
            <nav class="pages" aria-label=page.words.text("pagination-label")>
                <p></p>
                <ul>{link(first, "staff-page-first")}{link(next, "pagination-next")}</ul>
            </nav>
        }
        .into_any(),
    )
}

/// One fact of a `dl.facts`.
fn fact(label: String, value: AnyView) -> AnyView {
    view! { <div><dt>{label}</dt><dd>{value}</dd></div> }.into_any()
}

/// A text, or the sign that there is none.
fn or_nothing(text: &str) -> String {
    if text.is_empty() {
        NOTHING.to_owned()
    } else {
        text.to_owned()
    }
}

/// A mail address that may break after its `@`, where it does not fit.
fn breakable(email: &str) -> AnyView {
    let (name, host) = email.split_once('@').unwrap_or((email, ""));
    view! { {name.to_owned()}"@"<wbr />{host.to_owned()} }.into_any()
}

/// Amounts added up by currency, as a text: `€120.00 + £30.00`.
fn write_sum(page: &Page, amounts: impl IntoIterator<Item = Money>) -> String {
    let mut sums: BTreeMap<Currency, i128> = BTreeMap::new();
    for money in amounts {
        *sums.entry(money.currency).or_default() += i128::from(money.minor);
    }
    let texts: Vec<String> = sums
        .into_iter()
        .map(|(currency, minor)| parts::write_large(page, minor, currency))
        .collect();
    if texts.is_empty() {
        NOTHING.to_owned()
    } else {
        texts.join(" + ")
    }
}

/// What is wrong with the answers of one form, if it was that one. What is wrong as a whole stands at the top of the page already.
fn form_errors(page: &Page, action: &str) -> Option<AnyView> {
    let refusal = page
        .refusal(action)
        .filter(|refusal| !refusal.fields.is_empty());
    refusal.map(|refusal| kit::errors(page, Some(refusal)))
}

/// The hidden name of a server function.
fn calls(action: &'static str) -> AnyView {
    view! { <input type="hidden" name="do" value=action /> }.into_any()
}
