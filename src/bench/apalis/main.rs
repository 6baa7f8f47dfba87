//! apalis on a file of SQLite, each commit of which survives a power cut, as the portal's do. The argument is the file.
//! Each line of the input is a number: so many jobs are added, then done, and the answer is how many seconds the doing took.

use std::{
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use apalis::prelude::*;
use apalis_sqlite::{Config, SqliteStorage};
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

#[tokio::main]
async fn main() -> Result<(), BoxDynError> {
    let file = std::env::args().nth(1).ok_or("say which file")?;
    let options = SqliteConnectOptions::from_str(&format!("sqlite://{file}"))?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(15));
    let pool = SqlitePoolOptions::new()
        .max_connections(4)
        .connect_with(options)
        .await?;
    SqliteStorage::setup(&pool).await?;
    for line in std::io::stdin().lines() {
        let count = line?.trim().parse()?;
        println!("{}", work_off(&pool, count).await?.as_secs_f64());
    }
    Ok(())
}

async fn work_off(pool: &SqlitePool, count: usize) -> Result<Duration, BoxDynError> {
    let config = Config::default()
        .batch_size(500)
        .lock_tasks(false)
        .persist_results(true);
    let mut backend = SqliteStorage::<u64>::new(pool)
        .with_config(config)
        .poll_with_interval(Duration::from_millis(1));
    for number in 0..count {
        backend.push(number as u64).await?;
    }
    let left = Arc::new(AtomicUsize::new(count));
    let nothing = {
        let left = Arc::clone(&left);
        move |_: u64, worker: WorkerContext| {
            let left = Arc::clone(&left);
            async move {
                if left.fetch_sub(1, Ordering::Relaxed) == 1 {
                    worker.stop()?;
                }
                Ok::<(), BoxDynError>(())
            }
        }
    };
    let began = Instant::now();
    let name = format!("worker-{:?}", began);
    let worker = WorkerBuilder::new(name)
        .backend(backend)
        .concurrency(64)
        .build(nothing);
    worker.run().await?;
    let took = began.elapsed();
    let open: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM Jobs WHERE status <> 'Done'")
        .fetch_one(pool)
        .await?;
    if open > 0 {
        return Err(format!("{open} jobs are not done").into());
    }
    Ok(took)
}
