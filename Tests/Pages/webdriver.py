"""A small WebDriver client: HTTP and JSON, nothing else."""

import base64
import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {
    "Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004", "Up": "\ue013", "Down": "\ue015", "Left": "\ue012",
    "Right": "\ue014", "Home": "\ue011", "End": "\ue010", "PageDown": "\ue00f", "PageUp": "\ue00e", "Space": " ",
    "Shift": "\ue008", "Control": "\ue009", "Backspace": "\ue003", "Delete": "\ue017",
}


class WebDriverError(Exception):
    """What the driver answered instead of a value."""

    def __init__(self, kind, message):
        super().__init__(f"{kind}: {message.splitlines()[0] if message else ''}")
        self.kind = kind


class Driver:
    """The process `chromedriver` on a port of its own choice."""

    def __init__(self):
        program = shutil.which("chromedriver")
        if program is None:
            raise SystemExit("chromedriver is not installed: run scripts/install-test-packages.sh")
        self.process = subprocess.Popen(
            [program, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.port = None
        for line in self.process.stdout:
            if "started successfully on port" in line:
                self.port = int(line.rstrip().rstrip(".").rsplit(" ", 1)[1])
                break
        if self.port is None:
            raise SystemExit("chromedriver did not start")

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


class Session:
    """One browser."""

    def __init__(self, driver, width=1280, height=800, dark=False, reduced_motion=True):
        self.base = f"http://127.0.0.1:{driver.port}"
        arguments = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
            "--disable-background-networking", "--no-first-run", f"--window-size={width},{height}",
        ]
        if reduced_motion:
            arguments.append("--force-prefers-reduced-motion")
        answer = self._send("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": {"args": arguments, "binary": shutil.which("chromium") or "/usr/bin/chromium"},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }}})
        self.root = f"/session/{answer['sessionId']}"
        self.requests = []
        self.console = []
        self.size(width, height)
        if dark is not None:
            self.dark(dark)

    def _send(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, method=method, headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=120) as response:
                return json.load(response)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            raise WebDriverError(value["error"], value["message"]) from None

    def send(self, method, path, body=None):
        return self._send(method, self.root + path, body)

    def devtools(self, command, **parameters):
        """A command of the browser's own protocol."""
        return self.send("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def size(self, width, height, mobile=False):
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)

    def dark(self, is_dark):
        self.devtools("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if is_dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"}])

    def open(self, url):
        self.send("POST", "/url", {"url": url})

    @property
    def url(self):
        return self.send("GET", "/url")

    def script(self, text, *arguments):
        """Runs a function body; returns its value."""
        return self.send("POST", "/execute/sync", {"script": text, "args": list(arguments)})

    def find(self, selector):
        return self.send("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def all(self, selector):
        return [found[ELEMENT] for found in self.send("POST", "/elements", {"using": "css selector", "value": selector})]

    def is_present(self, selector):
        return bool(self.all(selector))

    def text(self, selector):
        """What a reader sees, with hidden parts left out; empty without such an element."""
        return self.script("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def click(self, selector):
        """A real click; waits until the element can be clicked."""
        def attempt():
            try:
                self.send("POST", f"/element/{self.find(selector)}/click", {})
                return True
            except WebDriverError as error:
                if error.kind in ("no such element", "stale element reference", "element click intercepted", "element not interactable"):
                    return False
                raise
        self.wait(attempt, f"{selector} can be clicked")

    def type(self, selector, text, clear=True):
        """As a user does it: what is there is selected and replaced, so that every step is an input event."""
        element = self.find(selector)
        if clear:
            self.script("const e = document.querySelector(arguments[0]); e.focus(); e.select();", selector)
        self.send("POST", f"/element/{element}/value", {"text": text})

    def keys(self, *names):
        """Presses keys one after the other; `Control+k` holds the first."""
        for name in names:
            parts = name.split("+") if len(name) > 1 else [name]
            actions = []
            for part in parts:
                actions.append({"type": "keyDown", "value": KEYS.get(part, part)})
            for part in reversed(parts):
                actions.append({"type": "keyUp", "value": KEYS.get(part, part)})
            self.send("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def write(self, text):
        """Types where the focus is."""
        actions = []
        for character in text:
            actions += [{"type": "keyDown", "value": character}, {"type": "keyUp", "value": character}]
        self.send("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def wait(self, condition, what, seconds=20):
        """Waits until the condition holds; fails with its name."""
        deadline = time.monotonic() + seconds
        while True:
            value = condition()
            if value:
                return value
            if time.monotonic() > deadline:
                raise AssertionError(f"not after {seconds} s: {what}")
            time.sleep(0.05)

    def wait_text(self, selector, part, seconds=20):
        return self.wait(lambda: part in self.text(selector), f"{selector} says {part!r}, now {self.text(selector)[:200]!r}", seconds)

    def wait_for(self, selector, seconds=20):
        return self.wait(lambda: self.is_present(selector), f"{selector} is there", seconds)

    def wait_gone(self, selector, seconds=20):
        return self.wait(lambda: not self.is_present(selector), f"{selector} is gone", seconds)

    def screenshot(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.send("GET", "/screenshot")))

    def accessibility(self):
        """The accessibility tree as a flat list of (role, name, properties)."""
        nodes = self.devtools("Accessibility.getFullAXTree")["nodes"]
        return [
            (node["role"]["value"], (node.get("name") or {}).get("value", ""),
             {p["name"]: p["value"].get("value") for p in node.get("properties", [])})
            for node in nodes if not node.get("ignored") and "role" in node
        ]

    def collect(self):
        """Reads the browser's logs: every request and every console message since the last time."""
        for entry in self.send("POST", "/se/log", {"type": "performance"}):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self.requests.append(message["params"]["request"]["url"])
        self.console += self.send("POST", "/se/log", {"type": "browser"})

    def close(self):
        self.send("DELETE", "")
