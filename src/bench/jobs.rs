//! `portal bench jobs`: jobs that do nothing, each durably done, by the portal's worker and by others on the same database: Graphile Worker in batches and
//! pg-boss on PostgreSQL, apalis on a SQLite file of its own. And how long it takes from adding a job to an idle worker's beginning it.

use std::{
    path::PathBuf,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use portal_domain::ids::InboxId;
use portal_services::{
    Ctx,
    outbox::{self, Job},
};
use portal_store::jobs;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::{Notify, mpsc, watch},
};

use super::rounds::{Rounds, percentile};
use crate::{
    config::Settings,
    serve::{Portal, StartError},
};

/// The peers that run on Node; given to it as it is.
const NODE_PEERS: &str = include_str!("queues.mjs");
/// How long anybody may take for a round.
const PATIENCE: Duration = Duration::from_secs(300);
/// How many jobs are added one by one, to a worker that has nothing to do.
const SINGLES: usize = 300;

/// What to measure.
pub struct JobsBench {
    /// How many jobs in a round.
    pub jobs: usize,
    pub rounds: usize,
    /// A folder for the databases; it must be empty or missing.
    pub folder: PathBuf,
    /// An empty database on PostgreSQL that syncs to disk; `None`: files of SQLite in the folder.
    pub database_url: Option<String>,
    /// A folder with the peers; none: they are left out.
    pub peers: Option<PathBuf>,
}

/// Runs it and prints what it finds.
pub async fn run(bench: &JobsBench) -> Result<(), StartError> {
    std::fs::create_dir_all(&bench.folder).map_err(other)?;
    let portal = Portal::open(&settings(bench)?).await?;
    let mut peers = start_peers(bench).await?;
    let mut names = vec!["the portal"];
    names.extend(peers.iter().map(|peer| peer.name));
    let mut rounds = Rounds::new(&names);
    tell_waits(&portal, "before all rounds").await?;
    for round in 0..=bench.rounds {
        for (place, name) in names.iter().enumerate() {
            let took = match place {
                0 => work_off(&portal, bench.jobs).await?,
                place => peers[place - 1].work_off(bench.jobs).await?,
            };
            // The first round warms everybody up.
            if round > 0 {
                rounds.add(place, took);
                let rate = bench.jobs as f64 / took.as_secs_f64();
                println!("round {round}: {name:<28} {rate:>8.0} jobs a second");
            }
        }
    }
    drop(peers);
    for line in rounds.report() {
        println!("{line}");
    }
    // PostgreSQL has not vacuumed yet what so many jobs have left behind.
    tell_waits(&portal, "after them").await?;
    portal.stop().await;
    Ok(())
}

async fn tell_waits(portal: &Portal, when: &str) -> Result<(), StartError> {
    let mut waits = measure_waits(portal).await?;
    let [half, most] = [50, 99].map(|percent| percentile(&mut waits, percent));
    println!(
        "{when}: from adding a job to its beginning {:.1} ms, 99 of 100 in {:.1} ms",
        half.as_secs_f64() * 1_000.0,
        most.as_secs_f64() * 1_000.0
    );
    Ok(())
}

fn settings(bench: &JobsBench) -> Result<Settings, StartError> {
    let file = bench.folder.join("portal.db");
    let database_url = bench
        .database_url
        .clone()
        .unwrap_or_else(|| format!("sqlite://{}", file.display()));
    let read = |name: &str| match name {
        "DATABASE_URL" => Some(database_url.clone()),
        "PORTAL_DATA" => Some(bench.folder.join("data").display().to_string()),
        "SANDBOX_ADDR" | "SANDBOX_SMTP_ADDR" => Some("127.0.0.1:0".to_owned()),
        _ => None,
    };
    Settings::read(read, "").map_err(other)
}

/// A job that no other is like, in the lane of what comes from outside.
fn nothing(ctx: &Ctx) -> Job {
    Job::WorkEvent {
        inbox: InboxId::new(ctx.new_id()),
        position: 0,
    }
}

/// Adds so many jobs and has them done; answers how long the worker took until the last was written down as done.
async fn work_off(portal: &Portal, count: usize) -> Result<Duration, StartError> {
    let ctx = &portal.ctx;
    let mut tx = ctx.store.write().await?;
    let added = std::iter::repeat_with(|| nothing(ctx)).take(count);
    outbox::add_all(ctx, &mut tx, added).await?;
    tx.commit().await?;
    let (done, all_done) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let worker = portal.worker.clone().with_work({
        let (done, all_done) = (Arc::clone(&done), Arc::clone(&all_done));
        move |job| {
            let is_last = matches!(job, Job::WorkEvent { .. })
                && done.fetch_add(1, Ordering::Relaxed) + 1 == count;
            if is_last {
                all_done.notify_one();
            }
            std::future::ready(Ok(()))
        }
    });
    let stop = watch::Sender::new(false);
    let began = Instant::now();
    let running = tokio::spawn(worker.run(stop.subscribe()));
    tokio::time::timeout(PATIENCE, all_done.notified())
        .await
        .map_err(other)?;
    stop.send_replace(true);
    running.await.map_err(other)?;
    let took = began.elapsed();
    let backlogs = jobs::list_backlogs(&mut ctx.store.read().await?).await?;
    match backlogs.iter().find(|backlog| backlog.lane == "inbox") {
        None => Ok(took),
        Some(left) => Err(StartError::Other(format!(
            "{} jobs are not done",
            left.waiting
        ))),
    }
}

/// Adds jobs one by one, some milliseconds apart; answers how long each took from there, its commit included, to its beginning.
async fn measure_waits(portal: &Portal) -> Result<Vec<Duration>, StartError> {
    let ctx = &portal.ctx;
    let (begun, mut begins) = mpsc::unbounded_channel();
    let worker = portal.worker.clone().with_work(move |job| {
        if matches!(job, Job::WorkEvent { .. }) {
            // Nobody listens any more once all have begun.
            let _ = begun.send(Instant::now());
        }
        std::future::ready(Ok(()))
    });
    let stop = watch::Sender::new(false);
    let running = tokio::spawn(worker.run(stop.subscribe()));
    tokio::time::sleep(Duration::from_secs(2)).await;
    let mut waits = Vec::with_capacity(SINGLES);
    for number in 0..SINGLES {
        tokio::time::sleep(Duration::from_millis(5 + (number % 10) as u64)).await;
        let added = Instant::now();
        outbox::add_alone(ctx, &nothing(ctx)).await?;
        let began = tokio::time::timeout(PATIENCE, begins.recv()).await;
        let began = began.map_err(other)?;
        waits.push(began.map_or(PATIENCE, |began| began - added));
    }
    stop.send_replace(true);
    running.await.map_err(other)?;
    Ok(waits)
}

/// A queue of somebody else's in a process of its own. It is told how many jobs to add, then does them, and answers how many seconds that took.
struct Peer {
    name: &'static str,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    /// It ends with us.
    _process: Child,
}

async fn start_peers(bench: &JobsBench) -> Result<Vec<Peer>, StartError> {
    let Some(peers) = &bench.peers else {
        return Ok(Vec::new());
    };
    let Some(url) = &bench.database_url else {
        let mut command = Command::new(peers.join("apalis/bin/apalis-queue"));
        command.arg(bench.folder.join("apalis.db"));
        return Ok(vec![Peer::start("apalis", command).await?]);
    };
    let script = peers.join("queues.mjs");
    std::fs::write(&script, NODE_PEERS).map_err(other)?;
    let node = |queue: &str| {
        let mut command = Command::new("node");
        command.arg(&script).arg(queue).arg(url);
        command
    };
    Ok(vec![
        Peer::start("Graphile Worker, batched", node("graphile")).await?,
        Peer::start("pg-boss", node("pg-boss")).await?,
    ])
}

impl Peer {
    async fn start(name: &'static str, mut command: Command) -> Result<Self, StartError> {
        let fault = |what: &str| StartError::Other(format!("{name} {what}"));
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| fault(&format!("does not start: {error}")))?;
        let input = process.stdin.take().ok_or_else(|| fault("hears nothing"))?;
        let output = process.stdout.take().ok_or_else(|| fault("says nothing"))?;
        Ok(Self {
            name,
            input,
            output: BufReader::new(output).lines(),
            _process: process,
        })
    }

    async fn work_off(&mut self, count: usize) -> Result<Duration, StartError> {
        let order = format!("{count}\n");
        self.input
            .write_all(order.as_bytes())
            .await
            .map_err(other)?;
        let answer = tokio::time::timeout(PATIENCE, self.output.next_line()).await;
        let answer = answer.map_err(other)?.map_err(other)?.unwrap_or_default();
        let seconds: f64 = answer
            .parse()
            .map_err(|_| StartError::Other(format!("{} said `{answer}`", self.name)))?;
        Ok(Duration::from_secs_f64(seconds))
    }
}

fn other(error: impl std::fmt::Display) -> StartError {
    StartError::Other(error.to_string())
}
