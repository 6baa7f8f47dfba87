//! The worker: claims due jobs lane by lane, has them done within their leases, and writes how they ended. A lease that is not prolonged runs out within
//! [`LEASE_MS`], and another worker takes the job back; the fence keeps the first from writing afterwards.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use portal_services::{Ctx, outbox::LANES};
use portal_store::{
    budgets,
    jobs::{self, ClaimedJob, Order},
    vendors::{self, Admission},
};
use tokio::{sync::watch, task::JoinSet, time::Instant};

use crate::{
    Connector, Desk, JobError,
    budget::{Buckets, Budgets, is_scarce},
    gate::JobGate,
    lease::{LEASE_MS, perform_leased},
    locks::Locks,
    outcome::{self, PROBE_MS},
    schedule,
};

/// How long a job added by another process may wait for us to look.
const LOOK: Duration = Duration::from_millis(400);
/// Every so many claims the one that waits longest comes first, however little it matters: so nothing waits for ever behind what matters more.
const FAIR_TURN: u64 = 4;

/// Runs jobs; as many workers as one likes may share a database.
#[derive(Clone)]
pub struct Worker {
    ctx: Ctx,
    connector: Connector,
    /// Where nobody counts calls there are none.
    buckets: Option<Arc<Buckets>>,
    locks: Arc<Locks>,
    /// How many claims each lane has seen.
    claims: Arc<[AtomicU64; LANES.len()]>,
}

impl Worker {
    pub fn new(ctx: Ctx, connector: Connector) -> Self {
        Self {
            ctx,
            connector,
            buckets: None,
            locks: Arc::new(Locks::default()),
            claims: Arc::default(),
        }
    }

    /// The same worker, which calls the vendors no faster than their accounts allow.
    #[must_use]
    pub fn with_budgets(self, budgets: Budgets) -> Self {
        Self {
            buckets: Some(Arc::new(Buckets::new(budgets))),
            ..self
        }
    }

    /// The same worker as another instance would have it: with clients of its own.
    #[must_use]
    pub fn with_connector(self, connector: Connector) -> Self {
        Self { connector, ..self }
    }

    async fn desk(&self) -> Result<Desk, JobError> {
        Ok(Desk {
            ctx: self.ctx.clone(),
            connector: self.connector.clone(),
            vendors: self.connector.vendors().await?,
            locks: Arc::clone(&self.locks),
        })
    }

    /// Works until `stop` says so; what is under way is finished first.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let mut tasks = JoinSet::new();
        for lane in LANES {
            for _ in 0..hands(lane) {
                tasks.spawn(self.clone().work_lane(lane, stop.clone()));
            }
        }
        tasks.spawn(self.clone().keep_schedules(stop));
        while tasks.join_next().await.is_some() {}
    }

    /// Makes in HubSpot what must be there before a lead can be registered, now, and says why where it cannot.
    pub async fn set_up_hubspot(&self) -> Result<(), JobError> {
        crate::read_deals::set_up(&self.desk().await?).await
    }

    async fn work_lane(self, lane: &'static str, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            match self.run_next(lane).await {
                Ok(true) => {}
                Ok(false) => {
                    tokio::select! {
                        () = self.ctx.store.job_added() => {}
                        () = tokio::time::sleep(LOOK) => {}
                        _ = stop.changed() => {}
                    }
                }
                Err(error) => {
                    tracing::error!(lane, %error, "Could not look for work in lane `{lane}`");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    async fn keep_schedules(self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            if let Err(error) = schedule::run_due(&self.ctx).await {
                tracing::error!(%error, "Could not keep the schedules");
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Runs everything that is due now, schedules included, one after another until nothing is left: for tests and for commands. Answers how many jobs ran.
    pub async fn run_due(&self) -> Result<usize, JobError> {
        schedule::run_due(&self.ctx).await?;
        let mut ran = 0;
        loop {
            let before = ran;
            for lane in LANES {
                while self.run_next(lane).await? {
                    ran += 1;
                }
            }
            if ran == before {
                return Ok(ran);
            }
        }
    }

    /// Claims and runs one job of a lane; `false` if none is due.
    async fn run_next(&self, lane: &str) -> Result<bool, JobError> {
        let ctx = &self.ctx;
        outcome::take_back(ctx, lane).await?;
        // By our own clock, and from before the lease began.
        let since = Instant::now();
        let Some(claimed) = self.claim(lane).await? else {
            return Ok(false);
        };
        let gate = Arc::new(JobGate::new(ctx.clone(), self.buckets.clone()));
        let outcome = match self.desk().await {
            Ok(desk) => perform_leased(&desk, &claimed, since, &gate).await,
            Err(error) => Some(Err(error)),
        };
        match outcome {
            Some(outcome) => outcome::write(ctx, lane, &claimed, &gate, outcome).await?,
            None => {
                tracing::warn!(job.kind = %claimed.kind, "The lease of job `{}` was lost", claimed.kind);
            }
        }
        Ok(true)
    }

    /// The next job of a lane that its vendor lets us do.
    async fn claim(&self, lane: &str) -> Result<Option<ClaimedJob>, JobError> {
        let ctx = &self.ctx;
        let now = ctx.now();
        let mut tx = ctx.store.read().await?;
        let admission = vendors::find_standing(&mut tx, lane).await?.admits(now);
        if admission == Admission::None || !jobs::is_due(&mut tx, lane, now).await? {
            return Ok(None);
        }
        let budget = budgets::find(&mut tx, lane).await?;
        let is_scarce = budget.is_some_and(|budget| is_scarce(&budget, ctx));
        drop(tx);
        let mut tx = ctx.store.write().await?;
        if let Some(most) = in_flight_max(lane) {
            // Each job makes one call at a time: so many jobs are so many calls, over all instances.
            tx.lock(&format!("in flight: {lane}")).await?;
            if jobs::count_running(&mut tx, lane, now).await? >= most {
                return Ok(None);
            }
        }
        let order = match admission {
            Admission::Probe => {
                if !vendors::take_probe(&mut tx, lane, now, now.plus_ms(PROBE_MS)).await? {
                    return Ok(None);
                }
                Order::Age
            }
            _ if is_scarce => Order::Urgent,
            _ => self.next_order(lane),
        };
        let claimed = jobs::claim(&mut tx, lane, order, now, now.plus_ms(LEASE_MS)).await?;
        tx.commit().await?;
        Ok(claimed)
    }

    fn next_order(&self, lane: &str) -> Order {
        let place = LANES.iter().position(|of| *of == lane).unwrap_or(0);
        let claims = self.claims[place].fetch_add(1, Ordering::Relaxed);
        if claims % FAIR_TURN == FAIR_TURN - 1 {
            Order::Age
        } else {
            Order::Priority
        }
    }
}

/// How many calls a vendor takes at once from all of us.
const fn in_flight_max(lane: &str) -> Option<i64> {
    match lane.as_bytes() {
        b"xero" => Some(5),
        _ => None,
    }
}

/// How many jobs of a lane one instance runs side by side; our own books have one writer.
const fn hands(lane: &str) -> usize {
    match lane.as_bytes() {
        b"hubspot" => 4,
        b"xero" | b"mail" | b"relay" => 2,
        _ => 1,
    }
}
