//! A mail to the account owner about a case: drafted from its numbers in the reader's language, changed as they like, and sent by the portal or by their
//! own mail program.

use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use portal_domain::{access::Action, ids::ExceptionId};
use portal_services::{
    ServiceError,
    exceptions::{self, CaseView},
};

use super::{
    calls, crumbs, form_errors, may,
    parts::{encode, mailto},
    reconciliation::{Facts, PATH, arguments, case_url, title},
};
use crate::{
    ui::{
        api::UiError,
        kit::{self, icons},
    },
    web::page::Page,
};

/// Longer than any draft that mail programs take from a link.
const TEXT_MAX: u32 = 4_000;

pub async fn show(page: Page, Path(id): Path<String>) -> Result<Response, UiError> {
    let id: ExceptionId = page.said(id.parse().map_err(|_| ServiceError::NotFound))?;
    let case = page.said(exceptions::find_case(&page.ctx, page.actor()?, id, "").await)?;
    if !may(&page, Action::Reconcile) {
        return page.said(Err(ServiceError::Forbidden));
    }
    let heading = page.words.text("chase-title");
    Ok(page.show(&heading.clone(), move |page| {
        let words = &page.words;
        let about = title(&case.view, &Facts::of(page, &case.view));
        view! {
            {crumbs(page, PATH, "reconciliation-title", about)}
            <div class="head"><div><h1>{heading}</h1><p>{words.text("chase-lead")}</p></div></div>
            {form_errors(page, "chase_exception")}
            {form(page, &case)}
        }
        .into_any()
    }))
}

/// What the mail says before anybody changed it.
fn draft(page: &Page, case: &CaseView) -> (String, String) {
    let (words, view) = (&page.words, &case.view);
    let facts = Facts::of(page, view);
    let kind = view.record.kind.as_str();
    let about = title(view, &facts);
    let subject = words.with("chase-subject", &[("about", about.into())]);
    let deal = case.deal.as_ref().map_or_else(String::new, |deal| {
        words.with(
            "chase-deal",
            &[
                ("deal", (&deal.name).into()),
                ("number", (&deal.hubspot_id).into()),
            ],
        )
    });
    let what = words.with(&format!("exception-{kind}-what"), &arguments(view, &facts));
    let missing: Vec<String> = case
        .missing
        .iter()
        .map(|(month, money)| {
            let money = words.money(*money);
            words.with(
                "chase-missing",
                &[
                    ("month", words.month(*month).into()),
                    ("amount", money.into()),
                ],
            )
        })
        .collect();
    let url = page.ctx.url(&case_url(view));
    let greeting = match &case.owner {
        Some(owner) => words.with("chase-greeting-owner", &[("name", (&owner.name).into())]),
        None => words.text("chase-greeting"),
    };
    let parts = [
        greeting,
        format!("{what} {deal}").trim().to_owned(),
        missing.join("\n"),
        words.text("chase-please"),
        url,
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    (subject, parts.join("\n\n"))
}

fn form(page: &Page, case: &CaseView) -> AnyView {
    let words = &page.words;
    let (subject, text) = draft(page, case);
    let owner = case.owner.as_ref();
    let mailto = format!(
        "{}?subject={}&body={}",
        mailto(owner.map_or("", |owner| &owner.email)),
        encode(&subject),
        encode(&text)
    );
    let field = |name: &'static str, label: &str| {
        kit::field(page, "chase_exception", name, name, label).full()
    };
    let (recipient, hint) = match &case.owner {
        Some(owner) => (&owner.email, "chase-recipient-owner"),
        None => (&case.own_email, "chase-recipient-nobody"),
    };
    view! {
        <form method="post" class="card form" novalidate>
            {calls("chase_exception")}
            <input type="hidden" name="exception" value=case.view.record.id.to_string() />
            {field("recipient", "chase-recipient").kind("email").hint(hint).first(recipient).input()}
            {field("subject", "chase-subject-label").first(&subject).maximum(200).input()}
            {field("text", "chase-text").first(&text).maximum(TEXT_MAX).text_area()}
            <p class="small muted">{words.text("chase-what")}</p>
            <div class="foot">
                <a class="btn quiet" href=case_url(&case.view)>{words.text("button-cancel")}</a>
                <a class="btn" href=mailto>{words.text("chase-own-program")}</a>
                <button class="btn primary">{kit::icon(icons::MAIL)}{words.text("chase-send")}</button>
            </div>
        </form>
    }
    .into_any()
}
