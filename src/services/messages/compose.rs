//! Mails: written in the reader's language, stored in the transaction of what they tell, and sent by a job. What a person wants to hear of at once, once a
//! day or not at all is theirs to say; what somebody waits for always leaves.

use portal_domain::{
    ids::{MailId, PartnerId, PersonId},
    notice::{Delivery, MailKind},
    secret::{Secret, SecretName},
};
use portal_store::{
    Tx, bounces,
    mails::{self, MailRecord},
    people::{MemberRecord, PersonRecord},
    preferences::{self, DigestItem},
};
use portal_words::{Locale, Words};

use super::layout::{Laid, lay_out, lay_out_typed};
use crate::{
    Ctx, ServiceError,
    access::{Token, new_token},
    outbox::{self, Job},
    vault,
};

/// What stands in a stored mail in place of the secret of its link, which lies in the vault until the mail leaves: whoever reads the database signs in as nobody.
pub(super) const SECRET_PLACE: &str = "THE-SECRET-OF-THIS-LINK";

/// Whom a mail is for.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    /// `None`: an address that a company shares, or somebody whom the portal does not know yet.
    pub person: Option<PersonId>,
    pub email: String,
    pub name: String,
    pub locale: String,
}

impl Reader {
    pub fn words(&self) -> Words {
        words_of(&self.locale)
    }
}

impl From<MemberRecord> for Reader {
    fn from(member: MemberRecord) -> Self {
        Self {
            person: Some(member.person),
            email: member.email,
            name: member.name,
            locale: member.locale,
        }
    }
}

impl From<PersonRecord> for Reader {
    fn from(person: PersonRecord) -> Self {
        Self {
            person: Some(person.id),
            email: person.email,
            name: person.name,
            locale: person.locale,
        }
    }
}

/// A mail before it is laid out: paragraphs, rows of a table, linked items, and one button.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub kind: MailKind,
    pub words: Words,
    pub partner: Option<PartnerId>,
    pub subject: String,
    pub paragraphs: Vec<String>,
    pub rows: Vec<(String, String)>,
    pub items: Vec<DigestItem>,
    pub button: String,
    /// Where in the portal the button leads.
    pub path: String,
}

pub(super) async fn send(
    ctx: &Ctx,
    tx: &mut Tx,
    to: &Reader,
    draft: &Draft,
) -> Result<(), ServiceError> {
    let Some(person) = to.person.filter(|_| draft.kind.is_optional()) else {
        deliver(ctx, tx, to, draft, None).await?;
        return Ok(());
    };
    let wanted = preferences::find(tx, person, draft.kind).await?;
    match wanted.unwrap_or(Delivery::AtOnce) {
        Delivery::AtOnce => {
            deliver(ctx, tx, to, draft, Some(new_token())).await?;
            Ok(())
        }
        Delivery::Daily => keep_for_digest(ctx, tx, person, draft).await,
        Delivery::Never => Ok(()),
    }
}

/// Sends a mail that somebody waits for, whose link holds a secret.
pub(super) async fn send_link(
    ctx: &Ctx,
    tx: &mut Tx,
    to: &Reader,
    draft: &Draft,
    secret: &str,
) -> Result<(), ServiceError> {
    let mail = deliver(ctx, tx, to, draft, None).await?;
    vault::put(
        ctx,
        tx,
        &SecretName::MailedLink(mail),
        &Secret::from(secret),
    )
    .await
}

/// `stop`: the secret with which one click stops mails of this kind.
async fn deliver(
    ctx: &Ctx,
    tx: &mut Tx,
    to: &Reader,
    draft: &Draft,
    stop: Option<Token>,
) -> Result<MailId, ServiceError> {
    let stop_url = stop
        .as_ref()
        .map(|stop| ctx.url(&format!("/unsubscribe/{}", stop.secret)));
    let laid = lay_out(ctx, &to.name, draft, stop_url.as_deref());
    let mail = MailRecord {
        person: to.person,
        partner: draft.partner,
        unsubscribe_url: stop_url,
        ..record(ctx, draft.kind, &to.email, laid)
    };
    let hash = stop.map(|stop| stop.hash);
    mails::add(tx, &mail, hash.as_deref(), ctx.now()).await?;
    let job = Job::SendMail { mail: mail.id };
    match draft.kind {
        // Its reader waits for it in front of the screen.
        MailKind::SignIn => outbox::add_first(ctx, tx, &job).await?,
        _ => outbox::add(ctx, tx, &job).await?,
    }
    Ok(mail.id)
}

fn record(ctx: &Ctx, kind: MailKind, recipient: &str, laid: Laid) -> MailRecord {
    MailRecord {
        id: MailId::new(ctx.new_id()),
        kind,
        person: None,
        partner: None,
        recipient: recipient.to_owned(),
        subject: laid.subject,
        text: laid.text,
        html: laid.html,
        unsubscribe_url: None,
        sent_at: None,
        refusal: None,
    }
}

async fn keep_for_digest(
    ctx: &Ctx,
    tx: &mut Tx,
    person: PersonId,
    draft: &Draft,
) -> Result<(), ServiceError> {
    let item = digest_item(draft);
    let id = ctx.new_id().to_string();
    Ok(preferences::add_item(tx, &id, person, draft.kind, &item, ctx.now()).await?)
}

/// What the daily mail says instead of a mail of its own.
pub(super) fn digest_item(draft: &Draft) -> DigestItem {
    DigestItem {
        subject: draft.subject.clone(),
        summary: draft.paragraphs.join(" "),
        path: draft.path.clone(),
    }
}

/// A mail as a person wrote it, to whom they wrote it, in nobody else's words.
pub(crate) async fn typed_mail(
    ctx: &Ctx,
    tx: &mut Tx,
    recipient: &str,
    subject: &str,
    text: &str,
) -> Result<(), ServiceError> {
    let laid = lay_out_typed(subject, text);
    let mail = record(ctx, MailKind::Letter, recipient, laid);
    mails::add(tx, &mail, None, ctx.now()).await?;
    outbox::add(ctx, tx, &Job::SendMail { mail: mail.id }).await
}

pub(super) fn words_of(locale: &str) -> Words {
    Words::of(Locale::parse(locale).unwrap_or(Locale::En))
}

/// A mail that is still to be sent; `None` if it left already, or never will. What its reader can do without is not sent to an address that does not take
/// mail; what somebody waits for is tried all the same, and if it arrives, the address is good again.
pub async fn find_unsent_mail(ctx: &Ctx, id: MailId) -> Result<Option<MailRecord>, ServiceError> {
    let mut tx = ctx.store.read().await?;
    let mail = mails::find(&mut tx, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    if mail.sent_at.is_some() || mail.refusal.is_some() {
        return Ok(None);
    }
    let bounced = bounces::find(&mut tx, &mail.recipient).await?;
    let secret = vault::find(ctx, &mut tx, &SecretName::MailedLink(id)).await?;
    drop(tx);
    let mail = match secret {
        Some(secret) => with_secret(mail, &secret),
        None => mail,
    };
    match bounced {
        Some(bounce) if mail.kind.is_optional() => {
            let mut tx = ctx.store.write().await?;
            mails::set_refused(&mut tx, id, &bounce.said).await?;
            tx.commit().await?;
            Ok(None)
        }
        _ => Ok(Some(mail)),
    }
}

/// A mail as it leaves.
fn with_secret(mail: MailRecord, secret: &Secret) -> MailRecord {
    MailRecord {
        text: mail.text.replace(SECRET_PLACE, secret.reveal()),
        html: mail.html.replace(SECRET_PLACE, secret.reveal()),
        ..mail
    }
}

pub async fn mail_sent(ctx: &Ctx, mail: &MailRecord) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    mails::set_sent(&mut tx, mail.id, ctx.now()).await?;
    vault::remove(&mut tx, &SecretName::MailedLink(mail.id)).await?;
    bounces::remove(&mut tx, &mail.recipient).await?;
    Ok(tx.commit().await?)
}

/// The mail server says that there is no such address: nothing that can be done without is sent there until it is changed.
pub async fn mail_bounced(ctx: &Ctx, mail: &MailRecord, said: &str) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    mails::set_refused(&mut tx, mail.id, said).await?;
    vault::remove(&mut tx, &SecretName::MailedLink(mail.id)).await?;
    bounces::set(&mut tx, &mail.recipient, said, mail.id, ctx.now()).await?;
    Ok(tx.commit().await?)
}
