#!/usr/bin/env bash
# Runs the tests of the ZooKeeper client under AddressSanitizer (default) or ThreadSanitizer: scripts/sanitize.sh [address|thread]
# They need a build of their own.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:-address}
# Leaks are reported at exit by every JVM-less helper thread of the test runner; what matters here is use after free.
export ASAN_OPTIONS=detect_leaks=0
exec swift test --sanitize "$kind" --scratch-path ".build-$kind" --filter ZooKeeperTests
