#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every figure that docs/performance.md promises of a bare-metal kernel is measured and printed; what they are is not judged.

usage: check.py ROOT ISA BUILD
"""
import json
import os
import subprocess
import sys

from worst import call_names

HERE = os.path.dirname(os.path.abspath(__file__))
WITH_GOAL = [
    "YIELD alone", "NOTIFY with no waiter", "CALL and reply, four words", "power-on to the first instruction of a task",
    "power-on to the first line of a task, on this host", "text and constants, safety profile", "memory in use at idle",
    "longest window with interrupts off", "interrupt asserted to its handler, worst seen",
    "interrupt asserted to its handler, after the longest window",
]
OTHERS = ["system call that does nothing", "GRANT_CREATE and GRANT_REVOKE", "YIELD between two tasks", "interrupt of a task to the handler"]
CALLS = ["system call that does nothing", "YIELD alone", "NOTIFY with no waiter", "GRANT_CREATE and GRANT_REVOKE",
         "CALL and reply, four words", "YIELD between two tasks"]
KINDS = ["a task starts or restarts", "a call that is denied", "a fault of a task", "the tick", "an interrupt of a device"]
FEWEST, MOST = 30, 100_000  # instructions that a call can take at all


def main():
    root, isa, build = sys.argv[1:4]
    rows = subprocess.run([sys.executable, "-B", os.path.join(HERE, "run.py"), root, isa, build, build], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    report = subprocess.run([sys.executable, "-B", os.path.join(HERE, "report.py")], input=rows, check=True,
                            stdout=subprocess.PIPE, text=True).stdout
    found = {row["name"].removeprefix(isa + ": "): row for row in map(json.loads, rows.splitlines())}
    problems = [f"no figure: {name}" for name in WITH_GOAL + OTHERS if name not in found]
    problems += [f"no goal: {name}" for name in WITH_GOAL if name in found and not found[name].get("goal")]
    problems += [f"not in the table: {name}" for name in WITH_GOAL + OTHERS if f"\n{name}" not in report]
    for name in CALLS:
        for what in ("loads of page tables", "TLB flushes"):
            if f"{name}: {what}" not in found:
                problems.append(f"no figure: {name}: {what}")
        if name in found and not FEWEST < found[name]["p50"] < MOST:
            problems.append(f"{name}: {found[name]['p50']} instructions")
        if name in found and abs(sum(found[name]["where"].values()) - found[name]["p50"]) > found[name]["p50"] / 50:
            problems.append(f"{name}: its functions are not all of it")
    for row in found.values():
        if row.get("goal") and row["p50"] > row["goal"] and "where" in row and f"{row['name']}: " not in report:
            problems.append(f"{row['name']}: missed, and not explained")
    worst = {name.split(": ", 1)[1]: row for name, row in found.items() if name.startswith("longest stay in the kernel: ")}
    problems += [f"never seen: {name}" for name, row in worst.items() if row["unit"] == "not seen"]
    problems += [f"no worst case: {kind}" for kind in KINDS + list(call_names(root).values()) if kind not in worst]
    problems += [f"{name}: its functions are not all of it" for name, row in worst.items()
                 if abs(sum(row.get("where", {}).values()) - row["p50"]) > row["p50"] / 50]
    print(report, *problems, sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
