# SPDX-License-Identifier: MIT
"""The checkers of ./aegis lint find what is planted, and accept only what has a reason.

usage: seeded_test.py SOURCE_ROOT TOOL     TOOL: cppcheck, clang-tidy, sparse, analyzer, stack, suppressions
Status 77: the tool is not here.
"""
import os
import re
import subprocess
import sys
import tempfile

ROOT, TOOL = sys.argv[1:3]
HERE = os.path.join(ROOT, "tests", "lint")
sys.path.insert(0, os.path.join(ROOT, "tools", "lint"))
import checkers  # noqa: E402
import common  # noqa: E402
import sources  # noqa: E402
import stack  # noqa: E402

failed = 0


def check(good, what):
    global failed
    if not good:
        failed += 1
        print("FAILED:", what)


def marked(tool):
    """Lines of seeded.c that a tool must find."""
    with open(os.path.join(HERE, "seeded.c"), encoding="utf-8") as file:
        return {n for n, text in enumerate(file, 1) if (m := re.search(r"FIND\((.*?)\)", text)) and tool in re.split(r", ?", m[1])}


class Planted(sources.Source):
    """seeded.c, whatever the path that it is said to have."""

    full = os.path.join(HERE, "seeded.c")


def seeded(tool):
    """Every planted fault of the tool, by its line."""
    path = "core/seeded.c" if tool in ("sparse", "analyzer") else "tests/lint/seeded.c"  # these two look at the kernel only
    source = Planted(path, HERE, ["gcc", "-std=c11", "-nostdinc", "-c", "seeded.c", "-o", "seeded.o"])
    found = {f.line for f in checkers.CHECKERS[tool][0]([source])}
    check(marked(tool), f"nothing is planted for {tool}")
    check(marked(tool) <= found, f"{tool} does not find lines {sorted(marked(tool) - found)} of seeded.c; it finds {sorted(found)}")


class Plain(stack.Table):
    """A table without rows."""

    def __init__(self):
        self.roots, self.traps, self.nests, self.used = [], [], [], set()
        self.asm, self.cuts, self.calls, self.again, self.edges = {}, {}, {}, {}, {}


def graph_of(out, table):
    graph = stack.Graph("x86_64", [os.path.join(out, "seeded.ci")], table)
    graph.join()
    return graph


def stacks():
    """Recursion, a call through a pointer, a frame without bound and an unknown function are refused; a known way is right."""
    with tempfile.TemporaryDirectory() as out:
        subprocess.run(["gcc", "-O1", "-fno-stack-protector", "-fstack-usage", "-fcallgraph-info=su,da", "-c",
                        os.path.join(HERE, "seeded_stack.c"), "-o", os.path.join(out, "seeded.o")], check=True)
        graph = graph_of(out, Plain())
        depth, path = graph.deepest("stack_known", (), {})
        check([stack.base(t) for t in path] == ["stack_known", "stack_leaf"], f"way {path}")
        check(1536 - 128 <= depth < 1536 + 128, f"{depth} bytes for 1024 + 512 and two calls, less a red zone")
        graph.deepest("stack_root", (), {})
        said = "\n".join(graph.problems)
        for text in ("recursion: stack_again -> stack_again", "tests/lint/seeded_stack.c:stack_pointer",
                     "call through a pointer without a list of targets", "frame of unbounded size: stack_dynamic"):
            check(text in said, f"not refused: {text}; said: {said}")
        table = Plain()
        table.calls["tests/lint/seeded_stack.c:stack_pointer"] = (7, ["stack_known"])
        graph = graph_of(out, table)
        declared, _ = graph.deepest("stack_pointer", (), {})
        check(depth < declared and 7 in table.used, f"declared target: {declared} bytes")
        table.calls["tests/lint/seeded_stack.c:stack_pointer"] = (7, ["nobody"])
        check(any("stack.tbl:7: no target" in p for p in graph_of(out, table).problems), "an unknown target is accepted")
        table = Plain()
        table.asm["assembly"] = (8, 100, ["nowhere"])
        check(any("no frame known: nowhere" in p for p in graph_of(out, table).problems), "a function without a frame is accepted")
    check(stack.constant("x86_64", "ARCH_STACK_SIZE") == 0x4000, "ARCH_STACK_SIZE")
    check(stack.HEADROOM >= 0.25, "less than a quarter is left")


def suppressions():
    """A row hides its finding and no other; one without reason is refused, one that hides nothing is reported."""
    with tempfile.TemporaryDirectory() as out:
        path = os.path.join(out, "x.suppress")
        with open(path, "w", encoding="utf-8") as file:
            file.write("# comment\na.c null pointer p : p is never NULL\nb.c null : gone\nc.c null : not looked at\n")
        rows = common.Suppressions(path)
        check(rows.hide(common.Finding("a.c", 3, "null", "the pointer p may be")), "a row hides nothing")
        check(not rows.hide(common.Finding("a.c", 3, "null", "the pointer q may be")), "another text is hidden")
        check(not rows.hide(common.Finding("a.c", 3, "leak", "the pointer p may be")), "another check is hidden")
        check(len(rows.unused({"a.c", "b.c"})) == 1, f"unused rows: {rows.unused({'a.c', 'b.c'})}")
        with open(path, "w", encoding="utf-8") as file:
            file.write("a.c null pointer p\n")
        try:
            common.Suppressions(path)
            check(False, "a row without a reason is accepted")
        except common.Failure:
            pass


if TOOL in checkers.CHECKERS:
    if checkers.missing(TOOL):
        print(checkers.missing(TOOL))
        sys.exit(77)
    seeded(TOOL)
else:
    {"stack": stacks, "suppressions": suppressions}[TOOL]()
print("failed" if failed else "found what is planted")
sys.exit(1 if failed else 0)
