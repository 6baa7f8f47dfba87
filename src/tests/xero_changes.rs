//! Stories of what is taken back or changed afterwards: voided invoices, and deals that are lost, won again or worth something else. Amounts are computed
//! by hand from the terms in `story`.

use serde_json::json;

use crate::story::{EUROS, POUNDS, SECOND, Story, Terms};

#[tokio::test]
async fn an_invoice_that_is_voided_before_approval_leaves_its_month_without_one() {
    let story = Story::begin(EUROS).await;
    let invoice = story.invoice("INV-1", "1234.57").await;
    let payment = story.pay("INV-1", "1469.14").await;
    story.month_ends().await;
    let figures = [12_346, 12_346, 0, 0, 135_802];
    story.is(&["covered"], figures, &[]).await;
    story.undo(&payment).await;
    story.void(&invoice).await;
    let nothing = [0, 0, 0, 0, 148_148];
    story.is(&["awaiting"], nothing, &["no_invoice_yet"]).await;
    story.invoice("INV-2", "1234.57").await;
    story.pay("INV-2", "1469.14").await;
    story.ends(&["covered"], figures, &[]).await;
}

#[tokio::test]
async fn an_invoice_that_is_voided_after_approval_takes_the_youngest_months_approval() {
    let (story, payments) = Story::of_a_paid_quarter(EUROS).await;
    story.approve_all().await;
    story.undo(&payments[0]).await;
    story.void("INV-1").await;
    let lines = ["approved", "approved", "awaiting"];
    let figures = [24_691, 24_691, 0, 24_691, 123_457];
    let open = ["no_invoice_yet"];
    story.is(&lines, figures, &open).await;
    story.close_quarter("2026Q3").await;
    assert_eq!(story.statements().await[0].record.total.minor, 24_691);
    let lines = ["stated", "stated", "awaiting"];
    let figures = [24_691, 24_691, 0, 0, 123_457];
    story.ends(&lines, figures, &open).await;
}

#[tokio::test]
async fn an_invoice_that_is_voided_after_the_statement_is_taken_back_on_the_next_one() {
    let (story, payments) = Story::of_a_stated_quarter(POUNDS).await;
    story.undo(&payments[1]).await;
    story.void("INV-2").await;
    story.next_quarter_with_another_client().await;
    let stated = &story.statements().await[0];
    let lines = stated.lines.iter().map(|line| line.money.minor);
    assert_eq!(
        lines.collect::<Vec<_>>(),
        [-8_333, 5_001, 5_001, 5_001],
        "September's first"
    );
    let lines = [
        "stated",
        "stated",
        "stated",
        "clawback -83.33 stated",
        "awaiting",
        "awaiting",
        "awaiting",
    ];
    let figures = [31_670, 31_670, 0, 0, 75_002 + 45_009];
    story.ends(&lines, figures, &["no_invoice_yet"]).await;
}

#[tokio::test]
async fn a_clawback_that_nobody_has_stated_goes_when_later_money_fills_its_month() {
    let (story, payments) = Story::of_a_stated_quarter(POUNDS).await;
    story.undo(&payments[2]).await;
    story.approve_all().await;
    story.month_ends().await;
    story.invoice("INV-4", "833.35").await;
    story.pay_rest("INV-4").await;
    // The client's money fills the months in order: October's fills September.
    let lines = [
        "stated",
        "stated",
        "stated",
        "clawback -83.33 cancelled",
        "awaiting",
    ];
    let figures = [25_000, 25_000, 0, 0, 75_002];
    story.ends(&lines, figures, &["invoice_overdue"]).await;
}

#[tokio::test]
async fn a_deal_that_is_paid_once_has_one_line() {
    let once = Terms {
        period: "one_off",
        ..EUROS
    };
    let story = Story::begin(once).await;
    story.invoice("INV-1", "1234.57").await;
    story.month_ends().await;
    story.is(&["awaiting"], [0, 0, 0, 0, 12_346], &[]).await;
    story.pay("INV-1", "1469.14").await;
    story.month_ends().await;
    let figures = [12_346, 12_346, 0, 0, 0];
    story.is(&["covered"], figures, &[]).await;
    story.approve_all().await;
    story.month_ends().await;
    story.close_quarter("2026Q3").await;
    story.ends(&["stated"], figures, &[]).await;
}

/// A deal that is paid once, for which 123.46 were stated before it was worth 2,000.01: 10 % of that are 200.00, which are 76.54 more.
async fn worth_more_after_its_statement() -> Story {
    let once = Terms {
        period: "one_off",
        ..EUROS
    };
    let story = Story::begin(once).await;
    story.invoice("INV-1", "1234.57").await;
    story.pay("INV-1", "1469.14").await;
    story.today("2026-10-03").await;
    story.approve_all().await;
    story.close_quarter("2026Q3").await;
    let more = json!({ "amount": "2000.01" });
    story.change_deal(&story.deal, more).await;
    story
}

#[tokio::test]
async fn a_deal_that_is_worth_more_after_its_statement_is_adjusted_once_the_client_pays_the_rest() {
    let story = worth_more_after_its_statement().await;
    let lines = ["stated", "adjustment 76.54 awaiting"];
    let figures = [12_346, 12_346, 0, 0, 7_654];
    let open = ["differs_from_deal", "underpaid"];
    story.is(&lines, figures, &open).await;
    story.invoice("INV-2", "765.44").await;
    story.pay("INV-2", "910.87").await;
    let lines = ["stated", "adjustment 76.54 covered"];
    story.ends(&lines, [20_000, 20_000, 0, 0, 0], &[]).await;
}

#[tokio::test]
async fn an_adjustment_that_was_stated_is_taken_back_with_the_money_that_paid_for_it() {
    let story = worth_more_after_its_statement().await;
    story.invoice("INV-2", "765.44").await;
    let payment = story.pay("INV-2", "910.87").await;
    story.today("2027-01-04").await;
    story.approve_all().await;
    story.close_quarter("2026Q4").await;
    let mut lines = vec!["stated", "adjustment 76.54 stated"];
    story.is(&lines, [20_000, 20_000, 0, 0, 0], &[]).await;
    story.undo(&payment).await;
    lines.push("clawback -76.54 covered");
    let figures = [12_346, 12_346, 0, -7_654, 0];
    story.is(&lines, figures, &["invoice_overdue"]).await;
    story.pay("INV-2", "910.87").await;
    lines[2] = "clawback -76.54 cancelled";
    story.ends(&lines, [20_000, 20_000, 0, 0, 0], &[]).await;
}

#[tokio::test]
async fn a_deal_that_is_lost_after_it_was_covered_keeps_only_what_was_paid_for() {
    let story = Story::begin(EUROS).await;
    story.invoice("INV-1", "1234.57").await;
    let payment = story.pay("INV-1", "1469.14").await;
    story.month_ends().await;
    story.month_ends().await;
    let lost = json!({ "dealstage": "closedlost" });
    story.change_deal(&story.deal, lost).await;
    let figures = [12_346, 12_346, 0, 0, 0];
    story.is(&["covered", "cancelled"], figures, &[]).await;
    // What goes back to the client is lost now too.
    story.undo(&payment).await;
    story.void("INV-1").await;
    let nothing = [0; 5];
    story.ends(&["cancelled", "cancelled"], nothing, &[]).await;
}

#[tokio::test]
async fn a_deal_that_is_won_again_earns_again_for_what_the_client_paid() {
    let story = Story::begin(EUROS).await;
    story.invoice("INV-1", "1234.57").await;
    story.pay("INV-1", "1469.14").await;
    story.month_ends().await;
    let lost = json!({ "dealstage": "closedlost" });
    story.change_deal(&story.deal, lost).await;
    story.month_ends().await;
    let won = json!({ "dealstage": "closedwon" });
    story.change_deal(&story.deal, won).await;
    let figures = [12_346, 12_346, 0, 0, 135_802];
    let open = ["no_invoice_yet"];
    story.is(&["covered", "awaiting"], figures, &open).await;
    story.invoice("INV-2", "1234.57").await;
    story.pay("INV-2", "1469.14").await;
    let figures = [24_691, 24_691, 0, 0, 123_457];
    story.ends(&["covered", "covered"], figures, &[]).await;
}

#[tokio::test]
async fn a_deal_that_is_lost_after_its_statement_claws_back_only_what_the_client_got_back() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let lost = json!({ "dealstage": "closedlost" });
    story.change_deal(&story.deal, lost).await;
    let figures = [25_000, 25_000, 0, 0, 0];
    story.is(&["stated"; 3], figures, &[]).await;
    let credit = story.credit("INV-3", json!({})).await;
    story.refund(&credit, "1000.02").await;
    let lines = ["stated", "stated", "stated", "clawback -83.33 covered"];
    story
        .ends(&lines, [16_667, 16_667, 0, -8_333, 0], &[])
        .await;
}

#[tokio::test]
async fn a_deal_that_is_worth_less_needs_less_of_the_clients_money_from_then_on() {
    let (story, _) = Story::of_a_paid_quarter(POUNDS).await;
    let less = json!({ "amount": SECOND.amount });
    story.change_deal(&story.deal, less).await;
    // Nine months of 50.01, and the half penny that three months of 83.335 left.
    let figures = [25_000, 25_000, 0, 0, 45_010];
    story.is(&["covered"; 3], figures, &[]).await;
    story.invoice("INV-4", "500.10").await;
    story.pay("INV-4", "600.12").await;
    story.month_ends().await;
    let figures = [30_002, 30_002, 0, 0, 40_008];
    story.ends(&["covered"; 4], figures, &[]).await;
}
