"""Times the Explorer's endpoints: pages.py <host:port> <raw ls in ms> <path> <rounds>"""

import http.client
import json
import statistics
import sys
import time
import urllib.parse

address, raw, path, rounds = sys.argv[1], float(sys.argv[2]), sys.argv[3], int(sys.argv[4])
connection = http.client.HTTPConnection(address, timeout=600)


def call(method, target, body=None):
    """The answer's JSON or text, its size and the milliseconds it took."""
    start = time.monotonic()
    connection.request(method, "/exhibitor/v1/" + target, body, {"Content-Type": "application/json"} if body else {})
    response = connection.getresponse()
    text = response.read()
    elapsed = (time.monotonic() - start) * 1e3
    assert response.status == 200, (target, response.status, text[:200])
    return text, elapsed


query = urllib.parse.urlencode({"path": path, "limit": 200})
cold, warm = [], []
for index in range(rounds):
    # A change of the list makes what is kept of it worthless.
    assert b'"succeeded":true' in call("PUT", f"explorer/znode{path}/zzz-{index}", "61")[0]
    text, elapsed = call("GET", f"explorer/children?{query}")
    cold.append(elapsed)
    warm.append(call("GET", f"explorer/children?{query}")[1])
page = json.loads(text)
assert len(page["children"]) == 200, len(page["children"])
total = page["total"]

start, after, pages = time.monotonic(), None, 0
while True:
    more = query + ("&" + urllib.parse.urlencode({"after": after}) if after else "")
    page = json.loads(call("GET", f"explorer/children?{more}")[0])
    pages, after = pages + 1, page["next"]
    if not after:
        break
print(f"{total} children: plain ls {raw:.1f} ms")
for name, times in [("first page, list changed", cold), ("page, list unchanged", warm)]:
    median = statistics.median(times)
    print(f"  {name}: {median:.1f} ms (max {max(times):.1f}), {median / raw:.2f} of ls")
print(f"  all {pages} pages: {time.monotonic() - start:.2f} s")
