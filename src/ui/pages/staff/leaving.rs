//! Ending a partner's time in the programme, and what it says of a partner that has left or is about to.

use leptos::prelude::*;
use portal_store::partners::PartnerRecord;

use super::{calls, form_errors};
use crate::{ui::kit, web::page::Page};

/// When the partner left or will; nothing for one that stays.
pub fn sentence(page: &Page, partner: &PartnerRecord) -> Option<String> {
    let left_on = partner.left_on?;
    let date = [("date", page.words.date(left_on).into())];
    let key = if partner.has_left(page.ctx.today()) {
        "partner-left-on"
    } else {
        "partner-leaves-on"
    };
    Some(page.words.with(key, &date))
}

/// What enrolling it again means, beside the form that does it.
pub fn coming_back(page: &Page, partner: &PartnerRecord) -> Option<AnyView> {
    partner.left_on.map(|_| {
        view! { <p class="muted small">{page.words.text("partner-comes-back")}</p> }.into_any()
    })
}

/// Asks for the day.
pub fn form(page: &Page, partner: &PartnerRecord) -> AnyView {
    const ACTION: &str = "partner_leaves";
    let words = &page.words;
    let (open, submit) = match partner.left_on {
        Some(_) => ("partner-leave-move", "partner-leave-move"),
        None => ("partner-leave-title", "partner-leave-submit"),
    };
    let first = partner.left_on.unwrap_or_else(|| page.ctx.today());
    let left = sentence(page, partner).map(|sentence| view! { <p>{sentence}</p> });
    view! {
        <section class="card">
            {left}
            <details class="more" open=page.refusal(ACTION).is_some()>
                <summary class="btn danger">{words.text(open)}</summary>
                <form class="form" method="post" novalidate>
                    {calls(ACTION)}
                    <input type="hidden" name="partner" value=partner.id.to_string() />
                    {form_errors(page, ACTION)}
                    <p class="muted">{words.text("partner-leave-lead")}</p>
                    {kit::field(page, ACTION, "left_on", "left_on", "partner-leave-date")
                        .hint("partner-leave-date-hint")
                        .kind("date")
                        .first(&first.to_string())
                        .input()}
                    <button class="btn danger wide">{words.text(submit)}</button>
                </form>
            </details>
        </section>
    }
    .into_any()
}
