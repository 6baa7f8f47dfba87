//! What a partner is told of its bills.

use portal_domain::{
    money::Money,
    notice::{MailKind, StaffEvent},
};
use portal_store::{
    Tx,
    bills::BillRecord,
    statements::{self, StatementRecord},
};
use portal_words::{Argument, Words};

use super::{
    compose::{Draft, send},
    slack::{Message, staff_words, tell_staff},
    statements::{about_statement, money_people},
};
use crate::{Ctx, ServiceError, mismatch};

/// What a partner is told of one of its bills.
#[derive(Clone, Copy, Debug)]
pub(crate) enum BillNews {
    /// In full.
    Paid,
    /// So much of what was paid was taken back, net.
    PaymentUndone(Money),
    /// The statement can be invoiced again.
    Voided,
    /// Xero does not take it.
    NotMade,
}

/// Tells a partner what became of a bill: its net amount, its tax, and both together.
pub(crate) async fn about_bill(
    ctx: &Ctx,
    tx: &mut Tx,
    bill: &BillRecord,
    news: BillNews,
) -> Result<(), ServiceError> {
    let statement = statements::find(tx, bill.statement)
        .await?
        .ok_or(ServiceError::NotFound)?;
    for reader in money_people(tx, bill.partner).await? {
        let draft = bill_draft(reader.words(), bill, &statement, news)?;
        send(ctx, tx, &reader, &draft).await?;
    }
    Ok(())
}

pub(super) fn bill_draft(
    words: Words,
    bill: &BillRecord,
    statement: &StatementRecord,
    news: BillNews,
) -> Result<Draft, ServiceError> {
    let (key, amount) = match news {
        BillNews::Paid => ("mail-bill-paid", bill.total),
        BillNews::PaymentUndone(taken) => ("mail-bill-undone", taken),
        BillNews::Voided => ("mail-bill-voided", bill.total),
        BillNews::NotMade => ("mail-bill-not-made", bill.total),
    };
    let tax = Money::new(bill.tax_minor, bill.total.currency);
    let gross = bill.total.plus(tax)?;
    let arguments: [(&str, Argument); 3] = [
        ("number", bill.number.as_str().into()),
        ("statement", statement.number.as_str().into()),
        ("amount", words.money(amount).into()),
    ];
    let rows = match news {
        BillNews::Paid => [("net", bill.total), ("tax", tax), ("gross", gross)]
            .map(|(name, money)| (words.text(&format!("bill-{name}")), words.money(money)))
            .to_vec(),
        _ => Vec::new(),
    };
    Ok(Draft {
        kind: MailKind::Bill,
        rows,
        ..about_statement(statement, words, key, &arguments)
    })
}

/// A bill does not agree with its statement: owners and finance people are told why, so that they send another, and staff read it in Slack.
pub(crate) async fn bill_differs(
    ctx: &Ctx,
    tx: &mut Tx,
    statement: &StatementRecord,
    facts: &serde_json::Value,
) -> Result<(), ServiceError> {
    for reader in money_people(tx, statement.partner).await? {
        let draft = bill_differs_draft(reader.words(), statement, facts);
        send(ctx, tx, &reader, &draft).await?;
    }
    let message = about_differing_bill(staff_words(tx).await?, statement, facts);
    let thread = format!("statement:{}", statement.id);
    tell_staff(ctx, tx, StaffEvent::BillDiffers, &thread, &message).await
}

pub(super) fn bill_differs_draft(
    words: Words,
    statement: &StatementRecord,
    facts: &serde_json::Value,
) -> Draft {
    let arguments: [(&str, Argument); 3] = [
        ("bill", facts["bill"].as_str().unwrap_or_default().into()),
        ("statement", statement.number.as_str().into()),
        ("why", mismatch::sentence(&words, facts).into()),
    ];
    Draft {
        kind: MailKind::Bill,
        ..about_statement(statement, words, mismatch::mail_key(facts), &arguments)
    }
}

pub(super) fn about_differing_bill(
    words: Words,
    statement: &StatementRecord,
    facts: &serde_json::Value,
) -> Message {
    let event = StaffEvent::BillDiffers;
    let number = facts["bill"].as_str().unwrap_or_default();
    let fields = [
        ("partner", statement.partner_name.clone()),
        ("statement", statement.number.clone()),
        ("bill", number.to_owned()),
        ("amount", words.money(statement.total)),
    ];
    Message {
        words,
        headline: words.with(&format!("slack-{event}"), &[("bill", number.into())]),
        text: mismatch::sentence(&words, facts),
        fields: fields
            .map(|(label, value)| (words.text(&format!("slack-field-{label}")), value))
            .to_vec(),
        rows: Vec::new(),
        path: format!("/staff/statements/{}", statement.id),
    }
}
