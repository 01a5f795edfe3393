"""Writes the state of a made-up cluster into ZooKeeper, in the layout the agents and the master use."""
import hashlib
import json
import uuid

STATE = "/mesos_state"


def shard(identifier):
    return hashlib.sha1(identifier.encode()).hexdigest()[:2]


def encode(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


class Cluster:
    """agents x apps x instances; app N is `app-N`, all of one framework `marathon`."""

    framework = "bench-framework-0000"

    def __init__(self, client, agents=4, prefix="127.0.2"):
        self.client = client
        self.agents = [f"bench-S{index}" for index in range(agents)]
        self.addresses = {agent: f"{prefix}.{index + 1}" for index, agent in enumerate(self.agents)}

    def put(self, path, value):
        data = encode(value)
        if self.client.exists(path):
            self.client.set(path, data)
        else:
            self.client.create(path, data, makepath=True)

    def agent_path(self, kind, agent):
        return f"{STATE}/{kind}/{shard(agent)}/{agent}"

    def write_nodes(self, masters=("127.0.1.1",)):
        for path in ["/mesos", STATE + "/registry/agents", STATE + "/live", STATE + "/tasks", STATE + "/frameworks"]:
            self.client.ensure_path(path)
        for ip in masters:
            number = int.from_bytes(bytes(int(part) for part in ip.split(".")), "little")
            info = {"id": str(uuid.uuid4()), "ip": number, "port": 5050, "pid": f"master@{ip}:5050", "hostname": ip,
                    "version": "1.0.1", "address": {"hostname": ip, "ip": ip, "port": 5050}}
            self.client.create("/mesos/json.info_", encode(info), ephemeral=True, sequence=True)
        self.put(f"{STATE}/frameworks/{shard(self.framework)}/{self.framework}", {
            "v": 1, "id": {"value": self.framework}, "name": "marathon", "hostname": "127.0.1.1", "state": "active",
            "info": {"user": "root", "name": "marathon", "failover_timeout": 0, "checkpoint": True, "role": "*"},
            "registered_time": 1.0})
        for agent in self.agents:
            ip = self.addresses[agent]
            self.put(self.agent_path("registry/agents", agent), {
                "v": 1, "agent_id": {"value": agent}, "info": {"hostname": ip, "port": 5051}, "pid": f"slave(1)@{ip}:5051",
                "version": "1.0.1", "state": "registered", "registered_time": 1.0})

    def task(self, app, instance, state="TASK_RUNNING", port=31000):
        identifier = f"{app}.{uuid.uuid5(uuid.NAMESPACE_URL, f'{app}/{instance}')}"
        return {
            "id": {"value": identifier}, "name": app, "framework_id": {"value": self.framework}, "executor_id": "", "state": state,
            "resources": [
                {"name": "cpus", "type": "SCALAR", "scalar": {"value": 0.1}, "role": "*"},
                {"name": "mem", "type": "SCALAR", "scalar": {"value": 32.0}, "role": "*"},
                {"name": "ports", "type": "RANGES", "ranges": {"range": [{"begin": port, "end": port}]}, "role": "*"}],
            "discovery": {"visibility": "FRAMEWORK", "name": app, "ports": {"ports": [{"number": port, "protocol": "tcp"}]}},
            "statuses": [{"state": state, "timestamp": 1480000000.5}]}

    def write_chunk(self, agent, chunk, tasks):
        keyed = {f"{self.framework}/{task['id']['value']}": task for task in tasks}
        self.put(f"{self.agent_path('tasks', agent)}/{chunk}", {"v": 1, "agent_id": {"value": agent}, "tasks": keyed})

    def write_tasks(self, apps, instances, per_chunk=200):
        """Spreads the instances of every app over the agents."""
        by_agent = {agent: [] for agent in self.agents}
        index = 0
        for app in range(apps):
            for instance in range(instances):
                agent = self.agents[index % len(self.agents)]
                by_agent[agent].append(self.task(f"app-{app}", instance, port=31000 + len(by_agent[agent]) % 1000))
                index += 1
        for agent, tasks in by_agent.items():
            width = max(1, (max(1, len(tasks) // per_chunk)).bit_length())
            chunks = {}
            for task in tasks:
                bits = f"{int(hashlib.sha1(task['id']['value'].encode()).hexdigest(), 16):0160b}"[:width]
                chunks.setdefault(bits, []).append(task)
            for chunk, members in chunks.items():
                self.write_chunk(agent, chunk, members)
        return {agent: len(tasks) for agent, tasks in by_agent.items()}
