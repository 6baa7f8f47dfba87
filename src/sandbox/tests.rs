//! Tests over the wire: the stand-ins as a client sees them.

mod faults;
mod hubspot;
mod ipaas;
mod pages;
mod slack;
mod xero;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::clock::parse_instant;
use crate::{Sandbox, SandboxClock, SandboxConfig, webhooks};

struct TestClock(AtomicI64);

impl SandboxClock for TestClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    fn advance_to_ms(&self, to_ms: i64) -> Result<(), String> {
        if to_ms < self.now_ms() {
            return Err("The clock cannot go back.".to_owned());
        }
        self.0.store(to_ms, Ordering::SeqCst);
        Ok(())
    }
}

/// A sandbox of its own with a client that knows the keys.
struct Bench {
    sandbox: Sandbox,
    client: reqwest::Client,
    xero_token: String,
}

fn config(state_file: Option<std::path::PathBuf>) -> SandboxConfig {
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    let now_ms = parse_instant("2026-10-01T08:00:00Z").unwrap();
    SandboxConfig {
        http_addr: free,
        smtp_addr: free,
        state_file,
        clock: Arc::new(TestClock(AtomicI64::new(now_ms))),
        hubspot_token: "pat-test".to_owned(),
        hubspot_client_secret: "hub-secret".to_owned(),
        xero_client_id: "xero-id".to_owned(),
        xero_client_secret: "xero-secret".to_owned(),
        xero_webhook_key: "xero-key".to_owned(),
        slack_token: "xoxb-test".to_owned(),
    }
}

impl Bench {
    async fn start() -> Self {
        let sandbox = crate::start(config(None)).await.unwrap();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let mut bench = Self {
            sandbox,
            client,
            xero_token: String::new(),
        };
        let form = "grant_type=client_credentials&client_id=xero-id&client_secret=xero-secret";
        let request = bench
            .client
            .post(bench.url("/connect/token"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        let token: Value = request.send().await.unwrap().json().await.unwrap();
        bench.xero_token = token["access_token"].as_str().unwrap().to_owned();
        bench
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.http_url())
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> (u16, Value) {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (
            status,
            serde_json::from_str(&text).unwrap_or(Value::String(text)),
        )
    }

    async fn hubspot(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let request = self
            .client
            .request(method.parse().unwrap(), self.url(path))
            .bearer_auth("pat-test");
        self.send(if body.is_null() {
            request
        } else {
            request.json(&body)
        })
        .await
    }

    async fn xero(&self, method: &str, path: &str, key: &str, body: Value) -> (u16, Value) {
        let tenant = "5f1c2a90-7b6e-4d3c-a8f2-90cbd41e7a55";
        let request = self.client.request(
            method.parse().unwrap(),
            self.url(&format!("/api.xro/2.0{path}")),
        );
        let request = request
            .bearer_auth(&self.xero_token)
            .header("xero-tenant-id", tenant)
            .header("accept", "application/json");
        let request = if key.is_empty() {
            request
        } else {
            request.header("idempotency-key", key)
        };
        self.send(if body.is_null() {
            request
        } else {
            request.json(&body)
        })
        .await
    }

    /// A page as a browser gets it.
    async fn page(&self, path: &str) -> String {
        let answer = self.client.get(self.url(path)).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        answer.text().await.unwrap()
    }

    async fn control(&self, path: &str, body: Value) -> (u16, Value) {
        self.send(
            self.client
                .post(self.url(&format!("/sandbox{path}")))
                .json(&body),
        )
        .await
    }

    /// Makes the portal's two keys, as its set-up does. Again it changes nothing.
    async fn make_keys(&self) {
        for (kind, name) in [
            ("deals", "portal_lead_id"),
            ("companies", "portal_company_key"),
        ] {
            let property = json!({"groupName": "information", "name": name, "label": name, "type": "string", "fieldType": "text", "hasUniqueValue": true});
            let path = format!("/crm/properties/2026-09/{kind}");
            let (status, _) = self.hubspot("POST", &path, property).await;
            assert!(matches!(status, 201 | 409), "{status}");
        }
    }

    async fn upsert_deal(&self, lead: &str, name: &str) -> (u16, Value) {
        self.make_keys().await;
        let properties = json!({"portal_lead_id": lead, "dealname": name, "pipeline": "default", "dealstage": "pql", "amount": "1200.00"});
        let body = json!({"inputs": [{"idProperty": "portal_lead_id", "id": lead, "properties": properties}]});
        self.hubspot("POST", "/crm/objects/2026-09/deals/batch/upsert", body)
            .await
    }

    async fn invoice(&self, number: &str, net: &str) -> Value {
        let body = json!({"contact": "Acme Ltd", "number": number, "reference": "lead-1", "currency": "EUR", "net": net, "tax_rate": "20", "date": "2026-10-01", "due_date": "2026-10-31"});
        let (status, made) = self.control("/xero/invoices", body).await;
        assert_eq!(status, 200, "{made}");
        made
    }
}

#[tokio::test]
async fn an_upsert_done_twice_makes_one_deal() {
    let bench = Bench::start().await;
    let (status, first) = bench.upsert_deal("lead-1", "Acme").await;
    assert_eq!((status, &first["results"][0]["new"]), (200, &json!(true)));
    let (_, second) = bench.upsert_deal("lead-1", "Acme").await;
    assert_eq!(second["results"][0]["new"], json!(false));
    assert_eq!(first["results"][0]["id"], second["results"][0]["id"]);
    assert_eq!(
        bench.sandbox.state()["truth"]["deals_by_lead"]["lead-1"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let (status, _) = bench
        .hubspot(
            "GET",
            "/crm/v3/objects/deals/lead-2?idProperty=portal_lead_id",
            Value::Null,
        )
        .await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn a_second_contact_with_the_same_address_conflicts() {
    let bench = Bench::start().await;
    let body = json!({"properties": {"email": "Ada@Acme.example", "firstname": "Ada"}, "associations": []});
    let (status, first) = bench
        .hubspot("POST", "/crm/objects/2026-09/contacts", body.clone())
        .await;
    assert_eq!(status, 201);
    let (status, second) = bench.hubspot("POST", "/crm/v3/objects/0-1", body).await;
    let expected = format!(
        "Contact already exists. Existing ID: {}",
        first["id"].as_str().unwrap()
    );
    assert_eq!(
        (status, second["message"].as_str()),
        (409, Some(expected.as_str()))
    );
    let (status, found) = bench
        .hubspot(
            "GET",
            "/crm/objects/2026-09/contacts/ada%40acme.example?idProperty=email",
            Value::Null,
        )
        .await;
    assert_eq!((status, &found["id"]), (200, &first["id"]));
}

#[tokio::test]
async fn a_call_without_the_token_is_refused() {
    let bench = Bench::start().await;
    let (status, body) = bench
        .send(bench.client.get(bench.url("/crm/v3/owners/")))
        .await;
    assert_eq!(
        (status, body["category"].as_str()),
        (401, Some("INVALID_AUTHENTICATION"))
    );
}

#[tokio::test]
async fn a_primary_company_is_read_back_with_both_types() {
    let bench = Bench::start().await;
    let (_, deal) = bench.upsert_deal("lead-1", "Acme").await;
    let deal = deal["results"][0]["id"].as_str().unwrap().to_owned();
    let (_, company) = bench
        .hubspot(
            "POST",
            "/crm/objects/2026-09/companies",
            json!({"properties": {"name": "Acme", "domain": "acme.example"}}),
        )
        .await;
    let company = company["id"].as_str().unwrap().to_owned();
    let path = format!("/crm/objects/2026-09/deals/{deal}/associations/companies/{company}");
    let types = json!([{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 5}]);
    let (status, _) = bench.hubspot("PUT", &path, types).await;
    assert_eq!(status, 201);
    let body = json!({"inputs": [{"id": deal}]});
    let (status, read) = bench
        .hubspot(
            "POST",
            "/crm/associations/2026-09/deals/companies/batch/read",
            body,
        )
        .await;
    let types: Vec<u64> = read["results"][0]["to"][0]["associationTypes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|given| given["typeId"].as_u64())
        .collect();
    assert_eq!((status, types), (200, vec![5, 341]));
    let (_, got) = bench
        .hubspot(
            "GET",
            &format!("/crm/v3/objects/deals/{deal}?associations=companies"),
            Value::Null,
        )
        .await;
    assert_eq!(
        got["associations"]["companies"]["results"][0]["id"],
        json!(company)
    );
}

#[tokio::test]
async fn the_search_lags_when_it_is_told_to() {
    let bench = Bench::start().await;
    bench
        .control("/faults", json!({"search_lag_ms": 30_000}))
        .await;
    bench.upsert_deal("lead-1", "Acme").await;
    let body = json!({"filterGroups": [{"filters": [{"propertyName": "hs_lastmodifieddate", "operator": "GTE", "value": "0"}]}], "limit": 200});
    let (_, found) = bench
        .hubspot("POST", "/crm/objects/2026-09/deals/search", body.clone())
        .await;
    assert_eq!(found["total"], json!(0));
    bench
        .control("/clock", json!({"to": "2026-10-01T08:00:30Z"}))
        .await;
    let (_, found) = bench
        .hubspot("POST", "/crm/objects/2026-09/deals/search", body)
        .await;
    assert_eq!(found["total"], json!(1));
}

#[tokio::test]
async fn a_won_deal_that_is_lost_is_closed_anew() {
    let bench = Bench::start().await;
    let (_, made) = bench.upsert_deal("lead-1", "Acme").await;
    let id = made["results"][0]["id"].as_str().unwrap().to_owned();
    let move_to = async |properties: Value| {
        let path = format!("/hubspot/deals/{id}");
        bench.control(&path, properties).await.1["properties"]["closedate"].clone()
    };
    let won = json!({"dealstage": "closedwon", "closedate": "2026-09-01T00:00:00Z"});
    assert_ne!(move_to(won).await, json!("2026-10-01T08:00:00.000Z"));
    let lost = move_to(json!({"dealstage": "closedlost"})).await;
    assert_eq!(lost, json!("2026-10-01T08:00:00.000Z"));
}

#[tokio::test]
async fn a_won_deal_is_closed_and_a_merged_one_answers_under_both_ids() {
    let bench = Bench::start().await;
    let id = |body: &Value| body["results"][0]["id"].as_str().unwrap().to_owned();
    let (_, first) = bench.upsert_deal("lead-1", "Acme").await;
    let (_, second) = bench.upsert_deal("lead-2", "Acme again").await;
    let set = json!({"dealstage": "closedwon", "amount": "24000", "deal_currency_code": "EUR"});
    let (status, won) = bench
        .control(&format!("/hubspot/deals/{}", id(&first)), set)
        .await;
    assert_eq!(
        (status, &won["properties"]["hs_is_closed_won"]),
        (200, &json!("true"))
    );
    assert_eq!(
        won["properties"]["closedate"],
        json!("2026-10-01T08:00:00.000Z")
    );
    let (_, merged) = bench
        .control(
            "/hubspot/merge",
            json!({"primary": id(&first), "other": id(&second)}),
        )
        .await;
    for old in [id(&first), id(&second)] {
        let (status, got) = bench
            .hubspot("GET", &format!("/crm/v3/objects/deals/{old}"), Value::Null)
            .await;
        assert_eq!((status, &got["id"]), (200, &merged["id"]));
    }
}

#[tokio::test]
async fn a_payment_makes_an_invoice_paid_and_its_removal_opens_it_again() {
    let bench = Bench::start().await;
    let made = bench.invoice("INV-77", "100.05").await;
    let id = made["id"].as_str().unwrap();
    let (_, part) = bench
        .control(
            &format!("/xero/invoices/{id}/payments"),
            json!({"amount": "20.00"}),
        )
        .await;
    assert_eq!(
        (&part["status"], &part["amount_due"]),
        (&json!("AUTHORISED"), &json!(10_006))
    );
    let (_, paid) = bench
        .control(&format!("/xero/invoices/{id}/payments"), json!({}))
        .await;
    assert_eq!(
        (&paid["status"], &paid["amount_due"]),
        (&json!("PAID"), &json!(0))
    );
    let (_, wire) = bench
        .xero("GET", &format!("/Invoices/{id}"), "", Value::Null)
        .await;
    let wire = &wire["Invoices"][0];
    assert_eq!(
        (&wire["Total"], &wire["SubTotal"], &wire["AmountPaid"]),
        (&json!(120.06), &json!(100.05), &json!(120.06))
    );
    assert_eq!(wire["FullyPaidOnDate"], json!("/Date(1790812800000+0000)/"));
    let payment = paid["payment_id"].as_str().unwrap();
    let (status, _) = bench
        .xero(
            "POST",
            &format!("/Payments/{payment}"),
            "",
            json!({"Status": "DELETED"}),
        )
        .await;
    let (_, wire) = bench.xero("GET", "/Invoices/INV-77", "", Value::Null).await;
    assert_eq!(
        (
            status,
            &wire["Invoices"][0]["Status"],
            &wire["Invoices"][0]["AmountDue"]
        ),
        (200, &json!("AUTHORISED"), &json!(100.06))
    );
}

fn bill(contact: &Value, amount: &str) -> Value {
    json!({"Invoices": [{
        "Type": "ACCPAY", "Contact": {"ContactID": contact}, "InvoiceNumber": "PS-2026Q3-000001", "Date": "2026-10-01", "DueDate": "2026-10-31",
        "CurrencyCode": "EUR", "LineAmountTypes": "Exclusive", "Status": "AUTHORISED",
        "LineItems": [{"Description": "Commission", "Quantity": 1, "UnitAmount": amount, "AccountCode": "404"}],
    }]})
}

#[tokio::test]
async fn an_idempotency_key_gives_the_first_answer_and_refuses_another_body() {
    let bench = Bench::start().await;
    let (_, contact) = bench
        .control("/xero/contacts", json!({"name": "Partner GmbH"}))
        .await;
    let (status, first) = bench
        .xero("PUT", "/Invoices", "key-1", bill(&contact["id"], "123.45"))
        .await;
    let (_, again) = bench
        .xero("PUT", "/Invoices", "key-1", bill(&contact["id"], "123.45"))
        .await;
    assert_eq!(
        (status, &first["Invoices"][0]["InvoiceID"]),
        (200, &again["Invoices"][0]["InvoiceID"])
    );
    let (status, _) = bench
        .xero("PUT", "/Invoices", "key-1", bill(&contact["id"], "999.00"))
        .await;
    assert_eq!(status, 400);
    // Without the key's memory a bill's number may repeat, and errors are remembered too.
    bench
        .control("/clock", json!({"to": "2026-10-01T08:06:01Z"}))
        .await;
    bench
        .xero("PUT", "/Invoices", "key-1", bill(&contact["id"], "123.45"))
        .await;
    assert_eq!(
        bench.sandbox.state()["truth"]["bills_by_number"]["PS-2026Q3-000001"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let (status, wrong) = bench
        .xero("PUT", "/Invoices", "key-2", bill(&json!("nobody"), "1.00"))
        .await;
    let message = "A Contact must be specified for this type of transaction";
    assert_eq!(
        (
            status,
            wrong["Elements"][0]["ValidationErrors"][0]["Message"].as_str()
        ),
        (400, Some(message))
    );
}

#[tokio::test]
async fn bills_are_found_by_type_and_number() {
    let bench = Bench::start().await;
    let (_, contact) = bench
        .control("/xero/contacts", json!({"name": "Partner GmbH"}))
        .await;
    bench
        .xero("PUT", "/Invoices", "", bill(&contact["id"], "10.00"))
        .await;
    bench.invoice("INV-1", "10").await;
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair(
            "where",
            r#"Type=="ACCPAY" AND InvoiceNumber=="PS-2026Q3-000001""#,
        )
        .append_pair("page", "1")
        .finish();
    let (status, found) = bench
        .xero("GET", &format!("/Invoices?{query}"), "", Value::Null)
        .await;
    assert_eq!(
        (
            status,
            found["Invoices"].as_array().unwrap().len(),
            &found["pagination"]["itemCount"]
        ),
        (200, 1, &json!(1))
    );
    assert_eq!(
        found["Invoices"][0]["LineItems"][0]["LineAmount"],
        json!(10.0)
    );
}

#[tokio::test]
async fn an_answer_lost_after_the_work_leaves_the_work_done() {
    let bench = Bench::start().await;
    bench
        .control("/faults", json!({"hubspot": {"drop_after": 1}}))
        .await;
    let body = json!({"properties": {"name": "Acme"}});
    let lost = bench
        .client
        .post(bench.url("/crm/v3/objects/companies"))
        .bearer_auth("pat-test")
        .json(&body)
        .send()
        .await;
    assert!(lost.is_err());
    let (_, list) = bench
        .hubspot("GET", "/crm/v3/objects/companies", Value::Null)
        .await;
    assert_eq!(list["results"].as_array().unwrap().len(), 1);
}

/// Accepts one request and answers 200; gives its head and body.
async fn take_one_request(listener: &TcpListener) -> (String, Vec<u8>) {
    let (stream, _) = listener.accept().await.unwrap();
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        reader.read_line(&mut head).await.unwrap();
    }
    let length = head.lines().find_map(|line| {
        line.to_lowercase()
            .strip_prefix("content-length: ")
            .map(|length| length.parse().unwrap())
    });
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).await.unwrap();
    reader
        .get_mut()
        .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    (head, body)
}

fn header<'a>(head: &'a str, name: &str) -> &'a str {
    let found = head.lines().find_map(|line| {
        line.split_once(": ")
            .filter(|(given, _)| given.eq_ignore_ascii_case(name))
    });
    found.map(|(_, value)| value).unwrap_or_default()
}

#[tokio::test]
async fn a_moved_deal_and_a_paid_invoice_are_told_with_good_signatures() {
    let bench = Bench::start().await;
    let (_, deal) = bench.upsert_deal("lead-1", "Acme").await;
    let invoice = bench.invoice("INV-1", "10").await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let portal = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", portal.local_addr().unwrap());
    bench.sandbox.set_portal_url(&url);

    let id = deal["results"][0]["id"].as_str().unwrap();
    bench
        .control(
            &format!("/hubspot/deals/{id}"),
            json!({"dealstage": "approved"}),
        )
        .await;
    let (head, body) = take_one_request(&portal).await;
    let timestamp = header(&head, "x-hubspot-request-timestamp");
    let expected = webhooks::sign_hubspot(
        "hub-secret",
        "POST",
        &format!("{url}/webhooks/hubspot"),
        &body,
        timestamp,
    );
    assert_eq!(header(&head, "x-hubspot-signature-v3"), expected);
    let events: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        (&events[0]["subscriptionType"], &events[0]["propertyValue"]),
        (&json!("deal.propertyChange"), &json!("approved"))
    );

    bench
        .control(
            &format!(
                "/xero/invoices/{}/payments",
                invoice["id"].as_str().unwrap()
            ),
            json!({}),
        )
        .await;
    let (head, body) = take_one_request(&portal).await;
    assert_eq!(
        header(&head, "x-xero-signature"),
        webhooks::sign_xero("xero-key", &body)
    );
    let events: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        (
            &events["events"][0]["resourceId"],
            &events["events"][0]["eventType"]
        ),
        (&invoice["id"], &json!("UPDATE"))
    );
}

#[tokio::test]
async fn a_mail_arrives_and_is_taken_apart() {
    let bench = Bench::start().await;
    let stream = TcpStream::connect(bench.sandbox.smtp_addr()).await.unwrap();
    let mut reader = BufReader::new(stream);
    let mail = "Subject: Hello\r\nFrom: a@b.example\r\n\r\n..dot\r\n.";
    for (line, code) in [
        ("", "220"),
        ("EHLO me", "250-"),
        ("MAIL FROM:<a@b.example> BODY=8BITMIME", "250"),
        ("RCPT TO:<Ada@acme.example>", "250"),
        ("DATA", "354"),
        (mail, "250"),
        ("QUIT", "221"),
    ] {
        if !line.is_empty() {
            reader
                .get_mut()
                .write_all(format!("{line}\r\n").as_bytes())
                .await
                .unwrap();
        }
        let mut answer = String::new();
        reader.read_line(&mut answer).await.unwrap();
        assert!(answer.starts_with(code), "{line}: {answer}");
        while answer.as_bytes()[3] == b'-' {
            answer.clear();
            reader.read_line(&mut answer).await.unwrap();
        }
    }
    let mails: Value = bench
        .send(
            bench
                .client
                .get(bench.url("/sandbox/mails?to=ada@acme.example")),
        )
        .await
        .1;
    assert_eq!(
        (
            &mails[0]["subject"],
            mails[0]["text"].as_str().map(str::trim)
        ),
        (&json!("Hello"), Some(".dot"))
    );
}

#[tokio::test]
async fn slack_takes_json_and_forms_and_refuses_within_a_200() {
    let bench = Bench::start().await;
    let post = || {
        bench
            .client
            .post(bench.url("/api/chat.postMessage"))
            .bearer_auth("xoxb-test")
    };
    let (_, by_json) = bench
        .send(post().json(&json!({"channel": "#partners-internal", "text": "Hi"})))
        .await;
    let form = post()
        .header("content-type", "application/x-www-form-urlencoded")
        .body("channel=C1&text=Hi&blocks=%5B%7B%22type%22%3A%22divider%22%7D%5D");
    let (_, by_form) = bench.send(form).await;
    assert_eq!(
        (&by_json["ok"], &by_form["ok"]),
        (&json!(true), &json!(true))
    );
    let (status, refused) = bench
        .send(post().json(&json!({"channel": "nowhere", "text": "Hi"})))
        .await;
    assert_eq!(
        (status, &refused["error"]),
        (200, &json!("channel_not_found"))
    );
    let (_, hook) = bench
        .send(
            bench
                .client
                .post(bench.url("/services/T1/B1/secret"))
                .json(&json!({"text": "Hi"})),
        )
        .await;
    assert_eq!(hook, json!("ok"));
}

#[tokio::test]
async fn the_state_outlives_a_restart() {
    let folder = std::env::temp_dir().join(format!("sandbox-test-{}", std::process::id()));
    let file = folder.join("state.json");
    let bench = Bench {
        sandbox: crate::start(config(Some(file.clone()))).await.unwrap(),
        ..Bench::start().await
    };
    bench.upsert_deal("lead-1", "Acme").await;
    bench.sandbox.stop().await;
    let again = crate::start(config(Some(file))).await.unwrap();
    assert_eq!(
        again.state()["truth"]["deals_by_lead"]["lead-1"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    again.stop().await;
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn all_pages_render_and_escape_what_they_show() {
    let bench = Bench::start().await;
    bench
        .upsert_deal("lead-1", "<script>alert(1)</script>")
        .await;
    let invoice = bench.invoice("INV-<b>", "10").await;
    let path = format!("/xero/invoices/{}/credit", invoice["id"].as_str().unwrap());
    let credit =
        json!({"amount": "6", "allocate": "1", "number": "CN-<b>", "reference": "<script>"});
    assert_eq!(bench.control(&path, credit).await.0, 200);
    let refund = json!({"amount": "1"});
    let path = "/xero/credits/CN-%3Cb%3E/refund";
    assert_eq!(bench.control(path, refund).await.0, 200);
    for path in [
        "/", "/hubspot", "/xero", "/mail", "/slack", "/clock", "/log",
    ] {
        let response = bench.client.get(bench.url(path)).send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200, "{path}");
        let page = response.text().await.unwrap();
        assert!(
            !page.contains("<script") && !page.contains("-<b>"),
            "{path}"
        );
    }
    let form = bench
        .client
        .post(bench.url("/sandbox/clock"))
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = form.body("back=%2Fclock&by=day").send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 303);
    assert!(
        answer.headers()["location"]
            .to_str()
            .unwrap()
            .starts_with("/clock?note=")
    );
}

#[tokio::test]
async fn another_sites_form_is_refused() {
    let bench = Bench::start().await;
    let request = bench
        .client
        .post(bench.url("/sandbox/reset"))
        .header("origin", "https://evil.example");
    assert_eq!(bench.send(request).await.0, 403);
}
