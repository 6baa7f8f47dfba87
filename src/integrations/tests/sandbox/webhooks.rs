//! What the vendors send us, caught on the wire: signed by code that shares nothing with the code that checks it.

use std::{collections::BTreeMap, net::Ipv4Addr, time::Duration};

use portal_domain::money::{Currency, Money};
use portal_integrations::{hubspot, hubspot::NewDeal, xero};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    sync::mpsc,
};

use crate::stage::Stage;

/// A request as it came over the wire.
struct Received {
    path: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Received {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// Answers 200 to everything and hands it over; gives its address.
async fn listen() -> (String, mpsc::Receiver<Received>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (caught, catch) = mpsc::channel(100);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = BufReader::new(stream);
            let mut line = String::new();
            stream.read_line(&mut line).await.unwrap();
            let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
            let mut headers = BTreeMap::new();
            loop {
                line.clear();
                stream.read_line(&mut line).await.unwrap();
                let Some((name, value)) = line.split_once(':') else {
                    break;
                };
                headers.insert(name.to_lowercase(), value.trim().to_owned());
            }
            let length = headers
                .get("content-length")
                .map_or(0, |length| length.parse().unwrap());
            let mut body = vec![0; length];
            stream.read_exact(&mut body).await.unwrap();
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            stream.write_all(answer).await.unwrap();
            if caught
                .send(Received {
                    path,
                    headers,
                    body,
                })
                .await
                .is_err()
            {
                return;
            }
        }
    });
    (url, catch)
}

/// The next request to a path.
async fn next(catch: &mut mpsc::Receiver<Received>, path: &str) -> Received {
    let wait = async {
        loop {
            let received = catch.recv().await.unwrap();
            if received.path == path {
                return received;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), wait)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_webhook_of_hubspot_is_accepted_and_names_the_deal() {
    let stage = Stage::open().await;
    let id = stage
        .hubspot()
        .upsert_deal(&NewDeal {
            lead_key: "lead-1".to_owned(),
            name: "Acme".to_owned(),
            pipeline: "default".to_owned(),
            stage: "pql".to_owned(),
            amount: Some(Money::new(100, Currency::EUR)),
            description: String::new(),
        })
        .await
        .unwrap();
    let (url, mut catch) = listen().await;
    stage.sandbox.set_portal_url(&url);
    let body = json!({ "properties": { "dealstage": "approved" } });
    stage
        .hubspot_call(
            Method::PATCH,
            &format!("/crm/objects/2026-09/deals/{id}"),
            Some(body),
        )
        .await;

    let received = loop {
        let received = next(&mut catch, "/webhooks/hubspot").await;
        // The deal's making may come before.
        let events = read(hubspot::signature::parse_events(&received.body));
        if events.iter().any(|event| event.kind == "propertyChange") {
            break received;
        }
    };
    let check = |secrets: &[&str], body: &[u8]| {
        let timestamp = received.header(hubspot::signature::TIMESTAMP_HEADER);
        let signature = received.header(hubspot::signature::SIGNATURE_HEADER);
        let uri = format!("{url}/webhooks/hubspot");
        hubspot::signature::verify(
            secrets,
            "POST",
            &uri,
            body,
            timestamp,
            signature,
            stage.clock.read_ms(),
        )
    };
    assert_eq!(
        check(&["old-secret", "hubspot-secret"], &received.body),
        Ok(())
    );
    assert!(check(&["old-secret"], &received.body).is_err());
    assert!(check(&["hubspot-secret"], b"[]").is_err());
    let events = read(hubspot::signature::parse_events(&received.body));
    assert!(
        events
            .iter()
            .all(|event| event.object_type == "deal" && event.object_id == id),
        "{events:?}"
    );
}

/// The events of a note that can be read, as all of the sandbox's can.
fn read<E, F: std::fmt::Debug, G: std::fmt::Debug>(events: Result<Vec<Result<E, F>>, G>) -> Vec<E> {
    events.unwrap().into_iter().map(Result::unwrap).collect()
}

/// The next events of Xero; its tests of the check, which hold none, are passed over.
async fn next_events(catch: &mut mpsc::Receiver<Received>) -> Received {
    loop {
        let received = next(catch, "/webhooks/xero").await;
        let events = read(xero::signature::parse_events(&received.body));
        if !events.is_empty() {
            return received;
        }
    }
}

#[tokio::test]
async fn a_webhook_of_xero_is_accepted_and_names_what_changed() {
    let stage = Stage::open().await;
    let (url, mut catch) = listen().await;
    stage.sandbox.set_portal_url(&url);
    let contact = stage
        .xero()
        .create_contact("client-1", "Client", "")
        .await
        .unwrap();
    let received = next_events(&mut catch).await;
    let signature = received.header(xero::signature::SIGNATURE_HEADER);
    assert_eq!(
        xero::signature::verify("xero-key", &received.body, signature),
        Ok(())
    );
    assert!(xero::signature::verify("another-key", &received.body, signature).is_err());
    let events = read(xero::signature::parse_events(&received.body));
    assert_eq!(
        (events[0].category.as_str(), &events[0].resource_id),
        ("CONTACT", &contact.id)
    );
    assert_eq!(events[0].tenant_id, stage.xero().tenant_id().await.unwrap());
}

#[tokio::test]
async fn each_change_of_a_credit_is_told_by_xero() {
    let stage = Stage::open().await;
    let fields = json!({ "new_contact": "Acme", "net": "100" });
    let sold = stage.act("xero/invoices", fields).await;
    let sold = sold["id"].as_str().unwrap();
    // Only what happens from now on is told.
    let (url, mut catch) = listen().await;
    stage.sandbox.set_portal_url(&url);
    let mut told = Vec::new();
    let mut ids = Vec::new();
    for (path, fields) in [
        (
            format!("xero/invoices/{sold}/credit"),
            json!({ "amount": "12", "allocate": false }),
        ),
        (
            "xero/credits/CN-0001/allocations".to_owned(),
            json!({ "invoice": sold, "amount": "5" }),
        ),
        ("xero/credits/CN-0001/refund".to_owned(), json!({})),
        (
            format!("xero/invoices/{sold}/credit"),
            json!({ "kind": "prepayment", "amount": "1" }),
        ),
    ] {
        stage.act(&path, fields).await;
        let received = next_events(&mut catch).await;
        let body: Value = serde_json::from_slice(&received.body).unwrap();
        let mut act = Vec::new();
        for event in body["events"].as_array().unwrap() {
            ids.push(event["resourceId"].as_str().unwrap().to_owned());
            let said = [
                &event["eventCategory"],
                &event["eventType"],
                &event["data"]["Status"],
            ];
            act.push(said.map(|said| said.as_str().unwrap_or("-")).join(" "));
        }
        told.push(act);
    }
    assert_eq!(
        told,
        [
            vec!["CREDITNOTE CREATE AUTHORISED"],
            vec!["INVOICE UPDATE -", "CREDITNOTE UPDATE AUTHORISED"],
            vec!["CREDITNOTE UPDATE PAID"],
            vec![
                "PREPAYMENT CREATE -",
                "INVOICE UPDATE -",
                "PREPAYMENT UPDATE -"
            ],
        ]
    );
    let credit = stage.xero().read_credit(&ids[0]).await.unwrap().unwrap();
    assert_eq!(credit.refunded_minor, 700);
    assert_eq!((ids[1].as_str(), &ids[2]), (sold, &ids[0]));
}
