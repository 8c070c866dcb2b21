# SPDX-License-Identifier: MIT
"""Rules of the whole tree that need no build.

usage: tree.py licence|size|marks|words|layout

licence  every file says its licence in its first lines, and it is one the project may contain
size     files, functions and lines are short enough to live with
marks    no unfinished marks; prototypes only in headers
words    no path of one machine, no host name of a package mirror
layout   every path that docs/LAYOUT.md names is there (a * is every ISA), and every folder of the bare-metal HALs is named
"""
import os
import re
import sys

import house

report = house.Report()
FILE_MAX, FUNCTION_MAX, LINE_MAX = 600, 80, 140
# Data that cannot carry a comment, and the licence text itself.
WITHOUT_COMMENTS = re.compile(r"(^LICENSE$|\.(png|img|dtb|bin|elf|psf|rec|golden|txt)$|/corpus/|^docs/.*\.(json|svg)$"
                              r"|__init__\.py$)")
LICENCES = {"MIT", "BSD-2-Clause"}
CODE = re.compile(r"(\.(c|h|S|inc|py|sh|cmake|supp|tbl|yml)$|CMakeLists\.txt$|^aegis|^tools/|^\.ci/|Dockerfile)")


def texts(pattern):
    for name in house.tracked_files():
        if pattern.search(name) and not re.search(WITHOUT_COMMENTS, name):
            try:
                yield name, house.read(os.path.join(house.ROOT, name))
            except UnicodeDecodeError:
                report.error(f"{name}: not text; add its kind to this check's list if it belongs here")


def without_comments(text):
    """C text with comments, strings and character constants blanked; line numbers stay."""
    blank = lambda m: '""' if m[0][0] in "\"'" else "\n" * m[0].count("\n")
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def licence():
    count = 0
    for name, text in texts(re.compile("")):
        count += 1
        head = "\n".join(text.splitlines()[:5])
        found = re.search(r"SPDX-License-Identifier: ([\w.-]+)", head)
        if not found:
            report.error(f"{name}: no SPDX-License-Identifier in the first lines")
        elif found[1] not in LICENCES:
            report.error(f"{name}: licence {found[1]} is not one of {', '.join(sorted(LICENCES))}")
    if not os.path.exists(os.path.join(house.ROOT, "LICENSE")):
        report.error("LICENSE is missing")
    report.finish(f"{count} files name a licence")


def functions(text):
    """(first line, last line, name) of each function body of C text."""
    depth, start, name = 0, 0, None
    lines = without_comments(text).splitlines()
    for number, line in enumerate(lines, 1):
        if line.lstrip().startswith("#") or (number > 1 and lines[number - 2].endswith("\\")):
            continue
        if depth == 0 and (found := re.match(r"[A-Za-z_].*?(\w+)\(", line)):
            name, start = found[1], number
        opened = line.count("{") - line.count("}")
        if depth > 0 and depth + opened == 0 and name:
            yield start, number, name
            name = None
        depth += opened
        if depth == 0 and line.rstrip().endswith(";"):
            name = None


def size():
    longest = (0, "")
    for name, text in texts(CODE):
        lines = text.splitlines()
        if house.is_generated(name):
            continue
        if len(lines) > FILE_MAX:
            report.error(f"{name}: {len(lines)} lines, at most {FILE_MAX}")
        for number, line in enumerate(lines, 1):
            if len(line) > LINE_MAX and not name.endswith(".tbl"):
                report.error(f"{name}:{number}: {len(line)} columns, at most {LINE_MAX}")
        if not name.endswith(".c"):
            continue
        for start, end, function in functions(text):
            longest = max(longest, (end - start + 1, f"{function} in {name}"))
            if end - start + 1 > FUNCTION_MAX:
                report.error(f"{name}:{start}: {function} has {end - start + 1} lines, at most {FUNCTION_MAX}")
    report.finish(f"longest function: {longest[1]}, {longest[0]} lines")


def marks():
    count = 0
    for name, text in texts(CODE):
        count += 1
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", line) and name != "tests/house/tree.py":
                report.error(f"{name}:{number}: unfinished: {line.strip()}")
        if not name.endswith(".c"):
            continue
        for number, line in enumerate(without_comments(text).splitlines(), 1):
            if re.match(r"\s*extern\b", line):
                report.error(f"{name}:{number}: a declaration belongs in a header: {line.strip()}")
    report.finish(f"{count} files have no unfinished marks")


def words():
    forbidden = re.compile(r"(/(work|home/\w+|tmp/uc|farm)/|\bdeb\.debian\.org|snapshot\.debian|\bsubagent|DEVELOPERS\.md)")
    count = 0
    for name, text in texts(re.compile("")):
        count += 1
        for number, line in enumerate(text.splitlines(), 1):
            if forbidden.search(line) and name != "tests/house/tree.py":
                report.error(f"{name}:{number}: {line.strip()}")
    report.finish(f"{count} files speak of no machine of their authors")


def layout():
    isas = ("x86_64", "aarch64", "riscv64")
    tracked = house.tracked_files()
    named = set()
    for pattern in re.findall(r"`([\w*./-]+/[\w*.-]*)`", house.read(os.path.join(house.ROOT, "docs/LAYOUT.md"))):
        for path in sorted({pattern.replace("*", isa) for isa in isas}):
            named.add(path.rstrip("/"))
            if not any(name == path or name.startswith(path.rstrip("/") + "/") for name in tracked):
                report.error(f"docs/LAYOUT.md: {path} is not there")
    folders = {"/".join(name.split("/")[:2]) for name in tracked
               if re.match(r"hal-(common|x86_64|aarch64|riscv64)/\w+/", name)}
    for folder in sorted(folders):
        if not any(path == folder or path.startswith(folder + "/") for path in named):
            report.error(f"docs/LAYOUT.md: {folder} is not named")
    report.finish(f"{len(named)} paths, {len(folders)} folders of HALs among them")


{"licence": licence, "size": size, "marks": marks, "words": words, "layout": layout}[sys.argv[1]]()
