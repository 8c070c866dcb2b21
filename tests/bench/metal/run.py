#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measure the bare-metal kernel of one ISA in QEMU; one JSON object a line.

usage: run.py ROOT ISA BUILD SAFETY-BUILD [GROUP...]        groups: calls start size latency worst (default: all)
"""
import os
import sys
import tempfile

from figures import Figures
from kernel import Kernel
from machine import Machine

GROUPS = ("calls", "start", "size", "latency", "worst")


def main():
    root, isa, build, safety = sys.argv[1:5]
    groups = sys.argv[5:] or GROUPS
    unknown = set(groups) - set(GROUPS)
    if unknown:
        sys.exit(f"{unknown.pop()}: the groups are {' '.join(GROUPS)}")
    elf = os.path.join("kernel", f"aegis-{isa}.elf")
    with tempfile.TemporaryDirectory(prefix="aegis-bench-") as folder:
        machine = Machine(os.path.abspath(root), Kernel(isa, os.path.join(build, elf)), os.path.abspath(build), folder)
        figures = Figures(machine, Kernel(isa, os.path.join(safety, elf)))
        for group in groups:
            getattr(figures, group)()


if __name__ == "__main__":
    main()
