//! The partner's side: what came of its leads, what its money waits for, and its own house. Here are the parts that several of its pages share.

pub mod commission;
pub mod company;
pub mod dispute;
pub mod home;
pub mod lead_detail;
pub mod leads;
pub mod payouts;
pub mod roles;
pub mod statements;
pub mod why;

mod chart;
mod waits;
mod why_evidence;
mod why_gates;

use std::str::FromStr;

use leptos::prelude::*;

use super::{
    calendar,
    parts::{self, address, crumbs, lead_pill, line_kind, line_pill, may, tab},
};
use crate::{ui::api::UiError, web::page::Page};

/// An id out of an address; what is none names nothing that is there.
fn parse_id<T: FromStr>(text: &str) -> Result<T, UiError> {
    text.parse().map_err(|_| UiError {
        status: 404,
        ..UiError::default()
    })
}

/// What is wrong with a form's fields. A refusal that is about no field stands at the top of the page already.
fn form_errors<'a>(page: &'a Page, action: &str) -> Option<&'a UiError> {
    page.refusal(action)
        .filter(|error| !error.fields.is_empty())
}

/// The link to the next page of a list; nothing on its last one.
fn next_page(page: &Page, url: Option<String>) -> Option<AnyView> {
    let url = url?;
    Some(
        view! {
            <nav class="pages" aria-label=page.words.text("pagination-label")>
                <ul class="push"><li><a class="btn sm" href=url>{page.words.text("pagination-next")}</a></li></ul>
            </nav>
        }
        .into_any(),
    )
}
