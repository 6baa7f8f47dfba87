//! What the portal says to people by mail and Slack: composed in the reader's language and stored in the transaction of what it tells, sent later by a job.

use portal_domain::{
    access::{Actor, MemberRole},
    calendar::Quarter,
    ids::{MailId, PartnerId, StatementId},
    lead::LeadState,
    line::DisputeStep,
    money::Money,
    statement::StatementBody,
};
use portal_store::{
    Tx,
    bills::BillRecord,
    disputes,
    leads::LeadRecord,
    lines::LineRecord,
    mails::{self, MailRecord},
    partners::{self, PartnerRecord},
    people::{self, InvitationRecord, MemberRecord, PersonRecord},
    statements::{self, CarryRecord, StatementRecord},
};
use portal_words::{Argument, Locale, Words};

use crate::{
    Ctx, ServiceError, mismatch,
    outbox::{self, Job},
};

/// A mail before it is laid out: paragraphs, rows of a table, and one button.
struct Draft<'a> {
    recipient: &'a str,
    name: &'a str,
    words: Words,
    partner: Option<PartnerId>,
    subject: String,
    paragraphs: Vec<String>,
    rows: Vec<(String, String)>,
    button: (String, String),
}

async fn send(ctx: &Ctx, tx: &mut Tx, draft: Draft<'_>) -> Result<(), ServiceError> {
    let mail = MailRecord {
        id: MailId::new(ctx.new_id()),
        partner: draft.partner,
        recipient: draft.recipient.to_owned(),
        text: plain(ctx, &draft),
        html: html(ctx, &draft),
        subject: draft.subject,
        sent_at: None,
    };
    mails::add(tx, &mail, ctx.now()).await?;
    outbox::add(ctx, tx, &Job::SendMail { mail: mail.id }).await
}

/// A mail as a person wrote it, to whom they wrote it, in nobody else's words.
pub(crate) async fn typed_mail(
    ctx: &Ctx,
    tx: &mut Tx,
    recipient: &str,
    subject: &str,
    text: &str,
) -> Result<(), ServiceError> {
    let paragraphs: String = text
        .split("\n\n")
        .map(|paragraph| {
            let lines = escape(paragraph).replace('\n', "<br>");
            format!("<p style=\"margin:0 0 16px\">{lines}</p>")
        })
        .collect();
    let html = format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\"><title>{}</title></head>\
         <body style=\"margin:0;padding:32px 16px;font:16px/1.5 system-ui,sans-serif\">{paragraphs}</body></html>",
        escape(subject)
    );
    let mail = MailRecord {
        id: MailId::new(ctx.new_id()),
        partner: None,
        recipient: recipient.to_owned(),
        subject: subject.to_owned(),
        text: format!("{text}\n"),
        html,
        sent_at: None,
    };
    mails::add(tx, &mail, ctx.now()).await?;
    outbox::add(ctx, tx, &Job::SendMail { mail: mail.id }).await
}

fn greeting(draft: &Draft<'_>) -> String {
    draft
        .words
        .with("mail-greeting", &[("name", draft.name.into())])
}

fn footer(ctx: &Ctx, draft: &Draft<'_>) -> String {
    draft.words.with(
        "mail-footer",
        &[("programme", ctx.programme.name.as_str().into())],
    )
}

fn plain(ctx: &Ctx, draft: &Draft<'_>) -> String {
    let mut text = format!(
        "{}\n\n{}\n\n",
        greeting(draft),
        draft.paragraphs.join("\n\n")
    );
    for (label, value) in &draft.rows {
        text.push_str(&format!("{label}: {value}\n"));
    }
    if !draft.rows.is_empty() {
        text.push('\n');
    }
    let (label, url) = &draft.button;
    text.push_str(&format!("{label}:\n{url}\n\n--\n{}\n", footer(ctx, draft)));
    text
}

/// Mail programs know neither style sheets nor our fonts: tables and inline styles, and colours that both themes can bear.
fn html(ctx: &Ctx, draft: &Draft<'_>) -> String {
    let paragraphs: String = std::iter::once(greeting(draft))
        .chain(draft.paragraphs.iter().cloned())
        .map(|paragraph| format!("<p style=\"margin:0 0 16px\">{}</p>", escape(&paragraph)))
        .collect();
    let rows: String = draft
        .rows
        .iter()
        .map(|(label, value)| {
            format!(
                "<tr><td style=\"padding:6px 16px 6px 0;border-bottom:1px solid #8886\">{}</td>\
                 <td style=\"padding:6px 0;border-bottom:1px solid #8886;text-align:right;white-space:nowrap\">{}</td></tr>",
                escape(label),
                escape(value)
            )
        })
        .collect();
    let table = if rows.is_empty() {
        String::new()
    } else {
        format!(
            "<table role=\"presentation\" style=\"border-collapse:collapse;width:100%;margin:0 0 24px\">{rows}</table>"
        )
    };
    let (label, url) = &draft.button;
    format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>{subject}</title></head><body style=\"margin:0;padding:32px 16px;font:16px/1.5 system-ui,sans-serif\">\
         <div style=\"max-width:560px;margin:0 auto\">{paragraphs}{table}\
         <p style=\"margin:0 0 32px\"><a href=\"{url}\" style=\"display:inline-block;padding:10px 18px;border-radius:8px;\
         background:#0d5c50;color:#ffffff;text-decoration:none;font-weight:600\">{label}</a></p>\
         <p style=\"margin:0;font-size:13px;opacity:.75\">{footer}</p></div></body></html>",
        lang = draft.words.locale().as_str(),
        subject = escape(&draft.subject),
        url = escape(url),
        label = escape(label),
        footer = escape(&footer(ctx, draft)),
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Slack reads `<!channel>` and links out of these three characters.
fn escape_slack(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn words_of(locale: &str) -> Words {
    Words::of(Locale::parse(locale).unwrap_or(Locale::En))
}

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

/// Says something in the staff's channel of Slack, with the page where something can be done about it. What people typed is escaped here.
pub(crate) async fn tell_staff(
    ctx: &Ctx,
    tx: &mut Tx,
    key: &str,
    arguments: &[(&str, Argument)],
    path: &str,
) -> Result<(), ServiceError> {
    let escaped: Vec<(&str, Argument)> = arguments
        .iter()
        .map(|(name, argument)| {
            let argument = match argument {
                Argument::Text(text) => escape_slack(text).into(),
                number @ Argument::Number(_) => number.clone(),
            };
            (*name, argument)
        })
        .collect();
    let text = Words::of(Locale::En).with(key, &escaped);
    let url = ctx.url(path);
    post_slack(
        ctx,
        tx,
        &ctx.programme.staff_channel,
        &text,
        &[],
        Some(&url),
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
    send(ctx, tx, draft).await
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
    for member in money_people(&mut tx, statement.partner).await? {
        statement_mail(ctx, &mut tx, &statement, &body, &member).await?;
    }
    let partner = partners::find(&mut tx, statement.partner)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let words = Words::of(Locale::En);
    let text = words.with(
        "slack-statement",
        &statement_arguments(&words, &statement, &body),
    );
    let lines = statement_rows(&words, &body);
    let url = ctx.url(&format!("/statements/{id}"));
    if !partner.company.slack_channel.is_empty() {
        post_slack(
            ctx,
            &mut tx,
            &partner.company.slack_channel,
            &text,
            &lines,
            Some(&url),
        )
        .await?;
    }
    Ok(tx.commit().await?)
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
        let words = words_of(&reader.locale);
        let arguments: [(&str, Argument); 1] = [("quarter", quarter.into())];
        let paragraphs = theirs.iter().map(|carry| carried(ctx, &words, carry));
        let draft = Draft {
            recipient: &reader.email,
            name: &reader.name,
            words,
            partner: Some(partner),
            subject: words.with("mail-carried-subject", &arguments),
            paragraphs: paragraphs.collect(),
            rows: Vec::new(),
            button: (words.text("mail-carried-button"), ctx.url("/statements")),
        };
        send(ctx, &mut tx, draft).await?;
    }
    Ok(tx.commit().await?)
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

/// Who is told of statements and payments.
struct MoneyReader {
    email: String,
    name: String,
    locale: String,
}

/// Owners and finance people, and the company's mail for statements where that is nobody's of them.
async fn money_people(tx: &mut Tx, partner: PartnerId) -> Result<Vec<MoneyReader>, ServiceError> {
    let members = people::list_members(tx, partner).await?;
    let mut readers: Vec<MoneyReader> = members
        .into_iter()
        .filter(|member| matches!(member.role, MemberRole::Owner | MemberRole::Finance))
        .map(|member| MoneyReader {
            email: member.email,
            name: member.name,
            locale: member.locale,
        })
        .collect();
    let company = partners::find(tx, partner)
        .await?
        .ok_or(ServiceError::NotFound)?
        .company;
    let shared = company.billing_email.as_str();
    let is_known = |reader: &MoneyReader| reader.email.eq_ignore_ascii_case(shared);
    if !readers.iter().any(is_known) {
        let locale = readers.first().map(|reader| reader.locale.clone());
        readers.push(MoneyReader {
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

async fn statement_mail(
    ctx: &Ctx,
    tx: &mut Tx,
    statement: &StatementRecord,
    body: &StatementBody,
    member: &MoneyReader,
) -> Result<(), ServiceError> {
    let words = words_of(&member.locale);
    let arguments = statement_arguments(&words, statement, body);
    let rows = statement_rows(&words, body);
    let draft = about_statement(ctx, member, statement, words, "mail-statement", &arguments);
    send(ctx, tx, Draft { rows, ..draft }).await
}

/// A mail to a member about a statement, from the keys `…-subject` and `…-body`, with a button that opens it.
fn about_statement<'a>(
    ctx: &Ctx,
    member: &'a MoneyReader,
    statement: &StatementRecord,
    words: Words,
    key: &str,
    arguments: &[(&str, Argument)],
) -> Draft<'a> {
    Draft {
        recipient: &member.email,
        name: &member.name,
        partner: Some(statement.partner),
        subject: words.with(&format!("{key}-subject"), arguments),
        paragraphs: vec![words.with(&format!("{key}-body"), arguments)],
        rows: Vec::new(),
        button: (
            words.text("mail-statement-button"),
            ctx.url(&format!("/statements/{}", statement.id)),
        ),
        words,
    }
}

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
    let (key, amount) = match news {
        BillNews::Paid => ("mail-bill-paid", bill.total),
        BillNews::PaymentUndone(taken) => ("mail-bill-undone", taken),
        BillNews::Voided => ("mail-bill-voided", bill.total),
        BillNews::NotMade => ("mail-bill-not-made", bill.total),
    };
    let tax = Money::new(bill.tax_minor, bill.total.currency);
    let gross = bill.total.plus(tax)?;
    for reader in money_people(tx, bill.partner).await? {
        let words = words_of(&reader.locale);
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
        let draft = about_statement(ctx, &reader, &statement, words, key, &arguments);
        send(ctx, tx, Draft { rows, ..draft }).await?;
    }
    Ok(())
}

/// A bill does not agree with its statement: owners and finance people are told why, so that they send another.
pub(crate) async fn bill_differs(
    ctx: &Ctx,
    tx: &mut Tx,
    statement: &StatementRecord,
    facts: &serde_json::Value,
) -> Result<(), ServiceError> {
    let number = facts["bill"].as_str().unwrap_or_default();
    for reader in money_people(tx, statement.partner).await? {
        let words = words_of(&reader.locale);
        let arguments: [(&str, Argument); 3] = [
            ("bill", number.into()),
            ("statement", statement.number.as_str().into()),
            ("why", mismatch::sentence(&words, facts).into()),
        ];
        let key = mismatch::mail_key(facts);
        let draft = about_statement(ctx, &reader, statement, words, key, &arguments);
        send(ctx, tx, draft).await?;
    }
    Ok(())
}

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
    let written = text
        .lines()
        .filter(|written| !written.trim().is_empty())
        .map(str::to_owned);
    for member in told {
        let words = words_of(&member.locale);
        let arguments: [(&str, Argument); 2] = [
            ("client", line.client_name.as_str().into()),
            ("month", words.month(line.month).into()),
        ];
        let draft = Draft {
            recipient: &member.email,
            name: &member.name,
            words,
            partner: Some(line.partner),
            subject: words.with(&format!("mail-dispute-{step}-subject"), &arguments),
            paragraphs: std::iter::once(
                words.with(&format!("mail-dispute-{step}-body"), &arguments),
            )
            .chain(written.clone())
            .collect(),
            rows: Vec::new(),
            button: (
                words.text("mail-dispute-button"),
                ctx.url(&format!("/commission?line={}", line.id)),
            ),
        };
        send(ctx, tx, draft).await?;
    }
    Ok(())
}

/// A message of one sentence, its rows, and a link into the portal. The sentence is escaped by the caller, who knows which part of it a person typed.
async fn post_slack(
    ctx: &Ctx,
    tx: &mut Tx,
    channel: &str,
    text: &str,
    rows: &[(String, String)],
    url: Option<&str>,
) -> Result<(), ServiceError> {
    let section = |text: String| serde_json::json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } });
    let mut blocks = vec![section(text.to_owned())];
    // Slack takes at most 3,000 characters a section and 50 blocks a message; what does not fit is behind the link.
    for chunk in rows.chunks(20).take(20) {
        let lines: Vec<String> = chunk
            .iter()
            .map(|(label, value)| format!("• {}: *{}*", escape_slack(label), escape_slack(value)))
            .collect();
        blocks.push(section(lines.join("\n")));
    }
    if let Some(url) = url {
        let link = Words::of(Locale::En).text("slack-open-portal");
        blocks.push(section(format!("<{url}|{link}>")));
    }
    let job = Job::PostSlack {
        channel: channel.to_owned(),
        text: text.to_owned(),
        blocks: serde_json::Value::Array(blocks).to_string(),
    };
    outbox::add(ctx, tx, &job).await
}

/// A mail that is still to be sent; `None` if it left already.
pub async fn find_unsent_mail(ctx: &Ctx, id: MailId) -> Result<Option<MailRecord>, ServiceError> {
    let mut tx = ctx.store.read().await?;
    let mail = mails::find(&mut tx, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    Ok(mail.sent_at.is_none().then_some(mail))
}

pub async fn mail_sent(ctx: &Ctx, id: MailId) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    mails::set_sent(&mut tx, id, ctx.now()).await?;
    Ok(tx.commit().await?)
}
