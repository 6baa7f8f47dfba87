//! The pipelines of HubSpot as staff look after them: phases that partners read, where new deals start, and stages that are gone.

use portal_domain::remote::RemoteStage;
use portal_services::{exceptions, stages};
use serde_json::json;

use crate::{browser::Browser, portal::TestPortal};

const PATH: &str = "/staff/integrations/stages";

async fn post(browser: &mut Browser, act: &str, stage: &str, phase: &str) {
    let fields = [
        ("do", act),
        ("pipeline", "default"),
        ("stage", stage),
        ("phase", phase),
    ];
    let answer = browser.post(PATH, &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
}

/// The pipeline as HubSpot would tell it without one of its stages.
async fn read_without(portal: &TestPortal, gone: &str) {
    let known = stages::list(&portal.ctx, &portal.staff.operator).await;
    let known = known.unwrap().stages.into_iter().map(|known| known.stage);
    let left: Vec<RemoteStage> = known.filter(|stage| stage.id != gone).collect();
    stages::stages_read(&portal.ctx, &left).await.unwrap();
}

async fn stage_of(portal: &TestPortal, deal: &str) -> String {
    let state = portal.sandbox_read("state").await;
    let deal = &state["hubspot"]["tables"]["deals"]["records"][deal];
    deal["properties"]["dealstage"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn partners_read_the_phase_that_an_operator_named_and_hubspots_label_otherwise() {
    let portal = TestPortal::start().await;
    let (lead, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let page = operator.get(PATH).await.body;
    assert!(page.contains("Proposal"), "{page}");
    post(&mut operator, "name_phase", "proposal", "Offer made").await;
    portal
        .change_deal(&deal, json!({ "dealstage": "proposal" }))
        .await;
    portal.run_jobs().await;
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    let page = owner.get(&format!("/leads/{lead}")).await.body;
    assert!(page.contains("Offer made"), "{page}");
    assert!(!page.contains("Proposal"), "{page}");
    // HubSpot is read again and again; what a person said stays.
    portal.advance_clock_by(61).await;
    portal.run_jobs().await;
    assert_eq!(portal.lead(lead).await.phase.as_deref(), Some("Offer made"));
    post(&mut operator, "name_phase", "proposal", "").await;
    assert_eq!(portal.lead(lead).await.phase.as_deref(), Some("Proposal"));
    portal.finish().await;
}

#[tokio::test]
async fn new_deals_start_where_an_operator_said_and_never_in_a_stage_that_is_gone() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    post(&mut operator, "choose_first_stage", "proposal", "").await;
    let (_, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    assert_eq!(stage_of(&portal, &deal).await, "proposal");
    read_without(&portal, "proposal").await;
    let (_, deal) = portal.registered("Fernhill", "fernhill.com").await;
    let first = stage_of(&portal, &deal).await;
    assert_ne!(first, "proposal");
    read_without(&portal, &first).await;
    let (_, deal) = portal.registered("Kestrel", "kestrel.com").await;
    assert_ne!(stage_of(&portal, &deal).await, first);
    portal.finish().await;
}

#[tokio::test]
async fn a_deal_in_a_stage_that_is_gone_is_followed_is_a_case_and_costs_no_calls() {
    let portal = TestPortal::start().await;
    let (lead, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    read_without(&portal, "proposal").await;
    let calls = |log: &serde_json::Value| {
        let targets = log.as_array().unwrap().iter().map(|call| &call["target"]);
        let of_pipelines = targets.filter(|target| target.to_string().contains("/crm/pipelines/"));
        of_pipelines.count()
    };
    let before = calls(&portal.sandbox_read("log").await);
    for amount in ["1", "2", "3"] {
        let moved = json!({ "dealstage": "proposal", "amount": amount });
        portal.change_deal(&deal, moved).await;
        portal.run_jobs().await;
    }
    assert_eq!(calls(&portal.sandbox_read("log").await), before);
    assert_eq!(portal.lead(lead).await.phase.as_deref(), Some("Proposal"));
    let open = exceptions::list_exceptions(&portal.ctx, &portal.staff.finance, 20).await;
    let open = open.unwrap();
    assert_eq!(open[0].record.kind, "stage_unknown");
    portal
        .change_deal(&deal, json!({ "dealstage": "pql" }))
        .await;
    portal.run_jobs().await;
    let open = exceptions::list_exceptions(&portal.ctx, &portal.staff.finance, 20).await;
    assert_eq!(open.unwrap().len(), 0);
    portal.finish().await;
}

#[tokio::test]
async fn a_lead_whose_first_stage_vanished_within_the_hour_starts_in_another() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    post(&mut operator, "choose_first_stage", "proposal", "").await;
    let archived = "hubspot/pipelines/default/stages/proposal/archive";
    portal.sandbox_act(archived, json!({})).await;
    let (_, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    assert_ne!(stage_of(&portal, &deal).await, "proposal");
    portal.finish().await;
}

#[tokio::test]
async fn an_operator_has_the_portals_properties_made() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let answer = operator.post(PATH, &[("do", "set_up_hubspot")]).await;
    assert_eq!(answer.status, 303);
    portal.run_jobs().await;
    let state = portal.sandbox_read("state").await;
    let deals = &state["hubspot"]["tables"]["deals"]["properties"];
    assert_eq!(
        deals["portal_billing_period"]["name"],
        "portal_billing_period"
    );
    portal.finish().await;
}
