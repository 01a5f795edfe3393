#!/usr/bin/env bash
# usage: scripts/build.sh CONFIGURATION PRODUCT...   builds products one after the other with their progress
set -euo pipefail
cd "$(dirname "$0")/.."
configuration=$1
shift
log=.build/build-$configuration.log
mkdir -p .build
for product in "$@"; do
  printf '  %-10s ' "$product"
  start=$SECONDS
  # The runtime goes into the programs: a node needs no toolchain.
  if swift build -c "$configuration" --static-swift-stdlib --product "$product" >"$log" 2>&1; then
    echo "built ($((SECONDS - start)) s)"
  else
    echo "failed"
    grep -E 'error:' "$log" | sort -u | head -20 || tail -20 "$log"
    echo "The whole log: $log"
    exit 1
  fi
done
