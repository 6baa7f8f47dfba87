//! What a partner is told of its statements, and of what is carried over instead.

use portal_domain::{
    access::MemberRole,
    calendar::Quarter,
    ids::{PartnerId, StatementId},
    money::Money,
    notice::MailKind,
    statement::StatementBody,
};
use portal_store::{
    Tx, partners, people,
    statements::{self, CarryRecord, StatementRecord},
};
use portal_words::{Argument, Words};

use super::{
    compose::{Draft, Reader, send},
    slack::{Message, partner_words, tell_partner},
};
use crate::{Ctx, ServiceError};

/// Tells a partner of its statement, by mail to its owners and finance people and by Slack, with its lines. One call for each statement: the job that
/// makes it is added in the transaction that writes the statement, and ends in the transaction that writes the messages.
pub async fn announce_statement(ctx: &Ctx, id: StatementId) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    let statement = statements::find(&mut tx, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let key = format!("announced:{id}");
    if portal_store::settings::find(&mut tx, &key).await?.is_some() {
        return Ok(());
    }
    portal_store::settings::set(&mut tx, &key, "1", ctx.now()).await?;
    let body: StatementBody = serde_json::from_str(&statement.body)
        .map_err(|error| ServiceError::Inconsistent(error.to_string()))?;
    for reader in money_people(&mut tx, statement.partner).await? {
        let draft = statement_draft(reader.words(), &statement, &body);
        send(ctx, &mut tx, &reader, &draft).await?;
    }
    statement_message(ctx, &mut tx, &statement, &body).await?;
    Ok(tx.commit().await?)
}

async fn statement_message(
    ctx: &Ctx,
    tx: &mut Tx,
    statement: &StatementRecord,
    body: &StatementBody,
) -> Result<(), ServiceError> {
    let words = partner_words(tx, statement.partner).await?;
    let message = about_new_statement(words, statement, body);
    let thread = format!("statement:{}", statement.id);
    tell_partner(ctx, tx, statement.partner, &thread, &message).await
}

pub(super) fn about_new_statement(
    words: Words,
    statement: &StatementRecord,
    body: &StatementBody,
) -> Message {
    let arguments = statement_arguments(&words, statement, body);
    Message {
        words,
        headline: words.with("slack-statement", &arguments),
        text: words.with("slack-statement-text", &arguments),
        fields: Vec::new(),
        rows: statement_rows(&words, body),
        path: format!("/statements/{}", statement.id),
    }
}

/// Tells a partner what the closing of a quarter carried over, and why: once, however often the job runs.
pub async fn announce_carried(
    ctx: &Ctx,
    quarter: &str,
    partner: PartnerId,
) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    let key = format!("carried:{quarter}:{partner}");
    if portal_store::settings::find(&mut tx, &key).await?.is_some() {
        return Ok(());
    }
    portal_store::settings::set(&mut tx, &key, "1", ctx.now()).await?;
    let carries = statements::list_carries(&mut tx, quarter).await?;
    let theirs = carries.into_iter().filter(|carry| carry.partner == partner);
    let theirs: Vec<CarryRecord> = theirs.collect();
    for reader in money_people(&mut tx, partner).await? {
        let draft = Draft {
            partner: Some(partner),
            ..carried_draft(ctx, reader.words(), quarter, &theirs)
        };
        send(ctx, &mut tx, &reader, &draft).await?;
    }
    Ok(tx.commit().await?)
}

pub(super) fn carried_draft(
    ctx: &Ctx,
    words: Words,
    quarter: &str,
    carries: &[CarryRecord],
) -> Draft {
    let paragraphs = carries.iter().map(|carry| carried(ctx, &words, carry));
    Draft {
        kind: MailKind::Statement,
        words,
        partner: None,
        subject: words.with("mail-carried-subject", &[("quarter", quarter.into())]),
        paragraphs: paragraphs.collect(),
        rows: Vec::new(),
        items: Vec::new(),
        button: words.text("mail-carried-button"),
        path: "/statements".to_owned(),
    }
}

/// What was carried over, and why, in a sentence: for the mail and the page.
pub fn carried(ctx: &Ctx, words: &Words, carry: &CarryRecord) -> String {
    let minimum = ctx.programme.minimum_payout.of(carry.money.currency);
    let quarter = Quarter::parse(&carry.quarter, ctx.programme.fiscal_start);
    let quarter = quarter.map_or_else(|_| carry.quarter.clone(), |quarter| words.quarter(quarter));
    let arguments: [(&str, Argument); 3] = [
        ("quarter", quarter.into()),
        ("amount", words.money(carry.money).into()),
        ("minimum", words.money(minimum).into()),
    ];
    words.with(&format!("carried-{}", carry.code), &arguments)
}

/// Who is told of statements and payments: owners and finance people, and the company's mail for statements where that is nobody's of them.
pub(super) async fn money_people(
    tx: &mut Tx,
    partner: PartnerId,
) -> Result<Vec<Reader>, ServiceError> {
    let members = people::list_members(tx, partner).await?;
    let mut readers: Vec<Reader> = members
        .into_iter()
        .filter(|member| matches!(member.role, MemberRole::Owner | MemberRole::Finance))
        .map(Reader::from)
        .collect();
    let company = partners::find(tx, partner)
        .await?
        .ok_or(ServiceError::NotFound)?
        .company;
    let shared = company.billing_email.as_str();
    let is_known = |reader: &Reader| reader.email.eq_ignore_ascii_case(shared);
    if !readers.iter().any(is_known) {
        let locale = readers.first().map(|reader| reader.locale.clone());
        readers.push(Reader {
            person: None,
            email: shared.to_owned(),
            name: company.name,
            locale: locale.unwrap_or_default(),
        });
    }
    Ok(readers)
}

fn statement_arguments(
    words: &Words,
    statement: &StatementRecord,
    body: &StatementBody,
) -> [(&'static str, Argument); 4] {
    [
        ("number", statement.number.as_str().into()),
        ("quarter", statement.quarter.as_str().into()),
        ("amount", words.money(statement.total).into()),
        ("count", body.payment_days.into()),
    ]
}

fn statement_rows(words: &Words, body: &StatementBody) -> Vec<(String, String)> {
    body.lines
        .iter()
        .map(|line| {
            let money = Money::new(line.amount_minor, body.currency);
            (
                format!("{} · {}", words.month(line.month), line.client_name),
                words.money(money),
            )
        })
        .collect()
}

pub(super) fn statement_draft(
    words: Words,
    statement: &StatementRecord,
    body: &StatementBody,
) -> Draft {
    let arguments = statement_arguments(&words, statement, body);
    Draft {
        rows: statement_rows(&words, body),
        ..about_statement(statement, words, "mail-statement", &arguments)
    }
}

/// A mail about a statement, from the keys `…-subject` and `…-body`, with a button that opens it.
pub(super) fn about_statement(
    statement: &StatementRecord,
    words: Words,
    key: &str,
    arguments: &[(&str, Argument)],
) -> Draft {
    Draft {
        kind: MailKind::Statement,
        words,
        partner: Some(statement.partner),
        subject: words.with(&format!("{key}-subject"), arguments),
        paragraphs: vec![words.with(&format!("{key}-body"), arguments)],
        rows: Vec::new(),
        items: Vec::new(),
        button: words.text("mail-statement-button"),
        path: format!("/statements/{}", statement.id),
    }
}
