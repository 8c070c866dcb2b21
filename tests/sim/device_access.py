#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Odd accesses to device registers from user mode: they work as on the bus, or fault exactly; nothing else happens.

usage: device_access.py SIMULATOR ISA AEGIS-CC MKIMAGE
"""
import pathlib
import subprocess
import sys
import tempfile

SURVIVED = "survived"
PORT = "I/O port"
# By case of device_access.c; 4 executes a register, 5 reads across the end of the page.
EXPECTED = {
    "aarch64": [SURVIVED, SURVIVED, SURVIVED, SURVIVED, "execution at 0x400e0000", "read of 0x400e1000"],
    "riscv64": [SURVIVED, SURVIVED, SURVIVED, SURVIVED, "execution at 0x400e0000", "read of 0x400e1000"],
    "x86_64": [PORT, PORT, PORT, SURVIVED, "execution at 0x400e0000", "read of 0x400e0ffc"],
}


def main():
    simulator, isa, compiler, mkimage = sys.argv[1:5]
    source = pathlib.Path(__file__).with_name("device_access.c")
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        manifest = work / "manifest"
        manifest.write_text("task 0 name=access file=access.elf priority=4 budget=0 caps=all restart=never\n")
        for case, expected in enumerate(EXPECTED[isa]):
            subprocess.run([compiler, f"--arch={isa}", "--slot=0", f"-DCASE={case}", str(source),
                            "-o", str(work / "access.elf")], check=True)
            subprocess.run([mkimage, str(manifest), folder, str(work / "access.img")], check=True)
            run = subprocess.run([simulator, f"--image={work / 'access.img'}", "--stop-at=2s", "--timeout=60"],
                                 capture_output=True, timeout=120, check=False)
            if expected.encode() not in run.stdout:
                failures += 1
                print(f"case {case}: '{expected}' not in:\n" + run.stdout[-1500:].decode(errors="replace"))
                print(run.stderr.decode(errors="replace"))
    print(f"{len(EXPECTED[isa])} cases, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
