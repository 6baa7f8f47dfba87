//! What the sweeps promise: one object that cannot be read or taken in stops none behind it, and a change during a sweep hides no other.

use portal_domain::lead::LeadState;
use portal_services::exceptions;
use portal_store::{invoices, jobs};
use serde_json::{Value, json};

use crate::{
    portal::TestPortal,
    story::{POUNDS, SECOND, Story},
};

/// Webhooks are lost from now on: only the sweeps tell.
async fn lose_webhooks(portal: &TestPortal) {
    let lost = json!({ "webhooks": { "drop_percent": 100 } });
    portal.sandbox_act("faults", lost).await;
}

/// Long enough for the next sweep.
async fn sweep(portal: &TestPortal) {
    portal.advance_clock_by(6).await;
    portal.run_jobs().await;
}

/// The kinds of the open cases, and what each says.
async fn cases(portal: &TestPortal) -> Vec<(String, Value)> {
    let open = exceptions::list_exceptions(&portal.ctx, &portal.staff.finance, 20).await;
    let open = open.unwrap().into_iter();
    open.map(|case| (case.record.kind, case.facts)).collect()
}

#[tokio::test]
async fn a_deal_that_cannot_be_read_is_a_case_until_it_can_and_stops_no_other() {
    let portal = TestPortal::start().await;
    let (lead, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    let (other, other_deal) = portal.registered("Fernhill", "fernhill.com").await;
    lose_webhooks(&portal).await;
    // The first day of the year 10000.
    let wrong = json!({ "portal_start_date": "253402300800000", "dealstage": "closedlost" });
    portal.change_deal(&deal, wrong).await;
    portal
        .change_deal(&other_deal, json!({ "dealstage": "closedlost" }))
        .await;
    sweep(&portal).await;
    assert_eq!(portal.lead(other).await.state, LeadState::Lost);
    assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
    let open = cases(&portal).await;
    assert_eq!(open.len(), 1, "{open:?}");
    assert_eq!(open[0].0, "deal_unreadable");
    assert!(
        open[0].1["message"]
            .as_str()
            .unwrap()
            .contains("portal_start_date")
    );
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    let page = finance.get("/staff/reconciliation").await.body;
    assert!(
        page.contains("HubSpot has Harbour’s deal with a value"),
        "{page}"
    );
    portal
        .change_deal(&deal, json!({ "portal_start_date": "2026-08-01" }))
        .await;
    sweep(&portal).await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Lost);
    assert_eq!(cases(&portal).await, []);
    portal.finish().await;
}

#[tokio::test]
async fn a_deal_that_cannot_be_read_is_told_of_by_its_webhook_too() {
    let portal = TestPortal::start().await;
    let (_, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    let wrong = json!({ "portal_start_date": "253402300800000", "dealstage": "closedwon" });
    portal.change_deal(&deal, wrong).await;
    portal.run_jobs().await;
    assert_eq!(cases(&portal).await[0].0, "deal_unreadable");
    portal.finish().await;
}

#[tokio::test]
async fn somebody_elses_deal_that_cannot_be_read_is_nobodys_case() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let foreign = json!({ "dealname": "Not ours", "dealstage": "pql", "portal_start_date": "253402300800000" });
    portal.sandbox_act("hubspot/deals", foreign).await;
    sweep(&portal).await;
    assert_eq!(cases(&portal).await, []);
    portal.finish().await;
}

#[tokio::test]
async fn a_deal_that_cannot_be_taken_in_is_tried_by_itself_and_stops_no_other() {
    let portal = TestPortal::start().await;
    let (lead, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    let (other, other_deal) = portal.registered("Fernhill", "fernhill.com").await;
    lose_webhooks(&portal).await;
    let set_currency =
        |value: &str| format!("UPDATE deals SET currency = {value} WHERE hubspot_id = '{deal}'");
    portal.database.execute(&set_currency("'?'")).await.unwrap();
    for deal in [&deal, &other_deal] {
        portal
            .change_deal(deal, json!({ "dealstage": "closedlost" }))
            .await;
    }
    portal.advance_clock_by(6).await;
    portal.worker().run_due().await.unwrap();
    assert_eq!(portal.lead(other).await.state, LeadState::Lost);
    let mut tx = portal.ctx.store.read().await.unwrap();
    let failing = jobs::list_failing(&mut tx, 10).await.unwrap();
    drop(tx);
    let kinds: Vec<&str> = failing.iter().map(|job| job.kind.as_str()).collect();
    assert_eq!(kinds, ["read_deal"]);
    portal
        .database
        .execute(&set_currency("NULL"))
        .await
        .unwrap();
    sweep(&portal).await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Lost);
    portal.finish().await;
}

#[tokio::test]
async fn a_name_with_a_character_that_no_database_holds_is_kept_without_it() {
    let portal = TestPortal::start().await;
    let (lead, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    let named = json!({ "dealname": "Harbour\u{0} 2026", "dealstage": "closedlost" });
    portal.change_deal(&deal, named).await;
    portal.run_jobs().await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Lost);
    portal.finish().await;
}

#[tokio::test]
async fn a_deal_whose_lead_key_was_emptied_in_hubspot_is_followed_by_its_id() {
    let portal = TestPortal::start().await;
    let (lead, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    lose_webhooks(&portal).await;
    let emptied = json!({ "portal_lead_id": "", "dealstage": "closedlost" });
    portal.change_deal(&deal, emptied).await;
    sweep(&portal).await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Lost);
    portal.finish().await;
}

#[tokio::test]
async fn an_invoice_that_cannot_be_taken_in_is_tried_by_itself_and_stops_no_other() {
    let story = Story::begin(POUNDS).await;
    let first = story.invoice("INV-1", "833.35").await;
    let other = story.win_of_another_client(SECOND).await;
    let second = story.invoice_of(&other, "INV-2", "500.10", json!({})).await;
    let portal = &story.portal;
    lose_webhooks(portal).await;
    let set_currency =
        |code: &str| format!("UPDATE invoices SET currency = '{code}' WHERE id = '{first}'");
    portal.database.execute(&set_currency("?")).await.unwrap();
    for number in ["INV-1", "INV-2"] {
        let path = format!("xero/invoices/{number}/void");
        portal.sandbox_act(&path, json!({})).await;
    }
    portal.advance_clock_by(6).await;
    portal.worker().run_due().await.unwrap();
    let mut tx = portal.ctx.store.read().await.unwrap();
    let found = invoices::find(&mut tx, &second).await.unwrap().unwrap();
    assert_eq!(found.remote.status, "VOIDED");
    let failing = jobs::list_failing(&mut tx, 10).await.unwrap();
    drop(tx);
    let kinds: Vec<&str> = failing.iter().map(|job| job.kind.as_str()).collect();
    // Its deal was changed in the minutes that each sweep reads again, and is judged by the same invoice.
    assert_eq!(kinds, ["read_deal", "read_invoice"]);
    portal.database.execute(&set_currency("GBP")).await.unwrap();
    story.minutes_pass().await;
    let mut tx = story.portal.ctx.store.read().await.unwrap();
    let found = invoices::find(&mut tx, &first).await.unwrap().unwrap();
    drop(tx);
    assert_eq!(found.remote.status, "VOIDED");
    story.portal.finish().await;
}

/// A bill of Aster's in Xero that cannot be read: yen have no hundredths.
async fn enter_unreadable_bill(story: &Story, number: &str) {
    let yen = json!({ "type": "ACCPAY", "new_contact": "Aster Ltd", "number": number, "net": "100.50", "currency": "JPY" });
    story.portal.sandbox_act("xero/invoices", yen).await;
}

#[tokio::test]
async fn a_partners_bill_is_made_although_another_of_its_bills_cannot_be_read() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    enter_unreadable_bill(&story, "OLD-1").await;
    story.raise("AST-1", "").await;
    let figures = [25_000, 25_000, 0, 0, 75_002];
    let open = ["document_unreadable"];
    story.ends(&["invoiced"; 3], figures, &open).await;
}

#[tokio::test]
async fn no_bill_is_made_beside_one_that_cannot_be_read_and_has_its_number() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    enter_unreadable_bill(&story, "ast-1").await;
    let answer = story.try_raise("AST-1", "").await;
    assert_eq!(answer.status, 303, "{answer:?}");
    story.portal.run_jobs().await;
    let case = story.exception("bill_not_made").await;
    let why = case.facts["why"].as_str().unwrap();
    assert!(why.contains("may be this one"), "{why}");
    let truth = story.portal.sandbox_read("truth").await;
    assert_eq!(truth["bills_by_number"]["AST-1"], Value::Null);
    story.portal.finish_with_failed_jobs().await;
}
