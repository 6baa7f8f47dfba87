//! What is said about leads: that one was received, and what was decided about it.

use portal_domain::lead::LeadState;
use portal_store::{Tx, leads::LeadRecord, partners, people};
use portal_words::Argument;

use super::{
    compose::{Draft, send, words_of},
    slack::tell_staff,
};
use crate::{Ctx, ServiceError};

/// A lead arrived: the person who submitted it is told what happens next, and staff hear of it in Slack.
pub(crate) async fn lead_received(
    ctx: &Ctx,
    tx: &mut Tx,
    lead: &LeadRecord,
) -> Result<(), ServiceError> {
    let state = match lead.state {
        LeadState::InReview => "review",
        _ => "accepted",
    };
    lead_mail(ctx, tx, lead, state).await?;
    let partner = partners::find(tx, lead.partner)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let key = if state == "review" {
        "slack-lead-review"
    } else {
        "slack-lead-new"
    };
    let arguments = [
        ("client", lead.client_name.as_str().into()),
        ("partner", partner.company.name.as_str().into()),
    ];
    tell_staff(
        ctx,
        tx,
        key,
        &arguments,
        &format!("/staff/leads/{}", lead.id),
    )
    .await
}

/// A lead was withdrawn while HubSpot was making its deal: staff are told, for nobody else knows of that deal.
pub(crate) async fn deal_without_lead(
    ctx: &Ctx,
    tx: &mut Tx,
    lead: &LeadRecord,
    hubspot_deal_id: &str,
) -> Result<(), ServiceError> {
    let arguments = [
        ("client", lead.client_name.as_str().into()),
        ("partner", lead.partner_name.as_str().into()),
        ("deal", hubspot_deal_id.into()),
    ];
    let path = format!("/staff/leads/{}", lead.id);
    tell_staff(ctx, tx, "slack-deal-without-lead", &arguments, &path).await
}

/// A review is over.
pub(crate) async fn lead_decided(
    ctx: &Ctx,
    tx: &mut Tx,
    lead: &LeadRecord,
) -> Result<(), ServiceError> {
    let state = match lead.state {
        LeadState::Rejected => "rejected",
        _ => "accepted",
    };
    lead_mail(ctx, tx, lead, state).await
}

async fn lead_mail(
    ctx: &Ctx,
    tx: &mut Tx,
    lead: &LeadRecord,
    state: &str,
) -> Result<(), ServiceError> {
    let person = people::find(tx, lead.submitted_by)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let words = words_of(&person.locale);
    let arguments: [(&str, Argument); 2] = [
        ("client", lead.client_name.as_str().into()),
        ("reason", lead.reason.clone().unwrap_or_default().into()),
    ];
    let draft = Draft {
        recipient: &person.email,
        name: &person.name,
        words,
        partner: Some(lead.partner),
        subject: words.with(&format!("mail-lead-{state}-subject"), &arguments),
        paragraphs: vec![words.with(&format!("mail-lead-{state}-body"), &arguments)],
        rows: Vec::new(),
        button: (
            words.text("mail-lead-button"),
            ctx.url(&format!("/leads/{}", lead.id)),
        ),
    };
    send(ctx, tx, draft).await
}
