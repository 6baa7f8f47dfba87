//! Stories of credit notes: what is asked for no more, and what goes back to the client in cash. Amounts are computed by hand from the terms in `story`.

use portal_domain::line::LineKind;
use portal_services::links;
use serde_json::json;

use crate::{
    story::{EUROS, POUNDS, SECOND, Story},
    xero_links::{explored, page_of},
};

#[tokio::test]
async fn a_credit_note_over_the_whole_invoice_leaves_its_month_without_an_invoice() {
    let story = Story::begin(POUNDS).await;
    story.invoice("INV-1", "833.35").await;
    story.credit("INV-1", json!({})).await;
    story.month_ends().await;
    let nothing = [0, 0, 0, 0, 100_002];
    story
        .ends(&["awaiting"], nothing, &["no_invoice_yet"])
        .await;
}

#[tokio::test]
async fn a_credit_note_over_a_part_is_no_payment_of_that_part() {
    let story = Story::begin(POUNDS).await;
    story.invoice("INV-1", "833.35").await;
    story.credit("INV-1", json!({ "amount": "200.02" })).await;
    // 800.00 of 1,000.02 are 666.67 net.
    story.pay_rest("INV-1").await;
    story.month_ends().await;
    let nothing = [0, 0, 0, 0, 100_002];
    let open = ["differs_from_deal", "underpaid"];
    story.ends(&["awaiting"], nothing, &open).await;
}

#[tokio::test]
async fn a_credit_note_that_is_set_against_another_invoice_is_no_payment_of_that_one() {
    let story = Story::begin(POUNDS).await;
    story.invoice("INV-1", "833.35").await;
    story.pay_rest("INV-1").await;
    let credit = story.credit("INV-1", json!({})).await;
    story.month_ends().await;
    story.invoice("INV-2", "833.35").await;
    story.allocate(&credit, "INV-2").await;
    story.month_ends().await;
    let figures = [8_334, 8_334, 0, 0, 91_668];
    let open = ["no_invoice_yet"];
    story.ends(&["covered", "awaiting"], figures, &open).await;
}

#[tokio::test]
async fn a_refund_before_the_statement_takes_its_month_back() {
    let (story, _) = Story::of_a_paid_quarter(POUNDS).await;
    story.approve_all().await;
    let credit = story.credit("INV-3", json!({})).await;
    let figures = [25_000, 25_000, 0, 25_000, 75_002];
    story.is(&["approved"; 3], figures, &[]).await;
    story.refund(&credit, "1000.02").await;
    let lines = ["approved", "approved", "awaiting"];
    let figures = [16_667, 16_667, 0, 16_667, 83_335];
    story.ends(&lines, figures, &["no_invoice_yet"]).await;
}

#[tokio::test]
async fn an_invoice_over_too_much_fits_its_deal_once_the_excess_is_refunded() {
    let story = Story::begin(POUNDS).await;
    story.invoice("INV-1", "1000.00").await;
    story.pay("INV-1", "1200.00").await;
    story.month_ends().await;
    let figures = [8_334, 8_334, 0, 0, 91_668];
    story
        .is(&["covered"], figures, &["differs_from_deal"])
        .await;
    // 166.65 are too much, with tax 199.98.
    let credit = story.credit("INV-1", json!({ "net": "166.65" })).await;
    story.refund(&credit, "199.98").await;
    story.ends(&["covered"], figures, &[]).await;
}

#[tokio::test]
async fn a_refund_within_the_tolerance_leaves_its_month_covered() {
    let story = Story::begin(POUNDS).await;
    story.invoice("INV-1", "833.35").await;
    story.pay_rest("INV-1").await;
    story.month_ends().await;
    let credit = story.credit("INV-1", json!({ "amount": "10.01" })).await;
    // 10.00 with tax are 8.33 net: 825.02 are left, and 99 % of 833.35 are 825.0165.
    let payment = story.refund(&credit, "10.00").await;
    let figures = [8_334, 8_334, 0, 0, 91_668];
    story.is(&["covered"], figures, &[]).await;
    story.undo(&payment).await;
    // One cent more, and 825.01 are left.
    story.refund(&credit, "10.01").await;
    let nothing = [0, 0, 0, 0, 100_002];
    let open = ["differs_from_deal", "underpaid"];
    story.ends(&["awaiting"], nothing, &open).await;
}

#[tokio::test]
async fn a_refund_after_the_statement_becomes_a_clawback_once() {
    let (story, _) = Story::of_a_stated_quarter(EUROS).await;
    let credit = story.credit("INV-3", json!({})).await;
    story.refund(&credit, "1000.00").await;
    let lines = ["stated", "stated", "stated", "clawback -123.46 covered"];
    let figures = [24_691, 24_691, 0, -12_346, 111_111];
    story.is(&lines, figures, &["differs_from_deal"]).await;
    story.refund(&credit, "469.14").await;
    story.ends(&lines, figures, &[]).await;
}

#[tokio::test]
async fn a_refund_of_two_months_in_part_claws_back_both() {
    let (story, _) = Story::of_a_stated_quarter(EUROS).await;
    let credit = story.credit("INV-2", json!({})).await;
    story.refund(&credit, "1469.14").await;
    let other = story.credit("INV-3", json!({ "net": "100.00" })).await;
    story.refund(&other, "119.00").await;
    // 2,369.14 are left of the 2,469.14 that two months need, which reach July only.
    let lines = [
        "stated",
        "stated",
        "clawback -123.45 covered",
        "stated",
        "clawback -123.46 covered",
    ];
    let figures = [12_346, 12_346, 0, -24_691, 111_111];
    let open = ["differs_from_deal"];
    story.ends(&lines, figures, &open).await;
}

#[tokio::test]
async fn a_refund_after_the_partner_was_paid_is_on_the_next_statement() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let bill = story.raise("AST-1", "").await;
    story.pay_rest(&bill).await;
    let credit = story.credit("INV-1", json!({})).await;
    story.refund(&credit, "1000.02").await;
    // July's money went, and the others' filled the months in order: September lacks it.
    story.next_quarter_with_another_client().await;
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
    let figures = [31_670, 6_670, 25_000, 0, 75_002 + 45_009];
    story.ends(&lines, figures, &["no_invoice_yet"]).await;
}

#[tokio::test]
async fn a_refund_that_is_taken_back_before_its_clawback_was_stated_leaves_nothing() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let credit = story.credit("INV-3", json!({})).await;
    let refund = story.refund(&credit, "1000.02").await;
    story.undo(&refund).await;
    let lines = ["stated", "stated", "stated", "clawback -83.33 cancelled"];
    let figures = [25_000, 25_000, 0, 0, 75_002];
    story.ends(&lines, figures, &[]).await;
}

#[tokio::test]
async fn a_refund_that_is_taken_back_after_its_clawback_was_stated_is_given_back() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let credit = story.credit("INV-3", json!({})).await;
    let refund = story.refund(&credit, "1000.02").await;
    story.next_quarter_with_another_client().await;
    story.undo(&refund).await;
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

#[tokio::test]
async fn a_credit_note_that_is_voided_makes_its_invoice_payable_again() {
    let story = Story::begin(POUNDS).await;
    story.invoice("INV-1", "833.35").await;
    let made = story.xero("invoices/INV-1/credit", json!({})).await;
    let allocation = made["allocation_id"].as_str().unwrap();
    let path = format!("allocations/{allocation}/delete");
    story.xero(&path, json!({})).await;
    let path = format!("credits/{}/void", made["credit_id"].as_str().unwrap());
    story.xero(&path, json!({})).await;
    story.pay("INV-1", "1000.02").await;
    story.month_ends().await;
    let figures = [8_334, 8_334, 0, 0, 91_668];
    story.ends(&["covered"], figures, &[]).await;
}

#[tokio::test]
async fn money_that_goes_and_comes_and_goes_again_is_taken_back_once() {
    let (story, payments) = Story::of_a_stated_quarter(POUNDS).await;
    story.undo(&payments[2]).await;
    story.next_quarter_with_another_client().await;
    let again = story.pay("INV-3", "1000.02").await;
    story.undo(&again).await;
    let mut lines = vec!["stated", "stated", "stated", "clawback -83.33 stated"];
    lines.push("adjustment 83.33 cancelled");
    lines.extend(["awaiting"; 3]);
    let figures = [31_670, 31_670, 0, 0, 75_002 + 45_009];
    let open = ["invoice_overdue", "no_invoice_yet"];
    story.is(&lines, figures, &open).await;
    story.pay("INV-3", "1000.02").await;
    story.approve_all().await;
    let mut after = lines[..5].to_vec();
    after.push("adjustment 83.33 approved");
    after.extend(["awaiting"; 3]);
    let figures = [40_003, 40_003, 0, 8_333, 75_002 + 45_009];
    story.ends(&after, figures, &["no_invoice_yet"]).await;
}

#[tokio::test]
async fn a_refund_that_could_be_for_two_deals_waits_until_finance_says_which() {
    let (story, _) = Story::of_a_paid_quarter(POUNDS).await;
    story.win_of_same_client(SECOND).await;
    let credit = json!({ "contact": "Harbour", "amount": "1000.02" });
    let credit = story.xero("credits", credit).await;
    let credit = credit["id"].as_str().unwrap();
    story.refund(credit, "1000.02").await;
    let figures = [25_000, 25_000, 0, 0, 75_002 + 60_012];
    let open = ["refund_without_deal"];
    story.is(&["covered"; 3], figures, &open).await;
    let waiting = story.exception("refund_without_deal").await;
    let ours = waiting.proposals.iter();
    let mut ours = ours.filter(|deal| deal.hubspot_id == story.deal.hubspot_id);
    let (ctx, finance) = (&story.portal.ctx, &story.portal.staff.finance);
    let deal = ours.next().expect("proposed").deal;
    links::link_document(ctx, finance, credit, deal)
        .await
        .unwrap();
    story.portal.run_jobs().await;
    let figures = [16_667, 16_667, 0, 0, 83_335 + 60_012];
    let lines = ["covered", "covered", "awaiting"];
    story.ends(&lines, figures, &["no_invoice_yet"]).await;
}

#[tokio::test]
async fn a_refund_that_was_taken_for_the_wrong_deal_is_put_right_from_wherever_it_is_seen() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    // Of another product: neither an invoice nor a reference says so.
    let credit = json!({ "contact": "Harbour", "amount": "500.00" });
    let credit = story.xero("credits", credit).await;
    let credit = credit["id"].as_str().unwrap();
    story.refund(credit, "500.00").await;
    let lines = ["stated", "stated", "stated", "clawback -83.33 covered"];
    let figures = [16_667, 16_667, 0, -8_333, 75_002];
    story.is(&lines, figures, &["differs_from_deal"]).await;
    let mut finance = story.portal.sign_in(&story.portal.staff.finance).await;
    let found = story.portal.lines(story.deal.lead).await;
    let clawback = found
        .iter()
        .find(|view| view.line.kind == LineKind::Clawback);
    let line = clawback.expect("a clawback").line.id;
    let case = story.exception("differs_from_deal").await.record.id;
    let client = explored(&story).await.client.id;
    let mut page = String::new();
    for back in [
        format!("/staff/lines?list=all&line={line}"),
        format!("/staff/reconciliation/explorer?cell={client}.GBP.rest.unallocated"),
        format!("/staff/reconciliation/explorer?cell={client}.GBP.sum.refunded"),
        format!("/staff/reconciliation/{case}"),
    ] {
        page = page_of(credit, &back);
        let shown = finance.get(&back).await.body;
        assert!(
            shown.contains(&page.replace('&', "&amp;")),
            "{back}: {shown}"
        );
    }
    let shown = finance.get(&page).await.body;
    assert!(shown.contains("Paid back, with tax"), "{shown}");
    let said = [("do", "say_no_deal"), ("document", credit)];
    let answer = finance.post(&page, &said).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    story.portal.run_jobs().await;
    let lines = ["stated", "stated", "stated", "clawback -83.33 cancelled"];
    let figures = [25_000, 25_000, 0, 0, 75_002];
    story.ends(&lines, figures, &[]).await;
}
