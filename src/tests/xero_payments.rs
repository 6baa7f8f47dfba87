//! Stories of payments: what the client pays, how much of it counts, and which months it reaches. Amounts are computed by hand from the terms in `story`.

use portal_services::exceptions;
use serde_json::json;

use crate::story::{EUROS, POUNDS, Story, Terms};

#[tokio::test]
async fn an_invoice_that_is_paid_in_full_covers_its_month() {
    let story = Story::begin(EUROS).await;
    story.invoice("INV-1", "1234.57").await;
    story.pay("INV-1", "1469.14").await;
    story.month_ends().await;
    let figures = [12_346, 12_346, 0, 0, 135_802];
    story.ends(&["covered"], figures, &[]).await;
}

#[tokio::test]
async fn a_part_payment_covers_only_the_months_that_it_reaches() {
    let story = Story::begin(EUROS).await;
    // Three months and 703.70 of tax are 4,407.41; 2,000.00 of that are 1,680.67 net.
    story.invoice("INV-1", "3703.71").await;
    story.pay("INV-1", "2000.00").await;
    for _ in 0..3 {
        story.month_ends().await;
    }
    let figures = [12_346, 12_346, 0, 0, 135_802];
    let open = ["invoice_overdue", "underpaid"];
    story
        .ends(&["covered", "awaiting", "awaiting"], figures, &open)
        .await;
}

#[tokio::test]
async fn part_payments_cover_the_oldest_month_first_in_whatever_order_they_come() {
    let story = Story::begin(EUROS).await;
    for number in ["INV-1", "INV-2"] {
        story.invoice(number, "1234.57").await;
        story.month_ends().await;
    }
    let nothing = [0, 0, 0, 0, 148_148];
    story.pay("INV-2", "734.57").await;
    let open = ["invoice_overdue", "underpaid"];
    story.is(&["awaiting", "awaiting"], nothing, &open).await;
    story.pay("INV-2", "734.57").await;
    let first = [12_346, 12_346, 0, 0, 135_802];
    let open = ["invoice_overdue"];
    story.is(&["covered", "awaiting"], first, &open).await;
    story.pay("INV-1", "969.13").await;
    let open = ["invoice_overdue", "underpaid"];
    story.is(&["covered", "awaiting"], first, &open).await;
    story.pay("INV-1", "500.01").await;
    let both = [24_691, 24_691, 0, 0, 123_457];
    story.ends(&["covered", "covered"], both, &[]).await;
}

#[tokio::test]
async fn an_annual_invoice_that_is_paid_covers_twelve_months_to_the_cent() {
    let year = Terms {
        amount: "10000.01",
        period: "12",
        ..EUROS
    };
    let story = Story::begin(year).await;
    story.invoice("INV-1", "10000.01").await;
    story.pay("INV-1", "11900.01").await;
    story.today("2027-06-30").await;
    // 10 % of eleven twelfths are 916.67.
    let figures = [91_667, 91_667, 0, 0, 8_333];
    story.is(&["covered"; 11], figures, &[]).await;
    story.month_ends().await;
    let figures = [100_000, 100_000, 0, 0, 0];
    story.ends(&["covered"; 12], figures, &[]).await;
}

#[tokio::test]
async fn an_invoice_with_two_rates_of_tax_counts_by_its_whole() {
    let story = Story::begin(POUNDS).await;
    // 500.00 with 20 % and 333.35 with none are 933.35; 466.67 of that are 416.67 net.
    let taxed = json!({ "unit_amount": "500.00", "tax_rate": "20" });
    let untaxed = json!({ "unit_amount": "333.35", "tax_rate": "0" });
    let lines = json!({ "lines": [taxed, untaxed] });
    story
        .invoice_of(&story.deal, "INV-1", "833.35", lines)
        .await;
    story.pay("INV-1", "466.67").await;
    story.month_ends().await;
    let facts = story.exception("underpaid").await.facts;
    assert_eq!(facts["collected_minor"], 41_667);
    story.pay("INV-1", "466.68").await;
    let figures = [8_334, 8_334, 0, 0, 91_668];
    story.ends(&["covered"], figures, &[]).await;
}

#[tokio::test]
async fn a_month_that_lacks_less_than_the_tolerance_is_covered() {
    let story = Story::begin(EUROS).await;
    story.invoice("INV-1", "1234.57").await;
    // 1 % less than 1,234.57 is 1,222.2243, and 1,454.45 with tax are 1,222.23 net.
    story.pay("INV-1", "1454.45").await;
    story.month_ends().await;
    let figures = [12_346, 12_346, 0, 0, 135_802];
    story.ends(&["covered"], figures, &[]).await;
}

#[tokio::test]
async fn a_month_that_lacks_one_cent_more_than_the_tolerance_is_not_covered() {
    let story = Story::begin(EUROS).await;
    story.invoice("INV-1", "1234.57").await;
    // 1,454.44 with tax are 1,222.22 net.
    story.pay("INV-1", "1454.44").await;
    story.month_ends().await;
    let nothing = [0, 0, 0, 0, 148_148];
    story.is(&["awaiting"], nothing, &["underpaid"]).await;
    story.pay("INV-1", "0.01").await;
    let figures = [12_346, 12_346, 0, 0, 135_802];
    story.ends(&["covered"], figures, &[]).await;
}

#[tokio::test]
async fn what_a_month_lacks_and_finance_waives_is_no_more_waited_for() {
    let story = Story::begin(EUROS).await;
    story.invoice("INV-1", "1234.57").await;
    story.pay("INV-1", "1000.00").await;
    story.month_ends().await;
    let (ctx, finance) = (&story.portal.ctx, &story.portal.staff.finance);
    let lacking = &story.portal.lines(story.deal.lead).await[0].line;
    let (deal, month) = (lacking.deal, lacking.month);
    exceptions::waive(ctx, finance, deal, month, "Discount for July")
        .await
        .unwrap();
    story.portal.run_jobs().await;
    let figures = [12_346, 12_346, 0, 0, 135_802];
    story.is(&["covered"], figures, &[]).await;
    // What comes all the same is August's: 469.14 with tax are 394.23 net.
    story.pay_rest("INV-1").await;
    story.month_ends().await;
    let facts = story.exception("underpaid").await.facts;
    assert_eq!(facts["collected_minor"], 39_423);
    let open = ["underpaid"];
    story.ends(&["covered", "awaiting"], figures, &open).await;
}

#[tokio::test]
async fn two_invoices_for_one_month_cover_it_together() {
    let story = Story::begin(EUROS).await;
    story.invoice("INV-1", "617.28").await;
    story.pay("INV-1", "734.56").await;
    story.month_ends().await;
    let nothing = [0, 0, 0, 0, 148_148];
    let open = ["differs_from_deal", "underpaid"];
    story.is(&["awaiting"], nothing, &open).await;
    story.invoice("INV-2", "617.29").await;
    story.pay("INV-2", "734.58").await;
    let figures = [12_346, 12_346, 0, 0, 135_802];
    story.ends(&["covered"], figures, &[]).await;
}

#[tokio::test]
async fn an_invoice_for_three_months_that_is_paid_by_thirds_covers_month_after_month() {
    let story = Story::begin(EUROS).await;
    story.invoice("INV-1", "3703.71").await;
    story.pay("INV-1", "1469.14").await;
    story.month_ends().await;
    let figures = [12_346, 12_346, 0, 0, 135_802];
    story.is(&["covered"], figures, &[]).await;
    story.pay("INV-1", "1469.14").await;
    story.month_ends().await;
    let figures = [24_691, 24_691, 0, 0, 123_457];
    let open = ["invoice_overdue"];
    story.is(&["covered", "covered"], figures, &open).await;
    story.pay("INV-1", "1469.13").await;
    story.month_ends().await;
    let figures = [37_037, 37_037, 0, 0, 111_111];
    story.ends(&["covered"; 3], figures, &[]).await;
}

#[tokio::test]
async fn an_overpayment_counts_where_it_was_set_against_an_invoice() {
    let story = Story::begin(EUROS).await;
    story.invoice("INV-1", "1234.57").await;
    story.pay("INV-1", "1469.14").await;
    let beyond = story.money_on_account("overpayment", "530.86").await;
    story.month_ends().await;
    story.invoice("INV-2", "1234.57").await;
    story.allocate(&beyond, "INV-2").await;
    story.month_ends().await;
    let figures = [12_346, 12_346, 0, 0, 135_802];
    let open = ["invoice_overdue", "underpaid"];
    story.is(&["covered", "awaiting"], figures, &open).await;
    story.pay("INV-2", "938.28").await;
    let figures = [24_691, 24_691, 0, 0, 123_457];
    story.ends(&["covered", "covered"], figures, &[]).await;
}

#[tokio::test]
async fn an_overpayment_that_is_set_against_nothing_counts_for_nothing() {
    let story = Story::begin(EUROS).await;
    story.invoice("INV-1", "1234.57").await;
    story.pay("INV-1", "1469.14").await;
    story.money_on_account("overpayment", "1469.14").await;
    story.month_ends().await;
    story.month_ends().await;
    let figures = [12_346, 12_346, 0, 0, 135_802];
    let open = ["no_invoice_yet"];
    story.ends(&["covered", "awaiting"], figures, &open).await;
}

#[tokio::test]
async fn a_prepayment_counts_once_it_is_set_against_its_invoice_and_no_longer() {
    let story = Story::begin(EUROS).await;
    let before = story.money_on_account("prepayment", "1000.01").await;
    story.invoice("INV-1", "1234.57").await;
    let allocation = story.allocate(&before, "INV-1").await;
    story.pay("INV-1", "469.13").await;
    story.month_ends().await;
    let figures = [12_346, 12_346, 0, 0, 135_802];
    story.is(&["covered"], figures, &[]).await;
    let path = format!("allocations/{allocation}/delete");
    story.xero(&path, json!({})).await;
    let nothing = [0, 0, 0, 0, 148_148];
    story.ends(&["awaiting"], nothing, &["underpaid"]).await;
}

#[tokio::test]
async fn a_prepayment_that_is_set_against_nothing_counts_for_nothing() {
    let story = Story::begin(EUROS).await;
    story.money_on_account("prepayment", "1469.14").await;
    story.invoice("INV-1", "1234.57").await;
    story.month_ends().await;
    let nothing = [0, 0, 0, 0, 148_148];
    story.ends(&["awaiting"], nothing, &[]).await;
}

#[tokio::test]
async fn an_invoice_counts_only_once_it_is_issued() {
    let story = Story::begin(POUNDS).await;
    let draft = json!({ "status": "DRAFT" });
    let invoice = story.invoice_of(&story.deal, "INV-1", "833.35", draft);
    let invoice = invoice.await;
    story.month_ends().await;
    let nothing = [0, 0, 0, 0, 100_002];
    story.is(&["awaiting"], nothing, &["no_invoice_yet"]).await;
    let path = format!("invoices/{invoice}");
    story.xero(&path, json!({ "status": "SUBMITTED" })).await;
    story.minutes_pass().await;
    story.is(&["awaiting"], nothing, &["no_invoice_yet"]).await;
    story.xero(&format!("{path}/authorise"), json!({})).await;
    story.is(&["awaiting"], nothing, &[]).await;
    story.pay("INV-1", "1000.02").await;
    let figures = [8_334, 8_334, 0, 0, 91_668];
    story.ends(&["covered"], figures, &[]).await;
}

#[tokio::test]
async fn a_draft_that_is_deleted_leaves_its_month_without_an_invoice() {
    let story = Story::begin(POUNDS).await;
    let draft = json!({ "status": "DRAFT" });
    let invoice = story.invoice_of(&story.deal, "INV-1", "833.35", draft);
    let path = format!("invoices/{}/delete", invoice.await);
    story.xero(&path, json!({})).await;
    story.month_ends().await;
    let nothing = [0, 0, 0, 0, 100_002];
    story
        .ends(&["awaiting"], nothing, &["no_invoice_yet"])
        .await;
}

#[tokio::test]
async fn a_payment_that_is_undone_before_approval_takes_its_month_back() {
    let story = Story::begin(POUNDS).await;
    story.invoice("INV-1", "833.35").await;
    let payment = story.pay("INV-1", "1000.02").await;
    story.month_ends().await;
    let figures = [8_334, 8_334, 0, 0, 91_668];
    story.is(&["covered"], figures, &[]).await;
    story.undo(&payment).await;
    let nothing = [0, 0, 0, 0, 100_002];
    story.ends(&["awaiting"], nothing, &[]).await;
}

#[tokio::test]
async fn a_payment_that_is_undone_after_approval_takes_the_approval_with_it() {
    let (story, payments) = Story::of_a_paid_quarter(POUNDS).await;
    story.approve_all().await;
    let approved = [25_000, 25_000, 0, 25_000, 75_002];
    story.is(&["approved"; 3], approved, &[]).await;
    story.undo(&payments[0]).await;
    let lines = ["approved", "approved", "awaiting"];
    let figures = [16_667, 16_667, 0, 16_667, 83_335];
    story.is(&lines, figures, &["invoice_overdue"]).await;
    story.pay_rest("INV-1").await;
    let lines = ["approved", "approved", "covered"];
    let figures = [25_000, 25_000, 0, 16_667, 75_002];
    story.ends(&lines, figures, &[]).await;
}

#[tokio::test]
async fn a_payment_that_is_undone_after_the_statement_becomes_a_clawback() {
    let (story, payments) = Story::of_a_stated_quarter(POUNDS).await;
    story.undo(&payments[2]).await;
    let lines = ["stated", "stated", "stated", "clawback -83.33 covered"];
    let figures = [16_667, 16_667, 0, -8_333, 75_002];
    story.ends(&lines, figures, &[]).await;
}

#[tokio::test]
async fn a_payment_that_is_undone_after_the_partner_was_paid_is_on_the_next_statement() {
    let (story, payments) = Story::of_a_stated_quarter(POUNDS).await;
    let bill = story.raise("AST-1", "").await;
    story.pay_rest(&bill).await;
    story
        .is(&["paid"; 3], [25_000, 0, 25_000, 0, 75_002], &[])
        .await;
    story.undo(&payments[2]).await;
    story.next_quarter_with_another_client().await;
    // Three times 50.01 less 83.33.
    assert_eq!(story.statements().await[0].record.total.minor, 6_670);
    let lines = [
        "paid",
        "paid",
        "paid",
        "clawback -83.33 stated",
        "awaiting",
        "awaiting",
        "awaiting",
    ];
    // Nine months of each deal are left.
    let figures = [31_670, 6_670, 25_000, 0, 75_002 + 45_009];
    let open = ["invoice_overdue", "no_invoice_yet"];
    story.ends(&lines, figures, &open).await;
}

#[tokio::test]
async fn a_payment_that_is_undone_and_made_again_in_another_quarter_leaves_no_trace_on_a_statement()
{
    let (story, payments) = Story::of_a_stated_quarter(POUNDS).await;
    story.undo(&payments[2]).await;
    story.month_ends().await;
    story.pay("INV-3", "1000.02").await;
    let lines = [
        "stated",
        "stated",
        "stated",
        "clawback -83.33 cancelled",
        "awaiting",
    ];
    let figures = [25_000, 25_000, 0, 0, 75_002];
    story.ends(&lines, figures, &["no_invoice_yet"]).await;
}

#[tokio::test]
async fn a_payment_that_is_made_again_after_its_clawback_was_stated_is_given_back() {
    let (story, payments) = Story::of_a_stated_quarter(POUNDS).await;
    story.undo(&payments[2]).await;
    story.next_quarter_with_another_client().await;
    story.pay("INV-3", "1000.02").await;
    let lines = [
        "stated",
        "stated",
        "stated",
        "clawback -83.33 stated",
        "adjustment 83.33 covered",
        "awaiting",
        "awaiting",
        "awaiting",
    ];
    let figures = [40_003, 40_003, 0, 0, 75_002 + 45_009];
    story.ends(&lines, figures, &["no_invoice_yet"]).await;
}

/// Harbour's July is paid by money on account, and is covered.
async fn covered_on_account(kind: &str) -> (Story, String) {
    let story = Story::begin(POUNDS).await;
    story.invoice("INV-1", "833.35").await;
    let money = story.money_on_account(kind, "1000.02").await;
    let allocation = story.allocate(&money, "INV-1").await;
    story.month_ends().await;
    let figures = [8_334, 8_334, 0, 0, 91_668];
    story.is(&["covered"], figures, &[]).await;
    (story, allocation)
}

/// Takes an allocation off an invoice that Xero does not date anew.
async fn take_off(story: &Story, allocation: &str) {
    let path = format!("allocations/{allocation}/delete");
    story.xero(&path, json!({ "undated": true })).await;
}

#[tokio::test]
async fn money_that_is_taken_off_an_undated_invoice_is_missed_by_the_sweep_of_its_list() {
    for kind in ["prepayment", "overpayment"] {
        let (story, allocation) = covered_on_account(kind).await;
        let lost = json!({ "webhooks": { "drop_percent": 100 } });
        story.portal.sandbox_act("faults", lost).await;
        // What was read within the day is not read again by itself.
        story.minutes_pass().await;
        take_off(&story, &allocation).await;
        story
            .is(&["covered"], [8_334, 8_334, 0, 0, 91_668], &[])
            .await;
        story.portal.advance_clock_by(11).await;
        story.portal.run_jobs().await;
        let figures = [0, 0, 0, 0, 100_002];
        let lines = story.lines_of(&story.deal).await;
        assert_eq!(lines, ["awaiting"], "{kind}");
        assert_eq!(story.portal.figures().await, figures, "{kind}");
        story.portal.finish().await;
    }
}

#[tokio::test]
async fn an_event_of_money_on_account_is_followed_at_once() {
    let (story, allocation) = covered_on_account("prepayment").await;
    take_off(&story, &allocation).await;
    assert_eq!(story.lines_of(&story.deal).await, ["awaiting"]);
    story.portal.finish().await;
}

#[tokio::test]
async fn what_was_read_since_its_money_moved_is_not_read_again() {
    let (story, _) = covered_on_account("prepayment").await;
    story.portal.advance_clock_by(11).await;
    story.portal.run_jobs().await;
    let readings = async || {
        let log = story.portal.sandbox_read("log?system=Xero").await;
        let entries = log.as_array().unwrap().iter();
        let by_id =
            entries.filter(|entry| entry["target"].as_str().unwrap().contains("/Invoices?IDs="));
        by_id.count()
    };
    let before = readings().await;
    for _ in 0..3 {
        let minutes = "UPDATE schedules SET next_at = 0 WHERE name = 'sweep_money'";
        story.portal.database.execute(minutes).await.unwrap();
        story.portal.run_jobs().await;
    }
    assert_eq!(readings().await, before);
    story.portal.finish().await;
}
