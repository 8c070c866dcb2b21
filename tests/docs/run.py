#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run what the documentation shows.

usage: run.py ROOT [FILE.md ...]        (default: README.md, CONTRIBUTING.md, docs/*.md)

Fenced blocks are taken by their language word:
  sh                  every line is a command that must succeed; a line '# not run: why' before one says why it is not
  transcript COMMAND  COMMAND's output, where a line '...' stands for any lines and '...' inside a line for any text
  c FILE              the code stands in FILE
Every option that ./aegis-sim --help lists stands in docs/simulator.md, those of ./aegis qemu in docs/boot.md. Everything runs
at the top of the tree. Status 0 passed, 1 failed.
"""
import glob
import os
import re
import subprocess
import sys

ROOT = os.path.abspath(sys.argv[1])
FILES = sys.argv[2:] or ["README.md", "CONTRIBUTING.md", *sorted(glob.glob("docs/*.md", root_dir=ROOT))]
TOO_LONG = re.compile(r"^\./aegis (test|bench|coverage|fuzz)\b|^\./aegis gdb(?!.*--batch)|--display=sdl|--gdb\b")
failures = []


def blocks(name):
    """(line number, language words, text lines) of each fenced block of a file."""
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        lines = file.read().split("\n")
    start = None
    for number, line in enumerate(lines, 1):
        if start is None and line.startswith("```"):
            start, language = number, line[3:].strip()
        elif start is not None and line.startswith("```"):
            yield start, language, lines[start:number - 1]
            start = None


def shell(command):
    return subprocess.run(["bash", "-c", command], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", timeout=600, check=False)


def run_commands(where, lines):
    skip = False
    for line in lines:
        if line.startswith("# not run:"):
            skip = True
        elif line.strip() and not line.startswith("#"):
            if skip or TOO_LONG.search(line):
                print(f"  {where}: not run: {line}")
            else:
                result = shell(line)
                print(f"  {where}: {line}: {result.returncode}")
                if result.returncode != 0:
                    failures.append(f"{where}: '{line}' ended with {result.returncode}:\n{result.stdout[-2000:]}")
            skip = False


def line_matches(pattern, text):
    return re.fullmatch(".*".join(re.escape(p) for p in pattern.split("...")), text) is not None


def follow(where, command, expected):
    """The expected lines appear in the output in this order; lines between them only where '...' says so."""
    output = shell(f"{command} 2>/dev/null").stdout.split("\n")
    at, gap = 0, False
    for want in expected:
        if want == "...":
            gap = True
            continue
        while at < len(output) and gap and not line_matches(want, output[at]):
            at += 1
        if at >= len(output) or not line_matches(want, output[at]):
            got = output[at] if at < len(output) else "(end of output)"
            failures.append(f"{where}: '{command}' does not print\n    {want}\n  here it prints\n    {got}")
            return
        at, gap = at + 1, False
    print(f"  {where}: {command}: as shown")


def compare_code(where, path, lines):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        if "\n".join(lines) not in file.read():
            failures.append(f"{where}: this is not what {path} says")
    print(f"  {where}: code of {path}")


# Which page names each option of a command, and one that it must have.
OPTIONS = {"docs/simulator.md": ("./aegis-sim", "--image"), "docs/boot.md": ("./aegis qemu", "--icount")}


def name_options(page):
    """The page names each option that the command's help lists."""
    command, sure = OPTIONS[page]
    listed = set(re.findall(r"^ +(--[a-z][a-z-]*)", shell(f"{command} --help").stdout, re.M))
    with open(os.path.join(ROOT, page), encoding="utf-8") as file:
        named = set(re.findall(r"--[a-z][a-z-]*", file.read()))
    if sure not in listed:
        failures.append(f"{command} --help lists no options")
    failures.extend(f"{page} does not name {option}" for option in sorted(listed - named))
    print(f"  {page}: {len(listed)} options")


for name in FILES:
    for number, language, lines in blocks(name):
        where = f"{name}:{number}"
        word, _, rest = language.partition(" ")
        if word == "sh":
            run_commands(where, lines)
        elif word == "transcript":
            follow(where, rest, lines)
        elif word == "c" and rest:
            compare_code(where, rest, lines)
    if name in OPTIONS:
        name_options(name)

for failure in failures:
    print(f"FAILED: {failure}")
sys.exit(1 if failures else 0)
