"""What frameworks see of crashes: of a master, of an agent, of themselves (contracts/mesos.md §22)."""

from cluster import MASTER_PORT, pid_of, wait, wait_pid
from framework import Framework
from run import test


@test("pymesos: a task and its framework outlive the leading master")
def master_dies(cluster):
    with Framework(cluster.url, "outlives") as framework:
        framework.wait_registered()
        identifier = framework.identifier
        framework.launch("steady", "exec sleep 100185")
        framework.wait_state("steady", "TASK_RUNNING")
        pid = wait_pid("sleep", "100185")
        leader = wait(cluster.leader, "a master leads")
        cluster.kill(leader)
        framework.wait_registered(times=2, seconds=60)
        other = wait(cluster.leader, "another master leads")
        assert other != leader
        assert framework.registrations[-1][0] == identifier and framework.registrations[-1][1]["hostname"] == other
        wait(lambda: cluster.is_whole(), "every agent is back")
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
