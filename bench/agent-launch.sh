#!/usr/bin/env bash
# How many command tasks per second one agent launches and finishes, and Slurm with a job array on the same machine in the
# same run.   bench/agent-launch.sh [COUNT]
# DCOSD=path of the executable (a release build; default: built here). Needs: java, zookeeper, python3 and, for the peer,
# slurmctld, slurmd and munge; root.
set -euo pipefail
cd "$(dirname "$0")/.."
COUNT=${1:-1000}
if [ -z "${DCOSD:-}" ]; then
  swift build -c release --product dcosd --scratch-path .build-release 2>&1 | tail -1
  swift build -c release --product task-shim --scratch-path .build-release 2>&1 | tail -1
  DCOSD=.build-release/release/dcosd
fi
DCOSD=$(realpath "$DCOSD")
source bench/ensemble.sh
WORK=$(mktemp -d)
PIDS=()
ENSEMBLE_PIDS=()
ENSEMBLE_DIR=$WORK/none
finish() {
  trap - EXIT
  [ ${#PIDS[@]} -eq 0 ] || kill "${PIDS[@]}" 2>/dev/null || :
  wait "${PIDS[@]}" 2>/dev/null || :
  stop_ensemble || :
  rm -rf "$WORK"
}

ours() {
  start_ensemble 1
  trap finish EXIT
  "$DCOSD" mesos-master --zk="zk://$SERVERS/mesos" --ip=127.0.30.20 --logging_level=WARNING >"$WORK/master.log" 2>&1 &
  PIDS+=($!)
  "$DCOSD" mesos-agent --master="zk://$SERVERS/mesos" --ip=127.0.30.21 --work_dir="$WORK/agent" --logging_level=WARNING \
    --resources="cpus:8;mem:8192;disk:1000" >"$WORK/agent.log" 2>&1 &
  PIDS+=($!)
  local deadline=$((SECONDS + 60))
  until curl -sf "http://127.0.30.20:5050/metrics/snapshot" 2>/dev/null | grep -q '"master/slaves_active":1'; do
    [ "$SECONDS" -lt "$deadline" ] || { echo "no agent registered:" >&2; tail -5 "$WORK"/*.log >&2; return 1; }
    sleep 0.2
  done
  echo "ours:  $(python3 bench/agent-launch/framework.py 127.0.30.20:5050 "$COUNT")"
}

slurm() {
  command -v slurmctld >/dev/null && command -v slurmd >/dev/null && command -v munged >/dev/null || { echo "slurm: not installed"; return; }
  local host conf="$WORK/slurm.conf"
  host=$(hostname -s)
  mkdir -p "$WORK/slurm/state" "$WORK/slurm/spool" "$WORK/munge"
  head -c 1024 /dev/urandom >"$WORK/munge/key"
  chmod 700 "$WORK/munge"; chmod 600 "$WORK/munge/key"
  munged --foreground --force --key-file="$WORK/munge/key" --socket="$WORK/munge/socket" --pid-file="$WORK/munge/pid" \
    --log-file="$WORK/munge/log" --seed-file="$WORK/munge/seed" >/dev/null 2>&1 &
  PIDS+=($!)
  cat >"$conf" <<CONF
ClusterName=bench
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$WORK/munge/socket
CredType=cred/munge
StateSaveLocation=$WORK/slurm/state
SlurmdSpoolDir=$WORK/slurm/spool
SlurmctldPidFile=$WORK/slurm/ctld.pid
SlurmdPidFile=$WORK/slurm/d.pid
SlurmctldLogFile=$WORK/slurm/ctld.log
SlurmdLogFile=$WORK/slurm/d.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MaxArraySize=10001
MaxJobCount=20000
SchedulerParameters=default_queue_depth=10000,sched_min_interval=1000,batch_sched_delay=0
ReturnToService=2
MpiDefault=none
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES OverSubscribe=FORCE:32 MaxTime=INFINITE State=UP
CONF
  export SLURM_CONF=$conf
  slurmctld -D -c >"$WORK/slurm/ctld.out" 2>&1 &
  PIDS+=($!)
  slurmd -D -c >"$WORK/slurm/d.out" 2>&1 &
  PIDS+=($!)
  local deadline=$((SECONDS + 60))
  until sinfo -h -o %T 2>/dev/null | grep -q idle; do
    [ "$SECONDS" -lt "$deadline" ] || { echo "slurm does not come up:" >&2; tail -5 "$WORK"/slurm/*.{log,out} >&2; return 1; }
    sleep 0.2
  done
  local start end
  start=$(date +%s.%N)
  (cd "$WORK/slurm" && sbatch -Q --array="1-$COUNT" --output=/dev/null --wrap=true)
  deadline=$((SECONDS + 600))
  while [ -n "$(squeue -h 2>/dev/null)" ]; do
    [ "$SECONDS" -lt "$deadline" ] || { echo "slurm takes too long" >&2; return 1; }
    sleep 0.1
  done
  end=$(date +%s.%N)
  python3 -c "s=$end-$start; print(f'slurm: $COUNT-element job array in {s:.1f} s, {$COUNT/s:.1f} tasks/s')"
}

trap finish EXIT
if [ "${PEER_ONLY:-}" = "" ]; then ours; fi
slurm
