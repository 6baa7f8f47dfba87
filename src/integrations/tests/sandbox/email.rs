//! Mail, from the client to the sandbox's inbox.

use portal_integrations::{ErrorKind, email::OutgoingMail};
use serde_json::json;

use crate::stage::Stage;

fn mail() -> OutgoingMail {
    OutgoingMail {
        to: "ana@partner.example".to_owned(),
        subject: "Ihr Lead für Acme".to_owned(),
        text: "Grüße als Text".to_owned(),
        html: "<p>Grüße als HTML</p>".to_owned(),
        message_id: "notice-1@portal.example".to_owned(),
        unsubscribe_url: None,
    }
}

#[tokio::test]
async fn a_mail_arrives_with_both_halves() {
    let stage = Stage::open().await;
    stage.mailer().send(&mail()).await.unwrap();
    let inbox = stage.sandbox.state()["mail"].to_string();
    for expected in [
        "ana@partner.example",
        "Ihr Lead für Acme",
        "Grüße als Text",
        "Grüße als HTML",
        "notice-1@portal.example",
    ] {
        assert!(inbox.contains(expected), "{expected} is not in {inbox}");
    }
}

#[tokio::test]
async fn a_refusal_for_now_is_tried_again_and_one_for_good_is_not() {
    let stage = Stage::open().await;
    stage.fail(json!({ "mail": { "refuse_for_now": 1 } })).await;
    let failure = stage.mailer().send(&mail()).await.unwrap_err();
    assert_eq!(
        (failure.kind, failure.retry_after_ms),
        (ErrorKind::Retry, Some(300_000))
    );
    stage
        .fail(json!({ "mail": { "refuse_for_good": 1 } }))
        .await;
    let failure = stage.mailer().send(&mail()).await.unwrap_err();
    assert_eq!(
        (failure.kind, failure.is_retryable()),
        (ErrorKind::NotFound, false)
    );
    stage.mailer().send(&mail()).await.unwrap();
}
