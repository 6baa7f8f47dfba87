//! Which of Xero's accounts and tax types the bills of partners are booked under.

use axum::response::Response;
use leptos::prelude::*;
use portal_domain::access::Action;
use portal_services::accounts::{self, AccountsView, Unfit};

use super::{calls, crumbs, fact, form_errors, head, may};
use crate::{
    ui::{
        api::UiError,
        kit::{self, field},
    },
    web::page::Page,
};

pub const PATH: &str = "/staff/statements/accounts";
const CHOOSE: &str = "choose_bill_accounts";

pub async fn show(page: Page) -> Result<Response, UiError> {
    let view = page.said(accounts::list(&page.ctx, page.actor()?).await)?;
    let title = page.words.text("accounts-title");
    Ok(page.show(&title.clone(), move |page| {
        let words = &page.words;
        let read = may(page, Action::Reconcile)
            .then(|| kit::button_form("read_accounts", &[], words.text("accounts-read"), "btn"));
        view! {
            {crumbs(page, "/staff/statements", "statement-list-title", title.clone())}
            {head(title, words.text("accounts-lead"), read)}
            <div class="stack" id="accounts" data-live="">
                {unfit(page, &view.unfit)}
                <p class="small muted">{read_at(page, &view)}</p>
            </div>
            <section class="card" aria-label=words.text("accounts-title")>{choice(page, &view)}</section>
        }
        .into_any()
    }))
}

/// What bills would fail on, in a sentence each.
pub fn unfit(page: &Page, unfit: &[Unfit]) -> AnyView {
    let notice = |unfit: &Unfit| {
        let key = format!("accounts-unfit-{}", unfit.word());
        let code = [("code", unfit.code().into())];
        kit::notice("bad", page.words.with(&key, &code))
    };
    unfit.iter().map(notice).collect_view().into_any()
}

fn read_at(page: &Page, view: &AccountsView) -> AnyView {
    match view.read_at {
        Some(at) => {
            view! { {page.words.text("accounts-read-at")}" "{kit::ago(page, at)} }.into_any()
        }
        None => page.words.text("accounts-unread").into_any(),
    }
}

fn choice(page: &Page, view: &AccountsView) -> AnyView {
    let words = &page.words;
    let usual = [("code", (&view.usual_account).into())];
    let mut accounts = vec![(String::new(), words.with("accounts-usual-account", &usual))];
    let found = view.accounts.iter();
    accounts.extend(found.map(|one| (one.code.clone(), format!("{} · {}", one.code, one.name))));
    let mut tax_types = vec![(String::new(), words.text("accounts-usual-tax"))];
    let found = view.tax_types.iter();
    tax_types.extend(found.map(|one| (one.code.clone(), format!("{} · {}", one.name, one.code))));
    // What was chosen and is not there any more is said to be so, and not passed over.
    for (chosen, choices) in [
        (&view.account, &mut accounts),
        (&view.tax_type, &mut tax_types),
    ] {
        if !choices.iter().any(|(code, _)| code == chosen) {
            let gone = words.with("accounts-gone", &[("code", chosen.into())]);
            choices.push((chosen.clone(), gone));
        }
    }
    if !may(page, Action::Reconcile) {
        let label = |choices: &[(String, String)], chosen: &str| {
            let found = choices.iter().find(|(code, _)| code == chosen);
            found.map_or_else(String::new, |(_, label)| label.clone())
        };
        return view! {
            <dl class="facts">
                {fact(words.text("accounts-account"), label(&accounts, &view.account).into_any())}
                {fact(words.text("accounts-tax-type"), label(&tax_types, &view.tax_type).into_any())}
            </dl>
        }
        .into_any();
    }
    view! {
        <form class="form" method="post" novalidate>
            {form_errors(page, CHOOSE)}
            {calls(CHOOSE)}
            {field(page, CHOOSE, "account", "account", "accounts-account").first(&view.account).select(accounts)}
            {field(page, CHOOSE, "tax_type", "tax_type", "accounts-tax-type").hint("accounts-tax-hint").first(&view.tax_type).select(tax_types)}
            <button class="btn primary">{words.text("accounts-save")}</button>
        </form>
    }
    .into_any()
}
