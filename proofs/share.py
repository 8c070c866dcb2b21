# SPDX-License-Identifier: MIT
"""How much of the safety profile is under a proved contract.

Counted are code lines: not blank, not only a comment (a contract is a comment), of every file of core/ that the profile
compiles and of core's headers that have function bodies. A line is under contract if it lies in a function, from its
name to its closing brace, that a WP list names.
"""
import glob
import os
import re

import engine

CONTRACT = re.compile(r"/\*@((?:(?!\*/).)*)\*/\s*([A-Za-z_][^;{}()/]*?\b(\w+)\()", re.S)


def without_comments(text):
    blank = lambda m: '""' if m[0][0] in "\"'" else "\n" * m[0].count("\n")
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def functions(text):
    """(name, first line, last line) of every function body; the house style closes it with a brace in the first column."""
    found, name, start = [], None, 0
    for number, line in enumerate(without_comments(text).splitlines(), 1):
        if head := re.match(r"[A-Za-z_][^=;]*?(\w+)\(", line):
            name, start = head[1], number
        elif line.startswith("}") and name:
            found.append((name, start, number))
            name = None
        if line and not line[0].isspace() and line.rstrip().endswith(";"):
            name = None
    return found


def sources():
    """The files of core/ in the safety profile, headers with bodies behind them."""
    compiled = sorted(path for path in engine.commands() if path.startswith("core/") and "/test/" not in path)
    headers = sorted(os.path.relpath(path, engine.ROOT)
                     for path in glob.glob(os.path.join(engine.ROOT, "core/*/include/**/*.h"), recursive=True))
    texts = {path: open(os.path.join(engine.ROOT, path), encoding="utf-8").read() for path in compiled + headers}
    return {path: text for path, text in texts.items() if path.endswith(".c") or functions(text)}


def share(proved):
    """(lines under contract, lines in functions, all code lines) for the set of names (file, function) that WP proves."""
    names = {function for _, function in proved}
    under = inside = total = 0
    for path, text in sources().items():
        code = [bool(line.strip()) for line in without_comments(text).splitlines()]
        total += sum(code)
        for name, first, last in functions(text):
            lines = sum(code[first - 1:last])
            inside += lines
            under += lines if (path, name) in proved or (path.endswith(".h") and name in names) else 0
    return under, inside, total


def orphans(proved, assumed):
    """Contracts in core that no list proves and that are not assumed on purpose: (file, function)."""
    names = {function for _, function in proved} | assumed
    return [(path, match[3]) for path in core_files() for match in CONTRACT.finditer(read(path))
            if re.search(r"\b(requires|assigns|ensures|behavior)\b", match[1]) and match[3] not in names]


def core_files():
    return sorted(os.path.relpath(path, engine.ROOT) for kind in "ch"
                  for path in glob.glob(os.path.join(engine.ROOT, f"core/**/*.{kind}"), recursive=True))


def read(path):
    with open(os.path.join(engine.ROOT, path), encoding="utf-8") as file:
        return file.read()
