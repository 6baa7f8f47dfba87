#!/usr/bin/env bash
# Writes down everything that is compiled into the server and into what browsers load, as CycloneDX
# in JSON: one file each, in the folder that is named.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$PROJECT" || exit 1

folder=${1:?where to}
mkdir -p "$folder"
# It writes beside each manifest: from there its two files are taken, and all others removed.
write() {
  local manifest=$1 name=$2
  shift 2
  cargo cyclonedx --quiet --manifest-path "$manifest" --format json --spec-version 1.5 --override-filename "$name" "$@" || exit 1
  mv "$(dirname "$manifest")/$name.json" "$folder/$name.cdx.json"
  find . -name "$name.json" -not -path './target/*' -delete
  say "sbom      $folder/$name.cdx.json ($(grep -c '"bom-ref"' "$folder/$name.cdx.json") parts)"
}
write Cargo.toml portal --target x86_64-unknown-linux-gnu
write src/browser/Cargo.toml portal-browser --target wasm32-unknown-unknown
