//! One case of the reconciliation with everything that can be done about it: link, split, unlink, waive, chase, decide, dismiss. Each is a form of its own
//! that says what it does; the services say who may. What can be said of an invoice or credit note is `document`.

use axum::{
    extract::{Path, Query},
    response::Response,
};
use leptos::prelude::*;
use portal_domain::{
    access::Action,
    ids::{DealId, ExceptionId},
    money::Money,
};
use portal_services::{
    ServiceError,
    documents::Document,
    exceptions::{self, CaseView, InvoiceChoice},
    mergers::Merger,
    missing, renewals,
};
use serde::Deserialize;

use super::{
    calls, crumbs,
    document::{act, assign, document_rows, document_url, search_form, vendor_url},
    form_errors, may,
    reconciliation::{
        Facts, PATH, acts, case_url, client_link, marks, proposal_row, proposals, title, what,
    },
    stages,
};
use crate::{
    ui::{
        api::UiError,
        kit::{self, icons},
    },
    web::page::Page,
};

#[derive(Deserialize)]
pub struct SearchQuery {
    /// What further deals or invoices are looked for.
    #[serde(default)]
    q: String,
}

pub async fn show(
    page: Page,
    Path(id): Path<String>,
    Query(query): Query<SearchQuery>,
) -> Result<Response, UiError> {
    let id: ExceptionId = page.said(id.parse().map_err(|_| ServiceError::NotFound))?;
    let case = page.said(exceptions::find_case(&page.ctx, page.actor()?, id, &query.q).await)?;
    let heading = title(&case.view, &Facts::of(&page, &case.view));
    Ok(page.show(&heading.clone(), move |page| {
        let is_open = case.view.record.resolved_at.is_none();
        let forms = (is_open && may(page, Action::Reconcile)).then(|| forms(page, &case, &query.q));
        let back = may(page, Action::Reconcile)
            .then(|| take_back(page, &waivers_of(page, &case), &case_url(&case.view)));
        view! {
            {crumbs(page, PATH, "reconciliation-title", heading.clone())}
            <div class="head"><div><h1>{heading}</h1>{marks(page, &case.view)}</div></div>
            <section class="card" aria-label=page.words.text("reconciliation-case")>
                <div class="stack">
                    {what(page, &case.view)}
                    {evidence(page, &case)}
                    {acts(page, &case.view)}
                </div>
            </section>
            {forms}
            {back}
        }
        .into_any()
    }))
}

/// Where the vendors show what the case is about.
fn evidence(page: &Page, case: &CaseView) -> AnyView {
    let words = &page.words;
    let link = |url: String, label: String| view! { <a href=url rel="noreferrer">{label}</a> };
    let deal = case.deal.as_ref().map(|deal| {
        let label = words.with("case-open-deal", &[("deal", (&deal.name).into())]);
        page.app
            .vendors()
            .deal(&deal.hubspot_id)
            .map(|url| link(url, label))
    });
    // The one that its numbers name is the last of the deal's with that number.
    let named = case.view.facts["invoice"].as_str();
    let mut of_deal = case.linked.iter().rev();
    let named = of_deal.find(|document| Some(document.number.as_str()) == named);
    let document = case.document.as_ref().or(named).map(|document| {
        let number = [("number", (&document.number).into())];
        let label = words.with("case-open-document", &number);
        link(vendor_url(page, document), label)
    });
    let owner = case.owner.as_ref().map(|owner| {
        let who = [
            ("name", (&owner.name).into()),
            ("email", (&owner.email).into()),
        ];
        view! { <span>{words.with("case-owner", &who)}</span> }
    });
    // Those of stages are settled elsewhere.
    let stages = case.view.record.kind.starts_with("stage_").then(|| {
        view! { <a href=stages::PATH>{words.text("stages-title")}</a> }
    });
    view! { <p class="row small">{deal}{document}{client_link(page, &case.view)}{stages}{owner}</p> }
        .into_any()
}

/// Everything that can be done about an open case.
fn forms(page: &Page, case: &CaseView, search: &str) -> AnyView {
    let kind = case.view.record.kind.as_str();
    let waits = exceptions::WAITS_FOR_MONEY.contains(&kind);
    let money = waits.then(|| view! { {chase(page, case)}{waive(page, case)} });
    let document = case.document.as_ref();
    let link = document.map(|document| link(page, case, document, search));
    let invoices = (kind == "no_invoice_yet").then(|| link_document(page, case, search));
    let dismiss = exceptions::is_dismissible(kind).then(|| dismiss(page, case));
    view! {
        {link}
        {linked(page, case)}
        {invoices}
        {money}
        {case.merger.as_ref().map(|merger| merge(page, case, merger))}
        {(kind == renewals::WITHOUT_LEAD).then(|| take_over(page, case))}
        {matches!(kind, "start_changed" | "currency_changed").then(|| keep(page, case, kind))}
        {(kind == missing::MANY_GONE).then(|| confirm_gone(page, case))}
        {dismiss}
    }
    .into_any()
}

fn exception_field(case: &CaseView) -> AnyView {
    view! { <input type="hidden" name="exception" value=case.view.record.id.to_string() /> }
        .into_any()
}

fn reason(page: &Page, action: &'static str, name: &'static str, label: &str) -> AnyView {
    kit::field(page, action, name, "reason", label)
        .maximum(200)
        .full()
        .input()
}

/// Linking an invoice or credit note to a deal, and what else can be said of it. It is divided on its own page.
fn link(page: &Page, case: &CaseView, document: &Document, search: &str) -> AnyView {
    let chosen = case.view.proposals.iter().map(|proposal| proposal.deal);
    let chosen: Vec<DealId> = chosen.collect();
    let further = case
        .deals
        .iter()
        .filter(|deal| !chosen.contains(&deal.deal))
        .map(|deal| proposal_row(page, &case.view, deal))
        .collect::<Vec<_>>();
    let further = (!further.is_empty()).then(|| view! { <ul class="rows">{further}</ul> });
    let content = view! {
        <div class="stack">
            {proposals(page, &case.view)}
            {search_form(page, "case-search-deal", search, &[])}
            {further}
        </div>
    };
    let words = &page.words;
    let url = format!("{}#case-split", document_url(&document.id, PATH));
    let divide = view! { <a class="btn" href=url>{words.text("case-split-submit")}</a> };
    view! {
        {act(page, "case-link", words.text("case-link-what"), content.into_any())}
        {act(page, "case-split", words.text("case-split-what"), divide.into_any())}
        {assign(page, document, PATH)}
    }
    .into_any()
}

/// The invoices and refunds that are taken for the deal: one that belongs to another is the usual cause.
fn linked(page: &Page, case: &CaseView) -> Option<AnyView> {
    let words = &page.words;
    let rows = document_rows(page, &case.linked, &case_url(&case.view));
    (!case.linked.is_empty()).then(|| {
        act(
            page,
            "case-documents",
            words.text("case-documents-what"),
            rows,
        )
    })
}

/// Invoices of no deal that may be the one that is missing.
fn link_document(page: &Page, case: &CaseView, search: &str) -> AnyView {
    let words = &page.words;
    let Some(deal) = &case.deal else {
        return ().into_any();
    };
    let rows = case
        .invoices
        .iter()
        .map(|choice| invoice_row(page, deal.id, choice))
        .collect::<Vec<_>>();
    let rows = if rows.is_empty() {
        view! { <p class="small muted">{words.text("case-no-invoices")}</p> }.into_any()
    } else {
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    let content = view! { <div class="stack">{search_form(page, "case-search-invoice", search, &[])}{rows}</div> };
    act(
        page,
        "case-link-invoice",
        words.text("case-link-invoice-what"),
        content.into_any(),
    )
}

fn invoice_row(page: &Page, deal: DealId, choice: &InvoiceChoice) -> AnyView {
    let (words, remote) = (&page.words, &choice.invoice.remote);
    let issued = remote
        .date
        .map_or_else(String::new, |date| words.date(date));
    let fits = choice.months.map(|months| {
        let text = words.with("case-invoice-fits", &[("months", months.into())]);
        view! { " "<span class="pill plain" data-tone="good">{text}</span> }
    });
    let label = words.text("case-link-this");
    view! {
        <li>
            <div>
                <span class="t"><a href=page.app.vendors().invoice(&remote.id) rel="noreferrer">{remote.number.clone()}</a>{fits}</span>
                <p>{format!("{} · {} · {}", remote.contact_name, issued, remote.reference)}</p>
            </div>
            <span class="end">{kit::money(page, remote.sub_total)}</span>
            <form method="post">
                {calls("link_document")}
                <input type="hidden" name="document" value=remote.id.clone() />
                <input type="hidden" name="deal" value=deal.to_string() />
                <button class="btn sm" aria-label=format!("{label}: {}", remote.number)>{label.clone()}</button>
            </form>
        </li>
    }
    .into_any()
}

fn chase(page: &Page, case: &CaseView) -> AnyView {
    let words = &page.words;
    let url = format!("{}/chase", case_url(&case.view));
    let link =
        view! { <a class="btn" href=url>{kit::icon(icons::MAIL)}{words.text("chase-title")}</a> };
    act(
        page,
        "case-chase",
        words.text("case-chase-what"),
        link.into_any(),
    )
}

/// The months that lack something, with how much.
fn waive(page: &Page, case: &CaseView) -> Option<AnyView> {
    let words = &page.words;
    let deal = case.deal.as_ref()?;
    if case.missing.is_empty() {
        return None;
    }
    let months = case.missing.iter().map(|(month, money)| {
        let lacks = [
            ("month", words.month(*month).into()),
            ("amount", words.money(*money).into()),
        ];
        (month.to_string(), words.with("case-waive-month", &lacks))
    });
    let first = case.view.facts["month"].as_str().unwrap_or_default();
    let form = view! {
        {form_errors(page, "waive_month")}
        <form method="post" class="form" novalidate>
            {calls("waive_month")}
            <input type="hidden" name="deal" value=deal.id.to_string() />
            {kit::field(page, "waive_month", "month", "month", "case-month").first(first).full().select(months.collect())}
            {reason(page, "waive_month", "waive_reason", "case-waive-reason")}
            <div class="foot"><button class="btn primary">{words.text("case-waive-submit")}</button></div>
        </form>
    };
    Some(act(
        page,
        "case-waive",
        words.text("case-waive-what"),
        form.into_any(),
    ))
}

/// The deal's waivers as choices.
fn waivers_of(page: &Page, case: &CaseView) -> Vec<(String, String)> {
    let deal = case.deal.as_ref().map(|deal| deal.id);
    let choice = |deal: DealId, (month, money): &(_, Money)| {
        let month: &portal_domain::calendar::Month = month;
        let said = format!(
            "{} · {}",
            page.words.month(*month),
            page.words.money(*money)
        );
        (format!("{deal}.{month}"), said)
    };
    case.waived
        .iter()
        .filter_map(|waived| Some(choice(deal?, waived)))
        .collect()
}

/// Taking back what was waived; nothing where nothing was.
pub fn take_back(page: &Page, waivers: &[(String, String)], back: &str) -> Option<AnyView> {
    let words = &page.words;
    if waivers.is_empty() {
        return None;
    }
    let form = view! {
        {form_errors(page, "take_back_waiver")}
        <form method="post" class="form" novalidate>
            {calls("take_back_waiver")}
            <input type="hidden" name="back" value=back.to_owned() />
            {kit::field(page, "take_back_waiver", "waiver", "waiver", "case-month").full().select(waivers.to_vec())}
            {reason(page, "take_back_waiver", "back_reason", "case-take-back-reason")}
            <div class="foot"><button class="btn">{words.text("case-take-back-submit")}</button></div>
        </form>
    };
    Some(act(
        page,
        "case-take-back",
        words.text("case-take-back-what"),
        form.into_any(),
    ))
}

/// Which of two merged deals goes on.
fn merge(page: &Page, case: &CaseView, merger: &Merger) -> AnyView {
    let words = &page.words;
    let choice = |key: &str, goes_on: &str, ends: &str| {
        let names = [("goes", goes_on.into()), ("ends", ends.into())];
        words.with(key, &names)
    };
    let survivor = &merger.survivor.partner_name;
    let other = &merger.other.partner_name;
    let options = vec![
        (String::new(), words.text("case-merge-choose")),
        (
            "survivor".to_owned(),
            choice("case-merge-survivor", survivor, other),
        ),
        (
            "other".to_owned(),
            choice("case-merge-other", other, survivor),
        ),
    ];
    let form = view! {
        {form_errors(page, "decide_merger")}
        <form method="post" class="form" novalidate>
            {calls("decide_merger")}
            {exception_field(case)}
            {kit::field(page, "decide_merger", "decision", "decision", "case-merge-decision").full().select(options)}
            {reason(page, "decide_merger", "merge_reason", "case-decision-reason")}
            <div class="foot"><button class="btn primary">{words.text("case-merge-submit")}</button></div>
        </form>
    };
    act(
        page,
        "case-merge",
        words.text("case-merge-what"),
        form.into_any(),
    )
}

/// Saying which partner a deal is from that came from no lead.
fn take_over(page: &Page, case: &CaseView) -> AnyView {
    let words = &page.words;
    let nobody = [(String::new(), words.text("case-take-over-choose"))];
    let partners = case.partners.iter();
    let partners = partners.map(|(id, name)| (id.to_string(), name.clone()));
    let options = nobody.into_iter().chain(partners).collect();
    let form = view! {
        {form_errors(page, "take_over_deal")}
        <form method="post" class="form" novalidate>
            {calls("take_over_deal")}
            {exception_field(case)}
            {kit::field(page, "take_over_deal", "partner", "partner", "case-take-over-partner").full().select(options)}
            <div class="foot"><button class="btn primary">{words.text("case-take-over-submit")}</button></div>
        </form>
    };
    act(
        page,
        "case-take-over",
        words.text("case-take-over-what"),
        form.into_any(),
    )
}

/// Keeping the old start or currency; following HubSpot, where no statement stands against it.
fn keep(page: &Page, case: &CaseView, kind: &str) -> AnyView {
    let words = &page.words;
    let form = view! {
        {form_errors(page, "keep_unchanged")}
        <form method="post" class="form" novalidate>
            {calls("keep_unchanged")}
            {exception_field(case)}
            {reason(page, "keep_unchanged", "keep_reason", "case-decision-reason")}
            <div class="foot"><button class="btn primary">{words.text("case-keep-submit")}</button></div>
        </form>
    };
    let kept = act(
        page,
        "case-keep",
        words.text("case-keep-what"),
        form.into_any(),
    );
    let is_start = kind == "start_changed";
    let follow = (is_start || !case.has_stated).then(|| follow(page, case, is_start));
    view! { {kept}{follow} }.into_any()
}

fn follow(page: &Page, case: &CaseView, is_start: bool) -> AnyView {
    let words = &page.words;
    let (what, submit) = if is_start {
        ("case-follow-what", "case-follow-submit")
    } else {
        ("case-follow-currency-what", "case-follow-currency-submit")
    };
    let form = view! {
        {form_errors(page, "follow_change")}
        <form method="post">
            {calls("follow_change")}
            {exception_field(case)}
            <button class="btn">{words.text(submit)}</button>
        </form>
    };
    act(page, "case-follow", words.text(what), form.into_any())
}

/// Saying that what a system does not have any more is gone.
fn confirm_gone(page: &Page, case: &CaseView) -> AnyView {
    let words = &page.words;
    let form = view! {
        {form_errors(page, "confirm_gone")}
        <form method="post" class="form" novalidate>
            {calls("confirm_gone")}
            {exception_field(case)}
            {reason(page, "confirm_gone", "gone_reason", "case-decision-reason")}
            <div class="foot"><button class="btn danger">{words.text("case-gone-submit")}</button></div>
        </form>
    };
    act(
        page,
        "case-gone",
        words.text("case-gone-what"),
        form.into_any(),
    )
}

fn dismiss(page: &Page, case: &CaseView) -> AnyView {
    let words = &page.words;
    let form = view! {
        {form_errors(page, "dismiss_exception")}
        <form method="post" class="form" novalidate>
            {calls("dismiss_exception")}
            {exception_field(case)}
            {reason(page, "dismiss_exception", "reason", "case-decision-reason")}
            <div class="foot"><button class="btn">{words.text("case-dismiss-submit")}</button></div>
        </form>
    };
    act(
        page,
        "case-dismiss",
        words.text("case-dismiss-what"),
        form.into_any(),
    )
}
