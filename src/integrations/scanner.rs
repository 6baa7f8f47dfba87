//! The virus scanner: a ClamAV daemon of the operator's own, which is sent what people hand in before it is kept. Its protocol is a library's; whether an answer
//! means that a file is clean is decided here, and everything that is not exactly that is none.

use std::{io, path::PathBuf, str::FromStr, time::Duration};

use clamav_client::tokio::{Socket, Tcp, scan_buffer};

use crate::{
    error::{CallError, ErrorKind, Vendor},
    gate::{self, Allowance, CallEnding},
};

/// How long one file may take from the connection to the answer: somebody waits for it. A few megabytes take a daemon milliseconds, and seconds if it has just read
/// its signatures anew.
const LIMIT: Duration = Duration::from_secs(20);
/// So much of a file is sent at once.
const CHUNK_BYTES: usize = 64 * 1_024;
/// The longest name of a finding that is kept, in characters.
const NAME_LENGTH_MAX: usize = 200;

/// The daemon's client. Every file has a connection of its own.
#[derive(Clone, Debug)]
pub struct VirusScanner {
    place: Place,
    limit: Duration,
}

#[derive(Clone, Debug)]
enum Place {
    /// Host and port.
    Tcp(String),
    Socket(PathBuf),
}

/// What the scanner says of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Clean,
    /// What it found, by the scanner's own name.
    Found(String),
}

/// Why there is no scanner at an address.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the address is neither tcp://host:port nor unix:/path")]
pub struct MalformedAddress;

impl FromStr for VirusScanner {
    type Err = MalformedAddress;

    /// `tcp://127.0.0.1:3310`, or `unix:/run/clamav/clamd.ctl`.
    fn from_str(address: &str) -> Result<Self, MalformedAddress> {
        let place = match address.split_once(':') {
            Some(("tcp", place)) => Place::Tcp(host_and_port(place)?),
            Some(("unix", path)) if path.starts_with('/') => Place::Socket(path.into()),
            _ => return Err(MalformedAddress),
        };
        Ok(Self {
            place,
            limit: LIMIT,
        })
    }
}

fn host_and_port(place: &str) -> Result<String, MalformedAddress> {
    let place = place.strip_prefix("//").ok_or(MalformedAddress)?;
    let (host, port) = place.rsplit_once(':').ok_or(MalformedAddress)?;
    if host.is_empty() || host.contains('/') || port.parse::<u16>().is_err() {
        return Err(MalformedAddress);
    }
    Ok(place.to_owned())
}

impl VirusScanner {
    /// The host that files go to; none if it is reached over a socket of this machine.
    pub fn host(&self) -> Option<&str> {
        match &self.place {
            Place::Tcp(place) => place.rsplit_once(':').map(|(host, _)| host),
            Place::Socket(_) => None,
        }
    }

    /// Has a file looked at.
    ///
    /// # Errors
    /// [`CallError`] for a daemon that is not there, takes too long, or answers anything else than what it found.
    pub async fn scan(&self, content: &[u8]) -> Result<Verdict, CallError> {
        let answer = match tokio::time::timeout(self.limit, self.send(content)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return Err(outage(&error.to_string())),
            Err(_) => return Err(outage("it gave no answer in time")),
        };
        let verdict = read(&answer)?;
        let allowance = Allowance::default();
        let status = 200;
        gate::tell(Vendor::Scanner, CallEnding::Answered { status, allowance });
        Ok(verdict)
    }

    async fn send(&self, content: &[u8]) -> io::Result<Vec<u8>> {
        match self.place.clone() {
            Place::Tcp(host_address) => {
                scan_buffer(content, Tcp { host_address }, Some(CHUNK_BYTES)).await
            }
            Place::Socket(socket_path) => {
                scan_buffer(content, Socket { socket_path }, Some(CHUNK_BYTES)).await
            }
        }
    }
}

/// `stream: OK`, or `stream: <name> FOUND`.
fn read(answer: &[u8]) -> Result<Verdict, CallError> {
    let answer = String::from_utf8_lossy(answer);
    let answer = answer.trim_end_matches('\0');
    let said = answer.strip_prefix("stream: ");
    if said == Some("OK") {
        return Ok(Verdict::Clean);
    }
    let name = said.and_then(|said| said.strip_suffix(" FOUND"));
    let name = name.ok_or_else(|| outage(&format!("its answer is no verdict: `{answer}`")))?;
    let printed = name.chars().filter(|character| !character.is_control());
    Ok(Verdict::Found(printed.take(NAME_LENGTH_MAX).collect()))
}

/// Whatever is wrong is the daemon's, and no file's.
fn outage(message: &str) -> CallError {
    CallError::new(Vendor::Scanner, ErrorKind::Retry, message).outage()
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    const PDF: &[u8] = b"%PDF-1.7\n";

    /// A daemon that takes one file and answers this.
    async fn answering(answer: &'static [u8]) -> VirusScanner {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = Vec::new();
            while !asked.ends_with(b"\n\0\0\0\0") {
                assert_ne!(stream.read_buf(&mut asked).await.unwrap(), 0);
            }
            assert_eq!(asked, b"zINSTREAM\0\0\0\0\x09%PDF-1.7\n\0\0\0\0");
            stream.write_all(answer).await.unwrap();
        });
        format!("tcp://{address}").parse().unwrap()
    }

    #[tokio::test]
    async fn a_file_is_clean_only_if_the_scanner_says_exactly_that() {
        let found = |name: &str| Some(Verdict::Found(name.to_owned()));
        for (answer, verdict) in [
            (&b"stream: OK\0"[..], Some(Verdict::Clean)),
            (
                b"stream: Eicar-Test-Signature FOUND\0",
                found("Eicar-Test-Signature"),
            ),
            (b"stream: OK FOUND\0", found("OK")),
            (b"", None),
            (b"OK\0", None),
            (b"stream: \0", None),
            (b"stream: OK, I think\0", None),
            (b"stream: Can't allocate memory ERROR\0", None),
            (b"INSTREAM size limit exceeded. ERROR\0", None),
            (b"HTTP/1.1 400 Bad Request\r\n\r\n", None),
        ] {
            let answered = answering(answer).await.scan(PDF).await;
            let said = String::from_utf8_lossy(answer);
            match (answered, verdict) {
                (Ok(answered), Some(verdict)) => assert_eq!(answered, verdict, "{said}"),
                (Err(error), None) => assert!(error.is_outage && error.is_retryable(), "{said}"),
                (answered, _) => panic!("{said}: {answered:?}"),
            }
        }
    }

    #[tokio::test]
    async fn a_scanner_that_says_nothing_is_waited_for_no_longer_than_the_limit() {
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = silent.local_addr().unwrap();
        let scanner: VirusScanner = format!("tcp://{address}").parse().unwrap();
        assert_eq!(scanner.limit, LIMIT);
        let scanner = VirusScanner {
            limit: Duration::from_millis(50),
            ..scanner
        };
        // Larger than what the line holds: it is not even taken.
        for content in [PDF.to_vec(), vec![b' '; 30_000_000]] {
            let error = scanner.scan(&content).await.unwrap_err();
            assert!(error.message.contains("in time"), "{error}");
            assert!(error.is_outage);
        }
    }

    #[tokio::test]
    async fn a_scanner_that_is_not_there_is_an_outage() {
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("tcp://{}", free.local_addr().unwrap());
        drop(free);
        for address in [address.as_str(), "unix:/nowhere/clamd.ctl"] {
            let scanner: VirusScanner = address.parse().unwrap();
            let error = scanner.scan(PDF).await.unwrap_err();
            assert!(error.is_outage, "{error}");
        }
    }

    #[test]
    fn an_address_is_a_host_with_a_port_or_a_path() {
        for (address, host) in [
            ("tcp://127.0.0.1:3310", Some("127.0.0.1")),
            ("tcp://[::1]:3310", Some("[::1]")),
            ("tcp://scanner.internal:3310", Some("scanner.internal")),
            ("unix:/run/clamav/clamd.ctl", None),
        ] {
            let scanner: VirusScanner = address.parse().unwrap();
            assert_eq!(scanner.host(), host, "{address}");
        }
        for wrong in [
            "",
            "127.0.0.1:3310",
            "tcp:127.0.0.1:3310",
            "tcp://127.0.0.1",
            "tcp://:3310",
            "tcp://127.0.0.1:clamd",
            "tcp://127.0.0.1/:3310",
            "http://127.0.0.1:3310",
            "unix:clamd.ctl",
            "/run/clamav/clamd.ctl",
        ] {
            assert!(wrong.parse::<VirusScanner>().is_err(), "{wrong}");
        }
    }
}
