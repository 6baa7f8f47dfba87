//! Integrations: how each outside system is doing, what waits for it, what failed and in which words; trying again, and reading everything anew.

mod failures;
mod systems;

use axum::response::Response;
use leptos::prelude::*;
use portal_domain::access::Action;
use portal_services::operations;

use super::{head, may};
use crate::{
    ui::{api::UiError, kit},
    web::page::Page,
};

pub use systems::{SYSTEMS, system_state};

pub async fn show(page: Page) -> Result<Response, UiError> {
    let health = page.said(operations::read_health(&page.ctx, page.actor()?).await)?;
    let title = page.words.text("integration-title");
    Ok(page.show(&title.clone(), move |page| {
        let words = &page.words;
        let sweep = may(page, Action::Operate)
            .then(|| kit::button_form("sweep_now", &[], words.text("integration-sweep"), "btn"));
        view! {
            {head(title, words.text("integration-lead"), sweep)}
            <p><a href=super::stages::PATH>{words.text("stages-open")}</a></p>
            <div class="stack" id="systems" data-live="">
                {systems::warnings(page, &health)}
                {systems::table(page, &health)}
                {failures::list(page, &health.failing)}
            </div>
        }
        .into_any()
    }))
}
