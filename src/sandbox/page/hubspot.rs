//! HubSpot as a salesperson would want it: the deals with their stage and value, companies and contacts, the bin.

use maud::{Markup, html};

use super::layout::{back_to, field, field_of, frame, nothing};
use super::{account, log};
use crate::call::Call;
use crate::clock::readable;
use crate::hubspot::records::Record;
use crate::hubspot::{CURRENCIES, HOME_CURRENCY, HubSpot, Kind, Pipeline};
use crate::server::Shared;

/// Months per period, or one-off, with the words for people.
const BILLING_PERIODS: [(&str, &str); 9] = [
    ("", "not set"),
    ("1", "Monthly"),
    ("2", "Every 2 months"),
    ("3", "Quarterly"),
    ("6", "Every 6 months"),
    ("12", "Annually"),
    ("24", "Every 2 years"),
    ("36", "Every 3 years"),
    ("one_off", "One-off"),
];

/// `/hubspot`.
pub fn render(shared: &Shared, call: &Call) -> Option<Markup> {
    let exchanges = log::beside(shared, "HubSpot");
    let content = {
        let world = shared.world();
        let hubspot = &world.hubspot;
        let deals: Vec<&Record> = hubspot.table(Kind::Deals).all_live().rev().collect();
        html! {
            (board(hubspot, &deals))
            section aria-labelledby="deals" {
                h2 id="deals" { "Deals" }
                @if deals.is_empty() { (nothing("No deal yet. A lead that is submitted in the portal becomes one here.")) }
                div.stack { @for deal in &deals { (deal_card(hubspot, deal)) } }
            }
            @if deals.len() > 1 { (merge_form(&deals)) }
            (bin(hubspot))
            (records(hubspot, Kind::Companies, "Companies", &["name", "domain", "portal_company_key"]))
            (records(hubspot, Kind::Contacts, "Contacts", &["firstname", "lastname", "email", "hs_additional_emails", "phone"]))
            (account::pipelines(hubspot))
            (account::settings(hubspot))
            (exchanges)
        }
    };
    Some(frame(shared, call, "HubSpot", &content))
}

fn board(hubspot: &HubSpot, deals: &[&Record]) -> Markup {
    html! {
        ul.board aria-label="Deals per stage" {
            @for stage in hubspot.live_stages() {
                @let count = deals.iter().filter(|deal| deal.value("dealstage") == stage.id).count();
                li.pill { (stage.label) " " (count) }
            }
        }
    }
}

fn stage_pill(hubspot: &HubSpot, deal: &Record) -> Markup {
    let stage = hubspot.stage(deal.value("dealstage"));
    let tone = match (
        deal.value("hs_is_closed_won"),
        deal.value("hs_is_closed_lost"),
    ) {
        ("true", _) => "pill good",
        (_, "true") => "pill bad",
        _ => "pill",
    };
    html! { span class=(tone) { (stage.map_or(deal.value("dealstage"), |stage| stage.label.as_str())) } }
}

fn names(hubspot: &HubSpot, deal: &Record, kind: Kind) -> String {
    let name = |record: &Record| match kind {
        Kind::Contacts => format!(
            "{} {} <{}>",
            record.value("firstname"),
            record.value("lastname"),
            record.value("email")
        )
        .trim()
        .to_owned(),
        _ => format!("{} ({})", record.value("name"), record.value("domain")),
    };
    let linked = hubspot.associated(Kind::Deals, deal.id, kind);
    let found: Vec<String> = linked
        .into_iter()
        .filter_map(|id| hubspot.table(kind).live(id))
        .map(name)
        .collect();
    if found.is_empty() {
        "none".to_owned()
    } else {
        found.join(", ")
    }
}

fn deal_card(hubspot: &HubSpot, deal: &Record) -> Markup {
    let place = format!("/hubspot#deal-{}", deal.id);
    html! {
        article.item id={ "deal-" (deal.id) } data-deal-name=(deal.value("dealname")) data-deal-id=(deal.id)
            data-lead-id=(deal.value("portal_lead_id")) data-stage=(deal.value("dealstage")) {
            div.top { h3 { (deal.value("dealname")) } (stage_pill(hubspot, deal)) }
            p.soft { "Company: " (names(hubspot, deal, Kind::Companies)) " · Contact: " (names(hubspot, deal, Kind::Contacts)) }
            (move_form(hubspot, deal, &place))
            details {
                summary { "History and more of " (deal.value("dealname")) }
                dl {
                    dt { "Record" } dd { (deal.id) }
                    dt { "Lead" } dd { (deal.value("portal_lead_id")) }
                    @if !deal.value("closedate").is_empty() { dt { "Close date" } dd { (deal.value("closedate")) } }
                    @if !deal.value("hs_merged_object_ids").is_empty() { dt { "Merged from" } dd { (deal.value("hs_merged_object_ids")) } }
                }
                ul.history {
                    @for change in deal.history.iter().rev().filter(|change| !change.name.starts_with("hs_")) {
                        li { (readable(change.at_ms)) ": " (change.name) " = " (if change.value.is_empty() { "(empty)" } else { &change.value }) ", " (change.source.words()) }
                    }
                }
                (line_items(hubspot, deal, &place))
                form method="post" action={ "/sandbox/hubspot/deals/" (deal.id) "/archive" } {
                    (back_to("/hubspot"))
                    button.plain { "Delete " (deal.value("dealname")) }
                }
            }
        }
    }
}

/// How often a line item is charged, in HubSpot's words.
const FREQUENCIES: [(&str, &str); 6] = [
    ("", "One-time"),
    ("monthly", "Monthly"),
    ("quarterly", "Quarterly"),
    ("per_six_months", "Semi-annually"),
    ("annually", "Annually"),
    ("per_two_years", "Every two years"),
];

/// What is sold with a deal, and a form for one thing more.
fn line_items(hubspot: &HubSpot, deal: &Record, place: &str) -> Markup {
    let items = hubspot.associated(Kind::Deals, deal.id, Kind::LineItems);
    let live = items
        .into_iter()
        .filter_map(|id| hubspot.table(Kind::LineItems).live(id));
    let id = |name: &str| format!("item-{name}-{}", deal.id);
    let of = format!("of a line item of {}", deal.value("dealname"));
    html! {
        ul.history aria-label={ "Line items of " (deal.value("dealname")) } {
            @for item in live {
                li { (item.value("quantity")) " × " (item.value("name")) " at " (item.value("price")) ", " (item.value("recurringbillingfrequency")) }
            }
        }
        form method="post" action={ "/sandbox/hubspot/deals/" (deal.id) "/line_items" } {
            (back_to(place))
            div.fields {
                (field_of(&id("name"), "Line item", &of, &html! { input id=(id("name")) name="name" required; }))
                (field_of(&id("price"), "Price", &of, &html! { input id=(id("price")) name="price" inputmode="decimal" required; }))
                (field_of(&id("quantity"), "Quantity", &of, &html! { input id=(id("quantity")) name="quantity" inputmode="decimal" value="1"; }))
                (field_of(&id("frequency"), "Charged", &of, &html! {
                    select id=(id("frequency")) name="recurringbillingfrequency" {
                        @for (value, words) in FREQUENCIES { option value=(value) { (words) } }
                    }
                }))
                button { "Add line item to " (deal.value("dealname")) }
            }
        }
    }
}

/// The stages of all pipelines, by pipeline where there are several.
fn stage_choices(hubspot: &HubSpot, current: &str) -> Markup {
    let many = hubspot.live_pipelines().count() > 1;
    let is_listed = hubspot.live_stages().any(|stage| stage.id == current);
    let stages = |pipeline: &Pipeline| {
        html! { @for stage in pipeline.live_stages() { option value=(stage.id) selected[stage.id == current] { (stage.label) } } }
    };
    html! {
        @if !is_listed { option value=(current) selected { (hubspot.stage(current).map_or(current, |stage| stage.label.as_str())) " (archived)" } }
        @for pipeline in hubspot.live_pipelines() {
            @if many { optgroup label=(pipeline.label) { (stages(pipeline)) } } @else { (stages(pipeline)) }
        }
    }
}

fn move_form(hubspot: &HubSpot, deal: &Record, place: &str) -> Markup {
    let id = |name: &str| format!("{name}-{}", deal.id);
    let currency = if deal.value("deal_currency_code").is_empty() {
        HOME_CURRENCY
    } else {
        deal.value("deal_currency_code")
    };
    let period = deal.value("portal_billing_period");
    // The portal's properties are there once it has made them.
    let has_own = |name: &str| hubspot.table(Kind::Deals).properties.contains_key(name);
    let is_unusual = !BILLING_PERIODS.iter().any(|(value, _)| *value == period);
    html! {
        form method="post" action={ "/sandbox/hubspot/deals/" (deal.id) } {
            (back_to(place))
            div.fields {
                (field(&id("stage"), "Stage", &html! {
                    select id=(id("stage")) name="dealstage" {
                        (stage_choices(hubspot, deal.value("dealstage")))
                    }
                }))
                (field(&id("amount"), "Value", &html! {
                    input id=(id("amount")) name="amount" inputmode="decimal" value=(deal.value("amount"));
                }))
                (field(&id("currency"), "Currency", &html! {
                    select id=(id("currency")) name="deal_currency_code" {
                        @for code in CURRENCIES { option value=(code) selected[code == currency] { (code) } }
                    }
                }))
                @if has_own("portal_billing_period") { (field(&id("period"), "Billing period", &html! {
                    select id=(id("period")) name="portal_billing_period" {
                        @for (value, words) in BILLING_PERIODS { option value=(value) selected[value == period] { (words) } }
                        @if is_unusual { option value=(period) selected { (period) " months" } }
                    }
                })) }
                @if has_own("portal_start_date") { (field(&id("start"), "First day", &html! {
                    input id=(id("start")) name="portal_start_date" type="date" value=(deal.value("portal_start_date"));
                })) }
                @if has_own("portal_end_date") { (field(&id("end"), "Last day", &html! {
                    input id=(id("end")) name="portal_end_date" type="date" value=(deal.value("portal_end_date"));
                })) }
                (field(&id("owner"), "Owner", &html! {
                    select id=(id("owner")) name="hubspot_owner_id" {
                        option value="" { "nobody" }
                        @for owner in &hubspot.owners {
                            @let known = owner.id.to_string();
                            option value=(known) selected[known == deal.value("hubspot_owner_id")] { (owner.first_name) " " (owner.last_name) }
                        }
                    }
                }))
                button.main { "Move" span.hidden { " " (deal.value("dealname")) } }
            }
        }
    }
}

fn merge_form(deals: &[&Record]) -> Markup {
    let options = |chosen: usize| {
        html! {
            @for (index, deal) in deals.iter().enumerate() {
                option value=(deal.id) selected[index == chosen] { (deal.value("dealname")) " (" (deal.id) ")" }
            }
        }
    };
    html! {
        section aria-labelledby="merge" {
            h2 id="merge" { "Merge two deals" }
            form.item method="post" action="/sandbox/hubspot/merge" {
                (back_to("/hubspot"))
                div.fields {
                    div.field.wide { label for="merge-primary" { "Keep" } select id="merge-primary" name="primary" { (options(0)) } }
                    div.field.wide { label for="merge-other" { "Merge into it" } select id="merge-other" name="other" { (options(1)) } }
                    button { "Merge deals" }
                }
            }
        }
    }
}

fn bin(hubspot: &HubSpot) -> Markup {
    let archived: Vec<&Record> = hubspot
        .table(Kind::Deals)
        .records
        .values()
        .filter(|deal| deal.archived_at_ms.is_some())
        .collect();
    html! {
        @if !archived.is_empty() {
            section aria-labelledby="bin" {
                h2 id="bin" { "Deleted deals" }
                div.stack {
                    @for deal in &archived {
                        div.item {
                            div.top { span { (deal.value("dealname")) } span.soft { (deal.archived_at_ms.map(readable).unwrap_or_default()) } }
                            form method="post" action={ "/sandbox/hubspot/deals/" (deal.id) "/restore" } {
                                (back_to("/hubspot"))
                                button.plain { "Restore " (deal.value("dealname")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn records(hubspot: &HubSpot, kind: Kind, title: &str, columns: &[&str]) -> Markup {
    let mut live = hubspot.table(kind).all_live().rev().take(100).peekable();
    html! {
        section aria-label=(title) {
            h2 { (title) }
            @if live.peek().is_none() { (nothing("None yet.")) } @else {
                div.scroll tabindex="0" role="group" aria-label={ (title) ", table" } {
                    table {
                        thead { tr { th scope="col" { "Record" } @for column in columns { th scope="col" { (column) } } } }
                        tbody {
                            @for record in live {
                                tr { td { (record.id) } @for column in columns { td { (record.value(column)) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}
