"""The binary form of the scheduler API, with Google's own protobuf as the other side (contracts/mesos.md §8.1, appendix A)."""

import functools
import getpass
import json
import os
import subprocess
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

from cluster import MASTER_PORT, PRIVATE_PORTS, ranges, request, wait, wait_pid
from run import test
from transport import SUBSCRIBE, Stream

PROTOBUF = {"Content-Type": "application/x-protobuf"}
SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Sources/MesosProtobuf/proto")


@functools.cache
def messages():
    """The classes of our messages, made by protoc and Google's library from the sources."""
    with tempfile.NamedTemporaryFile(suffix=".pb") as file:
        names = [f"mesos/v1/{name}.proto" for name in ("mesos", "scheduler", "executor", "master", "agent")]
        subprocess.run(["protoc", f"--proto_path={SOURCES}", f"--descriptor_set_out={file.name}", *names], check=True)
        described = descriptor_pb2.FileDescriptorSet.FromString(file.read())
    pool = descriptor_pool.DescriptorPool()
    for entry in described.file:
        pool.Add(entry)
    factory = message_factory.MessageFactory(pool)
    return lambda name: factory.GetPrototype(pool.FindMessageTypeByName(f"mesos.v1.{name}"))


def call(**fields):
    return json_format.ParseDict(fields, messages()("scheduler.Call")())


def subscription(name):
    return call(type="SUBSCRIBE", subscribe={"framework_info": {"user": getpass.getuser(), "name": name, "checkpoint": True}})


class BinaryStream(Stream):
    def __init__(self, cluster, name):
        super().__init__(cluster, subscription(name).SerializeToString(), {**PROTOBUF, "Accept": "application/x-protobuf"})
        self.cluster = cluster
        assert self.answer.status == 200, self.answer.read()
        assert self.answer.headers["Content-Type"] == "application/x-protobuf"
        self.framework = None

    def event(self):
        return messages()("scheduler.Event").FromString(self.record())

    def next(self, kind):
        """The next event of the kind."""
        while True:
            event = self.event()
            if messages()("scheduler.Event").Type.Name(event.type) == kind:
                return event

    def send(self, **fields):
        message = call(framework_id={"value": self.framework}, **fields)
        answer = self.cluster.post(
            "/api/v1/scheduler", message.SerializeToString(), {**PROTOBUF, "Mesos-Stream-Id": self.identifier})
        assert answer[::2] == (202, b""), answer


@test("protobuf: a framework lives its life in the binary form")
def binary_framework(cluster):
    with BinaryStream(cluster, "binary") as stream:
        subscribed = stream.event().subscribed
        stream.framework = subscribed.framework_id.value
        assert subscribed.heartbeat_interval_seconds == 15
        assert subscribed.master_info.address.ip == cluster.leader()
        assert subscribed.master_info.port == MASTER_PORT
        offer = stream.next("OFFERS").offers.offers[0]
        assert offer.framework_id.value == stream.framework and offer.hostname in cluster.private_agents
        resources = {resource.name: resource for resource in offer.resources}
        assert resources["cpus"].scalar.value > 0 and resources["cpus"].HasField("role") and resources["cpus"].role == "*"
        assert [(item.begin, item.end) for item in resources["ports"].ranges.range] == [
            (item["begin"], item["end"]) for item in ranges(PRIVATE_PORTS)]
        assert offer.attributes[0].text.value == offer.hostname
        stream.send(type="ACCEPT", accept={
            "offer_ids": [{"value": offer.id.value}],
            "operations": [{"type": "LAUNCH", "launch": {"task_infos": [{
                "name": "binary", "task_id": {"value": "binary"}, "agent_id": {"value": offer.agent_id.value},
                "resources": [
                    {"name": "cpus", "type": "SCALAR", "scalar": {"value": 0.1}},
                    {"name": "mem", "type": "SCALAR", "scalar": {"value": 32}}],
                "command": {"value": "exec sleep 100190"}, "data": "AAECAw=="}]}}],
            "filters": {"refuse_seconds": 0.5}})

        def update(state):
            while True:
                status = stream.next("UPDATE").update.status
                assert status.task_id.value == "binary" and len(status.uuid) == 16 and status.timestamp > 0
                stream.send(type="ACKNOWLEDGE", acknowledge={
                    "agent_id": {"value": status.agent_id.value}, "task_id": {"value": "binary"},
                    "uuid": json_format.MessageToDict(status)["uuid"]})
                if messages()("TaskStatus").DESCRIPTOR.fields_by_name["state"].enum_type.values_by_number[status.state].name == state:
                    return status

        assert update("TASK_RUNNING").source == messages()("TaskStatus").SOURCE_EXECUTOR
        assert wait_pid("sleep", "100190")
        stream.send(type="KILL", kill={"task_id": {"value": "binary"}})
        assert update("TASK_KILLED").message == "Command terminated with signal Terminated"
        stream.send(type="TEARDOWN")
    wait(lambda: cluster.completed(stream.framework), "the framework is completed")


@test("protobuf: an offer says the same in both forms")
def same_offer(cluster):
    def offers(stream, read):
        with stream:
            found = {}
            while len(found) < len(cluster.private_agents):
                event = read(stream)
                for offer in event.get("offers", {}).get("offers", []):
                    offer["id"] = offer["framework_id"] = None
                    offer["resources"].sort(key=lambda resource: resource["name"])
                    found[offer["hostname"]] = offer
            return found

    def binary(stream):
        return json_format.MessageToDict(stream.event(), preserving_proto_field_name=True)

    def numbers(value):
        """Google's JSON writes 64-bit integers as strings; the API does not."""
        if isinstance(value, dict):
            return {key: int(item) if key in ("begin", "end") else numbers(item) for key, item in value.items()}
        return [numbers(item) for item in value] if isinstance(value, list) else value

    text = offers(Stream(cluster), lambda stream: stream.event())
    assert numbers(offers(BinaryStream(cluster, "same"), binary)) == text


@test("protobuf: the form of the answer is JSON unless only protobuf is acceptable")
def negotiation(cluster):
    for accept, expected in (
            (None, "json"), ("*/*", "json"), ("application/x-protobuf, application/json;q=0.1", "json"),
            ("application/*", "json"), ("application/x-protobuf", "x-protobuf"), ("application/x-protobuf, text/html", "x-protobuf"),
            ("application/json;q=0, */*", "json")):
        for body, headers in (
                (subscription("form").SerializeToString(), PROTOBUF), (json.dumps(SUBSCRIBE).encode(), {"Content-Type": "application/json"})):
            with Stream(cluster, body, {**headers, **({"Accept": accept} if accept else {})}) as stream:
                assert stream.answer.headers["Content-Type"] == f"application/{expected}", (accept, stream.answer.headers.items())
                record = stream.record()
                if expected == "json":
                    assert json.loads(record)["type"] == "SUBSCRIBED"
                else:
                    assert messages()("scheduler.Event").FromString(record).subscribed.framework_id.value


@test("protobuf: what is not a call is refused")
def binary_refusals(cluster):
    leader = wait(cluster.leader, "a master leads")
    for body, expected in (
            (b"\xff\xff\xff", "Failed to parse body into Call protobuf"),
            (json.dumps(SUBSCRIBE).encode(), "Failed to parse body into Call protobuf"),
            # KILL without its required task_id.
            (b"\x10\x06\x32\x00", "Failed to parse body into Call protobuf"),
            (b"", "Failed to validate scheduler::Call: Expecting 'type' to be present"),
            # A type from the future counts as none.
            (b"\x10\x63", "Failed to validate scheduler::Call: Expecting 'type' to be present"),
            (call(type="KILL").SerializeToString(), "Failed to validate scheduler::Call: Expecting 'framework_id' to be present"),
            (call(type="TEARDOWN", framework_id={"value": "unheard-of"}).SerializeToString(), "Framework cannot be found")):
        status, _, text = request("POST", leader, MASTER_PORT, "/api/v1/scheduler", body, PROTOBUF)
        assert (status, text.decode()) == (400, expected), (body, status, text)


@test("protobuf: a failover_timeout that is no number is an ERROR event in the form of the stream")
def binary_error(cluster):
    message = subscription("nan")
    message.subscribe.framework_info.failover_timeout = float("nan")
    with Stream(cluster, message.SerializeToString(), {**PROTOBUF, "Accept": "application/x-protobuf"}) as stream:
        event = messages()("scheduler.Event").FromString(stream.record())
        assert "failover_timeout" in event.error.message, event
        assert stream.answer.read() == b""
