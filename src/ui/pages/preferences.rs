//! Which mails a person wants, and the page on which a link in a mail ends.

use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use portal_domain::notice::{Delivery, MailKind};
use portal_services::messages::{self, Subscription};

use crate::{
    ui::{
        api::UiError,
        kit::{self, field},
    },
    web::page::Page,
};

const CHOOSE: &str = "choose_mails";

/// `/preferences`.
pub async fn show(page: Page) -> Result<Response, UiError> {
    let wanted = page.said(messages::list_wanted(&page.ctx, page.actor()?).await)?;
    let title = page.words.text("preferences-title");
    Ok(page.show(&title.clone(), move |page| {
        let words = &page.words;
        let email = page.session().map(|session| session.email.clone());
        let lead = words.with(
            "preferences-lead",
            &[("email", email.unwrap_or_default().into())],
        );
        view! {
            <div class="head"><div><h1>{title}</h1><p>{lead}</p></div></div>
            <div class="split">
                <div class="stack">{choices(page, &wanted)}</div>
                <div class="stack">{always(page)}</div>
            </div>
        }
        .into_any()
    }))
}

fn choices(page: &Page, wanted: &[(MailKind, Delivery)]) -> AnyView {
    let words = &page.words;
    if wanted.is_empty() {
        let (title, text) = (
            words.text("preferences-none-title"),
            words.text("preferences-none"),
        );
        return view! {
            <section class="card flush">{kit::empty(kit::icons::MAIL, title, text, None)}</section>
        }
        .into_any();
    }
    let options: Vec<(String, String)> = Delivery::ALL
        .iter()
        .map(|delivery| {
            let label = words.text(&format!("delivery-{delivery}"));
            (delivery.as_str().to_owned(), label)
        })
        .collect();
    let fields = wanted.iter().map(|(kind, delivery)| {
        let name = kind.as_str();
        field(
            page,
            CHOOSE,
            name,
            &format!("form[{name}]"),
            &format!("mail-kind-{kind}"),
        )
        .hint(&format!("mail-kind-{kind}-what"))
        .first(delivery.as_str())
        .unmarked()
        .select(options.clone())
    });
    view! {
        <form class="card form" method="post">
            <header><h2>{words.text("preferences-choose")}</h2><p>{words.text("preferences-choose-lead")}</p></header>
            <input type="hidden" name="do" value=CHOOSE />
            {kit::errors(page, page.refusal(CHOOSE).filter(|refusal| !refusal.fields.is_empty()))}
            {fields.collect_view()}
            <div class="foot"><button class="btn primary">{words.text("preferences-save")}</button></div>
        </form>
    }
    .into_any()
}

/// What nobody can do without.
fn always(page: &Page) -> AnyView {
    let words = &page.words;
    view! {
        <section class="card">
            <header><h2>{words.text("preferences-always")}</h2></header>
            <p>{words.text("preferences-always-what")}</p>
        </section>
    }
    .into_any()
}

/// `/unsubscribe/{token}`: opening it changes nothing, as mail programs open links by themselves.
pub async fn unsubscribe(page: Page, Path(token): Path<String>) -> Result<Response, UiError> {
    let found = page.said(messages::find_subscription(&page.ctx, &token).await)?;
    let title = page.words.text("unsubscribe-title");
    Ok(page.show(&title.clone(), move |page| {
        view! { <div class="oops">{stop(page, title, found)}</div> }.into_any()
    }))
}

fn stop(page: &Page, title: String, found: Subscription) -> AnyView {
    let words = &page.words;
    let what = words.text(&format!("mail-kind-{}", found.kind));
    let choose =
        view! { <a class="btn" href="/preferences">{words.text("mail-footer-choose")}</a> };
    if found.wanted == Delivery::Never {
        let done = words.with("unsubscribe-done", &[("what", what.into())]);
        return view! { <h1>{title}</h1><p role="status">{done}</p><div class="row">{choose}</div> }.into_any();
    }
    let ask = words.with("unsubscribe-ask", &[("what", what.into())]);
    view! {
        <h1>{title}</h1>
        <p>{ask}</p>
        <div class="row">
            <form method="post"><button class="btn primary">{words.text("unsubscribe-do")}</button></form>
            {choose}
        </div>
    }
    .into_any()
}
