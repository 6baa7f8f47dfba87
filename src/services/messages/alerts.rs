//! What operators are told of the machinery: in the staff's channel of Slack, and each by a mail, since one of the two may be what is broken.

use chrono_tz::Tz;
use portal_domain::{
    access::StaffRole,
    calendar::Timestamp,
    notice::{MailKind, StaffEvent},
    version,
};
use portal_store::{Tx, people, vendors};
use portal_words::{Argument, Words};

use super::{
    compose::{Draft, Reader, send},
    slack::{Message, staff_words, tell_staff},
};
use crate::{
    Ctx, ServiceError,
    alerts::{Cause, Kind, News},
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
    let standing = vendors::find_standing(tx, place).await?;
    let told = Told {
        key: &key,
        place,
        until: standing
            .wait_until
            .map(|until| (until, ctx.programme.time_zone)),
    };
    let message = about_alert(staff_words(tx).await?, &told);
    tell_staff(ctx, tx, StaffEvent::Alert, &thread, &message).await?;
    for person in people::list_staff(tx).await? {
        if person
            .staff_role
            .is_some_and(|role| hears(role, cause.kind))
        {
            let to = Reader::from(person);
            send(ctx, tx, &to, &alert_draft(to.words(), &told)).await?;
        }
    }
    Ok(())
}

/// Operators look after the machinery; which account is meant administrators alone can say.
const fn hears(role: StaffRole, kind: Kind) -> bool {
    match role {
        StaffRole::Operator => true,
        StaffRole::Administrator => matches!(kind, Kind::Foreign),
        _ => false,
    }
}

/// What is told, before it is in anybody's language.
pub(super) struct Told<'a> {
    pub key: &'a str,
    pub place: &'a str,
    /// Until when a system wants no calls, and by which clock people read that.
    pub until: Option<(Timestamp, Tz)>,
}

/// Where something can be done about it.
fn path(key: &str, place: &str) -> String {
    match key {
        "alert-broken" | "alert-broken-over" | "alert-missing" | "alert-missing-over"
        | "alert-foreign" | "alert-foreign-over" => {
            format!("/staff/connections/{place}")
        }
        "alert-unfit" | "alert-unfit-over" => "/staff/statements/accounts".to_owned(),
        _ => format!("/staff/integrations/{place}"),
    }
}

/// The headline and the sentence of an alert.
fn said(words: &Words, Told { key, place, until }: &Told<'_>) -> (String, String) {
    let system = words.text(&format!("integration-{place}"));
    let until = until.map_or_else(String::new, |(until, zone)| words.instant(until, zone));
    let arguments: [(&str, Argument); 4] = [
        ("system", system.into()),
        ("until", until.into()),
        ("version", version::HUBSPOT.into()),
        ("ends", words.date(version::hubspot_ends_on()).into()),
    ];
    let subject = words.with(&format!("{key}-subject"), &arguments);
    // What helps may be something else with one of them.
    let own = format!("{key}-{place}");
    let key = if words.has(&own) { own.as_str() } else { key };
    (subject, words.with(key, &arguments))
}

pub(super) fn about_alert(words: Words, told: &Told<'_>) -> Message {
    let (headline, text) = said(&words, told);
    Message {
        words,
        headline,
        text,
        fields: Vec::new(),
        rows: Vec::new(),
        path: path(told.key, told.place),
    }
}

pub(super) fn alert_draft(words: Words, told: &Told<'_>) -> Draft {
    let (subject, text) = said(&words, told);
    let button = match told.key {
        "alert-broken" | "alert-missing" | "alert-foreign" => "alert-button-connect",
        "alert-unfit" | "alert-unfit-over" => "alert-button-accounts",
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
        path: path(told.key, told.place),
    }
}
