# SPDX-License-Identifier: MIT
"""What stands where in a kernel: its functions, and the instructions that matter for speed."""
import bisect
import re
import subprocess

RETURNS = {"x86_64": {"iretq", "sysretq", "sysretl", "sysret"}, "aarch64": {"eret"}, "riscv64": {"sret"}}
# What waits for an interrupt or looks for one outside user mode: asks the controller or the CPU, or lets one in.
POLLS = {"x86_64": r"sti\b", "aarch64": r"mrs\s+x\d+, isr_el1", "riscv64": r"csrr\s+\w+,sip\b"}
# How an instruction looks that loads another set of page tables, and one that drops what the CPU cached of them.
LOADS = {"x86_64": r"mov\s+%r\w+,%cr3", "aarch64": r"msr\s+ttbr[01]_el1,", "riscv64": r"csrr?w\s+(\w+,)?satp,"}
FLUSHES = {"x86_64": r"(invlpg|invpcid|mov\s+%r\w+,%cr4)\b", "aarch64": r"tlbi\s", "riscv64": r"(sfence|sinval)\.vma"}
SUFFIX = re.compile(r"(\.lto_priv\.\d+|\.constprop\.\d+|\.isra\.\d+|\.part\.\d+|\.cold)+$")  # the compiler's
INSTRUCTION = re.compile(r"\s*([0-9a-f]+):\t(.+)")


def tool(isa, name):
    return f"{isa}-linux-gnu-{name}"


def output_of(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


class Kernel:
    def __init__(self, isa, elf):
        self.isa, self.elf = isa, elf
        self.symbols = {}
        functions = []
        for line in output_of(tool(isa, "nm"), "-n", elf).splitlines():
            fields = line.split()
            if len(fields) == 3 and fields[2][0] not in "$.":
                name = SUFFIX.sub("", fields[2])
                self.symbols.setdefault(name, int(fields[0], 16))
                if fields[1] in "tT":
                    functions.append((int(fields[0], 16), name))
        self.starts = [start for start, _ in functions]
        self.names = [name for _, name in functions]
        self.text = self.symbols["image_start"], self.symbols["image_text_end"]
        self.returns, self.polls, self.loads, self.flushes = [], [], set(), set()
        self.disassemble()

    def disassemble(self):
        for line in output_of(tool(self.isa, "objdump"), "-d", "--no-show-raw-insn", self.elf).splitlines():
            match = INSTRUCTION.match(line)
            if not match:
                continue
            va, text = int(match[1], 16), match[2].strip()
            if text.split()[0] in RETURNS[self.isa]:
                if not self.function(va).startswith("kernel_"):  # those return from faults of the kernel
                    self.returns.append(va)
            elif re.match(POLLS[self.isa], text):
                self.polls.append(va)
            elif re.match(LOADS[self.isa], text):
                self.loads.add(va)
            elif re.match(FLUSHES[self.isa], text):
                self.flushes.add(va)

    def function(self, va):
        """Its name; what has none is start code or firmware."""
        if not self.text[0] <= va < self.text[1]:
            return "(elsewhere)"
        at = bisect.bisect_right(self.starts, va) - 1
        return self.names[at] if at >= 0 else "(elsewhere)"

    def range(self, function):
        """Its first address and the first behind it."""
        at = self.names.index(function)
        return self.starts[at], self.starts[at + 1]

    def constant_bytes(self):
        """Text and everything else that is never written."""
        return int(output_of(tool(self.isa, "size"), self.elf).splitlines()[1].split()[0])
