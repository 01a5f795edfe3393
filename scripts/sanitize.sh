#!/usr/bin/env bash
# Proves that no callback of the ZooKeeper C library touches freed memory: a stress of the client under AddressSanitizer
# (default) or ThreadSanitizer, while its server is killed and started.   usage: scripts/sanitize.sh [address|thread] [SECONDS]
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:-address} seconds=${2:-20}
package=Tests/Sanitized
swift build --package-path "$package" --scratch-path ".build-$kind" --sanitize "$kind" --product zookeeper-stress 2>&1 | tail -1
source bench/ensemble.sh
start_ensemble 1
# Leaks are counted at exit, when threads of the runtime still hold memory; what matters here is use after free.
ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=halt_on_error=1 ".build-$kind/debug/zookeeper-stress" "$SERVERS" "$seconds" &
stress=$!
for _ in 1 2 3; do
  restart_at=$((SECONDS + seconds / 4))
  while [ "$SECONDS" -lt "$restart_at" ] && kill -0 $stress 2>/dev/null; do read -rt 0.2 <> <(:) || :; done
  kill -0 $stress 2>/dev/null || break
  restart_server 1
done
status=0
wait $stress || status=$?
[ $status -eq 0 ] || echo "the stress failed under the $kind sanitizer (status $status)" >&2
exit $status
