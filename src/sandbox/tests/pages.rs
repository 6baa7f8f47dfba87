//! The pages' forms, sent as a browser sends them: texts only, empty ones too, and back to the page with a sentence.

use serde_json::json;

use super::Bench;

/// Sends a form from a page; gives the sentence that the page shows then, with `!` before a problem.
async fn send(bench: &Bench, path: &str, fields: &[(&str, &str)]) -> String {
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("back", "/hubspot#deals")
        .extend_pairs(fields)
        .finish();
    let request = bench.client.post(bench.url(&format!("/sandbox{path}")));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let answer = request.body(body).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 303, "{path}");
    let location = answer.headers()["location"].to_str().unwrap();
    let (place, fragment) = location.split_once('#').unwrap();
    assert_eq!(fragment, "deals");
    let (_, query) = place.split_once('?').unwrap();
    let mut said = form_urlencoded::parse(query.as_bytes());
    match said.next().unwrap() {
        (name, sentence) if name == "note" => sentence.into_owned(),
        (_, sentence) => format!("!{sentence}"),
    }
}

#[tokio::test]
async fn hubspots_forms_add_line_items_stages_and_pipelines_and_set_the_account() {
    let bench = Bench::start().await;
    let (_, made) = bench.upsert_deal("lead-1", "Acme").await;
    let deal = made["results"][0]["id"].as_str().unwrap();
    let item = [
        ("name", "Set-up"),
        ("price", "500.00"),
        ("quantity", "1"),
        ("recurringbillingfrequency", ""),
    ];
    let path = format!("/hubspot/deals/{deal}/line_items");
    assert_eq!(
        send(&bench, &path, &item).await,
        "The line item is on the deal."
    );
    let free = [("name", "Set-up"), ("price", "much"), ("quantity", "1")];
    assert!(send(&bench, &path, &free).await.starts_with('!'));

    let stage = [("label", "Signed"), ("probability", "1.0")];
    let stages = "/hubspot/pipelines/default/stages";
    assert_eq!(send(&bench, stages, &stage).await, "The stage was made.");
    assert!(
        send(&bench, stages, &stage)
            .await
            .contains("already exists")
    );
    // The archive button sits in the form that saves, so its fields come along.
    let archived = send(&bench, &format!("{stages}/proposal/archive"), &stage).await;
    assert!(archived.contains("gone from the lists"), "{archived}");
    let pipeline = [
        ("label", "Renewals"),
        ("stage", "Due"),
        ("probability", "0.5"),
    ];
    assert_eq!(
        send(&bench, "/hubspot/pipelines", &pipeline).await,
        "The pipeline was made."
    );
    let account = [
        ("required_deals", "amount"),
        ("required_companies", ""),
        ("required_contacts", ""),
        ("companies_with_contacts", "true"),
    ];
    assert_eq!(
        send(&bench, "/hubspot/settings", &account).await,
        "The account is set so."
    );
    let settings = &bench.sandbox.state()["hubspot"]["settings"];
    assert_eq!(
        settings,
        &json!({"required": {"deals": ["amount"]}, "companies_with_contacts": true})
    );
}

#[tokio::test]
async fn xeros_and_slacks_forms_lock_merge_connect_and_refuse() {
    let bench = Bench::start().await;
    for name in ["Acme Ltd", "Acme Holding"] {
        bench.control("/xero/contacts", json!({"name": name})).await;
    }
    let merge = [("contact", "Acme Ltd"), ("into", "Acme Holding")];
    assert_eq!(
        send(&bench, "/xero/contacts/merge", &merge).await,
        "Both are one contact now."
    );
    let itself = [("contact", "Acme Holding"), ("into", "Acme Holding")];
    assert!(
        send(&bench, "/xero/contacts/merge", &itself)
            .await
            .starts_with('!')
    );
    let locks = [
        ("period_lock_date", "2026-09-30"),
        ("end_of_year_lock_date", ""),
    ];
    assert_eq!(send(&bench, "/xero/organisation", &locks).await, "Saved.");
    let second = send(&bench, "/xero/connections", &[("second", "true")]).await;
    assert!(second.contains("Northwind Trading Ltd"), "{second}");
    let hook = [("hook", "B1"), ("refuses", "channel_is_archived")];
    assert!(!send(&bench, "/slack/hooks", &hook).await.starts_with('!'));
    let state = bench.sandbox.state();
    assert_eq!(
        state["xero"]["organisation"]["period_lock_date"],
        json!("2026-09-30")
    );
    assert_eq!(
        state["slack"]["refusing_hooks"],
        json!({"B1": "channel_is_archived"})
    );
    assert!(bench.page("/slack").await.contains("channel_is_archived"));
}
