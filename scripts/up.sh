#!/usr/bin/env bash
# Starts the local cluster, deploys the example app and shows its DNS answer.
# usage: scripts/up.sh MASTERS AGENTS
set -euo pipefail
cd "$(dirname "$0")/.."
masters=${1:-1} agents=${2:-2}
bin=.build/release
marathon=http://127.0.1.1:8080

"$bin/dcosd" up --masters "$masters" --agents "$agents"
[ "$agents" -gt 0 ] || exit 0

fail() {
  echo "$1; Marathon's log: .cluster/logs/m1-marathon.log" >&2
  exit 1
}

echo
echo "Deploying conf/examples/testing.json"
status=$(curl -sS -o /tmp/dcos-up.$$ -w '%{http_code}' -X PUT -H 'Content-Type: application/json' \
  --data-binary @conf/examples/testing.json "$marathon/v2/apps/testing?force=true") || fail "Marathon does not answer"
answer=$(cat /tmp/dcos-up.$$)
rm -f /tmp/dcos-up.$$
[[ $status == 20[01] ]] || fail "Marathon answered $status: $answer"

wanted=$(sed -n 's/.*"instances": *\([0-9]*\).*/\1/p' conf/examples/testing.json)
deadline=$((SECONDS + 60))
until [ "$(curl -sS "$marathon/v2/apps/testing" | grep -o '"tasksRunning":[0-9]*' | head -1)" = "\"tasksRunning\":$wanted" ]; do
  [ "$SECONDS" -lt "$deadline" ] || fail "the app does not run after 60 s"
  sleep 0.2
done
query=(dig @127.0.1.1 -p 61053 testing.marathon.mesos +short)
deadline=$((SECONDS + 10))
until [ -n "$("${query[@]}")" ]; do
  [ "$SECONDS" -lt "$deadline" ] || fail "no DNS answer for testing.marathon.mesos (log: .cluster/logs/m1-mesos-dns.log)"
  sleep 0.1
done
echo
echo "\$ ${query[*]}"
"${query[@]}"
