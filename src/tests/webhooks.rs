//! What HubSpot and Xero say: never believed, only followed; and what becomes of it when they lie, stammer or fall silent.

use std::time::Duration;

use portal_domain::{ids::LeadId, lead::LeadState};
use portal_services::leads;
use serde_json::{Value, json};
use sqlx::Row;

use crate::portal::TestPortal;

/// The names of the phases that a lead went through, as its timeline has them.
async fn phases(portal: &TestPortal, id: LeadId) -> Vec<String> {
    let view = leads::find_for_staff(&portal.ctx, &portal.staff.manager, id)
        .await
        .unwrap();
    let moves = view.events.iter().filter(|event| {
        matches!(
            event.kind.as_str(),
            "phase_changed" | "won" | "lost" | "reopened"
        )
    });
    moves
        .map(|event| {
            let facts: Value = serde_json::from_str(&event.facts).unwrap();
            facts["to"].as_str().unwrap().to_owned()
        })
        .collect()
}

/// How many notes the portal has taken in.
async fn notes(portal: &TestPortal) -> i64 {
    portal
        .database
        .rows("SELECT CAST(COUNT(*) AS BIGINT) AS how_many FROM inbox")
        .await[0]
        .get("how_many")
}

#[tokio::test]
async fn moving_the_deal_moves_the_phase_and_the_timeline_and_is_actioned_once() {
    let portal = TestPortal::start().await;
    let (id, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    assert_eq!(
        (
            portal.lead(id).await.phase.as_deref(),
            portal.lead(id).await.actioned_at
        ),
        (Some("PQL"), None)
    );
    portal
        .change_deal(&deal, json!({ "dealstage": "approved" }))
        .await;
    portal.run_jobs().await;
    let actioned = portal
        .lead(id)
        .await
        .actioned_at
        .expect("actioned by the first move");
    portal.advance_clock_by(2).await;
    portal
        .change_deal(&deal, json!({ "dealstage": "client_pitch" }))
        .await;
    portal.run_jobs().await;
    let lead = portal.lead(id).await;
    assert_eq!(
        (lead.phase.as_deref(), lead.actioned_at),
        (Some("Client Pitch"), Some(actioned))
    );
    assert!(lead.confirmed_at.expect("read") > actioned);
    assert_eq!(phases(&portal, id).await, ["Approved", "Client Pitch"]);
    let mut browser = portal.sign_in(&portal.aster.owner).await;
    let page = browser.get(&format!("/leads/{id}")).await.body;
    assert!(page.contains("Client Pitch") && page.contains("Approved"));
    portal.finish().await;
}

#[tokio::test]
async fn an_open_page_hears_of_a_move_and_of_nobody_elses() {
    let portal = TestPortal::start().await;
    let (_, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    let (mut aster, mut borealis) = (
        portal.sign_in(&portal.aster.owner).await,
        portal.sign_in(&portal.borealis.owner).await,
    );
    let (mut own, mut others) = (aster.open("/events").await, borealis.open("/events").await);
    // The stream may still pass on what was so a moment ago.
    while tokio::time::timeout(Duration::from_millis(700), own.chunk())
        .await
        .is_ok()
    {}
    portal
        .change_deal(&deal, json!({ "dealstage": "approved" }))
        .await;
    portal.run_jobs().await;
    let heard = tokio::time::timeout(Duration::from_secs(2), own.chunk())
        .await
        .expect("within two seconds");
    assert_eq!(heard.unwrap().unwrap(), "data: changed\n\n");
    let other = tokio::time::timeout(Duration::from_millis(700), others.chunk()).await;
    assert!(other.is_err(), "another partner hears {other:?}");
    drop((own, others));
    portal.finish().await;
}

/// How often the portal asked Xero for credit notes: for one by itself, and for a list.
async fn credit_readings(portal: &TestPortal) -> (usize, usize) {
    let log = portal.sandbox_read("log").await;
    let log = log.as_array().unwrap();
    let count = |begin: &str| {
        let asked = log
            .iter()
            .filter_map(|exchange| exchange["target"].as_str());
        asked.filter(|target| target.starts_with(begin)).count()
    };
    let notes = "/api.xro/2.0/CreditNotes";
    (count(&format!("{notes}/")), count(&format!("{notes}?")))
}

#[tokio::test]
async fn a_credit_note_is_read_when_xero_tells_of_it_and_found_when_it_does_not() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let (read, listed) = credit_readings(&portal).await;
    assert_eq!((read, listed), (0, 1), "the first sweep");
    let note = json!({ "new_contact": "Harbour", "amount": "12.00" });
    portal.sandbox_act("xero/credits", note.clone()).await;
    portal.run_jobs().await;
    assert_eq!(credit_readings(&portal).await, (1, 1), "by the hint");

    portal
        .sandbox_act("faults", json!({ "webhooks": { "drop_percent": 100 } }))
        .await;
    portal.advance_clock_by(1).await;
    let silent = portal.sandbox_act("xero/credits", note).await;
    portal.run_jobs().await;
    assert_eq!(credit_readings(&portal).await, (1, 1), "nothing was heard");
    portal.advance_clock_by(5).await;
    portal.run_jobs().await;
    assert_eq!(credit_readings(&portal).await, (1, 2), "by the sweep");
    let cursor = portal
        .database
        .rows("SELECT value FROM cursors WHERE name = 'xero.credits'")
        .await;
    assert_eq!(
        cursor[0].get::<i64, _>("value"),
        silent["updated_ms"].as_i64().unwrap(),
        "it has seen the silent one"
    );
    portal.finish().await;
}

#[tokio::test]
async fn a_webhook_with_a_wrong_signature_changes_nothing() {
    let portal = TestPortal::start().await;
    let (_, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    let before = notes(&portal).await;
    let body = json!([{ "objectId": deal, "subscriptionType": "object.propertyChange", "objectTypeId": "0-3" }]).to_string();
    let now = portal.ctx.now().0.to_string();
    for headers in [
        vec![],
        vec![
            ("x-hubspot-signature-v3", "bm90IHRoZSBzaWduYXR1cmU="),
            ("x-hubspot-request-timestamp", now.as_str()),
        ],
    ] {
        let mut browser = portal.browser();
        assert_eq!(
            browser
                .send_json("/webhooks/hubspot", &body, &headers)
                .await
                .status,
            401
        );
    }
    let xero = portal
        .browser()
        .send_json(
            "/webhooks/xero",
            &body,
            &[("x-xero-signature", "bm90IHRoZSBzaWduYXR1cmU=")],
        )
        .await;
    assert_eq!(
        (xero.status, xero.body.as_str()),
        (401, ""),
        "Xero wants an empty answer"
    );
    assert_eq!(notes(&portal).await, before);
    portal.finish().await;
}

#[tokio::test]
async fn xeros_check_of_our_address_is_passed() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let before = portal.sandbox_read("log").await.as_array().unwrap().len();
    portal
        .sandbox_act("xero/intent-to-receive", json!({}))
        .await;
    let mut answered = Vec::new();
    for _ in 0..500 {
        let log = portal.sandbox_read("log").await;
        let sent = log
            .as_array()
            .unwrap()
            .iter()
            .filter(|exchange| exchange["note"] == "intent to receive");
        answered = sent
            .map(|exchange| exchange["status"].as_u64().unwrap())
            .collect();
        if answered.len() == 4 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    answered.reverse();
    assert_eq!(answered, [200, 401, 200, 401], "after {before} exchanges");
    portal.run_jobs().await;
    portal.finish().await;
}

#[tokio::test]
async fn doubled_and_shuffled_webhooks_say_the_same() {
    let portal = TestPortal::start().await;
    let (id, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    let faults = json!({ "webhooks": { "double_percent": 100, "shuffle_ms": 60 } });
    portal.sandbox_act("faults", faults).await;
    for stage in ["approved", "client_pitch", "proposal", "contract"] {
        portal
            .change_deal(&deal, json!({ "dealstage": stage }))
            .await;
    }
    portal.run_jobs().await;
    assert_eq!(portal.lead(id).await.phase.as_deref(), Some("Contract"));
    let seen = phases(&portal, id).await;
    let order = ["Approved", "Client Pitch", "Proposal", "Contract"];
    let places: Vec<usize> = seen
        .iter()
        .map(|phase| order.iter().position(|known| known == phase).unwrap())
        .collect();
    assert!(
        places.is_sorted_by(|one, next| one < next),
        "each phase once and in order: {seen:?}"
    );
    assert_eq!(places.last(), Some(&3));
    portal.finish().await;
}

#[tokio::test]
async fn a_lost_webhook_is_caught_by_the_sweep() {
    let portal = TestPortal::start().await;
    let (id, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    portal
        .sandbox_act("faults", json!({ "webhooks": { "drop_percent": 100 } }))
        .await;
    portal
        .change_deal(&deal, json!({ "dealstage": "approved" }))
        .await;
    portal.run_jobs().await;
    assert_eq!(
        portal.lead(id).await.phase.as_deref(),
        Some("PQL"),
        "nobody has told us"
    );
    portal.advance_clock_by(6).await;
    portal.run_jobs().await;
    assert_eq!(portal.lead(id).await.phase.as_deref(), Some("Approved"));
    portal.finish().await;
}

#[tokio::test]
async fn a_deletion_that_nobody_told_is_noticed_within_a_day() {
    let portal = TestPortal::start().await;
    let (kept, _) = portal.registered("Borealis", "borealis-foods.com").await;
    let (id, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    portal
        .sandbox_act("faults", json!({ "webhooks": { "drop_percent": 100 } }))
        .await;
    let path = format!("hubspot/deals/{deal}/archive");
    portal.sandbox_act(&path, json!({})).await;
    portal.advance_clock_by(12).await;
    portal.run_jobs().await;
    assert_eq!(
        portal.lead(id).await.state,
        LeadState::Registered,
        "no sweep sees it"
    );
    portal.advance_clock_by(24 * 60).await;
    portal.run_jobs().await;
    assert_eq!(portal.lead(id).await.state, LeadState::Removed);
    assert_eq!(portal.lead(kept).await.state, LeadState::Registered);
    portal.finish().await;
}

#[tokio::test]
async fn a_deal_that_is_lost_deleted_and_restored_is_followed() {
    let portal = TestPortal::start().await;
    let (id, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    let states = [
        (
            format!("hubspot/deals/{deal}"),
            json!({ "dealstage": "closedlost" }),
            LeadState::Lost,
        ),
        (
            format!("hubspot/deals/{deal}"),
            json!({ "dealstage": "proposal" }),
            LeadState::Registered,
        ),
        (
            format!("hubspot/deals/{deal}/archive"),
            json!({}),
            LeadState::Removed,
        ),
        (
            format!("hubspot/deals/{deal}/restore"),
            json!({}),
            LeadState::Registered,
        ),
    ];
    for (path, body, expected) in states {
        portal.advance_clock_by(1).await;
        portal.sandbox_act(&path, body).await;
        portal.run_jobs().await;
        assert_eq!(portal.lead(id).await.state, expected, "{path}");
    }
    assert_eq!(
        portal.timeline(id).await,
        [
            "submitted",
            "accepted",
            "registered",
            "lost",
            "reopened",
            "removed",
            "restored"
        ]
    );
    portal.finish().await;
}

#[tokio::test]
async fn a_vendor_that_refuses_for_a_while_loses_nothing() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    portal.sandbox_act("faults", json!({ "hubspot": { "too_many_requests": 3, "too_many_kind": "secondly" }, "mail": { "refuse_for_now": 1 } })).await;
    let id = portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    for _ in 0..6 {
        portal.run_jobs().await;
        portal.advance_clock_by(6).await;
    }
    portal.run_jobs().await;
    assert_eq!(portal.lead(id).await.state, LeadState::Registered);
    assert_eq!(portal.mails_to("owner@aster-consulting.com").await.len(), 1);
    portal.finish().await;
}
