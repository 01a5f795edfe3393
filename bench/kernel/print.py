#!/usr/bin/env python3
"""Prints the table of bench/kernel.sh from the reports in a directory."""
import json
import os
import sys

directory = sys.argv[1]


def report(name):
    try:
        with open(os.path.join(directory, name + ".json")) as file:
            return json.load(file)
    except FileNotFoundError:
        return None


def line(what, figure, wanted=""):
    print(f"{what:<64} {figure:<44} {wanted}")


def ms(times, *keys):
    return "-" if not times else ", ".join(f"{key} {times[key]:g} ms" for key in keys)


with open(os.path.join(directory, "raw")) as file:
    raw = float(file.read())
line("raw limit: one client's multi(50) of 500-byte znodes", f"{raw:.0f} znodes/s")
plain = report("plain")
if plain:
    size = f"{plain['agents']} agents, {plain['tasks']} tasks"
    print(f"-- {size}, one framework, all figures of one run")
    rate = plain["wave_tasks_per_second"]
    line("launched, RUNNING and acknowledged", f"{rate:g} tasks/s; ratio to the raw limit {rate / raw:.3f}", "(wanted: 1000 tasks/s)")
    line("launch to RUNNING acknowledged", ms(plain.get("launch_to_running"), "p50", "p99"))
    line("registration of all agents", f"{plain['registration_ms']:g} ms")
    line("memory of the leading master", f"{plain.get('leader_rss_mb', 0):g} MB, peak {plain.get('leader_peak_mb', 0):g} MB", "(wanted: 300 MB)")
    line("/state-summary", ms(plain.get("state_summary"), "p50", "p99"), "(wanted: 20 ms)")
    line(f"/state, {plain.get('state', {}).get('bytes', 0) / 1e6:.1f} MB", ms(plain.get("state"), "p50", "p99"), "(wanted: 250 ms)")
    line("offer latency", ms(plain.get("offer_latency"), "p50", "p99"))
    line("update latency", ms(plain.get("update_latency"), "p50", "p99"))
polled = report("polled")
if polled:
    line("offer latency while /state is polled 10/s", ms(polled.get("offer_latency"), "p50", "p99"))
    line("/state meanwhile", ms(polled.get("state"), "p50", "p99"))
for name, what, wanted in (("kill", "kill -9 of the leader to the next accepted offer", "(wanted: session timeout + 2 s)"),
                           ("term", "SIGTERM of the leader to the next accepted offer", "(wanted: 1 s)")):
    one = report(name)
    if one:
        line(what, ms(one.get("takeover_accepted"), "p50", "max") + f" ({one['master_kills']} times)", wanted)
for name in ("updates-1000", "updates-10000", "updates-50000"):
    one = report(name)
    if one:
        line(f"update at {one['tasks']} tasks", f"{one.get('master_cpu_ms_per_update', 0):g} ms of the master's CPU each; " + ms(
            one.get("update_latency"), "p50", "p99"))
for name in sorted(os.listdir(directory)):
    if name.endswith(".json"):
        problems = report(name[:-5])["problems"]
        if problems:
            print(f"PROBLEMS in {name}: {problems}")
