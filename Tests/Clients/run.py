"""Public Mesos clients, as they are on PyPI, against real masters and agents.

usage: run.py PROGRAM [FILTER]
"""

import importlib
import logging
import re
import signal
import sys
import time
import traceback

from cluster import Cluster

TESTS = []
# In this order.
MODULES = ("discovery", "transport", "schedulers", "binary", "operators", "scenarios", "operating", "bad_input", "executors", "failover", "sessions")


def test(name):
    def register(function):
        TESTS.append((name, function))
        return function
    return register


def ended(*_):
    raise SystemExit("ended from outside")


def main():
    # This file runs as a program; the tests import it under its name.
    sys.modules["run"] = sys.modules["__main__"]
    for name in MODULES:
        importlib.import_module(name)
    program, pattern = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
    signal.signal(signal.SIGTERM, ended)
    # The drivers tell whole states of the cluster otherwise.
    logging.getLogger("pymesos").setLevel(logging.ERROR)
    tests = [(name, function) for name, function in TESTS if re.search(pattern, name)]
    failed = []
    cluster = Cluster(program)
    print(f"Public clients: {len(tests)} tests with {len(cluster.masters)} masters and {len(cluster.agents)} agents", flush=True)
    try:
        cluster.start_all()
        for name, function in tests:
            start = time.monotonic()
            try:
                function(cluster)
                print(f"✔ {name} ({time.monotonic() - start:.1f} s)", flush=True)
            except SystemExit:
                raise
            # A driver that gives up interrupts the main thread.
            except BaseException:
                failed.append(name)
                print(f"✘ {name} ({time.monotonic() - start:.1f} s)", flush=True)
                traceback.print_exc(file=sys.stdout)
    finally:
        if failed:
            report_logs(cluster)
        cluster.stop_all()
    for name in failed:
        print(f"✘ {name}")
    print(f"{len(tests) - len(failed)} passed, {len(failed)} failed", flush=True)
    return 1 if failed else 0


def report_logs(cluster):
    for address in cluster.masters + cluster.agents:
        with open(f"{cluster.directory}/{address}.log", encoding="utf-8", errors="replace") as file:
            print(f"--- the end of the log of {address}")
            print("".join(file.readlines()[-25:]), flush=True)


if __name__ == "__main__":
    sys.exit(main())
