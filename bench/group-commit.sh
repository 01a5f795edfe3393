#!/usr/bin/env bash
# The group-commit writer against a plain C loop of multi(50), both creating 300-byte znodes on the same ensemble of
# three servers in the same run. Needs: java, zookeeper, libzookeeper-mt-dev.
set -euo pipefail
cd "$(dirname "$0")"
swift build -c release --package-path group-commit --product group-commit 2>&1 | tail -1
source ./ensemble.sh
start_ensemble 3
group-commit/.build/release/group-commit "$SERVERS"
