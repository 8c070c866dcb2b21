# SPDX-License-Identifier: MIT
"""Kernels that are wrong about failures are found: see the first line of each tests/planted/fault_*.patch.

usage: planted.py FOLDER        the simulators with planted bugs, by name
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../options"))
from machine import Judge, Machine  # noqa: E402 pylint: disable=wrong-import-position

judge = Judge()
FOLDER = sys.argv[1]


def planted(name, code, *args, says=()):
    machine = Machine(os.path.join(FOLDER, name))
    judge.ended(machine.run(*args), code, *says)


# A panic where the boot should say that memory is out; and the line does it again.
planted("fault_panics", 90, "--image=interrupts", "--fail-each=frame",
        says=("PANIC        panic: boot checkpoint failed: frame allocated", "--fault=frame,nth=1"))
planted("fault_panics", 80, "--image=interrupts", "--fault=frame,nth=1", "--on-panic=exit", says=("boot checkpoint failed",))
# A call that says OK although it has failed.
planted("fault_swallowed", 90, "--image=interrupts", "--fail-each=irq-slot+segment-load",
        says=("UNDOCUMENTED OK", "3 occurrences, 2 ok, 1 found", "--fault=irq-slot,nth=1"))
# A frame that nobody gives back.
planted("fault_leaks", 90, "--image=interrupts", "--fail-each=segment-load+stack",
        says=("PANIC", "panic: invariant of frames broken: not as many frames are in use", "3 occurrences, 1 ok, 2 found"))
# A page that is unmapped and not flushed: the entry, and who unmapped it.
planted("flush_forgotten", 82, "--image=hostile-stale_grant", "--fault=tlb=check",
        says=("missing invalidate at @1:", "the tables say that nothing is mapped", "arch_unmap_page", "grant_release"))
judge.finish()
