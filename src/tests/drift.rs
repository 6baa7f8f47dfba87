//! How far the portal's mirror is from the vendors: found by reading everything again, shown, and mended.

use portal_domain::lead::LeadState;
use portal_services::drift::{self, Meter};
use serde_json::json;

use crate::{
    browser::Browser,
    portal::TestPortal,
    story::{POUNDS, Story},
};

/// Webhooks are lost from now on.
async fn lose_webhooks(portal: &TestPortal) {
    let lost = json!({ "webhooks": { "drop_percent": 100 } });
    portal.sandbox_act("faults", lost).await;
}

async fn compare(portal: &TestPortal, operator: &mut Browser, system: &str) -> Meter {
    let page = format!("/staff/integrations/{system}");
    let ask = [("do", "compare_now"), ("system", system)];
    assert_eq!(operator.post(&page, &ask).await.status, 303);
    portal.run_jobs().await;
    meter(portal, system).await
}

async fn meter(portal: &TestPortal, system: &str) -> Meter {
    drift::read_meter(&portal.ctx, &portal.staff.operator, system)
        .await
        .unwrap()
        .unwrap()
}

/// Of each difference its field, what is here and what is there.
fn fields(meter: &Meter) -> Vec<(&str, &str, &str)> {
    let all = meter.differences.iter();
    all.map(|one| (one.field.as_str(), one.ours.as_str(), one.theirs.as_str()))
        .filter(|(field, ..)| *field != "modified_at")
        .collect()
}

fn counts(meter: &Meter) -> (i64, i64) {
    let last = meter.comparison.as_ref().unwrap();
    assert!(last.ended_at.is_some());
    (last.compared, last.differed)
}

#[tokio::test]
async fn what_hubspot_did_without_a_word_is_found_named_and_read() {
    let portal = TestPortal::start().await;
    let (moved, moved_deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    let (gone, gone_deal) = portal.registered("Fernhill", "fernhill.com").await;
    portal.registered("Quayside", "quayside-foods.com").await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let before = compare(&portal, &mut operator, "hubspot").await;
    assert_eq!((counts(&before), before.open), ((3, 0), 0));
    let page = operator.get("/staff/integrations/hubspot").await.body;
    assert!(page.contains("Nothing differs") && page.contains("3 read, none differed"));
    lose_webhooks(&portal).await;
    portal
        .change_deal(&moved_deal, json!({ "dealstage": "approved" }))
        .await;
    portal
        .sandbox_act(&format!("hubspot/deals/{gone_deal}/archive"), json!({}))
        .await;
    let found = compare(&portal, &mut operator, "hubspot").await;
    assert_eq!(counts(&found), (3, 2));
    let mut named = fields(&found);
    named.sort_unstable();
    assert_eq!(
        named,
        [("stage", "pql", "approved"), ("state", "open", "removed")]
    );
    assert_eq!(found.open, 0, "they were read at once");
    assert!(found.differences.iter().all(|one| one.is_mended()));
    assert_eq!(portal.lead(moved).await.phase.as_deref(), Some("Approved"));
    assert_eq!(portal.lead(gone).await.state, LeadState::Removed);
    let page = operator.get("/staff/integrations/hubspot").await.body;
    assert!(page.contains("3 read, 2 differed") && page.contains("Read since"));
    let after = compare(&portal, &mut operator, "hubspot").await;
    assert_eq!(counts(&after), (3, 0));
    assert!(after.differences.is_empty(), "what is over is forgotten");
    portal.finish().await;
}

#[tokio::test]
async fn what_reading_again_does_not_mend_stays_and_is_said_to() {
    let portal = TestPortal::start().await;
    let (_, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    lose_webhooks(&portal).await;
    // The first day of the year 10000.
    let wrong = json!({ "portal_start_date": "253402300800000", "dealstage": "closedwon" });
    portal.change_deal(&deal, wrong).await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    for _ in 0..2 {
        let found = compare(&portal, &mut operator, "hubspot").await;
        assert_eq!((counts(&found), found.open), ((1, 1), 1));
    }
    let page = operator.get("/staff/integrations/hubspot").await.body;
    assert!(page.contains("Stays so") && page.contains("portal_start_date"));
    portal.finish().await;
}

#[tokio::test]
async fn what_was_voided_in_xero_without_a_word_is_found_and_taken_in() {
    let story = Story::begin(POUNDS).await;
    story.invoice("INV-1", POUNDS.amount).await;
    let portal = &story.portal;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let before = compare(portal, &mut operator, "xero").await;
    assert_eq!(counts(&before), (1, 0));
    lose_webhooks(portal).await;
    portal
        .sandbox_act("xero/invoices/INV-1/void", json!({}))
        .await;
    let found = compare(portal, &mut operator, "xero").await;
    assert_eq!(counts(&found), (1, 1));
    let named = fields(&found);
    assert!(
        named.contains(&("status", "AUTHORISED", "VOIDED")),
        "{named:?}"
    );
    assert_eq!(found.open, 0);
    let after = compare(portal, &mut operator, "xero").await;
    assert_eq!(counts(&after), (1, 0));
    story.portal.finish().await;
}

#[tokio::test]
async fn of_webhooks_that_are_dropped_doubled_and_shuffled_nothing_is_left_after_one_sweep() {
    const DEALS: usize = 8;
    const CHANGES: usize = 6;
    let portal = TestPortal::start().await;
    let mut deals = Vec::new();
    for number in 0..DEALS {
        let domain = format!("client-{number}.com");
        deals.push(
            portal
                .registered(&format!("Client {number}"), &domain)
                .await
                .1,
        );
    }
    let bad =
        json!({ "webhooks": { "drop_percent": 10, "double_percent": 10, "shuffle_ms": 200 } });
    portal.sandbox_act("faults", bad).await;
    let stages = [
        "approved",
        "client_pitch",
        "proposal",
        "closedlost",
        "closedwon",
    ];
    for change in 0..CHANGES {
        for (place, deal) in deals.iter().enumerate() {
            // Some are lost and opened again, some won and lost, in another order for each.
            let stage = stages[(change * 3 + place * 2) % stages.len()];
            let terms = json!({
                "dealstage": stage, "amount": format!("{}.00", 100 + change), "deal_currency_code": "GBP", "portal_billing_period": "1",
            });
            portal.change_deal(deal, terms).await;
            let invoice = json!({
                "new_contact": format!("Client {place}"), "reference": format!("Deal {deal}"), "net": "100.00", "currency": "GBP", "tax_rate": "20",
            });
            let made = portal.sandbox_act("xero/invoices", invoice).await;
            let number = made["number"].as_str().unwrap();
            if change % 2 == 0 {
                portal
                    .sandbox_act(&format!("xero/invoices/{number}/payments"), json!({}))
                    .await;
            }
        }
    }
    portal.run_jobs().await;
    portal.advance_clock_by(6).await;
    portal.run_jobs().await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let hubspot = compare(&portal, &mut operator, "hubspot").await;
    assert_eq!(counts(&hubspot), (8, 0), "{:?}", hubspot.differences);
    let xero = compare(&portal, &mut operator, "xero").await;
    assert_eq!(counts(&xero), (48, 0), "{:?}", xero.differences);
    portal.finish().await;
}

#[tokio::test]
async fn only_who_operates_compares_and_only_what_is_mirrored() {
    let portal = TestPortal::start().await;
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    let page = finance.get("/staff/integrations/hubspot").await.body;
    assert!(page.contains("Comparison") && !page.contains("compare_now"));
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let ask = [("do", "compare_now"), ("system", "slack")];
    let refused = operator.post("/staff/integrations/slack", &ask).await;
    assert_eq!(refused.status, 404);
    portal.finish().await;
}
