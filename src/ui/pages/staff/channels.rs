//! Where staff read in Slack of what: a channel for each event or none, and what Slack said to the last test.

use axum::response::Response;
use leptos::prelude::*;
use portal_domain::access::Action;
use portal_services::messages::{self, Channels, StaffChannel};
use portal_words::Locale;

use super::{Tab, bounces, calls, form_errors, head, may, or_nothing, tabs, templates};
use crate::{
    ui::{api::UiError, kit, pages::slack_trial},
    web::page::Page,
};

const PATH: &str = "/staff/messages";
const SET: &str = "set_channel";
const SET_LANGUAGE: &str = "set_channel_language";

pub async fn show(page: Page) -> Result<Response, UiError> {
    let shown = page.said(messages::list_channels(&page.ctx, page.actor()?).await)?;
    let title = page.words.text("messages-title");
    Ok(page.show(&title.clone(), move |page| {
        view! {
            {head(title, page.words.text("messages-lead"), None)}
            {message_tabs(page, PATH)}
            <div class="stack">
                {form_errors(page, SET)}
                {table(page, &shown)}
                {language(page, shown.language)}
            </div>
        }
        .into_any()
    }))
}

/// The pages about what the portal says.
pub fn message_tabs(page: &Page, here: &str) -> AnyView {
    let words = &page.words;
    let list = [
        (PATH, "channels"),
        (templates::PATH, "templates"),
        (bounces::PATH, "bounces"),
    ]
    .into_iter()
    .map(|(path, name)| Tab {
        url: path.to_owned(),
        label: words.text(&format!("messages-tab-{name}")),
        count: None,
        is_current: path == here,
    });
    tabs(words.text("messages-tabs"), list.collect())
}

fn table(page: &Page, shown: &Channels) -> AnyView {
    let words = &page.words;
    let columns = ["event", "channel", "test"];
    let columns = columns.map(
        |column| view! { <th scope="col">{words.text(&format!("channel-column-{column}"))}</th> },
    );
    let rows = shown.channels.iter().map(|channel| row(page, channel));
    view! {
        <section class="card flush">
            <header><h2>{words.text("channel-title")}</h2><p>{words.text("channel-lead")}</p></header>
            <div class="table">
                <table class="cards">
                    <thead>
                        <tr>
                            {columns.into_iter().collect_view()}
                            <th scope="col"><span class="vh">{words.text("actions")}</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn row(page: &Page, shown: &StaffChannel) -> AnyView {
    let words = &page.words;
    let event = shown.event.as_str();
    let name = words.text(&format!("channel-event-{event}"));
    let operates = may(page, Action::Operate);
    let channel = if operates {
        choose(page, shown, &name)
    } else {
        or_nothing(&shown.channel).into_any()
    };
    let test = (operates && !shown.channel.is_empty()).then(|| {
        let label = words.text("slack-test-send");
        view! {
            <form method="post">
                {calls("test_channel")}
                <input type="hidden" name="event" value=event />
                <button class="btn sm" aria-label=format!("{label}: {name}")>{label.clone()}</button>
            </form>
        }
    });
    view! {
        <tr data-event=event>
            <th class="main" scope="row">{name.clone()}<small>{words.text(&format!("channel-event-{event}-what"))}</small></th>
            <td data-label=words.text("channel-column-channel")>{channel}</td>
            <td data-label=words.text("channel-column-test")>{slack_trial::answer(page, shown.trial.as_ref())}</td>
            <td class="act">{test}</td>
        </tr>
    }
    .into_any()
}

fn choose(page: &Page, shown: &StaffChannel, name: &str) -> AnyView {
    let words = &page.words;
    let event = shown.event.as_str();
    let field = format!("channel-{event}");
    page.labels().add(&field, name);
    let wrong = page.wrong(SET, &field);
    // Of all the rows' forms only the one that was refused shows what was typed.
    let typed = wrong
        .as_ref()
        .map(|_| page.typed(SET, "channel", &shown.channel));
    let value = typed.unwrap_or_else(|| shown.channel.clone());
    let label = format!("{}: {name}", words.text("channel-column-channel"));
    view! {
        <form class="row" method="post">
            {calls(SET)}
            <input type="hidden" name="event" value=event />
            <input
                id=field.clone()
                name="channel"
                value=value
                maxlength="81"
                autocomplete="off"
                placeholder=words.text("channel-none")
                aria-label=label
                aria-invalid=wrong.as_ref().map(|_| "true")
                aria-describedby=format!("{field}-error")
            />
            <button class="btn sm" aria-label=format!("{}: {name}", words.text("channel-save"))>{words.text("channel-save")}</button>
        </form>
        <span class="wrong" id=format!("{field}-error")>{wrong}</span>
    }
    .into_any()
}

fn language(page: &Page, chosen: Locale) -> AnyView {
    let words = &page.words;
    if !may(page, Action::Operate) {
        return ().into_any();
    }
    let options = Locale::ALL
        .iter()
        .map(|locale| (locale.as_str().to_owned(), locale.own_name().to_owned()))
        .collect();
    view! {
        <form class="card form" method="post">
            <header><h2>{words.text("channel-language-title")}</h2><p>{words.text("channel-language-lead")}</p></header>
            {calls(SET_LANGUAGE)}
            {kit::field(page, SET_LANGUAGE, "language", "language", "language").first(chosen.as_str()).select(options)}
            <div class="foot"><button class="btn">{words.text("channel-save")}</button></div>
        </form>
    }
    .into_any()
}
