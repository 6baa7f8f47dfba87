//! What operators are told of the machinery: in the staff's channel of Slack, and each by a mail, since one of the two may be what is broken.

use portal_domain::access::StaffRole;
use portal_store::{Tx, people};
use portal_words::{Argument, Locale, Words};

use super::{
    compose::{Draft, send, words_of},
    slack::tell_staff,
};
use crate::{Ctx, ServiceError, alerts::Cause};

/// Something is wrong, or over.
pub(crate) async fn alert(
    ctx: &Ctx,
    tx: &mut Tx,
    cause: &Cause,
    over: bool,
) -> Result<(), ServiceError> {
    let key = format!(
        "alert-{}{}",
        cause.kind.as_str(),
        if over { "-over" } else { "" }
    );
    let path = format!("/staff/integrations/{}", cause.place);
    let english = arguments(Words::of(Locale::En), cause);
    tell_staff(ctx, tx, &key, &english, &path).await?;
    for person in people::list_staff(tx).await? {
        if person.staff_role != Some(StaffRole::Operator) {
            continue;
        }
        let words = words_of(&person.locale);
        let text = words.with(&key, &arguments(words, cause));
        let draft = Draft {
            recipient: &person.email,
            name: &person.name,
            words,
            partner: None,
            subject: words.with(&format!("{key}-subject"), &arguments(words, cause)),
            paragraphs: vec![text],
            rows: Vec::new(),
            button: (words.text("alert-button"), ctx.url(&path)),
        };
        send(ctx, tx, draft).await?;
    }
    Ok(())
}

fn arguments(words: Words, cause: &Cause) -> [(&'static str, Argument); 1] {
    let system = words.text(&format!("integration-{}", cause.place));
    [("system", system.into())]
}
