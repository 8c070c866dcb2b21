#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The EFI stub runs wherever the firmware loads it: nothing in it may hold an address.

usage: stub.py READELF STUB.o

Every relocation outside debug data is relative to the place, and does not go through a table of addresses; there is no data
that could be written; what it needs of the kernel are the ends of the image.
"""
import re
import subprocess
import sys

READELF, STUB = sys.argv[1:3]
RELATIVE = re.compile(r"R_AARCH64_(ADR_PREL_PG_HI21|ADR_PREL_LO21|ADD_ABS_LO12_NC|LDST\d+_ABS_LO12_NC|CALL26|JUMP26|CONDBR19"
                      r"|TSTBR14|PREL\d+)$|R_RISCV_(BRANCH|JAL|CALL|CALL_PLT|PCREL_HI20|PCREL_LO12_[IS]|RELAX|ALIGN"
                      r"|RVC_BRANCH|RVC_JUMP|ADD\d+|SUB\d+|SET\d+|32_PCREL)$")


def readelf(*words):
    return subprocess.run([READELF, "-W", *words, STUB], capture_output=True, text=True, check=True).stdout.splitlines()


failures, count, section = [], 0, ""
for line in readelf("-r"):
    if found := re.match(r"Relocation section '\.rela?(\S+)'", line):
        section = found[1]
    elif (found := re.search(r"\b(R_\w+)", line)) and not section.startswith((".debug", ".eh_frame")):
        count += 1
        if not RELATIVE.match(found[1]):
            failures.append(f"{section}: {line}")
for line in readelf("-S"):
    if (found := re.search(r"\] (\.s?(?:data|bss)\S*) +\S+ +\S+ +\S+ +([0-9a-f]+)", line)) and int(found[2], 16):
        failures.append(f"{found[1]} is not empty")
names = {line.split()[-1] for line in readelf("-s") if re.search(r"\bUND\b +\S", line)}
if names != {"image_start", "image_end"}:
    failures.append(f"undefined: {' '.join(sorted(names))}")
print("\n".join(failures) or f"{count} relocations, all relative")
sys.exit(bool(failures) or not count)
