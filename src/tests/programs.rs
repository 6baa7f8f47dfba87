//! What programs may call, as the portal describes it to them: all of it, nothing else, and no example that it could not read.

use std::{collections::BTreeSet, fs};

use portal_integrations::{hubspot, relay, xero};
use serde_json::Value;

use crate::{portal::TestPortal, routes};

#[tokio::test]
async fn the_description_names_every_route_for_programs_with_its_methods_and_none_else() {
    let portal = TestPortal::start().await;
    let served = portal.browser().get("/openapi.json").await;
    assert_eq!(served.status, 200);
    assert_eq!(served.headers["content-type"], "application/json");
    let description: Value = serde_json::from_str(&served.body).unwrap();
    let paths = description["paths"].as_object().unwrap();
    let listed = routes::list_for_programs();
    let described: BTreeSet<&str> = paths.keys().map(String::as_str).collect();
    let names: BTreeSet<&str> = listed.iter().map(|route| route.path.as_str()).collect();
    assert_eq!(described, names);
    for route in routes::list() {
        // Pages are looked at, and their forms are server functions.
        let is_ours = route.is_get || route.path == "/api/{function}";
        assert!(
            is_ours || names.contains(route.path.as_str()),
            "{} is not described",
            route.path
        );
    }

    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for route in &listed {
        let url = format!("{}{}", portal.url, route.filled(&[]));
        let operations = paths[&route.path].as_object().unwrap();
        let methods: BTreeSet<String> = operations
            .keys()
            .filter(|name| *name != "parameters")
            .map(|name| name.to_uppercase())
            .collect();
        // A route that is not there would not say so.
        let refused = client.put(&url).send().await.unwrap();
        assert_eq!(refused.status().as_u16(), 405, "PUT {url}");
        let allowed = refused.headers()["allow"].to_str().unwrap().split(',');
        let allowed: BTreeSet<String> = allowed
            .filter(|method| *method != "HEAD")
            .map(str::to_owned)
            .collect();
        assert_eq!(allowed, methods, "{url}");
        for method in &methods {
            let request = if method == "GET" {
                client.get(&url)
            } else {
                client.post(&url)
            };
            let status = request.send().await.unwrap().status().as_u16().to_string();
            let answers = &operations[&method.to_lowercase()]["responses"];
            assert!(
                answers.get(&status).is_some(),
                "{method} {url} is answered {status}"
            );
        }
    }
    portal.finish().await;
}

fn read(file: &str) -> String {
    fs::read_to_string(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// What the description says of what is sent to a webhook.
fn body_of<'a>(description: &'a Value, webhook: &str) -> &'a Value {
    let operation = &description["paths"][format!("/webhooks/{webhook}")]["post"];
    &operation["requestBody"]["content"]["application/json"]
}

#[test]
fn every_example_can_be_read_and_those_of_the_ipaas_are_those_of_its_guide() {
    let description: Value = serde_json::from_str(&read("src/web/openapi.json")).unwrap();
    let note = body_of(&description, "hubspot")["example"].to_string();
    let events = hubspot::signature::parse_events(note.as_bytes()).unwrap();
    assert!(
        events.len() == 2 && events.iter().all(Result::is_ok),
        "{events:?}"
    );
    let note = body_of(&description, "xero")["example"].to_string();
    let events = xero::signature::parse_events(note.as_bytes()).unwrap();
    assert!(
        events.len() == 1 && events.iter().all(Result::is_ok),
        "{events:?}"
    );

    let guide = read("docs/relay.md");
    let blocks = guide.split("```json\n").skip(1).map(|rest| {
        let (block, _) = rest.split_once("```").unwrap();
        serde_json::from_str(block).unwrap()
    });
    let blocks: Vec<Value> = blocks.collect();
    let examples = body_of(&description, "relay")["examples"].as_object();
    let examples = examples.unwrap();
    assert_eq!(examples.len(), 3);
    for (name, example) in examples {
        let call = &example["value"];
        relay::parse_event(call.to_string().as_bytes()).unwrap();
        assert!(
            blocks.contains(call),
            "docs/relay.md says `{name}` otherwise"
        );
    }
}
