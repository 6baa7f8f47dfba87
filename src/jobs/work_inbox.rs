//! Works off a vendor's note: which objects it says have changed, each read afresh by a job of its own. An event that cannot be read stops none of the others.

use std::time::Duration;

use portal_domain::{calendar::Timestamp, failure::Failure, ids::InboxId};
use portal_integrations::{
    hubspot::signature::{self as from_hubspot, HubSpotEvent},
    relay::{RelayEvent, parse_event},
    xero::signature::{self as from_xero, XeroEvent},
};
use portal_services::{
    inbox::{self, Event, EventKey},
    outbox::{self, Job},
    relay::{self, NotTaken},
};
use portal_store::inbox::InboxRecord;

use crate::{Desk, JobError};

/// How many notes are worked off with one commit.
const TOGETHER_MAX: u16 = 512;
/// As many notes at once are a burst. Then more are waited for: each commit of ours keeps those waiting who bring them.
const BURST: usize = 16;
const BREATH: Duration = Duration::from_millis(50);

/// The notes that wait, together. One that cannot be worked off with the others is by itself.
pub(crate) async fn run_waiting(desk: &Desk) -> Result<(), JobError> {
    let ctx = &desk.ctx;
    // Two side by side would work off the same notes.
    let _alone = desk.locks.take("waiting notes").await;
    let notes = inbox::list_waiting(ctx, TOGETHER_MAX).await?;
    let count = notes.len();
    let mut together = Vec::new();
    let mut apart = Vec::new();
    for note in notes {
        // Whatever a note makes of whoever reads it, it is that note's alone.
        match std::panic::catch_unwind(|| events_of(&note)) {
            Ok(Ok(events)) => together.push((note, asked_for(events))),
            Ok(Err(_)) | Err(_) => apart.push(note.id),
        }
    }
    let all: Vec<InboxId> = together.iter().map(|(note, _)| note.id).collect();
    if let Err(error) = inbox::work_off(ctx, together).await {
        tracing::warn!(%error, "{} notes could not be worked off together", all.len());
        apart.extend(all);
    }
    if !apart.is_empty() {
        inbox::work_off_apart(ctx, &apart).await?;
    }
    if count == usize::from(TOGETHER_MAX) {
        outbox::add_alone(ctx, &Job::WorkNotes).await?;
    } else if count >= BURST {
        tokio::time::sleep(BREATH).await;
    }
    Ok(())
}

/// One note.
pub(crate) async fn run(desk: &Desk, id: InboxId) -> Result<(), JobError> {
    let note = inbox::find(&desk.ctx, id).await?;
    if note.worked_at.is_some() {
        return Ok(());
    }
    let events = asked_for(events_of(&note)?);
    Ok(inbox::work_off(&desk.ctx, vec![(note, events)]).await?)
}

fn asked_for(events: Vec<Result<Event, String>>) -> Vec<Event> {
    let events = events.into_iter();
    let events = events.map(|event| event.unwrap_or(Event::Unreadable));
    events.collect()
}

/// One event that could not be read: it is still there for a person who had the portal taught to read it.
pub(crate) async fn run_one(desk: &Desk, id: InboxId, position: u32) -> Result<(), JobError> {
    let note = inbox::find(&desk.ctx, id).await?;
    let event = usize::try_from(position)
        .ok()
        .and_then(|position| events_of(&note).ok()?.into_iter().nth(position));
    match event {
        Some(Ok(Event::Readable { jobs, .. })) => Ok(inbox::work_off_event(&desk.ctx, jobs).await?),
        Some(Err(fault)) => Err(unreadable(fault)),
        Some(Ok(Event::Unreadable)) | None => Err(JobError::fail("the note has no such event")),
    }
}

/// What a note says; for an event that cannot be read, why.
fn events_of(note: &InboxRecord) -> Result<Vec<Result<Event, String>>, JobError> {
    match note.vendor.as_str() {
        "hubspot" => {
            let events = from_hubspot::parse_events(&note.body).map_err(unreadable)?;
            Ok(each(events, about_deals))
        }
        "xero" => {
            let events = from_xero::parse_events(&note.body).map_err(unreadable)?;
            Ok(each(events, about_documents))
        }
        // It says what is so, and not only where to look: a job of its own follows it.
        "relay" => Ok(vec![match parse_event(&note.body) {
            Ok(_) => Ok(Event::Readable {
                key: None,
                jobs: vec![Job::FollowRelay { inbox: note.id }],
            }),
            Err(fault) => Err(fault.to_string()),
        }]),
        other => Err(JobError::fail(format!(
            "nobody here knows the vendor {other}"
        ))),
    }
}

/// What was sent is no note, or no event, that we know how to read.
fn unreadable(fault: impl ToString) -> JobError {
    JobError::fail(fault).of(Failure::Unreadable)
}

fn each<E, F: ToString>(
    events: Vec<Result<E, F>>,
    read: fn(E) -> Event,
) -> Vec<Result<Event, String>> {
    let events = events.into_iter();
    events
        .map(|event| event.map(read).map_err(|fault| fault.to_string()))
        .collect()
}

/// HubSpot sends an event again under the same key, in a note that differs.
fn about_deals(event: HubSpotEvent) -> Event {
    let ids = std::iter::once(event.object_id).chain(event.other_ids);
    let jobs = match event.object_type.as_str() {
        "deal" => ids.map(|hubspot_id| Job::ReadDeal { hubspot_id }).collect(),
        _ => Vec::new(),
    };
    Event::Readable {
        key: Some(EventKey {
            happened_at: Timestamp(event.occurred_at_ms),
            words: format!("hubspot|{}", event.dedupe_key),
        }),
        jobs,
    }
}

/// Invoices, bills, credit notes and contacts; and pre- and overpayments, whose lists say which invoices they concern. Xero gives its events no key.
fn about_documents(event: XeroEvent) -> Event {
    let jobs = match event.category.to_ascii_uppercase().as_str() {
        "INVOICE" => vec![Job::ReadInvoice {
            invoice: event.resource_id,
        }],
        "CREDITNOTE" => vec![Job::ReadCredit {
            credit: event.resource_id,
        }],
        "CONTACT" => vec![Job::ReadContact {
            contact: event.resource_id,
        }],
        "PREPAYMENT" | "OVERPAYMENT" => vec![Job::SweepMoney],
        _ => Vec::new(),
    };
    Event::Readable { key: None, jobs }
}

/// Follows what the iPaaS called back.
pub(crate) async fn follow_relay(desk: &Desk, id: InboxId) -> Result<(), JobError> {
    let ctx = &desk.ctx;
    let note = inbox::find(ctx, id).await?;
    let followed = match parse_event(&note.body).map_err(unreadable)? {
        RelayEvent::Registered {
            lead,
            company,
            contact,
            deal,
        } => relay::registered(ctx, lead, &company, &contact, &deal).await,
        RelayEvent::Failed {
            lead,
            code,
            said,
            at,
        } => {
            // It was said before it came, whatever the clock there says.
            let came_at = note.received_at;
            let at = at.map_or(came_at, |at| at.min(came_at));
            relay::failed(ctx, lead, &code, &said, at).await
        }
        RelayEvent::Changed(change) => {
            let label = change.stage_label.as_deref();
            relay::deal_changed(ctx, &change.deal, label).await
        }
    };
    followed.map_err(|error| match error {
        NotTaken::Service(error) => error.into(),
        refused => JobError::fail(refused).of(Failure::Refused),
    })
}
