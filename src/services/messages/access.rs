//! The links with which people sign in and join a partner.

use portal_domain::{access::Actor, notice::MailKind};
use portal_store::{
    Tx,
    partners::PartnerRecord,
    people::{self, InvitationRecord, PersonRecord},
};
use portal_words::{Argument, Words};

use super::compose::{Draft, Reader, SECRET_PLACE, send, send_link, words_of};
use crate::{Ctx, ServiceError};

pub(crate) async fn sign_in_link(
    ctx: &Ctx,
    tx: &mut Tx,
    person: &PersonRecord,
    secret: &str,
) -> Result<(), ServiceError> {
    let to = Reader::from(person.clone());
    send_link(ctx, tx, &to, &sign_in_draft(to.words()), secret).await
}

pub(super) fn sign_in_draft(words: Words) -> Draft {
    Draft {
        kind: MailKind::SignIn,
        words,
        partner: None,
        subject: words.text("mail-sign-in-subject"),
        paragraphs: vec![words.text("mail-sign-in-body")],
        rows: Vec::new(),
        items: Vec::new(),
        button: words.text("mail-sign-in-button"),
        path: format!("/sign-in/{SECRET_PLACE}"),
    }
}

/// Tells a person what was done to that with which it proves itself; `act` is the audit log's word for it.
pub(crate) async fn proof_changed(
    ctx: &Ctx,
    tx: &mut Tx,
    person: &PersonRecord,
    act: &str,
) -> Result<(), ServiceError> {
    let to = Reader::from(person.clone());
    send(ctx, tx, &to, &proof_draft(to.words(), act)).await
}

pub(super) fn proof_draft(words: Words, act: &str) -> Draft {
    Draft {
        kind: MailKind::SignIn,
        words,
        partner: None,
        subject: words.text(&format!("mail-proof-{act}-subject")),
        paragraphs: vec![
            words.text(&format!("mail-proof-{act}-body")),
            words.text("mail-proof-not-you"),
        ],
        rows: Vec::new(),
        items: Vec::new(),
        button: words.text("mail-proof-button"),
        path: "/security".to_owned(),
    }
}

/// Tells a person that somebody took away all with which it proved itself, and how it gets in again; `by` is who that was, and whose.
pub(crate) async fn proofs_reset(
    ctx: &Ctx,
    tx: &mut Tx,
    person: &PersonRecord,
    by: (&str, &str),
) -> Result<(), ServiceError> {
    let to = Reader::from(person.clone());
    send(ctx, tx, &to, &proofs_reset_draft(ctx, to.words(), by)).await
}

pub(super) fn proofs_reset_draft(ctx: &Ctx, words: Words, (by, place): (&str, &str)) -> Draft {
    let at = words.instant(ctx.now(), ctx.programme.time_zone);
    let arguments: [(&str, Argument); 4] = [
        ("by", by.into()),
        ("place", place.into()),
        ("at", at.into()),
        ("programme", ctx.programme.name.as_str().into()),
    ];
    Draft {
        kind: MailKind::SignIn,
        words,
        partner: None,
        subject: words.with("mail-proofs-reset-subject", &arguments),
        paragraphs: vec![
            words.with("mail-proofs-reset-body", &arguments),
            words.text("mail-proofs-reset-next"),
            words.with("mail-proofs-reset-unasked", &arguments),
        ],
        rows: Vec::new(),
        items: Vec::new(),
        button: words.text("mail-sign-in-button"),
        path: "/sign-in".to_owned(),
    }
}

/// To a new colleague of the vendor. No secret is in it: the link that signs in is mailed to whoever asks for one, and works in that browser alone.
pub(crate) async fn welcome(
    ctx: &Ctx,
    tx: &mut Tx,
    person: &PersonRecord,
    inviter: &str,
) -> Result<(), ServiceError> {
    let to = Reader::from(person.clone());
    send(ctx, tx, &to, &welcome_draft(ctx, to.words(), inviter)).await
}

pub(super) fn welcome_draft(ctx: &Ctx, words: Words, inviter: &str) -> Draft {
    let arguments: [(&str, Argument); 2] = [
        ("inviter", inviter.into()),
        ("programme", ctx.programme.name.as_str().into()),
    ];
    Draft {
        kind: MailKind::Invitation,
        words,
        partner: None,
        subject: words.with("mail-welcome-subject", &arguments),
        paragraphs: vec![words.with("mail-welcome-body", &arguments)],
        rows: Vec::new(),
        items: Vec::new(),
        button: words.text("mail-sign-in-button"),
        path: "/sign-in".to_owned(),
    }
}

pub(crate) async fn invitation(
    ctx: &Ctx,
    tx: &mut Tx,
    partner: &PartnerRecord,
    actor: &Actor,
    invitation: &InvitationRecord,
    secret: &str,
) -> Result<(), ServiceError> {
    let inviter = people::find(tx, actor.person())
        .await?
        .ok_or(ServiceError::NotFound)?;
    let to = Reader {
        person: None,
        email: invitation.email.clone(),
        name: invitation.email.clone(),
        locale: inviter.locale.clone(),
    };
    let words = words_of(&inviter.locale);
    let names = (inviter.name.as_str(), partner.company.name.as_str());
    let draft = Draft {
        partner: Some(partner.id),
        ..invitation_draft(ctx, words, names)
    };
    send_link(ctx, tx, &to, &draft, secret).await
}

/// Who invites, and to which partner.
pub(super) fn invitation_draft(ctx: &Ctx, words: Words, (inviter, partner): (&str, &str)) -> Draft {
    let arguments: [(&str, Argument); 3] = [
        ("inviter", inviter.into()),
        ("partner", partner.into()),
        ("programme", ctx.programme.name.as_str().into()),
    ];
    Draft {
        kind: MailKind::Invitation,
        words,
        partner: None,
        subject: words.with("mail-invitation-subject", &arguments),
        paragraphs: vec![words.with("mail-invitation-body", &arguments)],
        rows: Vec::new(),
        items: Vec::new(),
        button: words.text("mail-invitation-button"),
        path: format!("/invitations/{SECRET_PLACE}"),
    }
}
