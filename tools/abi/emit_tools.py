# SPDX-License-Identifier: MIT
"""What host tools read of the call table: the strace descriptors and the fuzz grammar."""

from abi.tables import ARG_TYPES, TARGET
from abi.text import c_file, c_string, c_wrap


def _arg_row(call, arg, named):
    length = call.arg(arg.length).reg if arg.length else 0
    name = f"{c_string(arg.name)}, " if named else ""
    tail = f"{arg.bound}" if arg.type == "size" else f"{length}"
    return f"{{{name}AEGIS_ARG_{arg.type.upper()}, {arg.reg}, {tail}}}"


def decode_h(abi):
    types = "\n".join(f"    AEGIS_ARG_{t.upper()}," for t in ARG_TYPES)
    rows = []
    for call in abi.calls:
        args = ", ".join(_arg_row(call, a, True) for a in call.args) or "{0}"
        kind = {"-": "NONE", "msg": "MSG", "device": "DEVICE"}.get(call.result, "VALUE")
        flags = " | ".join(f"AEGIS_CALL_{f.upper()}" for f in call.flags) or "0"
        rows.append(f"    [{call.constant}] = {{{c_string(call.name)}, {c_string(call.result)}, AEGIS_RESULT_{kind}, "
                    f"{flags}, {len(call.args)},\n" + c_wrap(f"{{{args}}}}},", "         ", "        "))
    most = max(len(c.args) for c in abi.calls)
    body = "\n".join(rows)
    return c_file("aegis.tbl", "How to print a call and its results (strace, fault report).", f"""\
#pragma once
#include <abi/aegis_nr.h>
#include <abi/types.h>

#define AEGIS_ARGS_MAX {most}
/** Value of aegis_arg.reg for the target register; below it stand the payload words. */
#define AEGIS_REG_TARGET {TARGET}

enum aegis_arg_type {{
{types}
}};

/** What a successful call leaves in the payload words. DEVICE: word 1 kind, 2 base, 3 stride. */
enum aegis_result {{ AEGIS_RESULT_NONE, AEGIS_RESULT_VALUE, AEGIS_RESULT_MSG, AEGIS_RESULT_DEVICE }};

#define AEGIS_CALL_BLOCK    1u /* may sleep */
#define AEGIS_CALL_NORETURN 2u

struct aegis_arg {{
    const char *name;
    enum aegis_arg_type type;
    uint32_t reg;
    uint32_t extra; /* UADDR: the register that holds its length; SIZE: the largest value allowed */
}};

struct aegis_call {{
    const char *name;
    const char *result_name; /* "-" for none */
    enum aegis_result result;
    uint32_t flags;
    uint32_t argc;
    struct aegis_arg arg[AEGIS_ARGS_MAX];
}};

static const struct aegis_call aegis_call_table[AEGIS_NR_COUNT] = {{
{body}
}};
""")


def grammar_h(abi):
    limits = {"endpoint": abi.endpoints, "task": abi.area("IMAGE").count, "grant": abi.area("GRANT").count,
              "device": abi.area("DEVICE").count}
    kinds = "\n".join(f"    AEGIS_GRAMMAR_{t.upper()}," for t in ARG_TYPES)
    rows = []
    for call in abi.calls:
        args = ", ".join(
            f"{{AEGIS_GRAMMAR_{a.type.upper()}, {a.reg}, {a.bound or limits.get(a.type, 0)}}}" for a in call.args)
        rows.append(c_wrap(f"{{{call.constant}, {len(call.args)}, {{{args or '{0}'}}}}},", "     ", "    "))
    most = max(len(c.args) for c in abi.calls)
    body = "\n".join(rows)
    return c_file("aegis.tbl", "The grammar of the call fuzzers: every call with what its arguments mean.", f"""\
#pragma once
#include <abi/aegis_nr.h>
#include <abi/types.h>

enum aegis_grammar_kind {{
{kinds}
}};

/** One argument: its register (payload word 0-3, {TARGET}: target) and how many values from 0 make sense (0: all). */
struct aegis_grammar_arg {{
    enum aegis_grammar_kind kind;
    uint32_t reg;
    uint64_t limit;
}};

struct aegis_grammar_call {{
    uint64_t nr;
    uint32_t argc;
    struct aegis_grammar_arg arg[{most}];
}};

static const struct aegis_grammar_call aegis_grammar[AEGIS_NR_COUNT] = {{
{body}
}};
""")
