#!/usr/bin/env bash
# Indexing a set of transaction logs against only reading the same files, in the same run. Needs: python3, 3 GB of disk.
# usage: bench/index.sh [megabytes of logs, 1000 unless told]
set -euo pipefail
cd "$(dirname "$0")"
megabytes=${1:-1000}
swift build -c release --package-path log-index --product log-index 2>&1 | tail -1
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
mkdir "$logs/version-2" "$logs/index"
log-index/make-logs.py "$logs/version-2" "$megabytes"
total=$(du -cb "$logs"/version-2/* | tail -1 | cut -f1)
echo "$(ls "$logs/version-2" | wc -l) logs, $((total / 1000000)) MB"

# Seconds that a command takes.
seconds() {
  local began=$EPOCHREALTIME
  "$@"
  awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.3f", b - a }'
}
rate() { awk -v bytes="$total" -v s="$1" 'BEGIN { printf "%d", bytes / 1e6 / s }'; }
read_all() { cat "$logs"/version-2/* >/dev/null; }
sum_all() { cat "$logs"/version-2/* | md5sum >/dev/null; }
copy_all() { cat "$logs"/version-2/* >"$logs/copy"; sync "$logs/copy"; }

read_all # all of them are in memory from here on
cat_rate=$(rate "$(seconds read_all)")
md5_rate=$(rate "$(seconds sum_all)")
copy_rate=$(rate "$(seconds copy_all)")
rm "$logs/copy"
output=$(log-index/.build/release/log-index "$logs/version-2" "$logs/index")
echo "$output"
index_rate=$(sed -n 's/.* \([0-9]*\) MB\/s$/\1/p' <<<"$output")
echo "cat: $cat_rate MB/s; md5sum: $md5_rate MB/s; copy to disk: $copy_rate MB/s"
awk -v i="$index_rate" -v c="$cat_rate" -v m="$md5_rate" -v d="$copy_rate" \
  'BEGIN { printf "index / cat %.2f, index / md5sum %.2f, index / copy to disk %.2f\n", i / c, i / m, i / d }'
