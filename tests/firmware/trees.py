#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Boots with damaged device trees: each ends in a named message or boots all the same, and none hangs.

usage: trees.py CASE RUNNER FIRMWARE ADDRESS      CASE: named (trees that lie in one thing) or random (bytes changed);
RUNNER boots a kernel of one build as `./aegis qemu` does, FIRMWARE hands over a tree at ADDRESS

Status 0 passed, 1 failed, 77 QEMU or dtc is not installed.
"""
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

RUNNER, FIRMWARE, ADDRESS = sys.argv[2:5]
REFUSED = 78  # the kernel booted, and there is no image to run
PANIC = 80
OFF = 0       # a panic where the tree has no device for tests
HANG = 124
folder = tempfile.TemporaryDirectory(prefix="aegis-trees-")


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def path(name):
    return os.path.join(folder.name, name)


def run(*words, **options):
    return subprocess.run(words, stdin=subprocess.DEVNULL, check=False, **options)


def original():
    """The board's own tree, as source."""
    words = run(RUNNER, "--image=none", "--cpus=2", "--print", capture_output=True, text=True)
    if words.returncode == 77 or not shutil.which("dtc"):
        sys.exit(77)
    run("qemu-system-riscv64", "-M", f"virt,dumpdtb={path('board.dtb')}", "-smp", "2", "-m", "256M", "-display", "none",
        capture_output=True)
    return run("dtc", "-q", "-I", "dtb", "-O", "dts", path("board.dtb"), capture_output=True, text=True).stdout


def compiled(source):
    """Tree of a source that may make no sense."""
    with open(path("tree.dts"), "w", encoding="utf-8") as file:
        file.write(source)
    done = run("dtc", "-q", "-f", "-I", "dts", "-O", "dtb", "-o", path("tree.dtb"), path("tree.dts"))
    check(done.returncode == 0, "dtc takes the tree")
    with open(path("tree.dtb"), "rb") as file:
        return file.read()


def boot(tree):
    """Status and console of a boot with this tree."""
    with open(path("tree.dtb"), "wb") as file:
        file.write(tree)
    device = f"-bios {FIRMWARE} -device loader,file={path('tree.dtb')},addr={ADDRESS},force-raw=on"
    done = run(RUNNER, "--image=none", "--cpus=2", "--icount", "--timeout=60", f"--qemu={device}", capture_output=True)
    return done.returncode, done.stdout.decode(errors="replace")


# -- Trees that lie in one thing --

RAM = "reg = <0x00 0x80000000 0x00 0x10000000>"
OUT_OF_REACH = "its registers overlap others or lie out of reach"


def without(node):
    """The source without a node, by the beginning of its name."""
    return rf"\n\t+{node}[^\n]* \{{(?:[^{{}}]|\{{[^{{}}]*\}})*\}};", ""


# name: (regular expression, what takes its place, status, what the console says)
NAMED = {
    "nothing wrong": (r"^", "", REFUSED, "no boot module"),
    "no memory": (*without("memory@"), PANIC, "boot: the device tree names no memory"),
    "disabled memory": (RAM, RAM + '; status = "disabled"', PANIC, "boot: the device tree names no memory"),
    "too little memory": (RAM, "reg = <0 0x80000000 0 0x100000>", PANIC, "boot: the kernel lies outside of the memory"),
    "memory elsewhere": (RAM, "reg = <0 0x90000000 0 0x100000>", PANIC, "boot: the kernel lies outside of the memory"),
    "memory without the tree": (RAM, "reg = <0 0x80000000 0 0x2000000>", PANIC, "boot: the device tree lies outside of the memory"),
    "overlapping memory": (RAM, RAM[:-1] + " 0 0x80000000 0 0x200000>", REFUSED, "1 ranges of memory are ignored"),
    "memory out of reach": (RAM, RAM[:-1] + " 0x100 0 1 0>", REFUSED, "more memory than supported"),
    "memory that wraps": (RAM, "reg = <0 0x80000000 0xffffffff 0xf0000000>", REFUSED, "more memory than supported"),
    "many ranges": (RAM, RAM[:-1] + "".join(f" 1 {i * 65536} 0 0x1000" for i in range(40)) + ">", REFUSED,
                    "33 ranges of memory are ignored"),
    "unaligned memory": (RAM, "reg = <0 0x80000000 0 0x0ffffa34>", REFUSED, "no boot module"),
    "no timebase": (r"timebase-frequency = <[^>]*>;", "", PANIC, "boot: the device tree has no timebase-frequency"),
    "timebase of 0": (r"timebase-frequency = <[^>]*>;", "timebase-frequency = <0>;", PANIC, "no timebase-frequency"),
    "slow timebase": (r"timebase-frequency = <[^>]*>;", "timebase-frequency = <50>;", PANIC, "clock has a frequency"),
    "no CPUs": (r"\tcpus \{", "\tnothing {", PANIC, "boot: the device tree has no timebase-frequency"),
    "boot hart not listed": (r"reg = <0x00>;", "reg = <0x07>;", PANIC, "the boot hart has no context"),
    "UART disabled": ("reg = <0x00 0x10000000 0x00 0x100>", "reg = <0 0x10000000 0 0x100>; status = \"disabled\"", PANIC,
                      "UART listed for tasks"),
    "no UART": (*without("serial@"), PANIC, "UART listed for tasks"),
    "UART in RAM": ("reg = <0x00 0x10000000 0x00 0x100>", "reg = <0 0x90000000 0 0x100>", PANIC, "UART listed for tasks"),
    "UART on top of memory": ("reg = <0x00 0x10000000 0x00 0x100>", "reg = <0 0x80000000 0 0x100>", PANIC, OUT_OF_REACH),
    "UART in flash": ("reg = <0x00 0x10000000 0x00 0x100>", "reg = <0 0x20000000 0 0x100>", PANIC, "UART listed for tasks"),
    "no console named": (r"stdout-path = [^;]*;", "", REFUSED, "no boot module"),
    "console of another kind": (r"stdout-path = [^;]*;", 'stdout-path = "/soc/rtc@101000";', REFUSED, "no boot module"),
    "console that is not there": (r"stdout-path = [^;]*;", 'stdout-path = "serial0:9600n8";', REFUSED, "no boot module"),
    "interrupt out of range": (r"interrupts = <0x0a>", "interrupts = <0xffffffff>", PANIC, "UART interrupt exists"),
    "no interrupt controller": (*without("plic@"), PANIC, "no interrupt controller"),
    "interrupt controller in memory": ("reg = <0x00 0xc000000 0x00 0x600000>", "reg = <0 0x80000000 0 0x600000>", PANIC, OUT_OF_REACH),
    "small interrupt controller": ("reg = <0x00 0xc000000 0x00 0x600000>", "reg = <0 0xc000000 0 0x1000>", REFUSED, "no boot module"),
    "no context": (r"interrupts-extended = <0x04 0x0b 0x04 0x09", "interrupts-extended = <0x04 0x0b 0x04 0x0b", PANIC,
                   "the boot hart has no context"),
    "no clock": (*without("rtc@"), REFUSED, "no boot module"),
    "no PCI": (*without("pci@"), REFUSED, "no boot module"),
    "huge PCI": ("reg = <0x00 0x30000000 0x00 0x10000000>", "reg = <0 0x30000000 0xff 0>", REFUSED, OUT_OF_REACH),
    "no test device": (*without("test@"), OFF, "no boot module"),
    "module outside of memory": (r"chosen \{", "chosen { linux,initrd-start = <0>; linux,initrd-end = <8>;", PANIC,
                                 "boot: the boot module lies outside of the memory"),
}


def named():
    source = original()
    for name, (pattern, text, status, says) in NAMED.items():
        changed, count = re.subn(pattern, lambda _, text=text: text, source, count=1)
        check(count == 1, f"{name}: the board's tree has {pattern}")
        got, console = boot(compiled(changed))
        check(got == status and says in console, f"{name}: status {got}, not {status}, or no '{says}':\n{console[-2000:]}")
        print(f"{name}: status {got}, {says}")


# -- Bytes changed --

def random_trees():
    tree = compiled(original())
    generator = random.Random(20261120)
    ends = {}
    for number in range(60):
        damaged = bytearray(tree)
        for _ in range(generator.choice((1, 3, 10, 40))):
            damaged[generator.randrange(len(tree) if number % 3 else 64)] = generator.randrange(256)
        got, console = boot(bytes(damaged))
        ends[got] = ends.get(got, 0) + 1
        check(got in (REFUSED, PANIC, OFF), f"tree {number}: status {got}:\n{console[-2000:]}")
        check(got == OFF or "boot" in console or "panic" in console or len(console) == 0,
              f"tree {number}: it says why:\n{console[-2000:]}")
    print(f"status: number of trees: {ends}")


{"named": named, "random": random_trees}[sys.argv[1]]()
