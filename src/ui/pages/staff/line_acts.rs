//! What staff do to one line: answer its partner's questions and settle them, refuse it, correct its amount; and entering a line by hand.

use leptos::prelude::*;
use portal_domain::{
    access::Action,
    correction::{DIRECTIONS, REASON_LENGTH_MAX},
    ids::PartnerId,
    line::LineState,
};
use portal_services::{two_persons::SecondPerson, why::LineExplanation};
use portal_store::{deals::DealRecord, lines::LineRecord};

use super::{calls, form_errors, line_pill, may, two_persons};
use crate::{
    ui::{kit, pages::partner::dispute},
    web::page::Page,
};

/// The way to [`card`] from where the line is explained: forms cannot stand inside the form of the list.
pub fn way(page: &Page) -> Option<AnyView> {
    may(page, Action::ApproveLines).then(|| {
        view! { <p><a href="#line-acts">{page.words.text("line-acts-way")}</a></p> }.into_any()
    })
}

/// Everything that can be done with the line that is explained; `second` says who moved it last.
pub fn card(page: &Page, explained: &LineExplanation, second: Option<&SecondPerson>) -> AnyView {
    let words = &page.words;
    let line = &explained.view.line;
    let may_decide = may(page, Action::ApproveLines);
    let nothing = explained
        .thread
        .is_empty()
        .then(|| view! { <p class="muted">{words.text("line-acts-dispute-none")}</p> });
    view! {
        <section class="card" id="line-acts" aria-labelledby="line-acts-title">
            <header>
                <div>
                    <h2 id="line-acts-title">{words.text("line-acts-title")}" "{line_pill(page, line)}</h2>
                    <p>{format!("{} · {} · {}", line.client_name, words.month(line.month), line.partner_name)}" · "{kit::money(page, line.money)}</p>
                </div>
            </header>
            <div class="stack">
                <h3>{words.text("dispute-title")}</h3>
                {nothing}
                {dispute::thread(page, line, &explained.thread)}
                {(may_decide && line.disputed_at.is_some()).then(|| answer_form(page, line))}
                {entered_by(page, line)}
                {line.entered_by.is_none().then(|| two_persons::moved(page, second))}
                {may_decide.then(|| acts(page, line))}
            </div>
        </section>
    }
    .into_any()
}

/// One text, and two things that can be done with it.
fn answer_form(page: &Page, line: &LineRecord) -> AnyView {
    let words = &page.words;
    let action = if page.refusal("resolve_dispute").is_some() {
        "resolve_dispute"
    } else {
        "answer_dispute"
    };
    view! {
        <form class="form" method="post" novalidate>
            {line_field(line)}
            {form_errors(page, action)}
            {kit::field(page, action, "answer", "answer", "dispute-answer").maximum(dispute::message_maximum()).full().text_area()}
            <div class="foot">
                <button class="btn primary" name="do" value="resolve_dispute">{words.text("dispute-resolve-submit")}</button>
                <button class="btn" name="do" value="answer_dispute">{words.text("dispute-answer-submit")}</button>
            </div>
        </form>
    }
    .into_any()
}

fn entered_by(page: &Page, line: &LineRecord) -> Option<AnyView> {
    let person = line
        .entered_by_name
        .as_ref()
        .filter(|_| line.state == LineState::Covered)?;
    let text = page
        .words
        .with("line-entered-by", &[("person", person.into())]);
    Some(view! { <p class="muted">{text}</p> }.into_any())
}

fn acts(page: &Page, line: &LineRecord) -> AnyView {
    if line.is_refused {
        return refused(page, line);
    }
    let is_own = line.kind.is_of_schedule() || line.entered_by.is_some();
    view! {
        {(line.state != LineState::Cancelled).then(|| adjust_form(page, line))}
        {(line.is_open() && is_own).then(|| refuse_form(page, line))}
    }
    .into_any()
}

fn refused(page: &Page, line: &LineRecord) -> AnyView {
    let words = &page.words;
    let reason = line.reason.clone().unwrap_or_default();
    let reason = words.with("line-refused", &[("reason", reason.into())]);
    let act = if line.entered_by.is_some() {
        view! { <p class="muted">{words.text("line-refused-final")}</p> }.into_any()
    } else {
        let values = [("line", line.id.to_string())];
        kit::button_form(
            "let_line_stand",
            &values,
            words.text("line-stand-submit"),
            "btn",
        )
    };
    view! { <p>{reason}</p>{act} }.into_any()
}

fn refuse_form(page: &Page, line: &LineRecord) -> AnyView {
    const ACTION: &str = "refuse_line";
    let words = &page.words;
    view! {
        <details class="more" open=page.refusal(ACTION).is_some()>
            <summary class="btn danger">{words.text("line-refuse-open")}</summary>
            <form class="form" method="post" novalidate>
                {calls(ACTION)}
                {line_field(line)}
                {form_errors(page, ACTION)}
                {kit::field(page, ACTION, "refusal", "refusal", "line-refuse-reason")
                    .hint("line-refuse-hint")
                    .maximum(reason_maximum())
                    .full()
                    .input()}
                <div class="foot"><button class="btn danger">{words.text("line-refuse-submit")}</button></div>
            </form>
        </details>
    }
    .into_any()
}

fn adjust_form(page: &Page, line: &LineRecord) -> AnyView {
    const ACTION: &str = "adjust_line";
    let words = &page.words;
    view! {
        <details class="more" open=page.refusal(ACTION).is_some()>
            <summary class="btn">{words.text("line-adjust-open")}</summary>
            <form class="form" method="post" novalidate>
                {calls(ACTION)}
                {line_field(line)}
                {form_errors(page, ACTION)}
                <p class="muted">{words.text("line-adjust-lead")}</p>
                {entry_fields(page, ACTION, None)}
                <div class="foot"><button class="btn primary">{words.text("line-adjust-submit")}</button></div>
            </form>
        </details>
    }
    .into_any()
}

/// A line of its own for one of a partner's deals.
pub fn enter_form(page: &Page, partner: PartnerId, deals: &[DealRecord]) -> AnyView {
    const ACTION: &str = "enter_line";
    let words = &page.words;
    let content = if deals.is_empty() {
        view! { <p class="muted">{words.text("entry-no-deals")}</p> }.into_any()
    } else {
        let options = deals
            .iter()
            .map(|deal| {
                let currency = deal
                    .currency
                    .map_or_else(String::new, |known| known.to_string());
                let label = format!("{} · {} · {currency}", deal.client_name, deal.name);
                (deal.id.to_string(), label)
            })
            .collect();
        let month = kit::field(page, ACTION, "month", "form[month]", "entry-month")
            .hint("entry-month-hint")
            .kind("month")
            .first(&page.ctx.this_month().to_string())
            .maximum(7)
            .input();
        view! {
            <form class="form" method="post" novalidate>
                {calls(ACTION)}
                <input type="hidden" name="partner" value=partner.to_string() />
                {form_errors(page, ACTION)}
                <p class="muted">{words.text("entry-lead")}</p>
                {kit::field(page, ACTION, "deal", "deal", "entry-deal").select(options)}
                {entry_fields(page, ACTION, Some(month))}
                <button class="btn wide">{words.text("entry-submit")}</button>
            </form>
        }
        .into_any()
    };
    view! {
        <section class="card">
            <details class="more" open=page.refusal(ACTION).is_some()>
                <summary class="btn">{words.text("entry-title")}</summary>
                {content}
            </details>
        </section>
    }
    .into_any()
}

/// Which way, how much, for which month if that is asked for, and why.
fn entry_fields(page: &Page, action: &'static str, month: Option<AnyView>) -> AnyView {
    let words = &page.words;
    let directions = DIRECTIONS
        .iter()
        .map(|way| {
            (
                (*way).to_owned(),
                words.text(&format!("entry-direction-{way}")),
            )
        })
        .collect();
    view! {
        <div class="cols">
            {kit::field(page, action, "direction", "form[direction]", "entry-direction").select(directions)}
            {kit::field(page, action, "amount", "form[amount]", "entry-amount").hint("entry-amount-hint").maximum(30).input()}
            {month}
            {kit::field(page, action, "explanation", "form[explanation]", "entry-reason")
                .hint("entry-reason-hint")
                .maximum(reason_maximum())
                .full()
                .input()}
        </div>
    }
    .into_any()
}

fn reason_maximum() -> u32 {
    u32::try_from(REASON_LENGTH_MAX).unwrap_or(u32::MAX)
}

fn line_field(line: &LineRecord) -> AnyView {
    view! { <input type="hidden" name="line" value=line.id.to_string() /> }.into_any()
}
