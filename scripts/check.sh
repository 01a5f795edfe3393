#!/usr/bin/env bash
# Formatting and the house rules that a script can see.
set -uo pipefail
cd "$(dirname "$0")/.."
failed=0
swift format lint --strict --parallel --recursive Package.swift Sources Tests || failed=1

complain() {
  local what=$1
  shift
  local hits
  hits=$("$@" 2>/dev/null) || true
  if [ -n "$hits" ]; then
    printf '%s:\n%s\n' "$what" "$hits"
    failed=1
  fi
}
complain "znode paths outside ClusterState" grep -rnE '"/(mesos_state|marathon/v2store|metronome|dcos|cosmos)/' Sources --include='*.swift' --exclude-dir=ClusterState
complain "forced tries and casts" grep -rnE '\btry!|\bas!' Sources --include='*.swift'
complain "fatal errors" grep -rn 'fatalError(' Sources --include='*.swift'
complain "the large Foundation" grep -rnE '^(public |internal |package )?import Foundation$' Sources --include='*.swift'
complain "unfinished work" grep -rnE '\b(TODO|FIXME|XXX)\b' Sources Tests --include='*.swift'
[ $failed -eq 0 ] && echo "check: fine"
exit $failed
