# SPDX-License-Identifier: MIT
"""What the kernel compiles of the call table: numbers, prototypes, dispatcher, capability gate."""

from abi.tables import TARGET
from abi.text import c_comment, c_file, c_wrap


def nr_h(abi):
    rows = "\n".join(f"{c_comment(c.sentence, '    ')}\n    {c.constant} = {c.nr}," for c in abi.calls)
    return c_file("aegis.tbl", "Call numbers of the static task ABI.", f"""\
#pragma once

enum aegis_nr {{
{rows}
}};
#define AEGIS_NR_COUNT {len(abi.calls)}
""")


def _parameter(arg):
    return f"struct uaddr {arg.name}" if arg.type == "uaddr" else f"uint64_t {arg.name}"


def calls_h(abi):
    rows = []
    for call in abi.calls:
        parameters = "".join(f", {_parameter(a)}" for a in call.args)
        prototype = f"__attribute__((warn_unused_result)) status_t sys_aegis_{call.name}(struct sys_frame *f{parameters});"
        rows += [c_comment(call.sentence, opening="/**"), c_wrap(prototype, "    ")]
    body = "\n".join(rows)
    return c_file("aegis.tbl", "Bodies of the calls: core/sys defines them, the generated dispatcher calls them.", f"""\
#pragma once
#include <abi/types.h>

struct sys_frame;

/*
 * Sizes are within their bounds already; everything else is as the task gave it. Results go into f->out, as many
 * words as the dispatcher has put into f->words; they count only with STATUS_OK.
 */
{body}
""")


def _value(arg):
    place = "c->target" if arg.reg == TARGET else f"c->w[{arg.reg}]"
    return f"(struct uaddr){{{place}}}" if arg.type == "uaddr" else place


def dispatch_inc(abi):
    cases = []
    for call in abi.calls:
        lines = [f"    case {call.constant}:"]
        for arg in call.args:
            if arg.type == "size":
                lines += [f"        if ({_value(arg)} == 0 || {_value(arg)} > {arg.bound})",
                          "            return ERR_BAD_LENGTH;"]
        values = "".join(f", {_value(a)}" for a in call.args)
        if call.result_words:
            lines.append(f"        f->words = {call.result_words};")
        lines.append(f"        return sys_aegis_{call.name}(f{values});")
        cases.append("\n".join(lines))
    body = "\n".join(cases)
    return c_file("aegis.tbl", "The dispatcher of calls 0 and up; included once, by the gate in core/sys.", f"""\

/* Check the sizes, say how many result words the call has, and run its body. A number that is no call fails. */
static status_t aegis_dispatch(const struct arch_call *c, struct sys_frame *f)
{{
    f->words = 0;
    switch (c->nr) {{
{body}
    default:
        return ERR_NOT_SUPPORTED;
    }}
}}
""")


CAP_ENDPOINT = {"SEND": ("CAP_SEND_EP{0}",), "RECV": ("CAP_RECV_EP{0}",), "CALL": ("CAP_SEND_EP{0}", "CAP_RECV_EP{0}")}


def _endpoint_function(abi, kind):
    rows = "\n".join(
        f"    case {i}: return {' | '.join(CAP_ENDPOINT[kind]).format(i)};" for i in range(abi.endpoints))
    masks = "\n".join(
        f"  @ ensures ep == {i} ==> \\result == {' + '.join(CAP_ENDPOINT[kind]).format(i)};" for i in range(abi.endpoints))
    return f"""\
/*@ assigns \\nothing;
{masks}
  @ ensures ep >= AEGIS_ENDPOINTS ==> \\result == AEGIS_CAP_IMPOSSIBLE;
  @*/
static inline uint32_t aegis_cap_{kind.lower()}(uint64_t ep)
{{
    switch (ep) {{
{rows}
    default: return AEGIS_CAP_IMPOSSIBLE;
    }}
}}
"""


def _cap_mask(call):
    return f"aegis_cap_{call.cap.lower()}(ep)" if call.cap_arg else f"CAP_{call.cap}"


def caps_need_h(abi):
    kinds = [k for k in CAP_ENDPOINT if any(c.cap == k and c.cap_arg for c in abi.calls)]
    functions = "\n".join(_endpoint_function(abi, k) for k in kinds)
    rows = "\n".join(f"    case {c.constant}: *need = {_cap_mask(c)}; break;" for c in abi.calls)
    with_ep = " || ".join(f"nr == {c.constant}" for c in abi.calls if c.cap_arg)
    return c_file("aegis.tbl", "Which capabilities a call needs: a total function; the unknown is denied.", f"""\
#pragma once
#include <abi/aegis_nr.h>
#include <abi/caps.h>

#define AEGIS_ENDPOINTS {abi.endpoints}
/** A mask that no task has: bits beyond CAP_ALL. */
#define AEGIS_CAP_IMPOSSIBLE 0xFFFFFFFFu

{functions}
/**
 * The mask that call `nr` on endpoint (or other target) `ep` needs. False, and a mask that nobody has, for an unknown
 * number or endpoint: denied even by a caller that looks at the mask alone.
 */
/*@ requires \\valid(need);
  @ assigns *need;
  @ behavior unknown:
  @   assumes nr >= AEGIS_NR_COUNT || (ep >= AEGIS_ENDPOINTS && ({with_ep}));
  @   ensures !\\result && *need == AEGIS_CAP_IMPOSSIBLE;
  @ behavior known:
  @   assumes nr < AEGIS_NR_COUNT && (ep < AEGIS_ENDPOINTS || !({with_ep}));
  @   ensures \\result && 0 < *need <= CAP_ALL;
  @ complete behaviors;
  @ disjoint behaviors;
  @*/
static inline bool aegis_cap_need(uint64_t nr, uint64_t ep, uint32_t *need)
{{
    switch (nr) {{
{rows}
    default: *need = AEGIS_CAP_IMPOSSIBLE; break;
    }}
    return *need != AEGIS_CAP_IMPOSSIBLE;
}}
""")
