#!/usr/bin/env bash
# Public Mesos clients (pymesos, kazoo) against real masters and agents, which it starts and stops itself.
# usage: scripts/test-clients.sh   (FILTER=regex runs some; PROGRAM=path takes another dcosd than the debug build)
set -euo pipefail
cd "$(dirname "$0")/.."
program=${PROGRAM:-.build/debug/dcosd}
python=.build/python-clients/bin/python
for needed in "$program" "$(dirname "$program")/task-shim"; do
  if [ ! -x "$needed" ]; then
    echo "$needed is not built: swift build --product $(basename "$needed")" >&2
    exit 1
  fi
done
if ! "$python" -c 'import pymesos, kazoo, google.protobuf' 2>/dev/null; then
  echo "pymesos and kazoo are not installed: run scripts/install-test-packages.sh" >&2
  exit 1
fi
# A run that hangs is a failure, not an endless run; it must still stop its servers.
exec timeout --signal=TERM --kill-after=60 1200 "$python" -B Tests/Clients/run.py "$(realpath "$program")" "${FILTER:-}"
