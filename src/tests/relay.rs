//! The way through an iPaaS: a lead goes out as a signed webhook, comes back with HubSpot's ids, and its deal is followed without the portal ever asking HubSpot;
//! and what becomes of it when messages are lost, doubled, late, forged or wrong.

use portal_domain::{
    error::FieldErrors,
    ids::LeadId,
    lead::LeadState,
    line::LineState,
    relay::{DeliveryState, RelayForm},
    secret::Secret,
};
use portal_integrations::relay::signature::sign;
use portal_services::{
    ServiceError, deals as of_deals, exceptions, inbox, operations, relay, renewals, stages,
};
use serde_json::{Value, json};
use sqlx::Row;

use crate::{
    kills::{SILENCES, work_and_die},
    portal::{TestPortal, lead_form},
    renewals::{cases, renew},
};

const PAGE: &str = "/staff/integrations/relay";
const HOOK: &str = "/webhooks/relay";

fn form(portal: &TestPortal, way: &str, changes: &str) -> RelayForm {
    RelayForm {
        way: way.to_owned(),
        address: format!("{}/ipaas/hooks/portal", portal.sandbox_url()),
        changes: changes.to_owned(),
        wait_minutes: "60".to_owned(),
    }
}

async fn choose(portal: &TestPortal, way: &str, changes: &str) {
    let form = form(portal, way, changes);
    relay::choose(&portal.ctx, &portal.staff.operator, &form)
        .await
        .unwrap();
}

/// Makes a secret, as the page does, and gives it to the stand-in.
async fn share_secret(portal: &TestPortal, side: &str, field: &str) -> Secret {
    let secret = relay::new_secret();
    relay::keep_secret(&portal.ctx, &portal.staff.operator, side, &secret)
        .await
        .unwrap();
    portal
        .sandbox_act("ipaas/secrets", json!({ field: secret.reveal() }))
        .await;
    secret
}

/// A portal that has both secrets in common with the stand-in, and still goes the direct way. Answers what call-backs are signed with.
async fn connected() -> (TestPortal, Secret) {
    let portal = TestPortal::start().await;
    share_secret(&portal, "outward", "signing_secret").await;
    let inward = share_secret(&portal, "inward", "callback_secret").await;
    (portal, inward)
}

/// One whose leads and deals go through the iPaaS alone.
async fn relayed() -> TestPortal {
    let (portal, _) = connected().await;
    choose(&portal, "relay", "relay").await;
    portal
}

async fn submit(portal: &TestPortal) -> LeadId {
    portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await
}

/// How many deals HubSpot has for a lead, and how many the iPaaS made for it.
async fn deals(portal: &TestPortal, lead: LeadId) -> (usize, usize) {
    let truth = portal.sandbox_read("truth").await;
    let count = |of: &str| truth[of][lead.to_string()].as_array().map_or(0, Vec::len);
    (count("deals_by_lead"), count("deals_of_ipaas"))
}

/// How many calls of the portal HubSpot got.
async fn calls_of_hubspot(portal: &TestPortal) -> usize {
    let log = portal.sandbox_read("log?system=HubSpot").await;
    let log = log.as_array().unwrap();
    log.iter()
        .filter(|call| call["direction"] == "received")
        .count()
}

async fn delivery(portal: &TestPortal, lead: LeadId) -> portal_store::deliveries::DeliveryRecord {
    let mut tx = portal.ctx.store.read().await.unwrap();
    let found = portal_store::deliveries::find(&mut tx, lead).await.unwrap();
    found.expect("a delivery")
}

/// What waits for a person in a lane, in its words.
async fn dead(portal: &TestPortal, lane: &str) -> Vec<String> {
    let health = operations::read_health(&portal.ctx, &portal.staff.operator).await;
    let failing = health.unwrap().failing.into_iter();
    let dead = failing.filter(|one| one.job.state == "dead" && one.job.lane == lane);
    dead.map(|one| one.job.last_error.unwrap_or_default())
        .collect()
}

/// From now on the iPaaS is like that.
async fn mood(portal: &TestPortal, mood: Value) {
    portal.sandbox_act("ipaas/moods", mood).await;
}

async fn minutes_pass(portal: &TestPortal, minutes: i64) {
    for _ in 0..minutes {
        portal.advance_clock_by(1).await;
        portal.run_jobs().await;
    }
}

/// Calls back as somebody with a secret would.
async fn call_back(portal: &TestPortal, secret: &Secret, id: &str, at_s: i64, body: &Value) -> u16 {
    let (body, at) = (body.to_string(), at_s.to_string());
    let signature = sign(std::slice::from_ref(secret), id, &at, body.as_bytes());
    let headers = [
        ("webhook-id", id),
        ("webhook-timestamp", at.as_str()),
        ("webhook-signature", signature.as_str()),
    ];
    portal
        .browser()
        .send_json(HOOK, body, &headers)
        .await
        .status
}

/// A portal whose lead the iPaaS has and keeps silent about. Answers what call-backs are signed with as well.
async fn kept_silent() -> (TestPortal, Secret, LeadId) {
    let (portal, inward) = connected().await;
    choose(&portal, "relay", "relay").await;
    mood(&portal, json!({ "sleeps": true })).await;
    let lead = submit(&portal).await;
    portal.run_jobs().await;
    assert_eq!(delivery(&portal, lead).await.state, DeliveryState::Accepted);
    (portal, inward, lead)
}

/// An event that the guide shows, about this lead.
fn sample(kind: &str, lead: LeadId) -> Value {
    let guide = include_str!("../../docs/relay.md");
    let shown = guide.split("```json").skip(1);
    let shown = shown.map(|rest| rest.split("```").next().unwrap_or_default());
    let mut shown = shown.map(|text| serde_json::from_str::<Value>(text).expect(text));
    let mut event = shown.find(|event| event["type"] == kind).expect(kind);
    if event["data"]["lead_id"].is_string() {
        event["data"]["lead_id"] = json!(lead);
    }
    event
}

/// Sends an event as the iPaaS does, and has it followed.
async fn tell(portal: &TestPortal, event: &Value) {
    portal.sandbox_act("ipaas/send", event.clone()).await;
    portal.run_jobs().await;
}

fn iso(at: portal_domain::calendar::Timestamp) -> String {
    let at = chrono::DateTime::from_timestamp_millis(at.0);
    at.unwrap().to_rfc3339()
}

fn now_s(portal: &TestPortal) -> i64 {
    portal.ctx.now().0.div_euclid(1_000)
}

#[tokio::test]
async fn a_lead_goes_through_the_ipaas_and_comes_back_with_its_ids_and_hubspot_is_never_asked() {
    let portal = relayed().await;
    let before = calls_of_hubspot(&portal).await;
    let lead = submit(&portal).await;
    portal.run_jobs().await;
    let record = portal.lead(lead).await;
    assert_eq!(record.state, LeadState::Registered);
    assert!(record.hubspot_deal_id.is_some() && record.hubspot_contact_id.is_some());
    assert_eq!(record.phase.as_deref(), Some("PQL"));
    assert_eq!(deals(&portal, lead).await, (1, 1));
    assert_eq!(
        delivery(&portal, lead).await.state,
        DeliveryState::Registered
    );
    minutes_pass(&portal, 70).await;
    assert_eq!(calls_of_hubspot(&portal).await, before);
    portal.finish().await;
}

#[tokio::test]
async fn there_is_one_deal_however_often_a_message_is_cut_doubled_shuffled_or_sent_again() {
    let portal = relayed().await;
    let faults = json!({
        "ipaas": { "drop_after": 2, "drop_before": 1 },
        "webhooks": { "double_percent": 100, "shuffle_ms": 40 },
    });
    portal.sandbox_act("faults", faults).await;
    let lead = submit(&portal).await;
    minutes_pass(&portal, 5).await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
    for _ in 0..3 {
        relay::resend(&portal.ctx, &portal.staff.operator, lead)
            .await
            .unwrap();
        minutes_pass(&portal, 2).await;
    }
    assert_eq!(deals(&portal, lead).await, (1, 1));
    let state = portal.sandbox_read("state").await;
    let received = state["ipaas"]["received"].as_array().unwrap();
    assert!(received.len() >= 4, "{received:?}");
    assert!(
        received
            .iter()
            .all(|one| one["id"] == format!("lead-{lead}")),
        "one id for all tries"
    );
    let timeline = portal.timeline(lead).await;
    let registered = timeline.iter().filter(|kind| *kind == "registered");
    assert_eq!(registered.count(), 1);
    portal.finish().await;
}

#[tokio::test]
async fn a_worker_that_ends_while_a_lead_is_being_sent_sends_it_again_under_the_same_id() {
    let portal = relayed().await;
    let lead = submit(&portal).await;
    let sending = relay::begin(&portal.ctx, lead).await.unwrap();
    assert_eq!(sending.unwrap().message_id, format!("lead-{lead}"));
    assert_eq!(delivery(&portal, lead).await.state, DeliveryState::Unsure);
    portal.run_jobs().await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
    assert_eq!(deals(&portal, lead).await, (1, 1));
    portal.finish().await;
}

#[tokio::test]
async fn whoever_is_killed_while_the_ipaas_has_the_lead_leaves_one_deal() {
    for silence in SILENCES {
        let portal = relayed().await;
        portal.run_jobs().await;
        let lead = submit(&portal).await;
        assert!(work_and_die(&portal, "ipaas", silence, 0).await);
        minutes_pass(&portal, 2).await;
        assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
        assert_eq!(deals(&portal, lead).await, (1, 1), "{silence}");
        portal.finish().await;
    }
}

#[tokio::test]
async fn moves_of_a_deal_come_by_the_ipaas_and_an_older_one_changes_nothing() {
    let portal = relayed().await;
    let (lead, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    let shuffled = json!({ "webhooks": { "double_percent": 100, "shuffle_ms": 60 } });
    portal.sandbox_act("faults", shuffled).await;
    for stage in ["approved", "client_pitch", "proposal"] {
        portal
            .change_deal(&deal, json!({ "dealstage": stage }))
            .await;
    }
    portal.run_jobs().await;
    assert_eq!(portal.lead(lead).await.phase.as_deref(), Some("Proposal"));
    portal
        .sandbox_act(
            "faults",
            json!({ "webhooks": { "double_percent": 0, "shuffle_ms": 0 } }),
        )
        .await;
    for (path, expected) in [
        (format!("hubspot/deals/{deal}/archive"), LeadState::Removed),
        (
            format!("hubspot/deals/{deal}/restore"),
            LeadState::Registered,
        ),
    ] {
        portal.advance_clock_by(1).await;
        portal.sandbox_act(&path, json!({})).await;
        portal.run_jobs().await;
        assert_eq!(portal.lead(lead).await.state, expected, "{path}");
    }
    portal
        .change_deal(&deal, json!({ "dealstage": "closedlost" }))
        .await;
    portal.run_jobs().await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Lost);
    portal.finish().await;
}

#[tokio::test]
async fn a_removal_that_arrives_after_the_restoration_changes_nothing() {
    let portal = relayed().await;
    let (lead, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    let at = |minutes: i64| {
        let at =
            chrono::DateTime::from_timestamp_millis(portal.ctx.now().plus_ms(minutes * 60_000).0);
        at.unwrap().to_rfc3339()
    };
    let removed =
        json!({ "deal": { "id": deal, "archived": true, "archivedAt": at(1), "properties": {} } });
    let restored = json!({ "deal": { "id": deal, "properties": {
        "dealname": "Harbour", "pipeline": "default", "dealstage": "pql", "amount": null, "deal_currency_code": "GBP", "closedate": null,
        "hs_is_closed_won": "false", "hs_is_closed_lost": "false", "hs_lastmodifieddate": at(2), "portal_billing_period": null,
    } } });
    for (data, expected) in [
        (&removed, LeadState::Removed),
        (&restored, LeadState::Registered),
        (&removed, LeadState::Registered),
    ] {
        let event = json!({ "type": "deal.changed", "data": data });
        portal.sandbox_act("ipaas/send", event).await;
        portal.run_jobs().await;
        assert_eq!(portal.lead(lead).await.state, expected);
    }
    portal.finish().await;
}

#[tokio::test]
async fn a_deal_that_is_won_by_the_word_of_the_ipaas_earns_its_lines() {
    let portal = relayed().await;
    let (lead, _) = portal
        .won("Harbour", "harbour-logistics.com", "1200.00", "12")
        .await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Won);
    let lines = portal.lines(lead).await;
    assert_eq!(lines.len(), 12);
    assert_eq!(portal.states(lead, 1).await, [LineState::Upcoming]);
    assert_eq!(lines[0].line.money.minor, 1_000);
    portal.finish().await;
}

#[tokio::test]
async fn where_hubspot_tells_of_deals_itself_the_ipaas_only_registers() {
    let (portal, _) = connected().await;
    choose(&portal, "relay", "hubspot").await;
    let (lead, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    assert_eq!(deals(&portal, lead).await, (1, 1));
    let before = calls_of_hubspot(&portal).await;
    portal
        .change_deal(&deal, json!({ "dealstage": "approved" }))
        .await;
    portal.run_jobs().await;
    assert_eq!(portal.lead(lead).await.phase.as_deref(), Some("Approved"));
    assert!(
        calls_of_hubspot(&portal).await > before,
        "it was read there"
    );
    portal.finish().await;
}

#[tokio::test]
async fn what_is_forged_old_or_unsigned_is_refused_and_what_is_repeated_is_done_once() {
    let (portal, inward) = connected().await;
    choose(&portal, "relay", "relay").await;
    mood(&portal, json!({ "sleeps": true })).await;
    let lead = submit(&portal).await;
    portal.run_jobs().await;
    let event = json!({ "type": "lead.registered", "data": {
        "lead_id": lead, "hubspot_company_id": 1, "hubspot_contact_id": 2, "hubspot_deal_id": 3,
    } });
    let now = now_s(&portal);
    let stranger = relay::new_secret();
    assert_eq!(call_back(&portal, &stranger, "a", now, &event).await, 401);
    assert_eq!(
        call_back(&portal, &inward, "a", now - 301, &event).await,
        401
    );
    assert_eq!(
        call_back(&portal, &inward, "a", now + 302, &event).await,
        401
    );
    let bare = portal
        .browser()
        .send_json(HOOK, event.to_string(), &[])
        .await;
    assert_eq!(bare.status, 401);
    portal.run_jobs().await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Accepted);
    portal.refusals_are_counted().await;
    let refused = inbox::list_refusals(&portal.ctx, &portal.staff.operator).await;
    let refused: Vec<_> = refused.unwrap().into_iter().collect();
    let counts: Vec<_> = refused
        .iter()
        .filter(|one| one.vendor == "relay")
        .map(|one| (one.reason.as_str(), one.requests))
        .collect();
    assert_eq!(counts, [("late", 2), ("signature", 1), ("unsigned", 1)]);

    for _ in 0..3 {
        assert_eq!(call_back(&portal, &inward, "b", now, &event).await, 200);
        portal.run_jobs().await;
    }
    assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) AS how_many FROM inbox WHERE vendor = 'relay'";
    let notes: i64 = portal.database.rows(sql).await[0].get("how_many");
    assert_eq!(notes, 1);
    portal.finish().await;
}

#[tokio::test]
async fn while_a_secret_is_changed_both_are_valid_and_then_only_the_new_one() {
    let (portal, old) = connected().await;
    let (ctx, operator) = (&portal.ctx, &portal.staff.operator);
    choose(&portal, "relay", "relay").await;
    let new = relay::new_secret();
    for side in ["outward", "inward"] {
        relay::keep_secret(ctx, operator, side, &new).await.unwrap();
    }
    for side in ["outward", "inward"] {
        let third = relay::keep_secret(ctx, operator, side, &relay::new_secret()).await;
        assert!(matches!(
            third,
            Err(ServiceError::Conflict("relay-drop-old-secret"))
        ));
    }
    // The stand-in has changed over in neither direction.
    let (lead, _) = portal.registered("Harbour", "harbour-logistics.com").await;
    assert_eq!(deals(&portal, lead).await, (1, 1));
    let event = json!({ "type": "lead.failed", "data": { "lead_id": lead, "code": "late" } });
    for (number, secret) in [&old, &new].into_iter().enumerate() {
        let id = format!("msg_{number}");
        assert_eq!(
            call_back(&portal, secret, &id, now_s(&portal), &event).await,
            200
        );
    }
    relay::drop_old_secret(ctx, operator, "inward")
        .await
        .unwrap();
    assert!(
        relay::drop_old_secret(ctx, operator, "inward")
            .await
            .is_err()
    );
    let now = now_s(&portal);
    assert_eq!(call_back(&portal, &old, "msg_3", now, &event).await, 401);
    assert_eq!(call_back(&portal, &new, "msg_3", now, &event).await, 200);
    portal.run_jobs().await;
    assert_eq!(
        portal.lead(lead).await.state,
        LeadState::Registered,
        "a failure that comes late says nothing"
    );
    portal.finish().await;
}

#[tokio::test]
async fn an_address_that_is_switched_off_holds_what_waits_until_it_is_back() {
    let portal = relayed().await;
    mood(&portal, json!({ "refuses": 410 })).await;
    let lead = submit(&portal).await;
    minutes_pass(&portal, 20).await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Accepted);
    assert!(
        dead(&portal, "relay").await.is_empty(),
        "it uses up no tries"
    );
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let page = operator.get(PAGE).await.body;
    assert!(
        page.contains("The iPaaS does not take what the portal sends."),
        "{page}"
    );
    mood(&portal, json!({ "refuses": 0 })).await;
    operations::resume(&portal.ctx, &portal.staff.operator, "relay")
        .await
        .unwrap();
    portal.run_jobs().await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
    portal.finish().await;
}

#[tokio::test]
async fn an_ipaas_that_wants_to_be_left_alone_for_decades_is_asked_again_within_the_hour() {
    let portal = relayed().await;
    let busy = json!({ "refuses": 429, "retry_after": 999_999_999 });
    mood(&portal, busy).await;
    let lead = submit(&portal).await;
    portal.run_jobs().await;
    mood(&portal, json!({ "refuses": 0 })).await;
    minutes_pass(&portal, 55).await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Accepted);
    minutes_pass(&portal, 10).await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
    portal.finish().await;
}

#[tokio::test]
async fn an_ipaas_that_is_out_of_order_is_tried_again_and_one_that_does_not_understand_waits_for_a_person()
 {
    let portal = relayed().await;
    mood(&portal, json!({ "refuses": 503 })).await;
    let lead = submit(&portal).await;
    minutes_pass(&portal, 2).await;
    assert_eq!(delivery(&portal, lead).await.state, DeliveryState::Unsure);
    mood(&portal, json!({ "refuses": 422 })).await;
    minutes_pass(&portal, 20).await;
    let said = dead(&portal, "relay").await;
    assert!(said.len() == 1 && said[0].contains("422"), "{said:?}");
    mood(&portal, json!({ "refuses": 0 })).await;
    operations::retry_all(&portal.ctx, &portal.staff.operator, "relay")
        .await
        .unwrap();
    portal.run_jobs().await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
    portal.finish().await;
}

#[tokio::test]
async fn leads_that_wait_for_a_broken_hubspot_go_through_the_ipaas_once_that_is_chosen() {
    let (portal, _) = connected().await;
    portal.run_jobs().await;
    portal
        .sandbox_act("faults", json!({ "hubspot": { "token_revoked": true } }))
        .await;
    let lead = submit(&portal).await;
    minutes_pass(&portal, 3).await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Accepted);
    let view = relay::read(&portal.ctx, &portal.staff.operator).await;
    assert_eq!(view.unwrap().unsent, 1);
    choose(&portal, "relay", "relay").await;
    portal.run_jobs().await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
    portal
        .sandbox_act("faults", json!({ "hubspot": { "token_revoked": false } }))
        .await;
    minutes_pass(&portal, 3).await;
    assert_eq!(deals(&portal, lead).await, (1, 1));
    portal.finish().await;
}

#[tokio::test]
async fn a_lead_that_the_ipaas_took_does_not_go_the_other_way_too() {
    let portal = relayed().await;
    mood(&portal, json!({ "sleeps": true })).await;
    let taken = submit(&portal).await;
    portal.run_jobs().await;
    mood(&portal, json!({ "sleeps": false, "refuses": 410 })).await;
    let refused = portal
        .submit(&portal.borealis.owner, "Quayside", "quayside-foods.com")
        .await;
    portal.run_jobs().await;
    choose(&portal, "direct", "hubspot").await;
    minutes_pass(&portal, 2).await;
    assert_eq!(
        portal.lead(refused).await.state,
        LeadState::Registered,
        "nobody had it"
    );
    assert_eq!(deals(&portal, refused).await, (1, 0));
    assert_eq!(portal.lead(taken).await.state, LeadState::Accepted);
    assert_eq!(deals(&portal, taken).await, (0, 0));
    mood(&portal, json!({ "refuses": 0 })).await;
    relay::resend(&portal.ctx, &portal.staff.operator, taken)
        .await
        .unwrap();
    minutes_pass(&portal, 3).await;
    assert_eq!(portal.lead(taken).await.state, LeadState::Registered);
    assert_eq!(deals(&portal, taken).await, (1, 1));
    portal.finish().await;
}

#[tokio::test]
async fn a_deal_that_may_have_been_made_directly_is_not_made_by_the_ipaas_too() {
    let (portal, _) = connected().await;
    portal.run_jobs().await;
    // Company and contact are written; the answer to the deal is lost.
    let faults = json!({ "hubspot": { "spare_writes": 2, "drop_after": 1 } });
    portal.sandbox_act("faults", faults).await;
    let lead = submit(&portal).await;
    portal.worker().run_due().await.unwrap();
    choose(&portal, "relay", "hubspot").await;
    minutes_pass(&portal, 3).await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
    assert_eq!(deals(&portal, lead).await, (1, 0));
    portal.finish().await;
}

/// The subjects of the mails that operators got.
async fn told(portal: &TestPortal) -> Vec<String> {
    let mails = portal.mails_to("operator@vendor.example").await;
    let subject = |mail: &Value| mail["subject"].as_str().unwrap().to_owned();
    mails.iter().map(subject).collect()
}

#[tokio::test]
async fn a_call_back_that_does_not_come_is_told_once_and_the_lead_can_be_sent_again() {
    let portal = relayed().await;
    mood(&portal, json!({ "sleeps": true })).await;
    let lead = submit(&portal).await;
    portal.run_jobs().await;
    assert_eq!(delivery(&portal, lead).await.state, DeliveryState::Accepted);
    minutes_pass(&portal, 30).await;
    assert!(told(&portal).await.is_empty());
    minutes_pass(&portal, 45).await;
    assert_eq!(told(&portal).await, ["iPaaS does not call back"]);
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let page = operator.get(PAGE).await.body;
    assert!(page.contains("waiting for the iPaaS since"), "{page}");
    mood(&portal, json!({ "sleeps": false })).await;
    let resend = [("do", "resend_lead"), ("lead", &lead.to_string())];
    let answer = operator.post(PAGE, &resend).await;
    assert_eq!(answer.location, format!("{PAGE}?notice=relay-resent"));
    minutes_pass(&portal, 2).await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
    assert_eq!(
        told(&portal).await,
        ["iPaaS does not call back", "iPaaS called back"]
    );
    portal.finish().await;
}

#[tokio::test]
async fn all_leads_of_a_day_are_sent_again_at_once() {
    let portal = relayed().await;
    mood(&portal, json!({ "loses": 4 })).await;
    let one = submit(&portal).await;
    let other = portal
        .submit(&portal.borealis.owner, "Quayside", "quayside-foods.com")
        .await;
    portal.run_jobs().await;
    for lead in [one, other] {
        assert_eq!(portal.lead(lead).await.state, LeadState::Accepted);
    }
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let day = |from: &'static str, until: &'static str| {
        [("do", "resend_leads"), ("from", from), ("until", until)]
    };
    assert_eq!(operator.post(PAGE, &day("", "soon")).await.status, 422);
    let before = operator.post(PAGE, &day("2026-07-01", "2026-07-05")).await;
    assert_eq!(before.status, 409, "none was sent then");
    let answer = operator.post(PAGE, &day("2026-07-06", "2026-07-06")).await;
    assert_eq!(answer.status, 303);
    portal.run_jobs().await;
    for lead in [one, other] {
        assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
        assert_eq!(deals(&portal, lead).await, (1, 1));
    }
    portal.finish().await;
}

#[tokio::test]
async fn a_failure_there_is_shown_in_its_own_words_and_tried_again_by_a_person() {
    let portal = relayed().await;
    mood(&portal, json!({ "fails": "NO_PIPELINE" })).await;
    let lead = submit(&portal).await;
    portal.run_jobs().await;
    assert_eq!(delivery(&portal, lead).await.state, DeliveryState::Failed);
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let page = operator.get(PAGE).await.body;
    for said in ["NO_PIPELINE", "The flow is told to fail."] {
        assert!(page.contains(said), "{said}: {page}");
    }
    minutes_pass(&portal, 2).await;
    assert_eq!(told(&portal).await, ["Failed for good: iPaaS"]);
    mood(&portal, json!({ "fails": "" })).await;
    relay::resend(&portal.ctx, &portal.staff.operator, lead)
        .await
        .unwrap();
    portal.run_jobs().await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
    portal.finish().await;
}

#[tokio::test]
async fn a_leads_page_says_how_far_its_delivery_is_what_was_called_back_and_sends_it_again() {
    let (portal, _) = connected().await;
    let (direct, _) = portal.registered("Quay", "quay-logistics.com").await;
    choose(&portal, "relay", "relay").await;
    mood(&portal, json!({ "fails": "NO_PIPELINE" })).await;
    let lead = submit(&portal).await;
    portal.run_jobs().await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let path = format!("/staff/leads/{lead}");
    let page = operator.get(&path).await.body;
    for said in [
        "Through an iPaaS",
        "Failed there",
        "It said NO_PIPELINE: The flow is told to fail.",
        "Last call-back",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    mood(&portal, json!({ "fails": "" })).await;
    let id = lead.to_string();
    let again = [("do", "resend_lead"), ("lead", id.as_str())];
    assert!(page.contains("Send again"), "{page}");
    assert_eq!(operator.post(PAGE, &again).await.status, 303);
    portal.run_jobs().await;
    let page = operator.get(&path).await.body;
    let (_, card) = page.split_once("id=\"delivery\"").expect("the delivery");
    let record = portal.lead(lead).await;
    let sql = "SELECT hubspot_company_id FROM clients WHERE domain = 'harbour-logistics.com'";
    let company: String = portal.database.rows(sql).await[0].get("hubspot_company_id");
    for said in [
        "Registered",
        "2 times",
        company.as_str(),
        record.hubspot_contact_id.as_deref().unwrap(),
        record.hubspot_deal_id.as_deref().unwrap(),
    ] {
        assert!(card.contains(said), "{said}: {card}");
    }
    let direct = operator.get(&format!("/staff/leads/{direct}")).await.body;
    assert!(!direct.contains("id=\"delivery\""), "{direct}");
    portal.finish().await;
}

#[tokio::test]
async fn reading_everything_anew_says_that_hubspot_is_left_out_where_the_ipaas_tells_of_deals() {
    let portal = relayed().await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let sweep = [("do", "sweep_now")];
    let answer = operator.post("/staff/integrations", &sweep).await;
    let page = operator.get(&answer.location).await.body;
    assert!(page.contains("HubSpot is not: the iPaaS"), "{page}");
    choose(&portal, "direct", "hubspot").await;
    let answer = operator.post("/staff/integrations", &sweep).await;
    let page = operator.get(&answer.location).await.body;
    assert!(page.contains("Both systems are being read"), "{page}");
    portal.run_jobs().await;
    portal.finish().await;
}

#[tokio::test]
async fn what_cannot_be_so_is_refused_where_people_see_it_and_overwrites_nothing() {
    let portal = relayed().await;
    let (lead, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    let other = portal
        .submit(&portal.borealis.owner, "Quayside", "quayside-foods.com")
        .await;
    portal.run_jobs().await;
    let before = (portal.lead(lead).await, portal.lead(other).await);
    let truth = portal.sandbox_read("truth").await;
    let company = truth["companies_by_key"]["harbour-logistics.com"][0].clone();
    let registered = |lead: String, company: &Value, deal: &str| {
        json!({ "type": "lead.registered", "data": {
            "lead_id": lead, "hubspot_company_id": company, "hubspot_contact_id": "5", "hubspot_deal_id": deal,
        } })
    };
    let mut changed = json!({ "type": "deal.changed", "data": { "deal": { "id": "99", "properties": {
        "dealname": "Twin", "pipeline": "default", "dealstage": "approved", "amount": null, "deal_currency_code": "GBP", "closedate": null,
        "hs_is_closed_won": "false", "hs_is_closed_lost": "false", "hs_lastmodifieddate": "2026-07-07T08:00:00Z",
        "portal_billing_period": null, "portal_lead_id": lead,
    } } } });
    let nobody = portal.ctx.new_id().to_string();
    let own = before.1.hubspot_deal_id.clone().unwrap();
    let mut events = vec![
        (
            registered(nobody.clone(), &json!("1"), "98"),
            "the portal has no lead",
        ),
        (
            registered(lead.to_string(), &company, "98"),
            "gets no second one",
        ),
        (
            registered(other.to_string(), &json!("1"), &deal),
            "gets no second one",
        ),
        (
            registered(other.to_string(), &company, &own),
            "another client’s",
        ),
        (
            registered(lead.to_string(), &json!("77"), &deal),
            "is known as company",
        ),
        (
            registered(lead.to_string(), &company, &deal),
            "the contact of lead",
        ),
        (changed.clone(), "gets no second one"),
    ];
    changed["data"]["deal"]["properties"]["portal_lead_id"] = json!(nobody);
    events.push((changed, "the portal has no lead"));
    for (event, said) in events {
        let known = dead(&portal, "inbox").await;
        portal.sandbox_act("ipaas/send", event.clone()).await;
        portal.run_jobs().await;
        let all = dead(&portal, "inbox").await;
        let new: Vec<_> = all.iter().take(all.len() - known.len()).collect();
        assert!(
            new.len() == 1 && new[0].replace('\'', "’").contains(said),
            "{event}: {new:?}"
        );
    }
    for (known, lead) in [(before.0, lead), (before.1, other)] {
        let now = portal.lead(lead).await;
        assert_eq!(now.hubspot_deal_id, known.hubspot_deal_id);
        assert_eq!(now.hubspot_contact_id, known.hubspot_contact_id);
        assert_eq!(now.phase, known.phase);
    }
    portal.finish_with_failed_jobs().await;
}

#[tokio::test]
async fn a_deal_that_names_no_lead_is_known_from_its_registration() {
    let (portal, _, lead) = kept_silent().await;
    tell(&portal, &sample("lead.registered", lead)).await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
    tell(&portal, &sample("deal.changed", lead)).await;
    let won = portal.lead(lead).await;
    assert_eq!(
        (won.state, won.phase.as_deref()),
        (LeadState::Won, Some("Won"))
    );
    portal.finish().await;
}

#[tokio::test]
async fn the_first_word_of_a_deal_may_be_that_it_cannot_be_read_or_that_it_is_gone() {
    let (portal, _, lead) = kept_silent().await;
    tell(&portal, &sample("lead.registered", lead)).await;
    let mut event = sample("deal.changed", lead);
    event["data"]["deal"]["properties"]["deal_currency_code"] = json!("moon");
    tell(&portal, &event).await;
    let open = exceptions::list_exceptions(&portal.ctx, &portal.staff.finance, 20).await;
    let open: Vec<_> = open.unwrap().into_iter().collect();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].record.kind, "deal_unreadable");
    event["data"]["deal"] = json!({
        "id": event["data"]["deal"]["id"], "archived": true, "archivedAt": "2026-07-06T10:00:00Z", "properties": {},
    });
    tell(&portal, &event).await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Removed);
    portal.finish().await;
}

#[tokio::test]
async fn a_lead_that_may_have_arrived_is_not_taken_back_by_a_later_refusal() {
    let portal = relayed().await;
    mood(&portal, json!({ "sleeps": true })).await;
    portal
        .sandbox_act("faults", json!({ "ipaas": { "drop_after": 1 } }))
        .await;
    let lead = submit(&portal).await;
    portal.worker().run_due().await.unwrap();
    assert_eq!(delivery(&portal, lead).await.state, DeliveryState::Unsure);
    mood(&portal, json!({ "sleeps": false, "refuses": 410 })).await;
    minutes_pass(&portal, 2).await;
    assert_eq!(delivery(&portal, lead).await.state, DeliveryState::Unsure);
    choose(&portal, "direct", "hubspot").await;
    minutes_pass(&portal, 2).await;
    assert_eq!(deals(&portal, lead).await, (0, 0));
    mood(&portal, json!({ "refuses": 0 })).await;
    minutes_pass(&portal, 3).await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
    assert_eq!(deals(&portal, lead).await, (1, 1));
    portal.finish().await;
}

#[tokio::test]
async fn what_only_hubspot_can_be_asked_is_refused_while_it_is_not_and_what_waits_is_done() {
    let (portal, _) = connected().await;
    let (_, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    renew(&portal).await;
    let case = cases(&portal).await.remove(0).record.id;
    let (ctx, finance, partner) = (&portal.ctx, &portal.staff.finance, portal.aster.id);
    of_deals::read_again(ctx, vec![deal.clone()]).await.unwrap();
    choose(&portal, "relay", "relay").await;
    let before = calls_of_hubspot(&portal).await;
    portal.run_jobs().await;
    let after = calls_of_hubspot(&portal).await;
    assert!(after > before, "what was to be read is read");
    of_deals::read_again(ctx, vec![deal]).await.unwrap();
    portal.run_jobs().await;
    assert_eq!(calls_of_hubspot(&portal).await, after);
    let refused = renewals::take_over(ctx, finance, case, partner).await;
    assert!(matches!(
        refused,
        Err(ServiceError::Conflict("hubspot-not-used"))
    ));
    choose(&portal, "direct", "hubspot").await;
    renewals::take_over(ctx, finance, case, partner)
        .await
        .unwrap();
    portal.run_jobs().await;
    assert!(cases(&portal).await.is_empty());
    portal.finish().await;
}

#[tokio::test]
async fn another_call_under_an_id_that_was_used_before_is_followed_too() {
    let (portal, inward, lead) = kept_silent().await;
    let failed =
        json!({ "type": "lead.failed", "data": { "lead_id": lead, "code": "NO_PIPELINE" } });
    for (event, expected) in [
        (failed, DeliveryState::Failed),
        (sample("lead.registered", lead), DeliveryState::Registered),
    ] {
        let now = now_s(&portal);
        assert_eq!(call_back(&portal, &inward, "one", now, &event).await, 200);
        portal.run_jobs().await;
        assert_eq!(delivery(&portal, lead).await.state, expected);
    }
    portal.finish().await;
}

#[tokio::test]
async fn a_failure_from_before_the_lead_was_sent_again_takes_nothing_back() {
    let (portal, inward, lead) = kept_silent().await;
    let (ctx, operator) = (&portal.ctx, &portal.staff.operator);
    let first = ctx.now();
    let failed = |at| json!({ "type": "lead.failed", "timestamp": iso(at), "data": { "lead_id": lead, "code": "NO_PIPELINE" } });
    portal.advance_clock_by(1).await;
    relay::resend(ctx, operator, lead).await.unwrap();
    portal.run_jobs().await;
    let now = now_s(&portal);
    call_back(&portal, &inward, "late", now, &failed(first)).await;
    portal.run_jobs().await;
    assert_eq!(delivery(&portal, lead).await.state, DeliveryState::Accepted);
    portal.advance_clock_by(1).await;
    relay::resend(ctx, operator, lead).await.unwrap();
    let now = now_s(&portal);
    call_back(&portal, &inward, "true", now, &failed(ctx.now())).await;
    portal.run_jobs().await;
    assert_eq!(
        delivery(&portal, lead).await.sends,
        3,
        "it was to be sent again, and was"
    );
    portal.finish().await;
}

#[tokio::test]
async fn a_lead_that_was_not_sent_there_is_not_registered_from_there() {
    let (portal, inward) = connected().await;
    let (lead, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    let (event, now) = (sample("lead.registered", lead), now_s(&portal));
    assert_eq!(call_back(&portal, &inward, "one", now, &event).await, 200);
    portal.run_jobs().await;
    let said = dead(&portal, "inbox").await;
    assert!(said[0].contains("was not sent to the iPaaS"), "{said:?}");
    let known = portal.lead(lead).await.hubspot_deal_id;
    assert_eq!(known.as_deref(), Some(deal.as_str()));
    portal.finish_with_failed_jobs().await;
}

#[tokio::test]
async fn only_a_deal_of_ours_as_it_is_now_says_what_its_stage_is_called() {
    let portal = relayed().await;
    let (lead, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    let told = |id: &str, modified_at: &str| {
        let mut event = sample("deal.changed", lead);
        let properties = &mut event["data"]["deal"]["properties"];
        properties["dealstage"] = json!("pql");
        properties["hs_is_closed_won"] = json!("false");
        properties["hs_lastmodifieddate"] = json!(modified_at);
        event["data"]["deal"]["id"] = json!(id);
        event["data"]["stage_label"] = json!("Another name");
        event
    };
    let mut gone = told(&deal, "2026-07-07T08:00:00Z");
    gone["data"]["deal"]["archived"] = json!(true);
    gone["data"]["deal"]["archivedAt"] = json!("2026-07-07T08:00:00Z");
    let stranger = told("99", "2026-07-08T08:00:00Z");
    for event in [stranger, told(&deal, "2026-07-01T08:00:00Z"), gone] {
        tell(&portal, &event).await;
        let known = stages::list(&portal.ctx, &portal.staff.operator).await;
        let mut known = known.unwrap().stages.into_iter();
        assert!(known.all(|known| known.stage.label != "Another name"));
    }
    portal.finish().await;
}

#[tokio::test]
async fn a_deal_never_moves_to_a_lead_that_waits_for_its_own() {
    let portal = relayed().await;
    let (_, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    mood(&portal, json!({ "sleeps": true })).await;
    let waits = portal
        .submit(&portal.borealis.owner, "Quayside", "quayside-foods.com")
        .await;
    portal.run_jobs().await;
    let event = json!({ "type": "lead.registered", "data": {
        "lead_id": waits, "hubspot_company_id": "7", "hubspot_contact_id": "8", "hubspot_deal_id": deal,
    } });
    portal.sandbox_act("ipaas/send", event).await;
    portal.run_jobs().await;
    let said = dead(&portal, "inbox").await;
    assert!(said[0].contains("is another lead's"), "{said:?}");
    let waits = portal.lead(waits).await;
    assert_eq!(
        (waits.state, waits.hubspot_deal_id),
        (LeadState::Accepted, None)
    );
    portal.finish_with_failed_jobs().await;
}

#[tokio::test]
async fn an_event_that_cannot_be_read_waits_for_a_person_and_stops_none_behind_it() {
    let portal = relayed().await;
    let (lead, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    for (kind, data) in [
        ("deal.danced", json!({})),
        (
            "deal.changed",
            json!({ "deal": { "id": deal, "properties": { "dealstage": "approved" } } }),
        ),
        ("lead.registered", json!([1, 2])),
    ] {
        let event = json!({ "type": kind, "data": data });
        portal.sandbox_act("ipaas/send", event).await;
    }
    portal
        .change_deal(&deal, json!({ "dealstage": "client_pitch" }))
        .await;
    portal.run_jobs().await;
    assert_eq!(
        portal.lead(lead).await.phase.as_deref(),
        Some("Client Pitch")
    );
    let said = dead(&portal, "inbox").await;
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(said.iter().any(|said| said.contains("lacks the property")));
    portal.finish_with_failed_jobs().await;
}

#[tokio::test]
async fn a_stage_without_a_name_is_a_case_until_somebody_names_it() {
    let portal = relayed().await;
    mood(&portal, json!({ "nameless": true })).await;
    let (lead, _) = portal.registered("Harbour", "harbour-logistics.com").await;
    let open = async || {
        let open = exceptions::list_exceptions(&portal.ctx, &portal.staff.finance, 20).await;
        let open = open.unwrap().into_iter();
        open.map(|case| case.record.kind).collect::<Vec<_>>()
    };
    assert_eq!(open().await, ["stage_unnamed"]);
    assert_eq!(portal.lead(lead).await.phase.as_deref(), Some("pql"));
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    let page = finance.get("/staff/reconciliation").await.body;
    assert!(page.contains("Stage without a name"), "{page}");
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let name = [
        ("do", "name_phase"),
        ("pipeline", "default"),
        ("stage", "pql"),
        ("phase", "Qualified"),
    ];
    let answer = operator.post("/staff/integrations/stages", &name).await;
    assert_eq!(answer.status, 303);
    assert_eq!(portal.lead(lead).await.phase.as_deref(), Some("Qualified"));
    assert!(open().await.is_empty());
    portal.finish().await;
}

#[tokio::test]
async fn a_partner_who_withdraws_before_the_call_back_leaves_a_deal_that_staff_hear_of() {
    let portal = relayed().await;
    mood(&portal, json!({ "loses": 4 })).await;
    let lead = submit(&portal).await;
    portal.run_jobs().await;
    portal_services::leads::withdraw(&portal.ctx, &portal.aster.owner, lead)
        .await
        .unwrap();
    let event = json!({ "type": "lead.registered", "data": {
        "lead_id": lead, "hubspot_company_id": "7", "hubspot_contact_id": "8", "hubspot_deal_id": "9",
    } });
    portal.sandbox_act("ipaas/send", event).await;
    portal.run_jobs().await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Withdrawn);
    let channel = &portal.ctx.programme.staff_channel;
    let told = portal.slack_messages(channel).await;
    assert!(
        told.iter()
            .any(|message| message.to_string().contains("Harbour")),
        "{told:?}"
    );
    portal.finish().await;
}

/// The secret that a page shows.
fn shown_secret(page: &str) -> String {
    let (_, rest) = page.split_once("whsec_").expect("a secret");
    let end = rest.find(['"', '<', '&']).expect("its end");
    format!("whsec_{}", &rest[..end])
}

#[tokio::test]
async fn the_page_makes_secrets_that_are_seen_once_tries_the_address_and_chooses_the_way() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let typed = form(&portal, "relay", "relay");
    let choose = |address: &str| {
        [
            ("do".to_owned(), "choose_relay".to_owned()),
            ("form[way]".to_owned(), typed.way.clone()),
            ("form[address]".to_owned(), address.to_owned()),
            ("form[changes]".to_owned(), typed.changes.clone()),
            ("form[wait_minutes]".to_owned(), "60".to_owned()),
        ]
    };
    fn fields(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }
    let early = choose(&typed.address);
    assert_eq!(operator.post(PAGE, &fields(&early)).await.status, 409);
    for (side, field) in [("outward", "signing_secret"), ("inward", "callback_secret")] {
        let page = operator.get(&format!("{PAGE}?new={side}")).await.body;
        let secret = shown_secret(&page);
        let keep = [
            ("do", "keep_relay_secret"),
            ("side", side),
            ("secret", &secret),
        ];
        let answer = operator.post(PAGE, &keep).await;
        assert_eq!(answer.location, format!("{PAGE}?notice=relay-secret-kept"));
        portal
            .sandbox_act("ipaas/secrets", json!({ field: secret }))
            .await;
        let page = operator.get(PAGE).await.body;
        assert!(!page.contains("whsec_"), "it is not seen again");
        assert!(page.contains(&format!("…{}", &secret[secret.len() - 4..])));
    }
    for address in [
        "http://127.0.0.1:80@hooks.example.com/",
        "https://127.0.0.1/",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://[::ffff:127.0.0.1]/",
        "https://169.254.169.254/latest",
        "https://localhost/",
        "http://hooks.example.com/",
        "",
    ] {
        let refused = operator.post(PAGE, &fields(&choose(address))).await;
        assert_eq!(refused.status, 422, "{address}");
    }
    let answer = operator.post(PAGE, &fields(&choose(&typed.address))).await;
    assert_eq!(answer.location, format!("{PAGE}?notice=relay-chosen"));
    let answer = operator.post(PAGE, &[("do", "test_relay")]).await;
    assert_eq!(answer.status, 303);
    portal.run_jobs().await;
    let page = operator.get(PAGE).await.body;
    assert!(
        page.contains("Taken (200)") && page.contains("portal to HubSpot"),
        "{page}"
    );
    mood(&portal, json!({ "refuses": 404 })).await;
    operator.post(PAGE, &[("do", "test_relay")]).await;
    portal.run_jobs().await;
    let page = operator.get(PAGE).await.body;
    assert!(page.contains("Not taken") && page.contains("404"), "{page}");
    let guide = operator.get(&format!("{PAGE}/guide")).await;
    assert!(guide.status == 200 && guide.body.contains("lead.created"));
    let audit = operator.get("/staff/audit").await.body;
    assert!(audit.contains("Chose how leads come to HubSpot"));
    assert!(!audit.contains("whsec_"), "no secret in the audit log");
    let host = typed.address.trim_start_matches("http://");
    let (host, path) = host.split_once('/').unwrap();
    assert!(!audit.contains(path), "nor where leads are taken");
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    let page = finance.get(PAGE).await.body;
    assert!(page.contains(host) && !page.contains(path), "{page}");
    portal.finish().await;
}

/// Keeps an address as if somebody had chosen it when it could be.
async fn keep_address(portal: &TestPortal, address: &str) {
    let mut tx = portal.ctx.store.write().await.unwrap();
    let kept =
        json!({ "way": "relay", "address": address, "changes": "relay", "wait_minutes": 60 });
    let now = portal.ctx.now();
    portal_store::settings::set(&mut tx, "relay.choice", &kept.to_string(), now)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn where_hosts_are_named_no_other_is_chosen_and_none_is_called_that_was_chosen_before() {
    let named = [("OUTWARD_HOSTS", "hooks.example.com, *.n8n.example")];
    let portal = TestPortal::start_with(&named).await;
    share_secret(&portal, "outward", "signing_secret").await;
    share_secret(&portal, "inward", "callback_secret").await;
    let operator = &portal.staff.operator;
    let form = |way: &str, address: &str| RelayForm {
        address: address.to_owned(),
        ..form(&portal, way, "relay")
    };
    for good in [
        "https://hooks.example.com:8443/in",
        "https://eu.n8n.example/in",
    ] {
        let chosen = relay::choose(&portal.ctx, operator, &form("direct", good)).await;
        assert!(chosen.is_ok(), "{good}: {chosen:?}");
    }
    for (wrong, host) in [
        ("https://n8n.example/in", "n8n.example"),
        ("https://other.example/hooks.example.com", "other.example"),
    ] {
        for way in ["direct", "relay"] {
            let chosen = relay::choose(&portal.ctx, operator, &form(way, wrong)).await;
            let Err(ServiceError::Invalid(errors)) = chosen else {
                panic!("{wrong}");
            };
            let mut expected = FieldErrors::default();
            expected.add_with("address", "host-unlisted", host);
            assert_eq!(errors, expected);
        }
    }
    let mut browser = portal.sign_in(operator).await;
    let typed = [
        ("do", "choose_relay"),
        ("form[way]", "direct"),
        ("form[address]", "https://other.example/in"),
        ("form[changes]", "relay"),
        ("form[wait_minutes]", "60"),
    ];
    let answer = browser.post(PAGE, &typed).await;
    assert_eq!(answer.status, 422);
    let said = "ask whoever runs it to add this host to the setting OUTWARD_HOSTS";
    assert!(answer.body.contains(said), "{}", answer.body);
    keep_address(&portal, "https://other.example/in").await;
    let stays = form("direct", "https://other.example/in");
    assert!(relay::choose(&portal.ctx, operator, &stays).await.is_ok());
    keep_address(&portal, "https://other.example/in").await;
    let lead = submit(&portal).await;
    portal.run_jobs().await;
    let said = dead(&portal, "relay").await;
    assert!(
        said[0].contains("other.example may not be spoken to") && said[0].contains("OUTWARD_HOSTS"),
        "{said:?}"
    );
    assert_eq!(portal.lead(lead).await.state, LeadState::Accepted);
    portal.finish_with_failed_jobs().await;
}

#[tokio::test]
async fn an_address_of_another_network_is_not_called_even_if_it_stands_in_the_books() {
    let (portal, _) = connected().await;
    choose(&portal, "relay", "relay").await;
    keep_address(&portal, "https://10.0.0.1/").await;
    let form = lead_form("Harbour", "harbour-logistics.com");
    let lead = portal_services::leads::submit(&portal.ctx, &portal.aster.owner, &form).await;
    portal.run_jobs().await;
    let said = dead(&portal, "relay").await;
    assert!(said[0].contains("not one of the internet"), "{said:?}");
    assert_eq!(
        portal.lead(lead.unwrap().lead()).await.state,
        LeadState::Accepted
    );
    portal.finish_with_failed_jobs().await;
}
