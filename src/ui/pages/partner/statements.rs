//! A partner's statements: what it may invoice after a quarter closed, raising that invoice, and how far its payment is.

use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use portal_domain::{
    access::Action,
    bill::BillFile,
    calendar::Quarter,
    ids::StatementId,
    line::LineKind,
    money::Money,
    payout::PayoutRule,
    statement::{SettlementState, StatementLine},
};
use portal_services::{
    messages, mismatch, quarters,
    statements::{self, StatementView},
};
use portal_store::{bills::BillRecord, statements::CarryRecord};

use super::{calendar, chart, crumbs, form_errors, line_pill, may, parse_id, parts};
use crate::{
    ui::{
        api::UiError,
        kit::{self, field, icon, icons},
    },
    web::page::Page,
};

const RAISE: &str = "raise_invoice";
const ADD_PDF: &str = "add_bill_pdf";
/// What a browser offers to choose as a PDF.
const PDF: &str = "application/pdf,.pdf";

/// `/statements`.
pub async fn list(page: Page) -> Result<Response, UiError> {
    let statements = page.said(statements::list_for_partner(&page.ctx, page.actor()?).await)?;
    let carried = page.said(quarters::last_carried(&page.ctx, page.actor()?).await)?;
    let title = page.words.text("statement-list-title");
    Ok(page.show(&title, move |page| list_view(page, &statements, &carried)))
}

fn list_view(page: &Page, statements: &[StatementView], carried: &[CarryRecord]) -> AnyView {
    let words = &page.words;
    view! {
        <div class="head">
            <div><h1>{words.text("statement-list-title")}</h1><p>{words.text("statement-list-lead")}</p></div>
            <div class="row">{calendar::link(page, "/statements/calendar")}</div>
        </div>
        <div class="stack" id="statements" data-live="">
            {carried.iter().map(|carry| kit::notice("info", messages::carried(&page.ctx, words, carry))).collect_view()}
            {statements.iter().filter(|view| view.rest.minor > 0).map(|view| waiting(page, view)).collect_view()}
            <section class="card flush" aria-label=words.text("statement-list-title")>{table(page, statements)}</section>
        </div>
    }
    .into_any()
}

/// The partner's turn.
fn waiting(page: &Page, view: &StatementView) -> AnyView {
    let words = &page.words;
    let number = view.record.number.as_str();
    let link = may(page, Action::RaiseInvoices).then(|| {
        view! { " "<a href=format!("/statements/{}", view.record.id)>{words.text("invoice-form-title")}</a> }
    });
    view! {
        <div class="notice" data-tone="info" role="status">
            {icon(icons::INFO)}
            <div>
                <strong>{words.with("statement-list-waiting-title", &[("number", number.into())])}</strong>
                <p>{words.with("statement-list-waiting", &[("amount", words.money(view.rest).into())])}{link}</p>
            </div>
        </div>
    }
    .into_any()
}

fn table(page: &Page, statements: &[StatementView]) -> AnyView {
    let words = &page.words;
    if statements.is_empty() {
        let way_out = may(page, Action::SubmitLeads)
            .then(|| ("/leads/new".to_owned(), words.text("lead-list-new")));
        let (title, text) = (
            words.text("statement-list-empty-title"),
            words.text("statement-list-empty"),
        );
        return kit::empty(icons::FILE, title, text, way_out);
    }
    let rows = statements.iter().map(|view| row(page, view)).collect_view();
    view! {
        <div class="table">
            <table class="cards">
                <thead>
                    <tr>
                        <th scope="col">{words.text("statement-column-number")}</th>
                        <th scope="col">{words.text("statement-column-quarter")}</th>
                        <th scope="col" class="num">{words.text("statement-column-lines")}</th>
                        <th scope="col" class="num">{words.text("statement-column-total")}</th>
                        <th scope="col" class="num">{words.text("statement-column-paid")}</th>
                        <th scope="col">{words.text("statement-column-state")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(page: &Page, view: &StatementView) -> AnyView {
    let words = &page.words;
    let record = &view.record;
    view! {
        <tr>
            <th class="main nowrap" scope="row"><a href=format!("/statements/{}", record.id)>{record.number.clone()}</a></th>
            <td data-label=words.text("statement-column-quarter")>{quarter(page, view)}</td>
            <td class="num" data-label=words.text("statement-column-lines")>{view.body.lines.len().to_string()}</td>
            <td class="num sum" data-label=words.text("statement-column-total")>{kit::money(page, record.total)}</td>
            <td class="num" data-label=words.text("statement-column-paid")>{kit::money(page, view.paid)}</td>
            <td class="corner">{settlement_pill(page, view)}</td>
        </tr>
    }
    .into_any()
}

fn quarter(page: &Page, view: &StatementView) -> String {
    let stored = &view.record.quarter;
    Quarter::parse(stored, page.ctx.programme.fiscal_start)
        .map_or_else(|_| stored.clone(), |quarter| page.words.quarter(quarter))
}

fn settlement_pill(page: &Page, view: &StatementView) -> AnyView {
    let state = view.settlement;
    kit::pill(
        state.as_str(),
        page.words.text(&format!("settlement-state-{state}")),
    )
}

/// `/statements/{id}`.
pub async fn show(page: Page, Path(id): Path<String>) -> Result<Response, UiError> {
    let id: StatementId = parse_id(&id)?;
    let statement = page.said(statements::find_for_partner(&page.ctx, page.actor()?, id).await)?;
    let title = page.words.with(
        "statement-title",
        &[("number", statement.record.number.as_str().into())],
    );
    Ok(page.show(&title, move |page| detail(page, &statement)))
}

fn detail(page: &Page, view: &StatementView) -> AnyView {
    let words = &page.words;
    let number = view.record.number.clone();
    let title = words.with("statement-title", &[("number", number.as_str().into())]);
    let invoice = (view.rest.minor > 0).then(|| invoice_form(page, view));
    view! {
        {crumbs(page, "/statements", "statement-list-title", number)}
        <div class="head">
            <div id="statement-head" data-live=""><h1>{title}" "{settlement_pill(page, view)}</h1></div>
            {parts::downloads(page, &format!("/statements/{}", view.record.id))}
        </div>
        <div class="stack" id="statement-troubles" data-live="">{troubles(page, view)}</div>
        <div class="split">
            {document(page, view)}
            <div class="stack">
                <section class="card" id="statement-progress" data-live="">{progress(page, view)}</section>
                {invoice}
                {missing_pdfs(page, view)}
            </div>
        </div>
    }
    .into_any()
}

/// The statement as it was frozen; only the lines' states are of today.
fn document(page: &Page, view: &StatementView) -> AnyView {
    let words = &page.words;
    let record = &view.record;
    let closed_on = words.date(page.ctx.date_of(record.created_at));
    let of_quarter = words.with(
        "statement-of-quarter",
        &[
            ("quarter", quarter(page, view).into()),
            ("date", closed_on.into()),
        ],
    );
    let rows = view
        .body
        .lines
        .iter()
        .map(|line| document_line(page, view, line))
        .collect_view();
    view! {
        <article class="doc">
            <header>
                <div>
                    <h2>{record.number.clone()}</h2>
                    <p class="muted">{of_quarter}</p>
                    <address>{view.body.partner_name.clone()}</address>
                </div>
                <div>
                    <p class="muted small">{words.text("statement-to-invoice")}</p>
                    <p class="total money">{words.money(record.total)}</p>
                </div>
            </header>
            <div class="table">
                <table class="cards">
                    <thead>
                        <tr>
                            <th scope="col">{words.text("statement-column-client")}</th>
                            <th scope="col">{words.text("statement-column-month")}</th>
                            <th scope="col">{words.text("statement-column-state")}</th>
                            <th scope="col" class="num">{words.text("statement-column-amount")}</th>
                        </tr>
                    </thead>
                    <tbody id="statement-lines" data-live="">{rows}</tbody>
                    <tfoot>
                        <tr>
                            <th class="main" scope="row" colspan="3">{words.text("statement-total")}</th>
                            <td class="num corner">{kit::money(page, record.total)}</td>
                        </tr>
                    </tfoot>
                </table>
            </div>
            {seal(page, view)}
        </article>
    }
    .into_any()
}

fn document_line(page: &Page, view: &StatementView, line: &StatementLine) -> AnyView {
    let words = &page.words;
    let money = Money::new(line.amount_minor, view.record.total.currency);
    let today = view.lines.iter().find(|known| known.id == line.id);
    let kind = (line.kind != LineKind::Scheduled.as_str())
        .then(|| view! { <small>{words.text(&format!("line-kind-{}", line.kind))}</small> });
    view! {
        <tr>
            <th class="main" scope="row">
                <a href=format!("/commission?line={}#why", line.id)>{line.client_name.clone()}</a>
                {kind}
            </th>
            <td class="nowrap" data-label=words.text("statement-column-month")>{words.month_short(line.month)}</td>
            <td data-label=words.text("statement-column-state")>{today.map(|today| line_pill(page, today))}</td>
            <td class="num corner">{kit::money(page, money)}</td>
        </tr>
    }
    .into_any()
}

/// When it was frozen, and the hash that proves it.
fn seal(page: &Page, view: &StatementView) -> AnyView {
    let words = &page.words;
    let record = &view.record;
    let frozen_at = words.instant(record.created_at, page.ctx.programme.time_zone);
    let follows = if record.previous_hash.is_empty() {
        view! { {words.text("statement-hash-first")} }.into_any()
    } else {
        view! { {words.text("statement-hash-follows")}" "{hash(&record.previous_hash)} }.into_any()
    };
    view! {
        <footer>
            <p>{words.with("statement-frozen", &[("date", frozen_at.into())])}</p>
            <p>{words.text("statement-hash")}" "{hash(&record.hash)}" · "{follows}</p>
            {parts::hash_check(page, &record.number)}
        </footer>
    }
    .into_any()
}

/// A hash with places to break the line.
fn hash(hash: &str) -> AnyView {
    let mut parts = Vec::new();
    let mut rest = hash;
    while let Some((part, after)) = rest.split_at_checked(16) {
        parts.push(view! { {part.to_owned()}<wbr /> });
        rest = after;
    }
    view! { <code>{parts}{rest.to_owned()}</code> }.into_any()
}

/// Stated, invoiced, part paid, paid: what was, what is, what is to come.
fn progress(page: &Page, view: &StatementView) -> AnyView {
    let words = &page.words;
    let bill = view.bills.last();
    let day = |at| words.day(page.ctx.date_of(at));
    let here = view.settlement;
    let steps = SettlementState::ALL
        .iter()
        .filter(|state| {
            let is_part = matches!(
                state,
                SettlementState::PartPaid | SettlementState::PartInvoiced
            );
            !is_part || **state == here
        })
        .map(|state| {
            let note = match state {
                SettlementState::Stated => Some(day(view.record.created_at)),
                SettlementState::PartInvoiced | SettlementState::Invoiced => {
                    bill.map(|bill| day(bill.created_at))
                }
                SettlementState::PartPaid => Some(words.money(view.paid)),
                SettlementState::Paid => None,
            };
            // The last step, once it is reached, is done like the others.
            let done = *state < here || here == SettlementState::Paid;
            let current = *state == here && here != SettlementState::Paid;
            let class = done.then_some("done");
            view! {
                <li class=class aria-current=current.then_some("step")>
                    {words.text(&format!("settlement-state-{state}"))}
                    {note.map(|note| view! { <small>{note}</small> })}
                </li>
            }
        })
        .collect_view();
    view! {
        <header><h2>{words.text("progress")}</h2></header>
        <ol class="steps" aria-label=words.text("progress")>{steps}</ol>
        {settlement(page, view)}
    }
    .into_any()
}

/// What the state means for the partner, with the bar of what was paid.
fn settlement(page: &Page, view: &StatementView) -> AnyView {
    let words = &page.words;
    let Some(bill) = view.bills.last() else {
        let days = [("count", payment_days(page, view).into())];
        let then = words.with("payout-after-invoice", &days);
        return view! { <p class="small muted">{words.text("settlement-hint-stated")}" "{then}</p> }
            .into_any();
    };
    let raised_on = words.date(page.ctx.date_of(bill.created_at));
    let sent = words.with(
        "invoice-sent",
        &[
            ("number", bill.number.as_str().into()),
            ("date", raised_on.into()),
        ],
    );
    let hint = match view.settlement {
        SettlementState::Stated => words.text("invoice-booking"),
        SettlementState::PartInvoiced => words.with(
            "settlement-hint-part_invoiced",
            &[("rest", words.money(view.rest).into())],
        ),
        SettlementState::Invoiced => words.with(
            "settlement-hint-invoiced",
            &[("number", view.bill_numbers().into())],
        ),
        SettlementState::PartPaid => words.with(
            "settlement-hint-part_paid",
            &[
                ("paid", words.money(view.paid).into()),
                ("total", words.money(view.record.total).into()),
            ],
        ),
        SettlementState::Paid => words.text("settlement-hint-paid"),
    };
    let bills = view.bills.iter().map(|bill| bill_facts(page, view, bill));
    let bar =
        (view.paid.minor > 0).then(|| chart::share_paid(view.paid.minor, view.record.total.minor));
    view! {
        {bar}
        <p class="small"><strong>{sent}</strong></p>
        <p class="small muted">{hint}</p>
        {money_by(page, view)}
        {bills.collect_view()}
    }
    .into_any()
}

/// What the bill comes to with its tax, what was taken back of it, and the way out while it is not booked.
fn bill_facts(page: &Page, view: &StatementView, bill: &BillRecord) -> AnyView {
    let words = &page.words;
    let currency = bill.total.currency;
    let tax = Money::new(bill.tax_minor, currency);
    let gross = bill.total.plus(tax).unwrap_or(bill.total);
    let row = |label: String, money: Money| {
        view! { <div><dt>{label}</dt><dd class="money">{words.money(money)}</dd></div> }
    };
    let undone = (bill.undone_minor > 0).then(|| {
        let amount = words.money(Money::new(bill.undone_minor, currency));
        kit::notice(
            "wait",
            words.with("settlement-undone", &[("amount", amount.into())]),
        )
    });
    let withdraw = (bill.can_be_withdrawn() && may(page, Action::RaiseInvoices))
        .then(|| parts::withdraw(page, bill));
    let moved = bill.moved.map(|moved| {
        let date = [("date", words.date(moved.dated_on).into())];
        kit::notice("info", words.with("bill-dated", &date))
    });
    let handed_in = view.find_file(bill.id, BillFile::Invoice).is_some();
    let pdf = handed_in.then(|| parts::bill_pdf(page, format!("/bills/{}/pdf", bill.id)));
    view! {
        <dl class="facts" data-bill=bill.number.clone()>
            {row(format!("{} · {}", bill.number, words.text("bill-net")), bill.total)}
            {row(words.text("bill-tax"), tax)}
            {row(words.text("bill-gross"), gross)}
            {row(words.text("statement-paid-so-far"), Money::new(bill.paid_minor, currency))}
        </dl>
        {moved}
        {undone}
        {pdf}
        {withdraw}
    }
    .into_any()
}

/// Where the PDF of an invoice is handed in that was raised without it; of several, which one it is for.
fn missing_pdfs(page: &Page, view: &StatementView) -> Option<AnyView> {
    let words = &page.words;
    let is_missing = |bill: &&BillRecord| view.find_file(bill.id, BillFile::Invoice).is_none();
    let missing: Vec<&BillRecord> = view.bills.iter().filter(is_missing).collect();
    let may_add = may(page, Action::RaiseInvoices);
    let of_which = match missing.as_slice() {
        [] => return None,
        _ if !may_add => return None,
        [only] => {
            view! { <input type="hidden" name="bill" value=only.id.to_string() /> }.into_any()
        }
        several => {
            let options = several.iter();
            let options = options.map(|bill| (bill.id.to_string(), bill.number.clone()));
            field(page, ADD_PDF, "bill", "bill", "bill-pdf-of").select(options.collect())
        }
    };
    let title = match missing.as_slice() {
        [only] => words.with("bill-pdf-title", &[("number", (&only.number).into())]),
        _ => words.text("invoice-form-pdf"),
    };
    let refusal = form_errors(page, ADD_PDF);
    Some(
        view! {
            <form class="card form" method="post" enctype="multipart/form-data" novalidate>
                <header><h2>{title}</h2></header>
                {refusal.map(|refusal| kit::errors(page, Some(refusal)))}
                <input type="hidden" name="do" value=ADD_PDF />
                {of_which}
                {field(page, ADD_PDF, "file", "file", "invoice-form-pdf").hint("invoice-form-pdf-hint").file(PDF)}
                <button class="btn">{words.text("bill-pdf-add")}</button>
            </form>
        }
        .into_any(),
    )
}

/// What went wrong with invoices for it, and what the partner can do.
fn troubles(page: &Page, view: &StatementView) -> AnyView {
    let words = &page.words;
    let mismatches = view
        .mismatches
        .iter()
        .map(|facts| kit::notice("bad", mismatch::sentence(words, facts)));
    let about = |key: &'static str, numbers: &[String]| {
        numbers
            .iter()
            .map(|number| kit::notice("bad", words.with(key, &[("number", number.into())])))
            .collect_view()
    };
    view! {
        {mismatches.collect_view()}
        {about("settlement-voided", &view.voided)}
        {about("settlement-not-made", &view.not_made)}
    }
    .into_any()
}

/// What the statement said when it was frozen; one that says nothing follows today's rule.
fn payment_days(page: &Page, view: &StatementView) -> u32 {
    match view.body.payment_days {
        0 => page.ctx.programme.payout_days,
        days => days,
    }
}

/// When the rest of a raised invoice is there at the latest.
fn money_by(page: &Page, view: &StatementView) -> Option<AnyView> {
    let bill = view.bills.last()?;
    if view.settlement == SettlementState::Paid {
        return None;
    }
    let rule = PayoutRule {
        payment_days: payment_days(page, view),
        ..page.ctx.programme.payout_rule()
    };
    let by = rule.paid_by(page.ctx.date_of(bill.created_at));
    let date = [("date", page.words.date(by).into())];
    Some(
        view! { <p class="small muted">{page.words.with("payout-money-by", &date)}</p> }.into_any(),
    )
}

fn invoice_form(page: &Page, view: &StatementView) -> AnyView {
    let words = &page.words;
    if !may(page, Action::RaiseInvoices) {
        return view! {
            <section class="card">
                <header><h2>{words.text("invoice-form-title")}</h2></header>
                <p class="small muted">{words.text("invoice-form-not-allowed")}</p>
            </section>
        }
        .into_any();
    }
    let amount = words.money(view.rest);
    view! {
        <form class="card form" id="raise" method="post" enctype="multipart/form-data" novalidate>
            <header><h2>{words.text("invoice-form-title")}</h2></header>
            <p class="small muted">{words.with("invoice-form-lead", &[("amount", amount.clone().into())])}</p>
            {form_errors(page, RAISE).map(|refusal| kit::errors(page, Some(refusal)))}
            <input type="hidden" name="do" value=RAISE />
            <input type="hidden" name="form[statement]" value=view.record.id.to_string() />
            {field(page, RAISE, "number", "form[number]", "invoice-form-number").hint("invoice-form-number-hint").maximum(60).input()}
            <dl class="facts">
                <div><dt>{words.text("invoice-form-amount")}</dt><dd class="money sum">{amount}</dd></div>
            </dl>
            {field(page, RAISE, "amount", "form[amount]", "invoice-form-part").hint("invoice-form-part-hint").optional().input()}
            <p class="hint">{words.text("invoice-form-amount-hint")}</p>
            {field(page, RAISE, "pdf", "pdf", "invoice-form-pdf").hint("invoice-form-pdf-hint").optional().file(PDF)}
            <button class="btn primary wide">{words.text("invoice-form-submit")}</button>
        </form>
    }
    .into_any()
}
