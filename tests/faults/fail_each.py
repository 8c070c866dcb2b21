# SPDX-License-Identifier: MIT
"""What --fail-each reports, finds and refuses.

usage: fail_each.py TOPIC AEGIS-SIM
"""
import json
import os
import re
import shlex
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../options"))
from machine import Judge, Machine  # noqa: E402 pylint: disable=wrong-import-position

judge = Judge()
m = Machine(sys.argv[2])


def each(points, image, *args):
    """The run, and its table from JSON."""
    path = os.path.join(m.folder.name, "table.json")
    run = m.run("--fail-each=" + points, "--image=" + image, "--json=" + path, *args, timeout=220)
    try:
        with open(path, encoding="utf-8") as file:
            return run, json.load(file)
    except OSError:
        return run, {"points": [], "occurrences": 0}


def sanitized():
    """A build with a sanitizer forks and exits slowly."""
    with open(m.binary, "rb") as file:
        content = file.read()
    return b"__asan_init" in content or b"__tsan_init" in content


def again_as(row):
    """The run of a row's line; what is for the launcher is this binary's nature."""
    return m.run(*(word for word in shlex.split(row["reproduce"])[1:] if not word.startswith("--profile=")))


def words():
    """What is no point, and what does not go together."""
    for value, text in (("", "there is no point ''"), ("pol", "did you mean pool?"), ("timer", "there is no point 'timer'"),
                        ("pool+quue", "did you mean queue?"), ("all,allow=panic", "expected POINT"), ("all,jobs=0", "from 1 to 64"),
                        ("all,jobs=4x", "from 1 to 64"), ("all,limit=0", "such as 3s"), ("all,limit=x", "such as 3s")):
        judge.refused(m.run("--fail-each=" + value), 64, f"--fail-each={value}: ", text)
    judge.refused(m.run("--json=x"), 64, "goes with --fail-each")
    for option in ("--record=x", "--replay=x", "--check-determinism"):
        judge.refused(m.run("--fail-each=all", option), 64, "not one run but many")
    for option in ("--gdb", "--display=sdl"):
        judge.refused(m.run("--fail-each=all", option), 64, f"--fail-each and {option}", "nobody can watch")
    judge.refused(m.run("--fail-each=all", "--sandbox=strict"), 64, "no run can split")
    judge.refused(m.run("--fault=tlb=stale", "--fault=tlb=check"), 64, "--fault=tlb=check: ", "one mode")


def table():
    """Every occurrence has a row; the run itself is the one it would have been."""
    run, found = each("all", "interrupts")
    judge.ended(run, 0, "verdict", "fail-each: irq-slot        1", "0 found")
    cost = re.search(r"--fail-each: ([0-9.]+) ms of CPU time per point", run.stderr)
    judge.check(cost and (float(cost[1]) <= 10 or sanitized()), f"a point costs {cost[1] if cost else '?'} ms")
    rows = found["points"]
    judge.check(found["occurrences"] == len(rows) > 20 and found["found"] == 0, f"{len(rows)} rows")
    judge.check({row["point"] for row in rows} == {"frame", "stack", "irq-slot", "segment-load", "irq"}, "other points were reached")
    judge.check([row["nth"] for row in rows if row["point"] == "frame"] == list(range(1, 1 + sum(r["point"] == "frame" for r in rows))),
                "occurrences are not counted by point")
    judge.check(all("core/" in row["where"] or row["point"] == "irq" for row in rows), "a row does not say where")
    slot = next(row for row in rows if row["point"] == "irq-slot")
    judge.check(slot["task"] == "interrupts" and slot["what"] == "IRQ_FULL, exits with 2; the run ends", str(slot))
    plain = m.run("--image=interrupts", "--check=invariants")
    judge.check(run.stdout.startswith(plain.stdout), "the run differs from one without branches")
    # The line of a row does exactly what the branch did.
    lost = [row for row in rows if row["point"] == "irq"]
    judge.check(lost and all(row["exit"] in (0, 83) for row in lost), f"lost interrupts: {lost}")
    for row in rows[::5] + [slot, lost[1]]:
        again = again_as(row)
        happened = row["point"] + " fails" in again.stderr or "is lost" in again.stderr
        judge.check(again.returncode == row["exit"] and happened, f"{row['reproduce']}: {again.returncode}")
    parallel, same = each("all,jobs=3", "interrupts")
    judge.check(same["points"] == [row | {"reproduce": row["reproduce"]} for row in rows], "jobs=3 finds something else")
    judge.ended(parallel, 0)
    several, found = each("irq-slot+segment-load", "interrupts", "--cpus=2")
    judge.ended(several, 0, "3 occurrences, 3 ok, 0 found")


def findings():
    """A deadlock that the scenario does not allow is found; what is never reached is no test."""
    run, found = each("grant", "tour")
    judge.ended(run, 90, "DEADLOCK", "1 occurrences, 0 ok, 1 found", "fail-each: found #1: ./aegis-sim", "--fault=grant,nth=1")
    again = again_as(found["points"][0])
    judge.ended(again, 83, "grant fails")
    judge.ended(each("grant,allow=deadlock", "tour")[0], 0, "1 occurrences, 1 ok")
    judge.ended(each("queue", "interrupts")[0], 90, "no point was reached, so nothing was tested")
    # Shortened options, and words for the kernel.
    short = m.run("--fail-e=grant", "--image=tour", "--", "y=2")
    line = re.search(r"found #1: ./aegis-sim (.*)", short.stdout)
    judge.check(line and "--fail" not in line[1] and line[1].endswith(" --fault=grant,nth=1 -- y=2"), f"another line: {line}")
    # Nor is a wish to end a finding.
    judge.ended(m.run("--fail-each=all", "--image=tour", "--timeout=1"), 124, "broken off")
    # What must not be shown must not be shown in a branch either; what must be shown may be missing there.
    judge.ended(each("segment-load", "interrupts", "--forbid=FAULT task", "--expect=^IRQ:")[0], 90, "the run ends with 88")
    # The scenario itself ends in one, so its branches may.
    judge.ended(each("frame+segment-load", "deadlock")[0], 83, "0 found")


def limits():
    """A branch that goes on for ever is ended and found."""
    run, found = each("segment-load,limit=1s", "idle", "--stop-at=500ms")
    judge.ended(run, 0, "0 found")
    run, found = each("segment-load,limit=100ms", "idle", "--stop-at=900ms")
    judge.ended(run, 90, "HANG", "it goes on for ever", "--must-finish --stop-at=")
    judge.ended(again_as(found["points"][0]), 89)
    judge.ended(m.run("--fail-each=irq-slot", "--image=interrupts", "--json=/nonexistent/x"), 74, "--json=/nonexistent/x")


{f.__name__: f for f in (words, table, findings, limits)}[sys.argv[1]]()
judge.finish()
