//! The quarter's close, tried before it is done; and all statements with what became of them.

use axum::{
    extract::{Path, Query},
    response::Response,
};
use leptos::prelude::*;
use portal_domain::{
    access::Action, bill::BillFile, calendar::Quarter, ids::StatementId, money::Money,
    statement::SettlementState,
};
use portal_services::{
    ServiceError, mismatch,
    quarters::{self, Blocked, ClosePreview, QuarterView},
    statements::{self, StatementView},
    two_persons::{Obstacle, find_obstacle},
};
use portal_store::{bills::BillRecord, lines::LineRecord};
use serde::Deserialize;

use super::{
    Tab, accounts, address, calendar, calls, crumbs, fact, head, line_kind, line_pill, may, paging,
    parts, tabs, two_persons, write_sum,
};
use crate::{
    ui::{
        api::UiError,
        kit::{self, icons},
    },
    web::page::Page,
};

const LIST: &str = "/staff/statements";
/// As many as the service lists at once; fewer means that the list ends there.
const PAGE: usize = 50;

#[derive(Deserialize)]
pub struct StatementQuery {
    /// As in `2026Q3`.
    #[serde(default)]
    quarter: String,
    /// The last id of the page before.
    #[serde(default)]
    before: String,
}

pub async fn list(page: Page, Query(query): Query<StatementQuery>) -> Result<Response, UiError> {
    let (ctx, actor) = (&page.ctx, page.actor()?);
    let found =
        page.said(statements::list_for_staff(ctx, actor, query.before.parse().ok()).await)?;
    let closing = if parts::sees_all(&page) {
        Some(Closing::read(&page, &query).await?)
    } else {
        None
    };
    let title = page.words.text("statement-list-title");
    Ok(page.show(&title.clone(), move |page| {
        let ways = closing.as_ref().map(|_| {
            let accounts = page.words.text("accounts-title");
            view! { {calendar::link(page, "/staff/statements/calendar")}<a class="btn" href=accounts::PATH>{accounts}</a> }.into_any()
        });
        view! {
            {head(title, page.words.text("staff-statements-lead"), ways)}
            {closing.as_ref().map(|closing| closing.view(page))}
            {table(page, &found, &query)}
        }
        .into_any()
    }))
}

/// What is of the whole network.
struct Closing {
    quarters: Vec<QuarterView>,
    preview: ClosePreview,
    unfit: Vec<portal_services::accounts::Unfit>,
    obstacle: Obstacle,
}

impl Closing {
    async fn read(page: &Page, query: &StatementQuery) -> Result<Self, UiError> {
        let (ctx, actor) = (&page.ctx, page.actor()?);
        let asked = Quarter::parse(&query.quarter, ctx.programme.fiscal_start).ok();
        let quarter = match asked {
            Some(asked) => asked,
            None => page
                .said(quarters::closable_quarter(ctx).await)?
                .unwrap_or_else(|| ctx.this_quarter()),
        };
        Ok(Self {
            quarters: page.said(quarters::list_quarters(ctx, actor).await)?,
            preview: page.said(quarters::preview(ctx, actor, quarter).await)?,
            unfit: page.said(portal_services::accounts::list_unfit(ctx, actor).await)?,
            obstacle: page.said(find_obstacle(ctx, actor, quarter).await)?,
        })
    }

    fn view(&self, page: &Page) -> AnyView {
        view! {
            {accounts::unfit(page, &self.unfit)}
            {close(page, &self.quarters, &self.preview, &self.obstacle)}
        }
        .into_any()
    }
}

/// What closing the chosen quarter would do, or did.
fn close(
    page: &Page,
    quarters: &[QuarterView],
    preview: &ClosePreview,
    obstacle: &Obstacle,
) -> AnyView {
    let words = &page.words;
    let chosen = quarters.iter().map(|view| Tab {
        url: address(LIST, &[("quarter", &view.quarter.to_string())]),
        label: words.quarter(view.quarter),
        count: None,
        is_current: view.quarter == preview.quarter,
    });
    let quarter = preview.quarter;
    let title = [("quarter", words.quarter(quarter).into())];
    let (title, lead) = if preview.already_closed {
        (
            words.with("close-title-done", &title),
            words.text("close-lead-done"),
        )
    } else {
        let months = [
            ("from", words.month(quarter.first).into()),
            ("to", words.month(quarter.last()).into()),
        ];
        (
            words.with("close-title", &title),
            words.with("close-lead", &months),
        )
    };
    view! {
        {tabs(words.text("close-quarters"), chosen.collect())}
        {(!preview.already_closed).then(|| warnings(page, preview))}
        <section class="card flush" aria-labelledby="close-title">
            <header><h2 id="close-title">{title}</h2><p>{lead}</p></header>
            <div id="preview" data-live="">{preview_content(page, preview)}</div>
            {close_form(page, preview, obstacle)}
        </section>
        {(!preview.already_closed).then(|| blocked(page, preview))}
    }
    .into_any()
}

fn warnings(page: &Page, preview: &ClosePreview) -> AnyView {
    let words = &page.words;
    let warning = |key: &str, count: i64, url: &'static str, link: &str| {
        (count > 0).then(|| {
            view! {
                <div class="notice" data-tone="wait" role="status">
                    {kit::icon(icons::ALERT)}
                    <div>
                        <strong>{words.with(&format!("{key}-title"), &[("count", count.into())])}</strong>
                        <p>{words.text(key)}" "<a href=url>{words.text(link)}</a></p>
                    </div>
                </div>
            }
        })
    };
    let interrupted = preview.interrupted.then(|| {
        let stated = [("count", preview.stated.len().into())];
        kit::notice("bad", words.with("close-interrupted", &stated))
    });
    let early = preview.early_until.filter(|_| preview.ended).map(|day| {
        let day = [("date", words.date(day).into())];
        kit::notice("wait", words.with("close-early", &day))
    });
    view! {
        {interrupted}
        {early}
        {warning("close-still-covered", preview.covered_not_approved, "/staff/lines?list=covered", "approval-list-covered")}
        {clawbacks(page, preview)}
        {warning("close-still-held", preview.held, "/staff/lines?list=held", "approval-list-held")}
    }
    .into_any()
}

/// What the closing takes back without anybody's approval, line by line: a person can still hold one.
fn clawbacks(page: &Page, preview: &ClosePreview) -> Option<AnyView> {
    let words = &page.words;
    let lines = preview.clawbacks.iter().map(|line| {
        let text = format!(
            "{} · {} · {}",
            line.partner_name,
            line.client_name,
            words.month(line.month)
        );
        view! { <li><a href=super::lines::line_url(line.id)>{text}</a>" "{kit::money(page, line.money)}</li> }
    });
    let lines = lines.collect::<Vec<_>>();
    (!lines.is_empty()).then(|| {
        let count = [("count", lines.len().into())];
        view! {
            <div class="notice" data-tone="info" role="status">
                {kit::icon(icons::INFO)}
                <div>
                    <strong>{words.with("close-clawbacks-title", &count)}</strong>
                    <p>{words.text("close-clawbacks")}</p>
                    <ul>{lines}</ul>
                </div>
            </div>
        }
        .into_any()
    })
}

fn preview_content(page: &Page, preview: &ClosePreview) -> AnyView {
    let words = &page.words;
    let is_empty =
        preview.statements.is_empty() && preview.carried.is_empty() && preview.stated.is_empty();
    if is_empty && preview.already_closed {
        return ().into_any();
    }
    if is_empty {
        return kit::empty(
            icons::FILE,
            words.text("close-empty-title"),
            words.text("close-empty"),
            None,
        );
    }
    let rows = preview_rows(page, preview);
    let foot = (!preview.already_closed).then(|| {
        let money = preview.statements.iter().map(|statement| statement.money);
        let sum = write_sum(page, money);
        view! {
            <tfoot>
                <tr>
                    <th class="main" scope="row" colspan="2">{words.text("today-to-state")}</th><td class="num corner">{sum}</td><td></td>
                </tr>
            </tfoot>
        }
    });
    view! {
        <div class="table">
            <table class="cards">
                <thead>
                    <tr>
                        <th scope="col">{words.text("close-column-partner")}</th>
                        <th scope="col">{words.text("close-column-currency")}</th>
                        <th scope="col" class="num">{words.text("close-column-total")}</th>
                        <th scope="col">{words.text("close-column-result")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
                {foot}
            </table>
        </div>
    }
    .into_any()
}

/// What was stated before an interruption, what would be stated, and what would not or was not.
fn preview_rows(page: &Page, preview: &ClosePreview) -> Vec<AnyView> {
    let words = &page.words;
    let stated = preview.statements.iter().map(|statement| {
        let mut lines = words.with("statement-line-count", &[("count", statement.lines.into())]);
        if statement.is_last {
            lines = format!("{lines} · {}", words.text("close-last"));
        }
        preview_row(
            page,
            (&statement.name, statement.partner.to_string()),
            lines,
            statement.money,
            ("stated", "close-result-new"),
        )
    });
    let carried = preview.carried.iter().map(|carried| {
        let least = page.ctx.programme.minimum_payout.of(carried.money.currency);
        let least = words.money(least);
        let why = match carried.code.as_str() {
            "below_minimum" => {
                words.with("close-reason-below-minimum", &[("amount", least.into())])
            }
            "negative" => words.text("close-reason-negative"),
            "already_stated" => words.text("close-reason-already-stated"),
            _ => words.text("close-reason-nothing"),
        };
        preview_row(
            page,
            (&carried.name, carried.partner.to_string()),
            why,
            carried.money,
            ("upcoming", "close-result-carried-over"),
        )
    });
    let before = preview.stated.iter().map(|statement| {
        preview_row(
            page,
            (&statement.partner_name, statement.partner.to_string()),
            statement.number.clone(),
            statement.total,
            ("stated", "close-result-made"),
        )
    });
    before.chain(stated).chain(carried).collect()
}

/// What keeps lines off the statements, by partner, each with the way to its lines.
fn blocked(page: &Page, preview: &ClosePreview) -> Option<AnyView> {
    let words = &page.words;
    if preview.blocked.is_empty() {
        return None;
    }
    let rows = preview.blocked.iter().map(|blocked| {
        let partner = blocked.partner.to_string();
        let list = |list: &str| address("/staff/lines", &[("list", list), ("partner", &partner)]);
        let url = match blocked.reason {
            Blocked::NotApproved => list("covered"),
            Blocked::Held => list("held"),
            Blocked::Disputed => list("disputed"),
            Blocked::AwaitingPayment => list("awaiting"),
            Blocked::Merged => address("/staff/reconciliation", &[("kind", "deals_merged")]),
        };
        let why = words.text(&format!("close-blocked-{}", blocked.reason.word()));
        let lines = words.with("statement-line-count", &[("count", blocked.lines.into())]);
        view! {
            <tr>
                <th class="main" scope="row">{blocked.name.clone()}<small>{lines}</small></th>
                <td data-label=words.text("close-column-why")><a href=url>{why}</a></td>
                <td class="num corner">{parts::large_money(page, blocked.sum_minor, blocked.currency)}</td>
            </tr>
        }
    });
    Some(
        view! {
            <section class="card flush" id="blocked" data-live="" aria-labelledby="blocked-title">
                <header><h2 id="blocked-title">{words.text("close-blocked-title")}</h2><p>{words.text("close-blocked-lead")}</p></header>
                <div class="table">
                    <table class="cards">
                        <thead>
                            <tr>
                                <th scope="col">{words.text("close-column-partner")}</th>
                                <th scope="col">{words.text("close-column-why")}</th>
                                <th scope="col" class="num">{words.text("statement-column-amount")}</th>
                            </tr>
                        </thead>
                        <tbody>{rows.collect_view()}</tbody>
                    </table>
                </div>
            </section>
        }
        .into_any(),
    )
}

fn preview_row(
    page: &Page,
    (name, id): (&str, String),
    note: String,
    money: Money,
    (state, result): (&'static str, &str),
) -> AnyView {
    let words = &page.words;
    view! {
        <tr>
            <th class="main" scope="row"><a href=format!("/staff/partners/{id}")>{name.to_owned()}</a><small>{note}</small></th>
            <td data-label=words.text("close-column-currency")>{money.currency.to_string()}</td>
            <td class="num sum" data-label=words.text("close-column-total")>{kit::money(page, money)}</td>
            <td class="corner">{kit::pill(state, words.text(result))}</td>
        </tr>
    }
    .into_any()
}

/// Closing is asked twice: it tells partners what they may invoice.
fn close_form(page: &Page, preview: &ClosePreview, obstacle: &Obstacle) -> AnyView {
    let words = &page.words;
    let quarter = words.quarter(preview.quarter);
    if preview.already_closed {
        return ().into_any();
    }
    if !preview.ended {
        let date = words.date(preview.quarter.last().last_day());
        let text = words.with(
            "close-not-ended",
            &[("quarter", quarter.into()), ("date", date.into())],
        );
        return view! { <div class="foot"><span class="hint">{text}</span></div> }.into_any();
    }
    if !may(page, Action::CloseQuarter) {
        return ().into_any();
    }
    if let Some(why) = two_persons::obstacle(page, obstacle) {
        return why;
    }
    let mut told: Vec<_> = preview
        .statements
        .iter()
        .map(|statement| statement.partner)
        .collect();
    told.sort_unstable();
    told.dedup();
    view! {
        <div class="foot">
            <details class="more">
                <summary class="btn">{words.text("close-submit")}</summary>
                <form method="post" class="stack">
                    {calls("close_quarter")}
                    <input type="hidden" name="quarter" value=preview.quarter.to_string() />
                    <p>{words.with("close-telling", &[("count", told.len().into())])}</p>
                    <p><button class="btn primary">{words.with("close-confirm", &[("quarter", quarter.into())])}</button></p>
                </form>
            </details>
        </div>
    }
    .into_any()
}

fn table(page: &Page, found: &[StatementView], query: &StatementQuery) -> AnyView {
    let words = &page.words;
    let label = words.text("staff-statements-all");
    if found.is_empty() {
        return view! {
            <section class="card flush">
                <header><h2>{label}</h2></header>
                {kit::empty(icons::FILE, words.text("statement-list-empty-title"), words.text("staff-statements-empty"), None)}
            </section>
        }
        .into_any();
    }
    let here = |before: &str| address(LIST, &[("quarter", &query.quarter), ("before", before)]);
    let first = (!query.before.is_empty()).then(|| here(""));
    let next = found
        .last()
        .filter(|_| found.len() == PAGE)
        .map(|last| here(&last.record.id.to_string()));
    view! {
        <section class="card flush">
            <header><h2>{label}</h2></header>
            <div class="table" id="statements" data-live="">
                <table class="cards">
                    <thead>
                        <tr>
                            <th scope="col">{words.text("statement-column-number")}</th>
                            <th scope="col">{words.text("statement-column-partner")}</th>
                            <th scope="col">{words.text("statement-column-quarter")}</th>
                            <th scope="col" class="num">{words.text("statement-column-total")}</th>
                            <th scope="col" class="num">{words.text("statement-column-paid")}</th>
                            <th scope="col">{words.text("statement-column-state")}</th>
                        </tr>
                    </thead>
                    <tbody>{found.iter().map(|view| row(page, view)).collect_view()}</tbody>
                </table>
            </div>
            {paging(page, first, next)}
        </section>
    }
    .into_any()
}

fn quarter_name(page: &Page, view: &StatementView) -> String {
    let quarter = Quarter::parse(&view.record.quarter, page.ctx.programme.fiscal_start);
    quarter.map_or_else(
        |_| view.record.quarter.clone(),
        |quarter| page.words.quarter(quarter),
    )
}

fn settlement_pill(page: &Page, view: &StatementView) -> AnyView {
    let state = view.settlement.as_str();
    kit::pill(state, page.words.text(&format!("settlement-state-{state}")))
}

fn row(page: &Page, view: &StatementView) -> AnyView {
    let (words, record) = (&page.words, &view.record);
    view! {
        <tr>
            <th class="main" scope="row"><a href=format!("{LIST}/{}", record.id)>{record.number.clone()}</a></th>
            <td data-label=words.text("statement-column-partner")>
                <a href=format!("/staff/partners/{}", record.partner)>{record.partner_name.clone()}</a>
            </td>
            <td data-label=words.text("statement-column-quarter") class="nowrap">{quarter_name(page, view)}</td>
            <td class="num sum" data-label=words.text("statement-column-total")>{kit::money(page, record.total)}</td>
            <td class="num" data-label=words.text("statement-column-paid")>{kit::money(page, view.paid)}</td>
            <td class="corner">{settlement_pill(page, view)}</td>
        </tr>
    }
    .into_any()
}

pub async fn show(page: Page, Path(id): Path<String>) -> Result<Response, UiError> {
    let id: StatementId = page.said(id.parse().map_err(|_| ServiceError::NotFound))?;
    let view = page.said(statements::find_for_staff(&page.ctx, page.actor()?, id).await)?;
    let title = page.words.with(
        "statement-title",
        &[("number", (&view.record.number).into())],
    );
    Ok(page.show(&title, move |page| {
        let record = &view.record;
        view! {
            {crumbs(page, LIST, "statement-list-title", record.number.clone())}
            <div class="head">
                <div>
                    <h1>{record.number.clone()}" "<span id="settlement" data-live="">{settlement_pill(page, &view)}</span></h1>
                    <p><a href=format!("/staff/partners/{}", record.partner)>{record.partner_name.clone()}</a></p>
                </div>
                {parts::downloads(page, &format!("{LIST}/{}", record.id))}
            </div>
            <div class="split">
                {document(page, &view)}
                <div class="stack">{settlement(page, &view)}</div>
            </div>
        }
        .into_any()
    }))
}

/// The statement as the partner has it, with the states that its lines have now.
fn document(page: &Page, view: &StatementView) -> AnyView {
    let (words, record) = (&page.words, &view.record);
    let closed = words.date_of(record.created_at, page.ctx.programme.time_zone);
    let of_quarter = [
        ("quarter", quarter_name(page, view).into()),
        ("date", closed.clone().into()),
    ];
    view! {
        <article class="doc">
            <header>
                <div class="stack">
                    <div><h2>{record.number.clone()}</h2><p class="muted">{words.with("statement-of-quarter", &of_quarter)}</p></div>
                    <address>{record.partner_name.clone()}</address>
                </div>
                <div><p class="muted small">{words.text("statement-to-invoice")}</p><p class="total money">{words.money(record.total)}</p></div>
            </header>
            <div class="table" id="lines" data-live="">
                <table class="cards">
                    <thead>
                        <tr>
                            <th scope="col">{words.text("statement-column-client")}</th>
                            <th scope="col">{words.text("statement-column-month")}</th>
                            <th scope="col" class="num">{words.text("statement-column-amount")}</th>
                            <th scope="col">{words.text("statement-column-state")}</th>
                        </tr>
                    </thead>
                    <tbody>{view.lines.iter().map(|line| line_row(page, line)).collect_view()}</tbody>
                    <tfoot>
                        <tr>
                            <th class="main" scope="row" colspan="2">{words.text("statement-total")}</th>
                            <td class="num corner">{words.money(record.total)}</td>
                            <td></td>
                        </tr>
                    </tfoot>
                </table>
            </div>
            <footer>
                <p>{words.with("statement-frozen", &[("date", closed.into())])}" "{hashes(page, view)}</p>
                {parts::hash_check(page, &record.number)}
            </footer>
        </article>
    }
    .into_any()
}

fn line_row(page: &Page, line: &LineRecord) -> AnyView {
    let words = &page.words;
    view! {
        <tr>
            <th class="main" scope="row"><a href=super::lines::line_url(line.id)>{line.client_name.clone()}</a>{line_kind(page, line.kind)}</th>
            <td data-label=words.text("statement-column-month") class="nowrap">{words.month_short(line.month)}</td>
            <td class="num" data-label=words.text("statement-column-amount")>{kit::money(page, line.money)}</td>
            <td class="corner">{line_pill(page, line)}</td>
        </tr>
    }
    .into_any()
}

/// Its hash, and the one that it follows.
fn hashes(page: &Page, view: &StatementView) -> AnyView {
    let (words, record) = (&page.words, &view.record);
    let previous = if record.previous_hash.is_empty() {
        words.text("statement-hash-first").into_any()
    } else {
        view! { {words.text("statement-hash-follows")}" "<code>{record.previous_hash.clone()}</code> }.into_any()
    };
    view! { {words.text("statement-hash")}" "<code>{record.hash.clone()}</code>" · "{previous} }
        .into_any()
}

/// A bill that was withdrawn or voided, and when.
fn ended(page: &Page, bill: &BillRecord) -> AnyView {
    let words = &page.words;
    let arguments = [
        ("number", bill.number.as_str().into()),
        ("amount", words.money(bill.total).into()),
        ("date", words.date(page.ctx.date_of(bill.updated_at)).into()),
    ];
    let text = words.with(&format!("staff-bill-{}", bill.state), &arguments);
    view! { <p class="small muted">{text}</p> }.into_any()
}

/// What belongs to a bill, and since when Xero has it.
fn files(page: &Page, view: &StatementView, bill: &BillRecord) -> AnyView {
    let words = &page.words;
    let of_bill = view.files.iter().filter(|file| file.bill == bill.id);
    of_bill
        .map(|file| {
            let label = words.text(&format!("staff-bill-file-{}", file.file));
            let since = match file.attached_at {
                Some(at) => kit::instant(page, at),
                None => words.text("staff-bill-not-in-xero").into_any(),
            };
            fact(label, since)
        })
        .collect_view()
        .into_any()
}

/// How far the partner's bill is.
fn settlement(page: &Page, view: &StatementView) -> AnyView {
    let words = &page.words;
    let steps = SettlementState::ALL.iter().map(|state| {
        let label = words.text(&format!("settlement-state-{state}"));
        let is_now = *state == view.settlement;
        let class = (*state < view.settlement || *state == SettlementState::Paid && is_now)
            .then_some("done");
        view! { <li class=class aria-current=is_now.then_some("step")>{label}</li> }
    });
    let bills = view.bills.iter().map(|bill| {
        let open = Money::new(bill.total.minor - bill.paid_minor, bill.total.currency);
        let withdraw = (bill.can_be_withdrawn_by_staff() && may(page, Action::Reconcile))
            .then(|| parts::withdraw(page, bill));
        let moved = bill.moved.map(|moved| {
            let days = [
                ("date", words.date(moved.dated_on).into()),
                ("until", words.date(moved.locked_until).into()),
            ];
            kit::notice("info", words.with("staff-bill-dated", &days))
        });
        let handed_in = view.find_file(bill.id, BillFile::Invoice).is_some();
        let pdf = handed_in.then(|| parts::bill_pdf(page, format!("/staff/bills/{}/pdf", bill.id)));
        let xero = bill
            .xero_invoice_id
            .clone()
            .unwrap_or_else(|| words.text("staff-bill-not-in-xero"));
        view! {
            <dl class="facts">
                {fact(words.text("staff-bill-number"), bill.number.clone().into_any())}
                {fact(words.text("staff-bill-raised"), kit::instant(page, bill.created_at))}
                {fact(words.text("exception-number-bill"), kit::money(page, bill.total))}
                {fact(words.text("staff-bill-tax"), kit::money(page, Money::new(bill.tax_minor, bill.total.currency)))}
                {fact(words.text("statement-paid-so-far"), kit::money(page, Money::new(bill.paid_minor, bill.total.currency)))}
                {fact(words.text("statement-open"), kit::money(page, open))}
                {fact(words.text("staff-bill-xero"), view! { <code>{xero}</code> }.into_any())}
                {files(page, view, bill)}
            </dl>
            {moved}
            {pdf}
            {withdraw}
        }
    });
    let bills = bills.collect_view();
    let ended = view.ended.iter().map(|bill| ended(page, bill));
    let mismatches = view
        .mismatches
        .iter()
        .map(|facts| kit::notice("bad", mismatch::sentence(words, facts)));
    let none = view
        .bills
        .is_empty()
        .then(|| view! { <p class="muted">{words.text("staff-bill-none")}</p> });
    view! {
        <section class="card" id="bill" data-live="">
            <header><h2>{words.text("progress")}</h2></header>
            <ol class="steps" aria-label=words.text("progress")>{steps.collect_view()}</ol>
            {bills}
            {none}
            {ended.collect_view()}
            {mismatches.collect_view()}
        </section>
    }
    .into_any()
}
