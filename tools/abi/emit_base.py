# SPDX-License-Identifier: MIT
"""Status codes, capabilities and the address layout."""

from abi.text import c_file, c_string

NO_CODE = 0xFFFFFFFF


def status_h(abi):
    rows = "\n".join(f"    {s.constant} = {s.value}, /* {s.sentence} */" for s in abi.statuses)
    return c_file("errors.tbl", "Status codes: what functions return, and what a task sees when its call fails.", f"""\
#pragma once
#include <abi/types.h>

enum {{
{rows}
}};

/** The name of a status without prefix ("OK", "NO_MEMORY"); "UNKNOWN" for a number that is none. */
const char *status_name(status_t status);
/** The sentence of errors.tbl for people; "unknown status" for a number that is none. */
const char *status_sentence(status_t status);
/** What a static task finds in payload word 0: 0 for STATUS_OK; 0x{NO_CODE:X} for a status without a code. */
uint32_t status_aegis_code(status_t status);
""")


def _switch(abi, signature, value, default):
    rows = "\n".join(f"    case {s.constant}: return {value(s)};" for s in abi.statuses if value(s))
    return f"""\
{signature}
{{
    switch (status) {{
{rows}
    default: return {default};
    }}
}}
"""


def status_c(abi):
    return c_file("errors.tbl", "Names, sentences and user-visible codes of every status.", "\n".join((
        "#include <abi/status.h>\n",
        _switch(abi, "const char *status_name(status_t status)", lambda s: c_string(s.name), '"UNKNOWN"'),
        _switch(abi, "const char *status_sentence(status_t status)", lambda s: c_string(s.sentence),
                '"unknown status"'),
        _switch(abi, "uint32_t status_aegis_code(status_t status)",
                lambda s: None if s.code is None else f"0x{s.code:08X}u", f"0x{NO_CODE:X}u"))))


def caps_h(abi):
    width = max(len(c.name) for c in abi.caps)
    rows = "\n".join(f"#define CAP_{c.name:<{width}} (1u << {c.bit}) /* {c.sentence} */" for c in abi.caps)
    return c_file("caps.tbl", "The bits of a task's system-call mask.", f"""\
#pragma once
#include <abi/types.h>

{rows}

#define CAP_COUNT {len(abi.caps)}
#define CAP_ALL   0x{(1 << len(abi.caps)) - 1:X}u

/** The name of one bit number ("SEND_EP0"); "UNKNOWN" for CAP_COUNT and above. */
const char *cap_bit_name(uint32_t bit);
""")


def caps_c(abi):
    rows = "\n".join(f"    {c_string(c.name)}," for c in abi.caps)
    return c_file("caps.tbl", "Names of the capability bits.", f"""\
#include <abi/caps.h>

static const char *const cap_names[CAP_COUNT] = {{
{rows}
}};

const char *cap_bit_name(uint32_t bit)
{{
    return bit < CAP_COUNT ? cap_names[bit] : "UNKNOWN";
}}
""")


def _layout_values(area):
    return (("BASE", f"0x{area.base:X}"), ("STRIDE", f"0x{area.stride:X}"), ("SIZE", f"0x{area.size:X}"),
            ("COUNT", str(area.count)))


def layout_h(abi):
    blocks = []
    for area in abi.areas:
        rows = "\n".join(f"#define LAYOUT_{area.name}_{key:<6} {value}" for key, value in _layout_values(area))
        blocks.append(f"/* {area.sentence} */\n{rows}\n")
    return c_file("layout.tbl", "User addresses of static tasks: COUNT windows of SIZE bytes, STRIDE apart from BASE.",
                  "#pragma once\n\n" + "\n".join(blocks))


def layout_ld(abi):
    rows = "\n".join(f"LAYOUT_{a.name}_{key} = {value};" for a in abi.areas for key, value in _layout_values(a))
    return c_file("layout.tbl", "User addresses of static tasks, for the linker script.", rows + "\n")
