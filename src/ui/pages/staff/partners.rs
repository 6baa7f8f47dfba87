//! The network: partners with the plans they are on, adding one, and one partner with its team, its enrolment and its money.

use axum::{
    extract::{Path, Query},
    response::Response,
};
use leptos::prelude::*;
use portal_domain::{
    access::{Action, MemberRole},
    ids::PartnerId,
};
use portal_services::{
    ServiceError,
    company::CompanyView,
    corrections,
    figures::{self, Figures},
    forecast::{Forecast, of_partner},
    partners::{self, PartnerView},
    plans, reach as reaches,
    two_persons::find_details,
};
use portal_store::{
    deals::DealRecord,
    partners::{EnrolmentRecord, PartnerRecord},
    payment_details::DetailsRecord,
    people::MemberRecord,
    plans::PlanVersionRecord,
};
use serde::Deserialize;

use super::{
    NOTHING, address, bounces, breakable, calls, crumbs, fact, form_errors, head, leaving,
    line_acts, lines::partner_url, may, or_nothing, paging, people, sign_on, two_persons,
};
use crate::{
    ui::{
        api::UiError,
        kit::{self, icons},
        pages::{
            company_fields::{self, Domain},
            forecast, reach, slack_trial,
        },
    },
    web::page::Page,
};

const LIST: &str = "/staff/partners";

#[derive(Deserialize)]
pub struct PartnerQuery {
    /// The last name of the page before.
    #[serde(default)]
    after: String,
}

pub async fn list(page: Page, Query(query): Query<PartnerQuery>) -> Result<Response, UiError> {
    let found = page.said(partners::list(&page.ctx, page.actor()?, &query.after).await)?;
    let managers = read_managers(&page).await?;
    let title = page.words.text("partner-list-title");
    Ok(page.show(&title.clone(), move |page| {
        let first = (!query.after.is_empty()).then(|| LIST.to_owned());
        let is_full = i64::try_from(found.len()).unwrap_or(i64::MAX) >= partners::PAGE;
        let next = found
            .last()
            .filter(|_| is_full)
            .map(|last| address(LIST, &[("after", &last.partner.company.name)]));
        view! {
            {head(title, page.words.text("staff-partners-lead"), None)}
            {may(page, Action::ManagePartners).then(|| add_form(page))}
            <section class="card flush" aria-label=page.words.text("partner-list-title")>
                {table(page, &found)}
                {paging(page, first, next)}
            </section>
            {managers.as_ref().map(|managers| reach::of_managers(page, managers))}
        }
        .into_any()
    }))
}

fn table(page: &Page, found: &[PartnerView]) -> AnyView {
    let words = &page.words;
    if found.is_empty() {
        return kit::empty(
            icons::BUILDING,
            words.text("partner-list-empty-title"),
            words.text("partner-list-empty"),
            None,
        );
    }
    let columns = [
        "partner-list-column-partner",
        "partner-list-column-plan",
        "partner-list-column-since",
        "company-country",
        "partner-list-column-state",
    ];
    let columns = columns.map(|column| view! { <th scope="col">{words.text(column)}</th> });
    view! {
        <div class="table">
            <table class="cards">
                <thead><tr>{columns.into_iter().collect_view()}</tr></thead>
                <tbody>{found.iter().map(|found| row(page, found)).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(page: &Page, found: &PartnerView) -> AnyView {
    let (words, company) = (&page.words, &found.partner.company);
    let plan = found.enrolment.as_ref().map_or_else(
        || NOTHING.to_owned(),
        |enrolment| enrolment.plan_name.clone(),
    );
    let since = found.enrolment.as_ref().map_or_else(
        || NOTHING.to_owned(),
        |enrolment| words.date(enrolment.valid_from),
    );
    view! {
        <tr>
            <th class="main" scope="row">
                <a href=format!("{LIST}/{}", found.partner.id)>{company.name.clone()}</a><small>{company.domain.to_string()}</small>
            </th>
            <td data-label=words.text("partner-list-column-plan")>{plan}</td>
            <td data-label=words.text("partner-list-column-since") class="nowrap">{since}</td>
            <td data-label=words.text("company-country")>{company.country.clone()}</td>
            <td class="corner">{state_pill(page, &found.partner, found.enrolment.as_ref())}</td>
        </tr>
    }
    .into_any()
}

fn state_pill(
    page: &Page,
    partner: &PartnerRecord,
    enrolment: Option<&EnrolmentRecord>,
) -> AnyView {
    match enrolment {
        _ if partner.has_left(page.ctx.today()) => {
            kit::pill("off", page.words.text("partner-state-left"))
        }
        Some(_) => kit::pill("active", page.words.text("partner-state-enrolled")),
        None => kit::pill("off", page.words.text("partner-state-not-enrolled")),
    }
}

fn add_form(page: &Page) -> AnyView {
    const ACTION: &str = "add_partner";
    let words = &page.words;
    view! {
        <details class="more" open=page.refusal(ACTION).is_some()>
            <summary class="btn primary">{kit::icon(icons::PLUS)}{words.text("partner-add-title")}</summary>
            <form class="card form" method="post" novalidate>
                {calls(ACTION)}
                {form_errors(page, ACTION)}
                <p class="muted">{words.text("partner-add-lead")}</p>
                {company_fields::fields(page, ACTION, None, Domain::Asked)}
                <div class="foot"><button class="btn primary">{words.text("partner-add-submit")}</button></div>
            </form>
        </details>
    }
    .into_any()
}

/// Everything on a partner's page.
struct Shown {
    company: CompanyView,
    enrolment: Option<EnrolmentRecord>,
    plans: Vec<PlanVersionRecord>,
    figures: Vec<Figures>,
    forecasts: Vec<Forecast>,
    /// Who changed last what its money is paid by.
    details: Option<DetailsRecord>,
    /// What a line can be entered for; nothing for whoever may not.
    deals: Option<Vec<DealRecord>>,
    managers: Option<reaches::Managers>,
}

/// Who can look after partners; nothing for whoever does not say who does.
async fn read_managers(page: &Page) -> Result<Option<reaches::Managers>, UiError> {
    if !may(page, Action::AssignPartners) {
        return Ok(None);
    }
    let managers = reaches::list_managers(&page.ctx, page.actor()?).await;
    Ok(Some(page.said(managers)?))
}

pub async fn show(page: Page, Path(id): Path<String>) -> Result<Response, UiError> {
    let id: PartnerId = page.said(id.parse().map_err(|_| ServiceError::NotFound))?;
    let (ctx, actor) = (&page.ctx, page.actor()?);
    let (company, enrolment) = page.said(partners::find(ctx, actor, id).await)?;
    let plans = page.said(plans::list(ctx, actor).await)?;
    let figures = page.said(figures::of_partner(ctx, actor, id).await)?;
    let forecasts = page.said(of_partner(ctx, actor, id).await)?;
    let details = page.said(find_details(ctx, actor, id).await)?;
    let deals = if may(&page, Action::ApproveLines) {
        Some(page.said(corrections::list_deals(ctx, actor, id).await)?)
    } else {
        None
    };
    let shown = Shown {
        company,
        enrolment,
        plans,
        figures,
        forecasts,
        details,
        deals,
        managers: read_managers(&page).await?,
    };
    let title = shown.company.partner.company.name.clone();
    Ok(page.show(&title.clone(), move |page| {
        let (words, partner) = (&page.words, &shown.company.partner);
        let plan = match &shown.enrolment {
            Some(enrolment) => {
                let facts = [("plan", (&enrolment.plan_name).into()), ("date", words.date(enrolment.valid_from).into())];
                words.with("partner-enrolment-since", &facts)
            }
            None => words.text("partner-enrolment-none"),
        };
        let may_manage = may(page, Action::ManagePartners);
        view! {
            {crumbs(page, LIST, "partner-list-title", title.clone())}
            <div class="head">
                <div>
                    <h1>{title}" "{state_pill(page, partner, shown.enrolment.as_ref())}</h1>
                    <p>{plan}{leaving::sentence(page, partner).map(|sentence| format!(" · {sentence}"))}</p>
                </div>
                <div class="row">
                    <a class="btn" href=partner_url(partner.id)>{words.text("staff-partner-lines")}</a>
                    {may(page, Action::ManageSignOn).then(|| sign_on_link(page, partner.id))}
                </div>
            </div>
            <div class="split">
                <div class="stack">
                    {money(page, &shown.figures)}
                    {shown.forecasts.iter().map(|forecast| next_payout(page, &shown, forecast)).collect_view()}
                    {team(page, &shown.company)}
                </div>
                <div class="stack">
                    {facts(page, &shown)}
                    {shown.managers.as_ref().map(|managers| reach::manager(page, partner, managers))}
                    {may_manage.then(|| enrol_form(page, &shown))}
                    {may_manage.then(|| invite_form(page, partner.id))}
                    {shown.deals.as_ref().map(|deals| line_acts::enter_form(page, partner.id, deals))}
                    {may_manage.then(|| leaving::form(page, partner))}
                </div>
            </div>
        }
        .into_any()
    }))
}

fn sign_on_link(page: &Page, partner: PartnerId) -> AnyView {
    let url = address(sign_on::PATH, &[("partner", &partner.to_string())]);
    view! { <a class="btn" href=url>{page.words.text("sign-on-title")}</a> }.into_any()
}

fn money(page: &Page, figures: &[Figures]) -> AnyView {
    let words = &page.words;
    if figures.is_empty() {
        return view! {
            <section class="card flush">
                {kit::empty(icons::COINS, words.text("staff-partner-no-lines-title"), words.text("staff-partner-no-lines"), None)}
            </section>
        }
        .into_any();
    }
    let sections = figures
        .iter()
        .map(|figures| {
            let amounts = [
                ("earned", figures.earned),
                ("owed", figures.owed),
                ("paid", figures.paid),
                ("upcoming", figures.upcoming),
                ("expected", figures.expected),
            ];
            let amounts = amounts.map(|(name, amount)| {
                view! {
                    <div>
                        <dt><i class=format!("k-{name}")></i>{words.text(&format!("figure-{name}"))}</dt>
                        <dd class="money">{words.money(amount)}</dd>
                    </div>
                }
            });
            let label = words.with("staff-partner-money", &[("currency", figures.currency.to_string().into())]);
            view! { <section class="figures" aria-label=label><dl>{amounts.into_iter().collect_view()}</dl></section> }
        })
        .collect_view();
    view! { <div class="stack" id="figures" data-live="">{sections}</div> }.into_any()
}

/// What its next payout will cost, and what that waits for.
fn next_payout(page: &Page, shown: &Shown, forecast: &Forecast) -> AnyView {
    let partner = shown.company.partner.id.to_string();
    forecast::card(page, forecast, shown.forecasts.len() > 1, |group| {
        let list = match group {
            "approved" | "covered" | "held" | "disputed" => group,
            "invoiced" | "not-invoiced" => "awaiting",
            _ => "all",
        };
        address("/staff/lines", &[("list", list), ("partner", &partner)])
    })
}

fn team(page: &Page, view: &CompanyView) -> AnyView {
    let words = &page.words;
    let invited = view.invitations.iter().map(|invitation| {
        let until = words.date_of(invitation.expires_at, page.ctx.programme.time_zone);
        view! {
            <li>
                <span class="avatar" aria-hidden="true">{kit::icon(icons::MAIL)}</span>
                <div>
                    <span class="t">{invitation.email.clone()}</span>
                    <p>{words.with("staff-partner-invited", &[("date", until.into())])}</p>
                    {bounce(page, view, &invitation.email)}
                </div>
                <span class="end">{words.text(&format!("role-{}", invitation.role))}</span>
            </li>
        }
    });
    let rows = view
        .members
        .iter()
        .map(|member| member_row(page, view, member))
        .collect_view();
    let is_empty = view.members.is_empty() && view.invitations.is_empty();
    view! {
        <section class="card flush">
            <header><h2>{words.text("partner-team")}</h2></header>
            {is_empty.then(|| kit::empty(icons::USERS, words.text("staff-partner-no-team-title"), words.text("staff-partner-no-team"), None))}
            <ul class="rows">{rows}{invited.collect_view()}</ul>
        </section>
    }
    .into_any()
}

/// That an address does not take mail, in its server's words, and a way out.
fn bounce(page: &Page, view: &CompanyView, address: &str) -> Option<AnyView> {
    let bounce = view
        .bounces
        .iter()
        .find(|bounce| bounce.address == address)?;
    let back = format!("{LIST}/{}", view.partner.id);
    Some(
        view! {
            <p class="row">
                {kit::pill("failing", page.words.text("bounce-pill"))}
                <span class="small">{bounce.said.clone()}</span>
            </p>
            {bounces::again(page, address, back)}
        }
        .into_any(),
    )
}

fn member_row(page: &Page, view: &CompanyView, member: &MemberRecord) -> AnyView {
    view! {
        <li>
            <span class="avatar" aria-hidden="true">{kit::initials(&member.name)}</span>
            <div>
                <span class="t"><a href=format!("{}/{}", people::PATH, member.person)>{member.name.clone()}</a></span>
                <p>{member.email.clone()}</p>
                {bounce(page, view, &member.email)}
            </div>
            <span class="end">{page.words.text(&format!("role-{}", member.role))}</span>
        </li>
    }
    .into_any()
}

fn facts(page: &Page, shown: &Shown) -> AnyView {
    let view = &shown.company;
    let partner = &view.partner;
    let (words, company) = (&page.words, &partner.company);
    let text = |label: &str, value: &str| fact(words.text(label), or_nothing(value).into_any());
    view! {
        <section class="card">
            <header><h2>{words.text("company-details")}</h2></header>
            <dl class="facts">
                {text("company-legal-name", &company.legal_name)}
                {text("company-address", &company_fields::address_line(company))}
                {text("company-domain", &company.domain.to_string())}
                {text("company-country", &company.country)}
                {text("company-vat-number", &company.vat_number)}
                {fact(words.text("company-billing-email"), view! { {breakable(company.billing_email.as_str())}{bounce(page, view, company.billing_email.as_str())} }.into_any())}
                {fact(words.text("company-slack-channel"), slack(page, view))}
                {text("partner-xero-contact", partner.xero_contact_id.as_deref().unwrap_or_default())}
                {shown.details.as_ref().map(|change| two_persons::details(page, partner, change))}
            </dl>
            {may(page, Action::ManagePartners).then(|| edit_form(page, partner))}
        </section>
    }
    .into_any()
}

/// Where the partner's messages go, what Slack said to the last test, and another one.
fn slack(page: &Page, view: &CompanyView) -> AnyView {
    let place = or_nothing(&view.partner.company.slack_channel);
    if view.partner.company.slack_channel.is_empty() {
        return place.into_any();
    }
    let values = [("partner", view.partner.id.to_string())];
    let label = page.words.text("slack-test-send");
    let test = may(page, Action::ManagePartners)
        .then(|| kit::button_form("test_partner_slack", &values, label, "btn sm"));
    view! {
        <div class="stack" id="slack" data-live="">
            {place}{slack_trial::answer(page, view.trial.as_ref())}{test}
        </div>
    }
    .into_any()
}

/// The details as staff change them: an owner may not have got to it before the quarter closes.
fn edit_form(page: &Page, partner: &PartnerRecord) -> AnyView {
    const ACTION: &str = "update_partner";
    let words = &page.words;
    view! {
        <details class="more" open=page.refusal(ACTION).is_some()>
            <summary class="btn">{words.text("partner-edit-title")}</summary>
            <form class="form" method="post" novalidate>
                {calls(ACTION)}
                <input type="hidden" name="partner" value=partner.id.to_string() />
                {form_errors(page, ACTION)}
                {company_fields::fields(page, ACTION, Some(&partner.company), Domain::Asked)}
                <div class="foot"><button class="btn primary">{words.text("company-save")}</button></div>
            </form>
        </details>
    }
    .into_any()
}

fn enrol_form(page: &Page, shown: &Shown) -> AnyView {
    const ACTION: &str = "enrol_partner";
    let words = &page.words;
    let partner = &shown.company.partner;
    // Each plan once, under its newest version.
    let mut options: Vec<(String, String)> = Vec::new();
    for version in &shown.plans {
        let id = version.plan.to_string();
        if options.iter().all(|(known, _)| *known != id) {
            options.push((
                id,
                format!("{} · {}", version.name, words.percent(version.terms.rate)),
            ));
        }
    }
    let current = shown
        .enrolment
        .as_ref()
        .map_or_else(String::new, |enrolment| enrolment.plan.to_string());
    let today = page.ctx.today().to_string();
    view! {
        <form class="card form" method="post" novalidate>
            <header><h2>{words.with("partner-enrol-title", &[("partner", (&partner.company.name).into())])}</h2></header>
            {calls(ACTION)}
            <input type="hidden" name="partner" value=partner.id.to_string() />
            {form_errors(page, ACTION)}
            {leaving::coming_back(page, partner)}
            {kit::field(page, ACTION, "plan", "plan", "partner-enrol-plan").first(&current).select(options)}
            {kit::field(page, ACTION, "valid_from", "valid_from", "partner-enrol-from")
                .hint("partner-enrol-from-hint")
                .kind("date")
                .first(&today)
                .input()}
            <button class="btn wide">{words.text("partner-enrol-submit")}</button>
        </form>
    }
    .into_any()
}

fn invite_form(page: &Page, partner: PartnerId) -> AnyView {
    const ACTION: &str = "invite_for_partner";
    let words = &page.words;
    let roles = MemberRole::ALL
        .iter()
        .map(|role| (role.to_string(), words.text(&format!("role-{role}"))))
        .collect();
    view! {
        <form class="card form" method="post" novalidate>
            <header><h2>{words.text("team-invite-title")}</h2></header>
            {calls(ACTION)}
            <input type="hidden" name="partner" value=partner.to_string() />
            {form_errors(page, ACTION)}
            {kit::field(page, ACTION, "email", "form[email]", "team-invite-email").kind("email").input()}
            {kit::field(page, ACTION, "role", "form[role]", "team-invite-role").select(roles)}
            <button class="btn wide">{words.text("team-invite-submit")}</button>
        </form>
    }
    .into_any()
}
