//! What an invoice or a credit note is for: its own page, to which every one of them leads wherever finance looks at one, and the forms that say it, most of
//! which the page of a case shows too. By a person's word it is for one deal, for several, or for none; taken back, its reference and its contact decide again.

use axum::{
    extract::{Path, Query},
    response::Response,
};
use leptos::prelude::*;
use portal_domain::{access::Action, ids::DealId, money::Money};
use portal_services::documents::{self, Document, DocumentKind, DocumentView, Proposal};
use serde::Deserialize;

use super::{NOTHING, address, calls, crumbs, fact, form_errors, may, or_nothing, reconciliation};
use crate::{
    ui::{
        api::UiError,
        kit::{self, icons},
    },
    web::page::Page,
};

const PATH: &str = "/staff/reconciliation/documents";
const SPLIT: &str = "split_document";
/// How many rows a split has beyond those that are needed already, and how many more there are each time that they are asked for.
const ROWS_MORE: usize = 4;
/// More deals than one document is ever for.
const ROWS_MAX: usize = 200;

#[derive(Deserialize)]
pub struct DocumentQuery {
    /// What further deals are looked for.
    #[serde(default)]
    q: String,
    /// The page to go on with.
    #[serde(default)]
    back: String,
}

/// The page of a document, which leads back to where it was opened.
pub fn document_url(id: &str, back: &str) -> String {
    address(&format!("{PATH}/{id}"), &[("back", back)])
}

pub async fn show(
    page: Page,
    Path(id): Path<String>,
    Query(query): Query<DocumentQuery>,
) -> Result<Response, UiError> {
    let sent = Sent::of(&page);
    let (ctx, actor) = (&page.ctx, page.actor()?);
    let found = documents::find_document(ctx, actor, &id, &query.q, &sent.deals()).await;
    let view = page.said(found)?;
    let heading = format!("{} · {}", view.document.contact_name, view.document.number);
    Ok(page.show(&heading.clone(), move |page| {
        let back = if query.back.is_empty() {
            reconciliation::PATH
        } else {
            &query.back
        };
        let forms = may(page, Action::Reconcile).then(|| {
            view! {
                {link(page, &view, &query)}
                {split(page, &view, &sent, &query)}
                {assign(page, &view.document, back)}
            }
        });
        view! {
            {crumbs(page, reconciliation::PATH, "reconciliation-title", heading.clone())}
            <div class="head"><div><h1>{heading}</h1><p>{page.words.text("document-lead")}</p></div></div>
            {facts(page, &view)}
            {forms}
        }
        .into_any()
    }))
}

/// Where Xero shows a document.
pub fn vendor_url(page: &Page, document: &Document) -> String {
    match document.kind {
        DocumentKind::Invoice => page.app.vendors().invoice(&document.id),
        DocumentKind::Credit => page.app.vendors().credit(&document.id),
    }
}

/// What kind of document it is, as a key of the catalogues.
pub const fn kind_key(document: &Document) -> &'static str {
    match document.kind {
        DocumentKind::Invoice => "explorer-document-invoice",
        DocumentKind::Credit => "explorer-document-refund",
    }
}

/// The document as Xero has it, and what it is for now.
fn facts(page: &Page, view: &DocumentView) -> AnyView {
    let (words, document) = (&page.words, &view.document);
    let date = document
        .date
        .map_or_else(|| NOTHING.to_owned(), |date| words.date(date));
    let kind = words.text(kind_key(document));
    let label = kind.clone();
    let number =
        view! { <a href=vendor_url(page, document) rel="noreferrer">{document.number.clone()}</a> };
    let refunded = document.refunded.map(|refunded| {
        let label = words.text("exception-number-refunded");
        fact(label, kit::money(page, refunded))
    });
    view! {
        <section class="card" aria-label=label>
            <dl class="facts">
                {fact(kind, number.into_any())}
                {fact(words.text("document-issued"), date.into_any())}
                {fact(words.text("exception-number-reference"), or_nothing(&document.reference).into_any())}
                {fact(words.text("explorer-column-status"), or_nothing(&document.status).into_any())}
                {fact(words.text("case-split-net"), kit::money(page, document.net))}
                {refunded}
                {fact(words.text("document-counts-for"), is_for(page, view))}
            </dl>
        </section>
    }
    .into_any()
}

fn is_for(page: &Page, view: &DocumentView) -> AnyView {
    let links = view.document.links.iter().map(|link| {
        let deal = view.deals.iter().find(|deal| deal.deal == link.deal);
        let name = deal.map_or_else(|| NOTHING.to_owned(), |deal| deal.deal_name.clone());
        let share = link.share_minor.map(|minor| {
            let share = Money::new(minor, view.document.net.currency);
            format!(" · {}", page.words.money(share))
        });
        view! { <div>{name}{share}</div> }
    });
    view! { {links.collect_view()}<small>{linked_by(page, &view.document)}</small> }.into_any()
}

/// By whose word a document is for what it is for.
pub fn how(page: &Page, document: &Document) -> String {
    let word = match document.links.first() {
        Some(link) => link.how.as_str(),
        None if document.is_of_no_deal => "no-deal",
        None => "nobody",
    };
    page.words.text(&format!("explorer-how-{word}"))
}

fn linked_by(page: &Page, document: &Document) -> String {
    let label = page.words.text("explorer-column-how");
    format!("{label}: {}", how(page, document))
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

/// Everything that the document can be linked to.
fn link(page: &Page, view: &DocumentView, query: &DocumentQuery) -> AnyView {
    let deals = view.deals.iter();
    let offered = deals
        .map(|deal| deal_row(page, &view.document.id, deal, &query.back))
        .collect_view();
    let hidden = [("back", query.back.as_str())];
    let content = view! {
        <div class="stack">
            <ul class="rows">{offered}</ul>
            {search_form(page, "case-search-deal", &query.q, &hidden)}
        </div>
    };
    act(
        page,
        "case-link",
        page.words.text("case-link-what"),
        content.into_any(),
    )
}

/// A deal with the button that links a document to it.
pub fn deal_row(page: &Page, document: &str, proposal: &Proposal, back: &str) -> AnyView {
    let about = format!(
        "{} · {} · {}",
        proposal.client_name, proposal.partner_name, proposal.hubspot_id
    );
    let label = page.words.text("exception-act-link");
    let link = may(page, Action::Reconcile).then(|| {
        view! {
            <form method="post" action=reconciliation::PATH>
                {calls("link_document")}
                <input type="hidden" name="document" value=document.to_owned() />
                <input type="hidden" name="deal" value=proposal.deal.to_string() />
                <input type="hidden" name="back" value=back.to_owned() />
                <button class="btn sm" aria-label=format!("{label}: {}", proposal.deal_name)>{label.clone()}</button>
            </form>
        }
    });
    view! { <li><div><span class="t">{proposal.deal_name.clone()}</span><p>{about}</p></div>{link}</li> }
        .into_any()
}

/// What else a person can say of a document in one click: that it is for no deal, or nothing any more.
pub fn assign(page: &Page, document: &Document, back: &str) -> AnyView {
    let words = &page.words;
    let said = |action: &'static str, label: &str| {
        let values = [("document", document.id.clone()), ("back", back.to_owned())];
        kit::button_form(action, &values, words.text(label), "btn")
    };
    let none = (!document.is_of_no_deal).then(|| {
        let what = words.text("case-no-deal-what");
        act(
            page,
            "case-no-deal",
            what,
            said("say_no_deal", "case-no-deal-submit"),
        )
    });
    let unlink = document.is_said_by_person.then(|| {
        let what = words.text("case-unlink-what");
        act(
            page,
            "case-unlink",
            what,
            said("unlink_document", "case-unlink-submit"),
        )
    });
    view! { {none}{unlink} }.into_any()
}

/// What was typed into the rows of a split: when it was refused, or when more rows or other deals were asked for, which are in the address then.
struct Sent(Vec<(String, String)>);

impl Sent {
    fn of(page: &Page) -> Self {
        let query = page.url.split_once('?').map_or("", |(_, query)| query);
        Self(match &page.refused {
            Some(refused) if refused.action == SPLIT => refused.typed.clone(),
            _ => form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        })
    }

    fn find(&self, name: &str) -> Option<&str> {
        let mut sent = self.0.iter();
        let found = sent.find(|(sent, _)| sent == name);
        found.map(|(_, value)| value.as_str())
    }

    fn deals(&self) -> Vec<DealId> {
        let deals = self.0.iter().filter(|(name, _)| name.starts_with("deals["));
        deals.filter_map(|(_, deal)| deal.parse().ok()).collect()
    }

    /// How many rows there are: as many as were sent, or one for each deal that the document is for, and some that are free.
    fn count_rows(&self, document: &Document) -> usize {
        let sent = self.0.iter().filter(|(name, _)| name.starts_with("deals["));
        let rows = match sent.count() {
            0 => document.links.len() + ROWS_MORE,
            sent if self.find("more").is_some() => sent + ROWS_MORE,
            sent => sent,
        };
        rows.min(ROWS_MAX)
    }
}

/// Rows of a deal and an amount; the sum, and what is left for none of them. Asking for more rows sends what was typed along, to the same page; it comes first,
/// so that nobody divides anything by pressing Enter too early.
fn split(page: &Page, view: &DocumentView, sent: &Sent, query: &DocumentQuery) -> AnyView {
    let (words, document) = (&page.words, &view.document);
    let options = split_options(page, &view.deals);
    let count = sent.count_rows(document);
    let rows = (0..count).map(|place| split_row(page, document, sent, &options, place));
    let (rows, shares): (Vec<AnyView>, Vec<Option<Money>>) = rows.unzip();
    let nothing = Money::zero(document.net.currency);
    let shares = shares.into_iter().flatten();
    let sum = shares.fold(nothing, |sum, share| sum.plus(share).unwrap_or(sum));
    let rest = Money::new(
        document.net.minor.saturating_sub(sum.minor),
        nothing.currency,
    );
    let sums = [
        ("case-split-net", document.net),
        ("case-split-sum", sum),
        ("case-split-rest", rest),
    ]
    .map(|(label, money)| view! { <div><dt>{words.text(label)}</dt><dd>{words.money(money)}</dd></div> });
    let search = words.text("case-search-deal");
    let form = view! {
        {form_errors(page, SPLIT)}
        <form method="post" class="form" novalidate>
            {calls(SPLIT)}
            <input type="hidden" name="document" value=document.id.clone() />
            <input type="hidden" name="back" value=query.back.clone() />
            <dl class="compare">{sums.into_iter().collect_view()}</dl>
            <div class="row">
                <input type="search" name="q" value=query.q.clone() aria-label=search.clone() placeholder=search />
                <button class="btn" formmethod="get" name="more" value="true">{words.text("case-split-more")}</button>
            </div>
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

fn split_options(page: &Page, deals: &[Proposal]) -> Vec<(String, String)> {
    let none = (String::new(), page.words.text("case-split-none"));
    let deals = deals.iter().map(|deal| {
        let label = format!(
            "{} · {} · {}",
            deal.deal_name, deal.partner_name, deal.hubspot_id
        );
        (deal.deal.to_string(), label)
    });
    std::iter::once(none).chain(deals).collect()
}

/// A row, and the amount that stands in it.
fn split_row(
    page: &Page,
    document: &Document,
    sent: &Sent,
    options: &[(String, String)],
    place: usize,
) -> (AnyView, Option<Money>) {
    let link = document.links.get(place);
    let currency = document.net.currency;
    let (deal_path, amount_path) = (format!("deals[{place}]"), format!("amounts[{place}]"));
    let first = |path: &str, stored: Option<String>| {
        let sent = sent.find(path).map(str::to_owned);
        sent.or(stored).unwrap_or_default()
    };
    let deal = first(&deal_path, link.map(|link| link.deal.to_string()));
    let share = link.and_then(|link| link.share_minor);
    let share = share.map(|minor| Money::new(minor, currency).to_decimal());
    let amount = first(&amount_path, share);
    let field = |name: &str, path: &str, label: &str, first: &str| {
        let name = format!("rows.{place}.{name}");
        kit::field(page, SPLIT, &name, path, label)
            .first(first)
            .optional()
    };
    let row = view! {
        <div class="cols">
            {field("deal", &deal_path, "case-split-deal", &deal).select(options.to_vec())}
            {field("amount", &amount_path, "case-split-amount", &amount).input()}
        </div>
    };
    (row.into_any(), Money::parse_typed(&amount, currency).ok())
}

/// Documents as a list: each with its number in Xero, by whose word it is for what it is for, and the way to say otherwise.
pub fn document_rows(page: &Page, documents: &[Document], back: &str) -> AnyView {
    let words = &page.words;
    let rows = documents.iter().map(|document| {
        let issued = document.date.map_or_else(String::new, |date| words.date(date));
        let parts = [words.text(kind_key(document)), issued, document.status.clone(), linked_by(page, document)];
        view! {
            <li>
                <div>
                    <span class="t"><a href=vendor_url(page, document) rel="noreferrer">{document.number.clone()}</a></span>
                    <p>{parts.join(" · ")}</p>
                </div>
                <span class="end">{kit::money(page, document.net)}</span>
                {change_link(page, document, back)}
            </li>
        }
    });
    view! { <ul class="rows">{rows.collect_view()}</ul> }.into_any()
}

/// The way to a document's page, for whoever may say what it is for.
pub fn change_link(page: &Page, document: &Document, back: &str) -> Option<AnyView> {
    let label = page.words.text("document-change");
    let whole = format!("{label}: {}", document.number);
    let url = document_url(&document.id, back);
    may(page, Action::Reconcile)
        .then(|| view! { <a class="btn sm" href=url aria-label=whole>{label}</a> }.into_any())
}
