//! What HubSpot and Xero say: never believed, only followed; and what becomes of it when they lie, stammer or fall silent.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use portal_domain::{ids::LeadId, lead::LeadState, relay::RelayForm, secret::Secret};
use portal_integrations::relay::signature::sign;
use portal_services::{audit, inbox, leads, relay};
use portal_store::{audit::AuditFilter, invoices};
use serde_json::{Value, json};
use sha2::Sha256;
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
                .send_json("/webhooks/hubspot", body.clone(), &headers)
                .await
                .status,
            401
        );
    }
    let xero = portal
        .browser()
        .send_json(
            "/webhooks/xero",
            body,
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

/// Whoever sends notes.
enum Sender {
    HubSpot,
    Xero,
    /// With the secret that it calls back with.
    Ipaas(Secret),
}

impl Sender {
    const fn path(&self) -> &'static str {
        match self {
            Self::HubSpot => "/webhooks/hubspot",
            Self::Xero => "/webhooks/xero",
            Self::Ipaas(_) => relay::CALLBACK_PATH,
        }
    }

    /// The headers that show that a note is theirs.
    fn headers(&self, portal: &TestPortal, body: &[u8]) -> Vec<(&'static str, String)> {
        let now_ms = portal.ctx.now().0;
        match self {
            Self::HubSpot => {
                let (at, uri) = (now_ms.to_string(), portal.ctx.url(self.path()));
                let parts: [&[u8]; 4] = [b"POST", uri.as_bytes(), body, at.as_bytes()];
                let signature = hashed(b"sandbox-hubspot-secret", &parts);
                vec![
                    ("x-hubspot-signature-v3", signature),
                    ("x-hubspot-request-timestamp", at),
                ]
            }
            Self::Xero => {
                let signature = hashed(b"sandbox-xero-webhook-key", &[body]);
                vec![("x-xero-signature", signature)]
            }
            Self::Ipaas(secret) => {
                let at = now_ms.div_euclid(1_000).to_string();
                let signature = sign(std::slice::from_ref(secret), "note", &at, body);
                vec![
                    ("webhook-id", "note".to_owned()),
                    ("webhook-timestamp", at),
                    ("webhook-signature", signature),
                ]
            }
        }
    }
}

fn hashed(key: &[u8], parts: &[&[u8]]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    for part in parts {
        mac.update(part);
    }
    STANDARD.encode(mac.finalize().into_bytes())
}

/// Sends bytes to the portal as one of them would, with its signature; the answer's status.
async fn send_as(sender: &Sender, portal: &TestPortal, body: &[u8]) -> u16 {
    let headers = sender.headers(portal, body);
    let headers: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let mut browser = portal.browser();
    let answer = browser.send_json(sender.path(), body.to_vec(), &headers);
    answer.await.status
}

/// The same as HubSpot.
async fn send_signed(portal: &TestPortal, body: &[u8]) -> u16 {
    send_as(&Sender::HubSpot, portal, body).await
}

/// That something of a deal has changed, as the so manieth event and the so manieth delivery of it.
fn changed(deal: &str, event: u32, attempt: u32) -> Value {
    json!({
        "eventId": event, "portalId": 1, "occurredAt": 1_780_000_000_000_i64, "subscriptionType": "deal.propertyChange",
        "attemptNumber": attempt, "objectId": deal, "propertyName": "dealstage",
    })
}

/// A registered lead whose deal was moved without a word of HubSpot's.
async fn with_silent_move(portal: &TestPortal) -> (LeadId, String) {
    let (id, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    let dropped = json!({ "webhooks": { "drop_percent": 100 } });
    portal.sandbox_act("faults", dropped).await;
    portal
        .change_deal(&deal, json!({ "dealstage": "approved" }))
        .await;
    (id, deal)
}

/// What is with the dead letters, by kind.
async fn dead_letters(portal: &TestPortal) -> Vec<String> {
    let sql = "SELECT kind FROM jobs WHERE state = 'dead' ORDER BY kind";
    let rows = portal.database.rows(sql).await;
    rows.iter().map(|row| row.get("kind")).collect()
}

/// How many calls of HubSpot were about the deal by itself.
async fn calls_about(portal: &TestPortal, deal: &str) -> usize {
    let log = portal.sandbox_read("log?system=HubSpot").await;
    let targets = log.as_array().unwrap().iter().map(|call| &call["target"]);
    let is_about = |target: &Value| target.as_str().is_some_and(|target| target.contains(deal));
    targets.filter(|target| is_about(target)).count()
}

#[tokio::test]
async fn a_note_is_kept_byte_for_byte_with_its_signature_even_where_it_is_no_text() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let body = b"[{\"objectId\": \"\0\xff\xfe\"}]";
    assert_eq!(send_signed(&portal, body).await, 200);
    let (ctx, operator) = (&portal.ctx, &portal.staff.operator);
    let note = inbox::list_newest(ctx, operator, "hubspot", 1)
        .await
        .unwrap()
        .remove(0);
    let note = inbox::find(ctx, note.id).await.unwrap();
    assert_eq!(note.body, body);
    let headers: Value = serde_json::from_str(&note.headers).unwrap();
    assert!(headers["x-hubspot-signature-v3"].is_string());
    portal.run_jobs().await;
    assert_eq!(dead_letters(&portal).await, ["work_inbox"]);
    portal.finish_with_failed_jobs().await;
}

#[tokio::test]
async fn one_event_that_cannot_be_read_stops_none_of_the_others_and_waits_for_a_person() {
    let portal = TestPortal::start().await;
    let (id, deal) = with_silent_move(&portal).await;
    let bad = json!({ "subscriptionType": ["deal.creation"], "objectId": 5 });
    let note =
        json!([bad, changed(&deal, 1, 0), { "eventId": 3, "subscriptionType": "deal.creation" }]);
    assert_eq!(send_signed(&portal, note.to_string().as_bytes()).await, 200);
    portal.run_jobs().await;
    assert_eq!(portal.lead(id).await.phase.as_deref(), Some("Approved"));
    assert_eq!(dead_letters(&portal).await, ["work_event", "work_event"]);
    portal.finish_with_failed_jobs().await;
}

#[tokio::test]
async fn an_event_that_hubspot_tells_again_in_another_note_is_read_once() {
    let portal = TestPortal::start().await;
    let (id, deal) = with_silent_move(&portal).await;
    let before = calls_about(&portal, &deal).await;
    for attempt in 0..3 {
        let note = json!([changed(&deal, 1, attempt)]).to_string();
        assert_eq!(send_signed(&portal, note.as_bytes()).await, 200);
        portal.run_jobs().await;
    }
    assert_eq!(portal.lead(id).await.phase.as_deref(), Some("Approved"));
    let read = calls_about(&portal, &deal).await - before;
    assert!(read > 0);
    let note = json!([changed(&deal, 2, 0)]).to_string();
    assert_eq!(send_signed(&portal, note.as_bytes()).await, 200);
    portal.run_jobs().await;
    let all = calls_about(&portal, &deal).await - before;
    assert_eq!(all, 2 * read, "another event, and the first one once");
    portal.finish().await;
}

#[tokio::test]
async fn a_webhook_that_a_person_replays_is_followed_again() {
    let portal = TestPortal::start().await;
    let (id, deal) = with_silent_move(&portal).await;
    let note = json!([changed(&deal, 1, 0)]).to_string();
    assert_eq!(send_signed(&portal, note.as_bytes()).await, 200);
    portal.run_jobs().await;
    portal
        .change_deal(&deal, json!({ "dealstage": "client_pitch" }))
        .await;
    portal.run_jobs().await;
    assert_eq!(portal.lead(id).await.phase.as_deref(), Some("Approved"));
    let (ctx, operator) = (&portal.ctx, &portal.staff.operator);
    let note = inbox::list_newest(ctx, operator, "hubspot", 1)
        .await
        .unwrap()
        .remove(0);
    let finance = inbox::replay(ctx, &portal.staff.finance, note.id).await;
    assert!(finance.is_err(), "not finance's to do");
    inbox::replay(ctx, operator, note.id).await.unwrap();
    portal.run_jobs().await;
    assert_eq!(portal.lead(id).await.phase.as_deref(), Some("Client Pitch"));
    let everything = AuditFilter::default();
    let acts = audit::list(ctx, operator, &everything, None).await.unwrap();
    assert_eq!(acts[0].act, "replay_webhook");
    portal.finish().await;
}

#[tokio::test]
async fn refused_webhooks_are_counted_by_their_reason() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let long_ago = (portal.ctx.now().0 - 400_000).to_string();
    let wrong = "bm90IHRoZSBzaWduYXR1cmU=";
    let signature = ("x-hubspot-signature-v3", wrong);
    let now = portal.ctx.now().0.to_string();
    for (path, headers) in [
        ("/webhooks/hubspot", vec![]),
        (
            "/webhooks/hubspot",
            vec![signature, ("x-hubspot-request-timestamp", now.as_str())],
        ),
        (
            "/webhooks/hubspot",
            vec![signature, ("x-hubspot-request-timestamp", now.as_str())],
        ),
        (
            "/webhooks/hubspot",
            vec![
                signature,
                ("x-hubspot-request-timestamp", long_ago.as_str()),
            ],
        ),
        ("/webhooks/xero", vec![("x-xero-signature", wrong)]),
    ] {
        let answer = portal.browser().send_json(path, "[]", &headers).await;
        assert_eq!(answer.status, 401);
    }
    let large = vec![b'x'; 600 * 1024];
    let mut sender = portal.browser();
    let answer = sender.send_json("/webhooks/xero", large, &[]);
    assert_eq!(answer.await.status, 413);
    portal.refusals_are_counted().await;
    let counted = inbox::list_refusals(&portal.ctx, &portal.staff.operator)
        .await
        .unwrap();
    let counted: Vec<_> = counted
        .iter()
        .map(|one| (one.vendor.as_str(), one.reason.as_str(), one.requests))
        .collect();
    let expected = [
        ("hubspot", "late", 1),
        ("hubspot", "signature", 2),
        ("hubspot", "unsigned", 1),
        ("xero", "large", 1),
        ("xero", "signature", 1),
    ];
    assert_eq!(counted, expected);
    portal.finish().await;
}

#[tokio::test]
async fn what_is_refused_by_the_hundred_is_counted_to_the_last_one_without_a_commit_for_each() {
    let portal = TestPortal::start().await;
    let send = async || {
        let wrong = [("x-xero-signature", "bm90IHRoZSBzaWduYXR1cmU=")];
        let answer = portal
            .browser()
            .send_json("/webhooks/xero", "{}", &wrong)
            .await;
        assert_eq!(answer.status, 401);
    };
    let mut seen = Vec::new();
    for _ in 0..3 {
        futures::future::join_all((0..100).map(|_| send())).await;
        let counted = inbox::list_refusals(&portal.ctx, &portal.staff.operator).await;
        seen.push(counted.unwrap()[0].requests);
    }
    portal.refusals_are_counted().await;
    let counted = inbox::list_refusals(&portal.ctx, &portal.staff.operator).await;
    assert_eq!(counted.unwrap()[0].requests, 300);
    assert!(seen[0] < 100, "most of {seen:?} waited for each other");
    portal.finish().await;
}

#[tokio::test]
async fn a_note_that_a_dead_letter_needs_is_kept_for_as_long_as_that_is() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let good = json!([changed("1", 1, 0)]).to_string();
    assert_eq!(send_signed(&portal, good.as_bytes()).await, 200);
    assert_eq!(send_signed(&portal, b"[{}]").await, 200);
    portal.run_jobs().await;
    assert_eq!(dead_letters(&portal).await, ["work_event"]);
    portal.advance_clock_by(40 * 24 * 60).await;
    portal.run_jobs().await;
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) AS how_many FROM inbox WHERE vendor = 'hubspot'";
    let kept: i64 = portal.database.rows(sql).await[0].get("how_many");
    assert_eq!(kept, 1, "the good one is gone");
    portal.finish_with_failed_jobs().await;
}

/// Bodies that no vendor should send: a note that is cut off or no text, or that has nothing, something wrong, too long or too deep in one of these
/// places; and some that are no note at all.
fn poison(whole: &Value, places: &[&str]) -> Vec<Vec<u8>> {
    let text = whole.to_string().into_bytes();
    let step = (text.len() / 150).max(1);
    let mut bodies: Vec<Vec<u8>> = (1..text.len())
        .step_by(step)
        .map(|end| text[..end].to_vec())
        .collect();
    bodies.extend((0..text.len()).step_by(7).map(|place| {
        let mut body = text.clone();
        body[place] = 0xff;
        body
    }));
    let wrong = [
        json!(null),
        json!(7),
        json!([]),
        json!({}),
        json!("\0"),
        json!("x".repeat(50_000)),
        (0..100).fold(json!(null), |inner, _| json!([inner])),
    ];
    for place in places {
        let (parent, field) = place.rsplit_once('/').unwrap();
        for value in &wrong {
            let mut note = whole.clone();
            note.pointer_mut(parent).unwrap()[field] = value.clone();
            bodies.push(note.to_string().into_bytes());
        }
        let mut note = whole.clone();
        let fields = note.pointer_mut(parent).unwrap().as_object_mut();
        fields.unwrap().remove(field);
        bodies.push(note.to_string().into_bytes());
    }
    bodies.push(vec![b'['; 100_000]);
    bodies.push(vec![b' '; 500 * 1024]);
    bodies.push(Vec::new());
    bodies
}

/// Sends poison, all of which the portal keeps but for what is too large for it.
async fn send_poison(sender: &Sender, portal: &TestPortal, poison: &[Vec<u8>]) {
    assert!(poison.len() > 200, "{} kinds", poison.len());
    for some in poison.chunks(50) {
        let sent = some.iter().map(|body| send_as(sender, portal, body));
        let answers = futures::future::join_all(sent).await;
        assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
    }
    let large = vec![b' '; 600 * 1024];
    assert_eq!(send_as(sender, portal, &large).await, 413);
}

/// That nothing is tried for ever, and that no note is lost: each was worked off or is with the dead letters, which say why.
async fn poison_is_seen(portal: &TestPortal) {
    for lost in [
        "SELECT id FROM jobs WHERE state IN ('waiting', 'running') AND lane = 'inbox'",
        "SELECT id FROM jobs WHERE state = 'dead' AND COALESCE(last_error, '') = ''",
        "SELECT id FROM inbox WHERE worked_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM jobs WHERE state = 'dead' AND payload LIKE '%' || inbox.id || '%')",
    ] {
        let lost_rows = portal.database.rows(lost).await;
        assert!(lost_rows.is_empty(), "{}: {lost}", lost_rows.len());
    }
    let dead = dead_letters(portal).await.len();
    assert!(dead > 180, "{dead} dead letters");
}

#[tokio::test]
async fn hundreds_of_kinds_of_poison_end_with_the_dead_letters_and_what_is_behind_them_flows() {
    let portal = TestPortal::start().await;
    let (id, deal) = with_silent_move(&portal).await;
    let places = [
        "/0/objectId",
        "/0/subscriptionType",
        "/0/occurredAt",
        "/0/mergedObjectIds",
        "/0/propertyName",
    ];
    let poison = poison(&json!([changed("1", 1, 0)]), &places);
    send_poison(&Sender::HubSpot, &portal, &poison).await;
    let note = json!([changed(&deal, 1_000, 0)]).to_string();
    assert_eq!(send_signed(&portal, note.as_bytes()).await, 200);
    portal.run_jobs().await;
    assert_eq!(portal.lead(id).await.phase.as_deref(), Some("Approved"));
    poison_is_seen(&portal).await;
    portal.finish_with_failed_jobs().await;
}

/// That something of an invoice has changed, as Xero tells it.
fn invoice_changed(invoice: &str) -> Value {
    json!({
        "events": [{
            "resourceUrl": format!("https://api.xero.com/api.xro/2.0/Invoices/{invoice}"), "resourceId": invoice,
            "eventDateUtc": "2026-07-06T08:00:00.123", "eventType": "UPDATE", "eventCategory": "INVOICE",
            "tenantId": "c2cc9b6e-9458-4c7d-93cc-f02b81b0594f", "tenantType": "ORGANISATION",
        }],
        "firstEventSequence": 1, "lastEventSequence": 1, "entropy": "S0m3r4Nd0mt3xt",
    })
}

/// Whether an invoice of Xero's is in our books.
async fn is_read(portal: &TestPortal, invoice: &str) -> bool {
    let mut tx = portal.ctx.store.read().await.unwrap();
    let found = invoices::find(&mut tx, invoice).await.unwrap();
    found.is_some()
}

#[tokio::test]
async fn hundreds_of_kinds_of_poison_of_xeros_end_with_the_dead_letters_and_the_invoice_behind_them_is_read()
 {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let dropped = json!({ "webhooks": { "drop_percent": 100 } });
    portal.sandbox_act("faults", dropped).await;
    let fields =
        json!({ "new_contact": "Harbour", "net": "100.00", "currency": "GBP", "tax_rate": "20" });
    let made = portal.sandbox_act("xero/invoices", fields).await;
    let invoice = made["id"].as_str().expect("an id");
    let places = [
        "/events",
        "/events/0/resourceId",
        "/events/0/eventCategory",
        "/events/0/eventType",
        "/events/0/tenantId",
    ];
    let nobodys = invoice_changed("00000000-0000-4000-a000-000000000000");
    portal.run_jobs().await;
    assert!(!is_read(&portal, invoice).await, "nobody has told of it");
    send_poison(&Sender::Xero, &portal, &poison(&nobodys, &places)).await;
    let note = invoice_changed(invoice).to_string();
    let sent = send_as(&Sender::Xero, &portal, note.as_bytes());
    assert_eq!(sent.await, 200);
    portal.run_jobs().await;
    assert!(is_read(&portal, invoice).await);
    poison_is_seen(&portal).await;
    portal.finish_with_failed_jobs().await;
}

/// From now on the iPaaS has all leads and tells of all deals. Answers what it calls back with.
async fn follow_ipaas(portal: &TestPortal) -> Secret {
    let (ctx, operator) = (&portal.ctx, &portal.staff.operator);
    let secret = relay::new_secret();
    for side in ["outward", "inward"] {
        relay::keep_secret(ctx, operator, side, &secret)
            .await
            .unwrap();
    }
    let form = RelayForm {
        way: "relay".to_owned(),
        address: format!("{}/ipaas/hooks/portal", portal.sandbox_url()),
        changes: "relay".to_owned(),
        wait_minutes: "60".to_owned(),
    };
    relay::choose(ctx, operator, &form).await.unwrap();
    secret
}

/// That a deal is in a stage since an instant, as the iPaaS tells it.
fn deal_changed(deal: &str, (stage, label): (&str, &str), at: &str) -> Value {
    json!({ "type": "deal.changed", "version": 1, "timestamp": at, "data": { "stage_label": label, "deal": {
        "id": deal, "archived": false, "properties": {
            "dealname": "Harbour", "pipeline": "default", "dealstage": stage, "amount": "18000.00", "deal_currency_code": "GBP",
            "closedate": null, "hs_is_closed_won": "false", "hs_is_closed_lost": "false", "hs_lastmodifieddate": at,
            "portal_billing_period": null,
        },
    } } })
}

#[tokio::test]
async fn hundreds_of_kinds_of_poison_of_the_ipaas_give_no_lead_another_deal_and_the_call_behind_them_is_followed()
 {
    let portal = TestPortal::start().await;
    let (id, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    let ipaas = Sender::Ipaas(follow_ipaas(&portal).await);
    let registered = json!({ "type": "lead.registered", "version": 1, "timestamp": "2026-07-06T08:00:07.000Z", "data": {
        "lead_id": id, "hubspot_company_id": "1", "hubspot_contact_id": "2", "hubspot_deal_id": "3",
    } });
    let of_leads = [
        "/type",
        "/version",
        "/timestamp",
        "/data",
        "/data/lead_id",
        "/data/hubspot_deal_id",
    ];
    let approved = ("approved", "Approved");
    let moved = deal_changed(&deal, approved, "2026-07-07T08:00:00Z");
    let of_deals = [
        "/data/stage_label",
        "/data/line_items",
        "/data/deal",
        "/data/deal/id",
        "/data/deal/archived",
        "/data/deal/properties",
        "/data/deal/properties/dealname",
        "/data/deal/properties/pipeline",
        "/data/deal/properties/dealstage",
        "/data/deal/properties/amount",
        "/data/deal/properties/deal_currency_code",
        "/data/deal/properties/hs_lastmodifieddate",
        "/data/deal/properties/portal_lead_id",
    ];
    send_poison(&ipaas, &portal, &poison(&registered, &of_leads)).await;
    portal.run_jobs().await;
    send_poison(&ipaas, &portal, &poison(&moved, &of_deals)).await;
    let pitched = ("client_pitch", "Client Pitch");
    let note = deal_changed(&deal, pitched, "2026-07-08T08:00:00Z").to_string();
    assert_eq!(send_as(&ipaas, &portal, note.as_bytes()).await, 200);
    portal.run_jobs().await;
    let lead = portal.lead(id).await;
    assert_eq!(lead.phase.as_deref(), Some("Client Pitch"));
    assert_eq!(lead.hubspot_deal_id, Some(deal));
    poison_is_seen(&portal).await;
    portal.finish_with_failed_jobs().await;
}
