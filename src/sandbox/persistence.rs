//! Keeps the world in a file: written beside it and renamed, at most every 200 ms, and once more at the end.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::SandboxError;
use crate::server::{Shared, until_ended};
use crate::world::World;

/// How long changes are gathered before they are written.
const DEBOUNCE: Duration = Duration::from_millis(200);

/// Loads the world, or seeds one. A file that cannot be understood is set aside, not overwritten.
pub fn load_or_seed(path: Option<&Path>) -> Result<World, SandboxError> {
    let Some(path) = path else {
        return Ok(World::seed());
    };
    let fail = |source| SandboxError::StateFile {
        path: path.to_owned(),
        source,
    };
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(World::seed());
        }
        Err(error) => return Err(fail(error)),
    };
    match serde_json::from_slice(&text) {
        Ok(world) => Ok(world),
        Err(error) => {
            let aside = sibling(path, "unreadable");
            tracing::warn!(%error, aside = %aside.display(), "the sandbox's state file is unreadable; starting afresh");
            std::fs::rename(path, aside).map_err(fail)?;
            Ok(World::seed())
        }
    }
}

/// Saves after changes until the sandbox ends.
pub async fn keep_saved(shared: Arc<Shared>, mut ended: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = shared.changed() => {
                tokio::time::sleep(DEBOUNCE).await;
                save_now(&shared).await;
            }
            () = until_ended(&mut ended) => return,
        }
    }
}

/// Saves once. A disk that refuses is told about, and does not stop the sandbox.
pub async fn save_now(shared: &Shared) {
    let Some(path) = shared.state_file() else {
        return;
    };
    let text = serde_json::to_vec(&*shared.world());
    let written = match text {
        Ok(text) => write_atomically(path, &text).await,
        Err(error) => Err(std::io::Error::other(error)),
    };
    if let Err(error) = written {
        tracing::warn!(%error, path = %path.display(), "the sandbox could not save its state");
    }
}

async fn write_atomically(path: &Path, text: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        tokio::fs::create_dir_all(folder).await?;
    }
    let beside = sibling(path, "new");
    tokio::fs::write(&beside, text).await?;
    tokio::fs::rename(&beside, path).await
}

fn sibling(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ending);
    path.with_file_name(name)
}
