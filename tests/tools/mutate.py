# SPDX-License-Identifier: MIT
"""The mutants of a small file, the table of accepted survivors, and that what must not be mutated is not."""
import os
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools/mutate"))

import operators
from survivors import Survivors

SOURCE = """#include <stdbool.h>
#define ASSERT(x) do { if (!(x)) __builtin_abort(); } while (0)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define LIMIT 4
static const int table[] = {1, 2, 3};
bool check(int a, int *b);
bool check(int a, int *b)
{
    ASSERT(a > 0 && b);
    if (UNLIKELY(a < LIMIT))
        return false;
    *b = table[a];
    *b = table[a];
    return true;
}
"""
WANTED = [
    "if ({UNLIKELY(a < LIMIT) -> always})", "if ({UNLIKELY(a < LIMIT) -> never})", "if (UNLIKELY(a {< -> <=} LIMIT))",
    "if (UNLIKELY(a {< -> >=} LIMIT))", "return {false -> !(false)};", "return {true -> !(true)};",
    "{*b = table[a] -> nothing};", "{*b = table[a] -> nothing}; #2",
]
failed = 0


def expect(what, got, wanted):
    global failed
    if got != wanted:
        failed += 1
        print(f"FAILED: {what}\n  expected {wanted}\n  got      {got}")


def refused(path):
    try:
        Survivors(path)
    except SystemExit as error:
        return str(error)
    return ""


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "small.c")
    with open(path, "w", encoding="utf-8") as file:
        file.write(SOURCE)
    text, mutants = operators.find(path, ["-std=c11"])
    expect("the mutants of a small file", sorted(mutant.what for mutant in mutants), sorted(WANTED))
    expect("every mutant keeps the lines", {mutant.apply(text).count(b"\n") for mutant in mutants}, {SOURCE.count("\n")})
    expect("every mutant differs", len({mutant.apply(text) for mutant in mutants}), len(WANTED))
    expect("they know their function", {mutant.function for mutant in mutants}, {"check"})

    path = os.path.join(folder, "survivors.tbl")
    with open(path, "w", encoding="utf-8") as file:
        file.write("# a comment\na.c | f | x {| -> &} y | 1 | the same for bits\na.c | g | gone | no reason to be here\n")
    table = Survivors(path)
    name = ("a.c", "f", "x {| -> &} y | 1")
    expect("a mutation may have a bar in it", table.reason(name), "the same for bits")
    expect("an entry without a mutant", [line.rsplit(":", 1)[1] for line in table.stale({"a.c"}, {name}, {})],
           [" there is no such mutant; remove or correct the line"])
    expect("an entry that is killed", len(list(table.stale({"b.c"}, set(), {name: "endpoint"}))), 1)
    expect("an entry of a file not asked", list(table.stale({"b.c"}, set(), {})), [])
    for line, complaint in (("a.c | f | x", "not 'file"), ("a.c | f | x | y\na.c | f | x | z", "twice")):
        with open(path, "w", encoding="utf-8") as file:
            file.write(line + "\n")
        expect(f"refused: {line!r}", complaint in refused(path), True)

print("mutants as expected" if not failed else f"{failed} failed")
sys.exit(1 if failed else 0)
