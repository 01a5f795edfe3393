"""The scheduler API's checks in their order (contracts/mesos.md §8.1)."""

import http.client
import json

from cluster import MASTER_PORT, request, wait
from run import test

JSON = {"Content-Type": "application/json"}
SUBSCRIBE = {"type": "SUBSCRIBE", "subscribe": {"framework_info": {"user": "root", "name": "raw"}}}


class Stream:
    """A subscription by hand."""

    def __init__(self, cluster, message=None, headers=None):
        self.connection = http.client.HTTPConnection(wait(cluster.leader, "a master leads"), MASTER_PORT, timeout=30)
        body = message if isinstance(message, bytes) else json.dumps(message or SUBSCRIBE)
        self.connection.request("POST", "/api/v1/scheduler", body, {**JSON, **(headers or {})})
        self.answer = self.connection.getresponse()

    @property
    def identifier(self):
        return self.answer.headers["Mesos-Stream-Id"]

    def record(self):
        """The bytes of the next record."""
        line = self.answer.fp and self.answer.readline()
        assert line, "the stream ended"
        return self.answer.read(int(line))

    def event(self):
        return json.loads(self.record())

    def __enter__(self):
        return self

    def __exit__(self, *reason):
        self.answer.close()
        self.connection.close()


@test("the scheduler API refuses what is not a call, in the original's order and words")
def refusals(cluster):
    leader = wait(cluster.leader, "a master leads")
    status, headers, body = request("GET", leader, MASTER_PORT, "/api/v1/scheduler")
    assert (status, headers["Allow"]) == (405, "POST"), (status, body)
    for headers, body, expected in (
            ({}, b"{}", (400, "Expecting 'Content-Type' to be present")),
            ({"Content-Type": "text/plain"}, b"{}",
             (415, "Expecting 'Content-Type' of application/json or application/x-protobuf")),
            (JSON, b"{", (400, "Failed to parse body into JSON: ")),
            (JSON, b'{"type":3}', (400, "Failed to convert JSON into Call protobuf: ")),
            (JSON, b'{"type":"SUBSCRIPE"}', (400, "Failed to convert JSON into Call protobuf: Failed to find enum for 'SUBSCRIPE'")),
            (JSON, b'{"type":"TEARDOWN","framework_id":{}}', (400, "Failed to convert JSON into Call protobuf: ")),
            (JSON, b"{}", (400, "Failed to validate scheduler::Call: Expecting 'type' to be present")),
            (JSON, b'{"type":"SUBSCRIBE"}', (400, "Failed to validate scheduler::Call: Expecting 'subscribe' to be present")),
            (JSON, b'{"type":"TEARDOWN"}', (400, "Failed to validate scheduler::Call: Expecting 'framework_id' to be present")),
            (JSON, b'{"type":"KILL","framework_id":{"value":"f"}}',
             (400, "Failed to validate scheduler::Call: Expecting 'kill' to be present")),
            (JSON, b'{"type":"ACKNOWLEDGE","framework_id":{"value":"f"},"acknowledge":{"agent_id":{"value":"a"},'
                   b'"task_id":{"value":"t"},"uuid":"YQ=="}}',
             (400, "Failed to validate scheduler::Call: Not a valid UUID")),
            (JSON, b'{"type":"TEARDOWN","framework_id":{"value":"unheard-of"}}', (400, "Framework cannot be found")),
            ({**JSON, "Accept": "text/html"}, json.dumps(SUBSCRIBE).encode(), (406, "")),
            ({**JSON, "Mesos-Stream-Id": "x"}, json.dumps(SUBSCRIBE).encode(),
             (400, "Subscribe calls should not include the 'Mesos-Stream-Id' header"))):
        status, _, text = request("POST", leader, MASTER_PORT, "/api/v1/scheduler", body, headers)
        assert status == expected[0] and text.decode().startswith(expected[1]), (headers, body, status, text)


@test("calls need the id of the framework's current stream")
def stream_ids(cluster):
    with Stream(cluster) as stream:
        assert stream.answer.status == 200 and stream.answer.headers["Transfer-Encoding"] == "chunked"
        assert stream.answer.headers["Content-Type"] == "application/json"
        subscribed = stream.event()
        assert subscribed["type"] == "SUBSCRIBED" and subscribed["subscribed"]["heartbeat_interval_seconds"] == 15
        assert subscribed["subscribed"]["master_info"]["address"]["port"] == MASTER_PORT
        assert stream.event() == {"type": "HEARTBEAT"}
        framework = subscribed["subscribed"]["framework_id"]
        call = {"type": "REVIVE", "framework_id": framework, "revive": {}, "whatever": [1]}
        status, _, body = cluster.call(call)
        assert (status, body) == (400, b"All non-subscribe calls should include the 'Mesos-Stream-Id' header")
        status, _, body = cluster.call(call, {"Mesos-Stream-Id": "other"})
        assert (status, body.decode()) == (
            400, "The stream ID included in this request didn't match the stream ID currently associated with framework ID "
                 f"'{framework['value']}'")
        assert cluster.call(call, {"Mesos-Stream-Id": stream.identifier})[::2] == (202, b"")
        assert cluster.call({**call, "type": "UNKNOWN"}, {"Mesos-Stream-Id": stream.identifier})[0] == 501
        answer = cluster.call({"type": "TEARDOWN", "framework_id": framework}, {"Mesos-Stream-Id": stream.identifier})
        assert answer[::2] == (202, b""), answer


@test("a framework with a refused FrameworkInfo gets an ERROR event on a stream that ends")
def refused_framework(cluster):
    info = {"user": "root", "name": "raw", "role": "-x"}
    with Stream(cluster, {"type": "SUBSCRIBE", "subscribe": {"framework_info": info}}) as stream:
        event = stream.event()
        assert event["type"] == "ERROR" and "-x" in event["error"]["message"], event
        assert stream.answer.read() == b""
