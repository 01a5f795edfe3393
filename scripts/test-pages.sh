#!/usr/bin/env bash
# Tests of the web page in headless Chromium against a real ensemble, which it starts and stops itself.
# usage: scripts/test-pages.sh   (FILTER=regex runs some; PROGRAM=path takes another dcosd than the debug build)
set -euo pipefail
cd "$(dirname "$0")/.."
program=${PROGRAM:-.build/debug/dcosd}
if [ ! -x "$program" ]; then
  echo "$program is not built: swift build --product dcosd" >&2
  exit 1
fi
for needed in chromium chromedriver python3; do
  if ! command -v "$needed" >/dev/null; then
    echo "$needed is not installed: run scripts/install-test-packages.sh" >&2
    exit 1
  fi
done
# A run that hangs is a failure, not an endless run; it must still stop its servers.
exec timeout --signal=INT --kill-after=60 1200 python3 -B Tests/Pages/run.py "$(realpath "$program")" "$PWD/exhibitor"
