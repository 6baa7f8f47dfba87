#!/usr/bin/env bash
# Tries what an attacker's tools try, on a demo of its own: schemathesis on everything that
# programs may call, as /openapi.json describes it, unsigned and signed; sqlmap on every parameter
# that pages and server functions take, and wapiti over the pages, each as an administrator, as a
# partner's owner and as nobody. Fails on a finding; what was found, and all that was said, stands
# in the folder that it prints. Nothing leaves this machine.
#
#   .setup/scan.sh [schemathesis] [sqlmap] [wapiti]
#
# PORTAL_BIN and LEPTOS_SITE_ROOT name the portal; DATABASE_URL an empty database, such as one on
# PostgreSQL, instead of a SQLite file.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

PORTAL=${PORTAL_BIN:-$PROJECT/target/release/portal}
SITE=${LEPTOS_SITE_ROOT:-$PROJECT/target/site}
PYTHON=$TOOLS/scanners/bin/python
REPORT=${CARGO_TARGET_DIR:-$PROJECT/target}/scan
DEMO=''

finish() {
  local status=$?
  trap - EXIT INT TERM
  if [ -n "$DEMO" ]; then
    kill "$DEMO" 2>/dev/null || true
    wait "$DEMO" 2>/dev/null || true
  fi
  exit "$status"
}
trap finish EXIT INT TERM

[ $# -gt 0 ] || set -- schemathesis sqlmap wapiti
[ -x "$PORTAL" ] || fail "There is no $PORTAL: run \"make build\" first."
[ -x "$PYTHON" ] || fail "The scanners are missing: run .setup/setup.sh scanners, then try again."

rm -rf "$REPORT"
mkdir -p "$REPORT/data"
ports=$("$PYTHON" -c '
import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
print(*[socket.getsockname()[1] for socket in sockets])')
read -r port sandbox_port mail_port <<<"$ports"
export DATABASE_URL=${DATABASE_URL:-sqlite://$REPORT/data/portal.db}
case $DATABASE_URL in
  sqlite:*) dbms=SQLite ;;
  *) dbms=PostgreSQL ;;
esac

# As behind a proxy that speaks TLS, so that its cookies and headers are those of real use; and
# with no limits, which would hide from the scanners what is behind them.
(cd "$REPORT/data" && exec env LEPTOS_SITE_ROOT="$SITE" PORTAL_ADDR="127.0.0.1:$port" PORTAL_URL=https://portal.example \
  SANDBOX_ADDR="127.0.0.1:$sandbox_port" SANDBOX_SMTP_ADDR="127.0.0.1:$mail_port" PORTAL_DATA="$REPORT/data" \
  PORTAL_CLOCK=2026-07-01T08:00:00Z PORTAL_REQUESTS_PER_MINUTE=1000000 "$PORTAL" demo >"$REPORT/portal.log" 2>&1) &
DEMO=$!
attempt=0
until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
  attempt=$((attempt + 1))
  if [ $attempt -gt 300 ] || ! kill -0 "$DEMO" 2>/dev/null; then fail "The demo did not start: see $REPORT/portal.log."; fi
  sleep 0.1
done

say "scan      $PORTAL on $dbms; what is said is in $REPORT"
outcome=0
"$PYTHON" "$PROJECT/.setup/scan.py" "127.0.0.1:$port" "127.0.0.1:$sandbox_port" "$dbms" "$REPORT" "$@" || outcome=$?
kill -0 "$DEMO" 2>/dev/null || fail "The portal ended meanwhile: see $REPORT/portal.log."
if grep -n "panicked at" "$REPORT/portal.log" >&2; then
  fail "The portal panicked: see $REPORT/portal.log."
fi
[ "$outcome" = 0 ] || fail "The scanners found something: see $REPORT/findings.txt."
