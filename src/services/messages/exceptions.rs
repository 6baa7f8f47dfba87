//! What is said in Slack of cases that wait for a person: not one message for each of a thousand, but one in a few minutes for all of them.

use itertools::Itertools;
use portal_domain::{ids::ExceptionId, notice::StaffEvent};
use portal_store::{Tx, exceptions};
use portal_words::Words;

use super::slack::{Message, staff_words, tell_staff};
use crate::{Ctx, ServiceError, mismatch};

/// How many are named; the page shows all of them.
const NAMED_MAX: usize = 5;
/// Slack shows ten fields: the most frequent kinds, and all others together.
const KINDS_MAX: usize = 9;

/// Tells staff of what was raised since they were told last and is still open. A bill that differs is told of on its own.
pub async fn tell_exceptions(ctx: &Ctx) -> Result<(), ServiceError> {
    let mut tx = ctx.store.read().await?;
    if !exceptions::has_untold(&mut tx, mismatch::DIFFERS).await? {
        return Ok(());
    }
    drop(tx);
    let mut tx = ctx.store.write().await?;
    let raised = exceptions::take_untold(&mut tx, mismatch::DIFFERS, ctx.now()).await?;
    if !raised.is_empty() {
        let message = about_raised(&mut tx, &raised).await?;
        tell_staff(ctx, &mut tx, StaffEvent::Exceptions, "", &message).await?;
    }
    Ok(tx.commit().await?)
}

async fn about_raised(
    tx: &mut Tx,
    raised: &[(String, ExceptionId)],
) -> Result<Message, ServiceError> {
    let mut named = Vec::new();
    for (_, id) in raised.iter().take(NAMED_MAX) {
        let record = exceptions::find(tx, *id)
            .await?
            .ok_or(ServiceError::NotFound)?;
        let about = [
            record.client_name,
            record.partner_name,
            record.invoice_number,
        ];
        named.push(about.into_iter().flatten().join(" · "));
    }
    Ok(about_cases(staff_words(tx).await?, raised, named))
}

/// `named`: what the first of them are about.
pub(super) fn about_cases(
    words: Words,
    raised: &[(String, ExceptionId)],
    named: Vec<String>,
) -> Message {
    let path = match raised {
        [(_, only)] => format!("/staff/reconciliation/{only}"),
        _ => "/staff/reconciliation".to_owned(),
    };
    let event = StaffEvent::Exceptions;
    let arguments = [("count", raised.len().into())];
    let text = match raised.len() > named.len() {
        true => words.with("slack-exceptions-text", &[("count", named.len().into())]),
        false => String::new(),
    };
    let rows = raised.iter().zip(named);
    Message {
        words,
        headline: words.with(&format!("slack-{event}"), &arguments),
        text,
        fields: counts(&words, raised),
        rows: rows
            .map(|((kind, _), about)| (words.text(&format!("exception-{kind}")), about))
            .collect(),
        path,
    }
}

/// How many there are of each kind, the most frequent first; nothing where they are few enough to be named.
fn counts(words: &Words, raised: &[(String, ExceptionId)]) -> Vec<(String, String)> {
    if raised.len() <= NAMED_MAX {
        return Vec::new();
    }
    let by_kind = raised.iter().counts_by(|(kind, _)| kind.as_str());
    let by_kind: Vec<(&str, usize)> = by_kind
        .into_iter()
        .sorted_by(|(kind, count), (other, more)| more.cmp(count).then(kind.cmp(other)))
        .collect();
    let write = |count: usize| words.number(i64::try_from(count).unwrap_or(i64::MAX));
    let (named, others) = by_kind.split_at(by_kind.len().min(KINDS_MAX));
    let mut fields: Vec<(String, String)> = named
        .iter()
        .map(|(kind, count)| (words.text(&format!("exception-{kind}")), write(*count)))
        .collect();
    let others: usize = others.iter().map(|(_, count)| count).sum();
    if others > 0 {
        fields.push((words.text("slack-field-others"), write(others)));
    }
    fields
}
