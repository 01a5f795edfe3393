#!/usr/bin/env python3
"""Fills ZooKeeper with a running cluster and keeps it there until standard input closes. Prints the agents' loads."""
import argparse
import sys

from kazoo.client import KazooClient

from cluster import Cluster

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--zk", required=True, help="host:port")
parser.add_argument("--apps", type=int, default=10000, help="names; every instance of an app is one task")
parser.add_argument("--instances", type=int, default=1)
parser.add_argument("--agents", type=int, default=4)
options = parser.parse_args()

client = KazooClient(options.zk)
client.start()
cluster = Cluster(client, agents=options.agents)
cluster.write_nodes()
print(cluster.write_tasks(options.apps, options.instances), flush=True)
sys.stdin.read()
client.stop()
