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
# Where a test stands between a daemon and ZooKeeper.
TUNNEL_PORT = 22181
JARS = ("zookeeper", "slf4j-simple", "netty-codec", "netty-resolver")
OTHERS = "cpus:4;mem:1024;disk:1024"
# As DC/OS offers them (contracts/mesos.md §2.2).
PRIVATE_PORTS = "[1025-2180,2182-3887,3889-5049,5052-8079,8082-8180,8182-32000]"
PUBLIC_PORTS = "[1-21,23-5050,5052-32000]"


def ranges(text):
    """Ports in the form of a Resource."""
    pairs = (pair.split("-") for pair in text.strip("[]").split(","))
    return [{"begin": int(first), "end": int(last)} for first, last in pairs]


def wait(condition, what, seconds=60):
    """The first true value of the condition; a failed test if there is none in time. What: a text, or a function that makes it then."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not after {seconds} s: {what() if callable(what) else what}")
        time.sleep(0.05)


def free_addresses(count):
    """Loopback addresses on which nobody listens on our ports."""
    found = []
    for number in random.sample(range(1, 255), 254):
        address = f"127.0.77.{number}"
        try:
            for port in (ZOOKEEPER_PORT, MASTER_PORT, AGENT_PORT, TUNNEL_PORT):
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


def four_letter_word(address, word):
    """What a ZooKeeper server says of itself; empty when it says nothing."""
    try:
        with socket.create_connection((address, ZOOKEEPER_PORT), timeout=5) as connection:
            connection.sendall(word)
            return connection.recv(4096)
    except OSError:
        return b""


def limits_memory():
    """Whether agents can limit the memory of tasks here: root, and cgroups it may write."""
    groups = "/sys/fs/cgroup/memory" if os.path.exists("/sys/fs/cgroup/memory/cgroup.procs") else "/sys/fs/cgroup"
    return os.getuid() == 0 and os.access(f"{groups}/cgroup.procs", os.W_OK)


def isolation():
    return "cgroups/cpu,cgroups/mem,disk/du" if limits_memory() else "posix/cpu,posix/mem,disk/du"


class Cluster:
    """As DC/OS has it: agents that are private and, if there are several, one more that is public."""

    def __init__(self, program, servers=3, masters=3, private=2, public=1):
        self.program = program
        self.directory = tempfile.mkdtemp(prefix="mesos-clients-")
        addresses = free_addresses(servers + masters + private + public)
        self.zookeepers = addresses[:servers]
        self.masters = addresses[servers:servers + masters]
        self.agents = addresses[servers + masters:]
        self.private_agents = self.agents[:private]
        self.public_agents = self.agents[private:]
        self.processes = {}

    def __enter__(self):
        try:
            self.start_all()
        except BaseException:
            self.stop_all()
            raise
        return self

    def __exit__(self, *reason):
        self.stop_all()

    @property
    def servers(self):
        return ",".join(f"{address}:{ZOOKEEPER_PORT}" for address in self.zookeepers)

    @property
    def url(self):
        return f"zk://{self.servers}/mesos"

    def url_of(self, address):
        """Where the daemon at the address finds ZooKeeper."""
        return self.url

    # MARK: Processes

    def start_all(self):
        for address in self.zookeepers:
            self.start_zookeeper(address)
        for address in self.zookeepers:
            self.wait_zookeeper(address)
        for address in self.masters:
            self.start_master(address)
        for address in self.agents:
            self.start_agent(address)
        wait(self.is_whole, "every agent is registered", 120)

    def start_zookeeper(self, address):
        data = os.path.join(self.directory, address)
        os.makedirs(data, exist_ok=True)
        number = self.zookeepers.index(address) + 1
        with open(os.path.join(data, "myid"), "w", encoding="utf-8") as file:
            file.write(str(number))
        configuration = os.path.join(data, "zoo.cfg")
        ensemble = "".join(f"server.{index}={peer}:2888:3888\n" for index, peer in enumerate(self.zookeepers, 1))
        with open(configuration, "w", encoding="utf-8") as file:
            file.write(
                f"tickTime=500\ninitLimit=20\nsyncLimit=10\ndataDir={data}\nclientPort={ZOOKEEPER_PORT}\n"
                f"clientPortAddress={address}\nadmin.enableServer=false\n4lw.commands.whitelist=*\n"
                "extendedTypesEnabled=true\nmaxClientCnxns=0\n" + (ensemble if len(self.zookeepers) > 1 else ""))
        classes = ":".join(f"/usr/share/java/{jar}.jar" for jar in JARS)
        self.launch(
            address, ["java", "-Xmx96m", "-cp", classes, "org.apache.zookeeper.server.quorum.QuorumPeerMain", configuration])

    def wait_zookeeper(self, address):
        wait(lambda: b"Mode:" in four_letter_word(address, b"srvr"), f"ZooKeeper serves at {address}")

    def start_master(self, address):
        self.launch(address, [
            self.program, "mesos-master", f"--zk={self.url_of(address)}", f"--ip={address}", f"--port={MASTER_PORT}",
            "--hostname_lookup=false", "--zk_session_timeout=5secs", f"--work_dir={self.directory}/{address}",
            "--cluster=clients"])

    def start_agent(self, address):
        if address in self.public_agents:
            kind = [f"--resources={OTHERS};ports:{PUBLIC_PORTS}", "--attributes=public_ip:true", "--default_role=slave_public"]
        else:
            kind = [f"--resources={OTHERS};ports:{PRIVATE_PORTS}", f"--attributes=host:{address}"]
        self.launch(address, [
            self.program, "mesos-agent", f"--master={self.url_of(address)}", f"--ip={address}", f"--port={AGENT_PORT}",
            "--hostname_lookup=false", f"--work_dir={self.directory}/{address}", "--zk_session_timeout=5secs",
            "--executor_registration_timeout=10mins",
            # pymesos looks every two seconds whether it can connect again.
            "--executor_reregistration_timeout=15secs", f"--isolation={isolation()}", "--cgroups_enable_cfs=true", *kind])

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
        for address in self.agents + self.masters + self.zookeepers:
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

    def log(self, address):
        with open(os.path.join(self.directory, f"{address}.log"), encoding="utf-8", errors="replace") as file:
            return file.read()

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

    def is_whole(self):
        """Whether a master leads and every agent is active."""
        state = self.state()
        return state and {agent["hostname"] for agent in state["slaves"] if agent["active"]} >= set(self.agents)

    def agent(self, address):
        """The newest entry of /state of the agent at the address; None without one."""
        entries = [entry for entry in (self.state() or {"slaves": []})["slaves"] if entry["hostname"] == address]
        return max(entries, key=lambda entry: entry["registered_time"], default=None)

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


def curl(*arguments):
    """What an operator sees: status, header fields by lower-case name, body."""
    output = subprocess.run(
        ["curl", "--silent", "--show-error", "--include", "--max-time", "30", *arguments], check=True, stdout=subprocess.PIPE).stdout
    while True:
        head, _, output = output.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        status = int(lines[0].split()[1])
        # After 100 Continue, and after a redirect that was followed, comes another answer.
        if status != 100 and not (status in (307, 308) and output.startswith(b"HTTP/")):
            break
    fields = dict(line.split(": ", 1) if ": " in line else (line.rstrip(":"), "") for line in lines[1:])
    return status, {name.lower(): value for name, value in fields.items()}, output.decode()


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


def wait_pid(*arguments):
    """The same of a task that runs: its shell has become the process soon after TASK_RUNNING."""
    return wait(lambda: pid_of(*arguments), f"a process runs {' '.join(arguments)}")
