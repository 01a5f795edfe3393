#!/usr/bin/env bash
# The Explorer's first page of a znode with 10,000 children (and with 100,000), against a plain listing by the C library in
# the same run; then a listing and the deletion of 100,000 znodes. Needs: java, zookeeper, libzookeeper-mt-dev, cc, python3.
#
# usage: bench/explorer.sh [path of dcosd]        SMALL=10000 LARGE=100000 ROUNDS=15
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dcosd=${1:-$here/../.build/release/dcosd}
small=${SMALL:-10000} large=${LARGE:-100000} rounds=${ROUNDS:-15}
[ -x "$dcosd" ] || { echo "missing: $dcosd (swift build -c release --product dcosd)" >&2; exit 1; }

host=127.0.34.1
work=$(mktemp -d)
manager=
cleanup() {
    [ -z "$manager" ] || { kill "$manager" 2>/dev/null && wait "$manager" 2>/dev/null || true; }
    rm -rf "$work"
}
trap cleanup EXIT

cc -O2 -o "$work/znodes" "$here/explorer/znodes.c" -lzookeeper_mt
"$dcosd" exhibitor --configtype static --staticensemble "1:$host" --hostname "$host" --port 8181 --state-dir "$work/state" \
    --zk-stop-on-exit --zk-heap-mb 512 --zoo-cfg-extra maxClientCnxns=0 >"$work/log" 2>&1 &
manager=$!
until curl -sf "http://$host:8181/exhibitor/v1/cluster/state" | grep -q '"state":3'; do
    kill -0 "$manager" || { cat "$work/log" >&2; exit 1; }
    sleep 0.2
done

resident() { awk '/^VmRSS/ { printf "%.0f MB", $2 / 1024 }' "/proc/$manager/status"; }
base=http://$host:8181/exhibitor/v1
for count in "$small" "$large"; do
    "$work/znodes" fill "$host:2181" "/wide-$count" "$count"
    python3 "$here/explorer/pages.py" "$host:8181" "$("$work/znodes" ls "$host:2181" "/wide-$count" "$rounds")" "/wide-$count" "$rounds"
    echo "  resident memory of the manager: $(resident)"
done

"$work/znodes" fill "$host:2181" /deep "$large" 20
timed() { curl -sf -o "$work/answer" -w '%{time_total}' "$@"; }
echo "$large znodes in groups of 20:"
echo "  subtree-size $(timed "$base/explorer/subtree-size?path=/deep") s: $(cat "$work/answer")"
echo "  usage-listing $(timed -X POST -H 'Content-Type: application/json' -d '{"startPath":"/deep","maxChildrenForTraversal":100000}' \
    "$base/explorer/usage-listing") s: $(wc -l <"$work/answer") lines"
echo "  search in data $(timed "$base/explorer/search?root=/deep&match=nothing&in=data") s: $(cat "$work/answer")"
echo "  deletion of the groups $(timed -X DELETE "$base/explorer/znode/deep") s: $(cat "$work/answer")"
echo "  deletion of the wide znode $(timed -X DELETE "$base/explorer/znode/wide-$large") s: $(cat "$work/answer")"
echo "  resident memory of the manager: $(resident)"
