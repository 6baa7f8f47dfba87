//! What vendors send: stored raw and answered at once, worked off later. A note is only a hint to look again, never the truth.

use std::collections::{BTreeMap, HashSet};

use itertools::Itertools as _;
use portal_domain::{
    access::{Action, Actor},
    calendar::Timestamp,
    ids::InboxId,
};
use portal_store::{
    audit,
    inbox::{self, Found, InboxRecord, NewNote, NoteRecord, RefusalRecord},
    vendors,
};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{
    Ctx, ServiceError,
    access::require_staff,
    outbox::{self, Job},
    privacy::retention,
};

/// How much is kept of what a sender says of a time: all of `2026-10-01T08:00:00.123456Z`.
const TIME_LENGTH_MAX: usize = 27;

/// A note that has come, and whose signature was checked.
#[derive(Clone, Debug)]
pub struct Arrival {
    vendor: &'static str,
    /// Its sender's own key, if it has one: with the body it says whether it is the same.
    key: Option<String>,
    /// When its first event happened, in its sender's words; empty where they do not say so.
    told_at: String,
    body: Vec<u8>,
    /// JSON, name to value.
    headers: String,
}

impl Arrival {
    /// Byte for byte, with the headers that show who sent it.
    pub fn new(vendor: &'static str, body: &[u8], headers: &[(&str, &str)]) -> Self {
        let headers: serde_json::Map<_, _> = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect();
        Self {
            vendor,
            key: None,
            told_at: String::new(),
            body: body.to_vec(),
            headers: json!(headers).to_string(),
        }
    }

    /// One that its sender sends again under the same key.
    #[must_use]
    pub fn known_as(self, key: &str) -> Self {
        Self {
            key: Some(key.to_owned()),
            ..self
        }
    }

    /// One whose body says when its first event happened. Notes that come at the same time have keys then that stand together, so that the pages of the index
    /// which they are written to are few.
    #[must_use]
    pub fn told_at(self, at: Option<&str>) -> Self {
        let is_of_time = |letter: &char| letter.is_ascii_alphanumeric() || "-:.".contains(*letter);
        let at = at.unwrap_or_default().chars();
        Self {
            told_at: at.filter(is_of_time).take(TIME_LENGTH_MAX).collect(),
            ..self
        }
    }

    /// Who sent it.
    pub const fn vendor(&self) -> &'static str {
        self.vendor
    }

    /// The same for the same note. Another body under a key that was used before is another note: whoever uses a key twice loses nothing.
    fn dedupe_key(&self) -> String {
        let body = Sha256::digest(&self.body);
        let same = match &self.key {
            None => body,
            Some(key) => Sha256::new()
                .chain_update(body)
                .chain_update(key)
                .finalize(),
        };
        format!("{}:{}:{}", self.vendor, self.told_at, hex::encode(same))
    }
}

/// Stores notes, all or none, and a job that works off all that wait, if none stands there yet; and that some vendors were heard. The same again is the same note.
pub async fn receive(
    ctx: &Ctx,
    arrivals: &[Arrival],
    heard: &HashSet<&'static str>,
) -> Result<(), ServiceError> {
    let notes: Vec<NewNote<'_>> = arrivals
        .iter()
        .map(|arrival| NewNote {
            id: InboxId::new(ctx.new_id()),
            vendor: arrival.vendor,
            dedupe_key: arrival.dedupe_key(),
            body: &arrival.body,
            headers: &arrival.headers,
        })
        .collect();
    let mut tx = ctx.store.write().await?;
    for vendor in heard.iter().sorted() {
        vendors::add_webhook(&mut tx, vendor, ctx.now()).await?;
    }
    if inbox::add_all(&mut tx, &notes, ctx.now()).await? > 0 {
        outbox::add(ctx, &mut tx, &Job::WorkNotes).await?;
    }
    Ok(tx.commit().await?)
}

/// The reason of a request that nobody has room for; all the others are about its signature.
pub const TOO_LARGE: &str = "large";
/// That of one without any, as anybody may send it: no vendor does.
pub const UNSIGNED: &str = "unsigned";

/// How many requests of a vendor's were refused for a reason: that they were not the vendor's, came too late, or were too large to be looked at.
pub type Refusals = BTreeMap<(&'static str, &'static str), i64>;

/// Counts what was refused.
pub async fn refuse(ctx: &Ctx, refusals: &Refusals) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    for ((vendor, reason), requests) in refusals {
        inbox::add_refusals(&mut tx, vendor, reason, *requests, ctx.today(), ctx.now()).await?;
        if *reason != TOO_LARGE && *reason != UNSIGNED {
            vendors::add_refused(&mut tx, vendor, ctx.now()).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// A note to work off.
pub async fn find(ctx: &Ctx, id: InboxId) -> Result<InboxRecord, ServiceError> {
    let mut tx = ctx.store.read().await?;
    inbox::find(&mut tx, id)
        .await?
        .ok_or(ServiceError::NotFound)
}

/// The oldest notes that wait, but for those with a job of their own.
pub async fn list_waiting(ctx: &Ctx, limit: u16) -> Result<Vec<InboxRecord>, ServiceError> {
    let mut tx = ctx.store.read().await?;
    Ok(inbox::list_waiting(&mut tx, i64::from(limit)).await?)
}

/// What is the same of an event however often its vendor tells of it, where the vendor gives it something of the kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventKey {
    pub happened_at: Timestamp,
    /// The vendor's, and nobody else's.
    pub words: String,
}

impl EventKey {
    /// Of one length, whatever a vendor puts into it; those of one time stand together, as in [`Arrival::told_at`].
    fn stored(&self) -> String {
        let words = hex::encode(Sha256::digest(&self.words));
        format!("{:013}:{words}", self.happened_at.0)
    }
}

/// An event of a note, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// What it asks for, which may be nothing.
    Readable {
        key: Option<EventKey>,
        jobs: Vec<Job>,
    },
    /// It stops none of the others.
    Unreadable,
}

/// Adds what the events of notes ask for and marks the notes as worked off, all or none. An event that another note told of asks for nothing again, unless a
/// person does. One that cannot be read gets a job of its own, which says why and waits for a person.
pub async fn work_off(
    ctx: &Ctx,
    notes: Vec<(InboxRecord, Vec<Event>)>,
) -> Result<(), ServiceError> {
    let mut told = BTreeMap::new();
    for (note, events) in &notes {
        if note.replayed_at.is_none() {
            for key in events.iter().filter_map(key_of) {
                told.entry(key).or_insert(note.id);
            }
        }
    }
    let found: Vec<(InboxId, Found)> = notes
        .iter()
        .map(|(note, events)| (note.id, found_in(events)))
        .collect();
    let mut tx = ctx.store.write().await?;
    let first_told = inbox::add_events(&mut tx, &told, ctx.now()).await?;
    let mut jobs = Vec::new();
    for (note, events) in notes {
        for (position, event) in (0_u32..).zip(events) {
            let is_known = note.replayed_at.is_none()
                && key_of(&event).is_some_and(|key| first_told.get(&key) != Some(&note.id));
            match event {
                Event::Unreadable => jobs.push(Job::WorkEvent {
                    inbox: note.id,
                    position,
                }),
                Event::Readable { jobs: asked, .. } if !is_known => jobs.extend(asked),
                Event::Readable { .. } => {}
            }
        }
    }
    outbox::add_all(ctx, &mut tx, jobs).await?;
    inbox::set_worked(&mut tx, &found, ctx.now()).await?;
    Ok(tx.commit().await?)
}

fn found_in(events: &[Event]) -> Found {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let unreadable = |event: &&Event| matches!(event, Event::Unreadable);
    Found {
        events: count(events.len()),
        faults: count(events.iter().filter(unreadable).count()),
    }
}

/// Has each of some notes worked off by a job of its own, so that what is wrong with one stops no other.
pub async fn work_off_apart(ctx: &Ctx, notes: &[InboxId]) -> Result<(), ServiceError> {
    let jobs = notes.iter().map(|inbox| Job::WorkInbox { inbox: *inbox });
    let mut tx = ctx.store.write().await?;
    inbox::set_apart(&mut tx, notes, ctx.now()).await?;
    outbox::add_all(ctx, &mut tx, jobs).await?;
    Ok(tx.commit().await?)
}

/// Adds what one event asks for that could not be read before.
pub async fn work_off_event(ctx: &Ctx, jobs: Vec<Job>) -> Result<(), ServiceError> {
    let mut tx = ctx.store.write().await?;
    outbox::add_all(ctx, &mut tx, jobs).await?;
    Ok(tx.commit().await?)
}

fn key_of(event: &Event) -> Option<String> {
    match event {
        Event::Readable { key: Some(key), .. } => Some(key.stored()),
        _ => None,
    }
}

/// The newest notes of a vendor.
pub async fn list_newest(
    ctx: &Ctx,
    actor: &Actor,
    vendor: &str,
    limit: i64,
) -> Result<Vec<NoteRecord>, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    Ok(inbox::list_newest(&mut tx, vendor, limit).await?)
}

/// What was refused in the last seven days.
pub async fn list_refusals(ctx: &Ctx, actor: &Actor) -> Result<Vec<RefusalRecord>, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let from = ctx.date_of(ctx.now().plus_days(-6));
    Ok(inbox::list_refusals(&mut tx, from).await?)
}

/// Works a note off again, all of it, whatever came of it before.
pub async fn replay(ctx: &Ctx, actor: &Actor, id: InboxId) -> Result<(), ServiceError> {
    require_staff(actor, Action::Operate)?;
    let mut tx = ctx.store.write().await?;
    let note = inbox::find(&mut tx, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    if note.worked_at.is_none() {
        return Err(ServiceError::Conflict("webhook-waits"));
    }
    inbox::set_replayed(&mut tx, id, ctx.now()).await?;
    outbox::add_first(ctx, &mut tx, &Job::WorkInbox { inbox: id }).await?;
    audit::add(
        &mut tx,
        Some(actor.person()),
        "replay_webhook",
        &id.to_string(),
        "{}",
        ctx.now(),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Drops old notes.
pub(crate) async fn clean_up(ctx: &Ctx) -> Result<u64, ServiceError> {
    let mut tx = ctx.store.write().await?;
    let days = i64::from(retention::find_in(&mut tx).await?.note_days);
    let removed = inbox::remove_before(&mut tx, ctx.now().plus_days(-days)).await?;
    tx.commit().await?;
    Ok(removed)
}
