"""A framework's life: offers, tasks, kills, reconciliation, its end (contracts/mesos.md §8)."""

from cluster import AGENT_PORT, PRIVATE_PORTS, pid_of, ranges, wait
from framework import Framework
from run import test


@test("pymesos: a framework finds the master through ZooKeeper and gets offers")
def registers(cluster):
    with Framework(cluster.url, "finds") as framework:
        framework.wait_registered()
        identifier, master = framework.registrations[0]
        assert master["hostname"] == cluster.leader() and master["version"], master
        wait(lambda: {offer["hostname"] for offer in framework.offers} == set(cluster.private_agents), "offers of every private agent")
        offer = framework.offers[0]
        resources = {resource["name"]: resource for resource in offer["resources"]}
        assert resources["ports"]["ranges"]["range"] == ranges(PRIVATE_PORTS), resources
        assert resources["cpus"]["role"] == "*" and resources["cpus"]["scalar"]["value"] > 0
        assert offer["framework_id"]["value"] == identifier
        assert offer["url"]["address"] == {"hostname": offer["hostname"], "ip": offer["hostname"], "port": AGENT_PORT}
        assert offer["url"]["path"] == "/slave(1)"
        assert {"name": "host", "type": "TEXT", "text": {"value": offer["hostname"]}} in offer["attributes"]
        wait(lambda: framework.heartbeats >= 1, "a heartbeat")
        framework.finish()


@test("pymesos: what a command ends with is what its last update says")
def ends(cluster):
    with Framework(cluster.url, "ends") as framework:
        framework.wait_registered()
        framework.launch("good", "true")
        framework.wait_state("good", "TASK_FINISHED")
        framework.launch("bad", "exit 3")
        failed = framework.wait_state("bad", "TASK_FAILED")
        assert failed["message"] == "Command exited with status 3", failed
        framework.launch("wrong/id", "true")
        error = framework.wait_state("wrong/id", "TASK_ERROR")
        assert error["message"] == "TaskID 'wrong/id' contains invalid characters", error
        assert error["reason"] == "REASON_TASK_INVALID" and error["source"] == "SOURCE_MASTER" and "uuid" not in error
        framework.launch("greedy", "true", cpus=1000)
        assert "more resources" in framework.wait_state("greedy", "TASK_ERROR")["message"]
        framework.finish()


@test("pymesos: a launch on an offer that is gone answers TASK_LOST")
def invalid_offer(cluster):
    with Framework(cluster.url, "late") as framework:
        framework.wait_registered()
        agent = wait(lambda: framework.offers, "an offer")[0]["agent_id"]
        framework.driver.launchTasks({"value": "gone"}, [{
            "name": "late", "task_id": {"value": "late"}, "agent_id": agent, "command": {"value": "true"},
            "resources": [{"name": "cpus", "type": "SCALAR", "scalar": {"value": 0.1}}]}])
        lost = framework.wait_state("late", "TASK_LOST")
        assert lost["reason"] == "REASON_INVALID_OFFERS", lost
        assert lost["message"] == "Task launched with invalid offers: Offer gone is no longer valid", lost
        framework.finish()


@test("pymesos: reconciliation, of all tasks and of some")
def reconciles(cluster):
    with Framework(cluster.url, "reconciles") as framework:
        framework.wait_registered()
        framework.launch("one", "exec sleep 100178")
        framework.launch("two", "exec sleep 100179")
        for task in ("one", "two"):
            framework.wait_state(task, "TASK_RUNNING")

        def answers():
            return {
                status["task_id"]["value"]: status for status in framework.statuses
                if status.get("reason") == "REASON_RECONCILIATION"}

        framework.driver.reconcileTasks([])
        wait(lambda: set(answers()) == {"one", "two"}, "the answer of an implicit reconciliation")
        for status in answers().values():
            assert status["state"] == "TASK_RUNNING" and status["source"] == "SOURCE_MASTER" and "uuid" not in status
            assert status["message"] == "Reconciliation: Latest task state"
        framework.statuses.clear()
        framework.driver.reconcileTasks([{"task_id": {"value": "two"}}, {"task_id": {"value": "never"}}])
        wait(lambda: set(answers()) == {"two", "never"}, "the answer of an explicit reconciliation")
        assert answers()["two"]["state"] == "TASK_RUNNING"
        assert answers()["never"]["state"] == "TASK_LOST"
        assert answers()["never"]["message"] == "Reconciliation: Task is unknown"
        framework.finish()


@test("pymesos: the end of a driver tears its framework down")
def stop_tears_down(cluster):
    with Framework(cluster.url, "stops") as framework:
        framework.wait_registered()
        identifier = framework.identifier
        framework.launch("last", "exec sleep 100181")
        framework.wait_state("last", "TASK_RUNNING")
        framework.finish()
    completed = wait(lambda: cluster.completed(identifier), "the framework is completed")
    assert cluster.framework(identifier) is None
    wait(lambda: pid_of("sleep", "100181") is None, "its task ended")
    assert [task["state"] for task in completed["completed_tasks"]] == ["TASK_KILLED"]
