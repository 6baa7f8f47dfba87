//! What Slack said to a test, in words: on the staff's page of channels and in a partner's details.

use leptos::prelude::*;
use portal_services::messages::Trial;

use crate::{ui::kit, web::page::Page};

/// The answer, or that there was no test.
pub fn answer(page: &Page, trial: Option<&Trial>) -> AnyView {
    view! { <div>{said(page, trial)}</div> }.into_any()
}

fn said(page: &Page, trial: Option<&Trial>) -> AnyView {
    let words = &page.words;
    match trial {
        None => view! { <span class="muted small">{words.text("slack-test-none")}</span> }.into_any(),
        Some(Trial::Asked(at)) => {
            view! { <span class="small" role="status">{words.text("slack-test-asked")}" "{kit::ago(page, *at)}</span> }.into_any()
        }
        Some(Trial::Posted(at)) => view! {
            {kit::pill("healthy", words.text("slack-test-posted"))}" "<span class="small">{kit::ago(page, *at)}</span>
        }
        .into_any(),
        Some(Trial::Refused(said)) => view! {
            {kit::pill("failing", words.text("slack-test-refused"))}
            <p class="small">{in_words(page, said)}</p>
        }
        .into_any(),
    }
}

/// Slack answers in single words; those that people can do something about have sentences.
fn in_words(page: &Page, said: &str) -> String {
    let word = said.split(' ').next().unwrap_or_default();
    let key = format!("slack-said-{word}");
    if page.words.has(&key) {
        page.words.text(&key)
    } else {
        page.words
            .with("slack-said-other", &[("said", said.into())])
    }
}
