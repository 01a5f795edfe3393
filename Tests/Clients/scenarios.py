"""How users judge a cluster: the scenarios of contracts/mesos.md §22 by their numbers, 1 to 8."""

import json
import threading
import time

from kazoo.client import KazooClient

from cluster import AGENT_PORT, MASTER_PORT, PRIVATE_PORTS, curl, pid_of, ranges, request, wait, wait_pid
from framework import Framework
from run import test


def agent_of(status):
    """The address of the agent that a status comes from."""
    return status["container_status"]["network_infos"][0]["ip_addresses"][0]["ip_address"]


@test("scenario 1: three json.info children, the lowest leads; kill -9 of the leader: another answers within 15 s")
def leader_killed(cluster):
    client = KazooClient(hosts=cluster.servers)
    client.start()
    try:
        names = client.get_children("/mesos")
        assert len(names) == 3 and all(name.startswith("json.info_") for name in names), names
        info = json.loads(client.get(f"/mesos/{min(names)}")[0])
    finally:
        client.stop()
        client.close()
    leader = wait(cluster.leader, "a master leads")
    assert info["address"]["ip"] == leader
    killed_at = time.monotonic()
    cluster.kill(leader)

    def another():
        state = cluster.state()
        return state and state["leader"]
    named = wait(another, "another master answers /state with 200", 15)
    print(f"  another master answered {time.monotonic() - killed_at:.1f} s after the kill")
    assert named == f"master@{cluster.leader()}:{MASTER_PORT}" and leader not in named, named
    cluster.start_master(leader)
    wait(lambda: cluster.read(leader, MASTER_PORT, "/version"), "the master is back")
    wait(cluster.is_whole, "every agent is back")


@test("scenario 2: curl of a standby's state-summary: 307 to the leader; followed: slaves and frameworks with their counters")
def standby_redirects(cluster):
    leader, standby = wait(cluster.leader, "a master leads"), cluster.standbys()[0]
    url = f"http://{standby}:{MASTER_PORT}/master/state-summary"
    with Framework(cluster.url, "summary") as framework:
        framework.wait_registered()
        framework.launch("counted", "exec sleep 100170")
        agent = framework.wait_state("counted", "TASK_RUNNING")["agent_id"]["value"]
        status, headers, _ = curl(url)
        assert (status, headers["location"]) == (307, f"//{leader}:{MASTER_PORT}/master/state-summary"), headers
        status, _, body = curl("--location", url)
        summary = json.loads(body)
        assert status == 200 and sum(slave["TASK_RUNNING"] for slave in summary["slaves"]) == 1, summary
        entry = next(entry for entry in summary["frameworks"] if entry["id"] == framework.identifier)
        assert entry["slave_ids"] == [agent] and entry["TASK_RUNNING"] == 1, entry
        framework.finish()


@test("scenario 3: a minimal pymesos scheduler registers in 5 s, is offered a private agent in 2 s; its task runs and is killed")
def minimal_scheduler(cluster):
    with Framework(cluster.url, "x", failover_timeout=None, checkpoint=None) as framework:
        framework.wait_registered(seconds=5)
        wait(lambda: framework.offers, "an offer", 2)
        offer = framework.offers[0]
        assert offer["hostname"] in cluster.private_agents
        ports = next(resource for resource in offer["resources"] if resource["name"] == "ports")
        assert ports["ranges"]["range"] == ranges(PRIVATE_PORTS), ports
        framework.launch("sleeper", "sleep 1000177")
        running = framework.wait_state("sleeper", "TASK_RUNNING")
        assert running["source"] == "SOURCE_EXECUTOR" and running["uuid"] and running["executor_id"]["value"] == "sleeper"
        assert running["timestamp"] > 0 and agent_of(running) in cluster.private_agents, running
        assert wait_pid("sleep", "1000177")
        framework.driver.killTask({"value": "sleeper"})
        killed = framework.wait_state("sleeper", "TASK_KILLED")
        assert killed["message"] == "Command terminated with signal Terminated", killed
        wait(lambda: pid_of("sleep", "1000177") is None, "its process is gone")
        framework.finish()


class StateWatch:
    """Writes down in which states /state shows a task, as often as it can be read."""

    def __init__(self, cluster, framework, task):
        self.cluster, self.framework, self.task = cluster, framework, task
        self.seen, self.readings, self.ends = set(), 0, threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.ends.is_set():
            entry = self.cluster.framework(self.framework)
            if entry is not None:
                self.seen |= {task["state"] for task in entry["tasks"] if task["id"] == self.task} or {"absent"}
                self.readings += 1
            self.ends.wait(0.05)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *reason):
        self.ends.set()
        self.thread.join()


@test("scenario 4: kill -9 of an agent and its restart: same process, RUNNING throughout, no LOST, a newer reregistered_time")
def agent_killed(cluster):
    with Framework(cluster.url, "stays") as framework:
        framework.wait_registered()
        framework.launch("still", "exec sleep 100186")
        address = agent_of(framework.wait_state("still", "TASK_RUNNING"))
        pid = wait_pid("sleep", "100186")
        before = cluster.agent(address)
        with StateWatch(cluster, framework.identifier, "still") as watch:
            killed_at = time.time()
            cluster.kill(address)
            cluster.start_agent(address)

            def returned():
                entry = cluster.agent(address)
                return entry and entry["active"] and entry.get("reregistered_time", 0) > killed_at and entry
            after = wait(returned, "the agent is registered again")
        assert after["id"] == before["id"] and after["reregistered_time"] > before.get("reregistered_time", 0)
        assert watch.seen == {"TASK_RUNNING"} and watch.readings > 0, watch.seen
        assert pid_of("sleep", "100186") == pid
        framework.driver.killTask({"value": "still"})
        framework.wait_state("still", "TASK_KILLED")
        assert set(framework.states("still")) <= {"TASK_RUNNING", "TASK_KILLED"}, framework.states("still")
        framework.finish()


@test("scenario 5: a framework back within its failover_timeout finds its tasks; one that is late: Framework has been removed")
def comes_back(cluster):
    with Framework(cluster.url, "returns", failover_timeout=60) as framework:
        framework.wait_registered()
        identifier = framework.identifier
        framework.launch("waits", "exec sleep 100184")
        framework.wait_state("waits", "TASK_RUNNING")
    pid = wait_pid("sleep", "100184")
    wait(lambda: cluster.framework(identifier)["active"] is False, "the framework is disconnected")
    # A shorter time for the second part of the scenario.
    with Framework(cluster.url, "returns", identifier, failover_timeout=3) as framework:
        framework.wait_registered()
        framework.driver.reconcileTasks([])
        framework.wait_state("waits", "TASK_RUNNING")
        assert framework.registrations[0][0] == identifier and pid_of("sleep", "100184") == pid
    wait(lambda: cluster.completed(identifier), "the framework is removed after its time")
    wait(lambda: pid_of("sleep", "100184") is None, "its task ended")
    with Framework(cluster.url, "returns", identifier) as framework:
        wait(lambda: framework.errors == ["Framework has been removed"], f"the refusal; {framework.errors}")


@test("scenario 6: two schedulers with one id: the first gets Framework failed over, its next ACKNOWLEDGE 400")
def taken_over(cluster):
    with Framework(cluster.url, "twin") as first:
        first.wait_registered()
        identifier = first.identifier
        first.launch("kept", "exec sleep 100183")
        update = first.wait_state("kept", "TASK_RUNNING")
        pid = wait_pid("sleep", "100183")
        stream = wait(lambda: first.driver.stream_id, "a stream")
        with Framework(cluster.url, "twin", identifier) as second:
            second.wait_registered()
            wait(lambda: first.errors == ["Framework failed over"], f"the first is told; {first.errors}")
            assert second.identifier == identifier
            status, _, body = cluster.call({
                "type": "ACKNOWLEDGE", "framework_id": {"value": identifier},
                "acknowledge": {key: update[key] for key in ("agent_id", "task_id", "uuid")}}, {"Mesos-Stream-Id": stream})
            assert status == 400 and b"didn't match the stream ID" in body, (status, body)
            second.driver.reconcileTasks([])
            second.wait_state("kept", "TASK_RUNNING")
            assert pid_of("sleep", "100183") == pid and second.errors == []
            second.finish()


@test("scenario 7: 200 000 bytes of stdout: read at -1 tells the size, at 0 gives 65 536 bytes; browse lists stdout and stderr")
def files(cluster):
    with Framework(cluster.url, "writes") as framework:
        framework.wait_registered()
        framework.launch("writer", "yes x | tr -d '\\n' | head -c 200000; exec sleep 100180")
        agent = agent_of(framework.wait_state("writer", "TASK_RUNNING"))
        state = cluster.read(agent, AGENT_PORT, "/slave(1)/state")
        executor = next(
            executor for entry in state["frameworks"] if entry["id"] == framework.identifier for executor in entry["executors"])
        path = f"{executor['directory']}/stdout"

        def size():
            _, _, body = request("GET", agent, AGENT_PORT, f"/files/read?path={path}&offset=-1")
            return json.loads(body) == {"data": "", "offset": 200000}
        wait(size, "the output is complete")
        answer = cluster.read(agent, AGENT_PORT, f"/files/read?path={path}&offset=0")
        assert len(answer["data"]) == 65536 and set(answer["data"]) == {"x"} and answer["offset"] == 0
        listing = cluster.read(agent, AGENT_PORT, f"/files/browse?path={executor['directory']}")
        assert {entry["path"].rsplit("/", 1)[1] for entry in listing} >= {"stdout", "stderr"}
        framework.finish()


@test("scenario 8: curl of /master/teardown: 200, tasks end within 10 s as TASK_KILLED, the id is completed and not taken again")
def operator_tears_down(cluster):
    with Framework(cluster.url, "torn") as framework:
        framework.wait_registered()
        identifier = framework.identifier
        framework.launch("torn", "exec sleep 100182")
        framework.wait_state("torn", "TASK_RUNNING")
        framework.driver._failover = True
        leader = wait(cluster.leader, "a master leads")
        status, _, body = curl("-X", "POST", "-d", f"frameworkId={identifier}", f"http://{leader}:{MASTER_PORT}/master/teardown")
        assert (status, body) == (200, ""), (status, body)
        wait(lambda: pid_of("sleep", "100182") is None, "its task ended", 10)
        completed = wait(lambda: cluster.completed(identifier), "the framework is completed")
        assert [task["state"] for task in completed["completed_tasks"]] == ["TASK_KILLED"], completed
        assert cluster.framework(identifier) is None
        # The driver's stream ends, it comes back with its id, and is refused.
        wait(lambda: framework.errors == ["Framework has been removed"], f"the refusal; {framework.errors}")
