#!/usr/bin/env bash
# Changes the rules of the domain package one by one, and sees whether a test fails: prints how
# many changes were caught, and fails below nine in ten. The changes that no test noticed stand in
# target/mutants.out/missed.txt. Arguments are cargo-mutants' own: `--file src/domain/plan.rs`.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$PROJECT" || exit 1

LEAST_PERCENT=90
FOLDER=${CARGO_TARGET_DIR:-target}
OUT=$FOLDER/mutants.out

mkdir -p "$FOLDER"
# It works on a copy with a build folder of its own. A made-up case that fails need not be shrunk: that it fails is enough.
env -u CARGO_TARGET_DIR PROPTEST_CASES=64 PROPTEST_MAX_SHRINK_ITERS=0 \
  cargo mutants --package portal-domain --jobs 1 --timeout 60 --output "$FOLDER" --no-times --cargo-test-arg=--lib "$@"
outcome=$?
# 2 and 3 say that a change was missed, or ran too long: that is counted below.
case $outcome in
  0 | 2 | 3) ;;
  *) exit "$outcome" ;;
esac

count() { awk 'END { print NR }' "$OUT/$1.txt"; }
noticed=$(($(count caught) + $(count timeout)))
missed=$(count missed)
[ $((noticed + missed)) -gt 0 ] || fail "No change was tried: see $OUT/log."
percent=$((noticed * 100 / (noticed + missed)))
printf '%s caught (%s of them by running too long), %s missed, %s did not compile: %s %%\n' \
  "$noticed" "$(count timeout)" "$missed" "$(count unviable)" "$percent"
[ "$percent" -ge "$LEAST_PERCENT" ] || fail "Fewer than $LEAST_PERCENT % were caught: write a test for what $OUT/missed.txt names."
