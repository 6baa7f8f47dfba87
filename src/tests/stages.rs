//! The pipelines of HubSpot as staff look after them: phases that partners read, where new deals start, and stages that are gone.

use portal_domain::remote::RemoteStage;
use portal_services::{exceptions, stages};
use portal_words::{Locale, Words};
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
    let mut left = all_stages(portal).await;
    left.retain(|stage| stage.id != gone);
    stages::stages_read(&portal.ctx, &left).await.unwrap();
}

/// The stages as HubSpot would tell them.
async fn all_stages(portal: &TestPortal) -> Vec<RemoteStage> {
    let known = stages::list(&portal.ctx, &portal.staff.operator).await;
    let known = known.unwrap().stages.into_iter();
    known.map(|known| known.stage).collect()
}

/// How many calls below a path the sandbox has got.
async fn calls_of(portal: &TestPortal, path: &str) -> usize {
    let log = portal.sandbox_read("log").await;
    let targets = log.as_array().unwrap().iter().map(|call| &call["target"]);
    let below = targets.filter(|target| target.to_string().contains(path));
    below.count()
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
    let before = calls_of(&portal, "/crm/pipelines/").await;
    for amount in ["1", "2", "3"] {
        let moved = json!({ "dealstage": "proposal", "amount": amount });
        portal.change_deal(&deal, moved).await;
        portal.run_jobs().await;
    }
    assert_eq!(calls_of(&portal, "/crm/pipelines/").await, before);
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
async fn a_deal_in_a_stage_that_came_later_is_a_case_until_somebody_says_what_partners_read() {
    let portal = TestPortal::start().await;
    let (lead, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    let all = all_stages(&portal).await;
    let forget = "DELETE FROM stages WHERE id = 'proposal'";
    portal.database.execute(forget).await.unwrap();
    stages::stages_read(&portal.ctx, &all).await.unwrap();
    portal
        .change_deal(&deal, json!({ "dealstage": "proposal" }))
        .await;
    portal.run_jobs().await;
    // Nothing stops: the partner reads HubSpot's own name meanwhile.
    assert_eq!(portal.lead(lead).await.phase.as_deref(), Some("Proposal"));
    let kinds = async || {
        let open = exceptions::list_exceptions(&portal.ctx, &portal.staff.finance, 20).await;
        let open = open.unwrap().into_iter();
        open.map(|case| case.record.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds().await, ["stage_new"]);
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let new = Words::of(Locale::En).text("stages-new");
    assert!(operator.get(PATH).await.body.contains(&format!(">{new}<")));
    post(&mut operator, "name_phase", "proposal", "").await;
    assert_eq!(kinds().await, [""; 0]);
    assert!(!operator.get(PATH).await.body.contains(&format!(">{new}<")));
    portal.change_deal(&deal, json!({ "amount": "7" })).await;
    portal.run_jobs().await;
    assert_eq!(kinds().await, [""; 0]);
    portal.finish().await;
}

#[tokio::test]
async fn a_pipeline_that_came_later_takes_no_deals_until_somebody_says_so() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let all = all_stages(&portal).await;
    // Before the first one by its number, as HubSpot numbers them.
    let enterprise = RemoteStage {
        pipeline: "1200345".to_owned(),
        id: "scoping".to_owned(),
        display_order: -1,
        ..all[0].clone()
    };
    let later = RemoteStage {
        id: "earlier".to_owned(),
        display_order: -1,
        ..all[0].clone()
    };
    let read: Vec<RemoteStage> = [enterprise, later].into_iter().chain(all).collect();
    stages::stages_read(&portal.ctx, &read).await.unwrap();
    let (_, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    assert_eq!(stage_of(&portal, &deal).await, "pql");
    portal.finish().await;
}

#[tokio::test]
async fn stages_of_several_pipelines_are_told_apart() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let all = all_stages(&portal).await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let one = operator.get(PATH).await.body;
    assert!(
        !one.contains("Renewals") && !one.contains(&all[0].pipeline_label),
        "{one}"
    );
    let renewals = all.iter().map(|stage| RemoteStage {
        pipeline: "renewals".to_owned(),
        pipeline_label: "Renewals".to_owned(),
        ..stage.clone()
    });
    let both: Vec<RemoteStage> = all.iter().cloned().chain(renewals).collect();
    stages::stages_read(&portal.ctx, &both).await.unwrap();
    let page = operator.get(PATH).await.body;
    assert!(page.contains("Proposal (Renewals)"), "{page}");
    assert!(
        page.contains(&format!("Proposal ({})", all[0].pipeline_label)),
        "{page}"
    );
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
    let before = calls_of(&portal, "/crm/properties/").await;
    portal.run_jobs().await;
    let by_button = calls_of(&portal, "/crm/properties/").await;
    assert!(by_button > before, "the button asks HubSpot");
    // What `portal hubspot setup` does.
    portal.worker().set_up_hubspot().await.unwrap();
    assert!(calls_of(&portal, "/crm/properties/").await > by_button);
    let state = portal.sandbox_read("state").await;
    let deals = &state["hubspot"]["tables"]["deals"]["properties"];
    assert_eq!(
        deals["portal_billing_period"]["name"],
        "portal_billing_period"
    );
    portal.finish().await;
}
