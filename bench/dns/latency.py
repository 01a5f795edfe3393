#!/usr/bin/env python3
"""From a task's RUNNING in ZooKeeper to its address in DNS: writes changes one after the other and asks until the answer
has followed. Prints p50, p99 and the maximum in milliseconds, measured from the moment the write was sent."""
import argparse
import socket
import struct
import time

from kazoo.client import KazooClient

from cluster import Cluster

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--zk", required=True, help="host:port")
parser.add_argument("--server", required=True, help="address:port of the records server")
parser.add_argument("--changes", type=int, default=1000)
options = parser.parse_args()

host, port = options.server.rsplit(":", 1)
dns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
dns.connect((host, int(port)))
dns.settimeout(1)


def answers(name):
    """How many records the A query for `name` gets."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    dns.send(struct.pack(">HHHHHH", 1, 0x100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", 1, 1))
    return struct.unpack(">H", dns.recv(4096)[6:8])[0]


client = KazooClient(options.zk)
client.start()
cluster = Cluster(client)
agent = cluster.agents[0]
cluster.write_chunk(agent, "latency", [])
times = []
writes = []
for change in range(options.changes):
    app = f"change-{change}"
    # The chunk keeps the size of a busy agent's: the last hundred tasks stay in it.
    tasks = [cluster.task(f"change-{index}", 0) for index in range(max(0, change - 99), change + 1)]
    start = time.perf_counter()
    cluster.write_chunk(agent, "latency", tasks)
    writes.append(time.perf_counter() - start)
    while not answers(f"{app}.marathon.mesos"):
        if time.perf_counter() - start > 30:
            raise SystemExit(f"{app} has no address after 30 s")
    times.append(time.perf_counter() - start)
client.stop()
times.sort()
writes.sort()


def milliseconds(values, part):
    return values[min(len(values) - 1, int(len(values) * part))] * 1000


print(f"RUNNING written -> DNS answers, {len(times)} changes: p50 {milliseconds(times, 0.5):.1f} ms, "
      f"p99 {milliseconds(times, 0.99):.1f} ms, max {times[-1] * 1000:.1f} ms "
      f"(the write alone: p50 {milliseconds(writes, 0.5):.1f} ms)")
