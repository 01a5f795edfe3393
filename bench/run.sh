#!/usr/bin/env bash
# All benchmarks, one after the other. The cluster must be up for the last two.
set -uo pipefail
cd "$(dirname "$0")/.."
for bench in bench/group-commit.sh bench/dns.sh bench/explorer.sh bench/exhibitor.sh bench/index.sh; do
  [ -x "$bench" ] || continue
  echo "== $bench"
  "$bench"
done
echo "== bench/launch-latency.py"
bench/launch-latency.py
echo "== bench/memory.sh"
bench/memory.sh
