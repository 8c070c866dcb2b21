# SPDX-License-Identifier: MIT
"""Events in words: calls and arguments by the ABI tables, traps and causes by the contract's own names."""

import os

from abi.tables import TARGET, read_abi
from twinlib.events import read_enum


class Names:
    def __init__(self, root):
        abi = read_abi(os.path.join(root, "core/abi"))
        contract = os.path.join(root, "core/hal/include/arch")
        self.calls = {call.nr: call for call in abi.calls}
        self.statuses = {status.value: status.name for status in abi.statuses}
        self.kinds = [name for name in read_enum(f"{contract}/debug.h", "trace_kind") if name != "TRACE_KIND_COUNT"]
        self.traps = [name.removeprefix("ARCH_TRAP_").lower() for name in read_enum(f"{contract}/context.h", "arch_trap_kind")]
        self.causes = [name.removeprefix("TRACE_FAULT_").lower() for name in read_enum(f"{contract}/debug.h", "trace_fault_cause")]

    def call_name(self, nr):
        return self.calls[nr].name if nr in self.calls else f"call #{nr}"

    def status(self, value):
        value -= 1 << 64 if value >> 63 else 0
        return self.statuses.get(value, str(value))

    def cause(self, event):
        number = event.words[4]
        return self.causes[number] if number < len(self.causes) else f"cause {number}"

    def describe(self, event):
        """One event as a line for people."""
        words = event.words
        match event.kind:
            case "CALL":
                return f"{self.call_name(words[0])}({self._arguments(event)})"
            case "RETURN":
                return f"  {self.call_name(words[0])} = {self._result(event)}"
            case "TEXT":
                return "  writes " + repr(event.text.decode("utf-8", "replace"))
            case "FAULT":
                return self._fault(event)
            case "EXIT":
                return f"exited with {words[0]}"
            case "RESTART":
                return f"restarted ({words[0]})"
        return f"{event.kind.lower()} {' '.join(f'{word:x}' for word in words)}"

    def _arguments(self, event):
        words = {TARGET: event.words[1], **{i: event.words[2 + i] for i in range(4)}}
        call = self.calls.get(event.words[0])
        if call is None:
            return f"target=0x{words[TARGET]:x}, " + ", ".join(f"0x{words[i]:x}" for i in range(4))
        shown = [f"{arg.name}={words.pop(arg.reg):#x}" for arg in call.args]
        spare = [f"{'target' if reg == TARGET else f'w{reg}'}={value:#x}" for reg, value in words.items() if value]
        return ", ".join(shown) + (f"; unused {' '.join(spare)}" if spare else "")

    def _result(self, event):
        words = event.words[2:2 + event.count]
        return f"{self.status(event.words[1])} {{{', '.join(f'0x{word:x}' for word in words)}}}"

    def _fault(self, event):
        kind, pc, address, access = event.words[:4]
        cause = self.cause(event)
        if cause != "trap":
            return f"FAULT {cause} at pc 0x{pc:x}"
        trap = self.traps[kind] if kind < len(self.traps) else f"trap {kind}"
        if trap != "page":
            return f"FAULT {trap} at pc 0x{pc:x}"
        what = ("read", "write", "execution")[min(access & 0xFF, 2)]
        return f"FAULT page, {what} of 0x{address:x} ({'not permitted' if access >> 8 else 'not mapped'}) at pc 0x{pc:x}"
