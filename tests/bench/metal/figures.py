# SPDX-License-Identifier: MIT
"""The figures of one bare-metal kernel, measured: each becomes one row."""
import glob
import json
import os
import re
from collections import Counter

from machine import MEMORY
from worst import Worst, sites_of_image

HERE = os.path.dirname(os.path.abspath(__file__))
ISAS = ("x86_64", "aarch64", "riscv64")
# Operations of counted.c in its order: name, how many, the goals (x86_64, aarch64, riscv64), the row of reference.tbl.
OPERATIONS = [
    ("system call that does nothing", 20000, None, "empty"),
    ("YIELD alone", 20000, (300, 300, 300), "yield"),
    ("NOTIFY with no waiter", 20000, (375, 330, 440), "notify"),
    ("GRANT_CREATE and GRANT_REVOKE", 2000, None, "grant"),
    ("CALL and reply, four words", 20000, (509, 585, 782), "call"),
    ("YIELD between two tasks", 40000, None, "yield2"),
]
BOOT_INSTRUCTIONS = (150e6, 10e6, 25e6)
BOOT_SECONDS, BOOTS = 0.3, 7
IMAGE_BYTES, MEMORY_KIB = 128 * 1024, 2048
WINDOW, LATENCY = 1500, 3500
HANDLER = 0x40100000  # the program of task 0
AFTER_BOOT = 60_000_000  # instructions that a run for latency goes on
COUNTED = ["task 0 name=counted file=counted.elf priority=4 budget=0 caps=all restart=never",
           "task 1 name=server file=server.elf priority=4 budget=0 caps=all restart=never",
           "task 2 name=partner file=partner.elf priority=4 budget=0 caps=all restart=never"]
INTERRUPTED = ["task 0 name=handler file=handler.elf priority=7 budget=0 caps=all restart=never",
               "task 1 name=writer file=writer.elf priority=4 budget=50 caps=write+yield restart=never"]


def references():
    """Of each row of reference.tbl: seL4's figure and Linux's by ISA; None where there is none."""
    found = {}
    with open(os.path.join(HERE, "reference.tbl"), encoding="utf-8") as file:
        for line in file:
            fields = [field.strip() for field in line.split("|")]
            if not line.startswith("#") and len(fields) == 7:
                values = [None if field == "-" else float(field) for field in fields[1:6]]
                found[fields[0]] = {isa: (values[i], values[3 + i] if i < 2 else None) for i, isa in enumerate(ISAS)}
    return found


def by_function(kernel, counts, per):
    """Instructions of each function, per operation, most first."""
    total = Counter()
    for va, executed in counts.items():
        total[kernel.function(va)] += executed
    return {name: round(n / per, 1) for name, n in total.most_common() if n / per >= 0.5}


class Figures:
    def __init__(self, machine, safety):
        self.machine, self.kernel, self.safety = machine, machine.kernel, safety
        self.isa = self.kernel.isa
        self.column = ISAS.index(self.isa)
        self.others = references()

    def row(self, name, unit, value, goal=None, p99=None, like=None, **more):
        sel4, linux = self.others[like][self.isa] if like else (None, None)
        row = {"name": f"{self.isa}: {name}", "unit": unit, "p50": value, "p99": value if p99 is None else p99, "goal": goal,
               "sel4": sel4, "linux": linux, **more}
        print(json.dumps({key: value for key, value in row.items() if value is not None}), flush=True)

    # -- Operations --

    def calls(self):
        image = self.machine.image("counted", COUNTED)
        seen = self.machine.run(image, mark=self.machine.symbol("counted", "mark"), phases=2 * len(OPERATIONS))
        for i, (name, rounds, goals, like) in enumerate(OPERATIONS):
            phase = seen.phases[2 * i + 1]
            cost = (phase.kernel + phase.user) / rounds
            goal = goals[self.column] if goals else None
            where = {"(tasks)": round(phase.user / rounds, 1), **by_function(self.kernel, phase.at, rounds)}
            self.row(name, "instructions", round(cost, 1), goal, like=like, where=where)
            for what, places in (("loads of page tables", self.kernel.loads), ("TLB flushes", self.kernel.flushes)):
                executed = sum(n for va, n in phase.at.items() if va in places)
                self.row(f"{name}: {what}", "per operation", round(executed / rounds, 2))

    # -- Start and size --

    def start(self):
        seen = self.machine.run(self.machine.image_of_build("idle"), start=1)
        phase = seen.phases[0]
        kernel = sum(phase.at.values())
        self.row("power-on to the first instruction of a task", "instructions", seen.start, BOOT_INSTRUCTIONS[self.column],
                 like="boot", where={"(firmware, start code)": seen.start - kernel, **by_function(self.kernel, phase.at, 1)})
        spent = sorted(self.machine.console(self.machine.image_of_build("tasks"), "L5:ELF")[1] for _ in range(BOOTS))
        self.row("power-on to the first line of a task, on this host", "s", round(spent[BOOTS // 2], 3), BOOT_SECONDS,
                 p99=round(spent[-1], 3))

    def size(self):
        self.row("text and constants, safety profile", "bytes", self.safety.constant_bytes(), IMAGE_BYTES)
        lines, _ = self.machine.console(self.machine.image_of_build("idle"), "boot complete")
        free = int(re.search(r"memory: (\d+) KiB free", "".join(lines))[1])
        self.row("memory in use at idle", "KiB", MEMORY * 1024 - free, MEMORY_KIB, like="memory")

    # -- Latency --

    def loads(self):
        """Images that leave nothing untried: every hostile program beside a driver, the operations, the tour."""
        yield "counted", self.machine.image("counted", COUNTED)
        yield "tour", self.machine.image_of_build("tour")
        for manifest in sorted(glob.glob(os.path.join(self.machine.build, "user/obj/hostile-*.manifest"))):
            name = os.path.basename(manifest).removesuffix(".manifest")
            with open(manifest, encoding="ascii") as file:
                tasks = [line.strip() for line in file if re.match(r"task ([2-9]|\d\d) ", line)]
            yield name, self.machine.image(f"busy-{name}", INTERRUPTED + tasks)

    def latency(self):
        longest, samples, images = (0,), [], {}
        wanted = {"return": self.kernel.returns, "point": self.kernel.polls, "taken": self.kernel.symbols["irq_arrived"],
                  "handler": HANDLER, "limit": AFTER_BOOT}
        for name, image in self.loads():
            seen = self.machine.run(image, **wanted)
            windows = [(*window, name, image) for window in seen.windows]
            longest = max([longest, *windows])
            images[name] = max(windows)[0]
            samples += [(*sample, name, image) for sample in seen.samples]
        length, index, begin, end, name, image = longest
        self.row("longest window with interrupts off", "instructions", length, WINDOW, image=name, images=images,
                 begin=self.kernel.function(begin), end=self.kernel.function(end),
                 **self.watched(image, {**wanted, "watch": index}))
        self.interrupts(wanted, length, samples)

    def interrupts(self, wanted, longest, samples):
        """Of each sample: its way from where it was taken, before that from where it interrupted a task (or -1), what it may
        have waited, the first and the last window of its way, and the image."""
        direct = sorted(way + entry for way, entry, *_ in samples if entry >= 0)
        entries = sorted(entry for _, entry, *_ in samples if entry >= 0)
        self.row("interrupt of a task to the handler", "instructions", direct[len(direct) // 2], p99=direct[len(direct) * 99 // 100])
        cost = {sample: sample[0] + max(sample[1], 0) + sample[2] for sample in samples}
        worst = max(cost, key=cost.get)
        first, last, name, image = worst[3:]
        self.row("interrupt asserted to its handler, worst seen", "instructions", cost[worst], LATENCY, image=name,
                 **self.watched(image, {**wanted, "watch": first - 1, "until": last - 1}))
        way = max(samples)
        after = longest + entries[len(entries) // 2] + way[0]
        self.row("interrupt asserted to its handler, after the longest window", "instructions", max(after, cost[worst]), LATENCY,
                 image=way[5], **self.watched(way[6], {**wanted, "watch": way[3], "until": way[4] - 1}))

    # -- Worst cases --

    def worst(self):
        """The longest stay in the kernel of each kind, over the loads above and every image of the build."""
        worst = Worst(self.machine.root, self.kernel)
        wanted = worst.wanted()
        images = dict(self.loads())
        for path in sorted(glob.glob(os.path.join(self.machine.build, "images", "*.img"))):
            images.setdefault("image " + os.path.basename(path).removesuffix(".img"), path)
        for name, image in images.items():
            stays = self.machine.run(image, "paths", limit=AFTER_BOOT, **wanted).stays
            worst.add(name, image, stays, sites_of_image(self.isa, image, self.machine.folder))
        for kind, (length, index, name, image) in sorted(worst.longest.items()):
            seen = self.machine.run(image, "paths", watch=index, **wanted)
            self.row(f"longest stay in the kernel: {kind}", "instructions", length, image=name, times=worst.times[kind],
                     piece=worst.piece[kind], where=by_function(self.kernel, seen.phases[0].at, 1))
        for name in worst.unseen():
            self.row(f"longest stay in the kernel: {name}", "not seen", 0)

    def watched(self, image, wanted):
        """What ran in these windows."""
        seen = self.machine.run(image, **wanted)
        return {"path": self.path_of(seen.blocks), "where": by_function(self.kernel, seen.phases[0].at, 1)}

    def path_of(self, blocks):
        """The functions that a run went through, in order."""
        names = [self.kernel.function(va) for va in blocks]
        return [name for i, name in enumerate(names) if i == 0 or names[i - 1] != name]
