#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The five tasks say the same in the simulator and in QEMU, each its own lines in its own order.

usage: compare.py RUNNER ISA PROFILE CPUS      RUNNER boots a kernel of one build as `./aegis qemu` does

Status 0 passed, 1 failed, 77 QEMU or the simulator is not installed.
"""
import os
import re
import subprocess
import sys

import console

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RUNNER, ISA, PROFILE, CPUS = sys.argv[1:5]
# How each task begins its lines.
TASKS = {"uart_driver": "DRV:", "client": "J4:", "hello": "L5:", "sensor": "sensor:", "logger": "LOG:"}
LATE = ("sensor: counter 8", "LOG:a ")
KERNEL = re.compile(r"\[TICK:[0-9A-F]+\] \[T(\w+)\] (\[\w+\] \[aegis\] .*)")


def lines_of(text):
    """For each task its lines, and what the kernel says about it, without the time."""
    said = {name: [] for name in TASKS}
    numbers = {str(number): name for number, name in enumerate(TASKS)}
    for line in text.splitlines():
        line = line.rstrip()
        kernel = KERNEL.match(line)
        if kernel and kernel[1] in numbers:
            said[numbers[kernel[1]]].append(kernel[2])
            continue
        for name, beginning in TASKS.items():
            if line.startswith(beginning):
                said[name].append(line)
    return said


def run(*words):
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode in (69, 77):
        print(done.stderr.decode(errors="replace"))
        sys.exit(77)
    text = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        sys.exit(f"FAILED: {' '.join(words)}: status {done.returncode}\n{text[-2000:]}\n{done.stderr.decode()}")
    return text


simulated = lines_of(run(os.path.join(ROOT, "aegis-sim"), f"--arch={ISA}", f"--profile={PROFILE}", "--offline", "--image=tasks",
                         f"--cpus={CPUS}", "--stop-at=3s"))
text = run(RUNNER, "--timeout=120", "--image=tasks", "--icount", f"--cpus={CPUS}",
           *(f"--expect=^{late}" for late in LATE)).replace("\r", "")
text = text[text.index("boot complete"):text.rindex("\n") + 1]
emulated = lines_of("".join(console.separate(text) or [text]))
failed = False
for name in TASKS:
    compared = min(len(simulated[name]), len(emulated[name]))
    agree = compared > 0 and simulated[name][:compared] == emulated[name][:compared]
    print(f"{name}: {compared} lines {'agree' if agree else 'DIFFER'}")
    if not agree:
        failed = True
        print("  simulator: " + "\n             ".join(simulated[name][:12]))
        print("  QEMU:      " + "\n             ".join(emulated[name][:12]))
sys.exit(failed)
