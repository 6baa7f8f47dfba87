//! Refusals in the audit log: somebody who is signed in asked for what its role may not do. The first one is written down at once, and others of the same person for the
//! same thing within a minute together when that is over: whoever asks a thousand times fills no log.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use portal_domain::ids::PersonId;
use portal_services::{Ctx, audit};
use serde_json::json;
use tokio::{runtime::Handle, sync::watch};

const MINUTE: Duration = Duration::from_secs(60);
/// How often it is looked which minutes are over.
const LOOK: Duration = Duration::from_secs(5);
/// How many are counted at once: far more than all roles of a company can be refused.
const KEYS_MAX: usize = 10_000;

/// What was refused within the last minute, by whom and for what.
#[derive(Clone, Default)]
pub struct Refusals(Arc<Mutex<HashMap<(PersonId, String), Refused>>>);

struct Refused {
    /// As whoever asked came.
    ctx: Ctx,
    since: Instant,
    /// How often after the first time.
    again: u32,
}

impl Refusals {
    /// Counts one; `what` is the route or the server function.
    pub fn add(&self, ctx: &Ctx, person: PersonId, what: &str) {
        let mut refused = self.lock();
        let key = (person, what.to_owned());
        if let Some(known) = refused.get_mut(&key) {
            known.again = known.again.saturating_add(1);
            return;
        }
        if refused.len() >= KEYS_MAX {
            return;
        }
        let first = Refused {
            ctx: ctx.clone(),
            since: Instant::now(),
            again: 0,
        };
        refused.insert(key.clone(), first);
        if let Ok(runtime) = Handle::try_current() {
            let ctx = ctx.clone();
            runtime.spawn(async move { write(&ctx, &key, 1).await });
        }
    }

    /// Writes down what was counted, until the program ends.
    pub async fn watch(self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                _ = stop.changed() => {}
            }
            let is_over = *stop.borrow();
            let over: Vec<_> = self
                .lock()
                .extract_if(|_, refused| is_over || refused.since.elapsed() >= MINUTE)
                .filter(|(_, refused)| refused.again > 0)
                .collect();
            for (key, refused) in over {
                write(&refused.ctx, &key, refused.again).await;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(PersonId, String), Refused>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn write(ctx: &Ctx, (person, what): &(PersonId, String), times: u32) {
    let facts = json!({ "times": times });
    if let Err(error) = audit::note(ctx, *person, "refuse", what, &facts).await {
        tracing::error!(%error, "Could not write a refusal into the audit log");
    }
}
