//! Commission lines of all partners: which wait for approval, which are held and why, what each rests on; approving, holding and releasing
//! them, singly and together. The ticks and the bar below the table need no script.

use std::collections::{BTreeSet, HashMap};

use axum::{extract::Query, response::Response};
use leptos::prelude::*;
use portal_domain::{
    access::Action,
    calendar::Month,
    ids::{LineId, PartnerId},
    line::LineState,
};
use portal_services::{
    figures,
    lines::{self, LineView, StaffLineFilter, WaitsFor},
    two_persons::{SecondPerson, list_second_persons},
    why::{self, LineExplanation},
};
use portal_store::lines::LineRecord;
use serde::Deserialize;

use super::{
    Tab, address, calls, form_errors, head, line_acts, line_kind, line_pill, line_proof, may,
    paging, tabs, two_persons, write_sum,
};
use crate::{
    ui::{
        api::UiError,
        kit::{self, icons},
        pages::parts::is_held,
    },
    web::page::Page,
};

const PATH: &str = "/staff/lines";
/// The lists that staff choose from; the first is shown unless another is asked for.
const LISTS: [&str; 6] = ["covered", "disputed", "held", "awaiting", "approved", "all"];
const PAGE: usize = 50;

#[derive(Deserialize)]
pub struct LineQuery {
    /// One of [`LISTS`].
    #[serde(default)]
    list: String,
    #[serde(default)]
    partner: String,
    /// The line whose amount is explained.
    #[serde(default)]
    line: String,
    /// The month and the id of the last line of the page before.
    #[serde(default)]
    after: String,
}

impl Listed {
    fn second(&self, line: &LineRecord) -> Option<&SecondPerson> {
        self.second.get(&line.id)
    }

    /// Covered, stopped by nobody, and nothing that the reader had a hand in.
    fn is_approvable(&self, line: &LineRecord) -> bool {
        let second = self.second(line);
        waits_for_approval(line) && second.is_none_or(|second| second.refusal.is_none())
    }
}

impl LineQuery {
    fn list(&self) -> &'static str {
        LISTS
            .into_iter()
            .find(|list| *list == self.list)
            .unwrap_or(LISTS[0])
    }

    fn filter(&self) -> StaffLineFilter {
        let state = match self.list() {
            "covered" => Some(LineState::Covered),
            "awaiting" => Some(LineState::Awaiting),
            "approved" => Some(LineState::Approved),
            _ => None,
        };
        let after = self
            .after
            .split_once('.')
            .and_then(|(month, line)| Some((Month::parse(month).ok()?, line.parse().ok()?)));
        StaffLineFilter {
            state,
            stopped: self.list() == "held",
            disputed: self.list() == "disputed",
            partner: self.partner.parse::<PartnerId>().ok(),
            after,
        }
    }

    fn url(&self, line: &str, after: &str) -> String {
        address(
            PATH,
            &[
                ("list", self.list()),
                ("partner", &self.partner),
                ("line", line),
                ("after", after),
            ],
        )
    }
}

/// One of the lists; the first if there is none of that name.
pub fn list_url(list: &str) -> String {
    let list = LISTS
        .into_iter()
        .find(|known| *known == list)
        .unwrap_or(LISTS[0]);
    address(PATH, &[("list", list)])
}

/// A line with everything that it rests on.
pub fn line_url(line: LineId) -> String {
    address(PATH, &[("list", "all"), ("line", &line.to_string())])
}

/// The lines of one partner.
pub fn partner_url(partner: PartnerId) -> String {
    address(PATH, &[("list", "all"), ("partner", &partner.to_string())])
}

/// Everything on the page.
struct Listed {
    query: LineQuery,
    lines: Vec<LineView>,
    explained: Option<LineExplanation>,
    next: Option<String>,
    covered: i64,
    held: i64,
    disputed: i64,
    may_decide: bool,
    /// Of each line who must be another.
    second: HashMap<LineId, SecondPerson>,
    /// What was ticked when the form was refused.
    ticked: BTreeSet<String>,
}

pub async fn list(page: Page, Query(query): Query<LineQuery>) -> Result<Response, UiError> {
    let listed = read(&page, query).await?;
    let title = page.words.text("approval-title");
    Ok(page.show(&title.clone(), move |page| {
        let lead = page
            .words
            .with("approval-lead", &[("count", listed.covered.into())]);
        view! {
            <div id="head" data-live="">{head(title, lead, None)}</div>
            {list_tabs(page, &listed)}
            {chosen_partner(page, &listed)}
            {form_errors(page, "hold_lines")}
            {listed.explained.as_ref().map(|explained| {
                line_acts::card(page, explained, listed.second(&explained.view.line))
            })}
            {content(page, &listed)}
        }
        .into_any()
    }))
}

async fn read(page: &Page, query: LineQuery) -> Result<Listed, UiError> {
    let (ctx, actor) = (&page.ctx, page.actor()?);
    let counts = page.said(figures::for_staff(ctx, actor).await)?;
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut lines = page.said(lines::list_for_staff(ctx, actor, query.filter(), limit).await)?;
    let has_more = lines.len() > PAGE;
    lines.truncate(PAGE);
    let last = lines
        .last()
        .filter(|_| has_more)
        .map(|view| format!("{}.{}", view.line.month, view.line.id));
    let next = last.map(|last| query.url("", &last));
    let explained = match query.line.parse() {
        Ok(id) => Some(page.said(why::explain(ctx, actor, id).await)?),
        Err(_) => None,
    };
    if query.list() == "covered" {
        // What somebody stopped is covered too, but not to be approved.
        lines.retain(|view| !view.line.is_stopped());
    }
    if let Some(explained) = explained.as_ref().filter(|explained| {
        lines
            .iter()
            .all(|view| view.line.id != explained.view.line.id)
    }) {
        lines.insert(0, explained.view.clone());
    }
    let shown: Vec<LineRecord> = lines.iter().map(|view| view.line.clone()).collect();
    let second = page.said(list_second_persons(ctx, actor, &shown).await)?;
    let typed = page.refused.iter().flat_map(|refused| &refused.typed);
    let ticked = typed
        .filter(|(name, _)| name.starts_with("lines["))
        .map(|(_, value)| value.clone())
        .collect();
    Ok(Listed {
        lines,
        explained,
        next,
        covered: counts.covered_to_approve,
        held: counts.held,
        disputed: counts.disputed,
        may_decide: may(page, Action::ApproveLines),
        second,
        ticked,
        query,
    })
}

fn list_tabs(page: &Page, listed: &Listed) -> AnyView {
    let words = &page.words;
    let all = LISTS.map(|list| Tab {
        url: address(PATH, &[("list", list), ("partner", &listed.query.partner)]),
        label: words.text(&format!("approval-list-{list}")),
        count: match list {
            "covered" => Some(listed.covered),
            "held" => Some(listed.held),
            "disputed" => Some(listed.disputed),
            _ => None,
        },
        is_current: list == listed.query.list(),
    });
    tabs(words.text("approval-filter-label"), all.into())
}

/// Whose lines they are, if they are one partner's, and the way back to all.
fn chosen_partner(page: &Page, listed: &Listed) -> Option<AnyView> {
    if listed.query.partner.is_empty() {
        return None;
    }
    let name = listed
        .lines
        .first()
        .map(|view| view.line.partner_name.clone())
        .unwrap_or_default();
    Some(
        view! {
            <p class="row"><span class="pill plain" data-tone="info">{name}</span>
                <a href=list_url(listed.query.list())>{page.words.text("approval-all-partners")}</a>
            </p>
        }
        .into_any(),
    )
}

fn content(page: &Page, listed: &Listed) -> AnyView {
    let words = &page.words;
    if listed.lines.is_empty() {
        return view! {
            <section class="card flush" aria-label=words.text("approval-table-label")>
                {kit::empty(icons::DONE, words.text("approval-empty-title"), words.text("approval-empty"), None)}
            </section>
        }
        .into_any();
    }
    let first = (!listed.query.after.is_empty()).then(|| listed.query.url("", ""));
    let section = view! {
        <section class="card flush" aria-label=words.text("approval-table-label")>
            {table(page, listed)}
            {paging(page, first, listed.next.clone())}
        </section>
    };
    if !listed.may_decide {
        return section.into_any();
    }
    view! {
        <form class="stack picking" method="post" novalidate>
            <input type="hidden" name="list" value=listed.query.list() />
            {section}
            {bulk_bar(page, listed)}
            {hold_dialog(page)}
        </form>
        {listed.lines.iter().filter_map(|view| row_form(listed, &view.line)).collect_view()}
    }
    .into_any()
}

fn table(page: &Page, listed: &Listed) -> AnyView {
    let words = &page.words;
    let tick = listed.may_decide.then(|| view! { <th scope="col"><span class="vh">{words.text("approval-column-select")}</span></th> });
    let acts = listed
        .may_decide
        .then(|| view! { <th scope="col"><span class="vh">{words.text("actions")}</span></th> });
    let columns = [
        "commission-column-client",
        "approval-column-partner",
        "commission-column-month",
    ];
    let columns = columns.map(|column| view! { <th scope="col">{words.text(column)}</th> });
    let sum = write_sum(page, listed.lines.iter().map(|view| view.line.money));
    view! {
        <div class="table">
            <table class="cards lines">
                <thead>
                    <tr>
                        {tick}
                        {columns.into_iter().collect_view()}
                        <th scope="col" class="num">{words.text("commission-column-amount")}</th>
                        <th scope="col">{words.text("commission-column-state")}</th>
                        {acts}
                    </tr>
                </thead>
                {listed.lines.iter().enumerate().map(|(place, view)| row(page, listed, place, view)).collect_view()}
                <tfoot>
                    <tr>
                        {listed.may_decide.then(|| view! { <td class="tick"></td> })}
                        <th class="main" scope="row" colspan="3">{words.text("commission-page-sum")}</th>
                        <td class="num corner">{sum}</td>
                        <td colspan=if listed.may_decide { "2" } else { "1" }></td>
                    </tr>
                </tfoot>
            </table>
        </div>
    }
    .into_any()
}

fn row(page: &Page, listed: &Listed, place: usize, view: &LineView) -> AnyView {
    let (words, line) = (&page.words, &view.line);
    view! {
        <tbody id=format!("line-{}", line.id)>
            <tr>
                {listed.may_decide.then(|| tick(page, listed, place, line))}
                <th class="main" scope="row"><a href=format!("/staff/leads/{}", line.lead)>{line.client_name.clone()}</a>{line_kind(page, line.kind)}</th>
                <td data-label=words.text("approval-column-partner")>
                    <a href=format!("/staff/partners/{}", line.partner)>{line.partner_name.clone()}</a>
                </td>
                <td data-label=words.text("commission-column-month") class="nowrap">{words.month_short(line.month)}</td>
                <td class="num sum" data-label=words.text("commission-column-amount")>{kit::money(page, line.money)}</td>
                <td class="corner"><span id=format!("state-{}", line.id) data-live="">{line_pill(page, line)}</span></td>
                {listed.may_decide.then(|| act(page, listed, line))}
            </tr>
            {explanation(page, listed, view)}
        </tbody>
    }
    .into_any()
}

fn waits_for_approval(line: &LineRecord) -> bool {
    line.state == LineState::Covered && !line.is_stopped()
}

fn tick(page: &Page, listed: &Listed, place: usize, line: &LineRecord) -> AnyView {
    let words = &page.words;
    let label = [
        ("client", (&line.client_name).into()),
        ("month", words.month_short(line.month).into()),
    ];
    let seen = line.seen().to_string();
    let shown = listed.is_approvable(line).then(
        || view! { <input type="hidden" name=format!("shown[{place}]") value=seen.clone() /> },
    );
    let checkbox = line.is_open().then(|| {
        view! {
            <input
                class="pick"
                type="checkbox"
                name=format!("lines[{place}]")
                value=seen.clone()
                checked=listed.ticked.contains(&seen)
                aria-label=words.with("approval-select-line", &label)
            />
        }
    });
    view! { <td class="tick">{shown}{checkbox}</td> }.into_any()
}

/// What can be done with this line alone; the button belongs to a form of its own below the table.
fn act(page: &Page, listed: &Listed, line: &LineRecord) -> AnyView {
    let words = &page.words;
    let key = match line {
        line if is_held(line) => "approval-release",
        line if listed.is_approvable(line) => "approval-approve",
        line if line.state == LineState::Approved => "approval-withdraw",
        _ => return view! { <td class="act"></td> }.into_any(),
    };
    let label = words.text(key);
    let whole = format!(
        "{label}: {}, {}",
        line.client_name,
        words.month_short(line.month)
    );
    view! { <td class="act"><button class="btn sm" form=format!("act-{}", line.id) aria-label=whole>{label}</button></td> }.into_any()
}

fn row_form(listed: &Listed, line: &LineRecord) -> Option<AnyView> {
    let action = match line {
        line if is_held(line) => "release_lines",
        line if listed.is_approvable(line) => "approve_lines",
        line if line.state == LineState::Approved => "withdraw_approvals",
        _ => return None,
    };
    Some(
        view! {
            <form method="post" id=format!("act-{}", line.id) hidden>
                {calls(action)}
                <input type="hidden" name="list" value=listed.query.list() />
                <input type="hidden" name="lines[0]" value=line.seen().to_string() />
            </form>
        }
        .into_any(),
    )
}

fn explanation(page: &Page, listed: &Listed, view: &LineView) -> AnyView {
    let id = view.line.id;
    let explained = listed
        .explained
        .as_ref()
        .filter(|explained| explained.view.line.id == id);
    let second = two_persons::refusal(page, listed.second(&view.line))
        .filter(|_| listed.may_decide && waits_for_approval(&view.line))
        .map(|text| view! { <span class="muted">{text}</span> });
    let content = match explained {
        Some(explained) => view! {
            <details class="more" open>
                <summary>{waits(page, view)}" "{second}</summary>
                {line_proof::proof(page, explained)}
            </details>
        }
        .into_any(),
        None => {
            let url = format!(
                "{}#line-{id}",
                listed.query.url(&id.to_string(), &listed.query.after)
            );
            let label = format!(
                "{}: {}",
                page.words.text("line-why-title"),
                view.line.client_name
            );
            view! {
                <div class="row small">
                    <span class="muted">{waits(page, view)}</span>
                    {second}
                    <a href=url aria-label=label>{page.words.text("line-why-title")}</a>
                </div>
            }
            .into_any()
        }
    };
    view! {
        <tr class="why">
            {listed.may_decide.then(|| view! { <td class="tick"></td> })}
            <td colspan=if listed.may_decide { "6" } else { "5" }>{content}</td>
        </tr>
    }
    .into_any()
}

/// What the line waits for, as staff say it.
pub fn waits(page: &Page, view: &LineView) -> String {
    let words = &page.words;
    let Some(waits_for) = &view.waits_for else {
        if view.line.is_refused {
            let reason = view.line.reason.clone().unwrap_or_default();
            return words.with("line-waits-refused", &[("reason", reason.into())]);
        }
        return words.text(if view.line.state == LineState::Paid {
            "approval-waits-paid"
        } else {
            "approval-waits-cancelled"
        });
    };
    match waits_for {
        WaitsFor::MonthEnd => words.text("line-waits-month-end"),
        WaitsFor::Invoice => words.text("line-waits-invoice"),
        WaitsFor::Payment {
            invoice_number,
            due,
            days_late,
            open,
        } => {
            let mut facts = vec![
                ("amount", words.money(*open).into()),
                ("invoice", invoice_number.into()),
            ];
            match due {
                _ if *days_late > 0 => {
                    facts.push(("days", (*days_late).into()));
                    words.with("line-waits-payment-late", &facts)
                }
                Some(due) => {
                    facts.push(("due", words.date(*due).into()));
                    words.with("line-waits-payment", &facts)
                }
                None => words.with("line-waits-payment-open", &facts),
            }
        }
        WaitsFor::Approval => words.text("approval-waits-approval"),
        WaitsFor::QuarterClose => words.text("approval-waits-quarter-close"),
        WaitsFor::PartnerInvoice => words.text("approval-waits-partner-invoice"),
        WaitsFor::BillPayment => words.text("approval-waits-bill-payment"),
        WaitsFor::Held { reason } => words.with("line-waits-held", &[("reason", reason.into())]),
        WaitsFor::Dispute => words.text("line-waits-dispute"),
        WaitsFor::Terms | WaitsFor::Merger => words.text("approval-waits-terms"),
    }
}

fn bulk_bar(page: &Page, listed: &Listed) -> AnyView {
    let words = &page.words;
    let shown = listed
        .lines
        .iter()
        .filter(|view| listed.is_approvable(&view.line))
        .count();
    let for_others = listed
        .lines
        .iter()
        .filter(|view| waits_for_approval(&view.line) && !listed.is_approvable(&view.line))
        .count();
    let for_others = (for_others > 0).then(|| {
        let text = words.with("second-for-others", &[("count", for_others.into())]);
        view! { <p class="if-none muted">{text}</p> }
    });
    let approve_shown = (shown > 0).then(|| {
        let label = words.with("approval-approve-shown", &[("count", shown.into())]);
        view! { <button class="btn if-none" name="do" value="approve_shown_lines">{label}</button> }
    });
    let hold = view! { <button class="btn if-some" type="button" popovertarget="hold">{kit::icon(icons::PAUSE)}{words.text("approval-hold")}</button> };
    let (hint, hold, decide) = match listed.query.list() {
        "held" => {
            let release = view! { <button class="btn primary if-some" name="do" value="release_lines">{words.text("approval-release")}</button> };
            ("approval-release-hint", None, release.into_any())
        }
        "approved" => {
            let withdraw = view! { <button class="btn if-some" name="do" value="withdraw_approvals">{words.text("approval-withdraw")}</button> };
            ("approval-withdraw-hint", Some(hold), withdraw.into_any())
        }
        _ => {
            let approve = view! { <button class="btn primary if-some" name="do" value="approve_lines">{kit::icon(icons::CHECK)}{words.text("approval-approve")}</button> };
            ("approval-select-hint", Some(hold), approve.into_any())
        }
    };
    view! {
        <div class="bulk">
            <p class="if-none muted">{words.text(hint)}</p>
            {for_others}
            <p class="if-some" role="status"><span class="n"></span>" "{words.text("approval-selected")}</p>
            {approve_shown}
            {hold}
            {decide}
        </div>
    }
    .into_any()
}

/// Asks for the reason; on the page itself, once it was refused.
fn hold_dialog(page: &Page) -> AnyView {
    let words = &page.words;
    let is_refused = page.refusal("hold_lines").is_some();
    let reason = kit::field(
        page,
        "hold_lines",
        "reason",
        "reason",
        "approval-hold-reason",
    )
    .maximum(200)
    .full()
    .text_area();
    let content = view! {
        <h2 id="hold-title">{words.text("approval-hold-title")}</h2>
        <p>{words.text("approval-hold-hint")}</p>
        {reason}
    };
    let hold = view! { <button class="btn primary" name="do" value="hold_lines">{words.text("approval-hold-submit")}</button> };
    if is_refused {
        return view! { <section class="card form" aria-labelledby="hold-title">{content}<div class="foot">{hold}</div></section> }.into_any();
    }
    view! {
        <div class="dialog" id="hold" popover role="dialog" aria-labelledby="hold-title">
            {content}
            <div class="foot">
                <button class="btn quiet" type="button" popovertarget="hold" popovertargetaction="hide">{words.text("button-cancel")}</button>
                {hold}
            </div>
        </div>
    }
    .into_any()
}
