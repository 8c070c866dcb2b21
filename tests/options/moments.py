# SPDX-License-Identifier: MIT
"""Moments: the numbers of a machine's events, who prints them, and how a run gets to one.

usage: moments.py TOPIC AEGIS-SIM
"""
import json
import os
import re
import sys

from machine import Judge, Machine

judge = Judge()
m = Machine(sys.argv[2])


def end_of(run):
    """The number of the last event."""
    return int(re.search(r"^aegis-sim: the end at @\d+:(\d+);", run.stderr, re.M)[1])


def without_moments(text):
    return re.sub(r"^@\d+:\d+ ", "", text, flags=re.M)


def ascending(numbers, what):
    judge.check(len(numbers) > 20 and all(a <= b for a, b in zip(numbers, numbers[1:])), f"{what}: {numbers[:50]}")


def printed():
    """Everything that says when says the moment as well, and all mean the same."""
    trace, events = (os.path.join(m.folder.name, name) for name in ("t.json", "e.txt"))
    plain = m.run("--image=tour", "--seed=7")
    run = m.run("--image=tour", "--seed=7", "--moments", "--strace", "--trace=" + trace, "--events=" + events)
    judge.check(without_moments(run.stdout) == plain.stdout, "--moments changes more than it adds")
    ascending([int(n) for n in re.findall(r"^@7:(\d+) ", run.stdout, re.M)], "console")
    judge.check(plain.stdout.count("\n") - run.stdout.count("\n@7:") == 2, "a line of the console without a moment")
    calls = dict(re.findall(r"^\[\S+ @7:(\d+)\] task \d \(\w+\): (\w+)\(", run.stderr, re.M))
    with open(trace, encoding="utf-8") as file:
        shown = {e["args"]["moment"].removeprefix("@7:"): e["name"] for e in json.load(file)["traceEvents"] if e["ph"] == "B"}
    judge.check(calls == shown, "strace and the timeline name different moments")
    with open(events, encoding="ascii") as file:
        lines = [line.split() for line in file]
    ascending([int(line[-1].removeprefix("@7:")) for line in lines], "events")
    judge.check({line[-1].removeprefix("@7:") for line in lines if line[1] == "0"} == set(calls), "other calls in the event file")
    faults = [line[-1] for line in lines if line[1] == "2"]
    judge.check(bool(faults) and faults == re.findall(r"^aegis-sim: task 5 .*, at (@7:\d+)$", run.stderr, re.M), "faults at others")
    judge.check(end_of(run) >= int(lines[-1][-1].removeprefix("@7:")), "the end comes before the last event")


def independent():
    """The same numbers whoever watches, and after a replay."""
    record = os.path.join(m.folder.name, "r.json")
    for cpus in ("--cpus=1", "--cpus=4"):
        plain = m.run("--image=tour", cpus, "--moments")
        for options in (("--strace",), ("--record=" + record,), ("--screenshot=" + record + ".png,at=300ms",), ("--timeout=100",),
                        ("--expect=hello", "--forbid=xyzzy"), ("--rt=off",), ("--stop-at=1000s",)):
            other = m.run("--image=tour", cpus, "--moments", *options)
            judge.check(other.stdout == plain.stdout and end_of(other) == end_of(plain), f"{cpus} {options} moves moments")
        replayed = m.run("--replay=" + record, "--moments") if cpus == "--cpus=4" else plain
        judge.check(end_of(replayed) == end_of(plain), "a replay has other moments")
    judge.check(end_of(m.run("--image=tour", "--seed=2")) != end_of(m.run("--image=tour")), "the seed does not matter")


def reached():
    """--stop-at and --from, in a run and in a replay."""
    record, other = (os.path.join(m.folder.name, name) for name in ("r.json", "s.json"))
    plain = m.run("--image=tour", "--cpus=2", "--moments", "--record=" + record)
    places = re.findall(r"^@1:(\d+) (.*)$", plain.stdout, re.M)
    for number, text in (places[3], places[len(places) // 2], places[-3]):
        stopped = m.run("--image=tour", "--cpus=2", "--moments", "--stop-at=@" + str(int(number) - 1))
        judge.ended(stopped, 0, "stopped by --stop-at")
        judge.check(end_of(stopped) == int(number) - 1, f"it stopped at {end_of(stopped)}, not before {number}")
        judge.check(f"@1:{number} " not in stopped.stdout, f"it had said '{text}' before @{number}")
        said = stopped.stdout[:stopped.stdout.rindex("aegis-sim: ")]
        judge.check(plain.stdout.startswith(said), "until then it was another run")
        judge.ended(m.run("--replay=" + record, "--stop-at=@1:" + number), 0, "stopped by --stop-at")
        late = m.run("--replay=" + record, "--from=@1:" + number, "--moments")
        judge.ended(late, 0, f"@1:{number} {text}", stream="stdout")
        shown = [int(n) for n in re.findall(r"^@1:(\d+) ", late.stdout, re.M)]
        judge.check(min(shown) == int(number), f"--from={number} shows what was at {min(shown)}")
        judge.check(end_of(late) == end_of(plain), "--from moves the end")
    judge.ended(m.run("--image=tour", "--stop-at=@9000", "--record=" + other, "--must-finish"), 89)
    judge.ended(m.run("--replay=" + other), 0, "the same as recorded")
    seeded = m.run("--image=tour", "--stop-at=@99:3000")
    judge.ended(seeded, 0, "seed 99,")
    judge.ended(m.run("--image=tour", "--stop-at=@3000", "--seed=99"), 0, seeded.stdout)
    judge.ended(m.run("--image=tour", "--stop-at=@99:3000", "--seed=99"), 0, seeded.stdout)
    quiet = m.run("--image=tour", "--strace", "--from=@8000")
    numbers = [int(n) for n in re.findall(r"^\[\S+ @1:(\d+)\]", m.run("--image=tour", "--strace").stderr, re.M)]
    late = [int(n) for n in re.findall(r"^\[\S+ @1:(\d+)\]", quiet.stderr, re.M)]
    judge.check(0 < len(late) < len(numbers) and sum(n >= 8000 for n in late) == sum(n >= 8000 for n in numbers), "--from and --strace")


def refused():
    """Moments that are none, of another run, or behind its end: one line."""
    for option in ("--stop-at", "--from"):
        for value in ("@", "@1:", "@:5", "@1:2:3", "@x", "@1:x", "@0", "@1:0", "@-1", "@1:18446744073709551616", "@1:5 ", "@ 1:5"):
            judge.refused(m.run(f"{option}={value}"), 64, option, "a moment such as @1:4711")
        judge.refused(m.run("--seed=2", option + "=@1:5"), 64, f"{option}=@1:5", "this run has seed 2")
        late = m.run("--image=tour", option + "=@1:123456789")
        judge.ended(late, 65, f"aegis-sim: {option}=@1:123456789: the run ended before, at @1:{end_of(late)}\n", stream="stderr")
    judge.refused(m.run("--from=1s"), 64, "a moment such as @1:4711")
    judge.refused(m.run("--stop-at=@1:5", "--from=@2:5"), 64, "--from=@2:5", "seed 1")
    record = os.path.join(m.folder.name, "r.json")
    judge.ended(m.run("--image=idle", "--seed=5", "--stop-at=10ms", "--record=" + record), 0)
    judge.refused(m.run("--replay=" + record, "--stop-at=@6:5"), 64, "--stop-at=@6:5", "the recorded run has seed 5")
    # What failed anyway keeps its own exit code.
    judge.ended(m.run("--image=deadlock", "--stop-at=@123456789"), 83, "the run ended before")


{f.__name__: f for f in (printed, independent, reached, refused)}[sys.argv[1]]()
judge.finish()
