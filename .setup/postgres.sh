#!/usr/bin/env bash
# A private PostgreSQL for the tests: on loopback, on a free port, with nothing to lose.
#
#   .setup/postgres.sh start   starts it (or finds it running) and prints its URL
#   .setup/postgres.sh url     prints the URL of the running one
#   .setup/postgres.sh stop    stops it and deletes its data
#
# One cluster per checkout, so two checkouts can test side by side. It trusts everybody on
# loopback and does not sync to disk: for tests only. With DURABLE=1 it is another one, which
# does sync: for benches.
#
# The URL is of the user "portal", who owns what it makes and is no superuser: a superuser
# walks through row-level security, so nothing that runs as one says anything about it. It may
# make users: the portals of the tests run as ones that own nothing.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Not below the home folder: root's is closed to the `postgres` user, who has to own the data.
HOME_FOLDER=/var/tmp/partner-portal-postgres-$(id -u)-$(printf '%s' "$PROJECT${DURABLE:-}" | cksum | cut -d' ' -f1)
# And it keeps little for a recovery that nobody will want.
SYNCING='-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=128MB -c min_wal_size=32MB'
[ -z "${DURABLE:-}" ] || SYNCING=''
DATA=$HOME_FOLDER/data
BIN=$(find_postgres) || fail "PostgreSQL is missing: run .setup/setup.sh postgres, then try again."

# PostgreSQL refuses to run as root, so root runs it as the `postgres` user that the package makes.
as_owner() {
  if ! is_root; then
    "$@"
  elif has runuser; then
    (cd / && runuser -u postgres -- "$@")
  else
    (cd / && su postgres -s /bin/sh -c "$(printf "'%s' " "$@")")
  fi
}

is_running() { [ -f "$DATA/postmaster.pid" ] && as_owner "$BIN/pg_ctl" -D "$DATA" status >/dev/null 2>&1; }

print_url() { printf 'postgres://portal@127.0.0.1:%s/postgres\n' "$(cat "$HOME_FOLDER/port")"; }

# Makes the user "portal" unless it is there.
make_user() {
  "$BIN/psql" -X -q -h 127.0.0.1 -p "$(cat "$HOME_FOLDER/port")" -U postgres -d postgres -v ON_ERROR_STOP=1 >/dev/null <<'SQL' ||
DO $$ BEGIN
  CREATE ROLE portal LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
-- Each test makes a user for its portal, which owns nothing.
ALTER ROLE portal CREATEROLE;
-- What a bench makes is made there.
ALTER DATABASE postgres OWNER TO portal;
-- A test takes its database away while the server's own processes may be in it.
GRANT pg_signal_backend TO portal;
SQL
    fail "PostgreSQL does not make the user portal: its log is $HOME_FOLDER/log."
}

# Prints a port of loopback that nobody answers on.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 10000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  printf '%s\n' "$port"
}

prepare_folder() {
  rm -rf "$HOME_FOLDER"
  mkdir -m 755 "$HOME_FOLDER"
  mkdir -m 700 "$DATA"
  if is_root; then
    id postgres >/dev/null 2>&1 || fail "There is no user \"postgres\" to run PostgreSQL as: run the tests as an ordinary user instead of root."
    chown -R postgres "$HOME_FOLDER"
  fi
  as_owner "$BIN/initdb" -D "$DATA" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$HOME_FOLDER/initdb.log" 2>&1 ||
    { cat "$HOME_FOLDER/initdb.log" >&2 && fail "initdb failed: mend what it names above and try again."; }
}

start() {
  local attempt port
  if is_running; then
    make_user
    print_url
    return
  fi
  prepare_folder
  # Somebody else may take the port between asking and binding: tried again with another.
  for attempt in 1 2 3; do
    port=$(free_port)
    if as_owner "$BIN/pg_ctl" -D "$DATA" -l "$HOME_FOLDER/log" -w -t 60 \
      -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300 $SYNCING" \
      start >/dev/null 2>&1; then
      printf '%s\n' "$port" >"$HOME_FOLDER/port"
      say "postgres  started on port $port"
      make_user
      print_url
      return
    fi
    say "postgres  attempt $attempt on port $port failed"
  done
  tail -5 "$HOME_FOLDER/log" >&2
  fail "PostgreSQL does not start: its log is $HOME_FOLDER/log; mend what it names and try again."
}

stop() {
  if is_running; then
    as_owner "$BIN/pg_ctl" -D "$DATA" -m immediate -w stop >/dev/null
    say "postgres  stopped"
  fi
  rm -rf "$HOME_FOLDER"
}

case ${1:-} in
  start) start ;;
  stop) stop ;;
  url) if is_running; then print_url; else fail "PostgreSQL is not running: start it with .setup/postgres.sh start."; fi ;;
  *) fail "Say what to do: .setup/postgres.sh start, stop or url." ;;
esac
