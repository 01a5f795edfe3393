#!/usr/bin/env python3
"""A framework that runs COUNT command tasks on the one agent of a master and tells how many per second it came to.

Usage: framework.py MASTER_HOST:PORT COUNT
"""
import collections
import http.client
import json
import queue
import statistics
import sys
import threading
import time

host, _, port = sys.argv[1].partition(":")
count = int(sys.argv[2])
CPUS, MEMORY = 0.01, 1


def records(response):
    while True:
        length = b""
        while not length.endswith(b"\n"):
            byte = response.read(1)
            if not byte:
                return
            length += byte
        yield json.loads(response.read(int(length)))


stream = http.client.HTTPConnection(host, int(port))
info = {"user": "root", "name": "agent-launch", "failover_timeout": 0, "checkpoint": True}
stream.request("POST", "/api/v1/scheduler", json.dumps({"type": "SUBSCRIBE", "subscribe": {"framework_info": info}}),
               {"Content-Type": "application/json", "Accept": "application/json"})
response = stream.getresponse()
if response.status != 200:
    sys.exit(f"SUBSCRIBE: {response.status} {response.read().decode()}")
stream_id = response.getheader("Mesos-Stream-Id")
framework = None
calls = queue.Queue()


def post():
    connection = http.client.HTTPConnection(host, int(port))
    while True:
        call = calls.get()
        call["framework_id"] = framework
        connection.request("POST", "/api/v1/scheduler", json.dumps(call), {
            "Content-Type": "application/json", "Mesos-Stream-Id": stream_id})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 202:
            print(f"{call['type']}: {answer.status} {body.decode()}", file=sys.stderr)


for _ in range(4):
    threading.Thread(target=post, daemon=True).start()

launched, running, finished, ends = {}, {}, {}, collections.Counter()
start = None
deadline = time.monotonic() + 300
for event in records(response):
    now = time.monotonic()
    if now > deadline:
        sys.exit(f"only {len(finished)} of {count} tasks ended in time")
    if event["type"] == "SUBSCRIBED":
        framework = event["subscribed"]["framework_id"]
    elif event["type"] == "OFFERS":
        for offer in event["offers"]["offers"]:
            values = {r["name"]: r["scalar"]["value"] for r in offer["resources"] if r["type"] == "SCALAR"}
            room = int(min(values.get("cpus", 0) / CPUS + 1e-6, values.get("mem", 0) / MEMORY))
            # As many beside each other as the machine can well run.
            room = min(room, count - len(launched), 64 - (len(launched) - len(finished)))
            start = start or now
            tasks = []
            for _ in range(max(room, 0)):
                name = f"t{len(launched)}"
                launched[name] = now
                tasks.append({"name": name, "task_id": {"value": name}, "agent_id": offer["agent_id"], "command": {
                    "shell": True, "value": "true"}, "resources": [
                        {"name": "cpus", "type": "SCALAR", "scalar": {"value": CPUS}},
                        {"name": "mem", "type": "SCALAR", "scalar": {"value": MEMORY}}]})
            operations = [{"type": "LAUNCH", "launch": {"task_infos": tasks}}] if tasks else []
            calls.put({"type": "ACCEPT", "accept": {"offer_ids": [offer["id"]], "operations": operations, "filters": {"refuse_seconds": 0}}})
    elif event["type"] == "UPDATE":
        status = event["update"]["status"]
        name, state = status["task_id"]["value"], status["state"]
        if "uuid" in status:
            calls.put({"type": "ACKNOWLEDGE", "acknowledge": {
                "agent_id": status["agent_id"], "task_id": status["task_id"], "uuid": status["uuid"]}})
        if state == "TASK_RUNNING":
            running.setdefault(name, now)
        elif state not in ("TASK_STAGING", "TASK_STARTING") and name not in finished:
            finished[name] = now
            ends[state] += 1
            if len(finished) == count:
                break
seconds = time.monotonic() - start
times = sorted((running[name] - launched[name]) * 1000 for name in running)
print(json.dumps({"tasks": count, "seconds": round(seconds, 2), "per_second": round(count / seconds, 1), "ends": ends,
                  "launch_p50_ms": round(statistics.median(times), 1) if times else None}))
