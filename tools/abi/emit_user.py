# SPDX-License-Identifier: MIT
"""User stubs and the reference page."""

from abi.tables import PAYLOAD_WORDS, TARGET
from abi.text import GENERATED, c_comment, c_file, c_wrap

RESULT_PARAMETER = {"-": None, "msg": "struct aegis_msg *out", "device": "struct aegis_device *out"}
RESULT_COPY = {
    "-": (),
    "msg": tuple(f"    out->w[{i}] = r.w[{i}];" for i in range(PAYLOAD_WORDS)),
    "device": ("    out->kind = r.w[1];", "    out->base = r.w[2];", "    out->stride = r.w[3];"),
}


def _parameter(arg):
    return f"const void *{arg.name}" if arg.type == "uaddr" else f"uint64_t {arg.name}"


def _registers(call):
    places = {a.reg: f"(uint64_t)(uintptr_t){a.name}" if a.type == "uaddr" else a.name for a in call.args}
    return ", ".join(places.get(i, "0") for i in (TARGET, 0, 1, 2, 3))


def _stub(call):
    parameters = [_parameter(a) for a in call.args]
    result = RESULT_PARAMETER.get(call.result, f"uint64_t *{call.result}")
    if result:
        parameters.append(result)
    attributes = "_Noreturn " if "noreturn" in call.flags else ""
    kind = "void" if "noreturn" in call.flags else "status_t"
    head = f"static inline {attributes}{kind} aegis_{call.name}({', '.join(parameters) or 'void'})"
    lines = [c_comment(call.sentence, opening="/**"), c_wrap(head, "    "), "{"]
    if "noreturn" in call.flags:
        lines += ["    for (;;)", f"        aegis_raw({call.constant}, {_registers(call)});", "}"]
        return "\n".join(lines)
    lines.append(f"    struct aegis_regs r = aegis_raw({call.constant}, {_registers(call)});")
    lines.extend(RESULT_COPY.get(call.result, (f"    *{call.result} = r.w[0];",)))
    return "\n".join(lines + ["    return r.status;", "}"])


def stubs_h(abi):
    body = "\n\n".join(_stub(c) for c in abi.calls)
    return c_file("aegis.tbl", "One typed wrapper per call. Results are meaningful only with STATUS_OK.", f"""\
#pragma once
#include <abi/aegis_nr.h>
#include <abi/status.h>
#include <aegis/raw.h>

{body}
""")


def _cell(text):
    return text.replace("|", "\\|")


def _call_rows(abi):
    names = {TARGET: "target", **{i: f"word {i}" for i in range(PAYLOAD_WORDS)}}
    for call in abi.calls:
        args = "<br>".join(f"`{a.name}` {a.type}" + (f" 1-{a.bound}" if a.bound else "") +
                           (f" of `{a.length}` bytes" if a.length else "") + f" ({names[a.reg]})" for a in call.args)
        cap = f"{call.cap}({call.cap_arg})" if call.cap_arg else call.cap
        result = {"-": "-", "msg": "four words", "device": "kind, base, stride"}.get(call.result, call.result)
        flags = ", ".join({"block": "may sleep", "noreturn": "does not return"}[f] for f in call.flags)
        yield f"| {call.nr} | `{call.name}` | {cap} | {args or '-'} | {result} | {flags or '-'} | {call.sentence} |"


def page_md(abi):
    calls = "\n".join(_call_rows(abi))
    caps = "\n".join(f"| {c.bit} | {c.name} | {_cell(c.sentence)} |" for c in abi.caps)
    codes = "\n".join(f"| {s.name} | {s.value} | {'-' if s.code is None else f'0x{s.code:08X}'} | {_cell(s.sentence)} |"
                      for s in abi.statuses)
    areas = "\n".join(f"| {a.name} | 0x{a.base:08X} | 0x{a.stride:X} | 0x{a.size:X} | {a.count} | {_cell(a.sentence)} |"
                      for a in abi.areas)
    return f"""\
<!-- SPDX-License-Identifier: MIT -->
<!-- {GENERATED.format(table="*.tbl")} -->
# The static task ABI

| | number in, status out | target | payload words 0-3 | instruction |
|---|---|---|---|---|
| aarch64 | x7 | x6 | x0 x1 x2 x3 | `svc #0` |
| riscv64 | a7 | a6 | a0 a1 a2 a3 | `ecall` |
| x86_64 | rax | r8 | rdi rsi rdx r10 | `syscall` (clobbers rcx, r11) |

A call that fails returns a negative status in the number register and its code in payload word 0. A call that the task
has no capability for, or whose number is unknown, faults the task.

## Calls

| nr | name | capability | arguments | result | | what it does |
|---|---|---|---|---|---|---|
{calls}

`SEND(ep)` and `RECV(ep)` are the bits of that endpoint; `CALL(ep)` needs both.

## Capabilities

| bit | name | allows to |
|---|---|---|
{caps}

## Status codes

| name | status | code in word 0 | meaning |
|---|---|---|---|
{codes}

## Address layout

| area | base | stride | size | count | what lives there |
|---|---|---|---|---|---|
{areas}
"""
