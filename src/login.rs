//! Who is logged in where a command is typed: what the audit log says of acts on the command line.

use std::{fs, os::unix::fs::MetadataExt};

/// The operating system's name of whoever runs this process, and in brackets of whoever became that by `sudo`.
pub fn name() -> String {
    let own = owner().unwrap_or_else(|| variable("USER").unwrap_or_else(|| "unknown".to_owned()));
    match variable("SUDO_USER") {
        Some(before) => format!("{own} ({before})"),
        None => own,
    }
}

/// Not what the environment says, which anybody can set, but whom the process belongs to, where the system shows that.
fn owner() -> Option<String> {
    let user = fs::metadata("/proc/self").ok()?.uid().to_string();
    let known = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let found = known.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == user).then(|| name.to_owned())
    });
    Some(found.unwrap_or(user))
}

#[expect(
    clippy::disallowed_methods,
    reason = "who is logged in is no setting of the portal's"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
