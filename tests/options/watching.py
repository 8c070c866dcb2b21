# SPDX-License-Identifier: MIT
"""What --strace, --trace and --events show, and how faults are explained.

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
TIME = r"\[\d+\.\d{9} @1:\d+\] "


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


def events():
    """Every event as a line of numbers, complete even if the run is broken off; the machine does not notice."""
    path = os.path.join(m.folder.name, "e.txt")
    plain = m.run("--image=tour", "--cpus=2")
    run = m.run("--image=tour", "--cpus=2", "--events=" + path)
    judge.check(run.returncode == 0 and run.stdout == plain.stdout, "--events changes the run")
    judge.check("--events" not in run.stderr, "--events is no part of how to reproduce the run")
    with open(path, encoding="ascii") as file:
        lines = file.read().splitlines()
    judge.check(all(re.fullmatch(r"T( [0-9a-f]+){10} @1:\d+", line) for line in lines), "a line of another shape")
    rows = [[int(word, 16) for word in line.split()[1:-1]] for line in lines]
    kinds = [row[0] for row in rows]
    counters = re.search(r"(\d+) calls, \d+ messages, (\d+) faults, (\d+) restarts, (\d+) exits", run.stdout).groups()
    judge.check([kinds.count(k) for k in (0, 2, 4, 3)] == list(map(int, counters)), "events do not add up")
    hello = [row for row in rows if row[2] == 2 and row[0] == 10]
    text = b"".join(b"".join(word.to_bytes(8, "little") for word in row[6:])[:row[3]] for row in hello)
    judge.check(text == b"L5:ELF hello from a program loaded by the kernel\n", f"hello wrote {text}")
    judge.ended(m.run("--image=tasks", "--timeout=1", "--events=" + path), 124)
    with open(path, encoding="ascii") as file:
        judge.check(file.read().endswith("\n"), "the last line is cut")
    judge.refused(m.run("--events=/nonexistent/e"), 74, "cannot be written")
    judge.check("cannot be written" in m.run("--events=/dev/full", "--image=tour").stderr, "a full disk goes unnoticed")


def explained():
    """What stderr says of a fault: where it was in the source, who called, how to get there again."""
    def block(*options):
        run = m.run(*options)
        return run, run.stderr.split("aegis-sim: task ")

    run, blocks = block("--image=tour", "--cpus=2")
    judge.check(len(blocks) == 3, f"two faults, {len(blocks) - 1} explanations")
    judge.check(re.match(r"5 \(clumsy\): page fault, read of 0x4 \(not mapped\) at pc 0x[0-9a-f]+, at @1:\d+\n"
                         r"  at main, user/apps/clumsy\.c:\d+\n"
                         r"  called from aegis_start, user/libaegis/start\.c:\d+\n"
                         rf"  called from _start, user/libaegis/isa/{m.isa}/crt0\.S:\d+\n"
                         r"reproduce: ./aegis-sim .*--image=tour --cpus=2\n"
                         r"gdb: ./aegis-sim .*--image=tour --cpus=2 --gdb, and .*'target remote :1234' -ex continue\n", blocks[1]),
                "the first fault: " + blocks[1])
    judge.check(blocks[2].count("-ex continue") == 2, "the second fault is two continues away")
    words = re.search(r"^reproduce: ./aegis-sim (.*)$", blocks[2], re.M)[1].split()
    judge.check(m.run(*[w for w in words if not w.startswith("--profile")]).stdout == run.stdout, "the same command, another run")
    for image, *texts in (("stack_overflow", "  at recurse, user/apps/stack_overflow.c:", "  called from recurse, "),
                          ("garbage_calls", "call that does not exist", " in main, user/apps/garbage_calls.c:"),
                          ("missed_heartbeat", "missed heartbeat at pc 0x", "  called from aegis_start"),
                          ("exec_data", "execution at 0x40116000 (not permitted)", "  at code\n"),
                          ("write_code", "write to 0x4011400", "  at main, user/apps/write_code.c:")):
        run, blocks = block("--image=hostile-" + image, "--on-fault=stop")
        judge.check(len(blocks) == 2 and all(text in blocks[1] for text in texts), f"{image}: {run.stderr}")
    run, blocks = block(f"--task={m.program('exit_code')},caps=none,restart=fault", "--stop-at=15s")
    judge.check(len(blocks) == 11 and "later faults are not explained" in run.stderr, f"{len(blocks) - 1} of many faults explained")
    # Debugging information that is damaged, or none: what can be said is said.
    with open(m.program("null_deref"), "rb") as file:
        elf = bytearray(file.read())
    loaded = 0x3100
    for name, content in (("noise.elf", elf[:loaded] + bytes((b * 7 + i) & 255 for i, b in enumerate(elf[loaded:]))),
                          ("stripped.elf", elf[:40] + bytes(8) + elf[48:58] + bytes(6) + elf[64:])):
        run, blocks = block("--task=" + m.file(name, bytes(content)))
        judge.check(run.returncode == 63 and len(blocks) == 2 and "read of 0x0" in blocks[1] and "reproduce: " in blocks[1],
                    f"{name}: {run.returncode} {run.stderr}")


{f.__name__: f for f in (strace, timeline, events, explained)}[sys.argv[1]]()
judge.finish()
