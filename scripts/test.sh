#!/usr/bin/env bash
# Builds and runs every test. FILTER=regex runs some.
set -euo pipefail
cd "$(dirname "$0")/.."
echo "Building the tests (debug; the first time takes about five minutes)"
swift build --build-tests 2>&1 | { grep -E 'error:|warning: (var|variable|immutable|unused|result)' | sort -u || true; }
# The cluster tests run the programs themselves.
swift build --product dcosd 2>&1 | tail -1
swift build --product task-shim 2>&1 | tail -1
# One after the other: servers and clusters of several tests at once would starve each other on a small machine.
arguments=(--skip-build --no-parallel)
[ -z "${FILTER:-}" ] || arguments+=(--filter "$FILTER")
# A test that hangs is a failure, not an endless run.
output=$(mktemp)
trap 'rm -f "$output"' EXIT
if ! timeout --signal=INT --kill-after=30 2700 swift test "${arguments[@]}" 2>&1 | tee "$output"; then
  # Once more at the end, where whoever looks at a long log sees them.
  echo
  echo "What failed:"
  grep -E '^✘|error:' "$output" | cut -c1-600 || true
  exit 1
fi
# The web page in a real browser.
if [ -z "${FILTER:-}" ]; then scripts/test-pages.sh; fi
