//! What is said about disputed lines.

use portal_domain::{
    access::MemberRole,
    line::DisputeStep,
    notice::{MailKind, StaffEvent},
};
use portal_store::{
    Tx, disputes,
    lines::LineRecord,
    people::{self, MemberRecord},
};
use portal_words::{Argument, Words};

use super::{
    compose::{Draft, Reader, send},
    slack::{Message, staff_words, tell_staff},
};
use crate::{Ctx, ServiceError};

/// Staff answered a partner's question about a line, or settled it: whoever wrote in its thread for the partner is told, as long as they belong to it.
pub(crate) async fn dispute_moved(
    ctx: &Ctx,
    tx: &mut Tx,
    line: &LineRecord,
    step: DisputeStep,
    text: &str,
) -> Result<(), ServiceError> {
    let thread = disputes::list_of_line(tx, line.id).await?;
    let members = people::list_members(tx, line.partner).await?;
    let (wrote, others): (Vec<MemberRecord>, Vec<MemberRecord>) = members
        .into_iter()
        .partition(|member| thread.iter().any(|said| said.person == member.person));
    let told = if wrote.is_empty() {
        let owners = others.into_iter();
        owners
            .filter(|member| member.role == MemberRole::Owner)
            .collect()
    } else {
        wrote
    };
    for member in told {
        let to = Reader::from(member);
        send(ctx, tx, &to, &dispute_draft(to.words(), line, step, text)).await?;
    }
    Ok(())
}

pub(super) fn dispute_draft(
    words: Words,
    line: &LineRecord,
    step: DisputeStep,
    text: &str,
) -> Draft {
    let arguments: [(&str, Argument); 2] = [
        ("client", line.client_name.as_str().into()),
        ("month", words.month(line.month).into()),
    ];
    let written = text
        .lines()
        .filter(|written| !written.trim().is_empty())
        .map(str::to_owned);
    Draft {
        kind: MailKind::Dispute,
        words,
        partner: Some(line.partner),
        subject: words.with(&format!("mail-dispute-{step}-subject"), &arguments),
        paragraphs: std::iter::once(words.with(&format!("mail-dispute-{step}-body"), &arguments))
            .chain(written)
            .collect(),
        rows: Vec::new(),
        items: Vec::new(),
        button: words.text("mail-dispute-button"),
        path: format!("/commission?line={}", line.id),
    }
}

/// A partner asked about a line, or wrote back: staff hear of it in Slack, what follows below what came first.
pub(crate) async fn dispute_raised(
    ctx: &Ctx,
    tx: &mut Tx,
    line: &LineRecord,
    step: DisputeStep,
    text: &str,
) -> Result<(), ServiceError> {
    let message = about_dispute(staff_words(tx).await?, line, step, text);
    let thread = format!("dispute:{}", line.id);
    tell_staff(ctx, tx, StaffEvent::Dispute, &thread, &message).await
}

pub(super) fn about_dispute(
    words: Words,
    line: &LineRecord,
    step: DisputeStep,
    text: &str,
) -> Message {
    let arguments: [(&str, Argument); 2] = [
        ("client", line.client_name.as_str().into()),
        ("partner", line.partner_name.as_str().into()),
    ];
    let fields = [
        ("partner", line.partner_name.clone()),
        ("client", line.client_name.clone()),
        ("month", words.month(line.month)),
        ("amount", words.money(line.money)),
    ];
    Message {
        words,
        headline: words.with(&format!("slack-dispute-{step}"), &arguments),
        text: text.to_owned(),
        fields: fields
            .map(|(label, value)| (words.text(&format!("slack-field-{label}")), value))
            .to_vec(),
        rows: Vec::new(),
        path: format!("/staff/lines?list=all&line={}", line.id),
    }
}
