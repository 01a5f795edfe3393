#!/bin/bash
# Our records server against knot, in one run: the same names, one worker each on one core, dnsperf on the other core.
# Then the time from a task's RUNNING in ZooKeeper to its answer. See bench/dns/README.md.
#
# usage: bench/dns.sh [path of dcosd]        NAMES=10000 SECONDS_EACH=10 ROUNDS=3
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
dcosd=${1:-$here/../.build/release/dcosd}
names=${NAMES:-10000}
seconds=${SECONDS_EACH:-10}
rounds=${ROUNDS:-3}
python=${PYTHON:-python3}

missing=()
for need in "knotd knot" "dnsperf dnsperf" "java default-jre-headless" "taskset util-linux"; do
    read -r program package <<<"$need"
    command -v "$program" >/dev/null || [ -x "/usr/sbin/$program" ] || missing+=("$package (Debian)")
done
[ -e /usr/share/java/zookeeper.jar ] || missing+=("libzookeeper-java (Debian)")
"$python" -c 'import kazoo' 2>/dev/null || missing+=("kazoo (PyPI; PYTHON= names the interpreter)")
[ -x "$dcosd" ] || missing+=("$dcosd (swift build -c release --product dcosd)")
if [ ${#missing[@]} -gt 0 ]; then
    printf 'missing: %s\n' "${missing[@]}" >&2
    exit 1
fi

work=$(mktemp -d)
pids=()
cleanup() {
    exec 3>&- || true
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT

zk=127.0.15.101 ours=127.0.15.102 knot=127.0.15.103
mkdir "$work/zookeeper" "$work/knot"
cat >"$work/zoo.cfg" <<CONFIG
tickTime=500
dataDir=$work/zookeeper
clientPort=2181
clientPortAddress=$zk
admin.enableServer=false
maxClientCnxns=0
CONFIG
jars=$(printf '%s:' /usr/share/java/{zookeeper,slf4j-simple,netty-codec,netty-resolver}.jar)
java -Xmx256m -cp "$jars" org.apache.zookeeper.server.quorum.QuorumPeerMain "$work/zoo.cfg" >"$work/zookeeper.log" 2>&1 &
pids+=($!)

mkfifo "$work/hold"
"$python" "$here/dns/feed.py" --zk "$zk:2181" --apps "$names" <"$work/hold" >"$work/feed.log" 2>&1 &
pids+=($!)
exec 3>"$work/hold"
until grep -q bench- "$work/feed.log"; do
    kill -0 "${pids[1]}" || { cat "$work/feed.log" >&2; exit 1; }
    sleep 0.2
done

taskset -c 0 "$dcosd" mesos-dns --zk "zk://$zk:2181/mesos" --listener "$ours" --port 61053 --http-port 8123 \
    --resolvers "" >"$work/ours.log" 2>&1 &
server=$!
pids+=("$server")
until grep -q serving "$work/ours.log"; do
    kill -0 "$server" || { cat "$work/ours.log" >&2; exit 1; }
    sleep 0.1
done

# The same names and addresses for knot, taken from ours.
"$python" - "http://$ours:8123/v1/axfr" "$work/knot/mesos.zone" "$work/queries" <<'PYTHON'
import json
import random
import sys
import urllib.request

url, zone, queries = sys.argv[1:]
records = json.load(urllib.request.urlopen(url))["Records"]
with open(zone, "w") as out:
    out.write("$TTL 60\nmesos. SOA ns1.mesos. root.ns1.mesos. 1 60 600 86400 60\nmesos. NS ns1.mesos.\n")
    for name, addresses in records["As"].items():
        for address in addresses:
            out.write(f"{name} A {address}\n")
    for name, targets in records["SRVs"].items():
        for target in targets:
            host, port = target.rsplit(":", 1)
            out.write(f"{name} SRV 0 0 {port} {host}\n")
apps = [name for name in records["As"] if name.startswith("app-") and name.count(".") == 3 and name.count("-") == 1]
random.seed(1)
random.shuffle(apps)
with open(queries, "w") as out:
    for name in apps:
        out.write(f"{name} A\n")
print(f"{len(apps)} names, {sum(map(len, records['As'].values()))} A and {sum(map(len, records['SRVs'].values()))} SRV records")
PYTHON
cat >"$work/knot/knot.conf" <<CONFIG
server:
    rundir: "$work/knot"
    listen: $knot@61053
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "$work/knot"
zone:
  - domain: mesos
    storage: "$work/knot"
    file: "mesos.zone"
CONFIG
taskset -c 0 knotd -c "$work/knot/knot.conf" >"$work/knot.log" 2>&1 &
peer=$!
pids+=("$peer")
first=$(head -n 1 "$work/queries")
echo "$first" >"$work/one"
for _ in $(seq 100); do
    dnsperf -s "$knot" -p 61053 -d "$work/one" -n 1 2>/dev/null | grep -q "NOERROR 1" && break
    kill -0 "$peer" || { cat "$work/knot.log" >&2; exit 1; }
    sleep 0.1
done

measure() {
    taskset -c 1 dnsperf -s "$1" -p 61053 -d "$work/queries" -l "$seconds" -c 8 -q 200 2>"$work/dnsperf.err" >"$work/dnsperf.out"
    if ! grep -q "NOERROR.*(100.00%)" "$work/dnsperf.out"; then
        echo "not all answers were NOERROR:" >&2
        cat "$work/dnsperf.out" >&2
    fi
    awk '/Queries per second/ {printf "%.0f", $4}' "$work/dnsperf.out"
}
lost() { awk '/Queries lost/ {print $3}' "$work/dnsperf.out"; }

echo "machine: $(nproc) cores, $(uname -r); $(knotd --version | head -n 1); ${seconds} s each"
best_ours=0 best_knot=0
for round in $(seq "$rounds"); do
    of_ours=$(measure "$ours"); lost_ours=$(lost)
    of_knot=$(measure "$knot"); lost_knot=$(lost)
    echo "round $round: ours $of_ours q/s (lost $lost_ours), knot $of_knot q/s (lost $lost_knot), ratio $(awk "BEGIN {printf \"%.2f\", $of_ours / $of_knot}")"
    if [ "$of_ours" -gt "$best_ours" ]; then best_ours=$of_ours; fi
    if [ "$of_knot" -gt "$best_knot" ]; then best_knot=$of_knot; fi
done
echo "best: ours $best_ours q/s, knot $best_knot q/s, ratio $(awk "BEGIN {printf \"%.2f\", $best_ours / $best_knot}") (target 0.50)"
echo "memory: ours $(awk '/VmRSS/ {print int($2 / 1024)}' "/proc/$server/status") MB, knot $(awk '/VmRSS/ {print int($2 / 1024)}' "/proc/$peer/status") MB"
"$python" "$here/dns/latency.py" --zk "$zk:2181" --server "$ours:61053" --changes "${CHANGES:-1000}"
