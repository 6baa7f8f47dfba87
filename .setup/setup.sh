#!/usr/bin/env bash
# Brings the tools that building and testing need, and does nothing twice.
#
#   .setup/setup.sh STEP…
#
# Steps, in the order they are wanted:
#   rust      a Rust toolchain new enough, and a C compiler (only checked; the compiler comes by apt)
#   wasm      the standard library for WebAssembly
#   bindgen   wasm-bindgen, in exactly the version of Cargo.lock
#   leptos    cargo-leptos, which builds the server and the browser's half together
#   wasm-opt  Binaryen's optimiser
#   chromium  the browser of the journeys
#   postgres  PostgreSQL's server programs (.setup/postgres.sh starts a private cluster with them)
#   clamd     ClamAV's daemon, which tests have look at files; none that runs by itself
#   npm       the packages of end2end/
#   duckdb    a Python of its own with DuckDB, which `portal bench` measures against
#   peers     what `portal bench webhooks` and `portal bench jobs` measure against
#   deny      cargo-deny, which checks licences, sources and known faults
#   cyclonedx cargo-cyclonedx, which writes down what the portal is made of
#   fuzz      cargo-fuzz, which feeds made-up input to what reads strangers' input
#   mutants   cargo-mutants, which changes the rules of money and sees whether a test fails
#   scanners  a Python of its own with sqlmap and wapiti, and one with schemathesis, which .setup/scan.sh attacks the portal with
#
# WASM_STD_FROM says where the WebAssembly library may come from, in that order
# (default "rustup debian"): `rustup` asks rustup's server; `debian` builds it from Debian's
# package of the compiler's sources.
#
# Tools land in ${XDG_CACHE_HOME:-~/.cache}/partner-portal/tools, so every clone on a machine
# shares them; the system is touched only by apt, and only for packages that are missing.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

CARGO_LEPTOS_VERSION=0.3.10 # 0.3.11 needs a newer compiler than rust-version in Cargo.toml
BINARYEN_VERSION=132.0.0    # Debian 12's 108 mixes up the externref table: hydration dies in the browser
WASM_BINDGEN_FALLBACK=0.2.130
CARGO_MUTANTS_VERSION=27.1.0
CARGO_DENY_VERSION=0.20.2
CARGO_CYCLONEDX_VERSION=0.5.9
CARGO_FUZZ_VERSION=0.13.2
DUCKDB_VERSION=2.0.0
SQLMAP_VERSION=1.10.10
WAPITI_VERSION=3.2.3
SCHEMATHESIS_VERSION=4.32.5
FASTIFY_VERSION=5.12.8
BETTER_SQLITE3_VERSION=12.6.2 # 13 needs Node 22
GRAPHILE_WORKER_VERSION=0.17.3 # 0.18 needs Node 22
PG_BOSS_VERSION=10.4.2
WASM_TARGET=wasm32-unknown-unknown

# ---------------------------------------------------------------- packages of the system

# Installs what is missing of the named Debian packages.
apt_install() {
  local missing='' package as_root=''
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  if ! is_root; then
    has sudo || fail "Run this as root, then try again: apt-get install$missing"
    as_root=sudo
  fi
  say "apt: installing$missing"
  # The lists may be missing (containers ship without) or old: fetched once, and only when something is missing.
  # shellcheck disable=SC2086 # both are lists of words on purpose
  if ! { $as_root apt-get -qq update && $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq install -y --no-install-recommends $missing; } >"$TOOLS/log/apt.log" 2>&1; then
    tail -5 "$TOOLS/log/apt.log" >&2
    fail "apt could not install$missing: see $TOOLS/log/apt.log, install them by hand and try again."
  fi
}

# What to say where there is no apt: $1 what is missing, $2 how on macOS, $3 how on another Linux.
tell_elsewhere() {
  case $(uname -s) in
    Darwin) fail "$1 is missing: $2, then try again." ;;
    Linux) fail "$1 is missing, and only apt is known here: install $3 with your package manager, then try again." ;;
    *) fail "$1 is missing, and $(uname -s) is not a system this project knows: use Linux, macOS or WSL." ;;
  esac
}

# ---------------------------------------------------------------- helpers

# Whether version $1 is at least $2 (numbers and dots).
at_least() {
  awk -v have="$1" -v want="$2" 'BEGIN {
    split(have, h, "."); split(want, w, ".");
    for (i = 1; i <= 3; i++) { if (h[i] + 0 != w[i] + 0) exit !(h[i] + 0 > w[i] + 0) }
    exit 0 }'
}

# Compiles a program of crates.io into the tools' folder: $1 name, then cargo's further arguments.
# Nothing of this project's flags may reach it, and its output goes to a log.
cargo_install() {
  local name=$1 log=$TOOLS/log/$1.log
  shift
  if ! (cd / && env -u CARGO_TARGET_DIR -u CARGO_BUILD_TARGET_DIR -u RUSTFLAGS -u CARGO_BUILD_RUSTFLAGS -u CARGO_ENCODED_RUSTFLAGS \
    cargo install --root "$TOOLS" --force "$@" "$name") >"$log" 2>&1; then
    tail -15 "$log" >&2
    fail "$name could not be compiled: the log is $log; mend what it names and try again."
  fi
}

need_node() {
  has node && has npm ||
    fail "Node.js and npm are missing: install Node.js 20 or newer (https://nodejs.org), then try again."
  at_least "$(node --version | tr -d v)" 20 ||
    fail "Node.js $(node --version) is too old: install Node.js 20 or newer (https://nodejs.org), then try again."
}

# ---------------------------------------------------------------- steps

step_rust() {
  local wanted have
  has cargo && has rustc ||
    fail "There is no Rust toolchain: install one as https://rustup.rs says (curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh), then try again."
  wanted=$(awk -F'"' '/^rust-version *=/ { print $2; exit }' "$PROJECT/Cargo.toml" 2>/dev/null || true)
  have=$(rustc --version | awk '{ print $2 }')
  [ -z "$wanted" ] || at_least "${have%%-*}" "$wanted" ||
    fail "Rust $have is too old, $wanted is needed: run \`rustup update stable\`, then try again."
  if ! has cc; then
    if has_apt; then apt_install gcc libc6-dev; else tell_elsewhere "A C compiler" "run \`xcode-select --install\`" "gcc"; fi
  fi
  say "rust      $have"
}

# Links a small module with fat link-time optimisation, as the release build does: that fails
# with no standard library, and also with one that was built without its bitcode.
wasm_links() {
  local folder
  folder=$(mktemp -d)
  echo 'pub fn shown() -> String { format!("{:?}", vec![1]) }' >"$folder/probe.rs"
  rustc --edition 2024 --target $WASM_TARGET --crate-type cdylib -Clto=fat -Cpanic=abort \
    -o "$folder/probe.wasm" "$folder/probe.rs" >/dev/null 2>&1
  local outcome=$?
  rm -rf "$folder"
  return $outcome
}

wasm_from_rustup() {
  has rustup || return 1
  say "wasm      asking rustup for $WASM_TARGET"
  # rustup waits long for a server that is cut off; a minute without the target is an answer too.
  if has timeout; then
    timeout 120 rustup target add $WASM_TARGET >"$TOOLS/log/rustup.log" 2>&1
  else
    rustup target add $WASM_TARGET >"$TOOLS/log/rustup.log" 2>&1
  fi
}

# Puts the standard library's sources of exactly this compiler ($2) below its sysroot ($1). Works on
# an apt state of its own in a temporary folder: neither sources.list nor any pin of the system changes.
fetch_rust_src() {
  local sources=$1/lib/rustlib/src/rust version=$2 folder mirror suite package=''
  # rustup's own component has no such mark and follows its compiler; ours may be left from an older one.
  if [ -f "$sources/library/std/Cargo.toml" ]; then
    [ -f "$sources/library/.from-debian" ] || return 0
    [ "$(cat "$sources/library/.from-debian")" != "$version" ] || return 0
  fi
  mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
    grep -oE 'https?://[^ ]+/debian/?( |$)' | head -1 | tr -d ' ' || true)
  mirror=${mirror:-http://deb.debian.org/debian}
  folder=$(mktemp -d)
  mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial" "$folder/none"
  set -- -qq -o "Dir::Etc::SourceList=$folder/sources.list" -o "Dir::Etc::SourceParts=$folder/none" \
    -o "Dir::State::Lists=$folder/lists" -o "Dir::Cache=$folder/cache"
  is_root && set -- "$@" -o APT::Sandbox::User=root
  for suite in trixie-backports trixie forky sid experimental; do
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$folder/sources.list"
    apt-get "$@" update >>"$TOOLS/log/apt.log" 2>&1 || continue
    package=$(apt-cache "$@" madison rust-src 2>/dev/null | awk -v wanted="$version+" '!found && index($3, wanted) == 1 { print $3; found = 1 }')
    [ -z "$package" ] || break
  done
  if [ -z "$package" ]; then
    rm -rf "$folder"
    return 1
  fi
  say "wasm      rust-src $package from Debian"
  # Copied beside, then renamed: an interrupted run leaves no half of a library that looks whole.
  (cd "$folder" && apt-get "$@" download "rust-src=$package" && dpkg-deb -x rust-src_*.deb unpacked &&
    mkdir -p "$sources" && rm -rf "$sources/library.part" &&
    cp -R "unpacked/usr/src/rustc-$version/library" "$sources/library.part" &&
    printf '%s\n' "$version" >"$sources/library.part/.from-debian" &&
    rm -rf "$sources/library" && mv "$sources/library.part" "$sources/library") >>"$TOOLS/log/apt.log" 2>&1
  local outcome=$?
  rm -rf "$folder"
  return $outcome
}

wasm_from_debian() {
  local sysroot version folder library
  has_apt && [ -f /usr/share/keyrings/debian-archive-keyring.gpg ] || return 1
  sysroot=$(rustc --print sysroot)
  version=$(rustc --version | awk '{ print $2 }')
  [ -w "$sysroot/lib/rustlib" ] || return 1
  fetch_rust_src "$sysroot" "$version" || return 1
  say "wasm      building the standard library for $WASM_TARGET (half a minute)"
  folder=$(mktemp -d)
  mkdir "$folder/src"
  : >"$folder/src/lib.rs"
  printf '[package]\nname = "carrier"\nversion = "0.0.0"\nedition = "2024"\n' >"$folder/Cargo.toml"
  # RUSTC_BOOTSTRAP lets a stable compiler build its own library. The bitcode is what fat LTO reads.
  (cd "$folder" && env -u CARGO_BUILD_RUSTFLAGS -u CARGO_ENCODED_RUSTFLAGS -u CARGO_TARGET_DIR \
    RUSTFLAGS=-Cembed-bitcode=yes RUSTC_BOOTSTRAP=1 cargo build --release --target $WASM_TARGET \
    -Zbuild-std=std,panic_abort,proc_macro --target-dir "$folder/target") >"$TOOLS/log/wasm-std.log" 2>&1 ||
    { say "wasm      the library did not compile: $TOOLS/log/wasm-std.log" && return 1; }
  library=$sysroot/lib/rustlib/$WASM_TARGET/lib
  rm -rf "$library.part"
  mkdir -p "$library.part"
  cp "$folder/target/$WASM_TARGET/release/deps/"lib*.rlib "$library.part/"
  rm -f "$library.part"/libcarrier-*.rlib
  rm -rf "$library"
  mv "$library.part" "$library"
  rm -rf "$folder"
}

step_wasm() {
  local source
  step_rust_quietly
  if wasm_links; then
    say "wasm      $WASM_TARGET links"
    return
  fi
  for source in ${WASM_STD_FROM:-rustup debian}; do
    case $source in
      rustup | debian) ;;
      *) fail "WASM_STD_FROM names \"$source\": only rustup and debian are known." ;;
    esac
    if "wasm_from_$source" && wasm_links; then
      say "wasm      $WASM_TARGET installed from $source"
      return
    fi
    say "wasm      $source does not offer it"
  done
  fail "Rust's standard library for $WASM_TARGET is missing and could not be had from: ${WASM_STD_FROM:-rustup debian}. Run \`rustup target add $WASM_TARGET\` where rustup's server answers, then try again."
}

# For steps that need Rust: silent when it is there. The subshell keeps a failure from ending the script unsaid.
step_rust_quietly() { (step_rust) 2>/dev/null || step_rust; }

step_bindgen() {
  local version
  step_rust_quietly
  # The program must equal the library to the last number, or it refuses the module.
  version=$(awk '$0 == "name = \"wasm-bindgen\"" { getline; gsub(/"/, "", $3); print $3; exit }' "$PROJECT/Cargo.lock" 2>/dev/null || true)
  version=${version:-$WASM_BINDGEN_FALLBACK}
  if [ "$("$TOOLS/bin/wasm-bindgen" --version 2>/dev/null)" != "wasm-bindgen $version" ]; then
    say "bindgen   compiling wasm-bindgen $version (three minutes, once; log: $TOOLS/log/wasm-bindgen-cli.log)"
    # Without --locked and without TLS: its own lock names packages that not every mirror has, and nothing here downloads.
    CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS=fallback CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
      cargo_install wasm-bindgen-cli --version "$version" --no-default-features
  fi
  say "bindgen   wasm-bindgen $version"
}

step_leptos() {
  step_rust_quietly
  if [ "$("$TOOLS/bin/cargo-leptos" --version 2>/dev/null)" != "cargo-leptos $CARGO_LEPTOS_VERSION" ]; then
    say "leptos    compiling cargo-leptos $CARGO_LEPTOS_VERSION (10 to 25 minutes, once; log: $TOOLS/log/cargo-leptos.log)"
    # The published profile spends minutes on LTO that a build tool does not need. `no_downloads`: a
    # missing helper is a clear error instead of a download behind one's back.
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
      cargo_install cargo-leptos --version "$CARGO_LEPTOS_VERSION" --locked --features no_downloads
  fi
  say "leptos    cargo-leptos $CARGO_LEPTOS_VERSION"
}

step_wasm-opt() {
  need_node
  local folder=$TOOLS/binaryen-$BINARYEN_VERSION
  if [ ! -x "$folder/node_modules/.bin/wasm-opt" ]; then
    say "wasm-opt  fetching binaryen $BINARYEN_VERSION"
    mkdir -p "$folder"
    npm install --silent --no-audit --no-fund --prefix "$folder" "binaryen@$BINARYEN_VERSION" >"$TOOLS/log/binaryen.log" 2>&1 ||
      fail "npm could not install binaryen@$BINARYEN_VERSION: see $TOOLS/log/binaryen.log, mend the registry's settings (npm config) and try again."
  fi
  ln -sfn "$folder/node_modules/.bin/wasm-opt" "$TOOLS/bin/wasm-opt"
  say "wasm-opt  binaryen $BINARYEN_VERSION"
}

step_chromium() {
  local browser
  if ! browser=$(find_chromium); then
    [ -z "${CHROMIUM:-}" ] || exit 1
    if has_apt; then
      apt_install chromium fonts-dejavu-core
    else
      tell_elsewhere "Chromium" "run \`brew install --cask chromium\` (or set CHROMIUM to a Chrome's path)" "chromium (or set CHROMIUM to a Chrome's path)"
    fi
    browser=$(find_chromium) || fail "Chromium is installed but not found: set CHROMIUM to its path and try again."
  fi
  say "chromium  $browser"
}

step_postgres() {
  local folder
  if ! folder=$(find_postgres); then
    if has_apt; then
      apt_install postgresql
    else
      tell_elsewhere "PostgreSQL" "run \`brew install postgresql@17\`" "postgresql (the server; set POSTGRES_BIN to the folder of initdb when it is not on PATH)"
    fi
    folder=$(find_postgres) || fail "PostgreSQL is installed but initdb is not found: set POSTGRES_BIN to its folder and try again."
  fi
  say "postgres  $("$folder/postgres" --version | awk '{ print $3 }') in $folder"
}

# Unpacked and not installed: its package would start a daemon and fetch the signatures of all that is known, which takes a gigabyte of memory, and AppArmor would
# keep the daemon out of the tests' folders. Only its libraries are installed.
unpack_clamd() {
  local folder log=$TOOLS/log/clamd.log as_root=''
  folder=$(mktemp -d)
  is_root || as_root=sudo
  say "clamd     fetching Debian's clamav-daemon"
  # The lists may be missing or old.
  (cd "$folder" && { apt-get -qq download clamav-daemon || { $as_root apt-get -qq update && apt-get -qq download clamav-daemon; }; }) >"$log" 2>&1 &&
    dpkg-deb -x "$folder"/clamav-daemon_*.deb "$folder/unpacked" >>"$log" 2>&1 ||
    fail "apt could not fetch clamav-daemon: see $log, mend what it names and try again."
  # shellcheck disable=SC2046 # a list of words on purpose
  apt_install $(dpkg-deb -f "$folder"/clamav-daemon_*.deb Depends | grep -oE 'libclamav[0-9a-z]*|libsystemd0' | sort -u)
  cp "$folder/unpacked/usr/sbin/clamd" "$TOOLS/bin/clamd"
  rm -rf "$folder"
}

step_clamd() {
  local clamd=$TOOLS/bin/clamd installed
  # Without a configuration it says nothing, not even its version.
  if ! "$clamd" --config-file=/dev/null --version >/dev/null 2>&1; then
    if has_apt; then
      unpack_clamd
    elif installed=$(PATH=$PATH:/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin command -v clamd); then
      ln -sfn "$installed" "$clamd"
    else
      tell_elsewhere "ClamAV" "run \`brew install clamav\`" "clamav-daemon"
    fi
  fi
  say "clamd     $("$clamd" --config-file=/dev/null --version)"
}

step_npm() {
  need_node
  local folder=$PROJECT/end2end lock
  lock=$(cksum <"$folder/package-lock.json")
  if [ "$(cat "$folder/node_modules/.installed-lock" 2>/dev/null)" != "$lock" ]; then
    say "npm       installing the packages of end2end"
    (cd "$folder" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --silent --no-audit --no-fund) >"$TOOLS/log/npm.log" 2>&1 ||
      fail "npm ci failed in end2end: see $TOOLS/log/npm.log, mend the registry's settings (npm config) and try again."
    printf '%s\n' "$lock" >"$folder/node_modules/.installed-lock"
  fi
  say "npm       the packages of end2end"
}

# An environment of its own: nothing of the system's Python changes.
step_duckdb() {
  local python=$TOOLS/duckdb/bin/python
  if [ "$("$python" -c 'import duckdb; print(duckdb.__version__)' 2>/dev/null)" != "$DUCKDB_VERSION" ]; then
    has python3 || fail "Python 3 is missing: install it, then try again."
    say "duckdb    fetching DuckDB $DUCKDB_VERSION"
    rm -rf "$TOOLS/duckdb"
    { python3 -m venv "$TOOLS/duckdb" && "$TOOLS/duckdb/bin/pip" install --quiet "duckdb==$DUCKDB_VERSION"; } >"$TOOLS/log/duckdb.log" 2>&1 ||
      fail "DuckDB could not be installed: the log is $TOOLS/log/duckdb.log; mend what it names (on Debian: apt install python3-venv) and try again."
  fi
  say "duckdb    $DUCKDB_VERSION"
}

# A folder of their own: nothing of them is in the project.
step_peers() {
  local folder=$TOOLS/peers source=$PROJECT/src/bench/apalis
  local wanted="fastify@$FASTIFY_VERSION better-sqlite3@$BETTER_SQLITE3_VERSION graphile-worker@$GRAPHILE_WORKER_VERSION pg-boss@$PG_BOSS_VERSION"
  if [ "$(cat "$folder/installed" 2>/dev/null)" != "$wanted" ]; then
    has npm || fail "Node and npm are missing: install them, then try again."
    say "peers     fetching $wanted"
    rm -rf "$folder"
    mkdir -p "$folder"
    # shellcheck disable=SC2086 # several words on purpose
    (cd "$folder" && echo '{"private":true,"type":"module"}' >package.json && npm install --silent --no-audit --no-fund $wanted) >"$TOOLS/log/peers.log" 2>&1 ||
      fail "The peers could not be installed: the log is $TOOLS/log/peers.log."
    echo "$wanted" >"$folder/installed"
  fi
  if [ "$(cat "$folder/apalis/installed" 2>/dev/null)" != "$(cat "$source"/Cargo.lock "$source/main.rs" | cksum)" ]; then
    step_rust_quietly
    say "peers     compiling apalis (three minutes, once; log: $TOOLS/log/apalis.log)"
    cargo install --path "$source" --locked --root "$folder/apalis" --target-dir "$folder/apalis/target" >"$TOOLS/log/apalis.log" 2>&1 ||
      fail "apalis could not be compiled: the log is $TOOLS/log/apalis.log."
    rm -rf "$folder/apalis/target"
    cat "$source"/Cargo.lock "$source/main.rs" | cksum >"$folder/apalis/installed"
  fi
  say "peers     $wanted, apalis"
}

# A tool of cargo's: $1 the step, $2 its name, $3 its version, $4 its own word for itself.
cargo_tool() {
  local step=$1 name=$2 version=$3 word=$4 padded
  padded=$(printf '%-9s' "$step")
  step_rust_quietly
  if [ "$("$TOOLS/bin/$name" $word --version 2>/dev/null | awk '{ print $NF }')" != "$version" ]; then
    say "$padded compiling $name $version (some minutes, once; log: $TOOLS/log/$name.log)"
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
      cargo_install "$name" --version "$version" --locked
  fi
  say "$padded $name $version"
}

step_mutants() { cargo_tool mutants cargo-mutants "$CARGO_MUTANTS_VERSION" mutants; }
step_deny() { cargo_tool deny cargo-deny "$CARGO_DENY_VERSION" ''; }
step_cyclonedx() { cargo_tool cyclonedx cargo-cyclonedx "$CARGO_CYCLONEDX_VERSION" cyclonedx; }
step_fuzz() {
  has c++ || { has_apt && apt_install g++; } || tell_elsewhere "A C++ compiler" "run \`xcode-select --install\`" "g++"
  cargo_tool fuzz cargo-fuzz "$CARGO_FUZZ_VERSION" fuzz
}

step_scanners() {
  python_scanners scanners "sqlmap==$SQLMAP_VERSION wapiti3==$WAPITI_VERSION"
  # It wants other versions of what wapiti needs too.
  python_scanners schemathesis "schemathesis==$SCHEMATHESIS_VERSION"
}

# A Python of its own, below the tools: $1 its folder, $2 the packages in it.
python_scanners() {
  local folder=$TOOLS/$1 wanted=$2
  if [ "$(cat "$folder/installed" 2>/dev/null)" != "$wanted" ]; then
    has python3 || fail "Python 3 is missing: install it, then try again."
    say "scanners  fetching $wanted"
    rm -rf "$folder"
    # shellcheck disable=SC2086 # several words on purpose
    { python3 -m venv "$folder" && "$folder/bin/pip" install --quiet $wanted; } >"$TOOLS/log/$1.log" 2>&1 ||
      fail "The scanners could not be installed: the log is $TOOLS/log/$1.log; mend what it names (on Debian: apt install python3-venv) and try again."
    echo "$wanted" >"$folder/installed"
  fi
  say "scanners  $wanted"
}

# ---------------------------------------------------------------- main

mkdir -p "$TOOLS/bin" "$TOOLS/log"
[ $# -gt 0 ] || fail "Name the steps: rust wasm bindgen leptos wasm-opt chromium postgres clamd npm duckdb peers deny cyclonedx fuzz mutants scanners."
for step in "$@"; do
  case $step in
    rust | wasm | bindgen | leptos | wasm-opt | chromium | postgres | clamd | npm | duckdb | peers | deny | cyclonedx | fuzz | mutants | scanners) "step_$step" ;;
    *) fail "There is no step \"$step\": rust wasm bindgen leptos wasm-opt chromium postgres clamd npm duckdb peers deny cyclonedx fuzz mutants scanners." ;;
  esac
done
