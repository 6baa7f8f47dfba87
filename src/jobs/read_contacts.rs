//! Reads contacts of clients and partners from Xero, for one thing alone: into which others they were merged there.

use portal_integrations::xero::CONTACT_IDS_MAX;
use portal_services::contacts;

use crate::{Desk, JobError};

/// One that Xero tells of; most contacts are nobody's that we know.
pub(crate) async fn read_one(desk: &Desk, contact: &str) -> Result<(), JobError> {
    if !contacts::is_known(&desk.ctx, contact).await? {
        return Ok(());
    }
    read(desk, &[contact.to_owned()]).await
}

/// All of them, once a day: a webhook of a merger may be lost, and no sweep sees one.
pub(crate) async fn check_all(desk: &Desk) -> Result<(), JobError> {
    let mut last = String::new();
    loop {
        let known = contacts::list_known_after(&desk.ctx, &last, CONTACT_IDS_MAX).await?;
        let Some(newest) = known.last() else {
            return Ok(());
        };
        last.clone_from(newest);
        read(desk, &known).await?;
    }
}

async fn read(desk: &Desk, ids: &[String]) -> Result<(), JobError> {
    let found = desk.vendors.xero.list_contacts(ids).await?;
    Ok(contacts::apply(&desk.ctx, &found).await?)
}
