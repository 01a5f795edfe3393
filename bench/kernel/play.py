#!/usr/bin/env python3
"""One simulated cluster, measured from outside: what its leading master needs and how fast it answers.

Usage: play.py DCOSD SERVERS OUT.json [--polled] -- FLAGS OF dcosd simulate
The report of the simulation, with what was measured here, goes to OUT.json. With --polled /state is read ten times a
second while tasks come and go; without, /state and /state-summary are read thirty times each, one after the other.
"""
import http.client
import json
import os
import statistics
import subprocess
import sys
import threading
import time

MASTER_IP = "127.0.30.20"
PORT = 5050
TICKS = os.sysconf("SC_CLK_TCK")


def get(port, path, host=MASTER_IP):
    connection = http.client.HTTPConnection(host, port, timeout=20)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.getheader("Location"), response.read()
    finally:
        connection.close()


def leader(masters):
    """The port of the leading master."""
    for port in range(PORT, PORT + masters):
        try:
            status, location, _ = get(port, "/redirect")
        except OSError:
            continue
        if status == 307 and location:
            return int(location.rstrip("/").rsplit(":", 1)[1].split("/")[0])
    return None


def pid_of(port, parent):
    """The master that listens on a port, among the children of the simulation."""
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                arguments = file.read().split(b"\0")
            with open(f"/proc/{name}/stat") as file:
                own_parent = int(file.read().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        if own_parent == parent and b"mesos-master" in arguments and f"--port={port}".encode() in arguments:
            return int(name)
    return None


def memory(pid):
    """Resident memory and its peak, in MB."""
    values = {}
    with open(f"/proc/{pid}/status") as file:
        for line in file:
            name, _, rest = line.partition(":")
            if name in ("VmRSS", "VmHWM"):
                values[name] = int(rest.split()[0]) / 1024
    return values["VmRSS"], values["VmHWM"]


def processor(pid):
    """Seconds of processor time."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def timed(port, path, rounds, pause):
    times, size = [], 0
    for _ in range(rounds):
        start = time.monotonic()
        status, _, body = get(port, path)
        times.append((time.monotonic() - start) * 1000)
        size = len(body)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        time.sleep(pause)
    times.sort()
    return {"p50": round(statistics.median(times), 1), "p99": round(times[min(len(times) - 1, int(len(times) * 0.99))], 1),
            "count": len(times), "bytes": size}


def measure(result, masters, simulation, polled, seconds):
    port = leader(masters)
    pid = pid_of(port, simulation)
    updates = lambda: json.loads(get(port, "/metrics/snapshot")[2]).get("master/messages_status_update", 0)
    used, told, start = processor(pid), updates(), time.monotonic()
    if polled:
        result["state"] = timed(port, "/state", int(seconds * 7), 0.1)
    else:
        # Undisturbed first: what an update costs.
        time.sleep(seconds / 2)
    count = updates() - told
    if count:
        result["master_cpu_ms_per_update"] = round((processor(pid) - used) * 1000 / count, 3)
    result["master_cpu"] = round((processor(pid) - used) / (time.monotonic() - start), 3)
    if not polled:
        result["state"] = timed(port, "/state", 15, 0.05)
        result["state_summary"] = timed(port, "/state-summary", 15, 0.05)
    result["leader_rss_mb"], result["leader_peak_mb"] = (round(value, 1) for value in memory(pid))


def main():
    split = sys.argv.index("--")
    dcosd, servers, out, *options = sys.argv[1:split]
    flags = sys.argv[split + 1:]
    masters = int(flags[flags.index("--start-masters") + 1])
    seconds = float(flags[flags.index("--duration") + 1].rstrip("s"))
    process = subprocess.Popen(
        [dcosd, "simulate", "--zk", f"zk://{servers}/mesos", "--master-ip", MASTER_IP, "--master-port", str(PORT), "--json"] + flags,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    result, measuring, log = {}, None, []
    for line in process.stderr:
        log.append(line)
        if line.startswith("first wave") and "--kill-master-every" not in flags:
            measuring = threading.Thread(
                target=measure, args=(result, masters, process.pid, "--polled" in options, seconds * 0.8))
            measuring.start()
    output = process.stdout.read()
    code = process.wait()
    if measuring:
        measuring.join()
    if not output.strip():
        sys.exit(f"dcosd simulate ended with {code}:\n" + "".join(log[-20:]))
    report = json.loads(output)
    report.update(result)
    with open(out, "w") as file:
        json.dump(report, file)
    if code != 0:
        print("PROBLEMS:", "; ".join(report["problems"]), file=sys.stderr)


main()
