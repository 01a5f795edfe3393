"""A framework on the public pymesos, which writes down everything it is told."""

import getpass
import threading

import pymesos

from cluster import wait


class Driver(pymesos.MesosSchedulerDriver):
    """The driver as it is, except that drivers of one process must not share the header fields of their requests."""

    # Whether calls that fail, as while no master leads, are written down instead of ending the driver.
    tolerant = False
    failures = ()

    def _send(self, body, path="/api/v1/scheduler", method="POST", headers=None):
        try:
            return super()._send(body, path, method, dict(headers or {}))
        except Exception as error:
            if not self.tolerant:
                raise
            self.failures = (*self.failures, error)
            return {}


class Framework(pymesos.Scheduler):
    def __init__(self, url, name, identifier=None, hosts=None, tolerant=False, **info):
        """- hosts: the only ones whose offers are taken; None: any.
        - tolerant: of calls that fail, as schedulers are that expect masters to fail.
        - info: further fields of FrameworkInfo; None removes one."""
        framework = {"user": getpass.getuser(), "name": name, "failover_timeout": 60, "checkpoint": True, **info}
        framework = {key: value for key, value in framework.items() if value is not None}
        if identifier:
            framework["id"] = {"value": identifier}
        self.hosts = hosts
        self.lock = threading.RLock()
        self.wanted = []
        self.registrations = []
        self.offers = []
        self.inverse_offers = []
        self.rescinded = []
        self.statuses = []
        self.errors = []
        self.lost_agents = []
        self.lost_executors = []
        self.messages = []
        self.disconnections = 0
        self.heartbeats = 0
        self.holds_offers = False
        self.driver = Driver(self, framework, url)
        self.driver.tolerant = tolerant

    # MARK: What the driver tells

    def registered(self, driver, framework_id, master_info):
        self.registrations.append((framework_id["value"], master_info))

    def reregistered(self, driver, master_info):
        self.registrations.append((driver.framework_id, master_info))

    def disconnected(self, driver):
        self.disconnections += 1

    def resourceOffers(self, driver, offers):
        with self.lock:
            for offer in offers:
                self.offers.append(offer)
                if self.holds_offers:
                    continue
                tasks = []
                if self.hosts is None or offer["hostname"] in self.hosts:
                    tasks, self.wanted = self.wanted, []
                for task in tasks:
                    task["agent_id"] = offer["agent_id"]
                if tasks:
                    driver.launchTasks(offer["id"], tasks)
                else:
                    driver.declineOffer(offer["id"])

    def inverseOffers(self, driver, offers):
        self.inverse_offers += offers

    def offerRescinded(self, driver, offer_id):
        self.rescinded.append(offer_id["value"])

    def statusUpdate(self, driver, status):
        self.statuses.append(status)

    def frameworkMessage(self, driver, executor_id, agent_id, data):
        self.messages.append((executor_id["value"], agent_id["value"], data))

    def slaveLost(self, driver, agent_id):
        self.lost_agents.append(agent_id["value"])

    def executorLost(self, driver, executor_id, agent_id, status):
        self.lost_executors.append((executor_id["value"], agent_id["value"], status))

    def processHeartBeat(self, driver):
        self.heartbeats += 1

    def error(self, driver, message):
        # As schedulers do: fatal. Otherwise the driver would come back and take the framework over again.
        self.errors.append(message)
        driver.stop(failover=True)

    # MARK: What tests ask for

    def __enter__(self):
        self.driver.start()
        return self

    def __exit__(self, *reason):
        """Leaves the framework and its tasks to time, unless the test stopped it otherwise."""
        self.leave()

    def leave(self):
        self.driver.stop(failover=True)
        self.driver.join()

    def finish(self):
        """The end that pymesos sends a TEARDOWN for."""
        self.driver.stop()
        self.driver.join()

    @property
    def identifier(self):
        return self.driver.framework_id

    def wait_registered(self, times=1, seconds=60):
        wait(lambda: len(self.registrations) >= times, f"the framework is registered {times} times", seconds)
        return self

    def take_offer(self, host, seconds=60):
        """An offer of the host that is kept; from now on offers are neither used nor declined."""
        self.holds_offers = True
        known = len(self.offers)
        self.driver.reviveOffers()
        return wait(
            lambda: next((offer for offer in self.offers[known:] if offer["hostname"] == host), None), f"an offer of {host}", seconds)

    def launch(self, task_id, command, cpus=0.1, mem=32, **task):
        with self.lock:
            self.wanted.append({
                "name": task_id, "task_id": {"value": task_id},
                "resources": [
                    {"name": "cpus", "type": "SCALAR", "scalar": {"value": cpus}},
                    {"name": "mem", "type": "SCALAR", "scalar": {"value": mem}}],
                **({"command": {"value": command}} if command else {}), **task})
        self.driver.reviveOffers()

    def updates(self, task_id):
        return [status for status in self.statuses if status["task_id"]["value"] == task_id]

    def states(self, task_id):
        return [status["state"] for status in self.updates(task_id)]

    def wait_state(self, task_id, state, seconds=60):
        """The first update with the state."""
        def found():
            assert not self.errors, self.errors
            return next((status for status in self.updates(task_id) if status["state"] == state), None)
        return wait(found, lambda: f"{task_id} is {state}; so far: {self.states(task_id)}", seconds)
