//! The forms of a connection: one for each way in which it can be made, and those that change or end it.

use leptos::prelude::*;
use portal_domain::{
    access::Action,
    connection::{ConnectionState, Origin, System, Way},
};
use portal_services::connections::{self, Account, ConnectionView};
use portal_words::Argument;

use crate::{
    serve,
    ui::{
        kit,
        pages::staff::{calls, form_errors, may},
    },
    web::page::Page,
};

const TOKEN: &str = "connect_token";
const APP: &str = "connect_app";
const CONSENT: &str = "begin_consent";
const MAIL: &str = "connect_mail";
const WEBHOOKS: &str = "set_webhook_secrets";
const CHOOSE: &str = "choose_organisation";

/// The way to the vendor's page. That somebody asked is written down, so it is no link.
pub(super) fn consent_link(page: &Page, view: &ConnectionView) -> Option<AnyView> {
    let parts = &view.record.parts;
    let may_be = connections::may_be_consented(&page.ctx.programme, &view.record);
    if !may_be || view.origin == Origin::Environment {
        return None;
    }
    let key = match parts.state {
        ConnectionState::Begun => "connection-consent",
        _ => "connection-consent-again",
    };
    let system = view.record.system;
    let name = page.words.text(&format!("integration-{system}"));
    let label = page.words.with(key, &[("system", name.into())]);
    let values = [("system", system.to_string())];
    Some(kit::button_form(CONSENT, &values, label, "btn primary"))
}

/// Which of Xero's organisations is meant.
pub(super) fn choice(page: &Page, view: &ConnectionView) -> Option<AnyView> {
    let parts = &view.record.parts;
    if view.origin != Origin::Connection || parts.state != ConnectionState::Choosing {
        return None;
    }
    let words = &page.words;
    if parts.choices.is_none() {
        return Some(unchosen(
            page,
            "connection-choose-unread",
            ask_again(page, view),
        ));
    }
    let listed = connections::choices(parts);
    if listed.is_empty() {
        let again = consent_link(page, view).into_any();
        return Some(unchosen(page, "connection-choose-none", again));
    }
    let first = listed[0].id.clone();
    let options = listed.into_iter().map(|one| (one.id, one.name)).collect();
    Some(
        view! {
            <form class="card form" method="post">
                <header><h2>{words.text("connection-choose-title")}</h2><p>{words.text("connection-choose-lead")}</p></header>
                {calls(CHOOSE)}
                {form_errors(page, CHOOSE)}
                {kit::field(page, CHOOSE, "organisation", "organisation", "connection-organisation").first(&first).select(options)}
                <div class="foot"><button class="btn primary">{words.text("connection-choose-submit")}</button></div>
            </form>
        }
        .into_any(),
    )
}

/// Why there is nothing to choose, and what to do about it.
fn unchosen(page: &Page, key: &str, way_out: AnyView) -> AnyView {
    let words = &page.words;
    view! {
        <section class="card" aria-label=words.text("connection-choose-title")>
            <header><h2>{words.text("connection-choose-title")}</h2><p>{words.text(key)}</p></header>
            {way_out}
        </section>
    }
    .into_any()
}

/// A test lists the organisations first, while none is chosen.
fn ask_again(page: &Page, view: &ConnectionView) -> AnyView {
    let values = [("system", view.record.system.to_string())];
    let label = page.words.text("connection-choose-read");
    kit::button_form("test_connection", &values, label, "btn primary")
}

/// A form for each way in which the system can be connected now: a connection that is made keeps its way until it is disconnected.
pub(super) fn ways(page: &Page, view: &ConnectionView) -> Vec<AnyView> {
    if view.origin == Origin::Environment {
        return Vec::new();
    }
    let made = view
        .record
        .parts
        .way
        .filter(|_| view.origin == Origin::Connection);
    let ways = view.record.system.ways().iter().copied();
    let open = ways.filter(|way| made.is_none_or(|made| made == *way));
    open.map(|way| form(page, view, way)).collect()
}

fn form(page: &Page, view: &ConnectionView, way: Way) -> AnyView {
    let words = &page.words;
    let system = view.record.system;
    let key = format!(
        "connection-way-{}-{}",
        system,
        way.as_str().replace('_', "-")
    );
    let (title, lead) = (words.text(&key), words.text(&format!("{key}-lead")));
    let action = match way {
        Way::Token => TOKEN,
        Way::Address => MAIL,
        Way::OAuth | Way::ClientCredentials | Way::AuthorizationCode => APP,
    };
    // Two forms may call the same function: only the one that was refused says so.
    let typed_way = page.typed(APP, "way", "");
    let is_refused = page.refusal(action).is_some() && (action != APP || typed_way == way.as_str());
    let is_made = view.origin == Origin::Connection;
    let summary = words.text(if is_made {
        "connection-replace"
    } else {
        "connection-make"
    });
    let fields = match way {
        Way::Token => token_fields(page, system),
        Way::Address => mail_fields(page),
        _ => app_fields(page, view, way),
    };
    let errors = is_refused.then(|| form_errors(page, action)).flatten();
    view! {
        <section class="card" aria-label=title.clone() data-way=way.as_str()>
            <header><h2>{title.clone()}</h2><p>{lead}</p></header>
            {redirect(page, system, way)}
            {demo(page, system, way)}
            <details class="more" open=is_refused>
                <summary class="btn">{summary}<span class="vh">": "{title.clone()}</span></summary>
                <form class="form" method="post" novalidate autocomplete="off">
                    {calls(action)}
                    {errors}
                    {fields}
                    <div class="foot"><button class="btn primary">{words.text("connection-save")}</button></div>
                </form>
            </details>
        </section>
    }
    .into_any()
}

fn token_fields(page: &Page, system: System) -> AnyView {
    let webhook = system.sends().then(|| {
        kit::field(
            page,
            TOKEN,
            "webhook",
            "webhook",
            "connection-webhook-secret",
        )
        .hint("connection-webhook-hint")
        .hidden()
        .optional()
        .maximum(2_000)
        .input()
    });
    view! {
        <input type="hidden" name="system" value=system.as_str() />
        {kit::field(page, TOKEN, "token", "token", "connection-token").hidden().maximum(2_000).input()}
        {webhook}
    }
    .into_any()
}

fn mail_fields(page: &Page) -> AnyView {
    kit::field(page, MAIL, "address", "address", "connection-address")
        .hint("connection-address-hint")
        .hidden()
        .maximum(2_000)
        .full()
        .input()
}

/// The ids differ by way, as both forms may stand on one page.
fn app_fields(page: &Page, view: &ConnectionView, way: Way) -> AnyView {
    let system = view.record.system;
    let app = view.record.parts.app.clone().unwrap_or_default();
    let name = |field: &str| match page.typed(APP, "way", "") == way.as_str() {
        true => field.to_owned(),
        false => format!("{field}-{way}"),
    };
    view! {
        <input type="hidden" name="system" value=system.as_str() />
        <input type="hidden" name="way" value=way.as_str() />
        {kit::field(page, APP, &name("client_id"), "client_id", "connection-app").first(&app).maximum(200).input()}
        {kit::field(page, APP, &name("client_secret"), "client_secret", "connection-app-secret").hidden().maximum(2_000).input()}
        {kit::field(page, APP, &format!("webhook-{way}"), "webhook", "connection-webhook-secret")
            .hint(webhook_hint(system))
            .hidden()
            .optional()
            .maximum(2_000)
            .input()}
    }
    .into_any()
}

/// HubSpot signs with the app's own secret; Xero has a key of its own for it.
const fn webhook_hint(system: System) -> &'static str {
    match system {
        System::HubSpot => "connection-webhook-hint-app",
        _ => "connection-webhook-hint",
    }
}

/// What must be said at the vendor, so that people find the way back.
fn redirect(page: &Page, system: System, way: Way) -> Option<AnyView> {
    way.is_granted().then(|| {
        let address = connections::redirect_address(&page.ctx, system);
        view! { <p class="small">{page.words.text("connection-redirect")}" "<code>{address}</code></p> }
            .into_any()
    })
}

/// What the sandbox takes, so that the demo can be walked: no secret of anybody's.
fn demo(page: &Page, system: System, way: Way) -> Option<AnyView> {
    if !page.ctx.programme.sandbox {
        return None;
    }
    let taken = serve::sandbox_credentials(system, way)?;
    let taken = taken
        .into_iter()
        .map(|text| view! { " "<code>{text}</code> });
    Some(view! { <p class="small muted">{page.words.text("connection-demo")}{taken.collect_view()}</p> }.into_any())
}

/// What the system's webhooks are signed with.
pub(super) fn webhooks(page: &Page, view: &ConnectionView) -> Option<AnyView> {
    let system = view.record.system;
    if !system.sends() || view.origin != Origin::Connection {
        return None;
    }
    let words = &page.words;
    let title = words.text("connection-webhook");
    Some(
        view! {
            <section class="card" aria-label=title.clone()>
                <header><h2>{title.clone()}</h2><p>{words.text("connection-webhook-lead")}</p></header>
                <p class="small"><code>{page.ctx.url(&format!("/webhooks/{system}"))}</code></p>
                <details class="more" open=page.refusal(WEBHOOKS).is_some()>
                    <summary class="btn">{words.text("connection-replace")}<span class="vh">": "{title.clone()}</span></summary>
                    <form class="form" method="post" novalidate autocomplete="off">
                        {calls(WEBHOOKS)}
                        <input type="hidden" name="system" value=system.as_str() />
                        {form_errors(page, WEBHOOKS)}
                        {kit::field(page, WEBHOOKS, "secrets", "secrets", "connection-webhook-secret")
                            .hint("connection-webhook-hint")
                            .hidden()
                            .maximum(2_000)
                            .input()}
                        <div class="foot"><button class="btn primary">{words.text("connection-save")}</button></div>
                    </form>
                </details>
            </section>
        }
        .into_any(),
    )
}

/// Going on with another account, with a second thought; administrators alone may.
pub(super) fn leave_books(
    page: &Page,
    view: &ConnectionView,
    theirs: &Account,
    those: &[(&'static str, Argument)],
) -> AnyView {
    let words = &page.words;
    if !may(page, Action::LeaveBooks) {
        return view! { <p>{words.text("connection-foreign-who")}</p> }.into_any();
    }
    let values = [
        ("system", view.record.system.to_string()),
        ("account", theirs.id.clone()),
    ];
    let submit = words.with("connection-foreign-submit", those);
    view! {
        <details class="more">
            <summary class="btn">{words.with("connection-foreign-leave", those)}</summary>
            <p>{words.with("connection-foreign-means", those)}</p>
            {kit::button_form("leave_books", &values, submit, "btn danger")}
        </details>
    }
    .into_any()
}

/// Connecting again, and disconnecting with a second thought.
pub(super) fn leave(page: &Page, view: &ConnectionView) -> Option<AnyView> {
    let parts = &view.record.parts;
    if view.origin == Origin::Environment || parts.state == ConnectionState::None {
        return None;
    }
    let words = &page.words;
    let system = view.record.system;
    let name = words.text(&format!("integration-{system}"));
    let title = words.with("connection-leave-title", &[("system", name.into())]);
    let again = (parts.state == ConnectionState::Connected)
        .then(|| consent_link(page, view))
        .flatten();
    let values = [("system", system.to_string())];
    let submit = words.text("connection-leave-submit");
    Some(
        view! {
            <section class="card" aria-label=title.clone()>
                {again}
                <details class="more">
                    <summary class="btn">{title.clone()}</summary>
                    <p>{words.text("connection-leave")}</p>
                    {kit::button_form("disconnect_system", &values, submit, "btn danger")}
                </details>
            </section>
        }
        .into_any(),
    )
}
