//! The page on which a plan's version is made. Everything typed is in its address, so that trying it, with or without scripts, is only looking:
//! the example follows what is typed, a trial shows what would change, and one form at the end publishes what was looked at.

use std::collections::BTreeMap;

use axum::response::Response;
use leptos::prelude::*;
use portal_domain::{
    access::Action,
    ids::PartnerId,
    money::OFFERED_CURRENCIES,
    plan::{PlanForm, SHARES_MAX, ShareForm, TIERS_MAX, TierForm},
};
use portal_services::{
    ServiceError,
    plans::{self, PlanEdit, PlanTrial},
};
use portal_store::plans::PlanVersionRecord;
use serde::Deserialize;

use super::{
    super::{crumbs, form_errors, head, may},
    EDIT,
    example::{self, ExampleForm},
    trial,
};
use crate::{
    ui::{api::UiError, kit},
    web::page::{Page, Refused},
};

pub const ACTION: &str = "add_plan_version";
/// How many rows there are before any is needed.
const TIER_ROWS: usize = 6;
const SHARE_ROWS: usize = 4;
/// As deep as fields of a form may be nested, and as server functions read them.
const DEPTH_MAX: usize = 5;

/// What the address holds, or the form that was refused.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// The plan whose next version this is.
    plan: String,
    form: Option<PlanForm>,
    valid_from: String,
    all_deals: bool,
    example: ExampleForm,
    /// Whether to try it on the deals that are there.
    trial: bool,
    /// The one partner whose lines are shown.
    partner: String,
}

impl Asked {
    fn of(page: &Page) -> Self {
        let query = page.url.split_once('?').map_or("", |(_, query)| query);
        let typed: Vec<(String, String)> = match &page.refused {
            Some(refused) if refused.action == ACTION => refused.typed.clone(),
            _ => form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        };
        // Written anew, because an address may be encoded in ways that a form's body never is.
        let mut encoded = form_urlencoded::Serializer::new(String::new());
        encoded.extend_pairs(&typed);
        // What no form of ours sends is an empty form.
        serde_qs::Config::new(DEPTH_MAX, false)
            .deserialize_str(&encoded.finish())
            .unwrap_or_default()
    }
}

/// All that the page shows.
pub struct Draft {
    pub edit: PlanEdit,
    pub example: ExampleForm,
    pub partner: String,
    /// The last version of the plan whose next one this is.
    pub last: Option<PlanVersionRecord>,
    /// In the order of their names.
    pub partners: Vec<(PartnerId, String)>,
    pub names: BTreeMap<PartnerId, String>,
}

pub async fn edit(mut page: Page) -> Result<Response, UiError> {
    if !may(&page, Action::EditPlans) {
        page.actor()?;
        return page.said(Err(ServiceError::Forbidden));
    }
    let asked = Asked::of(&page);
    let is_tried = asked.trial;
    let draft = load(&page, asked).await?;
    let mut tried = None;
    if is_tried {
        match page.said(plans::try_version(&page.ctx, page.actor()?, &draft.edit).await) {
            Ok(trial) => tried = Some(trial),
            Err(error) if !error.fields.is_empty() => {
                let typed = trial::pairs(&draft.edit);
                let action = ACTION.to_owned();
                page.refused = Some(Refused {
                    action,
                    typed,
                    error,
                });
            }
            Err(error) => return Err(error),
        }
    }
    let key = if draft.last.is_some() {
        "plan-edit-title"
    } else {
        "plan-add-title"
    };
    let last = draft.last.as_ref();
    let name = last
        .map_or(&draft.edit.form.name, |last| &last.name)
        .clone();
    let title = page.words.with(key, &[("name", name.into())]);
    Ok(page.show(&title.clone(), move |page| {
        view(page, title, &draft, tried.as_ref())
    }))
}

async fn load(page: &Page, asked: Asked) -> Result<Draft, UiError> {
    let versions = page.said(plans::list(&page.ctx, page.actor()?).await)?;
    let partners = page.said(plans::list_partner_names(&page.ctx, page.actor()?).await)?;
    let newest = |holds: &dyn Fn(&PlanVersionRecord) -> bool| {
        versions.iter().find(|version| holds(version)).cloned()
    };
    let started_from = newest(&|version| version.plan.to_string() == asked.plan);
    let form = asked.form.unwrap_or_else(|| {
        let last = started_from.as_ref();
        last.map_or_else(PlanForm::default, |last| {
            PlanForm::of(&last.name, &last.terms)
        })
    });
    let valid_from = if asked.valid_from.is_empty() {
        page.ctx.today().to_string()
    } else {
        asked.valid_from
    };
    Ok(Draft {
        last: started_from.or_else(|| newest(&|version| version.name == form.name.trim())),
        edit: PlanEdit {
            plan: asked.plan,
            form,
            valid_from,
            all_deals: asked.all_deals,
        },
        example: asked.example,
        partner: asked.partner,
        names: partners.iter().cloned().collect(),
        partners,
    })
}

fn view(page: &Page, title: String, draft: &Draft, tried: Option<&PlanTrial>) -> AnyView {
    let words = &page.words;
    let lead = match &draft.last {
        Some(last) => words.with("plan-edit-lead", &[("version", last.version.into())]),
        None => words.text("plan-add-lead"),
    };
    view! {
        {crumbs(page, "/staff/plans", "plan-list-title", title.clone())}
        {head(title, lead, None)}
        <form class="grid" method="get" action=EDIT novalidate data-follow="">
            <input type="hidden" name="plan" value=draft.edit.plan.clone() />
            <div class="card form">
                {form_errors(page, ACTION)}
                {basics(page, draft)}
                {tiers(page, &draft.edit.form)}
                {shares(page, draft)}
                {limits(page, &draft.edit.form)}
                {scope(page, &draft.edit)}
                <button class="btn primary wide" name="trial" value="true">{words.text("plan-try")}</button>
                <p class="hint">{words.text("plan-try-hint")}</p>
            </div>
            {example::card(page, draft)}
        </form>
        <div id="trial" class="stack" data-live="">{tried.map(|tried| trial::section(page, draft, tried))}</div>
    }
    .into_any()
}

fn field<'a>(page: &'a Page, name: &str, label: &str, first: &str) -> kit::Field<'a> {
    kit::field(page, ACTION, name, &format!("form[{name}]"), label).first(first)
}

fn basics(page: &Page, draft: &Draft) -> AnyView {
    let (words, form) = (&page.words, &draft.edit.form);
    view! {
        <fieldset>
            <legend>{words.text("plan-basics")}</legend>
            {field(page, "name", "plan-name", &form.name).hint("plan-name-hint").maximum(80).input()}
            <div class="cols">
                {field(page, "rate", "plan-rate", &form.rate).hint("plan-rate-hint").maximum(12).input()}
                {field(page, "months", "plan-months", &form.months).hint("plan-months-hint").optional().maximum(3).input()}
            </div>
        </fieldset>
    }
    .into_any()
}

fn limits(page: &Page, form: &PlanForm) -> AnyView {
    let words = &page.words;
    view! {
        <fieldset>
            <legend>{words.text("plan-limits")}</legend>
            <div class="cols">
                {field(page, "bonus", "plan-bonus", &form.bonus).hint("plan-bonus-hint").optional().maximum(20).input()}
                {field(page, "cap", "plan-cap", &form.cap).hint("plan-cap-hint").optional().maximum(20).input()}
                {field(page, "tail_months", "plan-tail", &form.tail_months).hint("plan-tail-hint").optional().maximum(3).input()}
                {field(page, "tolerance", "plan-tolerance", &form.tolerance).hint("plan-tolerance-hint").optional().maximum(12).input()}
            </div>
        </fieldset>
    }
    .into_any()
}

/// From when on, and for which deals.
fn scope(page: &Page, edit: &PlanEdit) -> AnyView {
    let words = &page.words;
    view! {
        <fieldset>
            <legend>{words.text("plan-scope")}</legend>
            {kit::field(page, ACTION, "valid_from", "valid_from", "plan-valid-from")
                .kind("date").hint("plan-valid-from-hint").first(&edit.valid_from).input()}
            <label class="check">
                <input type="checkbox" name="all_deals" value="true" checked=edit.all_deals aria-describedby="all_deals-hint" />
                <span>{words.text("plan-all-deals")}<span class="hint" id="all_deals-hint">" "{words.text("plan-all-deals-hint")}</span></span>
            </label>
        </fieldset>
    }
    .into_any()
}

/// What is wrong with a list of rows as a whole; a way leads to it from the summary.
fn wrong_as_a_whole(page: &Page, name: &'static str, label: &str) -> AnyView {
    page.labels().add(name, &page.words.text(label));
    view! { <span class="wrong" id=name>{page.wrong(ACTION, name)}</span> }.into_any()
}

/// So many rows, and one more while those are filled; the last come into a part of their own, which follows what is typed.
fn rows(least: usize, most: usize, filled: usize, row: impl Fn(usize) -> AnyView) -> [AnyView; 2] {
    let all = (filled + 1).clamp(least, most);
    let first = (0..least).map(&row).collect_view().into_any();
    let more = (least..all).map(&row).collect_view().into_any();
    [first, more]
}

/// Up to the last row in which something stands.
fn filled<T: Default + PartialEq>(rows: &[T]) -> usize {
    let last = rows.iter().rposition(|row| *row != T::default());
    last.map_or(0, |place| place + 1)
}

fn tiers(page: &Page, form: &PlanForm) -> AnyView {
    let words = &page.words;
    let [first, more] = rows(TIER_ROWS, TIERS_MAX, filled(&form.tiers), |place| {
        tier(page, place, form.tiers.get(place))
    });
    let currencies = std::iter::once(String::new())
        .chain(OFFERED_CURRENCIES.map(str::to_owned))
        .map(|currency| (currency.clone(), currency));
    view! {
        <fieldset>
            <legend>{words.text("plan-tiers")}</legend>
            <p class="hint">{words.text("plan-tiers-hint")}</p>
            {field(page, "currency", "plan-currency", &form.currency).hint("plan-currency-hint").optional().select(currencies.collect())}
            {wrong_as_a_whole(page, "tiers", "plan-tiers")}
            <div class="entries">{first}</div>
            <div class="entries" id="more-tiers" data-live="">{more}</div>
        </fieldset>
    }
    .into_any()
}

/// A field of a row: what refusals call it has dots where the form has brackets.
fn row_field<'a>(
    page: &'a Page,
    [list, name]: [&str; 2],
    place: usize,
    label: &str,
    first: &str,
) -> kit::Field<'a> {
    let label = page.words.with(label, &[("number", (place + 1).into())]);
    let (id, path) = (
        format!("{list}.{place}.{name}"),
        format!("form[{list}][{place}][{name}]"),
    );
    kit::named_field(page, ACTION, &id, &path, label)
        .first(first)
        .unmarked()
        .maximum(20)
}

fn tier(page: &Page, place: usize, typed: Option<&TierForm>) -> AnyView {
    let typed = typed.cloned().unwrap_or_default();
    let field =
        |name, label, first: &str| row_field(page, ["tiers", name], place, label, first).input();
    view! {
        <div class="entry">
            {field("from", "plan-tier-from", &typed.from)}
            {field("until", "plan-tier-until", &typed.until)}
            {field("rate", "plan-tier-rate", &typed.rate)}
        </div>
    }
    .into_any()
}

fn shares(page: &Page, draft: &Draft) -> AnyView {
    let (words, form) = (&page.words, &draft.edit.form);
    // The partner that brought the lead has a share too.
    let [first, more] = rows(SHARE_ROWS, SHARES_MAX - 1, filled(&form.shares), |place| {
        share(page, place, form.shares.get(place), &draft.partners)
    });
    view! {
        <fieldset>
            <legend>{words.text("plan-split")}</legend>
            <p class="hint">{words.text("plan-split-hint")}</p>
            {wrong_as_a_whole(page, "shares", "plan-split")}
            {field(page, "own_share", "plan-own-share", &form.own_share).hint("plan-own-share-hint").optional().maximum(12).input()}
            <div class="entries">{first}</div>
            <div class="entries" id="more-shares" data-live="">{more}</div>
        </fieldset>
    }
    .into_any()
}

fn share(
    page: &Page,
    place: usize,
    typed: Option<&ShareForm>,
    partners: &[(PartnerId, String)],
) -> AnyView {
    let typed = typed.cloned().unwrap_or_default();
    let nobody = (String::new(), String::new());
    let options = partners
        .iter()
        .map(|(id, name)| (id.to_string(), name.clone()));
    let options = std::iter::once(nobody).chain(options).collect();
    view! {
        <div class="entry two">
            {row_field(page, ["shares", "partner"], place, "plan-share-partner", &typed.partner).select(options)}
            {row_field(page, ["shares", "share"], place, "plan-share-share", &typed.share).input()}
        </div>
    }
    .into_any()
}
