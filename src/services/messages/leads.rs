//! What is said about leads: that one was received, and what was decided about it.

use portal_domain::{
    access::MemberRole,
    ids::PersonId,
    lead::LeadState,
    money::Money,
    notice::{MailKind, StaffEvent},
};
use portal_store::{Tx, leads::LeadRecord, partners, people};
use portal_words::{Argument, Words};

use super::{
    compose::{Draft, Reader, send},
    slack::{Message, partner_words, staff_words, tell_partner, tell_staff},
};
use crate::{Ctx, ServiceError};

/// A lead arrived: the person who submitted it is told what happens next, and staff hear of it in Slack.
pub(crate) async fn lead_received(
    ctx: &Ctx,
    tx: &mut Tx,
    lead: &LeadRecord,
) -> Result<(), ServiceError> {
    let (state, event) = match lead.state {
        LeadState::InReview => ("review", StaffEvent::LeadReview),
        _ => ("accepted", StaffEvent::LeadNew),
    };
    lead_mail(ctx, tx, lead, state).await?;
    let words = staff_words(tx).await?;
    let partner = partners::find(tx, lead.partner)
        .await?
        .ok_or(ServiceError::NotFound)?;
    // A lead that was made just now does not know its partner's name.
    let named = LeadRecord {
        partner_name: partner.company.name,
        ..lead.clone()
    };
    let message = about_new_lead(ctx, words, &named, event);
    tell_staff(ctx, tx, event, &thread_of(lead), &message).await
}

pub(super) fn about_new_lead(
    ctx: &Ctx,
    words: Words,
    lead: &LeadRecord,
    event: StaffEvent,
) -> Message {
    let mut message = about_lead(words, lead, &format!("slack-{event}"), &[]);
    let due = lead
        .review_due_at
        .filter(|_| event == StaffEvent::LeadReview);
    if let Some(due) = due {
        let due = words.instant(due, ctx.programme.time_zone);
        message.fields.push((words.text("slack-field-due"), due));
    }
    message
}

/// A lead was withdrawn while HubSpot was making its deal: staff are told, for nobody else knows of that deal.
pub(crate) async fn deal_without_lead(
    ctx: &Ctx,
    tx: &mut Tx,
    lead: &LeadRecord,
    hubspot_deal_id: &str,
) -> Result<(), ServiceError> {
    let words = staff_words(tx).await?;
    let message = about_deal_without_lead(words, lead, hubspot_deal_id);
    let event = StaffEvent::DealWithoutLead;
    tell_staff(ctx, tx, event, &thread_of(lead), &message).await
}

pub(super) fn about_deal_without_lead(
    words: Words,
    lead: &LeadRecord,
    hubspot_deal_id: &str,
) -> Message {
    let event = StaffEvent::DealWithoutLead;
    let arguments = [("deal", hubspot_deal_id.into())];
    about_lead(words, lead, &format!("slack-{event}"), &arguments)
}

/// A deal was won: the partner reads it in its channel.
pub(crate) async fn deal_won(
    ctx: &Ctx,
    tx: &mut Tx,
    lead: &LeadRecord,
    value: Option<Money>,
) -> Result<(), ServiceError> {
    let words = partner_words(tx, lead.partner).await?;
    let message = about_win(words, lead, value);
    tell_partner(ctx, tx, lead.partner, &thread_of(lead), &message).await
}

pub(super) fn about_win(words: Words, lead: &LeadRecord, value: Option<Money>) -> Message {
    let mut fields = vec![(words.text("slack-field-client"), lead.client_name.clone())];
    let value = value.map(|value| (words.text("slack-field-value"), words.money(value)));
    fields.extend(value);
    Message {
        fields,
        path: format!("/leads/{}", lead.id),
        ..about_lead(words, lead, "slack-won", &[])
    }
}

/// What is said of one lead stands below what was said first.
fn thread_of(lead: &LeadRecord) -> String {
    format!("lead:{}", lead.id)
}

/// Out of the keys `<key>` and `<key>-text`.
fn about_lead(
    words: Words,
    lead: &LeadRecord,
    key: &str,
    arguments: &[(&str, Argument)],
) -> Message {
    let mut all: Vec<(&str, Argument)> = vec![
        ("client", lead.client_name.as_str().into()),
        ("partner", lead.partner_name.as_str().into()),
    ];
    all.extend_from_slice(arguments);
    let mut fields = vec![
        (words.text("slack-field-partner"), lead.partner_name.clone()),
        (words.text("slack-field-client"), lead.client_name.clone()),
        (words.text("slack-field-domain"), lead.client_domain.clone()),
    ];
    let value = lead.value.map(|value| words.money(value));
    fields.extend(value.map(|value| (words.text("slack-field-value"), value)));
    Message {
        words,
        headline: words.with(key, &all),
        text: words.with(&format!("{key}-text"), &all),
        fields,
        rows: Vec::new(),
        path: format!("/staff/leads/{}", lead.id),
    }
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

/// A deal that sales made without a lead counts as a partner's from now on: its owners are told, and whoever of it brought the client before.
pub(crate) async fn lead_taken_over(
    ctx: &Ctx,
    tx: &mut Tx,
    lead: &LeadRecord,
    brought_by: Option<PersonId>,
) -> Result<(), ServiceError> {
    for member in people::list_members(tx, lead.partner).await? {
        let is_told = member.role == MemberRole::Owner
            || brought_by == Some(member.person) && MailKind::Lead.reaches(member.role);
        if is_told {
            let to = Reader::from(member);
            send(ctx, tx, &to, &lead_draft(to.words(), lead, "taken-over")).await?;
        }
    }
    Ok(())
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
    let to = Reader::from(person);
    send(ctx, tx, &to, &lead_draft(to.words(), lead, state)).await
}

/// `state`: `accepted`, `review`, `rejected` or `taken-over`.
pub(super) fn lead_draft(words: Words, lead: &LeadRecord, state: &str) -> Draft {
    let arguments: [(&str, Argument); 3] = [
        ("client", lead.client_name.as_str().into()),
        ("need", lead.need.as_str().into()),
        ("reason", lead.reason.clone().unwrap_or_default().into()),
    ];
    Draft {
        kind: MailKind::Lead,
        words,
        partner: Some(lead.partner),
        subject: words.with(&format!("mail-lead-{state}-subject"), &arguments),
        paragraphs: vec![words.with(&format!("mail-lead-{state}-body"), &arguments)],
        rows: Vec::new(),
        items: Vec::new(),
        button: words.text("mail-lead-button"),
        path: format!("/leads/{}", lead.id),
    }
}
