//! What staff see of a line beyond what its partner does: the lines that correct it, and its way through the journal.

use leptos::prelude::*;
use portal_services::{documents::Document, why::LineExplanation};
use portal_store::{journal::JournalRecord, lines::LineRecord};

use super::{address, document::document_rows, line_acts, lines::line_url};
use crate::{
    ui::{kit, pages::partner::why},
    web::page::Page,
};

/// Why the line has its amount, as the partner reads it, and what led there.
pub fn proof(page: &Page, explained: &LineExplanation) -> AnyView {
    view! {
        {line_acts::way(page)}
        {why::proof(page, explained)}
        {corrections(page, explained)}
        {documents(page, explained)}
        {client_link(page, explained)}
        {history(page, &explained.journal)}
    }
    .into_any()
}

/// The invoices and refunds behind it, each with the way to say what it is for: a clawback whose refund is for something else is put right there.
fn documents(page: &Page, explained: &LineExplanation) -> Option<AnyView> {
    let invoices = explained.invoices.iter().cloned().map(Document::from);
    let credits = explained.credits.iter().cloned().map(Document::from);
    let found: Vec<Document> = invoices.chain(credits).collect();
    let rows = document_rows(page, &found, &line_url(explained.view.line.id));
    let title = page.words.text("staff-proof-documents");
    (!found.is_empty()).then(|| view! { <section><h3>{title}</h3>{rows}</section> }.into_any())
}

/// All of the client's money, where this month stands among the others.
fn client_link(page: &Page, explained: &LineExplanation) -> AnyView {
    let client = explained.deal.client.to_string();
    let url = address(super::explorer::PATH, &[("client", &client)]);
    view! { <p><a href=url>{page.words.text("explorer-of-client")}</a></p> }.into_any()
}

/// The line that this one corrects, and the lines that correct it.
fn corrections(page: &Page, explained: &LineExplanation) -> AnyView {
    let words = &page.words;
    let link = |line: &LineRecord, key: &str| {
        let text = words.with(
            key,
            &[
                ("month", words.month(line.month).into()),
                ("amount", words.money(line.money).into()),
            ],
        );
        view! { <p><a href=line_url(line.id)>{text}</a></p> }
    };
    view! {
        {explained.corrects.as_ref().map(|line| link(line, "staff-proof-corrects"))}
        {explained.corrected_by.iter().map(|line| link(line, "staff-proof-corrected-by")).collect_view()}
    }
    .into_any()
}

/// The line's entries in the journal, oldest first.
fn history(page: &Page, journal: &[JournalRecord]) -> AnyView {
    let words = &page.words;
    let rows = journal
        .iter()
        .map(|record| {
            let account = words.text(&format!("account-{}", record.entry.to));
            view! {
                <div>
                    <dt>{kit::instant(page, record.posted_at)}</dt>
                    <dd>{words.text(&format!("cause-{}", record.cause))}" → "{account}</dd>
                </div>
            }
        })
        .collect_view();
    view! {
        <details class="more"><summary>{words.text("staff-proof-history")}</summary><dl class="facts">{rows}</dl></details>
    }
    .into_any()
}
