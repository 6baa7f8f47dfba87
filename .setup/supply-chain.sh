#!/usr/bin/env bash
# Checks what is built into the portal against deny.toml: licences, bans and sources always; faults
# that are known by now where the database of them (RustSec's) can be reached.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$PROJECT" || exit 1

cargo deny --locked --log-level error check --hide-inclusion-graph bans licenses sources || exit 1
if timeout 120 cargo deny --locked --log-level error fetch db >"$TOOLS/log/advisories.log" 2>&1; then
  cargo deny --locked --log-level error check --disable-fetch --hide-inclusion-graph advisories || exit 1
else
  say "The database of known faults cannot be reached from here: they were not looked for (log: $TOOLS/log/advisories.log)."
fi
