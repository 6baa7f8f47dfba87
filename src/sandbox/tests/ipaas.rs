//! The iPaaS: what it takes, what it makes of it, and how it behaves when it is told to.

use serde_json::{Value, json};

use super::Bench;
use crate::ipaas::sign;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// The bench's clock: 2026-10-01T08:00:00Z.
const NOW_S: i64 = 1_790_841_600;

async fn send(bench: &Bench, secret: &str, at_s: i64, body: &Value) -> (u16, Value) {
    let (body, at) = (body.to_string(), at_s.to_string());
    let signature = sign(secret, "lead-1", &at, body.as_bytes()).unwrap_or_default();
    let request = bench.client.post(bench.url("/ipaas/hooks/portal"));
    let request = request
        .header("webhook-id", "lead-1")
        .header("webhook-timestamp", at)
        .header("webhook-signature", signature);
    bench.send(request.body(body)).await
}

fn lead() -> Value {
    json!({ "type": "lead.created", "version": 1, "data": {
        "portal_lead_id": "lead-1", "portal_company_key": "acme.com", "deal_name": "Acme (Aster)",
        "company": { "name": "Acme", "domain": "acme.com" }, "contact": { "name": "Ada Lovelace", "email": "ada@acme.com", "phone": null },
        "value": { "amount": "1200.00", "currency": "GBP" }, "callback_url": "http://127.0.0.1:9/webhooks/relay",
    } })
}

#[tokio::test]
async fn a_lead_is_taken_with_the_right_signature_alone_and_becomes_one_deal() {
    let bench = Bench::start().await;
    assert_eq!(send(&bench, SECRET, NOW_S, &lead()).await.0, 401);
    bench
        .control("/ipaas/secrets", json!({ "signing_secret": SECRET }))
        .await;
    let other = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    assert_eq!(send(&bench, other, NOW_S, &lead()).await.0, 401);
    assert_eq!(send(&bench, SECRET, NOW_S - 400, &lead()).await.0, 401);
    for _ in 0..2 {
        assert_eq!(send(&bench, SECRET, NOW_S, &lead()).await.0, 202);
    }
    let state = bench.sandbox.state();
    let count = |of: &str, key: &str| state["truth"][of][key].as_array().map(Vec::len);
    assert_eq!(count("deals_by_lead", "lead-1"), Some(1));
    assert_eq!(count("deals_of_ipaas", "lead-1"), Some(1));
    assert_eq!(count("companies_by_key", "acme.com"), Some(1));
    assert_eq!(count("contacts_by_email", "ada@acme.com"), Some(1));
    assert_eq!(state["ipaas"]["secrets"], Value::Null, "they are not shown");
    let page = bench.page("/ipaas").await;
    assert!(page.contains("Acme") && !page.contains(SECRET));
}

#[tokio::test]
async fn it_refuses_fails_and_sleeps_as_it_is_told() {
    let bench = Bench::start().await;
    bench
        .control("/ipaas/secrets", json!({ "signing_secret": SECRET }))
        .await;
    let mood = async |mood: Value| assert_eq!(bench.control("/ipaas/moods", mood).await.0, 200);
    mood(json!({ "refuses": "410" })).await;
    assert_eq!(send(&bench, SECRET, NOW_S, &lead()).await.0, 410);
    mood(json!({ "refuses": 0, "sleeps": "true" })).await;
    assert_eq!(send(&bench, SECRET, NOW_S, &lead()).await.0, 202);
    mood(json!({ "sleeps": false, "fails": "FULL" })).await;
    assert_eq!(send(&bench, SECRET, NOW_S, &lead()).await.0, 202);
    assert_eq!(bench.sandbox.state()["truth"]["deals_by_lead"], json!({}));
    let unknown = json!({ "type": "lead.danced", "data": {} });
    assert_eq!(send(&bench, SECRET, NOW_S, &unknown).await.0, 422);
    let (status, _) = bench.control("/ipaas/moods", json!({ "typo": 1 })).await;
    assert_eq!(status, 422);
    let test = json!({ "type": "portal.test", "data": {} });
    assert_eq!(send(&bench, SECRET, NOW_S, &test).await.0, 200);
}
