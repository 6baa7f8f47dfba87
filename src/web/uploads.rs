//! Files that come with forms: looked at for viruses before anything is done with them, where a scanner is named. While it does not answer no file is taken. No other
//! way leads to what is in them.

use portal_domain::pdf::Pdf;
use portal_integrations::{CallError, scanner::Verdict};
use portal_services::{
    ServiceError, audit,
    outbox::{self, Job},
};
use serde_json::json;

use crate::{
    ui::api::UiError,
    web::{
        limits::count_upload,
        page::{Page, Upload},
    },
};

/// What is in the file that came with a form, if one did and nothing is found in it. It waits for the scanner, so nobody may call it within a transaction.
pub async fn take(page: &Page) -> Result<Option<&[u8]>, UiError> {
    let Some(upload) = page.upload() else {
        return Ok(None);
    };
    let content = &*upload.content;
    // What is none at all is refused by whoever takes it, and is not worth the scanner's time.
    let is_pdf = Pdf::parse(content).is_ok();
    let Some(scanner) = page.app.connector.scanner().filter(|_| is_pdf) else {
        return Ok(Some(content));
    };
    count_upload(page)?;
    match scanner.scan(content).await {
        Ok(Verdict::Clean) => {}
        Ok(Verdict::Found(name)) => refuse(page, upload, &name).await?,
        Err(failure) => put_off(page, failure).await?,
    }
    Ok(Some(content))
}

/// What was found is for staff to read: whoever tries what gets past the scanner learns nothing from it.
async fn refuse(page: &Page, upload: &Upload, name: &str) -> Result<(), UiError> {
    let (person, route) = (page.actor()?.person(), &page.route);
    tracing::warn!(route = %route, found = %name, "A file was refused: the virus scanner found {name}");
    let facts = json!({ "found": name });
    page.said(audit::note(&page.ctx, person, "refuse_file", route, &facts).await)?;
    page.said(Err(ServiceError::field(&upload.field, "file-infected")))
}

/// The job finds out by itself whether it is the scanner, and tells operators; where each instance has one of its own, it is that of the instance that does the job.
async fn put_off(page: &Page, failure: CallError) -> Result<(), UiError> {
    page.said(outbox::add_alone(&page.ctx, &Job::CheckScanner).await)?;
    Err(page.refused_by_vendor("error-scanner-silent", failure))
}
