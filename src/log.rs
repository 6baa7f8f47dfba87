//! The log: what happens, on stderr, an event a line.

use std::io::{self, Write};

use tracing_subscriber::EnvFilter;

/// Begins it: what `RUST_LOG` asks for, and as JSON if `PORTAL_LOG` is `json`. Both are read before any setting, so that a wrong setting is told in the log too.
pub fn start() {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| Lines(io::stderr()));
    #[expect(
        clippy::disallowed_methods,
        reason = "the log is there before the settings are"
    )]
    let format = std::env::var("PORTAL_LOG");
    if format.is_ok_and(|format| format == "json") {
        log.json().flatten_event(true).init();
    } else {
        log.init();
    }
}

/// Has each event in one line: what vendors and people say may be in it, and must not look like a line of ours.
pub struct Lines<W>(pub W);

impl<W: Write> Write for Lines<W> {
    /// Takes a whole event, as tracing-subscriber hands it over.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = event.strip_suffix(b"\n").unwrap_or(event).iter();
        let in_one = text.map(|byte| match byte {
            b'\r' | b'\n' => b' ',
            other => *other,
        });
        let line: Vec<u8> = in_one.chain([b'\n']).collect();
        self.0.write_all(&line)?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
