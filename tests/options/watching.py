# SPDX-License-Identifier: MIT
"""What --strace and --trace show.

usage: watching.py TOPIC AEGIS-SIM
"""
import json
import os
import re
import signal
import subprocess
import sys
import time

from machine import Judge, Machine

judge = Judge()
m = Machine(sys.argv[2])
TIME = r"\[\d+\.\d{9}\] "


def strace():
    """A line for each call, fault, exit and restart; the machine does not notice."""
    plain = m.run("--image=tour")
    run = m.run("--image=tour", "--strace")
    judge.check(run.stdout == plain.stdout, "--strace changes the run")
    said = [line for line in run.stderr.splitlines() if line.startswith("[")]
    for pattern in (r'task 2 \(hello\): write\(buf="L5:ELF [^"]*"\.\.\., len=\d+\) = \d+ <0\.\d{9}>',
                    r"task 1 \(client\): grant_create\(id=0, peer=0 \(uart_driver\)\) = OK",
                    r"task 4 \(logger\): recv\(ep=1\) = \{0x[0-9a-f]+, ",
                    r"task 0 \(uart_driver\): device_map\(dev=0\) = \{kind=\d, base=0x[0-9a-f]+, stride=\d\}",
                    r"task 5 \(clumsy\): --- page fault, read of 0x4 \(not mapped\) at pc 0x[0-9a-f]+ ---",
                    r"task 5 \(clumsy\): \+\+\+ restarted \(2\) \+\+\+",
                    r"task 2 \(hello\): exit\(code=0\) = \? <",
                    r"task 2 \(hello\): \+\+\+ exited with 0 \+\+\+"):
        judge.check(any(re.match(TIME + pattern, line) for line in said), f"no line like {pattern} in {run.stderr[:2000]}")
    calls = int(re.search(r"(\d+) calls", run.stdout)[1])
    shown = sum(" = " in line for line in said)
    judge.check(calls == shown, f"{shown} calls shown of {calls}")
    judge.check(all(re.match(TIME + r"task \d \(\w+\): ", line) for line in said), "a line of another shape")
    garbage = m.run("--image=hostile-garbage_calls", "--strace", "--stop-at=3s")
    judge.ended(garbage, 0, " = BAD_LENGTH (", " = fault", "call that does not exist", stream="stderr")
    judge.ended(m.run("--image=deadlock", "--strace"), 83, "recv(ep=0) = unfinished", stream="stderr")


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)["traceEvents"]


def check_tracks(events, cpus):
    """Slices of a track neither overlap nor go back in time."""
    for cpu in range(1, cpus + 1):
        slices = [e for e in events if e["ph"] == "X" and e["tid"] == cpu]
        judge.check(bool(slices), f"no slice on CPU {cpu - 1}")
        for one, other in zip(slices, slices[1:]):
            judge.check(one["ts"] + one["dur"] <= other["ts"] + 0.0005, f"slices overlap: {one} {other}")
    depth, last = {}, {}
    for e in events:
        if e["ph"] == "M" or e["pid"] != 2:
            continue
        judge.check(e["ts"] >= last.get(e["tid"], 0), f"back in time: {e}")
        last[e["tid"]] = e["ts"]
        depth[e["tid"]] = depth.get(e["tid"], 0) + {"B": 1, "E": -1}.get(e["ph"], 0)
        judge.check(depth[e["tid"]] in (0, 1), f"calls do not nest: {e}")
    judge.check(not any(depth.values()), "a call is left open")


def timeline():
    """The file is JSON that Perfetto understands, even while it is being written."""
    path = os.path.join(m.folder.name, "t.json")
    plain = m.run("--image=tour", "--cpus=2")
    run = m.run("--image=tour", "--cpus=2", "--trace=" + path)
    judge.check(run.returncode == 0 and run.stdout == plain.stdout, "--trace changes the run")
    events = load(path)
    names = {(e["pid"], e["tid"]): e["args"]["name"] for e in events if e["ph"] == "M" and e["name"] == "thread_name"}
    judge.check(names[1, 1] == "CPU 0" and names[1, 2] == "CPU 1" and names[2, 3] == "2 hello", f"track names: {names}")
    check_tracks(events, 2)
    seen = {(e["ph"], re.sub(r"\d+", "N", e.get("name", ""))) for e in events}
    for event in (("X", "hello"), ("B", "write"), ("B", "recv"), ("i", "tick N"), ("i", "interrupt N"), ("i", "exited with N"),
                  ("i", "restarted (N)")):
        judge.check(event in seen, f"no {event}")
    judge.check(any(name.startswith("page fault, read of") for _, name in seen), "no fault")
    calls = int(re.search(r"(\d+) calls", run.stdout)[1])
    judge.check(sum(e["ph"] == "B" for e in events) == calls, "not every call is there")
    judge.ended(m.run("--image=tasks", "--stop-at=500ms", "--trace=" + path), 0)
    check_tracks(load(path), 1)
    judge.refused(m.run("--trace=/nonexistent/t.json"), 74, "cannot be written")
    judge.ended(m.run("--image=tasks", "--timeout=1", "--trace=" + path), 124)
    check_tracks(load(path), 1)
    process = subprocess.Popen([m.binary, "--image=tasks", "--trace=" + path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1)
    process.send_signal(signal.SIGTERM)
    judge.check(process.wait() == 143, f"SIGTERM ends in {process.returncode}")
    check_tracks(load(path), 1)


{f.__name__: f for f in (strace, timeline)}[sys.argv[1]]()
judge.finish()
