#!/usr/bin/env bash
# Runs everything that is tested, one stage after the other, and stops at the first stage that
# fails. What a stage does is the Makefile's; here is only the order, the private PostgreSQL
# and the counting. The last line is always "N passed, N failed".
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$PROJECT" || exit 1

RESULTS=$(mktemp -d)
SUMMARY=''
PASSED=0
FAILED=0
STARTED=$SECONDS
OWN_POSTGRES=''

finish() {
  local status=$?
  trap - EXIT INT TERM
  [ -z "$OWN_POSTGRES" ] || .setup/postgres.sh stop
  rm -rf "$RESULTS"
  [ "$FAILED" -gt 0 ] && status=1
  printf '\n%-34s %8s %8s %8s\n' "stage" "seconds" "passed" "failed"
  printf '%b' "$SUMMARY"
  printf '%-34s %8s\n\n' "everything" "$((SECONDS - STARTED))"
  printf '%s passed, %s failed\n' "$PASSED" "$FAILED"
  exit "$status"
}
trap finish EXIT
trap 'FAILED=$((FAILED + 1)); exit 130' INT TERM

# Counts what cargo's test programs said into `passed` and `failed`.
count_cargo() {
  passed=$(awk '/^test result:/ { sum += $4 } END { print sum + 0 }' "$1")
  failed=$(awk '/^test result:/ { sum += $6 } END { print sum + 0 }' "$1")
}

# Counts a report of Playwright's; a test that passed only at its second try has failed.
count_playwright() {
  passed=$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1])).stats.expected' "$1" 2>/dev/null || echo 0)
  failed=$(node -p 's = JSON.parse(require("fs").readFileSync(process.argv[1])).stats; s.unexpected + s.flaky' "$1" 2>/dev/null || echo 0)
}

# Runs one stage: $1 its name, $2 how to count (none, cargo, playwright), then the command.
stage() {
  local name=$1 kind=$2 since=$SECONDS outcome passed failed
  shift 2
  printf '\n== %s\n' "$name"
  rm -f "$RESULTS"/*
  PLAYWRIGHT_JSON_OUTPUT_FILE=$RESULTS/playwright.json "$@" 2>&1 | tee "$RESULTS/output"
  outcome=${PIPESTATUS[0]}
  passed='-' failed='-'
  case $kind in
    cargo) count_cargo "$RESULTS/output" ;;
    playwright) count_playwright "$RESULTS/playwright.json" ;;
  esac
  # What fails outside a test (a warning of clippy, a compile error) counts as one failure.
  if [ "$outcome" != 0 ] && { [ "$failed" = '-' ] || [ "$failed" = 0 ]; }; then failed=1; fi
  # A stage of tests that ran none proves nothing: it must not look green.
  if [ "$kind" != none ] && [ "$passed" = 0 ] && [ "$failed" = 0 ]; then failed=1; fi
  SUMMARY="$SUMMARY$(printf '%-34s %8s %8s %8s' "$name" "$((SECONDS - since))" "$passed" "$failed")\n"
  [ "$passed" = '-' ] || PASSED=$((PASSED + passed))
  if [ "$failed" != '-' ] && [ "$failed" != 0 ]; then
    FAILED=$((FAILED + failed))
    exit 1
  fi
}

make=${MAKE:-make}
GIVEN_URL=${PORTAL_TEST_POSTGRES_URL:-}
unset PORTAL_TEST_POSTGRES_URL

stage "formatting" none $make --no-print-directory format-check
stage "lints" none $make --no-print-directory lint
stage "supply chain" none $make --no-print-directory supply-chain
stage "cargo tests, SQLite" cargo $make --no-print-directory cargo-test
if [ -z "$GIVEN_URL" ]; then
  OWN_POSTGRES=yes
  GIVEN_URL=$(.setup/postgres.sh start) || { FAILED=1 && exit 1; }
fi
export PORTAL_TEST_POSTGRES_URL=$GIVEN_URL
stage "cargo tests, Postgres" cargo $make --no-print-directory cargo-test
stage "release build" none $make --no-print-directory build
stage "the vendors' own SDKs" playwright $make --no-print-directory sdks
stage "journeys, SQLite" playwright $make --no-print-directory journeys DATABASE=sqlite
stage "journeys, Postgres" playwright $make --no-print-directory journeys DATABASE=postgres
stage "size of a page" none $make --no-print-directory size-of-build
