#!/usr/bin/env bash
# A ZooKeeper ensemble for a benchmark:  source bench/ensemble.sh; start_ensemble 3; ... $SERVERS ...; stop_ensemble
# Servers listen on 127.0.30.1, .2, ...; their files are in a temporary directory that stop_ensemble removes.

start_ensemble() {
  local count=$1 id
  ENSEMBLE_DIR=$(mktemp -d)
  ENSEMBLE_PIDS=()
  SERVERS=
  for id in $(seq "$count"); do
    mkdir -p "$ENSEMBLE_DIR/$id"
    echo "$id" >"$ENSEMBLE_DIR/$id/myid"
    {
      printf '%s\n' tickTime=2000 initLimit=10 syncLimit=5 "dataDir=$ENSEMBLE_DIR/$id" clientPort=2181 "clientPortAddress=127.0.30.$id" \
        admin.enableServer=false maxClientCnxns=0 '4lw.commands.whitelist=*'
      if [ "$count" -gt 1 ]; then for peer in $(seq "$count"); do echo "server.$peer=127.0.30.$peer:2888:3888"; done; fi
    } >"$ENSEMBLE_DIR/$id/zoo.cfg"
    run_server "$id"
    SERVERS=${SERVERS:+$SERVERS,}127.0.30.$id:2181
  done
  trap stop_ensemble EXIT
  local deadline=$((SECONDS + 60))
  for id in $(seq "$count"); do
    until exec 3<>"/dev/tcp/127.0.30.$id/2181" && echo srvr >&3 && grep -q '^Mode:' <&3; do
      [ "$SECONDS" -lt "$deadline" ] || { echo "server $id does not serve:" >&2; tail -20 "$ENSEMBLE_DIR/$id/log" >&2; return 1; }
      read -rt 0.2 <> <(:) || :
    done 2>/dev/null
    exec 3>&-
  done
}

run_server() {
  local jars=/usr/share/java
  java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx512m -cp "$jars/zookeeper.jar:$jars/slf4j-simple.jar" org.apache.zookeeper.server.quorum.QuorumPeerMain \
    "$ENSEMBLE_DIR/$1/zoo.cfg" >>"$ENSEMBLE_DIR/$1/log" 2>&1 &
  ENSEMBLE_PIDS[$1]=$!
}

# kill -9, and start again with the same data.
restart_server() {
  kill -9 "${ENSEMBLE_PIDS[$1]}"
  wait "${ENSEMBLE_PIDS[$1]}" 2>/dev/null || :
  run_server "$1"
}

stop_ensemble() {
  trap - EXIT
  [ ${#ENSEMBLE_PIDS[@]} -eq 0 ] || kill -9 "${ENSEMBLE_PIDS[@]}" 2>/dev/null || :
  wait "${ENSEMBLE_PIDS[@]}" 2>/dev/null || :
  ENSEMBLE_PIDS=()
  rm -rf "$ENSEMBLE_DIR"
}
