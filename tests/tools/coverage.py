# SPDX-License-Identifier: MIT
"""The parts of the coverage gate: answers of calls, gaps of MC/DC, and that both notice what is missing."""
import os
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools/coverage"))

import mcdc
from calls import Calls

failed = 0


def expect(what, got, wanted):
    global failed
    if got != wanted:
        failed += 1
        print(f"FAILED: {what}\n  expected {wanted}\n  got      {got}")


STRACE = """[2.39] task 6 (guide): recv(ep=3) = {0x2, 0x0, 0x0, 0x0} <0.1>
[2.39] task 6 (guide): recv(ep=1) = unfinished <0.6>
[2.39] task 5 (bad): send(ep=4, w0=0x20) = fault <0.1>
[2.39] task 5 (bad): send(ep=2, w0=0x20) = PEER_CLOSED (the partner faulted or exited) <0.1>
[2.39] task 5 (bad): write(buf=0x1, len=0x6) = 6 <0.1>
[2.39] task 5 (bad): exit(code=0) = ? <0.1>
"""


def calls():
    seen = Calls(ROOT)
    complaints = list(seen.complaints())
    expect("nothing seen: every answer is missed", len(complaints), sum(map(len, seen.wanted.values())))
    seen.add_strace(STRACE)
    expect("what strace shows", {name: answers for name, answers in seen.seen.items() if answers},
           {"recv": {"OK"}, "send": {"PEER_CLOSED"}, "write": {"OK"}, "exit": {"EXITS"}})
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("0 0\n1 -15\n2 -32\n5 -48\n40 0\n")
        file.flush()
        seen.add_unit(file.name)
    expect("what unit tests note", (seen.seen["yield"], seen.seen["recv"]), ({"OK"}, {"OK"}))
    expect("an answer that no one knows", [line for line in seen.complaints() if "does not know" in line],
           ["call notify: answered IRQ_INVALID, which tools/coverage/calls.tbl does not know"])


def gaps():
    with tempfile.NamedTemporaryFile("w", suffix=".c") as file:
        file.write("int f(int a, int b)\n{\n    if (a && b)\n        return 1;\n    return a ? 2 : 3;\n}\n")
        file.flush()
        entry = {"filename": file.name, "mcdc_records": [[3, 9, 3, 15, 0, 5, [True, False]]],
                 "branches": [[3, 9, 3, 10, 4, 2, 0, 0, 4], [3, 14, 3, 15, 4, 0, 0, 0, 4], [5, 12, 5, 13, 0, 7, 0, 0, 4]]}
        found = mcdc.gaps_of(entry, "f.c", [("f", 1, 6)])
    expect("decisions and conditions", found[:2], (2, 3))
    expect("gaps", [(gap.function, gap.line, gap.what) for gap in found[2]],
           [("f", 3, "b: decides nothing"), ("f", 5, "a: never true")])
    left, reasons, complaints = mcdc.judge({"f.c": found}, ROOT)
    expect("gaps without a reason", len(left), 2)
    expect("reasons for what is no gap", len(complaints), reasons)


calls()
gaps()
print("the gate sees what is missing" if not failed else f"{failed} failed")
sys.exit(1 if failed else 0)
