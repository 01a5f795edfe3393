#!/usr/bin/env bash
# The kernel under load: three ZooKeeper servers, one to three masters, simulated agents and a simulated framework, all on
# this machine. Each part has an ensemble of its own.
#   bench/kernel.sh [PART...]      parts: plain polled kill term updates (default: all)
# DCOSD=path of the executable (a release build; default: built here). AGENTS=1000 TASKS=10000 DURATION=30s.
# Needs: java, zookeeper, libzookeeper-mt-dev, gcc, python3.
set -euo pipefail
cd "$(dirname "$0")/.."
DCOSD=${DCOSD:-}
if [ -z "$DCOSD" ]; then
  swift build -c release --product dcosd --scratch-path .build-release 2>&1 | tail -1
  DCOSD=.build-release/release/dcosd
fi
AGENTS=${AGENTS:-1000} TASKS=${TASKS:-10000} DURATION=${DURATION:-30s}
SESSION=4s  # two ticks of these servers: the shortest they grant
source bench/ensemble.sh
OUT=$(mktemp -d)
trap 'stop_ensemble; rm -rf "$OUT"' EXIT
gcc -O2 -Ibench/group-commit/Sources/CLoop/include -o "$OUT/multi" bench/kernel/multi.c bench/group-commit/Sources/CLoop/cloop.c -lzookeeper_mt

# play NAME POLLED FLAGS...
play() {
  local name=$1 polled=$2
  shift 2
  echo "== $name: $*" >&2
  start_ensemble 3
  trap 'stop_ensemble; rm -rf "$OUT"' EXIT
  # Each ensemble gets the same start: the Java machines compile what is hot while they do this.
  "$OUT/multi" "$SERVERS" 20000 500 >"$OUT/raw.last"
  [ -s "$OUT/raw" ] || mv "$OUT/raw.last" "$OUT/raw"
  python3 bench/kernel/play.py "$DCOSD" "$SERVERS" "$OUT/$name.json" $polled -- --master-session-timeout "$SESSION" "$@" || :
  stop_ensemble
  trap 'stop_ensemble; rm -rf "$OUT"' EXIT
}

for part in "${@:-plain polled kill term updates}"; do
  for part in $part; do
    case $part in
      plain) play plain "" --agents "$AGENTS" --tasks "$TASKS" --churn 100/s --duration "$DURATION" --start-masters 1 ;;
      polled) play polled --polled --agents "$AGENTS" --tasks "$TASKS" --churn 100/s --duration "$DURATION" --start-masters 1 ;;
      kill) play kill "" --agents "$AGENTS" --tasks "$TASKS" --churn 20/s --duration 50s --start-masters 3 --kill-master-every 20s ;;
      term) play term "" --agents "$AGENTS" --tasks "$TASKS" --churn 20/s --duration 50s --start-masters 3 --kill-master-every 20s --kill-signal TERM ;;
      updates)
        for tasks in 1000 10000 50000; do
          play "updates-$tasks" "" --agents "$AGENTS" --tasks "$tasks" --churn 100/s --duration 20s --start-masters 1 --patience 300s
        done ;;
      *) echo "unknown part: $part" >&2; exit 2 ;;
    esac
  done
done
python3 bench/kernel/print.py "$OUT"
