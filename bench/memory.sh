#!/usr/bin/env bash
# Resident memory of the Swift daemons of the local cluster (make up; 1 master, 2 agents) and of the task shims, beside that
# of the ZooKeeper server of the same cluster.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD/.cluster
[ -f "$root/cluster.json" ] || { echo "no cluster is up: make up" >&2; exit 1; }
total=0
for file in "$root"/run/*.json; do
  pid=$(sed -n 's/.*"pid" *: *\([0-9]*\).*/\1/p' "$file")
  rss=$(awk '/^VmRSS/ {print $2}' "/proc/$pid/status")
  printf '%-20s %6d KiB\n' "$(basename "$file" .json)" "$rss"
  total=$((total + rss))
done
zookeeper=$(for pid in $(pgrep -f "QuorumPeerMain $root"); do awk '/^VmRSS/ {print $2}' "/proc/$pid/status"; done | awk '{s += $1} END {print s + 0}')
largest=0
for pid in $(pgrep -x task-shim || true); do
  tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q "$root" || continue
  rss=$(awk '/^VmRSS/ {print $2}' "/proc/$pid/status")
  [ "$rss" -gt "$largest" ] && largest=$rss
done
awk -v t=$total -v z="$zookeeper" -v s=$largest 'BEGIN {
  printf "all Swift daemons    %6.1f MiB  (wanted: at most 300 MB)\n", t / 1024
  printf "ZooKeeper servers    %6.1f MiB  ratio daemons / ZooKeeper %.2f\n", z / 1024, z ? t / z : 0
  printf "largest task shim    %6.1f MiB  (wanted: at most 5 MB)\n", s / 1024
}'
