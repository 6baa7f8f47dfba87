//! What a line's money waits for, in a sentence. Which state a line is in is the services' to know.

use std::collections::{BTreeMap, BTreeSet};

use portal_domain::{calendar::Quarter, ids::StatementId, line::LineState};
use portal_services::{
    lines::{LineView, WaitsFor},
    quarters,
    statements::{self, StatementView},
};

use crate::{
    ui::{api::UiError, pages::parts::sees_all},
    web::page::Page,
};

/// What sentences name and lines only point to: the statements that they are on, and the quarter that closes next.
pub struct Around {
    statements: BTreeMap<StatementId, StatementView>,
    next_close: Quarter,
}

impl Around {
    /// Reads each statement once, however many of its lines are shown.
    pub async fn load(page: &Page, lines: &[LineView]) -> Result<Self, UiError> {
        let ids: BTreeSet<StatementId> = lines
            .iter()
            .filter_map(|view| view.line.statement)
            .collect();
        let mut found = BTreeMap::new();
        // A statement lists everybody's leads: who sees its own alone is told no more than the line's state.
        for id in ids.into_iter().filter(|_| sees_all(page)) {
            let statement =
                page.said(statements::find_for_partner(&page.ctx, page.actor()?, id).await)?;
            found.insert(id, statement);
        }
        let closable = page.said(quarters::closable_quarter(&page.ctx).await)?;
        Ok(Self {
            statements: found,
            next_close: closable.unwrap_or_else(|| page.ctx.this_quarter()),
        })
    }

    fn statement(&self, view: &LineView) -> Option<&StatementView> {
        self.statements.get(&view.line.statement?)
    }

    fn statement_number(&self, view: &LineView) -> String {
        self.statement(view)
            .map_or_else(String::new, |statement| statement.record.number.clone())
    }

    /// The partner's number of its invoice that a line is on.
    fn invoice_number(&self, view: &LineView) -> String {
        self.statement(view).map_or_else(String::new, |statement| {
            statement.bill_number_of(&view.line)
        })
    }

    /// The quarter whose statement an approved line comes on.
    fn quarter_of(&self, page: &Page, view: &LineView) -> Quarter {
        Quarter::of(view.line.month, page.ctx.programme.fiscal_start).max(self.next_close)
    }
}

/// What a line waits for, or how it ended.
pub fn sentence(page: &Page, around: &Around, view: &LineView) -> String {
    let words = &page.words;
    let statement = || around.statement_number(view);
    let Some(waits_for) = &view.waits_for else {
        return match view.line.state {
            LineState::Cancelled if view.line.is_refused => {
                let reason = view.line.reason.clone().unwrap_or_default();
                words.with("line-waits-refused", &[("reason", reason.into())])
            }
            LineState::Cancelled => words.text("line-waits-cancelled"),
            _ => words.with("line-waits-nothing", &[("statement", statement().into())]),
        };
    };
    match waits_for {
        WaitsFor::MonthEnd => words.text("line-waits-month-end"),
        WaitsFor::Invoice => words.text("line-waits-invoice"),
        WaitsFor::Payment { .. } => payment(page, waits_for),
        WaitsFor::Approval => words.text("line-waits-approval"),
        WaitsFor::QuarterClose => {
            let quarter = words.quarter(around.quarter_of(page, view));
            words.with("line-waits-quarter-close", &[("quarter", quarter.into())])
        }
        WaitsFor::PartnerInvoice => words.with(
            "line-waits-partner-invoice",
            &[("statement", statement().into())],
        ),
        WaitsFor::BillPayment => words.with(
            "line-waits-bill-payment",
            &[("invoice", around.invoice_number(view).into())],
        ),
        WaitsFor::Held { reason } => words.with("line-waits-held", &[("reason", reason.into())]),
        WaitsFor::Dispute => words.text("line-waits-dispute"),
        WaitsFor::Terms => words.text("line-waits-terms"),
        WaitsFor::Merger => words.text("line-waits-merger"),
    }
}

fn payment(page: &Page, waits_for: &WaitsFor) -> String {
    let WaitsFor::Payment {
        invoice_number,
        due,
        days_late,
        open,
    } = waits_for
    else {
        return String::new();
    };
    let words = &page.words;
    let amount = ("amount", words.money(*open).into());
    let invoice = ("invoice", invoice_number.into());
    match due {
        Some(_) if *days_late > 0 => words.with(
            "line-waits-payment-late",
            &[amount, invoice, ("days", (*days_late).into())],
        ),
        Some(due) => words.with(
            "line-waits-payment",
            &[amount, invoice, ("due", words.day(*due).into())],
        ),
        None => words.with("line-waits-payment-open", &[amount, invoice]),
    }
}
