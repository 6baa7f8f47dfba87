//! The portal's own properties in an account that has none of them yet.

use portal_integrations::ErrorKind;
use reqwest::Method;
use serde_json::json;

use crate::stage::Stage;

const OWN: [(&str, &str, bool); 5] = [
    ("companies", "portal_company_key", true),
    ("deals", "portal_lead_id", true),
    ("deals", "portal_billing_period", false),
    ("deals", "portal_start_date", false),
    ("deals", "portal_end_date", false),
];

#[tokio::test]
async fn each_property_of_ours_is_made_where_it_is_missing_and_as_unique_as_it_must_be() {
    let stage = Stage::open_bare().await;
    let listed = async |kind: &str| {
        let path = format!("/crm/properties/2026-09/{kind}");
        let all = stage.hubspot_call(Method::GET, &path, None).await;
        all["results"].as_array().unwrap().clone()
    };
    for (kind, name, _) in OWN {
        let there = listed(kind).await;
        assert!(
            there.iter().all(|property| property["name"] != name),
            "{name}"
        );
    }
    stage.hubspot().ensure_properties().await.unwrap();
    for (kind, name, is_unique) in OWN {
        let there = listed(kind).await;
        let found: Vec<_> = there
            .iter()
            .filter(|property| property["name"] == name)
            .collect();
        assert_eq!(found.len(), 1, "{name}");
        assert_eq!(found[0]["hasUniqueValue"], json!(is_unique), "{name}");
        assert_eq!(found[0]["hubspotDefined"], json!(false), "{name}");
    }
    let periods = listed("deals").await;
    let period = periods
        .iter()
        .find(|property| property["name"] == "portal_billing_period");
    assert_eq!(period.unwrap()["options"].as_array().unwrap().len(), 8);
}

#[tokio::test]
async fn a_property_of_ours_whose_values_are_not_unique_is_for_a_person_to_mend() {
    let stage = Stage::open_bare().await;
    let body = json!({
        "groupName": "dealinformation", "name": "portal_lead_id", "label": "Mine", "type": "string", "fieldType": "text",
    });
    stage
        .hubspot_call(Method::POST, "/crm/properties/2026-09/deals", Some(body))
        .await;
    let failure = stage.hubspot().ensure_properties().await.unwrap_err();
    assert_eq!(failure.kind, ErrorKind::Refused);
    assert!(failure.to_string().contains("portal_lead_id"), "{failure}");
}
