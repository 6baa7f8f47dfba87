//! Where the vault's master key comes from: the environment, a file, or, for a new database, a file that is made here.

use std::{fs, io, io::Write as _, path::Path};

use portal_domain::secret::Secret;
use portal_services::vault::{self, Vault};
use portal_store::{Store, secrets};

use crate::{config::Settings, serve::StartError};

/// The vault of these settings. A key is made only where nothing is sealed yet: in the place of a lost one it would hide that one is missing.
pub(crate) async fn open_vault(settings: &Settings, store: &Store) -> Result<Vault, StartError> {
    if let Some(keys) = &settings.key {
        return Vault::parse(keys)
            .map_err(|error| StartError::Other(format!("PORTAL_KEY: {error}")));
    }
    let file = &settings.key_file;
    let keys = match fs::read_to_string(file) {
        Ok(keys) => keys.into(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if let Some(key) = secrets::find_newest_key(&mut store.read().await?).await? {
                return Err(StartError::Other(format!(
                    "PORTAL_KEY_FILE: {} is not there, and the secrets of this database are sealed under the master key {}: put it back, or set PORTAL_KEY",
                    file.display(),
                    key.sealed_by
                )));
            }
            make(file).map_err(|error| unusable(file, &error))?
        }
        Err(error) => return Err(unusable(file, &error)),
    };
    Vault::parse(&keys)
        .map_err(|error| StartError::Other(format!("PORTAL_KEY_FILE: {}: {error}", file.display())))
}

fn unusable(file: &Path, error: &io::Error) -> StartError {
    StartError::Other(format!("PORTAL_KEY_FILE: {}: {error}", file.display()))
}

/// Whole or not at all, and for this user's eyes only. Where another process was faster, its key is the key.
fn make(file: &Path) -> io::Result<Secret> {
    let folder = file.parent().unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(folder)?;
    let key = vault::new_master_key();
    let draft = file.with_extension(format!("{}.new", std::process::id()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(&draft)?;
    writeln!(written, "{}", key.reveal())?;
    written.sync_all()?;
    // A link, unlike a renaming, never takes another file's place.
    let linked = fs::hard_link(&draft, file);
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        other => other?,
    }
    fs::read_to_string(file).map(Secret::from)
}
