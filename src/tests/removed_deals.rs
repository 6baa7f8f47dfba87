//! What becomes of leads whose deals are thrown away, brought back, opened again or merged in HubSpot.

use portal_domain::{access::Actor, ids::LeadId, lead::LeadState};
use portal_services::{deals, exceptions, leads, outbox, outbox::Job};
use serde_json::json;

use crate::portal::{TestPortal, lead_form};

async fn act(portal: &TestPortal, deal: &str, act: &str) {
    let path = format!("hubspot/deals/{deal}/{act}");
    portal.sandbox_act(&path, json!({})).await;
}

async fn lose_webhooks(portal: &TestPortal) {
    let lost = json!({ "webhooks": { "drop_percent": 100 } });
    portal.sandbox_act("faults", lost).await;
}

async fn night_passes(portal: &TestPortal) {
    portal.advance_clock_by(24 * 60 + 1).await;
    portal.run_jobs().await;
}

/// A lead for Harbour, sent under another key than the first.
async fn submit_again(portal: &TestPortal, actor: &Actor, key: &str) -> LeadId {
    let mut form = lead_form("Harbour", "harbour-logistics.com");
    form.submission_key = key.to_owned();
    let lead = leads::submit(&portal.ctx, actor, &form).await.unwrap();
    portal.run_jobs().await;
    lead.lead()
}

#[tokio::test]
async fn a_removed_deal_is_shown_as_removed_and_not_as_lost() {
    let portal = TestPortal::start().await;
    let (lead, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    act(&portal, &deal, "archive").await;
    portal.run_jobs().await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Removed);
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    let page = owner.get(&format!("/leads/{lead}")).await.body;
    assert!(page.contains("Deal removed"), "{page}");
    assert!(!page.contains("The client decided otherwise"), "{page}");
    let listed = owner.get("/leads?show=closed").await.body;
    assert!(listed.contains("Harbour"), "{listed}");
    let mut staff = portal.sign_in(&portal.staff.manager).await;
    let listed = staff.get("/staff/leads?state=removed").await.body;
    assert!(listed.contains("Harbour"), "{listed}");
    portal.finish().await;
}

#[tokio::test]
async fn a_deal_that_was_brought_back_while_nobody_told_us_is_found_by_the_next_night() {
    let portal = TestPortal::start().await;
    let (lead, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    act(&portal, &deal, "archive").await;
    portal.run_jobs().await;
    lose_webhooks(&portal).await;
    // A sweep sees nothing of it either: its search begins after the restoration.
    act(&portal, &deal, "restore").await;
    let set_back = "UPDATE cursors SET value = value + 86400000 WHERE name = 'hubspot.deals'";
    portal.database.execute(set_back).await.unwrap();
    night_passes(&portal).await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
    portal.finish().await;
}

#[tokio::test]
async fn a_deal_that_stays_in_the_bin_is_asked_after_in_vain_and_read_no_more() {
    let portal = TestPortal::start().await;
    let (lead, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    act(&portal, &deal, "archive").await;
    portal.run_jobs().await;
    let confirmed_at = portal.lead(lead).await.confirmed_at;
    night_passes(&portal).await;
    assert_eq!(portal.lead(lead).await.confirmed_at, confirmed_at);
    portal.finish().await;
}

#[tokio::test]
async fn a_deal_that_is_opened_again_protects_its_client_again() {
    let portal = TestPortal::start().await;
    let (_, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    for stage in ["closedlost", "proposal"] {
        portal
            .change_deal(&deal, json!({ "dealstage": stage }))
            .await;
        portal.run_jobs().await;
    }
    let other = submit_again(&portal, &portal.borealis.owner, "theirs").await;
    assert_eq!(portal.lead(other).await.state, LeadState::InReview);
    portal.finish().await;
}

#[tokio::test]
async fn a_deal_that_is_brought_back_protects_its_client_again() {
    let portal = TestPortal::start().await;
    let (_, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    for step in ["archive", "restore"] {
        act(&portal, &deal, step).await;
        portal.run_jobs().await;
    }
    let other = submit_again(&portal, &portal.borealis.owner, "theirs").await;
    assert_eq!(portal.lead(other).await.state, LeadState::InReview);
    portal.finish().await;
}

#[tokio::test]
async fn who_claimed_the_client_meanwhile_keeps_it_when_the_first_deal_is_opened_again() {
    let portal = TestPortal::start().await;
    let (lead, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    portal
        .change_deal(&deal, json!({ "dealstage": "closedlost" }))
        .await;
    portal.run_jobs().await;
    let other = submit_again(&portal, &portal.borealis.owner, "theirs").await;
    assert_eq!(portal.lead(other).await.state, LeadState::Registered);
    portal
        .change_deal(&deal, json!({ "dealstage": "proposal" }))
        .await;
    portal.run_jobs().await;
    let claim = |lead| {
        let (ctx, staff) = (&portal.ctx, &portal.staff.manager);
        async move {
            let view = leads::find_for_staff(ctx, staff, lead).await.unwrap();
            view.claim_expires_at
        }
    };
    assert!(claim(other).await.is_some());
    assert_eq!(claim(lead).await, None);
    portal.finish().await;
}

#[tokio::test]
async fn of_two_merged_deals_the_one_goes_on_whose_lead_hubspot_names_whichever_is_asked_for() {
    let portal = TestPortal::start().await;
    let (_, first) = portal.registered("Harbour", "harbour-logistics.com").await;
    let (kept, second) = portal.registered("Fernhill", "fernhill.com").await;
    lose_webhooks(&portal).await;
    let merge = json!({ "primary": second, "other": first });
    portal.sandbox_act("hubspot/merge", merge).await;
    let ask = Job::ReadDeal { hubspot_id: first };
    outbox::add_alone(&portal.ctx, &ask).await.unwrap();
    portal.run_jobs().await;
    let open = exceptions::list_exceptions(&portal.ctx, &portal.staff.finance, 20).await;
    let open = open.unwrap();
    assert_eq!(open.len(), 1, "{open:?}");
    assert_eq!(open[0].record.kind, "deals_merged");
    assert_eq!(open[0].record.client_name.as_deref(), Some("Harbour"));
    let lead = portal.lead(kept).await;
    assert_eq!(lead.state, LeadState::Registered);
    portal.finish().await;
}

#[tokio::test]
async fn a_reading_that_a_deal_is_gone_does_not_overtake_that_it_was_brought_back() {
    let portal = TestPortal::start().await;
    let (lead, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    // Asked for while it lay in the bin, and answered after a later reading had found it back.
    let asked_at = portal.ctx.now();
    portal.advance_clock_by(1).await;
    for step in ["archive", "restore"] {
        act(&portal, &deal, step).await;
        portal.run_jobs().await;
    }
    let apply = || deals::apply_reading_asked(&portal.ctx, &deal, None, asked_at);
    apply().await.unwrap();
    portal.run_jobs().await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
    lose_webhooks(&portal).await;
    act(&portal, &deal, "archive").await;
    apply().await.unwrap();
    portal.advance_clock_by(1).await;
    portal.run_jobs().await;
    assert_eq!(
        portal.lead(lead).await.state,
        LeadState::Removed,
        "read again"
    );
    portal.finish().await;
}
