"""How clients find the leading master: znodes, redirects (contracts/mesos.md §1, §3.2)."""

import json
import re
import struct
from contextlib import contextmanager

from kazoo.client import KazooClient

from cluster import MASTER_PORT, request, wait
from run import test


@contextmanager
def zookeeper(cluster):
    client = KazooClient(hosts=cluster.servers)
    client.start()
    try:
        yield client
    finally:
        client.stop()
        client.close()


@test("kazoo: every master keeps one json.info child and nothing else is there")
def children(cluster):
    with zookeeper(cluster) as client:
        names = client.get_children("/mesos")
        assert len(names) == 3, names
        assert all(re.fullmatch(r"json\.info_\d{10}", name) for name in names), names
        for name in names:
            assert client.exists(f"/mesos/{name}").ephemeralOwner != 0, f"{name} would outlive its master"
        addresses = {json.loads(client.get(f"/mesos/{name}")[0])["address"]["ip"] for name in names}
        assert addresses == set(cluster.masters)


@test("kazoo: the lowest child is the leader, with all fields of MasterInfo")
def leader_data(cluster):
    with zookeeper(cluster) as client:
        lowest = min(client.get_children("/mesos"))
        info = json.loads(client.get(f"/mesos/{lowest}")[0])
    leader = wait(cluster.leader, "a master leads")
    assert info["address"] == {"ip": leader, "port": MASTER_PORT, "hostname": leader}, info
    assert info["pid"] == f"master@{leader}:{MASTER_PORT}"
    assert info["hostname"] == leader and info["port"] == MASTER_PORT
    assert struct.pack("<I", info["ip"]) == bytes(int(part) for part in leader.split("."))
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", info["id"])
    assert re.fullmatch(r"\d+\.\d+\.\d+", info["version"])
    state = cluster.state()
    assert state["leader"] == info["pid"] and state["id"] == info["id"]


@test("a standby sends clients to the leader: host, port, full path and query")
def redirects(cluster):
    leader = wait(cluster.leader, "a master leads")
    for standby in cluster.standbys():
        for asked, full in (
                ("/state", "/master/state"), ("/master/state-summary?jsonp=x", "/master/state-summary?jsonp=x"),
                ("/state.json", "/master/state.json"), ("/api/v1/scheduler", "/master/api/v1/scheduler"),
                ("/api/v1", "/master/api/v1")):
            status, headers, body = request("GET", standby, MASTER_PORT, asked)
            assert (status, headers["Location"], body) == (307, f"//{leader}:{MASTER_PORT}{full}", b""), (asked, status, headers.items())
        status, headers, _ = request("GET", standby, MASTER_PORT, "/redirect")
        assert (status, headers["Location"]) == (307, f"//{leader}:{MASTER_PORT}")


@test("a standby answers for itself what is about itself")
def standby_answers(cluster):
    for standby in cluster.standbys():
        for path in ("/health", "/version", "/flags", "/metrics/snapshot", "/system/stats.json"):
            assert request("GET", standby, MASTER_PORT, path)[0] == 200, path
        assert cluster.read(standby, MASTER_PORT, "/metrics/snapshot")["master/elected"] == 0
    assert cluster.read(cluster.leader(), MASTER_PORT, "/metrics/snapshot")["master/elected"] == 1
