# SPDX-License-Identifier: MIT
"""Run the checkers, compare what they say with what is accepted, and print the verdict.

usage: main.py [--json] [--quick] --build=DIR... [--kernel=ISA:DIR...] TOOL...
Status 1: something was found. 77: no checker could run.
"""
import argparse
import json
import os
import sys
import time

import checkers
import sources
import stack
from common import Failure, Suppressions


def run_checker(name, files):
    """(what is wrong, number of findings that are accepted)."""
    suppressions = Suppressions(os.path.join(checkers.HERE, name + ".suppress"))
    found = checkers.CHECKERS[name][0](files)
    wrong = [str(f) for f in found if not suppressions.hide(f)]
    return wrong + suppressions.unused({f.path for f in files} | {f.file for f in found}), sum(row[4] > 0 for row in suppressions.rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--build", action="append", default=[])
    parser.add_argument("--kernel", action="append", default=[])
    parser.add_argument("tool", nargs="+")
    args = parser.parse_args()

    results, rows = {}, []
    files = sources.collect(args.build) if set(args.tool) - {"stack"} else []
    if args.quick:
        files = [f for f in files if f.path.startswith(checkers.KERNEL)]
    for name in args.tool:
        begin = time.monotonic()
        if name == "stack":
            kernels = dict(k.split(":", 1) for k in args.kernel)
            rows, wrong = stack.run(sorted(kernels), kernels)
            accepted, skipped = 0, None
        else:
            skipped = checkers.missing(name)
            wrong, accepted = ([], 0) if skipped else run_checker(name, files)
        results[name] = {"skipped": skipped, "findings": wrong, "accepted": accepted, "files": len(files) if name != "stack" else None,
                         "seconds": round(time.monotonic() - begin, 1)}
    if args.json:
        print(json.dumps({"tools": results, "stacks": rows}, indent=1))
    else:
        if rows:
            print(stack.show(rows) + "\n")
        for name, r in results.items():
            for text in r["findings"]:
                print(f"{name}: {text}")
            verdict = r["skipped"] or f"{len(r['findings'])} findings, {r['accepted']} accepted with a reason, {r['seconds']} s"
            print(f"{name:10} {verdict}")
    if any(r["findings"] for r in results.values()):
        return 1
    return 77 if all(r["skipped"] for r in results.values()) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        print(f"aegis: {failure}", file=sys.stderr)
        sys.exit(1)
