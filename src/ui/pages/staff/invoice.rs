//! What an invoice is for: its own page, to which every invoice leads wherever finance looks at one, and the forms that say it, which the page of a case
//! shows too. By a person's word an invoice is for one deal, for several, or for none; taken back, its reference and its contact decide again.

use axum::{
    extract::{Path, Query},
    response::Response,
};
use leptos::prelude::*;
use portal_domain::{access::Action, money::Money};
use portal_services::proposals::{self, InvoiceView, Proposal};
use portal_store::invoices::InvoiceRecord;
use serde::Deserialize;

use super::{NOTHING, address, calls, crumbs, fact, form_errors, may, or_nothing, reconciliation};
use crate::{
    ui::{
        api::UiError,
        kit::{self, icons},
    },
    web::page::Page,
};

const PATH: &str = "/staff/reconciliation/invoices";

/// The rows of the form that splits an invoice: what refusals call the deal and the amount, and their names in the form.
const SPLIT_ROWS: [[&str; 4]; 4] = [
    ["rows.0.deal", "deals[0]", "rows.0.amount", "amounts[0]"],
    ["rows.1.deal", "deals[1]", "rows.1.amount", "amounts[1]"],
    ["rows.2.deal", "deals[2]", "rows.2.amount", "amounts[2]"],
    ["rows.3.deal", "deals[3]", "rows.3.amount", "amounts[3]"],
];

#[derive(Deserialize)]
pub struct InvoiceQuery {
    /// What further deals are looked for.
    #[serde(default)]
    q: String,
    /// The page to go on with.
    #[serde(default)]
    back: String,
}

/// The page of an invoice, which leads back to where it was opened.
pub fn invoice_url(invoice: &str, back: &str) -> String {
    address(&format!("{PATH}/{invoice}"), &[("back", back)])
}

pub async fn show(
    page: Page,
    Path(id): Path<String>,
    Query(query): Query<InvoiceQuery>,
) -> Result<Response, UiError> {
    let found = proposals::find_invoice(&page.ctx, page.actor()?, &id, &query.q).await;
    let view = page.said(found)?;
    let heading = format!(
        "{} · {}",
        view.invoice.remote.contact_name, view.invoice.remote.number
    );
    Ok(page.show(&heading.clone(), move |page| {
        let back = if query.back.is_empty() {
            reconciliation::PATH
        } else {
            &query.back
        };
        let forms = may(page, Action::Reconcile).then(|| {
            let offered = view.deals.iter();
            let offered = offered
                .map(|deal| deal_row(page, INVOICE, &view.invoice.remote.id, deal, back))
                .collect_view();
            let hidden = [("back", query.back.as_str())];
            let content = view! {
                <div class="stack">
                    <ul class="rows">{offered}</ul>
                    {search_form(page, "case-search-deal", &query.q, &hidden)}
                </div>
            };
            view! {
                {act(page, "case-link", page.words.text("case-link-what"), content.into_any())}
                {assign(page, &view.invoice, &view.deals, back)}
            }
        });
        view! {
            {crumbs(page, reconciliation::PATH, "reconciliation-title", heading.clone())}
            <div class="head"><div><h1>{heading}</h1><p>{page.words.text("invoice-lead")}</p></div></div>
            {facts(page, &view)}
            {forms}
        }
        .into_any()
    }))
}

/// The invoice as Xero has it, and what it is for now.
fn facts(page: &Page, view: &InvoiceView) -> AnyView {
    let (words, remote) = (&page.words, &view.invoice.remote);
    let date = remote
        .date
        .map_or_else(|| NOTHING.to_owned(), |date| words.date(date));
    let url = page.app.vendors.invoice(&remote.id);
    let number = view! { <a href=url rel="noreferrer">{remote.number.clone()}</a> };
    view! {
        <section class="card" aria-label=words.text("explorer-document-invoice")>
            <dl class="facts">
                {fact(words.text("explorer-document-invoice"), number.into_any())}
                {fact(words.text("invoice-date"), date.into_any())}
                {fact(words.text("exception-number-reference"), or_nothing(&remote.reference).into_any())}
                {fact(words.text("explorer-column-status"), or_nothing(&remote.status).into_any())}
                {fact(words.text("case-split-net"), kit::money(page, remote.sub_total))}
                {fact(words.text("invoice-for"), is_for(page, view))}
            </dl>
        </section>
    }
    .into_any()
}

fn is_for(page: &Page, view: &InvoiceView) -> AnyView {
    let links = view.invoice.links.iter().map(|link| {
        let deal = view.deals.iter().find(|deal| deal.deal == link.deal);
        let name = deal.map_or_else(|| NOTHING.to_owned(), |deal| deal.deal_name.clone());
        let share = link.share_minor.map(|minor| {
            let share = Money::new(minor, view.invoice.remote.sub_total.currency);
            format!(" · {}", page.words.money(share))
        });
        view! { <div>{name}{share}</div> }
    });
    view! { {links.collect_view()}<small>{linked_by(page, &view.invoice)}</small> }.into_any()
}

/// By whose word an invoice is for what it is for.
pub fn how(page: &Page, invoice: &InvoiceRecord) -> String {
    let word = match invoice.links.first() {
        Some(link) => link.how.as_str(),
        None if invoice.is_of_no_deal => "no-deal",
        None => "nobody",
    };
    page.words.text(&format!("explorer-how-{word}"))
}

fn linked_by(page: &Page, invoice: &InvoiceRecord) -> String {
    let label = page.words.text("explorer-column-how");
    format!("{label}: {}", how(page, invoice))
}

/// A card with one act: what it is called, what it does, and its form.
pub fn act(page: &Page, id: &'static str, what: String, content: AnyView) -> AnyView {
    view! {
        <section class="card" aria-labelledby=id>
            <header><div><h2 id=id>{page.words.text(id)}</h2><p>{what}</p></div></header>
            {content}
        </section>
    }
    .into_any()
}

pub fn search_form(page: &Page, label: &str, search: &str, hidden: &[(&str, &str)]) -> AnyView {
    let label = page.words.text(label);
    let hidden = hidden
        .iter()
        .map(|(name, value)| {
            view! { <input type="hidden" name=(*name).to_owned() value=(*value).to_owned() /> }
        })
        .collect_view();
    view! {
        <form class="search" role="search">
            {hidden}
            {kit::icon(icons::SEARCH)}
            <input type="search" name="q" value=search.to_owned() aria-label=label.clone() placeholder=label />
        </form>
    }
    .into_any()
}

/// How the form that links a document to a deal calls the server function, and names the document.
pub type Linking = (&'static str, &'static str);
pub const INVOICE: Linking = ("link_invoice", "invoice");
pub const REFUND: Linking = ("link_refund", "credit");

/// A deal with the button that links a document to it.
pub fn deal_row(
    page: &Page,
    (action, name): Linking,
    document: &str,
    proposal: &Proposal,
    back: &str,
) -> AnyView {
    let about = format!(
        "{} · {} · {}",
        proposal.client_name, proposal.partner_name, proposal.hubspot_id
    );
    let label = page.words.text("exception-act-link");
    let link = may(page, Action::Reconcile).then(|| {
        view! {
            <form method="post" action=reconciliation::PATH>
                {calls(action)}
                <input type="hidden" name=name value=document.to_owned() />
                <input type="hidden" name="deal" value=proposal.deal.to_string() />
                <input type="hidden" name="back" value=back.to_owned() />
                <button class="btn sm" aria-label=format!("{label}: {}", proposal.deal_name)>{label.clone()}</button>
            </form>
        }
    });
    view! { <li><div><span class="t">{proposal.deal_name.clone()}</span><p>{about}</p></div>{link}</li> }
        .into_any()
}

/// Everything else that a person can say of an invoice: that it is divided, that it is for no deal, or nothing any more.
pub fn assign(page: &Page, invoice: &InvoiceRecord, deals: &[Proposal], back: &str) -> AnyView {
    let words = &page.words;
    let said = |action: &'static str, label: &str| {
        let values = [
            ("invoice", invoice.remote.id.clone()),
            ("back", back.to_owned()),
        ];
        kit::button_form(action, &values, words.text(label), "btn")
    };
    let none = (!invoice.is_of_no_deal).then(|| {
        let what = words.text("case-no-deal-what");
        act(
            page,
            "case-no-deal",
            what,
            said("say_no_deal", "case-no-deal-submit"),
        )
    });
    let unlink = invoice.is_said_by_person().then(|| {
        let what = words.text("case-unlink-what");
        act(
            page,
            "case-unlink",
            what,
            said("unlink_invoice", "case-unlink-submit"),
        )
    });
    view! { {split(page, invoice, deals, back)}{none}{unlink} }.into_any()
}

/// Rows of a deal and an amount; the sum, and what is left for none of them.
fn split(page: &Page, invoice: &InvoiceRecord, deals: &[Proposal], back: &str) -> AnyView {
    let words = &page.words;
    let net = invoice.remote.sub_total;
    let mut options = vec![(String::new(), words.text("case-split-none"))];
    options.extend(deals.iter().map(|deal| {
        let label = format!(
            "{} · {} · {}",
            deal.deal_name, deal.partner_name, deal.hubspot_id
        );
        (deal.deal.to_string(), label)
    }));
    let mut sum = Money::zero(net.currency);
    let mut rows = Vec::with_capacity(SPLIT_ROWS.len());
    for (place, [deal_name, deal_path, amount_name, amount_path]) in SPLIT_ROWS.iter().enumerate() {
        let link = invoice.links.get(place);
        let share = link.and_then(|link| link.share_minor);
        let first = share.map_or_else(String::new, |minor| {
            Money::new(minor, net.currency).to_decimal()
        });
        let typed = page.typed("split_invoice", amount_path, &first);
        if let Ok(more) = Money::parse_typed(&typed, net.currency)
            && let Ok(both) = sum.plus(more)
        {
            sum = both;
        }
        let deal = link.map_or_else(String::new, |link| link.deal.to_string());
        rows.push(view! {
            <div class="cols">
                {kit::field(page, "split_invoice", deal_name, deal_path, "case-split-deal").first(&deal).optional().select(options.clone())}
                {kit::field(page, "split_invoice", amount_name, amount_path, "case-split-amount").first(&first).optional().input()}
            </div>
        });
    }
    let rest = Money::new(net.minor.saturating_sub(sum.minor), net.currency);
    let sums = [
        ("case-split-net", net),
        ("case-split-sum", sum),
        ("case-split-rest", rest),
    ]
    .map(|(label, money)| view! { <div><dt>{words.text(label)}</dt><dd>{words.money(money)}</dd></div> });
    let form = view! {
        {form_errors(page, "split_invoice")}
        <form method="post" class="form" novalidate>
            {calls("split_invoice")}
            <input type="hidden" name="invoice" value=invoice.remote.id.clone() />
            <input type="hidden" name="back" value=back.to_owned() />
            <dl class="compare">{sums.into_iter().collect_view()}</dl>
            {rows}
            <div class="foot"><button class="btn primary">{words.text("case-split-submit")}</button></div>
        </form>
    };
    act(
        page,
        "case-split",
        words.text("case-split-what"),
        form.into_any(),
    )
}

/// Invoices as a list: each with its number in Xero, by whose word it is for what it is for, and the way to say otherwise.
pub fn invoice_rows(page: &Page, invoices: &[InvoiceRecord], back: &str) -> AnyView {
    let words = &page.words;
    let rows = invoices.iter().map(|invoice| {
        let remote = &invoice.remote;
        let issued = remote.date.map_or_else(String::new, |date| words.date(date));
        let about = format!("{} · {} · {}", issued, remote.status, linked_by(page, invoice));
        view! {
            <li>
                <div>
                    <span class="t"><a href=page.app.vendors.invoice(&remote.id) rel="noreferrer">{remote.number.clone()}</a></span>
                    <p>{about}</p>
                </div>
                <span class="end">{kit::money(page, remote.sub_total)}</span>
                {change_link(page, invoice, back)}
            </li>
        }
    });
    view! { <ul class="rows">{rows.collect_view()}</ul> }.into_any()
}

/// The way to an invoice's page, for whoever may say what it is for.
pub fn change_link(page: &Page, invoice: &InvoiceRecord, back: &str) -> Option<AnyView> {
    let label = page.words.text("invoice-change");
    let whole = format!("{label}: {}", invoice.remote.number);
    let url = invoice_url(&invoice.remote.id, back);
    may(page, Action::Reconcile)
        .then(|| view! { <a class="btn sm" href=url aria-label=whole>{label}</a> }.into_any())
}
