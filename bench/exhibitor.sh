#!/usr/bin/env bash
# What Exhibitor costs: (1) the cold start of three servers until all of them serve, against the same three started by
# hand with the very same java command, zoo.cfg and log settings; (2) the write rate of three servers with Exhibitors
# that supervise them and with the same Exhibitors stopped (SIGSTOP), in turns.
# START_ROUNDS (5), WRITE_ROUNDS (6 pairs), WRITE_SECONDS (5), DCOSD. Needs: java, zookeeper, libzookeeper-mt-dev, a C compiler.
set -euo pipefail
cd "$(dirname "$0")/.."

dcosd=${DCOSD:-}
for candidate in .build/release/dcosd .build/debug/dcosd; do [ -n "$dcosd" ] || [ ! -x "$candidate" ] || dcosd=$PWD/$candidate; done
[ -n "$dcosd" ] || { echo "build dcosd first: make build" >&2; exit 1; }
compiler=$(command -v cc || command -v gcc || command -v clang) || { echo "needs a C compiler" >&2; exit 1; }
root=$(mktemp -d)
network=127.0.47
members=1:$network.1,2:$network.2,3:$network.3
servers=$network.1:2181,$network.2:2181,$network.3:2181
managers=()

# Everything that works in our directory, by id.
processes() {
  local file
  for file in /proc/[0-9]*/cmdline; do
    { tr '\0' ' ' <"$file" | grep -q -- "$root/\(exhibitor\|hand\)"; } 2>/dev/null && basename "$(dirname "$file")"
  done
  true
}
stop_all() {
  local pids
  while pids=$(processes | grep -vx $$) && [ -n "$pids" ]; do
    kill -9 $pids 2>/dev/null || true
    sleep 0.1
  done
  managers=()
}
trap 'stop_all; rm -rf "$root"' EXIT

now() { date +%s%N; }
serves() { exec 3<>"/dev/tcp/$network.$1/2181" && echo srvr >&3 && grep -q '^Mode:' <&3; } 2>/dev/null
wait_for_quorum() { # prints milliseconds since $1
  local id deadline=$((SECONDS + 120))
  for id in 1 2 3; do
    until serves "$id"; do
      [ "$SECONDS" -lt "$deadline" ] || { echo "server $id does not serve; files: $root" >&2; trap stop_all EXIT; exit 1; }
      sleep 0.02
    done
  done
  echo $((($(now) - $1) / 1000000))
}

start_managers() {
  local id
  managers=()
  for id in 1 2 3; do
    "$dcosd" exhibitor --hostname "$network.$id" --port 8181 --configtype static --staticensemble "$members" \
      --state-dir "$root/exhibitor/$id" --zk-heap-mb 256 --zoo-cfg-extra tickTime=2000 --zoo-cfg-extra initLimit=10 \
      --zoo-cfg-extra syncLimit=5 >"$root/exhibitor$id.log" 2>&1 &
    managers+=($!)
    disown # or the shell tells of each that is killed
  done
}

# The command and files of each server that Exhibitor started, for the same without it.
learn() {
  local id pid
  for id in 1 2 3; do
    pid=$(cat "$root/exhibitor/$id/zk.pid")
    tr '\0' '\n' <"/proc/$pid/cmdline" | sed "s|$root/exhibitor|$root/hand|g" >"$root/command$id"
    rm -rf "$root/conf$id"
    cp -a "$root/exhibitor/$id/conf" "$root/conf$id"
    # The server has moved its list of members elsewhere; this is what it was given.
    [ ! -e "$root/conf$id/zoo.cfg.bak" ] || mv "$root/conf$id/zoo.cfg.bak" "$root/conf$id/zoo.cfg"
    rm -f "$root/conf$id"/zoo.cfg.dynamic*
    sed -i "s|$root/exhibitor|$root/hand|g" "$root/conf$id"/*
  done
}

start_by_hand() {
  local id command
  for id in 1 2 3; do
    mkdir -p "$root/hand/$id/zookeeper/snapshot" "$root/hand/$id/zookeeper/transactions"
    cp -a "$root/conf$id" "$root/hand/$id/conf"
    echo "$id" >"$root/hand/$id/zookeeper/snapshot/myid"
  done
  begin=$(now)
  for id in 1 2 3; do
    mapfile -t command <"$root/command$id"
    (cd "$root/hand/$id/zookeeper/snapshot" && exec "${command[@]}") >"$root/hand$id.log" 2>&1 &
    disown
  done
}

median() { sort -n | awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }

echo "dcosd: $dcosd"
# Once for the caches, and to learn the commands.
start_managers; wait_for_quorum "$(now)" >/dev/null; learn; stop_all; rm -rf "$root/exhibitor"
for round in $(seq "${START_ROUNDS:-5}"); do
  begin=$(now); start_managers; ours=$(wait_for_quorum "$begin"); stop_all; rm -rf "$root/exhibitor"
  start_by_hand; hand=$(wait_for_quorum "$begin"); stop_all; rm -rf "$root/hand"
  echo "$ours" >>"$root/ours"; echo "$hand" >>"$root/byhand"
  echo "cold start, round $round: $ours ms with Exhibitor, $hand ms by hand"
done
ours=$(median <"$root/ours"); hand=$(median <"$root/byhand")
awk -v a="$ours" -v b="$hand" 'BEGIN {printf "cold start to three serving: %d ms with Exhibitor, %d ms by hand (medians), ratio %.2f (wanted: at most 1.5)\n", a, b, a / b}'

"$compiler" -O2 -DTHREADED -o "$root/writes" bench/exhibitor/writes.c -lzookeeper_mt -lpthread
seconds=${WRITE_SECONDS:-5}
start_managers; wait_for_quorum "$(now)" >/dev/null
ticks() { cat $(printf '/proc/%s/stat ' "$@") | sed 's/.*) //' | awk '{sum += $12 + $13} END {print sum}'; }
writes() { "$root/writes" "$servers" "$1" "/bench-$(now)"; }
writes 10 >/dev/null # the JVMs warm up
before=$(ticks "${managers[@]}"); supervised=0
for round in $(seq "${WRITE_ROUNDS:-6}"); do
  # Which comes first changes: what drifts hits both alike.
  for kind in $([ $((round % 2)) = 0 ] && echo "with without" || echo "without with"); do
    [ "$kind" = with ] || kill -STOP "${managers[@]}"
    rate=$(writes "$seconds")
    kill -CONT "${managers[@]}"
    echo "$rate" >>"$root/$kind"
    if [ "$kind" = with ]; then ours=$rate; supervised=$((supervised + seconds)); else plain=$rate; fi
  done
  echo "writes, round $round: $ours/s supervised, $plain/s not"
  awk -v a="$ours" -v b="$plain" 'BEGIN {print a / b}' >>"$root/ratios"
done
after=$(ticks "${managers[@]}")
awk -v a="$(median <"$root/with")" -v b="$(median <"$root/without")" -v r="$(median <"$root/ratios")" -v t=$((after - before)) -v s="$supervised" -v hz="$(getconf CLK_TCK)" 'BEGIN {
  printf "writes: %d/s supervised, %d/s not (medians); median ratio of the pairs %.3f, overhead %.1f %% (wanted: at most 2 %%)\n", a, b, r, (1 - r) * 100
  printf "the three Exhibitors used %.2f %% of one core meanwhile\n", 100 * t / hz / s
}'
