//! Mail addresses that do not take mail, with the server's words.

use axum::response::Response;
use leptos::prelude::*;
use portal_domain::access::Action;
use portal_services::messages;
use portal_store::bounces::BounceRecord;

use super::{breakable, channels::message_tabs, head, may};
use crate::{
    ui::{
        api::UiError,
        kit::{self, icons},
    },
    web::page::Page,
};

pub const PATH: &str = "/staff/messages/bounces";

pub async fn show(page: Page) -> Result<Response, UiError> {
    let bounces = page.said(messages::list_bounces(&page.ctx, page.actor()?).await)?;
    let title = page.words.text("messages-title");
    Ok(page.show(&title.clone(), move |page| {
        view! {
            {head(title, page.words.text("messages-lead"), None)}
            {message_tabs(page, PATH)}
            {table(page, &bounces)}
        }
        .into_any()
    }))
}

fn table(page: &Page, bounces: &[BounceRecord]) -> AnyView {
    let words = &page.words;
    if bounces.is_empty() {
        let (title, text) = (words.text("bounce-none-title"), words.text("bounce-none"));
        return view! {
            <section class="card flush">{kit::empty(icons::DONE, title, text, None)}</section>
        }
        .into_any();
    }
    let columns = ["address", "said", "mail", "since"];
    let columns = columns.map(
        |column| view! { <th scope="col">{words.text(&format!("bounce-column-{column}"))}</th> },
    );
    let rows = bounces.iter().map(|bounce| row(page, bounce));
    view! {
        <section class="card flush">
            <header><h2>{words.text("bounce-title")}</h2><p>{words.text("bounce-lead")}</p></header>
            <div class="table">
                <table class="cards">
                    <thead>
                        <tr>{columns.into_iter().collect_view()}<th scope="col"><span class="vh">{words.text("actions")}</span></th></tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn row(page: &Page, bounce: &BounceRecord) -> AnyView {
    let words = &page.words;
    view! {
        <tr>
            <th class="main" scope="row">{breakable(&bounce.address)}</th>
            <td data-label=words.text("bounce-column-said")>{bounce.said.clone()}</td>
            <td data-label=words.text("bounce-column-mail")>{bounce.subject.clone()}</td>
            <td data-label=words.text("bounce-column-since")>{kit::ago(page, bounce.bounced_at)}</td>
            <td class="act">{again(page, &bounce.address, PATH.to_owned())}</td>
        </tr>
    }
    .into_any()
}

/// The button for an address that was mended at its own server.
pub fn again(page: &Page, address: &str, back: String) -> Option<AnyView> {
    let may = may(page, Action::Operate) || may(page, Action::ManagePartners);
    may.then(|| {
        let values = [("address", address.to_owned()), ("back", back)];
        let label = page.words.text("bounce-again");
        kit::button_form("try_address_again", &values, label, "btn sm")
    })
}
