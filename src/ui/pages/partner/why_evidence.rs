//! What a line's amount and coverage rest on: each reading with the system and the object that it is from, its property and value, and when it was seen.

use leptos::prelude::*;
use portal_domain::{
    calendar::Timestamp,
    ids::DealId,
    money::{Currency, Money},
};
use portal_services::why::LineExplanation;
use portal_store::{credits::CreditRecord, invoices::InvoiceRecord};

use super::super::parts::{is_staff, period};
use crate::{ui::kit, web::page::Page};

/// One reading that a number rests on.
struct Reading {
    source: String,
    object: String,
    property: String,
    value: String,
    seen_at: Timestamp,
}

/// The readings of one object.
struct Object<'a> {
    page: &'a Page,
    source: &'static str,
    object: String,
    seen_at: Timestamp,
    readings: Vec<Reading>,
}

impl<'a> Object<'a> {
    fn new(page: &'a Page, source: &'static str, object: String, seen_at: Timestamp) -> Self {
        Self {
            page,
            source,
            object,
            seen_at,
            readings: Vec::new(),
        }
    }

    /// A reading of a property: a word of its own, as the vendor calls it, or one of the catalogues.
    fn add(&mut self, property: String, value: String) {
        self.readings.push(Reading {
            source: self.page.words.text(self.source),
            object: self.object.clone(),
            property,
            value,
            seen_at: self.seen_at,
        });
    }

    fn add_named(&mut self, property: &str, value: String) {
        let property = self.page.words.text(property);
        self.add(property, value);
    }
}

const HUBSPOT: &str = "lead-timeline-source-hubspot";
const PORTAL: &str = "lead-timeline-source-portal";
const XERO: &str = "line-why-source-xero";

fn readings(page: &Page, why: &LineExplanation) -> Vec<Reading> {
    let mut found = deal(page, why);
    found.extend(plan(page, why));
    for invoice in &why.invoices {
        found.extend(of_invoice(page, why, invoice));
    }
    for credit in &why.credits {
        found.extend(of_credit(page, credit, why.deal.id));
    }
    found.extend(waivers(page, why));
    found
}

fn deal(page: &Page, why: &LineExplanation) -> Vec<Reading> {
    let words = &page.words;
    let number = [("number", why.deal.hubspot_id.as_str().into())];
    let name = words.with("line-why-object-deal", &number);
    // The earlier ones too: the exact sum goes on through all of them.
    let holding = why.terms.iter().position(|seen| seen.holds);
    let until = holding.map_or(0, |place| place + 1);
    let mut terms = Vec::new();
    for seen in &why.terms[..until] {
        let mut object = Object::new(page, HUBSPOT, name.clone(), seen.seen_at);
        let property = |key: &str| match until {
            1 => words.text(key),
            _ => {
                let month = [("month", words.month_short(seen.terms.from).into())];
                words.with(&format!("{key}-from"), &month)
            }
        };
        object.add(
            property("line-why-property-value"),
            words.money(seen.terms.value),
        );
        object.add(
            property("line-why-property-period"),
            period(page, seen.terms.period),
        );
        terms.extend(object.readings);
    }
    let mut object = Object::new(page, HUBSPOT, name, why.deal.confirmed_at);
    for (property, date) in [
        ("line-why-property-won", why.deal.won_on),
        ("line-why-property-start", why.deal.start),
        ("line-why-property-end", why.deal.end),
    ] {
        let date = date.map_or_else(|| "–".to_owned(), |date| words.date(date));
        object.add_named(property, date);
    }
    terms.extend(object.readings);
    terms
}

fn plan(page: &Page, why: &LineExplanation) -> Vec<Reading> {
    let words = &page.words;
    let terms = &why.plan.terms;
    let name = [
        ("name", why.plan.name.as_str().into()),
        ("version", why.plan.version.into()),
    ];
    let name = words.with("line-why-object-plan", &name);
    let mut object = Object::new(page, PORTAL, name, why.plan.created_at);
    let currency = why.view.line.money.currency;
    match terms
        .tiers
        .as_ref()
        .filter(|tiers| tiers.currency() == currency)
    {
        Some(tiers) => {
            for tier in tiers.steps() {
                let from = words.money(Money::new(tier.from_minor, currency));
                let property = words.with("line-why-property-tier", &[("from", from.into())]);
                object.add(property, words.percent(tier.rate));
            }
        }
        None => object.add_named("line-why-property-rate", words.percent(terms.rate)),
    }
    object.add_named(
        "line-why-property-tolerance",
        words.percent(terms.tolerance),
    );
    object.readings
}

/// Xero's own names of its properties, so that whoever looks there finds them.
fn of_invoice(page: &Page, why: &LineExplanation, invoice: &InvoiceRecord) -> Vec<Reading> {
    let words = &page.words;
    let remote = &invoice.remote;
    let money = |minor: i64, currency: Currency| words.money(Money::new(minor, currency));
    let currency = remote.total.currency;
    let number = [("number", remote.number.as_str().into())];
    let name = words.with("line-why-object-invoice", &number);
    let mut object = Object::new(page, XERO, name, invoice.seen_at);
    let link = invoice.links.iter().find(|link| link.deal == why.deal.id);
    // What an invoice asks for beside this deal may be for another partner's.
    let is_divided = link.is_some_and(|link| link.share_minor.is_some());
    if is_staff(page) || !is_divided {
        for (property, value) in [
            ("SubTotal", words.money(remote.sub_total)),
            ("Total", words.money(remote.total)),
            ("AmountPaid", money(remote.paid_minor, currency)),
        ] {
            object.add(property.to_owned(), value);
        }
        if remote.prepaid_minor != 0 {
            let prepaid = money(remote.prepaid_minor, currency);
            object.add_named("line-why-property-prepaid", prepaid);
        }
    }
    object.add("Status".to_owned(), remote.status.clone());
    if let Some(link) = link {
        let how = words.text(&format!("line-why-how-{}", link.how));
        object.add_named("line-why-property-how", how);
        if let Some(share_minor) = link.share_minor {
            object.add_named("line-why-property-part", money(share_minor, currency));
        }
    }
    for fill in why.fills.iter().filter(|fill| fill.invoice == remote.id) {
        let month = [("month", words.month_short(fill.month).into())];
        let property = words.with("line-why-property-fill", &month);
        object.add(property, words.money(fill.money));
    }
    object.readings
}

fn of_credit(page: &Page, credit: &CreditRecord, deal: DealId) -> Vec<Reading> {
    let words = &page.words;
    let remote = &credit.remote;
    let number = [("number", remote.number.as_str().into())];
    let name = words.with("line-why-object-credit", &number);
    let mut object = Object::new(page, XERO, name, credit.seen_at);
    let refunded = Money::new(remote.refunded_minor, remote.total.currency);
    let link = credit.links.iter().find(|link| link.deal == deal);
    // What is credited beside this deal may be of another partner's.
    let is_divided = link.is_some_and(|link| link.share_minor.is_some());
    if is_staff(page) || !is_divided {
        object.add("SubTotal".to_owned(), words.money(remote.sub_total));
        object.add("Total".to_owned(), words.money(remote.total));
        object.add_named("line-why-property-refunded", words.money(refunded));
    }
    object.add("Status".to_owned(), remote.status.clone());
    if let Some(link) = link {
        let how = words.text(&format!("line-why-how-{}", link.how));
        object.add_named("line-why-property-how", how);
    }
    object.readings
}

fn waivers(page: &Page, why: &LineExplanation) -> Vec<Reading> {
    let words = &page.words;
    let waived = why.waivers.iter().flat_map(|waiver| {
        let person = [("person", waiver.by_name.as_str().into())];
        let name = words.with("line-why-object-waiver", &person);
        let mut object = Object::new(page, PORTAL, name, waiver.waived_at);
        let money = words.money(waiver.money);
        match waiver.reason.as_str() {
            "" => object.add_named("explorer-waived", money),
            reason => object.add(reason.to_owned(), money),
        }
        object.readings
    });
    waived.collect()
}

/// All readings, closed until somebody asks.
pub fn table(page: &Page, why: &LineExplanation) -> AnyView {
    let words = &page.words;
    let readings = readings(page, why);
    let count = [("count", readings.len().into())];
    let rows = readings.into_iter().map(|reading| {
        view! {
            <tr>
                <th scope="row" class="main">{reading.object}<small>{reading.source}</small></th>
                <td data-label=words.text("line-why-column-property")>{reading.property}</td>
                <td class="num" data-label=words.text("line-why-column-value")>{reading.value}</td>
                <td data-label=words.text("line-why-column-seen")>{kit::ago(page, reading.seen_at)}</td>
            </tr>
        }
    });
    view! {
        <details class="more">
            <summary>{words.with("line-why-inputs", &count)}</summary>
            <div class="table">
                <table class="cards" aria-label=words.text("line-why-evidence")>
                    <thead>
                        <tr>
                            <th scope="col">{words.text("line-why-column-object")}</th>
                            <th scope="col">{words.text("line-why-column-property")}</th>
                            <th scope="col" class="num">{words.text("line-why-column-value")}</th>
                            <th scope="col">{words.text("line-why-column-seen")}</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect::<Vec<_>>()}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}
