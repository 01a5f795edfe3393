"""A real ZooKeeper server, masters and agents, as processes of their own on loopback addresses of their own."""

import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ZOOKEEPER_PORT = 2181
MASTER_PORT = 5050
AGENT_PORT = 5051
JARS = ("zookeeper", "slf4j-simple", "netty-codec", "netty-resolver")


def wait(condition, what, seconds=60):
    """The first true value of the condition; a failed test if there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not after {seconds} s: {what}")
        time.sleep(0.05)


def free_addresses(count):
    """Loopback addresses on which nobody listens on our ports."""
    found = []
    for number in random.sample(range(1, 255), 254):
        address = f"127.0.77.{number}"
        try:
            for port in (ZOOKEEPER_PORT, MASTER_PORT, AGENT_PORT):
                with socket.socket() as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind((address, port))
            found.append(address)
        except OSError:
            continue
        if len(found) == count:
            return found
    raise SystemExit("no free loopback addresses")


def request(method, address, port, path, body=None, headers=None, timeout=10):
    """One request; redirects are not followed. Returns status, headers, body bytes."""
    connection = http.client.HTTPConnection(address, port, timeout=timeout)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


class Cluster:
    def __init__(self, program, masters=3, agents=2):
        self.program = program
        self.directory = tempfile.mkdtemp(prefix="mesos-clients-")
        addresses = free_addresses(1 + masters + agents)
        self.zookeeper = addresses[0]
        self.masters = addresses[1:1 + masters]
        self.agents = addresses[1 + masters:]
        self.processes = {}

    @property
    def servers(self):
        return f"{self.zookeeper}:{ZOOKEEPER_PORT}"

    @property
    def url(self):
        return f"zk://{self.servers}/mesos"

    # MARK: Processes

    def start_all(self):
        self.start_zookeeper()
        for address in self.masters:
            self.start_master(address)
        for address in self.agents:
            self.start_agent(address)
        wait(lambda: self.active_agents() == len(self.agents), "every agent is registered", 120)

    def start_zookeeper(self):
        configuration = os.path.join(self.directory, "zoo.cfg")
        with open(configuration, "w", encoding="utf-8") as file:
            file.write(
                f"tickTime=500\ninitLimit=20\nsyncLimit=10\ndataDir={self.directory}/data\nclientPort={ZOOKEEPER_PORT}\n"
                f"clientPortAddress={self.zookeeper}\nadmin.enableServer=false\n4lw.commands.whitelist=*\n"
                "extendedTypesEnabled=true\nmaxClientCnxns=0\n")
        classes = ":".join(f"/usr/share/java/{jar}.jar" for jar in JARS)
        self.launch(
            self.zookeeper,
            ["java", "-Xmx128m", "-cp", classes, "org.apache.zookeeper.server.quorum.QuorumPeerMain", configuration])
        wait(lambda: b"imok" in self.four_letter_word(b"ruok"), "ZooKeeper serves")

    def four_letter_word(self, word):
        try:
            with socket.create_connection((self.zookeeper, ZOOKEEPER_PORT), timeout=5) as connection:
                connection.sendall(word)
                return connection.recv(4096)
        except OSError:
            return b""

    def start_master(self, address):
        self.launch(address, [
            self.program, "mesos-master", f"--zk={self.url}", f"--ip={address}", f"--port={MASTER_PORT}",
            "--hostname_lookup=false", "--zk_session_timeout=5secs", f"--work_dir={self.directory}/{address}",
            "--cluster=clients"])

    def start_agent(self, address):
        self.launch(address, [
            self.program, "mesos-agent", f"--master={self.url}", f"--ip={address}", f"--port={AGENT_PORT}",
            "--hostname_lookup=false", f"--work_dir={self.directory}/{address}", "--zk_session_timeout=5secs",
            "--resources=cpus:4;mem:1024;disk:1024;ports:[20000-20999]", f"--attributes=host:{address}"])

    def launch(self, address, arguments):
        with open(os.path.join(self.directory, f"{address}.log"), "ab") as log:
            self.processes[address] = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def kill(self, address):
        """As a crash or a lost machine ends a process: without a word."""
        process = self.processes.pop(address)
        process.kill()
        process.wait()

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
        for address in self.agents + self.masters + [self.zookeeper]:
            self.stop(address)
        # Tasks outlive their agents on purpose; here nobody wants them any more.
        for pid in self.leftovers():
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        shutil.rmtree(self.directory, ignore_errors=True)

    def leftovers(self):
        """Processes that run in, or were told of, this cluster's directory."""
        for name in os.listdir("/proc"):
            if not name.isdigit() or int(name) == os.getpid():
                continue
            try:
                with open(f"/proc/{name}/cmdline", "rb") as file:
                    arguments = file.read()
                if os.readlink(f"/proc/{name}/cwd").startswith(self.directory) or self.directory.encode() in arguments:
                    yield int(name)
            except OSError:
                continue

    # MARK: What the masters and agents say

    def read(self, address, port, path):
        """JSON of an endpoint; None without one."""
        try:
            status, _, body = request("GET", address, port, path)
            return json.loads(body) if status == 200 else None
        except (OSError, ValueError, http.client.HTTPException):
            return None

    def leader(self):
        """Address of the master that answers as the leader; None while there is none."""
        return next((m for m in self.masters if m in self.processes and self.read(m, MASTER_PORT, "/master/state-summary")), None)

    def standbys(self):
        leader = wait(self.leader, "a master leads")
        return [master for master in self.masters if master in self.processes and master != leader]

    def state(self):
        leader = self.leader()
        return self.read(leader, MASTER_PORT, "/master/state") if leader else None

    def active_agents(self):
        state = self.state()
        return sum(1 for agent in state["slaves"] if agent["active"]) if state else 0

    def framework(self, identifier):
        """The registered framework in /state; None when there is none."""
        state = self.state() or {"frameworks": []}
        return next((framework for framework in state["frameworks"] if framework["id"] == identifier), None)

    def completed(self, identifier):
        state = self.state() or {"completed_frameworks": []}
        return next((framework for framework in state["completed_frameworks"] if framework["id"] == identifier), None)

    def post(self, path, body, headers=None):
        leader = wait(self.leader, "a master leads")
        return request("POST", leader, MASTER_PORT, path, body, headers)

    def call(self, message, headers=None):
        """A call to the scheduler API of the leading master."""
        return self.post("/api/v1/scheduler", json.dumps(message), {"Content-Type": "application/json", **(headers or {})})


def pid_of(*arguments):
    """The process with exactly these arguments; None when there is none."""
    wanted = b"".join(argument.encode() + b"\0" for argument in arguments)
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/cmdline", "rb") as file:
                    if file.read() == wanted:
                        return int(name)
            except OSError:
                continue
    return None
