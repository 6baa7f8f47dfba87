//! Telling open pages that something changed. One watcher for each instance asks the database what is new, whichever instance wrote it, and each page's
//! stream passes on what concerns its partner. The stream only says "look again".

use std::{convert::Infallible, time::Duration};

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
use portal_services::access;
use portal_store::changes::{self, PartnerChange};
use serde::Deserialize;
use tokio::sync::broadcast::error::RecvError;

use crate::web::{AppState, page::Page};

/// How often the watcher asks: what an open page may lag behind.
const ASK: Duration = Duration::from_millis(250);
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

/// The stream of one open page. It ends with the session: who may no longer see something hears nothing of it either.
pub async fn stream(
    page: Page,
    Query(query): Query<StreamQuery>,
    State(app): State<AppState>,
) -> Response {
    let Some(actor) = page.session().map(|session| session.actor) else {
        // To a browser's stream this says: do not connect again.
        return StatusCode::NO_CONTENT.into_response();
    };
    let changes = app.changes.subscribe();
    let missed = has_missed(&app, &actor, query.since)
        .await
        .then(|| Ok(changed()));
    let listener = Listener {
        changes,
        app,
        actor,
        secret: page.secret().unwrap_or_default().to_owned(),
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
    app: AppState,
    actor: Actor,
    secret: String,
}

impl Listener {
    async fn next(&mut self) -> Option<Event> {
        loop {
            let mut stop = self.app.stop.clone();
            if *stop.borrow() {
                return None;
            }
            let concerns = tokio::select! {
                change = self.changes.recv() => match change {
                    Ok(change) => concerns(&self.actor, change.partner),
                    // So much changed that we missed some of it: surely something for this page.
                    Err(RecvError::Lagged(_)) => true,
                    Err(RecvError::Closed) => return None,
                },
                _ = stop.changed() => return None,
            };
            if !concerns {
                continue;
            }
            let session = access::find_session(&self.app.ctx, &self.secret)
                .await
                .ok()
                .flatten()?;
            return (session.actor == self.actor).then(changed);
        }
    }
}

fn concerns(actor: &Actor, changed: PartnerId) -> bool {
    match actor {
        Actor::Member { partner, .. } => *partner == changed,
        Actor::Staff { .. } => true,
    }
}
