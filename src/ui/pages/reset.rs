//! The form with which somebody else takes away everything that a person signs in with, once that one has lost it: the same for owners and administrators.

use leptos::prelude::*;

use crate::{ui::kit, web::page::Page};

/// `whose`: the field that names the person.
pub fn card(page: &Page, action: &'static str, whose: AnyView) -> AnyView {
    let words = &page.words;
    let refusal = page.refusal(action);
    let errors = refusal
        .filter(|refusal| !refusal.fields.is_empty())
        .map(|refusal| kit::errors(page, Some(refusal)));
    view! {
        <section class="card">
            <details class="more" open=refusal.is_some()>
                <summary class="btn">{words.text("reset-title")}</summary>
                <form class="form" method="post" novalidate>
                    <input type="hidden" name="do" value=action />
                    {errors}
                    <p class="muted">{words.text("reset-lead")}</p>
                    {whose}
                    {kit::field(page, action, "loss", "loss", "reset-reason").hint("reset-reason-hint").maximum(200).full().input()}
                    <button class="btn danger wide">{words.text("reset-submit")}</button>
                </form>
            </details>
        </section>
    }
    .into_any()
}
