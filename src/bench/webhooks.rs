//! `portal bench webhooks`: signed notes over many connections at once, to a portal that serves and works off what it gets, and to a Fastify server that stores
//! as durably and does nothing else. One of ten notes comes twice, one of a hundred has a wrong signature; none that was answered with 200 may be missing.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, Mac};
use portal_store::{Store, inbox};
use sha2::Sha256;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    process::{Child, Command},
    task::JoinSet,
};

use super::rounds::{Rounds, percentile};
use crate::serve::{SANDBOX_XERO_KEY, StartError};

/// The peer; given to Node as it is.
const PEER: &str = include_str!("intake.mjs");
/// How long a contender may take to listen.
const PATIENCE: Duration = Duration::from_secs(30);

/// What to measure.
pub struct WebhooksBench {
    /// How many notes each contender gets in a round.
    pub notes: usize,
    pub connections: usize,
    pub rounds: usize,
    /// A folder for the databases; it must be empty or missing.
    pub folder: PathBuf,
    /// A folder whose node_modules hold fastify and better-sqlite3; none: the peer is left out.
    pub peers: Option<PathBuf>,
}

/// A server that takes notes.
struct Contender {
    name: &'static str,
    port: u16,
    process: Child,
    latencies: Vec<Duration>,
}

/// A whole request, and what it must be answered with.
struct Note {
    request: Vec<u8>,
    expected: u16,
}

/// Runs it and prints what it finds.
pub async fn run(bench: &WebhooksBench) -> Result<(), StartError> {
    std::fs::create_dir_all(&bench.folder).map_err(other)?;
    // The contenders run elsewhere.
    let folder = bench.folder.canonicalize().map_err(other)?;
    let database = folder.join("portal.db");
    let mut contenders = vec![start_portal(&folder, &database).await?];
    if let Some(peers) = &bench.peers {
        contenders.push(start_peer(&folder, peers).await?);
    }
    let names: Vec<&str> = contenders.iter().map(|contender| contender.name).collect();
    let mut rounds = Rounds::new(&names);
    for round in 0..=bench.rounds {
        let notes = Arc::new(make_notes(round, bench.notes));
        for place in 0..contenders.len() {
            // Forth and back, so that nobody always comes after the other.
            let place = if round % 2 == 0 {
                place
            } else {
                contenders.len() - 1 - place
            };
            let contender = &mut contenders[place];
            let began = Instant::now();
            let latencies = send_all(contender.port, bench.connections, &notes).await?;
            let took = began.elapsed();
            // The first round warms everybody up.
            if round > 0 {
                rounds.add(place, took);
                contender.latencies.extend(latencies);
                let rate = bench.notes as f64 / took.as_secs_f64();
                println!(
                    "round {round}: {:<28} {rate:>8.0} notes a second",
                    contender.name
                );
            }
        }
    }
    for contender in &mut contenders {
        let [half, most] = [50, 99].map(|percent| percentile(&mut contender.latencies, percent));
        println!(
            "{:<28} answers in {:.1} ms, 99 of 100 in {:.1} ms",
            contender.name,
            half.as_secs_f64() * 1_000.0,
            most.as_secs_f64() * 1_000.0
        );
    }
    for line in rounds.report() {
        println!("{line}");
    }
    let wanted = (bench.rounds + 1) * distinct(bench.notes);
    for mut contender in contenders {
        contender.process.kill().await.map_err(other)?;
    }
    count_stored(&database, wanted).await
}

/// Whether the portal's database has each note that was answered, once.
async fn count_stored(database: &Path, wanted: usize) -> Result<(), StartError> {
    let store = Store::open(&format!("sqlite://{}", database.display())).await?;
    let stored = inbox::count(&mut store.read().await?).await?;
    store.close().await;
    println!("{stored} notes stored of {wanted} that were different and signed well");
    if usize::try_from(stored).ok() == Some(wanted) {
        Ok(())
    } else {
        Err(StartError::Other(
            "notes are missing, or there twice".to_owned(),
        ))
    }
}

async fn start_portal(folder: &Path, database: &Path) -> Result<Contender, StartError> {
    let (port, sandbox, mail) = (free_port()?, free_port()?, free_port()?);
    let program = std::env::current_exe().map_err(other)?;
    let mut command = Command::new(program);
    command
        .arg("serve")
        .current_dir(folder)
        .env("DATABASE_URL", format!("sqlite://{}", database.display()))
        .env("PORTAL_DATA", folder.join("data"))
        .env("PORTAL_ADDR", format!("127.0.0.1:{port}"))
        .env("PORTAL_URL", format!("http://127.0.0.1:{port}"))
        .env("SANDBOX_ADDR", format!("127.0.0.1:{sandbox}"))
        .env("SANDBOX_SMTP_ADDR", format!("127.0.0.1:{mail}"))
        .env("RUST_LOG", "error");
    start("the portal", port, command).await
}

async fn start_peer(folder: &Path, peers: &Path) -> Result<Contender, StartError> {
    let port = free_port()?;
    let script = peers.join("intake.mjs");
    std::fs::write(&script, PEER).map_err(other)?;
    let mut command = Command::new("node");
    command
        .arg(script)
        .arg(folder.join("peer.db"))
        .arg(port.to_string())
        .arg(SANDBOX_XERO_KEY);
    start("Fastify, better-sqlite3", port, command).await
}

async fn start(
    name: &'static str,
    port: u16,
    mut command: Command,
) -> Result<Contender, StartError> {
    let process = command
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| StartError::Other(format!("{name} does not start: {error}")))?;
    let began = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        if began.elapsed() > PATIENCE {
            return Err(StartError::Other(format!("{name} does not listen")));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(Contender {
        name,
        port,
        process,
        latencies: Vec::new(),
    })
}

fn free_port() -> Result<u16, StartError> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").map_err(other)?;
    Ok(listener.local_addr().map_err(other)?.port())
}

/// One of ten is the one before it once more; one of a hundred is signed by somebody else.
fn make_notes(round: usize, count: usize) -> Vec<Note> {
    (0..count)
        .map(|place| {
            let is_forged = is_forged(place);
            let of = if is_double(place) { place - 1 } else { place };
            let at = happened_at(round, of).format("%Y-%m-%dT%H:%M:%S%.3f");
            // An event of a category that asks for no reading at Xero, as the intake is measured and what it costs to work it off.
            let body = format!(
                r#"{{"events":[{{"resourceUrl":"https://api.xero.com/api.xro/2.0/Subscriptions/{round}-{of}","resourceId":"{round}-{of}","eventDateUtc":"{at}","eventType":"UPDATE","eventCategory":"SUBSCRIPTION","tenantId":"c2cc9b6e-9458-4c7d-93cc-f02b81b0594f","tenantType":"ORGANISATION"}}],"firstEventSequence":{of},"lastEventSequence":{of},"entropy":"S0m3r4Nd0mt3xt"}}"#
            );
            let key = if is_forged { "somebody else's" } else { SANDBOX_XERO_KEY };
            let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("any length is a key");
            mac.update(body.as_bytes());
            let signature = BASE64_STANDARD.encode(mac.finalize().into_bytes());
            let request = format!(
                "POST /webhooks/xero HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\nx-xero-signature: {signature}\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            Note {
                request: request.into_bytes(),
                expected: if is_forged { 401 } else { 200 },
            }
        })
        .collect()
}

/// A burst, as after a change to many documents: events a millisecond apart, told nearly in their order.
fn happened_at(round: usize, place: usize) -> DateTime<Utc> {
    let shuffled = place - place % 50 + place * 7 % 50;
    let ms = round * 3_600_000 + shuffled;
    DateTime::UNIX_EPOCH
        + TimeDelta::days(20_640)
        + TimeDelta::milliseconds(i64::try_from(ms).unwrap_or_default())
}

const fn is_double(place: usize) -> bool {
    place % 10 == 9
}

const fn is_forged(place: usize) -> bool {
    place % 100 == 50
}

/// How many notes are signed well and no doubles.
fn distinct(count: usize) -> usize {
    (0..count)
        .filter(|place| !is_double(*place) && !is_forged(*place))
        .count()
}

/// Sends all notes over so many connections at once; answers how long each was waited for.
async fn send_all(
    port: u16,
    connections: usize,
    notes: &Arc<Vec<Note>>,
) -> Result<Vec<Duration>, StartError> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut senders = JoinSet::new();
    for _ in 0..connections {
        let (next, notes) = (Arc::clone(&next), Arc::clone(notes));
        senders.spawn(async move { send_some(port, &next, &notes).await });
    }
    let mut latencies = Vec::with_capacity(notes.len());
    while let Some(sent) = senders.join_next().await {
        latencies.extend(sent.map_err(other)??);
    }
    Ok(latencies)
}

async fn send_some(
    port: u16,
    next: &AtomicUsize,
    notes: &[Note],
) -> Result<Vec<Duration>, StartError> {
    let connection = TcpStream::connect(("127.0.0.1", port))
        .await
        .map_err(other)?;
    connection.set_nodelay(true).map_err(other)?;
    let mut connection = BufReader::new(connection);
    let mut latencies = Vec::new();
    while let Some(note) = notes.get(next.fetch_add(1, Ordering::Relaxed)) {
        let began = Instant::now();
        connection
            .get_mut()
            .write_all(&note.request)
            .await
            .map_err(other)?;
        let status = read_answer(&mut connection).await?;
        latencies.push(began.elapsed());
        if status != note.expected {
            return Err(StartError::Other(format!(
                "a note was answered with {status} in the place of {}",
                note.expected
            )));
        }
    }
    Ok(latencies)
}

/// The status of one answer, whose body is read away.
async fn read_answer(connection: &mut BufReader<TcpStream>) -> Result<u16, StartError> {
    let no_answer = || StartError::Other("an answer is no HTTP".to_owned());
    let mut line = String::new();
    connection.read_line(&mut line).await.map_err(other)?;
    let status = line.split(' ').nth(1).and_then(|word| word.parse().ok());
    let status = status.ok_or_else(no_answer)?;
    let mut length = 0;
    loop {
        line.clear();
        connection.read_line(&mut line).await.map_err(other)?;
        let header = line.trim_end().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(|_| no_answer())?;
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).await.map_err(other)?;
    Ok(status)
}

fn other(error: impl std::fmt::Display) -> StartError {
    StartError::Other(error.to_string())
}
