//! HubSpot's account: pipelines, properties, batches, scopes, what an administrator wants, tokens and the daily quota.

use serde_json::{Value, json};

use super::Bench;

const DEALS: &str = "/crm/objects/2026-09/deals";
const CONTACTS: &str = "/crm/objects/2026-09/contacts";
const COMPANIES: &str = "/crm/objects/2026-09/companies";

fn lead(key: &str, stage: &str) -> Value {
    let properties = json!({"portal_lead_id": key, "dealname": key, "dealstage": stage});
    json!({"idProperty": "portal_lead_id", "id": key, "properties": properties})
}

async fn stages(bench: &Bench, pipeline: &str) -> Vec<(String, String)> {
    let path = format!("/crm/pipelines/2026-09/deals/{pipeline}/stages");
    let (_, body) = bench.hubspot("GET", &path, Value::Null).await;
    let text = |stage: &Value, name: &str| stage[name].as_str().unwrap().to_owned();
    let stages = body["results"].as_array().unwrap();
    stages
        .iter()
        .map(|stage| (text(stage, "id"), text(stage, "label")))
        .collect()
}

#[tokio::test]
async fn the_portals_own_properties_are_missing_until_somebody_makes_them() {
    let bench = Bench::start().await;
    let path = "/crm/properties/2026-09/deals/portal_lead_id";
    assert_eq!(bench.hubspot("GET", path, Value::Null).await.0, 404);
    let (status, refused) = bench
        .hubspot(
            "POST",
            &format!("{DEALS}/batch/upsert"),
            json!({"inputs": [lead("lead-1", "pql")]}),
        )
        .await;
    assert_eq!(
        (status, &refused["category"]),
        (400, &json!("VALIDATION_ERROR"))
    );
    bench.make_keys().await;
    let (_, made) = bench.hubspot("GET", path, Value::Null).await;
    assert_eq!(made["hasUniqueValue"], json!(true));
}

#[tokio::test]
async fn a_pipeline_is_made_renamed_and_archived_by_the_api() {
    let bench = Bench::start().await;
    let body = json!({"label": "Renewals", "displayOrder": 1, "stages": [
        {"label": "Due", "displayOrder": 0, "metadata": {"probability": "0.5"}},
        {"label": "Renewed", "displayOrder": 1, "metadata": {"probability": "1.0"}},
    ]});
    let base = "/crm/pipelines/2026-09/deals";
    let (status, made) = bench.hubspot("POST", base, body).await;
    assert_eq!(status, 201, "{made}");
    let (id, won) = (made["id"].as_str().unwrap(), &made["stages"][1]);
    assert_eq!(
        won["metadata"],
        json!({"isClosed": "true", "probability": "1.0"})
    );
    let one = format!("{base}/{id}");
    let (status, renamed) = bench
        .hubspot("PATCH", &one, json!({"label": "Contract renewals"}))
        .await;
    assert_eq!(
        (status, &renamed["label"]),
        (200, &json!("Contract renewals"))
    );
    assert_eq!(bench.hubspot("DELETE", &one, Value::Null).await.0, 204);
    let (_, all) = bench.hubspot("GET", base, Value::Null).await;
    assert_eq!(all["results"].as_array().unwrap().len(), 1);
    assert_eq!(bench.hubspot("GET", &one, Value::Null).await.0, 404);
    let wrong = json!({"label": "Empty", "displayOrder": 1, "stages": []});
    assert_eq!(bench.hubspot("POST", base, wrong).await.0, 400);
}

#[tokio::test]
async fn a_renamed_stage_keeps_its_id_and_an_archived_one_keeps_its_deals_but_takes_no_more() {
    let bench = Bench::start().await;
    let (_, made) = bench.upsert_deal("lead-1", "Acme").await;
    let deal = made["results"][0]["id"].as_str().unwrap().to_owned();
    let base = "/crm/pipelines/2026-09/deals/default/stages";
    let (status, _) = bench
        .hubspot(
            "PATCH",
            &format!("{base}/pql"),
            json!({"label": "New leads"}),
        )
        .await;
    assert_eq!(status, 200);
    assert_eq!(
        stages(&bench, "default").await[0],
        ("pql".to_owned(), "New leads".to_owned())
    );

    let asked = format!("{base}/pql?validateDealStageUsagesBeforeDelete=true");
    let (status, used) = bench.hubspot("DELETE", &asked, Value::Null).await;
    assert_eq!(
        (status, &used["errors"][0]["code"]),
        (400, &json!("STAGE_ID_IN_USE"))
    );
    let path = format!("{base}/pql");
    assert_eq!(bench.hubspot("DELETE", &path, Value::Null).await.0, 204);
    assert_ne!(stages(&bench, "default").await[0].0, "pql");
    let one = format!("{DEALS}/{deal}");
    let (_, read) = bench.hubspot("GET", &one, Value::Null).await;
    assert_eq!(read["properties"]["dealstage"], json!("pql"));
    let back = json!({"properties": {"dealstage": "approved"}});
    assert_eq!(bench.hubspot("PATCH", &one, back).await.0, 200);
    let again = json!({"properties": {"dealstage": "pql"}});
    let (status, refused) = bench.hubspot("PATCH", &one, again).await;
    assert_eq!(
        (status, &refused["errors"][0]["code"]),
        (400, &json!("INVALID_OPTION"))
    );
}

#[tokio::test]
async fn a_person_adds_a_stage_by_the_page_and_moves_a_deal_into_it() {
    let bench = Bench::start().await;
    let (_, made) = bench.upsert_deal("lead-1", "Acme").await;
    let deal = made["results"][0]["id"].as_str().unwrap().to_owned();
    let body = json!({"label": "Renewals", "stage": "Due", "probability": "0.5"});
    let (status, pipeline) = bench.control("/hubspot/pipelines", body).await;
    assert_eq!(status, 200, "{pipeline}");
    let id = pipeline["id"].as_str().unwrap();
    let signed = json!({"label": "Signed", "probability": "1.0"});
    let (_, stage) = bench
        .control(&format!("/hubspot/pipelines/{id}/stages"), signed)
        .await;
    // A call must name the pipeline when the stage is another one's; a person need not.
    let elsewhere = json!({"properties": {"dealstage": stage["id"]}});
    let path = format!("{DEALS}/{deal}");
    assert_eq!(bench.hubspot("PATCH", &path, elsewhere).await.0, 400);
    let (status, moved) = bench
        .control(
            &format!("/hubspot/deals/{deal}"),
            json!({"dealstage": stage["id"]}),
        )
        .await;
    let properties = &moved["properties"];
    assert_eq!(
        (
            status,
            &properties["pipeline"],
            &properties["hs_is_closed_won"]
        ),
        (200, &json!(id), &json!("true"))
    );
    let page = bench.page("/hubspot").await;
    assert!(page.contains("<optgroup label=\"Renewals\">") && page.contains("Archive Signed"));
    let lost = json!({"probability": "0.0"});
    let path = format!(
        "/hubspot/pipelines/{id}/stages/{}",
        stage["id"].as_str().unwrap()
    );
    assert_eq!(bench.control(&path, lost).await.0, 200);
    assert_eq!(
        bench.control(&format!("{path}/archive"), json!({})).await.0,
        200
    );
    assert_eq!(stages(&bench, id).await.len(), 1);
}

#[tokio::test]
async fn a_unique_value_belongs_to_one_record_until_that_is_deleted() {
    let bench = Bench::start().await;
    let (_, first) = bench.upsert_deal("lead-1", "Acme").await;
    let (_, second) = bench.upsert_deal("lead-2", "Other").await;
    let id = |body: &Value| body["results"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("{DEALS}/{}", id(&second));
    let take = json!({"properties": {"portal_lead_id": "LEAD-1"}});
    let (status, refused) = bench.hubspot("PATCH", &path, take.clone()).await;
    assert_eq!(
        (status, &refused["errors"][0]["code"]),
        (400, &json!("CONFLICTING_UNIQUE_VALUE"))
    );
    assert_eq!(
        refused["errors"][0]["context"]["existingObjectId"],
        json!([id(&first)])
    );
    let path_of_first = format!("{DEALS}/{}", id(&first));
    bench.hubspot("DELETE", &path_of_first, Value::Null).await;
    assert_eq!(bench.hubspot("PATCH", &path, take).await.0, 200);
    let restore = format!("/hubspot/deals/{}/restore", id(&first));
    assert_eq!(bench.control(&restore, json!({})).await.0, 422);
}

#[tokio::test]
async fn a_search_ends_at_ten_thousand_results_and_allows_five_a_second() {
    let bench = Bench::start().await;
    let search = async |body: Value| {
        bench
            .hubspot("POST", &format!("{DEALS}/search"), body)
            .await
    };
    assert_eq!(search(json!({"limit": 200, "after": "9800"})).await.0, 200);
    let (status, refused) = search(json!({"limit": 200, "after": "9801"})).await;
    assert_eq!(
        (status, &refused["category"]),
        (400, &json!("VALIDATION_ERROR"))
    );
    assert_eq!(search(json!({"limit": 201})).await.0, 400);

    bench
        .control("/faults", json!({"hubspot": {"limits_enforced": true}}))
        .await;
    let mut statuses = Vec::new();
    for _ in 0..8 {
        statuses.push(search(json!({"limit": 1})).await);
    }
    let refused = statuses.iter().find(|(status, _)| *status == 429);
    let (_, body) = refused.expect("more than five a second are refused");
    assert_eq!(
        (&body["policyName"], &body["message"]),
        (
            &json!("SECONDLY"),
            &json!("You have reached your secondly limit.")
        )
    );
}

#[tokio::test]
async fn one_bad_input_of_a_batch_is_told_inside_and_the_others_are_done() {
    let bench = Bench::start().await;
    bench.make_keys().await;
    let inputs = json!({"inputs": [lead("lead-1", "pql"), lead("lead-2", "nowhere")]});
    for (path, expected) in [
        ("/crm/v3/objects/deals/batch/upsert", 207),
        ("/crm/objects/2026-09/deals/batch/upsert", 200),
    ] {
        let (status, body) = bench.hubspot("POST", path, inputs.clone()).await;
        assert_eq!((status, &body["numErrors"]), (expected, &json!(1)));
        assert_eq!(body["results"].as_array().unwrap().len(), 1);
        assert_eq!(body["errors"][0]["context"]["ids"], json!(["lead-2"]));
    }
}

#[tokio::test]
async fn an_input_that_fails_for_now_is_told_inside_and_goes_well_the_next_time() {
    let bench = Bench::start().await;
    bench.make_keys().await;
    bench
        .control("/faults", json!({"batch_inputs_failing": 1}))
        .await;
    let (status, failed) = bench.upsert_deal("lead-1", "Acme").await;
    assert_eq!(
        (status, &failed["results"], &failed["errors"][0]["category"]),
        (200, &json!([]), &json!("INTERNAL_ERROR"))
    );
    let (_, done) = bench.upsert_deal("lead-1", "Acme").await;
    assert_eq!(done["results"][0]["new"], json!(true));
}

#[tokio::test]
async fn a_missing_scope_is_named_and_hinders_nothing_else() {
    let bench = Bench::start().await;
    bench.make_keys().await;
    let fault = json!({"missing_scopes": "crm.objects.deals.write, crm.schemas.contacts.write"});
    bench.control("/faults", fault).await;
    let (status, refused) = bench.upsert_deal("lead-1", "Acme").await;
    assert_eq!(
        (status, &refused["category"]),
        (403, &json!("MISSING_SCOPES"))
    );
    assert_eq!(
        refused["errors"][0]["context"]["requiredGranularScopes"],
        json!(["crm.objects.deals.write"])
    );
    assert_eq!(bench.hubspot("GET", DEALS, Value::Null).await.0, 200);
}

#[tokio::test]
async fn what_an_administrator_requires_is_required_of_calls_too() {
    let bench = Bench::start().await;
    bench.make_keys().await;
    let wanted = json!({"required_deals": "amount, closedate", "required_companies": "industry"});
    assert_eq!(bench.control("/hubspot/settings", wanted).await.0, 200);
    let unknown = json!({"required_deals": "no_such_property"});
    assert_eq!(bench.control("/hubspot/settings", unknown).await.0, 422);
    let inputs = json!({"inputs": [lead("lead-1", "pql")]});
    let path = format!("{DEALS}/batch/upsert");
    let (status, refused) = bench.hubspot("POST", &path, inputs).await;
    assert_eq!(
        (status, &refused["category"]),
        (400, &json!("VALIDATION_ERROR"))
    );
    let said = refused["errors"][0]["context"]["properties"].clone();
    assert_eq!(said, json!(["amount", "closedate"]));
    let body = json!({"properties": {"name": "Acme"}});
    assert_eq!(bench.hubspot("POST", COMPANIES, body).await.0, 400);
}

#[tokio::test]
async fn a_new_contact_brings_its_company_where_the_account_is_set_so() {
    let bench = Bench::start().await;
    let on = json!({"companies_with_contacts": true});
    bench.control("/hubspot/settings", on).await;
    let companies = async || {
        let (_, list) = bench.hubspot("GET", COMPANIES, Value::Null).await;
        list["results"].as_array().unwrap().clone()
    };
    for email in ["ana@acme.example", "ben@acme.example", "eve@gmail.com"] {
        let body = json!({"properties": {"email": email}});
        assert_eq!(bench.hubspot("POST", CONTACTS, body).await.0, 201);
    }
    let made = companies().await;
    assert_eq!(made.len(), 1, "one for both of Acme, none for free mail");
    assert_eq!(made[0]["properties"]["domain"], json!("acme.example"));
    let body = json!({"inputs": [{"id": made[0]["id"]}]});
    let path = "/crm/associations/2026-09/companies/contacts/batch/read";
    let (_, read) = bench.hubspot("POST", path, body).await;
    assert_eq!(read["results"][0]["to"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_contacts_second_address_is_taken_but_does_not_find_it() {
    let bench = Bench::start().await;
    let body = json!({"properties": {"email": "ana@acme.example", "hs_additional_emails": "a.ruiz@acme.example;ana@old.example"}});
    let (_, made) = bench.hubspot("POST", CONTACTS, body).await;
    let other = json!({"properties": {"email": "A.Ruiz@acme.example"}});
    let (status, taken) = bench.hubspot("POST", CONTACTS, other).await;
    let expected = format!(
        "Contact already exists. Existing ID: {}",
        made["id"].as_str().unwrap()
    );
    assert_eq!((status, &taken["message"]), (409, &json!(expected)));
    let path = format!("{CONTACTS}/a.ruiz@acme.example?idProperty=email");
    assert_eq!(bench.hubspot("GET", &path, Value::Null).await.0, 404);
}

#[tokio::test]
async fn a_line_item_is_put_on_a_deal_and_shown_with_it() {
    let bench = Bench::start().await;
    let (_, made) = bench.upsert_deal("lead-1", "Acme").await;
    let deal = made["results"][0]["id"].as_str().unwrap();
    let item = json!({"name": "Shop", "price": "1200.00", "quantity": "2", "recurringbillingfrequency": "monthly"});
    let path = format!("/hubspot/deals/{deal}/line_items");
    let (status, made) = bench.control(&path, item).await;
    assert_eq!(status, 200, "{made}");
    let path = format!("{DEALS}/{deal}?associations=line_items");
    let (_, read) = bench.hubspot("GET", &path, Value::Null).await;
    let ids = read["associations"]["line items"]["results"].clone();
    assert_eq!(ids[0]["id"], made["id"]);
    let body = json!({"inputs": [{"id": made["id"]}], "properties": ["price", "recurringbillingfrequency"]});
    let path = "/crm/objects/2026-09/line_items/batch/read";
    let (_, items) = bench.hubspot("POST", path, body).await;
    let properties = &items["results"][0]["properties"];
    assert_eq!(
        (
            &properties["price"],
            &properties["recurringbillingfrequency"]
        ),
        (&json!("1200.00"), &json!("monthly"))
    );
    assert!(
        bench
            .page("/hubspot")
            .await
            .contains("2 × Shop at 1200.00, monthly")
    );
}

#[tokio::test]
async fn the_daily_quota_counts_every_call_and_begins_anew_at_midnight() {
    let bench = Bench::start().await;
    let used = async || {
        let path = "/account-info/2026-09/api-usage/daily/private-apps";
        let (_, usage) = bench.hubspot("GET", path, Value::Null).await;
        usage["results"][0]["currentUsage"].as_u64().unwrap()
    };
    let before = used().await;
    bench.hubspot("GET", DEALS, Value::Null).await;
    assert_eq!(used().await, before + 2);
    bench
        .control("/clock", json!({"to": "2026-10-02T00:00:00Z"}))
        .await;
    assert_eq!(used().await, 1);
}
