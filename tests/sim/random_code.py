#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run programs that no compiler makes: random instructions in every task slot.

Whatever they are, the machine must go on, end as it was told to, and do the same again.
usage: random_code.py SIMULATOR ISA FIRST-SEED COUNT
"""
import io
import random
import struct
import subprocess
import sys
import tarfile
import tempfile

MACHINE = {"x86_64": 62, "aarch64": 183, "riscv64": 243}
SLOT_BASE, SLOT_SIZE, CODE_SIZE = 0x40100000, 0x4000, 0x2000
TASKS = 8


def elf(isa, code, slot):
    """A static task: one page-aligned code segment, one data segment that begins with the note."""
    base = SLOT_BASE + SLOT_SIZE * slot
    note = struct.pack("<III", 6, 4, 1) + b"aegis\0\0\0" + struct.pack("<I", 1)
    header = b"\x7fELF\2\1\1" + bytes(9)
    header += struct.pack("<HHIQQQIHHHHHH", 2, MACHINE[isa], 1, base, 64, 0, 0, 64, 56, 3, 0, 0, 0)

    def segment(kind, flags, offset, address, size, memory, align):
        return struct.pack("<IIQQQQQQ", kind, flags, offset, address, address, size, memory, align)

    header += segment(1, 5, 0x1000, base, CODE_SIZE, CODE_SIZE, 0x1000)
    header += segment(1, 6, 0x1000 + CODE_SIZE, base + CODE_SIZE, len(note), 0x1000, 0x1000)
    header += segment(4, 4, 0x1000 + CODE_SIZE, base + CODE_SIZE, len(note), len(note), 4)
    return header.ljust(0x1000, b"\0") + code.ljust(CODE_SIZE, b"\0") + note


def aarch64(rnd):
    kind = rnd.randrange(8)
    fixed = [0, 0xF9400000, 0xF9000000, 0xC8000000, 0x14000000, 0xD4000001, 0xD5000000, 0x91000000][kind]
    free = [32, 22, 22, 24, 8, 0, 22, 22][kind]
    return struct.pack("<I", fixed | rnd.getrandbits(free) if free else fixed)


def riscv64(rnd):
    kind = rnd.randrange(5)
    if kind == 0:
        return struct.pack("<H", rnd.getrandbits(16))
    if kind == 1:
        return struct.pack("<I", 0x73)
    word = rnd.getrandbits(32)
    if kind > 2:
        word = word & ~0x7F | rnd.choice([0x03, 0x23, 0x13, 0x33, 0x63, 0x6F, 0x67, 0x2F, 0x73, 0x17, 0x37, 0x0F])
    return struct.pack("<I", word)


def x86_64(rnd):
    kind = rnd.randrange(6)
    if kind == 0:
        return b"\x0f\x05"
    if kind == 1:  # LOCK with operands that it may or may not have
        return bytes([0xF0, 0x0F, rnd.choice([0xB1, 0xC1, 0xC7, 0xAB]), rnd.getrandbits(8)])
    if kind == 2:
        return bytes([0x48, rnd.choice([0x8B, 0x89, 0x01, 0x87, 0x31]), rnd.getrandbits(8)])
    if kind == 3:
        return bytes([0x0F, rnd.getrandbits(8), rnd.getrandbits(8)])
    if kind == 4:
        return bytes([rnd.choice(b"\xec\xee\xed\xef\xe4\xe6\xcd\xcc\xf4\x9d\x9c\xcf\x8e\xe3\xf3\x6c\x6e\xa4\xa5\xaa")])
    return rnd.randbytes(4)


def image(isa, seed):
    rnd = random.Random(seed)
    instruction = {"x86_64": x86_64, "aarch64": aarch64, "riscv64": riscv64}[isa]
    members, manifest = [], ""
    for slot in range(TASKS):
        code = b""
        while len(code) < CODE_SIZE - 8:
            code += instruction(rnd)
        members.append((f"r{slot}.elf", elf(isa, code, slot)))
        manifest += f"task {slot} name=r{slot} file=r{slot}.elf priority=4 budget=0 caps=all restart=fault\n"
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in [("manifest", manifest.encode())] + members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def main():
    simulator, isa, first, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    faults = failures = 0
    for seed in range(first, first + count):
        with tempfile.NamedTemporaryFile(suffix=".img") as file:
            file.write(image(isa, seed))
            file.flush()
            options = [f"--image={file.name}", "--stop-at=1500ms", f"--cpus={1 + seed % 3}", "--timeout=60"]
            command = [simulator, *options]
            runs = [subprocess.run(command, capture_output=True, timeout=120, check=False) for _ in range(2)]
        # Tasks may exit with any code, wait for each other for ever, or simply not be done yet.
        good = all(0 <= run.returncode <= 63 or run.returncode == 83 for run in runs)
        same = runs[0].stdout == runs[1].stdout and runs[0].returncode == runs[1].returncode
        faults += runs[0].stdout.count(b"FAULT")
        if not good or not same:
            failures += 1
            print(f"seed {seed}: exit codes {[run.returncode for run in runs]}, {'same' if same else 'other'} output")
            print(runs[0].stderr[-500:].decode(errors="replace"))
    print(f"{count} images, {faults} faults, {failures} failures")
    return 1 if failures or not faults else 0


if __name__ == "__main__":
    sys.exit(main())
