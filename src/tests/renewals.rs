//! Deals that sales make in HubSpot for a client of ours, without a lead: a person says whose they are, and from then on they are deals like any other.

use portal_domain::lead::LeadState;
use portal_services::{
    exceptions::{self, ExceptionView},
    leads,
};
use portal_store::leads::LeadFilter;
use serde_json::{Value, json};

use crate::portal::TestPortal;

async fn sweep(portal: &TestPortal) {
    portal.advance_clock_by(6).await;
    portal.run_jobs().await;
}

pub(crate) async fn cases(portal: &TestPortal) -> Vec<ExceptionView> {
    let open = exceptions::list_exceptions(&portal.ctx, &portal.staff.finance, 20).await;
    let open = open.unwrap().into_iter();
    open.filter(|case| case.record.kind == "deal_without_lead")
        .collect()
}

/// Sales make a deal for Harbour in HubSpot; its id.
pub(crate) async fn renew(portal: &TestPortal) -> String {
    let truth = portal.sandbox_read("truth").await;
    let company = &truth["companies_by_key"]["harbour-logistics.com"][0];
    let deal = json!({
        "dealname": "Harbour 2027", "dealstage": "proposal", "to_company": company,
    });
    let made = portal.sandbox_act("hubspot/deals", deal).await;
    sweep(portal).await;
    made["id"].as_str().unwrap().to_owned()
}

async fn leads_of_aster(portal: &TestPortal) -> Vec<portal_store::leads::LeadRecord> {
    let filter = LeadFilter::default();
    leads::list_for_partner(&portal.ctx, &portal.aster.owner, filter)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_renewal_that_sales_made_is_taken_over_and_earns_like_any_other_deal() {
    let portal = TestPortal::start().await;
    portal
        .won("Harbour", "harbour-logistics.com", "1000", "1")
        .await;
    let deal = renew(&portal).await;
    let open = cases(&portal).await;
    assert_eq!(open.len(), 1);
    let case = format!("/staff/reconciliation/{}", open[0].record.id);
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    let page = finance.get(&case).await.body;
    assert!(page.contains("Harbour 2027"), "{page}");
    let (first, other) = (page.find(">Aster<"), page.find(">Borealis<"));
    assert!(
        first.is_some() && first < other,
        "who brought the client comes first"
    );
    let (exception, partner) = (open[0].record.id.to_string(), portal.aster.id.to_string());
    let fields = [
        ("do", "take_over_deal"),
        ("exception", exception.as_str()),
        ("partner", partner.as_str()),
    ];
    assert_eq!(finance.post(&case, &fields).await.status, 303);
    portal.run_jobs().await;
    assert_eq!(cases(&portal).await.len(), 0);
    let lead = leads_of_aster(&portal).await.remove(0);
    assert_eq!(lead.hubspot_deal_id.as_deref(), Some(deal.as_str()));
    assert_eq!(lead.contact_email, "mia@harbour-logistics.com");
    assert_eq!(lead.phase.as_deref(), Some("Proposal"));
    let told = portal.mails_to("owner@aster-consulting.com").await;
    let told: Vec<&str> = told
        .iter()
        .filter(|mail| mail["subject"] == "A deal with Harbour counts as yours")
        .map(|mail| mail["text"].as_str().unwrap())
        .collect();
    assert_eq!(told.len(), 1);
    let page = format!("/leads/{}", lead.id);
    assert!(
        told[0].contains("Harbour 2027") && told[0].contains(&page),
        "{told:?}"
    );
    let truth = portal.sandbox_read("truth").await;
    assert_eq!(truth["deals_by_lead"][lead.id.to_string()], json!([deal]));
    let won = json!({
        "dealstage": "closedwon", "amount": "500", "deal_currency_code": "GBP", "portal_billing_period": "1",
    });
    portal.change_deal(&deal, won).await;
    portal.run_jobs().await;
    assert_eq!(portal.lead(lead.id).await.state, LeadState::Won);
    assert_eq!(portal.lines(lead.id).await[0].line.money.minor, 5_000);
    assert_eq!(finance.post(&case, &fields).await.status, 409, "once");
    portal.finish().await;
}

#[tokio::test]
async fn a_renewal_that_was_let_stand_or_lost_is_asked_about_no_more() {
    let portal = TestPortal::start().await;
    portal.registered("Harbour", "harbour-logistics.com").await;
    let deal = renew(&portal).await;
    let case = cases(&portal).await.remove(0).record.id;
    let (ctx, finance) = (&portal.ctx, &portal.staff.finance);
    exceptions::dismiss_exception(ctx, finance, case, "Ours alone")
        .await
        .unwrap();
    portal.change_deal(&deal, json!({ "amount": "7" })).await;
    sweep(&portal).await;
    assert_eq!(cases(&portal).await.len(), 0);
    let second = renew(&portal).await;
    assert_eq!(cases(&portal).await.len(), 1);
    let lost = json!({ "dealstage": "closedlost" });
    portal.change_deal(&second, lost).await;
    sweep(&portal).await;
    assert_eq!(cases(&portal).await.len(), 0);
    portal.finish().await;
}

#[tokio::test]
async fn a_deal_of_a_company_that_is_no_client_is_nobodys_case() {
    let portal = TestPortal::start().await;
    portal.registered("Harbour", "harbour-logistics.com").await;
    let other = json!({ "name": "Nobody", "domain": "nobody.example" });
    let other: Value = portal.sandbox_act("hubspot/companies", other).await;
    let deal = json!({ "dealname": "Theirs", "dealstage": "proposal", "to_company": other["id"] });
    portal.sandbox_act("hubspot/deals", deal).await;
    sweep(&portal).await;
    assert_eq!(cases(&portal).await.len(), 0);
    portal.finish().await;
}
