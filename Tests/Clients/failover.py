"""What frameworks see of crashes: of a master, of an agent, of themselves (contracts/mesos.md §22)."""

import time

from cluster import AGENT_PORT, MASTER_PORT, pid_of, wait
from framework import Framework
from run import test


@test("pymesos: a second scheduler with the id takes the framework over from the first")
def taken_over(cluster):
    with Framework(cluster.url, "twin") as first:
        first.wait_registered()
        identifier = first.identifier
        first.launch("kept", "exec sleep 100183")
        first.wait_state("kept", "TASK_RUNNING")
        pid = pid_of("sleep", "100183")
        stream = first.driver.stream_id
        with Framework(cluster.url, "twin", identifier) as second:
            second.wait_registered()
            wait(lambda: first.errors == ["Framework failed over"], f"the first is told; {first.errors}")
            assert second.identifier == identifier
            call = {"type": "REVIVE", "framework_id": {"value": identifier}}
            status, _, body = cluster.call(call, {"Mesos-Stream-Id": stream})
            assert status == 400 and b"didn't match the stream ID" in body, (status, body)
            second.driver.reconcileTasks([])
            second.wait_state("kept", "TASK_RUNNING")
            assert pid_of("sleep", "100183") == pid and second.errors == []
            second.finish()


@test("pymesos: a framework that comes back in time finds its tasks; one that comes too late is refused")
def comes_back(cluster):
    with Framework(cluster.url, "returns", failover_timeout=20) as framework:
        framework.wait_registered()
        identifier = framework.identifier
        framework.launch("waits", "exec sleep 100184")
        framework.wait_state("waits", "TASK_RUNNING")
    pid = pid_of("sleep", "100184")
    wait(lambda: cluster.framework(identifier)["active"] is False, "the framework is disconnected")
    with Framework(cluster.url, "returns", identifier, failover_timeout=3) as framework:
        framework.wait_registered()
        framework.driver.reconcileTasks([])
        framework.wait_state("waits", "TASK_RUNNING")
        assert framework.identifier == identifier and pid_of("sleep", "100184") == pid
    wait(lambda: cluster.completed(identifier), "the framework is removed after its time")
    wait(lambda: pid_of("sleep", "100184") is None, "its task ended")
    with Framework(cluster.url, "returns", identifier) as framework:
        wait(lambda: framework.errors == ["Framework has been removed"], f"the refusal; {framework.errors}")


@test("pymesos: a task and its framework outlive the leading master")
def master_dies(cluster):
    with Framework(cluster.url, "outlives") as framework:
        framework.wait_registered()
        identifier = framework.identifier
        framework.launch("steady", "exec sleep 100185")
        framework.wait_state("steady", "TASK_RUNNING")
        pid = pid_of("sleep", "100185")
        leader = wait(cluster.leader, "a master leads")
        cluster.kill(leader)
        framework.wait_registered(times=2, seconds=60)
        other = wait(cluster.leader, "another master leads")
        assert other != leader
        assert framework.registrations[-1][0] == identifier and framework.registrations[-1][1]["hostname"] == other
        wait(lambda: cluster.active_agents() == len(cluster.agents), "every agent is back")
        framework.statuses.clear()
        framework.driver.reconcileTasks([])
        framework.wait_state("steady", "TASK_RUNNING")
        entry = cluster.framework(identifier)
        assert [task["state"] for task in entry["tasks"]] == ["TASK_RUNNING"] and entry["active"]
        # New work goes on as before.
        framework.launch("new", "true")
        framework.wait_state("new", "TASK_FINISHED")
        assert set(framework.states("steady")) == {"TASK_RUNNING"} and not framework.errors and not framework.lost_agents
        assert pid_of("sleep", "100185") == pid
        cluster.start_master(leader)
        wait(lambda: cluster.read(leader, MASTER_PORT, "/version"), "the master is back")
        framework.finish()


@test("pymesos: a task outlives its agent's process")
def agent_dies(cluster):
    with Framework(cluster.url, "stays") as framework:
        framework.wait_registered()
        framework.launch("still", "exec sleep 100186")
        running = framework.wait_state("still", "TASK_RUNNING")
        agent = running["container_status"]["network_infos"][0]["ip_addresses"][0]["ip_address"]
        pid = pid_of("sleep", "100186")
        killed_at = time.time()
        cluster.kill(agent)
        cluster.start_agent(agent)

        def returned():
            entries = [entry for entry in (cluster.state() or {"slaves": []})["slaves"] if entry["hostname"] == agent]
            return [entry["active"] for entry in entries] == [True] and entries[0].get("reregistered_time", 0) > killed_at
        wait(returned, "the agent is registered again, under its id")
        assert pid_of("sleep", "100186") == pid
        framework.driver.killTask({"value": "still"})
        framework.wait_state("still", "TASK_KILLED")
        assert not set(framework.states("still")) & {"TASK_LOST", "TASK_FAILED"}, framework.states("still")
        assert cluster.read(agent, AGENT_PORT, "/slave(1)/state")
        framework.finish()
