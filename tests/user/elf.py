# SPDX-License-Identifier: MIT
"""Are these ELF files what the kernel wants, and do their instructions keep to what static tasks may use?

usage: elf.py ISA PROGRAM.elf...
"""
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
with open(os.path.join(ROOT, "user/gen/layout.ld"), encoding="utf-8") as layout:
    IMAGE = {key: int(value, 0) for key, value in re.findall(r"LAYOUT_IMAGE_(\w+) = (\w+);", layout.read())}
PAGE = 0x1000
MACHINE = {"x86_64": "Advanced Micro Devices X86-64", "aarch64": "AArch64", "riscv64": "RISC-V"}
FLOAT = {
    "x86_64": r"%(xmm|ymm|zmm|mm)\d|%st\b",
    "aarch64": r"\b[bhsdqv]([12]?\d|3[01])(\.\d*[bhsdq])?\b",
    "riscv64": r"\bf[tas]\d+\b",
}
FORBIDDEN = {"x86_64": r"\b(rdtscp?|rdrand|rdseed)\b", "aarch64": r"cnt[vp]ct|pmccntr|rndr", "riscv64": r"\brd(cycle|time|instret)"}
USES_FLOAT, USES_COUNTER = "fp_use", "cycle_counter"

isa, programs = sys.argv[1], sys.argv[2:]
failures = 0


def tool(name, *args):
    for command in (f"{isa}-linux-gnu-{name}", name):
        try:
            return subprocess.run([command, *args], capture_output=True, text=True, check=True).stdout
        except FileNotFoundError:
            continue
    sys.exit(f"{name} is missing")


def expect(condition, program, words):
    global failures
    if not condition:
        failures += 1
        print(f"{program}: {words}")


def check_header(program, name):
    header = tool("readelf", "-hW", program)
    expect(re.search(r"Type:\s+EXEC", header), name, "not a static executable")
    expect(f"Machine:                           {MACHINE[isa]}" in header, name, "for another machine")
    if isa == "riscv64":
        expect("soft-float ABI" in header, name, "not for the soft-float ABI")
    return int(re.search(r"Entry point address:\s+(\S+)", header)[1], 0)


def check_segments(program, name, entry):
    rows = re.findall(r"^\s+(\w+)\s+0x(\w+) 0x(\w+) 0x\w+ 0x(\w+) 0x(\w+) ([R ][W ][E ])", tool("readelf", "-lW", program), re.M)
    kinds = {row[0] for row in rows}
    expect(not kinds & {"INTERP", "DYNAMIC", "TLS"}, name, f"has segments of a dynamic program: {kinds}")
    loads = [(int(va, 16), int(filesz, 16), int(memsz, 16), flags) for kind, _, va, filesz, memsz, flags in rows if kind == "LOAD"]
    expect(1 <= len(loads) <= 4, name, f"{len(loads)} loadable segments")
    slot = (loads[0][0] - IMAGE["BASE"]) // IMAGE["STRIDE"]
    base = IMAGE["BASE"] + slot * IMAGE["STRIDE"]
    expect(0 <= slot < IMAGE["COUNT"] and loads[0][0] == base, name, "does not start at the base of a slot")
    pages = set()
    for va, filesz, memsz, flags in loads:
        mine = set(range(va // PAGE, (va + memsz - 1) // PAGE + 1))
        expect(va % PAGE == 0, name, f"segment at 0x{va:x} is not page-aligned")
        expect(0 < memsz and filesz <= memsz, name, f"segment at 0x{va:x} has sizes {filesz} and {memsz}")
        expect(base <= va and va + memsz <= base + IMAGE["SIZE"], name, f"segment at 0x{va:x} is outside slot {slot}")
        expect(not pages & mine, name, f"segment at 0x{va:x} shares a page")
        expect(flags.strip() != "" and not ("W" in flags and "E" in flags), name, f"segment at 0x{va:x} has rights {flags}")
        expect(not ("E" in flags) or va <= entry < va + filesz, name, "the entry point is not in the code")
        pages |= mine
    expect(sum("E" in flags for *_, flags in loads) == 1, name, "not exactly one segment of code")
    gnu_stack = [flags for kind, *_, flags in rows if kind == "GNU_STACK"]
    expect(gnu_stack == ["RW "], name, f"wants an executable stack: {gnu_stack}")


def check_note(program, name):
    notes = tool("readelf", "-nW", program)
    expect(re.search(r"aegis\s+0x00000004\s.*01 00 00 00", notes), name, "no Aegis note of version 1")
    expect(notes.count("Owner") == 1, name, "other notes than the Aegis note")


def check_instructions(program, name):
    listing = tool("objdump", "-d", "--no-show-raw-insn", program)
    code = "\n".join(re.sub(r"<.*?>|#.*|//.*|^\s*\w+:\s*", "", line) for line in listing.splitlines())
    for words, pattern, exempt in (("floating point", FLOAT[isa], USES_FLOAT), ("a counter", FORBIDDEN[isa], USES_COUNTER)):
        found = re.search(f"^.*(?:{pattern}).*$", code, re.M)
        expect(bool(found) == (name == exempt), name, f"{'no use' if name == exempt else 'use'} of {words}: {found and found[0]}")


def check_debug(program, name):
    info = tool("readelf", "--debug-dump=info", "-W", program)
    versions = set(re.findall(r"Version:\s+(\d)", info))
    expect(versions, name, "no debug information for fault reports")
    expect(versions <= {"2", "3", "4"}, name, f"DWARF {versions}; up to 4 is read everywhere")
    with open(program, "rb") as file:
        expect(ROOT.encode() not in file.read(), name, "knows where the tree lies")


if not programs:
    sys.exit("no programs")
for path in programs:
    base_name = os.path.splitext(os.path.basename(path))[0]
    check_segments(path, base_name, check_header(path, base_name))
    check_note(path, base_name)
    check_instructions(path, base_name)
    check_debug(path, base_name)
print(f"{len(programs)} programs of {isa} checked, {failures} failures")
sys.exit(1 if failures else 0)
