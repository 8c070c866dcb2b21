# SPDX-License-Identifier: MIT
"""`./aegis twin` on one build: that both machines agree, and that it bites.

usage: run.py CASE ISA PROFILE BUILD      BUILD: build directory of the bare-metal kernel

    agree      all images on one CPU
    cpus       all images on four CPUs
    tlb, register, irq
               a copy of the kernel with a bug planted in it (planted.py) is reported, by task

Status 0 passed, 1 failed, 77 QEMU or the simulator is not installed.
"""
import json
import os
import shutil
import subprocess
import sys

import planted

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CASE, ISA, PROFILE, BUILD = sys.argv[1:5]
RUNS = {"agree": [], "cpus": ["--cpus=4"]}
ALL = "--events=100000"  # a payload word in the wrong register shows at event 300 of the first image that uses it
UNAVAILABLE, SKIPPED = 69, 77


def simulator():
    """The simulator's executable, built if need be."""
    done = subprocess.run([os.path.join(ROOT, "aegis-sim"), f"--arch={ISA}", f"--profile={PROFILE}", "--offline", "--print-binary"],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr)
        sys.exit(SKIPPED if done.returncode == UNAVAILABLE else 1)
    return done.stdout.strip()


def twin(*options):
    """A finished twin run."""
    return subprocess.run([sys.executable, "-B", os.path.join(ROOT, "tools/twin.py"), f"--isa={ISA}", f"--build={BUILD}",
                           f"--sim={simulator()}", ALL, *options], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def differences(plant):
    """What a twin run of the planted kernel reports: {image: tasks that differ}."""
    kernel = planted.build(ROOT, BUILD, ISA, PROFILE, plant)
    done = twin(f"--kernel={kernel}", "--timeout=15", "--json", *(f"--image={image}" for image in plant.images))
    if done.returncode not in (0, 1):
        sys.exit(f"FAILED: status {done.returncode}\n{done.stdout}{done.stderr}")
    result = json.loads(done.stdout)
    found = {image["image"]: [task for task in image["tasks"] if task["verdict"] == "differs"] for image in result["images"]}
    if (done.returncode == 1) != any(found.values()) or (result["verdict"] == "differ") != any(found.values()):
        sys.exit(f"FAILED: status {done.returncode} and verdict {result['verdict']} do not say the same")
    return found


def bites():
    plant = planted.PLANTS[CASE]
    found = differences(plant)
    for image, tasks in plant.images.items():
        seen = [task["task"] for task in found[image]]
        print(f"{image}: differs in {seen or 'nothing'}")
        for task in found[image]:
            print(f"    {task['name'] or task['task']}: {json.dumps(task['difference'])[:600]}")
        if not set(tasks) <= set(seen):
            sys.exit(f"FAILED: {plant.what}: not reported for task {tasks} of {image}")


if not shutil.which(f"qemu-system-{ISA}"):
    sys.exit(SKIPPED)
if CASE in RUNS:
    run = twin(*RUNS[CASE])
    print(run.stdout + run.stderr)
    sys.exit(run.returncode != 0)
bites()
