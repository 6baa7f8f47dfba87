//! A story of money: what a client, a partner and their bookkeepers do one after the other, told in steps on a whole portal. Each step is an act inside
//! the sandbox's Xero, or of a person on our pages, and ends when nothing is due any more; the books are proved after each. A story ends with the state
//! of every line, the partner's five figures and what is open for finance.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use portal_domain::{ids::LeadId, line::LineKind};
use portal_services::{
    exceptions::{self, ExceptionView},
    statements::{self, StatementView},
};
use serde_json::{Value, json};

use crate::{browser::Answer, money, portal::TestPortal};

/// What a client pays for one billing period, and the tax on it.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    pub amount: &'static str,
    /// Months per period; or the word for a deal that is paid once.
    pub period: &'static str,
    pub currency: &'static str,
    pub tax_rate: &'static str,
}

/// 1,234.57 a month, with 19 % 1,469.14. Commission of 10 % is 123.457 a month: 123.46, 123.45, 123.46, 123.46, 123.45, 123.46, 123.46, 123.46, 123.45,
/// 123.46, 123.46 and 123.45; twelve make 1,481.48.
pub const EUROS: Terms = Terms {
    amount: "1234.57",
    period: "1",
    currency: "EUR",
    tax_rate: "19",
};

/// 833.35 a month, with 20 % 1,000.02. Commission of 10 % is 83.335 a month, half to even: 83.34, 83.33, 83.33 and 83.34, three times over; three make
/// 250.00 and twelve 1,000.02.
pub const POUNDS: Terms = Terms {
    amount: "833.35",
    period: "1",
    currency: "GBP",
    tax_rate: "20",
};

/// 500.10 a month, with 20 % 600.12; commission is 50.01.
pub const SECOND: Terms = Terms {
    amount: "500.10",
    ..POUNDS
};

/// A deal that Aster brought.
#[derive(Clone, Debug)]
pub struct Deal {
    pub lead: LeadId,
    pub hubspot_id: String,
    pub client: &'static str,
    pub terms: Terms,
}

pub struct Story {
    pub portal: TestPortal,
    /// Harbour's, which the story is about.
    pub deal: Deal,
}

impl Story {
    /// It is 6 July, and Harbour's deal was won today.
    pub async fn begin(terms: Terms) -> Self {
        let story = Self::before_won(terms).await;
        story.win(&story.deal).await;
        story
    }

    /// Harbour's deal is in HubSpot, and not won yet.
    pub async fn before_won(terms: Terms) -> Self {
        Self::before_won_on(TestPortal::start().await, terms).await
    }

    async fn before_won_on(portal: TestPortal, terms: Terms) -> Self {
        let (lead, hubspot_id) = portal.registered("Harbour", "harbour-logistics.com").await;
        let deal = Deal {
            lead,
            hubspot_id,
            client: "Harbour",
            terms,
        };
        Self { portal, deal }
    }

    /// It is 3 October, and Harbour has paid for July, August and September by `INV-1` to `INV-3`. Beside it the ids of the payments.
    pub async fn of_a_paid_quarter(terms: Terms) -> (Self, Vec<String>) {
        Self::of_a_paid_quarter_on(TestPortal::start().await, terms).await
    }

    async fn of_a_paid_quarter_on(portal: TestPortal, terms: Terms) -> (Self, Vec<String>) {
        let story = Self::before_won_on(portal, terms).await;
        story.win(&story.deal).await;
        let mut payments = Vec::new();
        for number in ["INV-1", "INV-2", "INV-3"] {
            story.invoice(number, terms.amount).await;
            payments.push(story.pay_rest(number).await);
            story.month_ends().await;
        }
        (story, payments)
    }

    /// The same, approved and on a statement.
    pub async fn of_a_stated_quarter(terms: Terms) -> (Self, Vec<String>) {
        Self::of_a_stated_quarter_on(TestPortal::start().await, terms).await
    }

    /// The same on a portal with settings of its own.
    pub async fn of_a_stated_quarter_on(portal: TestPortal, terms: Terms) -> (Self, Vec<String>) {
        let (story, payments) = Self::of_a_paid_quarter_on(portal, terms).await;
        story.approve_all().await;
        story.close_quarter("2026Q3").await;
        (story, payments)
    }

    /// Sales win a deal in HubSpot.
    pub async fn win(&self, deal: &Deal) {
        let won = json!({
            "dealstage": "closedwon",
            "amount": deal.terms.amount,
            "deal_currency_code": deal.terms.currency,
            "portal_billing_period": deal.terms.period,
        });
        self.change_deal(deal, won).await;
    }

    pub async fn change_deal(&self, deal: &Deal, properties: Value) {
        self.portal.change_deal(&deal.hubspot_id, properties).await;
        self.portal.run_jobs().await;
    }

    /// Another client's deal is won.
    pub async fn win_of_another_client(&self, terms: Terms) -> Deal {
        let client = "Fernhill";
        let (lead, hubspot_id) = self.portal.registered(client, "fernhill-clinics.com").await;
        let deal = Deal {
            lead,
            hubspot_id,
            client,
            terms,
        };
        self.win(&deal).await;
        deal
    }

    /// Another deal of Harbour's is won.
    pub async fn win_of_same_client(&self, terms: Terms) -> Deal {
        let (lead, hubspot_id) = money::second_lead(&self.portal).await;
        let deal = Deal {
            lead,
            hubspot_id,
            client: self.deal.client,
            terms,
        };
        self.win(&deal).await;
        deal
    }

    /// Does something in the sandbox's Xero, below `/sandbox/xero/`, and lets everybody hear of it.
    pub async fn xero(&self, path: &str, body: Value) -> Value {
        let answer = self.portal.sandbox_act(&format!("xero/{path}"), body).await;
        self.portal.run_jobs().await;
        answer
    }

    /// Issues an invoice that names Harbour's deal. Answers its id.
    pub async fn invoice(&self, number: &str, net: &str) -> String {
        self.invoice_of(&self.deal, number, net, json!({})).await
    }

    /// Issues an invoice for a deal, with what is said otherwise. Answers its id.
    pub async fn invoice_of(&self, deal: &Deal, number: &str, net: &str, but: Value) -> String {
        let mut fields = json!({
            "number": number,
            "new_contact": deal.client,
            "reference": format!("Deal {}", deal.hubspot_id),
            "net": net,
            "currency": deal.terms.currency,
            "tax_rate": deal.terms.tax_rate,
        });
        for (name, value) in but.as_object().expect("fields") {
            fields[name] = value.clone();
        }
        let made = self.xero("invoices", fields).await;
        made["id"].as_str().expect("an id").to_owned()
    }

    /// The client pays so much of an invoice, with tax. Answers the payment.
    pub async fn pay(&self, number: &str, amount: &str) -> String {
        self.portal.pay(number, amount).await
    }

    /// The client pays all that an invoice asks for. Answers the payment.
    pub async fn pay_rest(&self, number: &str) -> String {
        self.portal.pay_rest(number).await
    }

    /// Takes a payment of an invoice, a bill or a refund back.
    pub async fn undo(&self, payment: &str) {
        self.portal.delete_payment(payment).await;
    }

    pub async fn void(&self, invoice: &str) {
        self.xero(&format!("invoices/{invoice}/void"), json!({}))
            .await;
    }

    /// Makes a credit note for an invoice and sets it against what is still due there. Answers its id.
    pub async fn credit(&self, invoice: &str, fields: Value) -> String {
        let made = self
            .xero(&format!("invoices/{invoice}/credit"), fields)
            .await;
        made["credit_id"].as_str().expect("a credit").to_owned()
    }

    /// Pays so much of a credit note back to the client. Answers the payment.
    pub async fn refund(&self, credit: &str, amount: &str) -> String {
        let paid = self
            .xero(
                &format!("credits/{credit}/refund"),
                json!({ "amount": amount }),
            )
            .await;
        paid["payment_id"].as_str().expect("a payment").to_owned()
    }

    /// Takes money of Harbour's that is for no invoice yet: a `prepayment` or an `overpayment`, with tax. Answers its id.
    pub async fn money_on_account(&self, kind: &str, amount: &str) -> String {
        let fields = json!({ "kind": kind, "new_contact": self.deal.client, "amount": amount, "currency": self.deal.terms.currency });
        let made = self.xero("credits", fields).await;
        made["id"].as_str().expect("an id").to_owned()
    }

    /// Sets a credit against an invoice, as far as both reach.
    pub async fn allocate(&self, credit: &str, invoice: &str) -> String {
        let put = self
            .xero(
                &format!("credits/{credit}/allocations"),
                json!({ "invoice": invoice }),
            )
            .await;
        put["allocation_id"]
            .as_str()
            .expect("an allocation")
            .to_owned()
    }

    /// It is the third of the next month.
    pub async fn month_ends(&self) {
        let next = self.portal.ctx.this_month().plus(1);
        self.today(&format!("{next}-03")).await;
    }

    pub async fn today(&self, day: &str) {
        self.portal
            .advance_clock_to(&format!("{day}T08:00:00Z"))
            .await;
        self.portal.run_jobs().await;
    }

    /// Time for the sweep, which finds what Xero tells nobody of.
    pub async fn minutes_pass(&self) {
        self.portal.advance_clock_by(6).await;
        self.portal.run_jobs().await;
    }

    pub async fn approve_all(&self) {
        money::approve_all(&self.portal).await;
    }

    pub async fn close_quarter(&self, quarter: &str) {
        let answer = money::close(&self.portal, quarter).await;
        assert_eq!(answer.status, 303, "{answer:?}");
    }

    /// Fernhill's deal is won at the beginning of a quarter, its three months are paid, and all that is covered by then goes on a statement. It is the
    /// third day of the quarter after.
    pub async fn next_quarter_with_another_client(&self) -> Deal {
        let quarter = self.portal.ctx.this_quarter();
        let other = self.win_of_another_client(SECOND).await;
        self.invoice_of(&other, "INV-Q", "1500.30", json!({})).await;
        self.pay_rest("INV-Q").await;
        for _ in 0..3 {
            self.month_ends().await;
        }
        self.approve_all().await;
        self.close_quarter(&quarter.to_string()).await;
        other
    }

    /// Aster's statements, newest first.
    pub async fn statements(&self) -> Vec<StatementView> {
        statements::list_for_partner(&self.portal.ctx, &self.portal.aster.owner)
            .await
            .unwrap()
    }

    /// Aster raises its invoice for its last statement, or a part of it. Answers the bill's id in Xero.
    pub async fn raise(&self, number: &str, amount: &str) -> String {
        let answer = self.try_raise(number, amount).await;
        assert_eq!(answer.status, 303, "{answer:?}");
        self.portal.run_jobs().await;
        self.portal.bill(number).await
    }

    /// What the page answers to it, before any job has run.
    pub async fn try_raise(&self, number: &str, amount: &str) -> Answer {
        let id = self.statements().await[0].record.id.to_string();
        let mut browser = self.portal.sign_in(&self.portal.aster.finance).await;
        let fields = [
            ("do", "raise_invoice"),
            ("form[statement]", id.as_str()),
            ("form[number]", number),
            ("form[amount]", amount),
        ];
        browser.post(&format!("/statements/{id}"), &fields).await
    }

    /// The same with a file as its PDF.
    pub async fn try_raise_with(&self, number: &str, content: &[u8]) -> Answer {
        let id = self.statements().await[0].record.id.to_string();
        let mut browser = self.portal.sign_in(&self.portal.aster.finance).await;
        let fields = [
            ("do", "raise_invoice"),
            ("form[statement]", id.as_str()),
            ("form[number]", number),
            ("form[amount]", ""),
        ];
        let page = format!("/statements/{id}");
        let file = ("pdf", "Rechnung Ü.pdf", content);
        browser.post_file(&page, &fields, file).await
    }

    /// The files beside the one bill of a number in Xero, by name, each with what is in it.
    pub async fn files_of(&self, number: &str) -> Vec<(String, Vec<u8>)> {
        let bill = self.portal.bill(number).await;
        let state = self.portal.sandbox_read("state").await;
        let files = &state["xero"]["invoices"][&bill]["attachments"];
        let files = files.as_array().expect("files").iter().map(|file| {
            let content = STANDARD.decode(file["content"].as_str().expect("base64"));
            let name = file["file_name"].as_str().expect("a name").to_owned();
            (name, content.expect("base64"))
        });
        files.collect()
    }

    /// Finance enters a bill of Aster's in Xero, and the sweep finds it. Answers its id.
    pub async fn enter_bill(&self, number: &str, net: &str, but: Value) -> String {
        let mut fields = json!({
            "type": "ACCPAY",
            "new_contact": "Aster Ltd",
            "number": number,
            "description": "Commission as of PS-2026Q3-000001",
            "net": net,
            "currency": self.deal.terms.currency,
        });
        for (name, value) in but.as_object().expect("fields") {
            fields[name] = value.clone();
        }
        let made = self.xero("invoices", fields).await;
        self.minutes_pass().await;
        made["id"].as_str().expect("an id").to_owned()
    }

    /// The open exception of a kind.
    pub async fn exception(&self, kind: &str) -> ExceptionView {
        let (ctx, finance) = (&self.portal.ctx, &self.portal.staff.finance);
        let found = exceptions::list_exceptions(ctx, finance, 100)
            .await
            .unwrap();
        let found = found.into_iter().find(|view| view.record.kind == kind);
        found.unwrap_or_else(|| panic!("no {kind} is open"))
    }

    /// A deal's lines of the months that have ended, by month: each its state, and what is no month's commission its kind and amount too.
    pub async fn lines_of(&self, deal: &Deal) -> Vec<String> {
        let this_month = self.portal.ctx.this_month();
        let lines = self.portal.lines(deal.lead).await;
        let ended = lines.iter().filter(|view| view.line.month < this_month);
        ended
            .map(|view| match view.line.kind {
                LineKind::Scheduled => view.line.state.to_string(),
                kind => {
                    let amount = view.line.money.to_decimal();
                    format!("{kind} {amount} {}", view.line.state)
                }
            })
            .collect()
    }

    /// The lines of Harbour's deal; Aster's earned, owed, paid, upcoming and expected in minor units; and the kinds of what is open for finance.
    pub async fn is(&self, lines: &[&str], figures: [i64; 5], exceptions: &[&str]) {
        assert_eq!(self.lines_of(&self.deal).await, lines);
        assert_eq!(self.portal.figures().await, figures);
        assert_eq!(money::exceptions(&self.portal).await, exceptions);
    }

    /// The same, in the end: and the books hold, and no job was given up.
    pub async fn ends(self, lines: &[&str], figures: [i64; 5], exceptions: &[&str]) {
        self.is(lines, figures, exceptions).await;
        self.portal.finish().await;
    }
}
