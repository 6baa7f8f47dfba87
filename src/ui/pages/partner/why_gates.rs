//! What a line passes on its way to being paid, one after the other, and how each stands.

use leptos::prelude::*;
use portal_domain::line::LineState;
use portal_services::why::LineExplanation;

use super::{super::parts::is_staff, why::fact};
use crate::{ui::kit, web::page::Page};

/// How a gate stands.
#[derive(Clone, Copy)]
enum Gate {
    Passed,
    Open,
    Closed,
}

/// All gates, in their order.
pub fn list(page: &Page, why: &LineExplanation) -> Option<AnyView> {
    if why.view.line.state == LineState::Cancelled {
        return None;
    }
    let words = &page.words;
    let gates = [
        Some(month(page, why)),
        covered(page, why),
        Some(held(page, why)),
        Some(disputed(page, why)),
        Some(approved(page, why)),
        Some(stated(page, why)),
        Some(billed(page, why)),
        Some(paid(why)),
    ];
    let names = [
        "month", "covered", "held", "disputed", "approved", "stated", "billed", "paid",
    ];
    let rows = names.into_iter().zip(gates).filter_map(|(name, gate)| {
        let (gate, text) = gate?;
        let (state, word) = match gate {
            Gate::Passed => ("active", "line-why-passed"),
            Gate::Open => ("awaiting", "line-why-open-gate"),
            Gate::Closed => ("held", "line-why-stopped"),
        };
        let label = words.text(&format!("line-why-gate-{name}"));
        let value = view! { {kit::pill(state, words.text(word))}" "{text} }.into_any();
        Some(fact(label, value))
    });
    Some(
        view! {
            <section>
                <h3>{words.text("line-why-gates")}</h3>
                <dl class="facts">{rows.collect::<Vec<_>>()}</dl>
            </section>
        }
        .into_any(),
    )
}

type Standing = (Gate, AnyView);

const fn passed_if(passed: bool) -> Gate {
    if passed { Gate::Passed } else { Gate::Open }
}

fn month(page: &Page, why: &LineExplanation) -> Standing {
    let last = why.view.line.month.last_day();
    let date = [("date", page.words.date(last).into())];
    let text = page.words.with("line-why-month-ends", &date);
    (passed_if(last < page.ctx.today()), text.into_any())
}

/// What the client's money reaches now, whatever it reached when the line was stated.
fn covered(page: &Page, why: &LineExplanation) -> Option<Standing> {
    let words = &page.words;
    let Some(reached) = why.reached else {
        let text = words.text("line-why-no-money-needed");
        return Some((Gate::Passed, text.into_any()));
    };
    let line = &why.view.line;
    let key = match (reached.is_reached, line.state.is_stated()) {
        (true, _) => "line-why-coverage",
        (false, true) => "line-why-money-gone",
        (false, false) if why.fills.is_empty() => "line-why-no-invoice",
        (false, false) => "line-why-not-covered",
    };
    let arguments = [
        ("collected", words.money(reached.collected).into()),
        ("needed", words.money(reached.needed).into()),
    ];
    let tolerance = words.percent(why.plan.terms.tolerance);
    let tolerance = words.with("line-why-tolerance", &[("tolerance", tolerance.into())]);
    let text = format!("{} {tolerance}", words.with(key, &arguments));
    let gate = match (reached.is_reached, line.state.is_stated()) {
        (false, true) => Gate::Closed,
        (is_reached, _) => passed_if(is_reached),
    };
    Some((gate, text.into_any()))
}

fn held(page: &Page, why: &LineExplanation) -> Standing {
    let line = &why.view.line;
    match line.held_reason.as_ref().filter(|_| line.is_open()) {
        Some(reason) => (Gate::Closed, reason.clone().into_any()),
        None => (
            Gate::Passed,
            page.words.text("line-why-not-held").into_any(),
        ),
    }
}

fn disputed(page: &Page, why: &LineExplanation) -> Standing {
    let words = &page.words;
    match why.view.line.disputed_at {
        Some(at) => {
            let date = words.date_of(at, page.ctx.programme.time_zone);
            let text = words.with("line-why-disputed-since", &[("date", date.into())]);
            (Gate::Closed, text.into_any())
        }
        None => (Gate::Passed, words.text("line-why-not-disputed").into_any()),
    }
}

fn approved(page: &Page, why: &LineExplanation) -> Standing {
    let words = &page.words;
    let line = &why.view.line;
    match line.approved_by_name.as_ref().zip(line.approved_at) {
        Some((person, at)) => {
            let date = words.date_of(at, page.ctx.programme.time_zone);
            let arguments = [("person", person.into()), ("date", date.into())];
            let text = words.with("approval-approved-by", &arguments);
            (Gate::Passed, text.into_any())
        }
        None => (Gate::Open, ().into_any()),
    }
}

fn stated(page: &Page, why: &LineExplanation) -> Standing {
    let gate = passed_if(why.view.line.state.is_stated());
    let Some(statement) = &why.statement else {
        return (gate, ().into_any());
    };
    let list = if is_staff(page) {
        "/staff/statements"
    } else {
        "/statements"
    };
    let url = format!("{list}/{}", statement.id);
    let date = page
        .words
        .date_of(statement.created_at, page.ctx.programme.time_zone);
    let link = view! { <a href=url>{statement.number.clone()}</a>", "{date} };
    (gate, link.into_any())
}

fn billed(page: &Page, why: &LineExplanation) -> Standing {
    let line = &why.view.line;
    let is_billed = matches!(line.state, LineState::Invoiced | LineState::Paid);
    let bill = why.bill.as_ref().map(|bill| {
        let amount = page.words.money(bill.total);
        format!("{} · {amount}", bill.number)
    });
    (passed_if(is_billed), bill.into_any())
}

fn paid(why: &LineExplanation) -> Standing {
    let is_paid = why.view.line.state == LineState::Paid;
    (passed_if(is_paid), ().into_any())
}
