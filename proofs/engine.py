# SPDX-License-Identifier: MIT
"""What the proof engines share: where things are, how sources are compiled, how a result is told.

An engine is an executable proofs/ENGINE/run [--quick] [--update] [--list] [NAME...]. It prints one line a proof,

    ENGINE NAME ok|FAILED|SKIP GOALS SECONDS

on stdout, everything that explains a failure on stderr, and ends with 0 (all ok), 1 (something FAILED) or 77 (something was
skipped, nothing failed). --quick: what CI has time for. --list: one line `NAME FILE FUNCTION...` a proof and no work.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(ROOT, "build", "proofs")
EX_SKIP = 77


def say(text):
    print(f"aegis: {text}", file=sys.stderr, flush=True)


def configure(root=ROOT, build=BUILD):
    """Configure the safety profile on the null HAL; nothing is compiled. Its files say with which flags all is compiled."""
    done = subprocess.run(["cmake", "-S", root, "-B", build, "-G", "Ninja", "-DAEGIS_HAL=null", "-DAEGIS_PROFILE=safety"],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"aegis: cmake cannot configure {build}; install the packages of ./aegis build first\n{done.stderr}")


def commands(build=BUILD):
    """{source path from the top: its compile command} of the safety profile."""
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        entries = json.load(file)
    root = os.path.dirname(os.path.dirname(build))
    return {os.path.relpath(entry["file"], root): entry["command"].split() for entry in reversed(entries)}


def includes(source, build=BUILD):
    """The -I and -D of a source file's compile command, the first target that compiles it."""
    command = commands(build).get(source)
    if command is None:
        sys.exit(f"aegis: {source}: the safety profile does not compile it; a proof is about a shipped source file")
    return [word for word in command if re.match(r"-[ID]", word)]


def read_table(path, columns):
    """Rows of a table `a | b | c`, # starts a comment; each a dict with the column names."""
    rows = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip() or line.startswith("#"):
                continue
            fields = [field.strip() for field in line.split("|")]
            if len(fields) != len(columns):
                sys.exit(f"{path}:{number}: {len(fields)} columns, not {len(columns)}: {' | '.join(columns)}")
            rows.append(dict(zip(columns, fields), table=path, line=number))
    return rows


class Results:
    """Prints results as they come, and knows the exit code."""

    def __init__(self, engine):
        self.engine = engine
        self.failed = self.skipped = 0

    def add(self, name, status, goals, started, why=""):
        self.failed += status == "FAILED"
        self.skipped += status == "SKIP"
        print(f"{self.engine} {name} {status} {goals} {time.monotonic() - started:.1f}", flush=True)
        if why:
            say(f"{self.engine} {name}: {why}")

    def exit(self):
        sys.exit(1 if self.failed else EX_SKIP if self.skipped else 0)


def arguments(description, known, extra=()):
    """The options of an engine; the names left in .names are known ones, in their order."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="only what CI has time for")
    parser.add_argument("--update", action="store_true", help="pin the number of goals of this tool's version")
    parser.add_argument("--list", action="store_true", help="say which functions are proved, and do nothing")
    for option, text in extra:
        parser.add_argument(option, action="store_true", help=text)
    parser.add_argument("names", nargs="*", metavar="NAME")
    args = parser.parse_args()
    for name in args.names:
        if name not in known:
            parser.error(f"{name}: no such proof (known: {' '.join(known)})")
    args.names = [name for name in known if not args.names or name in args.names]
    return args
