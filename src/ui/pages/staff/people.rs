//! The people: everybody at the vendor and, by search, the members of partners, with their roles and with what they prove themselves; what each role may do; and
//! one person with what can be changed of it.

use axum::{
    extract::{Path, Query},
    response::Response,
};
use leptos::prelude::*;
use portal_domain::{
    access::{Action, MemberRole, StaffRole},
    ids::PersonId,
};
use portal_services::{
    ServiceError,
    people::{self, Directory, PersonView},
    two_persons as rule,
};
use portal_store::directory::{EntryRecord, PlaceRecord};
use serde::Deserialize;

use super::{NOTHING, breakable, calls, crumbs, fact, form_errors, head, may, two_persons};
use crate::{
    ui::{
        api::UiError,
        kit::{self, icons},
        pages::{permissions, reset},
    },
    web::page::Page,
};

pub const PATH: &str = "/staff/people";
pub const ROLES_PATH: &str = "/staff/people/roles";

#[derive(Deserialize)]
pub struct PeopleQuery {
    #[serde(default)]
    q: String,
}

pub async fn list(page: Page, Query(query): Query<PeopleQuery>) -> Result<Response, UiError> {
    let found = page.said(people::list(&page.ctx, page.actor()?, &query.q).await)?;
    let title = page.words.text("people-title");
    Ok(page.show(&title.clone(), move |page| {
        let words = &page.words;
        let roles = view! { <a class="btn" href=ROLES_PATH>{words.text("roles-link")}</a> };
        view! {
            {head(title, words.text("people-lead"), Some(roles.into_any()))}
            {may(page, Action::ManagePeople).then(|| add_form(page))}
            <section class="card flush">
                <header><h2>{words.with("people-staff", &[("vendor", page.ctx.programme.name.as_str().into())])}</h2></header>
                {table(page, &found.staff)}
            </section>
            {members(page, &found, &query.q)}
        }
        .into_any()
    }))
}

fn add_form(page: &Page) -> AnyView {
    const ACTION: &str = "add_colleague";
    let words = &page.words;
    let field = |name: &'static str, label: &str| {
        kit::field(page, ACTION, name, &format!("form[{name}]"), label)
    };
    view! {
        <details class="more" open=page.refusal(ACTION).is_some()>
            <summary class="btn primary">{kit::icon(icons::PLUS)}{words.text("people-add-title")}</summary>
            <form class="card form" method="post" novalidate>
                {calls(ACTION)}
                {form_errors(page, ACTION)}
                <p class="muted">{words.text("people-add-lead")}</p>
                <div class="cols">
                    {field("name", "people-name").maximum(120).input()}
                    {field("email", "people-email").kind("email").input()}
                    {field("role", "people-role").first(StaffRole::Auditor.as_str()).select(staff_roles(page))}
                </div>
                <div class="foot"><button class="btn primary">{words.text("people-add-submit")}</button></div>
            </form>
        </details>
    }
    .into_any()
}

fn staff_roles(page: &Page) -> Vec<(String, String)> {
    let role = |role: &StaffRole| {
        (
            role.as_str().to_owned(),
            page.words.text(&format!("staff-role-{role}")),
        )
    };
    StaffRole::ALL.iter().map(role).collect()
}

fn member_roles(page: &Page) -> Vec<(String, String)> {
    let role = |role: &MemberRole| {
        (
            role.as_str().to_owned(),
            page.words.text(&format!("role-{role}")),
        )
    };
    MemberRole::ALL.iter().map(role).collect()
}

/// The members that were looked for: there are too many to show them all.
fn members(page: &Page, found: &Directory, search: &str) -> AnyView {
    let words = &page.words;
    let label = words.text("people-search");
    let answer = if search.trim().is_empty() {
        None
    } else if found.members.is_empty() {
        let title = words.with("list-nothing-found", &[("query", search.into())]);
        let text = words.text("list-nothing-found-hint");
        Some(kit::empty(icons::USERS, title, text, None))
    } else {
        Some(table(page, &found.members))
    };
    view! {
        <section class="card flush">
            <header>
                <h2>{words.text("people-members")}</h2>
                <form class="search" role="search">
                    {kit::icon(icons::SEARCH)}
                    <input type="search" name="q" value=search.to_owned() aria-label=label.clone() placeholder=label />
                </form>
            </header>
            {answer}
        </section>
    }
    .into_any()
}

fn table(page: &Page, found: &[PersonView]) -> AnyView {
    let columns = ["person", "role", "seen", "proofs", "state"];
    let columns = columns.map(|column| {
        view! { <th scope="col">{page.words.text(&format!("people-column-{column}"))}</th> }
    });
    view! {
        <div class="table">
            <table class="cards">
                <thead><tr>{columns.into_iter().collect_view()}</tr></thead>
                <tbody>{found.iter().map(|person| row(page, person)).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(page: &Page, person: &PersonView) -> AnyView {
    let (words, entry) = (&page.words, &person.entry);
    view! {
        <tr>
            <th class="main" scope="row">
                <a href=format!("{PATH}/{}", entry.id)>{entry.name.clone()}</a><small>{breakable(&entry.email)}</small>
            </th>
            <td data-label=words.text("people-column-role")>{roles(page, person)}</td>
            <td data-label=words.text("people-column-seen") class="nowrap">{seen(page, entry)}</td>
            <td data-label=words.text("people-column-proofs")>{proofs(page, entry)}</td>
            <td class="corner">{state(page, entry)}</td>
        </tr>
    }
    .into_any()
}

/// What somebody is at the vendor, and in which partners.
fn roles(page: &Page, person: &PersonView) -> AnyView {
    let words = &page.words;
    let here = person
        .entry
        .staff_role
        .map(|role| view! { <div>{words.text(&format!("staff-role-{role}"))}</div> });
    let there = person.places.iter().map(|place| {
        let role = words.text(&format!("role-{}", place.role));
        view! { <div>{format!("{role} · {}", place.partner_name)}</div> }
    });
    view! { {here}{there.collect_view()} }.into_any()
}

fn seen(page: &Page, entry: &EntryRecord) -> AnyView {
    match entry.seen_at {
        Some(at) => kit::ago(page, at),
        None => NOTHING.into_any(),
    }
}

fn proofs(page: &Page, entry: &EntryRecord) -> String {
    let words = &page.words;
    let passkeys = (entry.passkeys > 0)
        .then(|| words.with("people-passkeys", &[("count", entry.passkeys.into())]));
    let app = entry.has_app.then(|| words.text("people-app"));
    let there: Vec<String> = passkeys.into_iter().chain(app).collect();
    if there.is_empty() {
        words.text("people-no-proofs")
    } else {
        there.join(", ")
    }
}

fn state(page: &Page, entry: &EntryRecord) -> AnyView {
    let (state, label) = if entry.disabled_at.is_some() {
        ("off", "people-disabled")
    } else {
        ("active", "people-enabled")
    };
    kit::pill(state, page.words.text(label))
}

/// `/staff/people/roles`.
pub async fn show_roles(page: Page) -> Result<Response, UiError> {
    let persons = page.said(rule::find(&page.ctx, page.actor()?).await)?;
    let title = page.words.text("roles-title");
    Ok(page.show(&title.clone(), move |page| {
        view! {
            {crumbs(page, PATH, "people-title", title.clone())}
            {head(title, page.words.text("roles-lead"), None)}
            {two_persons::card(page, persons)}
            {permissions::of_staff(page)}
            {permissions::of_members(page)}
        }
        .into_any()
    }))
}

/// `/staff/people/{id}`.
pub async fn show(page: Page, Path(id): Path<String>) -> Result<Response, UiError> {
    let id: PersonId = page.said(id.parse().map_err(|_| ServiceError::NotFound))?;
    let (person, stays) = page.said(people::find(&page.ctx, page.actor()?, id).await)?;
    let title = person.entry.name.clone();
    Ok(page.show(&title.clone(), move |page| {
        view! {
            {crumbs(page, PATH, "people-title", title.clone())}
            <div class="head"><div><h1>{title}" "{state(page, &person.entry)}</h1></div></div>
            <div class="split">
                <div class="stack">{facts(page, &person)}</div>
                <div class="stack">{may(page, Action::ManagePeople).then(|| acts(page, &person, stays))}</div>
            </div>
        }
        .into_any()
    }))
}

fn facts(page: &Page, person: &PersonView) -> AnyView {
    let (words, entry) = (&page.words, &person.entry);
    let disabled = entry.disabled_at.map(|at| {
        let by = entry.disabled_by_name.clone();
        let by = by.unwrap_or_else(|| words.text("audit-portal"));
        let reason = entry.disabled_reason.clone().unwrap_or_default();
        view! {
            {fact(words.text("people-disabled-since"), view! { {kit::instant(page, at)}" · "{by} }.into_any())}
            {fact(words.text("people-disabled-for"), reason.into_any())}
        }
    });
    view! {
        <section class="card">
            <dl class="facts">
                {fact(words.text("people-email"), breakable(&entry.email))}
                {fact(words.text("people-column-role"), roles(page, person))}
                {fact(words.text("people-column-seen"), seen(page, entry))}
                {fact(words.text("people-column-proofs"), proofs(page, entry).into_any())}
                {disabled}
            </dl>
        </section>
    }
    .into_any()
}

/// What can be changed of somebody; `stays` says why its role cannot be taken away.
fn acts(page: &Page, person: &PersonView, stays: Option<&'static str>) -> AnyView {
    let (words, entry) = (&page.words, &person.entry);
    let is_reader = page
        .session()
        .is_some_and(|session| session.actor.person() == entry.id);
    let why_not = stays.or(is_reader.then_some("not-yourself"));
    let role = match entry.staff_role {
        Some(role) if stays.is_none() => Some(role_form(page, entry, role)),
        _ => None,
    };
    let places = person.places.iter().map(|place| place_form(page, place));
    let access = match why_not {
        _ if entry.disabled_at.is_some() => enable_form(page, entry),
        Some(code) => {
            view! { <section class="card"><p class="muted">{words.text(&format!("error-{code}"))}</p></section> }.into_any()
        }
        None => disable_form(page, entry),
    };
    let reset = (entry.disabled_at.is_none() && !is_reader).then(|| reset_form(page, entry));
    view! { {role}{places.collect_view()}{reset}{access} }.into_any()
}

fn role_form(page: &Page, entry: &EntryRecord, role: StaffRole) -> AnyView {
    const ACTION: &str = "change_role";
    let words = &page.words;
    let vendor = page.ctx.programme.name.as_str();
    view! {
        <form class="card form" method="post" novalidate>
            <header><h2>{words.with("people-change-role-at", &[("place", vendor.into())])}</h2></header>
            {calls(ACTION)}
            <input type="hidden" name="person" value=entry.id.to_string() />
            {form_errors(page, ACTION)}
            {kit::field(page, ACTION, "role", "role", "people-role")
                .hint("people-change-role-hint")
                .first(role.as_str())
                .select(staff_roles(page))}
            <button class="btn wide">{words.text("people-change-role")}</button>
        </form>
    }
    .into_any()
}

fn place_form(page: &Page, place: &PlaceRecord) -> AnyView {
    let words = &page.words;
    let options = member_roles(page)
        .into_iter()
        .map(|(value, label)| {
            let selected = value == place.role.as_str();
            view! { <option value=value selected=selected>{label}</option> }
        })
        .collect_view();
    let id = format!("role-{}", place.partner);
    let of = [("place", (&place.partner_name).into())];
    view! {
        <form class="card form" method="post">
            <header><h2>{words.with("people-change-role-at", &of)}</h2></header>
            {calls("change_role_in_partner")}
            <input type="hidden" name="person" value=place.person.to_string() />
            <input type="hidden" name="partner" value=place.partner.to_string() />
            <div class="field">
                <label for=id.clone()>{words.text("people-role")}</label>
                <select id=id name="role">{options}</select>
            </div>
            <button class="btn wide">{words.text("people-change-role")}</button>
        </form>
    }
    .into_any()
}

fn reset_form(page: &Page, entry: &EntryRecord) -> AnyView {
    if entry.passkeys == 0 && !entry.has_app {
        let nothing = page.words.text("error-reset-nothing");
        return view! { <section class="card"><p class="muted">{nothing}</p></section> }.into_any();
    }
    let person = view! { <input type="hidden" name="person" value=entry.id.to_string() /> };
    reset::card(page, "reset_person", person.into_any())
}

fn disable_form(page: &Page, entry: &EntryRecord) -> AnyView {
    const ACTION: &str = "disable_person";
    let words = &page.words;
    view! {
        <section class="card">
            <details class="more" open=page.refusal(ACTION).is_some()>
                <summary class="btn danger">{words.text("people-disable")}</summary>
                <form class="form" method="post" novalidate>
                    {calls(ACTION)}
                    <input type="hidden" name="person" value=entry.id.to_string() />
                    {form_errors(page, ACTION)}
                    <p class="muted">{words.with("people-disable-lead", &[("person", (&entry.name).into())])}</p>
                    {kit::field(page, ACTION, "reason", "reason", "people-disable-reason").maximum(200).full().input()}
                    <button class="btn danger wide">{words.text("people-disable")}</button>
                </form>
            </details>
        </section>
    }
    .into_any()
}

fn enable_form(page: &Page, entry: &EntryRecord) -> AnyView {
    let words = &page.words;
    let person = [("person", entry.id.to_string())];
    view! {
        <section class="card">
            <p class="muted">{words.text("people-enable-lead")}</p>
            {kit::button_form("enable_person", &person, words.text("people-enable"), "btn")}
        </section>
    }
    .into_any()
}
