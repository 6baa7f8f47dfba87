//! Connections: how the portal is let into each outside system, whether that works, and what to do where it does not. One page for all and one for each. Of a
//! secret nothing is ever shown, not even that it was mistyped in which place.

mod forms;

use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use portal_domain::{
    access::Action,
    connection::{ConnectionState, Origin, System},
};
use portal_services::connections::{self, Account, ConnectionView};

use super::{NOTHING, crumbs, fact, head, may, sign_on};
use crate::{
    ui::{
        api::UiError,
        kit::{self, icons},
    },
    web::{self, page::Page},
};

pub const PATH: &str = "/staff/connections";

/// The page of a system.
pub fn path_of(system: System) -> String {
    format!("{PATH}/{system}")
}

/// All systems.
pub async fn list(page: Page) -> Result<Response, UiError> {
    let views = page.said(connections::list(&page.ctx, page.actor()?).await)?;
    let title = page.words.text("connections-title");
    Ok(page.show(&title.clone(), move |page| {
        view! {
            {crumbs(page, "/staff/integrations", "integration-title", title.clone())}
            {head(title, page.words.text("connections-lead"), sign_on_link(page))}
            <div class="stack" id="connections" data-live="">
                {table(page, &views)}
            </div>
        }
        .into_any()
    }))
}

fn sign_on_link(page: &Page) -> Option<AnyView> {
    let label = page.words.text("sign-on-title");
    let link = view! { <a class="btn" href=sign_on::PATH>{label}</a> };
    may(page, Action::ManageSignOn).then(|| link.into_any())
}

/// One system.
pub async fn show(page: Page, Path(system): Path<String>) -> Result<Response, UiError> {
    let system = page.said(web::connections::parse(&system))?;
    let view = page.said(connections::find(&page.ctx, page.actor()?, system).await)?;
    let title = page.words.text(&format!("integration-{system}"));
    Ok(page.show(&title.clone(), move |page| {
        view! {
            {crumbs(page, PATH, "connections-title", title.clone())}
            {head_of(page, &view, title)}
            <div class="stack">
                {foreign(page, &view)}
                {notice(page, &view)}
                {forms::choice(page, &view)}
                {facts(page, &view)}
                {forms::ways(page, &view)}
                {forms::webhooks(page, &view)}
                {forms::leave(page, &view)}
            </div>
        }
        .into_any()
    }))
}

/// The last part of its key in the catalogues, and its colour.
fn state(view: &ConnectionView) -> (&'static str, &'static str) {
    match (view.origin, view.record.parts.state) {
        _ if other(view).is_some() => ("foreign", "failing"),
        (Origin::Environment, _) if view.standing.held_at.is_some() => ("refused", "failing"),
        (Origin::Environment, _) => ("environment", "healthy"),
        (Origin::Connection, ConnectionState::Choosing) => ("choosing", "held"),
        (Origin::Connection, ConnectionState::Broken) => ("broken", "failing"),
        (Origin::Connection, _) if view.standing.held_at.is_some() => ("refused", "failing"),
        (Origin::Connection, _) => ("connected", "healthy"),
        (Origin::Sandbox, _) => ("sandbox", "off"),
        (Origin::Nothing, _) => ("nothing", "failing"),
    }
}

/// The account whose objects are mirrored, and the other one that the system lets us into by now.
fn other(view: &ConnectionView) -> Option<(&Account, &Account)> {
    let mirrored = view.mirrored.as_ref();
    let mirrored = mirrored.filter(|_| view.origin != Origin::Nothing);
    mirrored.and_then(|mirrored| Some((&mirrored.account, mirrored.other.as_ref()?)))
}

fn pill(page: &Page, view: &ConnectionView) -> AnyView {
    let (key, colour) = state(view);
    let label = page.words.text(&format!("connection-state-{key}"));
    kit::pill(colour, label)
}

fn table(page: &Page, views: &[ConnectionView]) -> AnyView {
    let words = &page.words;
    let columns = ["system", "how", "since", "state"];
    let columns = columns.map(|column| view! { <th scope="col">{words.text(&format!("connection-column-{column}"))}</th> });
    view! {
        <section class="card flush" aria-label=words.text("connections-title")>
            <div class="table">
                <table class="cards">
                    <thead><tr>{columns.into_iter().collect_view()}</tr></thead>
                    <tbody>{views.iter().map(|view| row(page, view)).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn row(page: &Page, view: &ConnectionView) -> AnyView {
    let words = &page.words;
    let system = view.record.system;
    let account = account(view).map(|account| view! { <small>{account}</small> });
    view! {
        <tr data-system=system.as_str()>
            <th class="main" scope="row"><a href=path_of(system)>{words.text(&format!("integration-{system}"))}</a>{account}</th>
            <td data-label=words.text("connection-column-how")>{how(page, view)}</td>
            <td data-label=words.text("connection-column-since")>{since(page, view)}</td>
            <td data-label=words.text("connection-column-state")>{pill(page, view)}</td>
        </tr>
    }
    .into_any()
}

/// In which way it is connected.
fn how(page: &Page, view: &ConnectionView) -> String {
    let key = match (view.origin, view.record.parts.way) {
        (Origin::Environment, _) => "environment",
        (Origin::Connection, Some(way)) => way.as_str(),
        (Origin::Sandbox, _) => "sandbox",
        _ => return NOTHING.to_owned(),
    };
    page.words
        .text(&format!("connection-how-{}", key.replace('_', "-")))
}

/// Since when it is as it is, and who made it so.
fn since(page: &Page, view: &ConnectionView) -> AnyView {
    let record = &view.record;
    match record.changed_at {
        Some(at) if view.origin == Origin::Connection => {
            let by = record.changed_by.clone();
            let by = by.unwrap_or_else(|| page.words.text("audit-portal"));
            view! { <span>{kit::ago(page, at)}" · "{by}</span> }.into_any()
        }
        _ => NOTHING.into_any(),
    }
}

/// The account, organisation or server, as people know it.
fn account(view: &ConnectionView) -> Option<String> {
    let parts = &view.record.parts;
    let named = parts.account_name.clone().or(parts.account.clone());
    named.filter(|_| view.origin == Origin::Connection)
}

fn head_of(page: &Page, view: &ConnectionView, title: String) -> AnyView {
    let words = &page.words;
    let system = view.record.system;
    let test = (view.origin != Origin::Nothing).then(|| {
        let values = [("system", system.to_string())];
        let label = words.text("connection-test");
        view! { <div class="row">{kit::button_form("test_connection", &values, label, "btn")}</div> }
    });
    let lead = words.text(&format!("integration-{system}-lead"));
    view! { <div class="head"><div><h1>{title}" "{pill(page, view)}</h1><p>{lead}</p></div>{test}</div> }
        .into_any()
}

/// What stands in the way, or what goes before, and what to do about it.
fn notice(page: &Page, view: &ConnectionView) -> Option<AnyView> {
    let words = &page.words;
    let parts = &view.record.parts;
    let (tone, key) = match (view.origin, parts.state) {
        (Origin::Environment, _) => ("info", "environment"),
        (Origin::Connection, ConnectionState::Broken) => ("bad", "broken"),
        (_, ConnectionState::Begun)
            if connections::may_be_consented(&page.ctx.programme, &view.record) =>
        {
            ("wait", "begun")
        }
        (Origin::Sandbox, _) if page.ctx.programme.sandbox => ("info", "sandbox"),
        (Origin::Sandbox, _) => ("wait", "stand-in"),
        (Origin::Nothing, _) => ("bad", "nothing"),
        (Origin::Connection, _) => return None,
    };
    let system = words.text(&format!("integration-{}", view.record.system));
    let those = [("system", system.into()), ("count", view.waiting.into())];
    let said = parts.said.as_ref().filter(|_| key == "broken").map(|said| {
        view! { <p>{words.with("integration-said", &[("text", said.as_str().into())])}</p> }
    });
    let path = if tone == "info" {
        icons::INFO
    } else {
        icons::ALERT
    };
    let role = if tone == "bad" { "alert" } else { "status" };
    Some(
        view! {
            <div class="notice" data-tone=tone role=role>
                {kit::icon(path)}
                <div>
                    <h2>{words.with(&format!("connection-{key}-title"), &those)}</h2>
                    <p>{words.with(&format!("connection-{key}"), &those)}</p>
                    {said}
                    {forms::consent_link(page, view).map(|link| view! { <p>{link}</p> })}
                </div>
            </div>
        }
        .into_any(),
    )
}

/// That the system lets us into another account than the one whose objects are mirrored, and both ways out of it.
fn foreign(page: &Page, view: &ConnectionView) -> Option<AnyView> {
    let words = &page.words;
    let (ours, theirs) = other(view)?;
    let system = words.text(&format!("integration-{}", view.record.system));
    let those = [
        ("system", system.into()),
        ("ours", named(ours).into()),
        ("theirs", named(theirs).into()),
        ("count", view.waiting.into()),
    ];
    Some(
        view! {
            <div class="notice" data-tone="bad" role="alert">
                {kit::icon(icons::ALERT)}
                <div>
                    <h2>{words.with("connection-foreign-title", &those)}</h2>
                    <p>{words.with("connection-foreign", &those)}</p>
                    <p>{words.with("connection-foreign-back", &those)}</p>
                    {forms::leave_books(page, view, theirs, &those)}
                </div>
            </div>
        }
        .into_any(),
    )
}

/// An account as people know it, and as the system does.
fn named(account: &Account) -> String {
    match account.name == account.id {
        true => account.id.clone(),
        false => format!("{} ({})", account.name, account.id),
    }
}

fn facts(page: &Page, view: &ConnectionView) -> AnyView {
    let words = &page.words;
    let parts = &view.record.parts;
    let mine = view.origin == Origin::Connection;
    let text = |key: &str, value: Option<String>| {
        let value = value.filter(|value| mine && !value.is_empty());
        value.map(|value| fact(words.text(key), value.into_any()))
    };
    let webhook = (mine && view.record.system.sends()).then(|| {
        let key = match view.has_webhook_secret {
            true => "connection-webhook-kept",
            false => "connection-webhook-none",
        };
        fact(words.text("connection-webhook"), words.text(key).into_any())
    });
    let granted = parts.way.is_some_and(|way| way.is_granted());
    let ends = parts.expires_at.filter(|_| mine && granted);
    let books = view.mirrored.as_ref().map(|mirrored| {
        let whose = named(&mirrored.account).into_any();
        fact(words.text("connection-books"), whose)
    });
    let ends = ends.map(|at| fact(words.text("connection-token-ends"), kit::instant(page, at)));
    view! {
        <section class="card" aria-label=words.text("integration-facts")>
            <dl class="facts">
                {fact(words.text("connection-column-how"), how(page, view).into_any())}
                {fact(words.text("connection-column-since"), since(page, view))}
                {text("connection-account", account(view))}
                {books}
                {text("connection-app", parts.app.clone())}
                {text("connection-scopes", parts.scopes.clone())}
                {ends}
                {webhook}
                {fact(words.text("connection-waiting"), words.number(view.waiting).into_any())}
                {fact(words.text("connection-test-last"), tested(page, view))}
            </dl>
        </section>
    }
    .into_any()
}

/// What came back from the last test.
fn tested(page: &Page, view: &ConnectionView) -> AnyView {
    let words = &page.words;
    let Some(test) = &view.record.test else {
        return NOTHING.into_any();
    };
    let (colour, key) = match test.went_well {
        true => ("healthy", "connection-test-well"),
        false => ("failing", "connection-test-badly"),
    };
    view! {
        <span>{kit::pill(colour, words.text(key))}" "{kit::ago(page, test.at)}<br />{test.said.clone()}</span>
    }
    .into_any()
}
