"""The operator API through pymesos and in the binary form (contracts/mesos.md §10)."""

import json
import threading

import pymesos
from google.protobuf import json_format

from binary import PROTOBUF, messages
from cluster import MASTER_PORT, pid_of, request, wait
from framework import Framework
from run import test


class Listener(pymesos.OperatorMaster):
    """Writes down what a stream of events tells."""

    def __init__(self):
        self.lock = threading.Lock()
        self.events = []

    def note(self, kind, event):
        with self.lock:
            self.events.append((kind, event))

    def of(self, kind):
        with self.lock:
            return [event for name, event in self.events if name == kind]

    def taskAdded(self, task_info):
        self.note("task added", task_info)

    def taskUpdated(self, task_info):
        self.note("task updated", task_info)

    def frameworkAdded(self, framework_info):
        self.note("framework added", framework_info)

    def frameworkUpdated(self, framework_info):
        self.note("framework updated", framework_info)

    def frameworkRemoved(self, framework_info):
        self.note("framework removed", framework_info)

    def agentAdded(self, agent_info):
        self.note("agent added", agent_info)

    def agentRemoved(self, agent_info):
        self.note("agent removed", agent_info)


@test("pymesos: an operator asks a standby and is answered by the leader")
def operator_calls(cluster):
    driver = pymesos.MesosOperatorMasterDriver(f"{cluster.standbys()[0]}:{MASTER_PORT}")
    assert driver.getHealth() == {"type": "GET_HEALTH", "get_health": {"healthy": True}}
    version = driver.getVersion()["get_version"]["version_info"]
    assert version["version"] == cluster.read(cluster.leader(), MASTER_PORT, "/version")["version"]
    flags = {flag["name"]: flag["value"] for flag in driver.getFlags()["get_flags"]["flags"]}
    assert flags["cluster"] == "clients"
    metrics = {metric["name"]: metric["value"] for metric in driver.getMetrics(10**9)["get_metrics"]["metrics"]}
    assert metrics["master/slaves_active"] == len(cluster.agents)
    state = driver.getState()["get_state"]
    agents = state["get_agents"]["agents"]
    assert {agent["agent_info"]["hostname"] for agent in agents} == set(cluster.agents) and all(agent["active"] for agent in agents)
    assert driver.getLoggingLevel()["get_logging_level"]["level"] == 0


@test("pymesos: the events of a stream tell a framework's and its task's life")
def operator_events(cluster):
    listener = Listener()
    driver = pymesos.MesosOperatorMasterDriver(cluster.leader() + f":{MASTER_PORT}", listener)
    driver.start()
    try:
        wait(lambda: driver.connected, "the stream is open")
        with Framework(cluster.url, "watched") as framework:
            framework.wait_registered()
            framework.launch("watched", "exec sleep 100191")
            framework.wait_state("watched", "TASK_RUNNING")
            framework.finish()
        wait(lambda: "watched" in json.dumps(listener.of("framework removed")), f"the framework goes; {listener.events}")
        assert "watched" in json.dumps(listener.of("framework added"))
        assert "watched" in json.dumps(listener.of("task added"))
        assert "TASK_RUNNING" in json.dumps(listener.of("task updated"))
    finally:
        driver.stop()
        driver.join()
    wait(lambda: pid_of("sleep", "100191") is None, "the task ended")


@test("protobuf: an operator's call is answered in the form that is asked for")
def binary_operator(cluster):
    leader = wait(cluster.leader, "a master leads")

    def ask(kind, accept="application/x-protobuf", **fields):
        message = json_format.ParseDict({"type": kind, **fields}, messages()("master.Call")())
        return request("POST", leader, MASTER_PORT, "/api/v1", message.SerializeToString(), {**PROTOBUF, "Accept": accept})

    for kind, fields in (
            ("GET_HEALTH", {}), ("GET_FLAGS", {}), ("GET_VERSION", {}), ("GET_METRICS", {"get_metrics": {}}), ("GET_STATE", {}),
            ("GET_AGENTS", {}), ("GET_FRAMEWORKS", {}), ("GET_EXECUTORS", {}), ("GET_TASKS", {}), ("GET_ROLES", {}),
            ("GET_WEIGHTS", {}), ("GET_MASTER", {}), ("GET_MAINTENANCE_STATUS", {}), ("GET_MAINTENANCE_SCHEDULE", {}), ("GET_QUOTA", {})):
        status, headers, body = ask(kind, **fields)
        assert (status, headers["Content-Type"]) == (200, "application/x-protobuf"), (kind, status, body)
        response = messages()("master.Response").FromString(body)
        assert response.DESCRIPTOR.fields_by_name["type"].enum_type.values_by_number[response.type].name == kind
        assert response.HasField(kind.lower()), kind
        status, headers, body = ask(kind, "application/json", **fields)
        assert (status, headers["Content-Type"]) == (200, "application/json") and json.loads(body)["type"] == kind
    agents = messages()("master.Response").FromString(ask("GET_AGENTS")[2]).get_agents.agents
    assert {agent.agent_info.hostname for agent in agents} == set(cluster.agents)
    status, _, body = request("POST", leader, MASTER_PORT, "/api/v1", b"\xff", PROTOBUF)
    assert (status, body) == (400, b"Failed to parse body into Call protobuf")
