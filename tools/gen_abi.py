#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes everything that follows from core/abi/*.tbl. The output is committed; `--check` says whether it is current."""

import argparse
import os
import sys

sys.dont_write_bytecode = True  # the source tree stays clean

from abi import emit_base, emit_kernel, emit_tools, emit_user
from abi.tables import TableError, read_abi

OUTPUTS = {
    "core/abi/gen/abi/status.h": emit_base.status_h,
    "core/abi/gen/status.c": emit_base.status_c,
    "core/abi/gen/abi/caps.h": emit_base.caps_h,
    "core/abi/gen/caps.c": emit_base.caps_c,
    "core/abi/gen/abi/layout.h": emit_base.layout_h,
    "core/abi/gen/abi/aegis_nr.h": emit_kernel.nr_h,
    "core/abi/gen/abi/aegis_calls.h": emit_kernel.calls_h,
    "core/abi/gen/abi/aegis_caps.h": emit_kernel.caps_need_h,
    "core/abi/gen/abi/aegis_decode.h": emit_tools.decode_h,
    "core/sys/gen/aegis_dispatch.inc": emit_kernel.dispatch_inc,
    "user/gen/layout.ld": emit_base.layout_ld,
    "user/libaegis/gen/aegis/calls.h": emit_user.stubs_h,
    "fuzz/gen/aegis_grammar.h": emit_tools.grammar_h,
    "docs/gen/aegis-calls.md": emit_user.page_md,
}


def read_text(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return None


def write_text(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", default=os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                        help="top of the source tree")
    parser.add_argument("--tables", help="folder of the *.tbl files (default: ROOT/core/abi)")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file is not current")
    options = parser.parse_args()
    try:
        abi = read_abi(options.tables or os.path.relpath(os.path.join(options.root, "core/abi")))
    except (TableError, OSError) as error:
        sys.exit(f"gen_abi: {error}")
    stale = 0
    for name, emit in OUTPUTS.items():
        path, text = os.path.join(options.root, name), emit(abi)
        if read_text(path) == text:
            continue
        stale += 1
        if options.check:
            print(f"gen_abi: {name} is not current; run tools/gen_abi.py", file=sys.stderr)
        else:
            write_text(path, text)
            print(f"gen_abi: wrote {name}", file=sys.stderr)
    return 1 if options.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
