#!/usr/bin/env python3
"""How long from POST /v2/apps of a one-instance app until its task runs, on the local cluster (make up).

Prints the median, the 90th and 99th percentile over the runs, and the round trip of the same API in the same run.
Usage: bench/launch-latency.py [RUNS] [HOST]
"""
import http.client
import json
import statistics
import sys
import threading
import time

runs = int(sys.argv[1]) if len(sys.argv) > 1 else 40
host = sys.argv[2] if len(sys.argv) > 2 else "127.0.1.1"
running = {}
changed = threading.Condition()


def listen(ready):
    connection = http.client.HTTPConnection(host, 8080)
    connection.request("GET", "/v2/events", headers={"Accept": "text/event-stream"})
    response = connection.getresponse()
    ready.set()
    for line in response:
        if not line.startswith(b"data:"):
            continue
        event = json.loads(line[5:])
        if event.get("eventType") == "status_update_event" and event.get("taskStatus") == "TASK_RUNNING":
            with changed:
                running.setdefault(event["appId"], time.monotonic())
                changed.notify_all()


def call(connection, method, path, body=None):
    connection.request(method, path, body=json.dumps(body) if body else None, headers={"Content-Type": "application/json"})
    response = connection.getresponse()
    data = response.read()
    if response.status >= 300:
        sys.exit(f"{method} {path}: {response.status} {data.decode()}")


ready = threading.Event()
threading.Thread(target=listen, args=(ready,), daemon=True).start()
if not ready.wait(10):
    sys.exit("no event stream: is the cluster up?")
connection = http.client.HTTPConnection(host, 8080)
times, pings = [], []
for run in range(runs):
    name = f"/bench-{int(time.time() * 1000)}-{run}"
    start = time.monotonic()
    call(connection, "GET", "/ping")
    pings.append(time.monotonic() - start)
    start = time.monotonic()
    call(connection, "POST", "/v2/apps", {"id": name, "cmd": "exec sleep 1000", "cpus": 0.01, "mem": 16, "instances": 1})
    with changed:
        if not changed.wait_for(lambda: name in running, timeout=30):
            sys.exit(f"{name} does not run after 30 s")
    times.append(running[name] - start)
    call(connection, "DELETE", f"/v2/apps{name}?force=true")

times.sort()
milliseconds = lambda seconds: f"{seconds * 1000:.1f} ms"
p50 = statistics.median(times)
print(f"POST of a one-instance app until TASK_RUNNING, {runs} runs: p50 {milliseconds(p50)}, "
      f"p90 {milliseconds(times[int(len(times) * 0.9)])}, p99 {milliseconds(times[min(len(times) - 1, int(len(times) * 0.99))])}  (wanted: p50 at most 300 ms)")
print(f"one round trip to the same API: {milliseconds(statistics.median(pings))}; ratio {p50 / statistics.median(pings):.0f}")
