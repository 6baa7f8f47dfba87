//! What arrives at the same time is stored together: vendors' notes, with one commit, and one flush of the disk, for all who wait for their answer. What was
//! refused is counted together too, as anybody may send that as fast as they like.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use portal_domain::calendar::Timestamp;
use portal_services::{
    Ctx,
    inbox::{self, Arrival, Refusals},
};
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};

/// How many notes one commit takes.
const TOGETHER_MAX: usize = 256;
/// How many may wait for a commit; whoever comes then waits before that.
const WAITING_MAX: usize = 1_024;
/// How often it is written down at most that a vendor is heard, and how many requests were refused.
const NOTED_EVERY_MS: i64 = 1_000;
const NOTED_EVERY: Duration = Duration::from_millis(NOTED_EVERY_MS as u64);

/// Takes notes in. Cheap to clone; ends with the last clone.
#[derive(Clone)]
pub struct Intake {
    ctx: Ctx,
    waiting: mpsc::Sender<Waiting>,
    refused: Arc<Mutex<Refused>>,
}

struct Waiting {
    note: Arrival,
    stored: oneshot::Sender<bool>,
}

/// What was refused and is not written down yet.
#[derive(Default)]
struct Refused {
    counts: Refusals,
    written_at: Timestamp,
    /// Somebody waits for the next time to write.
    is_awaited: bool,
}

impl Intake {
    pub fn start(ctx: Ctx) -> Self {
        let (waiting, arrivals) = mpsc::channel(WAITING_MAX);
        tokio::spawn(store_all(ctx.clone(), arrivals));
        Self {
            ctx,
            waiting,
            refused: Arc::default(),
        }
    }

    /// Whether a note is stored for good, once that is known.
    pub async fn receive(&self, note: Arrival) -> bool {
        let (stored, answer) = oneshot::channel();
        let sent = self.waiting.send(Waiting { note, stored }).await;
        sent.is_ok() && answer.await.unwrap_or(false)
    }

    /// Counts a request that was refused: one after a while at once, and those of the second after it together.
    pub async fn refuse(&self, vendor: &'static str, reason: &'static str) {
        let is_awaited = {
            let mut refused = self.refused();
            *refused.counts.entry((vendor, reason)).or_default() += 1;
            let next_at = refused.written_at.plus_ms(NOTED_EVERY_MS);
            if self.ctx.now() >= next_at {
                None
            } else {
                Some(std::mem::replace(&mut refused.is_awaited, true))
            }
        };
        match is_awaited {
            None => self.write_refusals().await,
            Some(true) => {}
            Some(false) => {
                let intake = self.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(NOTED_EVERY).await;
                    intake.refused().is_awaited = false;
                    intake.write_refusals().await;
                });
            }
        }
    }

    async fn write_refusals(&self) {
        let counts = {
            let mut refused = self.refused();
            refused.written_at = self.ctx.now();
            std::mem::take(&mut refused.counts)
        };
        if let Err(error) = inbox::refuse(&self.ctx, &counts).await {
            tracing::error!("Could not count refused webhooks: {error}");
        }
    }

    fn refused(&self) -> MutexGuard<'_, Refused> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn store_all(ctx: Ctx, mut arrivals: mpsc::Receiver<Waiting>) {
    let mut together = Vec::with_capacity(TOGETHER_MAX);
    let mut noted: HashMap<&'static str, Instant> = HashMap::new();
    while arrivals.recv_many(&mut together, TOGETHER_MAX).await > 0 {
        let (notes, waiting): (Vec<_>, Vec<_>) =
            together.drain(..).map(|one| (one.note, one.stored)).unzip();
        let now = Instant::now();
        noted.retain(|_, at| now - *at < NOTED_EVERY);
        let senders = notes.iter().map(Arrival::vendor);
        let heard: HashSet<&'static str> = senders
            .filter(|sender| !noted.contains_key(sender))
            .collect();
        let stored = inbox::receive(&ctx, &notes, &heard).await;
        match &stored {
            Ok(()) => noted.extend(heard.into_iter().map(|sender| (sender, now))),
            Err(error) => tracing::error!("Could not store {} webhooks: {error}", notes.len()),
        }
        for one in waiting {
            // Whoever hung up meanwhile is told nothing, and sends it again.
            let _ = one.send(stored.is_ok());
        }
    }
}
