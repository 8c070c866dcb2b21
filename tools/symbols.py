# SPDX-License-Identifier: MIT
"""Functions and lines for the addresses of a kernel's backtrace."""
import os
import re
import shutil
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FRAME = re.compile(r"\s+#(\d+) (0x[0-9a-f]+)$")


def find_tool(isa):
    """addr2line for an ISA: the cross compiler's, or the host's own where that is the ISA."""
    return shutil.which(f"{isa}-linux-gnu-addr2line") or (shutil.which("addr2line") if os.uname().machine == isa else None)


def describe(isa, kernel, lines):
    """The frames among a panic's `lines` with function, file and line; one text a frame, inlined callers below."""
    frames = [match.groups() for match in map(FRAME.match, lines) if match]
    tool = find_tool(isa)
    if not frames or not tool or not os.path.isfile(kernel):
        return []
    # All but the innermost are return addresses: the call is before them.
    addresses = [hex(int(address, 16) - (number != "0")) for number, address in frames]
    done = subprocess.run([tool, "-apfie", kernel, *addresses], capture_output=True, text=True, check=False)
    found = []
    for line in done.stdout.splitlines():
        line = re.sub(r" \(discriminator \d+\)$", "", line.replace(ROOT + "/", ""))
        if line.startswith("0x"):
            found.append(f"#{frames[len(found)][0]} {line.split(': ', 1)[-1]}")
        elif found:
            found[-1] += f"\n     {line.strip()}"
    return found
