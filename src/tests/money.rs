//! The way of money, from a deal won in HubSpot over the client's payments in Xero to a bill paid there. The books are proved after every step
//! (`TestPortal::run_jobs`); here are the numbers, computed by hand.
//!
//! The plan pays 10 % for 12 months. A deal of £1,000.00 a month makes £100.00 each month. One of £10,000.00 a year has m = £833.33⅓ and makes
//! £83.33, £83.34, £83.33, and so on: three months add up to £250.00, twelve to £1,000.00.

use portal_domain::{
    calendar::Quarter,
    ids::LeadId,
    lead::LeadForm,
    line::{LineKind, LineState, SeenLine},
};
use portal_services::{
    closing, exceptions, leads,
    lines::{LineView, WaitsFor},
    statements,
    statements::StatementView,
};
use portal_words::{Locale, Words};
use serde_json::json;

use crate::{
    browser::{Answer, Browser},
    portal::{TestPortal, lead_form},
};
use LineState::{Approved, Awaiting, Covered, Invoiced, Paid, Stated, Upcoming};

/// Sends what the page Commission lines does, with the lines that were ticked or shown.
async fn decide(
    browser: &mut Browser,
    act: &str,
    field: &str,
    lines: &[SeenLine],
    reason: &str,
) -> Answer {
    let mut fields = vec![
        ("do".to_owned(), act.to_owned()),
        ("reason".to_owned(), reason.to_owned()),
    ];
    fields.extend(
        lines
            .iter()
            .enumerate()
            .map(|(place, line)| (format!("{field}[{place}]"), line.to_string())),
    );
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    browser.post("/staff/lines", &fields).await
}

/// Approves whatever is covered, as the button for all of them does.
pub async fn approve_all(portal: &TestPortal) {
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    let answer = decide(
        &mut finance,
        "approve_shown_lines",
        "shown",
        &portal.covered().await,
        "",
    )
    .await;
    assert!(
        answer.location.contains("notice=lines-approved"),
        "{answer:?}"
    );
    portal.run_jobs().await;
}

/// Closes a quarter, as the button does: somebody else than who approved its lines.
pub async fn close(portal: &TestPortal, quarter: &str) -> Answer {
    let mut administrator = portal.sign_in(&portal.staff.administrator).await;
    let answer = administrator
        .post(
            "/staff/statements",
            &[("do", "close_quarter"), ("quarter", quarter)],
        )
        .await;
    portal.run_jobs().await;
    answer
}

async fn statement(portal: &TestPortal) -> StatementView {
    let mut found = statements::list_for_partner(&portal.ctx, &portal.aster.owner)
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    found.remove(0)
}

async fn raise(browser: &mut Browser, statement: &StatementView, number: &str) -> Answer {
    let id = statement.record.id.to_string();
    let fields = [
        ("do", "raise_invoice"),
        ("form[statement]", id.as_str()),
        ("form[number]", number),
    ];
    browser.post(&format!("/statements/{id}"), &fields).await
}

fn amounts(lines: &[LineView]) -> Vec<i64> {
    lines.iter().map(|view| view.line.money.minor).collect()
}

/// The kinds of what is open for finance.
pub async fn exceptions(portal: &TestPortal) -> Vec<String> {
    let found = exceptions::list_exceptions(&portal.ctx, &portal.staff.finance, 100)
        .await
        .unwrap();
    let mut kinds: Vec<String> = found.into_iter().map(|view| view.record.kind).collect();
    kinds.sort();
    kinds
}

/// A monthly deal, with July's invoice paid and August's in part, and an annual one with its invoice paid in part; it is 1 October.
struct Quarter3 {
    monthly: LeadId,
    annual: LeadId,
    august: String,
    annual_invoice: String,
}

async fn third_quarter(portal: &TestPortal) -> Quarter3 {
    let (monthly, monthly_deal) = portal
        .won("Harbour", "harbour-logistics.com", "1000.00", "1")
        .await;
    let (annual, annual_deal) = portal
        .won("Fernhill", "fernhill-clinics.com", "10000.00", "12")
        .await;
    let (of_monthly, of_annual) = (portal.lines(monthly).await, portal.lines(annual).await);
    assert_eq!(amounts(&of_monthly), [10_000; 12]);
    assert_eq!(amounts(&of_annual), [8_333, 8_334, 8_333].repeat(4));
    assert_eq!(
        (
            of_monthly[0].line.month.to_string(),
            of_monthly[11].line.month.to_string()
        ),
        ("2026-07".to_owned(), "2027-06".to_owned())
    );
    assert_eq!(portal.figures().await, [0, 0, 0, 0, 220_000]);
    let july = portal.invoice("Harbour", &monthly_deal, "1000.00").await;
    portal.pay(&july, "1200.00").await;
    let annual_invoice = portal.invoice("Fernhill", &annual_deal, "10000.00").await;
    // 2,000.00 of 12,000.00 with tax are 1,666.67 net: two months of 833.33⅓.
    portal.pay(&annual_invoice, "2000.00").await;
    assert_eq!(
        portal.figures().await,
        [0, 0, 0, 0, 220_000],
        "July has not ended"
    );
    portal.advance_clock_to("2026-08-03T08:00:00Z").await;
    portal.run_jobs().await;
    assert_eq!(
        portal.figures().await,
        [18_333, 18_333, 0, 0, 201_667],
        "July of both"
    );
    let august = portal.invoice("Harbour", &monthly_deal, "1000.00").await;
    portal.pay(&august, "600.00").await;
    portal.advance_clock_to("2026-10-01T08:00:00Z").await;
    portal.run_jobs().await;
    Quarter3 {
        monthly,
        annual,
        august,
        annual_invoice,
    }
}

#[tokio::test]
async fn the_clients_money_covers_the_months_that_it_reaches_and_no_others() {
    let portal = TestPortal::start().await;
    let third = third_quarter(&portal).await;
    assert_eq!(
        portal.states(third.monthly, 4).await,
        [Covered, Awaiting, Awaiting, Upcoming]
    );
    assert_eq!(
        portal.states(third.annual, 4).await,
        [Covered, Covered, Awaiting, Upcoming]
    );
    // 100.00 + 83.33 + 83.34; the rest of 2,200.00 is expected.
    assert_eq!(portal.figures().await, [26_667, 26_667, 0, 0, 193_333]);
    let lines = portal.lines(third.monthly).await;
    assert_eq!(lines[0].waits_for, Some(WaitsFor::Approval));
    let Some(WaitsFor::Payment {
        invoice_number,
        days_late,
        open,
        ..
    }) = &lines[1].waits_for
    else {
        panic!("{:?}", lines[1].waits_for)
    };
    // Issued on 3 August, due 30 days later; half of 1,200.00 is open.
    assert_eq!(
        (invoice_number, *days_late, open.minor),
        (&third.august, 29, 60_000)
    );
    assert_eq!(
        (&lines[2].waits_for, &lines[3].waits_for),
        (&Some(WaitsFor::Invoice), &Some(WaitsFor::MonthEnd))
    );
    let lines = portal.lines(third.annual).await;
    let Some(WaitsFor::Payment {
        invoice_number,
        days_late,
        open,
        ..
    }) = &lines[2].waits_for
    else {
        panic!("{:?}", lines[2].waits_for)
    };
    assert_eq!(
        (invoice_number, *days_late, open.minor),
        (&third.annual_invoice, 57, 1_000_000)
    );
    let mut browser = portal.sign_in(&portal.aster.sales).await;
    let page = browser.get("/commission").await;
    assert!(
        page.status == 200
            && page.body.contains(&third.august)
            && page.body.contains(&third.annual_invoice)
    );
    let kinds = exceptions(&portal).await;
    for kind in ["no_invoice_yet", "invoice_overdue", "underpaid"] {
        assert!(
            kinds.iter().any(|found| found == kind),
            "{kind} is not in {kinds:?}"
        );
    }
    portal.finish().await;
}

#[tokio::test]
async fn every_line_says_what_it_rests_on() {
    let portal = TestPortal::start().await;
    let third = third_quarter(&portal).await;
    let line = portal.lines(third.annual).await[1].line.clone();
    let why = portal_services::why::explain(&portal.ctx, &portal.aster.owner, line.id)
        .await
        .unwrap();
    let arithmetic = why.arithmetic.expect("a scheduled line is computed");
    assert_eq!(
        (
            arithmetic.months_before,
            arithmetic.before_minor,
            arithmetic.through_minor
        ),
        (1, 8_333, 16_667)
    );
    let reached = why.reached.expect("it waits for the client's money");
    assert_eq!(
        reached.collected.minor, 83_334,
        "what July's 833.33 left of 1,666.67"
    );
    assert_eq!(why.fills.len(), 1);
    let mut browser = portal.sign_in(&portal.aster.owner).await;
    let page = browser.get(&format!("/commission?line={}", line.id)).await;
    assert_eq!(page.status, 200);
    for said in [
        "Fernhill",
        "£10,000.00 ÷ 12 months = £833.33 and 1/3 of the smallest unit",
        "2 months: £166.66 and 2/3 of the smallest unit, rounded £166.67",
        "One month: £83.33 and 1/3 of the smallest unit, rounded £83.33",
        "Paid by the client",
        "AmountPaid",
        "£2,000.00",
        "AUTHORISED",
        "Linked by",
    ] {
        assert!(page.body.contains(said), "{said} is not in {}", page.body);
    }
    let other = portal_services::why::explain(&portal.ctx, &portal.borealis.owner, line.id).await;
    assert!(
        matches!(other, Err(portal_services::ServiceError::NotFound)),
        "{other:?}"
    );
    portal.finish().await;
}

/// Sends what the page does for one kind of decision; answers the notice that it leads to.
async fn decided(
    browser: &mut Browser,
    act: &str,
    field: &str,
    lines: &[&LineView],
    reason: &str,
) -> String {
    let lines: Vec<SeenLine> = lines.iter().map(|view| view.line.seen()).collect();
    let answer = decide(browser, act, field, &lines, reason).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    let (_, notice) = answer.location.split_once("notice=").expect("a notice");
    notice.to_owned()
}

#[tokio::test]
async fn lines_are_approved_singly_and_in_bulk_but_only_what_the_money_covers() {
    let portal = TestPortal::start().await;
    let third = third_quarter(&portal).await;
    let (monthly, annual) = (
        portal.lines(third.monthly).await,
        portal.lines(third.annual).await,
    );
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    let notice = decided(&mut finance, "approve_lines", "lines", &[&annual[0]], "").await;
    assert_eq!(notice, "lines-approved");
    assert_eq!(portal.figures().await, [26_667, 26_667, 0, 8_333, 193_333]);
    let notice = decided(&mut finance, "approve_lines", "lines", &[&monthly[1]], "").await;
    assert_eq!(
        notice, "lines-not-approved",
        "the client has not paid for August"
    );
    approve_all(&portal).await;
    assert_eq!(portal.figures().await, [26_667, 26_667, 0, 26_667, 193_333]);
    assert_eq!(portal.states(third.monthly, 2).await, [Approved, Awaiting]);
    portal.finish().await;
}

#[tokio::test]
async fn a_line_that_is_held_with_a_reason_stays_until_it_is_released() {
    let portal = TestPortal::start().await;
    let third = third_quarter(&portal).await;
    let (monthly, annual) = (
        portal.lines(third.monthly).await,
        portal.lines(third.annual).await,
    );
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    let without = decide(
        &mut finance,
        "hold_lines",
        "lines",
        &[monthly[0].line.seen()],
        "",
    )
    .await;
    assert_eq!(without.status, 422);
    let reason = "The client disputes July.";
    let notice = decided(&mut finance, "hold_lines", "lines", &[&monthly[0]], reason).await;
    assert_eq!(notice, "lines-held");
    let held = WaitsFor::Held {
        reason: reason.to_owned(),
    };
    assert_eq!(portal.lines(third.monthly).await[0].waits_for, Some(held));
    let mut partner = portal.sign_in(&portal.aster.owner).await;
    assert!(partner.get("/commission").await.body.contains(reason));
    let both = [&monthly[0], &annual[1]];
    let notice = decided(&mut finance, "approve_shown_lines", "shown", &both, "").await;
    assert_eq!(notice, "lines-partly-approved");
    assert_eq!(portal.figures().await, [26_667, 26_667, 0, 8_334, 193_333]);
    let notice = decided(&mut finance, "release_lines", "lines", &[&monthly[0]], "").await;
    assert_eq!(notice, "lines-released");
    approve_all(&portal).await;
    assert_eq!(portal.figures().await, [26_667, 26_667, 0, 26_667, 193_333]);
    portal.finish().await;
}

/// The third quarter with August paid in full and all that is covered approved: 366.67 on four lines.
async fn approved_quarter(portal: &TestPortal) -> Quarter3 {
    let third = third_quarter(portal).await;
    portal.pay(&third.august, "600.00").await;
    assert_eq!(portal.figures().await, [36_667, 36_667, 0, 0, 183_333]);
    approve_all(portal).await;
    assert_eq!(portal.figures().await, [36_667, 36_667, 0, 36_667, 183_333]);
    third
}

#[tokio::test]
async fn closing_a_quarter_states_its_approved_lines_and_closing_again_changes_nothing() {
    let portal = TestPortal::start().await;
    approved_quarter(&portal).await;
    assert_eq!(
        close(&portal, "2026Q4").await.status,
        409,
        "it has not ended"
    );
    let page = "/staff/statements?quarter=2026Q3";
    let answer = close(&portal, "2026Q3").await;
    assert_eq!(answer.location, format!("{page}&notice=quarter-closed"));
    let first = statement(&portal).await;
    assert_eq!(
        (first.record.number.as_str(), first.record.total.minor),
        ("PS-2026Q3-000001", 36_667)
    );
    let lines = first
        .lines
        .iter()
        .map(|line| (line.money.minor, line.state));
    let stated = [10_000, 8_333, 10_000, 8_334].map(|amount_minor| (amount_minor, Stated));
    assert_eq!(lines.collect::<Vec<_>>(), stated);
    assert_eq!(first.record.hash, statements::hash(&first.record.body));
    assert_eq!(portal.figures().await, [36_667, 36_667, 0, 0, 183_333]);
    let told = portal.sandbox_read("truth").await;
    let again = close(&portal, "2026Q3").await;
    assert_eq!(again.location, format!("{page}&notice=nothing-changed"));
    assert_eq!(statement(&portal).await.record.hash, first.record.hash);
    assert_eq!(
        portal.sandbox_read("truth").await,
        told,
        "no further mail or message"
    );
    portal.finish().await;
}

/// What Aster's channel was told of statements.
async fn statement_messages(portal: &TestPortal) -> Vec<serde_json::Value> {
    let mut said = portal.slack_messages("C0ASTERTEAM").await;
    said.retain(|said| said.to_string().contains("Statement"));
    said
}

#[tokio::test]
async fn a_statements_mail_and_slack_message_carry_its_lines() {
    let portal = TestPortal::start().await;
    approved_quarter(&portal).await;
    close(&portal, "2026Q3").await;
    let rows = [
        ("July 2026 · Harbour", "£100.00"),
        ("July 2026 · Fernhill", "£83.33"),
        ("August 2026 · Harbour", "£100.00"),
        ("August 2026 · Fernhill", "£83.34"),
    ];
    for address in ["owner@aster-consulting.com", "finance@aster-consulting.com"] {
        let mails = portal.mails_to(address).await;
        let mail = mails.last().expect("a mail");
        assert_eq!(
            mail["subject"],
            "Statement PS-2026Q3-000001: £366.67 to invoice"
        );
        let text = mail["text"].as_str().unwrap();
        for (label, amount) in rows {
            assert!(
                text.contains(&format!("{label}: {amount}")),
                "{label} is not in {text}"
            );
        }
    }
    let said = statement_messages(&portal).await;
    assert_eq!(said.len(), 1);
    let said = said[0].to_string();
    assert!(
        said.contains("PS-2026Q3-000001") && said.contains("£366.67"),
        "{said}"
    );
    for (label, amount) in rows {
        assert!(
            said.contains(&format!("{label}: *{amount}*")),
            "{label} is not in {said}"
        );
    }
    portal.finish().await;
}

#[tokio::test]
async fn two_who_close_a_quarter_at_once_make_one_statement() {
    let portal = TestPortal::start().await;
    approved_quarter(&portal).await;
    let quarter = Quarter::parse("2026Q3", 1).unwrap();
    let close = || closing::close_quarter(&portal.ctx, &portal.staff.administrator, quarter);
    let (one, other) = tokio::join!(close(), close());
    assert_eq!(one.unwrap().created + other.unwrap().created, 1);
    portal.run_jobs().await;
    statement(&portal).await;
    assert_eq!(statement_messages(&portal).await.len(), 1);
    portal.finish().await;
}

#[tokio::test]
async fn a_bill_is_made_once_whatever_answers_are_lost_and_payments_pay_the_oldest_lines() {
    let portal = TestPortal::start().await;
    approved_quarter(&portal).await;
    close(&portal, "2026Q3").await;
    let stated = statement(&portal).await;
    let mut browser = portal.sign_in(&portal.aster.finance).await;
    assert_eq!(raise(&mut browser, &stated, "").await.status, 422);
    // The contact is made and the bill is made, and neither is answered.
    portal
        .sandbox_act("faults", json!({ "xero": { "drop_after": 2 } }))
        .await;
    let answer = raise(&mut browser, &stated, "AST-17").await;
    let page = format!("/statements/{}", stated.record.id);
    assert_eq!(
        (answer.status, answer.location),
        (303, format!("{page}?notice=invoice-raised"))
    );
    let twice = raise(&mut browser, &stated, "AST-18").await;
    assert_eq!(twice.status, 409);
    for _ in 0..4 {
        portal.run_jobs().await;
        portal.advance_clock_by(6).await;
    }
    portal.run_jobs().await;
    assert_eq!(portal.sandbox_read("faults").await["xero"]["drop_after"], 0);
    let state = portal.sandbox_read("state").await;
    assert_eq!(
        state["truth"]["bills_by_number"].as_object().unwrap().len(),
        1
    );
    let bill = portal.bill("AST-17").await;
    let contacts = state["xero"]["contacts"].as_object().unwrap().values();
    assert_eq!(
        contacts
            .filter(|contact| contact["name"] == "Aster Ltd")
            .count(),
        1
    );
    assert_paid(&portal, 0).await;

    // 250.00 reach 100.00 and 83.33, and not the next 100.00; with 20 % tax in it they are 208.33, which is the same.
    let part = portal.pay(&bill, "250.00").await;
    assert_paid(&portal, 2).await;
    assert!(
        browser
            .get(&page)
            .await
            .body
            .contains(&Words::of(Locale::En).text("settlement-state-part_paid"))
    );
    let rest = portal.pay_rest(&bill).await;
    assert_paid(&portal, 4).await;
    let mails = portal.mails_to("finance@aster-consulting.com").await;
    assert_eq!(
        mails.last().unwrap()["subject"],
        "Your invoice AST-17 is paid"
    );
    portal.delete_payment(&rest).await;
    assert_paid(&portal, 2).await;
    portal.delete_payment(&part).await;
    assert_paid(&portal, 0).await;
    portal.pay_rest(&bill).await;
    assert_paid(&portal, 4).await;
    portal.finish().await;
}

/// The first so many lines of the statement are paid and the others invoiced, and the figures say the same.
async fn assert_paid(portal: &TestPortal, count: usize) {
    let lines = statement(portal).await.lines;
    let states: Vec<LineState> = lines.iter().map(|line| line.state).collect();
    let expected: Vec<LineState> = (0..4)
        .map(|place| if place < count { Paid } else { Invoiced })
        .collect();
    assert_eq!(states, expected);
    let paid: i64 = [10_000, 8_333, 10_000, 8_334][..count].iter().sum();
    assert_eq!(
        portal.figures().await,
        [36_667, 36_667 - paid, paid, 0, 183_333]
    );
}

/// A monthly deal of 1,000.00 of which the first so many months from July on are invoiced and paid; it is the 3rd of the month after.
async fn paid_months(portal: &TestPortal, count: usize) -> (LeadId, Vec<(String, String)>) {
    let (lead, deal) = portal
        .won("Harbour", "harbour-logistics.com", "1000.00", "1")
        .await;
    let mut paid = Vec::new();
    for month in ["2026-08-03", "2026-09-03", "2026-10-03"]
        .iter()
        .take(count)
    {
        let invoice = portal.invoice("Harbour", &deal, "1000.00").await;
        let payment = portal.pay(&invoice, "1200.00").await;
        paid.push((invoice, payment));
        portal.advance_clock_to(&format!("{month}T08:00:00Z")).await;
        portal.run_jobs().await;
    }
    (lead, paid)
}

#[tokio::test]
async fn a_voided_invoice_takes_its_coverage_back() {
    let portal = TestPortal::start().await;
    let (lead, paid) = paid_months(&portal, 2).await;
    approve_all(&portal).await;
    assert_eq!(portal.states(lead, 3).await, [Approved, Approved, Upcoming]);
    let (invoice, payment) = &paid[0];
    portal.delete_payment(payment).await;
    // What August's invoice collected fills July now: the client's money fills the months in order.
    assert_eq!(portal.states(lead, 3).await, [Approved, Awaiting, Upcoming]);
    assert_eq!(portal.figures().await, [10_000, 10_000, 0, 10_000, 110_000]);
    let waits = portal.lines(lead).await[1].waits_for.clone();
    assert!(
        matches!(waits, Some(WaitsFor::Payment { .. } | WaitsFor::Invoice)),
        "{waits:?}"
    );
    portal
        .sandbox_act(&format!("xero/invoices/{invoice}/void"), json!({}))
        .await;
    portal.run_jobs().await;
    assert_eq!(
        portal.lines(lead).await[1].waits_for,
        Some(WaitsFor::Invoice)
    );
    assert_eq!(portal.figures().await, [10_000, 10_000, 0, 10_000, 110_000]);
    portal.finish().await;
}

#[tokio::test]
async fn money_that_goes_away_after_the_statement_comes_back_as_a_clawback() {
    let portal = TestPortal::start().await;
    let (lead, paid) = paid_months(&portal, 3).await;
    approve_all(&portal).await;
    close(&portal, "2026Q3").await;
    assert_eq!(statement(&portal).await.record.total.minor, 30_000);
    portal.delete_payment(&paid[2].1).await;
    let lines = portal.lines(lead).await;
    let clawbacks: Vec<(i64, LineState)> = lines
        .iter()
        .filter(|view| view.line.kind == LineKind::Clawback)
        .map(|view| (view.line.money.minor, view.line.state))
        .collect();
    assert_eq!(clawbacks, [(-10_000, Covered)]);
    assert_eq!(
        portal.figures().await[0],
        20_000,
        "300.00 stated, 100.00 taken back"
    );
    approve_all(&portal).await;
    assert_eq!(portal.figures().await[3], -10_000);
    portal.advance_clock_to("2027-01-04T08:00:00Z").await;
    portal.run_jobs().await;
    let quarter = Quarter::parse("2026Q4", 1).unwrap();
    let closed = closing::close_quarter(&portal.ctx, &portal.staff.administrator, quarter)
        .await
        .unwrap();
    assert_eq!(
        (closed.created, closed.carried),
        (0, 1),
        "less than nothing is carried over"
    );
    portal.run_jobs().await;
    portal.finish().await;
}

#[tokio::test]
async fn less_than_the_minimum_is_carried_over_to_the_next_quarter() {
    let portal = TestPortal::start().await;
    // 10 % of 300.00 are 30.00; the minimum is 50.00.
    let (_, deal) = portal.won("Quay", "quay-boats.com", "300.00", "1").await;
    let invoice = portal.invoice("Quay", &deal, "300.00").await;
    portal.pay(&invoice, "360.00").await;
    portal.advance_clock_to("2026-10-05T08:00:00Z").await;
    portal.run_jobs().await;
    approve_all(&portal).await;
    close(&portal, "2026Q3").await;
    assert!(
        statements::list_for_partner(&portal.ctx, &portal.aster.owner)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        statement_messages(&portal).await.is_empty(),
        "nothing to tell"
    );
    let invoice = portal.invoice("Quay", &deal, "300.00").await;
    portal.pay(&invoice, "360.00").await;
    portal.advance_clock_to("2027-01-05T08:00:00Z").await;
    portal.run_jobs().await;
    approve_all(&portal).await;
    close(&portal, "2026Q4").await;
    assert_eq!(statement(&portal).await.record.total.minor, 6_000);
    portal.finish().await;
}

#[tokio::test]
async fn a_bill_that_finance_enters_in_xero_is_found_and_one_that_differs_moves_nothing() {
    let portal = TestPortal::start().await;
    paid_months(&portal, 3).await;
    approve_all(&portal).await;
    close(&portal, "2026Q3").await;
    let number = statement(&portal).await.record.number;
    let bill = |net: &str, number: &str| json!({ "type": "ACCPAY", "new_contact": "Aster Ltd", "number": number, "description": "Commission as of PS-2026Q3-000001", "net": net, "currency": "GBP" });
    // Xero's webhooks do not tell of bills that are made there; the sweep finds them.
    portal
        .sandbox_act("xero/invoices", bill("299.00", "WRONG-1"))
        .await;
    portal.advance_clock_by(6).await;
    portal.run_jobs().await;
    assert_eq!(statement(&portal).await.lines[0].state, Stated);
    assert!(
        exceptions(&portal)
            .await
            .contains(&"bill_differs_from_statement".to_owned())
    );
    portal
        .sandbox_act("xero/invoices", bill("300.00", &number))
        .await;
    portal.advance_clock_by(6).await;
    portal.run_jobs().await;
    let found = statement(&portal).await;
    assert!(
        found.lines.iter().all(|line| line.state == Invoiced),
        "{:?}",
        found.lines
    );
    portal.pay_rest(&portal.bill(&number).await).await;
    assert!(
        statement(&portal)
            .await
            .lines
            .iter()
            .all(|line| line.state == Paid)
    );
    portal.finish().await;
}

/// A second lead for a client that has a deal already, registered in HubSpot. Answers it and its deal's id there.
pub async fn second_lead(portal: &TestPortal) -> (LeadId, String) {
    let again = LeadForm {
        submission_key: "another".to_owned(),
        ..lead_form("Harbour", "harbour-logistics.com")
    };
    let lead = leads::submit(&portal.ctx, &portal.aster.owner, &again)
        .await
        .unwrap()
        .lead();
    leads::decide(
        &portal.ctx,
        &portal.staff.manager,
        lead,
        &leads::Decision::Accept,
    )
    .await
    .unwrap();
    portal.run_jobs().await;
    (lead, portal.lead(lead).await.hubspot_deal_id.unwrap())
}

/// A second deal of a client that has one already, won for 500.00 a month. Answers its lead and its id in HubSpot.
async fn second_deal(portal: &TestPortal) -> (LeadId, String) {
    let (lead, deal) = second_lead(portal).await;
    let won = json!({
        "dealstage": "closedwon", "amount": "500.00", "deal_currency_code": "GBP", "portal_billing_period": "1",
    });
    portal.change_deal(&deal, won).await;
    portal.run_jobs().await;
    (lead, deal)
}

#[tokio::test]
async fn an_invoice_that_could_be_for_several_deals_waits_until_finance_says_which() {
    let portal = TestPortal::start().await;
    let (_, first_deal) = portal
        .won("Harbour", "harbour-logistics.com", "1000.00", "1")
        .await;
    let first = portal.invoice("Harbour", &first_deal, "1000.00").await;
    portal.pay(&first, "1200.00").await;
    let (second, deal) = second_deal(&portal).await;
    let fields =
        json!({ "contact": "Harbour", "net": "500.00", "currency": "GBP", "tax_rate": "20" });
    let made = portal.sandbox_act("xero/invoices", fields).await;
    let (invoice, number) = (
        made["id"].as_str().unwrap(),
        made["number"].as_str().unwrap(),
    );
    portal.pay(number, "600.00").await;
    portal.advance_clock_to("2026-08-03T08:00:00Z").await;
    portal.run_jobs().await;
    assert_eq!(portal.states(second, 1).await, [Awaiting]);
    let found = exceptions::list_exceptions(&portal.ctx, &portal.staff.finance, 100)
        .await
        .unwrap();
    let open = found
        .iter()
        .find(|view| view.record.kind == "several_deals_possible");
    let proposals = &open.expect("an exception").proposals;
    let proposal = proposals
        .iter()
        .find(|proposal| proposal.hubspot_id == deal)
        .expect("proposed");
    let page = "/staff/reconciliation";
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    assert!(finance.get(page).await.body.contains(number));
    let chosen = proposal.deal.to_string();
    let fields = [
        ("do", "link_document"),
        ("document", invoice),
        ("deal", &chosen),
    ];
    let answer = finance.post(page, &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    portal.run_jobs().await;
    assert_eq!(portal.states(second, 1).await, [Covered]);
    assert!(
        !exceptions(&portal)
            .await
            .contains(&"several_deals_possible".to_owned())
    );
    portal.finish().await;
}

#[tokio::test]
async fn a_deal_that_is_not_won_any_more_keeps_only_what_was_paid_for() {
    let portal = TestPortal::start().await;
    let (lead, deal) = portal
        .won("Harbour", "harbour-logistics.com", "1000.00", "1")
        .await;
    let invoice = portal.invoice("Harbour", &deal, "1000.00").await;
    portal.pay(&invoice, "1200.00").await;
    portal.advance_clock_to("2026-09-03T08:00:00Z").await;
    portal.run_jobs().await;
    portal
        .change_deal(&deal, json!({ "dealstage": "closedlost" }))
        .await;
    portal.run_jobs().await;
    assert_eq!(portal.figures().await, [10_000, 10_000, 0, 0, 0]);
    assert_eq!(portal.states(lead, 1).await, [Covered]);
    portal
        .change_deal(&deal, json!({ "dealstage": "closedwon" }))
        .await;
    portal.run_jobs().await;
    assert_eq!(
        portal.figures().await,
        [10_000, 10_000, 0, 0, 110_000],
        "won again: the rest is due again"
    );
    portal.finish().await;
}

#[tokio::test]
async fn a_webhook_of_xero_that_is_lost_costs_minutes_only() {
    let portal = TestPortal::start().await;
    let (lead, deal) = portal
        .won("Harbour", "harbour-logistics.com", "1000.00", "1")
        .await;
    portal.advance_clock_to("2026-08-03T08:00:00Z").await;
    portal.run_jobs().await;
    portal
        .sandbox_act("faults", json!({ "webhooks": { "drop_percent": 100 } }))
        .await;
    let invoice = portal.invoice("Harbour", &deal, "1000.00").await;
    portal.pay(&invoice, "1200.00").await;
    assert_eq!(portal.states(lead, 1).await, [Awaiting]);
    portal.advance_clock_by(6).await;
    portal.run_jobs().await;
    assert_eq!(portal.states(lead, 1).await, [Covered]);
    portal.finish().await;
}

#[tokio::test]
async fn finance_sees_where_every_payment_went_and_settles_a_case_without_a_script() {
    let portal = TestPortal::start().await;
    let (_, deal) = portal
        .won("Harbour", "harbour-logistics.com", "1000.00", "1")
        .await;
    let last_day = json!({ "portal_end_date": "2027-03-31" });
    portal.change_deal(&deal, last_day).await;
    let invoice = portal.invoice("Harbour", &deal, "1000.00").await;
    portal.pay(&invoice, "600.00").await;
    portal.advance_clock_to("2026-08-03T08:00:00Z").await;
    portal.run_jobs().await;
    let found = exceptions::list_exceptions(&portal.ctx, &portal.staff.finance, 100)
        .await
        .unwrap();
    let case = found
        .iter()
        .find(|view| view.record.kind == "underpaid")
        .expect("an exception");
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    let explorer = "/staff/reconciliation/explorer";
    let client = case.record.client.expect("a client");
    let cell = format!("{explorer}?cell={client}.GBP.2026-07.collected");
    let page = finance.get(&cell).await;
    assert_eq!(page.status, 200);
    for text in [
        invoice.as_str(),
        "the reference",
        "/xero#invoice-",
        "/hubspot#deal-",
        "£500.00",
        "last day 31 Mar 2027",
    ] {
        assert!(page.body.contains(text), "`{text}` is shown");
    }
    let csv = finance.get(&format!("{explorer}.csv?q=harbour")).await;
    assert!(
        csv.body
            .contains("\"2026-07\",\"1000.00\",\"1000.00\",\"0.00\",\"500.00\"")
    );
    let page = format!("/staff/reconciliation/{}", case.record.id);
    assert!(finance.get(&page).await.body.contains("£500.00 missing"));
    let chase = format!("{page}/chase");
    assert!(finance.get(&chase).await.body.contains("mailto:?subject="));
    let id = case.record.id.to_string();
    let fields = |recipient: &'static str| {
        [
            ("do", "chase_exception"),
            ("exception", id.as_str()),
            ("recipient", recipient),
            ("subject", "Harbour"),
            ("text", "Please ask."),
        ]
    };
    let refused = finance.post(&chase, &fields("nobody")).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("Please ask."), "what was typed stays");
    let sent = finance.post(&chase, &fields("owner@vendor.example")).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    assert!(
        finance
            .get(&page)
            .await
            .body
            .contains("owner@vendor.example")
    );
    let deal = case.record.deal.expect("a deal").to_string();
    let fields = |reason: &'static str| {
        [
            ("do", "waive_month"),
            ("deal", deal.as_str()),
            ("month", "2026-07"),
            ("reason", reason),
        ]
    };
    assert_eq!(finance.post(&page, &fields("")).await.status, 422);
    let waived = finance.post(&page, &fields("Goodwill")).await;
    assert_eq!(waived.location, "/staff/reconciliation?notice=month-waived");
    portal.run_jobs().await;
    assert!(!exceptions(&portal).await.contains(&"underpaid".to_owned()));
    let settled = finance.get("/staff/reconciliation?list=settled").await;
    assert!(settled.body.contains("Goodwill"), "who, when and how");
    portal.finish().await;
}

#[tokio::test]
async fn the_ledger_of_a_day_is_a_page_and_a_file() {
    let portal = TestPortal::start().await;
    let third = third_quarter(&portal).await;
    approve_all(&portal).await;
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    let page = finance.get("/staff/ledger?on=2026-10-01").await;
    assert_eq!(page.status, 200);
    for said in [
        "As of the end of 1 Oct 2026",
        "£266.67",
        "−£2,200.00",
        "£0.00",
    ] {
        assert!(page.body.contains(said), "{said} is not in {}", page.body);
    }
    let before = finance.get("/staff/ledger?on=2026-06-01").await;
    assert!(before.body.contains("Nothing was posted by then"));
    let file = finance.get("/staff/ledger.csv?on=2026-10-01").await;
    let kind = file.headers.get("content-type").unwrap();
    assert_eq!(kind, "text/csv; charset=utf-8");
    let name = &portal.lines(third.monthly).await[0].line.partner_name;
    assert!(
        file.body.contains(&format!("\"2026-10-01\",\"{name}\"")),
        "{}",
        file.body
    );
    assert!(
        file.body.contains("\"266.67\",\"0.00\",\"0.00\""),
        "{}",
        file.body
    );
    portal.finish().await;
}

#[tokio::test]
async fn an_amount_that_changed_since_the_page_was_shown_is_not_approved() {
    let portal = TestPortal::start().await;
    let third = third_quarter(&portal).await;
    let line = portal.lines(third.annual).await.remove(0).line;
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    let page = finance.get("/staff/lines").await;
    let seen = line.seen();
    assert!(
        page.body.contains(&seen.to_string()),
        "the form carries what is shown"
    );
    let before = SeenLine {
        money: portal_domain::money::Money::new(seen.money.minor + 1, seen.money.currency),
        ..seen
    };
    let answer = decide(&mut finance, "approve_lines", "lines", &[before], "").await;
    assert!(
        answer.location.contains("notice=lines-changed"),
        "{answer:?}"
    );
    portal.finish().await;
}

#[tokio::test]
async fn figures_that_no_amount_holds_are_told_with_their_partner() {
    let portal = TestPortal::start().await;
    third_quarter(&portal).await;
    // Two lines of one month and state are more together than an amount can hold.
    let change = |sign: &str| {
        format!(
            "UPDATE lines SET amount_minor = amount_minor {sign} {}",
            i64::MAX / 2
        )
    };
    portal.database.execute(&change("+")).await.unwrap();
    let mut partner = portal.sign_in(&portal.aster.owner).await;
    let page = partner.get("/").await;
    assert_eq!(page.status, 409);
    assert!(
        page.body.contains("add up to more than can be stored"),
        "{}",
        page.body
    );
    portal.database.execute(&change("-")).await.unwrap();
    portal.finish().await;
}
