//! What money waits for, in words: a sentence for one line, and groups with their sums for many. Which state a line is in is the services' to know.

use std::collections::{BTreeMap, BTreeSet};

use portal_domain::{calendar::Quarter, ids::StatementId, line::LineState, money::Currency};
use portal_services::{
    lines::{LineView, WaitsFor},
    statements::{self, StatementView},
};

use super::super::parts::write_large;
use crate::{ui::api::UiError, web::page::Page};

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
        for id in ids {
            let statement =
                page.said(statements::find_for_partner(&page.ctx, page.actor()?, id).await)?;
            found.insert(id, statement);
        }
        let closable = page.said(statements::closable_quarter(&page.ctx).await)?;
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

    /// The partner's number of its invoice for the statement that a line is on.
    fn invoice_number(&self, view: &LineView) -> String {
        self.statement(view)
            .map_or_else(String::new, StatementView::bill_numbers)
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

/// Lines that wait for the same thing, and what they come to.
pub struct Group {
    /// What it is, in a word: a key of the catalogues.
    pub title: String,
    /// Which invoice, which statement, which clients.
    pub about: String,
    pub url: String,
    /// Its sum, in words.
    pub amount: String,
    pub count: usize,
}

/// What can be waited for: what the partner itself can do first, what only time brings last.
const ORDER: [&str; 10] = [
    "partner-invoice",
    "dispute",
    "held",
    "terms",
    "payment",
    "invoice",
    "approval",
    "quarter-close",
    "bill-payment",
    "month-end",
];

/// Its place in [`ORDER`], and what tells two groups of the same kind apart.
fn key(view: &LineView, waits_for: &WaitsFor) -> (usize, String) {
    let statement = || {
        view.line
            .statement
            .map_or_else(String::new, |id| id.to_string())
    };
    match waits_for {
        WaitsFor::PartnerInvoice => (0, statement()),
        WaitsFor::Dispute => (1, String::new()),
        WaitsFor::Held { reason } => (2, reason.clone()),
        WaitsFor::Terms => (3, String::new()),
        WaitsFor::Payment { invoice_number, .. } => (4, invoice_number.clone()),
        WaitsFor::Invoice => (5, String::new()),
        WaitsFor::Approval => (6, String::new()),
        WaitsFor::QuarterClose => (7, String::new()),
        WaitsFor::BillPayment => (8, statement()),
        WaitsFor::MonthEnd => (9, String::new()),
    }
}

/// The groups of what lines wait for.
pub fn group(page: &Page, around: &Around, lines: &[LineView]) -> Vec<Group> {
    let minor = |view: &&LineView| i128::from(view.line.money.minor);
    let mut groups: BTreeMap<(usize, String, Currency), Vec<&LineView>> = BTreeMap::new();
    for view in lines {
        if let Some(waits_for) = &view.waits_for {
            let (place, about) = key(view, waits_for);
            groups
                .entry((place, about, view.line.money.currency))
                .or_default()
                .push(view);
        }
    }
    groups
        .into_iter()
        .map(|((place, _, currency), members)| Group {
            title: format!("waits-group-{}", ORDER[place]),
            about: about(page, around, &members),
            url: address(members[0]),
            amount: write_large(page, members.iter().map(minor).sum(), currency),
            count: members.len(),
        })
        .collect()
}

fn address(view: &LineView) -> String {
    match (&view.waits_for, view.line.statement) {
        (Some(WaitsFor::PartnerInvoice | WaitsFor::BillPayment), Some(statement)) => {
            format!("/statements/{statement}")
        }
        (Some(WaitsFor::Held { .. }), _) => "/commission?state=held".to_owned(),
        (Some(WaitsFor::Dispute), _) => "/commission?state=disputed".to_owned(),
        (Some(WaitsFor::Approval | WaitsFor::QuarterClose), _) => {
            "/commission?state=owed".to_owned()
        }
        _ => "/commission?state=waiting".to_owned(),
    }
}

fn about(page: &Page, around: &Around, members: &[&LineView]) -> String {
    let words = &page.words;
    let first = members[0];
    match &first.waits_for {
        Some(WaitsFor::PartnerInvoice) => words.with(
            "waits-about-statement",
            &[("statement", around.statement_number(first).into())],
        ),
        Some(WaitsFor::BillPayment) => words.with(
            "waits-about-bill",
            &[
                ("invoice", around.invoice_number(first).into()),
                ("statement", around.statement_number(first).into()),
            ],
        ),
        Some(WaitsFor::Held { reason }) => reason.clone(),
        Some(WaitsFor::QuarterClose) => {
            let quarter = words.quarter(around.quarter_of(page, first));
            words.with("waits-about-quarter", &[("quarter", quarter.into())])
        }
        Some(WaitsFor::MonthEnd) => {
            let months = (
                members.iter().map(|view| view.line.month).min(),
                members.iter().map(|view| view.line.month).max(),
            );
            match months {
                (Some(from), Some(to)) if from != to => words.with(
                    "waits-about-months",
                    &[
                        ("from", words.month_short(from).into()),
                        ("to", words.month_short(to).into()),
                    ],
                ),
                _ => words.month(first.line.month),
            }
        }
        Some(WaitsFor::Payment {
            invoice_number,
            due,
            days_late,
            ..
        }) => {
            let named = [
                ("invoice", invoice_number.into()),
                ("client", first.line.client_name.as_str().into()),
            ];
            let [invoice, client] = named;
            match due {
                Some(_) if *days_late > 0 => words.with(
                    "waits-about-payment-late",
                    &[invoice, client, ("days", (*days_late).into())],
                ),
                Some(due) => words.with(
                    "waits-about-payment",
                    &[invoice, client, ("due", words.day(*due).into())],
                ),
                None => words.with("waits-about-payment-open", &[invoice, client]),
            }
        }
        _ => clients(page, members),
    }
}

fn clients(page: &Page, members: &[&LineView]) -> String {
    let names: BTreeSet<&str> = members
        .iter()
        .map(|view| view.line.client_name.as_str())
        .collect();
    match names.first() {
        Some(name) if names.len() == 1 => (*name).to_owned(),
        _ => page
            .words
            .with("waits-about-clients", &[("count", names.len().into())]),
    }
}
