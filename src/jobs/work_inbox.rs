//! Works off a vendor's note: which objects it says have changed, each read afresh by a job of its own.

use portal_domain::ids::InboxId;
use portal_integrations::{hubspot, xero};
use portal_services::{inbox, outbox::Job};

use crate::{Desk, JobError};

pub(crate) async fn run(desk: &Desk, id: InboxId) -> Result<(), JobError> {
    let note = inbox::find(&desk.ctx, id).await?;
    if note.worked_at.is_some() {
        return Ok(());
    }
    let jobs = match note.vendor.as_str() {
        "hubspot" => deals_named(&note.body)?,
        "xero" => documents_named(&note.body)?,
        other => {
            return Err(JobError::fail(format!(
                "nobody here knows the vendor {other}"
            )));
        }
    };
    Ok(inbox::work_off(&desk.ctx, id, &jobs).await?)
}

fn deals_named(body: &str) -> Result<Vec<Job>, JobError> {
    let events = hubspot::signature::parse_events(body.as_bytes()).map_err(JobError::fail)?;
    let mut ids: Vec<String> = events
        .into_iter()
        .filter(|event| event.object_type == "deal")
        .flat_map(|event| std::iter::once(event.object_id).chain(event.other_ids))
        .collect();
    ids.sort();
    ids.dedup();
    Ok(ids
        .into_iter()
        .map(|hubspot_id| Job::ReadDeal { hubspot_id })
        .collect())
}

/// Invoices, bills and credit notes. What else Xero tells of (contacts, pre- and overpayments) shows on the invoice that it concerns.
fn documents_named(body: &str) -> Result<Vec<Job>, JobError> {
    let mut events = xero::signature::parse_events(body.as_bytes()).map_err(JobError::fail)?;
    events.sort_by(|one, other| {
        (&one.category, &one.resource_id).cmp(&(&other.category, &other.resource_id))
    });
    events.dedup_by(|one, other| {
        (&one.category, &one.resource_id) == (&other.category, &other.resource_id)
    });
    Ok(events
        .into_iter()
        .filter_map(|event| match event.category.to_ascii_uppercase().as_str() {
            "INVOICE" => Some(Job::ReadInvoice {
                invoice: event.resource_id,
            }),
            "CREDITNOTE" => Some(Job::ReadCredit {
                credit: event.resource_id,
            }),
            _ => None,
        })
        .collect())
}
