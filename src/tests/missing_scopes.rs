//! A scope that an app lacks stops what needs it, at once and in words that name it, and nothing else: the lane stays open.

use portal_domain::lead::LeadState;
use portal_store::{
    jobs::{self, JobRecord},
    vendors,
};
use serde_json::{Value, json};

use crate::{
    messages::set_place,
    portal::TestPortal,
    story::{POUNDS, Story},
};

async fn lacking(portal: &TestPortal, scopes: &str) {
    let lacking = json!({ "missing_scopes": scopes });
    portal.sandbox_act("faults", lacking).await;
}

async fn minutes_pass(portal: &TestPortal, minutes: i64) {
    for _ in 0..minutes {
        portal.advance_clock_by(1).await;
        portal.run_jobs().await;
    }
}

/// The one job that failed, which was given up at its first try.
async fn the_dead(portal: &TestPortal) -> JobRecord {
    let mut tx = portal.ctx.store.read().await.unwrap();
    let mut failing = jobs::list_failing(&mut tx, 10).await.unwrap();
    let standing = vendors::find_standing(&mut tx, &failing[0].lane).await;
    assert_eq!(failing.len(), 1, "{failing:#?}");
    let standing = standing.unwrap();
    assert!(!standing.is_closed(), "{standing:?}");
    let dead = failing.remove(0);
    assert_eq!((dead.state.as_str(), dead.attempts), ("dead", 1));
    dead
}

#[tokio::test]
async fn a_scope_that_only_the_set_up_needs_stops_no_lead_and_is_told_once() {
    let portal = TestPortal::start().await;
    lacking(&portal, "settings.currencies.read").await;
    let lead = portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    portal.run_jobs().await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
    minutes_pass(&portal, 20).await;
    let dead = the_dead(&portal).await;
    assert_eq!(dead.kind, "set_up_hubspot");
    let words = dead.last_error.unwrap();
    assert!(words.contains("the scope settings.currencies.read"));
    let mails = portal.mails_to("operator@vendor.example").await;
    let subjects = mails.iter().map(|mail| mail["subject"].as_str().unwrap());
    let subjects: Vec<&str> = subjects.collect();
    assert_eq!(subjects, ["Failed for good: HubSpot"]);
    portal.finish_with_failed_jobs().await;
}

#[tokio::test]
async fn a_direct_message_that_the_bot_may_not_open_holds_up_no_other_message() {
    let portal = TestPortal::start().await;
    set_place(&portal, "owner@aster-consulting.com").await;
    lacking(&portal, "users:read.email").await;
    portal
        .won("Harbour", "harbour-logistics.com", "1250.00", "1")
        .await;
    minutes_pass(&portal, 5).await;
    let dead = the_dead(&portal).await;
    assert_eq!(dead.kind, "post_slack");
    assert!(dead.last_error.unwrap().contains("users:read.email"));
    let staff = portal.slack_messages("#partners-internal").await;
    assert!(!staff.is_empty(), "the vendor's own people read on");
    portal.finish_with_failed_jobs().await;
}

#[tokio::test]
async fn a_bill_that_the_app_may_not_make_is_told_to_finance_at_once_and_made_once_it_may() {
    let (story, _) = Story::of_a_stated_quarter(POUNDS).await;
    let portal = &story.portal;
    lacking(portal, "accounting.settings.read").await;
    assert_eq!(story.try_raise("AST-1", "").await.status, 303);
    portal.run_jobs().await;
    assert_eq!(the_dead(portal).await.kind, "create_bill");
    let why = story.exception("bill_not_made").await.facts["why"].clone();
    let why = why.as_str().unwrap().to_owned();
    assert!(why.contains("the scope accounting.settings.read"), "{why}");
    lacking(portal, "").await;
    let (ctx, operator) = (&portal.ctx, &portal.staff.operator);
    portal_services::operations::retry_all(ctx, operator, "xero")
        .await
        .unwrap();
    portal.run_jobs().await;
    let lines: [&str; 3] = ["invoiced"; 3];
    let figures = [25_000, 25_000, 0, 0, 75_002];
    story.ends(&lines, figures, &[]).await;
}

#[tokio::test]
async fn a_lead_waits_for_currencies_that_cannot_be_read_for_now() {
    let portal = TestPortal::start().await;
    for mishap in ["too_many", "unavailable"] {
        let rule =
            json!({ "system": "hubspot", "path": "currencies", "mishap": mishap, "times": 2 });
        portal.sandbox_act("faults/rules", rule).await;
    }
    let lead = portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    portal.run_jobs().await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Accepted);
    minutes_pass(&portal, 5).await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
    let deals = portal.sandbox_read("state").await["hubspot"]["tables"]["deals"].clone();
    let deal = portal.lead(lead).await.hubspot_deal_id.unwrap();
    let amount = &deals["records"][deal]["properties"]["amount"];
    assert_ne!(amount, &Value::Null, "its currency was known by then");
    portal.finish().await;
}
