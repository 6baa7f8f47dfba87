# Shared by the scripts of this folder: where tools are kept, how progress and failures are said,
# and where this machine has its browser and its PostgreSQL. Sourced, never run; it installs
# nothing. Written for bash 3.2, which is what macOS has.
# shellcheck shell=bash

PROJECT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/partner-portal
TOOLS=$CACHE/tools
export PATH="$TOOLS/bin:$HOME/.cargo/bin:$PATH"

# One line of progress, on stderr so that a script's answer alone is on stdout.
say() { printf '[set-up] %s\n' "$*" >&2; }

# Ends the script with one sentence that says what to do.
fail() {
  printf '[set-up] %s\n' "$*" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# Whether this machine installs packages with apt: Debian, Ubuntu and their kin.
has_apt() { [ "$(uname -s)" = Linux ] && has apt-get; }

is_root() { [ "$(id -u)" = 0 ]; }

# Prints the path of a Chromium or Chrome; CHROMIUM decides when it is set.
find_chromium() {
  local candidate
  if [ -n "${CHROMIUM:-}" ]; then
    [ -x "$CHROMIUM" ] || fail "CHROMIUM names $CHROMIUM, which is no program: correct it or unset it."
    printf '%s\n' "$CHROMIUM"
    return
  fi
  for candidate in chromium chromium-browser google-chrome-stable google-chrome \
    "/Applications/Chromium.app/Contents/MacOS/Chromium" \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    if has "$candidate"; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

# Prints the folder with initdb and pg_ctl. Debian keeps them off PATH, one folder a version: the newest wins.
find_postgres() {
  local folder newest=''
  for folder in "${POSTGRES_BIN:-}" $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -rn) \
    $(ls -d /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin 2>/dev/null | sort -r); do
    [ -n "$folder" ] && [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] && newest=$folder && break
  done
  if [ -z "$newest" ] && has initdb && has pg_ctl; then
    newest=$(dirname "$(command -v initdb)")
  fi
  [ -n "$newest" ] && printf '%s\n' "$newest"
}
