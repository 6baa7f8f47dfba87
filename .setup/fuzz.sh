#!/usr/bin/env bash
# Feeds made-up input to whatever reads what strangers send (src/fuzz), each target for so many
# seconds, and fails at the first that falls over; the input that did it stays in the folder that
# is named then. What was found interesting is kept and goes on the next time.
#
#   .setup/fuzz.sh SECONDS [TARGET…]
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$PROJECT" || exit 1

seconds=${1:?how many seconds each}
shift
[ $# -gt 0 ] || set -- webhook_bodies signatures statement_csv money server_functions
FOLDER=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)/fuzz

# The compiler's own counters are behind a switch of its unstable half.
export RUSTC_BOOTSTRAP=1
unset CARGO_TARGET_DIR CARGO_BUILD_TARGET_DIR
for target in "$@"; do
  mkdir -p "$FOLDER/corpus/$target" "$FOLDER/found/$target"
  seeds=src/fuzz/seeds/$target
  [ ! -d "$seeds" ] || cp -n "$seeds"/* "$FOLDER/corpus/$target/"
  say "fuzz      $target for $seconds seconds"
  cargo fuzz run --fuzz-dir src/fuzz --target-dir "$FOLDER/build" "$target" "$FOLDER/corpus/$target" -- \
    -max_total_time="$seconds" -max_len=65536 -rss_limit_mb=4096 -print_final_stats=1 \
    -artifact_prefix="$FOLDER/found/$target/" >"$FOLDER/$target.log" 2>&1 || {
    tail -20 "$FOLDER/$target.log" >&2
    fail "$target fell over: the input is in $FOLDER/found/$target, all that was said in $FOLDER/$target.log."
  }
  awk '/stat::number_of_executed_units/ { runs = $2 } /DONE/ { for (i = 1; i <= NF; i++) if ($i == "cov:") covered = $(i + 1) }
    END { printf "%s inputs, %s edges reached, none fell over\n", runs, covered }' "$FOLDER/$target.log"
done
