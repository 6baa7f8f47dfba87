//! The parts that partners' and staff's pages share: ways between pages, and the pills of leads and lines.

use leptos::prelude::*;
use portal_domain::{
    access::{Action, Actor, can},
    deal::BillingPeriod,
    lead::LeadState,
    line::{LineKind, LineState},
    money::{Currency, Money},
    scope,
};
use portal_store::{bills::BillRecord, leads::LeadRecord, lines::LineRecord};

use crate::{
    ui::kit::{self, icon, icons},
    web::page::Page,
};

/// Whether the reader is of the vendor's staff.
pub fn is_staff(page: &Page) -> bool {
    page.session()
        .is_some_and(|session| matches!(session.actor, Actor::Staff { .. }))
}

/// Whether the reader may do that; pages leave out what would only be refused.
pub fn may(page: &Page, action: Action) -> bool {
    page.session()
        .is_some_and(|session| can(&session.actor, action))
}

/// Whether the reader sees all that its role opens, and not its own leads or partners alone.
pub fn sees_all(page: &Page) -> bool {
    page.session()
        .is_some_and(|session| scope::sees_all(&session.actor))
}

/// The way back from a page to its list.
pub fn crumbs(page: &Page, url: &'static str, list: &str, here: String) -> AnyView {
    view! {
        <nav class="crumbs" aria-label=page.words.text("breadcrumb")>
            <ol>
                <li><a href=url>{page.words.text(list)}</a></li>
                <li><span aria-current="page">{here}</span></li>
            </ol>
        </nav>
    }
    .into_any()
}

/// An address with the parts of its query that are not empty.
pub fn address(path: &str, query: &[(&str, &str)]) -> String {
    let mut encoded = form_urlencoded::Serializer::new(String::new());
    for (name, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
        encoded.append_pair(name, value);
    }
    match encoded.finish() {
        query if query.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// One tab of a list's filter.
pub fn tab(label: String, url: String, count: Option<i64>, current: bool) -> AnyView {
    let count = count.map(|count| view! { " "<span class="count">{count.to_string()}</span> });
    view! { <a href=url aria-current=current.then_some("page")>{label}{count}</a> }.into_any()
}

/// Where a lead is: its phase while our sales team works on it, else its state.
pub fn lead_pill(page: &Page, lead: &LeadRecord) -> AnyView {
    let label = match &lead.phase {
        Some(phase) if lead.state == LeadState::Registered => phase.clone(),
        _ => page.words.text(&format!("lead-state-{}", lead.state)),
    };
    kit::pill(lead.state.as_str(), label)
}

/// Why the contact of a lead may be kept, with the day and the wording where it is consent.
pub fn basis(page: &Page, lead: &LeadRecord) -> AnyView {
    let words = &page.words;
    let Some(basis) = &lead.basis else {
        return words.text("basis-unknown").into_any();
    };
    let consent = basis.consent.as_ref().map(|consent| {
        let said = [
            ("on", words.date(consent.on).into()),
            ("source", consent.source.as_str().into()),
        ];
        view! { <small>{words.with("lead-detail-consent", &said)}</small> }
    });
    let lawful = words.text(&format!("basis-{}", basis.lawful));
    view! { {lawful}{consent} }.into_any()
}

/// Whether somebody stopped the line, and it can still be let go on.
pub fn is_held(line: &LineRecord) -> bool {
    line.held_reason.is_some() && !line.state.is_stated() && line.state != LineState::Cancelled
}

/// Where a line is. What somebody holds or disputes goes nowhere; on a statement it goes on all the same, and says both.
pub fn line_pill(page: &Page, line: &LineRecord) -> AnyView {
    let pill = |state: &str| kit::pill(state, page.words.text(&format!("line-state-{state}")));
    let is_open = !line.state.is_stated() && line.state != LineState::Cancelled;
    match line {
        line if line.disputed_at.is_some() && is_open => pill("disputed"),
        line if line.disputed_at.is_some() => {
            view! { {pill(line.state.as_str())}" "{pill("disputed")} }.into_any()
        }
        line if is_held(line) => pill("held"),
        line => pill(line.state.as_str()),
    }
}

/// A sum, or that it is more than one amount can hold: never another amount.
pub fn write_large(page: &Page, minor: i128, currency: Currency) -> String {
    match i64::try_from(minor) {
        Ok(minor) => page.words.money(Money::new(minor, currency)),
        Err(_) => page.words.text("sum-too-large"),
    }
}

/// A sum as [`crate::ui::kit::money`] shows an amount.
pub fn large_money(page: &Page, minor: i128, currency: Currency) -> AnyView {
    let class = if minor < 0 { "money minus" } else { "money" };
    view! { <span class=class>{write_large(page, minor, currency)}</span> }.into_any()
}

/// A statement as files, below the statement's own address.
pub fn downloads(page: &Page, url: &str) -> AnyView {
    let words = &page.words;
    let link = |format: &str| {
        let label = words.text(&format!("document-download-{format}"));
        view! { <li><a class="btn" href=format!("{url}/{format}") download="">{icon(icons::DOWNLOAD)}{label}</a></li> }
    };
    view! {
        <ul class="row" aria-label=words.text("document-download")>{link("pdf")}{link("csv")}{link("json")}</ul>
    }
    .into_any()
}

/// How anybody can prove that a statement's JSON is what was hashed.
pub fn hash_check(page: &Page, number: &str) -> AnyView {
    let command = format!("sha256sum {number}.json");
    view! { <p>{page.words.text("document-check")}" "<code class="nowrap">{command}</code></p> }
        .into_any()
}

/// What a line is for, where that is not simply commission.
pub fn line_kind(page: &Page, kind: LineKind) -> Option<AnyView> {
    let label =
        (kind != LineKind::Scheduled).then(|| page.words.text(&format!("line-kind-{kind}")));
    label.map(|label| view! { <small>{label}</small> }.into_any())
}

/// How often a deal’s value is charged, in words.
pub fn period(page: &Page, period: BillingPeriod) -> String {
    let words = &page.words;
    match period {
        BillingPeriod::OneOff => words.text("line-period-one-off"),
        BillingPeriod::Months(1) => words.text("line-period-monthly"),
        BillingPeriod::Months(3) => words.text("line-period-quarterly"),
        BillingPeriod::Months(12) => words.text("line-period-yearly"),
        BillingPeriod::Months(months) => {
            words.with("line-period-months", &[("count", u32::from(months).into())])
        }
    }
}

/// The PDF that a partner handed in as its invoice.
pub fn bill_pdf(page: &Page, url: String) -> AnyView {
    let label = page.words.text("bill-pdf");
    view! { <p><a class="btn sm" href=url download="">{icon(icons::DOWNLOAD)}{label}</a></p> }
        .into_any()
}

/// The way back from an invoice that is not in Xero yet.
pub fn withdraw(page: &Page, bill: &BillRecord) -> AnyView {
    let number = [("number", bill.number.as_str().into())];
    let label = page.words.with("invoice-withdraw", &number);
    let values = [("bill", bill.id.to_string())];
    kit::button_form("withdraw_invoice", &values, label, "btn sm")
}

/// The address under which a mail program writes to somebody. Whatever could begin more than that is encoded: an address of mail may hold `?` and `&`.
pub fn mailto(email: &str) -> String {
    format!("mailto:{}", encode(email).replace("%40", "@"))
}

/// Mail programs take `%20` where forms have `+`.
pub fn encode(text: &str) -> String {
    let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    encoded.replace('+', "%20")
}
