//! Notes of vendors that arrive at the same time are stored together: one commit, and one flush of the disk, for all who wait for their answer.

use portal_services::{
    Ctx,
    inbox::{self, Arrival},
};
use tokio::sync::{mpsc, oneshot};

/// How many notes one commit takes.
const TOGETHER_MAX: usize = 256;
/// How many may wait for a commit; whoever comes then waits before that.
const WAITING_MAX: usize = 1_024;

/// Takes notes in. Cheap to clone; ends with the last clone.
#[derive(Clone)]
pub struct Intake {
    waiting: mpsc::Sender<Waiting>,
}

struct Waiting {
    note: Arrival,
    stored: oneshot::Sender<bool>,
}

impl Intake {
    pub fn start(ctx: Ctx) -> Self {
        let (waiting, arrivals) = mpsc::channel(WAITING_MAX);
        tokio::spawn(store_all(ctx, arrivals));
        Self { waiting }
    }

    /// Whether a note is stored for good, once that is known.
    pub async fn receive(&self, note: Arrival) -> bool {
        let (stored, answer) = oneshot::channel();
        let sent = self.waiting.send(Waiting { note, stored }).await;
        sent.is_ok() && answer.await.unwrap_or(false)
    }
}

async fn store_all(ctx: Ctx, mut arrivals: mpsc::Receiver<Waiting>) {
    let mut together = Vec::with_capacity(TOGETHER_MAX);
    while arrivals.recv_many(&mut together, TOGETHER_MAX).await > 0 {
        let (notes, waiting): (Vec<_>, Vec<_>) =
            together.drain(..).map(|one| (one.note, one.stored)).unzip();
        let stored = inbox::receive(&ctx, &notes).await;
        if let Err(error) = &stored {
            tracing::error!("Could not store {} webhooks: {error}", notes.len());
        }
        for one in waiting {
            // Whoever hung up meanwhile is told nothing, and sends it again.
            let _ = one.send(stored.is_ok());
        }
    }
}
