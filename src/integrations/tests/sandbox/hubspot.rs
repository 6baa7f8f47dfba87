//! HubSpot's calls: the way of a lead, and what happens to its deal afterwards.

use std::collections::HashSet;

use portal_domain::{
    calendar::Timestamp,
    deal::DealState,
    money::{Currency, Money},
    remote::RemoteDeal,
};
use portal_integrations::{
    ErrorKind,
    hubspot::{HubSpot, NewContact, NewDeal},
};
use reqwest::Method;
use serde_json::json;

use crate::stage::{START_MS, Stage};

fn contact() -> NewContact {
    NewContact {
        email: "Ana.Ruiz@Acme.example".to_owned(),
        full_name: "Ana María Ruiz".to_owned(),
        phone: Some("+34911234567".to_owned()),
    }
}

fn deal(lead_key: &str) -> NewDeal {
    NewDeal {
        lead_key: lead_key.to_owned(),
        name: "Acme".to_owned(),
        pipeline: "default".to_owned(),
        stage: "pql".to_owned(),
        amount: Some(Money::new(150_050, Currency::EUR)),
        description: "They need a shop".to_owned(),
    }
}

/// A deal that is there and can be read.
async fn read(hubspot: &HubSpot, id: &str) -> RemoteDeal {
    hubspot.read_deal(id).await.unwrap().unwrap().unwrap()
}

const DEALS: &str = "/crm/objects/2026-09/deals";

#[tokio::test]
async fn stages_are_listed_with_what_they_mean() {
    let stage = Stage::open().await;
    let stages = stage.hubspot().list_stages().await.unwrap();
    let won: Vec<&str> = stages
        .iter()
        .filter(|stage| stage.won)
        .map(|stage| stage.id.as_str())
        .collect();
    assert_eq!(won, ["closedwon"]);
    assert_eq!(stages.iter().filter(|stage| stage.closed).count(), 2);
    assert!(stages.iter().all(|stage| stage.pipeline == "default"));
}

#[tokio::test]
async fn our_properties_can_be_made_sure_of_twice() {
    let stage = Stage::open().await;
    stage.hubspot().ensure_properties().await.unwrap();
    stage.hubspot().ensure_properties().await.unwrap();
}

#[tokio::test]
async fn a_company_is_found_by_our_key_and_never_made_twice() {
    let stage = Stage::open().await;
    let hubspot = stage.hubspot();
    assert_eq!(
        hubspot.find_company_by_key("acme.example").await.unwrap(),
        None
    );
    let id = hubspot
        .upsert_company("acme.example", "Acme", "acme.example")
        .await
        .unwrap();
    let again = hubspot
        .upsert_company("acme.example", "Acme", "acme.example")
        .await
        .unwrap();
    assert_eq!(id, again);
    assert_eq!(
        hubspot.find_company_by_key("acme.example").await.unwrap(),
        Some(id)
    );
}

#[tokio::test]
async fn companies_of_before_are_found_by_domain_oldest_first_and_adopted() {
    let stage = Stage::open().await;
    let hubspot = stage.hubspot();
    let mut ids = Vec::new();
    for name in ["Acme One", "Acme Two"] {
        let body =
            json!({ "properties": { "name": name, "domain": "acme.example" }, "associations": [] });
        let made = stage
            .hubspot_call(Method::POST, "/crm/objects/2026-09/companies", Some(body))
            .await;
        ids.push(made["id"].as_str().unwrap().to_owned());
        stage.clock.advance_ms(60_000);
    }
    assert_eq!(
        hubspot
            .search_companies_by_domain("acme.example")
            .await
            .unwrap(),
        ids
    );
    assert_eq!(
        hubspot
            .search_companies_by_domain("other.example")
            .await
            .unwrap(),
        Vec::<String>::new()
    );
    hubspot
        .adopt_company(&ids[0], "acme.example")
        .await
        .unwrap();
    assert_eq!(
        hubspot
            .find_company_by_key("acme.example")
            .await
            .unwrap()
            .as_ref(),
        Some(&ids[0])
    );
}

#[tokio::test]
async fn a_contact_that_exists_is_adopted_whatever_the_case_of_its_address() {
    let stage = Stage::open().await;
    let hubspot = stage.hubspot();
    assert_eq!(
        hubspot
            .find_contact_by_email("ana.ruiz@acme.example")
            .await
            .unwrap(),
        None
    );
    let id = hubspot.create_contact(&contact()).await.unwrap();
    let shouted = NewContact {
        email: "ANA.RUIZ@ACME.EXAMPLE".to_owned(),
        ..contact()
    };
    assert_eq!(hubspot.create_contact(&shouted).await.unwrap(), id);
    assert_eq!(
        hubspot
            .find_contact_by_email("Ana.Ruiz@acme.example")
            .await
            .unwrap(),
        Some(id)
    );
}

#[tokio::test]
async fn only_the_blanks_of_a_contact_are_filled() {
    let stage = Stage::open().await;
    let hubspot = stage.hubspot();
    let body = json!({ "properties": { "email": "ana.ruiz@acme.example", "firstname": "Anita" }, "associations": [] });
    let made = stage
        .hubspot_call(Method::POST, "/crm/objects/2026-09/contacts", Some(body))
        .await;
    let id = made["id"].as_str().unwrap();
    hubspot.fill_contact_blanks(id, &contact()).await.unwrap();
    let path = format!("/crm/objects/2026-09/contacts/{id}?properties=firstname,lastname,phone");
    let read = stage.hubspot_call(Method::GET, &path, None).await;
    assert_eq!(read["properties"]["firstname"], "Anita");
    assert!(read["properties"]["lastname"].is_null());
    assert_eq!(read["properties"]["phone"], "+34911234567");
}

#[tokio::test]
async fn a_company_whose_key_another_one_has_by_now_gives_way_to_that_one() {
    let stage = Stage::open().await;
    let hubspot = stage.hubspot();
    let older = stage
        .act(
            "hubspot/companies",
            json!({ "name": "Acme", "domain": "acme.example" }),
        )
        .await;
    let older = older["id"].as_str().unwrap();
    let made = hubspot.upsert_company("acme.example", "Acme", "acme.example");
    let made = made.await.unwrap();
    let adopted = hubspot.adopt_company(older, "acme.example").await;
    assert_eq!(adopted.unwrap(), made);
    let other = hubspot.adopt_company(older, "other.example").await;
    assert_eq!(other.unwrap(), older);
}

#[tokio::test]
async fn the_same_lead_twice_is_one_deal_tied_to_company_and_contact() {
    let stage = Stage::open().await;
    let hubspot = stage.hubspot();
    let company = hubspot
        .upsert_company("acme.example", "Acme", "acme.example")
        .await
        .unwrap();
    let person = hubspot.create_contact(&contact()).await.unwrap();
    assert_eq!(hubspot.find_deal_by_lead("lead-1").await.unwrap(), None);
    let id = hubspot.upsert_deal(&deal("lead-1")).await.unwrap();
    assert_eq!(hubspot.upsert_deal(&deal("lead-1")).await.unwrap(), id);
    assert!(
        !hubspot
            .verify_deal_associations(&id, &company, &person)
            .await
            .unwrap()
    );
    hubspot
        .associate_deal(&id, &company, &person)
        .await
        .unwrap();
    hubspot
        .associate_deal(&id, &company, &person)
        .await
        .unwrap();
    assert!(
        hubspot
            .verify_deal_associations(&id, &company, &person)
            .await
            .unwrap()
    );

    let found = hubspot.find_deal_by_lead("lead-1").await.unwrap();
    assert_eq!(found.as_deref(), Some(id.as_str()));
    let found = read(&hubspot, &id).await;
    assert_eq!(
        (found.id.as_str(), found.state, found.stage.as_str()),
        (id.as_str(), DealState::Open, "pql")
    );
    assert_eq!(found.amount.as_deref(), Some("1500.50"));
    assert_eq!(
        (found.currency, found.lead_key.as_deref()),
        (Some(Currency::EUR), Some("lead-1"))
    );
}

#[tokio::test]
async fn a_long_deal_name_is_cut_to_what_hubspot_takes() {
    let stage = Stage::open().await;
    let hubspot = stage.hubspot();
    let id = hubspot
        .upsert_deal(&NewDeal {
            name: "ä".repeat(300),
            ..deal("lead-1")
        })
        .await
        .unwrap();
    let read = read(&hubspot, &id).await;
    assert_eq!(read.name.chars().count(), 255);
}

#[tokio::test]
async fn a_won_deal_says_so_and_when_and_for_which_period() {
    let stage = Stage::open().await;
    let hubspot = stage.hubspot();
    hubspot.ensure_properties().await.unwrap();
    let id = hubspot.upsert_deal(&deal("lead-1")).await.unwrap();
    stage.clock.advance_ms(86_400_000);
    let body = json!({ "properties": {
        "dealstage": "closedwon", "portal_billing_period": "12", "portal_start_date": "2026-11-01", "portal_end_date": "2027-10-31", "closedate": "2026-10-02T08:00:00Z"
    } });
    stage
        .hubspot_call(Method::PATCH, &format!("{DEALS}/{id}"), Some(body))
        .await;
    let read = read(&hubspot, &id).await;
    assert_eq!(
        (read.state, read.billing_period.as_deref()),
        (DealState::Won, Some("12"))
    );
    assert_eq!(
        read.start.map(|day| day.to_string()).as_deref(),
        Some("2026-11-01")
    );
    assert_eq!(
        read.end.map(|day| day.to_string()).as_deref(),
        Some("2027-11-01"),
        "HubSpot has the last day that is charged, the portal the first that is not"
    );
    assert_eq!(read.closed_at, Some(Timestamp(START_MS + 86_400_000)));
    assert_eq!(read.modified_at, Timestamp(START_MS + 86_400_000));
}

#[tokio::test]
async fn a_deleted_deal_is_removed_and_an_unknown_one_is_none() {
    let stage = Stage::open().await;
    let hubspot = stage.hubspot();
    let id = hubspot.upsert_deal(&deal("lead-1")).await.unwrap();
    stage
        .hubspot_call(Method::DELETE, &format!("{DEALS}/{id}"), None)
        .await;
    let read = read(&hubspot, &id).await;
    assert_eq!((read.id, read.state), (id, DealState::Removed));
    assert_eq!(hubspot.read_deal("999999999").await.unwrap(), None);
}

#[tokio::test]
async fn which_deals_are_there_is_asked_of_many_at_once() {
    let stage = Stage::open().await;
    let hubspot = stage.hubspot();
    let kept = hubspot.upsert_deal(&deal("lead-1")).await.unwrap();
    let deleted = hubspot.upsert_deal(&deal("lead-2")).await.unwrap();
    stage
        .hubspot_call(Method::DELETE, &format!("{DEALS}/{deleted}"), None)
        .await;
    let ids = [kept.clone(), deleted, "999999999".to_owned()];
    let there = hubspot.list_deals_there(&ids).await.unwrap();
    let there: Vec<RemoteDeal> = there.into_iter().map(Result::unwrap).collect();
    let found: Vec<_> = there.iter().map(|deal| (&deal.id, deal.state)).collect();
    assert_eq!(found, [(&kept, DealState::Open)]);
    assert_eq!(there[0].modified_at, Timestamp(START_MS));
}

#[tokio::test]
async fn owners_are_read_page_by_page_and_a_deal_names_its_own() {
    let stage = Stage::open().await;
    let hubspot = stage.hubspot();
    let all = hubspot.list_owners(None).await.unwrap();
    let found: Vec<(&str, &str)> = all
        .owners
        .iter()
        .map(|owner| (owner.name.as_str(), owner.email.as_str()))
        .collect();
    let maya = ("Maya Lindqvist", "maya.lindqvist@northwind.example");
    let tom = ("Tom Okafor", "tom.okafor@northwind.example");
    assert_eq!(found, [maya, tom]);
    assert_eq!(all.next, None);
    // Whoever asks for less gets the rest by what the answer names.
    let owners = "/crm/owners/2026-09?limit=1";
    let first = stage.hubspot_call(Method::GET, owners, None).await;
    let after = first["paging"]["next"]["after"].as_str().unwrap();
    let rest = hubspot.list_owners(Some(after.to_owned())).await.unwrap();
    assert_eq!((&rest.owners[..], rest.next), (&all.owners[1..], None));
    let id = hubspot.upsert_deal(&deal("lead-1")).await.unwrap();
    let owner = all.owners[1].id.clone();
    let body = json!({ "properties": { "hubspot_owner_id": owner } });
    stage
        .hubspot_call(Method::PATCH, &format!("{DEALS}/{id}"), Some(body))
        .await;
    let read = read(&hubspot, &id).await;
    assert_eq!(read.owner, Some(owner));
}

#[tokio::test]
async fn a_merged_deal_is_read_under_its_new_id() {
    let stage = Stage::open().await;
    let hubspot = stage.hubspot();
    let first = hubspot.upsert_deal(&deal("lead-1")).await.unwrap();
    let second = hubspot.upsert_deal(&deal("lead-2")).await.unwrap();
    let body = json!({ "primaryObjectId": first, "objectIdToMerge": second });
    stage
        .hubspot_call(Method::POST, &format!("{DEALS}/merge"), Some(body))
        .await;
    let read = read(&hubspot, &second).await;
    assert!(read.id != first && read.id != second);
    let mut merged = read.merged_ids.clone();
    merged.sort();
    let mut both = vec![first, second];
    both.sort();
    assert_eq!(merged, both);
}

#[tokio::test]
async fn a_sweep_pages_through_all_that_changed_since() {
    let stage = Stage::open().await;
    let hubspot = stage.hubspot();
    hubspot.upsert_deal(&deal("before")).await.unwrap();
    stage.clock.advance_ms(1_000);
    for number in 0..205 {
        hubspot
            .upsert_deal(&deal(&format!("lead-{number}")))
            .await
            .unwrap();
    }
    let since_ms = START_MS + 1_000;
    let first = hubspot
        .list_deals_modified_since(since_ms, None)
        .await
        .unwrap();
    assert_eq!(first.deals.len(), 200);
    let second = hubspot
        .list_deals_modified_since(since_ms, first.next)
        .await
        .unwrap();
    assert_eq!((second.deals.len(), second.next), (5, None));
}

#[tokio::test]
async fn a_deal_that_changes_between_two_pages_hides_no_other() {
    let stage = Stage::open().await;
    let hubspot = stage.hubspot();
    let mut made = HashSet::new();
    for number in 0..210 {
        stage.clock.advance_ms(1);
        let deal = deal(&format!("lead-{number}"));
        made.insert(hubspot.upsert_deal(&deal).await.unwrap());
    }
    let since_ms = START_MS;
    let first = hubspot
        .list_deals_modified_since(since_ms, None)
        .await
        .unwrap();
    stage.clock.advance_ms(1);
    let moved = format!("hubspot/deals/{}", first.deals[0].id);
    stage.act(&moved, json!({ "amount": "7" })).await;
    let second = hubspot
        .list_deals_modified_since(since_ms, first.next)
        .await
        .unwrap();
    let listed = first.deals.into_iter().chain(second.deals);
    let listed: HashSet<String> = listed.map(|deal| deal.id).collect();
    assert_eq!(listed, made);
}

#[tokio::test]
async fn too_many_calls_say_when_to_come_back() {
    let stage = Stage::open().await;
    for (kind, wait_ms) in [
        ("ten_secondly", Some(10_000)),
        ("secondly", Some(1_000)),
        ("daily", None),
    ] {
        stage
            .fail(json!({ "hubspot": { "too_many_requests": 1, "too_many_kind": kind } }))
            .await;
        let failure = stage.hubspot().list_stages().await.unwrap_err();
        assert_eq!(
            (failure.kind, failure.retry_after_ms),
            (ErrorKind::RateLimited, wait_ms)
        );
        assert_eq!(failure.lasts_all_day, kind == "daily");
        assert!(failure.message.contains("[correlation "), "{failure}");
        assert!(failure.is_retryable());
    }
}

#[tokio::test]
async fn a_deal_whose_answer_was_lost_is_found_by_its_key() {
    let stage = Stage::open().await;
    let hubspot = stage.hubspot();
    stage.fail(json!({ "hubspot": { "drop_after": 1 } })).await;
    let failure = hubspot.upsert_deal(&deal("lead-1")).await.unwrap_err();
    assert_eq!(failure.kind, ErrorKind::UnknownOutcome, "{failure}");
    let found = hubspot.find_deal_by_lead("lead-1").await.unwrap().unwrap();
    assert_eq!(hubspot.upsert_deal(&deal("lead-1")).await.unwrap(), found);
}

#[tokio::test]
async fn what_another_made_a_moment_before_is_taken_in_place_of_a_second_one() {
    let stage = Stage::open().await;
    let hubspot = stage.hubspot();
    let raced =
        json!({ "system": "hubspot", "mishap": "raced", "path": "/batch/upsert", "times": 2 });
    stage.act("faults/rules", raced).await;
    let made = hubspot.upsert_deal(&deal("lead-1")).await.unwrap();
    let found = hubspot.find_deal_by_lead("lead-1").await.unwrap();
    assert_eq!(found.as_ref(), Some(&made));
    let (key, name) = ("harbour-logistics.com", "Harbour");
    let company = hubspot.upsert_company(key, name, key).await.unwrap();
    let found = hubspot.find_company_by_key(key).await.unwrap();
    assert_eq!(found, Some(company));
}

#[tokio::test]
async fn a_deal_that_was_cut_off_before_is_not_there() {
    let stage = Stage::open().await;
    let hubspot = stage.hubspot();
    stage.fail(json!({ "hubspot": { "drop_before": 1 } })).await;
    let failure = hubspot.upsert_deal(&deal("lead-1")).await.unwrap_err();
    assert_eq!(failure.kind, ErrorKind::UnknownOutcome, "{failure}");
    assert_eq!(hubspot.find_deal_by_lead("lead-1").await.unwrap(), None);
}

#[tokio::test]
async fn a_slow_answer_is_given_up_and_a_failing_server_is_tried_later() {
    let stage = Stage::open().await;
    stage
        .fail(json!({ "hubspot": { "latency_ms": 4_000 } }))
        .await;
    let failure = stage.hubspot().list_stages().await.unwrap_err();
    assert_eq!(
        (failure.kind, failure.message.as_str()),
        (ErrorKind::Retry, "no answer in time")
    );
    stage
        .fail(json!({ "hubspot": { "error_percent": 100, "latency_ms": 0 } }))
        .await;
    assert_eq!(
        stage.hubspot().list_stages().await.unwrap_err().kind,
        ErrorKind::Retry
    );
    assert_eq!(
        stage
            .hubspot()
            .upsert_deal(&deal("lead-1"))
            .await
            .unwrap_err()
            .kind,
        ErrorKind::UnknownOutcome
    );
}

#[tokio::test]
async fn a_wrong_token_and_a_wrong_stage_are_not_tried_again() {
    let stage = Stage::open().await;
    let failure = stage
        .hubspot_with("guessed")
        .list_stages()
        .await
        .unwrap_err();
    assert_eq!(failure.kind, ErrorKind::Unauthorised);
    assert!(!failure.to_string().contains("guessed"));
    let failure = stage
        .hubspot()
        .upsert_deal(&NewDeal {
            stage: "nowhere".to_owned(),
            ..deal("lead-1")
        })
        .await
        .unwrap_err();
    assert_eq!(failure.kind, ErrorKind::Refused, "{failure}");
    assert!(!failure.is_retryable());
}
