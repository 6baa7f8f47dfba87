//! A mail as text and HTML, laid out the same for all of them, and stored in the transaction of what it tells.

use portal_domain::ids::{MailId, PartnerId};
use portal_store::{
    Tx,
    mails::{self, MailRecord},
};
use portal_words::{Locale, Words};

use crate::{
    Ctx, ServiceError,
    outbox::{self, Job},
};

/// A mail before it is laid out: paragraphs, rows of a table, and one button.
pub(super) struct Draft<'a> {
    pub recipient: &'a str,
    pub name: &'a str,
    pub words: Words,
    pub partner: Option<PartnerId>,
    pub subject: String,
    pub paragraphs: Vec<String>,
    pub rows: Vec<(String, String)>,
    pub button: (String, String),
}

pub(super) async fn send(ctx: &Ctx, tx: &mut Tx, draft: Draft<'_>) -> Result<(), ServiceError> {
    let mail = store(ctx, tx, draft).await?;
    outbox::add(ctx, tx, &Job::SendMail { mail }).await
}

/// A mail that its reader waits for in front of the screen: it goes before all others.
pub(super) async fn send_first(
    ctx: &Ctx,
    tx: &mut Tx,
    draft: Draft<'_>,
) -> Result<(), ServiceError> {
    let mail = store(ctx, tx, draft).await?;
    outbox::add_first(ctx, tx, &Job::SendMail { mail }).await
}

async fn store(ctx: &Ctx, tx: &mut Tx, draft: Draft<'_>) -> Result<MailId, ServiceError> {
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
    Ok(mail.id)
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

pub(super) fn words_of(locale: &str) -> Words {
    Words::of(Locale::parse(locale).unwrap_or(Locale::En))
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
