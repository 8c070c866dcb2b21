# SPDX-License-Identifier: MIT
"""--check=double-read: the planted double fetch is found, with both places; nothing is found in what is shipped.

usage: double_read.py found|shipped AEGIS-SIM
"""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "options"))
from machine import Judge, Machine  # noqa: E402

judge = Judge()
m = Machine(sys.argv[2])
PLACE = r"sys_aegis_write, \S*tests/double_read/planted\.c:(\d+)"


def found():
    """Task, call, moment and both places; and what follows when the memory does change in between."""
    image = "--image=" + os.path.join(sys.argv[3], "tasks.img")
    plain, run = m.run(image, "--stop-at=1s"), m.run(image, "--stop-at=1s", "--check=double-read")
    judge.ended(plain, 0)
    judge.check(plain.stdout == run.stdout, "--check=double-read changes the run")
    judge.ended(run, 82, stream="stderr")
    judge.check(re.search(r"double-read: task \d \(\w+\), call write: user memory 0x[0-9a-f]+, 1 bytes, is read twice, "
                          r"first at @1:\d+, \d+ times in all", run.stderr), run.stderr)
    sites = {int(line) for line in re.findall(PLACE, run.stderr)}
    judge.check(len(sites) >= 2, f"places in planted.c: {sites} in {run.stderr}")
    changed = m.run(image, "--stop-at=1s", "--check=double-read,change", "--on-panic=exit")
    judge.ended(changed, 80, stream="stderr")
    judge.check(re.search(r"panic: \S*planted\.c:\d+ sys_aegis_write: checked \d+, used \d+", changed.stdout), changed.stdout[-2000:])
    judge.check("the other, of changed bytes: " in changed.stderr, changed.stderr)
    again = m.run(image, "--stop-at=1s", "--check=double-read,change", "--on-panic=exit")
    judge.check(again.stdout == changed.stdout, "two runs with one seed change memory differently")
    other = m.run(image, "--stop-at=1s", "--check=double-read,change", "--on-panic=exit", "--seed=2")
    judge.ended(other, 80)


def shipped():
    """Every image, on one CPU and on two."""
    images = sorted(name for name in os.listdir(os.path.join(m.build, "images")) if name.endswith(".img"))
    judge.check(len(images) > 15, f"{len(images)} images")
    for name in images:
        for cpus in ("1", "2"):
            args = ("--image=" + m.image(name.removesuffix(".img")), "--cpus=" + cpus, "--stop-at=1s")
            plain, run = m.run(*args), m.run(*args, "--check=double-read,change")
            judge.check("aegis-sim: double-read" not in run.stderr, f"{name}: {run.stderr[-2000:]}")
            judge.check(plain.returncode == run.returncode, f"{name}: exit codes {plain.returncode} and {run.returncode}")
            judge.check(plain.stdout == run.stdout, f"{name}: --check=double-read,change changes the run")
    judge.refused(m.run("--check=double"), 64, "--check", "double-read")


{f.__name__: f for f in (found, shipped)}[sys.argv[1]]()
judge.finish()
