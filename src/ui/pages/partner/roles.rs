//! `/company/roles`: what each role of a member may do.

use axum::response::Response;
use leptos::prelude::*;
use portal_domain::access::Action;
use portal_services::access::require_partner;

use super::crumbs;
use crate::{
    ui::{api::UiError, pages::permissions},
    web::page::Page,
};

pub const PATH: &str = "/company/roles";

pub async fn show(page: Page) -> Result<Response, UiError> {
    page.said(require_partner(page.actor()?, Action::ReadLeads))?;
    let title = page.words.text("roles-title");
    Ok(page.show(&title.clone(), move |page| {
        view! {
            {crumbs(page, "/company", "company-title", title.clone())}
            <div class="head"><div><h1>{title}</h1><p>{page.words.text("roles-lead-members")}</p></div></div>
            {permissions::of_members(page)}
        }
        .into_any()
    }))
}
