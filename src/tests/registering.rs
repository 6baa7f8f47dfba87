//! What registering a lead in HubSpot promises where HubSpot is not as it was left: companies and contacts merged or thrown away, twins, associations that went.

use futures::future::join_all;
use portal_domain::{ids::LeadId, lead::LeadState};
use portal_services::{exceptions, leads, operations, outbox, outbox::Job};
use serde_json::{Value, json};
use sqlx::Row;

use crate::portal::{TestPortal, lead_form};

async fn truth(portal: &TestPortal) -> Value {
    portal.sandbox_read("truth").await
}

/// The one company of Harbour.
async fn company(portal: &TestPortal) -> String {
    let truth = truth(portal).await;
    let known = &truth["companies_by_key"]["harbour-logistics.com"];
    known[0].as_str().expect("a company").to_owned()
}

/// A second lead of Aster for Harbour, once the first is lost.
async fn next_lead(portal: &TestPortal, deal: &str) -> LeadId {
    portal
        .change_deal(deal, json!({ "dealstage": "closedlost" }))
        .await;
    portal.run_jobs().await;
    let mut form = lead_form("Harbour", "harbour-logistics.com");
    form.submission_key = "next".to_owned();
    let lead = leads::submit(&portal.ctx, &portal.aster.owner, &form).await;
    let lead = lead.unwrap().lead();
    portal.run_jobs().await;
    lead
}

/// HubSpot's type ids of what a deal is tied to, beside the id of each.
async fn links(portal: &TestPortal, deal: &str) -> Vec<(String, u64)> {
    let state = portal.sandbox_read("state").await;
    let links = state["hubspot"]["links"].as_array().unwrap().clone();
    let deal: u64 = deal.parse().unwrap();
    let of_deal = links
        .iter()
        .filter(|link| link["from"] == deal && link["from_kind"] == "deals");
    of_deal
        .map(|link| (link["to"].to_string(), link["type_id"].as_u64().unwrap()))
        .collect()
}

async fn is_tied(portal: &TestPortal, lead: LeadId) -> bool {
    let lead = portal.lead(lead).await;
    let links = links(portal, &lead.hubspot_deal_id.unwrap()).await;
    let company = company(portal).await;
    let contact = lead.hubspot_contact_id.unwrap();
    [(company.clone(), 5), (company, 341), (contact, 3)]
        .iter()
        .all(|link| links.contains(link))
}

#[tokio::test]
async fn a_client_whose_company_was_merged_is_registered_with_the_one_that_is_left() {
    let portal = TestPortal::start().await;
    let (_, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    let old = company(&portal).await;
    let other = json!({ "name": "Harbour plc", "domain": "harbour.plc.uk" });
    let other = portal.sandbox_act("hubspot/companies", other).await;
    let merge = json!({ "kind": "companies", "primary": old, "other": other["id"] });
    portal.sandbox_act("hubspot/merge", merge).await;
    let lead = next_lead(&portal, &deal).await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
    assert_ne!(company(&portal).await, old);
    assert!(is_tied(&portal, lead).await);
    portal.finish().await;
}

#[tokio::test]
async fn a_client_whose_company_was_thrown_away_is_registered_with_a_new_one() {
    let portal = TestPortal::start().await;
    let (_, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    let old = company(&portal).await;
    let path = format!("hubspot/companies/{old}/archive");
    portal.sandbox_act(&path, json!({})).await;
    let lead = next_lead(&portal, &deal).await;
    assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
    assert_ne!(company(&portal).await, old);
    assert!(is_tied(&portal, lead).await);
    portal.finish().await;
}

#[tokio::test]
async fn two_leads_of_a_new_client_side_by_side_end_with_one_company() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let older = json!({ "name": "Harbour", "domain": "harbour-logistics.com" });
    portal.sandbox_act("hubspot/companies", older).await;
    let mut of_borealis = lead_form("Harbour", "harbour-logistics.com");
    of_borealis.contact_email = "ben@harbour-logistics.com".to_owned();
    let first = portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    let second = leads::submit(&portal.ctx, &portal.borealis.owner, &of_borealis).await;
    let second = second.unwrap().lead();
    let accept = leads::Decision::Accept;
    leads::decide(&portal.ctx, &portal.staff.manager, second, &accept)
        .await
        .unwrap();
    // Two instances, which know nothing of each other's locks.
    let workers = [(); 2].map(|()| portal.worker().with_connector(portal.connector()));
    join_all(workers.iter().map(portal_jobs::Worker::run_due)).await;
    portal.run_jobs().await;
    for lead in [first, second] {
        assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
        assert!(is_tied(&portal, lead).await);
    }
    let companies = &truth(&portal).await["companies_by_domain"]["harbour-logistics.com"];
    assert_eq!(companies.as_array().unwrap().len(), 1);
    portal.finish().await;
}

/// Cases of companies that are several.
async fn twins(portal: &TestPortal) -> usize {
    let open = exceptions::list_exceptions(&portal.ctx, &portal.staff.finance, 20).await;
    let open = open.unwrap();
    let twins = open
        .iter()
        .filter(|case| case.record.kind == "company_twins");
    twins.count()
}

#[tokio::test]
async fn a_company_that_the_search_showed_too_late_is_a_case_until_both_are_merged() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let older = json!({ "name": "Harbour", "domain": "harbour-logistics.com" });
    let older = portal.sandbox_act("hubspot/companies", older).await;
    let lag = json!({ "search_lag_ms": 60_000 });
    portal.sandbox_act("faults", lag).await;
    let (_, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    assert_eq!(twins(&portal).await, 0);
    portal.advance_clock_by(11).await;
    portal.run_jobs().await;
    assert_eq!(twins(&portal).await, 1);
    let mut manager = portal.sign_in(&portal.staff.finance).await;
    let page = manager.get("/staff/reconciliation").await.body;
    assert!(
        page.contains("several companies with the domain of Harbour"),
        "{page}"
    );
    let merge =
        json!({ "kind": "companies", "primary": older["id"], "other": company(&portal).await });
    portal.sandbox_act("hubspot/merge", merge).await;
    portal.advance_clock_by(24 * 60).await;
    portal.run_jobs().await;
    portal.advance_clock_by(2).await;
    portal.run_jobs().await;
    assert_eq!(twins(&portal).await, 0);
    let lead = next_lead(&portal, &deal).await;
    assert!(is_tied(&portal, lead).await);
    portal.finish().await;
}

/// A lead of a domain is registered with somebody as its contact: its deal is tied to the company with our key alone, which is the domain's only one.
async fn is_registered_with_one_company(portal: &TestPortal, domain: &str, contact: &str) {
    let mut form = lead_form("Harbour", domain);
    form.contact_email = contact.to_owned();
    let lead = leads::submit(&portal.ctx, &portal.aster.owner, &form).await;
    let lead = lead.unwrap().lead();
    portal.run_jobs().await;
    let registered = portal.lead(lead).await;
    assert_eq!(registered.state, LeadState::Registered);
    let deal = registered.hubspot_deal_id.expect("registered");
    let truth = truth(portal).await;
    assert_eq!(truth["deals_by_lead"][lead.to_string()], json!([deal]));
    let ours = truth["companies_by_key"][domain][0].as_str();
    let ours = ours.expect("a company").to_owned();
    assert_eq!(truth["companies_by_key"][domain], json!([ours]));
    assert_eq!(truth["companies_by_domain"][domain], json!([ours]));
    let mut companies = links(portal, &deal).await;
    companies.retain(|(_, type_id)| matches!(type_id, 5 | 341));
    assert_eq!(companies, [(ours.clone(), 5), (ours, 341)]);
}

#[tokio::test]
async fn a_lead_has_one_company_where_hubspot_makes_companies_of_its_own_for_new_contacts() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let on = json!({ "companies_with_contacts": true });
    portal.sandbox_act("hubspot/settings", on).await;
    // Sales entered him before anybody registered his company, which therefore came without our key.
    let known = json!({ "email": "ben@dockside-foods.com" });
    portal.sandbox_act("hubspot/contacts", known).await;
    let before = truth(&portal).await;
    assert_eq!(before["companies_by_key"], json!({}));
    let made = &before["companies_by_domain"]["dockside-foods.com"];
    assert_eq!(made.as_array().map(Vec::len), Some(1));
    is_registered_with_one_company(&portal, "dockside-foods.com", "ben@dockside-foods.com").await;
    let after = &truth(&portal).await["companies_by_key"]["dockside-foods.com"];
    assert_eq!(after, made, "the one that was there");
    // From here on the search would show no company that came with a contact a moment ago.
    let lag = json!({ "search_lag_ms": 60_000 });
    portal.sandbox_act("faults", lag).await;
    for (domain, contact) in [
        ("harbour-logistics.com", "mia@harbour-logistics.com"),
        ("quayside-foods.com", "mia@quayside-group.com"),
    ] {
        is_registered_with_one_company(&portal, domain, contact).await;
    }
    let group = &truth(&portal).await["companies_by_domain"]["quayside-group.com"];
    assert_eq!(group.as_array().map(Vec::len), Some(1), "HubSpot's own");
    portal.advance_clock_by(11).await;
    portal.run_jobs().await;
    assert_eq!(twins(&portal).await, 0);
    portal.finish().await;
}

#[tokio::test]
async fn a_deal_that_lost_its_company_or_contact_is_tied_again_by_the_next_night() {
    let portal = TestPortal::start().await;
    let (lead, _) = portal.registered("Harbour", "harbour-logistics.com").await;
    let old = company(&portal).await;
    let path = format!("hubspot/companies/{old}/archive");
    portal.sandbox_act(&path, json!({})).await;
    portal.advance_clock_by(24 * 60 + 1).await;
    portal.run_jobs().await;
    assert!(is_tied(&portal, lead).await);
    portal.finish().await;
}

#[tokio::test]
async fn a_lead_whose_deal_was_thrown_away_before_it_was_tied_is_followed_and_no_failure() {
    let portal = TestPortal::start().await;
    let (lead, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    let path = format!("hubspot/deals/{deal}/archive");
    portal.sandbox_act(&path, json!({})).await;
    outbox::add_alone(&portal.ctx, &Job::RegisterLead { lead })
        .await
        .unwrap();
    portal.run_jobs().await;
    assert_eq!(
        portal.timeline(lead).await.last().map(String::as_str),
        Some("removed")
    );
    portal.finish().await;
}

#[tokio::test]
async fn a_lead_knows_its_deal_as_soon_as_it_is_made() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    // Company, contact and deal are written, and the first association is cut off.
    let faults = json!({ "hubspot": { "spare_writes": 3, "drop_before": 1 } });
    portal.sandbox_act("faults", faults).await;
    let lead = portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    portal.worker().run_due().await.unwrap();
    assert!(portal.lead(lead).await.hubspot_deal_id.is_some());
    portal.advance_clock_by(6).await;
    portal.run_jobs().await;
    assert!(is_tied(&portal, lead).await);
    portal.finish().await;
}

/// How often staff were told of a deal whose lead was withdrawn.
async fn told(portal: &TestPortal) -> usize {
    let channel = &portal.ctx.programme.staff_channel;
    let messages = portal.slack_messages(channel).await;
    let is_about = |message: &&Value| message.to_string().contains("withdrew its lead");
    messages.iter().filter(is_about).count()
}

#[tokio::test]
async fn a_lead_that_is_withdrawn_while_its_company_is_looked_for_gets_no_deal() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let slow = json!({ "hubspot": { "latency_ms": 300 } });
    portal.sandbox_act("faults", slow).await;
    let lead = portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    let worker = portal.worker();
    let registered = tokio::spawn(async move { worker.run_due().await });
    // Its contact is still to be found and made.
    while truth(&portal).await["companies_by_key"]["harbour-logistics.com"].is_null() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    leads::withdraw(&portal.ctx, &portal.aster.owner, lead)
        .await
        .unwrap();
    registered.await.unwrap().unwrap();
    portal.run_jobs().await;
    let truth = truth(&portal).await;
    assert_eq!(truth["deals_by_lead"][lead.to_string()], Value::Null);
    assert_eq!(told(&portal).await, 0);
    portal.finish().await;
}

#[tokio::test]
async fn staff_are_told_once_of_a_deal_whose_lead_was_withdrawn_before_its_worker_could_say_so() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let lead = portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    leads::withdraw(&portal.ctx, &portal.aster.owner, lead)
        .await
        .unwrap();
    // Its worker had made it by then, and was killed.
    let left = json!({ "dealname": "Harbour", "dealstage": "pql", "portal_lead_id": lead });
    let deal = portal.sandbox_act("hubspot/deals", left).await;
    let deal = deal["id"].as_str().expect("an id");
    for _ in 0..3 {
        portal.advance_clock_by(6).await;
        portal.run_jobs().await;
    }
    assert_eq!(told(&portal).await, 1);
    assert_eq!(portal.lead(lead).await.state, LeadState::Withdrawn);
    portal
        .change_deal(deal, json!({ "dealstage": "approved" }))
        .await;
    portal.run_jobs().await;
    assert_eq!(told(&portal).await, 1);
    portal.finish().await;
}

#[tokio::test]
async fn the_look_for_twins_keeps_its_time_when_everything_else_is_hurried() {
    let portal = TestPortal::start().await;
    portal.registered("Harbour", "harbour-logistics.com").await;
    let (ctx, operator) = (&portal.ctx, &portal.staff.operator);
    operations::pause(ctx, operator, "hubspot", "A trial")
        .await
        .unwrap();
    operations::resume(ctx, operator, "hubspot").await.unwrap();
    let sql = "SELECT run_at FROM jobs WHERE kind = 'check_company' AND state = 'waiting'";
    let run_at: i64 = portal.database.rows(sql).await[0].get("run_at");
    assert!(run_at > ctx.now().0, "HubSpot's search shows none yet");
    portal.finish().await;
}
