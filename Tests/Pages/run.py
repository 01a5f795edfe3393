"""Tests of the web page: real flows in headless Chromium against a real ensemble.

usage: run.py PROGRAM ASSETS [FILTER]
"""

import os
import re
import sys
import time
import traceback

import checks
from ensemble import PORT, Ensemble
from front_door import FrontDoor
from webdriver import Driver, Session

TESTS = []


def test(name):
    def register(function):
        TESTS.append((name, function))
        return function
    return register


def open_page(browser, ensemble, place=""):
    """A fresh page: another document first, since a change of the fragment alone loads nothing."""
    browser.open("about:blank")
    browser.open(ensemble.page() + place)
    browser.wait_for("#page .page")


# MARK: Control Panel

@test("the first screen says that the ensemble is healthy, and who leads")
def first_screen(browser, ensemble):
    open_page(browser, ensemble)
    browser.wait_text("#summary", "Quorum 3 of 3.")
    leader = next(entry["hostname"] for entry in ensemble.status() if entry["isLeader"])
    browser.wait_text("#summary", f"Leader {leader}.")
    assert "Exhibitor for ZooKeeper" in browser.text("h1")
    assert len(browser.all("table.servers tr[data-host]")) == 3
    fits = browser.script("return document.querySelector('table.servers').getBoundingClientRect().bottom <= innerHeight")
    assert fits, "the servers are not all on the first screen at 1280 by 800"


@test("each server shows its role, latency, connections and zxid")
def server_rows(browser, ensemble):
    open_page(browser, ensemble)
    for address in ensemble.addresses:
        row = f"tr[data-host='{address}']"
        browser.wait_text(row, "serving")
        browser.wait(lambda row=row: re.search(r"0x[0-9a-f]+", browser.text(row)), f"{row} shows a zxid")
        browser.wait(lambda row=row: re.search(r"[\d.]+ / [\d.]+ / [\d.]+", browser.text(row)), f"{row} shows its latency")
        assert "follower" in browser.text(row) or "leader" in browser.text(row)


@test("the page works behind the prefix of the front door, orders included")
def front_door(browser, ensemble):
    door = FrontDoor(ensemble.addresses[0], ensemble.addresses[0], PORT)
    try:
        browser.open("about:blank")
        browser.open(f"{door.origin}/exhibitor/")
        browser.wait(lambda: browser.url.startswith(f"{door.origin}/exhibitor/exhibitor/v1/ui/index.html"), "the root leads to the page")
        browser.wait_text("#summary", "Quorum 3 of 3.")
        browser.script("location.hash = '#/explorer?path=/pages/first'")
        browser.wait_text("pre.value", "team-a")
        browser.click("#edit-value")
        browser.type("#value-editor", '{"owner":"team-a","size":4}')
        browser.click("#save-value")
        browser.wait_text("pre.value", '"size": 4')
        ensemble.write("/pages/first", b'{"owner":"team-a","size":3}')
        browser.wait_text("pre.value", '"size": 3')
        browser.open("about:blank")
    finally:
        door.stop()


@test("an opened server shows facts, switches and the answers to four-letter words")
def server_detail(browser, ensemble):
    address = ensemble.addresses[1]
    open_page(browser, ensemble)
    browser.click(f"tr[data-host='{address}'] a.disclosure")
    browser.wait_for("#switch-restarts")
    browser.wait_text("#server-detail", f"{address}:2181")
    browser.click("#tab-words")
    browser.click("a.word[href*='word=ruok']")
    browser.wait_text("#server-tab pre", "imok")
    browser.click("a.word[href*='word=mntr']")
    browser.wait_text("#server-tab table", "zk_znode_count")
    assert "word=mntr" in browser.url and f"server={address}" in browser.url
    browser.script("history.back()")
    browser.wait_text("#server-tab pre", "imok")
    browser.click("#tab-log")
    browser.wait_for("#server-tab pre.log")
    browser.click("#tab-server-log")
    browser.wait(lambda: len(browser.text("#server-tab pre.log")) > 100, "the server's own log is shown")


@test("a switch flips on its host and stays")
def switches(browser, ensemble):
    address = ensemble.addresses[1]
    open_page(browser, ensemble, f"#/control?server={address}")
    browser.wait_for("#switch-cleanup[aria-checked='true']")
    browser.click("#switch-cleanup")
    browser.wait_for("#switch-cleanup[aria-checked='false']")
    assert ensemble.read("cluster/state", address)["switches"]["cleanup"] is False
    browser.click("#switch-cleanup")
    browser.wait_for("#switch-cleanup[aria-checked='true']")


@test("restarting a follower says what happens to the quorum; the server goes and comes back")
def restart_follower(browser, ensemble):
    address = ensemble.follower()
    before = ensemble.read("cluster/state?verbose=true", address)["pid"]
    open_page(browser, ensemble)
    browser.wait_text("#summary", "Quorum 3 of 3.")
    browser.script("""
        window.seen = [];
        new MutationObserver(() => window.seen.push(document.getElementById('summary')?.innerText ?? ''))
          .observe(document.getElementById('page'), {subtree: true, childList: true, characterData: true});""")
    browser.click(f"tr[data-host='{address}'] [data-order='restart']")
    browser.wait_text("dialog", "The quorum holds: 2 of 3 servers keep serving, 2 are needed.")
    browser.click("dialog [data-choice='restart']")
    browser.wait_gone("dialog")
    browser.wait_text("#announcements", f"being restarted on {address}")
    browser.wait(lambda: any("2 of 3" in text for text in browser.script("return window.seen")), "the page shows two of three", 60)
    browser.wait_text("#summary", "Quorum 3 of 3.", 90)
    assert ensemble.read("cluster/state?verbose=true", address)["pid"] != before


@test("stopping a server offers to switch restarts off; it stays down, is shown as a problem, and starts again")
def stop_and_start(browser, ensemble):
    address = ensemble.follower()
    open_page(browser, ensemble)
    browser.wait_text("#summary", "Quorum 3 of 3.")
    browser.click(f"tr[data-host='{address}'] [data-order='stop']")
    browser.wait_text("dialog", "Switch automatic restarts off on this host first.")
    browser.click("dialog [data-choice='stop']")
    browser.wait_text("#problems", f"{address} is down.", 60)
    browser.wait_text("#summary", "Quorum 2 of 3.")
    # Another one away would end the quorum: the name must be typed.
    other = next(one for one in ensemble.addresses if one != address)
    browser.click(f"tr[data-host='{other}'] [data-order='restart']")
    browser.wait_text("dialog", "The quorum is lost: 1 of 3 servers would serve and 2 are needed.")
    assert browser.script("return document.querySelector(\"dialog [data-choice='restart']\").disabled")
    browser.type("#order-name", other)
    assert not browser.script("return document.querySelector(\"dialog [data-choice='restart']\").disabled")
    browser.keys("Escape")
    browser.wait_gone("dialog")
    browser.click(f"tr[data-host='{address}'] [data-order='start']")
    browser.click("dialog [data-choice='start']")
    browser.wait_text("#summary", "Quorum 3 of 3.", 90)
    open_page(browser, ensemble, f"#/control?server={address}")
    browser.click("#switch-restarts[aria-checked='false']")
    browser.wait_for("#switch-restarts[aria-checked='true']")


@test("a lost connection is said with its age, and found again")
def stale(browser, ensemble):
    open_page(browser, ensemble)
    browser.wait_text("#freshness", "Live")
    browser.devtools("Network.enable")
    browser.devtools("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0)
    try:
        # The open stream lives on in the browser; only new requests fail. Close it as a proxy would.
        address = ensemble.addresses[0]
        ensemble.stop(address)
        browser.wait_text("#stale-banner", "Connection lost", 30)
        browser.wait_text("#freshness", "Stale")
        ensemble.start(address)
    finally:
        browser.devtools("Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=-1, uploadThroughput=-1)
    browser.wait_text("#freshness", "Live", 60)
    ensemble.wait(lambda: ensemble.serving() == 3, "every server serves again", 90)


@test("the charts have a name and their newest values as a table")
def charts(browser, ensemble):
    open_page(browser, ensemble)
    browser.wait_for("svg.plot")
    names = browser.script("return [...document.querySelectorAll('svg.plot')].map((plot) => plot.getAttribute('aria-label'))")
    assert [name.split(" in ")[0] for name in names] == ["Latency", "Connections", "Requests", "Writes"], names
    browser.click(".chart-table summary")
    browser.wait_text(".chart-table table", ensemble.addresses[2])


@test("the timeline tells of restarts and can be narrowed; the choice stands in the address")
def timeline(browser, ensemble):
    open_page(browser, ensemble, "#/timeline")
    browser.wait_for(".timeline li time")
    every = len(browser.all(".timeline li time"))
    browser.click(".kinds button:nth-child(1)")
    browser.wait(lambda: "kinds=state" in browser.url, "the kind stands in the address")
    browser.wait(lambda: 0 < len(browser.all(".timeline li time")) <= every, "fewer events")


@test("the first view is light, and every page comes from the same origin without help")
def weight(browser, ensemble):
    open_page(browser, ensemble)
    browser.wait_for("#summary")
    size = browser.script("""
        const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
        return entries.filter((entry) => entry.name.includes('/ui/')).reduce((sum, entry) => sum + entry.encodedBodySize, 0);""")
    assert 0 < size <= 150_000, size


# MARK: Explorer

@test("a znode is created, edited and seen in the tree")
def create_and_edit(browser, ensemble):
    ensemble.write("/pages/first", b'{"owner":"team-a","size":3}')
    open_page(browser, ensemble, "#/explorer?path=/pages")
    browser.wait_text("#znode-path", "pages")
    browser.click("#create-child")
    browser.wait_for("#create-name")
    browser.type("#create-name", "second")
    browser.type("#create-value", "hello")
    browser.click("dialog [data-choice='create']")
    browser.wait_gone("dialog")
    browser.wait_text("#znode-path", "second")
    browser.wait_text("pre.value", "hello")
    browser.wait_for("[role=treeitem][data-path='/pages/second']")
    browser.click("#edit-value")
    browser.type("#value-editor", "hello again")
    browser.click("#save-value")
    browser.wait_text("pre.value", "hello again")
    assert ensemble.read("explorer/node-data?key=/pages/second")["str"] == "hello again"


@test("a value is shown as JSON, text and hex, and the view stands in the address")
def views(browser, ensemble):
    open_page(browser, ensemble, "#/explorer?path=/pages/first")
    browser.wait_text("pre.value", '"owner": "team-a"')
    browser.click(".value-box button:nth-child(3)")
    browser.wait_text("pre.value", "7b 22 6f 77")
    assert "view=hex" in browser.url
    browser.click(".value-box button:nth-child(1)")
    browser.wait_text("pre.value", '{"owner":"team-a","size":3}')


@test("a change by somebody else is seen live")
def live_watch(browser, ensemble):
    ensemble.write("/pages/watched", b"one")
    open_page(browser, ensemble, "#/explorer?path=/pages/watched")
    browser.wait_text("pre.value", "one")
    browser.wait_text(".znode-head", "watched live")
    ensemble.write("/pages/watched", b"two")
    browser.wait_text("pre.value", "two")


@test("saving over a newer version shows both and asks")
def conflict(browser, ensemble):
    ensemble.write("/pages/contested", b"ours\nbase")
    open_page(browser, ensemble, "#/explorer?path=/pages/contested")
    browser.wait_text("pre.value", "base")
    browser.click("#edit-value")
    browser.type("#value-editor", "mine")
    ensemble.write("/pages/contested", b"theirs")
    browser.click("#save-value")
    browser.wait_text("#conflict", "Not saved")
    browser.wait_text("#conflict .diff", "theirs")
    assert ensemble.read("explorer/node-data?key=/pages/contested")["str"] == "theirs"
    browser.click("#overwrite")
    browser.wait_text("pre.value", "mine")
    assert ensemble.read("explorer/node-data?key=/pages/contested")["str"] == "mine"


@test("deleting a subtree counts it first and wants its name when it is big")
def delete_subtree(browser, ensemble):
    for index in range(14):
        ensemble.write(f"/pages/big/child-{index:02}", b"x" * 100)
    open_page(browser, ensemble, "#/explorer?path=/pages/big")
    browser.wait_text("#znode-path", "big")
    browser.click("#delete-znode")
    browser.wait_text(".delete-size", "15 znodes")
    assert browser.script("return document.querySelector(\"dialog [data-choice='delete']\").disabled")
    browser.type("#delete-name", "big")
    browser.click("dialog [data-choice='delete']")
    browser.wait_gone("dialog")
    browser.wait_text("#announcements", "Deleted /pages/big and 14 znodes below")
    browser.wait_gone("[data-path='/pages/big']")
    assert ensemble.read("explorer/node-data?key=/pages/big")["stat"].startswith("* not found *")


@test("the ACL is shown and changed")
def acl(browser, ensemble):
    ensemble.write("/pages/guarded", b"secret")
    open_page(browser, ensemble, "#/explorer?path=/pages/guarded")
    browser.wait_text(".acl", "world:anyone")
    browser.click("#edit-acl")
    browser.wait_for("dialog input[aria-label='delete, entry 1']")
    browser.click("dialog input[aria-label='delete, entry 1']")
    browser.click("dialog [data-choice='set']")
    browser.wait_gone("dialog")
    browser.wait_text(".acl", "read, write, create, admin")


@test("thousands of children come in pages; only rows in sight are in the document; any path opens")
def many_children(browser, ensemble):
    open_page(browser, ensemble, "#/explorer?path=/many")
    browser.wait(lambda: "2,000" in browser.text("[data-path='/many']"), "the number of children is shown", 30)
    browser.script("document.querySelector(\"[data-path='/many'] [data-twisty]\").click()")
    browser.wait_for("[data-path='/many/item-0000000001']")
    assert len(browser.all("[role=treeitem]")) < 120
    size = browser.script("return document.querySelector(\"[data-path='/many/item-0000000001']\").getAttribute('aria-setsize')")
    assert size == "2000", size
    open_page(browser, ensemble, "#/explorer?path=/many/item-0000001900")
    browser.wait_for("[data-path='/many/item-0000001900'][aria-selected='true']")
    open_page(browser, ensemble, "#/explorer?path=/many")
    browser.wait_for("input.filter")
    browser.type("input.filter", "0001234")
    browser.wait_for("[data-path='/many/item-0000001234']")
    browser.wait_gone("[data-path='/many/item-0000000001']")


@test("search finds znodes by path and by value")
def search(browser, ensemble):
    ensemble.write("/pages/haystack/needle-42", b"the quick brown fox")
    open_page(browser, ensemble, "#/explorer")
    browser.type("input[type=search][name=q]", "needle-4")
    browser.keys("Enter")
    browser.wait_text(".hits", "/pages/haystack/needle-42")
    open_page(browser, ensemble, "#/explorer?q=brown&in=data")
    browser.wait_text(".hits", "quick brown fox")
    browser.click(".hits a")
    browser.wait_text("pre.value", "the quick brown fox")


# MARK: Analyze

@test("the analysis names the widest znode and offers the listing")
def analysis(browser, ensemble):
    open_page(browser, ensemble, "#/analyze")
    browser.wait_text("section[aria-label='Widest znodes']", "/many")
    href = browser.script("return document.querySelector('a[download]').getAttribute('href')")
    assert href.startswith("../explorer/usage-listing"), href


@test("locks that wait for each other are found")
def locks(browser, ensemble):
    ensemble.write("/locks/a/lock-0000000001", b"p1")
    ensemble.write("/locks/a/lock-0000000002", b"p2")
    ensemble.write("/locks/b/lock-0000000001", b"p2")
    ensemble.write("/locks/b/lock-0000000002", b"p1")
    open_page(browser, ensemble, "#/analyze?locks=/locks/a:1,/locks/b:1")
    browser.wait_text(".analysis-more", "possible cycle")
    browser.wait_text(".analysis-more", "holds it")


# MARK: Log index

@test("an index is made and searched; two versions are compared; an earlier value is restored")
def index_and_restore(browser, ensemble):
    for value in ("colour=red", "colour=green", "colour=blue"):
        ensemble.write("/pages/restored", value.encode())
    open_page(browser, ensemble, "#/log-index")
    browser.click("#new-index")
    browser.wait_for("a[href*='index=']", 60)
    browser.click("a[href*='index=']")
    browser.wait_for("#filter-path")
    browser.type("#filter-path", "/pages/restored")
    browser.click("#search-index")
    browser.wait(lambda: len(browser.all("a[data-doc]")) == 3, "three records are found")
    browser.script("document.querySelectorAll('a[data-doc]')[2].click()")
    browser.wait_text(".record pre.value", "colour=red")
    browser.wait_for("[data-compare]")
    browser.script("document.querySelectorAll('[data-compare]')[0].click()")
    browser.wait_text("#version-diff .diff", "colour=blue")
    browser.click("#restore")
    browser.wait_text("dialog .diff", "colour=blue")
    browser.click("dialog [data-choice='restore']")
    browser.wait_gone("dialog")
    assert ensemble.read("explorer/node-data?key=/pages/restored")["str"] == "colour=red"


# MARK: Read-only

@test("where znodes may not be changed the page says so and offers nothing")
def read_only(browser, ensemble):
    address = ensemble.addresses[2]
    ensemble.stop(address)
    ensemble.start(address, "--nodemodification", "false")
    ensemble.wait(lambda: ensemble.serving() == 3, "every server serves", 90)
    browser.open("about:blank")
    browser.open(ensemble.page(address) + "#/explorer?path=/pages/first")
    browser.wait_text("pre.value", "team-a", 60)
    browser.wait_text(".znode-acts", "znodes can be read only")
    enabled = browser.script("return [...document.querySelectorAll('.znode-acts button')].filter((button) => !button.disabled).length")
    assert enabled == 0, enabled


# MARK: Config

@test("the form is locked until editing is switched on")
def locked_form(browser, ensemble):
    open_page(browser, ensemble, "#/config")
    browser.wait_for("#field-clientPort")
    assert browser.script("return document.getElementById('field-clientPort').readOnly")
    browser.click("#editing")
    browser.wait(lambda: not browser.script("return document.getElementById('field-clientPort').readOnly"), "the form is open")
    browser.type("#field-clientPort", "99999")
    browser.wait_text("#field-clientPort-note", "A port is a number from 1 to 65535.")
    assert browser.script("return document.getElementById('commit').disabled")


@test("the list of servers refuses repeated ids and hosts and warns of even sizes")
def server_list(browser, ensemble):
    open_page(browser, ensemble, "#/config")
    browser.click("#editing")
    browser.click("#add-server")
    browser.wait_for("input[aria-label='Host of server 4']")
    browser.type("input[aria-label='Host of server 4']", ensemble.addresses[0])
    browser.wait_text(".server-list", "is in the list twice")
    browser.type("input[aria-label='Host of server 4']", "10.255.0.9")
    browser.wait_text(".server-list", "4 voters tolerate no more failures than 3: 1.")
    browser.type("input[aria-label='Id of server 4']", "1")
    browser.wait_text(".server-list", "Two servers have the id 1.")
    assert browser.script("return document.getElementById('commit').disabled")


@test("a change is reviewed, rolls out host by host, and is in the history")
def rolling_release(browser, ensemble):
    open_page(browser, ensemble, "#/config")
    browser.click("#editing")
    browser.wait(lambda: not browser.script("return document.getElementById('field-zooCfgExtra').readOnly"), "the form is open")
    browser.type("#field-zooCfgExtra", "tickTime=2000\ninitLimit=10\nsyncLimit=6")
    browser.click("#commit")
    browser.wait_text("dialog .diff", "syncLimit=6")
    browser.wait_text("dialog", "3 servers restart one after the other")
    assert browser.script("return document.querySelector('dialog input[value=rolling]').checked")
    browser.click("dialog [data-choice='commit']")
    browser.wait_for("#rolling", 30)
    stages = set()

    def is_over():
        for row in browser.script("return [...document.querySelectorAll('#rolling .stages li')].map((row) => `${row.firstChild.textContent} ${row.dataset.stage}`)"):
            stages.add(row)
        return not browser.is_present("#rolling")
    browser.wait(is_over, "the release is over", 240)
    for address in ensemble.addresses:
        assert f"{address} current" in stages, (address, stages)
    ensemble.wait(lambda: ensemble.serving() == 3, "every server serves", 60)
    browser.wait(lambda: "syncLimit=6" in browser.script("return document.getElementById('field-zooCfgExtra').value"), "the form has the new value")
    for address in ensemble.addresses:
        assert ensemble.read("config/get-state", address)["config"]["zooCfgExtra"]["syncLimit"] == "6"
    browser.wait_for(".history tbody tr")


# MARK: Everybody

@test("the jump box opens pages, servers and znodes from the keyboard alone")
def jump_box(browser, ensemble):
    open_page(browser, ensemble)
    browser.keys("/")
    browser.wait_for("dialog.jump")
    browser.write("explor")
    browser.wait_text("#jump-hits", "Explorer")
    browser.keys("Enter")
    browser.wait(lambda: "#/explorer" in browser.url, "the Explorer opens")
    browser.keys("Control+k")
    browser.wait_for("dialog.jump")
    browser.write("/pages/fir")
    browser.wait_text("#jump-hits", "/pages/first")
    browser.keys("Down", "Enter")
    browser.wait_text("#znode-path", "first")
    browser.keys("/")
    browser.wait_for("dialog.jump")
    browser.keys("Escape")
    browser.wait_gone("dialog.jump")


@test("the tree is used with the keyboard alone, and there is no trap")
def keyboard_tree(browser, ensemble):
    open_page(browser, ensemble, "#/explorer")
    browser.wait_for("[data-path='/pages']")
    for _ in range(40):
        browser.keys("Tab")
        if browser.script("return document.activeElement.getAttribute('role')") == "tree":
            break
    else:
        raise AssertionError("Tab does not reach the tree")
    browser.write("page")
    browser.wait(lambda: browser.script("return document.querySelector('.tree-row.active')?.dataset.path") == "/pages", "letters jump")
    browser.keys("Right")
    browser.wait_for("[data-path='/pages'][aria-expanded='true']")
    browser.wait_for("[data-path='/pages/first']")
    browser.keys("Down")
    active = browser.script("return document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.dataset.path")
    assert active and active.startswith("/pages/"), active
    browser.keys("Enter")
    browser.wait(lambda: active in browser.url, "Enter opens the znode")
    browser.keys("Left", "Left")
    browser.wait_for("[data-path='/pages'][aria-expanded='false']")
    browser.keys("Tab")
    assert browser.script("return document.activeElement.getAttribute('role')") != "tree"


@test("letters after g open pages")
def page_keys(browser, ensemble):
    open_page(browser, ensemble)
    browser.wait_for("#summary")
    for letter, page in (("t", "timeline"), ("e", "explorer"), ("a", "analyze"), ("l", "log-index"), ("f", "config"), ("c", "control")):
        browser.keys("g", letter)
        browser.wait(lambda page=page: f"#/{page}" in browser.url, f"g {letter} opens {page}")


@test("colours can be switched and stay switched; both pass AA contrast")
def themes(browser, ensemble):
    open_page(browser, ensemble)
    browser.wait_for("#summary")
    browser.click("#tools [aria-label='Switch to dark colours']")
    browser.wait_for(":root[data-theme='dark']")
    open_page(browser, ensemble)
    browser.wait_for("#summary")
    assert browser.script("return document.documentElement.dataset.theme") == "dark"
    for page in checks.PLACES:
        open_page(browser, ensemble, page)
        browser.wait_gone("#page .skeleton", 30)
        assert not (low := checks.low_contrast(browser)), (page, "dark", low[:5])
    browser.click("#tools [aria-label='Switch to light colours']")
    browser.wait_for(":root[data-theme='light']")
    for page in checks.PLACES:
        open_page(browser, ensemble, page)
        browser.wait_gone("#page .skeleton", 30)
        assert not (low := checks.low_contrast(browser)), (page, "light", low[:5])
    browser.script("localStorage.clear()")


@test("every control has a name and a role, on every page")
def accessibility(browser, ensemble):
    for page in checks.PLACES:
        open_page(browser, ensemble, page)
        browser.wait_gone("#page .skeleton", 30)
        problems = checks.unnamed(browser)
        assert not problems, (page, problems[:8])
        assert not (repeated := checks.repeated_ids(browser)), (page, repeated)
    open_page(browser, ensemble, "#/explorer?path=/pages/first")
    browser.wait_for("[data-path='/pages/first']")
    roles = {role for role, _, _ in browser.accessibility()}
    for role in ("banner", "navigation", "main", "tree", "treeitem", "search"):
        assert role in roles, (role, sorted(roles))
    open_page(browser, ensemble)
    browser.wait_for("#summary")
    status = [name for role, name, properties in browser.accessibility() if role == "status"]
    assert status, "no live region says how the ensemble is"


@test("a phone sees everything without scrolling sideways")
def phone(browser, ensemble):
    browser.size(360, 740, mobile=True)
    try:
        for page in checks.PLACES:
            open_page(browser, ensemble, page)
            browser.wait_gone("#page .skeleton", 30)
            width = browser.script("return document.documentElement.scrollWidth")
            assert width <= 360, (page, width)
    finally:
        browser.size(1280, 800)


@test("a page that does not exist says so; an unknown znode too")
def unknown(browser, ensemble):
    browser.open("about:blank")
    browser.open(ensemble.page() + "#/nowhere")
    browser.wait_text("#page", "There is no such page")
    open_page(browser, ensemble, "#/explorer?path=/pages/not-there")
    browser.wait_text("#page", "There is no such znode")


def main():
    program, assets = sys.argv[1:3]
    pattern = re.compile(sys.argv[3] if len(sys.argv) > 3 else os.environ.get("FILTER", ""))
    chosen = [(name, function) for name, function in TESTS if pattern.search(name)]
    passed, failed = 0, []
    ensemble = Ensemble(program, assets)
    driver = browser = None
    try:
        print(f"Starting three servers on {', '.join(ensemble.addresses)}", flush=True)
        ensemble.start_all()
        checks.fill(ensemble)
        driver = Driver()
        browser = Session(driver)
        for name, function in chosen:
            started = time.monotonic()
            try:
                function(browser, ensemble)
                browser.collect()
                passed += 1
                print(f"ok      {name} ({time.monotonic() - started:.1f} s)", flush=True)
            except Exception as error:  # A test that fails must not end the run.
                failed.append(name)
                print(f"FAILED  {name}: {error}", flush=True)
                if not isinstance(error, AssertionError):
                    traceback.print_exc()
                if os.environ.get("SCREENSHOTS"):
                    browser.screenshot(os.path.join(os.environ["SCREENSHOTS"], f"{function.__name__}.png"))
                for dialog in browser.all("dialog"):
                    browser.keys("Escape")
        for name, problems in (("no request leaves the origin", checks.foreign_requests(browser, ensemble)),
                               ("the console has no errors", checks.console_errors(browser))):
            if problems:
                failed.append(name)
                print(f"FAILED  {name}: {problems[:6]}", flush=True)
            else:
                passed += 1
                print(f"ok      {name}", flush=True)
    finally:
        if browser is not None:
            browser.close()
        if driver is not None:
            driver.stop()
        if failed and os.environ.get("KEEP_LOGS"):
            for address in ensemble.addresses:
                print(f"--- {address}", open(os.path.join(ensemble.directory, f"{address}.log"), encoding="utf-8", errors="replace").read()[-3000:])
        ensemble.stop_all()
    print(f"{passed} passed, {len(failed)} failed", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
