//! The links with which people sign in and join a partner.

use portal_domain::access::Actor;
use portal_store::{
    Tx,
    partners::PartnerRecord,
    people::{self, InvitationRecord, PersonRecord},
};
use portal_words::Argument;

use super::compose::{Draft, send, send_first, words_of};
use crate::{Ctx, ServiceError};

pub(crate) async fn sign_in_link(
    ctx: &Ctx,
    tx: &mut Tx,
    person: &PersonRecord,
    secret: &str,
) -> Result<(), ServiceError> {
    let words = words_of(&person.locale);
    let draft = Draft {
        recipient: &person.email,
        name: &person.name,
        words,
        partner: None,
        subject: words.text("mail-sign-in-subject"),
        paragraphs: vec![words.text("mail-sign-in-body")],
        rows: Vec::new(),
        button: (
            words.text("mail-sign-in-button"),
            ctx.url(&format!("/sign-in/{secret}")),
        ),
    };
    send_first(ctx, tx, draft).await
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
    let words = words_of(&inviter.locale);
    let arguments: [(&str, Argument); 3] = [
        ("inviter", inviter.name.as_str().into()),
        ("partner", partner.company.name.as_str().into()),
        ("programme", ctx.programme.name.as_str().into()),
    ];
    let draft = Draft {
        recipient: &invitation.email,
        name: &invitation.email,
        words,
        partner: Some(partner.id),
        subject: words.with("mail-invitation-subject", &arguments),
        paragraphs: vec![words.with("mail-invitation-body", &arguments)],
        rows: Vec::new(),
        button: (
            words.text("mail-invitation-button"),
            ctx.url(&format!("/invitations/{secret}")),
        ),
    };
    send(ctx, tx, draft).await
}
