# SPDX-License-Identifier: MIT
"""The mutants of a C file, made from clang's own syntax tree: text edits, each with what a reader is told about it.

Only function bodies are mutated. What stands in a macro's argument is mutated where it is written; the condition of an
ASSERT is not: it is a promise, and no test may break it.
"""
import json
import re
import subprocess

SWAPS = {
    "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"], "==": ["!="], "!=": ["=="],
    "+": ["-"], "-": ["+"], "*": ["+"], "/": ["*"], "%": ["/"], "&": ["|"], "|": ["&"], "^": ["&"],
    "<<": [">>"], ">>": ["<<"], "&&": ["||"], "||": ["&&"],
}
PROMISES = {"ASSERT", "_Static_assert"}
DELETABLE = {"CallExpr", "BinaryOperator", "CompoundAssignOperator", "UnaryOperator", "CStyleCastExpr", "BreakStmt",
             "ContinueStmt"}
BODIES = {"IfStmt": (1, 2), "WhileStmt": (1,), "ForStmt": (4,), "DoStmt": (0,), "CaseStmt": (-1,), "DefaultStmt": (0,)}


class Mutant:
    """Replaces bytes lo..hi of the file by `new`; `what` is the line with {old -> shown} in it, and its name."""

    def __init__(self, function, line, lo, hi, new, what):
        self.function, self.line, self.lo, self.hi, self.new, self.what = function, line, lo, hi, new, what

    def apply(self, text):
        """The mutated file has as many lines as before."""
        lost = text[self.lo:self.hi].count(b"\n") - self.new.count(b"\n")
        return text[:self.lo] + self.new + b"\n" * lost + text[self.hi:]


def syntax_tree(path, flags, clang="clang"):
    command = [clang, *flags, "-w", "-fsyntax-only", "-Xclang", "-ast-dump=json", path]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"mutate: {path}: clang cannot read it: {done.stderr.decode().strip()[:300]}")
    return json.loads(done.stdout)


class Finder:
    """Walks the tree of one file and collects its mutants."""

    def __init__(self, text):
        self.text = text
        self.mutants = []
        self.function, self.result, self.bounds = "", "", (0, 0)

    # ---- places -----------------------------------------------------------------------------------------------------

    def place(self, loc):
        """(offset, length, macro or None) of a token in this file, or None if it is written elsewhere."""
        macro = None
        if "expansionLoc" in loc:
            outer, inner = loc["expansionLoc"], loc["spellingLoc"]
            if "includedFrom" in outer or "offset" not in outer:
                return None
            macro = re.match(rb"\w*", self.text[outer["offset"]:]).group().decode()
            if outer.get("isMacroArgExpansion") and self.inside(inner) and self.same_call(outer, inner):
                return inner["offset"], inner["tokLen"], macro, False
            return (outer["offset"], outer["tokLen"], macro, True) if self.inside(outer) else None
        return (loc["offset"], loc["tokLen"], None, False) if self.inside(loc) else None

    def inside(self, loc):
        return "includedFrom" not in loc and self.bounds[0] <= loc.get("offset", -1) < self.bounds[1]

    def same_call(self, outer, inner):
        """Is the token really written between the parentheses of that macro call?"""
        start = outer["offset"] + outer["tokLen"]
        return start < inner["offset"] < self.past_call(start)

    def past_call(self, at):
        """The end of the parenthesised group that begins at `at`, or `at` if there is none."""
        group = re.match(rb"\s*\(", self.text[at:at + 80])
        if not group:
            return at
        depth, i = 0, at + group.end() - 1
        while i < len(self.text):
            depth += {ord("("): 1, ord(")"): -1}.get(self.text[i], 0)
            i += 1
            if depth == 0:
                break
        return i

    def extent(self, node):
        """(lo, hi, macro) of a whole expression or statement as written here, or None."""
        span = node.get("range", {})
        first, last = self.place(span.get("begin", {})), self.place(span.get("end", {}))
        if not first or not last or first[2] != last[2] and first[2] in PROMISES | {None} and last[2] in PROMISES:
            return None
        hi = last[0] + last[1]
        if last[3]:
            hi = self.past_call(hi)
        return (first[0], hi, first[2]) if first[0] < hi else None

    def written_here(self, node):
        """Not a part of what a macro stands for."""
        first = self.place(node.get("range", {}).get("begin", {}))
        return first is not None and not first[3]

    # ---- mutants ----------------------------------------------------------------------------------------------------

    def add(self, lo, hi, new, shown=None):
        old = self.text[lo:hi]
        begin = self.text.rfind(b"\n", 0, lo) + 1
        end = self.text.find(b"\n", hi)
        shown = new if shown is None else shown
        what = "%s{%s -> %s}%s" % tuple(part.decode() for part in (self.text[begin:lo], old, shown.encode()
                                        if isinstance(shown, str) else shown, self.text[hi:end]))
        what = re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", what, flags=re.S)).strip()
        self.mutants.append(Mutant(self.function, self.text.count(b"\n", 0, lo) + 1, lo, hi, new, what))

    def operator(self, node, children):
        """Another operator, and for && and || each side left out."""
        left, right = self.extent(children[0]), self.extent(children[1])
        if not left or left[2] in PROMISES:
            return
        op = node["opcode"].encode()
        at = re.compile(rb"(?:[\s)]|/\*.*?\*/)*", re.S).match(self.text, left[1]).end()
        if not self.text.startswith(op, at):
            return
        base = op[:-1] if node["kind"] == "CompoundAssignOperator" else op
        for other in SWAPS.get(base.decode(), []):
            self.add(at, at + len(base), other.encode())
        if op in (b"&&", b"||"):
            for lo, hi, _ in (left, right) if right and right[0] >= at + 2 else (left,):
                self.add(lo, hi, (b"(%s)" % (b"1 || (%s)" if op == b"&&" else b"0 && (%s)")) % self.text[lo:hi],
                         "true" if op == b"&&" else "false")

    def condition(self, node, ways=("never", "always")):
        where = self.extent(node)
        if where and where[2] not in PROMISES:
            lo, hi, _ = where
            for way in ways:
                self.add(lo, hi, (b"0 && (%s)" if way == "never" else b"1 || (%s)") % self.text[lo:hi], way)

    def returned(self, node):
        """Another value than the one that is returned."""
        where = self.extent(node["inner"][0]) if node.get("inner") else None
        if not where or "struct " in self.result:
            return
        lo, hi, _ = where
        old = self.text[lo:hi]
        if self.result in ("bool", "_Bool"):
            self.add(lo, hi, b"!(%s)" % old)
        elif self.result.startswith("enum"):
            self.add(lo, hi, b"0")
            self.add(lo, hi, b"1")
        elif old in (b"0", b"STATUS_OK"):
            self.add(lo, hi, b"-1" if self.result == "status_t" else b"1")
        else:
            self.add(lo, hi, b"0")

    def delete(self, node):
        where = self.extent(node)
        if not where or where[2] in PROMISES or node["kind"] not in DELETABLE:
            return
        if node["kind"] == "BinaryOperator" and node["opcode"] not in ("=", ","):
            return
        lo, hi, _ = where
        semicolon = re.match(rb"\s*;", self.text[hi:])
        if semicolon:
            self.add(lo, hi, b"(void)0", "nothing")

    def statements(self, node, children):
        """Each statement of a block or branch, left out."""
        kind = node["kind"]
        if kind == "CompoundStmt":
            chosen = children
        else:
            chosen = [children[i] for i in BODIES.get(kind, ()) if -len(children) <= i < len(children)]
        for child in chosen:
            if child.get("kind"):
                self.delete(child)

    def conditions(self, node, children):
        kind = node["kind"]
        if kind in ("IfStmt", "ConditionalOperator") and children:
            self.condition(children[0])
        elif kind == "WhileStmt" and children:
            self.condition(children[0], ("never",))
        elif kind == "ForStmt" and len(children) == 5 and children[2].get("kind"):
            self.condition(children[2], ("never",))
        elif kind == "DoStmt" and len(children) == 2:
            self.condition(children[1], ("never",))

    def unary(self, node):
        where = self.extent(node)
        if not where or where[2] in PROMISES:
            return
        lo, hi, _ = where
        op = node["opcode"].encode()
        if op in (b"++", b"--"):
            at = hi - 2 if node.get("isPostfix") else lo
            if self.text[at:at + 2] == op:
                self.add(at, at + 2, b"--" if op == b"++" else b"++")
        elif op in (b"!", b"~", b"-") and self.text[lo:lo + 1] == op:
            self.add(lo, lo + 1, b"", "")

    def literal(self, node):
        where = self.extent(node)
        if where and where[2] not in PROMISES and re.fullmatch(rb"[0-9][0-9a-zA-Z]*", self.text[where[0]:where[1]]):
            lo, hi, _ = where
            self.add(lo, hi, b"(%s + 1)" % self.text[lo:hi])

    def visit(self, node):
        kind, children = node.get("kind"), node.get("inner", [])
        if kind in ("BinaryOperator", "CompoundAssignOperator") and len(children) == 2:
            self.operator(node, children)
        elif kind == "UnaryOperator":
            self.unary(node)
        elif kind == "IntegerLiteral":
            self.literal(node)
        elif kind == "ReturnStmt":
            self.returned(node)
        if kind and self.written_here(node):
            self.conditions(node, children)
            self.statements(node, children)
        for child in children:
            self.visit(child)

    def functions(self, tree):
        for node in tree.get("inner", []):
            begin, end = (node.get("range", {}).get(edge, {}) for edge in ("begin", "end"))
            begin = begin.get("expansionLoc", begin)  # bool is a macro
            if node.get("kind") != "FunctionDecl" or "offset" not in begin or "offset" not in end or "includedFrom" in begin:
                continue
            body = [child for child in node.get("inner", []) if child.get("kind") == "CompoundStmt"]
            if not body:
                continue
            self.function = node["name"]
            self.result = node["type"]["qualType"].split("(")[0].strip()
            self.bounds = (begin["offset"], end["offset"] + end["tokLen"])
            if self.text[self.bounds[0]:self.bounds[1]].find(node["name"].encode()) >= 0:
                self.visit(body[0])


def find(path, flags):
    """All mutants of the file, in the order of their places; equal names get a number."""
    with open(path, "rb") as file:
        finder = Finder(file.read())
    finder.functions(syntax_tree(path, flags))
    seen, edits, kept = {}, set(), []
    for mutant in sorted(finder.mutants, key=lambda m: (m.lo, m.hi, m.new)):
        if (mutant.lo, mutant.hi, mutant.new) in edits:
            continue
        edits.add((mutant.lo, mutant.hi, mutant.new))
        name = (mutant.function, mutant.what)
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            mutant.what += f" #{seen[name]}"
        kept.append(mutant)
    return finder.text, kept
