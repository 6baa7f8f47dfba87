//! A plain SMTP sink: as much of the protocol as mail clients use, without encryption or relaying. Loopback only.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::faults::use_up;
use crate::journal::{Direction, Exchange};
use crate::server::{Shared, until_ended};

/// The largest mail that is taken, in bytes.
const SIZE_LIMIT_BYTES: usize = 25 * 1024 * 1024;
/// The longest command line, in bytes; the standard asks for 512 at least.
const LINE_LIMIT_BYTES: usize = 8_192;

const CLOSED: &str = "421 4.3.2 The service is closed, please try again later";

/// Serves until told to end.
pub async fn serve(shared: Arc<Shared>, listener: TcpListener, mut ended: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = until_ended(&mut ended) => return,
        };
        match accepted {
            Ok((stream, _)) => {
                tokio::spawn(serve_one(Arc::clone(&shared), stream, ended.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "the sandbox's inbox could not accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn serve_one(shared: Arc<Shared>, stream: TcpStream, mut ended: watch::Receiver<bool>) {
    tokio::select! {
        result = converse(&shared, stream) => if let Err(error) = result {
            tracing::debug!(%error, "a mail client hung up");
        },
        () = until_ended(&mut ended) => {}
    }
}

/// What a client has said so far about the mail it is about to send.
#[derive(Debug, Default)]
struct Envelope {
    from: Option<String>,
    to: Vec<String>,
}

async fn converse(shared: &Shared, stream: TcpStream) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut reader = BufReader::new(read);
    let mut envelope = Envelope::default();
    if shared.world().faults.mail.closed {
        return say(&mut write, CLOSED).await;
    }
    say(&mut write, "220 sandbox ESMTP").await?;
    loop {
        let mut line = Vec::new();
        if reader.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        if line.len() > LINE_LIMIT_BYTES {
            say(&mut write, "500 5.5.2 Line too long").await?;
            continue;
        }
        if shared.world().faults.mail.closed {
            return say(&mut write, CLOSED).await;
        }
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        let verb = line
            .split([' ', ':'])
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase();
        match verb.as_str() {
            "QUIT" => return say(&mut write, "221 2.0.0 Bye").await,
            "DATA" if envelope.from.is_some() && !envelope.to.is_empty() => {
                say(&mut write, "354 End data with <CR><LF>.<CR><LF>").await?;
                let Some(raw) = read_data(&mut reader).await? else {
                    return Ok(());
                };
                let answer = take_mail(shared, &std::mem::take(&mut envelope), &raw).await;
                say(&mut write, &answer).await?;
            }
            _ => {
                let answer = command(&verb, &line, &mut envelope);
                say(&mut write, answer).await?;
            }
        }
    }
}

async fn say(write: &mut OwnedWriteHalf, line: &str) -> std::io::Result<()> {
    write.write_all(format!("{line}\r\n").as_bytes()).await
}

fn command(verb: &str, line: &str, envelope: &mut Envelope) -> &'static str {
    match verb {
        "EHLO" => {
            *envelope = Envelope::default();
            "250-sandbox\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250-PIPELINING\r\n250 SIZE 26214400"
        }
        "HELO" => "250 sandbox",
        "NOOP" => "250 2.0.0 Ok",
        "VRFY" => "252 2.1.5 Send some mail, I will try my best",
        "RSET" => {
            *envelope = Envelope::default();
            "250 2.0.0 Ok"
        }
        "MAIL" => {
            *envelope = Envelope {
                from: Some(path_of(line)),
                to: Vec::new(),
            };
            "250 2.1.0 Ok"
        }
        "RCPT" if envelope.from.is_none() => "503 5.5.1 MAIL first",
        "RCPT" => match path_of(line) {
            to if to.contains('@') => {
                envelope.to.push(to);
                "250 2.1.5 Ok"
            }
            _ => "501 5.1.3 Bad recipient address",
        },
        "DATA" => "503 5.5.1 RCPT first",
        _ => "502 5.5.2 Command not implemented",
    }
}

/// The address between `<` and `>`.
fn path_of(line: &str) -> String {
    let inner = line
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or("", |(path, _)| path).to_owned()
}

/// Reads up to the lonely dot, undoing dot-stuffing. `None` when the client hung up before.
async fn read_data(
    reader: &mut (impl AsyncBufReadExt + Unpin),
) -> std::io::Result<Option<Vec<u8>>> {
    let mut raw = Vec::new();
    loop {
        let mut line = Vec::new();
        if reader.read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        if line == b".\r\n" || line == b".\n" {
            return Ok(Some(raw));
        }
        let unstuffed = line.strip_prefix(b".").unwrap_or(&line);
        if raw.len() + unstuffed.len() <= SIZE_LIMIT_BYTES {
            raw.extend_from_slice(unstuffed);
        }
    }
}

async fn take_mail(shared: &Shared, envelope: &Envelope, raw: &[u8]) -> String {
    let began = Instant::now();
    let latency_ms = shared.world().faults.mail.latency_ms;
    tokio::time::sleep(Duration::from_millis(latency_ms)).await;
    let now_ms = shared.now_ms();
    let (status, answer) = {
        let mut world = shared.world();
        if use_up(&mut world.faults.mail.refuse_for_now) {
            (
                451,
                "451 4.7.1 Greylisted, please try again later".to_owned(),
            )
        } else if use_up(&mut world.faults.mail.refuse_for_good) {
            (
                550,
                "550 5.1.1 Recipient address rejected: user unknown".to_owned(),
            )
        } else if use_up(&mut world.faults.mail.refuse_content) {
            (554, "554 5.6.0 Message content rejected".to_owned())
        } else {
            let from = envelope.from.clone().unwrap_or_default();
            let id = world.mail.receive(&from, &envelope.to, raw, now_ms);
            (250, format!("250 2.0.0 Ok: queued as {id}"))
        }
    };
    shared.mark_changed();
    shared.journal().add(Exchange {
        at_ms: now_ms,
        direction: Direction::Received,
        system: "Mail",
        method: "DATA".to_owned(),
        target: envelope.to.join(", "),
        status: Some(status),
        took_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        note: format!("{} bytes", raw.len()),
        // What is in a mail is on its own page, and may hold a link that signs in.
        request: String::new(),
        answer: answer.clone(),
    });
    answer
}
