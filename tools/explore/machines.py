# SPDX-License-Identifier: MIT
"""Scenarios, the machines that run them, and what they report."""
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COMMON = ("--framebuffer=off", "--check=quick")
RUN_TIMEOUT = 60
EX_USAGE, EX_DATA, EX_SOFTWARE, FOUND = 64, 65, 70, 90


def refuse(code, text):
    print("aegis: " + text, file=sys.stderr)
    sys.exit(code)


def table(name):
    """Rows of a table of tests/explore."""
    with open(os.path.join(ROOT, "tests/explore", name), encoding="utf-8") as file:
        return [[cell.strip() for cell in line.split("|")] for line in file if line.strip() and line[0] != "#"]


def span(text):
    """"1-4" or "3" as a list of numbers."""
    found = re.fullmatch(r"([1-8])(?:-([1-8]))?", text)
    if not found or int(found[2] or found[1]) < int(found[1]):
        refuse(EX_USAGE, f"CPUs '{text}': a number such as 4 or a span such as 1-4 is needed, up to 8")
    return list(range(int(found[1]), int(found[2] or found[1]) + 1))


@dataclass
class Scenario:
    name: str
    image: str
    cpus: list
    entries: int
    options: list

    def words(self, build, cpus):
        image = os.path.join(build, self.image + ".img") if "/" in self.image else self.image
        if os.path.isfile(self.image):
            image = os.path.abspath(self.image)
        image = os.path.relpath(image, ROOT) if "/" in image else image
        return [f"--image={image}", f"--cpus={cpus}", f"--entries={self.entries}", *COMMON, *self.options]


def scenarios():
    return {row[0]: Scenario(row[0], row[1], span(row[2]), int(row[3]), shlex.split(row[4])) for row in table("scenarios.tbl")}


def scenario(name):
    """One of the table, or a machine made of an image."""
    known = scenarios()
    if name in known:
        return known[name]
    if name.endswith(".img"):
        if not os.path.isfile(name):
            refuse(66, f"{name}: there is no such image")
        return Scenario(name, os.path.abspath(name), [1, 2, 3, 4], 2000, ["--clock-rate=4MHz", "--stall=20s"])
    return refuse(EX_USAGE, f"unknown scenario '{name}' (known: {' '.join(known)}; or the path of an .img)")


def signature(code, what):
    """What runs that failed in the same way have in common: the words, without the numbers."""
    return f"{code} " + re.sub(r"\d[\d.]*", "N", what)


def explore(words, chaos, first, count):
    """Yield what each run came to."""
    command = [*words, f"--chaos={chaos}", f"--explore={first}:{count}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", cwd=ROOT) as process:
        lines = 0
        for line in process.stdout:
            if line.startswith('{"') or line.startswith("{\"seed"):
                lines += 1
                yield json.loads(line)
        said = process.stderr.read()
    if lines != count:
        refuse(EX_SOFTWARE, f"{shlex.join(command)}: {lines} runs of {count}, exit code {process.returncode}\n{said[-500:]}")


MARKS = ("kernel panic: ", "ERROR: ", "WARNING: ThreadSanitizer: ", "runtime error: ", "--stall: ", "--forbid: ", "--expect: ", "panic: ",
         "deadlock: ", "--timeout: ")


def run(words):
    """One machine alone: its exit code and the words that say what went wrong."""
    done = subprocess.run(words, capture_output=True, text=True, errors="replace", cwd=ROOT, check=False, timeout=RUN_TIMEOUT,
                          stdin=subprocess.DEVNULL)
    said = done.stdout + done.stderr
    for mark in MARKS if done.returncode else ():
        if mark in said:
            return done.returncode, said[said.index(mark):].split("\n", 1)[0]
    return done.returncode, ""


def run_schedule(words, stalls):
    """The same, preempted as `stalls` say; and the stalls as they happened, with the places."""
    with tempfile.TemporaryDirectory() as folder:
        given, made = os.path.join(folder, "given"), os.path.join(folder, "made")
        if stalls is None:
            plan = []
        else:
            with open(given, "w", encoding="utf-8") as file:
                file.write("\n".join(stalls) or "none")
            plan = [f"--schedule={given}"]
        code, what = run([*words, *plan, f"--schedule-out={made}"])
        if not os.path.exists(made):
            return code, what, []
        with open(made, encoding="utf-8") as file:
            return code, what, [line.rstrip("\n") for line in file if line.strip() != "none"]


def without(words, *names):
    """The command without these options."""
    return [word for word in words if not any(word.startswith(f"--{name}=") for name in names)]


def program_of(words):
    """The executable behind "./aegis-sim ...", which may not be built yet."""
    if os.path.basename(words[0]) != "aegis-sim":
        return words
    launcher = [word for word in words[1:] if re.match(r"--(arch|profile|preset)=", word)]
    found = subprocess.run([os.path.join(ROOT, "aegis-sim"), "--print-binary", *launcher], capture_output=True, text=True, check=False)
    if found.returncode:
        refuse(found.returncode, found.stderr.strip())
    return [found.stdout.strip(), *(word for word in words[1:] if not re.match(r"--(profile|preset)=", word))]
