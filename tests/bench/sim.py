#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Benchmarks of the simulator for one ISA; one JSON object a line.

usage: sim.py ROOT ISA

What is compared runs interleaved, round by round, so that the load of the host hits both alike.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT, ISA = os.path.abspath(sys.argv[1]), sys.argv[2]
PROGRAMS = os.path.join(ROOT, "tests/bench/programs")
BUILD = os.path.join(ROOT, f"build/sim-{ISA}-full")
MACHINE = os.path.join(BUILD, f"sim/aegis-sim-{ISA}")
ENV = dict(os.environ, AEGIS_IMAGES=os.path.join(BUILD, "images"))
CROSS = {"x86_64": "gcc", "aarch64": "aarch64-linux-gnu-gcc", "riscv64": "riscv64-linux-gnu-gcc"}
SAME_CODE = ["-O2", "-fno-tree-loop-distribute-patterns"]  # no calls of memset in one of the two programs only
FREESTANDING = {"x86_64": ["-mgeneral-regs-only"], "aarch64": ["-mgeneral-regs-only"], "riscv64": ["-march=rv64imac", "-mabi=lp64"]}
folder = tempfile.TemporaryDirectory(prefix="aegis-bench-")


def path(name):
    return os.path.join(folder.name, name)


def report(name, unit, samples, goal=None, digits=1):
    samples = sorted(samples)
    row = {"name": f"{ISA}: {name}", "unit": unit, "p50": round(samples[len(samples) // 2], digits),
           "p99": round(samples[min(len(samples) - 1, int(len(samples) * 0.99))], digits)}
    if goal is not None:
        row["goal"] = goal
    print(json.dumps(row), flush=True)


def seconds(command, **extra):
    begin = time.perf_counter()
    result = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=False,
                            env=ENV, **extra)
    return time.perf_counter() - begin, result.returncode


def cpu_seconds(command):
    """Processor time of a command: what it costs, whatever else the host does."""
    pid = os.posix_spawn(command[0], command, ENV, file_actions=[
        (os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_RDWR, 0) for fd in (0, 1, 2)])
    _, status, usage = os.wait4(pid, 0)
    return usage.ru_utime + usage.ru_stime, os.waitstatus_to_exitcode(status)


def task(source, rounds, slot=5):
    out = path(f"{source}-{rounds}.elf")
    subprocess.run([os.path.join(ROOT, "tools/aegis-cc"), f"--arch={ISA}", f"--slot={slot}", *SAME_CODE, f"-DROUNDS={rounds}u",
                    os.path.join(PROGRAMS, f"{source}.c"), "-o", out], check=True)
    return out


def run_tasks(*tasks, options=()):
    spent, status = cpu_seconds([MACHINE, *(f"--task={t},caps=all" for t in tasks), *options])
    if status > 31:
        sys.exit(f"{tasks}: the machine ended with {status}")
    return spent


def start_up():
    samples = []
    for _ in range(40):
        begin = time.perf_counter()
        machine = subprocess.Popen([MACHINE, "--image=idle", "--strace", "--stop-at=400ms"], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env=ENV)
        machine.stderr.readline()
        samples.append((time.perf_counter() - begin) * 1e3)
        machine.stderr.read()
        machine.wait()
    report("start to the first system call", "ms", samples, goal=20)


def per_round(name, make, rounds, goal):
    """Cost of one round: a long run less an empty one, per round."""
    many, none = make(rounds), make(0)
    samples = [(run_tasks(*many) - run_tasks(*none)) / rounds * 1e6 for _ in range(15)]
    report(name, "us", samples, goal=goal, digits=3)


def linux_program(rounds):
    out = path(f"linux-{rounds}")
    subprocess.run([CROSS[ISA], *SAME_CODE, "-static", "-nostdlib", "-ffreestanding", "-fno-stack-protector", "-fno-pic", "-no-pie",
                    *FREESTANDING[ISA], f"-DROUNDS={rounds}u", os.path.join(PROGRAMS, "work_linux.c"), "-o", out], check=True)
    return out


def speed():
    qemu = shutil.which(f"qemu-{ISA}")
    if qemu is None:
        print(f"SKIP: qemu-{ISA} (package qemu-user) is missing", file=sys.stderr)
        return
    rounds = 4000
    long, short = (task("work_task", n) for n in (rounds, 1))
    there, empty = (linux_program(n) for n in (rounds, 1))
    ratios = {"on": [], "off": []}
    for _ in range(7):
        reference = cpu_seconds([qemu, there])[0] - cpu_seconds([qemu, empty])[0]
        for metering, goal in ratios.items():
            options = (f"--metering={metering}",)
            goal.append(reference / (run_tasks(long, options=options) - run_tasks(short, options=options)))
    report("user code, metered, relative to qemu-user", "x", ratios["on"], goal=0.45, digits=2)
    report("user code, --metering=off, relative to qemu-user", "x", ratios["off"], goal=0.60, digits=2)


def memory():
    pid = os.posix_spawn(MACHINE, [MACHINE, "--image=tour"], ENV, file_actions=[
        (os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_RDWR, 0) for fd in (0, 1, 2)])
    usage = os.wait4(pid, 0)[2]
    print_value("resident memory, 1 CPU, tour", "MB", usage.ru_maxrss / 1e3, 64)


def print_value(name, unit, value, goal=None):
    report(name, unit, [value], goal)


def launcher():
    command = [os.path.join(ROOT, "aegis-sim"), f"--arch={ISA}", "--print-binary"]
    seconds(command)
    report("launcher, everything up to date", "ms", [seconds(command)[0] * 1e3 for _ in range(20)], goal=100)


def edit_and_run():
    command = [os.path.join(ROOT, "aegis-sim"), f"--arch={ISA}", "--image=tasks", "--stop-at=300ms"]
    samples = []
    for _ in range(3):
        os.utime(os.path.join(ROOT, "core/ipc/message.c"))
        samples.append(seconds(command)[0])
    report("edit one core file and run again", "s", samples, goal=5)


def clean_build():
    build = path("clean")
    begin = time.perf_counter()
    subprocess.run(["cmake", "-S", ROOT, "-B", build, "-G", "Ninja", "-DAEGIS_HAL=sim", f"-DAEGIS_ISA={ISA}",
                    f"-DAEGIS_DEPS={ROOT}/build/deps"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", build, f"aegis-sim-{ISA}"], check=True, stdout=subprocess.DEVNULL)
    print_value("clean build of the machine and its images", "s", time.perf_counter() - begin, 60)


def core_size():
    modules = "abi base diag sync mm sched cap ipc task dev sys init hal".split()
    code = 0
    for module in modules:
        for where, _, files in os.walk(os.path.join(ROOT, "core", module)):
            if "/test" in where:
                continue
            for name in files:
                if name.endswith((".c", ".h")) and name not in ("frame_alloc.c", "font_spleen.c"):
                    with open(os.path.join(where, name), encoding="utf-8") as file:
                        code += count_code(file.read())
    print_value("code lines of core, safety profile (no blanks, no comments)", "lines", code, 6000)
    archives = [os.path.join(BUILD, "core", m, f"libcore_{m}.a") for m in modules]
    sizes = subprocess.run(["size", "-t", *(a for a in archives if os.path.exists(a))], capture_output=True, text=True, check=True)
    total = sizes.stdout.splitlines()[-1].split()
    print_value("core, full profile, compiled for the host: text and constants", "bytes", int(total[0]))


def count_code(text):
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return sum(1 for line in text.splitlines() if line.strip() and not line.strip().startswith("//"))


start_up()
per_round("system call from user code, round trip", lambda n: [task("calls", n)], 500000, 0.5)
per_round("CALL and reply between two tasks", lambda n: [task("client", n, 5), task("server", n, 6)], 100000, 3)
speed()
memory()
launcher()
edit_and_run()
if ISA == "x86_64":
    clean_build()
    core_size()
