//! The worker: claims due jobs lane by lane, has them done within their leases, and writes how they ended. A lease that is not prolonged runs out within
//! [`LEASE_MS`], and another worker takes the job back; the fence keeps the first from writing afterwards.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use portal_services::{
    Ctx,
    outbox::{Job, LANES},
};
use portal_store::{
    budgets,
    jobs::{self, ClaimedJob, Order},
    vendors::{self, Admission},
};
use tokio::{sync::watch, task::JoinSet, time::Instant};

use crate::{
    Connector, Desk, JobError, Vendors,
    budget::{Buckets, Budgets, is_scarce},
    lease::{Armful, LEASE_MS, Lease, Tools},
    locks::Locks,
    outcome::{self, PROBE_MS},
    perform::{self, Work},
    schedule,
};

/// How long a job added by another process may wait for us to look.
const LOOK: Duration = Duration::from_millis(400);
/// Every so many claims the one that waits longest comes first, however little it matters: so nothing waits for ever behind what matters more.
const FAIR_TURN: u64 = 4;
/// Jobs of our own books are claimed together, as many as are done in this time: a commit for each would cost more than most of them.
const ARMFUL: Duration = Duration::from_millis(50);
/// From so many on a claim's own cost is lost in that of its jobs.
const ARMFUL_MAX: i64 = 1_000;

/// Runs jobs; as many workers as one likes may share a database.
#[derive(Clone)]
pub struct Worker {
    ctx: Ctx,
    connector: Connector,
    /// Where nobody counts calls there are none.
    buckets: Option<Arc<Buckets>>,
    locks: Arc<Locks>,
    work: Work,
    lanes: Arc<[Lane; LANES.len()]>,
}

/// What a worker knows of a lane.
#[derive(Debug, Default)]
struct Lane {
    /// How many claims it has seen.
    claims: AtomicU64,
    /// How many jobs were done in [`ARMFUL`] the last time.
    pace: AtomicI64,
}

/// What stands in front of a claim.
struct Prospect {
    admission: Admission,
    /// Little is left of the vendor's day.
    is_scarce: bool,
}

impl Worker {
    pub fn new(ctx: Ctx, connector: Connector) -> Self {
        Self {
            ctx,
            connector,
            buckets: None,
            locks: Arc::new(Locks::default()),
            work: perform::work(),
            lanes: Arc::default(),
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

    /// The same worker as another instance would have it: with clients and locks of its own.
    #[must_use]
    pub fn with_connector(self, connector: Connector) -> Self {
        Self {
            connector,
            locks: Arc::default(),
            ..self
        }
    }

    /// The same worker, which does this with each job in place of the job's own work: so it is seen what the worker itself costs.
    #[must_use]
    pub fn with_work<Doing>(self, work: impl Fn(Job) -> Doing + Send + Sync + 'static) -> Self
    where
        Doing: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        Self {
            work: Arc::new(move |_, job| Box::pin(work(job))),
            ..self
        }
    }

    async fn desk(&self) -> Result<Desk, JobError> {
        let vendors = self.connector.vendors().await?;
        Ok(self.desk_with(vendors))
    }

    /// Where jobs of a lane are done. What our own books need asks no vendor, so it does not matter whether one was connected anew a moment ago.
    async fn desk_of(&self, lane: &str) -> Result<Desk, JobError> {
        if is_ours(lane) {
            Ok(self.desk_with(self.connector.known_vendors()))
        } else {
            self.desk().await
        }
    }

    fn desk_with(&self, vendors: Arc<Vendors>) -> Desk {
        Desk {
            ctx: self.ctx.clone(),
            connector: self.connector.clone(),
            vendors,
            locks: Arc::clone(&self.locks),
        }
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
            let mut added = Box::pin(self.ctx.store.work_added(lane));
            // From here on it is among those that are woken: what is added while it looks wakes it afterwards.
            added.as_mut().enable();
            match self.run_next(lane).await {
                Ok(0) => {
                    tokio::select! {
                        () = &mut added => {}
                        () = tokio::time::sleep(LOOK) => {}
                        _ = stop.changed() => {}
                    }
                }
                Ok(_) => {}
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
                loop {
                    match self.run_next(lane).await? {
                        0 => break,
                        some => ran += some,
                    }
                }
            }
            if ran == before {
                return Ok(ran);
            }
        }
    }

    /// Claims and runs what comes next in a lane; answers how many jobs that were, none if none is due.
    async fn run_next(&self, lane: &str) -> Result<usize, JobError> {
        let ctx = &self.ctx;
        let Some(prospect) = self.look(lane).await? else {
            return Ok(0);
        };
        let desk = self.desk_of(lane).await?;
        let lease = Lease::before_claim(ctx);
        let claimed = self.claim(lane, &prospect).await?;
        let count = claimed.len();
        if count == 0 {
            return Ok(0);
        }
        let tools = Tools {
            desk: &desk,
            buckets: self.buckets.as_ref(),
            work: &self.work,
        };
        let begun = Instant::now();
        let ended = Armful::new(lane, claimed, lease).perform(&tools).await;
        self.keep_pace(lane, count, begun.elapsed());
        outcome::write(ctx, lane, ended).await?;
        Ok(count)
    }

    /// Looks, which costs no writer, whether a lane has something to claim that its vendor lets us do; jobs of workers that have gone silent are taken back
    /// first.
    async fn look(&self, lane: &str) -> Result<Option<Prospect>, JobError> {
        let ctx = &self.ctx;
        let mut tx = ctx.store.read().await?;
        let mut now = ctx.now();
        let mut seen = jobs::glance(&mut tx, lane, now).await?;
        if seen.is_silent {
            drop(tx);
            outcome::take_back(ctx, lane).await?;
            tx = ctx.store.read().await?;
            now = ctx.now();
            seen = jobs::glance(&mut tx, lane, now).await?;
        }
        if !seen.is_due {
            return Ok(None);
        }
        let admission = vendors::find_standing(&mut tx, lane).await?.admits(now);
        if admission == Admission::None {
            return Ok(None);
        }
        let budget = match is_ours(lane) {
            true => None,
            false => budgets::find(&mut tx, lane).await?,
        };
        Ok(Some(Prospect {
            admission,
            is_scarce: budget.is_some_and(|budget| is_scarce(&budget, ctx)),
        }))
    }

    /// The next jobs of a lane.
    async fn claim(&self, lane: &str, prospect: &Prospect) -> Result<Vec<ClaimedJob>, JobError> {
        let now = self.ctx.now();
        let store = &self.ctx.store;
        // What our own jobs do is in the database: a server that forgets the claim has forgotten all work that followed it as well, and whoever claims them next
        // begins from the start.
        let mut tx = if is_ours(lane) {
            store.write_unsynced().await?
        } else {
            store.write().await?
        };
        if let Some(most) = in_flight_max(lane) {
            // Each job makes one call at a time: so many jobs are so many calls, over all instances.
            tx.lock(&format!("in flight: {lane}")).await?;
            if jobs::count_running(&mut tx, lane, now).await? >= most {
                return Ok(Vec::new());
            }
        }
        let order = match prospect.admission {
            Admission::Probe => {
                if !vendors::take_probe(&mut tx, lane, now, now.plus_ms(PROBE_MS)).await? {
                    return Ok(Vec::new());
                }
                Order::Age
            }
            _ if prospect.is_scarce => Order::Urgent,
            _ => self.next_order(lane),
        };
        let most = self.most(lane, order);
        let claimed = jobs::claim(&mut tx, lane, order, most, now, now.plus_ms(LEASE_MS)).await?;
        tx.commit().await?;
        Ok(claimed)
    }

    fn lane(&self, lane: &str) -> &Lane {
        let place = LANES.iter().position(|of| *of == lane).unwrap_or(0);
        &self.lanes[place]
    }

    fn next_order(&self, lane: &str) -> Order {
        let claims = self.lane(lane).claims.fetch_add(1, Ordering::Relaxed);
        if claims % FAIR_TURN == FAIR_TURN - 1 {
            Order::Age
        } else {
            Order::Priority
        }
    }

    /// How many jobs are claimed together. By age it is one, whatever became of it before: so one over which a worker went silent has its turn too.
    fn most(&self, lane: &str, order: Order) -> i64 {
        if is_ours(lane) && order != Order::Age {
            self.lane(lane).pace.load(Ordering::Relaxed).max(1)
        } else {
            1
        }
    }

    /// Remembers how fast the jobs of a lane are done; at most twice as many are claimed the next time.
    fn keep_pace(&self, lane: &str, count: usize, took: Duration) {
        let pace = &self.lane(lane).pace;
        let most = (pace.load(Ordering::Relaxed) * 2).clamp(2, ARMFUL_MAX);
        let done = ARMFUL.as_micros() * (count as u128) / took.as_micros().max(1);
        let done = i64::try_from(done).unwrap_or(most);
        pace.store(done.clamp(1, most), Ordering::Relaxed);
    }
}

/// How many calls a vendor takes at once from all of us.
const fn in_flight_max(lane: &str) -> Option<i64> {
    match lane.as_bytes() {
        b"xero" => Some(5),
        _ => None,
    }
}

/// Whether the jobs of a lane need no vendor's client.
const fn is_ours(lane: &str) -> bool {
    matches!(lane.as_bytes(), b"inbox" | b"books")
}

/// How many jobs of a lane one instance runs side by side; our own books have one writer.
const fn hands(lane: &str) -> usize {
    match lane.as_bytes() {
        b"hubspot" => 4,
        // One of them works while the others write.
        b"inbox" => 3,
        b"xero" | b"mail" | b"relay" => 2,
        _ => 1,
    }
}
