#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""X38: what tests and provers read is what ships.

Every function that a header of decisions declares is defined in exactly one file of the repository, in core. A second
definition, in a test, a fuzzer or a proof, would be a copy that can be right while the shipped one is wrong.
"""
import collections
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DECISIONS = [
    "core/sched/include/sched/policy.h",
    "core/sync/include/sync/waitq.h",
    "core/ipc/include/ipc/endpoint.h",
    "core/ipc/include/ipc/grant.h",
    "core/ipc/include/ipc/irq_binding.h",
    "core/cap/include/cap/cap.h",
    "core/base/include/base/elf.h",
    "core/base/include/base/pagetable.h",
    "core/base/include/base/fdt.h",
]
DEFINITION = re.compile(r"^[A-Za-z_][\w *]*\b(\w+)\([^;{}]*\)\s*\{", re.M)
PROTOTYPE = re.compile(r"^(?:MUST_CHECK )?[a-z][\w ]*[ *](\w+)\([^;{}]*\);", re.M)


def declared(header):
    return PROTOTYPE.findall((ROOT / header).read_text())


def definitions():
    """Name of a function -> files that define one of that name."""
    listed = subprocess.run(["git", "ls-files", "*.c", "*.h"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = listed.stdout.split() or [str(p.relative_to(ROOT)) for p in ROOT.rglob("*.[ch]") if "build" not in p.parts]
    where = collections.defaultdict(list)
    for name in names:
        path = ROOT / name
        for function in DEFINITION.findall(path.read_text(errors="replace")) if path.is_file() else []:
            where[function].append(name)
    return where


def main():
    where = definitions()
    wrong = checked = 0
    for header in DECISIONS:
        names = declared(header)
        if not names:
            print(f"{header}: declares nothing that this check can see")
            wrong += 1
        for name in names:
            checked += 1
            if len(where[name]) != 1 or not where[name][0].startswith("core/"):
                print(f"{name} ({header}): defined in {', '.join(where[name]) or 'no file'}")
                wrong += 1
    print(f"{checked} decision functions, each defined once and in core" if wrong == 0 else f"{wrong} are not")
    return wrong != 0


if __name__ == "__main__":
    sys.exit(main())
