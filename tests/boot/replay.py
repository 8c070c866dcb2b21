#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""--record, --replay and --check-determinism of one executable.

usage: replay.py CASE SIMULATOR IMAGES

Status 0 passed, 1 failed.
"""
import json
import os
import shlex
import subprocess
import sys
import tempfile

SIMULATOR, IMAGES = sys.argv[2:4]
folder = tempfile.TemporaryDirectory(prefix="aegis-replay-")


def path(name):
    return os.path.join(folder.name, name)


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def run(*options, status=0, **extra):
    """stdout and stderr of a run that must end with `status`."""
    result = subprocess.run([SIMULATOR, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, text=True,
                            stdin=subprocess.DEVNULL, env=dict(os.environ, AEGIS_IMAGES=IMAGES, **extra))
    check(result.returncode == status, f"{options}: status {result.returncode}, not {status}: {result.stderr[-600:]}")
    return result.stdout, result.stderr


def record(*options, status=0, name="run.json"):
    text, _ = run(*options, f"--record={path(name)}", status=status)
    with open(path(name), encoding="utf-8") as file:
        return text, json.load(file)


def save(recording, name="changed.json"):
    with open(path(name), "w", encoding="utf-8") as file:
        json.dump(recording, file)
    return path(name)


def roundtrip():
    """A recording is the run again, whatever the other options say."""
    for cpus in ("1", "4"):
        text, recording = record("--image=tasks", "--stop-at=1500ms", f"--cpus={cpus}", "--seed=7")
        check(len(recording["marks"]) > 1, "marks in the recording")
        again, words = run(f"--replay={path('run.json')}", "--seed=3", "--cpus=2")
        check(again == text, "the replay prints the same")
        check("the same as recorded" in words, "the replay says that it agrees")


def exit_status():
    """The status of the run is the status of its replay."""
    record("--image=deadlock", status=83)
    run(f"--replay={path('run.json')}", status=83)


def early_end():
    """A run that was cut short by the host replays up to there."""
    record("--image=hostile-over_budget", "--timeout=1", status=124)
    run(f"--replay={path('run.json')}")


def differs():
    """Another seed, another run: the replay notices, says where, and ends with 86."""
    _, recording = record("--image=tour", "--stop-at=2s")
    recording["machine"]["seed"] = "0x5"
    _, words = run("--replay=" + save(recording), status=86)
    check("is not the recorded one" in words and "event" in words, "it says where they part")
    recording["machine"]["seed"] = "0x1"
    recording["state"] = "0x1"
    _, words = run("--replay=" + save(recording), status=86)
    check("state at the end" in words, "the state counts too")


def refused():
    """Files that are no recordings end with 65 or 66 and one line."""
    def refuse(file, expected, status=65):
        out, words = run(f"--replay={file}", status=status)
        check(out == "" and words.count("\n") == 1 and expected in words, f"{expected}: {words}")

    refuse(path("missing.json"), "No such file", 66)
    with open(path("text.json"), "w", encoding="utf-8") as file:
        file.write("{ not JSON")
    refuse(path("text.json"), "line 1")
    with open(path("ugly.json"), "w", encoding="utf-8") as file:
        file.write('[1\x1b[31m\n]')
    refuse(path("ugly.json"), r"near '\x1b'")
    _, good = record("--image=tasks", "--stop-at=300ms")
    for change, expected in (({"format": "else"}, "not a recording"), ({"version": 99}, "not a recording"),
                             ({"isa": "vax"}, "recorded on vax"), ({"profile": "toy"}, "profile toy"),
                             ({"inputs": [["0x1", "light", "0x0"]]}, "no known kind"),
                             ({"inputs": [["0x9", "serial", "0x0"], ["0x1", "serial", "0x0"]]}, "earlier"),
                             ({"end": ["0x1"]}, "three numbers"), ({"exit": 999}, "exit"), ({"state": 5}, "hexadecimal")):
        refuse(save(dict(good, **change)), expected)
    for change, expected in (({"cpus": 99}, "cpus"), ({"memory": "0x123"}, "memory"), ({"seed": 1}, "seed"),
                             ({"clock_rate": 1}, "clock_rate"), ({"image": {"size": 10, "data": "AAAA"}}, "damaged"),
                             ({"image": {"size": 10, "data": "?"}}, "damaged")):
        refuse(save(dict(good, machine=dict(good["machine"], **change))), expected)


def agree():
    """Two runs of one command line agree, and the check's status is theirs."""
    for options in (("--image=tour", "--cpus=1"), ("--image=tasks", "--stop-at=2s", "--cpus=4", "--seed=11")):
        _, words = run(*options, "--check-determinism")
        check("two runs agree" in words, "it says so")
    run("--image=deadlock", "--check-determinism", status=83)


def found():
    """A run disturbed at event 1000 is found to differ at event 1001."""
    _, words = run("--image=tasks", "--stop-at=1s", "--check-determinism", status=85, AEGIS_SIM_DISTURB="1000")
    check("run 1: 1001 " in words and "run 2: 1001 " in words, f"the first event that differs: {words}")


def seeds():
    """Seeds move interrupts and interleaving: the runs differ, and each task says the same."""
    ends, lines = set(), set()
    for seed in range(1, 6):
        text, recording = record("--image=tour", "--cpus=4", f"--seed={seed}")
        ends.add(recording["end"][1])
        lines.add(tuple(sorted(l for l in text.splitlines() if l.startswith(("LOG:", "sensor:")))))
    check(len(ends) == 5, "five seeds, five runs")
    check(len(lines) == 1, "every run has the same results")


def reproduce():
    """The line at the end does the run again: same transcript, whatever only watched the first."""
    text, words = run("--image=tasks", "--stop-at", "700ms", "--cpus=2", "-seed=9", "--strace", "--append=words 'of' mine")
    line = words.splitlines()[-1]
    check(line.startswith("reproduce: ./aegis-sim --arch=") and "--seed=9" in line and "--strace" not in line, line)
    again, _ = run(*(w for w in shlex.split(line)[2:] if not w.startswith(("--arch", "--profile"))))
    check(again == text, "the same transcript")


def no_privileges():
    """A running machine can gain no privileges."""
    with subprocess.Popen([SIMULATOR, "--image=hostile-over_budget", "--timeout=60"], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, env=dict(os.environ, AEGIS_IMAGES=IMAGES)) as machine:
        for line in machine.stdout:
            if b"boot complete" in line:
                break
        with open(f"/proc/{machine.pid}/status", encoding="utf-8") as status:
            check("NoNewPrivs:\t1" in status.read(), "no_new_privs is set")
        machine.kill()


{f.__name__: f for f in (roundtrip, exit_status, early_end, differs, refused, agree, found, seeds, reproduce,
                         no_privileges)}[sys.argv[1]]()
