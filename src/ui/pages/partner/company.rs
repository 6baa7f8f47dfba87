//! A partner's own house: its details, and who may see its money.

use axum::response::Response;
use leptos::prelude::*;
use portal_domain::{
    access::{Action, MemberRole},
    ids::PersonId,
    partner::Company,
    plan::PlanTerms,
};
use portal_services::company::{self, CompanyView};
use portal_store::{
    partners::EnrolmentRecord,
    people::{InvitationRecord, MemberRecord},
};

use super::{form_errors, may};
use crate::{
    ui::{
        api::UiError,
        kit::{self, field, icon, icons},
        pages::{
            company_fields::{self, Domain},
            plan_terms::{self, Reader},
            reach, reset, slack_trial,
        },
    },
    web::page::Page,
};

const UPDATE: &str = "update_company";
const INVITE: &str = "invite_member";
const REMOVE: &str = "remove_member";
const RESET: &str = "reset_member";
const REVOKE: &str = "revoke_invitation";
const CHANGE_ROLE: &str = "change_member_role";

/// An enrolment, and what its plan says today.
type Enrolment = (EnrolmentRecord, Option<PlanTerms>);

/// `/company`.
pub async fn show(page: Page) -> Result<Response, UiError> {
    let company = page.said(company::read(&page.ctx, page.actor()?).await)?;
    let enrolment = page.said(company::find_enrolment(&page.ctx, page.actor()?).await)?;
    let title = page.words.text("company-title");
    Ok(page.show(&title, move |page| view(page, &company, enrolment.as_ref())))
}

fn view(page: &Page, view: &CompanyView, enrolment: Option<&Enrolment>) -> AnyView {
    let words = &page.words;
    let details = if may(page, Action::EditCompany) {
        details_form(page, &view.partner.company)
    } else {
        details_facts(page, &view.partner.company)
    };
    let sales = may(page, Action::EditCompany).then(|| reach::of_sales(page, &view.partner));
    view! {
        <div class="head">
            <div><h1>{words.text("company-title")}</h1><p>{words.text("company-lead")}</p></div>
        </div>
        <div class="split">
            <div class="stack">{details}{team(page, view)}{reset_form(page, view)}</div>
            <div class="stack">{programme(page, view, enrolment)}{slack(page, view)}{sales}{roles(page)}</div>
        </div>
    }
    .into_any()
}

fn details_form(page: &Page, company: &Company) -> AnyView {
    let words = &page.words;
    let errors = form_errors(page, UPDATE).map(|error| kit::errors(page, Some(error)));
    view! {
        <form class="card form" method="post" novalidate>
            <header><h2>{words.text("company-details")}</h2></header>
            {errors}
            <input type="hidden" name="do" value=UPDATE />
            {company_fields::fields(page, UPDATE, Some(company), Domain::ByStaff)}
            <div class="foot">
                <button class="btn primary">{words.text("company-save")}</button>
                <span class="hint">{words.text("required-note")}</span>
            </div>
        </form>
    }
    .into_any()
}

fn details_facts(page: &Page, company: &Company) -> AnyView {
    let words = &page.words;
    let address = company_fields::address_line(company);
    let facts = [
        ("company-name", company.name.as_str()),
        ("company-legal-name", company.legal_name.as_str()),
        ("company-address", address.as_str()),
        ("company-domain", company.domain.as_str()),
        ("company-country", company.country.as_str()),
        ("company-vat-number", company.vat_number.as_str()),
        ("company-billing-email", company.billing_email.as_str()),
        ("company-slack-channel", company.slack_channel.as_str()),
    ]
    .map(|(label, value)| {
        let value = if value.is_empty() {
            words.text("none")
        } else {
            value.to_owned()
        };
        view! { <div><dt>{words.text(label)}</dt><dd>{value}</dd></div> }
    });
    view! {
        <section class="card">
            <header><h2>{words.text("company-details")}</h2><p>{words.text("company-read-only")}</p></header>
            <dl class="facts">{facts.into_iter().collect_view()}</dl>
        </section>
    }
    .into_any()
}

/// Whether the partner's messages arrive in Slack, and a test of it.
fn slack(page: &Page, view: &CompanyView) -> Option<AnyView> {
    let place = &view.partner.company.slack_channel;
    if place.is_empty() {
        return None;
    }
    let words = &page.words;
    let test = may(page, Action::EditCompany)
        .then(|| kit::button_form("test_slack", &[], words.text("slack-test-send"), "btn sm"));
    Some(
        view! {
            <section class="card" id="slack" data-live="">
                <header><h2>{words.text("company-slack-channel")}</h2><p>{place.clone()}</p></header>
                {slack_trial::answer(page, view.trial.as_ref())}
                {test}
            </section>
        }
        .into_any(),
    )
}

fn team(page: &Page, view: &CompanyView) -> AnyView {
    let words = &page.words;
    let manages = may(page, Action::ManageTeam);
    let members = view
        .members
        .iter()
        .map(|member| member_row(page, view, member))
        .collect_view();
    let invitations = view
        .invitations
        .iter()
        .map(|invitation| invitation_row(page, invitation))
        .collect_view();
    view! {
        <section class="card flush">
            <header><h2>{words.text("team-title")}</h2><p>{words.text("team-lead")}</p></header>
            <div class="table">
                <table class="cards">
                    <thead>
                        <tr>
                            <th scope="col">{words.text("team-column-person")}</th>
                            <th scope="col">{words.text("team-column-role")}</th>
                            <th scope="col">{words.text("team-column-joined")}</th>
                            <th scope="col"><span class="vh">{words.text("actions")}</span></th>
                        </tr>
                    </thead>
                    <tbody>{members}{invitations}</tbody>
                </table>
            </div>
            {manages.then(|| invite_form(page))}
        </section>
    }
    .into_any()
}

fn member_row(page: &Page, view: &CompanyView, member: &MemberRecord) -> AnyView {
    let words = &page.words;
    let is_reader = page
        .session()
        .is_some_and(|session| session.actor.person() == member.person);
    let you = is_reader.then(|| view! { " "<span class="muted">{words.text("you")}</span> });
    let owners = view
        .members
        .iter()
        .filter(|other| other.role == MemberRole::Owner)
        .count();
    let is_last_owner = member.role == MemberRole::Owner && owners == 1;
    let manages = may(page, Action::ManageTeam) && !is_last_owner;
    let removal = manages.then(|| removal(page, member.person, &member.name));
    let role = if manages {
        role_form(page, member)
    } else {
        words.text(&format!("role-{}", member.role)).into_any()
    };
    view! {
        <tr>
            <th class="main" scope="row">{member.name.clone()}{you}<small>{member.email.clone()}</small></th>
            <td data-label=words.text("team-column-role")>{role}</td>
            <td class="nowrap" data-label=words.text("team-column-joined")>{words.date(page.ctx.date_of(member.joined_at))}</td>
            <td class="act">{removal}</td>
        </tr>
    }
    .into_any()
}

/// The role that a colleague has, and a choice of others.
fn role_form(page: &Page, member: &MemberRecord) -> AnyView {
    let words = &page.words;
    let label = words.with(
        "team-role-label",
        &[("person", member.name.as_str().into())],
    );
    let options = MemberRole::ALL
        .iter()
        .map(|role| {
            let name = words.text(&format!("role-{role}"));
            view! { <option value=role.as_str() selected=*role == member.role>{name}</option> }
        })
        .collect_view();
    view! {
        <form class="row" method="post">
            <input type="hidden" name="do" value=CHANGE_ROLE />
            <input type="hidden" name="person" value=member.person.to_string() />
            <select name="role" aria-label=label>{options}</select>
            <button class="btn quiet sm">{words.text("team-role-change")}</button>
        </form>
    }
    .into_any()
}

/// Asked once more before it is done, in a box that opens without a script.
fn removal(page: &Page, person: PersonId, name: &str) -> AnyView {
    let words = &page.words;
    let id = format!("remove-{person}");
    let title_id = format!("{id}-title");
    let (opens, closes, labelled_by) = (id.clone(), id.clone(), title_id.clone());
    let named = |key: &str| words.with(key, &[("person", name.into())]);
    view! {
        <button class="btn quiet danger sm" type="button" popovertarget=opens aria-label=named("team-remove-label")>
            {words.text("team-remove")}
        </button>
        <form class="dialog" id=id popover role="dialog" aria-labelledby=labelled_by method="post">
            <h2 id=title_id>{named("team-remove-title")}</h2>
            <p>{named("team-remove-confirm")}</p>
            <input type="hidden" name="do" value=REMOVE />
            <input type="hidden" name="person" value=person.to_string() />
            <div class="foot">
                <button class="btn quiet" type="button" popovertarget=closes popovertargetaction="hide">
                    {words.text("button-cancel")}
                </button>
                <button class="btn danger">{words.text("team-remove")}</button>
            </div>
        </form>
    }
    .into_any()
}

/// For a colleague who has lost everything that it signs in with; nothing where there is none.
fn reset_form(page: &Page, view: &CompanyView) -> Option<AnyView> {
    let reader = page.session().map(|session| session.actor.person());
    let others = view.members.iter();
    let others = others.filter(|member| Some(member.person) != reader);
    let others: Vec<(String, String)> = others
        .map(|member| (member.person.to_string(), member.name.clone()))
        .collect();
    (may(page, Action::ManageTeam) && !others.is_empty()).then(|| {
        let nobody = [(String::new(), page.words.text("reset-choose"))];
        let choices: Vec<(String, String)> = nobody.into_iter().chain(others).collect();
        let whose = field(page, RESET, "person", "person", "reset-person").select(choices);
        reset::card(page, RESET, whose)
    })
}

fn invitation_row(page: &Page, invitation: &InvitationRecord) -> AnyView {
    let words = &page.words;
    let until = words.day(page.ctx.date_of(invitation.expires_at));
    let revocation = may(page, Action::ManageTeam).then(|| {
        let label = words.with(
            "team-revoke-label",
            &[("email", invitation.email.as_str().into())],
        );
        view! {
            <form method="post">
                <input type="hidden" name="do" value=REVOKE />
                <input type="hidden" name="invitation" value=invitation.id.to_string() />
                <button class="btn quiet sm" aria-label=label>{words.text("team-revoke")}</button>
            </form>
        }
    });
    view! {
        <tr>
            <th class="main" scope="row">{invitation.email.clone()}</th>
            <td data-label=words.text("team-column-role")>{words.text(&format!("role-{}", invitation.role))}</td>
            <td data-label=words.text("team-column-joined")>
                <span class="pill plain" data-tone="wait">{words.with("team-invited-until", &[("date", until.into())])}</span>
            </td>
            <td class="act">{revocation}</td>
        </tr>
    }
    .into_any()
}

fn invite_form(page: &Page) -> AnyView {
    let words = &page.words;
    let roles = [
        MemberRole::Sales,
        MemberRole::Finance,
        MemberRole::ReadOnly,
        MemberRole::Owner,
    ]
    .map(|role| {
        (
            role.as_str().to_owned(),
            words.text(&format!("role-{role}")),
        )
    })
    .to_vec();
    let errors = form_errors(page, INVITE).map(|error| kit::errors(page, Some(error)));
    view! {
        <div class="foot">
            <form class="form" method="post" novalidate aria-label=words.text("team-invite-title")>
                {errors}
                <input type="hidden" name="do" value=INVITE />
                <div class="inline">
                    {field(page, INVITE, "email", "form[email]", "team-invite-title").kind("email").input()}
                    {field(page, INVITE, "role", "form[role]", "team-invite-role").first(MemberRole::Sales.as_str()).select(roles)}
                    <button class="btn">{icon(icons::MAIL)}{words.text("team-invite-submit")}</button>
                </div>
            </form>
        </div>
    }
    .into_any()
}

/// Whether the company is in the programme, and on which plan.
fn programme(page: &Page, view: &CompanyView, enrolment: Option<&Enrolment>) -> AnyView {
    let words = &page.words;
    let partner = &view.partner;
    let (state, label) = if partner.active && !partner.has_left(page.ctx.today()) {
        ("active", "company-programme-active")
    } else {
        ("off", "company-programme-inactive")
    };
    let since = words.date(page.ctx.date_of(partner.created_at));
    let plan = enrolment.map(|(enrolment, terms)| {
        let reader = Reader::Partner(partner.id);
        let terms = terms
            .as_ref()
            .map(|terms| plan_terms::terms(page, terms, &reader));
        let from = words.date(enrolment.valid_from);
        view! {
            <div><dt>{words.text("company-programme-plan")}</dt><dd>{enrolment.plan_name.clone()}{terms}</dd></div>
            <div><dt>{words.text("company-programme-enrolled")}</dt><dd>{from}</dd></div>
        }
    });
    let note = match partner.left_on {
        Some(left_on) => {
            let date = [("date", words.date(left_on).into())];
            let key = if partner.has_left(page.ctx.today()) {
                "company-programme-left"
            } else {
                "company-programme-leaves"
            };
            Some(words.with(key, &date))
        }
        None => enrolment
            .is_none()
            .then(|| words.text("company-programme-not-enrolled")),
    };
    let missing = note.map(|note| view! { <p class="small muted">{note}</p> });
    view! {
        <section class="card">
            <header><h2>{words.text("company-programme")}</h2>{kit::pill(state, words.text(label))}</header>
            <dl class="facts">
                {plan}
                <div><dt>{words.text("company-programme-since")}</dt><dd>{since}</dd></div>
            </dl>
            {missing}
        </section>
    }
    .into_any()
}

/// What each role may do, beside the form that asks for one.
fn roles(page: &Page) -> AnyView {
    let words = &page.words;
    let roles = MemberRole::ALL
        .iter()
        .map(|role| {
            view! {
                <div>
                    <dt>{words.text(&format!("role-{role}"))}</dt>
                    <dd>{words.text(&format!("role-{role}-hint"))}</dd>
                </div>
            }
        })
        .collect_view();
    view! {
        <section class="card">
            <header><h2>{words.text("team-roles-title")}</h2></header>
            <dl class="facts">{roles}</dl>
            <p><a href=super::roles::PATH>{words.text("roles-link")}</a></p>
        </section>
    }
    .into_any()
}
