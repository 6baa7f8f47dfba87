//! What the vendors send us, caught on the wire: signed by code that shares nothing with the code that checks it.

use std::{collections::BTreeMap, net::Ipv4Addr, time::Duration};

use portal_domain::money::{Currency, Money};
use portal_integrations::{hubspot, hubspot::NewDeal, xero};
use reqwest::Method;
use serde_json::json;
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
        let events = hubspot::signature::parse_events(&received.body).unwrap();
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
    let events = hubspot::signature::parse_events(&received.body).unwrap();
    assert!(
        events
            .iter()
            .all(|event| event.object_type == "deal" && event.object_id == id),
        "{events:?}"
    );
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
    let received = loop {
        let received = next(&mut catch, "/webhooks/xero").await;
        // Some of Xero's own tests of the check come first.
        if !xero::signature::parse_events(&received.body)
            .unwrap()
            .is_empty()
        {
            break received;
        }
    };
    let signature = received.header(xero::signature::SIGNATURE_HEADER);
    assert_eq!(
        xero::signature::verify("xero-key", &received.body, signature),
        Ok(())
    );
    assert!(xero::signature::verify("another-key", &received.body, signature).is_err());
    let events = xero::signature::parse_events(&received.body).unwrap();
    assert_eq!(
        (events[0].category.as_str(), &events[0].resource_id),
        ("CONTACT", &contact.id)
    );
    assert_eq!(events[0].tenant_id, stage.xero().tenant_id().await.unwrap());
}
