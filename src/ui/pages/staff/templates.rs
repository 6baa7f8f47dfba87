//! Every text that the portal sends by itself, with made-up things: mails as text and as HTML in a light and a dark program, and messages as Slack shows them.

use axum::{
    extract::{Path, Query},
    http::{HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use leptos::prelude::*;
use portal_domain::access::{Action, Actor, can};
use portal_services::{
    ServiceError,
    messages::{self, Laid, MAILS, MESSAGES, MessageSample},
};
use portal_words::Locale;
use serde::Deserialize;
use serde_json::Value;

use super::{address, channels::message_tabs, head, integrations};
use crate::{ui::api::UiError, web::page::Page};

pub const PATH: &str = "/staff/messages/templates";

#[derive(Deserialize)]
pub struct TemplateQuery {
    /// `mail`, `slack` or `webhook`.
    #[serde(default)]
    by: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    language: String,
}

/// What goes to an iPaaS, by the names under which it is looked at.
pub const WEBHOOKS: [&str; 2] = ["lead-created", "portal-test"];

/// What is looked at.
enum Sample {
    Mail(Laid),
    Slack(MessageSample),
    /// A body, as JSON.
    Webhook(&'static str),
}

struct Shown {
    by: &'static str,
    name: String,
    language: Locale,
    sample: Sample,
}

pub async fn show(page: Page, Query(query): Query<TemplateQuery>) -> Result<Response, UiError> {
    let actor = page.actor()?;
    let language = Locale::parse(&query.language).unwrap_or(page.words.locale());
    let (by, first) = match query.by.as_str() {
        "slack" => ("slack", MESSAGES[0]),
        "webhook" => ("webhook", WEBHOOKS[0]),
        _ => ("mail", MAILS[0]),
    };
    let name = if query.name.is_empty() {
        first.to_owned()
    } else {
        query.name
    };
    let sample = match by {
        "slack" => messages::sample_message(&page.ctx, actor, &name, language).map(Sample::Slack),
        "webhook" => sample_webhook(actor, &name).map(Sample::Webhook),
        _ => messages::sample_mail(&page.ctx, actor, &name, language).map(Sample::Mail),
    };
    let shown = Shown {
        by,
        name,
        language,
        sample: page.said(sample)?,
    };
    let title = page.words.text("messages-title");
    Ok(page.show(&title.clone(), move |page| {
        view! {
            {head(title, page.words.text("messages-lead"), None)}
            {message_tabs(page, PATH)}
            <div class="split">
                <div class="stack">{preview(page, &shown)}</div>
                <div class="stack">
                    {list(page, &shown, "mail", "template-mails", MAILS)}
                    {list(page, &shown, "slack", "template-slack", MESSAGES)}
                    {list(page, &shown, "webhook", "template-webhooks", WEBHOOKS)}
                    {list(page, &shown, "mail", "template-alerts-mail", messages::alert_names())}
                    {list(page, &shown, "slack", "template-alerts-slack", messages::alert_names())}
                </div>
            </div>
        }
        .into_any()
    }))
}

/// The body of a webhook with made-up things, as the guide has it.
fn sample_webhook(actor: &Actor, name: &str) -> Result<&'static str, ServiceError> {
    if !can(actor, Action::ReadBooks) {
        return Err(ServiceError::Forbidden);
    }
    let is_known = WEBHOOKS.contains(&name);
    let example = integrations::example_of(&name.replace('-', "."));
    example.filter(|_| is_known).ok_or(ServiceError::NotFound)
}

/// A mail alone, for the frame: it may bring its own styles, and nothing in it runs or loads.
pub async fn frame(
    page: Page,
    Path((name, scheme)): Path<(String, String)>,
    Query(query): Query<TemplateQuery>,
) -> Result<Response, UiError> {
    let language = Locale::parse(&query.language).unwrap_or(page.words.locale());
    let dark = match scheme.as_str() {
        "light" => false,
        "dark" => true,
        _ => return page.said(Err(ServiceError::NotFound)),
    };
    let laid = page.said(messages::sample_mail(
        &page.ctx,
        page.actor()?,
        &name,
        language,
    ))?;
    let mut response = Html(messages::sample_html(&laid, dark)).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'",
        ),
    );
    headers.insert(
        header::X_FRAME_OPTIONS,
        HeaderValue::from_static("SAMEORIGIN"),
    );
    Ok(response)
}

fn url(by: &str, name: &str, language: Locale) -> String {
    address(
        PATH,
        &[("by", by), ("name", name), ("language", language.as_str())],
    )
}

fn list(
    page: &Page,
    shown: &Shown,
    by: &'static str,
    title: &str,
    names: impl IntoIterator<Item = &'static str>,
) -> AnyView {
    let words = &page.words;
    let title = words.text(title);
    let entries = names
        .into_iter()
        .map(|name| {
            let current = (shown.by == by && shown.name == name).then_some("page");
            let label = messages::template_label(&page.ctx, *words, by, name);
            view! { <li><a href=url(by, name, shown.language) aria-current=current>{label}</a></li> }
        })
        .collect_view();
    view! {
        <nav class="card" aria-label=title.clone()>
            <header><h2>{title.clone()}</h2></header>
            <ul class="picks">{entries}</ul>
        </nav>
    }
    .into_any()
}

fn preview(page: &Page, shown: &Shown) -> AnyView {
    let words = &page.words;
    let title = messages::template_label(&page.ctx, *words, shown.by, &shown.name);
    // What programs read is the same in every language.
    let languages = Locale::ALL
        .iter()
        .filter(|_| shown.by != "webhook")
        .map(|locale| {
            let is_current = *locale == shown.language;
            let (current, class) = match is_current {
                true => (Some("true"), "btn sm primary"),
                false => (None, "btn sm"),
            };
            let url = url(shown.by, &shown.name, *locale);
            view! { <a class=class href=url aria-current=current lang=locale.as_str()>{locale.own_name()}</a> }
        })
        .collect::<Vec<_>>();
    let content = match &shown.sample {
        Sample::Webhook(body) => webhook(page, body),
        Sample::Mail(laid) => mail(page, shown, laid),
        Sample::Slack(message) => slack(page, message),
    };
    view! {
        <section class="card" data-template=shown.name.clone()>
            <header>
                <h2>{title}</h2>
                {(!languages.is_empty()).then(|| view! { <nav class="row" aria-label=words.text("template-language")>{languages}</nav> })}
            </header>
            {content}
        </section>
    }
    .into_any()
}

fn mail(page: &Page, shown: &Shown, laid: &Laid) -> AnyView {
    let words = &page.words;
    let frames = ["light", "dark"].map(|scheme| {
        let label = words.text(&format!("template-{scheme}"));
        let path = format!("{PATH}/{}/{scheme}", shown.name);
        let source = address(&path, &[("language", shown.language.as_str())]);
        view! {
            <figure>
                <figcaption>{label.clone()}</figcaption>
                <iframe sandbox="" src=source title=label></iframe>
            </figure>
        }
    });
    view! {
        <p><strong>{words.text("template-subject")}": "</strong>{laid.subject.clone()}</p>
        <div class="framed">{frames.into_iter().collect_view()}</div>
        <h3>{words.text("template-text")}</h3>
        <pre class="verbatim" lang=shown.language.as_str()>{laid.text.clone()}</pre>
    }
    .into_any()
}

fn webhook(page: &Page, body: &'static str) -> AnyView {
    let words = &page.words;
    view! {
        <p>{words.text("template-webhook-what")}" "<a href=integrations::GUIDE_PATH>{words.text("relay-guide")}</a></p>
        <pre class="verbatim">{body}</pre>
    }
    .into_any()
}

fn slack(page: &Page, message: &MessageSample) -> AnyView {
    let words = &page.words;
    let blocks = message.blocks.iter().map(block).collect_view();
    view! {
        <div class="posted">{blocks}</div>
        <h3>{words.text("template-fallback")}</h3>
        <p class="verbatim">{unescape(&message.fallback)}</p>
    }
    .into_any()
}

/// One block as Slack shows it.
fn block(block: &Value) -> AnyView {
    let text = |value: &Value| unescape(value["text"].as_str().unwrap_or_default());
    match block["type"].as_str().unwrap_or_default() {
        "header" => view! { <h3>{text(&block["text"])}</h3> }.into_any(),
        "actions" => {
            view! { <p><span class="btn sm">{text(&block["elements"][0]["text"])}</span></p> }
                .into_any()
        }
        "context" => view! { <p class="small muted">{text(&block["elements"][0])}</p> }.into_any(),
        _ => match block["fields"].as_array() {
            Some(fields) => {
                let fields = fields.iter().map(|field| pair(&text(field))).collect_view();
                view! { <dl>{fields}</dl> }.into_any()
            }
            None => {
                let lines = text(&block["text"]);
                let lines = lines.lines().map(|line| view! { <li>{bold(line)}</li> });
                view! { <ul class="says">{lines.collect_view()}</ul> }.into_any()
            }
        },
    }
}

/// A field: its label, and below it its value.
fn pair(text: &str) -> AnyView {
    let (label, value) = text.split_once('\n').unwrap_or((text, ""));
    view! { <div><dt>{label.trim_matches('*').to_owned()}</dt><dd>{value.to_owned()}</dd></div> }
        .into_any()
}

/// What stands between stars is bold in Slack.
fn bold(line: &str) -> AnyView {
    match line.split_once('*') {
        Some((before, rest)) => {
            view! { {before.to_owned()}<strong>{rest.trim_end_matches('*').to_owned()}</strong> }
                .into_any()
        }
        None => line.to_owned().into_any(),
    }
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}
