"""Three Exhibitors with their ZooKeeper servers on loopback addresses of their own, and a shared configuration in a file."""

import json
import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

PORT = 8181
PORTS = (PORT, 2181, 2888, 3888, 8182)


def free_addresses(count):
    """Loopback addresses on which nothing listens on our ports."""
    for _ in range(200):
        block = f"127.{random.randint(64, 250)}.{random.randint(0, 250)}"
        addresses = [f"{block}.{index + 1}" for index in range(count)]
        try:
            for address in addresses:
                for port in PORTS:
                    with socket.socket() as probe:
                        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                        probe.bind((address, port))
            return addresses
        except OSError:
            continue
    raise SystemExit("no free loopback addresses")


class Ensemble:
    def __init__(self, program, assets, count=3):
        self.program = program
        self.assets = assets
        self.addresses = free_addresses(count)
        self.directory = tempfile.mkdtemp(prefix="exhibitor-pages-")
        self.processes = {}
        self.shared = os.path.join(self.directory, "shared")
        os.mkdir(self.shared)
        spec = ",".join(f"{index + 1}:{address}" for index, address in enumerate(self.addresses))
        self.defaults = os.path.join(self.directory, "defaults.properties")
        with open(self.defaults, "w", encoding="utf-8") as file:
            file.write(f"servers-spec={spec}\ncheck-ms=1000\nzoo-cfg-extra=tickTime\\=2000&initLimit\\=10&syncLimit\\=5\n")

    def start(self, address, *further):
        log = open(os.path.join(self.directory, f"{address}.log"), "ab")
        self.processes[address] = subprocess.Popen(
            [self.program, "exhibitor", "--hostname", address, "--port", str(PORT), "--configtype", "file",
             "--fsconfigdir", self.shared, "--configcheckms", "500", "--defaultconfig", self.defaults, "--own-directories",
             "--state-dir", os.path.join(self.directory, address), "--assets", self.assets, "--zk-heap-mb", "96",
             "--zk-stop-on-exit", "--headingtext", "Page tests", *further],
            stdout=log, stderr=log)
        log.close()

    def start_all(self):
        for address in self.addresses:
            self.start(address)
        self.wait(lambda: self.serving() == len(self.addresses), "every server serves", 90)

    def stop(self, address):
        process = self.processes.pop(address, None)
        if process is None:
            return
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def stop_all(self):
        for process in self.processes.values():
            process.terminate()
        for address in list(self.processes):
            self.stop(address)
        shutil.rmtree(self.directory, ignore_errors=True)

    def page(self, address=None):
        return f"http://{address or self.addresses[0]}:{PORT}/exhibitor/v1/ui/index.html"

    def read(self, path, address=None):
        """JSON of an endpoint; None without an answer."""
        try:
            with urllib.request.urlopen(f"http://{address or self.addresses[0]}:{PORT}/exhibitor/v1/{path}", timeout=10) as answer:
                return json.load(answer)
        except (OSError, ValueError):
            return None

    def write(self, path, data, address=None):
        """Creates or changes a znode through the REST interface; waits through an election."""
        self.wait(lambda: self.attempt(path, data, address), f"{path} is written", 60)

    def attempt(self, path, data, address):
        request = urllib.request.Request(
            f"http://{address or self.addresses[0]}:{PORT}/exhibitor/v1/explorer/znode{path}", data=data.hex().encode(),
            method="PUT", headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            result = json.load(answer)
        if not result["succeeded"] and "does not answer" not in result["message"] and "was lost" not in result["message"]:
            raise AssertionError(f"writing {path}: {result['message']}")
        return result["succeeded"]

    def status(self):
        return self.read("cluster/status") or []

    def serving(self):
        return sum(1 for entry in self.status() if entry["code"] == 3)

    def follower(self):
        """A follower that is not the host whose page is open."""
        return next(entry["hostname"] for entry in self.status() if entry["code"] == 3 and not entry["isLeader"] and entry["hostname"] != self.addresses[0])

    @staticmethod
    def wait(condition, what, seconds=30):
        deadline = time.monotonic() + seconds
        while True:
            value = condition()
            if value:
                return value
            if time.monotonic() > deadline:
                raise AssertionError(f"not after {seconds} s: {what}")
            time.sleep(0.1)
