/// A custom executor that speaks the HTTP API with nothing but Python's standard library. A task's `data` says what it does
/// with it: `run` (default), `finish`, `exit <code>`; a message is answered with `echo:<message>`.
enum ExecutorProgram {
    static let source = #"""
        import base64, http.client, json, os, sys, time, uuid

        endpoint = os.environ["MESOS_AGENT_ENDPOINT"]
        framework = {"value": os.environ["MESOS_FRAMEWORK_ID"]}
        executor = {"value": os.environ["MESOS_EXECUTOR_ID"]}
        tasks, updates = {}, {}

        def call(body):
            body.update(framework_id=framework, executor_id=executor)
            connection = http.client.HTTPConnection(endpoint, timeout=600)
            connection.request("POST", "/api/v1/executor", json.dumps(body), {"Content-Type": "application/json", "Accept": "application/json"})
            return connection.getresponse()

        def update(task, state):
            token = base64.b64encode(uuid.uuid4().bytes).decode()
            status = {"task_id": {"value": task}, "state": state, "uuid": token, "source": "SOURCE_EXECUTOR", "message": "by executor"}
            updates[token] = status
            try:
                answer = call({"type": "UPDATE", "update": {"status": status}})
                print("update", task, state, answer.status, answer.read(), flush=True)
            except OSError as error:
                print("update failed", error, flush=True)

        def handle(event):
            kind = event["type"]
            print(kind, json.dumps(event), flush=True)
            if kind == "LAUNCH":
                task = event["launch"]["task"]
                name = task["task_id"]["value"]
                tasks[name] = task
                what = base64.b64decode(task.get("data", "")).decode()
                update(name, "TASK_RUNNING")
                if what == "finish":
                    update(name, "TASK_FINISHED")
                if what.startswith("exit"):
                    os._exit(int(what.split()[1]))
            elif kind == "KILL":
                update(event["kill"]["task_id"]["value"], "TASK_KILLED")
            elif kind == "ACKNOWLEDGED":
                updates.pop(event["acknowledged"]["uuid"], None)
                tasks.pop(event["acknowledged"]["task_id"]["value"], None)
            elif kind == "MESSAGE":
                data = base64.b64encode(b"echo:" + base64.b64decode(event["message"]["data"])).decode()
                call({"type": "MESSAGE", "message": {"data": data}}).read()
            elif kind == "SHUTDOWN":
                sys.exit(0)

        while True:
            try:
                response = call({"type": "SUBSCRIBE", "subscribe": {
                    "unacknowledged_tasks": list(tasks.values()),
                    "unacknowledged_updates": [{"status": status} for status in updates.values()]}})
                print("subscribe", response.status, flush=True)
                if response.status != 200:
                    print(response.read(), flush=True)
                    raise OSError("refused")
                while True:
                    line = response.readline()
                    if not line:
                        raise OSError("stream ended")
                    handle(json.loads(response.read(int(line))))
            except (OSError, http.client.HTTPException, ValueError) as error:
                print("again:", error, flush=True)
                time.sleep(0.05)
        """#
}
