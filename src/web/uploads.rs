//! Files that come with forms: looked at for viruses before anything is done with them, where a scanner is named. While it does not answer no file is taken.

use portal_integrations::{CallError, scanner::Verdict};
use portal_services::{
    ServiceError, audit,
    outbox::{self, Job},
};
use serde_json::json;

use crate::{
    ui::api::UiError,
    web::page::{Page, Upload},
};

/// Lets a form without a file go on, and one whose file nothing is found in. It waits for the scanner, so nobody may call it within a transaction.
pub async fn admit(page: &Page) -> Result<(), UiError> {
    let (Some(upload), Some(scanner)) = (page.upload(), page.app.connector.scanner()) else {
        return Ok(());
    };
    match scanner.scan(&upload.content).await {
        Ok(Verdict::Clean) => Ok(()),
        Ok(Verdict::Found(name)) => refuse(page, upload, &name).await,
        Err(failure) => put_off(page, failure).await,
    }
}

/// What was found is for staff to read: whoever tries what gets past the scanner learns nothing from it.
async fn refuse(page: &Page, upload: &Upload, name: &str) -> Result<(), UiError> {
    let (person, route) = (page.actor()?.person(), &page.route);
    tracing::warn!(route = %route, found = %name, "A file was refused: the virus scanner found {name}");
    let facts = json!({ "found": name });
    page.said(audit::note(&page.ctx, person, "refuse_file", route, &facts).await)?;
    page.said(Err(ServiceError::field(&upload.field, "file-infected")))
}

/// The job finds out by itself whether it is the scanner, and tells operators.
async fn put_off(page: &Page, failure: CallError) -> Result<(), UiError> {
    page.said(outbox::add_alone(&page.ctx, &Job::CheckScanner).await)?;
    Err(page.refused_by_vendor("error-scanner-silent", failure))
}
