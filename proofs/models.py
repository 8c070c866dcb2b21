# SPDX-License-Identifier: MIT
"""What the proof engines share: the list with its pinned counts, jobs, mutants, and one line per proof.

A list (list.tbl) has a first comment "# tool: NAME VERSION", the version its counts were pinned with, and a row per proof:
"name | quick | count | ...". A count that changed is a failure until --update pins it anew; with another version of the
tool counts mean nothing and are not compared, which is said loudly. mutants.tbl says how each proof is shown able to fail:
"name | file of the tree | sed expression".
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
DEPS = pathlib.Path(os.environ.get("AEGIS_DEPS", ROOT / "build/deps"))
EX_USAGE, EX_SKIP = 64, 77


class Row:
    """A proof: one row of the list."""

    def __init__(self, line):
        cells = [cell.strip() for cell in line.split("|")]
        self.name, self.quick, self.count, self.cells = cells[0], cells[1] == "quick", cells[2], cells[3:]


class Result:
    """What became of a proof: did it hold, how many goals there were, and the lines that say why not."""

    def __init__(self, holds, count=0, why=()):
        self.holds, self.count, self.why, self.seconds = holds, str(count), list(why), 0.0


class Engine:
    """One prover: subclasses say which tool it is and how it proves a row in a tree with one file changed."""
    name = ""        # as printed
    wanted = ""      # tool and version for people who lack it
    unit = "checks"  # what is counted
    tests_itself = False  # every run tries the mutants too, so that --self-test is an ordinary run

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.list_file = self.folder / "list.tbl"
        text = self.list_file.read_text()
        pinned = re.search(r"^# tool: (.*)$", text, re.M)
        self.pinned = pinned.group(1) if pinned else ""
        self.rows = [Row(line) for line in text.splitlines() if line and not line.startswith("#")]
        self.tool = ""

    def find_tool(self):
        """The name and version of the tool, or None when it is not there."""
        raise NotImplementedError

    def prove(self, row, overlay):
        """A Result. Files below the folder `overlay`, if given, stand in for those of the tree."""
        raise NotImplementedError

    def mutants(self):
        """(name, file, sed expression) for every mutant."""
        lines = (self.folder / "mutants.tbl").read_text().splitlines()
        return [[cell.strip() for cell in line.split("|", 2)] for line in lines if line and not line.startswith("#")]


def run(command, seconds, **options):
    """
    Run a command, return (status, output); status 124 when its time is up. The limit is CPU time, so that a busy machine
    changes no verdict; ten times as much of the wall's stops what waits for ever.
    """
    limited = ["prlimit", f"--cpu={seconds}", "--", *(str(word) for word in command)]
    try:
        done = subprocess.run(limited, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                              timeout=10 * seconds, check=False, **options)
    except subprocess.TimeoutExpired:
        return 124, ""
    return 124 if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL) else done.returncode, done.stdout


def timed(function, *arguments):
    start = time.monotonic()
    result = function(*arguments)
    result.seconds = time.monotonic() - start
    return result


def overlay_of(folder, file, expression):
    """A copy of one file of the tree, changed by sed, at the same place below `folder`; None if nothing changed."""
    target = pathlib.Path(folder) / file
    target.parent.mkdir(parents=True)
    shutil.copy(ROOT / file, target)
    subprocess.run(["sed", "-E", "-i", expression, str(target)], check=True)
    return None if target.read_bytes() == (ROOT / file).read_bytes() else folder


def prove_row(engine, row, update):
    result = timed(engine.prove, row, None)
    if result.holds and not update and engine.tool == engine.pinned and result.count != row.count:
        result.holds = False
        result.why.append(f"{result.count} {engine.unit} where {row.count} are pinned: look why, then pin with --update")
    return result


def try_mutant(engine, row, file, expression):
    """The proof must fail on the mutant, and not for want of a file or of time."""
    with tempfile.TemporaryDirectory(prefix="aegis-proof-") as folder:
        if overlay_of(folder, file, expression) is None:
            return Result(False, 0, [f"the mutant changes nothing in {file}: {expression}"])
        result = timed(engine.prove, row, folder)
    refuted = not result.holds and result.count != "0"
    why = [] if refuted else [f"not refuted: {file}: {expression}"] + result.why
    answer = Result(refuted, result.count, why)
    answer.seconds = result.seconds
    return answer


def parse_arguments(engine):
    parser = argparse.ArgumentParser(
        prog=f"proofs/{engine.name}/run", description=f"Proves with {engine.wanted}: one line per proof, "
        f"ENGINE NAME ok|FAILED|SKIP {engine.unit} seconds.",
        epilog="Status 0: all hold, 1: one does not, 64: usage, 77: the tool is not there.")
    parser.add_argument("names", metavar="NAME", nargs="*", help="only these (default: all)")
    parser.add_argument("--quick", action="store_true", help="only the short ones")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of lines")
    parser.add_argument("--list", action="store_true", help="print the names and end")
    parser.add_argument("--update", action="store_true", help="pin the counts of what was proved, and the tool's version")
    parser.add_argument("--self-test", action="store_true", help="each proof must fail on its planted mutants")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N", help="at once (default: all CPUs)")
    options = parser.parse_args()
    known = [row.name for row in engine.rows]
    for name in options.names:
        if name not in known:
            print(f"{parser.prog}: unknown proof '{name}' (known: {' '.join(known)})", file=sys.stderr)
            sys.exit(EX_USAGE)
    return options


def pin(engine, results):
    """Write the counts of the proofs that hold into the list, column widths kept."""
    lines = []
    for line in engine.list_file.read_text().splitlines():
        name = line.split("|")[0].strip()
        if line.startswith("# tool:"):
            line = f"# tool: {engine.tool}"
        elif name in results and results[name].holds:
            cells = line.split("|")
            cells[2] = f" {results[name].count:>{len(cells[2]) - 2}} "
            line = "|".join(cells)
        lines.append(line)
    engine.list_file.write_text("\n".join(lines) + "\n")


def report_missing(engine, rows, as_json):
    print(f"SKIP: {engine.wanted} is not there: tools/deps.sh prove fetches it", file=sys.stderr)
    if as_json:
        proofs = [{"name": row.name, "result": "SKIP"} for row in rows]
        print(json.dumps({"engine": engine.name, "tool": None, "proofs": proofs}, indent=1))
    else:
        for row in rows:
            print(f"{engine.name} {row.name} SKIP 0 0.0")
    return EX_SKIP


def jobs_of(engine, rows, options):
    """(label, function) for each thing to do."""
    if engine.tests_itself or not options.self_test:
        return [(row.name, lambda row=row: prove_row(engine, row, options.update)) for row in rows]
    by_name = {row.name: row for row in rows}
    mutants = [mutant for mutant in engine.mutants() if mutant[0] in by_name]
    numbered = [(f"{name}:mutant{i}", name, file, sed) for i, (name, file, sed) in enumerate(mutants, 1)]
    jobs = [(label, lambda n=name, f=file, s=sed: try_mutant(engine, by_name[n], f, s)) for label, name, file, sed in numbered]
    without = set(by_name) - {name for name, _, _ in mutants}
    return jobs + [(name, lambda: Result(False, 0, ["no mutant shows that it can fail"])) for name in sorted(without)]


def main(engine):
    options = parse_arguments(engine)
    rows = [row for row in engine.rows if row.name in options.names or not options.names]
    if options.quick and not options.names:
        rows = [row for row in rows if row.quick]
    if options.list:
        print("\n".join(row.name for row in rows))
        return 0
    engine.tool = engine.find_tool()
    if engine.tool is None:
        return report_missing(engine, rows, options.json)
    if engine.tool != engine.pinned and not options.update:
        print(f"NOTE: this is {engine.tool}; counts were pinned with {engine.pinned} and are NOT compared", file=sys.stderr)
    results = {}
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        started = [(label, pool.submit(job)) for label, job in jobs_of(engine, rows, options)]
        for label, future in started:
            result = results[label] = future.result()
            if not options.json:
                print(f"{engine.name} {label} {'ok' if result.holds else 'FAILED'} {result.count} {result.seconds:.1f}", flush=True)
                for line in result.why if not result.holds else ():
                    print(f"  {line}", file=sys.stderr)
    if options.update:
        pin(engine, results)
    if options.json:
        proofs = [{"name": label, "result": "ok" if r.holds else "FAILED", engine.unit: int(r.count), "seconds": round(r.seconds, 1),
                   "why": r.why} for label, r in results.items()]
        print(json.dumps({"engine": engine.name, "tool": engine.tool, "pinned": engine.pinned, "proofs": proofs}, indent=1))
    return 0 if results and all(result.holds for result in results.values()) else 1
