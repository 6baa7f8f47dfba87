//! What operators are told without looking: once when something of the machinery is broken, and once when it is over.

use portal_services::dead_letters;
use serde_json::{Value, json};

use crate::portal::TestPortal;

const OPERATOR: &str = "operator@vendor.example";

/// The subjects of the mails that the operator got about the machinery, oldest first.
async fn told(portal: &TestPortal) -> Vec<String> {
    let mails = portal.mails_to(OPERATOR).await;
    let subject = |mail: &Value| mail["subject"].as_str().unwrap().to_owned();
    mails.iter().map(subject).collect()
}

/// What the staff's channel was told about the machinery.
async fn told_in_slack(portal: &TestPortal, about: &str) -> usize {
    let channel = &portal.ctx.programme.staff_channel;
    let messages = portal.slack_messages(channel).await;
    let is_about = |message: &&Value| message.to_string().contains(about);
    messages.iter().filter(is_about).count()
}

async fn minutes_pass(portal: &TestPortal, minutes: i64) {
    for _ in 0..minutes {
        portal.advance_clock_by(1).await;
        portal.run_jobs().await;
    }
}

#[tokio::test]
async fn a_broken_connection_is_told_once_by_slack_and_mail_and_once_when_it_is_over() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let broken = json!({ "hubspot": { "token_revoked": true } });
    portal.sandbox_act("faults", broken).await;
    portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    portal.run_jobs().await;
    assert!(told(&portal).await.is_empty(), "it may be over in a minute");
    minutes_pass(&portal, 10).await;
    let broken = "HubSpot does not accept the portal’s credentials";
    assert_eq!(told(&portal).await, [broken]);
    assert_eq!(told_in_slack(&portal, "HubSpot does not accept").await, 1);
    let mended = json!({ "hubspot": { "token_revoked": false } });
    portal.sandbox_act("faults", mended).await;
    minutes_pass(&portal, 5).await;
    assert_eq!(
        told(&portal).await,
        [broken, "HubSpot accepts the portal’s credentials again"]
    );
    assert_eq!(told_in_slack(&portal, "HubSpot accepts").await, 1);
    portal.finish().await;
}

#[tokio::test]
async fn a_delivery_that_was_given_up_is_told_once_and_again_only_after_all_were_seen_to() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let refused = json!({ "mail": { "refuse_content": 1 } });
    portal.sandbox_act("faults", refused).await;
    portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    portal.run_jobs().await;
    minutes_pass(&portal, 3).await;
    assert_eq!(told(&portal).await, ["Failed for good: Mail"]);
    let (ctx, operator) = (&portal.ctx, &portal.staff.operator);
    portal_services::operations::retry_all(ctx, operator, "mail")
        .await
        .unwrap();
    minutes_pass(&portal, 2).await;
    assert_eq!(told(&portal).await.len(), 2, "and that nothing is left");
    portal.finish().await;
}

#[tokio::test]
async fn what_is_given_up_after_that_was_told_is_told_again_an_hour_later_and_over_once_all_is_set_aside()
 {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let refused = json!({ "mail": { "refuse_content": 1 } });
    portal.sandbox_act("faults", refused).await;
    portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    portal.run_jobs().await;
    minutes_pass(&portal, 2).await;
    let first = "Failed for good: Mail";
    assert_eq!(told(&portal).await, [first]);
    let refused = json!({ "mail": { "refuse_content": 1 } });
    portal.sandbox_act("faults", refused).await;
    portal
        .submit(&portal.aster.owner, "Quayside", "quayside-foods.com")
        .await;
    portal.run_jobs().await;
    minutes_pass(&portal, 30).await;
    assert_eq!(told(&portal).await, [first], "once an hour at most");
    minutes_pass(&portal, 40).await;
    let more = "More has failed for good: Mail";
    assert_eq!(told(&portal).await, [first, more]);
    minutes_pass(&portal, 120).await;
    assert_eq!(told(&portal).await.len(), 2, "nothing came since");
    let (ctx, operator) = (&portal.ctx, &portal.staff.operator);
    let seen_at = ctx.now();
    dead_letters::set_all_aside(ctx, operator, "mail", seen_at, "The texts are old by now")
        .await
        .unwrap();
    minutes_pass(&portal, 2).await;
    let over = "Nothing failed is left: Mail";
    assert_eq!(told(&portal).await, [first, more, over]);
    portal.finish().await;
}

#[tokio::test]
async fn webhooks_that_stay_away_are_told_once_a_sweep_found_what_they_should_have_said() {
    let portal = TestPortal::start().await;
    let (_, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    portal.advance_clock_by(30 * 24 * 60).await;
    portal.run_jobs().await;
    assert!(told(&portal).await.is_empty(), "there was nothing to tell");
    let lost = |percent| json!({ "webhooks": { "drop_percent": percent } });
    portal.sandbox_act("faults", lost(100)).await;
    let approved = json!({ "dealstage": "approved" });
    portal.change_deal(&deal, approved).await;
    minutes_pass(&portal, 20).await;
    assert!(told(&portal).await.is_empty(), "it may come late");
    portal.advance_clock_by(60).await;
    portal.run_jobs().await;
    assert_eq!(told(&portal).await, ["HubSpot sends no webhooks any more"]);
    portal.sandbox_act("faults", lost(0)).await;
    portal.registered("Quayside", "quayside-foods.com").await;
    minutes_pass(&portal, 2).await;
    assert_eq!(told(&portal).await.len(), 2, "and that they come again");
    portal.finish().await;
}

#[tokio::test]
async fn a_days_limit_is_told_once_with_its_end_and_once_when_calls_are_taken_again() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let daily = json!({ "hubspot": { "too_many_requests": 1, "too_many_kind": "daily" } });
    portal.sandbox_act("faults", daily).await;
    portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    portal.run_jobs().await;
    minutes_pass(&portal, 29).await;
    assert!(told(&portal).await.is_empty(), "most limits are short");
    minutes_pass(&portal, 10).await;
    // When the day of HubSpot's account ends.
    let limited = "HubSpot takes no calls until 7 Jul 2026, 00:01";
    assert_eq!(told(&portal).await, [limited]);
    portal.advance_clock_to("2026-07-06T23:00:00Z").await;
    minutes_pass(&portal, 10).await;
    let over = "HubSpot takes calls again";
    assert_eq!(told(&portal).await, [limited, over]);
    assert_eq!(told_in_slack(&portal, "HubSpot takes").await, 2);
    portal.finish().await;
}

/// What somebody sends who does not know the secret, and the answer's status.
async fn send_forged(portal: &TestPortal) -> u16 {
    let now = portal.ctx.now().0.to_string();
    let headers = [
        ("x-hubspot-signature-v3", "bm90IHRoZSBzaWduYXR1cmU="),
        ("x-hubspot-request-timestamp", now.as_str()),
    ];
    let mut sender = portal.browser();
    let sent = sender.send_json("/webhooks/hubspot", "[]", &headers);
    sent.await.status
}

#[tokio::test]
async fn what_anybody_may_send_without_a_signature_alarms_nobody() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let mut sender = portal.browser();
    let sent = sender.send_json("/webhooks/hubspot", "[]", &[]);
    assert_eq!(sent.await.status, 401);
    minutes_pass(&portal, 60).await;
    assert!(told(&portal).await.is_empty());
    portal.finish().await;
}

#[tokio::test]
async fn webhooks_that_are_refused_and_not_followed_by_any_that_is_accepted_are_told_once() {
    let portal = TestPortal::start().await;
    let (_, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    assert_eq!(send_forged(&portal).await, 401);
    minutes_pass(&portal, 15).await;
    assert!(told(&portal).await.is_empty(), "a trial beside a good one");
    assert_eq!(send_forged(&portal).await, 401);
    minutes_pass(&portal, 8).await;
    assert!(told(&portal).await.is_empty(), "a good one may still come");
    assert_eq!(send_forged(&portal).await, 401);
    minutes_pass(&portal, 30).await;
    let refused = "Webhooks of HubSpot are refused";
    assert_eq!(told(&portal).await, [refused]);
    let approved = json!({ "dealstage": "approved" });
    portal.change_deal(&deal, approved).await;
    minutes_pass(&portal, 2).await;
    let accepted = "Webhooks of HubSpot are accepted again";
    assert_eq!(told(&portal).await, [refused, accepted]);
    portal.finish().await;
}

#[tokio::test]
async fn the_end_of_the_version_that_hubspot_answers_is_shown_and_told_ninety_days_before() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let page = operator.get("/staff/integrations/hubspot").await.body;
    assert!(page.contains("2026-09") && page.contains("1 Mar 2028"));
    assert!(!page.contains("Ends soon"), "{page}");
    for (day, count) in [("2027-12-01", 0), ("2027-12-02", 1), ("2027-12-03", 1)] {
        portal.advance_clock_to(&format!("{day}T12:00:00Z")).await;
        portal.run_jobs().await;
        let told = told(&portal).await;
        let ends = "HubSpot ends the interface that the portal speaks";
        assert_eq!(
            told.iter().filter(|subject| *subject == ends).count(),
            count
        );
    }
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let page = operator.get("/staff/integrations/hubspot").await.body;
    assert!(page.contains("Ends soon"), "{page}");
    portal.finish().await;
}

#[tokio::test]
async fn messengers_that_know_us_no_more_are_noticed_although_nobody_is_written_to() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let lost = json!({ "slack": { "token_revoked": true }, "mail": { "closed": true } });
    portal.sandbox_act("faults", lost).await;
    portal.advance_clock_by(61).await;
    portal.run_jobs().await;
    minutes_pass(&portal, 20).await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let page = operator.get("/staff/integrations").await.body;
    for said in [
        "Slack does not accept our credentials.",
        "Mail does not answer.",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let back = json!({ "slack": { "token_revoked": false }, "mail": { "closed": false } });
    portal.sandbox_act("faults", back).await;
    minutes_pass(&portal, 5).await;
    let told = told(&portal).await;
    for subject in [
        "Slack does not accept the portal’s credentials",
        "Mail does not answer",
        "Slack accepts the portal’s credentials again",
        "Mail answers again",
    ] {
        assert!(
            told.iter().any(|told| told == subject),
            "{subject}: {told:?}"
        );
    }
    portal.finish().await;
}
