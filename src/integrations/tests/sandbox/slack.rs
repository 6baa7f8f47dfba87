//! Slack's one call, its failures inside a 200 and its limit.

use portal_integrations::{ErrorKind, slack::OutgoingMessage};
use serde_json::json;

use crate::stage::Stage;

fn hello() -> OutgoingMessage {
    OutgoingMessage {
        text: "Hello".to_owned(),
        blocks: json!([{ "type": "section", "text": { "type": "mrkdwn", "text": "*Hello* A &amp; B" } }]),
        thread: None,
    }
}

#[tokio::test]
async fn a_message_arrives_with_text_and_blocks_and_another_hangs_below_it() {
    let stage = Stage::open().await;
    let ts = stage.slack().post_message("C100", &hello()).await.unwrap();
    let reply = OutgoingMessage {
        thread: Some(ts.clone()),
        ..hello()
    };
    stage.slack().post_message("C100", &reply).await.unwrap();
    let said = &stage.sandbox.state()["slack"]["messages"];
    assert_eq!(said[0]["text"], "Hello");
    assert_eq!(said[0]["blocks"], hello().blocks);
    assert_eq!(said[1]["thread_ts"], ts);
}

#[tokio::test]
async fn a_no_inside_a_200_is_a_failure() {
    let stage = Stage::open().await;
    let failure = stage
        .slack()
        .post_message("no-such-channel", &hello())
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
        .post_message("C100", &hello())
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
        .post_message("C100", &hello())
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
        .post_message("C100", &hello())
        .await
        .unwrap_err();
    assert_eq!(failure.kind, ErrorKind::UnknownOutcome, "{failure}");
}

#[tokio::test]
async fn a_token_says_into_which_workspace_it_lets() {
    let stage = Stage::open().await;
    let team = stage.slack().read_team().await.unwrap();
    assert_eq!(team.name, "Northwind Software");
}
