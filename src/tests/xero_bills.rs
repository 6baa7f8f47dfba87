//! Stories of statements and of the bills for them: what is carried over, which bill is taken, and what its payments pay. Amounts are computed by hand
//! from the terms in `story`; a statement of Harbour's third quarter has 83.34, 83.33 and 83.33.

use portal_domain::{bill::BillState, statement::SettlementState};
use portal_services::{audit, operations};
use portal_store::{audit::AuditFilter, invoices, jobs, partners};
use serde_json::json;

use crate::story::{POUNDS, Story, Terms};

const STATED: [&str; 3] = ["stated"; 3];
const INVOICED: [&str; 3] = ["invoiced"; 3];
/// Nothing of the statement is paid.
const OWED: [i64; 5] = [25_000, 25_000, 0, 0, 75_002];

#[tokio::test]
async fn less_than_the_minimum_is_carried_until_there_is_enough() {
    // 10 % of 166.61 are 16.66 for each of the first months: three make 49.98, and the minimum is 50.00.
    let small = Terms {
        amount: "166.61",
        ..POUNDS
    };
    let (story, _) = Story::of_a_stated_quarter(small).await;
    assert!(story.statements().await.is_empty());
    let figures = [4_998, 4_998, 0, 4_998, 14_995];
    story.is(&["approved"; 3], figures, &[]).await;
    story.invoice("INV-4", "166.61").await;
    story.pay_rest("INV-4").await;
    story.today("2027-01-04").await;
    story.approve_all().await;
    story.close_quarter("2026Q4").await;
    assert_eq!(story.statements().await[0].record.total.minor, 6_664);
    let mut lines = ["stated"; 6];
    lines[4..].fill("awaiting");
    let figures = [6_664, 6_664, 0, 0, 13_329];
    story.ends(&lines, figures, &["no_invoice_yet"]).await;
}

#[tokio::test]
async fn less_than_nothing_is_carried_until_the_partner_has_earned_more() {
    let (story, payments) = Story::of_a_stated_quarter(POUNDS).await;
    story.undo(&payments[2]).await;
    story.approve_all().await;
    story.today("2027-01-04").await;
    story.close_quarter("2026Q4").await;
    assert_eq!(story.statements().await.len(), 1);
    let mut lines = vec!["stated", "stated", "stated", "clawback -83.33 approved"];
    lines.extend(["awaiting"; 3]);
    let figures = [16_667, 16_667, 0, -8_333, 75_002];
    let open = ["invoice_overdue", "no_invoice_yet"];
    story.is(&lines, figures, &open).await;
    story.next_quarter_with_another_client().await;
    let statement = &story.statements().await[0];
    assert_eq!(statement.record.number, "PS-2027Q1-000001");
    assert_eq!(statement.record.total.minor, 6_670);
    lines[3] = "clawback -83.33 stated";
    lines.extend(["awaiting"; 3]);
    let figures = [31_670, 31_670, 0, 0, 75_002 + 45_009];
    story.ends(&lines, figures, &open).await;
}

#[tokio::test]
async fn a_partner_whose_contact_is_merged_in_xero_is_paid_and_billed_under_the_other() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let bill = story.raise("AST-1", "").await;
    let made = story
        .xero("contacts", json!({ "name": "Aster Group" }))
        .await;
    let merged = json!({ "contact": "Aster Ltd", "into": "Aster Group" });
    story.xero("contacts/merge", merged).await;
    let portal = &story.portal;
    let mut tx = portal.ctx.store.read().await.unwrap();
    let aster = partners::find(&mut tx, portal.aster.id).await.unwrap();
    drop(tx);
    let contact = aster.unwrap().xero_contact_id;
    assert_eq!(contact.as_deref(), made["id"].as_str());
    story.pay_rest(&bill).await;
    let figures = [25_000, 0, 25_000, 0, 75_002];
    story.ends(&["paid"; 3], figures, &[]).await;
}

#[tokio::test]
async fn a_bill_of_the_portal_is_paid_in_part_then_wholly_and_then_not_at_all() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let bill = story.raise("AST-1", "").await;
    story.is(&INVOICED, OWED, &[]).await;
    // 100.00 with tax are 83.33 net, which is one penny less than July.
    let first = story.pay(&bill, "100.00").await;
    story.is(&INVOICED, OWED, &[]).await;
    let second = story.pay(&bill, "0.01").await;
    let lines = ["paid", "invoiced", "invoiced"];
    let figures = [25_000, 16_666, 8_334, 0, 75_002];
    story.is(&lines, figures, &[]).await;
    let rest = story.pay_rest(&bill).await;
    let figures = [25_000, 0, 25_000, 0, 75_002];
    story.is(&["paid"; 3], figures, &[]).await;
    for payment in [first, second, rest] {
        story.undo(&payment).await;
    }
    story.ends(&INVOICED, OWED, &[]).await;
}

#[tokio::test]
async fn a_bill_that_is_voided_is_raised_again_and_paid() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let bill = story.raise("AST-1", "").await;
    let payment = story.pay(&bill, "200.01").await;
    let figures = [25_000, 8_333, 16_667, 0, 75_002];
    story.is(&["paid", "paid", "invoiced"], figures, &[]).await;
    story.undo(&payment).await;
    story.void(&bill).await;
    story.is(&STATED, OWED, &["bill_voided"]).await;
    let again = story.raise("AST-1", "").await;
    assert_ne!(again, bill);
    story.pay_rest(&again).await;
    let figures = [25_000, 0, 25_000, 0, 75_002];
    story.ends(&["paid"; 3], figures, &[]).await;
}

#[tokio::test]
async fn a_bill_that_names_its_statement_in_a_line_is_found_and_paid() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let bill = story.enter_bill("R-77", "250.00", json!({})).await;
    story.is(&INVOICED, OWED, &[]).await;
    assert_eq!(story.statements().await[0].bill_numbers(), "R-77");
    let refused = story.try_raise("AST-1", "").await;
    assert_eq!(refused.status, 409, "it is invoiced already");
    story.pay_rest(&bill).await;
    let figures = [25_000, 0, 25_000, 0, 75_002];
    story.ends(&["paid"; 3], figures, &[]).await;
}

#[tokio::test]
async fn a_bill_that_has_its_statements_number_is_found_whatever_tax_is_on_it() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let untaxed = json!({ "description": "Commission", "tax_rate": "0" });
    let number = "PS-2026Q3-000001";
    let bill = story.enter_bill(number, "250.00", untaxed).await;
    story.pay(&bill, "83.34").await;
    let lines = ["paid", "invoiced", "invoiced"];
    let figures = [25_000, 16_666, 8_334, 0, 75_002];
    story.ends(&lines, figures, &[]).await;
}

#[tokio::test]
async fn a_bill_that_finance_entered_by_the_partners_number_is_not_made_a_second_time() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let down = json!({ "xero": { "error_percent": 100 } });
    story.portal.sandbox_act("faults", down).await;
    assert_eq!(story.try_raise("AST-1", "").await.status, 303);
    story.portal.run_jobs().await;
    story.is(&STATED, OWED, &[]).await;
    let up = json!({ "xero": { "error_percent": 0 } });
    let unnamed = json!({ "description": "Commission" });
    let entered = story.enter_bill("AST-1", "250.00", unnamed);
    let bill = entered.await;
    story.portal.sandbox_act("faults", up).await;
    for _ in 0..4 {
        story.minutes_pass().await;
    }
    assert_eq!(story.portal.bill("AST-1").await, bill, "there is one");
    story.pay_rest(&bill).await;
    let figures = [25_000, 0, 25_000, 0, 75_002];
    story.ends(&["paid"; 3], figures, &[]).await;
}

#[tokio::test]
async fn of_two_bills_with_the_invoices_number_none_is_taken_until_finance_has_voided_one() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let unnamed = json!({ "description": "Commission" });
    let twice = story.enter_bill("AST-1", "250.00", unnamed.clone()).await;
    let bill = story.enter_bill("AST-1", "250.00", unnamed).await;
    assert_eq!(story.try_raise("AST-1", "").await.status, 303);
    story.portal.run_jobs().await;
    story.is(&STATED, OWED, &["bill_not_made"]).await;
    let facts = story.exception("bill_not_made").await.facts.to_string();
    assert!(facts.contains("void all but one"), "{facts}");
    story
        .xero(&format!("invoices/{twice}/void"), json!({}))
        .await;
    retry_dead(&story).await;
    assert_eq!(story.portal.bill("AST-1").await, bill);
    story.ends(&INVOICED, OWED, &[]).await;
}

#[tokio::test]
async fn a_number_that_finance_wrote_in_other_letters_is_the_same_bill() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let unnamed = json!({ "description": "Commission" });
    let bill = story.enter_bill("AST-1", "250.00", unnamed).await;
    story.is(&STATED, OWED, &[]).await;
    assert_eq!(story.try_raise("ast-1", "").await.status, 303);
    story.minutes_pass().await;
    let truth = story.portal.sandbox_read("truth").await;
    assert_eq!(
        truth["bills_by_number"]["ast-1"],
        json!(null),
        "there is one"
    );
    story.is(&INVOICED, OWED, &[]).await;
    story.pay_rest(&bill).await;
    let figures = [25_000, 0, 25_000, 0, 75_002];
    story.ends(&["paid"; 3], figures, &[]).await;
}

#[tokio::test]
async fn a_bill_in_another_currency_moves_nothing() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let euros = json!({ "currency": "EUR" });
    let bill = story.enter_bill("AST-1", "250.00", euros).await;
    story.pay_rest(&bill).await;
    let open = ["bill_differs_from_statement"];
    story.is(&STATED, OWED, &open).await;
    let facts = story.exception(open[0]).await.facts;
    assert_eq!(facts["mismatch"], "currency");
    story.ends(&STATED, OWED, &open).await;
}

#[tokio::test]
async fn a_bill_over_another_net_moves_nothing_until_it_is_put_right() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let bill = story.enter_bill("AST-1", "250.01", json!({})).await;
    let open = ["bill_differs_from_statement"];
    story.is(&STATED, OWED, &open).await;
    let facts = story.exception(open[0]).await.facts;
    assert_eq!(facts["mismatch"], "above_rest");
    let path = format!("invoices/{bill}");
    let less = json!({ "net": "249.99", "description": "As of PS-2026Q3-000001" });
    story.xero(&path, less).await;
    story.minutes_pass().await;
    let facts = story.exception(open[0]).await.facts;
    assert_eq!(facts["mismatch"], "net");
    let right = json!({ "net": "250.00", "description": "As of PS-2026Q3-000001" });
    story.xero(&path, right).await;
    story.minutes_pass().await;
    story.ends(&INVOICED, OWED, &[]).await;
}

#[tokio::test]
async fn a_bill_that_is_changed_in_xero_pays_nothing_until_it_is_put_right() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let bill = story.raise("AST-1", "").await;
    let path = format!("invoices/{bill}");
    story.xero(&path, json!({ "net": "200.00" })).await;
    let payment = story.pay(&bill, "240.00").await;
    let open = ["bill_differs_from_statement"];
    story.is(&INVOICED, OWED, &open).await;
    story.undo(&payment).await;
    story.xero(&path, json!({ "net": "250.00" })).await;
    story.is(&INVOICED, OWED, &[]).await;
    story.pay_rest(&bill).await;
    let figures = [25_000, 0, 25_000, 0, 75_002];
    story.ends(&["paid"; 3], figures, &[]).await;
}

#[tokio::test]
async fn a_draft_bill_that_is_deleted_leaves_its_statement_to_be_invoiced_again() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let draft = json!({ "status": "DRAFT" });
    let bill = story.enter_bill("R-77", "250.00", draft).await;
    story.is(&INVOICED, OWED, &[]).await;
    let path = format!("invoices/{bill}/delete");
    story.xero(&path, json!({})).await;
    story.is(&STATED, OWED, &["bill_voided"]).await;
    story.raise("R-77", "").await;
    story.ends(&INVOICED, OWED, &[]).await;
}

#[tokio::test]
async fn a_number_that_the_partner_used_before_is_not_taken_again() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let bill = story.raise("AST-1", "").await;
    story.pay_rest(&bill).await;
    story.next_quarter_with_another_client().await;
    // Three times 50.01; Harbour has paid nothing more.
    assert_eq!(story.statements().await[0].record.total.minor, 15_003);
    let refused = story.try_raise("AST-1", "").await;
    assert_eq!(refused.status, 422, "{}", refused.location);
    let same = json!({ "description": "As of PS-2026Q4-000001" });
    story.enter_bill("AST-1", "150.03", same).await;
    let facts = story.exception("bill_differs_from_statement").await.facts;
    assert_eq!(facts["mismatch"], "number_used");
    let mut lines = vec!["paid"; 3];
    lines.extend(["awaiting"; 3]);
    let figures = [40_003, 15_003, 25_000, 0, 75_002 + 45_009];
    let open = ["bill_differs_from_statement", "no_invoice_yet"];
    story.ends(&lines, figures, &open).await;
}

#[tokio::test]
async fn a_bill_that_cannot_be_made_is_told_withdrawn_and_raised_under_another_number() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let consulting = json!({ "description": "Consulting" });
    story.enter_bill("AST-1", "99.00", consulting).await;
    assert_eq!(story.try_raise("AST-1", "").await.status, 303);
    story.portal.run_jobs().await;
    story.is(&STATED, OWED, &["bill_not_made"]).await;
    let statement = story.statements().await.remove(0);
    assert_eq!(statement.not_made, ["AST-1"]);
    let mut browser = story.portal.sign_in(&story.portal.aster.finance).await;
    let bill = statement.bills[0].id.to_string();
    let fields = [("do", "withdraw_invoice"), ("bill", bill.as_str())];
    let page = format!("/statements/{}", statement.record.id);
    let shown = browser.get(&page).await;
    assert!(shown.body.contains("could not be booked"), "{}", shown.body);
    assert_eq!(browser.post(&page, &fields).await.status, 303);
    story.raise("AST-2", "").await;
    story.is(&INVOICED, OWED, &[]).await;
    let mut browser = story.portal.sign_in(&story.portal.staff.finance).await;
    let shown = browser.get(&format!("/staff{page}")).await.body;
    let ended = "AST-1 over £250.00 net was withdrawn on";
    assert!(shown.contains(ended), "{shown}");
    // The job that failed stays in sight; trying it again finds that there is nothing to do.
    story.portal.finish_with_failed_jobs().await;
}

#[tokio::test]
async fn two_bills_for_whole_lines_of_one_statement_are_each_paid_for_themselves() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let first = story.enter_bill("AST-1", "83.34", json!({})).await;
    let lines = ["invoiced", "stated", "stated"];
    story.is(&lines, OWED, &[]).await;
    let statement = &story.statements().await[0];
    assert_eq!(statement.settlement, SettlementState::PartInvoiced);
    assert_eq!(statement.rest.minor, 16_666);
    story.pay_rest(&first).await;
    let lines = ["paid", "stated", "stated"];
    let figures = [25_000, 16_666, 8_334, 0, 75_002];
    story.is(&lines, figures, &[]).await;
    let second = story.enter_bill("AST-2", "166.66", json!({})).await;
    let lines = ["paid", "invoiced", "invoiced"];
    story.is(&lines, figures, &[]).await;
    story.pay_rest(&second).await;
    let figures = [25_000, 0, 25_000, 0, 75_002];
    story.ends(&["paid"; 3], figures, &[]).await;
}

#[tokio::test]
async fn a_third_bill_above_what_two_have_left_is_refused() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    story.raise("AST-1", "83.34").await;
    story.enter_bill("AST-2", "83.33", json!({})).await;
    let open = ["bill_differs_from_statement"];
    let third = story.enter_bill("AST-3", "83.34", json!({})).await;
    let lines = ["invoiced", "invoiced", "stated"];
    story.is(&lines, OWED, &open).await;
    let facts = story.exception(open[0]).await.facts;
    assert_eq!(facts["mismatch"], "above_rest");
    assert_eq!(facts["rest_minor"], 8_333);
    let above = story.try_raise("AST-4", "83.34").await;
    assert_eq!(above.status, 422, "{}", above.location);
    // Money that goes there pays nothing of ours.
    story.pay_rest(&third).await;
    story.ends(&lines, OWED, &open).await;
}

#[tokio::test]
async fn a_line_is_never_paid_beyond_its_bill() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    // 100.00 reach July, and not all of August.
    let refused = story.try_raise("AST-1", "100.00").await;
    assert_eq!(refused.status, 422, "{}", refused.location);
    let first = story.raise("AST-1", "83.34").await;
    let second = story.raise("AST-2", "166.66").await;
    // The second bill's money is not July's, although July is the oldest.
    story.pay_rest(&second).await;
    let lines = ["invoiced", "paid", "paid"];
    let figures = [25_000, 8_334, 16_666, 0, 75_002];
    story.is(&lines, figures, &[]).await;
    story.pay_rest(&first).await;
    let figures = [25_000, 0, 25_000, 0, 75_002];
    story.ends(&["paid"; 3], figures, &[]).await;
}

/// What Aster's finance person gets who withdraws an invoice.
async fn withdraw(story: &Story, number: &str) -> u16 {
    let statement = story.statements().await.remove(0);
    let mut bills = statement.bills.iter();
    let bill = bills.find(|bill| bill.number == number).expect("the bill");
    let bill = bill.id.to_string();
    let fields = [("do", "withdraw_invoice"), ("bill", bill.as_str())];
    let mut browser = story.portal.sign_in(&story.portal.aster.finance).await;
    let page = format!("/statements/{}", statement.record.id);
    browser.post(&page, &fields).await.status
}

#[tokio::test]
async fn an_invoice_of_which_xero_never_answered_is_neither_withdrawn_nor_made_twice() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    // Aster's contact is made, the bill is made without an answer, and no webhook tells of it.
    let lost = json!({ "xero": { "spare_writes": 1, "drop_after": 1 }, "webhooks": { "drop_percent": 100 } });
    story.portal.sandbox_act("faults", lost).await;
    assert_eq!(story.try_raise("AST-1", "").await.status, 303);
    story.portal.run_jobs().await;
    let bill = story.portal.bill("AST-1").await;
    story.is(&STATED, OWED, &[]).await;
    let known = story.statements().await.remove(0).bills.remove(0);
    assert_eq!(
        (known.state, known.xero_invoice_id),
        (BillState::Asked, None)
    );
    assert_eq!(withdraw(&story, "AST-1").await, 409);
    assert_eq!(story.try_raise("AST-2", "").await.status, 409);
    story.minutes_pass().await;
    story.is(&INVOICED, OWED, &[]).await;
    assert_eq!(story.portal.bill("AST-1").await, bill, "there is one");
    assert_eq!(withdraw(&story, "AST-1").await, 409);
    story.ends(&INVOICED, OWED, &[]).await;
}

#[tokio::test]
async fn an_invoice_that_finance_entered_under_another_number_is_not_made_a_second_time() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let errors = |percent| json!({ "xero": { "error_percent": percent } });
    story.portal.sandbox_act("faults", errors(100)).await;
    assert_eq!(story.try_raise("AST-1", "").await.status, 303);
    let entered = story.enter_bill("R-77", "250.00", json!({})).await;
    story.portal.sandbox_act("faults", errors(0)).await;
    for _ in 0..4 {
        story.minutes_pass().await;
    }
    let open = ["bill_differs_from_statement", "bill_not_made"];
    story.is(&STATED, OWED, &open).await;
    let why = story.exception("bill_not_made").await.facts["why"].clone();
    let why = why.as_str().expect("a sentence");
    assert!(why.contains("R-77 over 250.00 GBP"), "{why}");
    let truth = story.portal.sandbox_read("truth").await;
    assert_eq!(truth["bills_by_number"]["AST-1"], json!(null));
    assert_eq!(withdraw(&story, "AST-1").await, 303);
    story.minutes_pass().await;
    story.is(&INVOICED, OWED, &[]).await;
    story.pay_rest(&entered).await;
    let figures = [25_000, 0, 25_000, 0, 75_002];
    story.is(&["paid"; 3], figures, &[]).await;
    // The job that was refused stays in sight.
    story.portal.finish_with_failed_jobs().await;
}

#[tokio::test]
async fn a_bill_for_a_statement_with_a_clawback_is_paid_as_a_whole() {
    let (story, payments) = Story::of_a_stated_quarter(POUNDS).await;
    story.undo(&payments[2]).await;
    let other = story.next_quarter_with_another_client().await;
    let bill = story.raise("AST-2", "").await;
    story.pay_rest(&bill).await;
    assert_eq!(story.lines_of(&other).await, ["paid"; 3]);
    let mut lines = vec!["stated", "stated", "stated", "clawback -83.33 paid"];
    lines.extend(["awaiting"; 3]);
    let figures = [31_670, 25_000, 6_670, 0, 75_002 + 45_009];
    let open = ["invoice_overdue", "no_invoice_yet"];
    story.ends(&lines, figures, &open).await;
}

/// An operator has the job tried again that was given up.
async fn retry_dead(story: &Story) {
    let ctx = &story.portal.ctx;
    let mut tx = ctx.store.read().await.unwrap();
    let failing = jobs::list_failing(&mut tx, 10).await.unwrap();
    drop(tx);
    assert_eq!(failing.len(), 1, "{failing:#?}");
    let operator = &story.portal.staff.operator;
    operations::retry_job(ctx, operator, failing[0].id)
        .await
        .unwrap();
    story.portal.run_jobs().await;
}

#[tokio::test]
async fn what_xero_refused_and_was_put_right_is_made_at_the_next_try() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let without_pounds = json!({ "currencies": "EUR USD" });
    story.xero("organisation", without_pounds).await;
    assert_eq!(story.try_raise("AST-1", "").await.status, 303);
    story.portal.run_jobs().await;
    story.is(&STATED, OWED, &["bill_not_made"]).await;
    let with_pounds = json!({ "currencies": "EUR GBP USD" });
    story.xero("organisation", with_pounds).await;
    retry_dead(&story).await;
    story.ends(&INVOICED, OWED, &[]).await;
}

#[tokio::test]
async fn a_bill_is_dated_on_the_first_day_that_xeros_books_are_open_and_that_is_said() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let lock = json!({ "period_lock_date": "2026-10-31" });
    story.xero("organisation", lock).await;
    let bill = story.raise("AST-1", "").await;
    let mut tx = story.portal.ctx.store.read().await.unwrap();
    let found = invoices::find(&mut tx, &bill).await.unwrap().unwrap();
    drop(tx);
    assert_eq!(found.remote.date.unwrap().to_string(), "2026-11-01");
    let mut operator = story.portal.sign_in(&story.portal.staff.operator).await;
    let audit = operator.get("/staff/audit").await.body;
    assert!(audit.contains("Dated an invoice after the day"), "{audit}");
    let page = format!("/statements/{}", story.statements().await[0].record.id);
    let staff = operator.get(&format!("/staff{page}")).await.body;
    let said = "locked until 31 Oct 2026, so that the bill is dated 1 Nov 2026";
    assert!(staff.contains(said), "{staff}");
    let mut partner = story.portal.sign_in(&story.portal.aster.sales).await;
    let shown = partner.get(&page).await.body;
    let said = "In our books your invoice has the date 1 Nov 2026";
    assert!(shown.contains(said), "{shown}");
    assert!(
        !shown.contains("Xero"),
        "whose books they are is ours to know"
    );
    story.ends(&INVOICED, OWED, &[]).await;
}

/// On which day a bill stands in our books.
async fn dated(story: &Story, bill: &str) -> String {
    let mut tx = story.portal.ctx.store.read().await.unwrap();
    let found = invoices::find(&mut tx, bill).await.unwrap();
    drop(tx);
    let date = found.expect("the bill").remote.date;
    date.expect("a date").to_string()
}

#[tokio::test]
async fn a_bill_is_dated_after_the_later_of_xeros_two_locks_of_the_period_and_of_the_year() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let locks = |period: &str, year: &str| json!({ "period_lock_date": period, "end_of_year_lock_date": year });
    let until_october = json!({ "end_of_year_lock_date": "2026-10-31" });
    story.xero("organisation", until_october).await;
    let alone = story.raise("AST-1", "83.34").await;
    assert_eq!(dated(&story, &alone).await, "2026-11-01");
    story
        .xero("organisation", locks("2026-10-31", "2026-12-31"))
        .await;
    let year = story.raise("AST-2", "83.33").await;
    assert_eq!(dated(&story, &year).await, "2027-01-01");
    story
        .xero("organisation", locks("2026-11-30", "2026-10-31"))
        .await;
    let period = story.raise("AST-3", "83.33").await;
    assert_eq!(dated(&story, &period).await, "2026-12-01");
    let page = format!(
        "/staff/statements/{}",
        story.statements().await[0].record.id
    );
    let mut finance = story.portal.sign_in(&story.portal.staff.finance).await;
    let shown = finance.get(&page).await.body;
    for (locked, moved) in [
        ("31 Oct", "1 Nov 2026"),
        ("31 Dec", "1 Jan 2027"),
        ("30 Nov", "1 Dec 2026"),
    ] {
        let said = format!("locked until {locked} 2026, so that the bill is dated {moved}");
        assert!(shown.contains(&said), "{said} is not in {shown}");
    }
    story.ends(&INVOICED, OWED, &[]).await;
}

#[tokio::test]
async fn a_bill_that_was_to_be_moved_and_that_finance_entered_meanwhile_has_finances_date() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    // The day is chosen, and then Xero refuses the bill, as it knows no pounds.
    let refused = json!({ "period_lock_date": "2026-10-31", "currencies": "EUR" });
    story.xero("organisation", refused).await;
    assert_eq!(story.try_raise("AST-1", "").await.status, 303);
    story.portal.run_jobs().await;
    let bill = story.statements().await.remove(0).bills.remove(0);
    assert!(bill.moved.is_some() && bill.xero_invoice_id.is_none());
    story
        .xero("organisation", json!({ "currencies": "EUR GBP" }))
        .await;
    story.enter_bill("AST-1", "250.00", json!({})).await;
    let bill = story.statements().await.remove(0).bills.remove(0);
    assert!(bill.moved.is_none() && bill.xero_invoice_id.is_some());
    story.portal.finish_with_failed_jobs().await;
}

#[tokio::test]
async fn however_often_a_bill_is_tried_its_date_after_the_lock_is_written_down_once() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let lock = json!({ "period_lock_date": "2026-10-31", "currencies": "EUR USD" });
    story.xero("organisation", lock).await;
    assert_eq!(story.try_raise("AST-1", "").await.status, 303);
    story.portal.run_jobs().await;
    retry_dead(&story).await;
    let pounds = json!({ "currencies": "EUR GBP USD" });
    story.xero("organisation", pounds).await;
    retry_dead(&story).await;
    let (ctx, operator) = (&story.portal.ctx, &story.portal.staff.operator);
    let everything = AuditFilter::default();
    let acts = audit::list(ctx, operator, &everything, None).await.unwrap();
    let dated = acts.iter().filter(|record| record.act == "date_bill");
    assert_eq!(dated.count(), 1);
    story.ends(&INVOICED, OWED, &[]).await;
}

#[tokio::test]
async fn a_contact_that_was_found_by_its_name_is_found_by_its_number_from_then_on() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let consulting = json!({ "description": "Consulting" });
    story.enter_bill("R-1", "99.00", consulting).await;
    story.raise("AST-1", "").await;
    let state = story.portal.sandbox_read("state").await;
    let contacts = state["xero"]["contacts"].as_object().unwrap();
    let aster = contacts.values().find(|one| one["name"] == "Aster Ltd");
    let number = format!("partner-{}", story.portal.aster.id);
    assert_eq!(aster.unwrap()["number"], number.as_str());
    story.ends(&INVOICED, OWED, &[]).await;
}

/// Which contact of Xero's Aster's bill is to, by its name there.
async fn billed(story: &Story, bill: &str) -> String {
    let state = story.portal.sandbox_read("state").await;
    let contact = state["xero"]["invoices"][bill]["contact_id"].as_str();
    let contact = contact.expect("a contact");
    let name = state["xero"]["contacts"][contact]["name"].as_str();
    name.expect("a name").to_owned()
}

/// A contact in Xero that is Borealis's, whose legal name is the same as Aster's.
async fn make_contact_of_borealis(story: &Story, name: &str) {
    let number = format!("partner-{}", story.portal.borealis.id);
    let contact = json!({ "name": name, "number": number });
    story.xero("contacts", contact).await;
}

#[tokio::test]
async fn a_partner_of_the_same_legal_name_has_a_contact_of_its_own() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    make_contact_of_borealis(&story, "Aster Ltd").await;
    let bill = story.raise("AST-1", "").await;
    assert_eq!(
        billed(&story, &bill).await,
        "Aster Ltd (aster-consulting.com)"
    );
    story.pay_rest(&bill).await;
    let figures = [25_000, 0, 25_000, 0, 75_002];
    story.ends(&["paid"; 3], figures, &[]).await;
}

#[tokio::test]
async fn a_contact_that_is_known_for_another_partner_is_taken_for_no_second_one() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let made = story.xero("contacts", json!({ "name": "Aster Ltd" })).await;
    let contact = made["id"].as_str().expect("an id");
    let (database, borealis) = (&story.portal.database, story.portal.borealis.id);
    let known = |of| format!("UPDATE partners SET xero_contact_id = '{contact}' WHERE id = '{of}'");
    database.execute(&known(borealis)).await.unwrap();
    let bill = story.raise("AST-1", "").await;
    assert_eq!(
        billed(&story, &bill).await,
        "Aster Ltd (aster-consulting.com)"
    );
    let twice = database.execute(&known(story.portal.aster.id)).await;
    assert!(twice.is_err(), "and the database holds that");
    story.ends(&INVOICED, OWED, &[]).await;
}

#[tokio::test]
async fn where_every_name_is_another_partners_finance_has_a_case_and_no_bill_goes_to_that_one() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    make_contact_of_borealis(&story, "Aster Ltd").await;
    let foreign = json!({ "name": "Aster Ltd (aster-consulting.com)", "number": format!("partner-{}", story.deal.lead) });
    story.xero("contacts", foreign).await;
    let answer = story.try_raise("AST-1", "").await;
    assert_eq!(answer.status, 303, "{answer:?}");
    story.portal.run_jobs().await;
    let case = story.exception("bill_not_made").await;
    let why = case.facts["why"].as_str().unwrap();
    assert!(why.contains("are other partners’"), "{why}");
    let truth = story.portal.sandbox_read("truth").await;
    assert_eq!(truth["bills_by_number"]["AST-1"], serde_json::Value::Null);
    story.portal.finish_with_failed_jobs().await;
}
