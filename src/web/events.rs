//! Telling open pages that something changed. One watcher for each instance asks the database what is new, whichever instance wrote it, and each page's
//! stream passes on what concerns its partner. The stream only says "look again". Another one asks whose sessions still stand, for all streams together: a stream ends
//! with its session, wherever that was ended.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures::{StreamExt, stream};
use portal_domain::{access::Actor, calendar::Timestamp, ids::PartnerId};
use portal_services::{ServiceError, access};
use portal_store::changes::{self, PartnerChange};
use serde::Deserialize;
use tokio::sync::{broadcast::error::RecvError, watch};

use crate::web::{
    AppState,
    limits::{STREAMS_MAX, TooSoon},
    page::Page,
};

/// How often the watcher asks: what an open page may lag behind.
const ASK: Duration = Duration::from_millis(250);
/// How often it is looked whose sessions still stand: what a stream outlives its session by.
const LOOK: Duration = Duration::from_secs(1);
/// When somebody with too many streams may come again.
const WAIT: Duration = Duration::from_secs(60);
/// A transaction's changes become visible a little after the time that they carry.
const OVERLAP_MS: i64 = 5_000;

/// Watches the database until the program ends.
pub async fn watch_changes(app: AppState) {
    let mut stop = app.stop.clone();
    let mut seen: std::collections::HashMap<PartnerId, i64> = std::collections::HashMap::new();
    let mut since = app.ctx.now();
    while !*stop.borrow() {
        let now = app.ctx.now();
        match list_new(&app, since).await {
            Ok(found) => {
                for change in found {
                    if seen.insert(change.partner, change.version) != Some(change.version) {
                        // Nobody listening is no error.
                        let _ = app.changes.send(change);
                    }
                }
                since = now.plus_ms(-OVERLAP_MS);
            }
            Err(error) => tracing::warn!("Could not look for changes: {error}"),
        }
        tokio::select! {
            () = tokio::time::sleep(ASK) => {}
            _ = stop.changed() => {}
        }
    }
}

/// The streams that this instance has open, by the hash of their session's token.
#[derive(Clone, Default)]
pub struct Streams(Arc<Mutex<HashMap<String, Weak<Open>>>>);

/// The streams of one session: as many as there are holders of it.
struct Open {
    actor: Actor,
    ended: watch::Sender<bool>,
}

impl Streams {
    /// Joins a session's streams, unless it has as many as it may.
    fn open(&self, token_hash: String, actor: Actor) -> Option<Arc<Open>> {
        let mut streams = self.lock();
        match streams.get(&token_hash).and_then(Weak::upgrade) {
            Some(open) if open.actor == actor => {
                // This holder is counted too.
                (Arc::strong_count(&open) <= STREAMS_MAX).then_some(open)
            }
            before => {
                if let Some(before) = before {
                    before.ended.send_replace(true);
                }
                let open = Arc::new(Open {
                    actor,
                    ended: watch::Sender::new(false),
                });
                streams.insert(token_hash, Arc::downgrade(&open));
                Some(open)
            }
        }
    }

    /// Ends the streams of those sessions that do not stand any more, or in which somebody may do something else by now.
    async fn end_with_sessions(&self, app: &AppState) -> Result<(), ServiceError> {
        let open: HashMap<String, Arc<Open>> = {
            let mut streams = self.lock();
            streams.retain(|_, open| open.strong_count() > 0);
            let held = streams.iter();
            held.filter_map(|(hash, open)| Some((hash.clone(), open.upgrade()?)))
                .collect()
        };
        if open.is_empty() {
            return Ok(());
        }
        let hashes: Vec<String> = open.keys().cloned().collect();
        let standing = access::list_standing(&app.ctx, &hashes).await?;
        for (hash, open) in open {
            if standing.get(&hash) != Some(&open.actor) {
                open.ended.send_replace(true);
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Weak<Open>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks after the sessions of all open streams until the program ends.
pub async fn watch_sessions(app: AppState) {
    let mut stop = app.stop.clone();
    while !*stop.borrow() {
        if let Err(error) = app.streams.end_with_sessions(&app).await {
            tracing::warn!("Could not look whose sessions still stand: {error}");
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = stop.changed() => {}
        }
    }
}

async fn list_new(
    app: &AppState,
    since: Timestamp,
) -> Result<Vec<PartnerChange>, portal_store::StoreError> {
    let mut tx = app.ctx.store.read().await?;
    changes::list_since(&mut tx, since).await
}

/// What a page says of itself when it begins to listen.
#[derive(Deserialize)]
pub struct StreamQuery {
    /// When the page was made, in milliseconds since 1970.
    since: Option<i64>,
}

/// The stream of one open page.
pub async fn stream(
    page: Page,
    Query(query): Query<StreamQuery>,
    State(app): State<AppState>,
) -> Response {
    let Some(actor) = page.session().map(|session| session.actor) else {
        // To a browser's stream this says: do not connect again.
        return StatusCode::NO_CONTENT.into_response();
    };
    let token_hash = access::hash_token(page.secret().unwrap_or_default());
    let Some(open) = app.streams.open(token_hash, actor) else {
        return page.too_soon(TooSoon(WAIT)).into_response();
    };
    let changes = app.changes.subscribe();
    let missed = has_missed(&app, &actor, query.since)
        .await
        .then(|| Ok(changed()));
    let listener = Listener {
        changes,
        stop: app.stop.clone(),
        ended: open.ended.subscribe(),
        has_said_so: false,
        open,
    };
    let events = stream::unfold(listener, |mut listener| async move {
        listener
            .next()
            .await
            .map(|event| (Ok::<_, Infallible>(event), listener))
    });
    Sse::new(stream::iter(missed).chain(events))
        .keep_alive(KeepAlive::default())
        .into_response()
}

/// Whether something changed while the page was on its way and its browser woke up, or while the line was down.
async fn has_missed(app: &AppState, actor: &Actor, since: Option<i64>) -> bool {
    let Some(since) = since else { return false };
    match list_new(app, Timestamp(since).plus_ms(-OVERLAP_MS)).await {
        Ok(found) => found.iter().any(|change| concerns(actor, change.partner)),
        // To look once more than needed does no harm.
        Err(_) => true,
    }
}

fn changed() -> Event {
    Event::default().data("changed")
}

struct Listener {
    changes: tokio::sync::broadcast::Receiver<PartnerChange>,
    stop: watch::Receiver<bool>,
    ended: watch::Receiver<bool>,
    /// The page was told that its session is over: that was the last there is to tell.
    has_said_so: bool,
    open: Arc<Open>,
}

impl Listener {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if *self.stop.borrow() || self.has_said_so {
                return None;
            }
            if *self.ended.borrow() {
                // The page looks anew, and leaves: what it shows is not for whoever sits there any more.
                self.has_said_so = true;
                return Some(changed());
            }
            let concerns = tokio::select! {
                change = self.changes.recv() => match change {
                    Ok(change) => concerns(&self.open.actor, change.partner),
                    // So much changed that we missed some of it: surely something for this page.
                    Err(RecvError::Lagged(_)) => true,
                    Err(RecvError::Closed) => return None,
                },
                _ = self.stop.changed() => return None,
                // Nobody can end it any more either: the sender is gone with the stream.
                ended = self.ended.changed() => match ended {
                    Ok(()) => continue,
                    Err(_) => return None,
                },
            };
            if concerns {
                return Some(changed());
            }
        }
    }
}

fn concerns(actor: &Actor, changed: PartnerId) -> bool {
    match actor {
        Actor::Member { partner, .. } => *partner == changed,
        Actor::Staff { .. } => true,
    }
}
