//! Faults of single paths, webhooks that wait, the log with its bodies, and the reset.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::{Bench, take_one_request};

const COMPANIES: &str = "/crm/objects/2026-09/companies";

async fn rule(bench: &Bench, mishap: &str, path: &str) {
    let body = json!({"system": "hubspot", "path": path, "mishap": mishap});
    let (status, made) = bench.control("/faults/rules", body).await;
    assert_eq!(status, 200, "{made}");
}

async fn make_company(bench: &Bench) -> Result<reqwest::Response, reqwest::Error> {
    let request = bench
        .client
        .post(bench.url(COMPANIES))
        .bearer_auth("pat-test");
    let request = request.json(&json!({"properties": {"name": "Acme"}}));
    request.timeout(Duration::from_millis(700)).send().await
}

async fn companies(bench: &Bench) -> usize {
    let (_, list) = bench
        .hubspot("GET", "/crm/v3/objects/companies", Value::Null)
        .await;
    list["results"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_rule_meets_its_own_path_and_is_used_up() {
    let bench = Bench::start().await;
    rule(&bench, "locked", "/companies").await;
    assert_eq!(
        bench.hubspot("GET", "/crm/v3/owners", Value::Null).await.0,
        200
    );
    let locked = make_company(&bench).await.unwrap();
    assert_eq!(locked.status().as_u16(), 423);
    assert_eq!(make_company(&bench).await.unwrap().status().as_u16(), 201);
    let wrong = json!({"system": "sap", "mishap": "locked"});
    assert_eq!(bench.control("/faults/rules", wrong).await.0, 422);
}

#[tokio::test]
async fn a_move_to_another_data_centre_says_how_long_it_takes() {
    let bench = Bench::start().await;
    rule(&bench, "migrating", "").await;
    let answer = make_company(&bench).await.unwrap();
    assert_eq!(answer.status().as_u16(), 477);
    assert_eq!(answer.headers()["retry-after"], "30");
}

#[tokio::test]
async fn a_proxys_page_comes_before_or_after_the_work() {
    let bench = Bench::start().await;
    for (mishap, status, there) in [
        ("bad_gateway", 502, 0),
        ("html", 200, 0),
        ("bad_gateway_after", 502, 1),
    ] {
        rule(&bench, mishap, "/companies").await;
        let answer = make_company(&bench).await.unwrap();
        assert_eq!(answer.status().as_u16(), status);
        assert!(
            answer.headers()["content-type"]
                .to_str()
                .unwrap()
                .starts_with("text/html")
        );
        assert!(answer.text().await.unwrap().contains("<html>"));
        assert_eq!(companies(&bench).await, there, "{mishap}");
    }
}

#[tokio::test]
async fn a_request_hangs_or_its_answer_drips_until_the_client_gives_up() {
    let bench = Bench::start().await;
    rule(&bench, "hang", "/companies").await;
    assert!(make_company(&bench).await.unwrap_err().is_timeout());
    assert_eq!(companies(&bench).await, 0);
    rule(&bench, "drip", "/companies").await;
    let dripping = async { make_company(&bench).await?.bytes().await };
    assert!(dripping.await.unwrap_err().is_timeout());
    assert_eq!(companies(&bench).await, 1);
}

#[tokio::test]
async fn the_pages_forms_set_faults_and_rules() {
    let bench = Bench::start().await;
    let post = async |path: &str, form: &str| {
        let request = bench.client.post(bench.url(path));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.body(form.to_owned()).send().await.unwrap()
    };
    // Every field of the page, as a browser sends it.
    let page = bench.page("/clock").await;
    let form = page.split("action=\"/sandbox/faults\"").nth(1).unwrap();
    let form = form.split("</form>").next().unwrap();
    let names = form
        .split("name=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap());
    let sent = names.filter(|name| *name != "back").map(|name| match name {
        "webhooks.delay_ms" => "webhooks.delay_ms=250".to_owned(),
        "limits.xero_day" => "limits.xero_day=7".to_owned(),
        name if name.ends_with("token_revoked") || name.ends_with("enforced") => {
            format!("{name}=false")
        }
        name if name.ends_with("kind") || name.ends_with("scopes") => format!("{name}="),
        name => format!("{name}=0"),
    });
    let answer = post("/sandbox/faults", &sent.collect::<Vec<_>>().join("&")).await;
    assert!(
        answer.headers()["location"]
            .to_str()
            .unwrap()
            .starts_with("/?note=")
    );
    let faults = &bench.sandbox.state()["faults"];
    assert_eq!(
        (
            &faults["webhooks"]["delay_ms"],
            &faults["limits"]["xero_day"]
        ),
        (&json!(250), &json!(7))
    );

    let rule = "system=xero&method=PUT&path=%2FInvoices&mishap=bad_gateway_after&times=2";
    assert_eq!(
        post("/sandbox/faults/rules", rule).await.status().as_u16(),
        303
    );
    assert!(
        bench
            .page("/clock")
            .await
            .contains("502, an HTML page after the work")
    );
    post("/sandbox/faults/rules/clear", "").await;
    assert_eq!(bench.sandbox.state()["faults"]["rules"], json!([]));
}

/// Accepts one request, refuses it with 500, and gives its body.
async fn refuse_one_request(portal: &TcpListener) -> Value {
    let (stream, _) = portal.accept().await.unwrap();
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        reader.read_line(&mut head).await.unwrap();
    }
    let length: usize = super::header(&head, "content-length").parse().unwrap();
    let mut body = vec![0; length];
    reader.read_exact(&mut body).await.unwrap();
    let answer = b"HTTP/1.1 500 Oh\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    reader.get_mut().write_all(answer).await.unwrap();
    serde_json::from_slice(&body).unwrap()
}

async fn portal_of(bench: &Bench) -> TcpListener {
    let portal = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", portal.local_addr().unwrap());
    bench.sandbox.set_portal_url(&url);
    portal
}

#[tokio::test]
async fn a_refused_webhook_comes_again_and_counts_its_attempts() {
    let bench = Bench::start().await;
    let portal = portal_of(&bench).await;
    bench.upsert_deal("lead-1", "Acme").await;
    let first = refuse_one_request(&portal).await;
    let (_, second) = take_one_request(&portal).await;
    let second: Value = serde_json::from_slice(&second).unwrap();
    let attempts = (&first[0]["attemptNumber"], &second[0]["attemptNumber"]);
    assert_eq!(attempts, (&json!(0), &json!(1)));
    assert_eq!(first[0]["eventId"], second[0]["eventId"]);
}

#[tokio::test]
async fn a_webhook_is_doubled_or_never_sent_as_the_faults_say() {
    let bench = Bench::start().await;
    let portal = portal_of(&bench).await;
    bench
        .control("/faults", json!({"webhooks": {"double_percent": 100}}))
        .await;
    bench.upsert_deal("lead-1", "Acme").await;
    let (_, first) = take_one_request(&portal).await;
    let (_, again) = take_one_request(&portal).await;
    assert_eq!(first, again);
    bench
        .control("/faults", json!({"webhooks": {"drop_percent": 100}}))
        .await;
    bench.upsert_deal("lead-2", "Acme").await;
    assert_eq!(bench.sandbox.webhooks_under_way(), 0);
    let (_, log) = bench
        .send(bench.client.get(bench.url("/sandbox/log?system=HubSpot")))
        .await;
    let mut notes = log
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["note"].clone());
    assert!(notes.any(|note| note == "fault: never sent"));
}

#[tokio::test]
async fn a_delayed_webhook_comes_that_much_later() {
    let bench = Bench::start().await;
    let portal = portal_of(&bench).await;
    bench
        .control("/faults", json!({"webhooks": {"delay_ms": 400}}))
        .await;
    let began = Instant::now();
    bench.upsert_deal("lead-1", "Acme").await;
    assert_eq!(bench.sandbox.webhooks_under_way(), 1);
    take_one_request(&portal).await;
    assert!(began.elapsed() >= Duration::from_millis(400));
}

#[tokio::test]
async fn the_log_shows_each_systems_bodies_beside_its_records_and_no_token() {
    let bench = Bench::start().await;
    bench.upsert_deal("lead-1", "Acme").await;
    let request = bench.client.get(bench.url("/sandbox/log?system=HubSpot"));
    let (_, log) = bench.send(request).await;
    let newest = &log[0];
    assert!(
        newest["request"]
            .as_str()
            .unwrap()
            .contains("\"dealname\":\"Acme\"")
    );
    assert!(newest["answer"].as_str().unwrap().contains("\"new\":true"));
    assert!(
        log.as_array()
            .unwrap()
            .iter()
            .all(|entry| entry["system"] == "HubSpot")
    );
    assert!(bench.page("/hubspot").await.contains("batch/upsert"));
    assert!(!bench.page("/xero").await.contains("batch/upsert"));
    for path in ["/xero", "/log", "/log?system=Xero", "/sandbox/log"] {
        let page = bench.page(path).await;
        assert!(
            page.contains("/connect/token") || path == "/hubspot",
            "{path}"
        );
        for secret in [&bench.xero_token, "xero-secret", "pat-test"] {
            assert!(!page.contains(secret), "{path} shows {secret}");
        }
    }
}

#[tokio::test]
async fn a_reset_forgets_everything_but_who_may_call() {
    let bench = Bench::start().await;
    bench.upsert_deal("lead-1", "Acme").await;
    bench.invoice("INV-1", "10").await;
    bench
        .control(
            "/slack/hooks",
            json!({"hook": "B1", "refuses": "no_service"}),
        )
        .await;
    bench
        .control("/xero/connections", json!({"second": true}))
        .await;
    bench
        .control("/hubspot/settings", json!({"required_deals": "amount"}))
        .await;
    bench
        .control(
            "/faults",
            json!({"xero": {"latency_ms": 5}, "limits": {"xero_day": 7}}),
        )
        .await;
    rule(&bench, "locked", "/companies").await;
    let before = bench.sandbox.state();
    bench.control("/reset", json!({})).await;
    let after = bench.sandbox.state();
    let fresh = Bench::start().await.sandbox.state();
    // Ids go on, and so do chance and the numbers made from it.
    for part in ["faults", "slack", "mail", "second_xero", "truth"] {
        assert_eq!(after[part], fresh[part], "{part}");
        assert!(
            part == "mail" || before[part] != fresh[part],
            "{part} was not changed before"
        );
    }
    for (system, part) in [
        ("hubspot", "settings"),
        ("hubspot", "pipelines"),
        ("hubspot", "links"),
        ("xero", "invoices"),
        ("xero", "organisation"),
    ] {
        assert_eq!(after[system][part], fresh[system][part], "{system}.{part}");
    }
    let request = bench.client.get(bench.url("/sandbox/log"));
    assert_eq!(
        bench.send(request).await.1.as_array().unwrap().len(),
        1,
        "the reset itself"
    );
    assert_eq!(
        bench.xero("GET", "/Organisation", "", Value::Null).await.0,
        200
    );
}
