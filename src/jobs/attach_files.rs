//! Puts what belongs to a partner's bill beside it in Xero: our statement, and the partner's own invoice. Xero knows files by their names, so what is there is
//! looked at first, and whoever is killed between the two repeats safely. The bill is made by then, and nothing here undoes it.

use portal_domain::ids::BillId;
use portal_services::{
    ServiceError,
    bill_files::{self, Content, FileToAttach},
};
use portal_words::{Locale, Words};

use crate::{Desk, JobError, error::Remedy};

pub(crate) async fn run(desk: &Desk, bill: BillId) -> Result<(), JobError> {
    let waiting = match bill_files::to_attach(&desk.ctx, bill).await {
        // Withdrawn or voided meanwhile.
        Err(ServiceError::NotFound) => return Ok(()),
        found => found?,
    };
    if waiting.files.is_empty() {
        return Ok(());
    }
    let xero = &desk.vendors.xero;
    let there = xero.list_attachments(&waiting.invoice).await?;
    let mut refused = None;
    for file in waiting.files {
        let kind = file.file;
        if !there.contains(&file.name)
            && let Err(error) = attach(desk, &waiting.invoice, file).await
        {
            if error.remedy != Remedy::Fail {
                return Err(error);
            }
            // One that Xero does not take keeps no other from its place.
            refused.get_or_insert(error);
            continue;
        }
        bill_files::attached(&desk.ctx, bill, kind).await?;
    }
    refused.map_or(Ok(()), Err)
}

async fn attach(desk: &Desk, invoice: &str, file: FileToAttach) -> Result<(), JobError> {
    let content = match file.content {
        Content::Given(content) => content,
        // Hundreds of lines take a while, and others are waiting for this thread. Whoever keeps the books reads English, as the bill itself says what it is for.
        Content::Statement { body, hash } => tokio::task::spawn_blocking(move || {
            portal_documents::pdf(&body, &hash, &Words::of(Locale::En))
        })
        .await
        .map_err(JobError::retry)?
        .map_err(JobError::fail)?,
    };
    let xero = &desk.vendors.xero;
    Ok(xero.attach_pdf(invoice, &file.name, content).await?)
}
