//! Slack's one call, its failures inside a 200 and its limit.

use portal_integrations::{
    ErrorKind,
    slack::{blocks, escape},
};
use serde_json::{Value, json};

use crate::stage::Stage;

#[tokio::test]
async fn a_message_arrives_with_text_and_blocks() {
    let stage = Stage::open().await;
    let blocks = json!([
        blocks::section("*Won*"),
        blocks::fields(&[("Client", "A & B")]),
        blocks::context(&escape("<now>"))
    ]);
    let ts = stage
        .slack()
        .post_message("C100", "Won", blocks)
        .await
        .unwrap();
    assert!(ts.contains('.'));
    let said = stage.sandbox.state()["slack"].to_string();
    assert!(
        said.contains("A &amp; B") && said.contains("&lt;now&gt;"),
        "{said}"
    );
}

#[tokio::test]
async fn a_no_inside_a_200_is_a_failure() {
    let stage = Stage::open().await;
    let failure = stage
        .slack()
        .post_message("no-such-channel", "Hello", Value::Null)
        .await
        .unwrap_err();
    assert_eq!(
        (failure.kind, failure.message.as_str()),
        (ErrorKind::NotFound, "channel_not_found")
    );
    stage
        .fail(json!({ "slack": { "token_revoked": true } }))
        .await;
    let failure = stage
        .slack()
        .post_message("C100", "Hello", Value::Null)
        .await
        .unwrap_err();
    assert_eq!(failure.kind, ErrorKind::Unauthorised, "{failure}");
}

#[tokio::test]
async fn too_many_messages_say_when_to_come_back() {
    let stage = Stage::open().await;
    stage
        .fail(json!({ "slack": { "too_many_requests": 1 } }))
        .await;
    let failure = stage
        .slack()
        .post_message("C100", "Hello", Value::Null)
        .await
        .unwrap_err();
    assert_eq!(
        (failure.kind, failure.retry_after_ms),
        (ErrorKind::RateLimited, Some(1_000))
    );
}

#[tokio::test]
async fn a_message_whose_answer_was_lost_has_an_unknown_outcome() {
    let stage = Stage::open().await;
    stage.fail(json!({ "slack": { "drop_after": 1 } })).await;
    let failure = stage
        .slack()
        .post_message("C100", "Hello", Value::Null)
        .await
        .unwrap_err();
    assert_eq!(failure.kind, ErrorKind::UnknownOutcome, "{failure}");
}
