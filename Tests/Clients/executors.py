"""Custom executors: pymesos on both sides (contracts/mesos.md §8, §9)."""

import base64
import os
import sys

from cluster import wait
from framework import Framework
from run import test

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "executor_program.py")


def text(value):
    return base64.b64encode(value.encode()).decode()


def worker():
    """Python with pymesos needs about 50 MB."""
    return {
        "executor_id": {"value": "worker"}, "name": "worker", "command": {"value": f"exec {sys.executable} -B {PROGRAM}"},
        "resources": [
            {"name": "cpus", "type": "SCALAR", "scalar": {"value": 0.1}}, {"name": "mem", "type": "SCALAR", "scalar": {"value": 128}}]}


@test("pymesos: a custom executor runs and ends tasks, talks, outlives its agent's process and the leading master")
def custom_executor(cluster):
    host = cluster.private_agents[0]
    with Framework(cluster.url, "custom", hosts=[host], tolerant=True) as framework:
        framework.wait_registered()

        def launch(name, data):
            framework.launch(name, None, executor=worker(), data=text(data))

        launch("first", "run")
        running = framework.wait_state("first", "TASK_RUNNING")
        pid = int(running["message"])
        assert running["source"] == "SOURCE_EXECUTOR" and running["executor_id"]["value"] == "worker", running

        launch("second", "finish")
        assert framework.wait_state("second", "TASK_FINISHED")["message"] == str(pid)
        assert framework.states("second") == ["TASK_RUNNING", "TASK_FINISHED"]
        framework.driver.sendFrameworkMessage({"value": "worker"}, running["agent_id"], text("how are you"))
        wait(lambda: framework.messages, "the executor's message")
        assert framework.messages == [("worker", running["agent_id"]["value"], text("how are you"))]

        agent = cluster.agent(host)["id"]
        cluster.kill(host)
        cluster.start_agent(host)
        wait(cluster.is_whole, "the agent is back")
        launch("third", "run")
        assert framework.wait_state("third", "TASK_RUNNING")["message"] == str(pid), "another process runs the executor"
        assert cluster.agent(host)["id"] == agent

        framework.driver.killTask({"value": "first"})
        assert framework.wait_state("first", "TASK_KILLED")["message"] == str(pid)

        leader = wait(cluster.leader, "a master leads")
        cluster.kill(leader)
        wait(cluster.leader, "another master leads")
        cluster.start_master(leader)
        wait(cluster.is_whole, "every agent is back")
        wait(lambda: (cluster.framework(framework.identifier) or {}).get("active"), "the framework is back")
        launch("fourth", "finish")
        assert framework.wait_state("fourth", "TASK_FINISHED")["message"] == str(pid)
        states = {name: framework.states(name) for name in ("first", "third")}
        assert states["third"] == ["TASK_RUNNING"] and set(states["first"]) == {"TASK_RUNNING", "TASK_KILLED"}, states
        assert not framework.lost_executors and not framework.errors

        framework.finish()
    wait(lambda: not os.path.exists(f"/proc/{pid}"), "the executor ended with its framework")
