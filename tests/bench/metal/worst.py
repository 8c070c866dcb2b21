# SPDX-License-Identifier: MIT
"""The longest stays in the kernel, by what a CPU entered it for: each call, interrupts, faults, restarts."""
import os
import re
import subprocess
import tarfile

CALL = {"x86_64": r"syscall\b", "aarch64": r"svc\s", "riscv64": r"ecall\b"}
# How the number of a call gets into its register.
NUMBER = {"x86_64": r"mov\s+\$(0x[0-9a-f]+),%eax|xor\s+%eax,%eax()", "aarch64": r"mov\s+[wx]7, #(0x[0-9a-f]+|\d+)",
          "riscv64": r"li\s+a7,(\d+)"}
BETWEEN = 24  # instructions that may stand between the two
INSTRUCTION = re.compile(r"\s*([0-9a-f]+):\t(.+)")
IDLE = "sched_start"  # the function whose loop a CPU without work is in
# Functions that say what a stay is about, in the order of the plugin's tags.
TAGS = ("irq_arrived", "on_tick", "task_main", "sched_fault")
INTERRUPT, TICK, START, FAULT = (1 << i for i in range(len(TAGS)))


def call_names(root):
    """Names of the calls by number, from the table."""
    with open(os.path.join(root, "core/abi/aegis.tbl"), encoding="utf-8") as file:
        rows = [line.split("|") for line in file if not line.startswith("#")]
    return {int(row[0]): row[1].strip().upper() for row in rows if len(row) > 6}


def sites_of(isa, elf):
    """Addresses of a program's system-call instructions, and the number of each call where the code tells."""
    text = subprocess.run([f"{isa}-linux-gnu-objdump", "-d", "--no-show-raw-insn", elf], check=True, capture_output=True, text=True)
    code = [(int(m[1], 16), m[2].strip()) for m in map(INSTRUCTION.match, text.stdout.splitlines()) if m]
    found = {}
    for i, (va, words) in enumerate(code):
        if not re.match(CALL[isa], words):
            continue
        found[va] = None
        for _, before in reversed(code[max(0, i - BETWEEN):i]):
            match = re.match(NUMBER[isa], before)
            if match:
                found[va] = int(match[1], 0) if match[1] else 0
                break
    return found


def sites_of_image(isa, image, folder):
    found = {}
    with tarfile.open(image) as archive:
        for name in archive.getnames():
            if name.endswith(".elf"):
                archive.extract(name, folder)
                found.update(sites_of(isa, os.path.join(folder, name)))
    return found


class Worst:
    """The longest of each kind over several images."""

    def __init__(self, root, kernel):
        self.kernel = kernel
        self.names = call_names(root)
        self.longest = {}  # kind: (length, stay, image's name, image)
        self.times, self.piece = {}, {}

    def wanted(self):
        start, end = self.kernel.range(IDLE)
        return {"tag": [self.kernel.symbols[name] for name in TAGS], "point": self.kernel.polls, "idle": start, "idle_end": end}

    def kind(self, origin, tags, sites):
        """What a stay counts as. A call that lets an interrupt in on its way is listed apart."""
        if tags & START:
            return "a task starts or restarts"
        if origin != 0:
            if tags & FAULT:
                return "a call that is denied"
            number = sites.get(origin)
            name = self.names.get(number, "a call that does not exist") if number is not None else "a call of a computed number"
            return f"{name}, an interrupt on its way" if tags & INTERRUPT else name
        if tags & FAULT:
            return "a fault of a task"
        if tags & TICK:
            return "the tick"
        return "an interrupt of a device" if tags & INTERRUPT else "other entries"

    def add(self, name, image, stays, sites):
        for length, origin, tags, index, times, piece in stays:
            kind = self.kind(origin, tags, sites)
            self.piece[kind] = max(self.piece.get(kind, 0), piece)
            self.times[kind] = self.times.get(kind, 0) + times
            self.longest[kind] = max(self.longest.get(kind, (0,)), (length, index, name, image))

    def unseen(self):
        return [name for name in self.names.values() if not any(kind.split(",")[0] == name for kind in self.longest)]
