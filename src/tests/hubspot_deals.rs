//! What HubSpot's deals mean for money: their currency, their line items, and what a new deal is sent with.

use portal_domain::{
    lead::LeadForm,
    money::{Currency, Money},
};
use portal_services::{exceptions, leads};
use serde_json::{Value, json};

use crate::portal::{TestPortal, lead_form};

/// The kinds of the open cases.
async fn kinds(portal: &TestPortal) -> Vec<String> {
    let open = exceptions::list_exceptions(&portal.ctx, &portal.staff.finance, 20).await;
    let open = open.unwrap().into_iter();
    open.map(|case| case.record.kind).collect()
}

fn pounds(whole: i64) -> Money {
    Money::new(whole * 100, Currency::parse("GBP").unwrap())
}

async fn add_item(portal: &TestPortal, deal: &str, amount: &str, frequency: &str) {
    let item = json!({
        "name": "Licence", "amount": amount, "recurringbillingfrequency": frequency, "to_deal": deal,
    });
    portal.sandbox_act("hubspot/line_items", item).await;
}

/// A deal as the sandbox's HubSpot has it.
async fn record(portal: &TestPortal, deal: &str) -> Value {
    let state = portal.sandbox_read("state").await;
    let records = &state["hubspot"]["tables"]["deals"]["records"];
    records[deal]["properties"].clone()
}

#[tokio::test]
async fn a_won_deal_that_names_no_currency_is_in_the_accounts() {
    let portal = TestPortal::start().await;
    let (lead, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    let won = json!({
        "dealstage": "closedwon", "amount": "1200", "deal_currency_code": "", "portal_billing_period": "1",
    });
    portal.change_deal(&deal, won).await;
    portal.run_jobs().await;
    assert_eq!(kinds(&portal).await, [""; 0]);
    let lines = portal.lines(lead).await;
    assert_eq!(lines[0].line.money, pounds(120));
    portal.finish().await;
}

#[tokio::test]
async fn line_items_say_what_is_charged_where_the_deal_names_no_billing_period() {
    let portal = TestPortal::start().await;
    let (lead, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    add_item(&portal, &deal, "900", "quarterly").await;
    add_item(&portal, &deal, "300", "quarterly").await;
    // Their total for the year stands in the deal's amount.
    let won = json!({ "dealstage": "closedwon", "amount": "4800", "deal_currency_code": "GBP" });
    portal.change_deal(&deal, won).await;
    portal.run_jobs().await;
    assert_eq!(kinds(&portal).await, [""; 0]);
    let lines = portal.lines(lead).await;
    assert_eq!(lines[0].line.money, pounds(40));
    portal.finish().await;
}

#[tokio::test]
async fn line_items_that_are_charged_differently_are_a_case_until_the_deal_says_what_counts() {
    let portal = TestPortal::start().await;
    let (lead, deal) = portal.registered("Harbour", "harbour-logistics.com").await;
    add_item(&portal, &deal, "900", "quarterly").await;
    add_item(&portal, &deal, "500", "").await;
    let won = json!({ "dealstage": "closedwon", "amount": "4100", "deal_currency_code": "GBP" });
    portal.change_deal(&deal, won).await;
    portal.run_jobs().await;
    assert_eq!(kinds(&portal).await, ["line_items_unclear"]);
    assert_eq!(portal.lines(lead).await.len(), 0);
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    let page = finance.get("/staff/reconciliation").await.body;
    assert!(
        page.contains("Licence (900 quarterly); Licence (500)"),
        "{page}"
    );
    let said = json!({ "amount": "900", "portal_billing_period": "3" });
    portal.change_deal(&deal, said).await;
    portal.run_jobs().await;
    assert_eq!(kinds(&portal).await, [""; 0]);
    let lines = portal.lines(lead).await;
    assert_eq!(lines[0].line.money, pounds(30));
    portal.finish().await;
}

#[tokio::test]
async fn a_lead_in_a_currency_that_hubspot_does_not_have_is_registered_and_its_value_told_in_words()
{
    let portal = TestPortal::start().await;
    let form = LeadForm {
        currency: "CHF".to_owned(),
        ..lead_form("Harbour", "harbour-logistics.com")
    };
    let lead = leads::submit(&portal.ctx, &portal.aster.owner, &form).await;
    portal.run_jobs().await;
    let deal = portal.lead(lead.unwrap().lead()).await.hubspot_deal_id;
    let record = record(&portal, &deal.unwrap()).await;
    assert_eq!(record["amount"], Value::Null);
    let told = record["description"].as_str().unwrap();
    assert!(told.contains("18,000.00. This HubSpot account"), "{told}");
    portal.finish().await;
}
