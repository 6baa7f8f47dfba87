//! The ledger: what stood in each account of each partner when a day ended, and of all partners together, where every currency adds up to nothing; and the
//! same as CSV.

use axum::{extract::Query, response::Response};
use chrono::NaiveDate;
use leptos::prelude::*;
use portal_domain::money::{Money, MoneyError};
use portal_services::{
    audit,
    ledger::{self, ACCOUNTS, Balances, LedgerFilter, LedgerPage},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    address,
    csv::{Csv, harmless},
    head, paging,
};
use crate::{
    ui::{
        api::UiError,
        kit::{self, icons},
    },
    web::page::Page,
};

const PATH: &str = "/staff/ledger";
const CSV: &str = "/staff/ledger.csv";

#[derive(Default, Deserialize)]
pub struct LedgerQuery {
    /// As in `2026-06-30`; today unless it is a day.
    #[serde(default)]
    on: String,
    /// A part of a partner's name.
    #[serde(default)]
    q: String,
    /// The id and the name of the last partner of the page before.
    #[serde(default)]
    after: String,
}

impl LedgerQuery {
    fn filter(&self, today: NaiveDate) -> LedgerFilter {
        let after = self.after.split_once('.');
        LedgerFilter {
            on: self.on.parse().unwrap_or(today),
            search: self.q.clone(),
            after: after.and_then(|(id, name)| Some((name.to_owned(), id.parse().ok()?))),
        }
    }

    fn url(&self, path: &str, after: &str) -> String {
        address(path, &[("on", &self.on), ("q", &self.q), ("after", after)])
    }
}

pub async fn show(page: Page, Query(query): Query<LedgerQuery>) -> Result<Response, UiError> {
    let filter = query.filter(page.ctx.today());
    let found = page.said(ledger::find_page(&page.ctx, page.actor()?, &filter).await)?;
    let title = page.words.text("ledger-title");
    Ok(page.show(&title.clone(), move |page| {
        let words = &page.words;
        let day = words.date(filter.on);
        let as_of = words.with("ledger-as-of", &[("date", day.into())]);
        let download = view! { <a class="btn" href=query.url(CSV, "")>{kit::icon(icons::DOWNLOAD)}{words.text("ledger-csv")}</a> };
        let first = (!query.after.is_empty()).then(|| query.url(PATH, ""));
        let next = found.next.as_ref().map(|(name, id)| query.url(PATH, &format!("{id}.{name}")));
        // That nothing was posted needs no saying twice.
        let by_partner = (!found.totals.is_empty()).then(|| {
            view! {
                <section class="card flush" aria-labelledby="partners">
                    <header><h2 id="partners">{words.text("ledger-partners")}</h2><p>{as_of.clone()}</p></header>
                    {partners(page, &found)}
                    {paging(page, first, next)}
                </section>
            }
        });
        view! {
            {head(title, words.text("ledger-lead"), Some(download.into_any()))}
            {filters(page, &query, filter.on)}
            <section class="card flush" aria-labelledby="totals">
                <header><h2 id="totals">{words.text("ledger-totals")}</h2><p>{as_of}</p></header>
                {totals(page, &found)}
            </section>
            {by_partner}
        }
        .into_any()
    }))
}

fn filters(page: &Page, query: &LedgerQuery, on: NaiveDate) -> AnyView {
    let words = &page.words;
    let label = words.text("ledger-search");
    view! {
        <form class="row filters" role="search">
            <label class="row small">{words.text("ledger-on")}<input type="date" name="on" value=on.to_string() /></label>
            <input type="search" name="q" value=query.q.clone() aria-label=label.clone() placeholder=label />
            <button class="btn">{words.text("ledger-show")}</button>
        </form>
    }
    .into_any()
}

/// An amount, or that it is more than one amount can hold.
fn amount(page: &Page, money: Result<Money, MoneyError>) -> AnyView {
    match money {
        Ok(money) => kit::money(page, money),
        Err(_) => page.words.text("sum-too-large").into_any(),
    }
}

fn heads(page: &Page) -> AnyView {
    let account = |account| page.words.text(&format!("account-{account}"));
    let accounts = ACCOUNTS.map(|of| view! { <th scope="col" class="num">{account(of)}</th> });
    view! { {accounts.into_iter().collect_view()}<th scope="col" class="num">{page.words.text("ledger-sum")}</th> }.into_any()
}

fn cells(page: &Page, balances: &Balances) -> AnyView {
    let words = &page.words;
    let accounts = ACCOUNTS.map(|account| {
        let label = words.text(&format!("account-{account}"));
        view! { <td class="num" data-label=label>{amount(page, balances.of(account))}</td> }
    });
    view! {
        {accounts.into_iter().collect_view()}
        <td class="num sum" data-label=words.text("ledger-sum")>{amount(page, balances.sum())}</td>
    }
    .into_any()
}

fn empty(page: &Page) -> AnyView {
    let words = &page.words;
    let (title, text) = (words.text("ledger-empty-title"), words.text("ledger-empty"));
    kit::empty(icons::LEDGER, title, text, None)
}

fn totals(page: &Page, found: &LedgerPage) -> AnyView {
    if found.totals.is_empty() {
        return empty(page);
    }
    let rows = found.totals.iter().map(|balances| {
        view! { <tr><th class="main" scope="row">{balances.currency.to_string()}</th>{cells(page, balances)}</tr> }
    });
    view! {
        <div class="table">
            <table class="cards">
                <thead><tr><th scope="col">{page.words.text("ledger-currency")}</th>{heads(page)}</tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn partners(page: &Page, found: &LedgerPage) -> AnyView {
    let words = &page.words;
    if found.partners.is_empty() {
        return empty(page);
    }
    let rows = found.partners.iter().map(|of_partner| {
        let url = format!("/staff/partners/{}", of_partner.partner);
        let currency = of_partner.balances.currency.to_string();
        view! {
            <tr>
                <th class="main" scope="row"><a href=url>{of_partner.name.clone()}</a><small>{currency}</small></th>
                {cells(page, &of_partner.balances)}
            </tr>
        }
    });
    view! {
        <div class="table">
            <table class="cards">
                <thead><tr><th scope="col">{words.text("ledger-partner")}</th>{heads(page)}</tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// All partners that were searched for, with stable English heads: programs read it too.
pub async fn download(page: Page, Query(query): Query<LedgerQuery>) -> Result<Response, UiError> {
    let filter = query.filter(page.ctx.today());
    let found = page.said(ledger::list(&page.ctx, page.actor()?, &filter).await)?;
    let about = ["as_of", "partner", "partner_id", "currency"].map(str::to_owned);
    let accounts = ACCOUNTS.map(|account| account.to_string());
    let mut csv = Csv::new(about.into_iter().chain(accounts));
    for of_partner in &found.partners {
        let balances = &of_partner.balances;
        let mut record = vec![
            filter.on.to_string(),
            harmless(&of_partner.name),
            of_partner.partner.to_string(),
            balances.currency.to_string(),
        ];
        for account in ACCOUNTS {
            let money = page.said(balances.of(account).map_err(Into::into))?;
            record.push(money.to_decimal());
        }
        csv.write(record);
    }
    let facts = json!({ "on": filter.on, "search": query.q });
    page.said(
        audit::note(
            &page.ctx,
            page.actor()?.person(),
            "export_ledger",
            "ledger",
            &facts,
        )
        .await,
    )?;
    Ok(csv.answer("attachment; filename=\"ledger.csv\""))
}
