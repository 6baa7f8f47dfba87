//! `portal bench accrual`: made-up books grow to so many lines through the portal's own accrual; then all lines are computed again by the portal out of its
//! packs, by DuckDB on its own file, and by one statement of the portal's database, in turn. All three must find the same lines and none that differs.

use std::{
    collections::HashMap,
    io::Write as _,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use portal_domain::ids::DealId;
use portal_services::{recompute, reconcile};
use portal_store::{deals, packs, priced};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use super::{books::MadeBooks, rounds::Rounds};
use crate::serve::StartError;

/// DuckDB's side; given to Python as it is.
const PEER: &str = include_str!("accrual.py");

/// What to measure.
pub struct AccrualBench {
    pub lines: i64,
    pub rounds: usize,
    /// A folder for the databases; it must be empty or missing.
    pub folder: PathBuf,
    /// A Python that has the package `duckdb`; none: DuckDB is left out.
    pub python: Option<String>,
    /// Where the books are made; a SQLite file in the folder if none is named.
    pub database_url: Option<String>,
}

/// What a contender says of all lines; all must say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Answer {
    lines: i128,
    differing: i128,
    sum_minor: i128,
}

/// Runs it and prints what it finds.
pub async fn run(bench: &AccrualBench) -> Result<(), StartError> {
    std::fs::create_dir_all(&bench.folder).map_err(other)?;
    let url = bench.database_url.clone().unwrap_or_else(|| {
        let file = bench.folder.join("portal.db");
        format!("sqlite://{}", file.display())
    });
    let mut books = MadeBooks::new(&url).await?;
    println!("{} lines on {}", bench.lines, books.ctx.store.name());
    grow(&mut books, bench.lines).await?;
    let mut duck = match &bench.python {
        Some(python) => {
            write_rows(&books, &bench.folder).await?;
            Some(Duck::start(python, &bench.folder).await?)
        }
        None => None,
    };
    let names = [
        "portal",
        "its database, one statement",
        "DuckDB, two threads",
    ];
    let contenders = if duck.is_some() { 3 } else { 2 };
    let mut rounds = Rounds::new(&names[..contenders]);
    let expected = by_portal(&books).await?.0;
    println!("{expected:?}");
    for round in 0..=bench.rounds {
        // Forth and back, so that nobody always comes after the same other.
        let order: Vec<usize> = if round % 2 == 0 {
            (0..contenders).collect()
        } else {
            (0..contenders).rev().collect()
        };
        for contender in order {
            let (answer, took) = match (contender, &mut duck) {
                (0, _) => by_portal(&books).await?,
                (2, Some(duck)) => duck.compare().await?,
                _ => by_database(&books).await?,
            };
            if answer != expected {
                let name = names[contender];
                return Err(StartError::Other(format!(
                    "{name} finds {answer:?}, and the portal {expected:?}"
                )));
            }
            // The first round warms everybody up.
            if round > 0 {
                rounds.add(contender, took);
                println!(
                    "round {round}: {:<28} {:>9.3} s",
                    names[contender],
                    took.as_secs_f64()
                );
            }
        }
    }
    for line in rounds.report() {
        println!("{line}");
    }
    books.ctx.store.close().await;
    Ok(())
}

/// Makes the lines as the portal does, and says at 100 thousand, at a million and at the end what a line has cost since.
async fn grow(books: &mut MadeBooks, lines: i64) -> Result<(), StartError> {
    let steps = [100_000, 1_000_000]
        .into_iter()
        .filter(|step| *step < lines);
    let mut before = 0;
    for step in steps.chain([lines]) {
        let new = books.grow(step).await?;
        let began = Instant::now();
        reconcile::reconcile_deals(&books.ctx, new).await?;
        let made = began.elapsed();
        let began = Instant::now();
        let recomputed = recompute::recompute(&books.ctx).await?;
        let packed = began.elapsed();
        let again = by_portal(books).await?.1;
        let each = |took: Duration, lines: i64| took.as_secs_f64() * 1e6 / lines.max(1) as f64;
        println!(
            "{:>9} lines: made {:.2} µs a line, packed {:.2} µs a line, recomputed {:.4} µs a line",
            recomputed.lines,
            each(made, step - before),
            each(packed, step - before),
            each(again, step),
        );
        before = step;
    }
    Ok(())
}

async fn by_portal(books: &MadeBooks) -> Result<(Answer, Duration), StartError> {
    let began = Instant::now();
    let recomputed = recompute::recompute(&books.ctx).await?;
    let took = began.elapsed();
    let answer = Answer {
        lines: i128::from(recomputed.lines),
        differing: recomputed.differing.len() as i128,
        sum_minor: recomputed.sum_minor,
    };
    Ok((answer, took))
}

async fn by_database(books: &MadeBooks) -> Result<(Answer, Duration), StartError> {
    let began = Instant::now();
    let mut tx = books.ctx.store.read().await?;
    let priced = priced::compare_lines(&mut tx).await?;
    let took = began.elapsed();
    let answer = Answer {
        lines: i128::from(priced.lines),
        differing: i128::from(priced.differing),
        sum_minor: i128::from(priced.sum_minor),
    };
    Ok((answer, took))
}

/// Tiers, deals and the stored lines, as rows of numbers.
async fn write_rows(books: &MadeBooks, folder: &Path) -> Result<(), StartError> {
    let (tiers, deals) = books.rows();
    std::fs::write(folder.join("tiers.csv"), tiers).map_err(other)?;
    std::fs::write(folder.join("deals.csv"), deals).map_err(other)?;
    let file = std::fs::File::create(folder.join("lines.csv")).map_err(other)?;
    let mut file = std::io::BufWriter::new(file);
    let places: HashMap<DealId, usize> = books
        .deals
        .iter()
        .enumerate()
        .map(|(place, deal)| (deal.id, place))
        .collect();
    let mut tx = books.ctx.store.read().await?;
    for some in books.deals.chunks(200) {
        let ids: Vec<DealId> = some.iter().map(|deal| deal.id).collect();
        let mut partners: Vec<_> = deals::list_by_ids(&mut tx, &ids)
            .await?
            .iter()
            .map(|deal| deal.partner)
            .collect();
        partners.sort_unstable();
        partners.dedup();
        for line in packs::list_lines(&mut tx, &partners).await? {
            // A partner's deals may lie in two chunks.
            if ids.contains(&line.deal) {
                let place = places[&line.deal];
                writeln!(file, "{place},{},{}", line.position, line.amount_minor).map_err(other)?;
            }
        }
    }
    file.flush().map_err(other)
}

/// A running DuckDB.
struct Duck {
    _process: Child,
    ask: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Duck {
    async fn start(python: &str, folder: &Path) -> Result<Self, StartError> {
        let mut process = Command::new(python)
            .args(["-c", PEER])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(other)?;
        let missing = || StartError::Other("the other side has no pipes".to_owned());
        let ask = process.stdin.take().ok_or_else(missing)?;
        let out = process.stdout.take().ok_or_else(missing)?;
        let mut duck = Self {
            _process: process,
            ask,
            answers: BufReader::new(out).lines(),
        };
        println!("DuckDB: {}", duck.answer().await?);
        Ok(duck)
    }

    async fn answer(&mut self) -> Result<String, StartError> {
        let line = self.answers.next_line().await.map_err(other)?;
        line.ok_or_else(|| {
            StartError::Other(
                "DuckDB's side ended: see above, and install the Python package duckdb".to_owned(),
            )
        })
    }

    async fn compare(&mut self) -> Result<(Answer, Duration), StartError> {
        let began = Instant::now();
        self.ask.write_all(b"go\n").await.map_err(other)?;
        let line = self.answer().await?;
        let took = began.elapsed();
        let numbers: Vec<i128> = line
            .split_whitespace()
            .filter_map(|number| number.parse().ok())
            .collect();
        match numbers[..] {
            [lines, differing, sum_minor] => Ok((
                Answer {
                    lines,
                    differing,
                    sum_minor,
                },
                took,
            )),
            _ => Err(StartError::Other(format!("DuckDB's side says {line}"))),
        }
    }
}

fn other(error: std::io::Error) -> StartError {
    StartError::Other(error.to_string())
}
