//! Slack: how long a message may be, how often one may be said, and how hooks refuse.

use serde_json::{Value, json};

use super::Bench;

async fn say(bench: &Bench, channel: &str, blocks: Value) -> (u16, Value) {
    let request = bench.client.post(bench.url("/api/chat.postMessage"));
    let body = json!({"channel": channel, "text": "Hi", "blocks": blocks});
    bench
        .send(request.bearer_auth("xoxb-test").json(&body))
        .await
}

async fn hook(bench: &Bench, blocks: Value) -> (u16, Value) {
    let request = bench.client.post(bench.url("/services/T1/B1/secret"));
    bench
        .send(request.json(&json!({"text": "Hi", "blocks": blocks})))
        .await
}

fn section(length: usize) -> Value {
    json!([{"type": "section", "text": {"type": "mrkdwn", "text": "x".repeat(length)}}])
}

#[tokio::test]
async fn blocks_that_are_too_long_or_too_many_are_refused_with_the_place() {
    let bench = Bench::start().await;
    let divider = json!({"type": "divider"});
    let header = |length: usize| json!([{"type": "header", "text": {"type": "plain_text", "text": "x".repeat(length)}}]);
    for fine in [
        section(3_000),
        header(150),
        json!(vec![divider.clone(); 50]),
    ] {
        assert_eq!(say(&bench, "C1", fine).await.1["ok"], json!(true));
    }
    for (wrong, place) in [
        (
            section(3_001),
            "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
        ),
        (
            section(0),
            "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
        ),
        (
            header(151),
            "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
        ),
        (
            json!(vec![divider; 51]),
            "no more than 50 items allowed [json-pointer:/blocks]",
        ),
        (
            json!([{"type": "poem"}]),
            "unsupported type: poem [json-pointer:/blocks/0/type]",
        ),
    ] {
        let (status, body) = say(&bench, "C1", wrong.clone()).await;
        assert_eq!((status, &body["error"]), (200, &json!("invalid_blocks")));
        assert_eq!(
            body["response_metadata"]["messages"][0],
            json!(format!("[ERROR] {place}"))
        );
        assert_eq!(hook(&bench, wrong).await, (400, json!("invalid_blocks")));
    }
}

#[tokio::test]
async fn a_text_that_is_too_long_is_cut_without_a_word() {
    let bench = Bench::start().await;
    let request = bench.client.post(bench.url("/api/chat.postMessage"));
    let body = json!({"channel": "C1", "text": "x".repeat(40_001)});
    let (_, said) = bench
        .send(request.bearer_auth("xoxb-test").json(&body))
        .await;
    assert_eq!(said["ok"], json!(true));
    assert_eq!(said["message"]["text"].as_str().unwrap().len(), 40_000);
}

#[tokio::test]
async fn one_message_a_second_goes_to_a_channel_and_others_are_not_held_up() {
    let bench = Bench::start().await;
    bench
        .control("/faults", json!({"slack": {"limits_enforced": true}}))
        .await;
    assert_eq!(say(&bench, "C1", json!(null)).await.0, 200);
    let (status, refused) = say(&bench, "C1", json!(null)).await;
    assert_eq!((status, &refused["error"]), (429, &json!("ratelimited")));
    assert_eq!(say(&bench, "C2", json!(null)).await.0, 200);
    tokio::time::sleep(std::time::Duration::from_millis(1_050)).await;
    assert_eq!(say(&bench, "C1", json!(null)).await.0, 200);
}

#[tokio::test]
async fn a_hook_refuses_as_it_is_told_until_it_is_told_otherwise() {
    let bench = Bench::start().await;
    for (word, status) in [
        ("action_prohibited", 403),
        ("no_active_hooks", 404),
        ("channel_is_archived", 410),
    ] {
        bench
            .control("/slack/hooks", json!({"hook": "B1", "refuses": word}))
            .await;
        assert_eq!(hook(&bench, json!(null)).await, (status, json!(word)));
    }
    let wrong = json!({"hook": "B1", "refuses": "no_mood"});
    assert_eq!(bench.control("/slack/hooks", wrong).await.0, 422);
    bench.control("/slack/hooks", json!({"hook": "B1"})).await;
    assert_eq!(hook(&bench, json!(null)).await, (200, json!("ok")));
}

#[tokio::test]
async fn a_missing_scope_is_named_with_those_that_there_are() {
    let bench = Bench::start().await;
    bench
        .control("/faults", json!({"missing_scopes": "chat:write"}))
        .await;
    let (status, refused) = say(&bench, "C1", json!(null)).await;
    assert_eq!((status, &refused["error"]), (200, &json!("missing_scope")));
    assert_eq!(refused["needed"], json!("chat:write"));
    assert!(refused["provided"].as_str().unwrap().contains("im:write"));
}
