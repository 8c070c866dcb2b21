# SPDX-License-Identifier: MIT
"""Preemptions in one machine: what they do, that they replay exactly, what is refused.

usage: chaos.py TOPIC AEGIS-SIM
"""
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../options"))
from machine import Judge, Machine  # noqa: E402

judge = Judge()
m = Machine(sys.argv[2])
FIVE = ("--image=tasks", "--framebuffer=off", "--clock-rate=4MHz")


def words():
    """Every wrong value is one line, and so is what does not go together."""
    for value in ("often", "random:", "random:0", "pct:-1", "sticky:x", "off:1", "random:1:2", ""):
        judge.refused(m.run("--chaos=" + value), 64, "--chaos=" + value, "random, sticky, races or pct")
    for value in ("t0.0.0:0", "t64.0.0:1", "c8.0.0:1", "t1.2:3", "t1.2.3:4x", "t1.2.3:9999999999999", "t1.2.3:4,,c"):
        judge.refused(m.run("--schedule=" + value), 64 if value[-1] != "x" else 66, "--schedule=")
    for text in ("", "# nothing\n", "t1.2.3:4 what\n", "none t1.2.3:4 x", "x"):
        judge.refused(m.run("--schedule=" + m.file("bad.txt", text)), 65, "bad.txt")
    judge.refused(m.run("--schedule=/nonexistent"), 66, "cannot be read")
    judge.refused(m.run("--chaos-seed=x"), 64, "--chaos-seed")
    judge.refused(m.run("--chaos=random", "--schedule=none"), 64, "give one of the two")
    judge.refused(m.run("--schedule-out=x"), 64, "there is no schedule")
    judge.refused(m.run("--chaos=random", "--record=x"), 64, "--record and chaos")
    for value in ("5", "x:1", "1:0", ":", "1:x"):
        judge.refused(m.run("--chaos=random", "--explore=" + value), 64, "--explore=")
    judge.refused(m.run("--explore=1:2"), 64, "which runs?")
    judge.refused(m.run("--explore=1:2", "--schedule=none"), 64, "which runs?")
    for option in ("--gdb", "--trace=x", "--events=x", "--strace", "--screenshot=x", "--schedule-out=x", "--from=@1:5"):
        judge.refused(m.run("--explore=1:2", "--chaos=pct", option), 64, "nobody can watch")
    judge.refused(m.run("--explore=1:2", "--chaos=pct", "--fail-each=all"), 64, "give one of the two")
    judge.refused(m.run("--explore=1:2", "--chaos=pct", "--sandbox=strict"), 64, "no run can split")
    for option in ("--entries=0", "--entries=x", "--stall=0", "--stall=1us", "--stall=x", "--framebuffer=maybe"):
        judge.refused(m.run(option), 64, option.split("=")[0])
    judge.ended(m.run("--image=idle", "--chaos=random", "--schedule-out=/nonexistent/x", "--stop-at=10ms"), 74, "cannot be written")


def replayed():
    """What a strategy did is a schedule, and the schedule is the same run. Without either nothing changes."""
    plain = m.run(*FIVE, "--cpus=4", "--entries=2000")
    judge.check(plain.stdout == m.run(*FIVE, "--cpus=4", "--entries=2000", "--chaos=off").stdout, "--chaos=off changes the run")
    for cpus in (1, 2, 4):
        for chaos in ("random:50", "sticky", "races", "pct:20"):
            path = os.path.join(m.folder.name, "schedule")
            words_ = (*FIVE, f"--cpus={cpus}", "--entries=2000", "--chaos-seed=7", "--check=invariants")
            first = m.run(*words_, "--chaos=" + chaos, "--schedule-out=" + path)
            judge.ended(first, 0, "ended by --entries")
            with open(path, encoding="utf-8") as file:
                listed = file.read()
            judge.check(listed.count("\n") > 0 and ".." not in listed, f"{chaos} on {cpus}: {listed[:300]}")
            again = m.run(*words_, "--schedule=" + path, "--schedule-out=" + path + "2")
            judge.check(first.stdout == again.stdout, f"{chaos} on {cpus}: the schedule is another run")
            with open(path + "2", encoding="utf-8") as file:
                judge.check(sorted(listed.split("\n")) == sorted(file.read().split("\n")), f"{chaos} on {cpus}: other places")
            other = m.run(*words_, "--schedule=none")
            judge.check(first.stdout != other.stdout, f"{chaos} on {cpus}: changes nothing")


def limits():
    """--entries and --stall end a run, and a machine that gets somewhere does not stall."""
    judge.ended(m.run(*FIVE, "--entries=100"), 0, "ended by --entries")
    judge.ended(m.run("--image=tour", "--stall=2s"), 0, "all tasks have exited")
    judge.ended(m.run("--image=keyboard", "--stall=300ms", "--serial=pty"), 84, "stalled", "no task has run since 0.")
    # What ended a run is part of its recording, and ends the replay.
    path = os.path.join(m.folder.name, "ended.rec")
    for option, code, words_ in (("--entries=300", 0, "ended by --entries"), ("--stall=100ms", 84, "stalled")):
        run = m.run("--image=tour", option, "--record=" + path)
        judge.ended(run, code, words_)
        again = m.run("--replay=" + path)
        judge.ended(again, code, words_, "the same as recorded")
        judge.check(again.stdout == run.stdout, f"{option}: the replay differs")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    broken = m.file("broken.rec", re.sub('("stall_ns": *)"[^"]*"', '\\1"0x1"', text))
    judge.refused(m.run("--replay=" + broken), 65, "stall_ns")


def explored():
    """One line for each seed, the same as the run with that seed alone; many schedules; 90 if one fails."""
    words_ = (*FIVE, "--cpus=4", "--entries=1000", "--chaos=random")
    run = m.run(*words_, "--explore=5:6")
    judge.ended(run, 0, "explored")
    lines = [json.loads(line) for line in run.stdout.split("\n") if line.startswith("{")]
    judge.check([line["seed"] for line in lines] == list(range(5, 11)), str(lines))
    judge.check(len({line["schedule"] for line in lines}) == 6 and len({line["state"] for line in lines}) > 1, str(lines))
    alone = m.run(*words_, "--explore=9:1").stdout.split("\n")
    judge.check(json.dumps(lines[4]) in [json.dumps(json.loads(line)) for line in alone if line.startswith("{")], "seed 9 alone differs")
    failing = m.run("--image=deadlock", "--chaos=random", "--explore=1:2")
    judge.ended(failing, 90, '"code":83', '"what":"deadlock: ')
    judge.ended(m.run(*FIVE, "--chaos=random", "--explore=1:2", "--forbid=DRV:ready"), 90, '"code":88')
    # A task prints any bytes; the line is JSON all the same.
    source = m.file("shout.c", '#include <aegis/aegis.h>\nint main(void)\n{\n    return print("panic: \\377 here\\n") == 0 ? 3 : 4;\n}\n')
    shout = os.path.join(m.folder.name, "shout.elf")
    cc = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tools/aegis-cc")
    subprocess.run([cc, "--arch=" + m.isa, source, "-o", shout], check=True)
    judge.ended(m.run("--task=" + shout, "--chaos=random", "--explore=1:1"), 90, '"what":"panic: ? here"')
    # A wish to end is nothing that a seed has shown.
    broken_off = m.run("--image=tour", "--chaos=random", "--explore=1:1000000", "--timeout=1")
    judge.check(broken_off.returncode == 124 and '"code":1' not in broken_off.stdout,
                f"broken off: {broken_off.returncode} {broken_off.stdout[-300:]}")
    early = m.run("--image=idle", "--chaos=random", "--explore=1:2", "--stop-at=1ms")
    judge.ended(early, 90, "nothing was explored", stream="stderr")
    # What must be shown, and how far a run must come, is said of the branches.
    shown = m.run("--image=tasks", "--chaos=random", "--explore=1:1", "--expect=DRV:ready", "--stop-at=@1:20000")
    judge.ended(shown, 0, '"code":0')
    judge.check("--expect" not in shown.stderr.split("reproduce:")[0] and "--stop-at" not in shown.stderr.split("reproduce:")[0],
                f"the run itself is judged: {shown.stderr}")


{"words": words, "replayed": replayed, "limits": limits, "explored": explored}[sys.argv[1]]()
judge.finish()
