#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Boots in QEMU that need more than a line of options.

usage: qemu.py CASE RUNNER IMAGES      RUNNER boots a kernel of one build as `./aegis qemu` does

Status 0 passed, 1 failed, 77 QEMU is not installed.
"""
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, "../display"), os.path.join(HERE, "../../tools")]
import picture  # noqa: E402
import symbols  # noqa: E402

RUNNER, IMAGES = sys.argv[2:4]
BOOTED = r"boot complete: \d+ checkpoints"
folder = tempfile.TemporaryDirectory(prefix="aegis-qemu-")


def path(name):
    return os.path.join(folder.name, name)


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def boot(*options, status=0):
    """Console and remarks of a run that must end with `status`."""
    done = subprocess.run([RUNNER, "--timeout=100", "--icount", *options], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode == 77:
        sys.exit(77)
    text, errors = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    check(done.returncode == status, f"{options}: status {done.returncode}, not {status}\n{text[-3000:]}\n{errors[-1000:]}")
    return text, errors


def garbage():
    """4 KiB of anything on the command line: as much as there is room for is kept, and the kernel boots."""
    generator = random.Random(7)
    for characters in ("a", "= ", '\\"', "".join(chr(c) for c in range(33, 127)) + " "):
        words = "".join(generator.choice(characters) for _ in range(4096)).replace(",", ".")
        text, _ = boot("--image=tasks", f"--append={words}", f"--expect={BOOTED}", "--expect=LOG:1 ", "--forbid=panic")
        check("command line terminated" in text, "the checkpoint of the command line")


def control():
    """Control characters and bytes that are no text never reach the console."""
    words = "a\x01b\x1b[31mred\x7f\x08\x08 \u00e9\t\x0bzz"
    text, _ = boot("--image=tasks", f"--append={words}", f"--expect={BOOTED}", "--expect=LOG:1 ", "--forbid=panic")
    kernel = text[text.index("[aegis]"):]
    check(not re.search(r"[^\n\r\t -~]", kernel), f"the console is plain text: {kernel!r}")


def screenshot():
    """The screen shows what the console says."""
    text, _ = boot("--image=idle", f"--expect={BOOTED}", f"--screenshot={path('screen.ppm')}")
    rows = picture.read_ppm(path("screen.ppm"))
    check((len(rows[0]), len(rows)) == (640, 480), "640 x 480 pixels")
    shown, _ = picture.read_text(rows)
    shown = "".join(line.ljust(80) for line in shown)
    lines = [line.rstrip() for line in text.splitlines() if "boot complete" in line or re.match(r"\[aegis\] boot 6[12]", line)]
    check(len(lines) == 3, f"a boot with a screen: {lines}")
    for line in lines:
        check(line in shown, f"the screen shows '{line}':\n{shown}")


def damaged():
    """An image that is none ends the run with a sentence and 78, not with a panic."""
    with open(os.path.join(IMAGES, "tasks.img"), "rb") as file:
        good = file.read()
    manifest = good.index(b"task 0 ")
    elf = good.index(b"\x7fELF")
    for what, data in (("noise", random.Random(3).randbytes(8192)), ("zeros", bytes(4096)), ("a short file", good[:700]),
                       ("a wrong checksum", good[:148] + b"7777777" + good[155:]),
                       ("a damaged manifest", good[:manifest] + b"tusk" + good[manifest + 4:]),
                       ("a foreign program", good[:elf + 18] + b"\x02" + good[elf + 19:]),
                       ("half a program", good[:elf] + bytes(64) + good[elf + 64:])):
        with open(path("damaged.img"), "wb") as file:
            file.write(data)
        text, _ = boot(f"--image={path('damaged.img')}", status=78)
        check("image: " in text and "panic" not in text, f"{what}: a named refusal: {text[-300:]}")


def repeat():
    """Under --icount, as everywhere here, the same machine prints the same again."""
    runs = {boot("--image=tour")[0] for _ in range(2)}
    check(len(runs) == 1, "two runs print the same")


def killed():
    """QEMU ends with its runner, whatever ends that."""
    for how in (signal.SIGTERM, signal.SIGKILL, signal.SIGINT):
        with subprocess.Popen([RUNNER, "--image=idle"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as runner:
            for line in runner.stdout:
                if b"boot complete" in line:
                    break
            with open(f"/proc/{runner.pid}/task/{runner.pid}/children", encoding="ascii") as file:
                children = [int(word) for word in file.read().split()]
            check(children, "a child")
            runner.send_signal(how)
            runner.wait(20)
            deadline = time.monotonic() + 10
            while any(os.path.exists(f"/proc/{child}") for child in children):
                check(time.monotonic() < deadline, f"QEMU is gone after {how.name}")
                time.sleep(0.05)


def too_many_cpus():
    """More CPUs than the kernel has room for: it says so and uses those it can."""
    text, _ = boot("--image=tasks", "--cpus=10", f"--expect={BOOTED}", "--expect=LOG:1 ", "--forbid=panic")
    check("8 CPUs," in text, "eight are used")
    check(re.search(r"more (CPUs )?than the 8 supported|10 CPUs, of which 8 are used", text), f"it says so: {text[:2500]}")


def task():
    """A program of one's own, and its status."""
    program = os.path.join(IMAGES, "../user/exit_code.elf")
    text, _ = boot(f"--task={program},name=mine,prio=3", status=42)
    check("task 5 exited (code=42)" in text, f"it ran: {text[-500:]}")
    text, _ = boot(f"--task={program},caps=yield", status=63)
    check("FAULT task 5 (exit_code)" in text, f"it may not exit: {text[-500:]}")


def functions():
    """A backtrace's addresses are given back as functions and lines, callers that were inlined too."""
    build = os.path.dirname(os.path.abspath(IMAGES))
    isa = re.search(r"metal-(\w+?)-", build)[1]
    kernel = os.path.join(build, f"kernel/aegis-{isa}.elf")
    tool = symbols.find_tool(isa)
    if not tool:
        sys.exit(77)
    listing = subprocess.run([tool.replace("addr2line", "nm"), kernel], capture_output=True, text=True, check=True).stdout
    address = re.search(r"^([0-9a-f]+) \w panic_at$", listing, re.M)[1]
    shown = symbols.describe(isa, kernel, ["panic: x", f"  #0 0x{address}", "last log lines:"])
    check(len(shown) == 1 and shown[0].startswith("#0 panic_at at core/diag/panic.c:"), f"the function: {shown}")


{f.__name__.replace("_", "-"): f for f in (garbage, control, screenshot, damaged, repeat, killed, too_many_cpus,
                                           task, functions)}[sys.argv[1]]()
