//! Who may do what, as a table: each cell is what `domain::access` answers, so it cannot say anything else than what is enforced.

use leptos::prelude::*;
use portal_domain::access::{Action, MemberRole, StaffRole};

use crate::{
    ui::kit::{self, icons},
    web::page::Page,
};

/// The half of partners: what each role of a member may do.
pub fn of_members(page: &Page) -> AnyView {
    let roles = MemberRole::ALL;
    let names = roles.iter().map(|role| format!("role-{role}")).collect();
    let rows = Action::ALL.iter().map(|action| {
        let allowed = roles.iter().map(|role| role.may(*action)).collect();
        (*action, allowed)
    });
    table(page, "roles-of-members", names, rows.collect())
}

/// The half of the vendor: what each role of its people may do.
pub fn of_staff(page: &Page) -> AnyView {
    let roles = StaffRole::ALL;
    let names = roles.iter().map(|role| format!("staff-role-{role}"));
    let rows = Action::ALL.iter().map(|action| {
        let allowed = roles.iter().map(|role| role.may(*action)).collect();
        (*action, allowed)
    });
    table(page, "roles-of-staff", names.collect(), rows.collect())
}

/// `names` are the keys of the columns' roles. What nobody in them may do is left out: it is of the other half.
fn table(
    page: &Page,
    title: &'static str,
    names: Vec<String>,
    rows: Vec<(Action, Vec<bool>)>,
) -> AnyView {
    let words = &page.words;
    let names: Vec<String> = names.iter().map(|key| words.text(key)).collect();
    let heads = names
        .iter()
        .map(|name| view! { <th scope="col">{name.clone()}</th> })
        .collect_view();
    let rows = rows
        .into_iter()
        .filter(|(_, allowed)| allowed.contains(&true))
        .map(|(action, allowed)| row(page, action, &names, &allowed))
        .collect_view();
    view! {
        <section class="card flush">
            <header><h2>{words.text(title)}</h2></header>
            <div class="table">
                <table class="cards">
                    <thead><tr><th scope="col">{words.text("roles-column-action")}</th>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn row(page: &Page, action: Action, names: &[String], allowed: &[bool]) -> AnyView {
    let words = &page.words;
    let cells = names.iter().zip(allowed).map(|(name, may)| {
        let mark = if *may {
            view! { {kit::icon(icons::CHECK)}<span class="vh">{words.text("roles-may")}</span> }
                .into_any()
        } else {
            view! { <span class="muted" aria-hidden="true">"–"</span><span class="vh">{words.text("roles-may-not")}</span> }.into_any()
        };
        view! { <td data-label=name.clone()>{mark}</td> }
    });
    view! {
        <tr>
            <th class="main" scope="row">
                {words.text(&format!("action-{action}"))}<small>{words.text(&format!("action-what-{action}"))}</small>
            </th>
            {cells.collect_view()}
        </tr>
    }
    .into_any()
}
