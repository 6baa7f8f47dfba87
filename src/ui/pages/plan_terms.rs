//! What a version of a plan says, in sentences: all of it for staff; for a partner its own part, and never who else has one.

use std::collections::BTreeMap;

use leptos::prelude::*;
use portal_domain::{
    ids::PartnerId,
    money::{Money, Rate},
    plan::{PlanTerms, Tiers},
};

use crate::web::page::Page;

/// Who reads it.
pub enum Reader<'a> {
    /// With what the partners are called.
    Staff(&'a BTreeMap<PartnerId, String>),
    Partner(PartnerId),
}

/// A list of sentences.
pub fn terms(page: &Page, terms: &PlanTerms, reader: &Reader<'_>) -> AnyView {
    let items = sentences(page, terms, reader)
        .into_iter()
        .map(|sentence| view! { <li>{sentence}</li> })
        .collect_view();
    view! { <ul class="says">{items}</ul> }.into_any()
}

fn sentences(page: &Page, terms: &PlanTerms, reader: &Reader<'_>) -> Vec<String> {
    let words = &page.words;
    let mut said = Vec::new();
    let rate = [("rate", words.percent(terms.rate).into())];
    match &terms.tiers {
        Some(tiers) => {
            said.push(say_tiers(page, tiers));
            said.push(words.with("plan-says-other-currencies", &rate));
        }
        None => said.push(words.with("plan-says-rate", &rate)),
    }
    said.push(match terms.months {
        Some(months) => words.with("plan-says-months", &[("count", u32::from(months).into())]),
        None => words.text("plan-months-none"),
    });
    if let Some(cap) = terms.cap {
        said.push(words.with("plan-says-cap", &[("cap", words.money(cap).into())]));
    }
    if let Some(bonus) = terms.bonus {
        said.push(words.with("plan-says-bonus", &[("bonus", words.money(bonus).into())]));
    }
    said.extend(say_split(page, terms, reader));
    if let Some(months) = terms.tail_months {
        let count = [("count", u32::from(months).into())];
        said.push(words.with("plan-says-tail", &count));
    }
    let tolerance = [("tolerance", words.percent(terms.tolerance).into())];
    said.push(words.with("plan-says-tolerance", &tolerance));
    said
}

fn say_tiers(page: &Page, tiers: &Tiers) -> String {
    let words = &page.words;
    let steps: Vec<String> = tiers
        .steps()
        .iter()
        .map(|tier| {
            let from = words.money(Money::new(tier.from_minor, tiers.currency()));
            let arguments = [
                ("rate", words.percent(tier.rate).into()),
                ("from", from.into()),
            ];
            words.with("plan-says-tier", &arguments)
        })
        .collect();
    words.with("plan-says-tiers", &[("steps", steps.join(" · ").into())])
}

fn say_split(page: &Page, terms: &PlanTerms, reader: &Reader<'_>) -> Vec<String> {
    let words = &page.words;
    match reader {
        Reader::Staff(names) => terms
            .split
            .iter()
            .map(|share| {
                let arguments = [
                    ("share", words.percent(share.share).into()),
                    ("partner", partner_name(page, names, share.partner).into()),
                ];
                words.with("plan-says-share", &arguments)
            })
            .collect(),
        Reader::Partner(partner) if !terms.split.is_empty() => {
            let shares = terms.shares(*partner);
            let own = shares.iter().find(|share| share.0 == *partner);
            let own = own.map_or(Rate::ZERO, |own| own.1);
            vec![words.with(
                "plan-says-own-share",
                &[("share", words.percent(own).into())],
            )]
        }
        Reader::Partner(_) => Vec::new(),
    }
}

/// What a share's partner is called: by its name, or as the one that brought the lead.
pub fn partner_name(
    page: &Page,
    names: &BTreeMap<PartnerId, String>,
    partner: Option<PartnerId>,
) -> String {
    match partner {
        None => page.words.text("plan-owner"),
        Some(partner) => names.get(&partner).cloned().unwrap_or_default(),
    }
}
