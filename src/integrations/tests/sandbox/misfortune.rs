//! What production does to a client now and then: proxies' pages, locks, moves of accounts, scopes that are gone, answers
//! that never end. What matters is what each is taken for, and that the next call goes well.

use portal_integrations::{
    ErrorKind,
    hubspot::{NewContact, NewDeal},
    slack::OutgoingMessage,
};
use serde_json::json;

use crate::stage::Stage;

fn deal() -> NewDeal {
    NewDeal {
        lead_key: "lead-1".to_owned(),
        name: "Acme".to_owned(),
        pipeline: "default".to_owned(),
        stage: "pql".to_owned(),
        amount: None,
        description: String::new(),
    }
}

fn contact(email: &str) -> NewContact {
    NewContact {
        email: email.to_owned(),
        full_name: "Ana Ruiz".to_owned(),
        phone: None,
    }
}

async fn rule(stage: &Stage, system: &str, mishap: &str) {
    let body = json!({ "system": system, "mishap": mishap });
    stage.act("faults/rules", body).await;
}

#[tokio::test]
async fn a_proxys_page_after_the_work_leaves_an_unknown_outcome_and_one_deal() {
    let stage = Stage::open().await;
    let hubspot = stage.hubspot();
    rule(&stage, "hubspot", "bad_gateway_after").await;
    let failure = hubspot.upsert_deal(&deal()).await.unwrap_err();
    assert_eq!(failure.kind, ErrorKind::UnknownOutcome, "{failure}");
    let found = hubspot.find_deal_by_lead("lead-1").await.unwrap();
    assert!(found.is_some());
    let truth = stage.sandbox.state()["truth"]["deals_by_lead"]["lead-1"].clone();
    assert_eq!(truth.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_page_in_the_vendors_place_is_taken_for_no_answer_of_theirs() {
    let stage = Stage::open().await;
    rule(&stage, "hubspot", "html").await;
    let read = stage.hubspot().list_stages().await.unwrap_err();
    assert_eq!(read.kind, ErrorKind::Retry, "{read}");
    rule(&stage, "hubspot", "html").await;
    let write = stage.hubspot().upsert_deal(&deal()).await.unwrap_err();
    assert_eq!(write.kind, ErrorKind::UnknownOutcome, "{write}");
}

#[tokio::test]
async fn a_lock_and_a_move_say_how_long_to_wait() {
    let stage = Stage::open().await;
    rule(&stage, "hubspot", "locked").await;
    let locked = stage.hubspot().upsert_deal(&deal()).await.unwrap_err();
    assert_eq!(
        (locked.kind, locked.retry_after_ms),
        (ErrorKind::Retry, Some(2_000))
    );
    rule(&stage, "hubspot", "migrating").await;
    let moving = stage.hubspot().list_stages().await.unwrap_err();
    assert_eq!(
        (moving.kind, moving.retry_after_ms),
        (ErrorKind::RateLimited, Some(30_000))
    );
}

#[tokio::test]
async fn a_scope_that_was_taken_away_is_named_for_the_person_who_can_give_it_back() {
    let stage = Stage::open().await;
    stage
        .fail(json!({ "missing_scopes": "crm.objects.deals.write" }))
        .await;
    let failure = stage.hubspot().upsert_deal(&deal()).await.unwrap_err();
    assert_eq!(failure.kind, ErrorKind::MissingScope);
    assert!(
        failure.to_string().contains("crm.objects.deals.write"),
        "{failure}"
    );
    stage
        .fail(json!({ "missing_scopes": "accounting.settings.read, chat:write" }))
        .await;
    let failure = stage.xero().read_organisation().await.unwrap_err();
    assert_eq!(failure.kind, ErrorKind::MissingScope);
    assert!(
        failure.to_string().contains("accounting.settings.read"),
        "{failure}"
    );
    let message = OutgoingMessage {
        text: "Hello".to_owned(),
        blocks: json!([]),
        thread: None,
    };
    let failure = stage.slack().post_message("C100", &message).await;
    let failure = failure.unwrap_err();
    assert_eq!(failure.kind, ErrorKind::MissingScope);
    assert!(failure.to_string().contains("chat:write"), "{failure}");
}

#[tokio::test]
async fn a_property_that_an_administrator_requires_is_named() {
    let stage = Stage::open().await;
    stage
        .act("hubspot/settings", json!({ "required_deals": "closedate" }))
        .await;
    let failure = stage.hubspot().upsert_deal(&deal()).await.unwrap_err();
    assert_eq!(failure.kind, ErrorKind::Refused);
    assert!(failure.to_string().contains("closedate"), "{failure}");
}

#[tokio::test]
async fn an_address_that_is_somebodys_second_one_leads_to_that_contact() {
    let stage = Stage::open().await;
    let hubspot = stage.hubspot();
    let id = hubspot
        .create_contact(&contact("ana@acme.example"))
        .await
        .unwrap();
    let more = json!({ "hs_additional_emails": "a.ruiz@acme.example" });
    stage.act(&format!("hubspot/contacts/{id}"), more).await;
    assert_eq!(
        hubspot
            .find_contact_by_email("a.ruiz@acme.example")
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        hubspot
            .create_contact(&contact("a.ruiz@acme.example"))
            .await
            .unwrap(),
        id
    );
}

#[tokio::test]
async fn an_answer_that_drips_is_given_up() {
    let stage = Stage::open().await;
    rule(&stage, "xero", "drip").await;
    // The token is the first call; whichever call drips, nothing came of it.
    let failure = stage.xero().read_organisation().await.unwrap_err();
    assert_eq!(failure.kind, ErrorKind::Retry, "{failure}");
    assert!(stage.xero().read_organisation().await.is_ok());
}
