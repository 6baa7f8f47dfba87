//! What operators are told of the machinery: in the staff's channel of Slack, and each by a mail, since one of the two may be what is broken.

use portal_domain::{
    access::StaffRole,
    notice::{MailKind, StaffEvent},
};
use portal_store::{Tx, people};
use portal_words::{Argument, Words};

use super::{
    compose::{Draft, Reader, send},
    slack::{Message, staff_words, tell_staff},
};
use crate::{
    Ctx, ServiceError,
    alerts::{Cause, News},
};

/// Something is wrong, more of it came, or it is over: that follows below what was wrong.
pub(crate) async fn alert(
    ctx: &Ctx,
    tx: &mut Tx,
    cause: &Cause,
    news: News,
) -> Result<(), ServiceError> {
    let (kind, place) = (cause.kind.as_str(), &cause.place);
    let key = match news {
        News::Begun => format!("alert-{kind}"),
        News::More => format!("alert-{kind}-more"),
        News::Over => format!("alert-{kind}-over"),
    };
    let thread = format!("alert:{kind}:{place}");
    let message = about_alert(staff_words(tx).await?, &key, place);
    tell_staff(ctx, tx, StaffEvent::Alert, &thread, &message).await?;
    for person in people::list_staff(tx).await? {
        if person.staff_role == Some(StaffRole::Operator) {
            let to = Reader::from(person);
            send(ctx, tx, &to, &alert_draft(to.words(), &key, place)).await?;
        }
    }
    Ok(())
}

/// Where something can be done about it.
fn path(key: &str, place: &str) -> String {
    match key {
        "alert-broken" | "alert-broken-over" | "alert-missing" | "alert-missing-over" => {
            format!("/staff/connections/{place}")
        }
        _ => format!("/staff/integrations/{place}"),
    }
}

/// The headline and the sentence of an alert.
fn said(words: &Words, key: &str, place: &str) -> (String, String) {
    let system = words.text(&format!("integration-{place}"));
    let arguments: [(&str, Argument); 1] = [("system", system.into())];
    let subject = words.with(&format!("{key}-subject"), &arguments);
    // What helps may be something else with one of them.
    let own = format!("{key}-{place}");
    let key = if words.has(&own) { &own } else { key };
    (subject, words.with(key, &arguments))
}

pub(super) fn about_alert(words: Words, key: &str, place: &str) -> Message {
    let (headline, text) = said(&words, key, place);
    Message {
        words,
        headline,
        text,
        fields: Vec::new(),
        rows: Vec::new(),
        path: path(key, place),
    }
}

pub(super) fn alert_draft(words: Words, key: &str, place: &str) -> Draft {
    let (subject, text) = said(&words, key, place);
    let button = match key {
        "alert-broken" | "alert-missing" => "alert-button-connect",
        _ => "alert-button",
    };
    Draft {
        kind: MailKind::Alert,
        button: words.text(button),
        words,
        partner: None,
        subject,
        paragraphs: vec![text],
        rows: Vec::new(),
        items: Vec::new(),
        path: path(key, place),
    }
}
