"""ZooKeeper sessions that end in the middle of a launch, at each write and between the writes."""

import os
import socket
import struct
import threading

from cluster import TUNNEL_PORT, ZOOKEEPER_PORT, Cluster, wait
from framework import Framework
from run import test

CONNECT_HEAD = struct.Struct(">iqiqi")
WRITES = {1, 2, 5, 13, 14, 15, 16, 19, 20, 21}  # create, delete, setData, check, multi, create2, …
CLOSE_SESSION = -11


def receive(connection, size):
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def frame(connection):
    (size,) = struct.unpack(">i", receive(connection, 4))
    return receive(connection, size)


def send(connection, payload):
    connection.sendall(struct.pack(">i", len(payload)) + payload)


class Tunnel:
    """Between one daemon and ZooKeeper: sees its writes, and can end its session at one of them.

    A session is ended as its owner would: on a second connection, with its password. The daemon hears of it when it
    connects again, as after a network fault that was longer than the session timeout.
    """

    def __init__(self, address, server):
        self.server = server
        self.lock = threading.Lock()
        self.session = None
        self.connections = set()
        self.countdown = 0
        self.prefix = b""
        self.is_answer_lost = False
        self.expired = threading.Event()
        self.listener = socket.create_server((address, TUNNEL_PORT))
        threading.Thread(target=self.accept, daemon=True).start()

    def close(self):
        # Closing alone leaves it to the thread that waits in accept.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in list(self.connections):
            connection.close()

    def arm(self, number, prefix, is_answer_lost):
        """The session ends at the write with this number (from 1) that names the prefix: before it, or after it and
        before its answer."""
        with self.lock:
            self.expired.clear()
            self.countdown, self.prefix, self.is_answer_lost = number, prefix.encode(), is_answer_lost

    def disarm(self):
        with self.lock:
            self.countdown = 0

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        try:
            server = socket.create_connection((self.server, ZOOKEEPER_PORT))
        except OSError:
            return client.close()
        self.connections |= {client, server}
        lost = set()
        try:
            send(server, frame(client))
            answer = frame(server)
            send(client, answer)
            _, timeout, session = struct.unpack_from(">iiq", answer)
            if session:
                self.session = (session, answer[20:20 + struct.unpack_from(">i", answer, 16)[0]], timeout)
            threading.Thread(target=self.answers, args=(server, client, lost), daemon=True).start()
            while True:
                request = frame(client)
                if self.is_cut(request):
                    if not self.is_answer_lost:
                        self.expire()
                        break
                    lost.add(struct.unpack_from(">i", request)[0])
                send(server, request)
        except (OSError, EOFError, struct.error):
            pass
        finally:
            if not lost:
                client.close()
                server.close()

    def answers(self, server, client, lost):
        try:
            while True:
                answer = frame(server)
                if struct.unpack_from(">i", answer)[0] in lost:
                    self.expire()
                    break
                send(client, answer)
        except (OSError, EOFError, struct.error):
            pass
        finally:
            client.close()
            server.close()

    def is_cut(self, request):
        kind = struct.unpack_from(">ii", request)[1]
        with self.lock:
            if not self.countdown or kind not in WRITES or self.prefix not in request:
                return False
            self.countdown -= 1
            return self.countdown == 0

    def expire(self):
        # Servers drop the second connection when both come at a bad moment.
        def is_expired():
            try:
                self.steal(*self.session)
                return True
            except (OSError, EOFError):
                return False
        wait(is_expired, "the session is over", 20)
        self.expired.set()

    def steal(self, session, password, timeout):
        with socket.create_connection((self.server, ZOOKEEPER_PORT)) as thief:
            send(thief, CONNECT_HEAD.pack(0, 0, timeout, session, len(password)) + password + b"\0")
            if not struct.unpack_from(">iiq", frame(thief))[2]:
                return  # Over already.
            send(thief, struct.pack(">ii", 1, CLOSE_SESSION))
            # The connection closes when the session is closed.
            while thief.recv(4096):
                pass


class TunnelledCluster(Cluster):
    """Each master and agent has a tunnel of its own."""

    def __init__(self, program):
        super().__init__(program, servers=1, masters=2, private=1, public=0)
        self.tunnels = {address: Tunnel(address, self.zookeepers[0]) for address in self.masters + self.agents}

    def url_of(self, address):
        return f"zk://{address}:{TUNNEL_PORT}/mesos"

    def stop_all(self):
        super().stop_all()
        for tunnel in self.tunnels.values():
            tunnel.close()


def processes(command):
    """How often a task's command runs."""
    count = 0
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/cmdline", "rb") as file:
                    count += file.read() == command.replace(" ", "\0").encode() + b"\0"
            except OSError:
                continue
    return count


def settled(cluster, framework, task):
    """Whether master and agent agree that the task runs, and nothing waits for an acknowledgement."""
    entry = cluster.framework(framework.identifier)
    tasks = entry and entry["active"] and {item["id"]: item["state"] for item in entry["tasks"]}
    return tasks and tasks.get(task) == "TASK_RUNNING" and cluster.is_whole()


@test("a ZooKeeper session that expires at any write of a launch, of the leader or of the agent: nothing lost, nothing twice")
def expiries(cluster):
    with TunnelledCluster(cluster.program) as cut:
        leader = lambda: wait(cut.leader, "a master leads")
        agent = cut.agents[0]
        # Who writes what: the leader the framework's record, the agent the task's (STAGING, RUNNING; the end of the one before).
        steps = [(who, number, lost) for who, count in (("leader", 1), ("agent", 3)) for number in range(1, count + 1) for lost in (False, True)]
        for index, (who, number, lost) in enumerate(steps):
            name = f"{who}'s write {number}, {'its answer lost' if lost else 'not sent'}"
            tunnel = cut.tunnels[leader() if who == "leader" else agent]
            tunnel.arm(number, "/mesos_state/frameworks" if who == "leader" else "/mesos_state/tasks", lost)
            task, command = f"cut-{index}", f"sleep 10030{index:02}"
            with Framework(cut.url, f"cut {index}", tolerant=True) as framework:
                framework.wait_registered()
                framework.launch(task, f"exec {command}")
                framework.wait_state(task, "TASK_RUNNING")
                wait(lambda: settled(cut, framework, task), lambda: f"all is settled after {name}")
                assert set(framework.states(task)) == {"TASK_RUNNING"}, (name, framework.states(task))
                wait(lambda: processes(command) == 1, lambda: f"the task runs once after {name}, not {processes(command)} times")
                reached = tunnel.expired.is_set()
                tunnel.disarm()
                print(f"  {name}: {'expired' if reached else 'no such write'}, updates {len(framework.updates(task))}", flush=True)
                assert reached or number > 1, name
                framework.finish()
            wait(lambda: processes(command) == 0, f"the task ended after {name}")


@test("a ZooKeeper session that expires between the steps of a launch, of the leader or of the agent: the task runs on")
def expiries_between(cluster):
    with TunnelledCluster(cluster.program) as cut, Framework(cut.url, "between", tolerant=True) as framework:
        framework.wait_registered()
        agent = cut.agents[0]
        for index, who in enumerate(("leader", "agent")):
            victim = lambda: cut.tunnels[wait(cut.leader, "a master leads") if who == "leader" else agent]
            task, command = f"between-{index}", f"sleep 10040{index:02}"
            registrations = len(framework.registrations)
            victim().expire()  # subscribed
            if who == "leader":
                framework.wait_registered(registrations + 1)
            framework.launch(task, f"exec {command}")
            wait(lambda: framework.states(task), f"the fate of {task}")
            if "TASK_LOST" in framework.states(task):
                # Its agent was not there to be told.
                assert processes(command) == 0
                task += "-again"
                framework.launch(task, f"exec {command}")
            framework.wait_state(task, "TASK_RUNNING")
            victim().expire()  # running
            wait(lambda: settled(cut, framework, task), lambda: f"all is settled after the {who}'s session")
            framework.driver.killTask({"value": task})
            victim().expire()  # told to end
            try:
                wait(lambda: processes(command) == 0, "the task ends", 15)
            except AssertionError:
                # A call that the old leader took with it is made again, as frameworks do.
                framework.driver.killTask({"value": task})
                wait(lambda: processes(command) == 0, "the task ends")
            framework.wait_state(task, "TASK_KILLED")
            assert set(framework.states(task)) == {"TASK_RUNNING", "TASK_KILLED"}, framework.states(task)
        framework.finish()
