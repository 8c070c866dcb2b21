#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The feature ledger tells the truth as far as a machine can see.

usage: features.py ROOT BUILD...

Every id once and in order within its group, a valid status, and for "done" at least one `test`. A test that is named,
in whatever row, exists: a name (or shell pattern) of ctest in one of the build directories, `NAME: CASE` for one case of
it, whose title or function stands in a test source, or a command of the project. Status 0 passed, 1 failed.
"""
import fnmatch
import glob
import json
import os
import re
import subprocess
import sys

ROOT, BUILDS = os.path.abspath(sys.argv[1]), sys.argv[2:]
ROW = re.compile(r"\| ([A-Z][A-Z0-9]*?)-?(\d+) \| ([^|]*) \| ([^|]*) \|")
STATUSES = {"done", "partly", "not yet"}
LEDGER_ROWS = 530 + 47  # requirements and defects; never fewer
problems = []


def tests():
    names = set()
    for build in BUILDS:
        listing = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], check=True, capture_output=True, text=True)
        names.update(test["name"] for test in json.loads(listing.stdout)["tests"])
    return names


def test_sources():
    """The text of everything that can hold a test case."""
    folders = [os.path.join(ROOT, "tests")]
    for pattern in ("core/*/test", "hal-*/test", "hal-*/*/test"):
        folders += glob.glob(os.path.join(ROOT, pattern))
    files = [os.path.join(folder, file) for top in folders for folder, _, found in os.walk(top) for file in found]
    text = []
    for name in files:
        if name.endswith((".c", ".py")) and name != os.path.abspath(__file__):
            with open(name, encoding="utf-8") as file:
                text.append(file.read())
    return "\n".join(text)


def exists(evidence, names, sources):
    if re.match(r"\./aegis( |$)|(\.ci|tests|fuzz|docs|tools)/", evidence):
        command, *words = evidence.split()
        return os.path.exists(os.path.join(ROOT, "tools/cmd", words[0]) if words and command == "./aegis" else
                              os.path.join(ROOT, command))
    name, _, case = evidence.partition(": ")
    if case and f'"{case}"' not in sources and not re.search(rf"\b{re.escape(case)}\b\W*[(),]", sources):
        return False
    return any(fnmatch.fnmatchcase(known, name) for known in names)


def check_row(group, number, status, shown, names, sources):
    what = f"{group}-{number}"
    if status not in STATUSES:
        problems.append(f"{what}: '{status}' is no status")
    if not shown:
        problems.append(f"{what}: nothing is said about it")
    evidence = re.findall(r"`([^`]+)`", shown)
    if status == "done" and not evidence:
        problems.append(f"{what}: done, but no test is named")
    problems.extend(f"{what}: there is no `{e}`" for e in evidence if not exists(e, names, sources))


def main():
    names, sources = tests(), test_sources()
    last, seen = {}, 0
    with open(os.path.join(ROOT, "docs/features.md"), encoding="utf-8") as file:
        for line in file:
            row = ROW.match(line)
            if not row:
                continue
            group, number, status, shown = row[1], row[2], row[3].strip(), row[4].strip()
            if int(number) != last.get(group, 0) + 1:
                problems.append(f"{group}-{number}: missing, repeated or out of order")
            last[group] = int(number)
            seen += 1
            check_row(group, number, status, shown, names, sources)
    if seen < LEDGER_ROWS:
        problems.append(f"{seen} rows; an id was dropped")
    for problem in problems:
        print(f"FAILED: {problem}")
    print(f"{seen} ids, {len(problems)} problems")
    return 1 if problems else 0


sys.exit(main())
