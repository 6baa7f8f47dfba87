//! A partner's question about one of its lines: the thread, and the forms to ask, to answer, and to say that it is settled. Staff read the same thread.

use leptos::prelude::*;
use portal_domain::{access::Action, ids::LineId, line::DisputeStep};
use portal_services::{disputes::MESSAGE_LENGTH_MAX, why::LineExplanation};
use portal_store::{disputes::DisputeMessageRecord, lines::LineRecord};

use super::{address, form_errors, may};
use crate::{ui::kit, web::page::Page};

/// Where a partner reads everything about a line.
pub fn line_url(line: LineId) -> String {
    address("/commission", &[("line", &line.to_string())])
}

/// What was said about the line, and what its partner can do.
pub fn section(page: &Page, why: &LineExplanation) -> AnyView {
    let words = &page.words;
    let line = &why.view.line;
    let acts = if !may(page, Action::DisputeLines) {
        ().into_any()
    } else if line.disputed_at.is_some() {
        view! { {answer_form(page, line)}{withdraw_form(page, line)} }.into_any()
    } else {
        ask_form(page, line, !why.thread.is_empty())
    };
    // Whoever only reads has a thread to read, or nothing.
    if why.thread.is_empty() && !may(page, Action::DisputeLines) {
        return ().into_any();
    }
    view! {
        <section class="stack" aria-labelledby="dispute-title">
            <h3 id="dispute-title">{words.text("dispute-title")}</h3>
            {thread(page, line, &why.thread)}
            {acts}
        </section>
    }
    .into_any()
}

/// What either side said, oldest first; empty, it only waits for what is to come.
pub fn thread(page: &Page, line: &LineRecord, thread: &[DisputeMessageRecord]) -> AnyView {
    let said = thread
        .iter()
        .map(|message| said(page, line, message))
        .collect_view();
    view! {
        <div id="thread" data-live="">{(!thread.is_empty()).then(|| view! { <ol class="timeline">{said}</ol> })}</div>
    }
    .into_any()
}

fn said(page: &Page, line: &LineRecord, message: &DisputeMessageRecord) -> AnyView {
    let words = &page.words;
    let person = ("person", message.person_name.as_str().into());
    let from = if message.by_staff {
        let programme = ("programme", page.ctx.programme.name.as_str().into());
        words.with("dispute-from-staff", &[person, programme])
    } else {
        let partner = ("partner", line.partner_name.as_str().into());
        words.with("dispute-from-partner", &[person, partner])
    };
    let tone = match message.step {
        DisputeStep::Opened => "bad",
        DisputeStep::Answered => "info",
        DisputeStep::Resolved | DisputeStep::Withdrawn => "good",
    };
    let paragraphs = message
        .text
        .lines()
        .filter(|text| !text.trim().is_empty())
        .map(|text| view! { <p>{text.to_owned()}</p> })
        .collect_view();
    view! {
        <li data-tone=tone>
            <strong>{words.text(&format!("dispute-step-{}", message.step))}</strong>
            {paragraphs}
            <small>{from}" · "{kit::instant(page, message.written_at)}</small>
        </li>
    }
    .into_any()
}

/// So many characters as a field says that it takes.
pub fn message_maximum() -> u32 {
    u32::try_from(MESSAGE_LENGTH_MAX).unwrap_or(u32::MAX)
}

fn ask_form(page: &Page, line: &LineRecord, is_again: bool) -> AnyView {
    const ACTION: &str = "open_dispute";
    let words = &page.words;
    let lead = if line.state.is_stated() {
        "dispute-none-stated"
    } else {
        "dispute-none"
    };
    let open = if is_again {
        "dispute-again"
    } else {
        "dispute-open"
    };
    let errors = form_errors(page, ACTION).map(|error| kit::errors(page, Some(error)));
    view! {
        <p class="muted">{words.text(lead)}</p>
        <details class="more" open=page.refusal(ACTION).is_some()>
            <summary class="btn">{words.text(open)}</summary>
            <form class="form" method="post" novalidate>
                {hidden(ACTION, line)}
                {errors}
                {kit::field(page, ACTION, "dispute", "dispute", "dispute-text")
                    .hint("dispute-text-hint")
                    .maximum(message_maximum())
                    .full()
                    .text_area()}
                <div class="foot"><button class="btn primary">{words.text("dispute-submit")}</button></div>
            </form>
        </details>
    }
    .into_any()
}

fn answer_form(page: &Page, line: &LineRecord) -> AnyView {
    const ACTION: &str = "answer_dispute";
    let errors = form_errors(page, ACTION).map(|error| kit::errors(page, Some(error)));
    view! {
        <form class="form" method="post" novalidate>
            {hidden(ACTION, line)}
            {errors}
            {kit::field(page, ACTION, "answer", "answer", "dispute-answer").maximum(message_maximum()).full().text_area()}
            <div class="foot"><button class="btn primary">{page.words.text("dispute-answer-submit")}</button></div>
        </form>
    }
    .into_any()
}

fn withdraw_form(page: &Page, line: &LineRecord) -> AnyView {
    let label = page.words.text("dispute-withdraw");
    let line = ("line", line.id.to_string());
    kit::button_form("withdraw_dispute", &[line], label, "btn")
}

fn hidden(action: &'static str, line: &LineRecord) -> AnyView {
    view! {
        <input type="hidden" name="do" value=action />
        <input type="hidden" name="line" value=line.id.to_string() />
    }
    .into_any()
}
